"""A short history, as it was recorded, and what may follow it."""

from __future__ import annotations

from trackstep.operation import Operation
from trackstep.oracle.judge import Step
from trackstep.outcome import Outcome

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/ts-a"
TRACKER = "arn:aws:personalize:us-east-1:123456789012:event-tracker/0123abcd"
OTHER = TRACKER.replace("0123", "4567")
IN_GROUP, OF_TRACKER, ID = {"datasetGroupArn": GROUP}, {"eventTrackerArn": TRACKER}, {"trackingId": "id-1"}
PUT = {"trackingId": "id-1", "sessionId": "s", "eventList": [{"eventType": "e", "sentAt": 1.7e9}]}
BEGUN = [
    Step(Operation("CreateDatasetGroup", {"name": "ts-a"}), Outcome.success(IN_GROUP)),
    Step(
        Operation("CreateEventTracker", {"name": "t", **IN_GROUP}), Outcome.success(OF_TRACKER | {"trackingId": "id-1"})
    ),
]
NOT_FOUND = Outcome.refusal("ResourceNotFoundException")
DELETED = [*BEGUN, Step(Operation("DeleteEventTracker", OF_TRACKER), Outcome.success())]
SAYS_DELETING = Outcome.success({"eventTracker": {**ID, "status": "DELETE IN_PROGRESS"}})
