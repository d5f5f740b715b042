"""Storing a run: a folder of Parquet tables and a summary, written whole or not at all.

Everything is written to a folder beside the goal, ``DIR.partial-…``, audited as it lies there, listed in a
manifest, and renamed at the end. A run that is killed leaves at most that folder, never half a result. What
ParkZero did not write is never replaced (``target``), and what was changed since is not read (``manifest``).
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from parkzero.errors import Fault, Place, StudyError
from parkzero.results.auditor import audit, summarised
from parkzero.results.manifest import digest, listed, read_manifest, write_manifest
from parkzero.results.reading import SUMMARY, load, read
from parkzero.results.results import KINDS, Results
from parkzero.results.target import check_target, put, recover
from parkzero.texts import say

Finish = Callable[[Results, Path], None]
_LOG = logging.getLogger(__name__)


def save(results: Results, folder: Path | str, finish: Finish | None = None) -> Results:
    """Write a run, audit what was written, and put it in place of an earlier one.

    Args:
        results: what to write.
        folder: where it shall lie.
        finish: writes what else belongs into the folder (the report), before it is put in place.

    Returns:
        The stored run.

    Raises:
        StudyError: when the folder holds something that is no run, or that ParkZero did not write.
    """
    goal = Path(os.path.abspath(folder))
    recover(goal)
    check_target(goal)
    goal.parent.mkdir(parents=True, exist_ok=True)
    partial = goal.with_name(f"{goal.name}.partial-{secrets.token_hex(4)}")
    partial.mkdir()
    try:
        write(results, partial)
        findings = audit(read(partial, results.summary))
        findings.write_parquet(partial / "tables" / "audit.parquet", compression="zstd")
        passed = bool(findings["ok"].all())
        summary = {**results.summary, "audit": summarised(findings), "audit_ok": passed}
        _write_json(partial / SUMMARY, summary)
        if finish is not None:
            finish(load(partial, edited=True), partial)
        write_manifest(listed(partial), partial)
        left = put(partial, goal)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    if left is not None:
        _LOG.warning(say("What came into {goal} while it was replaced lies in {left}", goal=goal, left=left))
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


def renew(folder: Path | str, make: Callable[[Path], Iterable[Path]]) -> list[Path]:
    """Write files of a stored run anew, where those that are there are as ParkZero wrote them.

    They are made beside the run and moved into it one by one. The manifest knows the new ones before they
    come, so that a kill at any moment leaves nothing that looks like the user's.

    Args:
        folder: the run.
        make: writes the files into a folder and names them.

    Returns:
        The files in the run.

    Raises:
        StudyError: when one of them was changed, is not ParkZero's, or cannot be written.
    """
    run = Path(os.path.abspath(folder))
    manifest = read_manifest(run)
    beside = run.with_name(f"{run.name}.partial-{secrets.token_hex(4)}")
    try:
        beside.mkdir()
        made = list(make(beside))
        faults = [
            Fault(Place(file=str(run / path.name)), say("was not written by ParkZero, or was changed since"),
                  hint=say("move it elsewhere; it is not replaced"))
            for path in made
            if os.path.lexists(run / path.name) and not manifest.knows(path.name, run / path.name)
        ]  # fmt: skip
        if faults:
            raise StudyError(faults, title=say("The run"))
        coming = {path.name: digest(path) for path in made}
        write_manifest(dataclasses.replace(manifest, coming=coming), run, beside)
        for path in made:
            os.replace(path, run / path.name)
        files = {**manifest.files, **coming}
        write_manifest(dataclasses.replace(manifest, files=files, coming={}), run, beside)
    except OSError as error:
        fault = Fault(Place(file=str(run)), say("cannot be written"), error.strerror or str(error))
        raise StudyError([fault], title=say("The run")) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return [run / path.name for path in made]


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
