"""What pytester must find loaded: it unloads what a session within a session has imported, and moto exists once."""

from __future__ import annotations

from hypothesis import stateful

from trackstep.emulator import faults, server
from trackstep.plugin import choice, judged_target, mocked, search, suite
from trackstep.reporting import writing
from trackstep.results import report
from trackstep.search import deviation, run
from trackstep.targets import emulator, http

LOADED = (
    choice, deviation, emulator, faults, http, judged_target, mocked, report, run, search, server, stateful, suite,
    writing,
)  # fmt: skip
