"""Event trackers, dataset groups and tags, as moto would hold them."""

import base64
import hashlib
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random
from moto.personalize.models import PersonalizeBackend as ReleasedBackend
from moto.utilities.utils import get_partition

from .dataset import INTERACTIONS, TYPES, Dataset, Events, Schema, as_kept, is_avro
from .exceptions import (
    InvalidInputException,
    InvalidNextTokenException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
    TooManyTagKeysException,
    TooManyTagsException,
)
from .resource import DATASET_GROUP, EVENT_TRACKER, GONE, PersonalizeResource

__all__ = [
    "DEFAULT_PAGE", "GONE", "MAX_TAGS", "DatasetGroup", "EventTracker", "PersonalizeBackend", "PersonalizeResource",
    "personalize_backends",
]  # fmt: skip
DEFAULT_PAGE = 100
MAX_TAGS = 50


class DatasetGroup(PersonalizeResource):
    """A container for what belongs together."""

    deleting = [("DELETE PENDING", GONE)]

    def __init__(self, arn: str, params: dict[str, Any], tags: dict[str, str]):
        super().__init__(DATASET_GROUP, params["name"], tags)
        self.arn = arn
        self.params = params

    def to_dict(self, full: bool = True) -> dict[str, Any]:
        """The description, or with ``full`` False the summary; unset members are absent."""
        described = {
            "name": self.name,
            "datasetGroupArn": self.arn,
            "status": self.state,
            "roleArn": self.params.get("roleArn") if full else None,
            "kmsKeyArn": self.params.get("kmsKeyArn") if full else None,
            "creationDateTime": self.created,
            "lastUpdatedDateTime": self.updated,
            "failureReason": "The name asks for it." if self.state == "CREATE FAILED" else None,
            "domain": self.params.get("domain"),
        }
        return {member: value for member, value in described.items() if value is not None}


class EventTracker(PersonalizeResource):
    """The event tracker of a dataset group; there is at most one."""

    deleting = [("DELETE PENDING", "DELETE IN_PROGRESS"), ("DELETE IN_PROGRESS", GONE)]

    def __init__(self, arn: str, account_id: str, name: str, group_arn: str, tags: dict[str, str]):
        super().__init__(EVENT_TRACKER, name, tags)
        self.arn = arn
        self.account_id = account_id
        self.group_arn = group_arn
        self.tracking_id = str(mock_random.uuid4())
        self.events = Events()

    def to_dict(self, full: bool = True) -> dict[str, Any]:
        """The description, or with ``full`` False the summary."""
        described = {
            "name": self.name,
            "eventTrackerArn": self.arn,
            "status": self.state,
            "creationDateTime": self.created,
            "lastUpdatedDateTime": self.updated,
        }
        if full:
            described |= {
                "accountId": self.account_id,
                "trackingId": self.tracking_id,
                "datasetGroupArn": self.group_arn,
            }
        return described


def _tags(tags: list[dict[str, str]] | None) -> dict[str, str]:
    keys = [tag["tagKey"] for tag in tags or []]
    if any(key.lower().startswith("aws:") for key in keys):
        raise InvalidInputException("Tag keys can't start with aws:")
    if len(set(keys)) < len(keys):
        raise InvalidInputException("Each tag key must be unique.")
    if len(keys) > MAX_TAGS:
        raise TooManyTagsException
    return {tag["tagKey"]: tag["tagValue"] for tag in tags or []}


