"""``compare`` and ``matrix``: reports held side by side."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click

from trackstep.cli.option import fail
from trackstep.errors import UsageError
from trackstep.results.comparison import ONLY_TOLD, REGRESSIONS, Comparison
from trackstep.results.matrix import Matrix
from trackstep.results.result import Result, read

Write = Callable[[], str]
_WHERE = "- is standard output, and then nothing else is printed there."


def _writing(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--markdown", "markdown_to", metavar="PATH", help=f"As Markdown; {_WHERE}")(command)
    return click.option("--html", "html_to", metavar="PATH", help=f"As one HTML page; {_WHERE}")(command)


@click.command(
    epilog=f"A regression, exit code 1, is: {REGRESSIONS}\n\nOnly told, and no reason to fail: {ONLY_TOLD}\n\n"
    "A deviation is the same one where clause, operation and kind of answer are. Exit code 2: a file is no report."
)
@click.argument("before", metavar="A.json")
@click.argument("after", metavar="B.json")
@_writing
@click.option("--strict", is_flag=True, help="A SHOULD clause counts as a MUST clause does.")
def compare(before: str, after: str, html_to: str | None, markdown_to: str | None, strict: bool) -> None:
    """Say what is new, fixed or reached in B that was not so in A.

    Both are the report.json of a `trackstep check`; - reads one from standard input.
    """
    from trackstep.reporting import comparison_html, comparison_markdown, comparison_text

    if before == after == "-":
        fail("only one of the two can come from standard input; name a file for the other", 2)
    compared = Comparison(_read(before), _read(after), strict)
    _put(
        lambda: comparison_text.text(compared),
        (html_to, "--html", lambda: comparison_html.html(compared)),
        (markdown_to, "--markdown", lambda: comparison_markdown.markdown(compared)),
    )
    sys.exit(1 if compared.regressions else 0)


@click.command()
@click.argument("files", metavar="FILE.json...", nargs=-1, required=True)
@_writing
def matrix(files: tuple[str, ...], html_to: str | None, markdown_to: str | None) -> None:
    """Show targets side by side: a column for each report, a row for each area."""
    from trackstep.reporting import matrix_html, matrix_markdown, matrix_text

    if files.count("-") > 1:
        fail("only one report can come from standard input; name a file for the others", 2)
    made = Matrix([_read(file) for file in files])
    _put(
        lambda: matrix_text.text(made),
        (html_to, "--html", lambda: matrix_html.html(made)),
        (markdown_to, "--markdown", lambda: matrix_markdown.markdown(made)),
    )


def _read(file: str) -> Result:
    """The result in a file, or in standard input; ends with exit code 2 where there is none."""
    name = "standard input" if file == "-" else file
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return read(json.loads(raw), name)
    except OSError as wrong:
        fail(f"{name} cannot be read ({wrong.strerror}); name the report.json of a `trackstep check`", 2)
    except (ValueError, RecursionError):  # also of bytes that are no text
        fail(f"{name} is not JSON, or was cut short; give a report.json of `trackstep check --report-dir`", 2)
    except UsageError as wrong:
        fail(str(wrong), 2)


def _put(text: Write, *asked: tuple[str | None, str, Write]) -> None:
    """Write what was asked for; as text to standard output, unless something else goes there."""
    to_screen = [option for path, option, _ in asked if path == "-"]
    if len(to_screen) > 1:
        fail(f"{' and '.join(to_screen)} cannot both be standard output; give one of them a file", 2)
    for path, option, made in asked:
        if path == "-":
            click.echo(made(), nl=False)
        elif path is not None:
            try:
                Path(path).write_text(made(), encoding="utf-8")
            except OSError as wrong:
                fail(f"cannot write {path}: {wrong.strerror}; choose another {option}", 2)
    if not to_screen:
        click.echo(text(), nl=False)
