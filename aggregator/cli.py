"""The command line: reads arguments, sets up logging, calls the command, turns errors into words and exit codes.

Results go to stdout, logs to stderr, progress is shown only on a terminal. A command's code is imported when it is
asked for, so that ``--help`` stays quick.
"""

import argparse
import gc
import importlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from aggregator import __version__
from aggregator.dataclass import dataclass
from aggregator.errors import AggregatorError, ConfigError, LockedError
from aggregator.logs import set_up_logging
from aggregator.store.lock import refuse_if_locked

EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_LOCKED, EXIT_CONFIG = 0, 1, 2, 75, 78


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--online", action="store_true", help="ask every source, show what it gives; writes nothing")
    parser.add_argument("--fix", action="store_true", help="write addresses that moved for good into feeds.toml")
    _json(parser)


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="a feed, or a site that has one")
    parser.add_argument("--name", default="", help="what to call the source (default: the feed's title)")
    parser.add_argument("--publisher", default="", help="who owns it (default: the registrable domain)")
    parser.add_argument("--lang", default="", help="its language, such as en (default: declared, else detected)")
    parser.add_argument("--tag", action="append", default=[], help="a tag; may be given several times")
    parser.add_argument("--pick", type=int, metavar="N", help="take the Nth of the feeds found")
    parser.add_argument("--yes", action="store_true", help="take the first feed without asking")
    _json(parser)


def _remove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="a source's address")
    _json(parser)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.opml", type=Path, help="a subscription list; - reads stdin")
    parser.add_argument("--dry-run", action="store_true", help="say what would be added, write nothing")
    _json(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", choices=("opml",), help="OPML 2.0")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: stdout)")


def _test_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help="a source's address or name")
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a feed to read instead of fetching it")
    _json(parser)


def _init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, help="where to write (default: the --config file)")


def _poll(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="ask every source, due or not")
    parser.add_argument("--source", metavar="URL", default="", help="ask only this source")
    parser.add_argument("--no-build", action="store_true", help="do not build stories and outputs afterwards")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a source failed")
    _json(parser)


def _build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="render every page again (bytes must not change)")
    _json(parser)


def _listen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: [settings] host, else 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (default: [settings] port, else 8080)")


def _run(parser: argparse.ArgumentParser) -> None:
    _listen(parser)
    parser.add_argument("--no-serve", action="store_true", help="poll and build only")


def _story(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="a story's id, as in s/ID.html")
    _json(parser)


def _override(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, purpose: str, example: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(
            name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.", epilog=f"example: {example}"
        )
        _json(sub)
        if name not in ("list", "undo"):
            sub.add_argument("--note", default="", help="why, for people; kept with it")
        return sub

    url, story_id = "https://example.org/news/1", "7k3m9q2v5x"
    merge = action(
        "merge", "say that stories are one; the oldest survives", f"aggregator override merge {story_id} 2b4d6f8h0j"
    )
    merge.add_argument("stories", metavar="STORY", nargs="+", help="ids of two or more stories")
    split = action(
        "split", "say that some articles are a story of their own", f"aggregator override split {story_id} {url}"
    )
    split.add_argument("story", metavar="STORY", help="id of the story that they leave")
    split.add_argument("urls", metavar="URL", nargs="+", help="addresses of the articles")
    pin = action("pin", "put an article into a story", f"aggregator override pin {url} {story_id}")
    pin.add_argument("url", metavar="URL", help="address of the article")
    pin.add_argument("story", metavar="STORY", help="id of the story")
    forbid = action(
        "forbid", "say that two articles are never in one story", f"aggregator override forbid {url} {url}2"
    )
    forbid.add_argument("urls", metavar="URL", nargs=2, help="addresses of the articles")
    hide = action("hide", "show a story nowhere; `story ID` still does", f"aggregator override hide {story_id}")
    hide.add_argument("story", metavar="STORY", help="id of the story")
    action("list", "show all overrides", "aggregator override list")
    undo = action("undo", "take an override back; the model decides again", "aggregator override undo 3")
    undo.add_argument("n", metavar="N", type=int, help="its number, as `list` shows it")


def _why(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("urls", metavar="URL", nargs=2, help="addresses of two stored articles")
    _json(parser)


def _backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="where to write; an older backup there is replaced")
    _json(parser)


def _restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="what `backup` wrote")
    _json(parser)


def _prune(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, metavar="N", help="keep texts so long (default: [settings] retention)")
    _json(parser)


def _takedown(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="a source's address, removed from feeds.toml or not")
    parser.add_argument("--yes", action="store_true", help="do not ask: it cannot be undone")
    _json(parser)


