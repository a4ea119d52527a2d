import pytest

from aggregator.model import EPOCH
from aggregator.stories.candidates import Group, Index, candidates
from aggregator.stories.decision import probability
from aggregator.stories.evidence import NO_TIME, Evidence, weigh
from aggregator.stories.features import LEDE_WEIGHT, MAX_LANGUAGES, TITLE_WEIGHT, Rarity, document, stem
from aggregator.stories.reasons import surfaces
from tests.builders import NOW, article, at


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("strikes", "striking", "en"),
        ("talks", "talked", "en"),
        ("running", "run", "en"),
        ("cities", "city", "en"),
        ("close", "closes", "en"),
        ("الرياض", "رياض", "ar"),
        ("переговоры", "переговоров", "ru"),
        ("Städten".lower(), "städten", "de"),
        ("voitures", "voiture", "fr"),
    ],
)
def test_inflections_share_a_stem(one: str, other: str, lang: str) -> None:
    assert stem(one, lang) == stem(other, lang)


@pytest.mark.parametrize(("one", "other"), [("2", "21"), ("3.5", "35"), ("glass", "glas"), ("rate", "rat")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert stem(one, "en") != stem(other, "en")


def test_a_document() -> None:
    read = document(
        article(title="Ferry runs aground off Tarbet", text="The ferry left Oban with 180 people on Monday.")
    )
    assert read.terms["ferry"] == TITLE_WEIGHT
    assert read.terms["180"] == LEDE_WEIGHT
    assert "tarbet" in read.title
    assert {"tarbet", "oban", "180"} <= set(read.anchors)
    assert not {"the", "off", "monday"} & read.terms.keys()
    assert read.hours == NOW.timestamp() / 3600


def test_an_article_without_a_time_has_none() -> None:
    assert document(article(published_at=None, first_seen_at=EPOCH)).hours is None
    assert document(article(published_at=None, first_seen_at=NOW)).hours is not None


def test_rarity_falls_with_every_article_and_comes_back() -> None:
    rarity = Rarity()
    ferry, strike = document(article("a", title="ferry grounds")), document(article("b", title="bakers strike"))
    rarity.add(ferry)
    rarity.add(strike)
    before = rarity.idf("ferry")
    assert rarity.idf("whale") > before > 0
    again = document(article("c", title="ferry floats"))
    rarity.add(again)
    assert rarity.idf("ferry") < before
    rarity.remove(again)
    assert rarity.idf("ferry") == before


def place(index: Index, title: str, *, hours: float = 0.0, n: int = 0) -> Group:
    group = Group(id=f"g{n}", born=(float(n), 0, f"g{n}"))
    read = document(article(f"m{n}", title=title, published_at=at(hours), first_seen_at=at(hours)))
    index.rarity.add(read)
    index.insert(read, group)
    return group


def test_candidates_are_the_most_alike_within_the_window() -> None:
    index = Index()
    place(index, "Ferry aground off Tarbet", n=1)
    place(index, "Ferry sails for Oban", n=2)
    place(index, "Bakers strike over bread", n=3)
    place(index, "Ferry aground off Tarbet", hours=-200, n=4)
    index.refresh()
    read = document(article("x", title="Ferry aground at Tarbet"))
    found = candidates(index, read, window_hours=120)
    assert [each.group.id for each in found] == ["g1", "g2"]
    assert found[0].best > found[1].best > 0


def test_evidence_of_an_equal_article_is_full() -> None:
    index = Index()
    place(index, "Ferry aground off Tarbet with 180 aboard", n=1)
    index.refresh()
    read = document(
        article("x", title="Ferry aground off Tarbet with 180 aboard", published_at=None, first_seen_at=EPOCH)
    )
    [found] = candidates(index, read, window_hours=120)
    evidence = weigh(index, read, found, rival=0.25)
    assert evidence.best == pytest.approx(1.0)
    assert evidence.title == pytest.approx(1.0)
    assert evidence.coverage == evidence.both_rare == evidence.numbers == 1.0
    assert evidence.unshared == evidence.numbers_clash == 0.0
    assert evidence.gap == evidence.near_gap == NO_TIME
    assert evidence.margin == pytest.approx(0.75)
    assert probability(evidence) > 0.9


def test_no_evidence_joins_nothing() -> None:
    assert probability(Evidence(*[0.0] * len(Evidence._fields))) < 0.2


EVEN = dict.fromkeys(Evidence._fields, 0.3) | {"gap": 1.0, "near_gap": 1.0, "n_shared": 4.0, "shared_mass": 5.0}


@pytest.mark.parametrize(
    ("name", "low", "high", "sign"),
    [
        ("best", 0.05, 0.9, 1),
        ("title", 0.0, 1.0, 1),
        ("both_rare", 0.0, 1.0, 1),
        ("gap", 0.0, 5.0, -1),
        ("numbers_clash", 0.0, 4.0, -1),
        ("anchors_clash", 0.0, 9.0, -1),
    ],
)
def test_likeness_never_harms_and_conflict_never_helps(name: str, low: float, high: float, sign: int) -> None:
    below, above = (probability(Evidence(**(EVEN | {name: value}))) for value in (low, high))
    assert sign * (above - below) >= 0


def test_what_is_read_does_not_depend_on_what_was_read_before() -> None:
    ferry = article(title="The ferries are striking in Oslo", lang="en")
    before = document(ferry).stems
    for n in range(2 * MAX_LANGUAGES):
        document(article(title=f"The ferries of day {n}", lang=f"x{n}"))
    assert document(ferry).stems == before == ("ferry", "strik", "oslo")


def test_words_are_shown_as_they_are_written() -> None:
    told = article(title="Ferries, 1'200 of them, don't sail; Müllers’ «Ferry»", text="1,200 ﬁshes", lang="en")
    assert surfaces(told, ["ferry", "1200", "sail", "müllers", "fish", "missing"]) == {
        "ferry": "Ferries",
        "1200": "1'200",
        "sail": "sail",
        "müllers": "Müllers",
        "fish": "ﬁshes",
    }
