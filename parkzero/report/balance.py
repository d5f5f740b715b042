"""Energy by carrier and technology, from the hourly injections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parkzero.report.facts import Drawn, Facts
from parkzero.report.words import both
from parkzero.units import FloatArray

ELECTRICITY = "electricity"


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
    """What each technology gives to and takes from each carrier.

    Attributes:
        steps: the steps.
        given, taken: by carrier and technology, in the unit of the carrier, shape [steps] each.
        renewable: electricity that is generated from what is renewable [MW], shape [steps].
        technologies, carriers: how they are drawn.
        holds: unit of what each asset would hold, after the carrier of its bus.
    """

    steps: Steps
    given: dict[tuple[str, str], FloatArray]
    taken: dict[tuple[str, str], FloatArray]
    renewable: FloatArray
    technologies: Mapping[str, Drawn]
    carriers: Mapping[str, Drawn]
    holds: Mapping[str, str]

    def drawn(self, technology: str) -> Drawn:
        """How a technology is drawn; one that is not known reads as it is written."""
        return self.technologies.get(technology) or Drawn(both(technology))

    def carrier(self, carrier: str) -> Drawn:
        """How a carrier is drawn; one that is not known reads as it is written."""
        return self.carriers.get(carrier) or Drawn(both(carrier))

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
    generates, renewable = facts.renewable_assets, np.zeros(frame.height)
    holds: dict[str, str] = {}
    for column in frame.columns:
        if column == "start" or "|" not in column:
            continue
        bus, asset = column.split("|", 1)
        key = (facts.carriers.get(bus, bus), facts.technology(asset))
        values = np.nan_to_num(frame[column].to_numpy().astype(np.float64))
        given[key] = given.get(key, 0.0) + np.maximum(values, 0.0)
        taken[key] = taken.get(key, 0.0) + np.maximum(-values, 0.0)
        if key[0] in facts.carrier_of:
            holds[asset] = facts.carrier_of[key[0]].amount
        if asset in generates and key[0] == ELECTRICITY:
            renewable += np.maximum(values, 0.0)
    return Injections(steps, given, taken, renewable, facts.technologies, facts.carrier_of, holds)
