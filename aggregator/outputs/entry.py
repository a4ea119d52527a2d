"""Own what a story is in an output feed: whether it enters, what of it is frozen, and what counts as an update.

Pure: values in, values out; the only times are those of revisions.

An entry keeps its id, its headline and its ``published`` for ever. A later revision is always shown (the text of an
entry and its page agree), but ``updated`` moves only on a material change: RFC 4287, 4.2.15, lets a publisher change
an entry without that. Readers that go by ``updated`` are then silent about small changes, and those that go by the
text show the newest one.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from aggregator import text
from aggregator.markup import safe_url
from aggregator.model import Entry, EntryLink, Output, OutputFeed, Published, Revision, Sentence, Summary
from aggregator.outputs import strings
from aggregator.outputs.content import beginning, plain, shorten, source_name, story_html
from aggregator.outputs.site import Site, feed_url, language_tag, story_url, tag_uri

VISIBLE = 50  # columns: a shorter addition is no update for somebody who reads (outputs spec, 5)
SAME_FACT = 0.6  # Dice of words: "3 dead" and "5 dead" in one sentence share .8, two sentences of one event < .5
SETTLING = timedelta(minutes=15)  # the first version is all that some readers keep (outputs spec, 6)
MAX_TITLE = 300  # characters of a headline in a feed


# ---------------------------------------------------------------- what enters


def select(output: Output, revisions: Sequence[Revision], *, now: datetime | None = None) -> tuple[Revision, ...]:
    """Return the stories that an output shows: the best of those it asks for, newest article first, then by story id.

    Args:
        output: Asks for tags (any of them), languages (any of them) and a number of publishers.
        revisions: The latest of each story, best first.
        now: With it, a story of one publisher waits until ``SETTLING`` after its first revision.
    """
    wanted = [each for each in revisions if is_wanted(output, each) and not _is_settling(each, now)]
    chosen = wanted[: output.max_entries]
    chosen.sort(key=lambda each: each.story_id)
    chosen.sort(key=lambda each: each.newest_at, reverse=True)
    return tuple(chosen)


def is_wanted(output: Output, revision: Revision) -> bool:
    """Tell whether an output asks for a story: any of its tags, any of its languages, publishers enough."""
    if output.tags and set(output.tags).isdisjoint(revision.tags):
        return False
    if output.languages and _primary(revision.summary.lang) not in {_primary(lang) for lang in output.languages}:
        return False
    return revision.summary.n_publishers >= output.min_publishers


def _is_settling(revision: Revision, now: datetime | None) -> bool:
    if now is None or revision.n > 1 or revision.summary.n_publishers > 1:
        return False
    return now - revision.at < SETTLING


def _primary(lang: str) -> str:
    return lang.split("-")[0].lower()


# ---------------------------------------------------------------- what is an update


def publish(output: Output, revision: Revision, before: Published | None, shown: Revision | None) -> Published:
    """Give a story its place in an output, or move the one it has to a new revision.

    Args:
        output: Where it is published.
        revision: What is to be shown.
        before: Its place so far; ``None``: it enters now.
        shown: The revision that ``before`` shows; ``None``: not known any more, so nothing can be called new.
    """
    if before is None:
        return Published(
            slug=output.slug,
            story_id=revision.story_id,
            published_at=revision.at,
            updated_at=revision.at,
            headline=revision.summary.headline,
            revision=revision.n,
        )
    if before.revision == revision.n:
        return before
    is_update = shown is not None and material_change(shown.summary, revision.summary) != ""
    return Published(
        slug=before.slug,
        story_id=before.story_id,
        published_at=before.published_at,
        updated_at=max(before.updated_at, revision.at) if is_update else before.updated_at,
        headline=before.headline,
        revision=revision.n,
    )


def material_change(shown: Summary, new: Summary) -> str:
    """Say in words what makes ``new`` an update of ``shown``; "" where it is none.

    An update adds visible sentences (more than ``VISIBLE`` columns together) and has one of these: they cite a
    publisher that no sentence cited before; one tells a known fact with another number or name; the headline changed.
    """
    old_texts = {sentence.text for sentence in _sentences(shown)}
    added = [each for each in _sentences(new) if each.text not in old_texts]
    if sum(_columns(each.text) for each in added) <= VISIBLE:
        return ""
    known = _cited_publishers(shown, tuple(_sentences(shown)))
    newcomers = sorted(_cited_publishers(new, added) - known)
    if newcomers:
        return f"new publisher: {', '.join(newcomers)}"
    new_texts = {sentence.text for sentence in _sentences(new)}
    gone = [each for each in _sentences(shown) if each.text not in new_texts]
    for sentence in added:
        reason = _changed_fact(sentence, gone)
        if reason:
            return reason
    return "headline" if text.tokens(shown.headline) != text.tokens(new.headline) else ""


def _sentences(summary: Summary) -> Iterator[Sentence]:
    return (sentence for section in summary.sections for sentence in section.sentences)


def _cited_publishers(summary: Summary, sentences: Sequence[Sentence]) -> set[str]:
    cited = {n for sentence in sentences for n in sentence.citations}
    return {source.publisher for source in summary.sources if source.n in cited}


def _columns(line: str) -> int:
    """Return the width of a line: a Chinese, Japanese or Korean character is worth two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def _changed_fact(sentence: Sentence, gone: Sequence[Sentence]) -> str:
    """Say which number or name changed against the most similar sentence that is gone; "" where none did."""
    words = Counter(text.tokens(sentence.text))
    best, similarity = None, SAME_FACT
    for old in gone:
        old_words = Counter(text.tokens(old.text))
        dice = 2 * (words & old_words).total() / max(1, words.total() + old_words.total())
        if dice >= similarity:
            best, similarity = old, dice
    if best is None:
        return ""
    if sorted(text.numbers(best.text)) != sorted(text.numbers(sentence.text)):
        return "number"
    return "name" if set(text.names(best.text)) != set(text.names(sentence.text)) else ""


