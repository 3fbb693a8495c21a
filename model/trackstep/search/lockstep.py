"""Lockstep: a Hypothesis state machine whose rules are the operations.

The model's plan says which operations are worth asking now, Hypothesis which of them, with which values; it
remembers what failed. The session performs them and the judge compares. Holds no expectation of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from trackstep import spec
from trackstep.operation import COVERED
from trackstep.oracle.notes import Finding
from trackstep.program import SETTLE, WALK, Command
from trackstep.search import vocabulary
from trackstep.search.coverage import Coverage
from trackstep.search.session import BudgetSpent, Session
from trackstep.search.walk import in_which
from trackstep.value import EVENT

SLOTS = st.sampled_from(["A", "B"])
NAMES = st.sampled_from(["$t1", "$t2", "$long"])
SECOND = st.sampled_from([False, False, False, True])
LETTERS = st.sampled_from(list("abcABZ019 _.:/=+-@éß日"))
TAG_KEYS = st.text(LETTERS, min_size=1, max_size=12).filter(lambda key: not key.lower().startswith("aws:"))
TAGS = st.dictionaries(TAG_KEYS, st.text(LETTERS, max_size=12), max_size=3).map(
    lambda tags: [{"tagKey": key, "tagValue": value} for key, value in tags.items()]
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {"eventType": st.text("abé", min_size=1, max_size=4), "sentAt": st.integers(1_000_000_000, 1_900_000_000)},
        optional={
            "properties": st.sampled_from(['{"a": "b"}', "{}"]),
            "itemId": st.just("i"),
            "eventValue": st.just(0.5),
        },
    ),
    min_size=1,
    max_size=10,
)
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
        self._perform(Command("CreateDatasetGroup", {"name": "$A"}))
        self._perform(Command(SETTLE, {"of": "$A.arn"}))

    def _perform(self, command: Command) -> None:
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

    @precondition(worth("CreateDatasetGroup"))
    @rule(slot=SLOTS, second=SECOND, tags=TAGS, settled=st.booleans())
    def create_dataset_group(self, slot: str, second: bool, tags: list[Any], settled: bool) -> None:
        self._perform(Command("CreateDatasetGroup", {"name": f"${slot}", "tags": tags}, second))
        if settled:
            self._perform(Command(SETTLE, {"of": f"${slot}.arn"}, second))

    @precondition(worth("DescribeDatasetGroup"))
    @rule(slot=SLOTS, second=SECOND)
    def describe_dataset_group(self, slot: str, second: bool) -> None:
        self._perform(Command("DescribeDatasetGroup", {"datasetGroupArn": f"${slot}.arn"}, second))

    @precondition(worth("ListDatasetGroups"))
    @rule(second=SECOND, size=st.sampled_from([None, 1, 2, 100]))
    def list_dataset_groups(self, second: bool, size: int | None) -> None:
        limit = {} if size is None or self.session.target.remembers else {"maxResults": size}
        self._perform(Command(WALK, {"operation": "ListDatasetGroups", **limit}, second))

    @precondition(worth("DeleteDatasetGroup"))
    @rule(slot=SLOTS, second=SECOND, settled=st.booleans())
    def delete_dataset_group(self, slot: str, second: bool, settled: bool) -> None:
        self._perform(Command("DeleteDatasetGroup", {"datasetGroupArn": f"${slot}.arn"}, second))
        if settled:
            self._perform(Command(SETTLE, {"of": f"${slot}.arn"}, second))

    @precondition(worth("CreateEventTracker"))
    @rule(slot=SLOTS, name=NAMES, second=SECOND, tags=TAGS, settled=st.booleans())
    def create_event_tracker(self, slot: str, name: str, second: bool, tags: list[Any], settled: bool) -> None:
        params = {"name": name, "datasetGroupArn": f"${slot}.arn", "tags": tags}
        self._perform(Command("CreateEventTracker", params, second))
        if settled:
            self._perform(Command(SETTLE, {"of": f"${slot}.tracker"}, second))

    @precondition(worth("DescribeEventTracker"))
    @rule(slot=SLOTS, second=SECOND)
    def describe_event_tracker(self, slot: str, second: bool) -> None:
        self._perform(Command("DescribeEventTracker", {"eventTrackerArn": f"${slot}.tracker"}, second))

    @precondition(worth("ListEventTrackers"))
    @rule(slot=st.sampled_from([None, "A", "B"]), second=SECOND, size=st.sampled_from([None, 1, 2, 100]))
    def list_event_trackers(self, slot: str | None, second: bool, size: int | None) -> None:
        params: dict[str, Any] = {"operation": "ListEventTrackers"}
        if slot:
            params["datasetGroupArn"] = f"${slot}.arn"
        if size and not (slot is None and self.session.target.remembers):
            params["maxResults"] = size
        self._perform(Command(WALK, params, second))

    @precondition(worth("DeleteEventTracker"))
    @rule(slot=SLOTS, second=SECOND, settled=st.booleans())
    def delete_event_tracker(self, slot: str, second: bool, settled: bool) -> None:
        self._perform(Command("DeleteEventTracker", {"eventTrackerArn": f"${slot}.tracker"}, second))
        if settled:
            self._perform(Command(SETTLE, {"of": f"${slot}.tracker"}, second))

    @precondition(worth("TagResource"))
    @rule(slot=SLOTS, part=st.sampled_from(["arn", "tracker"]), tags=TAGS)
    def tag_resource(self, slot: str, part: str, tags: list[Any]) -> None:
        self._perform(Command("TagResource", {"resourceArn": f"${slot}.{part}", "tags": tags}))
        self._perform(Command("ListTagsForResource", {"resourceArn": f"${slot}.{part}"}))

    @precondition(worth("UntagResource"))
    @rule(slot=SLOTS, part=st.sampled_from(["arn", "tracker"]), keys=st.lists(TAG_KEYS, max_size=2))
    def untag_resource(self, slot: str, part: str, keys: list[str]) -> None:
        self._perform(Command("UntagResource", {"resourceArn": f"${slot}.{part}", "tagKeys": keys}))
        self._perform(Command("ListTagsForResource", {"resourceArn": f"${slot}.{part}"}))

    @precondition(worth("ListTagsForResource"))
    @rule(slot=SLOTS, part=st.sampled_from(["arn", "tracker"]), second=SECOND)
    def list_tags_for_resource(self, slot: str, part: str, second: bool) -> None:
        self._perform(Command("ListTagsForResource", {"resourceArn": f"${slot}.{part}"}, second))

    @precondition(worth("PutEvents"))
    @rule(slot=SLOTS, part=st.sampled_from(["id", "old"]), second=SECOND, events=EVENTS)
    def put_events(self, slot: str, part: str, second: bool, events: list[Any]) -> None:
        params = {"trackingId": f"${slot}.{part}", "sessionId": "s", "eventList": events}
        self._perform(Command("PutEvents", params, second))


def _typical(name: str) -> Command:
    """A request about slot A with the first of all values: how novel an operation would be."""
    command = vocabulary.request(name, lambda several: several[0], "A")
    return command if command.name != "PutEvents" else command._replace(params={**command.params, "eventList": [EVENT]})


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
) -> bool:
    """Walk model and target in lockstep; what is found is heard by the session's listener.

    ``examples`` is a directory where failing examples are kept from one run to the next, and tried first. No example
    is begun after ``seconds``. Returns whether something not ``known`` was met.
    """
    until = time.monotonic() + seconds

    def machine() -> Lockstep:
        if time.monotonic() > until:
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
