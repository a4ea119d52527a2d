"""Own the text of an entry: HTML that reads well with every tag stripped, and its plain beginning.

Pure. Everything that comes from an article is text here and is escaped; addresses pass ``safe_url``. No class, no
style, no script, no anchor within the entry: feed readers drop them.
"""

import html
import unicodedata
from collections.abc import Iterable

from aggregator.markup import clean, safe_url
from aggregator.model import CitedSource, Sentence, Summary
from aggregator.outputs import strings
from aggregator.outputs.site import direction, language_tag

MAX_SUMMARY = 300  # characters; what list views of readers show at most


def plain(text: str) -> str:
    """Return foreign text as one clean line; what looks like markup in it stays what it is: text."""
    return " ".join(clean(text).split())


def source_name(name: str, publisher: str) -> str:
    """Return what to call who published an article."""
    return plain(name) or plain(publisher)


def shorten(text: str, limit: int) -> str:
    """Cut a line to at most ``limit`` characters, between words where it has spaces, never within a character.

    Source: Unicode marks, joiners and variation selectors belong to the character before them (UAX 29, simplified).
    """
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 1 and (unicodedata.category(text[end])[0] == "M" or "\u200d" in text[end - 1 : end + 1]):
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    if space > limit // 2:
        end = space
    return text[:end].rstrip(" ,;:") + "…"


def beginning(summary: Summary) -> str:
    """Return the first sentences of a story as plain text, whole ones while they fit into ``MAX_SUMMARY``."""
    begun = ""
    for section in summary.sections:
        for sentence in section.sentences:
            longer = f"{begun} {plain(sentence.text)}".strip()
            if len(longer) > MAX_SUMMARY:
                return begun or shorten(longer, MAX_SUMMARY)
            begun = longer
    return begun


def story_html(summary: Summary) -> str:
    """Write a story as feed readers get it: how many articles, sections with citations, the numbered sources.

    Citations are links to the articles, and text browsers number links by first appearance. Where a later revision
    cites its sources in another order than their (kept) numbers, the first paragraph names them in order, so that the
    numbers still agree.
    """
    sources = tuple(sorted(summary.sources, key=lambda source: source.n))
    url_by_n = {source.n: safe_url(source.url) for source in sources}
    source_by_n = {source.n: source for source in sources}
    opening = html.escape(strings.updated(summary.n_articles))
    if not _is_in_order(_first_links(summary, sources, url_by_n), url_by_n):
        opening += " " + _citations(source_by_n, source_by_n, url_by_n)
    parts = [f"<p>{opening}</p>"]
    # The entry says its language; only a direction other than that of most readers needs saying here.
    way = ' dir="rtl"' if direction(summary.lang) == "rtl" else ""
    for section in summary.sections:
        if section.heading:
            parts.append(f"<h3{way}>{html.escape(plain(section.heading))}</h3>")
        told = " ".join(_sentence(each, summary.lang, source_by_n, url_by_n) for each in section.sentences)
        parts.append(f"<p{way}>{told}</p>")
    parts.append(f"<h3>{html.escape(strings.sources_heading(summary.n_articles))}</h3>")
    parts.append("<ol>")
    previous = 0
    for source in sources:
        parts.append(_source_line(source, url_by_n[source.n], summary.lang, is_next=source.n == previous + 1))
        previous = source.n
    parts.append("</ol>")
    return "\n".join(parts) + "\n"


def _first_links(summary: Summary, sources: Iterable[CitedSource], url_by_n: dict[int, str]) -> list[str]:
    """Return the addresses of a story in the order in which a text browser numbers them."""
    seen: dict[str, None] = {}
    for section in summary.sections:
        for sentence in section.sentences:
            for n in sentence.citations:
                seen.setdefault(url_by_n.get(n, ""))
    for source in sources:
        seen.setdefault(url_by_n[source.n])
        for also in source.also:
            seen.setdefault(safe_url(also.url))
    seen.pop("", None)
    return list(seen)


def _is_in_order(links: list[str], url_by_n: dict[int, str]) -> bool:
    wanted = [url for _, url in sorted(url_by_n.items()) if url]
    return links[: len(wanted)] == wanted


def _marks(lang: str, around: str) -> str:
    """Return lang and dir attributes, with a space before them, where they differ from what stands around."""
    tag = language_tag(lang)
    if tag == language_tag(around):
        return ""
    return (f' lang="{tag}"' if tag else "") + f' dir="{direction(lang)}"'


def _sentence(sentence: Sentence, around: str, source_by_n: dict[int, CitedSource], url_by_n: dict[int, str]) -> str:
    told = html.escape(plain(sentence.text))
    marks = _marks(sentence.lang, around)
    if marks:
        told = f"<span{marks}>{told}</span>"
    return f"{told} {_citations(sentence.citations, source_by_n, url_by_n)}"


def _citations(numbers: Iterable[int], source_by_n: dict[int, CitedSource], url_by_n: dict[int, str]) -> str:
    parts = []
    for n in numbers:
        url = url_by_n.get(n, "")
        if url:
            source = source_by_n[n]
            name = html.escape(source_name(source.name, source.publisher))
            parts.append(f'<a href="{html.escape(url)}" title="{name}">[{n}]</a>')
        else:
            parts.append(f"[{n}]")
    return " ".join(parts)


def _source_line(source: CitedSource, url: str, around: str, *, is_next: bool) -> str:
    title = html.escape(plain(source.title) or strings.UNTITLED)
    tag = language_tag(source.lang)
    hreflang = f' hreflang="{tag}"' if tag else ""
    marks = _marks(source.lang, around)
    title = f'<a href="{html.escape(url)}"{hreflang}{marks}>{title}</a>' if url else f"<bdi{marks}>{title}</bdi>"
    notes = [html.escape(source_name(source.name, source.publisher)), strings.moment(source.published_at)]
    line = f"{title} ({', '.join(note for note in notes if note)}"
    if source.also:
        line += f"; {strings.ALSO_IN} {', '.join(_also(also.url, also.name, also.publisher) for also in source.also)}"
    value = "" if is_next else f' value="{source.n}"'
    return f"<li{value}>{line})</li>"


def _also(url: str, name: str, publisher: str) -> str:
    text = html.escape(source_name(name, publisher) or strings.UNTITLED)
    href = safe_url(url)
    return f'<a href="{html.escape(href)}">{text}</a>' if href else text
