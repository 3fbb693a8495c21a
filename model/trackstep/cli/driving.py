"""``driver-check``: does a driver of the stdio target keep its contract?"""

from __future__ import annotations

import sys

import click

from trackstep.cli.option import fail, words
from trackstep.errors import TargetError


@click.command("driver-check")
@click.option("--command", required=True, metavar="TEXT", help="How to start the driver, such as 'node driver.mjs'.")
def driver_check(command: str) -> None:
    """Hold a driver to the contract of the stdio target (docs/targets.md), one line a rule.

    Exit code 0: it keeps the contract; 1: it breaks a rule; 3: it does not start.
    """
    from trackstep.targets import contract

    held = broken = 0
    try:
        for verdict in contract.check(words(command)):
            held, broken = held + (not verdict.wrong), broken + bool(verdict.wrong)
            click.echo(
                f"  breaks  {verdict.sentence}\n          {verdict.wrong}"
                if verdict.wrong
                else f"  holds   {verdict.sentence}"
            )
    except TargetError as wrong:
        fail(str(wrong), 3)
    click.echo(f"{'breaks' if broken else 'keeps'} the contract: {held} of {held + broken} rules hold")
    sys.exit(1 if broken else 0)
