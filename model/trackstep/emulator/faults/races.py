"""Races: faults that only clients that ask at once can see. Who asks one thing after the other is answered rightly.

Each lets others in between what it has looked at and what it does: the lock under which requests are answered is let
go of for a moment, as if it had never been there. Nothing else is wrong, so that no sequential search finds them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from .. import responses
from ..exceptions import ResourceAlreadyExistsException, ResourceNotFoundException
from ..models import EventTracker, PersonalizeBackend, personalize_backends
from .planting import Catalogue

RACES = Catalogue()
WINDOW = 0.001
"""Seconds for which others are let in."""


def let_others_in() -> None:
    """Let go of the lock for a moment."""
    responses.LOCK.release()
    try:
        time.sleep(WINDOW)
    finally:
        responses.LOCK.acquire()


@contextmanager
def written_late(held: dict[str, Any]) -> Iterator[None]:
    """What the block changes in this table is undone, and done once others have been in, whatever they did to it."""
    before = dict(held)
    yield
    after = dict(held)
    held.clear()
    held.update(before)
    let_others_in()
    held.clear()
    held.update(after)


# -- check, then act -----------------------------------------------------------------------------


@RACES(PersonalizeBackend, "create_event_tracker", "ET-UNIQ-1", "ET-UNIQ-2", "ET-UNIQ-3", needs="clients")
def two_trackers_at_once(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """Two CreateEventTracker find no event tracker in the dataset group, and both make one."""
    made = create(name, group_arn, tags)
    del self.trackers[made.arn]
    let_others_in()
    self._group(group_arn)
    self.trackers[made.arn] = made
    return made


@RACES(PersonalizeBackend, "create_dataset_group", "ET-GRP-2", needs="clients")
def two_groups_at_once(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """Two CreateDatasetGroup find the name unused, and both take it."""
    made = create(params)
    del self.groups[made.arn]
    let_others_in()
    self.groups[made.arn] = made
    return made


@RACES(PersonalizeBackend, "create_event_tracker", "ET-CREATE-2", "ET-GRP-6", "ET-GRP-11", needs="clients")
def tracker_in_a_group_that_goes(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """The dataset group may be deleted between the look at it and the making of its event tracker, an orphan then."""
    made = create(name, group_arn, tags)
    del self.trackers[made.arn]
    let_others_in()
    if made.arn in self.trackers:
        raise ResourceAlreadyExistsException(made.arn)
    self.trackers[made.arn] = made
    return made


@RACES(PersonalizeBackend, "delete_dataset_group", "ET-GRP-6", "ET-GRP-11", "ET-CREATE-2", needs="clients")
def group_goes_around_a_tracker(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """An event tracker may be made between the look whether there is one and the deletion of its dataset group."""
    trackers = dict(self.trackers)
    group = self._group(arn)
    if not group.is_settled or any(tracker.group_arn == arn for tracker in trackers.values()):
        delete(arn)
    let_others_in()
    group.start_deleting()


@RACES(PersonalizeBackend, "tag_resource", "ET-TAG-7", needs="clients")
def tags_counted_before(tag: Any, self: PersonalizeBackend, arn: str, tags: list[dict[str, str]]) -> None:
    """Two TagResource each count fewer than fifty tags, and together add more."""
    resource = self._tagged(arn)
    before = dict(resource.tags)
    tag(arn, tags)
    resource.tags.clear()
    resource.tags.update(before)
    let_others_in()
    resource.tags.update({each["tagKey"]: each["tagValue"] for each in tags})


@RACES(PersonalizeBackend, "delete_event_tracker", "ET-DESC-1", "ET-LIST-1", "ET-UNIQ-1", needs="clients")
def delete_takes_the_next_one(delete: Any, self: PersonalizeBackend, arn: str) -> None:
    """DeleteEventTracker takes away what is under the ARN in the end, also what was created there meanwhile."""
    delete(arn)
    let_others_in()
    self.trackers.pop(arn, None)


# -- two who read and then write -------------------------------------------------------------------


@RACES(PersonalizeBackend, "tag_resource", "ET-TAG-2", "ET-TAG-11", needs="clients")
def tag_writes_what_it_read(tag: Any, self: PersonalizeBackend, arn: str, tags: Any) -> None:
    """TagResource reads all tags and writes them back with its own: what was added meanwhile is lost."""
    with written_late(self._tagged(arn).tags):
        tag(arn, tags)


@RACES(PersonalizeBackend, "untag_resource", "ET-TAG-2", "ET-TAG-3", "ET-TAG-11", needs="clients")
def untag_writes_what_it_read(untag: Any, self: PersonalizeBackend, arn: str, keys: list[str]) -> None:
    """UntagResource reads all tags and writes the rest back: what was added or taken away meanwhile is undone."""
    with written_late(self._tagged(arn).tags):
        untag(arn, keys)


@RACES(PersonalizeBackend, "put_events", "ET-LIFE-5", "ET-LIFE-6", needs="clients")
def events_revive_a_tracker(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents writes the event tracker back as it was: one that is deleted meanwhile is ACTIVE again."""
    put(tracking_id)
    found = next(tracker for tracker in self.trackers.values() if tracker.tracking_id == tracking_id)
    let_others_in()
    if found.state != "ACTIVE":
        found.status = "ACTIVE"
        self.trackers.setdefault(found.arn, found)


