"""The embedded emulator over real HTTP, on a free loopback port: what ``make check`` checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from trackstep import __version__
from trackstep.targets import TargetOptions
from trackstep.targets.http import HttpTarget

NAME = f"embedded emulator {__version__} over HTTP"


@contextmanager
def embedded(options: TargetOptions) -> Iterator[str]:
    """The URL of an embedded emulator, empty and seeded, as the options want it, while the block lasts."""
    from moto.moto_api._internal import mock_random

    from trackstep import emulator
    from trackstep.emulator import faults, server
    from trackstep.emulator.models import personalize_backends

    mock_random.seed(options.seed)
    personalize_backends.reset()
    moving = emulator.progression(options.progression, seconds=options.seconds)
    with faults.planted(*options.planted), moving, server.running() as url:
        yield url


class ServedClient(HttpTarget):
    """Another client of a server that we have started."""

    remembers = False

    is_ours = True


class ServedTarget(ServedClient):
    """Starts a server, and stops it when closed: nothing outlives the process."""

    def __init__(self, options: TargetOptions) -> None:
        self._entered = ExitStack()
        url = self._entered.enter_context(embedded(options))
        super().__init__(replace(options, endpoint_url=url, events_endpoint_url=None))
        self.name = f"{NAME} at {url}"

    def client(self) -> HttpTarget:
        """Another client, of the same server."""
        return self._ready(ServedClient(self.options))

    @property
    def version(self) -> str:
        """The embedded emulator's, whatever its server calls itself."""
        return f"embedded emulator {__version__}"

    def close(self) -> None:
        """Stop the server."""
        super().close()
        self._entered.close()
