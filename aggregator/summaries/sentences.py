"""Sentences of a plain text in any script.

Owns where a sentence ends: abbreviations, initials, decimals, ordinals, quotations kept whole, full-width and Arabic
stops. A piece is always a verbatim slice of the text. Must not judge whether a sentence is worth citing (that is
:mod:`aggregator.summaries.pool`) and knows no article.
"""

import re
import unicodedata
from collections.abc import Iterator

from aggregator.summaries.words import word_set

# A stop with what closes behind it. Full-width stops end a sentence without a space, the others need one.
_STOP = re.compile(r"(?:[.!?…。！？｡؟۔।॥።]+|\.(?=[\"'”’»)]))[\"'”’»›)\]」』）】〉》]*")
_WIDE_STOPS = frozenset("。！？｡")
_LINES = re.compile(r"[\n\r\v\f\x85\u2028\u2029]+")
_OPENERS = {"“": "”", "„": "“”", "«": "»", "「": "」", "『": "』", "（": "）", "《": "》", "‹": "›", "(": ")", "[": "]"}
_BULLET = re.compile(r"(?=\s[•▪●■◆]\s)")  # parts what an editor listed
_MARKS = re.compile("[" + re.escape("".join(_OPENERS) + "".join(_OPENERS.values())) + "]")
# "a)" and "1)" number things, they close nothing.
_LOOSE_CLOSERS = frozenset(")")
_LAST_WORD = re.compile(r"[^\s\"'“”‘’«»„(\[]+$")
_NEXT_WORDS = re.compile(r"\s*((?:[^\s]+\s*){1,4})")
# A quotation longer than this is no reason to keep everything inside it in one piece: what is open that long was
# mostly never closed (measured on feed excerpts: real quotations stay under 400 characters).
_LONGEST_QUOTE = 500

_ABBREVIATIONS = word_set(
    """
    mr mrs ms dr prof gov sen rep reps sens gen lt col sgt capt cmdr maj adm pres rev hon sr jr st ste mt ft no nos vs
    v etc al inc ltd co corp bros dept est fig approx dist univ assn ave blvd rd jan feb mar apr jun jul aug sep sept
    oct nov dec mon tue tues wed thu thur thurs fri sat sun a.m p.m e.g i.e cf vol pp ed eds ph.d m.d b.a m.a d.c u.s
    u.k u.n e.u u.s.a n.y l.a d.a
    z.b d.h u.a bzw ca evtl ggf inkl nr str usw vgl zzt mio mrd abs art bspw dipl ing hr fr frl dt sog
    m mm mme mlle mgr env p.ex av boul c.-à-d
    sr sra srta dña dn ud uds ee.uu pág núm tel aprox exmo exma dra drª sto sta
    tp ts ths gs pgs bs
    """
)
# "U.S. The" ends a sentence, "U.S. President" does not: only a word that opens sentences decides after these.
_AMBIGUOUS = word_set("u.s u.k u.n e.u u.s.a d.c a.m p.m etc inc ltd co corp jr sr n.y l.a usw ee.uu")
_SENTENCE_OPENERS = word_set(
    """
    the a an he she it they we i you this that these those but and in on at for from with as after before when while
    if there his her its their our however according meanwhile although many some most one two three by to no not so
    der die das ein eine er sie es wir und aber in im am nach mit
    le la les un une il elle ils elles on nous et mais dans el los las lo en o os as ele ela eles por no na
    """
)
_SPEECH = re.compile(
    r"\b(?:said|says|asked|asks|added|adds|wrote|told|tweeted|replied|shouted|cried|sagte|fragte|schrieb|rief|dijo|"
    r"preguntó|disse|perguntou|déclare|demande|lance|écrit)\b",
    re.IGNORECASE,
)
# Languages that write ordinals and days with a stop: "am 14. Januar", "den 3. mars", "2026. 1. 14."
_ORDINAL_STOP = word_set("de da no nb nn fi cs sk hu et lv sl hr sr tr pl ko ja lt is")


def split(text: str, lang: str = "") -> tuple[str, ...]:
    """Split a plain text into its sentences.

    Args:
        text: Plain text; lines are parted always.
        lang: Primary language subtag; only ordinals depend on it ("14. Januar").

    Returns:
        Stripped slices of ``text`` in order, none empty. Joining them loses nothing but white space.
    """
    pieces: list[str] = []
    for line in (part for whole in _LINES.split(text) for part in _BULLET.split(whole)):
        start = 0
        for end in _ends(line, lang):
            if piece := line[start:end].strip():
                pieces.append(piece)
            start = end
        if piece := line[start:].strip():
            pieces.append(piece)
    return tuple(pieces)


