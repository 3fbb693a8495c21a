"""Operations through boto3: its signing, its HTTP; the request and the answer as they stand on the wire."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import botocore
import botocore.exceptions as broken

from trackstep import secret
from trackstep.errors import TargetError, UsageError
from trackstep.operation import COVERED, Operation
from trackstep.outcome import Outcome, Wire
from trackstep.targets import TargetOptions, client, line, place

THROTTLES = frozenset(
    [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "SlowDown",
        "RequestThrottled",
        "RequestThrottledException",
        "ProvisionedThroughputExceededException",
    ]
)
UNKNOWN = frozenset(
    [
        "UnknownOperationException",
        "UnknownOperation",
        "NotImplemented",
        "NotImplementedException",
        "InvalidAction",
        "UnsupportedOperation",
        "UnsupportedOperationException",
    ]
)


class BotoTarget:
    """A target behind boto3 clients, one a service and region."""

    regions_are_separate = True
    remembers = False
    is_ours = False
    """Whether what answers is in this process, or was started by it: the machine's settings are not for it then."""
    name = "boto3"

    def __init__(self, options: TargetOptions) -> None:
        self.options = options
        self._clients: dict[tuple[str, str], Any] = {}
        self._own = secret.Own()
        self._now: Operation | None = None
        self._came: Wire | Outcome | None = None

    @property
    def description(self) -> str:
        """What was tested."""
        return f"{self.name}, through botocore {botocore.__version__}"

    def credentials(self) -> dict[str, str]:
        """Keyword arguments for the clients; empty where boto3 finds its own."""
        return client.DUMMIES

    def endpoint(self, service: str) -> str | None:
        """The URL of a service; None for boto3's own, which is the real service unless something is mocked."""
        return None

    def reach(self, service: str) -> client.Reach:
        """How far a service is away. Raises UsageError where it is on another machine, and ``remote`` is not given."""
        url = self.endpoint(service)
        if self.is_ours:
            return "ours"
        if place.is_loopback(url):
            return "loopback"
        if not self.options.remote:
            raise UsageError(place.refusal(url or f"the real service ({self.name})"))
        return "remote"

    @cached_property
    def _session(self) -> Any:
        return client.session("ours" if self.is_ours else "loopback")

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            timeout, url, keys = self.options.call_timeout, self.endpoint(service), self.credentials()
            made = client.client(self._session, service, region, url, self.reach(service), timeout, **keys)
            made.meta.events.register("before-call", self._send)
            made.meta.events.register_last("request-created", self._signed)
            self._listen(made.meta.events)
            self._clients[service, region] = made
        return self._clients[service, region]

    def _listen(self, events: Any) -> None:
        """Have what comes back brought here before botocore reads it."""
        events.register("before-parse", self._received)

    def secrets(self) -> tuple[str, ...]:
        """What requests are signed with now; it may have been refreshed since the last one."""
        found = None if self.credentials() else client.credentials(self._session)
        return tuple(value for value in (found.get_frozen_credentials() if found else ()) if isinstance(value, str))

    def _send(self, params: dict[str, Any], **_: Any) -> None:
        operation = self._now
        if operation is None:
            return
        body = operation.body if operation.body is not None else json.dumps(dict(operation.params)).encode()
        params["body"] = body
        params["headers"]["Content-Type"] = "application/x-amz-json-1.1"
        if operation.service == "personalize-events":
            params["headers"]["Content-Type"] = "application/json"
        else:
            params["headers"]["X-Amz-Target"] = f"AmazonPersonalize.{operation.name}"

    def _signed(self, request: Any, **_: Any) -> None:
        if (values := self.secrets()) != self._own.values:
            self._own = secret.Own(values)
        signature = request.headers.get("Authorization") or ""
        self._own.sign(signature if isinstance(signature, str) else signature.decode("latin-1"))

    def _received(self, response_dict: dict[str, Any], **_: Any) -> None:
        headers = {str(k).lower(): str(v) for k, v in response_dict["headers"].items()}
        self._came = Wire(response_dict["status_code"], headers, response_dict["body"])
        # botocore's parsers trip over answers of the wrong shape in many ways: they are given an empty one.
        response_dict.update(status_code=200, headers={}, body=b"{}")

    def call(self, operation: Operation) -> Outcome:
        """Send one operation; whatever happens is an outcome. Raises TargetError for missing credentials."""
        self._now, self._came = operation, None
        made = self._client(operation.service, operation.region)
        send = made.put_events if operation.service == "personalize-events" else made.describe_event_tracker
        try:
            send()
        except (broken.NoCredentialsError, broken.PartialCredentialsError, broken.NoRegionError) as wrong:
            raise TargetError(f"{wrong}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from None
        except broken.ClientError:
            pass  # of the status alone; the answer itself is read below
        except broken.BotoCoreError as wrong:
            return Outcome.lost(line(wrong))
        finally:
            self._now = None
        came = self._came
        return Outcome.lost("no HTTP answer") if came is None else read(operation, self._own.answer(came))

    def close(self) -> None:
        """Close the clients' connections."""
        for made in self._clients.values():
            made.close()
        self._clients = {}


WORD, TEXT = 200, 4000
"""Characters that are kept of the code and of the message of an error."""
VALUES = 500_000
"""Values of an answer that are read: each takes many times the memory that its bytes do."""


def read(operation: Operation, came: Wire | Outcome) -> Outcome:
    """An HTTP answer as an outcome; what came in place of one is an outcome already."""
    if isinstance(came, Outcome):
        return came
    if sum(came.body.count(sign) for sign in (b"[", b"{", b",")) > VALUES:
        return Outcome.garbled(f"HTTP {came.status}, and more than {VALUES} values in {len(came.body)} bytes of JSON")
    try:
        parsed = json.loads(came.body.decode()) if came.body else {}
    except (ValueError, RecursionError):  # also bytes that are no UTF-8, and numbers of more digits than Python reads
        parsed = None
    start = f"HTTP {came.status} {came.headers.get('content-type', 'without content type')[:WORD]}: {came.body[:60]!r}"
    if 200 <= came.status < 300:
        return Outcome.success(parsed, came) if isinstance(parsed, dict) else Outcome.garbled(start, came)
    body = parsed if isinstance(parsed, dict) else {}
    named = body.get("__type") or body.get("code") or body.get("Code") or came.headers.get("x-amzn-errortype") or ""
    code = _short(named, TEXT).split("#")[-1].split(":")[0][:WORD]
    message = _short(body.get("message") or body.get("Message") or "", TEXT)
    status = 501 if b"NotImplementedError" in came.body else came.status
    return refused(operation, status, code, message, start, came)


def _short(value: Any, most: int) -> str:
    """What stands where a text should, as one."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text[:most]


def refused(
    operation: Operation, status: int, code: str, message: str, start: str, wire: Wire | None = None
) -> Outcome:
    """An error that a service answered with, as an outcome; ``start`` is shown where there is no code to name."""
    if status == 429 or code in THROTTLES:
        return Outcome.throttled(code or "429", message, wire)
    if status == 501:
        return Outcome.unsupported(start, wire)
    if status >= 500:
        return Outcome.lost(start, wire)
    if code in UNKNOWN and operation.name in COVERED:
        return Outcome.unsupported(start, wire)
    if status == 413 and not code:
        return Outcome.refusal("RequestEntityTooLargeException", start, wire)
    if code and 400 <= status < 500:
        return Outcome.refusal(code, message, wire)
    if status in (404, 405):
        return Outcome.unsupported(start, wire)
    return Outcome.garbled(start, wire)
