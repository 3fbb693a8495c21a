"""The form of requests and answers."""

import json
import uuid
from datetime import UTC, datetime

from base import blind, many, shows
from trackstep.emulator import responses
from trackstep.emulator.exceptions import InvalidNextTokenException
from trackstep.emulator.models import EventTracker, PersonalizeBackend
from trackstep.emulator.responses import OPERATIONS, PREFIX, UNKNOWN, PersonalizeEventsResponse, PersonalizeResponse
from trackstep.emulator.server import QuietHandler


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-7",
       story="the framework's JSONResponse, whose media type is application/json")
def the_framework_sets_the_type(call, self):
    """The content type of control-plane answers is application/json."""
    status, headers, body = call()
    return status, headers | {"content-type": "application/json"}, body


@shows(the_framework_sets_the_type)
def _(c):
    return not c("ListDatasetGroups").headers["content-type"].startswith("application/x-amz-json-1.1")


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-2",
       story="raise HTTPException(404), as everybody does who writes REST")
def what_is_missing_is_a_404(call, self):
    """ResourceNotFoundException is HTTP 404."""
    status, headers, body = call()
    return 404 if '"ResourceNotFoundException"' in body else status, headers, body


@shows(what_is_missing_is_a_404)
def _(c):
    arn = c.group("a").replace("/a", "/b")
    return c("DescribeDatasetGroup", datasetGroupArn=arn).status == 404


@blind("wire", "medium", PersonalizeResponse, "call_action", "ET-WIRE-1", "ET-WIRE-2", behind="a body that is no JSON",
       story="the framework parses the body before any handler, and has its own page for a bad request")
def bad_json_gets_a_page(call, self):
    """A body that is no JSON is answered with HTTP 400 and a page in HTML."""
    status, headers, body = call()
    if status == 400 and '"SerializationException"' in body:
        return 400, headers | {"content-type": "text/html"}, "<!doctype html><title>400 Bad Request</title>"
    return status, headers, body


@shows(bad_json_gets_a_page)
def _(c):
    answer = c("ListDatasetGroups", _body=b"{")
    return answer.status == 400 and answer.json is None


@blind("wire", "easy", PersonalizeResponse, "_delete_event_tracker", "ET-WIRE-11",
       story="return jsonify({}) at the end of each handler")
def deletions_answer_an_object(delete, self, params):
    """DeleteEventTracker answers {} instead of nothing."""
    delete(params)
    return {}


@shows(deletions_answer_an_object)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return c("DeleteEventTracker", eventTrackerArn=t).body == b"{}"


@blind("wire", "easy", PersonalizeBackend, "describe_dataset_group", "ET-WIRE-5", "ET-WIRE-12",
       story="dataclasses.asdict() and json.dumps(): what is None is null")
def what_is_unset_is_null(describe, self, arn):
    """DescribeDatasetGroup has roleArn, kmsKeyArn, failureReason and domain as null where they are not set."""
    return dict.fromkeys(("roleArn", "kmsKeyArn", "failureReason", "domain")) | describe(arn)


@shows(what_is_unset_is_null)
def _(c):
    described = c.described(c.group("a"))
    return "roleArn" in described and described["roleArn"] is None


@blind("wire", "easy", PersonalizeBackend, "list_event_trackers", "ET-WIRE-4", "ET-WIRE-12",
       story="the summary is serialised with default=str, the description by hand")
def listed_moments_are_text(listed, self, *words):
    """The times that ListEventTrackers shows are text in ISO 8601."""
    page, more = listed(*words)
    moments = ("creationDateTime", "lastUpdatedDateTime")
    return [i | {m: datetime.fromtimestamp(i[m], UTC).isoformat() for m in moments} for i in page], more


@shows(listed_moments_are_text)
def _(c):
    c.tracker(c.group("a"))
    return isinstance(c("ListEventTrackers").json["eventTrackers"][0]["creationDateTime"], str)


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-19", behind="the same request twice",
       story="request IDs that can be reproduced in tests: uuid5 of operation and body")
def the_same_request_has_the_same_id(call, self):
    """Two control-plane requests that are the same get the same x-amzn-requestid."""
    status, headers, body = call()
    asked = f"{self._get_action()} {bytes(self.body or b'')!r}"
    return status, headers | {"x-amzn-requestid": str(uuid.uuid5(uuid.NAMESPACE_OID, asked))}, body


