import pytest

from aggregator.outputs.site import Site, direction, feed_url, host, language_tag, story_url, tag_uri


def site(base_url: str = "https://news.example/") -> Site:
    return Site(title="T", base_url=base_url)


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://news.example/", "tag:news.example,2026:story/ab"),
        ("https://News.Example/deep/", "tag:news.example,2026:story/ab"),
        ("http://127.0.0.1:8080/", "tag:127.0.0.1,2026:story/ab"),
        ("http://[::1]:8080/", "tag:1,2026:story/ab"),
        ("https://bücher.example/", "tag:xn--bcher-kva.example,2026:story/ab"),
    ],
)
def test_a_tag_uri_names_the_host_without_port(base_url: str, expected: str) -> None:
    assert tag_uri(site(base_url), 2026, "story/ab") == expected


def test_addresses() -> None:
    assert story_url(site(), "ab") == "https://news.example/s/ab.html"
    assert feed_url(site(), "world", ".updates.atom") == "https://news.example/world.updates.atom"
    assert feed_url(site(), "world", "atom") == "https://news.example/world.atom"


@pytest.mark.parametrize(
    ("lang", "tag", "way"),
    [
        ("en", "en", "ltr"),
        ("ar", "ar", "rtl"),
        ("ku-Latn", "ku-Latn", "ltr"),
        ("he-IL", "he-IL", "rtl"),
        ("und", "", "auto"),
        ("", "", "auto"),
        ('en" onload="x', "", "auto"),
        ("en\n", "", "auto"),
    ],
)
def test_only_a_language_tag_is_a_language(lang: str, tag: str, way: str) -> None:
    assert language_tag(lang) == tag
    assert direction(lang) == way


def test_a_host_is_told_without_credentials() -> None:
    assert host("https://user:secret@www.one.example:8080/feed") == "one.example"
    assert host("javascript:alert(1)") == ""
