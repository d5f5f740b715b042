"""The same case in PyPSA, in an environment of its own; ParkZero never imports PyPSA.

The twin's Python is looked for where ``make twin-env`` puts it, or named by PARKZERO_TWIN_PYTHON. Its script
is part of the source tree (``benchmarks/twin_reference.py``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from parkzero.bench.measure import Measured, watched
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import say

VARIABLE = "PARKZERO_TWIN_PYTHON"
SOURCE = Path(__file__).resolve().parent.parent.parent
SCRIPT = Path("benchmarks") / "twin_reference.py"


def twin_python() -> Path | None:
    """The Python of the twin's environment; None when there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named) if Path(named).is_file() else None
    inside = Path("Scripts") / "python.exe" if sys.platform == "win32" else Path("bin") / "python"
    found = (root / ".venv-twin" / inside for root in (Path.cwd(), SOURCE))
    return next((path for path in found if path.is_file()), None)


def missing() -> list[Fault]:
    """What the twin lacks here; empty when it can run."""
    faults = []
    if twin_python() is None:
        place = Place(field=VARIABLE) if os.environ.get(VARIABLE) else Place(file=".venv-twin")
        faults.append(
            Fault(
                place,
                say("holds no Python with PyPSA"),
                hint=say("make twin-env, or name one in {variable}", variable=VARIABLE),
            )
        )
    if not (SOURCE / SCRIPT).is_file():
        faults.append(Fault(Place(file=str(SCRIPT)), say("is not here; it is part of the source tree only")))
    return faults


def twin(days: int, years: Sequence[int], what: str, method: str = "hipo") -> Measured:
    """Run the twin: build and solve, or build up to the solver's arrays.

    Args:
        days: first days of the year.
        years: milestone years.
        what: "solve" or "assemble".
        method: of HiGHS: "hipo" or "ipx" (both without crossover), or "simplex".

    Raises:
        StudyError: when there is no twin here.
        MeasurementError: when it fails.
    """
    python = twin_python()
    faults = missing()
    if faults or python is None:
        raise StudyError(faults, say("The PyPSA twin"))
    named = ["--days", str(days), "--years", ",".join(map(str, years)), "--what", what, "--method", method]
    return watched([str(python), str(SOURCE / SCRIPT), *named])
