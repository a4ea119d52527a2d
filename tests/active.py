"""A judge of HTML that is none of ours: finds what a browser would run, load from elsewhere than the web, or obey."""

import re
from html.parser import HTMLParser

_TAGS = """
    a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del
    details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p
    pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt
    u ul var wbr
"""
_ATTRIBUTES = "href hreflang title src alt width height cite datetime start colspan rowspan scope lang dir rel"
HARMLESS = frozenset(_TAGS.split())
HARMLESS_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
ADDRESSES = frozenset({"href", "src", "cite"})


class _Judge(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HARMLESS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name not in HARMLESS_ATTRIBUTES:
                self.found.append(f"{tag} {name}")
            elif name in ADDRESSES and not re.match(r"https?://[^\s<>\"\x00-\x20]+\Z", value or ""):
                self.found.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data[:40]}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl[:40]}>")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data[:40]}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data[:40]}")


def active_parts(html: str) -> list[str]:
    """Give what is active, or simply not expected, in HTML; empty: nothing."""
    judge = _Judge()
    judge.feed(html)
    judge.close()
    return judge.found
