"""Wire faults: the form of answers, and what lies between the application and the socket."""

from __future__ import annotations

import gzip
import json
import re
from datetime import datetime, timezone
from io import BytesIO
from typing import Any

from trackstep.emulator import server
from trackstep.emulator.exceptions import PersonalizeException
from trackstep.emulator.models import DatasetGroup, EventTracker
from trackstep.emulator.models import PersonalizeBackend as Backend
from trackstep.emulator.responses import PersonalizeResponse

from base import blind, many, shows

# easy


@blind("wire", "easy", EventTracker, "to_dict", "ET-WIRE-12", "ET-DESC-6")
def the_account_is_a_number(shown: Any, self: EventTracker, full: bool = True) -> Any:
    """accountId is a JSON number."""
    described = shown(full)
    return described | ({"accountId": int(described["accountId"])} if full else {})


@shows(the_account_is_a_number)
def _(c: Any) -> bool:
    return isinstance(c.described(c.tracker(c.group())["eventTrackerArn"])["accountId"], int)


@blind("wire", "easy", DatasetGroup, "to_dict", "ET-WIRE-4", "ET-WIRE-12")
def times_in_the_list_are_text(shown: Any, self: DatasetGroup, full: bool = True) -> Any:
    """ListDatasetGroups writes its times as ISO 8601."""
    described = shown(full)
    if not full:
        for member in ("creationDateTime", "lastUpdatedDateTime"):
            described[member] = datetime.fromtimestamp(described[member], timezone.utc).isoformat()
    return described


@shows(times_in_the_list_are_text)
def _(c: Any) -> bool:
    c.group()
    return isinstance(c.walk("ListDatasetGroups")[0]["creationDateTime"], str)


@blind("wire", "easy", DatasetGroup, "to_dict", "ET-WIRE-5")
def the_role_is_null(shown: Any, self: DatasetGroup, full: bool = True) -> Any:
    """DescribeDatasetGroup shows roleArn and kmsKeyArn as null where there are none."""
    return ({"roleArn": None, "kmsKeyArn": None} if full else {}) | shown(full)


@shows(the_role_is_null)
def _(c: Any) -> bool:
    return "roleArn" in c.described(c.group())


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-8")
def refusals_have_no_request_id(act: Any, self: PersonalizeResponse) -> Any:
    """A refused call of the control plane has no x-amzn-requestid."""
    status, headers, body = act()
    return status, {k: v for k, v in headers.items() if status < 300 or k != "x-amzn-requestid"}, body


@shows(refusals_have_no_request_id)
def _(c: Any) -> bool:
    return "x-amzn-requestid" not in c("DescribeDatasetGroup", datasetGroupArn="x").headers


# medium


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-3", behind="a token that is not valid")
def bad_tokens_have_no_message(act: Any, self: PersonalizeResponse) -> Any:
    """InvalidNextTokenException comes without a message."""
    status, headers, body = act()
    return status, headers, '{"__type":"InvalidNextTokenException"}' if "InvalidNextToken" in body else body


@shows(bad_tokens_have_no_message)
def _(c: Any) -> bool:
    answer = c("ListEventTrackers", nextToken="x")
    return answer.code == "InvalidNextTokenException" and "message" not in answer.json


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-2", behind="a body that is no JSON object")
def unreadable_bodies_have_no_type(act: Any, self: PersonalizeResponse) -> Any:
    """A body that cannot be read is refused by another layer: the code is in x-amzn-errortype only."""
    status, headers, body = act()
    if "SerializationException" not in body:
        return status, headers, body
    return status, headers | {"x-amzn-errortype": "SerializationException"}, '{"message":"The body cannot be read."}'


@shows(unreadable_bodies_have_no_type)
def _(c: Any) -> bool:
    answer = c("ListEventTrackers", _body=b"{")
    return answer.status == 400 and "__type" not in answer.json


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-7", behind="a body that is no JSON object")
def unreadable_bodies_are_answered_as_json(act: Any, self: PersonalizeResponse) -> Any:
    """The refusal of a body that cannot be read has the content type application/json."""
    status, headers, body = act()
    return status, headers | ({"content-type": "application/json"} if "SerializationException" in body else {}), body


@shows(unreadable_bodies_are_answered_as_json)
def _(c: Any) -> bool:
    return "x-amz-json" not in c("ListEventTrackers", _body=b"{").headers["content-type"]


@blind("wire", "medium", PersonalizeResponse, "_delete_event_tracker", "ET-WIRE-11", behind="tags on the tracker")
def deleting_a_tagged_tracker_says_so(delete: Any, self: PersonalizeResponse, params: dict[str, Any]) -> Any:
    """DeleteEventTracker of a tracker with tags answers with the tags that it removed."""
    tracker = self.personalize_backend.trackers.get(params["eventTrackerArn"])
    delete(params)
    return {"tagsRemoved": len(tracker.tags)} if tracker is not None and tracker.tags else None


@shows(deleting_a_tagged_tracker_says_so)
def _(c: Any) -> bool:
    arn = c.tracker(c.group(), tags=many({"k": "v"}))["eventTrackerArn"]
    return bool(c("DeleteEventTracker", eventTrackerArn=arn).body)


