"""Tags."""

from base import blind, many, shows
from trackstep.emulator import models
from trackstep.emulator.exceptions import InvalidInputException, TooManyTagsException
from trackstep.emulator.models import PersonalizeBackend


@blind("tags", "easy", PersonalizeBackend, "tag_resource", "ET-TAG-2",
       story="a line one level too far to the left, outside the loop")
def last_tag_only(tag, self, arn, tags):
    """TagResource adds the last of several tags only."""
    resource = self._tagged(arn)
    before = dict(resource.tags)
    tag(arn, tags)
    resource.tags = before | {one["tagKey"]: one["tagValue"] for one in tags[-1:]}


@shows(last_tag_only)
def _(c):
    g = c.group("a")
    c.tag(g, a="1", b="2")
    return c.tags(g) == {"b": "2"}


@blind("tags", "easy", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-1",
       story="tags have Key and Value in most of AWS")
def tags_as_elsewhere(list_, self, arn):
    """ListTagsForResource answers with Key and Value in place of tagKey and tagValue."""
    return [{"Key": tag["tagKey"], "Value": tag["tagValue"]} for tag in list_(arn)]


@shows(tags_as_elsewhere)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    return "Key" in c("ListTagsForResource", resourceArn=g).json["tags"][0]


@blind("tags", "easy", PersonalizeBackend, "untag_resource", "ET-TAG-3",
       story="a list comprehension whose result is assigned to nothing")
def untagging_does_nothing(untag, self, arn, keys):
    """UntagResource succeeds and removes nothing."""
    self._tagged(arn)


@shows(untagging_does_nothing)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    return c("UntagResource", resourceArn=g, tagKeys=["k"]).ok and c.tags(g) == {"k": "v"}


def _bury(untag, self, arn, keys):
    untag(arn, keys)
    self._tagged(arn).__dict__.setdefault("_buried", set()).update(keys)


@blind("tags", "medium", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-2", behind="a key taken away and added again",
       also=((PersonalizeBackend, "untag_resource", _bury),),
       story="rows are marked as deleted, and the upsert leaves the mark")
def removed_keys_do_not_come_back(list_, self, arn):
    """A tag key that was removed once is not shown again when it is added again."""
    buried = self._tagged(arn).__dict__.get("_buried", ())
    return [tag for tag in list_(arn) if tag["tagKey"] not in buried]


@shows(removed_keys_do_not_come_back)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    c("UntagResource", resourceArn=g, tagKeys=["k"])
    c.tag(g, k="w")
    return c.tags(g) == {}


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-2", behind="no tags at all",
       story="an empty list was thought to be a way to clear")
def no_tags_clear_all(tag, self, arn, tags):
    """TagResource with an empty list of tags removes all tags."""
    tag(arn, tags)
    if not tags:
        self._tagged(arn).tags.clear()


@shows(no_tags_clear_all)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    c("TagResource", resourceArn=g, tags=[])
    return c.tags(g) == {}


def _remember_how_many(untag, self, arn, keys):
    resource = self._tagged(arn)
    resource.__dict__.setdefault("_ever", len(resource.tags))
    untag(arn, keys)


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-14", behind="many tags removed and others added",
       also=((PersonalizeBackend, "untag_resource", _remember_how_many),),
       story="a counter column that UntagResource does not lower")
def removed_tags_count(tag, self, arn, tags):
    """A tag that was removed counts towards the fifty."""
    resource = self._tagged(arn)
    ever = resource.__dict__.setdefault("_ever", len(resource.tags))
    new = [one for one in tags if one["tagKey"] not in resource.tags]
    if ever + len(new) > 50:
        raise TooManyTagsException
    tag(arn, tags)
    resource.__dict__["_ever"] = ever + len(new)


@shows(removed_tags_count)
def _(c):
    g = c.group("a")
    c.tag(g, **{f"a{number}": "" for number in range(30)})
    c("UntagResource", resourceArn=g, tagKeys=[f"a{number}" for number in range(30)])
    return not c.tag(g, **{f"b{number}": "" for number in range(30)}).ok


@blind("tags", "medium", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-1", "ET-TAG-2", behind="more than ten tags",
       story="a page of ten, and no token to ask for the next")
def ten_tags_are_shown(list_, self, arn):
    """ListTagsForResource shows ten tags at most."""
    return list_(arn)[:10]


@shows(ten_tags_are_shown)
def _(c):
    g = c.group("a")
    c.tag(g, **{f"a{number}": "" for number in range(12)})
    return len(c.tags(g)) == 10


@blind("tags", "medium", PersonalizeBackend, "untag_resource", "ET-TAG-14", behind="no keys at all",
       story="if not keys: a required parameter is missing")
def no_keys_are_refused(untag, self, arn, keys):
    """UntagResource with an empty list of keys is refused."""
    if not keys:
        raise InvalidInputException("tagKeys is required.")
    untag(arn, keys)


@shows(no_keys_are_refused)
def _(c):
    return not c("UntagResource", resourceArn=c.group("a"), tagKeys=[]).ok


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-14", "ET-TAG-2", behind="new values on a resource with more than 25 tags",
       story="len(old) + len(new) for the size of the union")
def replaced_tags_count_twice(tag, self, arn, tags):
    """TagResource counts a key that is there already once more towards the fifty."""
    if len(self._tagged(arn).tags) + len(tags) > 50:
        raise TooManyTagsException
    tag(arn, tags)


@shows(replaced_tags_count_twice)
def _(c):
    g, tags = c.group("a"), {f"a{number}": "" for number in range(50)}
    c.tag(g, **tags)
    return not c.tag(g, a1="new").ok


@blind("tags", "hard", PersonalizeBackend, "untag_resource", "ET-TAG-3", behind="keys of which one is not there",
       story="del in a loop, and one except KeyError around the loop")
def first_missing_key_ends_it(untag, self, arn, keys):
    """UntagResource stops at the first key that is not there and succeeds."""
    tags, there = self._tagged(arn).tags, []
    for key in keys:
        if key not in tags:
            break
        there.append(key)
    untag(arn, there)


@shows(first_missing_key_ends_it)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    return c("UntagResource", resourceArn=g, tagKeys=["none", "k"]).ok and c.tags(g) == {"k": "v"}


@blind("tags", "medium", models, "_tags", "ET-TAG-14", behind="a key that begins with aws and no colon",
       story="startswith('aws') for the prefix 'aws:'")
def aws_without_its_colon(tags_of, tags):
    """A tag key that begins with aws is refused, also without a colon."""
    if any(tag["tagKey"].lower().startswith("aws") for tag in tags or []):
        raise InvalidInputException("Tag keys can't start with aws.")
    return tags_of(tags)


@shows(aws_without_its_colon)
def _(c):
    return not c.tag(c.group("a"), **{"aws-account": "x"}).ok


@blind("tags", "medium", PersonalizeBackend, "untag_resource", "ET-TAG-3", behind="keys that differ in case only",
       story="WHERE tag_key IN (…), in a collation that ignores case")
def untagging_ignores_case(untag, self, arn, keys):
    """UntagResource also removes keys that differ from a named one in case only."""
    lower = {key.lower() for key in keys}
    untag(arn, keys)
    tags = self._tagged(arn).tags
    for key in [key for key in tags if key.lower() in lower]:
        del tags[key]


@shows(untagging_ignores_case)
def _(c):
    g = c.group("a", tags=many({"Team": "1", "team": "2"}))
    c("UntagResource", resourceArn=g, tagKeys=["team"])
    return c.tags(g) == {}
