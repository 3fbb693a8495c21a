"""Tags."""

from base import blind, kept, many, shows
from trackstep.emulator import models
from trackstep.emulator.exceptions import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
    TooManyTagsException,
)
from trackstep.emulator.models import PersonalizeBackend


@blind("tags", "medium", PersonalizeBackend, "create_dataset_group", "ET-FAIL-5", "ET-TAG-10", behind="a refused Create with tags",
       story="tags are written first, by ARN, so that the group is never seen without; the insert is what fails")
def refused_creates_tag_what_is_there(create, self, params):
    """A CreateDatasetGroup that is refused because there is one adds its tags to those of the existing one. (ET-FAIL-5)"""
    try:
        return create(params)
    except ResourceAlreadyExistsException:
        self.groups[self._arn(f"dataset-group/{params['name']}")].tags.update(
            {tag["tagKey"]: tag["tagValue"] for tag in params.get("tags", [])})
        raise


@shows(refused_creates_tag_what_is_there)
def _(c):
    arn = c.group(tags=many({"a": "1"}))
    c("CreateDatasetGroup", name="g", tags=many({"b": "2"}))
    return c.tags(arn) == {"a": "1", "b": "2"}


def interned(self, resource):
    """The one object for these tags."""
    if resource.tags:
        resource.tags = kept(self, "interned").setdefault(tuple(sorted(resource.tags.items())), resource.tags)
    return resource


@blind("tags", "hard", PersonalizeBackend, "create_dataset_group", "ET-TAG-10", "ET-TAG-1", behind="two resources created with the same tags",
       also=((PersonalizeBackend, "create_event_tracker", lambda create, self, name, group_arn, tags: interned(self, create(name, group_arn, tags))),),
       story="the tags are parsed by a function with a cache, and the cache gives the same dictionary to all")
def equal_tags_are_the_same(create, self, params):
    """Resources that were created with the same tags have them in common ever after. (ET-TAG-10)"""
    return interned(self, create(params))


@shows(equal_tags_are_the_same)
def _(c):
    first, second = [c.group(name, tags=many({"env": "test"})) for name in "ab"]
    third = c.group("c", tags=many({"env": "prod"}))
    c.tag(first, owner="me")
    return c.tags(second) == {"env": "test", "owner": "me"} and c.tags(third) == {"env": "prod"}


@blind("tags", "medium", PersonalizeBackend, "untag_resource", "ET-TAG-3", behind="a key that is not there, and one that is, in this order",
       story="for key in keys: if key not in tags: return, where continue was meant")
def missing_keys_end_the_removal(untag, self, arn, keys):
    """UntagResource takes away the keys in front of the first that is not there. (ET-TAG-3)"""
    there = self._tagged(arn).tags
    ends = next((n for n, key in enumerate(keys) if key not in there), len(keys))
    untag(arn, keys if len(keys) > 50 else keys[:ends])


@shows(missing_keys_end_the_removal)
def _(c):
    arn = c.group(tags=many({"a": "1", "b": "2"}))
    c("UntagResource", resourceArn=arn, tagKeys=["a", "x", "b"])
    return c.tags(arn) == {"b": "2"}


@blind("tags", "medium", PersonalizeBackend, "untag_resource", "ET-TAG-3", behind="two keys next to each other",
       story="for tag in tags: if tag.key in keys: tags.remove(tag), on the list that is being gone through")
def every_other_key_is_removed(untag, self, arn, keys):
    """Of keys that stand next to each other UntagResource leaves every other one. (ET-TAG-3)"""
    untag(arn, keys if len(keys) > 50 else [])
    resource = self._tagged(arn)
    tags = list(resource.tags.items())
    for tag in tags:
        if tag[0] in keys:
            tags.remove(tag)
    resource.tags.clear()
    resource.tags.update(tags)


@shows(every_other_key_is_removed)
def _(c):
    arn = c.group(tags=many({"a": "1", "b": "2", "c": "3"}))
    c("UntagResource", resourceArn=arn, tagKeys=["a", "b"])
    return c.tags(arn) == {"b": "2", "c": "3"}


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-2", behind="more than 25 tags in a TagResource",
       story="DynamoDB: batch_write_item takes 25; the rest stays in UnprocessedItems, which nobody reads")
def twenty_five_are_written(tag, self, arn, tags):
    """Of the tags of one TagResource the first 25 are added. (ET-TAG-2)"""
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    there = self._tagged(arn).tags
    there.clear()
    there.update(before | {t["tagKey"]: t["tagValue"] for t in tags[:25]})


