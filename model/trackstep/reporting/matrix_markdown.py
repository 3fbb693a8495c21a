"""A matrix as Markdown: the scoreboard."""

from __future__ import annotations

from collections.abc import Iterator

from trackstep.reporting import inert
from trackstep.reporting import matrix_told as told
from trackstep.results.matrix import LEGEND, Matrix


def markdown(matrix: Matrix) -> str:
    """The matrix: a row for each area, a column for each judged target, and beneath who could not be judged."""
    return "".join(f"{line}\n" for line in _lines(matrix))


def _lines(matrix: Matrix) -> Iterator[str]:
    yield f"# {told.TITLE}"
    if matrix.judged:
        names = [inert.markdown(result.target) for result in matrix.judged]
        yield ""
        yield f"| area | {' | '.join(names)} |"
        yield f"| --- |{' --- |' * len(names)}"
        for name, cells in told.rows(matrix):
            yield f"| {inert.markdown(name)} | {' | '.join(map(inert.markdown, cells))} |"
        yield ""
        yield "; ".join(f"`{example}` {meaning}" for example, meaning in LEGEND) + "."
        if matrix.specifications > 1:
            yield ""
            yield told.DIFFERENT
        yield ""
        for name, result in zip(names, matrix.judged, strict=True):
            yield f"- {name}: {inert.markdown(told.made(result))}"
    if matrix.unjudged:
        yield ""
        yield "## Could not be judged"
        yield ""
        yield "| target | why |"
        yield "| --- | --- |"
        for result in matrix.unjudged:
            yield f"| {inert.markdown(result.target)} | {inert.markdown(result.reason)} |"
