"""One answer of a faithful history made impossible, in each way that there is a kind of.

A kind yields places, each with what stands there instead. That no service could have answered so follows from what the
session shows for certain (view.py), never from what the judge thinks. Knows nothing of the judge.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fuzz.histories import Session
from tests.fuzz.request import flaws
from tests.fuzz.service import EXISTS, IN_USE, uuid4
from tests.fuzz.view import ACTIVE, CREATING, DELETING, FAILED, HERE, NOT_FOUND, Changes, Resource, Sight, View
from trackstep.operation import COVERED, Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome, Wire

Places = Iterator[tuple[int, Any]]
RANK = {status: rank for rank, status in enumerate((*CREATING, ACTIVE, *DELETING))} | {FAILED: 2}
KINDS: dict[str, Changes] = {}
PUT_OFF = ("ThrottlingException", "LimitExceededException")
FULL = ("name", "eventTrackerArn", "accountId", "trackingId", "datasetGroupArn", "status", "creationDateTime")


def kind(changes: Changes) -> Changes:
    """A kind of change, by its name."""
    KINDS[changes.__name__] = changes
    return changes


def places(view: View, name: str) -> list[tuple[int, Any]]:
    """Where the session can be changed so, and what stands there instead."""
    return list(KINDS[name](view))


def put_in(session: Session, number: int, instead: Any) -> Session:
    """The session with another answer at a place."""
    steps = list(session.steps)
    steps[number] = Step(steps[number].operation, told(steps[number], instead))
    return session._replace(steps=steps)


def told(step: Step, instead: Any) -> Outcome:
    """The outcome itself, the code of a refusal, or the members of a success, in the form of the one before."""
    wire = step.outcome.wire
    if isinstance(instead, Outcome):
        return instead
    if isinstance(instead, str):
        body: dict[str, Any] = {"__type": instead, "message": "no"}
        seen = wire and Wire(400, {**wire.headers, "x-amzn-errortype": instead}, json.dumps(body).encode())
        return Outcome.refusal(instead, "no", seen)
    return Outcome.success(instead, wire and Wire(200, wire.headers, json.dumps(instead).encode() if instead else b""))


# -- what is shown of one resource -----------------------------------------------------------------


def shown(view: View, sight: Sight, **members: Any) -> tuple[int, dict[str, Any]]:
    """The answer with other members for this resource; None takes one away."""
    body = {key: value for key, value in (sight.body | members).items() if value is not None}
    result: Mapping[str, Any] = view.steps[sight.step].outcome.result or {}
    new = {
        member: [body if each is sight.body else each for each in value]
        if isinstance(value, list)
        else (body if value is sight.body else value)
        for member, value in result.items()
    }
    return sight.step, new


def described(view: View, kinds: str = "") -> list[Sight]:
    """What DescribeEventTracker and DescribeDatasetGroup showed."""
    names = {"": "Describe", "event-tracker": "DescribeEventTracker", "dataset-group": "DescribeDatasetGroup"}
    return [sight for sight in view.sights if view.steps[sight.step].operation.name.startswith(names[kinds])]


def again(view: View) -> Iterator[tuple[Sight, Sight]]:
    """The same incarnation shown earlier and later, with nothing lost about it."""
    for later in view.sights:
        if view.calm(later.resource, later.step):
            for earlier in view.sights:
                if earlier.resource is later.resource and earlier.step < later.step:
                    yield earlier, later


@kind
def a_status_goes_back(view: View) -> Places:
    """To one that comes before, or from ACTIVE to CREATE FAILED and the like."""
    for earlier, later in again(view):
        was = earlier.body["status"]
        for status, rank in RANK.items():
            tolerated = later.resource.kind == "dataset-group" and was == DELETING[1] and status == DELETING[0]
            if not tolerated and (rank < RANK[was] or (rank == RANK[was] == 2 and status != was)):
                yield shown(view, later, status=status)


@kind
def a_deletion_is_undone(view: View) -> Places:
    """A status of before, after the deletion was accepted."""
    for number, _, _ in view.answered("Delete"):
        for sight in view.sights:
            if sight.resource is view.about[number] and sight.step > number and view.calm(sight.resource, sight.step):
                yield shown(view, sight, status=view.rng.choice(HERE))


@kind
def no_such_status(view: View) -> Places:
    """None that is documented."""
    for sight in view.sights:
        yield shown(view, sight, status=view.rng.choice(("CREATING", "Active", "DELETED", "CREATE INPROGRESS", "")))


@kind
def a_failed_group_without_a_reason(view: View) -> Places:
    """It is documented."""
    for sight in described(view, "dataset-group"):
        if sight.body["status"] == FAILED:
            yield shown(view, sight, failureReason=None)


@kind
def another_tracking_id(view: View) -> Places:
    """The tracker is the same."""
    for sight in described(view, "event-tracker"):
        seen = [number for number, _, _ in view.answered("CreateEventTracker") if view.about[number] is sight.resource]
        seen += [each.step for each in described(view, "event-tracker") if each.resource is sight.resource]
        if min(seen) < sight.step and view.calm(sight.resource, sight.step):
            yield shown(view, sight, trackingId=uuid4(view.rng))


@kind
def a_tracking_id_comes_again(view: View) -> Places:
    """Of another tracker, or of an earlier one of the group."""
    ids: list[str] = []
    for number, _, outcome in view.answered("CreateEventTracker"):
        if ids:
            yield number, {**outcome.result, "trackingId": view.rng.choice(ids)}
        ids.append(outcome.result["trackingId"])


@kind
def another_name_or_group(view: View) -> Places:
    """Not as it was given."""
    for sight in view.sights:
        if view.known(sight.resource, sight.step):
            yield shown(view, sight, name=f"{sight.resource.name}x")
            if "datasetGroupArn" in sight.body and sight.resource.group:
                yield shown(view, sight, datasetGroupArn=f"{sight.resource.group.arn}x")


@kind
def another_arn(view: View) -> Places:
    """Describe answers with an ARN that was not asked for."""
    for sight in described(view):
        member = "eventTrackerArn" if sight.resource.kind == "event-tracker" else "datasetGroupArn"
        yield shown(view, sight, **{member: f"{sight.resource.arn[:-1]}_"})


@kind
def created_at_another_time(view: View) -> Places:
    """A second later than it said."""
    for _, later in again(view):
        yield shown(view, later, creationDateTime=round(later.body["creationDateTime"] - 1, 3))


@kind
def updated_before_it_was_created(view: View) -> Places:
    """Always impossible."""
    for sight in view.sights:
        yield shown(view, sight, lastUpdatedDateTime=round(sight.body["creationDateTime"] - 0.5, 3))


@kind
def the_last_update_goes_back(view: View) -> Places:
    """For trackers: of groups nothing is said."""
    for earlier, later in again(view):
        made, was = earlier.body["creationDateTime"], earlier.body["lastUpdatedDateTime"]
        if was > made and later.resource.kind == "event-tracker":
            yield shown(view, later, lastUpdatedDateTime=made)


@kind
def another_account(view: View) -> Places:
    """Not the one of the ARN."""
    for sight in described(view, "event-tracker"):
        yield shown(view, sight, accountId="999999999998")


@kind
def a_member_is_missing(view: View) -> Places:
    """A documented one."""
    for sight in view.sights:
        if sight.resource.kind == "event-tracker":
            member = view.rng.choice([name for name in FULL if name in sight.body])
            yield shown(view, sight, **{member: None})


@kind
def a_create_answers_with_less(view: View) -> Places:
    """No ARN, no ID, or none that can be one."""
    for number, operation, outcome in view.answered("Create"):
        if operation.name in ("CreateEventTracker", "CreateDatasetGroup"):
            member = view.rng.choice([name for name in outcome.result if name != "domain"])
            wrong = view.rng.choice((None, "", 5, "x" * 257) + (("not-an-arn",) if member.endswith("Arn") else ()))
            result = {**outcome.result, member: wrong}
            yield number, {key: value for key, value in result.items() if value is not None}


@kind
def another_domain(view: View) -> Places:
    """One that was not asked for, or none that was."""
    for number, operation, outcome in view.answered("CreateDatasetGroup"):
        if "domain" in operation.params:
            yield number, {key: value for key, value in outcome.result.items() if key != "domain"}
        else:
            yield number, {**outcome.result, "domain": "ECOMMERCE"}


@kind
def one_arn_for_two(view: View) -> Places:
    """The new tracker has the ARN of another that is there."""
    for number, operation, outcome in view.answered("CreateEventTracker"):
        for other in view.ours_until(number):
            there = other.kind == "event-tracker" and view.status(other, number)
            elsewhere = other.group is not None and other.group.arn != operation.params["datasetGroupArn"]
            if there and elsewhere and view.is_in(other, other.group and other.group.arn, number):
                yield number, {**outcome.result, "eventTrackerArn": other.arn}


# -- lists -------------------------------------------------------------------------------------------


def listed(view: View, name: str = "List") -> Iterator[tuple[int, Any, dict[str, Any], str, list[Any]]]:
    """The pages: where, the request, the answer, the member and the items."""
    for number, operation, outcome in view.answered(name):
        member = {"ListEventTrackers": "eventTrackers", "ListDatasetGroups": "datasetGroups"}.get(operation.name)
        if member:
            yield number, operation, outcome.result, member, outcome.result.get(member, [])


def whole(operation: Any, result: dict[str, Any]) -> bool:
    """The page is the list."""
    return not operation.params.get("nextToken") and "nextToken" not in result and operation.body is None


def certain(view: View, resource: Resource, number: int) -> bool:
    """It is there, and its group is not being deleted."""
    group = resource.group
    if not view.status(resource, number) or not view.ours(resource):
        return False
    if group is None or (view.complete and not view.deleted(group, number)):
        return True
    return bool(view.status(group, number))


@kind
def an_item_is_left_out(view: View) -> Places:
    """Of a list that is one page."""
    for number, operation, result, member, items in listed(view):
        for resource, item in zip(view.about[number] or [], items, strict=True):
            if whole(operation, result) and certain(view, resource, number) and item["status"] in HERE:
                yield number, {**result, member: [each for each in items if each is not item]}


def walks(view: View) -> Iterator[list[int]]:
    """Pages that follow one another to the end of a list, while all in the region is at rest."""
    pages = {number: operation for number, operation, _, _, _ in listed(view)}
    for first, operation in pages.items():
        walk, token = [first], (view.steps[first].outcome.result or {}).get("nextToken")
        if operation.params.get("nextToken") or operation.body is not None or not view.at_rest(operation.region, first):
            continue
        while token and walk[-1] + 1 in pages and view.steps[walk[-1] + 1].operation == follow(operation, token):
            walk.append(walk[-1] + 1)
            token = (view.steps[walk[-1]].outcome.result or {}).get("nextToken")
        if not token and len(walk) > 1:
            yield walk


def follow(operation: Operation, token: Any) -> Operation:
    """The request for the next page."""
    return Operation(operation.name, {**operation.params, "nextToken": token}, operation.region)


@kind
def an_item_is_left_out_of_a_walk(view: View) -> Places:
    """While nothing could change."""
    for walk in walks(view):
        for number, _, result, member, items in listed(view):
            for resource, item in zip(view.about[number] or [], items, strict=True):
                if number in walk and certain(view, resource, walk[0]):
                    yield number, {**result, member: [each for each in items if each is not item]}


@kind
def an_item_twice_on_a_page(view: View) -> Places:
    """A page is one answer."""
    for number, _, result, member, items in listed(view):
        for item in items:
            yield number, {**result, member: [*items, item]}


@kind
def what_is_gone_is_listed(view: View) -> Places:
    """It was not found, and nothing was made since."""
    for number, operation, result, member, items in listed(view):
        for sight in view.sights:
            same = sight.step < number and sight.resource.kind == (
                "event-tracker" if member == "eventTrackers" else "dataset-group"
            )
            scope = operation.params.get("datasetGroupArn") in (None, sight.resource.group and sight.resource.group.arn)
            first = not operation.params.get("nextToken")  # on a later page it may be from before
            if (
                same
                and scope
                and first
                and sight.resource.region == operation.region
                and view.gone(sight.resource, number)
            ):
                yield number, {**result, member: [*items, summary(sight.body)]}


def summary(body: dict[str, Any]) -> dict[str, Any]:
    """What a list shows of it."""
    unlisted = (
        "accountId",
        "trackingId",
        "roleArn",
        "kmsKeyArn",
        *(("datasetGroupArn",) if "trackingId" in body else ()),
    )
    return {key: value for key, value in body.items() if key not in unlisted}


@kind
def a_tracker_of_another_group_is_listed(view: View) -> Places:
    """The list was asked for one group's."""
    for number, operation, result, member, items in listed(view, "ListEventTrackers"):
        wanted = operation.params.get("datasetGroupArn")
        for sight in described(view, "event-tracker"):
            group = sight.resource.group
            if wanted and group and group.arn != wanted and sight.step < number and view.known(sight.resource, number):
                yield number, {**result, member: [*items, summary(sight.body)]}


