"""A person's word over the model's, as typed: written down, shown, held by the next build, taken back."""

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import Workplace

NOW = 1_768_525_200  # an hour after the demo's last step
MERROW = "https://harbour-herald.example/news/merrow-mines-tankers-wait"
KOREAN = "https://mulgyeol.example/article/20260113007"
AURORA = "https://harbour-herald.example/news/aurora-4-lifts-off"


@pytest.fixture
def place(demo: Workplace, tmp_path: Path) -> Workplace:
    """The finished demo, for one test to change."""
    shutil.copytree(demo.path / "data" / "demo", tmp_path / "data")
    shutil.copy(demo.path / "data" / "demo" / "feeds.toml", tmp_path / "feeds.toml")
    return Workplace(tmp_path)


def say(place: Workplace, *args: str) -> dict:
    done = place.run("override", *args, "--json", now=NOW)
    assert done.code == 0, done.err
    return json.loads(done.out)


def build(place: Workplace) -> None:
    done = place.run("build", now=NOW)
    assert done.code == 0, done.err


def why(place: Workplace, one: str, other: str) -> dict:
    return json.loads(place.run("why", one, other, "--json", now=NOW).out)


def story_of(place: Workplace, url: str) -> str:
    return why(place, url, AURORA if url != AURORA else MERROW)["articles"][0]["story"]


def shown_in(place: Workplace, story_id: str) -> list[str]:
    return sorted(name for name, body in place.files().items() if f"s/{story_id}".encode() in body)


def test_stories_merge_and_part_again(place: Workplace) -> None:
    one, other = story_of(place, MERROW), story_of(place, AURORA)
    added = say(place, "merge", one, other, "--note", "for this test")["added"]
    assert (added["n"], added["do"], added["note"]) == (1, "merge", "for this test")
    build(place)
    answer = why(place, MERROW, AURORA)
    assert answer["verdict"] == "same story"
    assert {each["rule"] for each in answer["articles"]} >= {"override"}
    survivor = answer["articles"][0]["story"]
    retired = ({one, other} - {survivor}).pop()
    assert b"told elsewhere" in place.files()[f"s/{retired}.html"]
    assert b"A person put this here" in place.files()[f"s/{survivor}.html"]
    explained = place.run("explain", retired, now=NOW).out
    assert f"a person merged the story {retired} into this one [override 1 (from {retired})]" in explained
    say(place, "undo", "1")
    build(place)
    assert {story_of(place, MERROW), story_of(place, AURORA)} == {one, other}
    assert b"told elsewhere" not in place.files()[f"s/{retired}.html"]


def test_a_hidden_story_vanishes_and_comes_back(place: Workplace) -> None:
    story_id = story_of(place, MERROW)
    before = place.files()
    shown = {*shown_in(place, story_id)}
    assert {"index.html", "top.atom", "archive/2026-01-13.html"} <= shown
    say(place, "hide", story_id)
    build(place)
    assert shown_in(place, story_id) == [f"s/{story_id}.html"]
    page = place.files()[f"s/{story_id}.html"]
    assert b"This story is not shown" in page
    assert b"Merrow" not in page
    assert not [name for name, body in place.files().items() if MERROW.encode() in body]
    assert "hidden: a person took this story out" in place.run("story", story_id, now=NOW).out
    say(place, "undo", "1")
    build(place)
    assert {*shown_in(place, story_id)} == shown
    assert place.files()[f"s/{story_id}.html"] == before[f"s/{story_id}.html"]


def test_a_split_a_pin_and_a_forbidden_pair_hold(place: Workplace) -> None:
    story_id = story_of(place, MERROW)
    say(place, "split", story_id, KOREAN)
    build(place)
    parted = why(place, MERROW, KOREAN)
    assert parted["verdict"] == "different stories"
    assert parted["override"] == 1
    text = place.run("why", MERROW, KOREAN, now=NOW).out
    assert "a person said that they are never in one story (override 1)" in text
    say(place, "pin", KOREAN, story_of(place, AURORA))
    say(place, "forbid", MERROW, AURORA)
    build(place)
    assert why(place, KOREAN, AURORA)["verdict"] == "same story"
    listed = say(place, "list")["overrides"]
    assert [(each["n"], each["do"], each["overruled"]) for each in listed] == [
        (1, "split", True),
        (2, "pin", False),
        (3, "forbid", False),
    ]


def test_two_articles_are_compared_in_words(place: Workplace) -> None:
    together = place.run("why", MERROW, KOREAN, now=NOW).out
    assert together.startswith("same story:\n")
    assert "meaning: 0." in together
    apart = why(place, MERROW, AURORA)
    assert apart["verdict"] == "different stories"
    assert apart["compared"]["probability"] is None or apart["compared"]["probability"] < 0.45
    assert "aurora" in apart["compared"]["only_later"]
    assert "merrow" in apart["compared"]["only_earlier"]


def test_mistakes_are_told_in_words_and_nothing_is_written(place: Workplace) -> None:
    story_id = story_of(place, MERROW)
    for says, args in {
        "no story has the id 0000000000": ("hide", "0000000000"),
        "no stored article has the address https://nobody.example/1": ("pin", "https://nobody.example/1", story_id),
        "merge needs 2 or more of stories": ("merge", story_id, story_id),
        "both addresses lead to one article": ("forbid", MERROW, MERROW),
        "is in the story": ("pin", MERROW, story_id),
        "is not in the story": ("split", story_id, AURORA),
        "there is no override 7; there is none at all": ("undo", "7"),
    }.items():
        done = place.run("override", *args, now=NOW)
        assert done.code == 1
        assert says in done.err
    assert not (place.path / "overrides.toml").exists()


def test_a_broken_file_is_named_with_its_line(place: Workplace) -> None:
    (place.path / "overrides.toml").write_text('[[overrides]]\ndo = "mergee"\nstory = ["7k3m9q2v5x"]\n')
    for command in (("check",), ("build",), ("override", "list")):
        done = place.run(*command, now=NOW)
        assert done.code == 78
        assert "overrides.toml:2: do must be one of" in done.err
        assert 'overrides.toml:3: unknown key "story" (did you mean "stories"?)' in done.err


def test_what_a_person_wrote_by_hand_holds_and_keeps_its_comments(place: Workplace) -> None:
    one = story_of(place, MERROW)
    written = f'# mine\n[[overrides]] # here\ndo = "hide"\nstories = ["{one}"] # too long\n'
    (place.path / "overrides.toml").write_text(written)
    assert "good. 1 overrides" in place.run("check", now=NOW).out
    build(place)
    assert shown_in(place, one) == [f"s/{one}.html"]
    say(place, "forbid", MERROW, AURORA)
    kept = (place.path / "overrides.toml").read_text()
    for comment in ("# mine", "# here", "# too long"):
        assert comment in kept
    assert [(each["n"], each["do"]) for each in say(place, "list")["overrides"]] == [(1, "hide"), (2, "forbid")]
