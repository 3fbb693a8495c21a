"""``clauses`` and ``explain``: the specification, to be read."""

from __future__ import annotations

import difflib

import click

from trackstep import spec
from trackstep.cli import completing
from trackstep.cli.option import fail


@click.command()
@click.option("--area", help="Only one area, such as UNIQ.", shell_complete=completing.areas)
def clauses(area: str | None) -> None:
    """List the clauses of the specification."""
    loaded = spec.load()
    if area and area.upper() not in loaded.areas:
        fail(f"no area {area!r}; choose one of: {', '.join(loaded.areas)}", 2)
    for clause in loaded.clauses.values():
        if not area or clause.area == area.upper():
            click.echo(f"{clause.id:13} {clause.level:9} {clause.sentence}")


@click.command()
@click.argument("clause", shell_complete=completing.clauses)
def explain(clause: str) -> None:
    """Show one clause with what it stands on."""
    loaded = spec.load().clauses
    if clause.upper() not in loaded:
        near = difflib.get_close_matches(clause.upper(), loaded, 1)
        fail(f"no clause {clause!r}; {f'did you mean {near[0]}? ' if near else ''}`trackstep clauses` lists them", 2)
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
