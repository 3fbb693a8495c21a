"""The specification holds together: clauses, tables, evidence, and what botocore says."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader

from trackstep import spec
from trackstep.operation import CONTROL_PLANE, COVERED
from trackstep.oracle import constraint
from trackstep.oracle.condition import CONDITIONS

SOURCE = Path(spec.__file__).parent
KEPT = ("min", "max", "pattern", "enum", "required")


def model(operation: str) -> dict[str, Any]:
    """The installed service model that has this operation."""
    loaded: dict[str, Any] = Loader().load_service_model(
        "personalize" if operation in CONTROL_PLANE else "personalize-events", "service-2"
    )
    return loaded


def plain(text: str) -> str:
    """Documentation without tags, white space folded, quotes and arrows as they are read."""
    text = re.sub(r"<[^>]+>", " ", text).replace("&gt;", ">").replace("’", "'")
    return re.sub(r"\s+", " ", re.sub(r"\s+([.,])", r"\1", text))


def test_clauses_are_numbered_without_gaps() -> None:
    """Each area counts from 1, so that a lost clause is noticed."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for clause in spec.load().clauses.values():
        numbers[clause.area].append(int(clause.id.rsplit("-", 1)[1]))
    assert numbers.keys() == spec.load().areas.keys()
    for area, found in numbers.items():
        assert found == list(range(1, len(found) + 1)), area


def test_each_clause_has_evidence_and_a_link() -> None:
    """A clause says what it stands on, in the words that the text explains."""
    for clause in spec.load().clauses.values():
        assert clause.link.startswith("https://"), clause.id
        assert {kind for kind, _ in clause.evidence} <= {"documented", "recorded", "inferred"}, clause.id
        assert "stopgap" not in str(clause.evidence), clause.id


def test_recordings_named_as_evidence_exist() -> None:
    """A recording that a clause names is in recorded.jsonl."""
    known = {recording["id"] for recording in spec.recordings()}
    for clause in spec.load().clauses.values():
        for kind, text in clause.evidence:
            if kind == "recorded":
                assert set(text.split(", ")) <= known, clause.id


def test_quotes_from_the_model_stand_there() -> None:
    """A sentence quoted as botocore's is botocore's, word for word."""
    quoted = 0
    for clause in spec.load().clauses.values():
        for kind, text in clause.evidence:
            if kind == "documented" and (source := re.match(r"model:(\w+) — (.*)", text)):
                documentation = plain(model(source[1])["operations"][source[1]]["documentation"])
                for quote in re.findall(r'"([^"]+)"', source[2]):
                    quoted += 1
                    assert plain(quote) in documentation, (clause.id, quote)
    assert quoted > 20


@pytest.mark.parametrize("operation", COVERED)
def test_constraints_are_botocore_s(operation: str) -> None:
    """spec/constraints.json is a copy of the installed service models."""
    loaded = model(operation)

    def shape(name: str) -> dict[str, Any]:
        given = loaded["shapes"][name]
        copied = {"shape": name, "type": given["type"], **{key: given[key] for key in KEPT if key in given}}
        if given["type"] == "structure":
            copied["members"] = {member: shape(inner["shape"]) for member, inner in given["members"].items()}
        if given["type"] == "list":
            copied["member"] = shape(given["member"]["shape"])
        return copied

    described = loaded["operations"][operation]
    assert constraint.shapes()[operation]["input"] == shape(described["input"]["shape"])
    if "output" in described:
        assert constraint.shapes()[operation]["output"] == shape(described["output"]["shape"])


@pytest.mark.parametrize("operation", COVERED)
def test_documented_errors_are_botocore_s(operation: str) -> None:
    """operations.toml lists the errors that the service model lists; PutEvents those of its sisters too."""
    errors = {error["shape"] for error in model(operation)["operations"][operation]["errors"]}
    listed = spec.load().operations[operation].errors
    assert errors <= listed if operation == "PutEvents" else errors == listed


def test_each_condition_is_named_and_each_name_known() -> None:
    """operations.toml and guard.py have the same conditions."""
    named = {row.when for operation in spec.load().operations.values() for row in operation.refusals if row.when}
    assert named == CONDITIONS.keys() | {"malformed", "never"}


def test_each_row_needs_what_no_run_calls() -> None:
    """What a row needs are operations that are not covered: a row of covered ones is left out of no count."""
    rows = [row for operation in spec.load().operations.values() for row in operation.refusals if row.needs]
    assert rows
    for row in rows:
        assert set(row.needs.split(" | ")) <= spec.load().uncovered, row.id


def test_each_clause_is_judged_somewhere() -> None:
    """A clause that no table and no check names would be a sentence nobody holds anyone to."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    text += "\n".join(
        (spec.root() / name).read_text(encoding="utf-8") for name in ("operations.toml", "lifecycle.toml")
    )
    named = set(re.findall(r"ET-[A-Z]+-\d+", text))
    assert named == spec.load().clauses.keys()


def test_uncovered__is_all_that_the_services_offer_besides() -> None:
    """An operation of either service is covered or listed, so that none is taken for an unknown one (ET-WIRE-6)."""
    models = (Loader().load_service_model(name, "service-2") for name in ("personalize", "personalize-events"))
    offered = {name for model in models for name in model["operations"]}
    assert spec.load().uncovered == offered - COVERED
