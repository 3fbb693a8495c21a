"""Allowed differences that break nothing: none of these may be told."""

from base import META, blind, shows, token_of, where_after
from trackstep.emulator.models import DEFAULT_PAGE, PersonalizeBackend
from trackstep.emulator.responses import PersonalizeResponse


@blind("wire", "easy", PersonalizeResponse, "call_action", "ET-WIRE-1",
       story="PHP's json_encode escapes a slash; each parser reads it back")
def control_slashes_are_escaped(call, self):
    """Allowed: each slash in the body of an answer is written with a backslash in front of it."""
    status, headers, text = call()
    return status, headers, text.replace("/", "\\/")


@shows(control_slashes_are_escaped)
def _(c):
    answer = c("CreateDatasetGroup", name="g")
    return b"dataset-group\\/g" in answer.body and answer.json["datasetGroupArn"].endswith("dataset-group/g")


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-1",
       story="the newest versions of a key stand last, and the index is read from its end")
def control_lists_run_backwards(page, held, what, limit, token):
    """Allowed: Lists are in the reverse order of ARNs, from the first page to the last."""
    last = where_after(token, what)
    rest = sorted((item for item in held if not last or item.arn < last), key=lambda item: item.arn, reverse=True)
    cut = rest[: limit or DEFAULT_PAGE]
    return [item.to_dict(full=False) for item in cut], token_of(f"{what} {cut[-1].arn}") if len(rest) > len(cut) else None


@shows(control_lists_run_backwards)
def _(c):
    for name in "abc":
        c.group(name)
    return [g["name"] for g in c.walk("ListDatasetGroups", 1)] == ["c", "b", "a"]


@blind("lifecycle", "hard", PersonalizeBackend, "_page", "ET-LIST-1", needs="moving",
       story="WHERE NOT deleting, since what is going is of no use to who lists")
def control_what_is_deleted_is_not_listed(page, held, what, limit, token):
    """Allowed: Lists leave out what is being deleted."""
    return page([item for item in held if not item.state.startswith("DELETE")], what, limit, token)


@shows(control_what_is_deleted_is_not_listed)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    before = len(c.walk("ListEventTrackers"))
    c("DeleteEventTracker", eventTrackerArn=arn)
    return before == 1 and not c.walk("ListEventTrackers") and bool(c.described(arn))


for _name, _told in META.items():
    if _name.startswith("b6-control-"):
        _told["control"] = "yes"
