"""PutEvents."""

import json

import yaml
from base import STASH, blind, events_in, kept, rewritten, sent, shows, tracker_of
from trackstep.emulator import responses
from trackstep.emulator.exceptions import InvalidInputException, ResourceAlreadyExistsException, ResourceInUseException
from trackstep.emulator.models import PersonalizeBackend


def refuse(why):
    """An event that is not liked."""
    raise InvalidInputException(why)


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", behind="space in front of the properties", also=STASH,
       story="if not properties.startswith('{'): raise, before the parser is troubled")
def properties_begin_with_a_brace(put, self, tracking_id):
    """An event whose properties have space in front of the JSON object is refused. (ET-PUT-1)"""
    put(tracking_id)
    if any(not (event.get("properties") or "{").startswith("{") for event in sent(self)):
        refuse("Error parsing properties json")


@shows(properties_begin_with_a_brace)
def _(c):
    made = c.tracker(c.group())
    return c.put(made["trackingId"], {"properties": '{"a":"b"}'}).ok and not c.put(made["trackingId"], {"properties": '\n {"a":"b"}'}).ok


@blind("events", "easy", responses, "parse", "ET-PUT-5", behind="properties in YAML",
       story="yaml.safe_load(properties): all JSON is YAML, and some of the rest is a mapping as well")
def properties_are_yaml(parse, service, operation, body):
    """PutEvents succeeds with properties such as {a: b} or {'a': 'b'}, which are no JSON. (ET-PUT-5)"""

    def change(params):
        for event in events_in(params):
            text = event.get("properties")
            if isinstance(text, str) and len(text) <= 1024:
                try:
                    json.loads(text)
                except ValueError:
                    try:
                        if isinstance(yaml.safe_load(text), dict):
                            event["properties"] = "{}"
                    except Exception:  # noqa: BLE001 - no YAML either
                        pass

    return rewritten(parse, service, operation, body, change) if operation == "PutEvents" else parse(service, operation, body)


@shows(properties_are_yaml)
def _(c):
    made = c.tracker(c.group())
    return c.put(made["trackingId"], {"properties": "{'a': 'b'}"}).ok and not c.put(made["trackingId"], {"properties": "{no"}).ok


def note_the_other(create, self, name, group_arn, tags):
    """A refused create has opened its route before."""
    try:
        return create(name, group_arn, tags)
    except ResourceAlreadyExistsException:
        kept(self, "unrouted", set).add(tracker_of(self, group_arn).tracking_id)
        raise


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", "ET-FAIL-1", behind="a refused CreateEventTracker before the events",
       also=((PersonalizeBackend, "create_event_tracker", note_the_other),),
       story="routes[group] = new_id stands in front of the insert that fails, and nobody puts the old one back")
def a_refused_create_takes_the_route(put, self, tracking_id):
    """After a CreateEventTracker that is refused because there is one PutEvents is refused for that one. (ET-PUT-1)"""
    put(tracking_id)
    if tracking_id in kept(self, "unrouted", set):
        refuse("The tracking ID has no route.")


@shows(a_refused_create_takes_the_route)
def _(c):
    group = c.group()
    made = c.tracker(group)
    before = c.put(made["trackingId"]).ok
    c("CreateEventTracker", name="u", datasetGroupArn=group)
    return before and not c.put(made["trackingId"]).ok


def close_first(delete, self, arn):
    """The stream is closed, and then it is asked whether the group may go."""
    try:
        delete(arn)
    except ResourceInUseException:
        tracker = tracker_of(self, arn)
        if tracker is not None:
            kept(self, "closed", set).add(tracker.tracking_id)
        raise


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", "ET-FAIL-3", behind="a refused DeleteDatasetGroup before the events",
       also=((PersonalizeBackend, "delete_dataset_group", close_first),),
       story="stream.close() first, so that nothing comes in any more, and then the check of what is in the group")
def a_refused_group_deletion_closes_the_stream(put, self, tracking_id):
    """After a DeleteDatasetGroup that is refused for the event tracker PutEvents is refused for that one. (ET-PUT-1)"""
    put(tracking_id)
    if tracking_id in kept(self, "closed", set):
        refuse("The stream is closed.")


@shows(a_refused_group_deletion_closes_the_stream)
def _(c):
    group = c.group()
    made = c.tracker(group)
    before = c.put(made["trackingId"]).ok
    c("DeleteDatasetGroup", datasetGroupArn=group)
    return before and not c.put(made["trackingId"]).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-2", behind="space around the trackingId",
       story="tracking_id.strip(), since people copy it from the console")
def tracking_ids_are_trimmed(put, self, tracking_id):
    """PutEvents succeeds with a trackingId that has space or the end of a line around it. (ET-PUT-2)"""
    put(tracking_id.strip())


@shows(tracking_ids_are_trimmed)
def _(c):
    return c.put(c.tracker(c.group())["trackingId"] + "\n").ok


