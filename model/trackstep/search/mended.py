"""The world in which a deviation has not happened: would what came after it still be one?

A read moves nothing, so whatever a target answered to it, it would have answered the same afterwards: the history is
judged again with the answer that was expected in place of the wrong one. Owns what is put there. Of a write nothing can
be told this way: what came after may have come of it. Asks no target.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from trackstep.oracle import guard, judge
from trackstep.oracle.case import Case, case
from trackstep.oracle.judge import SETTLE, Step
from trackstep.oracle.lifecycle import observer
from trackstep.oracle.notes import Finding
from trackstep.oracle.world import World
from trackstep.outcome import Outcome
from trackstep.spec import Refusal

READS = ("Describe", "List", "PutEvents", SETTLE)
"""How the names begin of what moves nothing that is judged."""
BODIES = {"dataset_group": ("datasetGroup", "datasetGroupArn"), "event_tracker": ("eventTracker", "eventTrackerArn")}


def is_read(operation: str) -> bool:
    """Whether what an operation was answered changes nothing about the target."""
    return operation.startswith(READS)


def found(
    steps: Sequence[Step],
    prefix: str,
    mended: Collection[int],
    step: int,
    too: Callable[[Finding], bool] = lambda finding: False,
) -> list[Finding]:
    """What is found at ``step`` where the reads at the ``mended`` steps were answered rightly.

    So is a read before it of which something ``too`` is found: what was wrong once is wrong each time. A write there
    was refused, as it should be, and is left out. A status that was looked at there would have settled. ``steps`` are
    of a session whose names begin with ``prefix``.
    """
    judgement = judge.begin(prefix)
    looked = {str(steps[number - 1].operation.params.get(arn)) for number in mended for _, arn in BODIES.values()}
    for number, (operation, outcome) in enumerate(steps[:step], 1):
        before = replace(judgement)
        if operation.name == SETTLE and operation.params.get("arn") in looked:
            judgement.notes.step += 1
        elif number in mended:
            _answered(judgement, Step(operation, outcome))
        else:
            made = judge.step(judgement, operation, outcome)
            if number == step:
                return made
            if is_read(operation.name) and any(map(too, made)):
                judgement = before
                judgement.notes.step -= 1
                _answered(judgement, Step(operation, outcome))
    return []


def refusing(steps: Sequence[Step], prefix: str, step: int, mended: Collection[int]) -> list[Refusal]:
    """The rows by each of which the request at ``step`` had to be refused, had those at the ``mended`` steps been."""
    judgement = judge.begin(prefix)
    for number, (operation, outcome) in enumerate(steps[: step - 1], 1):
        if number in mended:
            judgement.notes.step += 1
        else:
            judge.step(judgement, operation, outcome)
    return guard.musts(case(judgement.world, steps[step - 1].operation, step))


def _answered(judgement: judge.Judgement, step: Step) -> None:
    """Judge a step as if it had been answered rightly; where nothing is learnt, it is as if nothing was asked."""
    came = None if step.operation.name == SETTLE else _right(judgement.world, step)
    if came is None:
        judgement.notes.step += 1
    else:
        judge.step(judgement, step.operation, came)


def _right(world: World, step: Step) -> Outcome | None:
    """What was expected in place of a wrong answer to a read; None where that teaches nothing."""
    operation, outcome = step
    if not is_read(operation.name):
        return None
    c = case(world, operation)
    _, must = guard.rows(c)
    if must is not None:
        return Outcome.refusal(min(must.codes))
    if not operation.name.startswith("Describe") or outcome.kind != "success":
        return None
    return _corrected(c, outcome)


def _corrected(c: Case, outcome: Outcome) -> Outcome | None:
    """A description in which stands what is known; its status is the target's, where that can be."""
    r = c.subject
    if r is None:
        return None
    member, arn = BODIES[r.kind]
    body = (outcome.result or {}).get(member)
    if not isinstance(body, dict) or (r.mask, str(body.get("status"))) not in observer(r.kind).seen:
        return None
    known: dict[str, Any] = {
        "name": r.name,
        arn: r.arn,
        "datasetGroupArn": r.group if r.kind == "event_tracker" else r.arn,
        "trackingId": r.tracking_id,
        "creationDateTime": r.created,
        "lastUpdatedDateTime": r.updated,
        "domain": r.domain,
    }
    told = {name: value for name, value in known.items() if value is not None}
    return replace(outcome, result={member: {**body, **told}}, wire=None)
