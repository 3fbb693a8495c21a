"""Nothing is left behind: what sessions made is deleted, what is inside first, and looked at until it is gone.

Owns the order, and how often it is looked. Best effort, unjudged; what a killed run left is for sweep.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trackstep.ledger import member_of
from trackstep.outcome import Outcome
from trackstep.search.session import Session

Place = tuple[str, str]
"""A region and an ARN."""


def clean_up(sessions: Iterable[Session], patience: float = 30.0, looks: int = 100) -> None:
    """Delete what these sessions made: trackers, datasets, groups, schemas; best effort, unjudged.

    A group that is not gone at once is asked for trackers that nobody heard of. ``patience`` seconds and ``looks`` at
    the most for the trackers, and as much for the groups.
    """
    made, gone = list(sessions), set[Place]()
    try:
        _clean_up(made, gone, patience, looks)
    finally:
        for session in made:
            session.cleaned(gone)


def _clean_up(made: list[Session], gone: set[Place], patience: float, looks: int) -> None:
    asked = {place for session in made for place in session.leaving()}
    groups = {place: session for session in made for place in session.left("datasetGroupArn")}
    trackers = {place: session for session in made for place in session.left("eventTrackerArn")}
    datasets = {place: session for session in made for place in session.left("datasetArn")}
    schemas = {place: session for session in made for place in session.left("schemaArn")}
    prepared = bool(datasets or schemas)
    _delete_all("EventTracker", trackers, asked, gone, patience, looks)
    _delete_all("Dataset", datasets, asked, gone, patience, looks)
    _delete_all("DatasetGroup", groups, asked, gone, patience, 1)
    for (region, group), session in groups.items():
        trackers |= {(region, arn): session for arn in _held(session, "EventTracker", group, region)}
        held = _held(session, "Dataset", group, region) if prepared else ()
        datasets |= {(region, arn): session for arn in held}
    _delete_all("EventTracker", trackers, asked, gone, patience, looks)
    _delete_all("Dataset", datasets, asked, gone, patience, looks)
    _delete_all("DatasetGroup", groups, asked, gone, patience, looks)
    _delete_all("Schema", schemas, asked, gone, patience, looks)


def _held(session: Session, what: str, group: str, region: str) -> Iterator[str]:
    """The ARNs of what a List shows of one kind in a group."""
    listed = session.unjudged(f"List{what}s", {"datasetGroupArn": group}, region).result or {}
    items = listed.get(f"{what[0].lower()}{what[1:]}s")
    for item in items if isinstance(items, list) else ():
        arn = item.get(member_of(what)) if isinstance(item, dict) else None
        if isinstance(arn, str):
            yield arn


def _delete_all(
    what: str, pending: dict[Place, Session], asked: set[Place], gone: set[Place], patience: float, looks: int
) -> None:  # fmt: skip
    """Ask for each once, and again where it is not on its way out; look until all are gone.

    Where statuses were seen to take their time, the first look is after the longest time that one took: each costs a
    call, and few are kept for it. ``asked``: what is on its way out; ``gone`` takes what is gone.
    """
    member = member_of(what)
    slow = max((session.patience.longest for session in pending.values() if session.patience.timed), default=0.0)
    if not pending:
        return
    budget = next(iter(pending.values())).budget
    until, pause = budget.clock.now() + patience, max(0.05, slow)
    for _ in range(looks):
        for place, session in sorted(pending.items(), key=lambda item: item[0]):
            if place not in asked and session.unjudged(f"Delete{what}", {member: place[1]}, place[0]).kind == "success":
                asked.add(place)
        if slow:
            budget.sleep(min(pause, until - budget.clock.now()))
        for place, session in sorted(pending.items(), key=lambda item: item[0]):
            told = session.unjudged(f"Describe{what}", {member: place[1]}, place[0])
            if told.kind != "success":
                gone.add(place)
                del pending[place]
            elif not _is_leaving(told):
                asked.discard(place)
        if not pending or budget.clock.now() >= until:
            return
        if not slow:
            budget.sleep(pause)
        pause = min(1.6 * pause, max(1.0, slow))


def _is_leaving(told: Outcome) -> bool:
    """Whether a description shows something on its way out."""
    body = next(iter((told.result or {}).values()), None)
    return isinstance(body, dict) and str(body.get("status", "")).startswith("DELETE")
