"""Tags."""

import unicodedata

from base import blind, kept, many, shows
from trackstep.emulator import models
from trackstep.emulator.exceptions import InvalidInputException, PersonalizeException, TooManyTagsException
from trackstep.emulator.models import MAX_TAGS, PersonalizeBackend

K = [{"tagKey": "k", "tagValue": "v"}]


@blind("tags", "easy", PersonalizeBackend, "tag_resource", "ET-TAG-2",
       story="resource.tags = new")
def tagging_replaces_all(tag, self, arn, tags):
    """TagResource takes away the tags that were there."""
    before = self._tagged(arn).tags
    self._tagged(arn).tags = {}
    try:
        tag(arn, tags)
    except PersonalizeException:
        self._tagged(arn).tags = before
        raise


@shows(tagging_replaces_all)
def _(c):
    g = c.group("a", tags=K)
    c.tag(g, more="x")
    return c.tags(g) == {"more": "x"}


@blind("tags", "easy", PersonalizeBackend, "create_event_tracker", "ET-TAG-1",
       story="tags came to the API later, and the handler of Create was not touched")
def tags_of_a_new_tracker_are_dropped(create, self, *words):
    """The tags given to CreateEventTracker are not on the event tracker."""
    made = create(*words)
    made.tags = {}
    return made


@shows(tags_of_a_new_tracker_are_dropped)
def _(c):
    return c.tags(c.tracker(c.group("a"), tags=K)["eventTrackerArn"]) == {}


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-2", "ET-TAG-11", behind="a key that is there already",
       story="INSERT OR IGNORE")
def the_first_value_stays(tag, self, arn, tags):
    """TagResource does not replace the value of a key that is there."""
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    self._tagged(arn).tags.update(before)


@shows(the_first_value_stays)
def _(c):
    g = c.group("a", tags=K)
    c.tag(g, k="other")
    return c.tags(g) == {"k": "v"}


def _keeps_the_tags(delete, self, arn):
    delete(arn)
    kept(self, "by_arn")[arn] = dict(self.trackers[arn].tags)


@blind("tags", "medium", PersonalizeBackend, "create_event_tracker", "ET-TAG-9", "ET-TAG-1", behind="a tracker that is made again",
       also=((PersonalizeBackend, "delete_event_tracker", _keeps_the_tags),),
       story="moto's TaggingService goes by ARN, and delete_all_tags_for_resource was not called")
def tags_outlive_their_tracker(create, self, *words):
    """An event tracker that is created again has the tags of the one before, too."""
    made = create(*words)
    made.tags = kept(self, "by_arn").get(made.arn, {}) | made.tags
    return made


@shows(tags_outlive_their_tracker)
def _(c):
    g = c.group("a")
    c.delete(c.tracker(g, tags=K)["eventTrackerArn"])
    return c.tags(c.tracker(g)["eventTrackerArn"]) == {"k": "v"}


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-14", "ET-TAG-2", behind="a full resource and a key that it has",
       story="if len(resource.tags) + len(tags) > 50")
def replaced_tags_count_twice(tag, self, arn, tags):
    """TagResource is refused where the tags that are there and those of the request are more than 50, common keys or not."""
    if len(self._tagged(arn).tags) + len(tags) > MAX_TAGS:
        raise TooManyTagsException
    tag(arn, tags)


@shows(replaced_tags_count_twice)
def _(c):
    g = c.group("a", tags=many({f"k{n}": "v" for n in range(50)}))
    return not c.tag(g, k7="w").ok


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-7", behind="two requests that make more than fifty together",
       story="the limit is in the schema of the request: maxItems 50")
def the_limit_is_for_a_request(tag, self, arn, tags):
    """A resource can have more than 50 tags, given by several requests."""
    resource, new = self._tagged(arn), models._tags(tags)
    resource.tags.update(new)


@shows(the_limit_is_for_a_request)
def _(c):
    g = c.group("a", tags=many({f"k{n}": "v" for n in range(30)}))
    return c("TagResource", resourceArn=g, tags=many({f"l{n}": "v" for n in range(30)})).ok


@blind("tags", "medium", PersonalizeBackend, "create_dataset_group", "ET-TAG-8", behind="a reserved key at creation",
       story="the look for aws: is in the handler of TagResource")
