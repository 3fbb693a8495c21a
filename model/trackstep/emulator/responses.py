"""Handles incoming personalize and personalize-events requests."""

import json
import re
from contextlib import AbstractContextManager
from threading import RLock
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.personalize.responses import PersonalizeResponse as ReleasedResponse

from .exceptions import InvalidInputException, InvalidNextTokenException, PersonalizeException
from .models import PersonalizeBackend, personalize_backends
from .validation import member_of_list, parse

JSON_1_1 = "application/x-amz-json-1.1"
_TIME = re.compile(r'("(?:creation|lastUpdated)DateTime":)(\d+(?:\.\d+)?)')
UNKNOWN = '{"__type":"UnknownOperationException"}'
PREFIX = "AmazonPersonalize."
OPERATIONS = frozenset(
    f"{verb}{what}"
    for what in ("DatasetGroup", "EventTracker")
    for verb in ("Create", "Describe", "Delete")
) | {"ListDatasetGroups", "ListEventTrackers", "TagResource", "UntagResource", "ListTagsForResource"}  # fmt: skip
"""What is answered here."""
BESIDE = frozenset(
    f"{verb}{what}" for what in ("Dataset", "Schema") for verb in ("Create", "Describe", "Delete")
) | {"ListDatasets", "ListSchemas"}  # fmt: skip
"""What is answered here beside that, since an event tracker has to do with it."""
PUTS = {
    "/events": "PutEvents",
    "/items": "PutItems",
    "/users": "PutUsers",
    "/actions": "PutActions",
    "/action-interactions": "PutActionInteractions",
}
"""Path -> what is asked there, of the service that takes events."""
STATUS = {"ResourceNotFoundException": 404, "ResourceInUseException": 409}
"""HTTP statuses of that service's errors; all others are 400, and of PutEvents all are."""
LOCK = RLock()
"""Whose turn it is: the backends check and then act, so that only one request at a time may be answered of each."""

Answer = tuple[int, dict[str, str], str]


def _java_double(match: re.Match[str]) -> str:
    """Epoch seconds as the service writes them: 1.620828853579E9."""
    mantissa = f"{float(match[2]) / 1e9:.12f}".rstrip("0")
    return f"{match[1]}{mantissa + '0' if mantissa.endswith('.') else mantissa}E9"


def dumps(body: dict[str, Any]) -> str:
    """Compact JSON with timestamps in the service's form."""
    return _TIME.sub(_java_double, json.dumps(body, separators=(",", ":")))


class Response(ReleasedResponse):
    """What both services share: which backend, and a way in beside moto's own."""

    use_raw_body = True

    @property
    def turn(self) -> AbstractContextManager[Any]:
        """What is held while a request is answered."""
        return LOCK

    @classmethod
    def asked(cls, target: str, body: bytes, region: str, account: str, path: str = "/events") -> Answer:
        """Answer what did not come through moto: its X-Amz-Target, its body, of whom it is asked, and the path."""
        made: Any = cls()
        made.headers, made.querystring, made.body, made.path = {"X-Amz-Target": target}, {}, body, path
        made.region, made.current_account = region, account
        answer: Answer = made.call_action()
        return answer

    @property
    def personalize_backend(self) -> PersonalizeBackend:
        """The backend of this region, whether moto knows the region or not."""
        regions: Any = personalize_backends[self.current_account]
        with LOCK:
            if self.region not in regions.keys():  # noqa: SIM118  # `in` would ask which regions moto lists
                regions[self.region] = personalize_backends.backend(self.region, self.current_account)
            backend: PersonalizeBackend = regions[self.region]
            return backend


