"""Circumstances, coverage, the walk, malformed input and the model as a target."""

from __future__ import annotations

import random
from typing import Any

import pytest

from trackstep import program, spec
from trackstep.operation import COVERED, Operation
from trackstep.oracle import constraint
from trackstep.oracle.case import case
from trackstep.program import Command
from trackstep.search import imagine, malformed, plan, vocabulary
from trackstep.search.circumstance import circumstance
from trackstep.search.coverage import Coverage
from trackstep.search.run import Run, Settings
from trackstep.search.session import Budget, Patience, Session
from trackstep.search.walk import Walk
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

LIFE = """
CreateDatasetGroup {"name": "$A"}
Settle {"of": "$A.arn"}
CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}
Settle {"of": "$A.tracker"}
"""


def said(text: str) -> dict[str, str]:
    """The circumstance of the last command of a program, on the model."""
    return imagine.arrives(program.parse(text))


def test_circumstance__says_what_a_call_is_about() -> None:
    """States, lives, names and values, in words."""
    again = said(LIFE + 'CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}')
    assert (again["group"], again["tracker"], again["life"], again["same name"]) == (
        "active",
        "active",
        "1",
        "before here",
    )
    events = said(LIFE + 'PutEvents {"trackingId": "$A.id", "sessionId": "s", "eventList": "$ten"}')
    assert (events["id"], events["events"], events["tracker"]) == ("current", "ten", "active")
    nobody = said(LIFE + 'DescribeEventTracker {"eventTrackerArn": "$A.tracker|cut"}')
    assert (nobody["tracker"], nobody["names"]) == ("never", "nearly something")
    spoilt = said(LIFE + 'CreateEventTracker {"datasetGroupArn": "$A.arn"}')
    assert (spoilt["malformed"], spoilt["tracker"]) == ("ET-INPUT-1", "active")


def test_coverage__prefers_what_it_has_not_met() -> None:
    """A circumstance is less novel each time, and a new pair of words makes it novel again."""
    coverage = Coverage()
    one = {"operation": "CreateEventTracker", "group": "active", "tracker": "never"}
    other = one | {"tracker": "gone"}
    before = coverage.novelty(one)
    coverage.count(one)
    assert coverage.novelty(one) < coverage.novelty(other) < before
    assert not coverage.is_new(one)
    assert coverage.is_new(other)


@pytest.mark.parametrize("name", list(COVERED))
def test_malformed__each_is_refused_or_doubtful_by_the_documented_limits(name: str) -> None:
    """Nothing that is made to be malformed is good input after all, and every kind of limit is broken."""
    good = next(command for command in plan.GOOD if command.name == name)
    session = imagine.session()
    certain = 0
    for label, command in malformed.spoilt(good):
        found = case(session.judgement.world, session.operation(command)).violations
        assert found or label.endswith(("not JSON", "reserved word")), (
            label
        )  # a condition of its own, no documented limit
        certain += bool(found) and found[0][1]
    assert certain >= 5


def test_malformed__of_a_good_request_there_is_none() -> None:
    """The requests that are spoilt were good."""
    session = imagine.session()
    for good in plan.GOOD:
        operation = session.operation(good)
        assert constraint.violations(operation.name, operation.params) == ()


def test_the_model_as_a_target_contradicts_nothing() -> None:
    """What the model answers, the judge allows; only the form of List answers is left out."""
    session = imagine.session()
    commands = [c for e in plan.excursions() for c in e.commands if not c.name.startswith(("Walk", "List", "Frob"))]
    broken = {f.clause for command in commands for f in session.perform(command)}
    must = {clause.id for clause in spec.load().clauses.values() if clause.level == "MUST"}
    assert broken & must == set()


