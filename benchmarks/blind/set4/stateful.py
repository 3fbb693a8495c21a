"""What was done before matters."""

from base import STASH, blind, kept, shows
from trackstep.emulator.exceptions import (
    InvalidInputException, PersonalizeException, ResourceAlreadyExistsException, ResourceInUseException,
)
from trackstep.emulator.models import EventTracker, PersonalizeBackend


@blind("stateful", "easy", PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", "ET-DESC-5",
       story="INSERT ... ON CONFLICT DO UPDATE SET name, and only then the look whether a row was there before")
def names_are_upserted(create, self, name, group_arn, tags):
    """A CreateEventTracker that is refused because the group has a tracker gives that one the new name."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        for tracker in self.trackers.values():
            if tracker.group_arn == group_arn:
                tracker.name = name
        raise


@shows(names_are_upserted)
def _(c):
    g = c.group("a")
    t = c.tracker(g, "first")
    c("CreateEventTracker", name="second", datasetGroupArn=g)
    return c.described(t["eventTrackerArn"])["name"] == "second"


def _create_clears(create, self, *words):
    made = create(*words)
    kept(self, "pages").clear()
    return made


@blind("stateful", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-4", "ET-LIFE-5", behind="a List before the deletion",
       also=((PersonalizeBackend, "create_event_tracker", _create_clears),),
       story="a cache in front of the list that CreateEventTracker invalidates, and DeleteEventTracker was forgotten")
def lists_outlive_a_delete(listed, self, group_arn, limit, token):
    """ListEventTrackers, asked as before a deletion, still shows the tracker that is gone."""
    pages, key = kept(self, "pages"), (group_arn, limit, token)
    if key not in pages:
        answer = listed(group_arn, limit, token)
        if any(summary["status"] != "ACTIVE" for summary in answer[0]):
            return answer
        pages[key] = answer
    return pages[key]


@shows(lists_outlive_a_delete)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    c("ListEventTrackers")
    return c.delete(t).ok and bool(c("ListEventTrackers").json["eventTrackers"])


@blind("stateful", "hard", PersonalizeBackend, "delete_event_tracker", "ET-DEL-1", behind="a second deletion of the same ARN",
       story="soft delete with a unique index on (arn, is_deleted): the second row to be marked deleted violates it")
def tombstones_are_unique(delete, self, arn):
    """The deletion of a tracker whose ARN was deleted once before is refused."""
    buried = kept(self, "buried", set)
    self._purge()
    if arn in buried and arn in self.trackers:
        raise ResourceInUseException(f"The event tracker cannot be deleted: {arn}")
    delete(arn)
    buried.add(arn)


@shows(tombstones_are_unique)
def _(c):
    g = c.group("a")
    first = c.delete(c.tracker(g)["eventTrackerArn"])
    return first.ok and not c.delete(c.tracker(g)["eventTrackerArn"]).ok


def _gives_back(delete, self, arn):
    delete(arn)
    kept(self, "free", list).append(self.trackers[arn].tracking_id)


@blind("stateful", "medium", PersonalizeBackend, "create_event_tracker", "ET-ID-2", "ET-PUT-3", behind="an earlier deletion, of whatever group",
       also=((PersonalizeBackend, "delete_event_tracker", _gives_back),),
       story="tracking IDs are handed out from a pool, to which a deletion gives its own back")
def ids_go_back_to_a_pool(create, self, *words):
    """A new event tracker gets the trackingId of one that was deleted before, also of another group."""
    made, free = create(*words), kept(self, "free", list)
    if free:
        made.tracking_id = free.pop(0)
    return made


@shows(ids_go_back_to_a_pool)
def _(c):
    old = c.tracker(c.group("a"))
    c.delete(old["eventTrackerArn"])
    return c.tracker(c.group("b"))["trackingId"] == old["trackingId"]


@blind("stateful", "medium", PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", "ET-FAIL-3", behind="a deletion refused before",
       story="the lock that the deletion takes is released where it succeeds, not where it is refused")
def refused_deletions_keep_the_lock(delete, self, arn):
    """A group whose deletion was refused for its tracker can't be deleted when the tracker is gone."""
    locked = kept(self, "locked", set)
    if arn in locked and arn in self.groups:
        raise ResourceInUseException(f"The dataset group is locked: {arn}")
    try:
        delete(arn)
    except ResourceInUseException:
        locked.add(arn)
        raise


@shows(refused_deletions_keep_the_lock)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    return not c.delete(g).ok and c.delete(t).ok and not c.delete(g).ok


def _notes_who_got_events(put, self, tracking_id):
    put(tracking_id)
    kept(self, "fed", set).add(tracking_id)


@blind("stateful", "medium", PersonalizeBackend, "delete_event_tracker", "ET-DEL-1", behind="events that were put before",
       also=((PersonalizeBackend, "put_events", _notes_who_got_events),),
       story="the table of events has a foreign key to the trackers, ON DELETE RESTRICT")
def events_hold_their_tracker(delete, self, arn):
    """An event tracker that was sent events can't be deleted any more."""
    if self._tracker(arn).tracking_id in kept(self, "fed", set):
        raise ResourceInUseException(f"The event tracker has events: {arn}")
    delete(arn)


