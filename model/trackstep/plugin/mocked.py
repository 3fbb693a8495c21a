"""The embedded emulator for application tests: boto3 answered in process, whatever is configured outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from trackstep.plugin import choice

REAL = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE")
"""Settings that would lead boto3 to somebody's account, or into an error; every AWS_ENDPOINT_URL… too."""


@contextmanager
def emulator(node: pytest.Item, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """``trackstep.emulator``, answering until the block ends; the environment is as before afterwards."""
    marked = choice.marked(node)
    for name in [name for name in os.environ if name in REAL or name.startswith("AWS_ENDPOINT_URL")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    if "AWS_DEFAULT_REGION" not in os.environ:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    from moto import mock_aws

    from trackstep import emulator as embedded
    from trackstep.emulator import faults

    with (
        mock_aws(),
        faults.planted(*marked.faults),
        embedded.enabled(),
        embedded.progression(marked.progression, marked.seconds),
    ):
        yield embedded
