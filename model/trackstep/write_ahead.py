"""Targets of which all that is created is put down in a ledger before it is asked for, each client of theirs too.

Owns when a line is written; the form of the file and what it says may be left is ledger.py's.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from trackstep.ledger import Ledger
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.targets import Concurrent, Target, TargetOptions
from trackstep.targets.asking import ask, describe, version


class KeptTarget:
    """A target whose Creates are put down in a ledger before they are sent."""

    def __init__(self, target: Target, ledger: Ledger) -> None:
        self.target, self.ledger = target, ledger
        self._ahead = list[int]()

    def ahead(self, operations: Iterable[Operation]) -> None:
        """Put down now what is about to be asked for, so that the disk is not waited for in between."""
        self._ahead = [self.ledger.intend(each) for each in operations if each.name.startswith("Create")]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)

    @property
    def description(self) -> str:
        """The target's own."""
        return self.target.description

    @property
    def version(self) -> str:
        """The target's own."""
        return version(self.target)

    def call(self, operation: Operation) -> Outcome:
        """Send one operation. Raises as the target does, and UsageError where the ledger cannot be written."""
        if not operation.name.startswith("Create"):
            outcome = ask(self.target, operation)
            self._saw(operation, outcome)
            return outcome
        with self.ledger.turn:
            number = self._ahead.pop(0) if self._ahead else self.ledger.intend(operation)
        outcome = ask(self.target, operation)
        with self.ledger.turn:
            self.ledger.came(number, operation, outcome)
        return outcome

    def _saw(self, operation: Operation, outcome: Outcome) -> None:
        with self.ledger.turn:
            self.ledger.saw(operation, outcome)

    def close(self) -> None:
        """Close the target, and let go of the ledger."""
        self.target.close()
        self.ledger.close()


class KeptClient(KeptTarget):
    """Another client of one: the ledger is the same, and is not let go of with it."""

    def _saw(self, operation: Operation, outcome: Outcome) -> None:
        if operation.name.startswith("Delete"):  # what it does not find may have been created since, by another
            super()._saw(operation, outcome)

    def close(self) -> None:
        """Close the client."""
        self.target.close()


class KeptConcurrentTarget(KeptTarget):
    """One that several may ask at once."""

    def client(self) -> Target:
        """Another client, whose Creates are put down too."""
        made: Any = KeptClient(self.target.client(), self.ledger)  # type: ignore[attr-defined]  # it is Concurrent
        client: Target = made
        return client


def ahead(client: Target, operations: Iterable[Operation]) -> None:
    """Put down what a client is about to create, if that is put down at all."""
    if isinstance(client, KeptTarget):
        client.ahead(operations)


def keeping(target: Target, name: str, options: TargetOptions, directory: Path) -> Target:
    """The target, with a ledger where what it creates outlives this process; ``name`` and ``options`` open it again."""
    if not target.remembers:
        return target
    kind = KeptConcurrentTarget if isinstance(target, Concurrent) else KeptTarget
    kept: Any = kind(target, Ledger(directory, name, options, describe(target)))
    made: Target = kept
    return made


def left(target: Target) -> str:
    """What to tell the user after cleaning up: empty, or that something may be left and the command that deletes it."""
    if not isinstance(target, KeptTarget) or not target.ledger.is_open:
        return ""
    ledger, entries = target.ledger, target.ledger.entries
    if not entries.arns and not any(intent.is_unanswered for intent in entries.intents.values()):
        ledger.finish()  # every Create was refused, or what it made was seen to be gone
        return ""
    return f"not everything that was created is known to be gone; `{ledger.command()}` deletes what is left"
