"""The write-ahead ledger: what a run is about to create, on disk before it is asked for.

    REPORT_DIR/ledger/<token>.jsonl   one file a run, there as long as something may be left

The first line says how the target is opened again. Then, for each Create, an intent (flushed to the disk before the
request is sent) and what came of it; and what was seen to be gone. A process that is killed leaves the file, and
``trackstep sweep`` deletes what it names. Owns the form of the file and what it says may be left; deletes nothing
(sweep.py), and never learns what a call should have answered.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shlex
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from trackstep.errors import HistoryError, UsageError
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.targets import TargetOptions
from trackstep.value import is_ours

VERSION = 1
FOLDER = "ledger"
LATE = 15.0
"""Seconds after which a Create that nobody answered is no longer expected to be carried out."""
ACCOUNT = "123456789012"
"""The account of an emulator, until an answer tells another."""


def member_of(kind: str) -> str:
    """The member that names a resource of this kind: ``EventTracker`` -> ``eventTrackerArn``."""
    return f"{kind[:1].lower()}{kind[1:]}Arn"


@dataclass(slots=True)
class Intent:
    """One Create: what was asked for, when (epoch seconds), and what came. ``came`` is empty while nothing did."""

    kind: str
    region: str
    at: float
    name: str = ""
    expects: str = ""
    within: str = ""
    came: str = ""
    arn: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether its name, or that of the group that it is in, has the form of those that this program makes."""
        return is_ours(self.name) or is_ours(self.within.rpartition("/")[2])

    @property
    def is_unanswered(self) -> bool:
        """Whether nobody knows if it was carried out; it may be even now."""
        return self.came in ("", "lost", "garbled")


@dataclass(slots=True)
class Entries:
    """What a ledger says: how to open the target again, the intents by number, what was seen to be gone."""

    target: str = ""
    options: TargetOptions = field(default_factory=TargetOptions)
    about: str = ""
    pid: int = 0
    intents: dict[int, Intent] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that something was created in."""
        return tuple(dict.fromkeys(intent.region for intent in self.intents.values()))

    @property
    def arns(self) -> dict[tuple[str, str, str], frozenset[str]]:
        """Region, kind and ARN of what may be there, with the names that it was asked for under."""
        claimed: dict[tuple[str, str, str], frozenset[str]] = {}
        for i in self.intents.values():
            maybe = i.expects if i.is_unanswered and i.is_ours else ""
            for arn in filter(None, (i.arn, maybe)):
                if arn == maybe or (i.region, arn) not in self.gone:
                    place = (i.region, i.kind, arn)
                    claimed[place] = claimed.get(place, frozenset()) | {i.name}
        return claimed

    @property
    def names(self) -> set[tuple[str, str, str]]:
        """Region, kind and name of what is ours by its name: every name that has this program's form."""
        return {(i.region, i.kind, i.name) for i in self.intents.values() if is_ours(i.name)}

    @property
    def account(self) -> str:
        """The account in the ARNs that were answered; empty where none was."""
        return next(filter(None, (account_of(i.arn) for i in self.intents.values() if i.arn)), "")

    def late(self) -> float:
        """The epoch second up to which a Create that nobody answered may still be carried out."""
        return max((i.at + LATE for i in self.intents.values() if i.is_unanswered), default=0.0)

    def doubtful(self) -> list[Intent]:
        """Creates that nobody answered under names that are not of this program's form: others may have such names."""
        return [i for i in self.intents.values() if i.is_unanswered and not i.is_ours]

    def add(self, row: Mapping[str, Any]) -> None:
        """Take one line of the file in. Raises KeyError, TypeError, ValueError or IndexError for what is none."""
        if "ledger" in row:
            known = {each.name for each in fields(TargetOptions)}
            options = {member: value for member, value in row["options"].items() if member in known}
            given: dict[str, Any] = {m: tuple(v) if isinstance(v, list) else v for m, v in options.items()}
            self.target, self.options = str(row["target"]), TargetOptions(**given)
            self.about, self.pid = str(row["about"]), int(row["pid"])
        elif "operation" in row:
            kind = str(row["operation"]).removeprefix("Create")
            name, expects = str(row.get("name", "")), str(row.get("expects", ""))
            within, at = str(row.get("within", "")), float(row["at"])
            self.intents[int(row["n"])] = Intent(kind, str(row["region"]), at, name, expects, within)
        elif "came" in row:
            intent = self.intents[int(row["of"])]
            intent.came, intent.arn = str(row["came"]), str(row.get("arn", ""))
            self.gone.discard((intent.region, intent.arn))
        else:
            self.gone.add((str(row["region"]), str(row["gone"])))


