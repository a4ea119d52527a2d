"""Undo the content encodings of an answer, never beyond a bound. Pure. brotli and zstd are named here only.

What breaks off is given so far as it goes, as requests gives it: a feed may have its articles all the same.
Source: RFC 9110, 8.4; several encodings are undone from the last to the first, each within the bound.
"""

import zlib
from collections.abc import Iterator

MAX_CODINGS = 5  # as urllib3 has it
STEP = 262_144  # bytes that one step of a decoder may give


class DecodeError(Exception):
    """The bytes are not what the encoding says."""


class TooMuchError(Exception):
    """The decoded bytes are more than the bound."""


def decoded(body: bytes, encoding: str, *, max_bytes: int) -> bytes:
    """Give a body as its ``Content-Encoding`` meant it.

    Args:
        body: As transferred.
        encoding: The raw header; empty: none.
        max_bytes: The bound.

    Raises:
        DecodeError: It cannot be decoded, or an encoding is not known.
        TooMuchError: It is longer than the bound.
    """
    codings = [each for each in (part.strip().lower() for part in encoding.split(",")) if each not in ("", "identity")]
    if len(codings) > MAX_CODINGS:
        raise DecodeError(f"too many encodings: {len(codings)}")
    for coding in reversed(codings):
        body = _undone(body, coding, max_bytes)
    if len(body) > max_bytes:
        raise TooMuchError
    return body


def _undone(body: bytes, coding: str, max_bytes: int) -> bytes:
    match coding:
        case "gzip" | "x-gzip":
            steps = _gunzip(body)
        case "deflate":
            steps = _inflate(body)
        case "br":
            steps = _unbrotli(body)
        case "zstd":
            steps = _unzstd(body)
        case _:
            raise DecodeError(f"an encoding that is not known: {coding}")
    parts: list[bytes] = []
    n_bytes = 0
    for part in steps:
        n_bytes += len(part)
        if n_bytes > max_bytes:
            raise TooMuchError
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _gunzip(body: bytes) -> Iterator[bytes]:
    """Yield what gzip holds: one member after the other; what follows them and is none is passed over."""
    is_first = True
    while body:
        decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            yield from _steps(decoder, body)
        except zlib.error as error:
            if is_first:
                raise DecodeError(str(error)) from error
            return
        if not decoder.eof:
            return
        body, is_first = decoder.unused_data, False


def _inflate(body: bytes) -> Iterator[bytes]:
    """Yield what deflate holds: with zlib's header as the standard has it, or bare as some servers send it."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        decoder = zlib.decompressobj(bits)
        has_begun = False
        try:
            for part in _steps(decoder, body):
                has_begun = True
                yield part
        except zlib.error as error:
            if has_begun or bits < 0:
                raise DecodeError(str(error)) from error
            continue
        return


def _steps(decoder: "zlib._Decompress", body: bytes) -> Iterator[bytes]:
    while True:
        part = decoder.decompress(body, STEP)
        if part:
            yield part
        body = decoder.unconsumed_tail
        if decoder.eof or not (part or body):
            return


def _unbrotli(body: bytes) -> Iterator[bytes]:
    import brotli  # few servers send it

    decoder = brotli.Decompressor()
    try:
        part = decoder.process(body, output_buffer_limit=STEP)
        while part:
            yield part
            part = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=STEP)
    except brotli.error as error:
        raise DecodeError(str(error)) from error


def _unzstd(body: bytes) -> Iterator[bytes]:
    from backports import zstd

    while body:
        decoder = zstd.ZstdDecompressor()
        try:
            yield decoder.decompress(body, STEP)
            while not decoder.eof and not decoder.needs_input:
                yield decoder.decompress(b"", STEP)
        except zstd.ZstdError as error:
            raise DecodeError(str(error)) from error
        if not decoder.eof:
            raise DecodeError("it breaks off")
        body = decoder.unused_data
