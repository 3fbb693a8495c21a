"""What the sources allow is not held against a target: variants of the emulator that conform too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from moto.moto_api._internal import mock_random

from tests.conftest import Check
from trackstep.emulator import exceptions, models
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend
from trackstep.outcome import Wire
from trackstep.targets import boto

Patch = pytest.MonkeyPatch
EARLY = {"CREATE PENDING": "ACTIVE", "CREATE IN_PROGRESS": "ACTIVE"}
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def answers(patch: Patch, error: Answer | None = None, success: Answer | None = None, raw: Any = None) -> None:
    """Change answers on their way back."""
    read = boto.read

    def changed(operation: Any, wire: Any) -> Any:
        body = wire.body
        if body:
            change = success if wire.status == 200 else error
            body = json.dumps(change(json.loads(body))).encode() if change else body
            body = raw(body) if raw else body
        return read(operation, Wire(wire.status, wire.headers, body))

    patch.setattr(boto, "read", changed)


def opaque_arns(patch: Patch) -> None:
    """A new ARN for each incarnation, that says nothing of the group."""
    create = PersonalizeBackend.create_event_tracker

    def variant(self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> EventTracker:
        made = create(self, name, group_arn, tags)
        del self.trackers[made.arn]
        made.arn = self._arn(f"event-tracker/{mock_random.uuid4()}")
        if any(t.group_arn == group_arn for t in self.trackers.values()):
            raise exceptions.ResourceAlreadyExistsException(group_arn)
        self.trackers[made.arn] = made
        return made

    patch.setattr(PersonalizeBackend, "create_event_tracker", variant)


def reversed_lists(patch: Patch) -> None:
    """Lists in another order, page by page."""
    page = PersonalizeBackend._page

    def variant(held: list[Any], what: str, limit: int | None, token: str | None) -> Any:
        items, more = page(held, what, limit, token)
        return items[::-1], more

    patch.setattr(PersonalizeBackend, "_page", staticmethod(variant))


def small_default_pages(patch: Patch) -> None:
    """Two items a page where nothing was asked."""
    patch.setattr(models, "DEFAULT_PAGE", 2)


def other_spelling_of_errors(patch: Patch) -> None:
    """A namespace before the code, ``Message`` for ``message``, ValidationException for malformed input."""

    def change(body: dict[str, Any]) -> dict[str, Any]:
        code = body["__type"].replace("InvalidInputException", "ValidationException")
        return {"__type": f"com.amazonaws.personalize#{code}", "Message": body.get("message", "")}

    answers(patch, error=change)


def members_beside(patch: Patch) -> None:
    """Members that botocore does not know yet."""

    def change(body: dict[str, Any]) -> dict[str, Any]:
        inner = {k: v | {"newMember": {"a": [1]}} if isinstance(v, dict) else v for k, v in body.items()}
        return inner | {"newMember": "x"}

    answers(patch, success=change)


def plain_numbers(patch: Patch) -> None:
    """Timestamps as JSON numbers without an exponent, or whole seconds."""
    answers(patch, raw=lambda body: re.sub(rb"(\d)\.(\d{3})\d*E9", rb"\1\g<2>000000", body))


def deleting_said_otherwise(patch: Patch) -> None:
    """A dataset group that is DELETE IN_PROGRESS, as sister resources say."""
    to_dict = DatasetGroup.to_dict

    def variant(self: DatasetGroup, full: bool = True) -> dict[str, Any]:
        body = to_dict(self, full)
        return body | {"status": body["status"].replace("DELETE PENDING", "DELETE IN_PROGRESS")}

    patch.setattr(DatasetGroup, "to_dict", variant)


def group_need_not_be_active(patch: Patch) -> None:
    """A tracker is accepted in a group that is still being created: the sources leave it open."""
    patch.setattr(DatasetGroup, "state", property(lambda self: EARLY.get(self._status, self._status)))
    patch.setattr(DatasetGroup, "to_dict", _with_status(DatasetGroup.to_dict))


def _with_status(to_dict: Any) -> Any:
    def variant(self: Any, full: bool = True) -> dict[str, Any]:
        return {**to_dict(self, full), "status": self._status}

    return variant


def delete_while_pending(patch: Patch) -> None:
    """A Delete is accepted in any status."""

    def variant(self: PersonalizeBackend, arn: str) -> None:
        tracker = self._tracker(arn)
        if not tracker.state.startswith("DELETE"):
            tracker.start_deleting()

    patch.setattr(PersonalizeBackend, "delete_event_tracker", variant)


def strict_about_tags(patch: Patch) -> None:
    """An absent key is refused by UntagResource."""
    untag = PersonalizeBackend.untag_resource

    def variant(self: PersonalizeBackend, arn: str, keys: list[str]) -> None:
        if any(key not in self._tagged(arn).tags for key in keys):
            raise exceptions.ResourceNotFoundException("tag", arn)
        untag(self, arn, keys)

    patch.setattr(PersonalizeBackend, "untag_resource", variant)


VARIANTS = [
    opaque_arns, reversed_lists, small_default_pages, other_spelling_of_errors, members_beside, plain_numbers,
    deleting_said_otherwise, group_need_not_be_active, delete_while_pending, strict_about_tags,
]  # fmt: skip


MOVING = [opaque_arns, deleting_said_otherwise, group_need_not_be_active, delete_while_pending]
CASES = [(variant, "immediate") for variant in VARIANTS] + [(variant, "manual") for variant in MOVING]


@pytest.mark.parametrize(("variant", "progression"), CASES, ids=lambda v: str(getattr(v, "__name__", v)))
def test_variant_conforms(variant: Callable[[Patch], None], progression: str, check: Check, monkeypatch: Patch) -> None:
    """No MUST and no SHOULD clause deviates."""
    variant(monkeypatch)
    report = check(progression, max_calls=1200)
    assert [(d["clause"], d["operation"], d["expected"], d["actual"]) for d in report["deviations"]] == []
    assert report["exit_code"] == 0
