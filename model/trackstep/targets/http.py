"""Any HTTP endpoint, through boto3."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.utils import get_environ_proxies

from trackstep.errors import TargetError, UsageError
from trackstep.targets import TargetOptions
from trackstep.targets.boto import BotoTarget, has_credentials
from trackstep.targets.exchange import Exchange


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
        self._exchanges: dict[str | None, Exchange] = {}

    def credentials(self) -> dict[str, str]:
        """Dummies on loopback when none are configured."""
        return {} if self._own else super().credentials()

    def endpoint(self, service: str) -> str | None:
        """The URL given for the service."""
        events = self.options.events_endpoint_url
        return events if events and service == "personalize-events" else self.options.endpoint_url

    def _listen(self, events: Any) -> None:
        """Send what botocore has signed, in botocore's place: it knows no deadline for the whole, and no bound."""
        events.register("before-send", self._exchanged)

    def _exchanged(self, request: Any, **_: Any) -> AWSResponse:
        self._came = self._exchange(request.url).send(request.method, request.url, request.headers, request.body)
        return AWSResponse(request.url, 200, {}, NOTHING)  # type: ignore[arg-type]  # a mapping will do

    def _exchange(self, url: str) -> Exchange:
        proxy = None if self.regions_are_separate else get_environ_proxies(url).get(urlsplit(url).scheme)
        if proxy not in self._exchanges:
            verify = os.environ.get("AWS_CA_BUNDLE") or True
            self._exchanges[proxy] = Exchange(self.options.call_timeout, self.options.max_body, proxy, verify)
        return self._exchanges[proxy]

    def close(self) -> None:
        """Close the connections."""
        super().close()
        for exchange in self._exchanges.values():
            exchange.close()
        self._exchanges = {}


class _Nothing:
    """The body of the empty answer that botocore is given to read."""

    def stream(self) -> Iterator[bytes]:
        """An empty JSON object."""
        return iter((b"{}",))


NOTHING = _Nothing()
