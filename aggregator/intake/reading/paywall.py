"""Tell whether a feed says of an article that the whole of it is for those who pay. Pure.

A hint, never invented: only what stands there for this purpose counts (an element or key that says so, a category of
that very name, a mark around the title), never a word in running text. Of 663 real feeds that were looked at none
carries an element for it; what publishers do carry are marks in titles ("[$]", "(S+)") and categories ("PAID").

Source: schema.org, isAccessibleForFree; Google News, news:access; DCMI Terms, accessRights; Open Graph,
article:content_tier. Not counted: what is locked by country or licence (media:restriction, media:price is of the film),
what asks for a free account only ("registration", "members only"), and "restricted", which libraries say of much else.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_NAMES = re.compile("access|paywall|premium|subscri|tier", re.IGNORECASE)  # a quick look before the exact one
MAX_CACHED = 100  # characters of a name: a cache must not be made to keep long ones
_FREE = ("accessibleforfree",)
_PAID = (
    "paywall", "paywalled", "premium", "subscriberonly", "subscribersonly", "subscriptionrequired",
    "requiressubscription",
)  # fmt: skip
_LEVEL = ("access", "accessrights", "accesstype", "accesslevel", "contenttier")
_YES = frozenset({"true", "yes", "1"})
_NO = frozenset({"false", "no", "0"})
# Sure even without brackets around them: nobody writes these about anything else.
_WORDS = """
    subscribers only; subscriber only; for subscribers only; for subscribers; subscriber exclusive;
    exclusive to subscribers; subscription required; paywalled; paid subscribers only;
    abonnés; réservé aux abonnés; article réservé aux abonnés; pour les abonnés; article abonné; contenu abonnés;
    nur für abonnenten; für abonnenten; exklusiv für abonnenten; abonnenten;
    solo suscriptores; solo para suscriptores; exclusivo para suscriptores; suscriptores; para suscriptores;
    só para assinantes; exclusivo para assinantes; somente assinantes; para assinantes; assinantes;
    per abbonati; solo per abbonati; riservato agli abbonati; abbonati;
    alleen voor abonnees; voor abonnees; abonnees; for abonnenter; kun for abonnenter;
    endast för prenumeranter; för prenumeranter; prenumeranter; vain tilaajille; tilaajille;
    dla prenumeratorów; tylko dla prenumeratorów; pro předplatitele; jen pro předplatitele; előfizetőknek;
    doar pentru abonați; pentru abonați; abonelere özel; yalnızca aboneler; για συνδρομητές;
    для подписчиков; только для подписчиков; по подписке; для передплатників; лише для передплатників;
    للمشتركين; للمشتركين فقط; למנויים; למנויים בלבד; केवल सदस्यों के लिए;
    有料記事; 有料会員限定; 有料会員限定記事; 付费; 付费文章; 付費文章; 订阅专享; 訂戶專享; 구독자 전용; 유료 기사; 유료
"""
_NOISE = re.compile(r"[\s\u200b\ufe0f*•·!.-]+")


def _plain(text: str) -> str:
    return _NOISE.sub(" ", text.casefold()).strip()


_PHRASES = frozenset(map(_plain, _WORDS.split(";")))
_IN_PLACE = _PHRASES | {"premium", "premium content", "premium article", "paid content", "$"}
_LEVELS = _IN_PLACE | {"paid", "subscription", "subscriber", "subscribers", "locked"}
# In brackets a category that may be a topic is none, and a word that may speak of prices is no mark.
_BRACKETED = (_IN_PLACE | {"paywall", "bezahlschranke"}) - {"付费", "유료"}

_OPEN, _SHUT = r"[\[(（【]", r"[\])）】]"
_IN_BRACKETS = (
    re.compile(rf"\A{_OPEN}\s*([^\[\]()（）【】\s][^\[\]()（）【】]{{0,40}}?)\s*{_SHUT}"),
    re.compile(rf"{_OPEN}\s*([^\[\]()（）【】\s][^\[\]()（）【】]{{0,40}}?)\s*{_SHUT}\Z"),
)
_APART = (
    re.compile(r"\A([^:|–—]{3,40}?)\s*(?::|\||\s[–—-]\s)"),
    re.compile(r"(?:\||\s[–—-]\s)\s*([^:|–—]{3,40}?)\Z"),
)
_BRACKET = re.compile(r"[\[(（【]")
_STROKE = re.compile(r"[:|–—]|\s-\s")
_PLUS = re.compile(r"\A[^\W\d_]{1,2}\+\Z")  # "(S+)", "(g+)" before a title: how German publishers mark theirs
_LOCKS = "🔒🔐"


def is_paywalled(
    *, title: str, categories: Iterable[tuple[str, str]], named: Iterable[tuple[str, object]], rights: str = ""
) -> bool:
    """Tell whether a feed says that an article is for those who pay.

    Args:
        title: Plain text.
        categories: (name, scheme) of each; an empty scheme: none.
        named: (name, value) of the article's other elements or keys, with or without a prefix.
        rights: Plain text.
    """
    return (
        any(_says_so(name, value) for name, value in named if _may_say_so(name))
        or any(_is_mark(name, _LEVELS if "access" in scheme.lower() else _IN_PLACE) for name, scheme in categories)
        or _is_mark(rights, _PHRASES)
        or _is_marked(title)
    )


def named_in(given: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """Give the (key, value) of a JSON object and of its extensions (keys that begin with "_")."""
    for key, value in given.items():
        yield key, value
        if key.startswith("_") and isinstance(value, dict):
            yield from value.items()


def _may_say_so(name: str) -> bool:
    return _is_telling(name) if len(name) <= MAX_CACHED else _NAMES.search(name) is not None


@lru_cache(maxsize=1024)
def _is_telling(name: str) -> bool:
    """Remember of the few names that all feeds use whether they are worth a closer look."""
    return _NAMES.search(name) is not None


def _says_so(name: str, value: object) -> bool:
    """Tell whether an element says it by its name and a plain value."""
    if not isinstance(value, str | bool | int):
        return False
    plain, said = re.sub("[^a-z]", "", name.lower()), _plain(str(value)[:100])
    if plain.endswith(_FREE):
        return said in _NO
    if plain.endswith(_PAID):
        return said in _YES
    return plain.endswith(_LEVEL) and said in _LEVELS


def _is_marked(title: str) -> bool:
    """Tell whether a mark stands around a title: in brackets, behind a lock, or parted from it by a stroke."""
    title = title.strip()
    if title.endswith(tuple(_LOCKS)):
        return True
    # Most titles have neither bracket nor stroke, and the searches for what may stand there take five times as long.
    if _BRACKET.search(title) and _has_mark_in_brackets(title):
        return True
    if not _STROKE.search(title):
        return False
    apart = (found[1].strip() for pattern in _APART if (found := pattern.search(title.lstrip(_LOCKS + " "))))
    return any(" " in _plain(mark) and _is_mark(mark, _PHRASES) for mark in apart)


def _has_mark_in_brackets(title: str) -> bool:
    bracketed = [found[1] for pattern in _IN_BRACKETS if (found := pattern.search(title))]
    if any(not mark.strip(_LOCKS) or _is_mark(mark, _BRACKETED) for mark in bracketed):
        return True
    return bool((first := _IN_BRACKETS[0].search(title)) and _PLUS.match(first[1]))


def _is_mark(text: str, marks: frozenset[str]) -> bool:
    return len(text) <= 60 and _plain(text.strip(_LOCKS + " ")) in marks
