"""``formal judge``: the judge held to the tables by trying every answer to every request."""

from __future__ import annotations

import sys

import click

from trackstep.cli.option import fail
from trackstep.errors import TrackstepError
from trackstep.formal import exhaustive, plain, survivor
from trackstep.formal.exhaustive import Checked, Noticed
from trackstep.formal.survivor import Survivor

LARGEST, SHOWN = 7, 20


@click.command()
@click.option(
    "--largest", default=LARGEST, show_default=True, type=click.IntRange(1, LARGEST),
    help="Sets of at most so many statuses: all of them, a minute or two, or fewer.",
)  # fmt: skip
@click.option("--rows", is_flag=True, help="Name each change of a row, and the first answer that tells it.")
def judge(largest: int, rows: bool) -> None:
    """Hold the judge to the tables, by trying every answer to every request.

    After every history of lawful answers that begins with nothing, and for every set of statuses that may be known: the judge
    must allow an answer where a service could have given it, and nowhere else. Then each row of operations.toml is changed,
    and the judge must disagree. Needs nothing that is not installed.
    """
    try:
        tables, survivors = plain.read(), survivor.load("judge")
    except TrackstepError as mistake:
        fail(str(mistake), 2)
    wrong = _told("every history that begins with nothing", "things known", exhaustive.every_history(tables))
    wrong += _told("every write whose answer was lost", "before another request", exhaustive.every_lost(tables))
    wrong += _told(f"every set of at most {largest} statuses", "sets", exhaustive.every_set(tables, largest))
    unexplained = _rows(list(exhaustive.every_row(tables)), survivors, rows)
    sys.exit(1 if wrong or unexplained else 0)


def _told(what: str, known: str, checked: Checked) -> int:
    """Say what was tried and where judge and tables disagree; how often they do."""
    disagree = f"{len(checked.wrong):,} DISAGREE" if checked.wrong else "none disagrees"
    click.echo(
        f"{what}: {checked.knowledge:,} {known}, {checked.answers:,} answers, {disagree} ({checked.seconds:.1f} s)"
    )
    for each in checked.wrong[:SHOWN]:
        click.echo(f"  {each}")
    return len(checked.wrong)


def _rows(noticed: list[Noticed], survivors: list[Survivor], named: bool) -> int:
    """Say how many changes of rows the judge tells, and by what if they are to be named; how many it should and does not."""
    unexplained = 0
    for each in noticed:
        reason = survivor.reason(survivors, each.place, each.change)
        unexplained += each.by is None and not reason
        if named or (each.by is None and not reason):
            click.echo(f"  {each.place}, {each.change}: {each.by or reason or 'NOT NOTICED'}")
    told, of_rows = sum(each.by is not None for each in noticed), len({each.place for each in noticed})
    rest = f"{len(noticed) - told - unexplained} cannot be, each for a reason of spec/{survivor.FILE}"
    click.echo(f"every row changed: {of_rows} rows, {len(noticed)} changes, {told} told, {rest}")
    return unexplained
