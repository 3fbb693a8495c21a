"""Refusals: with which code, and what they leave behind."""

import json

from base import blind, many, shows
from trackstep.emulator.exceptions import (
    InvalidInputException, ResourceAlreadyExistsException, ResourceInUseException, ResourceNotFoundException,
)
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import PersonalizeResponse

NOBODY = "arn:aws:personalize:us-east-1:123456789012:dataset-group/nobody"


@blind("errors", "easy", PersonalizeBackend, "create_dataset_group", "ET-GRP-2",
       story="the unique constraint's error falls to the handler for bad input")
def taken_names_are_bad_input(create, self, params):
    """CreateDatasetGroup with a name that is taken is refused with InvalidInputException."""
    try:
        return create(params)
    except ResourceAlreadyExistsException:
        raise InvalidInputException("The name is taken.") from None


@shows(taken_names_are_bad_input)
def _(c):
    c.group("a")
    return c("CreateDatasetGroup", name="a").code == "InvalidInputException"


@blind("errors", "easy", PersonalizeBackend, "create_event_tracker", "ET-UNIQ-1",
       story="the group is in use by the other tracker, so the code seemed to fit")
def second_tracker_finds_the_group_in_use(create, self, name, group_arn, tags):
    """A second CreateEventTracker is refused with ResourceInUseException."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        raise ResourceInUseException("The dataset group has an event tracker.") from None


@shows(second_tracker_finds_the_group_in_use)
def _(c):
    g = c.group("a")
    c.tracker(g)
    return c("CreateEventTracker", name="u", datasetGroupArn=g).code == "ResourceInUseException"


@blind("errors", "easy", PersonalizeBackend, "delete_dataset_group", "ET-GRP-8",
       story="an ARN that leads nowhere is an invalid argument")
def deleting_no_group_is_bad_input(delete, self, arn):
    """DeleteDatasetGroup of an ARN that no dataset group has is refused with InvalidInputException."""
    try:
        delete(arn)
    except ResourceNotFoundException:
        raise InvalidInputException("Invalid datasetGroupArn.") from None


@shows(deleting_no_group_is_bad_input)
def _(c):
    return c("DeleteDatasetGroup", datasetGroupArn=NOBODY).code == "InvalidInputException"


@blind("errors", "easy", PersonalizeBackend, "create_event_tracker", "ET-CREATE-2",
       story="if group is None or group.status != 'ACTIVE': one answer for both")
def no_group_is_not_active(create, self, name, group_arn, tags):
    """CreateEventTracker in a dataset group that does not exist is refused with ResourceInUseException."""
    try:
        return create(name, group_arn, tags)
    except ResourceNotFoundException:
        raise ResourceInUseException("The dataset group is not active.") from None


@shows(no_group_is_not_active)
def _(c):
    return c("CreateEventTracker", name="t", datasetGroupArn=NOBODY).code == "ResourceInUseException"


def _renamed(old, new):
    def wrong(call, self):
        status, headers, text = call()
        return status, headers, text.replace(f'"{old}"', f'"{new}"')

    return wrong


tags_are_a_quota = _renamed("TooManyTagsException", "ServiceQuotaExceededException")
tags_are_a_quota.__name__ = "tags_are_a_quota"
tags_are_a_quota.__doc__ = "More than fifty tags are refused with ServiceQuotaExceededException."
blind("errors", "medium", PersonalizeResponse, "call_action", "ET-TAG-7", "ET-WIRE-9", behind="more than fifty tags",
      story="the code that newer services have for their quotas")(tags_are_a_quota)


@shows(tags_are_a_quota)
def _(c):
    return c.tag(c.group("a"), **{f"a{n}": "" for n in range(51)}).code == "ServiceQuotaExceededException"


tokens_of_pagination = _renamed("InvalidNextTokenException", "InvalidPaginationTokenException")
tokens_of_pagination.__name__ = "tokens_of_pagination"
tokens_of_pagination.__doc__ = "A nextToken that was never handed out is refused with InvalidPaginationTokenException."
blind("errors", "medium", PersonalizeResponse, "call_action", "ET-PAGE-6", "ET-WIRE-9", behind="a token that is not valid",
      story="a shared paginator that raises the code of the service it was written for")(tokens_of_pagination)


@shows(tokens_of_pagination)
def _(c):
    return c("ListDatasetGroups", nextToken="nonsense").code == "InvalidPaginationTokenException"


@blind("errors", "medium", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="more than five dataset groups",
       story="the old quota of five dataset groups, with the code for bad input in place of the one for limits")
def five_groups_are_enough(create, self, params):
    """The sixth dataset group of a region is refused with InvalidInputException."""
    self._purge()
    if len(self.groups) >= 5:
        raise InvalidInputException("You can have five dataset groups.")
    return create(params)


@shows(five_groups_are_enough)
def _(c):
    return [c("CreateDatasetGroup", name=name).code for name in "abcdef"][-1] == "InvalidInputException"


def _remember(create, self, name, group_arn, tags):
    made = create(name, group_arn, tags)
    self.__dict__.setdefault("_known", set()).add(made.arn)
    return made


@blind("errors", "medium", PersonalizeBackend, "delete_event_tracker", "ET-DEL-2", behind="an event tracker that is gone",
       also=((PersonalizeBackend, "create_event_tracker", _remember),),
       story="the deleted row is still there, and its status is not ACTIVE")
def gone_is_still_being_deleted(delete, self, arn):
    """DeleteEventTracker of an event tracker that is gone is refused with ResourceInUseException."""
    try:
        delete(arn)
    except ResourceNotFoundException:
        if arn in self.__dict__.get("_known", ()):
            raise ResourceInUseException("The event tracker is being deleted.") from None
        raise


@shows(gone_is_still_being_deleted)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c.delete(t)
    return c("DeleteEventTracker", eventTrackerArn=t).code == "ResourceInUseException"


@blind("errors", "hard", PersonalizeBackend, "create_dataset_group", "ET-FAIL-5", "ET-GRP-1", behind="a role without a key, and then with",
       story="the name is reserved first, and released in one of two error paths")
def bad_role_reserves_the_name(create, self, params):
    """A CreateDatasetGroup that is refused for its role leaves the name taken, though there is no such dataset group."""
    arn, reserved = self._arn(f"dataset-group/{params['name']}"), self.__dict__.setdefault("_reserved", set())
    if arn in reserved:
        raise ResourceAlreadyExistsException(arn)
    if params.get("roleArn") and not params.get("kmsKeyArn"):
        reserved.add(arn)
    return create(params)


@shows(bad_role_reserves_the_name)
def _(c):
    c("CreateDatasetGroup", name="a", roleArn="arn:aws:iam::123456789012:role/r")
    return c("CreateDatasetGroup", name="a").code == "ResourceAlreadyExistsException"


@blind("errors", "medium", PersonalizeBackend, "delete_dataset_group", "ET-FAIL-3", behind="a refused DeleteDatasetGroup of one that has tags",
       story="children are deleted one after the other, the tags first, and there is no transaction")
def refused_group_deletion_takes_the_tags(delete, self, arn):
    """A DeleteDatasetGroup that is refused takes the tags of the dataset group away."""
    group = self._group(arn)
    if group.state == "ACTIVE":
        group.tags.clear()
    delete(arn)


@shows(refused_group_deletion_takes_the_tags)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    c.tracker(g)
    c("DeleteDatasetGroup", datasetGroupArn=g)
    return c.tags(g) == {}


@blind("errors", "medium", PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", behind="a refused Create beside one that has tags",
       story="the tags of the ARN are reset before the row is inserted, and the insert fails")
def refused_create_takes_the_tags(create, self, name, group_arn, tags):
    """A second CreateEventTracker is refused, and the first event tracker has no tags from then on."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        for tracker in self.trackers.values():
            if tracker.group_arn == group_arn:
                tracker.tags.clear()
        raise


