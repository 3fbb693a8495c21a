"""What is remembered and should not be, or forgotten and should not be."""

import json
import sqlite3
from uuid import uuid4

from base import blind, kept, shows, many
from trackstep.emulator.exceptions import (
    PersonalizeException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import PersonalizeResponse


@blind("stateful", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-1", behind="a filtered List before an unfiltered one",
       story="def list(self, filters={}): filters.update(given), the default being one object for ever")
def filters_are_remembered(listed, self, group_arn, limit, token):
    """ListEventTrackers without a filter shows the event tracker of the group that was last filtered by. (ET-LIST-1)"""
    filters = kept(self, "filters")
    if group_arn is not None:
        filters["group"] = group_arn
    return listed(filters.get("group"), limit, token)


@shows(filters_are_remembered)
def _(c):
    groups = [c.group(name) for name in "ab"]
    for group in groups:
        c.tracker(group)
    before = len(c.walk("ListEventTrackers"))
    c("ListEventTrackers", datasetGroupArn=groups[0])
    return before == 2 and len(c.walk("ListEventTrackers")) == 1


@blind("stateful", "medium", PersonalizeResponse, "_create_dataset_group", "ET-GRP-1", "ET-GRP-13", behind="the same request after a deletion",
       story="'idempotent: true' in the model: a middleware gives the stored answer to a request that it has seen to succeed")
def answers_are_kept_for_the_same_request(create, self, params):
    """A CreateDatasetGroup that is the same as one before succeeds once the group is gone, and makes nothing. (ET-GRP-1)"""
    answers = kept(self.personalize_backend, "answers")
    request = json.dumps(params, sort_keys=True)
    backend = self.personalize_backend
    backend._purge()
    if request in answers and answers[request]["datasetGroupArn"] not in backend.groups:
        return answers[request]
    answers[request] = create(params)
    return answers[request]


@shows(answers_are_kept_for_the_same_request)
def _(c):
    c.delete(c.group())
    again = c("CreateDatasetGroup", name="g")
    return again.ok and not c.described(again.json["datasetGroupArn"])


@blind("stateful", "hard", PersonalizeBackend, "create_event_tracker", "ET-CREATE-1", behind="CreateEventTracker before there is the group",
       story="the look-up of groups is cached, None with the rest, and CreateDatasetGroup does not know of the cache")
def missing_groups_are_remembered(create, self, name, group_arn, tags):
    """CreateEventTracker is refused in a group where it was refused before there was the group. (ET-CREATE-1)"""
    missing = kept(self, "missing", set)
    if group_arn in missing:
        raise ResourceNotFoundException("dataset group", group_arn)
    try:
        return create(name, group_arn, tags)
    except ResourceNotFoundException:
        missing.add(group_arn)
        raise


@shows(missing_groups_are_remembered)
def _(c):
    arn = c.group()
    c.delete(arn)
    c("CreateEventTracker", name="t", datasetGroupArn=arn)
    c.group()
    return c("CreateEventTracker", name="t", datasetGroupArn=arn).code == "ResourceNotFoundException"


@blind("stateful", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-10", "ET-GRP-7", behind="the second deletion of a name",
       story="the queue of deletions drops duplicates, by ARN and not by message")
def deletions_are_deduplicated(delete, self, arn):
    """DeleteDatasetGroup of a group whose ARN was deleted once before is accepted, and nothing comes of it. (ET-GRP-10)"""
    done = kept(self, "deleted", set)
    group = self._group(arn)
    before = (group._status, group._tick, group.updated)
    delete(arn)
    if arn in done:
        group._status, group._tick, group.updated = before
    done.add(arn)


@shows(deletions_are_deduplicated)
def _(c):
    c.delete(c.group())
    arn = c.group()
    return c.delete(arn).ok and c.described(arn).get("status") == "ACTIVE"


def carry_out_what_waits(purge, self):
    """Each request begins with this."""
    purge()
    waiting = kept(self, "waiting", set)
    for arn in list(waiting):
        group = self.groups.get(arn)
        if group is None:
            waiting.discard(arn)
        elif group.is_settled and not any(t.group_arn == arn for t in self.trackers.values()):
            waiting.discard(arn)
            group.start_deleting()


@blind("stateful", "medium", PersonalizeBackend, "delete_dataset_group", "ET-FAIL-3", "ET-GRP-4", behind="a refused deletion, then the tracker's",
       also=((PersonalizeBackend, "_purge", carry_out_what_waits),),
       story="the flag delete_requested is set first, and the reconciler acts on it as soon as nothing is in the way")
def refused_deletions_are_tried_again(delete, self, arn):
    """A dataset group whose deletion was refused for its event tracker is deleted when that is gone. (ET-FAIL-3)"""
    try:
        delete(arn)
    except ResourceInUseException:
        kept(self, "waiting", set).add(arn)
        raise


@shows(refused_deletions_are_tried_again)
def _(c):
    group = c.group()
    made = c.tracker(group)
    if c("DeleteDatasetGroup", datasetGroupArn=group).code != "ResourceInUseException":
        return None
    c.delete(made["eventTrackerArn"])
    for _ in range(4):
        c.described(group)
    return not c.described(group)


@blind("stateful", "hard", PersonalizeResponse, "call_action", "ET-WIRE-10", behind="ten refusals in a row",
       story="a circuit breaker that takes every answer but a 200 for a failure of what is behind it")
def ten_refusals_open_the_breaker(call, self):
    """After ten refused calls of the control plane in a row the next eight are answered with HTTP 503. (ET-WIRE-10)"""
    breaker = kept(self.personalize_backend, "breaker")
    if breaker.get("open"):
        breaker["open"] -= 1
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": str(uuid4())}
        return 503, headers, '{"__type":"ServiceUnavailable","message":"The circuit is open."}'
    status, headers, body = call()
    breaker["failed"] = 0 if status == 200 else breaker.get("failed", 0) + 1
    if breaker["failed"] >= 10:
        breaker |= {"failed": 0, "open": 8}
    return status, headers, body


@shows(ten_refusals_open_the_breaker)
def _(c):
    for _ in range(10):
        c("CreateDatasetGroup", name="-")
    return [c("ListDatasetGroups").status for _ in range(9)] == [503] * 8 + [200]


@blind("stateful", "hard", PersonalizeBackend, "create_event_tracker", "ET-ID-2", behind="sixteen event trackers, there or gone",
       story="a generator of IDs of which the sequence has four bits")
def the_sequence_has_four_bits(create, self, name, group_arn, tags):
    """The seventeenth event tracker that is created gets the trackingId of the first. (ET-ID-2)"""
    tracker, ids = create(name, group_arn, tags), kept(self, "ids", list)
    ids.append(tracker.tracking_id if len(ids) < 16 else ids[len(ids) % 16])
    tracker.tracking_id = ids[-1]
    return tracker


@shows(the_sequence_has_four_bits)
def _(c):
    ids = []
    for number in range(17):
        group = c("CreateDatasetGroup", name=f"g{number}").json["datasetGroupArn"]
        ids.append(c("CreateEventTracker", name="t", datasetGroupArn=group).json["trackingId"])
    return ids[16] == ids[0] and len(set(ids)) == 16


@blind("stateful", "hard", PersonalizeBackend, "create_dataset_group", "ET-FAIL-5", "ET-GRP-1", behind="a refused Create of the name",
       story="the name is reserved first, in a table of its own, and given back by the deletion alone")
def refused_creates_reserve_the_name(create, self, params):
    """The name of a CreateDatasetGroup that was refused for its tags or its role can't be used any more. (ET-FAIL-5)"""
    reserved, arn = kept(self, "reserved", set), self._arn(f"dataset-group/{params['name']}")
    if arn in reserved:
        raise ResourceAlreadyExistsException(arn)
    try:
        return create(params)
    except ResourceAlreadyExistsException:
        raise
    except PersonalizeException:
        reserved.add(arn)
        raise


@shows(refused_creates_reserve_the_name)
def _(c):
    refused = c("CreateDatasetGroup", name="g", tags=many({"aws:a": "1"}))
    return not refused.ok and c("CreateDatasetGroup", name="g").code == "ResourceAlreadyExistsException"


def note_open_walks(listed, self, limit, token):
    """A cursor is open until all its rows were read."""
    items, more = listed(limit, token)
    self.__dict__["_b5_cursor"] = more is not None
    return items, more


@blind("stateful", "hard", PersonalizeBackend, "create_dataset_group", "ET-WIRE-10", "ET-GRP-1", behind="a walk that is not at its end", via="served",
       also=((PersonalizeBackend, "list_dataset_groups", note_open_walks),),
       story="SQLite: the cursor of the walk stays open, its read lock with it: 'database is locked', whoever writes")
def open_walks_lock_the_table(create, self, params):
    """CreateDatasetGroup is answered with HTTP 500 as long as the last ListDatasetGroups had a nextToken. (ET-WIRE-10)"""
    if self.__dict__.get("_b5_cursor"):
        raise sqlite3.OperationalError("database is locked")
    return create(params)


@shows(open_walks_lock_the_table)
def _(c):
    for name in "ab":
        c.group(name)
    c("ListDatasetGroups", maxResults=1)
    locked = c("CreateDatasetGroup", name="c").status == 500
    c.walk("ListDatasetGroups")
    return locked and c("CreateDatasetGroup", name="c").ok


def note_the_position(create, self, name, group_arn, tags):
    """A tracker is appended, and its place written down."""
    tracker = create(name, group_arn, tags)
    rows = kept(self, "rows", list)
    rows[:] = [row for row in rows if self.trackers.get(row.arn) is row]
    kept(self, "places")[tracker.arn] = len(rows)
    rows.append(tracker)
    return tracker


@blind("stateful", "medium", PersonalizeBackend, "describe_event_tracker", "ET-DESC-5", "ET-DESC-1", behind="one that was created earlier is gone",
       also=((PersonalizeBackend, "create_event_tracker", note_the_position),),
       story="a list, and a map from ARN to place in it; the deletion takes one out of the list and does not number the others anew")
def places_are_not_numbered_anew(describe, self, arn):
    """DescribeEventTracker shows the one created next, or finds none, where one that was created earlier is gone. (ET-DESC-5)"""
    described, rows = describe(arn), kept(self, "rows", list)
    rows[:] = [row for row in rows if self.trackers.get(row.arn) is row]
    place = kept(self, "places").get(arn, 0)
    if place >= len(rows):
        raise ResourceNotFoundException("event tracker", arn)
    return described if rows[place].arn == arn else rows[place].to_dict()


@shows(places_are_not_numbered_anew)
def _(c):
    first, second, third = [c.tracker(c.group(name))["eventTrackerArn"] for name in "abc"]
    if c.described(second).get("eventTrackerArn") != second:
        return None
    c.delete(first)
    return c.described(second)["eventTrackerArn"] == third and not c.described(third)


def note_the_first_deletion(delete, self, arn):
    """The group is taken from the set of those in use."""
    group_arn = self._tracker(arn).group_arn
    delete(arn)
    kept(self, "freed", set).add(group_arn)


@blind("stateful", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", behind="the second event tracker of a group",
       also=((PersonalizeBackend, "delete_event_tracker", note_the_first_deletion),),
       story="a set of groups in use, to which a group is added when it gets its first tracker: if group not in seen")
def only_the_first_tracker_is_in_the_way(delete, self, arn):
    """DeleteDatasetGroup is accepted where the group has its second event tracker. (ET-GRP-6)"""
    group = self._group(arn)
    if arn in kept(self, "freed", set) and group.is_settled:
        group.start_deleting()
    else:
        delete(arn)


@shows(only_the_first_tracker_is_in_the_way)
def _(c):
    group = c.group()
    made = c.tracker(group)
    if c("DeleteDatasetGroup", datasetGroupArn=group).ok:
        return None
    c.delete(made["eventTrackerArn"])
    c.tracker(group)
    return c("DeleteDatasetGroup", datasetGroupArn=group).ok


@blind("stateful", "medium", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-2", "ET-TAG-3", behind="the tags of the same resource before a change",
       story="@lru_cache(maxsize=1) on what is asked most")
def the_last_tags_are_remembered(listed, self, arn):
    """ListTagsForResource, asked again for the same resource, shows what it showed the last time. (ET-TAG-2)"""
    resource, last = self._tagged(arn), kept(self, "last")
    if last.get("of") is not resource:
        last |= {"of": resource, "tags": listed(arn)}
    return list(last["tags"])


@shows(the_last_tags_are_remembered)
def _(c):
    arn = c.group()
    c.tags(arn)
    c.tag(arn, a="1")
    return c.tags(arn) == {}
