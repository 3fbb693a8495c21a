"""What follows from what: never where a deviation shows itself without the other."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.mutants.programs import PROGRAMS
from tests.mutants.test_faults import progression
from trackstep import program
from trackstep.emulator.faults import FAULTS
from trackstep.operation import Operation
from trackstep.oracle.expected import Member
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome, Wire
from trackstep.program import WALK, Command
from trackstep.search import sighting
from trackstep.search.cause import causes
from trackstep.search.cleaning import clean_up
from trackstep.search.lawful import lawful
from trackstep.search.mended import is_read
from trackstep.search.session import Budget, Patience, Session
from trackstep.search.sighting import Key, Shrunk
from trackstep.search.vocabulary import dull
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

PAIRS = 40


def pairs() -> list[tuple[str, str]]:
    """Two faults each, of which the emulator can have both at once; the same at each run."""
    rng, made = random.Random(11), list[tuple[str, str]]()
    while len(made) < PAIRS:
        one, other = rng.sample(sorted(FAULTS), 2)
        if progression(FAULTS[one]) == progression(FAULTS[other]):
            made.append((one, other))
    return made


def until(session: Session, commands: Sequence[Command], clauses: Sequence[str]) -> Finding | None:
    """The first finding of one of these clauses, where it is made; nothing more is asked then."""
    for command in commands:
        for finding in session.perform(command):
            if finding.clause in clauses:
                return finding
    return None


def elsewhere(text: str) -> list[Command]:
    """The program about groups of other names."""
    return program.parse(re.sub(r'(?<=")\$(2\.)?([ABC])(?=[."|])', r"$\1M\2", text))


def shown(session: Session, finding: Finding) -> Shrunk:
    """A deviation with all that its session showed, as recorded."""
    found = [(sighting.key(each, session.steps), each.step) for each in session.judgement.notes.findings]
    return Shrunk(
        sighting.key(finding, session.steps), session.program, found, session.steps, session.prefix, False,
        finding.expected.name if isinstance(finding.expected, Member) else "",
    )  # fmt: skip


def judged(one: str, other: str) -> bool:
    """Hold one pair to what is claimed of it; False where it is not known that the second shows itself alone."""
    target = EmulatorTarget(TargetOptions(planted=(one, other), progression=progression(FAULTS[one])))
    try:
        alone = Session(target, "ts01", Budget(2000, 60.0), Patience(0.25))
        second = until(alone, elsewhere(PROGRAMS[other]), FAULTS[other].clauses)
        clean_up([alone], 1.0, 4)
        both = Session(target, "ts02", Budget(2000, 60.0), Patience(0.25))
        first = until(both, program.parse(PROGRAMS[one]), FAULTS[one].clauses)
        again = until(both, elsewhere(PROGRAMS[other]), FAULTS[other].clauses)
    finally:
        target.close()
    if first is None or second is None or again is None:
        return False  # one fault hides the other
    cause, by_itself, after = sighting.key(first, both.steps), shown(alone, second), shown(both, again)
    together = any(key == cause for key, step in after.shown if step > first.step)
    if by_itself.key != after.key or together or any(key == cause for key, _ in by_itself.shown):
        return False
    for told in (after, replace(after, is_short=True)) if is_read(cause.operation) else (after,):
        placed = causes([Shrunk(cause, [], [(cause, first.step)]), told])
        assert told.key not in placed or placed[told.key].is_case, (one, other, placed)
    return True


def test_causes__what_shows_itself_alone_follows_from_nothing() -> None:
    """Two programs one after the other, about other groups: the second deviation is not a consequence of the first."""
    assert sum(judged(one, other) for one, other in pairs()) > PAIRS // 2


LOOKS = """
DescribeEventTracker {"eventTrackerArn": "$A.tracker"}
DescribeDatasetGroup {"datasetGroupArn": "$A.arn"}
ListTagsForResource {"resourceArn": "$A.tracker"}
ListTagsForResource {"resourceArn": "$A.arn"}
Walk {"operation": "ListEventTrackers"}
Walk {"operation": "ListEventTrackers", "datasetGroupArn": "$A.arn"}
Walk {"operation": "ListDatasetGroups"}
"""
ONE = (
    "described-after-it-is-gone", "group-described-after-it-is-gone", "group-described-in-any-region",
    "created-at-each-look", "code-is-shortened", "conflict-of-another-service",
)  # fmt: skip
"""Faults that show themselves in many ways: read again and again, in another member, under a code of their own."""


@pytest.mark.parametrize("name", ONE)
def test_causes__one_bug_is_one_cause(name: str) -> None:
    """Whatever is asked after its program, all that deviates has one first cause."""
    target = EmulatorTarget(TargetOptions(planted=(name,), progression=progression(FAULTS[name])))
    try:
        session = Session(target, "ts01", Budget(2000, 60.0), Patience(0.25))
        for command in program.parse(PROGRAMS[name] + LOOKS):
            session.perform(command)
    finally:
        target.close()
    found = {sighting.key(each, session.steps): each for each in reversed(session.judgement.notes.findings)}
    told = [shown(session, each) for key, each in found.items() if key.counts]
    placed = causes(told)
    assert len(told) > 1
    assert [" ".join(each.key) for each in told if each.key not in placed][1:] == []


def test_causes__of_what_is_no_operation_of_the_table() -> None:
    """A wait that never ends and an operation of no name have no rows, and are told apart all the same."""
    steps = [Step(Operation("listdatasetgroups"), Outcome.success({}, Wire(200, {}, b"{}")))]
    waited = Step(Operation("Settle", {"arn": "x", "seconds": 1.0, "saw": "still ACTIVE"}), Outcome.success())
    named = Key("ET-WIRE-6", "listdatasetgroups", "success")
    never = Key("ET-LIFE-8", "Settle", "success")
    assert causes([Shrunk(named, [], [(named, 1)], steps), Shrunk(never, [], [(never, 2)], [*steps, waited])]) == {}


def test_lawful__of_what_is_no_operation() -> None:
    """There is nothing that would make it lawful."""
    group, asked = (
        Command("CreateDatasetGroup", {"name": "$A"}),
        Command("describedatasetgroup", {"datasetGroupArn": "$A.arn"}),
    )
    assert lawful([asked], [group, asked], None) == [asked]


def shortest(clause: str, operation: str, *commands: Command) -> Shrunk:
    """A deviation that the last of these commands shows."""
    found = Key(clause, operation, "success")
    return Shrunk(found, list(commands), [(found, len(commands))])


def test_causes__a_write_is_elsewhere_only_where_there_is_another_thing() -> None:
    """What two Lists of all show after a Delete in the only slot need not be one bug; after one of two slots it is."""
    walk, walk_all = (
        Command(WALK, {"operation": "ListEventTrackers"}),
        Command(WALK, {"operation": "ListDatasetGroups"}),
    )
    one, other = dull("CreateDatasetGroup", "A"), dull("CreateDatasetGroup", "B")
    delete = dull("DeleteEventTracker", "B")
    alone = (
        shortest("ET-LIST-1", "ListEventTrackers", one, dull("DeleteEventTracker", "A"), walk),
        shortest("ET-LIST-7", "ListDatasetGroups", one, dull("DeleteEventTracker", "A"), walk_all),
    )
    assert causes(alone) == {}
    both = (
        shortest("ET-LIST-1", "ListEventTrackers", one, other, delete, walk),
        shortest("ET-DESC-1", "DescribeEventTracker", one, other, delete, dull("DescribeEventTracker", "A")),
    )
    assert len(causes(both)) == 1


def test_causes__malformed_input_and_a_reserved_tag_are_two() -> None:
    """The codes that both may be refused with are no kin."""
    assert (
        causes(
            [
                shortest("ET-INPUT-2", "CreateDatasetGroup", dull("CreateDatasetGroup", "A")),
                shortest("ET-TAG-8", "CreateDatasetGroup", dull("CreateDatasetGroup", "B")),
            ]
        )
        == {}
    )


def asking(clause: str, answer: str, *commands: Command) -> Shrunk:
    """A deviation that the last command shows, whose request was sent as it stands, with this answer."""
    found = Key(clause, commands[-1].name, answer)
    steps = [
        Step(Operation(each.name, dict(each.params), body=each.body.encode() if each.body else None), Outcome.success())
        for each in commands
    ]
    if answer != "success":
        steps[-1] = steps[-1]._replace(outcome=Outcome.refusal(answer.removeprefix("refusal "), "no"))
    return Shrunk(found, list(commands), [(found, len(commands))], steps)


REFUSED = "refusal InvalidInputException"


def create(letters: int) -> Command:
    """A CreateEventTracker with a name of so many letters."""
    return Command("CreateEventTracker", {"name": "x" * letters, "datasetGroupArn": "a"})


@pytest.mark.parametrize(
    ("several", "number"),
    [
        pytest.param(
            (
                asking("ET-INPUT-9", REFUSED, Command("CreateDatasetGroup", {"name": "x" * 63})),
                asking("ET-CREATE-2", REFUSED, create(63)),
            ), 1, id="a name as long as may be is refused by two operations",
        ),
        pytest.param(
            (
                asking("ET-GRP-1", REFUSED, Command("CreateDatasetGroup", {"name": "x" * 62})),
                asking("ET-CREATE-2", REFUSED, create(62)),
            ), 2, id="what is refused by two operations and is no bound",
        ),
        pytest.param(
            (
                asking("ET-INPUT-5", "success", Command("CreateDatasetGroup", {"name": "a", "domain": "NONE"})),
                asking("ET-INPUT-6", "success", Command("CreateDatasetGroup", {"name": "a", "domain": 7})),
            ), 1, id="a member that is not looked at",
        ),
        pytest.param(
            (
                asking("ET-INPUT-5", "success", Command("CreateDatasetGroup", {"name": "a", "domain": "NONE"})),
                asking("ET-INPUT-6", "success", Command("CreateDatasetGroup", {"name": 7})),
            ), 2, id="two members",
        ),
        pytest.param(
            (
                asking("ET-INPUT-7", "success", Command("ListDatasetGroups", {}, body='{"a": ')),
                asking("ET-INPUT-10", "lost", Command("TagResource", {}, body="[[[[")),
            ), 1, id="bodies that nobody can read",
        ),
        pytest.param(
            (
                asking("ET-INPUT-7", "success", Command("CreateDatasetGroup", {}, body="[1]")),
                asking("ET-INPUT-1", "success", Command("CreateEventTracker", {"datasetGroupArn": "a"})),
            ), 2, id="a body that is no object, and a member that is missing",
        ),
    ],
)  # fmt: skip
def test_causes__of_requests(several: tuple[Shrunk, ...], number: int) -> None:
    """One check that is missing, or one that refuses too much, is one cause wherever it shows."""
    assert len(several) - len(causes(several)) == number


LIVED = (dull("CreateDatasetGroup", "A"), dull("CreateEventTracker", "A"))
GONE = "refusal ResourceNotFoundException"


@pytest.mark.parametrize(("other", "number"), [("DeleteEventTracker", 1), ("UntagResource", 2)])
def test_causes__what_is_missing_after_the_same_write(other: str, number: int) -> None:
    """A group that is not found, may be made again and is not listed is one bug if one write took it away."""
    several = (
        asking("ET-GRP-13", GONE, *LIVED, dull("DeleteEventTracker", "A"), dull("DescribeDatasetGroup", "A")),
        asking("ET-GRP-2", "success", *LIVED, dull(other, "A"), dull("CreateDatasetGroup", "A")),
        asking("ET-TAG-14", GONE, *LIVED, dull(other, "A"), dull("TagResource", "A", "arn")),
    )
    assert len(several) - len(causes(several)) == number


def test_causes__what_a_case_was_needed_for_makes_no_kin_of_a_third() -> None:
    """A refused Create is in the program of a case: what else a refused Create led to is another bug."""
    group, create = dull("CreateDatasetGroup", "A"), dull("CreateEventTracker", "A")
    refused = Outcome.refusal("ResourceAlreadyExistsException", "no")

    def after(clause: str, last: Command, answer: str) -> Shrunk:
        made = asking(clause, answer, group, create, create, last)
        steps = [made.steps[0], made.steps[1], Step(made.steps[2].operation, refused), made.steps[3]]
        return replace(made, steps=steps)

    put = dull("PutEvents", "A")
    told = [
        asking("ET-INPUT-11", "success", dull("TagResource", "A")),
        after("ET-INPUT-11", dull("UntagResource", "A"), "success"),
        after("ET-PUT-1", put, REFUSED),
    ]
    assert set(causes(told)) == {told[1].key}
