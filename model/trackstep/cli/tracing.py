"""``formal validate``, ``behaviours`` and ``itf``: histories held against the TLA+ module, and made from it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackstep.cli.option import Seconds, fail, text_of
from trackstep.errors import HistoryError, TrackstepError
from trackstep.formal import tlc, tool
from trackstep.reporting import inert

if TYPE_CHECKING:
    from trackstep.formal.opinion import Opinion
    from trackstep.history import History

_timeout = click.option(
    "--timeout", default=tlc.SECONDS, show_default=True, type=Seconds(min=0), help="Seconds for the run of TLC."
)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="HISTORY...")
@_timeout
def validate(files: tuple[str, ...], timeout: float) -> None:
    """Hold recorded histories against the TLA+ module: a second opinion on the judge.

    For each session of each HISTORY (a history.jsonl; - reads standard input) TLC looks for a behaviour of
    spec/tla/EventTracker.tla that shows what was recorded. Exit code 1 where there is none, or where the judge says
    otherwise.
    """
    from trackstep.formal import opinion

    sessions = [(file, one) for file in files for one in _histories(file)]
    known = [(file, one) for file, one in sessions if not _apart(one)]
    try:
        weighed = iter(opinion.opinions(tool.find(), [one for _, one in known], seconds=timeout))
    except tool.ToolError as missing:
        fail(str(missing), 3)
    except TrackstepError as mistake:
        fail(str(mistake), 2)
    wrong = 0
    for file, one in sessions:
        if why := _apart(one):
            click.echo(inert.line(f"{file} {one.prefix}: not compared, {why}"))
            continue
        each = next(weighed)
        for line in _told(f"{file} {one.prefix}", each):
            click.echo(inert.line(line))
        wrong += each.tlc is not None or not each.agree
    click.echo(
        f"{len(known) - wrong} of {len(sessions)} sessions are behaviours of the module"
        f"{', and the judge accepts them' if wrong < len(known) else ''}"
    )
    sys.exit(1 if wrong else 0)


def _apart(one: History) -> str:
    """Why the module says nothing of a session; empty where it does."""
    from trackstep.oracle.interval import do_overlap

    if not one.complete:
        return "it began in an account already in use"
    return "its calls overlap" if do_overlap(one.intervals) else ""


def _told(name: str, each: Opinion) -> Iterator[str]:
    """What both say of one session; nothing where both accept all of it."""
    events, clauses = each.behaviour.events, sorted({finding.clause for finding in each.findings})
    if each.behaviour.ended:
        yield f"{name}: compared only in part, {each.behaviour.ended}"
    if each.tlc is None and each.judge is None:
        return
    yield f"{name}: {len(events)} events"
    for who, place, why in (("TLC", each.tlc, []), ("the judge", each.judge, clauses)):
        if place is None:
            yield f"  {who} accepts it"
        else:
            step, what = events[place].step, " ".join(("", *why))
            yield f"  {who} accepts {place} and not the next, step {step}: {events[place]}{what}"
    if not each.agree:
        yield "  THEY DISAGREE: one of them is wrong, please report it"


@click.command()
@click.option("--num", default=20, show_default=True, type=click.IntRange(1, 10_000), help="How many.")
@click.option("--depth", default=20, show_default=True, type=click.IntRange(1, 1000), help="Steps of each.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@click.option("--groups", default=2, show_default=True, type=click.IntRange(1, 2), help="Dataset groups.")
@click.option("--trackers", default=2, show_default=True, type=click.IntRange(1, 3), help="Tracking IDs.")
@click.option("--lenient", is_flag=True, help="The service may also accept what the sources leave open.")
@click.option("--out", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@_timeout
def behaviours(
    num: int, depth: int, seed: int, groups: int, trackers: int, lenient: bool, out: Path, timeout: float
) -> None:
    """Write behaviours that TLC generates as programs that `trackstep replay` runs on a target.

    They are walks through the graph of spec/tla/EventTracker.tla; comments say what the module answers. A target may
    answer otherwise where the sources leave it open: what it answers is judged anew.
    """
    from trackstep.formal import dumped, generated
    from trackstep.formal.graph import Size

    size = Size(groups, trackers, lenient)
    try:
        graph = dumped.dump(tool.find(), size, seconds=timeout)
    except tool.ToolError as missing:
        fail(str(missing), 3)
    except TrackstepError as mistake:
        fail(str(mistake), 2)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for number, edges in enumerate(generated.walks(graph, size, num, depth, seed), 1):
            title = f"A behaviour of spec/tla/EventTracker.tla: {size}, seed {seed}, {number} of {num}"
            path = out / f"behaviour-{number:0{len(str(num))}}.txt"
            path.write_text(generated.text(edges, title), encoding="utf-8")
    except OSError as wrong:
        fail(f"cannot write to {out}: {wrong.strerror}", 2)
    click.echo(f"{num} programs of {depth} steps in {out}; run them with `trackstep replay`")


@click.group()
def itf() -> None:
    """Histories as ITF JSON, the trace format of Apalache, and back."""


@itf.command(name="export")
@click.argument("file", metavar="HISTORY")
def export(file: str) -> None:
    """Write a history.jsonl as ITF JSON to standard output; - reads standard input."""
    from trackstep.formal import itf as form

    click.echo(form.dump(_histories(file)), nl=False)


@itf.command(name="import")
@click.argument("file", metavar="TRACE")
def import_(file: str) -> None:
    """Write an ITF JSON trace as a history.jsonl to standard output; - reads standard input."""
    from trackstep import history
    from trackstep.formal import itf as form

    try:
        found = form.parse(text_of(file))
    except HistoryError as wrong:
        fail(f"{file}: {wrong}", 2)
    for line in history.dump(found):
        click.echo(line)


def _histories(file: str) -> list[History]:
    from trackstep import history

    try:
        return history.parse(text_of(file))
    except HistoryError as wrong:
        fail(f"{file}: {wrong}", 2)