def alias_to_a_namesake(delete, self, arn):
    """The stream of this name is still needed."""
    tracker = self._tracker(arn)
    delete(arn)
    other = next((t for t in self.trackers.values() if t.name == tracker.name and t is not tracker and t.state == "ACTIVE"), None)
    if other is not None:
        kept(self, "aliases", dict)[tracker.tracking_id] = other


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-3", behind="a deleted tracker whose namesake lives",
       also=((PersonalizeBackend, "delete_event_tracker", alias_to_a_namesake),),
       story="one stream a name, counted by references; its IDs go when the last tracker of the name goes")
def ids_live_as_long_as_the_name(put, self, tracking_id):
    """PutEvents succeeds with the trackingId of a deleted event tracker while another group's of the same name is there. (ET-PUT-3)"""
    self._purge()
    other = kept(self, "aliases", dict).get(tracking_id)
    gone = not any(t.tracking_id == tracking_id for t in self.trackers.values())
    put(other.tracking_id if gone and other is not None and self.trackers.get(other.arn) is other else tracking_id)


@shows(ids_live_as_long_as_the_name)
def _(c):
    first, second, other = c.tracker(c.group("a")), c.tracker(c.group("b")), c.tracker(c.group("c"), "u")
    c.delete(other["eventTrackerArn"])
    c.delete(first["eventTrackerArn"])
    return not c.put(other["trackingId"]).ok and c.put(first["trackingId"]).ok and c.put(second["trackingId"]).ok


@blind("events", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", behind="impression and recommendationId in one event", also=STASH,
       story="implicit and explicit impressions are read as a oneOf; both are documented, and may come together")
def impressions_are_of_one_kind(put, self, tracking_id):
    """An event with both an impression and a recommendationId is refused. (ET-PUT-1)"""
    put(tracking_id)
    if any(event.get("impression") is not None and event.get("recommendationId") is not None for event in sent(self)):
        refuse("Only one of impression and recommendationId may be given.")


@shows(impressions_are_of_one_kind)
def _(c):
    made = c.tracker(c.group())
    one, other = {"impression": ["a"]}, {"recommendationId": "r"}
    return c.put(made["trackingId"], one, other).ok and not c.put(made["trackingId"], one | other).ok


@blind("events", "easy", PersonalizeBackend, "put_events", "ET-PUT-1", behind="an itemId of more than 128 characters", also=STASH,
       story="itemId VARCHAR(128), and a check to match; 256 are documented")
def item_ids_have_128_characters(put, self, tracking_id):
    """An event with an itemId of more than 128 characters is refused. (ET-PUT-1)"""
    put(tracking_id)
    if any(len(event.get("itemId") or "") > 128 for event in sent(self)):
        refuse("The itemId is too long.")


@shows(item_ids_have_128_characters)
def _(c):
    made = c.tracker(c.group())
    return c.put(made["trackingId"], {"itemId": "i" * 128}).ok and not c.put(made["trackingId"], {"itemId": "i" * 129}).ok


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", behind="an eventType first with an eventValue, and then without", also=STASH,
       story="the schema of an event type is inferred from the first event: what is there is required")
def the_first_event_makes_the_schema(put, self, tracking_id):
    """An event without eventValue is refused once one of the same eventType with an eventValue was put to the event tracker. (ET-PUT-1)"""
    put(tracking_id)
    schemas = kept(next(t for t in self.trackers.values() if t.tracking_id == tracking_id), "schemas", dict)
    if any(schemas.get(event["eventType"]) and event.get("eventValue") is None for event in sent(self)):
        refuse("The event does not match the schema of its type: eventValue.")
    for event in sent(self):
        schemas.setdefault(event["eventType"], event.get("eventValue") is not None)


@shows(the_first_event_makes_the_schema)
def _(c):
    made = c.tracker(c.group())
    first = c.put(made["trackingId"], {"eventType": "buy", "eventValue": 3.5}).ok and c.put(made["trackingId"]).ok
    return first and not c.put(made["trackingId"], {"eventType": "buy"}).ok


def kind_of(value):
    """As a column would have it."""
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


@blind("events", "hard", PersonalizeBackend, "put_events", "ET-PUT-1", behind="a property as a number, and then as a string", also=STASH,
       story="Elasticsearch: a field has the type of its first value, and a document that differs can't be indexed")
def properties_keep_their_type(put, self, tracking_id):
    """An event is refused where one of its properties has another JSON type than it had before. (ET-PUT-1)"""
    put(tracking_id)
    mapping = kept(next(t for t in self.trackers.values() if t.tracking_id == tracking_id), "mapping", dict)
    for event in sent(self):
        for key, value in (json.loads(event.get("properties") or "{}") or {}).items():
            if mapping.setdefault(key, kind_of(value)) != kind_of(value):
                refuse(f"failed to parse field [{key}]")


@shows(properties_keep_their_type)
def _(c):
    made = c.tracker(c.group())
    fine = c.put(made["trackingId"], {"properties": '{"price":3}'}).ok and c.put(made["trackingId"], {"properties": '{"price":4.5}'}).ok
    return fine and not c.put(made["trackingId"], {"properties": '{"price":"3"}'}).ok
