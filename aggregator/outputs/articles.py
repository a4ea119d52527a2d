"""Own the feed of articles beside an output: what its sources wrote, each text once, copied with its origin.

Pure. An entry is a copy of an article, so it says where it was copied from (``atom:source``); an edited title or text
shows in it, and moves its ``updated``. Its id is our own: the ids of feeds are not always IRIs, and two publishers may
use the same one.

Source: RFC 4287, 4.2.11.
"""

import html
from collections.abc import Collection, Sequence

from aggregator.markup import safe_url, sanitise, to_text
from aggregator.model import Article, Entry, EntryLink, Origin, Output
from aggregator.outputs import strings
from aggregator.outputs.content import MAX_SUMMARY, plain, shorten, source_name, without_tags
from aggregator.outputs.entry import MAX_TITLE, share_out
from aggregator.outputs.site import Site, host, language_tag, tag_uri

MAX_CONTENT = 6_000  # characters; 60 of these stay below 512 kB, which clients without gzip load at every poll


def select_articles(output: Output, articles: Sequence[Article], *, copies: Collection[str]) -> tuple[Article, ...]:
    """Return the newest articles that an output asks for, in the given order; no copies, and no flood fills it.

    Args:
        output: Asks for tags and languages (any of them); publishers do not count here.
        articles: Newest first.
        copies: Ids of articles that only repeat another one.
    """
    languages = {lang.split("-")[0].lower() for lang in output.languages}
    wanted = [
        each
        for each in articles
        if each.id not in copies
        and (not output.tags or not set(output.tags).isdisjoint(each.tags))
        and (not languages or each.lang.split("-")[0].lower() in languages)
    ]
    return tuple(share_out(wanted, output.max_entries, lambda each: (each.publisher,)))


def build_article(site: Site, article: Article, *, site_url: str = "") -> Entry:
    """Write an article as an entry.

    Args:
        site: Where it is published.
        article: What is copied.
        site_url: Home page of its source; empty: not known.
    """
    content, text = _content(article)
    name = source_name(article.source_name, article.publisher) or host(article.source_url)
    is_edited = article.modified_at > article.first_seen_at
    updated_at = article.modified_at if is_edited else article.at
    link = safe_url(article.link)
    links = (EntryLink(href=link, rel="alternate", type="text/html", lang=language_tag(article.lang)),) if link else ()
    return Entry(
        id=tag_uri(site, article.first_seen_at.year, f"article/{article.id}"),
        title=without_tags(shorten(plain(article.title) or text or strings.UNTITLED, MAX_TITLE)),
        summary=without_tags(shorten(text, MAX_SUMMARY)),
        content=content or f"<p>{html.escape(plain(article.title) or strings.UNTITLED)}</p>\n",
        links=links,
        published_at=article.at,
        updated_at=updated_at,
        lang=article.lang,
        categories=tuple(dict.fromkeys(tag for tag in map(plain, article.tags) if tag)),
        author=shorten(plain(article.author), MAX_TITLE) or name,
        origin=Origin(url=article.source_url, title=name, updated_at=updated_at, site_url=safe_url(site_url)),
    )


def _content(article: Article) -> tuple[str, str]:
    """Return an article as HTML and its text as one line; what is long is cut to its first paragraphs."""
    given = article.content or article.summary
    if len(given) <= MAX_CONTENT:
        whole = sanitise(given, base_url=article.link)
        return whole, plain(article.text or to_text(whole))
    paragraphs = []
    room = MAX_CONTENT
    for line in (article.text or to_text(sanitise(given))).split("\n"):
        cut = shorten(plain(line), max(2, room))
        if cut:
            paragraphs.append(f"<p>{html.escape(cut)}</p>")
        room -= len(cut)
        if room <= 0 or cut.endswith("…"):
            break
    link = safe_url(article.link)
    if link:
        paragraphs.append(f'<p><a href="{html.escape(link)}">{strings.READ_ON}</a></p>')
    return "\n".join(paragraphs) + "\n", plain(article.text)
