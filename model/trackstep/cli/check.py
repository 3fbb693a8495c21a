"""``check``: drive a target, clause by clause, and report every deviation."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from trackstep import event
from trackstep.cli.option import Seconds, choosing, chosen, fail, moving, opened
from trackstep.errors import TargetError, TrackstepError

if TYPE_CHECKING:
    from trackstep.profile import Profile


@click.command()
@choosing
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same calls.")
@click.option(
    "--max-calls",
    default=6000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Calls that may be spent.",
)
@click.option(
    "--max-time",
    default=240.0,
    show_default=True,
    type=Seconds(min=1),
    help="Seconds that may be spent.",
)
@click.option(
    "--settle-timeout",
    default=60.0,
    show_default=True,
    type=Seconds(min=0.1),
    help="Seconds for a status to settle.",
)
@moving("immediate")
@click.option("--strict", is_flag=True, help="A SHOULD clause that deviates counts too.")
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/out"),
    show_default=True,
)
@click.option("--profile", "declared", type=click.Path(path_type=Path), help="Declared deviations, a TOML file.")
@click.option(
    "--write-profile", "profile_to", type=click.Path(path_type=Path), help="Start such a file from what is found."
)
@click.option("--json", "as_json", is_flag=True, help="The report to standard output, and nothing else.")
@click.option("--quiet", is_flag=True, help="One line.")
def check(
    name: str | None, endpoint_url: str | None, events_endpoint_url: str | None, region: str, seed: int, max_calls: int,
    max_time: float, settle_timeout: float, progression: str, seconds: float, planted: tuple[str, ...], strict: bool,
    report_dir: Path, declared: Path | None, profile_to: Path | None, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Check a target, clause by clause, and report every deviation."""
    from hypothesis.configuration import set_hypothesis_home_dir

    from trackstep import profile as profiles
    from trackstep import report as reports
    from trackstep.deviation import Deviations
    from trackstep.reporting import bundle, document
    from trackstep.reporting import console as screen
    from trackstep.run import Run, Settings
    from trackstep.session import BudgetSpent

    name, options, regions = chosen(
        name, endpoint_url, events_endpoint_url, region, seed, min(10.0, max_time / 4), progression, seconds, planted
    )
    profile = _profile(declared, profile_to)
    settings = Settings(
        seed=seed, max_calls=max_calls, max_time=max_time, settle_timeout=settle_timeout, strict=strict, regions=regions,
        examples=report_dir / "hypothesis" / "examples",
    )  # fmt: skip
    out = Console(quiet=as_json or quiet, soft_wrap=True)
    target = opened(name, options, lambda reason: document.write(reports.unjudged(reason, str(name), seed), report_dir))
    set_hypothesis_home_dir(report_dir / "hypothesis")  # and not beside whatever the user works on
    run = Run(target, settings)
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell that starts us in the background ignores Ctrl-C for us
        signal.signal(number, signal.default_int_handler)
    _alarm(max_time)
    reason, failure, found = "", "", None
    try:
        with screen.Progress(Console(stderr=True, quiet=as_json or quiet)) as progress:
            try:
                for happened in run.events():
                    progress.hear(happened)
                    if isinstance(happened, event.Started):
                        out.print(screen.started(happened))
                found = Deviations(run)
                for key in found.shrink():
                    progress.shrunk(key)
            except KeyboardInterrupt:
                reason = "interrupted"
            except TargetError as wrong:
                reason = failure = str(wrong)
        deviations = () if failure else (found or Deviations(run)).all()
        known = (
            None if profile is None else profiles.apply(profile, deviations, run.exercised, date.today(), run.answered)
        )
        report = reports.report(run, deviations, known, reason)
        if failure:
            report |= {"verdict": "could not be judged", "exit_code": 3, "reason": failure, "deviations": []}
        bundle.clear(report_dir)
        for place, deviation in enumerate(deviations, 1):
            made = bundle.write(deviation, place, report, report_dir)
            if not failure:
                report["deviations"][place - 1]["bundle"] = made.relative_to(report_dir).as_posix()
        path = document.write(report, report_dir)
        document.keep(run.histories(), report, report_dir)
        if profile_to is not None:
            document.start(profile_to, profiles.render(deviations, report["target"], date.today()))
        _alarm(30.0)
        with suppress(BudgetSpent, KeyboardInterrupt):
            if target.remembers:
                run.clean_up()
    except TrackstepError as wrong:
        fail(str(wrong), 2)
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        target.close()
    if as_json:
        click.echo(document.dumps(report), nl=False)
    elif quiet:
        click.echo(screen.line(report).plain)
    else:
        if not failure:
            screen.show(report, out)
        out.print(Text(f"report: {path}"))
    if failure:
        fail(f"could not be judged: {failure}", 3)
    sys.exit(report["exit_code"])


def _profile(declared: Path | None, profile_to: Path | None) -> Profile | None:
    """The profile, read before anything is asked; ends with exit code 2 where it or the other path is wrong."""
    from trackstep import profile as profiles

    if profile_to is not None and profile_to.exists():
        fail(f"{profile_to} exists, and the reasons in it were written by hand; choose another --write-profile", 2)
    try:
        return None if declared is None else profiles.load(declared)
    except TrackstepError as wrong:
        fail(str(wrong), 2)


def _alarm(seconds: float) -> None:
    """End whatever is going on after this many seconds, also a call that drips; where there is no alarm, time-outs do."""
    from trackstep.session import BudgetSpent

    def ring(*_: object) -> None:
        raise BudgetSpent

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
