"""What is kept of a search, so that an interrupted run goes on and a similar study starts ahead.

``parkzero.search_file`` says how it lies on the disk. A checkpoint that is damaged is set aside, and one for
another park is not used: it only ever saves time. Either is told in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from parkzero.lp.solver import Basis, BasisArray, Point
from parkzero.planning.assemble import Design
from parkzero.planning.hard_days import Hard
from parkzero.planning.laid import Blocks, Laid
from parkzero.planning.master import Proof
from parkzero.planning.ownership import owners_in
from parkzero.planning.peak_days import Peaks
from parkzero.search_file import Damaged, read_arrays, set_aside, write_arrays
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.timeline import IntArray
from parkzero.units import FloatArray

# Numbers above this are none of a park's, not even what a tonne or a megawatt is worth in VND over 25 years.
HUGE = 1e19
_LOG = logging.getLogger(__name__)
# Share of a study's sizes that a search must know by name to be of use to it.
ALIKE = 0.5
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
        totals: duals of rows over the year, by year and name.
        proof: what the last lower bound from mean days alone rests on; None where it was not large.
        before: how the years of the best plan are operated.
        peaks: which days are peaks of whom [days x connections].
        rows: blocks of the years' rows, which the duals of trials belong to.
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
    totals: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    proof: Proof | None = None
    before: Mapping[int, Point] = field(default_factory=dict)
    peaks: Peaks = field(default_factory=lambda: np.zeros((0, 0), dtype=np.bool_))
    rows: Blocks = ()


def save_checkpoint(path: Path, state: Checkpoint, study: Study) -> None:
    """Write a checkpoint; an earlier one is replaced only by a whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    duals = [d for _, years in state.trials for d in years]
    arrays: dict[str, Any] = {
        "fingerprint": state.fingerprint,
        "upper": np.array(state.upper),
        "sizes": state.sizes,
        "features": state.features,
        "count": np.array(state.count),
        "hard": state.hard,
        "peaks": state.peaks,
        "names": np.array(state.names),
        "owners": np.array(owners_in(study)[0]),
        "grouping": np.zeros(0, np.int32) if state.grouping is None else state.grouping,
        "basis_columns": np.zeros(0, np.int8) if state.basis is None else state.basis[0],
        "basis_rows": np.zeros(0, np.int8) if state.basis is None else state.basis[1],
        "trial_sizes": np.array([s for s, _ in state.trials]).reshape(len(state.trials), len(state.sizes)),
        "duals": np.concatenate([np.zeros(0), *duals]),
        "dual_rows": np.array([len(d) for d in duals], dtype=np.int64),
        "rows": _blocks_as_array(state.rows),
    }
    arrays |= (
        _totals_as_arrays(state.totals)
        | _proof_as_arrays(state.proof, study)
        | _before_as_arrays(state.before)
    )
    write_arrays(path, arrays)


def _totals_as_arrays(totals: Mapping[int, Mapping[str, float]]) -> dict[str, npt.NDArray[Any]]:
    lines = [(year, name, price) for year, found in totals.items() for name, price in found.items()]
    return {
        "total_years": np.array([year for year, _, _ in lines], dtype=np.int32),
        "total_names": np.array([name for _, name, _ in lines], dtype=np.str_),
        "total_prices": np.array([price for _, _, price in lines], dtype=np.float64),
    }


def _proof_as_arrays(proof: Proof | None, study: Study) -> dict[str, npt.NDArray[Any]]:
    none = np.zeros(0, dtype=np.int32)
    proof = proof or Proof(none, np.zeros(0), np.zeros(0), none)
    return {
        "proof_groups": proof.groups,
        "proof_duals": proof.duals,
        "proof_begins": proof.begins,
        "proof_values": proof.values,
        "proof_cuts": proof.cuts,
        "proof_hard": hard_as_array(study, proof.hard),
        "proof_columns": _blocks_as_array(proof.laid.columns),
        "proof_rows": _blocks_as_array(proof.laid.rows),
    }


def _blocks_as_array(blocks: Blocks) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(f"{count} {name}" for name, count in blocks).encode(), dtype=np.uint8)


def _before_as_arrays(before: Mapping[int, Point]) -> dict[str, npt.NDArray[Any]]:
    """Values in single precision: seven digits are enough to begin with.

    Duals need all digits: what they lack is charged with the largest value that a column may take, which can
    cost more of the bound than the plan is from the best.
    """
    values = [b.values.astype(np.float32) for b in before.values()]
    duals = [b.duals for b in before.values()]
    found: dict[str, npt.NDArray[Any]] = {
        "before_years": np.array(list(before), dtype=np.int32),
        "before_columns": np.array([len(b.values) for b in before.values()], dtype=np.int64),
        "before_rows": np.array([len(b.duals) for b in before.values()], dtype=np.int64),
        "before_values": np.concatenate([np.zeros(0, dtype=np.float32), *values]),
        "before_duals": np.concatenate([np.zeros(0), *duals]),
    }
    return found | _bases_as_arrays(before)


