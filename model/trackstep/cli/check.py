"""``check``: drive a target, clause by clause, and report every deviation."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from trackstep import __version__
from trackstep.cli.option import Seconds, choosing, chosen, fail, moving, opened
from trackstep.errors import TargetError, TrackstepError


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
@click.option("--json", "as_json", is_flag=True, help="The report to standard output, and nothing else.")
@click.option("--quiet", is_flag=True, help="One line.")
def check(
    name: str | None, endpoint_url: str | None, events_endpoint_url: str | None, region: str, seed: int, max_calls: int,
    max_time: float, settle_timeout: float, progression: str, seconds: float, planted: tuple[str, ...], strict: bool, report_dir: Path,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Check a target, clause by clause, and report every deviation."""
    from hypothesis.configuration import set_hypothesis_home_dir

    from trackstep import event
    from trackstep.reporting import console as screen
    from trackstep.reporting import document
    from trackstep.run import Run, Settings
    from trackstep.session import BudgetSpent

    name, options, regions = chosen(
        name, endpoint_url, events_endpoint_url, region, seed, min(10.0, max_time / 4), progression, seconds, planted
    )
    settings = Settings(seed, max_calls, max_time, settle_timeout, strict, regions)
    out = Console(quiet=as_json or quiet, soft_wrap=True)
    target = opened(name, options, lambda reason: document.write(_unjudged(reason, str(name), seed), report_dir))
    set_hypothesis_home_dir(report_dir / "hypothesis")  # and not beside whatever the user works on
    run = Run(target, settings)
    interrupted, failure = False, ""
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell that starts us in the background ignores Ctrl-C for us
        signal.signal(number, signal.default_int_handler)
    _alarm(max_time)
    try:
        with screen.Progress(Console(stderr=True, quiet=as_json or quiet)) as progress:
            try:
                for happened in run.events():
                    progress.hear(happened)
                    if isinstance(happened, event.Started):
                        out.print(
                            Text(f"{happened.target} · seed {happened.seed} · names begin with {happened.prefix}")
                        )
            except KeyboardInterrupt:
                interrupted = True
            except TargetError as wrong:
                failure = str(wrong)
        deviations = () if failure else run.deviations(shortest=not interrupted)
        report = run.report(deviations)
        if failure:
            report |= {"verdict": "could not be judged", "exit_code": 3, "reason": failure, "deviations": []}
        elif interrupted:
            report["reason"] = "; ".join(filter(None, ("interrupted", report["reason"])))
        path = document.write(report, report_dir)
        document.keep(run.histories(), report, report_dir)
        _alarm(30.0)
        with suppress(BudgetSpent):
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


def _alarm(seconds: float) -> None:
    """End whatever is going on after this many seconds, also a call that drips; where there is no alarm, time-outs do."""
    from trackstep.session import BudgetSpent

    def ring(*_: object) -> None:
        raise BudgetSpent

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _unjudged(reason: str, target: str, seed: int) -> dict[str, Any]:
    return {
        "verdict": "could not be judged", "exit_code": 3, "reason": reason, "target": target, "versions": {"trackstep": __version__},
        "seed": seed, "calls": 0, "seconds": 0, "clauses": [], "deviations": [], "tentative": [], "choices": [], "coverage": {},
        "unsupported": {},
    }  # fmt: skip
