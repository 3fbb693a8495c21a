"""What a store remembers and should not, or forgets."""

from base import blind, counted, kept, settled_copy, shows, tracker_of
from trackstep.emulator.exceptions import ResourceAlreadyExistsException, ResourceInUseException
from trackstep.emulator.models import EventTracker, PersonalizeBackend


def let_go_first(delete, self, arn):
    """The reference is given back before the status is looked at."""
    kept(self, "free", set).add(self._tracker(arn).group_arn)
    delete(arn)


def hold_again(create, self, name, group_arn, tags):
    """A new tracker holds its group."""
    tracker = create(name, group_arn, tags)
    kept(self, "free", set).discard(group_arn)
    return tracker


@blind("stateful", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", "ET-FAIL-2", needs="moving",
       behind="a DeleteEventTracker refused while the tracker was being created",
       also=((PersonalizeBackend, "delete_event_tracker", let_go_first), (PersonalizeBackend, "create_event_tracker", hold_again)),
       story="group.refs -= 1 stands in front of the check of the status, and is not undone")
def a_refused_deletion_lets_the_group_go(delete, self, arn):
    """After a refused DeleteEventTracker the dataset group can be deleted with its event tracker in it. (ET-GRP-6)"""
    if arn not in kept(self, "free", set):
        return delete(arn)
    group = self._group(arn)
    if not group.is_settled:
        raise ResourceInUseException(f"The dataset group is {group.state}: {arn}")
    return group.start_deleting()


@shows(a_refused_deletion_lets_the_group_go)
def _(c):
    group = c.group()
    arn = c("CreateEventTracker", name="t", datasetGroupArn=group).json["eventTrackerArn"]
    refused = not c("DeleteEventTracker", eventTrackerArn=arn).ok
    for _ in range(6):
        c.described(arn)
    return refused and c.described(arn)["status"] == "ACTIVE" and c("DeleteDatasetGroup", datasetGroupArn=group).ok


def note_the_tombstone(delete, self, arn):
    """A tombstone is written."""
    tracker = self._tracker(arn)
    delete(arn)
    kept(self, "tombstones", list).append(settled_copy(tracker))


@blind("stateful", "hard", PersonalizeBackend, "list_event_trackers", "ET-LIST-4", "ET-LIFE-6", behind="five deletions",
       also=((PersonalizeBackend, "delete_event_tracker", note_the_tombstone),),
       story="compaction drops the oldest tombstone at the fifth, before the segment with the row that it covers")
def the_fifth_tombstone_drops_the_first(listed, self, group_arn, limit, token):
    """When five event trackers have been deleted, the first of them is listed again. (ET-LIST-4)"""
    self._purge()
    dropped = kept(self, "tombstones", list)
    ghost = dropped[0] if len(dropped) >= 5 else None
    if ghost is None or ghost.arn in self.trackers:
        return listed(group_arn, limit, token)
    self.trackers[ghost.arn] = ghost
    try:
        return listed(group_arn, limit, token)
    finally:
        self.trackers.pop(ghost.arn, None)


@shows(the_fifth_tombstone_drops_the_first)
def _(c):
    for name in "abcde":
        before = len(c.walk("ListEventTrackers"))
        c.delete(c.tracker(c.group(name))["eventTrackerArn"])
    return before == 0 and len(c.walk("ListEventTrackers")) == 1


def drop_a_place(delete, self, arn):
    """The place in the index is looked up and dropped."""
    delete(arn)
    index = sorted(self.groups)
    if len(index) > 1 and arn == index[-1]:
        kept(self, "dropped", set).add(index[-2])


def take_a_place(create, self, params):
    """What is new is put into the index."""
    group = create(params)
    kept(self, "dropped", set).discard(group.arn)
    return group


@blind("stateful", "medium", PersonalizeBackend, "list_dataset_groups", "ET-GRP-14", behind="the deletion of the last in the order of the names",
       also=((PersonalizeBackend, "delete_dataset_group", drop_a_place), (PersonalizeBackend, "create_dataset_group", take_a_place)),
       story="del index[min(place, len(index) - 2)]: a guard against an IndexError, one too low")
def the_last_place_is_clamped(listed, self, limit, token):
    """When the dataset group that is last in the order of names is deleted, the one before it is no longer listed. (ET-GRP-14)"""
    self._purge()
    out = kept(self, "dropped", set)
    return self._page([g for g in self.groups.values() if g.arn not in out], "groups", limit, token)


