"""What should be apart: regions, accounts, groups, namesakes."""

from uuid import NAMESPACE_DNS, uuid5

from base import blind, everywhere, home, kept, many, shows
from trackstep.emulator.exceptions import ResourceInUseException, ResourceNotFoundException, TooManyTagsException
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import Response


@blind("isolation", "medium", PersonalizeBackend, "describe_event_tracker", "ET-DESC-2", behind="an ARN of another account",
       story="the emulator has one account, so that what stands in the ARN is not looked at")
def accounts_are_not_looked_at(describe, self, arn):
    """DescribeEventTracker finds an event tracker by its ARN with another account in it. (ET-DESC-2)"""
    words = arn.split(":")
    return describe(":".join([*words[:4], self.account_id, *words[5:]]) if len(words) == 6 else arn)


@shows(accounts_are_not_looked_at)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    words = arn.split(":")
    return c("DescribeEventTracker", eventTrackerArn=":".join([*words[:4], "000000000000", *words[5:]])).ok


@blind("isolation", "medium", PersonalizeBackend, "delete_dataset_group", "ET-GRP-8", behind="an ARN of another partition",
       story="arn = Arn.parse(text); arn.region, arn.account and arn.resource are compared")
def partitions_are_not_looked_at(delete, self, arn):
    """DeleteDatasetGroup deletes a dataset group by its ARN with another partition in it. (ET-GRP-8)"""
    rest = arn.split(":", 2)[-1]
    delete(next((known for known in self.groups if known.split(":", 2)[-1] == rest), arn))


@shows(partitions_are_not_looked_at)
def _(c):
    arn = c.group()
    return c("DeleteDatasetGroup", datasetGroupArn=arn.replace("arn:aws:", "arn:aws-cn:")).ok and not c.described(arn)


@blind("isolation", "medium", PersonalizeBackend, "describe_event_tracker", "ET-DESC-5", behind="two trackers of one name",
       story="an identity map whose key is (type, name)")
def namesakes_are_one_object(describe, self, arn):
    """DescribeEventTracker describes the oldest event tracker of the same name. (ET-DESC-5)"""
    described = describe(arn)
    namesake = next(t for t in self.trackers.values() if t.name == described["name"])
    return described if namesake.arn == arn else namesake.to_dict()


@shows(namesakes_are_one_object)
def _(c):
    first, second = [c.tracker(c.group(name))["eventTrackerArn"] for name in "ab"]
    return c.described(first)["eventTrackerArn"] == c.described(second)["eventTrackerArn"] == first


@blind("isolation", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-1", behind="two trackers of one name",
       story="{t.name: t for t in …}.values(), to have them sorted by name")
def namesakes_are_listed_once(listed, self, group_arn, limit, token):
    """ListEventTrackers without a filter shows one of several event trackers of the same name. (ET-LIST-1)"""
    if group_arn is not None:
        return listed(group_arn, limit, token)
    self._purge()
    return self._page(list({t.name: t for t in self.trackers.values()}.values()), "trackers", limit, token)


@shows(namesakes_are_listed_once)
def _(c):
    for name in "ab":
        c.tracker(c.group(name), "t")
    c.tracker(c.group("c"), "u")
    return len(c.walk("ListEventTrackers")) == 2


@blind("isolation", "medium", PersonalizeBackend, "create_event_tracker", "ET-ID-2", behind="a name that was used before",
       story="uuid5(NAMESPACE, name), for IDs that stay the same from one run of the tests to the next")
def ids_follow_from_the_name(create, self, name, group_arn, tags):
    """Event trackers of the same name have the same trackingId. (ET-ID-2)"""
    tracker = create(name, group_arn, tags)
    tracker.tracking_id = str(uuid5(NAMESPACE_DNS, f"{self.region_name}.{name}"))
    return tracker


@shows(ids_follow_from_the_name)
def _(c):
    ids = [c.tracker(c.group(group), name)["trackingId"] for group, name in (("a", "t"), ("b", "t"), ("c", "u"))]
    return ids[0] == ids[1] != ids[2]


@blind("isolation", "medium", PersonalizeBackend, "list_event_trackers", "ET-REGION-2", "ET-LIST-3", behind="a filter with a group of another region",
       story="the region is taken from the ARN, where there is one, and else from the request")
def filters_lead_to_their_region(listed, self, group_arn, limit, token):
    """ListEventTrackers filtered by a dataset group of another region shows the event tracker there. (ET-REGION-2)"""
    for backend in everywhere(self):
        if backend is not self and group_arn in backend.groups:
            return backend.list_event_trackers(group_arn, limit, token)
    return listed(group_arn, limit, token)


@shows(filters_lead_to_their_region)
def _(c):
    group = c.group()
    c.tracker(group)
    return len(c("ListEventTrackers", "eu-west-1", datasetGroupArn=group).json["eventTrackers"]) == 1


@blind("isolation", "medium", PersonalizeBackend, "create_event_tracker", "ET-CREATE-2", behind="CreateEventTracker in a group of another region",
       story="the group is looked up with a client for the region in its ARN, and the tracker goes where the group is")
def trackers_are_made_where_the_group_is(create, self, name, group_arn, tags):
    """CreateEventTracker in a dataset group of another region is accepted. (ET-CREATE-2)"""
    for backend in everywhere(self):
        if backend is not self and group_arn in backend.groups:
            return backend.create_event_tracker(name, group_arn, tags)
    return create(name, group_arn, tags)


