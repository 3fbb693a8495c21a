"""An emulator of the Amazon Personalize event tracker, with one bug. docs/tutorial.md finds and mends it.

    python our_emulator.py 5000

Most of it is trackstep's own emulator; what a team would have written by hand is here.
"""

import hashlib
import sys
from typing import Any

from trackstep import emulator
from trackstep.emulator import server
from trackstep.emulator.exceptions import (
    InvalidInputException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    TooManyTagsException,
)
from trackstep.emulator.models import EventTracker, PersonalizeBackend, personalize_backends


class OurBackend(PersonalizeBackend):
    """Dataset groups with event trackers: at most one each."""

    def create_event_tracker(self, name: str, group_arn: str, tags: list[dict[str, str]] | None) -> EventTracker:
        """Make the event tracker of a dataset group."""
        checked = checked_tags(tags)
        group = self._group(group_arn)
        if group.state != "ACTIVE":
            raise ResourceInUseException(f"The dataset group is {group.state}: {group_arn}")
        for tracker in self.trackers.values():
            if tracker.group_arn == group_arn and tracker.name == name:
                raise ResourceAlreadyExistsException(tracker.arn)
        digest = hashlib.md5(group_arn.encode(), usedforsecurity=False).hexdigest()[:8]
        arn = self._arn(f"event-tracker/{digest}")
        self.trackers[arn] = EventTracker(arn, self.account_id, name, group_arn, checked)
        return self.trackers[arn]


def checked_tags(tags: list[dict[str, str]] | None) -> dict[str, str]:
    """The tags of a new resource, if they may be its tags."""
    keys = [tag["tagKey"] for tag in tags or []]
    if len(set(keys)) < len(keys) or any(key.lower().startswith("aws:") for key in keys):
        raise InvalidInputException("Tag keys must be unique and can't start with aws:")
    if len(keys) > 50:
        raise TooManyTagsException
    return {tag["tagKey"]: tag["tagValue"] for tag in tags or []}


def main() -> None:
    """Serve until Ctrl-C; a status becomes ACTIVE at once."""
    backends: Any = personalize_backends
    backends.backend = OurBackend
    with emulator.progression("immediate"):
        server.serve("127.0.0.1", int(sys.argv[1]), lambda url: print(f"our emulator listens on {url}", flush=True))


if __name__ == "__main__":
    main()