def _parse(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE|URL", nargs="+", help="feeds to read")


def _discover(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE|URL", help="a web page")
    parser.add_argument("--base", metavar="URL", default="", help="address of the page, for a file")
    _json(parser)


def _cluster(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.jsonl", type=Path, help="articles, one JSON object a line")
    parser.add_argument("--batch", type=int, default=25, metavar="N", help="articles per build (default 25)")
    parser.add_argument("--explain", action="store_true", help="say on stderr why each article is where it is")
    parser.add_argument(
        "--encoder", choices=("none", "use", "e5"), default="none", help="evidence of meaning beside the words"
    )


def _jsonl(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.jsonl", type=Path, help="one JSON object a line")
    parser.add_argument("--explain", action="store_true", help='add why: an "explain" key in each line')


def _summarize(parser: argparse.ArgumentParser) -> None:
    _jsonl(parser)
    parser.add_argument(
        "--mode",
        choices=("extractive", "llm"),
        default="extractive",
        help="llm: by the model that [summary] of feeds.toml names, behind the same gate (default extractive)",
    )


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="end when the pages are written and served once")
    parser.add_argument("--no-serve", action="store_true", help="write the pages, serve nothing")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (default 8080)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: what it is for, an example, its arguments, and where its code is (``module:function``).

    ``is_alone``: it takes the lock of the data folder. Who cannot have it hears so before the code is even read, which
    takes longer than a second on a small machine.
    """

    purpose: str
    example: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    code: str
    is_alone: bool = False


COMMANDS = {
    "init": Command(
        purpose="write a commented feeds.toml with working sources and one output",
        example="aggregator init",
        add_arguments=_init,
        code="settings:init",
    ),
    "check": Command(
        purpose="check feeds.toml and say what it holds; --online: ask its sources",
        example="aggregator check --online",
        add_arguments=_check,
        code="settings:check",
    ),
    "add": Command(
        purpose="find the feed of a site and add it to feeds.toml",
        example="aggregator add https://example.org/ --tag world",
        add_arguments=_add,
        code="sources:add",
    ),
    "remove": Command(
        purpose="remove a source from feeds.toml; what is stored of it stays",
        example="aggregator remove https://example.org/rss.xml",
        add_arguments=_remove,
        code="sources:remove",
    ),
    "import": Command(
        purpose="add the sources of another reader's OPML list; folders become tags",
        example="aggregator import subscriptions.opml --dry-run",
        add_arguments=_import,
        code="lists:import_opml",
    ),
    "export": Command(
        purpose="write the sources as a list for other readers",
        example="aggregator export opml --output subscriptions.opml",
        add_arguments=_export,
        code="lists:export",
    ),
    "test-filter": Command(
        purpose="show what each keep and block rule says of a source's articles",
        example="aggregator test-filter https://example.org/rss.xml",
        add_arguments=_test_filter,
        code="rules:test_filter",
    ),
    "poll": Command(
        purpose="ask the sources that are due, then build; safe from cron",
        example="aggregator poll --source https://example.org/rss.xml --force",
        add_arguments=_poll,
        code="running:poll",
        is_alone=True,
    ),
    "build": Command(
        purpose="bring stories, output feeds and pages up to date",
        example="aggregator build --all",
        add_arguments=_build,
        code="running:build",
        is_alone=True,
    ),
    "run": Command(
        purpose="poll, build and serve until stopped",
        example="aggregator run --port 8080",
        add_arguments=_run,
        code="running:run",
        is_alone=True,
    ),
    "serve": Command(
        purpose="serve the output folder",
        example="aggregator serve --port 8080",
        add_arguments=_listen,
        code="running:serve",
    ),
    "status": Command(
        purpose="sources and their health, stories, outputs, next runs",
        example="aggregator status --json",
        add_arguments=_json,
        code="looking:status",
    ),
    "story": Command(
        purpose="a story with its summary and its history",
        example="aggregator story 7k3m9q2v5x",
        add_arguments=_story,
        code="looking:story",
    ),
    "explain": Command(
        purpose="why each article is in a story",
        example="aggregator explain 7k3m9q2v5x",
        add_arguments=_story,
        code="looking:explain",
    ),
    "why": Command(
        purpose="what joined two articles in one story, or parted them",
        example="aggregator why https://example.org/news/1 https://example.net/a/2",
        add_arguments=_why,
        code="why:why",
    ),
    "override": Command(
        purpose="your word over the model's: merge, split, pin, forbid, hide, list, undo",
        example="aggregator override pin https://example.org/news/1 7k3m9q2v5x",
        add_arguments=_override,
        code="override:override",
    ),
    "doctor": Command(
        purpose="look at everything that can go wrong; ends with the one thing to do next",
        example="aggregator doctor",
        add_arguments=_json,
        code="doctor:doctor",
    ),
    "backup": Command(
        purpose="copy the database into one file, while a run goes on",
        example="aggregator backup aggregator.backup",
        add_arguments=_backup,
        code="upkeep:backup",
    ),
    "restore": Command(
        purpose="put a backup in the place of the database, which stays beside it as .before-restore",
        example="aggregator restore aggregator.backup",
        add_arguments=_restore,
        code="upkeep:restore",
        is_alone=True,
    ),
    "prune": Command(
        purpose="drop texts of closed stories and polls long past; all pages stay",
        example="aggregator prune --days 90",
        add_arguments=_prune,
        code="upkeep:prune",
        is_alone=True,
    ),
    "takedown": Command(
        purpose="remove a source with all that it ever said, from archives, too; cannot be undone",
        example="aggregator takedown https://example.org/rss.xml",
        add_arguments=_takedown,
        code="upkeep:takedown",
        is_alone=True,
    ),
    "parse": Command(
        purpose="what the aggregator sees in feeds, one JSON line an article",
        example="aggregator parse feed.xml",
        add_arguments=_parse,
        code="measuring:parse",
    ),
    "discover": Command(
        purpose="the feeds that a web page points at, best first",
        example="aggregator discover page.html --base https://example.org/",
        add_arguments=_discover,
        code="measuring:discover",
    ),
    "cluster": Command(
        purpose="cluster a file of articles: id, tab, story",
        example="aggregator cluster articles.jsonl",
        add_arguments=_cluster,
        code="measuring:cluster",
    ),
    "summarize": Command(
        purpose="summarise a file of stories, one JSON line each",
        example="aggregator summarize stories.jsonl",
        add_arguments=_summarize,
        code="measuring:summarize",
    ),
    "verify": Command(
        purpose="check sentences against the articles they cite",
        example="aggregator verify claims.jsonl",
        add_arguments=_jsonl,
        code="measuring:verify",
    ),
    "demo": Command(
        purpose="replay three recorded days of news, without a network, and serve the result",
        example="aggregator demo --once --no-serve",
        add_arguments=_demo,
        code="demo:demo",
    ),
}


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Return what writes help as wide as the terminal is; argparse makes one, and throws it away, for each argument."""
    # It would find the width out by itself, and import half of the archive formats for it.
    try:
        width = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (AttributeError, OSError, ValueError):
        width = 0
    return argparse.HelpFormatter(prog, width=(width if width > 0 else 80) - 2)


def make_parser(names: Collection[str] = COMMANDS.keys()) -> argparse.ArgumentParser:
    """Return the parser of the command line, as far as these commands go: to make all of them takes 15 ms."""
    parser = argparse.ArgumentParser(
        prog="aggregator",
        description="Reads feeds, gathers their articles into stories, and publishes the stories as feeds and pages.",
        epilog="exit codes: 0 done, 1 failed, 2 usage, 75 another run holds the lock, 78 mistakes in feeds.toml",
        formatter_class=_formatter,
    )
    parser.add_argument("--version", action="version", version=f"aggregator {__version__}")
    parser.add_argument(
        "--config", type=Path, default=Path(os.environ.get("AGGREGATOR_CONFIG", "feeds.toml")), metavar="FILE"
    )
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("AGGREGATOR_DATA", "data")), metavar="DIR", help="data folder"
    )
    parser.add_argument("--log-format", choices=("text", "json"), default="text")
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")
    # prog is given, because argparse would else write a whole usage to find it.
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, prog="aggregator")
    for name, command in COMMANDS.items():
        if name not in names:
            continue
        sub = subparsers.add_parser(
            name,
            help=command.purpose,
            description=command.purpose[0].upper() + command.purpose[1:] + ".",
            epilog=f"example: {command.example}",
            formatter_class=_formatter,
        )
        command.add_arguments(sub)
    return parser