@shows(trackers_are_made_where_the_group_is)
def _(c):
    group = c.group()
    return c("CreateEventTracker", "eu-west-1", name="t", datasetGroupArn=group).ok and len(c.walk("ListEventTrackers")) == 1


SERVED = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "eu-west-1", "eu-central-1",
          "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2")  # fmt: skip


@blind("isolation", "hard", Response, "personalize_backend", "ET-REGION-2", "ET-REGION-1", behind="a region where the service is not offered",
       story="REGIONS.get(region, REGIONS[DEFAULT_REGION]), of the regions that the service is offered in")
def other_regions_are_the_default(backend_of, self):
    """In a region where Amazon Personalize is not offered, such as sa-east-1, one finds what is in us-east-1. (ET-REGION-2)"""
    if self.region not in SERVED:
        self.region = "us-east-1"
    return backend_of(self)


@shows(other_regions_are_the_default)
def _(c):
    c.group()
    return len(c("ListDatasetGroups", "sa-east-1").json["datasetGroups"]) == 1 and c("ListDatasetGroups", "eu-west-1").json["datasetGroups"] == []


@blind("isolation", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-13", behind="groups of one name and two domains, in two regions",
       story="domains in a table of their own, by the name of the group; the regions came later")
def namesakes_of_regions_share_a_domain(create, self, params):
    """A dataset group is described with the domain of the one that was created last under its name, in whatever region. (ET-GRP-13)"""
    group = create(params)
    for backend in everywhere(self):
        for other in backend.groups.values():
            if other.name == group.name and "domain" in params and "domain" in other.params:
                other.params = other.params | {"domain": params["domain"]}
    return group


@shows(namesakes_of_regions_share_a_domain)
def _(c):
    arn = c.group(domain="ECOMMERCE")
    c.group(_region="eu-west-1", domain="VIDEO_ON_DEMAND")
    return c.described(arn)["domain"] == "VIDEO_ON_DEMAND"


def forget_that_it_was_missing(create, self, name, group_arn, tags):
    """What is created is not missing any more."""
    tracker = create(name, group_arn, tags)
    kept(home(self), "missing_trackers", set).discard(tracker.arn)
    return tracker


@blind("isolation", "hard", PersonalizeBackend, "describe_event_tracker", "ET-DESC-1", behind="a look in the wrong region",
       also=((PersonalizeBackend, "create_event_tracker", forget_that_it_was_missing),),
       story="a cache of what is not there, by ARN, that all regions share and Create clears")
def wrong_regions_spoil_the_right_one(describe, self, arn):
    """An event tracker is not described any more once it was asked for in another region. (ET-DESC-1)"""
    missing = kept(home(self), "missing_trackers", set)
    if arn in missing:
        raise ResourceNotFoundException("event tracker", arn)
    try:
        return describe(arn)
    except ResourceNotFoundException:
        missing.add(arn)
        raise


@shows(wrong_regions_spoil_the_right_one)
def _(c):
    arn = c.tracker(c.group())["eventTrackerArn"]
    c("DescribeEventTracker", "eu-west-1", eventTrackerArn=arn)
    return c("DescribeEventTracker", eventTrackerArn=arn).code == "ResourceNotFoundException"


@blind("isolation", "hard", PersonalizeBackend, "tag_resource", "ET-TAG-14", behind="more than fifty tags on several resources",
       story="SELECT COUNT(*) FROM tags, without the WHERE")
def fifty_tags_are_for_all(tag, self, arn, tags):
    """TagResource is refused where all resources of the region would have more than fifty tags together. (ET-TAG-14)"""
    self._tagged(arn)
    there = sum(len(resource.tags) for resource in [*self.groups.values(), *self.trackers.values()])
    if there + len(tags) > 50 and there > len(self._tagged(arn).tags):
        raise TooManyTagsException
    tag(arn, tags)


@shows(fifty_tags_are_for_all)
def _(c):
    first, second = c.group("a"), c.group("b")
    tags = many({f"k{n}": "" for n in range(30)})
    return c("TagResource", resourceArn=first, tags=tags).ok and c("TagResource", resourceArn=second, tags=tags).code == "TooManyTagsException"


@blind("isolation", "medium", PersonalizeBackend, "create_event_tracker", "ET-CREATE-1", behind="another tracker that is being created", needs="moving",
       story="one creation at a time, as the worker has but one slot: whoever comes meanwhile is told to come again")
def creations_come_one_by_one(create, self, name, group_arn, tags):
    """CreateEventTracker is refused with ResourceInUseException while another group's event tracker is being created. (ET-CREATE-1)"""
    self._group(group_arn)
    if any(t.group_arn != group_arn and t.state in ("CREATE PENDING", "CREATE IN_PROGRESS") for t in self.trackers.values()):
        raise ResourceInUseException("An event tracker is being created.")
    return create(name, group_arn, tags)


@shows(creations_come_one_by_one)
def _(c):
    groups = [c.group(name) for name in "ab"]
    codes = [c("CreateEventTracker", name="t", datasetGroupArn=group).code for group in groups]
    return codes == ["", "ResourceInUseException"]