@kind
def what_nobody_made_is_listed(view: View) -> Places:
    """All that was made is known."""
    for number, operation, result, member, items in listed(view):
        if view.complete and view.losses >= number:
            arn = "eventTrackerArn" if member == "eventTrackers" else "datasetGroupArn"
            kind_of = (
                "event-tracker/0badcafe"
                if member == "eventTrackers"
                else f"dataset-group/{view.session.prefix}-nobodys"
            )
            body = {"name": f"{view.session.prefix}-nobodys", "status": ACTIVE, "creationDateTime": 1.6e9}
            body |= {
                "lastUpdatedDateTime": 1.6e9,
                arn: f"arn:aws:personalize:{operation.region}:123456789012:{kind_of}",
            }
            yield number, {**result, member: [*items, body]}


@kind
def more_than_was_asked_for(view: View) -> Places:
    """Items of others, beyond maxResults."""
    for number, operation, result, member, items in listed(view):
        most = operation.params.get("maxResults") or 100
        arn = "eventTrackerArn" if member == "eventTrackers" else "datasetGroupArn"
        made = [
            {"name": f"other-{each}", "status": ACTIVE, "creationDateTime": 1.6e9, "lastUpdatedDateTime": 1.6e9,
             arn: f"arn:aws:personalize:{operation.region}:123456789012:{arn}/{each:08x}"}
            for each in range(most + 1 - len(items))
        ]  # fmt: skip
        yield number, {**result, member: [*items, *made]}


