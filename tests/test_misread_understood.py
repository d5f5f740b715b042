"""What `check` says of a study: figures that its author knows, and what lies outside the usual."""

from __future__ import annotations

import numpy as np
import pytest

from parkzero.components import kinds
from parkzero.language.values import ByYear, Profile, Size
from parkzero.study.understood import understood
from parkzero.study.usual import doubts, far_from_viet_nam, of_books
from parkzero.timeline import Calendar, RealDays
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, Quantity, T

USD = 26_300.0


def told(kind: str, **fields: object) -> list[str]:
    return [str(t) for t in doubts([fill(kind, **fields)], (), (2025, 2050), USD, 0.08)]


def capex(usd_per_kw: float) -> ByYear:
    return ByYear((2025, 2050), (usd_per_kw * 1000 * USD,) * 2, MONEY / MW)


@pytest.mark.parametrize(("price", "odd"), [(600, False), (6000, True), (60, True), (400, False)])
def test_a_price_of_solar_is_held_against_the_books_and_the_source_is_named(price, odd):
    found = told("solar", power=Size(capex=capex(price), lifetime=Quantity(25.0, YEAR)))
    assert bool(found) == odd
    if odd:
        assert "assets.x.power.capex" in found[0]
        assert "lies outside the usual" in found[0]
        assert "(books: " in found[0]


@pytest.mark.parametrize(("years", "odd"), [(25, False), (2.5, True), (90, True)])
def test_a_lifetime_is_held_against_the_books(years, odd):
    assert bool(told("solar", power=Size(lifetime=Quantity(years, YEAR)))) == odd


@pytest.mark.parametrize(("share", "odd"), [(0.02, False), (0.2, True), (0.0002, True), (0.0, False)])
def test_upkeep_is_held_against_the_books(share, odd):
    assert bool(told("heat_pump", power=Size(fixed_om=ByYear((0,), (share,), ONE)))) == odd


def test_an_efficiency_that_lost_its_per_cent_is_told():
    assert "8.8 %" in told("fuel_boiler", efficiency=Quantity(0.088))[0]
    assert not told("fuel_boiler", efficiency=Quantity(0.88))


def test_what_a_kind_itself_says_is_usual_is_told():
    """Electrolysers use some 45 to 70 MWh for a tonne of hydrogen."""
    (odd,) = told("electrolyser", use=Quantity(5.5, MWH / T))
    assert "assets.x.use: 5.5 MWh/t lies outside the 45 to 70" in odd
    assert not told("electrolyser", use=Quantity(52.0, MWH / T))


def test_a_price_that_is_no_plants_is_held_against_the_keys_that_its_kind_names():
    assert "policies.x.price" in told("carbon_price", price=ByYear((2025,), (1e6 * USD,), MONEY / T))[0]
    assert not told("carbon_price", price=ByYear((2025,), (20.0 * USD,), MONEY / T))


def test_the_range_of_the_books_is_in_the_money_of_the_study():
    vnd, usd = (of_books(("tech.dea.pv_ground.investment",), MONEY / MW, worth) for worth in (USD, 1.0))
    assert vnd.least == pytest.approx(usd.least * USD)
    assert of_books(("no.such.key",), MW, 1.0) is None


def made(kind: str, **fields: object):
    """A component of a real kind, only to be asked for its series."""
    component = object.__new__(kinds()[kind])
    for name, value in fields.items():
        object.__setattr__(component, name, value)
    return component


TIMELINE = RealDays(Calendar(2025, 60))


def facts_of(component):
    return {f.path: f for f in understood([component], TIMELINE, "VND", (2025, 2030))}


def fill(kind: str, **fields: object):
    from parkzero.language.fields import described

    return made(kind, name="x", **{n: None for n in described(kinds()[kind]) if n not in fields}, **fields)


def test_a_load_is_told_as_energy_peak_load_factor_and_hours_at_zero():
    load = np.full(8760, 2.0)
    load[:60] = 0.0
    load[100] = 4.0
    fact = facts_of(fill("electricity_demand", load=Profile(load, MW)))["assets.x.load"]
    assert fact.values["energy_GWh"] == pytest.approx((8760 * 2 - 120 + 2) / 1000)
    assert fact.values["peak_MW"] == 4
    assert fact.values["hours_at_zero"] == 60
    assert fact.values["load_factor"] == pytest.approx(fact.values["energy_GWh"] * 1000 / 8760 / 4)


def test_a_price_is_told_per_kwh_and_an_output_per_kw():
    price = facts_of(fill("grid", price=Profile(np.full(8760, 2e6), MONEY / MWH)))["assets.x.price"]
    assert price.values["mean_per_kWh"] == pytest.approx(2000)
    output = facts_of(fill("solar", output=Profile(np.full(8760, 0.15), ONE)))["assets.x.output"]
    assert output.values["yield_kWh_per_kW"] == pytest.approx(1314)


def test_the_years_between_those_of_a_cap_are_said_to_be_interpolated():
    cap = fill("emission_cap", limit=ByYear((2020, 2030), (100.0, 0.0), T))
    fact = facts_of(cap)["policies.x.limit"]
    assert fact.values == {"2025": 50.0, "2030": 0.0}
    assert "2025 50 t (between); 2030 0 t" in str(fact.told)


def test_a_park_far_from_viet_nam_with_vnd_is_told():
    assert "not in Viet Nam" in str(far_from_viet_nam(-20.8, 6.75, "VND")[0])
    assert not far_from_viet_nam(20.8, 106.7, "VND")
    assert not far_from_viet_nam(50.0, 8.0, "EUR")
