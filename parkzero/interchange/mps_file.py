"""A problem as an MPS file, with names, so that other solvers can check it.

HiGHS writes the file. Costs stand as they are given, unlike in the problems that are handed over for solving.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from parkzero.errors import SolverError
from parkzero.lp.solver import Problem, load, quiet
from parkzero.texts import say

_SPACES = re.compile(r"\s+")


def write_mps(
    problem: Problem, columns: Sequence[str], rows: Sequence[str], path: Path, note: str = ""
) -> None:
    """Write a problem as MPS (``.mps``, or compressed as ``.mps.gz``).

    Args:
        problem: what is written.
        columns: name of each column [columns].
        rows: name of each row [rows].
        path: file to write; an old one is replaced once the new one is complete.
        note: a line for who reads the file.

    Raises:
        SolverError: when the solver does not write the file.
    """
    highs = quiet()
    load(highs, problem)
    count = len(problem.cost)
    highs.changeColsCost(count, np.arange(count, dtype=np.int32), problem.cost)
    highs.changeObjectiveOffset(problem.constant)
    for index, name in enumerate(unique(columns)):
        highs.passColName(index, name)
    for index, name in enumerate(unique(rows)):
        highs.passRowName(index, name)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "model.mps"  # HiGHS takes the format from the end of the name
        highs.writeModel(str(written))
        if not written.exists():
            raise SolverError(say("the solver could not write {name}", name=path.name))
        if note:
            written = noted(written, note)
        if path.suffix.lower() == ".gz":
            written = compressed(written)
        shutil.move(written, path)


def noted(path: Path, note: str) -> Path:
    """The file with a line of comment before it, beside itself."""
    with_note = path.with_name("noted.mps")
    with path.open("rb") as source, with_note.open("wb") as target:
        target.write(f"* {note}\n".encode())
        shutil.copyfileobj(source, target, 1 << 20)
    return with_note


def compressed(path: Path) -> Path:
    """The file compressed beside itself; HiGHS reads such files but does not write them."""
    packed = path.with_name(f"{path.name}.gz")
    with path.open("rb") as source, gzip.open(packed, "wb", compresslevel=3) as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return packed


def unique(names: Sequence[str]) -> list[str]:
    """Names without spaces (which end a name in MPS), made unique by a number where two become equal."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        plain = _SPACES.sub("_", name.strip()) or "_"
        met = seen.get(plain, 0)
        seen[plain] = met + 1
        while met and f"{plain}~{met + 1}" in seen:
            met += 1
        if met:
            plain = f"{plain}~{met + 1}"
            seen[plain] = 1
        result.append(plain)
    return result
