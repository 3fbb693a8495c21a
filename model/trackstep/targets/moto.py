"""moto as released, in process."""

from __future__ import annotations

from importlib.metadata import version

from moto.core.models import MockAWS

from trackstep.targets import TargetOptions
from trackstep.targets.boto import BotoTarget


class MotoTarget(BotoTarget):
    """What a user of ``mock_aws`` meets today."""

    is_ours = True
    name = f"moto {version('moto')}"

    @property
    def version(self) -> str:
        """The release of moto, or of this project, that answers in this process."""
        return self.name

    def __init__(self, options: TargetOptions) -> None:
        super().__init__(options)
        self._mock: MockAWS | None = MockAWS()  # and not mock_aws(), which TEST_SERVER_MODE leads to a server
        self._mock.start()

    def close(self) -> None:
        """Stop the mock."""
        super().close()
        if self._mock is not None:
            self._mock.stop()
            self._mock = None