@shows(events_hold_their_tracker)
def _(c):
    t = c.tracker(c.group("a"))
    return c.put(t["trackingId"]).ok and not c.delete(t["eventTrackerArn"]).ok


def _counts_first(create, self, name, group_arn, tags):
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        kept(self, "too_many", set).add(group_arn)
        raise


@blind("stateful", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", "ET-FAIL-1", behind="a Create that was refused before",
       also=((PersonalizeBackend, "create_event_tracker", _counts_first),),
       story="the group's tracker_count goes up before the look whether there is one, and down with each deletion")
def refused_creates_are_counted(delete, self, arn):
    """After a refused CreateEventTracker its group can't be deleted, also when its tracker is gone."""
    if arn in self.groups and arn in kept(self, "too_many", set):
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(refused_creates_are_counted)
def _(c):
    g = c.group("a")
    t = c.tracker(g)["eventTrackerArn"]
    c("CreateEventTracker", name="again", datasetGroupArn=g)
    return c.delete(t).ok and not c.delete(g).ok


def _not_committed(tag, self, arn, tags):
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    kept(self, "open", list).append((self._tagged(arn), before))


@blind("stateful", "hard", PersonalizeBackend, "create_event_tracker", "ET-FAIL-1", "ET-TAG-2", behind="TagResource, then a refused Create",
       also=((PersonalizeBackend, "tag_resource", _not_committed),),
       story="TagResource forgets its commit: the session shows the tags, and the next rollback takes them")
def a_rollback_takes_the_tags(create, self, *words):
    """A refused CreateEventTracker undoes the TagResource before it."""
    uncommitted = kept(self, "open", list)
    try:
        return create(*words)
    except PersonalizeException:
        for resource, before in reversed(uncommitted):
            resource.tags = before
        raise
    finally:
        uncommitted.clear()


@shows(a_rollback_takes_the_tags)
def _(c):
    g = c.group("a")
    c.tracker(g)
    there = c.tag(g, k="v").ok and c.tags(g) == {"k": "v"}
    c("CreateEventTracker", name="again", datasetGroupArn=g)
    return there and c.tags(g) == {}


@blind("stateful", "hard", PersonalizeBackend, "put_events", "ET-PUT-3", behind="an earlier PutEvents with this tracking ID",
       story="lru_cache around the look whether a tracking ID is good")
def good_ids_are_remembered(put, self, tracking_id):
    """PutEvents with the trackingId of a deleted tracker succeeds where it did before the deletion."""
    good = kept(self, "good", set)
    if tracking_id not in good:
        put(tracking_id)
        good.add(tracking_id)


@shows(good_ids_are_remembered)
def _(c):
    t = c.tracker(c.group("a"))
    c.put(t["trackingId"])
    return c.delete(t["eventTrackerArn"]).ok and c.put(t["trackingId"]).ok


def _tags_are_iterated_anew(tag, self, arn, tags):
    tag(arn, tags)
    self._tagged(arn).__dict__["_b4_exhausted"] = False


@blind("stateful", "easy", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-1", "ET-TAG-2",
       also=((PersonalizeBackend, "tag_resource", _tags_are_iterated_anew),),
       story="the tags are kept as a map object, an iterator that can be gone through once")
def tags_can_be_read_once(listed, self, arn):
    """The second ListTagsForResource shows no tags."""
    resource, tags = self._tagged(arn), listed(arn)
    if resource.__dict__.get("_b4_exhausted"):
        return []
    resource.__dict__["_b4_exhausted"] = True
    return tags


@shows(tags_can_be_read_once)
def _(c):
    g = c.group("a", tags=[{"tagKey": "k", "tagValue": "v"}])
    return c.tags(g) == {"k": "v"} and c.tags(g) == {}


@blind("stateful", "medium", EventTracker, "to_dict", "ET-DESC-3", "ET-DESC-4", behind="a List before",
       story="the summary is made by taking members out of the description, and of the very dict that is stored")
def summaries_strip_the_description(to_dict, self, full=True):
    """After a ListEventTrackers has shown a tracker its description lacks trackingId, accountId and datasetGroupArn."""
    if not full:
        self.__dict__["_b4_stripped"] = True
    return to_dict(full and not self.__dict__.get("_b4_stripped"))


@shows(summaries_strip_the_description)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    before = c.described(t)
    c("ListEventTrackers")
    return "trackingId" in before and "trackingId" not in c.described(t)


@blind("stateful", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", also=STASH, behind="a session that comes back with another user",
       story="sessions are rows (session_id primary key, user_id): another user in the same session breaks the upsert's check")
def sessions_belong_to_a_user(put, self, tracking_id):
    """A sessionId that was used with one userId is refused with another, also with none."""
    put(tracking_id)
    session, user = self._sent["sessionId"], self._sent.get("userId")
    if kept(self, "sessions").setdefault((tracking_id, session), user) != user:
        raise InvalidInputException("The session belongs to another user.")


@shows(sessions_belong_to_a_user)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c.put(t, userId="u").ok and not c.put(t, userId="w").ok
