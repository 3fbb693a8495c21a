"""The command line. Each command has a module; option.py holds what they share.

Exit codes, of every command: 0 no MUST clause deviates (or it was done); 1 deviations; 2 wrong usage or
configuration, one line says what to do; 3 could not be judged.
"""

from __future__ import annotations

import click

from trackstep import __version__
from trackstep.cli.check import check
from trackstep.cli.reading import clauses, explain
from trackstep.cli.replaying import judge, replay
from trackstep.cli.selftesting import selftest
from trackstep.cli.serving import faults, serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trackstep")
def main() -> None:
    """Hold an event-tracker endpoint to the specification of Amazon Personalize's.

    \b
    trackstep check                                        the embedded emulator, in process
    trackstep check --endpoint-url http://localhost:5000   any endpoint
    trackstep explain ET-UNIQ-1                            one clause with its evidence
    """


for _command in (check, replay, judge, serve, faults, selftest, clauses, explain):
    main.add_command(_command)
