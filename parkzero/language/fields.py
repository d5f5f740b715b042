"""Fields of a component: each says its unit, its range and what it is, in one line.

The same metadata serve the reader of studies, the JSON Schema, the manual's pages and the web form.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from parkzero.units import ONE, FloatArray, Quantity, Unit

Kind = Literal["quantity", "by_year", "profile", "bus", "text", "integer", "flag", "choice"]
KEY = "parkzero"


@dataclass(frozen=True, slots=True)
class Field:
    """What the border needs to know about a field.

    Attributes:
        kind: which reader it needs.
        doc: what it is, in a sentence.
        unit: unit of a quantity, path or profile.
        least, most: smallest and largest value allowed, in ``unit``.
        above: a value that it must exceed (efficiencies are more than zero).
        carrier: carrier of a bus ("electricity", "heat" or "fuel").
        choices: allowed words.
        required: whether a study must give it.
        partial: whether a path may leave years out (a policy then does not apply in them).
    """

    kind: Kind
    doc: str
    unit: Unit = ONE
    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf
    carrier: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True
    partial: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ByYear:
    """A value that changes over the years: linear between the years given, constant when one is given.

    Attributes:
        years: ascending calendar years.
        values: value in each, in ``unit``.
        unit: unit of the values.
        steps: True holds each value until the next year given instead of interpolating.
    """

    years: tuple[int, ...]
    values: tuple[float, ...]
    unit: Unit = ONE
    steps: bool = False

    def at(self, year: int) -> Quantity:
        """The value in a year.

        Raises:
            ValueError: outside the years given (unless a single value was given for all).
        """
        if len(self.years) == 1:
            return Quantity(self.values[0], self.unit)
        if not self.years[0] <= year <= self.years[-1]:
            raise ValueError(f"covers {self.years[0]} to {self.years[-1]}, not {year}")
        if self.steps:
            return Quantity(self.values[int(np.searchsorted(self.years, year, side="right")) - 1], self.unit)
        return Quantity(float(np.interp(year, self.years, self.values)), self.unit)

    def covers(self, year: int) -> bool:
        """Whether ``at`` has an answer for the year."""
        return len(self.years) == 1 or self.years[0] <= year <= self.years[-1]


def constant(value: float, unit: Unit = ONE) -> ByYear:
    """The same value in every year."""
    return ByYear((0,), (value,), unit)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A value for every real step, the same each year or one array per year, times a yearly factor.

    Attributes:
        values: shape [real steps] of the study's calendar.
        unit: unit of the values.
        factor: growth or price path that multiplies them.
        years: arrays that replace ``values`` in some years (a tariff whose hours change).
    """

    values: FloatArray
    unit: Unit = ONE
    factor: ByYear = dataclasses.field(default_factory=lambda: constant(1.0))
    years: Mapping[int, FloatArray] = dataclasses.field(default_factory=dict)

    def at(self, year: int) -> Quantity:
        """All real steps of a year."""
        return Quantity(self.years.get(year, self.values) * self.factor.at(year).value, self.unit)


def _field(meta: Field, default: Any) -> Any:
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata={KEY: meta})
    return dataclasses.field(default=default, metadata={KEY: dataclasses.replace(meta, required=False)})


def quantity(
    unit: Unit, doc: str, *, least: float = 0.0, most: float = math.inf, above: float = -math.inf,
    default: Any = dataclasses.MISSING,
) -> Any:  # fmt: skip
    """A number with a unit; of zero or more unless ``least`` says otherwise."""
    return _field(Field("quantity", doc, unit, least, most, above), default)


def efficiency(doc: str, *, most: float = 1.0, default: Any = dataclasses.MISSING) -> Any:
    """A ratio above zero."""
    return _field(Field("quantity", doc, ONE, 0.0, most, 0.0), default)


def by_year(
    unit: Unit, doc: str, *, least: float = 0.0, most: float = math.inf, partial: bool = False,
    default: Any = dataclasses.MISSING,
) -> Any:  # fmt: skip
    """One number for all years, or a path over the years."""
    return _field(Field("by_year", doc, unit, least, most, partial=partial), default)


def profile(
    unit: Unit, doc: str, *, least: float = 0.0, most: float = math.inf, above: float = -math.inf,
    default: Any = dataclasses.MISSING,
) -> Any:  # fmt: skip
    """A value for every step."""
    return _field(Field("profile", doc, unit, least, most, above), default)


def bus(carrier: str, doc: str, default: Any = dataclasses.MISSING) -> Any:
    """A bus of a carrier."""
    return _field(Field("bus", doc, carrier=carrier), default)


def text(doc: str, default: Any = dataclasses.MISSING) -> Any:
    """Free text."""
    return _field(Field("text", doc), default)


def integer(doc: str, *, least: float, most: float, default: Any = dataclasses.MISSING) -> Any:
    """A whole number, such as a calendar year."""
    return _field(Field("integer", doc, ONE, least, most), default)


def flag(doc: str, default: Any = dataclasses.MISSING) -> Any:
    """True or false."""
    return _field(Field("flag", doc), default)


def choice(choices: tuple[str, ...], doc: str, default: Any = dataclasses.MISSING) -> Any:
    """One of some words."""
    return _field(Field("choice", doc, choices=choices), default)


def described(kind: type) -> dict[str, Field]:
    """The described fields of a component, by name, in the order in which they are written."""
    return {f.name: f.metadata[KEY] for f in dataclasses.fields(kind) if KEY in f.metadata}