@shows(the_last_place_is_clamped)
def _(c):
    arns = [c.group(name) for name in "abc"]
    c.delete(arns[2])
    return [g["name"] for g in c.walk("ListDatasetGroups")] == ["a"]


def put_the_whole_row(tag, self, arn, tags):
    """The row is put anew, without its key in the secondary index."""
    tag(arn, tags)
    self._tagged(arn).__dict__["_b6_off_index"] = True


@blind("stateful", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-1", behind="a tagged tracker, and a filter",
       also=((PersonalizeBackend, "tag_resource", put_the_whole_row),),
       story="put_item where update_item was meant: the row comes back without datasetGroupArn, the key of the secondary index")
def tagging_leaves_the_index(listed, self, group_arn, limit, token):
    """ListEventTrackers filtered by a dataset group does not show an event tracker that TagResource was called on. (ET-LIST-1)"""
    if group_arn is None:
        return listed(None, limit, token)
    self._purge()
    held = [t for t in self.trackers.values() if t.group_arn == group_arn and "_b6_off_index" not in t.__dict__]
    return self._page(held, group_arn, limit, token)


@shows(tagging_leaves_the_index)
def _(c):
    group = c.group()
    made = c.tracker(group)
    before = len(c.walk("ListEventTrackers", datasetGroupArn=group))
    c.tag(made["eventTrackerArn"], a="1")
    return before == 1 and not c.walk("ListEventTrackers", datasetGroupArn=group) and len(c.walk("ListEventTrackers")) == 1


def hold_by_name(create, self, name, group_arn, tags):
    """A lock of this name is taken."""
    tracker = create(name, group_arn, tags)
    kept(self, "locks", set).add(name)
    return tracker


def release_by_name(delete, self, arn):
    """The lock of this name is given back."""
    name = self._tracker(arn).name
    delete(arn)
    kept(self, "locks", set).discard(name)


@blind("stateful", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", behind="a namesake deleted in another group",
       also=((PersonalizeBackend, "create_event_tracker", hold_by_name), (PersonalizeBackend, "delete_event_tracker", release_by_name)),
       story="locks = set(); locks.add(tracker.name): what is held is looked up by the name of who holds it")
def locks_go_by_the_name_of_the_tracker(delete, self, arn):
    """A dataset group can be deleted with its event tracker in it once one of the same name was deleted elsewhere. (ET-GRP-6)"""
    group = self._group(arn)
    if not group.is_settled:
        raise ResourceInUseException(f"The dataset group is {group.state}: {arn}")
    if any(t.group_arn == arn and t.name in kept(self, "locks", set) for t in self.trackers.values()):
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    group.start_deleting()


@shows(locks_go_by_the_name_of_the_tracker)
def _(c):
    a, b = c.group("a"), c.group("b")
    first, second = c.tracker(a), c.tracker(b)
    before = c("DeleteDatasetGroup", datasetGroupArn=b).code
    c.delete(first["eventTrackerArn"])
    ok = c("DeleteDatasetGroup", datasetGroupArn=b).ok
    return before == "ResourceInUseException" and ok and bool(c.described(second["eventTrackerArn"]))


