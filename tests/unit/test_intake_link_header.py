"""``Link`` headers as servers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.hubs.link_header import MAX_LINKS, Link, read_links


def links(header: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.target, each.relations) for each in read_links(header)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ('<https://h.example/>; rel="hub"', [("https://h.example/", ("hub",))]),
        ("</a>;rel=self,</b>; REL=Hub", [("/a", ("self",)), ("/b", ("hub",))]),
        ('</a>; rel="self hub"', [("/a", ("self", "hub"))]),
        ('</a>; rel="  hub  "', [("/a", ("hub",))]),
        ("</a>; rel=hub; rel=self", [("/a", ("hub",))]),
        ('</a>; title="x, </b>; rel=\\"self\\""; rel=hub', [("/a", ("hub",))]),
        ("</a,b;c>; rel=hub", [("/a,b;c", ("hub",))]),
        ("< /a >; rel=hub", [("/a", ("hub",))]),
        (", ,</a>;;rel=hub ,, </b>", [("/a", ("hub",)), ("/b", ())]),
        ('</a> ; rel = "hub"', [("/a", ("hub",))]),
        ('</a>; rel="hub', [("/a", ("hub",))]),
        ("nonsense, </a>; rel=hub", [("/a", ("hub",))]),
        ("</a>nonsense; rel=no, </b>; rel=hub", [("/a", ()), ("/b", ("hub",))]),
        ("</a; rel=hub", []),
        ("<</a>; rel=hub", []),
    ],
)
def test_links(header: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert links(header) == expected


def test_an_anchor_says_of_what_a_link_is() -> None:
    assert read_links('</a>; rel=hub; anchor="/other"') == (Link(target="/a", relations=("hub",), anchor="/other"),)


def test_a_flood_is_cut() -> None:
    assert len(read_links("<a>; rel=x, " * 10_000)) == MAX_LINKS


@given(st.text(alphabet='<>;,="\\ arelhub/\t', max_size=200))
def test_nothing_raises(header: str) -> None:
    for each in read_links(header):
        assert "<" not in each.target


@pytest.mark.parametrize("piece", ["<", "<a>;", ",", ", ", "x,", '; a="', "<,", " ", '<a>; b="\\'])
def test_time_is_linear(piece: str) -> None:
    read_links("<a>" + piece * 20_000)  # a quadratic reader would be met by the time limit of the whole suite
