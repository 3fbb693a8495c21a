"""The lifecycle and its observer as pictures: SVG and Mermaid, made from ``spec/lifecycle.toml``, never by hand.

Owns which states and moves are shown, and in which words. Where they stand is ``drawing``'s.
Moves that a request asks for are solid and all others dashed, so no colour is needed to tell them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from trackstep import spec
from trackstep.errors import SpecError
from trackstep.oracle.lifecycle import Status, observer_machine
from trackstep.pictures.drawing import Edge, Node, columns, draw
from trackstep.pictures.svg import Border, Line, Picture, frame
from trackstep.spec import Lifecycle

Transition = tuple[str, str]
"""From a status to a status, in the spelling of the wire."""

MOVES: dict[Line, str] = {
    "solid": "a request that was accepted",
    "dashed": "the service, on its own",
    "dotted": "seen, and not allowed",
}
SIGHTS: dict[Line, str] = {
    "solid": "a request that was accepted",
    "dashed": "this status was seen (↻: and tells nothing new)",
}
SEE = "see "


class Move(NamedTuple):
    """One arrow: from where, to where, the words on it, and whether a request asks for it."""

    source: str
    to: str
    words: tuple[str, ...]
    asked: bool

    @property
    def line(self) -> Line:
        """How it is drawn."""
        return "solid" if self.asked else "dashed"


def lifecycle_svg(
    lifecycle: Lifecycle,
    counts: Mapping[Transition, int] | None = None,
    illegal: Mapping[Transition, int] | None = None,
) -> str:
    """The lifecycle of one kind of resource as an SVG that stands alone, or in HTML as it is.

    ``counts``: how often each transition was taken; one that is not in it is drawn faint and says "never".
    ``illegal``: moves that were seen and are in no row, drawn dotted and crossed; statuses that the lifecycle does
    not have are left out, since they have no place in it.
    """
    return frame(f"The lifecycle of {_a(lifecycle.kind)}", [lifecycle_picture(lifecycle, counts, illegal)])


def lifecycle_picture(
    lifecycle: Lifecycle,
    counts: Mapping[Transition, int] | None = None,
    illegal: Mapping[Transition, int] | None = None,
) -> Picture:
    """The same without its frame, so that several can stand in one."""
    moves = lifecycle_moves(lifecycle)
    column = _columns(moves)
    edges = []
    for move in moves:
        times = None if counts is None else counts.get((move.source, move.to), 0)
        often = () if times is None else (f"{times}×" if times else "never",)
        edges.append(Edge(move.source, move.to, move.words + often, move.line, faint=times == 0))
    edges += [
        Edge(source, to, (f"✗ {times}×",), "dotted")
        for (source, to), times in sorted((illegal or {}).items())
        if source in column and to in column and source != to
    ]
    nodes: list[Node] = []
    for status in column:
        row = sum(node.column == column[status] for node in nodes)
        border: Border = "dotted" if status == "GONE" else "double" if status in lifecycle.settled else "single"
        nodes.append(Node(status, _folded(status), column[status], row, border))
    return draw(f"The lifecycle of {_a(lifecycle.kind)}", nodes, edges, MOVES)


def observer_picture(kind: str) -> Picture:
    """What can be known from outside: sets of statuses, and what a request or a sight makes of them."""
    moves = observer_moves(kind)
    column, again = _columns(moves), _again(moves)
    nodes: list[Node] = []
    for known in column:
        row = sum(node.column == column[known] for node in nodes)
        border: Border = "dotted" if known == "GONE" else "single"
        nodes.append(Node(known, (*known.split(" | "), *again.get(known, ())), column[known], row, border))
    edges = [
        Edge(move.source, move.to, tuple(line for word in move.words for line in _folded(word)), move.line)
        for move in moves
        if move.source != move.to
    ]
    return draw(f"What can be known of {_a(kind)}", nodes, edges, SIGHTS)


def lifecycle_moves(lifecycle: Lifecycle) -> list[Move]:
    """The rows of the table."""
    return [Move(r["from"], r["to"], (r["trigger"],), r["mover"] == "request") for r in lifecycle.transitions]


def observer_moves(kind: str) -> list[Move]:
    """The subset construction; what leads from one set to another is one move."""
    met: dict[tuple[str, str, bool], list[str]] = {}
    for name, event in observer_machine(kind).events.items():
        for transition in (t for of_state in event.transitions.values() for t in of_state):
            key = str(transition.source), str(transition.dest), not name.startswith(SEE)
            met.setdefault(key, []).append(name.removeprefix(SEE))
    moves = (Move(source, to, tuple(words), asked) for (source, to, asked), words in met.items())
    return sorted(moves, key=lambda move: (_age(move.source), _age(move.to), move))


def mermaid(moves: list[Move], settled: tuple[str, ...] = ()) -> str:
    """The same graph for GitHub to draw."""
    number = {state: f"s{n}" for n, state in enumerate(_columns(moves))}
    again = _again(moves)
    lines = ["flowchart LR"]
    for state, name in number.items():
        said = "<br>".join((*state.split(" | "), *again.get(state, ())))
        box = f'(["{said}"])' if state == "GONE" else f'[["{said}"]]' if state in settled else f'["{said}"]'
        lines.append(f"    {name}{box}")
    for move in moves:
        if move.source != move.to:
            arrow = "-->" if move.asked else "-.->"
            lines.append(f"    {number[move.source]} {arrow}|{'<br>'.join(move.words)}| {number[move.to]}")
    return "\n".join(lines) + "\n"


def files() -> dict[str, str]:
    """Name of a file in ``spec/`` -> what has to stand in it."""
    kinds = spec.load().lifecycles
    return {
        "lifecycle.svg": frame("The lifecycles", [lifecycle_picture(cycle) for cycle in kinds.values()]),
        "observer.svg": frame("The observers", [observer_picture(kind) for kind in kinds]),
        "lifecycle.md": _page(kinds),
    }


def _page(kinds: Mapping[str, Lifecycle]) -> str:
    parts = [_INTRODUCTION]
    for kind, cycle in kinds.items():
        drawn = mermaid(lifecycle_moves(cycle), cycle.settled)
        parts.append(f"## The lifecycle of {_a(kind)}\n\n```mermaid\n{drawn}```\n")
    for kind in kinds:
        parts.append(f"## What can be known of {_a(kind)}\n\n```mermaid\n{mermaid(observer_moves(kind))}```\n")
    return "\n".join(parts)


_INTRODUCTION = """\
# The lifecycle, in pictures

