"""The events of a run, in the order they happen. Reports are written from these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins: what is tested and with which seed."""

    target: str
    seed: int
    prefix: str


@dataclass(frozen=True, slots=True)
class Called:
    """One call was answered."""

    calls: int
    source: str
    operation: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """One distinct contradiction: clause and operation, with the shortest program that showed it."""

    clause: str
    level: str
    sentence: str
    operation: str
    expected: str
    actual: str
    because: tuple[str, ...]
    history: tuple[str, ...]
    program: tuple[str, ...]
    source: str
    seen: int
    reproduced: bool
    link: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A deviation was seen for the first time."""

    clause: str
    operation: str
    source: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over; ``report`` is what report.json holds."""

    report: dict[str, Any] = field(default_factory=dict)
    deviations: tuple[Deviation, ...] = ()


Event = Started | Called | Found | Finished
