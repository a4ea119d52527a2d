from collections.abc import Sequence
from typing import Any

import pytest

from aggregator.model import Article
from aggregator.stories.cluster import Clusterer
from aggregator.stories.decision import decision_with, model_of, probability, probability_use
from aggregator.stories.encoder import MAX_TEXT, content_hash, encoded_text, pack
from aggregator.stories.evidence import NO_MEANING, Evidence
from tests.unit.test_stories_cluster import FERRY, NORWAY, report

np = pytest.importorskip("numpy", reason="only an encoder needs it")

from aggregator.stories import priors  # noqa: E402 - needs numpy
from aggregator.stories.meaning import AHEAD, Meaning  # noqa: E402 - needs numpy


class ConceptEncoder:
    """A fake that knows a few words in three languages by what they mean."""

    name = "use-3"
    n_dimensions = 512
    langs = frozenset({"en", "de", "fr"})

    def __init__(self) -> None:
        self.n_encoded = 0

    def encode(self, texts: Sequence[str]) -> Any:
        """Give every concept a dimension of its own."""
        self.n_encoded += len(texts)
        vectors = np.full((len(texts), 512), 0.001, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for n, words in enumerate(CONCEPTS):
                row[20 * n : 20 * n + 20] += 0.1 * sum(word in text.lower() for word in words)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


CONCEPTS = (
    ("bridge", "brücke", "pont"),
    ("collapse", "stürzt", "effondre"),
    ("river", "fluss", "rivière"),
    ("bakers", "bäcker", "boulangers"),
    ("strike", "streik", "grève"),
)
BRIDGE = (
    report("b1", "Old bridge collapses into river"),
    report("b2", "Alte Brücke stürzt in den Fluss", lang="de", hours=1),
    report("b3", "Un vieux pont s'effondre dans la rivière", lang="fr", hours=2),
)
BAKERS = (
    report("k1", "Bakers go on strike"),
    report("k2", "Bäcker treten in den Streik", lang="de", hours=1),
    report("k3", "Les boulangers en grève", lang="fr", hours=2),
)


def meaning_of(*articles: Article) -> Meaning:
    meaning = Meaning(ConceptEncoder(), {})
    meaning.add(articles)
    meaning.refresh([each.id for each in articles])
    for each in articles:
        meaning.place(each.id)
    return meaning


def test_meaning_crosses_languages() -> None:
    meaning = meaning_of(*BRIDGE, *BAKERS)
    alike, other = meaning.cosines("b1", ["b2", "k2"])
    assert alike > 0.3 > other
    assert set(meaning.neighbours("b1")[:3]) == {"b1", "b2", "b3"}


def test_cosines_are_the_same_for_a_batch_and_for_one() -> None:
    meaning = meaning_of(*BRIDGE, *BAKERS)
    ids = [each.id for each in (*BRIDGE, *BAKERS)]
    whole = {id_: meaning.cosines(id_, ids) for id_ in ids}
    meaning.refresh([])
    assert {id_: meaning.cosines(id_, ids) for id_ in ids} == whole
    assert meaning.neighbours("b1") == []


def test_what_is_forgotten_leaves_no_trace() -> None:
    meaning = meaning_of(*BRIDGE)
    before = meaning.cosines("b1", ["b2", "b3"])
    meaning.add(BAKERS)
    meaning.remove([each.id for each in BAKERS])
    meaning.refresh(["b1"])
    assert meaning.cosines("b1", ["b2", "b3"]) == before
    assert meaning.cosines("b1", ["k1", "b2"])[0] == 0.0
    meaning.add([report(f"x{n}", f"Bridge {n}") for n in range(200)])
    meaning.refresh(["x7"])
    assert meaning.cosines("x7", ["x9"])[0] > 0.9


def test_what_lived_on_compares_like_what_is_made_anew() -> None:
    """A language is measured again only where its mean changed: also for what came before, and when articles leave."""
    lived = meaning_of(*BRIDGE)
    lived.add(BAKERS[:2])
    lived.refresh(["k1", "k2"])
    lived.remove(["b3"])
    lived.add([BAKERS[2]])
    ids = ["b1", "b2", "k1", "k2", "k3"]
    fresh = Meaning(ConceptEncoder(), {})
    fresh.add([*BRIDGE[:2], *BAKERS])
    for each in (lived, fresh):
        each.refresh(["k3"])
        for id_ in ids:
            each.place(id_)
    assert {id_: lived.cosines(id_, ids) for id_ in ids} == {id_: fresh.cosines(id_, ids) for id_ in ids}
    assert lived.neighbours("k3") == fresh.neighbours("k3")


def test_a_large_batch_has_the_neighbours_of_small_ones() -> None:
    batch = [*BRIDGE, *BAKERS, *(report(f"x{n:03}", f"River {n} bridge strike"[: 9 + n % 14]) for n in range(AHEAD))]
    meaning = meaning_of(*batch)
    ids = [each.id for each in batch]
    whole = {id_: meaning.neighbours(id_) for id_ in ids}
    assert len(whole["x001"]) >= 12
    for id_ in (ids[0], ids[AHEAD - 1], ids[AHEAD], ids[-1], ids[1]):  # in no order: it need not be theirs
        assert meaning.neighbours(id_) == whole[id_]
        alone = meaning_of(*batch)
        alone.refresh([id_])
        assert alone.neighbours(id_) == whole[id_]


def test_stories_cross_languages_with_an_encoder_only() -> None:
    placed = Clusterer(encoder=ConceptEncoder()).place([*BRIDGE, *BAKERS, *FERRY, *NORWAY])
    stories = {each.article_id: each.story_id for each in placed.memberships}
    assert len({stories[each.id] for each in BRIDGE}) == 1
    assert len({stories[each.id] for each in (*BRIDGE, *BAKERS)}) == 2
    assert placed.memberships[0].model == model_of(ConceptEncoder())
    alone = Clusterer().place([*BRIDGE, *BAKERS])
    assert len({each.story_id for each in alone.memberships}) == 6


def test_a_kept_vector_is_not_made_again() -> None:
    encoder, kept = ConceptEncoder(), dict[str, bytes]()
    first = Clusterer(encoder=encoder, vectors=kept).place(BRIDGE)
    assert set(kept) == {content_hash(each, encoder) for each in BRIDGE}
    assert {len(packed) for packed in kept.values()} == {512}
    assert encoder.n_encoded == 3
    assert Clusterer(encoder=encoder, vectors=kept).place(BRIDGE) == first
    assert encoder.n_encoded == 3


def test_the_key_of_a_vector_follows_the_text_that_is_encoded() -> None:
    encoder = ConceptEncoder()
    long = report("a", "Ferry", "x" * 999)
    assert len(encoded_text(long)) == MAX_TEXT
    assert content_hash(long, encoder) == content_hash(report("b", "Ferry", "x" * 500), encoder)
    assert content_hash(long, encoder) != content_hash(report("a", "Ferries", "x" * 999), encoder)


def test_packing_keeps_what_fits_and_bounds_the_rest() -> None:
    [packed] = pack(np.array([[0.1, -0.1, 0.9, 0.0]], dtype=np.float32))
    assert np.frombuffer(packed, dtype=np.int8).tolist() == [70, -70, 127, 0]


def test_priors() -> None:
    assert priors.mean("ko", "use-3", 512).any()
    assert (priors.mean("xx", "use-3", 512) == priors.mean("", "use-3", 512)).all()
    assert not priors.mean("ko", "another", 8).any()


def test_an_encoder_without_weights_is_refused() -> None:
    encoder = ConceptEncoder()
    encoder.name = "another"
    with pytest.raises(ValueError, match="another"):
        decision_with(encoder)
    assert decision_with(None) is probability
    assert decision_with(ConceptEncoder()) is probability_use


EVEN = dict.fromkeys(Evidence._fields, 0.3) | {"gap": 1.0, "near_gap": 1.0, "n_shared": 4.0, "shared_mass": 5.0}


@pytest.mark.parametrize("name", ["meant_best", "meant_top", "meant_mean", "meant_margin", "best", "title"])
@pytest.mark.parametrize("same_lang", [0.0, 1.0])
def test_more_likeness_never_harms(name: str, same_lang: float) -> None:
    given = EVEN | {"same_lang": same_lang}
    below, above = (probability_use(Evidence(**(given | {name: value}))) for value in (0.05, 0.9))
    assert above >= below


def test_without_meaning_words_decide() -> None:
    evidence = Evidence(**(EVEN | {"meant_best": NO_MEANING}))
    assert probability_use(evidence) == probability(evidence)


def test_within_a_language_never_learned_words_decide() -> None:
    meaning = meaning_of(*BRIDGE)
    ours, theirs = report("v", "Cầu sập", lang="vi"), report("w", "Cầu đổ", lang="vi")
    assert not meaning.compares(ours, theirs)
    assert meaning.compares(ours, BRIDGE[0])
    assert meaning.compares(BRIDGE[0], report("z", "Bridge"))
