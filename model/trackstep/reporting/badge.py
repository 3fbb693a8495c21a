"""badge.svg: the verdict in two words and a number, for a README. Says in words what its colour says."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from trackstep.reporting import grouping

COLOURS = {
    "conforms": "#1a7f37",
    "deviates as declared": "#7a5b00",
    "incomplete": "#57606a",
    "deviates": "#b3211e",
    "could not be judged": "#57606a",
}
"""White text on each has a contrast of 4.5 at least."""
LABEL = "event tracker"


def dumps(report: Mapping[str, Any]) -> str:
    """The picture."""
    said, colour = _said(report), COLOURS.get(report["verdict"], "#57606a")
    left, right = _width(LABEL), _width(said)
    name = escape(f"{LABEL}: {said}")
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{name}">
<title>{name}</title>
<clipPath id="round"><rect width="{left + right}" height="20" rx="3"/></clipPath>
<g clip-path="url(#round)"><rect width="{left}" height="20" fill="#3a3f45"/>\
<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\
<text x="6" y="14" textLength="{left - 12}">{LABEL}</text>\
<text x="{left + 6}" y="14" textLength="{right - 12}">{escape(said)}</text></g>
</svg>
"""


def _said(report: Mapping[str, Any]) -> str:
    score = report["scores"]["strict"]["must"]
    if report["verdict"] == "deviates":
        must, should = grouping.counts(report)
        return f"{must + should} deviation{'s' * (must + should != 1)}"
    if report["verdict"] in ("conforms", "incomplete"):
        return f"{report['verdict']} {score[0]}/{score[1]} MUST"
    return str(report["verdict"]) if report["verdict"] in COLOURS else "unknown"


def _width(text: str) -> int:
    return 12 + round(6.6 * len(text))
