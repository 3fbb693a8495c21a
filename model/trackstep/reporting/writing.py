"""All that is left of a run, in its report dir: the bundles, report.json, and what is rendered from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from trackstep.event import Deviation
from trackstep.reporting import badge, bundle, document, heading, html, junit, reproducer_short, summary

RENDERED: dict[str, Callable[[dict[str, Any]], str]] = {
    "report.html": html.dumps,
    "junit.xml": junit.dumps,
    "summary.md": summary.dumps,
    "badge.svg": badge.dumps,
}
"""File -> what writes it, from report.json alone."""


def write(report: dict[str, Any], deviations: Sequence[Deviation], directory: Path) -> Path:
    """Write everything and return the path of report.json. Raises UsageError where the directory cannot be written.

    ``report`` is completed: each of its deviations gets its ``bundle``, its ``programs`` and ``again``.
    """
    bundle.clear(directory)
    endpoint = bundle.endpoint_of(report)
    for place, deviation in enumerate(deviations, 1):
        told = report["deviations"][place - 1]
        told["bundle"] = bundle.write(deviation, place, report, directory).relative_to(directory).as_posix()
        told["programs"] = reproducer_short.texts(deviation, endpoint)
        told["again"] = (
            heading.judge(directory / told["bundle"] / bundle.HISTORY)
            if deviation.intervals
            else heading.replay(report, directory / told["bundle"] / bundle.PROGRAM)
        )
    path = document.write(report, directory)
    render(report, directory)
    return path


def render(report: dict[str, Any], directory: Path) -> None:
    """Write what is rendered from the report. Raises UsageError where the directory cannot be written."""
    for name, dumps in RENDERED.items():
        document.save(directory / name, dumps(report))
