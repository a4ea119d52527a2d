"""What every page must be, whatever the feeds say."""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import (
    Also,
    Membership,
    Output,
    OutputView,
    PollDay,
    Related,
    Revision,
    Section,
    Sentence,
    Source,
    SourceState,
    SourceView,
    Story,
    StoryDay,
    StoryView,
    Summary,
    Worth,
)
from aggregator.outputs.pages import archive
from aggregator.outputs.pages.pages import Pages, unbroken
from aggregator.outputs.site import Site
from tests.builders import NOW, at, cited_source, revision, summary
from tests.golden.compare import check_golden
from tests.golden.outputs_sample import OUTPUT_VIEWS, RANKED, REVISIONS, SITE, STORY, SUMMARY, source_view

PAGES = Pages(SITE)
WORTH = Worth(
    n_publishers=5, mean_weight=1.0, running=timedelta(hours=5), crowd=6.68, weighed=1.0, fresh=0.98, whole=6.53
)


@dataclass
class Stored:
    n_articles: int = 1_234
    n_stories: int = 56


DAYS = tuple(
    PollDay(
        source_url="https://harbour.example/feed.xml",
        day=at(-12 - 24 * days),
        n_polls=24,
        n_failed=days % 3,
        n_fruitful=days % 5,
        n_new=days % 5 * 2,
        seconds=4.8,
        longest=1.5,
    )
    for days in range(9, -1, -1)
)
VIEWS = (
    source_view(days=DAYS, last_polled_at=at(-1), last_success_at=at(-1), next_poll_at=at(1), reason="max-age"),
    source_view("ledger.example", n_failures=3, error="name not found", last_success_at=at(-31), next_poll_at=at(2)),
)


KIN = Related(story_id="k1", headline="渡り鳥、予定より早く湖へ", lang="ja", newest_at=at(-30))
NEAR_OTHERS = StoryView(
    story=Story(id="n", minted_at=NOW, earlier=("e1",)),
    revisions=(revision("n", related=(KIN, replace(KIN, story_id="e1", headline="Shown once"))),),
    earlier=(Related(story_id="e1", headline="What went before", lang="en", newest_at=at(-200)),),
)


def every_page(pages: Pages = PAGES) -> Iterator[tuple[str, str]]:
    many = [(revision(f"s{i}", i % 3 + 1, change="1 new publisher", tags=("a",)), 1.0, "") for i in range(40)]
    yield "index", pages.index([*RANKED, *many], n_sources=2, n_answering=2).decode()
    yield "empty", pages.index([], n_sources=3, n_answering=3).decode()
    yield "story", pages.story(STORY, worth=WORTH).decode()
    yield "related", pages.story(NEAR_OTHERS, worth=replace(WORTH, n_publishers=1, mean_weight=2.5)).decode()
    yield "plain story", pages.story(StoryView(story=Story(id="p", minted_at=NOW), revisions=(revision("p"),))).decode()
    yield (
        "day",
        pages.archive_day(
            at(-12), [each for each, _, _ in (*RANKED, *many)], n_stories=41, earlier=at(-36), later=at(12)
        ).decode(),
    )
    yield "archive", pages.archive_index([at(-12), at(-36), at(-24 * 40 - 12)]).decode()
    yield "no archive", pages.archive_index([]).decode()
    yield "moved", pages.moved("old", "k3m9x2p7qa").decode()
    yield "feeds", pages.feeds(OUTPUT_VIEWS, VIEWS).decode()
    yield "no feeds", pages.feeds([], []).decode()
    yield "status", pages.status(sources=VIEWS, outputs=OUTPUT_VIEWS, counts=Stored(), now=NOW).decode()
    yield "no status", pages.status(sources=[], outputs=[], counts=Stored(), now=NOW).decode()


VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
URL_ATTRIBUTES = frozenset({"href", "src", "action", "formaction", "xlink:href", "cite", "data", "poster"})


