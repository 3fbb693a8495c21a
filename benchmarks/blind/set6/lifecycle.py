"""Statuses."""

from base import blind, counted, kept, shows
from trackstep.emulator.exceptions import ResourceInUseException
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend


@blind("lifecycle", "medium", EventTracker, "to_dict", "ET-LIFE-1", behind="a tracker whose creation failed",
       story="the enumeration of another service, which has FAILED for all that went wrong")
def failed_is_one_word(to_dict, self, full=True):
    """The status of an event tracker whose creation failed is FAILED. (ET-LIFE-1)"""
    told = to_dict(full)
    return told | {"status": "FAILED"} if told["status"] == "CREATE FAILED" else told


@shows(failed_is_one_word)
def _(c):
    return c.described(c.tracker(c.group(), "t-create-failed")["eventTrackerArn"])["status"] == "FAILED"


def note_the_use(put, self, tracking_id):
    """A tracker that is used is no longer watched."""
    put(tracking_id)
    next(t for t in self.trackers.values() if t.tracking_id == tracking_id).__dict__["_b6_used"] = True


@blind("lifecycle", "hard", PersonalizeBackend, "describe_event_tracker", "ET-LIFE-3", behind="twelve looks, and no events",
       also=((PersonalizeBackend, "put_events", note_the_use),),
       story="a waiter inside: after so many attempts without a sign of life the creation is taken to have failed")
def idle_trackers_have_failed(described, self, arn):
    """An ACTIVE event tracker that was sent no events is CREATE FAILED from the twelfth DescribeEventTracker on. (ET-LIFE-3)"""
    tracker = self._tracker(arn)
    if counted(tracker, "looks") >= 12 and tracker.state == "ACTIVE" and "_b6_used" not in tracker.__dict__:
        tracker._status = "CREATE FAILED"
    return described(arn)


@shows(idle_trackers_have_failed)
def _(c):
    one = c.tracker(c.group("a"))
    used = c.tracker(c.group("b"))
    c.put(used["trackingId"])
    seen = [c.described(one["eventTrackerArn"])["status"] for _ in range(8)]
    fine = [c.described(used["eventTrackerArn"])["status"] for _ in range(8)]
    return "ACTIVE" in seen and seen[-1] == "CREATE FAILED" and fine[-1] == "ACTIVE"


@blind("lifecycle", "medium", PersonalizeBackend, "create_event_tracker", "ET-GRP-4", behind="a look at the group after its tracker was created", needs="moving",
       story="the group is provisioned again for its new child, and there is but one word for provisioning")
def groups_are_in_progress_again(create, self, name, group_arn, tags):
    """After CreateEventTracker the ACTIVE dataset group is CREATE IN_PROGRESS for a while. (ET-GRP-4)"""
    tracker = create(name, group_arn, tags)
    group = self.groups[group_arn]
    group._status, group._tick = "CREATE IN_PROGRESS", 0
    return tracker


@shows(groups_are_in_progress_again)
def _(c):
    group = c.group()
    before = c.described(group)["status"]
    c("CreateEventTracker", name="t", datasetGroupArn=group)
    return before == "ACTIVE" and c.described(group)["status"] == "CREATE IN_PROGRESS"


@blind("lifecycle", "hard", PersonalizeBackend, "delete_event_tracker", "ET-LIFE-5", "ET-FAIL-2", behind="a second DeleteEventTracker during the deletion", needs="moving",
       story="except ResourceInUse: state.rollback(), to the last status in which the row rested")
def a_refused_deletion_rolls_back(delete, self, arn):
    """A second DeleteEventTracker is refused while the deletion runs, and the event tracker is ACTIVE again. (ET-LIFE-5)"""
    try:
        delete(arn)
    except ResourceInUseException:
        tracker = self._tracker(arn)
        if tracker.state.startswith("DELETE"):
            tracker._status = "ACTIVE"
        raise


@shows(a_refused_deletion_rolls_back)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    seen = c.described(arn)["status"]
    c("DeleteEventTracker", eventTrackerArn=arn)
    return seen.startswith("DELETE") and c.described(arn)["status"] == "ACTIVE"


@blind("lifecycle", "medium", PersonalizeBackend, "delete_event_tracker", "ET-LIFE-8", "ET-LIFE-5", "ET-DEL-4", behind="a tracker whose creation failed",
       story="the table of moves has ACTIVE -> DELETE PENDING alone, and a move that is not in it is passed over")
