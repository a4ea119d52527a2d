"""``check --fix``: sources that moved for good get their new address in feeds.toml, and keep what is stored of them."""

import argparse
import os

from aggregator.app import clock_from, open_app
from aggregator.commands.common import place_of, print_json
from aggregator.commands.sources import twin_of
from aggregator.config import Config, edit
from aggregator.config.file import read_text
from aggregator.config.replace import replace_config
from aggregator.dataclass import dataclass, replace
from aggregator.intake.schedule import N_MOVED
from aggregator.logs import printable
from aggregator.model import Source, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A source and its new address; ``obstacle``: why it is not written, in words."""

    source: Source
    url: str
    obstacle: str = ""


def fix_moves(args: argparse.Namespace, config: Config) -> Config:
    """Write every move that polls have seen twice into feeds.toml, and let the store follow.

    Returns:
        What feeds.toml holds now.

    Raises:
        LockedError: A poll or the daemon is at work: it would go on with the old addresses.
    """
    moves: tuple[Move, ...] = ()
    if place_of(args).database.exists():
        with open_app(place_of(args), environ=os.environ, clock=clock_from(os.environ), config=config) as app:
            moves = moves_of(config, app.store.source_states())
            for move in moves:
                if move.obstacle:
                    continue
                text = read_text(args.config)
                after = edit.rename_source(text, move.source.url, move.url)
                # One after the other: killed in between, at most one source is polled anew.
                config = replace_config(args.config, before=text, after=after, environ=os.environ)
                app.store.rename_source(move.source.url, move.url)
    _say(args, moves)
    return config


def moves_of(config: Config, states: tuple[SourceState, ...]) -> tuple[Move, ...]:
    """Return the sources that moved for good, in the order of feeds.toml."""
    state_by_url = {state.url: state for state in states}
    sources = list(config.sources)
    moves = []
    for n, source in enumerate(sources):
        state = state_by_url.get(source.url)
        if state is None or not state.moved_to or state.n_moved < N_MOVED or state.moved_to == source.url:
            continue
        others = [each for each in sources if each.url != source.url]
        twin = twin_of(state.moved_to, others)
        obstacle = f"that is a source already ({twin.url}): aggregator remove {source.url}" if twin else ""
        if not obstacle:
            sources[n] = replace(source, url=state.moved_to)  # two sources may have moved to one address
        moves.append(Move(source=source, url=state.moved_to, obstacle=obstacle))
    return tuple(moves)


def _say(args: argparse.Namespace, moves: tuple[Move, ...]) -> None:
    if args.json and not args.online:
        print_json(
            {
                "file": str(args.config),
                "moved": [{"from": each.source.url, "to": each.url} for each in moves if not each.obstacle],
                "not_moved": [
                    {"from": each.source.url, "to": each.url, "why": each.obstacle} for each in moves if each.obstacle
                ],
            }
        )
        return
    if args.json:
        return
    for move in moves:
        if move.obstacle:
            print(printable(f"not changed: {move.source.url} moved to {move.url}, but {move.obstacle}"))
        else:
            print(printable(f"{args.config}: {move.source.url} is now {move.url}"))
    n_done = sum(not move.obstacle for move in moves)
    print(f"{n_done} addresses changed" if moves else "no source has moved for good")
