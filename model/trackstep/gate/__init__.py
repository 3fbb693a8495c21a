"""The gate for a change to an SDK: the same seeded calls through it, judged, and compared call by call.

    script(seed, max_calls)          what is asked: canned answers first, then histories
    candidate("python:/path/venv")   the SDK, in an interpreter of its own
    perform(candidate, script)       what was seen of each call, and what it breaks
    differences(baseline, run)       what is not as in the baseline's run

Knows the model, the emulator and the drivers; no report is known to it but its own.
"""

from __future__ import annotations

from trackstep.gate.baseline import Baseline, load, save
from trackstep.gate.candidate import Candidate, candidate
from trackstep.gate.difference import Difference, differences
from trackstep.gate.running import Deviation, Run, perform
from trackstep.gate.script import Script, script

__all__ = [
    "Baseline",
    "Candidate",
    "Deviation",
    "Difference",
    "Run",
    "Script",
    "candidate",
    "differences",
    "load",
    "perform",
    "save",
    "script",
]
