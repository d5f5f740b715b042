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
from parkzero.plan.assemble import Design
from parkzero.plan.bounds import Cut
from parkzero.study.study import Study
from parkzero.timeline import IntArray
from parkzero.units import FloatArray, Quantity


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
        )
    os.replace(part, path)


def load_checkpoint(path: Path, study: Study, design: Design) -> Checkpoint | None:
    """Read a checkpoint of this study or of one with the same sizes and days; None where there is none."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            names = tuple(str(n) for n in kept["names"])
            years, slopes = kept["cut_years"], kept["cut_slopes"]
            cuts = tuple(
                Cut(int(y), float(c), s) for y, c, s in zip(years, kept["cut_constants"], slopes, strict=True)
            )
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
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    fits = names == design.names and len(state.features) == study.timeline.calendar.days
    inside = bool(np.isfinite(state.sizes).all()) and len(state.sizes) == len(design.lower)
    if not (fits and inside):
        return None
    return state
