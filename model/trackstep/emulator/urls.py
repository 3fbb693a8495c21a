"""personalize and personalize-events base URLs and paths."""

from .responses import PUTS, PersonalizeEventsResponse, PersonalizeResponse

url_bases = [
    r"https?://personalize\.(.+)\.amazonaws\.com",
    r"https?://personalize-events\.(.+)\.amazonaws\.com",
]

url_paths = {
    "{0}/$": PersonalizeResponse.dispatch,
} | {f"{{0}}{path}$": PersonalizeEventsResponse.dispatch for path in PUTS}
