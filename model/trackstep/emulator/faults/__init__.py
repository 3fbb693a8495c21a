"""The emulator broken on purpose: seeded faults, for a suite to find, and variants, of which none is wrong.

    with trackstep.emulator.faults.planted("second-tracker-allowed"): ...

A fault is one function: it wraps one method of the emulator, its docstring says what is wrong, its decorator
which clauses say so (their numbers in spec/event-tracker.md; no more is known of the specification here).
What a fault remembers it keeps on the backend (``self``), so that a reset forgets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from trackstep.errors import UsageError

from . import catalogue, races, variants
from .planting import Fault

__all__ = ["FAULTS", "RACES", "VARIANTS", "Fault", "find", "planted"]

FAULTS: dict[str, Fault] = catalogue.FAULTS
"""Name -> what is broken, and which clauses say so."""
RACES: dict[str, Fault] = races.RACES
"""The same of what only clients that ask at once can see: who asks one thing after the other is answered rightly."""
VARIANTS: dict[str, Fault] = variants.VARIANTS
"""Name -> what is different and allowed; no clause says otherwise."""


def find(name: str) -> Fault:
    """The fault or variant of this name. Raises UsageError, which says where the names are."""
    found = FAULTS.get(name) or RACES.get(name) or VARIANTS.get(name)
    if found is None:
        raise UsageError(f"no fault or variant named {name!r}; `trackstep faults` lists them")
    return found


@contextmanager
def planted(*names: str) -> Iterator[None]:
    """Break the emulator in these ways while the block lasts; they are laid one over the other. Raises UsageError."""
    chosen = [find(name) for name in names]
    with ExitStack() as undone:
        for fault in chosen:
            fault.plant(undone)
        yield
