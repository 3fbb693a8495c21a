"""Do the judge and TLC ever disagree? Random histories, conforming and broken, held against both.

    python benchmarks/second_opinion.py --histories 10000 --seed 0

Random programs run on the embedded emulator in process: sound, under variants, and with seeded faults of the areas that
the TLA+ module can see. Half of the histories are such recordings; the other half are the same with one to three
answers edited. Prints the counts and each disagreement; exit code 1 where there is one, 3 where TLC cannot be run.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from trackstep.emulator.faults import (
    deletion,
    describing,
    events,
    group_deletion,
    groups,
    identity,
    lifecycle,
    listing,
    refused,
    uniqueness,
)
from trackstep.formal import behaviour, opinion, tool, validation
from trackstep.formal.opinion import Opinion
from trackstep.history import History
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome
from trackstep.program import Command
from trackstep.search.session import Budget, Patience, Session
from trackstep.spec import load
from trackstep.targets import TargetOptions
from trackstep.targets.emulator import EmulatorTarget

AREAS = (deletion, describing, events, group_deletion, groups, identity, lifecycle, listing, refused, uniqueness)
SEEN = sorted(name for area in AREAS for name in area.FAULTS)
ALLOWED = (
    "deletion-frees-at-once", "delete-in-any-status", "events-in-any-status", "failed-does-not-occupy",
    "group-delete-in-any-status", "group-deletion-in-progress", "group-need-not-be-active", "in-use-while-pending",
    "instant-statuses", "malformed-is-a-validation-exception", "opaque-arns", "opaque-tracking-ids",
    "skipped-statuses", "statuses-at-random", "unknown-tracking-id-is-not-found",
)  # fmt: skip
"""Variants: what differs and is allowed, as far as the module could see it."""
A_BATCH, CALLS = 8, 10
CODES = (
    "ResourceNotFoundException", "ResourceInUseException", "ResourceAlreadyExistsException", "InvalidInputException",
)  # fmt: skip
RUN = 2500
"""Histories in one run of TLC."""


# -- programs -----------------------------------------------------------------------------------------


def commands(choice: random.Random) -> Iterator[Command]:
    """A random program about two dataset groups; most begin with one that is ACTIVE, half tell of whole lives."""
    slots = "AAAB" if choice.random() < 0.9 else ("A", "A", "fail")
    if choice.random() < 0.9:
        yield Command("CreateDatasetGroup", {"name": "$A"})
        yield from _looks("A.arn", choice.choice((0, 1, 3, 3)))
    for _ in range(choice.choice((0, 1, 1, 2))):
        yield from _life(choice)
    for _ in range(choice.randint(2, CALLS)):
        yield from _some(choice, choice.choice(slots))


def _life(choice: random.Random) -> Iterator[Command]:
    """An event tracker that is made, looked at and deleted."""
    group = {"datasetGroupArn": "$A.arn"}
    yield Command("CreateEventTracker", {"name": choice.choice(("$t1", "$fail")), **group})
    yield from _looks("A.tracker", choice.randint(0, 4))
    yield from _some(choice, "A")
    yield Command("DeleteEventTracker", {"eventTrackerArn": "$A.tracker"})
    for _ in range(choice.randint(0, 2)):
        yield from choice.choice(([Command("ListEventTrackers", group)], _looks("A.tracker", choice.randint(1, 3))))


def _some(choice: random.Random, slot: str) -> Iterator[Command]:
    group, tracker = {"datasetGroupArn": f"${slot}.arn"}, {"eventTrackerArn": f"${slot}.tracker"}
    name = choice.choices(behaviour.REQUESTS, (3, 3, 3, 8, 5, 5, 5, 4))[0]
    if name == "CreateDatasetGroup":
        yield Command(name, {"name": f"${slot}"})
    elif name == "CreateEventTracker":
        yield Command(name, {"name": choice.choice(("$t1", "$t1", "$t2", "$fail")), **group})
    elif name == "PutEvents":
        which = choice.choice((f"${slot}.id", f"${slot}.id", f"${slot}.old", f"${slot}.first", "$nobody.id"))
        sent = [{"eventType": "click", "sentAt": 1700000000}]
        yield Command(name, {"trackingId": which, "sessionId": "s", "eventList": sent})
    else:
        yield Command(name, tracker if name in ("DescribeEventTracker", "DeleteEventTracker") else group)
    if choice.random() < 0.4:
        yield from _looks(choice.choice((f"{slot}.arn", f"{slot}.tracker")), choice.randint(1, 4))


def _looks(of: str, times: int) -> Iterator[Command]:
    tracker = of.endswith(".tracker")
    look = Command(f"Describe{'EventTracker' if tracker else 'DatasetGroup'}",
                   {"eventTrackerArn" if tracker else "datasetGroupArn": f"${of}"})  # fmt: skip
    yield from [look] * times


def recorded(choice: random.Random, planted: tuple[str, ...], count: int) -> Iterator[History]:
    """What so many random programs show of the embedded emulator with these faults."""
    progression = choice.choice(("manual", "manual", "immediate"))
    seed = choice.randrange(2**31)
    target = EmulatorTarget(TargetOptions(planted=planted, progression=progression, seed=seed))
    try:
        for number in range(count):
            session = Session(target, f"ts{number:x}", Budget(1000, 600.0), Patience(1.0))
            for command in commands(choice):
                session.perform(command)
            yield History(session.prefix, session.steps)
    finally:
        target.close()


# -- edits --------------------------------------------------------------------------------------------


def edited(choice: random.Random, history: History) -> History:
    """The same history with one to three of its steps changed, left out, repeated or exchanged."""
    steps = list(history.steps)
    for _ in range(choice.choice((1, 1, 1, 2, 3))):
        if not steps:
            break
        place = choice.randrange(len(steps))
        how = choice.random()
        if how < 0.06:
            del steps[place]
        elif how < 0.12:
            steps.insert(place, steps[place])
        elif how < 0.2 and place:
            steps[place - 1 : place + 1] = steps[place], steps[place - 1]
        else:
            steps[place] = _edit(choice, steps, place)
    return History(history.prefix, steps)


def _edit(choice: random.Random, steps: list[Step], place: int) -> Step:
    """One step with another answer, as it could have come from a target that is wrong."""
    operation, outcome = steps[place]
    if outcome.kind == "success" and choice.random() < 0.6:
        shown = _other(choice, steps[:place], dict(outcome.result or {}))
        if shown is not None:
            return Step(operation, Outcome.success(shown))
    good = [came.result for asked, came in steps if asked.name == operation.name and came.kind == "success"]
    if good and choice.random() < (0.3 if outcome.kind == "success" else 0.7):
        return Step(operation, Outcome.success(choice.choice(good)))
    return Step(operation, Outcome.refusal(choice.choice(CODES), "because"))


def _other(choice: random.Random, before: list[Step], result: dict[str, Any]) -> dict[str, Any] | None:
    """A result that shows another status or tracking ID, or lists less; None where it shows none of these."""
    statuses = load().lifecycles["event_tracker"].statuses
    if isinstance(result.get("eventTrackers"), list):
        items = result["eventTrackers"]
        if not items or choice.random() < 0.3:
            return {"eventTrackers": []}
        return {"eventTrackers": [{**item, "status": choice.choice(statuses)} for item in items]}
    ids = [came.result["trackingId"] for _, came in before if came.result and "trackingId" in came.result]
    another = choice.choice([*ids, "11111111-2222-4333-8444-555555555555"])
    if "trackingId" in result:
        return {**result, "trackingId": another}
    for member in ("eventTracker", "datasetGroup"):
        if isinstance(body := result.get(member), dict):
            if member == "eventTracker" and choice.random() < 0.2:
                return {member: {**body, "trackingId": another}}
            return {member: {**body, "status": choice.choice(statuses), "failureReason": "because"}}
    return None


# -- both opinions ------------------------------------------------------------------------------------


def histories(count: int, seed: int) -> Iterator[tuple[str, History]]:
    """So many histories, each with what was done to it; the same for the same seed but for times."""
    choice, made = random.Random(seed), 0
    while made < count:
        how = choice.random()
        planted = () if how < 0.25 else (choice.choice(ALLOWED),) if how < 0.5 else (choice.choice(SEEN),)
        for history in recorded(choice, planted, A_BATCH):
            yield from (
                (" ".join(planted) or "sound", history),
                (f"{' '.join(planted)} edited".strip(), edited(choice, history)),
            )
            made += 2


def main() -> int:
    """Make them, hold them against both, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--histories", type=int, default=10_000, help="how many")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for each run of TLC")
    asked = parser.parse_args()
    began = time.perf_counter()
    made = [pair for pair, _ in zip(histories(asked.histories, asked.seed), range(asked.histories), strict=False)]
    print(f"{len(made):,} histories made in {time.perf_counter() - began:.0f} s")
    read = [behaviour.read(history.steps) for _, history in made]
    explained: list[int] = []
    try:
        found, spent, states = tool.find(), 0.0, 0
        for start in range(0, len(read), RUN):
            validated = validation.validate(found, read[start : start + RUN], seconds=asked.timeout)
            explained += validated.explained
            spent, states = spent + validated.seconds, states + validated.states
    except tool.ToolError as missing:
        print(missing, file=sys.stderr)
        return 3
    began = time.perf_counter()
    weighed = [opinion.weigh(made[n][1], read[n], explained[n]) for n in range(len(made))]
    judging = time.perf_counter() - began
    return tell(weighed, [how for how, _ in made], spent, states, judging)


