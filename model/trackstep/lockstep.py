"""Lockstep: a Hypothesis state machine whose rules are the operations.

Hypothesis chooses values and sequences; the session performs them and the judge compares. Owns the
strategies' use; holds no expectation of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from trackstep import plan, spec
from trackstep.notes import Finding
from trackstep.program import SETTLE, WALK, Command
from trackstep.session import BudgetSpent, Session

SLOTS = st.sampled_from(["A", "B"])
NAMES = st.sampled_from(["$t1", "$t2", "$long"])
SECOND = st.sampled_from([False, False, False, True])
LETTERS = st.sampled_from(list("abcABZ019 _.:/=+-@éß日"))
TAG_KEYS = st.text(LETTERS, min_size=1, max_size=12).filter(lambda key: not key.lower().startswith("aws:"))
TAGS = st.dictionaries(TAG_KEYS, st.text(LETTERS, max_size=12), max_size=3).map(
    lambda tags: [{"tagKey": key, "tagValue": value} for key, value in tags.items()]
)


class Deviated(AssertionError):
    """Raised by a machine that is run as a test; Hypothesis then shrinks what led here."""


class Lockstep(RuleBasedStateMachine):
    """Model and target, step by step. ``strict`` raises Deviated at the first that breaks a MUST clause."""

    def __init__(self, start: Callable[[], Session], strict: bool = False) -> None:
        super().__init__()
        self.session, self.strict = start(), strict
        self._perform(Command("CreateDatasetGroup", {"name": "$A"}))
        self._perform(Command(SETTLE, {"of": "$A.arn"}))

    def _perform(self, command: Command) -> None:
        if command.second and not self.session.target.regions_are_separate:
            command = command._replace(second=False)
        found: list[Finding] = self.session.perform(command)
        broken = [finding for finding in found if spec.load().clauses[finding.clause].level == "MUST"]
        if self.strict and broken:
            raise Deviated(broken[0])

    @rule(slot=SLOTS, second=SECOND, tags=TAGS, settled=st.booleans())
    def create_dataset_group(self, slot: str, second: bool, tags: list[Any], settled: bool) -> None:
        self._perform(Command("CreateDatasetGroup", {"name": f"${slot}", "tags": tags}, second))
        if settled:
            self._perform(Command(SETTLE, {"of": f"${slot}.arn"}, second))

    @rule(slot=SLOTS, second=SECOND)
    def describe_dataset_group(self, slot: str, second: bool) -> None:
        self._perform(Command("DescribeDatasetGroup", {"datasetGroupArn": f"${slot}.arn"}, second))

    @rule(second=SECOND, size=st.sampled_from([None, 1, 2, 100]))
    def list_dataset_groups(self, second: bool, size: int | None) -> None:
        limit = {} if size is None or self.session.target.remembers else {"maxResults": size}
        self._perform(Command(WALK, {"operation": "ListDatasetGroups", **limit}, second))

    @rule(slot=SLOTS, second=SECOND, settled=st.booleans())
    def delete_dataset_group(self, slot: str, second: bool, settled: bool) -> None:
        self._perform(Command("DeleteDatasetGroup", {"datasetGroupArn": f"${slot}.arn"}, second))
        if settled:
            self._perform(Command(SETTLE, {"of": f"${slot}.arn"}, second))

    @rule(slot=SLOTS, name=NAMES, second=SECOND, tags=TAGS, settled=st.booleans())
    def create_event_tracker(self, slot: str, name: str, second: bool, tags: list[Any], settled: bool) -> None:
        params = {"name": name, "datasetGroupArn": f"${slot}.arn", "tags": tags}
        self._perform(Command("CreateEventTracker", params, second))
        if settled:
            self._perform(Command(SETTLE, {"of": f"${slot}.tracker"}, second))

    @rule(slot=SLOTS, second=SECOND)
    def describe_event_tracker(self, slot: str, second: bool) -> None:
        self._perform(Command("DescribeEventTracker", {"eventTrackerArn": f"${slot}.tracker"}, second))

    @rule(slot=st.sampled_from([None, "A", "B"]), second=SECOND, size=st.sampled_from([None, 1, 2, 100]))
    def list_event_trackers(self, slot: str | None, second: bool, size: int | None) -> None:
        params: dict[str, Any] = {"operation": "ListEventTrackers"}
        if slot:
            params["datasetGroupArn"] = f"${slot}.arn"
        if size and not (slot is None and self.session.target.remembers):
            params["maxResults"] = size
        self._perform(Command(WALK, params, second))

    @rule(slot=SLOTS, second=SECOND, settled=st.booleans())
    def delete_event_tracker(self, slot: str, second: bool, settled: bool) -> None:
        self._perform(Command("DeleteEventTracker", {"eventTrackerArn": f"${slot}.tracker"}, second))
        if settled:
            self._perform(Command(SETTLE, {"of": f"${slot}.tracker"}, second))

    @rule(slot=SLOTS, part=st.sampled_from(["arn", "tracker"]), tags=TAGS)
    def tag_resource(self, slot: str, part: str, tags: list[Any]) -> None:
        self._perform(Command("TagResource", {"resourceArn": f"${slot}.{part}", "tags": tags}))
        self._perform(Command("ListTagsForResource", {"resourceArn": f"${slot}.{part}"}))

    @rule(slot=SLOTS, part=st.sampled_from(["arn", "tracker"]), keys=st.lists(TAG_KEYS, max_size=2))
    def untag_resource(self, slot: str, part: str, keys: list[str]) -> None:
        self._perform(Command("UntagResource", {"resourceArn": f"${slot}.{part}", "tagKeys": keys}))

    @rule(slot=SLOTS, part=st.sampled_from(["arn", "tracker"]), second=SECOND)
    def list_tags_for_resource(self, slot: str, part: str, second: bool) -> None:
        self._perform(Command("ListTagsForResource", {"resourceArn": f"${slot}.{part}"}, second))

    @rule(slot=SLOTS, part=st.sampled_from(["id", "old"]), second=SECOND)
    def put_events(self, slot: str, part: str, second: bool) -> None:
        params = {"trackingId": f"${slot}.{part}", "sessionId": "s", "eventList": plan.EVENT}
        self._perform(Command("PutEvents", params, second))


PROFILE = settings(
    max_examples=20,
    stateful_step_count=25,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""What a run of ``trackstep check`` does; a test may use its own."""


def explore(start: Callable[[], Session], number: int, profile: settings = PROFILE) -> None:
    """Walk model and target in lockstep; what is found is heard by the session's listener."""

    def machine() -> Lockstep:
        return Lockstep(start)

    try:
        run_state_machine_as_test(seed(number)(machine), settings=profile)  # type: ignore[arg-type]  # a factory will do
    except HypothesisException as wrong:
        # Hypothesis may take an end from outside, in the middle of an example, for flakiness.
        cause = wrong.__context__
        while cause is not None and not isinstance(cause, (BudgetSpent, KeyboardInterrupt)):
            cause = cause.__context__
        if cause is None:
            raise
        raise cause from None
