"""Each race is alive, tried by hand over HTTP with threads and a barrier; and who asks alone never sees it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import Check
from tests.deep import sweep
from trackstep import emulator
from trackstep.emulator import server
from trackstep.emulator.faults import FAULTS, RACES, VARIANTS, planted, races
from trackstep.emulator.models import personalize_backends
from trackstep.emulator.responses import PersonalizeEventsResponse, PersonalizeResponse

TRIES = 60
"""Rounds in which a race has to show itself; one or two do."""
WEST = "us-west-2"
Answer = tuple[int, Mapping[str, Any]]
Call = tuple[str, Mapping[str, Any]]


class Client:
    """One connection, which is there before anything is asked at once."""

    def __init__(self, url: str, region: str = "us-east-1") -> None:
        self._connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=20)
        self._connection.connect()
        self._region = region

    def ask(self, operation: str, **params: Any) -> Answer:
        """One call."""
        scope = f"AWS4-HMAC-SHA256 Credential=a/20260101/{self._region}/personalize/aws4_request"
        headers = {"X-Amz-Target": f"AmazonPersonalize.{operation}", "Authorization": scope}
        where = "/events" if operation == "PutEvents" else "/"
        self._connection.request("POST", where, json.dumps(params), headers)
        came = self._connection.getresponse()
        return came.status, json.loads(came.read() or b"{}")

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()


class Clients:
    """Two that ask at once, and what each new round finds: a group and a tracker under names of its own."""

    def __init__(self, url: str) -> None:
        self.one, self.other, self.west = Client(url), Client(url), Client(url, WEST)
        self._rounds = 0

    def close(self) -> None:
        """Let go of all."""
        for client in (self.one, self.other, self.west):
            client.close()

    def at_once(self, first: Call, second: Call, west: bool = False) -> list[Answer]:
        """The answers to two calls that two clients send at the same time."""
        barrier, answers = threading.Barrier(2), dict[int, Answer]()

        def ask(number: int, client: Client, call: Call) -> None:
            barrier.wait()
            answers[number] = client.ask(call[0], **call[1])

        told = ((0, self.one, first), (1, self.west if west else self.other, second))
        threads = [threading.Thread(target=ask, args=each) for each in told]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[0], answers[1]]

    def name(self) -> str:
        """A name that was not used before."""
        self._rounds += 1
        return f"group-{self._rounds}"

    def group(self) -> str:
        """The ARN of a new group."""
        return str(self.one.ask("CreateDatasetGroup", name=self.name())[1]["datasetGroupArn"])

    def tracker(self, group: str) -> tuple[str, str]:
        """The ARN and tracking ID of a new tracker."""
        made = self.one.ask("CreateEventTracker", name="t", datasetGroupArn=group)[1]
        return str(made["eventTrackerArn"]), str(made["trackingId"])

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of a resource."""
        told = self.one.ask("ListTagsForResource", resourceArn=arn)[1]["tags"]
        return {tag["tagKey"]: tag["tagValue"] for tag in told}

    def there(self, tracker: str) -> bool:
        """Whether a tracker is described."""
        return self.one.ask("DescribeEventTracker", eventTrackerArn=tracker)[0] == 200


def create(group: str) -> Call:
    """CreateEventTracker."""
    return "CreateEventTracker", {"name": "t", "datasetGroupArn": group}


def tag(arn: str, *keys: str) -> Call:
    """TagResource."""
    return "TagResource", {"resourceArn": arn, "tags": [{"tagKey": key, "tagValue": "v"} for key in keys]}


def two_trackers(clients: Clients) -> bool:
    """Both Creates succeed."""
    group = clients.group()
    return [status for status, _ in clients.at_once(create(group), create(group))] == [200, 200]


def two_groups(clients: Clients) -> bool:
    """Both Creates succeed."""
    call = ("CreateDatasetGroup", {"name": clients.name()})
    return [status for status, _ in clients.at_once(call, call)] == [200, 200]


def orphan(clients: Clients) -> bool:
    """A tracker is there whose group is gone."""
    group = clients.group()
    made, deleted = clients.at_once(create(group), ("DeleteDatasetGroup", {"datasetGroupArn": group}))
    gone = clients.one.ask("DescribeDatasetGroup", datasetGroupArn=group)[0] != 200
    return made[0] == deleted[0] == 200 and gone and clients.there(made[1]["eventTrackerArn"])


def fifty_one(clients: Clients) -> bool:
    """There are more than fifty tags."""
    group = clients.group()
    operation, params = tag(group, *map(str, range(49)))
    clients.one.ask(operation, **params)
    clients.at_once(tag(group, "a"), tag(group, "b"))
    return len(clients.tags(group)) > 50


def taken_away(clients: Clients) -> bool:
    """A tracker that was created while the one before it was deleted is not there."""
    tracker, _ = clients.tracker(group := clients.group())
    _, made = clients.at_once(("DeleteEventTracker", {"eventTrackerArn": tracker}), create(group))
    return made[0] == 200 and not clients.there(tracker)


def tag_lost(clients: Clients) -> bool:
    """One of two tags is not there."""
    group = clients.group()
    clients.at_once(tag(group, "a"), tag(group, "b"))
    return len(clients.tags(group)) < 2


def tag_undone(clients: Clients) -> bool:
    """A tag that was added while another was taken away is not there."""
    group = clients.group()
    clients.at_once(("UntagResource", {"resourceArn": group, "tagKeys": ["a"]}), tag(group, "b"))
    return not clients.tags(group)


