"""What is one's is not another's."""

from base import blind, shows
from trackstep.emulator.exceptions import ResourceAlreadyExistsException
from trackstep.emulator.models import PersonalizeBackend as B, personalize_backends


def _all(self):
    return [b for b in list(dict(personalize_backends[self.account_id]).values()) if isinstance(b, B)]


@blind("isolation", "easy", B, "describe_event_tracker", "ET-REGION-1")
def found_in_any_region(describe, self, arn):
    """DescribeEventTracker finds a tracker of another region."""
    self._purge()
    for other in _all(self):
        if arn not in self.trackers and other is not self and arn in other.trackers:
            return other.describe_event_tracker(arn)
    return describe(arn)


@shows(found_in_any_region)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return bool(c.described(t, "eu-west-1"))


@blind("isolation", "medium", B, "list_dataset_groups", "ET-REGION-2", behind="a last page, and another region")
def last_page_of_all_regions(lists, self, limit, token):
    """ListDatasetGroups shows a group of another region where there is room on its last page."""
    page, more = lists(limit, token)
    for other in _all(self):
        if other is not self and more is None and len(page) < (limit or 100) and other.groups:
            return [*page, next(iter(other.groups.values())).to_dict(full=False)], more
    return page, more


@shows(last_page_of_all_regions)
def _(c):
    c.group("a")
    return any(":us-east-1:" in g["datasetGroupArn"] for g in c.walk("ListDatasetGroups", _region="eu-west-1"))


@blind("isolation", "easy", B, "create_dataset_group", "ET-REGION-3")
def group_names_are_global(create, self, params):
    """CreateDatasetGroup is refused where another region has the name."""
    if any(g.name == params["name"] for b in _all(self) if b is not self for g in b.groups.values()):
        raise ResourceAlreadyExistsException(params["name"])
    return create(params)


@shows(group_names_are_global)
def _(c):
    c.group("a")
    return not c("CreateDatasetGroup", "eu-west-1", name="a").ok


@blind("isolation", "hard", B, "create_dataset_group", "ET-TAG-10", "ET-TAG-1", behind="one name and tags in two regions")
def tags_by_name_over_regions(create, self, params):
    """The tags of a group are kept by its name: a group of that name in another region has them too."""
    made = create(params)
    for other in _all(self):
        for g in other.groups.values():
            if other is not self and g.name == made.name:
                g.tags.update(made.tags)
                made.tags = g.tags
    return made


@shows(tags_by_name_over_regions)
def _(c):
    a = c.group("a")
    b = c.group("a", "eu-west-1")
    c.tag(a, k="v")
    return bool(c.tags(b, "eu-west-1"))


@blind("isolation", "medium", B, "create_event_tracker", "ET-TAG-10", behind="trackers of one name")
def tags_by_tracker_name(create, self, name, group_arn, tags):
    """Trackers of the same name share their tags."""
    made = create(name, group_arn, tags)
    for t in self.trackers.values():
        if t is not made and t.name == name:
            t.tags.update(made.tags)
            made.tags = t.tags
    return made


@shows(tags_by_tracker_name)
def _(c):
    a, b = c.tracker(c.group("a"))["eventTrackerArn"], c.tracker(c.group("b"))["eventTrackerArn"]
    c.tag(a, k="v")
    return bool(c.tags(b))


@blind("isolation", "hard", B, "delete_dataset_group", "ET-LIFE-3", "ET-DESC-1", behind="a group whose name begins another's")
def cascade_by_prefix(delete, self, arn):
    """DeleteDatasetGroup also drops the trackers of groups whose names begin with this one's."""
    delete(arn)
    for key, t in list(self.trackers.items()):
        if t.group_arn.startswith(arn):
            del self.trackers[key]


@shows(cascade_by_prefix)
def _(c):
    a, t = c.group("a"), c.tracker(c.group("a2"))["eventTrackerArn"]
    c.delete(a)
    return not c.described(t)


@blind("isolation", "medium", B, "delete_event_tracker", "ET-DEL-5", "ET-TAG-10", behind="a group that has tags")
def deletion_takes_the_groups_tags(delete, self, arn):
    """DeleteEventTracker takes the tags of the group too."""
    t = self._tracker(arn)
    delete(arn)
    if t.group_arn in self.groups:
        self.groups[t.group_arn].tags.clear()


@shows(deletion_takes_the_groups_tags)
def _(c):
    g = c.group("a", tags=[{"tagKey": "k", "tagValue": "v"}])
    c.delete(c.tracker(g)["eventTrackerArn"])
    return not c.tags(g)


@blind("isolation", "medium", B, "list_event_trackers", "ET-LIST-2", "ET-UNIQ-8", behind="a group whose name begins another's")
def filter_by_beginning(lists, self, group_arn, limit, token):
    """The filter of ListEventTrackers also fits groups whose names begin with the one that is named."""
    page, more = lists(group_arn, limit, token)
    extra = [t for t in self.trackers.values() if group_arn and t.group_arn != group_arn and t.group_arn.startswith(group_arn)]
    return (page + [t.to_dict(full=False) for t in extra])[: limit or 100], more


@shows(filter_by_beginning)
def _(c):
    a = c.group("a")
    c.tracker(c.group("a2"))
    return bool(c.walk("ListEventTrackers", datasetGroupArn=a))


@blind("isolation", "hard", B, "create_dataset_group", "ET-GRP-1", behind="names that differ but in case")
def collation_without_case(create, self, params):
    """CreateDatasetGroup is refused where a group's name differs but in case."""
    self._purge()
    if any(g.name != params["name"] and g.name.lower() == params["name"].lower() for g in self.groups.values()):
        raise ResourceAlreadyExistsException(params["name"])
    return create(params)


@shows(collation_without_case)
def _(c):
    c.group("a")
    return not c("CreateDatasetGroup", name="A").ok
