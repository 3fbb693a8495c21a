"""Being made, being there, being deleted, being made again."""

from uuid import NAMESPACE_URL, uuid4, uuid5

from base import blind, kept, shows
from trackstep.emulator.exceptions import ResourceAlreadyExistsException, ResourceInUseException
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend


@blind("lifecycle", "easy", EventTracker, "progress", "ET-LIFE-8",
       story="DeleteEventTracker sets the status, and no job was ever written that looks for trackers with it")
def deletion_never_ends(progress, self):
    """An event tracker that is being deleted stays DELETE PENDING."""
    if not self.state.startswith("DELETE"):
        progress()


@shows(deletion_never_ends)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return c.delete(t).ok and c.described(t).get("status") == "DELETE PENDING"


@blind("lifecycle", "easy", PersonalizeBackend, "create_dataset_group", "ET-GRP-12",
       story="soft delete: the unique constraint on the name still sees the row that is marked deleted")
def names_of_deleted_groups_stay_taken(create, self, params):
    """The name of a dataset group that is gone can't be used again."""
    names, arn = kept(self, "names", set), self._arn(f"dataset-group/{params['name']}")
    self._purge()
    if arn in names and arn not in self.groups:
        raise ResourceAlreadyExistsException(arn)
    made = create(params)
    names.add(arn)
    return made


@shows(names_of_deleted_groups_stay_taken)
def _(c):
    return c.delete(c.group("a")).ok and c("CreateDatasetGroup", name="a").code == "ResourceAlreadyExistsException"


@blind("lifecycle", "easy", PersonalizeBackend, "delete_event_tracker", "ET-DEL-5", "ET-GRP-13", "ET-GRP-4",
       story="cascade=\"all, delete-orphan\" on the wrong side of the relationship")
def the_cascade_goes_up(delete, self, arn):
    """DeleteEventTracker deletes the dataset group too."""
    delete(arn)
    group = self.groups.get(self.trackers[arn].group_arn)
    if group is not None:
        group.start_deleting()


@shows(the_cascade_goes_up)
def _(c):
    g = c.group("a")
    c.delete(c.tracker(g)["eventTrackerArn"])
    c.described(g)
    return not c.described(g)


@blind("lifecycle", "medium", PersonalizeBackend, "delete_event_tracker", "ET-DEL-4", behind="a creation that failed",
       story="if tracker.status != \"ACTIVE\": raise ResourceInUseException")
def failed_trackers_cannot_be_deleted(delete, self, arn):
    """DeleteEventTracker of a CREATE FAILED event tracker is refused."""
    if self._tracker(arn).state == "CREATE FAILED":
        raise ResourceInUseException(f"The event tracker is not ACTIVE: {arn}")
    delete(arn)


@shows(failed_trackers_cannot_be_deleted)
def _(c):
    t = c.tracker(c.group("a"), "t-create-failed")["eventTrackerArn"]
    return c.described(t)["status"] == "CREATE FAILED" and not c.delete(t).ok


@blind("lifecycle", "easy", PersonalizeBackend, "delete_dataset_group", "ET-GRP-6",
       story="the mock empties what is deleted, so that tests need no order of their own")
def groups_take_their_tracker_along(delete, self, arn):
    """DeleteDatasetGroup of a group with an event tracker is accepted, and deletes both."""
    group = self._group(arn)
    if group.is_settled:
        for tracker in [t for t in self.trackers.values() if t.group_arn == arn]:
            del self.trackers[tracker.arn]
    delete(arn)


@shows(groups_take_their_tracker_along)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    return c.delete(g).ok and not c.described(t)


@blind("lifecycle", "medium", PersonalizeBackend, "create_event_tracker", "ET-ID-2", "ET-PUT-3", behind="a tracker that is made again",
       story="reproducible IDs: uuid5 of the ARN")
def tracking_ids_follow_from_the_arn(create, self, *words):
    """An event tracker that is created again in its group has the trackingId of the one before."""
    made = create(*words)
    made.tracking_id = str(uuid5(NAMESPACE_URL, made.arn))
    return made


