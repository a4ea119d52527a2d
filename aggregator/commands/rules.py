"""``test-filter``: what every keep and block rule says of a source's articles, and what comes of it."""

import argparse
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from aggregator.app import clock_from, make_fetcher
from aggregator.commands.common import iso, print_json
from aggregator.commands.sources import source_called
from aggregator.config import Config, load_config
from aggregator.dataclass import dataclass, replace
from aggregator.errors import AggregatorError
from aggregator.intake.filters import Rule, compile_rule, is_match, why_dropped
from aggregator.intake.reading.parse import parse
from aggregator.logs import printable
from aggregator.model import Fetched, FetchFailed, NotAFeed, NotModified, ParsedArticle, ParsedFeed, Source, SourceState

OUTPUT = "output "  # how the place of an output's rule begins


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRule:
    """A rule and where it stands: "source", "defaults" or "output SLUG"."""

    rule: Rule
    kind: Literal["keep", "block"]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say of an article.

    Attributes:
        matches: One for each rule, in their order.
        reason: Why the article is dropped; empty: it is kept.
        reason_by_output: Why it does not count in an output that has rules; empty: it does.
    """

    article: ParsedArticle
    matches: tuple[bool, ...]
    reason: str
    reason_by_output: dict[str, str]


def test_filter(args: argparse.Namespace) -> int:
    """Show, for each article of a source, which rules match and whether it is kept."""
    config = load_config(args.config, environ=os.environ)
    source = source_called(args.source, config.sources)
    now = clock_from(os.environ)()
    feed = _feed_of(source, args, config)
    rules = rules_of(source, config)
    verdicts = [judge(article, rules, now, source.lang or feed.lang) for article in feed.articles]
    n_dropped = sum(bool(each.reason) for each in verdicts)
    n_kept = len(verdicts) - n_dropped
    if args.json:
        listed = [{"rule": each.rule.source, "kind": each.kind, "of": each.place} for each in rules]
        articles = [_record(each, rules) for each in verdicts]
        print_json({"source": source.url, "rules": listed, "kept": n_kept, "dropped": n_dropped, "articles": articles})
        return 0
    for each in verdicts:
        _show(each, rules)
    for n, placed in enumerate(rules):
        n_matching = sum(each.matches[n] for each in verdicts)
        print(printable(f"{placed.kind} {placed.rule.source} ({placed.place}): matches {n_matching}"))
    note = "" if rules else "; no rule stands for this source"
    print(f"{len(verdicts)} articles: {n_kept} kept, {n_dropped} dropped{note}")
    return 0


def rules_of(source: Source, config: Config) -> tuple[PlacedRule, ...]:
    """Return every rule that an article of this source meets, in the order in which they are asked."""
    defaults = {*config.default_keep, *config.default_block}
    placed = [
        replace(each, place="defaults") if each.rule.source in defaults else each
        for each in _placed(source.keep, source.block, "source")
    ]
    for output in config.outputs:
        if not output.tags or set(output.tags) & set(source.tags):
            placed += _placed(output.keep, output.block, f"{OUTPUT}{output.slug}")
    return tuple(placed)


def _placed(keep: Sequence[str], block: Sequence[str], place: str) -> list[PlacedRule]:
    return [
        *(PlacedRule(rule=compile_rule(rule), kind="block", place=place) for rule in block),
        *(PlacedRule(rule=compile_rule(rule), kind="keep", place=place) for rule in keep),
    ]


def _feed_of(source: Source, args: argparse.Namespace, config: Config) -> ParsedFeed:
    if args.file is not None:
        try:
            body, url, content_type = args.file.read_bytes(), source.url, ""
        except OSError as error:
            raise AggregatorError(f"{args.file} cannot be read: {error.strerror}") from error
    else:
        fetcher = make_fetcher(config, os.environ, clock=clock_from(os.environ))
        match fetcher.fetch(source, SourceState(url=source.url)):
            case Fetched() as fetched:
                body, url, content_type = fetched.body, fetched.url, fetched.content_type
            case FetchFailed(reason=reason):
                raise AggregatorError(f"{source.url}: {reason}")
            case NotModified():
                raise AggregatorError(f"{source.url}: answered 304 to a request without validators")
    parsed = parse(body, url=url, content_type=content_type)
    if isinstance(parsed, NotAFeed):
        raise AggregatorError(f"{args.file or source.url}: {parsed.reason}")
    return parsed


def judge(article: ParsedArticle, rules: Sequence[PlacedRule], now: datetime, lang: str) -> Verdict:
    """Ask every rule about an article."""
    own = [each for each in rules if not each.place.startswith(OUTPUT)]
    places = dict.fromkeys(each.place for each in rules if each.place.startswith(OUTPUT))
    return Verdict(
        article=article,
        matches=tuple(is_match(each.rule, article, now=now, lang=lang) for each in rules),
        reason=_why_dropped(article, own, now, lang),
        reason_by_output={
            place.removeprefix(OUTPUT): _why_dropped(article, [r for r in rules if r.place == place], now, lang)
            for place in places
        },
    )


def _why_dropped(article: ParsedArticle, rules: Sequence[PlacedRule], now: datetime, lang: str) -> str:
    keep = [each.rule for each in rules if each.kind == "keep"]
    block = [each.rule for each in rules if each.kind == "block"]
    return why_dropped(article, keep=keep, block=block, now=now, lang=lang)


def _record(verdict: Verdict, rules: Sequence[PlacedRule]) -> dict[str, object]:
    article = verdict.article
    return {
        "title": article.title,
        "url": article.link,
        "published": iso(article.published_at),
        "kept": not verdict.reason,
        "reason": verdict.reason,
        "rules": [
            {"rule": each.rule.source, "kind": each.kind, "of": each.place, "matches": says}
            for each, says in zip(rules, verdict.matches, strict=True)
        ],
        "outputs": {slug: {"kept": not why, "reason": why} for slug, why in verdict.reason_by_output.items()},
    }


def _show(verdict: Verdict, rules: Sequence[PlacedRule]) -> None:
    article = verdict.article
    title = article.title or article.link or "(no title)"
    date = (iso(article.published_at) or "no date   ")[:10]
    lines = [f"{'dropped' if verdict.reason else 'kept   '}  {date}  {title}"]
    if verdict.reason:
        lines.append(f"           {verdict.reason}")
    for each, says in zip(rules, verdict.matches, strict=True):
        lines.append(f"           {each.kind} {each.rule.source} ({each.place}): {'yes' if says else 'no'}")
    lines += [f"           not in output {slug}: {why}" for slug, why in verdict.reason_by_output.items() if why]
    print(printable("\n".join(lines)))
