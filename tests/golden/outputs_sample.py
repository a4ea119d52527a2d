"""A self-written story in four scripts, with its history, and a site that publishes it."""

from dataclasses import replace

from aggregator.model import (
    Also,
    CitedSource,
    Output,
    OutputView,
    PollDay,
    Revision,
    Section,
    Sentence,
    Source,
    SourceState,
    SourceView,
    Story,
    StoryView,
    Summary,
)
from aggregator.outputs.site import Site
from tests.builders import NOW, at, membership

SITE = Site(
    title="Top Headlines",
    base_url="https://news.example/",
    outputs=(
        Output(slug="top", title="Top Headlines"),
        Output(slug="world", title="World", tags=("world",), min_publishers=2),
        Output(slug="sport", title="Sport", tags=("sport",)),
    ),
    version="0.1.0",
)


def _source(
    n: int, title: str, name: str, publisher: str, *, hours: float, lang: str = "en", **more: object
) -> CitedSource:
    given: dict[str, object] = {
        "article_id": f"a{n}",
        "title": title,
        "name": name,
        "publisher": publisher,
        "url": f"https://{publisher}/2026/{n}",
        "published_at": at(hours),
        "lang": lang,
        **more,
    }
    return CitedSource(n=n, **given)  # type: ignore[arg-type]


_REPRINT = Also(
    article_id="x1",
    title="First ferry sails",
    publisher="valley.example",
    name="Valley Public Radio",
    url="https://valley.example/9",
)

SUMMARY = Summary(
    headline="Island Ferries Resume After Strait Agreement",
    lang="en",
    sections=(
        Section(
            heading="Ports Reopen at Dawn",
            sentences=(
                Sentence(
                    text="The first ferry left the north harbour at 06:10 on Wednesday with 214 passengers.",
                    citations=(1, 3),
                    lang="en",
                ),
                Sentence(text="The full timetable returns by Friday, the port said.", citations=(2,), lang="en"),
            ),
        ),
        Section(
            heading="What the Two Sides Signed",
            sentences=(
                Sentence(
                    text="The agreement sets joint patrols of six vessels and a hotline between the coast guards.",
                    citations=(2, 4),
                    lang="en",
                ),
                Sentence(text="합의문은 여섯 척의 공동 순찰을 규정하고 있다.", citations=(3,), lang="ko"),
            ),
        ),
    ),
    sources=(
        _source(1, "First ferry sails", "Harbour Courier", "harbour.example", hours=-5, also=(_REPRINT,)),
        _source(2, "Full timetable back by Friday", "Northern Ledger", "ledger.example", hours=-4.2),
        _source(3, "해협 봉쇄 11일 만에 여객선 운항 재개", "새벽일보", "saebyeok.example", hours=-3.5, lang="ko"),
        _source(4, "海峡封鎖が終結、共同パトロールで合意", "東都新聞", "toto.example", hours=-2, lang="ja"),
        _source(5, "العبّارات تعود إلى العمل بعد اتفاق المضيق", "صحيفة الأفق", "ufuq.example", hours=-0.1, lang="ar"),
    ),
)
FIRST = replace(SUMMARY, sections=SUMMARY.sections[:1], sources=SUMMARY.sources[:3], headline="Ferries to Resume")

REVISIONS = (
    Revision(story_id="k3m9x2p7qa", n=1, at=at(-3), newest_at=at(-3.5), summary=FIRST, tags=("world",)),
    Revision(
        story_id="k3m9x2p7qa",
        n=2,
        at=NOW,
        newest_at=at(-0.1),
        summary=SUMMARY,
        tags=("world", "asia"),
        change="2 new publishers: 東都新聞, صحيفة الأفق",
    ),
)

STORY = StoryView(
    story=Story(
        id="k3m9x2p7qa",
        minted_at=at(-5),
        memberships=(
            membership("a1", "k3m9x2p7qa", rule="new story", reason="opened the story"),
            membership("x1", "k3m9x2p7qa", copy_of="a1", rule="same text", reason="98 % of its sentences are the same"),
            membership("a2", "k3m9x2p7qa", probability=0.94, rule="similar", reason="shares “strait”, “timetable”"),
            membership("a3", "k3m9x2p7qa", probability=0.81, rule="similar"),
            membership("gone", "k3m9x2p7qa", reason="an article that no revision lists"),
        ),
    ),
    revisions=REVISIONS,
)

RANKED = ((REVISIONS[-1], 1.0, "5 publishers, among the newest"),)


def source_view(host: str = "harbour.example", *, days: tuple[PollDay, ...] = (), **fields: object) -> SourceView:
    url = f"https://{host}/feed.xml"
    given: dict[str, object] = {"title": "Harbour Courier", "site_url": f"https://{host}/", "lang": "en", **fields}
    return SourceView(
        source=Source(url=url, tags=("world",)),
        state=SourceState(url=url, **given),  # type: ignore[arg-type]
        days=days,
    )


OUTPUT_VIEWS = tuple(OutputView(output=each, n_entries=3, updated_at=NOW) for each in SITE.outputs)
