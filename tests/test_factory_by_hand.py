"""A factory's week in quarter-hours, against a linear problem of the same rules written by hand.

Two days stand for the year. A peak is billed once a year, cogeneration pays a fee, two wind farms are
paid for what they make and share one connection, stores begin and end empty, have a largest ratio of power to
energy, wear by what passes, and take in no more than so much a year. All figures are invented.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from parkzero.components import (
    Battery,
    Chp,
    ElectricityDemand,
    Fuel,
    FuelBoiler,
    Grid,
    HeatDemand,
    Incentive,
    Profile,
    SharedLimit,
    Size,
    ThermalStore,
    Wind,
)
from parkzero.planning.monolith import monolith
from parkzero.study import Study
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, FloatArray, H, Quantity, T
from tests.cases.harness import EXACT, compose, per, share

DAYS, HOUR = 2, 0.25
STEPS = DAYS * 96
YEARS = 365 / DAYS  # so often the two days occur in a year
RATE, LIFE = 0.05, 10.0
CAPITAL = RATE * (1 + RATE) ** LIFE / ((1 + RATE) ** LIFE - 1)
FEE, PAID = 20.0, 50.0


@dataclasses.dataclass(frozen=True)
class Series:
    """Loads [MW], what wind gives, and prices [money/MWh]."""

    power: FloatArray
    heat: FloatArray
    wind: tuple[FloatArray, FloatArray]
    price: FloatArray
    gas: FloatArray
    sold: FloatArray


def series(seed: int) -> Series:
    """Invented ones."""
    random = np.random.default_rng(seed)
    day = np.arange(STEPS) * 2 * np.pi / 96
    wind = [np.clip(0.5 + 0.5 * np.sin(day / 2 + k) + random.normal(0, 0.1, STEPS), 0, 1) for k in (0, 2)]
    return Series(
        20 + 8 * np.sin(day) + random.uniform(0, 3, STEPS),
        6 + 3 * np.cos(day) + random.uniform(0, 1, STEPS),
        (wind[0], wind[1]),
        np.where(np.sin(day) > 0, 150.0, 70.0),
        50 + 5 * np.sin(day / 2),
        np.where(np.sin(day) > 0, 30.0, 5.0),
    )


def new(cost: float, unit: Any = MW, **more: Any) -> Size:
    """What may be built."""
    return Size(capex=per(cost, MONEY / unit), lifetime=Quantity(LIFE, YEAR), **more)


def park(of: Series) -> Study:
    """The factory as ParkZero has it."""
    cost = MONEY / MWH
    winds = [
        Wind(name=f"wind_{k}", bus="el", output=Profile(of.wind[k], ONE), power=new(900e3),
             variable_om=per(5, cost))
        for k in (0, 1)
    ]  # fmt: skip
    stores: dict[str, Any] = {
        "start_level": share(0.0), "end_level": share(0.0), "loss": Quantity(0.001, ONE / H),
    }  # fmt: skip
    parts = (
        ElectricityDemand(name="load", bus="el", load=Profile(of.power, MW)),
        HeatDemand(name="warmth", bus="heat", load=Profile(of.heat, MW)),
        Grid(
            name="grid", bus="el", price=Profile(of.price, cost), export_price=Profile(of.sold, cost),
            export_limit=per(1e3, MW), export_own_only=False, emission_factor=per(0.0, T / MWH),
            demand_charge=per(10e3 / 12, MONEY / MW), demand_minutes=15, ratchet=share(1.0),
        ),
        Fuel(name="gas", bus="gas", price=Profile(of.gas, cost), emission_factor=per(0.0, T / MWH)),
        Chp(name="chp", fuel="gas", bus="el", heat="heat", efficiency=share(0.4),
            heat_efficiency=share(0.5), power=new(600e3, existing=Quantity(1.0, MW)),
            variable_om=per(10, cost)),
        FuelBoiler(name="boiler", source="gas", to="heat", efficiency=share(0.9), power=new(90e3)),
        Battery(name="battery", bus="el", power=new(0), energy=new(120e3, MWH),
                efficiency_in=share(0.9), efficiency_out=share(0.9), rate_max=Quantity(2.0, ONE / H),
                cycles=share(300.0), charge_cost=per(2, cost), discharge_cost=per(2, cost), **stores),
        ThermalStore(name="tank", bus="heat", energy=new(9e3, MWH), rate=Quantity(1.0, ONE / H),
                     charge_cost=per(1, cost), discharge_cost=per(1, cost), **stores),
        *winds,
        SharedLimit(name="point", power=per(15, MW),
                    uses={"wind_0.power": share(1.0), "wind_1.power": share(1.0)}),
        Incentive(name="fee", asset="chp", per_energy=per(-FEE, cost)),
        *(Incentive(name=f"paid_{k}", asset=f"wind_{k}", per_energy=per(PAID, cost)) for k in (0, 1)),
    )  # fmt: skip
    calendar = RealDays(Calendar(2025, 15, DAYS), scale=YEARS)
    return compose(*parts, timeline=calendar, rate=RATE, carriers={"gas": "fuel"})


class ByHand:
    """Columns of zero or more, rows, and a cost."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.rows: list[dict[int, float]] = []
        self.high: list[float] = []
        self.equal: list[bool] = []

    def column(self, cost: float = 0.0) -> int:
        """One column."""
        self.cost.append(cost)
        return len(self.cost) - 1

    def flow(self, cost: FloatArray | float = 0.0) -> list[int]:
        """One column for each step, which costs so much an MWh."""
        return [self.column(float(c) * HOUR * YEARS) for c in np.broadcast_to(cost, STEPS)]

    def row(self, terms: dict[int, float], high: float, equal: bool = False) -> None:
        """A sum that is at most, or just, so much."""
        self.rows.append(terms)
        self.high.append(high)
        self.equal.append(equal)

    def least(self) -> float:
        """The least cost."""
        where = [(i, c, v) for i, terms in enumerate(self.rows) for c, v in terms.items()]
        rows, columns, values = (np.array(part) for part in zip(*where, strict=True))
        matrix = sparse.csr_array((values, (rows, columns)), shape=(len(self.rows), len(self.cost)))
        equal, high = np.array(self.equal), np.array(self.high)
        found = linprog(self.cost, matrix[~equal], high[~equal], matrix[equal], high[equal], method="highs")
        assert found.status == 0, found.message
        return float(found.fun)


