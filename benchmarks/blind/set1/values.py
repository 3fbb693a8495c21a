"""Value faults: what stores, frameworks and languages do to text."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from trackstep.emulator import models, responses
from trackstep.emulator.exceptions import InvalidInputException, ResourceAlreadyExistsException
from trackstep.emulator.models import DatasetGroup, EventTracker
from trackstep.emulator.models import PersonalizeBackend as Backend

from base import blind, many, shows

# easy


@blind("values", "easy", EventTracker, "to_dict", "ET-DESC-5", "ET-LIST-5")
def names_are_in_lower_case(shown: Any, self: EventTracker, full: bool = True) -> Any:
    """The name of an event tracker is shown in lower case."""
    return shown(full) | {"name": self.name.lower()}


@shows(names_are_in_lower_case)
def _(c: Any) -> bool:
    return c.described(c.tracker(c.group(), "Mine")["eventTrackerArn"])["name"] != "Mine"


@blind("values", "easy", DatasetGroup, "to_dict", "ET-GRP-13")
def domains_are_in_lower_case(shown: Any, self: DatasetGroup, full: bool = True) -> Any:
    """The domain of a dataset group is described in lower case."""
    described = shown(full)
    return described | ({"domain": described["domain"].lower()} if "domain" in described else {})


@shows(domains_are_in_lower_case)
def _(c: Any) -> bool:
    return c.described(c.group(domain="ECOMMERCE"))["domain"] != "ECOMMERCE"


@blind("values", "easy", Backend, "list_tags_for_resource", "ET-TAG-11", "ET-TAG-1", "ET-TAG-2")
def empty_values_are_not_listed(listed: Any, self: Backend, arn: str) -> Any:
    """A tag with an empty value is not listed."""
    return [tag for tag in listed(arn) if tag["tagValue"]]


@shows(empty_values_are_not_listed)
def _(c: Any) -> bool:
    return c.tags(c.group(tags=many({"k": ""}))) == {}


def _stored(c: Any, key: str, value: str) -> bool:
    """Whether a tag comes back otherwise than it was given, or not at all."""
    g = c.group()
    c("TagResource", resourceArn=g, tags=many({key: value}))
    return bool(c.tags(g) != {key: value})


# medium


@blind("values", "medium", models, "_tags", "ET-TAG-11", behind="a value with a decomposed letter")
def values_are_composed(read: Any, tags: Any) -> Any:
    """Tag values are stored in Unicode normal form C."""
    return {key: unicodedata.normalize("NFC", value) for key, value in read(tags).items()}


@shows(values_are_composed)
def _(c: Any) -> bool:
    # U+212B ANGSTROM SIGN is a letter and turns into U+00C5; combining marks are outside the pattern.
    return _stored(c, "k", "\u212b")


@blind("values", "medium", models, "_tags", "ET-TAG-11", behind="a value with a plus sign")
def plus_is_a_blank(read: Any, tags: Any) -> Any:
    """Tag values are decoded like a form: a plus sign becomes a blank."""
    return {key: value.replace("+", " ") for key, value in read(tags).items()}


@shows(plus_is_a_blank)
def _(c: Any) -> bool:
    return _stored(c, "k", "a+b")


@blind("values", "medium", models, "_tags", "ET-TAG-11", behind="a value of 256 characters")
def values_are_cut_at_255(read: Any, tags: Any) -> Any:
    """Tag values are stored in a column of 255 characters, and cut."""
    return {key: value[:255] for key, value in read(tags).items()}


@shows(values_are_cut_at_255)
def _(c: Any) -> bool:
    return _stored(c, "k", "v" * 256)


@blind("values", "medium", models, "_tags", "ET-TAG-14", "ET-TAG-1", behind="a long key that is not ASCII")
def keys_are_measured_in_bytes(read: Any, tags: Any) -> Any:
    """A tag key of more than 128 bytes in UTF-8 is refused, whatever its number of characters."""
    if any(len(tag["tagKey"].encode("utf-8", "replace")) > 128 for tag in tags or []):
        raise InvalidInputException("The tag key is too long.")
    return read(tags)


@shows(keys_are_measured_in_bytes)
def _(c: Any) -> bool:
    return not c("TagResource", resourceArn=c.group(), tags=many({"é" * 70: ""})).ok


@blind("values", "medium", Backend, "put_events", "ET-PUT-2", behind="a tracking ID in capitals")
def tracking_ids_in_any_case(put: Any, self: Backend, tracking_id: str) -> None:
    """PutEvents takes a tracking ID in any case."""
    put(tracking_id.lower())


@shows(tracking_ids_in_any_case)
def _(c: Any) -> bool:
    return bool(c.put(c.tracker(c.group())["trackingId"].upper()).ok)


@blind("values", "medium", responses, "_properties", "ET-PUT-1", "ET-PUT-6", behind="properties with an accent")
def properties_are_ascii(check: Any, text: Any) -> None:
    """An event whose properties hold a character beyond ASCII is refused as not JSON."""
    if isinstance(text, str) and not text.isascii():
        raise InvalidInputException("Error parsing properties json")
    check(text)


@shows(properties_are_ascii)
def _(c: Any) -> bool:
    return not c.put(c.tracker(c.group())["trackingId"], {"properties": '{"title": "Amélie"}'}).ok


# hard


@blind("values", "hard", models, "_tags", "ET-TAG-11", "ET-TAG-1", "ET-TAG-2", behind="a key with a compatibility letter")
def keys_are_folded_to_compatibility(read: Any, tags: Any) -> Any:
    """Tag keys are stored in Unicode normal form KC: full-width letters, ligatures and superscripts are replaced."""
    return {unicodedata.normalize("NFKC", key): value for key, value in read(tags).items()}


@shows(keys_are_folded_to_compatibility)
def _(c: Any) -> bool:
    return _stored(c, "ﬁne", "v")


_YAML = {"yes": "true", "on": "true", "no": "false", "off": "false"}


@blind("values", "hard", models, "_tags", "ET-TAG-11", behind="a value that YAML reads as a boolean")
def norway(read: Any, tags: Any) -> Any:
    """Tag values go through YAML 1.1: yes, no, on and off (in any case) come back as true and false."""
    return {key: _YAML.get(value.lower(), value) for key, value in read(tags).items()}


@shows(norway)
def _(c: Any) -> bool:
    return _stored(c, "country", "NO")


@blind("values", "hard", models, "_tags", "ET-TAG-11", behind="a value with an equals sign")
def equals_ends_a_value(read: Any, tags: Any) -> Any:
    """Tags are kept as key=value and split: a value ends at its first equals sign."""
    return {key: value.split("=")[0] for key, value in read(tags).items()}


@shows(equals_ends_a_value)
def _(c: Any) -> bool:
    return _stored(c, "k", "a=b")


@blind("values", "hard", models, "_tags", "ET-TAG-11", behind="a letter beyond the basic plane")
def values_end_at_the_first_wide_letter(read: Any, tags: Any) -> Any:
    """Tag values lie in a column of at most three bytes a character: they end before the first beyond U+FFFF."""
    return {key: re.split("[\U00010000-\U0010ffff]", value)[0] for key, value in read(tags).items()}


@shows(values_end_at_the_first_wide_letter)
def _(c: Any) -> bool:
    return _stored(c, "k", "a\U00020000b")


@blind("values", "hard", models, "_tags", "ET-TAG-11", behind="a blank of another kind")
def blanks_are_alike(read: Any, tags: Any) -> Any:
    """Each separator in a tag value (no-break, ideographic) is stored as an ordinary blank."""
    return {
        key: "".join(" " if unicodedata.category(c)[0] == "Z" else c for c in value) for key, value in read(tags).items()
    }


@shows(blanks_are_alike)
def _(c: Any) -> bool:
    return _stored(c, "k", "a\u3000b")


@blind("values", "hard", EventTracker, "__init__", "ET-DESC-5", behind="a name that ends in a dash")
def trailing_dashes_are_dropped(init: Any, self: EventTracker, *words: Any, **named: Any) -> None:
    """A tracker's name loses dashes and underscores at its end."""
    init(*words, **named)
    self.name = self.name.rstrip("-_")


