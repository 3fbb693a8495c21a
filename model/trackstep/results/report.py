"""What report.json holds: everything a run has seen, in plain values (reports/report.schema.json).

Owns the verdict and the exit code. Judges nothing, writes nothing.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from trackstep import __version__, spec
from trackstep.event import Deviation, Failed
from trackstep.operation import CORE, COVERED
from trackstep.results import covered, profile, timeline, verdict
from trackstep.results.origin import Origin, here
from trackstep.results.profile import Declared
from trackstep.search.run import Run, Settings
from trackstep.secret import redacted
from trackstep.targets.asking import describe

FORMAT = 1
"""The version of report.json: a number that a reader can refuse."""
WORDS = 4000
"""Characters of what was expected and what came back that are told: the rest is in the history."""
UNTOLD = {"steps", "prefix", "claim", "rests_on", "intervals"}
"""Members of a deviation that are for the reproducer beside the report."""
DEVIATES, NOT_JUDGED, INTERNAL, SIGNAL = 1, 3, 4, 128
"""Exit codes: a MUST clause deviates, nothing can be said, a fault of this project; a signal adds its number to 128."""


def report(
    run: Run,
    deviations: Sequence[Deviation],
    declared: Declared[Deviation] | None = None,
    failed: Failed | None = None,
    origin: Origin | None = None,
) -> dict[str, Any]:
    """The report of a run, also of one that was ended early; ``failed`` says by what, if anything went wrong.

    ``origin`` is that of the run; by default it is now, on this machine.
    """
    settings = run.settings
    clauses = verdict.clauses(run.notes, {key.clause for key in run.sightings}, run.unsupported)
    coverage = verdict.coverage(run.notes)
    word, code, why = _verdict(run, deviations, declared, failed)
    reason = failed.reason if failed else ""
    cut = sum(session.judgement.cut for session in run.sessions if session.listener is not None)
    return {
        "format": FORMAT,
        "verdict": word,
        "exit_code": code,
        "reason": redacted("; ".join(filter(None, (reason, why, unfollowed(cut))))),
        "target": redacted(describe(run.target)),
        "origin": (origin or here()).told(run.target),
        "versions": versions(),
        "seed": settings.seed,
        "settings": _settings(settings),
        "calls": run.budget.calls,
        "seconds": round(run.budget.clock.now(), 2),
        "ended": run.ended,
        "scores": profile.scores(clauses, declared.clauses if declared else ()),
        "areas": _areas(),
        "clauses": [_with_evidence(clause) for clause in clauses],
        "recordings": _recordings(),
        "deviations": [as_json(d, beside=len(deviations) - 1) for d in deviations],
        "declared": _declared(declared),
        "tentative": _tentative(run),
        "choices": verdict.choices(run.notes),
        "coverage": coverage | {"pairs": run.coverage.pairs} | covered.coverage(run),
        "lifecycles": covered.lifecycles(run, coverage["transitions"]["each"]),
        "situations": run.situations.told(run.unsupported),
        "unsupported": dict(sorted((k, v) for k, v in run.unsupported.items() if k in COVERED)),
    }


def _verdict(
    run: Run, deviations: Sequence[Deviation], declared: Declared[Deviation] | None, failed: Failed | None
) -> tuple[str, int, str]:
    """The word, the exit code, and what is to be said of it beside the reason why the run was ended."""
    counted = [d for d in deviations if d.level == "MUST" or run.settings.strict]
    new = counted if declared is None else [d for d in counted if d in declared.new]
    missing = run.situations.missing(run.unsupported)
    # Only a whole run can tell that something no longer occurs; that a day has passed, the calendar tells.
    rotten = declared is not None and bool(declared.expired or (declared.stale and not failed and run.is_whole))
    unheard = [name for name in CORE if not run.answered[name]]
    by = failed.by if failed else ""
    if by == "internal":
        return "could not be judged", INTERNAL, ""
    if by != "interrupted" and unheard and (not counted or len(unheard) == len(CORE)):
        unanswered = f"no answer to {', '.join(unheard)} within the budget"
        return "could not be judged", NOT_JUDGED, "" if run.failed else unanswered
    if new or rotten:
        return "deviates", DEVIATES, "" if new else "the profile is out of date"
    if by == "target":
        return "could not be judged", NOT_JUDGED, ""
    if not failed and (stood := run.in_the_way()):
        return "incomplete", NOT_JUDGED, f"because of the target: {'; '.join(stood)}"
    if missing or failed:
        code = SIGNAL + failed.signal if failed else 0
        return "incomplete", code, f"{len(missing)} situations were not reached: {run.ended}" if missing else ""
    return "deviates as declared" if counted else "conforms", 0, ""


def unfollowed(cut: int) -> str:
    """What is told where not every world of so many histories was followed; empty where of none."""
    told = "lost answers left more possible than could be followed, and what hangs on it was not judged"
    return f"in {cut} histories {told}" if cut else ""


def unjudged(
    reason: str, target: str, seed: int, code: int = NOT_JUDGED, origin: Origin | None = None
) -> dict[str, Any]:
    """The report of a run that never began, or of which nothing else can be told."""
    reason, target = redacted(reason), redacted(target)
    return {
        "format": FORMAT, "verdict": "could not be judged", "exit_code": code, "reason": reason, "target": target,
        "origin": (origin or here()).told(),
        "versions": versions(), "seed": seed, "settings": {}, "calls": 0, "seconds": 0, "ended": reason,
        "scores": profile.scores((), ()), "areas": _areas(), "clauses": [], "recordings": [], "deviations": [],
        "declared": _declared(None), "tentative": [], "choices": [], "coverage": {}, "lifecycles": [], "situations": [],
        "unsupported": {},
    }  # fmt: skip


def versions() -> dict[str, str]:
    """What the verdict was made with."""
    made = {name: version(name) for name in ("botocore", "moto", "hypothesis")}
    return {"trackstep": __version__, "python": platform.python_version()} | made


def as_json(deviation: Deviation, beside: int = 0) -> dict[str, Any]:
    """A deviation in plain values; lists in place of tuples.

    ``programs``, ``bundle`` and ``again`` are for its writers to fill. ``beside``: how many other deviations
    the report has.
    """
    told = {n: getattr(deviation, n) for n in deviation.__dataclass_fields__ if n not in UNTOLD}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}
    plain["expected"] = str(deviation.expected)
    plain["tried"] = [
        {"form": each.form, "target": each.target, "emulator": each.emulator, "holds": each.holds}
        for each in deviation.tried
    ]
    plain |= {name: timeline.shortened(plain[name], WORDS) for name in ("expected", "actual", "because")}
    return plain | {
        "timeline": timeline.told(
            deviation.steps, deviation.rests_on, beside, deviation.rests_on[0] if deviation.intervals else 0
        ),
        "programs": {},
        "bundle": "",
        "again": "",
        **({"overlapping": True} if deviation.intervals else {}),
    }


def _settings(settings: Settings) -> dict[str, Any]:
    """What the run was allowed to spend, and how strict it was."""
    kept = ("max_calls", "max_time", "settle_timeout", "strict", "clients")
    return {name: getattr(settings, name) for name in kept} | {"regions": list(settings.regions)}


def _areas() -> list[dict[str, str]]:
    return [{"id": area, "title": title} for area, title in spec.load().areas.items()]


def _with_evidence(clause: dict[str, Any]) -> dict[str, Any]:
    """A clause with what it stands on, and where that is written."""
    known = spec.load().clauses[clause["id"]]
    evidence = [{"kind": kind, "text": text} for kind, text in known.evidence]
    return clause | {"evidence": evidence, "link": known.link, "needs": known.needs}


def _recordings() -> list[dict[str, str]]:
    """What clauses cite as recorded, and where each recording is from."""
    return [
        {
            "id": r["id"],
            "operation": str(r["operation"]),
            "answer": str(r["error_code"] or ""),
            "source": str(r["source"]),
        }
        for r in spec.recordings()
    ]


def _declared(declared: Declared[Deviation] | None) -> Mapping[str, Any]:
    if declared is None:
        return {"deviations": [], "problems": [], "remarks": []}
    return {
        "deviations": [{"id": deviation.id, "reason": why.reason} for deviation, why in declared.declared],
        "problems": list(declared.problems),
        "remarks": list(declared.remarks),
    }


def _tentative(run: Run) -> list[dict[str, str]]:
    return [
        {"clause": k.clause, "operation": k.operation, "expected": str(s.finding.expected), "actual": s.finding.actual}
        for k, s in run.sightings.items()
        if not k.counts
    ]
