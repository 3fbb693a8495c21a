"""The lifecycle as a ``transitions`` Machine, and its observer.

Owns what is known of a status. The service moves on its own, unseen, so a client knows a *set* of
statuses: the observer is the subset construction of the machine, closed under the service's own
moves (the "after" operator of ioco; Tretmans 2008). A set is an int, one bit a status.
Knows nothing of operations, of answers, or of who asks.
"""

from __future__ import annotations

from enum import Enum
from functools import cache

from transitions import Machine

from trackstep import spec
from trackstep.errors import SpecError


class Status(Enum):
    """Statuses by identifier; the values are the wire spelling. GONE is the lack of one."""

    CREATE_PENDING = "CREATE PENDING"
    CREATE_IN_PROGRESS = "CREATE IN_PROGRESS"
    ACTIVE = "ACTIVE"
    CREATE_FAILED = "CREATE FAILED"
    DELETE_PENDING = "DELETE PENDING"
    DELETE_IN_PROGRESS = "DELETE IN_PROGRESS"
    GONE = "GONE"


BIT = {status.value: 1 << place for place, status in enumerate(Status)}
GONE = BIT["GONE"]
ACTIVE = BIT["ACTIVE"]
FAILED = BIT["CREATE FAILED"]
CREATING = BIT["CREATE PENDING"] | BIT["CREATE IN_PROGRESS"]
DELETE_PENDING = BIT["DELETE PENDING"]
DELETING = DELETE_PENDING | BIT["DELETE IN_PROGRESS"]
EXISTS = CREATING | ACTIVE | FAILED
ANY = EXISTS | DELETING | GONE


def mask(statuses: frozenset[str] | tuple[str, ...] | list[str]) -> int:
    """The set of these wire spellings as bits."""
    bits = 0
    for status in statuses:
        bits |= BIT[status]
    return bits


def names(bits: int) -> list[str]:
    """The wire spellings in a set, in the order of a life."""
    return [status.value for status in Status if bits & BIT[status.value]]


def machine(kind: str) -> Machine:
    """The lifecycle of ``event_tracker`` or ``dataset_group`` as its table says."""
    table = spec.load().lifecycles[kind]
    unknown = {row[end] for row in table.transitions for end in ("from", "to")} - set(BIT)
    if unknown:
        raise SpecError(f"lifecycle.toml: {kind} moves through {sorted(unknown)}, which is no Status")
    built = Machine(model=None, states=Status, initial=Status.GONE, auto_transitions=False)
    for row in table.transitions:
        built.add_transition(row["trigger"], Status(row["from"]), Status(row["to"]))
    return built


class Observer:
    """What can be known of one kind of resource from outside, compiled to dictionaries."""

    def __init__(self, kind: str) -> None:
        table = spec.load().lifecycles[kind]
        self.kind = kind
        self.table = table
        steps = [(BIT[r["from"]], r["trigger"], BIT[r["to"]], r["mover"]) for r in table.transitions]
        self._unseen = [(source, to) for source, _, to, mover in steps if mover == "service"]
        self._asked = {
            trigger: [(source, to) for source, t, to, mover in steps if t == trigger and mover == "request"]
            for trigger in {t for _, t, _, mover in steps if mover == "request"}
        }
        self.spelt = {status: status for status in table.statuses} | table.tolerated
        """Spelling on the wire -> the status it stands for."""
        self.seen: dict[tuple[int, str], int] = {}
        """(what was known, wire status or GONE) -> what is known now; absent where it cannot be."""
        for known in range(ANY + 1):
            for wire, status in (self.spelt | {"GONE": "GONE"}).items():
                if known & BIT[status]:
                    self.seen[known, wire] = self.closure(BIT[status])

    def closure(self, bits: int) -> int:
        """The set after any number of the service's own moves."""
        while True:
            more = bits
            for source, to in self._unseen:
                if more & source:
                    more |= to
            if more == bits:
                return bits
            bits = more

    def asked(self, bits: int, trigger: str) -> int:
        """The set after a request of this trigger was accepted; 0 where it could not be."""
        return self.closure(sum({to for source, to in self._asked[trigger] if bits & source}))

    def breaks(self, bits: int, wire: str) -> str:
        """The clause that seeing ``wire`` breaks when it is not in ``bits``."""
        for row in self.table.illegal:
            knew, saw = mask(row["knew"]), row["saw"]
            if (not knew or bits & ~knew == 0) and (not saw or wire in saw):
                return str(row["clause"])
        raise SpecError(f"lifecycle.toml: no illegal row for {self.kind} {names(bits)} then {wire}")

    @cache  # noqa: B019  # two observers in all, and they live as long as the process
    def path(self, bits: int, wire: str) -> list[tuple[str, str]]:
        """The service's transitions that must have been taken from the earliest known status to ``wire``."""
        goal, here = BIT[self.spelt.get(wire, wire)], bits & -bits
        taken: list[tuple[str, str]] = []
        while here != goal:
            onward = [to for source, to in self._unseen if source == here and self.closure(to) & goal]
            if len(onward) != 1:
                break
            taken.append((names(here)[0], names(onward[0])[0]))
            here = onward[0]
        return taken


@cache
def observer(kind: str) -> Observer:
    """The compiled observer of a kind of resource."""
    return Observer(kind)


def observer_machine(kind: str) -> Machine:
    """The observer as a ``transitions`` Machine: its states are the sets that can be reached."""
    watching = observer(kind)
    start = GONE
    label = " | ".join
    frontier, states = [start], {start}
    moves: list[tuple[str, str, str]] = []
    while frontier:
        known = frontier.pop()
        onward = {f"see {wire}": watching.seen[known, wire] for k, wire in watching.seen if k == known}
        onward |= {trigger: watching.asked(known, trigger) for trigger in ("create", "delete")}
        for trigger, then in onward.items():
            if not then:
                continue
            moves.append((trigger, label(names(known)), label(names(then))))
            if then not in states:
                states.add(then)
                frontier.append(then)
    built = Machine(
        model=None,
        states=[label(names(s)) for s in sorted(states)],
        initial=label(names(start)),
        auto_transitions=False,
    )
    for trigger, source, onto in moves:
        built.add_transition(trigger, source, onto)
    return built
