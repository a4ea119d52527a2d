"""Own the folder of letters: what hubs delivered, until the run that may write the store takes it up.

A letter is a file: a line of JSON, then the body as it came. It is flushed to the disk before it takes its name, and is
deleted only when what it says is in the store, so that a kill at any moment loses nothing; taken up twice, it changes
nothing. The folder never grows beyond ``MAX_BYTES`` or, for one subscription, ``MAX_OF_ONE`` letters of a kind.
"""

import contextlib
import hashlib
import json
import logging
import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.errors import AggregatorError
from aggregator.model import Letter

MAX_BYTES = 200_000_000
MAX_LETTERS = 5_000
MAX_OF_ONE = 8
LEFTOVER = timedelta(hours=1)  # age of a temporary file whose writer is dead

_SUFFIX = ".letter"
_MARK = ".tmp-"

log = logging.getLogger(__name__)


class FullError(AggregatorError):
    """There is no room for a letter now. Its sender should come again."""


class Inbox:
    """A folder of letters. One process takes them up; any number may put some in."""

    def __init__(self, folder: Path, *, max_letters: int = MAX_LETTERS) -> None:
        self._folder = folder
        self._max_letters = max_letters

    def put(self, letter: Letter) -> None:
        """Keep a letter.

        Raises:
            FullError: There is no room, or the disk does not take it.
        """
        head = {
            "token": letter.token,
            "kind": letter.kind,
            "at": letter.at.astimezone(UTC).isoformat(),
            "content_type": letter.content_type,
            "lease": letter.lease.total_seconds(),
            "reason": letter.reason,
        }
        name = f"{time.time_ns():020d}-{secrets.token_hex(6)}-{_short(letter)}{_SUFFIX}"
        temporary = self._folder / f"{_MARK}{name}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_sure_of_room(letter)
            with temporary.open("xb") as file:
                temporary.chmod(0o600)
                file.write(json.dumps(head).encode() + b"\n" + letter.body)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(self._folder / name)
            _sync(self._folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise FullError(f"a letter of a hub cannot be kept: {error.strerror}") from error

    def _make_sure_of_room(self, letter: Letter) -> None:
        names = self._names()
        if len(names) >= self._max_letters:
            raise FullError("too many letters of hubs wait to be taken up")
        if sum(name.endswith(f"-{_short(letter)}{_SUFFIX}") for name in names) >= MAX_OF_ONE:
            raise FullError("too many letters of one hub wait to be taken up")
        if sum(_size(self._folder / name) for name in names) + len(letter.body) > MAX_BYTES:
            raise FullError("the letters of hubs that wait take too much room")

    def waiting(self, *, limit: int) -> tuple[str, ...]:
        """Return the names of the oldest letters, at most so many; those of one subscription in their order.

        The first of each subscription goes before the second of any.
        """
        self._sweep()
        n_by_mark: dict[str, int] = {}
        ordered = []
        for name in self._names():
            mark = name.rpartition("-")[2]
            n_by_mark[mark] = n_by_mark.get(mark, 0) + 1
            ordered.append((n_by_mark[mark], name))
        return tuple(name for _, name in sorted(ordered)[:limit])

    def read(self, name: str) -> Letter | None:
        """Read a letter. One that cannot be read is deleted with a warning: ``None``."""
        try:
            return _read((self._folder / name).read_bytes())
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("a letter of a hub cannot be read and is dropped: %s: %s", name, error)
            self.remove(name)
            return None

    def remove(self, name: str) -> None:
        """Delete a letter that was taken up."""
        with contextlib.suppress(OSError):
            (self._folder / name).unlink(missing_ok=True)

    def _names(self) -> list[str]:
        try:
            return sorted(path.name for path in self._folder.glob(f"[0-9]*{_SUFFIX}"))
        except OSError:
            return []

    def _sweep(self) -> None:
        """Delete what killed writers left."""
        oldest = time.time() - LEFTOVER.total_seconds()
        for found in self._folder.glob(f"{_MARK}*"):
            with contextlib.suppress(OSError):
                if found.stat().st_mtime < oldest:
                    found.unlink()


def _short(letter: Letter) -> str:
    """Give what marks the letters of one subscription by name, without telling its token: content and words apart."""
    return hashlib.sha256(f"{letter.token}\n{letter.kind == 'content'}".encode()).hexdigest()[:16]


def _read(raw: bytes) -> Letter:
    line, _, body = raw.partition(b"\n")
    head = json.loads(line)
    return Letter(
        token=head["token"],
        kind=head["kind"],
        at=datetime.fromisoformat(head["at"]),
        content_type=head["content_type"],
        body=body,
        lease=timedelta(seconds=head["lease"]),
        reason=head["reason"],
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
