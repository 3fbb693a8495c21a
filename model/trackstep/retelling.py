"""Retelling: a recorded history turned back into a program, with references where ARNs, IDs and names stood.

Does backwards what a session does forwards, so that what was recorded can be run again under other names. What
nothing refers to stays as it was. Knows nothing of what is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from trackstep.errors import HistoryError
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.program import SETTLE, WALK, Command
from trackstep.value import CHANGED, LENGTHS, NAMED, NAMES, name_of

Recorded = tuple[Operation, Outcome]
NOBODY = "nobody"
"""The slot that nothing was ever made under."""
_SETTLED = ("ACTIVE", "CREATE FAILED")
_MADE = {"CreateDatasetGroup": "datasetGroupArn", "CreateEventTracker": "eventTrackerArn"}
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
    teller.groups = {str(asked.params.get("name")) for asked, _ in recorded if asked.name == "CreateDatasetGroup"}
    told, start = [], 0
    while start < len(recorded):
        command, end = teller.next(recorded, start)
        told.append(Told(command, tuple(recorded[start:end])))
        start = end
    return told


class _Teller:
    """Where a retelling stands: what the names and ARNs met so far are called."""

    def __init__(self, prefix: str, regions: list[str]) -> None:
        if len(regions) > 2:
            raise HistoryError(f"a program knows two regions, and here are {', '.join(map(repr, regions))}")
        self.prefix, self.regions = prefix, regions
        self.groups: set[str] = set()
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
        params = self._refer(operation.params, operation.region)
        body = None if operation.body is None else operation.body.decode("utf-8", "surrogateescape")
        command = Command(operation.name, params, second, body)
        self._learn(command, *steps[end - 1])
        return command, end

    # -- several steps, one command ------------------------------------------------------------

    def _settle(self, operation: Operation, arn: str, second: bool) -> Command:
        """A wait; a look, where nothing refers to what is waited for."""
        reference = str(self._reference(arn, operation.region))
        if reference.endswith((".arn", ".tracker")) and reference.startswith("$"):
            return Command(SETTLE, {"of": reference}, second)
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
        derived = re.fullmatch(r"arn:[\w-]+:personalize:([\w-]+):\d*:(dataset-group|event-tracker)/(.+)", text)
        other = "2." if derived and derived[1] == elsewhere else ""
        if derived and (derived[1] == region or other):
            if derived[2] == "event-tracker" and derived[3] == "00000000":
                return f"${other}{NOBODY}.tracker"
            slot = self._slot(derived[3], group=True) if derived[2] == "dataset-group" else ""
            return f"${other}{slot}.arn" if slot else text
        return f"${NOBODY}.id" if text == "00000000-0000-4000-8000-000000000000" else text

    def _slot(self, name: str, group: bool = False) -> str:
        """The slot whose name this is: of groups with a capital; empty where it is none of ours."""
        for slot in (*LENGTHS, *NAMES, "digit"):
            if name == name_of(slot, self.prefix):
                return slot
        slot = name.removeprefix(f"{self.prefix}-")
        if not self.prefix or slot == name or not re.fullmatch(r"[a-z0-9_-]+", slot):
            return ""
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
        if name in ("DeleteDatasetGroup", "DeleteEventTracker"):
            self._moving |= {(region, arn) for arn in arns}
        elif isinstance(made, str):
            self._moving.add((region, made))
        owner = command.params.get("name" if name == "CreateDatasetGroup" else "datasetGroupArn")
        if name not in _MADE or not isinstance(owner, str) or not owner.startswith("$"):
            return
        slot = owner[1:].removeprefix("2.").partition(".")[0]
        if isinstance(made, str):
            self._references[region, made] = f"${slot}.{'arn' if name == 'CreateDatasetGroup' else 'tracker'}"
        if name == "CreateEventTracker" and isinstance(result.get("trackingId"), str):
            self._identify(region, slot, result["trackingId"])

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
