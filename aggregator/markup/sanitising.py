"""Make foreign HTML safe to show. nh3 is named here only. Pure."""

import html as entities
import re
from contextvars import ContextVar
from functools import lru_cache

import nh3

from aggregator.markup.attributes import ATTRIBUTES, judged
from aggregator.markup.cleaning import clean_html
from aggregator.markup.plain import MAX_HTML, to_text
from aggregator.markup.tags import ALLOWED, MAX_ATTRIBUTES, MAX_DEPTH, RAW, VOID, flatten, is_heavy, names
from aggregator.markup.tidy import read_tidy

MAX_PASSES = 4  # until sanitised HTML is stable; foster-parented tables need three

_EMPTY_RAW = re.compile(rf"<(?:{'|'.join(sorted(RAW))})\b[^<>]*/>", re.IGNORECASE)
_SPECIAL = re.compile("[<>&\u00a0]")
_NH3_TAG = re.compile("<(/?)([a-z0-9]+)")  # in text, nh3 writes "<" as an entity; in attributes it does not
_UNSCOPED = ALLOWED - names("table caption colgroup col tbody thead tfoot tr td th")
_PLAIN_TAG = re.compile(
    r"<(/?)([a-z][a-z0-9]*+)(?:\s++[a-zA-Z][\w:-]*+(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`]++))?+)*+\s*+/?>"
)
_LONG_TAG = re.compile(rf"<[^>]{{{MAX_ATTRIBUTES}}}")


def sanitise(html: str, *, base_url: str = "") -> str:
    """Give HTML that is safe to show: allowed elements and attributes only, http(s) addresses only, all absolute.

    Args:
        html: Foreign HTML of any size; beyond ``MAX_HTML`` characters it is cut.
        base_url: What relative addresses are relative to; without it they are dropped.

    Returns:
        Well-formed HTML of at most ``MAX_HTML`` characters, possibly empty. Sanitising it again changes nothing.
    """
    return sanitise_foreign(clean_html(html[:MAX_HTML]), base_url)


def sanitise_and_read(html: str, *, base_url: str = "") -> tuple[str, str]:
    """Give what :func:`sanitise` gives, and that as plain text: what ``to_text`` would make of it, in one go.

    For the door, where every article of the world passes: tidy HTML is not given to nh3. At the exit :func:`sanitise`
    lets nh3 have the last word on whatever is published.
    """
    html = clean_html(html[:MAX_HTML])
    if tidy := read_tidy(html, base_url):
        return tidy
    safe = _sanitise_first(html, base_url)
    # Mostly nh3 leaves HTML that is tidy: then it would not change it any more.
    if not is_heavy(safe) and (tidy := read_tidy(safe, "")) and tidy[0] == safe:
        return tidy
    safe = _stable(safe)
    return safe, to_text(safe)


def sanitise_foreign(html: str, base_url: str) -> str:
    """Sanitise HTML of any kind with nh3."""
    return _stable(_sanitise_first(html, base_url))


def _sanitise_first(html: str, base_url: str) -> str:
    if "/>" in html:
        html = _EMPTY_RAW.sub("", html)  # HTML5 reads "<iframe/>" as the start of an iframe that swallows the rest
    return _sanitise_once(html, base_url)


def _stable(safe: str) -> str:
    """Sanitise what was sanitised until nothing changes any more."""
    for _ in range(MAX_PASSES):
        if _is_stable(safe):
            return safe
        safe = _sanitise_once(safe, None)
    return sanitise(entities.escape(to_text(safe), quote=False))


# What relative addresses are relative to while a cleaner works. Each article has a base of its own, and to build a
# cleaner for each would take longer than to use it.
_base_url: ContextVar[str] = ContextVar("_base_url", default="")


def _clean(html: str, base_url: str | None) -> str:
    """Let nh3 clean HTML. ``None``: its attributes were judged before."""
    if base_url is None:
        return _cleaner(False).clean(html)
    token = _base_url.set(base_url)
    try:
        return _cleaner(True).clean(html)
    finally:
        _base_url.reset(token)


@lru_cache(maxsize=2)
def _cleaner(judges_attributes: bool) -> nh3.Cleaner:
    def keep(_tag: str, attribute: str, value: str) -> str | None:
        return judged(attribute, value, _base_url.get())

    return nh3.Cleaner(
        tags=set(ALLOWED),
        clean_content_tags=set(RAW),
        attributes=ATTRIBUTES,
        attribute_filter=keep if judges_attributes else None,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def _is_stable(safe: str) -> bool:
    """Tell whether sanitising what was sanitised once would change nothing."""
    if not _SPECIAL.search(safe):
        return True
    return _clean(safe, None) == safe and (not is_heavy(safe) or _is_flat(safe) or flatten(safe) == safe)


def _is_flat(safe: str) -> bool:
    """Tell whether nh3's own output surely leaves ``flatten`` nothing to do: it is well nested, so depth is a sum."""
    depth = 0
    for end, name in _NH3_TAG.findall(safe):
        if end:
            depth -= 1
        elif name not in VOID:
            depth += 1
            if depth > MAX_DEPTH:
                return False
    return not _LONG_TAG.search(safe)


def _is_nested(html: str) -> bool:
    """Tell whether foreign HTML is surely nested as it is written, and not deeply: then ``flatten`` is not needed.

    Every "<" begins a plain tag of a known element that hides nothing in its attributes; each end tag closes the last
    start tag; tables are left out, because in them HTML5 passes over end tags.
    """
    tags = _PLAIN_TAG.findall(html)
    if len(tags) != html.count("<") or _LONG_TAG.search(html):
        return False
    stack: list[str] = []
    for end, name in tags:
        if end:
            if not stack or stack.pop() != name:
                return False
        elif name not in VOID:
            stack.append(name)
            if name not in _UNSCOPED or len(stack) > MAX_DEPTH:
                return False
    return not stack


def _sanitise_once(html: str, base_url: str | None) -> str:
    if is_heavy(html) and not _is_nested(html):
        html = flatten(html)
    safe = clean_html(_clean(html, base_url))
    while len(safe) > MAX_HTML:  # escaping makes text longer
        html = flatten(html[: len(html) * MAX_HTML // len(safe) * 9 // 10])
        safe = clean_html(_clean(html, base_url))
    return safe
