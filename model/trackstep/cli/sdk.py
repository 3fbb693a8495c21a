"""``sdk``: what an SDK offers for event trackers, and what changes from one release to the next."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trackstep.cli.option import fail
from trackstep.errors import TargetError, UsageError

if TYPE_CHECKING:
    TextType = click.ParamType[str]
else:
    TextType = click.ParamType  # generic from click 8.4 on

NEVER = "never"


def told_in_one_line(command: Callable[..., None]) -> Callable[..., None]:
    """A mistake ends with one line and exit code 2; an index that cannot be reached, with 3."""

    @wraps(command)
    def careful(*args: Any, **kwargs: Any) -> None:
        from trackstep.reporting import inert

        try:
            command(*args, **kwargs)
        except UsageError as wrong:
            fail(inert.line(wrong, 600), 2)
        except TargetError as wrong:
            fail(inert.line(wrong, 600), 3)

    return careful


class Threshold(TextType):
    """Classes of difference with commas between; the least serious one is meant, and all above it."""

    name = "classes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read them, or fail with one line."""
        from trackstep.sdk import CLASSES

        words = [word.strip() for word in str(value).split(",")]
        if words == [NEVER]:
            return NEVER
        for word in words:
            if word not in CLASSES:
                self.fail(f"{word!r} is none of {', '.join(CLASSES)}; or say {NEVER}.", param, ctx)
        return max(words, key=CLASSES.index)


@click.group()
def sdk() -> None:
    """Compare what SDKs offer for event trackers.

    A SOURCE is `installed` (the botocore that this Python imports), `spec` (the specification's own surface), a release
    such as botocore==1.24.36 (fetched with pip), a wheel, a directory, a saved surface, or one service-2.json.
    """


@sdk.command()
@click.argument("source", default="installed")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; without it, standard output.")
@told_in_one_line
def surface(source: str, out: Path | None) -> None:
    """Write what an SDK offers for the covered operations, as one small file that diffs well."""
    from trackstep.sdk import dumps, surface_of

    _write(dumps(surface_of(source)), out)


@sdk.command()
@click.argument("before")
@click.argument("after")
@click.option(
    "--fail-on",
    "threshold",
    type=Threshold(),
    default="breaking,behaviour",
    show_default=True,
    help="Exit code 1 from this class on: breaking, behaviour, addition, text; or never.",
)
@click.option("--json", "as_json", is_flag=True, help="The comparison as JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="The comparison as Markdown.")
@told_in_one_line
def diff(before: str, after: str, threshold: str, as_json: bool, as_markdown: bool) -> None:
    """Say what differs between two SDKs, what it means for a caller, and which clauses it touches.

    Exit codes: 0 nothing from --fail-on on; 1 something; 2 a source that cannot be read; 3 one that cannot be fetched.
    """
    from trackstep.sdk import compare, rendering, surface_of

    if as_json and as_markdown:
        raise UsageError("--json and --markdown exclude each other; leave one out")
    comparison = compare(surface_of(before), surface_of(after))
    if as_json:
        click.echo(json.dumps(rendering.document(comparison), indent=1, ensure_ascii=False))
    else:
        for line in rendering.markdown(comparison, level=1) if as_markdown else rendering.text(comparison):
            click.echo(line)
    sys.exit(1 if threshold != NEVER and comparison.at_least(threshold) else 0)


@sdk.command()
@click.argument("versions", nargs=-1)
@click.option(
    "--data",
    default="reports/sdk",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where surfaces are kept.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; without it, standard output.")
@told_in_one_line
def history(versions: tuple[str, ...], data: Path, out: Path | None) -> None:
    """Tell what changed from release to release.

    VERSIONS (1.24.36, or wheels) are fetched and their surfaces kept in --data; the report is made from all that are
    there. Without VERSIONS nothing is fetched.
    """
    from trackstep.sdk import history as histories

    for version in versions:
        try:
            histories.add(version, data)
        except OSError as wrong:
            raise UsageError(f"{data} cannot be written: {wrong.strerror}") from wrong
    _write(histories.report(histories.saved(data)), out)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as wrong:
        raise UsageError(f"{out} cannot be written: {wrong.strerror}") from wrong
