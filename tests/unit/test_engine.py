"""What an engine promises, over both engines, and what only the local one has to withstand."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.engine.base import Engine, OnError
from aggregator.engine.fake import FakeEngine
from aggregator.engine.local import LocalEngine, _Ticks
from tests.builders import NOW

MOMENT = timedelta(milliseconds=2)
AGES = timedelta(days=1)
PATIENCE = 10.0  # seconds: only a broken engine ever waits so long

MakeEngine = Callable[[OnError], Engine]


def go_on(name: str, error: Exception) -> bool:
    return True


def make_fake(on_error: OnError) -> Engine:
    return FakeEngine(on_error, now=NOW)


def make_local(on_error: OnError) -> Engine:
    return LocalEngine(on_error)


@pytest.fixture(params=[make_fake, make_local], ids=["fake", "local"])
def make_engine(request: pytest.FixtureRequest) -> MakeEngine:
    return request.param


class Stopping:
    """A job that notes its runs and stops the engine after some of them."""

    def __init__(self, engine: Engine, after: int, log: list[str], name: str = "poll") -> None:
        self.engine, self.after, self.log, self.name = engine, after, log, name

    def __call__(self) -> None:
        self.log.append(self.name)
        if self.log.count(self.name) >= self.after:
            self.engine.stop()


def test_a_job_runs_at_the_start_and_again_and_again(make_engine):
    engine, log = make_engine(go_on), []
    engine.every("poll", MOMENT, Stopping(engine, 3, log))
    assert engine.run() is True
    assert log == ["poll"] * 3


def test_jobs_run_first_in_the_order_in_which_they_were_named(make_engine):
    engine, log = make_engine(go_on), []
    engine.every("poll", AGES, lambda: log.append("poll"))
    engine.every("build", AGES, lambda: log.append("build"))
    engine.every("upkeep", AGES, Stopping(engine, 1, log, "upkeep"))
    engine.run()
    assert log == ["poll", "build", "upkeep"]


def test_a_job_that_raises_is_reported_and_runs_again(make_engine):
    reported, log = [], []
    engine = make_engine(lambda name, error: reported.append((name, str(error))) or True)
    stopping = Stopping(engine, 2, log)

    def fail() -> None:
        stopping()
        raise ValueError("a bug")

    engine.every("poll", MOMENT, fail)
    engine.run()
    assert reported == [("poll", "a bug")] * 2


def test_run_raises_the_error_that_the_callback_refuses_to_go_on_with(make_engine):
    def fail() -> None:
        raise OSError("the disk is full")

    engine = make_engine(lambda name, error: not isinstance(error, OSError))
    engine.every("poll", MOMENT, fail)
    with pytest.raises(OSError, match="the disk is full"):
        engine.run()


def test_a_woken_job_runs_without_waiting_for_its_interval(make_engine):
    engine, log = make_engine(go_on), []
    engine.every("build", AGES, Stopping(engine, 2, log, "build"))
    engine.every("poll", AGES, lambda: engine.wake("build"))
    engine.run()
    assert log == ["build", "build"]


def test_a_wake_while_the_job_itself_runs_is_not_lost(make_engine):
    engine, log = make_engine(go_on), []
    stopping = Stopping(engine, 2, log)

    def wake_itself() -> None:
        stopping()
        engine.wake("poll")

    engine.every("poll", AGES, wake_itself)
    engine.run()
    assert log == ["poll", "poll"]


def test_several_wakes_before_a_job_begins_are_one(make_engine):
    engine, log = make_engine(go_on), []

    def wake_thrice() -> None:
        for _ in range(3):
            engine.wake("build")
        engine.wake("last")

    engine.every("build", AGES, lambda: log.append("build"))
    engine.every("last", AGES, Stopping(engine, 2, log, "last"))
    engine.every("poll", AGES, wake_thrice)
    engine.run()
    assert log == ["build", "last", "build", "last"]


def test_waking_an_unknown_job_is_a_mistake(make_engine):
    with pytest.raises(KeyError):
        make_engine(go_on).wake("pol")


def test_a_job_sees_that_it_should_end(make_engine):
    engine, seen = make_engine(go_on), []

    def job() -> None:
        seen.append(engine.is_stopping)
        engine.stop()
        seen.append(engine.is_stopping)

    engine.every("poll", AGES, job)
    engine.run()
    assert seen == [False, True]


def test_the_fake_engine_keeps_the_intervals_of_a_stepped_clock():
    engine = FakeEngine(go_on, now=NOW)
    seen: list[tuple[str, float]] = []
    for name, minutes in (("poll", 10), ("build", 15)):
        engine.every(
            name,
            timedelta(minutes=minutes),
            lambda name=name: seen.append((name, (engine.now - NOW) / timedelta(minutes=1))),
        )
    engine.advance(timedelta(minutes=30))
    assert seen == [
        ("poll", 0), ("build", 0), ("poll", 10), ("build", 15), ("poll", 20), ("poll", 30), ("build", 30),
    ]  # fmt: skip
    assert engine.now == NOW + timedelta(minutes=30)


# ---------------------------------------------------------------- the local engine


def run_in_thread(engine: LocalEngine) -> tuple[threading.Thread, list[bool]]:
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(engine.run()))
    thread.start()
    return thread, results


def test_jobs_never_overlap_and_all_run_in_one_thread():
    engine = LocalEngine(go_on)
    busy, threads, runs = threading.Lock(), set(), []

    def job() -> None:
        assert busy.acquire(blocking=False), "two jobs at once"
        threads.add(threading.get_ident())
        runs.append(1)
        threading.Event().wait(0.001)
        busy.release()
        if len(runs) == 20:
            engine.stop()

    engine.every("poll", MOMENT, job)
    engine.every("build", MOMENT, job)
    assert engine.run() is True
    assert len(threads) == 1


def test_stop_does_not_wait_for_ever_for_a_job_that_hangs():
    engine = LocalEngine(go_on, grace=MOMENT)
    began, may_end = threading.Event(), threading.Event()

    def hang() -> None:
        began.set()
        may_end.wait(PATIENCE)

    engine.every("poll", AGES, hang)
    thread, results = run_in_thread(engine)
    assert began.wait(PATIENCE)
    engine.stop()
    thread.join(PATIENCE)
    assert results == [False]
    may_end.set()


def test_stop_leaves_jobs_that_have_not_begun():
    engine, log = LocalEngine(go_on), []
    engine.every("poll", AGES, engine.stop)
    engine.every("build", AGES, lambda: log.append("build"))
    assert engine.run() is True
    assert log == []


def test_an_error_in_the_report_of_an_error_stops_the_engine():
    def fail() -> None:
        raise ValueError

    def fail_too(name: str, error: Exception) -> bool:
        raise RuntimeError("cannot log")

    engine = LocalEngine(fail_too)
    engine.every("poll", MOMENT, fail)
    with pytest.raises(RuntimeError, match="cannot log"):
        engine.run()


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0], ids=["back by a day", "forward by a day"])
def test_a_jump_of_the_clock_runs_every_job_at_once(jump):
    wall, runs = [1000.0], []
    engine = LocalEngine(go_on, clock_check=MOMENT, wall_clock=lambda: wall[0], monotonic_clock=lambda: 0.0)

    def job() -> None:
        runs.append(1)
        wall[0] = 1000.0 + jump
        if len(runs) == 2:
            engine.stop()

    engine.every("poll", AGES, job)
    give_up = threading.Timer(10.0, engine.stop)
    give_up.start()
    assert engine.run() is True
    give_up.cancel()
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("previous", "now", "expected"),
    [
        (None, NOW, NOW),
        (NOW, NOW, NOW + timedelta(minutes=1)),
        (NOW, NOW + timedelta(seconds=59), NOW + timedelta(minutes=1)),
        (NOW, NOW + timedelta(seconds=150), NOW + timedelta(minutes=3)),
        (NOW, NOW - timedelta(days=1), NOW + timedelta(minutes=1)),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW, NOW + timedelta(minutes=1)),
    ],
    ids=["first", "on time", "early", "missed two", "set back", "fifty years at once"],
)
def test_missed_ticks_become_one(previous, now, expected):
    assert _Ticks(timedelta(minutes=1)).get_next_fire_time(previous, now) == expected
