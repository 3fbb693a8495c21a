"""The judge on hand-written histories: the golden rule, lost answers, throttling, adoption."""

from __future__ import annotations

from typing import Any

import pytest

from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle import judge
from trackstep.oracle.judge import SETTLE, TRIES, Judgement, Step
from trackstep.outcome import Outcome

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/ts-a"
TRACKER = "arn:aws:personalize:us-east-1:123456789012:event-tracker/a0b1c2d3"
ID = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
TIMES = {"creationDateTime": 1.6e9, "lastUpdatedDateTime": 1.6e9}


def refused(code: str) -> Outcome:
    """A refusal."""
    return Outcome.refusal(code, "because")


def make_group(outcome: Outcome | None = None) -> Step:
    return Step(
        Operation("CreateDatasetGroup", {"name": "ts-a"}), outcome or Outcome.success({"datasetGroupArn": GROUP})
    )


def group_is(status: str) -> Step:
    body = {"name": "ts-a", "datasetGroupArn": GROUP, "status": status, **TIMES}
    return Step(Operation("DescribeDatasetGroup", {"datasetGroupArn": GROUP}), Outcome.success({"datasetGroup": body}))


def create(outcome: Outcome | None = None, number: str = ID, name: str = "ts-t") -> Step:
    made = Outcome.success({"eventTrackerArn": TRACKER, "trackingId": number})
    return Step(Operation("CreateEventTracker", {"name": name, "datasetGroupArn": GROUP}), outcome or made)


def describe(answer: str | Outcome, number: str = ID) -> Step:
    """A status, or another answer."""
    body = {
        "name": "ts-t", "eventTrackerArn": TRACKER, "accountId": "123456789012", "trackingId": number,
        "datasetGroupArn": GROUP, "status": answer, **TIMES,
    }  # fmt: skip
    outcome = Outcome.success({"eventTracker": body}) if isinstance(answer, str) else answer
    return Step(Operation("DescribeEventTracker", {"eventTrackerArn": TRACKER}), outcome)


def delete(outcome: Outcome | None = None) -> Step:
    return Step(Operation("DeleteEventTracker", {"eventTrackerArn": TRACKER}), outcome or Outcome.success())


def listed(*statuses: str) -> Step:
    items = [{"name": "ts-t", "eventTrackerArn": TRACKER, "status": s, **TIMES} for s in statuses]
    return Step(Operation("ListEventTrackers", {"datasetGroupArn": GROUP}), Outcome.success({"eventTrackers": items}))


GONE = refused("ResourceNotFoundException")
EXISTS = refused("ResourceAlreadyExistsException")
LOST = Outcome.lost("no answer within the call time-out")
LIVE = [make_group(), group_is("ACTIVE"), create(), describe("CREATE PENDING"), describe("ACTIVE")]


def must(history: list[Step]) -> set[str]:
    """The clauses broken, tentative ones left out (the ARNs here are made up)."""
    return {f.clause for f in judged(history).notes.findings} - {"ET-ID-6", "ET-LIFE-9"}


def judged(history: list[Step]) -> Judgement:
    return judge.judge(history, "ts-")


