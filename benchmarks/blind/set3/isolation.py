"""What belongs to one resource, name or region, and shows elsewhere."""

import http.client
import json
import re
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from base import blind, shows
from trackstep.emulator import server
from trackstep.emulator.exceptions import InvalidInputException, ResourceInUseException
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import Response


@blind("isolation", "easy", PersonalizeBackend, "describe_dataset_group", "ET-GRP-13",
       story="a memo without the argument in its key")
def first_description_for_all(describe, self, arn):
    """DescribeDatasetGroup answers for each dataset group with the one that was described first."""
    self._group(arn)
    first = self.__dict__.setdefault("_first", arn)
    return describe(first if first in self.groups else arn)


@shows(first_description_for_all)
def _(c):
    c.group("a")
    return c.described(c.group("b"))["name"] == "a"


@blind("isolation", "hard", PersonalizeBackend, "_tagged", "ET-TAG-10", behind="one name for a dataset group and an event tracker",
       story="the table of tags has the name of the resource as its key, without the kind")
def one_name_one_set_of_tags(tagged, self, arn):
    """An event tracker shares the tags of a dataset group of the same name."""
    found = tagged(arn)
    return next((group for group in self.groups.values() if group.name == found.name), found)


@shows(one_name_one_set_of_tags)
def _(c):
    g = c.group("movies")
    c.tag(c.tracker(g, "movies")["eventTrackerArn"], k="v")
    return c.tags(g) == {"k": "v"}


@blind("isolation", "hard", PersonalizeBackend, "delete_dataset_group", "ET-GRP-7", behind="a name that begins another",
       story="contents are found by LIKE 'arn%'")
def contents_by_prefix(delete, self, arn):
    """DeleteDatasetGroup is refused while a dataset group whose name begins with this one's has an event tracker."""
    if self._group(arn).is_settled and any(t.group_arn.startswith(arn) for t in self.trackers.values()):
        raise ResourceInUseException(f"The dataset group has an event tracker: {arn}")
    delete(arn)


@shows(contents_by_prefix)
def _(c):
    g = c.group("demo")
    c.tracker(c.group("demo-2"))
    return not c.delete(g).ok


@blind("isolation", "medium", PersonalizeBackend, "put_events", "ET-PUT-1", behind="one name for two event trackers",
       story="streams are registered under the tracker's name, and the last one wins")
def streams_by_name(put, self, tracking_id):
    """PutEvents is refused for an event tracker whose name was given to another one later."""
    put(tracking_id)
    name = next(t.name for t in self.trackers.values() if t.tracking_id == tracking_id)
    if [t for t in self.trackers.values() if t.name == name][-1].tracking_id != tracking_id:
        raise InvalidInputException("The tracking ID does not exist or is not active yet.")


@shows(streams_by_name)
def _(c):
    first = c.tracker(c.group("a"), "click-tracker")["trackingId"]
    c.tracker(c.group("b"), "click-tracker")
    return not c.put(first).ok


@blind("isolation", "hard", PersonalizeBackend, "_arn", "ET-CREATE-1", behind="a few dozen event trackers",
       story="two digits of the hash seemed enough")
def short_hashes(arn, self, path):
    """The ARN of an event tracker ends in two hexadecimal digits, which dataset groups come to share."""
    return arn(path[: len("event-tracker/") + 2] if path.startswith("event-tracker/") else path)


@shows(short_hashes)
def _(c):
    codes = []
    for number in range(40):
        group = c("CreateDatasetGroup", name=f"g{number}").json["datasetGroupArn"]
        codes.append(c("CreateEventTracker", name="t", datasetGroupArn=group).code)
    return "ResourceAlreadyExistsException" in codes


@blind("isolation", "hard", PersonalizeBackend, "list_event_trackers", "ET-LIST-2", "ET-UNIQ-8", behind="two dataset groups whose names differ in case",
       story="ARNs are compared in lower case, to be lenient with users")
def filter_ignores_case(list_, self, group_arn, limit, token):
    """ListEventTrackers filtered by a dataset group also shows the event tracker of one whose name differs in case."""
    if group_arn is None:
        return list_(group_arn, limit, token)
    self._purge()
    held = [t for t in self.trackers.values() if t.group_arn.lower() == group_arn.lower()]
    return self._page(held, group_arn, limit, token)


@shows(filter_ignores_case)
def _(c):
    g = c.group("Movies")
    c.tracker(c.group("movies"))
    return bool(c.walk("ListEventTrackers", datasetGroupArn=g))


def _with_region(getter, self, region):
    asked, self.region = self.region, region
    try:
        return getter(self)
    finally:
        self.region = asked


@blind("isolation", "hard", Response, "personalize_backend", "ET-REGION-1", "ET-REGION-2", behind="two regions that differ in their number",
       story="a pattern for regions that ends before the number")
def regions_without_their_number(getter, self):
    """Regions that differ in their number only, such as us-east-1 and us-east-2, are one."""
    return _with_region(getter, self, re.sub(r"-\d+$", "", self.region) + "-1")


@shows(regions_without_their_number)
def _(c):
    c.group("a")
    return bool(c("ListDatasetGroups", "us-east-2").json["datasetGroups"])


