"""The picture beside a link to a page: a PNG that holds a story's own figure, and no word."""

import struct
import zlib
from dataclasses import replace
from itertools import pairwise

import pytest

from aggregator.outputs.card import HEIGHT, WIDTH, has_card, render_card, render_site_card
from tests.builders import at, cited_source, summary
from tests.golden.outputs_sample import SUMMARY


def pixels(body: bytes) -> list[bytes]:
    """Read a PNG with a palette strictly: every chunk with its checksum. Returns its lines."""
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    chunks: dict[bytes, bytes] = {}
    i = 8
    while i < len(body):
        (length,) = struct.unpack(">I", body[i : i + 4])
        name, data = body[i + 4 : i + 8], body[i + 8 : i + 8 + length]
        assert struct.unpack(">I", body[i + 8 + length : i + 12 + length]) == (zlib.crc32(name + data),)
        chunks[name] = data
        i += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    raw = zlib.decompress(chunks[b"IDAT"])
    lines = [raw[y * (WIDTH + 1) : (y + 1) * (WIDTH + 1)] for y in range(HEIGHT)]
    assert {line[0] for line in lines} == {0}
    assert max(map(max, lines)) < len(chunks[b"PLTE"]) // 3
    return [line[1:] for line in lines]


def dots(lines: list[bytes]) -> int:
    """Count the dots: runs of the darkest colour, each begun once."""
    darkest = max(map(max, lines))
    n = 0
    for above, line in pairwise(lines):
        runs = [i for i in range(1, WIDTH) if line[i] == darkest != line[i - 1]]
        n += sum(1 for i in runs if all(above[j] != darkest for j in range(i - 2, i + 30)))
    return n


def test_a_story_s_card_has_a_dot_an_article() -> None:
    assert dots(pixels(render_card(SUMMARY))) == len(SUMMARY.sources)


def test_both_cards_are_small_and_the_same_again() -> None:
    assert render_card(SUMMARY) == render_card(replace(SUMMARY, headline="東京"))
    assert len(render_card(SUMMARY)) < 8_000
    pixels(render_site_card())
    assert len(render_site_card()) < 4_000


@pytest.mark.parametrize("n", [2, 12, 40])
def test_many_publishers_fit(n: int) -> None:
    many = summary(n=n, sources=tuple(cited_source(i + 1, published_at=at(i)) for i in range(n)))
    assert has_card(many)
    lines = pixels(render_card(many))
    assert {*lines[0], *lines[-1]} == {0}, "nothing is cut off"
    assert all(line[0] == line[-1] == 0 for line in lines)


def test_a_lone_report_and_reports_of_one_moment_have_none() -> None:
    assert not has_card(summary(n=1))
    assert not has_card(summary(n=2))
