r"""Sanitise HTML that is tidy as it stands, without building a tree. Pure.

Most of what feeds carry is: tags of a short list, each closed where it should be. Of such HTML the rules of HTML5 make
the very tree that is written, and what nh3 would give of it can be written down directly, with its plain text, at a
third of the cost. Strict: whatever could mean anything else (a tag or a reference that is not known here, a paragraph
that a list would close, a table, an odd address) gives ``None``, and nh3 reads it. Allow-lists only: nothing gets out
that is not on them. A property over mixtures of tags holds that both ways give the same, and so they did for all HTML
of 6,688 files.

Source: WHATWG HTML, 13.2.6.4.7 ("in body"), 13.2.5.72 (character references), 13.3 (serialising).
"""

import re
from functools import lru_cache
from html.entities import html5

from aggregator.markup.addresses import PLAIN_CHARS
from aggregator.markup.attributes import ATTRIBUTES, URLS, judged
from aggregator.markup.cleaning import clean_html, compose
from aggregator.markup.plain import in_lines, to_text
from aggregator.markup.tags import BLOCKS, FEW_TAGS, MAX_DEPTH, SHORT, names

MAX_TIDY = 60_000  # characters; as references they may become six times as many, which ``MAX_HTML`` still allows

_TAG = re.compile("<([^>]++)>")  # quicker than one that leaves out "<", which is counted instead
_REFERENCE = re.compile("&(?:#[0-9]{1,6};|#[xX][0-9a-fA-F]{1,5};|[A-Za-z][A-Za-z0-9]*+;?+|(?![A-Za-z#]))")
_LONGEST_OLD_NAME = 6  # letters of a name that HTML reads without a semicolon, too ("&copy 2026")
_OLD_NAMES = frozenset(name for name in html5 if not name.endswith(";"))
_NUMBERS = (range(0x20, 0x7F), range(0xA0, 0xD800), range(0x1F000, 0x1FB00))  # others mean something else, or nothing
# References that stay, each in one spelling: as characters they could be taken for markup.
_KEPT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;", '"': "&quot;", "'": "&#39;"}
# Characters that need no cleaning and become one with no character beside them: punctuation, arrows, signs.
_HARMLESS = frozenset(
    map(chr, (*range(0xA1, 0xA8), 0xA9, 0xAB, 0xB0, 0xBB, *range(0x2010, 0x2028), *range(0x2030, 0x205F)))
)

_VALUE = r"""(?:=(?:"[^"]*+"|'[^']*+'|[^ \n\t"'=`]++))?+"""
_WITH_ATTRIBUTES = re.compile(rf"([a-z][a-z0-9]*+)((?:[ \n\t]++[a-z][a-z0-9_:.-]*+{_VALUE})*+)([ \n\t]*+/?)")
_ATTRIBUTE = re.compile(r"""([a-z][a-z0-9_:.-]*+)(?:="([^"]*+)"|='([^']*+)'|=([^ \n\t"'=`]++))?+""")
# What nh3 surely takes for an address: no host that could be a broken number or a broken IDNA name.
_ABSOLUTE = re.compile(r"https?://(?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)*[a-z]{2,20}(?::[0-9]{1,4})?(?:[/?#]\S*)?\Z")
# The most frequent tag with attributes: an address that stays as it is, beside attributes that go.
_GOING = r"(?: (?:class|id|rel|style|target|data-[a-z-]+)=\"[^\"]*+\")*+"
_HOST = r"https?://(?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)+[a-z]{2,20}"
_PLAIN = rf"{_HOST}/{PLAIN_CHARS}*(?:\?(?:{PLAIN_CHARS}|\?|&amp;)+)?(?:#{PLAIN_CHARS}+)?"
_SINGLE = _PLAIN.replace("'", "")  # of what stands in single quotes
_PLAIN_LINK = re.compile(
    rf"""a{_GOING} href=(?=.{{1,2000}}\Z)(?:"({_PLAIN})"|'({_SINGLE})'){_GOING} ?\Z""",
    re.DOTALL,
)
_RELATIVE = re.compile(r"[A-Za-z0-9/._~%+-]*(?:[?#]\S*)?\Z")
_PRE_LINE = re.compile(r"<pre[^<>]*+>\n")
_OTHER_SCHEME = re.compile(r"(?!https?:)[A-Za-z][A-Za-z0-9+.-]*:", re.IGNORECASE)  # whatever follows, it goes

