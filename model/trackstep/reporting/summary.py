"""summary.md: what fits a step summary of GitHub (1 MiB) and is read in a minute; good for an issue too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trackstep.reporting import grouping, heading
from trackstep.reporting.grouping import Group
from trackstep.reporting.inert import fenced, line
from trackstep.reporting.inert import markdown as md

CAUSES, CASES = 20, 20
"""First causes that are told in full, and rows of a table of cases."""
CALLS, FOLLOWING = 20, 6
"""Calls of a program that are shown, the last; consequences of a cause that are named."""
VERDICTS = ("conforms", "deviates", "differs", "not exercised", "unsupported")
SIGNS = {"conforms": "✅", "deviates as declared": "🟡", "incomplete": "⚪", "deviates": "❌"}
Row = Mapping[str, Any]


def dumps(report: Row) -> str:
    """The document."""
    groups = grouping.groups(report)
    parts = [*_verdict(report, len(groups))]
    for number, group in enumerate(groups[:CAUSES], 1):
        parts += _deviation(number, group)
    if len(groups) > CAUSES:
        parts.append(f"… and {len(groups) - CAUSES} more causes: `report.html` has them all.")
    parts += [*_areas(report), *_rest(report)]
    return "\n\n".join(parts) + "\n"


def _verdict(report: Row, causes: int) -> Iterator[str]:
    must, should = grouping.counts(report)
    verdict = md(report["verdict"])
    yield f"## {SIGNS.get(report['verdict'], '⚠️')} Event tracker: {verdict}"
    if report["reason"]:
        yield f"**{md(report['reason'])}**"
    of = f" of {causes} cause{'s' * (causes != 1)}" if must + should else ""
    yield (
        f"**{must} MUST and {should} SHOULD deviations**{of} · {report['calls']} calls in {report['seconds']} s · "
        f"seed {report['seed']} · {md(report['target'])}"
    )
    yield f"The run {md(heading.made(report))} · version of the target: {md(heading.version(report))}"
    if report["coverage"]:
        score, reached = report["scores"]["strict"], sum(1 for s in report["situations"] if s["reached"])
        moves = report["coverage"]["transitions"]
        yield (
            f"Clauses that conform: MUST {score['must'][0]} of {score['must'][1]}, SHOULD {score['should'][0]} of "
            f"{score['should'][1]} · situations reached {reached} of {len(report['situations'])} · transitions taken "
            f"{moves['taken']} of {moves['of']}"
        )


def _deviation(number: int, group: Group) -> Iterator[str]:
    found = group.cause
    yield f"### {number}. {md(found['clause'])} · {md(found['level'])} · {md(found['operation'])}"
    yield f"{md(found['sentence'])}"
    told = [f"- allowed: **{md(found['expected'])}**", f"- came back: **{md(found['actual'])}**"]
    told += [f"- because {md(reason)}" for reason in found["because"][:10]]
    told += [
        f"- and so {md(d['clause'])} {md(d['operation'])}: {md(d['actual'], 120)}"
        for d in group.consequences[:FOLLOWING]
    ]
    if len(group.consequences) > FOLLOWING:
        told.append(f"- and so {len(group.consequences) - FOLLOWING} more")
    if brief := grouping.brief(found):
        told[0:0] = [f"- **{brief}**: {grouping.again(found)}"]
    yield "\n".join(told)
    yield from _cases(group.cases)
    calls = found["history"][-CALLS:]
    left = len(found["history"]) - len(calls)
    shown = [*([f"# … {left} calls before these"] if left else []), *calls]
    said = "; ".join(filter(None, (grouping.brief(found) or "shows it again", grouping.tried(found))))
    yield f"<details><summary>The shortest program ({said})</summary>\n\n{fenced(shown, 'python')}\n\n</details>"
    if again := line(found.get("again", ""), 1000):
        yield f"Again:\n\n{fenced([again], 'sh')}"
    if link := _link(found["link"]):
        yield f"[The documentation]({link})"


def _cases(cases: Sequence[Row]) -> Iterator[str]:
    """The same missing check in other cases, as a table."""
    if cases:
        yield f"The same in {len(cases)} other case{'s' * (len(cases) > 1)}:"
        rows = ["| " + " | ".join(grouping.CASE) + " |", "|" + " --- |" * len(grouping.CASE)]
        rows += ["| " + " | ".join(md(cell, 120) for cell in grouping.case(each)) + " |" for each in cases[:CASES]]
        yield "\n".join(rows)
        if len(cases) > CASES:
            yield f"… and {len(cases) - CASES} more: `report.html` has them all."


def _areas(report: Row) -> Iterator[str]:
    if not report["clauses"]:
        return
    rows = ["| area | " + " | ".join(VERDICTS) + " |", "| --- |" + " ---: |" * len(VERDICTS)]
    for area in report["areas"]:
        of = Counter(clause["verdict"] for clause in report["clauses"] if clause["area"] == area["id"])
        rows.append(
            f"| {md(area['id'])} {md(area['title'])} | " + " | ".join(str(of[v] or "·") for v in VERDICTS) + " |"
        )
    yield "### Clauses by area"
    yield "\n".join(rows)


def _rest(report: Row) -> Iterator[str]:
    """What the verdict does not rest on, and what it was made with."""
    missing = [f"- {md(s['sentence'])}" + (f" (the target lacks {md(s['needs'])})" if s["needs"] else "")
               for s in report["situations"] if not s["reached"]]  # fmt: skip
    idle = [f"- {md(c['id'])} {md(c['verdict'])}: {md(c['reason'])}" for c in report["clauses"] if c["reason"]]
    problems = [f"- {md(problem)}" for problem in report["declared"]["problems"][:50]]
    for title, rows in (
        ("The profile is out of date", problems),
        (f"{len(missing)} situations were not reached", missing),
        (f"{len(idle)} clauses were not exercised", idle),
    ):
        if rows:
            yield f"<details><summary>{title}</summary>\n\n" + "\n".join(rows[:200]) + "\n\n</details>"
    made = ", ".join(f"{md(name, 40)} {md(version, 40)}" for name, version in report["versions"].items())
    yield f"<sub>{made}</sub>"


def _link(address: str) -> str:
    """An address that may stand between round brackets; empty for any other."""
    text = line(address, 500)
    plain = all(c.isascii() and (c.isalnum() or c in ":/._-~#?=&%+") for c in text)
    return text if plain and text.startswith("https://") else ""
