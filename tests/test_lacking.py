"""An emulator that lacks an operation is judged for the rest, and nothing is said to conform that was not looked at."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from trackstep import spec
from trackstep.checking import check
from trackstep.emulator.faults import VARIANTS, planted
from trackstep.emulator.faults.lacking import NEEDED, without
from trackstep.emulator.faults.planting import Fault
from trackstep.emulator.responses import PersonalizeEventsResponse, PersonalizeResponse
from trackstep.operation import CORE, COVERED
from trackstep.search.clock import Still
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

CLAUSES = list(spec.load().clauses)
LACKING = [frozenset({name}) for name in COVERED if name not in CORE]
TOGETHER = [
    frozenset({"TagResource", "UntagResource", "ListTagsForResource"}),
    frozenset({"ListEventTrackers", "ListDatasetGroups"}),
    frozenset({"DescribeDatasetGroup", "ListDatasetGroups"}),
    frozenset(COVERED) - frozenset(CORE),
]
"""What a smaller emulator lacks."""
WAITED_FOR = {"DescribeDatasetGroup": {"ET-DEL-3", "ET-DEL-4", "ET-FAIL-2", "ET-UNIQ-5"}}
"""A group is waited for by describing it: without that, what comes after depends on when it happens to be ACTIVE."""


@cache
def report(lacking: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The report of a check of the emulator without these operations, whose statuses move whatever is asked."""
    with planted("slow-statuses", *(f"without-{name}" for name in sorted(lacking))):
        target = EmulatorTarget(TargetOptions(progression="manual"))
        try:
            *_, finished = check(target, Settings(max_calls=2000, settle_timeout=20.0, clock=Still()))
        finally:
            target.close()
    told: dict[str, Any] = finished.report  # type: ignore[union-attr]  # the last one is
    return told


def exercised(lacking: frozenset[str], often: int = 1) -> set[str]:
    """The clauses that such a check says it has exercised, at least so many times."""
    return {row["id"] for row in report(lacking)["clauses"] if row["exercised"] >= often}


def hidden(lacking: frozenset[str]) -> set[str]:
    """The clauses that the specification says cannot be seen without these operations."""
    return {clause for clause in CLAUSES if spec.load().hidden(clause, lacking)}


def ids(lacking: frozenset[str]) -> str:
    """The name of a case."""
    return " ".join(sorted(lacking))


KEPT = (frozenset({"ListTagsForResource"}), frozenset({"DescribeDatasetGroup"}), TOGETHER[-1])
"""A read of a detail, one that others wait for, and all. The others are deep: a run each, read by the same lines."""


def cases(lacking: list[frozenset[str]]) -> list[Any]:
    """One test each; those that are not kept are deep."""
    return [pytest.param(each, id=ids(each), marks=() if each in KEPT else pytest.mark.deep) for each in lacking]


@pytest.mark.parametrize("lacking", cases(LACKING + TOGETHER))
def test_lacking__what_cannot_be_seen_is_unsupported(lacking: frozenset[str]) -> None:
    """A clause whose operations are missing is unsupported, with their names, and was exercised no times."""
    rows = {row["id"]: row for row in report(lacking)["clauses"]}
    assert report(lacking)["unsupported"].keys() == lacking
    assert not exercised(lacking) & hidden(lacking)
    for clause in hidden(lacking):
        assert rows[clause]["verdict"] == "unsupported", rows[clause]
        assert any(name in rows[clause]["reason"] for name in lacking)


@pytest.mark.parametrize("lacking", cases(LACKING))
def test_lacking__the_rest_is_judged(lacking: frozenset[str]) -> None:
    """Whatever is seen time and again with it, and can be seen without it, is seen, and nothing is accused."""
    chance = WAITED_FOR.get(ids(lacking), set())
    assert exercised(frozenset(), often=10) - hidden(lacking) - exercised(lacking) - chance == set()
    assert [(d["clause"], d["operation"]) for d in report(lacking)["deviations"]] == []


@pytest.mark.parametrize("name", CORE)
def test_lacking__without_the_core_it_cannot_be_judged(name: str) -> None:
    """Exit code 3, and the operation by its name."""
    of = PersonalizeEventsResponse if name == "PutEvents" else PersonalizeResponse
    fault = Fault(name, "", (), "", "any", ((of, "call_action", without(name)),))
    VARIANTS[fault.name] = fault
    try:
        with planted(name):
            target = EmulatorTarget(TargetOptions())
            try:
                *_, finished = check(target, Settings(max_calls=60))
            finally:
                target.close()
    finally:
        del VARIANTS[fault.name]
    told = finished.report  # type: ignore[union-attr]  # the last one is
    assert (told["exit_code"], told["verdict"]) == (3, "could not be judged")
    assert f"core operations unsupported: {name}" in told["reason"]


def test_lacking__all_that_is_not_needed_has_a_variant() -> None:
    """What the preflight needs and what the variants leave alone are the same operations."""
    assert set(NEEDED) == set(CORE)
    assert {f"without-{name}" for name in COVERED if name not in CORE} <= VARIANTS.keys()


def test_shown__each_clause_says_what_it_takes_to_be_seen() -> None:
    """Every clause has a row, in the table or by its refusals; every name in it is an operation."""
    shown = spec.load().shown
    assert set(CLAUSES) == shown.keys()
    assert {name for names in shown.values() for one in names for name in one} <= set(COVERED)
