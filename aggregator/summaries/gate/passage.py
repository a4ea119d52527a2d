"""What the gate asks of one passage: stance, opposites, places of numbers, and every word where it stands.

Each function takes a claim beside one passage and says in words how they differ; "": they do not. What a sentence
says must stand in ONE passage: the gate asks all of these of each near one, and one that passes them all is enough.
Their codes stand in :mod:`aggregator.summaries.gate.judge`.
"""

import unicodedata

from aggregator.summaries.gate import binding
from aggregator.summaries.gate.claims import opposite, stance
from aggregator.summaries.gate.reading import Pair
from aggregator.summaries.gate.roles import misplaced_number, other_bound
from aggregator.summaries.gate.uncased import missing_piece, turned

_STANCES = {"negation": "denies or affirms", "modality": "doubts or announces", "attribution": "alleges"}


def _stance_of(pair: Pair, kind: str) -> str:
    claim = pair.claim
    found = stance(claim.text, claim.lang).differs_from(stance(_told_part(pair), claim.lang))
    return f"the article {_STANCES[kind]} otherwise" if found == kind else ""


def _told_part(pair: Pair) -> str:
    """Leave off what a passage goes on to announce or doubt ("..., which may cost jobs"), but no denial."""
    if not pair.claim.evidence.is_cased:
        return pair.passage.text
    told, rest = binding.told_part(pair.comparison)
    behind = stance(rest, pair.claim.lang)
    return pair.passage.text if behind.n_not or behind.n_deny or behind.alleged else told


def denied(pair: Pair) -> str:
    """Refuse what the passage denies, or a denial of what it affirms."""
    return _stance_of(pair, "negation")


def doubted(pair: Pair) -> str:
    """Refuse what the passage holds possible or announces only, and the reverse."""
    return _stance_of(pair, "modality")


def alleged(pair: Pair) -> str:
    """Refuse as a fact what the passage only alleges, and the reverse."""
    return _stance_of(pair, "attribution")


def reversed_word(pair: Pair) -> str:
    """Refuse "rose" where the passage says "fell"."""
    word = opposite(set(pair.claim.all_stems), set(pair.passage.all_stems))
    return f"the article says the reverse of “{word}”" if word else ""


def moved_number(pair: Pair) -> str:
    """Refuse a number in another one's place."""
    number = misplaced_number(pair.claim.text, pair.claim.lang, pair.passage.text)
    return f"{number} stands for something else in the article" if number else ""


def moved_bound(pair: Pair) -> str:
    """Refuse "more than 300" where the passage says "300", and the reverse."""
    number = other_bound(pair.claim.text, pair.claim.lang, pair.passage.text)
    return f"{number} is not said to be the least or the most on both sides" if number else ""


def swapped_names(pair: Pair) -> str:
    """Refuse a name in another one's place."""
    if pair.claim.evidence.is_cased:
        return binding.moved(pair.comparison)
    return turned(_folded(pair.claim.text), _folded(pair.passage.text))


def other_subject(pair: Pair) -> str:
    """Refuse to say of one what the passage says of another."""
    return binding.other_subject(pair.comparison) if pair.claim.evidence.is_cased else ""


def added_word(pair: Pair) -> str:
    """Refuse words that the article has nowhere."""
    if pair.claim.evidence.is_cased:
        return binding.added(pair.comparison)
    passage, title = pair.passage.text, pair.claim.evidence.passages[0].text
    return missing_piece(_folded(pair.claim.text), pair.claim.lang, _folded(f"{passage}\n{title}"))


def exchanged_word(pair: Pair) -> str:
    """Refuse a word that stands between the neighbours of another one."""
    return binding.exchanged(pair.comparison) if pair.claim.evidence.is_cased else ""


def far_word(pair: Pair) -> str:
    """Refuse words gathered from elsewhere in the article."""
    return binding.far(pair.comparison) if pair.claim.evidence.is_cased else ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
