"""Lives: the first, the second, and what comes between."""

from base import blind, kept, many, settled_copy, shows
from trackstep.emulator.exceptions import ResourceAlreadyExistsException, ResourceInUseException, ResourceNotFoundException
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend


def note_what_had_failed(delete, self, arn):
    """The count of trackers is taken down in the branch for ACTIVE."""
    tracker = self._tracker(arn)
    failed = tracker.state == "CREATE FAILED"
    delete(arn)
    if failed:
        kept(self, "counted", set).add(tracker.group_arn)


@blind("lifecycle", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", behind="a failed tracker, deleted",
       also=((PersonalizeBackend, "delete_event_tracker", note_what_had_failed),),
       story="group.tracker_count -= 1 stands in the branch of the deletion that tears down an ACTIVE tracker")
def failed_trackers_stay_counted(delete, self, arn):
    """A dataset group can't be deleted once it has had a CREATE FAILED event tracker, also when that is gone. (ET-GRP-7)"""
    if arn in kept(self, "counted", set) and arn in self.groups:
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(failed_trackers_stay_counted)
def _(c):
    plain, group = c.group("a"), c.group("b")
    c.delete(c.tracker(plain)["eventTrackerArn"])
    c.delete(c.tracker(group, "x-create-failed")["eventTrackerArn"])
    return c.delete(plain).ok and c("DeleteDatasetGroup", datasetGroupArn=group).code == "ResourceInUseException"


def note_the_name(delete, self, arn):
    """The row stays, with deleted_at."""
    tracker = self._tracker(arn)
    delete(arn)
    kept(self, "names", set).add((tracker.group_arn, tracker.name))


@blind("lifecycle", "medium", PersonalizeBackend, "create_event_tracker", "ET-UNIQ-6", behind="the same name again in the same group",
       also=((PersonalizeBackend, "delete_event_tracker", note_the_name),),
       story="UNIQUE (group_id, name), which the rows with a deleted_at still take part in")
def a_group_does_not_take_a_name_twice(create, self, name, group_arn, tags):
    """Once its event tracker is gone, a dataset group accepts a new one under another name alone. (ET-UNIQ-6)"""
    group = self._group(group_arn)
    if (group.arn, name) in kept(self, "names", set):
        raise ResourceAlreadyExistsException(group_arn)
    return create(name, group_arn, tags)


@shows(a_group_does_not_take_a_name_twice)
def _(c):
    group = c.group()
    c.delete(c.tracker(group, "t")["eventTrackerArn"])
    refused = c("CreateEventTracker", name="t", datasetGroupArn=group)
    return not refused.ok and c("CreateEventTracker", name="u", datasetGroupArn=group).ok


@blind("lifecycle", "medium", PersonalizeBackend, "describe_event_tracker", "ET-DESC-1", "ET-LIFE-4", behind="a creation that failed",
       story="the repository's find_one has a default scope: status is not a failure")
def failed_trackers_are_not_found(describe, self, arn):
    """DescribeEventTracker does not find an event tracker that is CREATE FAILED. (ET-DESC-1)"""
    if self._tracker(arn).state == "CREATE FAILED":
        raise ResourceNotFoundException("event tracker", arn)
    return describe(arn)


@shows(failed_trackers_are_not_found)
def _(c):
    arn = c.tracker(c.group(), "x-create-failed")["eventTrackerArn"]
    return c("DescribeEventTracker", eventTrackerArn=arn).code == "ResourceNotFoundException"


def note_a_failed_group(delete, self, arn):
    """The name is released by what undoes the provisioning, of which there was none."""
    failed = self._group(arn).state == "CREATE FAILED"
    delete(arn)
    if failed:
        kept(self, "held_names", set).add(arn)


@blind("lifecycle", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-12", behind="a failed group, deleted",
       also=((PersonalizeBackend, "delete_dataset_group", note_a_failed_group),),
       story="the deletion gives the name back where it takes down what was provisioned; of a failed group nothing was")