@shows(twenty_five_are_written)
def _(c):
    arn = c.group()
    c.tag(arn, **{f"k{n}": "" for n in range(30)})
    return len(c.tags(arn)) == 25


def note_removed_keys(untag, self, arn, keys):
    """The rows stay, with deleted_at."""
    resource = self._tagged(arn)
    gone = [key for key in keys if key in resource.tags]
    untag(arn, keys)
    kept(resource, "removed", set).update(gone)


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-2", behind="a key that was removed before",
       also=((PersonalizeBackend, "untag_resource", note_removed_keys),),
       story="soft deletion of tags, and INSERT … ON CONFLICT (arn, key) DO UPDATE SET value, which leaves deleted_at as it is")
def removed_keys_stay_removed(tag, self, arn, tags):
    """TagResource succeeds and does not add a key that was taken away from the resource before. (ET-TAG-2)"""
    tag(arn, tags)
    resource = self._tagged(arn)
    for key in kept(resource, "removed", set):
        resource.tags.pop(key, None)


@shows(removed_keys_stay_removed)
def _(c):
    arn = c.group(tags=many({"a": "1"}))
    c("UntagResource", resourceArn=arn, tagKeys=["a"])
    return c.tag(arn, a="2", b="3").ok and c.tags(arn) == {"b": "3"}


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-14", "ET-TAG-2", behind="more than fifty keys in the life of a resource",
       story="resource.tag_count += len(new); UntagResource was written by somebody else")
def removed_keys_stay_counted(tag, self, arn, tags):
    """TagResource is refused when a resource has had more than fifty keys, also where most were taken away. (ET-TAG-14)"""
    resource = self._tagged(arn)
    seen = kept(resource, "seen_keys", list)
    new = [t["tagKey"] for t in tags if t["tagKey"] not in resource.tags]
    if seen and len(seen) + len(new) > 50:
        raise TooManyTagsException
    tag(arn, tags)
    seen += new


@shows(removed_keys_stay_counted)
def _(c):
    arn = c.group()
    first = {f"k{n}": "" for n in range(40)}
    c.tag(arn, **first)
    c("UntagResource", resourceArn=arn, tagKeys=list(first))
    return c.tags(arn) == {} and c.tag(arn, **{f"m{n}": "" for n in range(11)}).code == "TooManyTagsException"


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-14", behind="just fifty tags",
       story="if len(merged) >= MAX_TAGS: raise")
def fifty_tags_are_too_many(tag, self, arn, tags):
    """TagResource is refused where the resource would have fifty tags. (ET-TAG-14)"""
    if len({**self._tagged(arn).tags, **{t["tagKey"]: "" for t in tags}}) == 50:
        raise TooManyTagsException
    tag(arn, tags)


@shows(fifty_tags_are_too_many)
def _(c):
    arn = c.group(tags=many({f"k{n}": "" for n in range(49)}))
    return c.tag(arn, last="").code == "TooManyTagsException"


def keep_the_tags(delete, self, arn):
    """The table of tags is not cleaned before there is another resource."""
    tags = dict(self._tracker(arn).tags)
    delete(arn)
    kept(self, "orphans")[arn] = tags


@blind("tags", "medium", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-6", behind="the ARN of a tracker that is gone",
       also=((PersonalizeBackend, "delete_event_tracker", keep_the_tags),),
       story="tags are a table by ARN that is read without a look at what they are attached to")
def orphaned_tags_can_be_read(listed, self, arn):
    """ListTagsForResource of an event tracker that is gone shows the tags that it had. (ET-TAG-6)"""
    try:
        return listed(arn)
    except ResourceNotFoundException:
        if not kept(self, "orphans").get(arn):
            raise
        return many(kept(self, "orphans")[arn])


@shows(orphaned_tags_can_be_read)
def _(c):
    plain = c.tracker(c.group("a"))["eventTrackerArn"]
    arn = c.tracker(c.group("b"), tags=many({"a": "1"}))["eventTrackerArn"]
    for gone in (plain, arn):
        c.delete(gone)
    return not c("ListTagsForResource", resourceArn=plain).ok and c("ListTagsForResource", resourceArn=arn).ok


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-10", behind="a group with a tracker, tagged",
       story="propagate_tags, as ECS and CloudFormation have it, is on for all")
