"""A call that a gate makes, what its requests are answered, and what is expected of it; calls in a program.

Owns the values. Knows nothing of where calls come from, or of how they are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trackstep.gate.endpoint import SERVE, Reply
from trackstep.operation import COVERED, Operation
from trackstep.oracle import constraint

STRUCTURE = frozenset({"ET-INPUT-1", "ET-INPUT-6", "ET-INPUT-7", "ET-INPUT-12"})
"""The clauses about members and types of a request: what is required, of which type, and unknown."""


@dataclass(frozen=True, slots=True)
class Expect:
    """What the protocol's documents say of a canned answer; ``source`` is where. What they leave open is absent.

    ``codes``: the errors that may surface, ``success``, or ``error`` for any. ``result``: what a caller gets.
    ``attempts``: how many requests may arrive, at least and at most. ``trackers``: how many there are afterwards.
    """

    rule: str
    source: str
    codes: tuple[str, ...] = ()
    message: str | None = None
    result: Mapping[str, Any] | None = None
    attempts: tuple[int, int] | None = None
    trackers: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call through the SDK; ``replies`` is what its requests are answered, ``place`` when, for the clock."""

    operation: Operation
    replies: tuple[Reply, ...] = (SERVE,)
    expect: Expect | None = None
    note: str = ""
    place: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether members and types are as documented: then an SDK has nothing to mend. Limits are the service's."""
        name = self.operation.name
        violations = constraint.violations(name, self.operation.params) if name in COVERED else ()
        return not any(clause in STRUCTURE for clause, _ in violations)


@dataclass(frozen=True, slots=True)
class Program:
    """Calls that follow each other, beginning where nothing exists. A ``canned`` one is no history of a service.

    ``number`` is part of what identifiers are drawn from.
    """

    title: str
    calls: tuple[Call, ...]
    canned: bool = False
    number: int = 0
