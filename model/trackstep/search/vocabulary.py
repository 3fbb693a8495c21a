"""What may be asked: good requests, with values that are dull, at a limit, or often got wrong.

Owns the pools of values. The walk draws from them by itself; lockstep lets Hypothesis draw. Knows nothing of
states or answers.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trackstep.program import SETTLE, WALK, Command
from trackstep.value import EVENT

SLOTS = ("A", "B", "C", "mixed")
NAMES = ("$t1", "$t2", "$mixed", "$long", "x", "9-lives", "$fail")
TAGS: tuple[Any, ...] = (
    None,
    [],
    [{"tagKey": "k", "tagValue": "1"}],
    [{"tagKey": "k", "tagValue": "2"}, {"tagKey": "other", "tagValue": "x"}],
    [{"tagKey": "K", "tagValue": "capital"}, {"tagKey": "kk", "tagValue": "1"}],
    [{"tagKey": "empty", "tagValue": ""}],
    [{"tagKey": "grün", "tagValue": "Grün 日本"}],
    [{"tagKey": "k", "tagValue": "é"}],
    [{"tagKey": "a b:c/d=e+f-g@h.i_j", "tagValue": " _.:/=+-@ "}],
    [{"tagKey": "k", "tagValue": "1"}, {"tagKey": "aws:second", "tagValue": "1"}],
    "$longest",
    "$fifty",
)
KEYS: tuple[Any, ...] = (
    ["k"],
    ["absent"],
    ["k", "other"],
    ["K"],
    ["grün"],
    ["key-1"],
    ["key-0", "key-2", "key-49"],
    [],
)
SIZES = (None, 1, 2, 3, 100)
EVENTS: tuple[Any, ...] = (
    [EVENT],
    [EVENT, {"eventType": "view", "sentAt": 1500000000}],
    [{**EVENT, "properties": '{"a": "b"}'}],
    [{**EVENT, "properties": '{"a": "Grün 日本"}'}],
    [{**EVENT, "properties": "no json"}],
    [{**EVENT, "properties": "{}"}, {**EVENT, "properties": "no json"}],
    "$ten",
)
PARTS = (("arn", "id"), ("tracker", "id"))
IDS = (("id", "tracker"), ("old", "arn"), ("first", "id|upper"))
"""What a request may be about, each with something of another kind that may be given in its place."""
DOMAINS = (None, None, None, "ECOMMERCE", "VIDEO_ON_DEMAND")

Choose = Callable[[Sequence[Any]], Any]
"""Takes one of several; a random generator's ``choice``, or Hypothesis'."""


def _given(**members: Any) -> dict[str, Any]:
    return {name: inner for name, inner in members.items() if inner is not None}


def _tags(choose: Choose) -> Any:
    tags = choose(TAGS)
    return [] if tags is None else tags


def _named(choose: Choose, slot: str, part: str, other: str) -> str:
    """A reference: mostly the plain one; else one that nearly names it, or names what is of another kind or region."""
    plain = f"${slot}.{part}"
    return str(
        choose((plain, *[plain] * 7, f"{plain}|cut", f"{plain}|longer", f"${slot}.{other}", f"$2.{slot}.{part}"))
    )


REQUESTS: Mapping[str, Callable[[Choose, str], dict[str, Any]]] = {
    "CreateDatasetGroup": lambda choose, slot: _given(name=f"${slot}", tags=choose(TAGS), domain=choose(DOMAINS)),
    "DescribeDatasetGroup": lambda choose, slot: {"datasetGroupArn": _named(choose, slot, "arn", "tracker")},
    "ListDatasetGroups": lambda choose, slot: _given(maxResults=choose(SIZES)),
    "DeleteDatasetGroup": lambda choose, slot: {"datasetGroupArn": _named(choose, slot, "arn", "tracker")},
    "CreateEventTracker": lambda choose, slot: _given(
        name=choose(NAMES), datasetGroupArn=_named(choose, slot, "arn", "tracker"), tags=choose(TAGS)
    ),
    "DescribeEventTracker": lambda choose, slot: {"eventTrackerArn": _named(choose, slot, "tracker", "arn")},
    "ListEventTrackers": lambda choose, slot: _given(
        datasetGroupArn=choose((_named(choose, slot, "arn", "tracker"), None)), maxResults=choose(SIZES)
    ),
    "DeleteEventTracker": lambda choose, slot: {"eventTrackerArn": _named(choose, slot, "tracker", "arn")},
    "TagResource": lambda choose, slot: {"resourceArn": _named(choose, slot, *choose(PARTS)), "tags": _tags(choose)},
    "UntagResource": lambda choose, slot: {
        "resourceArn": _named(choose, slot, *choose(PARTS)), "tagKeys": choose(KEYS)
    },
    "ListTagsForResource": lambda choose, slot: {"resourceArn": _named(choose, slot, *choose(PARTS))},
    "PutEvents": lambda choose, slot: {
        "trackingId": _named(choose, slot, *choose(IDS)), "sessionId": "s", "eventList": choose(EVENTS)
    },
}  # fmt: skip
"""Operation -> a good request about a slot, its values drawn."""


def request(name: str, choose: Choose, slot: str, second: bool = False) -> Command:
    """A good request of this operation; a List is walked to its last page."""
    params = REQUESTS[name](choose, slot)
    if name in ("ListDatasetGroups", "ListEventTrackers"):
        return Command(WALK, {"operation": name, **params}, second)
    return Command(name, params, second)


def every(name: str, slot: str) -> list[Command]:
    """Good requests of an operation in which each value of each pool stands once, beside the first of the others."""
    lengths: list[int] = []

    def first(several: Sequence[Any]) -> Any:
        lengths.append(len(several))
        return several[0]

    made = [request(name, first, slot)]
    for place, length in enumerate(list(lengths)):
        for number in range(1, length):
            asked = itertools.count()
            choose: Choose = lambda several: several[number if next(asked) == place else 0]  # noqa: B023, E731  # used at once
            made.append(request(name, choose, slot))
    return list(dict.fromkeys(made))


def waiting(write: Command) -> list[Command]:
    """Waiting for what a Create or a Delete has set in motion."""
    part = "tracker" if write.name.endswith("EventTracker") else "arn"
    moves = write.name.startswith(("Create", "Delete")) and slot_of(write)
    return [Command(SETTLE, {"of": f"${slot_of(write)}.{part}"}, write.second)] if moves else []


def slot_of(command: Command) -> str:
    """The slot that a command is about; empty where it is about none or about all."""
    for member in ("datasetGroupArn", "eventTrackerArn", "resourceArn", "trackingId", "of", "name"):
        named = command.params.get(member)
        if isinstance(named, str) and named.startswith("$"):
            return named[1:].removeprefix("2.").partition(".")[0]
    return ""


def read_back(write: Command, turn: int) -> list[Command]:
    """What must tell the same story after a write: Describe, List at one of several page sizes, tags, PutEvents.

    ``turn`` goes through the page sizes, and from the list of one group to the list of all.
    """
    slot, second = slot_of(write), write.second
    if not slot:
        return []
    size, whole = SIZES[turn % 4], turn % 3 == 1
    tracker = Command("DescribeEventTracker", {"eventTrackerArn": f"${slot}.tracker"}, second)
    group = Command("DescribeDatasetGroup", {"datasetGroupArn": f"${slot}.arn"}, second)
    within = None if whole else f"${slot}.arn"
    trackers = Command(WALK, _given(operation="ListEventTrackers", datasetGroupArn=within, maxResults=size), second)
    groups = Command(WALK, _given(operation="ListDatasetGroups", maxResults=size), second)
    tags = [Command("ListTagsForResource", {"resourceArn": f"${slot}.{part}"}, second) for part in ("tracker", "arn")]
    events = Command("PutEvents", {"trackingId": f"${slot}.id", "sessionId": "s", "eventList": [EVENT]}, second)
    return {
        "CreateDatasetGroup": [group, groups, tags[1]],
        "DeleteDatasetGroup": [group, groups, tracker],
        "CreateEventTracker": [tracker, trackers, tags[0], events],
        "DeleteEventTracker": [tracker, trackers, events, group],
        "TagResource": tags if str(write.params.get("resourceArn")).endswith(".tracker") else tags[::-1],
        "UntagResource": tags if str(write.params.get("resourceArn")).endswith(".tracker") else tags[::-1],
    }.get(write.name, [])
