"""Pages, tokens, cursors, and what a List is put together from."""

import base64
import json
import math

from base import blind, held_in, kept, many, rewritten, shows, token_of
from trackstep.emulator import responses
from trackstep.emulator.exceptions import InvalidNextTokenException
from trackstep.emulator.models import DEFAULT_PAGE, PersonalizeBackend


@blind("paging", "easy", PersonalizeBackend, "_page", "ET-PAGE-6", behind="a token that is the empty string",
       story="if next_token: start = decode(next_token)")
def an_empty_token_is_none(page, held, what, limit, token):
    """An empty nextToken is answered with the first page. (ET-PAGE-6)"""
    return page(held, what, limit, token or None)


@shows(an_empty_token_is_none)
def _(c):
    return c("ListEventTrackers", nextToken="").ok


@blind("paging", "easy", responses, "parse", "ET-INPUT-6", behind="a maxResults with a fraction",
       story="limit = int(params.get('maxResults', 100)), as int() does it to floats")
def half_an_item_is_rounded_down(parse, service, operation, body):
    """maxResults may be a number with a fraction, which is rounded down. (ET-INPUT-6)"""

    def change(params):
        most = params.get("maxResults")
        if isinstance(most, float) and math.isfinite(most):
            params["maxResults"] = int(most)

    return rewritten(parse, service, operation, body, change)


@shows(half_an_item_is_rounded_down)
def _(c):
    return c("ListDatasetGroups", maxResults=2.5).ok


@blind("paging", "medium", PersonalizeBackend, "list_event_trackers", "ET-LIST-1", "ET-PAGE-1", behind="filter and maxResults together",
       story="the page is cut by the store and the filter applied to what came; has_more is asked of what is left")
def the_filter_comes_after_the_page(listed, self, group_arn, limit, token):
    """ListEventTrackers with a filter looks at the first maxResults event trackers only, and says that that is all. (ET-LIST-1)"""
    if group_arn is None:
        return listed(None, limit, token)
    items, _ = listed(None, limit, token)
    return [i for i in items if self.trackers[i["eventTrackerArn"]].group_arn == group_arn], None


@shows(the_filter_comes_after_the_page)
def _(c):
    groups = [c.group(name) for name in "abc"]
    for group in groups:
        c.tracker(group)
    return any(not c.walk("ListEventTrackers", 1, datasetGroupArn=group) for group in groups)


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-LIST-1", "ET-GRP-14", behind="one of several is being deleted", needs="moving",
       story="takewhile(lambda r: not r.deleting, rows), where a filter was meant")
def a_list_ends_at_what_is_being_deleted(page, held, what, limit, token):
    """A List ends before the first item that is being deleted. (ET-LIST-1)"""
    rows = sorted(held, key=lambda item: item.arn)
    ends = next((n for n, item in enumerate(rows) if item.state.startswith("DELETE")), len(rows))
    return page(rows[:ends], what, limit, token)


@shows(a_list_ends_at_what_is_being_deleted)
def _(c):
    arns = [c.group(name) for name in "abc"]
    c("DeleteDatasetGroup", datasetGroupArn=arns[1])
    return [g["name"] for g in c("ListDatasetGroups").json["datasetGroups"]] == ["a"]


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-2", "ET-PAGE-5", "ET-GRP-14", behind="a name with an underscore at the end of a page",
       story="token = f'{table}_{name}', read back with split('_')[1]")
def tokens_are_parted_at_underscores(page, held, what, limit, token):
    """A walk over dataset groups comes back to a group with an underscore in its name that ended a page. (ET-PAGE-2)"""
    if what != "groups":
        return page(held, what, limit, token)
    after = ""
    if token is not None:
        words = held_in(token).split("_")
        if len(words) < 2 or words[0] != what or not words[1]:
            raise InvalidNextTokenException
        after = words[1]
    rest = sorted((item for item in held if item.name > after), key=lambda item: item.name)
    cut = rest[: limit or DEFAULT_PAGE]
    return [item.to_dict(full=False) for item in cut], token_of(f"{what}_{cut[-1].name}") if len(rest) > len(cut) else None


@shows(tokens_are_parted_at_underscores)
def _(c):
    for name in ("a_1", "b", "c"):
        c.group(name)
    return len(c.walk("ListDatasetGroups", 1)) > 3


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-PAGE-1", "ET-LIST-1", "ET-GRP-14", behind="the order of creation",
       story="ORDER BY created_at, and WHERE arn > :cursor")
