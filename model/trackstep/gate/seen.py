"""What is observed of one call: what the caller got, and the requests as they stood on the wire.

Owns the form that is kept in a baseline and compared, and the list of what is left out of it since it differs from
run to run or from machine to machine. Knows nothing of what is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trackstep.gate import signing
from trackstep.gate.call import Call
from trackstep.gate.endpoint import Exchange
from trackstep.targets.protocol import Answer

VOLATILE: Mapping[str, str] = {
    "accept": "the HTTP library's",
    "accept-encoding": "the HTTP library's",
    "amz-sdk-invocation-id": "random, one a call",
    "amz-sdk-request": "attempt and time to live; attempts are counted",
    "authorization": "holds a signature of the time; it is taken apart into key, scope and signed headers",
    "connection": "the HTTP library's",
    "content-length": "of a body whose members may stand in another order; the body is compared",
    "content-type": "compared by itself",
    "date": "the time",
    "expect": "the HTTP library's",
    "host": "the endpoint's port is another each time",
    "user-agent": "holds versions of SDK, Python and kernel; that there is one is a rule",
    "x-amz-content-sha256": "of the body, which is compared",
    "x-amz-date": "the time",
    "x-amz-target": "compared by itself",
    "x-amz-user-agent": "as user-agent",
    "x-amzn-trace-id": "of the machine that runs the SDK",
}
"""Header -> why its value is not compared. Every other header is."""
UNSIGNED = ("amz-sdk-invocation-id", "amz-sdk-request", "content-length", "user-agent", "x-amz-user-agent")
"""Headers that may be signed or not: a proxy may change them."""
Seen = dict[str, Any]


def seen(call: Call, answer: Answer, exchanges: Sequence[Exchange], trackers: int | None = None) -> Seen:
    """One call as it is kept: JSON values only."""
    told: Seen = {"outcome": "success" if answer.result is not None else answer.kind}
    if answer.result is not None:
        told["result"] = answer.result
    else:
        told |= {"code": answer.code} | ({} if answer.status is None else {"status": answer.status})
        if answer.kind == "service":
            told["message"] = answer.message  # what the SDK itself says may be put in other words
    told |= {name: answer.parsed[name] for name in ("class", "types") if answer.parsed.get(name)}
    told["requests"] = [request(call, exchange) for exchange in exchanges]
    return told if trackers is None else told | {"trackers": trackers}


def request(call: Call, exchange: Exchange) -> Seen:
    """A request, normalised; its body is left out where it equals the parameters."""
    headers = exchange.headers
    told: Seen = {"method": exchange.method, "path": exchange.path, "type": headers.get("content-type", "")}
    if "x-amz-target" in headers:
        told["target"] = headers["x-amz-target"]
    told["signed"] = signature(exchange)
    sent = body(exchange)
    if not same(sent, dict(call.operation.params)):
        told["body"] = sent
    rest = {name: value for name, value in sorted(headers.items()) if name not in VOLATILE}
    return told | ({"headers": rest} if rest else {})


def body(exchange: Exchange) -> Any:
    """The body as JSON; as text where it is none."""
    try:
        return json.loads(exchange.body or b"{}")
    except ValueError:
        return exchange.body.decode("utf-8", "backslashreplace")


def signature(exchange: Exchange) -> Seen:
    """What a signature is about: algorithm, key, region, service, headers; empty where there is none to be read."""
    signed = signing.read(exchange)
    if not signed.algorithm:
        return {}
    kept = [name for name in signed.headers if name not in UNSIGNED]
    about = {"algorithm": signed.algorithm, "key": signed.key, "region": signed.region}
    return about | {"service": f"{signed.service}/{signed.end}", "headers": kept}


def same(a: Any, b: Any) -> bool:
    """Whether two JSON values say the same: numbers to the millisecond, members in any order."""
    return next(parted(a, b), None) is None


Part = tuple[str, Any, Any]
"""The path to a place in two JSON values, and both values there."""
ABSENT = "(absent)"


def parted(a: Any, b: Any, path: str = "") -> Iterator[Part]:
    """Yield where two JSON values differ: the path, and both values there. ``[]`` stands for any place in a list."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for name in [*a, *(name for name in b if name not in a)]:
            where = f"{path}.{name}" if path else str(name)
            yield from parted(a.get(name, ABSENT), b.get(name, ABSENT), where)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for one, other in zip(a, b, strict=True):
            yield from parted(one, other, f"{path}[]")
    elif _number(a) and _number(b):
        if abs(a - b) > 0.0011:
            yield path, a, b
    elif type(a) is not type(b) or a != b:
        yield path, a, b


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
