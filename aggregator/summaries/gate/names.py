"""Names of a sentence against the words of an article.

Owns what must stand in an article as it is: capitalised words inside a sentence, acronyms, and a rare word that opens
one. Stricter than :func:`aggregator.text.names`, which looks for names to compare stories by: here a name that is
overlooked lets a wrong citation through. Must not look at anything but names.
"""

import re
import unicodedata
from collections.abc import Set

from aggregator.summaries.senses import is_filler
from aggregator.summaries.words import is_content, stem, word_set

NAME_WORD = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?|[^\W_]+(?:['’.&-][^\W_]+)*")
_DOTTED = re.compile(r"(?:\w\.)+\w?")
_ADDRESS = re.compile(r"[^\W_]{3,}(?:\.[^\W_]{2,})+")  # "example.com" is a name, too
_TITLE_CASE_SHARE = 0.7  # of capitalised words, from which on capitals tell nothing
# A word that opens a sentence is no name if it is one of these or ends like these. Anything else might be one.
_COMMON_ENDINGS = (
    "ing",
    "ed",
    "ers",
    "ists",
    "ions",
    "ments",
    "als",
    "ly",
    "ities",
    "ness",
    "ants",
    "ents",
    "ors",
    "ives",
)
_COMMON_OPENERS = word_set(
    """
    police people residents authorities prices shares talks troops forces rescue crews firefighters lawmakers
    scientists experts families parents children students teachers doctors patients voters women men officers judges
    prosecutors victims survivors oil gold stocks markets sales profits rain snow floods fire fires smoke power water
    food schools hospitals hundreds thousands millions dozens several both nearly almost around about roughly early
    late last next another every each all few top senior former new old local federal state state-run national foreign
    prime president minister chancellor king queen parliament government congress senate court judge mayor governor
    central health defence defense economic military under against despite following since until without within across
    along among once earlier today yesterday three two four five six seven eight nine ten inflation unemployment growth
    exports imports companies members nobody everyone someone officials leaders
    """
)
# The same to every reader; each is looked for as written, so that the pronoun "us" is no country.
_ALIASES = (
    ("US", "U.S.", "USA", "U.S.A.", "United States"),
    ("UK", "U.K.", "United Kingdom", "Britain"),
    ("EU", "E.U.", "European Union"),
    ("UN", "U.N.", "United Nations"),
    ("GOP", "Republican", "Republicans"),
    ("Gov", "Governor", "governor"),
    ("Sen", "Senator", "senator"),
    ("Rep", "Representative", "representative"),
    ("Gen", "General", "general"),
    ("Prof", "Professor", "professor"),
    ("COVID", "Covid", "COVID-19", "Covid-19", "Coronavirus", "coronavirus"),
)
_SAME_NAMES = {name.replace(".", "").casefold(): names for names in _ALIASES for name in names if " " not in name}
_MIN_STEM, _MAX_ENDING = 5, 2  # "Korea" stands in "Korean"


def fold_word(word: str) -> str:
    """Fold case, possessives and the stops of an acronym: "U.S." and "US" are one name."""
    word = word.casefold()
    if "’" in word or "'" in word:
        word = word.replace("’", "'").removesuffix("'s").removesuffix("'")
    if "." not in word:
        return word
    return word.replace(".", "") if _DOTTED.fullmatch(word) else word.rstrip(".")


def folded_words(text: str) -> frozenset[str]:
    """Give the words of a text as names are compared."""
    return frozenset(map(fold_word, NAME_WORD.findall(unicodedata.normalize("NFKC", text))))


def missing_name(sentence: str, lang: str, article: str, words: Set[str], stems: Set[str]) -> str:
    """Find a name of the sentence that the article lacks; "" when it has them all.

    Args:
        sentence: Plain text.
        lang: Its primary language subtag.
        article: The article's whole plain text, as written.
        words: :func:`folded_words` of ``article``.
        stems: Stems of all its words.
    """
    sentence = unicodedata.normalize("NFKC", sentence)
    found = list(NAME_WORD.finditer(sentence))
    capitals = sum(match[0][0].isupper() for match in found)
    is_titled = len(found) > 3 and capitals >= _TITLE_CASE_SHARE * len(found)
    for n, match in enumerate(found):
        word = match[0]
        following = found[n + 1][0] if n + 1 < len(found) else ""
        opens = not n or sentence[: match.start()].rstrip().endswith((":", "“", '"', "«", "„"))
        if not _is_name(word, following, lang, opens=opens):
            continue
        if is_titled and stem(word.casefold()) in stems:
            continue
        if not _is_named(word, article, words, stems):
            return word
    return ""


def _is_name(word: str, following: str, lang: str, *, opens: bool) -> bool:
    """Tell whether a word must be in the article as it is."""
    if not word[0].isupper():
        return any(char.isupper() for char in word[1:]) or bool(_ADDRESS.fullmatch(word))
    folded = fold_word(word)
    is_acronym = len(word) > 1 and word.isupper()
    if not is_content(folded, lang) and not is_acronym:
        return False
    if not opens or is_acronym:
        return True
    if folded in _COMMON_OPENERS or is_filler(folded):
        return False
    return following[:1].isupper() or not (folded.endswith(_COMMON_ENDINGS) and len(folded) > _MIN_STEM)


def _is_named(word: str, article: str, words: Set[str], stems: Set[str]) -> bool:
    """Tell whether the article has a name: itself, its parts, or what is derived from it ("Korea" in "Korean")."""
    name = fold_word(word)
    if aliases := _SAME_NAMES.get(name):
        return any(re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", article) for alias in aliases)
    if name in words or name.replace(",", "") in words:
        return True
    parts = [part for part in re.split(r"[-'.&]", name) if part]
    if len(parts) > 1 and all(not part.isdecimal() and (part in words or part in stems) for part in parts):
        return True
    return len(name) >= _MIN_STEM and any(w.startswith(name) and len(w) - len(name) <= _MAX_ENDING for w in words)


_OFFICE = re.compile(
    r"\b((?i:(?:vice |deputy |former |acting |prime |foreign |interior |defen[cs]e |finance )?"
    r"(?:president|governor|gov|mayor|minister|chancellor|king|queen|senator|sen|judge|justice|premier|secretary|"
    r"director|"
    r"chairman|chairwoman|chief executive|ceo|general|gen|colonel|prince|princess|pope|commissioner|ambassador|"
    r"spokesman|spokeswoman|professor|prof|präsident|präsidentin|kanzler|kanzlerin|ministerin|presidente|presidenta|"
    r"ministro|ministra|président|présidente|ministre)))\.? ((?:[A-ZÀ-Þ][\w.'’-]+ ?){1,3})"
)
_SHORT_OFFICES = {"gov": "governor", "sen": "senator", "gen": "general", "prof": "professor", "ceo": "chief executive"}


def wrong_office(sentence: str, article: str) -> str:
    """Find a person whose office before the name differs from every one that the article puts there; "": none.

    An office that the article puts before no such name, but names somewhere, is let pass: titles move about.
    """
    known: dict[str, set[str]] = {}
    for office, name in _offices(article):
        known.setdefault(name, set()).add(office)
    lowered = article.casefold()
    for office, name in _offices(sentence):
        if (
            known.get(name)
            and not any(office in each or each in office for each in known[name])
            and office not in lowered
        ):
            return name
    return ""


def _offices(text: str) -> list[tuple[str, str]]:
    """Give (office, last name) of everyone whose office stands before the name."""
    found = []
    for office, name in _OFFICE.findall(text):
        folded = office.casefold()
        found.append((_SHORT_OFFICES.get(folded, folded), fold_word(name.split()[-1])))
    return found
