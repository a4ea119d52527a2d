"""Read an HTTP/1.1 answer from the bytes of a connection, strictly. Pure: bytes in, values out.

Strict, because this reader need not cope: what is odd (a header folded over lines, a bare line feed, two lengths, an
encoding of transfer that nobody uses) raises ``OddError``, and the source is asked again through requests, which copes
with what the world writes. So nothing here can be read in two ways. Source: RFC 9112.
"""

import re

MAX_HEAD = 65_536  # bytes of status line and headers
MAX_HEADERS = 100  # as http.client has it
MAX_INTERIM = 10  # answers of the kind 1xx before the real one

# Status line and headers, whole and in order: what does not match is odd, or not all there yet.
_HEAD = re.compile(
    rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [^\r\n]*+)?+\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]++:[^\r\n\0]*+\r\n)*+)\r\n"
)
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\Z")
_LENGTH = re.compile(r"[0-9]{1,15}\Z")


class OddError(Exception):
    """The answer is none that this reader understands."""


class BrokenOffError(Exception):
    """The connection ended before the answer did."""


class Answer:
    """One answer, growing with the bytes that are fed.

    Attributes:
        status: HTTP status; 0: the head is not there yet.
        headers: By name in lower case; of several one, joined by ", ".
        is_whole: Nothing more belongs to it.
        n_bytes: Bytes of the body so far, as transferred.
        is_kept: The connection may carry another answer after this one.
    """

    __slots__ = (
        "_body",
        "_buffer",
        "_left",
        "_n_interim",
        "_way",
        "headers",
        "is_kept",
        "is_whole",
        "n_bytes",
        "status",
    )

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.is_whole = False
        self.is_kept = False
        self.n_bytes = 0
        self._buffer = bytearray()
        self._body: list[bytes] = []
        self._way = "head"  # then "length", "chunks" or "end": where the body ends
        self._left = 0  # bytes until the end of the body, or of its chunk
        self._n_interim = 0

    @property
    def n_buffered(self) -> int:
        """Bytes held: head and body, as transferred."""
        return len(self._buffer) + self.n_bytes

    def given(self, name: str, otherwise: str = "") -> str:
        """Give a header by its name in lower case."""
        return self.headers.get(name, otherwise)

    def body(self) -> bytes:
        """Give the body as transferred, so far as it has come."""
        return self._body[0] if len(self._body) == 1 else b"".join(self._body)

    def feed(self, data: bytes) -> None:
        """Take bytes that arrived. Raises ``OddError``; bytes after the end mean that the connection is not kept."""
        if self.is_whole:
            self.is_kept = False
            return
        if self._way == "length" and not self._buffer:
            self._take(data)
            return
        if self._way == "end":
            self._keep(data)
            return
        if self._way == "head" and not self._buffer and (found := _HEAD.match(data)):
            data = data[found.end() :]  # most heads come whole, and those of a 304 have nothing behind them
            self._take_head(found, has_more=bool(data))
        self._buffer += data
        while not self.is_whole and self._step():
            pass

    def end(self) -> None:
        """Take the end of the connection.

        Raises:
            BrokenOffError: Something was still to come.
            OddError: What came is the beginning of something else.
        """
        self.is_kept = False
        if self.is_whole:
            return
        if self._way == "end":
            self.is_whole = True
            return
        if self._way == "head" and self._buffer:
            raise OddError
        raise BrokenOffError

    def _step(self) -> bool:
        """Read one more piece of the buffer; ``False``: it needs more bytes first."""
        if self._way == "head":
            return self._read_head()
        if self._way == "chunks":
            return self._read_chunk()
        if self._buffer:
            data = bytes(self._buffer)
            self._buffer.clear()
            if self._way == "length":
                self._take(data)
            else:
                self._keep(data)
        return False

    def _read_head(self) -> bool:
        buffer = self._buffer
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(buffer) > MAX_HEAD or b"HTTP/1."[: len(buffer)] != buffer[:7] or b"\n\n" in buffer:
                raise OddError
            return False
        if end > MAX_HEAD:
            raise OddError
        found = _HEAD.match(buffer)
        if found is None or found.end() != end + 4:
            raise OddError
        size = found.end()
        self._take_head(found, has_more=len(buffer) > size)
        del found, buffer[:size]
        return True

    def _take_head(self, found: re.Match[bytes], *, has_more: bool) -> None:
        """Take status line and headers. ``has_more``: bytes have come that follow them."""
        lines = found[3].decode("latin-1").split("\r\n")
        if found.end() > MAX_HEAD or len(lines) > MAX_HEADERS + 1:
            raise OddError
        headers: dict[str, str] = {}
        for line in lines[:-1]:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip(" \t")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        status = int(found[2])
        if status < 200:
            self._n_interim += 1
            if status == 101 or self._n_interim > MAX_INTERIM:
                raise OddError
            return
        self.status, self.headers = status, headers
        connection = headers.get("connection", "").lower()
        self.is_kept = "close" not in connection if found[1] == b"1" else "keep-alive" in connection
        if status in (204, 304):
            self.is_whole = True
            self.is_kept = self.is_kept and not has_more
        else:
            self._choose_way()

    def _choose_way(self) -> None:
        """Say where the body ends. Source: RFC 9112, 6.3."""
        coding = self.headers.get("transfer-encoding")
        length = self.headers.get("content-length")
        if coding is not None:
            if coding.lower() != "chunked" or length is not None:
                raise OddError
            self._way = "chunks"
        elif length is not None:
            if not _LENGTH.match(length):
                raise OddError
            self._way, self._left = "length", int(length)
            self._take(b"")
        else:
            self._way, self.is_kept = "end", False

    def _read_chunk(self) -> bool:
        buffer = self._buffer
        if self._left > 0:
            if not buffer:
                return False
            data = bytes(buffer[: self._left])
            del buffer[: len(data)]
            self._left -= len(data)
            self._keep(data)
            if self._left:
                return False
            self._left = -1  # the line end of the chunk is still to come
        if self._left < 0:
            if len(buffer) < 2:
                return False
            if buffer[:2] != b"\r\n":
                raise OddError
            del buffer[:2]
            self._left = 0
        end = buffer.find(b"\r\n")
        if end < 0:
            if len(buffer) > MAX_HEAD:
                raise OddError
            return False
        size = _SIZE.match(bytes(buffer[:end]))
        if size is None:
            raise OddError
        if int(size[1], 16) == 0:
            return self._read_trailer(end)
        del buffer[: end + 2]
        self._left = int(size[1], 16)
        return True

    def _read_trailer(self, end: int) -> bool:
        """Pass over what follows the last chunk."""
        stop = self._buffer.find(b"\r\n\r\n", end)
        if stop < 0:
            if len(self._buffer) > MAX_HEAD:
                raise OddError
            return False
        del self._buffer[: stop + 4]
        self.is_whole = True
        self.is_kept = self.is_kept and not self._buffer
        return False

    def _take(self, data: bytes) -> None:
        """Take bytes of a body of known length."""
        if len(data) > self._left:
            data, self.is_kept = data[: self._left], False
        self._left -= len(data)
        self._keep(data)
        if self._left == 0:
            self.is_whole = True

    def _keep(self, data: bytes) -> None:
        if data:
            self._body.append(data)
            self.n_bytes += len(data)
