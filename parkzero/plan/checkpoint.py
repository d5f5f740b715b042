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

import numpy as np

from parkzero.components.component import Component
from parkzero.components.fields import ByYear, Profile, described
from parkzero.lp.session import Basis
from parkzero.lp.solver import BasisArray
from parkzero.plan.assemble import Design
from parkzero.plan.bounds import Cut
from parkzero.study.study import Study
from parkzero.timeline import IntArray
from parkzero.units import FloatArray, Quantity

MOST_STATUS = 4  # the solver's numbers for basic, and at which bound, run from 0 to 4


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a search.

    Attributes:
        fingerprint: of the study that it belongs to.
        lower, upper: bounds.
        sizes: best sizes.
        cuts: proven lower bounds of single years; only valid for the same study.
        features: what days look like to the best plan [days x features].
        count: mean days that come next.
        alone: days that are groups of their own.
        names: names of the design columns.
        grouping: group of each day in the last lower bound [days]; None where there was none.
        basis: where that ended.
        duals: row duals of each of the best plan's years [rows]; empty where they were too many to keep.
    """

    fingerprint: str
    lower: float
    upper: float
    sizes: FloatArray
    cuts: tuple[Cut, ...]
    features: FloatArray
    count: int
    alone: IntArray
    names: tuple[str, ...]
    grouping: IntArray | None = None
    basis: Basis | None = None
    duals: tuple[FloatArray, ...] = ()


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
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            fingerprint=state.fingerprint,
            bounds=np.array([state.lower, state.upper]),
            sizes=state.sizes,
            cut_years=np.array([c.year for c in state.cuts], dtype=np.int64),
            cut_constants=np.array([c.constant for c in state.cuts]),
            cut_slopes=np.array([c.slope for c in state.cuts]).reshape(len(state.cuts), len(state.sizes)),
            features=state.features,
            count=np.array(state.count),
            alone=state.alone,
            names=np.array(state.names),
            grouping=np.zeros(0, np.int32) if state.grouping is None else state.grouping,
            basis_columns=np.zeros(0, np.int8) if state.basis is None else state.basis[0],
            duals=np.concatenate([np.zeros(0), *state.duals]),
            dual_rows=np.array([len(d) for d in state.duals], dtype=np.int64),
            basis_rows=np.zeros(0, np.int8) if state.basis is None else state.basis[1],
        )
    os.replace(part, path)


def _by_year(duals: FloatArray, rows: IntArray, years: int) -> tuple[FloatArray, ...]:
    """The duals of each year, where all are there and finite."""
    if len(rows) != years or (rows < 0).any() or rows.sum() != len(duals) or not np.isfinite(duals).all():
        return ()
    return tuple(np.split(duals, np.cumsum(rows)[:-1]))


def _last_bound(
    groups: IntArray, columns: BasisArray, rows: BasisArray, study: Study
) -> tuple[IntArray, Basis] | tuple[None, None]:
    """Grouping and basis of the last lower bound, where both are whole."""
    days = study.timeline.calendar.days
    numbered = len(groups) == days and np.array_equal(np.unique(groups), np.arange(groups.max() + 1))
    known = len(columns) > 0 and all(((part >= 0) & (part <= MOST_STATUS)).all() for part in (columns, rows))
    if not (numbered and known):
        return None, None
    return groups.astype(np.int32), (columns.astype(np.int8), rows.astype(np.int8))


def load_checkpoint(path: Path, study: Study, design: Design) -> Checkpoint | None:
    """Read a checkpoint of this study or of one with the same sizes and days; None where there is none."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            names = tuple(str(n) for n in kept["names"])
            years, slopes = kept["cut_years"], kept["cut_slopes"]
            cuts = tuple(
                Cut(int(y), float(c), s) for y, c, s in zip(years, kept["cut_constants"], slopes, strict=True)
            )
            grouping, basis = _last_bound(kept["grouping"], kept["basis_columns"], kept["basis_rows"], study)
            lower, upper = (float(b) for b in kept["bounds"])
            state = Checkpoint(
                str(kept["fingerprint"]),
                lower,
                upper,
                kept["sizes"],
                cuts,
                kept["features"],
                int(kept["count"]),
                kept["alone"].astype(np.int32),
                names,
                grouping,
                basis,
                _by_year(kept["duals"], kept["dual_rows"], len(study.horizon.years)),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    fits = names == design.names and len(state.features) == study.timeline.calendar.days
    inside = bool(np.isfinite(state.sizes).all()) and len(state.sizes) == len(design.lower)
    if not (fits and inside):
        return None
    return state
