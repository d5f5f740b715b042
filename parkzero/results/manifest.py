"""The manifest of a run's folder: by it ParkZero knows its own files again, and touches no others.

``manifest.json`` lists every file that was written, with its SHA-256. A file that is not listed, or is not as
it was written, is the user's: it is named, never replaced and never removed. The search file is no result: it
may be missing, damaged or another one, and is none of the manifest's business.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import TypeGuard

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import say

MANIFEST = "manifest.json"
SEARCH = "search.npz"
FORMAT = 1
MOST_BYTES = 5_000_000
_MOST_FAULTS = 20
_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Manifest:
    """Files of a run by their path in its folder.

    Attributes:
        files: SHA-256 of each file.
        coming: SHA-256 of files that are being replaced: until that is done, either is ParkZero's.
    """

    files: Mapping[str, str]
    coming: Mapping[str, str] = field(default_factory=dict)

    def knows(self, name: str, path: Path) -> bool:
        """Whether a file is listed under a name and is as it was written."""
        listed = {found[name] for found in (self.files, self.coming) if name in found}
        return bool(listed) and digest(path) in listed

    @property
    def names(self) -> list[str]:
        """Paths of all files that are listed."""
        return sorted({*self.files, *self.coming})

    @property
    def folders(self) -> set[str]:
        """Folders in which they lie."""
        return {parent.as_posix() for name in self.names for parent in PurePosixPath(name).parents}


def digest(path: Path) -> str:
    """SHA-256 of a plain file; empty where it is a link, no file, or cannot be read."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def listed(folder: Path) -> Manifest:
    """A manifest of all files that lie in a folder, but for the search."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): digest(path) for path in paths}
    return Manifest({name: found for name, found in names.items() if name not in (MANIFEST, SEARCH)})


def write_manifest(manifest: Manifest, folder: Path, beside: Path | None = None) -> None:
    """Put a manifest into a folder in one step.

    Args:
        manifest: what is written.
        folder: the folder of the run.
        beside: folder on the same disk where it is made; the folder of the run by default.
    """
    content = {
        "about": "Files that ParkZero wrote, by SHA-256. Only these are ever replaced or removed.",
        "format": FORMAT,
        "parkzero_version": metadata.version("parkzero"),
        "files": dict(manifest.files),
        **({"coming": dict(manifest.coming)} if manifest.coming else {}),
    }
    part = (beside or folder) / f"{MANIFEST}.{secrets.token_hex(4)}"
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run.

    Raises:
        StudyError: when there is none, or it is none of ParkZero.
    """
    path = folder / MANIFEST
    try:
        if not stat.S_ISREG(path.lstat().st_mode) or path.stat().st_size > MOST_BYTES:
            raise _unreadable(path)
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        needs = say("the file as parkzero plan --out wrote it")
        raise _refusal([Fault(Place(file=str(path)), say("is missing"), needs=needs)]) from None
    except (OSError, ValueError, RecursionError):
        raise _unreadable(path) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _unreadable(path)
    files, coming = content.get("files"), content.get("coming", {})
    if not (_plain(files) and _plain(coming)):
        raise _unreadable(path)
    return Manifest(files, coming)


def _plain(files: object) -> TypeGuard[dict[str, str]]:
    """Whether all names stay in the folder, and all digests are some."""
    return isinstance(files, dict) and all(
        isinstance(found, str) and len(found) == 64 and set(found) <= _DIGITS and _inside(name)
        for name, found in files.items()
    )


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    whole = bool(name) and path.as_posix() == name and "\\" not in name and "\0" not in name
    return whole and not path.is_absolute() and ".." not in path.parts and ":" not in path.parts[0]


def damaged(folder: Path, manifest: Manifest) -> list[Fault]:
    """Files of a run that are missing or not as they were written, but for reports, which nobody reads."""
    faults = []
    for name in manifest.names:
        path = folder / name
        if "/" not in name and path.suffix in (".html", ".xlsx"):
            continue
        if not manifest.knows(name, path):
            missing = not path.exists()
            what = say("is missing") if missing else say("is not as ParkZero wrote it: the run is damaged")
            hint = say("plan the study again, or copy the run again from where it is whole")
            faults.append(Fault(Place(file=str(path)), what, hint=hint))
    return faults


def foreign(folder: Path, manifest: Manifest) -> list[Fault]:
    """What lies in a folder and was not written there by ParkZero, or was changed since."""
    faults: list[Fault] = []
    for path, name in _within(folder):
        if name in (MANIFEST, SEARCH) and not path.is_symlink() and path.is_file():
            continue
        if path.is_dir() and not path.is_symlink():
            if name in manifest.folders:
                continue
            what = say("is a folder that ParkZero did not make, and is not replaced")
        elif name not in manifest.names:
            what = say("was not written by ParkZero, and is not replaced")
        elif manifest.knows(name, path):
            continue
        else:
            what = say("was changed after ParkZero wrote it, and is not replaced")
        faults.append(
            Fault(Place(file=str(path)), what, hint=say("move it elsewhere, or name another folder"))
        )
        if len(faults) == _MOST_FAULTS:
            break
    return faults


def _within(folder: Path) -> Iterator[tuple[Path, str]]:
    """All that lies in a folder, with its path there; links are not followed."""
    for place, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            path = Path(place) / name
            yield path, path.relative_to(folder).as_posix()


def remove_own(folder: Path, manifest: Manifest) -> bool:
    """Remove what ParkZero wrote and nobody changed, and folders that are empty then; whether all is gone.

    The manifest goes last: what a kill leaves behind is still known.
    """
    for name in manifest.names:
        path = folder / name
        if manifest.knows(name, path):
            with contextlib.suppress(OSError):
                path.unlink()
    for name in sorted(manifest.folders - {"."}, key=len, reverse=True):
        with contextlib.suppress(OSError):  # something else lies in it
            (folder / name).rmdir()
    with contextlib.suppress(OSError):
        if {path.name for path in folder.iterdir()} <= {MANIFEST}:
            (folder / MANIFEST).unlink(missing_ok=True)
            folder.rmdir()
    return not folder.exists()


def _unreadable(path: Path) -> StudyError:
    what = say("is no manifest of ParkZero")
    return _refusal(
        [Fault(Place(file=str(path)), what, needs=say("the file as parkzero plan --out wrote it"))]
    )


def _refusal(faults: list[Fault]) -> StudyError:
    return StudyError(faults, title=say("The run"))
