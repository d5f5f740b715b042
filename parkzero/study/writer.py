"""Write studies: a tree as ``park.toml``, a folder as a workbook, a workbook as a folder.

Whatever is written reads as an equal study.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parkzero.errors import Fault, Place, StudyError
from parkzero.study.reader import TOML, compose, opened
from parkzero.study.toml_text import to_toml
from parkzero.texts import say


def write(tree: Mapping[str, Any], path: Path | str) -> Path:
    """Write the tree of a study as ``park.toml``; its files are not written.

    Args:
        tree: sections and values as ``park.toml`` has them.
        path: the folder, made if missing, or the file itself.

    Returns:
        The file written.

    Raises:
        StudyError: when a value cannot stand in a study file.
    """
    target = Path(path)
    file = target if target.suffix == ".toml" else target / TOML
    text = to_toml(tree)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, text)
    return file


def replace_file(file: Path, text: str) -> None:
    """Write a file of a study in one step, so that a reader never sees half of it.

    Raises:
        StudyError: when it cannot be written.
    """
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8"))
        Path(name).replace(file)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        told = Fault(Place(file=str(file)), say("cannot be written"), error.strerror or "")
        raise StudyError([told], title=say("The study")) from error


def to_folder(workbook: Path | str, folder: Path | str) -> Path:
    """Write the study in a workbook as a folder.

    Args:
        workbook: an .xlsx study, or a folder, which is copied in the newest format.
        folder: a folder that is empty or not there yet.

    Returns:
        The folder.

    Raises:
        StudyError: when the workbook has faults, or the folder is not empty.
    """
    target = Path(folder)
    if target.exists() and any(target.iterdir()):
        fault = Fault(
            Place(target.name),
            say("is not empty"),
            needs=say("an empty folder, so that nothing is overwritten"),
        )
        raise StudyError([fault])
    with opened(workbook) as written:
        compose(written, str(workbook))
        target.mkdir(parents=True, exist_ok=True)
        for name in sorted(written.files.used):
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(written.files.locate(name), copy)
        write(written.document.tree, target)
    return target


def to_workbook(folder: Path | str, workbook: Path | str) -> Path:
    """Write a study as one workbook.

    Parquet files become sheets of values, named as CSV files.

    Raises:
        StudyError: when the study has faults, or a file does not fit in a sheet.
    """
    from parkzero.study.sheets import workbook_of  # takes long to load, and only this needs it

    target = Path(workbook)
    with opened(folder) as written:
        compose(written, str(folder))
        book = workbook_of(written.document, written.files)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        book.save(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