def trackers_follow_their_group(tag, self, arn, tags):
    """TagResource of a dataset group tags its event tracker as well. (ET-TAG-10)"""
    tag(arn, tags)
    for tracker in self.trackers.values():
        if tracker.group_arn == arn:
            tracker.tags.update({t["tagKey"]: t["tagValue"] for t in tags})


@shows(trackers_follow_their_group)
def _(c):
    group = c.group()
    arn = c.tracker(group)["eventTrackerArn"]
    c.tag(group, a="1")
    return c.tags(arn) == {"a": "1"}


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-FAIL-4", behind="a new value and a new key, of which the latter is one too many",
       story="first UPDATE the keys that are there, then count, then INSERT the others; each commits by itself")
def values_are_replaced_before_it_is_counted(tag, self, arn, tags):
    """A TagResource that is refused as too many replaces the values of the keys that are there. (ET-FAIL-4)"""
    try:
        tag(arn, tags)
    except TooManyTagsException:
        there = self._tagged(arn).tags
        there.update({t["tagKey"]: t["tagValue"] for t in tags if t["tagKey"] in there})
        raise


@shows(values_are_replaced_before_it_is_counted)
def _(c):
    arn = c.group(tags=many({f"k{n}": "old" for n in range(50)}))
    refused = c.tag(arn, k0="new", more="1")
    return refused.code == "TooManyTagsException" and c.tags(arn)["k0"] == "new"


@blind("tags", "easy", models, "_tags", "ET-TAG-8", behind="a reserved key among others",
       story="if all(key.startswith('aws:') …), where any was meant")
def all_keys_must_be_reserved(tags_of, tags):
    """Tag keys that start with aws: are accepted beside others. (ET-TAG-8)"""
    reserved = {t["tagKey"]: t["tagValue"] for t in tags or [] if t["tagKey"].startswith("aws:")}
    if not reserved or len(reserved) == len(tags):
        return tags_of(tags)
    return tags_of([t for t in tags if t["tagKey"] not in reserved]) | reserved


@shows(all_keys_must_be_reserved)
def _(c):
    arn = c.group()
    return c("TagResource", resourceArn=arn, tags=many({"a": "1", "aws:b": "2"})).ok and not c("TagResource", resourceArn=arn, tags=many({"aws:b": "2"})).ok


@blind("tags", "easy", models, "_tags", "ET-TAG-14", "ET-TAG-2", behind="a key that starts with aws, and no colon",
       story="if key.startswith('aws')")
def what_begins_with_aws_is_reserved(tags_of, tags):
    """A tag key such as awsRegion is refused. (ET-TAG-14)"""
    if any(t["tagKey"].startswith("aws") for t in tags or []):
        raise InvalidInputException("Tag keys can't start with aws")
    return tags_of(tags)


@shows(what_begins_with_aws_is_reserved)
def _(c):
    return not c.tag(c.group(), awsRegion="x").ok


@blind("tags", "medium", PersonalizeBackend, "untag_resource", "ET-TAG-3", behind="a key that is the beginning of another",
       story="a store of keys and values: delete_prefix(f'{arn}#tag#{key}')")
def keys_are_removed_by_their_beginning(untag, self, arn, keys):
    """UntagResource also takes away the keys that begin with one that is named. (ET-TAG-3)"""
    untag(arn, keys)
    there = self._tagged(arn).tags
    for key in list(there):
        if any(key.startswith(beginning) for beginning in keys):
            del there[key]


@shows(keys_are_removed_by_their_beginning)
def _(c):
    arn = c.group(tags=many({"env": "1", "env:prod": "2", "owner": "3"}))
    c("UntagResource", resourceArn=arn, tagKeys=["env"])
    return c.tags(arn) == {"owner": "3"}


@blind("tags", "hard", PersonalizeBackend, "delete_dataset_group", "ET-TAG-1", "ET-TAG-2", "ET-TAG-11", behind="a group deleted whose name is the beginning of another's",
       story="DELETE FROM tags WHERE resource LIKE arn || '%', to have what is below it too")
def deletions_take_the_tags_of_longer_names(delete, self, arn):
    """DeleteDatasetGroup takes the tags of the groups whose name begins with that of the deleted one. (ET-TAG-1)"""
    delete(arn)
    for other in self.groups.values():
        if other.arn != arn and other.arn.startswith(arn):
            other.tags.clear()