# What a tag does to the elements that are open. Plain numbers: they are compared fifty times for each article.
_END, _INLINE, _VOID, _BLOCK, _LINK, _HEADING, _PART, _PRE, _RULE, _REMOVED = range(10)
_HEADINGS = names("h1 h2 h3 h4 h5 h6")
_PARTS = names("li dd dt")
_NAMES_BY_KIND = {
    _INLINE: names(
        "abbr acronym b bdi bdo big cite code del dfn em i ins kbd mark q s samp small span strike strong sub sup time "
        "tt u var"
    ),
    _VOID: names("br img wbr"),
    _BLOCK: names(
        "address article aside blockquote center details div dl figcaption figure footer header main nav ol p section "
        "summary ul"
    ),
    _LINK: names("a"),
    _HEADING: _HEADINGS,
    _PART: _PARTS,  # must stand directly in their lists
    _PRE: names("pre"),
    _RULE: names("hr"),  # void, too, but would close a paragraph
}
_UNWRAPPED = names("audio font picture video")  # they go, what is in them stays
_RAW_NAMES = names("iframe script style")  # they go with what is in them
_KIND_BY_NAME = {name: kind for kind, all_names in _NAMES_BY_KIND.items() for name in all_names}
_LINE_END_BY_NAME = dict.fromkeys(BLOCKS, "\n")
_OPTIONAL_ENDS = _PARTS | {"p"}
_LISTS_BY_PART = {"li": ("ul", "ol"), "dd": ("dl",), "dt": ("dl",)}
_ENDED_BY_PART = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt")}
_REL = ' rel="noopener noreferrer"'

Tag = tuple[int, str, str, str]  # what it does, the element, how the tag is written, and what it is in plain text


def _bare_tags() -> dict[str, Tag]:
    """Give the tags without attributes, by what stands between "<" and ">"."""
    tags: dict[str, Tag] = {}
    for name, kind in _KIND_BY_NAME.items():
        line_end = _LINE_END_BY_NAME.get(name, "")
        tag = (kind, name, f"<{name}{_REL if name == 'a' else ''}>", line_end)
        tags[name] = tag
        if kind in (_VOID, _RULE):
            tags |= {f"{name}/": tag, f"{name} /": tag}
        else:
            tags[f"/{name}"] = (_END, name, f"</{name}>", line_end)
    for name in _UNWRAPPED:
        tags[name], tags[f"/{name}"] = (_INLINE, name, "", ""), (_END, name, "", "")
    tags |= {name: (_REMOVED, name, "", "") for name in _RAW_NAMES}
    tags[""] = (_VOID, "", "", "")  # what was taken out with the element before it
    return tags


_BARE_TAGS = _bare_tags()
_COMMENT = (_VOID, "", "", "")
_ALLOWED_BY_NAME = {name: frozenset(ATTRIBUTES["*"] | ATTRIBUTES.get(name, set())) for name in _KIND_BY_NAME}
_FREE = names("title alt datetime")  # attributes that may say anything


class _OddError(Exception):
    """Gives up; never leaves this module."""


def read_tidy(html: str, base_url: str) -> tuple[str, str] | None:
    """Give what nh3 would give and that as plain text, or ``None`` where only nh3 knows.

    Args:
        html: As ``cleaning.clean_html`` gives it.
        base_url: What relative addresses are relative to; empty: they are dropped.
    """
    if len(html) > MAX_TIDY or "\u0338" in html:
        return None
    is_short = len(html) <= SHORT
    is_new = False  # whether letters are there, or side by side, that were not: they are to be cleaned again
    if "\xa0" in html:
        html = html.replace("\xa0", "&nbsp;")
    try:
        if "&" in html:
            html, is_new = _with_references(html)
        if html.rfind("<") > html.rfind(">"):
            return None  # nor is the end of a tag sought in vain, again and again
        pieces = _TAG.split(html)
        n_tags = len(pieces) // 2
        if html.count("<") != n_tags:
            return None
        line_ends, is_any_gone = _walk(pieces, base_url, is_read_as_is=is_short and n_tags <= FEW_TAGS)
    except _OddError:
        return None
    if html.count(">") != n_tags:
        pieces[::2] = [text.replace(">", "&gt;") if ">" in text else text for text in pieces[::2]]
    if "&quot;" in html or "&#39;" in html:
        pieces[::2] = [text.replace("&quot;", '"').replace("&#39;", "'") for text in pieces[::2]]
    safe = "".join(pieces)
    if is_new or is_any_gone:
        safe = clean_html(safe)
        # What was removed may have stood between <pre> and a line end, which HTML drops there.
        return None if _PRE_LINE.search(safe) else (safe, to_text(safe))
    pieces[1::2] = line_ends
    pieces[::2] = [text.replace("\n", " ") if "\n" in text else text for text in pieces[::2]]
    return safe, _plain("".join(pieces))


def _plain(text: str) -> str:
    """Give the text between tags as plain text. No other references are left than these."""
    if "&" in text:
        text = text.replace("&nbsp;", "\xa0").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return in_lines(compose(text))


# ---------------------------------------------------------------- tags