@kind
def a_token_comes_again(view: View) -> Places:
    """The page hands out the token that it was asked for with, while nothing can change."""
    for walk in walks(view):
        for number in walk[1:]:
            operation, outcome = view.steps[number]
            yield number, {**(outcome.result or {}), "nextToken": operation.params["nextToken"]}


@kind
def no_token(view: View) -> Places:
    """Empty, too long, or no text."""
    for number, _, result, _, _ in listed(view):
        yield number, {**result, "nextToken": view.rng.choice(("", "x" * 1501, 7))}


@kind
def a_fresh_token_is_refused(view: View) -> Places:
    """It was handed out by the call before, and nothing could change."""
    for walk in walks(view):
        for number in walk[1:]:
            yield number, "InvalidNextTokenException"


@kind
def a_token_that_nobody_handed_out(view: View) -> Places:
    """It is accepted."""
    for number, operation, _ in view.answered("List", "refusal"):
        if operation.params.get("nextToken") == "nobody's" and view.complete:
            yield number, {"eventTrackers" if operation.name == "ListEventTrackers" else "datasetGroups": []}


@kind
def a_list_of_another_region(view: View) -> Places:
    """Regions are apart."""
    for number, operation, result, member, items in listed(view, "ListEventTrackers"):
        for sight in described(view, "event-tracker"):
            if (
                sight.resource.region != operation.region
                and sight.step < number
                and "datasetGroupArn" not in operation.params
            ):
                yield number, {**result, member: [*items, summary(sight.body)]}


