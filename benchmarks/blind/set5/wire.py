"""The form of answers."""

import json
import time
from uuid import NAMESPACE_OID, uuid5

from base import blind, kept, many, shows
from trackstep.emulator import responses
from trackstep.emulator.exceptions import InvalidNextTokenException, ResourceNotFoundException
from trackstep.emulator.models import DatasetGroup, PersonalizeBackend
from trackstep.emulator.responses import OPERATIONS, PersonalizeEventsResponse, PersonalizeResponse


@blind("wire", "easy", responses, "_request_id", "ET-WIRE-19", behind="two answers in one second",
       story="an ID made of the time, which the logs give in seconds")
def request_ids_are_of_the_second(_made):
    """All answers of one second have the same x-amzn-requestid. (ET-WIRE-19)"""
    return uuid5(NAMESPACE_OID, str(int(time.time())))


@shows(request_ids_are_of_the_second)
def _(c):
    ids = [c("ListDatasetGroups").headers["x-amzn-requestid"] for _ in range(4)]
    return len(set(ids)) < 4


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-7", behind="an answer without a body",
       story="return '', 200: without a body the framework falls back on its own content type")
def nothing_is_html(call, self):
    """The content type of an answer of the control plane without a body is text/html. (ET-WIRE-7)"""
    status, headers, body = call()
    return status, headers if body else headers | {"content-type": "text/html; charset=utf-8"}, body


@shows(nothing_is_html)
def _(c):
    return c("DeleteDatasetGroup", datasetGroupArn=c.group()).headers["content-type"].startswith("text/html")


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-1", "ET-WIRE-2", "ET-WIRE-3", behind="input that breaks the model",
       story="FastAPI validates before any of one's own code runs, and answers in its own way")
def the_framework_validates(call, self):
    """Malformed input is answered with HTTP 422 and an object that has a detail only. (ET-WIRE-1)"""
    status, headers, body = call()
    if status == 400 and "validation error detected" in body:
        return 422, headers, json.dumps({"detail": [{"loc": ["body"], "msg": json.loads(body)["message"], "type": "value_error"}]})
    return status, headers, body


@shows(the_framework_validates)
def _(c):
    answer = c("CreateDatasetGroup", name="-")
    return answer.status == 422 and "__type" not in answer.json


@blind("wire", "easy", PersonalizeResponse, "_list_event_trackers", "ET-WIRE-12", "ET-WIRE-5", behind="nothing to list",
       story="Go: a nil slice is marshalled as null")
def no_items_are_null(listed, self, params):
    """ListEventTrackers answers with null in place of an empty list. (ET-WIRE-12)"""
    answer = listed(params)
    return answer | {"eventTrackers": answer["eventTrackers"] or None}


@shows(no_items_are_null)
def _(c):
    return c("ListEventTrackers").json == {"eventTrackers": None}


@blind("wire", "easy", PersonalizeEventsResponse, "call_action", "ET-WIRE-1", behind="an ID that is none",
       story="the handler of events returns {message} itself, past the one that writes errors")
def unknown_ids_are_told_without_a_code(call, self):
    """PutEvents with an unknown trackingId is refused with a message and no code. (ET-WIRE-1)"""
    status, headers, body = call()
    if status == 400 and "tracking ID" in body:
        return 400, {k: v for k, v in headers.items() if k != "x-amzn-errortype"}, '{"message":"Unknown tracking ID"}'
    return status, headers, body


@shows(unknown_ids_are_told_without_a_code)
def _(c):
    answer = c.put("no-id")
    return answer.status == 400 and not answer.code


@blind("wire", "easy", PersonalizeResponse, "_get_action", "ET-WIRE-6", behind="the name of an operation, and more",
       story="a router that matches by the beginning of the target, as it does with paths")
def operations_are_matched_by_their_beginning(asked, self):
    """An operation whose name begins with that of another is carried out as that. (ET-WIRE-6)"""
    operation = asked()
    if operation in OPERATIONS:
        return operation
    return max((known for known in OPERATIONS if operation.startswith(known)), key=len, default=operation)


@shows(operations_are_matched_by_their_beginning)
def _(c):
    return c("ListDatasetGroups", _target="AmazonPersonalize.ListDatasetGroupsV2").ok


@blind("wire", "medium", PersonalizeResponse, "call_action", "ET-WIRE-2", behind="too many tags",
       story="the tagging module came from another service, REST and JSON, whose errors have a code")
def tag_errors_have_a_code(call, self):
    """TooManyTagsException is told under code, not under __type. (ET-WIRE-2)"""
    status, headers, body = call()
    if status == 400 and '"TooManyTagsException"' in body:
        body = body.replace('"__type"', '"code"')
    return status, headers, body


@shows(tag_errors_have_a_code)
def _(c):
    answer = c("TagResource", resourceArn=c.group(), tags=many({f"k{n}": "" for n in range(51)}))
    return answer.status == 400 and "__type" not in answer.json and answer.json["code"] == "TooManyTagsException"


@blind("wire", "medium", PersonalizeResponse, "call_action", "ET-WIRE-1", behind="something that is there already",
       story="return json.dumps(error.to_json()), where to_json() is text already")