def _named(argv: Sequence[str]) -> Collection[str]:
    """Return the commands that a command line may mean: all where it names none, or asks for help before it does."""
    named = [each for each in argv if each in COMMANDS]
    before = argv[: argv.index(named[0])] if named else ()
    return COMMANDS.keys() if not named or {"-h", "--help"} & set(before) else named


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code."""
    # A run makes much that lives long and hardly a cycle: to look for those after each 700 things that were made, as
    # Python does by itself, is 5 % of a poll without news.
    gc.set_threshold(100_000, 20, 50)
    args = make_parser(_named(sys.argv[1:] if argv is None else argv)).parse_args(argv)
    set_up_logging(args.log_format, verbose=args.verbose)
    command = COMMANDS[args.command]
    module, _, function = command.code.partition(":")
    try:
        if command.is_alone:
            refuse_if_locked(args.data)
        run = getattr(importlib.import_module(f"aggregator.commands.{module}"), function)
        code: int = run(args)
        sys.stdout.flush()
    except ConfigError as error:
        print(error, file=sys.stderr)
        return EXIT_CONFIG
    except LockedError as error:
        print(f"aggregator: {error}", file=sys.stderr)
        return EXIT_LOCKED
    except AggregatorError as error:
        print(f"aggregator: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`); Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    if argv is None:
        _end_at_once(code)
    return code


def _end_at_once(code: int) -> None:
    """End the process without taking Python apart, which takes 10 ms and gives back what the system takes anyway.

    Only where nothing is left to be done: no thread that Python would wait for, nobody who measures.
    """
    others = [each for each in threading.enumerate() if each is not threading.main_thread()]
    if not all(each.daemon for each in others) or sys.gettrace() or sys.getprofile():
        return
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # who started us may have closed it
            stream.flush()
    os._exit(code)
