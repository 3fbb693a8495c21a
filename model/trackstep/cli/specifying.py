"""``spec``: what is derived from the specification and committed beside it, and what it is held against."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from trackstep import spec as tables
from trackstep.cli.option import fail
from trackstep.errors import UsageError

_WRITE = click.option("--write", is_flag=True, help="Write it to spec/ instead of printing it.")


@click.group()
def spec() -> None:
    """The ledger of evidence, the pictures, and whether botocore still says what is quoted."""


@spec.command()
@_WRITE
def ledger(write: bool) -> None:
    """List what each clause stands on, who judges it, which fault breaks it and which recordings witness it.

    Exit code 1 where a MUST clause has no source, no judge or no fault, or where evidence is not where it should be.
    """
    from trackstep.evidence import ledger as books

    entries = books.entries()
    if write:
        written({books.FILE: books.text(entries)})
    else:
        click.echo(books.text(entries), nl=False)
    gaps = books.gaps(entries)
    for gap in gaps:
        click.echo(f"trackstep: {gap}", err=True)
    sys.exit(1 if gaps else 0)


@spec.command()
@_WRITE
def diagram(write: bool) -> None:
    """Draw the lifecycle and what can be known of it, as Mermaid and SVG, from spec/lifecycle.toml.

    Prints the page with the Mermaid diagrams; --write also makes the SVG files.
    """
    from trackstep.pictures import picture

    made = picture.files()
    if write:
        written(made)
    else:
        click.echo(made["lifecycle.md"], nl=False)


@spec.command()
@click.option(
    "--model", "where", type=click.Path(path_type=Path), metavar="DIR_OR_FILE",
    help="Another service-2.json(.gz), or a folder that holds some; default: the installed botocore.",
)  # fmt: skip
def verify(where: Path | None) -> None:
    """Hold botocore's service models to what the specification quotes and copied of them.

    Names each clause whose sentence, shape or error has changed, and shows both texts. Exit code 1 where one has.
    """
    from trackstep.evidence import drift, quote, service_model

    try:
        model = service_model.read(where) if where else service_model.installed()
        found = drift.drifts(model)
    except UsageError as wrong:
        fail(str(wrong), 2)
    for one in found:
        click.echo(f"{' '.join(one.clauses)}\n  {one.where}\n    was  {one.old}\n    is   {one.new}\n")
    quotes = quote.everything()
    of_pages = sum(not quoted.names for quoted in quotes)
    held = (
        f"{len(quotes) - of_pages} sentences, the shapes and the errors of {len(tables.load().operations)} operations"
    )
    click.echo(f"{held}: {f'{len(found)} changed' if found else 'as quoted'} ({of_pages} sentences are of pages)")
    sys.exit(1 if found else 0)


def written(made: dict[str, str]) -> None:
    """Write files of ``spec/``, and say which changed; ends with exit code 2 where there is no checkout to write to."""
    folder = tables.root()
    if folder.name != "spec":
        fail("--write wants a checkout of trackstep; the installed specification is not to be changed", 2)
    for name, text in made.items():
        path = folder / name
        try:
            before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
            path.write_text(text, encoding="utf-8")
        except OSError as wrong:
            fail(f"{path}: {wrong.strerror}", 2)
        changed = sum(
            line[0] in "+-" for line in list(difflib.unified_diff(before.splitlines(), text.splitlines()))[2:]
        )
        click.echo(f"{path}: {f'{changed} lines changed' if changed else 'as it was'}")
