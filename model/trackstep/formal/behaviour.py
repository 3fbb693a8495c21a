"""From calls to events: what ``spec/tla/EventTracker.tla`` sees of a history, and nothing else.

Owns the abstraction. A dataset group is ``g1``, ``g2`` ... in the order of their names' first use, a tracking ID
``t1``, ``t2`` ... in the order in which they were handed out; ``g0`` and ``t0`` stand for all that was never made.
Knows the limits of requests and the spelling of statuses (data), and nothing of what is right: it must not learn from
the judge, which it is a second opinion on.

Left out, with the step: malformed requests; refusals for what the module does not hold (tags, roles, properties,
quotas, datasets before the first event tracker was made); Lists without a filter or of several pages; tag operations;
waits; ARNs of another form or region; what was throttled or not offered; reads whose answer was lost. A history ends at
a write whose answer was lost, and where two resources are given one ARN or a dataset group another one than before:
from there on a name says too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle import constraint
from trackstep.outcome import Outcome

REQUESTS = (
    "CreateDatasetGroup", "DescribeDatasetGroup", "DeleteDatasetGroup", "CreateEventTracker",
    "DescribeEventTracker", "ListEventTrackers", "DeleteEventTracker", "PutEvents",
)  # fmt: skip
"""The operations of the module; of ListEventTrackers only that with a filter."""
NO_GROUP, NO_TRACKER = "g0", "t0"
"""What was never made."""
UNFIT = "unfit"
"""In the place of a tracking ID, a status or an item that is none: no behaviour of the module shows it."""
ACCEPTED = "accepted"
MALFORMED = "InvalidInputException"
"""Stands for each code that ``errors.toml`` calls malformed."""
_OF_A_STATUS = ("ResourceAlreadyExistsException", "ResourceInUseException", "ResourceNotFoundException")
_OF_A_DATASET = ("InvalidInputException", "ResourceInUseException", "ResourceNotFoundException")
_BESIDE = ("tags", "roleArn", "kmsKeyArn")
_ARN = re.compile(r"arn:[a-z\d-]+:personalize:([^:]*):[^:]*:(?:(dataset-group)/.+|(event-tracker)/[0-9a-f]{8})")

Shown = str | tuple[str, str]


class Event(NamedTuple):
    """One request with its answer, as the variable ``outcome`` of the module holds it; ``step`` is counted from 1."""

    request: str
    about: str
    answer: str
    shown: frozenset[Shown]
    step: int

    def __str__(self) -> str:
        """As a call: ``DescribeEventTracker(g1) -> accepted, t1 ACTIVE``."""
        shown = (item if isinstance(item, str) else " ".join(item) for item in self.shown)
        return f"{self.request}({self.about}) -> {', '.join((self.answer, *sorted(shown)))}"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The events of a history. ``ended`` says why what follows the last step that was read is left out, if it is."""

    events: tuple[Event, ...]
    groups: int
    trackers: int
    ended: str = ""


def read(steps: Iterable[tuple[Operation, Outcome]]) -> Behaviour:
    """What the module sees of a history that began with nothing."""
    reading = _Reading()
    events: list[Event] = []
    for number, (operation, outcome) in enumerate(steps, 1):
        event = reading.event(operation, outcome, number)
        if reading.ended:
            break
        if event is not None:
            events.append(event)
    return Behaviour(tuple(events), len(reading.named), len(reading.ids), reading.ended)


