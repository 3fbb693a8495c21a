"""Shrinking keeps the meaning: what makes a request lawful stays, unless the deviation is about the lack of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.mutants.programs import PROGRAMS
from tests.mutants.test_faults import progression
from trackstep import program
from trackstep.emulator.faults import FAULTS
from trackstep.oracle.notes import Finding
from trackstep.program import Command
from trackstep.search import imagine, lawful, shrink, sighting
from trackstep.search.cleaning import clean_up
from trackstep.search.session import Budget, Patience, Session
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

SAMPLE = sorted(FAULTS)[::7]
"""Faults of each kind: their names begin with what is wrong."""
MAKES = {"CreateDatasetGroup": "arn", "CreateEventTracker": "tracker"}


def doubtful(commands: Sequence[Command]) -> int:
    """How many requests a service may refuse that need not: one that is strict does, and another does not."""
    answers: list[list[bool]] = []
    for strict in (True, False):
        session = imagine.session(strict)
        answers.append([])
        for command in commands:
            before = len(session.steps)
            session.perform(command)
            answers[-1].append(command.name != "Settle" and any(s.outcome.code for s in session.steps[before:]))
    return sum(strict and not lenient for strict, lenient in zip(*answers, strict=True))


def waited(commands: Sequence[Command]) -> Iterator[list[Command]]:
    """The program with one wait more: for each thing that it makes, right after that."""
    for place, command in enumerate(commands):
        if command.name in MAKES:
            named = command.params.get("name" if command.name == "CreateDatasetGroup" else "datasetGroupArn")
            slot = str(named).removesuffix(".arn")
            wait = Command("Settle", {"of": f"{slot}.{MAKES[command.name]}"}, command.second)
            if slot.startswith("$") and commands[place + 1 : place + 2] != [wait]:
                yield [*commands[: place + 1], wait, *commands[place + 1 :]]


@pytest.mark.parametrize("name", SAMPLE)
def test_shrink__what_makes_a_request_lawful_stays(name: str) -> None:
    """No wait that makes a request of the shortest program lawful can be put back with the deviation still there."""
    target = EmulatorTarget(TargetOptions(planted=(name,), progression=progression(FAULTS[name])))
    budget, numbers = Budget(3000, 30.0), iter(range(10_000))

    def start() -> Session:
        return Session(target, f"ts{next(numbers):04x}", budget, Patience(0.25))

    try:
        session, commands, found = start(), program.parse(PROGRAMS[name]), list[Finding]()
        for place, command in enumerate(commands, 1):
            found = [each for each in session.perform(command) if each.clause in FAULTS[name].clauses]
            if found:
                commands = commands[:place]
                break
        key = sighting.key(found[0], session.steps)
        clean_up([session], 1.0, 4)

        def deviates(session: Session, found: list[Finding]) -> bool:
            return any(sighting.key(finding, session.steps) == key for finding in found)

        shown = shrink.Shrinker(start, deviates).shortest(commands, imagine.arrives(commands))
        assert shown.session is not None
        before = doubtful(shown.commands)
        for fuller in waited(shown.commands) if before else ():
            if doubtful(fuller) < before:
                assert not shrink.shows(start(), fuller, deviates), list(map(str, fuller))
    finally:
        target.close()


def test_lawful__a_group_that_was_left_out_is_made_and_waited_for() -> None:
    """Where the recorded program made it; where it did not, the lack of it may be what the program is about."""
    group, tracker = program.parse(
        'CreateDatasetGroup {"name": "$A"}\nCreateEventTracker {"name": 7, "datasetGroupArn": "$A.arn"}'
    )
    wait = Command("Settle", {"of": "$A.arn"})
    assert lawful.lawful([tracker], [group, tracker]) == [group, wait, tracker]
    assert lawful.lawful([tracker], [tracker]) == [tracker]
    assert lawful.lawful([group, wait, tracker], [group, wait, tracker]) == [group, wait, tracker]
