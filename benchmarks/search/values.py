"""What every driver draws from: one table of values, so that none has a value that another lacks.

Owns the pools, the malformed and odd input, and how one choice becomes commands. The fast-check driver is sent
this table as JSON. Holds no expectation of what an answer should be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackstep.program import SETTLE, WALK, Command

SLOTS = ["A"] * 4 + ["B"] * 4 + ["fail"]
"""Dataset groups; ``fail`` names one whose creation fails, by the convention of docs/targets.md."""
NAMES = ["$t1", "$t1", "$t2", "$t2", "$long", "$fail", "Camel-1"]
SECOND = [False, False, False, True]
ACROSS = [False] * 15 + [True]
"""Whether a request to the first region names the resource of the second."""
SIZES = [None, 1, 2, 100]
DOMAINS = [None, None, None, None, "ECOMMERCE", "VIDEO_ON_DEMAND"]
PARTS = ["arn", "tracker"]
IDS = ["id", "id", "old"]
LETTERS = list("abcABZ019 _.:/=+-@éß日")
KEYS = ["a", "k", "K", "Grün 日本"]
"""Half of all tag keys are one of these, so that a key meets itself again; the others are free text."""
TEXT_LENGTH = 12
STEPS = 50
"""Steps of a session (Hypothesis: its default ``stateful_step_count``; fast-check: ``maxCommands``)."""
ODD_ONE_IN = 8
"""One request in so many is malformed, at a limit, or about somebody else's resource."""

_EVENT: dict[str, Any] = {"eventType": "click", "itemId": "item-1", "sentAt": 1700000000}
EVENTS: list[list[dict[str, Any]]] = [
    [_EVENT],
    [_EVENT | {"properties": '{"a": "b"}'}],
    [{"eventType": "click", "sentAt": 1500000000}],
    [_EVENT, _EVENT | {"properties": '{"é": "日"}'}],
]

FIELDS: dict[str, tuple[str, ...]] = {
    "CreateDatasetGroup": ("slot", "second", "tags", "domain", "settled"),
    "DescribeDatasetGroup": ("slot", "second", "across"),
    "ListDatasetGroups": ("second", "size"),
    "DeleteDatasetGroup": ("slot", "second", "across", "settled"),
    "CreateEventTracker": ("slot", "second", "across", "name", "tags", "settled"),
    "DescribeEventTracker": ("slot", "second", "across"),
    "ListEventTrackers": ("filter", "second", "size"),
    "DeleteEventTracker": ("slot", "second", "across", "settled"),
    "TagResource": ("slot", "second", "across", "part", "tags"),
    "UntagResource": ("slot", "second", "across", "part", "keys"),
    "ListTagsForResource": ("slot", "second", "across", "part"),
    "PutEvents": ("slot", "second", "across", "id", "events"),
}
"""The twelve operations, and what is drawn for each."""
POOLS: dict[str, list[Any]] = {
    "slot": SLOTS,
    "filter": [None, "A", "B"],
    "second": SECOND,
    "across": ACROSS,
    "size": SIZES,
    "domain": DOMAINS,
    "settled": [False, True],
    "name": NAMES,
    "part": PARTS,
    "id": IDS,
    "events": EVENTS,
}


def _many(number: int) -> list[dict[str, str]]:
    return [{"tagKey": f"key-{n}", "tagValue": str(n)} for n in range(number)]


def _set(member: str, *values: Any) -> list[dict[str, Any]]:
    return [{"set": [member, value]} for value in values]


def _arns(member: str, other_kind: str) -> list[dict[str, Any]]:
    return [
        {"drop": member},
        *_set(member, "no arn", "", 7, ["$A.arn"], "arn:" + "x" * 300),
        *_set(member, "$nobody.arn", "$nobody.tracker", other_kind),
    ]


_BODIES: list[dict[str, Any]] = [{"body": '{"name":'}, {"body": "[1]"}]
_A_NAME = [{"drop": "name"}, *_set("name", "-begins-with-a-dash", "_e", "", 7, "x" * 64, "9")]
_SOME_TAGS = _set(
    "tags",
    _many(50),
    _many(51),
    [{"tagKey": "aws:x", "tagValue": "1"}],
    [{"tagKey": "x"}],
    [{"tagKey": "{}", "tagValue": "1"}],
    [{"tagKey": "", "tagValue": "1"}],
    [{"tagKey": "x", "tagValue": "{}"}],
    [{"tagKey": "k" * 128, "tagValue": "v" * 256}],
    [{"tagKey": "k" * 129, "tagValue": "1"}],
    [{"tagKey": "x", "tagValue": "v" * 257}],
    [{"tagKey": "x", "tagValue": "1"}, {"tagKey": "aws:x", "tagValue": "1"}],
    [{"tagKey": "d", "tagValue": "1"}, {"tagKey": "d", "tagValue": "2"}],
    7,
)
_A_PAGE = [*_set("maxResults", 0, -1, 101, "ten"), *_set("nextToken", "bm8gdG9rZW4=", "", 7, "x" * 1501)]

