"""What all tests share: a run against the embedded emulator in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto.core.models import MockAWS

import trackstep
from trackstep.event import Finished
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

FEW = 1500
"""Calls of a run in which a test looks for what is soon found."""

Check = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def nothing_is_left_open() -> Iterator[None]:
    """Fail a test that leaves a mock running, for every later test of the process would be answered from it."""
    before = MockAWS._nested_count
    yield
    left = MockAWS._nested_count - before
    while MockAWS._nested_count > before:
        MockAWS().stop()
    assert not left, f"{left} mocks of moto were left running: close the target"


@pytest.fixture
def check() -> Check:
    """Run ``trackstep check`` on the emulator in process and return its report."""

    def run(progression: str = "immediate", shortest: bool = False, **settings: Any) -> dict[str, Any]:
        target = EmulatorTarget(TargetOptions(progression=progression, seconds=0.005))
        try:
            chosen = Settings(**({"settle_timeout": 20.0, "max_calls": FEW} | settings))
            *_, last = trackstep.check(target, chosen, shrink=shortest)
            assert isinstance(last, Finished)
            return last.report
        finally:
            target.close()

    return run
