"""Lists and their pages."""

import base64
import re

from base import blind, shows
from trackstep.emulator.exceptions import InvalidInputException, InvalidNextTokenException
from trackstep.emulator.models import PersonalizeBackend
from trackstep.emulator.responses import PersonalizeResponse


def seal(text):
    return base64.urlsafe_b64encode(text.encode()).decode()


def opened(token, pattern):
    try:
        found = re.match(pattern, base64.urlsafe_b64decode(token.encode()).decode())
    except ValueError:
        found = None
    if found is None:
        raise InvalidNextTokenException
    return found[1]


def offset_page(items, offset, limit, word):
    page = items[offset : offset + (limit or 100)]
    more = offset + len(page) < len(items)
    return [item.to_dict(full=False) for item in page], seal(f"{word} {offset + len(page)}") if more else None


@blind("paging", "easy", PersonalizeResponse, "_list_dataset_groups", "ET-PAGE-8", "ET-WIRE-12",
       story="the offset is handed out as it is, a number")
def token_is_a_number(list_, self, params):
    """The nextToken of ListDatasetGroups is a JSON number."""
    answer = list_(params)
    return answer | ({"nextToken": params.get("maxResults", 100)} if "nextToken" in answer else {})


@shows(token_is_a_number)
def _(c):
    c.group("a"), c.group("b")
    return isinstance(c("ListDatasetGroups", maxResults=1).json["nextToken"], int)


@blind("paging", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-1", behind="a filter, a page size and other trackers",
       story="SELECT … LIMIT n in the database, and the filter applied to what comes back")
def filtered_after_the_limit(list_, self, group_arn, limit, token):
    """ListEventTrackers with a filter and maxResults filters the first maxResults of all event trackers."""
    if group_arn is None or limit is None or token is not None:
        return list_(group_arn, limit, token)
    self._purge()
    first = sorted(self.trackers.values(), key=lambda tracker: tracker.arn)[:limit]
    return self._page([tracker for tracker in first if tracker.group_arn == group_arn], group_arn, limit, token)


@shows(filtered_after_the_limit)
def _(c):
    groups = [c.group(name) for name in "abc"]
    for group in groups:
        c.tracker(group)
    return any(not c("ListEventTrackers", datasetGroupArn=g, maxResults=1).json["eventTrackers"] for g in groups)


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-GRP-14", behind="more than 25 dataset groups and no maxResults",
       story="a default page of 25, and a token that is only made where maxResults was given")
def default_page_leads_nowhere(list_, self, limit, token):
    """ListDatasetGroups without maxResults shows 25 dataset groups and no nextToken."""
    return (list_(25, None)[0], None) if limit is None and token is None else list_(limit, token)


@shows(default_page_leads_nowhere)
def _(c):
    for number in range(27):
        c("CreateDatasetGroup", name=f"g{number}")
    return len(c.walk("ListDatasetGroups")) == 25


@blind("paging", "hard", PersonalizeBackend, "list_event_trackers", "ET-PAGE-1", behind="event trackers of one name on two pages",
       story="keyset paging by name, which is not unique for event trackers")
def pages_continue_after_the_name(list_, self, group_arn, limit, token):
    """Pages of ListEventTrackers are in the order of names, and continue after the last name."""
    if group_arn is not None:
        return list_(group_arn, limit, token)
    self._purge()
    after = "" if token is None else opened(token, r"name (.*)$")
    rest = sorted((t for t in self.trackers.values() if t.name > after), key=lambda t: t.name)
    page = rest[: limit or 100]
    more = seal(f"name {page[-1].name}") if len(page) < len(rest) else None
    return [item.to_dict(full=False) for item in page], more


@shows(pages_continue_after_the_name)
def _(c):
    for name in "abc":
        c.tracker(c.group(name), "click-tracker")
    return len(c.walk("ListEventTrackers", 2)) < 3


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-1", behind="names with and without capitals on two pages",
       story="ORDER BY in a collation that ignores case, and the comparison with the token in code, which does not")
def order_ignores_case_and_the_token_does_not(list_, self, limit, token):
    """ListDatasetGroups orders without regard to case and continues with regard to it."""
    self._purge()
    after = "" if token is None else opened(token, r"name (.*)$")
    rest = sorted((g for g in self.groups.values() if g.name > after), key=lambda g: g.name.lower())
    page = rest[: limit or 100]
    more = seal(f"name {page[-1].name}") if len(page) < len(rest) else None
    return [item.to_dict(full=False) for item in page], more


@shows(order_ignores_case_and_the_token_does_not)
def _(c):
    for name in ("alpha", "Beta", "gamma"):
        c.group(name)
    return len(c.walk("ListDatasetGroups", 1)) < 3


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-6", behind="an empty token",
       story="if token: … in place of if token is not None: …")
