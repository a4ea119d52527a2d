"""The sentences that a summary may be made of.

Owns which text of an article is read, what is taken off it (dateline, byline, prefix) and which sentences are unfit:
boilerplate, truncated, with a cut quotation. Must not choose among the fit ones; that is
:mod:`aggregator.summaries.select`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.model import Article, Report
from aggregator.summaries.openings import strip_prefix, without_title
from aggregator.summaries.sentences import is_balanced, split
from aggregator.summaries.words import content_stems
from aggregator.text import is_spaceless, language

MAX_ARTICLES = 50  # read for sentences; the others are cited only. More never changed a summary in the dev sets
MAX_SENTENCES = 30  # of one article: news says what matters first
MAX_CHARACTERS = 12_000  # of one text; 30 sentences have less
MIN_TOLD = 3  # articles with fit sentences, from which on no title is needed as one
MIN_WORDS, MAX_WORDS = 4, 75  # of a sentence; longer ones are lists or lost stops
_CHARACTERS_A_WORD = 2.0  # in scripts without spaces: Chinese words have 1.7 characters, Japanese 2.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may be published.

    Attributes:
        text: Verbatim slice of the article.
        report: Index of its report.
        position: Of the sentence in its article, from 0.
        lang: Primary language subtag.
        n_words: Words; in scripts without spaces half the characters.
        stems: Of its content words, in order.
        penalty: 1.0: none; less: reads badly out of its place.
        leans: It speaks of what the sentence before it in its article said ("He left"), and reads only behind that one.
    """

    text: str
    report: int
    position: int
    lang: str
    n_words: int
    stems: tuple[str, ...]
    penalty: float = 1.0
    leans: bool = False