Made from `lifecycle.toml` by `trackstep spec diagram --write`, never by hand; a test compares.

A solid arrow is a request that was accepted, a dashed one the service's own move, which nobody sees. GONE is no status
on the wire but ResourceNotFoundException. A box with a double side is a state of rest.

![The lifecycles of an event tracker and of a dataset group](lifecycle.svg)

Since the service moves unseen, a client knows a *set* of statuses. Below, each box is such a set: a solid arrow is a
request that was accepted, a dashed one the status that was seen. A status after ↻ tells nothing new. A status that is
not in the box cannot be seen there: it contradicts the specification.

![What can be known of an event tracker and of a dataset group](observer.svg)

The same graphs follow as Mermaid, for tools that read it.
"""


def _again(moves: list[Move]) -> dict[str, tuple[str, ...]]:
    """State -> what leads from it to itself; it stands in the box, since a loop would hide other arrows."""
    return {move.source: tuple(f"↻ {word}" for word in move.words) for move in moves if move.source == move.to}


def _columns(moves: list[Move]) -> dict[str, int]:
    """State -> column, in the order of a life. Raises SpecError where a move starts from what nothing reaches."""
    column = columns("GONE", [(move.source, move.to) for move in moves])
    if lost := sorted({move.source for move in moves} - column.keys()):
        raise SpecError(f"lifecycle.toml: no transition leads to {', '.join(lost)}")
    return {state: column[state] for state in sorted(column, key=lambda state: (column[state], _age(state)))}


def _age(state: str) -> tuple[int, ...]:
    """Statuses, or sets of them, in the order of a life; GONE comes before it."""
    order = [status.value for status in Status]
    return (0,) if state == "GONE" else tuple(1 + order.index(status) for status in state.split(" | "))


def _folded(status: str) -> tuple[str, ...]:
    return tuple(status.split(" "))


def _a(kind: str) -> str:
    """``event_tracker`` as it is read."""
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind.replace('_', ' ')}"
