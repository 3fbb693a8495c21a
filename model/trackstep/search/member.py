"""Good values of each member of each request, from what the service model says of its shape.

Owns which values a string, number, list or structure takes that is legal: absent, least, greatest, zero, each width
near a power of two, and texts that give a transformation away (transformation.py). A member that the model has and
nobody here ever heard of gets its values like all others. Knows nothing of operations, states or answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from trackstep.oracle import constraint
from trackstep.oracle.condition import TAG_LIMIT
from trackstep.search import transformation

Shape = Mapping[str, Any]
Path = tuple[str | int, ...]
"""Where a member stands in a request: names of members, and 0 for the first of a list."""


class Absent:
    """Says that a member is left out."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()
PRESENT: dict[str, Any] = {}
"""Says that a structure is there; what is in it are factors of their own."""
FLOATS = (1, 0, -1, 0.5, -0.0, 1e-7, 0.1, 3.0, 123456789.123, 1e10, -2.5)
MOMENTS = (1700000000, 1500000000, 1000000000, 1700000000.5, 1.6e9, 1262304000.001, 0, 1)
"""In seconds, all past."""
OBJECTS: tuple[Any, ...] = (
    {"a": "b"}, {}, {"a": 0}, {"a": 1.5}, {"a": -1e-7}, {"a": True}, {"a": None}, {"a": []}, {"a": {"b": {"c": "d"}}},
    {"a": [1, "2", {"b": []}]}, {"a": "", "b": "", "c": ""}, {"a b": "c"}, {"é": "日"}, {"a.b": "c"}, {"a": 2**53 + 1},
)  # fmt: skip
"""JSON objects of each kind."""


class Factor(NamedTuple):
    """A member, the values that it is given one after the other, and of these the ones to be paired with others'."""

    path: Path
    levels: tuple[Any, ...]
    paired: tuple[Any, ...]


def factors(shape: Shape, bound: frozenset[str], path: Path = ()) -> Iterator[Factor]:
    """The members of a structure, those inside others after them; ``bound``: those that somebody else fills.

    What names a thing that no run makes, a role or a key, is left out: nobody could say whether it is good.
    """
    for name, member in shape["members"].items():
        outside = member.get("pattern", "").startswith("arn:")  # whether a role or a key is there is not ours to say
        if path or not (outside or name in bound):
            yield from _factors(member, (*path, name), name in shape.get("required", ()))


def _factors(shape: Shape, path: Path, required: bool) -> Iterator[Factor]:
    away: tuple[Any, ...] = () if required else (ABSENT,)
    if shape["type"] == "structure":
        yield Factor(path, (PRESENT, *away), (PRESENT, *away))
        yield from factors(shape, frozenset(), path)
    elif shape["type"] == "list" and shape["member"]["type"] == "structure":
        sizes = _sizes(shape)
        yield Factor(path, (*away, *sizes), (*away, min(sizes), max(sizes)))
        yield from factors(shape["member"], frozenset(), (*path, 0))
    else:
        levels = values(shape)
        yield Factor(path, (*away, *levels), (*away, *extremes(shape)))


def _sizes(shape: Shape) -> tuple[int, ...]:
    """Numbers of items, one first: few, many, and about each power of two."""
    least, most = shape.get("min", 0), shape.get("max", 4)
    most = TAG_LIMIT if shape["shape"] in ("Tags", "TagKeys") else most  # a quota, below the limit of the shape
    return tuple(sorted(_steps(least, most), key=lambda size: size != 1))


def _steps(least: int, most: int) -> list[int]:
    """Both ends, their neighbours, the powers of two and of ten between them, and theirs."""
    near = [least, most, *(2**n for n in range(13)), *(10**n for n in range(4)), 25, 50, 75]
    return sorted({n + by for n in near for by in (-1, 0, 1) if least <= n + by <= most})


def values(shape: Shape) -> tuple[Any, ...]:
    """Every good value of a member that is no structure, a plain one first."""
    return _values(json.dumps(shape, sort_keys=True))


@cache
def _values(text: str) -> tuple[Any, ...]:
    shape: Shape = json.loads(text)
    kind = shape["type"]
    if kind == "integer":
        steps = _steps(shape.get("min", 0), shape.get("max", 100))
        return tuple(sorted(steps, key=lambda n: n != 10))
    if kind in ("float", "timestamp"):
        return FLOATS if kind == "float" else MOMENTS
    if kind == "list":
        return tuple(_lists(shape))
    if "enum" in shape:
        return tuple(shape["enum"])
    return tuple(_texts(shape))