# -- answers of the wrong sort -------------------------------------------------------------------------


def plausible(view: View, number: int) -> dict[str, Any]:
    """A success as it might look."""
    operation = view.steps[number].operation
    arn = f"arn:aws:personalize:{operation.region}:123456789012"
    name = operation.params.get("name", "x")
    if operation.name == "CreateDatasetGroup":
        return {"datasetGroupArn": f"{arn}:dataset-group/{name}"}
    if operation.name == "CreateEventTracker":
        return {"eventTrackerArn": f"{arn}:event-tracker/0badcafe", "trackingId": uuid4(view.rng)}
    times = {"name": "x", "status": ACTIVE, "creationDateTime": 1.6e9, "lastUpdatedDateTime": 1.6e9}
    group = operation.params.get("datasetGroupArn", f"{arn}:dataset-group/x")
    if operation.name == "DescribeDatasetGroup":
        return {"datasetGroup": {"datasetGroupArn": group, **times}}
    if operation.name == "DescribeEventTracker":
        ids = {"trackingId": uuid4(view.rng), "accountId": "123456789012", "datasetGroupArn": f"{arn}:dataset-group/x"}
        return {"eventTracker": {"eventTrackerArn": operation.params.get("eventTrackerArn", arn), **times, **ids}}
    lists = {"ListTagsForResource": "tags", "ListEventTrackers": "eventTrackers", "ListDatasetGroups": "datasetGroups"}
    return {lists[operation.name]: []} if operation.name in lists else {}


