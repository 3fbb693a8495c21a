"""The lifecycle and its observer, over the full product of statuses and triggers."""

from __future__ import annotations

import itertools

import pytest
from transitions import MachineError

from trackstep import spec
from trackstep.oracle.lifecycle import ANY, BIT, Status, machine, names, observer, observer_machine

KINDS = ("event_tracker", "dataset_group")
LEGAL = {
    ("GONE", "create"): "CREATE PENDING",
    ("CREATE PENDING", "progress"): "CREATE IN_PROGRESS",
    ("CREATE IN_PROGRESS", "progress"): "ACTIVE",
    ("CREATE IN_PROGRESS", "fail"): "CREATE FAILED",
    ("ACTIVE", "delete"): "DELETE PENDING",
    ("CREATE FAILED", "delete"): "DELETE PENDING",
    ("DELETE PENDING", "progress"): "DELETE IN_PROGRESS",
    ("DELETE IN_PROGRESS", "progress"): "GONE",
}


class Held:
    """What the machine moves."""

    state: Status


@pytest.mark.parametrize(("status", "trigger"), list(itertools.product(BIT, ("create", "progress", "fail", "delete"))))
def test_each_status_and_trigger(status: str, trigger: str) -> None:
    """A trigger moves the event tracker as documented, or is refused."""
    built, held = machine("event_tracker"), Held()
    built.add_model(held, initial=Status(status))
    if (status, trigger) in LEGAL:
        held.trigger(trigger)  # type: ignore[attr-defined]  # transitions adds it
        assert held.state.value == LEGAL[status, trigger]
    else:
        with pytest.raises(MachineError):
            held.trigger(trigger)  # type: ignore[attr-defined]  # transitions adds it


@pytest.mark.parametrize("kind", KINDS)
def test_observer_machine_is_the_compiled_table(kind: str) -> None:
    """The subset construction as a Machine and as dictionaries say the same."""
    built, watching = observer_machine(kind), observer(kind)
    for state in built.states:
        known = sum(BIT[name] for name in str(state).split(" | "))
        for wire in (*watching.table.statuses, "GONE"):
            then = watching.seen.get((known, wire))
            events = built.events.get(f"see {wire}")
            moves = events.transitions.get(state, []) if events else []
            assert [move.dest for move in moves] == ([" | ".join(names(then))] if then else [])


@pytest.mark.parametrize("kind", KINDS)
def test_statuses_never_run_backwards(kind: str) -> None:
    """Whatever was seen, what came before it in a life cannot be seen after it without a request."""
    watching, order = observer(kind), [s.value for s in Status]
    for (_, wire), then in watching.seen.items():
        earlier = order[: order.index(watching.table.tolerated.get(wire, wire))]
        assert not set(names(then)) & set(earlier) or wire == "CREATE FAILED"


@pytest.mark.parametrize("kind", KINDS)
def test_each_impossible_sight_breaks_a_clause(kind: str) -> None:
    """For every set and every status outside of it there is a clause to name."""
    watching = observer(kind)
    for known, wire in itertools.product(range(1, ANY + 1), watching.table.statuses):
        if (known, wire) not in watching.seen:
            assert watching.breaks(known, wire) in spec.load().clauses
