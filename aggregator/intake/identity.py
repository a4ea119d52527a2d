"""Tell which articles of a feed are new, which are known, and which of those changed. Pure.

An article keeps its id while its source keeps any of what it is known by: guid, address, title with date, title with
text. The world breaks each of them: guids change with every poll, one guid or one link stands for all articles, links
carry tokens, titles are edited. So a guid or a link that several articles share says nothing, no single sign is
believed against all the others, and each known article is taken at most once. Ids contain the source: no source can
take over the article of another by repeating its guid.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import datetime

from aggregator.dataclass import replace
from aggregator.intake.urls import FEED_HOSTS, canonical_url, host_of, publisher_of
from aggregator.markup import to_text
from aggregator.model import (
    Article,
    ArticleChange,
    ChangeKind,
    KnownArticle,
    ParsedArticle,
    ParsedFeed,
    Signs,
    Sought,
    Source,
)
from aggregator.subtag import primary_subtag

ID_DIGITS = 16  # 64 bits: among 10 million articles a clash has a chance of 1 in 370,000
HASH_DIGITS = 8  # per part of a fingerprint: compared only with the same article before
PARTS = ("title", "link", "text", "date")

Recall = Callable[[Sought], Sequence[KnownArticle]]
"""Gives the stored articles of a source that are sought, oldest first, then by id.

