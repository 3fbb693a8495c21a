"""Names and references: which name a slot has in a history, and what its references stand for at a moment.

Owns what was bound: ARNs, tracking IDs and tokens by region and slot, and whose account the caller's is. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from trackstep.operation import Operation
from trackstep.program import KINDS, NO_TOKEN, TOKENS, Command
from trackstep.value import CHANGED, NAMED, NOBODY, name_of, nobody

ACCOUNT = "123456789012"
"""Stands in the ARNs of what does not exist until an answer tells whose account the caller's is."""


class Bindings:
    """What the references of one history stand for; every name starts with ``prefix``."""

    def __init__(self, prefix: str, regions: tuple[str, str]) -> None:
        self.prefix, self.regions = prefix, regions
        self.account = ""
        """Of the caller, as an answer has told; empty until then."""
        self._bound: dict[str, str] = {}

    def fork(self) -> Bindings:
        """The same, that may go on otherwise."""
        other = copy(self)
        other._bound = {**self._bound}
        return other

    def resolve(self, value: Any, second: bool = False) -> Any:
        """Put names, ARNs and named values in place of references."""
        if isinstance(value, str) and value.startswith("$"):
            return self._reference(value[1:], second)
        if isinstance(value, str) and value.startswith("arn:") and value.endswith(f"/${NOBODY}"):
            own = nobody(self.prefix)[0] if ":event-tracker/" in value else name_of(NOBODY, self.prefix)
            return value.removesuffix(f"${NOBODY}") + own
        if isinstance(value, Mapping):
            return {key: self.resolve(inner, second) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.resolve(inner, second) for inner in value]
        return value

    def _reference(self, text: str, second: bool) -> Any:
        if text in NAMED:
            return NAMED[text]
        text, _, changed = text.partition("|")
        if changed:
            return CHANGED[changed](self._reference(text, second))
        other, text = text.startswith("2."), text.removeprefix("2.")
        region = self.regions[second != other]
        slot, _, part = text.partition(".")
        name = name_of(slot, self.prefix)
        if part in ("", "name"):
            return name
        bound = self._bound.get(f"{region}/{slot}.{part}")
        if bound is not None:
            return bound
        if part == "arn":
            return f"arn:aws:personalize:{region}:{self.account or ACCOUNT}:dataset-group/{name}"
        if part in KINDS:
            return f"arn:aws:personalize:{region}:{self.account or ACCOUNT}:{part.lower()}/{name}"
        if part == "tracker":
            return f"arn:aws:personalize:{region}:{self.account or ACCOUNT}:event-tracker/{nobody(self.prefix)[0]}"
        return NO_TOKEN if part in ("groups", "trackers") else nobody(self.prefix)[1]

    def slots(self) -> list[tuple[str, bool]]:
        """The slots that something was made for, each with whether that was in the second region."""
        return sorted(
            {
                (where.partition("/")[2].partition(".")[0], where.partition("/")[0] != self.regions[0])
                for where in self._bound
                if not where.endswith((*TOKENS.values(), *(f".{kind}" for kind in KINDS)))
            }
        )

    def take(self, command: Command, operation: Operation, result: Mapping[str, Any]) -> None:
        """Bind what a command brought, to be referred to from now on."""
        region = operation.region
        if isinstance(result.get("nextToken"), str) and operation.name in TOKENS:
            self._bound[f"{region}/{TOKENS[operation.name]}"] = result["nextToken"]
        if operation.name == "CreateDatasetGroup" and isinstance(result.get("datasetGroupArn"), str):
            slot = str(command.params.get("name", ""))[1:].partition(".")[0]
            self._bound[f"{region}/{slot}.arn"] = result["datasetGroupArn"]
            parts = result["datasetGroupArn"].split(":")
            self.account = (parts[4] if len(parts) > 4 else "") or self.account
        elif operation.name == "CreateEventTracker":
            slot = str(command.params.get("datasetGroupArn", ""))[1:].removeprefix("2.").partition(".")[0]
            key = f"{region}/{slot}"
            if isinstance(result.get("eventTrackerArn"), str):
                self._bound[f"{key}.tracker"] = result["eventTrackerArn"]
            if isinstance(result.get("trackingId"), str):
                if f"{key}.id" in self._bound:
                    self._bound[f"{key}.old"] = self._bound[f"{key}.id"]
                self._bound.setdefault(f"{key}.first", result["trackingId"])
                self._bound[f"{key}.id"] = result["trackingId"]
        elif operation.name.startswith("Create"):
            slot = str(command.params.get("name", command.params.get("jobName", "")))
            for member, arn in result.items() if slot.startswith("$") else ():
                if member.endswith("Arn") and isinstance(arn, str):
                    self._bound[f"{region}/{slot[1:]}.{member.removesuffix('Arn')}"] = arn
