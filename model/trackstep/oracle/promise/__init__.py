"""Promises: what an answer that says "done" must hold, and how the world goes on from it.

One function an operation: (case, result, notes) -> world. What contradicts the model is noted and
then adopted, for that fact only. Knows nothing of refusals (guard.py) or of HTTP (wire.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trackstep.oracle.case import Case
from trackstep.oracle.notes import Notes
from trackstep.oracle.promise import describing, listing, tagging, writing
from trackstep.oracle.world import World

Promise = Callable[[Case, Mapping[str, Any], Notes], World]

PROMISES: dict[str, Promise] = {
    "CreateDatasetGroup": writing.create_dataset_group,
    "DescribeDatasetGroup": describing.describe_dataset_group,
    "ListDatasetGroups": listing.list_dataset_groups,
    "DeleteDatasetGroup": writing.delete,
    "CreateEventTracker": writing.create_event_tracker,
    "DescribeEventTracker": describing.describe_event_tracker,
    "ListEventTrackers": listing.list_event_trackers,
    "DeleteEventTracker": writing.delete,
    "TagResource": tagging.tag_resource,
    "UntagResource": tagging.untag_resource,
    "ListTagsForResource": tagging.list_tags_for_resource,
    "PutEvents": writing.put_events,
}
