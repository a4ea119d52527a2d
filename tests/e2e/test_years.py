"""Ten months, of which every tenth day is lived: what must stay flat does. Years: ``python -m benchmarks.years``."""

from pathlib import Path

import pytest

pytest.importorskip("benchmarks")
from benchmarks.years import Row, live

N_SOURCES = 6


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    folder: Path = tmp_path_factory.mktemp("years")
    return list(live(folder, n_days=300, n_sources=N_SOURCES, events_a_day=1, polls=1, step=10, per=100))


def test_what_is_kept_for_a_time_stays_flat(rows: list[Row]) -> None:
    first, second, third = rows
    for name in ("texts", "polls", "poll_days"):
        assert third.n_rows[name] <= first.n_rows[name] * 1.3, name
    assert third.n_rows["polls"] <= N_SOURCES * 14, "90 days of them"
    assert third.database_mb < second.database_mb * 1.5
    assert third.n_written <= first.n_written * 1.3, "a build writes what is new, not what there is"


def test_stories_and_their_pages_stay_for_ever(rows: list[Row]) -> None:
    first, _, third = rows
    assert third.n_rows["stories"] > 2 * first.n_rows["stories"]
    assert third.n_files > third.n_rows["stories"], "a page each"
    assert third.n_rows["articles"] > third.n_rows["texts"] > 0
