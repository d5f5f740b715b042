"""Tiny studies composed from ParkZero's records, solved to a vertex, with any named rule struck out.

A day has 24 steps however small the case, so what a case does not name is an hour in which nothing is needed
and nothing can be gained: no load, no sun, and power from the grid at a price that nobody would pay.
Shortfalls cost 10,000 money per MWh or t, and unless a case says otherwise its year is its one day, its
discount rate is zero, and what it builds lives ten years: a tenth of an investment is paid a year.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from parkzero.components import (
    ByYear,
    Component,
    ElectricityDemand,
    Fuel,
    Grid,
    HeatDemand,
    Profile,
    Size,
    constant,
)
from parkzero.language.block import Penalties
from parkzero.language.fields import described
from parkzero.lp.expr import IntArray
from parkzero.lp.model import Matrix, Model
from parkzero.lp.solver import Options, Solution, solve
from parkzero.planning.assemble import Built, Design, build_year, stack
from parkzero.study import Bus, Study, milestones
from parkzero.timeline import Calendar, RealDays, Timeline
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, FloatArray, Quantity, T, Unit

PENALTY = 10_000.0
NEVER = 1_000.0  # a price at which nothing in these cases is worth buying
DAY = RealDays(Calendar(2025, 60, days=1))
EXACT = Options(method="simplex", threads=1)


def days(number: int, minutes: int = 60, groups: list[int] | None = None) -> Timeline:
    """The first days of 2025 as a year of their own, or mean days of them."""
    real = RealDays(Calendar(2025, minutes, number))
    return real if groups is None else real.grouped(np.array(groups, dtype=np.int32))


def steps(*values: float, rest: float = 0.0, count: int = 24) -> FloatArray:
    """The first steps' values, then ``rest``."""
    return np.array([*values, *[rest] * (count - len(values))], dtype=np.float64)


def each_day(*first: tuple[float, ...], rest: float = 0.0, per_day: int = 24) -> FloatArray:
    """The first steps of each day."""
    return np.concatenate([steps(*values, rest=rest, count=per_day) for values in first])


def mw(value: float) -> Quantity:
    """A power."""
    return Quantity(value, MW)


def mwh(value: float) -> Quantity:
    """An energy."""
    return Quantity(value, MWH)


def share(value: float) -> Quantity:
    """A ratio."""
    return Quantity(value, ONE)


def per(value: float, unit: Unit) -> ByYear:
    """A price, the same in every year."""
    return constant(value, unit)


def path(unit: Unit, /, **by_year: float) -> ByYear:
    """Values by year, written ``y2025=…``."""
    return ByYear(tuple(int(k[1:]) for k in by_year), tuple(by_year.values()), unit)


TEN_YEARS = Quantity(10.0, YEAR)


def stands(amount: float, unit: Unit = MW, /, **more: Any) -> Size:
    """What stands already and cannot grow, unless ``max`` says otherwise."""
    sizes = {"existing": Quantity(amount, unit), "max": Quantity(amount, unit)}
    return Size(**{"capex": per(0.0, MONEY / unit), "lifetime": TEN_YEARS, **sizes, **more})


def sized(power: float | Size) -> Size:
    """A size, or what stands already of that power."""
    return power if isinstance(power, Size) else stands(power)


def new(yearly: float, unit: Unit = MW, /, **more: Any) -> Size:
    """What may be built for that much a year per unit, over ten years."""
    return Size(**{"capex": per(10 * yearly, MONEY / unit), "lifetime": TEN_YEARS, **more})


def load(*values: float, raw: FloatArray | None = None, **more: Any) -> ElectricityDemand:
    """Electricity drawn in the first steps."""
    shape = steps(*values) if raw is None else raw
    more.setdefault("bus", "el")
    more.setdefault("load", Profile(shape, MW))
    return ElectricityDemand(**{"name": "load", **more})


def warmth(*values: float, raw: FloatArray | None = None, **more: Any) -> HeatDemand:
    """Heat drawn in the first steps."""
    shape = steps(*values) if raw is None else raw
    more.setdefault("load", Profile(shape, MW))
    return HeatDemand(**{"name": "warmth", "bus": "heat", **more})


def grid(*prices: float, raw: FloatArray | None = None, **more: Any) -> Grid:
    """A grid connection with the first steps' prices; then one that nobody would pay."""
    shape = steps(*prices, rest=NEVER) if raw is None else raw
    more.setdefault("emission_factor", per(0.0, T / MWH))
    return Grid(**{"name": "grid", "bus": "el", "price": Profile(shape, MONEY / MWH), **more})


def fuel(price: float | Profile, name: str = "fuel", factor: float = 0.0, **more: Any) -> Fuel:
    """A fuel at a price."""
    more.setdefault("bus", "gas")
    cost = price if isinstance(price, Profile) else per(price, MONEY / MWH)
    return Fuel(name=name, price=cost, emission_factor=per(factor, T / MWH), **more)


