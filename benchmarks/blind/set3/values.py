"""What particular contents do."""

import json
import re
import unicodedata
from urllib.parse import unquote_plus

from base import blind, shows
from trackstep.emulator import models, responses, validation
from trackstep.emulator.exceptions import InvalidInputException, ResourceAlreadyExistsException
from trackstep.emulator.models import EventTracker, PersonalizeBackend


def only(allowed, reason):
    if not allowed:
        raise InvalidInputException(reason)


@blind("values", "easy", PersonalizeBackend, "create_dataset_group", "ET-GRP-1",
       story="the rules for names were taken from S3 buckets")
def group_names_in_lower_case_only(create, self, params):
    """CreateDatasetGroup refuses a name with a capital letter."""
    only(params["name"] == params["name"].lower(), "The name must be in lower case.")
    return create(params)


@shows(group_names_in_lower_case_only)
def _(c):
    return not c("CreateDatasetGroup", name="MovieGroup").ok


@blind("values", "easy", EventTracker, "to_dict", "ET-DESC-5",
       story="the description is derived from the ARN of the group, which is at hand")
def tracker_is_named_like_its_group(to_dict, self, full=True):
    """An event tracker has the name of its dataset group."""
    return to_dict(full) | {"name": self.group_arn.split("/")[-1]}


@shows(tracker_is_named_like_its_group)
def _(c):
    return c.described(c.tracker(c.group("a"), "t")["eventTrackerArn"])["name"] == "a"


@blind("values", "easy", PersonalizeBackend, "create_dataset_group", "ET-GRP-1",
       story="an enumeration typed from memory: VIDEO-ON-DEMAND")
def video_is_no_domain(create, self, params):
    """CreateDatasetGroup refuses the domain VIDEO_ON_DEMAND."""
    only(params.get("domain") in (None, "ECOMMERCE", "VIDEO-ON-DEMAND"), "No such domain.")
    return create(params)


@shows(video_is_no_domain)
def _(c):
    return not c("CreateDatasetGroup", name="a", domain="VIDEO_ON_DEMAND").ok


@blind("values", "easy", PersonalizeBackend, "create_event_tracker", "ET-CREATE-1",
       story="str.isalnum() for the pattern, whose dash and underscore were overlooked")
def tracker_names_are_alphanumeric(create, self, name, group_arn, tags):
    """CreateEventTracker refuses a name with a dash or an underscore."""
    only(name.isalnum(), "The name must be alphanumeric.")
    return create(name, group_arn, tags)


@shows(tracker_names_are_alphanumeric)
def _(c):
    return not c("CreateEventTracker", name="click-tracker", datasetGroupArn=c.group("a")).ok


@blind("values", "medium", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="names that differ in case only",
       story="a database whose collation does not tell a from A, and a unique key")
def group_names_collide_in_any_case(create, self, params):
    """CreateDatasetGroup refuses a name that is taken but for the case of its letters."""
    arn = self._arn(f"dataset-group/{params['name']}")
    self._purge()
    if any(other.lower() == arn.lower() for other in self.groups):
        raise ResourceAlreadyExistsException(arn)
    return create(params)


@shows(group_names_collide_in_any_case)
def _(c):
    c.group("Movies")
    return not c("CreateDatasetGroup", name="movies").ok


@blind("values", "medium", validation, "_check", "ET-INPUT-6", behind="true for a number",
       story="isinstance(True, int) is true in Python")
def true_is_a_page_size(check, shape, value, path):
    """maxResults of true is accepted."""
    check(shape, int(value) if path == "maxResults" and isinstance(value, bool) else value, path)


@shows(true_is_a_page_size)
def _(c):
    return c("ListDatasetGroups", maxResults=True).ok


@blind("values", "hard", responses, "parse", "ET-INPUT-2", behind="an ARN longer than 256 characters",
       story="the filter is cut to the width of the column it is compared with, before it is validated")
def long_filters_are_cut(parse, service, operation, body):
    """ListEventTrackers filtered by an ARN of more than 256 characters is empty, not refused."""
    try:
        params = json.loads(body)
        if operation == "ListEventTrackers" and isinstance(params["datasetGroupArn"], str):
            body = json.dumps(params | {"datasetGroupArn": params["datasetGroupArn"][:256]}).encode()
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    return parse(service, operation, body)


@shows(long_filters_are_cut)
def _(c):
    return c("ListEventTrackers", datasetGroupArn=c.group("a") + "x" * 256).ok


@blind("values", "medium", validation, "_fits", "ET-INPUT-3", behind="a first letter that is not ASCII",
       story=r"the pattern was rewritten with \w, which knows all letters of Unicode")
def names_of_any_alphabet(fits, shape, value):
    """A name that begins with a letter outside a-z is accepted."""
    return re.fullmatch(r"[^\W_][\w-]*", value) is not None if shape.name == "Name" else fits(shape, value)


@shows(names_of_any_alphabet)
def _(c):
    return c("CreateDatasetGroup", name="Über").ok


@blind("values", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="a long kmsKeyArn",
       story="the limit of shape Arn, 256, for shape KmsKeyArn, whose limit is 2048")
