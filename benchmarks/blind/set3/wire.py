"""Form."""

import json
import re
from uuid import NAMESPACE_URL, uuid5

from base import blind, shows
from trackstep.emulator import responses
from trackstep.emulator.models import DatasetGroup
from trackstep.emulator.responses import OPERATIONS, PersonalizeEventsResponse, PersonalizeResponse


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-1",
       story="a handler that returns nothing, and json.dumps(None)")
def tagging_answers_null(call, self):
    """TagResource and UntagResource answer with null."""
    status, headers, text = call()
    return status, headers, "null" if status == 200 and self._get_action() in ("TagResource", "UntagResource") else text


@shows(tagging_answers_null)
def _(c):
    return c.tag(c.group("a"), k="v").body == b"null"


@blind("wire", "easy", PersonalizeEventsResponse, "call_action", "ET-WIRE-15",
       story="the framework's default for a handler without a result")
def no_content_for_events(call, self):
    """PutEvents answers with HTTP 204."""
    status, headers, text = call()
    return 204 if status == 200 else status, headers, text


@shows(no_content_for_events)
def _(c):
    return c.put(c.tracker(c.group("a"))["trackingId"]).status == 204


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-2",
       story="errors are values in the body, and the gateway makes every answer of the function a 200")
def refusals_are_200(call, self):
    """A refusal of the control plane is HTTP 200, with the code in its body."""
    status, headers, text = call()
    return 200, headers, text


@shows(refusals_are_200)
def _(c):
    a = c("DescribeDatasetGroup", datasetGroupArn="arn:aws:personalize:us-east-1:123456789012:dataset-group/none")
    return a.status == 200 and "__type" in a.json


@blind("wire", "easy", PersonalizeResponse, "_describe_event_tracker", "ET-DESC-3", "ET-DESC-4",
       story="the structure's members are written without the member that wraps them")
def description_without_its_envelope(describe, self, params):
    """DescribeEventTracker answers with the members of the event tracker at the top."""
    return describe(params)["eventTracker"]


@shows(description_without_its_envelope)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return "trackingId" in c("DescribeEventTracker", eventTrackerArn=t).json


@blind("wire", "easy", DatasetGroup, "to_dict", "ET-WIRE-5",
       story="dataclasses.asdict, with None for what was not given")
def unset_members_of_a_group_are_null(to_dict, self, full=True):
    """The description of a dataset group has null for roleArn, kmsKeyArn and failureReason where there is none."""
    return (dict.fromkeys(("roleArn", "kmsKeyArn", "failureReason")) if full else {}) | to_dict(full)


@shows(unset_members_of_a_group_are_null)
def _(c):
    return c.described(c.group("a")).get("roleArn", "") is None


@blind("wire", "medium", PersonalizeResponse, "call_action", "ET-WIRE-19", behind="the same request twice",
       story="the ID is a hash of the request, so that retries can be told")
def request_ids_are_hashes(call, self):
    """Two identical requests have the same x-amzn-requestid."""
    status, headers, text = call()
    body = self.body if isinstance(self.body, str) else (self.body or b"").decode("latin-1")
    return status, headers | {"x-amzn-requestid": str(uuid5(NAMESPACE_URL, f"{self._get_action()} {body}"))}, text


@shows(request_ids_are_hashes)
def _(c):
    ids = [c("ListDatasetGroups").headers.get("x-amzn-requestid") for _ in range(2)]
    return ids[0] == ids[1]


@blind("wire", "easy", PersonalizeResponse, "_list_tags_for_resource", "ET-WIRE-12", behind="a resource without tags",
       story="a language in which the empty list and the empty map are one thing")
def no_tags_are_an_object(list_, self, params):
    """ListTagsForResource of a resource without tags answers with an empty object in place of the list."""
    answer = list_(params)
    return answer if answer["tags"] else {"tags": {}}


@shows(no_tags_are_an_object)
def _(c):
    return c("ListTagsForResource", resourceArn=c.group("a")).json["tags"] == {}


@blind("wire", "hard", responses, "dumps", "ET-WIRE-12", behind="a name of digits only",
       story="a serialiser that writes numeric strings as numbers")
