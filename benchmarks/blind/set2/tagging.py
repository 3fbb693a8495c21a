"""Tags."""

import unicodedata

from base import blind, many, shows
from trackstep.emulator import models, validation
from trackstep.emulator.exceptions import InvalidInputException, TooManyTagsException
from trackstep.emulator.models import PersonalizeBackend as B


def _fifty(n=50):
    return {f"k{i}": "v" for i in range(n)}


@blind("tags", "medium", B, "untag_resource", "ET-TAG-3", behind="an empty list of keys")
def no_keys_is_all_keys(untag, self, arn, keys):
    """UntagResource with an empty list of keys takes all tags."""
    untag(arn, keys or list(self._tagged(arn).tags))


@shows(no_keys_is_all_keys)
def _(c):
    g = c.group("a", tags=many({"k": "v"}))
    c("UntagResource", resourceArn=g, tagKeys=[])
    return not c.tags(g)


@blind("tags", "easy", B, "create_dataset_group", "ET-TAG-11", "ET-TAG-1")
def keys_of_a_create_are_lowered(create, self, params):
    """The tag keys of CreateDatasetGroup are kept in small letters."""
    made = create(params)
    made.tags = {k.lower(): v for k, v in made.tags.items()}
    return made


@shows(keys_of_a_create_are_lowered)
def _(c):
    return "key" in c.tags(c.group("a", tags=many({"Key": "v"})))


@blind("tags", "easy", B, "tag_resource", "ET-TAG-14", behind="an empty value")
def values_are_required(tag, self, arn, tags):
    """TagResource refuses an empty value."""
    if not all(t["tagValue"] for t in tags):
        raise InvalidInputException("tagValue is required")
    tag(arn, tags)


@shows(values_are_required)
def _(c):
    return not c.tag(c.group("a"), k="").ok


@blind("tags", "medium", B, "create_event_tracker", "ET-TAG-14", behind="fifty tags in one Create")
def create_takes_49(create, self, name, group_arn, tags):
    """CreateEventTracker refuses exactly fifty tags."""
    if len(tags or []) == 50:
        raise TooManyTagsException
    return create(name, group_arn, tags)


@shows(create_takes_49)
def _(c):
    return not c("CreateEventTracker", name="t", datasetGroupArn=c.group("a"), tags=many(_fifty())).ok


@blind("tags", "hard", B, "tag_resource", "ET-TAG-14", behind="a value replaced where there are fifty")
def replacing_counts_twice(tag, self, arn, tags):
    """A key that is there already counts as one more."""
    if len(self._tagged(arn).tags) + len(tags) > 50:
        raise TooManyTagsException
    tag(arn, tags)


@shows(replacing_counts_twice)
def _(c):
    return not c.tag(c.group("a", tags=many(_fifty())), k0="w").ok


@blind("tags", "hard", models, "_tags", "ET-TAG-8", behind="the prefix and nothing else")
def the_prefix_alone(read, tags):
    """The key aws: itself is accepted."""
    alone = {t["tagKey"]: t["tagValue"] for t in tags or [] if t["tagKey"] == "aws:"}
    return read([t for t in tags or [] if t["tagKey"] != "aws:"]) | alone


@shows(the_prefix_alone)
def _(c):
    return c.tag(c.group("a"), **{"aws:": "v"}).ok


@blind("tags", "hard", B, "list_tags_for_resource", "ET-TAG-11", behind="letters that are not composed")
def values_are_normalised(lists, self, arn):
    """Tag values are put into the composed form of Unicode."""
    return [t | {"tagValue": unicodedata.normalize("NFC", t["tagValue"])} for t in lists(arn)]


@shows(values_are_normalised)
def _(c):
    # a Hangul syllable in two jamo: letters both
    g = c.group("a", tags=many({"k": "\u1100\u1161"}))
    return c.tags(g)["k"] == "\uac00"


@blind("tags", "medium", B, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-2", behind="a plus in a value")
def plus_is_a_space(lists, self, arn):
    """A + in a tag value is read as a space."""
    return [t | {"tagValue": t["tagValue"].replace("+", " ")} for t in lists(arn)]


@shows(plus_is_a_space)
def _(c):
    return c.tags(c.group("a", tags=many({"k": "a+b"})))["k"] == "a b"


@blind("tags", "medium", B, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-2", behind="more than 25 tags")
def a_page_of_25(lists, self, arn):
    """ListTagsForResource shows 25 tags at most."""
    return lists(arn)[:25]


@shows(a_page_of_25)
def _(c):
    return len(c.tags(c.group("a", tags=many(_fifty())))) == 25


@blind("tags", "medium", B, "tag_resource", "ET-FAIL-4", behind="tags over the limit")
def tags_until_it_is_full(tag, self, arn, tags):
    """A TagResource that is refused for the limit has added the tags that still had room."""
    try:
        tag(arn, tags)
    except TooManyTagsException:
        held = self._tagged(arn).tags
        for t in tags:
            if len(held) < 50:
                held[t["tagKey"]] = t["tagValue"]
        raise


@shows(tags_until_it_is_full)
def _(c):
    g = c.group("a", tags=many(_fifty(49)))
    c.tag(g, x="v", y="v")
    return len(c.tags(g)) == 50


@blind("tags", "hard", validation, "_fits", "ET-TAG-14", behind="a space that is not ASCII")
def ascii_spaces_only(fits, shape, value):
    """A tag value with a space other than the ASCII one is refused."""
    return fits(shape, value) and not (shape.name == "TagValue" and any(unicodedata.category(x)[0] == "Z" and x != " " for x in value))


@shows(ascii_spaces_only)
def _(c):
    return not c.tag(c.group("a"), k="a\u00a0b").ok
