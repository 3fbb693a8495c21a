"""The command line's last guard: an internal error is one line and exit code 4, Ctrl-C is 130, and output never fails.

Owns what nobody else caught. Knows no command.
"""

from __future__ import annotations

import codecs
import os
import sys
import tempfile
import traceback
from typing import Any

import click

from trackstep.cli.option import fail
from trackstep.errors import HistoryError, TargetError, TrackstepError, UsageError

INTERNAL, INTERRUPTED, BROKEN_PIPE = 4, 130, 141
PLAIN = {"·": "-", "…": "...", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "←": "<-", "→": "->", "×": "x"}
"""What a console shows that has no such letter; for any other it is a question mark."""


class Guarded(click.Group):
    """A group of commands, whatever they do."""

    def main(self, *words: Any, **more: Any) -> Any:
        """Run a command; ends with a documented exit code."""
        codecs.register_error("trackstep.plain", _plain)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="trackstep.plain")
        try:
            return super().main(*words, **more)
        except Exception as wrong:
            _told(wrong)

    def invoke(self, context: click.Context) -> Any:
        """The same, within click, which takes Ctrl-C for a wrong answer to a question."""
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            fail("interrupted", INTERRUPTED)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; Python must not try again
            sys.exit(BROKEN_PIPE)


def _told(wrong: Exception) -> None:
    """One line, and the exit code that it stands for."""
    if isinstance(wrong, UsageError | HistoryError):
        fail(str(wrong), 2)
    if isinstance(wrong, TargetError):
        fail(str(wrong), 3)
    told = str(wrong) if isinstance(wrong, TrackstepError) else f"{type(wrong).__name__}: {wrong}"
    trace = "".join(traceback.format_exception(wrong))
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="replace", prefix="trackstep-error-", suffix=".txt", delete=False
        ) as kept:
            kept.write(trace)
        where = f"the trace is in {kept.name}, please report it"
    except OSError as no:
        where = f"the trace could not be kept ({no.strerror}): {' '.join(trace.split())[-300:]}"
    fail(f"internal error: {' '.join(told.split())[:200]}; {where}", INTERNAL)


def _plain(wrong: UnicodeError) -> tuple[str, int]:
    """What stands for letters that a console does not have."""
    if not isinstance(wrong, UnicodeEncodeError):
        raise wrong
    letters = wrong.object[wrong.start : wrong.end]
    return "".join(PLAIN.get(letter, "?") for letter in letters), wrong.end
