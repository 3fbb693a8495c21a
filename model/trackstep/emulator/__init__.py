"""The emulator: event trackers, dataset groups, datasets, schemas, tags and PutEvents as a moto backend.

    with mock_aws(), trackstep.emulator.enabled():
        boto3.client("personalize").create_dataset_group(name="mine")

It knows nothing of the specification or the model: the comparison of the two must mean something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import moto.backend_index
import moto.backends
from moto.moto_api import state_manager

from .models import personalize_backends
from .resource import MOVING
from .urls import url_bases


@contextmanager
def enabled() -> Iterator[None]:
    """Answer personalize and personalize-events from here while the block lasts, inside ``mock_aws()``."""
    released = moto.backends.get_backend

    def get_backend(name: Any) -> Any:
        return personalize_backends if name == "personalize" else released(name)

    patterns = [("personalize", re.compile(base)) for base in url_bases]
    with (
        patch.object(moto.backends, "get_backend", get_backend),
        patch.object(moto.backend_index, "backend_url_patterns", patterns + moto.backend_index.backend_url_patterns),
    ):
        yield


@contextmanager
def progression(kind: str, seconds: float = 0.2, times: int = 1) -> Iterator[None]:
    """How statuses move while the block lasts: immediate, manual (``times`` looks) or time (``seconds`` each)."""
    transition = {"progression": kind, "seconds": seconds, "times": times}
    for model in MOVING:
        state_manager.set_transition(model, transition)
    try:
        yield
    finally:
        for model in MOVING:
            state_manager.unset_transition(model)


def events(tracking_id: str | None = None) -> list[dict[str, Any]]:
    """The events that PutEvents has accepted, of one tracking ID or of all, in every region; the oldest first.

    Each has its own members (``eventType``, ``sentAt`` in epoch seconds, ``properties`` as JSON text, …) beside
    ``trackingId``, ``sessionId`` and ``userId``. Those of a group that is gone are gone.
    """
    kept = [
        event for regions in personalize_backends.values() for backend in regions.values() for event in _of(backend)
    ]
    return [event for event in kept if tracking_id in (None, event["trackingId"])]


def _of(backend: Any) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = backend.kept_events()
    return held