class PersonalizeResponse(Response):
    """Control plane: awsJson1.1."""

    def _get_action(self) -> str:
        """The operation, empty where none of this service is named."""
        target = str(self.headers.get("X-Amz-Target") or "")
        return target.removeprefix(PREFIX) if target.startswith(PREFIX) else ""

    def call_action(self) -> Answer:
        """Answer one request, one at a time."""
        headers = {"content-type": JSON_1_1, "x-amzn-requestid": str(_request_id())}
        operation = self._get_action()
        method = camelcase_to_underscores(operation)
        with self.turn:
            try:
                if operation in OPERATIONS | BESIDE:
                    answer = getattr(self, f"_{method}")(parse("personalize", operation, self.body))
                    return 200, headers, "" if answer is None else dumps(answer)
                if operation.startswith("List") and (member := member_of_list(operation)):
                    if "nextToken" in parse("personalize", operation, self.body):
                        raise InvalidNextTokenException
                    return 200, headers, dumps({member: []})
            except PersonalizeException as refused:
                return 400, headers, refused.description
        return 400, headers, UNKNOWN

    def _create_schema(self, params: dict[str, Any]) -> dict[str, Any]:
        return {
            "schemaArn": self.personalize_backend.create_schema(params["name"], params["schema"], params.get("domain"))
        }

    def _describe_schema(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"schema": self.personalize_backend.describe_schema(params["schemaArn"]).to_dict()}

    def _list_schemas(self, params: dict[str, Any]) -> dict[str, Any]:
        page, token = self.personalize_backend.page_of_schemas(params.get("maxResults"), params.get("nextToken"))
        return {"schemas": page} | ({"nextToken": token} if token else {})

    def _delete_schema(self, params: dict[str, Any]) -> None:
        self.personalize_backend.delete_schema(params["schemaArn"])

    def _create_dataset(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"datasetArn": self.personalize_backend.create_dataset(params).arn}

    def _describe_dataset(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"dataset": self.personalize_backend.describe_dataset(params["datasetArn"])}

    def _list_datasets(self, params: dict[str, Any]) -> dict[str, Any]:
        backend = self.personalize_backend
        page, token = backend.list_datasets(
            params.get("datasetGroupArn"), params.get("maxResults"), params.get("nextToken")
        )
        return {"datasets": page} | ({"nextToken": token} if token else {})

    def _delete_dataset(self, params: dict[str, Any]) -> None:
        self.personalize_backend.delete_dataset(params["datasetArn"])

    def _create_dataset_group(self, params: dict[str, Any]) -> dict[str, Any]:
        group = self.personalize_backend.create_dataset_group(params)
        domain = {"domain": params["domain"]} if "domain" in params else {}
        return {"datasetGroupArn": group.arn} | domain

    def _describe_dataset_group(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"datasetGroup": self.personalize_backend.describe_dataset_group(params["datasetGroupArn"])}

    def _list_dataset_groups(self, params: dict[str, Any]) -> dict[str, Any]:
        backend = self.personalize_backend
        page, token = backend.list_dataset_groups(params.get("maxResults"), params.get("nextToken"))
        return {"datasetGroups": page} | ({"nextToken": token} if token else {})

    def _delete_dataset_group(self, params: dict[str, Any]) -> None:
        self.personalize_backend.delete_dataset_group(params["datasetGroupArn"])

    def _create_event_tracker(self, params: dict[str, Any]) -> dict[str, Any]:
        backend = self.personalize_backend
        tracker = backend.create_event_tracker(params["name"], params["datasetGroupArn"], params.get("tags"))
        return {"eventTrackerArn": tracker.arn, "trackingId": tracker.tracking_id}

    def _describe_event_tracker(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"eventTracker": self.personalize_backend.describe_event_tracker(params["eventTrackerArn"])}

    def _list_event_trackers(self, params: dict[str, Any]) -> dict[str, Any]:
        backend = self.personalize_backend
        page, token = backend.list_event_trackers(
            params.get("datasetGroupArn"), params.get("maxResults"), params.get("nextToken")
        )
        return {"eventTrackers": page} | ({"nextToken": token} if token else {})

    def _delete_event_tracker(self, params: dict[str, Any]) -> None:
        self.personalize_backend.delete_event_tracker(params["eventTrackerArn"])

    def _tag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        self.personalize_backend.tag_resource(params["resourceArn"], params["tags"])
        return {}

    def _untag_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        self.personalize_backend.untag_resource(params["resourceArn"], params["tagKeys"])
        return {}

    def _list_tags_for_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"tags": self.personalize_backend.list_tags_for_resource(params["resourceArn"])}


class PersonalizeEventsResponse(Response):
    """Events, items, users, actions: rest-json."""

    def call_action(self) -> Answer:
        """Answer one request; which one it is, the path says."""
        headers = {"content-type": "application/json", "x-amzn-requestid": str(_request_id())}
        operation = PUTS.get(self.path, "PutEvents")
        with self.turn:
            try:
                params = parse("personalize-events", operation, self.body)
                getattr(self, f"_{camelcase_to_underscores(operation)}")(params)
            except PersonalizeException as refused:
                status = STATUS.get(refused.error_type, 400) if operation != "PutEvents" else 400
                return status, headers | {"x-amzn-errortype": refused.error_type}, refused.description
        return 200, headers, ""

    def _put_events(self, params: dict[str, Any]) -> None:
        for event in params["eventList"]:
            if "properties" in event:
                _properties(event["properties"])
        self.personalize_backend.put_events(params["trackingId"])
        self.personalize_backend.keep_events(params)

    def _put_items(self, params: dict[str, Any]) -> None:
        self.personalize_backend.put_records("ITEMS", params["datasetArn"])

    def _put_users(self, params: dict[str, Any]) -> None:
        self.personalize_backend.put_records("USERS", params["datasetArn"])

    def _put_actions(self, params: dict[str, Any]) -> None:
        self.personalize_backend.put_records("ACTIONS", params["datasetArn"])

    def _put_action_interactions(self, params: dict[str, Any]) -> None:
        self.personalize_backend.put_action_interactions(params["trackingId"])


def _properties(text: Any) -> None:
    try:
        good = text is None or isinstance(json.loads(text), dict)
    except (ValueError, TypeError, RecursionError):
        good = False
    if not good:
        raise InvalidInputException("Error parsing properties json")


def _request_id() -> Any:
    from uuid import uuid4

    return uuid4()
