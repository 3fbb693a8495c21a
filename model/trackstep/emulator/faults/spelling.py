"""Variants in how an answer is written, and in how long it takes."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from moto.moto_api._internal import mock_random

from .. import responses
from ..responses import Answer, PersonalizeEventsResponse, PersonalizeResponse
from .planting import Catalogue, count

VARIANTS = Catalogue()
Body = dict[str, Any]
_TIME = re.compile(r'(DateTime":)([\d.E]+)')


def _error(answer: Any, change: Any) -> Answer:
    """The answer, an error's body changed."""
    status, headers, body = answer()
    return status, headers, body if status == 200 else json.dumps(change(json.loads(body)))


@VARIANTS(PersonalizeResponse, "call_action")
def capital_message(answer: Any, self: PersonalizeResponse) -> Answer:
    """An error has its text under Message."""
    return _error(answer, lambda body: {"__type": body["__type"], "Message": body.get("message", "")})


@VARIANTS(PersonalizeResponse, "call_action")
def namespaced_codes(answer: Any, self: PersonalizeResponse) -> Answer:
    """An error's code has a namespace before it."""
    return _error(answer, lambda body: body | {"__type": f"com.amazonaws.personalize#{body['__type']}"})


@VARIANTS(PersonalizeResponse, "call_action")
def codes_with_a_uri(answer: Any, self: PersonalizeResponse) -> Answer:
    """An error's code has a URI behind it, which clients cut off."""
    uri = "http://internal.amazon.com/coral/com.amazon.coral.service/"
    return _error(answer, lambda body: body | {"__type": f"{body['__type']}:{uri}"})


@VARIANTS(PersonalizeResponse, "call_action")
def codes_in_a_header_too(answer: Any, self: PersonalizeResponse) -> Answer:
    """An error's code is also in x-amzn-errortype."""
    status, headers, body = answer()
    return status, headers | ({} if status == 200 else {"x-amzn-errortype": json.loads(body)["__type"]}), body


@VARIANTS(PersonalizeEventsResponse, "call_action")
def code_of_events_in_a_header(answer: Any, self: PersonalizeEventsResponse) -> Answer:
    """An error of PutEvents has its code in x-amzn-errortype only, as REST services do."""
    return _error(answer, lambda body: {"message": body["message"]})


@VARIANTS(PersonalizeEventsResponse, "call_action")
def events_not_found_is_404(answer: Any, self: PersonalizeEventsResponse) -> Answer:
    """A refused PutEvents is HTTP 404 with ResourceNotFoundException for a trackingId of nobody."""
    status, headers, body = answer()
    if status == 200 or "tracking ID" not in body:
        return status, headers, body
    code = "ResourceNotFoundException"
    return 404, headers | {"x-amzn-errortype": code}, json.dumps({"__type": code, "message": "No such tracker."})


def _times(text: str, change: Any) -> str:
    return _TIME.sub(lambda match: f"{match[1]}{change(float(match[2]))}", text)


@VARIANTS(responses, "dumps")
def plain_numbers(dumps: Any, body: Body) -> Any:
    """Timestamps are JSON numbers without an exponent."""
    return _times(dumps(body), lambda seconds: f"{seconds:.3f}")


@VARIANTS(responses, "dumps")
def whole_seconds(dumps: Any, body: Body) -> Any:
    """Timestamps are whole seconds."""
    return _times(dumps(body), int)


@VARIANTS(responses, "dumps")
def whole_seconds_with_an_exponent(dumps: Any, body: Body) -> Any:
    """Timestamps are whole seconds, written like 1.620828853E9."""
    return _times(dumps(body), lambda seconds: f"{int(seconds) / 1e9:.9f}E9")


@VARIANTS(responses, "dumps")
def spacious_json(dumps: Any, body: Body) -> Any:
    """JSON is written over several lines, members in the order of their names, and letters as they are."""
    return json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False)


@VARIANTS(responses, "dumps")
def members_beside(dumps: Any, body: Body) -> Any:
    """Answers and what they describe have members that are not documented."""
    new = {"newMember": {"a": [1]}}
    inner = {k: v | new if isinstance(v, dict) else v for k, v in body.items()}
    items = {k: [i | new for i in v] if isinstance(v, list) else v for k, v in inner.items()}
    return dumps(items | {"newMember": "x"})


@VARIANTS(PersonalizeResponse, "call_action")
def headers_beside(answer: Any, self: PersonalizeResponse) -> Answer:
    """Answers have headers that are not documented, and a charset in their content type."""
    status, headers, body = answer()
    more = {
        "x-amzn-trace": "1",
        "cache-control": "no-store",
        "content-type": f"{headers['content-type']}; charset=utf-8",
    }
    return status, headers | more, body


@VARIANTS(PersonalizeResponse, "call_action")
def some_latency(answer: Any, self: PersonalizeResponse) -> Answer:
    """Each answer takes up to 50 milliseconds."""
    time.sleep(mock_random.uniform(0.0, 0.05))
    return answer()  # type: ignore[no-any-return]  # the original


@VARIANTS(PersonalizeResponse, "call_action")
def throttled_now_and_then(answer: Any, self: PersonalizeResponse) -> Answer:
    """Every ninth call is throttled, and not carried out."""
    if count(self.personalize_backend, "calls") % 9 == 0:
        headers = {"content-type": responses.JSON_1_1, "x-amzn-requestid": "0"}
        return 400, headers, '{"__type":"ThrottlingException","message":"Rate exceeded"}'
    return answer()  # type: ignore[no-any-return]  # the original


@VARIANTS(PersonalizeResponse, "call_action")
def unavailable_now_and_then(answer: Any, self: PersonalizeResponse) -> Answer:
    """Every thirteenth call is a 503, and not carried out."""
    if count(self.personalize_backend, "tries") % 13 == 0:
        return 503, {"content-type": responses.JSON_1_1, "x-amzn-requestid": "0"}, '{"__type":"ServiceUnavailable"}'
    return answer()  # type: ignore[no-any-return]  # the original


@VARIANTS(PersonalizeResponse, "call_action")
def answer_lost_now_and_then(answer: Any, self: PersonalizeResponse) -> Answer:
    """Every seventeenth call is carried out, and answered with a 503."""
    if count(self.personalize_backend, "done") % 17 == 0:
        answer()
        return 503, {"content-type": responses.JSON_1_1, "x-amzn-requestid": "0"}, '{"__type":"ServiceUnavailable"}'
    return answer()  # type: ignore[no-any-return]  # the original