@shows(tracking_ids_follow_from_the_arn)
def _(c):
    g = c.group("a")
    first = c.tracker(g)
    c.delete(first["eventTrackerArn"])
    return c.tracker(g, "other")["trackingId"] == first["trackingId"]


@blind("lifecycle", "easy", EventTracker, "progress", "ET-ID-3", "ET-PUT-1",
       story="the worker that provisions the tracker makes the ID; the one in the answer was a place-holder")
def activation_gives_the_id(progress, self):
    """When an event tracker becomes ACTIVE it gets another trackingId."""
    before = self.state
    progress()
    if before != "ACTIVE" and self.state == "ACTIVE":
        self.tracking_id = str(uuid4())


@shows(activation_gives_the_id)
def _(c):
    t = c.tracker(c.group("a"))
    return c.described(t["eventTrackerArn"])["trackingId"] != t["trackingId"]


def _keeps_the_orphan(delete, self, arn):
    delete(arn)
    kept(self, "orphans")[self.trackers[arn].group_arn] = self.trackers[arn]


@blind("lifecycle", "hard", PersonalizeBackend, "create_dataset_group", "ET-LIFE-6", "ET-LIST-6", "ET-LIST-4", "ET-LIFE-5", behind="the group made again under its name",
       also=((PersonalizeBackend, "delete_event_tracker", _keeps_the_orphan),),
       story="restore() of a soft-deleted group restores its related rows too")
def groups_bring_their_tracker_back(create, self, params):
    """When a group is created again, the event tracker that was deleted with it is there again."""
    made = create(params)
    tracker = kept(self, "orphans").pop(made.arn, None)
    if tracker is not None:
        tracker._status = "ACTIVE"
        self.trackers[tracker.arn] = tracker
    return made


@shows(groups_bring_their_tracker_back)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    c.delete(t)
    c.delete(g)
    c.group("a")
    return bool(c.described(t))


@blind("lifecycle", "medium", PersonalizeBackend, "create_event_tracker", "ET-UNIQ-3", needs="moving", behind="a Create while the first goes on",
       story="the look for a tracker in the group is a SELECT ... WHERE status = 'ACTIVE'")
def only_active_trackers_are_in_the_way(create, self, name, group_arn, tags):
    """A second CreateEventTracker while the first is being created is accepted, and takes its place."""
    self._purge()
    for tracker in list(self.trackers.values()):
        if tracker.group_arn == group_arn and tracker.state in ("CREATE PENDING", "CREATE IN_PROGRESS"):
            del self.trackers[tracker.arn]
    return create(name, group_arn, tags)


@shows(only_active_trackers_are_in_the_way)
def _(c):
    g = c.group("a")
    first, second = (c("CreateEventTracker", name=name, datasetGroupArn=g) for name in ("t", "u"))
    return first.ok and second.ok


@blind("lifecycle", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-1", behind="a creation that failed",
       story="the default scope of the ORM's model leaves failed rows out; Describe goes by primary key and has none")
def failed_trackers_are_not_listed(listed, self, group_arn, limit, token):
    """ListEventTrackers shows no CREATE FAILED event tracker."""
    self._purge()
    everything = self.trackers
    self.trackers = {arn: t for arn, t in everything.items() if t.state != "CREATE FAILED"}
    try:
        return listed(group_arn, limit, token)
    finally:
        self.trackers = everything


@shows(failed_trackers_are_not_listed)
def _(c):
    t = c.tracker(c.group("a"), "t-create-failed")["eventTrackerArn"]
    return bool(c.described(t)) and c.walk("ListEventTrackers") == []


@blind("lifecycle", "hard", PersonalizeBackend, "describe_event_tracker", "ET-LIFE-4", behind="a creation that failed, looked at for a while",
       story="a reconciler that takes up failed creations again")
def failed_creations_are_tried_again(describe, self, arn):
    """A CREATE FAILED event tracker is ACTIVE from the fifth look on."""
    tracker = self._tracker(arn)
    if tracker.state == "CREATE FAILED":
        looks = tracker.__dict__["_b4_looks"] = tracker.__dict__.get("_b4_looks", 0) + 1
        if looks >= 5:
            tracker._status = "ACTIVE"
    return describe(arn)


