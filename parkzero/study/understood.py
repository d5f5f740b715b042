"""What was understood of a study, in figures that its author knows: energy, peak, yield, price, pattern."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from parkzero.language.component import Component
from parkzero.language.fields import described
from parkzero.language.values import ByYear, Profile
from parkzero.texts import Text, joined, say
from parkzero.timeline import Timeline
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, Unit


@dataclass(frozen=True, slots=True)
class Fact:
    """Figures of one series, path or pattern.

    Attributes:
        path: of the field, such as "assets.steel.load".
        told: the figures in a sentence.
        values: the figures by name, each with its unit in the name.
    """

    path: str
    told: Text
    values: Mapping[str, float | str] = field(default_factory=dict)


def understood(
    components: Iterable[Component], timeline: Timeline, currency: str, years: Sequence[int]
) -> tuple[Fact, ...]:
    """The facts of all series, and of all paths over the years that are prices or limits."""
    facts: list[Fact] = []
    for component in components:
        group = "policies" if component.group == "policy" else "assets"
        for name in described(type(component)):
            value = getattr(component, name)
            path = f"{group}.{component.name}.{name}"
            if isinstance(value, Profile):
                facts.append(_series(path, name, value.unit, value, timeline, currency, years[0]))
            elif isinstance(value, ByYear) and group == "policies" and value.years[0] != value.years[-1]:
                facts.append(_path(path, value, years, currency))
    return tuple(facts)


def _series(
    path: str, name: str, unit: Unit, profile: Profile, timeline: Timeline, currency: str, year: int
) -> Fact:
    values = np.asarray(profile.at(year).value)
    hours = timeline.calendar.minutes / 60
    if unit == MW:
        return _load(path, values, hours, timeline.scale, year)
    if unit == MONEY / MWH:
        mean, low, high = (float(f(values)) / 1000 for f in (np.mean, np.min, np.max))
        told = say(
            "{year}: {mean:,.4g} {currency}/kWh on average, {low:,.4g} to {high:,.4g}",
            year=str(year), mean=mean, currency=currency, low=low, high=high,
        )  # fmt: skip
        return Fact(path, told, {"mean_per_kWh": mean, "least_per_kWh": low, "most_per_kWh": high})
    if unit == ONE and name == "output":
        yearly = float(values.sum()) * hours * timeline.scale
        told = say(
            "{yearly:,.0f} kWh per kW a year, at most {most:.0%}", yearly=yearly, most=float(values.max())
        )
        return Fact(path, told, {"yield_kWh_per_kW": yearly})
    low, high = float(values.min()), float(values.max())
    written = "" if unit == ONE else str(unit).replace("money", currency)
    behind = f" {written}" if written else ""
    told = say(
        "{low:,.3g} to {high:,.3g}{unit}, {mean:,.3g} on average",
        low=low, high=high, unit=behind, mean=float(values.mean()),
    )  # fmt: skip
    if low == high:
        told = say("{mean:,.4g}{unit} in every step", mean=low, unit=behind)
    return Fact(path, told, {"least": low, "most": high, "mean": float(values.mean()), "unit": written})


def _load(path: str, values: FloatArray, hours: float, scale: float, year: int) -> Fact:
    energy = float(values.sum()) * hours * scale / 1000
    peak = float(values.max(initial=0.0))
    factor = float(values.mean()) / peak if peak > 0 else 0.0
    dark = float((values == 0).sum()) * hours * scale
    told = say(
        "{year}: {energy:,.4g} GWh, peak {peak:,.4g} MW, load factor {factor:.0%}, {dark:,.0f} hours at zero",
        year=str(year), energy=energy, peak=peak, factor=factor, dark=dark,
    )  # fmt: skip
    figures: dict[str, float | str] = {
        "energy_GWh": energy, "peak_MW": peak, "load_factor": factor, "hours_at_zero": dark,
    }  # fmt: skip
    return Fact(path, told, figures)


def _path(path: str, value: ByYear, years: Sequence[int], currency: str) -> Fact:
    """A policy year by year: those between the years given are interpolated, or stepped, and said so."""
    given = set(value.years)
    parts, figures = [], {}
    for year in (y for y in years if value.covers(y)):
        amount = float(value.at(year).value)
        figures[str(year)] = amount
        unit = str(value.unit).replace("money", currency)
        # Six digits, and never a power of ten: these are caps and prices in VND.
        digits = 5 - (math.floor(math.log10(abs(amount))) if amount else 0)
        shown = say("{amount:,.12g} {unit}", amount=round(amount, digits), unit=unit)
        if value.unit == ONE:
            shown = say("{amount:,.6g} %", amount=amount * 100)
        if year in given:
            parts.append(say("{year} {amount}", year=str(year), amount=shown))
        elif value.steps:
            parts.append(say("{year} {amount} (held)", year=str(year), amount=shown))
        else:
            parts.append(say("{year} {amount} (between)", year=str(year), amount=shown))
    return Fact(path, joined(parts, "; "), figures)
