"""What holds for every SDK, whatever came before: the wire rules, what a caller must be told, the expectations.

Each rule has its source in the documents of the protocols, of Signature Version 4, or of the service model. Owns the
rules; the clauses of the specification are the judge's (running.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from trackstep.gate import seen, signing
from trackstep.gate.call import Call, Expect
from trackstep.gate.candidate import KEY_ID, SECRET
from trackstep.gate.endpoint import SERVE, Exchange
from trackstep.operation import COVERED
from trackstep.targets.protocol import Answer

JSON_1_1 = "smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"
REST_JSON_1 = "smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html"
SIGV4 = "docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"
MODEL = "the service models, as in spec/surface.json"
PAGINATE = "Paginate"


class Broken(NamedTuple):
    """A rule that does not hold for a call: which, where it says so, what it wants and what there was."""

    rule: str
    source: str
    wanted: str
    found: str


Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Found = tuple[str, str] | None
"""What was wanted and what was found; None where the rule holds."""


def _rest(call: Call) -> bool:
    return call.operation.service == "personalize-events"


def _differs(wanted: str, found: str) -> Found:
    return None if wanted == found else (wanted, found or "nothing")


def _target(call: Call, exchange: Exchange) -> Found:
    wanted = "" if _rest(call) else f"AmazonPersonalize.{call.operation.name.removeprefix(PAGINATE)}"
    return _differs(wanted, exchange.headers.get("x-amz-target", ""))


def _content_type(call: Call, exchange: Exchange) -> Found:
    wanted = "application/json" if _rest(call) else "application/x-amz-json-1.1"
    return _differs(wanted, exchange.headers.get("content-type", "").partition(";")[0])


def _body(call: Call, exchange: Exchange) -> Found:
    if not call.is_sound or call.operation.name not in COVERED:
        return None
    where = next(seen.parted(dict(call.operation.params), seen.body(exchange)), None)
    return None if where is None else (f"{where[0] or 'the body'} {short(where[1])}", short(where[2]))


def _signed_for(call: Call, exchange: Exchange) -> Found:
    found = signing.read(exchange)
    said = f"{found.algorithm or 'no signature'} {found.key} {found.service}/{found.end}"
    return _differs(f"AWS4-HMAC-SHA256 {KEY_ID} personalize/aws4_request", said)


def _region(call: Call, exchange: Exchange) -> Found:
    return _differs(call.operation.region, signing.read(exchange).region)


def _signed(call: Call, exchange: Exchange) -> Found:
    wanted = {"host", "x-amz-date", *({"x-amz-target"} & exchange.headers.keys())}
    missing = wanted - set(signing.read(exchange).headers)
    return None if not missing else ("signed headers with host, x-amz-date and x-amz-target", f"no {min(missing)}")


def _signature(call: Call, exchange: Exchange) -> Found:
    wanted, found = signing.signature(exchange, SECRET), signing.read(exchange).signature
    return None if not found or wanted == found else ("the signature of this request", "another")


def _dated(call: Call, exchange: Exchange) -> Found:
    found = exchange.headers.get("x-amz-date", "")
    return None if re.fullmatch(r"\d{8}T\d{6}Z", found) else ("x-amz-date as YYYYMMDD'T'HHMMSS'Z'", found or "nothing")


def _agent(call: Call, exchange: Exchange) -> Found:
    return None if exchange.headers.get("user-agent", "").strip() else ("a user agent", "none")


def _secret(call: Call, exchange: Exchange) -> Found:
    text = f"{exchange.path} {exchange.headers} ".encode() + exchange.body
    return ("the secret access key nowhere in a request", "it stands there") if SECRET.encode() in text else None


Check = Callable[[Call, Exchange], Found]
WIRE: dict[str, tuple[str, Check]] = {
    "method": (f"{JSON_1_1}, Protocol Behaviors; {MODEL}", lambda call, exchange: _differs("POST", exchange.method)),
    "path": (
        f"{JSON_1_1}, Protocol Behaviors; {MODEL}",
        lambda call, exchange: _differs("/events" if _rest(call) else "/", exchange.path),
    ),
    "X-Amz-Target": (f"{JSON_1_1}, Protocol Behaviors", _target),
    "content type": (f"{JSON_1_1}, Protocol Behaviors; {REST_JSON_1}, Content-Type", _content_type),
    "body": (f"{JSON_1_1}, Shape serialization", _body),
    "signing name": (f"{SIGV4}; {MODEL}", _signed_for),
    "region": (f"{SIGV4}", _region),
    "signed headers": (f"{SIGV4}: host, and all x-amz-*", _signed),
    "signature": (f"{SIGV4}", _signature),
    "x-amz-date": (f"{SIGV4}", _dated),
    "user agent": ("docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html", _agent),
    "no secret": (f"{SIGV4}: the secret is never sent", _secret),
}
"""What each request is held to."""


def judge(call: Call, answer: Answer, exchanges: Sequence[Exchange], trackers: int | None) -> Iterator[Broken]:
    """What a call breaks of all rules, each once."""
    for name, (source, check) in WIRE.items():
        wrong = next(filter(None, (check(call, exchange) for exchange in exchanges)), None)
        if wrong is not None:
            yield Broken(f"request: {name}", source, *wrong)
    if call.expect is not None:
        yield from _expected(call.expect, answer, exchanges, trackers)
    elif SERVE in call.replies:
        yield from _told(answer, exchanges)


TOLD = "docs/targets.md: what the SDK says is what the service answered"


def _told(answer: Answer, exchanges: Sequence[Exchange]) -> Iterator[Broken]:
    """Of an answer of the emulator: one request, and the caller is told what it says."""
    if answer.kind in ("client", "unsupported"):
        if exchanges:
            yield Broken("one request a call", MODEL, "no request, as it refused by itself", f"{len(exchanges)}")
        return
    if len(exchanges) != 1:
        yield Broken("one request a call", f"{MODEL}; nothing here is transient", "1 request", f"{len(exchanges)}")
        return
    status, body = exchanges[0].status, _json(exchanges[0].answer)
    if status == 200:
        if answer.result is None:
            yield Broken("the answer is told", TOLD, "success", f"{answer.kind}: {answer.code}")
            return
        for path, said, got in seen.parted(body, dict(answer.result)):
            yield Broken(f"the answer is told: {path}", TOLD, short(said), short(got))
    elif answer.result is not None:
        yield Broken("the error is told", TOLD, str(body.get("__type")), "success")
    else:
        pairs = (("code", "__type", answer.code), ("message", "message", answer.message))
        for what, member, got in pairs:
            if got != body.get(member, ""):
                yield Broken(f"the error is told: {what}", TOLD, short(body.get(member)), short(got))


def _json(answer: bytes) -> dict[str, Any]:
    """What the emulator answered; nothing where a request was so wrong that the answer is no JSON object."""
    try:
        body = json.loads(answer or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _expected(expect: Expect, answer: Answer, exchanges: Sequence[Exchange], trackers: int | None) -> Iterator[Broken]:
    if answer.kind == "unsupported":
        return
    code = "success" if answer.result is not None else answer.code
    said = {code} if answer.result is not None else {code, "error"}
    if expect.codes and not said & set(expect.codes):
        yield Broken(f"reads: {expect.rule}", expect.source, " or ".join(expect.codes), code)
    elif expect.message is not None and answer.result is None and answer.message != expect.message:
        yield Broken(f"reads: {expect.rule}, message", expect.source, short(expect.message), short(answer.message))
    if expect.result is not None and answer.result is not None:
        for path, wanted, got in seen.parted(dict(expect.result), dict(answer.result)):
            yield Broken(f"reads: {expect.rule}, {path}", expect.source, short(wanted), short(got))
    if expect.attempts and not expect.attempts[0] <= len(exchanges) <= expect.attempts[1]:
        least, most = expect.attempts
        wanted = f"{least}" if least == most else f"{least} to {most}"
        yield Broken(f"requests: {expect.rule}", expect.source, f"{wanted} requests", f"{len(exchanges)}")
    if expect.trackers is not None and trackers != expect.trackers:
        yield Broken(f"left: {expect.rule}", expect.source, f"{expect.trackers} event tracker", f"{trackers}")


def short(value: Json) -> str:
    """A value of JSON as it is shown; what has words of its own is rendered before."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"
