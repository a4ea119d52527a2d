import re

import pytest

from aggregator.intake.filters import compile_rule, is_kept
from tests.builders import parsed_article


@pytest.mark.parametrize(
    ("rule", "is_match"),
    [
        ('title ~ "(?i)SUMMIT"', True),
        ('title ~ "SUMMIT"', False),
        ('title = "the summit begins"', True),
        ('title = "the summit"', False),
        ('title != "the summit"', True),
        ('category = "sport"', True),
        ('category = "Spo"', False),
        ('category != "Sport"', False),
        ('category !~ "^Wea"', True),
        ('text ~ "second paragraph"', True),
        ('text ~ "Summit"', True),
        ('author ~ "Desk$"', True),
        ('link ~ "one\\.example/1"', True),
        (r'title ~ "\bbegins\b"', True),
        (r'summary ~ "a \"quoted\" word"', True),
    ],
)
def test_rule(rule: str, is_match: bool) -> None:
    article = parsed_article(
        title="The Summit begins",
        summary='<p>First</p><p>second paragraph with a "quoted" word</p>',
        categories=("World", "Sport"),
        author="News Desk",
    )
    assert is_kept(article, keep=[compile_rule(rule)], block=[]) is is_match
    assert is_kept(article, keep=[], block=[compile_rule(rule)]) is not is_match


def test_keep_needs_one_and_block_beats_keep() -> None:
    article = parsed_article(title="Summit and sport")
    summit, sport, other = (compile_rule(f'title ~ "{word}"') for word in ("Summit", "sport", "other"))
    assert is_kept(article, keep=[], block=[])
    assert is_kept(article, keep=[other, summit], block=[])
    assert not is_kept(article, keep=[summit], block=[sport])


@pytest.mark.parametrize(
    ("rule", "column", "words"),
    [
        ("", 1, "expected a field"),
        ('titel ~ "x"', 1, "expected a field"),
        ('title "x"', 7, "expected one of"),
        ("title ~ x", 8, "double quotes"),
        ('title ~ "x', 8, "double quotes"),
        ('title ~ "x" and', 12, "expected the end"),
        ('title ~ "a(b"', 11, "not a regular expression"),
        ('title ~ "(a+)+$"', 10, "repeat inside a repeat"),
    ],
)
def test_mistakes_name_their_place(rule: str, column: int, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"column {column} of ")) as caught:
        compile_rule(rule)
    assert words in str(caught.value)