_BYLINE = re.compile(r"(?:By|Von|Por|Par|Di|Door) [A-ZÀ-Þ][^.!?]{3,80}$|[가-힣]{2,4} (?:기자|특파원)\s*\S*@\S+$")
_BOILERPLATE = re.compile(
    r"(?i)\b(?:click here|read (?:more|the full|also)|sign up|subscri(?:be|ption)|newsletter|all rights reserved|"
    r"cookies?\b.{0,40}\b(?:use|accept|consent)|follow us|join us on|download (?:the|our) app|advertisement|"
    r"appeared first on|originally (?:published|appeared)|getty images|image (?:copyright|caption|source)|"
    r"photo(?:graph)?(?: credit| by|:)|file photo|copyright|continue reading|related (?:articles?|stories)|"
    r"this (?:story|article) (?:was|has been|will be) (?:\w+ )?(?:updated|corrected|written|produced|edited)|"
    r"contributed to this (?:report|story|article)|reporting by|editing by|privacy policy|terms of (?:use|service)|"
    r"please enable|toggle caption|enlarge this image|buy photo|breaking news (?:e-?mails?|alerts?)|"
    r"delivered (?:to your inbox|(?:every |each )?(?:week)?(?:day )?mornings?)|"
    r"your browser|javascript|log ?in to|create (?:an|your) account|share this|send (?:us )?(?:your )?(?:tips|"
    r"comments|questions|an email)|here['’]s (?:exactly )?what you|"
    r"share your|tell us|let us know|stay tuned|have your say|find out (?:more|how)|check out|tune in|leave a comment|"
    r"watch (?:the video|live|below|more)|listen to this|scroll down|more on this|editor['’]s note|press release|"
    r"lesen sie (?:auch|mehr)|mehr zum thema|lire (?:aussi|la suite)|abonnez-vous|abonn(?:ieren|é)|suscr[ií]bete|"
    r"leer más|lea también|leia (?:mais|também)|assine|подпис(?:ывайтесь|аться)|читайте также|đọc thêm|xem thêm)\b"
    r"|https?://|www\.|\S+@\S+\.\w|©|무단 ?전재|재배포 금지|구독|無断転載|続きを読む|会員限定|"
    r"责任编辑|点击(?:查看|阅读)|更多精彩|اقرأ أيضا|"
    r"window\.|function\s*\(|\{\{|\}\}|<[a-z/]"
)
_BEGINS_INSIDE = re.compile(r"['’”][\s,.]")  # the end of a quotation whose start another sentence has
_TRUNCATED = re.compile(r"(?:\.\.\.|…|\[\s*(?:\.\.\.|…)\s*\]|\(more\)|\[…\])[\s\"'”’»)\]]*$")
_ENDED = re.compile(r"[.!?。！？｡؟۔।॥।:;][\s\"'”’»›)\]」』）】]*$")
_HANGING = re.compile(
    r"(?i)(?:[,;:—–-]|\b(?:the|an?|of|to|in|on|at|for|and|or|but|with|by|from|as|that|which|who|is|are|was|were|be|"
    r"has|have|had|will|his|her|their|its|der|die|das|und|mit|von|le|la|les|de|des|et|el|los|y|que|o|e))$"
)
# What these words speak of stands in the sentence before. "It is raining", "this week" and "there were" need none.
_LEANS = re.compile(
    r"[\"“‘']?(?:(?:But|And|So|Or|Yet|Still|However|Meanwhile|Instead|Then|Now|Later|Also),? )?"
    r"(?i:he|she|they|it(?! (?:is|was|will be|has been|had been|remains|remained) (?:\w+ )?"
    r"(?:unclear|not (?:yet )?clear|the (?:first|second|third|latest|largest|biggest|most|highest|lowest|worst)|"
    r"raining|snowing))|"
    r"this(?! (?:week|month|year|morning|afternoon|evening|season|summer|winter|spring|autumn|fall|time)\b)|"
    r"that(?! (?:week|month|year|morning|afternoon|evening)\b)|these|"
    r"those(?! (?:who|in|with|responsible|killed|injured)\b)|"
    r"his|her|their|its|him|them|each one|both of (?:them|these)|some of (?:them|these)|one of (?:them|these)|"
    r"er|sie|es (?!gibt|gab)|dies|diese[rsmn]?|sein|seine|ihre?|"
    r"elle|ils|elles|cela|celui-ci|celle-ci|ces derniers|él|ella|ellos|ellas|esto|este último|"
    r"ele|ela|eles|elas|isso|isto|он|она|они|это|его|её|их)\b"
    r"|(?:그는|그녀는|그들은|이는|이에|이로써|彼は|彼女は|彼らは|これは|これに|これを|他们|她|他(?![国人们方州省市处])|此举|وهو|وهي)"
)
_CONNECTS = re.compile(
    r"[\"“‘']?(?:But|And|So|Or|Yet|Still|However|Also|Meanwhile|Then|Instead|Moreover|Furthermore|Additionally|"
    r"In addition|Nevertheless|Nor|Thus|Therefore|Otherwise|Here(?:['’]s| is| are)|Doch|Aber|Jedoch|Mais|Pero|"
    r"Sin embargo|Mas|Porém|Но|Однако)\b|(?:しかし|一方|但|하지만|그러나|لكن)"
)
_GOES_ON = re.compile(r"(?i)^\W*(?:[\w'’-]+\s+){1,4}(?:also|auch|aussi|también|também)\b")
_FIRST_PERSON = re.compile(r"\b(?:I|I['’]m|I['’]ve|we|We|you|You|your|Your|our|Our|my|My|us)\b")
_QUOTATION = re.compile(r"[\"“„«「][^\"”“»」]*[\"”“»」]")
# How much a sentence of a kind counts; set on the dev sets, where these openings read worst in the chosen summaries.
_PENALTIES = ((_LEANS, 0.75), (_CONNECTS, 0.75), (_GOES_ON, 0.85))
_QUESTION, _PERSONAL, _SHOUTED, _ALL_QUOTE, _CAPTION, _TORN, _ADRIFT = 0.2, 0.6, 0.3, 0.8, 0.3, 0.3, 0.4
_FEW_STEMS, _SAYS_LITTLE = 4, 0.6  # "Water is the open question."
# "Obama speaks to reporters in Jacksonville, Fla., Wednesday, Sept. 12, 2012.": under a picture.
_CAPTION_DATE = re.compile(
    r"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.? \d{1,2}|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|"
    r"Sep|Oct|Nov|Dec)\w*\.?),? (?:19|20)\d\d\b.{0,24}$"
)
_TELLS_PAST = re.compile(
    r"\b(?:[a-z]{2,}ed|was|were|had|did|said|began|came|went|took|made|won|lost|fell|rose|met|told)\b"
)


def candidates(reports: Sequence[Report]) -> list[Candidate]:
    """Gather the fit sentences of all reports, in the order of the reports, then of their texts.

    Titles speak where too few texts do: a title among sentences reads like a heading that lost its place. Cost: linear
    in the texts, which are cut at ``MAX_CHARACTERS``.
    """
    found: list[Candidate] = []
    titles: list[Candidate] = []
    for index, report in enumerate(reports[:MAX_ARTICLES]):
        told = _of_article(report.article, index)
        found += told
        title = report.article.title.strip()
        if not told and title and not _TRUNCATED.search(title):
            titles.append(_candidate(title, index, 0, language_of(report.article)))
    if len({c.report for c in found}) >= MIN_TOLD:
        return found
    return sorted([*found, *titles], key=lambda c: (c.report, c.position))


def language_of(article: Article) -> str:
    """Give an article's language: declared, else read off its text."""
    declared = "" if article.lang == "und" else article.lang
    return _language(f"{article.title}. {article.text[:600]}", declared)


