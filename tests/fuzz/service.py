"""A faithful service in process: everything that the evidence allows may happen, and nothing else does.

Written from facts.md, the recordings, the clauses and "Choices" of ``spec/event-tracker.md`` and botocore's service
models. One concrete state; what the sources leave open is drawn from a seeded random, once for the service or anew for
each answer. Shares no table and no code with the judge, and must never be mended after what the judge says.

Free: when a status moves, and how far; whether a creation fails; what comes first of several reasons to refuse, and
with which of the open codes; lists and tokens (pages.py); whether, when and in which order a lost request is carried
out; "not now" (throttled, a quota) and "not you" (IAM) at any time; what a group lacks or has besides.

``careless`` is how often it does not look at the values of a request, or for a tracker that is there; it is faithful to
what came of it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fuzz.pages import UNFIT, Pages, Refused
from tests.fuzz.request import ERRORS, INVALID, MALFORMED, Flaw, flaws
from trackstep.operation import Operation
from trackstep.outcome import Outcome

NOT_FOUND, IN_USE, EXISTS, DENIED = (
    "ResourceNotFoundException", "ResourceInUseException", "ResourceAlreadyExistsException", "AccessDeniedException",
)  # fmt: skip
CREATING, DELETING = ("CREATE PENDING", "CREATE IN_PROGRESS"), ("DELETE PENDING", "DELETE IN_PROGRESS")
ACTIVE, FAILED, GONE = "ACTIVE", "CREATE FAILED", "GONE"
NEXT = {"CREATE PENDING": "CREATE IN_PROGRESS", "DELETE PENDING": "DELETE IN_PROGRESS", "DELETE IN_PROGRESS": GONE}
FAILS = "-create-failed"
"""A name that asks for it: no other creation is taken to have failed unseen ("Choices")."""
Effect = Callable[[], dict[str, Any]]
HARMLESS = {"length", "tag", "aws:", "name", "enumeration", "role without key"}
"""What a careless service does not look at, and can do without."""
LISTED = {"dataset-group": ("datasetGroups", "datasetGroupArn"), "event-tracker": ("eventTrackers", "eventTrackerArn")}
UNLISTED = ("roleArn", "kmsKeyArn")
PATIENCE = 2
"""So often running the same request may be lost or put off: ET-WIRE-10 and its like allow no more than that."""


@dataclass(eq=False, slots=True)
class Resource:
    """A dataset group, or one incarnation of an event tracker."""

    kind: str
    name: str
    arn: str
    region: str
    serial: int
    created: float
    updated: float
    tags: dict[str, str]
    group: Resource | None = None
    tracking_id: str = ""
    status: str = CREATING[0]
    given: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """What is in a group besides a tracker."""


class Request:
    """A request that is being looked at: the reasons for which it must, and may, be refused."""

    __slots__ = ("grave", "may", "must", "operation", "params", "region", "seen")

    def __init__(self, operation: Operation, seen: bool) -> None:
        self.operation, self.params, self.region, self.seen = operation, operation.params, operation.region, seen
        self.must: list[tuple[str, ...]] = []
        self.may: list[Flaw] = []
        self.grave = False

    def refuse(self, *codes: str) -> None:
        """It cannot succeed, nor could it if nobody checked."""
        self.must.append(codes)
        self.grave = True

    def may_refuse(self, why: str, *codes: str) -> None:
        """Either is allowed."""
        self.may.append(Flaw(why, False, codes))


class Service:
    """An account in some regions. ``answer`` is the only door."""

    def __init__(self, rng: Random, careless: float = 0.0, loses: bool = True) -> None:
        self.rng, self.careless = rng, careless
        self.account = f"{rng.randrange(10**12):012}"
        self.held: dict[str, dict[str, Resource]] = {}
        self.gone: list[Resource] = []
        self.by_id: dict[tuple[str, str], Resource] = {}
        self.late: list[Operation] = []
        self.running: dict[str, int] = {}
        self.changes: Counter[tuple[str, str]] = Counter()
        self.calls, self.serial, self.now = 0, 0, float(rng.randrange(1_550_000_000, 1_760_000_000))
        self.shown: Resource | list[Resource] | None = None
        """What the last answer was about, for those who change it on purpose."""
        self.wrong = False
        """Whether the last answer was a success where it must not be."""
        self._freedom()
        if not loses:
            self.lost = 0.0

    def _freedom(self) -> None:
        """What is drawn once for a service."""
        rng = self.rng
        self.pages: Pages[Resource] = Pages(rng)
        self.pace = rng.choice((0.0, 0.1, 0.3, 0.3, 0.6, 0.6, 0.9))
        self.lost = rng.choice((0.0, 0.0, 0.03, 0.1, 0.2))
        self.put_off = rng.choice((0.0, 0.0, 0.02, 0.1))
        self.denied = rng.choice((0.0, 0.0, 0.0, 0.02, 0.1))
        self.strict: dict[str, float] = {}
        self.room = rng.choice((100, 100, 100, 100, 2))
        self.forbidden = rng.choice(tuple(LOOKS)) if rng.random() < 0.05 else ""
        self.hides = rng.choice((0.0, 0.0, 0.5, 1.0))
        self.needs_dataset = rng.random() < 0.25
        self.lacks = rng.choice(((),) * 12 + (("PutEvents",), ("TagResource", "UntagResource", "ListTagsForResource")))
        self.opaque_arns = rng.random() < 0.1
        self.busy = rng.random() < 0.2
        self.crowded: set[str] = set()
        self.empty_is_absent = rng.random() < 0.1
        self.touches = rng.random() < 0.3

    # -- the door ------------------------------------------------------------------------------------

    def answer(self, operation: Operation) -> Outcome:
        """What comes back, the world having moved on."""
        self.pass_time()
        self.calls += 1
        self.shown, self.wrong = None, False
        if operation.name in self.lacks:
            return Outcome.unsupported("the operation is not offered")
        rng, key = self.rng, ""
        if self.lost or self.put_off or self.denied or self.forbidden:
            key = repr(operation)
            chance = rng.random()
            running = self.running.get(key, 0)
            if chance < self.lost:
                if running < PATIENCE:
                    self.running[key] = running + 1
                    self._lose(operation)
                    return Outcome.lost(rng.choice(("no answer within the call time-out", "HTTP 503", "closed")))
            elif chance < self.lost + self.put_off:
                if running < PATIENCE:
                    self.running[key] = running + 1
                    return self._not_now(operation.name)
            elif chance < self.lost + self.put_off + self.denied or operation.name == self.forbidden:
                return Outcome.refusal(DENIED, "User is not authorized to perform this")
        self.running.pop(key, None)
        return self.carry_out(operation)

    def _not_now(self, name: str) -> Outcome:
        """LimitExceededException where it is documented, ThrottlingException anywhere."""
        code = self.rng.choice(("ThrottlingException", *({"LimitExceededException"} & {*ERRORS.get(name, ())})))
        if code == "ThrottlingException" and self.rng.random() < 0.5:
            return Outcome.throttled(code, "Rate exceeded")
        return Outcome.refusal(code, "Rate exceeded")

    def _lose(self, operation: Operation) -> None:
        """Nobody hears of it; it may be carried out now, later or never."""
        when = self.rng.random()
        if when < 0.4:
            self.carry_out(operation, seen=False)
        elif when < 0.7:
            self.late.append(operation)

    def carry_out(self, operation: Operation, seen: bool = True) -> Outcome:
        """Look at a request and do what it asks for, or refuse it for one of the reasons that there are."""
        look = LOOKS.get(operation.name)
        if look is None:
            return self._of_another_kind(operation)
        request = Request(operation, seen)
        for flaw in flaws(operation):
            if flaw.hard:
                request.must.append(flaw.codes)
                request.grave |= flaw.why not in HARMLESS
            else:
                request.may.append(flaw)
        effect = look(self, request)
        rng = self.rng
        if self.careless and request.must and not request.grave and effect and seen and rng.random() < self.careless:
            self.wrong = True
            return Outcome.success(effect())
        if not request.must:
            request.may = [flaw for flaw in request.may if rng.random() < self._strictness(flaw.why)]
        if request.must or request.may or effect is None:
            reasons = request.must + [flaw.codes for flaw in request.may]
            return Outcome.refusal(rng.choice(rng.choice(reasons)), "no")
        return Outcome.success(effect())

    def _strictness(self, why: str) -> float:
        """How often a service refuses where it may: most are of one mind."""
        if why not in self.strict:
            self.strict[why] = self.rng.choice((0.0, 0.0, 0.3, 1.0))
        return self.strict[why]

    # -- time ----------------------------------------------------------------------------------------

    def pass_time(self) -> None:
        """What happens unseen before the next request is looked at."""
        rng = self.rng
        self.now = round(self.now + rng.choice((0.0, 0.001, 0.25, 3.5)), 3)
        for held in list(self.held.values()):
            for resource in list(held.values()):
                while resource.status in CREATING or resource.status in DELETING:
                    if rng.random() >= self.pace or not self._move(resource):
                        break
        if self.late and rng.random() < 0.15:
            self.carry_out(self.late.pop(rng.randrange(len(self.late))), seen=False)
        if self.crowded and rng.random() < 0.15:
            self.somebody_else(rng.choice(sorted(self.crowded)))

    def settle_late(self) -> None:
        """What is still under way is carried out or dropped: a session is over."""
        while self.late:
            operation = self.late.pop()
            if self.rng.random() < 0.5:
                self.carry_out(operation, seen=False)

    def _move(self, resource: Resource) -> bool:
        """One move on; False where nothing more can happen now."""
        status = resource.status
        if status == CREATING[1] or (status == CREATING[0] and self.rng.random() < 0.2):
            failed = resource.name.endswith(FAILS) and self.rng.random() < 0.7
            self.become(resource, FAILED if failed else ACTIVE)
        elif NEXT[status] == GONE and resource.kind == "dataset-group" and self.tracker_of(resource):
            return False
        else:
            self.become(resource, NEXT[status])
        return True

    def become(self, resource: Resource, status: str) -> None:
        """The resource has another status from now on."""
        resource.status = status
        self.changes[resource.region, resource.kind] += 1
        if status == GONE:
            del self.held[resource.region][resource.arn]
            self.gone.append(resource)
        elif self.touches or status == ACTIVE:
            resource.updated = self.now

    def somebody_else(self, region: str) -> None:
        """Others use the account too: what is theirs comes, and goes."""
        theirs = [r for r in self.of_kind(region, "event-tracker") if r.name.startswith("other")]
        if theirs and self.rng.random() < 0.5:
            self.become(self.rng.choice(theirs), GONE)
            return
        name = f"other{self.serial}"
        group = self.make("dataset-group", name, self.arn(region, "dataset-group", name), region, {})
        tracker = self.make("event-tracker", name, self.tracker_arn(group), region, {}, group)
        group.status = tracker.status = ACTIVE

    # -- what exists ---------------------------------------------------------------------------------

    def arn(self, region: str, kind: str, rest: str) -> str:
        """The ARN of something of this account."""
        return f"arn:aws:personalize:{region}:{self.account}:{kind}/{rest}"

    def tracker_arn(self, group: Resource) -> str:
        """By the MD5 law; a few services do otherwise, which no source forbids."""
        rest = hashlib.md5(group.arn.encode(), usedforsecurity=False).hexdigest()[:8]
        if self.opaque_arns:
            rest = f"{self.rng.getrandbits(32):08x}"
        return self.arn(group.region, "event-tracker", rest)

    def of_kind(self, region: str, kind: str) -> list[Resource]:
        """What exists of one kind."""
        return [each for each in self.held.get(region, {}).values() if each.kind == kind]

    def tracker_of(self, group: Resource) -> Resource | None:
        """The tracker of a group, whatever its status."""
        for each in self.held[group.region].values():
            if each.group is group:
                return each
        return None

    def make(
        self, kind: str, name: str, arn: str, region: str, tags: dict[str, str], group: Resource | None = None
    ) -> Resource:
        """Something new."""
        self.serial += 1
        made = Resource(kind, name, arn, region, self.serial, self.now, self.now, tags, group)
        self.held.setdefault(region, {})[arn] = made
        self.changes[region, kind] += 1
        return made

    def find(self, r: Request, member: str, *kinds: str) -> Resource | None:
        """What an ARN in a request names; a reason to refuse where it names nothing."""
        arn = r.params.get(member) if r.operation.body is None else None
        if not isinstance(arn, str):
            return None
        found = self.held.get(r.region, {}).get(arn)
        if found is not None and found.kind in kinds:
            return found
        r.refuse(*self.not_there(arn, r.region, kinds))
        return None

    def not_there(self, arn: str, region: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """The codes for an ARN that names nothing: not found; not yours or malformed where that is so as well."""
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[:5] != ["arn", "aws", "personalize", region, self.account]:
            return (NOT_FOUND, DENIED, *MALFORMED)
        kind, _, rest = parts[5].partition("/")
        usual = (
            len(rest) == 8 and not set(rest) - set("0123456789abcdef") if kind == "event-tracker" else rest.isalnum()
        )
        return (NOT_FOUND,) if kind in kinds and (usual or kind == "dataset-group") else (NOT_FOUND, *MALFORMED)

    # -- dataset groups ------------------------------------------------------------------------------

    def create_dataset_group(self, r: Request) -> Effect | None:
        """Its name is taken as long as it is there."""
        name, p = r.params.get("name"), r.params
        self.too_many(r, p.get("tags"), {})
        if not isinstance(name, str) or r.operation.body is not None:
            return None
        arn = self.arn(r.region, "dataset-group", name)
        if len(self.of_kind(r.region, "dataset-group")) >= self.room:
            r.refuse("LimitExceededException")  # an account may be full (section 11)
        if arn in self.held.get(r.region, {}):
            self._name_taken(r, self.held[r.region][arn])

        def effect() -> dict[str, Any]:
            if arn in self.held.get(r.region, {}):
                self.become(self.held[r.region][arn], GONE)
            made = self.make("dataset-group", name, arn, r.region, as_tags(p.get("tags")))
            made.given = {key: p[key] for key in ("domain", "roleArn", "kmsKeyArn") if p.get(key) is not None}
            self.shown = made
            return {"datasetGroupArn": arn} | {key: made.given[key] for key in ("domain",) if key in made.given}

        return effect

    def _name_taken(self, r: Request, old: Resource) -> None:
        """A new one may take the place of one that is being deleted and is empty."""
        if old.status in DELETING and not self.tracker_of(old):
            r.may_refuse("the old group is being deleted", EXISTS)
        else:
            r.refuse(EXISTS)

    def describe_dataset_group(self, r: Request) -> Effect | None:
        """All that was given, and the reason of a failure."""
        group = self.find(r, "datasetGroupArn", "dataset-group")
        return None if group is None else (lambda: {"datasetGroup": self.body(group, r, "datasetGroupArn")})

    def delete_dataset_group(self, r: Request) -> Effect | None:
        """Nothing may be in it; while its status changes either answer is allowed."""
        group = self.find(r, "datasetGroupArn", "dataset-group")
        if group is None:
            return None
        tracker = self.tracker_of(group)
        if tracker is not None and tracker.status in DELETING:
            r.may_refuse("its tracker is being deleted", IN_USE)
        elif tracker is not None:
            r.refuse(IN_USE)
        if group.others:
            r.may_refuse("something of another kind", IN_USE)
        return self.deletion(r, group)

    def deletion(self, r: Request, what: Resource) -> Effect:
        """Begins it; one that is under way goes on."""
        if what.status not in (ACTIVE, FAILED):
            r.may_refuse("its status is changing", IN_USE)

        def effect() -> dict[str, Any]:
            self.shown = what
            if what.status not in DELETING:
                self.become(what, DELETING[0])
            return {}

        return effect

    def body(self, what: Resource, r: Request, arn: str) -> dict[str, Any]:
        """What is read back of one resource."""
        self.fail_in_sight(what, r)
        self.shown = what
        times = {"creationDateTime": what.created, "lastUpdatedDateTime": what.updated}
        reason = {"failureReason": "it failed"} if what.status == FAILED and what.kind == "dataset-group" else {}
        return {"name": what.name, arn: what.arn, "status": what.status, **times, **what.given, **reason}

    def fail_in_sight(self, what: Resource, r: Request) -> None:
        """Any creation may fail; one whose name does not ask for it fails when somebody looks."""
        here = self.held[what.region].get(what.arn) is what  # and not what a snapshot has kept of it
        if here and what.status in CREATING and r.seen and self.rng.random() < 0.03:
            self.become(what, FAILED)

    def list_dataset_groups(self, r: Request) -> Effect | None:
        """All of the region."""
        return self.listing(r, "dataset-group", self.of_kind(r.region, "dataset-group"))

    def listing(self, r: Request, kind: str, items: list[Resource]) -> Effect | None:
        """A page; what is being deleted may be left out."""
        member, arn = LISTED[kind]
        if r.must:
            return None
        items = [i for i in items if i.status not in DELETING or self.rng.random() >= self.hides]
        scope = (member, r.region, r.params.get("datasetGroupArn"))
        try:
            page, token = self.pages.page(scope, items, r.params, self.changes[r.region, kind], self.calls)
        except Refused:
            r.refuse(*UNFIT)
            return None

        def effect() -> dict[str, Any]:
            bodies = [self.body(item, r, arn) for item in page]
            self.shown = page
            if self.busy and any(item.name.startswith("other") for item in page):
                self.crowded.add(r.region)  # before that nobody can know of others, nor that pages may differ for them
            bodies = [{key: value for key, value in body.items() if key not in UNLISTED} for body in bodies]
            if not bodies and token is None and self.empty_is_absent:
                return {}
            return {member: bodies} | ({"nextToken": token} if token is not None else {})

        return effect

    # -- event trackers ------------------------------------------------------------------------------

    def create_event_tracker(self, r: Request) -> Effect | None:
        """One for a group, as long as it is there."""
        p = r.params
        self.too_many(r, p.get("tags"), {})
        group = self.find(r, "datasetGroupArn", "dataset-group")
        if group is None:
            return None
        if group.status != ACTIVE:
            gone = (NOT_FOUND,) if group.status in DELETING else ()
            r.may_refuse("the group is not ACTIVE", IN_USE, *INVALID, *gone)
        if self.needs_dataset and "dataset" not in group.others:
            r.refuse(*INVALID, IN_USE, NOT_FOUND)
        old = self.tracker_of(group)
        if old is not None:
            self._taken(r, old.status)

        def effect() -> dict[str, Any]:
            if old is not None:
                self.become(old, GONE)
            made = self.make(
                "event-tracker", p["name"], self.tracker_arn(group), r.region, as_tags(p.get("tags")), group
            )
            made.tracking_id = uuid4(self.rng)
            self.by_id[r.region, made.tracking_id] = made
            self.shown = made
            return {"eventTrackerArn": made.arn, "trackingId": made.tracking_id}

        return effect

    def _taken(self, r: Request, status: str) -> None:
        if status == ACTIVE:
            r.must.append((EXISTS,))  # whoever does not check puts the new one in its place
        elif status in CREATING:
            r.refuse(EXISTS, IN_USE)
        else:
            r.may_refuse(f"the old one is {status}", EXISTS)

    def describe_event_tracker(self, r: Request) -> Effect | None:
        """All that is documented."""
        tracker = self.find(r, "eventTrackerArn", "event-tracker")
        if tracker is None or tracker.group is None:
            return None
        more = {"accountId": self.account, "trackingId": tracker.tracking_id, "datasetGroupArn": tracker.group.arn}
        return lambda: {"eventTracker": self.body(tracker, r, "eventTrackerArn") | more}

    def list_event_trackers(self, r: Request) -> Effect | None:
        """Those of the region, or of a group; of one that is not there, none."""
        arn, items = r.params.get("datasetGroupArn"), self.of_kind(r.region, "event-tracker")
        if isinstance(arn, str):
            items = [item for item in items if item.group and item.group.arn == arn]
            group = self.held.get(r.region, {}).get(arn)
            codes = (
                [c for c in self.not_there(arn, r.region, ("dataset-group",)) if c != NOT_FOUND] if not group else []
            )
            if codes:
                r.may_refuse("no such group", *codes)
            if group is not None and group.status in DELETING and self.rng.random() < self.hides:
                items = []
        return self.listing(r, "event-tracker", items)

    def delete_event_tracker(self, r: Request) -> Effect | None:
        """Leaves the group as it is."""
        tracker = self.find(r, "eventTrackerArn", "event-tracker")
        return None if tracker is None else self.deletion(r, tracker)

    # -- tags and events -----------------------------------------------------------------------------

    def too_many(self, r: Request, tags: Any, there: dict[str, str]) -> None:
        """At most 50 on a resource, each key once."""
        if not isinstance(tags, list):
            return
        keys = [tag["tagKey"] for tag in tags if isinstance(tag, dict) and isinstance(tag.get("tagKey"), str)]
        if len({*keys, *there}) > 50:
            r.refuse("TooManyTagsException", *INVALID)
        elif len(keys) != len(set(keys)):
            r.may_refuse("a key twice", *MALFORMED)
            if len(keys) + len(there) > 50:
                r.may_refuse("a key twice", "TooManyTagsException")

    def _tagged(self, r: Request) -> Resource | None:
        found = self.find(r, "resourceArn", "event-tracker", "dataset-group", "dataset")
        if found is not None and found.status != ACTIVE:
            r.may_refuse("tags of what is not ACTIVE", IN_USE)
        return found

    def tag_resource(self, r: Request) -> Effect | None:
        """Adds and replaces."""
        found, tags = self._tagged(r), r.params.get("tags")
        if found is None:
            return None
        self.too_many(r, tags, found.tags)

        def effect() -> dict[str, Any]:
            found.tags.update(as_tags(tags))
            self.shown = found
            return {}

        return effect

    def untag_resource(self, r: Request) -> Effect | None:
        """Takes away what is named."""
        found, keys = self._tagged(r), r.params.get("tagKeys")
        if found is None or not isinstance(keys, list):
            return None
        if len(keys) > 50:
            r.may_refuse("more keys than there can be", "TooManyTagKeysException")
        if not all(isinstance(key, str) and key in found.tags for key in keys):
            r.may_refuse("a key that is not there", *MALFORMED)
        if len(keys) != len({str(key) for key in keys}):
            r.may_refuse("a key twice", *MALFORMED)

        def effect() -> dict[str, Any]:
            for key in keys:
                found.tags.pop(key, None)
            self.shown = found
            return {}

        return effect

    def list_tags_for_resource(self, r: Request) -> Effect | None:
        """In any order."""
        found = self._tagged(r)

        def effect() -> dict[str, Any]:
            assert found is not None
            self.shown = found
            tags = [{"tagKey": key, "tagValue": value} for key, value in found.tags.items()]
            self.rng.shuffle(tags)
            return {"tags": tags} if tags or not self.empty_is_absent else {}

        return effect if found is not None else None

    def put_events(self, r: Request) -> Effect | None:
        """A tracking ID is good for one incarnation, and certainly while it is ACTIVE."""
        name = r.params.get("trackingId")
        if not isinstance(name, str):
            return None
        tracker = self.by_id.get((r.region, name))
        if tracker is None or tracker.status == GONE:
            r.refuse(*MALFORMED, NOT_FOUND)
        elif tracker.status != ACTIVE:
            r.may_refuse("the tracker is not ACTIVE", *MALFORMED, NOT_FOUND)
        self.shown = tracker
        return dict

    def _of_another_kind(self, operation: Operation) -> Outcome:
        """Datasets and the like hang on a group; the rest is nobody's business here."""
        group = self.held.get(operation.region, {}).get(str(operation.params.get("datasetGroupArn")))
        if operation.name in ("CreateDataset", "CreateSolution") and group is not None and group.status == ACTIVE:
            kind = operation.name.removeprefix("Create").lower()
            group.others.add(kind)
            return Outcome.success({f"{kind}Arn": self.arn(operation.region, kind, f"{group.name}/INTERACTIONS")})
        if operation.name == "DeleteDataset":
            for each in self.of_kind(operation.region, "dataset-group"):
                if str(operation.params.get("datasetArn")).endswith(f":dataset/{each.name}/INTERACTIONS"):
                    if self.tracker_of(each):
                        return Outcome.refusal(IN_USE, "delete the event tracker before")
                    each.others.discard("dataset")
                    return Outcome.success({})
        if operation.name.startswith("Create") or operation.name == "DeleteDataset":
            return Outcome.refusal(NOT_FOUND, "no")
        return Outcome.refusal("UnknownOperationException")


def as_tags(tags: Any) -> dict[str, str]:
    """Of a key that comes twice the last value counts."""
    return {tag["tagKey"]: tag["tagValue"] for tag in tags or ()}


def uuid4(rng: Random) -> str:
    """A lower-case, dashed UUID, version 4."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{rng.choice('89ab')}{digits[17:20]}-{digits[20:]}"


LOOKS: dict[str, Callable[[Service, Request], Effect | None]] = {
    "CreateDatasetGroup": Service.create_dataset_group, "DescribeDatasetGroup": Service.describe_dataset_group,
    "ListDatasetGroups": Service.list_dataset_groups, "DeleteDatasetGroup": Service.delete_dataset_group,
    "CreateEventTracker": Service.create_event_tracker, "DescribeEventTracker": Service.describe_event_tracker,
    "ListEventTrackers": Service.list_event_trackers, "DeleteEventTracker": Service.delete_event_tracker,
    "TagResource": Service.tag_resource, "UntagResource": Service.untag_resource,
    "ListTagsForResource": Service.list_tags_for_resource, "PutEvents": Service.put_events,
}  # fmt: skip
