"""Storing a run: a folder of Parquet tables and a summary, written whole or not at all.

Everything is written to a folder beside the goal, ``DIR.partial-…``, audited as it lies there, and renamed at
the end. A run that is killed leaves at most that folder, never half a result. A folder that is no run of
ParkZero is never replaced.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parkzero.results.auditor import audit, summarised
from parkzero.results.reading import SUMMARY, is_run, load, read, refusal
from parkzero.results.results import KINDS, Results

Finish = Callable[[Results, Path], None]


def check_target(folder: Path | str) -> None:
    """Refuse a goal that would have to be destroyed: a file, or a folder that is no run of ParkZero.

    Raises:
        StudyError: with what to do instead.
    """
    goal = Path(folder)
    if goal.is_symlink() or (goal.exists() and not goal.is_dir()):
        raise refusal(goal, "is not a folder", "a folder that does not exist yet, or an earlier run")
    if goal.is_dir() and any(goal.iterdir()) and not is_run(goal):
        raise refusal(
            goal, "holds something else than a run of ParkZero, and is not replaced", "an empty or new folder"
        )


def save(results: Results, folder: Path | str, finish: Finish | None = None) -> Results:
    """Write a run, audit what was written, and put it in place of an earlier one.

    Args:
        results: what to write.
        folder: where it shall lie.
        finish: writes what else belongs into the folder (the report), before it is put in place.

    Returns:
        The stored run.

    Raises:
        StudyError: when the folder holds something that is no run.
    """
    goal = Path(os.path.abspath(folder))
    check_target(goal)
    goal.parent.mkdir(parents=True, exist_ok=True)
    partial = goal.with_name(f"{goal.name}.partial-{secrets.token_hex(4)}")
    try:
        write(results, partial)
        findings = audit(read(partial, results.summary))
        findings.write_parquet(partial / "tables" / "audit.parquet", compression="zstd")
        passed = bool(findings["ok"].all())
        summary = {**results.summary, "audit": summarised(findings), "audit_ok": passed}
        _write_json(partial / SUMMARY, summary)
        if finish is not None:
            finish(load(partial), partial)
        _put(partial, goal)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return load(goal)


def write(results: Results, folder: Path) -> None:
    """Write tables, hours and study into a folder, one year of hours at a time; the summary comes last."""
    (folder / "tables").mkdir(parents=True)
    for name, frame in results.tables.items():
        frame.write_parquet(folder / "tables" / f"{name}.parquet", compression="zstd")
    for kind in KINDS:
        (folder / "hourly" / kind).mkdir(parents=True)
        for year in results.year_list:
            frame = results.frame(kind, year)
            frame.write_parquet(folder / "hourly" / kind / f"{year}.parquet", compression="zstd")
    (folder / "study").mkdir()
    _write_json(folder / "study" / "study.json", dict(results.study))


def _put(partial: Path, goal: Path) -> None:
    """Rename the finished folder to its goal; an earlier run is moved aside first and back on failure."""
    if not goal.exists():
        os.replace(partial, goal)
        return
    aside = goal.with_name(f"{goal.name}.replaced-{secrets.token_hex(4)}")
    os.replace(goal, aside)
    try:
        os.replace(partial, goal)
    except OSError:
        os.replace(aside, goal)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _finite(value: object) -> object:
    """JSON knows no infinity: such numbers become null."""
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value
