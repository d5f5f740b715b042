"""The same case in PyPSA, in an environment of its own; ParkZero never imports PyPSA.

The twin's Python is looked for where ``make twin-env`` puts it, or named by PARKZERO_TWIN_PYTHON. Its scripts
are part of the source tree (``benchmarks/twin_reference.py``, ``benchmarks/twin_typical.py``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from parkzero.bench.measure import Measured, watched
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import data, say

VARIABLE = "PARKZERO_TWIN_PYTHON"
SOURCE = Path(__file__).resolve().parent.parent.parent
SCRIPT, TYPICAL = (Path("benchmarks") / name for name in ("twin_reference.py", "twin_typical.py"))
# Of the typical days, beside PyPSA.
CLUSTERS = "tsam"


def twin_python() -> Path | None:
    """The Python of the twin's environment; None when there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named) if Path(named).is_file() else None
    inside = Path("Scripts") / "python.exe" if sys.platform == "win32" else Path("bin") / "python"
    found = (root / ".venv-twin" / inside for root in (Path.cwd(), SOURCE))
    return next((path for path in found if path.is_file()), None)


def missing(script: Path = SCRIPT) -> list[Fault]:
    """What a twin lacks here; empty when it can run."""
    faults, python = [], twin_python()
    if python is None:
        place = Place(field=VARIABLE) if os.environ.get(VARIABLE) else Place(file=".venv-twin")
        faults.append(
            Fault(
                place,
                say("holds no Python with PyPSA"),
                hint=say("make twin-env, or name one in {variable}", variable=VARIABLE),
            )
        )
    elif script == TYPICAL and not _knows(python, CLUSTERS):
        what = say("holds no {package}", package=data(CLUSTERS))
        faults.append(Fault(Place(file=str(python)), what, hint=say("make twin-env")))
    if not (SOURCE / script).is_file():
        faults.append(Fault(Place(file=str(script)), say("is not here; it is part of the source tree only")))
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
    named = ["--days", str(days), "--years", ",".join(map(str, years)), "--what", what, "--method", method]
    return _run(SCRIPT, *named)


def typical(folder: Path, days: int = 12) -> Measured:
    """Plan the park of a folder on typical days; the sizes are written into it.

    Args:
        folder: what ``typical.hand_over`` wrote.
        days: how many, without the days of the loads' peaks.

    Raises:
        StudyError: when there is no twin here.
        MeasurementError: when it fails.
    """
    return _run(TYPICAL, str(folder), "--days", str(days))


def _run(script: Path, *named: str) -> Measured:
    python, faults = twin_python(), missing(script)
    if faults or python is None:
        raise StudyError(faults, say("The PyPSA twin"))
    return watched([str(python), str(SOURCE / script), *named])


def _knows(python: Path, package: str) -> bool:
    """Whether an environment has a package."""
    asked = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
    return subprocess.run([str(python), "-c", asked], check=False, capture_output=True).returncode == 0
