"""One POST to the model's endpoint, with a hard end.

Owns the connection: the whole call within one deadline, the answer within a size, no redirects, no key over an open
line. Part of the optional writer, whose judgement is :mod:`aggregator.summaries.llm`'s. Must not read the answer.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

_CHUNK = 16_384
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MAX_RETRY_AFTER = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the endpoint answered. ``retry_after``: how long it asked to be left alone; ``None``: it did not say."""

    status: int
    body: bytes
    retry_after: timedelta | None = None


class PostFailed(Exception):  # noqa: N818 - an outcome of a call, named like the fetcher's
    """No answer can be had; the message says why, and never holds the key."""


Post = Callable[[bytes], Reply]


def http_post(endpoint: str, *, key: str, timeout: timedelta, max_bytes: int) -> Post:
    """Make the function that sends a chat completion to an endpoint.

    Args:
        endpoint: Base address; "/chat/completions" is added.
        key: Sent as a bearer token; empty: none is sent.
        timeout: For one whole call.
        max_bytes: Of an answer.

    Raises:
        ValueError: The address is unusable, or the key would cross the network in the open.
    """
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"the endpoint must be an http(s) address, not {endpoint!r}")
    if key and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError(f"the key would be sent to {parts.hostname} unencrypted: use https")
    path = parts.path.rstrip("/") + "/chat/completions"
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    host, port, is_secure = parts.hostname, parts.port, parts.scheme == "https"

    def post(payload: bytes) -> Reply:
        ends_at = time.monotonic() + timeout.total_seconds()
        seconds = timeout.total_seconds()
        connection = (
            http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
            if is_secure
            else http.client.HTTPConnection(host, port, timeout=seconds)
        )
        # A timeout of the socket is for each piece; headers sent byte by byte would outlast any of those.
        watch = threading.Timer(seconds, _hang_up, (connection,))
        watch.start()
        try:
            connection.request("POST", path, body=payload, headers=headers)
            response = connection.getresponse()
            body = _read(response, ends_at, max_bytes)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, TimeoutError) or time.monotonic() >= ends_at:
                raise PostFailed(f"no whole answer within {seconds:g} s") from error
            raise PostFailed(f"the endpoint cannot be reached: {type(error).__name__}") from error
        finally:
            watch.cancel()
            connection.close()
        return Reply(status=response.status, body=body, retry_after=_retry_after(response.getheader("Retry-After")))

    return post


def _hang_up(connection: http.client.HTTPConnection) -> None:
    line = connection.sock
    if line is not None:
        with contextlib.suppress(OSError):  # it may be closed already
            line.shutdown(socket.SHUT_RDWR)


def _read(response: http.client.HTTPResponse, ends_at: float, max_bytes: int) -> bytes:
    """Read an answer piece by piece, so that neither a slow nor an endless one holds us."""
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(_CHUNK):
        size += len(piece)
        if size > max_bytes:
            raise PostFailed(f"the answer is longer than {max_bytes} bytes")
        pieces.append(piece)
    if time.monotonic() >= ends_at:
        raise TimeoutError
    return b"".join(pieces)


def _retry_after(value: str | None) -> timedelta | None:
    """Read Retry-After in seconds; a date is taken for "not now". Source: RFC 9110, section 10.2.3."""
    if value is None:
        return None
    text = value.strip()
    return (
        timedelta(seconds=min(int(text), _MAX_RETRY_AFTER))
        if text.isdecimal() and len(text) < 9
        else timedelta(hours=1)
    )
