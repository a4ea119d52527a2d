r"""Own what is done to foreign characters and HTML: cleaning, sanitising, reading as text, judging addresses.

Used at the door (intake) and at the exit (outputs), so that both mean the same. Pure: no I/O, no clock, no network.
Every function here takes hostile text of any length and answers in linear time. ``clean``, ``sanitise`` and
``safe_url`` are idempotent; ``to_text`` and ``one_line`` decode entities, so they are applied once, at the door.

nh3 is named in ``sanitising`` only. It builds a real HTML5 tree, which costs the square of the nesting depth (60,000
nested ``div``: 124 s) and of the attributes of one element; so whatever is long or rich in tags is first written again
as well-nested HTML with bounded depth by ``tags.flatten``. Safety never depends on that pass. Only HTML that is tidy as
it stands (``tidy``: plain tags of a short list, properly nested, nothing else) is written by ourselves, to the very
letters that nh3 would write, at a third of the cost; and only at the door: at the exit nh3 has the last word on all.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aggregator.markup.addresses import MAX_URL, is_plain, safe_url

if TYPE_CHECKING:
    from aggregator.markup.cleaning import clean
    from aggregator.markup.plain import MAX_HTML, MAX_LINE, one_line, to_text
    from aggregator.markup.sanitising import sanitise, sanitise_and_read
    from aggregator.markup.tags import FEW_TAGS, MAX_DEPTH

# What reads HTML takes 15 ms to import. A poll without news reads none.
_LATER = {
    "FEW_TAGS": "tags",
    "MAX_DEPTH": "tags",
    "MAX_HTML": "plain",
    "MAX_LINE": "plain",
    "clean": "cleaning",
    "one_line": "plain",
    "sanitise": "sanitising",
    "sanitise_and_read": "sanitising",
    "to_text": "plain",
}

__all__ = [
    "FEW_TAGS",
    "MAX_DEPTH",
    "MAX_HTML",
    "MAX_LINE",
    "MAX_URL",
    "clean",
    "is_plain",
    "one_line",
    "safe_url",
    "sanitise",
    "sanitise_and_read",
    "to_text",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