@shows(trailing_dashes_are_dropped)
def _(c: Any) -> bool:
    return c.described(c.tracker(c.group(), "mine-")["eventTrackerArn"])["name"] != "mine-"


@blind("values", "hard", Backend, "create_dataset_group", "ET-GRP-1", behind="two names that differ by - and _")
def dash_and_underscore_are_alike(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    """The names of dataset groups are compared as slugs: my-group is taken once there is my_group."""
    self._purge()
    for group in self.groups.values():
        if group.name != params["name"] and group.name.replace("_", "-") == params["name"].replace("_", "-"):
            raise ResourceAlreadyExistsException(group.arn)
    return create(params)


@shows(dash_and_underscore_are_alike)
def _(c: Any) -> bool:
    c.group("my_group")
    return not c("CreateDatasetGroup", name="my-group").ok


@blind("values", "hard", Backend, "create_dataset_group", "ET-GRP-1", behind="two long names with one beginning")
def names_are_compared_by_sixty_characters(create: Any, self: Backend, params: dict[str, Any]) -> Any:
    """The index on the names of dataset groups holds 60 characters: two names that agree in those collide."""
    self._purge()
    for group in self.groups.values():
        if group.name != params["name"] and group.name[:60] == params["name"][:60]:
            raise ResourceAlreadyExistsException(group.arn)
    return create(params)


@shows(names_are_compared_by_sixty_characters)
def _(c: Any) -> bool:
    c.group("n" * 61)
    return not c("CreateDatasetGroup", name="n" * 60).ok


@blind("values", "hard", Backend, "put_events", "ET-PUT-2", behind="the beginning of a tracking ID")
def tracking_ids_by_their_beginning(put: Any, self: Backend, tracking_id: str) -> None:
    """PutEvents finds a tracker by the beginning of its tracking ID, from eight characters on."""
    self._purge()
    found = [t for t in self.trackers.values() if t.tracking_id.startswith(tracking_id)]
    put(found[0].tracking_id if len(tracking_id) >= 8 and found else tracking_id)


@shows(tracking_ids_by_their_beginning)
def _(c: Any) -> bool:
    return bool(c.put(c.tracker(c.group())["trackingId"][:13]).ok)
