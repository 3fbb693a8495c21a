"""How a promise comes to be broken, in as few calls as can be; or that nothing that can be reached breaks it.

Owns the search, over the relation cut down to a few things: a failed proof is of any state in which the invariants
hold, also one that cannot be reached, and this tells the two apart. Knows no solver.
"""

from __future__ import annotations

from collections.abc import Iterator

from trackstep.formal import relation
from trackstep.formal.cut import Cut, Step
from trackstep.formal.graph import Edge, Size, State
from trackstep.formal.meaning import Meaning
from trackstep.formal.plain import Tables
from trackstep.formal.proof import settling
from trackstep.formal.theorem import SETTLES, STATE, Theorem

SIZES = ((1, 1), (1, 2), (2, 2))
"""Dataset groups and tracking IDs, as many as are tried, the fewest first."""


def find(tables: Tables, theorem: Theorem) -> list[Edge]:
    """The shortest way from nothing to a step that breaks a promise; empty where none does at any size."""
    for groups, trackers in SIZES:
        cut = Cut(tables, Size(groups, trackers, theorem.lenient))
        came: dict[State, Edge] = {}
        for state, steps in cut.walk():
            for step in steps:
                label, after, *_ = step
                edge = Edge(state, label, after)
                seen = theorem.kind == STATE and (after in came or after == cut.start)
                if not seen and _breaks(cut, tables, theorem, state, step):
                    return [*_way(came, state), edge]
                if after not in came and after != cut.start:
                    came[after] = edge
    return []


def _way(came: dict[State, Edge], state: State) -> list[Edge]:
    found: list[Edge] = []
    while state in came:
        found.append(came[state])
        state = came[state].source
    return found[::-1]


def _breaks(cut: Cut, tables: Tables, theorem: Theorem, state: State, step: Step) -> bool:
    """Whether a step breaks a promise; one of states is broken by the step that leads to such a state."""
    _, after, action, _ = step
    if theorem.kind != STATE and action.effect is None:
        return False  # what changes nothing breaks nothing
    outcome = {"request": action.request, "answer": action.answer}
    before, then = cut.world(state), cut.world(after)
    sorts, actions = relation.variables(tables), tuple(cut.actions)
    meaning = Meaning(cut.logic, sorts, actions, before, then, outcome)
    if theorem.kind == SETTLES:
        every = meaning.of(theorem.tree[2]).sort
        return any(settling(meaning, theorem.tree, of)[1] for of in cut.logic.members[every])
    if theorem.kind == STATE:
        return not Meaning(cut.logic, sorts, actions, then).of(theorem.tree)
    return not meaning.of(theorem.tree)


def tell(edges: list[Edge]) -> Iterator[str]:
    """One line a step, as TLC's counterexamples are told."""
    for number, edge in enumerate(edges, 1):
        changes = ", ".join(_changes(edge))
        yield f"{number}. {_said(edge)}" + (f"  [{changes}]" if changes else "")


_NAMES = {"g": "group", "t": "tracker"}


def _said(edge: Edge) -> str:
    label = edge.label
    about = f"{_NAMES[label.about[0]]} {label.about}"
    if label.request == "service":
        return f"the service moves {about}"
    shown = "".join(f", {_NAMES[item[0]]} {item}" if " " not in item else f", {item}" for item in label.shown)
    return f"{label.request}({about}) -> {label.answer}{shown}"


def _changes(edge: Edge) -> Iterator[str]:
    """Which statuses are others now."""
    for n, (was, now) in enumerate(zip(edge.source.groups, edge.target.groups, strict=True), 1):
        if was != now:
            yield f"g{n} {now}"
    for n, ((_, was), (_, now)) in enumerate(zip(edge.source.trackers, edge.target.trackers, strict=True), 1):
        if was != now:
            yield f"t{n} {now}"
