"""Small reports written by hand, as `trackstep check` writes them, for what reads reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

CLAUSES = (
    ("ET-UNIQ-1", "MUST", "A dataset group has at most one event tracker."),
    ("ET-UNIQ-2", "MUST", "CreateEventTracker in a dataset group that has one is refused."),
    ("ET-LIST-1", "MUST", "ListEventTrackers lists every event tracker."),
    ("ET-LIST-4", "SHOULD", "ListEventTrackers lists no deleted event tracker."),
    ("ET-PUT-1", "MUST", "PutEvents with a tracking ID that there is not is refused."),
)
SITUATIONS = (("listed", "ListEventTrackers while one is being created"), ("gone", "PutEvents of a deleted one"))
HOSTILE = "<script>alert(1)</script> | `x` **b** \x1b[31mred\x1b[0m [l](javascript:1) \u202e\ud800 @team #1 \n# head"


def deviation(clause: str, operation: str, answer: str = "success", cause: str = "", **more: Any) -> dict[str, Any]:
    """One deviation."""
    levels = {id: (level, sentence) for id, level, sentence in CLAUSES}
    level, sentence = levels.get(clause, ("MUST", "A clause of another specification."))
    return {
        "clause": clause, "level": level, "sentence": sentence, "operation": operation, "answer": answer,
        "expected": "refusal: ResourceAlreadyExistsException", "actual": answer, "cause": cause, "program": [],
    } | more  # fmt: skip


def report(
    target: str = "ours 1.0", deviations: Iterable[dict[str, Any]] = (), idle: Iterable[str] = (),
    missing: Iterable[str] = (), **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """One report; ``idle`` clauses were not exercised, ``missing`` situations not reached; ``more`` members replace."""
    deviations, idle, missing = list(deviations), set(idle), set(missing)
    broken = {each["clause"] for each in deviations}
    return {
        "verdict": "deviates" if broken else "incomplete" if missing else "conforms",
        "exit_code": int(bool(broken)), "reason": "", "target": target, "seed": 0, "calls": 100, "seconds": 1.5,
        "versions": {"trackstep": "0.1.0", "python": "3.11.7", "moto": "5.2.5"}, "ended": "it had seen enough",
        "clauses": [
            {
                "id": id, "area": id.split("-")[1], "level": level, "sentence": sentence, "reason": "",
                "verdict": "deviates" if id in broken else "not exercised" if id in idle else "conforms",
                "exercised": 0 if id in idle else 3,
            }
            for id, level, sentence in CLAUSES
        ],
        "deviations": deviations,
        "declared": {"deviations": [], "problems": [], "remarks": []},
        "situations": [
            {"id": id, "sentence": sentence, "reached": 0 if id in missing else 2, "needs": ""}
            for id, sentence in SITUATIONS
        ],
    } | more  # fmt: skip


def unjudged(target: str, reason: str) -> dict[str, Any]:
    """The report of a run that never began."""
    return report(target, idle=[id for id, _, _ in CLAUSES]) | {
        "verdict": "could not be judged", "exit_code": 3, "reason": reason, "clauses": [], "situations": [],
    }  # fmt: skip
