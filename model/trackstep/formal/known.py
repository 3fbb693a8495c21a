"""What a caller may know, and every request about it: a group and an event tracker, each with a set of statuses.

Owns how that looks to the judge: the world, the request and each success on the wire. Knows nothing of what is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.formal.asked import ACCOUNT, REGION, group_arn, tracker_arn, tracking_id
from trackstep.operation import Operation
from trackstep.oracle.condition import CONDITIONS, TAG_LIMIT
from trackstep.oracle.lifecycle import GONE, mask, names, observer
from trackstep.oracle.world import Resource, World

GROUP, TRACKER = group_arn("g1"), tracker_arn("g1")
NAME, OTHER_NAME, BAD_NAME = "n", "other", "n" * 64
_IN_GROUP, _OF_TRACKER = {"datasetGroupArn": GROUP}, {"eventTrackerArn": TRACKER}
_TIMES = {"creationDateTime": 1.7e9, "lastUpdatedDateTime": 1.7e9}
_GROUP = _TIMES | _IN_GROUP | {"name": "g1", "failureReason": "some"}
_LISTED = _TIMES | _OF_TRACKER | {"name": NAME}
_TRACKER = _LISTED | _IN_GROUP | {"accountId": ACCOUNT, "trackingId": tracking_id("t1")}
_EVENT = {"eventType": "e", "sentAt": 1.7e9}
_PUT: dict[str, Any] = {"sessionId": "s", "eventList": [_EVENT]}
_TAG = [{"tagKey": "k", "tagValue": "v"}]
_TAGGED: dict[str, list[dict[str, str]]] = {
    "": _TAG,
    "too_many_tags": [{"tagKey": f"k{n}", "tagValue": "v"} for n in range(TAG_LIMIT + 1)],
    "aws_tag": [{"tagKey": "aws:k", "tagValue": "v"}],
    "duplicate_tag": _TAG * 2,
}
"""Condition of a row -> tags for which it holds."""
_WITH_TAGS: dict[str, dict[str, Any]] = {"": {}} | {when: {"tags": tags} for when, tags in _TAGGED.items() if when}
"""The same, as members of a Create; "" where there are no tags at all."""
_HAS = {"t": "v"}
"""The tags that there are."""
_UNTAGGED = {"": ["t"], "absent_key": ["k"], "duplicate_key": ["t", "t"]}
"""Condition -> keys for which it holds."""
_PROPERTIES = {"": "{}", "reserved_word": '{"userId": 1}', "properties_not_json": "no JSON"}
"""The same, of the properties of an event."""
_EMPTY: dict[str, dict[str, Any]] = {
    "ListDatasetGroups": {"datasetGroups": []},
    "ListEventTrackers": {"eventTrackers": []},
    "ListTagsForResource": {"tags": [{"tagKey": key, "tagValue": value} for key, value in _HAS.items()]},
}
"""Operation -> a success that shows no status, where that is not an empty one."""
_MALFORMED: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "CreateDatasetGroup": ((), {"name": BAD_NAME}),
    "DescribeDatasetGroup": ((), {}),
    "ListDatasetGroups": ((), {"maxResults": 0}),
    "DeleteDatasetGroup": ((), {}),
    "CreateEventTracker": (("group", "tracker"), {"name": BAD_NAME} | _IN_GROUP),
    "DescribeEventTracker": ((), {}),
    "ListEventTrackers": ((), {"maxResults": 0}),
    "DeleteEventTracker": ((), {}),
    "TagResource": (("tracker",), {"resourceArn": TRACKER}),
    "UntagResource": (("tracker",), {"resourceArn": TRACKER}),
    "ListTagsForResource": ((), {}),
    "PutEvents": (("tracker",), _PUT | {"eventList": [], "trackingId": tracking_id("t1")}),
}
"""Operation -> a malformed request, and what it still names."""
_ELSEWHERE = ACCOUNT.replace("1", "9")
_MISNAMED: dict[str, dict[str, Any]] = {
    "DescribeDatasetGroup": {"datasetGroupArn": GROUP.replace(ACCOUNT, _ELSEWHERE)},
    "DescribeEventTracker": {"eventTrackerArn": TRACKER.replace(ACCOUNT, _ELSEWHERE)},
    "ListTagsForResource": {"resourceArn": TRACKER.replace(ACCOUNT, _ELSEWHERE)},
}
_MISNAMED |= {
    "DeleteDatasetGroup": _MISNAMED["DescribeDatasetGroup"],
    "CreateEventTracker": _MISNAMED["DescribeDatasetGroup"] | {"name": NAME},
    "ListEventTrackers": _MISNAMED["DescribeDatasetGroup"],
    "DeleteEventTracker": _MISNAMED["DescribeEventTracker"],
    "TagResource": _MISNAMED["ListTagsForResource"] | {"tags": _TAG},
    "UntagResource": _MISNAMED["ListTagsForResource"] | {"tagKeys": ["k"]},
}
"""Operation -> a request with an ARN of another account."""
_OF_NOBODY = {"TagResource": ("too_many_tags",), "UntagResource": ("absent_key",)}
"""What may hold besides where nothing is known of the resource's tags."""