def keys_are_as_short_as_other_arns(create, self, params):
    """CreateDatasetGroup refuses a kmsKeyArn of more than 256 characters."""
    only(len(params.get("kmsKeyArn", "")) <= 256, "The ARN of the key is too long.")
    return create(params)


@shows(keys_are_as_short_as_other_arns)
def _(c):
    return not c("CreateDatasetGroup", name="a", kmsKeyArn="arn:aws:kms:us-east-1:123456789012:key/" + "k" * 300).ok


@blind("values", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="a key of another partition",
       story="the prefix arn:aws: is written out, and the partitions of China and GovCloud are forgotten")
def keys_of_one_partition(create, self, params):
    """CreateDatasetGroup refuses a kmsKeyArn whose partition is not aws."""
    only(params.get("kmsKeyArn", "arn:aws:").startswith("arn:aws:"), "No ARN of a key.")
    return create(params)


@shows(keys_of_one_partition)
def _(c):
    return not c("CreateDatasetGroup", name="a", kmsKeyArn="arn:aws-cn:kms:cn-north-1:123456789012:key/k").ok


@blind("values", "hard", models, "_tags", "ET-TAG-11", behind="full-width letters or a no-break space in a value",
       story="text is normalised to NFKC on its way in, for the search")
def values_are_normalised(tags_of, tags):
    """The value of a tag is normalised to NFKC."""
    return {key: unicodedata.normalize("NFKC", value) for key, value in tags_of(tags).items()}


@shows(values_are_normalised)
def _(c):
    g = c.group("a")
    c.tag(g, k="ＡＢＣ店")
    return c.tags(g)["k"] != "ＡＢＣ店"


@blind("values", "medium", models, "_tags", "ET-TAG-11", behind="a number with zeros",
       story="tags are kept in YAML without quotes, and come back as numbers")
def numeric_values_are_numbers(tags_of, tags):
    """A tag value that is a number comes back as that number is written: 007 as 7, 1.10 as 1.1."""

    def stored(value):
        if re.fullmatch(r"[0-9]+", value):
            return str(int(value))
        return str(float(value)) if re.fullmatch(r"[0-9]+\.[0-9]+", value) else value

    return {key: stored(value) for key, value in tags_of(tags).items()}


@shows(numeric_values_are_numbers)
def _(c):
    g = c.group("a", tags=[{"tagKey": "cost-center", "tagValue": "00420"}])
    return c.tags(g)["cost-center"] != "00420"


@blind("values", "medium", models, "_tags", "ET-TAG-11", behind="a plus in a value",
       story="tags pass through a query string, and are decoded once too often")
def plus_is_a_space(tags_of, tags):
    """A plus in the value of a tag becomes a space."""
    return {key: unquote_plus(value) for key, value in tags_of(tags).items()}


@shows(plus_is_a_space)
def _(c):
    g = c.group("a")
    c.tag(g, owner="ops+data@example.com")
    return c.tags(g)["owner"] == "ops data@example.com"


@blind("values", "hard", models, "_tags", "ET-TAG-11", behind="a value of 256 characters",
       story="VARCHAR(255), and a database that cuts without a word")
def values_fit_the_column(tags_of, tags):
    """A tag value of 256 characters loses its last."""
    return {key: value[:255] for key, value in tags_of(tags).items()}


@shows(values_fit_the_column)
def _(c):
    g = c.group("a")
    c.tag(g, k="v" * 256)
    return len(c.tags(g)["k"]) == 255


@blind("values", "hard", models, "_tags", "ET-TAG-11", "ET-TAG-1", behind="an equals sign in a key",
       story="tags are kept as key=value and split at the first equals sign")
def keys_end_at_an_equals_sign(tags_of, tags):
    """A tag key with an equals sign in it ends there, and the rest is part of the value."""
    stored = [f"{key}={value}".partition("=") for key, value in tags_of(tags).items()]
    return {key: value for key, _, value in stored}


@shows(keys_end_at_an_equals_sign)
def _(c):
    g = c.group("a")
    c.tag(g, **{"a=b": "c"})
    return "a=b" not in c.tags(g)


@blind("values", "hard", validation, "_fits", "ET-INPUT-11", behind="a line feed at the end of a tag",
       story="re.match with $, which also matches before a last line feed")
def tags_may_end_in_a_line_feed(fits, shape, value):
    """A tag key or value that ends in a line feed is accepted."""
    return fits(shape, value[:-1] if shape.name in ("TagKey", "TagValue") and value.endswith("\n") else value)


@shows(tags_may_end_in_a_line_feed)
def _(c):
    return c.tag(c.group("a"), k="v\n").ok


@blind("values", "medium", PersonalizeBackend, "_tracker", "ET-DESC-2", "ET-DEL-2", behind="an ARN with a space or a slash at its end",
       story="users paste ARNs, so they are trimmed")
def arns_are_trimmed(tracker, self, arn):
    """An event tracker is found by its ARN with spaces or slashes after it."""
    return tracker(arn.rstrip("/ "))


@shows(arns_are_trimmed)
def _(c):
    return bool(c.described(c.tracker(c.group("a"))["eventTrackerArn"] + "/"))