def account_of(arn: str) -> str:
    """The account in an ARN; empty where there is none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 else ""


def expected(operation: Operation, account: str) -> str:
    """The ARN that a Create will have answered, where it follows from the request (spec/event-tracker.md, ET-ID-6)."""
    name, group = operation.params.get("name"), operation.params.get("datasetGroupArn")
    if operation.name == "CreateDatasetGroup" and isinstance(name, str):
        return f"arn:{_partition(operation.region)}:personalize:{operation.region}:{account}:dataset-group/{name}"
    if operation.name == "CreateSchema" and isinstance(name, str):
        return f"arn:{_partition(operation.region)}:personalize:{operation.region}:{account}:schema/{name}"
    if operation.name == "CreateDataset" and isinstance(group, str) and ":dataset-group/" in group:
        return f"{group.replace(':dataset-group/', ':dataset/')}/{str(operation.params.get('datasetType')).upper()}"
    if operation.name == "CreateEventTracker" and isinstance(group, str) and ":dataset-group/" in group:
        law = hashlib.md5(group.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:8]
        return f"{group.partition(':dataset-group/')[0]}:event-tracker/{law}"
    return ""


def _partition(region: str) -> str:
    return next((p for start, p in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")) if region.startswith(start)), "aws")


class Ledger:
    """The ledger of one run, opened at its first Create and held (flock) for as long as the process lives."""

    def __init__(self, directory: Path, target: str, options: TargetOptions, about: str) -> None:
        self.directory = directory
        self.path = directory / FOLDER / f"{secrets.token_hex(4)}.jsonl"
        self.entries = Entries(target, options, about, os.getpid())
        self._file: IO[str] | None = None
        self._known: set[tuple[str, str]] = set()
        self._deleting: set[tuple[str, str]] = set()
        self._made: list[Path] = []
        self.turn = threading.RLock()
        """Held by whoever writes: several clients may."""

    def intend(self, operation: Operation) -> int:
        """Put down what is about to be asked for, on the disk when this returns. Raises UsageError where it cannot."""
        params = _params(operation)
        name, group, number = params.get("name"), params.get("datasetGroupArn"), len(self.entries.intents) + 1
        asked = Operation(operation.name, params, operation.region)
        row = {
            "n": number, "operation": operation.name, "region": operation.region, "at": round(time.time(), 3),
            "name": name[:256] if isinstance(name, str) else "",
            "within": group[:600] if isinstance(group, str) else "",
            "expects": expected(asked, self.entries.account or ACCOUNT)[:600],
        }  # fmt: skip
        self._write(row, lasting=True)
        self._known.add((operation.region, str(row["expects"])))
        return number

    def came(self, number: int, operation: Operation, outcome: Outcome) -> None:
        """Put down what came of an intent."""
        arn = (outcome.result or {}).get(member_of(operation.name.removeprefix("Create")))
        told = {"arn": arn} if outcome.kind == "success" and isinstance(arn, str) and arn else {}
        self._known.add((operation.region, str(told.get("arn"))))
        self._write({"of": number, "came": outcome.kind, **told})

    def saw(self, operation: Operation, outcome: Outcome) -> None:
        """Put down what this answer shows: that something is gone, or that a Create without answer was carried out."""
        verb = next((verb for verb in ("Describe", "Delete") if operation.name.startswith(verb)), "")
        kind = operation.name.removeprefix(verb)
        arn = operation.params.get(member_of(kind)) if verb else None
        if not isinstance(arn, str) or (operation.region, arn) not in self._known:
            return
        if outcome.kind == "success":
            if verb == "Delete":
                self._deleting.add((operation.region, arn))
            for number, intent in self.entries.intents.items():
                if intent.is_unanswered and (intent.region, intent.expects) == (operation.region, arn):
                    self._write({"of": number, "came": "seen", "arn": arn})
        elif outcome.code == "ResourceNotFoundException" and (operation.region, arn) in self._deleting:
            self._deleting.discard((operation.region, arn))
            self._write({"gone": arn, "region": operation.region})

    def _write(self, row: dict[str, Any], lasting: bool = False) -> None:
        try:
            file = self._file or self._opened()
            file.write(json.dumps(row) + "\n")
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        except OSError as wrong:
            raise UsageError(f"cannot write {self.path}: {wrong.strerror}; choose another --report-dir") from None
        self.entries.add(row)

    def _opened(self) -> IO[str]:
        folder = self.path.parent
        self._made = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("x", encoding="utf-8")
        _lock(self._file)
        about = self.entries
        row = {
            "ledger": VERSION, "target": about.target, "options": asdict(about.options), "about": about.about,
            "pid": about.pid, "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }  # fmt: skip
        self._file.write(json.dumps(row) + "\n")
        return self._file

    @property
    def is_open(self) -> bool:
        """Whether something was created, and it was not seen that nothing is left of it."""
        return self._file is not None

    def finish(self) -> None:
        """Nothing is left: take the file away, and the folders that were made for it where they are empty."""
        if self._file is None:
            return
        with suppress(OSError):
            self.path.unlink()
            for folder in (self.path.parent, *(each for each in self._made if each != self.path.parent)):
                folder.rmdir()
        self.close()

    def close(self) -> None:
        """Let go of the file; what it names is for ``trackstep sweep``."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def command(self) -> str:
        """The command that deletes what may be left."""
        return f"trackstep sweep {shlex.quote(str(self.directory))} --yes"


