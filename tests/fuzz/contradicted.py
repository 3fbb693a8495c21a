"""Overlapping histories with one change that no order of their calls makes possible, in each way that there is one.

A kind yields whole histories. That no service could have answered so follows from what was asked in the whole of the
history and from what certainly came before what, never from what the judge thinks. Nothing is certain here of a trace
that began late, or of what a lost Create or Delete may have done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

from tests.fuzz.overlapping import overlapping
from tests.fuzz.service import FAILS, uuid4
from trackstep.history import History
from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome

RANK = {"CREATE PENDING": 0, "CREATE IN_PROGRESS": 1, "ACTIVE": 2, "DELETE PENDING": 3, "DELETE IN_PROGRESS": 4}
HERE = ("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE")
SHOWN = {"DescribeEventTracker": "eventTracker", "DescribeDatasetGroup": "datasetGroup"}


class Sight(NamedTuple):
    """An event tracker or a dataset group as it was described."""

    call: int
    member: str
    body: dict[str, Any]


class View:
    """A history, and where its answers can be changed."""

    def __init__(self, history: History, rng: Random) -> None:
        self.history, self.rng = history, rng
        shown = ((call, SHOWN.get(step.operation.name, "")) for call, step in enumerate(history.steps))
        self.sights = [
            Sight(call, member, dict((history.steps[call].outcome.result or {})[member]))
            for call, member in shown
            if member and history.steps[call].outcome.kind == "success"
        ]
        self.trackers = [sight for sight in self.sights if sight.member == "eventTracker"]
        self.groups = [sight for sight in self.sights if sight.member == "datasetGroup"]

    def asked(self, name: str, kind: str = "") -> list[tuple[int, Operation, Outcome]]:
        """The calls of an operation that came out so."""
        steps = enumerate(self.history.steps)
        return [
            (call, asked, came)
            for call, (asked, came) in steps
            if asked.name.startswith(name) and kind in ("", came.kind)
        ]

    def is_before(self, *calls: int) -> bool:
        """Whether each was over when the next was sent."""
        pairs = pairwise(calls)
        return all(self.history.intervals[one].is_before(self.history.intervals[other]) for one, other in pairs)

    def answering(self, call: int, result: Any) -> History:
        """The history with another success at a place."""
        steps = list(self.history.steps)
        steps[call] = Step(steps[call].operation, Outcome.success(result))
        return self.history._replace(steps=steps)

    def showing(self, sight: Sight, **members: Any) -> History:
        """The history with other members in a description."""
        return self.answering(sight.call, {sight.member: {**sight.body, **members}})


Changes = Iterator[History]
KINDS: dict[str, Callable[[View], Changes]] = {}


def kind(changes: Callable[[View], Changes]) -> Callable[[View], Changes]:
    """A kind of change, by its name."""
    KINDS[changes.__name__] = changes
    return changes


@kind
def no_such_status(view: View) -> Changes:
    """None that is documented."""
    for sight in view.sights:
        yield view.showing(sight, status="DELETED")


@kind
def a_tracking_id_comes_again(view: View) -> Changes:
    """Two Creates were answered with the same."""
    made = view.asked("CreateEventTracker", "success")
    for call, _, came in made:
        for other, _, earlier in made:
            if other != call:
                yield view.answering(call, {**(came.result or {}), "trackingId": (earlier.result or {})["trackingId"]})


@kind
def a_second_tracker(view: View) -> Changes:
    """Two Creates in a group succeed, and nobody asked for a deletion."""
    if view.asked("Delete"):
        return
    for _, asked, came in view.asked("CreateEventTracker", "success"):
        for call, again, _ in view.asked("CreateEventTracker", "refusal"):
            same = again.params.get("datasetGroupArn") == asked.params["datasetGroupArn"]
            if (
                same
                and not str(asked.params["name"]).endswith(FAILS)
                and again.params.get("name") == asked.params["name"]
            ):
                yield view.answering(call, {**(came.result or {}), "trackingId": uuid4(view.rng)})


@kind
def a_tracking_id_of_nobody(view: View) -> Changes:
    """No Create was answered with it, and all were answered."""
    if not view.asked("CreateEventTracker", "lost"):
        for sight in view.trackers:
            yield view.showing(sight, trackingId=uuid4(view.rng))


@kind
def a_name_of_nobody(view: View) -> Changes:
    """No Create gave it."""
    for sight in view.sights:
        yield view.showing(sight, name=f"{sight.body['name']}x")


def again(view: View) -> Iterator[tuple[Sight, Sight]]:
    """The same incarnation described twice."""
    for one in view.trackers:
        for other in view.trackers:
            if other is not one and one.body["trackingId"] == other.body["trackingId"]:
                yield one, other


@kind
def created_at_another_time(view: View) -> Changes:
    """Two descriptions of one incarnation differ in it."""
    for _, other in again(view):
        yield view.showing(other, creationDateTime=round(other.body["creationDateTime"] - 1, 3))


@kind
def a_status_goes_back(view: View) -> Changes:
    """What came later shows what comes before."""
    for one, other in again(view):
        if view.is_before(one.call, other.call):
            for status, rank in RANK.items():
                if rank < RANK.get(one.body["status"], 0):
                    yield view.showing(other, status=status)


@kind
def the_deleted_lives(view: View) -> Changes:
    """Described as ACTIVE, and the like, after its deletion was accepted."""
    for call, asked, _ in view.asked("DeleteEventTracker", "success"):
        for made, _, came in view.asked("CreateEventTracker", "success"):
            for sight in view.trackers:
                same = sight.body["trackingId"] == (came.result or {})["trackingId"]
                about = sight.body["eventTrackerArn"] == asked.params["eventTrackerArn"]
                if same and about and view.is_before(made, call, sight.call):
                    yield view.showing(sight, status=view.rng.choice(HERE))


@kind
def a_tag_of_nobody(view: View) -> Changes:
    """Its key was never sent."""
    made = {arn for *_, came in view.asked("Create", "success") for arn in (came.result or {}).values()}
    for call, asked, came in view.asked("ListTagsForResource", "success"):
        if asked.params["resourceArn"] in made:
            tags = (came.result or {}).get("tags") or []
            yield view.answering(call, {"tags": [*tags, {"tagKey": "never", "tagValue": "sent"}]})


@kind
def seen_before_it_was_made(view: View) -> Changes:
    """The only Create of a group and a description of it change places in time."""
    for call, asked, _ in view.asked("CreateDatasetGroup", "success"):
        creates = [create for create, other, _ in view.asked("CreateDatasetGroup") if other.params == asked.params]
        for sight in view.groups:
            of_it = sight.body["name"] == asked.params["name"] and view.is_before(call, sight.call)
            others = [
                other
                for _, other, _ in view.asked("CreateDatasetGroup")
                if other.params.get("name") == sight.body["name"]
            ]
            if of_it and creates == [call] and len(others) == 1:
                intervals = list(view.history.intervals)
                intervals[call], intervals[sight.call] = intervals[sight.call], intervals[call]
                if intervals[sight.call].answered < intervals[call].sent:
                    yield view.history._replace(intervals=[each._replace(client="") for each in intervals])


@kind
def the_answer_of_another(view: View) -> Changes:
    """Two descriptions, of different things, are exchanged."""
    for sights in (view.trackers, view.groups):
        for one in sights:
            for other in sights:
                arns = [next(iter(view.history.steps[each.call].operation.params.values())) for each in (one, other)]
                if arns[0] != arns[1]:
                    yield view.answering(one.call, {other.member: other.body})


@kind
def left_out_of_a_list(view: View) -> Changes:
    """Of a whole list of one page, what was there before and after."""
    for call, asked, came in view.asked("ListEventTrackers", "success"):
        items = (came.result or {}).get("eventTrackers") or []
        if "nextToken" in asked.params or "nextToken" in (came.result or {}):
            continue
        for one, other in again(view):
            alive = one.body["status"] in HERE and other.body["status"] in HERE
            if alive and view.is_before(one.call, call, other.call):
                left = [item for item in items if item["eventTrackerArn"] != one.body["eventTrackerArn"]]
                if len(left) < len(items):
                    yield view.answering(call, {"eventTrackers": left})


def impossible(seeds: Iterable[int]) -> Iterator[tuple[int, str, History]]:
    """One a seed, of the kind met least of those that it has a place for; none where it has a place for none."""
    made = dict.fromkeys(KINDS, 0)
    for seed in seeds:
        history = overlapping(seed)
        if not history.complete:
            continue
        view = View(history, Random(~seed))
        for name in sorted(made, key=made.__getitem__):
            found = list(KINDS[name](view))
            if found:
                made[name] += 1
                yield seed, name, view.rng.choice(found)
                break
