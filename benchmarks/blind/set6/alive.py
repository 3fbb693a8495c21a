"""Is each fault alive? The faithful emulator must not show it, the broken one must. `PYTHON alive.py [name…]`."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from faults import FAULTS, META, PROOFS, emulated  # noqa: E402


def clauses() -> dict[str, str]:
    """Clause -> level, from the specification of the checkout whose trackstep is imported."""
    import trackstep

    for above in Path(trackstep.__file__).resolve().parents:
        if (above / "spec" / "event-tracker.md").is_file():
            text = (above / "spec" / "event-tracker.md").read_text()
            return dict(re.findall(r"^### (ET-[A-Z]+-\d+) · (\w+)$", text, re.M))
    return {}


def main() -> int:
    """Run the proofs."""
    names = sys.argv[1:] or list(FAULTS)
    known, bad = clauses(), []
    missing = set(FAULTS) ^ set(PROOFS)
    if missing:
        bad.append(f"no proof, or no fault: {sorted(missing)}")
    for name in names:
        fault, via = FAULTS[name], META[name]["via"]
        levels = [known.get(clause, "?") for clause in fault.clauses]
        if known and not set(levels) & {"MUST", "SHOULD"} or "?" in levels and known:
            bad.append(f"{name}: clauses {fault.clauses} are {levels}")
        for broken in (None, fault):
            try:
                with emulated(broken, fault.needs, via) as calls:
                    seen = PROOFS[name](calls)
            except Exception as wrong:  # noqa: BLE001 - a proof that trips proves nothing, and is told
                seen = f"{type(wrong).__name__}: {wrong}"
            if seen is not (broken is not None):
                bad.append(f"{name} ({'broken' if broken else 'faithful'}): {seen!r}")
    print(f"{len(names)} faults; {Counter(META[n]['class'] for n in names)}; {Counter(META[n]['level'] for n in names)}")
    print("\n".join(bad) or "all alive")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
