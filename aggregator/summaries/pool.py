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
    """

    text: str
    report: int
    position: int
    lang: str
    n_words: int
    stems: tuple[str, ...]
    penalty: float = 1.0


_AGENCIES = (
    r"AP|Reuters|AFP|CNN|UPI|dpa|DPA|EFE|ANSA|Lusa|Xinhua|Yonhap|Kyodo|Bloomberg|TASS|RIA|PTI|IANS|ANI|CBS|NBC|ABC|"
    r"FOX|Fox News|BBC|CNBC|KXAN|WASHINGTON POST|Associated Press|The Associated Press|AAP|APA|SDA|Europa Press"
)
_DAY_NAME = r"(?i:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?)"
_MONTH_NAME = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_CLOCK = r"(?i:\d{1,2} ?[:.] ?\d\d ?(?:[ap] ?\.? ?m\b\.?)?(?: ?(?:GMT|UTC|UK|E[SD]?T|P[SD]?T|C[SD]?T|CET)\b)?)"
_DATE_WORDS = r"[A-Za-zÀ-ÿ]{3,9}\.? \d{1,2}|\d{1,2}\.? [A-Za-zÀ-ÿ]{3,9}\.?"
# Each takes off one kind of opening; tried in turn, as often as one fits. Each must end where the news starts.
_PREFIXES = tuple(
    re.compile(pattern)
    for pattern in (
        # WASHINGTON (AP) — / SEOUL, Jan. 14 (Yonhap) -- / NEW YORK, N.Y. - / MADRID, 14 ene (EFE).-
        (
            rf"[A-ZÀ-Þ][A-ZÀ-Þ.'’\-]+(?:[ /][A-ZÀ-Þ][A-ZÀ-Þ.'’\-]+){{0,4}}(?:, (?:[A-Z][\w.]+|{_DATE_WORDS})){{0,3}}"
            rf"(?: ?\([^()]{{2,40}}\))?[.:]? ?[—–-]{{1,2}}\s+"
        ),
        # Berlin (dpa) - / Washington, Jan 14 (AP) —
        (
            rf"[A-ZÀ-Þ][\w.'’\-]+(?:[ /][A-ZÀ-Þ][\w.'’\-]+){{0,3}}(?:, (?:[A-Z][\w.]+|{_DATE_WORDS})){{0,3}}"
            rf" ?\((?:{_AGENCIES})[^()]{{0,20}}\)[.:]? ?(?:[—–-]{{1,2}}\s*)?"
        ),
        # (CNN) -- / (Reuters) -
        rf"\((?:{_AGENCIES})[^()]{{0,20}}\)[.:]? ?(?:[—–-]{{1,2}}\s*)?",
        # (서울=연합뉴스) 홍길동 기자 = / [서울=뉴시스]
        r"[(\[][^()\[\]]{1,20}=[^()\[\]]{1,20}[)\]](?:\s*[가-힣]{2,4} (?:기자|특파원))?\s*=?\s*",
        # 【ソウル共同】 / [ソウル 14日 ロイター] -
        r"【[^】]{1,25}】\s*",
        r"[［\[][^\]］]{1,25}(?:ロイター|共同|時事)[\]］]\s*[-－]*\s*",
        # 新华社北京1月14日电 / （新华社记者…）/ 中新网1月14日电
        r"(?:新华社|中新网|中新社|人民网|央视网)[^\s，。]{0,12}日(?:专)?电\s*(?:[（(][^）)]{1,20}[）)])?\s*",
        (
            r"(?i:breaking(?: news)?|updated?|live(?: updates?)?|exclusive|watch|video|just in|developing|analysis|"
            r"opinion|explainer|fact check|story highlights|why it matters|driving the news|the big picture|"
            r"what['’]s next|"
            r"details|state of play|by the numbers|between the lines|flashback|yes, but|the bottom line|what "
            r"they['’]re saying|"
            r"zoom (?:in|out)|context|catch up quick|the latest|background|key points|eilmeldung|\+\+\+|urgente|última "
            r"hora|en direct|direct)\s*[:|]\s*"
        ),
        r"By [A-Z][\w.'’\-]+(?: [A-Z][\w.'’\-]+){1,3}(?:, [A-Z][\w ]{2,30})?\s*[—–|:]\s*",
        r"[•·▪●■◆▶►*–—-]\s+",
        # May 2, 2013 12:50 PM / (Tue, 16 Aug 2011) / 11:39am UK, Monday 09 September 2013: when, before the news.
        (
            rf"\(?(?:{_CLOCK}(?: ?,)? )?(?:{_DAY_NAME}(?: ?,)? )?"
            rf"(?:{_MONTH_NAME}\.? \d{{1,2}}|\d{{1,2}}\.? {_MONTH_NAME}\.?)"
            rf" ?,? (?:19|20)\d\d\)?(?: ?,)?(?: (?:[Aa][Tt] )?{_CLOCK})? ?[-–—:|]* "
        ),
    )
)
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
    r"your browser|javascript|log ?in to|create (?:an|your) account|share this|send (?:us )?(?:tips|"
    r"an email)|"
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
_PRONOUN = re.compile(
    r"[\"“‘']?(?:He|She|They|It|This|That|These|Those|His|Her|Their|Its|But|And|So|Yet|Still|However|Also|Meanwhile|"
    r"Then|There|Instead|Moreover|Furthermore|Additionally|Nevertheless|Er|Sie|Es|Dies|Diese|Doch|Il|Elle|Ils|Elles|"
    r"Mais|Cela|Él|Ella|Ellos|Pero|Esto|Ele|Ela|Mas|Isso|Он|Она|Они|Это|그는|그녀는|이는|이에|彼は|彼女は|これは|しかし|"
    r"他|她|他们|这|但|وهو|وهي|لكن)\b"
)
_GOES_ON = re.compile(r"(?i)^\W*(?:[\w'’-]+\s+){1,4}(?:also|auch|aussi|también|também)\b")
_FIRST_PERSON = re.compile(r"\b(?:I|I['’]m|I['’]ve|we|We|you|You|your|Your|our|Our|my|My|us)\b")
_QUOTATION = re.compile(r"[\"“„«「][^\"”“»」]*[\"”“»」]")
# How much a sentence of a kind counts; set on the dev sets, where these openings read worst in the chosen summaries.
_PENALTIES = ((_PRONOUN, 0.75), (_GOES_ON, 0.85))
_QUESTION, _PERSONAL, _SHOUTED, _ALL_QUOTE = 0.4, 0.6, 0.3, 0.8


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
    pieces = _pieces(article.text[:MAX_CHARACTERS], lang)
    title = article.title.strip()
    fit = [p for p in pieces if not _unfit(p, title, ends=len(pieces) == 1)]
    return [_candidate(text, index, n, lang) for n, text in enumerate(dict.fromkeys(fit[:MAX_SENTENCES]))]


def unfit(article: Article) -> list[tuple[str, str]]:
    """List the sentences of an article that cannot be published, each with its reason."""
    pieces = _pieces(article.text[:MAX_CHARACTERS], language_of(article))
    reasons = [(piece, _unfit(piece, article.title.strip(), ends=len(pieces) == 1)) for piece in pieces]
    return [(piece, reason) for piece, reason in reasons if reason]


def _pieces(text: str, lang: str) -> list[str]:
    """Split a text after taking off what stands before its news; bylines are left out."""
    pieces = []
    for n, piece in enumerate(split(text, lang)):
        if n < 3 and _BYLINE.match(piece):
            continue
        pieces.append(strip_prefix(piece))
    return [piece for piece in pieces if piece]


def strip_prefix(text: str) -> str:
    """Take datelines, bylines and labels off the start of a sentence."""
    for _ in range(3):
        for pattern in _PREFIXES:
            match = pattern.match(text)
            rest = text[match.end() :].lstrip() if match else ""
            # "NATO - the alliance" is no dateline: news starts with a capital, a mark, a digit or a caseless letter.
            if rest and not rest[0].islower():
                text = rest
                break
        else:
            break
    return text


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


def _candidate(text: str, index: int, position: int, lang: str) -> Candidate:
    stems = tuple(content_stems(text, lang))
    return Candidate(
        text=text,
        report=index,
        position=position,
        lang=lang,
        n_words=max(1, count_words(text)),
        stems=stems,
        penalty=_penalty(text),
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
    return factor