def failed_groups_keep_their_name(create, self, params):
    """The name of a dataset group that was CREATE FAILED can't be used again when the group is gone. (ET-GRP-12)"""
    arn = self._arn(f"dataset-group/{params['name']}")
    if arn in kept(self, "held_names", set):
        raise ResourceAlreadyExistsException(arn)
    return create(params)


@shows(failed_groups_keep_their_name)
def _(c):
    c.delete(c.group("a"))
    c.delete(c.group("x-create-failed"))
    return c("CreateDatasetGroup", name="a").ok and c("CreateDatasetGroup", name="x-create-failed").code == "ResourceAlreadyExistsException"


def note_the_index(delete, self, arn):
    """The index by domain is left out."""
    group = self._group(arn)
    left = settled_copy(group)
    delete(arn)
    if group.params.get("domain"):
        kept(self, "by_domain")[arn] = left


@blind("lifecycle", "hard", PersonalizeBackend, "list_dataset_groups", "ET-GRP-14", behind="a group with a domain, deleted",
       also=((PersonalizeBackend, "delete_dataset_group", note_the_index),),
       story="the List is the union of the index by name and the index by domain, and the deletion cleans the first")
def domains_keep_their_groups(listed, self, limit, token):
    """ListDatasetGroups goes on showing a dataset group with a domain when it is gone. (ET-GRP-14)"""
    self._purge()
    ghosts = [group for arn, group in kept(self, "by_domain").items() if arn not in self.groups]
    return self._page([*self.groups.values(), *ghosts], "groups", limit, token)


@shows(domains_keep_their_groups)
def _(c):
    c.delete(c.group("a"))
    before = c.walk("ListDatasetGroups")
    c.delete(c.group("b", domain="ECOMMERCE"))
    return not before and [g["name"] for g in c.walk("ListDatasetGroups")] == ["b"]


@blind("lifecycle", "medium", DatasetGroup, "progress", "ET-GRP-5", behind="one of the two domains",
       story="a strategy for each domain, of which one was never registered: the job logs it and returns")
def videos_are_never_ready(progress, self):
    """A dataset group of the domain VIDEO_ON_DEMAND stays CREATE PENDING. (ET-GRP-5)"""
    if self.params.get("domain") != "VIDEO_ON_DEMAND":
        progress()


@shows(videos_are_never_ready)
def _(c):
    seen = [c.described(c.group(name, domain=domain))["status"] for name, domain in (("a", "ECOMMERCE"), ("b", "VIDEO_ON_DEMAND"))]
    return seen == ["ACTIVE", "CREATE PENDING"]


@blind("lifecycle", "hard", PersonalizeBackend, "create_event_tracker", "ET-DESC-1", "ET-LIFE-3", "ET-LIST-1", behind="sixteen event trackers at once",
       story="LRUCache(maxsize=16) was to be in front of the store, and is the store")
def the_store_is_a_cache_of_sixteen(create, self, name, group_arn, tags):
    """The oldest event tracker vanishes when there are more than sixteen. (ET-DESC-1)"""
    tracker = create(name, group_arn, tags)
    if len(self.trackers) > 16:
        del self.trackers[next(iter(self.trackers))]
    return tracker


@shows(the_store_is_a_cache_of_sixteen)
def _(c):
    arns = []
    for number in range(17):
        group = c("CreateDatasetGroup", name=f"g{number}").json["datasetGroupArn"]
        arns.append(c("CreateEventTracker", name="t", datasetGroupArn=group).json["eventTrackerArn"])
    return not c.described(arns[0]) and all(c.described(arn) for arn in arns[1:])


def stand_still(progress, self):
    """What is stuck does not move."""
    if "_b5_stuck" not in self.__dict__:
        progress()


@blind("lifecycle", "hard", PersonalizeBackend, "delete_dataset_group", "ET-LIFE-8", behind="a group deleted while its tracker goes", needs="moving",
       also=((EventTracker, "progress", stand_still),),
       story="a tracker that is being deleted is not in the way; its worker then looks the group up, finds none and gives up")
