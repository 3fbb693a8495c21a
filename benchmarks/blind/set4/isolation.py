"""What is one's own: a region's, a group's, a resource's."""

from base import blind, everywhere, home, kept, shows
from trackstep.emulator import models
from trackstep.emulator.exceptions import ResourceAlreadyExistsException, ResourceInUseException, ResourceNotFoundException
from trackstep.emulator.models import PersonalizeBackend

EU = "eu-west-1"


@blind("isolation", "easy", PersonalizeBackend, "describe_event_tracker", "ET-REGION-1",
       story="one module-level dict of trackers; the ARN is thought to be key enough")
def trackers_are_described_everywhere(describe, self, arn):
    """DescribeEventTracker finds an event tracker from every region."""
    for backend in everywhere(self):
        backend._purge()
        if arn in backend.trackers and backend is not self:
            return backend.describe_event_tracker(arn)
    return describe(arn)


@shows(trackers_are_described_everywhere)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return bool(c.described(t, EU))


@blind("isolation", "medium", PersonalizeBackend, "list_dataset_groups", "ET-REGION-2", behind="a group in another region",
       story="SELECT * FROM dataset_groups WHERE account_id = ?, written before there were regions")
def groups_are_listed_everywhere(listed, self, limit, token):
    """ListDatasetGroups shows the groups of all regions."""
    for backend in everywhere(self):
        backend._purge()
    return self._page([g for b in everywhere(self) for g in b.groups.values()], "groups", limit, token)


@shows(groups_are_listed_everywhere)
def _(c):
    c.group("a")
    c.group("b", EU)
    return len(c.walk("ListDatasetGroups")) == 2


@blind("isolation", "medium", PersonalizeBackend, "create_dataset_group", "ET-REGION-3", "ET-GRP-12", "ET-GRP-1", behind="the name of a group in another region",
       story="UNIQUE (account_id, name)")
def group_names_are_global(create, self, params):
    """CreateDatasetGroup with the name of a group in another region is refused."""
    for backend in everywhere(self):
        backend._purge()
        for group in backend.groups.values():
            if backend is not self and group.name == params["name"]:
                raise ResourceAlreadyExistsException(group.arn)
    return create(params)


@shows(group_names_are_global)
def _(c):
    c.group("a")
    return not c("CreateDatasetGroup", EU, name="a").ok


@blind("isolation", "hard", PersonalizeBackend, "create_event_tracker", "ET-REGION-3", "ET-UNIQ-6", "ET-CREATE-1", behind="groups of one name in two regions",
       story="the relation goes by the group's name, event_tracker.group_name UNIQUE, and only groups got a region column")
def one_tracker_for_a_group_name(create, self, name, group_arn, tags):
    """CreateEventTracker is refused where a group of the same name in another region has an event tracker."""
    last = group_arn.rpartition("/")[2]
    for backend in everywhere(self):
        if backend is not self and group_arn in self.groups:
            backend._purge()
            for tracker in backend.trackers.values():
                if tracker.group_arn.rpartition("/")[2] == last:
                    raise ResourceAlreadyExistsException(tracker.arn)
    return create(name, group_arn, tags)


@shows(one_tracker_for_a_group_name)
def _(c):
    c.tracker(c.group("a"))
    return not c("CreateEventTracker", EU, name="t", datasetGroupArn=c.group("a", EU)).ok


@blind("isolation", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-13", "ET-GRP-4", behind="groups of one name in two regions",
       story="DELETE FROM dataset_groups WHERE name = ?")
def deletions_cross_regions(delete, self, arn):
    """DeleteDatasetGroup deletes the groups of the same name in other regions too, where nothing is in them."""
    delete(arn)
    name = self.groups[arn].name
    for backend in everywhere(self):
        backend._purge()
        for group in backend.groups.values():
            busy = any(t.group_arn == group.arn for t in backend.trackers.values())
            if backend is not self and group.name == name and group.is_settled and not busy:
                group.start_deleting()


@shows(deletions_cross_regions)
def _(c):
    here, there = c.group("a"), c.group("a", EU)
    c.delete(here)
    c.described(there, EU)
    return not c.described(there, EU)


def _tag_at_home(tag, self, arn, tags):
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    resource = self._tagged(arn)
    if arn in self.groups:
        new = {key: value for key, value in resource.tags.items() if before.get(key) != value}
        kept(home(self), "shared").setdefault(resource.name, {}).update(new)