def _bases_as_arrays(before: Mapping[int, Point]) -> dict[str, npt.NDArray[Any]]:
    """Where windows ended: statuses of all, and year, columns and rows of each window [k x 3]."""
    windows = [(year, columns, rows) for year, b in before.items() for columns, rows in b.bases]
    return {
        "bases": np.concatenate([np.zeros(0, np.int8), *(part for _, *basis in windows for part in basis)]),
        "base_windows": np.array(
            [(year, len(columns), len(rows)) for year, columns, rows in windows], dtype=np.int64
        ).reshape(-1, 3),
    }


def load_checkpoint(path: Path, study: Study, design: Design) -> Checkpoint | None:
    """Read a checkpoint of this study or of one with the same sizes and days; None where there is none.

    Where assets came or went its last bound is still of use (``parkzero.planning.laid``). One that is
    damaged is set aside, and one of another park or version is left, with a sentence in the log.
    """
    try:
        return _read(read_arrays(path), study, design)
    except Damaged:
        _give_up(path)
    except OSError:
        pass  # there is none
    except (ValueError, KeyError, TypeError, IndexError, OverflowError):
        _LOG.warning(
            say("The search file {path} is of another study or version: it is not used, and this search"
                " replaces it", path=path)
        )  # fmt: skip
    return None


def _give_up(path: Path) -> None:
    try:
        aside = set_aside(path)
    except OSError:
        return
    _LOG.warning(
        say("The search file {path} is damaged and was set aside as {aside}", path=path, aside=aside.name)
    )


def _read(kept: dict[str, Any], study: Study, design: Design) -> Checkpoint:
    """A checkpoint from its arrays.

    Raises:
        ValueError: when an array has another shape or kind than it must have, or belongs to another park.
    """
    names = tuple(str(n) for n in kept["names"])
    _require(len({*names} & {*design.names}) >= ALIKE * len(design.names))
    days, sizes = study.timeline.calendar.days, len(names)
    kept |= {name: _hard(kept[name], kept["owners"], study) for name in ("hard", "proof_hard")}
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
        kept["hard"],
        names,
        grouping,
        basis,
        _trials(_numbers(kept["trial_sizes"], (-1, sizes)), kept["duals"], kept["dual_rows"], study),
        _totals(kept, study),
        _proof(kept, study),
        _before(kept, study),
        _peaks(kept["peaks"], days),
        _blocks(kept["rows"]),
    )


def _peaks(array: Peaks, days: int) -> Peaks:
    """Peak days; none where nothing is counted by month."""
    _require(array.ndim == 2 and array.dtype.kind == "b" and len(array) in (0, days))
    return array


def _totals(kept: dict[str, Any], study: Study) -> dict[int, dict[str, float]]:
    """Prices of rows over the year; a name that is no row's does no harm."""
    years, names = kept["total_years"], kept["total_names"]
    prices = _numbers(kept["total_prices"], (-1,))
    _require(years.shape == names.shape == prices.shape and years.dtype.kind == "i")
    _require(bool(np.isin(years, study.milestones.years).all() and (np.abs(prices) <= HUGE).all()))
    found: dict[int, dict[str, float]] = {}
    for year, name, price in zip(years.tolist(), names.tolist(), prices.tolist(), strict=True):
        found.setdefault(year, {})[str(name)] = price
    return found


def _proof(kept: dict[str, Any], study: Study) -> Proof | None:
    """What a lower bound rests on; None where nothing is kept."""
    groups, cuts, days = kept["proof_groups"], kept["proof_cuts"], study.timeline.calendar.days
    values, duals = _numbers(kept["proof_values"], (-1,)), _numbers(kept["proof_duals"], (-1,))
    begins = _numbers(kept["proof_begins"], (-1,))
    if not len(duals):
        return None
    _require(_numbered(groups, days) and cuts.ndim == 1 and cuts.dtype.kind == "i" and len(cuts) < len(duals))
    _require(bool(np.isin(cuts, study.milestones.years).all()))
    _require(len(begins) in (0, len(duals)))
    _require(all(bool((np.abs(numbers) <= HUGE).all()) for numbers in (duals, values, begins)))
    hard, laid = (
        hard_of(study, kept["proof_hard"]),
        Laid(_blocks(kept["proof_columns"]), _blocks(kept["proof_rows"])),
    )
    return Proof(groups.astype(np.int32), values, duals, cuts.astype(np.int32), hard, begins, laid)


def _blocks(array: npt.NDArray[np.uint8]) -> Blocks:
    """Names and lengths of blocks."""
    _require(array.ndim == 1 and array.dtype == np.uint8)
    lines = [line.partition(" ") for line in array.tobytes().decode().split("\n") if line]
    _require(all(count.isdigit() for count, _, _ in lines))
    return tuple((name, int(count)) for count, _, name in lines)


