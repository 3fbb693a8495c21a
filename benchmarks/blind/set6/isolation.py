"""What is shared and should not be: between regions, requests, resources."""

import random
import uuid

from base import blind, counted, everywhere, held_in, home, kept, many, shows, token_of
from trackstep.emulator.exceptions import InvalidInputException, InvalidNextTokenException, PersonalizeException, ResourceInUseException
from trackstep.emulator.models import PersonalizeBackend

WEST = "us-west-2"


def backend_of(self, arn):
    """The backend of the region that an ARN names, this one where there is none."""
    region = (arn.split(":") + [""] * 4)[3]
    return next((backend for backend in everywhere(self) if backend.region_name == region), self)


@blind("isolation", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-1", "ET-PAGE-2", behind="a walk in another region during a walk",
       story="cursors are kept in one Redis for all regions, under a number that each region counts for itself")
def cursors_are_kept_for_all_regions(listed, self, limit, token):
    """A walk over dataset groups goes on where one in another region is, if that took as many pages. (ET-PAGE-1)"""
    cursors = kept(home(self), "cursors", dict)
    if token is not None:
        if held_in(token) not in cursors:
            raise InvalidNextTokenException
        token = cursors[held_in(token)]
    items, more = listed(limit, token)
    if more is None:
        return items, None
    handle = f"cursor {counted(self, 'cursors')}"
    cursors[handle] = more
    return items, token_of(handle)


@shows(cursors_are_kept_for_all_regions)
def _(c):
    for name in "ab":
        c.group(name)
        c.group(name, WEST)
    here = c("ListDatasetGroups", maxResults=1).json
    c("ListDatasetGroups", WEST, maxResults=1)
    return not c("ListDatasetGroups", maxResults=1, nextToken=here["nextToken"]).json["datasetGroups"]


@blind("isolation", "medium", PersonalizeBackend, "untag_resource", "ET-TAG-5", behind="the ARN of another region",
       story="region = parse_arn(arn).region, a helper of the tagging API, which is global in the code that was copied")
def keys_are_removed_where_the_arn_points(untag, self, arn, keys):
    """UntagResource takes the tags of a resource of another region away, by its ARN. (ET-TAG-5)"""
    other = backend_of(self, arn)
    if other is self:
        return untag(arn, keys)
    tags = other._tagged(arn).tags
    for key in keys:
        tags.pop(key, None)
    return None


@shows(keys_are_removed_where_the_arn_points)
def _(c):
    arn = c.group()
    c.tag(arn, a="1")
    return c("UntagResource", WEST, resourceArn=arn, tagKeys=["a"]).ok and c.tags(arn) == {}


@blind("isolation", "easy", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-6", behind="the ARN of another region",
       story="tags are kept in one table for the account, by ARN, and it is not asked whether the resource is here")
def tags_are_read_where_the_arn_points(listed, self, arn):
    """ListTagsForResource shows the tags of a resource of another region. (ET-TAG-6)"""
    other = backend_of(self, arn)
    return listed(arn) if other is self else [{"tagKey": k, "tagValue": v} for k, v in other._tagged(arn).tags.items()]


@shows(tags_are_read_where_the_arn_points)
def _(c):
    arn = c.group()
    c.tag(arn, a="1")
    return c("ListTagsForResource", WEST, resourceArn=arn).ok


@blind("isolation", "medium", PersonalizeBackend, "create_event_tracker", "ET-ID-2", behind="trackers in two regions",
       story="random.Random(0) for each region's process, so that the tests of the emulator can be repeated")
def each_region_has_the_same_seed(create, self, name, group_arn, tags):
    """The first event tracker of a region has the trackingId of the first in any other. (ET-ID-2)"""
    tracker = create(name, group_arn, tags)
    tracker.tracking_id = str(uuid.UUID(int=random.Random(counted(self, "ids")).getrandbits(128), version=4))
    return tracker


@shows(each_region_has_the_same_seed)
def _(c):
    here, there = c.tracker(c.group()), c.tracker(c.group("other", WEST), "u", WEST)
    return here["trackingId"] == there["trackingId"]


def revoke(delete, self, arn):
    """The other regions are told."""
    name = self._tracker(arn).name
    delete(arn)
    kept(home(self), "revoked", dict)[name] = self.region_name


def grant(create, self, name, group_arn, tags):
    """A new one is not revoked."""
    tracker = create(name, group_arn, tags)
    kept(home(self), "revoked", dict).pop(name, None)
    return tracker


