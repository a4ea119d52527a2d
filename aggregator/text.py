"""Read a plain text the same way everywhere: script, language, tokens, names and numbers.

Owns how a text is cut into words in every script, what counts as a name or a number in it, and which language it is in.
It is part of the ground: pure, no tables but the small ones below; where they leave the language open,
:mod:`aggregator.detector` is asked. It must not know HTML (that is :mod:`aggregator.markup`), articles, or what the
words are used for.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter

from aggregator.detector import guess_language
from aggregator.subtag import OLD_SUBTAGS, primary_subtag

# First code point of a range and its script; a range ends where the next one starts. "" is no letter of a script.
_SCRIPT_RANGES: tuple[tuple[int, str], ...] = (
    (0x0, ""), (0x41, "Latin"), (0x5B, ""), (0x61, "Latin"), (0x7B, ""), (0xAA, "Latin"), (0xAB, ""),
    (0xC0, "Latin"), (0x2B0, ""), (0x370, "Greek"), (0x400, "Cyrillic"), (0x530, "Armenian"), (0x591, "Hebrew"),
    (0x600, "Arabic"), (0x700, ""), (0x750, "Arabic"), (0x780, ""), (0x900, "Devanagari"), (0x980, "Bengali"),
    (0xA00, "Gurmukhi"), (0xA80, "Gujarati"), (0xB00, "Oriya"), (0xB80, "Tamil"), (0xC00, "Telugu"),
    (0xC80, "Kannada"), (0xD00, "Malayalam"), (0xD80, "Sinhala"), (0xE00, "Thai"), (0xE80, "Lao"), (0xF00, ""),
    (0x1000, "Myanmar"), (0x10A0, "Georgian"), (0x1100, "Hangul"), (0x1200, "Ethiopic"), (0x13A0, ""),
    (0x1780, "Khmer"), (0x1800, ""), (0x1E00, "Latin"), (0x1F00, "Greek"), (0x2000, ""), (0x3005, "Han"),
    (0x3008, ""), (0x3041, "Hiragana"), (0x30A1, "Katakana"), (0x3100, ""), (0x3130, "Hangul"), (0x3190, ""),
    (0x3400, "Han"), (0xA000, ""), (0xAC00, "Hangul"), (0xD7B0, ""), (0xF900, "Han"), (0xFB00, "Latin"),
    (0xFB1D, "Hebrew"), (0xFB50, "Arabic"), (0xFE00, ""), (0xFE70, "Arabic"), (0xFF00, ""), (0x20000, "Han"),
    (0x32000, ""),
)  # fmt: skip
_SCRIPT_STARTS = tuple(start for start, _ in _SCRIPT_RANGES)

_SPACELESS = frozenset({"Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"})
_SAMPLE = 600  # characters that decide on script and language: a lede is enough, and cost stays flat

# Runs that are written without spaces between words; they are cut into overlapping pairs of characters.
_RUN = (
    "\u3005-\u3007\u3041-\u3096\u3099-\u309e\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U00031fff"
)
_RUN += "\u0e00-\u0e3a\u0e40-\u0e4e\u0e80-\u0ece\u1000-\u103f\u1780-\u17d3"
# Letters and digits as ``\w`` knows them, plus the vowel signs of Indic scripts and other marks that it does not.
_MARK = "\u0300-\u036f\u0483-\u0487\u0900-\u0963\u0971-\u0dff\u135d-\u135f\u1ab0-\u1aff\u20d0-\u20ff\u302a-\u302f"
# Possessive quantifiers: a number is never cut to make the rest fit. "60bn" is 60 and bn, "G20" one word.
_NUMBER = r"[0-9]++(?:[.,][0-9]++)*+"
_TOKEN = re.compile(rf"[{_RUN}]+|{_NUMBER}|(?:(?![{_RUN}])(?:[^\W_]|[{_MARK}]))+")
_ASCII_TOKEN = re.compile(rf"{_NUMBER}|[a-z0-9]+")
_SPACELESS_RUN = re.compile(rf"[{_RUN}]")
_HANGUL = re.compile("^[\uac00-\ud7a3]+$")

# Not part of a word's identity: soft hyphen, joiners, direction marks, Hebrew points, Arabic vowels and tatweel.
_DROPPED = re.compile(
    "[\u00ad\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]"
)
_APOSTROPHES = "'\u2019\u02bc\u02bb\uff07"
_POSSESSIVE = re.compile(rf"(?<=[^\W\d_])[{_APOSTROPHES}]s\b")
_CYRILLIC_APOSTROPHE = re.compile(rf"(?<=[\u0400-\u04ff])[{_APOSTROPHES}](?=[\u0400-\u04ff])")
# "1 200 000" with the spaces that typesetters use; ordinary spaces count only with two groups ("in 2012 300 people").
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:(?:[\u00a0\u202f\u2009'\u2019]\d{3})+|(?: \d{3}){2,})(?![\d])")
_NO_DIGIT = re.compile(r"\D")
# What most texts lack, and a search finds at once: some digits to group, a number with a separator, what to cut up.
_MAY_BE_GROUPED = re.compile(r"\d[ \u00a0\u202f\u2009'\u2019]\d{3}")
_PARTED = re.compile(r"[0-9][.,][0-9]")
_TO_CUT = re.compile(rf"[0-9{_RUN}\uac00-\ud7a3]")
_DIGITS = {
    zero + value: str(value) for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xED0, 0x17E0) for value in range(10)
}
_ARABIC_FOLDS = {
    ord("أ"): "ا",
    ord("إ"): "ا",
    ord("آ"): "ا",
    ord("ى"): "ي",
    ord("ی"): "ي",
    ord("ک"): "ك",
    ord("ة"): "ه",
}
_FOLDS = _DIGITS | _ARABIC_FOLDS | {0x307: None}  # U+0307: what casefold leaves of the Turkish dotted capital I

# Korean particles, longest first; one is cut off when at least two syllables stay. Source: the closed class of josa.
_PARTICLES = (
    "에서는", "으로는", "에게서", "이라고", "까지", "부터", "에서", "에게", "한테", "으로", "라고", "이나", "에는",
    "처럼", "보다", "마다", "조차", "은", "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "도", "만",
)  # fmt: skip


def tokens(text: str) -> list[str]:
    """Cut a text into comparable words, in order, repeats kept.

    NFKC and case folding first. Words are kept whole in every script with spaces; Chinese, Japanese, Thai, Lao, Khmer
    and Burmese runs become overlapping pairs of characters ("東京都" -> 東京, 京都); Korean words lose their particle
    (회담은, 회담이 -> 회담). Digits stay whole and normalised ("1,200" -> "1200", "3,5" -> "3.5", "21"). A possessive
    's goes, other apostrophes part words. ``O(len(text))``; about 1 million words a second for ASCII.
    """
    if text.isascii():
        folded = _ungroup(text.lower())
        if "'" in folded:
            folded = _POSSESSIVE.sub("", folded)
        found = _ASCII_TOKEN.findall(folded)
        return [piece for each in found for piece in _number_pieces(each)] if _PARTED.search(folded) else found
    folded = _fold(text)
    found = _TOKEN.findall(folded)
    return [piece for each in found for piece in _pieces(each)] if _TO_CUT.search(folded) else found


def names(text: str) -> list[str]:
    """Find names in a text, as written, in order, without repeats.

    A name is a run of capitalised words ("European Central Bank", "Bank of Korea") or an acronym ("NATO", "G20"). A
    capital only because a sentence starts is none, unless the same word stands capitalised inside a sentence elsewhere
    in the text; in a line set in title case every capital is of that kind. Scripts without capitals: Katakana words of
    three characters and more, else none. Weekdays and months are capitalised in English and so come out, too.
    """
    lines = [_Line(line) for line in _sentences(unicodedata.normalize("NFKC", text)) if line.strip()]
    confirmed = {word for line in lines for word in line.inner_capitals()}
    found: dict[str, None] = {}
    for line in lines:
        for name in line.names(confirmed):
            found.setdefault(name)
    return list(found)


def numbers(text: str) -> list[str]:
    """Find the numbers written in digits, normalised, in order, repeats kept.

    "1,200,000", "1.200.000" and "1 200 000" give "1200000"; "3.5" and "3,5" give "3.5"; "3.5%" keeps its sign; "$60bn"
    gives "60"; dates and scores give their parts ("17.7.2012" -> 17, 7, 2012; "2-1" -> 2, 1). Digits after a letter
    ("G20") belong to a name. Digits of other scripts count as their ASCII twins. Number words are left alone.
    """
    found = []
    for match in _NUMBER_IN_TEXT.finditer(_ungroup(unicodedata.normalize("NFKC", _ungroup(text)).translate(_DIGITS))):
        pieces = _number_pieces(match[1])
        found += pieces[:-1]
        found.append(pieces[-1] + ("%" if match[2] else ""))
    return found


def language(text: str, declared: str = "") -> str:
    """Name the language of a text by its primary subtag; "und" when unsure.

    Args:
        text: Plain text; its first 600 characters decide.
        declared: What the feed says ("en-GB", "pt_BR"); believed when it has the form of a language tag.
    """
    if primary := primary_subtag(declared):
        return primary
    sample = unicodedata.normalize("NFKC", text[:_SAMPLE])
    counts = _script_counts(sample)
    if not counts:
        return "und"
    # Japanese mixes scripts: a fair share of kana decides, however much Han there is.
    if (counts["Hiragana"] + counts["Katakana"]) * 8 >= counts["Han"] + counts["Hiragana"] + counts[
        "Katakana"
    ] > 0 and (_majority(counts) in ("Han", "Hiragana", "Katakana")):
        return "ja"
    main = _majority(counts)
    if main in _LANGUAGE_BY_SCRIPT:
        return _LANGUAGE_BY_SCRIPT[main]
    lowered = sample.casefold()
    for lang, letters in _LETTERS.get(main, ()):
        if any(letter in lowered for letter in letters):
            return lang
    return _guessed(sample, main) or _by_stop_words(lowered, main)


def _guessed(sample: str, main: str) -> str:
    lang = guess_language(sample, script=main)
    return OLD_SUBTAGS.get(lang, lang)


def script(text: str) -> str:
    """Name the script that most letters of a text are in ("Latin", "Han", "Arabic"); empty: it has no letters."""
    counts = _script_counts(text[:_SAMPLE])
    return _majority(counts) if counts else ""


def is_spaceless(text: str) -> bool:
    """Tell whether most letters are of a script that puts no spaces between words (Chinese, Japanese, Thai, ...)."""
    counts = _script_counts(text[:_SAMPLE])
    return 2 * sum(count for name, count in counts.items() if name in _SPACELESS) > sum(counts.values())


# ---------------------------------------------------------------- tokens and numbers


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", _ungroup(text)).casefold()
    folded = _POSSESSIVE.sub("", _DROPPED.sub("", folded).translate(_FOLDS))
    return _CYRILLIC_APOSTROPHE.sub("", folded)


def _ungroup(text: str) -> str:
    return _GROUPED.sub(lambda match: _NO_DIGIT.sub("", match[0]), text) if _MAY_BE_GROUPED.search(text) else text


def _pieces(found: str) -> list[str]:
    if found[0].isdigit():
        return _number_pieces(found)
    if _SPACELESS_RUN.match(found):
        return [found[i : i + 2] for i in range(len(found) - 1)] or [found]
    if _HANGUL.match(found):
        return [_without_particle(found)]
    return [found]


def _without_particle(word: str) -> str:
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return word[: -len(particle)]
    return word


def _number_pieces(found: str) -> list[str]:
    """Normalise one number; what is no single number (a date, a version) gives its parts."""
    if "," not in found and "." not in found:
        return [found]
    parts = re.split(r"[.,]", found)
    separators = re.findall(r"[.,]", found)
    is_grouped = all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3 and parts[0].strip("0") != ""
    if is_grouped and len(set(separators)) == 1:
        return ["".join(parts)]
    if len(parts) == 2:
        return [f"{parts[0]}.{parts[1]}"]
    if (
        all(len(part) == 3 for part in parts[1:-1])
        and len(set(separators[:-1])) == 1
        and separators[-1] != separators[0]
    ):
        return ["".join(parts[:-1]) + "." + parts[-1]]  # 1,234.56 and 1.234,56
    return parts


_NUMBER_IN_TEXT = re.compile(
    rf"(?:(?<![^\W_])(?<!\d[.,])|(?<=[{_RUN}\uac00-\ud7a3]))({_NUMBER})(?:[ \u00a0]?([%\u066a]))?"
)

# ---------------------------------------------------------------- names

# Its first letter is a set, so that a search passes over all else quickly.
_SENTENCE_END = re.compile(
    r"[.!?…](?<![A-Z]\.)(?<!Mr\.)(?<!Ms\.)(?<!Dr\.)(?<!St\.)(?<!Mrs\.)(?<!Gen\.)(?<!Sen\.)(?<!Rep\.)(?<!Gov\.)"
    r"[\"'”’)]*\s+(?=[\"'“‘(«„]*[^\W\d_a-z])"
)
_WORD = rf"[^\W_]++(?:(?![{_APOSTROPHES}]s\b)[-.&{_APOSTROPHES}][^\W_]++)*+\.?"
_GAP_AND_WORD = re.compile(rf"([\W_]*+)({_WORD})")
_OPENERS = tuple(':"“‘«„—–|')  # what follows them starts like a sentence
_KATAKANA_NAME = re.compile("[\u30a1-\u30fa\u30fc]{3,}(?:[・=][\u30a1-\u30fa\u30fc]+)*")
_CONNECTOR_WORDS = "of de del della di da do dos das du des la le van von der den bin ibn al el ben für"
_CONNECTORS = frozenset(_CONNECTOR_WORDS.split())
_WEEKDAYS = frozenset(f"{day}day" for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun"))
_TITLE_CASE_SHARE = 0.8  # of a headline's words that are no stop-words; a sentence that ends in a stop needs them all
_TITLE_CASE_WORDS = 3  # with fewer, three names side by side would look like title case


def _sentences(text: str) -> list[str]:
    """Cut a text after the stops that end a sentence, and into lines; some are blank."""
    sentences = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        sentences += text[start : end.start() + 1].split("\n")
        start = end.end()
    return sentences + text[start:].split("\n")


class _Line:
    """One sentence or line, its words and whether it is set in title case."""

    def __init__(self, line: str) -> None:
        self.line = line
        parts = _GAP_AND_WORD.findall(line)
        self.words: list[str] = [word for _, word in parts]
        self.spaces: list[str] = [gap for gap, _ in parts]  # before each of them
        self.large = [i for i, word in enumerate(self.words) if not word.islower()]  # few; the rest is no name
        long = [word for word in self.words if len(word) >= 3 and word[0].isalpha()]
        capitals = sum([word[0].isupper() for word in long])
        lower = len(long) - sum(map(_PLAIN_IN_TITLES.__contains__, long)) - capitals
        share = 1.0 if line.rstrip().endswith((".", "!", "?", "…")) else _TITLE_CASE_SHARE
        self.is_title_case = len(long) >= _TITLE_CASE_WORDS and capitals >= share * (capitals + lower)
        self.is_shouted = len(long) >= _TITLE_CASE_WORDS and sum(map(str.isupper, long)) * 2 > len(long)

    def inner_capitals(self) -> list[str]:
        """Return the words that are capitalised though no sentence starts with them."""
        if self.is_title_case:
            return []
        return [
            self.words[i].rstrip(".")
            for i in self.large
            if i and _is_capitalised(self.words[i]) and not self._gap(i).endswith(_OPENERS)
        ]

    def names(self, confirmed: set[str]) -> list[str]:
        """Return the names of this line; ``confirmed`` are words known to be capitalised inside sentences."""
        found = [] if self.line.isascii() else _KATAKANA_NAME.findall(self.line)
        start = end = 0  # of a run of words
        for i in self.large:
            if start < end:
                end = self._connected(end, i)
                if end < i or self._gap(i) or self.words[i] in _WEEKDAYS or self.words[i - 1] in _WEEKDAYS:
                    found += self._close(start, end)
                    start = end
            if self._may_be_name(i, self.words[i], confirmed):
                start, end = (start if start < end else i), i + 1
            elif start < end:
                found += self._close(start, end)
                start = end
        return found + self._close(start, end)

    def _connected(self, start: int, end: int) -> int:
        """Return how far, from the word after a run, words connect it with what comes ("Bank of Korea")."""
        words = self.words
        while (
            start < end and words[start] in _CONNECTORS and words[start - 1] not in _WEEKDAYS and not self._gap(start)
        ):
            start += 1
        return start

    def _gap(self, i: int) -> str:
        """Return what stands between word ``i`` and the one before, spaces left out."""
        return "" if self.spaces[i] == " " else self.spaces[i].strip()

    def _may_be_name(self, i: int, word: str, confirmed: set[str]) -> bool:
        if _is_acronym(word):
            return not self.is_shouted
        if not _is_capitalised(word) or word.rstrip(".") in confirmed:
            return _is_capitalised(word)
        if self.is_title_case:
            return False
        if i > 0 and not self._gap(i).endswith(_OPENERS):
            return True
        following = self.words[i + 1] if i + 1 < len(self.words) and not self._gap(i + 1) else ""
        return _is_capitalised(following) and word.casefold() not in ALL_STOP_WORDS

    def _close(self, start: int, end: int) -> list[str]:
        """Return the name that a run of words is, if it is one."""
        words = self.words
        while start < end and words[end - 1] in _CONNECTORS:
            end -= 1
        if all(word.casefold() in STOP_WORDS["en"] and not _is_acronym(word) for word in words[start:end]):
            return []
        name = "".join([words[start], *(self.spaces[i] + words[i] for i in range(start + 1, end))])
        return [name if "." in name[:-1] and " " not in name else name.rstrip(".")]


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper() and len(word) > 1


def _is_acronym(word: str) -> bool:
    if "a" <= word[1:2] <= "z":  # of most
        return False
    letters = [char for char in word if char.isalpha()]
    if not letters or not all(char.isupper() for char in letters):
        return False
    return len(letters) >= 2 or word[-1].isdigit()


# ---------------------------------------------------------------- scripts and languages


def _script_counts(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for char, count in Counter(text).items():
        name = _SCRIPT_RANGES[bisect_right(_SCRIPT_STARTS, ord(char)) - 1][1]
        if name:
            counts[name] += count
    return counts


def _majority(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


_LANGUAGE_BY_SCRIPT = {
    "Hangul": "ko", "Hiragana": "ja", "Katakana": "ja", "Han": "zh", "Thai": "th", "Lao": "lo", "Khmer": "km",
    "Myanmar": "my", "Hebrew": "he", "Greek": "el", "Armenian": "hy", "Georgian": "ka", "Ethiopic": "am",
    "Bengali": "bn", "Gurmukhi": "pa", "Gujarati": "gu", "Oriya": "or", "Tamil": "ta", "Telugu": "te",
    "Kannada": "kn", "Malayalam": "ml", "Sinhala": "si",
}  # fmt: skip
# Letters that only one language of a script uses, tried in this order. Source: the alphabets themselves.
_LETTERS: dict[str, tuple[tuple[str, str], ...]] = {
    "Cyrillic": (("be", "ў"), ("uk", "їєґ"), ("mk", "ѓќѕ"), ("sr", "ђћљњј"), ("kk", "әғқңұ"), ("ru", "ыэё")),
    "Arabic": (("ur", "ٹڈڑےں"), ("fa", "پچژگ"), ("fa", "یک")),
    "Latin": (("vi", "ạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"),),
}
_STOP_WORDS_TEXT: dict[str, str] = {
    "en": "the a an of to in on for and is are was were with by at from as that this it its after over his her has "
    "have he she they will be not but who says said new into about than more up out what how",
    "de": "der die das den dem des und ist in zu mit von für auf im ein eine einen einer nicht sich nach bei aus wird "
    "sind hat als auch wie über vor um am zum zur gegen durch werden wurde",
    "fr": "le la les de des du et est en un une pour dans sur au aux par qui que pas avec ce cette son sa ses après "
    "plus il elle à été ont sont ne se d l",
    "es": "el la los las de del y es en un una para por con que se su sus al lo no como más tras sobre entre este esta "
    "ha han fue son desde",
    "pt": "o a os as de do da dos das e é em um uma para por com que se não no na nos nas ao à mais após sobre seu sua "
    "foi são diz pelo pela",
    "it": "il lo la i gli le di del della dei delle e è in un una per con che si non al alla nel nella da dal dopo più "
    "sono ha come su sul",
    "nl": "de het een van en in op is te met voor zijn aan dat die niet bij door naar over om uit als ook werd heeft "
    "na tegen wordt",
    "sv": "och i att en ett det som på är av för med till den har inte om från de vid efter var",
    "da": "og i at en et det som på er af for med til den har ikke om fra de ved efter var blev",
    "no": "og i at en et det som på er av for med til den har ikke om fra de ved etter var ble",
    "fi": "ja on ei se että oli hän mutta ovat kun niin myös joka sen jos tai mukaan",
    "pl": "i w na z do się nie to że jest po o od za przez dla jak są był ale jego oraz",
    "cs": "a v na se je že s z do o to za po pro jako byl by ve který jsou podle od při",
    "hu": "a az és hogy nem is egy ez meg de volt már csak szerint van el után még",
    "ro": "și în de la cu pe a un o nu din că pentru este care au fost după sunt mai al",
    "tr": "ve bir bu da de için ile olarak çok daha olan sonra gibi kadar ne en var yeni",
    "id": "yang dan di dari untuk dengan pada ini itu ke tidak akan dalam oleh telah juga adalah",
    "vi": "và của là có cho được không trong với các một những này người khi đã ở tại từ",
    "ru": "и в на не что с по из за о от для к до как его при это был после",
    "uk": "і в на не що з у за до про від для та як його при це був після й",
    "bg": "и на в за от да се не с по е са че до като при след беше",
    "ar": "في من على إلى أن عن مع هذا التي الذي بعد قبل كان ما لا بين هو",
    "hi": "के में की है से को का और ने पर एक यह हैं भी नहीं लिए",
    "mr": "आहे आणि च्या मध्ये ते या हे केली",
    "ne": "छ छन् गरेको भएको र पनि मा हुने",
}
STOP_WORDS: dict[str, frozenset[str]] = {lang: frozenset(words.split()) for lang, words in _STOP_WORDS_TEXT.items()}
ALL_STOP_WORDS: frozenset[str] = frozenset(word for words in STOP_WORDS.values() for word in words)
# Lower-case words that title case (an English habit) allows; "said" and its like give a sentence away.
_PLAIN_IN_TITLES = STOP_WORDS["en"] - {
    "said",
    "says",
    "was",
    "were",
    "has",
    "have",
    "had",
    "that",
    "which",
    "will",
    "not",
}
_LANGUAGES_OF = {
    "Latin": tuple(sorted(set(STOP_WORDS) - {"ru", "uk", "bg", "ar", "hi", "mr", "ne"})),
    "Cyrillic": ("ru", "uk", "bg"),
    "Arabic": ("ar",),
    "Devanagari": ("hi", "mr", "ne"),
}
_TYPICAL = {
    "de": "ß", "es": "ñ¿¡", "pt": "ãõ", "fr": "œêùû", "pl": "łąęśż", "cs": "řěů", "tr": "ğış", "hu": "őű", "ro": "țăș",
    "sv": "å", "da": "øæ", "no": "øå", "vi": "đơư", "uk": "і", "bg": "ъ",
}  # fmt: skip
_ONE_LETTER = 0.4  # one-letter words stand in initials, lists and units, too
_LETTER_RUN = re.compile(rf"(?:[^\W\d_]|[{_MARK}])+")
_DEFAULT_OF = {"Arabic": "ar", "Devanagari": "hi"}  # by far the most read language of the script


def _by_stop_words(lowered: str, main: str) -> str:
    """Choose the language of a script whose stop-words and typical letters are most frequent; a tie is unsure."""
    counts = Counter(_LETTER_RUN.findall(_POSSESSIVE.sub("", lowered)))
    scores: list[tuple[float, str]] = []
    for lang in _LANGUAGES_OF.get(main, ()):
        hits = sum(counts[word] * (1.0 if len(word) > 1 else _ONE_LETTER) for word in sorted(STOP_WORDS[lang]))
        letters = sum(lowered.count(letter) for letter in _TYPICAL.get(lang, ""))
        scores.append((hits + min(letters, 3) * 0.75, lang))
    scores.sort(key=lambda pair: (-pair[0], pair[1]))
    if not scores or scores[0][0] < 1 or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        return _DEFAULT_OF.get(main, "und")
    return scores[0][1]
