"""The verdict of a gate: as data for gate.json, and as lines for a terminal.

Owns the words and the exit code. Text of a driver comes out inert. Knows nothing of how the run was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from trackstep.gate.baseline import Baseline
from trackstep.gate.call import Call, Program
from trackstep.gate.difference import KINDS, Difference
from trackstep.gate.rule import short
from trackstep.gate.running import Deviation, Run
from trackstep.gate.script import Script
from trackstep.reporting.inert import line

SHOWN = 12
"""Deviations that are known, of which so many are shown on a terminal; gate.json has all."""


def report(
    run: Run, script: Script, baseline: Baseline | None, found: Sequence[Difference], accepts: bool, drift: str = ""
) -> dict[str, Any]:
    """The report. ``accepts``: this run becomes a baseline, so what deviates is kept in it and does not count."""
    known = baseline.known if baseline else frozenset()
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    programs = [(program, call) for program in script.programs for call in program.calls]
    for deviation in run.deviations:
        is_known = accepts or (deviation.number, deviation.rule) in known
        group = groups.setdefault((deviation.rule, deviation.operation), _group(deviation, programs, is_known))
        group["times"] += 1
        if group["known"] and not is_known:
            group |= _group(deviation, programs, False) | {"times": group["times"]}
    broken = sorted(groups.values(), key=lambda group: (group["known"], group["call"]))
    differs, deviates = bool(found), any(not group["known"] for group in broken)
    words = ["differs from the baseline"] * differs + ["deviates"] * deviates
    verdict = " and ".join(words) or ("no difference" if baseline else "written" if accepts else "conforms")
    return {
        "gate": 1,
        "verdict": verdict,
        "exit_code": int(differs or deviates),
        "sdk": run.sdk,
        "baseline": baseline.sdk if baseline else None,
        "seed": script.seed,
        "calls": len(run.calls),
        "script": script.digest,
        "differences": [_told(difference, programs[difference.number - 1][1]) for difference in found],
        "deviations": broken,
        "unsupported": dict(run.unsupported),
        "drift": drift,
    }


def _told(difference: Difference, call: Call) -> dict[str, Any]:
    return asdict(difference) | {"means": KINDS[difference.kind], "params": short(dict(call.operation.params))}


def _group(deviation: Deviation, programs: Sequence[tuple[Program, Call]], known: bool) -> dict[str, Any]:
    program, call = programs[deviation.number - 1]
    return {
        "rule": deviation.rule, "operation": deviation.operation, "source": deviation.source,
        "wanted": deviation.wanted, "found": deviation.found, "call": deviation.number,
        "program": program.title, "note": call.note, "params": short(dict(call.operation.params)),
        "times": 0, "known": known,
    }  # fmt: skip


def lines(told: dict[str, Any]) -> Iterator[str]:
    """The report for a person, a line each."""
    against = f", against {told['baseline']}" if told["baseline"] else ""
    yield line(f"{told['sdk']}{against}: {told['calls']} calls, seed {told['seed']}")
    own = [difference for difference in told["differences"] if difference["own"]]
    for several in _alike(own, "kind", "where", "before", "after"):
        yield from _differences(several)
    for difference in told["differences"][len(own) :]:
        since = f"from call {difference['number']} on, {difference['times']} times"
        yield line(f"    and so  {difference['operation']} · {_what(difference)} {since}")
    for several in _alike([group for group in told["deviations"] if not group["known"]], "rule", "source"):
        yield from _deviations(several)
    yield from _known([group for group in told["deviations"] if group["known"]])
    for name, why in told["unsupported"].items():
        yield line(f"  not asked  {name}: {why}")
    if told["drift"]:
        yield line(f"  surface    {told['drift']}")
    yield told["verdict"]


def _what(difference: dict[str, Any]) -> str:
    return f"{difference['kind']} of {difference['where']}" if difference["where"] else str(difference["kind"])


def _at(told: dict[str, Any], number: int) -> str:
    note = f", {told['note']}" if told["note"] else ""
    return f"call {number} ({told['program']}{note}); {told['times']} times in all"


def _alike(found: Sequence[dict[str, Any]], *names: str) -> list[list[dict[str, Any]]]:
    """What is the same of several operations is told once: where the members of these names are equal."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        groups.setdefault(json.dumps([each[name] for name in names]), []).append(each)
    return list(groups.values())


def _operations(several: Sequence[dict[str, Any]]) -> str:
    return ", ".join(each["operation"] for each in several)


def _differences(several: Sequence[dict[str, Any]]) -> Iterator[str]:
    first = several[0]
    yield ""
    yield line(f"{_operations(several)} · {_what(first)}")
    yield line(f"  baseline  {short(first['before'])}")
    yield line(f"  now       {short(first['after'])}")
    yield line(f"  means     {first['means']}")
    yield line(f"  first at  {_at(first, first['number'])}")
    yield line(f"  asked     {first['params']}")


def _deviations(several: Sequence[dict[str, Any]]) -> Iterator[str]:
    group = several[0]
    yield ""
    yield line(f"{_operations(several)} · deviates: {group['rule']}")
    yield line(f"  wanted    {group['wanted']}")
    yield line(f"  found     {group['found']}")
    yield line(f"  source    {group['source']}")
    yield line(f"  first at  {_at(group, group['call'])}")
    yield line(f"  asked     {group['params']}")


def _known(groups: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What deviates in the baseline too, rule by rule."""
    rules: dict[str, list[str]] = {}
    for group in groups:
        rules.setdefault(group["rule"], []).append(group["operation"])
    for rule, operations in list(rules.items())[:SHOWN]:
        yield line(f"  accepted   {rule}: {', '.join(operations)}")
    if len(rules) > SHOWN:
        yield f"  accepted   and {len(rules) - SHOWN} more; gate.json has them"
