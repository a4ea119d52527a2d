"""Stems and content words, as the summariser compares them.

Owns the light stemmer and what counts as a content word here. Cutting text into tokens is :mod:`aggregator.text`'s.
Must not be used to show anything: stems are no words.
"""

from functools import lru_cache

from aggregator.text import ALL_STOP_WORDS, STOP_WORDS, tokens


def word_set(words: str) -> frozenset[str]:
    """Make a set of words from a text: tables stay readable and one line per few words."""
    return frozenset(words.split())


# Words that carry no fact of a news sentence, beyond the stop-words of the languages.
_EMPTY = word_set(
    """
    said says say saying told according would could may might can will shall should must also just than there here
    when where while which whose whom what why because though although however still yet very much many more most some
    any each other another such own same so too only then now if else do does did doing done been being am its our ours
    we us you your my me i him hers them their theirs these those don doesn didn isn wasn aren weren won wouldn couldn
    no nor none neither never without off down over under between through during before until per via amid among news
    report reports reported mr mrs ms dr
    """
)
_VOWELS = frozenset("aeiouy")
# Longest first; what stays must have a vowel and at least three letters.
_SUFFIXES = ("ingly", "edly", "ings", "ing", "ed", "ers", "er", "ly", "ment", "ments", "ness", "es", "s")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Cut the inflection off a token: plural, -ed, -ing, -ly of English, and the same endings elsewhere.

    Numbers and scripts without case come back as they are. Light on purpose: wrong joins cost more than missed ones.
    """
    if len(word) < 4 or not word[-1].isalpha() or not word.isascii():
        return word
    if word.endswith(("ies", "ied")):
        return word[:-3] + "i" if len(word) > 4 else word[:-1]
    if word.endswith(("eed", "ees")):
        return word[:-2]
    if word.endswith(("ss", "us", "is")):
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            root = word[: -len(suffix)]
            if _VOWELS.isdisjoint(root):
                continue
            return _tidy(root)
    return _tidy(word)


def _tidy(root: str) -> str:
    """Join what spelling parts: "stopp" and "stop", "agre" and "agree", "polici" and "policy"."""
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeiousl":
        return root[:-1]
    if root.endswith("ee"):
        return root[:-1]
    if len(root) > 3 and root[-1] == "e":
        return root[:-1]
    return root[:-1] + "i" if root[-1] == "y" else root


def is_content(token: str, lang: str) -> bool:
    """Tell whether a token says something: no stop-word of its language ("war" is one in German), no lone letter."""
    if token in STOP_WORDS.get(lang, ALL_STOP_WORDS) or token in _EMPTY:
        return False
    return len(token) > 1 or token.isdigit() or ord(token) > 0x2E80


def content_stems(text: str, lang: str) -> list[str]:
    """Give the stems of the content words of a text, in order, repeats kept."""
    return [stem(token) for token in tokens(text) if is_content(token, lang)]
