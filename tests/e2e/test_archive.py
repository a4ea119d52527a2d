"""The archive day by day: what is over stays, what a killed build left is made good."""

from dataclasses import dataclass

from tests.e2e.conftest import DAY_ONE, Workplace
from tests.loopback.feed_server import Answer, FeedServer, rss

DAY = 24 * 3600


@dataclass(slots=True)
class Paper:
    """A source that prints one article a day, from 14 January 2026 on."""

    workplace: Workplace
    server: FeedServer

    def __post_init__(self) -> None:
        self.workplace.write_config(f"{self.server.base}/one")

    def print(self, *days: int) -> None:
        """Put the articles of these days into the feed and poll at noon of the last."""
        articles = [
            (
                f"n{n}",
                f"Story number {n} of the harbour town",
                f"The harbour town tells story number {n} on this day. It is not like the one before.",
                f"{14 + n} Jan 2026 11:{50 - n} GMT",
            )
            for n in days
        ]
        self.server.answers["/one"] = Answer(rss(*articles))
        assert self.workplace.run("poll", now=DAY_ONE + days[-1] * DAY).code == 0

    def archive(self) -> dict[str, bytes]:
        return {name: body for name, body in self.workplace.files().items() if name.startswith("archive/2026")}


def test_a_day_that_is_over_never_changes_again(workplace: Workplace, server: FeedServer) -> None:
    paper = Paper(workplace, server)
    paper.print(0)
    paper.print(0, 1)
    over = paper.archive()["archive/2026-01-14.html"]
    assert b'rel="next" href="2026-01-15.html"' in over
    assert b"Story number 0" in over
    paper.print(0, 1, 2)
    paper.print(1, 2, 4)
    found = paper.archive()
    assert sorted(found) == [f"archive/2026-01-{day}.html" for day in (14, 15, 16, 18)]
    assert found["archive/2026-01-14.html"] == over
    assert b'rel="next" href="2026-01-18.html"' in found["archive/2026-01-16.html"]
    assert workplace.run("build", "--all", now=DAY_ONE + 9 * DAY).code == 0
    assert paper.archive() == found


def test_a_build_makes_good_what_killed_ones_left(workplace: Workplace, server: FeedServer) -> None:
    paper = Paper(workplace, server)
    for n in range(4):
        paper.print(*range(n + 1))
    wanted = paper.archive()
    for name in ("archive/2026-01-16.html", "archive/2026-01-15.html"):
        (workplace.site / name).write_bytes(b"as it stood before the day was over")
    assert workplace.run("build", now=DAY_ONE + 4 * DAY).code == 0
    assert paper.archive() == wanted