def _params(operation: Operation) -> Mapping[str, Any]:
    """The parameters, also where they stand in a body that takes their place."""
    if operation.body is None:
        return operation.params
    try:
        said = json.loads(operation.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


# -- ledgers of others -------------------------------------------------------------------------------


@dataclass(slots=True)
class Found:
    """A ledger on disk: of a run that was killed, or of one that is still going (``is_held``)."""

    path: Path
    entries: Entries
    is_held: bool
    wrong: int = 0
    """Lines that could not be read, the last one apart: it is torn where the process was killed as it wrote."""

    def finish(self) -> None:
        """Nothing is left: take the file away, and its folder where it was the last."""
        self.path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()


def found(directory: Path) -> Iterator[Found]:
    """The ledgers in a report dir, oldest first. Raises HistoryError where one cannot be read at all."""
    for path in sorted((directory / FOLDER).glob("*.jsonl"), key=lambda path: path.name):
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                held = not _lock(file)
                lines = file.read().split("\n")
        except OSError as wrong:
            raise HistoryError(f"cannot read {path}: {wrong.strerror}") from None
        entries, wrong_lines = read(lines)
        if lines[0] and not entries.target:
            raise HistoryError(f"{path} is no ledger: its first line does not say which target")
        yield Found(path, entries, held, wrong_lines)


def read(lines: Iterable[str]) -> tuple[Entries, int]:
    """What the lines say, and how many of them, the last apart, could not be read."""
    entries, wrong, pending = Entries(), 0, 0
    for line in lines:
        if not line.strip():
            continue
        wrong, pending = wrong + pending, 0
        try:
            row = json.loads(line)
            entries.add(row)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            pending = 1
    return entries, wrong


def _lock(file: IO[str]) -> bool:
    """Hold a file for as long as this process has it open; False where another does."""
    try:
        import fcntl
    except ImportError:  # Windows: nothing tells a run that is still going
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if file.writable() else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def unfinished(directory: Path) -> str:
    """What to tell before a run: that an earlier one was killed and may have left something; empty where none was."""
    try:
        dead = [each for each in found(directory) if not each.is_held]
    except HistoryError as wrong:
        return str(wrong)
    if not dead:
        return ""
    return f"an earlier run may have left resources; `trackstep sweep {shlex.quote(str(directory))}` lists them"