More may be among them. Of those that share a sign (see ``SIGNS``) with an article, all, or at least two.
"""


# ---------------------------------------------------------------- ids


def key_ids(feed: ParsedFeed, *, source_url: str) -> tuple[str, ...]:
    """Give an id for each article of a feed, in its order: 16 hex digits, none twice, the same at a second reading.

    Of each article the id holds as little as tells it from the others: its guid, else more and more of the rest.
    """
    return tuple(_ids(feed.articles, source_url))


def _ids(articles: Sequence[ParsedArticle], source_url: str) -> list[str]:
    return _first_ids(articles, _own_keys(articles), source_url)


def _first_ids(articles: Sequence[ParsedArticle], keys: Sequence[Sequence[str]], source_url: str) -> list[str]:
    taken: set[str] = set()
    return [_mint(source_url, own, article, taken) for own, article in zip(keys, articles, strict=True)]


def _own_keys(articles: Sequence[ParsedArticle]) -> list[list[str]]:
    """Give, for each article, those of its keys that no other article of the feed has."""
    keys = [_keys(article) for article in articles]
    shared = Counter(key for each in keys for key in each)
    return [[key for key in each if shared[key] == 1] for each in keys]


def _keys(article: ParsedArticle) -> list[str]:
    """Give what may identify an article, from the most lasting to the most exact but for ``_whole``."""
    link = canonical_url(article.link)
    date = _iso(article.published_at) or _iso(article.updated_at)
    keys = []
    if article.guid:
        keys += [f"guid\n{article.guid}", f"guid\n{article.guid}\n{link}"]
    elif link:
        keys.append(f"link\n{link}")
    if article.title or date:
        keys.append(f"title\n{article.guid}\n{link}\n{article.title}\n{date}")
    return keys


def _whole(article: ParsedArticle) -> str:
    """Give the last resort: all that an article is. It costs to read its text, so it is asked for last."""
    date = _iso(article.published_at) or _iso(article.updated_at)
    enclosures = " ".join(each.url for each in article.enclosures)
    return f"all\n{article.guid}\n{article.link}\n{article.title}\n{date}\n{enclosures}\n{_text(article)}"


def _mint(
    source_url: str,
    keys: Sequence[str],
    article: ParsedArticle,
    taken: set[str],
    is_stored: Callable[[str], bool] = lambda minted: False,
) -> str:
    """Give the first id that is free and take it; identical articles are told apart by number."""
    for key in keys:
        minted = _digest(f"{source_url}\n{key}", ID_DIGITS)
        if minted not in taken and not is_stored(minted):
            taken.add(minted)
            return minted
    whole = f"{source_url}\n{_whole(article)}"
    minted = _digest(whole, ID_DIGITS)
    n = 2
    while minted in taken or is_stored(minted):
        minted = _digest(f"{whole}\n{n}", ID_DIGITS)
        n += 1
    taken.add(minted)
    return minted


def _digest(text: str, n_digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:n_digits]


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _text(article: ParsedArticle) -> str:
    return article.text or to_text(article.content or article.summary)


# ---------------------------------------------------------------- comparing


def diff(feed: ParsedFeed, *, source: Source, recall: Recall | None, now: datetime) -> tuple[ArticleChange, ...]:
    """Compare a feed with what is stored of its source.

    Args:
        feed: As parsed, its articles filtered.
        source: As configured.
        recall: Finds stored articles of the source; ``None``: there are none.
        now: When the feed was read.

    Returns:
        One change for each article, in the feed's order; what a feed repeats word by word counts once. Id and
        ``first_seen_at`` of a known article stay. Cost: O(n_articles), however many are stored.
    """
    articles = _without_repeats(feed.articles)
    texts = [_text(article) for article in articles]
    keys = _own_keys(articles)
    known: Sequence[KnownArticle] = ()
    matches: dict[int, KnownArticle] = {}
    ids: Collection[str] = ()
    if recall is not None:
        read = [_signs_of_read(each, text) for each, text in zip(articles, texts, strict=True)]
        ids = _first_ids(articles, keys, source.url)
        known = recall(Sought(ids=tuple(ids), signs=tuple(read)))
        matches = _match(ids, read, known)
    taken = {each.id for each in known}
    looked_up = {*ids}

    def is_stored(minted: str) -> bool:
        if recall is None or minted in looked_up:  # then it is among the taken ones
            return False
        return any(each.id == minted for each in recall(Sought(ids=(minted,))))

    changes = []
    for i, (article, text) in enumerate(zip(articles, texts, strict=True)):
        if match := matches.get(i):
            built = _build(match.id, article, text, feed, source, first_seen_at=match.first_seen_at)
            changes.append(_compare(match, built, now))
        else:
            minted = _mint(source.url, keys[i], article, taken, is_stored)
            built = _build(minted, article, text, feed, source, first_seen_at=now)
            changes.append(ArticleChange(kind=ChangeKind.NEW, article=_with_language(built)))
    return tuple(changes)


def _without_repeats(articles: Sequence[ParsedArticle]) -> tuple[ParsedArticle, ...]:
    """Drop what a feed says twice: same guid, link, title and date; what has none of them is told apart by the rest.

    The one that says most stays, so that the order in which a feed repeats itself changes nothing.
    """
    fullest: dict[Hashable, ParsedArticle] = {}
    for article in articles:
        named = article.guid or article.link or article.title
        rest = "" if named else _whole(article)
        name = (article.guid, canonical_url(article.link), article.title, article.published_at, rest)
        other = fullest.setdefault(name, article)
        if other is not article and _fullness(article) > _fullness(other):
            fullest[name] = article
    return tuple(fullest.values())


def _fullness(article: ParsedArticle) -> tuple[int, str, str]:
    body = article.content or article.summary
    return len(body), body, article.link


def _compare(known: KnownArticle, built: Article, now: datetime) -> ArticleChange:
    before, after = known.fingerprint.split("-"), built.fingerprint.split("-")
    changed = [part for part, old, new in zip(PARTS, before, after, strict=False) if old != new]
    if not changed:
        return ArticleChange(kind=ChangeKind.UNCHANGED, article=built)
    built = _with_language(replace(built, modified_at=now))
    return ArticleChange(kind=ChangeKind.MODIFIED, article=built, reason=", ".join(changed))


def _with_language(article: Article) -> Article:
    """Detect the language where none is declared. It costs 0.2 ms, so only what will be stored is looked at."""
    if article.lang != "und":
        return article
    from aggregator.text import language  # 15 ms to import, which feeds that declare their language need not spend

    return replace(article, lang=language(f"{article.title}\n{article.text}"))


def _build(
    article_id: str, article: ParsedArticle, text: str, feed: ParsedFeed, source: Source, *, first_seen_at: datetime
) -> Article:
    page, named = canonical_url(article.link), canonical_url(article.guid)
    claimed = article.published_at or article.updated_at
    at = min(claimed, first_seen_at) if claimed else first_seen_at  # as ``Article.at``
    return Article(
        id=article_id,
        source_url=source.url,
        publisher=source.publisher or _publisher(feed, source),
        source_name=source.name or feed.title or host_of(source.url),
        guid=article.guid,
        link=article.link,
        canonical_url=page,
        guid_url="" if named == page else named,
        title=article.title,
        summary=article.summary,
        content=article.content,
        text=text,
        author=article.author,
        categories=article.categories,
        tags=source.tags,
        enclosures=article.enclosures,
        image=article.image,
        lang=primary_subtag(source.lang or article.lang or feed.lang) or "und",
        published_at=article.published_at,
        updated_at=article.updated_at,
        first_seen_at=first_seen_at,
        modified_at=first_seen_at,
        fingerprint=_fingerprint(article.title, page, text, at),
        weight=source.weight,
        is_paywalled=article.is_paywalled,
    )


def _publisher(feed: ParsedFeed, source: Source) -> str:
    """Give the registrable domain of the source, or of its site where a service only carries the feed."""
    domain = publisher_of(source.url)
    if domain in FEED_HOSTS and feed.site_url:
        return publisher_of(feed.site_url)
    return domain


def _fingerprint(title: str, page: str, text: str, at: datetime) -> str:
    """Give short hashes of title, link, text and date, joined by "-".

    The link counts without its query, so that a token makes no change. The date is the effective one: a feed that dates
    everything "now" at every poll changes nothing either.
    """
    return "-".join((_hash(title), _hash(_bare(page)), _hash(text), _hash(at.isoformat())))


def _hash(text: str) -> str:
    return _digest(text, HASH_DIGITS) if text else "0"


def _bare(url: str) -> str:
    return url.partition("?")[0]


# ---------------------------------------------------------------- matching


Sign = Callable[[Signs], Hashable]


def _together(*values: Hashable) -> Hashable:
    """Give the values as one sign, or ``None`` if one is missing."""
    return values if all(values) else None


def _is_any(_a: Signs, _b: Signs) -> bool:
    return True


def _is_backed(a: Signs, b: Signs) -> bool:
    """Tell whether anything else speaks for the pair, or nothing can."""
    if a.link and b.link and _bare(a.link) == _bare(b.link):
        return True
    return _is_same_telling(a, b) or not (a.link and b.link)


def _is_same_telling(a: Signs, b: Signs) -> bool:
    return bool((a.title and a.title == b.title) or (a.date and a.date == b.date))


def _is_one_page(a: Signs, b: Signs) -> bool:
    return not (a.guid and b.guid) or _is_same_telling(a, b)


def _is_of_one_date(a: Signs, b: Signs) -> bool:
    return a.date == b.date or not (a.date and b.date)


# From the surest to the least sure. A sign counts only where one article and one known article have it.
SIGNS: tuple[tuple[Sign, Callable[[Signs, Signs], bool]], ...] = (
    (lambda s: (s.guid, s.link, s.title, s.date, s.text), _is_any),
    (lambda s: (s.guid, s.link, s.title, s.date) if s.guid or s.link else None, _is_any),
    (lambda s: _together(s.guid, s.link), _is_any),
    (lambda s: s.guid, _is_backed),
    (lambda s: s.guid_url, _is_backed),  # http or https, a fragment that counts edits
    (lambda s: _together(s.guid, s.date), _is_any),  # one guid for all
    (lambda s: s.link, _is_one_page),
    (lambda s: _together(s.link, s.date), _is_any),  # one link for all
    (lambda s: _together(s.title, s.date), _is_any),  # guid and link both change
    (lambda s: _together(s.title, _bare(s.link)), _is_of_one_date),
    (lambda s: _together(s.title, s.text), _is_of_one_date),
)


def _match(ids: Sequence[str], read: Sequence[Signs], known: Sequence[KnownArticle]) -> dict[int, KnownArticle]:
    """Give, by the index of each article that has one, the known article that it is."""
    if not known:
        return {}
    stored = [_signs_of(each) for each in known]
    matches = _by_id(ids, read, known, stored)
    for sign, is_sure in SIGNS:
        if len(matches) == len(read):
            break
        stored_by_sign = _by_sign(sign, stored)
        used = set(matches.values())
        for value, i in _by_sign(sign, read).items():
            j = stored_by_sign.get(value)
            if i is None or j is None or i in matches or j in used:
                continue
            if is_sure(read[i], stored[j]):
                matches[i] = j
    return {i: known[j] for i, j in matches.items()}


def _by_id(
    ids: Sequence[str], read: Sequence[Signs], known: Sequence[KnownArticle], stored: Sequence[Signs]
) -> dict[int, int]:
    """Match what would get its old id again and has all its old signs: articles that only their files tell apart."""
    index = {each.id: j for j, each in enumerate(known)}
    found = ((i, index.get(each)) for i, each in enumerate(ids))
    return {i: j for i, j in found if j is not None and read[i] == stored[j]}


def _signs_of(known: KnownArticle) -> Signs:
    return Signs(
        guid=known.guid,
        guid_url=canonical_url(known.guid),
        link=known.canonical_url,
        title=known.title,
        date=known.published_at,
        text=_text_hash(known.fingerprint),
    )


def _signs_of_read(article: ParsedArticle, text: str) -> Signs:
    return Signs(
        guid=article.guid,
        guid_url=canonical_url(article.guid),
        link=canonical_url(article.link),
        title=article.title,
        date=article.published_at,
        text=_hash(text) if text else "",
    )


def _text_hash(fingerprint: str) -> str:
    parts = fingerprint.split("-")
    text = parts[PARTS.index("text")] if len(parts) == len(PARTS) else ""
    return "" if text == "0" else text


def has_twins(changes: Sequence[ArticleChange], known: Sequence[KnownArticle]) -> bool:
    """Tell whether a comparison leaves articles that only their files tell apart.

    Args:
        changes: What it gave.
        known: What was recalled for it.
    """
    stored = {
        each.id: (each.guid, each.canonical_url, each.title, each.published_at, each.fingerprint) for each in known
    }
    for change in changes:
        each = change.article
        stored[each.id] = (each.guid, each.canonical_url, each.title, each.published_at, each.fingerprint)
    return len({*stored.values()}) < len(stored)


def _by_sign(sign: Sign, all_signs: Sequence[Signs]) -> dict[Hashable, int | None]:
    """Give the index of the only one with each sign; ``None`` where several have it."""
    found: dict[Hashable, int | None] = {}
    for i, signs in enumerate(all_signs):
        if value := sign(signs):
            found[value] = None if value in found else i
    return found
