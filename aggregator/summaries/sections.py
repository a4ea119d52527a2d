"""Sections of a summary: which sentences stand together, in which order, and under which heading.

Owns grouping, order and headings. A heading is a clause of a cited title or sentence, cut only at clause boundaries and
passed through the gate; where none is good there is none. Must not add or change a sentence.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.model import Article, Report
from aggregator.summaries.gate import check
from aggregator.summaries.headline import clean_title
from aggregator.summaries.pool import Candidate, count_words, strip_prefix
from aggregator.summaries.select import Chosen
from aggregator.summaries.sentences import is_balanced
from aggregator.summaries.words import content_stems, word_set
from aggregator.text import is_spaceless

MIN_SENTENCES, MIN_ARTICLES = 4, 2  # below, one paragraph
MAX_SECTIONS, MAX_IN_SECTION = 4, 3
MIN_HEADING, MAX_HEADING = 4, 12  # words
MAX_HEADING_CHARACTERS = 90
# Of a heading's content this much must stand in its section's sentences: it has to say what they say.
_COVERED = 0.5
_LONG_PART = 3  # letters of a hyphened part that is raised in title case
_COVERED_BY_TITLE = 0.3  # a title is its writer's own summary and may use other words
# Added to the nearness of two sentences of one article: neighbours go on about the same. Shared words give 0..3.
_NEIGHBOURS, _SAME_ARTICLE = 0.9, 0.5
# A heading that repeats this much of the headline or of another heading says nothing.
_REPEATED = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Chosen sentences that stand together, in reading order; ``heading`` is empty for none."""

    heading: str
    chosen: tuple[Chosen, ...]


def arrange(
    chosen: Sequence[Chosen],
    cited: Mapping[Candidate, Sequence[int]],
    spread: Mapping[str, int],
    reports: Sequence[Report],
    headline: str,
) -> list[Group]:
    """Group chosen sentences into sections with headings, or into one without.

    Args:
        chosen: Most telling first; the first opens the summary.
        cited: For each sentence the reports that it cites; only these lend their titles.
        spread: In how many reports each stem stands.
        reports: What the candidates' ``report`` points into.
        headline: Of the story; no heading repeats it.
    """
    n_articles = len({c.candidate.report for c in chosen})
    if len(chosen) < MIN_SENTENCES or n_articles < MIN_ARTICLES:
        return [Group(heading="", chosen=_in_reading_order(list(chosen)))]
    groups = [_in_reading_order(group) for group in _cluster(list(chosen), spread, len(reports))]
    lang = chosen[0].candidate.lang
    used = [frozenset(content_stems(headline, lang))]
    sections = []
    for group in groups:
        heading = _heading(_clauses(group, cited, reports), group, used, lang)
        if heading:
            used.append(frozenset(content_stems(heading, lang)))
        sections.append(Group(heading=heading, chosen=group))
    return _joined(sections, chosen)


def _joined(sections: list[Group], chosen: Sequence[Chosen]) -> list[Group]:
    """Give the sentences of groups without a heading a place.

    They open the summary where the first group has no heading. Else they follow the last headed group while that stays
    short; where it would not, the first group gives its heading up and becomes the opening. An opening is told in the
    order of choice, most telling first (by groups it loses .7 of ROUGE-2 on long texts).
    """
    headed = [section for section in sections if section.heading]
    rest = [c for section in sections if not section.heading for c in section.chosen]
    if not rest:
        return headed
    if not sections[0].heading:
        return [_opening(rest, chosen), *headed]
    last = headed[-1]
    if len(last.chosen) + len(rest) <= MAX_IN_SECTION + 1:
        return [*headed[:-1], Group(heading=last.heading, chosen=(*last.chosen, *rest))]
    return [_opening([*headed[0].chosen, *rest], chosen), *headed[1:]]


def _opening(sentences: Sequence[Chosen], chosen: Sequence[Chosen]) -> Group:
    return Group(heading="", chosen=_in_reading_order([c for c in chosen if c in sentences]))


# ---------------------------------------------------------------- grouping


