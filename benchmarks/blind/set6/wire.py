"""HTTP and JSON."""

import gzip
import itertools
import json
import uuid
from datetime import UTC, datetime

from base import blind, kept, shows
from trackstep.emulator import responses
from trackstep.emulator.models import DatasetGroup
from trackstep.emulator.responses import UNKNOWN, PersonalizeEventsResponse, PersonalizeResponse


@blind("wire", "easy", PersonalizeEventsResponse, "call_action", "ET-WIRE-8",
       story="the middleware that gives requests their ID is mounted on the control plane alone")
def events_have_no_request_id(call, self):
    """The answer to a PutEvents that succeeds carries no x-amzn-requestid. (ET-WIRE-8)"""
    status, headers, text = call()
    return status, {k: v for k, v in headers.items() if k != "x-amzn-requestid" or status != 200}, text


@shows(events_have_no_request_id)
def _(c):
    answer = c.put(c.tracker(c.group())["trackingId"])
    return answer.ok and "x-amzn-requestid" not in answer.headers


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-7",
       story="errors are rendered by the framework's own handler, to RFC 9457")
def errors_are_problems(call, self):
    """The content type of an error of the control plane is application/problem+json. (ET-WIRE-7)"""
    status, headers, text = call()
    return status, headers | {"content-type": "application/problem+json"} if status >= 400 else headers, text


@shows(errors_are_problems)
def _(c):
    bad = c("DescribeDatasetGroup", datasetGroupArn="arn:aws:personalize:us-east-1:123456789012:dataset-group/none")
    return bad.headers["content-type"] == "application/problem+json" and bad.code == "ResourceNotFoundException"


@blind("wire", "hard", PersonalizeResponse, "call_action", "ET-WIRE-1", behind="an answer of more than 1400 bytes", via="served",
       story="a gateway compresses what does not fit into one packet; the framework behind it overwrites its Content-Encoding")
def long_answers_are_compressed(call, self):
    """An answer of more than 1400 bytes is gzip, and nothing says so. (ET-WIRE-1)"""
    status, headers, text = call()
    if len(text) > 1400:
        text = gzip.compress(text.encode()).decode("utf-8", "surrogateescape")
    return status, headers, text


@shows(long_answers_are_compressed)
def _(c):
    for number in range(10):
        c.group(f"g{number}")
    return c("ListDatasetGroups", maxResults=3).ok and c("ListDatasetGroups").body[:2] == b"\x1f\x8b"


@blind("wire", "medium", PersonalizeResponse, "call_action", "ET-WIRE-17", behind="two different errors",
       story="the header is taken from a thread-local that the exception's handler fills only after the headers were written")
def the_header_names_the_error_before(call, self):
    """An error of the control plane is named in the body, and the one before it in the header x-amzn-errortype. (ET-WIRE-17)"""
    status, headers, text = call()
    if status >= 400:
        now = json.loads(text)["__type"]
        last = kept(self.personalize_backend, "last_error", list)
        headers = headers | {"x-amzn-errortype": last[-1] if last else now}
        last.append(now)
    return status, headers, text


@shows(the_header_names_the_error_before)
def _(c):
    c("DescribeDatasetGroup", datasetGroupArn="no")
    bad = c("DescribeDatasetGroup", datasetGroupArn="arn:aws:personalize:us-east-1:123456789012:dataset-group/none")
    return bad.headers.get("x-amzn-errortype") == "InvalidInputException" and bad.code == "ResourceNotFoundException"


_numbers, _process = itertools.count(), uuid.uuid4().int >> 8 << 8


@blind("wire", "hard", responses, "_request_id", "ET-WIRE-19", behind="256 answers",
       story="sixteen bytes: fifteen of the process, and a counter of one")
def request_ids_count_to_256(made):
    """The 257th answer has the x-amzn-requestid of the first. (ET-WIRE-19)"""
    made()
    return uuid.UUID(int=_process | next(_numbers) % 256)


@shows(request_ids_count_to_256)
def _(c):
    ids = [c("ListDatasetGroups").headers["x-amzn-requestid"] for _ in range(257)]
    return len(set(ids[:256])) == 256 and len(set(ids)) == 256


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-15",
       story="no body, so return '', 204, as one does in REST")
def deletions_are_a_204(call, self):
    """DeleteEventTracker and DeleteDatasetGroup answer with HTTP 204. (ET-WIRE-15)"""
    status, headers, text = call()
    return 204 if status == 200 and self._get_action().startswith("Delete") else status, headers, text


@shows(deletions_are_a_204)
def _(c):
    return c("DeleteDatasetGroup", datasetGroupArn=c.group()).status == 204


@blind("wire", "easy", PersonalizeEventsResponse, "call_action", "ET-WIRE-11",
       story="the handler is that of Kinesis' PutRecords")
def events_answer_with_a_count(call, self):
    """PutEvents answers {"FailedRecordCount":0} in place of nothing. (ET-WIRE-11)"""
    status, headers, text = call()
    return status, headers, '{"FailedRecordCount":0}' if status == 200 else text


@shows(events_answer_with_a_count)
def _(c):
    return c.put(c.tracker(c.group())["trackingId"]).body == b'{"FailedRecordCount":0}'


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-6",
       story="the name that the query protocol of EC2 and IAM has for it")
def unknown_operations_are_invalid_actions(call, self):
    """An unknown operation is refused with InvalidAction. (ET-WIRE-6)"""
    status, headers, text = call()
    return status, headers, '{"__type":"InvalidAction","message":"The action is not valid."}' if text == UNKNOWN else text


@shows(unknown_operations_are_invalid_actions)
def _(c):
    return c("DescribeNothing").code == "InvalidAction"


@blind("wire", "medium", DatasetGroup, "to_dict", "ET-WIRE-4", "ET-WIRE-12", behind="a group with a domain",
       story="domain groups came with the second version of the serialiser, which has isoformat() for a datetime")
def domain_groups_have_the_new_serialiser(to_dict, self, full=True):
    """The times of a dataset group with a domain are text in ISO 8601. (ET-WIRE-4)"""
    told = to_dict(full)
    if "domain" in self.params:
        told |= {m: datetime.fromtimestamp(told[m], UTC).isoformat() for m in ("creationDateTime", "lastUpdatedDateTime")}
    return told


@shows(domain_groups_have_the_new_serialiser)
def _(c):
    plain, shop = c.group("a"), c.group("b", domain="ECOMMERCE")
    return isinstance(c.described(plain)["creationDateTime"], float) and isinstance(c.described(shop)["creationDateTime"], str)
