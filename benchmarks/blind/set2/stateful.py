"""What goes wrong with what is remembered."""

import re

from base import blind, shows
from trackstep.emulator.exceptions import ResourceAlreadyExistsException, ResourceInUseException
from trackstep.emulator.faults.planting import count
from trackstep.emulator.models import PersonalizeBackend as B


@blind("stateful", "easy", B, "create_event_tracker", "ET-UNIQ-7", behind="a name used twice")
def tracker_name_is_primary_key(create, self, name, group_arn, tags):
    """CreateEventTracker is refused where another tracker of the account has the name."""
    self._purge()
    if any(t.name == name for t in self.trackers.values()):
        raise ResourceAlreadyExistsException(name)
    return create(name, group_arn, tags)


@shows(tracker_name_is_primary_key)
def _(c):
    a, b = c.group("a"), c.group("b")
    c.tracker(a, "t")
    return not c("CreateEventTracker", name="t", datasetGroupArn=b).ok


def _counting(create, self, name, group_arn, tags):
    made = create(name, group_arn, tags)
    count(self.groups[group_arn], "made")
    return made


@blind("stateful", "medium", B, "delete_dataset_group", "ET-GRP-7", behind="two trackers one after the other",
       also=((B, "create_event_tracker", _counting),))
def tracker_count_never_falls_twice(delete, self, arn):
    """A group that has had two trackers, both deleted, is still taken to have one."""
    group = self._group(arn)
    if group.is_settled and group.__dict__.get("_counted_made", 0) >= 2:
        raise ResourceInUseException("tracker")
    delete(arn)


@shows(tracker_count_never_falls_twice)
def _(c):
    g = c.group("a")
    for _ in range(2):
        c.delete(c.tracker(g)["eventTrackerArn"])
    return not c.delete(g).ok


@blind("stateful", "medium", B, "create_event_tracker", "ET-ID-2", "ET-PUT-3", behind="made again under the same name")
def tracking_id_is_a_hash_of_the_name(create, self, name, group_arn, tags):
    """The trackingId is a function of the group and the name: one made again has the old one."""
    made = create(name, group_arn, tags)
    made.tracking_id = self.__dict__.setdefault("_ids", {}).setdefault((group_arn, name), made.tracking_id)
    return made


@shows(tracking_id_is_a_hash_of_the_name)
def _(c):
    g = c.group("a")
    one = c.tracker(g)
    c.delete(one["eventTrackerArn"])
    return c.tracker(g)["trackingId"] == one["trackingId"]


@blind("stateful", "medium", B, "create_dataset_group", "ET-GRP-13", behind="a group made again with another domain")
def upsert_keeps_the_domain(create, self, params):
    """A group that is made again without a domain is described with the domain of the one before."""
    made = create(params)
    old = self.__dict__.setdefault("_domains", {})
    if "domain" in params:
        old[made.arn] = params["domain"]
    elif made.arn in old:
        made.params = {**made.params, "domain": old[made.arn]}
    return made


@shows(upsert_keeps_the_domain)
def _(c):
    g = c.group("a", domain="ECOMMERCE")
    c.delete(g)
    c.group("a")
    return "domain" in c.described(g)


@blind("stateful", "hard", B, "create_event_tracker", "ET-FAIL-1", "ET-DESC-5", behind="refused, with tags and another name")
def upsert_before_the_check(create, self, name, group_arn, tags):
    """A CreateEventTracker that is refused for a tracker that is there renames that one, if tags came with it."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        for t in self.trackers.values():
            if t.group_arn == group_arn and tags:
                t.name = name
        raise


@shows(upsert_before_the_check)
def _(c):
    g = c.group("a")
    t = c.tracker(g, "old")["eventTrackerArn"]
    c("CreateEventTracker", name="new", datasetGroupArn=g, tags=[{"tagKey": "k", "tagValue": "v"}])
    return c.described(t)["name"] == "new"


@blind("stateful", "hard", B, "delete_dataset_group", "ET-GRP-7", behind="an underscore in a name, and a group like it")
def sql_like_in_the_check(delete, self, arn):
    """Whether a group has a tracker is asked with LIKE: the _ of its name stands for any character."""
    group = self._group(arn)
    like = re.compile(re.escape(arn).replace("_", "."))
    if group.is_settled and any(like.fullmatch(t.group_arn) for t in self.trackers.values()):
        raise ResourceInUseException("tracker")
    delete(arn)


@shows(sql_like_in_the_check)
def _(c):
    a, b = c.group("a_b"), c.group("a-b")
    c.tracker(b)
    return not c.delete(a).ok


@blind("stateful", "hard", B, "create_event_tracker", "ET-UNIQ-6", behind="the fourth tracker of a group")
def slots_of_a_group_run_out(create, self, name, group_arn, tags):
    """A group's fourth tracker, the earlier ones being gone, is refused as one that exists."""
    group = self._group(group_arn)
    if group.__dict__.get("_counted_slots", 0) >= 3:
        raise ResourceAlreadyExistsException(group_arn)
    made = create(name, group_arn, tags)
    count(group, "slots")
    return made


@shows(slots_of_a_group_run_out)
def _(c):
    g = c.group("a")
    for _ in range(3):
        c.delete(c.tracker(g)["eventTrackerArn"])
    return not c("CreateEventTracker", name="t", datasetGroupArn=g).ok


@blind("stateful", "medium", B, "put_events", "ET-PUT-3", behind="a tracker made again in the group")
def old_id_leads_to_the_group(put, self, tracking_id):
    """An old trackingId leads to its group, and so to the tracker that is there now."""
    self._purge()
    known = self.__dict__.setdefault("_led", {})
    known |= {t.tracking_id: t.group_arn for t in self.trackers.values()}
    now = {t.group_arn: t.tracking_id for t in self.trackers.values()}
    put(now.get(known.get(tracking_id, ""), tracking_id))


@shows(old_id_leads_to_the_group)
def _(c):
    g = c.group("a")
    one = c.tracker(g)
    c.put(one["trackingId"])
    c.delete(one["eventTrackerArn"])
    c.tracker(g)
    return c.put(one["trackingId"]).ok


@blind("stateful", "medium", B, "list_event_trackers", "ET-LIST-1", behind="a creation that failed")
def failed_ones_are_not_listed(lists, self, group_arn, limit, token):
    """ListEventTrackers leaves out what is CREATE FAILED."""
    page, more = lists(group_arn, limit, token)
    return [t for t in page if t["status"] != "CREATE FAILED"], more


@shows(failed_ones_are_not_listed)
def _(c):
    g = c.group("a")
    c.tracker(g, "t-create-failed")
    return not c.walk("ListEventTrackers", datasetGroupArn=g)