def _before(kept: dict[str, Any], study: Study) -> dict[int, Point]:
    """How years were operated; whether it fits them is for who takes it up to see."""
    years, lengths = kept["before_years"], (kept["before_columns"], kept["before_rows"])
    parts = [_numbers(kept[name], (-1,)) for name in ("before_values", "before_duals")]
    _require(
        years.ndim == 1 and years.dtype.kind == "i" and bool(np.isin(years, study.milestones.years).all())
    )
    split = []
    for numbers, length in zip(parts, lengths, strict=True):
        _require(length.shape == years.shape and length.dtype.kind == "i" and bool((length >= 0).all()))
        _require(int(length.sum()) == len(numbers) and bool((np.abs(numbers) <= HUGE).all()))
        split.append(np.split(numbers, np.cumsum(length)[:-1]) if len(years) else [])
    bases = _bases(kept["bases"], kept["base_windows"])
    return {year: Point(v, d, bases.get(year, ())) for year, v, d in zip(years.tolist(), *split, strict=True)}


def _bases(statuses: BasisArray, windows: npt.NDArray[np.int64]) -> dict[int, tuple[Basis, ...]]:
    """Where the windows of each year ended; one that fits no window does no harm."""
    _require(windows.ndim == 2 and windows.shape[1] == 3 and windows.dtype.kind == "i")
    _require(statuses.ndim == 1 and statuses.dtype.kind == "i")
    _require(int(windows[:, 1:].sum()) == len(statuses) and _known(statuses))
    parts = iter(np.split(statuses.astype(np.int8), np.cumsum(windows[:, 1:].ravel())[:-1]))
    found: dict[int, tuple[Basis, ...]] = {}
    for year in windows[:, 0].tolist():
        found[year] = (*found.get(year, ()), (next(parts), next(parts)))
    return found


def _known(statuses: BasisArray) -> bool:
    """Whether all are the solver's numbers."""
    return bool(((statuses >= 0) & (statuses <= MOST_STATUS)).all())


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("the checkpoint is not whole")


def _numbers(array: npt.NDArray[np.generic], shape: tuple[int, ...]) -> FloatArray:
    """The array, where it is finite numbers of that shape; -1 stands for any length."""
    fits = array.ndim == len(shape) and all(b in (-1, a) for a, b in zip(array.shape, shape, strict=True))
    _require(fits and array.dtype.kind == "f" and bool(np.isfinite(array).all()))
    numbers: FloatArray = array.astype(np.float64)
    return numbers


def _hard(array: IntArray, owners: npt.NDArray[np.str_], study: Study) -> IntArray:
    """Hard days of those who are still there, where each is a day, owner and year of the study."""
    _require(array.ndim == 2 and array.shape[1] == 3 and array.dtype.kind == "i")
    year, owner, day = array.T
    known = np.isin(year, study.milestones.years) & (owner >= 0) & (owner < len(owners))
    _require(bool((known & (day >= 0) & (day < study.timeline.calendar.days)).all()))
    names = owners_in(study)[0]
    places = np.array([names.index(str(o)) if str(o) in names else -1 for o in owners], dtype=np.int32)
    found = np.column_stack([year, places[owner], day]).astype(np.int32)
    return found[found[:, 1] >= 0]


def hard_as_array(study: Study, hard: Mapping[int, Hard]) -> IntArray:
    """Year, place of the owner and day of each hard day [k x 3]."""
    names, _ = owners_in(study)
    found = [
        (year, names.index(owner), int(day))
        for year, owners in sorted(hard.items())
        for owner, days in sorted(owners.items())
        for day in days
    ]
    return np.array(found, dtype=np.int32).reshape(-1, 3)


def hard_of(study: Study, array: IntArray) -> dict[int, dict[str, IntArray]]:
    """Hard days by year and owner."""
    (names, _), found = owners_in(study), dict[int, dict[str, IntArray]]()
    for year, owner, day in array.tolist():
        days = found.setdefault(year, {})
        days[names[owner]] = np.union1d(days.get(names[owner], np.zeros(0)), [day]).astype(np.int32)
    return found


def _trials(sizes: FloatArray, duals: FloatArray, rows: IntArray, study: Study) -> tuple[Trial, ...]:
    """Sizes and duals of each trial; none at all where they do not fit together."""
    years = len(study.milestones.years)
    _require(rows.ndim == 1 and rows.dtype.kind == "i" and duals.ndim == 1 and bool((rows >= 0).all()))
    if len(rows) != years * len(sizes) or rows.sum() != len(duals) or not np.isfinite(duals).all():
        return ()
    parts = np.split(duals, np.cumsum(rows)[:-1]) if len(rows) else []
    return tuple((s, tuple(parts[i * years : (i + 1) * years])) for i, s in enumerate(sizes))


def _numbered(groups: IntArray, days: int) -> bool:
    """Whether each day has a group, and groups are numbered from zero without a hole."""
    if not (
        groups.shape == (days,) and groups.dtype.kind == "i" and groups.min() == 0 <= groups.max() < days
    ):
        return False
    return np.array_equal(np.unique(groups), np.arange(groups.max() + 1))


def _last_bound(
    groups: IntArray, columns: BasisArray, rows: BasisArray, days: int
) -> tuple[IntArray, Basis] | tuple[None, None]:
    """Grouping and basis of the last lower bound, where both are whole."""
    numbered = _numbered(groups, days)
    known = len(columns) > 0 and _known(columns) and _known(rows)
    if not (numbered and known):
        return None, None
    return groups.astype(np.int32), (columns.astype(np.int8), rows.astype(np.int8))
