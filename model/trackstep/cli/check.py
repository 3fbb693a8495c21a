"""``check``: drive a target, clause by clause, and report every deviation."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.text import Text

from trackstep import event, ledger, write_ahead
from trackstep.cli import signals
from trackstep.cli.option import Seconds, choosing, chosen, fail, moving, opened
from trackstep.errors import TrackstepError
from trackstep.targets.asking import let_go

if TYPE_CHECKING:
    from trackstep.reporting.journal import Journal
    from trackstep.results.origin import Origin
    from trackstep.results.profile import Profile
    from trackstep.search.run import Settings
    from trackstep.targets import Target


GRACE = 1.0
"""Seconds beyond its end after which what does not end by itself is broken off."""
TRACE = "internal-error.txt"
"""In the report dir: the traceback of an internal error."""


@click.command()
@choosing
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same calls.")
@click.option(
    "--max-calls",
    default=20000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Calls that may be spent, shortest programs and cleaning up included.",
)
@click.option(
    "--max-time",
    default=240.0,
    show_default=True,
    type=Seconds(min=1),
    help="Seconds that may be spent, by the whole command.",
)
@click.option(
    "--settle-timeout",
    default=60.0,
    show_default=True,
    type=Seconds(min=0.1),
    help="Seconds for a status to settle.",
)
@click.option(
    "--max-groups",
    type=click.IntRange(min=1),
    help="Dataset groups to have in a region at once; as many as the target lets us have, by default.",
)
@click.option(
    "--max-body",
    default=10 * 2**20,
    show_default=True,
    type=click.IntRange(min=1024),
    help="Bytes of an answer that are read; a longer one is garbled.",
)
@moving("immediate")
@click.option(
    "--target-version", default="", metavar="TEXT", help="What is tried: a git commit, an image tag; for the report."
)
@click.option(
    "--clients",
    default=3,
    show_default=True,
    type=click.IntRange(1, 4),
    help="How many ask at once, where the target lets them; 1: none does.",
)
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
    name: str | None, endpoint_url: str | None, events_endpoint_url: str | None, remote: bool, region: str, seed: int, max_calls: int,
    max_time: float, settle_timeout: float, progression: str, seconds: float, planted: tuple[str, ...], strict: bool,
    report_dir: Path, declared: Path | None, profile_to: Path | None, as_json: bool, quiet: bool, command: str | None,
    max_body: int, target_version: str, max_groups: int | None, clients: int,
) -> None:  # fmt: skip
    """Check a target, clause by clause, and report every deviation."""
    from hypothesis.configuration import set_hypothesis_home_dir

    from trackstep.reporting import writing
    from trackstep.reporting.journal import Journal
    from trackstep.results import origin as origins
    from trackstep.results import report as reports
    from trackstep.search.run import Settings

    name, options, regions = chosen(
        name, endpoint_url, events_endpoint_url, region, seed, min(10.0, max_time / 4), progression, seconds, planted,
        command, max_body, remote,
    )  # fmt: skip
    profile = _profile(declared, profile_to)
    settings = Settings(
        seed=seed, max_calls=max_calls, max_time=max_time, settle_timeout=settle_timeout, strict=strict, regions=regions,
        examples=report_dir / "hypothesis" / "examples", max_groups=max_groups, clients=clients,
    )  # fmt: skip
    origin = origins.here(target_version, origins.words(name, options, settle_timeout))
    out = Console(quiet=as_json or quiet, soft_wrap=True)
    try:
        with closing(Journal(report_dir)) as journal:
            target = opened(
                name,
                options,
                lambda reason: writing.write(reports.unjudged(reason, str(name), seed, origin=origin), (), report_dir),
            )
            if told := ledger.unfinished(report_dir):
                click.echo(f"trackstep: {told}", err=True)
            target = write_ahead.keeping(target, name, options, report_dir)
            set_hypothesis_home_dir(report_dir.resolve() / "hypothesis")  # and not beside whatever the user works on
            try:
                report, path = _checked(target, settings, profile, profile_to, journal, out, as_json or quiet, origin)
            finally:
                set_hypothesis_home_dir(None)
                let_go(target)
    except TrackstepError as wrong:
        fail(str(wrong), 2)
    _tell(report, path, out, as_json, quiet)


def _checked(
    target: Target, settings: Settings, profile: Profile | None, profile_to: Path | None, journal: Journal, out: Console,
    quiet: bool, origin: Origin,
) -> tuple[dict[str, Any], Path]:  # fmt: skip
    """Hear a check to its end, and write what is to be written; the report, and where it is. Raises UsageError."""
    from trackstep.checking import check
    from trackstep.reporting import console as screen
    from trackstep.reporting import document, writing
    from trackstep.reproducing.trial import Trials
    from trackstep.results import profile as profiles
    from trackstep.search.budget import Ending
    from trackstep.search.run import SHOWING, TIDYING

    path, directory, ending = journal.path, journal.path.parent, Ending()
    with (
        signals.heard(ending, SHOWING * settings.max_time + GRACE) as alarm,
        closing(check(target, settings, profile, journal=journal, ending=ending, show=Trials, origin=origin)) as stream,
        screen.Progress(Console(stderr=True, quiet=quiet)) as progress,
    ):
        for happened in stream:
            progress.hear(happened)
            if isinstance(happened, event.Started):
                journal.begin(happened)
                out.print(screen.started(happened))
            elif isinstance(happened, event.Failed) and happened.trace:
                document.save(directory / TRACE, happened.trace)
            elif isinstance(happened, event.Judged):
                path = writing.write(happened.report, happened.deviations, directory)
                if profile_to is not None:
                    told = profiles.render(happened.deviations, happened.report["target"], date.today())
                    document.start(profile_to, told)
                alarm(max(TIDYING, ending.started + settings.max_time - time.monotonic()) + GRACE)
            elif isinstance(happened, event.Finished) and happened.left:
                told = f"not all that was created is known to be deleted: {happened.left}"
                Console(stderr=True).print(screen.inert(told, 600), soft_wrap=True)
                document.write(happened.report, directory)
    return happened.report, path  # type: ignore[union-attr]  # a check ends with Finished


def _tell(report: dict[str, Any], path: Path, out: Console, as_json: bool, quiet: bool) -> NoReturn:
    """Show the report, and end with its exit code."""
    from trackstep.reporting import console as screen
    from trackstep.reporting import document
    from trackstep.results import report as reports

    unjudged = report["verdict"] == "could not be judged"
    if as_json:
        click.echo(document.dumps(report), nl=False)
    elif quiet and not unjudged:
        click.echo(screen.line(report).plain)
    else:
        if not unjudged or report["deviations"]:
            screen.show(report, out)
        out.print(Text(f"report: {path}"))
    if report["exit_code"] == reports.INTERNAL:
        fail(f"{report['reason']}; the trace is in {path.parent / TRACE}, please report it", reports.INTERNAL)
    if unjudged:
        fail(f"could not be judged: {report['reason']}", report["exit_code"])
    if report["exit_code"] > 1:
        fail(f"{report['verdict']}: {report['reason']}", report["exit_code"])
    sys.exit(report["exit_code"])


def _profile(declared: Path | None, profile_to: Path | None) -> Profile | None:
    """The profile, read before anything is asked; ends with exit code 2 where it or the other path is wrong."""
    from trackstep.results import profile as profiles

    if profile_to is not None and profile_to.exists():
        fail(f"{profile_to} exists, and the reasons in it were written by hand; choose another --write-profile", 2)
    try:
        return None if declared is None else profiles.load(declared)
    except TrackstepError as wrong:
        fail(str(wrong), 2)
