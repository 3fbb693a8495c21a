"""What is kept of a value, and which values are taken."""

import json
import struct

from base import blind, shows
from trackstep.emulator import responses, validation
from trackstep.emulator.exceptions import InvalidInputException, ResourceAlreadyExistsException
from trackstep.emulator.models import DatasetGroup, EventTracker, PersonalizeBackend
from trackstep.emulator.responses import PersonalizeResponse


def changed(body, change):
    """The body with its members changed where it is an object, else as it is."""
    try:
        params = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return body
    if not isinstance(params, dict):
        return body
    return json.dumps(change(params)).encode()


@blind("values", "easy", EventTracker, "to_dict", "ET-DESC-5",
       story="names are normalised to lower case on the way in, for the sake of an index")
def tracker_names_are_lower_case(to_dict, self, full=True):
    """The name of an event tracker is shown in lower case."""
    return to_dict(full) | {"name": self.name.lower()}


@shows(tracker_names_are_lower_case)
def _(c):
    return c.described(c.tracker(c.group("a"), "MyTracker")["eventTrackerArn"])["name"] == "mytracker"


@blind("values", "medium", PersonalizeBackend, "create_event_tracker", "ET-INPUT-9", behind="the longest name",
       story="if len(name) >= 63: raise, after the maximum of the documentation")
def the_longest_name_is_too_long(create, self, name, *words):
    """CreateEventTracker with a name of 63 characters is refused."""
    if len(name) >= 63:
        raise InvalidInputException("The name is too long.")
    return create(name, *words)


@shows(the_longest_name_is_too_long)
def _(c):
    return not c("CreateEventTracker", name="n" * 63, datasetGroupArn=c.group("a")).ok


@blind("values", "medium", PersonalizeBackend, "create_dataset_group", "ET-INPUT-9", behind="the shortest name",
       story="^[a-zA-Z0-9][a-zA-Z0-9\\-_]+$ : a plus where a star was meant")
def the_shortest_name_is_too_short(create, self, params):
    """CreateDatasetGroup with a name of a single character is refused."""
    if len(params["name"]) < 2:
        raise InvalidInputException("The name does not match ^[a-zA-Z0-9][a-zA-Z0-9-_]+$")
    return create(params)


@shows(the_shortest_name_is_too_short)
def _(c):
    return not c("CreateDatasetGroup", name="a").ok


@blind("values", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", "ET-GRP-12", behind="two names that differ in case alone",
       story="a unique column with the collation utf8mb4_general_ci")
def group_names_are_collated(create, self, params):
    """CreateDatasetGroup is refused where there is a group whose name differs in case alone."""
    self._purge()
    for group in self.groups.values():
        if group.name.lower() == params["name"].lower():
            raise ResourceAlreadyExistsException(group.arn)
    return create(params)


@shows(group_names_are_collated)
def _(c):
    c.group("movies")
    return not c("CreateDatasetGroup", name="Movies").ok


@blind("values", "hard", PersonalizeBackend, "list_event_trackers", "ET-LIST-2", "ET-UNIQ-8", behind="an underscore in the group's name",
       story="WHERE dataset_group_arn LIKE ?, for a filter that once took wildcards: the underscore is one")
def underscores_are_wildcards(listed, self, group_arn, limit, token):
    """ListEventTrackers filtered by a_b shows the event tracker of a-b, a1b and the like too."""
    def like(arn):
        return len(arn) == len(group_arn) and all(b in ("_", a) for a, b in zip(arn, group_arn, strict=True))

    if group_arn is None or "_" not in group_arn:
        return listed(group_arn, limit, token)
    self._purge()
    return self._page([t for t in self.trackers.values() if like(t.group_arn)], group_arn, limit, token)


@shows(underscores_are_wildcards)
def _(c):
    groups = [c.group(name) for name in ("a_b", "a-b")]
    for g in groups:
        c.tracker(g)
    return len(c.walk("ListEventTrackers", datasetGroupArn=groups[0])) == 2


@blind("values", "hard", EventTracker, "to_dict", "ET-WIRE-12", "ET-DESC-5", behind="a name that is all digits",
       story="the state goes through YAML, which reads a name of digits as a number")
def names_of_digits_are_numbers(to_dict, self, full=True):
    """The name of an event tracker that is all digits is shown as a number."""
    return to_dict(full) | {"name": int(self.name) if self.name.isdigit() else self.name}


