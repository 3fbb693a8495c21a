"""The reference driver: makes calls with boto3 for trackstep, one JSON object a line (docs/targets.md, "stdio").

Needs boto3 and nothing of trackstep, so it runs in any environment, from Python 3.8 and botocore 1.12 on.
"""

import datetime
import json
import os
import platform
import sys

import boto3
import botocore
from botocore import exceptions
from botocore.config import Config

TIMEOUT = float(os.environ.get("TRACKSTEP_CALL_TIMEOUT", "10"))
RETRIES = int(os.environ.get("AWS_MAX_ATTEMPTS", "1")) - 1
URLS = {
    "personalize": os.environ["AWS_ENDPOINT_URL_PERSONALIZE"],
    "personalize-events": os.environ["AWS_ENDPOINT_URL_PERSONALIZE_EVENTS"],
}
SETTINGS = (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.NoRegionError)
CLIENTS = {}
SENT = []


def client(service, region):
    """The client of a service in a region, made once."""
    if (service, region) not in CLIENTS:
        config = Config(connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries={"max_attempts": RETRIES})
        made = boto3.client(service, region_name=region, endpoint_url=URLS[service], config=config)
        made.meta.events.register("request-created", lambda **_: SENT.append(True))
        CLIENTS[service, region] = made
    return CLIENTS[service, region]


def call(operation, params, region):
    """Make one call; its result, as boto3 gives it. Raises what boto3 raises."""
    service = "personalize-events" if operation == "PutEvents" else "personalize"
    sdk = client(service, region)
    methods = {name: method for method, name in sdk.meta.method_to_api_mapping.items()}
    pages = operation.startswith("Paginate")
    name = operation[len("Paginate") :] if pages else operation
    if name not in methods:
        raise NotImplementedError("no such operation")
    if pages:
        return {"pages": [members(page) for page in sdk.get_paginator(methods[name]).paginate(**params)]}
    return members(getattr(sdk, methods[name])(**params))


def members(result):
    """A result without what is about the answer, and no member of it."""
    return {name: value for name, value in result.items() if name != "ResponseMetadata"}


def told(wrong):
    """An exception of boto3 as an error of the contract: its kind says how far the call came."""
    error = {"code": type(wrong).__name__, "message": str(wrong)}
    if isinstance(wrong, exceptions.ClientError):
        said = wrong.response.get("Error", {})
        status = wrong.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code, message = said.get("Code") or "", said.get("Message") or ""  # an answer may hold null
        return {"kind": "service", "code": str(code), "message": str(message), "status": status}
    if isinstance(wrong, (NotImplementedError, exceptions.UnknownServiceError)):
        return {"kind": "unsupported", **error}
    if isinstance(wrong, SETTINGS):
        return {"kind": "configuration", **error}
    if not SENT:
        return {"kind": "client", **error}
    if isinstance(wrong, exceptions.HTTPClientError):
        return {"kind": "network", **error}
    # What else can go wrong once a request was sent is the parser: ResponseParserError, or it trips over a wrong type.
    return {"kind": "unparsed", **error}


def plain(value):
    """A value that JSON does not have, as it stood on the wire: a timestamp in epoch seconds."""
    return value.timestamp() if isinstance(value, datetime.datetime) else str(value)


def types(value, path=""):
    """The type of each value by its path, as a caller of boto3 sees it."""
    if isinstance(value, dict):
        inner = [types(item, f"{path}.{name}" if path else name) for name, item in value.items()]
    elif isinstance(value, list):
        inner = [types(item, path + "[]") for item in value]
    else:
        return {path: type(value).__name__}
    return {name: kind for found in inner for name, kind in found.items()}


def answer(asked):
    """The answer to one request."""
    del SENT[:]
    try:
        result = call(asked["operation"], asked["params"], asked["region"])
        said, parsed = {"ok": result}, {"types": types(result)}
    except Exception as wrong:  # whatever an SDK raises is what its callers get
        said, parsed = {"error": told(wrong)}, {"class": type(wrong).__name__, "types": {}}
    return {"id": asked["id"], **said, **({"parsed": parsed} if asked.get("parsed") else {})}


def main():
    """Say hello, then answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else prints is no answer

    def say(message):
        answers.write(json.dumps(message, default=plain) + "\n")
        answers.flush()

    runtime = f"{platform.python_implementation()} {platform.python_version()}"
    version = f"{boto3.__version__} (botocore {botocore.__version__})"
    say({"protocol": 1, "sdk": "boto3", "version": version, "runtime": runtime})
    for line in sys.stdin:
        say(answer(json.loads(line)))


if __name__ == "__main__":
    main()
