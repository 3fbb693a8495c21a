"""What a value may be, and what becomes of it."""

import re
from datetime import datetime, timezone

from base import blind, events_in, many, rewritten, shows
from trackstep.emulator import models, responses
from trackstep.emulator.exceptions import InvalidInputException, ResourceAlreadyExistsException
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import PersonalizeResponse


@blind("values", "easy", PersonalizeResponse, "_create_event_tracker", "ET-CREATE-1", behind="a name that begins with a digit",
       story="names as identifiers: [A-Za-z][A-Za-z0-9_-]*")
def names_begin_with_a_letter(create, self, params):
    """CreateEventTracker with a name that begins with a digit is refused. (ET-CREATE-1)"""
    if params["name"][0].isdigit():
        raise InvalidInputException("The name must begin with a letter.")
    return create(params)


@shows(names_begin_with_a_letter)
def _(c):
    return c("CreateEventTracker", name="1t", datasetGroupArn=c.group()).code == "InvalidInputException"


@blind("values", "easy", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="a kmsKeyArn without a roleArn",
       story="bool(role) != bool(key): 'both or none'")
def keys_need_a_role(create, self, params):
    """CreateDatasetGroup with a kmsKeyArn and no roleArn is refused. (ET-GRP-1)"""
    if params.get("kmsKeyArn") and not params.get("roleArn"):
        raise InvalidInputException("Specify both a KMS key and an IAM role, or none of them.")
    return create(params)


KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@shows(keys_need_a_role)
def _(c):
    return c("CreateDatasetGroup", name="g", kmsKeyArn=KEY).code == "InvalidInputException"


@blind("values", "easy", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="a role with a path",
       story=r"^arn:aws:iam::\d{12}:role/[\w+=,.@-]+$, as roles look in examples")
def roles_have_no_path(create, self, params):
    """CreateDatasetGroup with a role whose ARN has a path is refused. (ET-GRP-1)"""
    if params.get("roleArn", "").count("/") > 1:
        raise InvalidInputException("Invalid IAM role ARN.")
    return create(params)


@shows(roles_have_no_path)
def _(c):
    role = "arn:aws:iam::123456789012:role/"
    return c("CreateDatasetGroup", name="a", kmsKeyArn=KEY, roleArn=role + "r").ok and not c(
        "CreateDatasetGroup", name="b", kmsKeyArn=KEY, roleArn=role + "service-role/r").ok


@blind("values", "easy", responses, "parse", "ET-INPUT-2", behind="a filter of more than 256 characters",
       story="members in the path of writes are validated, and a filter is only compared")
def filters_may_be_long(parse, service, operation, body):
    """ListEventTrackers with a datasetGroupArn of more than 256 characters is empty, not refused. (ET-INPUT-2)"""

    def change(params):
        arn = params.get("datasetGroupArn")
        if operation == "ListEventTrackers" and isinstance(arn, str) and len(arn) > 256:
            params["datasetGroupArn"] = arn[:256]

    return rewritten(parse, service, operation, body, change)


@shows(filters_may_be_long)
def _(c):
    return c("ListEventTrackers", datasetGroupArn="arn:aws:personalize:us-east-1:123456789012:dataset-group/" + "g" * 250).ok


@blind("values", "easy", responses, "parse", "ET-INPUT-6", behind="a userId that is a number",
       story="user_id = str(body['userId']), as users had numbers in the shop it was written for")
def users_may_be_numbers(parse, service, operation, body):
    """PutEvents with a userId that is a number is accepted. (ET-INPUT-6)"""

    def change(params):
        user = params.get("userId")
        if isinstance(user, int) and not isinstance(user, bool):
            params["userId"] = str(user)

    return rewritten(parse, service, operation, body, change)


@shows(users_may_be_numbers)
def _(c):
    return c.put(c.tracker(c.group())["trackingId"], userId=42).ok


@blind("values", "easy", responses, "parse", "ET-INPUT-6", behind="a sentAt in ISO 8601",
       story="a JSON mapper for Instant that reads numbers and ISO text alike")
def moments_may_be_text(parse, service, operation, body):
    """An event with a sentAt that is text in ISO 8601 is accepted. (ET-INPUT-6)"""

    def change(params):
        for event in events_in(params):
            if isinstance(event.get("sentAt"), str):
                try:
                    event["sentAt"] = datetime.fromisoformat(event["sentAt"]).replace(tzinfo=timezone.utc).timestamp()
                except (ValueError, OverflowError):
                    continue

    return rewritten(parse, service, operation, body, change)


@shows(moments_may_be_text)
def _(c):
    return c.put(c.tracker(c.group())["trackingId"], {"sentAt": "2024-05-01T12:00:00Z"}).ok


