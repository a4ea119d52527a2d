"""``status``, ``story`` and ``explain``: what is stored, in words. They read beside a run that is under way."""

import argparse
import os
from datetime import datetime, timedelta

from rich.table import Table
from rich.text import Text

from aggregator import pipeline
from aggregator.app import clock_from, open_store_to_read
from aggregator.commands.common import console, iso, place_of, print_json
from aggregator.config import load_config
from aggregator.errors import AggregatorError
from aggregator.logs import printable
from aggregator.model import SourceView, Story
from aggregator.store.base import Store
from aggregator.summaries.records import summary_record


def status(args: argparse.Namespace) -> int:
    """Show sources and their health, what is stored, and what the outputs hold."""
    config = load_config(args.config, environ=os.environ)
    now = clock_from(os.environ)()
    with open_store_to_read(place_of(args)) as store:
        views = pipeline.source_views(store, config.sources, since=now - pipeline.HISTORY)
        counts = store.counts()
        outputs = [
            {"slug": output.slug, "title": output.title, "entries": len(store.published(output.slug))}
            for output in config.outputs
        ]
    if args.json:
        print_json(
            {
                "articles": counts.n_articles,
                "stories": counts.n_stories,
                "sources": [_source_record(view) for view in views],
                "outputs": outputs,
            }
        )
        return 0
    table = Table("source", "articles", "state", "next poll", box=None, pad_edge=False)
    for view in views:
        state = view.state
        health = state.error or ("never polled" if not state.last_polled_at else "good")
        style = "red" if state.error else "dim" if not state.last_polled_at else "green"
        table.add_row(
            Text(printable(name_of(view))),
            str(state.n_articles),
            Text(printable(health), style=style),
            Text(_next_in_words(view, now)),
        )
    out = console()
    out.print(f"{counts.n_articles} articles, {counts.n_stories} stories, {len(views)} sources")
    for output in outputs:
        out.print(Text(printable(f"output {output['slug']}: {output['entries']} entries")))
    out.print(table)
    return 0


def name_of(view: SourceView) -> str:
    """Return what to call a source."""
    return view.source.name or view.state.title or view.source.url


def _source_record(view: SourceView) -> dict[str, object]:
    state = view.state
    return {
        "url": view.source.url,
        "name": name_of(view),
        "ok": bool(state.last_success_at) and not state.error,
        "error": state.error or None,
        "warning": state.warning or None,
        "articles": state.n_articles,
        "seconds": round(state.seconds, 3),
        "failures": state.n_failures,
        "last_success_at": iso(state.last_success_at),
        "next_poll_at": iso(state.next_poll_at),
        "reason": state.reason,
        "moved_to": state.moved_to or None,
    }


def _next_in_words(view: SourceView, now: datetime) -> str:
    state = view.state
    if state.next_poll_at is None:
        return "now"
    return f"{in_words(state.next_poll_at - now)}: {state.reason}"


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
        print_json(record | {"minted_at": iso(found.minted_at), "revisions": history})
        return 0
    lines = [summary.headline, f"{record['updated']} from {summary.n_publishers} publishers", ""]
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
        lines.append(f"    {m.rule}, p = {m.probability:.2f}: {m.reason}")
        if m.copy_of:
            lines.append(f"    repeats the text of: {title_by_id[m.copy_of].title}")
    print(printable("\n".join(lines)))
    return 0