class Page(HTMLParser):
    """Reads a page strictly: every element is closed, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: Counter[str] = Counter()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags["svg " + tag if "svg" in self.stack else tag] += 1
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute stands twice in {self.get_starttag_text()}"
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        assert self.stack[-1:] != ["script"], "a script within the page"
        if self.stack and self.stack[-1] != "style":
            self.text.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, found, value in self.attributes if found == name]


def assert_sound(html: str) -> Page:
    page = Page(html)
    assert page.tags["h1"] == page.tags["main"] == page.tags["title"] == 1
    assert page.levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(page.levels, page.levels[1:], strict=False)), page.levels
    assert len(page.ids) == len(set(page.ids))
    assert page.tags["script"] == 1
    assert not {"iframe", "object", "embed", "form", "img", "base", "math"} & set(page.tags)
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name != "style", (tag, value)
        if name in URL_ATTRIBUTES:
            assert re.match(r"https?://|#[\w-]+\Z|(?:\.\./)?[\w./-]+(?:#[\w-]+)?\Z", value), (tag, value)
    for href in page.values("href"):
        assert not href.startswith("#") or href[1:] in page.ids, href
    for ids in page.values("aria-labelledby"):
        assert set(ids.split()) <= set(page.ids)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    return page


@pytest.mark.parametrize(("name", "html"), [pytest.param(*each, id=each[0]) for each in every_page()])
def test_every_page_is_sound(name: str, html: str) -> None:
    page = assert_sound(html)
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert ("a", "href", "#main") in page.attributes
    (policy,) = (value for _, name, value in page.attributes if name == "content" and value.startswith("default-src"))
    assert "data:" not in policy, "nothing that a page carries in itself is loaded, not even its icon"
    assert {"header", "nav", "main", "footer"} <= set(page.tags)
    assert len(html) < 60_000
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) for value in page.values("datetime"))


@pytest.mark.parametrize(("name", "html"), [pytest.param(*each, id=each[0]) for each in every_page()])
def test_the_policy_allows_this_style_sheet_and_this_script_and_nothing_else(name: str, html: str) -> None:
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    policy = next(value for tag, _, value in Page(html).attributes if tag == "meta" and value.startswith("default-src"))
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    script = "sha256-" + base64.b64encode(hashlib.sha256(PAGES.script()).digest()).decode()
    assert f"script-src '{script}'" in policy
    page = Page(html)
    assert page.values("integrity") == [script]
    assert [value for tag, name, value in page.attributes if tag == "script" and name == "src"] in (
        [["site.js"], ["../site.js"]]
    )


def test_pages_are_the_same_bytes_again() -> None:
    assert list(every_page()) == list(every_page(Pages(SITE)))


# ---------------------------------------------------------------- hostile

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "</title></style></textarea><svg/onload=alert(1)>",
    "a\x00b\x1b[31mc\x08\ud800",
    "\u202egnp.exe\u2066\u2067",
    "{{ 7 * 7 }}{% raw %}",
    "]]>--><!--",
]


def hostile_pages(evil: str, url: str) -> Iterator[str]:
    """Every page with ``evil`` in every text and ``url`` in every address that a feed can set."""
    also = Also(article_id="x", title=evil, publisher=evil, name=evil, url=url)
    told = Summary(
        headline=evil,
        lang=evil,
        sections=tuple(
            Section(heading=evil, sentences=(Sentence(text=evil, citations=(1, 2), lang=evil),)) for _ in range(2)
        ),
        sources=(
            cited_source(1, title=evil, name=evil, publisher=evil, url=url, lang=evil, also=(also,)),
            cited_source(2, title=evil, name="", publisher=evil, url=url, lang="ar", published_at=at(-3)),
        ),
    )
    rows = tuple(
        Revision(
            story_id="s1",
            n=n,
            at=NOW,
            newest_at=NOW,
            summary=replace(told, headline=evil * n),
            tags=(evil,),
            change=evil,
        )
        for n in (1, 2)
    )
    members = tuple(
        Membership(article_id=each, story_id="s1", rule=evil, reason=evil, probability=0.5)
        for each in ("a1", "x", "a2")
    )
    source = Source(url=url or "x", name=evil, publisher=evil, lang=evil, tags=(evil,))
    state = SourceState(
        url=url,
        title=evil,
        site_url=url,
        lang=evil,
        error=evil,
        warning=evil,
        reason=evil,
        n_failures=1,
        moved_to=url,
        n_moved=9,
    )
    kin = Related(story_id="s0", headline=evil, lang=evil, newest_at=NOW)
    rows = (*rows[:-1], replace(rows[-1], related=(replace(kin, story_id="s9"),)))
    views = tuple(SourceView(source=source, state=each) for each in (state, replace(state, n_failures=0)))
    output = Output(slug="o", title=evil, tags=(evil,), languages=(evil,))
    site = Site(title=evil, base_url="https://news.example/", outputs=(output,))
    pages = Pages(site)
    outputs = [OutputView(output=output, n_entries=1, updated_at=NOW)]
    yield pages.index([(rows[1], 1.0, evil)] * 30, n_sources=1, n_answering=1).decode()
    yield pages.story(
        StoryView(story=Story(id="s1", minted_at=NOW, memberships=members), revisions=rows, earlier=(kin,))
    ).decode()
    yield pages.feeds(outputs, views).decode()
    yield pages.status(sources=views, outputs=outputs, counts=Stored(), now=NOW).decode()


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_from_a_feed_is_ever_active(evil: str) -> None:
    for url in (evil, 'https://one.example/?a="><script>', "", "java\tscript:alert(1)", "data:text/html,x"):
        for html in hostile_pages(evil, url):
            assert_sound(html)


@settings(max_examples=25)
@given(st.text(alphabet=st.characters(), max_size=40), st.text(alphabet=st.characters(), max_size=20))
def test_no_text_breaks_a_page(evil: str, url: str) -> None:
    for html in hostile_pages(evil, url):
        assert_sound(html)


# ---------------------------------------------------------------- the front page


def test_the_front_page_without_stories_says_why() -> None:
    texts = {n: PAGES.index([], n_sources=n[0], n_answering=n[1]).decode() for n in ((0, 0), (1, 0), (3, 0), (3, 3))}
    assert "No stories yet, and no sources: add one to feeds.toml." in texts[0, 0]
    assert "No stories yet: the source has not answered so far." in texts[1, 0]
    assert "none of the 3 sources has answered so far" in texts[3, 0]
    assert "3 sources answered, each with its own news. A story needs 1 publisher." in texts[3, 3]


def test_every_story_stands_once_on_the_front_page_and_the_best_leads() -> None:
    ranked = [(revision(f"s{i:02}", tags=("ab"[i % 2],)), 1.0, "why" if i == 0 else "") for i in range(30)]
    html = PAGES.index(ranked, n_sources=1, n_answering=1).decode()
    stories = re.findall(r'<a href="s/(s\d\d)\.html">A headline', html)
    assert sorted(stories) == [f"s{i:02}" for i in range(30)]
    assert stories[0] == "s00"
    assert "Why it leads: why" in html
    assert re.findall(r'<h2 id="tag-\d">(.*?)</h2>', html) == ["b", "a"]


def test_the_front_page_says_what_grew_and_in_which_languages() -> None:
    html = PAGES.index(RANKED, n_sources=1, n_answering=1).decode()
    assert "Grown: <bdi>2 new publishers: 東都新聞, صحيفة الأفق</bdi>" in html
    assert re.findall(r'<abbr title="(\w+)">(\w+)</abbr>', html) == [
        ("English", "en"),
        ("Arabic", "ar"),
        ("Japanese", "ja"),
        ("Korean", "ko"),
    ]
    assert "Wednesday, 14 January 2026" in html


def test_the_front_page_does_not_know_how_many_sources_answered_while_it_has_stories() -> None:
    assert PAGES.index(RANKED, n_sources=3, n_answering=1) == PAGES.index(RANKED, n_sources=9, n_answering=9)


# ---------------------------------------------------------------- a story


def without_style(body: bytes) -> bytes:
    """Leave style sheet, script and their hashes out: a colour is no change of what a page says."""
    body = re.sub(rb"<style>.*?</style>", b"<style></style>", body, flags=re.DOTALL)
    return re.sub(rb"sha256-[^'\"]*", b"sha256-", body)


def test_the_golden_story() -> None:
    check_golden("outputs/story.html", without_style(PAGES.story(STORY)))


def test_the_golden_front_page() -> None:
    check_golden("outputs/index.html", without_style(PAGES.index(RANKED, n_sources=2, n_answering=2)))


def test_citations_lead_to_their_source_and_back() -> None:
    page = assert_sound(PAGES.story(STORY).decode())
    assert [each for each in page.ids if each.startswith("source-")] == [f"source-{n}" for n in range(1, 6)]
    assert sorted(each for each in page.ids if each.startswith("cite-")) == [f"cite-{n}" for n in range(1, 5)]
    assert {f"#cite-{n}" for n in range(1, 5)} <= set(page.values("href"))


def html_text(html: str) -> str:
    """Give the text of a page with single plain spaces, no-break ones kept."""
    return re.sub("[ \n]+", " ", "".join(Page(html).text))


def test_citations_stand_before_the_stop_and_are_never_parted() -> None:
    html = PAGES.story(STORY).decode()
    first = '<span class="cite"><a href="#source-1" id="cite-1" title="Harbour Courier">[1]</a><a href="#source-3"'
    assert f"with 214 passengers&nbsp;{first}" in html
    assert "passengers\u00a0[1][3]." not in html  # the entity stays one, so that the source reads
    assert "with 214 passengers\u00a0[1][3]. The full timetable" in html_text(html)
    assert PAGES.script()  # and the style keeps the group on one line
    assert ".cite { white-space: nowrap; }" in html


def test_a_sentence_without_spaces_gets_none_before_its_citations() -> None:
    sentences = tuple(Sentence(text="合意した。", citations=(1, 2), lang="ja") for _ in range(2))
    told = summary(sections=(Section(heading="", sentences=sentences),))
    html = PAGES.story(StoryView(story=Story(id="p", minted_at=NOW), revisions=(revision("p", summary=told),))).decode()
    assert "合意した\u2060[1][2]。合意した\u2060[1][2]。" in html_text(html)


def test_a_long_row_of_citations_may_break() -> None:
    numbers = tuple(range(1, 13))
    told = summary(n=12, sections=(Section(heading="", sentences=(Sentence(text="So it is.", citations=numbers),)),))
    html = PAGES.story(StoryView(story=Story(id="p", minted_at=NOW), revisions=(revision("p", summary=told),))).decode()
    assert '<span class="cite many">' in html


@pytest.mark.parametrize(
    ("headline", "kept"),
    [
        ("Agency launches Aurora-4", ["Aurora-4"]),
        ("El Real golea 3-0 al Dunes", ["3-0"]),
        ("Voltara recalls e-bike batteries", ["e-bike"]),
        ("Seoul-Tokyo Leaders Hold Second Nara Summit", []),
        ("A <b>bold</b>-2 & x-1", ["x-1"]),
    ],
)
def test_short_words_with_a_hyphen_stay_whole(headline: str, kept: list[str]) -> None:
    html = str(unbroken(headline))
    assert re.findall(r'<span class="whole">(.*?)</span>', html) == kept
    assert unescape(re.sub(r"</?span.*?>", "", html)) == headline


def test_a_story_tells_its_history_its_reasons_and_where_to_follow_it() -> None:
    html = PAGES.story(STORY, worth=WORTH).decode()
    text = " ".join("".join(Page(html).text).split())
    assert "Updated (5 articles) from Harbour Courier, Northern Ledger, 새벽일보, 東都新聞 and صحيفة الأفق" in text
    assert "First report 14 January 2026, 07:00 UTC · latest 11:54 UTC" in text
    assert "First version" in text
    assert "Headline before: Ferries to Resume" in text
    assert "Northern Ledger [2] Shares the words “strait” and “timetable” – 94\u00a0% sure" in html_text(html)
    assert "Opened the story: nothing told before was about this" in text
    assert "Valley Public Radio repeats [1] Repeats" not in text
    assert "an article that no revision lists" not in text
    assert "5 publishers" in text
    assert 'href="../top.atom"' in html
    assert 'href="../world.atom"' in html
    assert '<a href="../sport.atom"' not in html


def test_foreign_titles_keep_their_language_and_direction() -> None:
    html = PAGES.story(STORY).decode()
    assert 'hreflang="ar" lang="ar" dir="rtl">العبّارات' in html
    assert '<span lang="ko" dir="ltr">합의문은' in html


def test_a_source_behind_a_paywall_says_so_in_a_word() -> None:
    told = summary(sources=(cited_source(1, is_paywalled=True), cited_source(2)))
    page = PAGES.story(StoryView(story=Story(id="p", minted_at=NOW), revisions=(revision("p", summary=told),))).decode()
    lines = page.split('<li id="source-')
    assert ">subscription</abbr>" in lines[1]
    assert "subscription" not in lines[2]


def test_a_story_of_one_article_has_no_timeline() -> None:
    html = PAGES.story(StoryView(story=Story(id="p", minted_at=NOW), revisions=(revision("p", summary=summary(n=1)),)))
    assert b"<svg role" not in html


def test_a_model_that_wrote_says_so() -> None:
    written = replace(REVISIONS[-1], summary=replace(SUMMARY, method="llm"))
    html = PAGES.story(replace(STORY, revisions=(written,))).decode()
    assert "A language model wrote the sentences" in html
    assert "Every sentence is taken from" not in html


def test_the_page_of_a_merged_story_leads_on() -> None:
    page = Page(PAGES.moved("old", "new").decode())
    assert ("meta", "content", "0; url=new.html") in page.attributes
    assert ("link", "href", "https://news.example/s/new.html") in page.attributes
    assert ("a", "href", "new.html") in page.attributes


# ---------------------------------------------------------------- feeds and status


def test_a_poll_without_news_changes_no_page_but_the_status() -> None:
    def polled(view: SourceView, days: float) -> SourceView:
        state = replace(
            view.state, last_polled_at=at(24 * days), last_success_at=at(24 * days), next_poll_at=at(24 * days + 1),
            n_polls=int(9 + days), seconds=days, n_failures=int(days), error="x" * int(days), etag=str(days),
            rhythm=None, reason=f"{days}", last_unconditional_at=at(24 * days),
        )  # fmt: skip
        return replace(
            view, state=state, days=(PollDay(source_url=view.source.url, day=at(24 * days - 12), n_polls=1),)
        )

    today, tomorrow = ([polled(view, days) for view in VIEWS] for days in (0, 1))
    assert PAGES.feeds(OUTPUT_VIEWS, today) == PAGES.feeds(OUTPUT_VIEWS, tomorrow)


def test_feeds_say_what_they_hold_and_where_they_are() -> None:
    text = html_text(PAGES.feeds(OUTPUT_VIEWS, VIEWS).decode())
    assert "All stories; the newest 60." in text
    assert "Stories about world, from at least 2 publishers; the newest 60." in text
    assert "https://news.example/world.atom" in text
    assert "harbour.example" in text


def test_the_status_begins_with_what_is_wrong() -> None:
    text = " ".join(
        " ".join(
            Page(PAGES.status(sources=VIEWS, outputs=OUTPUT_VIEWS, counts=Stored(), now=NOW).decode()).text
        ).split()
    )
    assert "1 source failing" in text
    assert "has not answered for 31 h: name not found. Next try 14:00 UTC." in text
    assert text.index("has not answered") < text.index("Polls a day") < text.index("Answer time")
    assert "56 stories" in text


def test_the_status_says_when_all_is_well() -> None:
    html = PAGES.status(sources=VIEWS[:1], outputs=[], counts=Stored(), now=NOW).decode()
    assert "Nothing is failing" in html
    assert "The source answers." in html
    assert "No source has been asked yet." in PAGES.status(sources=[], outputs=[], counts=Stored(), now=NOW).decode()


def test_credentials_of_a_source_are_never_shown() -> None:
    secret = replace(
        VIEWS[1], source=Source(url="https://user:secret@ledger.example/f"), state=replace(VIEWS[1].state, title="")
    )
    shown = PAGES.feeds([], [secret]) + PAGES.status(sources=[secret], outputs=[], counts=Stored(), now=NOW)
    assert b"secret" not in shown
    assert b"ledger.example" in shown


def test_a_source_shows_its_month_its_streak_and_its_silence() -> None:
    views = (
        VIEWS[0],
        source_view("ledger.example", n_failures=3, error="name not found", first_polled_at=at(-90)),
        source_view("quiet.example", newest_at=at(-24 * 9), rhythm=timedelta(hours=5), last_polled_at=NOW),
    )
    page = Page(PAGES.status(sources=views, outputs=[], counts=Stored(), now=NOW).decode())
    text = " ".join(" ".join(page.text).split())
    assert "failing : name not found ; failed 3 times in a row" in text
    assert "silent for 9 days; usually writes every 5 h" in text
    assert "4.0 a day" in text
    assert "30 days: 40 new articles, at most 8 on one day; failures on 6 days" in page.values("aria-label")


def test_the_status_says_the_same_to_programs() -> None:
    given = {"sources": VIEWS, "outputs": OUTPUT_VIEWS, "counts": Stored(), "now": NOW}
    told = json.loads(PAGES.status_json(**given, stories=[StoryDay(day=at(-12), n_new=3, n_grown=1)]))
    assert told["at"] == "2026-01-14T12:00:00Z"
    assert (told["articles"], told["stories"]) == (1_234, 56)
    assert told["days"][0] == "2025-12-16"
    assert told["days"][-1] == "2026-01-14"
    assert told["stories_written"] == [{"day": "2026-01-14", "new": 3, "grown": 1}]
    assert told["outputs"][1] == {"slug": "world", "title": "World", "entries": 3, "updated_at": "2026-01-14T12:00:00Z"}
    first, second = told["sources"]
    assert first["days"]["new"][-10:] == [8, 6, 4, 2, 0, 8, 6, 4, 2, 0]
    assert len(first["days"]["polls"]) == len(told["days"]) == 30
    assert (first["ok"], first["state"], first["reason"]) == (True, "ok", "max-age")
    assert (second["ok"], second["state"], second["error"]) == (False, "failing", "name not found")
    assert second["failures"] == 3
    assert PAGES.status_json(**given) == Pages(SITE).status_json(**given)


def test_neither_page_nor_json_shows_credentials() -> None:
    secret = replace(
        VIEWS[1], source=Source(url="https://user:secret@ledger.example/f"), state=replace(VIEWS[1].state, title="")
    )
    told = PAGES.status_json(sources=[secret], outputs=[], counts=Stored(), now=NOW)
    assert b"secret" not in told
    assert b"ledger.example" in told


def test_rows_of_sources_are_written_once_and_say_the_same() -> None:
    rows: dict[tuple[str, str], tuple[object, str]] = {}
    silent = replace(VIEWS[0], state=replace(VIEWS[0].state, rhythm=timedelta(hours=1), newest_at=at(-24 * 9)))
    grown = replace(VIEWS[0], state=replace(VIEWS[0].state, newest_at=at(1), n_articles=99))
    for views in (VIEWS, (silent, VIEWS[1]), (grown, VIEWS[1]), VIEWS):
        for now in (NOW, at(1), at(20)):
            kept, fresh = Pages(PAGES.site, rows), Pages(PAGES.site)
            assert kept.feeds(OUTPUT_VIEWS, views) == fresh.feeds(OUTPUT_VIEWS, views)
            told = {"sources": views, "outputs": OUTPUT_VIEWS, "counts": Stored(), "now": now}
            assert kept.status(**told) == fresh.status(**told)
    key = ("health", VIEWS[1].source.url)
    before = rows[key]
    Pages(PAGES.site, rows).status(sources=VIEWS, outputs=OUTPUT_VIEWS, counts=Stored(), now=at(20))
    assert rows[key] is before


# ---------------------------------------------------------------- the archive, search


def test_a_day_shows_its_stories_and_the_days_beside_it() -> None:
    html = PAGES.archive_day(at(-12), REVISIONS[-1:], n_stories=1, earlier=at(-36), later=None).decode()
    page = Page(html)
    assert "1 story, as they stood at the end of the day" in " ".join(page.text)
    assert ("a", "href", "../s/k3m9x2p7qa.html") in page.attributes
    assert ("a", "href", "2026-01-13.html") in page.attributes
    assert 'rel="next"' not in html
    assert "No days yet" in PAGES.archive_index([]).decode()


def test_a_day_beside_another_names_its_year_only_where_that_is_another() -> None:
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    day = timedelta(days=1)
    html = PAGES.archive_day(new_year, [], n_stories=0, earlier=new_year - day, later=new_year + day).decode()
    assert ">31 December 2026</time></a>" in html
    assert ">2 January</time> →</a>" in html


def test_a_long_day_lists_the_best_and_says_so() -> None:
    many = [revision(f"s{i:03}", summary=summary(sources=(cited_source(1, article_id=f"x{i}"),))) for i in range(200)]
    html = PAGES.archive_day(at(-12), many, n_stories=250, earlier=None, later=None).decode()
    assert "The 200 of 250 stories, as they stood at the end of the day that most publishers tell" in html
    assert html.count("<article>") == 200


def test_a_story_that_another_one_tells_whole_is_left_out_of_the_day() -> None:
    small, large, twin, other = ["a1"], ["a1", "a2"], ["a2", "a1"], ["a7"]
    assert archive.whole([small, large, twin, other, []]) == [1, 3, 4]
    assert archive.whole([["a1", "a2"], ["a2", "a3"], ["a3", "a1"]]) == [0, 1, 2]
    assert archive.whole([]) == []


def test_a_day_is_over_when_an_article_is_younger_than_it() -> None:
    assert not archive.is_over(at(-12), newest_at=at(11.9))
    assert archive.is_over(at(-12), newest_at=at(12))


def test_the_front_page_names_the_days_before_its_own() -> None:
    days = [at(24 * n - 12) for n in range(-20, 1)]
    html = PAGES.index(RANKED, n_sources=1, n_answering=1, days=days).decode()
    found = re.findall(r'href="archive/(20[\d-]+)\.html"', html)
    assert found == [f"2026-01-{n:02}" for n in range(13, 6, -1)]


def test_days_are_listed_by_month_newest_first() -> None:
    html = PAGES.archive_index([at(-24 * 30 - 12), at(-36), at(-12)]).decode()
    assert re.findall(r'id="month-\d">(.*?)</h2>', html) == ["January 2026", "December 2025"]
    assert re.findall(r'href="(20[\d-]+)\.html"', html) == ["2026-01-14", "2026-01-13", "2025-12-15"]


def test_the_index_holds_a_line_a_story_newest_first() -> None:
    old, new = revision("old", newest_at=at(-50)), REVISIONS[-1]
    told = json.loads(PAGES.search_index([old, new]))
    assert [line[0] for line in told["stories"]] == ["k3m9x2p7qa", "old"]
    assert told["stories"][0][1:4] == ["Island Ferries Resume After Strait Agreement", "en", "2026-01-14"]
    assert "東都新聞" in told["stories"][0][4]
    assert json.loads(PAGES.search_index([])) == {"stories": []}


def test_lines_of_the_index_are_written_once() -> None:
    old, new = revision("old", newest_at=at(-50)), REVISIONS[-1]
    known: dict[tuple[str, int, datetime], str] = {}
    first = PAGES.search_index([old, new], known)
    assert first == PAGES.search_index([old, new])
    known[old.story_id, old.n, old.at] = '["noted"]'
    assert PAGES.search_index([new, old], known) == first.replace(first.splitlines()[2], b'["noted"]')
    PAGES.search_index([new], known)
    assert list(known) == [(new.story_id, new.n, new.at)]


def test_the_script_brings_its_words_and_writes_no_markup() -> None:
    script = PAGES.script().decode()
    assert '"search": "Search"' in script
    assert "archive/search.json" in script
    assert "innerHTML" not in script
    assert "eval" not in script
    assert "/*" not in script


def test_a_story_says_what_it_counts_where_stories_are_ranked() -> None:
    text = html_text(PAGES.story(STORY, worth=WORTH).decode())
    assert (
        "5 publishers tell it independently (× 6.68); their sources are as heavy as any (× 1.00); its reports span 5 h "
        "(× 0.98). That makes 6.5 points when its newest report came, and half of what is left with every 24 h in "
        "which only other stories bring news."
    ) in text
    assert "Lone reports" not in text
    alone = replace(WORTH, n_publishers=1, mean_weight=2.5, running=timedelta())
    text = html_text(PAGES.story(STORY, worth=alone).decode())
    assert "One publisher tells it (× 6.68); their sources are weighted 2.5 on average" in text
    assert "it is told for the first time" in text
    assert "Lone reports of one publisher beyond its 3 best count less and less." in text
    assert "points when" not in html_text(PAGES.story(STORY).decode())


def test_a_story_leads_to_earlier_and_related_ones_each_once() -> None:
    html = PAGES.story(NEAR_OTHERS).decode()
    text = html_text(html)
    assert "Related stories What went before Earlier · 6 January 2026, 04:00 UTC 渡り鳥、予定より早く湖へ" in text
    assert "Shown once" not in text
    assert '<a href="k1.html" lang="ja" dir="ltr">' in html
    assert "Related stories" not in html_text(PAGES.story(STORY).decode())


def test_a_lone_report_leads_only_where_nothing_else_does_and_then_in_smaller_type() -> None:
    alone = (revision("lone", summary=summary(n=1)), 1.0, "")
    several = (revision("several", summary=summary(n=2, headline="Two tell it")), 0.4, "")
    faint = (several[0], 0.2, "")
    other = (revision("other", summary=summary(n=1)), 0.9, "")
    lead = [re.search(r'<article class="lead( lone)?">\s*<h2[^>]*><a href="s/(\w+)', html) for html in (
        PAGES.index([alone, other, several], n_sources=2, n_answering=2).decode(),
        PAGES.index([alone, other, faint], n_sources=2, n_answering=2).decode(),
        PAGES.index([several, alone], n_sources=2, n_answering=2).decode(),
    )]  # fmt: skip
    assert [found and found.groups() for found in lead] == [(None, "several"), (" lone", "lone"), (None, "several")]


def test_a_lone_report_names_its_publisher_instead_of_counting_to_one() -> None:
    text = html_text(PAGES.index([(revision("s", summary=summary(n=1)), 1.0, "")], n_sources=2, n_answering=2).decode())
    assert "1 publisher" not in text
    assert "P1 updated 12:00 UTC" in text


def test_a_page_names_its_share_card_with_its_whole_address_and_what_it_shows() -> None:
    def card_of(html: str) -> dict[str, str]:
        return dict(re.findall(r'<meta property="og:image(?::?)(\w*)" content="([^"]*)">', html))

    story = card_of(PAGES.story(STORY).decode())
    assert story[""] == f"{SITE.base_url}s/{STORY.story.id}.png"
    assert (story["width"], story["height"], story["type"]) == ("1200", "630", "image/png")
    assert story["alt"].startswith("A timeline: 5 articles from 5 publishers")
    alone = StoryView(story=Story(id="p", minted_at=NOW), revisions=(revision("p", summary=summary(n=1)),))
    for html in (PAGES.story(alone).decode(), PAGES.index([], n_sources=1, n_answering=1).decode()):
        assert card_of(html)[""] == f"{SITE.base_url}card.png"
