"""The short way to read feeds.toml gives what tomllib gives, or nothing."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.usual import read_usual

LINES = st.sampled_from(
    [
        "", "# a comment", "[settings]", "[feeds]", "[[feeds]]", "[[outputs]]", "[a.b]", "[[a.b]]", "[[settings]]",
        'url = "https://a.example/feed"', 'url = "b" # so', 'name = "é\t"', 'name = ""', "websub = true",
        "websub = false", "port = 8080", "port = 0", "port = 08", "port = 1_000", "port = -1", "weight = 1.5",
        'tags = ["a", "b"]', "tags = []", 'tags = [""]', 'tags = ["", "x"]', 'tags = ["a",]', 'tags = ["a","b"]',
        'tags = [ "a" ]', 'name = "a\\"b"', 'name = "a', "name = 'a'", 'name = """a"""', "feeds = []",
        'feeds = ["https://a.example/"]', "feeds = [{}]", 'a.b = "c"', '"a" = "b"', "at = 2026-01-01", 'x="y"',
        ' indented = "x"', "\x00", "\r", '# \x01', "name", 'tags = ["a", "b"] ["c"]', "port = 1 2", 'b = "\ud7ff"',
    ]
)  # fmt: skip


@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_as_tomllib_or_nothing(lines: list[str], end: str, is_ended: bool) -> None:
    text = end.join(lines) + (end if is_ended else "")
    found = read_usual(text)
    if found is not None:
        assert found == tomllib.loads(text)


@given(st.text(st.sampled_from('abc"=[],# \n\r\t\\01.true{}'), max_size=30))
def test_whatever_the_text(text: str) -> None:
    found = read_usual(text)
    if found is not None:
        assert found == tomllib.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        '[settings]\nallow_hosts = ["127.0.0.0/8"]\nport = 8080\n\n[[feeds]]\nname = "A"\nurl = "https://a.example/"\n',
        '# mine\r\n[[feeds]]\r\nurl = "https://a.example/" # so\r\n\r\n[[feeds]]\r\nurl = "https://b.example/"',
    ],
)
def test_a_usual_file_needs_no_more(text: str) -> None:
    assert read_usual(text) == tomllib.loads(text)
