"""The shipped faults: each is real, judged and named; the search finds those that hide behind nothing."""

from __future__ import annotations

from inspect import getattr_static

import pytest

from tests.mutants.programs import PROGRAMS
from trackstep import event, program, spec
from trackstep.emulator.faults import FAULTS, VARIANTS, Fault, planted
from trackstep.emulator.models import personalize_backends
from trackstep.oracle.notes import Finding
from trackstep.search.clock import Still
from trackstep.search.run import Run, Settings
from trackstep.search.session import Budget, Patience, Session
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

CLAUSES = spec.load().clauses
MUST = {clause.id for clause in CLAUSES.values() if clause.level == "MUST"}
DEEP = {name for name, fault in FAULTS.items() if fault.behind}


def progression(fault: Fault) -> str:
    """How statuses have to move for the fault to be seen."""
    return "manual" if fault.needs == "moving" else "immediate"


def perform(target: EmulatorTarget, text: str) -> list[Finding]:
    """What a program shows."""
    session = Session(target, "ts0", Budget(400, 60.0), Patience(0.25))
    return [finding for command in program.parse(text) for finding in session.perform(command)]


@pytest.mark.parametrize("name", list(FAULTS))
def test_fault__is_shown_by_its_program(name: str) -> None:
    """A program written by hand contradicts one of the clauses that say what is wrong."""
    fault = FAULTS[name]
    target = EmulatorTarget(TargetOptions(planted=(name,), progression=progression(fault)))
    try:
        found = perform(target, PROGRAMS[name])
    finally:
        target.close()
    assert {finding.clause for finding in found} & set(fault.clauses), found


@pytest.mark.parametrize("moves", ["immediate", "manual"])
def test_programs__show_nothing_without_the_fault(moves: str) -> None:
    """The same programs contradict no MUST clause, nor one of the fault's, on the faithful emulator."""
    target = EmulatorTarget(TargetOptions(progression=moves))
    try:
        for name, fault in FAULTS.items():
            if progression(fault) == moves:
                personalize_backends.reset()
                found = {finding.clause for finding in perform(target, PROGRAMS[name])}
                assert found.isdisjoint(MUST.union(fault.clauses)), name
    finally:
        target.close()


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - DEEP))
def test_fault__is_found_by_a_run(name: str) -> None:
    """The search finds what hides behind nothing, and names one of its clauses."""
    fault = FAULTS[name]
    target = EmulatorTarget(TargetOptions(planted=(name,), progression=progression(fault)))
    try:
        run = Run(target, Settings(settle_timeout=0.5, clock=Still()))
        found = (happened for happened in run.events() if isinstance(happened, event.Found))
        assert any(happened.clause in fault.clauses for happened in found)
    finally:
        target.close()


def test_planted__leaves_no_trace() -> None:
    """All faults and variants together, laid one over the other, and the emulator is as it was."""
    wrapped = [(owner, method) for fault in (*FAULTS.values(), *VARIANTS.values()) for owner, method, _ in fault.wraps]
    before = [getattr_static(owner, method) for owner, method in wrapped]
    with planted(*FAULTS, *VARIANTS):
        assert all(getattr_static(*place) is not was for place, was in zip(wrapped, before, strict=True))
    assert all(getattr_static(*place) is was for place, was in zip(wrapped, before, strict=True))


def test_clauses__each_that_must_hold_has_a_fault() -> None:
    """Each MUST and SHOULD clause is broken by a fault, and no fault is against what is promised nowhere."""
    broken = {clause for fault in FAULTS.values() for clause in fault.clauses}
    promised = {clause.id for clause in CLAUSES.values() if clause.level != "tentative"}
    assert broken == promised


def test_faults__say_what_is_wrong() -> None:
    """One sentence each, a program each; enough of them, and enough that hide."""
    assert FAULTS.keys() == PROGRAMS.keys()
    assert len(FAULTS) >= 75
    assert len(DEEP) >= 20
    for fault in FAULTS.values():
        assert fault.sentence.endswith(".")
        assert fault.clauses