@dataclass(slots=True)
class _Reading:
    """What names, ARNs and tracking IDs stand for, as far as the history was read."""

    named: dict[tuple[str, str], str] = field(default_factory=dict)
    groups: dict[tuple[str, str], str] = field(default_factory=dict)
    trackers: dict[tuple[str, str], str] = field(default_factory=dict)
    ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    made_one: bool = False
    ended: str = ""

    def event(self, operation: Operation, outcome: Outcome, number: int) -> Event | None:
        """One step; None where it is left out."""
        name, region = operation.name, operation.region
        params = operation.params if operation.body is None else constraint.parsed(operation.body)
        if name not in REQUESTS or params is None or outcome.kind in ("throttled", "unsupported"):
            return None
        broken = constraint.violations(name, params)
        if any(certain for _, certain in broken):
            return None
        if outcome.kind in ("lost", "garbled"):
            if name.startswith(("Create", "Delete")):
                self.ended = f"the answer to {name}, step {number}, was lost"
            return None
        about = self._about(name, region, params)
        if about is None:
            return None
        if outcome.kind == "refusal":
            answer = self._code(name, params, outcome.code, bool(broken))
            return None if answer is None else Event(name, about, answer, frozenset(), number)
        result = constraint.cleaned(name, outcome.result or {})
        if name == "ListEventTrackers" and (params.get("nextToken") or result.get("nextToken")):
            return None
        return Event(name, about, ACCEPTED, frozenset(self._shown(name, region, about, result)), number)

    def _about(self, name: str, region: str, params: Mapping[str, Any]) -> str | None:
        """The group or tracking ID that a request is about; None where it is about neither."""
        if name == "CreateDatasetGroup":
            key = (region, str(params["name"]))
            return self.named.setdefault(key, f"g{len(self.named) + 1}")
        if name == "PutEvents":
            where, tracker = self.ids.get(params["trackingId"], (region, NO_TRACKER))
            return tracker if where == region else None
        of_tracker = name in ("DescribeEventTracker", "DeleteEventTracker")
        known = self.trackers if of_tracker else self.groups
        arn = params.get("eventTrackerArn" if of_tracker else "datasetGroupArn")
        if not isinstance(arn, str):
            return None
        form = _ARN.fullmatch(arn)
        fits = form is not None and form[1] == region and form[2 + of_tracker] is not None
        return known.get((region, arn), NO_GROUP if fits else None)

    def _code(self, name: str, params: Mapping[str, Any], code: str, doubtful: bool) -> str | None:
        """The code of a refusal; None where it may be for something that the module leaves out."""
        loaded = spec.load()
        if doubtful or code in loaded.credentials | loaded.throttling:
            return None
        if code not in _OF_A_STATUS and any(member in params for member in _BESIDE):
            return None
        if code in loaded.malformed and name == "PutEvents" and any("properties" in e for e in params["eventList"]):
            return None
        answer = MALFORMED if code in loaded.malformed else code
        return None if name == "CreateEventTracker" and not self.made_one and answer in _OF_A_DATASET else answer

    def _shown(self, name: str, region: str, about: str, result: Mapping[str, Any]) -> Iterable[Shown]:
        """What a success shows; a Create also says what ARNs and tracking IDs stand for."""
        if name == "CreateDatasetGroup":
            return () if self._bound(self.groups, region, about, result.get("datasetGroupArn")) else (UNFIT,)
        if name == "CreateEventTracker":
            return (self._handed_out(region, about, result),)
        if name == "DescribeDatasetGroup":
            return ((about, _status("dataset_group", result.get("datasetGroup"))),)
        if name == "DescribeEventTracker":
            body = result.get("eventTracker")
            tracking = body.get("trackingId") if isinstance(body, dict) else None
            which = self.ids.get(tracking, (region, UNFIT))[1] if isinstance(tracking, str) else UNFIT
            return ((which, _status("event_tracker", body)),)
        return self._listed(region, result) if name == "ListEventTrackers" else ()

    def _bound(self, known: dict[tuple[str, str], str], region: str, group: str, arn: Any) -> bool:
        """Let an ARN stand for what was made in this group, and no other ARN any more."""
        if not isinstance(arn, str) or not arn:
            return False
        if known.get((region, arn), group) != group:
            self.ended = f"{arn} was given to two resources"
        for key in [key for key, holder in known.items() if holder == group and key != (region, arn)]:
            if known is self.groups:
                self.ended = f"a dataset group was made again under another ARN, {arn}"
            del known[key]
        known[region, arn] = group
        return True

    def _handed_out(self, region: str, group: str, result: Mapping[str, Any]) -> str:
        tracking, arn = result.get("trackingId"), result.get("eventTrackerArn")
        self.made_one = True
        bound = self._bound(self.trackers, region, group, arn)
        if not bound or not isinstance(tracking, str) or not 0 < len(tracking) <= 256 or len(str(arn)) > 256:
            return UNFIT
        return self.ids.setdefault(tracking, (region, f"t{len(self.ids) + 1}"))[1]

    def _listed(self, region: str, result: Mapping[str, Any]) -> Iterable[Shown]:
        first: dict[str, Any] = {}
        for item in result.get("eventTrackers") or ():
            arn = item.get("eventTrackerArn") if isinstance(item, dict) else None
            if isinstance(arn, str):
                first.setdefault(arn, item)
        return [
            (self.trackers.get((region, arn), UNFIT), _status("event_tracker", item)) for arn, item in first.items()
        ]


def _status(kind: str, body: Any) -> str:
    """The status that is shown, in the spelling of the module."""
    table, wire = spec.load().lifecycles[kind], body.get("status") if isinstance(body, dict) else None
    if not isinstance(wire, str):
        return UNFIT
    return wire if wire in table.statuses else table.tolerated.get(wire, UNFIT)
