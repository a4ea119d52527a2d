"""Answers of servers, read strictly, however they are cut into pieces; encodings, undone within a bound."""

import gzip
import zlib
from itertools import pairwise

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.fetching.answer import Answer, BrokenOffError, OddError
from aggregator.intake.fetching.decoding import DecodeError, TooMuchError, decoded

HEAD = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nX-A: one\r\nX-A: two\r\n'
WHOLE = {
    "length": (HEAD + b"Content-Length: 5\r\n\r\nhello", b"hello", True),
    "nothing": (HEAD + b"Content-Length: 0\r\n\r\n", b"", True),
    "chunks": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n",
        b"hello",
        True,
    ),
    "no chunks": (HEAD + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", b"", True),
    "interim": (
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + HEAD + b"Content-Length: 5\r\n\r\nhello",
        b"hello",
        True,
    ),
    "closed": (HEAD + b"Content-Length: 5\r\nConnection: close\r\n\r\nhello", b"hello", False),
    "old": (b'HTTP/1.0 200 OK\r\nETag: "1"\r\nX-A: one, two\r\nContent-Length: 5\r\n\r\nhello', b"hello", False),
    "too long": (HEAD + b"Content-Length: 5\r\n\r\nhello and more", b"hello", False),
}


def read(data: bytes, cuts: list[int], *, ends: bool = False) -> Answer:
    found = Answer()
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        if end > start:
            found.feed(data[start:end])
    if ends:
        found.end()
    return found


@pytest.mark.parametrize("name", list(WHOLE))
@given(cuts=st.lists(st.integers(0, 300), max_size=6))
def test_pieces_change_nothing(name: str, cuts: list[int]) -> None:
    data, body, is_kept = WHOLE[name]
    found = read(data, cuts)
    assert (found.status, found.body(), found.is_whole) == (200, body, True)
    assert (found.given("etag"), found.given("x-a"), found.given("x-b", "none")) == ('"1"', "one, two", "none")
    if name != "too long":  # whether bytes too many are seen depends on when they come
        assert found.is_kept is is_kept


def test_without_a_length_the_end_of_the_connection_is_the_end() -> None:
    found = read(HEAD + b"\r\nhello", [])
    assert not found.is_whole
    found.end()
    assert (found.is_whole, found.is_kept, found.body()) == (True, False, b"hello")


def test_304_has_no_body() -> None:
    found = read(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", [])
    assert (found.is_whole, found.is_kept) == (True, True)


@pytest.mark.parametrize(
    "data",
    [
        b"HELLO",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\nETag: x\n\n",
        HEAD + b" folded\r\n\r\n",
        HEAD + b"bad name: x\r\n\r\n",
        HEAD + b"no colon\r\n\r\n",
        HEAD + b"X: a\nY: b\r\n\r\n",
        HEAD + b"X: a\0b\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        HEAD + b"Content-Length: -5\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n",
        HEAD + b"X: y\r\n" * 100 + b"\r\n",
        HEAD + b"X: " + b"y" * 70_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 11,
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
)
def test_what_is_odd_is_left_to_requests(data: bytes) -> None:
    with pytest.raises(OddError):
        read(data, [])


@pytest.mark.parametrize(
    "data", [b"", HEAD + b"Content-Length: 5\r\n\r\nhell", HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe"]
)
def test_what_breaks_off(data: bytes) -> None:
    with pytest.raises(BrokenOffError):
        read(data, [], ends=True)


@given(st.binary(max_size=200))
def test_noise_is_odd_or_unfinished(noise: bytes) -> None:
    for data in (noise, HEAD + noise, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + noise):
        try:
            read(data, [7], ends=True)
        except (OddError, BrokenOffError):
            continue


# ---------------------------------------------------------------- encodings

TEXT = b"The harbour of Lunden opened. " * 5_000
ENCODED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT[:9_000]) + gzip.compress(TEXT[9_000:]),
    "deflate": zlib.compress(TEXT),
    "Deflate": zlib.compress(TEXT)[2:-4],
    "br": brotli.compress(TEXT),
    "gzip, br": brotli.compress(gzip.compress(TEXT)),
}


@pytest.mark.parametrize("encoding", list(ENCODED))
def test_encodings_are_undone_within_a_bound(encoding: str) -> None:
    assert decoded(ENCODED[encoding], encoding, max_bytes=len(TEXT)) == TEXT
    with pytest.raises(TooMuchError):
        decoded(ENCODED[encoding], encoding, max_bytes=len(TEXT) - 1)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_what_breaks_off_is_given_so_far(encoding: str) -> None:
    assert TEXT.startswith(decoded(ENCODED[encoding][:-9], encoding, max_bytes=len(TEXT)))


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"hello", "gzip"), (b"hello", "zstd"), (TEXT, "lzw"), (TEXT, "gzip," * 6)]
)
def test_what_cannot_be_decoded(body: bytes, encoding: str) -> None:
    with pytest.raises(DecodeError):
        decoded(body, encoding, max_bytes=10**6)


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, deflate"]))
def test_noise_ends(noise: bytes, encoding: str) -> None:
    for body in (noise, gzip.compress(noise) + noise):
        try:
            decoded(body, encoding, max_bytes=100_000)
        except (DecodeError, TooMuchError):
            continue
