"""Sightings: each distinct deviation as it was seen on the way, before it is shrunk and shown.

Distinct means clause, operation and kind of answer. Owns what is kept of a sighting and which deviation is called
the cause of which. Knows nothing of targets.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from trackstep import spec
from trackstep.oracle.judge import Step
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.search.circumstance import Circumstance
from trackstep.search.mended import is_read, persists


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
    """A deviation with its shortest program and all that this program showed, in order.

    ``steps``: what was asked and answered then, under names that begin with ``prefix``. ``is_short``: whether it is a
    program that was tried; else it is as recorded, and most of it may have nothing to do with the deviation but the
    steps that its expectation ``rests_on``.
    """

    key: Key
    program: list[Command]
    shown: list[tuple[Key, int]]
    steps: Sequence[Step] = ()
    prefix: str = ""
    is_short: bool = True
    rests_on: Sequence[int] = ()

    @property
    def step(self) -> int:
        """The step at which it showed itself."""
        return next((step for key, step in self.shown if key == self.key), 10**6)


class Cause(NamedTuple):
    """The first cause of a deviation. ``is_case``: both are cases of one missing check; else it follows from it."""

    first: Key
    is_case: bool


FORM = "form"
"""What a clause is about that an answer's form alone breaks: it has no consequences for what the answer says."""


def causes(shrunk: Iterable[Shrunk]) -> dict[Key, Cause]:
    """Deviation -> the first cause that it most likely follows from; first causes are not in it.

    A cause shows itself at or before the step of its consequence, in the consequence's own shortest program: a write
    that did what it must not, a status that was wrong, or the same answer. Deviations of one family are one cause too.
    """
    placed: dict[Key, Cause] = {}
    roots: dict[Key, set[Hashable]] = {}
    order = list(spec.load().clauses)
    for one in sorted(shrunk, key=lambda s: (len(s.program), s.step, order.index(s.key.clause), s.key)):
        known = (key for key, _ in one.shown if key in placed or key in roots)
        found = next((_first(key, placed) for key in dict.fromkeys(known) if _leads(key, one)), None)
        kin = _families(one.key)
        if found is not None:  # what follows from a cause is no kin of another that breaks the same clause
            placed[one.key] = Cause(found, is_case=bool(roots[found] & kin))
        elif alike := next((root for root, families in roots.items() if families & kin), None):
            placed[one.key] = Cause(alike, is_case=True)
            roots[alike] |= kin
        else:
            roots[one.key] = kin
    return placed


def _first(key: Key, placed: Mapping[Key, Cause]) -> Key:
    return placed[key].first if key in placed else key


def is_alone(one: Shrunk) -> bool:
    """Whether nothing that went wrong before it can have led to it."""
    earlier = dict.fromkeys(key for key, step in one.shown if step < one.step)
    return not any(_leads(key, one, before=True) for key in earlier)


def _leads(key: Key, to: Shrunk, before: bool = False) -> bool:
    """Whether one deviation has led to another that came after it, or (unless ``before``) with it.

    A read has where the other is no deviation once it is answered rightly. A write has where the other's shortest
    program cannot do without it; in one that is only recorded, where the expectation rests on it.
    """
    clauses = spec.load().clauses
    if key == to.key or FORM in (clauses[key.clause].about, clauses[to.key.clause].about) or not key.counts:
        return False
    at = {step for shown, step in to.shown if shown == key and step <= to.step}
    if to.step in at and not before:
        return True
    at.discard(to.step)
    if not at or not to.steps:
        return bool(at) and not is_read(key.operation)
    if is_read(key.operation):
        return not persists(to.steps, to.prefix, at, to.step, lambda found: _key(found, to) == to.key)
    return to.is_short or not at.isdisjoint(to.rests_on)


def _key(finding: Finding, of: Shrunk) -> Key:
    return key(finding, of.steps)


def _families(key: Key) -> set[Hashable]:
    """What makes deviations one missing check with several cases, as far as the specification tells.

    The same clause broken with the same kind of answer, whichever operation; a form, whatever the answer; calls of one
    operation that get no answer, or are refused with one code for no reason; statuses that one operation shows, or what
    else the clauses are about; a Create or Delete that is accepted whatever the status of the same resource.
    """
    loaded = spec.load()
    about = loaded.clauses[key.clause].about
    if about == FORM:
        return {(FORM, key.clause)}
    made: set[Hashable] = {(key.clause, key.answer)}
    if about:
        made.add((key.operation, about))
    if key.answer != "success":
        made.add((key.operation, key.answer))
    elif key.clause in {row["clause"] for cycle in loaded.lifecycles.values() for row in cycle.illegal}:
        made.add((key.operation, "status"))
    elif on := _on(key):
        made.add((key.operation, on))
    return made


def _on(key: Key) -> str:
    operation = spec.load().operations.get(key.operation)
    rows = operation.refusals if operation else ()
    return next((row.on for row in rows if key.clause in (row.clause, row.deleted, row.elsewhere) and row.on), "")
