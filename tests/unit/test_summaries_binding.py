"""Where words come from: senses, one sentence against another, who did what, scripts without capitals."""

import pytest

from aggregator.summaries.gate.binding import added, compare, exchanged, far, moved, other_subject
from aggregator.summaries.gate.roles import misplaced_number, other_bound, swapped
from aggregator.summaries.gate.uncased import missing_piece, turned
from aggregator.summaries.gate.wording import bind
from aggregator.summaries.senses import is_derived, sense

ARTICLE = (
    "Kestrel halts takeover of Brenner Steel",
    "The Kestrel Group halted its takeover of Brenner Steel on Monday.",
    "Brenner said the plant in Torgau would stay open.",
    "The company employs 4,300 people.",
    "Chief Executive Olga Stern called the decision final.",
)
COMPARED = {"swap": moved, "added": added, "subject": other_subject, "exchanged": exchanged, "place": far}
FELL = "It fell to 2.1 percent in May from 2.6 percent in April."


def test_words_of_one_fact_have_one_sense() -> None:
    for one, other in (("killed", "died"), ("strike", "struck"), ("einigten", "geeinigt"), ("bought", "purchase")):
        assert sense(one) == sense(other)
    for one, other in (("killed", "injured"), ("rose", "fell"), ("accused", "charged"), ("met", "hosted")):
        assert sense(one) != sense(other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("investigate", "investigation", True),
        ("begrüßte", "begrüßt", True),
        ("minister", "ministry", False),
        ("contract", "contrast", False),
        ("win", "winner", False),
        ("2026", "2027", False),
    ],
)
def test_words_of_one_root_are_known(one: str, other: str, expected: bool) -> None:
    assert is_derived(one, other) is expected


@pytest.mark.parametrize(
    ("text", "near", "expected"),
    [
        ("The Kestrel Group halted the takeover of Brenner Steel.", 1, ""),
        ("Kestrel halted its takeover of Brenner Steel on Monday.", 1, ""),
        ("The Kestrel Group abandoned its takeover of Brenner Steel on Monday.", 1, "added"),
        ("Kestrel said the plant in Torgau would stay open.", 2, "swap"),
        ("Brenner said the plant in Lindau would stay open.", 2, "swap"),
        ("Brenner employs 4,300 people.", 3, ""),
        ("Stern called the decision final.", 4, ""),
        ("Brenner called the decision final.", 4, "subject"),
        ("Torgau would stay open.", 2, "subject"),
        ("Olga Stern called the takeover final.", 4, "exchanged"),
    ],
)
def test_one_sentence_must_say_it_all(text: str, near: int, expected: str) -> None:
    pair = compare(text, "en", bind(ARTICLE, "en"), near)
    found = [name for name, finds in COMPARED.items() if finds(pair)]
    assert found[:1] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "source", "is_swapped"),
    [
        ("Norland sued Sudmark over fish.", "Sudmark sued Norland over fish.", True),
        ("Norland was sued by Sudmark over fish.", "Sudmark sued Norland over fish.", False),
        ("The takeover of Kestrel by Brenner was halted.", "The takeover of Brenner by Kestrel was halted.", True),
        ("The mayor accused the council of delay.", "The council accused the mayor of delay.", True),
        ("Trains run from Velika to Sarn.", "Trains run from Sarn to Velika.", True),
    ],
)
def test_swaps_are_seen(text: str, source: str, is_swapped: bool) -> None:
    assert bool(swapped(text, "en", (source,))) is is_swapped


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("It fell from 2.1 percent in April to 2.6 percent in May.", FELL, "2.1"),
        ("It fell from 2.6 percent in April to 2.1 percent in May.", FELL, ""),
        ("At least 12 were injured and 27 killed.", "At least 12 were killed and 27 injured.", "27"),
        ("It sold 30 jets.", "It sold 60 jets.", "30"),
        ("It sold jets.", "It sold 60 jets.", ""),
    ],
)  # fmt: skip
def test_numbers_keep_their_places(text: str, source: str, expected: str) -> None:
    assert misplaced_number(text, "en", source) == expected


@pytest.mark.parametrize(
    ("text", "lang", "passage", "expected"),
    [
        ("青浜市は避難所を開設した。", "ja", "市は12日、避難所を開設した。", ""),
        ("赤浜市は避難所を開設した。", "ja", "市は12日、避難所を開設した。", "content"),
        ("消費者団体を青浜鉄道が批判した。", "ja", "消費者団体が青浜鉄道を批判した。", "roles"),
        ("회사는 기본급을 올린다.", "ko", "회사는 기본급을 올리기로 했다.", ""),
        ("노조는 기본급을 올린다.", "ko", "회사는 기본급을 올리기로 했다.", "content"),
        ("清川市地铁开通。", "zh", "青川市地铁正式开通。", "content"),
        ("青川市地铁开通。", "zh", "青川市地铁正式开通。", ""),
    ],
)
def test_scripts_without_capitals(text: str, lang: str, passage: str, expected: str) -> None:
    missing = missing_piece(text, lang, f"{passage}\n青浜市で地震")
    assert ("content" if missing else "roles" if turned(text, passage) else "") == expected


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("Damage is put at $1 million.", "He put the damage at more than $1 million.", "1e+06"),
        ("He flew at least eight times.", "He flew 8 times.", "8"),
        ("Over 300 people fled.", "More than 300 people fled.", ""),
        ("Nearly 300 people fled.", "More than 300 people fled.", "300"),
        ("It won 112 of 240 seats.", "It won 112 of 240 seats.", ""),
    ],
)
def test_a_bound_is_no_count(text: str, source: str, expected: str) -> None:
    assert other_bound(text, "en", source) == expected


def test_a_hospital_is_not_who_was_hospitalised() -> None:
    assert not is_derived("hospitalized", "hospital")
