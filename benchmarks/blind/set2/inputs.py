"""What is let in, and what is not."""

import ast
import json

from base import blind, shows
from trackstep.emulator import responses, validation
from trackstep.emulator.exceptions import InvalidInputException


@blind("input", "easy", validation, "_size", "ET-INPUT-2")
def zero_results(size, number, limits, path):
    """maxResults of 0 is accepted."""
    if not (path == "maxResults" and number == 0):
        size(number, limits, path)


@shows(zero_results)
def _(c):
    return c("ListDatasetGroups", maxResults=0).ok


@blind("input", "easy", validation, "_size", "ET-INPUT-2")
def events_without_end(size, number, limits, path):
    """More than ten events in one request are accepted."""
    if path != "eventList" or number < 1:
        size(number, limits, path)


@shows(events_without_end)
def _(c):
    return c.put(c.tracker(c.group("a"))["trackingId"], *[{}] * 11).ok


@blind("input", "easy", validation, "_size", "ET-INPUT-2")
def empty_session(size, number, limits, path):
    """An empty sessionId is accepted."""
    if path != "sessionId" or number:
        size(number, limits, path)


@shows(empty_session)
def _(c):
    return c(
        "PutEvents", trackingId=c.tracker(c.group("a"))["trackingId"], sessionId="",
        eventList=[{"eventType": "c", "sentAt": 1.7e9}]).ok


@blind("input", "medium", responses, "parse", "ET-INPUT-6", behind="a number as text")
def numbers_as_text(parse, service, operation, body):
    """maxResults given as text is read as the number."""
    try:
        params = json.loads(body)
        if isinstance(params, dict) and isinstance(params.get("maxResults"), str) and params["maxResults"].isdecimal():
            body = json.dumps(params | {"maxResults": int(params["maxResults"])}).encode()
    except (ValueError, RecursionError):
        pass
    return parse(service, operation, body)


@shows(numbers_as_text)
def _(c):
    return c("ListDatasetGroups", maxResults="5").ok


def _bytes(check, shape, value, path):
    check(shape, value, path)
    if shape.name == "TagValue" and len(value.encode("utf-8", "surrogatepass")) > 256:
        raise InvalidInputException("too long")


@blind("input", "hard", validation, "_size", "ET-TAG-14", "ET-INPUT-2", behind="a long value that is not ASCII", also=((validation, "_check", _bytes),))
def long_values_in_bytes(size, number, limits, path):
    """A tag value is measured in bytes of UTF-8."""
    size(number, limits, path)


@shows(long_values_in_bytes)
def _(c):
    return not c.tag(c.group("a"), k="\u00e9" * 200).ok


def _utf16(check, shape, value, path):
    check(shape, value, path)
    if shape.name == "StringType" and len(value.encode("utf-16-le", "surrogatepass")) > 512:
        raise InvalidInputException("too long")


@blind("input", "hard", validation, "_size", "ET-PUT-1", behind="a session of many characters beyond the BMP", also=((validation, "_check", _utf16),))
def sessions_in_utf_16(size, number, limits, path):
    """A sessionId or eventType is measured in UTF-16 units."""
    size(number, limits, path)


@shows(sessions_in_utf_16)
def _(c):
    return not c.put(c.tracker(c.group("a"))["trackingId"], {"eventType": "\U0001f600" * 200}).ok


@blind("input", "medium", responses, "_properties", "ET-PUT-5", behind="a Python literal")
def python_literals(read, text):
    """Properties in single quotes are accepted."""
    try:
        if isinstance(ast.literal_eval(text), dict):
            return
    except Exception:  # noqa: BLE001,S110
        pass
    read(text)


@shows(python_literals)
def _(c):
    return c.put(c.tracker(c.group("a"))["trackingId"], {"properties": "{'a': 'b'}"}).ok


@blind("input", "hard", responses, "_properties", "ET-PUT-5", behind="JSON with more after it")
def json_and_more(read, text):
    """Properties that begin with a JSON object are accepted, whatever follows."""
    try:
        text = json.dumps(json.JSONDecoder().raw_decode(text)[0])
    except (ValueError, TypeError, RecursionError):
        pass
    read(text)


@shows(json_and_more)
def _(c):
    return c.put(c.tracker(c.group("a"))["trackingId"], {"properties": '{"a": 1} x'}).ok


@blind("input", "medium", validation, "_size", "ET-INPUT-9", behind="a name of one character")
def names_of_two(size, number, limits, path):
    """A name of a single character is refused."""
    if path == "name" and number == 1:
        raise InvalidInputException("too short")
    size(number, limits, path)


@shows(names_of_two)
def _(c):
    return not c("CreateDatasetGroup", name="a").ok


@blind("input", "hard", validation, "_size", "ET-PUT-1", behind="an impression of 25")
def impression_of_25(size, number, limits, path):
    """An impression of exactly 25 items is refused."""
    if path == "impression" and number == 25:
        raise InvalidInputException("too many")
    size(number, limits, path)


@shows(impression_of_25)
def _(c):
    return not c.put(c.tracker(c.group("a"))["trackingId"], {"impression": ["i"] * 25}).ok
