"""my_target.py: our fake behind trackstep."""

import json

from my_fake import handle

from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.targets import TargetOptions


class MyTarget:
    description = "my fake 1.0"
    regions_are_separate = True
    remembers = False

    def __init__(self, options: TargetOptions) -> None:
        self.timeout = options.call_timeout

    def call(self, operation: Operation) -> Outcome:
        body = operation.body if operation.body is not None else json.dumps(operation.params).encode()
        status, answer = handle(operation.name, body, operation.region)
        code = answer.get("__type", "").split("#")[-1]
        if status == 200:
            return Outcome.success(answer)
        if status >= 500:
            return Outcome.lost(f"HTTP {status}")
        if code == "UnknownOperationException":
            return Outcome.unsupported(code)
        return Outcome.refusal(code, answer.get("message", ""))

    def close(self) -> None:
        """Nothing was opened."""
