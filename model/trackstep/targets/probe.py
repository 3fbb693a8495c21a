"""The calls that show whether a driver keeps its contract: what is asked, what the service answers, what must come.

Owns what is expected of a driver. Knows nothing of what an SDK should be like: where SDKs may differ (do they check
parameters? can they read this?), each way is accepted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from trackstep.operation import Operation
from trackstep.targets import protocol
from trackstep.targets.protocol import Answer
from trackstep.targets.scripted import CUT, SILENCE, Reply, Seen

Judge = Callable[[Answer, list[Seen]], str]
"""What is wrong with an answer and with the requests that the service got; empty if nothing is."""


class Rule(NamedTuple):
    """A sentence about drivers, and who judges whether it holds."""

    sentence: str
    judge: Judge


class Probe(NamedTuple):
    """One call, what the service answers, and the rules that it shows."""

    operation: Operation
    reply: Reply
    rules: tuple[Rule, ...]


ARN = "arn:aws:personalize:us-east-1:123456789012:event-tracker/0"
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/g"
ROLE = "arn:aws:iam::123456789012:role/r"
NAME = "tr\u00e4ckstep \u2028 \U0001f600"  # a line separator that some readers of lines take for the end of one
CREATED = 1620828853.579
DESCRIBED = {"name": "t", "eventTrackerArn": ARN, "status": "ACTIVE"}
SOMETIME = {"eventType": "click", "sentAt": "yesterday"}
EVENT = {"eventType": "click", "sentAt": 1700000000}
DESCRIBE = Operation("DescribeEventTracker", {"eventTrackerArn": ARN})

# -- judges --------------------------------------------------------------------------------------


def _differs(what: str, came: Any, wanted: Any) -> str:
    return "" if came == wanted else f"{what} is {protocol.inert(json.dumps(came))}, not {json.dumps(wanted)}"


def _sent(given: Answer, seen: list[Seen], service: str, target: str, body: Any) -> str:
    if len(seen) != 1:
        return f"{len(seen)} requests arrived, not 1 ({_told(given)})"
    (request,) = seen
    return (
        _differs("the service asked", request.service, service)
        or _differs("X-Amz-Target", request.target, target)
        or _differs("the body", request.body, body)
    )


def _arrives(service: str, target: str, body: Any) -> Judge:
    return lambda given, seen: _sent(given, seen, service, target, body)


def _result(wanted: Any) -> Judge:
    return lambda given, seen: _told(given) if given.result is None else _differs("ok", given.result, wanted)


def _in_region(region: str) -> Judge:
    return lambda given, seen: (
        _differs("the region it was signed for", seen[0].region, region) if seen else "nothing arrived"
    )


def _seconds(given: Answer, seen: list[Seen]) -> str:
    tracker = (given.result or {}).get("eventTracker")
    if not isinstance(tracker, dict):
        return _told(given)
    time = tracker.get("creationDateTime")
    near = isinstance(time, int | float) and abs(time - CREATED) < 1.0
    return "" if near else f"creationDateTime is {protocol.inert(json.dumps(time))}, not {CREATED}"


def _members(given: Answer, seen: list[Seen]) -> str:
    tracker = (given.result or {}).get("eventTracker")
    told = sorted(tracker) if isinstance(tracker, dict) else None
    return _differs("the members", told, sorted([*DESCRIBED, "creationDateTime"]))


def _kind(*wanted: str) -> Judge:
    def judge(given: Answer, seen: list[Seen]) -> str:
        kind = "ok" if given.result is not None else given.kind
        return "" if kind in wanted else f"it says {_told(given)}; wanted is {' or '.join(wanted)}"

    return judge


def _named(code: str, message: str, status: int) -> Judge:
    def judge(given: Answer, seen: list[Seen]) -> str:
        return (
            _kind("service")(given, seen)
            or _differs("error.code", given.code.split("#")[-1], code)
            or _differs("error.message", given.message, message)
            or _differs("error.status", given.status or status, status)
        )

    return judge


def _once(given: Answer, seen: list[Seen]) -> str:
    return "" if len(seen) == 1 else f"{len(seen)} requests arrived"


def _never(given: Answer, seen: list[Seen]) -> str:
    return f"{len(seen)} requests arrived" if seen else ""


def _if_sent(given: Answer, seen: list[Seen]) -> str:
    if given.kind == "client":
        return "it says client, and a request arrived" if seen else ""
    return "" if seen else f"nothing arrived, and it says {_told(given)} and not client"


def _parsed(given: Answer, seen: list[Seen]) -> str:
    if not given.parsed:
        return ""  # a driver need not
    types = given.parsed.get("types")
    if not isinstance(types, dict) or not all(isinstance(kind, str) for kind in types.values()):
        return "parsed.types is no object of strings"
    if given.result is not None:
        return "" if "eventTracker.creationDateTime" in types else "parsed.types lacks eventTracker.creationDateTime"
    return "" if isinstance(given.parsed.get("class"), str) else "parsed.class is no string"


def _told(given: Answer) -> str:
    if given.result is not None:
        return f"ok {protocol.inert(json.dumps(given.result))}"
    return f"{given.kind} {protocol.inert(given.code)} {protocol.inert(given.message)}"


# -- the calls -----------------------------------------------------------------------------------


def _error(status: int, code: str, message: str) -> Reply:
    return Reply(status, json.dumps({"__type": code, "message": message}))


MISSING = _error(400, "com.amazonaws.personalize#ResourceNotFoundException", "no such tracker")
INVALID = _error(400, "ValidationException", "malformed")

PROBES = (
    Probe(
        Operation("CreateDatasetGroup", {"name": NAME, "roleArn": ROLE}),
        Reply(200, json.dumps({"datasetGroupArn": GROUP})),
        (
            Rule(
                "sends the parameters as they are, once, to AWS_ENDPOINT_URL_PERSONALIZE",
                _arrives("personalize", "AmazonPersonalize.CreateDatasetGroup", {"name": NAME, "roleArn": ROLE}),
            ),
            Rule("hands on the members of the result and nothing else", _result({"datasetGroupArn": GROUP})),
        ),
    ),
    Probe(
        Operation("CreateDatasetGroup", {"name": "n" * 1_000_000}),
        Reply(200, json.dumps({"datasetGroupArn": GROUP})),
        (
            Rule(
                "takes a line of a million characters",
                _arrives("personalize", "AmazonPersonalize.CreateDatasetGroup", {"name": "n" * 1_000_000}),
            ),
        ),
    ),
    Probe(
        DESCRIBE,
        Reply(200, json.dumps({"eventTracker": {**DESCRIBED, "creationDateTime": CREATED}})),
        (
            Rule("tells a timestamp in epoch seconds, as a number", _seconds),
            Rule("leaves out what is absent", _members),
            Rule("where it reports what was parsed, does so in the form of the contract", _parsed),
        ),
    ),
    Probe(
        Operation("ListEventTrackers", {}, "eu-west-1"),
        Reply(200, json.dumps({"eventTrackers": []})),
        (
            Rule("asks the region of the request", _in_region("eu-west-1")),
            Rule("hands on an empty list", _result({"eventTrackers": []})),
        ),
    ),
    Probe(DESCRIBE, MISSING, (Rule("goes back to another region", _in_region("us-east-1")),)),
    Probe(
        Operation("PutEvents", {"trackingId": "t", "sessionId": "s", "eventList": [EVENT]}),
        Reply(200, ""),
        (
            Rule(
                "sends PutEvents to AWS_ENDPOINT_URL_PERSONALIZE_EVENTS, its timestamps in epoch seconds",
                _arrives("personalize-events", "", {"trackingId": "t", "sessionId": "s", "eventList": [EVENT]}),
            ),
            Rule("answers ok {} where nothing came back", _result({})),
        ),
    ),
    Probe(
        DESCRIBE,
        MISSING,
        (
            Rule(
                "names an error of the service: kind service, code, message, status",
                _named("ResourceNotFoundException", "no such tracker", 400),
            ),
            Rule("tells of an exception in the form of the contract, where it does", _parsed),
        ),
    ),
    Probe(
        DESCRIBE,
        _error(500, "InternalFailure", "oops"),
        (
            Rule("names an error of HTTP status 500", _named("InternalFailure", "oops", 500)),
            Rule("sends no request again (AWS_MAX_ATTEMPTS=1)", _once),
        ),
    ),
    Probe(DESCRIBE, Reply(body=CUT), (Rule("tells of a connection that was cut: kind network", _kind("network")),)),
    Probe(
        DESCRIBE,
        Reply(body=SILENCE),
        (Rule("waits TRACKSTEP_CALL_TIMEOUT seconds for the service: kind network", _kind("network")),),
    ),
    Probe(
        DESCRIBE,
        Reply(200, "<html>hello</html>", "text/html"),
        (Rule("lives through an answer that is no JSON: kind unparsed, or ok", _kind("unparsed", "ok")),),
    ),
    Probe(
        Operation("NoSuchOperation", {"a": 1}),
        INVALID,
        (
            Rule("tells of an operation that the SDK lacks: kind unsupported", _kind("unsupported")),
            Rule("sends nothing then", _never),
        ),
    ),
    Probe(
        Operation("CreateEventTracker", {}),
        INVALID,
        (Rule("sends a request without required members, or says client", _if_sent),),
    ),
    Probe(
        Operation("CreateEventTracker", {"name": ["a"], "datasetGroupArn": {"a": None}}),
        INVALID,
        (Rule("sends a request with wrong types, or says client", _if_sent),),
    ),
    Probe(
        Operation("PutEvents", {"trackingId": "t", "sessionId": "s", "eventList": [SOMETIME, 7]}),
        INVALID,
        (Rule("sends a timestamp that is none, or says client", _if_sent),),
    ),
)  # fmt: skip
