"""Own the text of an entry: HTML that reads well with every tag stripped, and its plain beginning.

Pure. Everything that comes from an article is text here and is escaped; addresses pass ``safe_url``. No class, no
style, no script, no anchor within the entry: feed readers drop them.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence

from aggregator.markup import clean, safe_url
from aggregator.model import CitedSource, Sentence, Summary
from aggregator.outputs import strings
from aggregator.outputs.site import direction, language_tag

MAX_SUMMARY = 300  # characters; what list views of readers show at most
_TAG = re.compile(r"<(/?[a-zA-Z][^<>]*)>")
_STOPS = ".!?。！？．｡؟۔।॥։።။"  # what ends a sentence in the scripts of the world
_UNSPACED = "。！？．｡"  # after these no space is written, so none is put before what stands before them either
_DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_])+\Z")  # U.S, a.m: the last dot belongs to the word
_SHORT_WORDS = frozenset({"inc", "ltd", "co", "corp", "bros", "jr", "sr", "plc", "etc", "usw", "bzw"})


def plain(text: str) -> str:
    """Return foreign text as one clean line; what looks like markup in it stays what it is: text."""
    return " ".join(clean(text).split())


def without_tags(line: str) -> str:
    """Write what reads like a tag in a line with other brackets: "‹code›".

    It is text and would be escaped, but many readers take titles and summaries for HTML all the same and swallow it.
    Source: outputs.md 15, 17; the W3C validator warns of it.
    """
    return _TAG.sub(r"‹\1›", line)


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


# ---------------------------------------------------------------- citations


def split_ending(text: str) -> tuple[str, str]:
    """Part a sentence where its citations go: before the stop that ends it.

    A closing quotation mark or bracket after the stop keeps it: the citations then follow the whole, and the ending is
    empty. So they do after an abbreviation, whose dot is its own, and after an ellipsis.

    Returns:
        (body, ending); together they are ``text`` without space at its end.
    """
    text = text.rstrip()
    body = text.rstrip(_STOPS)
    ending = text[len(body) :]
    if not ending or not body or (len(ending) > 1 and set(ending) == {"."}):
        return text, ""
    if ending == ".":
        word = body.rsplit(None, 1)[-1].lstrip("(\"'“‘«[")
        if _DOTTED.match(word) or word.lower() in _SHORT_WORDS:
            return text, ""
    trimmed = body.rstrip()  # a French space before "?" stays with it
    return (trimmed, text[len(trimmed) :]) if trimmed else (text, "")


def gap_before(citations: str, body: str, ending: str) -> str:
    """Return what parts a sentence's body from its citations: a space, but nothing in scripts that write none."""
    is_unspaced = ending[:1] in _UNSPACED if ending else unicodedata.east_asian_width(body[-1:] or " ") == "W"
    return "" if not citations or is_unspaced else " "


# ---------------------------------------------------------------- a story


def story_html(summary: Summary, *, news: Sequence[Sentence] = ()) -> str:
    """Write a story as feed readers get it: how many articles, sections with citations, the numbered sources.

    Citations are links to the articles, and text browsers number links by first appearance. Where a later revision
    cites its sources in another order than their (kept) numbers, the first paragraph names them in order, so that the
    numbers still agree.

    Args:
        summary: What is told.
        news: Sentences of it that are new; they are told in the first paragraph, too.
    """
    sources = tuple(sorted(summary.sources, key=lambda source: source.n))
    url_by_n = {source.n: safe_url(source.url) for source in sources}
    source_by_n = {source.n: source for source in sources}
    opening = html.escape(strings.opening(summary.n_articles, summary.n_publishers))
    if not _is_in_order(_first_links(news, summary, sources, url_by_n), url_by_n):
        opening += " " + _citations(source_by_n, source_by_n, url_by_n)
    # The entry says its language; only a direction other than that of most readers needs saying here.
    way = ' dir="rtl"' if direction(summary.lang) == "rtl" else ""
    parts = [f"<p>{opening}</p>"]
    if news:
        told = " ".join(_sentence(each, summary.lang, source_by_n, url_by_n) for each in news)
        parts = [f"<p{way}>{opening}: {told}</p>"]
    for section in summary.sections:
        if section.heading:
            parts.append(f"<h2{way}>{html.escape(plain(section.heading))}</h2>")
        told = " ".join(_sentence(each, summary.lang, source_by_n, url_by_n) for each in section.sentences)
        parts.append(f"<p{way}>{told}</p>")
    parts.append(f"<h2>{html.escape(strings.sources_heading(summary.n_articles))}</h2>")
    parts.append("<ol>")
    previous = 0
    for source in sources:
        parts.append(_source_line(source, url_by_n[source.n], summary.lang, is_next=source.n == previous + 1))
        previous = source.n
    parts.append("</ol>")
    return "\n".join(parts) + "\n"


def _first_links(
    news: Sequence[Sentence], summary: Summary, sources: Iterable[CitedSource], url_by_n: dict[int, str]
) -> list[str]:
    """Return the addresses of a story in the order in which a text browser numbers them."""
    seen: dict[str, None] = {}
    for sentence in (*news, *(each for section in summary.sections for each in section.sentences)):
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
    body, ending = split_ending(plain(sentence.text))
    citations = _citations(sentence.citations, source_by_n, url_by_n)
    told = f"{html.escape(body)}{gap_before(citations, body, ending)}{citations}{html.escape(ending)}"
    marks = _marks(sentence.lang, around)
    return f"<span{marks}>{told}</span>" if marks else told


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
    return "".join(parts)


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
