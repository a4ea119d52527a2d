"""What the fast reader does where an element begins and ends. Pure; one function each, feedparser's rules.

Only what ``entries`` and ``parse`` look at is kept; the rest is passed over.
"""

from collections.abc import Callable

from aggregator.intake.reading import fast_people
from aggregator.intake.reading.fast_names import SAME_AS
from aggregator.intake.reading.fast_state import HTML_TYPES, MAX_TAGS, Attributes, OddError, Reading, content_type, join
from aggregator.intake.reading.usual_dates import read_usual

_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_CATEGORY_SCHEME = "http://search.yahoo.com/mrss/category_schema"
_ITUNES = "http://www.itunes.com/"

Start = Callable[[Reading, Attributes], None]
End = Callable[[Reading], None]


# ---------------------------------------------------------------- feed and article


def _start_rss(state: Reading, attributes: Attributes) -> None:
    if not state.version.startswith("rss"):
        version = attributes.get("version", "")
        state.version = _RSS_VERSIONS.get(version) or ("rss20" if version.startswith("2.") else "rss")


def _start_channel(state: Reading, attributes: Attributes) -> None:
    if "lastmod" in attributes or "href" in attributes:
        raise OddError  # CDF
    state.is_in_feed = True


def _start_feed(state: Reading, attributes: Attributes) -> None:
    state.is_in_feed = True
    state.version = state.version or _ATOM_VERSIONS.get(attributes.get("version", ""), "atom")


def _end_feed(state: Reading) -> None:
    state.is_in_feed = False


def _start_item(state: Reading, attributes: Attributes) -> None:
    if state.is_in_entry or "lastmod" in attributes or "href" in attributes:
        raise OddError
    state.entries.append({})
    state.depth_by_name = {}
    state.push("item", False)
    state.is_in_entry = True
    state.is_guid_link = False
    state.title_depth = -1
    if about := attributes.get("rdf:about"):
        state.context()["id"] = about


def _end_item(state: Reading) -> None:
    state.pop("item")
    state.is_in_entry = state.has_content = False


def _start_image(state: Reading, _attributes: Attributes) -> None:
    if not state.is_in_entry:
        state.context().setdefault("image", {})
    state.is_in_image = True
    state.title_depth = -1
    state.push("image", False)


def _end_image(state: Reading) -> None:
    state.pop("image")
    state.is_in_image = False


def _start_input(state: Reading, _attributes: Attributes) -> None:
    state.context().setdefault("textinput", {})
    state.is_in_input = True
    state.title_depth = -1
    state.push("textinput", False)


def _end_input(state: Reading) -> None:
    state.pop("textinput")
    state.is_in_input = False


def _start_source(state: Reading, _attributes: Attributes) -> None:
    state.push("source")
    state.is_in_source = True
    state.title_depth = -1


def _end_source(state: Reading) -> None:
    state.is_in_source = False
    state.pop("source")
    state.source = {}


# ---------------------------------------------------------------- texts


def _start_title(state: Reading, attributes: Attributes) -> None:
    state.push_content("title", attributes, "text/plain", state.is_anywhere())


def _end_title(state: Reading) -> None:
    if state.pop_content("title"):
        state.title_depth = state.depth


def _end_media_title(state: Reading) -> None:
    depth = state.title_depth
    _end_title(state)
    state.title_depth = depth


def _start_summary_like(state: Reading, attributes: Attributes, name: str, default: str, is_stored: bool) -> None:
    """Begin a summary; the second one of an article is its content."""
    if "summary" in state.context() and not state.has_content:
        state.is_second_summary = True
        _start_content(state, attributes)
    else:
        state.push_content(name, attributes, default, is_stored)


def _start_description(state: Reading, attributes: Attributes) -> None:
    _start_summary_like(state, attributes, "description", "text/html", state.is_anywhere())


def _start_summary(state: Reading, attributes: Attributes) -> None:
    _start_summary_like(state, attributes, "summary", "text/plain", True)


def _end_summary_like(state: Reading, name: str) -> None:
    if state.is_second_summary:
        _end_content(state)
    else:
        state.pop_content(name)
    state.is_second_summary = False