@shows(the_same_request_has_the_same_id)
def _(c):
    first, second = c("ListDatasetGroups"), c("ListDatasetGroups")
    return first.headers["x-amzn-requestid"] == second.headers["x-amzn-requestid"]


def _as_it_is(dumps, body):
    return json.dumps(json.loads(dumps(body)), ensure_ascii=False, separators=(",", ":"))


@blind("wire", "hard", QuietHandler, "_send", "ET-WIRE-18", "ET-WIRE-1", "ET-WIRE-10", via="served", behind="an answer with a letter beyond ASCII",
       also=((responses, "dumps", _as_it_is),),
       story="Content-Length: len(text), and then text.encode()")
def lengths_are_counted_in_letters(send, self, status, headers, content):
    """Content-Length is the number of characters: an answer with letters beyond ASCII is cut."""
    content = bytes(content)
    self.send_response(status)
    for name, value in headers.items():
        if name != "content-length":
            self.send_header(name, value)
    self.send_header("content-length", str(len(content.decode("utf-8", "replace"))))
    letters = len(content.decode("utf-8", "replace"))
    if letters != len(content):
        self.close_connection = True
    self.end_headers()
    self.wfile.write(content)
    self.wfile.flush()


@shows(lengths_are_counted_in_letters)
def _(c):
    g = c.group("a")
    c.tag(g, stadt="Köln")
    return c("ListTagsForResource", resourceArn=g).json is None


@blind("wire", "easy", PersonalizeEventsResponse, "call_action", "ET-WIRE-17", behind="an error of PutEvents",
       story="the header is set by the framework's handler of exceptions, the body by the service's own")
def header_and_body_disagree(call, self):
    """An error of PutEvents is named InvalidInputException in the header and ValidationException in the body."""
    status, headers, body = call()
    if status == 400:
        body = json.dumps(json.loads(body) | {"__type": "ValidationException"})
    return status, headers, body


@shows(header_and_body_disagree)
def _(c):
    answer = c.put("no-such-id")
    return answer.headers["x-amzn-errortype"] != answer.json["__type"]


@blind("wire", "hard", PersonalizeResponse, "call_action", "ET-WIRE-16", behind="a group with a domain",
       story="the answer is written from a template, and the echoed members of the request are put behind")
def the_domain_is_there_twice(call, self):
    """The answer to CreateDatasetGroup with a domain names the member domain twice."""
    status, headers, body = call()
    if status == 200 and self._get_action() == "CreateDatasetGroup" and '"domain":' in body:
        body = f'{body[:-1]},"domain":{json.dumps(json.loads(body)["domain"])}}}'
    return status, headers, body


@shows(the_domain_is_there_twice)
def _(c):
    return c("CreateDatasetGroup", name="a", domain="ECOMMERCE").body.count(b'"domain"') == 2


@blind("wire", "medium", PersonalizeResponse, "call_action", "ET-WIRE-3", behind="a token that is none",
       story="raise InvalidNextTokenException without words, and a serializer that leaves out what is empty")
def bad_tokens_are_told_without_words(call, self):
    """InvalidNextTokenException has no message."""
    status, headers, body = call()
    if status == 400 and '"InvalidNextTokenException"' in body:
        body = '{"__type":"InvalidNextTokenException"}'
    return status, headers, body


@shows(bad_tokens_are_told_without_words)
def _(c):
    return set(c("ListEventTrackers", nextToken="no-token").json) == {"__type"}


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-15",
       story="@app.post(..., status_code=201) for what creates something")
def creations_are_a_201(call, self):
    """CreateDatasetGroup and CreateEventTracker answer with HTTP 201."""
    status, headers, body = call()
    return 201 if status == 200 and self._get_action().startswith("Create") else status, headers, body


@shows(creations_are_a_201)
def _(c):
    return c("CreateDatasetGroup", name="a").status == 201


@blind("wire", "hard", PersonalizeResponse, "_get_action", "ET-WIRE-6", behind="an operation's name in small letters",
       story="the routes are a case-insensitive dict, like headers")
def operations_have_no_case(action, self):
    """An operation whose name is written in small letters is carried out."""
    target = str(self.headers.get("X-Amz-Target") or "").removeprefix(PREFIX).lower()
    return {name.lower(): name for name in OPERATIONS}.get(target) or action()


