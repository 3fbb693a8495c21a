"""How refusals are told, and what breaks in telling them."""

from base import blind, kept, many, shows, tracker_of
from trackstep.emulator import models, responses
from trackstep.emulator.exceptions import (
    PersonalizeException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
    TooManyTagsException,
)
from trackstep.emulator.models import PersonalizeBackend

NOBODY = "arn:aws:personalize:us-east-1:123456789012:event-tracker/"


@blind("errors", "easy", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-6", behind="an ARN that no resource has",
       story="return TAGS.get(arn, [])")
def nothing_has_no_tags(listed, self, arn):
    """ListTagsForResource of an ARN that no resource has shows no tags. (ET-TAG-6)"""
    try:
        return listed(arn)
    except ResourceNotFoundException:
        return []


@shows(nothing_has_no_tags)
def _(c):
    return c("ListTagsForResource", resourceArn=NOBODY + "00000000").json == {"tags": []}


@blind("errors", "easy", PersonalizeBackend, "_tracker", "ET-WIRE-10", "ET-INPUT-10", "ET-DESC-2", behind="an ARN with a brace, as of a template", via="served",
       story="('There is no event tracker ' + arn + ' in {region}').format(region=region)")
def braces_are_formatted(found, self, arn):
    """DescribeEventTracker of an ARN that no tracker has, with a brace in it, is answered with HTTP 500. (ET-WIRE-10)"""
    try:
        return found(arn)
    except ResourceNotFoundException:
        ("There is no event tracker " + arn + " in {region}").format(region=self.region_name)
        raise


@shows(braces_are_formatted)
def _(c):
    return c("DescribeEventTracker", eventTrackerArn=NOBODY + "{id}").status == 500 and c("DescribeEventTracker", eventTrackerArn=NOBODY + "i").status == 400


@blind("errors", "medium", PersonalizeBackend, "describe_event_tracker", "ET-DESC-1", behind="a tracker that was looked for before it was made",
       story="404s are cached as well, and only an answer with the row in it would replace what is cached")
def misses_are_cached(described, self, arn):
    """DescribeEventTracker goes on to find nothing where it did so before the event tracker was created, for instance anew. (ET-DESC-1)"""
    misses = kept(self, "misses", set)
    if arn in misses:
        raise ResourceNotFoundException("event tracker", arn)
    try:
        return described(arn)
    except ResourceNotFoundException:
        misses.add(arn)
        raise


@shows(misses_are_cached)
def _(c):
    group = c.group()
    made = c.tracker(group)
    c.delete(made["eventTrackerArn"])
    again = c("CreateEventTracker", name="t", datasetGroupArn=group)
    return again.ok and not c.described(made["eventTrackerArn"]) and len(c.walk("ListEventTrackers")) == 1


@blind("errors", "easy", models, "_tags", "ET-WIRE-9", "ET-TAG-7", behind="more than fifty tags in a request",
       story="code = cls.__name__.removesuffix('Exception'), as other services name theirs")
def too_many_tags_have_no_suffix(tags_of, tags):
    """A request with more than fifty tags is refused with TooManyTags, not with TooManyTagsException. (ET-WIRE-9)"""
    try:
        return tags_of(tags)
    except TooManyTagsException:
        raise PersonalizeException("TooManyTags", "There are too many tags.") from None


@shows(too_many_tags_have_no_suffix)
def _(c):
    return c("TagResource", resourceArn=c.group(), tags=many({f"k{n}": "v" for n in range(51)})).code == "TooManyTags"


@blind("errors", "medium", PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", behind="a tracker whose creation failed in the group",
       story="active_tracker(group) raises NotFound for one that has failed, and that goes through to the caller")
def failed_trackers_are_not_found_from_inside(delete, self, arn):
    """DeleteDatasetGroup of a group with a CREATE FAILED event tracker is refused with ResourceNotFoundException. (ET-GRP-6)"""
    try:
        delete(arn)
    except ResourceInUseException:
        tracker = tracker_of(self, arn)
        if tracker is not None and tracker.state == "CREATE FAILED":
            raise ResourceNotFoundException("event tracker", tracker.arn) from None
        raise


@shows(failed_trackers_are_not_found_from_inside)
def _(c):
    group = c.group()
    c.tracker(group, "t-create-failed")
    return c("DeleteDatasetGroup", datasetGroupArn=group).code == "ResourceNotFoundException"


@blind("errors", "easy", responses, "parse", "ET-INPUT-10", "ET-WIRE-10", behind="an ARN of more than 256 characters", via="served",
       story="the length is left to the database, whose DataError nobody maps")
def long_arns_break_the_query(parse, service, operation, body):
    """A request with an ARN of more than 256 characters is answered with HTTP 500. (ET-INPUT-10)"""
    try:
        return parse(service, operation, body)
    except PersonalizeException as refused:
        if "Arn' failed" in refused.description and "and 256" in refused.description:
            raise RuntimeError("value too long for type character varying(256)") from None
        raise


@shows(long_arns_break_the_query)
def _(c):
    return c("DescribeEventTracker", eventTrackerArn=NOBODY + "i" * 256).status == 500 and c("DescribeEventTracker", eventTrackerArn="no").status == 400


@blind("errors", "hard", PersonalizeBackend, "create_dataset_group", "ET-WIRE-10", "ET-INPUT-10", "ET-GRP-19", behind="a role without a key, beside tags", via="served",
       story="the details of the error hold the request; a list of objects in it is more than the renderer of messages takes")
def tags_do_not_fit_into_an_error(create, self, params):
    """CreateDatasetGroup with a roleArn, tags and no kmsKeyArn is answered with HTTP 500. (ET-WIRE-10)"""
    if params.get("roleArn") and not params.get("kmsKeyArn") and params.get("tags"):
        raise TypeError("unhashable type: 'dict'")
    return create(params)


@shows(tags_do_not_fit_into_an_error)
def _(c):
    role = {"name": "g", "roleArn": "arn:aws:iam::123456789012:role/r"}
    return c("CreateDatasetGroup", **role).status == 400 and c("CreateDatasetGroup", **role, tags=many({"a": "1"})).status == 500


@blind("errors", "hard", PersonalizeBackend, "create_event_tracker", "ET-WIRE-10", "ET-UNIQ-1", "ET-UNIQ-2", behind="the same refused CreateEventTracker again", via="served",
       story="what fails is written to failed_requests, with a unique key of name and group: IntegrityError at the second time")
def failures_are_unique(create, self, name, group_arn, tags):
    """A CreateEventTracker that was refused because there is one is answered with HTTP 500 when it comes again. (ET-WIRE-10)"""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        failed = kept(self, "failed_requests", set)
        if (name, group_arn) in failed:
            raise RuntimeError("UNIQUE constraint failed: failed_requests.name, failed_requests.group_arn") from None
        failed.add((name, group_arn))
        raise


@shows(failures_are_unique)
def _(c):
    group = c.group()
    c.tracker(group)
    return [c("CreateEventTracker", name="t", datasetGroupArn=group).status for _ in range(3)] == [400, 500, 500]
