"""``formal``: what TLC proves of ``spec/tla/``, and that the Python model says the same."""

from __future__ import annotations

import sys

import click

from trackstep.cli.option import Seconds, fail
from trackstep.errors import TrackstepError
from trackstep.formal import configuration, cut, dumped, explored, plain, story, tlc, tool
from trackstep.formal.configuration import Configuration, Sized
from trackstep.formal.graph import Edge, Graph

_MODULE = "TLA+ module"
SHOWN = 20
"""How many differences are named."""
_timeout = click.option(
    "--timeout", default=tlc.SECONDS, show_default=True, type=Seconds(min=0), help="Seconds for each run of TLC."
)


@click.group(invoke_without_command=True)
@click.option("--only", multiple=True, metavar="NAME", help="Only this configuration; may be given again.")
@click.option("--workers", default=tlc.WORKERS, show_default=True, type=click.IntRange(1, 64), help="Threads of TLC.")
@_timeout
@click.pass_context
def formal(context: click.Context, only: tuple[str, ...], workers: int, timeout: float) -> None:
    """Let TLC check spec/tla: what must hold, and what must fail because it is broken on purpose.

    Needs Java and tla2tools.jar: pip install 'trackstep[formal]', or the environment variables JAVA and TLA2TOOLS_JAR.
    """
    if context.invoked_subcommand:
        return
    try:
        every = configuration.load()
        if unknown := set(only) - {each.name for each in every}:
            fail(f"no configuration {min(unknown)!r}; choose of: {', '.join(each.name for each in every)}", 2)
        chosen = [each for each in every if not only or each.name in only]
        found = tool.find()
        wrong = sum(_proved(each, found, workers, timeout) for each in chosen)
    except tool.ToolError as missing:
        fail(str(missing), 3)
    except TrackstepError as mistake:
        fail(str(mistake), 2)
    click.echo(f"{len(chosen) - wrong} of {len(chosen)} configurations are as they must be")
    sys.exit(1 if wrong else 0)


def _proved(each: Configuration, found: tool.Tool, workers: int, timeout: float) -> bool:
    """Run one configuration and tell what came of it; True where it is not what must come of it."""
    # With one worker the counterexample is always the same one, and the shortest.
    result = tlc.run(found, each.source, each.file, 1 if each.breaks else workers, timeout)
    broken, wrong = each.named(result), list(each.wrong(result))
    verdict = f"breaks {broken}" if broken else f"holds in {result.states:,} states, {result.generated:,} transitions"
    must = "" if wrong or not broken else ", as it must"
    click.echo(f"{each.name}: {each.sentence}\n  {verdict}{must} ({result.seconds:.1f} s)")
    for line in story.tell(result):
        click.echo(f"    {line}")
    for line in wrong:
        click.echo(f"  WRONG: {line}")
    return bool(wrong)


@formal.command()
@_timeout
def graph(timeout: float) -> None:
    """Compare the state graphs of the TLA+ module, of the Python model and of the tables, edge by edge.

    A state is the status of each dataset group and event tracker; an edge is a request with its answer, or a move of the
    service. Each difference is named.
    """
    try:
        found = tool.find()
        different = sum(_compared(each, found, timeout) for each in configuration.sizes())
    except tool.ToolError as missing:
        fail(str(missing), 3)
    except TrackstepError as mistake:
        fail(str(mistake), 2)
    sys.exit(1 if different else 0)


def _compared(each: Sized, found: tool.Tool, timeout: float) -> bool:
    """Compare at one size and tell what differs; True where anything does."""
    theirs = dumped.dump(found, each.size, seconds=timeout)
    others = {"Python model": explored.explore(each.size), "tables, generated": cut.explore(plain.read(), each.size)}
    click.echo(str(each.size))
    for name, one in {_MODULE: theirs, **others}.items():
        click.echo(f"  {name:{len(max(others, key=len))}}  {_counts(one)}")
    for name, one in others.items():
        _named(f"only in the {_MODULE}, not in the {name}", list(theirs.without(one)))
        _named(f"only in the {name}, not in the {_MODULE}", list(one.without(theirs)))
    differ = any(one.onward != theirs.onward for one in others.values())
    rotten = not differ and (len(theirs), theirs.edges) != (each.states, each.edges)
    if rotten:
        click.echo(f"  WRONG: {configuration.TABLE} says {each.states:,} states, {each.edges:,} edges")
    elif not differ:
        click.echo("  one graph: the same states, the same labelled edges")
    return differ or rotten


def _counts(one: Graph) -> str:
    return f"{len(one):7,} states {one.edges:9,} edges {one.seconds:6.1f} s {one.speed:8,.0f} states/s"


def _named(title: str, edges: list[Edge]) -> None:
    """Name the differences, as many as can be read."""
    if edges:
        click.echo(f"  {title}: {len(edges):,}")
    for edge in edges[:SHOWN]:
        click.echo(f"    {edge}")
    if len(edges) > SHOWN:
        click.echo(f"    and {len(edges) - SHOWN:,} more")
