"""Own the list of subscribed sources as OPML 2.0, for other readers to import.

Pure, and without a clock: the same sources give the same bytes.

Source: OPML 2.0 (subscription lists: ``type="rss"``, ``xmlUrl``; ``category`` holds slash-delimited paths).
"""

from collections.abc import Sequence

from lxml import etree

from aggregator.markup import safe_url
from aggregator.model import SourceView
from aggregator.outputs.content import plain
from aggregator.outputs.site import Site, language_tag


def render_opml(site: Site, sources: Sequence[SourceView]) -> bytes:
    """Write the sources in the order of ``feeds.toml``, each in the folder of its first tag, as readers group them."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = plain(site.title)
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for view in sources:
        folder = body
        tags = [tag for tag in map(plain, view.source.tags) if tag]
        if tags:
            if tags[0] not in folders:
                # Only "text": with more, validators ask for a type that a folder has not.
                folders[tags[0]] = etree.SubElement(body, "outline", text=tags[0])
            folder = folders[tags[0]]
        _add_source(folder, view, tags)
    if not len(body):
        # OPML wants at least one outline; an empty folder subscribes nobody to anything.
        etree.SubElement(body, "outline", text=plain(site.title))
    written: bytes = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)
    return written


def _add_source(folder: etree._Element, view: SourceView, tags: Sequence[str]) -> None:
    source, state = view.source, view.state
    url = safe_url(source.url)
    if not url:
        return
    name = plain(source.name) or plain(state.title) or url
    outline = etree.SubElement(folder, "outline", type="rss", text=name, title=name, xmlUrl=url)
    site_url = safe_url(state.site_url)
    if site_url:
        outline.set("htmlUrl", site_url)
    lang = language_tag(source.lang or state.lang)
    if lang:
        outline.set("language", lang)
    if tags:
        outline.set("category", ",".join(f"/{tag.replace('/', '-').replace(',', ' ')}" for tag in tags))
