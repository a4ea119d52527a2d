"""``init`` and ``check``: feeds.toml itself."""

import argparse
import os

from aggregator.commands.common import in_words, print_json
from aggregator.config import Config, load_config
from aggregator.config.file import overrides_beside
from aggregator.config.overrides import load_overrides
from aggregator.config.starter import starter_text
from aggregator.errors import AggregatorError


def init(args: argparse.Namespace) -> int:
    """Write a commented feeds.toml; an existing one is never touched."""
    path = args.output or args.config
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter_text())
    except FileExistsError as error:
        raise AggregatorError(f"{path} exists already; nothing was written") from error
    except OSError as error:
        raise AggregatorError(f"{path} cannot be written: {error.strerror}") from error
    print(f"wrote {path}; next: aggregator check, then aggregator run")
    return 0


def check(args: argparse.Namespace) -> int:
    """Say what feeds.toml holds, or what its sources give; its mistakes are raised all together."""
    config = load_config(args.config, environ=os.environ)
    overrides = load_overrides(overrides_beside(args.config))
    if args.fix:
        from aggregator.commands.moves import fix_moves

        config = fix_moves(args, config)
    if args.online:
        from aggregator.commands.online import check_online

        return check_online(args, config)
    return 0 if args.fix else _check_file(args, config, n_overrides=len(overrides))


def _check_file(args: argparse.Namespace, config: Config, *, n_overrides: int) -> int:
    languages = sorted({source.lang for source in config.sources if source.lang})
    if args.json:
        print_json(
            {
                "file": str(config.path),
                "ok": True,
                "warnings": [{"line": w.line, "message": w.message, "hint": w.hint} for w in config.warnings],
                "sources": [
                    {"url": s.url, "name": s.name, "publisher": s.publisher, "lang": s.lang, "tags": list(s.tags)}
                    for s in config.sources
                ],
                "overrides": n_overrides,
                "outputs": [{"slug": o.slug, "title": o.title, "tags": list(o.tags)} for o in config.outputs],
            }
        )
        return 0
    print(f"{config.path}: good. {len(config.sources)} sources, {len(config.outputs)} outputs.")
    if n_overrides:
        print(f"{overrides_beside(config.path)}: good. {n_overrides} overrides.")
    if languages:
        print(f"languages: {', '.join(languages)}")
    for output in config.outputs:
        chosen = [s for s in config.sources if not output.tags or set(s.tags) & set(output.tags)]
        print(f"output {output.slug}: {output.title} ({len(chosen)} sources)")
    for warning in config.warnings:
        print(f"note: {in_words(config, warning)}")
    return 0
