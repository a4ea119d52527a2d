"""``override``: a person's word over the model's, kept in overrides.toml beside feeds.toml.

A word is written down here and holds from the next build on; nothing is changed in the database.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from aggregator.app import open_store_to_read
from aggregator.commands.common import place_of, print_json
from aggregator.config.file import overrides_beside, read_text
from aggregator.config.overrides import (
    load_overrides,
    next_number,
    parse_overrides,
    with_override,
    without_override,
)
from aggregator.errors import AggregatorError, ConfigError, StoreError
from aggregator.logs import printable
from aggregator.model import Article, Override, OverrideKind, Story
from aggregator.outputs.write import write_if_changed
from aggregator.pipeline.wording import Rewording
from aggregator.store.base import Store

SAYS = {
    "merge": "these stories are one",
    "split": "these articles are a story of their own",
    "pin": "this article belongs to this story",
    "forbid": "these two articles are never in one story",
    "hide": "this story is not shown",
}


def override(args: argparse.Namespace) -> int:
    """Do what the action says."""
    if args.action == "list":
        return _list(args)
    if args.action == "undo":
        return _undo(args)
    with open_store_to_read(place_of(args)) as store:
        said = _word(store, args)
    return _add(args, said)


def _word(store: Store, args: argparse.Namespace) -> Override:
    """Make the override that is asked for, without its number.

    Raises:
        AggregatorError: A story or an article is not there, or nothing would change.
    """
    kind: OverrideKind = args.action
    stories = [living_story(store, story_id) for story_id in _asked(args, "story", "stories")]
    urls = _asked(args, "url", "urls")
    found = [_articles_at(store, url) for url in urls]
    if kind == "merge" and len({story.id for story in stories}) < len(stories):
        raise AggregatorError("these are one story already")
    if kind == "pin" and {*_stories_of(store, found[0])} == {stories[0].id}:
        raise AggregatorError(
            f"the article is in the story {stories[0].id} already; it was the model that put it there"
        )
    if kind == "forbid" and {a.id for a in found[0]} & {a.id for a in found[-1]}:
        raise AggregatorError("both addresses lead to one article")
    if kind == "hide" and stories[0].is_hidden:
        raise AggregatorError(f"the story {stories[0].id} is hidden already")
    return Override(
        n=0,
        kind=kind,
        stories=tuple(story.id for story in stories),
        firsts=tuple(_first_address(store, story) for story in stories),
        urls=tuple(urls),
        apart_from=_others(store, stories[0], found) if kind == "split" else (),
        note=args.note,
    )


def _asked(args: argparse.Namespace, one: str, many: str) -> list[str]:
    """Return what stands under either name, each once, in the order given."""
    given = getattr(args, many, None) or [getattr(args, one, "")]
    return list(dict.fromkeys(value for value in given if value))


def living_story(store: Store, story_id: str) -> Story:
    """Return a story; of a merged one that which it leads to.

    Raises:
        AggregatorError: There is none.
    """
    found = store.story(store.living_ids([story_id]).get(story_id, ""))
    if found is None:
        raise AggregatorError(f"no story has the id {printable(story_id)}; `aggregator status` and the pages name them")
    return found


def _articles_at(store: Store, url: str) -> tuple[Article, ...]:
    found = store.articles_at([url])
    if not found:
        raise AggregatorError(f"no stored article has the address {printable(url)}")
    return found


def _stories_of(store: Store, articles: Sequence[Article]) -> list[str]:
    return sorted(store.stories_of([each.id for each in articles]).values())


def _first_address(store: Store, story: Story) -> str:
    articles = store.articles([each.article_id for each in story.memberships])
    return next((each.canonical_url or each.link for each in articles if each.canonical_url or each.link), "")


def _others(store: Store, story: Story, found: Sequence[Sequence[Article]]) -> tuple[str, ...]:
    """Return the addresses of the articles of a story that stay when some leave."""
    members = {each.article_id for each in story.memberships}
    leaving = {article.id for articles in found for article in articles}
    for articles in found:
        if not members & {article.id for article in articles}:
            raise AggregatorError(f"{printable(articles[0].link)} is not in the story {story.id}")
    staying = store.articles(sorted(members - leaving))
    urls = tuple(dict.fromkeys(each.canonical_url or each.link for each in staying if each.canonical_url or each.link))
    if not urls:
        raise AggregatorError(f"nothing would be left of the story {story.id}: name only the articles that leave it")
    return urls


def _add(args: argparse.Namespace, said: Override) -> int:
    path = overrides_beside(args.config)
    before = _text_of(path)
    numbered = Override(
        n=next_number(before, path),
        kind=said.kind,
        stories=said.stories,
        firsts=said.firsts if all(said.firsts) else (),
        urls=said.urls,
        apart_from=said.apart_from,
        note=said.note,
    )
    _replace(path, before, with_override(before, numbered, path))
    if args.json:
        print_json({"file": str(path), "added": record(numbered)})
    else:
        print(f"override {numbered.n}: {printable(in_words(numbered))}")
        print(
            f"it holds from the next build on: aggregator build; to take it back: aggregator override undo {numbered.n}"
        )
    return 0


def _undo(args: argparse.Namespace) -> int:
    path = overrides_beside(args.config)
    before = _text_of(path)
    gone = next((each for each in parse_overrides(before, path) if each.n == args.n), None) if before else None
    if gone is None:
        known = ", ".join(str(each.n) for each in load_overrides(path)) or "none at all"
        raise AggregatorError(f"there is no override {args.n}; there is {known}")
    _replace(path, before, without_override(before, args.n, path))
    if args.json:
        print_json({"file": str(path), "undone": record(gone)})
    else:
        print(f"took back override {gone.n}: {printable(in_words(gone))}")
        print("from the next build on the model decides again what it held: aggregator build")
    return 0


def _list(args: argparse.Namespace) -> int:
    path = overrides_beside(args.config)
    overrides = load_overrides(path)
    overruled: set[int] = set()
    try:
        with open_store_to_read(place_of(args)) as store:
            overruled = Rewording(store, overrides).held.overruled
    except StoreError:
        pass  # nothing is stored yet; the file can be read all the same
    if args.json:
        print_json(
            {"file": str(path), "overrides": [record(each) | {"overruled": each.n in overruled} for each in overrides]}
        )
        return 0
    for each in overrides:
        late = " (without effect: a later one says otherwise)" if each.n in overruled else ""
        print(printable(f"{each.n:3} {in_words(each)}{late}"))
    if not overrides:
        print(f"no overrides; {path} would hold them")
    return 0


def record(override: Override) -> dict[str, object]:
    """Return an override, ready for JSON."""
    fields = {
        "stories": list(override.stories),
        "urls": list(override.urls),
        "apart_from": list(override.apart_from),
        "note": override.note,
    }
    return {"n": override.n, "do": override.kind, **{key: value for key, value in fields.items() if value}}


def in_words(override: Override) -> str:
    """Say an override on one line."""
    named = [*override.urls, *override.stories] if override.kind == "pin" else [*override.stories, *override.urls]
    note = f" ({override.note})" if override.note else ""
    return f"{override.kind} {' '.join(named)}: {SAYS[override.kind]}{note}"


def _text_of(path: Path) -> str:
    return read_text(path) if path.exists() else ""


def _replace(path: Path, before: str, after: str) -> None:
    """Write the changed file: only one without mistakes, and only if nobody else wrote it meanwhile."""
    try:
        parse_overrides(after, path)
    except ConfigError as error:
        raise AggregatorError(f"nothing was written; with this change it would have mistakes:\n{error}") from error
    if _text_of(path) != before:
        raise AggregatorError(f"{path} was changed by somebody else meanwhile; nothing was written, please try again")
    write_if_changed(path, after.encode())
