"""The fixed parts of test_deviation.py: how it connects, waits, walks, posts and cleans up."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_CONNECT = '''
MADE = {
    "CreateDatasetGroup": ("dataset_group", "datasetGroupArn"),
    "CreateEventTracker": ("event_tracker", "eventTrackerArn"),
    "CreateDataset": ("dataset", "datasetArn"),
    "CreateSchema": ("schema", "schemaArn"),
}


def connect(service, region, made):
    """A client of the endpoint; what it creates is remembered in made, to be deleted in the end."""
    client = boto3.client(
        service,
        region_name=region,
        endpoint_url=EVENTS_ENDPOINT_URL if service == "personalize-events" else ENDPOINT_URL,
        aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "testing"),
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "testing"),
        aws_session_token=os.environ.get("AWS_SESSION_TOKEN"),
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )

    def remember(parsed, model, **_):
        kind, member = MADE.get(model.name, ("", ""))
        if parsed.get(member):
            made.append((client, kind, {member: parsed[member]}))

    client.meta.events.register("after-call", remember)
    return client
'''
_CLEAN_UP = '''
def clean_up(made):
    """Delete what was created, the last first, and wait until it is gone; what cannot be deleted is left."""
    for client, kind, arn in reversed(made):
        end = time.monotonic() + CLEAN_UP_SECONDS
        with suppress(Exception):  # a description that is refused: it is gone
            while time.monotonic() < end:
                with suppress(ClientError):  # it is not yet to be deleted
                    getattr(client, f"delete_{kind}")(**arn)
                getattr(client, f"describe_{kind}")(**arn)
                time.sleep(0.05)
'''
_SETTLED = '''
def settled(describe, until=("ACTIVE", "CREATE FAILED"), **params):
    """Describe until the status is one of these, or has settled; None where it is gone."""
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            answer = describe(**params)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return None
        bodies = [member for name, member in answer.items() if name != "ResponseMetadata" and isinstance(member, dict)]
        statuses = {body.get("status") for body in bodies}  # none, where a target shows none
        if statuses & {*until, "ACTIVE", "CREATE FAILED"} or time.monotonic() > end:
            return answer
        time.sleep(0.05)
'''
_WALK = '''
def walk(list_page, **params):
    """All pages of a List, following nextToken until there is none or one comes again."""
    pages = [list_page(**params)]
    while pages[-1].get("nextToken") and pages[-1]["nextToken"] not in [page["nextToken"] for page in pages[:-1]]:
        pages.append(list_page(**params, nextToken=pages[-1]["nextToken"]))
    return pages
'''
_POST = '''
def post(operation, body, region, made=()):
    """Send what boto3 would not send as it is, and return status, headers and body as they came."""
    events = operation == "PutEvents"
    headers = {
        "Content-Type": "application/json" if events else "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=testing/20260101/{region}/personalize/aws4_request, "
        "SignedHeaders=host, Signature=0",
    }
    if not events:
        headers["X-Amz-Target"] = f"AmazonPersonalize.{operation}"
    url = EVENTS_ENDPOINT_URL.rstrip("/") + "/events" if events else ENDPOINT_URL
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        lower = {name.lower(): value for name, value in answer.headers.items()}
        wire = SimpleNamespace(status=answer.status, headers=lower, body=answer.read())
    if operation.startswith("Create"):
        remember(operation, wire.body, region, made)
    return wire


def remember(operation, body, region, made):
    """What a Create that boto3 did not send has made is to be deleted too."""
    with suppress(ValueError, TypeError, KeyError):
        kind, member = MADE[operation]
        made.append((connect("personalize", region, []), kind, {member: json.loads(body)[member]}))
'''
_ERROR = '''
def error(wire):
    """The name of the error that was answered."""
    body = json.loads(wire.body or b"{}")
    named = body.get("__type") or body.get("code") or wire.headers.get("x-amzn-errortype") or ""
    return named.split("#")[-1].split(":")[0]
'''


def assemble(
    head: Sequence[str], test: str, endpoint: str, seconds: str, run: str, connected: Sequence[str],
    body: Sequence[str], helpers: Collection[str], imported: Collection[str],
) -> str:  # fmt: skip
    """The file: what it is about, its imports and settings, the helpers that it needs, the test."""
    modules = {"os", "time", "uuid", *imported} | (
        {"json", "urllib.error", "urllib.request"} if "post" in helpers else set()
    )
    code = [*head]
    code += ["#", "# Written by trackstep. It fails where this deviates, and passes where it does not:"]
    code += ["#     ENDPOINT_URL=http://localhost:5000 pytest test_deviation.py", ""]
    code += [f"import {module}" for module in sorted(modules)]
    code += ["from contextlib import suppress"]
    code += ["from types import SimpleNamespace"] if "post" in helpers else []
    code += ["", "import boto3"]
    code += ["import pytest"] if any("pytest." in line for line in body) else []
    code += ["from botocore.config import Config", "from botocore.exceptions import ClientError", ""]
    code += [f'ENDPOINT_URL = os.environ.get("ENDPOINT_URL", {endpoint})']
    code += ['EVENTS_ENDPOINT_URL = os.environ.get("EVENTS_ENDPOINT_URL", ENDPOINT_URL)']
    if "settled" in helpers:
        code += [f'SETTLE_SECONDS = float(os.environ.get("SETTLE_SECONDS", "{seconds}"))']
    code += ['CLEAN_UP_SECONDS = float(os.environ.get("CLEAN_UP_SECONDS", "5"))', ""]
    wanted = [
        ("", _CONNECT),
        ("", _CLEAN_UP),
        ("settled", _SETTLED),
        ("walk", _WALK),
        ("post", _POST),
        ("error", _ERROR),
    ]
    text = "\n".join(code) + "\n" + "\n".join(part for name, part in wanted if not name or name in helpers)
    lines = [f"def {test}():", f'    run = f"{run}"', "    made = []", *connected, "    try:", *body, "    finally:"]
    return text + "\n\n" + "\n".join([*lines, "        clean_up(made)"]) + "\n"
