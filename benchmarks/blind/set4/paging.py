"""Pages, tokens, cursors."""

from base import blind, held_in, kept, shows, token_of
from trackstep.emulator.exceptions import InvalidInputException, InvalidNextTokenException
from trackstep.emulator.models import DEFAULT_PAGE, PersonalizeBackend
from trackstep.emulator.responses import PersonalizeResponse


def position(token, what):
    """Where the token says to go on; the empty string where there is none."""
    if token is None:
        return ""
    kind, _, after = held_in(token).partition(" ")
    if kind != what or not after:
        raise InvalidNextTokenException
    return after


def cut(rest, limit, token_for):
    """A page of what is left, and its token."""
    page = rest[: limit or DEFAULT_PAGE]
    return [item.to_dict(full=False) for item in page], token_for(page[-1]) if len(rest) > len(page) else None


@blind("paging", "easy", PersonalizeBackend, "_page", "ET-PAGE-3",
       story="WHERE row_number BETWEEN start AND start + limit")
def pages_hold_one_more(page, held, what, limit, token):
    """A page holds one item more than maxResults."""
    return page(held, what, limit and limit + 1, token)


@shows(pages_hold_one_more)
def _(c):
    for name in "abc":
        c.group(name)
    return len(c("ListDatasetGroups", maxResults=1).json["datasetGroups"]) == 2


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-1", "ET-LIST-1", "ET-GRP-14", behind="exactly one item on the last page",
       story="has_more = total > offset + limit + 1, an off-by-one that shows where one is left over")
def a_last_one_is_lost(page, held, what, limit, token):
    """Where a single item would be left for the last page, there is no token for it."""
    items, more = page(held, what, limit, token)
    if more and len(page(held, what, len(held), more)[0]) == 1:
        more = None
    return items, more


@shows(a_last_one_is_lost)
def _(c):
    for name in "abc":
        c.group(name)
    return len(c.walk("ListDatasetGroups", 2)) == 2


@blind("paging", "easy", PersonalizeResponse, "_list_dataset_groups", "ET-PAGE-8",
       story="a protocol buffer in between: what is not set is the empty string")
def the_last_token_is_empty(listed, self, params):
    """The last page of ListDatasetGroups has the empty nextToken."""
    return {"nextToken": ""} | listed(params)


@shows(the_last_token_is_empty)
def _(c):
    c.group("a")
    return c("ListDatasetGroups").json.get("nextToken") == ""


@blind("paging", "easy", PersonalizeBackend, "_page", "ET-PAGE-6",
       story="start = tokens.get(next_token, 0)")
def unknown_tokens_begin_anew(page, held, what, limit, token):
    """A nextToken that was never handed out is answered with the first page."""
    try:
        return page(held, what, limit, token)
    except InvalidNextTokenException:
        return page(held, what, limit, None)


@shows(unknown_tokens_begin_anew)
def _(c):
    return c("ListEventTrackers", nextToken="no-token").ok


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-PAGE-6", behind="a token of the other List",
       story="one paginator for all lists, whose token holds a position and not of what")
def tokens_are_good_for_either_list(page, held, what, limit, token):
    """A nextToken of ListDatasetGroups is accepted by ListEventTrackers, and the other way round."""
    if token is not None:
        kind, _, after = held_in(token).partition(" ")
        if kind in ("groups", "trackers") and after:
            token = token_of(f"{what} {after}")
    return page(held, what, limit, token)


@shows(tokens_are_good_for_either_list)
def _(c):
    for name in "ab":
        c.group(name)
    return c("ListEventTrackers", nextToken=c("ListDatasetGroups", maxResults=1).json["nextToken"]).ok


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-1", "ET-LIST-1", "ET-GRP-14", behind="a boundary between two of the same second",
       story="keyset pagination on created_at, a DATETIME of whole seconds: WHERE created_at > ?")
def the_cursor_is_a_second(page, held, what, limit, token):
    """Items that were created in the same second as the last one of a page are not shown on the next."""
    after = position(token, what)
    if after and not after.isdecimal():
        raise InvalidNextTokenException
    rest = sorted((i for i in held if not after or int(i.created) > int(after)), key=lambda item: (int(item.created), item.arn))
    return cut(rest, limit, lambda last: token_of(f"{what} {int(last.created)}"))


@shows(the_cursor_is_a_second)
def _(c):
    for number in range(6):
        c.group(f"g{number}")
    return len(c.walk("ListDatasetGroups", 1)) < 6


@blind("paging", "hard", PersonalizeBackend, "list_event_trackers", "ET-PAGE-1", "ET-LIST-1", behind="trackers of the same name on either side of a boundary",
       story="keyset pagination on the name, thought to be unique: WHERE name > ?")
