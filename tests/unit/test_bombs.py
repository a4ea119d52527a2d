"""What is small on the wire and huge behind it is never held in memory: decoding stops at the bound."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest

from aggregator.intake.fetching.decoding import TooMuchError, decoded

HUGE = bytes(60_000_000)
BOUND = 1_000_000  # bytes
ROOM = 6 * BOUND  # what decoding may hold: the bound, its parts, and a step beyond it
BOMBS = {
    "gzip": gzip.compress(HUGE, 1),
    "deflate": zlib.compress(HUGE, 1),
    "br": brotli.compress(HUGE, quality=1),
    "gzip, gzip": gzip.compress(gzip.compress(HUGE, 1), 1),
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_is_left_at_the_bound_and_never_held(encoding: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(TooMuchError):
            decoded(BOMBS[encoding], encoding, max_bytes=BOUND)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < ROOM
