"""Lockstep: a Hypothesis state machine whose rules are the operations.

The model's plan says which operations are worth asking now, Hypothesis which of them, with which values; it
remembers what failed. The session performs them and the judge compares. Holds no expectation of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from trackstep import spec
from trackstep.operation import COVERED, Operation
from trackstep.oracle.notes import Finding
from trackstep.program import SETTLE, Command
from trackstep.search import vocabulary
from trackstep.search.clock import Clock, Wall
from trackstep.search.coverage import Coverage
from trackstep.search.session import BudgetSpent, Session
from trackstep.search.walk import in_which

SLOTS = st.sampled_from(["A", "B"])
SECOND = st.sampled_from([False, False, False, True])
WORTH = 5
"""Of the twelve operations, so many are worth asking at a step: those met least in this state."""

Profile = settings
Key = tuple[str, str]
"""A clause and an operation."""


class Deviated(AssertionError):
    """Raised by a machine at a contradiction that is not known yet; Hypothesis then remembers what led here."""


class Enough(BaseException):
    """The time for lockstep is up."""


def worth(name: str) -> Callable[[Any], bool]:
    """The precondition of a rule: its operation is among those that are worth asking now."""
    return lambda machine: name in machine.worth


class Lockstep(RuleBasedStateMachine):
    """Model and target, step by step.

    ``known``: what is known already, as clause and operation; anything else of a MUST clause raises Deviated. None
    raises never.
    """

    def __init__(self, start: Callable[[], Session], known: Collection[Key] | None = None) -> None:
        super().__init__()
        self.session, self.known = start(), known
        # Only what this example has met may count: what Hypothesis replays must choose alike.
        self._met = Coverage()
        self.worth: Collection[str] = ()
        self.perform(Command("CreateDatasetGroup", {"name": "$A"}))
        self.perform(Command(SETTLE, {"of": "$A.arn"}))

    def perform(self, command: Command) -> None:
        """Do a command, and plan what comes next. Raises Deviated."""
        if command.second and not self.session.target.regions_are_separate:
            command = command._replace(second=False)
        if command.name != SETTLE:
            self._met.count(in_which(self.session, command))
        found: list[Finding] = self.session.perform(command)
        broken = [finding for finding in found if spec.load().clauses[finding.clause].level == "MUST"]
        self._plan()
        if self.known is not None:
            for finding in broken:
                if (finding.clause, finding.operation) not in self.known:
                    raise Deviated(finding)

    def _plan(self) -> None:
        ranked = sorted(COVERED, key=lambda name: -self._met.novelty(in_which(self.session, _typical(name))))
        self.worth = frozenset(ranked[:WORTH])


@st.composite
def requests(draw: st.DrawFn, name: str) -> Command:
    """A good request of an operation, its values drawn."""
    return vocabulary.request(name, lambda several: draw(st.sampled_from(several)), draw(SLOTS), draw(SECOND))


def _rule(name: str) -> Callable[..., None]:
    """The rule of an operation: a request, waiting for what it set in motion or not, a look at the tags it wrote."""

    def ask(machine: Lockstep, asked: Command, settled: bool) -> None:
        if (
            machine.session.target.remembers and "datasetGroupArn" not in asked.params
        ):  # others' items would be listed too
            asked = asked._replace(params={key: inner for key, inner in asked.params.items() if key != "maxResults"})
        machine.perform(asked)
        for command in vocabulary.waiting(asked) if settled else ():
            machine.perform(command)
        if name in ("TagResource", "UntagResource"):
            machine.perform(Command("ListTagsForResource", {"resourceArn": asked.params["resourceArn"]}, asked.second))

    ask.__name__ = Operation(name).method
    made: Callable[..., None] = precondition(worth(name))(rule(asked=requests(name), settled=st.booleans())(ask))
    return made


for _name in COVERED:
    setattr(Lockstep, Operation(_name).method, _rule(_name))


def _typical(name: str) -> Command:
    """A request about slot A with the first of all values: how novel an operation would be."""
    return vocabulary.request(name, lambda several: several[0], "A")


PROFILE = settings(
    max_examples=10,
    stateful_step_count=25,
    database=None,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    report_multiple_bugs=False,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
"""What a round of ``trackstep check`` does; a test may use its own."""
REMEMBERED = settings(PROFILE, phases=[Phase.reuse], max_examples=20)
"""Only what failed in an earlier run."""


def explore(
    start: Callable[[], Session],
    number: int,
    known: Collection[Key] | None = None,
    examples: Path | None = None,
    profile: settings = PROFILE,
    seconds: float = float("inf"),
    clock: Clock | None = None,
) -> bool:
    """Walk model and target in lockstep; what is found is heard by the session's listener.

    ``examples`` is a directory where failing examples are kept from one run to the next, and tried first. No example
    is begun after ``seconds`` of the clock. Returns whether something not ``known`` was met.
    """
    clock = clock or Wall()
    until = clock.now() + seconds

    def machine() -> Lockstep:
        if clock.now() > until:
            raise Enough
        return Lockstep(start, known)

    if examples is not None:
        profile = settings(profile, database=DirectoryBasedExampleDatabase(examples))
    try:
        run_state_machine_as_test(seed(number)(machine), settings=profile)  # type: ignore[arg-type]  # a factory will do
    except Enough:
        return False
    except Deviated:
        return True
    except HypothesisException as wrong:
        # Hypothesis may take an end from outside, in the middle of an example, for flakiness.
        cause: BaseException | None = wrong.__context__
        while cause is not None and not isinstance(cause, (BudgetSpent, KeyboardInterrupt, Deviated, Enough)):
            cause = cause.__context__
        if cause is None and isinstance(wrong, Flaky):
            return False  # a target whose timing is its own does not answer alike twice; the listener heard all of it
        if cause is None:
            raise
        if isinstance(cause, (Deviated, Enough)):
            return isinstance(cause, Deviated)  # it did not repeat; the listener heard it
        raise cause from None
    return False