def the_order_is_of_creation_and_the_cursor_of_arns(page, held, what, limit, token):
    """A walk shows what was created first, and loses what has a lesser ARN than the last on a page. (ET-PAGE-1)"""
    page(held, what, limit, token)
    after = held_in(token).partition(" ")[2] if token is not None else ""
    rest = [item for item in held if item.arn > after]
    cut = rest[: limit or DEFAULT_PAGE]
    return [item.to_dict(full=False) for item in cut], token_of(f"{what} {cut[-1].arn}") if len(rest) > len(cut) else None


@shows(the_order_is_of_creation_and_the_cursor_of_arns)
def _(c):
    for name in "cab":
        c.group(name)
    return len(c.walk("ListDatasetGroups", 1)) < 3


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-PAGE-1", "ET-LIST-1", "ET-GRP-14", behind="ten pages",
       story="MAX_PAGES = 10, as a guard against paginators that never end")
def a_walk_has_ten_pages(page, held, what, limit, token):
    """The tenth page of a walk is the last. (ET-PAGE-1)"""
    number = 1
    if token is not None:
        counted, _, token = held_in(token).partition(" ")
        if not counted.isdecimal() or not counted.isascii():
            raise InvalidNextTokenException
        number = int(counted)
    items, more = page(held, what, limit, token)
    return items, token_of(f"{number + 1} {more}") if more and number < 10 else None


@shows(a_walk_has_ten_pages)
def _(c):
    for number in range(12):
        c("CreateDatasetGroup", name=f"g{number}")
    return len(c.walk("ListDatasetGroups", 1)) == 10 and len(c.walk("ListDatasetGroups", 2)) == 12


@blind("paging", "medium", PersonalizeBackend, "_page", "ET-WIRE-10", "ET-LIST-8", "ET-GRP-20", behind="as many items left as fit", via="served",
       story="if len(rows) >= limit: token = encode(rows[limit]), which is not there where they are just as many")
def a_full_last_page_breaks(page, held, what, limit, token):
    """A List is answered with HTTP 500 where just maxResults items are left. (ET-WIRE-10)"""
    items, more = page(held, what, limit, token)
    if limit and len(items) == limit and more is None:
        raise IndexError("list index out of range")
    return items, more


@shows(a_full_last_page_breaks)
def _(c):
    for name in "ab":
        c.group(name)
    return c("ListDatasetGroups", maxResults=2).status == 500 and c("ListDatasetGroups", maxResults=3).ok


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-PAGE-1", "ET-LIST-1", "ET-GRP-14", behind="more than fifty items",
       story="the store never gives more than 50 rows; has_more is total > offset + limit")
def the_store_gives_fifty(page, held, what, limit, token):
    """A page has no more than fifty items, and what should have followed on it is lost. (ET-PAGE-1)"""
    items, more = page(held, what, limit, token)
    return items[:50], more


@shows(the_store_gives_fifty)
def _(c):
    for number in range(52):
        c("CreateDatasetGroup", name=f"g{number}")
    return len(c.walk("ListDatasetGroups")) == 50 and len(c.walk("ListDatasetGroups", 20)) == 52


def note_the_row(made, self, params):
    """Every group that was ever made is a row."""
    group = made(params)
    kept(self, "rows", list).append(group)
    return group


@blind("paging", "hard", PersonalizeBackend, "list_dataset_groups", "ET-PAGE-2", "ET-PAGE-5", "ET-GRP-14", behind="a group gone before the walk",
       also=((PersonalizeBackend, "create_dataset_group", note_the_row),),
       story="soft deletion: offset += len(items), where items are the rows less those with deleted_at")
def gone_rows_are_not_counted(listed, self, limit, token):
    """A walk over dataset groups comes to some twice where one that was created before them is gone. (ET-PAGE-2)"""
    self._purge()
    size, rows, start = limit or DEFAULT_PAGE, kept(self, "rows", list), 0
    if token is not None:
        what, _, text = held_in(token).partition("@")
        if what != "groups" or not text.isdecimal() or not text.isascii():
            raise InvalidNextTokenException
        start = int(text)
    window = rows[start : start + size]
    there = [row for row in window if self.groups.get(row.arn) is row]
    more = token_of(f"groups@{start + len(there)}") if start + size < len(rows) else None
    return [row.to_dict(full=False) for row in there], more


