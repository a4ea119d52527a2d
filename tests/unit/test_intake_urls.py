import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.urls import canonical_url, host_of, publisher_of


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.One.example/a/", "https://one.example/a"),
        ("https://one.example", "https://one.example/"),
        ("https://m.one.example/a?b=2&a=1", "https://one.example/a?a=1&b=2"),
        ("https://en.m.one.example/a", "https://en.one.example/a"),
        ("https://amp.one.example/a/amp/", "https://one.example/a"),
        ("https://one.example/a.amp.html", "https://one.example/a.html"),
        ("https://one.example/amp/a", "https://one.example/a"),
        ("https://one.example/a?amp=1&outputType=amp", "https://one.example/a"),
        ("https://one-example.cdn.ampproject.org/c/s/one.example/a", "https://one.example/a"),
        ("https://www.google.com/amp/s/one.example/a", "https://one.example/a"),
        ("https://one.example/a?utm_source=rss&fbclid=x&id=7#top", "https://one.example/a?id=7"),
        ("https://one.example/a#!/route", "https://one.example/a#!/route"),
        ("http://one.example:80/a", "https://one.example/a"),
        ("http://one.example:8080/a", "https://one.example:8080/a"),
        ("https://one.example/%7euser/%c3%a9", "https://one.example/~user/%C3%A9"),
        ("https://one.example/a;jsessionid=12AB?x=1", "https://one.example/a?x=1"),
        ("http://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("http://127.0.0.1:8080/a", "https://127.0.0.1:8080/a"),
        ("http://one.example/?p=1.2_3~", "https://one.example/?p=1.2_3~"),
        ("https://www.example", "https://www.example/"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_canonical_url(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


WORDS = (
    "www. m. amp. one. example /amp /a / .amp .html ? & utm_x=1 b=2 a=%7e # #!x %2f :80 ;jsessionid=1 google.com "
    "cdn.ampproject.org /c/s/ é .. //"
)
PARTS = st.lists(st.sampled_from(WORDS.split()), max_size=12)


@given(PARTS)
def test_canonical_url_twice_is_once(parts: list[str]) -> None:
    once = canonical_url("https://" + "".join(parts))
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.news.one.co.uk/feed", "one.co.uk"),
        ("https://feeds.one.example/rss", "one.example"),
        ("https://mine.github.io/feed", "mine.github.io"),
        ("http://127.0.0.1:8080/x", "127.0.0.1"),
        ("http://[::1]/x", "::1"),
        ("http://localhost/x", "localhost"),
        ("http://com/", "com"),
        ("no address", ""),
    ],
)
def test_publisher_of(url: str, expected: str) -> None:
    assert publisher_of(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"), [("https://A.Example:80/x", "a.example"), ("https://[broken", ""), ("x", "")]
)
def test_host_of(url: str, expected: str) -> None:
    assert host_of(url) == expected
