"""Events arrive: what a test of an app reads back, in process and over HTTP; and what clients do beside."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from tests.emulator.test_backend import EVENT, group, personalize, refusal
from tests.emulator.test_dataset import dataset
from trackstep import emulator
from trackstep.emulator import server
from trackstep.emulator.models import personalize_backends
from trackstep.emulator.responses import BESIDE, OPERATIONS
from trackstep.operation import Operation

__all__ = ["personalize"]
ARN = "arn:aws:personalize:us-east-1:123456789012:dataset/mine/ITEMS"


def tracking_id(client: Any, name: str = "mine", with_dataset: bool = True) -> str:
    """The tracking ID of a new tracker, in a group with a dataset of interactions or without."""
    arn = group(client, name)
    if with_dataset:
        dataset(client, arn)
    return str(client.create_event_tracker(name="t", datasetGroupArn=arn)["trackingId"])


@pytest.fixture
def events(personalize: Any) -> Any:
    """A client of PutEvents."""
    return boto3.client("personalize-events", region_name="us-east-1")


@pytest.mark.parametrize("with_dataset", [True, False])
def test_events__are_kept_with_what_was_said_of_them(personalize: Any, events: Any, with_dataset: bool) -> None:
    """Those of one tracking ID, the oldest first; the properties are the text that was sent."""
    mine, other = tracking_id(personalize, with_dataset=with_dataset), tracking_id(personalize, "other", False)
    asked = {"trackingId": mine, "userId": "u", "sessionId": "s"}
    first = EVENT | {"itemId": "i", "properties": '{"price": 3}', "impression": ["i", "j"]}
    events.put_events(**asked, eventList=[first, EVENT | {"metricAttribution": {"eventAttributionSource": "x"}}])
    events.put_events(trackingId=other, sessionId="s", eventList=[EVENT])
    assert emulator.events(tracking_id=mine) == [
        asked | first,
        asked | EVENT | {"metricAttribution": {"eventAttributionSource": "x"}},
    ]
    assert [event["trackingId"] for event in emulator.events()] in ([mine, mine, other], [other, mine, mine])


def test_events__that_are_refused_or_the_same_are_not_kept(personalize: Any, events: Any) -> None:
    """Of two that are the same at the same time one is kept; of an unknown tracking ID, and of bad properties, none."""
    mine = tracking_id(personalize)
    events.put_events(trackingId=mine, sessionId="s", eventList=[EVENT, EVENT, EVENT | {"sentAt": 1700000001}])
    asked = {"trackingId": mine, "sessionId": "s", "eventList": [EVENT | {"properties": "no JSON"}]}
    assert refusal(events.put_events, **asked) == "InvalidInputException"
    assert refusal(events.put_events, **asked | {"trackingId": "x"}) == "InvalidInputException"
    assert len(emulator.events(tracking_id=mine)) == 2


def test_events__outlive_the_tracker_in_the_dataset(personalize: Any, events: Any) -> None:
    """The dataset has them; with the dataset they are gone."""
    mine = tracking_id(personalize)
    events.put_events(trackingId=mine, sessionId="s", eventList=[EVENT])
    (tracker,) = personalize.list_event_trackers()["eventTrackers"]
    personalize.delete_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])
    assert len(emulator.events(tracking_id=mine)) == 1
    (kept,) = personalize.list_datasets()["datasets"]
    personalize.delete_dataset(datasetArn=kept["datasetArn"])
    assert emulator.events(tracking_id=mine) == []


def test_put_items_users_actions__want_a_dataset_of_their_type(personalize: Any, events: Any) -> None:
    """Without one it is not found; one of another type will not do; one of their own takes them."""
    items = [{"itemId": "i"}]
    assert refusal(events.put_items, datasetArn=ARN, items=items) == "ResourceNotFoundException"
    users = {"datasetArn": ARN.replace("ITEMS", "USERS"), "users": [{"userId": "u"}]}
    assert refusal(events.put_users, **users) == "ResourceNotFoundException"
    mine = tracking_id(personalize)
    said = {"actionId": "a", "sessionId": "s", "timestamp": 1700000000, "eventType": "taken"}
    asked = {"trackingId": mine, "actionInteractions": [said]}
    assert refusal(events.put_action_interactions, **asked) == "ResourceNotFoundException"
    (schema,) = personalize.list_schemas()["schemas"]
    (held,) = personalize.list_dataset_groups()["datasetGroups"]
    for kind in ("Items", "Action_Interactions"):
        dataset(personalize, held["datasetGroupArn"], kind, schema["schemaArn"])
    events.put_items(datasetArn=ARN, items=items)
    events.put_action_interactions(**asked)
    assert refusal(events.put_users, datasetArn=ARN, users=[{"userId": "u"}]) == "InvalidInputException"
    assert refusal(events.put_items, datasetArn=ARN, items=11 * items) == "InvalidInputException"


def test_lists__of_what_is_not_offered_are_empty_pages(personalize: Any) -> None:
    """Every List of the service's model is answered; what it lists cannot be created."""
    model = ServiceModel(Loader().load_service_model("personalize", "service-2"), "personalize")
    for name in model.operation_names:
        if name.startswith("List") and name not in OPERATIONS | BESIDE:
            call = getattr(personalize, Operation(name).method)
            answer = {member: value for member, value in call().items() if member != "ResponseMetadata"}
            assert list(answer.values()) == [[]], name
            assert refusal(call, nextToken="x") == "InvalidNextTokenException"


