"""Own the index that the script searches: one short line a story, newest first. Pure."""

import json
from collections.abc import MutableMapping, Sequence
from datetime import datetime

from aggregator.model import Revision
from aggregator.outputs import strings
from aggregator.outputs.content import beginning, plain, shorten
from aggregator.outputs.pages.story import publishers
from aggregator.outputs.site import language_tag

FILE = "archive/search.json"  # no output can be called so, as one could be called "search"
MAX_STORIES = 2_000  # about 600 kB, 200 kB through gzip; fetched only when somebody searches
Lines = MutableMapping[tuple[str, int, datetime], str]
MAX_HEADLINE, MAX_BEGINNING = 200, 140  # characters


def render_index(revisions: Sequence[Revision], known: Lines | None = None) -> bytes:
    """Write ``{"stories": [[id, headline, language, day, publishers, beginning and tags], ...]}``, newest first.

    ``known``: lines by revision, as they were written before; of what is not written again, nothing is kept there.
    """
    ordered = sorted(revisions, key=lambda each: each.story_id)
    ordered.sort(key=lambda each: each.newest_at, reverse=True)
    before = {} if known is None else dict(known)
    line_by_key = {key: before.get(key) or _line(each) for each in ordered[:MAX_STORIES] if (key := _key(each))}
    if known is not None:
        known.clear()
        known.update(line_by_key)
    lines = line_by_key.values()
    return ('{"stories":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def _key(revision: Revision) -> tuple[str, int, datetime]:
    return revision.story_id, revision.n, revision.at


def _line(revision: Revision) -> str:
    summary = revision.summary
    named, _ = publishers(summary)
    tags = " ".join(plain(tag) for tag in revision.tags)
    cells = [
        revision.story_id,
        shorten(plain(summary.headline), MAX_HEADLINE) or strings.UNTITLED,
        language_tag(summary.lang),
        strings.machine_time(revision.newest_at)[:10],
        ", ".join(named),
        f"{shorten(beginning(summary), MAX_BEGINNING)} {tags}".strip(),
    ]
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