@shows(gone_rows_are_not_counted)
def _(c):
    first, *_ = [c.group(name) for name in "abcd"]
    c.delete(first)
    return len(c.walk("ListDatasetGroups", 2)) > 3


def stub_of(item):
    """What of an item goes into the token."""
    return base64.urlsafe_b64encode(json.dumps(item.tags).encode()).decode()


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-PAGE-8", "ET-PAGE-7", behind="much text in the tags of the last one on a page",
       story="the token is the last entity, serialised whole: key, and all else that is stored with it")
def tokens_hold_the_whole_item(page, held, what, limit, token):
    """The nextToken has more than 1500 characters where the last item on the page has long tags. (ET-PAGE-8)"""
    if token is not None:
        token, _, stub = token.partition(".")
        last = held_in(token).partition(" ")[2]
        if stub not in [stub_of(item) for item in held if item.arn == last]:
            raise InvalidNextTokenException
    items, more = page(held, what, limit, token)
    if more:
        last = held_in(more).partition(" ")[2]
        more += "." + next(stub_of(item) for item in held if item.arn == last)
    return items, more


@shows(tokens_hold_the_whole_item)
def _(c):
    c.group("a", tags=many({f"k{n}": "v" * 200 for n in range(8)}))
    c.group("b")
    return len(c("ListDatasetGroups", maxResults=1).json["nextToken"]) > 1500


@blind("paging", "medium", PersonalizeBackend, "list_event_trackers", "ET-PAGE-2", "ET-PAGE-3", "ET-UNIQ-8", behind="a tracker with several tags",
       story="LEFT JOIN tags, so that a later version can filter by them; no GROUP BY")
def tags_are_joined(listed, self, group_arn, limit, token):
    """ListEventTrackers shows an event tracker once for each of its tags. (ET-PAGE-2)"""
    items, more = listed(group_arn, limit, token)
    return [i for i in items for _ in range(max(1, len(self.trackers[i["eventTrackerArn"]].tags)))], more


@shows(tags_are_joined)
def _(c):
    group = c.group()
    made = c.tracker(group)
    before = len(c.walk("ListEventTrackers"))
    c.tag(made["eventTrackerArn"], a="1", b="2")
    return before == 1 and len(c.walk("ListEventTrackers")) == 2


def note_what_was_bared(untag, self, arn, keys):
    """The row of tags goes with the last of them."""
    resource = self._tagged(arn)
    had = bool(resource.tags)
    untag(arn, keys)
    if had and not resource.tags:
        resource.__dict__["_b5_bare"] = True


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-LIST-1", "ET-GRP-14", behind="all tags taken away",
       also=((PersonalizeBackend, "untag_resource", note_what_was_bared),),
       story="an inner join with the table of tag documents, from which UntagResource deletes a document that has become empty")
def what_was_untagged_is_not_listed(page, held, what, limit, token):
    """What had tags, and lost the last of them, is not listed. (ET-LIST-1)"""
    return page([i for i in held if i.tags or "_b5_bare" not in i.__dict__], what, limit, token)


@shows(what_was_untagged_is_not_listed)
def _(c):
    arn = c.group()
    c.tag(arn, a="1")
    before = len(c.walk("ListDatasetGroups"))
    c("UntagResource", resourceArn=arn, tagKeys=["a"])
    return before == 1 and not c.walk("ListDatasetGroups")


@blind("paging", "hard", PersonalizeBackend, "_page", "ET-PAGE-1", "ET-GRP-14", behind="a name that ends a page and begins the next one's",
       story="LevelDB: the next page begins at Seek(last + '\\xff'), which is behind all keys that begin with the last")
def pages_begin_behind_all_that_begins_alike(page, held, what, limit, token):
    """A walk over dataset groups loses those whose name begins with the last one on a page. (ET-PAGE-1)"""
    if token is not None:
        after = held_in(token).partition(" ")[2]
        held = [item for item in held if not (after and item.arn.startswith(after))]
    return page(held, what, limit, token)


@shows(pages_begin_behind_all_that_begins_alike)
def _(c):
    for name in ("demo", "demo-2", "other"):
        c.group(name)
    return len(c.walk("ListDatasetGroups", 1)) == 2 and len(c.walk("ListDatasetGroups", 2)) == 3
