"""The output folder over HTTP: validators, br and gzip, ranges, security headers, health and figures.

Owns what a request gets and the socket it comes in by. Reads files only through :mod:`.files`, changes nothing, and
must not know what is inside the feeds and pages that it serves.
"""

import contextlib
import errno
import json
import logging
import re
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aggregator.errors import AggregatorError
from aggregator.web import conditional
from aggregator.web.callback import Callback, Receiver
from aggregator.web.conditional import Conditions, Unsatisfiable, Verdict
from aggregator.web.files import Folder, Served

MAX_CONNECTIONS = 500  # more get 503: a small machine stays alive
GRACE = 2  # seconds that answers under way get when the server stops

_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFETY = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_METHODS = ["GET"]  # Starlette adds HEAD; nothing here changes any state
_HTML = "text/html; charset=utf-8"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the program is, for whoever watches over it.

    Attributes:
        is_ready: The outputs may be relied on.
        reasons: Why not, or what is odd, in words.
        figures: Name (lower-case letters, digits and ``_``) and value of what is counted, for ``/metrics``.
    """

    is_ready: bool = True
    reasons: tuple[str, ...] = ()
    figures: tuple[tuple[str, float], ...] = ()


def make_app(
    folder: Path,
    *,
    health: Callable[[], Health] | None = None,
    max_age: timedelta = timedelta(minutes=5),
    clock: Callable[[], datetime] | None = None,
    receiver: Receiver | None = None,
) -> Starlette:
    """Make the web application of an output folder, which may still be empty or missing.

    Args:
        folder: What is served; every file below it may be seen but those whose path has a part beginning with a dot.
        health: Asked at each ``/readyz`` and ``/metrics``, from several threads; should take milliseconds. ``None``:
            ready as soon as there is a front page.
        max_age: How long an answer stays fresh; near the time between two builds.
        clock: The real time in UTC; no ``Last-Modified`` lies behind it. ``None``: dates of files are believed.
        receiver: Decides what WebSub hubs are answered; ``None``: there are no callbacks.
    """
    callback = Callback(receiver) if receiver else None
    face = _Face(Folder(folder), health, max_age, clock)
    app = Starlette(
        routes=[
            Route("/healthz", face.alive, methods=_METHODS),
            Route("/readyz", face.ready, methods=_METHODS),
            Route("/metrics", face.metrics, methods=_METHODS),
            *(
                [
                    Route("/websub/{token}", callback.confirm, methods=_METHODS),
                    Route("/websub/{token}", callback.deliver, methods=["POST"]),
                ]
                if callback
                else []
            ),
            Route("/{name:path}", face.file, methods=_METHODS),
        ],
        exception_handlers={404: _missing, 405: _wrong_method, Exception: _broken},
    )
    app.router.redirect_slashes = False
    return app


class _Face:
    """The endpoints. They are plain functions, so that Starlette runs them in threads and a slow disk blocks nobody."""

    def __init__(
        self,
        folder: Folder,
        health: Callable[[], Health] | None,
        max_age: timedelta,
        clock: Callable[[], datetime] | None,
    ) -> None:
        self._folder = folder
        self._health = health or self._folder_health
        self._freshness = f"public, max-age={max(0, int(max_age.total_seconds()))}"
        self._clock = clock

    def alive(self, request: Request) -> Response:
        return _json({"alive": True})

    def ready(self, request: Request) -> Response:
        health = self._ask_health()
        return _json({"ready": health.is_ready, "reasons": health.reasons}, 200 if health.is_ready else 503)

    def metrics(self, request: Request) -> Response:
        """Write the figures in the text format of Prometheus: those of the last build, and when that was."""
        health = self._ask_health()
        figures = (("ready", float(health.is_ready)), *health.figures)
        lines = [
            f"# TYPE aggregator_{name} gauge\naggregator_{name} {value:.17g}\n"
            for name, value in figures
            if re.fullmatch("[a-z][a-z0-9_]*", name)
        ]
        if (status := self._folder.read("status.json")) is not None:  # every build writes it
            at = int(status.modified_at.timestamp())
            lines.append(f"# TYPE aggregator_built_seconds gauge\naggregator_built_seconds {at}\n")
        if (built := self._folder.read("metrics.prom")) is not None:
            lines.append(built.body.decode("utf-8", "replace"))
        return _answer("".join(lines), media_type="text/plain; version=0.0.4; charset=utf-8")

    def _folder_health(self) -> Health:
        if self._folder.read("index.html") is None:
            return Health(is_ready=False, reasons=("no page has been written yet",))
        return Health()

    def _ask_health(self) -> Health:
        try:
            return self._health()
        except Exception:
            _log.exception("the health of the program cannot be told")
            return Health(is_ready=False, reasons=("the health check itself failed",))

    def file(self, request: Request) -> Response:
        name = request.scope["path"].removeprefix("/")  # the route's own pattern drops a line break at the end
        served = self._folder.read(name)
        if served is not None:
            return self._send(request, served)
        if not name:
            return _words(503, "Nothing here yet", "The first pages are still being written.", {"Retry-After": "5"})
        return _missing(request)

    def _send(self, request: Request, served: Served) -> Response:
        get = request.headers.get
        asked_range = get("range", "") if request.method == "GET" else ""
        # A range of the packed bytes helps nobody who wants to go on with a download: it is of the plain ones.
        offered = () if asked_range else tuple(served.packed)
        coding = conditional.choose_coding(_field(request, "accept-encoding"), offered)
        body, etag = served.packed.get(coding, served.body), served.etag_of(coding)
        modified_at = served.modified_at
        if self._clock is not None:  # RFC 9110 8.8.2.1
            modified_at = min(modified_at, self._clock().replace(microsecond=0))
        headers = {
            "ETag": etag,
            "Last-Modified": format_datetime(modified_at, usegmt=True),
            "Cache-Control": self._freshness,
            "Content-Security-Policy": _with_ancestors(served.policy),
        }
        if served.packed:
            headers["Vary"] = "Accept-Encoding"
        verdict = conditional.judge(_conditions(request), etag=etag, modified_at=modified_at)
        if verdict is not Verdict.SEND:
            return _bare(verdict.value, headers)
        if coding:
            return _answer(body, headers={**headers, "Content-Encoding": coding}, media_type=served.media_type)
        headers["Accept-Ranges"] = "bytes"
        if asked_range and get("if-range", etag) in (etag, headers["Last-Modified"]):
            return _part(body, asked_range, headers, served.media_type)
        return _answer(body, headers=headers, media_type=served.media_type)


def _part(body: bytes, asked_range: str, headers: dict[str, str], media_type: str) -> Response:
    try:
        chosen = conditional.choose_range(asked_range, length=len(body))
    except Unsatisfiable:
        return _bare(416, {**headers, "Content-Range": f"bytes */{len(body)}"})
    if chosen is None:
        return _answer(body, headers=headers, media_type=media_type)
    start, end = chosen
    headers = {**headers, "Content-Range": f"bytes {start}-{end - 1}/{len(body)}"}
    return _answer(body[start:end], 206, headers=headers, media_type=media_type)


def _conditions(request: Request) -> Conditions:
    return Conditions(
        if_match=_field(request, "if-match"),
        if_unmodified_since=request.headers.get("if-unmodified-since", ""),
        if_none_match=_field(request, "if-none-match"),
        if_modified_since=request.headers.get("if-modified-since", ""),
    )


def _field(request: Request, name: str) -> str:
    """Give a list header as one line: it may be sent in several. Source: RFC 9110 5.3."""
    return ", ".join(request.headers.getlist(name))


def _with_ancestors(policy: str) -> str:
    """Give the policy of a page with what a meta element cannot say: nobody may frame it."""
    if not policy or "frame-ancestors" in policy:
        return policy or _POLICY
    return f"{policy.rstrip('; ')}; frame-ancestors 'none'"


def _answer(
    body: bytes | str, status: int = 200, *, headers: dict[str, str] | None = None, media_type: str
) -> Response:
    given = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY, **_SAFETY, **(headers or {})}
    return Response(body, status, headers={**given, "Content-Type": media_type})


def _bare(status: int, headers: dict[str, str]) -> Response:
    """Answer without a body and without anything that describes one."""
    return Response(None, status, headers={**_SAFETY, **headers})


def _json(values: dict[str, object], status: int = 200) -> Response:
    return _answer(json.dumps(values, ensure_ascii=False) + "\n", status, media_type="application/json")


def _words(status: int, title: str, text: str, headers: dict[str, str] | None = None) -> Response:
    page = (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>\n'
        f'<body><main><h1>{title}</h1>\n<p>{text} <a href="/">Top headlines</a></p></main></body>\n</html>\n'
    )
    return _answer(page, status, headers=headers, media_type=_HTML)


def _missing(request: Request, error: Exception | None = None) -> Response:
    return _words(404, "No such page", "There is nothing at this address, or not any more.")


def _wrong_method(request: Request, error: Exception) -> Response:
    return _words(405, "Only for reading", "This server can only be read from.", {"Allow": "GET, HEAD"})


def _broken(request: Request, error: Exception) -> Response:
    return _words(500, "Something broke", "The server met a mistake of its own; its log says more.")


def _listen(host: str, port: int) -> socket.socket:
    """Open the socket ourselves, so that a failure is an error in words and port 0 has a number at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AggregatorError(f"{host} is no address of this machine; set host in [settings] or use --host") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen()
    except OSError as error:
        opened.close()
        raise AggregatorError(_why_not(error, host, port)) from error
    return opened


