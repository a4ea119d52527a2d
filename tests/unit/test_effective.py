"""When an article counts as written: never later than it was first seen, so that no future date stays on top."""

from datetime import timedelta

import pytest

from tests.builders import NOW, article

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        (NOW - HOUR, None, NOW - HOUR),
        (NOW + 1000 * HOUR, None, NOW),
        (None, NOW - HOUR, NOW - HOUR),
        (None, NOW + HOUR, NOW),
        (None, None, NOW),
        (NOW - 3 * HOUR, NOW - HOUR, NOW - 3 * HOUR),
    ],
)
def test_effective_time(published: object, updated: object, expected: object) -> None:
    assert article(published_at=published, updated_at=updated, first_seen_at=NOW).at == expected
