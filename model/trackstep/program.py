"""Programs: operations with references in place of ARNs, so they can be run again under other names.

Owns the text form (one command a line, JSON parameters) and the boto3 form; retelling.py makes a program of
a history. A string that starts with ``$`` refers to a slot: ``$A.name``, ``$A.arn`` (dataset group), ``$A.tracker``
(its ARN), ``$A.id``, ``$A.old`` and ``$A.first`` (the tracking ID, the one before it, the first of all); ``$t1`` is a
tracker name; ``$2.A.arn`` is that of the other region; value.py has names for long values, and for what may be done
to a reference. Knows nothing of targets or of what is allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from trackstep.errors import HistoryError
from trackstep.operation import Operation
from trackstep.value import CHANGED, NAMED, name_of

WALK = "Walk"
SETTLE = "Settle"
_HEAD = re.compile(r"(\w+)(@2)?\s*")
_TAIL = re.compile(r"\s*(?:!(.*))?")
_VARIABLE = {
    "arn": "group_arn",
    "tracker": "tracker_arn",
    "id": "tracking_id",
    "old": "old_tracking_id",
    "first": "first_tracking_id",
}
_REFERENCE = re.compile(rf"\$(2\.)?[\w-]+(\.(name|{'|'.join(_VARIABLE)}))?(\|({'|'.join(CHANGED)}))?")
_CHANGED = {"upper": ".upper()", "cut": "[:-1]", "longer": " + 'x'"}


class Command(NamedTuple):
    """One line of a program. ``second`` sends it to the second region; ``body`` replaces the request's."""

    name: str
    params: Mapping[str, Any] = {}
    second: bool = False
    body: str | None = None

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        text = f"{self.name}{'@2' if self.second else ''} {_json(dict(self.params))}"
        if self.body is None:
            return text
        plain = self.body.isprintable() and self.body == self.body.strip() and self.body[:1] != "!"
        return f"{text} !{self.body}" if plain else f"{text} !!{json.dumps(self.body)}"


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def parse(text: str) -> list[Command]:
    """Read a program; blank lines and lines that begin with # are passed over. Raises HistoryError."""
    commands = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            commands.append(_read(line))
        except HistoryError as wrong:
            raise HistoryError(f"line {number}: {wrong}") from None
        except (ValueError, RecursionError) as wrong:
            raise HistoryError(f"line {number}: the parameters are not JSON ({wrong})") from None
    return commands


def _read(line: str) -> Command:
    head, params, end = _HEAD.match(line), {}, 0
    if head is not None:
        params, end = (
            json.JSONDecoder().raw_decode(line, head.end()) if line[head.end() :][:1] == "{" else ({}, head.end())
        )
    tail = _TAIL.fullmatch(line, end)
    if head is None or tail is None:
        raise HistoryError(f'expected "Operation {{parameters}}", found {line[:60]!r}')
    name, second, body = head[1], head[2], tail[1]
    if body is not None and body.startswith("!"):
        body = json.loads(body[1:])
        if not isinstance(body, str):
            raise HistoryError(f"after !! stands the body as a JSON string, not {tail[1][1:60]!r}")
    for text in _references(params):
        if text[1:] not in NAMED and not _REFERENCE.fullmatch(text):
            raise HistoryError(f"{text[:60]!r} refers to nothing; $A.arn, $A.tracker, $A.id, $A.old, $A.first or $A do")
    of, walked = params.get("of"), params.get("operation")
    if name == SETTLE and not (isinstance(of, str) and of[:1] == "$" and of.endswith((".arn", ".tracker"))):
        raise HistoryError('Settle wants {"of": "$A.arn"} or {"of": "$A.tracker"}')
    if name == WALK and not (isinstance(walked, str) and re.fullmatch(r"\w+", walked)):
        raise HistoryError('Walk wants {"operation": "ListEventTrackers"}, or another List')
    return Command(name, params, bool(second), body)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("$"):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _references(inner)


def _word(slot: str) -> str:
    """A slot as the beginning of a variable's name."""
    word = re.sub(r"\W", "_", slot.lower(), flags=re.ASCII)
    return word if word[:1].isalpha() else f"s{word}"


def _literal(value: Any) -> str:
    if isinstance(value, str) and value.startswith("$"):
        if value[1:] in NAMED:
            return _literal(NAMED[value[1:]])
        plain, _, changed = value[1:].removeprefix("2.").partition("|")
        slot, _, part = plain.partition(".")
        shown = f"{_word(slot)}_{_VARIABLE[part]}" if part in _VARIABLE else repr(name_of(slot, "my"))
        return shown + _CHANGED.get(changed, "")
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
            lines.append(f"# {name} with the body {str(command).partition(' !')[2][:60]}")
            continue
        call = f"{client}.{operation.method}({', '.join(f'{k}={_literal(v)}' for k, v in params.items())})"
        made = str(params.get("datasetGroupArn" if name == "CreateEventTracker" else "name", ""))
        slot = _word(made[1:].removeprefix("2.").partition(".")[0]) if made.startswith("$") else ""
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