def _end_description(state: Reading) -> None:
    _end_summary_like(state, "description")


def _end_summary(state: Reading) -> None:
    _end_summary_like(state, "summary")


def _start_content(state: Reading, attributes: Attributes) -> None:
    state.has_content = True
    state.push_content("content", attributes, "text/plain")
    if source := attributes.get("src"):
        state.params["src"] = source
    state.push("content")


def _start_content_encoded(state: Reading, attributes: Attributes) -> None:
    state.has_content = True
    state.push_content("content", attributes, "text/html")


def _end_content(state: Reading) -> None:
    is_shown = content_type(state.params["type"]) in ("text/plain", *HTML_TYPES)
    value = state.pop_content("content")
    if is_shown:
        state.context().setdefault("summary", value)


def _content_start(name: str) -> Start:
    def start(state: Reading, attributes: Attributes) -> None:
        state.push_content(name, attributes, "text/plain")

    return start


def _content_end(name: str) -> End:
    def end(state: Reading) -> None:
        state.pop_content(name)

    return end


# ---------------------------------------------------------------- links and files


def _with_href(attributes: Attributes) -> Attributes:
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if href:
        attributes.pop("url", None)
        attributes.pop("uri", None)
        attributes["href"] = href
    return attributes


def _start_link(state: Reading, attributes: Attributes) -> None:
    attributes.setdefault("rel", "alternate")
    attributes.setdefault("type", "application/atom+xml" if attributes["rel"] == "self" else "text/html")
    context = state.context()
    attributes = _with_href(attributes)
    if "href" in attributes:
        attributes["href"] = join(state.base, attributes["href"])
    links = context.setdefault("links", [])
    if not (state.is_in_entry and state.is_in_image):
        links.append(dict(attributes))
    if "href" not in attributes:
        state.push("link", state.is_anywhere())
    elif attributes["rel"] == "alternate" and content_type(attributes["type"]) in HTML_TYPES:
        context["link"] = attributes["href"]


def _start_enclosure(state: Reading, attributes: Attributes) -> None:
    attributes = _with_href(attributes)
    attributes["rel"] = "enclosure"
    state.context().setdefault("links", []).append(attributes)


def _start_media_content(state: Reading, attributes: Attributes) -> None:
    state.context().setdefault("media_content", []).append(attributes)


def _start_thumbnail(state: Reading, attributes: Attributes) -> None:
    state.push("url")
    state.context().setdefault("media_thumbnail", []).append(attributes)


def _end_thumbnail(state: Reading) -> None:
    url = state.pop("url")
    if url.strip():
        state.context()["media_thumbnail"][-1].setdefault("url", url)


def _start_itunes_image(state: Reading, attributes: Attributes) -> None:
    state.push("itunes_image", False)
    if url := attributes.get("href") or attributes.get("url"):
        state.context()["image"] = {"href": url}


def _start_id(state: Reading, attributes: Attributes) -> None:
    state.is_guid_link = attributes.get("ispermalink", "true") == "true"
    state.push("id")


def _end_id(state: Reading) -> None:
    value = state.pop("id")
    context = state.context()
    context.setdefault("guidislink", state.is_guid_link and "link" not in context)
    if state.is_guid_link:
        context.setdefault("link", value)


# ---------------------------------------------------------------- dates and categories


def _date_end(name: str) -> End:
    def end(state: Reading) -> None:
        value = state.pop(name)
        context = state.context()
        # What is kept as it stands needs no judge if it is usual; a date that lies deeper than another is not kept so.
        is_asked = value and not (context.get(name) == value and read_usual(value))
        context[f"{name}_parsed"] = state.judges.read_date(value) if is_asked else None

    return end


def _add_category(state: Reading, term: str | None, scheme: str | None, label: str | None) -> None:
    tags = state.context().setdefault("tags", [])
    tag = {"term": term, "scheme": scheme, "label": label}
    if (term or scheme or label) and len(tags) < MAX_TAGS and tag not in tags:
        tags.append(tag)