def the_cursor_is_a_name(listed, self, group_arn, limit, token):
    """A ListEventTrackers that goes on after a page leaves out trackers of the same name as the last one on it."""
    self._purge()
    what = group_arn or "trackers"
    after = position(token, what)
    held = [t for t in self.trackers.values() if group_arn in (None, t.group_arn) and t.name > after]
    return cut(sorted(held, key=lambda t: (t.name, t.arn)), limit, lambda last: token_of(f"{what} {last.name}"))


@shows(the_cursor_is_a_name)
def _(c):
    for name in "abc":
        c.tracker(c.group(name), "t")
    return len(c.walk("ListEventTrackers", 2)) == 2


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-7", behind="a token whose length is no multiple of three",
       story="the token's \"=\" are stripped to please URLs, and not put back before it is decoded")
def tokens_lose_their_padding(page, held, what, limit, token):
    """Most tokens, by the length of the last name on the page, are refused when they come back."""
    items, more = page(held, what, limit, token)
    return items, more and more.rstrip("=")


@shows(tokens_lose_their_padding)
def _(c):
    for name in ("a", "ab", "abc", "abcd"):
        c.group(name)
    token, refused = {}, False
    for _ in range(3):
        answer = c("ListDatasetGroups", maxResults=1, **token)
        refused |= not answer.ok
        token = {"nextToken": answer.json["nextToken"]} if answer.ok else token
    return refused


def _moves_the_cursor(listed, self, limit, token):
    return _with_the_cursor(self, "groups", token, lambda now: listed(limit, now))


def _with_the_cursor(backend, what, token, listed):
    if token is not None:
        given = position(token, what)
        token = token_of(f"{what} {kept(backend, 'cursor').get('at', given)}")
    items, more = listed(token)
    if more:
        kept(backend, "cursor")["at"] = position(more, what)
    return items, more


@blind("paging", "hard", PersonalizeBackend, "list_event_trackers", "ET-PAGE-1", "ET-PAGE-2", "ET-PAGE-5", "ET-LIST-1", "ET-GRP-14", behind="a walk over the other list in between",
       also=((PersonalizeBackend, "list_dataset_groups", _moves_the_cursor),),
       story="the cursor is kept in the session, one for all lists; the token only says that there is one")
def both_lists_have_one_cursor(listed, self, group_arn, limit, token):
    """A walk over one list that is begun during a walk over the other puts that one at a wrong place."""
    return _with_the_cursor(self, group_arn or "trackers", token, lambda now: listed(group_arn, limit, now))


@shows(both_lists_have_one_cursor)
def _(c):
    for name in "abc":
        c.tracker(c.group(name))
    first = c("ListEventTrackers", maxResults=2).json
    c("ListDatasetGroups", maxResults=1)
    rest = c("ListEventTrackers", maxResults=2, nextToken=first["nextToken"]).json
    arns = [t["eventTrackerArn"] for t in first["eventTrackers"] + rest["eventTrackers"]]
    return len(arns) != 3 or len(set(arns)) != 3


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-4", behind="more than a hundred groups",
       story="LIMIT only where maxResults is given")
def without_a_limit_there_is_none(listed, self, limit, token):
    """ListDatasetGroups without maxResults shows all groups on one page, also more than 100."""
    self._purge()
    return listed(max(len(self.groups), 1) if limit is None else limit, token)


@shows(without_a_limit_there_is_none)
def _(c):
    for number in range(101):
        c("CreateDatasetGroup", name=f"g{number}")
    return len(c("ListDatasetGroups").json["datasetGroups"]) > 100


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-1", "ET-GRP-14", behind="names in capitals and small letters over a boundary",
       story="ORDER BY name COLLATE NOCASE, WHERE name > ? without it")
def the_order_has_no_case_and_the_cursor_has(listed, self, limit, token):
    """A walk over dataset groups whose names begin with capitals and small letters loses some."""
    self._purge()
    after = position(token, "groups")
    rest = sorted((g for g in self.groups.values() if g.name > after), key=lambda g: (g.name.lower(), g.name))
    return cut(rest, limit, lambda last: token_of(f"groups {last.name}"))


@shows(the_order_has_no_case_and_the_cursor_has)
def _(c):
    for name in ("a", "B", "c"):
        c.group(name)
    return {g["name"] for g in c.walk("ListDatasetGroups", 1)} == {"a", "c"}


def _touches(describe, self, arn):
    described = describe(arn)
    kept(self, "touched")[arn] = len(kept(self, "touches", list))
    kept(self, "touches", list).append(arn)
    return described


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-1", "ET-PAGE-2", behind="looking at what a page shows before the next page",
       also=((PersonalizeBackend, "describe_dataset_group", _touches),),
       story="ORDER BY last_accessed with an OFFSET, and a Describe is an access")
