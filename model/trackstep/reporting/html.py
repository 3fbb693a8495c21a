"""report.html: one self-contained file, made of report.json alone.

Owns what the page shows and in which order, and how much of a long report; its look is in ``templates/``, the rules of
every page in page.py. Text is escaped there: here it is only chosen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from trackstep.reporting import grouping, heading, heat, inert, page
from trackstep.reporting.grouping import Row

WIRE = 2_000_000
"""Characters of requests and answers that the page shows in all, shared out among the deviations."""
TEXTS = 1_200_000
"""Characters of programs that it shows in all."""
LEVELS = ("MUST", "SHOULD", "tentative")
VERDICTS = ("deviates", "differs", "not exercised", "unsupported", "conforms")
TONES = {
    "conforms": "good", "deviates": "bad", "differs": "warn", "deviates as declared": "warn", "MUST": "bad",
    "SHOULD": "warn",
}  # fmt: skip
"""Word -> the colour of its badge; the word is always there too."""
_STYLE = re.compile(r"<style>(.*?)</style>\s*", re.DOTALL)
"""The style of a picture: it moves to the page's own, which alone may be applied."""
FORMS = {"boto3": "boto3", "curl": "curl", "replay": "trackstep replay"}


def dumps(report: Row) -> str:
    """The page, which may be written as UTF-8."""
    groups = grouping.groups(report)
    drawn = [_picture(row) for row in report["lifecycles"]]
    shown = _Shown(report)
    return page.render(
        "report.html.j2",
        styles=("page.css", "report.css"),
        scripts=("report.js",),
        look="".join(dict.fromkeys(style for svg in drawn for style in _STYLE.findall(svg))),
        report=report,
        tones=TONES,
        must=grouping.counts(report)[0],
        should=grouping.counts(report)[1],
        groups=[
            {
                "cause": shown.deviation(group.cause),
                "consequences": [shown.deviation(d) for d in group.consequences],
                "cases": [{**shown.deviation(d), "cells": grouping.case(d)} for d in group.cases],
            }
            for group in groups
        ],
        forms=FORMS,
        columns=grouping.CASE,
        areas=_areas(report),
        levels=LEVELS,
        verdicts=[v for v in VERDICTS if any(c["verdict"] == v for c in report["clauses"])],
        clause_ids={clause["id"] for clause in report["clauses"]},
        recordings=_cited(report),
        pictures=[Markup(_STYLE.sub("", svg)) for svg in drawn],  # escaped where it was drawn
        heats=heat.tables(report),
        idle=[clause for clause in report["clauses"] if clause["verdict"] in ("not exercised", "unsupported")],
        missing=[situation for situation in report["situations"] if not situation["reached"]],
        command=heading.run_again(report),
        made=heading.made(report),
        version=heading.version(report),
        cut=shown.cut,
        bare=shown.bare,
    )


class _Shown:
    """What is shown of the deviations: all of each, as long as the page stays light."""

    def __init__(self, report: Row) -> None:
        self._many = max(1, len(report["deviations"]))
        self._numbers = {id(deviation): n for n, deviation in enumerate(report["deviations"], 1)}
        self._reasons = grouping.declared(report)
        self.cut, self.bare = 0, 0
        """Steps that are not on the page; steps that are, without their request and answer."""

    def deviation(self, found: Row) -> dict[str, Any]:
        """A deviation with the requests, answers and programs that have room; the step that broke first."""
        room, steps = WIRE // self._many, []
        for step in reversed(found["timeline"]["steps"]):
            size = sum(len(message["body"]) + 500 for message in (step["request"], step["response"]) if message)
            room -= size
            steps.append(_step(step, wire=room > 0 or step["part"] == "broke"))
            self.bare += room <= 0 and step["part"] != "broke"
        self.cut += found["timeline"]["cut"]
        return {
            **found,
            "number": self._numbers[id(found)],
            "steps": steps[::-1],
            "cut": found["timeline"]["cut"],
            "texts": self._programs(found),
            "repeated": grouping.again(found),
            "purpose": grouping.purpose(found),
            "brief": grouping.brief(found),
            "declared": self._reasons.get(grouping.name(found), ""),
        }

    def _programs(self, found: Row) -> dict[str, str]:
        room, kept = TEXTS // self._many, set()
        for form in ("replay", "boto3", "curl"):
            room -= len(found["programs"].get(form, ""))
            if form in found["programs"] and (room > 0 or form == "replay"):
                kept.add(form)
        return {form: found["programs"][form] for form in FORMS if form in kept} or {
            "replay": "\n".join(found["program"])
        }


