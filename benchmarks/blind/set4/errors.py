"""Which error, and what a refused call leaves."""

from base import blind, kept, many, shows
from trackstep.emulator import responses
from trackstep.emulator.exceptions import (
    InvalidInputException, PersonalizeException, ResourceAlreadyExistsException, ResourceInUseException,
    ResourceNotFoundException, TooManyTagKeysException, TooManyTagsException,
)
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend
from values import changed


def absent(arn):
    """An ARN of the same form that nothing has."""
    return arn.rpartition("/")[0] + ("/0badc0de" if ":event-tracker/" in arn else "/nothing")


@blind("errors", "easy", PersonalizeBackend, "describe_event_tracker", "ET-DESC-2",
       story="except KeyError: raise InvalidInputException, the one error that the handler knew")
def missing_trackers_are_bad_input(describe, self, arn):
    """DescribeEventTracker of an ARN that no tracker has is refused with InvalidInputException."""
    try:
        return describe(arn)
    except ResourceNotFoundException:
        raise InvalidInputException(f"No such event tracker: {arn}") from None


@shows(missing_trackers_are_bad_input)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return c("DescribeEventTracker", eventTrackerArn=absent(t)).code == "InvalidInputException"


@blind("errors", "easy", PersonalizeBackend, "create_event_tracker", "ET-UNIQ-1", "ET-UNIQ-2",
       story="the group is \"in use\" by its tracker")
def a_second_tracker_finds_the_group_in_use(create, self, *words):
    """CreateEventTracker in a group that has a tracker is refused with ResourceInUseException."""
    try:
        return create(*words)
    except ResourceAlreadyExistsException:
        raise ResourceInUseException(f"The dataset group has an event tracker: {words[1]}") from None


@shows(a_second_tracker_finds_the_group_in_use)
def _(c):
    g = c.group("a")
    c.tracker(g)
    return c("CreateEventTracker", name="u", datasetGroupArn=g).code == "ResourceInUseException"


@blind("errors", "easy", PersonalizeBackend, "create_dataset_group", "ET-GRP-2", "ET-WIRE-9",
       story="errors of the store are told apart by their text: if \"exist\" in str(error): not found")
def existing_groups_are_not_found(create, self, params):
    """CreateDatasetGroup with a name that is taken is refused with ResourceNotFoundException."""
    try:
        return create(params)
    except ResourceAlreadyExistsException:
        raise ResourceNotFoundException("dataset group", self._arn(f"dataset-group/{params['name']}")) from None


@shows(existing_groups_are_not_found)
def _(c):
    c.group("a")
    return c("CreateDatasetGroup", name="a").code == "ResourceNotFoundException"


@blind("errors", "easy", PersonalizeBackend, "list_event_trackers", "ET-LIST-3",
       story="the filter goes through the same look-up as the ARN of a Describe")
def the_filter_must_be_found(listed, self, group_arn, limit, token):
    """ListEventTrackers filtered by a group that does not exist is refused with ResourceNotFoundException."""
    if group_arn is not None:
        self._group(group_arn)
    return listed(group_arn, limit, token)


@shows(the_filter_must_be_found)
def _(c):
    return c("ListEventTrackers", datasetGroupArn=absent(c.group("a"))).code == "ResourceNotFoundException"


@blind("errors", "easy", PersonalizeBackend, "untag_resource", "ET-TAG-5", behind="a resource that is not there",
       story="DELETE FROM tags: no row, no error")
def nothing_can_be_untagged(untag, self, arn, keys):
    """UntagResource of an ARN that no resource has succeeds."""
    try:
        untag(arn, keys)
    except ResourceNotFoundException:
        pass


@shows(nothing_can_be_untagged)
def _(c):
    return c("UntagResource", resourceArn=absent(c.group("a")), tagKeys=["k"]).ok


def _buries(delete, self, arn):
    delete(arn)
    kept(self, "graves", set).add(arn)


@blind("errors", "medium", PersonalizeBackend, "delete_dataset_group", "ET-GRP-8", "ET-GRP-11", behind="a group that was there once",
       story="Delete is idempotent: the tombstone is found and nothing is left to do")
def tombstones_can_be_deleted(delete, self, arn):
    """DeleteDatasetGroup of a group that is gone succeeds."""
    self._purge()
    if arn in kept(self, "graves", set) and arn not in self.groups:
        return
    _buries(delete, self, arn)


@shows(tombstones_can_be_deleted)
def _(c):
    g = c.group("a")
    return c.delete(g).ok and not c.described(g) and c("DeleteDatasetGroup", datasetGroupArn=g).ok


@blind("errors", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-7", "ET-WIRE-9", behind="more than fifty tags",
       story="the wrong one of two names that differ in four letters")
def too_many_tags_are_too_many_keys(tag, self, arn, tags):
    """TagResource with too many tags is refused with TooManyTagKeysException."""
    try:
        tag(arn, tags)
    except TooManyTagsException:
        raise TooManyTagKeysException from None


