"""How a blind fault is registered, and how its proof talks to the emulator.

A fault has the form of the shipped ones (trackstep.emulator.faults.planting); beside it stand its class, its level of
difficulty and a proof: a hand-written sequence of calls that returns True where the wrong behaviour shows.
Nothing here knows of the search or of the judge.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from trackstep.emulator.exceptions import InvalidNextTokenException
from trackstep.emulator.faults.planting import Catalogue
from trackstep.emulator.models import personalize_backends
from trackstep.emulator.responses import PersonalizeEventsResponse

SET = "b6"
CLASSES = ("stateful", "time", "values", "paging", "wire", "isolation", "tags", "events", "errors", "lifecycle")
LEVELS = ("easy", "medium", "hard")

FAULTS = Catalogue()
META: dict[str, dict[str, str]] = {}
PROOFS: dict[str, Callable[["Calls"], bool]] = {}


def blind(
    kind: str, level: str, owner: Any, method: str, *clauses: str, story: str, behind: str = "", needs: str = "any",
    via: str = "process", also: Any = (),
) -> Callable[[Any], Any]:  # fmt: skip
    """Register the decorated fault under ``b6-its-name``; ``story`` says how an engineer would come to make it."""
    assert kind in CLASSES and level in LEVELS and clauses and story and via in ("process", "served")

    def register(wrong: Any) -> Any:
        wrong.__name__ = f"{SET}_{wrong.__name__}"
        FAULTS(owner, method, *clauses, behind=behind, needs=needs, also=also)(wrong)
        META[wrong.__name__.replace("_", "-")] = {
            "class": kind, "level": level, "clause": " ".join(clauses), "via": via, "story": story,
        }  # fmt: skip
        return wrong

    return register


def note_what_was_sent(call: Any, self: Any) -> Any:
    """For faults of PutEvents: the backend keeps the request that is being answered."""
    try:
        sent = json.loads(self.body)
    except (ValueError, TypeError, RecursionError):
        sent = {}
    self.personalize_backend.__dict__["_sent"] = sent
    return call()


def sent(backend: Any) -> list[dict[str, Any]]:
    """The events of the request that is being answered; it was found well formed before."""
    return list(backend.__dict__["_sent"]["eventList"])


STASH = ((PersonalizeEventsResponse, "call_action", note_what_was_sent),)
"""For ``also`` of faults of PutEvents."""


def kept(held: Any, what: str, made: Callable[[], Any] = dict) -> Any:
    """Something more that this backend or resource holds; a reset forgets it."""
    return held.__dict__.setdefault(f"_b6_{what}", made())


def everywhere(backend: Any) -> list[Any]:
    """The backends of all regions of this account."""
    return list(personalize_backends[backend.account_id].values())


def home(backend: Any) -> Any:
    """The one backend of this account where a singleton lives."""
    return personalize_backends[backend.account_id]["us-east-1"]


def rewritten(parse: Any, service: str, operation: str, body: bytes, change: Callable[[dict[str, Any]], Any]) -> Any:
    """For faults of ``responses.parse``: what it makes of the body once ``change`` has changed the object in it, in place."""
    try:
        params = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return parse(service, operation, body)
    if isinstance(params, dict):
        try:
            before = json.dumps(params)
            change(params)
            after = json.dumps(params)
        except RecursionError:
            return parse(service, operation, body)
        if after != before:
            body = after.encode()
    return parse(service, operation, body)


def events_in(params: dict[str, Any]) -> list[dict[str, Any]]:
    """What of a request looks like events."""
    listed = params.get("eventList")
    return [event for event in listed if isinstance(event, dict)] if isinstance(listed, list) else []


def token_of(text: str) -> str:
    """A token that holds this."""
    return base64.urlsafe_b64encode(text.encode()).decode()


def held_in(token: str) -> str:
    """What a token holds. Raises InvalidNextTokenException."""
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except ValueError:
        raise InvalidNextTokenException from None


def settled_copy(resource: Any) -> Any:
    """The resource as it was before it was deleted: what an index or a cache would go on showing."""
    left = copy.copy(resource)
    left._status = "ACTIVE"
    return left


def shows(wrong: Any) -> Callable[[Any], Any]:
    """Register the decorated proof of this fault."""

    def register(proof: Any) -> Any:
        PROOFS[wrong.__name__.replace("_", "-")] = proof
        return proof

    return register


@dataclass
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; {} where empty, None where it is none."""
        try:
            return json.loads(self.body) if self.body else {}
        except ValueError:
            return None

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return 200 <= self.status < 300 and isinstance(self.json, dict)

    @property
    def code(self) -> str:
        """The error's name."""
        named = (self.json or {}).get("__type") or self.headers.get("x-amzn-errortype", "")
        return "" if self.status < 300 else str(named).split("#")[-1]


