"""Tell a WebSub hub that feeds changed: once for each change, again only where it did not hear.

Owns the request and its repetition; what changed and what waits for the next time is the caller's to know. A hub is an
address that the owner of this site wrote into feeds.toml, not one that a feed gave.

Source: WebSub (W3C Recommendation 2018), 7: the request is left to hubs; all of them take ``hub.mode=publish`` with
``hub.url``, and the newer ones ``hub.topic``.
"""

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from typing import IO
from urllib.parse import urlencode

TIMEOUT = timedelta(seconds=10)
WAITS = (timedelta(seconds=1), timedelta(seconds=4))  # before the second and the third attempt
_AGAIN = frozenset({0, 408, 425, 429})  # besides 5xx: the same request may do better later

Post = Callable[[str, bytes], int]
"""Posts a form to an address; gives the status of the answer, 0 where there was none. Never raises."""
Pause = Callable[[timedelta], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinged:
    """What became of the topics of a ping.

    Attributes:
        accepted: The hub knows.
        refused: The hub said no; to ask again would change nothing.
        failed: The hub did not hear; to be told the next time.
    """

    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def _sleep(length: timedelta) -> None:
    time.sleep(length.total_seconds())


def ping(hub_url: str, topic_urls: Sequence[str], post: Post, *, pause: Pause = _sleep) -> Pinged:
    """Tell a hub of each topic, up to three times while it does not hear. Each topic is told once it was accepted.

    Args:
        hub_url: The hub.
        topic_urls: Addresses of feeds that changed; one that stands twice is told once.
        post: How a form is posted, :func:`post_form` outside of tests.
        pause: How to wait.
    """
    status_by_topic = dict.fromkeys(topic_urls, 0)
    for wait in (timedelta(), *WAITS):
        waiting = [topic for topic, status in status_by_topic.items() if _is_worth_again(status)]
        if not waiting:
            break
        if wait:
            pause(wait)
        for topic in waiting:
            form = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
            status_by_topic[topic] = post(hub_url, form.encode())
    return Pinged(
        accepted=tuple(topic for topic, status in status_by_topic.items() if 200 <= status < 300),
        refused=tuple(t for t, status in status_by_topic.items() if status >= 300 and not _is_worth_again(status)),
        failed=tuple(topic for topic, status in status_by_topic.items() if _is_worth_again(status)),
    )


def _is_worth_again(status: int) -> bool:
    return status in _AGAIN or status >= 500


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leave a redirect unfollowed: the library would turn the POST into a GET, which tells the hub nothing."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def post_form(url: str, form: bytes) -> int:
    """Post a form; see :data:`Post`."""
    request = urllib.request.Request(  # noqa: S310 - the configuration takes http and https only
        url, data=form, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=TIMEOUT.total_seconds()) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (OSError, ValueError):  # no answer, or one that is not HTTP
        return 0
