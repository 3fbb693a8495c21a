"""A session made shorter that is still one of a faithful service.

What nobody asked for nobody saw: a read or a refused request may be left out (but for the sight of a creation that
failed, which counts once it is seen), a walk over pages only as a whole, all about one dataset group where no list
shows it, and whatever comes last. A write that may have been carried out stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.fuzz.histories import Session
from tests.fuzz.service import FAILED


def shrunk(session: Session, fails: Callable[[Session], bool]) -> Session:
    """The shortest that is found and still fails."""
    going = True
    while going:
        going = False
        for unit in _units(session):
            shorter = _without(session, unit)
            if shorter.steps and fails(shorter):
                session, going = shorter, True
                break
    return session


def _without(session: Session, unit: set[int]) -> Session:
    kept = [number for number in range(len(session.steps)) if number not in unit]
    return session._replace(
        steps=[session.steps[number] for number in kept], about=[session.about[number] for number in kept]
    )


def _units(session: Session) -> Iterator[set[int]]:
    """What can be left out at once, the most first."""
    length = len(session.steps)
    for cut in (length // 2, length // 4, 1):
        if cut:
            yield set(range(length - cut, length))
    yield from _groups(session)
    walks = [n for n, (operation, outcome) in enumerate(session.steps) if _has_token(operation.params, outcome.result)]
    if walks:
        yield set(walks)
    for number, (operation, outcome) in enumerate(session.steps):
        read = operation.name.startswith(("Describe", "List")) or outcome.kind in (
            "refusal",
            "throttled",
            "unsupported",
        )
        if read and number not in walks and FAILED not in repr(outcome.result):
            yield {number}


def _has_token(params: object, result: object) -> bool:
    return any(isinstance(each, dict) and each.get("nextToken") is not None for each in (params, result))


def _groups(session: Session) -> Iterator[set[int]]:
    """All about one group and its trackers."""
    arns: dict[str, set[str]] = {}
    for operation, outcome in session.steps:
        group = operation.params.get("datasetGroupArn")
        if operation.name == "CreateEventTracker" and isinstance(group, str):
            result = outcome.result or {}
            arns.setdefault(group, {group}).update(str(result.get(each)) for each in ("eventTrackerArn", "trackingId"))
    for group, words in arns.items():
        words = words | {group.rpartition("/")[2]}
        about = {
            n for n, step in enumerate(session.steps) if words & {str(each) for each in step.operation.params.values()}
        }
        text = repr([step.outcome for n, step in enumerate(session.steps) if n not in about])
        if not any(word in text for word in words):
            yield about
