"""What several commands share: types of options, the choice of a target, one clear line for a mistake."""

from __future__ import annotations

import math
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.text import Text

from trackstep import targets
from trackstep.cli import completing
from trackstep.errors import TargetError, TrackstepError, UsageError

REGION = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
Command = Callable[..., None]


def fail(message: str, code: int) -> NoReturn:
    """Say what is wrong in one line, and end with this exit code."""
    Console(stderr=True).print(Text(f"trackstep: {message}"), style="red", soft_wrap=True)
    sys.exit(code)


def text_of(file: str, hint: str = "") -> str:
    """The text of a file, or of standard input for "-"; ends with exit code 2 where it is none."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as wrong:
        fail(f"cannot read {file}: {wrong.strerror}{hint}", 2)
    except UnicodeDecodeError as wrong:
        fail(f"{file} is not text: byte {wrong.start} is no UTF-8", 2)
    except ValueError as wrong:
        fail(f"cannot read {file!r}: {wrong}", 2)


class Seconds(click.FloatRange):
    """A number of seconds, and a real one: neither nan nor inf."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it, or fail with one line."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a number of seconds.", param, ctx)
        return number


def moving(default: str) -> Callable[[Command], Command]:
    """The options of the embedded emulator: how its statuses move, and what is wrong with it on purpose."""
    kinds = click.Choice(["immediate", "manual", "time"])
    how = "How the embedded emulator's statuses move."
    long = "Seconds a status takes, with --progression time."
    wrong = "Plant a fault or variant in the embedded emulator (`trackstep faults`); may be given again."

    def add(command: Command) -> Command:
        command = click.option(
            "--fault", "planted", multiple=True, metavar="NAME", help=wrong, shell_complete=completing.faults
        )(command)
        command = click.option("--seconds", default=0.2, show_default=True, type=Seconds(min=0), help=long)(command)
        return click.option("--progression", type=kinds, default=default, show_default=True, help=how)(command)

    return add


def choosing(command: Command) -> Command:
    """The options that choose a target."""
    for option in (
        click.option(
            "--region", default="us-east-1", show_default=True, help="The first region; a second is used beside it."
        ),
        click.option(
            "--command", metavar="TEXT", help="How to start a driver: the SDK that makes the calls (docs/targets.md)."
        ),
        click.option(
            "--remote",
            is_flag=True,
            help="The endpoint is not on this machine, and creating and deleting there is meant.",
        ),
        click.option("--events-endpoint-url", help="Where PutEvents lives, if elsewhere."),
        click.option("--endpoint-url", help="Any HTTP endpoint, for both services."),
        click.option(
            "--target",
            "name",
            shell_complete=completing.targets,
            help="A registered target: emulator (default), served, moto, http, stdio, or a third party's.",
        ),
    ):
        command = option(command)
    return command


def chosen(
    name: str | None, endpoint_url: str | None, events_endpoint_url: str | None, region: str, seed: int, call_timeout: float,
    progression: str, seconds: float, planted: tuple[str, ...], command: str | None = None, max_body: int = 10 * 2**20,
    remote: bool = False,
) -> tuple[str, targets.TargetOptions, tuple[str, str]]:  # fmt: skip
    """The target's name, its options and the two regions; ends with exit code 2 where they exclude each other."""
    if name is None:
        name = "stdio" if command is not None else "http" if endpoint_url else "emulator"
    if endpoint_url and name in ("emulator", "moto", "served"):
        fail(f"--endpoint-url and --target {name} exclude each other; leave one out", 2)
    if events_endpoint_url and not endpoint_url:
        fail("--events-endpoint-url goes with --endpoint-url, which says where all else lives", 2)
    if command is not None and name in ("emulator", "moto", "served", "http"):
        fail(f"--command is for --target stdio; {name} starts nothing", 2)
    if planted and (name not in ("emulator", "served", "stdio") or (name == "stdio" and endpoint_url)):
        fail(f"--fault is for the embedded emulator; {name} has faults of its own, or none", 2)
    if not REGION.fullmatch(region):
        fail(f"--region wants the name of a region, such as us-east-1, not {region!r}", 2)
    options = targets.TargetOptions(
        endpoint_url, events_endpoint_url, call_timeout, seed, progression, seconds, planted, words(command), max_body,
        remote, region,
    )  # fmt: skip
    return name, options, (region, "us-west-2" if region != "us-west-2" else "us-east-1")


def words(command: str | None) -> tuple[str, ...]:
    """A command as a shell would take it apart; ends with exit code 2 where it cannot be, or is empty."""
    try:
        taken = tuple(shlex.split(command or ""))
    except ValueError as wrong:
        fail(f"--command cannot be taken apart: {str(wrong).lower()}", 2)
    if command is not None and not taken:
        fail("--command is empty; it wants what starts a driver, such as 'node driver.mjs'", 2)
    return taken


def opened(name: str, options: targets.TargetOptions, unjudged: Callable[[str], object] = str) -> targets.Target:
    """The target itself, and a line where it is on another machine; ends with exit code 3 where it cannot be reached, 2
    where it cannot be built.
    """
    try:
        target = targets.load(name, options)
        if told := getattr(target, "notice", ""):
            Console(stderr=True).print(Text(f"trackstep: {told}"), style="bold", soft_wrap=True)
        return target
    except TargetError as wrong:
        unjudged(str(wrong))
        fail(str(wrong), 3)
    except (UsageError, TrackstepError) as wrong:
        fail(str(wrong), 2)
