"""What is fuzzed, and what must hold for any bytes. Each target takes bytes and raises ``Broken`` or whatever it finds.

parse    a feed: never raises; every field is clean, bounded and safe; the fast reader changes nothing
html     sanitise, to_text, one_line: nothing active is left, twice is once, lengths are bounded
urls     safe_url, canonical_url, publisher_of: http(s) or nothing, twice is once
config   feeds.toml: a ``Config`` or a ``ConfigError`` in clean words, nothing else
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.config import parse_config, values
from aggregator.config.values import same_address
from aggregator.errors import ConfigError
from aggregator.intake.reading.parse import MAX_ARTICLES, parse
from aggregator.intake.urls import canonical_url, host_of, publisher_of
from aggregator.markup import MAX_HTML, MAX_LINE, MAX_URL, clean, one_line, safe_url, sanitise, to_text
from aggregator.model import NotAFeed, ParsedArticle
from tests.active import active_parts

BASE = "https://one.example/dir/feed.xml"
TYPES = (
    "",
    "text/xml",
    "application/atom+xml; charset=utf-8",
    "text/html; charset=iso-8859-1",
    "application/feed+json",
)
_ADDRESS = re.compile(r"https?://[!-~]+\Z")


class Broken(AssertionError):  # noqa: N818 - a finding, not an error of the runner
    """A promise that some bytes break."""


def _is_printable(words: str) -> bool:
    return words.replace("\n", "").isprintable()


def _hold(is_kept: bool, promise: str, found: object) -> None:
    if not is_kept:
        raise Broken(f"{promise}: {found!r}"[:400])


def fuzz_parse(body: bytes) -> None:
    """Read bytes as a feed; the first byte chooses what the server says they are."""
    content_type = TYPES[body[0] % len(TYPES)] if body else ""
    feed = parse(body[1:], url=BASE, content_type=content_type)
    if isinstance(feed, NotAFeed):
        _hold(clean(feed.reason) == feed.reason, "a reason is clean", feed.reason)
        _hold(all(safe_url(each) == each for each in feed.feed_urls), "addresses are safe", feed.feed_urls)
        return
    _hold(len(feed.articles) <= MAX_ARTICLES, "articles are bounded", len(feed.articles))
    for text in (feed.title, feed.lang, *feed.warnings):
        _hold(clean(text) == text and "\n" not in text, "a line is a clean line", text)
    for url in (feed.site_url, feed.self_url):
        _hold(not url or safe_url(url) == url, "an address is safe", url)
    for article in feed.articles:
        _judge_article(article)


def _judge_article(article: ParsedArticle) -> None:
    for text in (article.title, article.author, article.lang, *article.categories):
        _hold(clean(text) == text and "\n" not in text, "a line is a clean line", text)
    _hold(len(article.title) <= MAX_LINE, "a title is bounded", len(article.title))
    _hold(clean(article.guid) == article.guid, "a guid is clean", article.guid)
    for url in (article.link, article.image, *(each.url for each in article.enclosures)):
        _hold(not url or safe_url(url) == url, "an address is safe", url)
    for html in (article.summary, article.content):
        _judge_html(html)


def _judge_html(safe: str) -> None:
    _hold(len(safe) <= MAX_HTML, "HTML is bounded", len(safe))
    _hold(not active_parts(safe), "nothing active is left", (active_parts(safe)[:3], safe[:200]))
    _hold(sanitise(safe, base_url=BASE) == safe, "sanitised twice is sanitised once", safe)


def fuzz_html(body: bytes) -> None:
    """Read bytes as HTML of an article and as a title."""
    html = body.decode("utf-8", "surrogateescape")  # lone surrogates are what a parser may hand on
    _judge_html(sanitise(html, base_url=BASE))
    for text in (to_text(html), one_line(html)):
        _hold(clean(text) == text, "text is clean", text)
    _hold(len(one_line(html)) <= MAX_LINE, "a title is bounded", one_line(html))
    _hold(clean(clean(html)) == clean(html), "clean twice is clean once", html)


def fuzz_urls(body: bytes) -> None:
    """Read bytes as an address, relative to a base and alone."""
    text = body.decode("utf-8", "replace")
    for url in (safe_url(text), safe_url(text, BASE), canonical_url(text)):
        if not url:
            continue
        _hold(bool(_ADDRESS.match(url)) and len(url) <= MAX_URL, "an address is printable http(s)", url)
        _hold("@" not in urlsplit(url).netloc and bool(urlsplit(url).hostname), "no credentials, but a host", url)
        _hold(safe_url(url) == url, "safe twice is safe once", (url, safe_url(url)))
        _hold(publisher_of(url) == publisher_of(url.upper().replace("HTTP", "http")), "a publisher has one case", url)
        _hold(host_of(url).endswith(publisher_of(url)), "a publisher is the end of its host", url)
    once = canonical_url(text)
    _hold(canonical_url(once) == once, "canonical twice is canonical once", (once, canonical_url(once)))
    publisher_of(text)


def fuzz_config(body: bytes) -> None:
    """Read bytes as feeds.toml."""
    try:
        config = parse_config(body.decode("utf-8", "replace"), path=Path("feeds.toml"))
    except ConfigError as error:
        words = str(error)
        _hold(bool(words) and _is_printable(words), "mistakes are told in clean words", words)
        return
    warned = [each.message for each in config.warnings]
    _hold(all(map(_is_printable, warned)), "warnings are told in clean words", warned)
    for source in config.sources:
        is_told = bool(config.warnings) or not values.problem_of_address(source.url)
        _hold(is_told, "an address that cannot be fetched is told", source.url)
        _hold(same_address(same_address(source.url)) == same_address(source.url), "same is same", source.url)
        _hold(source.min_interval <= source.max_interval, "intervals are in order", source)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "parse": fuzz_parse,
    "html": fuzz_html,
    "urls": fuzz_urls,
    "config": fuzz_config,
}
