import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.stories import copies
from aggregator.stories.features import Document, document
from tests.builders import article, at

BODY = (
    "The ferry Lady Morag ran aground off Tarbet island early on Monday with 180 people aboard, and lifeboats from two "
    "harbours took everybody off before noon, the coastguard said."
)
PAGE, FRONT = "https://x.example/1", "https://x.example/"
TEMPLATE = (
    "A magnitude {m} earthquake struck near {p} on Monday at a depth of ten kilometres, the geological survey said."
)


def doc(id_: str, title: str, body: str = "", *, publisher: str = "", hours: float = 0, address: str = "") -> Document:
    return document(
        article(
            id_,
            title=title,
            text=body,
            publisher=publisher or f"{id_}.example",
            source_name="",
            canonical_url=address or f"https://{id_}.example/{id_}",
            published_at=at(hours),
            first_seen_at=at(hours),
        )
    )


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        (doc("a", "Ferry aground", BODY), doc("b", "Ferry aground", BODY), "same text"),
        (doc("a", "Ferry aground", BODY), doc("b", "Lady Morag on the rocks", "TARBET — " + BODY), "same text"),
        (doc("a", "Ferry aground", BODY + " Then more was said here."), doc("b", "Ferry aground", BODY), "same text"),
        (
            doc("a", "Magnitude 6.1 earthquake near Luzon", TEMPLATE.format(m="6.1", p="Luzon")),
            doc("b", "Magnitude 5.2 earthquake near Kobe", TEMPLATE.format(m="5.2", p="Kobe")),
            "",
        ),
        (
            doc("a", "Quake strikes near Luzon in Asia", TEMPLATE.format(m="6.1", p="Luzon")),
            doc("b", "Quake strikes near Kobe in Asia", TEMPLATE.format(m="6.1", p="Kobe")),
            "",
        ),
        (doc("a", "Paper Lantern takes 4 on day 2"), doc("b", "Paper Lantern takes 4 on day 21"), ""),
        (doc("a", "Ferry aground off Tarbet island"), doc("b", "Ferry aground off Tarbet island"), "same text"),
        (doc("a", "Morning briefing"), doc("b", "Morning briefing"), ""),
        (
            doc("a", "Ten things to read before breakfast", publisher="p.example"),
            doc("b", "Ten things to read before breakfast", publisher="p.example", hours=25),
            "",
        ),
        (
            doc("a", "Ferry aground off Tarbet island", BODY),
            doc("b", "Ferry aground off Tarbet island", "Another reporter found wholly different words for it, "
                "and told of fog, of rocks, of tea handed out in the village hall."),
            "",
        ),
        (doc("a", "Ferry aground", address=PAGE), doc("b", "Ferry off", address=PAGE), "same address"),
        (doc("a", "Ferry aground", address=PAGE), doc("b", "Bakers strike", address=PAGE), ""),
        (doc("a", "Ferry aground", address=FRONT), doc("b", "Ferry off", address=FRONT), ""),
        (doc("a", ""), doc("b", ""), ""),
    ],
)  # fmt: skip
def test_sameness(one: Document, other: Document, rule: str) -> None:
    for same in (copies.sameness(one, other), copies.sameness(other, one)):
        assert (same.rule if same else "") == rule
        assert same is None or same.reason


def test_the_earliest_then_the_longest_is_the_origin() -> None:
    late, short = doc("a", "Ferry aground", BODY, hours=3), doc("b", "Ferry aground", BODY, hours=1)
    long = doc("c", "Ferry aground", BODY + " Fog lay on the sound.", hours=1)
    found = copies.origins([late, short, long], [late, short, long])
    assert {id_: origin for id_, (origin, _) in found.items()} == {"a": "c", "b": "c"}


def test_a_standing_article_stays_the_origin() -> None:
    old, new = doc("old", "Ferry aground", BODY, hours=3), doc("new", "Ferry aground", BODY, hours=1)
    assert copies.origins([new], [old, new])["new"][0] == "old"


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=20)


@given(WORDS, WORDS)
def test_containment(one: list[str], other: list[str]) -> None:
    share = copies.containment(one, other)
    assert 0.0 <= share <= 1.0
    assert share == copies.containment(other, one)
    if len(one) >= copies.SHINGLE:
        assert copies.containment(one, one + other) == 1.0
