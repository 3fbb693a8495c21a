"""The requests of the formal half as calls: each with every success that could be claimed for it, right or wrong.

Owns how ``g1`` and ``t1`` look on the wire. Knows nothing of what is right, and nothing of TLA+.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from trackstep.formal.graph import Size
from trackstep.operation import Operation
from trackstep.oracle.lifecycle import observer

REGION, ACCOUNT = "us-east-1", "123456789012"
_TIMES = {"creationDateTime": 1.7e9, "lastUpdatedDateTime": 1.7e9}

Successes = dict[tuple[str, ...], Mapping[str, Any]]
"""What each success of a request shows, as a graph words it -> the result on the wire."""


class Request(NamedTuple):
    """A call, what it is about, and the successes that could be claimed for it."""

    operation: Operation
    about: str
    successes: Successes


def group_arn(group: str) -> str:
    """The ARN of a dataset group (ET-ID-8)."""
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-group/{group}"


def tracker_arn(group: str) -> str:
    """The ARN of whichever event tracker stands in a dataset group (ET-ID-6)."""
    law = hashlib.md5(group_arn(group).encode(), usedforsecurity=False).hexdigest()[:8]
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:event-tracker/{law}"


def tracking_id(tracker: str) -> str:
    """The tracking ID of an event tracker (ET-ID-7)."""
    return f"11111111-0000-4000-8000-{int(tracker[1:]):012d}"


def tracker_of(tracking: str) -> str:
    """The event tracker that has this tracking ID: the way back from ``tracking_id``."""
    return f"t{int(tracking.rpartition('-')[2])}"


def requests(size: Size) -> Iterator[Request]:
    """Every request about these dataset groups and tracking IDs."""
    for g in size.group_names:
        yield from _about_group(g)
        yield from _about_tracker(g, size.tracker_names)
    for t in size.tracker_names:
        put = {"trackingId": tracking_id(t), "sessionId": "s", "eventList": [{"eventType": "e", "sentAt": 1.7e9}]}
        yield _request("PutEvents", t, put, {(): {}})


def _request(name: str, about: str, params: Mapping[str, Any], successes: Successes) -> Request:
    return Request(Operation(name, params, REGION), about, successes)


def _about_group(g: str) -> Iterator[Request]:
    arn = {"datasetGroupArn": group_arn(g)}
    described: Successes = {
        (f"{g} {status}",): {"datasetGroup": _TIMES | arn | {"name": g, "status": status, "failureReason": "some"}}
        for status in observer("dataset_group").table.statuses
    }
    yield _request("CreateDatasetGroup", g, {"name": g}, {(): arn})
    yield _request("DescribeDatasetGroup", g, arn, described)
    yield _request("DeleteDatasetGroup", g, arn, {(): {}})


def _about_tracker(g: str, trackers: list[str]) -> Iterator[Request]:
    group, arn = {"datasetGroupArn": group_arn(g)}, {"eventTrackerArn": tracker_arn(g)}
    ids = {t: {"trackingId": tracking_id(t)} for t in trackers}
    summaries = {s: _TIMES | arn | {"name": "n", "status": s} for s in observer("event_tracker").table.statuses}
    more = group | {"accountId": ACCOUNT}
    created: Successes = {(t,): arn | its for t, its in ids.items()}
    described: Successes = {
        (f"{t} {status}",): {"eventTracker": summary | more | its}
        for t, its in ids.items()
        for status, summary in summaries.items()
    }
    listed: Successes = {(f"{g} {status}",): {"eventTrackers": [summary]} for status, summary in summaries.items()}
    yield _request("CreateEventTracker", g, group | {"name": "n"}, created)
    yield _request("DescribeEventTracker", g, arn, described)
    yield _request("ListEventTrackers", g, group, {(): {"eventTrackers": []}, **listed})
    yield _request("DeleteEventTracker", g, arn, {(): {}})
