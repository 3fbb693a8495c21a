"""What all tests share: a run against the embedded emulator in process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from unittest.mock import patch

import botocore
import pytest
from botocore.loaders import JSONFileLoader
from moto.core.models import MockAWS

import trackstep
from trackstep.event import Finished
from trackstep.search.clock import Still, Wall
from trackstep.search.run import Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

FEW = 1500
"""Calls of a run in which a test looks for what is soon found."""

Check = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True, scope="session")
def botocore_reads_each_file_once() -> Iterator[None]:
    """Read what botocore holds of the services once in a process: every session would for itself, for 0.2 s of CPU."""
    read, ours = JSONFileLoader.load_file, os.path.dirname(botocore.__file__)
    kept = cache(lambda path: read(JSONFileLoader(), path))

    def load_file(loader: JSONFileLoader, path: str) -> Any:
        return kept(path) if path.startswith(ours) else read(loader, path)

    with patch.object(JSONFileLoader, "load_file", load_file):
        yield


@pytest.fixture(autouse=True)
def nothing_is_left_open() -> Iterator[None]:
    """Fail a test that leaves a mock or an emulator running, for it would show in every later test of the process."""
    before, opened, made, closed = (
        MockAWS._nested_count,
        list[EmulatorTarget](),
        EmulatorTarget.__init__,
        EmulatorTarget.close,
    )

    def begin(target: EmulatorTarget, options: TargetOptions) -> None:
        made(target, options)
        opened.append(target)

    def close(target: EmulatorTarget) -> None:
        closed(target)
        if target in opened:  # closing twice is no fault
            opened.remove(target)

    with patch.object(EmulatorTarget, "__init__", begin), patch.object(EmulatorTarget, "close", close):
        yield
    for target in opened:
        closed(target)
    assert not opened, f"{len(opened)} emulators were left running: close the target"
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
            clock = Wall() if progression == "time" else Still()
            chosen = Settings(**({"settle_timeout": 20.0, "max_calls": FEW, "clock": clock} | settings))
            *_, last = trackstep.check(target, chosen, shrink=shortest)
            assert isinstance(last, Finished)
            return last.report
        finally:
            target.close()

    return run
