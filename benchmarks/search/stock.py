"""Hypothesis's ``RuleBasedStateMachine`` as it comes: one rule an operation, default settings, nothing planned.

The rules are those of trackstep's own lockstep machine before it had plans, with the malformed input that a user who
knows the API would add. Hypothesis chooses values and sequences; it switches rules off at random, as it always does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from trackstep.search.session import BudgetSpent, Session

from . import values

KEYS = st.sampled_from(values.KEYS) | st.text(
    st.sampled_from(values.LETTERS), min_size=1, max_size=values.TEXT_LENGTH
).filter(lambda key: not key.lower().startswith("aws:"))
WORDS = st.text(st.sampled_from(values.LETTERS), max_size=values.TEXT_LENGTH)
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    **{field: st.sampled_from(pool) for field, pool in values.POOLS.items()},
    "tags": st.dictionaries(KEYS, WORDS, max_size=3).map(
        lambda tags: [{"tagKey": key, "tagValue": value} for key, value in tags.items()]
    ),
    "keys": st.lists(KEYS, max_size=2),
}


def drawn(operation: str) -> dict[str, Any]:
    """The strategies of an operation's rule; ``odd`` is None in all cases but one in eight."""
    ways = values.ODD[operation]
    odd = st.sampled_from([False] * (values.ODD_ONE_IN - 1) + [True]).flatmap(
        lambda spoilt: st.sampled_from(ways) if spoilt else st.none()
    )
    return {field: STRATEGIES[field] for field in values.FIELDS[operation]} | {"odd": odd}


class Stock(RuleBasedStateMachine):
    """Model and target, step by step."""

    def __init__(self, start: Callable[[], Session]) -> None:
        super().__init__()
        self.session = start()
        for command in values.FIRST:
            self.session.perform(command)

    def _perform(self, operation: str, choice: dict[str, Any]) -> None:
        odd = choice.pop("odd")
        for command in values.commands(operation, choice, odd):
            self.session.perform(command)

    @rule(**drawn("CreateDatasetGroup"))
    def create_dataset_group(self, **choice: Any) -> None:
        self._perform("CreateDatasetGroup", choice)

    @rule(**drawn("DescribeDatasetGroup"))
    def describe_dataset_group(self, **choice: Any) -> None:
        self._perform("DescribeDatasetGroup", choice)

    @rule(**drawn("ListDatasetGroups"))
    def list_dataset_groups(self, **choice: Any) -> None:
        self._perform("ListDatasetGroups", choice)

    @rule(**drawn("DeleteDatasetGroup"))
    def delete_dataset_group(self, **choice: Any) -> None:
        self._perform("DeleteDatasetGroup", choice)

    @rule(**drawn("CreateEventTracker"))
    def create_event_tracker(self, **choice: Any) -> None:
        self._perform("CreateEventTracker", choice)

    @rule(**drawn("DescribeEventTracker"))
    def describe_event_tracker(self, **choice: Any) -> None:
        self._perform("DescribeEventTracker", choice)

    @rule(**drawn("ListEventTrackers"))
    def list_event_trackers(self, **choice: Any) -> None:
        self._perform("ListEventTrackers", choice)

    @rule(**drawn("DeleteEventTracker"))
    def delete_event_tracker(self, **choice: Any) -> None:
        self._perform("DeleteEventTracker", choice)

    @rule(**drawn("TagResource"))
    def tag_resource(self, **choice: Any) -> None:
        self._perform("TagResource", choice)

    @rule(**drawn("UntagResource"))
    def untag_resource(self, **choice: Any) -> None:
        self._perform("UntagResource", choice)

    @rule(**drawn("ListTagsForResource"))
    def list_tags_for_resource(self, **choice: Any) -> None:
        self._perform("ListTagsForResource", choice)

    @rule(**drawn("PutEvents"))
    def put_events(self, **choice: Any) -> None:
        self._perform("PutEvents", choice)


AS_IT_COMES = settings(
    max_examples=1_000_000,  # the budget of calls ends it
    stateful_step_count=values.STEPS,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def explore(start: Callable[[], Session], number: int) -> None:
    """Run the machine until the budget is spent or the hunt has enough."""

    def machine() -> Stock:
        return Stock(start)

    try:
        run_state_machine_as_test(seed(number)(machine), settings=AS_IT_COMES)  # type: ignore[arg-type]  # a factory
    except BudgetSpent:
        return
    except HypothesisException as wrong:
        # Hypothesis may take an end from outside, in the middle of an example, for flakiness.
        cause = wrong.__context__
        while cause is not None and not isinstance(cause, BudgetSpent):
            cause = cause.__context__
        if cause is None:
            raise