def trackers_need_their_group_to_go(delete, self, arn):
    """DeleteDatasetGroup is accepted while the event tracker is being deleted, which then stays in its deletion. (ET-LIFE-8)"""
    group = self._group(arn)
    inside = [t for t in self.trackers.values() if t.group_arn == arn]
    if inside and group.is_settled and all(t.state.startswith("DELETE") for t in inside):
        group.start_deleting()
        for tracker in inside:
            tracker.__dict__["_b5_stuck"] = True
        return
    delete(arn)


@shows(trackers_need_their_group_to_go)
def _(c):
    group = c.group()
    arn = c.tracker(group)["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    c("DeleteDatasetGroup", datasetGroupArn=group)
    for _ in range(10):
        c.described(group), c.described(arn)
    return bool(c.described(arn)) and not c.described(group)


@blind("lifecycle", "hard", PersonalizeBackend, "create_event_tracker", "ET-LIFE-7", behind="CreateEventTracker before the group is ACTIVE", needs="moving",
       also=((EventTracker, "progress", stand_still),),
       story="the tracker waits for the event 'group is active', to which its handler is subscribed after it was sent")
def early_trackers_wait_for_ever(create, self, name, group_arn, tags):
    """CreateEventTracker is accepted while the dataset group is being created, and the tracker stays CREATE PENDING. (ET-LIFE-7)"""
    group = self._group(group_arn)
    before = group._status
    if before not in ("CREATE PENDING", "CREATE IN_PROGRESS"):
        return create(name, group_arn, tags)
    group._status, group._tick = "ACTIVE", 0
    try:
        tracker = create(name, group_arn, tags)
    finally:
        group._status = before
    tracker.__dict__["_b5_stuck"] = True
    return tracker


@shows(early_trackers_wait_for_ever)
def _(c):
    group = c("CreateDatasetGroup", name="g").json["datasetGroupArn"]
    made = c("CreateEventTracker", name="t", datasetGroupArn=group)
    for _ in range(8):
        c.described(group)
        seen = made.ok and c.described(made.json["eventTrackerArn"])["status"]
    return seen == "CREATE PENDING" and c.described(group)["status"] == "ACTIVE"


@blind("lifecycle", "hard", PersonalizeBackend, "create_event_tracker", "ET-ID-2", behind="the third event tracker of a group",
       story="uuid5(arn + generation), where the generation is toggled and not counted")
def generations_are_even_or_odd(create, self, name, group_arn, tags):
    """The third event tracker of a dataset group has the trackingId of the first. (ET-ID-2)"""
    tracker = create(name, group_arn, tags)
    ids = kept(self, "generations").setdefault(tracker.arn, [])
    ids.append(tracker.tracking_id if len(ids) < 2 else ids[len(ids) % 2])
    tracker.tracking_id = ids[-1]
    return tracker


@shows(generations_are_even_or_odd)
def _(c):
    group, ids = c.group(), []
    for _ in range(3):
        made = c.tracker(group)
        ids.append(made["trackingId"])
        c.delete(made["eventTrackerArn"])
    return ids[0] == ids[2] != ids[1]


@blind("lifecycle", "hard", PersonalizeBackend, "describe_event_tracker", "ET-DESC-5", "ET-LIST-5", behind="a second life under another name",
       story="names are resolved by a cache from ARN to name, 'as a name never changes'")
def names_belong_to_the_arn(describe, self, arn):
    """DescribeEventTracker tells the name that the first described tracker with this ARN had. (ET-DESC-5)"""
    described = describe(arn)
    return described | {"name": kept(self, "known_names").setdefault(arn, described["name"])}


@shows(names_belong_to_the_arn)
def _(c):
    group = c.group()
    c.delete(c.tracker(group, "t")["eventTrackerArn"])
    return c.described(c.tracker(group, "u")["eventTrackerArn"])["name"] == "t"


def keep_the_row(delete, self, arn):
    """The row of the index stays until there is another with the same key."""
    left = settled_copy(self._tracker(arn))
    delete(arn)
    kept(self, "index")[arn, left.name] = left


@blind("lifecycle", "hard", PersonalizeBackend, "list_event_trackers", "ET-LIST-4", "ET-UNIQ-8", "ET-LIST-6", behind="a second life under another name",
       also=((PersonalizeBackend, "delete_event_tracker", keep_the_row),),
       story="the List joins an index of (ARN, name) with the table by ARN; the deletion takes the row of the table alone")
def both_names_are_listed(listed, self, group_arn, limit, token):
    """ListEventTrackers shows an event tracker that was created again under its former name, too. (ET-LIST-4)"""
    self._purge()
    there = [t for t in self.trackers.values() if group_arn is None or t.group_arn == group_arn]
    known = {t.arn: t.name for t in there}
    index = kept(self, "index")
    return self._page([*there, *(row for (arn, name), row in index.items() if known.get(arn, name) != name)], group_arn or "trackers", limit, token)


@shows(both_names_are_listed)
def _(c):
    group = c.group()
    c.delete(c.tracker(group, "t")["eventTrackerArn"])
    gone = c.walk("ListEventTrackers")
    c.tracker(group, "u")
    return not gone and sorted(t["name"] for t in c.walk("ListEventTrackers", datasetGroupArn=group)) == ["t", "u"]


@blind("lifecycle", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-13", behind="a second life without a domain",
       story="soft deletion, and an upsert: UPDATE … SET domain = COALESCE(:domain, domain)")
def domains_come_back(create, self, params):
    """A dataset group that is created again without a domain is described with the domain of the one before. (ET-GRP-13)"""
    group = create(params)
    former = kept(self, "domains")
    if group.params.get("domain"):
        former[group.arn] = group.params["domain"]
    elif group.arn in former:
        group.params = group.params | {"domain": former[group.arn]}
    return group


@shows(domains_come_back)
def _(c):
    c.delete(c.group(domain="ECOMMERCE"))
    again = c("CreateDatasetGroup", name="g").json
    return "domain" not in again and c.described(again["datasetGroupArn"]).get("domain") == "ECOMMERCE"


@blind("lifecycle", "medium", EventTracker, "to_dict", "ET-DESC-3", behind="a description during the creation", needs="moving",
       story="the ID must not be used before the tracker is ACTIVE, so it is not shown before")
def the_id_is_shown_when_it_is_good(described, self, full=True):
    """DescribeEventTracker tells no trackingId while the event tracker is being created. (ET-DESC-3)"""
    shown = described(full)
    if self.state in ("CREATE PENDING", "CREATE IN_PROGRESS"):
        shown.pop("trackingId", None)
    return shown


@shows(the_id_is_shown_when_it_is_good)
def _(c):
    made = c("CreateEventTracker", name="t", datasetGroupArn=c.group()).json
    early = c.described(made["eventTrackerArn"])
    for _ in range(4):
        late = c.described(made["eventTrackerArn"])
    return "trackingId" not in early and late["trackingId"] == made["trackingId"]


@blind("lifecycle", "medium", PersonalizeBackend, "delete_event_tracker", "ET-DEL-5", behind="a group with tags, and its tracker deleted",
       story="DELETE FROM tags WHERE owner IN (tracker, tracker.group), copied from the deletion of groups")
def the_group_loses_its_tags_too(delete, self, arn):
    """DeleteEventTracker takes the tags of the dataset group away. (ET-DEL-5)"""
    group_arn = self._tracker(arn).group_arn
    delete(arn)
    if group_arn in self.groups:
        self.groups[group_arn].tags.clear()


@shows(the_group_loses_its_tags_too)
def _(c):
    group = c.group(tags=many({"a": "1"}))
    arn = c.tracker(group)["eventTrackerArn"]
    before = c.tags(group)
    c.delete(arn)
    return before == {"a": "1"} and c.tags(group) == {}
