"""``replay`` and ``judge``: a saved program or history, run again or judged as it was recorded."""

from __future__ import annotations

import json
import math
import secrets
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text

from trackstep.cli.option import Seconds, choosing, chosen, fail, moving, opened, text_of
from trackstep.errors import HistoryError, TargetError

CLEANING = 30.0
"""Seconds to wait for deletions at the end."""

if TYPE_CHECKING:
    from trackstep.history import History
    from trackstep.outcome import Outcome
    from trackstep.program import Command
    from trackstep.search.session import Heard, Session
    from trackstep.targets import Target


@click.command()
@click.argument("file")
@choosing
@click.option(
    "--settle-timeout",
    default=60.0,
    show_default=True,
    type=Seconds(min=0.1),
    help="Seconds for a status to settle.",
)
@moving("immediate")
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/out"),
    show_default=True,
    help="Where the ledger of what is created stands until it is deleted.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON to standard output, and nothing else.")
def replay(
    file: str, name: str | None, endpoint_url: str | None, events_endpoint_url: str | None, remote: bool, region: str,
    settle_timeout: float, progression: str, seconds: float, planted: tuple[str, ...], report_dir: Path,
    as_json: bool, command: str | None,
) -> None:  # fmt: skip
    """Run a program, or a history.jsonl, again under new names, and judge what comes back.

    FILE is a program.txt or a history.jsonl of a report dir; - reads standard input. What it names and does not create
    is refused before the first call; what it creates is deleted at the end.
    """
    from trackstep import ledger, write_ahead

    programs = _programs(file)
    name, options, regions = chosen(
        name, endpoint_url, events_endpoint_url, region, 0, 10.0, progression, seconds, planted, command, remote=remote
    )
    target = opened(name, options)
    if not target.regions_are_separate and any(command.second for commands in programs for command in commands):
        fail(f"{file} asks a second region (@2), and {target.description} serves one; take those lines out", 2)
    if told := ledger.unfinished(report_dir):
        click.echo(f"trackstep: {told}", err=True)
    target = write_ahead.keeping(target, name, options, report_dir)
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell that starts us in the background ignores Ctrl-C for us
        signal.signal(number, signal.default_int_handler)
    replaying = _Replaying(target, settle_timeout, regions, Console(quiet=as_json, soft_wrap=True))
    try:
        shown = replaying.all(programs)
    finally:
        target.close()
    _show(shown, as_json)


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="JSON to standard output, and nothing else.")
def judge(file: str, as_json: bool) -> None:
    """Judge a saved history.jsonl again, without any target.

    A history of one session is shown call by call; of several, as a whole run leaves them, only what deviates.
    Calls that overlap in time are judged in every order that they may have had. FILE - reads standard input.
    """
    from trackstep.oracle import linearise
    from trackstep.reporting import transcript

    text = _text(file)
    if not _is_history(text):
        fail(f"{file} is no history; a program has no answers to judge: `trackstep replay` runs it", 2)
    found = _histories(file, text)
    verdicts = [linearise.judge(h.steps, h.intervals, h.prefix, h.complete, linearise.BUDGET) for h in found]
    judged = [transcript.Judged.in_some_order(h, verdict) for h, verdict in zip(found, verdicts, strict=True)]
    if len(judged) == 1 and not as_json:
        _calls(judged[0], Console(soft_wrap=True))
    spent = sum(verdict.spent for verdict in verdicts)
    reason = (
        f"{spent} of {len(judged)} sessions not judged to the end, their calls have too many orders" if spent else ""
    )
    shown = transcript.report(judged, "as recorded", reason, whole=len(judged) == 1)
    if spent and not shown["exit_code"]:
        shown = transcript.unjudged(shown, reason)
    kinds = {step.outcome.kind for one in judged for step in one.steps}
    if not shown["exit_code"] and not kinds & {"success", "refusal", "garbled"}:
        shown = transcript.unjudged(shown, f"no answer that could be judged, only {', '.join(sorted(kinds))}")
    _show(shown, as_json)


# -- files ---------------------------------------------------------------------------------------


def _text(file: str) -> str:
    """The text of a file; ends with exit code 2 where it is none."""
    text = text_of(file, "; name a program.txt or history.jsonl of a report dir, or -")
    if "\0" in text:
        fail(f"{file} is not text: there is a NUL in it", 2)
    return text


def _is_history(text: str) -> bool:
    return text.lstrip()[:1] == "{"


def _histories(file: str, text: str) -> list[History]:
    from trackstep import history

    try:
        found = [one for one in history.parse(text) if one.steps]
    except HistoryError as wrong:
        fail(f"{file}: {wrong}", 2)
    if not found:
        fail(f"{file}: no step in it", 2)
    return found


def _programs(file: str) -> list[list[Command]]:
    """The program of a file, or one for each session of a history."""
    from trackstep import history, isolation, program, reconstruct
    from trackstep.oracle.interval import do_overlap

    text = _text(file)
    try:
        if _is_history(text):
            found = _histories(file, text)
            if any(do_overlap(one.intervals) for one in found):
                click.echo(
                    f"trackstep: calls of {file} overlap; they are sent one after the other, as they were sent",
                    err=True,
                )
            told = [reconstruct.tell(history.in_order_of_sending(one).steps, one.prefix) for one in found]
            return [isolation.isolated(one) for one in told]
        commands = isolation.of_text(program.parse(text))
    except HistoryError as wrong:
        fail(f"{file}: {wrong}", 2)
    if not commands:
        fail(f"{file}: no operation in it", 2)
    return [commands]


