"""No promise holds whatever the machine does: for each there is a change of the module that breaks it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.deep import sweep
from tests.formal.conftest import changed
from trackstep import spec
from trackstep.formal import configuration, tlc
from trackstep.formal.tool import Tool

BREAKS = {
    "Statuses": ('<<"DELETE PENDING", "GONE">>', '<<"DELETE PENDING", "DELETE IN_PROGRESS">>'),
    "TrackingIdsAreNeverReused": ("/\\ groupOf[t] = Nobody\n", '/\\ tracker[t] = "GONE"\n'),
    "DeletedStaysDeleted": ('<<"DELETE PENDING", "GONE">>', '<<"DELETE PENDING", "GONE">>, <<"GONE", "ACTIVE">>'),
    "NoStatusRunsBackwards": ('<<"DELETE IN_PROGRESS", "GONE">>', '<<"DELETE IN_PROGRESS", "DELETE PENDING">>'),
    "SettledStays": ('<<"DELETE IN_PROGRESS", "GONE">>', '<<"ACTIVE", "DELETE PENDING">>'),
    "NoGroupIsDeletedUnderItsTracker": ("Reason(Holds(g, Existing), {InUse}, FALSE)", "{}"),
    "RefusedChangesNothing": ("/\\ UNCHANGED world\n", "/\\ effect\n"),
    "DeleteLeavesTheGroup": (
        "\\E t \\in TrackersIn(g) : TrackerBecomes(t, AfterDelete(tracker[t])))",
        'GroupBecomes(g, "DELETE PENDING"))',
    ),
    "FreeGroupTakesATracker": (
        "Reason(Holds(g, Deleting), {AlreadyExists, InUse}, TRUE)",
        "Reason(\\E t \\in TrackingId : groupOf[t] = g, {AlreadyExists}, FALSE)",
    ),
}
_CLAUSE = re.compile(r"ET-[A-Z]+-\d+")
INVARIANTS = ("Statuses", "FreeGroupTakesATracker")


# The others are deep: a JVM each, and they change with spec/tla only. Kept are an invariant and a property.
@pytest.mark.parametrize("promise", sweep(BREAKS, "FreeGroupTakesATracker", "NoGroupIsDeletedUnderItsTracker"))
def test_each_promise_can_be_broken(promise: str, tmp_path: Path, found: Tool) -> None:
    """TLC finds the change, and names the promise."""
    old, new = BREAKS[promise]
    modules = changed(tmp_path, "tla/EventTracker.tla", old, new) / "tla"
    config = tmp_path / "One.cfg"
    kind = "INVARIANT" if promise in INVARIANTS else "PROPERTY"
    constants = (modules / "NoGuard.cfg").read_text(encoding="utf-8").partition("    Occupied")[0]
    config.write_text(f"{constants}SPECIFICATION Spec\nVIEW View\n{kind} {promise}\n", encoding="utf-8")
    result = tlc.run(found, modules / "MC.tla", config)
    assert result.broken == promise
    assert len(result.behaviour) > 1


def test_every_promise_is_checked_and_can_be_broken() -> None:
    """What Promises.tla defines for the world to rely on is checked by a configuration, and shown to be breakable."""
    modules = configuration.root()
    promised = set(re.findall(r"^(\w+) ==", (modules / "Promises.tla").read_text(encoding="utf-8"), re.MULTILINE))
    promised -= {"Fairness", "FairSpec"}  # what is assumed of the service
    checked = {
        word
        for each in configuration.load()
        if not each.breaks
        for word in re.split(r"INVARIANTS|PROPERTIES", each.file.read_text(encoding="utf-8"), maxsplit=1)[1].split()
    }
    assert checked - {"PROPERTIES"} == promised
    assert BREAKS.keys() | {each.breaks for each in configuration.load() if each.breaks} == promised


def test_every_clause_that_a_module_names_is_one() -> None:
    """Above the definitions stand clauses of event-tracker.md, and none that is not there."""
    named = {
        clause for path in configuration.root().glob("*.tla") for clause in _CLAUSE.findall(path.read_text("utf-8"))
    }
    assert len(named) > 40
    assert named <= spec.load().clauses.keys()
