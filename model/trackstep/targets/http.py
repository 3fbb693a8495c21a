"""Any HTTP endpoint, through boto3."""

from __future__ import annotations

from urllib.parse import urlsplit

from trackstep.errors import TargetError, UsageError
from trackstep.targets import TargetOptions
from trackstep.targets.boto import BotoTarget, has_credentials


class HttpTarget(BotoTarget):
    """``--endpoint-url``: both services there, unless ``--events-endpoint-url`` names another."""

    remembers = True

    def __init__(self, options: TargetOptions) -> None:
        super().__init__(options)
        for url in (options.endpoint_url, options.events_endpoint_url or options.endpoint_url):
            try:
                parts = urlsplit(url or "")
                good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
            except ValueError:  # a port that is none
                good = False
            if not good:
                raise UsageError(f"--endpoint-url wants http://host:port, not {url!r}")
        host = urlsplit(options.endpoint_url or "").hostname or ""
        self.regions_are_separate = host in ("localhost", "::1") or host.startswith("127.")
        self._own = has_credentials()
        if not self._own and not self.regions_are_separate:
            raise TargetError("no AWS credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
        self.name = str(options.endpoint_url)

    def credentials(self) -> dict[str, str]:
        """Dummies on loopback when none are configured."""
        return {} if self._own else super().credentials()

    def endpoint(self, service: str) -> str | None:
        """The URL given for the service."""
        events = self.options.events_endpoint_url
        return events if events and service == "personalize-events" else self.options.endpoint_url
