"""The embedded emulator for application tests: boto3 answered in process, whatever is configured outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from trackstep.plugin import choice

KEPT = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""All other settings of AWS could lead boto3 to somebody's account, or into an error."""


@contextmanager
def emulator(node: pytest.Item, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """``trackstep.emulator``, answering until the block ends; the environment is as before afterwards."""
    marked = choice.marked(node)
    for name in [name for name in os.environ if name.startswith("AWS_") and name not in KEPT]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    if "AWS_DEFAULT_REGION" not in os.environ:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    from moto.core.models import MockAWS

    from trackstep import emulator as embedded
    from trackstep.emulator import faults

    with (
        MockAWS(),  # and not mock_aws(), which TEST_SERVER_MODE leads to a server
        faults.planted(*marked.faults),
        embedded.enabled(),
        embedded.progression(marked.progression, marked.seconds),
    ):
        yield embedded