# ---------------------------------------------------------------- how it is told


def build_entry(site: Site, story_year: int, revision: Revision, published: Published) -> Entry:
    """Write a story as an entry.

    Args:
        site: Where it is published.
        story_year: Year in which the story was minted, by the clock of then.
        revision: What is shown.
        published: Its place in the output.
    """
    summary = revision.summary
    page = EntryLink(href=story_url(site, revision.story_id), rel="alternate", type="text/html")
    return Entry(
        id=tag_uri(site, story_year, f"story/{revision.story_id}"),
        title=_title(published.headline, summary),
        summary=beginning(summary),
        content=story_html(summary),
        links=(page, *_via(summary)),
        published_at=published.published_at,
        updated_at=published.updated_at,
        lang=summary.lang,
        categories=tuple(dict.fromkeys(tag for tag in map(plain, revision.tags) if tag)),
    )


def _title(headline: str, summary: Summary) -> str:
    candidates = (headline, summary.headline, *(source.title for source in summary.sources))
    title = next((line for line in map(plain, candidates) if line), strings.UNTITLED)
    return shorten(title, MAX_TITLE)


def _via(summary: Summary) -> Iterator[EntryLink]:
    for source in sorted(summary.sources, key=lambda each: each.n):
        href = safe_url(source.url)
        if href:
            title = plain(source.title) or source_name(source.name, source.publisher)
            yield EntryLink(href=href, rel="via", type="text/html", title=title, lang=language_tag(source.lang))


def build_feed(site: Site, output: Output, rows: Sequence[tuple[Published, Revision, datetime]]) -> OutputFeed:
    """Write an output feed: its entries by last update, newest first, then by story id.

    Args:
        site: Where it is published.
        output: What it is.
        rows: (place, revision shown, when the story was minted) of each story.
    """
    ordered = sorted(rows, key=lambda row: row[0].story_id)
    ordered.sort(key=lambda row: row[0].updated_at, reverse=True)
    entries = tuple(
        build_entry(site, minted_at.astimezone(UTC).year, revision, published)
        for published, revision, minted_at in ordered
    )
    return OutputFeed(
        id=tag_uri(site, site.since_year, f"feed/{output.slug}"),
        slug=output.slug,
        title=plain(output.title) or output.slug,
        author=plain(site.title) or output.slug,
        self_url=feed_url(site, output.slug, ".atom"),
        site_url=site.base_url,
        # An empty feed has no news: it is as old as the site, never "now".
        updated_at=max((entry.updated_at for entry in entries), default=datetime(site.since_year, 1, 1, tzinfo=UTC)),
        entries=entries,
        lang=_feed_language(output, entries),
    )


def _feed_language(output: Output, entries: Sequence[Entry]) -> str:
    """Return the one language that was asked for, else that of most entries."""
    if len(output.languages) == 1:
        return language_tag(output.languages[0])
    n_by_lang = Counter(lang for lang in (language_tag(entry.lang) for entry in entries) if lang)
    return min(n_by_lang, key=lambda lang: (-n_by_lang[lang], lang), default="")
