"""Decide what is asked of WebSub hubs, and whom a callback believes. Pure: takes ``now``, returns values.

A hub's address comes from a feed, so it is hostile: it is asked by https only, with a secret and a callback of its own.
It may add articles to the one source that named it, as that source itself may, and nothing else. Pushing never replaces
polling: a hub that is silent, lies or breaks off costs some hours at most.

Source: WebSub, W3C Recommendation 2018: 4 discovery, 5 subscribing, 7 delivery, 8 authenticated delivery.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlencode, urlsplit

from aggregator.dataclass import dataclass, replace
from aggregator.intake.fetching.addresses import AllowList, is_named, why_refused
from aggregator.intake.hubs.link_header import read_links
from aggregator.intake.hubs.pushed import is_fresh
from aggregator.intake.urls import host_of
from aggregator.markup import one_line, safe_url
from aggregator.model import Fetched, Letter, ParsedFeed, SourceState, Subscription

LEASE = timedelta(days=10)  # what is asked for; the hub decides
DEFAULT_LEASE = timedelta(days=1)  # of a hub that does not say
LONGEST_LEASE = timedelta(days=30)  # what is promised beyond is asked for again all the same
RENEW_AT = 0.8  # of the lease
RENEW_AT_LEAST = timedelta(minutes=5)  # after it began, however short it is
FIRST_WAIT = timedelta(hours=1)  # for a hub to confirm; doubled with every failure
LONGEST_WAIT = timedelta(hours=24)
N_GOODBYES = 3  # attempts to unsubscribe; a hub that does not hear gets 410 for what it delivers later
MAX_HUBS = 5
MAX_PER_HOST, MAX_HOSTS = 5, 8  # asked in one tick
MAX_CHALLENGE = 2_000  # characters

_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")

Mint = Callable[[], str]
"""Gives a text that nobody can guess, of letters, digits, "-" and "_"."""


# ---------------------------------------------------------------- discovery


def discovered(fetched: Fetched, parsed: ParsedFeed) -> tuple[tuple[str, ...], str]:
    """Give the hubs of a feed and its topic, the address under which they know it; ``((), "")``: no hub.

    What the headers say goes before what the body says. Source: WebSub 4.
    """
    links = [each for each in read_links(fetched.link) if each.anchor is None]
    hubs, selves = (
        [url for each in links if relation in each.relations and (url := safe_url(each.target, fetched.url))]
        for relation in ("hub", "self")
    )
    found = tuple(dict.fromkeys(hubs or parsed.hubs))[:MAX_HUBS]
    return (found, (selves[:1] or [parsed.self_url or fetched.url])[0]) if found else ((), "")


def usable_hubs(hubs: Sequence[str], allowed: AllowList) -> tuple[str, ...]:
    """Give the hubs that may be asked, in their order."""
    return tuple(hub for hub in hubs if is_usable(hub, allowed))


def is_usable(hub: str, allowed: AllowList) -> bool:
    """Tell whether a hub may be told a secret: by http, where others can read it, only if ``allow_hosts`` names it."""
    parts = urlsplit(hub)
    if parts.scheme == "https":
        return True
    return parts.scheme == "http" and is_named(parts.hostname or "", port=parts.port or 80, allowed=allowed)


def is_public(base_url: str, allowed: AllowList) -> bool:
    """Tell whether hubs can reach the callbacks: not on a private address or a name without a domain."""
    parts = urlsplit(base_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if is_named(host, port=port, allowed=allowed):
        return True
    try:
        ip_address(host)
    except ValueError:
        return "." in host.strip(".") and not host.rstrip(".").endswith((".local", ".localhost", ".internal"))
    return not why_refused(host, host=host, port=port, allowed=allowed)


# ---------------------------------------------------------------- asking hubs


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do now.

    Attributes:
        ask: To be saved and then sent to their hubs; those that are leaving are unsubscribed.
        drop: Tokens of subscriptions to be forgotten.
    """

    ask: tuple[Subscription, ...] = ()
    drop: tuple[str, ...] = ()


