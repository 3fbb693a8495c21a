"""Values come from the service model: all are legal, each gives something away, a new member is varied by itself."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from trackstep.operation import COVERED
from trackstep.oracle import constraint
from trackstep.search import imagine, member, systematic, transformation, vocabulary


def commands(name: str) -> list[Any]:
    """Every good request of an operation that a run makes."""
    return [*vocabulary.every(name, "A"), *vocabulary.pairs(name, "A")]


def texts_at(value: Any, path: tuple[str | int, ...]) -> set[str]:
    """The texts that stand at a place of a request; of a list all of its items."""
    if not path:
        return {str(item) for item in value} if isinstance(value, list) else {str(value)}
    if isinstance(path[0], int):
        return {text for item in value for text in texts_at(item, path[1:])}
    return texts_at(value[path[0]], path[1:]) if path[0] in value else set()


@pytest.mark.parametrize("name", list(COVERED))
def test_every_value_is_legal(name: str) -> None:
    """No request that is meant to be good breaks a documented limit."""
    session = imagine.session()
    for command in commands(name):
        operation = session.operation(command)
        assert constraint.violations(name, operation.params) == (), command


@pytest.mark.parametrize("name", list(COVERED))
def test_each_member_and_transformation_is_covered(name: str) -> None:
    """What some legal text of a member would give away, the requests of one run give away."""
    asked = [command.params for command in commands(name)]
    for factor in vocabulary.factors(name):
        shape = constraint.shapes()[name]["input"]
        for step in factor.path:
            shape = shape["member"] if step == 0 else shape["members"][step]
        if shape["type"] != "string" or "enum" in shape:
            continue
        possible = frozenset[str]().union(*(text.reveals for text in member.texts(shape)))
        given = set[str]().union(*(texts_at(params, factor.path) for params in asked))
        inside = given if not shape["shape"].endswith("JSON") else set[str]().union(*map(strings_in, given))
        assert possible <= frozenset[str]().union(*map(transformation.reveals, inside)), factor.path
        assert len(possible) > 20, factor.path


def strings_in(text: str) -> set[str]:
    """The texts that stand as values in a JSON object."""
    return {value for value in json.loads(text).values() if isinstance(value, str)}


def test_a_member_that_the_model_gains_is_varied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are added to a copy of the service model, one inside the other; requests give each of their values."""
    shapes = copy.deepcopy(constraint.shapes())
    added = {
        "type": "structure",
        "shape": "Novelty",
        "members": {"level": {"type": "integer", "shape": "Level", "min": 3, "max": 70}},
    }
    shapes["CreateEventTracker"]["input"]["members"]["novelty"] = added
    monkeypatch.setattr(constraint, "shapes", lambda: shapes)
    for cached in (vocabulary.factors, vocabulary._pairwise, systematic._asked):
        cached.cache_clear()
    try:
        asked = [c for c in systematic.each_value(range(systematic.lives())) if c.name == "CreateEventTracker"]
    finally:
        for cached in (vocabulary.factors, vocabulary._pairwise, systematic._asked):
            cached.cache_clear()
    given = [command.params.get("novelty") for command in asked]
    assert None in given
    assert {} in given
    assert {inner["level"] for inner in given if inner} >= {3, 4, 63, 64, 65, 69, 70}


@pytest.mark.parametrize("name", ["PutEvents", "CreateEventTracker"])
def test_pairs__each_extreme_meets_each_other(name: str) -> None:
    """Of any two members, the least, the greatest and the absent of one meet those of the other."""
    several = [factor for factor in vocabulary.factors(name) if len(factor.paired) > 1]
    rows = [dict(row) for row in vocabulary._pairwise(name)]
    for number, one in enumerate(several):
        for other in several[:number]:
            met = {(str(row[one.path]), str(row[other.path])) for row in rows}
            assert met == {(str(a), str(b)) for a in one.paired for b in other.paired}


def test_texts__give_every_transformation_away() -> None:
    """Where every text is legal, none of the transformations goes unseen."""
    chosen = transformation.covering(lambda text: True, 0, 1024)
    assert frozenset[str]().union(*(text.reveals for text in chosen)) == transformation.TRANSFORMATIONS.keys()
