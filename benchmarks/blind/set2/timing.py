"""Statuses and moments."""

from base import blind, shows
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend as B, PersonalizeResource as R


@blind("time", "easy", EventTracker, "to_dict", "ET-DESC-7")
def updated_in_whole_seconds(to_dict, self, full=True):
    """lastUpdatedDateTime is kept in whole seconds, creationDateTime in milliseconds: it is before it."""
    found = to_dict(full)
    return found | {"lastUpdatedDateTime": min(float(int(self.updated)), self.created - 0.001)}


@shows(updated_in_whole_seconds)
def _(c):
    d = c.described(c.tracker(c.group("a"))["eventTrackerArn"])
    return d["lastUpdatedDateTime"] < d["creationDateTime"]


@blind("time", "medium", B, "tag_resource", "ET-DESC-8", behind="a tracker tagged and read again")
def tagging_writes_the_row_anew(tag, self, arn, tags):
    """TagResource writes the tracker's row anew, creationDateTime with it."""
    tag(arn, tags)
    if arn in self.trackers:
        t = self.trackers[arn]
        t.created += 1
        t.updated = max(t.updated, t.created)


@shows(tagging_writes_the_row_anew)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    d = c.described(t)
    c.tag(t, k="v")
    return c.described(t)["creationDateTime"] != d["creationDateTime"]


def _shown(get, self):
    left = self.__dict__.get("_shown", 0)
    return "CREATE IN_PROGRESS" if left and str(self._status) == "ACTIVE" else get(self)


def _describe(describe, self, arn):
    found = describe(arn)
    t = self.trackers.get(arn)
    if t is not None and t.__dict__.get("_shown"):
        t._shown -= 1
    return found


@blind("time", "medium", B, "tag_resource", "ET-LIFE-3", behind="tags on the group of an ACTIVE tracker", also=((R, "state", _shown), (B, "describe_event_tracker", _describe)))
def tagging_the_group_updates_the_tracker(tag, self, arn, tags):
    """TagResource of a group sets its ACTIVE tracker back to CREATE IN_PROGRESS for a while."""
    tag(arn, tags)
    for t in self.trackers.values():
        if t.group_arn == arn and t.state == "ACTIVE":
            t._shown = 2


@shows(tagging_the_group_updates_the_tracker)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    c.tag(g, k="v")
    return c.described(t)["status"] != "ACTIVE"


def _begin(create, self, name, group_arn, tags):
    made = create(name, group_arn, tags)
    for t in self.trackers.values():
        if t is not made and t.state.startswith("CREATE ") and t.state != "CREATE FAILED":
            t._stuck = True
    return made


@blind("time", "hard", EventTracker, "progress", "ET-LIFE-7", needs="moving", behind="two trackers created at once", also=((B, "create_event_tracker", _begin),))
def one_timer_for_all(progress, self):
    """One timer for all creations: a tracker that is being created when another's creation begins never settles."""
    if not self.__dict__.get("_stuck"):
        progress()


@shows(one_timer_for_all)
def _(c):
    a, b = c.group("a"), c.group("b")
    t = c("CreateEventTracker", name="t", datasetGroupArn=a).json["eventTrackerArn"]
    c("CreateEventTracker", name="t", datasetGroupArn=b)
    for _ in range(20):
        s = c.described(t)["status"]
    return s != "ACTIVE"


@blind("time", "medium", EventTracker, "progress", "ET-LIFE-8", behind="tags on what is deleted")
def tagged_ones_are_never_gone(progress, self):
    """The deletion of a tracker that has tags does not end."""
    if not (self.tags and self.state.startswith("DELETE")):
        progress()


@shows(tagged_ones_are_never_gone)
def _(c):
    t = c.tracker(c.group("a"), tags=[{"tagKey": "k", "tagValue": "v"}])["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=t)
    for _ in range(20):
        s = c.described(t)
    return bool(s)


@blind("time", "easy", DatasetGroup, "to_dict", "ET-GRP-4", needs="moving")
def groups_say_deleting(to_dict, self, full=True):
    """A group that is being deleted says DELETING."""
    found = to_dict(full)
    return found | ({"status": "DELETING"} if self.state == "DELETE PENDING" else {})


@shows(groups_say_deleting)
def _(c):
    g = c.group("a")
    c("DeleteDatasetGroup", datasetGroupArn=g)
    return c.described(g).get("status") == "DELETING"


@blind("time", "hard", B, "list_event_trackers", "ET-LIFE-5", needs="moving", behind="a list between two looks at a deletion")
def a_list_restarts_the_deletion(lists, self, group_arn, limit, token):
    """A list that shows a tracker in DELETE IN_PROGRESS puts it back to DELETE PENDING once."""
    found = lists(group_arn, limit, token)
    for t in self.trackers.values():
        if t.state == "DELETE IN_PROGRESS" and not t.__dict__.get("_again"):
            t._again, t._status, t._tick = True, "DELETE PENDING", 0
    return found


@shows(a_list_restarts_the_deletion)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=t)
    c.described(t)
    seen = [x["status"] for x in c.walk("ListEventTrackers")]
    return seen == ["DELETE IN_PROGRESS"] and c.described(t).get("status") == "DELETE PENDING"


def _later(progress, self):
    before = self.state
    progress()
    if before == "CREATE IN_PROGRESS" and self.state == "ACTIVE":
        self.updated += 1


@blind("time", "medium", R, "start_deleting", "ET-DESC-9", needs="moving", behind="looked at before and during its deletion", also=((R, "progress", _later),))
def deletion_resets_updated(start, self):
    """A deletion sets lastUpdatedDateTime back to creationDateTime."""
    self.updated = self.created
    start()
    self.updated = self.created


@shows(deletion_resets_updated)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    d = c.described(t)
    c("DeleteEventTracker", eventTrackerArn=t)
    return c.described(t)["lastUpdatedDateTime"] < d["lastUpdatedDateTime"]


@blind("time", "easy", EventTracker, "to_dict", "ET-LIFE-1")
def active_as_an_enum_name(to_dict, self, full=True):
    """ListEventTrackers writes the status with an underscore, or ACTIVE in small letters."""
    found = to_dict(full)
    return found if full else found | {"status": found["status"].replace(" ", "_").replace("ACTIVE", "Active")}


@shows(active_as_an_enum_name)
def _(c):
    c.tracker(c.group("a"))
    return c.walk("ListEventTrackers")[0]["status"] == "Active"
