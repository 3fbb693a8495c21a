"""``serve`` and ``faults``: the embedded emulator, faithful or broken on purpose."""

from __future__ import annotations

import click

from trackstep.cli.option import fail, moving
from trackstep.errors import UsageError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@moving("manual")
def serve(host: str, port: int, progression: str, seconds: float, planted: tuple[str, ...]) -> None:
    """Serve the emulator over HTTP, both services on one port, until SIGTERM or Ctrl-C."""
    from trackstep import emulator
    from trackstep.emulator import faults, server

    try:
        with faults.planted(*planted), emulator.progression(progression, seconds=seconds):
            server.serve(host, port, lambda url: click.echo(f"serving personalize and personalize-events on {url}"))
    except UsageError as wrong:
        fail(str(wrong), 2)
    except OSError as wrong:
        fail(f"cannot listen on {host}:{port}: {wrong.strerror}; choose another with --port or --host", 2)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object.")
def faults(as_json: bool) -> None:
    """List the faults, races and variants that `serve --fault NAME` and `check --fault NAME` plant in the emulator."""
    import json

    from trackstep.emulator.faults import FAULTS, RACES, VARIANTS

    if as_json:
        listed = {
            kind: [
                {"name": f.name, "sentence": f.sentence, "clauses": f.clauses, "behind": f.behind, "needs": f.needs}
                for f in table.values()
            ]
            for kind, table in (("faults", FAULTS), ("races", RACES), ("variants", VARIANTS))
        }
        click.echo(json.dumps(listed, indent=1))
        return
    for title, table in (
        (f"{len(FAULTS)} faults", FAULTS),
        (f"{len(RACES)} races, which only clients that ask at once can see", RACES),
        (f"{len(VARIANTS)} variants, none of them wrong", VARIANTS),
    ):
        click.echo(title)
        width = max(map(len, table), default=0)
        for fault in table.values():
            behind = f" [only {fault.behind}]" if fault.behind else ""
            click.echo(f"  {fault.name:{width}}  {fault.sentence}{behind} {' '.join(fault.clauses)}".rstrip())
