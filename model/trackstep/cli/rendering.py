"""``report``: a saved report.json rendered again, as any of its forms, without a target."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from trackstep.cli.option import fail
from trackstep.errors import UsageError


@click.command()
@click.argument("file")
@click.option("--html", "html_to", metavar="PATH", help="One self-contained page.")
@click.option("--junit", "junit_to", metavar="PATH", help="One case a clause.")
@click.option("--summary", "summary_to", metavar="PATH", help="Markdown, for a CI step summary or an issue.")
@click.option("--badge", "badge_to", metavar="PATH", help="The verdict as a picture.")
def report(file: str, html_to: str | None, junit_to: str | None, summary_to: str | None, badge_to: str | None) -> None:
    """Render a saved report.json again. Without an option it is shown as it was on the terminal.

    FILE - reads standard input, PATH - writes to standard output. The exit code is 0, whatever the verdict was:
    `trackstep check` has told it.
    """
    from trackstep.reporting import console, document, reading, writing

    chosen = {"report.html": html_to, "junit.xml": junit_to, "summary.md": summary_to, "badge.svg": badge_to}
    wanted = {name: path for name, path in chosen.items() if path is not None}
    if list(wanted.values()).count("-") > 1:
        fail("only one form fits into standard output; give the others a path", 2)
    try:
        found = reading.read(file)
        for name, path in wanted.items():
            _put(writing.RENDERED[name](found), path, document.start)
    except UsageError as wrong:
        fail(str(wrong), 2)
    if not wanted:
        console.show(found, Console(soft_wrap=True))


def _put(text: str, path: str, save: Callable[[Path, str], object]) -> None:
    if path == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        save(Path(path), text)
