"""``status``, ``story`` and ``explain``: what is stored, in words. They read beside a run that is under way."""

import argparse
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from rich.table import Table
from rich.text import Text

from aggregator import pipeline
from aggregator.app import clock_from, open_store_to_read
from aggregator.commands.common import console, iso, place_of, print_json
from aggregator.config import load_config
from aggregator.errors import AggregatorError
from aggregator.intake.hubs.pushed import in_words as in_words_of_hub
from aggregator.logs import printable
from aggregator.model import Output, Published, SourceView, Story
from aggregator.outputs import strings
from aggregator.outputs.pages.sources import Health, health_of, source_records
from aggregator.store.base import Store
from aggregator.summaries.records import summary_record

STYLES = {strings.OK: "green", strings.SILENT: "yellow", strings.NOT_ASKED: "dim"}  # red: everything else


def status(args: argparse.Namespace) -> int:
    """Show sources and their health, what is stored, what the outputs hold, and the last and next polls."""
    config = load_config(args.config, environ=os.environ)
    now = clock_from(os.environ)()
    with open_store_to_read(place_of(args)) as store:
        views = pipeline.source_views(store, config.sources, since=now - pipeline.HISTORY)
        pushed = {each.source_url: each for each in store.subscriptions() if not each.is_leaving}
        counts = store.counts()
        outputs = [_output_record(output, store.published(output.slug)) for output in config.outputs]
    pushed_by_url = {
        view.source.url: in_words_of_hub(pushed[view.source.url], view.state, now=now)
        for view in views
        if view.source.url in pushed
    }
    last = max((view.state.last_polled_at for view in views if view.state.last_polled_at), default=None)
    due = min((view.state.next_poll_at or now for view in views), default=None)
    if args.json:
        # Addresses as they stand in feeds.toml: pages never show the credentials in one, the command line may.
        # The lists of 30 days are in status.json.
        records = [
            {key: value for key, value in record.items() if key != "days"}
            | {"url": view.source.url, "hub": pushed_by_url.get(view.source.url)}
            for view, record in zip(views, source_records(views, now=now), strict=True)
        ]
        print_json(
            {
                "articles": counts.n_articles,
                "stories": counts.n_stories,
                "last_poll_at": iso(last),
                "next_poll_at": iso(due),
                "sources": records,
                "outputs": outputs,
            }
        )
        return 0
    out = console()
    out.print(f"{counts.n_articles} articles, {counts.n_stories} stories, {len(views)} sources")
    if last and due:
        out.print(f"last poll {ago(now - last)}, next {in_words(due - now)}")
    for output in outputs:
        out.print(Text(printable(f"output {output['slug']}: {output['entries']} entries")))
    out.print(_health_table(views, pushed_by_url, now))
    return 0


def _output_record(output: Output, places: Sequence[Published]) -> dict[str, object]:
    shown = [place for place in places if place.left_at is None]
    updated_at = max((place.updated_at for place in shown), default=None)
    return {"slug": output.slug, "title": output.title, "entries": len(shown), "updated_at": iso(updated_at)}


def _health_table(views: Sequence[SourceView], pushed_by_url: Mapping[str, str], now: datetime) -> Table:
    """Draw a row a source: state in words, last success, next poll and why, articles."""
    table = Table("source", "state", "last success", "next poll", "articles", "", box=None, pad_edge=False)
    for view in views:
        state, health = view.state, health_of(view, now=now)
        table.add_row(
            Text(printable(health.name)),
            Text(printable(_state_in_words(health)), style=STYLES.get(health.word, "red")),
            ago(now - state.last_success_at) if state.last_success_at else "never",
            Text(printable("; ".join(filter(None, (_next_in_words(view, now), pushed_by_url.get(view.source.url)))))),
            Text(str(state.n_articles), justify="right"),
            strings.a_day(health.a_day),
        )
    return table


def _state_in_words(health: Health) -> str:
    state = health.view.state
    if state.is_gone or state.n_failures:
        parts = [health.word, state.error, strings.streak(state.n_failures)]
        return ": ".join(part for part in parts[:2] if part) + (f"; {parts[2]}" if parts[2] else "")
    if health.silent_for and state.rhythm:
        return f"{health.word} {strings.silent_for(health.silent_for, state.rhythm)}"
    return f"{health.word}, but: {state.warning}" if state.warning else health.word


