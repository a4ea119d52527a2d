"""The files of the output folder as they are sent: which may be seen, of what type, with which validators.

Owns the way from the path of a request to bytes in memory. Must never give a byte from outside its folder, and knows
nothing of HTTP requests.
"""

import gzip
import hashlib
import html
import os
import re
import stat
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import brotli

CACHE_BYTES = 32 * 2**20  # a front page, all feeds and some hundred story pages
GZIP_LEVEL = 6  # 9 takes three times as long for 1 % less
BROTLI_LEVEL = 5  # a story page of 39 kB: 9.4 kB in 2 ms; 11 gives 8.4 kB in 40 ms, and gzip 10.1 kB
SMALLEST_PACKED = 500  # bytes; below, the header of gzip eats what it saves

_JSON_FEED = b"https://jsonfeed.org/version/"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".eml": "message/rfc822",
    ".rss": "application/rss+xml; charset=utf-8",
    ".json": "application/json",
    ".opml": "text/x-opml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".xsl": "application/xslt+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".prom": "text/plain; version=0.0.4; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
}
_PACKED = frozenset({".png", ".jpg", ".webp", ".ico"})  # gzip would only make them larger
# Pages carry their own policy, with the hashes of their script and style; our templates put it first in the head,
# before any text of a feed, and such text is escaped: a feed cannot write one.
_META_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"<>]{1,2000})"', re.IGNORECASE)
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A file in memory.

    Attributes:
        body: The file's bytes.
        packed: The same by content coding, best first; empty: not worth it.
        etag: Strong entity tag of ``body``, in its quotes.
        modified_at: In whole seconds.
        media_type: Value of ``Content-Type``.
        policy: Content-Security-Policy that the page brings; empty: none.
    """

    body: bytes
    packed: Mapping[str, bytes]
    etag: str
    modified_at: datetime
    media_type: str
    policy: str = ""

    def etag_of(self, coding: str) -> str:
        """Return the tag of the body in a coding: another representation needs another strong tag."""
        return f'{self.etag[:-1]}-{coding}"' if coding else self.etag


_Stamp = tuple[int, int, int, int]


class Folder:
    """The output folder, with the files that were asked for lately. Safe to use from several threads."""

    def __init__(self, path: Path, *, cache_bytes: int = CACHE_BYTES) -> None:
        self.path = path
        self._cache_bytes = cache_bytes
        self._kept: OrderedDict[Path, tuple[_Stamp, Served]] = OrderedDict()
        self._n_bytes = 0
        self._lock = threading.Lock()

    def read(self, name: str) -> Served | None:
        """Give the file of a decoded URL path without its first slash; ``None``: there is none that may be seen."""
        path = self._locate(name)
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())  # of what is open: the name may be replaced at any moment
                if not stat.S_ISREG(status.st_mode):
                    return None
                # The change time too: who writes may set the modification time, and inodes are used again.
                stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
                with self._lock:
                    kept = self._kept.get(path)
                    if kept is not None and kept[0] == stamp:
                        self._kept.move_to_end(path)
                        return kept[1]
                served = _prepare(path, file.read(), status.st_mtime)
        except OSError:
            return None
        self._keep(path, stamp, served)
        return served

    def _locate(self, name: str) -> Path | None:
        parts = (name or "index.html").split("/")
        if any(not part or part.startswith(".") or "\\" in part or not part.isprintable() for part in parts):
            return None
        try:
            root = self.path.resolve()
            path = root.joinpath(*parts).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):  # missing, a loop of links, no name of a file
            return None
        is_hidden = any(part.startswith(".") for part in path.parts[len(root.parts) :])
        return path if path.is_relative_to(root) and not is_hidden and path.is_file() else None

    def _keep(self, path: Path, stamp: _Stamp, served: Served) -> None:
        with self._lock:
            if (old := self._kept.pop(path, None)) is not None:
                self._n_bytes -= _weight(old[1])
            if _weight(served) > self._cache_bytes // 4:
                return
            self._kept[path] = (stamp, served)
            self._n_bytes += _weight(served)
            while self._n_bytes > self._cache_bytes:
                _, (_, dropped) = self._kept.popitem(last=False)
                self._n_bytes -= _weight(dropped)


def _weight(served: Served) -> int:
    return len(served.body) + sum(map(len, served.packed.values()))


def _prepare(path: Path, body: bytes, modified: float) -> Served:
    tag = hashlib.sha256(body).hexdigest()[:32]
    packed: dict[str, bytes] = {}
    if path.suffix not in _PACKED and len(body) >= SMALLEST_PACKED:
        packed["br"] = brotli.compress(body, quality=BROTLI_LEVEL)
        packed["gzip"] = gzip.compress(body, GZIP_LEVEL, mtime=0)
    return Served(
        body=body,
        packed={coding: bytes_ for coding, bytes_ in packed.items() if len(bytes_) < len(body)},
        etag=f'"{tag}"',
        modified_at=datetime.fromtimestamp(int(modified), tz=UTC),
        media_type=_media_type(path, body),
        policy=_policy(body) if path.suffix == ".html" else "",
    )


def _media_type(path: Path, body: bytes) -> str:
    if path.suffix == ".json" and _JSON_FEED in body[:500]:
        return "application/feed+json; charset=utf-8"
    return _TYPES.get(path.suffix, "application/octet-stream")


def _policy(body: bytes) -> str:
    match = _META_POLICY.search(body[:_HEAD_BYTES])
    text = html.unescape(match[1].decode("ascii", "replace")) if match else ""
    return text if text.isascii() and text.isprintable() else ""
