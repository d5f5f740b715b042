"""What is kept of a search, so that an interrupted run goes on and a similar study starts ahead.

A NumPy archive without pickled objects. A checkpoint that cannot be read, or is for another park, is ignored:
it only ever saves time.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from parkzero.components.component import Component
from parkzero.components.fields import ByYear, Profile, described
from parkzero.lp.solver import Basis, BasisArray
from parkzero.plan.assemble import Design
from parkzero.study.study import Study
from parkzero.timeline import IntArray
from parkzero.units import FloatArray, Quantity

MOST_STATUS = 4  # the solver's numbers for basic, and at which bound, run from 0 to 4


Trial = tuple[FloatArray, tuple[FloatArray, ...]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a search.

    Attributes:
        fingerprint: of the study that it belongs to.
        upper: cost of the best plan.
        sizes: its sizes.
        features: what days look like to it [days x features].
        count: mean days that come next.
        hard: year, place of the owner among the study's, and day of each hard day [k x 3].
        names: names of the design columns.
        grouping: group of each day in the last lower bound [days]; None where there was none.
        basis: where that ended.
        trials: sizes that were operated, and the row duals of each of their years [rows].
    """

    fingerprint: str
    upper: float
    sizes: FloatArray
    features: FloatArray
    count: int
    hard: IntArray
    names: tuple[str, ...]
    grouping: IntArray | None = None
    basis: Basis | None = None
    trials: tuple[Trial, ...] = ()


def fingerprint(study: Study) -> str:
    """A digest of everything in a study that its optimum depends on."""
    digest = hashlib.sha256()
    for part in (
        study.horizon,
        study.penalties,
        study.timeline.calendar,
        study.timeline.scale,
        sorted(study.buses),
    ):
        digest.update(repr(part).encode())
    for component in study.components:
        _update(digest, component)
    return digest.hexdigest()


def _update(digest: hashlib._Hash, component: Component) -> None:
    digest.update(f"{component.kind}:{component.name}".encode())
    for name in described(type(component)):
        value = getattr(component, name)
        digest.update(name.encode())
        if isinstance(value, Profile):
            digest.update(np.ascontiguousarray(value.values).tobytes())
            digest.update(repr((value.factor.years, value.factor.values)).encode())
            for year, values in sorted(value.years.items()):
                digest.update(str(year).encode() + np.ascontiguousarray(values).tobytes())
        elif isinstance(value, ByYear):
            digest.update(repr((value.years, value.values, value.steps)).encode())
        elif isinstance(value, Quantity):
            digest.update(repr(value.value).encode())
        else:
            digest.update(repr(value).encode())


def save_checkpoint(path: Path, state: Checkpoint) -> None:
    """Write a checkpoint; an earlier one is replaced only by a whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    duals = [d for _, years in state.trials for d in years]
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            fingerprint=state.fingerprint,
            upper=np.array(state.upper),
            sizes=state.sizes,
            features=state.features,
            count=np.array(state.count),
            hard=state.hard,
            names=np.array(state.names),
            grouping=np.zeros(0, np.int32) if state.grouping is None else state.grouping,
            basis_columns=np.zeros(0, np.int8) if state.basis is None else state.basis[0],
            basis_rows=np.zeros(0, np.int8) if state.basis is None else state.basis[1],
            trial_sizes=np.array([s for s, _ in state.trials]).reshape(len(state.trials), len(state.sizes)),
            duals=np.concatenate([np.zeros(0), *duals]),
            dual_rows=np.array([len(d) for d in duals], dtype=np.int64),
        )
    os.replace(part, path)


def load_checkpoint(path: Path, study: Study, design: Design) -> Checkpoint | None:
    """Read a checkpoint of this study or of one with the same sizes and days; None where there is none."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return _read({name: kept[name] for name in kept.files}, study, design)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _read(kept: dict[str, Any], study: Study, design: Design) -> Checkpoint:
    """A checkpoint from its arrays.

    Raises:
        ValueError: when an array has another shape or kind than it must have, or belongs to another park.
    """
    days, sizes = study.timeline.calendar.days, len(design.lower)
    names = tuple(str(n) for n in kept["names"])
    _require(names == design.names)
    features = _numbers(kept["features"], (days, -1))
    count = int(kept["count"])
    _require(0 < count <= days)
    grouping, basis = _last_bound(kept["grouping"], kept["basis_columns"], kept["basis_rows"], days)
    return Checkpoint(
        str(kept["fingerprint"]),
        float(_numbers(kept["upper"], ())),
        _numbers(kept["sizes"], (sizes,)),
        features,
        count,
        _hard(kept["hard"], study),
        names,
        grouping,
        basis,
        _trials(_numbers(kept["trial_sizes"], (-1, sizes)), kept["duals"], kept["dual_rows"], study),
    )


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("the checkpoint is not whole")


def _numbers(array: npt.NDArray[np.generic], shape: tuple[int, ...]) -> FloatArray:
    """The array, where it is finite numbers of that shape; -1 stands for any length."""
    fits = array.ndim == len(shape) and all(b in (-1, a) for a, b in zip(array.shape, shape, strict=True))
    _require(fits and array.dtype.kind == "f" and bool(np.isfinite(array).all()))
    numbers: FloatArray = array.astype(np.float64)
    return numbers


def _hard(array: IntArray, study: Study) -> IntArray:
    """Hard days, where each is a day, owner and year of the study."""
    _require(array.ndim == 2 and array.shape[1] == 3 and array.dtype.kind == "i")
    year, owner, day = array.T
    known = np.isin(year, study.horizon.years) & (owner >= 0) & (owner < len(owners_of(study)))
    _require(bool((known & (day >= 0) & (day < study.timeline.calendar.days)).all()))
    return array.astype(np.int32)


def owners_of(study: Study) -> list[str]:
    """All owners in order, the park among them."""
    return sorted({c.owner for c in study.components} | {b.owner for b in study.buses.values()})


def _trials(sizes: FloatArray, duals: FloatArray, rows: IntArray, study: Study) -> tuple[Trial, ...]:
    """Sizes and duals of each trial; none at all where they do not fit together."""
    years = len(study.horizon.years)
    _require(rows.ndim == 1 and rows.dtype.kind == "i" and duals.ndim == 1 and bool((rows >= 0).all()))
    if len(rows) != years * len(sizes) or rows.sum() != len(duals) or not np.isfinite(duals).all():
        return ()
    parts = np.split(duals, np.cumsum(rows)[:-1]) if len(rows) else []
    return tuple((s, tuple(parts[i * years : (i + 1) * years])) for i, s in enumerate(sizes))


def _last_bound(
    groups: IntArray, columns: BasisArray, rows: BasisArray, days: int
) -> tuple[IntArray, Basis] | tuple[None, None]:
    """Grouping and basis of the last lower bound, where both are whole."""
    if not (groups.shape == (days,) and groups.dtype.kind == "i" and groups.min() == 0):
        return None, None
    numbered = groups.max() < days and np.array_equal(np.unique(groups), np.arange(groups.max() + 1))
    known = len(columns) > 0 and all(((part >= 0) & (part <= MOST_STATUS)).all() for part in (columns, rows))
    if not (numbered and known):
        return None, None
    return groups.astype(np.int32), (columns.astype(np.int8), rows.astype(np.int8))
