"""Clauses that can stand alone: where a text may be cut, and what of it can be a heading or a headline.

Owns the grammar of headings and title case. Cuts are made at clause boundaries only, never between digits. Must not
choose among clauses; :mod:`aggregator.summaries.headings` and :mod:`aggregator.summaries.headline` do.
"""

import re
from collections.abc import Sequence

from aggregator.summaries.openings import strip_prefix
from aggregator.summaries.pool import count_words
from aggregator.summaries.sentences import is_balanced
from aggregator.summaries.words import word_set
from aggregator.text import is_spaceless

MIN_HEADING, MAX_HEADING = 4, 12  # words
MAX_HEADING_CHARACTERS = 90
_LONG_PART = 3  # letters of a hyphened part that is raised in title case
# Where a clause may lose what hangs behind it. Not before "if", "unless" or "until": without those it says more.
_TAILS = re.compile(
    r"\s+(?:who|which|whose|where|while|after|because|amid|following|nachdem|während|weil|après|tras|após)\s"
    r"|\s+and\s(?=(?:\w+ed|will|is|are|was|were|has|have|had|said|found|made|took|left|told|began|set|held|won)\s)"
    # "reforms [proposed by the government]", not "was proposed by".
    r"|(?<!\bwas)(?<!\bwere)(?<!\bis)(?<!\bare)(?<!\bbeen)(?<!\bbe)(?<!\band)(?<!\bhad)(?<!\bhas)(?<!\bhave)(?<!\bnot)"
    r"\s+(?:proposed|aimed|designed|accused|convicted|charged|sheltering|fleeing|containing|involving|owned|organi[sz]ed)"
    r" (?:by|at|of|in|from|with|to|for|more|all)\b"
    r"|\s+in an?(?: [\w-]+){0,2} (?:statement|interview|tweet|speech|letter|post|memo|report|filing|ruling|vote)\b"
    # Where something was said, not where it holds: "sales fell in China" must keep its place.
    r"|\s+(?:at|during) (?:an?|the|their|its|his|her)(?: [\w-]+){0,3} (?:summit|meeting|talks|conference|ceremony|"
    r"briefing|"
    r"hearing|rally|event|forum|session|interview)\b"
)
_HEADLINE_TAILS = re.compile(
    r"(?i)(?<!\bnot)(?<!\bone)(?<!\d)\s+(after|as|amid|following|while|despite)\s(?!of\b|the next\b)"
)
_JOINS_CLAUSES = frozenset({"as", "while"})  # "as Houston braces", not "as health secretary"
_SAYING = re.compile(r"(?i)\b(?:says?|said|saying|reports?|claims?|sources?|officials?|according|allege\w*)\b")
_WHEN = re.compile(
    r"(?<=\w),? (?:on |late |early )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|afternoon|evening|"
    r"night))?,?(?=\s|$)"
)
# Not between digits: "at 2 : 09" is one time, "600,000" one number.
_CLAUSE_ENDS = re.compile(
    r"\s*(?<!\d)(?<!\d )[;:](?=\s)\s*|\s*[;:](?=\s)(?!\s*\d)\s*|"
    r"\s+[—–-]{1,2}\s+|(?<!\d),(?=\s)\s*|,(?!\d)\s+|[，；：、]\s*"
)
_SUBORDINATE = re.compile(
    r"(?i)^(?:who|which|that|whose|where|when|while|after|before|as|because|since|although|though|if|unless|until|with|"
    r"without|by|but|and|or|so|yet|nor|including|according|despite|during|amid|following|for|from|in|on|at|to|of|than|"
    r"he|she|it|they|we|i|you|his|her|their|its|our|my|this|that|these|those|there|here|not|also|however|meanwhile|"
    r"said|says|say|told|due|thanks|like|such|less|one|days?|weeks?|months?|years?|hours?|today|\w+ing|\w+ly|per|about|"
    r"under|over|between|among|both|even|just|only|more|most|some|many|what|how|why|"
    r"der|die|das|welche|dass|weil|nachdem|während|wenn|er|sie|es|und|oder|aber|mit|nach|bei|im|in|qui|que|dont|où|"
    r"il|elle|"
    r"et|mais|après|selon|avec|dans|quien|cual|donde|cuando|según|y|pero|con|en|após|segundo|e|mas|com|em)\b"
)
_ATTRIBUTED = re.compile(
    r"(?i)\b(?:said|says|told|announced|reported|reports|wrote|tweeted|added|according|according to)\b.{0,60}$"
)
_ENDS_BADLY = re.compile(
    r"(?i)\b(?:the|an?|of|to|in|on|at|for|and|or|but|with|by|from|as|that|which|who|is|are|was|were|be|been|has|"
    r"have|had|"
    r"will|would|could|may|can|his|her|their|its|said|says|told|mr|mrs|ms|dr|sen|rep|gov|st|u\.s|into|over|than|shortly|just|soon|later|earlier|only|even|about|days?|hours?|weeks?|minutes?|moments?|months?|years?|"
    r""
    r"der|die|das|und|mit|von|le|la|les|de|des|et|el|los|y|que|o|e|who|he|she|it|they)\.?$"
)
# A finite verb: in a sentence the plain present is left out, it looks like a plural ("claims", "filings").
_PAST = (
    "is|are|was|were|has|have|had|will|would|can|could|may|might|must|did|does|do|[a-z]{3,}ed|said|rose|fell|won|"
    "lost|met|"
    "made|took|gave|went|came|left|held|kept|told|found|set|hit|cut|led|sent|put|began|became|saw|struck|shot|"
    "sought|grew|"
    "paid|ran|sold|bought|built|broke|spoke|drew|threw|fought|brought|caught|taught|shut|quit|swore|plan|agree|"
    "seek|warn|call"
)
_FINITE = re.compile(rf"\b(?:{_PAST})\b")
_LACKS_SUBJECT = re.compile(r"(?i)(?:is|are|was|were|has|have|had|will|would|did|does)\b")
# What is inserted between two marks may go whole: "Reed, a former judge, resigned", "the centre (CDC)"; but "who has
# written books for children, teens and adults" goes on behind its comma.
_INSERTED = re.compile(
    r"\s?,\s\d{1,3}(?: and from [A-Z]\w+)?\s?,(?=\s)|\s*\([^()]{1,60}\)|"
    rf",\s(?:an?|the|who|which|whose|himself|herself)\s[^,;:]{{3,90}},(?=\s(?:{_PAST})\b)"
)
# Headlines tell in the plain present. Nouns of the same form ("talks", "vote") are left out: no verb, no heading.
_PRESENT = (
    "accept|accuse|admit|adopt|agree|aim|announce|appeal|approve|arrest|arrive|ask|back|ban|become|begin|block|boost|"
    "break|bring|build|buy|call|cancel|clear|close|come|confirm|consider|continue|criticize|cut|decide|defend|delay|"
    "demand|deny|die|dig|discuss|double|drop|elect|end|evacuate|expand|expect|extend|face|fall|fight|find|flee|follow|"
    "force|get|give|go|grow|halt|hit|hold|hope|impose|injure|intensify|invite|join|keep|kill|launch|lead|leave|lift|"
    "lose|lower|mark|meet|miss|move|need|open|oppose|order|pass|pause|pay|pledge|postpone|prepare|promise|protest|"
    "pull|push|put|raise|reach|reaffirm|recall|recover|refuse|reject|release|remain|remove|reopen|replace|rescue|"
    "resign|resume|return|reveal|rise|rule|run|save|say|scrap|see|seek|sell|send|set|shake|show|shut|sign|sink|span|"
    "spread|stand|start|stay|step|stop|strengthen|struggle|sue|suspend|take|tell|test|think|threaten|trap|turn|unveil|"
    "urge|visit|vow|wait|want|warn|weigh|welcome|widen|win|withdraw|work|worry"
)
_TITLE_VERB = re.compile(
    rf"(?i)\b(?:{_PAST}|to|(?:{_PRESENT})|"
    # "Bank lifts rate", but neither "38 tankers" nor a plural at the end.
    r"(?<![\d,;:] )(?<!two )(?<!three )(?<!four )(?<!five )(?<!six )[a-z]{2,}s(?= [\w‘'$€£]))\b"
)
# What may follow a comma that ends a clause; a noun there belongs to a list that must not be cut.
_AFTER_COMMA = re.compile(
    r"(?i)(?:\w+ing|who|which|whose|where|when|while|as|after|before|amid|but|with|without|according|says?|said|"
    r"not|to|in|on|at|"
    r"by|for|from|despite|including|even|because|since|although|though|citing|and (?:\w+ ){0,4}(?:is|are|was|were|"
    r"will|has|had|\w+ed)|"
    r"(?:[\w'’.]+ ){1,5}(?:says?|said|reports?|reported|told|announced|finds?|found|shows?|showed))\b"
)
# What joins a sentence to the one before has no place over it.
_CONNECTIVE = re.compile(
    r"(?i)\b(?:also|meanwhile|however|moreover|instead|too|such an?|"
    r"(?:this|these|those)(?! (?:week|month|year)\b)|auch|zudem|ebenfalls|dagegen|aussi|également|cependant|"
    r"también|además|também|porém)\b"
)
# "Auditors could tell from the records" waits for what they could tell; so does the end of "quake hit at 9".
_WAITS = re.compile(
    r"(?i)\b(?:tell|tells|knows?|knew|shows?|showed|asks?|asked|decides?|learns?|sees?|saw)\b(?! \w+ (?:of|about)\b)"
)
# "The star just checked [into rehab]", but "the advisory was lifted".
_BARE_END = re.compile(r"(?i)(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bbe )(?<!\bis )(?<!\bare )\b(?:[a-z]{3,}ed|try)$")
_OF_NOUN = re.compile(r"\b(?:that|which|who|whose)\b")  # "a company that will sell phones" tells nothing of it
# Of fewer words in title case, what looks like a verb in -s may be a plural: "Maria Miller Expenses Scandal".
_SURE_OF_VERB = 6
_SURE_VERB = re.compile(rf"(?i:\b(?:{_PAST}|to|(?:{_PRESENT}))\b)|\b(?:[a-z]{{2,}}s|(?i:{_PRESENT})s)\b(?= )")
_JOINING = r"\s(?:although|though|because|while|when|since|unless|until|if|whether|as|that)\s"
_BEHIND = re.compile(rf"(?i){_JOINING}(?!.*{_JOINING})")  # the last clause that hangs on another
_SINGLE_QUOTE = re.compile(r"(?:^|\s)['‘](?![^'’]*\w['’](?:\W|$))")  # opened and not closed
_SMALL = word_set("a an the and but or nor for of to in on at by as with from into over per via vs off up than amid if")