def failed_trackers_have_no_move(delete, self, arn):
    """DeleteEventTracker of a CREATE FAILED event tracker is accepted, and it stays CREATE FAILED. (ET-LIFE-8)"""
    if self._tracker(arn).state != "CREATE FAILED":
        delete(arn)


@shows(failed_trackers_have_no_move)
def _(c):
    arn = c.tracker(c.group(), "t-create-failed")["eventTrackerArn"]
    return c.delete(arn).ok and c.described(arn).get("status") == "CREATE FAILED"


def note_the_job(create, self, params):
    """A job of the name of the group is put into the queue, which has seen it before."""
    group = create(params)
    if group.name in kept(self, "jobs", set):
        group.__dict__["_b6_no_job"] = True
    kept(self, "jobs", set).add(group.name)
    return group


@blind("lifecycle", "hard", DatasetGroup, "progress", "ET-GRP-5", "ET-GRP-12", behind="a group that is created again under its name",
       also=((PersonalizeBackend, "create_dataset_group", note_the_job),),
       story="enqueue(provision, job_id=f'provision-{name}'): the queue takes no job twice, also when the first is done")
def jobs_are_taken_once(progress, self):
    """A dataset group that is created again under the name of one that is gone stays CREATE PENDING. (ET-GRP-5)"""
    if "_b6_no_job" not in self.__dict__:
        progress()


@shows(jobs_are_taken_once)
def _(c):
    first = c.group()
    before = c.described(first)["status"]
    c.delete(first)
    return before == "ACTIVE" and c.described(c.group())["status"] == "CREATE PENDING"


def note_which_deletion(delete, self, arn):
    """The steps are taken from the list of the class."""
    tracker = self._tracker(arn)
    delete(arn)
    if counted(self, "deletions") > 1:
        tracker.__dict__["_b6_no_steps"] = True


@blind("lifecycle", "medium", EventTracker, "progress", "ET-LIFE-8", behind="the second deletion",
       also=((PersonalizeBackend, "delete_event_tracker", note_which_deletion),),
       story="steps = self.deleting; while steps: go(steps.pop(0)), where deleting is a list of the class")
def the_steps_of_deletion_are_used_up(progress, self):
    """From the second deletion on, event trackers stay DELETE PENDING. (ET-LIFE-8)"""
    if "_b6_no_steps" not in self.__dict__:
        progress()


@shows(the_steps_of_deletion_are_used_up)
def _(c):
    first, second = (c.tracker(c.group(name))["eventTrackerArn"] for name in "ab")
    c.delete(first)
    c.delete(second)
    return not c.described(first) and c.described(second).get("status") == "DELETE PENDING"


@blind("lifecycle", "easy", DatasetGroup, "to_dict", "ET-GRP-4", behind="a group that is being created", needs="moving",
       story="the word of CloudFormation and of most other services")
def groups_are_creating(to_dict, self, full=True):
    """The status of a dataset group that is being created is CREATING. (ET-GRP-4)"""
    told = to_dict(full)
    return told | {"status": "CREATING"} if told["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS") else told


@shows(groups_are_creating)
def _(c):
    return c.described(c("CreateDatasetGroup", name="g").json["datasetGroupArn"])["status"] == "CREATING"


@blind("lifecycle", "medium", EventTracker, "to_dict", "ET-LIFE-2", "ET-LIST-5", behind="a List and then a look while it is being created", needs="moving",
       story="the list's query has CASE WHEN started_at IS NOT NULL THEN 'ACTIVE'; started is not done")
def listed_trackers_are_active_early(to_dict, self, full=True):
    """ListEventTrackers shows ACTIVE for an event tracker that DescribeEventTracker then tells is CREATE IN_PROGRESS. (ET-LIFE-2)"""
    told = to_dict(full)
    return told | {"status": "ACTIVE"} if not full and told["status"] == "CREATE IN_PROGRESS" else told


@shows(listed_trackers_are_active_early)
def _(c):
    arn = c("CreateEventTracker", name="t", datasetGroupArn=c.group()).json["eventTrackerArn"]
    c.described(arn)
    return c.walk("ListEventTrackers")[0]["status"] == "ACTIVE" and c.described(arn)["status"] == "CREATE IN_PROGRESS"