@shows(failed_creations_are_tried_again)
def _(c):
    t = c("CreateEventTracker", name="t-create-failed", datasetGroupArn=c.group("a")).json["eventTrackerArn"]
    statuses = [c.described(t)["status"] for _ in range(8)]
    return "CREATE FAILED" in statuses and statuses[-1] == "ACTIVE"


@blind("lifecycle", "hard", PersonalizeBackend, "tag_resource", "ET-LIFE-3", needs="moving", behind="TagResource on what rests",
       story="every write goes through the provisioning workflow, as in CloudFormation")
def tagging_provisions_again(tag, self, arn, tags):
    """After TagResource an ACTIVE event tracker is CREATE IN_PROGRESS for a while."""
    tag(arn, tags)
    resource = self._tagged(arn)
    if arn in self.trackers and resource.state == "ACTIVE":
        resource._status, resource._tick = "CREATE IN_PROGRESS", 0


@shows(tagging_provisions_again)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    before = c.described(t)["status"]
    c.tag(t, k="v")
    return before == "ACTIVE" and c.described(t)["status"] == "CREATE IN_PROGRESS"


def _once_had_one(create, self, *words):
    made = create(*words)
    self.groups[made.group_arn].__dict__["_b4_had_one"] = True
    return made


@blind("lifecycle", "medium", DatasetGroup, "progress", "ET-GRP-10", behind="a group that once had a tracker",
       also=((PersonalizeBackend, "create_event_tracker", _once_had_one),),
       story="the job waits until the group's trackers are gone, and counts the soft-deleted ones")
def groups_wait_for_their_ghosts(progress, self):
    """A dataset group that ever had an event tracker stays DELETE PENDING when it is deleted."""
    if not (self.state == "DELETE PENDING" and self.__dict__.get("_b4_had_one")):
        progress()


@shows(groups_wait_for_their_ghosts)
def _(c):
    g = c.group("a")
    c.delete(c.tracker(g)["eventTrackerArn"])
    return c.delete(g).ok and bool(c.described(g))


@blind("lifecycle", "hard", EventTracker, "progress", "ET-LIFE-8", behind="tags on what is deleted",
       story="the worker's DELETE runs into the foreign key of the tags table, and it tries again for ever")
def tagged_trackers_do_not_go(progress, self):
    """An event tracker that has tags stays DELETE IN_PROGRESS when it is deleted."""
    progress()
    if self.state == "GONE" and self.tags:
        self._status = "DELETE IN_PROGRESS"


@shows(tagged_trackers_do_not_go)
def _(c):
    t = c.tracker(c.group("a"), tags=[{"tagKey": "k", "tagValue": "v"}])["eventTrackerArn"]
    return c.delete(t).ok and bool(c.described(t))


@blind("lifecycle", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", needs="moving", behind="a tracker that is still being created",
       story="the group's guard counts ACTIVE trackers only")
def only_active_trackers_hold_the_group(delete, self, arn):
    """DeleteDatasetGroup is accepted while the event tracker in it is being created."""
    group = self._group(arn)
    young = [t for t in self.trackers.values() if t.group_arn == arn and t.state in ("CREATE PENDING", "CREATE IN_PROGRESS")]
    if group.is_settled and young:
        group.start_deleting()
    else:
        delete(arn)


@shows(only_active_trackers_hold_the_group)
def _(c):
    g = c.group("a")
    c("CreateEventTracker", name="t", datasetGroupArn=g)
    return c("DeleteDatasetGroup", datasetGroupArn=g).ok


@blind("lifecycle", "medium", DatasetGroup, "to_dict", "ET-GRP-16", behind="a creation that failed",
       story="the reason stands on the row of the job, and the mapper never joins it")
def the_reason_of_a_failure_is_lost(to_dict, self, full=True):
    """A CREATE FAILED dataset group has no failureReason."""
    return {name: value for name, value in to_dict(full).items() if name != "failureReason"}


@shows(the_reason_of_a_failure_is_lost)
def _(c):
    described = c.described(c.group("a-create-failed"))
    return described["status"] == "CREATE FAILED" and "failureReason" not in described
