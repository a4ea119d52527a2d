"""Authors and other people, as the fast reader meets them: feedparser's rules for names and addresses. Pure."""

import re

from aggregator.intake.reading.fast_state import MAX_AUTHOR, Attributes, Mapping, Reading

_EMAIL = re.compile(
    r"(?<![a-zA-Z0-9\_\-\.\+])"  # finds the same as without it, but tries each word once
    r"(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))"
    r"([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"
)


def start_author(state: Reading, _attributes: Attributes) -> None:
    """Begin an author."""
    state.is_in_author = True
    state.push("author")
    state.context().setdefault("authors", []).append({})


def end_author(state: Reading) -> None:
    """End an author."""
    state.pop("author")
    state.is_in_author = False
    _agree_on_author(state.context())


def start_contributor(state: Reading, _attributes: Attributes) -> None:
    """Begin a contributor, who is no author."""
    state.is_in_contributor = True
    state.push("contributor", False)


def end_contributor(state: Reading) -> None:
    """End a contributor."""
    state.pop("contributor")
    state.is_in_contributor = False


def start_dc_contributor(state: Reading, _attributes: Attributes) -> None:
    """Begin a contributor in a word."""
    state.is_in_contributor = True
    state.push("name", False)


def end_dc_contributor(state: Reading) -> None:
    """End a contributor in a word."""
    end_name(state)
    state.is_in_contributor = False


def start_owner(state: Reading, _attributes: Attributes) -> None:
    """Begin a podcast's owner."""
    state.is_in_publisher = True
    state.push("publisher", False)


def end_owner(state: Reading) -> None:
    """End a podcast's owner."""
    state.pop("publisher")
    state.is_in_publisher = False


def end_name(state: Reading) -> None:
    """End a name."""
    _save_author(state, "name", state.pop("name"))


def end_email(state: Reading) -> None:
    """End an e-mail address."""
    _save_author(state, "email", state.pop("email"))


def end_url(state: Reading) -> None:
    """End an address: a person's, or any other."""
    value = state.pop("href")
    if state.is_in_author:
        _save_author(state, "href", value)


def _save_author(state: Reading, key: str, value: str) -> None:
    """Keep a part of an author; that of an owner is written over the author's, too: so does feedparser."""
    if not (state.is_in_publisher and key != "href") and not state.is_in_author:
        return
    context = state.context()
    if not state.is_in_publisher or key == "href":
        context.setdefault("author_detail", {})[key] = value
    _agree_on_author(context)
    context.setdefault("authors", [{}])[-1][key] = value


def _agree_on_author(context: Mapping) -> None:
    """Make one text of an author's parts, or parts of one text."""
    detail = context.get("authors", [{}])[-1]
    if detail:
        name, email = detail.get("name"), detail.get("email")
        if name or email:
            context["author"] = f"{name} ({email})" if name and email else name or email
        return
    author = context.get("author")
    if not author:
        return
    author = context["author"] = author[:MAX_AUTHOR]
    email = ""
    if found := _EMAIL.search(author):
        email = found[0]
        author = author.replace(email, "").replace("()", "").replace("<>", "").replace("&lt;&gt;", "").strip()
        author = author.removeprefix("(").removesuffix(")").strip()
    if author or email:
        context.setdefault("author_detail", detail)
    if author:
        detail["name"] = author
    if email:
        detail["email"] = email
