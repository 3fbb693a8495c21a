"""The events of a run, in the order they happen. Reports are written from these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from trackstep.oracle.expected import Expected
from trackstep.oracle.interval import Interval
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
class Tried:
    """What was seen when one form of a bundle was run before it was shown; ``form`` is pytest, curl or replay.

    ``target`` and ``emulator`` say what came of it there, in words. ``holds``: it showed the deviation, and the clause,
    on the target, and nothing on an emulator that is right; None where it was not run to its end.
    """

    form: str
    target: str
    emulator: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One distinct contradiction: clause, operation and kind of answer, with the shortest program that showed it.

    ``answer`` is the kind of answer: success, "refusal CODE", lost, garbled. ``after``: how many calls had been made
    when it was first seen. ``seen`` of ``of``: how often it showed, of how often the clause was judged. ``cause``: the
    deviation that it most likely follows from ("" in a first cause); with ``is_case`` it is one more case of that:
    one check is missing. ``rests_on``: numbers of the steps that the expectation rests on. ``steps``, under names that
    begin with ``prefix``, are what was asked and answered when ``program`` was run; ``claim`` is a
    Python expression over ``answer`` that a conforming one makes true. ``tried``: what came of running its bundle.
    ``reproduced``: ``program`` showed it again; where it did not, ``tries`` is how often it was tried again, which may
    be never. ``intervals``: when each of ``steps`` was sent and answered, where only calls that
    overlap show it; else empty.
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
    is_case: bool = False
    claim: str = ""
    rests_on: tuple[int, ...] = ()
    prefix: str = ""
    steps: tuple[Step, ...] = ()
    tried: tuple[Tried, ...] = ()
    tries: int = 0
    intervals: tuple[Interval, ...] = ()

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
class Shrunk:
    """The program of a deviation is as short as it gets; ``calls`` were spent on it."""

    clause: str
    operation: str
    answer: str
    calls: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The bundle of a deviation, by its name, was run, so that what is shown of it is so."""

    id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The run was ended before its time; what was found until then is told all the same.

    ``by`` the target that cannot be judged, ``interrupted`` by a signal, or ``internal``, a fault of this project,
    of which ``trace`` is the traceback. ``reason`` is one line; ``signal`` the number of the one that interrupted.
    """

    by: Literal["target", "interrupted", "internal"]
    reason: str
    trace: str = ""
    signal: int = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict is in: ``report`` is what report.json holds. What the run has made is deleted next.

    ``rotten``: what is out of date in the profile, and counts.
    """

    report: dict[str, Any] = field(default_factory=dict)
    deviations: tuple[Deviation, ...] = ()
    rotten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event, whatever happens: the verdict again. ``left``: why what the run made was not all deleted."""

    judged: Judged
    left: str = ""

    @property
    def report(self) -> dict[str, Any]:
        """What report.json holds."""
        return self.judged.report

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """Every deviation that counts, worst first."""
        return self.judged.deviations


Event = Started | Called | Found | Shrunk | Shown | Failed | Judged | Finished