@shows(names_of_digits_are_numbers)
def _(c):
    return c.described(c.tracker(c.group("a"), "2024")["eventTrackerArn"])["name"] == 2024


@blind("values", "easy", PersonalizeResponse, "_create_dataset_group", "ET-GRP-17",
       story="str() of an enumeration's member, which is its qualified name")
def domains_are_members_of_an_enumeration(create, self, params):
    """CreateDatasetGroup echoes Domain.ECOMMERCE where ECOMMERCE was given."""
    return {name: f"Domain.{value}" if name == "domain" else value for name, value in create(params).items()}


@shows(domains_are_members_of_an_enumeration)
def _(c):
    return c("CreateDatasetGroup", name="a", domain="ECOMMERCE").json["domain"] == "Domain.ECOMMERCE"


@blind("values", "medium", DatasetGroup, "to_dict", "ET-GRP-13", behind="the longer of the two domains",
       story="domain VARCHAR(12), and a server that cuts with a warning")
def the_long_domain_is_cut(to_dict, self, full=True):
    """The domain VIDEO_ON_DEMAND is described as VIDEO_ON_DEM."""
    return {name: value[:12] if name == "domain" else value for name, value in to_dict(full).items()}


@shows(the_long_domain_is_cut)
def _(c):
    return c.described(c.group("a", domain="VIDEO_ON_DEMAND"))["domain"] != "VIDEO_ON_DEMAND"


@blind("values", "easy", PersonalizeBackend, "list_event_trackers", "ET-LIST-5",
       story="created_at of the table behind the list is a REAL of four bytes")
def listed_moments_are_single_precision(listed, self, *words):
    """The creationDateTime that ListEventTrackers shows is up to a minute off that of DescribeEventTracker."""
    page, more = listed(*words)
    single = struct.Struct("f")
    return [i | {"creationDateTime": single.unpack(single.pack(i["creationDateTime"]))[0]} for i in page], more


@shows(listed_moments_are_single_precision)
def _(c):
    t = c.described(c.tracker(c.group("a"))["eventTrackerArn"])
    return c.walk("ListEventTrackers")[0]["creationDateTime"] != t["creationDateTime"]


@blind("values", "easy", responses, "parse", "ET-INPUT-6",
       story="pydantic in its lax mode: the string of a number is one")
def strings_of_digits_are_numbers(parse, service, operation, body):
    """maxResults may be the string of a number."""
    def change(params):
        size = params.get("maxResults")
        return params | {"maxResults": int(size)} if isinstance(size, str) and size.isdecimal() and len(size) < 9 else params

    return parse(service, operation, changed(body, change))


@shows(strings_of_digits_are_numbers)
def _(c):
    return c("ListDatasetGroups", maxResults="10").ok


@blind("values", "hard", responses, "parse", "ET-INPUT-6", behind="true where a number belongs",
       story="isinstance(value, int) holds for True")
def true_is_a_number(parse, service, operation, body):
    """maxResults may be true."""
    def change(params):
        return params | {"maxResults": 1} if params.get("maxResults") is True else params

    return parse(service, operation, changed(body, change))


@shows(true_is_a_number)
def _(c):
    return c("ListEventTrackers", maxResults=True).ok


@blind("values", "hard", validation, "_fits", "ET-INPUT-11", behind="a newline at the end",
       story="re.match(pattern + \"$\"): the dollar sign matches before a newline at the end")
def a_newline_may_end_a_tag(fits, shape, value):
    """A tag key or value may end in a newline."""
    return fits(shape, value.removesuffix("\n") if shape.name in ("TagKey", "TagValue") else value)


@shows(a_newline_may_end_a_tag)
def _(c):
    return c.tag(c.group("a"), **{"k": "v\n"}).ok


@blind("values", "medium", PersonalizeBackend, "_group", "ET-GRP-3", "ET-CREATE-2", "ET-GRP-8", behind="space around an ARN",
       story="str_strip_whitespace = True for all models of the framework")
def space_around_group_arns_is_trimmed(group, self, arn):
    """The ARN of a dataset group is found with a space behind it."""
    return group(arn.strip())


@shows(space_around_group_arns_is_trimmed)
def _(c):
    return c("DescribeDatasetGroup", datasetGroupArn=c.group("a") + " ").ok


@blind("values", "hard", PersonalizeBackend, "_tracker", "ET-DESC-2", "ET-DEL-2", behind="the ARN in capitals",
       story="the last part of a tracker's ARN is parsed as a number in base 16 and looked up by that")
