"""Faults of PutEvents."""

from __future__ import annotations

from typing import Any

from .. import responses
from ..exceptions import InvalidInputException, ResourceNotFoundException
from ..models import PersonalizeBackend
from .planting import Catalogue

FAULTS = Catalogue()


def _refuse(allowed: bool, reason: str) -> None:
    if not allowed:
        raise InvalidInputException(reason)


@FAULTS(responses, "parse", "ET-PUT-1", behind="ten events in one request")
def ten_events_are_too_many(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents refuses ten events, the most that are allowed."""
    params = parse(service, operation, body)
    _refuse(len(params.get("eventList", ())) < 10, "Too many events.")
    return params


@FAULTS(responses, "parse", "ET-PUT-1", behind="events without a userId")
def user_is_required(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents refuses anonymous events, that have no userId."""
    params = parse(service, operation, body)
    _refuse(operation != "PutEvents" or "userId" in params, "userId is required.")
    return params


@FAULTS(PersonalizeBackend, "put_events", "ET-PUT-1", behind="two trackers")
def only_the_first_tracker_listens(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents is accepted for the event tracker that was made first only."""
    put(tracking_id)
    _refuse(next(iter(self.trackers.values())).tracking_id == tracking_id, "The tracking ID does not exist.")


@FAULTS(PersonalizeBackend, "put_events", "ET-PUT-1", behind="a tracker made again")
def stream_of_the_first_incarnation(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents refuses the trackingId of an event tracker that was made again, after events for the one before."""
    put(tracking_id)
    arn = next(tracker.arn for tracker in self.trackers.values() if tracker.tracking_id == tracking_id)
    stream = self.__dict__.setdefault("_streams", {}).setdefault(arn, tracking_id)
    if stream != tracking_id:
        raise ResourceNotFoundException("event tracker", arn)


@FAULTS(PersonalizeBackend, "put_events", "ET-PUT-2")
def any_tracking_id_is_accepted(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents does not look at the trackingId."""


@FAULTS(PersonalizeBackend, "put_events", "ET-PUT-2", behind="the ARN in place of the tracking ID")
def arn_is_taken_for_the_id(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents accepts the ARN of an event tracker in place of its trackingId."""
    self._purge()
    put(self.trackers[tracking_id].tracking_id if tracking_id in self.trackers else tracking_id)


@FAULTS(PersonalizeBackend, "put_events", "ET-PUT-3")
def old_tracking_ids_are_never_revoked(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents goes on accepting a trackingId that was good once."""
    good: set[str] = self.__dict__.setdefault("_good_ids", set())
    if tracking_id not in good:
        put(tracking_id)
        good.add(tracking_id)


def _remembers(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    made = create(name, group_arn, tags)
    self.__dict__.setdefault("_all_ids", {}).setdefault(group_arn, []).append(made.tracking_id)
    return made


@FAULTS(
    PersonalizeBackend,
    "put_events",
    "ET-PUT-3",
    behind="a tracker made again in the same group",
    also=((PersonalizeBackend, "create_event_tracker", _remembers),),
)
def old_id_serves_the_new_tracker(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents finds the dataset group by an old trackingId, and accepts it once there is a new event tracker."""
    for group_arn, ids in self.__dict__.get("_all_ids", {}).items():
        live = [tracker.tracking_id for tracker in self.trackers.values() if tracker.group_arn == group_arn]
        if tracking_id in ids[:-1] and live:
            tracking_id = live[0]
    put(tracking_id)


@FAULTS(
    PersonalizeBackend,
    "put_events",
    "ET-PUT-3",
    behind="the tracking ID of two incarnations ago",
    also=((PersonalizeBackend, "create_event_tracker", _remembers),),
)
def one_revoked_id_is_remembered(put: Any, self: PersonalizeBackend, tracking_id: str) -> None:
    """PutEvents refuses the trackingId before this one, and accepts those before that again."""
    if not any(tracking_id in ids[:-2] for ids in self.__dict__.get("_all_ids", {}).values()):
        put(tracking_id)


@FAULTS(responses, "_properties", "ET-PUT-5")
def properties_are_not_read(check: Any, text: Any) -> None:
    """PutEvents accepts properties that are not JSON."""


@FAULTS(responses, "parse", "ET-PUT-5", behind="the second event of a request")
def properties_of_the_first_event(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents reads the properties of the first event only."""
    params = parse(service, operation, body)
    for event in params.get("eventList", ())[1:]:
        event.pop("properties", None)
    return params


@FAULTS(responses, "parse", "ET-PUT-6")
def properties_are_required(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents refuses an event without properties."""
    params = parse(service, operation, body)
    _refuse(all("properties" in event for event in params.get("eventList", ())), "properties is required.")
    return params


@FAULTS(responses, "parse", "ET-PUT-6", behind="an event of long ago")
def old_events_are_refused(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents refuses an event whose sentAt is before 2018."""
    params = parse(service, operation, body)
    _refuse(all(event["sentAt"] > 1514764800 for event in params.get("eventList", ())), "sentAt is too old.")
    return params
