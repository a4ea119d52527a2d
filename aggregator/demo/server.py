"""The loopback server that replays the recording.

Owns HTTP: which status, headers and bytes a publisher's feed has at the virtual now. Must not change the recording and
must not read a clock: time passes only through :meth:`DemoServer.set_now`.
"""

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aggregator.demo.feeds import changed_at, content_type, render_feed, truncated
from aggregator.demo.recorded import Publisher, Recording, load_recording

__all__ = ["FROM_AT", "STEPS", "UNTIL_AT", "DemoServer", "Reply", "config_text", "load_recording", "reply_for"]

FROM_AT = datetime(2026, 1, 13, 6, tzinfo=UTC)
UNTIL_AT = datetime(2026, 1, 16, 0, tzinfo=UTC)
# When the demo polls: often enough that stories grow step by step, seldom enough that the replay takes seconds. Between
# 20:00 and 04:00 the third and fourth report of the Nara summit come, so that this story is seen with 1, 2 and 4.
STEPS: tuple[datetime, ...] = tuple(
    datetime(2026, 1, day, hour, tzinfo=UTC)
    for day, hour in (
        (13, 8), (13, 12), (13, 16), (13, 20),
        (14, 4), (14, 10), (14, 16), (14, 21),
        (15, 4), (15, 12), (15, 18), (16, 0),
    )
)  # fmt: skip

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head><meta charset="utf-8"><title>{name}</title></head>
<body><h1>{name}</h1><p>Our feed has moved. Please look for it in our app.</p></body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server answers. ``headers`` in the order in which they are sent."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class _Listener(ThreadingHTTPServer):
    """A server that all publishers' sources may ask in the same instant.

    With the usual queue of 5 the kernel drops the sixth connection, whose client then waits a whole second.
    """

    request_queue_size = 64


class DemoServer:
    """Serves every publisher's feed as it stands at the virtual now, on 127.0.0.1 and a free port."""

    def __init__(self, recording: Recording | None = None) -> None:
        self._recording = recording or load_recording()
        self._now = FROM_AT
        self._server: _Listener | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "DemoServer":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Base address without a slash at its end; empty while the server is down."""
        return f"http://127.0.0.1:{self._server.server_address[1]}" if self._server else ""

    def start(self) -> str:
        """Start serving in a thread of its own and return the base address. A started server stays as it is."""
        if self._server is None:
            self._server = _Listener(("127.0.0.1", 0), self._handler())
            self._server.daemon_threads = True
            self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            self._thread.start()
        return self.address

    def stop(self) -> None:
        """Stop serving and give back the port. Safe to repeat."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None

    def set_now(self, now: datetime) -> None:
        """Move the virtual clock."""
        self._now = now

    def reply(self, path: str, if_none_match: str = "", if_modified_since: str = "") -> Reply:
        """Answer a GET at the virtual now. ``https://NAME.example/feed`` is served as ``/NAME.example/feed``."""
        publisher = self._recording.publisher(path.split("/")[1]) if path.startswith("/") else None
        if publisher is None or path != f"/{publisher.domain}/feed":
            return Reply(status=HTTPStatus.NOT_FOUND)
        return reply_for(publisher, self._now, Validators(etag=if_none_match, last_modified=if_modified_since))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        demo = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.headers
                reply = demo.reply(self.path, asked.get("If-None-Match", ""), asked.get("If-Modified-Since", ""))
                self.send_response_only(reply.status)  # without Date and Server: no clock, no version
                for name, value in reply.headers:
                    self.send_header(name, value)
                if reply.status != HTTPStatus.NOT_MODIFIED:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *args: object) -> None:
                """Say nothing: stderr is the aggregator's."""

        return Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a client sent back of an earlier answer, raw; empty: nothing."""

    etag: str = ""
    last_modified: str = ""


NO_VALIDATORS = Validators()


def reply_for(publisher: Publisher, now: datetime, known: Validators = NO_VALIDATORS) -> Reply:
    """Answer for one publisher at ``now``."""
    fault = publisher.fault_at(now)
    if fault == "server error":
        return Reply(status=HTTPStatus.INTERNAL_SERVER_ERROR, headers=(("Content-Type", "text/plain"),), body=b"Oops\n")
    if fault == "page":
        page = _PAGE.format(lang=publisher.lang, name=publisher.name).encode()
        return Reply(status=HTTPStatus.OK, headers=(("Content-Type", "text/html; charset=utf-8"),), body=page)
    body = render_feed(publisher, now)
    headers = [("Content-Type", content_type(publisher))]
    if fault == "truncated":
        return Reply(status=HTTPStatus.OK, headers=tuple(headers), body=truncated(body))
    if publisher.has_validators:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers.append(("ETag", etag))
        last_modified = _http_date(changed_at(publisher, now))
        if last_modified:
            headers.append(("Last-Modified", last_modified))
        if _is_current(known, etag, last_modified):
            return Reply(status=HTTPStatus.NOT_MODIFIED, headers=tuple(headers[1:]))
    return Reply(status=HTTPStatus.OK, headers=tuple(headers), body=body)


def _is_current(known: Validators, etag: str, last_modified: str) -> bool:
    """Compare validators. With If-None-Match the date is not looked at. Source: RFC 9110, 13.2.2."""
    if known.etag:
        return etag in [each.strip().removeprefix("W/") for each in known.etag.split(",")]
    return bool(last_modified) and known.last_modified == last_modified


def _http_date(moment: datetime | None) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True) if moment else ""


def config_text(base_address: str, *, base_url: str = "http://127.0.0.1:8080/") -> str:
    """Write the ``feeds.toml`` of the demo: every recorded publisher, three output feeds.

    The feeds stand there under their own ``.example`` addresses, so that article and story ids do not depend on the
    port that the server happens to get; whoever fetches must ask the server instead (:meth:`DemoServer.reply`).

    Args:
        base_address: Of the running server, as :meth:`DemoServer.start` returns it.
        base_url: Where the outputs are published.
    """
    recording = load_recording()
    host = base_address.rstrip("/").partition("://")[2]
    parts = [_CONFIG_HEAD.format(base_url=_toml(base_url), allowed=_toml(host))]
    for publisher in recording.publishers:
        tags = ", ".join(_toml(tag) for tag in publisher.tags)
        parts.append(
            "[[feeds]]\n"
            f"url = {_toml(publisher.feed_url)}\n"
            f"name = {_toml(publisher.name)}\n"
            f"publisher = {_toml(publisher.domain)}\n"
            f"lang = {_toml(publisher.lang)}\n"
            f"tags = [{tags}]\n"
        )
    parts.append(_CONFIG_OUTPUTS)
    return "\n".join(parts)


def _toml(text: str) -> str:
    """Write a TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


# The intervals are shorter than the shortest step, so that each step finds every healthy source due.
_CONFIG_HEAD = """\
# Written by `aggregator demo`: three recorded days of made-up publishers on a loopback server.
[settings]
title = "Top Headlines"
base_url = {base_url}
allow_hosts = [{allowed}]

[defaults]
min_interval = "15m"
max_interval = "2h"
"""

_CONFIG_OUTPUTS = """\
[[outputs]]
slug = "top"
title = "Top Headlines"
min_publishers = 1
max_entries = 60

[[outputs]]
slug = "world"
title = "World"
tags = ["world"]
min_publishers = 2

[[outputs]]
slug = "technology"
title = "Technology"
tags = ["technology"]
min_publishers = 1
"""