@shows(too_many_tags_are_too_many_keys)
def _(c):
    tags = many({f"k{n}": "v" for n in range(51)})
    return c("TagResource", resourceArn=c.group("a"), tags=tags).code == "TooManyTagKeysException"


@blind("errors", "medium", responses, "parse", "ET-INPUT-10", "ET-WIRE-10", via="served", behind="a tag with no value",
       story="{t[\"tagKey\"]: t[\"tagValue\"] for t in tags} before anything is looked at: KeyError")
def tags_without_a_value_break_it(parse, service, operation, body):
    """A request whose tags lack a tagValue is answered with HTTP 500."""
    def look(params):
        if isinstance(params.get("tags"), list):
            for tag in params["tags"]:
                if isinstance(tag, dict) and "tagKey" in tag:
                    tag["tagValue"]  # noqa: B018
        return params

    changed(body, look)
    return parse(service, operation, body)


@shows(tags_without_a_value_break_it)
def _(c):
    return c("TagResource", resourceArn=c.group("a"), tags=[{"tagKey": "k"}]).status == 500


@blind("errors", "hard", PersonalizeBackend, "create_dataset_group", "ET-FAIL-5", "ET-GRP-14", "ET-GRP-12", behind="a role without a key",
       story="the row is inserted first, and the role is looked at when the key is set up")
def groups_are_made_before_the_role_is_seen(create, self, params):
    """A CreateDatasetGroup that is refused for its roleArn leaves the group behind."""
    try:
        return create(params)
    except InvalidInputException:
        arn = self._arn(f"dataset-group/{params['name']}")
        if params.get("roleArn") and not params.get("kmsKeyArn") and arn not in self.groups:
            self.groups[arn] = DatasetGroup(arn, params, {})
        raise


@shows(groups_are_made_before_the_role_is_seen)
def _(c):
    refused = not c("CreateDatasetGroup", name="a", roleArn="arn:aws:iam::123456789012:role/r").ok
    return refused and len(c.walk("ListDatasetGroups")) == 1


@blind("errors", "hard", PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", "ET-LIST-6", "ET-UNIQ-6", behind="tags that are refused",
       story="the tracker is made, and then tag_resource() is called for its tags")
def trackers_are_made_before_the_tags_are_seen(create, self, name, group_arn, tags):
    """A CreateEventTracker that is refused for its tags leaves the event tracker behind."""
    made = create(name, group_arn, None)
    self.tag_resource(made.arn, tags or [])
    return made


@shows(trackers_are_made_before_the_tags_are_seen)
def _(c):
    refused = not c("CreateEventTracker", name="t", datasetGroupArn=c.group("a"), tags=many({"aws:k": "v"})).ok
    return refused and len(c.walk("ListEventTrackers")) == 1


@blind("errors", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-14", behind="no tag at all",
       story="if not params.get(\"tags\"): raise, which an empty list is too")
def no_tags_are_missing_tags(tag, self, arn, tags):
    """TagResource with an empty list of tags is refused."""
    if not tags:
        raise InvalidInputException("tags is required.")
    tag(arn, tags)


@shows(no_tags_are_missing_tags)
def _(c):
    return not c("TagResource", resourceArn=c.group("a"), tags=[]).ok


@blind("errors", "hard", PersonalizeBackend, "delete_event_tracker", "ET-DEL-2", behind="the ARN of a group where a tracker's belongs",
       story="one delete_resource(arn) for all kinds, and one table")
def any_kind_can_be_deleted(delete, self, arn):
    """DeleteEventTracker with the ARN of an empty dataset group deletes that."""
    if arn in self.groups:
        self.delete_dataset_group(arn)
    else:
        delete(arn)


@shows(any_kind_can_be_deleted)
def _(c):
    return c("DeleteEventTracker", eventTrackerArn=c.group("a")).ok


@blind("errors", "hard", responses, "parse", "ET-INPUT-7", behind="a body that is a list",
       story="params = dict(json.loads(body)), for which an empty list will do")
def an_empty_list_is_an_empty_object(parse, service, operation, body):
    """A body that is an empty JSON list is taken for an empty object."""
    return parse(service, operation, b"{}" if body and body.strip() == b"[]" else body)


@shows(an_empty_list_is_an_empty_object)
def _(c):
    return c("ListDatasetGroups", _body=b"[]").ok


@blind("errors", "medium", responses, "parse", "ET-GRP-19", behind="a role without a key",
       story="members are looked at one by one, and no rule is about two")
def roles_need_no_key(parse, service, operation, body):
    """CreateDatasetGroup with a roleArn and no kmsKeyArn is accepted."""
    params = parse(service, operation, body)
    if operation == "CreateDatasetGroup" and "kmsKeyArn" not in params:
        params.pop("roleArn", None)
    return params