def named(operation: Any) -> str | None:
    """The ARN that a request is about."""
    arn = (
        operation.params.get("eventTrackerArn")
        or operation.params.get("resourceArn")
        or operation.params.get("datasetGroupArn")
    )
    return arn if isinstance(arn, str) and operation.name in COVERED else None


def absent(view: View, number: int) -> bool:
    """What the request is about is certainly not there."""
    arn = named(view.steps[number].operation)
    if arn is None:
        return False
    region = view.steps[number].operation.region
    of_that_arn = [each for each in view.ours_until(number) if each.arn == arn and each.region == region]
    if of_that_arn:
        return view.gone(of_that_arn[-1], number)
    return view.never(arn, number) and ":schema/" not in arn and ":dataset/" not in arn


@kind
def what_is_not_there_is_found(view: View) -> Places:
    """Gone, never made, or of another account."""
    for number, operation, outcome in view.answered("", "refusal"):
        unfiltered = operation.name not in ("ListEventTrackers", "PutEvents", "CreateDatasetGroup")
        if outcome.code == NOT_FOUND and unfiltered and operation.name in COVERED and absent(view, number):
            yield number, plausible(view, number)


@kind
def malformed_and_accepted(view: View) -> Places:
    """There is a limit that the request is beyond."""
    for number, operation, _ in view.answered("", "refusal"):
        if operation.name in COVERED and any(flaw.hard for flaw in flaws(operation)):
            yield number, plausible(view, number)


@kind
def a_second_tracker_is_accepted(view: View) -> Places:
    """The first one is ACTIVE, or being created."""
    for number, operation, _ in view.answered("CreateEventTracker", "refusal"):
        for each in view.ours_until(number):
            same = view.is_in(each, operation.params.get("datasetGroupArn"), number)
            if same and view.status(each, number) == ACTIVE:
                yield number, {"eventTrackerArn": each.arn, "trackingId": uuid4(view.rng)}


@kind
def a_group_of_the_same_name_is_accepted(view: View) -> Places:
    """The first one is there."""
    for number, operation, _ in view.answered("CreateDatasetGroup", "refusal"):
        for each in view.ours_until(number):
            if (
                (each.name, each.region) == (operation.params.get("name"), operation.region)
                and view.status(each, number)
                and each.kind == "dataset-group"
            ):
                yield number, {"datasetGroupArn": each.arn}


@kind
def a_group_with_a_tracker_is_deleted(view: View) -> Places:
    """The tracker is there."""
    for number, operation, _ in view.answered("DeleteDatasetGroup", "refusal"):
        for each in view.ours_until(number):
            same = view.is_in(each, operation.params.get("datasetGroupArn"), number)
            if same and each.region == operation.region and view.status(each, number):
                yield number, {}


@kind
def events_for_nobody_are_accepted(view: View) -> Places:
    """The tracking ID was never handed out, or its tracker is gone."""
    for number, operation, _ in view.answered("PutEvents", "refusal"):
        tracking_id = operation.params.get("trackingId")
        owner = next((each for each in view.ours_until(number) if each.tracking_id == tracking_id), None)
        nobodys = tracking_id == "nobody's" and view.complete
        if nobodys or (owner is not None and view.gone(owner, number)):
            yield number, {}


@kind
def refused_without_reason(view: View) -> Places:
    """Nothing stands in the way of what was asked, and the code says that something does."""
    for number, (operation, outcome) in enumerate(view.steps):
        if outcome.kind != "success" or operation.name not in COVERED or not view.well_formed(number):
            continue
        about = view.about[number]
        there = isinstance(about, Resource) and view.status(about, number)
        if operation.name.startswith("Describe") and there:
            yield number, view.rng.choice((NOT_FOUND, "InvalidInputException"))
        elif operation.name in ("ListTagsForResource", "DeleteEventTracker", "TagResource") and there == ACTIVE:
            if operation.name != "TagResource" or distinct(operation):
                yield number, view.rng.choice((NOT_FOUND, IN_USE, "InvalidInputException"))
        elif operation.name == "PutEvents" and there == ACTIVE:
            yield number, "InvalidInputException"
        elif (
            operation.name.startswith("List")
            and not {"nextToken", "datasetGroupArn", "resourceArn"} & operation.params.keys()
        ):
            yield number, "InvalidNextTokenException"
        elif operation.name == "CreateDatasetGroup" and isinstance(about, Resource) and view.never(about.arn, number):
            yield number, view.rng.choice((EXISTS, *(("InvalidInputException",) if distinct(operation) else ())))