class Calls:
    """boto3 without its own validation; ``_body`` sends these bytes as they are."""

    def __init__(self, url: str | None = None) -> None:
        self.url = url
        self._clients: dict[tuple[str, str], Any] = {}

    def __call__(self, op: str, _region: str = "us-east-1", _body: bytes | None = None, _target: str | None = None, **params: Any) -> Answer:
        service = "personalize-events" if op == "PutEvents" else "personalize"
        if (service, _region) not in self._clients:
            config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, inject_host_prefix=False)
            self._clients[service, _region] = boto3.client(
                service, region_name=_region, endpoint_url=self.url, config=config,
                aws_access_key_id="testing", aws_secret_access_key="testing",
            )  # fmt: skip
            events = self._clients[service, _region].meta.events
            events.register("before-call", self._send)
            events.register("before-parse", self._received)
        client = self._clients[service, _region]
        body = json.dumps(params).encode() if _body is None else _body
        self._now, self._seen = (op, body, _target), None
        try:
            client.put_events() if op == "PutEvents" else client.describe_event_tracker()
        except Exception:
            if self._seen is None:
                raise
        assert self._seen is not None
        return self._seen

    def _send(self, params: dict[str, Any], **_: Any) -> None:
        op, params["body"], target = self._now
        params["headers"]["Content-Type"] = "application/x-amz-json-1.1"
        if op != "PutEvents":
            params["headers"]["X-Amz-Target"] = target or f"AmazonPersonalize.{op}"

    def _received(self, response_dict: dict[str, Any], **_: Any) -> None:
        headers = {str(k).lower(): str(v) for k, v in response_dict["headers"].items()}
        self._seen = Answer(response_dict["status_code"], headers, response_dict["body"])

    def group(self, name: str = "g", _region: str = "us-east-1", **more: Any) -> str:
        """Make a group and wait until it rests; its ARN."""
        arn = self("CreateDatasetGroup", _region, name=name, **more).json["datasetGroupArn"]
        for _ in range(6):
            self("DescribeDatasetGroup", _region, datasetGroupArn=arn)
        return str(arn)

    def tracker(self, group: str, name: str = "t", _region: str = "us-east-1", **more: Any) -> dict[str, str]:
        """Make a tracker and wait until it rests; what Create returned."""
        made = self("CreateEventTracker", _region, name=name, datasetGroupArn=group, **more).json
        for _ in range(6):
            self("DescribeEventTracker", _region, eventTrackerArn=made["eventTrackerArn"])
        return dict(made)

    def described(self, arn: str, _region: str = "us-east-1") -> dict[str, Any]:
        """The description of a tracker or group; {} where there is none."""
        if ":event-tracker/" in arn:
            return dict((self("DescribeEventTracker", _region, eventTrackerArn=arn).json or {}).get("eventTracker", {}))
        return dict((self("DescribeDatasetGroup", _region, datasetGroupArn=arn).json or {}).get("datasetGroup", {}))

    def delete(self, arn: str, _region: str = "us-east-1") -> Answer:
        """Delete a tracker or group, and wait until it is gone (or not)."""
        if ":event-tracker/" in arn:
            answer = self("DeleteEventTracker", _region, eventTrackerArn=arn)
        else:
            answer = self("DeleteDatasetGroup", _region, datasetGroupArn=arn)
        if answer.ok:
            for _ in range(6):
                if not self.described(arn, _region):
                    break
        return answer

    def tags(self, arn: str, _region: str = "us-east-1") -> dict[str, str]:
        """The tags of a resource."""
        listed = self("ListTagsForResource", _region, resourceArn=arn).json["tags"]
        return {tag["tagKey"]: tag["tagValue"] for tag in listed}

    def tag(self, arn: str, _region: str = "us-east-1", **tags: str) -> Answer:
        """Add tags."""
        return self("TagResource", _region, resourceArn=arn, tags=many(tags))

    def put(self, tracking: str, *events: dict[str, Any], _region: str = "us-east-1", **more: Any) -> Answer:
        """Put events, one ordinary one if none is given."""
        sent = [{"eventType": "click", "sentAt": 1.7e9, **event} for event in events or ({},)]
        return self("PutEvents", _region, trackingId=tracking, sessionId="s", eventList=sent, **more)

    def walk(self, op: str, *sizes: int | None, **params: Any) -> list[dict[str, Any]]:
        """All items, by pages of these sizes (the last one again and again); at most 400 pages."""
        items: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        for page in range(400):
            size = sizes[min(page, len(sizes) - 1)] if sizes else None
            limit = {} if size is None else {"maxResults": size}
            answer = self(op, **params, **limit, **token)
            if not answer.ok:
                raise AssertionError(f"a walk was refused: {answer}")
            items += answer.json["eventTrackers" if op == "ListEventTrackers" else "datasetGroups"]
            if "nextToken" not in answer.json:
                return items
            token = {"nextToken": answer.json["nextToken"]}
        return items


def many(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags as they stand in a request."""
    return [{"tagKey": key, "tagValue": value} for key, value in tags.items()]


@contextmanager
def emulated(fault: Any, needs: str, via: str) -> Iterator[Calls]:
    """The emulator, broken by ``fault`` or faithful where it is None, empty."""
    from moto import mock_aws
    from trackstep import emulator
    from trackstep.emulator import server

    with ExitStack() as entered:
        if fault is not None:
            fault.plant(entered)
        moving = emulator.progression("manual" if needs == "moving" else "immediate")
        if via == "served":
            personalize_backends.reset()
            entered.enter_context(moving)
            yield Calls(entered.enter_context(server.running()))
        else:
            entered.enter_context(mock_aws())
            entered.enter_context(emulator.enabled())
            entered.enter_context(moving)
            yield Calls()


def where_after(token: str | None, what: str) -> str:
    """The ARN that a token of the faithful form names, empty for none. Raises InvalidNextTokenException."""
    if token is None:
        return ""
    kind, _, after = held_in(token).partition(" ")
    if kind != what or not after:
        raise InvalidNextTokenException
    return after


def tracker_of(backend: Any, group_arn: str) -> Any:
    """The event tracker of this group, or None."""
    return next((t for t in backend.trackers.values() if t.group_arn == group_arn), None)


def noting_birth(made: Any, self: Any, *words: Any) -> Any:
    """For ``also`` of Creates: what is made remembers the tags that it was made with."""
    resource = made(*words)
    resource.__dict__["_b6_born"] = dict(resource.tags)
    return resource


def counted(held: Any, what: str) -> int:
    """How many times this has been asked of what is held."""
    from trackstep.emulator.faults.planting import count

    return count(held, what)