def _walk(pieces: list[str], base_url: str, *, is_read_as_is: bool) -> tuple[list[str], bool]:  # noqa: C901 - calls would double its time
    """Judge the tags (every second piece) and write them anew in their places. Raises ``_OddError``.

    Args:
        pieces: Text and tags by turns; end tags that are missing at the end of all are added.
        base_url: See :func:`read_tidy`.
        is_read_as_is: nh3 would read it without ``flatten``, so that it is HTML5 that ends what was left open.

    Returns:
        What each tag is in plain text, and whether anything is gone.
    """
    open_names: list[str] = []
    line_ends = [""] * (len(pieces) // 2)
    may_be_deep = len(line_ends) > MAX_DEPTH
    is_in_paragraph = is_in_link = is_any_gone = False
    for i in range(1, len(pieces), 2):
        piece = pieces[i]
        kind, name, written, line_end = _BARE_TAGS[piece] if piece in _BARE_TAGS else _other_tag(piece, base_url)
        pieces[i] = written
        line_ends[i // 2] = line_end
        if kind == _END:
            if not open_names or open_names[-1] != name:
                if not is_read_as_is:
                    raise _OddError
                pieces[i] = _before_end(name, open_names, is_in_paragraph) + written
                is_in_paragraph = False
            open_names.pop()
            if name == "p":
                is_in_paragraph = False
            elif name == "a":
                is_in_link = False
        elif kind == _INLINE:
            open_names.append(name)
        elif kind == _LINK:
            if is_in_link:
                raise _OddError
            is_in_link = True
            open_names.append(name)
        elif kind == _REMOVED:
            if pieces[i + 2 : i + 3] != [f"/{name}"]:
                raise _OddError
            pieces[i + 1] = pieces[i + 2] = ""
        elif kind != _VOID:
            parent = open_names[-1] if open_names else ""
            if is_in_paragraph or parent in _PARTS:
                if (ended := _ended_by(kind, name, open_names, is_in_paragraph)) and not is_read_as_is:
                    raise _OddError
                pieces[i] = ended + written
                parent = open_names[-1] if open_names else ""
            if kind != _BLOCK and not _may_begin(kind, name, parent, pieces[i + 1]):
                raise _OddError
            if kind == _PRE and pieces[i + 1].startswith("\n"):
                pieces[i + 1] = pieces[i + 1][1:]  # HTML5 passes over a line end there
            is_in_paragraph = name == "p"
            if kind != _RULE:
                open_names.append(name)
        if not written:
            is_any_gone = True
        elif may_be_deep and len(open_names) > MAX_DEPTH:
            raise _OddError
    if open_names:
        if not is_read_as_is:
            raise _OddError
        pieces += ["".join(f"</{name}>" for name in reversed(open_names) if name not in _UNWRAPPED), ""]
        line_ends.append("\n")
    return line_ends, is_any_gone


def _before_end(name: str, open_names: list[str], is_in_paragraph: bool) -> str:
    """Give what HTML5 reads before an end tag that does not end the last open element, which is one of its name then.

    Raises ``_OddError`` unless that is a start tag, or end tags that may be left out.
    """
    if name == "p" and not is_in_paragraph:
        open_names.append("p")
        return "<p>"
    if _KIND_BY_NAME.get(name, _INLINE) not in (_BLOCK, _HEADING, _PART, _PRE):
        raise _OddError
    ended = ""
    while open_names and open_names[-1] != name and open_names[-1] in _OPTIONAL_ENDS:
        ended += f"</{open_names.pop()}>"
    if not open_names or open_names[-1] != name:
        raise _OddError
    return ended


def _ended_by(kind: int, name: str, open_names: list[str], is_in_paragraph: bool) -> str:
    """Close the paragraph and the part of a list that a start tag ends, and give their end tags.

    Raises ``_OddError`` where they are not the last that were opened.
    """
    ended = ""
    if is_in_paragraph:
        if open_names[-1] != "p" or kind == _PRE:
            raise _OddError
        ended = f"</{open_names.pop()}>"
    if kind == _PART and open_names and open_names[-1] in _ENDED_BY_PART[name]:
        ended += f"</{open_names.pop()}>"
    return ended


def _may_begin(kind: int, name: str, parent: str, following: str) -> bool:
    """Tell whether a block stays where it begins: nothing around it is closed by it, and no line is lost."""
    if kind == _HEADING:
        return parent not in _HEADINGS and parent not in _UNWRAPPED  # in what goes, a heading may stand in another
    if kind == _PART:
        return parent in _LISTS_BY_PART[name]
    return kind != _PRE or not following.startswith("\n\n")


def _other_tag(given: str, base_url: str) -> Tag:
    if given[0] == "!" and given.startswith("!--") and given.endswith("--"):
        return _COMMENT
    if link := _PLAIN_LINK.match(given):
        return (_LINK, "a", f'<a href="{link[1] or link[2]}"{_REL}>', "")
    if given.startswith(("a ", "img ")):  # hardly one is like another: they would fill a cache
        return _judged_tag(given, base_url)[0]
    tag, is_relative = _judged_once(given)
    return _judged_tag(given, base_url)[0] if is_relative and base_url else tag


@lru_cache(maxsize=1024)
def _judged_once(given: str) -> tuple[Tag, bool]:
    return _judged_tag(given, "")


def _judged_tag(given: str, base_url: str) -> tuple[Tag, bool]:
    """Give a tag with the attributes that may stay, and whether a base has a say in it. Raises ``_OddError``."""
    found = _WITH_ATTRIBUTES.fullmatch(given)
    if found is None:
        raise _OddError
    name, attributes, end = found.groups()
    if name in _UNWRAPPED or name == "source":
        return (_VOID if name == "source" else _INLINE, name, "", ""), False
    if name in _RAW_NAMES and not given.endswith("/"):
        return (_REMOVED, name, "", ""), False
    kind = _KIND_BY_NAME.get(name, _END)
    if kind == _END or ("/" in end and kind not in (_VOID, _RULE)):
        raise _OddError
    allowed = _ALLOWED_BY_NAME[name]
    kept: list[str] = []
    seen: list[str] = []
    is_relative = False
    for attribute, double, single, bare in _ATTRIBUTE.findall(attributes):
        if attribute not in allowed:
            continue
        if attribute in seen:
            raise _OddError  # the first counts
        seen.append(attribute)
        given_value = double or single or bare
        value: str | None = given_value.replace("&#39;", "'")
        if attribute in URLS:
            value, needs_base = _address(attribute, given_value, base_url)
            is_relative = is_relative or needs_base
        elif attribute not in _FREE:
            value = judged(attribute, given_value, "")
        kept.append("" if value is None else f' {attribute}="{value.replace(chr(34), "&quot;")}"')
    written = f"<{name}{_in_order(kept)}{_REL if name == 'a' else ''}>"
    return (kind, name, written, _LINE_END_BY_NAME.get(name, "")), is_relative


def _in_order(attributes: list[str]) -> str:
    """Join attributes as nh3 orders them: where one is taken out (empty here), it puts the last one."""
    for i in range(len(attributes) - 1, -1, -1):
        if not attributes[i]:
            last = attributes.pop()
            if i < len(attributes):
                attributes[i] = last
    return "".join(attributes)


def _address(attribute: str, value: str, base_url: str) -> tuple[str | None, bool]:
    """Give an address as it is written in an attribute, and whether it is relative. Raises ``_OddError``."""
    if "&" in value:
        value = value.replace("&#39;", "'").replace("&quot;", '"').replace("&nbsp;", "\xa0")
        value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    is_relative = bool(_RELATIVE.match(value))
    if is_relative and not base_url and not value.startswith("//"):
        return None, True
    if is_relative or _ABSOLUTE.match(value):
        kept = judged(attribute, value, base_url)
        return kept and kept.replace("&", "&amp;"), is_relative
    if _OTHER_SCHEME.match(value):
        return None, False
    raise _OddError


# ---------------------------------------------------------------- character references


def _with_references(html: str) -> tuple[str, bool]:
    """Write characters instead of references but for those that have to stay, and tell whether any needs cleaning.

    What stands for itself ("AT&T", "a & b") is escaped. Raises ``_OddError``.
    """
    found = _REFERENCE.findall(html)
    if len(found) < html.count("&"):
        raise _OddError
    meant = {each: _meant(each) for each in set(found)}
    if any(each != written for each, (written, _) in meant.items()):
        html = _REFERENCE.sub(lambda reference: meant[reference[0]][0], html)
    return html, not all(is_harmless for _, is_harmless in meant.values())


@lru_cache(maxsize=1024)
def _meant(reference: str) -> tuple[str, bool]:
    """Give what a reference is written as, and whether text that holds it is as clean as before.

    Raises ``_OddError`` for what stands for ASCII, too: put in the place of a reference it could be taken for markup.
    """
    name = reference[1:]
    if name.startswith("#"):
        number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        chars = chr(number) if any(number in each for each in _NUMBERS) else "\x00"
    else:
        chars = html5.get(name, "") if name.endswith(";") else ""
        if not chars:
            if any(name[:n] in _OLD_NAMES for n in range(2, _LONGEST_OLD_NAME + 1)):
                raise _OddError
            return f"&amp;{name}", True
    if chars in _KEPT:
        return _KEPT[chars], True
    if any(char.isascii() for char in chars):
        raise _OddError
    return chars, _HARMLESS.issuperset(chars)