@blind("isolation", "hard", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-10", "ET-TAG-1", behind="groups of one name in two regions",
       also=((PersonalizeBackend, "tag_resource", _tag_at_home),),
       story="tags are in DynamoDB, a global table whose key is the resource's type and name")
def tags_cross_regions(listed, self, arn):
    """The tags that TagResource puts on a group are shown for a group of the same name in another region."""
    tags = {tag["tagKey"]: tag["tagValue"] for tag in listed(arn)}
    if arn in self.groups:
        tags = kept(home(self), "shared").get(self.groups[arn].name, {}) | tags
    return [{"tagKey": key, "tagValue": value} for key, value in tags.items()]


@shows(tags_cross_regions)
def _(c):
    here, there = c.group("a"), c.group("a", EU)
    c.tag(here, k="v")
    return c.tags(there, EU) == {"k": "v"}


def _shares_by_name(create, self, *words):
    made = create(*words)
    for other in (*self.groups.values(), *self.trackers.values()):
        if other is not made and other.name == made.name:
            other.tags.update(made.tags)
            made.tags = other.tags
    return made


@blind("isolation", "medium", PersonalizeBackend, "create_event_tracker", "ET-TAG-10", "ET-TAG-1", behind="two resources of one name",
       also=((PersonalizeBackend, "create_dataset_group", _shares_by_name),),
       story="tags = defaultdict(dict), with the name for a key")
def tags_go_by_name(create, self, *words):
    """An event tracker and a dataset group, or two event trackers, of the same name have their tags in common."""
    return _shares_by_name(create, self, *words)


@shows(tags_go_by_name)
def _(c):
    g = c.group("same")
    c.tracker(g, "same", tags=[{"tagKey": "k", "tagValue": "v"}])
    return c.tags(g) == {"k": "v"}


@blind("isolation", "medium", PersonalizeBackend, "create_dataset_group", "ET-TAG-10", "ET-TAG-1", "ET-TAG-9", behind="two groups made without tags",
       story="def __init__(self, name, tags={}): the one dict that is the default")
def the_default_dict_is_shared(create, self, params):
    """Dataset groups that are created without tags have their tags in common."""
    made = create(params)
    if not made.tags:
        made.tags = kept(self, "default")
    return made


@shows(the_default_dict_is_shared)
def _(c):
    a, b = c.group("a"), c.group("b")
    c.tag(a, k="v")
    return c.tags(b) == {"k": "v"}


@blind("isolation", "medium", PersonalizeBackend, "untag_resource", "ET-TAG-3", "ET-TAG-10", behind="the same key on two resources",
       story="DELETE FROM tags WHERE key IN (...), and the resource forgotten")
def keys_are_removed_everywhere(untag, self, arn, keys):
    """UntagResource takes the keys from all resources of the region."""
    untag(arn, keys)
    for resource in (*self.groups.values(), *self.trackers.values()):
        for key in keys:
            resource.tags.pop(key, None)


@shows(keys_are_removed_everywhere)
def _(c):
    a, b = (c.group(name, tags=[{"tagKey": "k", "tagValue": "v"}]) for name in "ab")
    c("UntagResource", resourceArn=a, tagKeys=["k"])
    return c.tags(b) == {}


@blind("isolation", "medium", PersonalizeBackend, "delete_event_tracker", "ET-LIFE-3", "ET-DESC-1", behind="trackers of one name in two groups",
       story="the ARN is resolved to a name first, and the deletion goes by that")
def namesakes_are_deleted_too(delete, self, arn):
    """DeleteEventTracker deletes all event trackers of that name."""
    delete(arn)
    for tracker in self.trackers.values():
        if tracker.name == self.trackers[arn].name and tracker.state == "ACTIVE":
            tracker.start_deleting()


@shows(namesakes_are_deleted_too)
def _(c):
    first, second = (c.tracker(c.group(name), "t")["eventTrackerArn"] for name in "ab")
    c.delete(first)
    c.described(second)
    return not c.described(second)


@blind("isolation", "medium", PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", behind="a tracker in another group",
       story="if self.trackers: raise ResourceInUseException")
def any_tracker_holds_any_group(delete, self, arn):
    """DeleteDatasetGroup of an empty group is refused where another group has an event tracker."""
    if self._group(arn).is_settled and self.trackers:
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(any_tracker_holds_any_group)
def _(c):
    empty = c.group("a")
    c.tracker(c.group("b"))
    return not c.delete(empty).ok


