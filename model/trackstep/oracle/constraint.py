"""Input constraints: which documented limit a request breaks; and the JSON types of what came back.

Owns the reading of ``spec/constraints.json`` (copied from botocore's service models; a test compares).
Knows nothing of states.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from trackstep import spec

_JSON: dict[str, Any] = {
    "string": str,
    "integer": int,
    "list": list,
    "structure": dict,
    "timestamp": (int, float),
    "float": (int, float),
}
FIRST, LAST = 1e8, 1e11
"""Epoch seconds: a time outside is none in seconds, but in milliseconds or less (ET-WIRE-4)."""
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
    return (("ET-INPUT-13", False),) if "\0" in value else ()


def _broken(shape: Mapping[str, Any], value: Any) -> Iterator[Violation]:
    kind = shape["type"]
    if not isinstance(value, _JSON[kind]) or isinstance(value, bool):
        # A whole float where an integer belongs, a number in a string: parsers differ.
        yield "ET-INPUT-6", not (kind == "integer" and isinstance(value, float))
    elif kind == "string":
        if "enum" in shape and value not in shape["enum"]:
            yield "ET-INPUT-5", True
        yield from _string(shape["shape"], shape.get("min", 0), shape.get("max"), shape.get("pattern", ""), value)
    elif kind == "structure":
        members = shape["members"]
        for name in shape.get("required", ()):
            if value.get(name) is None:
                yield "ET-INPUT-1", True
        for name, inner in value.items():
            if inner is not None and name in members:
                yield from _broken(members[name], inner)
            elif name not in shape.get("required", ()):
                yield "ET-INPUT-12", False
    elif kind == "timestamp":
        if not 0 <= value < 2**31:
            yield "ET-INPUT-13", False
    elif kind in ("list", "integer"):
        size = value if kind == "integer" else len(value)
        if size < shape.get("min", size) or size > shape.get("max", size):
            yield "ET-INPUT-2", True
        if kind == "list":
            for item in value:
                yield from _broken(shape["member"], item) if item is not None else [("ET-INPUT-6", False)]


def broken(shape: Mapping[str, Any], value: Any) -> tuple[Violation, ...]:
    """Every documented limit of a shape that a value breaks."""
    return tuple(_broken(shape, value))


Fits = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return value.__class__ is str


def _compiled(shape: Mapping[str, Any], answer: bool) -> Fits:
    """A quick test whether a value is as its shape says; where it says no, the slow way finds out why.

    Of an answer only JSON types, nulls and the range of times are tested, and nothing undocumented passes.
    """
    kind = shape["type"]
    if kind == "structure":
        members = {name: _compiled(member, answer) for name, member in shape["members"].items()}
        required = () if answer else tuple(shape.get("required", ()))

        def structure(value: Any) -> bool:
            if value.__class__ is not dict:
                return False
            for name in required:
                if name not in value:
                    return False
            for name, inner in value.items():
                fits = members.get(name)
                if fits is None or ((inner.__class__ is not str) if fits is _text else not fits(inner)):
                    return False
            return True

        return structure
    if kind == "list":
        each = _compiled(shape["member"], answer)
        most = sys.maxsize if answer else shape.get("max", sys.maxsize)
        least = 0 if answer else shape.get("min", 0)
        return lambda value: value.__class__ is list and least <= len(value) <= most and all(map(each, value))
    if answer and kind == "string":
        return _text
    if answer and kind == "timestamp":
        return lambda value: value.__class__ in (float, int) and FIRST < value < LAST
    good: set[Any] = set()

    def scalar(value: Any) -> bool:
        if value.__class__ is str and value in good:
            return True
        if value is None or any(True for _ in _broken(shape, value)):
            return False
        if value.__class__ is str and len(good) < 4096:
            good.add(value)
        return True

    return scalar


@cache
def _fits(end: str) -> dict[str, Fits]:
    return {name: _compiled(ends[end], answer=end == "output") for name, ends in shapes().items()}


def violations(name: str, params: Mapping[str, Any] | None) -> tuple[Violation, ...]:
    """Every documented limit of an operation's input that the parameters break, certain ones first."""
    fits = _fits("input").get(name)
    if fits is None or (fits(params) and params is not EMPTY):
        return ()
    if params is None:
        return (("ET-INPUT-7", True),)
    if params is EMPTY and not shapes()[name]["input"].get("required"):
        return (("ET-INPUT-12", False),)
    return tuple(sorted(_broken(shapes()[name]["input"], params), key=lambda violation: not violation[1]))


