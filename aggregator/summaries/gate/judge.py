"""The gate's one function and its one table of checks.

Owns the order of the checks and what a verdict is. What each check asks stands in
:mod:`aggregator.summaries.gate.whole` and :mod:`aggregator.summaries.gate.passage`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aggregator.model import Article
from aggregator.summaries.gate import passage, whole
from aggregator.summaries.gate.reading import Claim, Pair, read_article, read_claim
from aggregator.summaries.gate.verbatim import stands_in
from aggregator.text import tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate found out about a sentence and an article.

    Attributes:
        reasons: Why the article does not support it, each a code of :data:`CHECKS` and words, "number: 3 million is
            not in the article"; empty: it does.
        is_verbatim: It stands there word for word.
        nearest: The sentence of the article that is most like it; "" where nothing is.
        share: Of its content words, how many the article has, 0..1.
    """

    reasons: tuple[str, ...]
    is_verbatim: bool = False
    nearest: str = ""
    share: float = 0.0

    @property
    def is_supported(self) -> bool:
        """Tell whether the sentence may cite the article."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table.

    Attributes:
        code: Of its reason, before the colon.
        of_article: Says in words what the whole article lacks; "": nothing.
        of_passage: Says in words what one passage says otherwise; "": nothing. One near passage must pass all of these.
        is_first: Where it refuses, no other check has a meaning.
    """

    code: str
    of_article: Callable[[Claim], str] | None = None
    of_passage: Callable[[Pair], str] | None = None
    is_first: bool = False


CHECKS: tuple[Check, ...] = (
    Check("empty", of_article=whole.without_words, is_first=True),
    Check("content", of_article=whole.foreign_content, is_first=True),
    Check("number", of_article=whole.missing_number),
    Check("unit", of_article=whole.other_unit),
    Check("date", of_article=whole.missing_date),
    Check("name", of_article=whole.unknown_name),
    Check("office", of_article=whole.other_office),
    Check("quotation", of_article=whole.changed_quotation),
    Check("roles", of_article=whole.turned_round),
    Check("negation", of_passage=passage.denied),
    Check("modality", of_passage=passage.doubted),
    Check("attribution", of_passage=passage.alleged),
    Check("opposite", of_passage=passage.reversed_word),
    Check("count", of_passage=passage.moved_number),
    Check("bound", of_passage=passage.moved_bound),
    Check("swap", of_passage=passage.swapped_names),
    Check("added", of_passage=passage.added_word),
    Check("subject", of_passage=passage.other_subject),
    Check("exchanged", of_passage=passage.exchanged_word),
    Check("place", of_passage=passage.far_word),
)


def check(sentence: str, article: Article) -> Verdict:
    """Say whether an article supports a sentence, and if not, why.

    Args:
        sentence: Plain text, one sentence or clause.
        article: Its title, summary and text are the evidence.

    Returns:
        The verdict. A sentence that stands in the article word for word is supported, unless what stands around it
        there denies or doubts it; any other one must pass every check of the table.
    """
    evidence = read_article(article)
    if tokens(sentence) and stands_in(sentence, evidence.plain, evidence.lang):
        return Verdict(reasons=(), is_verbatim=True, share=1.0)
    claim = read_claim(sentence, evidence)
    nearest = evidence.passages[claim.near[0]].text if claim.near else ""
    return Verdict(reasons=tuple(_reasons(claim)), nearest=nearest, share=claim.share)


def _reasons(claim: Claim) -> list[str]:
    found: list[str] = []
    for each in CHECKS:
        if each.of_article and (words := each.of_article(claim)):
            found.append(f"{each.code}: {words}")
            if each.is_first:
                return found
    return found + [reason for reason in (_of_passages(claim),) if reason]


def _of_passages(claim: Claim) -> str:
    """Give the reason of the best passage, where none near says it all."""
    first = ""
    for n in claim.near:
        pair = Pair(claim, n)
        found = (f"{each.code}: {words}" for each in CHECKS if each.of_passage and (words := each.of_passage(pair)))
        reason = next(found, "")
        if not reason:
            return ""
        first = first or reason
    return first