def _why_not(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} is taken; set port in [settings] or use --port"
        case errno.EACCES:
            return f"port {port} needs the rights of an administrator; set port in [settings] or use --port"
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine; set host in [settings] or use --host"
    return f"cannot listen on {host}, port {port}: {(error.strerror or 'unknown error').lower()}"


def _address_of(opened: socket.socket) -> str:
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _uvicorn(app: Starlette) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,  # its words go where all others go
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=GRACE,
        )
    )


def serve(
    app: Starlette, host: str = "127.0.0.1", port: int = 8080, *, say: Callable[[str], None] | None = None
) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM), then return. Only for the main thread.

    Args:
        app: From :func:`make_app`.
        host: Where to listen.
        port: Where to listen; 0: any free port.
        say: Is told the address once connections are taken.

    Raises:
        AggregatorError: It cannot listen there, in words.
    """
    opened = _listen(host, port)
    if say is not None:
        say(_address_of(opened))
    # When uvicorn has ended in good order it raises the signal once more, for whoever had the handler before it.
    before = signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            _uvicorn(app).run(sockets=[opened])
    finally:
        signal.signal(signal.SIGTERM, before)


class Server:
    """The same in a thread of its own, beside the daemon or the demo."""

    def __init__(self, app: Starlette, host: str = "127.0.0.1", port: int = 8080) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._running: tuple[uvicorn.Server, threading.Thread] | None = None

    def start(self) -> str:
        """Begin to serve and give the address, with the real port where 0 was asked for.

        Connections are taken from now on. Raises AggregatorError in words if it cannot listen there.
        """
        if self._running is not None:
            raise RuntimeError("the server runs already")
        opened = _listen(self._host, self._port)
        address = _address_of(opened)
        server = _uvicorn(self._app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, name="web", daemon=True)
        self._running = (server, thread)
        thread.start()
        return address

    def stop(self) -> None:
        """End within about ``GRACE`` seconds; harmless when it does not run."""
        if self._running is not None:
            server, thread = self._running
            server.should_exit = True
            thread.join(GRACE + 3)
            self._running = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()
