"""The command line. Each command has a module; option.py holds what they share.

Exit codes, of every command: 0 no MUST clause deviates (or it was done); 1 deviations; 2 wrong usage or
configuration, one line says what to do; 3 could not be judged, or not all of it, because of the target; 4 an internal
error, and nothing else; 130 and 143 interrupted by SIGINT and SIGTERM; 141 nobody read the output.
"""

from __future__ import annotations

import click

from trackstep import __version__
from trackstep.cli import example
from trackstep.cli.check import check
from trackstep.cli.comparing import compare, matrix
from trackstep.cli.completing import completion
from trackstep.cli.doctoring import doctor
from trackstep.cli.driving import driver_check
from trackstep.cli.exhausting import judge as judged_by_tables
from trackstep.cli.gating import gate
from trackstep.cli.guarding import Guarded
from trackstep.cli.proving import formal
from trackstep.cli.reading import clauses, explain
from trackstep.cli.rendering import report
from trackstep.cli.replaying import judge, replay
from trackstep.cli.sdk import sdk
from trackstep.cli.selftesting import selftest
from trackstep.cli.serving import faults, serve
from trackstep.cli.specifying import spec
from trackstep.cli.sweep import sweep
from trackstep.cli.theorems import prove
from trackstep.cli.tracing import behaviours, itf, validate


@click.group(cls=Guarded, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trackstep")
def main() -> None:
    """Hold an event-tracker endpoint to the specification of Amazon Personalize's.

    \b
    trackstep check                                        the embedded emulator, in process
    trackstep check --endpoint-url http://localhost:5000   any endpoint
    trackstep explain ET-UNIQ-1                            one clause with its evidence
    """


for _part in (prove, judged_by_tables, validate, behaviours, itf):
    formal.add_command(_part)
for _command in (
    check,
    replay,
    judge,
    sweep,
    serve,
    faults,
    selftest,
    formal,
    clauses,
    explain,
    report,
    compare,
    matrix,
    spec,
    sdk,
    gate,
    driver_check,
    doctor,
    completion,
):
    main.add_command(_command)
example.put(main)
