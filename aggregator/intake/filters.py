r"""Own the keep and block rules: reading them and judging articles by them. Pure.

A rule is a field, an operator and a text in double quotes: ``title ~ "(?i)summit"``, ``category = "Sport"``. ``~`` and
``!~`` search a regular expression, ``=`` and ``!=`` compare, without regard to case. Of several categories one has to
match, and with ``!=`` or ``!~`` none may. Within the quotes only ``\"`` is special; backslashes of a regular expression
need no doubling. ``age`` is compared with a length of time: ``age > 30d``, ``age < 1h30m``; an article without a date
has no age, so that no such rule matches it.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregator.dataclass import dataclass
from aggregator.markup import to_text
from aggregator.model import Article, ParsedArticle

FIELDS = ("title", "url", "author", "category", "text", "summary", "content", "language", "age", "guid")
OPERATORS = ("!=", "!~", "=", "~")
AGE_OPERATORS = (">", "<")
MAX_TEXT = 10_000  # characters that a rule looks at: a bound on what a slow expression can cost

_SAME_FIELD = {"link": "url", "lang": "language"}  # as articles and sources call them
_FIELD = re.compile(r"\s*([A-Za-z_]*)")
_OPERATOR = re.compile(r"\s*(!=|!~|=|~|[<>]=?|)")
_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.)*)"')
_LENGTH = re.compile(
    r'\s*("?)(?=[0-9])(?:([0-9]{1,5})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?(?![0-9A-Za-z])\1'
)
_REPEATED_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*(?<!\\)[+*](?:[^()\\]|\\.)*\)[+*{]")
_NOTHING = re.compile("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was read.

    Attributes:
        field: One of ``FIELDS``.
        is_negated: Whether the operator began with "!", or is the "<" of an age.
        pattern: What is searched; comparing is a search for the whole.
        source: The rule as it was written.
        length: What an age is compared with; zero of any other field.
    """

    field: str
    is_negated: bool
    pattern: re.Pattern[str]
    source: str
    length: timedelta = timedelta(0)


# ---------------------------------------------------------------- reading


def compile_rule(rule: str) -> Rule:
    """Read a rule.

    Raises:
        ValueError: It cannot be read; the message names the column, from 1, and what was expected there.
    """
    found = _match(_FIELD, rule, 0)
    field = _SAME_FIELD.get(found[1].lower(), found[1].lower())
    if field not in FIELDS:
        raise _mistake(rule, found.start(1), f"expected a field ({', '.join(FIELDS)}), found {found[1]!r}")
    operator = _match(_OPERATOR, rule, found.end())
    operators = AGE_OPERATORS if field == "age" else OPERATORS
    if operator[1] not in operators:
        raise _mistake(rule, operator.start(1), f"expected one of {' '.join(operators)}")
    if field == "age":
        return _age_rule(rule, operator)
    quoted = _QUOTED.match(rule, operator.end())
    if quoted is None:
        raise _mistake(rule, operator.end(), "expected a text in double quotes")
    _expect_end(rule, quoted.end())
    text = quoted[1].replace('\\"', '"')
    if "~" in operator[1]:
        pattern = _compile(rule, text, quoted.start(1))
    else:
        pattern = re.compile(rf"\A\s*{re.escape(text.strip())}\s*\Z", re.IGNORECASE)
    return Rule(field=field, is_negated="!" in operator[1], pattern=pattern, source=rule)


def _age_rule(rule: str, operator: re.Match[str]) -> Rule:
    length = _LENGTH.match(rule, operator.end())
    if length is None:
        raise _mistake(rule, operator.end(), "expected a length of time such as 30d or 1h30m")
    _expect_end(rule, length.end())
    days, hours, minutes, seconds = (int(part or 0) for part in length.groups()[1:])
    return Rule(
        field="age",
        is_negated=operator[1] == "<",
        pattern=_NOTHING,
        source=rule,
        length=timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds),
    )


def _match(pattern: re.Pattern[str], rule: str, at: int) -> re.Match[str]:
    found = pattern.match(rule, at)
    if found is None:  # both patterns match the empty text
        raise _mistake(rule, at, "cannot be read")
    return found


def _expect_end(rule: str, at: int) -> None:
    if rest := rule[at:].strip():
        raise _mistake(rule, at, f"expected the end of the rule, found {rest!r}")


def _compile(rule: str, text: str, at: int) -> re.Pattern[str]:
    if nested := _REPEATED_REPEAT.search(text):
        raise _mistake(rule, at + nested.start(), "a repeat inside a repeat can take for ever; write it without one")
    try:
        return re.compile(text)
    except re.error as error:
        raise _mistake(rule, at + (error.pos or 0), f"not a regular expression: {error.msg}") from error


def _mistake(rule: str, at: int, message: str) -> ValueError:
    return ValueError(f"column {at + 1} of {rule!r}: {message}")


# ---------------------------------------------------------------- judging


def is_kept(
    article: ParsedArticle | Article,
    *,
    keep: Sequence[Rule],
    block: Sequence[Rule],
    now: datetime | None = None,
    lang: str = "",
) -> bool:
    """Tell whether at least one ``keep`` rule matches, if there are any, and no ``block`` rule does.

    Args:
        article: As parsed, or as stored.
        keep: Of one source or output.
        block: Likewise.
        now: What ages are counted to; ``None``: no article has an age.
        lang: The language of an article that names none: its feed's; empty: it is detected.
    """
    return not why_dropped(article, keep=keep, block=block, now=now, lang=lang)


def why_dropped(
    article: ParsedArticle | Article,
    *,
    keep: Sequence[Rule],
    block: Sequence[Rule],
    now: datetime | None = None,
    lang: str = "",
) -> str:
    """Give the reason, in words, why :func:`is_kept` says no; empty: it says yes."""
    for rule in block:
        if is_match(rule, article, now=now, lang=lang):
            return f"blocked by {rule.source}"
    if keep and not any(is_match(rule, article, now=now, lang=lang) for rule in keep):
        return "no keep rule matches"
    return ""


def is_match(rule: Rule, article: ParsedArticle | Article, *, now: datetime | None = None, lang: str = "") -> bool:
    """Tell whether a rule holds for an article. Arguments as in :func:`is_kept`."""
    if rule.field == "age":
        at = article.published_at or article.updated_at
        if at is None or now is None:
            return False
        return now - at < rule.length if rule.is_negated else now - at > rule.length
    found = any(rule.pattern.search(value[:MAX_TEXT]) for value in _values(rule.field, article, lang))
    return found != rule.is_negated


def _values(field: str, article: ParsedArticle | Article, lang: str) -> tuple[str, ...]:
    match field:
        case "category":
            return article.categories
        case "text":
            return (article.title, _text(article))
        case "summary":
            return (to_text(article.summary),)
        case "content":
            return (to_text(article.content),)
        case "author":
            return (article.author,)
        case "url":
            return (article.link,)
        case "guid":
            return (article.guid,)
        case "language":
            return _languages(article, lang)
        case _:
            return (article.title,)


def _text(article: ParsedArticle | Article) -> str:
    return to_text(article.content or article.summary)


def _languages(article: ParsedArticle | Article, lang: str) -> tuple[str, ...]:
    """Give the language by its primary subtag, and as it was declared: "en", "en-GB"."""
    declared = article.lang if article.lang != "und" else ""
    declared = declared or lang
    from aggregator.text import language  # its tables take 20 ms to load; feeds.toml is read without them

    primary = language(f"{article.title}\n{_text(article)}", declared)
    return (primary, declared) if declared else (primary,)