@blind("isolation", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", behind="a group whose name is the beginning of another's",
       story="any(t.group_arn.startswith(arn) for t in trackers)")
def beginnings_hold_the_group(delete, self, arn):
    """DeleteDatasetGroup of an empty group is refused where one with a longer name that begins alike has a tracker."""
    if self._group(arn).is_settled and any(t.group_arn.startswith(arn) for t in self.trackers.values()):
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(beginnings_hold_the_group)
def _(c):
    empty = c.group("movies")
    c.tracker(c.group("movies-2"))
    return not c.delete(empty).ok


@blind("isolation", "easy", PersonalizeBackend, "create_event_tracker", "ET-UNIQ-7", "ET-CREATE-1", "ET-UNIQ-6",
       story="the name is the primary key, as in the ARN of the documentation's example")
def tracker_names_are_unique(create, self, name, group_arn, tags):
    """CreateEventTracker with the name of another group's event tracker is refused."""
    self._purge()
    for tracker in self.trackers.values():
        if tracker.name == name and group_arn in self.groups:
            raise ResourceAlreadyExistsException(tracker.arn)
    return create(name, group_arn, tags)


@shows(tracker_names_are_unique)
def _(c):
    c.tracker(c.group("a"), "t")
    return not c("CreateEventTracker", name="t", datasetGroupArn=c.group("b")).ok


class _ShortHashes:
    """hashlib, of which two digits are left."""

    @staticmethod
    def md5(text, usedforsecurity=False):
        import hashlib

        class Cut:
            @staticmethod
            def hexdigest():
                return hashlib.md5(text, usedforsecurity=usedforsecurity).hexdigest()[:2]

        return Cut


def _short(create, self, *words):
    from unittest.mock import patch

    with patch.object(models, "hashlib", _ShortHashes):
        return create(*words)


@blind("isolation", "hard", PersonalizeBackend, "create_event_tracker", "ET-CREATE-1", "ET-UNIQ-6", behind="a few dozen groups with trackers",
       story="the suffix of the ARN is one byte of the hash, for short test output")
def hashes_collide(create, self, *words):
    """CreateEventTracker in a group without a tracker is refused where one of 256 ARNs is taken by another group's."""
    return _short(create, self, *words)


@shows(hashes_collide)
def _(c):
    made = [c("CreateEventTracker", name="t", datasetGroupArn=c.group(f"g{n}")).ok for n in range(40)]
    return not all(made)


@blind("isolation", "easy", PersonalizeBackend, "list_event_trackers", "ET-LIST-2", "ET-UNIQ-8",
       story="the filter is read from the query string, where a JSON protocol has none")
def the_filter_is_not_looked_at(listed, self, group_arn, limit, token):
    """ListEventTrackers filtered by a dataset group shows the event trackers of all groups."""
    return listed(None, limit, token)


@shows(the_filter_is_not_looked_at)
def _(c):
    c.tracker(c.group("a"))
    return len(c.walk("ListEventTrackers", datasetGroupArn=c.group("b"))) == 1


@blind("isolation", "medium", PersonalizeBackend, "create_dataset_group", "ET-GRP-17", "ET-GRP-13", behind="a domain that was given to the group before",
       story="one request object that is filled again and again: what is not in a request is still there from the last")
def the_domain_is_left_over(create, self, params):
    """A dataset group that is created without a domain gets that of the group created before it."""
    last = kept(self, "request")
    if "domain" in params:
        last["domain"] = params["domain"]
    elif "domain" in last:
        params["domain"] = last["domain"]
    return create(params)


@shows(the_domain_is_left_over)
def _(c):
    c.group("a", domain="ECOMMERCE")
    return c("CreateDatasetGroup", name="b").json.get("domain") == "ECOMMERCE"


@blind("isolation", "hard", PersonalizeBackend, "delete_event_tracker", "ET-DEL-2", "ET-LIFE-3", "ET-DESC-1", behind="a deletion from another region",
       story="the ARN's own region is where the request is sent on to, and a singleton of its table deletes")
def deletions_follow_the_arn(delete, self, arn):
    """DeleteEventTracker deletes an event tracker of another region."""
    try:
        delete(arn)
    except ResourceNotFoundException:
        for backend in everywhere(self):
            if arn in backend.trackers:
                backend.trackers[arn].start_deleting()
                return
        raise


@shows(deletions_follow_the_arn)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return c("DeleteEventTracker", EU, eventTrackerArn=t).ok
