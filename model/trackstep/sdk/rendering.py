"""A comparison as text for a terminal, as Markdown, as JSON.

Owns the words. Everything that comes from an SDK is made inert first: a wheel is a stranger's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from trackstep.reporting import inert
from trackstep.sdk.difference import Comparison, Difference
from trackstep.sdk.rule import CLASSES

_INDENT = " " * 11


def counts(comparison: Comparison) -> str:
    """How many differences of each class, in words."""
    found = Counter(difference.severity for difference in comparison.differences)
    return ", ".join(f"{found[severity]} {severity}" for severity in CLASSES)


def summary(comparison: Comparison) -> str:
    """The last line: which two, how many differences, which clauses."""
    told = f"{inert.line(comparison.before)} → {inert.line(comparison.after)}: "
    if not comparison.differences:
        return told + "no difference"
    clauses = comparison.clauses()
    return (
        told
        + counts(comparison)
        + (f"; clauses touched: {', '.join(clauses)}" if clauses else "; no clause is touched")
    )


def text(comparison: Comparison) -> Iterator[str]:
    """Line by line, as a terminal shows it."""
    for note in comparison.notes:
        yield f"note       {inert.line(note)}"
    for difference in comparison.differences:
        yield f"{difference.severity:9}  {inert.line(headline(difference))}"
        if difference.severity == "text" and difference.kind.startswith("quote"):
            yield f"{_INDENT}was: {inert.line(difference.before) or 'nothing like it'}"
            yield f"{_INDENT}is:  {inert.line(difference.after) or 'nothing like it'}"
        yield _INDENT + inert.line(difference.consequence, 600)
        yield f"{_INDENT}at {inert.line(', '.join(difference.places), 600)}"
        if difference.clauses:
            yield f"{_INDENT}touches {', '.join(difference.clauses)}"
        yield ""
    yield summary(comparison)


def headline(difference: Difference) -> str:
    """What differs, without what it means: ``NextToken: input max looser, 1300 → 1500``."""
    words = difference.kind.replace("-", " ")
    if difference.kind.startswith("quote"):
        return f"{difference.name}: {words}"
    change = {
        (True, True): f", {difference.before} → {difference.after}",
        (False, True): f", {difference.after}",
        (True, False): f", was {difference.before}",
        (False, False): "",
    }[bool(difference.before), bool(difference.after)]
    return f"{difference.name}: {words}{change}"


def code(told: str) -> str:
    """Text as a span of code in Markdown, whatever it holds."""
    line = inert.line(told).strip()
    if "`" not in line:
        return f"`{line}`"
    fence = "`" * (1 + max(len(run) for run in re.findall("`+", line)))
    return f"{fence} {line} {fence}"


def markdown(comparison: Comparison, level: int = 2) -> Iterator[str]:
    """The differences as one section, a list under each class."""
    yield f"{'#' * level} {inert.markdown(comparison.before)} → {inert.markdown(comparison.after)}"
    yield ""
    if not comparison.differences:
        yield "No difference."
        yield ""
    for note in comparison.notes:
        yield f"Note: {inert.markdown(note)}."
        yield ""
    for severity in CLASSES:
        of_it = [difference for difference in comparison.differences if difference.severity == severity]
        if of_it:
            yield f"**{severity}**"
            yield ""
            for difference in of_it:
                yield from _item(difference)
            yield ""


def _item(difference: Difference) -> Iterator[str]:
    yield f"- {code(headline(difference))} at {', '.join(map(code, difference.places))}"
    if difference.kind.startswith("quote"):
        yield f"  - was {code(difference.before) if difference.before else 'nothing like it'}"
        yield f"  - is {code(difference.after) if difference.after else 'nothing like it'}"
    touched = f" Touches {', '.join(difference.clauses)}." if difference.clauses else ""
    yield f"  - {inert.markdown(difference.consequence, 600)}{touched}"


def document(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON's types."""
    return {
        "before": comparison.before,
        "after": comparison.after,
        "counts": {severity: sum(d.severity == severity for d in comparison.differences) for severity in CLASSES},
        "clauses": list(comparison.clauses()),
        "notes": list(comparison.notes),
        "differences": [
            {
                "severity": difference.severity,
                "kind": difference.kind,
                "name": difference.name,
                "before": difference.before,
                "after": difference.after,
                "places": list(difference.places),
                "clauses": list(difference.clauses),
                "consequence": difference.consequence,
            }
            for difference in comparison.differences
        ],
    }
