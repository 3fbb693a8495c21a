"""What the TLA+ module sees of a history: each kind of call as an event, and where names say too little."""

from __future__ import annotations

import pytest

from tests.formal.recorded import (
    BEGUN,
    GROUP,
    IN_GROUP,
    NOT_FOUND,
    OF_TRACKER,
    OTHER,
    PUT,
    TRACKER,
)
from trackstep.formal import behaviour
from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome

SEEN: dict[str, tuple[Operation, Outcome, str]] = {
    "a status": (
        Operation("DescribeEventTracker", OF_TRACKER),
        Outcome.success({"eventTracker": {"trackingId": "id-1", "status": "ACTIVE", "name": "whatever"}}),
        "DescribeEventTracker(g1) -> accepted, t1 ACTIVE",
    ),
    "a tracking ID of nobody": (
        Operation("DescribeEventTracker", OF_TRACKER),
        Outcome.success({"eventTracker": {"trackingId": "id-2", "status": "ACTIVE"}}),
        "DescribeEventTracker(g1) -> accepted, unfit ACTIVE",
    ),
    "a tolerated status": (
        Operation("DescribeDatasetGroup", IN_GROUP),
        Outcome.success({"datasetGroup": {"status": "DELETE IN_PROGRESS"}}),
        "DescribeDatasetGroup(g1) -> accepted, g1 DELETE PENDING",
    ),
    "a status of another service": (
        Operation("DescribeDatasetGroup", IN_GROUP),
        Outcome.success({"datasetGroup": {"status": "CREATED\u202e"}}),
        "DescribeDatasetGroup(g1) -> accepted, g1 unfit",
    ),
    "an ARN of nobody": (
        Operation("DeleteEventTracker", {"eventTrackerArn": OTHER}), NOT_FOUND,
        "DeleteEventTracker(g0) -> ResourceNotFoundException",
    ),
    "an ARN of another form": (Operation("DeleteEventTracker", {"eventTrackerArn": f"{OTHER}e"}), NOT_FOUND, ""),
    "a code that says malformed": (
        Operation("PutEvents", PUT), Outcome.refusal("ValidationException"), "PutEvents(t1) -> InvalidInputException",
    ),
    "a quota": (Operation("CreateDatasetGroup", {"name": "ts-b"}), Outcome.refusal("LimitExceededException"), ""),
    "a malformed request": (Operation("CreateDatasetGroup", {"name": "-"}), Outcome.success(IN_GROUP), ""),
    "a refusal for the tags": (
        Operation("CreateDatasetGroup", {"name": "ts-b", "tags": [{"tagKey": "aws:", "tagValue": ""}]}),
        Outcome.refusal("InvalidInputException"), "",
    ),
    "a list": (
        Operation("ListEventTrackers", IN_GROUP),
        Outcome.success({"eventTrackers": [{"eventTrackerArn": a, "status": "ACTIVE"} for a in (TRACKER, OTHER)]}),
        "ListEventTrackers(g1) -> accepted, g1 ACTIVE, unfit ACTIVE",
    ),
    "a page": (Operation("ListEventTrackers", IN_GROUP), Outcome.success({"eventTrackers": [], "nextToken": "n"}), ""),
    "a list of all": (Operation("ListEventTrackers"), Outcome.success({"eventTrackers": []}), ""),
    "what is throttled": (Operation("PutEvents", PUT), Outcome.throttled("ThrottlingException"), ""),
    "an operation beside": (Operation("TagResource", {"resourceArn": TRACKER, "tags": []}), Outcome.success({}), ""),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "outcome", "event"), SEEN.values(), ids=SEEN.keys())
def test_what_the_module_sees_of_a_call(operation: Operation, outcome: Outcome, event: str) -> None:
    """An event that holds what the module speaks of, or nothing."""
    events = behaviour.read([*BEGUN, Step(operation, outcome)]).events
    assert list(map(str, events[:2])) == [
        "CreateDatasetGroup(g1) -> accepted",
        "CreateEventTracker(g1) -> accepted, t1",
    ]
    assert [str(one) for one in events[2:]] == ([event] if event else [])


@pytest.mark.parametrize(
    ("operation", "outcome", "why"),
    [
        (Operation("DeleteEventTracker", OF_TRACKER), Outcome.lost("no answer"), "step 4, was lost"),
        (
            Operation("CreateEventTracker", {"name": "t", "datasetGroupArn": GROUP.replace("-a", "-b")}),
            Outcome.success({**OF_TRACKER, "trackingId": "id-2"}),
            "was given to two resources",
        ),
    ],
)  # fmt: skip
def test_a_history_ends_where_names_say_too_little(operation: Operation, outcome: Outcome, why: str) -> None:
    """After a write whose answer was lost, and where two resources are given one ARN, nothing more is compared."""
    other = {"datasetGroupArn": GROUP.replace("-a", "-b")}
    second = Step(Operation("CreateDatasetGroup", {"name": "ts-b"}), Outcome.success(other))
    after = Step(Operation("DescribeEventTracker", OF_TRACKER), NOT_FOUND)
    read = behaviour.read([*BEGUN, second, Step(operation, outcome), after])
    assert len(read.events) == 3
    assert why in read.ended
