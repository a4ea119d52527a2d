"""Rules on age, address and language, and where they may stand: of a source, of all sources, of an output."""

from pathlib import Path

import pytest

from aggregator.commands.rules import judge, rules_of
from aggregator.config import Config, parse_config
from aggregator.errors import ConfigError
from aggregator.intake.filters import compile_rule, is_kept, is_match, why_dropped
from aggregator.model import Article, ParsedArticle
from tests.builders import NOW, article, at, parsed_article


def config(text: str) -> Config:
    return parse_config(text, path=Path("feeds.toml"))


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        ("age > 30d", [True, False, False]),
        ('age > "1d12h"', [True, False, False]),
        ("age<1d", [False, True, False]),
        ("AGE > 0s", [True, True, False]),
    ],
)
def test_ages(rule: str, matches: list[bool]) -> None:
    articles = [parsed_article(published_at=when) for when in (at(-24 * 31), at(-1), None)]
    assert [is_match(compile_rule(rule), each, now=NOW) for each in articles] == matches
    assert not any(is_match(compile_rule(rule), each) for each in articles)  # no clock, no age
    updated = parsed_article(updated_at=at(-24 * 31))
    assert is_match(compile_rule("age > 30d"), updated, now=NOW)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('age = "30d"', "expected one of > <"),
        ("age >= 30d", "expected one of > <"),
        ("age > 30", "column 6"),
        ("age > 30days", "a length of time"),
        ('age > "30d', "a length of time"),
        ("age > 30d or more", "column 10"),
        ('title > "a"', "expected one of != !~ = ~"),
        ('headline = "a"', "column 1"),
    ],
)
def test_rules_that_cannot_be_read(rule: str, message: str) -> None:
    with pytest.raises(ValueError, match="column") as caught:
        compile_rule(rule)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "lang", "matches"),
    [
        ('language = "en"', "", True),
        ('lang = "en"', "", True),
        ('language = "de"', "de", True),
        ('language = "de"', "de-AT", True),
        ('language = "de-at"', "de-AT", True),
        ('language != "de"', "de-AT", False),
        ('url ~ "^https://one"', "", True),
        ('link = "https://one.example/1"', "", True),
    ],
)
def test_language_and_address(rule: str, lang: str, matches: bool) -> None:
    text = "The harbour of the old town was opened, and it is the first of its kind in this country."
    parsed: ParsedArticle = parsed_article(title=text)
    stored: Article = article(title=text, link="https://one.example/1", lang="und")
    for each in (parsed, stored):
        assert is_match(compile_rule(rule), each, lang=lang) is matches


def test_an_article_knows_its_own_language_best() -> None:
    assert is_match(compile_rule('language = "fr"'), parsed_article(lang="fr"), lang="en")


def test_comparing_means_the_whole() -> None:
    assert not is_match(compile_rule('title = "title"'), parsed_article(title="A title"))
    assert is_match(compile_rule(r'title ~ "title\s*\Z"'), parsed_article(title="A title"))


def test_reasons() -> None:
    keep, block = [compile_rule('title ~ "A"')], [compile_rule('author = "Bot"')]
    assert why_dropped(parsed_article(title="A"), keep=keep, block=block) == ""
    assert why_dropped(parsed_article(title="B"), keep=keep, block=block) == "no keep rule matches"
    assert why_dropped(parsed_article(author="bot"), keep=keep, block=block) == 'blocked by author = "Bot"'
    assert is_kept(parsed_article(), keep=[], block=[])


# ---------------------------------------------------------------- where rules stand

PLACES = """
[defaults]
keep = ['title ~ "A"']
block = ["age > 30d"]

[[feeds]]
url = "https://one.example/"
keep = ['title ~ "B"']
tags = ["x"]

[[feeds]]
url = "https://two.example/"

[[outputs]]
slug = "x"
tags = ["x"]
block = ['title ~ "C"']

[[outputs]]
slug = "y"
tags = ["y"]
keep = ['title ~ "D"']
"""


def test_rules_of_all_sources_are_added_to_a_sources_own() -> None:
    one, two = config(PLACES).sources
    assert one.keep == ('title ~ "B"', 'title ~ "A"')
    assert two.keep == ('title ~ "A"',)
    assert one.block == two.block == ("age > 30d",)
    assert [output.block for output in config(PLACES).outputs] == [('title ~ "C"',), ()]


@pytest.mark.parametrize("table", ["[defaults]", '[[outputs]]\nslug = "x"', '[[feeds]]\nurl = "https://x.example/"'])
@pytest.mark.parametrize("key", ["keep", "block"])
def test_a_rule_is_read_wherever_it_stands(table: str, key: str) -> None:
    with pytest.raises(ConfigError, match="column 1 of"):
        config(f"{table}\n{key} = ['headline = \"x\"']")


def test_every_rule_says_where_it_stands() -> None:
    read = config(PLACES)
    rules = rules_of(read.sources[0], read)
    assert [(each.kind, each.rule.source, each.place) for each in rules] == [
        ("block", "age > 30d", "defaults"),
        ("keep", 'title ~ "B"', "source"),
        ("keep", 'title ~ "A"', "defaults"),
        ("block", 'title ~ "C"', "output x"),
    ]
    verdict = judge(parsed_article(title="BC", published_at=at(-1)), rules, NOW, "")
    assert verdict.matches == (False, True, False, True)
    assert verdict.reason == ""
    assert verdict.reason_by_output == {"x": 'blocked by title ~ "C"'}
