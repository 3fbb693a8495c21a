"""Sightings: each distinct deviation as it was seen on the way, before it is shrunk and shown.

Distinct means clause, operation and kind of answer. Owns what is kept of a sighting and which deviation is called
the cause of which. Knows nothing of targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trackstep import spec
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.search.circumstance import Circumstance


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

    ``said``: the circumstance of the call that showed it; ``because``: places in ``commands`` of what the expectation
    rests on.
    """

    finding: Finding
    source: str
    calls: int
    commands: list[Command]
    said: Circumstance
    because: list[int]
    steps: list[Step]
    prefix: str
    seen: int = 0


@dataclass
class Shrunk:
    """A deviation with its shortest program and all that this program showed, in order."""

    key: Key
    program: list[Command]
    shown: list[tuple[Key, int]]

    @property
    def step(self) -> int:
        """The step at which it showed itself."""
        return next((step for key, step in self.shown if key == self.key), 10**6)


_FORM = {"ET-WIRE-2", "ET-WIRE-3", "ET-WIRE-5", "ET-WIRE-6", "ET-WIRE-7", "ET-WIRE-8", "ET-WIRE-9", "ET-WIRE-11"}
"""Clauses of form alone: breaking one has no consequences for what an answer says."""
_WRITES = ("Create", "Delete", "Tag", "Untag")


def causes(shrunk: Iterable[Shrunk]) -> dict[Key, Key]:
    """Deviation -> the first cause that it most likely follows from; first causes are not in it.

    A cause shows itself at or before the step of its consequence, in the consequence's own shortest program: a write
    that did what it must not, a status that was wrong, or the same answer. Where a Create or Delete that should be
    refused is accepted whatever the status of the same resource, the clauses of each status are one cause; so is one
    wrong form of many answers.
    """
    placed: dict[Key, Key] = {}
    roots: list[Shrunk] = []
    order = list(spec.load().clauses)
    for one in sorted(shrunk, key=lambda s: (len(s.program), s.step, order.index(s.key.clause), s.key)):
        earlier = [key for key, step in one.shown if key != one.key and step <= one.step and _leads(key, step, one)]
        found = next(
            (placed.get(key, key) for key in earlier if key in placed or any(key == r.key for r in roots)), None
        )
        if found is None:
            found = next((root.key for root in roots if _one_family(root.key, one.key)), None)
        if found is None:
            roots.append(one)
        else:
            placed[one.key] = found
    return placed


def is_alone(one: Shrunk) -> bool:
    """Whether nothing that went wrong before it can have led to it."""
    return not any(key != one.key and step < one.step and _leads(key, step, one) for key, step in one.shown)


def _leads(key: Key, step: int, to: Shrunk) -> bool:
    """Whether one deviation can have led to another that came after it, or with it."""
    if key.clause in _FORM or to.key.clause in _FORM or not key.counts:
        return False
    if step == to.step:
        return True
    area = spec.load().clauses[key.clause].area
    return key.operation.startswith(_WRITES) or area == "LIFE" or key.clause in ("ET-GRP-4", "ET-GRP-10", "ET-GRP-11")


def _one_family(one: Key, other: Key) -> bool:
    """Whether both accept what must be refused because of the same resource, or answer in the same wrong form."""
    if one.clause == other.clause and one.clause in _FORM:
        return True
    if one.operation != other.operation or one.answer != other.answer or one.answer != "success":
        return False
    ons = [_on(key) for key in (one, other)]
    return bool(ons[0]) and ons[0] == ons[1]


def _on(key: Key) -> str:
    operation = spec.load().operations.get(key.operation)
    rows = operation.refusals if operation else ()
    return next((row.on for row in rows if key.clause in (row.clause, row.deleted, row.elsewhere) and row.on), "")
