"""One run at a time, whatever happens to the other."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.errors import LockedError, StoreError
from aggregator.store.lock import LOCK_FILE, data_lock, lock_holder

HOLD = "import sys, pathlib; from aggregator.store.lock import data_lock\n"
HOLD += "with data_lock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def other_run(tmp_path: Path):
    """Another process that holds the lock until its standard input is closed."""
    run = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with run:
        assert run.stdout is not None
        assert run.stdout.readline() == "held\n"
        yield run
        run.kill()


def test_a_second_run_is_refused_and_told_who_holds_the_lock(tmp_path, other_run):
    assert lock_holder(tmp_path) == f"process {other_run.pid}"
    with pytest.raises(LockedError, match=f"process {other_run.pid} .* wait for it or end it"), data_lock(tmp_path):
        raise AssertionError("two runs at once")


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM], ids=lambda sign: sign.name)
def test_the_lock_dies_with_its_holder(tmp_path, other_run, sign):
    os.kill(other_run.pid, sign)
    other_run.wait(10)
    assert lock_holder(tmp_path) == ""
    with data_lock(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()}\n"


def test_the_lock_is_given_back_at_the_end_and_after_an_error(tmp_path):
    with pytest.raises(ValueError, match="a bug"), data_lock(tmp_path):
        raise ValueError("a bug")
    for _ in range(2):
        with data_lock(tmp_path), pytest.raises(LockedError), data_lock(tmp_path):
            raise AssertionError
    assert lock_holder(tmp_path) == ""


def test_an_old_number_in_the_file_means_nothing(tmp_path):
    (tmp_path / LOCK_FILE).write_text("999999999\n")
    assert lock_holder(tmp_path) == ""
    with data_lock(tmp_path):
        assert lock_holder(tmp_path) == f"process {os.getpid()}"


def test_a_holder_that_has_not_written_its_number_yet_is_another_run(tmp_path):
    with data_lock(tmp_path):
        (tmp_path / LOCK_FILE).write_bytes(b"")
        assert lock_holder(tmp_path) == "another run"


def test_the_folder_is_made(tmp_path):
    with data_lock(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b" / LOCK_FILE).exists()
    assert lock_holder(tmp_path / "nowhere") == ""


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write in the data folder"), data_lock(tmp_path / "file"):
        raise AssertionError