_language = lru_cache(maxsize=1024)(language)


def count_words(text: str) -> int:
    """Count words; in scripts without spaces, half the characters."""
    return round(len(text) / _CHARACTERS_A_WORD) if is_spaceless(text) else len(text.split())


def _of_article(article: Article, index: int) -> list[Candidate]:
    lang = language_of(article)
    found: list[Candidate] = []
    told: set[str] = set()
    is_behind = False  # the sentence before is fit
    for piece, reason in _judged(article, lang):
        is_new = not reason and piece not in told
        if is_new:
            found.append(_candidate(piece, index, len(found), lang, is_behind=is_behind))
            told.add(piece)
        is_behind = is_new
        if len(found) == MAX_SENTENCES:
            break
    return found


def unfit(article: Article) -> list[tuple[str, str]]:
    """List the sentences of an article that cannot be published, each with its reason."""
    return [(piece, reason) for piece, reason in _judged(article, language_of(article)) if reason]


def _judged(article: Article, lang: str) -> list[tuple[str, str]]:
    """List the sentences of an article, each with the reason why it cannot be published, or ""."""
    title = " ".join(article.title.split())
    text = article.text[:MAX_CHARACTERS]
    bare = strip_prefix(text)  # "9 September 2026, 14:08 Bank raises rate The Bank ...": the title may stand behind it
    without = without_title(bare, title)
    pieces = _pieces(text if without == bare else without, lang)
    return [(piece, _unfit(piece, title, ends=len(pieces) == 1)) for piece in pieces]


def _pieces(text: str, lang: str) -> list[str]:
    """Split a text after taking off what stands before its news; bylines are left out."""
    pieces = []
    for n, piece in enumerate(split(text, lang)):
        if n < 3 and _BYLINE.match(piece):
            continue
        pieces.append(strip_prefix(piece))
    return [piece for piece in pieces if piece]


def _unfit(text: str, title: str, *, ends: bool) -> str:
    """Say why a sentence cannot be published; "": it can.

    Args:
        text: A sentence.
        title: Of its article.
        ends: It is the whole text of its article.
    """
    n_words = count_words(text)
    if not MIN_WORDS <= n_words <= MAX_WORDS:
        return f"{n_words} words long"
    if _TRUNCATED.search(text):
        return "cut off"
    if _BOILERPLATE.search(text):
        return "not news"
    if _n_letters_words(text) < MIN_WORDS - 1:
        return "hardly a word in it"  # "May 2, 2013, 1:35 pm."
    if not is_balanced(text) or _BEGINS_INSIDE.match(text):
        return "a quotation or bracket is cut"
    if text.strip(" .").casefold() == title.strip(" .").casefold():
        return "the title again"
    # Without a stop: the end of a text that was cut, a subtitle, or a description that never had one.
    return "" if _ENDED.search(text) or (ends and not _HANGING.search(text)) else "does not end"


def _n_letters_words(text: str) -> int:
    """Count words of letters; in scripts without spaces every one counts."""
    return count_words(text) if is_spaceless(text) else sum(len(w) > 1 and w[0].isalpha() for w in text.split())


def _candidate(text: str, index: int, position: int, lang: str, *, is_behind: bool = False) -> Candidate:
    stems = tuple(content_stems(text, lang))
    leans = bool(_LEANS.match(text))
    says_little = len(stems) < _FEW_STEMS and not any(char.isdigit() for char in text)
    return Candidate(
        text=text,
        report=index,
        position=position,
        lang=lang,
        n_words=max(1, count_words(text)),
        stems=stems,
        penalty=_penalty(text) * (_ADRIFT if leans and not is_behind else 1.0) * (_SAYS_LITTLE if says_little else 1.0),
        leans=leans and is_behind,
    )


def _penalty(text: str) -> float:
    factor = 1.0
    for pattern, weight in _PENALTIES:
        if pattern.match(text):
            factor *= weight
    bare = _QUOTATION.sub("", text)
    if text.rstrip("\"'”’»)」").endswith(("?", "？", "؟")):
        factor *= _QUESTION
    if _FIRST_PERSON.search(bare):
        factor *= _PERSONAL
    if len(bare) * 3 < len(text):
        factor *= _ALL_QUOTE
    letters = [c for c in text if c.isalpha()]
    if sum(c.isupper() for c in letters) * 2 > len(letters):
        factor *= _SHOUTED
    if _CAPTION_DATE.search(text) and not _TELLS_PAST.search(text):
        factor *= _CAPTION
    if text.split(maxsplit=1)[0].islower() and text[0].isalpha():
        factor *= _TORN  # "alleges the organisation."
    return factor
