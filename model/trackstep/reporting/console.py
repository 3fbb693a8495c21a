"""The console: a progress line while a run goes on, then the verdict."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from trackstep import event, spec

_VERDICTS = ("conforms", "deviates", "differs", "not exercised", "unsupported")


def inert(text: str, most: int = 300) -> Text:
    """Text from a target as plain text: no markup, no control characters, cut when long."""
    text = re.sub(r"[^\S ]|[\x00-\x1f\x7f-\x9f]", " ", text).encode("utf-8", "replace").decode()
    return Text(text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)")


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


def show(report: dict[str, Any], console: Console) -> None:
    """The verdict table by area, then each deviation. Lines are as long as they are: they are copied."""
    areas = spec.load().areas
    table = Table(title=None, box=None, pad_edge=False)
    table.add_column("area", no_wrap=True)
    for verdict in _VERDICTS:
        table.add_column(verdict.replace(" ", "\n"), justify="right", no_wrap=True, vertical="bottom")
    for area, title in areas.items():
        count = Counter(clause["verdict"] for clause in report["clauses"] if clause["area"] == area)
        table.add_row(f"{area} {title}", *(str(count[v] or "·") for v in _VERDICTS))
    if report["clauses"]:
        console.print(table)
    for found in report["deviations"]:
        deviation(found, console)
    for row in report["tentative"]:
        console.print(
            Text.assemble("  tentative ", (row["clause"], "yellow"), f" {row['operation']}: ", inert(row["actual"], 80))
        )
    idle = [clause for clause in report["clauses"] if clause["verdict"] in ("not exercised", "unsupported")]
    for clause in idle:
        console.print(Text.assemble(f"  {clause['verdict']} ", (clause["id"], "dim"), f": {clause['reason']}"))
    if report["unsupported"]:
        console.print(Text(f"unsupported operations: {', '.join(report['unsupported'])}"))
    coverage = report["coverage"]
    if coverage:
        console.print(
            f"transitions {coverage['transitions']['taken']} of {coverage['transitions']['of']}, "
            f"refusal rows {coverage['refusals']['taken']} of {coverage['refusals']['of']}",
            highlight=False,
        )
    console.print(line(report), style="bold", highlight=False)


def line(report: dict[str, Any]) -> Text:
    """The verdict in one line."""
    must = sum(1 for d in report["deviations"] if d["level"] == "MUST")
    should = len(report["deviations"]) - must
    reason = f": {report['reason']}" if report["reason"] else ""
    return inert(
        f"{report['verdict']}{reason} · {must} MUST and {should} SHOULD deviations · {report['calls']} calls in "
        f"{report['seconds']} s · seed {report['seed']} · {report['target']}",
        600,
    )


def deviation(found: dict[str, Any], console: Console) -> None:
    """One deviation, so that it is understood in a minute."""
    console.rule(Text(f"{found['clause']} · {found['level']} · {found['operation']}"), align="left", style="red")
    console.print(Text(found["sentence"]))
    console.print(Text.assemble(("  allowed    ", "green"), inert(found["expected"])))
    console.print(Text.assemble(("  came back  ", "red"), inert(found["actual"])))
    for reason in found["because"]:
        console.print(Text.assemble("  because    ", inert(reason)))
    times = f"seen {found['seen']} times by {found['source']}"
    console.print(
        Text(
            f"  {times}; {'the program below shows it again' if found['reproduced'] else 'it did not repeat; as recorded'}"
        )
    )
    for call in found["history"]:
        console.print(Text.assemble("    ", inert(call, 200)))
    for evidence in found["evidence"]:
        console.print(Text(f"  {evidence}"), style="dim")
    console.print(Text(f"  {found['link']}"), style="dim")