@pytest.mark.parametrize(
    ("then", "clauses"),
    [
        ([create(EXISTS)], set()),
        ([create(number=OTHER)], {"ET-UNIQ-2"}),
        ([create(number=OTHER, name="ts-u")], {"ET-UNIQ-1"}),
        ([create(refused("InvalidInputException"))], {"ET-UNIQ-2"}),
        ([describe("CREATE IN_PROGRESS")], {"ET-LIFE-3"}),
        ([describe(GONE)], {"ET-DESC-1"}),
        ([describe("ACTIVE", number=OTHER)], {"ET-ID-3"}),
        ([listed("ACTIVE")], set()),
        ([listed()], {"ET-LIST-1"}),
        ([listed("ACTIVE", "ACTIVE")], {"ET-PAGE-2"}),
        ([delete(), describe("ACTIVE")], {"ET-LIFE-5"}),
        ([delete(), describe("DELETE PENDING"), describe(GONE)], set()),
        ([delete(), describe(GONE), describe("DELETE IN_PROGRESS")], {"ET-LIFE-6"}),
        ([delete(), describe(GONE), create(number=ID)], {"ET-ID-2"}),
        ([delete(), describe(GONE), create(number=OTHER), describe("CREATE PENDING", number=OTHER)], set()),
        ([delete(), describe(GONE), create(EXISTS)], {"ET-UNIQ-6"}),
        ([delete(refused("ResourceInUseException"))], {"ET-DEL-1"}),
        ([delete(), delete(refused("ResourceInUseException"))], set()),
        ([delete(), describe(GONE), delete()], {"ET-DEL-2"}),
    ],
)
def test_what_may_follow_a_live_tracker(then: list[Step], clauses: set[str]) -> None:
    """An error is allowed iff one of its rows may hold; success iff no row must hold."""
    assert must(LIVE + then) == clauses


@pytest.mark.parametrize(
    ("then", "clauses"),
    [
        (listed("ACTIVE", "ACTIVE"), {"ET-PAGE-2"}),
        (describe("SOMEWHAT ACTIVE"), {"ET-LIFE-1"}),
        (describe(refused("NobodyKnowsThisException")), {"ET-DESC-1", "ET-WIRE-9"}),
        (create(name=""), {"ET-INPUT-2"}),
        (listed(), set()),
        (describe(GONE), set()),
        (describe("CREATE IN_PROGRESS"), set()),
        (describe("ACTIVE", number=OTHER), set()),
        (create(number=OTHER), set()),
        (delete(refused("ResourceInUseException")), set()),
    ],
)
def test_where_worlds_were_cut__what_is_wrong_in_any_counts(then: Step, clauses: set[str]) -> None:
    """What hangs on what was before is unknown then; what no world can explain is told all the same."""
    known = judged(LIVE)
    known.cut = True
    told = {finding.clause for finding in judge.step(known, *then)}
    assert told - {"ET-ID-6", "ET-LIFE-9"} == clauses


def test_create_again_is_refused_while_the_first_is_pending() -> None:
    """The status is not known, and in none of those it may have is a second one allowed."""
    begun = [make_group(), group_is("ACTIVE"), create()]
    assert must([*begun, create(EXISTS)]) == set()
    assert must([*begun, create(number=OTHER)]) == {"ET-UNIQ-3"}


def test_one_contradiction_does_not_hide_the_next() -> None:
    """What came back is adopted, for that fact only."""
    history = [*LIVE, describe("CREATE PENDING"), create(number=OTHER)]
    assert must(history) == {"ET-LIFE-3", "ET-UNIQ-3"}


def test_refusal_narrows_only_to_what_the_service_may_have_moved_to() -> None:
    """After "in use" while deleting, it may be gone at the next call."""
    assert must([*LIVE, delete(), create(EXISTS), describe(GONE)]) == set()


@pytest.mark.parametrize(
    "after",
    [
        [create(EXISTS), listed("ACTIVE"), describe("ACTIVE"), create(EXISTS), delete(), describe(GONE)],
        [create(number=OTHER), describe("CREATE PENDING", number=OTHER), listed("CREATE PENDING")],
        [listed(), create(number=OTHER)],
        [listed("CREATE PENDING"), describe("ACTIVE", number=OTHER), create(EXISTS)],
    ],
)
def test_lost_create_is_followed_in_both_worlds(after: list[Step]) -> None:
    """Whether it was carried out is told by what is seen later; neither is held against the target."""
    assert must([make_group(), group_is("ACTIVE"), create(LOST), *after]) == set()


def test_lost_create_leaves_no_third_possibility() -> None:
    """Seen once, it cannot have never been; gone without a Delete is a contradiction in both worlds."""
    seen = [make_group(), group_is("ACTIVE"), create(LOST), listed("ACTIVE")]
    assert must([*seen, describe(GONE)]) != set()
    assert len(judged(seen).worlds) == 1


