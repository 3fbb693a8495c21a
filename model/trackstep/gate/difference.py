"""What two runs of the same script do not have in common, call by call, and where it begins.

In a history one difference brings others after it: a tracker that was not made is not found. The first in each
program is a difference of its own; one that was only ever met after another is told as following from it.
Owns the kinds; what was seen is seen.py's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from trackstep.gate.call import Call
from trackstep.gate.script import Script
from trackstep.gate.seen import ABSENT, Seen, parted

KINDS = {
    "outcome": "a call that succeeded fails, or the other way round, or with another error",
    "exception": "the class that a caller catches is another",
    "status": "the HTTP status that the SDK tells of an error is another",
    "message": "the service's message reaches the caller in other words",
    "result": "a member that the caller reads has another value, is new, or is gone",
    "type": "the same value comes as another type",
    "requests sent": "the call is one request more, or fewer: retries, pages, a cache, a check before sending",
    "method": "the HTTP method is another",
    "path": "the path is another",
    "target": "X-Amz-Target names another operation or service",
    "content type": "Content-Type is another: the JSON version stands in it",
    "signature": "algorithm, key, region, service or signed headers are others",
    "header": "a header is new, gone, or has another value",
    "body": "a member of the request is new, gone, or has another value",
    "left behind": "after the call there are more event trackers, or fewer",
}
"""Each kind of difference, and what it means."""


@dataclass(slots=True)
class Difference:
    """One kind of difference of one operation: where it was met first, and how often.

    ``where`` is the path of a member, empty where there is none. ``own`` counts the calls that were the first to
    differ in their program; 0: it was only met after others. ``note`` says which canned answer it was.
    """

    kind: str
    operation: str
    where: str
    number: int
    program: str
    note: str
    before: Any
    after: Any
    times: int = 0
    own: int = 0


def differences(before: Sequence[Seen], after: Sequence[Seen], script: Script) -> list[Difference]:
    """All differences, those that do not follow from others first; in the order of the calls."""
    found: dict[tuple[str, str, str], Difference] = {}
    number = 0
    for program in script.programs:
        first = True
        for call in program.calls:
            parts: dict[tuple[str, str], tuple[Any, Any]] = {}
            for kind, where, one, other in _parts(call, before[number], after[number]):
                parts.setdefault((kind, where), (one, other))
            number += 1
            for (kind, where), values in parts.items():
                key = (kind, call.operation.name, where)
                known = found.get(key)
                if known is None or (first and not known.own):  # tell of it where it is on its own
                    times = known.times if known else 0
                    found[key] = Difference(*key, number, program.title, call.note, *values, times)
                found[key].times += 1
                found[key].own += first or program.canned
            first = first and not parts
    return sorted(found.values(), key=lambda difference: (not difference.own, difference.number))


Parts = Iterator[tuple[str, str, Any, Any]]


def _parts(call: Call, before: Seen, after: Seen) -> Parts:
    """Where two observations of a call differ: kind, path, both values."""
    was, now = before.get("outcome"), after.get("outcome")
    if was != now or before.get("code") != after.get("code"):
        yield "outcome", "", _outcome(before), _outcome(after)
    if before.get("class") != after.get("class"):
        yield "exception", "", before.get("class", ABSENT), after.get("class", ABSENT)
    for name in ("status", "message"):
        if was == now and before.get(name) != after.get(name):
            yield name, "", before.get(name, ABSENT), after.get(name, ABSENT)
    if was == now == "success":
        for path, one, other in parted(before.get("result"), after.get("result")):
            yield "result", path, one, other
        types = after.get("types", {})  # a member that only one of them has is told by its value
        for path, one in before.get("types", {}).items():
            if types.get(path, one) != one:
                yield "type", path, one, types[path]
    if len(before["requests"]) != len(after["requests"]):
        yield "requests sent", "", len(before["requests"]), len(after["requests"])
    for one, other in zip_longest(before["requests"], after["requests"]):
        if one is not None and other is not None:
            yield from _request(call, one, other)
    if before.get("trackers") != after.get("trackers"):
        yield "left behind", "", before.get("trackers"), after.get("trackers")


def _outcome(seen: Seen) -> str:
    said, code = str(seen.get("outcome")), seen.get("code")
    return said if code is None else f"{code} ({said})"


def _request(call: Call, before: Seen, after: Seen) -> Parts:
    for name, kind in (("method", "method"), ("path", "path"), ("target", "target"), ("type", "content type")):
        if before.get(name) != after.get(name):
            yield kind, "", before.get(name, ABSENT), after.get(name, ABSENT)
    for path, one, other in parted(before.get("signed"), after.get("signed")):
        yield "signature", path, one, other
    for path, one, other in parted(before.get("headers", {}), after.get("headers", {})):
        yield "header", path, one, other
    params = dict(call.operation.params)
    for path, one, other in parted(before.get("body", params), after.get("body", params)):
        yield "body", path, one, other
