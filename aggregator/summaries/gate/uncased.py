"""Chinese, Japanese, Korean and Thai against their source: without capitals and, mostly, without spaces.

Owns what backs a text there. A changed name cannot be told from a changed word, so every piece that carries meaning
must stand in the article: runs of Chinese characters and Katakana are laid out with pieces of the article, Korean words
may differ in their endings only. Must not look at numbers, negation or quotations; the gate does.
"""

import re
import unicodedata

from aggregator.summaries.words import word_set
from aggregator.text import tokens

_RUNS = re.compile("[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff]+|[\u30a1-\u30fa\u30fc-\u30ff]+")
_HAN = re.compile("[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile("[\u3041-\u3096]")
_HANGUL_WORD = re.compile("[\uac00-\ud7a3]+")
# Chinese characters that join or count and tell nothing by themselves.
_FUNCTION = frozenset(
    "的了在是和与與及或等将將已对對为為把被从從到向于於以由就也都还還并並而但其该該此这這那个個名位日月年上下中内內外前后後时時说說称稱表示约約有人"
)
# Characters that Japanese writes beside a number or as one of many small words.
_JAPANESE_FUNCTION = frozenset("約日月年時分秒人件者前後内外中上下方的等各同約")
_ENDINGS = re.compile(
    "(?:하기로|하기|하는|하고|하며|하면서|하겠다고|하겠다|한다고|한다|했다고|했다|했으며|했고|해서|하지|해|한|할|함|된다|됐다|되는|되고|된|될|됨|"
    "이라고|라고|이다|였다|이었다|다고|다는|는다|은|는|을|던|며|고|다|기|지|게|아|어|로|이|가|를|의|에|도|와|과|에서|에게|부터|까지)$"
)
_TOPIC = re.compile("([\uac00-\ud7a3]{2,})(?:은|는|이|가)(?=\\s|$)")
_OBJECT = re.compile("([\uac00-\ud7a3]{2,})(?:을|를|에게|한테)(?=\\s|$|[.,])")
_JA_SUBJECT = re.compile("([\u3005-\u3007\u3400-\u9fff\u30a1-\u30fa\u30fc-\u30ff]{2,})(?:は|が|も)")
_JA_OBJECT = re.compile("([\u3005-\u3007\u3400-\u9fff\u30a1-\u30fa\u30fc-\u30ff]{2,})(?:を|に|へ|から|より|と)")
_LIGHT_VERBS = word_set("했다 한다 하기 밝혔다 말했다 전했다 있다 됐다 된다 알려졌다 발표했다")
_VERB_END = re.compile("(?:다|고|며|는|기로|기|지)$")
_MIN_JAMO = 5  # letters that two endings of one verb must share: 올린다, 올리기


def missing_piece(text: str, lang: str, source: str) -> str:
    """Say which piece a sentence has that its source has not; "": none.

    Args:
        text: One sentence.
        lang: "ja", "zh", "ko" or another one in such a script.
        source: The sentence that it may have been made from, and the title of the article.
    """
    if lang == "ko" or (_HANGUL_WORD.search(text) and not _KANA.search(text)):
        return _missing_korean(text, source)
    small = _JAPANESE_FUNCTION if lang == "ja" else _FUNCTION
    for run in _RUNS.findall(text):
        if left := _uncovered(run, source, small):
            return f"“{left}” is not in the article"
    if not _RUNS.search(text):
        found = tokens(text)
        known = set(tokens(source))
        if sum(token in known for token in found) < 0.95 * len(found):
            return "too few of the words are in the article"
    return ""


def _uncovered(run: str, source: str, small: frozenset[str]) -> str:
    """Lay a run out with the longest pieces of the source; give what is left, function characters aside."""
    at = 0
    left = ""
    is_han = bool(_HAN.match(run))
    while at < len(run):
        end = len(run)
        while end > at and run[at:end] not in source:
            end -= 1
        # One character alone proves little: half of all names share one.
        if end - at >= 2 or (end - at == 1 and (len(run) == 1 or (is_han and run[at] in small))):
            at = end
        else:
            if not (is_han and run[at] in small):
                left += run[at]
            at += 1
    return left


def _missing_korean(text: str, source: str) -> str:
    """Find a Korean word that the source has in no form."""
    known = sorted(set(tokens(source)))
    for token in tokens(text):
        if token[0].isdigit() or len(token) < 2 or token in _LIGHT_VERBS or token in known:
            continue
        if not any(_is_form(token, other) for other in known):
            return f"“{token}” is not in the article"
    return ""


def _is_form(one: str, other: str) -> bool:
    """Tell whether two Korean words are one: a compound with its part, or two endings of one verb."""
    if len(other) > 1 and (one in other or other in one):
        return True
    if _root(one) == _root(other):
        return True
    if not (_VERB_END.search(one) or _VERB_END.search(other)):
        return False
    mine, theirs = (unicodedata.normalize("NFD", word) for word in (one, other))
    n = next((k for k, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs)))
    return n >= _MIN_JAMO


def _root(token: str) -> str:
    return _ENDINGS.sub("", token) or token


def turned(text: str, passage: str) -> str:
    """Find one who is the subject here and the object there, beside another who changes the other way."""
    for subjects, objects in ((_TOPIC, _OBJECT), (_JA_SUBJECT, _JA_OBJECT)):
        ours_by, ours_to = set(subjects.findall(text)), set(objects.findall(text))
        theirs_by, theirs_to = set(subjects.findall(passage)), set(objects.findall(passage))
        up, down = ours_by & (theirs_to - theirs_by), ours_to & (theirs_by - theirs_to)
        if up and down:
            return f"the article has “{min(up)}” and “{min(down)}” the other way round"
        # Somebody new does it: the passage names another doer and this sentence does not.
        new, gone = ours_by - theirs_by, theirs_by - ours_by
        if new and gone and not any(each in passage for each in new):
            return f"the article says it of “{min(gone)}”, not of “{min(new)}”"
    return ""
