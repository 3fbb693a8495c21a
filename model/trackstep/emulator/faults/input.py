"""Faults of input validation."""

from __future__ import annotations

import json
from typing import Any

from .. import responses, validation
from ..responses import Answer, PersonalizeResponse
from .planting import Catalogue

FAULTS = Catalogue()
BROKEN = '{"__type":"InternalFailure","message":"Internal server error"}'


def read(body: bytes) -> dict[str, Any]:
    """The members of a body; none where it is no JSON object."""
    try:
        params = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return params if isinstance(params, dict) else {}


@FAULTS(responses, "parse", "ET-INPUT-1")
def missing_name_is_made_up(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """CreateEventTracker without a name calls the event tracker "default"."""
    params = read(body)
    if operation == "CreateEventTracker" and params and params.get("name") is None:
        body = json.dumps(params | {"name": "default"}).encode()
    return parse(service, operation, body)


@FAULTS(responses, "parse", "ET-INPUT-1", behind="a member of a member")
def missing_value_is_empty(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A tag without tagValue is taken for one with an empty value."""
    params = read(body)
    if isinstance(params.get("tags"), list):
        tags = [{"tagValue": ""} | tag if isinstance(tag, dict) else tag for tag in params["tags"]]
        body = json.dumps(params | {"tags": tags}).encode()
    return parse(service, operation, body)


@FAULTS(validation, "_check", "ET-INPUT-2", behind="a name of 64 characters")
def sixty_four_characters_are_enough(check: Any, shape: Any, value: Any, path: str) -> None:
    """A name of 64 characters is accepted."""
    check(shape, value[:63] if path == "name" and isinstance(value, str) and len(value) == 64 else value, path)


@FAULTS(validation, "_size", "ET-INPUT-2")
def zero_is_taken_for_unset(check: Any, size: int, limits: Any, path: str) -> None:
    """maxResults=0 is taken for no maxResults."""
    if path != "maxResults" or size:
        check(size, limits, path)


@FAULTS(validation, "_size", "ET-INPUT-2")
def page_size_has_no_upper_limit(check: Any, size: int, limits: Any, path: str) -> None:
    """maxResults of more than 100 is accepted."""
    check(min(size, 100) if path == "maxResults" else size, limits, path)


@FAULTS(validation, "_size", "ET-INPUT-2", behind="eleven events")
def eleven_events_are_accepted(check: Any, size: int, limits: Any, path: str) -> None:
    """PutEvents accepts eleven events."""
    check(10 if path == "eventList" and size == 11 else size, limits, path)


@FAULTS(validation, "_fits", "ET-INPUT-3")
def names_begin_as_they_like(fits: Any, shape: Any, value: str) -> Any:
    """A name that begins with a dash is accepted."""
    return shape.name == "Name" or fits(shape, value)


@FAULTS(validation, "_fits", "ET-INPUT-3", behind="a name that begins with an underscore")
def names_are_words(fits: Any, shape: Any, value: str) -> Any:
    """A name that begins with an underscore is accepted, one that begins with a dash is not."""
    return fits(shape, value.lstrip("_")) if shape.name == "Name" else fits(shape, value)


@FAULTS(validation, "_fits", "ET-INPUT-4")
def arns_are_not_looked_at(fits: Any, shape: Any, value: str) -> Any:
    """The pattern of ARNs is not checked: ListEventTrackers filtered by one that is none is empty."""
    return shape.name == "Arn" or fits(shape, value)


@FAULTS(validation, "_check", "ET-INPUT-5")
def any_domain_is_accepted(check: Any, shape: Any, value: Any, path: str) -> None:
    """CreateDatasetGroup accepts a domain that is not one of the two."""
    if path != "domain":
        check(shape, value, path)


@FAULTS(validation, "_check", "ET-INPUT-5", behind="a domain in lower case")
def domain_in_lower_case_is_accepted(check: Any, shape: Any, value: Any, path: str) -> None:
    """CreateDatasetGroup accepts a domain in lower case."""
    check(shape, value.upper() if path == "domain" and isinstance(value, str) else value, path)


@FAULTS(responses, "parse", "ET-INPUT-6")
def numbers_are_names(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A number is accepted as a name."""
    params = read(body)
    if isinstance(params.get("name"), int):
        body = json.dumps(params | {"name": str(params["name"])}).encode()
    return parse(service, operation, body)


@FAULTS(responses, "parse", "ET-INPUT-6", behind="a number in a string")
def page_size_in_a_string(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """maxResults is accepted as a string of digits."""
    params = read(body)
    if isinstance(params.get("maxResults"), str) and params["maxResults"].isdigit():
        body = json.dumps(params | {"maxResults": int(params["maxResults"])}).encode()
    return parse(service, operation, body)


@FAULTS(responses, "parse", "ET-INPUT-7")
def any_json_is_an_object(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A body that is a JSON array is read as a request without members."""
    return parse(service, operation, b"{}" if body.strip().startswith(b"[") else body)


@FAULTS(responses, "parse", "ET-INPUT-7", behind="a body that breaks off")
def broken_json_is_no_request(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A body that is not JSON is read as a request without members."""
    try:
        json.loads(body or b"{}")
    except ValueError:
        body = b"{}"
    return parse(service, operation, body)


@FAULTS(validation, "_size", "ET-INPUT-9", behind="a name of 63 characters")
def names_are_shorter_than_63(check: Any, size: int, limits: Any, path: str) -> None:
    """A name of 63 characters is refused."""
    check(64 if path == "name" and size == 63 else size, limits, path)


@FAULTS(validation, "_size", "ET-INPUT-9", behind="a name of a single character")
def names_are_longer_than_one(check: Any, size: int, limits: Any, path: str) -> None:
    """A name of a single character is refused."""
    check(0 if path == "name" and size == 1 else size, limits, path)


@FAULTS(PersonalizeResponse, "call_action", "ET-INPUT-10")
def missing_arn_is_a_crash(answer: Any, self: PersonalizeResponse) -> Answer:
    """DescribeEventTracker without eventTrackerArn is a KeyError, and the answer a 500."""
    if self._get_action() == "DescribeEventTracker" and "eventTrackerArn" not in read(self.body):
        return 500, {"content-type": "text/html"}, "<h1>Internal Server Error</h1>"
    return answer()  # type: ignore[no-any-return]  # the original


@FAULTS(PersonalizeResponse, "call_action", "ET-INPUT-10", behind="a list in place of a string")
def unhashable_arn_is_a_crash(answer: Any, self: PersonalizeResponse) -> Answer:
    """An ARN that is a list or an object is a TypeError, and the answer a 500."""
    arns = (value for member, value in read(self.body).items() if member.endswith("Arn"))
    if any(isinstance(value, (list, dict)) for value in arns):
        return 500, {"content-type": "application/x-amz-json-1.1"}, BROKEN
    return answer()  # type: ignore[no-any-return]  # the original


@FAULTS(validation, "_fits", "ET-INPUT-11", behind="a character outside the pattern in a tag value")
def tag_values_are_not_looked_at(fits: Any, shape: Any, value: str) -> Any:
    """The pattern of tags is checked for keys, not for values."""
    return shape.name == "TagValue" or fits(shape, value)


@FAULTS(validation, "_fits", "ET-INPUT-11")
def tags_are_printable(fits: Any, shape: Any, value: str) -> Any:
    """Any printable character is accepted in a tag."""
    return value.isprintable() if shape.name in ("TagKey", "TagValue") else fits(shape, value)