def plan(
    subscriptions: Sequence[Subscription],
    states: Sequence[SourceState],
    *,
    base_url: str,
    is_on: bool,
    allowed: AllowList,
    mint: Mint,
    now: datetime,
) -> Plan:
    """Decide which hubs are asked now and which subscriptions are over.

    A source has one subscription at a time, with one of its hubs; the next one is tried when a hub does not confirm.
    One that no longer fits (another hub, topic or address of ours) is left when it would be renewed.

    Args:
        subscriptions: All.
        states: Of the subscribed sources.
        base_url: Where hubs reach us.
        is_on: Hubs are to be used at all.
        allowed: What ``allow_hosts`` names.
        mint: For tokens and secrets.
        now: The time.
    """
    hubs_by_url = {each.url: usable_hubs(each.hubs, allowed) for each in states} if is_on else {}
    topic_by_url = {each.url: each.topic for each in states}
    asked: list[tuple[Subscription, str]] = []  # with the token that it takes the place of
    drop: list[str] = []
    served: set[str] = set()
    for each in sorted(subscriptions, key=lambda each: (each.next_at, each.token)):
        url = each.source_url
        hubs = hubs_by_url.get(url)
        is_kept = hubs is not None and url not in served and not each.is_leaving
        if hubs is not None and is_kept and now >= each.next_at:
            is_ours = each.callback == _callback(base_url, each.token)
            is_kept = is_ours and each.named in hubs and each.topic == topic_by_url[url]
            if is_kept:
                again = _again(each, hubs, base_url, mint, now)
                asked.append((again, each.token if again.token != each.token else ""))
        if is_kept:
            served.add(url)
        elif _is_over(each, now):
            drop.append(each.token)
        elif not each.is_leaving or now >= each.next_at:
            asked.append((_goodbye(each, now), ""))
    for url, hubs in sorted(hubs_by_url.items()):
        if hubs and url not in served:
            asked.append((_new(url, hubs[0], topic_by_url[url], base_url, mint, now), ""))
    chosen = _bounded(asked)
    return Plan(ask=tuple(each for each, _ in chosen), drop=(*drop, *(token for _, token in chosen if token)))


def _is_over(each: Subscription, now: datetime) -> bool:
    """Tell whether a subscription that is not wanted is over: nothing comes any more, or its hub does not hear."""
    is_deaf = each.is_leaving and each.n_failures + 1 >= N_GOODBYES and now >= each.next_at
    return is_deaf or each.lease_until is None or each.lease_until <= now


def _goodbye(each: Subscription, now: datetime) -> Subscription:
    n_failures = each.n_failures + 1 if each.is_leaving else 0
    return replace(
        each, is_leaving=True, n_failures=n_failures, error="", asked_at=now, next_at=now + _wait(n_failures)
    )


def _again(each: Subscription, hubs: Sequence[str], base_url: str, mint: Mint, now: datetime) -> Subscription:
    """Renew, or try once more; with the next hub if this one does not confirm and delivers nothing any more."""
    if each.verified_at is not None and each.verified_at >= each.asked_at:
        return replace(each, n_failures=0, error="", asked_at=now, next_at=now + FIRST_WAIT)
    n_failures = each.n_failures + 1
    wait = _wait(n_failures)
    if is_fresh(each, now):
        return replace(each, n_failures=n_failures, asked_at=now, next_at=now + wait)
    hub = hubs[(hubs.index(each.named) + 1) % len(hubs)]
    new = _new(each.source_url, hub, each.topic, base_url, mint, now)
    return replace(new, n_failures=n_failures, next_at=now + wait, error=each.error)


def _callback(base_url: str, token: str) -> str:
    return f"{base_url}websub/{token}"


def _new(url: str, hub: str, topic: str, base_url: str, mint: Mint, now: datetime) -> Subscription:
    token = mint()
    return Subscription(
        token=token,
        callback=_callback(base_url, token),
        source_url=url,
        named=hub,
        hub=hub,
        topic=topic,
        secret=mint(),
        asked_at=now,
        next_at=now + FIRST_WAIT,
    )


def _wait(n_failures: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(n_failures, 10)), LONGEST_WAIT)


def _bounded(asked: Sequence[tuple[Subscription, str]]) -> list[tuple[Subscription, str]]:
    """Give so many that a tick stays short and no hub is flooded; the others come later."""
    n_by_host: dict[str, int] = {}
    chosen = []
    for each, replaced in asked:
        host = host_of(each.hub)
        if host not in n_by_host and len(n_by_host) >= MAX_HOSTS:
            continue
        n_by_host[host] = n_by_host.get(host, 0) + 1
        if n_by_host[host] <= MAX_PER_HOST:
            chosen.append((each, replaced))
    return chosen