def new_groups_may_have_reserved_keys(create, self, params):
    """CreateDatasetGroup accepts tag keys that start with aws:."""
    tags = params.get("tags") or []
    reserved = {t["tagKey"]: t["tagValue"] for t in tags if t["tagKey"].startswith("aws:")}
    made = create(params | {"tags": [t for t in tags if t["tagKey"] not in reserved]})
    made.tags.update(reserved)
    return made


@shows(new_groups_may_have_reserved_keys)
def _(c):
    return c("CreateDatasetGroup", name="a", tags=many({"aws:owner": "me"})).ok


@blind("tags", "hard", PersonalizeBackend, "untag_resource", "ET-TAG-3", behind="no key at all",
       story="if keys: query = query.filter(key.in_(keys)); query.delete()")
def no_keys_are_all_keys(untag, self, arn, keys):
    """UntagResource with an empty list of keys takes all tags away."""
    untag(arn, keys or list(self._tagged(arn).tags))


@shows(no_keys_are_all_keys)
def _(c):
    g = c.group("a", tags=K)
    return c("UntagResource", resourceArn=g, tagKeys=[]).ok and c.tags(g) == {}


@blind("tags", "medium", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-2", "ET-TAG-1", behind="more than twenty tags",
       story="the query helper pages by twenty, and ListTagsForResource has no token to go on with")
def twenty_tags_are_shown(listed, self, arn):
    """ListTagsForResource shows twenty tags at most."""
    return listed(arn)[:20]


@shows(twenty_tags_are_shown)
def _(c):
    return len(c.tags(c.group("a", tags=many({f"k{n}": "v" for n in range(25)})))) == 20


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-11", "ET-TAG-2", behind="two keys that differ in case alone",
       story="a CaseInsensitiveDict, as for headers")
def keys_have_no_case(tag, self, arn, tags):
    """TagResource takes away a key that differs from a new one in case alone."""
    tag(arn, tags)
    held = self._tagged(arn).tags
    for new in (t["tagKey"] for t in tags):
        for key in [k for k in held if k != new and k.lower() == new.lower()]:
            held.pop(key)


@shows(keys_have_no_case)
def _(c):
    g = c.group("a", tags=many({"Env": "prod"}))
    c.tag(g, env="test")
    return c.tags(g) == {"env": "test"}


@blind("tags", "medium", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-1", "ET-TAG-2", behind="a tag with no value",
       story="Oracle: the empty string is NULL, and rows without a value are left out")
def empty_values_are_left_out(listed, self, arn):
    """ListTagsForResource shows no tag whose value is empty."""
    return [tag for tag in listed(arn) if tag["tagValue"]]


@shows(empty_values_are_left_out)
def _(c):
    return c.tags(c.group("a", tags=many({"k": "v", "flag": ""}))) == {"k": "v"}


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-FAIL-4", "ET-TAG-2", "ET-TAG-7", behind="a refused TagResource, then one that is accepted",
       story="the ORM's session is not rolled back after the limit was found to be passed: the next commit flushes it")
def refused_tags_come_later(tag, self, arn, tags):
    """The tags of a TagResource that was refused as too many are on the resource after the next that is accepted."""
    pending = kept(self, "dirty")
    try:
        tag(arn, tags)
    except TooManyTagsException:
        if len(tags) <= MAX_TAGS:
            pending.setdefault(arn, {}).update({t["tagKey"]: t["tagValue"] for t in tags})
        raise
    self._tagged(arn).tags.update(pending.pop(arn, {}))


@shows(refused_tags_come_later)
def _(c):
    g = c.group("a", tags=many({f"k{n}": "v" for n in range(49)}))
    refused = not c("TagResource", resourceArn=g, tags=many({"x": "1", "y": "2"})).ok
    unchanged = len(c.tags(g)) == 49
    c.tag(g, k0="w")
    return refused and unchanged and len(c.tags(g)) == 51


@blind("tags", "easy", PersonalizeBackend, "create_event_tracker", "ET-TAG-1", behind="a group with tags",
       story="tags are propagated to what is inside, as CloudFormation does it")
def trackers_inherit_tags(create, self, name, group_arn, tags):
    """A new event tracker has the tags of its dataset group as well."""
    made = create(name, group_arn, tags)
    made.tags = dict(self.groups[group_arn].tags) | made.tags
    return made


@shows(trackers_inherit_tags)
def _(c):
    return c.tags(c.tracker(c.group("a", tags=K))["eventTrackerArn"]) == {"k": "v"}


