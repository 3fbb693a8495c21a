"""Malformed input, made from the documented constraints: one request for each way to break one limit.

Owns the ways to spoil a request that is good (``spec/constraints.json`` says what good is). Some of what it
makes is only doubtful (an unknown member, a null): constraint.py says which. Knows nothing of states or answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from trackstep import spec, value
from trackstep.oracle import constraint
from trackstep.program import Command
from trackstep.search.member import least_of

BODIES = {
    "not JSON": '{"name":',
    "an array": "[1]",
    "an empty array": "[]",
    "deep": '{"name":' + "[" * 1500,
    "a string": '"text"',
    "null": "null",
    "empty": "",
    "half a letter": '{"name": "\\ud800"}',
}
WRONG_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (7, True, ["a"], {"a": "b"}),
    "integer": ("ten", "10", [1], True),
    "list": ("text", {"a": "b"}, 7),
    "structure": ("text", [1]),
    "timestamp": ("yesterday", "1700000000", "2023-11-14T22:13:20Z", [1], True),
    "float": ("much", "1.5", [1], True),
}
UNLIKE = {
    "Name": ("$dash", "$underscore", "$accent", "$numeral", "$spaced"),
    "Arn": ("not an arn", "arn:aws:s3:::bucket", "$A", "日"),
    "RoleArn": ("not an arn",),
    "KmsKeyArn": ("not an arn",),
    "TagKey": ("{curly}", "with\ttab"),
    "TagValue": ("{curly}", "semi;colon"),
    "NextToken": ("tøken",),
}
"""Shape -> values that its pattern does not take."""
FAR = (-1, -86400.5, 2**31, 2**33, 253402300800)
"""Moments that not every store has: before 1970, after 2038, in the year 10000."""
BITS = (31, 32, 53, 63, 64, 100)
"""Beyond so many bits integers do not go in some language or store."""
STRANGE = ("\n", "{", "\t", ";", "\0", "é", "<", "\r", "*", "\u200b", "\\", "😀", "'", '"', "|", "}")
"""Letters that some pattern does not take: those that readers of patterns get wrong, and of which escapes are made."""
NO_TOKENS = ("a", "%", "a=b", "e30", "____", "-", " ")
"""Tokens that nobody handed out, and that what reads tokens (base64, JSON, escapes) trips over."""
OBJECT = '{"a": 1, "b": [true, "c"]}'
"""Properties that are good, for one letter to be taken away."""
NO_JSON = ("no json", "{", "[1]", '"text"')
"""What is no JSON object at first sight."""
NEARLY_JSON = (
    "{a: 1}", "{'a': 'b'}", '{"a": True}', '{"a": None}', '{"a": undefined}',
    '{"a": 1,}', '{"a": [1,]}', '{"a": 01}', '{"a": .5}', '{"a": 1.}', '{"a": +1}', '{"a": 0x1}', '{"a": "b\nc"}',
    '{"a": "\\x"}', '{"a": 1} x', '{"a": 1}{"b": 2}', '{"a": 1}}', '{"a": 1 /* b */}', '{"a": 1} // b', '{"a"}',
    '{"a" = 1}', '{"a": 1; "b": 2}', "{,}", "{null}", '{"a": }', "{1: 2}", "a: 1", "a=1", "<a/>", "null", "1", " ",
)  # fmt: skip
"""No JSON objects, though some reader takes them for one: of another language, of several, of what JSON was once."""


RESERVED = 3
"""Of the words that documentation reserves, so many are tried."""


class Spoilt(NamedTuple):
    """A request that breaks one limit, and which."""

    label: str
    command: Command


def spoilt(good: Command) -> list[Spoilt]:
    """Every way to spoil a good request, in the order of its members; bodies last."""
    shape = constraint.shapes()[good.name]["input"]
    made = [Spoilt(label, good._replace(params=params)) for label, params in _structure(shape, good.params, "")]
    text = json.dumps(dict.fromkeys(good.params, 1))
    bodies = {**BODIES, "cut off": text[:-1]}
    if shape.get("required"):  # else a parser that replaces what it cannot read finds nothing wrong
        bodies["not UTF-8"] = '{"name": "\udcff"}'
    return made + [
        Spoilt(f"a body that is {what}", Command(good.name, {}, good.second, body)) for what, body in bodies.items()
    ]


Ways = Iterator[tuple[str, Any]]
"""What was done to it, and what it is then."""


def _structure(shape: Mapping[str, Any], given: Mapping[str, Any], path: str) -> Ways:
    for name in shape.get("required", ()):
        without = {key: inner for key, inner in given.items() if key != name}
        yield f"{path}{name} missing", without
        if name in given:
            yield from ((f"{path}{name} missing", {**without, other: given[name]}) for other in _spelt(name))
    fitting = {
        name: least_of(member["pattern"])
        for name, member in shape["members"].items()
        if name not in given and member.get("pattern", "").startswith("arn:")
    }  # of two that go together the other must be there, or its lack is what is refused
    for name, member in shape["members"].items():
        yield f"{path}{name} null", {**given, name: None}
        inside = given.get(name, _example(member))
        for what, wrong in _value(member, inside, f"{path}{name}"):
            yield what, {**(fitting if name in fitting else {}), **given, name: wrong}
    yield f"{path or 'a '}member unknown", {**given, "notAMember": "x"}


def _spelt(name: str) -> list[str]:
    """The name of a member as other languages spell it, or as it is read by what knows no case."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return sorted({name[:1].upper() + name[1:], name.upper(), name.lower(), snake} - {name})