def looking_changes_the_order(listed, self, limit, token):
    """A walk over dataset groups that describes them as it goes loses some and shows others twice."""
    self._purge()
    touched, start = kept(self, "touched"), position(token, "groups")
    if start and not start.isdecimal():
        raise InvalidNextTokenException
    done = int(start or 0)
    order = sorted(self.groups.values(), key=lambda g: (touched.get(g.arn, -1), g.arn))
    page, more = cut(order[done:], limit, lambda _: token_of(f"groups {done + (limit or DEFAULT_PAGE)}"))
    return page, more


@shows(looking_changes_the_order)
def _(c):
    for name in "abcd":
        c.group(name)
    first = c("ListDatasetGroups", maxResults=2).json
    for group in first["datasetGroups"]:
        c.described(group["datasetGroupArn"])
    rest = c("ListDatasetGroups", maxResults=2, nextToken=first["nextToken"]).json["datasetGroups"]
    return len({g["name"] for g in first["datasetGroups"] + rest}) < 4


@blind("paging", "easy", PersonalizeResponse, "_list_dataset_groups", "ET-PAGE-3",
       story="the handler was copied from a list that has no pages")
def groups_come_all_at_once(listed, self, params):
    """ListDatasetGroups takes no notice of maxResults."""
    return listed({name: value for name, value in params.items() if name != "maxResults"})


@shows(groups_come_all_at_once)
def _(c):
    for name in "ab":
        c.group(name)
    return len(c("ListDatasetGroups", maxResults=1).json["datasetGroups"]) == 2


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-5", "ET-PAGE-1", behind="pages of one",
       story="the row that tells whether there are more is fetched within the limit: of one row none is left to show")
def the_look_ahead_is_within_the_limit(page, held, what, limit, token):
    """With maxResults 1 every page but the last is empty, and its token is the same again and again."""
    items, more = page(held, what, limit, token)
    if not more or limit is None:
        return items, more
    if limit == 1:
        return [], token or token_of(f"{what} !")
    return page(held, what, limit - 1, token)


@shows(the_look_ahead_is_within_the_limit)
def _(c):
    for name in "ab":
        c.group(name)
    first = c("ListDatasetGroups", maxResults=1).json["nextToken"]
    return "nextToken" in (again := c("ListDatasetGroups", maxResults=1, nextToken=first).json) and again["nextToken"] == first


@blind("paging", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-8", behind="the largest page",
       story="if limit not in range(1, 100)")
def a_hundred_is_too_many(listed, self, group_arn, limit, token):
    """ListEventTrackers with maxResults 100 is refused."""
    if limit is not None and limit not in range(1, 100):
        raise InvalidInputException("maxResults must be between 1 and 100.")
    return listed(group_arn, limit, token)


@shows(a_hundred_is_too_many)
def _(c):
    return not c("ListEventTrackers", maxResults=100).ok


@blind("paging", "easy", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-2", "ET-PAGE-5", "ET-GRP-14",
       story="WHERE name >= ?")
def the_next_page_begins_with_the_last(listed, self, limit, token):
    """Each page of ListDatasetGroups begins with the item that ended the one before."""
    self._purge()
    after = position(token, "groups")
    rest = sorted((g for g in self.groups.values() if g.arn >= after), key=lambda g: g.arn)
    return cut(rest, limit, lambda last: token_of(f"groups {last.arn}"))


@shows(the_next_page_begins_with_the_last)
def _(c):
    for name in "abc":
        c.group(name)
    return [g["name"] for g in c.walk("ListDatasetGroups", 2)] == ["a", "b", "b", "c"]


@blind("paging", "hard", PersonalizeBackend, "list_event_trackers", "ET-PAGE-1", "ET-LIST-1", behind="a walk that shows more than ten trackers",
       story="the position is compared as text, \"10\" before \"9\"")
def positions_are_compared_as_text(listed, self, group_arn, limit, token):
    """A ListEventTrackers that comes from below its tenth tracker to there, or beyond, ends there."""
    self._purge()
    what = group_arn or "trackers"
    start = position(token, what)
    if start and not start.isdecimal():
        raise InvalidNextTokenException
    held = sorted((t for t in self.trackers.values() if group_arn in (None, t.group_arn)), key=lambda t: t.arn)
    done = int(start or 0)
    page = held[done : done + (limit or DEFAULT_PAGE)]
    end = done + len(page)
    more = end < len(held) and (not start or str(end) > start)
    return [t.to_dict(full=False) for t in page], token_of(f"{what} {end}") if more else None


@shows(positions_are_compared_as_text)
def _(c):
    for number in range(12):
        c.tracker(c.group(f"g{number}"))
    return len(c.walk("ListEventTrackers", 2)) < 12
