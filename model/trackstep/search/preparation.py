"""What a tracker needs is prepared: where a target refuses one for want of a dataset, each group gets one beforehand.

Owns when it is known that a target needs that, and the calls: a schema of each session, a dataset of interactions in
each group in which a tracker is to be created, which is deleted before its group is. They stand in the history and in
the program that is told (``Session.told``), not in the one that is searched with: whoever tries a shorter program gets
them anew. A target that needs none is asked nothing more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackstep.operation import Operation
from trackstep.oracle import guard
from trackstep.oracle.case import case
from trackstep.oracle.lifecycle import ACTIVE, FAILED, GONE
from trackstep.oracle.notes import Finding
from trackstep.outcome import Outcome
from trackstep.program import SETTLE, Command
from trackstep.spec import Refusal

if TYPE_CHECKING:
    from trackstep.search.session import Session

Pausing = Generator[float, None, list[Finding]]
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "EVENT_TYPE", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
        ],
        "version": "1.0",
    }
)
"""The least that a dataset of interactions has in a group of any domain: who, what, which event, when."""
NAME = "$interactions"
"""What the schema of a session is called, for groups without a domain; for others it has the name of the domain."""
EXISTS = "ResourceAlreadyExistsException"
_GROUP = re.compile(r"\$(\w+)\.arn")


@dataclass
class Preparation:
    """What the sessions of a run know of a target: whether trackers need a dataset; None as long as nobody knows."""

    needed: bool | None = None


class Ground:
    """What one session has prepared, and has to."""

    def __init__(self, session: Session, known: Preparation) -> None:
        self._session, self.known = session, known
        self._datasets: dict[tuple[str, str], str] = {}
        self._schemas = set[tuple[str, str]]()

    def before(self, command: Command) -> Pausing:
        """Prepare the group in which a tracker is to be created; clear one that is to be deleted."""
        if not self.known.needed or command.body is not None:
            return []
        if command.name == "CreateEventTracker":
            return (yield from self._prepared(command))
        return (yield from self._cleared(command)) if command.name == "DeleteDatasetGroup" else []

    def sent(self, command: Command, operation: Operation) -> Pausing:
        """Send it; and a tracker that was refused for want of a dataset alone again, once there is one."""
        session, known = self._session, self.known
        plain = known.needed is None and command.body is None and command.name == "CreateEventTracker"
        wants = self._wants(operation) if plain else None
        outcome, found = session.send(command, operation)
        if plain and outcome.kind == "success":
            known.needed = False
        if wants is None or outcome.kind != "refusal" or outcome.code not in wants.codes:
            return found
        told = session.aside(command)
        found += yield from self._prepared(command)
        if self._place(command) not in self._datasets:
            known.needed = False  # it does not offer what would be needed
            session.not_aside(told)
            return found
        outcome, more = session.send(command, self._session.operation(command))
        if outcome.kind in ("success", "refusal"):
            known.needed = outcome.kind == "success"
        return found + more

    def _wants(self, operation: Operation) -> Refusal | None:
        """The row by which alone a request may be refused, where that is the want of a dataset."""
        may, must = guard.rows(case(self._session.judgement.world, operation))
        return may[0] if must is None and len(may) == 1 and may[0].when == "no_dataset" else None

    def heard(self, command: Command, operation: Operation, outcome: Outcome) -> None:
        """Keep in mind which group has a dataset, whoever asked for it."""
        region, params = operation.region, operation.params
        if operation.name == "CreateSchema" and _is_there(outcome):
            self._schemas.add((region, str(command.params.get("name"))))
        elif operation.name == "CreateDataset" and str(params.get("datasetType")).upper() == "INTERACTIONS":
            if _is_there(outcome) and str(command.params.get("name")).startswith("$"):
                self._datasets[region, str(params.get("datasetGroupArn"))] = f"{command.params['name']}.dataset"
        elif operation.name == "DeleteDataset" and outcome.kind == "success":
            gone = [
                p for p, name in self._datasets.items() if name == command.params.get("datasetArn") and p[0] == region
            ]
            for place in gone:
                del self._datasets[place]

    def _place(self, command: Command) -> tuple[str, str]:
        """The region and the ARN of the group that a command names."""
        session = self._session
        return session.regions[command.second], str(
            session.resolve(command.params.get("datasetGroupArn"), command.second)
        )

    def _prepared(self, command: Command) -> Pausing:
        session, place, second = self._session, self._place(command), command.second
        named = _GROUP.fullmatch(str(command.params.get("datasetGroupArn")))
        group = session.judgement.world.find(*place, "dataset_group")
        if place in self._datasets or named is None or group is None or not group.mask & ACTIVE:
            return []
        found: list[Finding] = []
        domain = {"domain": group.domain} if group.domain else {}  # as the documentation of CreateSchema asks
        schema = f"${group.domain.lower()}" if group.domain else NAME
        if (place[0], schema) not in self._schemas:
            _, found = session.beside(Command("CreateSchema", {"name": schema, "schema": SCHEMA, **domain}, second))
            if (place[0], schema) not in self._schemas:
                return found
        slot = f"${named[1]}"
        where = {"schemaArn": f"{schema}.schema", "datasetGroupArn": f"{slot}.arn"}
        params = {"name": slot, **where, "datasetType": "Interactions"}
        _, more = session.beside(Command("CreateDataset", params, second))
        found += more
        if place in self._datasets:
            found += yield from session.waiting_beside(Command(SETTLE, {"of": f"{slot}.dataset"}, second))
        return found

    def _cleared(self, command: Command) -> Pausing:
        """A dataset that is in the way of its group's deletion is deleted, unless a tracker is in the way of that."""
        session, place = self._session, self._place(command)
        dataset, world = self._datasets.get(place), session.judgement.world
        group, tracker = world.find(*place, "dataset_group"), world.tracker_in(*place)
        if dataset is None or group is None or not group.mask & (ACTIVE | FAILED):
            return []
        if tracker is not None and not tracker.mask & GONE:
            return []
        outcome, found = session.beside(Command("DeleteDataset", {"datasetArn": dataset}, command.second))
        if outcome.kind == "success":
            found += yield from session.waiting_beside(Command(SETTLE, {"of": dataset}, command.second))
        return found


def _is_there(outcome: Outcome) -> bool:
    """Whether a Create shows that what it asks for is there now."""
    return outcome.kind == "success" or outcome.code == EXISTS
