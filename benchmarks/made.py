"""Make feeds that look like those of the world, from a seed, and serve them on loopback. No text of anybody else.

The same seed gives the same bytes everywhere. The farm is a process of its own, so that its work is not counted:
``python -m benchmarks.made PORT N [ARTICLES]``. Each feed has an address of its own in 127.1.0.0/16, as each source has
a host.
Paths: ``/feed/N``; ``/set?validators=0&volatile=1``; ``/advance?percent=10``: that share of the feeds has two more.
"""

import asyncio
import gzip
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

BEGIN_AT = datetime(2026, 1, 5, tzinfo=UTC)
N_ARTICLES = 25
WORDS = (
    "harbour", "council", "bridge", "vote", "storm", "river", "school", "budget", "museum", "strike", "ferry",
    "tunnel", "market", "clinic", "festival", "court", "railway", "forest", "border", "minister", "harvest",
    "power", "station", "survey", "island", "coast", "factory", "union", "airport", "library", "energy",
)  # fmt: skip
_PLACES = ("Lunden", "Ostmark", "Varnby", "Kalle Bay", "Port Ellis", "Nordheim", "Sella", "Marrow", "Tiverpool")


def host_of(n: int) -> str:
    """Return the loopback address of a feed."""
    return f"127.1.{n // 250}.{n % 250 + 1}"


def sentence(random_: random.Random) -> str:
    """Return a sentence of plain words."""
    words = [random_.choice(WORDS) for _ in range(random_.randint(8, 18))]
    return f"The {' '.join(words)} in {random_.choice(_PLACES)} took {random_.randint(2, 90)} days."


def article(feed: int, n: int, place: str) -> str:
    """Return one RSS item or Atom entry of a feed, in two thirds of the cases RSS."""
    random_ = random.Random(f"{feed} {n}")
    at = BEGIN_AT + timedelta(minutes=37 * n, seconds=feed % 60)
    title = f"{random_.choice(_PLACES)}: {' '.join(random_.choice(WORDS) for _ in range(5))} ({feed}-{n})"
    body = "".join(f"<p>{sentence(random_)} <a href='http://{place}/a/{n}'>More</a></p>" for _ in range(14))
    body = body.replace("<", "&lt;").replace(">", "&gt;")
    if feed % 3 == 2:
        return (
            f"<entry><id>tag:{feed}.example,2026:{n}</id><title>{title}</title><updated>{at:%Y-%m-%dT%H:%M:%SZ}"
            f'</updated><link href="http://{place}/a/{n}"/><author><name>Reporter {n % 9}</name></author>'
            f'<content type="html">{body}</content></entry>\n'
        )
    return (
        f'<item><title>{title}</title><link>http://{place}/a/{n}</link><guid isPermaLink="false">{feed}.{n}</guid>'
        f"<pubDate>{format_datetime(at)}</pubDate><category>{random_.choice(WORDS)}</category>"
        f"<description>{body}</description></item>\n"
    )


def feed_of(
    feed: int, newest: int, *, built: datetime = BEGIN_AT, place: str = "one.example", n_articles: int = N_ARTICLES
) -> bytes:
    """Return a feed whose newest article has the number ``newest``; its own time is ``built``."""
    articles = "".join(article(feed, n, place) for n in range(newest, newest - n_articles, -1))
    if feed % 3 == 2:
        text = (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
            f"<title>Feed {feed}</title><id>tag:{feed}.example,2026:feed</id><updated>{built:%Y-%m-%dT%H:%M:%SZ}"
            f"</updated>\n{articles}</feed>\n"
        )
    else:
        text = (
            '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
            f"<title>Feed {feed}</title><link>http://{place}/</link><description>News</description><language>en"
            f"</language><lastBuildDate>{format_datetime(built)}</lastBuildDate>\n{articles}</channel></rss>\n"
        )
    return text.encode()


class Farm:
    """Serves the feeds. What it answers depends on its settings only, never on who asks or when."""

    def __init__(self, port: int, n_feeds: int, n_articles: int = N_ARTICLES) -> None:
        self.port = port
        self.n_articles = n_articles
        self.newest = [100] * n_feeds
        self.has_validators = True
        self.n_visits = 0
        self.is_volatile = False
        self._bodies: dict[tuple[int, int], bytes] = {}

    async def run(self) -> None:
        """Serve until killed."""
        for n in range(len(self.newest)):
            await asyncio.start_server(self.serve, host_of(n), self.port, backlog=64)
        await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        await asyncio.Event().wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests over one connection."""
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                writer.write(self.answer(lines[0].split(" ")[1], headers))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    def answer(self, target: str, headers: dict[str, str]) -> bytes:
        """Give the whole answer to a request."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if not path.startswith("/feed/"):
            self.change(path, query)
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        n = int(path.removeprefix("/feed/"))
        etag = f'"{n}-{self.newest[n]}"'
        validators = f"ETag: {etag}\r\n" if self.has_validators else ""
        if self.has_validators and headers.get("if-none-match") == etag:
            return f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode()
        body = self.body(n)
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n{validators}Content-Encoding: gzip\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def body(self, n: int) -> bytes:
        """Give a feed, compressed."""
        place = f"{host_of(n)}:{self.port}"
        if self.is_volatile:
            self.n_visits += 1
            built = BEGIN_AT + timedelta(days=30, seconds=self.n_visits)
            return gzip.compress(
                feed_of(n, self.newest[n], built=built, place=place, n_articles=self.n_articles), 1, mtime=0
            )
        key = (n, self.newest[n])
        if key not in self._bodies:
            self._bodies[key] = gzip.compress(
                feed_of(n, self.newest[n], place=place, n_articles=self.n_articles), 6, mtime=0
            )
        return self._bodies[key]

    def change(self, path: str, query: dict[str, list[str]]) -> None:
        """Do what a control request says."""
        if path == "/set":
            self.has_validators = query["validators"] == ["1"]
            self.is_volatile = query["volatile"] == ["1"]
        if path == "/advance":
            share = 100 // int(query["percent"][0])
            self.newest = [newest + 2 if n % share == 0 else newest for n, newest in enumerate(self.newest)]


if __name__ == "__main__":
    asyncio.run(Farm(*map(int, sys.argv[1:])).run())
