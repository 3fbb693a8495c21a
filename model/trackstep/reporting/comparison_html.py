"""A comparison as one self-contained HTML page."""

from __future__ import annotations

from trackstep.reporting import comparison_told as told
from trackstep.reporting import page
from trackstep.results.comparison import Comparison


def html(compared: Comparison) -> str:
    """The page."""
    return page.render(
        "comparison.html.j2",
        styles=("page.css", "comparison.css"),
        compared=compared,
        verdict=told.verdict(compared),
        runs=(("A", compared.before), ("B", compared.after)),
        sections=told.sections(compared),
    )
