"""What is read back."""

import re

from base import blind, shows
from trackstep.emulator.models import DatasetGroup, EventTracker


def _name(c, name):
    return c.described(c.tracker(c.group("a"), name)["eventTrackerArn"]).get("name")


@blind("values", "easy", EventTracker, "to_dict", "ET-DESC-5")
def names_in_small_letters(to_dict, self, full=True):
    """The name of a tracker is described in small letters."""
    return to_dict(full) | {"name": self.name.lower()}


@shows(names_in_small_letters)
def _(c):
    return _name(c, "Tracker") == "tracker"


@blind("values", "hard", EventTracker, "to_dict", "ET-DESC-5", "ET-LIST-5", behind="a name of digits that begins with 0")
def numeric_affinity(to_dict, self, full=True):
    """A name that is all digits is kept as a number: zeros before it are lost."""
    name = self.name
    return to_dict(full) | {"name": str(int(name)) if re.fullmatch("[0-9]+", name) else name}


@shows(numeric_affinity)
def _(c):
    return _name(c, "007") == "7"


@blind("values", "hard", DatasetGroup, "to_dict", "ET-GRP-13", behind="a group that is named null")
def a_name_that_is_null(to_dict, self, full=True):
    """A group named null, none or undefined is described without a name."""
    found = to_dict(full)
    if self.name.lower() in ("null", "none", "undefined"):
        del found["name"]
    return found


@shows(a_name_that_is_null)
def _(c):
    return "name" not in c.described(c.group("null"))


@blind("values", "easy", DatasetGroup, "to_dict", "ET-GRP-13", behind="the other domain")
def domain_for_display(to_dict, self, full=True):
    """VIDEO_ON_DEMAND is described with spaces."""
    found = to_dict(full)
    return found | ({"domain": found["domain"].replace("_", " ")} if "domain" in found else {})


@shows(domain_for_display)
def _(c):
    return c.described(c.group("a", domain="VIDEO_ON_DEMAND"))["domain"] == "VIDEO ON DEMAND"


@blind("values", "medium", EventTracker, "to_dict", "ET-DESC-5", behind="a name of more than 50 characters")
def varchar_50(to_dict, self, full=True):
    """The name of a tracker is cut after 50 characters."""
    return to_dict(full) | {"name": self.name[:50]}


@shows(varchar_50)
def _(c):
    return _name(c, "n" * 63) == "n" * 50


@blind("values", "medium", EventTracker, "to_dict", "ET-LIST-5", behind="a summary beside its description")
def summaries_in_whole_seconds(to_dict, self, full=True):
    """The summary's creationDateTime comes from another column, one second early."""
    return to_dict(full) | ({} if full else {"creationDateTime": float(int(self.created)) - 1})


@shows(summaries_in_whole_seconds)
def _(c):
    t = c.tracker(c.group("a"))["eventTrackerArn"]
    return c.walk("ListEventTrackers")[0]["creationDateTime"] != c.described(t)["creationDateTime"]


@blind("values", "medium", EventTracker, "to_dict", "ET-DESC-5", behind="a name that ends in - or _")
def slugs_have_no_end(to_dict, self, full=True):
    """A - or _ at the end of a tracker's name is lost."""
    return to_dict(full) | {"name": self.name.rstrip("-_") or self.name}


@shows(slugs_have_no_end)
def _(c):
    return _name(c, "a-") == "a"


@blind("values", "hard", DatasetGroup, "to_dict", "ET-GRP-13", "ET-GRP-15", behind="two hyphens in a row")
def slugs_have_single_hyphens(to_dict, self, full=True):
    """Two hyphens in a row in the name of a group are described as one."""
    return to_dict(full) | {"name": re.sub("--+", "-", self.name)}


@shows(slugs_have_single_hyphens)
def _(c):
    return c.described(c.group("a--b"))["name"] == "a-b"


@blind("values", "hard", DatasetGroup, "to_dict", "ET-GRP-16", behind="a failed group that has a domain")
def no_reason_for_domain_groups(to_dict, self, full=True):
    """A CREATE FAILED group that has a domain has no failureReason."""
    found = to_dict(full)
    if "domain" in found:
        found.pop("failureReason", None)
    return found


@shows(no_reason_for_domain_groups)
def _(c):
    return "failureReason" not in c.described(c.group("a-create-failed", domain="ECOMMERCE"))
