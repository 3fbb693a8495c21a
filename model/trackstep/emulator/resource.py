"""What all resources have that move from CREATE PENDING to ACTIVE and, once deleted, away; and how moto moves them."""

from datetime import datetime

from moto.core.common_models import BaseModel
from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState

from .clock import unix_time

GONE = "GONE"
DATASET_GROUP = "personalize::dataset_group"
DATASET = "personalize::dataset"
EVENT_TRACKER = "personalize::event_tracker"
MOVING = (DATASET_GROUP, DATASET, EVENT_TRACKER)
"""What moto calls them."""
FAILING_SUFFIX = "-create-failed"

for _model in MOVING:
    state_manager.register_default_transition(_model, {"progression": "manual", "times": 1})


class PersonalizeResource(BaseModel, ManagedState):
    """What moves from CREATE PENDING to ACTIVE and, once deleted, away."""

    deleting: list[tuple[str | None, str]] = []

    def __init__(self, model_name: str, name: str, tags: dict[str, str]):
        goal = "CREATE FAILED" if name.endswith(FAILING_SUFFIX) else "ACTIVE"
        transitions: list[tuple[str | None, str]] = [
            ("CREATE PENDING", "CREATE IN_PROGRESS"),
            ("CREATE IN_PROGRESS", goal),
        ]
        ManagedState.__init__(self, model_name, transitions + self.deleting)
        self.name = name
        self.tags = tags
        self.created = self.updated = unix_time()

    @property
    def state(self) -> str:
        """The status as of the beginning of this request."""
        return str(self._status)

    def progress(self) -> None:
        """Take the moves that have come due; in time, as many as there are."""
        config = state_manager.get_transition(self.model_name)
        before = self._status
        if config["progression"] == "time":
            passed = (datetime.now() - self._time_progressed).total_seconds()
            while passed >= config["seconds"] and self._get_next_status(self._status) != self._status:
                self._status = self._get_next_status(self._status)
                self._time_progressed = datetime.now()
                passed -= config["seconds"]
        else:
            self._status = self.status
        if self._status != before:
            self.updated = max(self.updated, unix_time())

    def start_deleting(self) -> None:
        """From here on the status only goes towards GONE."""
        self._status = "DELETE PENDING"
        self._tick = 0
        self._time_progressed = datetime.now()
        self.updated = max(self.updated, unix_time())

    @property
    def is_settled(self) -> bool:
        """Whether it may be deleted."""
        return self.state in ("ACTIVE", "CREATE FAILED")
