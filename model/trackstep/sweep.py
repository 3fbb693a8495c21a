"""Sweeping: what a run left is looked for, deleted, children first, and waited for until it is gone.

Owns the kinds of resources that Amazon Personalize can delete, and the order. What is a run's own is told by names
and ARNs (``Claims``); nothing else is touched. An answer that says neither "here" nor "gone" leaves a resource among
what is left: silence is no proof. Knows nothing of sessions, of the judge or of where claims come from.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from trackstep.errors import TargetError
from trackstep.ledger import Entries, account_of, member_of
from trackstep.operation import Operation
from trackstep.outcome import Outcome
from trackstep.targets.asking import ask
from trackstep.write_ahead import KeptTarget

WITHIN = {
    "Campaign": "Solution",
    "Recommender": "DatasetGroup",
    "MetricAttribution": "DatasetGroup",
    "Filter": "DatasetGroup",
    "Solution": "DatasetGroup",
    "EventTracker": "DatasetGroup",
    "Dataset": "DatasetGroup",
    "DatasetGroup": "",
    "Schema": "",
}
"""Each kind that has a Delete, in the order in which they are deleted, and the kind of what holds it."""
ORDER = list(WITHIN)
PAGES = 1000
SEEN_AGAIN = 3
"""How often a resource may be listed again after it was gone."""
BLIND = 3
"""How often in a row all is asked again where no answer says of anything that it is there or gone."""
TRIES = 4
"""How often a call is sent again that had no answer, or one that said: later."""


class Thing(NamedTuple):
    """A resource that is there. ``within`` is the ARN of what holds it, where that is known."""

    region: str
    kind: str
    arn: str
    name: str = ""
    status: str = ""
    within: str = ""

    def __str__(self) -> str:
        shown = "".join(f" {part}" for part in (self.name, self.status and f"({self.status})") if part)
        return f"{self.kind}{shown} {self.arn} in {self.region}"


@dataclass(frozen=True)
class Claims:
    """What is a run's own: by a name (``named``: region, kind, name), or by an ARN (region, kind, ARN), with the names
    that it was asked for under.

    ``until``: the epoch second up to which more may appear, since nobody knows what came of a Create. ``account``,
    where it is given: groups of any other show that the credentials are somebody else's.
    """

    regions: tuple[str, ...]
    named: Callable[[str, str, str], bool]
    arns: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    until: float = 0.0
    account: str = ""


def claims_of(entries: Entries) -> Claims:
    """What a ledger claims."""
    names = entries.names
    return Claims(entries.regions, lambda *place: place in names, entries.arns, entries.late())


@dataclass
class Swept:
    """What was deleted and is gone; what is left and why; what could not be looked at."""

    deleted: list[Thing] = field(default_factory=list)
    left: dict[Thing, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether it is known that nothing is left."""
        return not self.left and not self.problems