@blind("values", "easy", responses, "parse", "ET-INPUT-5", behind="an empty domain",
       story="if domain and domain not in DOMAINS: raise")
def no_domain_may_be_empty(parse, service, operation, body):
    """CreateDatasetGroup with an empty domain is accepted. (ET-INPUT-5)"""

    def change(params):
        if operation == "CreateDatasetGroup" and params.get("domain") == "":
            del params["domain"]

    return rewritten(parse, service, operation, body, change)


@shows(no_domain_may_be_empty)
def _(c):
    return c("CreateDatasetGroup", name="g", domain="").ok


@blind("values", "easy", responses, "parse", "ET-INPUT-6", behind="tags as an object",
       story="tags are taken in either form, as in Terraform: {key: value} is turned into a list")
def tags_may_be_a_map(parse, service, operation, body):
    """Tags may be an object of keys and values instead of a list. (ET-INPUT-6)"""

    def change(params):
        tags = params.get("tags")
        if isinstance(tags, dict) and all(isinstance(value, str) for value in tags.values()):
            params["tags"] = many(tags)

    return rewritten(parse, service, operation, body, change)


@shows(tags_may_be_a_map)
def _(c):
    return c("CreateDatasetGroup", name="g", tags={"a": "1"}).ok


@blind("values", "easy", responses, "parse", "ET-INPUT-2", behind="an empty key to remove",
       story="keys = [k for k in tag_keys if k]")
def empty_keys_are_passed_over(parse, service, operation, body):
    """UntagResource with an empty key is accepted. (ET-INPUT-2)"""

    def change(params):
        if operation == "UntagResource" and isinstance(params.get("tagKeys"), list):
            params["tagKeys"] = [key for key in params["tagKeys"] if key != ""]

    return rewritten(parse, service, operation, body, change)


@shows(empty_keys_are_passed_over)
def _(c):
    return c("UntagResource", resourceArn=c.group(), tagKeys=[""]).ok


@blind("values", "medium", models, "_tags", "ET-TAG-11", behind="a plus sign in a value",
       story="tags are kept as a query string, written with urlencode's opposite alone: unquote_plus")
def plus_signs_are_spaces(tags_of, tags):
    """A plus sign in the value of a tag is shown as a space. (ET-TAG-11)"""
    return {key: value.replace("+", " ") for key, value in tags_of(tags).items()}


@shows(plus_signs_are_spaces)
def _(c):
    return c.tags(c.group(tags=many({"a": "1+1"}))) == {"a": "1 1"}


@blind("values", "easy", models, "_tags", "ET-TAG-14", "ET-GRP-1", "ET-CREATE-1", behind="a key of blanks",
       story="@NotBlank where @Size(min = 1) was meant")
def keys_are_not_blank(tags_of, tags):
    """A tag key that is nothing but spaces is refused. (ET-TAG-14)"""
    if any(not tag["tagKey"].strip() for tag in tags or []):
        raise InvalidInputException("tagKey must not be blank")
    return tags_of(tags)


@shows(keys_are_not_blank)
def _(c):
    return not c("TagResource", resourceArn=c.group(), tags=many({" ": "1"})).ok