def _cluster(chosen: list[Chosen], spread: Mapping[str, int], n_articles: int) -> list[list[Chosen]]:
    """Part sentences into groups of two or three by what they share, the most telling group first.

    The nearest two groups are joined again and again until there are few enough and none has a lone sentence. ``O(n³)``
    for the dozen sentences of a summary.
    """
    n = len(chosen)
    near = [[_nearness(a, b, spread, n_articles) for b in chosen] for a in chosen]
    n_groups = min(MAX_SECTIONS, max(2, -(-n // MAX_IN_SECTION)))
    groups = [[i] for i in range(n)]
    while len(groups) > 2 and (len(groups) > n_groups or min(map(len, groups)) == 1):
        a, b = min(
            _joinable(groups, n_groups), key=lambda pair: (-_linkage(groups[pair[0]], groups[pair[1]], near), pair)
        )
        groups[a] = sorted(groups[a] + groups[b])
        del groups[b]
    return [[chosen[i] for i in group] for group in sorted(groups)]


def _joinable(groups: list[list[int]], n_groups: int) -> list[tuple[int, int]]:
    """List the pairs that may be joined: small ones while they last, then lone ones with any, then all."""
    pairs = [(a, b) for a in range(len(groups)) for b in range(a + 1, len(groups))]
    fitting = [p for p in pairs if len(groups[p[0]]) + len(groups[p[1]]) <= MAX_IN_SECTION]
    if len(groups) <= n_groups:
        fitting = [p for p in fitting if 1 in (len(groups[p[0]]), len(groups[p[1]]))]
    if fitting:
        return fitting
    smallest = min(len(groups[a]) + len(groups[b]) for a, b in pairs)
    return [p for p in pairs if len(groups[p[0]]) + len(groups[p[1]]) == smallest]


def _linkage(one: Sequence[int], other: Sequence[int], near: list[list[float]]) -> float:
    return round(sum(near[i][j] for i in one for j in other) / (len(one) * len(other)), 9)


def _nearness(one: Chosen, other: Chosen, spread: Mapping[str, int], n_articles: int) -> float:
    """Compare by shared stems, those that the whole story has counting little; one article's sentences are nearer."""
    mine, theirs = set(one.candidate.stems), set(other.candidate.stems)
    shared = sum(sorted(math.log((n_articles + 1) / spread.get(stem, 1)) for stem in mine & theirs))
    score = float(shared / math.sqrt(1 + min(len(mine), len(theirs))))
    if one.candidate.report == other.candidate.report:
        gap = abs(one.candidate.position - other.candidate.position)
        score += _NEIGHBOURS if gap == 1 else _SAME_ARTICLE
    return score


def _in_reading_order(group: list[Chosen]) -> tuple[Chosen, ...]:
    """Keep the most telling first; sentences of one article stand in its order behind each other's place."""
    ordered = list(group)
    for i in range(len(ordered)):
        for j in range(i + 1, len(ordered)):
            a, b = ordered[i].candidate, ordered[j].candidate
            if a.report == b.report and a.position > b.position:
                ordered[i], ordered[j] = ordered[j], ordered[i]
    return tuple(ordered)


# ---------------------------------------------------------------- headings

# Where a clause may lose what hangs behind it. Not before "if", "unless" or "until": without those it says more.
_TAILS = re.compile(
    r"\s+(?:who|which|whose|where|while|after|because|amid|following|nachdem|während|weil|après|tras|após)\s"
    r"|\s+and\s(?=(?:\w+ed|will|is|are|was|were|has|have|had|said)\s)"
    r"|\s+in an?(?: [\w-]+){0,2} (?:statement|interview|tweet|speech|letter|post|memo|report|filing|ruling|vote)\b"
    # Where something was said, not where it holds: "sales fell in China" must keep its place.
    r"|\s+(?:at|during) (?:an?|the|their|its|his|her)(?: [\w-]+){0,3} (?:summit|meeting|talks|conference|ceremony|"
    r"briefing|"
    r"hearing|rally|event|forum|session|interview)\b"
)
# What is inserted between two marks may go whole: "Reed, a former judge, resigned", "the centre (CDC)".
_INSERTED = re.compile(r"\s*\([^()]{1,60}\)|,\s(?:an?|the|who|which|whose|himself|herself)\s[^,;:]{3,90},(?=\s[a-z])")
_WHEN = re.compile(
    r"(?<=\w),? (?:on |late |early )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|afternoon|evening|"
    r"night))?,?(?=\s|$)"
)
_CLAUSE_ENDS = re.compile(r"\s*[;:](?=\s)\s*|\s+[—–-]{1,2}\s+|(?<!\d),(?=\s)\s*|,(?!\d)\s+|[，；：、]\s*")
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
    r"will|would|could|may|can|his|her|their|its|said|says|told|mr|mrs|ms|dr|sen|rep|gov|st|u\.s|into|over|than|"
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
_TITLE_VERB = re.compile(
    rf"(?i)\b(?:{_PAST}|[a-z]{{2,}}s|to|vow|urge|say|die|kill|face|sue|back|win|lose|hit|fall|rise)\b"
)
# What may follow a comma that ends a clause; a noun there belongs to a list that must not be cut.
_AFTER_COMMA = re.compile(
    r"(?i)(?:\w+ing|who|which|whose|where|when|while|as|after|before|amid|but|with|without|according|says?|said|"
    r"not|to|in|on|at|"
    r"by|for|from|despite|including|even|because|since|although|though|citing|and (?:\w+ ){0,2}(?:is|are|was|were|"
    r"will|has|had|\w+ed)|"
    r"(?:[\w'’.]+ ){1,5}(?:says?|said|reports?|reported|told|announced|finds?|found|shows?|showed))\b"
)
_SINGLE_QUOTE = re.compile(r"(?:^|\s)['‘](?![^'’]*\w['’](?:\W|$))")  # opened and not closed
_SMALL = word_set("a an the and but or nor for of to in on at by as with from into over per via vs off up than amid if")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    text: str
    article: Article
    is_title: bool
    is_whole: bool


def _heading(clauses: Sequence[_Clause], group: Sequence[Chosen], used: list[frozenset[str]], lang: str) -> str:
    """Choose the clause that says best what a group says; "" where none is good."""
    weights = Counter(stem for c in group for stem in set(c.candidate.stems))
    told = sum(weights.values())
    best, best_score = "", 0.0
    for clause in clauses:
        stems = frozenset(content_stems(clause.text, lang))
        if len(stems) < (2 if clause.is_title else 3) or not told:
            continue
        covered = sum(stem in weights for stem in stems) / len(stems)
        least = _COVERED_BY_TITLE if clause.is_title else _COVERED
        if covered < least or any(len(stems & u) >= _REPEATED * len(stems) for u in used):
            continue
        gain = sum(weights[stem] for stem in stems) / told
        score = gain * covered * (1.3 if clause.is_title else 1.0) * (1.15 if clause.is_whole else 1.0)
        if score > best_score + 1e-9 and not check(clause.text, clause.article):
            best, best_score = clause.text, score
    return title_case(best) if best and lang == "en" else best


def _clauses(
    group: Sequence[Chosen], cited: Mapping[Candidate, Sequence[int]], reports: Sequence[Report]
) -> list[_Clause]:
    """List the clauses that could head a group: of the titles of its articles, then of its sentences."""
    found: list[_Clause] = []
    for report in dict.fromkeys(r for c in group for r in cited[c.candidate]):
        article = reports[report].article
        found += _parts(clean_title(article), article, is_title=True)
    for c in group:
        found += _parts(c.candidate.text, reports[c.candidate.report].article, is_title=False)
    return found


def _parts(text: str, article: Article, *, is_title: bool) -> list[_Clause]:
    """Cut a text at clause boundaries and keep the pieces that can stand alone, with runs of two neighbours.

    What follows a comma stands alone only behind an introduction ("On Monday, leaders agreed").
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
        for end in (*cuts, *(t for t in tails if start < t < ends[i])):
            piece = text[start:end].strip(" \"'“”")
            if is_heading(piece, starts=i == 0 or is_introduced, is_title=is_title):
                whole = start == 0 and end == len(text)
                found.append(_Clause(text=piece, article=article, is_title=is_title, is_whole=whole))
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
    if _SUBORDINATE.match(text):
        return False
    rest = text.split(maxsplit=1)[-1]
    if not (starts or text[0].isupper()) or not (_TITLE_VERB if is_title else _FINITE).search(rest):
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