def revived(clients: Clients) -> bool:
    """A tracker that was deleted is there."""
    tracker, id = clients.tracker(clients.group())
    put = {"trackingId": id, "sessionId": "s", "eventList": [{"eventType": "click", "sentAt": 1.0}]}
    _, deleted = clients.at_once(("PutEvents", put), ("DeleteEventTracker", {"eventTrackerArn": tracker}))
    return deleted[0] == 200 and clients.there(tracker)


def one_id(clients: Clients) -> bool:
    """Two trackers have one ID."""
    (_, one), (_, other) = clients.at_once(create(clients.group()), create(clients.group()))
    return bool(one["trackingId"] == other["trackingId"])


def one_answer(clients: Clients) -> bool:
    """Both are answered with one tracker."""
    (_, one), (_, other) = clients.at_once(create(clients.group()), create(clients.group()))
    return bool(one["eventTrackerArn"] == other["eventTrackerArn"])


def other_region(clients: Clients) -> bool:
    """A group is made in the region of the other request."""
    (_, one), (_, other) = clients.at_once(
        ("CreateDatasetGroup", {"name": clients.name()}), ("CreateDatasetGroup", {"name": clients.name()}), west=True
    )
    return WEST in one["datasetGroupArn"] or WEST not in other["datasetGroupArn"]


def other_token(clients: Clients) -> bool:
    """A List that begins at the beginning goes on where another does."""
    for _ in range(2):
        clients.group()
    token = clients.one.ask("ListDatasetGroups", maxResults=1)[1]["nextToken"]
    whole = clients.one.ask("ListDatasetGroups")[1]["datasetGroups"]
    calls = (("ListDatasetGroups", dict[str, Any]()), ("ListDatasetGroups", {"nextToken": token}))
    (_, one), (_, other) = clients.at_once(*calls)
    return len(one["datasetGroups"]) < len(whole) or len(other["datasetGroups"]) == len(whole)


def other_size(clients: Clients) -> bool:
    """A page holds more than was asked for."""
    for _ in range(2):
        clients.group()
    (_, one), _ = clients.at_once(("ListDatasetGroups", {"maxResults": 1}), ("ListDatasetGroups", {}))
    return len(one["datasetGroups"]) > 1


def old_tags(clients: Clients) -> bool:
    """A tag that was added is not listed."""
    group = clients.group()
    clients.at_once(("ListTagsForResource", {"resourceArn": group}), tag(group, "a"))
    return not clients.tags(group)


def not_there(clients: Clients) -> bool:
    """A tracker that was made is not described."""
    tracker, _ = clients.tracker(group := clients.group())
    clients.one.ask("DeleteEventTracker", eventTrackerArn=tracker)
    _, made = clients.at_once(("DescribeEventTracker", {"eventTrackerArn": tracker}), create(group))
    return made[0] == 200 and not clients.there(tracker)


SHOWN: dict[str, Callable[[Clients], bool]] = {
    "two-trackers-at-once": two_trackers,
    "two-groups-at-once": two_groups,
    "tracker-in-a-group-that-goes": orphan,
    "group-goes-around-a-tracker": orphan,
    "tags-counted-before": fifty_one,
    "delete-takes-the-next-one": taken_away,
    "tag-writes-what-it-read": tag_lost,
    "untag-writes-what-it-read": tag_undone,
    "events-revive-a-tracker": revived,
    "tracking-id-drawn-twice": one_id,
    "answer-of-the-last-one": one_answer,
    "region-in-one-place": other_region,
    "token-in-one-place": other_token,
    "page-size-in-one-place": other_size,
    "tags-remembered-too-late": old_tags,
    "absence-remembered-too-late": not_there,
}


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """Two clients of a served emulator."""
    with ExitStack() as entered:
        entered.enter_context(emulator.progression("immediate"))
        made = Clients(entered.enter_context(server.running()))
        entered.callback(made.close)
        yield made


@pytest.mark.parametrize("name", SHOWN)
def test_race__shows_itself_to_two_who_ask_at_once(name: str, clients: Clients) -> None:
    """Within a few tries; where it is not planted it does not."""
    personalize_backends.reset()
    assert not any(SHOWN[name](clients) for _ in range(3))
    with planted(name):
        personalize_backends.reset()
        assert any(SHOWN[name](clients) for _ in range(TRIES))
    personalize_backends.reset()


@pytest.mark.parametrize("progression", ["immediate", "manual"])
@pytest.mark.parametrize("name", sweep(SHOWN, "two-trackers-at-once", "token-in-one-place", "tags-remembered-too-late"))
def test_race__is_not_seen_by_who_asks_alone(
    name: str, progression: str, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that sends one call at a time has nothing to say; for it the moment need not last."""
    monkeypatch.setattr(races, "WINDOW", 0)
    with planted(name):
        report = check(progression, max_calls=800)
    assert [(each["clause"], each["operation"], each["actual"]) for each in report["deviations"]] == []


def test_races__are_a_table_of_their_own() -> None:
    """Each is tried here, needs clients and has clauses; no sequential search is asked to find one."""
    assert SHOWN.keys() == RACES.keys()
    assert RACES.keys().isdisjoint(FAULTS.keys() | VARIANTS.keys())
    assert all(race.needs == "clients" and race.clauses and race.sentence.endswith(".") for race in RACES.values())


def test_regions_side_by_side__take_turns_each_for_itself() -> None:
    """Two regions have two locks, and one region has one, for both services."""

    def turn(kind: Any, region: str) -> Any:
        made = kind()
        made.region, made.current_account = region, "123456789012"
        return made.turn

    with planted("regions-side-by-side"):
        east = turn(PersonalizeResponse, "us-east-1")
        assert east is turn(PersonalizeEventsResponse, "us-east-1")
        assert east is not turn(PersonalizeResponse, WEST)
    personalize_backends.reset()