def _next_in_words(view: SourceView, now: datetime) -> str:
    state = view.state
    if state.next_poll_at is None:
        return "now"
    return f"{in_words(state.next_poll_at - now)}: {state.reason}"


def ago(length: timedelta) -> str:
    """Return "just now", "41 min ago", "3 h ago" or "2 days ago"."""
    return "just now" if length < timedelta(minutes=1) else f"{strings.duration(length)} ago"


def in_words(length: timedelta) -> str:
    """Return "now", "in 41 min", "in 3 h" or "in 2 days"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 120:
        return f"in {minutes} min"
    return f"in {minutes // 60} h" if minutes < 48 * 60 else f"in {minutes // 1440} days"


def _living_story(store: Store, story_id: str) -> Story:
    story = store.story(story_id)
    if story is None:
        raise AggregatorError(f"no story has the id {printable(story_id)}")
    if story.merged_into:
        survivor = dict(store.merged_stories())[story_id]
        return _living_story(store, survivor)
    return story


def story(args: argparse.Namespace) -> int:
    """Show a story with its summary and its history."""
    with open_store_to_read(place_of(args)) as store:
        found = _living_story(store, args.id)
        revisions = store.revisions(found.id)
    if not revisions:
        raise AggregatorError(f"story {found.id} has no summary yet: run `aggregator build`")
    summary = revisions[-1].summary
    record = summary_record(found.id, summary)
    history = [{"n": r.n, "at": iso(r.at), "change": r.change} for r in revisions]
    if args.json:
        more = {"hidden": found.is_hidden, "earlier": list(found.earlier)}
        print_json(record | {"minted_at": iso(found.minted_at), **more, "revisions": history})
        return 0
    lines = [summary.headline, f"{record['updated']} from {summary.n_publishers} publishers", ""]
    if found.is_hidden:
        lines += ["hidden: a person took this story out of all outputs (`aggregator override list`)", ""]
    if found.earlier:
        lines += [f"earlier: {', '.join(found.earlier)}", ""]
    for section in summary.sections:
        if section.heading:
            lines.append(section.heading)
        lines += [f"  {s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in section.sentences]
        lines.append("")
    lines.append(f"Sources ({summary.n_articles} articles)")
    for source in summary.sources:
        lines.append(f"  [{source.n}] {source.name}: {source.title} ({iso(source.published_at)}) {source.url}")
        lines += [f"      also in {also.name} {also.url}" for also in source.also]
    lines.append("")
    lines += [f"  revision {r['n']} at {r['at']}{': ' + str(r['change']) if r['change'] else ''}" for r in history]
    print(printable("\n".join(lines)))
    return 0


def explain(args: argparse.Namespace) -> int:
    """Say why each article is in a story."""
    with open_store_to_read(place_of(args)) as store:
        found = _living_story(store, args.id)
        title_by_id = {a.id: a for a in store.articles([m.article_id for m in found.memberships])}
    if args.json:
        print_json(
            {
                "id": found.id,
                "asked_for": args.id,
                "members": [
                    {
                        "article_id": m.article_id,
                        "title": title_by_id[m.article_id].title,
                        "url": title_by_id[m.article_id].link,
                        "publisher": title_by_id[m.article_id].publisher,
                        "rule": m.rule,
                        "probability": round(m.probability, 4),
                        "reason": m.reason,
                        "copy_of": m.copy_of or None,
                        "model": m.model,
                        "joined_at": iso(m.joined_at),
                    }
                    for m in found.memberships
                ],
            }
        )
        return 0
    lines = [f"story {found.id}: {len(found.memberships)} articles"]
    for m in found.memberships:
        article = title_by_id[m.article_id]
        lines.append(f"- {article.title} ({article.publisher})")
        lines.append(f"    {m.rule}, p = {m.probability:.2f}: {m.reason} [{m.model}]")
        if m.copy_of:
            lines.append(f"    repeats the text of: {title_by_id[m.copy_of].title}")
    print(printable("\n".join(lines)))
    return 0
