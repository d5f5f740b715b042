"""Energy by carrier and technology, from the hourly injections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from parkzero.report.facts import Facts
from parkzero.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The steps of a year: their length [h], how often each stands for one of the year, and their starts."""

    starts: np.ndarray
    hours: float
    scale: float

    @property
    def per_day(self) -> int:
        """Steps in a day."""
        return max(1, round(24 / self.hours))

    @property
    def days(self) -> int:
        """Whole days."""
        return len(self.starts) // self.per_day

    def total(self, rate: FloatArray) -> float:
        """The year's total of a rate [MW] in MWh."""
        return float(np.nansum(rate)) * self.hours * self.scale


@dataclass(frozen=True, slots=True, eq=False)
class Injections:
    """What each technology gives to (positive) and takes from each carrier, shape [steps] each [MW]."""

    steps: Steps
    given: dict[tuple[str, str], FloatArray]
    taken: dict[tuple[str, str], FloatArray]

    def of(self, carrier: str) -> Iterator[tuple[str, FloatArray, FloatArray]]:
        """Technologies of a carrier with what they give and take."""
        for name, group in self.given:
            if name == carrier:
                yield group, self.given[name, group], self.taken[name, group]


def injections(facts: Facts, year: int) -> Injections:
    """Injections of a year summed by carrier and technology, signs kept apart asset by asset."""
    frame = facts.frame("injections", year)
    row = facts.results.years.filter(pl.col("year") == year).row(0, named=True)
    steps = Steps(frame["start"].to_numpy(), float(row["hours"]), float(row["scale"]))
    given: dict[tuple[str, str], FloatArray] = {}
    taken: dict[tuple[str, str], FloatArray] = {}
    for column in frame.columns:
        if column == "start" or "|" not in column:
            continue
        bus, asset = column.split("|", 1)
        key = (facts.carriers.get(bus, bus), facts.technology(asset))
        values = np.nan_to_num(frame[column].to_numpy().astype(np.float64))
        given[key] = given.get(key, 0.0) + np.maximum(values, 0.0)
        taken[key] = taken.get(key, 0.0) + np.maximum(-values, 0.0)
    return Injections(steps, given, taken)
