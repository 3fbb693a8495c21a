"""A front: any target behind HTTP on loopback, so that what boto3 and curl send to it is counted, bounded and judged.

Owns how an outcome is put back on the wire. Every call is a step, kept in order; once the budget is spent, or its
moment has come, it answers 503 and sends nothing. Knows nothing of bundles.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome
from trackstep.search.session import Budget, BudgetSpent
from trackstep.targets import Target
from trackstep.targets.asking import ask

_SCOPE = re.compile(r"Credential=[^/]*/\d{8}/([\w-]+)/")
_HOP = {"content-length", "transfer-encoding", "connection", "keep-alive", "content-encoding", "date", "server"}
"""Headers that are the connection's, and not the answer's."""
_STATUS = {"success": 200, "refusal": 400, "throttled": 400, "unsupported": 501}


class Front:
    """A WSGI application in front of a target. ``until``: a moment (monotonic, seconds) after which it is shut."""

    def __init__(self, target: Target, budget: Budget) -> None:
        self._target, self._budget = target, budget
        self._lock = threading.Lock()
        self.steps: list[Step] = []
        self.until = float("inf")
        self.is_shut = False
        """Whether a call was not sent, because nothing was left to spend."""

    def begin(self, until: float) -> None:
        """Forget the steps, and be open until then."""
        with self._lock:
            self.steps, self.until, self.is_shut = [], until, False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Send one request on."""
        from werkzeug.wrappers import Request, Response

        request = Request(environ)
        outcome = self._sent(_read(request.path, request.headers, request.get_data()))
        status, headers, body = _written(outcome)
        return Response(body, status=status, headers=headers)(environ, start_response)

    def _sent(self, operation: Operation) -> Outcome:
        with self._lock:
            try:
                if time.monotonic() >= self.until:
                    raise BudgetSpent
                self._budget.spend()
            except BudgetSpent:
                self.is_shut = True
                return Outcome.lost("not sent: nothing was left to spend")
            outcome = ask(self._target, operation)
            self.steps.append(Step(operation, outcome))
            return outcome


@contextmanager
def before(target: Target, budget: Budget) -> Iterator[tuple[Front, str]]:
    """A front of the target and its URL, while the block lasts."""
    from trackstep.emulator import server

    front = Front(target, budget)
    with server.in_background(server.make_server("127.0.0.1", 0, front)) as url:
        yield front, url


def _read(path: str, headers: Any, body: bytes) -> Operation:
    """The operation of a request; a body that is not what boto3 would write is sent as it is."""
    name = "PutEvents" if path == "/events" else headers.get("X-Amz-Target", "").partition(".")[2]
    scope = _SCOPE.search(headers.get("Authorization", ""))
    region = scope[1] if scope else "us-east-1"
    try:
        params = json.loads(body)
    except (ValueError, RecursionError):
        params = None
    plain = isinstance(params, dict) and json.dumps(params).encode() == body
    return Operation(name, params if plain else {}, region, None if plain else body)


def _written(outcome: Outcome) -> tuple[int, dict[str, str], bytes]:
    """An outcome as status, headers and body: as it was on the wire, or as it would have been."""
    wire = outcome.wire
    if wire is not None:
        return wire.status, {k: v for k, v in wire.headers.items() if k.lower() not in _HOP}, wire.body
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "none"}
    body: dict[str, Any] = dict(outcome.result or {})
    if outcome.kind != "success":
        body = {"__type": outcome.code or outcome.kind, "message": outcome.message}
    return _STATUS.get(outcome.kind, 503), headers, json.dumps(body).encode() if body else b""