def distinct(operation: Any) -> bool:
    """No tag key comes twice, and there are few."""
    tags = operation.params.get("tags") or ()
    keys = [tag.get("tagKey") if isinstance(tag, dict) else None for tag in tags] if isinstance(tags, list) else []
    return len(keys) == len(set(keys)) < 10


@kind
def refused_with_another_code(view: View) -> Places:
    """The reason is there, and this is not its code."""
    for number, operation, outcome in view.answered("", "refusal"):
        if not view.well_formed(number) or operation.name not in COVERED:
            continue
        if operation.name.startswith("Describe") and outcome.code == NOT_FOUND:
            yield number, view.rng.choice((EXISTS, IN_USE))
        elif operation.name == "CreateDatasetGroup" and outcome.code == EXISTS:
            yield number, view.rng.choice((NOT_FOUND, IN_USE))
        elif outcome.code != "AccessDeniedException":
            yield number, view.rng.choice(("FooException", "NoSuchBucket"))


@kind
def refused_and_yet_carried_out(view: View) -> Places:
    """A Create is put off, and what it asked for is there."""
    for number, _, _ in view.answered("Create"):
        made = view.about[number]
        if not isinstance(made, Resource) or not view.complete or view.losses < len(view.steps):
            continue
        code = view.rng.choice(("AccessDeniedException", "ThrottlingException"))
        seen = any(sight.resource is made for sight in described(view) if sight.step > number)
        if seen and sum(each.arn == made.arn for each in view.ours_until(len(view.steps))) == 1:
            yield number, code if code[0] == "A" else Outcome.throttled(code, "Rate exceeded")


# -- tags ------------------------------------------------------------------------------------------------


@kind
def other_tags(view: View) -> Places:
    """One lost, one more, another value, or a key twice: all that was done to them is seen."""
    for number, _operation, outcome in view.answered("ListTagsForResource"):
        about, tags = view.about[number], outcome.result.get("tags", [])
        if not isinstance(about, Resource) or not view.calm(about, number) or about.kind == "dataset":
            continue
        made = [step for step, _, _ in view.answered("Create") if view.about[step] is about and step < number]
        since = view.steps[made[0] : number] if made else []
        if not made or not all(
            distinct(op) for op, out in since if about.arn in op.params.values() or op is since[0].operation
        ):
            continue
        if tags:
            yield number, {"tags": tags[1:]}
            yield number, {"tags": [{**tags[0], "tagValue": "another"}, *tags[1:]]}
            yield number, {"tags": [*tags, tags[0]]}
        yield number, {"tags": [*tags, {"tagKey": "nobody's", "tagValue": ""}]}


# -- the wire --------------------------------------------------------------------------------------------


@kind
def another_form(view: View) -> Places:
    """Headers, status and types of an answer over HTTP."""
    for number, (operation, outcome) in enumerate(view.steps):
        wire = outcome.wire
        if wire is None or operation.name not in COVERED or operation.name == "PutEvents" or outcome.code in PUT_OFF:
            continue
        headers = dict(wire.headers)
        bodies: list[Wire] = [
            Wire(wire.status, headers | {"content-type": "text/html"}, wire.body),
            Wire(wire.status, {"content-type": headers["content-type"]}, wire.body),
        ]
        if outcome.kind == "refusal":
            bodies += [Wire(404, headers, wire.body), Wire(400, headers, json.dumps({"__type": outcome.code}).encode())]
        elif operation.name.startswith("Delete"):
            bodies.append(Wire(200, headers, b'{"done":true}'))
        seen = view.rng.choice(bodies)
        result = {"done": True} if seen.body == b'{"done":true}' else outcome.result
        message = outcome.message if b"essage" in seen.body else ""
        yield number, Outcome(outcome.kind, result, outcome.code, message, seen)


@kind
def another_type(view: View) -> Places:
    """A member that is no text, or no number."""
    for sight in view.sights:
        if view.steps[sight.step].outcome.wire is not None:
            member = view.rng.choice(("name", "status", "creationDateTime"))
            yield shown(view, sight, **{member: 5 if member != "creationDateTime" else "2024-01-01T00:00:00Z"})
