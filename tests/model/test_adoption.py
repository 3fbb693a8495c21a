"""What a target accepted although it should not have: one finding, and nothing that follows from it is another."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.model.test_judge_properties import findings
from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome

START = "arn:aws:personalize:us-east-1:123456789012:"
GROUP, OTHER, TRACKER = f"{START}dataset-group/ts0-a", f"{START}dataset-group/ts0-b", f"{START}event-tracker/0a1b2c3d"
TIMES = {"creationDateTime": 1.7e9, "lastUpdatedDateTime": 1.7e9}
GONE, EXISTS = (
    Outcome.refusal("ResourceNotFoundException", "no"),
    Outcome.refusal("ResourceAlreadyExistsException", "no"),
)


def counting(history: list[Step]) -> list[str]:
    """The clauses broken that count, once for each finding."""
    return [f.clause for f in findings(history) if spec.load().clauses[f.clause].level != "tentative"]


def asked(name: str, params: dict[str, Any], outcome: Outcome | dict[str, Any] | None = None) -> Step:
    """One step; a success holds these members."""
    return Step(Operation(name, params), outcome if isinstance(outcome, Outcome) else Outcome.success(outcome or {}))


def described(arn: str, name: Any, status: str) -> Step:
    """DescribeDatasetGroup."""
    body = {"name": name, "datasetGroupArn": arn, "status": status, **TIMES}
    return asked("DescribeDatasetGroup", {"datasetGroupArn": arn}, {"datasetGroup": body})


def living(arn: str, name: Any) -> list[Step]:
    """A group that is made and ACTIVE."""
    made = asked("CreateDatasetGroup", {"name": name}, {"datasetGroupArn": arn})
    return [made, described(arn, name, "ACTIVE")]


def tracker(arn: str, status: str, name: Any = "t", number: str = "ID 1") -> Step:
    """DescribeEventTracker."""
    body = {"name": name, "eventTrackerArn": arn, "accountId": "123456789012", "trackingId": number, "status": status}
    more = {"datasetGroupArn": GROUP, **TIMES}
    return asked("DescribeEventTracker", {"eventTrackerArn": arn}, {"eventTracker": body | more})


def made(params: dict[str, Any], arn: str = TRACKER, number: str = "ID 1") -> Step:
    """CreateEventTracker, accepted."""
    asking = {"name": "t", "datasetGroupArn": GROUP} | params
    return asked("CreateEventTracker", asking, {"eventTrackerArn": arn, "trackingId": number})


def life(name: Any) -> list[Step]:
    """What a target that took the request shows of the tracker from there on."""
    item = {"name": name, "eventTrackerArn": TRACKER, "status": "ACTIVE", **TIMES}
    return [
        asked("CreateEventTracker", {"name": "u", "datasetGroupArn": GROUP}, EXISTS),
        asked("ListEventTrackers", {"datasetGroupArn": GROUP}, {"eventTrackers": [item]}),
        asked("ListEventTrackers", {}, {"eventTrackers": [item]}),
        tracker(TRACKER, "ACTIVE", name),
        asked("ListTagsForResource", {"resourceArn": TRACKER}, {"tags": [{"tagKey": "what it kept", "tagValue": ""}]}),
        asked("DeleteDatasetGroup", {"datasetGroupArn": GROUP}, Outcome.refusal("ResourceInUseException", "no")),
        asked(
            "PutEvents", {"trackingId": "ID 1", "sessionId": "s", "eventList": [{"eventType": "e", "sentAt": 1.7e9}]}
        ),
        asked("DeleteEventTracker", {"eventTrackerArn": TRACKER}),
        asked("DescribeEventTracker", {"eventTrackerArn": TRACKER}, GONE),
        asked("ListEventTrackers", {}, {"eventTrackers": []}),
    ]


TAGS = [{"tagKey": key, "tagValue": ""} for key in ("a", "aws:b", "c")]
MALFORMED: dict[str, dict[str, Any]] = {
    "a name too long": {"name": "n" * 64},
    "an empty name": {"name": ""},
    "a name that begins badly": {"name": "-n"},
    "no name": {"name": None},
    "a name that is a number": {"name": 7},
    "a tag that fits no pattern": {"tags": [{"tagKey": "{}", "tagValue": "1"}]},
    "tags that are no list": {"tags": "k=v"},
    "a tag without a value": {"tags": [{"tagKey": "k"}]},
}


@pytest.mark.parametrize("kept", ["as it was", "mended"])
@pytest.mark.parametrize("params", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_create__is_one_finding(params: dict[str, Any], kept: str) -> None:
    """Whatever the target made of the name and the tags, the tracker exists from there on."""
    name = params.get("name", "t") if kept == "as it was" else "t"
    shown = name if isinstance(name, str) and name else "mended"
    assert len(counting([*living(GROUP, "ts0-a"), made(params), *life(shown)])) == 1


@pytest.mark.parametrize("arn", [TRACKER, f"{START}event-tracker/ffffffff"], ids=["the same ARN", "another ARN"])
@pytest.mark.parametrize("first", ["stays", "is replaced"])
def test_a_second_tracker__is_one_finding(first: str, arn: str) -> None:
    """Whether the first one is still there or not is the target's to say."""
    begun = [*living(GROUP, "ts0-a"), made({}), tracker(TRACKER, "ACTIVE"), made({"name": "u"}, arn, "ID 2")]
    event = {"sessionId": "s", "eventList": [{"eventType": "e", "sentAt": 1.7e9}]}
    if arn == TRACKER or first == "is replaced":
        told = asked("PutEvents", {"trackingId": "ID 1", **event}, Outcome.refusal("InvalidInputException", "no"))
        old = asked("DescribeEventTracker", {"eventTrackerArn": TRACKER}, GONE)
    else:
        told, old = asked("PutEvents", {"trackingId": "ID 1", **event}), tracker(TRACKER, "ACTIVE")
    after = [told, tracker(arn, "CREATE PENDING", "u", "ID 2"), *([] if arn == TRACKER else [old])]
    assert counting([*begun, *after]) == ["ET-UNIQ-1"]