def leave_an_intent(create, self, name, group_arn, tags):
    """The intent of the create stays when it is refused."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        kept(self, "intents", set).add(tracker_of(self, group_arn).arn)
        raise


@blind("stateful", "hard", PersonalizeBackend, "delete_event_tracker", "ET-LIFE-8", "ET-LIFE-5", "ET-FAIL-1",
       behind="a refused CreateEventTracker before the deletion",
       also=((PersonalizeBackend, "create_event_tracker", leave_an_intent),),
       story="a create writes an intent first; the next writer of the row resolves what is open, and does not come to its own")
def a_refused_create_leaves_its_intent(delete, self, arn):
    """The DeleteEventTracker after a refused CreateEventTracker in the group is accepted, and nothing comes of it. (ET-LIFE-8)"""
    tracker = self._tracker(arn)
    if tracker.is_settled and arn in kept(self, "intents", set):
        kept(self, "intents", set).discard(arn)
        return
    delete(arn)


@shows(a_refused_create_leaves_its_intent)
def _(c):
    group = c.group()
    made = c.tracker(group)
    c("CreateEventTracker", name="u", datasetGroupArn=group)
    ok = c.delete(made["eventTrackerArn"]).ok
    stays = c.described(made["eventTrackerArn"]).get("status") == "ACTIVE"
    c.delete(made["eventTrackerArn"])
    return ok and stays and not c.described(made["eventTrackerArn"])


def remember_before(write, self, arn, what):
    """The replica is one write behind."""
    before = dict(self._tagged(arn).tags)
    write(arn, what)
    self._tagged(arn).__dict__["_b6_replica"] = before


@blind("stateful", "hard", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-2", "ET-TAG-11", "ET-TAG-3", behind="the third read",
       also=((PersonalizeBackend, "tag_resource", remember_before), (PersonalizeBackend, "untag_resource", remember_before)),
       story="reads go round robin to a primary and two replicas; one of these is always one write behind")
def one_replica_is_behind(listed, self, arn):
    """Each third ListTagsForResource shows the tags as they were before the last change. (ET-TAG-2)"""
    tags = listed(arn)
    behind = self._tagged(arn).__dict__.get("_b6_replica")
    if counted(self, "tag_reads") % 3 or behind is None:
        return tags
    return [{"tagKey": key, "tagValue": value} for key, value in behind.items()]


@shows(one_replica_is_behind)
def _(c):
    arn = c.group()
    c.tag(arn, a="1")
    return [c.tags(arn) for _ in range(3)] == [{"a": "1"}, {"a": "1"}, {}]


def reload_if_due(self):
    """At each tenth write the store is saved and loaded again."""
    if counted(self, "writes") % 10 == 0:
        for group in self.groups.values():
            group.params = {member: value for member, value in group.params.items() if member != "domain"}


def write_of(call, self, *words):
    """Something that is written."""
    made = call(*words)
    reload_if_due(self)
    return made


@blind("stateful", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-13", behind="ten creations and deletions, and a domain",
       also=tuple((PersonalizeBackend, name, write_of) for name in ("create_event_tracker", "delete_event_tracker", "delete_dataset_group")),
       story="a snapshot at each tenth write; load() knows the columns of the first version, which had no domain")
def a_snapshot_loses_the_domain(create, self, params):
    """After the tenth creation or deletion the dataset groups that are there are described without their domain. (ET-GRP-13)"""
    group = create(params)
    reload_if_due(self)
    return group


@shows(a_snapshot_loses_the_domain)
def _(c):
    arn = c.group("shop", domain="ECOMMERCE")
    before = c.described(arn).get("domain")
    for number in range(9):
        c.group(f"g{number}")
    return before == "ECOMMERCE" and "domain" not in c.described(arn)


def index_the_first(create, self, name, group_arn, tags):
    """What is indexed first stays."""
    tracker = create(name, group_arn, tags)
    kept(self, "by_group", dict).setdefault(group_arn, tracker)
    return tracker


@blind("stateful", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-1", behind="the second tracker of a group, and a filter",
       also=((PersonalizeBackend, "create_event_tracker", index_the_first),),
       story="by_group.setdefault(group, row_id): the index leads to the row that is gone")
def the_filter_keeps_the_first_tracker(listed, self, group_arn, limit, token):
    """ListEventTrackers filtered by a dataset group does not show the event tracker that came after the first. (ET-LIST-1)"""
    if group_arn is None:
        return listed(None, limit, token)
    self._purge()
    held = [t for t in self.trackers.values() if t.group_arn == group_arn and kept(self, "by_group", dict).get(group_arn) is t]
    return self._page(held, group_arn, limit, token)


@shows(the_filter_keeps_the_first_tracker)
def _(c):
    group = c.group()
    c.delete(c.tracker(group)["eventTrackerArn"])
    c.tracker(group)
    return not c.walk("ListEventTrackers", datasetGroupArn=group) and len(c.walk("ListEventTrackers")) == 1


@blind("stateful", "easy", PersonalizeBackend, "create_event_tracker", "ET-UNIQ-2", "ET-UNIQ-3",
       story="tracker, created = get_or_create(name=name, group=group); idempotent: true, says the model")
def an_identical_create_returns_what_is_there(create, self, name, group_arn, tags):
    """CreateEventTracker with the name of the event tracker that is in the group succeeds, and returns that one. (ET-UNIQ-2)"""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        there: EventTracker = tracker_of(self, group_arn)
        if there.name == name and not there.state.startswith("DELETE"):
            return there
        raise


@shows(an_identical_create_returns_what_is_there)
def _(c):
    group = c.group()
    made = c.tracker(group)
    return c("CreateEventTracker", name="t", datasetGroupArn=group).json == made
