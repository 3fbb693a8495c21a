"""Nothing is left behind: what sessions made is deleted, trackers first, and looked at until it is gone.

Owns the order, and how often it is looked. Best effort, unjudged; what a killed run left is for sweep.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from trackstep.outcome import Outcome
from trackstep.search.session import Session

Place = tuple[str, str]
"""A region and an ARN."""


def clean_up(sessions: Iterable[Session], patience: float = 30.0, looks: int = 100) -> None:
    """Delete what these sessions made, trackers first; best effort, unjudged.

    A group that is not gone at once is asked for trackers that nobody heard of. ``patience`` seconds and ``looks`` at
    the most for the trackers, and as much for the groups.
    """
    made = list(sessions)
    asked = {place for session in made for place in session.leaving()}
    groups = {place: session for session in made for place in session.left("datasetGroupArn")}
    trackers = {place: session for session in made for place in session.left("eventTrackerArn")}
    _delete_all("EventTracker", trackers, asked, patience, looks)
    _delete_all("DatasetGroup", groups, asked, patience, 1)
    for (region, group), session in groups.items():
        listed = session.unjudged("ListEventTrackers", {"datasetGroupArn": group}, region).result or {}
        items = listed.get("eventTrackers")
        items = items if isinstance(items, list) else []
        found = (item.get("eventTrackerArn") for item in items if isinstance(item, dict))
        trackers |= {(region, arn): session for arn in found if isinstance(arn, str)}
    _delete_all("EventTracker", trackers, asked, patience, looks)
    _delete_all("DatasetGroup", groups, asked, patience, looks)


def _delete_all(what: str, pending: dict[Place, Session], asked: set[Place], patience: float, looks: int) -> None:
    """Ask for each once, and again where it is not on its way out; look until all are gone.

    Where statuses were seen to take their time, the first look is after the longest time that one took: each costs a
    call, and few are kept for it. ``asked``: what is on its way out.
    """
    member = "eventTrackerArn" if what == "EventTracker" else "datasetGroupArn"
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
