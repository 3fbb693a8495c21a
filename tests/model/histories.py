"""Histories for properties of the judge: conforming and broken, of the emulator and of the model.

Those of the emulator are made once: a walk without a fault, under variants, and after the program of a fault. Those
of the model are drawn: Hypothesis chooses the requests, and where an answer is spoilt.
"""

from __future__ import annotations

import random
from contextlib import suppress
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.mutants.programs import PROGRAMS
from trackstep import program
from trackstep.emulator.faults import FAULTS, VARIANTS
from trackstep.operation import COVERED, Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.search import vocabulary
from trackstep.search.coverage import Coverage
from trackstep.search.imagine import Imagined
from trackstep.search.session import Budget, BudgetSpent, Patience, Session
from trackstep.search.walk import Walk
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

PREFIX = "ts0"
History = tuple[Step, ...]
WALKED = 8
"""Calls that are made after the program of a fault."""
BROKEN = tuple(FAULTS)[::16]
DIFFERENT = (
    "answer-lost-now-and-then",
    "opaque-arns",
    "small-default-pages",
    "statuses-at-random",
    "writing-ends-a-walk",
)
SPOILT = (
    Outcome.lost("no answer"),
    Outcome.throttled("ThrottlingException"),
    Outcome.success(),
    *(
        Outcome.refusal(code)
        for code in ("ResourceNotFoundException", "ResourceInUseException", "InvalidInputException")
    ),
)
"""What may come in place of the answer that the model expects; it thinks that it was carried out all the same."""


def recorded(name: str, progression: str, calls: int, seed: int) -> History:
    """What the emulator answers in process, with this fault or variant; the program of a fault comes first."""
    planted = (name,) if name else ()
    target = EmulatorTarget(TargetOptions(planted=planted, progression=progression, seed=seed))
    try:
        session = Session(target, PREFIX, Budget(400, 60.0), Patience(0.0))
        for command in program.parse(PROGRAMS.get(name, "")):
            session.perform(command)
        session.budget.max_calls = session.budget.calls + calls
        with suppress(BudgetSpent):
            for command in Walk(session, Coverage(), random.Random(seed)).commands(calls):
                session.perform(command)
        return tuple(session.steps)
    finally:
        target.close()


@cache
def pool() -> tuple[History, ...]:
    """The histories of the emulator, the same in each process."""
    moving = {name for name, fault in (FAULTS | VARIANTS).items() if fault.needs == "moving"}
    progression = {name: "manual" if name in moving else "immediate" for name in (*BROKEN, *DIFFERENT)}
    walks = [recorded("", progression, 50, seed) for seed, progression in enumerate(("immediate", "manual"))]
    walks += [recorded(name, progression[name], 30, seed) for seed, name in enumerate(DIFFERENT)]
    return (*walks, *(recorded(name, progression[name], WALKED, seed) for seed, name in enumerate(BROKEN)))


class Spoiling:
    """The model as a target that answers as it should, but for some calls; it has forgotten what it said there."""

    description = "the model, spoilt"
    regions_are_separate = True
    remembers = False

    def __init__(self, strict: bool, spoilt: dict[int, Outcome]) -> None:
        self._model, self._spoilt, self._calls = Imagined(strict), spoilt, 0

    def call(self, operation: Operation) -> Outcome:
        """What the model answers, or what is in its place."""
        self._calls += 1
        answer = self._model.call(operation)
        return self._spoilt.get(self._calls, answer)

    def close(self) -> None:
        """Nothing was opened."""


@st.composite
def imagined(draw: st.DrawFn) -> History:
    """A program about two dataset groups in one region, performed on the model; some answers are spoilt."""
    requests = st.builds(
        lambda name, slot, chosen: vocabulary.request(name, chosen.choice, slot),
        st.sampled_from(sorted(COVERED)), st.sampled_from("AB"), st.randoms(use_true_random=False),
    )  # fmt: skip
    begin = [Command("CreateDatasetGroup", {"name": f"${slot}"}) for slot in "AB"]
    begin += [Command("DescribeDatasetGroup", {"datasetGroupArn": f"${slot}.arn"}) for slot in "AB"]
    begin += [Command("CreateEventTracker", {"name": "$t1", "datasetGroupArn": "$A.arn"})]
    commands = begin[: draw(st.integers(0, len(begin)))] + draw(st.lists(requests, max_size=12))
    spoilt: dict[int, Any] = draw(st.dictionaries(st.integers(1, 17), st.sampled_from(SPOILT), max_size=3))
    target = Spoiling(draw(st.booleans()), spoilt)
    session = Session(target, PREFIX, Budget(60, 60.0), Patience(0.0))
    with suppress(BudgetSpent):
        for command in commands:
            session.perform(command)
    return tuple(session.steps)


def histories() -> st.SearchStrategy[History]:
    """A history of either kind."""
    return st.one_of(st.deferred(lambda: st.sampled_from(pool())), imagined())
