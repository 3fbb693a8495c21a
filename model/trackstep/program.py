"""Programs: operations with references in place of ARNs, so they can be run again under other names.

Owns the text form (one command a line, JSON parameters) and the boto3 form; reconstruct.py makes a program of
a history. A string that starts with ``$`` refers to a slot: ``$A.name``, ``$A.arn`` (dataset group), ``$A.tracker``
(its ARN), ``$A.id``, ``$A.old`` and ``$A.first`` (the tracking ID, the one before it, the first of all); ``$t1`` is a
tracker name; ``$2.A.arn`` is that of the other region; value.py has names for long values, and for what may be done
to a reference. Knows nothing of targets or of what is allowed.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from trackstep.errors import HistoryError
from trackstep.operation import Operation
from trackstep.value import CHANGED, NAMED, name_of

WALK = "Walk"
SETTLE = "Settle"
_HEAD = re.compile(r"(\w[\w.]*)(@2)?\s*")
_TAIL = re.compile(r"\s*(?:!(.*))?")
KINDS = (
    "dataset", "schema", "solution", "solutionVersion", "campaign", "filter", "recommender", "metricAttribution",
    "batchInferenceJob", "batchSegmentJob", "dataDeletionJob", "datasetExportJob", "datasetImportJob",
)  # fmt: skip
"""What else Amazon Personalize creates: ``$d.dataset`` is the ARN that ``CreateDataset {"name": "$d", …}`` answered."""
_VARIABLE = {
    "arn": "group_arn",
    "tracker": "tracker_arn",
    "id": "tracking_id",
    "old": "old_tracking_id",
    "first": "first_tracking_id",
    "groups": "groups_token",
    "trackers": "trackers_token",
} | {kind: f"{kind}_arn" for kind in KINDS}
TOKENS = {"ListDatasetGroups": "all.groups", "ListEventTrackers": "all.trackers"}
"""List -> how a program refers to the nextToken that it handed out last."""
_REFERENCE = re.compile(rf"\$(2\.)?[\w-]+(\.(name|{'|'.join(_VARIABLE)}))?(\|({'|'.join(CHANGED)}))?")
AS_PYTHON = {
    "upper": "{}.upper()", "cut": "{}[:-1]", "longer": '{} + "x"', "blank": '{} + " "', "before": '" " + {}',
    "beyond": '{} + "日"', "account": '{0}.replace({0}.split(":")[4], "999999999999")',
    "partition": '{}.replace("arn:aws:", "arn:aws-cn:", 1)',
    "kind": '{}.replace(":dataset-group/", ":solution/").replace(":event-tracker/", ":solution/")',
    "slash": '{} + "/"', "template": '{} + "{{id}}%s"',
    "stem": '{}.rpartition("/")[0]', "open": '{}.rpartition("/")[0] + "/"',
}  # fmt: skip
"""What may be done to a reference, as Python does it."""


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
    if name == SETTLE and not (isinstance(of, str) and of[:1] == "$" and of.endswith((".arn", ".tracker", ".dataset"))):
        raise HistoryError('Settle wants {"of": "$A.arn"}, {"of": "$A.tracker"} or {"of": "$A.dataset"}')
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
    if slot.startswith("_"):  # names that differ in case or in a sign only
        word += f"_{zlib.crc32(slot.encode()) % 4096:x}"
    return word if word[:1].isalpha() else f"s{word}"


NO_TOKEN = "bm8gdG9rZW4="
"""What stands for a token where none was handed out yet."""
_OF = ("event tracker", "dataset group")
_NOBODY = {
    "arn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/{}",
    "tracker": "arn:aws:personalize:us-east-1:123456789012:event-tracker/00000000",
    "groups": NO_TOKEN,
    "trackers": NO_TOKEN,
} | {kind: f"arn:aws:personalize:us-east-1:123456789012:{kind.lower()}/{{}}" for kind in KINDS}
"""What a reference stands for as long as nothing was made under it: an ARN of nobody; else an ID of nobody."""


def as_boto3(program: Iterable[Command]) -> list[str]:
    """The program as boto3 calls, one a line; waiting is written as a comment.

    What was not made has no variable: an ARN or ID of nobody stands there, and it is said in words.
    """
    commands = list(program)
    told = _AsBoto3({text for command in commands for text in _references(list(command.params.values()))})
    return [told.line(command) for command in commands]


class _AsBoto3:
    """Lines of boto3, one after the other; knows which variables there are."""

    def __init__(self, mentioned: Collection[str]) -> None:
        self._wanted = {text.partition("|")[0].rpartition(".")[2] for text in mentioned}
        self._bound = set[str]()
        self._missing = set[str]()
        self._second = False

    def line(self, command: Command) -> str:
        """One command."""
        self._second, self._missing = command.second, set()
        line = self._line(command)
        return f"{line}  # {', '.join(sorted(self._missing))}" if self._missing else line

    def _line(self, command: Command) -> str:
        client = "west" if command.second else "personalize"
        if command.name == SETTLE:
            return f"# wait until {self._literal(command.params['of'])} has settled (describe_…)"
        name, params = command.name, dict(command.params)
        if name == WALK:
            name = params.pop("operation")
        operation = Operation(name)
        if operation.service == "personalize-events":
            client = f"{client}_events" if command.second else "personalize_events"
        if command.body is not None:
            return f"# {name} with the body {str(command).partition(' !')[2][:60]}"
        if not operation.is_spelt:
            return f"# POST with X-Amz-Target: AmazonPersonalize.{name}, which no SDK sends, and {_json(params)[:60]}"
        call = f"{client}.{operation.method}({', '.join(f'{k}={self._literal(v)}' for k, v in params.items())})"
        if command.name == WALK:
            return f"{call}  # and on, following nextToken to the last page"
        return self._kept(name, params, call)

    def _kept(self, name: str, params: Mapping[str, Any], call: str) -> str:
        """A call with what is kept of its answer; nothing of what is made under no name of ours."""
        made = str(params.get("datasetGroupArn" if name == "CreateEventTracker" else "name", ""))
        if name in TOKENS and TOKENS[name].rpartition(".")[2] in self._wanted:
            made = self._variable("all", TOKENS[name].rpartition(".")[2], False)
            self._bound.add(made)
            return f'{made} = {call}.get("nextToken")'
        plain, _, changed = made[1:].partition("|")
        kind = f"{name[6:7].lower()}{name[7:]}" if name.startswith("Create") else ""
        if not made.startswith("$") or changed or kind not in ("datasetGroup", "eventTracker", *KINDS):
            return call
        slot, other = plain.removeprefix("2.").partition(".")[0], plain.startswith("2.")
        if kind in KINDS:
            made = self._variable(slot, kind, other)
            self._bound.add(made)
            return f'{made} = {call}["{kind}Arn"]'
        parts = ("arn", "tracker", "id", "old", "first")
        group, tracker, id, old, first = (self._variable(slot, part, other) for part in parts)
        if name == "CreateDatasetGroup":
            self._bound.add(group)
            return f'{group} = {call}["datasetGroupArn"]'
        again = id in self._bound
        before = f"{old} = {id}; " if again and "old" in self._wanted else ""
        after = "" if again or "first" not in self._wanted else f"; {first} = {id}"
        self._bound |= {tracker, id, *([old] if before else []), *([first] if after else [])}
        return f"{before}{tracker}, {id} = {call}.values(){after}"

    def _variable(self, slot: str, part: str, other: bool) -> str:
        return f"{_word(slot)}_{'west_' if self._second != other else ''}{_VARIABLE[part]}"

    def _literal(self, value: Any) -> str:
        if isinstance(value, str) and value.startswith("$"):
            return self._literal(NAMED[value[1:]]) if value[1:] in NAMED else self._reference(value)
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{k!r}: {self._literal(v)}" for k, v in value.items()) + "}"
        if isinstance(value, (list, tuple)):
            if len(value) > 3 and len({type(v) for v in value}) == 1:
                return f"[{self._literal(value[0])}, …{len(value)} in all]"
            return "[" + ", ".join(self._literal(v) for v in value) + "]"
        text = repr(value)
        return text if len(text) < 80 else f"{text[:60]}…{text[0]}  # {len(value)} long"

    def _reference(self, text: str) -> str:
        """A reference as a variable, or as what it stands for where there is none."""
        plain, _, changed = text[1:].partition("|")
        slot, _, part = plain.removeprefix("2.").partition(".")
        name = name_of(slot, "my")
        shown = repr(name)
        if part in _VARIABLE:
            shown = self._variable(slot, part, plain.startswith("2."))
            if shown not in self._bound:
                what = "token" if f"{slot}.{part}" in TOKENS.values() else part if part in KINDS else _OF[part == "arn"]
                self._missing.add(f"there is no such {what}")
                shown = repr(_NOBODY.get(part, "00000000-0000-4000-8000-000000000000").format(name))
        return AS_PYTHON.get(changed, "{}").format(shown)