def is_balanced(text: str) -> bool:
    """Tell whether every quotation mark and bracket that is opened is closed, and none is closed that was not."""
    if text.count('"') % 2 or text.count("``") != text.count("''"):  # ``so'': quotation marks of typesetters
        return False
    waiting: list[str] = []
    for char in _MARKS.findall(text):
        if waiting and char in waiting[-1]:
            waiting.pop()
        elif char in _OPENERS:
            waiting.append(_OPENERS[char])
        elif waiting or char not in _LOOSE_CLOSERS:
            return False
    return not waiting


def _ends(line: str, lang: str) -> Iterator[int]:
    """Yield the offset behind each sentence of a line but the last."""
    spans = _quoted(line)
    at_span = 0
    for match in _STOP.finditer(line):
        end = match.end()
        if end >= len(line):
            return
        while at_span < len(spans) and spans[at_span][1] < match.start():
            at_span += 1
        if at_span < len(spans) and spans[at_span][0] < match.start() and end < spans[at_span][1]:
            # « Je pars. » Il reste: French puts a space before the mark that closes.
            closed = spans[at_span][1] + 1
            if not line[end : closed - 1].strip() and _goes_on(line[closed:], match.group()):
                yield closed
            continue
        if _is_end(line, match, lang):
            yield end


def _goes_on(rest: str, stop: str) -> bool:
    """Tell whether another sentence begins behind a quotation that ended with a stop."""
    begins = rest.lstrip()
    return rest[:1].isspace() and begins[:1].isupper() and _ends_after_quote(stop, begins)


def _is_end(line: str, match: re.Match[str], lang: str) -> bool:
    """Decide whether the stop that ``match`` found ends a sentence."""
    stop, end = match.group(), match.end()
    following = line[end]
    if stop[0] in _WIDE_STOPS or stop[-1] in _WIDE_STOPS:
        # 「…。」と述べた: what goes on behind a closing mark belongs to the sentence.
        return stop[-1] in _WIDE_STOPS and not unicodedata.category(following).startswith("M")
    if not following.isspace():
        return False
    rest = line[end:].lstrip()
    if not rest:
        return False
    first = rest.lstrip("\"'“‘«„([¿¡「『")[:1]
    if unicodedata.category(rest[0]).startswith("M") or first.islower() or rest[0] in ",;:)-–—":
        return False
    if len(stop) > 1 and stop[-1] in "\"'”’»":
        return _ends_after_quote(stop, rest)
    return not stop.startswith(".") or stop.startswith("..") or not _is_abbreviation(line[: match.start()], rest, lang)


def _ends_after_quote(stop: str, rest: str) -> bool:
    """Decide after a closing mark: "Why?" Smith asked. goes on, "I left." Smith stayed. does not."""
    if stop[0] not in "!?":
        return True
    words = _NEXT_WORDS.match(rest)
    return not (words and rest[0] not in '"“«„' and _SPEECH.search(words.group(1)))


def _is_abbreviation(before: str, rest: str, lang: str) -> bool:
    """Tell whether the stop behind ``before`` belongs to its word rather than to the sentence."""
    bare = before.rstrip()
    # "$2 . 6 million", "the U . S . economy": words that a machine parted from their stops.
    if bare != before and bare[-1:].isdigit() and rest[0].isdigit():
        return True
    match = _LAST_WORD.search(bare[-24:])
    if match is None:
        return False
    word = match.group().lower()
    if word.isdigit():
        return len(word) <= 4 and (rest[0].isdigit() or len(word) <= 2) and lang in _ORDINAL_STOP
    opener = rest.split(maxsplit=1)[0].strip("\"'“”,").lower()
    if word in _AMBIGUOUS:
        return opener not in _SENTENCE_OPENERS
    if word in _ABBREVIATIONS:
        return not (word == "no" and not rest[0].isdigit()) and not (
            word in {"sun", "sat", "mar", "art"} and not rest[0].isdigit()
        )
    # Initials: "J. Smith", "J.K. Rowling", but "vitamin C. The" and "Plan B. It" end.
    letters = word.replace(".", "")
    is_initial = len(letters) == 1 or (len(letters) <= 3 and "." in word)
    return is_initial and letters.isalpha() and letters.isascii() and opener not in _SENTENCE_OPENERS


def _quoted(line: str) -> list[tuple[int, int]]:
    """Find what is quoted or in brackets and closed, outermost, in order: (offset of the opener, of the closer)."""
    spans: list[tuple[int, int]] = []
    at, n = 0, len(line)
    straight = line.count('"') % 2 == 0
    while at < n:
        char = line[at]
        closers = '"' if char == '"' and straight else _OPENERS.get(char, "")
        if closers:
            close = min((found for c in closers if (found := line.find(c, at + 1)) >= 0), default=-1)
            if 0 < close - at <= _LONGEST_QUOTE:
                spans.append((at, close))
                at = close
            elif char == '"' and close > 0:
                at = close
        at += 1
    return spans
