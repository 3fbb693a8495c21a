"""``gate``: has a change to an SDK changed anything that a caller, or the service, can see?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trackstep.cli.sdk import told_in_one_line
from trackstep.errors import UsageError

if TYPE_CHECKING:
    from trackstep.gate import Run, Script


@click.command()
@click.option(
    "--sdk", "words", required=True, metavar="SDK",
    help="python:/path/to/venv, or 'command:node driver.mjs' (docs/targets.md).",
)  # fmt: skip
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="An earlier run to compare with.")
@click.option(
    "--write-baseline", "written", type=click.Path(dir_okay=False, path_type=Path),
    help="Keep this run as a baseline, with what deviates in it.",
)  # fmt: skip
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same calls.")
@click.option("--max-calls", default=1000, show_default=True, type=click.IntRange(min=1), help="Calls to make.")
@click.option(
    "--report-dir", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/out"), show_default=True,
    help="Where gate.json, gate.jsonl and gate-history.jsonl go.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The report to standard output, and nothing else.")
@told_in_one_line
def gate(
    words: str, baseline: Path | None, written: Path | None, seed: int, max_calls: int, report_dir: Path, as_json: bool
) -> None:
    """Make the same seeded calls through an SDK, judge them, and compare them with an earlier run.

    Exit codes: 0 no difference and nothing that deviates beyond the baseline; 1 some; 2 wrong usage: a broken baseline,
    one of another seed or script, a Python without boto3; 3 the driver could not be judged.
    """
    from trackstep import gate as gates
    from trackstep.gate import report as reports
    from trackstep.gate.running import core_missing

    if baseline is not None and written is not None:
        raise UsageError("--baseline and --write-baseline exclude each other; leave one out")
    sdk = gates.candidate(words)
    script = gates.script(seed, max_calls)
    known = None if baseline is None else gates.load(baseline, script)
    run = gates.perform(sdk, script)
    if known is None and (missing := core_missing(run)) is not None:
        raise missing  # beside a baseline that has it, it is a difference
    found = [] if known is None else gates.differences(known.calls, run.calls, script)
    told = reports.report(run, script, known, found, written is not None, _drift(sdk.site))
    _save(told, run, script, report_dir)
    if written is not None:
        gates.save(run, script, written)
        told["verdict"] = f"written: {written}"
    if as_json:
        click.echo(json.dumps(told, indent=1))
    else:
        for text in reports.lines(told):
            click.echo(text)
        click.echo(f"report: {report_dir / 'gate.json'}")
    sys.exit(told["exit_code"])


def _drift(site: Path | None) -> str:
    """How the SDK's service models differ from the specification's own surface; nothing where they do not."""
    from trackstep.sdk import drift

    if site is None:
        return ""
    differs = len(drift(str(site)).differences)
    return f"{differs} differences from the specification's own; trackstep sdk diff spec {site}" if differs else ""


def _save(told: dict[str, object], run: Run, script: Script, directory: Path) -> None:
    from trackstep import history
    from trackstep.gate.baseline import dumps

    texts = {
        "gate.json": json.dumps(told, indent=1),
        "gate.jsonl": "\n".join(dumps(run, script)),
        "gate-history.jsonl": "\n".join(history.dump(run.histories, target=run.sdk, seed=script.seed)),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (directory / name).write_text(f"{text}\n", encoding="utf-8")
    except OSError as wrong:
        raise UsageError(f"{directory} cannot be written: {wrong.strerror}; choose another --report-dir") from None
