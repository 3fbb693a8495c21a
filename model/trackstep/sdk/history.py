"""The history of an SDK: saved surfaces in a row, and what changed from each to the next.

Owns the report ``reports/sdk-history.md``. It is made from the saved surfaces alone, so it can be made again without a
network, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from trackstep.errors import UsageError
from trackstep.reporting import inert
from trackstep.sdk import rendering
from trackstep.sdk.difference import Comparison, compare
from trackstep.sdk.rule import CLASSES
from trackstep.sdk.source import surface_of
from trackstep.sdk.surface import Surface, dumps


def saved(directory: Path) -> list[Surface]:
    """The surfaces in a directory, the oldest release first. Raises UsageError where a file is no surface."""
    return sorted(
        (surface_of(str(file)) for file in directory.glob("*.json")), key=lambda surface: _age(surface.source)
    )


def add(version: str, directory: Path) -> Path:
    """Save the surface of one release, unless it is there. ``version``: ``1.24.36``, or a word for ``surface_of``."""
    release = re.fullmatch(r"\d[\w.]*", version)
    path = directory / f"botocore-{version}.json"
    if release and path.is_file():
        return path
    surface = surface_of(f"botocore=={version}" if release else version)
    if not re.fullmatch(r"[\w.-]+ [\w.]+", surface.source):
        raise UsageError(f"{version} names no release; a history wants versions, as in 1.24.36, or wheels")
    path = directory / f"{surface.source.replace(' ', '-')}.json"
    directory.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(surface), encoding="utf-8")
    return path


def report(surfaces: Sequence[Surface]) -> str:
    """The report, in Markdown. Raises UsageError where there are not two surfaces to compare."""
    if len(surfaces) < 2:
        raise UsageError(
            "a history wants at least two releases; name some, as in `trackstep sdk history 1.24.35 1.24.36`"
        )
    return "\n".join(_report(surfaces)).rstrip("\n") + "\n"


def _report(surfaces: Sequence[Surface]) -> Iterator[str]:
    steps = [compare(old, new) for old, new in pairwise(surfaces)]
    whole = compare(surfaces[0], surfaces[-1])
    first, last = inert.markdown(surfaces[0].source), inert.markdown(surfaces[-1].source)
    yield f"# Event trackers in {len(surfaces)} releases, {first} to {last}"
    yield ""
    yield "Written by `trackstep sdk history` from saved surfaces; `docs/sdk-surface.md` says what the classes mean."
    yield "A change stands between the two releases that were compared; where they do not follow each other, it came"
    yield "with one of those between."
    yield ""
    yield "| from | to | " + " | ".join(CLASSES) + " | what |"
    yield "| --- | --- |" + " ---: |" * len(CLASSES) + " --- |"
    for step in steps:
        numbers = [str(sum(d.severity == severity for d in step.differences)) for severity in CLASSES]
        names = dict.fromkeys(d.name for d in step.differences)
        cells = [_version(step.before), _version(step.after), *numbers, inert.markdown(", ".join(names))]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield from _arrivals(steps)
    yield f"## A caller written for {first}, on {last}"
    yield ""
    serious = whole.at_least("behaviour")
    yield f"In all: {rendering.counts(whole)}. What is breaking or behaviour:"
    yield ""
    for difference in serious:
        yield f"- {rendering.code(rendering.headline(difference))}: {inert.markdown(difference.consequence, 600)}"
    yield from [] if serious else ["- nothing"]
    yield ""
    for step in steps:
        if step.differences:
            yield from rendering.markdown(step)


def _arrivals(steps: Sequence[Comparison]) -> Iterator[str]:
    """When an operation, an error, a member came or went."""
    yield "## What came and went"
    yield ""
    for what, kinds in (
        ("operations", ("operation-added", "operation-removed")),
        ("errors", ("error-added", "error-removed")),
        ("members of requests", ("input-member-added", "input-member-added-required", "input-member-removed")),
        ("members of answers", ("output-member-added", "output-member-removed")),
    ):
        told = [
            f"{'-' if d.kind.endswith('removed') else '+'} {d.name} ({_version(step.before)} → {_version(step.after)})"
            for step in steps
            for d in step.differences
            if d.kind in kinds
        ]
        yield f"- {what}: {', '.join(map(inert.markdown, told)) or 'none'}"
    yield ""


def _version(source: str) -> str:
    return inert.markdown(source.rpartition(" ")[2])


def _age(source: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", source)))
