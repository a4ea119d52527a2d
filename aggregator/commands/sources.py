"""``add`` and ``remove``: one source comes in or goes out of feeds.toml, everything else in it stays as it is."""

import argparse
import difflib
import os
import sys
from collections.abc import Sequence

from aggregator.app import clock_from, make_fetcher
from aggregator.commands.common import print_json
from aggregator.config import Config, edit, load_config, values
from aggregator.config.file import read_text
from aggregator.config.replace import replace_config
from aggregator.config.values import Reader, Wrong, shown
from aggregator.dataclass import replace
from aggregator.errors import AggregatorError
from aggregator.intake.finding.ask_site import FoundFeed, find_feeds
from aggregator.logs import printable
from aggregator.markup import safe_url
from aggregator.model import Source

LONGEST_NAME = 100  # characters of a feed's title that become the name of its source


def add(args: argparse.Namespace) -> int:
    """Find the feeds of an address, choose one, write it into feeds.toml."""
    config = load_config(args.config, environ=os.environ)
    text = read_text(args.config)
    given = _given(args)
    _refuse_twin(args.url if "://" in args.url else f"https://{args.url}", config)
    found = find_feeds(make_fetcher(config, os.environ, clock=clock_from(os.environ)), args.url)
    if not args.json:
        _show(found, config)
    chosen = _choose(found, config, args)
    if chosen is None:
        print("nothing was added")
        return 0
    _refuse_twin(chosen.url, config)
    source = replace(given, url=chosen.url)
    if not source.name and not edit.is_short_form(text):
        source = replace(source, name=name_from(chosen.title))
    replace_config(args.config, before=text, after=edit.add_sources(text, [source]), environ=os.environ)
    if args.json:
        print_json(
            {
                "file": str(args.config),
                "added": source_record(source),
                "found": [_found_record(feed) for feed in found],
            }
        )
    else:
        print(f"added {source.url} to {args.config}; next: aggregator poll --source {source.url}")
    return 0


def remove(args: argparse.Namespace) -> int:
    """Take a source out of feeds.toml; what is stored of it stays."""
    config = load_config(args.config, environ=os.environ)
    text = read_text(args.config)
    wanted = values.same_address(args.url.strip())
    source = next((each for each in config.sources if values.same_address(each.url) == wanted), None)
    if source is None:
        raise AggregatorError(unknown_source(args.url, config.sources))
    replace_config(args.config, before=text, after=edit.remove_source(text, source.url), environ=os.environ)
    if args.json:
        print_json({"file": str(args.config), "removed": source_record(source)})
    else:
        print(f"removed {printable(source.url)} from {args.config}; it is polled no more, its stored articles stay")
    return 0


# ---------------------------------------------------------------- sources by address and name


def twin_of(url: str, sources: Sequence[Source]) -> Source | None:
    """Return the source that most likely brings the same feed: http or https, www and a last slash aside."""
    wanted = twin_key(url)
    return next((each for each in sources if twin_key(each.url) == wanted), None)


def twin_key(url: str) -> str:
    """Return what two addresses share that most likely bring the same feed."""
    return values.similar_address(safe_url(url) or url)


def source_called(asked: str, sources: Sequence[Source]) -> Source:
    """Return the source with this address, or else with this name.

    Raises:
        AggregatorError: There is none, or the name stands for several.
    """
    wanted = values.same_address(asked.strip())
    by_address = [each for each in sources if values.same_address(each.url) == wanted]
    named = [each for each in sources if each.name and each.name.casefold() == asked.strip().casefold()]
    if not by_address and len(named) > 1:
        raise AggregatorError(f"{len(named)} sources are called {printable(asked)}; name one by its address")
    if not by_address and not named:
        raise AggregatorError(unknown_source(asked, sources))
    return (by_address or named)[0]


def unknown_source(asked: str, sources: Sequence[Source]) -> str:
    """Return the words for a source that is none, with the one that may be meant."""
    close = twin_of(asked.strip(), sources)
    named = next((each for each in sources if each.name and each.name.casefold() == asked.strip().casefold()), None)
    near = difflib.get_close_matches(asked[:200], [each.url for each in sources], n=1)
    meant = close.url if close else named.url if named else near[0] if near else ""
    hint = f"; did you mean {printable(meant)}?" if meant else ""
    return f"no source has the address {printable(asked)}{hint}"


