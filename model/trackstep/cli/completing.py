"""``completion``, and what a shell may complete beside commands and options: targets, faults, clauses.

click does the completing; this prints its script, and knows where the words are.
"""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
VARIABLE = "_TRACKSTEP_COMPLETE"
"""What click looks for in the environment; the script sets it when a word is to be completed."""


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete commands, options, targets, faults and clauses."""
    click.echo(SHELLS[shell](ctx.find_root().command, {}, "trackstep", VARIABLE).source())


def targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The registered targets."""
    from trackstep.targets import available

    return _beginning(incomplete, available())


def faults(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The faults, races and variants of the embedded emulator."""
    from trackstep.emulator.faults import FAULTS, RACES, VARIANTS

    return _beginning(incomplete, (*FAULTS, *RACES, *VARIANTS))


def clauses(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The ids of the clauses."""
    from trackstep import spec

    return _beginning(incomplete.upper(), spec.load().clauses)


def areas(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The areas of the clauses."""
    from trackstep import spec

    return _beginning(incomplete.upper(), spec.load().areas)


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