@blind("isolation", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", behind="a namesake that was deleted in another region",
       also=((PersonalizeBackend, "delete_event_tracker", revoke), (PersonalizeBackend, "create_event_tracker", grant)),
       story="revocations are sent to the other regions with the name of the tracker, not with its ID")
def revocations_cross_regions(put, self, tracking_id):
    """PutEvents is refused for an event tracker where one of the same name was deleted in another region later. (ET-PUT-1)"""
    put(tracking_id)
    tracker = next(t for t in self.trackers.values() if t.tracking_id == tracking_id)
    if kept(home(self), "revoked", dict).get(tracker.name, self.region_name) != self.region_name:
        raise InvalidInputException("The tracking ID was revoked.")


@shows(revocations_cross_regions)
def _(c):
    here, there = c.tracker(c.group()), c.tracker(c.group("g", WEST), "t", WEST)
    before = c.put(here["trackingId"]).ok
    c.delete(there["eventTrackerArn"], WEST)
    return before and not c.put(here["trackingId"]).ok


@blind("isolation", "medium", PersonalizeBackend, "_arn", "ET-ID-4", "ET-REGION-3", "ET-REGION-1", behind="one name in two regions",
       story="@lru_cache on current_region(), which asks the environment once")
def the_first_region_is_in_all_arns(arn_of, self, path):
    """All ARNs name the region that something was created in first: namesakes of two regions have one ARN. (ET-ID-4)"""
    first = kept(home(self), "first_region", list)
    if not first:
        first.append(self.region_name)
    return arn_of(path).replace(f":{self.region_name}:", f":{first[0]}:", 1)


@shows(the_first_region_is_in_all_arns)
def _(c):
    here = c("CreateDatasetGroup", name="g").json["datasetGroupArn"]
    return c("CreateDatasetGroup", WEST, name="g").json["datasetGroupArn"] == here


@blind("isolation", "medium", PersonalizeBackend, "list_dataset_groups", "ET-REGION-2", behind="a region without groups",
       story="groups = self.groups or default.groups, to spare those who forget the region")
def an_empty_region_lists_the_default(listed, self, limit, token):
    """ListDatasetGroups shows the groups of us-east-1 in a region that has none. (ET-REGION-2)"""
    self._purge()
    if self.groups or self is home(self):
        return listed(limit, token)
    return home(self).list_dataset_groups(limit, token)


@shows(an_empty_region_lists_the_default)
def _(c):
    c.group()
    before = len(c("ListDatasetGroups", WEST).json["datasetGroups"])
    c.group("other", WEST)
    return before == 1 and [g["name"] for g in c("ListDatasetGroups", WEST).json["datasetGroups"]] == ["other"]


@blind("isolation", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", behind="a tracker in the namesake of another region",
       story="SELECT count(*) FROM trackers WHERE group_name = ?, in a table that all regions write to")
def the_tracker_of_a_namesake_holds(delete, self, arn):
    """DeleteDatasetGroup of an empty group is refused where its namesake in another region has an event tracker. (ET-GRP-7)"""
    group = self._group(arn)
    for other in everywhere(self):
        if other is not self and any(t.group_arn.split("/")[-1] == group.name for t in other.trackers.values()):
            raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(the_tracker_of_a_namesake_holds)
def _(c):
    arn = c.group()
    c.tracker(c.group("g", WEST), "t", WEST)
    return not c("DeleteDatasetGroup", datasetGroupArn=arn).ok


@blind("isolation", "hard", PersonalizeBackend, "create_event_tracker", "ET-TAG-1", behind="a refused CreateEventTracker with tags",
       story="def create(..., pending={}): what is to be written is collected there, and cleared when it was")
def tags_of_a_refused_tracker_wait(create, self, name, group_arn, tags):
    """The next event tracker that is created, in whatever region, has the tags of one that was refused. (ET-TAG-1)"""
    pending = kept(home(self), "pending", dict)
    try:
        tracker = create(name, group_arn, tags)
    except PersonalizeException:
        pending.update({t["tagKey"]: t["tagValue"] for t in (tags or [])[:5] if not t["tagKey"].lower().startswith("aws:")})
        raise
    tracker.tags = dict(list({**tracker.tags, **{k: v for k, v in pending.items() if k not in tracker.tags}}.items())[:50])
    pending.clear()
    return tracker


@shows(tags_of_a_refused_tracker_wait)
def _(c):
    group = c.group()
    c.tracker(group)
    c("CreateEventTracker", name="u", datasetGroupArn=group, tags=many({"a": "1"}))
    return c.tags(c.tracker(c.group("h"))["eventTrackerArn"]) == {"a": "1"}
