"""What the gate asks of a whole article: content, numbers, units, dates, names, offices, quotations, who did what.

Each function takes a claim and says in words what the article lacks; "": nothing. Their codes stand in
:mod:`aggregator.summaries.gate.judge`. Must not look at single passages; :mod:`aggregator.summaries.gate.passage` does.
"""

import re

from aggregator.summaries.gate.names import missing_name, wrong_office
from aggregator.summaries.gate.quantities import Quantity, months_and_days, quantities, relative_days, weekdays
from aggregator.summaries.gate.reading import Claim, Passage
from aggregator.summaries.gate.roles import swapped
from aggregator.summaries.gate.verbatim import plain
from aggregator.summaries.words import is_content, stem

# Hand-judged support by containment of content words: .4-.6 5 of 24, .6-.7 3 of 6, .7-.8 10 of 12, >= .8 11 of 12.
MIN_CONTAINMENT = 0.7
# Of a sentence's content must stand in two neighbouring sentences: a long article holds most words somewhere.
MIN_LOCAL = 0.6
_SCALE_TOLERANCE = 1e-9
_TELLING_UNITS = frozenset({"%", "pp"})
_QUOTE = re.compile(r"[“„\"«「『]([^“”„\"«»「」『』]{3,})[”“\"»」』]")


def without_words(claim: Claim) -> str:
    """Refuse what has no words that say something."""
    return "" if claim.stems else "the sentence has no words that say something"


def foreign_content(claim: Claim) -> str:
    """Refuse a sentence that is about something else."""
    wanted = set(claim.stems)
    if claim.share < MIN_CONTAINMENT:
        return f"only {claim.share:.0%} of the words are in the article"
    local = 0.0
    passages = claim.evidence.passages
    for n, passage in enumerate(passages):
        after = passages[n + 1].stems if n + 1 < len(passages) else frozenset()
        local = max(local, len(wanted & (passage.stems | after)) / len(wanted))
    return "" if local >= MIN_LOCAL else f"at most {local:.0%} of the words stand together in the article"


def missing_number(claim: Claim) -> str:
    """Refuse a number that is not there, or that counts something else there."""
    for wanted in quantities(claim.text, claim.lang):
        same = _same(wanted, claim)
        if not same:
            return f"{wanted.value:g} is not in the article"
        if _counts_other(wanted, same, claim):
            return f"{wanted.value:g} does not count {wanted.head} in the article"
    return ""


def other_unit(claim: Claim) -> str:
    """Refuse a number that has another unit there."""
    for wanted in quantities(claim.text, claim.lang):
        same = _same(wanted, claim)
        if same and wanted.unit and all(q.unit != wanted.unit for q in same):
            return f"{wanted.value:g} {wanted.unit} is not in the article"
        if same and not wanted.unit and all(q.unit in _TELLING_UNITS for q in same):
            return f"{wanted.value:g} has another unit in the article"
    return ""


def _same(wanted: Quantity, claim: Claim) -> list[Quantity]:
    return [q for q in claim.place.quantities if abs(q.value - wanted.value) <= _SCALE_TOLERANCE * abs(wanted.value)]


def _counts_other(wanted: Quantity, same: list[Quantity], claim: Claim) -> bool:
    """Tell whether the number counts something that another number counts in the article: "12 injured", not "40"."""
    head = stem(wanted.head)
    if not head or not is_content(wanted.head, claim.lang):
        return False
    others = {stem(q.head) for q in claim.place.quantities if q.value != wanted.value}
    ours = {stem(q.head) for q in same}
    return (
        head in others
        and head not in ours
        and not any(_stands_near(wanted, head, p, claim.lang) for p in claim.evidence.passages)
    )


def _stands_near(wanted: Quantity, head: str, passage: Passage, lang: str) -> bool:
    """Tell whether a passage has the head, this number and no other number."""
    return head in passage.all_stems and {q.value for q in quantities(passage.text, lang)} == {wanted.value}


def missing_date(claim: Claim) -> str:
    """Refuse a month, a day, a weekday or a "tomorrow" that is not there."""
    months = {month for month, _ in claim.place.dates}
    for month, day in months_and_days(claim.text):
        if (month, day) not in claim.place.dates and (day or month not in months):
            return f"month {month}" + (f", day {day:g}" if day else "") + " is not in the article"
    if missing := weekdays(claim.text) - claim.place.weekdays:
        return f"weekday {min(missing) + 1} is not in the article"
    if late := relative_days(claim.text) - claim.place.relative:
        return f"“{min(late)}” is not in the article"
    return ""


def unknown_name(claim: Claim) -> str:
    """Refuse a name that is not there."""
    evidence = claim.evidence
    word = missing_name(claim.text, claim.lang, evidence.raw, evidence.details.words, evidence.stems)
    return f"“{word}” is not in the article" if word else ""


def other_office(claim: Claim) -> str:
    """Refuse an office of somebody who holds another one there."""
    office = wrong_office(claim.text, claim.evidence.raw)
    return f"“{office}” holds another one in the article" if office else ""


def changed_quotation(claim: Claim) -> str:
    """Refuse a quotation that is not there word for word."""
    for quote in _QUOTE.findall(claim.text):
        if plain(quote).strip(" ,.!?。、") not in claim.evidence.plain:
            return f"“{quote[:60]}” is not in the article"
    return ""


def turned_round(claim: Claim) -> str:
    """Refuse a swap of who did what, seen over the whole article."""
    pair = swapped(claim.text, claim.lang, claim.evidence.texts)
    return f"the article has {pair} the other way round" if pair else ""