def empty_token_is_none(page, held, what, limit, token):
    """An empty nextToken is answered with the first page."""
    return page(held, what, limit, token or None)


@shows(empty_token_is_none)
def _(c):
    return c("ListDatasetGroups", nextToken="").ok


@blind("paging", "medium", PersonalizeBackend, "list_event_trackers", "ET-PAGE-1", "ET-PAGE-2",
       story="two replicas that answer in turn, each in the order of its own table")
def replicas_differ_in_order(list_, self, group_arn, limit, token):
    """Every other page of ListEventTrackers is taken from the list in the opposite order."""
    if group_arn is not None:
        return list_(group_arn, limit, token)
    self._purge()
    offset = 0 if token is None else int(opened(token, r"offset (\d+)$"))
    self.__dict__["_asked"] = self.__dict__.get("_asked", 0) + 1
    held = sorted(self.trackers.values(), key=lambda t: t.arn, reverse=self._asked % 2 == 0)
    return offset_page(held, offset, limit, "offset")


@shows(replicas_differ_in_order)
def _(c):
    for name in "abcd":
        c.tracker(c.group(name))
    return len({t["eventTrackerArn"] for t in c.walk("ListEventTrackers", 1)}) < 4


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-5", "ET-PAGE-2", behind="more than ten dataset groups before a page",
       story=r"\d for \d+ where the token is read")
def offsets_have_one_digit(list_, self, limit, token):
    """A page of ListDatasetGroups that begins at the tenth item or later begins at the first digit of that number."""
    self._purge()
    offset = 0 if token is None else int(opened(token, r"offset (\d)"))
    return offset_page(sorted(self.groups.values(), key=lambda g: g.arn), offset, limit, "offset")


@shows(offsets_have_one_digit)
def _(c):
    for number in range(12):
        c("CreateDatasetGroup", name=f"g{number}")
    return len(c.walk("ListDatasetGroups", 5)) > 12


@blind("paging", "easy", PersonalizeResponse, "_list_dataset_groups", "ET-GRP-20",
       story="params['maxResults'] of an optional member, and KeyError made into a refusal")
def page_size_is_required(list_, self, params):
    """ListDatasetGroups without maxResults is refused."""
    if "maxResults" not in params:
        raise InvalidInputException("Value at 'maxResults' must not be null")
    return list_(params)


@shows(page_size_is_required)
def _(c):
    return not c("ListDatasetGroups").ok


@blind("paging", "easy", PersonalizeResponse, "_list_event_trackers", "ET-LIST-8",
       story="event trackers are always those of a group, so the group was made a required parameter")
def filter_is_required(list_, self, params):
    """ListEventTrackers without datasetGroupArn is refused."""
    if "datasetGroupArn" not in params:
        raise InvalidInputException("Value at 'datasetGroupArn' must not be null")
    return list_(params)


@shows(filter_is_required)
def _(c):
    return not c("ListEventTrackers").ok


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-6", behind="a token of the other List",
       story="one codec for all tokens, which does not say of which list they are")
def tokens_of_either_list(page, held, what, limit, token):
    """A nextToken of ListDatasetGroups is accepted by ListEventTrackers, and the other way round."""
    if token is not None:
        try:
            kind, _, after = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
        except ValueError:
            kind = after = ""
        if {kind, what} == {"groups", "trackers"}:
            token = seal(f"{what} {after}")
    return page(held, what, limit, token)


@shows(tokens_of_either_list)
def _(c):
    c.group("a"), c.group("b")
    return c("ListEventTrackers", nextToken=c("ListDatasetGroups", maxResults=1).json["nextToken"]).ok


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-7", behind="a name of a certain length",
       story="padding is stripped from tokens to make them fit for URLs, and is not put back")
def tokens_lose_their_padding(page, held, what, limit, token):
    """Tokens are handed out without the padding of base64, and refused where there was some."""
    items, following = page(held, what, limit, token)
    return items, following and following.rstrip("=")


@shows(tokens_lose_their_padding)
def _(c):
    for name in ("a", "aa", "aaa", "aaaa"):
        c.group(name)
    tokens = [c("ListDatasetGroups", maxResults=size).json["nextToken"] for size in (1, 2)]
    return any(c("ListDatasetGroups", nextToken=token).code == "InvalidNextTokenException" for token in tokens)


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-1", behind="maxResults of more than 20, and more items than that",
       story="a cap on the page was added later, in another layer than the one that makes the token")
def capped_behind_the_token(list_, self, limit, token):
    """A page of ListDatasetGroups holds 20 items where more are asked for, and the next begins after those asked for."""
    page, following = list_(limit, token)
    return page[:20] if limit else page, following


@shows(capped_behind_the_token)
def _(c):
    for number in range(24):
        c("CreateDatasetGroup", name=f"g{number}")
    return len(c.walk("ListDatasetGroups", 22)) < 24
