"""``sweep``: what a killed run left behind is listed, and with --yes deleted."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from trackstep.cli.option import Seconds, choosing, chosen, fail
from trackstep.errors import TrackstepError

if TYPE_CHECKING:
    from trackstep.ledger import Entries, Found
    from trackstep.sweep import Claims, Swept, Thing
    from trackstep.targets import Target

DEFAULT = Path("reports/out")
PREFIX = re.compile(r"ts[0-9a-f]{4,}")


@click.command()
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--prefix", help="Without a ledger: the prefix of the run's names, as it told (ts and hex digits).")
@choosing
@click.option("--yes", "is_meant", is_flag=True, help="Delete; without it what would be deleted is listed.")
@click.option(
    "--settle-timeout", default=120.0, show_default=True, type=Seconds(min=0), help="Seconds to wait for deletions."
)
@click.option("--json", "as_json", is_flag=True, help="JSON to standard output, and nothing else.")
def sweep(
    directory: Path | None, prefix: str | None, name: str | None, endpoint_url: str | None, events_endpoint_url: str | None,
    remote: bool, region: str, is_meant: bool, settle_timeout: float, as_json: bool, command: str | None,
) -> None:  # fmt: skip
    """Delete what a killed run left, children first; a dry run without --yes.

    DIR is a report dir (reports/out): its ledger says what was created, and where. Without a ledger --prefix and
    --endpoint-url say it. Nothing else is touched. Exit code 3 where something remains, or it is not known.
    """
    if prefix is None and (name or endpoint_url or command):
        fail("a ledger says where to sweep; --endpoint-url, --target and --command go with --prefix", 2)
    if prefix is not None and directory is not None:
        fail("DIR and --prefix exclude each other; leave one out", 2)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    sweeping = _Sweeping(is_meant, settle_timeout, Console(quiet=as_json, soft_wrap=True))
    try:
        if prefix is None:
            sweeping.ledgers(directory)
        else:
            if not PREFIX.fullmatch(prefix):
                fail(
                    f"--prefix wants that of a run or of a session, ts and at least four hex digits, not {prefix!r}", 2
                )
            target, options, regions = chosen(
                name, endpoint_url, events_endpoint_url, region, 0, 10.0, "immediate", 0.0, (), command, remote=remote
            )
            sweeping.prefix(prefix, target, options, regions)
    except KeyboardInterrupt:
        sweeping.problem("interrupted; run it again")
    if as_json:
        click.echo(json.dumps(sweeping.told(), indent=1))
    sweeping.end()


class _Sweeping:
    """Sweeps, one after the other, and what is told of them."""

    def __init__(self, is_meant: bool, patience: float, out: Console) -> None:
        self.is_meant, self.patience, self.out = is_meant, patience, out
        self.found: list[Thing] = []
        self.deleted: list[Thing] = []
        self.left: dict[str, str] = {}
        self.problems: list[str] = []

    def ledgers(self, directory: Path | None) -> None:
        """What the ledgers in a report dir name."""
        from trackstep import ledger

        where = directory or DEFAULT
        if directory is not None and not directory.is_dir():  # a run that was killed early has not made it
            self.out.print(f"there is no directory {directory}, and so no ledger", markup=False, highlight=False)
        try:
            for each in ledger.found(where):
                if each.is_held:
                    self.problem(f"{each.path}: process {each.entries.pid} is still at work; wait for it, or end it")
                else:
                    self._ledger(each)
        except TrackstepError as wrong:
            fail(str(wrong), 2)

    def _ledger(self, each: Found) -> None:
        from trackstep.sweep import claims_of

        entries = each.entries
        if each.wrong:
            self.problem(f"{each.path}: {each.wrong} lines cannot be read; what they name is not looked for")
        if not entries.intents:
            if self.is_meant:
                each.finish()
            return
        self.out.print(f"{each.path}: {len(entries.intents)} Creates at {entries.about}", markup=False, highlight=False)
        swept, doubtful = self._sweep(claims_of(entries), entries.target, entries.options, entries)
        for one in doubtful:
            self.left[f"something named {one}"] = "whether this run created it is not known; look at it yourself"
        if self.is_meant and swept is not None and swept.is_clean and not each.wrong and not doubtful:
            each.finish()

    def prefix(self, prefix: str, name: str, options: Any, regions: tuple[str, str]) -> None:
        """What a target has under a prefix."""
        from trackstep.sweep import Claims
        from trackstep.value import is_under

        def named(region: str, kind: str, name: str) -> bool:
            return is_under(name, prefix)

        self._sweep(Claims(regions, named), name, options)

    def _sweep(
        self, claims: Claims, name: str, options: Any, entries: Entries | None = None
    ) -> tuple[Swept | None, list[str]]:
        """Sweep what is claimed; what came of it, None if that is not known, and names that may be anybody's."""
        from trackstep import targets
        from trackstep.sweep import Sweep, Swept, unsure
        from trackstep.targets.asking import ask, let_go

        try:
            target: Target = targets.load(name, options)
        except TrackstepError as wrong:
            self.problem(str(wrong))
            return None, []
        try:
            if not target.remembers:
                fail(f"{target.description} forgets when its process ends; name --endpoint-url", 2)
            if not target.regions_are_separate:
                claims = replace(claims, regions=claims.regions[:1], account=entries.account if entries else "")
            sweep = Sweep(
                partial(ask, target),
                claims,
                self.patience,
                lambda text: self.out.print(text, markup=False, highlight=False),
            )
            if self.is_meant:
                swept = sweep.run()
            else:
                swept = Swept(problems=sweep.problems)
                self._would(sweep.find())
            doubtful = unsure(entries, sweep) if entries else []
        except TrackstepError as wrong:
            self.problem(f"{wrong}; what is left there is not known, run it again")
            return None, []
        finally:
            let_go(target)
        self.deleted += swept.deleted
        self.left |= {str(thing): why for thing, why in swept.left.items()}
        for problem in swept.problems:
            self.problem(problem)
        return swept, doubtful

    def _would(self, things: Sequence[Thing]) -> None:
        self.found += things
        for thing in things:
            self.out.print(f"would delete {thing}", markup=False, highlight=False)

    def problem(self, text: str) -> None:
        """Something stands in the way of knowing that nothing is left."""
        self.problems.append(text)

    @property
    def exit_code(self) -> int:
        """3 where something remains or it is not known, else 0."""
        return 3 if self.left or self.problems else 0

    def told(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "exit_code": self.exit_code,
            "dry_run": not self.is_meant,
            "found": [thing._asdict() for thing in self.found],
            "deleted": [thing._asdict() for thing in self.deleted],
            "left": [{"what": what, "why": why} for what, why in self.left.items()],
            "problems": self.problems,
        }

    def end(self) -> None:
        """Say what came of it; ends with the exit code."""
        for what, why in self.left.items():
            self.out.print(f"left: {what}: {why}", markup=False, highlight=False)
        if self.found:
            self.out.print(f"{len(self.found)} resources would be deleted; --yes deletes them")
        elif self.deleted:
            self.out.print(f"{len(self.deleted)} resources deleted, {len(self.left)} left")
        elif not self.exit_code:
            self.out.print("nothing is left")
        if self.exit_code:
            fail(
                "; ".join(self.problems) or f"{len(self.left)} resources are left; run it again when they have settled",
                3,
            )
        sys.exit(0)
