"""The examples that --help ends with: for each command the calls of it that people come for.

Owns the table; tests/cli/test_help.py sees that each of them is taken by the command as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "check": (
        ("check", "the embedded emulator, in process"),
        ("check --endpoint-url http://localhost:5000", "any endpoint that speaks the API"),
        ("check --profile declared.toml --quiet", "one line; fails for what is new only"),
        ("check --fault tags-survive --max-calls 900", "what a report of a bug looks like"),
    ),
    "replay": (
        (
            "replay reports/out/deviations/01-ET-UNIQ-3/program.txt --endpoint-url http://localhost:5000",
            "is it still so?",
        ),
        ("replay reports/out/history.jsonl", "on the embedded emulator"),
    ),
    "judge": (("judge reports/out/history.jsonl", "what was recorded, without a target"),),
    "sweep": (
        ("sweep", "what the ledger of a killed run in reports/out names"),
        ("sweep reports/out --yes", "delete it, and wait until it is gone"),
        ("sweep --prefix ts1a2b --endpoint-url http://localhost:5000", "without a ledger"),
    ),
    "report": (
        ("report reports/out/report.json", "on the terminal again"),
        ("report reports/out/report.json --html report.html", "as one page"),
        ('report reports/out/report.json --summary - >> "$GITHUB_STEP_SUMMARY"', "in a CI"),
    ),
    "compare": (
        ("compare main/report.json reports/out/report.json", "exit code 1 on a regression"),
        ("compare A.json B.json --html comparison.html", "as one page"),
    ),
    "matrix": (("matrix reports/results/*.json --markdown -", "targets beside each other"),),
    "serve": (
        ("serve --port 5000", "both services on one port"),
        ("serve --fault second-tracker-allowed", "the same, broken on purpose"),
    ),
    "faults": (("faults", "what --fault takes"), ("faults --json", "for a program")),
    "selftest": (("selftest --fault tags-survive --seeds 2", "is it found, and after how many calls?"),),
    "clauses": (("clauses", "all"), ("clauses --area UNIQ", "of one area")),
    "explain": (("explain ET-UNIQ-1", "the sentence and what it stands on"),),
    "formal": (("formal", "every configuration of spec/tla"),),
    "formal graph": (("formal graph", "edge by edge"),),
    "formal prove": (
        ("formal prove", "every promise, for any number"),
        ("formal prove --changes", "and what each change of a row breaks"),
    ),
    "formal judge": (
        ("formal judge --largest 2", "sets of one or two statuses, which is quick"),
        ("formal judge --largest 1 --rows", "what tells each change of a row"),
    ),
    "formal validate": (("formal validate reports/out/history.jsonl", "the module and the judge, session by session"),),
    "formal behaviours": (
        ("formal behaviours --num 50 --out behaviours", "then: trackstep replay behaviours/behaviour-01.txt"),
    ),
    "formal itf export": (("formal itf export reports/out/history.jsonl > history.itf.json", "for Apalache's tools"),),
    "formal itf import": (("formal itf import history.itf.json > history.jsonl", "and back"),),
    "gate": (
        ("gate --sdk python:/path/to/venv --write-baseline baseline.json", "the SDK that you have"),
        ("gate --sdk python:/path/to/other --baseline baseline.json", "the one that you want"),
    ),
    "driver-check": (('driver-check --command "node driver.mjs"', "line by line"),),
    "spec diagram": (("spec diagram", "as Mermaid"),),
    "spec ledger": (("spec ledger", "clause by clause"),),
    "spec verify": (("spec verify", "the installed botocore"),),
    "sdk diff": (("sdk diff botocore==1.24.36 installed", "a release and what is here"),),
    "sdk history": (
        ("sdk history", "of the releases whose surfaces are kept"),
        ("sdk history 1.24.36", "fetch one more"),
    ),
    "sdk surface": (("sdk surface installed", "as JSON"),),
    "doctor": (
        ("doctor", "what can run here"),
        ("doctor --endpoint-url http://localhost:5000", "and does anything answer there?"),
    ),
    "completion": (
        ('eval "$(trackstep completion bash)"', "in ~/.bashrc"),
        ("trackstep completion fish > ~/.config/fish/completions/trackstep.fish", ""),
    ),
}
"""Command -> what is typed after ``trackstep``, or a whole line of shell, and what it is for."""


def leaves(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, under the words that call it."""
    for name, command in group.commands.items():
        words = f"{above} {name}".strip()
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield words, command
        if isinstance(command, click.Group):
            yield from leaves(command, words)


def lines(words: str) -> list[str]:
    """The examples of a command as they are typed."""
    return [text if "trackstep " in text else f"trackstep {text}" for text, _ in EXAMPLES.get(words, ())]


def put(group: click.Group) -> None:
    """End the help of each command with its examples."""
    for words, command in leaves(group):
        typed = lines(words)
        width = max(map(len, typed), default=0)
        told = [
            f"  {line:{width}}  {why}".rstrip() for line, (_, why) in zip(typed, EXAMPLES.get(words, ()), strict=True)
        ]
        if told:
            command.epilog = "\n\n".join(filter(None, ["\b\nExamples:\n" + "\n".join(told), command.epilog]))
