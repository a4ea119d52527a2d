"""Stories and summaries as JSON records: what ``aggregator summarize`` and ``verify`` read and write.

Owns the shape of those records and mends what is missing in them. Must not read or write files.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from aggregator.markup import clean, to_text
from aggregator.model import EPOCH, Article, Report, Summary
from aggregator.summaries.explain import explain_verdict
from aggregator.summaries.gate import check


def read_story(record: dict[str, object]) -> tuple[str, tuple[Report, ...]]:
    """Read one line of ``summarize``: ``{"id", "articles": [{title, source, url, published, text, summary?, lang?}]}``.

    Any field may be missing or of another type; each article becomes its own report, in the order of the record.

    Returns:
        The story's id and its reports.
    """
    articles = record.get("articles")
    rows = [row for row in articles if isinstance(row, dict)] if isinstance(articles, list) else []
    # Order in the record is the only date that undated articles have.
    reports = tuple(Report(article=_article(row, f"{n:04d}")) for n, row in enumerate(rows, 1))
    return _text(record.get("id")), reports


def summary_record(story_id: str, summary: Summary) -> dict[str, object]:
    """Give a summary as the record that ``summarize`` prints; an unheaded section has the heading ``None``."""
    n = summary.n_articles
    return {
        "id": story_id,
        "headline": summary.headline,
        "updated": f"Updated ({n} article{'s' if n != 1 else ''})",
        "n_articles": n,
        "n_publishers": summary.n_publishers,
        "sections": [
            {
                "heading": section.heading or None,
                "sentences": [{"text": s.text, "citations": list(s.citations)} for s in section.sentences],
            }
            for section in summary.sections
        ],
        "sources": [
            {
                "n": source.n,
                "title": source.title,
                "publisher": source.name or source.publisher,
                "url": source.url,
                "published": None if source.published_at == EPOCH else source.published_at.isoformat(),
                "lang": source.lang,
                "also": [{"title": a.title, "publisher": a.name or a.publisher, "url": a.url} for a in source.also],
            }
            for source in summary.sources
        ],
        "method": summary.method,
        "dropped": [{"text": d.text, "reason": d.reason} for d in summary.dropped],
    }


def verify_record(record: dict[str, object], *, explain: bool = False) -> dict[str, object]:
    """Answer one line of ``verify``: ``{"id", "article", "sentence"}`` -> ``{"id", "supported", "reasons"}``.

    With ``explain`` the answer has a key of that name: what the gate compared the sentence with.
    """
    row = record.get("article")
    article, sentence = _article(row if isinstance(row, dict) else {}, "0001"), _text(record.get("sentence"))
    verdict = check(sentence, article)
    answer: dict[str, object] = {
        "id": record.get("id"),
        "supported": verdict.is_supported,
        "reasons": list(verdict.reasons),
    }
    return answer | {"explain": explain_verdict(verdict)} if explain else answer


def _article(row: dict[str, object], article_id: str) -> Article:
    url = _text(row.get("url"))
    source = _text(row.get("source"))
    summary, text = _text(row.get("summary")), _text(row.get("text"))
    published_at = _moment(row.get("published"))
    return Article(
        id=article_id,
        source_url=url,
        publisher=source or (urlsplit(url).hostname or "") if _is_url(url) else source,
        source_name=source,
        link=url,
        canonical_url=url,
        title=" ".join(_plain(_text(row.get("title"))).split()),
        summary=summary,
        text=_plain(text) or _plain(summary),
        lang=_text(row.get("lang")) or "und",
        published_at=published_at,
        first_seen_at=published_at or EPOCH,
        modified_at=published_at or EPOCH,
    )


def _is_url(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _plain(text: str) -> str:
    """Read markup off a text that has any."""
    return (to_text(text) if "</" in text or "<p" in text or "<br" in text or "&#" in text else clean(text)).strip()


def _moment(value: object) -> datetime | None:
    """Read ISO 8601, RFC 5322 or seconds since the epoch; what says no zone is UTC; unreadable is ``None``."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        text = _text(value).strip()
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
