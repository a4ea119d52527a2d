"""The arithmetic over live articles gives what a plain reading of the formulas gives, whatever came and went before."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.stories.candidates import Candidate, Group, Index, candidates
from aggregator.stories.encoder import E5Encoder
from aggregator.stories.features import Document, document
from aggregator.stories.postings import FEW, MAX_POSTINGS, Postings
from aggregator.stories.promise import by_words, promising_with
from tests.builders import article, at

WORDS = tuple(f"{first}{second}o" for first in ("bram", "keld", "tors", "vint") for second in "abdegiklmnprstuvz")


def made(seed: int, n: int) -> list[Document]:
    chance = random.Random(seed)
    return [
        document(
            article(
                f"d{seed}-{i}",
                title=" ".join(chance.sample(WORDS, chance.randint(0, 6))),
                text=" ".join(chance.sample(WORDS, 12)),
                published_at=at(i),
                first_seen_at=at(i),
            )
        )
        for i in range(n)
    ]


def filled(documents: list[Document]) -> Postings:
    postings = Postings()
    for each in documents:
        postings.rarity.add(each)
        postings.insert(each)
    return postings


def plain_cosine(one: Document, other: Document, live: list[Document], postings: Postings) -> float:
    def square(term: str) -> float:
        return postings.rarity.idf(term) ** 2

    def length(each: Document) -> float:
        return math.sqrt(sum(weight**2 * square(term) for term, weight in each.terms.items()))

    shared = sum(weight * other.terms[term] * square(term) for term, weight in one.terms.items() if term in other.terms)
    return shared / (length(one) * length(other)) if shared else 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(0, 29))
def test_cosines_are_those_of_the_formula_after_any_coming_and_going(seed: int, n: int, n_gone: int) -> None:
    documents = made(seed, n)
    postings = filled(documents)
    gone, live = documents[: min(n_gone, n - 1)], documents[min(n_gone, n - 1) :]
    postings.remove(gone)
    new = made(seed + 1, 1)[0]
    postings.rarity.add(new)
    postings.refresh()
    rows, dots = postings.compare(new)
    assert {postings.ids[row] for row in rows.tolist()} == {
        each.id for each in live if set(each.stems) & set(new.stems)
    }
    assert (dots > 0).all()
    found = postings.cosines(np.array([postings.row_of[each.id] for each in live], dtype=np.int32)).tolist()
    assert found == pytest.approx([plain_cosine(new, each, live, postings) for each in live], abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_what_lived_on_tells_the_very_same_as_what_was_built_anew(seed: int) -> None:
    documents = made(seed, 40)
    lived = filled(documents)
    lived.remove(documents[10:30])
    for each in reversed(documents[15:20]):
        lived.rarity.add(each)
        lived.insert(each)
    live = documents[:10] + documents[15:20] + documents[30:]
    anew = filled(live)
    asked = made(seed + 1, 1)[0]
    answers = []
    for postings in (lived, anew):
        postings.rarity.add(asked)
        postings.refresh()
        postings.compare(asked)
        rows = np.array([postings.row_of[each.id] for each in live], dtype=np.int32)
        told = (postings.cosines(rows).tolist(), postings.plain_norms(rows).tolist(), postings.sum_norm(rows))
        answers.append((*told, [postings.n_with_both(asked.stems[0], term) for term in WORDS]))
    assert answers[0] == answers[1], "to the last bit: sums are exact in any order"


def test_a_word_that_many_have_is_forgotten_with_them() -> None:
    documents = [document(article(f"m{i}", title=f"Tarbet ferry {i}")) for i in range(FEW + 40)]
    postings = filled(documents)
    postings.remove(documents[:100])
    assert postings.n_with_both("tarbet", "ferry") == postings.rarity.count("ferry") == FEW - 60
    postings.remove(documents[100:])
    assert postings.rarity.number_of == {}
    assert postings.n_with_both("tarbet", "ferry") == 0
    postings.rarity.add(documents[0])
    assert postings.insert(documents[0]) < len(documents), "rows are given again"


def test_common_words_are_not_walked_through() -> None:
    documents = [document(article(f"m{i}", title=f"Tarbet ferry {i}")) for i in range(MAX_POSTINGS + 1)]
    rare = document(article("r", title="Lomond ferry"))
    postings = filled([*documents, rare])
    asked = document(article("x", title="Lomond ferry Tarbet"))
    postings.rarity.add(asked)
    postings.refresh()
    rows, _ = postings.compare(asked)
    assert [postings.ids[row] for row in rows.tolist()] == ["r"]


def found_for(asked: Document, others: list[Document]) -> tuple[Index, list[Candidate]]:
    index = Index()
    for n, each in enumerate(others):
        index.rarity.add(each)
        index.insert(each, Group(id=f"g{n}", born=(float(n), 0, f"g{n}")))
    index.rarity.add(asked)
    index.refresh()
    return index, candidates(index, asked, window_hours=1000)


def told(id_: str, title: str, text: str, hours: float = 0.0) -> Document:
    return document(article(id_, title=title, text=text, published_at=at(hours), first_seen_at=at(hours)))


def test_only_candidates_with_a_chance_are_weighed_and_always_the_first() -> None:
    others = [
        told("a", "Lady Morag ferry aground off Tarbet island", "The ferry struck rocks near Tarbet in fog."),
        told("b", "Ferry timetable changes in spring", "Tarbet sailings begin an hour later.", -90),
    ]
    asked = told("x", "Ferry Lady Morag hits rocks near Tarbet", "Fog hid the rocks off Tarbet island.", 1)
    index, found = found_for(asked, others)
    assert [each.group.id for each in found] == ["g0", "g1"]
    assert [each.group.id for each in by_words(index, asked, found)] == ["g0"]
    assert [each.group.id for each in by_words(index, asked, found[1:])] == ["g1"], "the best there is"
    assert by_words(index, asked, []) == []
    assert promising_with(E5Encoder())(index, asked, found) == found, "nothing was fitted for it"
