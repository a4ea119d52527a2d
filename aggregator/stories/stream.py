"""Cluster a file of articles as if it were a stream: what ``aggregator cluster`` does.

Owns how a record becomes an article and how batches and merges add up to one final story for each. It does no I/O.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlsplit

from aggregator import text
from aggregator.model import EPOCH, Article, Membership
from aggregator.stories.cluster import Clusterer
from aggregator.stories.encoder import Encoder

BATCH = 25  # articles of one build


def read_article(record: Mapping[str, object], n: int) -> Article:
    """Read one record; any field may be missing, empty or of a wrong type.

    Args:
        record: ``id title summary text source url published lang``.
        n: Number of the record; stands in for a missing id.
    """
    id_ = _text(record, "id") or hashlib.sha256(f"record {n}".encode()).hexdigest()[:16]
    title, summary, url = _text(record, "title"), _text(record, "summary"), _text(record, "url")
    host = _host(url)
    publisher = _text(record, "source") or host
    published_at = _moment(_text(record, "published"))
    body = _text(record, "text") or summary
    return Article(
        id=id_,
        source_url=f"https://{host}/" if host else publisher,
        publisher=publisher,
        source_name=publisher,
        guid=id_,
        link=url,
        canonical_url=url,
        title=title,
        summary=summary,
        text=body,
        lang=text.language(f"{title}\n{body}", _text(record, "lang")),
        published_at=published_at,
        first_seen_at=published_at or EPOCH,
        modified_at=published_at or EPOCH,
    )


def cluster_stream(
    articles: Iterable[Article], *, batch: int = BATCH, encoder: Encoder | None = None
) -> dict[str, str]:
    """Return the final story id of each article by article id, in the order of the stream."""
    explained = explain_stream(articles, batch=batch, encoder=encoder)
    return {id_: membership.story_id for id_, membership in explained.items()}


def explain_stream(
    articles: Iterable[Article], *, batch: int = BATCH, encoder: Encoder | None = None
) -> dict[str, Membership]:
    """Return the membership of each article in its final story by article id, in the order of the stream.

    Probability, rule and reason are those of the moment it joined. An id that comes twice counts once.
    """
    clusterer = Clusterer(encoder=encoder)
    placed: dict[str, Membership] = {}
    order: list[str] = []
    successor: dict[str, str] = {}
    for some in _batches(articles, batch):
        order += [article.id for article in some]
        clustering = clusterer.place([article for article in some if article.id not in placed])
        placed |= {membership.article_id: membership for membership in clustering.memberships}
        successor |= {merge.retired_id: merge.story_id for merge in clustering.merges}
    return {id_: _in_final_story(placed[id_], successor) for id_ in dict.fromkeys(order)}


def _batches(articles: Iterable[Article], size: int) -> Iterator[list[Article]]:
    stream = iter(articles)
    while some := list(islice(stream, max(1, size))):
        yield some


def _in_final_story(membership: Membership, successor: Mapping[str, str]) -> Membership:
    story_id = membership.story_id
    while story_id in successor:
        story_id = successor[story_id]
    if story_id == membership.story_id:
        return membership
    return Membership(
        article_id=membership.article_id,
        story_id=story_id,
        copy_of=membership.copy_of,
        probability=membership.probability,
        rule=membership.rule,
        reason=membership.reason,
        model=membership.model,
        joined_at=membership.joined_at,
    )


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    return " ".join(value.split()) if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _moment(written: str) -> datetime | None:
    """Read an ISO 8601 time; without a zone it is UTC. ``None``: empty or unreadable."""
    try:
        moment = datetime.fromisoformat(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
