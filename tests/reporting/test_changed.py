"""What may be done to a reference is done alike by a program, by Python and by bash."""

from __future__ import annotations

import subprocess

import pytest

from trackstep import program
from trackstep.reporting import reproducer_curl
from trackstep.value import CHANGED

ARNS = (
    "arn:aws:personalize:us-east-1:123456789012:dataset-group/ts0-a",
    "arn:aws:personalize:eu-west-1:000000000000:event-tracker/0a1b2c3d",
)


def test_changes__each_form_knows_all() -> None:
    """What a program may say, each form can write."""
    assert set(program.AS_PYTHON) == set(reproducer_curl.AS_BASH) == set(CHANGED)


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize("arn", ARNS)
def test_change__is_the_same_in_each_form(change: str, arn: str) -> None:
    """The value, as the boto3 code and the test have it, as the script."""
    right = CHANGED[change](arn)
    assert eval(program.AS_PYTHON[change].format(repr(arn))) == right
    shell = f'v={arn}; printf %s "{reproducer_curl.AS_BASH[change].replace("@", "v")}"'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stdout == right
