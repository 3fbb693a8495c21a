"""The console: a progress line while a run goes on, then the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from trackstep import event
from trackstep.reporting import grouping, heading
from trackstep.reporting import inert as safe

LINES = 20
"""Of a program, so many of its last calls are shown."""
FOLLOWING, CASES = 6, 12
"""How many consequences of a cause are named, and how many of its other cases are in its table."""
CELL = 60
"""Characters of a cell that came from the target or was sent to it."""
_VERDICTS = ("conforms", "deviates", "differs", "not exercised", "unsupported")


def inert(text: str, most: int = 300) -> Text:
    """Text from a target as plain text: no markup, no control characters, cut when long."""
    return Text(safe.line(text, most))


class Progress:
    """The live line; silent where the console is no terminal."""

    def __init__(self, console: Console) -> None:
        self._status = Status("starting", console=console) if console.is_terminal else None
        self._found = 0

    def __enter__(self) -> Progress:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def hear(self, happened: event.Event) -> None:
        """Show one event."""
        if isinstance(happened, event.Found):
            self._found += 1
        elif isinstance(happened, event.Called) and self._status:
            self._status.update(f"{happened.calls} calls · {happened.source} · {self._found} contradictions")
        elif isinstance(happened, event.Shown) and self._status:
            self._status.update(f"running what is to be shown · {happened.id}")
        elif isinstance(happened, event.Shrunk) and self._status:
            self._status.update(f"the shortest program · {happened.clause} {happened.operation} {happened.answer}")


def started(happened: event.Started) -> Text:
    """The first line of a run."""
    return Text(
        f"{happened.target} · seed {happened.seed} · names begin with {happened.prefix} (one with a 9 before it)"
    )


def show(report: dict[str, Any], console: Console) -> None:
    """The head, the verdict table by area, then each deviation. Lines are as long as they are: they are copied."""
    console.print(inert(heading.made(report)))
    console.print(inert(f"version of the target: {heading.version(report)}"))
    table = Table(title=None, box=None, pad_edge=False)
    table.add_column("area", no_wrap=True)
    for verdict in _VERDICTS:
        table.add_column(verdict.replace(" ", "\n"), justify="right", no_wrap=True, vertical="bottom")
    for area in report["areas"]:
        count = Counter(clause["verdict"] for clause in report["clauses"] if clause["area"] == area["id"])
        table.add_row(inert(f"{area['id']} {area['title']}", 60), *(str(count[v] or "·") for v in _VERDICTS))
    if report["clauses"]:
        console.print(table)
    for group in grouping.groups(report):
        deviation(group, console)
    for row in report["tentative"]:
        console.print(
            Text.assemble(
                "  tentative ", (row["clause"], "yellow"), " ", inert(f"{row['operation']}: {row['actual']}", 120)
            )
        )
    idle = [clause for clause in report["clauses"] if clause["verdict"] in ("not exercised", "unsupported")]
    for clause in idle:
        console.print(Text.assemble(f"  {clause['verdict']} ", (clause["id"], "dim"), ": ", inert(clause["reason"])))
    for situation in report["situations"]:
        if not situation["reached"]:
            needs = f" (the target lacks {situation['needs']})" if situation["needs"] else ""
            console.print(Text.assemble(("  not reached ", "yellow"), inert(f"{situation['sentence']}{needs}")))
    for problem in report["declared"]["problems"]:
        console.print(Text.assemble(("  profile ", "red"), inert(problem)))
    for remark in report["declared"]["remarks"]:
        console.print(Text.assemble("  profile ", inert(remark)))
    if report["unsupported"]:
        console.print(inert(f"unsupported operations: {', '.join(report['unsupported'])}"))
    _summary(report, console)
    console.print(line(report), style="bold", highlight=False)


def _summary(report: dict[str, Any], console: Console) -> None:
    coverage, scores = report["coverage"], report["scores"]
    if not coverage:
        return
    reached = sum(1 for situation in report["situations"] if situation["reached"])
    said = (
        f"transitions {coverage['transitions']['taken']} of {coverage['transitions']['of']}, "
        f"refusal rows {coverage['refusals']['taken']} of {coverage['refusals']['of']}, "
        f"situations {reached} of {len(report['situations'])}, pairs of circumstances {coverage['pairs']}; "
        f"ended because {report['ended']}"
    )
    console.print(inert(said))
    words = [
        f"MUST {s['must'][0]} of {s['must'][1]}, SHOULD {s['should'][0]} of {s['should'][1]}" for s in scores.values()
    ]
    declared = f"; as declared {words[1]}" if words[1] != words[0] else ""
    console.print(f"clauses that conform: {words[0]}{declared}", highlight=False)


def line(report: dict[str, Any]) -> Text:
    """The verdict in one line."""
    must = sum(1 for d in report["deviations"] if d["level"] == "MUST")
    should = len(report["deviations"]) - must
    causes = sum(1 for d in report["deviations"] if not d["cause"])
    group = f" of {causes} causes" if must + should > 1 else ""
    reason = f": {report['reason']}" if report["reason"] else ""
    return inert(
        f"{report['verdict']}{reason} · {must} MUST and {should} SHOULD deviations{group} · {report['calls']} calls in "
        f"{report['seconds']} s · seed {report['seed']} · {report['target']}",
        600,
    )


def deviation(group: grouping.Group, console: Console) -> None:
    """One deviation, so that it is understood in a minute, with its other cases and what follows from it."""
    found = group.cause
    console.rule(inert(f"{found['clause']} · {found['level']} · {found['operation']}"), align="left", style="red")
    console.print(inert(found["sentence"]))
    console.print(Text.assemble(("  allowed    ", "green"), inert(found["expected"])))
    console.print(Text.assemble(("  came back  ", "red"), inert(found["actual"])))
    for reason in found["because"]:
        console.print(Text.assemble("  because    ", inert(reason)))
    for each in group.consequences[:FOLLOWING]:
        told = inert(f"{each['clause']} {each['operation']}: {each['actual']}", 120)
        console.print(Text.assemble("  and so     ", told))
    if (more := len(group.consequences) - FOLLOWING) > 0:
        console.print(Text(f"  and so     {more} more; report.json has them"))
    _cases(group.cases, console)
    times = f"seen {found['seen']} of {found['of']} times, first after {found['after']} calls by {found['source']}"
    console.print(inert(f"  {times}; {grouping.again(found)}"))
    calls = found["history"][-LINES:]
    if len(calls) < len(found["history"]):
        where = "report.json" if found.get("overlapping") else "program.txt"
        console.print(Text(f"    … {len(found['history']) - len(calls)} calls before these are in {where}"))
    for call in calls:
        console.print(Text.assemble("    ", inert(call, 200)))
    if found["bundle"]:
        console.print(inert(f"  {grouping.purpose(found)}: {found['bundle']}/"))
    if tried := grouping.tried(found):
        console.print(inert(f"  test, script and program: {tried}"))
    if found.get("again"):
        console.print(inert(f"  again: {found['again']}", 1000))
    for evidence in found["evidence"]:
        console.print(inert(f"  {evidence}", 500), style="dim")
    console.print(inert(f"  {found['link']}"), style="dim")


def _cases(cases: Sequence[grouping.Row], console: Console) -> None:
    """The same missing check in other cases, a row each; rows are as long as they are."""
    if not cases:
        return
    console.print(Text(f"  the same in {len(cases)} other case{'s' * (len(cases) > 1)}"))
    rows = [grouping.CASE, *(grouping.case(each) for each in cases[:CASES])]
    cells = [
        [inert(cell, CELL if place < len(row) - 1 else 200).plain for place, cell in enumerate(row)] for row in rows
    ]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        console.print(Text(f"    {'  '.join(padded)}".rstrip(), style="" if number else "dim"))
    if len(cases) > CASES:
        console.print(Text(f"    … {len(cases) - CASES} more; report.html has them"))
