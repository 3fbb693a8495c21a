"""What an SDK offers for the covered operations, and what changes from one to the next.

    surface_of("botocore==1.24.36")                     a surface (surface.py); source.py lists the words
    compare(surface_of("spec"), surface_of("installed"))  what differs, how serious it is, which clauses it touches
    drift()                                             the same: the installed botocore beside the specification's own

Knows no target and no history: it reads what SDKs are generated from, and calls nothing.
"""

from __future__ import annotations

from trackstep.sdk.difference import Comparison, Difference, compare
from trackstep.sdk.rule import CLASSES
from trackstep.sdk.source import surface_of
from trackstep.sdk.surface import Surface, dumps

__all__ = ["CLASSES", "Comparison", "Difference", "Surface", "compare", "drift", "dumps", "surface_of"]


def drift(source: str = "installed") -> Comparison:
    """How an SDK departs from the specification's own surface, ``spec/surface.json``.

    ``drift().at_least("behaviour")`` is what a gate refuses, ``drift().clauses()`` what has to be read again. Raises
    UsageError where the source cannot be read, TargetError where it cannot be fetched.
    """
    return compare(surface_of("spec"), surface_of(source))