def compose(
    *components: Component,
    timeline: Timeline = DAY,
    years: tuple[int, ...] = (2025,),
    rate: float = 0.0,
    last: float = 1.0,
    carriers: Mapping[str, str] | None = None,
    states: Mapping[str, tuple[float | None, float | None]] | None = None,
) -> Study:
    """A study of some components; its buses are those that they name, of the first carrier of their field.

    ``carriers`` says the carrier of a bus where it is another, ``states`` its temperature [degC] and its
    pressure [bar].
    """
    said, told = carriers or {}, states or {}
    buses: dict[str, Bus] = {}
    for component in components:
        for name, meta in described(type(component)).items():
            if meta.kind == "bus":
                bus = getattr(component, name)
                if not bus or (bus in buses and bus not in said):
                    continue
                carrier = said.get(bus, (meta.carriers or ("electricity",))[0])
                usual = ({"heat": 100.0, "cooling": 7.0}.get(carrier), None)
                temperature, pressure = told.get(bus, usual)
                buses[bus] = Bus(bus, carrier, temperature, "", pressure)
    return Study(
        name="case",
        currency="USD",
        milestones=milestones(years, rate, last=last),
        timeline=RealDays(timeline.calendar, timeline.scale),
        components=components,
        buses=buses,
        tenants={},
        penalties=Penalties(unserved=PENALTY, excess=PENALTY),
    )


@dataclass(frozen=True)
class Case:
    """A study whose optimum somebody has worked out on paper.

    Attributes:
        why: what makes the optimum what it is, in words; the test's name.
        cost: the optimum by arithmetic.
        study: the study.
        timeline: steps on which it is solved; mean days where the case is about them.
    """

    why: str
    cost: float
    study: Study
    timeline: Timeline = field(default=DAY)

    def __str__(self) -> str:
        return self.why


def case(why: str, cost: float, *components: Component, timeline: Timeline = DAY, **more: Any) -> Case:
    """A case on one day, unless ``timeline`` says otherwise."""
    return Case(why, cost, compose(*components, timeline=timeline, **more), timeline)


def years_of(
    study: Study, timeline: Timeline, strike: Callable[[Model], None] | None = None
) -> tuple[Design, list[Built]]:
    """All years of a study on a timeline."""
    pairs = [build_year(study, year, timeline, strike) for year in study.milestones.years]
    return pairs[0][1], [built for built, _ in pairs]


def solved(
    study: Study, timeline: Timeline | None = None, without: str = "", options: Options = EXACT
) -> tuple[Solution, Design, list[Built]]:
    """Solve a study, with one rule struck out.

    Args:
        study: the study.
        timeline: steps on which it is solved; the study's own by default.
        without: full name of a rule of the years or of the design, such as ``battery.balance``.
        options: how to solve.

    Raises:
        KeyError: when no rule has that name.
    """
    found = []

    def strike(model: Model) -> None:
        if without in model.rules:
            model.strike(without)
            found.append(without)

    design, years = years_of(study, timeline or study.timeline, strike if without else None)
    if without in {rows.dotted for rows in design.matrix.rows}:
        design = dataclasses.replace(design, matrix=relaxed(design.matrix, without))
        found.append(without)
    if without and not found:
        raise KeyError(without)
    return solve(stack(design, years), options), design, years


def relaxed(matrix: Matrix, name: str) -> Matrix:
    """The rows of that name without limits."""
    low, high = matrix.low.copy(), matrix.high.copy()
    for rows in matrix.rows:
        if rows.dotted == name:
            low[rows.start : rows.start + rows.count] = -np.inf
            high[rows.start : rows.start + rows.count] = np.inf
    return dataclasses.replace(matrix, low=low, high=high)


def optimum(study: Study, timeline: Timeline | None = None, without: str = "") -> float:
    """Least cost; minus infinity where nothing limits it."""
    solution, _, _ = solved(study, timeline, without)
    if solution.status == "unbounded":
        return -np.inf
    assert solution.status == "optimal", solution.status
    return solution.objective


def bound(study: Study, groups: IntArray | list[int]) -> float:
    """Cost of the mean days of a partition: by proof, no more than that of the year."""
    return optimum(study, study.timeline.grouped(np.asarray(groups, dtype=np.int32)))


def rules_of(study: Study, timeline: Timeline | None = None) -> Iterator[tuple[str, str]]:
    """Every rule that the model of a study really has, with the kind of component that said it.

    Balances of buses are said by "bus", products of series with flows by "timeline".
    """
    kinds = {c.name: c.kind for c in study.components}
    design, years = years_of(study, timeline or study.timeline)
    names = [r.dotted for r in design.matrix.rows] + [n for y in years for n in y.context.model.rules]
    for name in dict.fromkeys(names):
        asset = name.partition(".")[0]
        if asset in kinds:
            yield name, kinds[asset]
        else:
            yield name, "bus" if asset in study.buses else "timeline"
