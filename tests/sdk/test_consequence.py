"""What the consequences say of an SDK, botocore does."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.exceptions import OperationNotPageableError
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from tests.sdk.conftest import service

GOOD = {"name": "mine", "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/mine"}


def refused(operation: str, **params: object) -> bool:
    """Whether botocore refuses a call before it is sent."""
    shape = ServiceModel(service("personalize")).operation_model(operation).input_shape
    assert shape is not None
    return bool(ParamValidator().validate(params, shape).has_errors())


def test_botocore_refuses_before_sending__what_the_table_says() -> None:
    """An unknown member, a missing one, another type, a value under a minimum."""
    assert not refused("CreateEventTracker", **GOOD)
    assert refused("CreateEventTracker", **GOOD, more="x")
    assert refused("CreateEventTracker", name="mine")
    assert refused("CreateEventTracker", **GOOD | {"name": 1})
    assert refused("ListEventTrackers", maxResults=0)


def test_botocore_leaves_to_the_service__what_the_table_says() -> None:
    """A value over a maximum, one that does not match a pattern, one that is not in an enumeration."""
    assert not refused("ListEventTrackers", maxResults=1000)
    assert not refused("ListEventTrackers", datasetGroupArn="no ARN")
    assert not refused("CreateDatasetGroup", name="mine", domain="GAMES")


def test_a_paginator_that_is_not_there_fails() -> None:
    """Code that asks for one is told so at once."""
    client = botocore.session.get_session().create_client(
        "personalize", region_name="us-east-1", aws_access_key_id="t", aws_secret_access_key="t"
    )
    client.get_paginator("list_event_trackers")
    with pytest.raises(OperationNotPageableError):
        client.get_paginator("list_tags_for_resource")
