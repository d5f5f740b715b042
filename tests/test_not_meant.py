"""What is true of a plan and hardly meant is told; what is free is netted."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from parkzero.components import Battery, ByYear, HeatDemand, Profile, ThermalStore, constant
from parkzero.language.values import Size
from parkzero.planning.monolith import monolith
from parkzero.planning.netted import netted
from parkzero.results import results_of
from parkzero.results.not_meant import _too_small
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, H, Quantity
from tests.results_cases import STEPS, flat, grid, load, plain_study, sizes, solar, study_of

NIGHT = np.arange(STEPS) % 24 < 6


def battery(**more: object) -> Battery:
    """1 MW and 2 MWh that stand; 90 % each way."""
    usual = {
        "power": Size(existing=Quantity(1.0, MW)),
        "energy": Size(existing=Quantity(2.0, MWH)),
        "efficiency_in": Quantity(0.9),
        "efficiency_out": Quantity(0.9),
    }
    return Battery(name="t1.bat", owner="t1", bus="t1.electricity", **{**usual, **more})


def told(study) -> list[str]:
    return [w for w in results_of(monolith(study)).summary["warnings"] if w != "a warning"]


def priced(values: np.ndarray):
    return dataclasses.replace(grid(), price=Profile(values, MONEY / MWH))


def test_a_battery_that_burns_energy_because_prices_are_negative_is_told():
    """At -50 an hour each MWh lost earns money: charging 1 MW and giving back 0.81 MW loses 0.19 MW."""
    (one,) = told(study_of(load(), priced(np.where(NIGHT, -50.0, 100.0)), battery()))
    assert "'t1.bat' charges and discharges at once in 2030" in one
    assert "exclusive = true" in one


def test_a_battery_at_positive_prices_is_not_told():
    assert told(study_of(load(), priced(np.where(NIGHT, 20.0, 100.0)), battery())) == []


def test_a_store_without_losses_is_netted_and_nothing_else_changes():
    store = ThermalStore(
        name="t1.tank", owner="t1", bus="t1.steam", energy=Size(existing=Quantity(5.0, MWH)),
        loss=Quantity(0.0, ONE / H),
    )  # fmt: skip
    heat = HeatDemand(name="t1.heat", owner="t1", bus="t1.steam", load=Profile(flat(0.0), MW))
    plan = monolith(study_of(load(), grid(), heat, store))
    (operated,) = plan.years
    blocks, values = operated.built.context.model.operation.blocks, operated.values.copy()
    into, out_of = (values[blocks[f"t1.tank.{name}"].inside] for name in ("charge", "discharge"))
    into += 3.0
    out_of += 3.0
    both = dataclasses.replace(plan, years=(dataclasses.replace(operated, values=values),))
    (mended,) = netted(both).years
    assert (
        np.minimum(*(mended.values[blocks[f"t1.tank.{n}"].inside] for n in ("charge", "discharge"))).max()
        == 0
    )
    assert mended.values == pytest.approx(operated.values, abs=1e-6)
    assert netted(plan) is plan


def test_imports_that_stores_raise_above_todays_peak_are_told_where_no_limit_is_set():
    """From 2040 a battery of 30 MW charges by night what the day, ten times dearer, does not buy."""
    big = battery(
        power=Size(capex=ByYear((2030, 2040), (1e9, 1e2), MONEY / MW), lifetime=Quantity(10.0, YEAR)),
        energy=Size(capex=ByYear((2030, 2040), (1e9, 1e2), MONEY / MWH), lifetime=Quantity(10.0, YEAR)),
    )
    prices = np.where(NIGHT, 20.0, 200.0)
    free = study_of(load(), priced(prices), big, years=(2030, 2040))
    found = [t for t in told(free) if "import_limit" in t]
    assert len(found) == 1
    assert "(2030: 10 MW)" in found[0]
    limited = dataclasses.replace(priced(prices), import_limit=constant(60.0, MW))
    assert not [t for t in told(study_of(load(), limited, big, years=(2030, 2040))) if "import_limit" in t]


def test_power_that_is_free_and_absurd_is_told():
    """Power costs nothing and one hour of the day is dear; 50 MW stand beside 5 MWh."""
    prices = np.where(np.arange(STEPS) % 24 == 18, 5000.0, 50.0)
    odd = battery(
        power=Size(
            existing=Quantity(50.0, MW), capex=constant(0.0, MONEY / MW), lifetime=Quantity(10.0, YEAR)
        ),
        energy=Size(existing=Quantity(5.0, MWH)),
    )
    found = [t for t in told(study_of(load(), priced(prices), odd)) if "times its energy an hour" in t]
    assert len(found) == 1
    assert "because its power costs nothing" in found[0]
    assert "rate_max" in found[0]


def test_a_size_that_nobody_sells_is_told_with_its_cost_unless_a_least_size_is_given():
    tiny = solar(max=Quantity(0.004, MW))
    (one,) = told(study_of(load(), grid(), tiny))
    assert "'t1.pv' 0.004 MW" in one
    assert "USD in all years" in one
    assert told(plain_study()) == []
    least = dataclasses.replace(tiny, power=sizes(max=Quantity(0.004, MW), unit=Quantity(0.004, MW)))
    assert told(study_of(load(), grid(), least)) == []


def test_a_trace_in_a_year_before_the_purchase_is_no_size():
    """What stands in its largest year decides; only what never becomes large is told, with its own cost."""
    plan = monolith(plain_study())
    table = pl.DataFrame({
        "asset": ["t1.pv", "t1.pv", "t1.bat", "t1.bat"], "size": ["power"] * 4, "unit": ["MW"] * 4,
        "built": [1e-5, 9.0, 0.004, 0.0], "standing": [1e-5, 9.00001, 0.004, 0.004],
    })  # fmt: skip
    ledger = pl.DataFrame(
        {"account": ["capex"] * 3, "asset": ["t1.pv", "t1.bat", "t1.bat"], "amount": [900.0, 2.0, 3.0]}
    )
    (one,) = [str(text) for text in _too_small(plan, table, ledger)]
    assert "1 size is" in one
    assert "'t1.bat' 0.004 MW" in one
    assert "costs 5 USD" in one