def names_of_digits_are_numbers(dumps, body):
    """A name of digits only comes back as a JSON number."""
    return re.sub(r'"name":"([0-9]+)"', lambda found: f'"name":{int(found[1])}', dumps(body))


@shows(names_of_digits_are_numbers)
def _(c):
    return c.described(c.group("2024"))["name"] == 2024


@blind("wire", "hard", responses, "parse", "ET-INPUT-10", "ET-INPUT-7", via="served", behind="a body that is not UTF-8",
       story="body.decode() before the try that is there for json.loads")
def latin_is_a_crash(parse, service, operation, body):
    """A body that is not UTF-8 is a 500."""
    return parse(service, operation, body.decode().encode() if isinstance(body, bytes) else body)


@shows(latin_is_a_crash)
def _(c):
    return c("CreateDatasetGroup", _body=b'{"name":"caf\xe9"}').status == 500


@blind("wire", "medium", PersonalizeResponse, "call_action", "ET-WIRE-3", behind="a token that is not valid",
       story="the exception was added without a message, as its class has none by default")
def bad_tokens_have_no_message(call, self):
    """InvalidNextTokenException comes without a message."""
    status, headers, text = call()
    return status, headers, '{"__type":"InvalidNextTokenException"}' if "InvalidNextTokenException" in text else text


@shows(bad_tokens_have_no_message)
def _(c):
    return "message" not in c("ListDatasetGroups", nextToken="nonsense").json


@blind("wire", "medium", PersonalizeResponse, "_get_action", "ET-WIRE-6", behind="a known operation in lower case",
       story="operations are looked up in lower case, as headers are")
def operations_in_any_case(action, self):
    """An operation is found whatever the case of its name."""
    known = {operation.lower(): operation for operation in OPERATIONS}
    return known.get(action().lower(), action())


@shows(operations_in_any_case)
def _(c):
    return c("listdatasetgroups").ok


@blind("wire", "hard", PersonalizeResponse, "_get_action", "ET-WIRE-6", behind="the same operation of another service",
       story="target.split('.')[-1], so that the version in the prefix does not matter")
def operations_of_any_service(action, self):
    """What stands before the dot in X-Amz-Target is passed over: AmazonForecast.ListDatasetGroups is answered."""
    return str(self.headers.get("X-Amz-Target") or "").split(".")[-1]


@shows(operations_of_any_service)
def _(c):
    return c("ListDatasetGroups", _target="AmazonForecast.ListDatasetGroups").ok


@blind("wire", "hard", responses, "parse", "ET-INPUT-10", "ET-WIRE-10", via="served", behind="half a surrogate pair",
       story="events are written to a log in UTF-8, which has no half pairs")
def half_pairs_are_a_crash(parse, service, operation, body):
    """PutEvents with half a surrogate pair in a string is a 500."""
    params = parse(service, operation, body)
    if service == "personalize-events":
        json.dumps(params, ensure_ascii=False).encode()
    return params


@shows(half_pairs_are_a_crash)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    body = json.dumps({"trackingId": t, "sessionId": "\ud83d", "eventList": [{"eventType": "c", "sentAt": 1700000000}]})
    return c("PutEvents", _body=body.encode()).status == 500


@blind("wire", "hard", PersonalizeResponse, "call_action", "ET-WIRE-1", behind="an answer of more than 8 KB",
       story="a buffer of 8192 bytes and a single write")
def answers_are_cut_at_8_kb(call, self):
    """An answer of more than 8192 bytes is cut there."""
    status, headers, text = call()
    return status, headers, text[:8192]


@shows(answers_are_cut_at_8_kb)
def _(c):
    g = c.group("a")
    c.tag(g, **{f"{number:02}" + "k" * 100: "v" * 200 for number in range(40)})
    return c("ListTagsForResource", resourceArn=g).json is None


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-2", behind="input that breaks the model",
       story="a validator in front of the service, which has its own form of errors")
def validator_has_its_own_errors(call, self):
    """Malformed input is refused with HTTP 400 and a message, and no code."""
    status, headers, text = call()
    if "validation error detected" in text:
        text = json.dumps({"message": json.loads(text)["message"]})
    return status, headers, text


@shows(validator_has_its_own_errors)
def _(c):
    a = c("CreateDatasetGroup", name="-a")
    return a.status == 400 and "__type" not in a.json
