"""Faults of tags."""

from __future__ import annotations

from typing import Any

from .. import models
from ..exceptions import InvalidInputException, ResourceNotFoundException, TooManyTagsException
from ..models import DatasetGroup, PersonalizeBackend, PersonalizeResource
from .planting import Catalogue

FAULTS = Catalogue()
Tags = list[dict[str, str]]


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-TAG-1")
def tags_of_the_create_are_lost(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker passes over its tags."""
    made = create(name, group_arn, tags)
    made.tags = {}
    return made


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-TAG-1", "ET-TAG-10", behind="tags on the group")
def tags_are_inherited(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """An event tracker has the tags of its dataset group beside its own."""
    made = create(name, group_arn, tags)
    made.tags = self.groups[group_arn].tags | made.tags
    return made


@FAULTS(PersonalizeBackend, "tag_resource", "ET-TAG-2")
def tagging_replaces_all(tag: Any, self: PersonalizeBackend, arn: str, tags: Tags) -> None:
    """TagResource puts the new tags in place of those that were there."""
    resource = self._tagged(arn)
    tag(arn, tags)
    resource.tags = {new["tagKey"]: new["tagValue"] for new in tags}


@FAULTS(PersonalizeBackend, "tag_resource", "ET-TAG-2", "ET-TAG-11", behind="a key that is already there")
def first_value_stays(tag: Any, self: PersonalizeBackend, arn: str, tags: Tags) -> None:
    """TagResource leaves the value of a key that is already there."""
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    self._tagged(arn).tags |= before


@FAULTS(PersonalizeBackend, "untag_resource", "ET-TAG-3")
def untagging_removes_all(untag: Any, self: PersonalizeBackend, arn: str, keys: list[str]) -> None:
    """UntagResource removes all tags, whichever keys are named."""
    untag(arn, keys)
    self._tagged(arn).tags.clear()


@FAULTS(PersonalizeBackend, "untag_resource", "ET-TAG-3", behind="two keys at once")
def one_key_at_a_time(untag: Any, self: PersonalizeBackend, arn: str, keys: list[str]) -> None:
    """UntagResource removes the first of the keys only."""
    untag(arn, keys[:1])


@FAULTS(PersonalizeBackend, "untag_resource", "ET-TAG-3", behind="a key that begins with another")
def keys_by_beginning(untag: Any, self: PersonalizeBackend, arn: str, keys: list[str]) -> None:
    """UntagResource also removes keys that begin with a key that is named."""
    untag(arn, [key for key in self._tagged(arn).tags if key.startswith(tuple(keys))])


@FAULTS(PersonalizeBackend, "tag_resource", "ET-TAG-4")
def tagging_nobody_is_accepted(tag: Any, self: PersonalizeBackend, arn: str, tags: Tags) -> None:
    """TagResource of an ARN that no resource has succeeds."""
    self._purge()
    if arn in self.trackers or arn in self.groups:
        tag(arn, tags)


@FAULTS(PersonalizeBackend, "untag_resource", "ET-TAG-5")
def untagging_nobody_is_accepted(untag: Any, self: PersonalizeBackend, arn: str, keys: list[str]) -> None:
    """UntagResource of an ARN that no resource has succeeds."""
    self._purge()
    if arn in self.trackers or arn in self.groups:
        untag(arn, keys)


@FAULTS(PersonalizeBackend, "list_tags_for_resource", "ET-TAG-6")
def nobody_has_no_tags(lists: Any, self: PersonalizeBackend, arn: str) -> Any:
    """ListTagsForResource of an ARN that no resource has is an empty list."""
    self._purge()
    return lists(arn) if arn in self.trackers or arn in self.groups else []


@FAULTS(PersonalizeBackend, "tag_resource", "ET-TAG-7", behind="tags that add up over two requests")
def tags_counted_by_request(tag: Any, self: PersonalizeBackend, arn: str, tags: Tags) -> None:
    """TagResource counts the tags of the request, not those that are there already."""
    resource = self._tagged(arn)
    resource.tags.update(models._tags(tags))


@FAULTS(models, "_tags", "ET-TAG-7", behind="51 tags in a create")
def tags_of_a_create_are_not_counted(read: Any, tags: Tags | None) -> Any:
    """CreateEventTracker and CreateDatasetGroup accept 51 tags."""
    return read((tags or [])[:50]) | read((tags or [])[50:])


@FAULTS(PersonalizeBackend, "tag_resource", "ET-TAG-8")
def reserved_prefix_is_accepted(tag: Any, self: PersonalizeBackend, arn: str, tags: Tags) -> None:
    """TagResource accepts a tag key that starts with aws:."""
    reserved = [new for new in tags if new["tagKey"].startswith("aws:")]
    tag(arn, [new for new in tags if new not in reserved])
    self._tagged(arn).tags.update({new["tagKey"]: new["tagValue"] for new in reserved})


@FAULTS(models, "_tags", "ET-TAG-8", behind="a second tag")
def reserved_prefix_of_the_first_tag(read: Any, tags: Tags | None) -> Any:
    """Only the first tag of a request is held against the prefix aws:."""
    first, rest = (tags or [])[:1], (tags or [])[1:]
    hidden = [tag | {"tagKey": tag["tagKey"].replace("aws:", "\0", 1)} for tag in rest]
    return {key.replace("\0", "aws:"): value for key, value in read(first + hidden).items()}


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-TAG-9", behind="a tracker made again")
def tags_survive(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """An event tracker that is made again has the tags of the one before as well."""
    made = create(name, group_arn, tags)
    kept: dict[str, PersonalizeResource] = self.__dict__.setdefault("_tags_kept", {})
    made.tags = (kept[made.arn].tags if made.arn in kept else {}) | made.tags
    kept[made.arn] = made
    return made


@FAULTS(PersonalizeBackend, "create_dataset_group", "ET-TAG-9", behind="a group made again")
def tags_of_a_group_survive(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """A dataset group that is made again has the tags of the one before as well."""
    made = create(params)
    kept: dict[str, DatasetGroup] = self.__dict__.setdefault("_group_tags_kept", {})
    made.tags = (kept[made.arn].tags if made.arn in kept else {}) | made.tags
    kept[made.arn] = made
    return made


@FAULTS(PersonalizeBackend, "create_event_tracker", "ET-TAG-10", behind="two trackers made without tags")
def one_default_for_tags(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """Event trackers that are made without tags share one dictionary of tags."""
    made = create(name, group_arn, tags)
    made.tags = made.tags or self.__dict__.setdefault("_no_tags", {})
    return made


@FAULTS(PersonalizeBackend, "list_tags_for_resource", "ET-TAG-10", behind="a group that has tags and a tracker")
def tags_of_the_tracker_on_the_group(lists: Any, self: PersonalizeBackend, arn: str) -> Any:
    """ListTagsForResource of a dataset group that has tags shows those of its event tracker too."""
    found = lists(arn)
    inner = [t for tracker in self.trackers.values() if tracker.group_arn == arn for t in lists(tracker.arn)]
    keys = [tag["tagKey"] for tag in found]
    return found + [tag for tag in inner if keys and tag["tagKey"] not in keys]


@FAULTS(PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", behind="a value replaced")
def old_value_is_listed_too(lists: Any, self: PersonalizeBackend, arn: str) -> Any:
    """ListTagsForResource shows a key whose value was replaced once more with the old value."""
    found = lists(arn)
    before: dict[str, str] = self._tagged(arn).__dict__.setdefault("_values_listed", {})
    old = [{"tagKey": key, "tagValue": before[key]} for key in self._tagged(arn).tags if key in before]
    before |= {tag["tagKey"]: tag["tagValue"] for tag in found}
    return found + [tag for tag in old if tag not in found]


@FAULTS(PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", behind="a tag value that is not ASCII")
def values_in_ascii(lists: Any, self: PersonalizeBackend, arn: str) -> Any:
    """A letter of a tag value that is not ASCII becomes a question mark."""
    return [tag | {"tagValue": tag["tagValue"].encode("ascii", "replace").decode()} for tag in lists(arn)]


@FAULTS(PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-1", behind="an empty tag value")
def empty_value_is_no_tag(lists: Any, self: PersonalizeBackend, arn: str) -> Any:
    """ListTagsForResource leaves out a tag without a value."""
    return [tag for tag in lists(arn) if tag["tagValue"]]


@FAULTS(PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", behind="a space at the end of a value")
def values_are_stripped(lists: Any, self: PersonalizeBackend, arn: str) -> Any:
    """Spaces around the value of a tag are lost."""
    return [tag | {"tagValue": tag["tagValue"].strip()} for tag in lists(arn)]


@FAULTS(PersonalizeBackend, "tag_resource", "ET-TAG-11", "ET-TAG-2", behind="keys that differ in case")
def keys_differ_but_in_case(tag: Any, self: PersonalizeBackend, arn: str, tags: Tags) -> None:
    """TagResource takes a key that is there in another case for the same key."""
    before = {key.casefold(): key for key in self._tagged(arn).tags}
    tag(arn, [new | {"tagKey": before.get(new["tagKey"].casefold(), new["tagKey"])} for new in tags])


@FAULTS(PersonalizeBackend, "tag_resource", "ET-TAG-14", behind="the 50th tag")
def fifty_are_too_many(tag: Any, self: PersonalizeBackend, arn: str, tags: Tags) -> None:
    """TagResource refuses the 50th tag."""
    if len(self._tagged(arn).tags.keys() | {new["tagKey"] for new in tags}) == 50:
        raise TooManyTagsException
    tag(arn, tags)


@FAULTS(PersonalizeBackend, "tag_resource", "ET-TAG-14", behind="a tag key that is not ASCII")
def keys_must_be_ascii(tag: Any, self: PersonalizeBackend, arn: str, tags: Tags) -> None:
    """TagResource refuses a tag key that is not ASCII."""
    if not all(new["tagKey"].isascii() for new in tags):
        raise InvalidInputException("Tag keys must be ASCII.")
    tag(arn, tags)


@FAULTS(PersonalizeBackend, "_tagged", "ET-TAG-14", behind="tags of a dataset group")
def groups_cannot_be_tagged(find: Any, self: PersonalizeBackend, arn: str) -> Any:
    """Tag operations do not find a dataset group that was made without tags."""
    found = find(arn)
    if isinstance(found, DatasetGroup) and not found.params.get("tags"):
        raise ResourceNotFoundException("resource", arn)
    return found