def some_errors_are_encoded_twice(call, self):
    """The body of ResourceAlreadyExistsException is a JSON string that holds the object. (ET-WIRE-1)"""
    status, headers, body = call()
    if status == 400 and "ResourceAlreadyExistsException" in body[:60]:
        body = json.dumps(body)
    return status, headers, body


@shows(some_errors_are_encoded_twice)
def _(c):
    c.group()
    return isinstance(c("CreateDatasetGroup", name="g").json, str)


@blind("wire", "medium", PersonalizeBackend, "list_tags_for_resource", "ET-TAG-11", behind="letters beyond ASCII",
       story="UTF-8 goes into a table that is said to be Latin-1, and is read as that")
def letters_are_decoded_as_latin(listed, self, arn):
    """Letters beyond ASCII in tags are shown as two or three others. (ET-TAG-11)"""
    return [{name: text.encode().decode("latin-1") for name, text in tag.items()} for tag in listed(arn)]


@shows(letters_are_decoded_as_latin)
def _(c):
    arn = c.group()
    c.tag(arn, a="é")
    return c.tags(arn) == {"a": "Ã©"}


@blind("wire", "medium", PersonalizeResponse, "_list_tags_for_resource", "ET-WIRE-12", "ET-TAG-14", behind="a single tag",
       story="an XML store in between: one element is not told from a list of one")
def one_tag_is_no_list(listed, self, params):
    """ListTagsForResource answers with an object in place of a list where there is one tag. (ET-WIRE-12)"""
    answer = listed(params)
    return {"tags": answer["tags"][0]} if len(answer["tags"]) == 1 else answer


@shows(one_tag_is_no_list)
def _(c):
    arn = c.group()
    before = c.tags(arn)
    c.tag(arn, a="1")
    return before == {} and c("ListTagsForResource", resourceArn=arn).json == {"tags": {"tagKey": "a", "tagValue": "1"}}


@blind("wire", "medium", PersonalizeResponse, "_list_dataset_groups", "ET-WIRE-12", "ET-PAGE-8", behind="a second page",
       story="the token is the row number, and nobody made it text")
def tokens_are_numbers(listed, self, params):
    """The nextToken of ListDatasetGroups is a number. (ET-WIRE-12)"""
    tokens = kept(self.personalize_backend, "tokens", list)
    if "nextToken" in params:
        given = params["nextToken"]
        if not (given.isascii() and given.isdecimal() and 0 < int(given[:9]) <= len(tokens)):
            raise InvalidNextTokenException
        params = params | {"nextToken": tokens[int(given[:9]) - 1]}
    answer = listed(params)
    if "nextToken" in answer:
        tokens.append(answer["nextToken"])
        answer["nextToken"] = len(tokens)
    return answer


@shows(tokens_are_numbers)
def _(c):
    for name in "ab":
        c.group(name)
    token = c("ListDatasetGroups", maxResults=1).json["nextToken"]
    return isinstance(token, int) and c("ListDatasetGroups", maxResults=1, nextToken=str(token)).ok


@blind("wire", "medium", PersonalizeResponse, "call_action", "ET-PAGE-6", "ET-WIRE-1", behind="a token that is none",
       story="the paginator returns its error as a value; the handler sends whatever it is given with HTTP 200")
def bad_tokens_are_a_success(call, self):
    """InvalidNextTokenException is sent with HTTP 200. (ET-PAGE-6)"""
    status, headers, body = call()
    return (200 if status == 400 and "InvalidNextTokenException" in body else status), headers, body


@shows(bad_tokens_are_a_success)
def _(c):
    return c("ListEventTrackers", nextToken="no-token").status == 200


@blind("wire", "medium", DatasetGroup, "to_dict", "ET-WIRE-12", behind="a creation that failed",
       story="reasons are collected in a list, as several checks may fail")
def reasons_are_a_list(described, self, full=True):
    """The failureReason of a dataset group is a list of strings. (ET-WIRE-12)"""
    shown = described(full)
    return shown | ({"failureReason": [shown["failureReason"]]} if "failureReason" in shown else {})


@shows(reasons_are_a_list)
def _(c):
    return isinstance(c.described(c.group("x-create-failed"))["failureReason"], list)


@blind("wire", "easy", PersonalizeBackend, "describe_event_tracker", "ET-WIRE-10", "ET-INPUT-10", "ET-DESC-2", behind="an ARN with letters that Latin-1 has not", via="served",
       story="the message of an error goes into a header too, and headers are Latin-1")
def messages_are_headers(describe, self, arn):
    """DescribeEventTracker of an ARN that no tracker has, with letters beyond Latin-1, is answered with HTTP 500. (ET-WIRE-10)"""
    try:
        return describe(arn)
    except ResourceNotFoundException:
        arn.encode("latin-1")
        raise


@shows(messages_are_headers)
def _(c):
    arn = "arn:aws:personalize:us-east-1:123456789012:event-tracker/"
    return c("DescribeEventTracker", eventTrackerArn=arn + "\u4e2d").status == 500 and c("DescribeEventTracker", eventTrackerArn=arn + "é").status == 400
