"""Pages."""

import base64

from base import blind, shows
from trackstep.emulator.exceptions import InvalidNextTokenException
from trackstep.emulator.models import PersonalizeBackend as B


def _groups(c, *names):
    for name in names:
        c("CreateDatasetGroup", name=name)


def _lost(c, wanted, *sizes):
    return len({g["datasetGroupArn"] for g in c.walk("ListDatasetGroups", *sizes)}) < wanted


@blind("paging", "easy", B, "list_dataset_groups", "ET-PAGE-3")
def one_more_than_asked(lists, self, limit, token):
    """A page of ListDatasetGroups has one more than maxResults, where there is one."""
    return lists(limit + 1 if limit else limit, token)


@shows(one_more_than_asked)
def _(c):
    _groups(c, "a", "b")
    return len(c("ListDatasetGroups", maxResults=1).json["datasetGroups"]) == 2


@blind("paging", "easy", B, "_page", "ET-PAGE-6")
def unknown_token_begins_anew(page, held, what, limit, token):
    """A token that cannot be read begins at the first page."""
    try:
        return page(held, what, limit, token)
    except InvalidNextTokenException:
        return page(held, what, limit, None)


@shows(unknown_token_begins_anew)
def _(c):
    return c("ListDatasetGroups", nextToken="nobody").ok


@blind("paging", "medium", B, "_page", "ET-PAGE-2", behind="pages of one")
def pages_of_one_overlap(page, held, what, limit, token):
    """With maxResults 1 the first item comes again, before the last page."""
    found, more = page(held, what, limit, token)
    if limit == 1 and token and more is None and len(held) > 1:
        first = min(held, key=lambda i: i.arn)
        return [first.to_dict(full=False)], None
    return found, more


@shows(pages_of_one_overlap)
def _(c):
    _groups(c, "a", "b", "c")
    return _lost(c, 3, 1)


@blind("paging", "hard", B, "list_event_trackers", "ET-PAGE-1", "ET-LIST-1", behind="trackers of one name about a page's end")
def key_is_the_name(lists, self, group_arn, limit, token):
    """A page goes on after the name of the last one: another of the same name at the page's beginning is lost."""
    page, more = lists(group_arn, limit, token)
    if token and page:
        last = base64.urlsafe_b64decode(token).decode().partition(" ")[2]
        before = self.trackers.get(last)
        while before and page and page[0]["name"] == before.name:
            page = page[1:]
    return page, more


@shows(key_is_the_name)
def _(c):
    for g in "abc":
        c.tracker(c.group(g))
    return len(c.walk("ListEventTrackers", 1)) < 3


@blind("paging", "hard", B, "_page", "ET-PAGE-1", "ET-GRP-14", behind="names in both cases about a page's end")
def two_orders(page, held, what, limit, token):
    """Items are in order without case, and a page goes on after the last one in order with case."""
    after = ""
    if token is not None:
        page(held, what, limit, token)
        after = base64.urlsafe_b64decode(token).decode().partition(" ")[2]
    rest = sorted((i for i in held if i.arn > after), key=lambda i: (i.arn.lower(), i.arn))
    shown = rest[: limit or 100]
    more = base64.urlsafe_b64encode(f"{what} {shown[-1].arn}".encode()).decode() if len(rest) > len(shown) else None
    return [i.to_dict(full=False) for i in shown], more


@shows(two_orders)
def _(c):
    _groups(c, "a", "B", "c")
    return _lost(c, 3, 1)


@blind("paging", "medium", B, "list_dataset_groups", "ET-GRP-14", behind="more than ten groups")
def ten_and_no_token(lists, self, limit, token):
    """ListDatasetGroups without maxResults shows ten groups and no token."""
    return (lists(limit, token)[0][:10], None) if limit is None else lists(limit, token)


@shows(ten_and_no_token)
def _(c):
    _groups(c, *"abcdefghijkl")
    return _lost(c, 12)


@blind("paging", "medium", B, "_page", "ET-PAGE-7", "ET-GRP-14", behind="a token whose length needs padding")
def tokens_without_padding(page, held, what, limit, token):
    """A token of base64 loses its padding, and without it is refused."""
    found, more = page(held, what, limit, token)
    return found, more.rstrip("=") if more else None


@shows(tokens_without_padding)
def _(c):
    _groups(c, *("a" * n for n in range(1, 5)))
    try:
        c.walk("ListDatasetGroups", 1)
    except AssertionError:
        return True
    return False


@blind("paging", "hard", B, "list_dataset_groups", "ET-PAGE-4", behind="more than a hundred groups")
def default_of_a_thousand(lists, self, limit, token):
    """ListDatasetGroups without maxResults shows up to a thousand."""
    return lists(limit or 1000, token)


@shows(default_of_a_thousand)
def _(c):
    _groups(c, *(f"g{n}" for n in range(101)))
    return len(c("ListDatasetGroups").json["datasetGroups"]) > 100


@blind("paging", "hard", B, "_page", "ET-PAGE-5", "ET-GRP-14", behind="a walk of more than four pages")
def fifth_page_again(page, held, what, limit, token):
    """After the fourth page the token is that of the fourth page again: the walk does not end."""
    found, more = page(held, what, limit, token)
    items = sorted(i.arn for i in held)
    if token and more and found and limit and items.index(found[-1].get("datasetGroupArn") or found[-1]["eventTrackerArn"]) == 4 * limit - 1:
        return found, token
    return found, more


@shows(fifth_page_again)
def _(c):
    _groups(c, *"abcdef")
    return len(c.walk("ListDatasetGroups", 1)) > 300
