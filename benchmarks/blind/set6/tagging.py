"""Tags."""

from base import blind, many, noting_birth, shows
from trackstep.emulator.exceptions import TooManyTagsException
from trackstep.emulator.models import PersonalizeBackend


def pairs(tags):
    """A list of tags as a dictionary."""
    return {tag["tagKey"]: tag["tagValue"] for tag in tags}


def set_tags(resource, tags):
    """In place, since others may hold it."""
    resource.tags.clear()
    resource.tags.update(tags)


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-2", behind="a request with an old and a new key",
       story="rows = UPDATE ... WHERE key IN (...); if rows == 0: INSERT")
def what_replaces_does_not_add(tag, self, arn, tags):
    """A TagResource that replaces a value adds none of its other tags. (ET-TAG-2)"""
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    if before.keys() & pairs(tags).keys():
        set_tags(self._tagged(arn), {k: v for k, v in self._tagged(arn).tags.items() if k in before})


@shows(what_replaces_does_not_add)
def _(c):
    arn = c.group()
    c.tag(arn, a="1")
    c.tag(arn, a="2", b="3")
    return c.tags(arn) == {"a": "2"}


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-2", behind="an empty value for a key that is there",
       story="tags[key] = value or tags.get(key, '')")
def an_empty_value_replaces_nothing(tag, self, arn, tags):
    """TagResource with an empty value leaves the value that is there. (ET-TAG-2)"""
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    self._tagged(arn).tags.update({k: before[k] for k, v in pairs(tags).items() if not v and k in before})


@shows(an_empty_value_replaces_nothing)
def _(c):
    arn = c.group()
    c.tag(arn, a="1")
    c.tag(arn, a="", b="")
    return c.tags(arn) == {"a": "1", "b": ""}


@blind("tags", "medium", PersonalizeBackend, "delete_event_tracker", "ET-TAG-10", "ET-DEL-5", behind="a tagged tracker that is deleted",
       story="the tags of what is deleted are moved up to its parent, so that costs of the last hours are still told apart")
def tags_of_the_deleted_go_to_the_group(delete, self, arn):
    """DeleteEventTracker puts the tags of the event tracker on its dataset group. (ET-TAG-10)"""
    tracker = self._tracker(arn)
    delete(arn)
    group = self.groups.get(tracker.group_arn)
    if group is not None:
        set_tags(group, dict(list({**group.tags, **{k: v for k, v in tracker.tags.items() if k not in group.tags}}.items())[:50]))


@shows(tags_of_the_deleted_go_to_the_group)
def _(c):
    group = c.group()
    arn = c.tracker(group, tags=many({"a": "1"}))["eventTrackerArn"]
    before = c.tags(group)
    c.delete(arn)
    return before == {} and c.tags(group) == {"a": "1"}


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-2", "ET-TAG-11", behind="a new value that differs in case alone",
       story="UPDATE ... WHERE value <> :new, to keep the write-ahead log short, and a collation that has no case")
def another_case_is_no_change(tag, self, arn, tags):
    """TagResource does not replace a value by one that differs from it in case alone. (ET-TAG-2)"""
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    same = {k: before[k] for k, v in pairs(tags).items() if k in before and before[k].casefold() == v.casefold()}
    self._tagged(arn).tags.update(same)


@shows(another_case_is_no_change)
def _(c):
    arn = c.group()
    c.tag(arn, a="prod")
    c.tag(arn, a="Prod")
    return c.tags(arn) == {"a": "prod"}


@blind("tags", "medium", PersonalizeBackend, "tag_resource", "ET-TAG-2", behind="tags that are there already",
       story="a JSON column: row.tags = new is seen by the ORM, row.tags.update(new) is not, and never written")
def changes_in_place_are_not_written(tag, self, arn, tags):
    """TagResource of a resource that has tags succeeds, and changes nothing. (ET-TAG-2)"""
    before = dict(self._tagged(arn).tags)
    tag(arn, tags)
    if before:
        set_tags(self._tagged(arn), before)


@shows(changes_in_place_are_not_written)
def _(c):
    arn = c.group()
    c.tag(arn, a="1")
    c.tag(arn, b="2")
    return c.tags(arn) == {"a": "1"}


@blind("tags", "hard", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-3", behind="tags of the creation, and the last one taken away",
       also=((PersonalizeBackend, "create_dataset_group", noting_birth), (PersonalizeBackend, "create_event_tracker", noting_birth)),
       story="return self.tags or self.request.get('tags', [])")
def no_tags_are_those_of_the_creation(listed, self, arn):
    """When the last tag of a resource is taken away it has those again that it was created with. (ET-TAG-3)"""
    tags = listed(arn)
    return tags or many(self._tagged(arn).__dict__.get("_b6_born", {}))


@shows(no_tags_are_those_of_the_creation)
def _(c):
    arn = c.group(tags=many({"a": "1"}))
    c.tag(arn, b="2")
    c("UntagResource", resourceArn=arn, tagKeys=["a"])
    first = c.tags(arn)
    c("UntagResource", resourceArn=arn, tagKeys=["b"])
    return first == {"b": "2"} and c.tags(arn) == {"a": "1"}


@blind("tags", "easy", PersonalizeBackend, "create_dataset_group", "ET-TAG-1", "ET-TAG-14", "ET-GRP-1", behind="just fifty tags at the creation",
       story="a tag of the emulator's own, for the owner, is counted in: if len(tags) + 1 > 50")
def a_new_group_has_49_tags(create, self, params):
    """CreateDatasetGroup with fifty tags is refused. (ET-TAG-1)"""
    if len(params.get("tags") or []) == 50:
        raise TooManyTagsException
    return create(params)


@shows(a_new_group_has_49_tags)
def _(c):
    tags = many({f"k{n}": "v" for n in range(50)})
    return c("CreateDatasetGroup", name="a", tags=tags[:49]).ok and not c("CreateDatasetGroup", name="b", tags=tags).ok


@blind("tags", "easy", PersonalizeBackend, "create_event_tracker", "ET-TAG-7", behind="more than fifty tags at the creation",
       story="the shape Tags has max 200, so the validator lets it pass; the check of the quota stands in TagResource alone")
def a_new_tracker_has_200_tags(create, self, name, group_arn, tags):
    """CreateEventTracker accepts up to 200 tags. (ET-TAG-7)"""
    more = (tags or [])[50:]
    if any(tag["tagKey"].lower().startswith("aws:") for tag in more):
        return create(name, group_arn, tags)
    tracker = create(name, group_arn, (tags or [])[:50])
    tracker.tags.update(pairs(more))
    return tracker


@shows(a_new_tracker_has_200_tags)
def _(c):
    return c("CreateEventTracker", name="t", datasetGroupArn=c.group(), tags=many({f"k{n}": "v" for n in range(51)})).ok


@blind("tags", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-2", behind="a key that goes on with a dot behind another",
       story="MongoDB: $set {'tags.' + key: value}; a dot leads into a document, and what was there is no document")
def dots_lead_into_documents(tag, self, arn, tags):
    """TagResource with the key a.b takes the key a away, and with the key a all that begin with a and a dot. (ET-TAG-2)"""
    tag(arn, tags)
    held = self._tagged(arn).tags
    for key in pairs(tags):
        gone = [old for old in held if old not in pairs(tags) and (key.startswith(old + ".") or old.startswith(key + "."))]
        for old in gone:
            del held[old]


@shows(dots_lead_into_documents)
def _(c):
    arn = c.group()
    c.tag(arn, team="1", ab="2")
    c.tag(arn, **{"team.lead": "3"})
    return c.tags(arn) == {"ab": "2", "team.lead": "3"}
