"""Any HTTP endpoint, through boto3."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.utils import get_environ_proxies

from trackstep.errors import TargetError, UsageError
from trackstep.outcome import Wire
from trackstep.targets import TargetOptions, client, place
from trackstep.targets.boto import BotoTarget
from trackstep.targets.exchange import Exchange

ASKING = 5.0
"""Seconds that asking whose account it is may take."""


class HttpTarget(BotoTarget):
    """``--endpoint-url``: both services there, unless ``--events-endpoint-url`` names another."""

    remembers = True

    def __init__(self, options: TargetOptions) -> None:
        super().__init__(options)
        for url in (options.endpoint_url, options.events_endpoint_url or options.endpoint_url):
            if not place.host_of(url):
                raise UsageError(f"--endpoint-url wants http://host:port, not {url!r}")
        place.permit(options)
        self.regions_are_separate = place.is_loopback(options.endpoint_url)
        self._has_own = not self.is_ours and client.has_credentials(self._session)
        if not self._has_own and self.is_remote:
            raise TargetError("no AWS credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
        self.name = str(options.endpoint_url)
        self._exchanges: dict[str | None, Exchange] = {}
        self._gate: Callable[[], None] | None = None
        self._server = ""

    @property
    def is_remote(self) -> bool:
        """Whether any call leaves this machine."""
        return any(self.reach(service) == "remote" for service in ("personalize", "personalize-events"))

    def credentials(self) -> dict[str, str]:
        """Dummies on loopback when none are configured."""
        return {} if self._has_own else super().credentials()

    def endpoint(self, service: str) -> str | None:
        """The URL given for the service."""
        events = self.options.events_endpoint_url
        return events if events and service == "personalize-events" else self.options.endpoint_url

    @property
    def version(self) -> str:
        """What the first answer said in its ``Server`` header."""
        return self._own.taken_from(self._server)

    @property
    def notice(self) -> str:
        """What is to be told before calls leave this machine: where to, whose account, which region; else empty."""
        if not self.is_remote:
            return ""
        places = dict.fromkeys(str(self.endpoint(service)) for service in ("personalize", "personalize-events"))
        account, region = self._account(), self.options.region
        return f"creating and deleting at {' and '.join(places)}, in {account}, region {region}"

    def _account(self) -> str:
        """Whose account the credentials are of, as the same place tells it: of AWS its own STS, else the endpoint."""
        url, region = self.options.endpoint_url, self.options.region
        asked = None if place.AWS.fullmatch(place.host_of(url)) else url
        reach = self.reach("personalize")
        sts = client.client(self._session, "sts", region, asked, reach, ASKING, **self.credentials())
        try:
            told = sts.get_caller_identity().get("Account")
        except Exception:  # whatever an emulator without STS answers, it is not what is tried here
            told = None
        finally:
            sts.close()
        known = isinstance(told, str) and told.isascii() and told.isalnum() and len(told) <= 20
        return f"account {told}" if known else "an account that it does not tell"

    def client(self) -> HttpTarget:
        """Another client with a connection of its own, made ready for all that this one has asked."""
        return self._ready(HttpTarget(self.options))

    def _ready(self, made: HttpTarget) -> HttpTarget:
        made._session = self._session  # what botocore holds of a service takes long to read
        for service, region in self._clients:
            made._client(service, region)
        return made

    def _listen(self, events: Any) -> None:
        """Send what botocore has signed, in botocore's place: it knows no deadline for the whole, and no bound."""
        events.register("before-send", self._exchanged)

    def hold(self, gate: Callable[[], None]) -> None:
        """Wait at this gate when the next request is built and signed, just before it is sent."""
        self._gate = gate

    def _exchanged(self, request: Any, **_: Any) -> AWSResponse:
        gate, self._gate = self._gate, None
        if gate is not None:
            gate()
        self._came = self._exchange(request.url).send(request.method, request.url, request.headers, request.body)
        if isinstance(self._came, Wire):
            self._server = self._server or self._came.headers.get("server", "")
        return AWSResponse(request.url, 200, {}, NOTHING)  # type: ignore[arg-type]  # a mapping will do

    def _exchange(self, url: str) -> Exchange:
        proxy = None if place.is_loopback(url) else get_environ_proxies(url).get(urlsplit(url).scheme)
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
