"""Does a sentence stand in a text word for word, and does nothing around it there turn what it says?

Owns the comparison of a sentence with a text as printed, quotation marks and spaces aside: "the firm denied that the
plant will close" holds "the plant will close", and does not say it. Must not weigh single words; the gate does.
"""

import re
import unicodedata

from aggregator.summaries.gate.claims import Stance, stance
from aggregator.text import script

CASED = frozenset({"Latin", "Cyrillic", "Greek", "Armenian"})
_TRANSLATION = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " ", "\u202f": " "})
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """Fold case, quotation marks and spaces; lines are parted by " | "."""
    text = unicodedata.normalize("NFKC", text).translate(_TRANSLATION).casefold().strip()
    return _SPACES.sub(" ", text.replace("\n", " | "))


def stands_in(sentence: str, source: str, lang: str) -> bool:
    """Tell whether a sentence stands in ``source``, a text as :func:`plain` gives it, and nothing there changes it."""
    wanted = plain(sentence).rstrip(".。 ")
    at = source.find(wanted)
    while at >= 0 and wanted:
        if _is_whole(source, at, at + len(wanted), lang):
            return True
        at = source.find(wanted, at + 1)
    return False


_BEFORE = re.compile(r"(?:^|[.!?…。！？؟:;,，；\"'(\[|•»]|--?)\s*$")
_AFTER = re.compile(r"[\"')\]]*(?:$|\s*[.!?…。！？؟,;:)\"|]|\s+-|\s)")
_CLAUSE_END = re.compile(r"[\"')\]]*(?:$|\s*[.!?…。！？؟,;:|])")
_SENTENCE_STOP = re.compile(r"[.!?。！？|]\s*")
_CONTEXT = 160  # characters before and behind a passage that may turn what it says
_PLAIN_STANCE = Stance(0, 0, may=False, later=False, alleged=False)


def _is_whole(source: str, start: int, end: int, lang: str) -> bool:
    if not _AFTER.match(source[end : end + 2]) and source[end - 1] not in "。！？.!?\"'":
        return False
    lead = source[max(0, start - _CONTEXT) : start]
    # "Critics of the mayor said so" holds "the mayor said so" without saying it: what is cut in two is no quotation.
    if start and not _BEFORE.search(lead) and script(source[start]) in CASED:
        return False
    # What leads up to it or goes on behind it must not turn it: "denied reports that", "only if", a late "nicht".
    parts = [] if _BEFORE.search(lead) else [_SENTENCE_STOP.split(lead)[-1]]
    if not _ends_clause(source, end):
        parts.append(_SENTENCE_STOP.split(source[end : end + _CONTEXT])[0])
    return all(stance(part, lang) == _PLAIN_STANCE for part in parts)


def _ends_clause(source: str, end: int) -> bool:
    return source[end - 1] in ".!?。！？" or bool(_CLAUSE_END.match(source[end : end + 2]))
