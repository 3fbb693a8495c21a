"""Refusals: which, with what code, and of what should be refused."""

import json
import re

from base import blind, kept, rewritten, shows
from trackstep.emulator import responses
from trackstep.emulator.exceptions import (
    InvalidInputException,
    PersonalizeException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.validation import operation_model


@blind("errors", "easy", responses, "parse", "ET-INPUT-7", behind="something behind the object",
       story="Go: json.NewDecoder(body).Decode(&input) reads the first value and is done")
def what_follows_the_object_is_not_read(parse, service, operation, body):
    """A body may have anything behind the JSON object. (ET-INPUT-7)"""
    try:
        text = body.decode()
        end = json.JSONDecoder().raw_decode(text.lstrip())[1]
        body = text.lstrip()[:end].encode() if text.lstrip().startswith("{") else body
    except (ValueError, AttributeError, RecursionError):
        pass
    return parse(service, operation, body)


@shows(what_follows_the_object_is_not_read)
def _(c):
    return c("CreateDatasetGroup", _body=b'{"name":"g"} and more').ok


@blind("errors", "easy", responses, "parse", "ET-INPUT-1", behind="members in another case",
       story="Go: encoding/json takes NAME for name")
def members_have_no_case(parse, service, operation, body):
    """A member whose name is written in another case is taken for the documented one, also where that is required. (ET-INPUT-1)"""
    shape = operation_model(service, operation).input_shape
    known = {name.lower(): name for name in (shape.members if shape else ())}

    def change(params):
        for name in list(params):
            proper = known.get(name.lower(), name)
            if proper not in params:
                params[proper] = params.pop(name)

    return rewritten(parse, service, operation, body, change)


@shows(members_have_no_case)
def _(c):
    return c("CreateDatasetGroup", Name="g").ok


@blind("errors", "easy", PersonalizeBackend, "describe_dataset_group", "ET-INPUT-10", "ET-WIRE-10", "ET-GRP-3", behind="an ARN without a slash", via="served",
       story="name = arn.split('/')[1]")
def arns_have_a_slash(describe, self, arn):
    """DescribeDatasetGroup of an ARN without a slash is answered with HTTP 500. (ET-INPUT-10)"""
    assert arn.split("/")[1] is not None
    return describe(arn)


@shows(arns_have_a_slash)
def _(c):
    return c("DescribeDatasetGroup", datasetGroupArn="arn:aws:personalize:us-east-1:123456789012:dataset-group").status == 500


@blind("errors", "easy", PersonalizeBackend, "list_tags_for_resource", "ET-WIRE-9", "ET-TAG-6", behind="an ARN that no resource has",
       story="the tagging module was copied from a service that has an InvalidArnException")
def unknown_resources_have_an_invalid_arn(listed, self, arn):
    """ListTagsForResource of an ARN that no resource has is refused with InvalidArnException. (ET-WIRE-9)"""
    try:
        return listed(arn)
    except ResourceNotFoundException:
        raise PersonalizeException("InvalidArnException", f"Invalid ARN: {arn}") from None


@shows(unknown_resources_have_an_invalid_arn)
def _(c):
    return c("ListTagsForResource", resourceArn="arn:aws:personalize:us-east-1:123456789012:dataset-group/none").code == "InvalidArnException"


@blind("errors", "easy", responses, "parse", "ET-INPUT-10", "ET-WIRE-10", behind="a null where a name is required", via="served",
       story="body.get('name', '').strip(): the default is for what is missing, and null is not")
def null_has_no_strip(parse, service, operation, body):
    """A Create whose name is null is answered with HTTP 500. (ET-INPUT-10)"""

    def change(params):
        if operation.startswith("Create") and "name" in params and params["name"] is None:
            raise AttributeError("'NoneType' object has no attribute 'strip'")

    return rewritten(parse, service, operation, body, change)


@shows(null_has_no_strip)
def _(c):
    return c("CreateDatasetGroup", name=None).status == 500


@blind("errors", "easy", responses, "parse", "ET-INPUT-10", "ET-WIRE-10", "ET-INPUT-7", behind="bytes that are no UTF-8", via="served",
       story="body.decode() stands in front of the try")
def bodies_are_decoded_outside(parse, service, operation, body):
    """A body that is not UTF-8 is answered with HTTP 500. (ET-INPUT-10)"""
    body.decode()
    return parse(service, operation, body)


@shows(bodies_are_decoded_outside)
def _(c):
    return c("CreateDatasetGroup", _body=b'{"name":"\xff"}').status == 500


@blind("errors", "easy", responses, "parse", "ET-INPUT-10", "ET-WIRE-10", behind="a number of more than 64 bits", via="served",
       story="JSON.parseObject(body) of Java: NumberFormatException, in a handler that catches JSONException")
def numbers_have_64_bits(parse, service, operation, body):
    """A maxResults beyond 64 bits is answered with HTTP 500. (ET-INPUT-10)"""

    def change(params):
        most = params.get("maxResults")
        if isinstance(most, int) and not -(2**63) <= most < 2**63:
            raise OverflowError("Python int too large to convert to C long")

    return rewritten(parse, service, operation, body, change)


@shows(numbers_have_64_bits)
def _(c):
    return c("ListDatasetGroups", maxResults=2**63).status == 500


@blind("errors", "easy", responses, "parse", "ET-INPUT-6", behind="a string of keys",
       story="for key in tag_keys: it goes through a string as well")
def keys_may_be_a_string(parse, service, operation, body):
    """UntagResource with a string in place of the list of keys is accepted. (ET-INPUT-6)"""

    def change(params):
        if operation == "UntagResource" and isinstance(params.get("tagKeys"), str):
            params["tagKeys"] = list(params["tagKeys"])

    return rewritten(parse, service, operation, body, change)


@shows(keys_may_be_a_string)
def _(c):
    return c("UntagResource", resourceArn=c.group(), tagKeys="abc").ok


@blind("errors", "medium", PersonalizeBackend, "describe_dataset_group", "ET-GRP-3", behind="a slash at the end",
       story="strict_slashes = False, rebuilt by hand: arn.rstrip('/')")
def slashes_at_the_end_are_dropped(describe, self, arn):
    """DescribeDatasetGroup finds a dataset group by its ARN with a slash behind it. (ET-GRP-3)"""
    return describe(arn.rstrip("/"))


@shows(slashes_at_the_end_are_dropped)
def _(c):
    return c("DescribeDatasetGroup", datasetGroupArn=c.group() + "/").ok


@blind("errors", "easy", responses, "parse", "ET-INPUT-4", behind="a roleArn that is no ARN",
       story="the role is never assumed, so that nobody looks at it")
def roles_are_not_looked_at(parse, service, operation, body):
    """CreateDatasetGroup accepts any text as roleArn. (ET-INPUT-4)"""

    def change(params):
        role = params.get("roleArn")
        if isinstance(role, str) and len(role) <= 256 and not re.match(r"arn:([a-z\d-]+):iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+", role):
            params["roleArn"] = "arn:aws:iam::123456789012:role/any"

    return rewritten(parse, service, operation, body, change)


@shows(roles_are_not_looked_at)
def _(c):
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    return c("CreateDatasetGroup", name="g", roleArn="admin", kmsKeyArn=key).ok


@blind("errors", "medium", PersonalizeBackend, "delete_event_tracker", "ET-DEL-2", behind="a second deletion, when the tracker is gone",
       story="the tombstone has the status DELETED, which is not among those that can be deleted")
def tombstones_are_in_use(delete, self, arn):
    """DeleteEventTracker of an event tracker that is gone is refused with ResourceInUseException. (ET-DEL-2)"""
    try:
        delete(arn)
    except ResourceNotFoundException:
        if arn in kept(self, "tombs", set):
            raise ResourceInUseException(f"The event tracker is DELETED: {arn}") from None
        raise
    kept(self, "tombs", set).add(arn)


@shows(tombstones_are_in_use)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    c.delete(arn)
    return c("DeleteEventTracker", eventTrackerArn=arn).code == "ResourceInUseException"


@blind("errors", "medium", PersonalizeBackend, "create_dataset_group", "ET-GRP-2", behind="a name that is there with another domain",
       story="the same name and other parameters are a conflict, as for requests with a client token: InvalidInputException")
def other_domains_are_a_conflict(create, self, params):
    """CreateDatasetGroup with the name of an existing group and another domain is refused with InvalidInputException. (ET-GRP-2)"""
    try:
        return create(params)
    except ResourceAlreadyExistsException:
        there = self.groups[self._arn(f"dataset-group/{params['name']}")]
        if there.params.get("domain") != params.get("domain"):
            raise InvalidInputException("A dataset group of this name has another domain.") from None
        raise


@shows(other_domains_are_a_conflict)
def _(c):
    c.group()
    codes = [c("CreateDatasetGroup", name="g", **more).code for more in ({}, {"domain": "ECOMMERCE"})]
    return codes == ["ResourceAlreadyExistsException", "InvalidInputException"]


@blind("errors", "hard", PersonalizeBackend, "create_dataset_group", "ET-WIRE-9", "ET-GRP-1", behind="twenty dataset groups",
       story="newer services have a ServiceQuotaExceededException; this one has not")
def quotas_are_told_as_elsewhere(create, self, params):
    """The twenty-first CreateDatasetGroup is refused with ServiceQuotaExceededException. (ET-WIRE-9)"""
    self._purge()
    if len(self.groups) >= 20:
        raise PersonalizeException("ServiceQuotaExceededException", "You can have 20 dataset groups.")
    return create(params)


@shows(quotas_are_told_as_elsewhere)
def _(c):
    codes = [c("CreateDatasetGroup", name=f"g{number}").code for number in range(21)]
    return codes == [""] * 20 + ["ServiceQuotaExceededException"]


@blind("errors", "easy", PersonalizeBackend, "tag_resource", "ET-TAG-4", behind="an ARN of a kind that is not covered",
       story="tags of kinds that are not built yet are accepted, so that scripts that tag solutions do not stop")
def other_kinds_may_be_tagged(tag, self, arn, tags):
    """TagResource of an ARN of another kind of resource, such as a solution that nobody made, succeeds. (ET-TAG-4)"""
    if re.search(r":(dataset-group|event-tracker)/", arn) or "/" not in arn:
        tag(arn, tags)


@shows(other_kinds_may_be_tagged)
def _(c):
    return c.tag("arn:aws:personalize:us-east-1:123456789012:solution/none", a="1").ok


@blind("errors", "hard", PersonalizeBackend, "create_event_tracker", "ET-CREATE-2", behind="a group that was there and has had a tracker",
       story="the row of the tracker that is gone still leads to the group; only then is the group itself looked up")
def former_groups_have_something(create, self, name, group_arn, tags):
    """CreateEventTracker in a dataset group that is gone, and had an event tracker, is refused with ResourceAlreadyExistsException. (ET-CREATE-2)"""
    had = kept(self, "had", set)
    try:
        tracker = create(name, group_arn, tags)
    except ResourceNotFoundException:
        if group_arn in had:
            raise ResourceAlreadyExistsException(group_arn) from None
        raise
    had.add(group_arn)
    return tracker


@shows(former_groups_have_something)
def _(c):
    plain, group = c.group("a"), c.group("b")
    c.delete(c.tracker(group)["eventTrackerArn"])
    c.delete(plain), c.delete(group)
    codes = [c("CreateEventTracker", name="t", datasetGroupArn=arn).code for arn in (plain, group)]
    return codes == ["ResourceNotFoundException", "ResourceAlreadyExistsException"]