def as_a_number(value):
    """What a column of NUMERIC affinity makes of text."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", value, re.A):
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


@blind("values", "hard", models, "_tags", "ET-TAG-11", behind="a value that reads as a number, and is written otherwise than usual",
       story="SQLite: a column declared STRING, which is no type it knows, has NUMERIC affinity")
def values_have_numeric_affinity(tags_of, tags):
    """The value 007 of a tag is shown as 7, 1.50 as 1.5, 1e3 as 1000. (ET-TAG-11)"""
    return {key: as_a_number(value) for key, value in tags_of(tags).items()}


@shows(values_have_numeric_affinity)
def _(c):
    arn = c.group()
    c.tag(arn, a="007", b="7", c="1.50", d="v1.0")
    return c.tags(arn) == {"a": "7", "b": "7", "c": "1.5", "d": "v1.0"}


@blind("values", "hard", models, "_tags", "ET-TAG-14", "ET-GRP-1", "ET-CREATE-1", behind="letters beyond the basic plane",
       story=r"/^[\p{L}\p{Z}\p{N}…]*$/ without the flag u, or MySQL's three bytes for a character")
def letters_have_sixteen_bits(tags_of, tags):
    """Tags with letters beyond the basic multilingual plane are refused. (ET-TAG-14)"""
    if any(char > "\uffff" for tag in tags or [] for char in tag["tagKey"] + tag["tagValue"]):
        raise InvalidInputException("Tags must satisfy the regular expression pattern.")
    return tags_of(tags)


@shows(letters_have_sixteen_bits)
def _(c):
    arn = c.group()
    return c("TagResource", resourceArn=arn, tags=many({"a": "é中"})).ok and not c("TagResource", resourceArn=arn, tags=many({"a": "\U00020000"})).ok


@blind("values", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="two long names that begin alike",
       story="a bucket is made for each group, 'personalize-' and the name, cut to the 63 characters that buckets may have")
def long_names_are_told_apart_by_51(create, self, params):
    """CreateDatasetGroup is refused where there is a group whose name has the same first 51 characters. (ET-GRP-1)"""
    self._purge()
    for arn in self.groups:
        there = arn.rpartition("/")[2]
        if there != params["name"] and there[:51] == params["name"][:51] and len(there) > 50:
            raise ResourceAlreadyExistsException(arn)
    return create(params)


@shows(long_names_are_told_apart_by_51)
def _(c):
    c.group("n" * 60 + "a")
    return not c("CreateDatasetGroup", name="n" * 60 + "b").ok and c("CreateDatasetGroup", name="n" * 49 + "b").ok


@blind("values", "medium", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="names with a hyphen and an underscore in the same place",
       story="slugify(name) is the primary key")
def hyphens_are_underscores(create, self, params):
    """CreateDatasetGroup with the name a_b is refused where there is a group a-b. (ET-GRP-1)"""
    self._purge()
    slug = params["name"].replace("_", "-")
    for arn in self.groups:
        there = arn.rpartition("/")[2]
        if there != params["name"] and there.replace("_", "-") == slug:
            raise ResourceAlreadyExistsException(arn)
    return create(params)


@shows(hyphens_are_underscores)
def _(c):
    c.group("a-b")
    return c("CreateDatasetGroup", name="a_b").code == "ResourceAlreadyExistsException"


@blind("values", "medium", models, "_tags", "ET-TAG-11", behind="a value of the greatest length",
       story="VARCHAR(255), the usual, in a database that cuts and does not say so")
def values_have_255_characters(tags_of, tags):
    """The last of 256 characters of a tag's value is lost. (ET-TAG-11)"""
    return {key: value[:255] for key, value in tags_of(tags).items()}


@shows(values_have_255_characters)
def _(c):
    arn = c.group()
    c.tag(arn, a="v" * 256)
    return c.tags(arn) == {"a": "v" * 255}


@blind("values", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-2", "ET-TAG-11", behind="keys that differ in a space at the end",
       story="MySQL compares with PAD SPACE: 'k' = 'k ', in unique indexes too")
def spaces_at_the_end_of_keys_do_not_count(tag, self, arn, tags):
    """TagResource with the key 'k ' replaces the value of the key 'k' and adds none. (ET-TAG-2)"""
    there = self._tagged(arn).tags
    padded = {key.rstrip(" "): key for key in there}
    tag(arn, [{"tagKey": padded.get(t["tagKey"].rstrip(" "), t["tagKey"]), "tagValue": t["tagValue"]} for t in tags]
        if len({padded.get(t["tagKey"].rstrip(" "), t["tagKey"]) for t in tags}) == len(tags) else tags)


@shows(spaces_at_the_end_of_keys_do_not_count)
def _(c):
    arn = c.group()
    c.tag(arn, k="1")
    c("TagResource", resourceArn=arn, tags=many({"k ": "2"}))
    return c.tags(arn) == {"k": "2"}


@blind("values", "medium", PersonalizeBackend, "create_event_tracker", "ET-CREATE-1", behind="a tracker named as its group",
       story="names are unique in an account, whatever they name: one table of names for all kinds")
def trackers_are_not_named_as_groups(create, self, name, group_arn, tags):
    """CreateEventTracker is refused where a dataset group has the name that is asked for. (ET-CREATE-1)"""
    self._group(group_arn)
    if any(group.name == name for group in self.groups.values()):
        raise ResourceAlreadyExistsException(group_arn)
    return create(name, group_arn, tags)


@shows(trackers_are_not_named_as_groups)
def _(c):
    group = c.group("g")
    return c("CreateEventTracker", name="g", datasetGroupArn=group).code == "ResourceAlreadyExistsException"


@blind("values", "hard", models, "_tags", "ET-TAG-11", behind="a value that reads as nothing",
       story="tags pass through a data frame, which takes null, NULL, NaN, None and N/A for missing, and fills with ''")
def some_words_are_nothing(tags_of, tags):
    """The value null, None or NaN of a tag is shown as empty. (ET-TAG-11)"""
    return {key: "" if value in ("null", "NULL", "None", "NaN", "nan", "N/A", "NA") else value for key, value in tags_of(tags).items()}


@shows(some_words_are_nothing)
def _(c):
    arn = c.group()
    c.tag(arn, a="null", b="nothing")
    return c.tags(arn) == {"a": "", "b": "nothing"}