class Sweep:
    """A sweep in progress. ``patience``: seconds to wait for deletions, beyond ``claims.until``."""

    def __init__(
        self, call: Callable[[Operation], Outcome], claims: Claims, patience: float = 120.0,
        heard: Callable[[str], object] = len,
    ) -> None:  # fmt: skip
        self._call, self.claims, self.patience, self._heard = call, claims, patience, heard
        self.problems: list[str] = []
        self.names: set[str] = set()
        """Every name that a List has shown, whoever's it is."""
        self._absent: set[tuple[str, str]] = set()

    # -- asking --------------------------------------------------------------------------------

    def _ask(self, name: str, params: dict[str, Any], region: str) -> Outcome:
        pause = 0.1
        outcome = Outcome.lost("not sent")
        for again in range(TRIES):
            outcome = self._call(Operation(name, params, region))
            if outcome.kind not in ("lost", "throttled"):
                break
            if again < TRIES - 1:
                time.sleep(pause)
                pause *= 3
        return outcome

    def _list(self, kind: str, region: str, within: str = "") -> list[dict[str, Any]] | None:
        """What a List shows, all pages; None where it cannot be trusted to show all."""
        name = f"List{kind}s"
        if (region, name) in self._absent:
            return None
        params: dict[str, Any] = {member_of(WITHIN[kind]): within} if within else {}
        shown: list[dict[str, Any]] = []
        tokens = set[str]()
        for _ in range(PAGES):
            outcome = self._ask(name, params, region)
            if outcome.kind != "success":
                self._no_list(name, region, outcome)
                return None
            result = outcome.result or {}
            items = next((value for value in result.values() if isinstance(value, list)), [])
            shown += [item for item in items if isinstance(item, dict)]
            token = result.get("nextToken")
            if not isinstance(token, str) or not token or token in tokens:
                return shown
            tokens.add(token)
            params = {**params, "nextToken": token}
        return None

    def _no_list(self, name: str, region: str, outcome: Outcome) -> None:
        """A target that does not offer a List offers the rest; one that gives no answer cannot be swept."""
        if outcome.kind == "lost" and name == "ListDatasetGroups":
            raise TargetError(f"ListDatasetGroups in {region} was not answered: {outcome.message}")
        extra = name.removeprefix("List").removesuffix("s") not in ("DatasetGroup", "EventTracker")
        if outcome.kind == "unsupported" or extra:
            self._absent.add((region, name))
        elif outcome.code != "ResourceNotFoundException":  # of a group that has gone meanwhile
            self._problem(f"{name} in {region}: {outcome.code or outcome.kind} {outcome.message}".strip())

    def _problem(self, text: str) -> None:
        if text not in self.problems:
            self.problems.append(text)

    def _look(self, region: str, kind: str, arn: str) -> tuple[str, dict[str, Any]]:
        """``here`` with the description, ``gone``, or why it is not known."""
        outcome = self._ask(f"Describe{kind}", {member_of(kind): arn}, region)
        if outcome.kind == "success":
            body = next((v for v in (outcome.result or {}).values() if isinstance(v, dict)), {})
            return "here", body
        if outcome.kind == "refusal" and _says_gone(outcome.code):
            return "gone", {}
        return f"{outcome.code or outcome.kind} {outcome.message}".strip(), {}

    # -- finding -------------------------------------------------------------------------------

    def find(self) -> list[Thing]:
        """What is there and claimed, in the order in which it can be deleted. Raises TargetError if nobody answers."""
        things: dict[tuple[str, str], Thing] = {}
        for region in self.claims.regions:
            for thing in self._in(region):
                things.setdefault((thing.region, thing.arn), thing)
        return sorted(things.values(), key=lambda thing: (ORDER.index(thing.kind), thing))

    def _in(self, region: str) -> Iterator[Thing]:
        groups = {thing.arn: thing for thing in self._by_name(region, "DatasetGroup")}
        groups |= {t.arn: t for t in self._by_arn(region, {"DatasetGroup"}, groups)}
        yield from groups.values()
        solutions: list[Thing] = []
        for group in groups:
            for kind in ORDER:
                if WITHIN[kind] == "DatasetGroup":
                    held = [_thing(region, kind, item, group) for item in self._list(kind, region, group) or ()]
                    solutions += [thing for thing in held if kind == "Solution"]
                    yield from (thing for thing in held if thing.arn)
        for solution in solutions:
            for item in self._list("Campaign", region, solution.arn) or ():
                yield _thing(region, "Campaign", item, solution.arn)
        wanted = {kind for _, kind, _ in self.claims.arns} | {"EventTracker"}
        wanted |= set() if self.claims.arns else {"Schema"}  # without a ledger nobody says which kinds there are
        for kind in sorted(wanted - {"DatasetGroup"} & WITHIN.keys() | {"EventTracker"}):
            yield from self._by_name(region, kind)
        yield from self._by_arn(region, wanted & WITHIN.keys() - {"DatasetGroup"}, groups)

    def _by_name(self, region: str, kind: str) -> Iterator[Thing]:
        shown = [_thing(region, kind, item) for item in self._list(kind, region) or ()]
        self.names |= {thing.name for thing in shown}
        accounts = {account_of(thing.arn) for thing in shown}
        if self.claims.account and shown and self.claims.account not in accounts:
            own = ", ".join(sorted(accounts))
            raise TargetError(f"these credentials are for account {own}, and what is left is in {self.claims.account}")
        for thing in shown:
            if thing.arn and self.claims.named(region, kind, thing.name):
                yield thing

    def _by_arn(self, region: str, kinds: set[str], groups: dict[str, Thing]) -> Iterator[Thing]:
        for where, kind, arn in sorted(self.claims.arns):
            if where != region or kind not in kinds or arn in groups:
                continue
            seen, body = self._look(region, kind, arn)
            thing = _thing(region, kind, {**body, member_of(kind): arn}, str(body.get(member_of(WITHIN[kind]), "")))
            if seen == "here" and self._is_claimed(thing, groups):
                yield thing
            elif seen not in ("here", "gone") and not self._is_hidden(region, kind, arn, seen):
                yield thing._replace(status=seen)

    def _is_claimed(self, thing: Thing, groups: dict[str, Thing]) -> bool:
        """An ARN that turns out to have a name that is nobody's of this run, in no group of it, is left alone."""
        place, asked = (thing.region, thing.kind), self.claims.arns[thing[:3]]
        names = (thing.name, thing.arn.rpartition("/")[2])
        return (
            not thing.name
            or thing.name in asked
            or thing.within in groups
            or any(self.claims.named(*place, name) for name in names)
        )

    def _is_hidden(self, region: str, kind: str, arn: str, why: str) -> bool:
        """Where Describe does not say, whether a List says that it is not there; who is not let in sees nothing."""
        if why.startswith(_DENIED):
            return False
        shown = None if kind not in ("DatasetGroup", "EventTracker", "Schema") else self._list(kind, region)
        return shown is not None and all(item.get(member_of(kind)) != arn for item in shown)

    # -- deleting ------------------------------------------------------------------------------

    def run(self) -> Swept:
        """Delete what is found until nothing is, and nothing more may appear. Raises TargetError if nobody answers."""
        swept, ends, again = Swept(), time.monotonic() + self.patience, Counter[Thing]()
        while True:
            self.problems = []
            things = self.find()
            again.update(things)
            swept.left = {thing: "it is listed although it is gone" for thing in things if again[thing] > SEEN_AGAIN}
            if swept.left:
                break
            if things:
                gone, swept.left = self._delete(things, ends)
                swept.deleted += [thing for thing in gone if thing not in swept.deleted]
                if swept.left:
                    break
            elif time.time() >= self.claims.until:
                break
            else:
                time.sleep(min(0.5, max(0.0, self.claims.until - time.time())))
        swept.problems = self.problems
        return swept

    def _delete(self, things: Iterable[Thing], ends: float) -> tuple[list[Thing], dict[Thing, str]]:
        """What is gone now, and what is not although there was no more time, with what was last said of it."""
        pending, gone, pause, blind = dict.fromkeys(things, ""), list[Thing](), 0.01, 0
        while pending and blind < BLIND:
            before = len(gone)
            for thing in list(pending):
                if any(_is_in_the_way(other, thing) for other in pending):
                    continue
                pending[thing] = why = self._deleted(thing)
                if not why:
                    del pending[thing]
                    gone.append(thing)
                    self._heard(f"deleted {thing}")
            if time.monotonic() >= ends:
                break
            blind = blind + 1 if len(gone) == before and not any(map(_says_here, pending.values())) else 0
            if pending:
                time.sleep(min(pause, max(0.0, ends - time.monotonic())))
                pause = 0.01 if len(gone) > before else min(1.6 * pause, 2.0)
        return gone, {thing: why or "something in it is left" for thing, why in pending.items()}

    def _deleted(self, thing: Thing) -> str:
        """Ask for it to be deleted; empty where it is gone, else what was said last."""
        region, kind, arn = thing[:3]
        outcome = self._ask(f"Delete{kind}", {member_of(kind): arn}, region)
        seen, body = self._look(region, kind, arn)
        if seen == "gone" or (seen != "here" and self._is_hidden(region, kind, arn, seen)):
            return ""
        if seen != "here":
            return seen
        said = "" if outcome.kind == "success" else f", Delete{kind}: {outcome.code or outcome.kind} {outcome.message}"
        return f"{_STATUS}{body.get('status')}{said}".rstrip()