def clauses(text: str, *, is_title: bool) -> list[tuple[str, bool]]:
    """Cut a text at clause boundaries and keep the pieces that can stand alone, with runs of two neighbours.

    What follows a comma stands alone only behind an introduction ("On Monday, leaders agreed").

    Args:
        text: A cleaned title, or a sentence.
        is_title: A title may tell in the plain present and ends where its writer ended it.

    Returns:
        Each piece, and whether nothing was cut off.
    """
    text = strip_prefix(text).rstrip(" .。!！")
    if not is_title and '"' not in text:
        text = _WHEN.sub("", _INSERTED.sub("", text))  # the sentence below says who and when
    breaks = list(_CLAUSE_ENDS.finditer(text))
    starts = [0, *(m.end() for m in breaks)]
    ends = [*(m.start() for m in breaks), len(text)]
    tails = [m.start() for m in _TAILS.finditer(text)]
    is_introduced = bool(_SUBORDINATE.match(text))
    found = []
    for i, start in enumerate(starts):
        if i and breaks[i - 1].group().strip() == "," and not (i == 1 and is_introduced):
            continue
        cuts = [ends[i]] if _may_end(text, i, breaks) else []
        if i + 1 < len(ends) and _may_end(text, i + 1, breaks) and (is_title or _FINITE.search(text[start : ends[i]])):
            cuts.append(ends[i + 1])
        if is_title and i + 2 < len(ends):
            cuts.append(ends[-1])  # a title ends where its writer ended it, lists and all
        for end in (*cuts, *(t for t in tails if start < t < ends[i])):
            piece = text[start:end].strip()
            if not is_balanced(piece) or _SINGLE_QUOTE.search(piece):
                piece = piece.strip("\"'“”")
            if is_heading(piece, starts=i == 0 or is_introduced, is_title=is_title):
                whole = start == 0 and end == len(text)
                found.append((piece, whole))
    return found