def store(lp: ByHand, capital: float, ratio: float, efficiency: float, wear: float, cycles: float) -> Any:
    """A store that begins and ends empty: what goes in and what comes out."""
    energy, power = lp.column(capital * CAPITAL), lp.column()
    into, out_of, held = lp.flow(wear), lp.flow(wear), [lp.column() for _ in range(STEPS)]
    lp.row({power: 1.0, energy: -ratio}, 0.0)
    for t in range(STEPS):
        lp.row({into[t]: 1.0, power: -1.0}, 0.0)
        lp.row({out_of[t]: 1.0, power: -1.0}, 0.0)
        lp.row({held[t]: 1.0, energy: -1.0}, 0.0)
        gained = {held[t]: 1.0, into[t]: -efficiency * HOUR, out_of[t]: HOUR / efficiency}
        if t:
            gained[held[t - 1]] = -(1 - 0.001 * HOUR)
        lp.row(gained, 0.0, equal=True)
    lp.row(dict.fromkeys(into, HOUR * YEARS) | {energy: -cycles}, 0.0)
    return into, out_of


def by_hand(of: Series) -> float:
    """The least cost of a year by the rules alone."""
    lp = ByHand()
    bought, sold, peak = lp.flow(of.price), lp.flow(-of.sold), lp.column(10e3)
    chp, boiler = lp.flow(10 + FEE + of.gas / 0.4), lp.flow(of.gas / 0.9)
    engine, burner = lp.column(600e3 * CAPITAL), lp.column(90e3 * CAPITAL)
    farms = [lp.column(900e3 * CAPITAL) for _ in range(2)]
    wind = [lp.flow(5 - PAID) for _ in range(2)]
    cells = store(lp, 120e3, 2.0, 0.9, 2.0, 300.0)
    tank = store(lp, 9e3, 1.0, 1.0, 1.0, 1e9)
    lp.row({farms[0]: 1.0, farms[1]: 1.0}, 15.0)
    for t in range(STEPS):
        lp.row({bought[t]: 1.0, peak: -1.0}, 0.0)
        lp.row({chp[t]: 1.0, engine: -1.0}, 1.0)
        lp.row({boiler[t]: 1.0, burner: -1.0}, 0.0)
        for k in (0, 1):
            lp.row({wind[k][t]: 1.0, farms[k]: -of.wind[k][t]}, 0.0)
        power = {bought[t]: 1.0, sold[t]: -1.0, chp[t]: 1.0, wind[0][t]: 1.0, wind[1][t]: 1.0}
        lp.row(power | {cells[0][t]: -1.0, cells[1][t]: 1.0}, of.power[t], equal=True)
        heat = {chp[t]: 0.5 / 0.4, boiler[t]: 1.0, tank[0][t]: -1.0, tank[1][t]: 1.0}
        lp.row(heat, of.heat[t], equal=True)
    return lp.least()


@pytest.mark.parametrize("seed", range(2))
def test_a_factory_costs_what_its_rules_say(seed: int):
    of = series(seed)
    plan = monolith(park(of), EXACT)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(by_hand(of), rel=1e-6)
