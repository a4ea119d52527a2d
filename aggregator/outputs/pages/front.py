"""Own the arrangement of the front page: which story stands where. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.model import Revision, Sentence
from aggregator.outputs import strings
from aggregator.outputs.content import plain
from aggregator.outputs.pages.story import names, publishers
from aggregator.outputs.site import Site, language_tag

N_SECOND = 3  # beside the lead on a wide screen
N_BELOW = 2  # below the lead: with them it is about as high as the three beside it
N_THIRD = 9  # three full rows of three columns
NO_GROWTH = frozenset({"rearranged", "wording"})  # a change that brings a reader nothing
LEAD_SHARE = 0.3  # of the score of a lone report at the top: what two publishers told leads before it for three days
N_TAGGED = 12  # headlines under one tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A story as the front page shows it.

    Attributes:
        revision: What is shown.
        languages: (tag, name) of those of its sources, where there is more than one.
        names: What to call the publisher of each source, by number.
        standfirst: One sentence of it, or none.
        why: Why it stands where it does; said of the lead only.
        lone: What to call the one publisher that tells it; empty: several do.
        grown: What is new in it, in words; empty: it is as it was first told, or only worded anew.
    """

    revision: Revision
    languages: tuple[tuple[str, str], ...]
    names: dict[int, str]
    standfirst: tuple[Sentence, ...]
    why: str = ""
    grown: str = ""
    lone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The front page from top to bottom. ``tagged`` are (tag, stories) pairs; a story stands in one place only."""

    lead: Card | None
    second: tuple[Card, ...]
    below: tuple[Card, ...]
    third: tuple[Card, ...]
    tagged: tuple[tuple[str, tuple[Card, ...]], ...]


def arrange(ranked: Sequence[tuple[Revision, float, str]]) -> Front:
    """Give every story its place: the first leads, the next stand beside and below it, the rest under their first tag.

    Tags stand in the order in which their best story ranks; stories without any come last.
    """
    cards = [card(revision, reason) for revision, _, reason in _lead_first(ranked)]
    n_top = 1 + N_SECOND + N_BELOW
    rest = cards[n_top + N_THIRD :]
    by_tag: dict[str, list[Card]] = {}
    for each in rest:
        by_tag.setdefault(_first_tag(each.revision), []).append(each)
    tags = sorted(by_tag, key=lambda tag: tag == "")  # stable: only the untagged move
    return Front(
        lead=cards[0] if cards else None,
        second=tuple(cards[1 : 1 + N_SECOND]),
        below=tuple(cards[1 + N_SECOND : n_top]),
        third=tuple(cards[n_top : n_top + N_THIRD]),
        tagged=tuple((tag or strings.MORE, tuple(by_tag[tag][:N_TAGGED])) for tag in tags),
    )


def _lead_first(ranked: Sequence[tuple[Revision, float, str]]) -> Sequence[tuple[Revision, float, str]]:
    """Bring the best story of several publishers to the top, where a lone report is there and not much better.

    On a slow day the freshest thing is a lone report; the largest type on the page is for what others confirm.
    """
    if not ranked or ranked[0][0].summary.n_publishers > 1:
        return ranked
    least = LEAD_SHARE * ranked[0][1]
    for i, (revision, score, _) in enumerate(ranked):
        if score < least:
            break
        if revision.summary.n_publishers > 1:
            return [ranked[i], *ranked[:i], *ranked[i + 1 :]]
    return ranked


def _first_tag(revision: Revision) -> str:
    return next((tag for tag in map(plain, revision.tags) if tag), "")


def card(revision: Revision, why: str = "") -> Card:
    """Return a story in brief."""
    sections = revision.summary.sections
    grown = plain(revision.change) if revision.n > 1 else ""
    named, _ = publishers(revision.summary)
    return Card(
        revision=revision,
        languages=languages(revision),
        names=names(revision.summary),
        standfirst=sections[0].sentences[:1] if sections else (),
        why=plain(why),
        grown="" if grown in NO_GROWTH else grown,
        lone=named[0] if len(named) == 1 and revision.summary.n_publishers == 1 else "",
    )


def languages(revision: Revision) -> tuple[tuple[str, str], ...]:
    """Return (tag, name) of the languages of a story's sources, most frequent first, where there is more than one."""
    n_by_lang = Counter(lang for lang in (language_tag(source.lang) for source in revision.summary.sources) if lang)
    if len(n_by_lang) < 2:
        return ()
    ordered = sorted(n_by_lang, key=lambda lang: (-n_by_lang[lang], lang))
    return tuple((lang, strings.language_name(lang)) for lang in ordered)


def empty_state(site: Site, *, n_sources: int, n_answering: int) -> str:
    """Say why there is no story yet, and what it takes."""
    if not n_sources:
        return strings.NO_SOURCES
    if not n_answering:
        return strings.none_answered(n_sources)
    return strings.no_stories(n_answering, min((output.min_publishers for output in site.outputs), default=1))
