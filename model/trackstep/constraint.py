"""Input constraints: which documented limit a request breaks, and the JSON type of what came back.

Owns the reading of ``spec/constraints.json`` (copied from botocore's service models; a test compares).
Knows nothing of states.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from trackstep import spec
from trackstep.operation import Operation

_JSON = {
    "string": str,
    "integer": int,
    "list": list,
    "structure": dict,
    "timestamp": (int, float),
    "float": (int, float),
}
_TAG_EXTRA = frozenset("_.:/=+-@")

Violation = tuple[str, bool]
"""The clause that names the limit, and whether a refusal is certain (else the sources leave it open)."""


@cache
def shapes() -> dict[str, Any]:
    """Operation name -> its ``input`` and ``output`` shapes."""
    loaded: dict[str, Any] = json.loads((spec.root() / "constraints.json").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=8192)
def _string(shape: str, minimum: int, maximum: int | None, pattern: str, value: str) -> tuple[Violation, ...]:
    if len(value) < minimum or (maximum is not None and len(value) > maximum):
        return (("ET-INPUT-2", True),)
    if shape == "Name":
        if not re.match(r"[a-zA-Z0-9]", value):
            return (("ET-INPUT-3", True),)
        return () if re.fullmatch(r"[a-zA-Z0-9\-_]*", value) else (("ET-INPUT-8", False),)
    if shape in ("TagKey", "TagValue"):
        fits = all(c in _TAG_EXTRA or unicodedata.category(c)[0] in "LNZ" for c in value)
        return () if fits else (("ET-INPUT-11", True),)
    if shape == "NextToken":
        return () if value.isascii() else (("ET-INPUT-2", True),)
    if pattern and not re.search(f"^(?:{pattern})", value):
        return (("ET-INPUT-4", True),)
    return ()


def _walk(shape: Mapping[str, Any], value: Any) -> Iterator[Violation]:
    kind = shape["type"]
    expected = _JSON[kind]
    if not isinstance(value, expected) or isinstance(value, bool):  # type: ignore[arg-type]  # a table of types
        # A whole float where an integer belongs, a number in a string: parsers differ.
        yield "ET-INPUT-6", not (kind == "integer" and isinstance(value, float))
    elif kind == "string":
        if "enum" in shape and value not in shape["enum"]:
            yield "ET-INPUT-5", True
        yield from _string(shape["shape"], shape.get("min", 0), shape.get("max"), shape.get("pattern", ""), value)
    elif kind == "structure":
        for name in shape.get("required", ()):
            if value.get(name) is None:
                yield "ET-INPUT-1", True
        for name, member in shape["members"].items():
            if value.get(name) is not None:
                yield from _walk(member, value[name])
    elif kind in ("list", "integer"):
        size = value if kind == "integer" else len(value)
        if size < shape.get("min", size) or size > shape.get("max", size):
            yield "ET-INPUT-2", True
        if kind == "list":
            for item in value:
                yield from _walk(shape["member"], item) if item is not None else [("ET-INPUT-6", False)]


def violations(operation: Operation) -> tuple[Violation, ...]:
    """Every documented limit of the operation's input that the request breaks, certain ones first."""
    if operation.name not in shapes():
        return ()
    params = request(operation)
    if params is None:
        return (("ET-INPUT-7", True),)
    if not params and "required" not in shapes()[operation.name]["input"]:
        return ()
    return tuple(sorted(_walk(shapes()[operation.name]["input"], params), key=lambda found: not found[1]))


def request(operation: Operation) -> Mapping[str, Any] | None:
    """The parameters as the service reads them; None where the body is no JSON object."""
    if operation.body is None:
        return operation.params
    try:
        parsed = json.loads(operation.body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def ill_typed(operation: str, result: Mapping[str, Any]) -> str:
    """The first member of an answer whose JSON type is not the documented one; empty if none is."""
    shape = shapes().get(operation)
    return "" if shape is None else _ill_typed(shape["output"], result, "")


def _ill_typed(shape: Mapping[str, Any], value: Any, path: str) -> str:
    kind = shape["type"]
    if kind == "timestamp":
        return ""  # ET-WIRE-4 says so
    if not isinstance(value, _JSON[kind]) or isinstance(value, bool):  # type: ignore[arg-type]  # a table of types
        return path or "the answer"
    if kind == "structure":
        for name, member in shape["members"].items():
            if (inner := value.get(name)) is not None and (found := _ill_typed(member, inner, f"{path}.{name}")):
                return found
    elif kind == "list":
        for item in value:
            if found := _ill_typed(shape["member"], item, f"{path}[]"):
                return found
    return ""
