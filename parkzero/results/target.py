"""Where a run may be written: a new or empty folder, or an earlier run that holds nothing of the user's.

Everything that would stop the results from being written is looked for before planning.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from parkzero.errors import Fault, Place, StudyError
from parkzero.results.manifest import (
    MANIFEST,
    SEARCH,
    Manifest,
    damaged,
    foreign,
    read_manifest,
    remove_own,
)
from parkzero.search_file import drop
from parkzero.texts import Text, say

_LONGEST = ".search.npz.part-4194304-"  # with eight digits behind it, the longest name beside a run


def check_target(folder: Path | str) -> None:
    """Refuse a place where a run cannot be written, or where something of the user's would be lost.

    Raises:
        StudyError: with everything that stands in the way, and what to do instead.
    """
    goal = Path(folder)
    try:
        os.fspath(goal).encode("utf-8")
    except UnicodeEncodeError:
        raise _refusal(goal, say("is no name in UTF-8"), say("another name")) from None
    try:
        goal = Path(os.path.abspath(goal))
        if goal.is_symlink() or (goal.exists() and not goal.is_dir()):
            raise _refusal(
                goal, say("is not a folder"), say("a folder that does not exist yet, or an earlier run")
            )
        if goal.is_dir():
            _check_folder(goal)
        _try_out(goal)
    except OSError as error:
        raise _unwritable(goal, error) from None


def _check_folder(goal: Path) -> None:
    here = Path.cwd()
    if here.resolve().is_relative_to(goal.resolve()):
        raise _refusal(
            goal, say("is the folder you are in, or holds it, and is not replaced"), say("a folder inside it")
        )
    if os.path.ismount(goal):
        raise _refusal(goal, say("is a disk of its own, which cannot be replaced"), say("a folder inside it"))
    names = sorted(path.name for path in goal.iterdir())
    if not names:
        return
    if MANIFEST not in names:
        what = say("holds no {manifest} of ParkZero, and is not replaced", manifest=MANIFEST)
        raise _refusal(goal, what, say("an empty or new folder"), got=", ".join(names[:5])[:80])
    manifest = read_manifest(goal)
    faults = foreign(goal, manifest)
    faults += [
        Fault(
            Place(file=str(goal / name)), say("cannot be replaced"), needs=say("a folder that may be written")
        )
        for name in sorted(manifest.folders)
        if (goal / name).is_dir() and not os.access(goal / name, os.W_OK | os.X_OK)
    ]
    if faults:
        raise StudyError(faults, title=say("The folder of the results"))


def _try_out(goal: Path) -> None:
    """Make and remove a folder with the longest name that is needed beside the goal.

    Raises:
        OSError: where that cannot be done.
    """
    missing = [parent for parent in goal.parents if not parent.exists()]
    made: list[Path] = []
    try:
        for parent in reversed(missing):
            parent.mkdir()
            made.append(parent)
        trial = goal.with_name(f"{goal.name}{_LONGEST}{secrets.token_hex(4)}")
        trial.mkdir()
        made.append(trial)
        inside = trial / MANIFEST
        inside.write_bytes(b"x")
        inside.unlink()
    finally:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def put(partial: Path, goal: Path) -> Path | None:
    """Rename a finished folder to its goal; an earlier run is moved aside, and removed as far as it is ours.

    Returns:
        Where something of the user's was left that came into the earlier run in the meantime.

    Raises:
        StudyError: when the goal became something else meanwhile; the finished run is kept beside it.
    """
    try:
        check_target(goal)
    except StudyError as error:
        kept = goal.with_name(f"{goal.name}.new-{secrets.token_hex(4)}")
        os.replace(partial, kept)
        saved = Fault(
            Place(file=str(kept)),
            say("holds the finished results"),
            hint=say("rename it to {name}", name=goal.name),
        )
        raise StudyError([*error.faults, saved], error.title) from None
    if not goal.exists():
        os.replace(partial, goal)
        return None
    aside = goal.with_name(f"{goal.name}.replaced-{secrets.token_hex(4)}")
    os.replace(goal, aside)
    try:
        os.replace(partial, goal)
    except OSError:
        os.replace(aside, goal)
        raise
    return None if _removed(aside) else aside


def _removed(aside: Path) -> bool:
    manifest = read_manifest(aside) if (aside / MANIFEST).is_file() else Manifest({})
    drop(aside / SEARCH)
    return remove_own(aside, manifest)


def recover(folder: Path | str) -> None:
    """Finish what a killed run left undone: an earlier run that was moved aside comes back, or is removed.

    Only whole runs come back, and only what ParkZero wrote is removed.
    """
    goal = Path(os.path.abspath(folder))
    with contextlib.suppress(OSError, StudyError):
        start = f"{goal.name}.replaced-"
        for aside in sorted(p for p in goal.parent.iterdir() if p.name.startswith(start)):
            manifest = read_manifest(aside)
            if foreign(aside, manifest):
                continue
            if not goal.exists() and not damaged(aside, manifest):
                os.replace(aside, goal)
            elif goal.exists():
                _removed(aside)


def _unwritable(goal: Path, error: OSError) -> StudyError:
    return _refusal(
        goal, say("cannot be written"), say("a folder that may be written"), error.strerror or str(error)
    )


def _refusal(path: Path, what: Text, needs: Text, got: str = "") -> StudyError:
    hint = say("name another folder with --out")
    return StudyError(
        [Fault(Place(file=str(path)), what, got, needs, hint)], say("The folder of the results")
    )