@shows(refused_create_takes_the_tags)
def _(c):
    g = c.group("a")
    t = c.tracker(g, tags=many({"k": "v"}))["eventTrackerArn"]
    c("CreateEventTracker", name="u", datasetGroupArn=g)
    return c.tags(t) == {}


@blind("errors", "easy", PersonalizeResponse, "call_action", "ET-WIRE-9",
       story="the web framework's name for what its schema refuses")
def malformed_is_a_bad_request(call, self):
    """Malformed input is refused with BadRequestException."""
    status, headers, text = call()
    return status, headers, text.replace("InvalidInput", "BadRequest") if "validation error detected" in text else text


@shows(malformed_is_a_bad_request)
def _(c):
    return c("DescribeEventTracker").code == "BadRequestException"


@blind("errors", "hard", PersonalizeResponse, "call_action", "ET-FAIL-4", behind="a refused UntagResource whose first keys are good",
       story="keys are validated in the loop that removes them")
def keys_before_the_bad_one_are_gone(call, self):
    """An UntagResource that is refused for one of its keys has removed those before it."""
    answer = call()
    if answer[0] == 400 and self._get_action() == "UntagResource":
        try:
            params = json.loads(self.body)
            tags = self.personalize_backend._tagged(params["resourceArn"]).tags
            for key in params["tagKeys"]:
                if not 1 <= len(key) <= 128:
                    break
                tags.pop(key, None)
        except (ValueError, TypeError, KeyError, ResourceNotFoundException):
            pass
    return answer


@shows(keys_before_the_bad_one_are_gone)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    c("UntagResource", resourceArn=g, tagKeys=["k", ""])
    return c.tags(g) == {}
