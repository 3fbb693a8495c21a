"""boto3, broken in one way: the reference driver, after a patch of botocore that is named on the command line.

Runs as a program of its own, in the place of the driver; each fault is a function of FAULTS.
"""

from __future__ import annotations

import datetime
import runpy
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from botocore import auth, client, endpoint, errorfactory, paginate, parsers, serialize, signers, validate

from trackstep.targets.protocol import reference_driver

HOUR = datetime.timedelta(hours=1)


def around(owner: Any, name: str) -> Callable[[Callable[..., Any]], None]:
    """Put a function around a method; it gets the method first."""

    def put(instead: Callable[..., Any]) -> None:
        method = getattr(owner, name)

        @wraps(method)
        def patched(*args: Any, **words: Any) -> Any:
            return instead(method, *args, **words)

        setattr(owner, name, patched)

    return put


def params(change: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
    """Change the parameters after they were validated, as a serializer would."""
    for serializer in (serialize.JSONSerializer, serialize.BaseRestSerializer):

        @around(serializer, "serialize_to_request")
        def _(method: Any, self: Any, given: dict[str, Any], operation: Any) -> Any:
            return method(self, change(operation.name, given), operation)


def sent(change: Callable[[str, dict[str, Any]], None]) -> None:
    """Change a request in place before it is signed."""

    @around(endpoint.Endpoint, "make_request")
    def _(method: Any, self: Any, operation: Any, request: dict[str, Any]) -> Any:
        change(operation.name, request)
        return method(self, operation, request)


def answered(change: Callable[[dict[str, Any]], object]) -> None:
    """Change a parsed answer in place."""

    @around(parsers.ResponseParser, "parse")
    def _(method: Any, *args: Any) -> Any:
        parsed = method(*args)
        change(parsed)
        return parsed


def without(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


def drops_tags() -> None:
    params(lambda name, given: without(given, "tags") if name == "CreateEventTracker" else given)


def drops_the_tracking_id() -> None:
    answered(lambda parsed: parsed.pop("trackingId", None))


def renames_an_error() -> None:
    def change(parsed: dict[str, Any]) -> None:
        if parsed.get("Error", {}).get("Code") == "ResourceNotFoundException":
            parsed["Error"]["Code"] = "NotFoundException"

    answered(change)


def loses_the_message() -> None:
    answered(lambda parsed: "Error" in parsed and parsed["Error"].update(Message=""))


def loses_the_class() -> None:
    around(errorfactory.BaseClientExceptions, "from_code")(lambda method, self, code: errorfactory.ClientError)


def wrong_target_prefix() -> None:
    def change(name: str, request: dict[str, Any]) -> None:
        if "X-Amz-Target" in request["headers"]:
            request["headers"]["X-Amz-Target"] = f"Personalize_20180522.{name}"

    sent(change)


def older_json_version() -> None:
    sent(lambda name, request: request["headers"].update({"Content-Type": "application/x-amz-json-1.0"}))


def wrong_path() -> None:
    def change(name: str, request: dict[str, Any]) -> None:
        request["url"] = request["url"].replace("/events", "/event")

    sent(change)


def puts() -> None:
    def change(name: str, request: dict[str, Any]) -> None:
        request["method"] = "PUT" if name == "TagResource" else request["method"]

    sent(change)


def no_user_agent() -> None:
    sent(lambda name, request: request["headers"].update({"User-Agent": ""}))


def secret_in_clear() -> None:
    @around(auth.SigV4Auth, "add_auth")
    def _(method: Any, self: Any, request: Any) -> Any:
        request.headers["X-Debug"] = self.credentials.secret_key
        return method(self, request)


def unsigned() -> None:
    around(signers.RequestSigner, "sign")(lambda method, *args, **words: None)


def wrong_signature() -> None:
    around(auth.SigV4Auth, "signature")(lambda method, *args: method(*args)[::-1])


def _signer(place: int, value: str) -> None:
    @around(signers.RequestSigner, "__init__")
    def _(method: Any, *args: Any, **words: Any) -> Any:
        return method(*args[:place], value, *args[place + 1 :], **words)


def lost_region() -> None:
    _signer(2, "us-east-1")


def wrong_signing_name() -> None:
    _signer(3, "personalize-events")


def timestamps_an_hour_off() -> None:
    around(parsers.BaseJSONParser, "_handle_timestamp")(lambda method, *args: method(*args) + HOUR)


def timestamps_as_text() -> None:
    around(parsers.BaseJSONParser, "_handle_timestamp")(lambda method, *args: method(*args).isoformat())


def sent_at_in_milliseconds() -> None:
    @around(serialize.JSONSerializer, "_serialize_type_timestamp")
    def _(method: Any, self: Any, serialized: Any, value: Any, shape: Any, key: Any) -> None:
        method(self, serialized, value, shape, key)
        serialized[key] *= 1000


def tags_as_a_map() -> None:
    @around(serialize.JSONSerializer, "_serialize_type_list")
    def _(method: Any, self: Any, serialized: Any, value: Any, shape: Any, key: Any) -> Any:
        if shape.name != "Tags":
            return method(self, serialized, value, shape, key)
        serialized[key] = {tag["tagKey"]: tag["tagValue"] for tag in value}
        return None


def empty_lists_dropped() -> None:
    params(lambda name, given: {member: value for member, value in given.items() if value != []})


def numbers_for_strings() -> None:
    @around(serialize.JSONSerializer, "_default_serialize")
    def _(method: Any, self: Any, serialized: Any, value: Any, shape: Any, key: Any) -> Any:
        return method(self, serialized, int(value) if str(value).isdigit() else value, shape, key)


def empty_answers_dropped() -> None:
    def change(parsed: dict[str, Any]) -> None:
        for name in [name for name, value in parsed.items() if value == []]:
            del parsed[name]

    answered(change)


def absent_as_none() -> None:
    answered(lambda parsed: parsed.get("datasetGroup", {}).setdefault("failureReason", None))


def loses_an_operation() -> None:
    @around(client.ClientCreator, "_create_name_mapping")
    def _(method: Any, *args: Any) -> Any:
        return without(method(*args), "tag_resource")


def swallows_an_exception() -> None:
    @around(client.BaseClient, "_make_api_call")
    def _(method: Any, *args: Any) -> Any:
        try:
            return method(*args)
        except client.ClientError as wrong:
            if wrong.response["Error"]["Code"] != "ResourceInUseException":
                raise
            return {}


def caches_descriptions() -> None:
    known: dict[str, Any] = {}

    @around(client.BaseClient, "_make_api_call")
    def _(method: Any, self: Any, name: str, given: dict[str, Any]) -> Any:
        key = f"{name} {given}"
        if not name.startswith("Describe") or key not in known:
            known[key] = method(self, name, given)
        return known[key]


def stops_paging_early() -> None:
    around(paginate.PageIterator, "_get_next_token")(lambda method, *args: {})


def never_stops_paging() -> None:
    number = iter(range(10**6))
    around(paginate.PageIterator, "_get_next_token")(lambda method, *args: {"nextToken": f"token {next(number)}"})


def _requires(shape: str, names: list[str]) -> None:
    @around(validate.ParamValidator, "_validate_structure")
    def _(method: Any, self: Any, given: Any, about: Any, *rest: Any) -> Any:
        if about.name == shape:
            about.metadata["required"] = names
        return method(self, given, about, *rest)


def required_made_optional() -> None:
    _requires("CreateEventTrackerRequest", ["datasetGroupArn"])


def optional_made_required() -> None:
    _requires("ListEventTrackersRequest", ["datasetGroupArn"])


def sends_a_refused_create_again() -> None:
    @around(endpoint.Endpoint, "_needs_retry")
    def _(method: Any, self: Any, attempts: int, operation: Any, *args: Any, **words: Any) -> Any:
        refused = words.get("response", args[1] if len(args) > 1 else None)
        if operation.name == "CreateEventTracker" and refused is not None and refused[0].status_code == 400:
            return attempts == 1
        return method(self, attempts, operation, *args, **words)


def never_sends_again() -> None:
    around(endpoint.Endpoint, "_needs_retry")(lambda method, *args, **words: False)


FAULTS: dict[str, Callable[[], None]] = {
    name: made
    for name, made in list(globals().items())
    if callable(made)
    and getattr(made, "__module__", "") == __name__
    and name[0] != "_"
    and name not in ("around", "params", "sent", "answered", "without")
}


if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    runpy.run_path(str(reference_driver()), run_name="__main__")
