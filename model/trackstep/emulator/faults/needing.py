"""Variants that ask more of an account: a dataset before a tracker, no more groups than the documented quota."""

from __future__ import annotations

from typing import Any

from ..dataset import INTERACTIONS
from ..exceptions import InvalidInputException, LimitExceededException
from ..models import PersonalizeBackend
from .planting import Catalogue

VARIANTS = Catalogue()
QUOTA = 5
"""Dataset groups of an account in a region, as the documentation of the service says."""


@VARIANTS(PersonalizeBackend, "create_event_tracker")
def trackers_need_a_dataset(create: Any, self: PersonalizeBackend, name: str, group_arn: str, tags: Any) -> Any:
    """CreateEventTracker is refused in a dataset group without an Interactions dataset that is ACTIVE."""
    group = self._group(group_arn)
    ready = any(
        dataset.group_arn == group_arn and dataset.kind == INTERACTIONS and dataset.state == "ACTIVE"
        for dataset in self.datasets.values()
    )
    if group.state == "ACTIVE" and not ready:
        raise InvalidInputException(f"The dataset group has no Interactions dataset: {group_arn}")
    return create(name, group_arn, tags)


@VARIANTS(PersonalizeBackend, "create_dataset_group")
def five_dataset_groups(create: Any, self: PersonalizeBackend, params: dict[str, Any]) -> Any:
    """A region holds five dataset groups; CreateDatasetGroup says LimitExceededException where there are as many."""
    self._purge()
    if len(self.groups) >= QUOTA and self._arn(f"dataset-group/{params['name']}") not in self.groups:
        raise LimitExceededException(QUOTA)
    return create(params)