def _value(shape: Mapping[str, Any], good: Any, path: str) -> Ways:
    kind = shape["type"]
    for wrong in WRONG_TYPES[kind]:
        yield f"{path} of the wrong type", wrong
    if kind == "string":
        yield from _string(shape, path)
    elif kind == "integer":
        far = (sign * 2**bits for bits in BITS for sign in (1, -1))
        yield from ((f"{path} out of range", wrong) for wrong in (shape["min"] - 1, -1, shape["max"] + 1, *far))
    elif kind == "timestamp":
        yield from ((f"{path} far away", wrong) for wrong in FAR)
    elif kind == "list":
        yield from _list(shape, good, path)
    elif kind == "structure":
        yield from _structure(shape, good if isinstance(good, dict) else {}, f"{path}.")


def _string(shape: Mapping[str, Any], path: str) -> Ways:
    if shape.get("min", 0) > 0:
        yield f"{path} too short", ""
    if "max" in shape:
        yield f"{path} too long", "$toolong" if shape["shape"] == "Name" else _long(shape)
        yield f"{path} huge", "$huge"
    if shape["shape"].endswith("JSON"):
        yield from ((f"{path} not JSON", wrong) for wrong in NO_JSON)
        reserved = sorted(spec.reserved()["properties"])
        yield from ((f"{path} with a reserved word", json.dumps({word: "x"})) for word in reserved[:RESERVED])
    if shape["shape"] == "TagKey":
        yield from ((f"{path} with a reserved word", wrong) for wrong in ("aws:", "aws:a", "AWS:a"))
    if "enum" in shape:
        yield from ((f"{path} of no enumeration", wrong) for wrong in ("NO_SUCH_VALUE", "", shape["enum"][0].lower()))
    if "pattern" not in shape and "enum" not in shape and not shape["shape"].endswith("JSON"):
        yield f"{path} with a zero character", "a\0b"
    yield from ((f"{path} unlike its pattern", wrong) for wrong in UNLIKE.get(shape["shape"], ()))


def _long(shape: Mapping[str, Any]) -> str:
    start = "arn:aws:personalize:us-east-1:123456789012:dataset-group/" if shape["shape"] == "Arn" else ""
    return start.ljust(shape["max"] + 1, "x")


def _list(shape: Mapping[str, Any], good: Any, path: str) -> Ways:
    if shape.get("min", 0) > 0:
        yield f"{path} too short", []
    over = {"tags": "$twohundredone", "tagKeys": "$manykeys", "eventList": "$eleven"}.get(path)
    if over:
        yield f"{path} too long", over
    one = good[0] if isinstance(good, list) and good else _example(shape["member"])
    for what, wrong in _value(shape["member"], one, f"{path}[]"):
        yield what, [_beside(one), wrong]  # second: who looks at the first only would miss it
    yield f"{path}[] null", [None]


def _beside(item: Any) -> Any:
    """An item that may stand beside this one: tags have keys of their own."""
    return {**item, "tagKey": "beside"} if isinstance(item, dict) and "tagKey" in item else item


def _example(shape: Mapping[str, Any]) -> Any:
    """A value that is good enough to be spoilt."""
    if shape["type"] == "structure":
        return {name: _example(shape["members"][name]) for name in shape.get("required", ())}
    return {"string": "a", "integer": 1, "list": [], "timestamp": value.EVENT["sentAt"], "float": 1.0}[shape["type"]]


def nearly(good: Command) -> Iterator[Command]:
    """The request with each of its texts but for one letter good, and with each that some reader takes for JSON.

    Where all may be left out, so with the whole body: nothing but that can be what is refused.
    """
    shape = constraint.shapes()[good.name]["input"]
    yield from (good._replace(params=params) for params in _nearly_structure(shape, good.params))
    if not shape.get("required"):
        number = next(name for name, member in shape["members"].items() if member["type"] == "integer")
        for text in (*NEARLY_JSON, *_torn(OBJECT)):
            if text.strip() and not _begins_well(text):
                yield good._replace(params={}, body=text.replace('"a"', f'"{number}"', 1))


def _begins_well(text: str) -> bool:
    """Whether a text begins with a JSON object: what reads one value from a stream never sees what is behind it."""
    try:
        return isinstance(json.JSONDecoder().raw_decode(text)[0], dict)
    except ValueError:
        return False


def _nearly_structure(shape: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name, member in shape["members"].items():
        for wrong in _nearly(member, given.get(name, _example(member))):
            yield {**given, name: wrong}


def _nearly(shape: Mapping[str, Any], good: Any) -> Iterator[Any]:
    if shape["type"] == "structure":
        yield from _nearly_structure(shape, good if isinstance(good, dict) else {})
    elif shape["type"] == "list":
        one = good[0] if isinstance(good, list) and good else _example(shape["member"])
        yield from ([_beside(one), wrong] for wrong in _nearly(shape["member"], one))
    elif shape["type"] == "string" and shape["shape"].endswith("JSON"):
        yield from (*NEARLY_JSON, *_torn(OBJECT))
    elif shape["type"] == "string" and "enum" not in shape and not shape["shape"].endswith(("Arn", "Name")):
        yield from _but_for_a_letter(shape)


def _torn(text: str) -> Iterator[str]:
    """What is no JSON any more where one letter of the text is missing."""
    for place in range(len(text)):
        torn = text[:place] + text[place + 1 :]
        try:
            json.loads(torn)
        except ValueError:
            yield torn


def _but_for_a_letter(shape: Mapping[str, Any]) -> Iterator[str]:
    """A good text but for one letter, at its end, its beginning or between; where a pattern is of single letters."""
    if shape["shape"] == "NextToken":
        yield from NO_TOKENS
    for number, sign in enumerate(STRANGE):
        for text in (f"a{sign}", *((f"{sign}a", f"a{sign}a")[number % 2 :][:1])):
            if any(firm for _, firm in constraint.broken(shape, text)):
                yield text