_CONNECTIONS = WeakKeyDictionary()


@blind("isolation", "hard", server, "_answer", "ET-REGION-2", "ET-REGION-1", via="served", behind="one connection for two regions",
       story="who asks, and of which region, is looked up once for each connection")
def region_of_the_connection(answer, environ, body):
    """All requests of one connection are answered for the region of its first."""
    first = _CONNECTIONS.setdefault(
        environ["werkzeug.socket"], (environ.get("HTTP_AUTHORIZATION", ""), environ.get("HTTP_HOST", "")))
    return answer(environ | {"HTTP_AUTHORIZATION": first[0], "HTTP_HOST": first[1]}, body)


@shows(region_of_the_connection)
def _(c):
    connection = http.client.HTTPConnection(urlsplit(c.url).netloc)

    def ask(op, region, **params):
        connection.request("POST", "/", json.dumps(params), {
            "X-Amz-Target": f"AmazonPersonalize.{op}", "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=testing/20260101/{region}/personalize/aws4_request"})
        return json.loads(connection.getresponse().read())

    ask("CreateDatasetGroup", "us-east-1", name="a")
    seen = ask("ListDatasetGroups", "eu-west-1")["datasetGroups"]
    connection.close()
    return bool(seen)


@blind("isolation", "medium", PersonalizeBackend, "untag_resource", "ET-TAG-10", behind="a key that is on the dataset group too",
       story="the DELETE joins over the parent, so that inherited tags go too")
def untagging_reaches_the_group(untag, self, arn, keys):
    """UntagResource of an event tracker takes the keys away from its dataset group too."""
    untag(arn, keys)
    if arn in self.trackers:
        for key in keys:
            self.groups[self.trackers[arn].group_arn].tags.pop(key, None)


@shows(untagging_reaches_the_group)
def _(c):
    g = c.group("a", tags=[{"tagKey": "k", "tagValue": "of the group"}])
    t = c.tracker(g, tags=[{"tagKey": "k", "tagValue": "v"}])["eventTrackerArn"]
    c("UntagResource", resourceArn=t, tagKeys=["k"])
    return c.tags(g) == {}


@blind("isolation", "medium", PersonalizeBackend, "describe_dataset_group", "ET-GRP-3", behind="an ARN of another kind with the name of a group",
       story="arn.split('/')[-1] is the name, and the rest is not looked at")
def groups_by_the_last_part(describe, self, arn):
    """DescribeDatasetGroup finds a dataset group by the name at the end of an ARN, whatever comes before."""
    return describe(self._arn("dataset-group/" + arn.split("/")[-1]))


@shows(groups_by_the_last_part)
def _(c):
    return bool(c.described(c.group("a").replace(":dataset-group/", ":schema/")))


@blind("isolation", "medium", PersonalizeBackend, "describe_event_tracker", "ET-DESC-2", behind="the ARN of a dataset group",
       story="a helper that resolves either ARN, since a group has one tracker at most")
def tracker_by_the_arn_of_its_group(describe, self, arn):
    """DescribeEventTracker of the ARN of a dataset group describes its event tracker."""
    self._purge()
    return describe(next((t.arn for t in self.trackers.values() if t.group_arn == arn), arn))


@shows(tracker_by_the_arn_of_its_group)
def _(c):
    g = c.group("a")
    c.tracker(g)
    return c("DescribeEventTracker", eventTrackerArn=g).ok


@blind("isolation", "easy", PersonalizeBackend, "create_event_tracker", "ET-DESC-5",
       story="the current group is kept in a variable, which is that of the last Create")
def trackers_go_to_the_last_group(create, self, name, group_arn, tags):
    """CreateEventTracker makes the event tracker in the dataset group that was made last."""
    self._group(group_arn)
    return create(name, list(self.groups)[-1], tags)


@shows(trackers_go_to_the_last_group)
def _(c):
    a, b = c.group("a"), c.group("b")
    return c.described(c.tracker(a)["eventTrackerArn"])["datasetGroupArn"] == b


def _interned(self, resource):
    if resource.tags:
        key = tuple(sorted(resource.tags.items()))
        resource.tags = self.__dict__.setdefault("_interned", {}).setdefault(key, resource.tags)
    return resource


def _group_interned(create, self, params):
    return _interned(self, create(params))


@blind("isolation", "hard", PersonalizeBackend, "create_event_tracker", "ET-TAG-10", "ET-TAG-1",
       also=((PersonalizeBackend, "create_dataset_group", _group_interned),), behind="two resources made with the same tags",
       story="lru_cache on the function that reads tags, whose result is a dictionary that is changed later")
def equal_tags_are_the_same(create, self, name, group_arn, tags):
    """Resources that were made with equal tags share them from then on."""
    return _interned(self, create(name, group_arn, tags))


@shows(equal_tags_are_the_same)
def _(c):
    tags = [{"tagKey": "team", "tagValue": "one"}]
    a, b = c.group("a", tags=tags), c.group("b", tags=tags)
    c.tag(a, more="2")
    return "more" in c.tags(b)
