"""What the elements of HTML mean here, and one regular expression that reads a token of it. Pure tables.

``flatten`` writes HTML again by these tables alone, so that nh3, whose cost grows with the square of the depth, never
meets depth.
"""

import re

MAX_DEPTH = 60  # elements inside each other; newsletters built of tables reach 40
MAX_ATTRIBUTES = 8_000  # characters of one tag; more is an attack on the parser's search for repeated attributes
FEW_TAGS = 400  # nh3 alone takes < 10 ms for this many, however they are nested
SHORT = 20_000  # characters below which one tag cannot hold attributes enough to hurt


def names(words: str) -> frozenset[str]:
    """Give the words of a list that is written as a text."""
    return frozenset(words.split())


RAW = names("script style iframe noembed noframes noscript object svg math template textarea title select xmp")
# One token of HTML: a comment, a declaration, an element whose content is left out with it, or a tag. Every branch that
# begins also ends, at the end of the text if need be: no start is tried twice, so reading is linear. Quotes count only
# after "=", as in HTML5.
_ATTRIBUTE_TEXT = r"(?:[^>=]|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|(?![\"'])))*+"
TOKEN = re.compile(
    r"<!--(?:>|->|.*?--!?>|.*\Z)"
    r"|<[!?][^>]*+(?:>|\Z)"
    rf"|<(?P<raw>(?i:{'|'.join(sorted(RAW))}))(?=[\s/>]){_ATTRIBUTE_TEXT}(?:(?<=/)>|>"
    r".*?(?:</(?i:(?P=raw))(?=[\s/>])[^>]*+(?:>|\Z)|\Z)|\Z)"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>{_ATTRIBUTE_TEXT})(?P<close>>|\Z)",
    re.DOTALL,
)
N_GROUPS = 5
VOID = names("area base br col embed hr img input link meta param source track wbr")
# What a start tag closes when it stands directly above it: HTML's optional end tags.
_CLOSES = {
    "p": ("p",),
    "li": ("p", "li"),
    "dt": ("p", "dt", "dd"),
    "dd": ("p", "dt", "dd"),
    "td": ("p", "td", "th"),
    "th": ("p", "td", "th"),
    "tr": ("p", "td", "th", "tr"),
    "tbody": ("p", "td", "th", "tr", "tbody", "thead"),
    "tfoot": ("p", "td", "th", "tr", "tbody", "thead"),
}
BLOCKS = names(
    "address article aside blockquote br caption center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr li main nav ol option p pre section summary table tbody td tfoot th thead title tr ul"
)
ALLOWED = names(
    "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del "
    "details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p "
    "pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr "
    "tt u ul var wbr"
)
INLINE = names("i b u s q em del ins sub sup big code small span strong font strike tt a abbr cite mark")
KNOWN = ALLOWED | VOID | RAW | names("font body html head form button label audio video picture nobr")


def is_heavy(html: str) -> bool:
    """Tell whether HTML is so long or so rich in tags that it is flattened before nh3 reads it."""
    return html.count("<") > FEW_TAGS or len(html) > SHORT


def flatten(html: str) -> str:
    """Write HTML again: well nested, at most ``MAX_DEPTH`` deep, without long tags and unknown elements. Cost: O(n)."""
    pieces = TOKEN.split(html)
    parts = [pieces[0]]
    stack: list[str] = []
    for i in range(1, len(pieces), N_GROUPS + 1):
        _raw, end, name, attributes, close, text = pieces[i : i + N_GROUPS + 1]
        name = name.lower() if name else ""
        if name in ALLOWED:
            attributes = attributes if close and len(attributes) <= MAX_ATTRIBUTES else ""
            if name in VOID:
                parts.append(f"<{name}{attributes}>")
            elif not end:
                if name in _CLOSES:
                    while stack and stack[-1] in _CLOSES[name]:
                        parts.append(f"</{stack.pop()}>")
                if len(stack) < MAX_DEPTH:
                    stack.append(name)
                    parts.append(f"<{name}{attributes}>")
            elif name in stack:
                _close_to(name, stack, parts)
        elif name in BLOCKS:
            parts.append(" ")
        parts.append(text)
    parts.extend(f"</{name}>" for name in reversed(stack))
    return "".join(parts)


def _close_to(name: str, stack: list[str], parts: list[str]) -> None:
    while stack:
        top = stack.pop()
        parts.append(f"</{top}>")
        if top == name:
            return