@RACES(PersonalizeBackend, "create_event_tracker", "ET-ID-2", needs="clients")
def tracking_id_drawn_twice(create: Any, self: PersonalizeBackend, *words: Any) -> Any:
    """Two CreateEventTracker read the same number, and make the same trackingId of it."""
    number: int = self.__dict__.get("_drawn", 0)
    let_others_in()
    made: EventTracker = create(*words)
    drawn = random.Random(f"{self.region_name} {id(self)} {number}").getrandbits(128)
    made.tracking_id = str(UUID(int=drawn, version=4))
    self.__dict__["_drawn"] = number + 1
    return made


# -- what is kept in one place ---------------------------------------------------------------------


@RACES(PersonalizeBackend, "create_event_tracker", "ET-ID-2", "ET-ID-4", "ET-DESC-5", needs="clients")
def answer_of_the_last_one(create: Any, self: PersonalizeBackend, *words: Any) -> Any:
    """CreateEventTracker answers what was created last, be it in another dataset group."""
    self.__dict__["_last"] = create(*words)
    let_others_in()
    return self.__dict__["_last"]


@RACES(
    responses.Response, "personalize_backend", "ET-REGION-1", "ET-REGION-2", "ET-CREATE-1", "ET-GRP-2", needs="clients"
)
def region_in_one_place(backend: Any, self: responses.Response) -> Any:
    """The region of a request is kept where the next request puts its own."""
    place: Any = personalize_backends
    place.__dict__["_region"] = self.region
    let_others_in()
    asked, self.region = self.region, place.__dict__["_region"]
    try:
        return backend(self)
    finally:
        self.region = asked


def _token_of_groups(lists: Any, self: PersonalizeBackend, limit: Any, token: Any) -> Any:
    self.__dict__["_groups_token"] = token
    let_others_in()
    return lists(limit, self.__dict__["_groups_token"])


@RACES(
    PersonalizeBackend, "list_event_trackers", "ET-LIST-1", "ET-PAGE-1", "ET-PAGE-5", "ET-PAGE-7", "ET-GRP-14",
    needs="clients", also=((PersonalizeBackend, "list_dataset_groups", _token_of_groups),),
)  # fmt: skip
def token_in_one_place(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """Where a List goes on is kept where the next List puts its own nextToken."""
    self.__dict__["_token"] = token
    let_others_in()
    return lists(group, limit, self.__dict__["_token"])


def _size_of_groups(lists: Any, self: PersonalizeBackend, limit: Any, token: Any) -> Any:
    self.__dict__["_groups_limit"] = limit
    let_others_in()
    return lists(self.__dict__["_groups_limit"], token)


@RACES(
    PersonalizeBackend, "list_event_trackers", "ET-PAGE-3", needs="clients",
    also=((PersonalizeBackend, "list_dataset_groups", _size_of_groups),),
)  # fmt: skip
def page_size_in_one_place(lists: Any, self: PersonalizeBackend, group: Any, limit: Any, token: Any) -> Any:
    """The maxResults of a List is kept where the next List puts its own."""
    self.__dict__["_limit"] = limit
    let_others_in()
    return lists(group, self.__dict__["_limit"], token)


# -- a cache that the loser fills -------------------------------------------------------------------


def _tags_change(write: Any, self: PersonalizeBackend, arn: str, *words: Any) -> Any:
    self.__dict__.get("_tags_known", {}).pop(arn, None)
    return write(arn, *words)


def _all_change(create: Any, self: PersonalizeBackend, *words: Any) -> Any:
    self.__dict__.pop("_tags_known", None)
    self.__dict__.pop("_absent", None)
    return create(*words)


@RACES(
    PersonalizeBackend, "list_tags_for_resource", "ET-TAG-2", "ET-TAG-3", "ET-TAG-11", needs="clients",
    also=(
        (PersonalizeBackend, "tag_resource", _tags_change),
        (PersonalizeBackend, "untag_resource", _tags_change),
        (PersonalizeBackend, "create_event_tracker", _all_change),
        (PersonalizeBackend, "create_dataset_group", _all_change),
    ),
)  # fmt: skip
def tags_remembered_too_late(lists: Any, self: PersonalizeBackend, arn: str) -> Any:
    """Tags that were read are remembered after a write has had them forgotten."""
    self._tagged(arn)
    known: dict[str, Any] = self.__dict__.setdefault("_tags_known", {})
    if arn not in known:
        read = lists(arn)
        let_others_in()
        self.__dict__.setdefault("_tags_known", {})[arn] = read
        return read
    return known[arn]


@RACES(
    PersonalizeBackend, "describe_event_tracker", "ET-DESC-1", needs="clients",
    also=((PersonalizeBackend, "create_event_tracker", _all_change),),
)  # fmt: skip
def absence_remembered_too_late(describe: Any, self: PersonalizeBackend, arn: str) -> Any:
    """That there is no event tracker is remembered after one was created."""
    if arn in self.__dict__.setdefault("_absent", set()):
        raise ResourceNotFoundException("event tracker", arn)
    try:
        return describe(arn)
    except ResourceNotFoundException:
        let_others_in()
        self.__dict__.setdefault("_absent", set()).add(arn)
        raise
