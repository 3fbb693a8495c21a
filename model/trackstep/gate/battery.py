"""Canned answers: how an SDK reads each error in each form, members, timestamps; what it sends again; how it pages.

Each expectation names its source in the protocols' documents. Where they leave it open, none is stated, and the answer
is only compared with the baseline's. Owns the table; knows nothing of how a call is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from trackstep import spec
from trackstep.gate.call import Call, Expect, Program
from trackstep.gate.endpoint import CUT, LOSE, SERVE, Reply
from trackstep.operation import Operation

REGION = "us-east-1"
JSON = {"personalize": "application/x-amz-json-1.1", "personalize-events": "application/json"}
REQUEST_ID = "11111111-2222-4333-8444-555555555555"
GROUP = f"arn:aws:personalize:{REGION}:123456789012:dataset-group/gate"
TRACKER = f"arn:aws:personalize:{REGION}:123456789012:event-tracker/00000000"
TRACKING_ID = "11111111-0000-4000-8000-000000000000"
MESSAGE = "Grün: the message"

JSON_ERRORS = "smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html, Operation error serialization"
REST_ERRORS = "smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html, Operation error serialization"
JSON_SHAPES = "smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html, Shape serialization"
JSON_EMPTY = "smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html, Empty body serialization"
JSON_NULLS = "Smithy protocol test AwsJson11StructuresDontDeserializeNullValues"
EVOLUTION = "smithy.io/2.0/guides/evolving-models.html: members may be added to the output of an operation"
RETRIES = "docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"
ONCE = f"{RETRIES}: only throttling and transient errors are retried"
LOST = "docs/sdk-gate.md: a Create that is sent again is found to exist, or was done once"

THROTTLING = frozenset({"LimitExceededException"})
"""Modelled errors that the SDKs count among the throttling ones, so that they may be sent again."""

WITH: dict[str, dict[str, Any]] = {
    "CreateDatasetGroup": {"name": "gate"},
    "CreateEventTracker": {"name": "gate", "datasetGroupArn": GROUP},
    "DeleteEventTracker": {"eventTrackerArn": TRACKER},
    "DescribeDatasetGroup": {"datasetGroupArn": GROUP},
    "DescribeEventTracker": {"eventTrackerArn": TRACKER},
    "ListDatasetGroups": {},
    "ListEventTrackers": {"datasetGroupArn": GROUP},
    "ListTagsForResource": {"resourceArn": TRACKER},
    "PutEvents": {"trackingId": TRACKING_ID, "sessionId": "s", "eventList": [{"eventType": "click", "sentAt": 1.7e9}]},
    "TagResource": {"resourceArn": TRACKER, "tags": []},
    "UntagResource": {"resourceArn": TRACKER, "tagKeys": []},
}
"""Good parameters of each operation that a canned answer is given to."""

URI = "http://internal.amazon.com/coral/com.amazonaws.personalize/"
FORMS: Mapping[str, tuple[str, str]] = {
    "__type": ("__type", "{code}"),
    "__type with a namespace": ("__type", "com.amazonaws.personalize#{code}"),
    "__type with a URI": ("__type", f"{{code}}:{URI}"),
    "__type with a namespace and a URI": ("__type", f"com.amazonaws.personalize#{{code}}:{URI}"),
    "code": ("code", "{code}"),
    "code with a namespace": ("code", "com.amazonaws.personalize#{code}"),
    "x-amzn-errortype": ("x-amzn-errortype", "{code}"),
    "x-amzn-errortype with a URI": ("x-amzn-errortype", f"{{code}}:{URI}"),
    "x-amzn-errortype with a namespace and a URI": ("x-amzn-errortype", f"com.amazonaws.personalize#{{code}}:{URI}"),
}
"""Where the code of an error may stand, and how; both documents list all of them."""


def _reply(service: str, status: int, body: Any, **headers: str) -> Reply:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    about = {"content-type": JSON[service], "x-amzn-requestid": REQUEST_ID, **headers}
    return Reply(status, text, tuple(about.items()))


def _call(name: str, note: str, *replies: Reply, expect: Expect | None = None) -> Call:
    return Call(Operation(name, WITH[name], REGION), replies, expect, note)


@cache
def battery() -> tuple[Program, ...]:
    """All programs of canned answers."""
    titled = {
        "the forms of an error": _errors(),
        "members and timestamps": _members(),
        "what is sent again": _retries(),
        "a lost answer": _lost(),
        "pages": _pages(),
    }
    return tuple(
        Program(f"canned: {title}", tuple(replace(call, place=place) for place, call in enumerate(calls)), True, number)
        for number, (title, calls) in enumerate(titled.items())
    )


def modelled() -> dict[str, str]:
    """Each error of the covered operations with one operation that has it; those of PutEvents apart."""
    surface = json.loads((spec.root() / "surface.json").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for name, about in sorted(surface["operations"].items(), key=lambda item: item[0] not in WITH):
        for code in about["errors"] if name in WITH else ():
            found.setdefault(f"{code} of {about['service']}", name)
    return found


def _errors() -> Iterator[Call]:
    for key, name in modelled().items():
        code, _, service = key.partition(" of ")
        source = REST_ERRORS if service == "personalize-events" else JSON_ERRORS
        for form, (where, text) in FORMS.items():
            named = {where: text.format(code=code)}
            inside = where != "x-amzn-errortype"
            body = {"message": MESSAGE} | (named if inside else {})
            reply = _reply(service, 400, body, **({} if inside else named))
            most = 2 if code in THROTTLING else 1
            expect = Expect(f"error named by {form}", source, (code,), MESSAGE, attempts=(1, most))
            yield _call(name, f"{code} named by {form}", reply, expect=expect)
    for name, code in (("DescribeEventTracker", "ResourceNotFoundException"), ("PutEvents", "InvalidInputException")):
        service = Operation(name).service
        source = REST_ERRORS if name == "PutEvents" else JSON_ERRORS
        known = Expect("error without a message", source, (code,), attempts=(1, 1))
        unnamed = Expect("error that names nothing", source, ("error",), attempts=(1, 1))
        strange = Expect("error that is not modelled", source, ("SomethingNewException",), MESSAGE, attempts=(1, 1))
        yield _call(
            name, "Message, where the model has message", _reply(service, 400, {"__type": code, "Message": "M"})
        )
        yield _call(name, "no message", _reply(service, 400, {"__type": code}), expect=known)
        yield _call(name, "a message that is null", _reply(service, 400, {"__type": code, "message": None}))
        body = {"__type": "SomethingNewException", "message": MESSAGE}
        yield _call(name, "an error that is not modelled", _reply(service, 400, body), expect=strange)
        yield _call(name, "an empty body", _reply(service, 400, ""), expect=unnamed)
        yield _call(name, "HTML of a proxy", _reply(service, 403, "<html>no</html>", **{"content-type": "text/html"}))


DESCRIBED = {
    "name": "gate", "eventTrackerArn": TRACKER, "accountId": "123456789012", "trackingId": TRACKING_ID,
    "datasetGroupArn": GROUP, "status": "ACTIVE", "creationDateTime": 1.62e9, "lastUpdatedDateTime": 1620000000.5,
}  # fmt: skip
TIMES = {
    "with an exponent": ("1.62E9", 1620000000),
    "with an exponent and milliseconds": ("1.620828853579E9", 1620828853.579),
    "as an integer": ("1620000000", 1620000000),
    "as a float": ("1620000000.0", 1620000000),
    "with milliseconds": ("1620000000.123", 1620000000.123),
    "before 1970": ("-1.5", -1.5),
}
"""Timestamps as JSON numbers, "also known as Unix timestamps, ... represented as a double", and what they say."""
ILLEGAL = ('"2021-05-03T00:00:00Z"', '"1620000000"', '"yesterday"', "true")
"""What is no timestamp: how it is read is left open."""


def _members() -> Iterator[Call]:
    def told(note: str, body: Any, rule: str, source: str, result: Mapping[str, Any], name: str = "") -> Call:
        name = name or "DescribeEventTracker"
        service = Operation(name).service
        expect = Expect(rule, source, ("success",), result=result, attempts=(1, 1))
        return _call(name, note, _reply(service, 200, body), expect=expect)

    whole = {"eventTracker": DESCRIBED}
    unknown = {"new": {"a": [1]}, "eventTracker": {**DESCRIBED, "newMember": "x", "nested": {"b": None}}}
    yield told("every member", whole, "all members", JSON_SHAPES, whole)
    yield told("unknown members", unknown, "unknown members", EVOLUTION, whole)
    for name in DESCRIBED:
        rest = {"eventTracker": {other: value for other, value in DESCRIBED.items() if other != name}}
        yield told(f"{name} absent", rest, "absent members", JSON_SHAPES, rest)
        nulled = {"eventTracker": {**rest["eventTracker"], name: None}}
        yield told(f"{name} null", nulled, "null members", JSON_NULLS, rest)
    yield told("nothing but {}", {}, "absent members", JSON_SHAPES, {})
    for spelling, (text, seconds) in TIMES.items():
        body = json.dumps({"eventTracker": {**DESCRIBED, "creationDateTime": "@"}}).replace('"@"', text)
        result = {"eventTracker": {**DESCRIBED, "creationDateTime": seconds}}
        yield told(f"a timestamp {spelling}", body, "timestamps", JSON_SHAPES, result)
    for text in ILLEGAL:
        body = json.dumps({"eventTracker": {**DESCRIBED, "creationDateTime": "@"}}).replace('"@"', text)
        yield _call("DescribeEventTracker", f"{text} for a timestamp", _reply("personalize", 200, body))
    failed = {"datasetGroup": {"name": "gate", "status": "CREATE FAILED", "failureReason": MESSAGE}}
    yield told("a status of CREATE FAILED", failed, "all members", JSON_SHAPES, failed, "DescribeDatasetGroup")
    tags = {"tags": [{"tagKey": "grün", "tagValue": "日本 \u2028 \U0001f600"}, {"tagKey": "", "tagValue": ""}]}
    yield told("letters of all kinds", tags, "all members", JSON_SHAPES, tags, "ListTagsForResource")
    yield told("an empty list", {"tags": []}, "empty lists", JSON_SHAPES, {"tags": []}, "ListTagsForResource")
    for name in ("DeleteEventTracker", "TagResource", "UntagResource", "PutEvents"):
        yield told("an empty body", "", "empty answers", JSON_EMPTY, {}, name)
        yield told("an empty object", {}, "empty answers", JSON_EMPTY, {}, name)
    for body in ("{", "[1]", "null", "<html>"):
        yield _call("DescribeEventTracker", f"{body} for an answer", _reply("personalize", 200, body))


AGAIN: Mapping[str, Reply] = {
    "HTTP 500": _reply("personalize", 500, {"__type": "InternalServerError", "message": MESSAGE}),
    "HTTP 503": _reply("personalize", 503, ""),
    "ThrottlingException": _reply("personalize", 400, {"__type": "ThrottlingException", "message": "Rate exceeded"}),
    "a cut connection": CUT,
}
"""What is transient: an SDK may send it again."""


def _retries() -> Iterator[Call]:
    """Twice at most, since AWS_MAX_ATTEMPTS is 2; that it is done at all, the guide says of the standard mode."""
    for what, reply in AGAIN.items():
        surfaces = Expect(f"{what} surfaces", RETRIES, ("error",), attempts=(2, 2))
        yield _call("DescribeEventTracker", f"{what}, always", reply, expect=surfaces)
    body = _reply("personalize", 200, {"eventTrackers": []})
    for what in ("HTTP 500", "a cut connection"):
        helped = Expect(f"{what} is sent again", RETRIES, ("success",), attempts=(2, 2))
        yield _call("ListEventTrackers", f"{what}, once", AGAIN[what], body, expect=helped)
    for name in ("CreateEventTracker", "DeleteEventTracker"):
        reply = _reply("personalize", 400, {"__type": "ResourceInUseException", "message": MESSAGE})
        refused = Expect("a refusal is not sent again", ONCE, ("ResourceInUseException",), attempts=(1, 1))
        yield _call(name, "refused", reply, expect=refused)


def _lost() -> Iterator[Call]:
    yield _call("CreateDatasetGroup", "the group", SERVE, expect=Expect("a Create", LOST, ("success",)))
    for _ in range(3):
        yield _call("DescribeDatasetGroup", "until it is ACTIVE", SERVE)
    done = ("success", "ResourceAlreadyExistsException")
    once = Expect("a lost Create", LOST, done, attempts=(2, 2), trackers=1)
    yield _call("CreateEventTracker", "the first answer is lost", LOSE, SERVE, expect=once)
    yield _call("ListEventTrackers", "there is one", SERVE)
    refused = Expect("a refusal is not sent again", ONCE, ("ResourceAlreadyExistsException",), None, None, (1, 1), 1)
    yield _call("CreateEventTracker", "there is one", SERVE, expect=refused)


SUMMARY = {"name": "gate", "status": "ACTIVE"}


def _pages() -> Iterator[Call]:
    """The SDK's own paginator, where the driver offers it: three pages, the last without nextToken."""
    for name, member in (("ListEventTrackers", "eventTrackers"), ("ListDatasetGroups", "datasetGroups")):
        pages: list[dict[str, Any]] = [{member: [SUMMARY], "nextToken": f"token {n}"} for n in (1, 2)]
        pages += [{member: [SUMMARY] * 2}]
        for note, told in (("three pages", pages), ("one page", pages[2:]), ("no item", [{member: list[Any]()}])):
            expect = Expect("the paginator", f"paginators of {name}", ("success",), None, {"pages": told},
                            (len(told), len(told)))  # fmt: skip
            replies = tuple(_reply("personalize", 200, page) for page in told)
            yield Call(Operation(f"Paginate{name}", WITH[name], REGION), replies, expect, note)
