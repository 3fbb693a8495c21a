"""Credentials, tokens and signatures that come back in an answer reach no report, no console and no history."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.targets.conftest import Answer, answering
from trackstep import history, secret
from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome, Wire
from trackstep.results import timeline
from trackstep.search.session import Budget, Patience, Session
from trackstep.targets import Target, TargetOptions, load

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEPT//////////wEaCXVzLWVhc3QtMSJGMEQCIC+trackstep/of/a/token+that/is/long=="
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/g"

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "json": lambda text: json.dumps(text)[1:-1],
    "json, slashes too": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "json in json": lambda text: json.dumps(json.dumps(text)),
    "json, as .NET": lambda text: "".join(c if c.isalnum() else f"\\u{ord(c):04X}" for c in text),
    "url": lambda text: urllib.parse.quote(text, ""),
    "url twice": lambda text: urllib.parse.quote(urllib.parse.quote(text, ""), ""),
    "html": html.escape,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}
HEADERS = ("authorization", "x-amz-security-token")
ECHOED = (*HEADERS, "signature", "key", "secret")


def echoed(headers: dict[str, str]) -> dict[str, str]:
    """What a server can send back of a request, and the secret key, which a server on the same machine can know."""
    signature = headers["authorization"].rpartition("Signature=")[2]
    return {name: headers[name] for name in HEADERS} | {"signature": signature, "key": KEY, "secret": SECRET}


def answer(where: str, text: str, raw: str, headers: dict[str, str]) -> Answer:
    """An answer with this text in it: in the body of a success or an error, as a name or a message, in a code."""
    body: Any = {
        "name": {"datasetGroup": {"name": text, "datasetGroupArn": GROUP, "status": "ACTIVE"}},
        "member": {text: text},
        "message": {"__type": "InvalidInputException", "message": f"bad request: {text}"},
        "code": {"__type": f"ns#{text}", "message": "m"},
        "all": {"headers": headers, "body": raw},
    }.get(where, text)
    status = 200 if where in ("name", "member", "all", "text") else 500 if where == "failure" else 400
    kind = "application/x-amz-json-1.1"
    content = text if isinstance(body, str) else json.dumps(body)
    return status, (f"x/{text}" if where == "header" and text.isprintable() else kind), content.encode()


WHERE = ("name", "member", "message", "code", "all", "text", "failure", "error page", "header")


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[Target, dict[str, Any]]]:
    """A target, with credentials as AWS gives them, whose server sends back what it is told to, as it is told to."""
    how: dict[str, Any] = {}

    def given_back(headers: dict[str, str], body: bytes) -> Answer:
        whole = echoed(headers)
        how["secrets"] = [*whole.values()]
        return answer(how["where"], how["spell"](how["around"] + whole[how["what"]]), body.decode(), headers)

    with pytest.MonkeyPatch.context() as patched, answering(given_back) as url:
        patched.setenv("AWS_ACCESS_KEY_ID", KEY)
        patched.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patched.setenv("AWS_SESSION_TOKEN", TOKEN)
        with closing(load("http", TargetOptions(url))) as target:
            yield target, how


def traces(outcome: Outcome, session: Session) -> str:
    """All that is kept and shown of an answer."""
    step = Step(Operation("DescribeDatasetGroup", {"datasetGroupArn": GROUP}), outcome)
    found = [str(finding) for finding in session.judgement.notes.findings]
    saved = history.dump([history.History("ts", [step])])
    return "\n".join([repr(outcome), *saved, *found, json.dumps(timeline.told([step], ()))])


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    where=st.sampled_from(WHERE),
    what=st.sampled_from(ECHOED),
    spell=st.sampled_from([*SPELLINGS]),
    around=st.sampled_from(["", "x", "x ", "é"]),
)
def test_secret__nothing_that_a_server_echoes_is_kept(
    where: str, what: str, spell: str, around: str, echo: tuple[Target, dict[str, Any]]
) -> None:
    """A server that sends a request back, anywhere and in whatever spelling, gets no secret of it into a trace."""
    target, how = echo
    how |= {"where": where, "what": what, "spell": SPELLINGS[spell], "around": around}
    session = Session(target, "ts", Budget(9, 60.0), Patience(1.0))
    outcome = target.call(Operation("DescribeDatasetGroup", {"datasetGroupArn": GROUP}))
    kept = traces(outcome, session).lower()
    for value in how["secrets"]:
        sent = base64.b64encode((around + value).encode()).decode()[4:-4]  # its ends hold bits of what is beside it
        for spelt in (sent, *(way(value) for way in SPELLINGS.values())):
            assert spelt.lower() not in kept
    assert TOKEN[:24].lower() not in kept


def test_secret__of_a_target_of_ones_own() -> None:
    """What has the form of an access key or of a signature is taken out, whatever target it came from."""
    scope = f"Credential={KEY}/20260101/us-east-1/personalize/aws4_request"
    signed = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature={'ab' * 32}"
    wire = Wire(400, {"x-echo": signed}, f'{{"message": "{signed}"}}'.encode())
    for outcome in (
        Outcome.success({"a": [{"b": signed}]}),
        Outcome.refusal("InvalidInputException", signed, wire),
        Outcome.lost(KEY),
        Outcome.garbled(signed),
    ):
        kept = repr(secret.entering(outcome))
        assert KEY not in kept
        assert "abab" not in kept


@pytest.mark.parametrize("text", ["signature=x", "a://b@c", "Credential: me", "SHA256", "AWS4-x", "testing"])
def test_secret__what_is_judged_is_left_as_it_came(text: str) -> None:
    """Words that only look like the neighbourhood of a secret stay in an answer, since a tag may say them."""
    outcome = Outcome.success({"tags": [{"tagKey": text, "tagValue": text}]}, Wire(200, {}, text.encode()))
    assert secret.entering(outcome) == outcome
    assert secret.Own(("testing", "123456789012")).outcome(outcome) == outcome
