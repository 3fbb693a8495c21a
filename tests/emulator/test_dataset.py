"""Schemas and datasets of the emulator, as a client of the service meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.test_backend import group, personalize, refusal
from trackstep import emulator
from trackstep.emulator import faults

__all__ = ["personalize"]
AVRO = json.dumps({"type": "record", "name": "Interactions", "fields": [{"name": "USER_ID", "type": "string"}]})


def schema(client: Any, name: str = "s") -> str:
    """The ARN of a new schema."""
    return str(client.create_schema(name=name, schema=AVRO)["schemaArn"])


def dataset(client: Any, group_arn: str, kind: str = "Interactions", schema_arn: str = "") -> str:
    """The ARN of a new dataset."""
    arn = schema_arn or schema(client)
    made = client.create_dataset(name="d", schemaArn=arn, datasetGroupArn=group_arn, datasetType=kind)
    return str(made["datasetArn"])


def test_schema__is_kept_as_it_was_given(personalize: Any) -> None:
    """Its name is its ARN; the text comes back as it was; what was not given is absent."""
    arn = schema(personalize)
    assert arn == "arn:aws:personalize:us-east-1:123456789012:schema/s"
    described = personalize.describe_schema(schemaArn=arn)["schema"]
    assert (described["schema"], "domain" in described) == (AVRO, False)
    personalize.create_schema(name="t", schema=AVRO, domain="ECOMMERCE")
    listed = personalize.list_schemas(maxResults=1)
    assert ([each["name"] for each in listed["schemas"]], "nextToken" in listed) == (["s"], True)
    assert refusal(personalize.create_schema, name="s", schema=AVRO) == "ResourceAlreadyExistsException"
    personalize.delete_schema(schemaArn=arn)
    assert refusal(personalize.describe_schema, schemaArn=arn) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "{}", AVRO.replace("record", "map"), AVRO.replace('"name": "Interactions", ', ""),
        '{"type": "record", "name": "s", "fields": []}', '{"type": "record", "name": "s", "fields": [{"name": "a"}]}',
        "[" * 19_999,
    ],
)  # fmt: skip
def test_schema__that_is_no_avro_is_refused(personalize: Any, text: str) -> None:
    """JSON, a record, a name, fields."""
    assert refusal(personalize.create_schema, name="s", schema=text) == "InvalidInputException"


def test_dataset__is_one_of_its_type_in_a_group(personalize: Any) -> None:
    """The type is told apart by its letters only, and stands in the ARN."""
    arn, first = group(personalize), schema(personalize)
    made = dataset(personalize, arn, "Interactions", first)
    assert made == "arn:aws:personalize:us-east-1:123456789012:dataset/mine/INTERACTIONS"
    again = {"name": "e", "schemaArn": first, "datasetGroupArn": arn, "datasetType": "interACTIONS"}
    assert refusal(personalize.create_dataset, **again) == "ResourceAlreadyExistsException"
    dataset(personalize, arn, "Items", first)
    listed = personalize.list_datasets(datasetGroupArn=arn)["datasets"]
    assert [each["datasetType"] for each in listed] == ["INTERACTIONS", "ITEMS"]
    described = personalize.describe_dataset(datasetArn=made)["dataset"]
    assert (described["status"], described["datasetGroupArn"], described["schemaArn"]) == ("ACTIVE", arn, first)
    personalize.tag_resource(resourceArn=made, tags=[{"tagKey": "a", "tagValue": "b"}])
    assert personalize.list_tags_for_resource(resourceArn=made)["tags"] == [{"tagKey": "a", "tagValue": "b"}]
    assert refusal(personalize.create_dataset, **again | {"datasetType": "Purchases"}) == "InvalidInputException"


def test_dataset__wants_a_group_that_is_active_and_a_schema(personalize: Any) -> None:
    """Neither a group of nobody, nor one that is still being created, nor a schema of nobody will do."""
    arn, first = group(personalize), schema(personalize)
    asked = {"name": "d", "schemaArn": first, "datasetGroupArn": arn, "datasetType": "Interactions"}
    create = personalize.create_dataset
    assert refusal(create, **asked | {"datasetGroupArn": f"{arn}x"}) == "ResourceNotFoundException"
    assert refusal(create, **asked | {"schemaArn": f"{first}x"}) == "ResourceNotFoundException"
    with emulator.progression("manual"):
        assert refusal(create, **asked | {"datasetGroupArn": group(personalize, "new")}) == "ResourceInUseException"


def test_deletion__is_of_children_first(personalize: Any) -> None:
    """A tracker keeps its dataset of interactions, a dataset its group and its schema."""
    arn, first = group(personalize), schema(personalize)
    made = dataset(personalize, arn, schema_arn=first)
    tracker = personalize.create_event_tracker(name="t", datasetGroupArn=arn)["eventTrackerArn"]
    assert refusal(personalize.delete_dataset, datasetArn=made) == "ResourceInUseException"
    personalize.delete_event_tracker(eventTrackerArn=tracker)
    assert refusal(personalize.delete_dataset_group, datasetGroupArn=arn) == "ResourceInUseException"
    assert refusal(personalize.delete_schema, schemaArn=first) == "ResourceInUseException"
    personalize.delete_dataset(datasetArn=made)
    assert refusal(personalize.describe_dataset, datasetArn=made) == "ResourceNotFoundException"
    personalize.delete_dataset_group(datasetGroupArn=arn)
    personalize.delete_schema(schemaArn=first)


def test_dataset__statuses_move_a_step_a_look(personalize: Any) -> None:
    """As those of trackers do, and a deletion is no more asked for while one is under way."""
    arn, first = group(personalize), schema(personalize)
    personalize.list_dataset_groups()
    with emulator.progression("manual"):
        made = dataset(personalize, arn, schema_arn=first)
        seen = [personalize.describe_dataset(datasetArn=made)["dataset"]["status"] for _ in range(3)]
        assert seen == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
        personalize.delete_dataset(datasetArn=made)
        assert refusal(personalize.delete_dataset, datasetArn=made) == "ResourceInUseException"


def test_variant__needs_a_dataset_before_a_tracker(personalize: Any) -> None:
    """Per group, and only one of interactions will do."""
    with faults.planted("trackers-need-a-dataset"):
        arn, first = group(personalize), schema(personalize)
        assert refusal(personalize.create_event_tracker, name="t", datasetGroupArn=arn) == "InvalidInputException"
        dataset(personalize, arn, "Items", first)
        assert refusal(personalize.create_event_tracker, name="t", datasetGroupArn=arn) == "InvalidInputException"
        dataset(personalize, arn, "Interactions", first)
        personalize.create_event_tracker(name="t", datasetGroupArn=arn)
        other = group(personalize, "other")
        assert refusal(personalize.create_event_tracker, name="t", datasetGroupArn=other) == "InvalidInputException"


def test_variant__holds_five_groups_a_region(personalize: Any) -> None:
    """The sixth is refused until one is deleted; the name of one that is there is told as taken all the same."""
    with faults.planted("five-dataset-groups"):
        arns = [group(personalize, f"g{number}") for number in range(5)]
        assert refusal(personalize.create_dataset_group, name="g5") == "LimitExceededException"
        assert refusal(personalize.create_dataset_group, name="g0") == "ResourceAlreadyExistsException"
        personalize.delete_dataset_group(datasetGroupArn=arns[0])
        group(personalize, "g5")
