"""What is wrong with a request, as far as botocore's service models and the guide say so.

Read from the models themselves; shares nothing with the judge's reading of the same limits. A flaw is *hard* where a
refusal is documented, soft where the sources are silent or disagree (facts.md, sections 10, 13 and 16; "Choices").
Must never know what exists: that is the service's.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from botocore.loaders import Loader

from trackstep.operation import EVENTS, Operation

MALFORMED = (
    "InvalidInputException", "ValidationException", "SerializationException", "InvalidParameterValueException",
)  # fmt: skip
"""No shape-validation error is recorded (section 13): any of these may be the one."""
INVALID = ("InvalidInputException",)
RESERVED = {"userId", "sessionId", "eventType", "timestamp", "recommendationId", "impression"}
"""Keywords that "can't be included as a keyword for properties" (recording-events; R091)."""


class Flaw(NamedTuple):
    """One thing that is wrong: why, whether it must be refused, and with which codes."""

    why: str
    hard: bool
    codes: tuple[str, ...] = MALFORMED


Check = Callable[[Any], Iterator[Flaw]]
NUMBER = (int, float)


def _text(shape: Mapping[str, Any], name: str) -> Check:
    low, high, enum = shape.get("min"), shape.get("max"), shape.get("enum")
    pattern = None if name.startswith(("Tag", "Next")) or "pattern" not in shape else re.compile(shape["pattern"])

    def check(value: Any) -> Iterator[Flaw]:
        if not isinstance(value, str):
            yield Flaw("type", True)
        elif len(value) < (low or 0) or (high is not None and len(value) > high):
            yield Flaw("length", True)
        elif enum and value not in enum:
            yield Flaw("enumeration", True)
        elif name in ("TagKey", "TagValue"):
            yield from _tag(value, name)
        elif name == "Name":
            yield from _name(value)
        elif name == "NextToken":
            if not value.isascii():
                yield Flaw("token", True, ("InvalidNextTokenException", *MALFORMED))
        elif pattern and not pattern.match(value):
            yield Flaw("pattern", True, (*MALFORMED, "ResourceNotFoundException") if name == "Arn" else MALFORMED)

    return check


_NAME = re.compile(r"[a-zA-Z0-9\-_]*")


def _name(value: str) -> Iterator[Flaw]:
    """The pattern is anchored at its end in the CloudFormation schema only."""
    if not (value[0].isascii() and value[0].isalnum()):
        yield Flaw("name", True)
    elif not _NAME.fullmatch(value):
        yield Flaw("end of a name", False)


@cache
def _tag(value: str, name: str) -> tuple[Flaw, ...]:
    """``^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$``; "tag keys and tag values can't start with aws:"."""
    if not all(letter in "_.:/=+-@" or unicodedata.category(letter)[0] in "LZN" for letter in value):
        return (Flaw("tag", True),)
    if value.startswith("aws:") and name == "TagKey":
        return (Flaw("aws:", True),)
    return (Flaw("AWS:", False),) if value.lower().startswith("aws:") else ()


def _number(shape: Mapping[str, Any]) -> Check:
    low, high = shape.get("min"), shape.get("max")
    kind = int if shape["type"] in ("integer", "long") else NUMBER

    def check(value: Any) -> Iterator[Flaw]:
        if isinstance(value, bool) or not isinstance(value, kind):
            yield Flaw("type", True)
        elif (low is not None and value < low) or (high is not None and value > high):
            yield Flaw("range", True)

    return check


def _list(shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> Check:
    low, high = shape.get("min", 0), shape.get("max")
    member = _shape(shape["member"]["shape"], shapes)

    def check(value: Any) -> Iterator[Flaw]:
        if not isinstance(value, list):
            yield Flaw("type", True)
            return
        if len(value) < low or (high is not None and len(value) > high):
            yield Flaw("length", True)
        for each in value:
            yield from member(each)

    return check


def _structure(shape: Mapping[str, Any], shapes: Mapping[str, Any]) -> Check:
    members = {name: _shape(ref["shape"], shapes) for name, ref in shape["members"].items()}
    required = shape.get("required", ())

    def check(value: Any) -> Iterator[Flaw]:
        if not isinstance(value, dict):
            yield Flaw("type", True)
            return
        for name in required:
            if value.get(name) is None:
                yield Flaw("required", True)
        for name, each in value.items():
            if name not in members:
                yield Flaw("unknown member", False)
            elif each is not None:
                yield from members[name](each)
            elif name not in required:
                yield Flaw("null", False)

    return check


def _shape(name: str, shapes: Mapping[str, Any]) -> Check:
    shape = shapes[name]
    if shape["type"] == "structure":
        return _structure(shape, shapes)
    if shape["type"] == "list":
        return _list(shape, shapes)
    return _text(shape, name) if shape["type"] == "string" else _number(shape)


def _inputs() -> Iterator[tuple[str, Check, frozenset[str], tuple[str, ...]]]:
    for service in ("personalize", "personalize-events"):
        model = Loader().load_service_model(service, "service-2")
        for name, operation in model["operations"].items():
            shape = model["shapes"][operation["input"]["shape"]]
            required = frozenset(shape.get("required", ()))
            errors = tuple(error["shape"] for error in operation.get("errors", ()))
            yield name, _shape(operation["input"]["shape"], model["shapes"]), required, errors


CHECKS: dict[str, Check] = {}
REQUIRED: dict[str, frozenset[str]] = {}
ERRORS: dict[str, tuple[str, ...]] = {}
"""Operation -> the check of its input; its required members; the errors that it documents."""
for _operation, _check, _required, _errors in _inputs():
    CHECKS[_operation], REQUIRED[_operation], ERRORS[_operation] = _check, _required, _errors


def flaws(operation: Operation) -> list[Flaw]:
    """Everything that is wrong with a request, whatever exists."""
    if operation.body is not None:
        return [Flaw("body", bool(operation.body or REQUIRED[operation.name]))]
    params = operation.params
    found = list(CHECKS[operation.name](params))
    if params.get("roleArn") is not None and params.get("kmsKeyArn") is None:
        found.append(Flaw("role without key", True))
    if operation.name in EVENTS:
        found += _properties(params.get("eventList"))
    return found


def _properties(events: Any) -> Iterator[Flaw]:
    """Each event's properties are a string of JSON; reserved words are refused or not."""
    for event in events if isinstance(events, list) else ():
        text = event.get("properties") if isinstance(event, dict) else None
        if not isinstance(text, str):
            continue
        try:
            held = json.loads(text)
        except ValueError:
            yield Flaw("not JSON", True, INVALID)
        else:
            if not isinstance(held, dict):
                yield Flaw("JSON, no object", False, INVALID)
            elif RESERVED & held.keys():
                yield Flaw("reserved word", False, INVALID)
