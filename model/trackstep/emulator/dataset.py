"""Schemas and datasets, as moto would hold them: what an event tracker appends its events to."""

import json
from typing import Any

from moto.personalize.models import Schema as ReleasedSchema

from .clock import unix_time
from .resource import DATASET, PersonalizeResource

INTERACTIONS = "INTERACTIONS"
TYPES = (INTERACTIONS, "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS")
"""The types of datasets; a request may write them in any case."""

MEMBERS = ("eventId", "eventType", "eventValue", "itemId", "properties", "sentAt", "recommendationId", "impression")
"""Members of an event, beside its metricAttribution."""
MOST_EVENTS = 100_000
"""Events that a dataset keeps."""


class Schema(ReleasedSchema):
    """A schema: what moto as released has, with the times of this emulator's clock; unset members are absent."""

    def __init__(self, account_id: str, region: str, name: str, schema: Any, domain: Any):
        super().__init__(account_id, region, name, schema, domain)
        self.created = unix_time()

    def to_dict(self, full: bool = True) -> dict[str, Any]:
        """The description, or with ``full`` False the summary."""
        return {member: value for member, value in super().to_dict(full).items() if value is not None}


class Events:
    """Events in the order in which they came; of those that are the same in all, their time too, the first is kept.

    > "If you record two events with exactly the same timestamp and identical properties, Amazon Personalize keeps only
    > one of the events." (facts.md, section 9)
    """

    def __init__(self) -> None:
        self._held: dict[str, dict[str, Any]] = {}

    def append(self, event: dict[str, Any]) -> None:
        """Keep one; the oldest goes where there are too many."""
        self._held.setdefault(json.dumps(event, sort_keys=True), event)
        if len(self._held) > MOST_EVENTS:
            del self._held[next(iter(self._held))]

    def held(self) -> list[dict[str, Any]]:
        """All that is kept."""
        return list(self._held.values())


def as_kept(event: Any) -> dict[str, Any]:
    """What is kept of an event: its members that the service knows, as they were sent."""
    if not isinstance(event, dict):
        return {}  # as a fault lets it through
    kept = {name: event[name] for name in MEMBERS if event.get(name) is not None}
    if isinstance(source := event.get("metricAttribution"), dict):
        kept["metricAttribution"] = {"eventAttributionSource": source.get("eventAttributionSource")}
    return kept


class Dataset(PersonalizeResource):
    """A dataset of a dataset group; there is at most one of each type."""

    deleting = [("DELETE PENDING", "DELETE IN_PROGRESS"), ("DELETE IN_PROGRESS", "GONE")]

    def __init__(self, arn: str, name: str, kind: str, group_arn: str, schema_arn: str, tags: dict[str, str]):
        super().__init__(DATASET, name, tags)
        self.arn, self.kind, self.group_arn, self.schema_arn = arn, kind, group_arn, schema_arn
        self.events = Events()

    def to_dict(self, full: bool = True) -> dict[str, Any]:
        """The description, or with ``full`` False the summary."""
        described = {
            "name": self.name,
            "datasetArn": self.arn,
            "datasetType": self.kind,
            "status": self.state,
            "creationDateTime": self.created,
            "lastUpdatedDateTime": self.updated,
        }
        return described | ({"datasetGroupArn": self.group_arn, "schemaArn": self.schema_arn} if full else {})


def is_avro(text: str) -> bool:
    """Whether a text is the JSON of an Avro record: its type, its name, and fields that each have a name and a type."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(record, dict) or record.get("type") != "record" or not isinstance(record.get("name"), str):
        return False
    fields = record.get("fields")
    return isinstance(fields, list) and bool(fields) and all(map(_is_field, fields))


def _is_field(field: Any) -> bool:
    return isinstance(field, dict) and isinstance(field.get("name"), str) and bool(field.get("type"))
