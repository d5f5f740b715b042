"""Values by year: straight lines between the dated years of a key."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkzero.books.entry import BookError, Entry
from parkzero.books.library import Library, shelf_of
from parkzero.texts import say

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Knots:
    """Years at which a key has a value, and whether its first or last value has no end.

    Attributes:
        years: calendar years in rising order [year].
        entries: the entry of each of ``years``.
        before: the first value holds in all earlier years.
        after: the last value holds in all later years.
    """

    years: list[int]
    entries: list[Entry]
    before: bool
    after: bool


def _knots(key: str, held: tuple[Entry, ...]) -> _Knots:
    """Collect the dated years of a key; a value that holds for several years has a knot at both ends.

    Raises:
        BookError: if two values share a calendar year, or their units differ.
    """
    years: list[int] = []
    of: list[Entry] = []
    for entry in held:
        ends = sorted({day.year for day in (entry.valid_from, entry.valid_to) if day is not None}) or [0]
        if years and ends[0] <= years[-1]:
            raise BookError(
                say(
                    "{key} changes within {year}, so no one value is that of the year",
                    key=key,
                    year=ends[0],
                )
            )
        if entry.unit != held[0].unit:
            raise BookError(
                say(
                    "{key} is in {unit} and in {other}; no line joins them",
                    key=key,
                    unit=held[0].unit,
                    other=entry.unit,
                )
            )
        years += ends
        of += [entry] * len(ends)
    return _Knots(years, of, held[0].valid_from is None, held[-1].valid_to is None)


def _check_range(key: str, knots: _Knots, wanted: FloatArray) -> None:
    """Raise BookError where a wanted year lies outside the dated years and no open value covers it."""
    first, last = knots.years[0], knots.years[-1]
    early = [] if knots.before else [y for y in wanted if y < first]
    late = [] if knots.after else [y for y in wanted if y > last]
    if early or late:
        odd = ", ".join(f"{year:g}" for year in (early + late)[:6])
        raise BookError(
            say(
                "{key} is known for {first} to {last}, not for {odd}; give a value of your own for those "
                "years, or ask to hold the nearest one (hold=True)",
                key=key,
                first=first,
                last=last,
                odd=odd,
            )
        )


def trace(
    key: str, years: Iterable[float], *, hold: bool = False, library: Library | None = None
) -> tuple[FloatArray, tuple[Entry, ...]]:
    """Values of a key by year, with the entries that they come from.

    Args:
        key: a key whose entries are dated by year, such as ``grid_ef.path.plan_5y_late``.
        years: calendar years [year].
        hold: keep the first or last value outside the dated years instead of refusing.
        library: other books than the shipped ones.

    Returns:
        Values of shape (len(years),) in the unit of the entries, and the entries used, in order of date.

    Raises:
        BookError: if the key is not known, a year is not finite, or a year lies outside the dated years
            and ``hold`` was not asked for.
    """
    wanted = np.asarray(list(years), dtype=np.float64)
    if not np.isfinite(wanted).all():
        raise BookError(say("{key} was asked for a year that is not a number", key=key))
    knots = _knots(key, (library or shelf_of(key)).series(key))
    if not hold:
        _check_range(key, knots, wanted)
    values = np.interp(wanted, knots.years, [entry.value for entry in knots.entries])
    used: set[int] = set()
    top = len(knots.years) - 1
    for year in wanted:
        used.add(min(bisect_left(knots.years, year), top))
        used.add(max(bisect_right(knots.years, year) - 1, 0))
    return values, tuple(dict.fromkeys(knots.entries[i] for i in sorted(used)))


def path(
    key: str, years: Iterable[float], *, hold: bool = False, library: Library | None = None
) -> FloatArray:
    """Values of a key by year, of shape (len(years),); see :func:`trace`, which also gives the entries.

    Raises:
        BookError: as :func:`trace`.
    """
    return trace(key, years, hold=hold, library=library)[0]
