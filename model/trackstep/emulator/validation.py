"""Input against botocore's own service model: required members, JSON types, lengths, patterns."""

import json
import re
import unicodedata
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from .exceptions import InvalidInputException, SerializationException


@cache
def operation_model(service: str, operation: str) -> OperationModel:
    """The modelled operation."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service).operation_model(operation)


@cache
def member_of_list(operation: str) -> str:
    """The member of a List's answer that holds the items; empty for what is no operation of the control plane."""
    model = ServiceModel(Loader().load_service_model("personalize", "service-2"), "personalize")
    if operation not in model.operation_names:
        return ""
    answer: Any = model.operation_model(operation).output_shape
    return next((name for name, shape in answer.members.items() if shape.type_name == "list"), "")


def parse(service: str, operation: str, body: bytes) -> dict[str, Any]:
    """The members of a request; explicit nulls are absent. Raises the service's errors."""
    try:
        params = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise SerializationException from None
    if not isinstance(params, dict):
        raise SerializationException
    shape = operation_model(service, operation).input_shape
    if shape is not None:
        _check(shape, params, "input")
    return {name: value for name, value in params.items() if value is not None}


def _fail(path: str, rule: str) -> None:
    raise InvalidInputException(
        f"1 validation error detected: Value at '{path}' failed to satisfy constraint: Member must {rule}"
    )


def _check(shape: Any, value: Any, path: str) -> None:
    kind = shape.type_name
    allowed = {"string": str, "list": list, "structure": dict, "integer": int}.get(kind, (int, float))
    if not isinstance(value, allowed) or isinstance(value, bool):
        _fail(path, f"be a {kind}")
    limits = shape.metadata
    if kind == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                _fail(name, "not be null")
        for name, member in shape.members.items():
            if value.get(name) is not None:
                _check(member, value[name], name)
    elif kind == "list":
        _size(len(value), limits, path)
        for number, item in enumerate(value, 1):
            _check(shape.member, item, f"{path}.{number}.member")
    elif kind == "integer":
        _size(value, limits, path)
    elif kind == "string":
        _size(len(value), limits, path)
        if "enum" in limits and value not in limits["enum"]:
            _fail(path, f"satisfy enum value set: {limits['enum']}")
        if "pattern" in _raw(shape) and not _fits(shape, value):
            _fail(path, f"satisfy regular expression pattern: {_raw(shape)['pattern']}")


def _raw(shape: Shape) -> Any:
    return shape._shape_model  # type: ignore[attr-defined]  # botocore keeps `pattern` nowhere else


def _size(size: int, limits: Any, path: str) -> None:
    if size < limits.get("min", size) or size > limits.get("max", size):
        _fail(path, f"have a length or value between {limits.get('min', 0)} and {limits.get('max')}")


def _fits(shape: Shape, value: str) -> bool:
    if shape.name in ("TagKey", "TagValue"):
        return all(c in "_.:/=+-@" or unicodedata.category(c)[0] in "LZN" for c in value)
    if shape.name == "NextToken":
        return value.isascii()
    pattern = _raw(shape)["pattern"]
    return re.fullmatch(pattern, value) is not None if shape.name == "Name" else re.match(pattern, value) is not None
