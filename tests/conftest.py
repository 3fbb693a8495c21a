"""What all tests share: a run against the embedded emulator in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trackstep.results.report import report
from trackstep.search.deviation import Deviations
from trackstep.search.run import Run, Settings
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

Check = Callable[..., dict[str, Any]]


@pytest.fixture
def check() -> Check:
    """Run ``trackstep check`` on the emulator in process and return its report."""

    def run(progression: str = "immediate", shortest: bool = False, **settings: Any) -> dict[str, Any]:
        target = EmulatorTarget(TargetOptions(progression=progression, seconds=0.005))
        try:
            made = Run(target, Settings(**({"settle_timeout": 1.5} | settings)))
            for _ in made.events():
                pass
            found = Deviations(made)
            if shortest:
                for _ in found.shrink():
                    pass
            return report(made, found.all())
        finally:
            target.close()

    return run