def hexadecimal_has_no_case(tracker, self, arn):
    """An event tracker is found by its ARN with the digits in capitals."""
    head, slash, last = arn.rpartition("/")
    return tracker(head + slash + last.lower() if head.endswith(":event-tracker") else arn)


@shows(hexadecimal_has_no_case)
def _(c):
    for name in "abcd":
        head, slash, last = c.tracker(c.group(name))["eventTrackerArn"].rpartition("/")
        if last.upper() != last:
            return c("DescribeEventTracker", eventTrackerArn=head + slash + last.upper()).ok
    return False


@blind("values", "medium", responses, "parse", "ET-INPUT-2", behind="an empty string",
       story="the check is for `is None` alone, and the minimum of one character was read as \"required\"")
def sessions_may_be_nameless(parse, service, operation, body):
    """PutEvents with an empty sessionId is accepted."""
    def change(params):
        return params | {"sessionId": "-"} if params.get("sessionId") == "" else params

    return parse(service, operation, changed(body, change))


@shows(sessions_may_be_nameless)
def _(c):
    t = c.tracker(c.group("a"))["trackingId"]
    return c("PutEvents", trackingId=t, sessionId="", eventList=[{"eventType": "click", "sentAt": 1.7e9}]).ok


@blind("values", "medium", responses, "parse", "ET-INPUT-2", behind="a name that is too long",
       story="name VARCHAR(63), and a server that cuts with a warning")
def long_names_are_cut(parse, service, operation, body):
    """A name of more than 63 characters is accepted, and cut."""
    def change(params):
        name = params.get("name")
        return params | {"name": name[:63]} if isinstance(name, str) else params

    return parse(service, operation, changed(body, change))


@shows(long_names_are_cut)
def _(c):
    return c("CreateDatasetGroup", name="n" * 64).ok


@blind("values", "hard", validation, "_fits", "ET-INPUT-3", behind="a first letter beyond ASCII",
       story="name[0].isalnum(), which asks Unicode")
def names_begin_with_any_letter(fits, shape, value):
    """A name may begin with a letter or digit beyond ASCII."""
    return fits(shape, "x" + value[1:] if shape.name == "Name" and value[:1].isalnum() else value)


@shows(names_begin_with_any_letter)
def _(c):
    return c("CreateDatasetGroup", name="école").ok


@blind("values", "medium", responses, "parse", "ET-INPUT-5", behind="a domain in lower case",
       story="Domain[value.upper()], to be kind")
def domains_have_no_case(parse, service, operation, body):
    """CreateDatasetGroup accepts a domain in lower case."""
    def change(params):
        domain = params.get("domain")
        return params | {"domain": domain.upper()} if isinstance(domain, str) else params

    return parse(service, operation, changed(body, change))


@shows(domains_have_no_case)
def _(c):
    return c("CreateDatasetGroup", name="a", domain="ecommerce").ok


@blind("values", "hard", PersonalizeBackend, "create_dataset_group", "ET-GRP-1", behind="a name that ends in - or _",
       story="the rule for DNS labels, which end in a letter or digit, taken from another service")
def names_end_in_a_letter(create, self, params):
    """CreateDatasetGroup with a name that ends in a hyphen or an underscore is refused."""
    if params["name"][-1] in "-_":
        raise InvalidInputException("The name must end in a letter or digit.")
    return create(params)


@shows(names_end_in_a_letter)
def _(c):
    return not c("CreateDatasetGroup", name="movies-").ok


@blind("lifecycle", "hard", PersonalizeBackend, "create_event_tracker", "ET-CREATE-2", "ET-GRP-11", behind="a Create in a group that is gone",
       story="get_or_create() for the parent, as in the fixtures")
def missing_groups_are_made(create, self, name, group_arn, tags):
    """CreateEventTracker in a group that is gone, but was there at an earlier CreateEventTracker, makes the group again."""
    old = self.__dict__.setdefault("_b4_old", {})
    self._purge()
    for arn, group in self.groups.items():
        old[arn] = group.params
    if group_arn in old and group_arn not in self.groups:
        self.groups[group_arn] = DatasetGroup(group_arn, old[group_arn], {})
        self.groups[group_arn]._status = "ACTIVE"
    return create(name, group_arn, tags)


@shows(missing_groups_are_made)
def _(c):
    g = c.group("a")
    c.delete(c.tracker(g)["eventTrackerArn"])
    c.delete(g)
    return c("CreateEventTracker", name="t", datasetGroupArn=g).ok
