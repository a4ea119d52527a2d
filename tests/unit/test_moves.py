from pathlib import Path

from aggregator.commands.moves import moves_of
from aggregator.config import Config, parse_config
from tests.builders import state

ONE, TWO, NEW = "https://one.example/", "https://two.example/", "https://new.example/"


def config(*urls: str) -> Config:
    return parse_config(f"feeds = {list(urls)}", path=Path("feeds.toml"))


def test_a_move_counts_from_its_second_sighting_on() -> None:
    (move,) = moves_of(config(ONE, TWO), (state(ONE, moved_to=NEW, n_moved=2), state(TWO, moved_to=NEW, n_moved=1)))
    assert (move.source.url, move.url, move.obstacle) == (ONE, NEW, "")


def test_a_source_that_moved_to_another_one_is_left_for_a_person() -> None:
    (move,) = moves_of(config(ONE, TWO), (state(ONE, moved_to="http://two.example", n_moved=5),))
    assert TWO in move.obstacle
    assert f"aggregator remove {ONE}" in move.obstacle


def test_of_two_that_moved_to_one_address_the_first_gets_it() -> None:
    first, second = moves_of(config(ONE, TWO), tuple(state(url, moved_to=NEW, n_moved=2) for url in (ONE, TWO)))
    assert not first.obstacle
    assert NEW in second.obstacle


def test_from_http_to_https_is_a_move_like_others() -> None:
    (move,) = moves_of(config("http://one.example/"), (state("http://one.example/", moved_to=ONE, n_moved=2),))
    assert (move.url, move.obstacle) == (ONE, "")


def test_who_moved_nowhere_stays() -> None:
    assert moves_of(config(ONE), (state(ONE), state(NEW, moved_to=ONE, n_moved=9))) == ()
    assert moves_of(config(ONE), (state(ONE, moved_to=ONE, n_moved=9),)) == ()
