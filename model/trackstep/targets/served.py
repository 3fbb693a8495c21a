"""The embedded emulator over real HTTP, on a free loopback port: what ``make check`` checks."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from trackstep import __version__
from trackstep.targets import TargetOptions
from trackstep.targets.http import HttpTarget


class ServedTarget(HttpTarget):
    """Starts a server, and stops it when closed."""

    def __init__(self, options: TargetOptions) -> None:
        from trackstep import emulator
        from trackstep.emulator import faults, server

        self._entered = ExitStack()
        self._entered.enter_context(faults.planted(*options.planted))
        self._entered.enter_context(emulator.progression(options.progression, seconds=options.seconds))
        url = self._entered.enter_context(server.running())
        super().__init__(replace(options, endpoint_url=url, events_endpoint_url=None))
        self.name = f"embedded emulator {__version__} over HTTP at {url}"

    def close(self) -> None:
        """Stop the server."""
        super().close()
        self._entered.close()