def texts(shape: Shape) -> tuple[transformation.Text, ...]:
    """The texts of a string that give transformations away, with which; none where its pattern leaves no room."""
    return _revealing(json.dumps(shape, sort_keys=True))


@cache
def _revealing(text: str) -> tuple[transformation.Text, ...]:
    shape: Shape = json.loads(text)
    if shape["shape"].endswith("JSON"):
        inner = transformation.covering(lambda given: True, 0, 200)
        return tuple(one._replace(text=json.dumps({"a": one.text}, ensure_ascii=False)) for one in inner)
    return transformation.covering(lambda given: fits(shape, given), shape.get("min", 0), shape.get("max", 256))


def fits(shape: Shape, text: str) -> bool:
    """Whether a text is legal beyond doubt, also where it would be read as a reference or as a reserved tag."""
    reserved = shape["shape"] in ("TagKey", "TagValue") and text.lower().startswith("aws:")
    return not reserved and not text.startswith("$") and not constraint.broken(shape, text)


def _texts(shape: Shape) -> Iterator[str]:
    least, most = shape.get("min", 0), shape.get("max", 256)
    if shape["shape"].endswith("JSON"):
        yield from (json.dumps(value) for value in OBJECTS)
        yield from ('{"a":"\\u0041\\/"}', ' {\n"a" : "b"\t}\r\n', '{"a": "b"}'.ljust(most))
        yield from (json.dumps({"a": "x" * (size - 9)}) for size in _steps(9, most) if size > most // 4)
        yield from (one.text for one in texts(shape))
        return
    plain = "a" if fits(shape, "a") else least_of(shape.get("pattern", ""))
    made = [plain, *(one.text for one in texts(shape))]
    made += [plain.ljust(size, "x") for size in _steps(max(least, len(plain)), most)]
    yield from (text for text in dict.fromkeys(made) if fits(shape, text))


def _lists(shape: Shape) -> Iterator[list[Any]]:
    """Lists of one, of several at once, and of each size."""
    each, sizes = values(shape["member"]), _sizes(shape)
    yield from ([value] for value in each)
    yield from (list(each[start : start + 8]) for start in range(0, len(each), 8))
    for size in sizes:
        yield [f"{each[0]}{n}" if isinstance(each[0], str) else each[0] for n in range(size)]


def extremes(shape: Shape) -> tuple[Any, ...]:
    """Of the good values the plain one, the least, the greatest, and zero where there is one."""
    each = values(shape)
    if shape["type"] in ("integer", "float", "timestamp"):
        return tuple(dict.fromkeys((each[0], min(each), max(each), *(value for value in each if value == 0))))
    if "enum" in shape:
        return each
    return tuple(({str(one): one for one in (each[0], min(each, key=len), max(each, key=len))}).values())


@cache
def least_of(pattern: str) -> str:
    """A short text that a regular expression takes; "a" where it is none that Python reads."""
    try:
        parsed = re._parser.parse(pattern)  # type: ignore[attr-defined]  # no public module parses patterns
    except re.error:
        return "a"
    return "".join(_least(parsed))


def _least(parsed: Sequence[Any]) -> Iterator[str]:
    for op, of in parsed:
        name = str(op)
        if name == "LITERAL":
            yield chr(of)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            yield "".join(_least(of[2])) * max(of[0], 1 if name == "MIN_REPEAT" else of[0])
        elif name == "SUBPATTERN":
            yield from _least(of[-1])
        elif name == "BRANCH":
            yield from _least(of[1][0])
        elif name == "IN":
            yield _one_of(of)
        elif name in ("ANY", "NOT_LITERAL"):
            yield "a"


def _one_of(several: Sequence[Any]) -> str:
    kinds = {str(of) for op, of in several if str(op) == "CATEGORY"}
    ranges = [of for op, of in several if str(op) == "RANGE"]
    literals = [of for op, of in several if str(op) == "LITERAL"]
    if "CATEGORY_DIGIT" in kinds:
        return "1"
    return chr(ranges[-1][0] if ranges else literals[0]) if ranges or literals else "a"