def _start_category(state: Reading, attributes: Attributes) -> None:
    scheme = attributes.get("scheme", attributes.get("domain"))
    _add_category(state, attributes.get("term"), scheme, attributes.get("label"))
    state.push("category")


def _start_media_category(state: Reading, attributes: Attributes) -> None:
    attributes.setdefault("scheme", _CATEGORY_SCHEME)
    _start_category(state, attributes)


def _start_itunes_category(state: Reading, attributes: Attributes) -> None:
    _add_category(state, attributes.get("text"), _ITUNES, None)
    state.push("category")


def _end_category(state: Reading) -> None:
    value = state.pop("category")
    if not value:
        return
    tags = state.context()["tags"]
    if tags and not tags[-1]["term"]:
        tags[-1]["term"] = value
    else:
        _add_category(state, value, None, None)


def _start_keywords(name: str) -> Start:
    def start(state: Reading, attributes: Attributes) -> None:
        if attributes:
            raise OddError
        state.push(name)

    return start


def _keywords_end(name: str, scheme: str | None) -> End:
    def end(state: Reading) -> None:
        for term in state.pop(name).split(","):
            if term.strip():
                _add_category(state, term.strip(), scheme, None)

    return end


# ---------------------------------------------------------------- tables


def _pushing(name: str, is_stored: bool = True) -> Start:
    def start(state: Reading, _attributes: Attributes) -> None:
        state.push(name, is_stored)

    return start


def _popping(name: str) -> End:
    def end(state: Reading) -> None:
        state.pop(name)

    return end


_BOTH: dict[str, tuple[Start, End | None]] = {
    "author": (fast_people.start_author, fast_people.end_author),
    "category": (_start_category, _end_category),
    "channel": (_start_channel, _end_feed),
    "content": (_start_content, _end_content),
    "content_encoded": (_start_content_encoded, _end_content),
    "contributor": (fast_people.start_contributor, fast_people.end_contributor),
    "created": (_pushing("created"), _date_end("created")),
    "dc_contributor": (fast_people.start_dc_contributor, fast_people.end_dc_contributor),
    "description": (_start_description, _end_description),
    "email": (_pushing("email", False), fast_people.end_email),
    "enclosure": (_start_enclosure, None),
    "feed": (_start_feed, _end_feed),
    "id": (_start_id, _end_id),
    "image": (_start_image, _end_image),
    "info": (_content_start("info"), _content_end("info")),
    "item": (_start_item, _end_item),
    "itunes_category": (_start_itunes_category, _end_category),
    "itunes_image": (_start_itunes_image, None),
    "itunes_keywords": (_start_keywords("itunes_keywords"), _keywords_end("itunes_keywords", _ITUNES)),
    "itunes_owner": (fast_people.start_owner, fast_people.end_owner),
    "language": (_pushing("language"), _popping("language")),
    "link": (_start_link, _popping("link")),
    "media_category": (_start_media_category, _end_category),
    "media_content": (_start_media_content, None),
    "media_keywords": (_start_keywords("media_keywords"), _keywords_end("media_keywords", None)),
    "media_thumbnail": (_start_thumbnail, _end_thumbnail),
    "media_title": (_start_title, _end_media_title),
    "name": (_pushing("name", False), fast_people.end_name),
    "published": (_pushing("published"), _date_end("published")),
    "rights": (_content_start("rights"), _content_end("rights")),
    "rss": (_start_rss, None),
    "source": (_start_source, _end_source),
    "subtitle": (_content_start("subtitle"), _content_end("subtitle")),
    "summary": (_start_summary, _end_summary),
    "textinput": (_start_input, _end_input),
    "title": (_start_title, _end_title),
    "updated": (_pushing("updated"), _date_end("updated")),
    "url": (_pushing("href"), fast_people.end_url),
}
_ALL = _BOTH | {name: _BOTH[meant] for name, meant in SAME_AS.items()}
STARTS: dict[str, Start] = {name: start for name, (start, _) in _ALL.items()}
ENDS: dict[str, End] = {name: end for name, (_, end) in _ALL.items() if end}
