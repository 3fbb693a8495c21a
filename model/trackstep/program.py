"""Programs: operations with references in place of ARNs, so they can be run again under other names.

Owns the text form (one command a line, JSON parameters) and the boto3 form. A string that starts
with ``$`` refers to a slot: ``$A.name``, ``$A.arn`` (dataset group), ``$A.tracker`` (its ARN),
``$A.id`` and ``$A.old`` (the tracking ID, and the one before it); ``$t1`` is a tracker name.
Knows nothing of targets or of what is allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from trackstep.errors import HistoryError
from trackstep.operation import Operation

WALK = "Walk"
SETTLE = "Settle"
_LINE = re.compile(r"^(\w+)(@2)?\s*(\{.*\})?(?:\s*!(.*))?$")
_VARIABLE = {"arn": "group_arn", "tracker": "tracker_arn", "id": "tracking_id", "old": "old_tracking_id"}

_NAMES = {"fail": "my-create-failed", "long": "my-".ljust(63, "x")}


class Command(NamedTuple):
    """One line of a program. ``second`` sends it to the second region; ``body`` replaces the request's."""

    name: str
    params: Mapping[str, Any] = {}
    second: bool = False
    body: str | None = None

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        text = f"{self.name}{'@2' if self.second else ''} {json.dumps(dict(self.params), ensure_ascii=False)}"
        return text if self.body is None else f"{text} !{self.body}"


def parse(text: str) -> list[Command]:
    """Read a program; blank lines and lines that begin with # are passed over. Raises HistoryError."""
    commands = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.match(line)
        try:
            params = json.loads(match[3] or "{}") if match else None
        except ValueError as wrong:
            raise HistoryError(f"line {number}: the parameters are not JSON ({wrong})") from None
        if match is None or params is None:
            raise HistoryError(f'line {number}: expected "Operation {{parameters}}", found {line[:60]!r}')
        commands.append(Command(match[1], params, bool(match[2]), match[4]))
    return commands


def _literal(value: Any) -> str:
    if isinstance(value, str) and value.startswith("$"):
        slot, _, part = value[1:].partition(".")
        if part in _VARIABLE:
            return f"{slot.lower()}_{_VARIABLE[part]}"
        return repr(_NAMES.get(slot, f"my-{slot.lower()}"))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k!r}: {_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        if len(value) > 3 and len({type(v) for v in value}) == 1:
            return f"[{_literal(value[0])}, …{len(value)} in all]"
        return "[" + ", ".join(_literal(v) for v in value) + "]"
    text = repr(value)
    return text if len(text) < 80 else f"{text[:60]}…{text[0]}  # {len(value)} long"


def as_boto3(program: Iterable[Command]) -> list[str]:
    """The program as boto3 calls, one a line; waiting is written as a comment."""
    lines = []
    for command in program:
        client = "west" if command.second else "personalize"
        if command.name == SETTLE:
            lines.append(f"# wait until {_literal(command.params['of'])} has settled (describe_…)")
            continue
        name, params = command.name, dict(command.params)
        if name == WALK:
            name = params.pop("operation")
        operation = Operation(name)
        if operation.service == "personalize-events":
            client = f"{client}_events" if command.second else "personalize_events"
        if command.body is not None:
            lines.append(f"# {name} with the body {command.body[:60]}")
            continue
        call = f"{client}.{operation.method}({', '.join(f'{k}={_literal(v)}' for k, v in params.items())})"
        made = str(params.get("datasetGroupArn" if name == "CreateEventTracker" else "name", ""))
        slot = made[1:].partition(".")[0].lower() if made.startswith("$") else ""
        if not slot:
            pass  # a name or an ARN of nobody: there is nothing to keep
        elif name == "CreateDatasetGroup":
            call = f'{slot}_group_arn = {call}["datasetGroupArn"]'
        elif name == "CreateEventTracker":
            call = f"{slot}_tracker_arn, {slot}_tracking_id = {call}.values()"
        elif command.name == WALK:
            call += "  # and on, following nextToken to the last page"
        lines.append(call)
    return lines
