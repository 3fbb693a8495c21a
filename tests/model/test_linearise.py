"""Calls that overlap: an order that explains them is found if there is one, and blame is laid if there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations_with_replacement, product

import pytest

from tests.fuzz.histories import sessions
from tests.model.orders import is_explained
from tests.model.test_judge import (
    EXISTS,
    GONE,
    GROUP,
    ID,
    OTHER,
    TRACKER,
    create,
    delete,
    describe,
    group_is,
    listed,
    make_group,
    refused,
)
from trackstep.history import History
from trackstep.operation import Operation
from trackstep.oracle import judge as sequential
from trackstep.oracle import linearise
from trackstep.oracle.interval import Interval, beside
from trackstep.oracle.judge import SETTLE, Step
from trackstep.oracle.linearise import Verdict
from trackstep.outcome import Outcome, Wire

Timed = tuple[Step, float, float]
Shape = tuple[tuple[float, float], ...]
READY: tuple[Timed, ...] = ((make_group(), -9, -8), (group_is("ACTIVE"), -7, -6))
"""A dataset group in which an event tracker may be created."""
MADE: tuple[Timed, ...] = (*READY, (create(), -5, -4), (describe("ACTIVE"), -3, -2))


def history(*timed: Timed) -> History:
    """Of steps with the moments at which they were sent and answered."""
    return History("ts", [step for step, *_ in timed], True, [Interval(sent, answered) for _, sent, answered in timed])


def judged(*timed: Timed, budget: int = linearise.BUDGET) -> Verdict:
    """What such a history shows."""
    one = history(*timed)
    return linearise.judge(one.steps, one.intervals, one.prefix, one.complete, budget)


def clauses(verdict: Verdict) -> list[str]:
    """What is held against the target."""
    return [finding.clause for finding in sequential.firm(verdict.findings)]


def tagged(key: str, outcome: Outcome | None = None) -> Step:
    """A TagResource."""
    params = {"resourceArn": TRACKER, "tags": [{"tagKey": key, "tagValue": "v"}]}
    return Step(Operation("TagResource", params), outcome or Outcome.success())


def untagged(key: str) -> Step:
    """An UntagResource."""
    return Step(Operation("UntagResource", {"resourceArn": TRACKER, "tagKeys": [key]}), Outcome.success())


def tags(*keys: str) -> Step:
    """A ListTagsForResource that shows these."""
    shown = [{"tagKey": key, "tagValue": "v"} for key in keys]
    return Step(Operation("ListTagsForResource", {"resourceArn": TRACKER}), Outcome.success({"tags": shown}))


# -- races ---------------------------------------------------------------------------------------------


def test_two_trackers_are_accused() -> None:
    """Both of two Creates at once succeed: no order of the two makes that right (ET-UNIQ)."""
    verdict = judged(*READY, (create(), 0, 3), (create(number=OTHER), 1, 2))
    assert verdict.status == "contradicted"
    assert [clause.startswith("ET-UNIQ-") for clause in clauses(verdict)] == [True]
    assert verdict.unexplained == {3: 2}
    assert verdict.prefix == (1, 2, 4)


def test_two_trackers_are_accused_where_the_second_is_seen_before_its_create_is_answered() -> None:
    """Who shows the tracker that must not be is not blamed for it."""
    seen = describe("CREATE PENDING", OTHER)
    verdict = judged(*READY, (create(), 0, 1), (create(number=OTHER), 0, 9), (seen, 2, 3))
    assert verdict.status == "contradicted"
    named = {finding.step for finding in sequential.firm(verdict.findings)}
    assert named == {4}


@pytest.mark.parametrize("second", [EXISTS, refused("ResourceInUseException")])
def test_one_of_two_creates_is_refused(second: Outcome) -> None:
    """In either order one of them comes second; the refusal may even be answered first."""
    for timed in ([(create(), 0, 3), (create(second), 1, 2)], [(create(second), 0, 3), (create(), 1, 2)]):
        assert judged(*READY, *timed).status == "explained"


def test_which_time_comes_first_is_not_judged() -> None:
    """A service may read its clock for one of two calls at once, and carry out the other first (ET-DESC-9)."""

    def at(updated: float) -> Step:
        step = describe("ACTIVE")
        body = {**(step.outcome.result or {})["eventTracker"], "lastUpdatedDateTime": updated}
        return step._replace(outcome=Outcome.success({"eventTracker": body}))

    later, earlier = (at(2_000_000_000.0), 0, 1), (at(1_900_000_000.0), 2, 3)
    both = [(tagged("a"), 4, 6), (tagged("b"), 5, 7)]
    assert clauses(judged(*MADE, later, earlier)) == ["ET-DESC-9"]
    assert judged(*MADE, later, earlier, *both).status == "explained"


@pytest.mark.parametrize("beside", [(1.5, 4.0), (0.9, 2.5)])
def test_a_token_need_not_be_fresh(beside: tuple[float, float]) -> None:
    """Another client's look may have come between two pages, though nothing tells it (ET-PAGE-7)."""
    item = {"name": "ts-a", "datasetGroupArn": GROUP, "status": "ACTIVE"}
    times = {"creationDateTime": 1.7e9, "lastUpdatedDateTime": 1.7e9}
    page = Outcome.success({"datasetGroups": [{**item, **times}], "nextToken": "token"})
    first = Step(Operation("ListDatasetGroups", {"maxResults": 1}), page)
    second = Step(Operation("ListDatasetGroups", {"nextToken": "token"}), refused("InvalidNextTokenException"))
    timed = (*READY, (first, 1.0, 2.0), (group_is("ACTIVE"), *beside), (second, 3.0, 3.5))
    assert "ET-PAGE-7" not in clauses(judged(*timed))