@pytest.mark.parametrize("holder", ["is there now", "is not there"])
def test_a_tracker_without_a_group__is_one_finding(holder: str) -> None:
    """It is where the target put it, and its group is there or not."""
    there = holder == "is there now"
    group = (
        described(GROUP, "ts0-a", "ACTIVE")
        if there
        else asked("DescribeDatasetGroup", {"datasetGroupArn": GROUP}, GONE)
    )
    again = asked("CreateDatasetGroup", {"name": "ts0-a"}, EXISTS if there else {"datasetGroupArn": GROUP})
    assert counting([*living(OTHER, "ts0-b"), made({}), tracker(TRACKER, "CREATE PENDING"), group, again]) == [
        "ET-CREATE-2"
    ]


def test_a_group_deleted_under_its_tracker__is_one_finding() -> None:
    """The tracker may go with it."""
    begun = [*living(GROUP, "ts0-a"), made({}), tracker(TRACKER, "ACTIVE")]
    deleted = asked("DeleteDatasetGroup", {"datasetGroupArn": GROUP})
    for after in ([asked("DescribeEventTracker", {"eventTrackerArn": TRACKER}, GONE)], [tracker(TRACKER, "ACTIVE")]):
        assert counting([*begun, deleted, *after]) == ["ET-GRP-6"]


def test_a_group_made_twice__is_one_finding() -> None:
    """It is the one before, or a new one."""
    for status in ("ACTIVE", "CREATE PENDING"):
        assert counting([*living(GROUP, "ts0-a"), living(GROUP, "ts0-a")[0], described(GROUP, "ts0-a", status)]) == [
            "ET-GRP-2"
        ]


def test_tags_of_nobody__are_one_finding() -> None:
    """What was tagged is there for tags from there on."""
    params = {"resourceArn": TRACKER, "tags": [{"tagKey": "k", "tagValue": "1"}]}
    listed = asked("ListTagsForResource", {"resourceArn": TRACKER}, {"tags": params["tags"]})
    assert counting([*living(GROUP, "ts0-a"), asked("TagResource", params), listed, listed]) == ["ET-TAG-4"]


def test_a_token_of_nobody__is_one_finding() -> None:
    """A walk that should not have begun goes on somewhere."""
    page = asked("ListDatasetGroups", {"nextToken": "mine"}, {"datasetGroups": [], "nextToken": "more"})
    onward = asked("ListDatasetGroups", {"nextToken": "more"}, {"datasetGroups": []})
    assert counting([*living(GROUP, "ts0-a"), page, onward, page]) == ["ET-PAGE-6"]


def test_tags_over_the_limits__are_one_finding() -> None:
    """Whether a tag that should have been refused is kept is not known."""
    begun = [*living(GROUP, "ts0-a"), asked("TagResource", {"resourceArn": GROUP, "tags": TAGS})]
    for kept in (TAGS, TAGS[::2], []):
        assert counting([*begun, asked("ListTagsForResource", {"resourceArn": GROUP}, {"tags": kept})]) == ["ET-TAG-8"]


EVENTS = {"trackingId": "ID 1", "sessionId": "s", "eventList": [{"eventType": "a", "sentAt": 1.7e9}]}
SECOND = f"{START}event-tracker/9f8e7d6c"
OF_TWO = [*living(GROUP, "ts0-a"), made({}), *living(OTHER, "ts0-b"), made({"datasetGroupArn": OTHER}, SECOND)]


