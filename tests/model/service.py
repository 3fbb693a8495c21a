"""A service that moves as the tables say, taken literally: one concrete state, one move at a time.

The answers that its runs can give are the histories that the judge has to accept. Reads ``spec/lifecycle.toml`` and
``spec/operations.toml`` raw and shares no code with the judge: no set of statuses, no closure, no three-valued guard.
Knows one dataset group and its event tracker, well-formed requests only, one name for each; of tracking IDs only
whether one was handed out, and of forms only which codes an operation documents (ET-WIRE-9).

Where the tables are silent it is as free as the judge says a service is:

- a Delete accepted while a creation is under way begins the deletion; accepted while a deletion is under way it
  changes nothing (no status runs backwards);
- a Create accepted while the old one is being deleted takes its place;
- what nobody had an answer to may be carried out at any later moment, once, or never;
- what is being deleted may be left out of a list, be it the tracker or the group that the list is filtered by;
- an Interactions dataset that the group lacks (ET-CREATE-4) may be added unseen; none is taken away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

SPEC = Path(__file__).resolve().parents[2] / "spec"
LIFE: dict[str, Any] = tomllib.loads((SPEC / "lifecycle.toml").read_text(encoding="utf-8"))
RULES: dict[str, Any] = tomllib.loads((SPEC / "operations.toml").read_text(encoding="utf-8"))
KIND = {"group": "dataset_group", "tracker": "event_tracker"}
MALFORMED = "InvalidInputException"
CODES = ("ResourceAlreadyExistsException", "ResourceNotFoundException", "ResourceInUseException", MALFORMED)
"""Every code that a status is a reason for, and of those that say "malformed" the one that all operations document."""
ANSWERS: dict[str, list[str]] = {
    "CreateDatasetGroup": ["ok"],
    "DescribeDatasetGroup": [*LIFE["dataset_group"]["statuses"], *LIFE["dataset_group"]["tolerated"]],
    "DeleteDatasetGroup": ["ok"],
    "CreateEventTracker": ["ok"],
    "DescribeEventTracker": LIFE["event_tracker"]["statuses"],
    "ListEventTrackers": ["nothing", *LIFE["event_tracker"]["statuses"]],
    "DeleteEventTracker": ["ok"],
    "PutEvents": ["ok"],
}
"""Operation -> what it may say of success: ``ok``, the status that it shows, or that it shows nothing."""


class Letter(NamedTuple):
    """A request and what came back: as in ANSWERS, a code, ``throttled`` or ``lost``."""

    operation: str
    answer: str


ANSWERED = [Letter(name, answer) for name, good in ANSWERS.items() for answer in (*good, *CODES)]
"""Every request with every answer to it, allowed or not."""
THROTTLED = [Letter(name, "throttled") for name in ANSWERS]


class Service(NamedTuple):
    """What is so at one moment, whoever knows it."""

    group: str = "GONE"
    tracker: str = "GONE"
    handed_out: bool = False
    lacks_dataset: bool = False
    late: tuple[str, ...] = ()


START = frozenset({Service(), Service(lacks_dataset=True)})


def moves(service: Service) -> Iterator[Service]:
    """Each move that may come next of itself, unseen."""
    for what, kind in KIND.items():
        for row in LIFE[kind]["transitions"]:
            if row["mover"] == "service" and row["from"] == getattr(service, what):
                yield service._replace(**{what: row["to"]})
    if service.lacks_dataset:
        yield service._replace(lacks_dataset=False)
    for place, name in enumerate(service.late):
        waiting = service._replace(late=service.late[:place] + service.late[place + 1 :])
        yield from answers(waiting, Letter(name, "ok"))


@cache
def moments(service: Service) -> tuple[Service, ...]:
    """Where the service may be when the next request reaches it."""
    reached = [service]
    for here in reached:
        reached += [then for then in moves(here) if then not in reached]
    return tuple(reached)


def refusals(name: str, service: Service) -> list[dict[str, Any]]:
    """The rows that hold, each status being known."""
    conditions = {
        "": True, "same_name": True, "no_dataset": service.lacks_dataset, "unknown_id": not service.handed_out
    }  # fmt: skip
    if name == "PutEvents" and not service.handed_out:
        service = service._replace(tracker="an ID of no tracker")
    rows: list[dict[str, Any]] = RULES[name]["refusals"]
    standing = [row for row in rows if "on" not in row or getattr(service, row["on"]) in row["in"]]
    return [row for row in standing if conditions.get(row.get("when", ""), False)]


def set_in_motion(service: Service, what: str, trigger: str) -> tuple[Service, ...]:
    """Where the service may be once a Create or a Delete was accepted."""
    rows = LIFE[KIND[what]]["transitions"]
    to = next(row["to"] for row in rows if row["trigger"] == trigger and row["mover"] == "request")
    again = trigger == "delete" and getattr(service, what).startswith("DELETE")
    return (service if again else service._replace(**{what: to}),)


@cache
def answers(service: Service, letter: Letter) -> tuple[Service, ...]:
    """Where the service may be once it has answered so at this moment; empty where it may not answer so."""
    name, answer = letter
    rows = refusals(name, service)
    what = "group" if name.endswith("DatasetGroup") else "tracker"
    status = getattr(service, what)
    if answer == "throttled":
        return (service,)
    if answer == "lost":
        return (service._replace(late=tuple(sorted((*service.late, name)))),)
    if answer in CODES:
        codes = {code for row in rows for code in row["codes"]} & {*RULES[name]["errors"], "malformed"}
        return (service,) if answer in codes or (answer == MALFORMED and "malformed" in codes) else ()
    if not all(row.get("open", False) for row in rows):
        return ()
    if name.startswith("Describe"):
        return (service,) if status == LIFE[KIND[what]].get("tolerated", {}).get(answer, answer) else ()
    if name.startswith("List"):
        hidden = any(held == "GONE" or held.startswith("DELETE") for held in (service.group, status))
        shown = status == answer and service.group != "GONE"
        return (service,) if shown or (hidden and answer == "nothing") else ()
    if name == "PutEvents":
        return (service,)
    if name == "CreateEventTracker":
        if service.lacks_dataset and service.group == "ACTIVE":
            return ()
        service = service._replace(handed_out=True)
    return set_in_motion(service, what, "create" if name.startswith("Create") else "delete")


def after(possible: Iterable[Service], letter: Letter) -> frozenset[Service]:
    """Where each run may be that has answered so; empty where none has."""
    return frozenset(then for service in possible for moment in moments(service) for then in answers(moment, letter))
