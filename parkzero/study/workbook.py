"""A study in one workbook: a sheet for each part, and a sheet for each file that a series names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parkzero.study.document import Document
from parkzero.study.files import Files
from parkzero.tables import refuse


@contextmanager
def unpack(path: Path) -> Iterator[tuple[Document, Files]]:
    """Open a workbook."""
    raise refuse(path.name, "cannot be read yet")
    yield
