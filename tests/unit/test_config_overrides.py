"""overrides.toml: every mistake with its line; what is written keeps comments, and no number comes twice."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config.file import overrides_beside
from aggregator.config.overrides import (
    load_overrides,
    next_number,
    parse_overrides,
    with_override,
    without_override,
)
from aggregator.errors import AggregatorError, ConfigError
from aggregator.model import Override

PATH = Path("overrides.toml")
ONE, TWO = "7k3m9q2v5x", "2b4d6f8h0j"
A, B, C = (f"https://{name}.example/1" for name in "abc")

WORDS = (
    Override(n=1, kind="merge", stories=(ONE, TWO), firsts=(A, B)),
    Override(n=2, kind="split", stories=(ONE,), firsts=(A,), urls=(A,), apart_from=(B, C), note='two "events"'),
    Override(n=3, kind="pin", stories=(ONE,), firsts=(A,), urls=(C,)),
    Override(n=4, kind="forbid", urls=(A, B)),
    Override(n=5, kind="hide", stories=(TWO,), firsts=(B,)),
)


def written(*words: Override) -> str:
    text = ""
    for word in words:
        text = with_override(text, word, PATH)
    return text


def test_what_is_written_is_read_again() -> None:
    assert parse_overrides(written(*WORDS), PATH) == WORDS


@settings(deadline=None)
@given(st.lists(st.sampled_from(range(1, 6)), min_size=1, max_size=5, unique=True))
def test_what_is_taken_back_is_gone_and_nothing_else(gone: list[int]) -> None:
    text = written(*WORDS)
    for n in gone:
        text = without_override(text, n, PATH)
    assert parse_overrides(text, PATH) == tuple(word for word in WORDS if word.n not in gone)
    assert next_number(text, PATH) == 6, "a number is never given again"


def test_a_missing_file_holds_nothing(tmp_path: Path) -> None:
    assert load_overrides(overrides_beside(tmp_path / "feeds.toml")) == ()
    assert next_number("", PATH) == 1


def test_comments_and_layout_of_others_stay() -> None:
    text = (
        '# head\nlast = 4 # so far\n\n# first\n[[overrides]]\nn = 2 # two\ndo = "hide"\n'
        f'stories = ["{ONE}"]\n\n# second\n[[overrides]]\ndo = "forbid"\nurls = ["{A}",\n  "{B}"] # why\n'
    )
    more = with_override(text, Override(n=6, kind="hide", stories=(TWO,)), PATH)
    for comment in ("# head", "# so far", "# first", "# two", "# second", "# why"):
        assert comment in more
    assert [word.n for word in parse_overrides(more, PATH)] == [2, 5, 6], "who had no number keeps what it had"
    less = without_override(more, 2, PATH)
    assert "# first" not in less
    assert "# second" in less
    assert "# head" in less
    assert [word.n for word in parse_overrides(less, PATH)] == [5, 6]


def test_what_is_not_there_cannot_be_taken_back() -> None:
    with pytest.raises(AggregatorError, match="there is no override 9; known: 1, 2, 3, 4, 5"):
        without_override(written(*WORDS), 9, PATH)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lasst = 3", 'overrides.toml:1: unknown key "lasst" (did you mean "last"?)'),
        ('last = "x"', "overrides.toml:1: last must be the highest number ever given"),
        ("overrides = 3", "overrides.toml:1: overrides must be a list of tables"),
        ("overrides = [3]", "each of overrides must be a table"),
        ("[[overrides]]", "overrides.toml:1: one of overrides has no do"),
        ('[[overrides]]\ndo = "hid"', 'overrides.toml:2: do must be one of "merge", "split", "pin", "forbid", "hide"'),
        ('[[overrides]]\ndo = "hide"\nstory = "x"', 'overrides.toml:3: unknown key "story" (did you mean "stories"?)'),
        ('[[overrides]]\ndo = "hide"\nstories = ["x"]', "overrides.toml:3: each of stories must be a story's id"),
        (
            '[[overrides]]\ndo = "forbid"\nurls = ["ftp://a.example/"]',
            "overrides.toml:3: each of urls must be the address",
        ),
        (
            f'[[overrides]]\ndo = "merge"\nstories = ["{ONE}"]',
            "overrides.toml:3: merge needs 2 or more of stories, not 1",
        ),
        (f'[[overrides]]\ndo = "hide"\nstories = ["{ONE}"]\nurls = ["{A}"]', "overrides.toml:4: hide knows no urls"),
        (
            2 * f'[[overrides]]\nn = 1\ndo = "hide"\nstories = ["{ONE}"]\n',
            "overrides.toml:6: the number 1 stands twice, first in line 2",
        ),
        ("[[overrides]", "overrides.toml:1: column 12:"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_overrides(text, PATH)
    assert says in str(caught.value)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(ConfigError):
        parse_overrides(text, PATH)
