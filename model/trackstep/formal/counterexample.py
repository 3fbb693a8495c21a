"""How a promise comes to be broken, in as few calls as can be; or that nothing that can be reached breaks it.

Owns the search, over the relation cut down to a few things: a failed proof is of any state in which the invariants
hold, also one that cannot be reached, and this tells the two apart. Knows no solver.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from trackstep.formal import relation
from trackstep.formal.cut import Cut, Step
from trackstep.formal.graph import Edge, Size, State
from trackstep.formal.meaning import Meaning
from trackstep.formal.plain import SERVICE, Tables
from trackstep.formal.proof import settled, settling
from trackstep.formal.theorem import SETTLES, STATE, Theorem

SIZES = ((1, 1), (1, 2), (2, 2))
"""Dataset groups and tracking IDs, as many as are tried, the fewest first."""


class Story(NamedTuple):
    """How a promise comes to be broken: the steps from nothing, and what is left for ever where that breaks it."""

    edges: tuple[Edge, ...]
    left: str = ""


def find(tables: Tables, theorem: Theorem) -> Story | None:
    """The shortest story that breaks a promise; None where there is none at any size."""
    for groups, trackers in SIZES:
        cut = Cut(tables, Size(groups, trackers, theorem.lenient))
        came: dict[State, Edge] = {}
        for state, steps in cut.walk():
            way = _way(came, state)
            if theorem.kind == STATE:
                if not _meaning(cut, tables, state).of(theorem.tree):
                    return Story(way)
            elif left := _left(cut, tables, theorem, state, steps):
                return Story(way, left)
            for step in steps:
                label, after, *_ = step
                edge = Edge(state, label, after)
                if theorem.kind != STATE and _breaks(cut, tables, theorem, state, step):
                    return Story((*way, edge))
                if after not in came and after != cut.start:
                    came[after] = edge
    return None


def _way(came: dict[State, Edge], state: State) -> tuple[Edge, ...]:
    found: list[Edge] = []
    while state in came:
        found.append(came[state])
        state = came[state].source
    return tuple(found[::-1])


def _meaning(cut: Cut, tables: Tables, state: State, step: Step | None = None) -> Meaning:
    """What is said of a state, or of a step from it."""
    before, sorts, actions = cut.world(state), relation.variables(tables), tuple(cut.actions)
    if step is None:
        return Meaning(cut.logic, sorts, actions, before)
    _, after, action, _ = step
    outcome = {"request": action.request, "answer": action.answer}
    return Meaning(cut.logic, sorts, actions, before, cut.world(after), outcome)


def _left(cut: Cut, tables: Tables, theorem: Theorem, state: State, steps: list[Step]) -> str:
    """What should settle and the service cannot move; empty where there is nothing of the kind."""
    if theorem.kind != SETTLES:
        return ""
    meaning = _meaning(cut, tables, state)
    every = meaning.of(theorem.tree[2]).sort
    moved = {args[0] for _, after, action, args in steps if action.request == SERVICE and after != state}
    stuck = (of for of in cut.logic.members[every] if of not in moved and settling(meaning, theorem.tree, of)[0])
    return next((f"{of} {meaning.before.variables[settled(theorem.tree)](of)}" for of in stuck), "")


def _breaks(cut: Cut, tables: Tables, theorem: Theorem, state: State, step: Step) -> bool:
    """Whether a step breaks a promise that is not of states."""
    if step[2].effect is None:
        return False  # what changes nothing breaks nothing
    meaning = _meaning(cut, tables, state, step)
    if theorem.kind == SETTLES:
        every = meaning.of(theorem.tree[2]).sort
        return any(settling(meaning, theorem.tree, of)[1] for of in cut.logic.members[every])
    return not meaning.of(theorem.tree)


def tell(story: Story) -> Iterator[str]:
    """One line a step, as TLC's counterexamples are told."""
    for number, edge in enumerate(story.edges, 1):
        changes = ", ".join(_changes(edge))
        yield f"{number}. {_said(edge)}" + (f"  [{changes}]" if changes else "")
    if story.left:
        yield f"and there {story.left} stays: the service has no move for it"


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
