"""The embedded emulator, in process."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from email.utils import formatdate

from trackstep import __version__
from trackstep.operation import Operation
from trackstep.outcome import Outcome, Wire
from trackstep.targets import TargetOptions
from trackstep.targets.boto import read


class EmulatorTarget:
    """moto with this project's event trackers; seeded, so that runs repeat.

    It is asked directly, with neither boto3 nor HTTP between: the target ``served`` has both. The ``Date`` that a
    connection adds to an answer is added here. There is one emulator in a process: a new target begins it anew, for
    whoever uses it.
    """

    regions_are_separate = True
    remembers = False
    description = version = f"embedded emulator {__version__}"

    def __init__(self, options: TargetOptions) -> None:
        from moto.core.models import DEFAULT_ACCOUNT_ID
        from moto.moto_api._internal import mock_random

        from trackstep import emulator
        from trackstep.emulator import faults, models, responses

        mock_random.seed(options.seed)
        models.personalize_backends.reset()
        self._account = os.environ.get("MOTO_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID
        self._asked = {
            "personalize": responses.PersonalizeResponse.asked,
            "personalize-events": responses.PersonalizeEventsResponse.asked,
        }
        self._entered = ExitStack()
        self._entered.enter_context(faults.planted(*options.planted))
        self._entered.enter_context(emulator.progression(options.progression, seconds=options.seconds))

    def call(self, operation: Operation) -> Outcome:
        """Answer one operation."""
        body = operation.body if operation.body is not None else json.dumps(dict(operation.params)).encode()
        asked = self._asked[operation.service]
        status, headers, text = asked(f"AmazonPersonalize.{operation.name}", body, operation.region, self._account)
        lower = {"date": formatdate(usegmt=True)} | {name.lower(): value for name, value in headers.items()}
        return read(operation, Wire(status, lower, text.encode("utf-8", "surrogateescape")))

    def close(self) -> None:
        """Leave the emulator as it was."""
        self._entered.close()
