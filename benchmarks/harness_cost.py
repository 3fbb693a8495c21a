"""What the harness costs for each call, beyond boto3's own time on the same calls.

    python benchmarks/harness_cost.py

The same operations go to the embedded emulator twice in turn: performed, judged and noted by a
session; and by plain boto3. CPU time is counted, not waiting. The bar is 0.2 ms a call.
"""

from __future__ import annotations

import contextlib
import sys
import time
from statistics import median
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws

from trackstep import emulator
from trackstep.operation import COVERED
from trackstep.oracle.judge import Step
from trackstep.program import SETTLE, WALK
from trackstep.search import plan
from trackstep.search.run import Run, Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

BAR = 0.2e-3
LANES = ("life", "again", "several")
ROUNDS = 7


def by_harness() -> tuple[float, list[Step]]:
    """Seconds of CPU for the excursions that any SDK can send, with all that a run counts; and their steps."""
    target = EmulatorTarget(TargetOptions())
    run = Run(target, Settings(max_calls=10_000))
    session = run.session(lambda: "benchmark")
    session.perform(plan.MAKE)  # the clients are built
    started = time.process_time()
    for excursion in plan.excursions():
        if excursion.lane in LANES:
            for command in excursion.commands:
                if command.name in (*COVERED, SETTLE, WALK):
                    session.perform(command)
    spent = time.process_time() - started
    target.close()
    return spent, session.steps[1:]


def by_boto3(steps: list[Step]) -> float:
    """Seconds of CPU for the same operations by plain boto3."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    words: dict[str, Any] = {
        "region_name": "us-east-1", "config": config,
        "aws_access_key_id": "testing", "aws_secret_access_key": "testing",
    }  # fmt: skip
    with mock_aws(), emulator.enabled(), emulator.progression("immediate"):
        services = ("personalize", "personalize-events")
        connect: Any = boto3.client
        clients = {service: connect(service, **words) for service in services}
        started = time.process_time()
        for operation, _ in steps:
            call = getattr(clients[operation.service], operation.method)
            with contextlib.suppress(ClientError):
                call(**operation.params)
        return time.process_time() - started


def main() -> int:
    """Measure in turn, print, compare with the bar."""
    harness, plain, calls = [], [], 0
    for _ in range(ROUNDS):
        spent, steps = by_harness()
        harness.append(spent)
        plain.append(by_boto3(steps))
        calls = len(steps)
    with_it, without = median(harness) / calls, median(plain) / calls
    cost = with_it - without
    print(f"{calls} calls, medians of {ROUNDS}: {with_it * 1e3:.3f} ms a call with it, {without * 1e3:.3f} ms by boto3")
    print(f"the harness costs {cost * 1e3:.3f} ms a call; bar {BAR * 1e3} ms: ratio {cost / BAR:.2f}")
    return cost > BAR


if __name__ == "__main__":
    sys.exit(main())
