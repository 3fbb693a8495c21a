"""What the sources leave to a service: taken at any point of any history, it is held against nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import given as for_all
from hypothesis import strategies as st

from tests.model.histories import History, histories, pool
from tests.model.test_judge_properties import PROFILE, at, findings, judged
from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle import guard, judge
from trackstep.oracle.case import case
from trackstep.oracle.judge import PUT_OFF, SETTLE, Judgement, Step
from trackstep.outcome import Outcome
from trackstep.targets import boto

NOT_NOW, NOT_YOU = sorted(spec.load().throttling), sorted(spec.load().credentials)
ANSWERS = st.one_of(
    st.sampled_from(NOT_NOW).map(Outcome.throttled),
    st.sampled_from(NOT_NOW + NOT_YOU).map(lambda code: Outcome.refusal(code, "because")),
)
"""What a service may say for reasons of its own, in each form in which a log has it."""


@pytest.fixture(scope="module", autouse=True)
def _made() -> None:
    """The histories of the emulator are made before anything is drawn: making them draws too."""
    pool()


def without(history: History, place: int, extra: Step) -> bool:
    """Whether a step between two others leaves all as it was: the findings, and what is known in the end."""
    longer, before = judged((*history[:place], extra, *history[place:])), judged(history)
    moved = {number: number + (number > place) for number in range(len(history) + 1)}
    assert at(longer.notes.findings, {}) == at(before.notes.findings, moved)
    return known(longer) == known(before)


def known(judgement: Judgement) -> list[list[tuple[str, str, int]]]:
    """Which statuses each resource may have, world by world; what nobody knows the ARN of is named after a step."""
    kept = [world.resources.items() for world in judgement.worlds]
    return [sorted((region, arn.rstrip("0123456789"), r.mask) for (region, arn), r in world) for world in kept]


@PROFILE
@for_all(histories(), st.data())
def test_not_now_and_not_you__may_come_in_any_state(history: History, data: st.DataObject) -> None:
    """Put before any step of any history, it adds no finding, takes none away, and nothing is learnt of it."""
    places = [n for n, step in enumerate(history) if step.operation.name != SETTLE]
    assume(places)
    place, answer = data.draw(st.sampled_from(places)), data.draw(ANSWERS)
    operation, world = history[place].operation, judged(history[:place]).world
    asked_for = operation.name in spec.load().operations and any(
        answer.code in row.codes for row in guard.rows(case(world, operation))[0]
    )
    assume(not asked_for and not (place and history[place - 1].outcome.kind == "lost"))  # it counts how often running
    assert without(history, place, Step(operation, answer))


@pytest.mark.parametrize("code", NOT_NOW)
@pytest.mark.parametrize("name", ["DescribeEventTracker", "CreateEventTracker", "PutItems"])
def test_put_off__is_believed_for_a_while(name: str, code: str) -> None:
    """The same request put off twelve times running is told of, once; a full account may refuse Creates for ever."""
    asked = Operation(name, {"eventTrackerArn": "a"} if name != "CreateEventTracker" else {"name": "n"})
    for made in (Outcome.throttled, Outcome.refusal):
        history = [Step(asked, made(code))] * (PUT_OFF - 1)
        assert findings(history) == []
        found = [finding.clause for finding in findings(history * 3)]
        full = name.startswith("Create") and code in spec.load().quota
        assert found == ([] if full else ["ET-WIRE-14"])
        other = Step(Operation("ListDatasetGroups"), Outcome.success({"datasetGroups": []}))
        assert findings([*history, other] * 3) == []


def test_every_code_that_an_adapter_takes_for_not_now_is_in_the_table() -> None:
    """An answer means the same, whether an adapter or a log tells of it."""
    assert set(NOT_NOW) >= boto.THROTTLES
    assert spec.load().quota <= set(NOT_NOW)
    assert not set(NOT_NOW) & set(NOT_YOU)


def test_judge__knows_the_codes_by_the_table_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that says so otherwise is judged: the property can fail."""
    asked = Operation("DescribeDatasetGroup", {"datasetGroupArn": "arn:aws:personalize:us-east-1:1:dataset-group/x"})
    assert findings([Step(asked, Outcome.refusal("TooBusyException"))]) != []
    assert judge.judge([Step(asked, Outcome.refusal("ThrottlingException"))]).notes.findings == []


# -- what is beside, and whose it is -----------------------------------------------------------------

