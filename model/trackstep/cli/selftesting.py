"""``selftest``: is every seeded fault found, and no variant accused?"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from trackstep.cli import completing
from trackstep.cli.option import fail
from trackstep.errors import UsageError


@click.command()
@click.option(
    "--fault",
    "names",
    multiple=True,
    metavar="NAME",
    help="Only this fault or variant; may be given again.",
    shell_complete=completing.faults,
)
@click.option("--only", type=click.Choice(["faults", "variants"]), help="Only one of the two tables.")
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(min=1), help="Runs of each, seeds 0, 1, …")
@click.option("--max-calls", default=20000, show_default=True, type=click.IntRange(min=1), help="Calls of one run.")
@click.option("--jobs", default=0, type=click.IntRange(min=0), help="Processes; 0: as many as there are cores.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
def selftest(names: tuple[str, ...], only: str | None, seeds: int, max_calls: int, jobs: int, as_json: bool) -> None:
    """Search the embedded emulator with each fault planted, and with each allowed variant.

    Prints for each fault how often it was found, after how many calls, and the shortest program. Exit code 1 where a
    fault was missed or a variant accused.
    """
    import json

    from trackstep import selftest as tests
    from trackstep.emulator.faults import FAULTS, VARIANTS, find

    try:
        chosen = [find(name).name for name in names]
    except UsageError as wrong:
        fail(str(wrong), 2)
    if not chosen:
        chosen = [*(FAULTS if only != "variants" else ()), *(VARIANTS if only != "faults" else ())]
    gathered: dict[str, list[Any]] = defaultdict(list)
    try:
        with Progress(
            console=Console(stderr=True, quiet=as_json), transient=True, disable=not sys.stderr.isatty()
        ) as bar:
            task = bar.add_task("selftest", total=len(chosen) * seeds)
            for result in tests.results(chosen, seeds, max_calls, jobs):
                gathered[result.name].append(result)
                bar.advance(task)
    except KeyboardInterrupt:
        click.echo("interrupted: what was finished follows", err=True)
    rows = [tests.row(name, gathered[name]) for name in chosen if gathered[name]]
    faults = [row for row in rows if row["name"] in FAULTS]
    variants = [row for row in rows if row["name"] in VARIANTS]
    if as_json:
        click.echo(json.dumps({"faults": faults, "variants": variants}, indent=1, ensure_ascii=False))
    else:
        _show(faults, variants)
    missed = sum(row["found"] < row["runs"] for row in faults)
    accused = sum(row["clean"] < row["runs"] for row in variants)
    if not as_json:
        click.echo(f"{len(faults)} faults, {missed} not found every time; {len(variants)} variants, {accused} accused")
    sys.exit(1 if missed or accused or len(rows) < len(chosen) else 0)


def _show(faults: list[dict[str, Any]], variants: list[dict[str, Any]]) -> None:
    out = Console(soft_wrap=True)
    if faults:
        table = Table(box=None, pad_edge=False)
        for column in ("fault", "found", "calls (median)", "named by", "shortest", "calls to shrink"):
            table.add_column(column, no_wrap=True)
        for row in faults:
            length = str(len(row["program"])) if row["program"] else "-"
            table.add_row(
                row["name"], f"{row['found']} of {row['runs']}", str(row["calls"] or "-"), " ".join(row["clause"]), length,
                "-" if row["extra"] is None else str(row["extra"]),
            )  # fmt: skip
        out.print(table)
        for row in faults:
            out.print(Text(f"\n{row['name']}"), style="bold")
            for line in row["program"]:
                out.print(Text(f"  {line}"))
    for row in variants:
        out.print(Text(f"variant {row['name']}: clean in {row['clean']} of {row['runs']}"))
        for told in row["accused"]:
            out.print(Text(f"  accused wrongly: {told}", style="red"))
