"""What the sources leave to a service: taken at any point of any history, it is held against nobody."""

from __future__ import annotations

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