# -- replaying -----------------------------------------------------------------------------------


class _Replaying:
    """Programs performed one after the other, each in a session of its own."""

    def __init__(self, target: Target, settle_timeout: float, regions: tuple[str, str], out: Console) -> None:
        self.target, self.settle_timeout, self.regions, self.out = target, settle_timeout, regions, out
        self.sessions: list[Session] = []
        self.unjudged = ""

    def all(self, programs: list[list[Command]]) -> dict[str, Any]:
        """Perform them and say what they showed, also where Ctrl-C ended it; clean up."""
        from trackstep import write_ahead
        from trackstep.reporting import transcript

        reason, prefix = "", f"ts{secrets.token_hex(2)}"
        try:
            for number, commands in enumerate(programs, 1):
                self._one(commands, f"{prefix}{number:x}")
                if self.unjudged:
                    break
        except KeyboardInterrupt:
            reason = "interrupted"
        except TargetError as wrong:
            self.unjudged = str(wrong)
        with suppress(KeyboardInterrupt, TargetError):
            self._clean_up()
        judged = [transcript.Judged.of(s.prefix, s.steps, s.judgement) for s in self.sessions]
        told = transcript.report(judged, self.target.description, reason)
        told |= {"left": write_ahead.left(self.target), "unsupported": self._not_offered()}
        unjudged = self.unjudged or ("" if told["exit_code"] else self._unsupported())
        return transcript.unjudged(told, unjudged) if unjudged else told

    def _clean_up(self) -> None:
        """Delete what was created, where the target would keep it."""
        from trackstep import sweep
        from trackstep.search.cleaning import clean_up

        if self.target.remembers and not sweep.finish(self.target, min(CLEANING, self.settle_timeout)):
            for session in self.sessions:
                clean_up([session])

    def _not_offered(self) -> dict[str, str]:
        """The operations that were asked for and not offered, with what was answered."""
        from trackstep.targets.boto import UNKNOWN

        said = (step for session in self.sessions for step in session.steps if step.outcome.code in UNKNOWN)
        unknown = {operation.name: outcome.code for operation, outcome in said}
        return unknown | {name: why for session in self.sessions for name, why in session.unsupported.items()}

    def _one(self, commands: list[Command], prefix: str) -> None:
        from trackstep.search.session import Budget, Patience, Session

        budget = Budget(sys.maxsize, math.inf)
        session = Session(self.target, prefix, budget, Patience(self.settle_timeout), self.regions, self._heard)
        self.sessions.append(session)
        self.out.print(Text(f"names begin with {prefix}"))
        for command in commands:
            session.perform(command)
            self.unjudged = self.unjudged or self._silence(session)
            if self.unjudged:
                return

    def _heard(self, heard: Heard) -> None:
        from trackstep.oracle.judge import Step
        from trackstep.reporting import transcript

        step = Step(heard.operation, heard.outcome)
        self.out.print(transcript.call(len(self.sessions[-1].steps), step, heard.findings))
        if self.sessions[-1].is_barred(heard.operation, heard.outcome):
            raise TargetError(
                f"the target refuses these credentials: {heard.outcome.code} {heard.outcome.message}".strip()
            )

    def _silence(self, session: Session) -> str:
        """Why there is nobody to judge, where no call was answered and none is; empty if one was."""
        if len(self.sessions) > 1 or any(not _is_silent(step.outcome) for step in session.steps):
            return ""
        from trackstep.operation import Operation
        from trackstep.targets.asking import ask

        nobody = f"arn:aws:personalize:{self.regions[0]}:123456789012:dataset-group/nobody"
        for probe in (
            Operation("ListDatasetGroups", {}, self.regions[0]),
            Operation("DescribeDatasetGroup", {"datasetGroupArn": nobody}, self.regions[0]),
        ):
            outcome = ask(self.target, probe)
            if not _is_silent(outcome):
                return ""
        return f"{self.target.description} does not answer as the API would: {outcome.message}"

    def _unsupported(self) -> str:
        from trackstep.operation import CORE

        lacking = {name: why for name, why in self._not_offered().items() if name in CORE}
        if not lacking:
            return ""
        return f"core operations unsupported: {', '.join(sorted(lacking))} ({next(iter(lacking.values()))})"


def _is_silent(outcome: Outcome) -> bool:
    return outcome.kind in ("lost", "garbled")


# -- what is shown -------------------------------------------------------------------------------


def _calls(judged: Any, out: Console) -> None:
    from trackstep.reporting import transcript

    for number, step in enumerate(judged.steps, 1):
        said = [found for found in judged.findings if found.step == number]
        out.print(transcript.call(number, step, said, judged.when(number)))


def _show(told: dict[str, Any], as_json: bool) -> None:
    """Deviations and verdict; ends with the exit code."""
    from trackstep.reporting import transcript

    out = Console(quiet=as_json, soft_wrap=True)
    if as_json:
        click.echo(json.dumps(told, indent=1))
    for row in (*told["deviations"], *told["tentative"]):
        out.print(transcript.deviation(row, len(told["sessions"])))
    for name, why in told.get("unsupported", {}).items():
        out.print(Text(f"not offered, and left out: {name} ({why or 'no such operation'})"))
    if told.get("left"):
        out.print(Text(told["left"]))
    out.print(transcript.verdict(told), style="bold")
    if told["exit_code"] == 3:
        fail(f"could not be judged: {told['reason']}", 3)
    sys.exit(told["exit_code"])