_DENIED = ("AccessDenied", "UnrecognizedClient", "InvalidClientToken", "ExpiredToken", "InvalidSignature")


_STATUS = "status "


def _says_here(why: str) -> bool:
    """Whether what was last said of a resource is that it is there."""
    return why.startswith(_STATUS)


def _says_gone(code: str) -> bool:
    return code.endswith(("NotFoundException", "NotFound")) or code in ("InvalidInputException", "ValidationException")


def _thing(region: str, kind: str, item: dict[str, Any], within: str = "") -> Thing:
    """A resource as a List or a Describe tells it; a text that is none is taken for empty."""
    arn, name, status = (item.get(member) for member in (member_of(kind), "name", "status"))
    arn, name, status = (text if isinstance(text, str) else "" for text in (arn, name, status))
    return Thing(region, kind, arn, name, status, within)


def _is_in_the_way(other: Thing, thing: Thing) -> bool:
    """Whether one must be gone before the other is asked for."""
    if other.region != thing.region:
        return False
    if thing.kind == "Schema":
        return other.kind == "Dataset"
    return other.within == thing.arn or (thing.kind == "DatasetGroup" and not other.within and WITHIN[other.kind] != "")


def unsure(entries: Entries, sweep: Sweep) -> list[str]:
    """Names that are there, and that a Create asked for which nobody answered, but that others may have as well."""
    return sorted({intent.name for intent in entries.doubtful()} & sweep.names - {""})


def finish(target: Any, patience: float, call: Callable[[Operation], Outcome] | None = None) -> bool:
    """Delete what the ledger of this target still names, and take the ledger away where it is known that all is gone.

    A Create that nobody answered just now is not waited for: the ledger stays, and the user is told. ``call`` is how
    the target is asked, where calls are counted. False where it has no ledger. Raises TargetError if nobody answers.
    """
    if not isinstance(target, KeptTarget):
        return False
    if not target.ledger.is_open:
        return True
    entries = target.ledger.entries
    claims = replace(claims_of(entries), until=0.0)
    sweep = Sweep(call or partial(ask, target), claims, patience)
    if sweep.run().is_clean and time.time() >= entries.late() and not unsure(entries, sweep):
        target.ledger.finish()
    return True
