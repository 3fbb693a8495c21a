"""Sightings: each distinct deviation as it was seen on the way, before it is shrunk and shown.

Distinct means clause, operation and kind of answer. Owns what is kept of a sighting, and of the program that it was
shrunk to. Knows nothing of targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trackstep import spec
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.search.circumstance import Circumstance
from trackstep.search.conflict import Round


class Key(NamedTuple):
    """What makes two deviations the same one."""

    clause: str
    operation: str
    answer: str

    @property
    def counts(self) -> bool:
        """Whether it is held against a target."""
        return spec.load().clauses[self.clause].level != "tentative"


def answer(outcome: Outcome) -> str:
    """The kind of an answer: success, "refusal CODE", lost, garbled."""
    return f"refusal {outcome.code}" if outcome.kind == "refusal" else outcome.kind


def key(finding: Finding, steps: Sequence[Step]) -> Key:
    """The key of a finding in the history that it was made in."""
    return Key(finding.clause, finding.operation, answer(steps[finding.step - 1].outcome))


@dataclass
class Sighting:
    """A deviation: its first finding, the source that found it, the shortest program it was seen at the end of.

    ``told``: the same program with what prepares it. ``said``: the circumstance of the call that showed it;
    ``because``: places in ``commands`` of what the expectation rests on. ``round``: what clients asked at once, of a
    deviation that shows itself then only; ``intervals``: when each step of it was sent and answered.
    """

    finding: Finding
    source: str
    calls: int
    commands: list[Command]
    told: list[Command]
    said: Circumstance
    because: list[int]
    steps: list[Step]
    prefix: str
    seen: int = 0
    intervals: Sequence[Interval] = ()
    round: Round | None = None


@dataclass
class Shrunk:
    """A deviation with its shortest program and all that this program showed, in order.

    ``steps``: what was asked and answered then, under names that begin with ``prefix``. ``is_short``: whether there is
    nothing in the program that it can do without; else most of it may have nothing to do with the deviation.
    ``member``: of the answer, the one that is wrong, where it is one.
    """

    key: Key
    program: list[Command]
    shown: list[tuple[Key, int]]
    steps: Sequence[Step] = ()
    prefix: str = ""
    is_short: bool = True
    member: str = ""

    @property
    def step(self) -> int:
        """The step at which it showed itself."""
        return next((step for key, step in self.shown if key == self.key), 10**6)
