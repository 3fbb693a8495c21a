"""What a session shows for certain: the ground on which a change is known to be impossible.

Rests on the steps as a reader sees them; what is hidden (which incarnation an answer was about) only saves the work of
finding out. Nothing here is certain of a resource that a lost request may have touched. Knows nothing of the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

from tests.fuzz.histories import Session
from tests.fuzz.request import ERRORS, flaws
from tests.fuzz.service import ACTIVE, CREATING, DELETING, FAILED, NOT_FOUND, Resource
from trackstep.operation import Operation

READS = ("Describe", "List")
HERE = (*CREATING, ACTIVE, FAILED)


class Sight(NamedTuple):
    """A resource was shown in an answer: where, and how."""

    step: int
    resource: Resource
    body: dict[str, Any]


class View:
    """A session, and what can be told from it."""

    def __init__(self, session: Session, rng: Random) -> None:
        self.session, self.rng = session, rng
        self.steps, self.about, self.complete = session.steps, session.about, session.complete

    def answered(self, name: str, kind: str = "success") -> Iterator[tuple[int, Operation, Any]]:
        """The steps of an operation that were answered so."""
        for number, (operation, outcome) in enumerate(self.steps):
            if outcome.kind == kind and operation.name.startswith(name):
                yield number, operation, outcome

    @cached_property
    def sights(self) -> list[Sight]:
        """Whatever was described or listed of ours; a later page of a walk may tell of the moment when it began."""
        found = []
        for number, (operation, outcome) in enumerate(self.steps):
            about, result = self.about[number], outcome.result
            if (
                outcome.kind != "success"
                or about is None
                or not operation.name.startswith(READS)
                or operation.params.get("nextToken")
            ):
                continue
            if isinstance(about, list):
                bodies = next((each for each in (result or {}).values() if isinstance(each, list)), [])
                found += [Sight(number, *pair) for pair in zip(about, bodies, strict=True) if self.ours(pair[0])]
            elif operation.name.startswith("Describe"):
                found.append(Sight(number, about, next(iter((result or {}).values()))))
        return found

    def ours(self, resource: Resource) -> bool:
        """Its name is one that this client gives."""
        return resource.name.startswith(self.session.prefix)

    # -- what is certain -----------------------------------------------------------------------------

    def calm(self, resource: Resource, before: int) -> bool:
        """No lost request may have made, deleted or tagged it, nor its group."""
        words = {resource.arn, resource.name}
        if resource.group is not None:
            words |= {resource.group.arn, resource.group.name}
        return not any(
            outcome.kind == "lost"
            and not operation.name.startswith(READS)
            and (words & {each for each in operation.params.values() if isinstance(each, str)})
            for operation, outcome in self.steps[:before]
        )

    @cached_property
    def losses(self) -> int:
        """The first step at which a Create or a Delete was lost."""
        for number, (operation, outcome) in enumerate(self.steps):
            if outcome.kind == "lost" and operation.name.startswith(("Create", "Delete")):
                return number
        return len(self.steps)

    def written(self, resource: Resource, since: int, before: int) -> bool:
        """A Create or a Delete of it was accepted in between."""
        for number in range(since + 1, before):
            operation, outcome = self.steps[number]
            if outcome.kind != "success" or not operation.name.startswith(("Create", "Delete")):
                continue
            group = resource.group.arn if resource.group else None
            if resource.arn in operation.params.values() or (
                operation.name == "CreateEventTracker" and operation.params["datasetGroupArn"] == group
            ):
                return True
        return False

    def status(self, resource: Resource, before: int) -> str:
        """The status last shown; empty where the resource may have gone, or changed by a request, since."""
        last = ""
        if not self.calm(resource, before):
            return ""
        for number in range(before - 1, -1, -1):
            if self.about[number] is resource and self.steps[number].operation.name.startswith("Create"):
                last = CREATING[0] if self.steps[number].outcome.kind == "success" else ""
            seen = [sight for sight in self.sights if sight.step == number and sight.resource is resource]
            last = last or (seen[0].body["status"] if seen else "")
            if last:
                return last if last in HERE and not self.written(resource, number, before) else ""
        return ""

    def is_in(self, resource: Resource, group: object, before: int) -> bool:
        """It was created in that group, described as of it, or listed of it."""
        if resource.group is None or resource.group.arn != group:
            return False
        seen = [number for number, _, _ in self.answered("CreateEventTracker") if self.about[number] is resource]
        for sight in self.sights:
            operation = self.steps[sight.step].operation
            if sight.resource is resource and (operation.name[0] == "D" or "datasetGroupArn" in operation.params):
                seen.append(sight.step)
        return min(seen, default=before) < before

    def deleted(self, group: Resource, before: int) -> bool:
        """A deletion of the group was accepted."""
        return any(group.arn in op.params.values() for n, op, _ in self.answered("DeleteDatasetGroup") if n < before)

    def known(self, resource: Resource, before: int) -> bool:
        """This incarnation was created or shown earlier, and no lost request can have put another in its place."""
        return self.calm(resource, before) and any(
            self.about[number] is resource or any(s.resource is resource for s in self.sights if s.step == number)
            for number in range(before)
            if self.steps[number].outcome.kind == "success"
            and self.steps[number].operation.name.startswith(("Create", "Describe"))
        )

    def gone(self, resource: Resource, before: int) -> bool:
        """It was described as not found, and nothing was created since that might have its ARN."""
        if not self.calm(resource, before):
            return False
        for number in range(before - 1, -1, -1):
            operation, outcome = self.steps[number]
            if outcome.code == NOT_FOUND and operation.name.startswith("Describe"):
                if resource.arn in operation.params.values():
                    return not self._created(resource, number, before)
            elif any(sight.step == number and sight.resource is resource for sight in self.sights):
                return False
        return False

    def _created(self, resource: Resource, since: int, before: int) -> bool:
        group, name = (resource.group.arn, "") if resource.group else (None, resource.name)
        return any(
            operation.name.startswith("Create")
            and outcome.kind == "success"
            and (operation.params.get("datasetGroupArn") == group or operation.params.get("name") == name)
            for operation, outcome in self.steps[since:before]
        )

    def never(self, arn: str, before: int) -> bool:
        """Nothing of that ARN was ever made: the session saw all, and no Create was lost."""
        return self.complete and self.losses >= before and all(each.arn != arn for each in self.ours_until(before))

    def ours_until(self, before: int) -> list[Resource]:
        """Whatever of ours was created, described or listed so far, each once."""
        found = [sight.resource for sight in self.sights if sight.step < before]
        found += [
            self.about[number]
            for number, operation, _ in self.answered("Create")
            if number < before and isinstance(self.about[number], Resource)
        ]
        return list(dict.fromkeys(found))

    def well_formed(self, number: int) -> bool:
        """Nothing is wrong with the request, not even arguably."""
        operation = self.steps[number].operation
        return operation.name in ERRORS and not flaws(operation)

    def at_rest(self, region: str, before: int) -> bool:
        """Nothing in the region can change unseen: all is ours, and ACTIVE, failed or gone."""
        if (
            not self.complete
            or self.losses < before
            or any(self._strangers(number) for number in range(len(self.steps)))
        ):
            return False
        return all(
            self.status(each, before) in (ACTIVE, FAILED) or self.gone(each, before)
            for each in self.ours_until(before)
            if each.region == region
        )

    def _strangers(self, number: int) -> bool:
        about = self.about[number]
        return isinstance(about, list) and not all(self.ours(each) for each in about)


Changes = Callable[[View], Iterator[tuple[int, Any]]]
__all__ = ["ACTIVE", "CREATING", "DELETING", "FAILED", "HERE", "NOT_FOUND", "Changes", "Resource", "Sight", "View"]
