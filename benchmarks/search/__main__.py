"""``python -m benchmarks.search``: run the peers on the faults, write results.json, results.md and a plot."""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from trackstep.emulator.faults import FAULTS
from trackstep.errors import TrackstepError

from . import plot, report
from .drivers import DRIVERS, FASTCHECK, prepare_fast_check
from .unit import Unit, prepare, run, units

screen = Console(stderr=True, soft_wrap=True)


def _unknown(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            hint = f"; choose from {', '.join(known)}" if len(known) < 10 else "; `trackstep faults` lists them"
            raise click.UsageError(f"no {what} named {name!r}{hint}")


def _measure(
    todo: list[Unit], drivers: Sequence[str], seeds: int, max_calls: int, jobs: int
) -> dict[int, list[dict[str, Any]]]:
    """The runs of each unit, by its number; Ctrl-C ends it with those that are finished."""
    done: dict[int, list[dict[str, Any]]] = {}
    for told in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, signal.default_int_handler)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    work = partial(run, drivers=drivers, seeds=seeds, max_calls=max_calls)
    with (
        TemporaryDirectory() as home,
        Progress(*columns, console=screen, disable=not screen.is_terminal) as progress,
        get_context("spawn").Pool(jobs, prepare, (home,)) as pool,
        suppress(KeyboardInterrupt),
    ):
        shown = progress.add_task("faults", total=len(todo))
        for number, runs in pool.imap_unordered(work, enumerate(todo)):
            done[number] = runs
            progress.update(shown, advance=1, description=todo[number].fault)
    return done


def _versions(drivers: Sequence[str]) -> dict[str, str]:
    versions = {"python": platform.python_version()} | {p: version(p) for p in ("trackstep", "hypothesis", "botocore")}
    if "fast-check" in drivers:
        package = json.loads((FASTCHECK / "node_modules" / "fast-check" / "package.json").read_text(encoding="utf-8"))
        versions["fast-check"] = package["version"]
    return versions | {"cores": str(os.cpu_count())}


@click.command()
@click.option("--seeds", default=5, show_default=True, type=click.IntRange(min=1), help="Seeds 0, 1, … for each.")
@click.option("--max-calls", default=3000, show_default=True, type=click.IntRange(min=1), help="HTTP calls a search.")
@click.option("--fault", "names", multiple=True, metavar="NAME", help="Only this fault; may be given again.")
@click.option("--drivers", "wanted", metavar="NAME,…", help=f"Only these of {', '.join(DRIVERS)}.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(min=1), help="Faults at the same time.")
@click.option("--faithful", is_flag=True, help="Run on the faithful emulator too, and count false alarms.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/out/search"))
def main(
    seeds: int, max_calls: int, names: tuple[str, ...], wanted: str | None, jobs: int, faithful: bool, out: Path
) -> None:
    """How many calls each search takes to find each seeded fault, over the same HTTP emulator."""
    drivers = [name.strip() for name in wanted.split(",")] if wanted else list(DRIVERS)
    _unknown("driver", drivers, list(DRIVERS))
    _unknown("fault", names, list(FAULTS))
    notes: list[str] = []
    if "fast-check" in drivers and (reason := prepare_fast_check()):
        notes.append(f"The column fast-check is left out: {reason}")
        drivers.remove("fast-check")
    if not drivers:
        raise click.ClickException(notes[0])
    todo = units(names, faithful)
    try:
        out.mkdir(parents=True, exist_ok=True)
        done = _measure(todo, drivers, seeds, max_calls, jobs)
    except (OSError, TrackstepError) as wrong:
        raise click.ClickException(str(wrong)) from None
    if len(done) < len(todo):
        notes.append(f"Interrupted: {len(done)} of {len(todo)} faults were searched for")
    if not done:
        raise click.Abort
    todo = [todo[number] for number in sorted(done)]
    runs = [entry for number in sorted(done) for entry in done[number]]
    picture: Path | None = out / "results.svg"
    try:
        plot.draw(runs, drivers, max_calls, out / "results.svg")
    except ImportError:
        picture = None
        notes.append("The plot is left out: matplotlib is missing (`pip install -e .[bench]`)")
    table = report.cells(runs, todo, drivers, max_calls)
    results = {
        "seeds": seeds, "max_calls": max_calls, "versions": _versions(drivers), "notes": notes,
        "faults": [asdict(unit) for unit in todo],
        "summary": report.summary(runs, table, drivers, max_calls), "runs": runs,
    }  # fmt: skip
    (out / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = report.markdown(runs, todo, drivers, max_calls, seeds, notes)
    (out / "results.md").write_text(text, encoding="utf-8")
    click.echo(text.partition("\nMedian of the calls to find it")[0])
    written = ["results.md", "results.json"] + ([picture.name] if picture else [])
    click.echo(f"written to {out}: {', '.join(written)}")


if __name__ == "__main__":
    sys.exit(main())