def tell(weighed: list[Opinion], made: list[str], spent: float, states: int, judging: float) -> int:
    """The counts, and each disagreement; 1 where there is one."""
    both = Counter(("accepted" if each.judge is None else "rejected") for each in weighed if each.agree)
    events = sum(len(each.behaviour.events) for each in weighed)
    calls = "".join(f"\n  {name}: {n:,}" for name, n in sorted(_refused_at(weighed).items()))
    print(f"{events:,} events, {sum(bool(each.behaviour.ended) for each in weighed):,} histories end early")
    print(f"accepted by both {both['accepted']:,}, rejected by both at the same event {both['rejected']:,}{calls}")
    print(f"TLC   {len(weighed) / spent:8,.0f} histories/s ({states:,} states)")
    print(f"judge {len(weighed) / judging:8,.0f} histories/s")
    different = [(each, how) for each, how in zip(weighed, made, strict=True) if not each.agree]
    for each, how in different[:20]:
        print(f"\n{how}: TLC {each.tlc}, judge {each.judge} {[f.clause for f in each.findings]}")
        for place, event in enumerate(each.behaviour.events):
            marks = ("T" if place == each.tlc else " ") + ("J" if place == each.judge else " ")
            print(f"  {marks} {place:2} {event}")
    print(f"disagreements {len(different)}")
    return 1 if different else 0


def _refused_at(weighed: list[Opinion]) -> Counter[str]:
    return Counter(each.event.request for each in weighed if each.agree and each.event is not None)


if __name__ == "__main__":
    sys.exit(main())