Statuses = Mapping[str, frozenset[str]]
"""``group`` and ``tracker`` -> what is known of its status."""


class Asked(NamedTuple):
    """A request with what is special about it: conditions of rows that hold for certain, and those that may.

    ``about`` are those of ``group`` and ``tracker`` whose statuses can matter; ``resource`` is the one that "resource"
    means. ``successes``: the status that is shown, or "", -> the result on the wire.
    """

    operation: Operation
    about: tuple[str, ...]
    successes: Mapping[str, Mapping[str, Any]]
    holding: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    resource: str = ""

    def __str__(self) -> str:
        """The operation, and what is special."""
        of = [f"of the {self.resource}"] if self.resource else []
        return ", ".join((self.operation.name, *of, *sorted(self.holding), *(f"{it}?" for it in sorted(self.perhaps))))


def world(known: Statuses, perhaps: Collection[str] = ()) -> World:
    """A world in which this much is known of the statuses, and all of the rest but for what may be."""
    group = Resource("dataset_group", GROUP, "g1", mask(known["group"]), 1, 1, tags=_HAS, domain="", described=True)
    tracker = Resource(
        "event_tracker", TRACKER, NAME, mask(known["tracker"]), 2, 2,
        tags=_HAS, group=GROUP, tracking_id=tracking_id("t1"), described=True,
    )  # fmt: skip
    return World(
        resources={(REGION, GROUP): group, (REGION, TRACKER): tracker},
        groups={(REGION, "g1"): GROUP},
        trackers={(REGION, GROUP): (TRACKER,)},
        ids={tracking_id("t1"): (REGION, TRACKER)},
        dataset_needed=None if "no_dataset" in perhaps else False,
        beside={(REGION, GROUP): 3} if "holds_more" in perhaps else {},
        homes={REGION: ("aws", ACCOUNT)},
    )


def statuses(after: World) -> dict[str, frozenset[str]]:
    """What is known of the statuses in a world, whether or not it is a new life."""
    found = {"group": after.find(REGION, GROUP), "tracker": after.find(REGION, TRACKER)}
    return {on: frozenset(names(r.mask if r is not None else GONE)) for on, r in found.items()}


def requests() -> Iterator[Asked]:
    """Every operation: as plain as can be, and with each condition of its rows that a request or a world decides."""
    yield from _of_groups()
    yield from _of_trackers()
    for kind, arn in (("group", GROUP), ("tracker", TRACKER)):
        yield from _of_tags(kind, {"resourceArn": arn})
    yield from _of_nobody()


