"""The form of answers."""

import json

from base import blind, shows
from trackstep.emulator.exceptions import InvalidNextTokenException
from trackstep.emulator.responses import PersonalizeEventsResponse as PE, PersonalizeResponse as P


@blind("wire", "easy", P, "_describe_dataset_group", "ET-WIRE-4")
def iso_dates_of_groups(describe, self, params):
    """DescribeDatasetGroup writes its timestamps as text."""
    found = describe(params)["datasetGroup"]
    return {"datasetGroup": {k: str(v) if k.endswith("DateTime") else v for k, v in found.items()}}


@shows(iso_dates_of_groups)
def _(c):
    return isinstance(c.described(c.group("a"))["creationDateTime"], str)


@blind("wire", "easy", P, "call_action", "ET-WIRE-7")
def errors_in_plain_json(call, self):
    """The content type of an error is application/json."""
    status, headers, text = call()
    return status, headers | ({} if status == 200 else {"content-type": "application/json"}), text


@shows(errors_in_plain_json)
def _(c):
    return c("DescribeDatasetGroup").headers["content-type"] == "application/json"


@blind("wire", "easy", P, "_delete_dataset_group", "ET-WIRE-11")
def deletion_echoes(delete, self, params):
    """DeleteDatasetGroup answers with the ARN it was given."""
    delete(params)
    return {"datasetGroupArn": params["datasetGroupArn"]}


@shows(deletion_echoes)
def _(c):
    return bool(c("DeleteDatasetGroup", datasetGroupArn=c.group("a")).body)


@blind("wire", "medium", P, "call_action", "ET-WIRE-2", behind="a group that exists")
def conflict_is_409(call, self):
    """ResourceAlreadyExistsException of CreateDatasetGroup comes with HTTP 409."""
    status, headers, text = call()
    wrong = self._get_action() == "CreateDatasetGroup" and "ResourceAlreadyExists" in text
    return (409 if wrong else status), headers, text


@shows(conflict_is_409)
def _(c):
    c.group("a")
    return c("CreateDatasetGroup", name="a").status == 409


@blind("wire", "medium", PE, "call_action", "ET-WIRE-8", behind="events that are refused")
def no_request_id_on_refused_events(call, self):
    """A refusal of PutEvents has no x-amzn-requestid."""
    status, headers, text = call()
    return status, {k: v for k, v in headers.items() if status == 200 or k != "x-amzn-requestid"}, text


@shows(no_request_id_on_refused_events)
def _(c):
    return "x-amzn-requestid" not in c.put("nobody").headers


@blind("wire", "medium", InvalidNextTokenException, "__init__", "ET-WIRE-3", behind="a token of nobody")
def bad_token_says_nothing(init, self):
    """InvalidNextTokenException has no message."""
    init()
    self.description = json.dumps({"__type": "InvalidNextTokenException"})


@shows(bad_token_says_nothing)
def _(c):
    return "message" not in c("ListEventTrackers", nextToken="nobody").json


@blind("wire", "medium", P, "_list_event_trackers", "ET-WIRE-5", "ET-PAGE-8", behind="a filter")
def null_token_when_filtered(lists, self, params):
    """ListEventTrackers with a filter has a nextToken that is null."""
    found = lists(params)
    return found | ({"nextToken": found.get("nextToken")} if "datasetGroupArn" in params else {})


@shows(null_token_when_filtered)
def _(c):
    return "nextToken" in c("ListEventTrackers", datasetGroupArn=c.group("a")).json


@blind("wire", "hard", P, "call_action", "ET-INPUT-10", "ET-WIRE-10", behind="an ARN that is not ASCII, of nobody")
def message_in_latin_1(call, self):
    """A refusal that names an ARN with a character outside Latin-1 is a 500."""
    status, headers, text = call()
    try:
        "".join(str(json.loads(text).get("message", "")) if status != 200 and text else "").encode("latin-1")
    except UnicodeEncodeError:
        return 500, headers, '{"__type":"InternalFailure","message":"codec"}'
    return status, headers, text


@shows(message_in_latin_1)
def _(c):
    arn = "arn:aws:personalize:us-east-1:123456789012:event-tracker/\u4e2d"
    return c("DescribeEventTracker", eventTrackerArn=arn).status == 500


@blind("wire", "hard", P, "_list_dataset_groups", "ET-WIRE-12", behind="a page after the first")
def later_pages_are_wrapped(lists, self, params):
    """Where a later page of ListDatasetGroups has one item, it is that item and no list."""
    found = lists(params)
    page = found["datasetGroups"]
    return found | ({"datasetGroups": page[0]} if "nextToken" in params and len(page) == 1 else {})


@shows(later_pages_are_wrapped)
def _(c):
    c.group("a"), c.group("b")
    token = c("ListDatasetGroups", maxResults=1).json["nextToken"]
    return isinstance(c("ListDatasetGroups", maxResults=1, nextToken=token).json["datasetGroups"], dict)
