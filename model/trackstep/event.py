"""The events of a run, in the order they happen. Reports are written from these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trackstep.oracle.expected import Expected
from trackstep.oracle.judge import Step


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
    """One distinct contradiction: clause, operation and kind of answer, with the shortest program that showed it.

    ``answer`` is the kind of answer: success, "refusal CODE", lost, garbled. ``after``: how many calls had been made
    when it was first seen. ``seen`` of ``of``: how often it showed, of how often the clause was judged. ``cause``: the
    deviation that it most likely follows from ("" in a first cause). ``rests_on``: numbers of the steps that the
    expectation rests on. ``steps``, under names that begin with
    ``prefix``, are what was asked and answered when ``program`` was run; ``claim`` is a Python expression over
    ``answer`` that a conforming one makes true.
    """

    clause: str
    level: str
    sentence: str
    operation: str
    answer: str
    expected: Expected
    actual: str
    because: tuple[str, ...]
    history: tuple[str, ...]
    program: tuple[str, ...]
    source: str
    after: int
    seen: int
    of: int
    reproduced: bool
    link: str
    evidence: tuple[str, ...]
    cause: str = ""
    claim: str = ""
    rests_on: tuple[int, ...] = ()
    prefix: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """How it is named: clause, operation and kind of answer."""
        return f"{self.clause} {self.operation} {self.answer}"


@dataclass(frozen=True, slots=True)
class Found:
    """A deviation was seen for the first time."""

    clause: str
    operation: str
    answer: str
    source: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over; ``report`` is what report.json holds."""

    report: dict[str, Any] = field(default_factory=dict)
    deviations: tuple[Deviation, ...] = ()


Event = Started | Called | Found | Finished
