"""Variants in what input is refused, and with which code."""

from __future__ import annotations

import json
from typing import Any

from .. import models, responses, validation
from ..exceptions import (
    InvalidInputException,
    PersonalizeException,
    ResourceInUseException,
    ResourceNotFoundException,
    SerializationException,
)
from ..models import PersonalizeBackend
from .input import read
from .planting import Catalogue

VARIANTS = Catalogue()
NAMES_ARN = {
    "DescribeDatasetGroup", "DeleteDatasetGroup", "CreateEventTracker", "DescribeEventTracker", "DeleteEventTracker",
    "TagResource", "UntagResource", "ListTagsForResource",
}  # fmt: skip
"""Operations that document ResourceNotFoundException."""


def _renamed(parse: Any, code: str, *words: Any) -> Any:
    try:
        return parse(*words)
    except PersonalizeException:
        raise PersonalizeException(code, "1 validation error detected.") from None


@VARIANTS(responses, "parse")
def malformed_is_a_validation_exception(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """Malformed input is answered with ValidationException."""
    return _renamed(parse, "ValidationException", service, operation, body)


@VARIANTS(responses, "parse")
def malformed_is_a_serialization_exception(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """Malformed input is answered with SerializationException."""
    return _renamed(parse, "SerializationException", service, operation, body)


@VARIANTS(responses, "parse")
def malformed_arn_is_not_found(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """An ARN that does not match the documented pattern is answered as not found, where that is documented."""
    try:
        return parse(service, operation, body)
    except InvalidInputException as refused:
        if operation in NAMES_ARN and "personalize:.*" in refused.description:
            raise ResourceNotFoundException("resource", "that") from None
        raise


@VARIANTS(responses, "parse")
def unknown_members_are_refused(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A member that the service model does not know is refused."""
    params = parse(service, operation, body)
    shape = validation.operation_model(service, operation).input_shape
    if shape is not None and (extra := read(body).keys() - shape.members.keys()):
        raise InvalidInputException(f"Unknown members: {sorted(extra)}")
    return params


@VARIANTS(responses, "parse")
def null_is_refused(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """null in place of an optional member is refused."""
    params = parse(service, operation, body)
    if None in read(body).values():
        raise SerializationException
    return params


@VARIANTS(responses, "parse")
def empty_body_is_refused(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """An empty body is not a JSON object."""
    if not body:
        raise SerializationException
    return parse(service, operation, body)


@VARIANTS(validation, "_fits")
def names_are_checked_at_their_beginning(fits: Any, shape: Any, value: str) -> Any:
    """A name with a character outside the pattern after its first is accepted."""
    return fits(shape, value[:1] if shape.name == "Name" else value)


@VARIANTS(models, "_tags")
def last_of_duplicate_tags_wins(tags: Any, given: Any) -> Any:
    """The same tag key twice in one request is taken, with the last value."""
    return tags(list({tag["tagKey"]: tag for tag in given or []}.values()))


@VARIANTS(models, "_tags")
def capital_prefix_is_accepted(tags: Any, given: Any) -> Any:
    """A tag key that starts with AWS: in other letters than small ones is accepted."""
    hidden = {f"\0{n}": tag["tagKey"] for n, tag in enumerate(given or []) if tag["tagKey"][:4] != "aws:"}
    names = {key: place for place, key in hidden.items()}
    asked = [tag | {"tagKey": names.get(tag["tagKey"], tag["tagKey"])} for tag in given or []]
    return {hidden.get(key, key): value for key, value in tags(asked).items()}


@VARIANTS(PersonalizeBackend, "untag_resource")
def absent_key_is_refused(untag: Any, self: PersonalizeBackend, arn: str, keys: list[str]) -> None:
    """UntagResource of a key that is not there is refused."""
    if any(key not in self._tagged(arn).tags for key in keys):
        raise ResourceNotFoundException("tag", arn)
    untag(arn, keys)


@VARIANTS(PersonalizeBackend, "_tagged", needs="moving")
def tags_wait_for_the_status(find: Any, self: PersonalizeBackend, arn: str) -> Any:
    """Tag operations say ResourceInUseException while the status of the resource is changing."""
    found = find(arn)
    if not found.is_settled:
        raise ResourceInUseException(f"The resource is {found.state}: {arn}")
    return found


@VARIANTS(PersonalizeBackend, "put_events")
def unknown_tracking_id_is_not_found(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents with a trackingId of nobody is answered with ResourceNotFoundException."""
    try:
        put(tracking_id)
    except InvalidInputException:
        raise ResourceNotFoundException("event tracker", tracking_id) from None


@VARIANTS(PersonalizeBackend, "put_events", needs="moving")
def events_in_any_status(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents is accepted for an event tracker that is not yet ACTIVE, or is being deleted."""
    self._purge()
    if all(tracker.tracking_id != tracking_id for tracker in self.trackers.values()):
        put(tracking_id)


@VARIANTS(responses, "_properties")
def properties_may_be_any_json(check: Any, text: Any) -> None:
    """Properties that are JSON but no object are accepted."""
    try:
        json.loads(text)
    except (ValueError, TypeError, RecursionError):
        check(text)
