"""Clients as they are met: they make, poll, use, tag, list, delete and make again; they also err.

A script is a generator: it yields a request and is sent what came of it. Several run at once, in any order, with stray
requests between: of what is gone, elsewhere, somebody else's, spoilt. Must never look into the service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from random import Random
from typing import Any

from tests.fuzz.request import REQUIRED
from trackstep.operation import COVERED, Operation
from trackstep.outcome import Outcome

Script = Generator[Operation, Outcome, None]
KEYS = ("k", "K", "a:b", "naïve", "alchemy::id", "e")
VALUES = ("", "1", "2", "Ω", "x" * 256)
ROLE, KMS = "arn:aws:iam::123456789012:role/r", "arn:aws:kms:us-east-1:123456789012:key/k"
NOT_ACTIVE = ("CREATE PENDING", "CREATE IN_PROGRESS")
ODD: tuple[Any, ...] = (None, 5, "", [], {}, "x" * 2000, "\x00", True, ["a"], -1)
ELSEWHERE = {
    1: ("aws-cn",),
    3: ("us-east-1", "us-west-2", "eu-west-1"),
    4: ("999999999999",),
    5: ("schema/s", "event-tracker/name", "dataset-group/nobody", "event-tracker/ab12cd34", "x"),
}
"""Place in an ARN -> what may stand there instead."""
GROUP, TRACKER, RESOURCE = "datasetGroupArn", "eventTrackerArn", "resourceArn"


class Client:
    """One caller of one account. ``names`` are those that it gives."""

    def __init__(self, rng: Random, prefix: str, regions: tuple[str, ...]) -> None:
        self.rng, self.prefix, self.regions = rng, prefix, regions
        self.account = ""
        self.groups: list[str] = []
        self.trackers: list[str] = []
        self.ids: list[str] = []
        self.datasets: list[str] = []
        self.tokens: list[Operation] = []
        self.scripts: list[Script] = []
        self.waiting: dict[Script, Operation] = {}
        self.last: Operation | None = None
        self.steady = rng.choice((0.6, 0.8, 0.95))
        self.stray = rng.choice((0.05, 0.1, 0.2, 0.3))
        self.mood = rng.choices(SCRIPTS, k=6)
        slots = rng.choice((("a",), ("a", "b"), ("a", "b"), ("a", "b", "c"), ("a", "b-create-failed"), tuple("abcde")))
        self.group_names = [f"{prefix}-{slot}" for slot in slots]
        self.names = [f"{prefix}-{each}" for each in ("t", "u", "v-create-failed")[: rng.randint(1, 3)]]

    # -- the next request, and what is learnt -------------------------------------------------------

    def next(self) -> tuple[Operation, Script | None]:
        """A request, and the script that waits for what comes of it."""
        rng = self.rng
        if rng.random() < self.stray:
            return self.any_request(), None
        while len(self.scripts) < 2:
            script = rng.choice(self.mood)(self, rng.choice(self.regions))
            self.scripts.append(script)
            self.waiting[script] = next(script)
        script = self.scripts[0] if rng.random() < self.steady else self.scripts[1]
        return self.waiting[script], script

    def hear(self, operation: Operation, outcome: Outcome, script: Script | None) -> None:
        """What came back."""
        self.last = operation
        if outcome.kind == "success":
            self._learn(operation, outcome.result or {})
        if script is None:
            return
        try:
            self.waiting[script] = script.send(outcome)
        except StopIteration:
            self.scripts.remove(script)
            del self.waiting[script]

    def _learn(self, operation: Operation, result: Mapping[str, Any]) -> None:
        if "nextToken" in result:
            self.tokens.append(
                Operation(operation.name, {**operation.params, "nextToken": result["nextToken"]}, operation.region)
            )
        shown = [result, *(each for each in result.values() if isinstance(each, dict))]
        shown += [item for each in result.values() if isinstance(each, list) for item in each]
        for each in shown:
            for member, known in ((GROUP, self.groups), (TRACKER, self.trackers), ("trackingId", self.ids)):
                if member in each and each[member] not in known and self._mine(each, operation):
                    known.append(each[member])
        if GROUP in result:
            self.account = result[GROUP].split(":")[4]
        if "datasetArn" in result:
            self.datasets.append(result["datasetArn"])

    def _mine(self, shown: Mapping[str, Any], operation: Operation) -> bool:
        name = shown.get("name", operation.params.get("name", ""))
        return isinstance(name, str) and name.startswith(self.prefix)

    # -- requests --------------------------------------------------------------------------------------

    def request(self, operation: str, region: str, /, **params: Any) -> Operation:
        """One in a region."""
        return Operation(operation, params, region)

    def group(self, region: str) -> str:
        """The ARN of one of the groups, there or not."""
        account = self.account or self.rng.choice(("123456789012", "000000000000"))
        return f"arn:aws:personalize:{region}:{account}:dataset-group/{self.rng.choice(self.group_names)}"

    def tracker(self, region: str) -> str:
        """The ARN of a tracker that was seen in the region, or of none."""
        here = [arn for arn in self.trackers if f":{region}:" in arn]
        return (
            self.rng.choice(here[-3:])
            if here
            else f"arn:aws:personalize:{region}:{self.account}:event-tracker/00000000"
        )

    def tags(self, most: int = 3) -> list[dict[str, str]]:
        """Some tags; now and then a key twice, or as many as there can be."""
        rng = self.rng
        keys = rng.sample(KEYS, rng.randint(0, most))
        if rng.random() < 0.1:
            keys += keys[:1]
        if rng.random() < 0.05:
            keys = [f"k{number}" for number in range(rng.choice((48, 50, 51)))]
        return [{"tagKey": key, "tagValue": rng.choice(VALUES)} for key in keys]

    def event(self) -> dict[str, Any]:
        """One event: with properties, with reserved words among them, or bare."""
        rng = self.rng
        event: dict[str, Any] = {"eventType": "click", "sentAt": rng.choice((1, 1601702130, 1.7e9))}
        if rng.random() < 0.4:
            held = rng.choice(({"itemId": "1"}, {"timestamp": 1.5}, {}, [1], {"a": {"b": 1}}, {"userId": "u"}))
            event["properties"] = json.dumps(held)
        return event | rng.choice(({}, {}, {"itemId": "i", "eventValue": 1.5}, {"impression": ["1"]}))

    def create_group(self, region: str, name: str) -> Operation:
        """With tags, a domain or a key now and then."""
        more = self.rng.choice(
            ({}, {}, {}, {"tags": self.tags()}, {"domain": "ECOMMERCE"}, {"roleArn": ROLE, "kmsKeyArn": KMS})
        )
        return self.request("CreateDatasetGroup", region, name=name, **more)

    def create_tracker(self, region: str, group: str) -> Operation:
        """With tags now and then."""
        more = {"tags": self.tags()} if self.rng.random() < 0.3 else {}
        return self.request(
            "CreateEventTracker", region, name=self.rng.choice(self.names), datasetGroupArn=group, **more
        )

    def put(self, region: str, tracking_id: str) -> Operation:
        """One event or two."""
        events = [self.event() for _ in range(self.rng.choice((1, 1, 2)))]
        return self.request("PutEvents", region, trackingId=tracking_id, sessionId="s", eventList=events)

    def any_request(self) -> Operation:
        """A stray one: of something there or gone, here or elsewhere, well-formed or not."""
        rng, region = self.rng, self.rng.choice(self.regions)
        chance = rng.random()
        if chance < 0.1 and self.last is not None:
            return self.last
        if chance < 0.2 and self.tokens:
            return rng.choice(self.tokens[-3:])
        if chance < 0.25:
            return self._of_another_kind(region)
        operation = self.good(rng.choice(tuple(COVERED)), region)
        if chance < 0.55:
            return self._spoilt(operation)
        return self._elsewhere(operation) if chance < 0.7 else operation

    def good(self, name: str, region: str) -> Operation:
        """A well-formed request."""
        rng, group, tracker = self.rng, self.group(region), self.tracker(region)
        some = rng.choice((group, tracker))
        if name == "CreateDatasetGroup":
            return self.create_group(region, rng.choice(self.group_names))
        if name == "CreateEventTracker":
            return self.create_tracker(region, group)
        if name == "PutEvents":
            return self.put(region, rng.choice(self.ids) if self.ids else "nobody's")
        params: dict[str, Any] = {}
        for member in REQUIRED[name]:
            params[member] = {GROUP: group, TRACKER: tracker, RESOURCE: some, "tags": None, "tagKeys": None}[member]
        if "tags" in params:
            params["tags"] = self.tags()
        if "tagKeys" in params:
            params["tagKeys"] = rng.sample(KEYS, rng.randint(0, 2)) + rng.choice(([], [], ["k", "k"]))
        if name.startswith("List") and name != "ListTagsForResource":
            params |= rng.choice(({}, {"maxResults": rng.choice((1, 2, 100))}, {"nextToken": "nobody's"}))
            params |= {GROUP: group} if name == "ListEventTrackers" and rng.random() < 0.5 else {}
        return Operation(name, params, region)

    def _of_another_kind(self, region: str) -> Operation:
        rng = self.rng
        if self.datasets and rng.random() < 0.5:
            dataset = rng.choice(self.datasets)
            if rng.random() < 0.3:
                return self.request("ListTagsForResource", dataset.split(":")[3], resourceArn=dataset)
            return self.request("DeleteDataset", dataset.split(":")[3], datasetArn=dataset)
        return rng.choice((self.request("MakeTea", region), self.dataset(region, self.group(region))))

    def dataset(self, region: str, group: str) -> Operation:
        """What a group may need."""
        schema = f"arn:aws:personalize:{region}:{self.account}:schema/s"
        return self.request(
            "CreateDataset", region, name="d", datasetGroupArn=group, datasetType="Interactions", schemaArn=schema
        )

    def _elsewhere(self, operation: Operation) -> Operation:
        """The same about an ARN of another account, region, partition, kind or form."""
        rng, params = self.rng, dict(operation.params)
        for member in (GROUP, TRACKER, RESOURCE):
            if isinstance(params.get(member), str):
                parts = params[member].split(":", 5)
                place = rng.choice(tuple(ELSEWHERE))
                parts[place] = rng.choice(ELSEWHERE[place])
                params[member] = ":".join(parts)
        return Operation(operation.name, params, operation.region)

    def _spoilt(self, operation: Operation) -> Operation:
        """The same with one thing wrong, or odd."""
        rng, params = self.rng, dict(operation.params)
        chance = rng.random()
        if chance < 0.1:
            return Operation(operation.name, {}, operation.region, rng.choice((b"", b"[]", b"{", b"null", b"\xff")))
        if chance < 0.2:
            return Operation(operation.name, {**params, "surplus": 1}, operation.region)
        member = rng.choice([*params, "nextToken"] if operation.name.startswith("List") else [*params])
        if chance < 0.35:
            params.pop(member, None)
        elif chance < 0.8:
            params[member] = rng.choice(ODD)
        elif member == "name":
            params[member] = rng.choice(("-a", f"{self.prefix}-é", "x" * 64, f"{self.prefix}-" + "y" * 50, " a"))
        elif member == "tags":
            key = rng.choice(("aws:x", "AWS:x", "a;b", "x" * 129, "ok"))
            params[member] = [{"tagKey": key, "tagValue": rng.choice(("", "aws:v", "x" * 257, "a;b", None))}]
        elif member == "eventList":
            event = self.event() | rng.choice(
                (
                    {"properties": "{"},
                    {"properties": ""},
                    {"sentAt": "now"},
                    {"eventType": ""},
                    {"impression": []},
                    {"x": 1},
                )
            )
            params[member] = rng.choice(([event], [event] * 11))
        else:
            params[member] = rng.choice(("not an arn", "arn:aws:s3:::b", "x" * 300, 7))
        return Operation(operation.name, params, operation.region)

    # -- scripts ---------------------------------------------------------------------------------------

    def poll(self, operation: Operation, member: str, until: tuple[str, ...]) -> Generator[Operation, Outcome, Outcome]:
        """Describe until the status is one of these, or patience ends."""
        for _ in range(self.rng.choice((0, 1, 1, 3))):
            outcome = yield operation
            status = (outcome.result or {}).get(member, {}).get("status", outcome.code)
            if status in until:
                return outcome
        return Outcome.lost("")

    def live(self, region: str) -> Script:
        """The whole life of a group and its trackers."""
        rng, name = self.rng, self.rng.choice(self.group_names)
        outcome = yield self.create_group(region, name)
        group = f"arn:aws:personalize:{region}:{self.account}:dataset-group/{name}"
        look = self.request("DescribeDatasetGroup", region, datasetGroupArn=group)
        yield from self.poll(look, "datasetGroup", ("ACTIVE", "CREATE FAILED"))
        for _ in range(rng.choice((1, 1, 2, 3))):
            create = self.create_tracker(region, group)
            outcome = yield create
            if outcome.kind == "refusal" and rng.random() < 0.3:
                yield self.dataset(region, group)
            if outcome.kind != "success" and rng.random() < 0.7:
                outcome = yield create
            arn = (outcome.result or {}).get(TRACKER) or self.tracker(region)
            yield from self._one_tracker(region, group, arn, (outcome.result or {}).get("trackingId"))
        if rng.random() < 0.7:
            yield self.request("DeleteDatasetGroup", region, datasetGroupArn=group)
            yield from self.poll(look, "datasetGroup", ("ResourceNotFoundException",))

    def _one_tracker(self, region: str, group: str, arn: str, tracking_id: str | None) -> Script:
        rng = self.rng
        look = self.request("DescribeEventTracker", region, eventTrackerArn=arn)
        yield from self.poll(look, "eventTracker", ("ACTIVE", "CREATE FAILED"))
        for _ in range(rng.randint(0, 3)):
            yield rng.choice(
                (
                    self.put(region, tracking_id or "nobody's"),
                    self.request("ListEventTrackers", region, datasetGroupArn=group),
                    self.request("ListTagsForResource", region, resourceArn=rng.choice((arn, group))),
                    self.create_tracker(region, group), look,
                )
            )  # fmt: skip
        if rng.random() < 0.8:
            yield self.request("DeleteEventTracker", region, eventTrackerArn=arn)
            yield from self.poll(look, "eventTracker", ("ResourceNotFoundException",))
            if tracking_id and rng.random() < 0.3:
                yield self.put(region, tracking_id)

    def read_pages(self, region: str) -> Script:
        """A list to its end."""
        rng = self.rng
        name = rng.choice(("ListEventTrackers", "ListDatasetGroups"))
        params: dict[str, Any] = {} if rng.random() < 0.3 else {"maxResults": rng.choice((1, 1, 1, 2, 50))}
        if name == "ListEventTrackers" and rng.random() < 0.2:
            params[GROUP] = self.group(region)
        for _ in range(8):
            outcome = yield Operation(name, params, region)
            token = (outcome.result or {}).get("nextToken")
            if outcome.kind == "success" and token is None:
                return
            params = {**params, "nextToken": token} if token else params

    def look_around(self, region: str) -> Script:
        """Whatever is known of, then the lists to their ends."""
        for arn in (*self.groups, *self.trackers):
            if f":{region}:" in arn:
                kind, member = ("EventTracker", TRACKER) if arn in self.trackers else ("DatasetGroup", GROUP)
                yield self.request(f"Describe{kind}", region, **{member: arn})
        yield from self.read_pages(region)

    def fill(self, region: str) -> Script:
        """Several groups, each with its tracker."""
        for name in self.group_names:
            yield self.create_group(region, name)
        yield from self.look_around(region)
        for name in self.group_names:
            yield self.create_tracker(region, f"arn:aws:personalize:{region}:{self.account}:dataset-group/{name}")
        yield from self.look_around(region)

    def tag(self, region: str) -> Script:
        """Tags come and go, and are read."""
        rng = self.rng
        arn = rng.choice((self.group(region), self.tracker(region)))
        for _ in range(rng.randint(1, 3)):
            if rng.random() < 0.6:
                yield self.request("TagResource", region, resourceArn=arn, tags=self.tags())
            else:
                yield self.request(
                    "UntagResource", region, resourceArn=arn, tagKeys=rng.sample(KEYS, rng.randint(1, 2))
                )
            yield self.request("ListTagsForResource", region, resourceArn=arn)


SCRIPTS: tuple[Callable[[Client, str], Script], ...] = (
    Client.live, Client.live, Client.live, Client.live, Client.read_pages, Client.tag, Client.look_around, Client.fill,
)  # fmt: skip
