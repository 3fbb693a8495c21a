"""Every rule of the wire can fail, and only where it should; the script and what is left out of a comparison."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from trackstep.gate import rule, script, seen, signing
from trackstep.gate.battery import battery
from trackstep.gate.call import Call
from trackstep.gate.candidate import KEY_ID, SECRET
from trackstep.gate.endpoint import Exchange
from trackstep.operation import Operation
from trackstep.targets.protocol import Answer

NAMED = Call(Operation("DescribeEventTracker", {"eventTrackerArn": "arn:aws:x"}, "eu-west-1"))
SCOPE = f"Credential={KEY_ID}/20231114/eu-west-1/personalize/aws4_request"
HEADERS = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AmazonPersonalize.DescribeEventTracker",
    "x-amz-date": "20231114T221320Z",
    "user-agent": "an-sdk/1",
    "authorization": f"AWS4-HMAC-SHA256 {SCOPE}, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0f",
}
REFUSED = {"__type": "ResourceNotFoundException", "message": "not there"}
SENT = Exchange("POST", "/", HEADERS, b'{"eventTrackerArn": "arn:aws:x"}', 400, json.dumps(REFUSED).encode())
ANSWER = Answer(None, "service", "ResourceNotFoundException", "not there", 400)


def signed(exchange: Exchange) -> Exchange:
    """The same with the signature that it should have."""
    said = exchange.headers["authorization"].partition(" Signature=")[0]
    right = signing.signature(exchange, SECRET)
    return exchange._replace(headers={**exchange.headers, "authorization": f"{said} Signature={right}"})


SENT = signed(SENT)


def _with(**headers: str) -> Exchange:
    return signed(SENT._replace(headers=HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}))


BROKEN: Mapping[str, Exchange] = {
    "method": signed(SENT._replace(method="PUT")),
    "path": signed(SENT._replace(path="/personalize")),
    "X-Amz-Target": _with(x_amz_target="Personalize.DescribeEventTracker"),
    "content type": _with(content_type="application/x-amz-json-1.0"),
    "body": signed(SENT._replace(body=b'{"eventTrackerArn": "arn:aws:y"}')),
    "signing name": _with(authorization=HEADERS["authorization"].replace("/personalize/", "/execute-api/")),
    "region": _with(authorization=HEADERS["authorization"].replace("eu-west-1", "us-east-1")),
    "signed headers": _with(authorization=HEADERS["authorization"].replace("host;", "")),
    "signature": SENT._replace(body=SENT.body + b" "),
    "x-amz-date": _with(x_amz_date="Tue, 14 Nov 2023 22:13:20 GMT"),
    "user agent": _with(user_agent=""),
    "no secret": _with(x_debug=SECRET),
}
"""Rule -> a request that breaks it, and no other."""


def _rules(call: Call, answer: Answer, *exchanges: Exchange, trackers: int | None = None) -> list[str]:
    return [broken.rule for broken in rule.judge(call, answer, exchanges, trackers)]


def test_sound_request() -> None:
    """A request as it should be, and an error that is told, break nothing."""
    assert _rules(NAMED, ANSWER, SENT) == []


@pytest.mark.parametrize("name", rule.WIRE)
def test_wire(name: str) -> None:
    """Each rule is broken by its request, and by no other's."""
    assert _rules(NAMED, ANSWER, BROKEN[name]) == [f"request: {name}"]


def test_signature__of_botocore() -> None:
    """The sum is botocore's, so that an error in it is not held against an SDK."""
    request = AWSRequest("POST", "http://h:1/", {"X-Amz-Target": "T"}, b"{}")
    SigV4Auth(Credentials("AKID", SECRET), "personalize", "eu-west-1").add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()} | {"host": "h:1"}
    exchange = Exchange("POST", "/", headers, b"{}", 200, b"")
    assert signing.signature(exchange, SECRET) == signing.read(exchange).signature


def test_sent_twice() -> None:
    """A refusal that was sent again is told."""
    assert _rules(NAMED, ANSWER, SENT, SENT) == ["one request a call"]


def test_swallowed_error() -> None:
    """An error that the caller never hears of is told."""
    assert _rules(NAMED, Answer({}), SENT) == ["the error is told"]


def test_another_value() -> None:
    """A member that the SDK changed is told by its path."""
    found = SENT._replace(status=200, answer=b'{"eventTracker": {"creationDateTime": 1.7E9}}')
    said = Answer({"eventTracker": {"creationDateTime": 1700003600}})
    assert _rules(NAMED, said, found) == ["the answer is told: eventTracker.creationDateTime"]


def test_two_trackers() -> None:
    """A Create that was sent again and made a second event tracker is told."""
    lost = next(call for program in battery() for call in program.calls if call.expect and call.expect.trackers)
    assert lost.expect is not None
    found = list(rule._expected(lost.expect, Answer({}), [SENT, SENT], 2))
    assert [broken.rule for broken in found] == ["left: a lost Create"]


def test_every_canned_answer_of_a_rule_has_its_source() -> None:
    """Whatever is expected of a canned answer stands in a document."""
    expected = [call.expect for program in battery() for call in program.calls if call.expect]
    assert len(expected) > 100
    assert all(expect.source for expect in expected)


def test_script__seeds() -> None:
    """A seed gives the same script each time, another seed another one."""
    one, again, other = script(3, 700), script(3, 700), script(4, 700)
    assert "a walk" in [program.title for program in one.programs]  # what is chosen by the seed
    assert one.digest == again.digest != other.digest


def test_script__is_cut() -> None:
    """As many calls as were asked for, those of a shorter script first."""
    assert script(0, 120).calls == 120
    assert script(0, 120).programs[0] == script(0, 160).programs[0]


def test_same__numbers_to_the_millisecond() -> None:
    """1 and 1.0 are the same, and so is what a Date of JavaScript rounds; True is not 1."""
    assert seen.same({"a": [1, 1.62e9]}, {"a": [1.0, 1620000000]})
    assert seen.same(1620828853.5791, 1620828853.579)
    assert not seen.same(1620828853.579, 1620828854)
    assert not seen.same(True, 1)


def test_request__volatile_headers() -> None:
    """What differs each time is left out; every other header is kept."""
    changed = _with(x_amz_date="20260101T000000Z", user_agent="an-sdk/2", amz_sdk_invocation_id="1", host="h:1")
    assert seen.request(NAMED, changed) == seen.request(NAMED, SENT)
    assert seen.request(NAMED, _with(x_new="1"))["headers"] == {"x-new": "1"}


def test_is_sound() -> None:
    """Malformed parameters may be mended by an SDK: their body is only compared with the baseline's."""
    assert NAMED.is_sound
    assert not replace(NAMED, operation=Operation("DescribeEventTracker", {"eventTrackerArn": 7})).is_sound
