"""Files that a study names: found only inside its folder, whatever a path tries."""

from __future__ import annotations

import csv
import itertools
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.texts import NOTHING, Text, say

_HEADINGS = 40  # rows in which a heading is looked for
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")


@dataclass(slots=True)
class Files:
    """The folder of a study.

    Attributes:
        root: the folder.
        sheet_of: sheet behind each file, where the files were taken out of a workbook.
        book: name of that workbook.
        used: names asked for so far.
        ignored: sheets and columns of notes that were left aside.
    """

    root: Path
    sheet_of: dict[str, str] = field(default_factory=dict)
    book: str = ""
    used: set[str] = field(default_factory=set)
    ignored: tuple[Text, ...] = ()
    _scratch: tempfile.TemporaryDirectory[str] | None = None
    _converted: dict[str, Path] = field(default_factory=dict)

    def locate(self, name: object) -> Path:
        """The file of this name.

        Raises:
            StudyError: when the name leaves the folder, or there is no such file in it.
        """
        problem = unsafe(name)
        if problem:
            slashed = str(name).replace("\\", "/") if isinstance(name, str) else ""
            if slashed != name and not unsafe(slashed):
                raise _fault(name, problem, hint=say("write {name!r}", name=slashed))
            raise _fault(
                name,
                problem,
                say("a file in the study's folder"),
                say("copy the file there and name it without a path"),
            )
        text = str(name)
        self.used.add(text)
        try:
            inside = (self.root / PurePosixPath(text)).resolve()
            root = self.root.resolve()
            if not inside.is_relative_to(root):
                raise _fault(
                    text, say("leads out of the study's folder"), hint=say("copy the file into the folder")
                )
            if not inside.is_file():
                raise _fault(text, say("is not there"), hint=did_you_mean(text, self.names()))
        except (OSError, RuntimeError, ValueError):  # names too long, loops of links
            raise _fault(text, say("cannot be opened")) from None
        return inside

    def table(self, name: object) -> Path:
        """The file as a text table; a Parquet file is turned into one in a folder that is thrown away."""
        path = self.locate(name)
        if path.suffix.lower() not in (".parquet", ".pq") or self.book:
            return path
        if str(name) not in self._converted:
            if self._scratch is None:
                self._scratch = tempfile.TemporaryDirectory(prefix="parkzero-")
            target = Path(self._scratch.name) / f"{len(self._converted)}" / path.name
            target.parent.mkdir()
            from parkzero.study.parquet import parquet_as_text  # pyarrow takes long to load, and few need it

            target.write_text(parquet_as_text(path), encoding="utf-8")
            self._converted[str(name)] = target
        return self._converted[str(name)]

    def names(self) -> list[str]:
        """Names of the files that lie there, for hints."""
        found: list[str] = []
        for path in self.root.glob("**/*"):
            if path.is_file():
                found.append(path.relative_to(self.root).as_posix())
            if len(found) >= 500:
                break
        return found

    def close(self) -> None:
        """Throw away what was put down while reading."""
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _column(self, where: Place) -> str:
        """The letter of the column that a place in a file names, for a place in its sheet."""
        try:
            return column_letter(where.field, self.root / where.file) if where.field else "A"
        except (OSError, csv.Error, UnicodeDecodeError):
            return "A"

    def place(self, where: Place) -> Place:
        """The place in the workbook that a place in a file stands for."""
        sheet = self.sheet_of.get(where.file)
        if not self.book or sheet is None:
            return where
        cell = where.cell or (f"{self._column(where)}{where.line}" if where.line else "")
        return Place(self.book, sheet, cell, 0, where.field)


def column_letter(name: str, file: Path) -> str:
    """The column of a sheet under a heading; A where it has none of that name."""
    from openpyxl.utils import get_column_letter  # faults alone need it

    with file.open(encoding="utf-8", newline="") as text:
        for row in itertools.islice(csv.reader(text), _HEADINGS):
            found = [part.strip() for part in row]
            if name in found:
                return str(get_column_letter(found.index(name) + 1))
    return "A"


def unsafe(name: object) -> Text:
    """Why a name may not be opened; empty when it may."""
    if not isinstance(name, str) or not name.strip():
        return say("is not the name of a file")
    if len(name) > 200:
        return say("is too long for a file's name")
    if _FORBIDDEN.search(name):
        return say("holds a character that a file's name must not have (use / between folders)")
    if name.startswith(("/", "~")) or ".." in PurePosixPath(name).parts:
        return say("leads out of the study's folder")
    if any(_DEVICES.match(part) or part != part.rstrip(" .") for part in PurePosixPath(name).parts):
        return say("is a name that Windows keeps for itself")
    return NOTHING


def _fault(name: object, what: Text, needs: Text = NOTHING, hint: Text = NOTHING) -> StudyError:
    got = repr(name)[:80] if isinstance(name, str) else str(type(name).__name__)
    return StudyError([Fault(Place(), what, got, needs, hint)])