def test_what_is_put_off_has_no_number_of_its_own() -> None:
    """A gateway says "not now" under one request ID to all; of calls at once too (ET-WIRE-19)."""
    wire = Wire(400, {"x-amzn-requestid": "00000000-0000-4000-8000-000000000000"}, b"{}")
    busy = Outcome("refusal", code="LimitExceededException", message="no", wire=wire)
    both = [Step(Operation(name), busy) for name in ("ListDatasetGroups", "ListEventTrackers")]
    timed = (*READY, (both[0], 1, 3), (group_is("ACTIVE"), 2, 4), (both[1], 5, 6))
    assert "ET-WIRE-19" not in clauses(judged(*timed))


@pytest.mark.parametrize("strange", [["x"], {"a": 1}, 7, None])
def test_a_list_of_what_is_no_arn(strange: object) -> None:
    """It is judged to the end, whatever was asked."""
    asked = Operation("ListEventTrackers", {"datasetGroupArn": strange})
    page = Step(asked, Outcome.success({"eventTrackers": [], "nextToken": "t"}))
    assert judged(*READY, (page, 1, 3), (group_is("ACTIVE"), 2, 4)).order


def test_both_of_two_creates_are_refused() -> None:
    """One of them comes first, and nothing is in its way."""
    verdict = judged(*READY, (create(EXISTS), 0, 3), (create(EXISTS), 1, 2))
    assert verdict.status == "contradicted"


@pytest.mark.parametrize("outcome", [Outcome.success({"eventTrackerArn": TRACKER, "trackingId": OTHER}), EXISTS])
def test_create_beside_delete(outcome: Outcome) -> None:
    """Before the deletion it is refused, and once the tracker is gone it is not."""
    assert judged(*MADE, (delete(), 0, 3), (create(outcome), 1, 2)).status == "explained"


def test_create_that_was_over_before_the_delete_was_sent() -> None:
    """What overlaps another call does not overlap all."""
    verdict = judged(*MADE, (create(number=OTHER), 0, 1), (delete(), 2, 4), (describe(GONE), 3, 5))
    assert verdict.status == "contradicted"
    assert verdict.unexplained == {5: 1}


def test_a_read_sees_before_or_after() -> None:
    """A Describe beside a Delete shows either; after it, no more."""
    for status in ("ACTIVE", "DELETE PENDING", "DELETE IN_PROGRESS", GONE):
        assert judged(*MADE, (delete(), 0, 3), (describe(status), 1, 2)).status == "explained"
    verdict = judged(*MADE, (delete(), 0, 3), (tags(), 1, 2), (describe("ACTIVE"), 4, 5))
    assert clauses(verdict) == ["ET-LIFE-5"]


