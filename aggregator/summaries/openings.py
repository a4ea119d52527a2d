"""What stands before the news of an article or of a sentence: datelines, bylines, labels, time stamps, its own title.

Owns how that is taken off; what stays is a slice of the text. Must not judge what stays; that is
:mod:`aggregator.summaries.pool`'s.
"""

import re

_AGENCIES = (
    r"AP|Reuters|AFP|CNN|UPI|dpa|DPA|EFE|ANSA|Lusa|Xinhua|Yonhap|Kyodo|Bloomberg|TASS|RIA|PTI|IANS|ANI|CBS|NBC|ABC|"
    r"FOX|Fox News|BBC|CNBC|KXAN|WASHINGTON POST|Associated Press|The Associated Press|AAP|APA|SDA|Europa Press"
)
_DAY_NAME = r"(?i:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?)"
_MONTH_NAME = (
    r"(?i:(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b)"
)
_ZONE = r"(?:GMT|UTC|UK|BST|CET|CEST|AKDT|[ECMP][SD]?T)\b"
_CLOCK = rf"(?i:\d{{1,2}} ?[:.] ?\d\d ?(?:[ap] ?\.? ?m\b ?\.?|hrs\b)?(?: ?{_ZONE})?|\d{{1,2}} ?[ap]m\b)"
_DATE_WORDS = r"[A-Za-zÀ-ÿ]{3,9}\.? \d{1,2}|\d{1,2}\.? [A-Za-zÀ-ÿ]{3,9}\.?"
_YEAR = r"(?:19|20)\d\d\b"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
_CALENDAR = (
    rf"(?:{_MONTH_NAME} ?\.? {_DAY} ?,? ?{_YEAR}|{_DAY} {_MONTH_NAME} ?\.? ?,? ?{_YEAR}|"
    rf"\d{{1,2}} ?/ ?\d{{1,2}} ?/ ?\d{{2,4}}\b)"
)
_STAMP_LABEL = r"(?i:(?:(?:first|last|story|page|article) )?(?:published|posted|updated|created|modified)\b)"
# Atomic: each part is read in one way only, so that no text makes the search long.
_STAMP_PART = rf"(?>{_STAMP_LABEL}|{_CALENDAR}|{_DAY_NAME}|{_CLOCK}|{_ZONE}|[,|;:()–—-]|(?i:at|on)\b)\s*+"
_NEWS_BEGINS = r"(?=[\"“‘']?[A-ZÀ-Þ])"
# "First Published : June 13 , 2013 4 : 59 PM EDT", "(Tue, 16 Aug 2011)": when, before the news. It holds a date with
# its year, or a label and a clock; "On 2 May 2013 Lohan ..." is a sentence and stays, unless it tells the minute.
_STAMP = re.compile(
    rf"(?!On\b)(?=(?:{_STAMP_PART})*?(?:{_CALENDAR}|{_STAMP_LABEL}\s*{_CLOCK}))(?:{_STAMP_PART})+{_NEWS_BEGINS}"
)
_STAMP_TO_THE_MINUTE = re.compile(
    rf"(?=(?:{_STAMP_PART})*?{_CALENDAR})(?=(?:{_STAMP_PART})*?{_CLOCK})(?:{_STAMP_PART})+{_NEWS_BEGINS}"
)
# Each takes off one kind of opening; tried in turn, as often as one fits. Each must end where the news starts.
_PREFIXES = (
    _STAMP,
    _STAMP_TO_THE_MINUTE,
    *(
        re.compile(pattern)
        for pattern in (
            # WASHINGTON (AP) — / SEOUL, Jan. 14 (Yonhap) -- / NEW YORK, N.Y. - / MADRID, 14 ene (EFE).-
            (
                rf"[A-ZÀ-Þ][A-ZÀ-Þ.'’\-]+(?:[ /][A-ZÀ-Þ][A-ZÀ-Þ.'’\-]+){{0,4}}"
                rf"(?:, (?:[A-Z][\w.]+|{_DATE_WORDS})){{0,3}}(?: ?\([^()]{{2,40}}\))?[.:]? ?[—–-]{{1,2}}\s+"
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
                r"zoom (?:in|out)|context|catch up quick|the latest|background|key points|eilmeldung|\+\+\+|urgente|"
                r"última hora|en direct|direct)\s*[:|]\s*"
            ),
            r"By [A-Z][\w.'’\-]+(?: [A-Z][\w.'’\-]+){1,3}(?:, [A-Z][\w ]{2,30})?\s*[—–|:]\s*",
            r"[•·▪●■◆▶►*–—-]\s+",
            # WASHINGTON, D.C., April 28, 2009 The ...: the date ends it.
            (
                rf"[A-ZÀ-Þ][A-ZÀ-Þ.'’\-]+(?:[ /][A-ZÀ-Þ][A-ZÀ-Þ.'’\-]+){{0,3}}(?: ?, [A-Z][\w.]+)? ?, "
                rf"{_CALENDAR} ?(?=[A-Z])"
            ),
        )
    ),
)
MAX_PREFIXES = 4
MIN_GLUED = 4  # words of a title that is taken off the text that it was glued to


def strip_prefix(text: str) -> str:
    """Take datelines, bylines, labels and time stamps off the start of a sentence."""
    for _ in range(MAX_PREFIXES):
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


def without_title(text: str, title: str) -> str:
    """Take an article's title off the start of its text, where a feed glued them: "Bank raises rate The Bank ..."."""
    words = title.rstrip(" .").split()
    if len(words) < MIN_GLUED:
        return text
    glued = re.match(r"\s*" + r"\s+".join(map(re.escape, words)) + r"\s*[:|–—-]?[ \t]+", text, re.IGNORECASE)
    if not glued:
        return text
    rest = text[glued.end() :]
    first = (rest.split(maxsplit=1) or [""])[0]
    # "Mayor visits school Tuesday": the title is the sentence's own beginning.
    begins = first.lstrip("\"“‘'«")[:1].isupper() and not re.fullmatch(
        rf"{_DAY_NAME}|{_MONTH_NAME}[.,]?", first.rstrip(",")
    )
    return rest if begins and len(rest.split()) >= MIN_GLUED else text
