"""The alphabet: an operation as it is sent to a target.

Owns the form of a request. Knows nothing of targets, of the model, or of what an answer means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CONTROL_PLANE = (
    "CreateDatasetGroup",
    "DescribeDatasetGroup",
    "ListDatasetGroups",
    "DeleteDatasetGroup",
    "CreateEventTracker",
    "DescribeEventTracker",
    "ListEventTrackers",
    "DeleteEventTracker",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
)
"""Operations of ``personalize`` (awsJson1.1) that the specification covers."""

EVENTS = ("PutEvents",)
"""Operations of ``personalize-events`` (rest-json) that the specification covers."""

COVERED = dict.fromkeys(CONTROL_PLANE + EVENTS).keys()
"""Both, in this order, with a quick ``in``."""
BESIDE = ("CreateSchema", "CreateDataset", "DescribeDataset", "DeleteDataset", "DeleteSchema")
"""Operations that are not covered, and by which a run prepares what a tracker needs (search/preparation.py)."""
CORE = ("CreateDatasetGroup", "CreateEventTracker", "DescribeEventTracker", "DeleteEventTracker")
"""Without these there is nothing to judge: a target that lacks one gets exit code 3."""

_SPELT = re.compile(r"([A-Z][a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: an operation's name as AWS spells it, its parameters as they go on the wire.

    ``body``, when given, is sent in place of the serialised ``params``: malformed input goes past
    the SDK's own validation this way. ``name`` need not be covered: an unknown operation is an
    operation too.
    """

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)
    region: str = "us-east-1"
    body: bytes | None = None

    @property
    def is_spelt(self) -> bool:
        """Whether the name is written as the service models write names; one that is not is no operation's, ever."""
        return _SPELT.fullmatch(self.name) is not None

    @property
    def method(self) -> str:
        """The name as boto3 spells it: ``create_event_tracker``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.name).lower()

    @property
    def service(self) -> str:
        """The boto3 service that offers it: ``personalize`` or ``personalize-events``."""
        return "personalize-events" if self.name in EVENTS else "personalize"
