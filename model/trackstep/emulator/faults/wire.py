"""Faults of the wire: the form of answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .. import responses
from ..responses import Answer, PersonalizeEventsResponse, PersonalizeResponse
from .input import BROKEN, read
from .planting import Catalogue

FAULTS = Catalogue()
_TIME = re.compile(r'(DateTime":)([\d.E]+)')
Body = dict[str, Any]


def _times(text: str, change: Callable[[float], str]) -> str:
    return _TIME.sub(lambda match: match[1] + change(float(match[2])), text)


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-1")
def delete_answers_ok(answer: Any, self: PersonalizeResponse) -> Answer:
    """DeleteEventTracker answers with the text OK."""
    status, headers, body = answer()
    return status, headers, "OK" if status == 200 and self._get_action() == "DeleteEventTracker" else body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-1", behind="a refused tag operation")
def refusal_in_html(answer: Any, self: PersonalizeResponse) -> Answer:
    """A tag operation that is refused answers with a page of HTML and no code."""
    status, headers, body = answer()
    if status == 400 and self._get_action() in ("TagResource", "UntagResource", "ListTagsForResource"):
        return 400, headers | {"content-type": "text/html"}, "<h1>Bad Request</h1>"
    return status, headers, body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-2")
def not_found_is_404(answer: Any, self: PersonalizeResponse) -> Answer:
    """ResourceNotFoundException is HTTP 404."""
    status, headers, body = answer()
    return 404 if status == 400 and "ResourceNotFoundException" in body else status, headers, body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-2")
def code_without_underscores(answer: Any, self: PersonalizeResponse) -> Answer:
    """An error has its code under code, not __type."""
    status, headers, body = answer()
    return status, headers, body.replace('"__type"', '"code"') if status == 400 else body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-3")
def error_without_message(answer: Any, self: PersonalizeResponse) -> Answer:
    """An error has no message."""
    status, headers, body = answer()
    return status, headers, json.dumps({"__type": json.loads(body)["__type"]}) if status == 400 else body


@FAULTS(responses, "dumps", "ET-WIRE-4")
def times_in_iso_8601(dumps: Any, body: Body) -> Any:
    """Timestamps are strings of ISO 8601."""
    return _times(dumps(body), lambda seconds: f'"{datetime.fromtimestamp(seconds, UTC).isoformat()}"')


@FAULTS(responses, "dumps", "ET-WIRE-4", behind="ListDatasetGroups")
def milliseconds_in_a_list(dumps: Any, body: Body) -> Any:
    """Timestamps of ListDatasetGroups are in milliseconds."""
    text = dumps(body)
    return _times(text, lambda seconds: str(int(seconds * 1000))) if "datasetGroups" in body else text


@FAULTS(responses, "dumps", "ET-WIRE-5")
def unset_is_null(dumps: Any, body: Body) -> Any:
    """The last page has nextToken null."""
    return dumps(
        body | {"nextToken": body.get("nextToken")} if {"eventTrackers", "datasetGroups"} & body.keys() else body
    )


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-6")
def unknown_operation_is_not_found(answer: Any, self: PersonalizeResponse) -> Answer:
    """An unknown operation is HTTP 404 with InvalidAction."""
    status, headers, body = answer()
    unknown = "UnknownOperationException" in body
    return (404, headers, '{"__type":"InvalidAction","message":"?"}') if unknown else (status, headers, body)


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-7")
def content_type_is_json(answer: Any, self: PersonalizeResponse) -> Answer:
    """The content type is application/json."""
    status, headers, body = answer()
    return status, headers | {"content-type": "application/json"}, body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-8")
def refusal_without_request_id(answer: Any, self: PersonalizeResponse) -> Answer:
    """An error has no x-amzn-requestid."""
    status, headers, body = answer()
    return status, headers if status == 200 else {k: v for k, v in headers.items() if "requestid" not in k}, body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-9")
def code_is_shortened(answer: Any, self: PersonalizeResponse) -> Answer:
    """Error codes lack their last word: ResourceNotFound."""
    status, headers, body = answer()
    return status, headers, body.replace("ResourceNotFoundException", "ResourceNotFound")


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-9", behind="an event tracker in the group")
def conflict_of_another_service(answer: Any, self: PersonalizeResponse) -> Answer:
    """A DeleteDatasetGroup that is refused because of an event tracker says ConflictException."""
    status, headers, body = answer()
    if self._get_action() == "DeleteDatasetGroup":
        body = body.replace("ResourceInUseException", "ConflictException")
    return status, headers, body


def _crash(when: bool, answer: Any) -> Answer:
    return (500, {"content-type": "application/x-amz-json-1.1"}, BROKEN) if when else answer()


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-10", behind="untagging two keys at once")
def untagging_two_keys_is_a_crash(answer: Any, self: PersonalizeResponse) -> Answer:
    """UntagResource with two keys or more is a 500."""
    keys = read(self.body).get("tagKeys")
    return _crash(self._get_action() == "UntagResource" and isinstance(keys, list) and len(keys) > 1, answer)


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-10", behind="a tag that is not ASCII")
def letters_are_a_crash(answer: Any, self: PersonalizeResponse) -> Answer:
    """ListTagsForResource is a 500 once a tag is not ASCII."""
    status, headers, body = answer()
    return _crash(self._get_action() == "ListTagsForResource" and "\\u" in body, lambda: (status, headers, body))


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-10", behind="a page after the first")
def tokens_are_a_crash(answer: Any, self: PersonalizeResponse) -> Answer:
    """ListDatasetGroups with a nextToken that it handed out is a 500."""
    status, headers, body = answer()
    onward = "nextToken" in read(self.body) and status == 200
    return _crash(self._get_action() == "ListDatasetGroups" and onward, lambda: (status, headers, body))


@FAULTS(PersonalizeEventsResponse, "call_action", "ET-WIRE-10", behind="properties that are not ASCII")
def properties_in_letters_are_a_crash(answer: Any, self: PersonalizeEventsResponse) -> Answer:
    """PutEvents is a 500 where the properties of an event are not ASCII."""
    return _crash("\\u" in self.body.decode(errors="replace") or not self.body.isascii(), answer)


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-11")
def delete_answers_with_an_object(answer: Any, self: PersonalizeResponse) -> Answer:
    """DeleteEventTracker and DeleteDatasetGroup answer with an empty object."""
    status, headers, body = answer()
    return status, headers, body or "{}"


@FAULTS(responses, "dumps", "ET-WIRE-12")
def account_is_a_number(dumps: Any, body: Body) -> Any:
    """The accountId is a JSON number."""
    return re.sub(r'"accountId":"(\d+)"', r'"accountId":\1', dumps(body))


@FAULTS(responses, "dumps", "ET-WIRE-12", behind="a resource with tags")
def tags_are_an_object(dumps: Any, body: Body) -> Any:
    """ListTagsForResource answers with an object of keys and values."""
    if body.get("tags"):
        body = {"tags": {tag["tagKey"]: tag["tagValue"] for tag in body["tags"]}}
    return dumps(body)


@FAULTS(responses, "dumps", "ET-WIRE-12", behind="a list with a single item")
def one_item_is_no_list(dumps: Any, body: Body) -> Any:
    """ListEventTrackers with a single item answers with the item in place of the list."""
    if len(body.get("eventTrackers", ())) == 1:
        body = body | {"eventTrackers": body["eventTrackers"][0]}
    return dumps(body)


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-14")
def untagging_is_put_off_for_ever(answer: Any, self: PersonalizeResponse) -> Answer:
    """UntagResource is answered ThrottlingException, always."""
    if self._get_action() != "UntagResource":
        return answer()  # type: ignore[no-any-return]  # the original
    headers = {"content-type": responses.JSON_1_1, "x-amzn-requestid": "0"}
    return 400, headers, '{"__type":"ThrottlingException","message":"Rate exceeded"}'


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-15")
def created_is_201(answer: Any, self: PersonalizeResponse) -> Answer:
    """CreateDatasetGroup and CreateEventTracker answer with HTTP 201."""
    status, headers, body = answer()
    return 201 if status == 200 and str(self._get_action()).startswith("Create") else status, headers, body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-16")
def status_twice(answer: Any, self: PersonalizeResponse) -> Answer:
    """A description names the member status twice."""
    status, headers, body = answer()
    return status, headers, re.sub(r'("status":"[^"]*")', r"\1,\1", body)


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-1", behind="an answer with a next page")
def byte_order_mark(answer: Any, self: PersonalizeResponse) -> Answer:
    """A page that has a nextToken begins with a byte order mark."""
    status, headers, body = answer()
    return status, headers, f"\ufeff{body}" if '"nextToken"' in body else body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-17")
def header_names_another_code(answer: Any, self: PersonalizeResponse) -> Answer:
    """The header x-amzn-errortype of a refusal is always ValidationException."""
    status, headers, body = answer()
    return status, headers | ({"x-amzn-errortype": "ValidationException"} if status == 400 else {}), body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-18", behind="a list of tags that is not empty")
def length_of_characters(answer: Any, self: PersonalizeResponse) -> Answer:
    """The Content-Length of a list of tags counts what is escaped as one character."""
    status, headers, body = answer()
    plain = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")) if '"tags":' in body else body
    return status, headers | {"content-length": str(len(plain))}, body


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-19", behind="a second refusal")
def refusals_have_one_request_id(answer: Any, self: PersonalizeResponse) -> Answer:
    """All refusals have the same x-amzn-requestid."""
    status, headers, body = answer()
    return (
        status,
        headers | ({"x-amzn-requestid": "11111111-2222-4333-8444-555555555555"} if status == 400 else {}),
        body,
    )


@FAULTS(PersonalizeResponse, "call_action", "ET-WIRE-20")
def date_of_long_ago(answer: Any, self: PersonalizeResponse) -> Answer:
    """The Date of an answer is that of the day on which the server was built."""
    status, headers, body = answer()
    return status, headers | {"date": "Tue, 04 Jun 2019 00:00:00 GMT"}, body
