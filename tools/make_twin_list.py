"""Write the manual's list of kinds: how long each is, and which independent problem it is held against.

python -m tools.make_twin_list      writes docs/twins.md
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from parkzero.components import kinds
from tests.twins import parks
from tests.twins.levers import TWINS
from tests.twins.series import LEVERS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "twins.md"
_HEAD = """<!-- Written by tools/make_twin_list.py; do not edit by hand. -->
# Kinds and their twins

Each kind stands in a park that is planned a second time by other code, to 1e-6 of the cost: by PyPSA
(`tests/twins`; `make twin-env`, then `pytest -m twin`), and by a linear problem written by hand where one is
named (`tests/twins/levers.py`, in the default tests). Besides, each has cases worked out on paper, and each
rule, struck, breaks one of them. *Lines* are those of its page of code, its docstring included. Networks (but
feeders) and vehicles have no twin in this list.

| kind | lines | in PyPSA | written by hand |
|---|---|---|---|
"""


def rows() -> list[str]:
    """A row for each kind that has a twin, by name."""
    old = {name: getattr(parks, name)().components for name in ("park_a", "park_b", "park_d")}
    new = {name: twin(1)[0].components for name, twin in TWINS.items()}
    found = []
    for name, kind in sorted(kinds().items()):
        built = [park for park, parts in (old | new).items() if any(type(p) is kind for p in parts)]
        pypsa = [park for park in built if park in old or park in LEVERS]
        by_hand = [park for park in built if park in new]
        if built:
            lines = len(Path(inspect.getfile(kind)).read_text(encoding="utf-8").splitlines())
            told = (", ".join(f"`{p}`" for p in parks_) or "–" for parks_ in (pypsa, by_hand))
            found.append(f"| `{name}` | {lines} | {' | '.join(told)} |")
    return found


if __name__ == "__main__":
    PAGE.write_text(_HEAD + "\n".join(rows()) + "\n", encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