@pytest.mark.parametrize(
    "after",
    [
        [group_is("CREATE PENDING"), group_is("ACTIVE"), create(), describe("CREATE PENDING")],
        [make_group(EXISTS), group_is("ACTIVE")],
        [make_group(), group_is("ACTIVE")],
        [Step(group_is("ACTIVE").operation, GONE), make_group()],
    ],
)
def test_lost_create_of_a_group_is_followed_in_both_worlds(after: list[Step]) -> None:
    """Its ARN may be used although no answer ever named it."""
    assert must([make_group(LOST), *after]) == set()


@pytest.mark.parametrize("after", [[describe(GONE)], [describe("ACTIVE"), delete(), describe(GONE)]])
def test_lost_delete_is_followed_in_both_worlds(after: list[Step]) -> None:
    """It was deleted, or it was not."""
    assert must([*LIVE, delete(LOST), *after]) == set()


def test_no_answer_three_times_is_a_deviation() -> None:
    """Once may be the network."""
    lost = [describe(LOST)] * TRIES
    assert must([*LIVE, *lost[:-1]]) == set()
    assert must([*LIVE, *lost]) == {"ET-WIRE-10"}


def test_throttling_teaches_nothing() -> None:
    """The same history with throttled calls between has the same judgement."""
    throttled = Outcome.throttled("ThrottlingException")
    history = [s for step in LIVE for s in (Step(step.operation, throttled), step)]
    assert must(history) == set()
    assert judged(history).world.find("us-east-1", TRACKER, "event_tracker") is not None
    assert judged(history).notes.exercised == judged(LIVE).notes.exercised


def test_status_that_never_settles_is_a_deviation() -> None:
    """The wait was ended by the harness, and the history says so."""
    waited = Operation(SETTLE, {"arn": TRACKER, "seconds": 60.0, "saw": "still CREATE PENDING"})
    assert must([*LIVE[:4], Step(waited, Outcome.success())]) == {"ET-LIFE-7"}


def test_tracker_of_another_region_is_not_there() -> None:
    """Regions are separate worlds."""
    there = Step(Operation("DescribeEventTracker", describe("ACTIVE").operation.params, "us-west-2"), GONE)
    assert must([*LIVE, there]) == set()
    leaked = Step(there.operation, describe("ACTIVE").outcome)
    assert must([*LIVE, leaked]) == {"ET-REGION-1"}


def test_judging_is_pure() -> None:
    """The same history has the same judgement, and a prefix of an accepted history is accepted."""
    history = [*LIVE, delete(), describe(GONE), create(number=OTHER)]
    first, second = judged(history), judged(history)
    assert (first.worlds, first.notes.findings) == (second.worlds, second.notes.findings)
    for length in range(len(history)):
        assert must(history[:length]) == set()


FAR = {"eventType": "click", "sentAt": -1}
OPEN = {"ET-INPUT-12": {"notAMember": "x"}, "ET-INPUT-13": {"eventList": [FAR]}}


@pytest.mark.parametrize(("clause", "more"), OPEN.items(), ids=OPEN)
def test_open__is_looked_at_where_it_is_accepted(clause: str, more: dict[str, Any]) -> None:
    """What says that a request is accepted conforms where it is; a refusal is told, and held against nobody."""
    params = {"trackingId": ID, "sessionId": "s", "eventList": [{**FAR, "sentAt": 1.7e9}], **more}
    lived = [make_group(), group_is("ACTIVE"), create(), describe("ACTIVE")]

    def shown(outcome: Outcome, number: str = ID) -> tuple[int, list[str]]:
        put = Step(Operation("PutEvents", {**params, "trackingId": number}), outcome)
        notes = judge.judge([*lived, put], "ts").notes
        return notes.exercised.get(clause, 0), [finding.clause for finding in notes.findings if finding.step == 5]

    assert shown(Outcome.success()) == (1, [])
    assert shown(refused("InvalidInputException")) == (1, [clause])
    assert shown(refused("InvalidInputException"), "nobody's") == (0, [])
    assert spec.load().clauses[clause].level == "tentative"
