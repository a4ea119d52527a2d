"""Own the share card: the picture, 1200 by 630, that others show beside a link to a page. Pure.

It holds no word. Whoever shows a card shows the headline beside it, as text, in its own script; letters would need a
face for every script there is, and a machine without it would draw boxes. What a card shows is the story's own figure:
one line a publisher, one dot an article, in the colours of the pages. That costs 1 to 3 kB, 4 ms and no dependency; a
picture library with faces for Latin, Chinese, Japanese, Korean and Arabic is 22 MB and 60 MB of fonts.

Source: PNG (ISO/IEC 15948), colour type 3: a palette, one byte a pixel.
"""

import math
import struct
import zlib
from functools import cache

from aggregator.model import Summary
from aggregator.outputs.pages import charts

WIDTH, HEIGHT = 1200, 630
SITE_FILE = "card.png"
MIN_SOURCES = 2  # a lone dot says nothing: such a story has the card of the site
_PAPER, _INK, _LINE, _ACCENT = (0xFC, 0xFA, 0xF5), (0x1B, 0x1A, 0x18), (0xC9, 0xC2, 0xB3), (0x1F, 0x4E, 0x79)
_STEPS = 8  # between paper and accent: a dot's edge is smooth
_INK_AT, _LINE_AT, _DOT_AT = 1, 2, 3  # places in the palette; from _DOT_AT on: paper to accent
_MARGIN = 96
_TOP, _BOTTOM = 210, 570  # of the lines
_RADIUS = 15

Canvas = list[bytearray]


def story_file(story_id: str) -> str:
    """Return where the card of a story stands."""
    return f"s/{story_id}.png"


def has_card(summary: Summary) -> bool:
    """Tell whether a story has a card of its own."""
    return len(summary.sources) >= MIN_SOURCES and charts.timeline(summary) is not None


def render_card(summary: Summary) -> bytes:
    """Draw the card of a story that :func:`has_card`: its timeline."""
    canvas = _sheet()
    timeline = charts.timeline(summary)
    rows = timeline.rows if timeline else ()
    gap = min(72, (_BOTTOM - _TOP) // max(1, len(rows)))
    top = (_TOP + _BOTTOM - gap * (len(rows) - 1)) // 2
    for i, row in enumerate(rows):
        y = top + i * gap
        _bar(canvas, _MARGIN, WIDTH - _MARGIN, y - 1, 2, _LINE_AT)
        for dot in row.dots:
            _dot(canvas, _MARGIN + round(float(dot.x) / 100 * (WIDTH - 2 * _MARGIN)), y, min(_RADIUS, gap // 2 - 1))
    return _png(canvas)


@cache
def render_site_card() -> bytes:
    """Draw the card of the site: a page in lines, as its icon is."""
    canvas = _sheet()
    for i, width in enumerate((1008, 1008, 640)):
        _bar(canvas, _MARGIN, _MARGIN + width, 268 + i * 92, 28, _DOT_AT + _STEPS)
    return _png(canvas)


def _sheet() -> Canvas:
    """Return paper with the double rule of the masthead."""
    canvas = [bytearray(WIDTH) for _ in range(HEIGHT)]
    _bar(canvas, _MARGIN, WIDTH - _MARGIN, 96, 10, _INK_AT)
    _bar(canvas, _MARGIN, WIDTH - _MARGIN, 114, 3, _INK_AT)
    return canvas


def _bar(canvas: Canvas, left: int, right: int, top: int, height: int, colour: int) -> None:
    for line in canvas[top : top + height]:
        line[left:right] = bytes([colour]) * (right - left)


def _dot(canvas: Canvas, x: int, y: int, radius: int) -> None:
    """Draw a dot with a ring of paper around it, so that dots side by side stay apart."""
    for dy, pixels in _stamp(radius):
        left = x - len(pixels) // 2
        canvas[y + dy][left : left + len(pixels)] = pixels


@cache
def _stamp(radius: int) -> tuple[tuple[int, bytes], ...]:
    """Return the lines of a dot: how far below its centre, and its pixels from left to right."""
    ring = radius + 3
    lines = []
    for dy in range(-ring, ring + 1):
        half = math.isqrt(ring * ring - dy * dy)
        insides = (min(1.0, max(0.0, radius + 0.5 - math.hypot(dx, dy))) for dx in range(-half, half + 1))
        lines.append((dy, bytes(_DOT_AT + round(inside * _STEPS) for inside in insides)))
    return tuple(lines)


def _png(canvas: Canvas) -> bytes:
    blends = [
        tuple(round(p + (a - p) * i / _STEPS) for p, a in zip(_PAPER, _ACCENT, strict=True)) for i in range(_STEPS + 1)
    ]
    palette = b"".join(bytes(colour) for colour in (_PAPER, _INK, _LINE, *blends))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    lines = b"".join(b"\0" + line for line in canvas)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
