"""What a fetch gives."""

from datetime import timedelta

from aggregator.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body arrived (status 200, or another 2xx with a body).

    Attributes:
        url: The address that answered, after redirects.
        body: Decoded bytes, at most the source's ``max_bytes``.
        content_type: Raw ``Content-Type``.
        etag: Raw ``ETag``; empty: none.
        last_modified: Raw ``Last-Modified``; empty: none.
        max_age: Freshness claimed by ``Cache-Control`` or ``Expires``; ``None``: none.
        moved_to: Where a chain of only permanent redirects led; empty: not moved.
        encoding: Raw ``Content-Encoding``; empty: the body came as it is.
        link: Raw ``Link``, several joined by ", "; empty: none.
        wire_hash: Hex SHA-256 of the body as transferred, with its encoding; empty: not known.
        is_known: It came as the body did that ``SourceState.wire_hash`` stands for; ``body`` is left empty.
        seconds: Wall time of the fetch.
    """

    url: str
    body: bytes
    encoding: str = ""
    link: str = ""
    wire_hash: str = ""
    is_known: bool = False
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    max_age: timedelta | None = None
    moved_to: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The source answered 304. Fields as in :class:`Fetched`; empty validators mean: keep the old ones."""

    url: str
    etag: str = ""
    last_modified: str = ""
    max_age: timedelta | None = None
    moved_to: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No body can be had.

    Attributes:
        reason: What happened, in words for the person who runs this ("the server answered 503 Service Unavailable").
        status: HTTP status; 0: no answer.
        is_gone: The source answered 410.
        retry_after: How long the server asked to be left alone; ``None``: it did not say.
        seconds: Wall time of the fetch.
    """

    reason: str
    status: int = 0
    is_gone: bool = False
    retry_after: timedelta | None = None
    seconds: float = 0.0


FetchResult = Fetched | NotModified | FetchFailed
