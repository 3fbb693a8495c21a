"""trackstep: the Amazon Personalize event tracker as a formal state machine, and a judge for it.

What a program of one's own needs, imported when it is first asked for, since pytest imports this package always:

    target = trackstep.load_target("http", trackstep.TargetOptions(endpoint_url="http://localhost:5000"))
    for event in trackstep.check(target, trackstep.Settings(max_calls=2000)): ...
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

PUBLIC = {
    "check": ("trackstep.checking", "check"),
    "Settings": ("trackstep.search.run", "Settings"),
    "load_target": ("trackstep.targets", "load"),
    "TargetOptions": ("trackstep.targets", "TargetOptions"),
}
"""Name -> the module that has it, and what it is called there."""


def __getattr__(name: str) -> Any:
    """Import what is public. Raises AttributeError for anything else."""
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = PUBLIC[name]
    return getattr(import_module(module), attribute)