@blind("tags", "hard", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-1", "ET-TAG-2", behind="an equals sign in a key",
       story="tags are kept as \"key=value\", and split at the first equals sign")
def keys_end_at_the_equals_sign(listed, self, arn):
    """A tag whose key has an equals sign is shown with what is behind it as part of the value."""
    pairs = dict(f"{t['tagKey']}={t['tagValue']}".split("=", 1) for t in listed(arn))
    return [{"tagKey": key, "tagValue": value} for key, value in pairs.items() if key]


@shows(keys_end_at_the_equals_sign)
def _(c):
    return c.tags(c.group("a", tags=many({"a=b": "c"}))) == {"a": "b=c"}


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-11", "ET-TAG-2", behind="a value with space around it",
       story="forms are trimmed before they are looked at, bodies too")
def values_are_trimmed(tag, self, arn, tags):
    """TagResource takes the space from both ends of a value."""
    tag(arn, [t | {"tagValue": t["tagValue"].strip()} for t in tags])


@shows(values_are_trimmed)
def _(c):
    g = c.group("a")
    c.tag(g, k=" v ")
    return c.tags(g) == {"k": "v"}


@blind("tags", "hard", models, "_tags", "ET-TAG-11", "ET-TAG-1", "ET-TAG-2", behind="a letter or digit that has a plainer form",
       story="unicodedata.normalize(\"NFKC\", ...) on all text that comes in")
def values_are_made_plain(read, tags):
    """Values of tags are kept in normal form KC: full-width letters, ligatures, small raised digits and the like are lost."""
    return {key: unicodedata.normalize("NFKC", value) for key, value in read(tags).items()}


@shows(values_are_made_plain)
def _(c):
    return c.tags(c.group("a", tags=many({"unit": "m²"}))) == {"unit": "m2"}


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-FAIL-4", behind="a request of which one tag is refused",
       story="for tag in tags: validate(tag); resource.tags[...] = ...")
def tags_are_added_one_by_one(tag, self, arn, tags):
    """Of a TagResource that is refused for a key that starts with aws:, the tags before it are added."""
    try:
        tag(arn, tags)
    except InvalidInputException:
        held = self._tagged(arn).tags
        for new in tags:
            if new["tagKey"].lower().startswith("aws:") or len(held) >= MAX_TAGS:
                break
            held[new["tagKey"]] = new["tagValue"]
        raise


@shows(tags_are_added_one_by_one)
def _(c):
    g = c.group("a")
    return not c.tag(g, **{"good": "v", "aws:bad": "v"}).ok and c.tags(g) == {"good": "v"}


@blind("tags", "hard", models, "_tags", "ET-TAG-14", "ET-TAG-1", "ET-GRP-1", "ET-CREATE-1", behind="a long value that is not ASCII",
       story="tag_value VARBINARY(256), and len(value.encode())")
def values_are_measured_in_bytes(read, tags):
    """A value of a tag that has more than 256 bytes is refused, also where it has no more than 256 characters."""
    if any(len(t["tagValue"].encode("utf-8", "replace")) > 256 for t in tags or []):
        raise InvalidInputException("The tag's value is too long.")
    return read(tags)


@shows(values_are_measured_in_bytes)
def _(c):
    return not c.tag(c.group("a"), k="é" * 200).ok


@blind("tags", "easy", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-1", "ET-WIRE-12", "ET-TAG-11",
       story="Key and Value, as tags have it almost everywhere else at AWS")
def tags_have_the_usual_members(listed, self, arn):
    """ListTagsForResource answers with Key and Value in place of tagKey and tagValue."""
    return [{"Key": tag["tagKey"], "Value": tag["tagValue"]} for tag in listed(arn)]


@shows(tags_have_the_usual_members)
def _(c):
    return c("ListTagsForResource", resourceArn=c.group("a", tags=K)).json["tags"] == [{"Key": "k", "Value": "v"}]


@blind("tags", "easy", PersonalizeBackend, "untag_resource", "ET-TAG-3",
       story="return in the loop, one level too deep")
def one_key_is_removed(untag, self, arn, keys):
    """UntagResource takes away the first of its keys alone."""
    untag(arn, keys[:1])


@shows(one_key_is_removed)
def _(c):
    g = c.group("a", tags=many({"a": "1", "b": "2"}))
    c("UntagResource", resourceArn=g, tagKeys=["a", "b"])
    return c.tags(g) == {"b": "2"}