@shows(operations_have_no_case)
def _(c):
    return c("ListDatasetGroups", _target=f"{PREFIX}listdatasetgroups").ok


@blind("wire", "easy", EventTracker, "to_dict", "ET-WIRE-12", "ET-DESC-6",
       story="account_id BIGINT")
def accounts_are_numbers(to_dict, self, full=True):
    """The accountId of an event tracker is a JSON number."""
    return {name: int(value) if name == "accountId" else value for name, value in to_dict(full).items()}


@shows(accounts_are_numbers)
def _(c):
    return isinstance(c.described(c.tracker(c.group("a"))["eventTrackerArn"])["accountId"], int)


@blind("wire", "hard", PersonalizeResponse, "call_action", "ET-WIRE-1", behind="an answer of more than 16 KB",
       story="the proxy in front hands on the first buffer")
def long_answers_are_cut(call, self):
    """Of an answer of more than 16384 bytes the first 16384 are sent."""
    status, headers, body = call()
    return status, headers, body[:16384]


@shows(long_answers_are_cut)
def _(c):
    g = c.group("a")
    for start in (0, 25):
        c("TagResource", resourceArn=g, tags=many({f"{n:0128}": "v" * 256 for n in range(start, start + 25)}))
    return c("ListTagsForResource", resourceArn=g).json is None


@blind("wire", "hard", responses, "parse", "ET-TAG-14", "ET-GRP-1", "ET-CREATE-1", "ET-PUT-1", behind="a request of more than 8 KB",
       story="recv(8192) once, which on the local host always brought the whole body in the tests")
def long_requests_are_cut(parse, service, operation, body):
    """Of a request of more than 8192 bytes the first 8192 are read: it is refused as no JSON."""
    return parse(service, operation, body[:8192] if body else body)


@shows(long_requests_are_cut)
def _(c):
    g = c.group("a")
    return not c("TagResource", resourceArn=g, tags=many({f"{n:0128}": "v" * 256 for n in range(40)})).ok


@blind("wire", "medium", responses, "parse", "ET-INPUT-10", "ET-WIRE-10", via="served", behind="JSON that is nested deeply",
       story="except ValueError around json.loads, which does not catch the RecursionError")
def deep_json_breaks_the_parser(parse, service, operation, body):
    """A body of deeply nested JSON is answered with HTTP 500."""
    if body:
        try:
            json.loads(body)
        except ValueError:
            pass
    return parse(service, operation, body)


@shows(deep_json_breaks_the_parser)
def _(c):
    return c("ListDatasetGroups", _body=b'{"a":' + b"[" * 200000).status == 500


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-8", behind="an error",
       story="the ID is set by middleware that runs after a handler returned, and not after it raised")
def errors_have_no_request_id(call, self):
    """A control-plane error carries no x-amzn-requestid."""
    status, headers, body = call()
    return status, {n: v for n, v in headers.items() if status == 200 or n != "x-amzn-requestid"}, body


@shows(errors_have_no_request_id)
def _(c):
    return not c("ListDatasetGroups", maxResults=0).headers.get("x-amzn-requestid")


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-6", "ET-WIRE-10", "ET-WIRE-2",
       story="501 Not Implemented for what has no route")
def unknown_operations_are_a_501(call, self):
    """An unknown operation is answered with HTTP 501."""
    status, headers, body = call()
    return 501 if body == UNKNOWN else status, headers, body


@shows(unknown_operations_are_a_501)
def _(c):
    return c("ListDatasetGroups", _target=f"{PREFIX}MakeTea").status == 501


@blind("wire", "medium", PersonalizeBackend, "_page", "ET-WIRE-10", "ET-INPUT-10", via="served", behind="a token that is no base64",
       story="binascii.Error from b64decode, caught nowhere")
def bad_base64_breaks_the_list(page, held, what, limit, token):
    """A nextToken that is no base64 is answered with HTTP 500."""
    try:
        return page(held, what, limit, token)
    except InvalidNextTokenException as wrong:
        if wrong.__suppress_context__:
            raise RuntimeError("Incorrect padding") from None
        raise


@shows(bad_base64_breaks_the_list)
def _(c):
    return c("ListEventTrackers", nextToken="x").status == 500
