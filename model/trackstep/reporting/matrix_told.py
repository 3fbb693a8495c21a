"""The words that every writer of a matrix shares: names of areas and targets, what is said beneath.

Knows no format; what came from a target is made inert by the writers.
"""

from __future__ import annotations

from trackstep import spec
from trackstep.results.matrix import Matrix
from trackstep.results.result import Result

TITLE = "Amazon Personalize event trackers: who conforms"
DIFFERENT = "The results were made with different specifications; compare their cells with care."


def title(area: str) -> str:
    """What an area is about, where this specification has it; else empty."""
    return spec.load().areas.get(area, "")


def rows(matrix: Matrix) -> list[tuple[str, list[str]]]:
    """The whole table as text: a name and a text for each judged target."""
    each = matrix.judged
    return [
        ("verdict", [result.verdict for result in each]),
        *(
            (f"{name} {title(name)}".strip(), [str(matrix.cell(result, name)) for result in each])
            for name in matrix.areas
        ),
        ("all MUST clauses", [str(matrix.cell(result)) for result in each]),
        ("situations reached", [situations(matrix, result) for result in each]),
    ]


def situations(matrix: Matrix, result: Result) -> str:
    """How many of the situations that must be reached were."""
    reached, of = matrix.situations(result)
    return f"{reached} of {of}"


def made(result: Result) -> str:
    """What the result was made with."""
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    return f"{result.calls} calls, seed {result.seed}, {versions}"