@pytest.fixture
def url() -> Iterator[str]:
    """An emulator over HTTP, empty, statuses moving at once."""
    personalize_backends.reset()
    with emulator.progression("immediate"), server.running() as url:
        yield url
    personalize_backends.reset()


def asked(url: str, method: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request."""
    data = None if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, data, named, method=method), timeout=10)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def test_serve__shows_the_events_on_a_page_of_its_own(url: str) -> None:
    """GET /_trackstep/events, of one tracking ID or of all."""
    client = boto3.client(
        "personalize", region_name="eu-west-1", endpoint_url=url, aws_access_key_id="x", aws_secret_access_key="x"
    )
    mine = tracking_id(client)
    sent = {"trackingId": mine, "sessionId": "s", "eventList": [EVENT]}
    scope = "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/personalize/aws4_request, SignedHeaders=host, Signature=0"
    status, *_ = asked(f"{url}/events", "POST", sent, Authorization=scope)
    shown = [asked(f"{url}/_trackstep/events{query}", "GET") for query in (f"?trackingId={mine}", "", "?trackingId=x")]
    kept = {"trackingId": mine, "sessionId": "s", **EVENT}
    assert (status, [each[0] for each in shown]) == (200, [200, 200, 200])
    assert [json.loads(body)["events"] for *_, body in shown] == [[kept], [kept], []]
    assert shown[0][1]["content-type"] == "application/json"


def test_serve__lets_a_browser_send_events(url: str) -> None:
    """A preflight is answered, and so is the request after it; others are told nothing of origins."""
    origin = {"Origin": "http://localhost:3000"}
    before = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type,x-amz-date"}
    status, headers, body = asked(f"{url}/events", "OPTIONS", **origin, **before)
    assert (status, body) == (200, b"")
    assert headers["access-control-allow-origin"] == "*"
    assert headers["access-control-allow-headers"] == "content-type,x-amz-date"
    assert "POST" in headers["access-control-allow-methods"]
    sent = {"trackingId": "x", "sessionId": "s", "eventList": [EVENT]}
    status, headers, _ = asked(f"{url}/events", "POST", sent, **origin)
    assert (status, headers["access-control-allow-origin"]) == (400, "*")
    assert "access-control-allow-origin" not in asked(f"{url}/events", "POST", sent)[1]
    assert asked(f"{url}/events", "OPTIONS")[0] == 400
    assert asked(f"{url}/", "OPTIONS", **origin, **before)[0] == 200


def test_serve__says_of_items_without_a_dataset_what_is_documented(url: str) -> None:
    """HTTP 404, the error in the header, as rest-json has it."""
    status, headers, body = asked(f"{url}/items", "POST", {"datasetArn": ARN, "items": [{"itemId": "i"}]})
    assert (status, headers["x-amzn-errortype"]) == (404, "ResourceNotFoundException")
    assert json.loads(body)["message"] == f"The given dataset does not exist: {ARN}"
