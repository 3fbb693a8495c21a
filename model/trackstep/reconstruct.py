"""A program reconstructed from a recorded history, with references where ARNs, IDs and names stood.

Does backwards what a session does forwards, so that what was recorded can be run again under other names. What
nothing refers to stays as it was: isolation.py says whether that may be sent. Knows nothing of what is right.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from trackstep.errors import HistoryError
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.program import KINDS, SETTLE, TOKENS, WALK, Command
from trackstep.value import CHANGED, EDGES, LENGTHS, NAMED, NAMES, NOBODY, name_of, nobody

Recorded = tuple[Operation, Outcome]
_TRACKER = re.compile(r"(arn:[\w-]+:personalize:[\w-]+:\d*):event-tracker/([0-9a-f]{8})")
_SETTLED = ("ACTIVE", "CREATE FAILED")
_MADE = {"CreateDatasetGroup": "datasetGroupArn", "CreateEventTracker": "eventTrackerArn"}
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}")
LONGEST_SLOT = 40
"""Letters that a slot may have: its name, after a prefix, is to be no longer than a name may be."""
_AGAIN = ("throttled", "lost")


class Told(NamedTuple):
    """A command beside the steps that it stood for; there is at least one."""

    command: Command
    steps: tuple[Recorded, ...]


def from_history(steps: Iterable[Recorded], prefix: str, regions: Sequence[str] = ()) -> list[Command]:
    """The program that a session must have performed, names beginning with ``prefix``, to record these steps."""
    return [told.command for told in tell(steps, prefix, regions)]


def tell(steps: Iterable[Recorded], prefix: str, regions: Sequence[str] = ()) -> list[Told]:
    """Each command of the program, with its steps: what was sent again, the pages of a walk, the looks of a wait.

    ``regions`` are the first and the second; without them the first is the one that comes first. Raises
    HistoryError where there are more than two.
    """
    recorded = list(steps)
    teller = _Teller(prefix, list(regions) or list(dict.fromkeys(operation.region for operation, _ in recorded)))
    formed = [teller.slot(asked) for asked, _ in recorded]
    others = [asked for (asked, _), slot in zip(recorded, formed, strict=True) if not slot]
    teller.slots = Slots(others, filter(None, formed))
    teller.groups = {str(asked.params.get("name")) for asked, _ in recorded if asked.name == "CreateDatasetGroup"}
    told, start = [], 0
    while start < len(recorded):
        command, end = teller.next(recorded, start)
        told.append(Told(command, tuple(recorded[start:end])))
        start = end
    return told


class Slots:
    """Slots for what was created under names of other forms than a session's, so that each gets a new name.

    Names that are not allowed stay, since what matters about them is how they are wrong. So do those of event trackers
    beside a session's own names (``taken``: the slots that are in use): there ``9-lives`` was chosen for what it is.
    """

    def __init__(self, creates: Iterable[Operation], taken: Iterable[str] = ()) -> None:
        self.groups: dict[str, str] = {}
        self._others: dict[tuple[str, ...], str] = {}
        own = {slot.lower() for slot in taken}
        self._taken = {NOBODY, *LENGTHS, *NAMES, *EDGES, *NAMED, *own}
        named = [asked for asked in creates if asked.body is None and _NAME.fullmatch(_named(asked)[1])]
        for asked in named:
            name = _named(asked)[1]
            if asked.name == "CreateDatasetGroup" and name not in self.groups:
                self.groups[name] = self._new(name)
        for asked in named:
            keeps = asked.name == "CreateDatasetGroup" or (asked.name == "CreateEventTracker" and own)
            if not keeps and _key(asked) not in self._others:
                self._others[_key(asked)] = self._new(_named(asked)[1])

    def _new(self, name: str) -> str:
        """A slot like the name, as far as that is short, free and keeps what is special about it."""
        failing = "-create-failed" if name.endswith("-create-failed") else ""
        slot = name[:1].upper() + name[1:]
        number = 1
        while slot.lower() in self._taken or len(slot) > LONGEST_SLOT:
            slot, number = f"R{number}{failing}", number + 1
        self._taken.add(slot.lower())
        return slot

    def named(self, asked: Operation) -> dict[str, str]:
        """The parameter of a Create that gets another name, as a reference."""
        member, name = _named(asked)
        slot = self.groups.get(name) if asked.name == "CreateDatasetGroup" else self._others.get(_key(asked))
        return {member: f"${slot}"} if slot and asked.body is None else {}


def _named(asked: Operation) -> tuple[str, str]:
    """The member of a Create that names what it makes, and the name; empty where there is none."""
    member = "jobName" if asked.name.endswith("Job") else "name"
    name = asked.params.get(member)
    return member, name if isinstance(name, str) and asked.name.startswith("Create") else ""


def _key(asked: Operation) -> tuple[str, ...]:
    return asked.name, str(asked.params.get("datasetGroupArn", "")), _named(asked)[1]


def law(group: str) -> str:
    """The ARN of the tracker of a group, by the group's (spec/event-tracker.md, ET-ID-6)."""
    end = hashlib.md5(group.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()[:8]
    return f"{group.partition(':dataset-group/')[0]}:event-tracker/{end}"


class _Teller:
    """Where a reconstruction stands: what the names and ARNs met so far are called."""

    def __init__(self, prefix: str, regions: list[str]) -> None:
        if len(regions) > 2:
            raise HistoryError(f"a program knows two regions, and here are {', '.join(map(repr, regions))}")
        self.prefix, self.regions = prefix, regions
        self.groups: set[str] = set()
        self.slots = Slots(())
        self._references: dict[tuple[str, str], str] = {}
        self._ids: dict[tuple[str, str], list[str]] = {}
        self._moving: set[tuple[str, str]] = set()

    def next(self, steps: list[Recorded], start: int) -> tuple[Command, int]:
        """The command that begins at this step, and where the one after it begins."""
        operation = steps[start][0]
        second = operation.region != self.regions[0]
        if operation.name == SETTLE:
            return self._settle(operation, str(operation.params.get("arn")), second), start + 1
        for look in (self._wait, self._walk):
            found = look(steps, start, second)
            if found is not None:
                return found
        end = _sent_again(steps, start)
        params = self._refer(operation.params, operation.region) | self.slots.named(operation)
        body = None if operation.body is None else operation.body.decode("utf-8", "surrogateescape")
        command = Command(operation.name, params, second, body)
        self._learn(command, *steps[end - 1])
        return command, end

    # -- several steps, one command ------------------------------------------------------------

    def _settle(self, operation: Operation, arn: str, second: bool) -> Command:
        """A wait; a look, where nothing refers to what is waited for."""
        reference = str(self._reference(arn, operation.region))
        if reference.endswith((".arn", ".tracker", ".dataset")) and reference.startswith("$"):
            return Command(SETTLE, {"of": reference}, second)
        if operation.name == "DescribeDataset":
            return Command(operation.name, {"datasetArn": reference}, second)
        if ":event-tracker/" in arn:
            return Command("DescribeEventTracker", {"eventTrackerArn": reference}, second)
        return Command("DescribeDatasetGroup", {"datasetGroupArn": reference}, second)

    def _wait(self, steps: list[Recorded], start: int, second: bool) -> tuple[Command, int] | None:
        """Looks at what is being made or deleted, up to the one that shows it settled, or to the end of patience."""
        operation = steps[start][0]
        arn = next(iter(operation.params.values()), None)
        key = (operation.region, str(arn))
        if not operation.name.startswith("Describe") or operation.body is not None or key not in self._moving:
            return None
        command = self._settle(operation, str(arn), second)
        if command.name != SETTLE:
            return None
        for end in range(start, len(steps)):
            asked, came = steps[end]
            if (asked.name, asked.region, asked.params.get("arn")) == (SETTLE, operation.region, arn):
                return command, end + 1
            if asked != operation:
                return None
            if came.code == "ResourceNotFoundException" or _status(came) in _SETTLED:
                self._moving.discard(key)
                return command, end + 1
        return None

    def _walk(self, steps: list[Recorded], start: int, second: bool) -> tuple[Command, int] | None:
        """The pages of a List, each asked for with the token of the page before."""
        operation, end = steps[start][0], _sent_again(steps, start)
        params = operation.params
        if not operation.name.startswith("List") or operation.body is not None or "nextToken" in params:
            return None
        pages = 1
        while end < len(steps) and steps[end][0] == _onward(operation, steps[end - 1][1]):
            end, pages = _sent_again(steps, end), pages + 1
        for _, came in steps[start:end]:
            self._seen(operation.region, came.result or {})
        if pages == 1:
            return None
        referred = self._refer(params, operation.region)
        return Command(WALK, {"operation": operation.name, **referred}, second), end

    # -- references ----------------------------------------------------------------------------

    def _refer(self, value: Any, region: str) -> Any:
        """Put references in place of names, ARNs, IDs and named values."""
        if isinstance(value, (str, list)) and len(value):
            named = next((f"${name}" for name, known in NAMED.items() if known == value), None)
            if named is not None:
                return named
        if isinstance(value, str):
            return self._reference(value, region)
        if isinstance(value, Mapping):
            return {key: self._refer(inner, region) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._refer(inner, region) for inner in value]
        return value

    def _reference(self, text: str, region: str) -> str:
        found = self._references.get((region, text))
        if found is not None:
            return found
        elsewhere = next((other for other in self.regions if other != region), "")
        found = self._references.get((elsewhere, text))
        if found is not None:
            return f"$2.{found[1:]}"
        for (where, known), reference in self._references.items() if len(text) > 16 else ():
            change = next((name for name, make in CHANGED.items() if make(known) == text), "")
            if change and where in (region, elsewhere):
                return f"{reference if where == region else f'$2.{reference[1:]}'}|{change}"
        slot = self._slot(text)
        if slot:
            return f"${slot}"
        tracker = self._tracker(text, region, elsewhere)
        if tracker:
            return tracker
        derived = re.fullmatch(r"arn:[\w-]+:personalize:([\w-]+):\d*:(dataset-group|event-tracker)/(.+)", text)
        if derived is not None:
            slot = self._slot(derived[3], group=True) if derived[2] == "dataset-group" else ""
            nobodys = derived[2] == "event-tracker" and derived[3] == nobody(self.prefix)[0]
            if (slot or nobodys) and len(self.regions) == 1 and derived[1] != region:
                self.regions.append(derived[1])  # a region that was named and never asked
                elsewhere = derived[1]
            other = "2." if derived[1] == elsewhere else ""
            if (slot or nobodys) and (derived[1] == region or other):
                return f"${other}{NOBODY}.tracker" if nobodys else f"${other}{slot}.arn"
        return f"${NOBODY}.id" if text == nobody(self.prefix)[1] else text

    def _tracker(self, arn: str, region: str, elsewhere: str) -> str:
        """The tracker of a group of ours whose own Create was not answered: its ARN follows from the group's."""
        found = _TRACKER.fullmatch(arn)
        if found is None:
            return ""
        for name in self.groups:
            group = f"{found[1]}:dataset-group/{name}"
            if law(group) == arn and (slot := self._slot(name, group=True)):
                other = "2." if elsewhere and f":{elsewhere}:" in arn and elsewhere != region else ""
                return f"${other}{slot}.tracker"
        return ""

    def slot(self, operation: Operation) -> str:
        """The slot that the name of a Create belongs to by its form; empty where it has none."""
        name = operation.params.get("name")
        return self._slot(name) if isinstance(name, str) else ""

    def _slot(self, name: str, group: bool = False) -> str:
        """The slot whose name this is: of groups with a capital; empty where it is none of ours."""
        if name in self.slots.groups:
            return self.slots.groups[name]
        for slot in (*LENGTHS, *NAMES, *EDGES):
            if name == name_of(slot, self.prefix):
                return slot
        slot = name.removeprefix(f"{self.prefix}-")
        if not self.prefix or slot == name or not re.fullmatch(r"[A-Za-z0-9_-]+", slot):
            return ""
        if slot != slot.lower() or slot[0] == "_":
            return f"_{slot}"  # as it is written
        capital = name in self.groups or (group and slot != NOBODY) or slot in NAMED
        return slot.capitalize() if capital else slot

    # -- what was learnt -----------------------------------------------------------------------

    def _learn(self, command: Command, operation: Operation, came: Outcome) -> None:
        """Bind what a Create returned, as a session does; remember what is moving."""
        arns = [value for value in operation.params.values() if isinstance(value, str)]
        if came.code == "ResourceNotFoundException":
            self._moving -= {(operation.region, arn) for arn in arns}
        if came.kind != "success":
            return
        result, region, name = came.result or {}, operation.region, operation.name
        made = result.get(_MADE.get(name, ""))
        if name in TOKENS and isinstance(result.get("nextToken"), str):
            self._references[region, result["nextToken"]] = f"${TOKENS[name]}"
        if name in ("DeleteDatasetGroup", "DeleteEventTracker", "DeleteDataset"):
            self._moving |= {(region, arn) for arn in arns}
        elif name == "CreateDataset":
            self._moving.add((region, str(result.get("datasetArn"))))
        elif isinstance(made, str):
            self._moving.add((region, made))
        owner = command.params.get("name" if name == "CreateDatasetGroup" else "datasetGroupArn")
        if name.startswith("Create") and name not in _MADE:
            self._made(command, region, result)
        if name not in _MADE or not isinstance(owner, str) or not owner.startswith("$"):
            return
        slot = owner[1:].removeprefix("2.").partition(".")[0]
        if isinstance(made, str):
            self._references[region, made] = f"${slot}.{'arn' if name == 'CreateDatasetGroup' else 'tracker'}"
        if name == "CreateEventTracker" and isinstance(result.get("trackingId"), str):
            self._identify(region, slot, result["trackingId"])

    def _made(self, command: Command, region: str, result: Mapping[str, Any]) -> None:
        """Bind what a Create of another kind returned."""
        slot = str(command.params.get("name", command.params.get("jobName", "")))
        for member, arn in result.items() if slot.startswith("$") else ():
            if isinstance(arn, str) and member.removesuffix("Arn") in KINDS:
                self._references[region, arn] = f"{slot}.{member.removesuffix('Arn')}"

    def _identify(self, region: str, slot: str, tracking_id: str) -> None:
        ids = self._ids.setdefault((region, slot), [])
        if len(ids) > 1:
            self._references.pop((region, ids[-2]), None)
        if ids:
            self._references[region, ids[0]] = f"${slot}.first"
            self._references[region, ids[-1]] = f"${slot}.old"
        ids.append(tracking_id)
        self._references[region, tracking_id] = f"${slot}.id"

    def _seen(self, region: str, result: Mapping[str, Any]) -> None:
        """A List that shows a status as settled ends a wait as well as a Describe does."""
        for items in result.values():
            for item in items if isinstance(items, list) else ():
                if isinstance(item, dict) and item.get("status") in _SETTLED:
                    self._moving -= {
                        (region, arn) for key, arn in item.items() if key.endswith("Arn") and isinstance(arn, str)
                    }


def _sent_again(steps: list[Recorded], start: int) -> int:
    """Where the steps end that sent the same again because no answer came, or one that said: later."""
    end = start + 1
    while end < len(steps) and steps[end - 1][1].kind in _AGAIN and steps[end][0] == steps[start][0]:
        end += 1
    return end


def _onward(operation: Operation, came: Outcome) -> Operation | None:
    token = (came.result or {}).get("nextToken")
    if came.kind != "success" or not isinstance(token, str):
        return None
    return Operation(operation.name, {**operation.params, "nextToken": token}, operation.region)


def _status(came: Outcome) -> Any:
    body = next(iter((came.result or {}).values()), None) if came.kind == "success" else None
    return body.get("status") if isinstance(body, dict) else None
