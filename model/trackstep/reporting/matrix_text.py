"""A matrix as plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from trackstep.reporting import inert
from trackstep.reporting import matrix_told as told
from trackstep.results.matrix import LEGEND, Matrix

WIDEST = 28
"""Characters of a column's head; a longer name goes on beneath."""


def text(matrix: Matrix) -> str:
    """The matrix: a row for each area, a column for each judged target, and beneath who could not be judged."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(matrix))


def _lines(matrix: Matrix) -> Iterator[str]:
    if matrix.judged:
        names = [inert.line(result.target) for result in matrix.judged]
        heads = [_folded(name) for name in names]
        depth = max(map(len, heads))
        body = [(name, [inert.line(cell) for cell in cells]) for name, cells in told.rows(matrix)]
        table = [("", [head[i] if i < len(head) else "" for head in heads]) for i in range(depth)] + body
        widths = [max(len(inert.line(name)) for name, _ in table)]
        widths += [max(len(cells[i]) for _, cells in table) for i in range(len(names))]
        for name, cells in table:
            yield "  ".join(f"{cell:{width}}" for cell, width in zip((inert.line(name), *cells), widths, strict=True))
        yield ""
        for example, meaning in LEGEND:
            yield f"{example:18} {meaning}"
        if matrix.specifications > 1:
            yield told.DIFFERENT
    for result in matrix.unjudged:
        yield f"could not be judged: {inert.line(result.target)}: {inert.line(result.reason)}"


def _folded(name: str) -> list[str]:
    """A name on several lines, cut between words where that goes."""
    lines = [""]
    for word in name.split(" "):
        for part in [word[i : i + WIDEST] for i in range(0, len(word), WIDEST)]:
            if lines[-1] and len(lines[-1]) + 1 + len(part) > WIDEST:
                lines.append("")
            lines[-1] = f"{lines[-1]} {part}".strip()
    return lines
