"""What a program may be sent as: nothing in it may name what was there before.

Owns the line between what a program creates itself, what it only uses (a schema, a role), what can name nothing, and
what somebody else may have: ARNs and IDs of the last kind are refused before the first call, or replaced by ones that
nothing has where the history shows that they named nothing. Knows nothing of targets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from trackstep.errors import HistoryError
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.program import SETTLE, WALK, Command
from trackstep.reconstruct import Slots, Told, law
from trackstep.value import NOBODY

USED = {"schemaArn": "Schema", "roleArn": "", "kmsKeyArn": "", "recipeArn": "Recipe", "filterArn": "Filter"}
"""Members that name what a request only uses, and the kind of resource whose own operations are about it."""
TOLD = ("tags", "tagKeys", "eventList", "sessionId", "userId", "schema", "filterExpression", "failureReason")
"""Members whose texts name nothing, whatever they look like."""
PRESENT = ("", "ResourceInUseException", "ResourceAlreadyExistsException")
"""Answers (codes; empty for success) that show that what was named is there."""
_PERSONALIZE = re.compile(r"\s*arn:[^:]*:personalize:([^:]*):([^:]*):([a-z-]+)/", re.IGNORECASE)
_ARN = re.compile(r"arn:[^:]*:personalize:", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")
LONGEST = 256
"""Characters that an ARN or an ID may have."""


def isolated(told: Sequence[Told]) -> list[Command]:
    """The program of a history, with nothing in it that others may have. Raises HistoryError, which names the step."""
    seen = _Seen(told)
    commands, step = [], 1
    for command, steps in told:
        commands.append(_Isolating(f"step {step}, {command.name}", seen).command(command))
        step += len(steps)
    return commands


def of_text(commands: Sequence[Command]) -> list[Command]:
    """The same for a program that somebody wrote. Raises HistoryError, which names the line that is no comment."""
    used = (text for command in commands for _, text in _texts(command.params) if text.startswith("$"))
    taken = {text[1:].removeprefix("2.").partition(".")[0] for text in used}
    slots = Slots((Operation(c.name, c.params) for c in commands if not _is_referred(c)), taken)
    renamed = [_renamed(command, slots, commands) for command in commands]
    return [
        _Isolating(f"command {number}, {command.name}", None).command(command)
        for number, command in enumerate(renamed, 1)
    ]


def _is_referred(command: Command) -> bool:
    return str(command.params.get("name", command.params.get("jobName", ""))).startswith("$")


def _renamed(command: Command, slots: Slots, commands: Sequence[Command]) -> Command:
    """A command with references in place of the names it gives, and of the ARNs that follow from them."""
    operation = Operation(command.name, command.params)
    homes = dict(_groups(commands))
    arns = {name: f"${slot}" for name, slot in slots.groups.items()}

    def refer(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: inner if key in TOLD else refer(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [refer(inner) for inner in value]
        found = _PERSONALIZE.match(value) if isinstance(value, str) else None
        for name, slot in arns.items() if found else ():
            other = "" if homes[name] == command.second else "2."
            head = str(value)[: found.start(3)] if found else ""
            if value == f"{head}dataset-group/{name}":
                return f"${other}{slot[1:]}.arn"
            if value == law(f"{head}dataset-group/{name}"):
                return f"${other}{slot[1:]}.tracker"
        return value

    return command._replace(params={**refer(command.params), **slots.named(operation)})


def _groups(commands: Sequence[Command]) -> Iterator[tuple[str, bool]]:
    for command in commands:
        if command.name == "CreateDatasetGroup":
            yield str(command.params.get("name")), command.second


class _Seen:
    """What a history shows of the texts in it: what was answered, and about what."""

    def __init__(self, told: Iterable[Told]) -> None:
        self.shown: set[tuple[str, str]] = set()
        self.answers: dict[tuple[str, str], set[str]] = {}
        self.accounts: set[str] = set()
        self.regions: list[str] = []
        for _, steps in told:
            for asked, came in steps:
                self._take(asked, came)

    def _take(self, asked: Operation, came: Outcome) -> None:
        if asked.region not in self.regions:
            self.regions.append(asked.region)
        # A List that is answered shows nothing but its token to be there: it may be empty.
        lists = asked.name.startswith("List") and came.kind == "success"
        for member, text in _texts(asked.params) if came.kind in ("success", "refusal") else ():
            if not lists or member == "nextToken":
                self.answers.setdefault((_sort(member), text), set()).add(came.code)
        for member, text in _texts(came.result or {}):
            self.shown.add((_sort(member), text))
            if found := _PERSONALIZE.match(text):
                self.accounts.add(found[2])

    def exists(self, member: str, text: str) -> bool:
        """Whether an answer shows that there was something of this name."""
        place = (_sort(member), text)
        return place in self.shown or not self.answers.get(place, set()).isdisjoint(PRESENT)


def _sort(member: str) -> str:
    """ARNs are one sort of name, whatever the member."""
    return "arn" if member.endswith(("Arn", "Arns")) else member


class _Isolating:
    """One command; ``seen`` is None where nothing was recorded."""

    def __init__(self, where: str, seen: _Seen | None) -> None:
        self.where, self.seen = where, seen

    def command(self, command: Command) -> Command:
        """The command as it may be sent. Raises HistoryError."""
        if command.body is not None:
            self._body(command)
            return command
        if command.name == SETTLE:
            return command
        name = str(command.params.get("operation", "")) if command.name == WALK else command.name
        about = re.sub(r"^[A-Z][a-z]+", "", name)
        return command._replace(
            params=self._value(command.params, "", name.startswith("Create"), about, command.second)
        )

    def _value(self, value: Any, member: str, creates: bool, about: str, second: bool) -> Any:
        if isinstance(value, Mapping):
            return {
                key: inner if key in TOLD else self._value(inner, str(key), creates, about, second)
                for key, inner in value.items()
            }
        if isinstance(value, (list, tuple)):
            return [self._value(inner, member, creates, about, second) for inner in value]
        if not isinstance(value, str) or value.startswith("$"):
            return value
        if member in USED and about != USED[member]:
            return value
        if member == "nextToken":
            return self._token(value)
        if member.endswith(("Arn", "Arns", "trackingId")) or _ARN.search(value):
            return self._identity(value, member, second)
        return value

    def _token(self, token: str) -> str:
        """A token of nobody is sent as it is; one that an answer gave belongs to that answer."""
        if self.seen is not None and self.seen.exists("nextToken", token):
            self._refuse(
                token, "the token of a page that is asked for anew each time; keep the pages of a walk together"
            )
        return token

    def _identity(self, text: str, member: str, second: bool) -> str:
        plain = text.strip()
        if not _WORD.search(plain) or len(text) > LONGEST:
            return text
        if member == "trackingId":
            if self.seen is None or self.seen.exists(member, text):
                self._refuse(text, "of a tracker that this program does not create; create it, and write $A.id")
            return f"${NOBODY}.id" if _ID.fullmatch(plain) else text
        found = _PERSONALIZE.match(text)
        if found is None:
            if _ARN.search(text):
                self._refuse(text, "of something that this program does not create")
            # What is no ARN names nothing, unless somebody takes a bare name for one: that is made new.
            return f"${plain}" if _WORD.fullmatch(plain) and plain.isascii() and ":" not in text else text
        if self.seen is None or self.seen.exists(member, text):
            self._refuse(
                text, "of something that this program does not create; create it, and write $A.arn or $A.tracker"
            )
        return self._nobody(found, second)

    def _nobody(self, found: re.Match[str], second: bool) -> str:
        """An ARN like this one that nothing has: of the same kind, region and account."""
        region, account, kind = found[1], found[2], found[3]
        regions = self.seen.regions if self.seen else []
        own = region in regions[:2] and (not self.seen or not self.seen.accounts or account in self.seen.accounts)
        part = {"dataset-group": "arn", "event-tracker": "tracker"}.get(kind)
        if own and part:
            other = "" if regions.index(region) == int(second) else "2."
            return f"${other}{NOBODY}.{part}"
        return f"{found[0].strip()}${NOBODY}"

    def _body(self, command: Command) -> None:
        """A body is sent byte by byte: nothing in it can be renamed."""
        raw = str(command.body)
        try:
            said = json.loads(raw)
        except (ValueError, RecursionError):
            said = None
        texts = [raw.replace("\0", ""), *(text for _, text in _texts(said))]
        for text in texts:
            if _ARN.search(text) or _ID.search(text):
                self._refuse(text[:200], "in a body, where nothing can be renamed; write it as parameters")

    def _refuse(self, text: str, why: str) -> None:
        raise HistoryError(f"{self.where}: {text!a} is {why}, or take it out")


def _texts(value: Any, member: str = "") -> Iterator[tuple[str, str]]:
    """Every string in a value, with the member that it stands in."""
    if isinstance(value, str):
        yield member, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, str(key))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner, member)
