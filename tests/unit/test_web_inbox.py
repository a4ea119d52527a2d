"""The folder of letters: nothing lost, nothing half, never without bounds."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.model import Letter
from aggregator.web import inbox
from aggregator.web.inbox import FullError, Inbox
from tests.builders import NOW, at


def letter(token: str = "t1", body: bytes = b"<rss/>", **fields: object) -> Letter:
    return Letter(**{"token": token, "kind": "content", "at": NOW, "body": body, **fields})  # type: ignore[arg-type]


def taken(box: Inbox, limit: int = 100) -> list[Letter]:
    return [each for name in box.waiting(limit=limit) if (each := box.read(name))]


@pytest.fixture
def box(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")


@pytest.mark.parametrize(
    "kept",
    [
        letter(body=b""),
        letter(body=b"\n\x00{\n\xff", content_type="application/rss+xml; charset=\u00e9\n"),
        letter(kind="subscribed", body=b"", lease=timedelta(days=9, seconds=0.5)),
        letter(kind="denied", body=b"", reason="no \u2028 more"),
    ],
)
def test_a_letter_comes_back_as_it_was(box: Inbox, kept: Letter) -> None:
    box.put(kept)
    assert taken(box) == [kept]
    assert taken(box) == [kept], "until it is removed"


def test_letters_come_in_their_order_and_no_subscription_stands_before_all_others(box: Inbox) -> None:
    for n in range(3):
        box.put(letter("flood", b"%d" % n))
    box.put(letter("other", b"x"))
    assert [each.body for each in taken(box)] == [b"0", b"x", b"1", b"2"]
    assert [each.body for each in taken(box, limit=2)] == [b"0", b"x"]


def test_what_is_removed_is_gone(box: Inbox) -> None:
    box.put(letter())
    (name,) = box.waiting(limit=9)
    box.remove(name)
    box.remove(name)
    assert taken(box) == []


def test_no_folder_is_an_empty_one(box: Inbox, tmp_path: Path) -> None:
    assert taken(box) == []
    assert not (tmp_path / "inbox").exists()


def test_one_subscription_may_not_fill_it(box: Inbox) -> None:
    for _ in range(inbox.MAX_OF_ONE):
        box.put(letter("flood"))
    with pytest.raises(FullError, match="of one hub"):
        box.put(letter("flood"))
    box.put(letter("flood", kind="subscribed"))
    box.put(letter("other"))


def test_all_together_have_a_bound(box: Inbox, tmp_path: Path) -> None:
    box.put(letter("t0"))
    (path,) = (tmp_path / "inbox").iterdir()
    os.truncate(path, inbox.MAX_BYTES - 3)  # a file with a hole takes no room on the disk
    with pytest.raises(FullError, match="too much room"):
        box.put(letter("t1", b"1234"))
    box.put(letter("t1", b"123"))


def test_words_have_a_bound_too(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox", max_letters=2)
    for n in range(2):
        box.put(letter(f"t{n}", kind="subscribed"))
    with pytest.raises(FullError, match="too many letters"):
        box.put(letter(kind="subscribed"))


def test_a_disk_that_takes_nothing_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("a file")
    with pytest.raises(FullError, match="cannot be kept"):
        Inbox(tmp_path / "inbox").put(letter())


@pytest.mark.parametrize("raw", [b"", b"{}\n", b"[]\n", b'{"token": 1}\n', b"\xff\xfe\n<rss/>", b"x" * 5_000])
def test_what_cannot_be_read_is_dropped_with_a_warning(
    box: Inbox, tmp_path: Path, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    box.put(letter())
    (path,) = (tmp_path / "inbox").iterdir()
    path.write_bytes(raw)
    box.put(letter("t2"))
    assert [each.token for each in taken(box)] == ["t2"]
    assert "cannot be read" in caplog.text
    assert not path.exists()


def test_half_a_letter_of_a_killed_writer_is_no_letter_and_is_swept_later(box: Inbox, tmp_path: Path) -> None:
    box.put(letter())
    fresh, old = (tmp_path / "inbox" / f".tmp-{name}.letter" for name in ("fresh", "old"))
    for path in (fresh, old):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert len(taken(box)) == 1
    assert (fresh.exists(), old.exists()) == (True, False)


def test_only_the_owner_reads_letters_and_no_name_tells_a_token(box: Inbox, tmp_path: Path) -> None:
    box.put(letter("token-that-nobody-can-guess", at=at(1)))
    (path,) = (tmp_path / "inbox").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert "token" not in path.name
