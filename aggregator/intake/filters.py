r"""Own the keep and block rules of a source: reading them and judging articles by them. Pure.

A rule is a field, an operator and a text in double quotes: ``title ~ "(?i)summit"``, ``category = "Sport"``. ``~`` and
``!~`` search a regular expression, ``=`` and ``!=`` compare, without regard to case. Of several categories one has to
match, and with ``!=`` or ``!~`` none may. Within the quotes only ``\"`` is special; backslashes of a regular expression
need no doubling.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.markup import to_text
from aggregator.model import ParsedArticle

FIELDS = ("title", "text", "summary", "content", "author", "category", "link", "guid", "lang")
OPERATORS = ("!=", "!~", "=", "~")
MAX_TEXT = 10_000  # characters that a rule looks at: a bound on what a slow expression can cost

_FIELD = re.compile(r"\s*([A-Za-z_]*)")
_OPERATOR = re.compile(r"\s*(!=|!~|=|~|)")
_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.)*)"')
_REPEATED_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*(?<!\\)[+*](?:[^()\\]|\\.)*\)[+*{]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was read.

    Attributes:
        field: One of ``FIELDS``.
        is_negated: Whether the operator began with "!".
        pattern: What is searched; comparing is a search for the whole.
        source: The rule as it was written.
    """

    field: str
    is_negated: bool
    pattern: re.Pattern[str]
    source: str


def compile_rule(rule: str) -> Rule:
    """Read a rule.

    Raises:
        ValueError: It cannot be read; the message names the column, from 1, and what was expected there.
    """
    field = _match(_FIELD, rule, 0)
    if field[1].lower() not in FIELDS:
        raise _mistake(rule, field.start(1), f"expected a field ({', '.join(FIELDS)}), found {field[1]!r}")
    operator = _match(_OPERATOR, rule, field.end())
    if not operator[1]:
        raise _mistake(rule, operator.end(), f"expected one of {' '.join(OPERATORS)}")
    quoted = _QUOTED.match(rule, operator.end())
    if quoted is None:
        raise _mistake(rule, operator.end(), "expected a text in double quotes")
    if rest := rule[quoted.end() :].strip():
        raise _mistake(rule, quoted.end(), f"expected the end of the rule, found {rest!r}")
    text = quoted[1].replace('\\"', '"')
    if "~" in operator[1]:
        pattern = _compile(rule, text, quoted.start(1))
    else:
        pattern = re.compile(rf"\s*{re.escape(text.strip())}\s*\Z", re.IGNORECASE)
    return Rule(field=field[1].lower(), is_negated="!" in operator[1], pattern=pattern, source=rule)


def _match(pattern: re.Pattern[str], rule: str, at: int) -> re.Match[str]:
    found = pattern.match(rule, at)
    if found is None:  # both patterns match the empty text
        raise _mistake(rule, at, "cannot be read")
    return found


def _compile(rule: str, text: str, at: int) -> re.Pattern[str]:
    if nested := _REPEATED_REPEAT.search(text):
        raise _mistake(rule, at + nested.start(), "a repeat inside a repeat can take for ever; write it without one")
    try:
        return re.compile(text)
    except re.error as error:
        raise _mistake(rule, at + (error.pos or 0), f"not a regular expression: {error.msg}") from error


def _mistake(rule: str, at: int, message: str) -> ValueError:
    return ValueError(f"column {at + 1} of {rule!r}: {message}")


def is_kept(article: ParsedArticle, *, keep: Sequence[Rule], block: Sequence[Rule]) -> bool:
    """Tell whether at least one ``keep`` rule matches, if there are any, and no ``block`` rule does."""
    if keep and not any(is_match(rule, article) for rule in keep):
        return False
    return not any(is_match(rule, article) for rule in block)


def is_match(rule: Rule, article: ParsedArticle) -> bool:
    """Tell whether a rule holds for an article."""
    equals = rule.pattern.match if rule.pattern.pattern.endswith(r"\s*\Z") else rule.pattern.search
    found = any(equals(value[:MAX_TEXT]) for value in _values(rule.field, article))
    return found != rule.is_negated


def _values(field: str, article: ParsedArticle) -> tuple[str, ...]:
    match field:
        case "category":
            return article.categories
        case "text":
            return (article.title, to_text(article.content or article.summary))
        case "summary":
            return (to_text(article.summary),)
        case "content":
            return (to_text(article.content),)
        case "author":
            return (article.author,)
        case "link":
            return (article.link,)
        case "guid":
            return (article.guid,)
        case "lang":
            return (article.lang,)
        case _:
            return (article.title,)