ODD: dict[str, list[dict[str, Any]]] = {
    "CreateDatasetGroup": [
        *_BODIES, *_A_NAME, *_SOME_TAGS, *_set("domain", "NO_DOMAIN", "ecommerce", 7),
        *_set("roleArn", "arn:aws:iam::123456789012:role/r", "no role"),
    ],
    "DescribeDatasetGroup": _arns("datasetGroupArn", "$A.tracker"),
    "ListDatasetGroups": _A_PAGE,
    "DeleteDatasetGroup": _arns("datasetGroupArn", "$A.tracker"),
    "CreateEventTracker": [
        *_BODIES, *_A_NAME, *_SOME_TAGS, *_arns("datasetGroupArn", "$A.tracker"),
    ],
    "DescribeEventTracker": [*_BODIES, *_arns("eventTrackerArn", "$A.arn")],
    "ListEventTrackers": [*_A_PAGE, *_set("datasetGroupArn", "$nobody.arn", "no arn", 7)],
    "DeleteEventTracker": _arns("eventTrackerArn", "$A.arn"),
    "TagResource": [*_SOME_TAGS, {"drop": "tags"}, *_set("resourceArn", "$nobody.tracker", "no arn")],
    "UntagResource": [
        {"drop": "tagKeys"}, *_set("tagKeys", [""], 7, ["absent"], ["k" * 129]),
        *_set("resourceArn", "$nobody.tracker", "no arn"),
    ],
    "ListTagsForResource": [
        {"drop": "resourceArn"}, *_set("resourceArn", "$nobody.tracker", "no arn", 7)
    ],
    "PutEvents": [
        {"drop": "sessionId"}, {"drop": "eventList"}, {"drop": "trackingId"}, *_BODIES,
        *_set("trackingId", "00000000-0000-4000-8000-000000000000", "$A.tracker", "", 7),
        *_set("eventList", [], [_EVENT] * 10, [_EVENT] * 11, [{"sentAt": 1700000000}], [{"eventType": "click"}], 7),
        *_set("eventList", [_EVENT | {"properties": "no json"}], [_EVENT | {"sentAt": "yesterday"}]),
        *_set("eventList", [_EVENT, _EVENT | {"properties": "no json"}]), *_set("sessionId", "s" * 257),
        *_set("userId", "u", ""),
    ],
}  # fmt: skip
"""For each operation, ways in which a request may be spoilt: a member set or dropped, or the body replaced."""


def _params(operation: str, c: Mapping[str, Any]) -> dict[str, Any]:
    slot = f"${'2.' if c.get('across') and not c['second'] else ''}{c.get('slot')}"
    match operation:
        case "CreateDatasetGroup":
            return {"name": f"${c['slot']}", "tags": c["tags"]} | ({"domain": c["domain"]} if c["domain"] else {})
        case "CreateEventTracker":
            return {"name": c["name"], "datasetGroupArn": f"{slot}.arn", "tags": c["tags"]}
        case "DescribeDatasetGroup" | "DeleteDatasetGroup":
            return {"datasetGroupArn": f"{slot}.arn"}
        case "DescribeEventTracker" | "DeleteEventTracker":
            return {"eventTrackerArn": f"{slot}.tracker"}
        case "ListDatasetGroups" | "ListEventTrackers":
            chosen = {"datasetGroupArn": f"${c['filter']}.arn"} if c.get("filter") else {}
            return {"operation": operation, **chosen} | ({"maxResults": c["size"]} if c["size"] else {})
        case "TagResource":
            return {"resourceArn": f"{slot}.{c['part']}", "tags": c["tags"]}
        case "UntagResource":
            return {"resourceArn": f"{slot}.{c['part']}", "tagKeys": c["keys"]}
        case "ListTagsForResource":
            return {"resourceArn": f"{slot}.{c['part']}"}
    return {"trackingId": f"{slot}.{c['id']}", "sessionId": "s", "eventList": c["events"]}


def commands(operation: str, c: Mapping[str, Any], odd: Mapping[str, Any] | None = None) -> list[Command]:
    """What one step sends: the operation, spoilt in the way of ``odd``, and the reading or waiting after it."""
    params, body = _params(operation, c), None
    if odd:
        if "set" in odd:
            params[odd["set"][0]] = odd["set"][1]
        params.pop(odd.get("drop", ""), None)
        body = odd.get("body")
    walk = operation.startswith("List") and "operation" in params
    sent = [Command(WALK if walk else operation, params, c["second"], body)]
    if c.get("settled"):
        of = f"${c['slot']}.{'tracker' if operation.endswith('Tracker') else 'arn'}"
        sent.append(Command(SETTLE, {"of": of}, c["second"]))
    if operation == "TagResource":
        sent.append(Command("ListTagsForResource", {"resourceArn": f"${c['slot']}.{c['part']}"}, c["second"]))
    return sent


FIRST = (Command("CreateDatasetGroup", {"name": "$A"}), Command(SETTLE, {"of": "$A.arn"}))
"""What each session begins with."""


def table() -> dict[str, Any]:
    """Everything above as JSON, for a driver in another language."""
    return {
        "fields": FIELDS, "pools": POOLS, "odd": ODD, "oddOneIn": ODD_ONE_IN, "steps": STEPS,
        "letters": LETTERS, "keys": KEYS, "textLength": TEXT_LENGTH,
    }  # fmt: skip