def test_two_reads_agree_on_an_order() -> None:
    """The later of two looks may not show what was before, though both overlap the Delete."""
    reads = (describe("DELETE PENDING"), 1, 2), (describe("ACTIVE"), 3, 4)
    verdict = judged(*MADE, (delete(), 0, 9), *reads)
    assert clauses(verdict) == ["ET-LIFE-5"]
    assert judged(*MADE, (delete(), 0, 9), (reads[1][0], 1, 2), (reads[0][0], 3, 4)).status == "explained"


def test_no_tag_is_lost_by_two_at_once() -> None:
    """Two TagResource at once leave both tags."""
    both = (tagged("a"), 0, 3), (tagged("b"), 1, 2)
    assert judged(*MADE, *both, (tags("a", "b"), 4, 5)).status == "explained"
    verdict = judged(*MADE, *both, (tags("b"), 4, 5))
    assert clauses(verdict) == ["ET-TAG-2"]


def test_tag_beside_untag() -> None:
    """The tag is there or not, and stays so."""
    both = (tagged("a"), 0, 3), (untagged("a"), 1, 2)
    for shown in ((), ("a",)):
        assert judged(*MADE, *both, (tags(*shown), 4, 5)).status == "explained"
    assert judged(*MADE, *both, (tags(), 4, 5), (tags("a"), 6, 7)).status == "contradicted"


def test_a_second_delete_may_be_of_the_next_tracker() -> None:
    """A Delete that could already have been carried out to no effect may have been carried out later, to some."""
    again = (delete(), 2, 9), (create(number=OTHER), 3, 4), (describe("CREATE PENDING", OTHER), 5, 6)
    third = (create(number="00000000-0000-4000-8000-000000000003"), 7, 8)
    assert judged(*MADE, (delete(), 0, 1), *again, third).status == "explained"


def test_a_walk_beside_a_write_is_not_accused() -> None:
    """Pages between which something was written, or may have been, need not be those of one list (ET-PAGE-1)."""

    def page(items: list[str], params: dict[str, object], token: str = "") -> Step:
        shown = [{"name": arn[-4:], "datasetGroupArn": arn, "status": "ACTIVE", **times} for arn in items]
        times_ = {"datasetGroups": shown} | ({"nextToken": token} if token else {})
        return Step(Operation("ListDatasetGroups", {"maxResults": 1, **params}), Outcome.success(times_))

    times = {"creationDateTime": 1.6e9, "lastUpdatedDateTime": 1.6e9}
    another = f"{GROUP[:-1]}b"
    made = Step(Operation("CreateDatasetGroup", {"name": "ts-b"}), Outcome.success({"datasetGroupArn": another}))
    for sent, answered in ((0, 9), (1.5, 3.5), (3.5, 5)):
        walk = (page([GROUP], {}, "t"), 1, 2), (page([GROUP], {"nextToken": "t"}), 3, 4)
        assert judged(*READY, *walk, (made, sent, answered)).status == "explained", (sent, answered)
    assert clauses(
        judged(*READY, (page([GROUP], {}, "t"), 1, 2), (page([GROUP], {"nextToken": "t"}), 3, 4), (made, 5, 6))
    )


# -- lost answers --------------------------------------------------------------------------------------

LOST = Outcome.lost("no answer")


def test_a_lost_write_may_act_before_it_was_given_up_later_or_never() -> None:
    """From the moment it was sent."""
    for answer in ("ACTIVE", "DELETE PENDING", GONE):
        assert judged(*MADE, (delete(LOST), 0, 3), (describe(answer), 1, 2)).status == "explained"
        assert judged(*MADE, (delete(LOST), 0, 2), (tags(), 1, 3), (describe(answer), 4, 5)).status == "explained"
    assert judged(*MADE, (describe(GONE), 0, 2), (tags(), 1, 3), (delete(LOST), 4, 5)).status == "contradicted"


