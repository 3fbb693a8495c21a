"""Values: lengths, letters, words that mean something else."""

import re
import unicodedata

from base import blind, many, rewritten, shows
from trackstep.emulator import models, responses, validation
from trackstep.emulator.exceptions import InvalidInputException
from trackstep.emulator.models import EventTracker, PersonalizeBackend

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234"


@blind("values", "easy", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="a long kmsKeyArn",
       story="one ARN_MAX = 256 for all ARNs; that of a key may have 2048")
def keys_are_as_long_as_roles(create, self, params):
    """CreateDatasetGroup with a kmsKeyArn of more than 256 characters is refused. (ET-GRP-1)"""
    if len(params.get("kmsKeyArn", "")) > 256:
        raise InvalidInputException("kmsKeyArn is too long.")
    return create(params)


@shows(keys_are_as_long_as_roles)
def _(c):
    return c("CreateDatasetGroup", name="a", kmsKeyArn=KEY).ok and not c("CreateDatasetGroup", name="b", kmsKeyArn=KEY + "x" * 256).ok


@blind("values", "easy", models, "_tags", "ET-TAG-14", "ET-TAG-1", behind="a key of just 128 characters",
       story="if len(key) >= 128: raise")
def the_longest_key_is_too_long(tags_of, tags):
    """A tag key of 128 characters is refused. (ET-TAG-14)"""
    if any(len(tag["tagKey"]) >= 128 for tag in tags or []):
        raise InvalidInputException("A tag key is too long.")
    return tags_of(tags)


@shows(the_longest_key_is_too_long)
def _(c):
    arn = c.group()
    return c.tag(arn, **{"k" * 127: "v"}).ok and not c.tag(arn, **{"k" * 128: "v"}).ok


@blind("values", "easy", validation, "_size", "ET-INPUT-2", behind="a value of more than 256 characters",
       story="the column of the values is TEXT, and the check of the length that VARCHAR made is gone with the migration")
def values_have_no_end(size_of, size, limits, path):
    """The value of a tag may have more than 256 characters. (ET-INPUT-2)"""
    if path != "tagValue":
        size_of(size, limits, path)


@shows(values_have_no_end)
def _(c):
    return c.tag(c.group(), k="v" * 257).ok


@blind("values", "medium", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-2", behind="a value such as yes or off",
       story="tags are kept in YAML 1.1, unquoted, where yes, no, on and off are booleans")
def yes_is_true(listed, self, arn):
    """The value yes or on of a tag is shown as true, no or off as false. (ET-TAG-11)"""
    words = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    said = listed(arn)
    return [tag | {"tagValue": words.get(tag["tagValue"].lower(), tag["tagValue"])} for tag in said]


@shows(yes_is_true)
def _(c):
    arn = c.group()
    c.tag(arn, a="no", b="nothing")
    return c.tags(arn) == {"a": "false", "b": "nothing"}


@blind("values", "medium", models, "_tags", "ET-TAG-11", "ET-TAG-1", behind="two spaces one after the other",
       story="' '.join(value.split(' ')) was ' '.join(value.split()); the template language does the same as HTML")
def spaces_in_a_row_are_one(tags_of, tags):
    """Spaces that follow each other in the value of a tag are shown as one. (ET-TAG-11)"""
    return {key: re.sub(" {2,}", " ", value) for key, value in tags_of(tags).items()}


@shows(spaces_in_a_row_are_one)
def _(c):
    arn = c.group()
    c.tag(arn, a="x  y", b=" x y ")
    return c.tags(arn) == {"a": "x y", "b": " x y "}


@blind("values", "hard", models, "_tags", "ET-TAG-11", "ET-TAG-1", behind="a separator of lines or paragraphs, which is of the class Z",
       story="one tag a line in a file, read with str.splitlines(), which knows U+2028 and U+2029 as well")
def values_end_with_the_line(tags_of, tags):
    """The value of a tag ends in front of the first U+2028 or U+2029. (ET-TAG-11)"""
    return {key: (value.splitlines() or [""])[0] for key, value in tags_of(tags).items()}


