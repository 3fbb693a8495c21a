"""A matrix as one self-contained HTML page."""

from __future__ import annotations

from trackstep.reporting import matrix_told as told
from trackstep.reporting import page
from trackstep.results import matrix as cells
from trackstep.results.matrix import Matrix

TONES = {"✓": "good", "✗": "bad", "◐": "warn", "–": "idle"}


def html(matrix: Matrix) -> str:
    """The page; a cell's colour repeats its mark and says nothing more."""
    return page.render(
        "matrix.html.j2", styles=("page.css", "matrix.css"), matrix=matrix, told=told, cells=cells, tones=TONES
    )