def test_a_lost_create_beside_one_that_was_answered() -> None:
    """It may have been first, and its tracker the one that is in the way."""
    timed = (create(LOST), 0, 5), (create(EXISTS), 1, 2), (describe("CREATE PENDING", OTHER), 3, 4)
    assert judged(*READY, *timed).status == "explained"


def test_the_same_request_lost_three_times_at_once_is_no_deviation() -> None:
    """It was not tried three times, but once by each of three (ET-WIRE-10)."""
    step = describe(LOST)
    assert judged(*MADE, (step, 0, 3), (step, 1, 4), (step, 2, 5)).status == "explained"
    assert clauses(judged(*MADE, (step, 0, 1), (step, 2, 3), (step, 4, 5), (tags(), 6, 8), (tags(), 7, 9))) == [
        "ET-WIRE-10"
    ]


# -- blame, and what comes after -----------------------------------------------------------------------


def test_what_is_wrong_in_any_state_is_told_and_hides_nothing() -> None:
    """A Create whose answer has a wrong form still made what is seen before it was answered."""
    made = Outcome.success({"eventTrackerArn": TRACKER, "trackingId": 7})
    verdict = judged(*READY, (create(made), 0, 5), (describe("CREATE PENDING"), 1, 2))
    assert {finding.step for finding in sequential.firm(verdict.findings)} == {3}
    assert verdict.unexplained == {}


def test_the_judge_goes_on_after_a_contradiction() -> None:
    """The second tracker is told of once, and a later deviation too."""
    later = (describe("ACTIVE", OTHER), 5, 6), (describe("CREATE PENDING", OTHER), 7, 8)
    verdict = judged(*READY, (create(), 0, 3), (create(number=OTHER), 1, 2), *later)
    assert len(clauses(verdict)) == 2
    assert clauses(verdict)[1] == "ET-LIFE-3"


def test_findings_rest_on_steps_of_the_history() -> None:
    """Numbers are those of the lines, in whichever order the calls took effect."""
    verdict = judged(*MADE, (describe("ACTIVE"), 1, 2), (delete(), 0, 3), (describe("ACTIVE"), 5, 6))
    (found,) = sequential.firm(verdict.findings)
    assert (found.step, found.because) == (7, (3, 6))


def test_an_answer_with_the_number_of_another() -> None:
    """Whichever came first (ET-WIRE-19)."""
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "one"}
    step = Step(tags().operation, Outcome.success({"tags": []}, Wire(200, headers, b'{"tags":[]}')))
    assert clauses(judged(*MADE, (step, 0, 2), (step, 1, 3))) == ["ET-WIRE-19"]


def test_a_wait_beside_a_write_says_nothing() -> None:
    """That a status did not settle is held against a target only where nobody wrote meanwhile."""
    wait = Step(Operation(SETTLE, {"arn": TRACKER, "seconds": 60, "saw": "CREATE PENDING"}), Outcome.success())
    begun = (*READY, (create(), -5, -4))
    assert judged(*begun, (wait, 0, 60), (delete(EXISTS), 1, 2)).status != "explained"
    assert judged(*begun, (wait, 0, 60), (delete(refused("ResourceInUseException")), 1, 2)).status == "explained"
    assert clauses(judged(*begun, (wait, 0, 60), (describe("CREATE PENDING"), 1, 2))) == ["ET-LIFE-7"]


# -- the verdict ---------------------------------------------------------------------------------------


def test_a_spent_budget_is_unknown_and_no_guess() -> None:
    """Nothing is said of a history that has more orders than may be tried."""
    timed = (create(), 0, 3), (create(number=OTHER), 1, 2)
    verdict = judged(*READY, *timed, budget=3)
    assert (verdict.status, verdict.findings, verdict.spent) == ("unknown", [], True)


def test_a_contradiction_stands_where_the_budget_is_spent_after_it() -> None:
    """It was found by trying every order up to there."""
    race = (create(), 0, 3), (create(number=OTHER), 1, 2)
    more = [(tagged(f"{number}"), 5 + number / 10, 9) for number in range(6)]
    verdict = judged(*READY, *race, *more, budget=60)
    assert (verdict.status, verdict.spent) == ("contradicted", True)


