"""``check``: drive a target, clause by clause, and report every deviation."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text

from trackstep import event
from trackstep.cli.option import Seconds, choosing, chosen, fail, moving, opened
from trackstep.errors import TargetError, TrackstepError

if TYPE_CHECKING:
    from trackstep.results.profile import Profile
    from trackstep.search.run import Run


INTERRUPTED = "interrupted"


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
    report_dir: Path, declared: Path | None, profile_to: Path | None, as_json: bool, quiet: bool, command: str | None,
) -> None:  # fmt: skip
    """Check a target, clause by clause, and report every deviation."""
    from hypothesis.configuration import set_hypothesis_home_dir

    from trackstep.reporting import console as screen
    from trackstep.reporting import document, writing
    from trackstep.results import report as reports
    from trackstep.search.run import Run, Settings

    name, options, regions = chosen(
        name, endpoint_url, events_endpoint_url, region, seed, min(10.0, max_time / 4), progression, seconds, planted,
        command,
    )  # fmt: skip
    profile = _profile(declared, profile_to)
    settings = Settings(
        seed=seed, max_calls=max_calls, max_time=max_time, settle_timeout=settle_timeout, strict=strict, regions=regions,
        examples=report_dir / "hypothesis" / "examples",
    )  # fmt: skip
    out = Console(quiet=as_json or quiet, soft_wrap=True)
    target = opened(
        name, options, lambda reason: writing.write(reports.unjudged(reason, str(name), seed), (), [], report_dir)
    )
    set_hypothesis_home_dir(report_dir / "hypothesis")  # and not beside whatever the user works on
    run = Run(target, settings)
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell that starts us in the background ignores Ctrl-C for us
        signal.signal(number, signal.default_int_handler)
    try:
        deviations, reason = _search(run, out, quiet=as_json or quiet)
        report, path = _save(run, deviations, reason, profile, profile_to, report_dir)
        _clean_up(run)
    except TrackstepError as wrong:
        fail(str(wrong), 2)
    finally:
        _alarm(0.0)
        target.close()
    unjudged = report["exit_code"] == 3
    if as_json:
        click.echo(document.dumps(report), nl=False)
    elif quiet and not unjudged:
        click.echo(screen.line(report).plain)
    else:
        if not unjudged or report["deviations"]:
            screen.show(report, out)
        out.print(Text(f"report: {path}"))
    if unjudged:
        fail(f"could not be judged: {report['reason']}", 3)
    sys.exit(report["exit_code"])


def _search(run: Run, out: Console, quiet: bool) -> tuple[tuple[event.Deviation, ...], str]:
    """Search and shrink until it is done, or ended; the deviations, and why it was ended if it was."""
    from trackstep.reporting import console as screen
    from trackstep.search.deviation import Deviations
    from trackstep.search.session import BudgetSpent

    reason, found = "", None
    _alarm(run.settings.max_time)
    with screen.Progress(Console(stderr=True, quiet=quiet)) as progress:
        try:
            for happened in run.events():
                progress.hear(happened)
                if isinstance(happened, event.Started):
                    out.print(screen.started(happened))
            found = Deviations(run)
            for key in found.shrink():
                progress.shrunk(key)
        except KeyboardInterrupt:
            reason = INTERRUPTED
        except BudgetSpent:
            pass  # the time is up; what was found is told
        except TargetError as wrong:
            reason = str(wrong)
    # What a target that does not offer enough was found to do is no deviation; what was found later is.
    offered = run.offered or reason in ("", INTERRUPTED)
    return ((found or Deviations(run)).all() if offered else ()), reason


def _save(
    run: Run, deviations: tuple[event.Deviation, ...], reason: str, profile: Profile | None, profile_to: Path | None,
    report_dir: Path,
) -> tuple[dict[str, Any], Path]:  # fmt: skip
    """Write everything that is left of a run; the report, and where it is. Raises UsageError where it cannot."""
    from trackstep.reporting import document, writing
    from trackstep.results import profile as profiles
    from trackstep.results import report as reports

    today = date.today()
    known = None if profile is None else profiles.apply(profile, deviations, run.exercised, today, run.answered)
    report = reports.report(run, deviations, known, reason)
    if reason not in ("", INTERRUPTED) and not report["exit_code"]:
        report |= {"verdict": "could not be judged", "exit_code": 3, "reason": reason}
    path = writing.write(report, deviations, run.histories(), report_dir)
    if profile_to is not None:
        document.start(profile_to, profiles.render(deviations, report["target"], today))
    return report, path


def _clean_up(run: Run) -> None:
    """Delete what the run made, where the target would keep it; for two minutes at the most, or until Ctrl-C again."""
    from trackstep.search.session import BudgetSpent

    _alarm(120.0)
    with suppress(
        BudgetSpent, KeyboardInterrupt, TargetError
    ):  # the report is on disk; what is left has the run's names
        if run.target.remembers:
            run.clean_up()


def _profile(declared: Path | None, profile_to: Path | None) -> Profile | None:
    """The profile, read before anything is asked; ends with exit code 2 where it or the other path is wrong."""
    from trackstep.results import profile as profiles

    if profile_to is not None and profile_to.exists():
        fail(f"{profile_to} exists, and the reasons in it were written by hand; choose another --write-profile", 2)
    try:
        return None if declared is None else profiles.load(declared)
    except TrackstepError as wrong:
        fail(str(wrong), 2)


def _alarm(seconds: float) -> None:
    """End whatever is going on after this many seconds, also a call that drips; where there is no alarm, time-outs do."""
    from trackstep.search.session import BudgetSpent

    def ring(*_: object) -> None:
        raise BudgetSpent

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
