"""history.jsonl, written step by step while a run goes on: what a killed run has seen is on disk.

Owns the file from the first step to the last. Knows nothing of what the steps show.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

from trackstep import history
from trackstep.errors import UsageError
from trackstep.event import Started
from trackstep.oracle.interval import Interval
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome
from trackstep.results.report import versions

MOST = 2**29
"""Bytes after which a body is no longer kept: the disk is somebody's."""
SMALL = 2**12
"""Bytes of a body that is kept even then."""


class Journal:
    """The history of a run in its report dir. Raises UsageError where that cannot be written, before any call.

    What an earlier run recorded stays until this one has a step of its own to write.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / "history.jsonl"
        self._about: dict[str, object] = {}
        self._file: IO[str] | None = None
        self._session, self._known, self._size = "", set[str](), 0
        probe = directory / ".writable"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            probe.write_text("", encoding="utf-8")
            probe.unlink()
            with self.path.open("a", encoding="utf-8"):
                pass
        except OSError as wrong:
            raise self._cannot(wrong) from None

    def begin(self, started: Started) -> None:
        """Learn what its first line is to say."""
        self._about = {"target": started.target, "seed": started.seed, "versions": versions()}

    def __call__(self, session: str, step: Step, when: Interval | None = None) -> None:
        """Write one step, with the moments at which it was sent and answered where they are told. Raises UsageError."""
        if self._size > MOST and step.outcome.wire and len(step.outcome.wire.body) > SMALL:
            told = f"not kept: {len(step.outcome.wire.body)} bytes, and the history is longer than {MOST} already"
            step = Step(step.operation, Outcome.lost(told))
        try:
            if self._file is None:
                self._file = self.path.open("w", encoding="utf-8", buffering=1, newline="\n")
                self._write(history.head(**self._about))
            if session != self._session:
                self._write(history.session(session, again=session in self._known))
                self._session = session
                self._known.add(session)
            self._write(history.line(step, when))
        except OSError as wrong:
            raise self._cannot(wrong) from None

    def _write(self, line: str) -> None:
        assert self._file is not None
        self._size += self._file.write(f"{line}\n")

    def _cannot(self, wrong: OSError) -> UsageError:
        return UsageError(f"cannot write {self.path}: {wrong.strerror}; choose another --report-dir")

    def close(self) -> None:
        """Close the file; one in which nothing was ever written goes."""
        if self._file is not None:
            self._file.close()
        elif self.path.exists() and not self.path.stat().st_size:
            self.path.unlink()
