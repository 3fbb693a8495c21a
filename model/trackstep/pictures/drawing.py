"""The layout of a state graph: columns from left to right, straight moves between neighbours, all others in lanes.

Nothing in it is random and nothing is measured, so the same graph gives the same bytes; graphviz's differ by version.
Knows nothing of lifecycles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trackstep.pictures.svg import LEADING, MARGIN, PAD, ROUND, Border, Canvas, Line, Picture, text_height, text_width

LANE, ROW_GAP, GAP = 26, 34, 34
"""Height of a lane, and of what is between two rows; width of what is between two columns beside the words on it."""
TIP = 6
"""How far before its end the line of an arrow stops, so that its head is sharp."""


class Node(NamedTuple):
    """A box: its lines of text, and its place. ``border``: double for a state of rest, dotted for what is not there."""

    id: str
    lines: tuple[str, ...]
    column: int
    row: int = 0
    border: Border = "single"


class Edge(NamedTuple):
    """An arrow between two boxes. ``faint``: it is possible and was not seen."""

    source: str
    to: str
    lines: tuple[str, ...]
    line: Line
    faint: bool = False


class _Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


def columns(start: str, moves: Sequence[tuple[str, str]]) -> dict[str, int]:
    """State -> its column: the length of the longest way to it from the start that meets no state twice."""
    onward: dict[str, set[str]] = defaultdict(set)
    for source, to in moves:
        onward[source].add(to)
    placed: dict[str, int] = {}

    def walk(state: str, way: tuple[str, ...]) -> None:
        placed[state] = max(placed.get(state, 0), len(way))
        for to in onward[state].difference(way, (state,)):
            walk(to, (*way, state))

    walk(start, ())
    return placed


def draw(title: str, nodes: Sequence[Node], edges: Sequence[Edge], legend: Mapping[Line, str]) -> Picture:
    """Lay the graph out and draw it, with its title above and what the lines mean below."""
    place = {node.id: node for node in nodes}
    sides: dict[str, list[Edge]] = {"direct": [], "above": [], "below": []}
    for edge in edges:
        sides[_side(place[edge.source], place[edge.to], edge)].append(edge)
    lanes = {side: _lanes(sides[side], place) for side in ("above", "below")}
    top = MARGIN + LEADING + LANE * (2 + max(lanes["above"].values(), default=-1))
    boxes = _boxes(nodes, sides["direct"], place, top)
    foot = max(box.y + box.height for box in boxes.values())
    canvas = Canvas()
    canvas.words(MARGIN, MARGIN + LEADING - 3, title, "left title")
    for edge in sides["direct"]:
        _straight(canvas, edge, boxes[edge.source], boxes[edge.to])
    for side, start, outward in (("above", top, -1), ("below", foot, 1)):
        ports = _ports(sides[side], place, boxes)
        for edge in sides[side]:
            ends = [
                (ports[edge, end], boxes[end].y + (boxes[end].height if outward == 1 else 0))
                for end in (edge.source, edge.to)
            ]
            _detour(canvas, edge, ends[0], ends[1], start + outward * LANE * (lanes[side][edge] + 1), outward)
    for node in nodes:
        canvas.box(*boxes[node.id], node.lines, node.border)
    below = foot + LANE * (2 + max(lanes["below"].values(), default=-1))
    right = canvas.legend(below, {line: words for line, words in legend.items() if line in {e.line for e in edges}})
    width = max(right, *(box.x + box.width + MARGIN for box in boxes.values()))
    return canvas.picture(width, below + LEADING + PAD)


def _side(source: Node, to: Node, edge: Edge) -> str:
    """Where an edge runs: direct to a neighbour, or in a lane above the boxes or below them."""
    onward = to.column - source.column
    if onward == 0 or (onward == 1 and edge.line != "dotted"):
        return "direct"
    return "below" if source.row or to.row or (onward < 0 and edge.line != "dotted") else "above"


def _lanes(edges: Sequence[Edge], place: Mapping[str, Node]) -> dict[Edge, int]:
    """The lane of each, short ones next to the boxes; two that overlap are never in one."""
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[Edge, int] = {}
    spans = {edge: sorted((place[edge.source].column, place[edge.to].column)) for edge in edges}
    for edge in sorted(edges, key=lambda e: (spans[e][1] - spans[e][0], spans[e], e)):
        low, high = spans[edge]
        free = (n for n, lane in enumerate(taken) if all(high < a or b < low for a, b in lane))
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((low, high))
        lanes[edge] = number
    return lanes


def _boxes(nodes: Sequence[Node], direct: Sequence[Edge], place: Mapping[str, Node], top: float) -> dict[str, _Box]:
    """A place for each: columns as wide as their text, gaps as wide as the words on the arrows through them."""
    last = max(node.column for node in nodes)
    widths = [max(text_width(n.lines) for n in nodes if n.column == column) + 2 * PAD for column in range(last + 1)]
    gaps = [
        GAP + max((text_width(e.lines) for e in direct if place[e.source].column == n), default=0) for n in range(last)
    ]
    left = [MARGIN + sum(widths[:n]) + sum(gaps[:n]) for n in range(last + 1)]
    rows = sorted({node.row for node in nodes})
    heights = {row: max(text_height(n.lines) for n in nodes if n.row == row) + 2 * PAD for row in rows}
    tops = {row: top + sum(heights[r] + ROW_GAP for r in rows if r < row) for row in rows}
    return {n.id: _Box(left[n.column], tops[n.row], widths[n.column], heights[n.row]) for n in nodes}


def _ports(
    edges: Sequence[Edge], place: Mapping[str, Node], boxes: Mapping[str, _Box]
) -> dict[tuple[Edge, str], float]:
    """Where each edge meets the side of its two boxes: side by side, so that those of one box do not cross."""
    met: dict[str, list[tuple[bool, int, Edge]]] = defaultdict(list)
    for edge in edges:
        for end, other in ((edge.source, edge.to), (edge.to, edge.source)):
            away = place[other].column - place[end].column
            met[end].append((away > 0, -away, edge))
    return {
        (edge, end): boxes[end].x + boxes[end].width * number / (len(of_end) + 1)
        for end, of_end in met.items()
        for number, (_, _, edge) in enumerate(sorted(of_end), 1)
    }


def _straight(canvas: Canvas, edge: Edge, a: _Box, b: _Box) -> None:
    """From side to side, or between two boxes one above the other."""
    if a.x == b.x:
        down = 1 if a.y < b.y else -1
        x = a.x + a.width * (0.5 + 0.25 * down)
        start, end = (a.y + a.height, b.y) if down == 1 else (a.y, b.y + b.height)
        canvas.arrow(f"M{x:g} {start:g}V{end - TIP * down:g}", (x, end), 90 * down, edge.line, edge.faint)
        canvas.label(x, (start + end) / 2 + 4, edge.lines)
        return
    left, right, start, end = a.x + a.width, b.x, a.y + a.height / 2, b.y + b.height / 2
    half = (left + right) / 2
    bow = f"C{half:g} {start:g} {half:g} {end:g} {right - TIP:g} {end:g}" if start != end else f"H{right - TIP:g}"
    canvas.arrow(f"M{left:g} {start:g}{bow}", (right, end), 0, edge.line, edge.faint)
    lift = text_height(edge.lines) / (2 if start != end else 1)
    canvas.label(half, (start + end) / 2 - lift + (11 if start != end else 9), edge.lines)


def _detour(
    canvas: Canvas, edge: Edge, start: tuple[float, float], end: tuple[float, float], level: float, outward: int
) -> None:
    """Out of a box, along a lane, into the other; ``outward`` is 1 where the lane is below."""
    (x, y), (to, foot) = start, end
    bend, onward = level - outward * ROUND, ROUND if to > x else -ROUND
    way = (
        f"M{x:g} {y:g}V{bend:g}Q{x:g} {level:g} {x + onward:g} {level:g}"
        f"H{to - onward:g}Q{to:g} {level:g} {to:g} {bend:g}V{foot + outward * TIP:g}"
    )
    canvas.arrow(way, end, -90 * outward, edge.line, edge.faint)
    canvas.label((x + to) / 2, level + 4, (" ".join(edge.lines),))
