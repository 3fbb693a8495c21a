"""Tag faults: limits, removal, leftovers, sharing."""

from __future__ import annotations

from typing import Any

from trackstep.emulator import models
from trackstep.emulator.exceptions import PersonalizeException, TooManyTagsException
from trackstep.emulator.models import MAX_TAGS, PersonalizeResource
from trackstep.emulator.models import PersonalizeBackend as Backend

from base import blind, many, shows
from stateful import kept

# easy


@blind("tags", "easy", Backend, "create_event_tracker", "ET-TAG-1", "ET-TAG-10")
def tags_of_a_tracker_are_on_its_group(create: Any, self: Backend, name: str, group_arn: str, tags: Any) -> Any:
    """The tags given to CreateEventTracker are put on the dataset group too."""
    made = create(name, group_arn, tags)
    self.groups[group_arn].tags.update(made.tags)
    return made


@shows(tags_of_a_tracker_are_on_its_group)
def _(c: Any) -> bool:
    g = c.group()
    c.tracker(g, tags=many({"k": "v"}))
    return bool(c.tags(g) == {"k": "v"})


@blind("tags", "easy", Backend, "tag_resource", "ET-TAG-2", "ET-TAG-11")
def the_first_value_stays(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    """TagResource does not replace the value of a key that is there."""
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    self._tagged(arn).tags.update(before)


@shows(the_first_value_stays)
def _(c: Any) -> bool:
    g = c.group()
    c.tag(g, k="1")
    c.tag(g, k="2")
    return bool(c.tags(g) == {"k": "1"})


def _shares(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    group = create(params)
    if not params.get("tags"):
        group.tags = kept(self, "default")
    return group


@blind("tags", "easy", Backend, "create_dataset_group", "ET-TAG-10", "ET-TAG-1")
def untagged_groups_share_their_tags(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    """Groups that are made without tags share one dictionary: a default argument."""
    return _shares(create, self, params)


@shows(untagged_groups_share_their_tags)
def _(c: Any) -> bool:
    one, two = c.group("one"), c.group("two")
    c.tag(one, k="v")
    return bool(c.tags(two))


@blind("tags", "easy", Backend, "untag_resource", "ET-TAG-3")
def untagging_skips_every_second_key(untag: Any, self: Backend, arn: str, keys: list[str]) -> None:
    """UntagResource drops keys from the list that it walks over, and so misses every second one."""
    untag(arn, keys[::2])


@shows(untagging_skips_every_second_key)
def _(c: Any) -> bool:
    g = c.group(tags=many({"a": "", "b": ""}))
    c("UntagResource", resourceArn=g, tagKeys=["a", "b"])
    return "b" in c.tags(g)


# medium


@blind("tags", "medium", Backend, "untag_resource", "ET-TAG-3", behind="a key that is the beginning of another")
def untagging_takes_what_begins_so(untag: Any, self: Backend, arn: str, keys: list[str]) -> None:
    """UntagResource removes each key that begins with one that is named."""
    untag(arn, keys)
    tags = self._tagged(arn).tags
    for key in [key for key in tags if key.startswith(tuple(keys))]:
        del tags[key]


@shows(untagging_takes_what_begins_so)
def _(c: Any) -> bool:
    g = c.group(tags=many({"env": "", "environment": ""}))
    c("UntagResource", resourceArn=g, tagKeys=["env"])
    return bool(c.tags(g) == {})


@blind("tags", "medium", Backend, "untag_resource", "ET-TAG-3", behind="two keys that differ in case")
def untagging_ignores_case(untag: Any, self: Backend, arn: str, keys: list[str]) -> None:
    """UntagResource removes a key in whatever case it is written."""
    named = {key.lower() for key in keys}
    untag(arn, keys)
    tags = self._tagged(arn).tags
    for key in [key for key in tags if key.lower() in named]:
        del tags[key]


@shows(untagging_ignores_case)
def _(c: Any) -> bool:
    g = c.group(tags=many({"Env": "", "env": ""}))
    c("UntagResource", resourceArn=g, tagKeys=["env"])
    return bool(c.tags(g) == {})


@blind("tags", "medium", Backend, "tag_resource", "ET-FAIL-4", behind="a bad tag after a good one")
def good_tags_of_a_refused_call_stay(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    """TagResource adds tag by tag: those before the one that is refused stay."""
    for number in range(1, len(tags) + 1):
        try:
            models._tags(tags[:number])
        except PersonalizeException:
            break
        if len({**self._tagged(arn).tags, **models._tags(tags[:number])}) <= MAX_TAGS:
            self._tagged(arn).tags.update(models._tags(tags[:number]))
    tag(arn, tags)


@shows(good_tags_of_a_refused_call_stay)
def _(c: Any) -> bool:
    g = c.group()
    refused = not c("TagResource", resourceArn=g, tags=many({"a": "", "aws:b": ""})).ok
    return refused and "a" in c.tags(g)


@blind("tags", "medium", Backend, "tag_resource", "ET-TAG-2", behind="TagResource with no tags")
def no_tags_clear_all(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    """TagResource with an empty list clears the tags."""
    tag(arn, tags)
    if not tags:
        self._tagged(arn).tags.clear()


@shows(no_tags_clear_all)
def _(c: Any) -> bool:
    g = c.group(tags=many({"k": "v"}))
    c("TagResource", resourceArn=g, tags=[])
    return bool(c.tags(g) == {})


def _keeps_added(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    tag(arn, tags)
    if arn in self.groups:
        kept(self, "added").setdefault(arn, {}).update(models._tags(tags))


@blind("tags", "medium", Backend, "create_dataset_group", "ET-TAG-9", "ET-TAG-1", behind="a tagged group, made again",
       also=((Backend, "tag_resource", _keeps_added),))  # fmt: skip
def added_tags_wait_for_the_next_group(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    """Tags that TagResource put on a group lie in a table of their own, and are on the next group of its name."""
    group = create(params)
    group.tags.update(kept(self, "added").get(group.arn, {}))
    return group


@shows(added_tags_wait_for_the_next_group)
def _(c: Any) -> bool:
    g = c.group()
    c.tag(g, k="v")
    c.delete(g)
    return bool(c.tags(c.group()))


# hard


def _unchecked(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    resource = self._tagged(arn)
    new = models._tags(tags)
    if len(resource.tags) >= MAX_TAGS and set(new) - set(resource.tags):
        raise TooManyTagsException
    resource.tags.update(new)


@blind("tags", "hard", Backend, "tag_resource", "ET-TAG-7", behind="a few tags that pass the limit from below")
def fifty_is_looked_at_before(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    """The limit of 50 tags is looked at before the new ones are added: 49 and 2 make 51."""
    _unchecked(tag, self, arn, tags)


@shows(fifty_is_looked_at_before)
def _(c: Any) -> bool:
    g = c.group(tags=many({f"k{n}": "" for n in range(49)}))
    c("TagResource", resourceArn=g, tags=many({"x": "", "y": ""}))
    return len(c.tags(g)) == 51


@blind("tags", "hard", Backend, "tag_resource", "ET-TAG-14", behind="more than fifty tags in the life of one resource")
def tags_ever_set_count(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    """The limit of 50 counts each tag that was ever written to the resource, also those that were removed."""
    resource = self._tagged(arn)
    ever = resource.__dict__.setdefault("_b1_ever", len(resource.tags)) + len(tags)
    if ever > MAX_TAGS:
        raise TooManyTagsException
    tag(arn, tags)
    resource.__dict__["_b1_ever"] = ever


@shows(tags_ever_set_count)
def _(c: Any) -> bool:
    g = c.group()
    for n in range(6):
        answer = c("TagResource", resourceArn=g, tags=many({f"k{m}": "" for m in range(10)}))
        c("UntagResource", resourceArn=g, tagKeys=[f"k{m}" for m in range(10)])
    return not answer.ok


@blind("tags", "hard", Backend, "untag_resource", "ET-TAG-3", behind="more than ten keys at once")
def untagging_stops_after_ten(untag: Any, self: Backend, arn: str, keys: list[str]) -> None:
    """UntagResource removes the first ten keys that are named."""
    untag(arn, keys if len(keys) > MAX_TAGS else keys[:10])


@shows(untagging_stops_after_ten)
def _(c: Any) -> bool:
    keys = [f"k{n:02}" for n in range(12)]
    g = c.group(tags=many(dict.fromkeys(keys, "")))
    c("UntagResource", resourceArn=g, tagKeys=keys)
    return bool(c.tags(g))


def _remembers(init: Any, self: PersonalizeResource, model_name: str, name: str, tags: dict[str, str]) -> None:
    init(model_name, name, tags)
    self.__dict__["_b1_first"] = dict(tags)


@blind("tags", "medium", Backend, "untag_resource", "ET-TAG-3", behind="the last tag, where another was given at creation",
       also=((PersonalizeResource, "__init__", _remembers),))  # fmt: skip
def without_tags_those_of_its_creation_are_back(untag: Any, self: Backend, arn: str, keys: list[str]) -> None:
    """A resource whose last tag was removed shows the tags of its creation: tags or first_tags."""
    untag(arn, keys)
    resource = self._tagged(arn)
    resource.tags = resource.tags or dict(resource.__dict__["_b1_first"])


@shows(without_tags_those_of_its_creation_are_back)
def _(c: Any) -> bool:
    g = c.group(tags=many({"k": "v"}))
    c("UntagResource", resourceArn=g, tagKeys=["k"])
    return bool(c.tags(g))


@blind("tags", "hard", Backend, "tag_resource", "ET-TAG-14", behind="a full resource, one value replaced")
def a_full_resource_takes_no_new_value(tag: Any, self: Backend, arn: str, tags: Any) -> None:
    """With 50 tags on a resource TagResource is refused, also where it only replaces a value."""
    if tags and len(self._tagged(arn).tags) >= MAX_TAGS:
        raise TooManyTagsException
    tag(arn, tags)


@shows(a_full_resource_takes_no_new_value)
def _(c: Any) -> bool:
    g = c.group(tags=many({f"k{n}": "" for n in range(50)}))
    return not c.tag(g, k0="new").ok
