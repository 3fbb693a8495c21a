"""Every command in a fenced block of README and docs does what is written there."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.deep import sweep
from tests.docs.reading import COMMANDS, DOCUMENTS, ROOT, Block, Reader, Typed, blocks, typed

RUN = [name for name in DOCUMENTS if any(block.language in COMMANDS for block in blocks(name))]
SERVED = "trackstep serve --port 5000 --progression immediate"
"""What listens on port 5000 where a document starts nothing itself: the reader's own emulator."""


# The others are deep: what they run is run by test_examples.py and tests/cli too. Kept is what a reader types first.
@pytest.mark.parametrize("document", sweep(RUN, "docs/tutorial.md", "docs/pytest.md"))
def test_commands(document: str, tmp_path: Path) -> None:
    """In order, in one directory that has the examples of the checkout."""
    shutil.copytree(ROOT / "examples" / "broken", tmp_path / "examples" / "broken")
    told = blocks(document)
    with Reader(tmp_path) as reader:
        if "5000" in _run(told) and not any(block.marker == "in the background" for block in told):
            reader.start(SERVED.replace("5000", reader.port))
        for block in told:
            try:
                reader.do(block)
            except AssertionError as wrong:
                raise AssertionError(f"{document}:{block.line}: {wrong}") from None


def _run(told: list[Block]) -> str:
    return "".join(block.text for block in told if block.language in COMMANDS and "not run" not in block.marker)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_blocks_are_of_a_kind_that_is_tested(document: str) -> None:
    """No command hides in a block that nobody runs; data can be read; what is passed over has a reason."""
    for block in blocks(document):
        where = f"{document}:{block.line}"
        assert block.language in (*COMMANDS, "python", "toml", "yaml", "json", "diff", "mermaid", "text"), where
        assert block.language != "text" or not re.search(r"^(\$ |trackstep )", block.text, re.M), where
        assert re.fullmatch(r"|in the background|not run: .+", block.marker), where
        if block.language == "toml":
            tomllib.loads(block.text)
        if block.language == "yaml":
            yaml.safe_load(block.text)
        if block.language == "python":
            compile(block.text, where, "exec")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    """Every relative link names a file that is there."""
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert ((ROOT / document).parent / target).exists(), f"{document}: {target}"


def test_ci__examples() -> None:
    """What GitHub is told to hand to the action are its inputs; the JUnit that GitLab reads is what check writes."""
    told = [block for block in blocks("docs/ci.md") if block.language == "yaml"]
    inputs = set(yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"])
    workflow, excerpt, gitlab = (yaml.safe_load(block.text) for block in told)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]] + excerpt
    given = [step["with"] for step in steps if "trackstep@" in step.get("uses", "")]
    assert len(given) == 2
    for words in given:
        assert set(words) <= inputs
    (job,) = gitlab.values()
    assert job["artifacts"]["reports"]["junit"] == "reports/out/junit.xml"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("$ trackstep explain ET-NO-1\n", "exit code 2"),
        ("$ true\n$ echo $?\n1\n", "exit code 0"),
        ("$ echo yes\nno\n", "without 'no'"),
    ],
)
def test_reader_notices(text: str, says: str, tmp_path: Path) -> None:
    """A document that is wrong about an exit code or an output fails."""
    with Reader(tmp_path) as reader, pytest.raises(AssertionError, match=says):
        reader.do(Block("console", "", "", text, 1))


def test_typed__continued_lines_and_output() -> None:
    """A command goes on after ``> ``; ``echo $?`` documents the code of the one before."""
    assert list(typed("$ a \\\n> b\nout\n$ echo $?\n3\n$ c\n")) == [Typed("a \\\nb", ["out"], 3), Typed("c", [])]
