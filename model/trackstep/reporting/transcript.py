"""The transcript of histories: each call with its answer on a line, the deviations, the verdict; as text or as JSON.

For what was judged outside a run: a program that was replayed, a history that was saved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.text import Text

from trackstep import spec
from trackstep.history import History
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import SETTLE, Judgement, Step
from trackstep.oracle.linearise import Verdict
from trackstep.oracle.notes import Finding
from trackstep.reporting.console import inert
from trackstep.results.report import unfollowed
from trackstep.search.sighting import Key, key


class Judged(NamedTuple):
    """One session: what was asked and answered, and what that contradicts."""

    prefix: str
    steps: Sequence[Step]
    findings: Sequence[Finding]
    is_cut: bool = False
    """Whether lost answers left more possible than could be followed."""
    unexplained: Mapping[int, int] = {}
    """The steps that no order of overlapping calls explains, each with the number of these calls."""
    intervals: Sequence[Interval] = ()
    began: float = 0.0
    """When the first call was sent, on the clock of the intervals."""

    @classmethod
    def of(cls, prefix: str, steps: Sequence[Step], judgement: Judgement) -> Judged:
        """A session as it was judged."""
        return cls(prefix, steps, judgement.notes.findings, judgement.cut)

    @classmethod
    def in_some_order(cls, history: History, verdict: Verdict) -> Judged:
        """A session whose calls may overlap."""
        found = verdict.findings
        began = min((interval.sent for interval in history.intervals), default=0.0)
        return cls(history.prefix, history.steps, found, verdict.cut, verdict.unexplained, history.intervals, began)

    def when(self, number: int) -> str:
        """When a step was under way, in seconds since the first was sent; empty where that is not told."""
        if not self.intervals:
            return ""
        interval = self.intervals[number - 1]
        told = f"{interval.sent - self.began:.3f}–{interval.answered - self.began:.3f}"
        return f"{told} {interval.client}".rstrip()


def call(number: int, step: Step, findings: Sequence[Finding], when: str = "") -> Text:
    """One call on one line: when, operation, parameters, answer, and the clauses that the answer breaks."""
    operation, outcome = step
    sent = json.dumps(dict(operation.params)) if operation.body is None else repr(operation.body)
    came = outcome.code or outcome.kind
    body = next(iter((outcome.result or {}).values()), None)
    if operation.name == SETTLE:
        sent, came = str(operation.params["arn"]), f"{operation.params['saw']} after {operation.params['seconds']} s"
    elif outcome.kind == "success" and isinstance(body, dict) and "status" in body:
        came = f"success, {body['status']}"
    elif outcome.kind in ("lost", "garbled", "unsupported"):
        came = f"{outcome.kind}: {outcome.message}"
    line = Text.assemble(
        f"{number:4}  ",
        inert(f"{when}  " if when else "", 80),
        (inert(operation.name).plain, "bold"),
        f" ({inert(operation.region)}) ",
    )
    line.append_text(inert(sent, 120)).append("  ").append_text(inert(came, 120))
    for found in dict.fromkeys(finding.clause for finding in findings):
        tentative = spec.load().clauses[found].level == "tentative"
        line.append(f"  <- {found}{' (tentative)' if tentative else ''}", "yellow" if tentative else "red")
    return line


def report(judged: Sequence[Judged], about: str, reason: str = "", whole: bool = True) -> dict[str, Any]:
    """What --json prints. ``whole``: each step too; ``reason``: why it cannot be judged, or was ended early."""
    first: dict[Key, dict[str, Any]] = {}
    for session in judged:
        for finding in session.findings:
            found = key(finding, session.steps)
            calls = session.unexplained.get(finding.step, 1)
            row = first.setdefault(found, _deviation(finding, session.prefix, found.answer, calls))
            row["times"] += 1
    counted = [row for row in first.values() if row["level"] != "tentative"]
    must = [row for row in counted if row["level"] == "MUST"]
    return {
        "verdict": "deviates" if must else "conforms",
        "exit_code": 1 if must else 0,
        "reason": "; ".join(filter(None, (reason, unfollowed(sum(session.is_cut for session in judged))))),
        "about": about,
        "calls": sum(step.operation.name != SETTLE for session in judged for step in session.steps),
        "deviations": sorted(counted, key=lambda row: row["level"] != "MUST"),
        "tentative": [row for row in first.values() if row["level"] == "tentative"],
        "sessions": [_session(session, whole) for session in judged],
    }


def unjudged(told: dict[str, Any], reason: str) -> dict[str, Any]:
    """The same, where the target could not be judged."""
    return told | {"verdict": "could not be judged", "exit_code": 3, "reason": reason}


def _deviation(finding: Finding, prefix: str, answer: str, calls: int) -> dict[str, Any]:
    clause = spec.load().clauses[finding.clause]
    return {
        "clause": clause.id, "level": clause.level, "sentence": clause.sentence, "operation": finding.operation,
        "answer": answer, "session": prefix, "step": finding.step, "expected": str(finding.expected),
        "actual": finding.actual, "because": list(finding.because), "times": 0, "overlapping": calls,
    }  # fmt: skip


def _session(session: Judged, whole: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"prefix": session.prefix, "steps": len(session.steps)}
    if whole:
        told["calls"] = [
            {
                "step": number,
                "operation": operation.name,
                "region": operation.region,
                "params": dict(operation.params),
                "answer": outcome.code or outcome.kind,
                "breaks": [found.clause for found in session.findings if found.step == number],
            }
            for number, (operation, outcome) in enumerate(session.steps, 1)
        ]
    return told


def deviation(row: dict[str, Any], sessions: int) -> Text:
    """One deviation on one line: clause, step, what was allowed, what came back, how often."""
    where = f"step {row['step']}" + (f" of {row['session']}" if sessions > 1 else "")
    times = "once" if row["times"] == 1 else f"{row['times']} times"
    order = f"; no order of the {row['overlapping']} overlapping calls explains it" if row["overlapping"] > 1 else ""
    style = {"MUST": "red", "SHOULD": "yellow"}.get(row["level"], "dim")
    return Text.assemble(
        (f"{row['clause']} {row['level']}", style),
        f" {row['operation']}, ",
        inert(f"{where}: allowed {row['expected']}"),
        inert(f"; came back {row['actual']}{order}; {times}"),
    )


def verdict(told: dict[str, Any]) -> Text:
    """The verdict on one line."""
    must = sum(row["level"] == "MUST" for row in told["deviations"])
    reason = f": {told['reason']}" if told["reason"] else ""
    return inert(
        f"{told['verdict']}{reason} · {must} MUST and {len(told['deviations']) - must} SHOULD deviations · "
        f"{told['calls']} calls · {told['about']}",
        600,
    )
