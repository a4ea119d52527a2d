from datetime import timedelta

import pytest

from aggregator.intake.finding.inspection import inspect_feed, inspect_known
from aggregator.model import KnownArticle, ParsedArticle
from tests.builders import NOW, at, parsed_article, parsed_feed, state


def dated(hours: float | None, guid: str = "") -> ParsedArticle:
    return parsed_article(guid=guid, published_at=None if hours is None else at(hours))


@pytest.mark.parametrize(
    ("hours", "dates", "newest"),
    [
        ([], "-", None),
        ([-2, -1], "all", -1),
        ([None, None], "none", None),
        ([-3, None, -1], "2 of 3", -1),
        ([-1, 48], "all, 1 in the future", -1),
        ([0.5], "all", 0.5),  # a clock that is half an hour ahead is none to speak of
        ([48], "all, 1 in the future", None),
    ],
)
def test_dates(hours: list[float | None], dates: str, newest: float | None) -> None:
    seen = inspect_feed(parsed_feed(*map(dated, hours)), now=NOW)
    assert seen.dates == dates
    assert seen.newest_at == (None if newest is None else at(newest))


@pytest.mark.parametrize(
    ("guids", "words"),
    [
        ([], "-"),
        (["a", "b"], "unique"),
        (["", ""], "missing"),
        (["a", ""], "1 of 2 missing"),
        (["a", "a", "a"], "2 of 3 repeated"),
        (["a", "a", ""], "1 of 3 missing, 1 of 3 repeated"),
    ],
)
def test_guids(guids: list[str], words: str) -> None:
    assert inspect_feed(parsed_feed(*(dated(-1, guid) for guid in guids)), now=NOW).guids == words


def test_rhythm_and_language() -> None:
    articles = [dated(-n) for n in range(1, 8)]
    seen = inspect_feed(parsed_feed(*articles, lang="de-DE"), now=NOW)
    assert seen.rhythm == timedelta(hours=1)
    assert (seen.n_articles, seen.lang_declared) == (7, "de-DE")
    words = parsed_article(title="The harbour of the old town was opened", summary="<p>It is the first of them.</p>")
    assert inspect_feed(parsed_feed(words), now=NOW).lang_detected == "en"
    assert inspect_feed(parsed_feed(), now=NOW).lang_detected == ""


def test_what_is_stored_tells_the_same() -> None:
    nothing = {"guid": "", "link": "", "canonical_url": "", "title": "", "fingerprint": "", "first_seen_at": NOW}
    known = [KnownArticle(**{"id": str(n), "published_at": at(-n), **nothing}) for n in (1, 2)]
    seen = inspect_known(known, state(lang="en"), now=NOW)
    assert (seen.n_articles, seen.dates, seen.guids, seen.newest_at, seen.lang_declared) == (
        2,
        "all",
        "missing",
        at(-1),
        "en",
    )