@pytest.mark.parametrize("deleted", [TRACKER, SECOND])
@pytest.mark.parametrize("answer", [Outcome.success(), Outcome.refusal("InvalidInputException", "no")])
def test_adoption__an_id_of_two_is_told_once(deleted: str, answer: Outcome) -> None:
    """Whose events come under it nobody knows, whichever of the two is gone."""
    gone = [
        asked("DeleteEventTracker", {"eventTrackerArn": deleted}),
        asked("DescribeEventTracker", {"eventTrackerArn": deleted}, GONE),
    ]
    told = counting([*OF_TWO, *gone, asked("PutEvents", EVENTS, answer)])
    assert [clause for clause in told if clause not in ("ET-ID-6", "ET-ID-7")] == ["ET-ID-2"]


def test_adoption__an_id_of_two_regions_is_told_once() -> None:
    """It may serve in either."""
    elsewhere = [
        Step(
            replace(step.operation, region="eu-west-1", params=_moved(step.operation.params)),
            replace(step.outcome, result=_moved(step.outcome.result or {})),
        )
        for step in [*living(GROUP, "ts0-a"), made({})]
    ]
    events = [Step(Operation("PutEvents", EVENTS, region), Outcome.success()) for region in ("us-east-1", "eu-west-1")]
    told = counting([*living(GROUP, "ts0-a"), made({}), *elsewhere, *events])
    assert [clause for clause in told if clause not in ("ET-ID-6", "ET-ID-7")] == ["ET-ID-2"]


def _moved(params: Any) -> Any:
    return json.loads(json.dumps(dict(params)).replace("us-east-1", "eu-west-1"))


def test_adoption__a_second_create_may_be_answered_with_the_first() -> None:
    """It is one finding: the tags and the times that the tracker has may be those of before."""
    tagged = made({"tags": [{"tagKey": "k", "tagValue": "v"}]})
    first = [*living(GROUP, "ts0-a"), tagged, tracker(TRACKER, "ACTIVE")]
    tags = asked("ListTagsForResource", {"resourceArn": TRACKER}, {"tags": [{"tagKey": "k", "tagValue": "v"}]})
    told = counting([*first, made({}, number="ID 1"), tracker(TRACKER, "ACTIVE"), tags])
    assert [clause for clause in told if clause not in ("ET-ID-2", "ET-ID-6", "ET-ID-7")] == ["ET-UNIQ-2"]


def test_orphan__is_no_finding_of_its_own() -> None:
    """A tracker in a group that does not exist is one finding; that this group lists it is none."""
    listed = {"name": "t", "eventTrackerArn": TRACKER, "status": "ACTIVE", **TIMES}
    look = asked("ListEventTrackers", {"datasetGroupArn": GROUP}, {"eventTrackers": [listed]})
    assert counting([made({}), look]) == ["ET-CREATE-2"]
    gone = asked("DeleteDatasetGroup", {"datasetGroupArn": GROUP})
    before = [*living(GROUP, "ts0-a"), made({}), tracker(TRACKER, "ACTIVE"), gone]
    assert counting([*before, asked("DescribeDatasetGroup", {"datasetGroupArn": GROUP}, GONE), look]) == ["ET-GRP-6"]
    other = look._replace(operation=Operation("ListEventTrackers", {"datasetGroupArn": OTHER}))
    assert counting([made({}), other]) == ["ET-CREATE-2", "ET-LIST-2", "ET-LIST-3"]


@pytest.mark.parametrize("moment", [float("inf"), float("-inf"), float("nan"), 10**400])
def test_a_time_that_is_none_is_one_finding(moment: float) -> None:
    """What follows, a tracker that is created again, is judged as if no time had been told."""
    before = tracker(TRACKER, "ACTIVE")
    body = {**(before.outcome.result or {})["eventTracker"], "lastUpdatedDateTime": moment}
    strange = before._replace(outcome=Outcome.success({"eventTracker": body}))
    gone = [
        asked("DeleteEventTracker", {"eventTrackerArn": TRACKER}),
        asked("DescribeEventTracker", {"eventTrackerArn": TRACKER}, GONE),
    ]
    again = [made({}, number="ID 2"), tracker(TRACKER, "ACTIVE", number="ID 2")]
    found = counting([*living(GROUP, "ts0-a"), made({}), strange, *gone, *again])
    assert found[:1] == ["ET-WIRE-4"]
    assert set(found) <= {"ET-WIRE-4", "ET-DESC-9", "ET-DESC-10"}
