"""An SDK in any language: a child process makes the calls, and says what its SDK made of the answers.

Owns what an answer of a driver means as an outcome. The SDK sends to ``--endpoint-url``, or else to an embedded
emulator that is served for it. What a driver cannot say, since an SDK does not show it (the answer on the wire),
is not judged; what an SDK cannot send (raw bytes) is not sent.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from trackstep import secret
from trackstep.errors import TargetError, UsageError
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.targets import TargetOptions, protocol, served
from trackstep.targets.boto import refused
from trackstep.targets.child import Child
from trackstep.targets.http import HttpTarget
from trackstep.targets.protocol import Answer

REFUSED_BY_SDK = "ValidationException"
"""How a refusal by the SDK itself is counted: to its caller it is one of malformed input, whatever its class."""
PATIENCE = 5.0
"""Seconds that a driver has beyond the time-out of its SDK's call."""


class StdioTarget:
    """A driver (docs/targets.md) and where its SDK sends to. Raises TargetError for a driver that does not start."""

    def __init__(self, options: TargetOptions) -> None:
        if not options.command:
            raise UsageError("--target stdio wants --command, such as --command 'node driver.mjs'")
        self.remembers = bool(options.endpoint_url)
        self._timeout = options.call_timeout
        self._entered = ExitStack()
        try:
            where = options.endpoint_url or self._entered.enter_context(served.embedded(options))
            endpoint = HttpTarget(replace(options, endpoint_url=where))
            self._entered.callback(endpoint.close)
            self.regions_are_separate = endpoint.regions_are_separate
            self.notice = endpoint.notice
            self._own = secret.Own(endpoint.secrets()) if options.endpoint_url else secret.Own()
            dummies = not options.endpoint_url or bool(endpoint.credentials())
            environment = protocol.environment(where, options.events_endpoint_url, options.call_timeout, dummies)
            self._child = Child(options.command, environment)
            self._entered.callback(self._child.close)
        except BaseException:
            self._entered.close()
            raise
        self._where = options.endpoint_url or served.NAME

    @property
    def description(self) -> str:
        """The SDK, its version, and what it was asked to talk to."""
        return f"{self._child.hello}, driven by {self._child.name}, against {self._where}"

    @property
    def version(self) -> str:
        """The SDK, in the driver's own words; what it sends to is out of its sight."""
        return str(self._child.hello)

    def call(self, operation: Operation) -> Outcome:
        """Have one call made. Raises TargetError for a driver that does not keep the contract, or lacks a setting."""
        if operation.body is not None:
            return Outcome.unsupported("an SDK writes its requests itself: no raw body can be sent through it")
        try:
            return self._own.outcome(read(operation, self._child.ask(operation, self._timeout + PATIENCE)))
        except TargetError as wrong:
            raise TargetError(self._own.taken_from(str(wrong))) from None

    def close(self) -> None:
        """End the driver, and the emulator where it is ours."""
        self._entered.close()


def read(operation: Operation, answer: Answer) -> Outcome:
    """What a driver answered, as an outcome. Raises TargetError where the SDK lacks a setting."""
    if answer.result is not None:
        return Outcome.success(answer.result)
    told = f"{answer.code}: {answer.message}" if answer.message else answer.code or answer.kind
    if answer.kind == "configuration":
        raise TargetError(f"the SDK lacks a setting: {protocol.inert(told, 200)}")
    if answer.kind == "client":
        return Outcome.refusal(REFUSED_BY_SDK, f"by the SDK, nothing was sent: {' '.join(told.split())}")
    if answer.kind == "network":
        return Outcome.lost(f"the SDK got no answer: {told}")
    if answer.kind == "unparsed":
        return Outcome.garbled(f"the SDK cannot read the answer: {told}")
    if answer.kind == "unsupported":
        return Outcome.unsupported(f"the SDK does not offer it: {told}")
    code = answer.code.split("#")[-1].split(":")[0]
    return refused(operation, answer.status or 400, code, answer.message, told)
