"""Deviations found by performing hand-written programs against the emulator broken on purpose."""

from __future__ import annotations

from typing import NamedTuple

from tests.reporting.browser import chromium
from trackstep import program, spec
from trackstep.emulator import faults
from trackstep.event import Deviation
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.search import sighting
from trackstep.search.session import Budget, Patience, Session
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

__all__ = ["chromium"]
PREFIX = "ts0a1"
GROUP = 'CreateDatasetGroup {"name": "$A"}\nSettle {"of": "$A.arn"}\n'
TRACKER = GROUP + 'CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn"}\n'
ACTIVE = TRACKER + 'Settle {"of": "$A.tracker"}\n'
GONE = ACTIVE + 'DeleteEventTracker {"eventTrackerArn": "$A.tracker"}\nSettle {"of": "$A.tracker"}\n'
DESCRIBE = 'DescribeEventTracker {"eventTrackerArn": "$A.tracker"}\n'
LISTED = 'ListEventTrackers {"datasetGroupArn": "$A.arn"}\n'
TAGS = 'ListTagsForResource {"resourceArn": "$A.tracker"}\n'
EVENTS = 'PutEvents {"trackingId": "$A.id", "sessionId": "s", "eventList": "$eleven"}\n'


class Broken(NamedTuple):
    """A fault of the emulator, a program that shows it, and the clause that says so."""

    fault: str
    clause: str
    program: str
    progression: str = "manual"


BROKEN = (
    Broken("second-tracker-allowed", "ET-UNIQ-2", ACTIVE + TRACKER.removeprefix(GROUP)),
    Broken("group-taken-after-delete", "ET-UNIQ-6", GONE + TRACKER.removeprefix(GROUP)),
    Broken("tracking-id-made-at-each-look", "ET-ID-3", ACTIVE + DESCRIBE),
    Broken("tracking-id-of-the-group", "ET-ID-2", GONE + TRACKER.removeprefix(GROUP)),
    Broken("status-runs-backwards", "ET-LIFE-2", ACTIVE),
    Broken("deletion-never-ends", "ET-LIFE-8", GONE),
    Broken("created-at-each-look", "ET-DESC-8", ACTIVE + DESCRIBE),
    Broken("gone-is-listed", "ET-LIST-4", ACTIVE + LISTED + GONE.removeprefix(ACTIVE) + LISTED),
    Broken("only-active-is-listed", "ET-LIST-1", TRACKER + LISTED),
    Broken(
        "last-item-of-a-page-lost", "ET-PAGE-1",
        GROUP + 'CreateDatasetGroup {"name": "$B"}\nCreateDatasetGroup {"name": "$C"}\n'
        'Settle {"of": "$A.arn"}\nSettle {"of": "$B.arn"}\nSettle {"of": "$C.arn"}\n'
        'Walk {"operation": "ListDatasetGroups", "maxResults": 2}',
    ),
    Broken("group-deleted-under-its-tracker", "ET-GRP-6", ACTIVE + 'DeleteDatasetGroup {"datasetGroupArn": "$A.arn"}'),
    Broken(
        "first-value-stays", "ET-TAG-11",
        ACTIVE + 'TagResource {"resourceArn": "$A.tracker", "tags": [{"tagKey": "a", "tagValue": "1"}]}\n'
        'TagResource {"resourceArn": "$A.tracker", "tags": [{"tagKey": "a", "tagValue": "2"}]}\n' + TAGS,
    ),
    Broken("eleven-events-are-accepted", "ET-INPUT-2", ACTIVE + EVENTS),
    Broken("numbers-are-names", "ET-INPUT-6", GROUP + 'CreateEventTracker {"name": 7, "datasetGroupArn": "$A.arn"}'),
    Broken("broken-json-is-no-request", "ET-INPUT-7", 'ListDatasetGroups {} !{"maxResults":'),
    Broken(
        "refused-create-leaves-one", "ET-FAIL-1",
        GROUP + 'CreateEventTracker {"name": "$t1", "datasetGroupArn": "$A.arn", "tags": '
        '[{"tagKey": "aws:x", "tagValue": "1"}]}\nWalk {"operation": "ListEventTrackers"}',
    ),
    Broken("unhashable-arn-is-a-crash", "ET-INPUT-10", 'DescribeEventTracker {"eventTrackerArn": ["a"]}'),
    Broken("not-found-is-404", "ET-WIRE-2", 'DescribeEventTracker {"eventTrackerArn": "$nobody.tracker"}'),
    Broken("delete-answers-ok", "ET-WIRE-1", ACTIVE + 'DeleteEventTracker {"eventTrackerArn": "$A.tracker"}'),
    Broken("account-is-a-number", "ET-WIRE-12", ACTIVE + DESCRIBE),
    Broken("longest-name-is-cut", "ET-DESC-5", ACTIVE.replace("$t1", "$long") + DESCRIBE, "immediate"),
    Broken(
        "filter-by-beginning", "ET-LIST-3",
        ACTIVE + 'Walk {"operation": "ListEventTrackers", "datasetGroupArn": "$A.arn|cut"}',
    ),
    Broken(
        "groups-listed-in-any-region", "ET-REGION-2",
        GROUP + 'Walk@2 {"operation": "ListDatasetGroups"}',
    ),
)  # fmt: skip


def perform(
    text: str, fault: str = "", progression: str = "manual", settle: float = 1.0, on: EmulatorTarget | None = None
) -> Session:
    """Perform a program on the emulator in process, with a fault or without; ``on`` one that is there already."""
    target = on or EmulatorTarget(TargetOptions(progression=progression, planted=(fault,) if fault else ()))
    try:
        session = Session(target, PREFIX, Budget(1000, 60.0), Patience(settle))
        for command in program.parse(text):
            session.perform(command)
        return session
    finally:
        if target is not on:
            target.close()


def found(broken: Broken) -> Deviation:
    """The deviation that a program shows."""
    assert broken.fault in faults.FAULTS
    session = perform(broken.program, broken.fault, broken.progression)
    findings = session.judgement.notes.findings
    finding = next((each for each in findings if each.clause == broken.clause), None)
    assert finding is not None, [each.clause for each in findings]
    return deviation(finding, session.steps[: finding.step], broken.program)


def deviation(finding: Finding, steps: list[Step], text: str = "") -> Deviation:
    """The deviation of a finding at the last of some steps."""
    clause = spec.load().clauses[finding.clause]
    return Deviation(
        clause=clause.id,
        level=clause.level,
        sentence=clause.sentence,
        operation=finding.operation,
        answer=sighting.answer(steps[-1].outcome),
        expected=finding.expected,
        actual=finding.actual,
        because=(),
        history=(),
        program=tuple(text.strip().split("\n")),
        source="a program written by hand",
        after=1,
        seen=1,
        of=1,
        reproduced=True,
        link=clause.link,
        evidence=(),
        claim=finding.claim,
        prefix=PREFIX,
        steps=tuple(steps),
    )
