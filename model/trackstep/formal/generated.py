"""Behaviours that TLC generates, as programs that ``trackstep replay`` runs on a target.

Owns the walk through the graph that TLC printed, and the retelling of its steps as commands. What the service does
unseen becomes a wait where it ends in a status that lasts, and nothing elsewhere: a target takes its own time. Knows
nothing of targets, and nothing of what they should answer: that is judged anew.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from trackstep.formal.graph import GONE, NEVER, Edge, Graph, Label, Size, State
from trackstep.program import SETTLE, Command
from trackstep.value import EVENT

MOVING = 0.45
"""How often a step is one that changes the state, where there is one."""
_LASTING = ("ACTIVE", "CREATE FAILED", GONE)
_FAILED = "CREATE FAILED"
_FAILING = "fail"
"""The slot whose name asks for a creation that fails (docs/targets.md)."""


def start(size: Size) -> State:
    """The state in which nothing exists."""
    return State((GONE,) * size.groups, ((NEVER, GONE),) * size.trackers)


def walks(graph: Graph, size: Size, number: int, depth: int, seed: int) -> Iterator[list[Edge]]:
    """So many behaviours of so many steps, service moves included; the same for the same seed.

    In each state the walk takes what it took least there before, so that together they see much of the graph.
    """
    choice, taken = random.Random(seed), Counter[tuple[State, Label]]()
    for _ in range(number):
        state, edges = start(size), list[Edge]()
        for _ in range(depth):
            onward = sorted(graph.onward[state])
            moving = [(label, target) for label, target in onward if target != state]
            pool = moving if moving and choice.random() < MOVING else onward
            least = min(taken[state, label] for label, _ in pool)
            label, target = choice.choice([each for each in pool if taken[state, each[0]] == least])
            taken[state, label] += 1
            edges.append(Edge(state, label, target))
            state = target
        yield edges


def commands(edges: Sequence[Edge]) -> Iterator[tuple[Edge, Command | None]]:
    """The command of each step; None where the service moves on and nothing need be done."""
    slots = _slots(edges)
    failing = {e.label.about for e in edges if e.label.request == "service" and e.label.answer == _FAILED}
    made = defaultdict[str, list[str]](list)
    for edge in edges:
        name, about, answer, shown = edge.label
        if name == "service":
            home = about if about in slots else edge.source.trackers[int(about[1:]) - 1][0]
            of = f"${slots[home]}.{'arn' if about in slots else 'tracker'}"
            yield edge, Command(SETTLE, {"of": of}) if answer in _LASTING else None
        elif name == "PutEvents":
            yield edge, Command(name, {"trackingId": _id(about, made, slots), "sessionId": "s", "eventList": [EVENT]})
        elif name == "CreateDatasetGroup":
            yield edge, Command(name, {"name": f"${slots[about]}"})
        elif name == "CreateEventTracker":
            made[about] += shown
            called = _FAILING if failing.intersection(shown) else f"{shown[0] if shown else 't'}"
            yield edge, Command(name, {"name": f"${called}", "datasetGroupArn": f"${slots[about]}.arn"})
        elif name in ("DescribeEventTracker", "DeleteEventTracker"):
            yield edge, Command(name, {"eventTrackerArn": f"${slots[about]}.tracker"})
        else:
            yield edge, Command(name, {"datasetGroupArn": f"${slots[about]}.arn"})


def text(edges: Sequence[Edge], title: str) -> str:
    """The program as a file that ``trackstep replay`` reads; comments say what TLC's behaviour says."""
    lines = [f"# {title}"]
    for number, (edge, command) in enumerate(commands(edges), 1):
        lines.append(f"# {number}. {edge.label}")
        if command is not None:
            lines.append(str(command))
    return "\n".join(lines) + "\n"


def _slots(edges: Sequence[Edge]) -> dict[str, str]:
    """The slot of each dataset group: A, B ...; one that fails and is never ACTIVE has the name that asks for it."""
    count = len(edges[0].source.groups) if edges else 0
    slots = {f"g{n}": chr(ord("A") + n - 1) for n in range(1, count + 1)}
    became = {(edge.label.about, edge.label.answer) for edge in edges if edge.label.request == "service"}
    failing = [group for group in slots if (group, _FAILED) in became and (group, "ACTIVE") not in became]
    return slots | dict.fromkeys(failing[:1], _FAILING)


def _id(tracker: str, made: dict[str, list[str]], slots: dict[str, str]) -> str:
    """The reference to a tracking ID: of the event tracker that is there, or of one before it."""
    for group, trackers in made.items():
        if tracker in trackers:
            place = trackers.index(tracker)
            part = "id" if place == len(trackers) - 1 else "old" if place == len(trackers) - 2 else "first"
            return f"${slots[group]}.{part}"
    return "$nobody.id"
