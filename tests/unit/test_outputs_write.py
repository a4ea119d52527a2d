import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.errors import OutputError
from aggregator.outputs import write
from aggregator.outputs.write import SiteWriter, sweep, write_if_changed


def names(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def test_equal_bytes_leave_the_file_untouched(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "top.atom"
    assert write_if_changed(path, b"one") is True
    os.utime(path, ns=(1, 1))
    before = path.stat()
    assert write_if_changed(path, b"one") is False
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino
    assert write_if_changed(path, b"two") is True  # the same length
    assert path.read_bytes() == b"two"
    assert names(tmp_path) == ["deep/top.atom"]
    assert path.stat().st_mode & 0o777 == 0o644 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_failure_keeps_the_old_file_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "top.atom"
    write_if_changed(path, b"old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)  # the disk of the machine, not a module of ours
    with pytest.raises(OutputError, match="the disk is full"):
        write_if_changed(path, b"new bytes")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["top.atom"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EROFS, "read-only"), (errno.EACCES, "may not write"), (errno.EDQUOT, "quota"), (errno.EIO, "error")],
)
def test_errors_are_said_in_words(tmp_path: Path, number: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError, match=words), SiteWriter(tmp_path) as writer:
        writer.write("a.html", b"x")


def test_a_file_in_place_of_a_folder_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot write"), SiteWriter(tmp_path) as writer:
        writer.write("s/a.html", b"x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said_in_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="may not write"):
        write_if_changed(tmp_path / "a", b"x")


def test_a_kill_between_writing_and_renaming_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "top.atom"
    write_if_changed(path, b"old")
    killed = (
        "import os, pathlib, signal, sys\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from aggregator.outputs.write import write_if_changed\n"
        "write_if_changed(pathlib.Path(sys.argv[1]), b'new')\n"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(path)], check=False, timeout=30)
    assert done.returncode == -9
    assert path.read_bytes() == b"old"
    assert len(names(tmp_path)) == 2
    SiteWriter(tmp_path).close()
    assert names(tmp_path) == ["top.atom"]
    write_if_changed(path, b"new")
    assert path.read_bytes() == b"new"


def test_sweep_takes_only_leftovers(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    for name in (".tmp-top.atom", "s/.tmp-a.html", "s/a.html", ".htaccess"):
        (tmp_path / name).write_bytes(b"x")
    assert sweep(tmp_path) == 2
    assert names(tmp_path) == [".htaccess", "s/a.html"]
    assert sweep(tmp_path / "missing") == 0


def test_a_writer_counts(tmp_path: Path) -> None:
    with SiteWriter(tmp_path / "site") as writer:
        assert writer.write("index.html", b"1")
        assert writer.write("s/a.html", b"2")
        assert not writer.write("s/a.html", b"2")
        writer.flush()
        assert writer.write("s/a.html", b"3")
    assert (writer.n_written, writer.n_unchanged) == (3, 1)
    assert names(tmp_path) == ["site/index.html", "site/s/a.html"]


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/x",
        "s/../x",
        "s//x",
        "",
        ".",
        "..",
        "s/",
        ".tmp-x",
        "a\x00",
        "a\nb",
        "s\\x",
        "s/.hidden",
        "x" * 300,
        "é",
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with SiteWriter(tmp_path) as writer, pytest.raises(OutputError, match="no name"):
        writer.write(name, b"x")
    assert names(tmp_path) == []


def test_a_symbolic_link_in_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    site = tmp_path / "site"
    site.mkdir()
    (site / f"{write._MARK}a").symlink_to(outside)
    with pytest.raises(OutputError, match="symbolic link"):
        write_if_changed(site / "a", b"theirs")
    assert outside.read_bytes() == b"mine"


def test_an_error_inside_the_with_block_is_not_hidden(tmp_path: Path) -> None:
    def fail() -> None:
        with SiteWriter(tmp_path) as writer:
            writer.write("a.html", b"x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (tmp_path / "a.html").read_bytes() == b"x"