def form_of(each: Subscription) -> bytes:
    """Give the form that a hub is sent. Source: WebSub 5.1."""
    fields = {
        "hub.callback": each.callback,
        "hub.mode": "unsubscribe" if each.is_leaving else "subscribe",
        "hub.topic": each.topic,
    }
    if not each.is_leaving:
        fields |= {"hub.lease_seconds": str(int(LEASE.total_seconds())), "hub.secret": each.secret}
    return urlencode(fields).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAnswer:
    """What a hub answered to being asked.

    Attributes:
        error: Why it did not accept, in words; empty: it did, and will confirm.
        moved_to: Where it redirected; empty: nowhere.
        retry_after: How long it wants to be left alone; ``None``: it did not say.
        status: HTTP status; 0: no answer.
    """

    error: str = ""
    moved_to: str = ""
    retry_after: timedelta | None = None
    status: int = 0


def after_answer(each: Subscription, answer: HubAnswer) -> Subscription:
    """Give what is to be remembered after a hub was asked; equal to ``each``: nothing new."""
    if not answer.error:
        return replace(each, error="")
    wait = min(max(each.next_at - each.asked_at, answer.retry_after or timedelta(0)), LONGEST_WAIT)
    return replace(each, error=answer.error, next_at=each.asked_at + wait)


def moved(each: Subscription, hub: str, *, base_url: str, mint: Mint) -> Subscription:
    """Give the subscription at the hub to which one redirected.

    Token and secret are new: what the first hub was told is void, and the second never sees it. Source: WebSub 5.1
    leaves the POST to 307 and 308; hubs send 301 and 302, too.
    """
    if each.is_leaving:
        return replace(each, hub=hub)
    token = mint()
    callback = _callback(base_url, token)
    return replace(
        each, hub=hub, token=token, callback=callback, secret=mint(), begun_at=None, verified_at=None, lease_until=None
    )


# ---------------------------------------------------------------- what hubs say


def is_token(text: str) -> bool:
    """Tell whether a text can be a token: others are not looked up."""
    return _TOKEN.fullmatch(text) is not None


def answer_of(each: Subscription | None, asked: Mapping[str, str], *, now: datetime) -> tuple[str, Letter] | None:
    """Answer a hub that wants to know whether we asked, or that denies; ``None``: 404, it was not asked that.

    Args:
        each: The subscription of the callback; ``None``: there is none.
        asked: The query, ``hub.mode`` and so on.
        now: The time.

    Returns:
        The text of the answer, and what is to be kept. Source: WebSub 5.2, 5.3.
    """
    if each is None or asked.get("hub.topic", "") != each.topic:
        return None
    mode, challenge = asked.get("hub.mode", ""), asked.get("hub.challenge", "")
    if mode == "denied":
        reason = one_line(asked.get("hub.reason", "")[:1000])[:200]
        return "", Letter(token=each.token, kind="denied", at=now, reason=reason)
    if mode != ("unsubscribe" if each.is_leaving else "subscribe") or not 0 < len(challenge) <= MAX_CHALLENGE:
        return None
    kind: Literal["unsubscribed", "subscribed"] = "unsubscribed" if each.is_leaving else "subscribed"
    return challenge, Letter(token=each.token, kind=kind, at=now, lease=_lease_of(asked.get("hub.lease_seconds", "")))


def _lease_of(seconds: str) -> timedelta:
    if not re.fullmatch(r"[0-9]{1,12}", seconds):
        return DEFAULT_LEASE
    return min(timedelta(seconds=int(seconds)), LONGEST_LEASE)


def is_signed(body: bytes, signatures: Sequence[str], secret: str) -> bool:
    """Tell whether one of the signatures ("sha256=…") is that of the body. Source: WebSub 8; RFC 2104."""
    for each in signatures:
        method, _, given = each.strip().partition("=")
        if method.lower() not in _METHODS:
            continue
        expected = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
        if hmac.compare_digest(expected.encode(), given.strip().lower().encode("utf-8", "replace")):
            return True
    return False


def after_letter(each: Subscription, letter: Letter) -> Subscription | None:
    """Give the subscription after what its hub said; ``None``: it is over."""
    match letter.kind:
        case "content":
            return each
        case "unsubscribed":
            return None if each.is_leaving else each
        case "denied":
            reason = f"the hub refused: {letter.reason}" if letter.reason else "the hub refused"
            return replace(
                each, begun_at=None, verified_at=None, lease_until=None, error=reason, next_at=letter.at + LONGEST_WAIT
            )
        case "subscribed":
            if each.is_leaving:
                return each
            return replace(
                each,
                begun_at=each.begun_at or letter.at,
                verified_at=letter.at,
                lease_until=letter.at + letter.lease,
                next_at=letter.at + max(RENEW_AT * letter.lease, RENEW_AT_LEAST),
                n_failures=0,
                error="",
            )