def _of_groups() -> Iterator[Asked]:
    named, about, shown = {"name": "g1"}, ("group",), observer("dataset_group").spelt
    for condition, params in (_WITH_TAGS | {"role_without_key": {"roleArn": _ROLE}}).items():
        yield _asked("CreateDatasetGroup", about, named | params, {"": _IN_GROUP}, condition)
    yield _asked("DescribeDatasetGroup", about, _IN_GROUP, {s: {"datasetGroup": _GROUP | {"status": s}} for s in shown})
    listed = {"": _EMPTY["ListDatasetGroups"]} | {s: {"datasetGroups": [_GROUP | {"status": s}]} for s in shown}
    yield _asked("ListDatasetGroups", about, {}, listed)
    for perhaps in ((), ("holds_more",)):
        yield _asked("DeleteDatasetGroup", ("group", "tracker"), _IN_GROUP, {"": {}}, perhaps=perhaps)


_ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


def _of_trackers() -> Iterator[Asked]:
    named, both, shown = _IN_GROUP | {"name": OTHER_NAME}, ("group", "tracker"), observer("event_tracker").spelt
    made = {"": _OF_TRACKER | {"trackingId": tracking_id("t2")}}
    for condition, params in (_WITH_TAGS | {"same_name": {"name": NAME}}).items():
        yield _asked("CreateEventTracker", both, named | params, made, condition)
    yield _asked("CreateEventTracker", both, named, made, perhaps=("no_dataset",))
    described = {s: {"eventTracker": _TRACKER | {"status": s}} for s in shown}
    yield _asked("DescribeEventTracker", ("tracker",), _OF_TRACKER, described)
    listed = {"": _EMPTY["ListEventTrackers"]} | {s: {"eventTrackers": [_LISTED | {"status": s}]} for s in shown}
    yield _asked("ListEventTrackers", both, _IN_GROUP, listed)
    yield _asked("DeleteEventTracker", ("tracker",), _OF_TRACKER, {"": {}})
    for condition, text in _PROPERTIES.items():
        put = _PUT | {"eventList": [_EVENT | {"properties": text}], "trackingId": tracking_id("t1")}
        yield _asked("PutEvents", ("tracker",), put, {"": {}}, condition)


def _of_tags(kind: str, arn: dict[str, Any]) -> Iterator[Asked]:
    for condition, tags in _TAGGED.items():
        yield _asked("TagResource", (kind,), arn | {"tags": tags}, {"": {}}, condition, resource=kind)
    for conditions, keys in _UNTAGGED.items():
        yield _asked("UntagResource", (kind,), arn | {"tagKeys": keys}, {"": {}}, conditions, resource=kind)
    yield _asked("ListTagsForResource", (kind,), arn, {"": _EMPTY["ListTagsForResource"]}, resource=kind)


def _of_nobody() -> Iterator[Asked]:
    """What is malformed, what is another account's, and what nobody was given.

    A malformed request may be refused for whatever else may be wrong with it, so each condition of a row may hold.
    """
    for name, (about, params) in _MALFORMED.items():
        conditions = {row.when for row in spec.load().operations[name].refusals} & CONDITIONS.keys()
        perhaps = [when for when in sorted(conditions) if CONDITIONS[when][0] in ("", *params)]
        resource = "tracker" if "resourceArn" in params else ""
        yield _asked(name, about, params, {"": _EMPTY.get(name, {})}, "malformed", perhaps=perhaps, resource=resource)
    for name, params in _MISNAMED.items():
        perhaps = ["misnamed", *_OF_NOBODY.get(name, ())]
        yield _asked(name, (), params, {"": _EMPTY.get(name, {})}, perhaps=perhaps)
    for name in ("ListDatasetGroups", "ListEventTrackers"):
        yield _asked(name, (), {"nextToken": "nobody's"}, {"": _EMPTY[name]}, "unknown_token")
    yield _asked("PutEvents", (), _PUT | {"trackingId": tracking_id("t9")}, {"": {}}, "unknown_id")


def _asked(
    name: str, about: tuple[str, ...], params: dict[str, Any], successes: Mapping[str, Mapping[str, Any]],
    holding: str = "", perhaps: Collection[str] = (), resource: str = "",
) -> Asked:  # fmt: skip
    operation = Operation(name, params, REGION)
    return Asked(operation, about, successes, frozenset(holding.split()), frozenset(perhaps), resource)
