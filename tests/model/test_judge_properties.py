"""Properties that the judge has whatever the history, conforming or broken."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import Phase, assume, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from tests.model.histories import PREFIX, History, histories, pool
from trackstep import spec
from trackstep.operation import Operation
from trackstep.oracle import judge
from trackstep.oracle.judge import Judgement, Step
from trackstep.oracle.lifecycle import GONE, names
from trackstep.oracle.notes import Finding
from trackstep.oracle.world import World
from trackstep.outcome import Outcome, Wire

PROFILE = settings(
    max_examples=120,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)


def judged(history: Iterable[Step], prefix: str = PREFIX) -> Judgement:
    """The judgement of a history."""
    return judge.judge(history, prefix)


def findings(history: Iterable[Step], prefix: str = PREFIX) -> list[Finding]:
    """What a history contradicts."""
    return judged(history, prefix).notes.findings


def test_histories__are_conforming_and_broken() -> None:
    """There is something to be right about: both kinds, many clauses, every operation, more than one world."""
    shown = [findings(history) for history in pool()]
    assert sum(map(bool, shown)) > 8
    assert sum(not each for each in shown) > 5
    assert len({finding.clause for each in shown for finding in each}) > 12
    assert {step.operation.name for history in pool() for step in history} >= spec.load().operations.keys()


@PROFILE
@for_all(histories(), st.data())
def test_judge__goes_only_forward(history: History, data: st.DataObject) -> None:
    """The verdicts of a prefix are the prefix of the verdicts; so what was accepted stays so without its last step."""
    length = data.draw(st.integers(0, len(history)))
    whole = findings(history)
    assert findings(history[:length]) == [finding for finding in whole if finding.step <= length]


@PROFILE
@for_all(histories())
def test_judge__twice_says_the_same(history: History) -> None:
    """Nothing is left over from one judgement to the next, not even from the same one in pieces."""
    first, again, going = judged(history), judged(history), judge.begin(PREFIX)
    for operation, outcome in history:
        judge.step(going, operation, outcome)
    for other in (again, going):
        assert other.notes.findings == first.notes.findings
        assert other.notes.exercised == first.notes.exercised
        assert other.worlds == first.worlds


# -- reordering ------------------------------------------------------------------------------------

_NAMED = re.compile(r"dataset-group/([\w-]+)")
_GLOBAL = ("ListEventTrackers", "ListDatasetGroups")


def strings(value: Any) -> set[str]:
    """Every string in a request or an answer."""
    if isinstance(value, dict):
        return set().union(*map(strings, value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*map(strings, value))
    return {value} if isinstance(value, str) else set()


def groups(history: History) -> dict[str, str]:
    """Tracker ARNs and tracking IDs -> the name of the dataset group that they were made for."""
    found: dict[str, str] = {}
    for operation, outcome in history:
        group = _NAMED.search(str(operation.params.get("datasetGroupArn")))
        if operation.name == "CreateEventTracker" and outcome.kind == "success" and group:
            made = outcome.result or {}
            found |= {made[member]: group[1] for member in ("eventTrackerArn", "trackingId") if member in made}
    return found


def about(step: Step, made: dict[str, str]) -> set[str]:
    """The names of the dataset groups that a step is about."""
    said = strings(step.operation.params) | strings(step.outcome.result)
    named = {found[1] for text in said if (found := _NAMED.search(text))}
    if step.operation.name == "CreateDatasetGroup":
        named.add(str(step.operation.params.get("name")))
    return named | {made[text] for text in said if text in made}


def independent(one: Step, other: Step, made: dict[str, str]) -> bool:
    """About different dataset groups each, neither a List, nor lost, nor both Creates.

    Two Creates share what is of the account: names, tracking IDs, whether an Interactions dataset is needed; a Create
    also shares the last of these with another's refusal. Until an answer has told whose account it is, all share that.
    """
    for step in (one, other):
        if step.operation.name in _GLOBAL or step.outcome.kind in ("lost", "garbled", "unsupported"):
            return False
    mine, theirs = about(one, made), about(other, made)
    creates = [step.operation.name.startswith("Create") for step in (one, other)]
    return bool(mine and theirs) and mine.isdisjoint(theirs) and not all(creates)


def at(found: Iterable[Finding], to: dict[int, int]) -> set[Finding]:
    """The findings, with some steps at other places; what nobody knows the ARN of is named after a step."""
    return {
        finding._replace(
            step=to.get(finding.step, finding.step),
            because=tuple(sorted(to.get(number, number) for number in finding.because)),
            actual=re.sub(r"\?\d+", "?", finding.actual),
        )
        for finding in found
    }


@PROFILE
@for_all(histories(), st.data())
def test_judge__does_not_mind_the_order_of_what_is_independent(history: History, data: st.DataObject) -> None:
    """Adjacent steps about different dataset groups may change places: all findings stay as they were."""
    made = groups(history)
    told = next((n for n, step in enumerate(history) if "arn:aws:" in str(step.outcome.result)), len(history))
    places = [n for n in range(told + 1, len(history) - 1) if independent(history[n], history[n + 1], made)]
    assume(places)
    place = data.draw(st.sampled_from(places))
    other = (*history[:place], history[place + 1], history[place], *history[place + 2 :])
    assert at(findings(other), {}) == at(findings(history), {place + 1: place + 2, place + 2: place + 1})


# -- renaming --------------------------------------------------------------------------------------

ACCOUNT, OTHER_ACCOUNT, OTHER_PREFIX = "123456789012", "210987654321", "zq7"
_DIGITS = str.maketrans("0123456789abcdefABCDEF", "3456789012bcdefaBCDEFA")
_ID = re.compile(r"\b[0-9a-fA-F]{8}(?=-[0-9a-fA-F]{4}-)")
_LAW = re.compile(r"(?<=event-tracker/)[0-9a-f]{7,8}")


class Renaming:
    """Other names, accounts and tracking IDs; an ARN that follows the MD5 law follows it under the other name too."""

    def __init__(self, history: History) -> None:
        arns = {text for operation, outcome in history for text in strings([operation.params, outcome.result])}
        self._law = {_law(arn)[:7]: _law(self._plain(arn)) for arn in arns if ":dataset-group/" in arn}

    @staticmethod
    def _plain(text: str) -> str:
        text = text.replace(PREFIX, OTHER_PREFIX).replace(ACCOUNT, OTHER_ACCOUNT)
        return _ID.sub(lambda found: found[0].translate(_DIGITS), text)

    def text(self, text: str) -> str:
        """A string with everything in it renamed."""
        return _LAW.sub(lambda found: self._law.get(found[0][:7], found[0])[: len(found[0])], self._plain(text))

    def value(self, value: Any) -> Any:
        """The same for all that is in a value."""
        if isinstance(value, dict):
            return {self.text(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(inner) for inner in value]
        return self.text(value) if isinstance(value, str) else value

    def step(self, step: Step) -> Step:
        """A step under other names."""
        (operation, outcome), body = step, step.operation.body
        wire = outcome.wire and Wire(outcome.wire.status, outcome.wire.headers, self.bytes(outcome.wire.body))
        return Step(
            replace(operation, params=self.value(operation.params), body=None if body is None else self.bytes(body)),
            replace(outcome, result=self.value(outcome.result), message=self.text(outcome.message), wire=wire),
        )

    def bytes(self, body: bytes) -> bytes:
        """A body, whatever its encoding."""
        return self.text(body.decode("latin-1")).encode("latin-1")


def _law(arn: str) -> str:
    return hashlib.md5(arn.encode(), usedforsecurity=False).hexdigest()[:8]


@PROFILE
@for_all(histories())
def test_judge__knows_nothing_by_its_name(history: History) -> None:
    """Under other names, accounts and tracking IDs the same steps break the same clauses, for the same reasons."""
    renaming = Renaming(history)
    other = findings(map(renaming.step, history), OTHER_PREFIX)
    essence = [(finding.clause, finding.step, finding.operation, finding.because) for finding in findings(history)]
    assert [(finding.clause, finding.step, finding.operation, finding.because) for finding in other] == essence


# -- reading more ------------------------------------------------------------------------------------


def reads(world: World, rest: History) -> list[Step]:
    """Reads of what is known, answered so that they tell nothing new: of the statuses the earliest."""
    found = []
    for (region, arn), r in sorted(world.resources.items()):
        if arn[0] == "?" or not r.name or r.mask == GONE:
            continue
        created = r.created or _created(arn, rest)
        times = {"creationDateTime": created, "lastUpdatedDateTime": r.updated or created}
        summary = {"name": r.name, "status": names(r.mask)[0], **times}
        if r.kind == "dataset_group":
            if r.domain is None:
                continue  # whichever was shown would be learnt
            summary |= {"datasetGroupArn": arn} | ({"domain": r.domain} if r.domain else {})
            summary |= {"failureReason": "because"} if summary["status"] == "CREATE FAILED" else {}
            found.append(_read("DescribeDatasetGroup", {"datasetGroupArn": arn}, region, datasetGroup=summary))
        elif r.tracking_id and r.group:
            summary |= {"eventTrackerArn": arn}
            of_one = {"trackingId": r.tracking_id, "datasetGroupArn": r.group, "accountId": r.group.split(":")[4]}
            found.append(_read("DescribeEventTracker", {"eventTrackerArn": arn}, region, eventTracker=summary | of_one))
            if not r.mask & GONE and list(world.existing(region, r.kind, r.group)) == [arn]:
                found.append(_read("ListEventTrackers", {"datasetGroupArn": r.group}, region, eventTrackers=[summary]))
        if r.tags is not None and None not in r.tags.values() and not r.mask & GONE:
            tags = [{"tagKey": key, "tagValue": value} for key, value in r.tags.items()]
            found.append(_read("ListTagsForResource", {"resourceArn": arn}, region, tags=tags))
    return found


def _read(name: str, params: dict[str, Any], region: str, **result: Any) -> Step:
    return Step(Operation(name, params, region), Outcome.success(result))


def _created(arn: str, rest: History) -> float:
    """When the resource was created, as far as it will be told before something is made anew under its ARN."""
    for operation, outcome in rest:
        if operation.name.startswith("Create") and (outcome.kind == "lost" or arn in (outcome.result or {}).values()):
            break
        for held in (outcome.result or {}).values():
            for body in held if isinstance(held, list) else [held]:
                if isinstance(body, dict) and arn in body.values() and "creationDateTime" in body:
                    return float(body["creationDateTime"])
    return 1.7e9


@PROFILE
@for_all(histories(), st.data())
def test_judge__is_not_turned_against_a_target_by_a_read(history: History, data: st.DataObject) -> None:
    """A read that tells nothing new is accepted, and no step after it is accused that was not."""
    place = data.draw(st.integers(0, len(history)))
    before = judged(history[:place])
    assume(len(before.worlds) == 1)
    possible = reads(before.world, history[place:])
    assume(possible)
    read = data.draw(st.sampled_from(possible))
    found = findings((*history[:place], read, *history[place:]))
    accused = {finding.step for finding in findings(history)}
    assert {finding.step for finding in found} <= {step if step <= place else step + 1 for step in accused}