HOME = "arn:aws:personalize:us-east-1:123456789012:dataset-group/"
GROUPS = st.sampled_from([f"{HOME}ts0-{letter}" for letter in "ab"])
REFUSED = {
    "DeleteDatasetGroup": ["ResourceInUseException"],
    "CreateEventTracker": ["InvalidInputException", "ResourceInUseException", "ResourceNotFoundException"],
}
"""What may be refused for something of another kind: that it is in a group, or that it is not."""


def stack(name: str, group: str = "a") -> list[Step]:
    """A group that is ACTIVE, under a name that others may use too."""
    arn = f"{HOME}{name}-{group}"
    body = {"name": f"{name}-{group}", "status": "ACTIVE", "datasetGroupArn": arn}
    times = {"creationDateTime": 1.7e9, "lastUpdatedDateTime": 1.7e9}
    return [
        Step(Operation("CreateDatasetGroup", {"name": body["name"]}), Outcome.success({"datasetGroupArn": arn})),
        Step(
            Operation("DescribeDatasetGroup", {"datasetGroupArn": arn}), Outcome.success({"datasetGroup": body | times})
        ),
    ]


@pytest.mark.parametrize("came", [Outcome.success({"arn": "arn:x"}), Outcome.lost("no answer")], ids=["made", "lost"])
@pytest.mark.parametrize("of", ["its own", "of nobody knows whom", "another"])
@pytest.mark.parametrize("name", ["CreateDataset", "CreateSolution", "CreateFilter", "MadeUpTomorrow"])
def test_what_a_group_may_hold_besides__keeps_it(name: str, of: str, came: Outcome) -> None:
    """An operation that is not covered may have put something into a group, into any if it does not say which."""
    said: dict[str, dict[str, Any]] = {"its own": {"in": [f"{HOME}ts0-a"]}, "another": {"in": [f"{HOME}ts0-b"]}}
    params = said.get(of, {"x": "y"})
    delete = Operation("DeleteDatasetGroup", {"datasetGroupArn": f"{HOME}ts0-a"})
    refused = Step(delete, Outcome.refusal("ResourceInUseException", "because"))
    beside = [Step(Operation(name, params), came)]
    assert {f.clause for f in findings([*stack("ts0"), *beside, refused])} == (
        {"ET-GRP-7"} if of == "another" else set()
    )
    read = Step(Operation("DescribeDataset", params), Outcome.success({}))
    assert {f.clause for f in findings([*beside, *stack("ts0"), read, refused])} == {"ET-GRP-7"}


@pytest.mark.parametrize("code", REFUSED["CreateEventTracker"])
@pytest.mark.parametrize("name", ["t", "t" * 63])
def test_the_need_of_a_dataset__is_each_groups_own(code: str, name: str) -> None:
    """What one group took, another may refuse, and so may the same one made again; not what it took itself."""

    def create(group: str, outcome: Outcome) -> Step:
        return Step(Operation("CreateEventTracker", {"name": name, "datasetGroupArn": f"{HOME}x-{group}"}), outcome)

    made = Outcome.success({"eventTrackerArn": f"{HOME[:-14]}event-tracker/0a", "trackingId": "an ID"})
    took = [*stack("x"), create("a", made)]
    gone = [
        Step(Operation(f"{verb}EventTracker", {"eventTrackerArn": made.result["eventTrackerArn"]}), outcome)
        for verb, outcome in [
            ("Delete", Outcome.success()), ("Describe", Outcome.refusal("ResourceNotFoundException", "because"))
        ]
    ] if made.result else []  # fmt: skip
    refused = Outcome.refusal(code, "because")

    def held(history: list[Step]) -> set[str]:
        return {f.clause for f in findings(history)} - {"ET-ID-6", "ET-ID-7", "ET-ID-8"}

    assert held([*took, *stack("x", "b"), create("b", refused)]) == set()
    assert len(held([*took, *gone, create("a", refused)])) == 1
    mended = Step(
        Operation("DeleteDataset", {"datasetArn": "arn:aws:personalize:us-east-1:1:dataset/x"}), Outcome.success()
    )
    assert held([*took, *gone, mended, create("a", refused)]) == set()


@pytest.mark.parametrize("code", REFUSED["CreateEventTracker"])
@pytest.mark.parametrize("member", ["", "datasetGroupArn", "datasetType", "status"])
def test_the_need_of_a_dataset__ends_with_one_that_was_described(code: str, member: str) -> None:
    """Of this group, of interactions, ACTIVE: then no want of one explains a refusal; of any other it may."""
    dataset = {"datasetGroupArn": f"{HOME}x-a", "datasetType": "INTERACTIONS", "status": "ACTIVE"}
    described = Outcome.success({"dataset": dataset | ({member: "another"} if member else {})})
    create = Operation("CreateEventTracker", {"name": "plain", "datasetGroupArn": f"{HOME}x-a"})
    refused = Step(create, Outcome.refusal(code, "because"))
    history = [*stack("x"), Step(Operation("DescribeDataset", {"datasetArn": "arn"}), described), refused]
    assert {f.clause for f in findings(history)} == (set() if member else {"ET-CREATE-1"})


