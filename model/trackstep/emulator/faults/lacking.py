"""Variants that lack an operation: what is not offered is told, and what is offered is judged all the same."""

from __future__ import annotations

from typing import Any

from ..responses import JSON_1_1, OPERATIONS, UNKNOWN, PersonalizeEventsResponse, PersonalizeResponse
from .planting import Catalogue, Wrong

VARIANTS = Catalogue()
NEEDED = ("CreateDatasetGroup", "CreateEventTracker", "DescribeEventTracker", "DeleteEventTracker")
"""Without one of these there is nothing to judge."""


def without(operation: str) -> Wrong:
    """The emulator without this operation, and its name as that of a variant."""

    def lacking(answer: Any, self: Any) -> Any:
        if operation != "PutEvents" and self._get_action() != operation:
            return answer()
        return 400, {"content-type": JSON_1_1}, UNKNOWN

    lacking.__name__ = f"without_{operation}"
    lacking.__doc__ = f"{operation} is not offered."
    return lacking


for _operation in sorted({*OPERATIONS, "PutEvents"} - {*NEEDED}):
    _of = PersonalizeEventsResponse if _operation == "PutEvents" else PersonalizeResponse
    VARIANTS(_of, "call_action")(without(_operation))