def longest(operation: str, params: Mapping[str, Any]) -> frozenset[str]:
    """The members of a request that are as long as their shape lets them be, by their paths."""
    return frozenset(
        path
        for path, shape, value in _members(operation, params)
        if isinstance(value, (str, list)) and len(value) == shape.get("max")
    )


def misfits(operation: str, params: Mapping[str, Any]) -> frozenset[str]:
    """The members of a request that break a limit or are missing, by their paths; of one in another the inner."""
    found = {path for path, shape, value in _members(operation, params) if value is None or broken(shape, value)}
    return frozenset(path for path in found if not any(other != path and other.startswith(path) for other in found))


def _members(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """Each documented member of a request, and of its members, with path and shape; None where it is missing."""
    return _inner(shapes()[operation]["input"], params, "") if operation in shapes() else iter(())


def _inner(shape: Mapping[str, Any], value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    if isinstance(value, dict) and shape["type"] == "structure":
        for name, member in shape["members"].items():
            if name in value or name in shape.get("required", ()):
                yield f"{path}.{name}", member, value.get(name)
                yield from _inner(member, value.get(name), f"{path}.{name}")
    elif isinstance(value, list) and shape["type"] == "list":
        for item in value:
            yield f"{path}[]", shape["member"], item
            yield from _inner(shape["member"], item, f"{path}[]")


EMPTY: Mapping[str, Any] = {}
"""The parameters of an empty body, told apart from those of a good one by identity."""


def parsed(body: bytes) -> Mapping[str, Any] | None:
    """The parameters as the service reads them from a body; None where it is no JSON object.

    An empty body is read as no parameters: some parsers do so, others refuse it.
    """
    if not body.strip():
        return EMPTY
    try:
        params = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return params if isinstance(params, dict) else None


class Form(NamedTuple):
    """The form of an answer: members of the wrong JSON type, nulls (both as paths), and its times."""

    ill_typed: list[str]
    nulls: list[str]
    times: list[Any]


def sound(operation: str, result: Mapping[str, Any]) -> bool:
    """Whether an answer has the documented form and nothing beside it: then ``form`` need not be asked."""
    fits = _fits("output").get(operation)
    return fits is not None and fits(result)


def form(operation: str, result: Mapping[str, Any]) -> Form:
    """Hold an answer beside its documented shape. Members that are not documented may be anything but null."""
    seen = Form([], [], [])
    _look(shapes()[operation]["output"] if operation in shapes() else None, result, "", seen)
    return seen


def _look(shape: Mapping[str, Any] | None, value: Any, path: str, seen: Form) -> None:
    kind = shape["type"] if shape else ""
    if value is None:
        seen.nulls.append(path or "the answer")
    elif kind == "timestamp":
        seen.times.append(value)  # ET-WIRE-4 says what it may be
    elif kind and (not isinstance(value, _JSON[kind]) or isinstance(value, bool)):
        seen.ill_typed.append(path or "the answer")
    elif isinstance(value, dict):
        members = shape["members"] if shape else {}
        for name, inner in value.items():
            _look(members.get(name), inner, f"{path}.{name}", seen)
    elif isinstance(value, list):
        for inner in value:
            _look(shape["member"] if shape else None, inner, f"{path}[]", seen)


def cleaned(operation: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what has the wrong JSON type: read as absent, so that the rest can be judged."""
    clean = _clean(shapes()[operation]["output"], dict(result))
    return clean if isinstance(clean, dict) else {}


def _clean(shape: Mapping[str, Any] | None, value: Any) -> Any:
    if shape is None:
        return None
    if not isinstance(value, _JSON[shape["type"]]) or isinstance(value, bool):
        return None
    if isinstance(value, dict):
        kept = {name: _clean(shape["members"].get(name), inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner is not None}
    if isinstance(value, list):
        return [inner for inner in (_clean(shape["member"], item) for item in value) if inner is not None]
    return value