ELSEWHERE = st.sampled_from(
    ["arn:aws:personalize:us-east-1:999999999999:", "arn:aws:personalize:eu-west-1:123456789012:",
     "arn:aws-cn:personalize:us-east-1:123456789012:"]
)  # fmt: skip
ABOUT = {
    "DescribeDatasetGroup": "datasetGroupArn", "DeleteDatasetGroup": "datasetGroupArn",
    "DescribeEventTracker": "eventTrackerArn", "DeleteEventTracker": "eventTrackerArn",
    "TagResource": "resourceArn", "UntagResource": "resourceArn", "ListTagsForResource": "resourceArn",
    "CreateEventTracker": "datasetGroupArn", "ListEventTrackers": "datasetGroupArn",
}  # fmt: skip
"""Operation -> the member that names what it is about."""
NOT_YOURS = sorted(spec.load().denied | {"ResourceNotFoundException", "InvalidInputException", "ValidationException"})


@PROFILE
@for_all(histories(), st.data())
def test_the_arn_of_somebody_else__may_be_refused_in_any_words(history: History, data: st.DataObject) -> None:
    """Of another account, partition or region than the caller's, at any point of any history."""
    name, start = data.draw(st.sampled_from(sorted(ABOUT))), data.draw(ELSEWHERE)
    kind = "event-tracker/0a1b2c3d" if ABOUT[name] == "eventTrackerArn" else "dataset-group/nobodys"
    more: dict[str, dict[str, Any]] = {
        "TagResource": {"tags": []},
        "UntagResource": {"tagKeys": []},
        "CreateEventTracker": {"name": "n"},
    }
    asked = Operation(name, {ABOUT[name]: start + kind, **more.get(name, {})})
    place = data.draw(st.integers(0, len(history)))
    extra = Step(asked, Outcome.refusal(data.draw(st.sampled_from(NOT_YOURS)), "because"))
    found = judged((*history[:place], extra, *history[place:])).notes.findings
    assert [finding for finding in found if finding.step == place + 1] == []


@pytest.mark.parametrize("word", sorted(spec.reserved()["properties"]))
@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_a_reserved_word__may_be_refused_and_accepted(word: str, change: Callable[[str], str]) -> None:
    """In whatever case; another word may not."""
    made = Outcome.success({"eventTrackerArn": f"{HOME[:-14]}event-tracker/0a", "trackingId": "an ID"})
    create = Operation("CreateEventTracker", {"name": "t", "datasetGroupArn": f"{HOME}ts0-a"})
    described = {"status": "ACTIVE", "trackingId": "an ID", "eventTrackerArn": f"{HOME[:-14]}event-tracker/0a"}
    look = Operation("DescribeEventTracker", {"eventTrackerArn": described["eventTrackerArn"]})
    living = [*stack("ts0"), Step(create, made), Step(look, Outcome.success({"eventTracker": described}))]

    def put(key: str, outcome: Outcome) -> set[str]:
        event = {"eventType": "e", "sentAt": 1.7e9, "properties": json.dumps({"a": "b", key: "c"})}
        asked = Operation("PutEvents", {"trackingId": "an ID", "sessionId": "s", "eventList": [event]})
        found = findings([*living, Step(asked, outcome)])
        return {finding.clause for finding in found if finding.step == len(living) + 1}

    assert put(change(word), Outcome.refusal("InvalidInputException", "because")) == set()
    assert put(change(word), Outcome.success()) == set()
    assert put(f"{word}2", Outcome.refusal("InvalidInputException", "because")) == {"ET-PUT-1"}


# -- walks -------------------------------------------------------------------------------------------

TRACKERS = f"{HOME[: HOME.index('dataset-group')]}event-tracker/"
NEXT = {
    "CREATE PENDING": "CREATE IN_PROGRESS", "CREATE IN_PROGRESS": "ACTIVE",
    "DELETE PENDING": "DELETE IN_PROGRESS", "DELETE IN_PROGRESS": "",
}  # fmt: skip
"""The status that comes next of itself; after a deletion there is none."""


