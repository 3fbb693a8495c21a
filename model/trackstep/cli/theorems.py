"""``formal prove``: the promises, for any number of everything, and that none of them holds for nothing."""

from __future__ import annotations

import sys
import time

import click

from trackstep.cli.option import fail
from trackstep.cli.specifying import written
from trackstep.errors import TrackstepError
from trackstep.formal import counterexample, mutation, plain, solver, survivor, theorem
from trackstep.formal.plain import Tables
from trackstep.formal.proof import Proved, Service
from trackstep.formal.theorem import SETTLES, STATE, STEP, Theorem
from trackstep.formal.tool import ToolError

_SERVICES = {
    False: "strict: a service that refuses whatever the sources leave open",
    True: "lenient: a service that may also accept it",
}
_HOLDS = {STATE: "holds in every state", STEP: "holds of every step", SETTLES: "holds, if the service goes on"}
_WIDTH = 33


@click.command()
@click.option("--changes", is_flag=True, help="Also change each row, and name what that breaks: a minute.")
@click.option("--write", is_flag=True, help="With --changes: write that to spec/ instead of printing it.")
def prove(changes: bool, write: bool) -> None:
    """Prove what Promises.tla promises for any number of dataset groups and tracking IDs, from the tables.

    What may happen is generated from lifecycle.toml, operations.toml and requests.toml, what is promised is read from
    Promises.tla. What fails is told as the shortest story in calls. Needs z3: pip install 'trackstep[formal]'.
    """
    began = time.perf_counter()
    if write and not changes:
        fail("--write writes what --changes finds: give both", 2)
    try:
        solver.wanted()
        tables, theorems = plain.read(), theorem.theorems()
        wrong = sum(_proved(tables, lenient, theorems) for lenient in _SERVICES)
        click.echo(f"any number of dataset groups, any number of tracking IDs ({time.perf_counter() - began:.1f} s)")
        wrong += _changed(tables, theorems, write) if changes else 0
    except ToolError as missing:
        fail(str(missing), 3)
    except TrackstepError as mistake:
        fail(str(mistake), 2)
    sys.exit(1 if wrong else 0)


def _proved(tables: Tables, lenient: bool, theorems: list[Theorem]) -> int:
    """Prove what is promised of one service, and tell it; how much of it is not as it must be."""
    of, stronger = [each for each in theorems if each.lenient == lenient], theorem.strengthening()
    proved = Service(tables, lenient, of, stronger).prove()
    click.echo(_SERVICES[lenient])
    wrong = sum(_told(tables, each, proved) for each in of)
    for each in stronger:
        if broken := proved.broken(each.name):
            click.echo(f"  {each.name:{_WIDTH}}FAILS, of strengthening.toml, by {broken[0]}")
            wrong += 1
    for action in proved.impossible:
        click.echo(f"  {action} CAN NEVER HAPPEN: what is promised of it is promised for nothing")
    possible = proved.actions - len(proved.impossible)
    click.echo(
        f"  {possible} of {proved.actions} actions can happen; {proved.obligations} obligations ({proved.seconds:.1f} s)"
    )
    return wrong + len(proved.impossible)


def _told(tables: Tables, each: Theorem, proved: Proved) -> bool:
    """Tell what came of one promise; True where it is not what must come of it."""
    broken = proved.broken(each.name)
    if not broken:
        click.echo(f"  {each.name:{_WIDTH}}{_HOLDS[each.kind]}{'' if each.holds else ', BUT MUST FAIL'}")
        return not each.holds
    story = counterexample.find(tables, each)
    groups, trackers = counterexample.SIZES[-1]
    few = f"{groups} dataset groups and {trackers} tracking IDs"
    reached = f"by {broken[0]}, but not from what {few} can come to"
    if story:
        reached = f"reachable in {len(story.edges)} steps" if story.edges else "where nothing has happened yet"
    click.echo(f"  {each.name:{_WIDTH}}{'fails, as it must' if story and not each.holds else 'FAILS'}: {reached}")
    for line in counterexample.tell(story) if story else ():
        click.echo(f"    {line}")
    return each.holds or story is None


def _changed(tables: Tables, theorems: list[Theorem], write: bool) -> int:
    """Prove each change of the tables and tell what it breaks; how much nobody notices and no reason excuses."""
    broke = list(mutation.every(tables, theorems, theorem.strengthening()))
    score = mutation.score(broke, theorems, survivor.load("proof"))
    if write:
        written({mutation.FILE: score.text})
    else:
        for line in score.lines:
            click.echo(f"  {line}")
    click.echo(score.total)
    return score.wrong