@shows(values_end_with_the_line)
def _(c):
    arn = c.group()
    c.tag(arn, a="x\u2028y")
    return c.tags(arn) == {"a": "x"}


@blind("values", "easy", models, "_tags", "ET-TAG-14", "ET-TAG-1", behind="a number that is no decimal digit",
       story="the pattern was brought from Java to a library without \\p{N}, as \\p{Nd}")
def numbers_are_decimal(tags_of, tags):
    """A tag with a number that is no decimal digit, such as a raised two, a half or a Roman four, is refused. (ET-TAG-14)"""
    if any(unicodedata.category(letter) in ("Nl", "No") for tag in tags or [] for letter in tag["tagKey"] + tag["tagValue"]):
        raise InvalidInputException("A tag has a character that is not allowed.")
    return tags_of(tags)


@shows(numbers_are_decimal)
def _(c):
    arn = c.group()
    return c.tag(arn, a="2").ok and not c.tag(arn, a="m\u00b2").ok


@blind("values", "hard", PersonalizeBackend, "tag_resource", "ET-DESC-5", "ET-GRP-13", behind="a tag with the key name",
       story="row.update(tags) for a store without a schema: what a tag is called is the name of a column")
def a_tag_called_name_is_the_name(tag, self, arn, tags):
    """TagResource with the key name changes the name that the event tracker or dataset group is described with. (ET-DESC-5)"""
    tag(arn, tags)
    resource = self._tagged(arn)
    resource.name = {one["tagKey"]: one["tagValue"] for one in tags}.get("name", resource.name)


@shows(a_tag_called_name_is_the_name)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    c.tag(arn, name="other")
    return c.described(arn)["name"] == "other"


@blind("values", "medium", EventTracker, "to_dict", "ET-LIST-5", behind="a name of more than 32 characters",
       story="the table that lists are read from has name VARCHAR(32), and the database is not strict")
def listed_names_have_32_characters(to_dict, self, full=True):
    """ListEventTrackers shows the first 32 characters of a name. (ET-LIST-5)"""
    told = to_dict(full)
    return told if full else told | {"name": told["name"][:32]}


@shows(listed_names_have_32_characters)
def _(c):
    c.tracker(c.group(), "n" * 40)
    return c.walk("ListEventTrackers")[0]["name"] == "n" * 32


@blind("values", "hard", PersonalizeBackend, "create_dataset_group", "ET-TAG-1", behind="a domain, a key and tags together",
       story="three constructors; the one for encrypted domain groups was copied before there were tags")
def encrypted_domain_groups_have_no_tags(create, self, params):
    """The tags given to CreateDatasetGroup are dropped where there are both a domain and a kmsKeyArn. (ET-TAG-1)"""
    group = create(params)
    if "domain" in params and "kmsKeyArn" in params:
        group.tags = {}
    return group


@shows(encrypted_domain_groups_have_no_tags)
def _(c):
    tags = many({"a": "1"})
    one = c.group("a", domain="ECOMMERCE", tags=tags)
    two = c.group("b", kmsKeyArn=KEY, tags=tags)
    both = c.group("c", domain="ECOMMERCE", kmsKeyArn=KEY, tags=tags)
    return c.tags(one) == c.tags(two) == {"a": "1"} and c.tags(both) == {}


@blind("values", "medium", responses, "parse", "ET-INPUT-2", behind="a maxResults out of range beside a filter",
       story="with a filter there is one at most: the branch returns before limit is looked at")
def a_filter_needs_no_limit(parse, service, operation, body):
    """ListEventTrackers with a filter accepts any number as maxResults. (ET-INPUT-2)"""

    def change(params):
        most = params.get("maxResults")
        named = params.get("datasetGroupArn")
        if operation == "ListEventTrackers" and isinstance(named, str) and type(most) is int and not 1 <= most <= 100:
            del params["maxResults"]

    return rewritten(parse, service, operation, body, change)


@shows(a_filter_needs_no_limit)
def _(c):
    return c("ListEventTrackers", datasetGroupArn=c.group(), maxResults=101).ok and not c("ListEventTrackers", maxResults=101).ok