def _response(answered: Any, environ: Any, start_response: Any) -> tuple[str, list[tuple[str, str]], bytes]:
    """What the application answers, in one piece."""
    seen: list[Any] = []
    body = b"".join(answered(environ, lambda status, headers, *_: seen.extend((status, headers))))
    return seen[0], [(k, v) for k, v in seen[1] if k.lower() != "content-length"], body


@blind("wire", "medium", server, "make_server", "ET-WIRE-1", via="served", behind="an answer of 500 bytes")
def long_answers_are_compressed(make: Any, host: str, port: int, app: Any = None) -> Any:
    """An answer of 500 bytes and more is compressed with gzip though nobody said that it may."""

    def application(environ: Any, start_response: Any) -> Any:
        status, headers, body = _response(server.application, environ, start_response)
        if len(body) >= 500:
            body = gzip.compress(body)
            headers.append(("Content-Encoding", "gzip"))
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    return make(host, port, application)


@shows(long_answers_are_compressed)
def _(c: Any) -> bool:
    g = c.group(tags=many({f"k{n}": "v" for n in range(40)}))
    return not c("ListTagsForResource", resourceArn=g).ok


# hard


@blind("wire", "hard", PersonalizeResponse, "call_action", "ET-WIRE-1", behind="an answer of more than 8,192 bytes")
def answers_end_at_eight_kilobytes(act: Any, self: PersonalizeResponse) -> Any:
    """An answer is written into a buffer of 8,192 bytes and ends there."""
    status, headers, body = act()
    return status, headers, body[:8192]


@shows(answers_end_at_eight_kilobytes)
def _(c: Any) -> bool:
    g = c.group(tags=many({f"k{n}": "v" * 250 for n in range(40)}))
    return c("ListTagsForResource", resourceArn=g).json is None


@blind("wire", "hard", server, "make_server", "ET-WIRE-1", "ET-TAG-11", "ET-TAG-14", via="served",
       behind="an answer with letters beyond ASCII")  # fmt: skip
def lengths_are_counted_in_characters(make: Any, host: str, port: int, app: Any = None) -> Any:
    """Answers are written in UTF-8, and Content-Length counts characters: what is longer in bytes is cut."""

    def application(environ: Any, start_response: Any) -> Any:
        status, headers, body = _response(server.application, environ, start_response)
        try:
            text = re.sub(r"\\u(?!00[0-7])([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), body.decode())
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        except ValueError:
            text = body.decode("latin-1")
        start_response(status, [*headers, ("Content-Length", str(len(text)))])
        return [text.encode()[: len(text)]]

    return make(host, port, application)


@shows(lengths_are_counted_in_characters)
def _(c: Any) -> bool:
    g = c.group(tags=many({"k": "é"}))
    return c("ListTagsForResource", resourceArn=g).json is None


@blind("wire", "hard", server, "make_server", "ET-PUT-1", "ET-TAG-14", "ET-TAG-1", via="served",
       behind="a request of more than 8,192 bytes")  # fmt: skip
def requests_end_at_eight_kilobytes(make: Any, host: str, port: int, app: Any = None) -> Any:
    """The body of a request is read once, 8,192 bytes at the most."""

    def application(environ: Any, start_response: Any) -> Any:
        whole = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        cut = whole[:8192]
        return server.application(
            environ | {"wsgi.input": BytesIO(cut), "CONTENT_LENGTH": str(len(cut))}, start_response
        )

    return make(host, port, application)


@shows(requests_end_at_eight_kilobytes)
def _(c: Any) -> bool:
    long = {"properties": json.dumps({"p": "x" * 1000})}
    return not c.put(c.tracker(c.group())["trackingId"], *[long] * 10).ok


@blind("wire", "hard", Backend, "untag_resource", "ET-WIRE-9", behind="more than fifty keys to remove")
def too_many_keys_are_called_otherwise(untag: Any, self: Backend, arn: str, keys: list[str]) -> None:
    """UntagResource with too many keys is refused with TagPolicyException, a code that no operation documents."""
    try:
        untag(arn, keys)
    except PersonalizeException as refused:
        if refused.error_type != "TooManyTagKeysException":
            raise
        raise PersonalizeException("TagPolicyException", refused.message) from None


@shows(too_many_keys_are_called_otherwise)
def _(c: Any) -> bool:
    g = c.group()
    return c("UntagResource", resourceArn=g, tagKeys=[f"k{n}" for n in range(51)]).code == "TagPolicyException"


@blind("wire", "hard", PersonalizeResponse, "_get_action", "ET-WIRE-6",
       behind="an unknown operation whose name begins like a known one")  # fmt: skip
def operations_are_found_by_their_beginning(get: Any, self: PersonalizeResponse) -> Any:
    """An operation that begins like a known one is that one: ListEventTrackersV2 is ListEventTrackers."""
    action = str(get() or "")
    for known in ("ListEventTrackers", "ListDatasetGroups", "DescribeEventTracker", "DescribeDatasetGroup"):
        if action.startswith(known):
            return known
    return action


@shows(operations_are_found_by_their_beginning)
def _(c: Any) -> bool:
    return bool(c("ListEventTrackersV2").ok)