def _step(step: Row, wire: bool) -> dict[str, Any]:
    return {
        **step,
        "told": inert.line(json.dumps(step["params"], ensure_ascii=False), 160),
        "sent": _message(step["request"]) if wire else "",
        "came": _message(step["response"]) if wire else "",
    }


def _message(message: Row | None) -> str:
    """A request or an answer as it reads on the wire, its JSON indented."""
    if message is None:
        return ""
    start = message.get("line") or f"HTTP {message.get('status', '')}"
    headers = [f"{name}: {value}" for name, value in message["headers"].items()]
    body = message["body"]
    if not message["cut"]:
        try:
            body = json.dumps(json.loads(body), indent=2, ensure_ascii=False) if body else ""
        except (ValueError, RecursionError):
            body = message["body"]
    cut = [f"… and {message['cut']} characters more"] if message["cut"] else []
    return "\n".join([start, *headers, *([""] if body else []), *([body] if body else []), *cut])


def _areas(report: Row) -> list[dict[str, Any]]:
    """Each area with its clauses, and how many there are of each verdict."""
    made = []
    seen: Counter[str] = Counter()
    for deviation in report["deviations"]:
        seen[deviation["clause"]] = max(seen[deviation["clause"]], deviation["of"])
    for area in report["areas"]:
        clauses = [
            {
                **clause,
                "evidence": [_evidence(each) for each in clause["evidence"]],
                "times": max(clause["exercised"], seen[clause["id"]]),
            }
            for clause in report["clauses"]
            if clause["area"] == area["id"]
        ]
        made.append({**area, "clauses": clauses, "counts": Counter(clause["verdict"] for clause in clauses)})
    return [area for area in made if area["clauses"]]


def _evidence(evidence: Row) -> dict[str, Any]:
    """Evidence with the recordings that it cites, one by one."""
    cited = re.findall(r"R\d+", evidence["text"]) if evidence["kind"] == "recorded" else []
    return {**evidence, "cited": cited}


def _cited(report: Row) -> dict[str, Row]:
    """The recordings that clauses cite, by id."""
    cited = {
        number
        for clause in report["clauses"]
        for evidence in clause["evidence"]
        if evidence["kind"] == "recorded"
        for number in re.findall(r"R\d+", evidence["text"])
    }
    return {recording["id"]: recording for recording in report["recordings"] if recording["id"] in cited}


def _picture(row: Mapping[str, Any]) -> str:
    """A lifecycle as SVG."""
    from trackstep import spec
    from trackstep.pictures import picture

    known = {"GONE", *row["statuses"]}
    moves = tuple(
        {name: str(move[name]) for name in ("from", "to", "trigger", "mover", "clause")}
        for move in row["transitions"]
        if {move["from"], move["to"]} <= known
    )
    reached = _reached(moves)
    cycle = spec.Lifecycle(
        row["kind"], tuple(s for s in row["statuses"] if s in reached), tuple(row["settled"]),
        tuple(move for move in moves if move["from"] in reached), (),
    )  # fmt: skip
    counts = {(move["from"], move["to"]): move["times"] for move in row["transitions"]}
    illegal = Counter[tuple[str, str]]()
    for move in row["illegal"]:
        illegal[move["from"], move["to"]] += move["times"]
    return picture.lifecycle_svg(cycle, counts, illegal)


def _reached(moves: Sequence[Mapping[str, str]]) -> set[str]:
    """The statuses that are reached from GONE: others have no place in the picture."""
    reached, more = {"GONE"}, True
    while more:
        new = {move["to"] for move in moves if move["from"] in reached} - reached
        reached, more = reached | new, bool(new)
    return reached
