"""The addresses at which WebSub hubs speak to us: ``GET`` asks whether we subscribed, ``POST`` delivers.

Owns HTTP only: who may speak and what is kept is the receiver's to decide. Reads a body up to the limit that belongs to
its subscription, within a deadline, and only few at a time, for whoever knows such an address may be hostile.

Source: WebSub 5.2, 5.3, 7.
"""

import asyncio
import logging
from collections import Counter
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from aggregator.errors import AggregatorError

AT_ONCE = 8  # bodies that are being read; each takes up to its source's max_bytes of memory
AT_ONCE_OF_ONE = 2
SECONDS = 30.0  # for a whole body
AGAIN = "600"  # seconds after which a hub may try once more

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_log = logging.getLogger(__name__)


class Receiver(Protocol):
    """Decides what callbacks are answered. Called from several threads at once; may raise ``AggregatorError``."""

    def confirm(self, token: str, asked: dict[str, str]) -> str | None:
        """Give the text that confirms what a hub asks; ``None``: it was not asked that."""

    def limit(self, token: str) -> int | None:
        """Give how many bytes a delivery may have; ``None``: there is no such subscription."""

    def receive(self, token: str, body: bytes, *, signatures: tuple[str, ...], content_type: str) -> None:
        """Keep a delivery if it is signed as agreed, else forget it: its sender is not to learn which."""


class Callback:
    """The endpoints."""

    def __init__(self, receiver: Receiver, *, seconds: float = SECONDS) -> None:
        self._receiver = receiver
        self._seconds = seconds
        self._n_by_token: Counter[str] = Counter()

    def confirm(self, request: Request) -> Response:
        """Answer a hub that wants to know whether we asked for what it was asked for."""
        try:
            text = self._receiver.confirm(request.path_params["token"], dict(request.query_params))
        except AggregatorError as error:
            return _later(error)
        if text is None:
            return _plain(404)
        return _plain(200, text)

    async def deliver(self, request: Request) -> Response:
        """Take a delivery."""
        token = request.path_params["token"]
        try:
            limit = await run_in_threadpool(self._receiver.limit, token)
            if limit is None:
                return _plain(410)  # so that a hub that did not hear us leave ends it
            if request.headers.get("content-encoding", "identity").lower() != "identity":
                return _plain(415)
            if self._n_by_token.total() >= AT_ONCE or self._n_by_token[token] >= AT_ONCE_OF_ONE:
                return _later("too many deliveries at once")
            self._n_by_token[token] += 1
            try:
                return await self._take(request, token, limit)
            finally:
                self._n_by_token[token] -= 1
                if not self._n_by_token[token]:
                    del self._n_by_token[token]
        except AggregatorError as error:
            return _later(error)
        except ClientDisconnect:
            return _plain(400)

    async def _take(self, request: Request, token: str, limit: int) -> Response:
        try:
            async with asyncio.timeout(self._seconds):
                body = await _read(request, limit)
        except TimeoutError:
            return _plain(408)
        if body is None:
            return _plain(413)
        await run_in_threadpool(
            self._receiver.receive,
            token,
            body,
            signatures=tuple(
                request.headers.getlist("x-hub-signature") + request.headers.getlist("x-hub-signature-256")
            ),
            content_type=request.headers.get("content-type", ""),
        )
        return _plain(204)


async def _read(request: Request, limit: int) -> bytes | None:
    """Give the body; ``None``: it is longer than it may be."""
    claimed = request.headers.get("content-length", "")
    if claimed.isascii() and claimed.isdigit() and int(claimed[:20]) > limit:
        return None
    chunks = []
    n_bytes = 0
    async for chunk in request.stream():
        n_bytes += len(chunk)
        if n_bytes > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _plain(status: int, text: str = "") -> Response:
    if status == 204:
        return Response(None, 204, headers=_HEADERS)
    return Response(text, status, headers={**_HEADERS, "Content-Type": "text/plain; charset=utf-8"})


def _later(reason: object) -> Response:
    _log.warning("a hub is asked to come again: %s", reason)
    return Response(None, 503, headers={**_HEADERS, "Retry-After": AGAIN})
