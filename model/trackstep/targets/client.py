"""boto3 clients that send where they were told, whatever this machine has configured.

Owns how far a client hears of the machine's AWS settings, in three steps: what is ours (in process, or a server that
we have started) hears nothing of them; what is on loopback takes the credentials and nothing that would lead
elsewhere; what is remote goes as everything on this machine goes. Knows nothing of operations.
"""

from __future__ import annotations

import os
from typing import Any, Literal

import boto3
import botocore.exceptions as broken
import botocore.session
from botocore.config import Config

from trackstep.errors import UsageError

Reach = Literal["ours", "loopback", "remote"]
DUMMIES = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def session(reach: Reach) -> Any:
    """A boto3 session; of what is ours it has no profile, file or variable of the environment. Raises UsageError."""
    if reach != "ours":
        try:
            return boto3.Session()
        except broken.BotoCoreError as wrong:
            raise UsageError(f"{wrong}; mend the AWS settings, or unset AWS_PROFILE") from None
    known = botocore.session.Session.SESSION_VARIABLES
    deaf = {name: (None, None, default, convert) for name, (_, _, default, convert) in known.items()}
    for name in ("config_file", "credentials_file"):
        deaf[name] = (None, None, os.devnull, None)
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=deaf))


def client(made: Any, service: str, region: str, url: str | None, reach: Reach, timeout: float, **keys: str) -> Any:
    """A client of a session; ``keys`` are its credentials, without them the session's own. Raises UsageError."""
    settings: Any = Config  # its stubs do not know all of them
    config = settings(
        retries={"total_max_attempts": 1},
        connect_timeout=timeout,
        read_timeout=timeout,
        parameter_validation=False,
        inject_host_prefix=False,
        ignore_configured_endpoint_urls=True,
        use_fips_endpoint=False,
        use_dualstack_endpoint=False,
        proxies=None if reach == "remote" else {},
    )
    try:
        return made.client(service, region_name=region, endpoint_url=url, config=config, **keys)
    except (broken.BotoCoreError, ValueError) as wrong:
        raise UsageError(f"{wrong}; mend the AWS settings, or unset AWS_PROFILE") from None


def has_credentials(made: Any = None) -> bool:
    """Whether boto3 finds credentials without asking the network. Raises UsageError for settings that are wrong."""
    return credentials(made) is not None


def credentials(made: Any = None) -> Any:
    """What boto3 finds without asking the network; None where it finds nothing. Raises UsageError."""
    asked = os.environ.get("AWS_EC2_METADATA_DISABLED")
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    try:
        return (made or session("loopback")).get_credentials()
    except broken.BotoCoreError as wrong:
        raise UsageError(f"{wrong}; mend the AWS settings, or unset AWS_PROFILE") from None
    finally:
        if asked is None:
            del os.environ["AWS_EC2_METADATA_DISABLED"]
        else:
            os.environ["AWS_EC2_METADATA_DISABLED"] = asked
