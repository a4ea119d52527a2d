"""Our ``dataclass`` makes what the standard one makes."""

import copy
import dataclasses
import inspect
import pickle
from datetime import datetime
from typing import Any

import pytest

from aggregator import dataclass as own
from aggregator import model

# mypy takes ours for the standard one, which is what this file is to show.
make: Any = own.dataclass


def declared(**options: Any) -> Any:
    class Thing:
        """A thing."""

        name: str
        secret: str = own.field(default="", repr=False)
        at: datetime | None = None
        seen: list[str] = own.field(default_factory=list, compare=False)

        @property
        def loud(self) -> str:
            return self.name.upper()

    return make(**{"slots": True, **options})(Thing)


def twin(**options: Any) -> Any:
    class Thing:
        """A thing."""

        name: str
        secret: str = dataclasses.field(default="", repr=False)
        at: datetime | None = None
        seen: list[str] = dataclasses.field(default_factory=list, compare=False)

    Thing.__qualname__ = "declared.<locals>.Thing"
    return dataclasses.dataclass(**{"slots": True, **options})(Thing)


@pytest.mark.parametrize(
    "options",
    [
        {"frozen": True, "kw_only": True},
        {"frozen": True},
        {"kw_only": True},
        {},
        {"frozen": True, "kw_only": True, "slots": False},
        {"slots": False},
    ],
)
def test_as_the_standard_one(options: dict[str, bool]) -> None:
    ours, theirs = declared(**options), twin(**options)
    for kind in (ours, theirs):
        with pytest.raises(TypeError):
            kind()
        with pytest.raises(TypeError):
            kind(name="a", colour="red")
    a, b = ours(name="a", secret="s"), theirs(name="a", secret="s")
    assert repr(a) == repr(b)
    assert dataclasses.asdict(a) == dataclasses.asdict(b)
    assert ours.__match_args__ == theirs.__match_args__
    assert getattr(ours, "__slots__", None) == getattr(theirs, "__slots__", None)
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
    assert a == ours(name="a", secret="s", seen=["x"])  # not compared
    assert a != ours(name="a")
    assert a != b
    assert a.seen is not ours(name="a").seen
    assert a.loud == "A"
    assert own.replace(a, name="b") == dataclasses.replace(a, name="b") == ours(name="b", secret="s")
    assert copy.copy(a) == copy.deepcopy(a) == a
    for mine, theirs_ in zip(dataclasses.fields(a), dataclasses.fields(b), strict=True):
        assert (mine.name, mine.repr, mine.compare, mine.kw_only) == (
            theirs_.name,
            theirs_.repr,
            theirs_.compare,
            theirs_.kw_only,
        )
        assert (mine.default, mine.default_factory) == (theirs_.default, theirs_.default_factory)


def test_frozen_means_frozen() -> None:
    a = declared(frozen=True)(name="a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        a.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del a.name
    assert {a, declared(frozen=True)(name="a")} != {a}  # another class
    assert hash(a) == hash(type(a)(name="a"))
    b = declared()(name="a")
    b.name = "b"
    with pytest.raises(TypeError):
        hash(b)


def test_by_position_where_names_are_not_asked_for() -> None:
    assert declared(frozen=True)("a", "s").secret == "s"
    with pytest.raises(TypeError):
        declared(frozen=True, kw_only=True)("a")


def test_the_first_of_a_class_may_be_wrong() -> None:
    """What compiles the class is the first call, and it may be one that fails."""
    kind = declared(frozen=True, kw_only=True)
    with pytest.raises(TypeError):
        kind("a")
    assert kind(name="a").name == "a"


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in model.__all__
        if hasattr(getattr(model, name), "__slots__") and isinstance(getattr(model, name), type)
    ],
)
def test_values_keep_their_shape(name: str) -> None:
    kind = getattr(model, name)
    assert own.names_of(kind) == tuple(each.name for each in dataclasses.fields(kind))
    assert not hasattr(kind, "__dict__") or "__dict__" not in kind.__dict__
    assert kind.__doc__


def test_a_value_can_be_pickled() -> None:
    state = model.SourceState(url="https://a.example/feed", hubs=("https://hub.example/",))
    assert pickle.loads(pickle.dumps(state)) == state


def test_a_value_of_all_its_fields() -> None:
    kind = declared(frozen=True, slots=False)
    whole = kind(name="a", secret="s")
    assert own.of_fields(kind, dict(vars(whole))) == whole
    with pytest.raises(dataclasses.FrozenInstanceError):
        whole.name = "b"
