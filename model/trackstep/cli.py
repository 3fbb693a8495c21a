"""The command line: check, serve, clauses, explain.

Owns flags, exit codes and what is printed. Exit codes: 0 no MUST clause deviates; 1 deviations;
2 wrong usage or configuration; 3 could not be judged.
"""

from __future__ import annotations

import math
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.text import Text

from trackstep import __version__, spec, targets
from trackstep.errors import TargetError, TrackstepError


def _fail(message: str, code: int) -> NoReturn:
    Console(stderr=True).print(Text(f"trackstep: {message}"), style="red", soft_wrap=True)
    sys.exit(code)


class Seconds(click.FloatRange):
    """A number of seconds, and a real one: neither nan nor inf."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it, or fail with one line."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a number of seconds.", param, ctx)
        return number


REGION = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def moving(default: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The two options that say how the embedded emulator's statuses move."""
    kinds = click.Choice(["immediate", "manual", "time"])
    how = "How the embedded emulator's statuses move."
    long = "Seconds a status takes, with --progression time."

    def add(command: Callable[..., None]) -> Callable[..., None]:
        command = click.option("--seconds", default=0.2, show_default=True, type=Seconds(min=0), help=long)(command)
        return click.option("--progression", type=kinds, default=default, show_default=True, help=how)(command)

    return add


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trackstep")
def main() -> None:
    """Hold an event-tracker endpoint to the specification of Amazon Personalize's.

    \b
    trackstep check                                        the embedded emulator, in process
    trackstep check --endpoint-url http://localhost:5000   any endpoint
    trackstep explain ET-UNIQ-1                            one clause with its evidence
    """


@main.command()
@click.option(
    "--target",
    "name",
    default=None,
    help="A registered target: emulator (default), moto, http, or a third party's.",
)
@click.option("--endpoint-url", help="Any HTTP endpoint, for both services.")
@click.option("--events-endpoint-url", help="Where PutEvents lives, if elsewhere.")
@click.option("--region", default="us-east-1", show_default=True, help="The first region; a second is used beside it.")
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
    max_time: float, settle_timeout: float, progression: str, seconds: float, strict: bool, report_dir: Path,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Check a target, clause by clause, and report every deviation."""
    from hypothesis.configuration import set_hypothesis_home_dir

    from trackstep import event
    from trackstep.reporting import console as screen
    from trackstep.reporting import document
    from trackstep.run import Run, Settings
    from trackstep.session import BudgetSpent

    if name is None:
        name = "http" if endpoint_url else "emulator"
    if endpoint_url and name in ("emulator", "moto", "served"):
        _fail(f"--endpoint-url and --target {name} exclude each other; leave one out", 2)
    if events_endpoint_url and not endpoint_url:
        _fail("--events-endpoint-url goes with --endpoint-url, which says where all else lives", 2)
    if not REGION.fullmatch(region):
        _fail(f"--region wants the name of a region, such as us-east-1, not {region!r}", 2)
    options = targets.TargetOptions(
        endpoint_url, events_endpoint_url, min(10.0, max_time / 4), seed, progression, seconds
    )
    other = "us-west-2" if region != "us-west-2" else "us-east-1"
    settings = Settings(seed, max_calls, max_time, settle_timeout, strict, (region, other))
    out = Console(quiet=as_json or quiet, soft_wrap=True)
    try:
        target = targets.load(name, options)
    except TargetError as wrong:
        document.write(_unjudged(str(wrong), name, seed), report_dir)
        _fail(str(wrong), 3)
    except TrackstepError as wrong:
        _fail(str(wrong), 2)
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
        _fail(str(wrong), 2)
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
        _fail(f"could not be judged: {failure}", 3)
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


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@moving("manual")
def serve(host: str, port: int, progression: str, seconds: float) -> None:
    """Serve the emulator over HTTP, both services on one port, until SIGTERM or Ctrl-C."""
    from trackstep import emulator
    from trackstep.emulator import server

    try:
        with emulator.progression(progression, seconds=seconds):
            server.serve(host, port, lambda url: click.echo(f"serving personalize and personalize-events on {url}"))
    except OSError as wrong:
        _fail(f"cannot listen on {host}:{port}: {wrong.strerror}; choose another with --port", 2)


@main.command()
@click.option("--area", help="Only one area, such as UNIQ.")
def clauses(area: str | None) -> None:
    """List the clauses of the specification."""
    loaded = spec.load()
    if area and area.upper() not in loaded.areas:
        _fail(f"no area {area!r}; choose one of: {', '.join(loaded.areas)}", 2)
    for clause in loaded.clauses.values():
        if not area or clause.area == area.upper():
            click.echo(f"{clause.id:13} {clause.level:9} {clause.sentence}")


@main.command()
@click.argument("clause")
def explain(clause: str) -> None:
    """Show one clause with what it stands on."""
    loaded = spec.load().clauses
    if clause.upper() not in loaded:
        _fail(f"no clause {clause!r}; `trackstep clauses` lists them", 2)
    found = loaded[clause.upper()]
    click.echo(f"{found.id} · {found.level}\n\n{found.sentence}\n")
    recordings = {r["id"]: r for r in spec.recordings()}
    for kind, text in found.evidence:
        click.echo(f"{kind}: {text}")
        if kind == "recorded":
            for number in text.split(", "):
                r = recordings.get(number.strip())
                if r:
                    click.echo(f"    {r['id']} {r['operation']}: {r['error_code'] or 'success'} — {r['source']}")
    if found.needs:
        click.echo(f"needs: {found.needs}")
    click.echo(found.link)


if __name__ == "__main__":
    main()
