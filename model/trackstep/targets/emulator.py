"""The embedded emulator, in process."""

from __future__ import annotations

from contextlib import ExitStack

from trackstep import __version__
from trackstep.targets import TargetOptions
from trackstep.targets.moto import MotoTarget


class EmulatorTarget(MotoTarget):
    """moto with this project's event trackers; seeded, so that runs repeat."""

    name = f"embedded emulator {__version__}"

    def __init__(self, options: TargetOptions) -> None:
        super().__init__(options)
        from moto.moto_api._internal import mock_random

        from trackstep import emulator
        from trackstep.emulator import faults

        mock_random.seed(options.seed)
        self._entered = ExitStack()
        self._entered.enter_context(faults.planted(*options.planted))
        self._entered.enter_context(emulator.enabled())
        self._entered.enter_context(emulator.progression(options.progression, seconds=options.seconds))

    def close(self) -> None:
        """Leave moto as it was."""
        self._entered.close()
        super().close()