@shows(roles_need_no_key)
def _(c):
    return c("CreateDatasetGroup", name="a", roleArn="arn:aws:iam::123456789012:role/r").ok


@blind("errors", "medium", responses, "parse", "ET-INPUT-4", behind="a filter that is no ARN",
       story="a filter needs no check: what matches nothing matches nothing")
def filters_need_not_be_arns(parse, service, operation, body):
    """ListEventTrackers filtered by something that is no ARN is empty, not refused."""
    def change(params):
        given = params.get("datasetGroupArn")
        if operation == "ListEventTrackers" and isinstance(given, str) and not given.startswith("arn:") and len(given) <= 256:
            return params | {"datasetGroupArn": "arn:aws:personalize:::nothing"}
        return params

    return parse(service, operation, changed(body, change))


@shows(filters_need_not_be_arns)
def _(c):
    return c("ListEventTrackers", datasetGroupArn="movies").ok


@blind("errors", "easy", responses, "parse", "ET-INPUT-1",
       story="name = params.get(\"name\", \"default\")")
def names_have_a_default(parse, service, operation, body):
    """CreateEventTracker without a name is accepted, and the tracker named default."""
    def change(params):
        return {"name": "default"} | params if operation == "CreateEventTracker" else params

    return parse(service, operation, changed(body, change))


@shows(names_have_a_default)
def _(c):
    return c("CreateEventTracker", datasetGroupArn=c.group("a")).ok


@blind("errors", "hard", PersonalizeBackend, "describe_dataset_group", "ET-GRP-3", behind="the ARN of a tracker where a group's belongs",
       story="the group of an ARN is found by asking whatever has it for its group")
def groups_are_found_by_their_tracker(describe, self, arn):
    """DescribeDatasetGroup with the ARN of an event tracker describes its dataset group."""
    self._purge()
    return describe(self.trackers[arn].group_arn if arn in self.trackers else arn)


@shows(groups_are_found_by_their_tracker)
def _(c):
    return c("DescribeDatasetGroup", datasetGroupArn=c.tracker(c.group("a"))["eventTrackerArn"]).ok


@blind("errors", "medium", PersonalizeBackend, "delete_dataset_group", "ET-FAIL-3", behind="a deletion that is refused",
       story="the tags are deleted first, and whether the group may be deleted is asked by the last statement")
def refused_deletions_take_the_tags(delete, self, arn):
    """A DeleteDatasetGroup that is refused for the group's tracker takes the group's tags away."""
    try:
        delete(arn)
    except ResourceInUseException:
        if self.groups[arn].is_settled:
            self.groups[arn].tags.clear()
        raise


@shows(refused_deletions_take_the_tags)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    c.tracker(g)
    return not c.delete(g).ok and c.tags(g) == {}


@blind("errors", "easy", PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", "ET-WIRE-9", behind="a deletion that is refused",
       story="DependencyViolation, as EC2 calls it")
def dependencies_are_violated(delete, self, arn):
    """DeleteDatasetGroup of a group with an event tracker is refused with DependencyViolationException."""
    try:
        delete(arn)
    except ResourceInUseException as wrong:
        if "has an event tracker" in str(wrong.description):
            raise PersonalizeException("DependencyViolationException", "The dataset group has an event tracker.") from None
        raise


@shows(dependencies_are_violated)
def _(c):
    g = c.group("a")
    c.tracker(g)
    return c.delete(g).code == "DependencyViolationException"


@blind("errors", "medium", responses, "parse", "ET-INPUT-2", behind="a page of nothing",
       story="limit = params.get(\"maxResults\") or 100")
def nothing_is_the_default(parse, service, operation, body):
    """maxResults 0 is accepted and means as many as usual."""
    def change(params):
        size = params.get("maxResults")
        return {n: v for n, v in params.items() if n != "maxResults"} if size == 0 and not isinstance(size, bool) else params

    return parse(service, operation, changed(body, change))


@shows(nothing_is_the_default)
def _(c):
    return c("ListDatasetGroups", maxResults=0).ok


@blind("errors", "easy", PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", "ET-ID-3", "ET-PUT-1", behind="a Create that is refused",
       story="retry on conflict: the ID is written before the unique index is asked, and the write is not undone")
def refused_creates_change_the_id(create, self, name, group_arn, tags):
    """After a CreateEventTracker that is refused because there is one the tracker has another trackingId."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException as refused:
        for tracker in self.trackers.values():
            if tracker.group_arn == group_arn:
                tracker.tracking_id = EventTracker(tracker.arn, self.account_id, name, group_arn, {}).tracking_id
        raise refused


@shows(refused_creates_change_the_id)
def _(c):
    g = c.group("a")
    t = c.tracker(g)
    c("CreateEventTracker", name="u", datasetGroupArn=g)
    return c.described(t["eventTrackerArn"])["trackingId"] != t["trackingId"]
