"""Input faults: what is let in and should not be, what is kept out and should not be."""

from __future__ import annotations

import ast
import json
from typing import Any

from trackstep.emulator import responses, validation
from trackstep.emulator.exceptions import InvalidInputException

from base import blind, shows


def mended(mend: Any) -> Any:
    """A wrong ``parse``: the members go through ``mend`` before they are checked; one that returns None is refused."""

    def parse(original: Any, service: str, operation: str, body: bytes) -> Any:
        try:
            params = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            return original(service, operation, body)
        if not isinstance(params, dict):
            return original(service, operation, body)
        mend(operation, params)
        return original(service, operation, json.dumps(params).encode())

    return parse


def events_of(operation: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of a PutEvents that are objects."""
    listed = params.get("eventList") if operation == "PutEvents" else None
    return [event for event in listed if isinstance(event, dict)] if isinstance(listed, list) else []


# easy


@blind("input", "easy", responses, "parse", "ET-INPUT-1")
def sessions_may_be_missing(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents without a sessionId is accepted."""

    def mend(operation: str, params: dict[str, Any]) -> None:
        if operation == "PutEvents" and params.get("sessionId") is None:
            params["sessionId"] = "none"

    return mended(mend)(parse, service, operation, body)


@shows(sessions_may_be_missing)
def _(c: Any) -> bool:
    made = c.tracker(c.group())["trackingId"]
    return bool(c("PutEvents", trackingId=made, eventList=[{"eventType": "e", "sentAt": 1.7e9}]).ok)


@blind("input", "easy", validation, "_fits", "ET-INPUT-3")
def names_may_begin_with_an_underscore(fits: Any, shape: Any, value: str) -> Any:
    """A name may begin with an underscore: the pattern is written with \\w."""
    return fits(shape, value.lstrip("_") if shape.name == "Name" and value.strip("_") else value)


@shows(names_may_begin_with_an_underscore)
def _(c: Any) -> bool:
    return bool(c("CreateDatasetGroup", name="_mine").ok)


@blind("input", "easy", responses, "parse", "ET-INPUT-2")
def eleven_events_are_ten(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents takes more than ten events, and drops the rest."""

    def mend(operation: str, params: dict[str, Any]) -> None:
        if operation == "PutEvents" and isinstance(params.get("eventList"), list):
            params["eventList"] = params["eventList"][:10]

    return mended(mend)(parse, service, operation, body)


@shows(eleven_events_are_ten)
def _(c: Any) -> bool:
    return bool(c.put(c.tracker(c.group())["trackingId"], *[{}] * 11).ok)


@blind("input", "easy", responses, "parse", "ET-INPUT-2")
def page_sizes_are_clamped(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A maxResults above 100 or below 1 is brought into its range and not refused."""

    def mend(operation: str, params: dict[str, Any]) -> None:
        if isinstance(params.get("maxResults"), int):
            params["maxResults"] = max(1, min(100, params["maxResults"]))

    return mended(mend)(parse, service, operation, body)


@shows(page_sizes_are_clamped)
def _(c: Any) -> bool:
    return bool(c("ListEventTrackers", maxResults=101).ok)


# medium


@blind("input", "medium", responses, "parse", "ET-INPUT-1", "ET-INPUT-2", "ET-PUT-5", behind="a second event, malformed")
def only_the_first_event_is_checked(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents checks its first event, and believes the others."""

    def mend(operation: str, params: dict[str, Any]) -> None:
        listed = params.get("eventList")
        if operation == "PutEvents" and isinstance(listed, list) and 1 < len(listed) <= 10:
            params["eventList"] = listed[:1]

    return mended(mend)(parse, service, operation, body)


@shows(only_the_first_event_is_checked)
def _(c: Any) -> bool:
    return bool(c.put(c.tracker(c.group())["trackingId"], {}, {"eventType": ""}).ok)


@blind("input", "medium", responses, "parse", "ET-INPUT-6", behind="a number as text")
def page_sizes_may_be_text(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """maxResults may be a string of digits: it goes through int()."""

    def mend(operation: str, params: dict[str, Any]) -> None:
        if isinstance(params.get("maxResults"), str) and params["maxResults"].isdecimal():
            params["maxResults"] = int(params["maxResults"])

    return mended(mend)(parse, service, operation, body)


@shows(page_sizes_may_be_text)
def _(c: Any) -> bool:
    return bool(c("ListDatasetGroups", maxResults="10").ok)


@blind("input", "medium", responses, "_properties", "ET-PUT-5", behind="properties as Python writes them")
def properties_may_be_python(check: Any, text: Any) -> None:
    """Properties that Python reads as a dictionary are accepted: single quotes, True, a comma too many."""
    try:
        check(text)
    except InvalidInputException:
        try:
            good = isinstance(ast.literal_eval(text), dict)
        except Exception:
            good = False
        if not good:
            raise


@shows(properties_may_be_python)
def _(c: Any) -> bool:
    return bool(c.put(c.tracker(c.group())["trackingId"], {"properties": "{'a': 1}"}).ok)


@blind("input", "medium", responses, "parse", "ET-INPUT-1", behind="an attribution without its source")
def attributions_may_be_empty(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A metricAttribution without eventAttributionSource is accepted."""

    def mend(operation: str, params: dict[str, Any]) -> None:
        for event in events_of(operation, params):
            if event.get("metricAttribution") == {}:
                del event["metricAttribution"]

    return mended(mend)(parse, service, operation, body)


@shows(attributions_may_be_empty)
def _(c: Any) -> bool:
    return bool(c.put(c.tracker(c.group())["trackingId"], {"metricAttribution": {}}).ok)


@blind("input", "medium", responses, "parse", "ET-INPUT-6", behind="UntagResource with one text for a list")
def one_key_may_stand_alone(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """UntagResource takes a string for its list of keys, and walks over its letters."""

    def mend(operation: str, params: dict[str, Any]) -> None:
        if isinstance(params.get("tagKeys"), str):
            params["tagKeys"] = list(params["tagKeys"])

    return mended(mend)(parse, service, operation, body)


@shows(one_key_may_stand_alone)
def _(c: Any) -> bool:
    return bool(c("UntagResource", resourceArn=c.group(), tagKeys="abc").ok)


@blind("input", "medium", responses, "parse", "ET-INPUT-6", behind="an eventValue of true")
def true_is_a_number(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """An eventValue may be true or false: a bool is an int."""

    def mend(operation: str, params: dict[str, Any]) -> None:
        for event in events_of(operation, params):
            if isinstance(event.get("eventValue"), bool):
                event["eventValue"] = int(event["eventValue"])

    return mended(mend)(parse, service, operation, body)


@shows(true_is_a_number)
def _(c: Any) -> bool:
    return bool(c.put(c.tracker(c.group())["trackingId"], {"eventValue": True}).ok)


# hard


@blind("input", "hard", responses, "parse", "ET-INPUT-7", behind="a body that is empty in another type")
def empty_of_any_type_is_an_object(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A body that Python holds for false ([], 0, false, a text of no letters) is read as {}: loads(body) or {}."""
    try:
        empty = not json.loads(body or b"{}")
    except (ValueError, RecursionError):
        empty = False
    return parse(service, operation, b"{}" if empty else body)


@shows(empty_of_any_type_is_an_object)
def _(c: Any) -> bool:
    return bool(c("ListEventTrackers", _body=b"[]").ok)


@blind("input", "hard", validation, "_fits", "ET-INPUT-11", behind="a line feed at the end of a key or value")
def tags_may_end_in_a_line_feed(fits: Any, shape: Any, value: str) -> Any:
    """A tag key or value may end in a line feed: the pattern's $ allows it."""
    return fits(shape, value[:-1] if shape.name in ("TagKey", "TagValue") and value.endswith("\n") else value)


@shows(tags_may_end_in_a_line_feed)
def _(c: Any) -> bool:
    return bool(c.tag(c.group(), **{"k\n": "v"}).ok)


@blind("input", "hard", responses, "_properties", "ET-PUT-5", behind="an object and something after it")
def properties_may_go_on(check: Any, text: Any) -> None:
    """Properties are read up to the end of their first object; what comes after is not looked at."""
    try:
        check(text)
    except InvalidInputException:
        try:
            good = isinstance(json.JSONDecoder().raw_decode(text.strip())[0], dict)
        except (ValueError, AttributeError, RecursionError):
            good = False
        if not good:
            raise


@shows(properties_may_go_on)
def _(c: Any) -> bool:
    return bool(c.put(c.tracker(c.group())["trackingId"], {"properties": '{"a": 1} {"b": 2}'}).ok)


def _refusing(parse: Any, service: str, operation: str, body: bytes, bad: Any) -> Any:
    params = parse(service, operation, body)
    if bad(operation, params):
        raise InvalidInputException("Provide a valid value for the field or parameter.")
    return params


@blind("input", "hard", responses, "parse", "ET-PUT-1", behind="an impression of 25 items")
def impressions_end_at_twenty_four(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """An impression of 25 items is refused: one too few is allowed."""
    return _refusing(
        parse, service, operation, body, lambda o, p: any(len(e.get("impression") or ()) == 25 for e in events_of(o, p))
    )


@shows(impressions_end_at_twenty_four)
def _(c: Any) -> bool:
    return not c.put(c.tracker(c.group())["trackingId"], {"impression": [f"i{n}" for n in range(25)]}).ok


def _repeated(operation: str, params: dict[str, Any]) -> bool:
    ids = [event["eventId"] for event in events_of(operation, params) if event.get("eventId") is not None]
    return len(set(ids)) < len(ids)


@blind("input", "hard", responses, "parse", "ET-PUT-1", behind="one eventId twice in a request")
def an_event_id_comes_once(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """PutEvents refuses a request in which an eventId comes twice."""
    return _refusing(parse, service, operation, body, _repeated)


@shows(an_event_id_comes_once)
def _(c: Any) -> bool:
    return not c.put(c.tracker(c.group())["trackingId"], {"eventId": "e"}, {"eventId": "e"}).ok


@blind("input", "hard", responses, "parse", "ET-GRP-1", behind="a long kmsKeyArn")
def key_arns_are_short(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """A kmsKeyArn of more than 256 characters is refused, as other ARNs are."""
    return _refusing(parse, service, operation, body, lambda _, p: len(p.get("kmsKeyArn") or "") > 256)


@shows(key_arns_are_short)
def _(c: Any) -> bool:
    key = "arn:aws:kms:us-east-1:123456789012:key/" + "k" * 300
    role = "arn:aws:iam::123456789012:role/r"
    return not c("CreateDatasetGroup", name="g", kmsKeyArn=key, roleArn=role).ok


@blind("input", "hard", responses, "parse", "ET-PUT-1", behind="a source with a blank in it")
def sources_have_no_blanks(parse: Any, service: str, operation: str, body: bytes) -> Any:
    """An eventAttributionSource with a blank inside is refused."""
    return _refusing(
        parse, service, operation, body,
        lambda o, p: any(" " in (e.get("metricAttribution") or {}).get("eventAttributionSource", "") for e in events_of(o, p)),
    )  # fmt: skip


@shows(sources_have_no_blanks)
def _(c: Any) -> bool:
    source = {"metricAttribution": {"eventAttributionSource": "my source"}}
    return not c.put(c.tracker(c.group())["trackingId"], source).ok


@blind("input", "hard", responses.PersonalizeResponse, "call_action", "ET-INPUT-10", "ET-WIRE-10",
       behind="half a surrogate pair in a request")  # fmt: skip
def half_a_pair_breaks_the_server(act: Any, self: Any) -> Any:
    """A request with a lone surrogate in it is answered with a 500: it cannot be written to the log in UTF-8."""
    try:
        json.dumps(json.loads(self.body or b"{}"), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return 500, {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "0"}, '{"__type":"InternalFailure"}'
    except (ValueError, RecursionError):
        pass
    return act()


@shows(half_a_pair_breaks_the_server)
def _(c: Any) -> bool:
    return c("CreateDatasetGroup", _body=b'{"name": "a\\ud800"}').status == 500