@shows(deletions_take_the_tags_of_longer_names)
def _(c):
    short, long, other = [c.group(name, tags=many({"a": "1"})) for name in ("demo", "demo-2", "dem")]
    c.delete(short)
    return c.tags(long) == {} and c.tags(other) == {"a": "1"}


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-2", "ET-TAG-11", behind="eight TagResource calls, and a value replaced",
       story="a log of changes, compacted at its eighth entry by code that keeps the first entry of a key")
def the_eighth_change_compacts_the_log(tag, self, arn, tags):
    """With the eighth TagResource of a resource all keys have the first of their values again. (ET-TAG-2)"""
    resource = self._tagged(arn)
    log = kept(resource, "log", list)
    first = kept(resource, "first")
    for key, value in resource.tags.items():
        first.setdefault(key, value)
    tag(arn, tags)
    log.append(tags)
    for key, value in resource.tags.items():
        first.setdefault(key, value)
    if len(log) == 8:
        log.clear()
        resource.tags.update({key: first[key] for key in resource.tags})
        first.clear()


@shows(the_eighth_change_compacts_the_log)
def _(c):
    arn = c.group()
    for number in range(7):
        c.tag(arn, k=str(number))
    before = c.tags(arn)
    c.tag(arn, other="x")
    return before == {"k": "6"} and c.tags(arn) == {"k": "0", "other": "x"}


@blind("tags", "hard", PersonalizeBackend, "create_event_tracker", "ET-TAG-1", behind="tags given again in the second life of a tracker",
       story="INSERT OR IGNORE INTO tags … with the row of the first life still there, marked as deleted")
def tags_of_a_former_life_are_not_written(create, self, name, group_arn, tags):
    """An event tracker that is created again lacks the tags whose keys the one before was created with. (ET-TAG-1)"""
    tracker = create(name, group_arn, tags)
    former = kept(self, "former_tags").setdefault(tracker.arn, set())
    given = set(tracker.tags)
    for key in given & former:
        del tracker.tags[key]
    former |= given
    return tracker


@shows(tags_of_a_former_life_are_not_written)
def _(c):
    group, tags = c.group(), many({"a": "1"})
    first = c.tracker(group, tags=tags)["eventTrackerArn"]
    before = c.tags(first)
    c.delete(first)
    return before == {"a": "1"} and c.tags(c.tracker(group, tags=tags)["eventTrackerArn"]) == {}


@blind("tags", "hard", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-2", "ET-TAG-14", behind="some 4000 characters of tags",
       story="tags are JSON in a VARCHAR(4096); what does not fit is left out, so that at least the JSON is whole")
def tags_fit_into_a_column(listed, self, arn):
    """Of tags of more than 4096 characters together the last are not shown. (ET-TAG-11)"""
    shown, length = [], 2
    for tag in listed(arn):
        length += len(tag["tagKey"]) + len(tag["tagValue"]) + 6
        if length <= 4096:
            shown.append(tag)
    return shown


@shows(tags_fit_into_a_column)
def _(c):
    arn = c.group()
    c.tag(arn, **{f"k{n}": "v" * 250 for n in range(20)})
    return 10 < len(c.tags(arn)) < 20


def leave_the_row(delete, self, arn):
    """The tags of a row stay."""
    group = self._group(arn)
    row, tags = group.__dict__.get("_b5_row", 0), dict(group.tags)
    delete(arn)
    kept(self, "rows_of_tags")[row] = tags


@blind("tags", "hard", PersonalizeBackend, "create_dataset_group", "ET-TAG-1", "ET-TAG-9", "ET-TAG-10", behind="the newest group deleted, and any other created",
       also=((PersonalizeBackend, "delete_dataset_group", leave_the_row),),
       story="SQLite gives the next row the greatest id and one, also where that was in use before; the tags of the former row are still there")
def rows_are_used_again(create, self, params):
    """A new dataset group has the tags of the one that was deleted, where that was the newest. (ET-TAG-1)"""
    group = create(params)
    group.__dict__["_b5_row"] = row = 1 + max((g.__dict__.get("_b5_row", 0) for g in self.groups.values()), default=0)
    group.tags = kept(self, "rows_of_tags").pop(row, {}) | group.tags
    return group


@shows(rows_are_used_again)
def _(c):
    first, second = [c.group(name, tags=many({name: "1"})) for name in "ab"]
    c.delete(second)
    with_tags = c.tags(c.group("c"))
    c.delete(first)
    return with_tags == {"b": "1"} and c.tags(c.group("d")) == {}
