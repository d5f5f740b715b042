"""Files in which a search is kept: named arrays under a digest, read without trusting a byte of them.

A NumPy archive that is not packed. The comment at its end holds the SHA-256 of all that stands before it, so
that whatever harms the file shows before anything is read, with little memory. Arrays are then taken only as
long as their bytes are there: no header can ask for more than the file holds.

A file is put in place in one step, from a part with a name of its own: processes that keep the same search do
not disturb one another, and one that is killed leaves the last whole file.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
import re
import secrets
import shutil
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Text, say

Arrays = dict[str, npt.NDArray[Any]]

MOST_BYTES = 2_000_000_000
MOST_ARRAYS = 100
_TAG = b"parkzero-search sha256="
_SEAL = len(_TAG) + 64
# A damaged file is still known by these, unless both of its ends are gone.
_OURS = re.compile(_TAG + rb"|(?:fingerprint|dual_rows|proof_groups|before_years|base_windows)\.npy")
_ENDS = 16_384
_PIECE = 1 << 20


class Damaged(ValueError):
    """A file is no search file, or not as it was written."""


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays into a file of their own and put it in place of ``path`` in one step."""
    part = _part(path)
    try:
        with part.open("x+b") as file:
            np.savez(file, allow_pickle=False, **arrays)  # packing takes longer than it may spare
            seal(file)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def copy_file(source: Path, goal: Path) -> None:
    """Copy a file and put the copy in place in one step."""
    part = _part(goal)
    try:
        shutil.copyfile(source, part)
        os.replace(part, goal)
    finally:
        part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part-{os.getpid()}-{secrets.token_hex(4)}")


def seal(file: BinaryIO) -> None:
    """End an archive that has no comment with its digest."""
    file.seek(-2, os.SEEK_END)  # the length of the comment, which every archive ends with
    file.write(struct.pack("<H", _SEAL))
    end = file.tell()
    file.write(_TAG + _digest(file, end))


def _digest(file: BinaryIO, end: int) -> bytes:
    """SHA-256 of the first bytes of a file, as hexadecimal digits; the file then stands at ``end``."""
    file.seek(0)
    found, left = hashlib.sha256(), end
    while left:
        piece = file.read(min(left, _PIECE))
        if not piece:
            raise Damaged("it ends too early")
        found.update(piece)
        left -= len(piece)
    return found.hexdigest().encode()


def read_arrays(path: Path) -> Arrays:
    """The arrays of a search file.

    Raises:
        FileNotFoundError: when there is none.
        Damaged: when it is not as it was written.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Damaged("it is no file")
        with path.open("rb") as file:
            _require_whole(file)
            with zipfile.ZipFile(file) as archive:
                return _arrays(archive)
    except (FileNotFoundError, Damaged):
        raise
    except Exception as error:  # whoever made the digest too: zipfile and NumPy raise a dozen kinds
        raise Damaged(f"{type(error).__name__}") from None


def _require_whole(file: BinaryIO) -> None:
    size = os.fstat(file.fileno()).st_size
    if not _SEAL < size <= MOST_BYTES:
        raise Damaged("it has another size than a search file")
    found = _digest(file, size - _SEAL)
    if file.read() != _TAG + found:
        raise Damaged("its digest is another")


def _arrays(archive: zipfile.ZipFile) -> Arrays:
    entries = archive.infolist()
    if len(entries) > MOST_ARRAYS:
        raise Damaged("it holds too many arrays")
    found: Arrays = {}
    for entry in entries:
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise Damaged("it is packed")
        found[entry.filename.removesuffix(".npy")] = _array(archive.read(entry))
    return found


def _array(content: bytes) -> npt.NDArray[Any]:
    """An array of plain numbers or texts, where its bytes are all there."""
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise Damaged("an array is of another format")
    shape, by_column, kind = np.lib.format.read_array_header_1_0(stream)
    count = math.prod(shape)
    if kind.hasobject or kind.names or kind.kind not in "biufU" or min(shape, default=0) < 0:
        raise Damaged("an array is of no plain kind")
    if count * kind.itemsize != len(content) - stream.tell() or (count and not kind.itemsize):
        raise Damaged("an array is longer or shorter than it says")
    if not count:
        return np.zeros(shape, kind)
    flat = np.frombuffer(content, kind, count, stream.tell())
    return flat.reshape(shape, order="F" if by_column else "C").copy()


def is_whole(path: Path) -> bool:
    """Whether a file is a search file as it was written."""
    try:
        read_arrays(path)
    except (FileNotFoundError, Damaged):
        return False
    return True


def set_aside(path: Path, beside: Path | None = None) -> Path:
    """Give a damaged search file another name, so that it is in nobody's way; nothing is deleted.

    Args:
        path: the damaged file.
        beside: the file beside which it is put; itself by default.

    Returns:
        Where it lies.

    Raises:
        OSError: when it cannot be moved.
    """
    goal = beside or path
    aside = goal.with_name(f"{goal.name}.damaged-{secrets.token_hex(4)}")
    os.replace(path, aside)
    return aside


def require_ours(path: Path) -> None:
    """Refuse a place for a search file where something else stands.

    Raises:
        StudyError: when it is a folder or a link, or a file that shows no sign of a search.
    """
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise _refusal(path, say("cannot be looked at"), error.strerror or "") from None
    if not stat.S_ISREG(kind):
        raise _refusal(path, say("stands where the search is kept, and is no file of ParkZero"))
    with contextlib.suppress(OSError):
        if not _shows_ours(path):
            raise _refusal(path, say("stands where the search is kept, and is no search file of ParkZero"))


def drop(path: Path) -> None:
    """Remove a search file that is needed no longer; anything else stays."""
    with contextlib.suppress(OSError):
        if _shows_ours(path):
            path.unlink()


def _shows_ours(path: Path) -> bool:
    """Whether either end of a file shows that it is or was a search file; so does nothing at all."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(_ENDS)
        file.seek(max(0, size - _ENDS))
        return not size or _OURS.search(head + b"\n" + file.read(_ENDS)) is not None


def _refusal(path: Path, what: Text, got: str = "") -> StudyError:
    needs = say("a place for the search beside the results")
    hint = say("move it elsewhere, or name other results with --out")
    return StudyError([Fault(Place(file=str(path)), what, got, needs, hint)], title=say("The command"))