def test_without_an_overlap_it_is_the_sequential_judge() -> None:
    """Word for word; and so without intervals."""
    for seed in range(60):
        for session in sessions(seed)[1]:
            expected = sequential.judge(session.steps, session.prefix, session.complete)
            intervals = [Interval(place, place + 0.5) for place in range(len(session.steps))]
            for given in ([], intervals):
                verdict = linearise.judge(session.steps, given, session.prefix, session.complete)
                assert verdict.findings == expected.notes.findings
                assert (verdict.cut, verdict.spent) == (expected.cut, False)


def test_the_order_of_lines_is_of_no_account() -> None:
    """Steps are judged by their moments; numbers are those of the lines."""
    timed = (*READY, (create(), 0, 3), (create(number=OTHER), 1, 2), (describe("ACTIVE", ID), 4, 5))
    for turned in (tuple(reversed(timed)), timed[2:] + timed[:2]):
        assert clauses(judged(*turned)) == clauses(judged(*timed))
    in_a_row = judged(*reversed(((make_group(), 0, 1), (group_is("ACTIVE"), 2, 3))))
    assert (in_a_row.status, in_a_row.order) == ("explained", (2, 1))


def test_touching_intervals_overlap_but_for_one_client() -> None:
    """At one moment of the clock either may have been first; a client sends once it has the answer."""
    timed = (*MADE, (delete(), 0, 1), (describe("ACTIVE"), 1, 2))
    assert judged(*timed).status == "explained"
    one = history(*timed)
    mine = [interval._replace(client="c") for interval in one.intervals]
    assert linearise.judge(one.steps, mine, one.prefix).status == "contradicted"
    beside_others = [*mine[:-1], mine[-1]._replace(client="d")]
    assert linearise.judge(one.steps, beside_others, one.prefix).status == "explained"


def test_what_is_beside_what() -> None:
    """Two calls overlap where neither was over before the other was sent."""
    assert beside([Interval(0, 4), Interval(1, 2), Interval(3, 5), Interval(6, 7)]) == [(1, 2), (0,), (0,), ()]


# -- every small history -------------------------------------------------------------------------------

ALPHABET = (
    create(), create(number=OTHER), create(EXISTS), delete(), describe("ACTIVE"), describe(GONE),
    describe("CREATE PENDING", OTHER), listed("ACTIVE"), listed(), tagged("a"), tags(), tags("a"),
)  # fmt: skip


FEWER = ALPHABET[:4] + ALPHABET[6:8]


def verdict_of(steps: Sequence[Step], when: Shape) -> str:
    """The verdict, which is that of all orders tried one by one."""
    one = history(*MADE, *((step, sent, answered) for step, (sent, answered) in zip(steps, when, strict=True)))
    verdict = linearise.judge(one.steps, one.intervals, one.prefix)
    assert (verdict.status == "explained") == is_explained(one), one
    return verdict.status


def test_every_three_calls_at_once() -> None:
    """Whatever they are answered, of an alphabet in which they meet, as all their orders tried one by one say."""
    met = Counter(verdict_of(steps, ((0, 3),) * 3) for steps in combinations_with_replacement(ALPHABET, 3))
    assert min(met["explained"], met["contradicted"]) > 50


def test_every_three_calls_of_which_two_are_in_a_row() -> None:
    """One client sends two, another one."""
    met = Counter(verdict_of(steps, ((0, 1), (0, 3), (2, 3))) for steps in product(FEWER, repeat=3))
    assert min(met["explained"], met["contradicted"]) > 20


@pytest.mark.deep  # some ten thousand histories to a shape, minutes each
@pytest.mark.parametrize("when", [((0, 9),) * 4, ((0, 2), (1, 4), (3, 6), (5, 8)), ((0, 1), (2, 3), (0, 1), (2, 3))])
def test_every_four_calls(when: Shape) -> None:
    """All at once, each beside the next, and two clients with two each."""
    met = Counter(verdict_of(steps, when) for steps in product(ALPHABET, repeat=4))
    assert min(met["explained"], met["contradicted"]) > 500
