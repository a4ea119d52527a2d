"""Where words come from: senses, one sentence against another, who did what, scripts without capitals."""

import pytest

from aggregator.summaries.binding import bind, difference
from aggregator.summaries.roles import misplaced_number, swapped
from aggregator.summaries.senses import is_derived, is_verb_like, sense
from aggregator.summaries.uncased import unbacked

ARTICLE = (
    "Kestrel halts takeover of Brenner Steel",
    "The Kestrel Group halted its takeover of Brenner Steel on Monday.",
    "Brenner said the plant in Torgau would stay open.",
    "The company employs 4,300 people.",
    "Chief Executive Olga Stern called the decision final.",
)
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


def test_english_verbs_are_known_by_form_or_table() -> None:
    assert all(map(is_verb_like, ("received", "signing", "struck", "fled")))
    assert not any(map(is_verb_like, ("plant", "steel", "red")))


@pytest.mark.parametrize(
    ("text", "near", "expected"),
    [
        ("The Kestrel Group halted the takeover of Brenner Steel.", 1, ""),
        ("Kestrel halted its takeover of Brenner Steel on Monday.", 1, ""),
        ("The Kestrel Group abandoned its takeover of Brenner Steel on Monday.", 1, "content"),
        ("Kestrel said the plant in Torgau would stay open.", 2, "roles"),
        ("Brenner said the plant in Lindau would stay open.", 2, "roles"),
        ("Brenner employs 4,300 people.", 3, ""),
        ("Stern called the decision final.", 4, ""),
        ("Brenner called the decision final.", 4, "subject"),
        ("Torgau would stay open.", 2, "subject"),
        ("Olga Stern called the takeover final.", 4, "exchanged"),
    ],
)
def test_one_sentence_must_say_it_all(text: str, near: int, expected: str) -> None:
    assert difference(text, "en", bind(ARTICLE, "en"), near).split(":")[0] == expected


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
    assert unbacked(text, lang, passage, "青浜市で地震").split(":")[0] == expected