def test_ways__come_shortest_first() -> None:
    """Three commands lead to a second Create while the first is under way, four to one when it is ACTIVE."""
    alphabet = program.parse(LIFE + 'DeleteEventTracker {"eventTrackerArn": "$A.tracker"}')
    last = alphabet[2]
    goal = {"tracker": "creating"}
    first = next(imagine.Ways(alphabet, last, 6, 200).to(goal))
    assert [command.name for command in first] == ["CreateDatasetGroup", "CreateEventTracker", "CreateEventTracker"]
    gone = next(imagine.Ways(alphabet, last, 6, 200).to({"tracker": "gone"}))
    assert len(gone) == 5


def test_walk__same_seed_same_commands() -> None:
    """A walk is a function of its seed, and comes to every operation."""

    def walked(seed: int) -> list[str]:
        target = EmulatorTarget(TargetOptions())
        session = Session(target, "walk", Budget(2000, 60.0), Patience(1.0))
        coverage = Coverage()
        made = []
        for command in Walk(session, coverage, random.Random(seed)).commands(60):
            coverage.count(circumstance(case(session.judgement.world, session.operation(command)))) if command.name in (
                *COVERED,
                "Walk",
            ) else None
            session.perform(command)
            made.append(str(command))
        target.close()
        return made

    one = walked(1)
    assert one == walked(1)
    assert one != walked(2)
    text = "\n".join(one)
    assert all(name in text for name in COVERED)


def test_read_back__asks_every_observer_of_a_new_tracker() -> None:
    """Describe, List at several page sizes, tags and PutEvents."""
    write = Command("CreateEventTracker", {"name": "$t1", "datasetGroupArn": "$A.arn"})
    asked = [command for turn in range(4) for command in vocabulary.read_back(write, turn)]
    names = {str(command.params.get("operation", command.name)) for command in asked}
    assert names == {"DescribeEventTracker", "ListEventTrackers", "ListTagsForResource", "PutEvents"}
    assert {command.params.get("maxResults") for command in asked} >= {None, 1, 2, 3}


def test_situations__are_written_in_words_that_come() -> None:
    """Every word and value that a situation names is met by a run on the faithful emulator."""
    target = EmulatorTarget(TargetOptions())
    run = Run(target, Settings(max_calls=2500))
    met: dict[str, set[str]] = {}
    count = run.coverage.count

    def counted(said: dict[str, str]) -> None:
        count(said)
        for word, value in said.items():
            met.setdefault(word, set()).add(value)

    run.coverage.count = counted  # type: ignore[method-assign]  # listened to
    for _ in run.events():
        pass
    target.close()
    for situation in spec.load().situations.values():
        for word, values in situation.when:
            assert values <= met[word], (situation.id, word)


def outcome_kinds(commands: list[Command], target: Any) -> list[str]:
    """What came of a program."""
    session = Session(target, "kinds", Budget(500, 60.0), Patience(1.0))
    for command in commands:
        session.perform(command)
    return [step.outcome.kind for step in session.steps]


def test_near_references__name_nothing() -> None:
    """A reference that is cut or longer names nothing; the emulator says so."""
    target = EmulatorTarget(TargetOptions())
    kinds = outcome_kinds(
        program.parse(
            LIFE
            + 'DescribeEventTracker {"eventTrackerArn": "$A.tracker|cut"}\n'
            + 'DescribeEventTracker {"eventTrackerArn": "$A.tracker|longer"}\n'
            + 'PutEvents {"trackingId": "$A.id|upper", "sessionId": "s", "eventList": "$ten"}'
        ),
        target,
    )
    target.close()
    assert kinds[-3:] == ["refusal", "refusal", "refusal"]


def test_operation__of_a_named_value() -> None:
    """``$fifty`` and ``$toolong`` are what their names say, under the names of the run."""
    session = imagine.session()
    made = session.operation(Command("CreateDatasetGroup", {"name": "$toolong", "tags": "$fifty"}))
    assert isinstance(made, Operation)
    assert len(made.params["name"]) == 64
    assert made.params["name"].startswith("imagined-")
    assert len(made.params["tags"]) == 50