def item(number: int, status: str) -> dict[str, Any]:
    """A tracker as a List shows it."""
    times = {"creationDateTime": 1.7e9, "lastUpdatedDateTime": 1.7e9}
    return {"name": f"ts0-{number}", "eventTrackerArn": f"{TRACKERS}{number:08x}", "status": status, **times}


def begun(statuses: list[str]) -> list[Step]:
    """As many groups with a tracker each, known to be in these statuses."""
    steps: list[Step] = []
    for number, status in enumerate(statuses):
        group = f"{HOME}ts0-{number}"
        steps += stack("ts0", str(number))
        made = Outcome.success({"eventTrackerArn": f"{TRACKERS}{number:08x}", "trackingId": f"ID {number}"})
        steps.append(Step(Operation("CreateEventTracker", {"name": f"ts0-{number}", "datasetGroupArn": group}), made))
        arn = {"eventTrackerArn": f"{TRACKERS}{number:08x}"}
        described = item(number, status) | {
            "trackingId": f"ID {number}",
            "datasetGroupArn": group,
            "accountId": "123456789012",
        }
        if status.startswith("DELETE"):
            steps.append(look(arn, described | {"status": "ACTIVE"}))
            steps.append(Step(Operation("DeleteEventTracker", arn), Outcome.success()))
        steps.append(look(arn, described))
    return steps


def look(arn: dict[str, Any], described: dict[str, Any]) -> Step:
    """DescribeEventTracker, answered so."""
    return Step(Operation("DescribeEventTracker", arn), Outcome.success({"eventTracker": described}))


def counting(history: list[Step]) -> set[str]:
    """The clauses broken that count."""
    return {f.clause for f in findings(history) if spec.load().clauses[f.clause].level != "tentative"}


@PROFILE
@for_all(st.data())
def test_a_walk__while_something_may_change(data: st.DataObject) -> None:
    """Tokens are offsets into what is there at the moment, in an order that may change with a status."""
    statuses = data.draw(st.lists(st.sampled_from(["ACTIVE", *NEXT]), min_size=1, max_size=5))
    foreign = data.draw(st.booleans())
    assume(foreign or set(statuses) & NEXT.keys())
    now = dict(enumerate(statuses)) | ({90: "ACTIVE", 91: "DELETE PENDING"} if foreign else {})
    order, size, at = data.draw(st.permutations(sorted(now))), data.draw(st.integers(1, 3)), 0
    history = begun(statuses)
    for _ in range(12):
        shown = [number for number in order if now[number]]
        page = [item(n, now[n]) | ({"name": "theirs"} if n >= 90 else {}) for n in shown[at : at + size]]
        asked: dict[str, Any] = {"maxResults": size} | ({"nextToken": f"from {at}"} if at else {})
        at += size
        more = {"nextToken": f"from {at}"} if at < len(shown) else {}
        history.append(Step(Operation("ListEventTrackers", asked), Outcome.success({"eventTrackers": page} | more)))
        if not more:
            break
        for number in data.draw(st.lists(st.sampled_from(sorted(now)), max_size=3)):
            moved = now[number] in NEXT
            now[number] = NEXT.get(now[number], now[number])
            if number == 90 and data.draw(st.booleans()):
                now[90], moved = "", True  # its own client deleted it
            if moved and data.draw(st.booleans()):
                order.insert(data.draw(st.integers(0, len(order) - 1)), order.pop(order.index(number)))
    assert counting(history) == set()


@PROFILE
@for_all(st.integers(2, 6), st.integers(1, 3), st.data())
def test_a_walk__while_nothing_can_change(many: int, size: int, data: st.DataObject) -> None:
    """What is left out of it, or shown on two pages, is held against the target."""
    assume(size < many)
    shown = [item(number, "ACTIVE") for number in range(many)]
    place = data.draw(st.integers(0, many - 1))
    shown = [*shown[:place], *shown[place + 1 :]] if data.draw(st.booleans()) else [*shown, shown[0]]
    history, pages = begun(["ACTIVE"] * many), [shown[at : at + size] for at in range(0, len(shown), size)]
    for number, page in enumerate(pages):
        asked: dict[str, Any] = {"maxResults": size} | ({"nextToken": f"page {number}"} if number else {})
        more = {"nextToken": f"page {number + 1}"} if number + 1 < len(pages) else {}
        history.append(Step(Operation("ListEventTrackers", asked), Outcome.success({"eventTrackers": page} | more)))
    assert counting(history) == {
        "ET-PAGE-1" if len(shown) < many and len(pages) > 1 else "ET-PAGE-2" if len(shown) > many else "ET-LIST-1"
    }