class PersonalizeBackend(ReleasedBackend):
    """moto's Personalize, with dataset groups, datasets, event trackers, tags and events."""

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.groups: dict[str, DatasetGroup] = {}
        self.datasets: dict[str, Dataset] = {}
        self.trackers: dict[str, EventTracker] = {}

    def _purge(self) -> None:
        for held in (self.trackers, self.datasets, self.groups):
            resources: dict[str, Any] = held
            for arn, resource in list(resources.items()):
                resource.progress()
                if resource.state == GONE:
                    del resources[arn]

    def _arn(self, path: str) -> str:
        return f"arn:{get_partition(self.region_name)}:personalize:{self.region_name}:{self.account_id}:{path}"

    def _group(self, arn: str) -> DatasetGroup:
        self._purge()
        if arn not in self.groups:
            raise ResourceNotFoundException("dataset group", arn)
        return self.groups[arn]

    def _tracker(self, arn: str) -> EventTracker:
        self._purge()
        if arn not in self.trackers:
            raise ResourceNotFoundException("event tracker", arn)
        return self.trackers[arn]

    def create_dataset_group(self, params: dict[str, Any]) -> DatasetGroup:
        """Make a group; its name is its ARN."""
        self._purge()
        if params.get("roleArn") and not params.get("kmsKeyArn"):
            raise InvalidInputException("Supplying an IAM role is only valid when also specifying a KMS key.")
        tags = _tags(params.get("tags"))
        arn = self._arn(f"dataset-group/{params['name']}")
        if arn in self.groups:
            raise ResourceAlreadyExistsException(arn)
        self.groups[arn] = DatasetGroup(arn, params, tags)
        return self.groups[arn]

    def describe_dataset_group(self, arn: str) -> dict[str, Any]:
        """The group as it is; looking moves time on when progression is manual."""
        group = self._group(arn)
        described = group.to_dict()
        group.advance()
        return described

    def list_dataset_groups(self, limit: int | None, token: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """A page of groups."""
        self._purge()
        return self._page(list(self.groups.values()), "groups", limit, token)

    def delete_dataset_group(self, arn: str) -> None:
        """Begin to delete an empty group."""
        group = self._group(arn)
        if not group.is_settled:
            raise ResourceInUseException(f"The dataset group is {group.state}: {arn}")
        if any(tracker.group_arn == arn for tracker in self.trackers.values()):
            raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
        if any(dataset.group_arn == arn for dataset in self.datasets.values()):
            raise ResourceInUseException(f"The dataset group has a dataset: {arn}")
        group.start_deleting()

    def create_schema(self, name: str, schema_dict: Any, domain: Any) -> str:
        """Keep a schema; its name is its ARN."""
        if not is_avro(schema_dict):
            raise InvalidInputException("The schema is not a valid Avro schema.")
        schema = Schema(self.account_id, self.region_name, name, schema_dict, domain)
        if schema.arn in self.schemas:
            raise ResourceAlreadyExistsException(schema.arn)
        self.schemas[schema.arn] = schema
        return str(schema.arn)

    def describe_schema(self, schema_arn: str) -> Any:
        """The schema."""
        if schema_arn not in self.schemas:
            raise ResourceNotFoundException("schema", schema_arn)
        return self.schemas[schema_arn]

    def page_of_schemas(self, limit: int | None, token: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """A page of schemas."""
        return self._page(list(self.schemas.values()), "schemas", limit, token)

    def delete_schema(self, schema_arn: str) -> None:
        """Delete a schema that no dataset has."""
        self._purge()
        self.describe_schema(schema_arn)
        if any(dataset.schema_arn == schema_arn for dataset in self.datasets.values()):
            raise ResourceInUseException(f"A dataset has the schema: {schema_arn}")
        del self.schemas[schema_arn]

    def _dataset(self, arn: str) -> Dataset:
        self._purge()
        if arn not in self.datasets:
            raise ResourceNotFoundException("dataset", arn)
        return self.datasets[arn]

    def create_dataset(self, params: dict[str, Any]) -> Dataset:
        """Make the one dataset of its type in a group; its ARN says which."""
        tags, group_arn, kind = _tags(params.get("tags")), params["datasetGroupArn"], params["datasetType"].upper()
        if kind not in TYPES:
            raise InvalidInputException(f"The dataset type is none of {', '.join(TYPES)}.")
        group = self._group(group_arn)
        schema = self.describe_schema(params["schemaArn"])
        if group.state != "ACTIVE":
            raise ResourceInUseException(f"The dataset group is {group.state}: {group_arn}")
        arn = self._arn(f"dataset/{group.name}/{kind}")
        if arn in self.datasets:
            raise ResourceAlreadyExistsException(arn)
        self.datasets[arn] = Dataset(arn, params["name"], kind, group_arn, schema.arn, tags)
        return self.datasets[arn]

    def describe_dataset(self, arn: str) -> dict[str, Any]:
        """The dataset as it is; looking moves time on when progression is manual."""
        dataset = self._dataset(arn)
        described = dataset.to_dict()
        dataset.advance()
        return described

    def list_datasets(
        self, group_arn: str | None, limit: int | None, token: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """A page of datasets, of one group or of all."""
        self._purge()
        held = [d for d in self.datasets.values() if group_arn is None or d.group_arn == group_arn]
        return self._page(held, f"datasets {group_arn}", limit, token)

    def delete_dataset(self, arn: str) -> None:
        """Begin to delete a dataset; one of interactions outlives the tracker of its group."""
        dataset = self._dataset(arn)
        if not dataset.is_settled:
            raise ResourceInUseException(f"The dataset is {dataset.state}: {arn}")
        if dataset.kind == INTERACTIONS and any(t.group_arn == dataset.group_arn for t in self.trackers.values()):
            raise ResourceInUseException(f"The dataset group has an event tracker: {dataset.group_arn}")
        dataset.start_deleting()

    def create_event_tracker(self, name: str, group_arn: str, tags: list[dict[str, str]] | None) -> EventTracker:
        """Make the one tracker of a group; its ARN is a function of the group's."""
        new_tags = _tags(tags)
        group = self._group(group_arn)
        if group.state != "ACTIVE":
            raise ResourceInUseException(f"The dataset group is {group.state}: {group_arn}")
        digest = hashlib.md5(group_arn.encode(), usedforsecurity=False).hexdigest()[:8]
        arn = self._arn(f"event-tracker/{digest}")
        if arn in self.trackers:
            raise ResourceAlreadyExistsException(arn)
        self.trackers[arn] = EventTracker(arn, self.account_id, name, group_arn, new_tags)
        return self.trackers[arn]

    def describe_event_tracker(self, arn: str) -> dict[str, Any]:
        """The tracker as it is; looking moves time on when progression is manual."""
        tracker = self._tracker(arn)
        described = tracker.to_dict()
        tracker.advance()
        return described

    def list_event_trackers(
        self, group_arn: str | None, limit: int | None, token: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """A page of trackers, of one group or of all."""
        self._purge()
        held = [t for t in self.trackers.values() if group_arn is None or t.group_arn == group_arn]
        return self._page(held, group_arn or "trackers", limit, token)

    def delete_event_tracker(self, arn: str) -> None:
        """Begin to delete a tracker."""
        tracker = self._tracker(arn)
        if not tracker.is_settled:
            raise ResourceInUseException(f"The event tracker is {tracker.state}: {arn}")
        tracker.start_deleting()

    @staticmethod
    def _page(
        held: list[Any], what: str, limit: int | None, token: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Items after the one that the token names by its ARN, in the order of the ARNs."""
        after = ""
        if token is not None:
            try:
                kind, _, after = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
            except ValueError:
                raise InvalidNextTokenException from None
            if kind != what or not after:
                raise InvalidNextTokenException
        rest = sorted((item for item in held if item.arn > after), key=lambda item: item.arn)
        page = rest[: limit or DEFAULT_PAGE]
        more = len(rest) > len(page)
        next_token = base64.urlsafe_b64encode(f"{what} {page[-1].arn}".encode()).decode() if more else None
        return [item.to_dict(full=False) for item in page], next_token

    def _tagged(self, arn: str) -> PersonalizeResource:
        self._purge()
        found = self.trackers.get(arn) or self.groups.get(arn) or self.datasets.get(arn)
        if found is None:
            raise ResourceNotFoundException("resource", arn)
        return found

    def tag_resource(self, arn: str, tags: list[dict[str, str]]) -> None:
        """Add tags to those that are there."""
        resource, new = self._tagged(arn), _tags(tags)
        if len({**resource.tags, **new}) > MAX_TAGS:
            raise TooManyTagsException
        resource.tags.update(new)

    def untag_resource(self, arn: str, keys: list[str]) -> None:
        """Take keys away; those that are not there are passed over."""
        resource = self._tagged(arn)
        if len(keys) > MAX_TAGS:
            raise TooManyTagKeysException
        for key in keys:
            resource.tags.pop(key, None)

    def list_tags_for_resource(self, arn: str) -> list[dict[str, str]]:
        """All tags."""
        return [{"tagKey": key, "tagValue": value} for key, value in self._tagged(arn).tags.items()]

    def put_events(self, tracking_id: str) -> None:
        """Accept events for an ACTIVE tracker."""
        self._purge()
        if not any(t.tracking_id == tracking_id and t.state == "ACTIVE" for t in self.trackers.values()):
            raise InvalidInputException("The tracking ID does not exist or is not active yet.")

    def keep_events(self, params: dict[str, Any]) -> None:
        """Append accepted events to the Interactions dataset of the tracker's group; without one, to the tracker."""
        tracking_id = params["trackingId"]
        tracker = next((t for t in self.trackers.values() if t.tracking_id == tracking_id), None)
        if tracker is None:
            return
        dataset = self._dataset_in(tracker.group_arn, INTERACTIONS)
        kept = tracker.events if dataset is None else dataset.events
        said = {name: params[name] for name in ("trackingId", "sessionId", "userId") if name in params}
        for event in params["eventList"]:
            kept.append(said | as_kept(event))

    def kept_events(self) -> list[dict[str, Any]]:
        """All that was kept, in the order in which it came, one dataset or tracker after the other."""
        self._purge()
        held: list[Dataset | EventTracker] = [*self.datasets.values(), *self.trackers.values()]
        return [dict(event) for each in held for event in each.events.held()]

    def _dataset_in(self, group_arn: str, kind: str) -> Dataset | None:
        return next((d for d in self.datasets.values() if (d.group_arn, d.kind) == (group_arn, kind)), None)

    def put_records(self, kind: str, arn: str) -> None:
        """Accept items, users or actions for a dataset of their type; they are not kept."""
        dataset = self._dataset(arn)
        if dataset.kind != kind:
            raise InvalidInputException(f"The dataset is of type {dataset.kind}: {arn}")
        if dataset.state != "ACTIVE":
            raise ResourceInUseException(f"The dataset is {dataset.state}: {arn}")

    def put_action_interactions(self, tracking_id: str) -> None:
        """Accept action interactions for a tracker in whose group there is a dataset for them; they are not kept."""
        self._purge()
        groups = [t.group_arn for t in self.trackers.values() if t.tracking_id == tracking_id]
        dataset = self._dataset_in(groups[0], "ACTION_INTERACTIONS") if groups else None
        if dataset is None:
            raise ResourceNotFoundException("Action interactions dataset of the tracking ID", tracking_id)
        self.put_records("ACTION_INTERACTIONS", dataset.arn)


personalize_backends = BackendDict(PersonalizeBackend, "personalize")
