"""personalize and personalize-events base URLs and paths."""

from .responses import PersonalizeEventsResponse, PersonalizeResponse

url_bases = [
    r"https?://personalize\.(.+)\.amazonaws\.com",
    r"https?://personalize-events\.(.+)\.amazonaws\.com",
]

url_paths = {
    "{0}/$": PersonalizeResponse.dispatch,
    "{0}/events$": PersonalizeEventsResponse.dispatch,
}