def name_from(title: str) -> str:
    """Return a feed's title as the name of its source may be."""
    return " ".join("".join(char if char.isprintable() else " " for char in title).split())[:LONGEST_NAME].strip()


def source_record(source: Source) -> dict[str, object]:
    """Return what identifies and describes a source, ready for JSON."""
    return {
        "url": source.url,
        "name": source.name,
        "publisher": source.publisher,
        "lang": source.lang,
        "tags": list(source.tags),
    }


def _refuse_twin(url: str, config: Config) -> None:
    if (twin := twin_of(url, config.sources)) is not None:
        name = f' "{printable(twin.name)}"' if twin.name else ""
        same = "" if twin.url == url else f", as {printable(twin.url)}"
        raise AggregatorError(f"{printable(url)} is already a source of {config.path}{name}{same}")


def _given(args: argparse.Namespace) -> Source:
    """Return what the options say of the new source.

    Raises:
        AggregatorError: An option holds what feeds.toml may not.
    """
    return Source(
        url="",
        name=_option("--name", args.name, values.one_line),
        publisher=_option("--publisher", args.publisher, values.one_line),
        lang=_option("--lang", args.lang, values.language),
        tags=tuple(dict.fromkeys(_option("--tag", tag, values.tag) for tag in args.tag)),
    )


def _option(name: str, value: str, read: Reader) -> str:
    if not value:
        return ""
    try:
        return str(read(value))
    except Wrong as wrong:
        hint = f" ({wrong.hint})" if wrong.hint else ""
        raise AggregatorError(f"{name} must be {wrong.expected}, not {shown(value)}{hint}") from wrong


# ---------------------------------------------------------------- choosing


def _show(found: Sequence[FoundFeed], config: Config) -> None:
    for n, feed in enumerate(found, 1):
        known = " - already a source" if twin_of(feed.url, config.sources) else ""
        about = ", ".join(part for part in (feed.lang, f"{feed.n_articles} articles", feed.way) if part)
        print(printable(f"{n:>3}  {feed.title or '(no title)'} ({about}){known}"))
        print(printable(f"     {feed.url}"))
        for title in feed.newest:
            print(printable(f"       - {title[:100]}"))


def _choose(found: Sequence[FoundFeed], config: Config, args: argparse.Namespace) -> FoundFeed | None:
    """Return the feed to add; ``None``: the person wants none of them.

    Raises:
        AggregatorError: ``--pick`` names none, or the site's feed is a source already and nothing was picked.
    """
    if args.pick is not None:
        if not 1 <= args.pick <= len(found):
            raise AggregatorError(f"--pick must be between 1 and {len(found)}: so many feeds were found")
        picked: int = args.pick
        return found[picked - 1]
    if len(found) > 1 and not args.yes and not args.json and sys.stdin.isatty() and sys.stdout.isatty():
        return _ask(found)
    # A site's other feeds mostly carry the same articles in another format: one feed is never read twice unasked.
    for feed in found:
        if len(found) > 1 and (twin := twin_of(feed.url, config.sources)) is not None:
            raise AggregatorError(
                f"{printable(twin.url)} is already a source of {config.path}; take another one with --pick N"
            )
    if len(found) > 1 and not args.json:
        print("takes the first; another one: --pick N")
    return found[0]


def _ask(found: Sequence[FoundFeed]) -> FoundFeed | None:
    while True:
        try:
            answer = input(f"which one? 1-{len(found)}, Enter: 1, q: none > ").strip().lower()
        except EOFError:
            return None
        if answer in ("q", "n", "none"):
            return None
        if answer in ("", *(str(n) for n in range(1, len(found) + 1))):
            return found[int(answer or 1) - 1]
        print(f"a number between 1 and {len(found)}, please")


def _found_record(feed: FoundFeed) -> dict[str, object]:
    return {
        "url": feed.url,
        "title": feed.title,
        "lang": feed.lang,
        "articles": feed.n_articles,
        "newest": list(feed.newest),
        "way": feed.way,
    }
