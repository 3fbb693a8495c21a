"""The emulator as its users meet it: plain boto3 inside ``mock_aws``, and over HTTP."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from trackstep import emulator

EVENT = {"eventType": "click", "sentAt": 1700000000}


@pytest.fixture
def personalize(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the emulator, statuses moving at once."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws(), emulator.enabled(), emulator.progression("immediate"):
        yield boto3.client("personalize", region_name="us-east-1")


def group(client: Any, name: str = "mine", **more: Any) -> str:
    """The ARN of a new dataset group."""
    return str(client.create_dataset_group(name=name, **more)["datasetGroupArn"])


def refusal(call: Any, **params: Any) -> str:
    """The code of the refusal."""
    with pytest.raises(ClientError) as refused:
        call(**params)
    return str(refused.value.response["Error"]["Code"])


def test_event_tracker__has_an_arn_from_its_group_and_an_id_of_its_own(personalize: Any) -> None:
    """facts.md, section 0: the name plays no part in the ARN, and each incarnation has a new tracking ID."""
    arn = group(personalize)
    first = personalize.create_event_tracker(name="a", datasetGroupArn=arn)
    assert first["eventTrackerArn"].endswith(f":event-tracker/{hashlib.md5(arn.encode()).hexdigest()[:8]}")
    personalize.delete_event_tracker(eventTrackerArn=first["eventTrackerArn"])
    second = personalize.create_event_tracker(name="b", datasetGroupArn=arn)
    assert second["eventTrackerArn"] == first["eventTrackerArn"]
    assert second["trackingId"] != first["trackingId"]


def test_event_tracker__second_in_a_group_is_refused_and_changes_nothing(personalize: Any) -> None:
    """R036: the identical request is refused; the first stays as it is."""
    arn = group(personalize)
    made = personalize.create_event_tracker(name="a", datasetGroupArn=arn)
    assert refusal(personalize.create_event_tracker, name="a", datasetGroupArn=arn) == "ResourceAlreadyExistsException"
    (listed,) = personalize.list_event_trackers(datasetGroupArn=arn)["eventTrackers"]
    assert (listed["name"], listed["eventTrackerArn"]) == ("a", made["eventTrackerArn"])
    described = personalize.describe_event_tracker(eventTrackerArn=made["eventTrackerArn"])["eventTracker"]
    assert described["trackingId"] == made["trackingId"]


def test_statuses__manual_moves_a_step_a_look(personalize: Any) -> None:
    """Created, seen three times, deleted, seen until it is gone."""
    arn = group(personalize)
    assert personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"] == "ACTIVE"
    with emulator.progression("manual"):
        tracker = personalize.create_event_tracker(name="a", datasetGroupArn=arn)["eventTrackerArn"]

        def status() -> str:
            described = personalize.describe_event_tracker(eventTrackerArn=tracker)
            return str(described["eventTracker"]["status"])

        assert [status() for _ in range(3)] == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
        personalize.delete_event_tracker(eventTrackerArn=tracker)
        assert [status() for _ in range(2)] == ["DELETE PENDING", "DELETE IN_PROGRESS"]
        code = refusal(personalize.describe_event_tracker, eventTrackerArn=tracker)
        assert code == "ResourceNotFoundException"


def test_name_that_ends_in_create_failed_fails(personalize: Any) -> None:
    """The convention of docs/targets.md, by which CREATE FAILED can be asked for."""
    arn = group(personalize)
    made = personalize.create_event_tracker(name="x-create-failed", datasetGroupArn=arn)
    described = personalize.describe_event_tracker(eventTrackerArn=made["eventTrackerArn"])["eventTracker"]
    assert described["status"] == "CREATE FAILED"


def test_list__of_an_unknown_group_is_empty(personalize: Any) -> None:
    """R058."""
    unknown = "arn:aws:personalize:us-east-1:123456789012:dataset-group/nobody"
    assert personalize.list_event_trackers(datasetGroupArn=unknown)["eventTrackers"] == []


def test_list__paginator_shows_each_once(personalize: Any) -> None:
    """boto3's own paginator comes to the end."""
    arns = {group(personalize, f"group-{number}") for number in range(7)}
    pages = personalize.get_paginator("list_dataset_groups").paginate(PaginationConfig={"PageSize": 3})
    listed = [item["datasetGroupArn"] for page in pages for item in page["datasetGroups"]]
    assert sorted(listed) == sorted(arns)


def test_group__is_in_use_while_it_has_a_tracker(personalize: Any) -> None:
    """The tracker first, then the group."""
    arn = group(personalize)
    tracker = personalize.create_event_tracker(name="a", datasetGroupArn=arn)["eventTrackerArn"]
    assert refusal(personalize.delete_dataset_group, datasetGroupArn=arn) == "ResourceInUseException"
    personalize.delete_event_tracker(eventTrackerArn=tracker)
    personalize.delete_dataset_group(datasetGroupArn=arn)
    assert refusal(personalize.describe_dataset_group, datasetGroupArn=arn) == "ResourceNotFoundException"


def test_put_events__for_an_active_tracker_only(personalize: Any) -> None:
    """Events for nobody are refused."""
    events = boto3.client("personalize-events", region_name="us-east-1")
    made = personalize.create_event_tracker(name="a", datasetGroupArn=group(personalize))
    events.put_events(trackingId=made["trackingId"], sessionId="s", eventList=[EVENT])
    nobody = {"trackingId": "nobody", "sessionId": "s", "eventList": [EVENT]}
    assert refusal(events.put_events, **nobody) == "InvalidInputException"


def test_tags__are_added_replaced_and_taken_away(personalize: Any) -> None:
    """Byte for byte, keys by case."""
    arn = group(personalize, tags=[{"tagKey": "k", "tagValue": "Grün"}])
    personalize.tag_resource(
        resourceArn=arn, tags=[{"tagKey": "K", "tagValue": ""}, {"tagKey": "k", "tagValue": "日本"}]
    )
    personalize.untag_resource(resourceArn=arn, tagKeys=["K"])
    assert personalize.list_tags_for_resource(resourceArn=arn)["tags"] == [{"tagKey": "k", "tagValue": "日本"}]


def test_released_moto_is_left_as_it_was() -> None:
    """Outside of the block moto answers as released: no event trackers."""
    with mock_aws(), emulator.enabled():
        pass
    with mock_aws():
        client = boto3.client("personalize", "us-east-1", aws_access_key_id="t", aws_secret_access_key="t")
        with pytest.raises(NotImplementedError):
            client.list_event_trackers()


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``trackstep serve`` as a process, and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "trackstep.cli", "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.readline()
    url = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert url, said
    yield process, url[0]
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve__ends_cleanly(served: tuple[subprocess.Popen[str], str], number: signal.Signals) -> None:
    """It answers over real HTTP; a signal ends it with exit code 0 and no traceback."""
    process, url = served
    headers = {"X-Amz-Target": "AmazonPersonalize.ListEventTrackers", "Content-Type": "application/x-amz-json-1.1"}
    with urllib.request.urlopen(urllib.request.Request(url, b"{}", headers)) as answer:
        assert json.load(answer) == {"eventTrackers": []}
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


def test_serve__port_taken_is_one_line() -> None:
    """Exit code 2, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "trackstep.cli", "serve", "--port", port]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "choose another with --port or --host" in done.stderr
    assert len(done.stderr.splitlines()) == 1