def without_tail(title: str) -> list[str]:
    """Give a title without the clause that tells what else happened: "Mayor resigns [after audit]", each way once.

    What a tail attributes ("as agency, sources say") holds for the whole title, so such a one is not cut off.
    """
    found = []
    for match in _HEADLINE_TAILS.finditer(title):
        head, tail = title[: match.start()], title[match.end() :]
        is_clause = bool(_TITLE_VERB.search(tail)) or match[1].lower() not in _JOINS_CLAUSES
        if is_clause and not _SAYING.search(tail) and is_heading(head, starts=True, is_title=True):
            found.append(head)
    return found


def _may_end(text: str, i: int, breaks: Sequence[re.Match[str]]) -> bool:
    """Tell whether a heading may end with piece ``i``: not at a comma inside a list or before an apposition."""
    return i == len(breaks) or breaks[i].group().strip() != "," or bool(_AFTER_COMMA.match(text[breaks[i].end() :]))


def is_heading(text: str, *, starts: bool, is_title: bool) -> bool:
    """Tell whether a clause can stand alone over a section."""
    if is_spaceless(text):
        return 6 <= len(text) <= 2 * MAX_HEADING + 6 and is_balanced(text) and text[-1] not in "?？"
    if not MIN_HEADING <= count_words(text) <= MAX_HEADING or len(text) > MAX_HEADING_CHARACTERS:
        return False
    if (
        not is_balanced(text)
        or re.search(r"[?“”\"|…]|\.\.\.", text)
        or _SINGLE_QUOTE.search(text)
        or _ENDS_BADLY.search(text)
    ):
        return False
    rest = text.split(maxsplit=1)[-1]
    if is_title and len(text.split()) < _SURE_OF_VERB and not _SURE_VERB.search(rest):
        return False
    if not is_title and (_WAITS.search(text) or _BARE_END.search(text) or not _FINITE.search(_OF_NOUN.split(rest)[0])):
        return False
    if text.isupper() or _SUBORDINATE.match(text) or _LACKS_SUBJECT.match(text) or _CONNECTIVE.search(text):
        return False
    if not (starts or text[0].isupper()) or not (_TITLE_VERB if is_title else _FINITE).search(rest):
        return False
    # "No one was hurt although a handful of people" waits for what they did.
    if (clause := _BEHIND.search(text)) and not is_title and not _FINITE.search(text[clause.end() :]):
        return False
    return is_title or not _ATTRIBUTED.search(text)


def title_case(text: str) -> str:
    """Set a clause in English title case; words with capitals of their own stay as they are."""
    words = text.split()
    last = len(words) - 1
    return " ".join(
        word if n not in (0, last) and word.casefold() in _SMALL and word.islower() else _capital(word)
        for n, word in enumerate(words)
    )


def _capital(word: str) -> str:
    """Raise the first letter of a word and of the longer parts behind its hyphens: "Anti-Asian", "12-Year-Old".

    A word with a capital of its own ("iPhone") stays.
    """
    first, *others = word.split("-")
    raised = [_raise(first)] + [_raise(part) if len(part) >= _LONG_PART else part for part in others]
    return "-".join(raised)


def _raise(part: str) -> str:
    at = next((k for k, char in enumerate(part) if char.isalnum()), -1)
    if at < 0 or not part[at].isalpha() or not part.islower():
        return part
    return part[:at] + part[at].upper() + part[at + 1 :]
