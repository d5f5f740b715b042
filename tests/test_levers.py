"""Every lever against a linear problem written by hand, on mean days too; and what cannot be, said in words.

The parks use random weather, loads and prices of three days. The optimum of each is asked of ParkZero and of
a plain linear problem that knows none of its code; and the same park on mean days never costs more, which is
what certified planning rests on.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero.components import (
    BatchLoad,
    Battery,
    CarbonCapture,
    Chiller,
    Component,
    Compressor,
    CurtailableLoad,
    DualFuelBoiler,
    FuelUpgrading,
    GreenAttributes,
    GridDppa,
    HeatDemand,
    HeatExchanger,
    IndustrialHeatPump,
    LetDown,
    Measure,
    PowerPlant,
    Profile,
    Sale,
    SteamTurbine,
    SupplyContract,
    WasteHeat,
)
from parkzero.components.contracts import SETTLEMENTS
from parkzero.language.accounts import Account
from parkzero.language.site import Bus, Site
from parkzero.planning.monolith import monolith
from parkzero.results import results_of
from parkzero.results.wear import full_cycles
from parkzero.study import Tenant
from parkzero.timeline import RealDays
from parkzero.units import BAR, CELSIUS, M3, MONEY, MW, MWH, ONE, PRESSURE, YEAR, H, Quantity, T
from tests.cases.electric import sun
from tests.cases.harness import (
    bound,
    compose,
    grid,
    load,
    mw,
    new,
    optimum,
    per,
    share,
    solved,
    stands,
)
from tests.cases.kinds.waste_heat import degrees
from tests.cases.storage import battery
from tests.twins.levers import TWINS, contracts


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_optimum_is_that_of_a_problem_written_by_hand(name: str, seed: int):
    study, lp = TWINS[name](seed)
    assert optimum(study) == pytest.approx(lp.least(), rel=1e-6)


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("groups", [[0, 0, 0], [0, 1, 0]], ids=str)
def test_mean_days_never_cost_more(name: str, groups: list[int]):
    study, lp = TWINS[name](3)
    assert bound(study, groups) <= lp.least() * (1 + 1e-7)


# ----------------------------------------------------------------------------- what cannot be, in words


def said(component: Component, *others: Component, years: tuple[int, ...] = (2025,), **buses: Any) -> str:
    """What a component's own check finds among buses given as (carrier, temperature, pressure)."""
    made = {name: Bus(name, state[0], state[1], "", state[2]) for name, state in buses.items()}
    site = Site(made, {c.name: c for c in (component, *others)}, years)
    return " | ".join(f"{one.field} {one.what} {one.got} {one.needs}" for one in component.check(site))


HP, LP = ("steam", 400.0, 40.0), ("steam", None, 5.0)
WARM, HOT = ("heat", 60.0, None), ("heat", 100.0, None)
FLAT = np.ones(24)


def heat_user(bar: float) -> HeatDemand:
    return HeatDemand(name="x", bus="b", load=Profile(FLAT, MW), pressure=Quantity(bar * BAR, PRESSURE))


def lift(**more: Any) -> IndustrialHeatPump:
    base: dict[str, Any] = {"carnot_share": share(0.5), "power": stands(1)}
    return IndustrialHeatPump(name="x", electricity="el", to="b", **{**base, **more})


def machine(**more: Any) -> Chiller:
    base: dict[str, Any] = {"cop": Profile(FLAT * 3, ONE), "power": stands(1)}
    return Chiller(name="x", electricity="el", to="b", **{**base, **more})


def turbine(**more: Any) -> SteamTurbine:
    base: dict[str, Any] = {"to": "lp", "condensate": degrees(90), "efficiency": share(0.8),
                            "generator": share(0.95), "power": stands(1)}  # fmt: skip
    return SteamTurbine(name="x", source="hp", bus="el", **{**base, **more})


def screw(**more: Any) -> Compressor:
    base: dict[str, Any] = {"use": Quantity(1e-4, MWH / M3), "power": stands(1)}
    return Compressor(name="x", electricity="el", to="b", **{**base, **more})


def flue(**more: Any) -> WasteHeat:
    base: dict[str, Any] = {"temperature": degrees(160), "coldest": degrees(40), "approach": degrees(10)}
    return WasteHeat(name="x", to="b", available=Profile(FLAT, MW), power=stands(1), **{**base, **more})


def valve() -> LetDown:
    return LetDown(name="x", source="hp", to="lp", power=stands(1))


def plates() -> HeatExchanger:
    return HeatExchanger(name="x", source="a", to="b", approach=degrees(5), power=stands(1))


def led(**more: Any) -> Measure:
    base: dict[str, Any] = {"end_use": "light", "share": share(0.5), "saving": share(0.4)}
    return Measure(**{"name": "x", "demand": "load", **base, "extent": stands(1), **more})


def other(**more: Any) -> Measure:
    return led(**{"name": "y", **more})


def stops(hours: float = 100) -> CurtailableLoad:
    return CurtailableLoad(name="x", demand="load", share=share(0.2), price=per(50, MONEY / MWH),
                           hours=Quantity(hours, H))  # fmt: skip


def batch(**more: Any) -> BatchLoad:
    base: dict[str, Any] = {"deadline": Quantity(2.0, H), "power": mw(2)}
    return BatchLoad(name="x", bus="el", load=Profile(FLAT, MW), **{**base, **more})


ALL = per(1, ONE)
LOAD, EL = load(1), {"el": ("electricity", None, None)}
ABOUT_OTHERS: list[tuple[str, str, Component, list[Component]]] = [
    ("a measure that saves more than its end use", "saves more than its end use", led(saving=share(1.2)), []),
    ("two measures that save more than their end use", "saves, together with y, more than its end use",
     led(saving=share(0.6)), [other(saving=share(0.6))]),
    ("two exclusive measures both forced", "two exclusive measures are both forced in 2025: x, y",
     led(exclusive="g", forced=ALL), [other(exclusive="g", forced=ALL)]),
    ("two shares of one end use", "is another share of the same end use", led(), [other(share=share(0.3))]),
    ("a measure after one of another end use", "is a measure of another end use", led(after="y"),
     [other(end_use="heat")]),
    ("a measure after itself", "comes after itself", led(after="y"), [other(after="x")]),
    ("a saving after nothing", "no measure that it comes after", led(saving_after=share(0.1)), []),
    ("more hours of curtailment than a year has", "is more hours of curtailment than a year has",
     stops(9000), []),
    ("batches that end before they begin", "is no later than it begins", batch(begins=8, ends=6), []),
    ("batches for which their hours are too few", "is too little for its work", batch(begins=0, ends=6), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "component", "others"), [f[1:] for f in ABOUT_OTHERS], ids=[f[0] for f in ABOUT_OTHERS]
)
def test_what_does_not_go_with_others_is_said_in_words(
    words: str, component: Component, others: list[Component]
):
    assert words in said(component, LOAD, *others, **EL)


def far_away(**more: Any) -> GridDppa:
    base: dict[str, Any] = {
        "strike": per(60, MONEY / MWH), "settlement": "as_consumed", "made_from": "wind", "k": share(1.0),
        "emission_factor": per(0, T / MWH), "market": Profile(FLAT * 50, MONEY / MWH),
        "loss_factor": share(1.0), "service_fee": per(0, MONEY / MWH), "clearing_fee": per(0, MONEY / MWH),
        "output": Profile(FLAT, ONE), "power": stands(10),
    }  # fmt: skip
    return GridDppa(**{"name": "x", "bus": "el", **base, **more})


def sold(asset: str = "load", bus: str = "el", **more: Any) -> SupplyContract:
    return SupplyContract(name="x", asset=asset, bus=bus, price=Profile(FLAT, MONEY / MWH), **more)


ABOUT_CONTRACTS: list[tuple[str, str, Component]] = [
    ("a DPPA without a market price", "a DPPA without a market price", far_away(market=None)),
    ("a DPPA without a plant", "output is missing", far_away(output=None)),
    ("a contract with oneself", "sells to itself: buyer and seller are one", sold()),
    ("a contract at another's bus", "is no bus of load", sold(bus="b", owner="a")),
    ("attributes of heat", "is given for a bus of heat", sold(bus="b", owner="a", attributes=True)),
]


@pytest.mark.parametrize(
    ("words", "component"), [f[1:] for f in ABOUT_CONTRACTS], ids=[f[0] for f in ABOUT_CONTRACTS]
)
def test_a_contract_that_cannot_be_is_said_in_words(words: str, component: Component):
    assert words in said(component, LOAD, b=HOT, **EL)


def test_a_contract_that_can_be_is_not_spoken_of():
    for one in (far_away(), far_away(output=None, settlement="baseload"), sold(owner="a", attributes=True)):
        assert said(one, LOAD, b=HOT, **EL) == ""


@settings(max_examples=8)
@given(
    strike=st.floats(0, 200), seed=st.integers(0, 99), settlement=st.sampled_from(SETTLEMENTS),
    tax=st.sampled_from([0.0, 0.1]),
)  # fmt: skip
def test_a_dppa_with_a_seller_in_the_plan_costs_its_fees_losses_and_taxes(
    strike: float, seed: int, settlement: str, tax: float
):
    """All that is used is matched; a grid at the market's price is what it is held against."""
    data = np.random.default_rng(seed)
    market, used = data.uniform(10, 150, 24), data.uniform(1, 4, 24)
    terms = {"k": share(1.02), "loss_factor": share(1.03), "service_fee": per(9, MONEY / MWH),
             "clearing_fee": per(2, MONEY / MWH), "strike": per(strike, MONEY / MWH),
             "tax": share(tax)}  # fmt: skip
    contract = far_away(
        settlement=settlement, payee="b", market=Profile(market, MONEY / MWH),
        output=None if settlement == "baseload" else Profile(FLAT, ONE), **terms,
    )  # fmt: skip
    study = dataclasses.replace(compose(load(raw=used), contract), tenants={"b": Tenant("b", "B")})
    results = results_of(monolith(study))
    spot, agreed = float(market @ used), used if settlement == "as_consumed" else np.full(24, 10.0)
    energy, fees = 1.02 * 1.03 * spot, 11 * float(used.sum())
    taxes = tax * (energy + fees + float((strike - market) @ agreed))
    cost = sum(results.summary["cost"].values())
    assert cost - spot == pytest.approx((1.02 * 1.03 - 1) * spot + fees + taxes, rel=1e-6, abs=1e-4)
    paid = dict(results.by_actor().group_by("actor").agg(pl.col("amount").sum()).iter_rows())
    assert sum(paid.values()) == pytest.approx(0, abs=1e-6 * sum(abs(v) for v in paid.values()))
    assert paid["b"] == pytest.approx(-float((strike - market) @ agreed), rel=1e-6, abs=1e-4)
    assert paid["utility"] == pytest.approx(-energy - fees, rel=1e-6)


@pytest.mark.parametrize("seed", [4, 5])
def test_what_buyers_pay_is_what_sellers_and_the_state_are_paid(seed: int):
    """A wire, three grid DPPAs, a roof of others and a resale, at random prices."""
    study, _ = contracts(seed)
    study = dataclasses.replace(study, tenants={"a": Tenant("a", "A")})
    results = results_of(monolith(study))
    sums = (
        results.by_actor()
        .group_by("account")
        .agg(pl.col("amount").sum(), pl.col("amount").abs().max().alias("most"))
    )
    told = {account: (total, most) for account, total, most in sums.iter_rows()}
    assert {"contract", "contract_fees", "energy", "sales"} <= set(told)
    for total, most in told.values():
        assert total == pytest.approx(0, abs=1e-9 * most)
    cost = sum(results.summary["cost"].values())
    outside = results.by_actor().filter(~pl.col("actor").is_in(["park", "a"]))
    assert cost == pytest.approx(-outside["amount"].sum(), rel=1e-9)


def test_attributes_have_an_hour_and_an_owner():
    """Of 2 MW of b's sun the park gets all by contract: b makes them, and has none left."""
    plant = sun(2, raw=np.array([1.0, 0.5, *[0.0] * 22]), owner="b")
    study = compose(load(3, 3), grid(100, 100), plant, sold("pv", attributes=True),
                    GreenAttributes(name="mine"), GreenAttributes(name="theirs", owner="b"))  # fmt: skip
    study = dataclasses.replace(study, tenants={"b": Tenant("b", "B")})
    solution, design, years = solved(study)
    ledger, first = years[0].context.ledger, len(design.names)
    hourly: dict[str, np.ndarray] = {}
    for entry in ledger.under(Account.ATTRIBUTES):
        value = entry.expr.value(solution.values[:first], solution.values[first:])
        hourly[entry.payer] = hourly.get(entry.payer, 0) + value
    assert hourly["park"][:3] == pytest.approx([2, 1, 0])
    assert hourly["b"][:3] == pytest.approx([0, 0, 0])


def test_a_demand_in_tonnes_is_not_curtailed():
    assert "is not counted as energy" in said(stops(), LOAD, el=("hydrogen", None, None))
    assert said(led(), LOAD, el=("hydrogen", None, None)) == ""  # a measure saves of whatever is drawn


FAULTS: list[tuple[str, str, Component, dict[str, Any]]] = [
    ("a steam user above its header's pressure", "is above its header's pressure", heat_user(12),
     {"b": ("steam", None, 8.0)}),
    ("a pressure where there is no steam", "is given for a bus of heat", heat_user(12), {"b": HOT}),
    ("a chiller below its freezing point", "is at or below its freezing point", machine(),
     {"b": ("cooling", -5.0, None)}),
    ("a chiller with two COPs", "is given beside outdoor", machine(outdoor=Profile(FLAT, CELSIUS)),
     {"b": ("cooling", 7.0, None)}),
    ("a chiller with no COP", "cop is missing", machine(cop=None), {"b": ("cooling", 7.0, None)}),
    ("a chiller in the weather without a share of Carnot", "carnot_share is missing",
     machine(cop=None, outdoor=Profile(FLAT, CELSIUS)), {"b": ("cooling", 7.0, None)}),
    ("a heat pump whose sink is below its source", "a heat pump whose sink is below its source",
     lift(source="a"), {"a": ("heat", 120.0, None), "b": HOT}),
    ("a heat pump without a source's temperature", "source_temperature is missing", lift(), {"b": HOT}),
    ("a heat pump with two sources", "is given beside source", lift(source="a", cold="c"),
     {"a": WARM, "b": HOT, "c": ("cooling", 7.0, None)}),
    ("a valve that lets up", "has no lower pressure than its source", valve(), {"hp": LP, "lp": HP}),
    ("a valve that heats", "is hotter than the steam that is let down", valve(),
     {"hp": HP, "lp": ("steam", 450.0, 5.0)}),
    ("an exchanger from cold to hot", "is too cold for what it heats", plates(), {"a": WARM, "b": HOT}),
    ("a stream that warms on its way", "is hotter than the stream", flue(coldest=degrees(200)),
     {"b": HOT}),
    ("a stream too cold for its bus", "is too cold for what it heats", flue(temperature=degrees(105)),
     {"b": HOT}),
    ("a turbine uphill", "has no lower pressure than its source", turbine(), {"hp": LP, "lp": HP}),
    ("a turbine that leads nowhere", "is missing, and so are extraction and condenser", turbine(to=None),
     {"hp": HP}),
    ("a turbine whose exhaust is to be hotter than it is", "is hotter than the steam that the turbine gives",
     turbine(), {"hp": HP, "lp": ("steam", 390.0, 5.0)}),
    ("an extraction below the exhaust", "has no higher pressure than its exhaust", turbine(extraction="mp"),
     {"hp": HP, "lp": LP, "mp": ("steam", None, 3.0)}),
    ("steam above the critical pressure", "has no steam", turbine(),
     {"hp": ("steam", 400.0, 300.0), "lp": LP}),
    ("a header colder than its boiling", "has no steam", turbine(), {"hp": ("steam", 150.0, 40.0), "lp": LP}),
    ("condensate hotter than its steam", "is hotter than the coldest steam", turbine(condensate=degrees(200)),
     {"hp": HP, "lp": LP}),
    ("air for less than its work", "is less than the work that this pressure takes",
     screw(use=Quantity(5e-5, MWH / M3)), {"b": ("compressed_air", None, 8.0)}),
    ("heat that goes nowhere", "is given, but no bus of heat", screw(heat_share=share(0.5)),
     {"b": ("compressed_air", None, 8.0)}),
    ("hydrogen from nowhere", "source is missing", screw(), {"b": ("hydrogen", None, 30.0)}),
    ("hydrogen from CO2", "is a bus of co2", screw(source="a"),
     {"a": ("co2", None, None), "b": ("hydrogen", None, 30.0)}),
    ("a compressor downhill", "has no higher pressure than its source", screw(source="a"),
     {"a": ("hydrogen", None, 60.0), "b": ("hydrogen", None, 30.0)}),
]  # fmt: skip


def plant(**more: Any) -> PowerPlant:
    base: dict[str, Any] = {"efficiency": share(0.4), "power": stands(1)}
    return PowerPlant(name="x", source="a", bus="el", **{**base, **more})


def two_fuels(**more: Any) -> DualFuelBoiler:
    base: dict[str, Any] = {"source": "a", "second": "c", "efficiency": share(0.9), "power": stands(1)}
    return DualFuelBoiler(name="x", to="b", **{**base, **more})


def upgrade(**more: Any) -> FuelUpgrading:
    base: dict[str, Any] = {"source": "a", "to": "c", "recovery": share(0.9), "capacity": stands(1)}
    return FuelUpgrading(name="x", **{**base, **more})


def catcher(**more: Any) -> CarbonCapture:
    base: dict[str, Any] = {"rate": share(0.9), "capacity": stands(1, T / H)}
    return CarbonCapture(name="x", stack="gas", to="co2", **{**base, **more})


def sell(bus: str, **more: Any) -> Sale:
    return Sale(name="x", bus=bus, price=Profile(FLAT, MONEY / MWH), **more)


def cells(**more: Any) -> Battery:
    base: dict[str, Any] = {
        "power": stands(1), "energy": new(1, MWH), "efficiency_in": share(0.9), "efficiency_out": share(0.9),
        "calendar_fade": Quantity(0.02, ONE / YEAR),
    }  # fmt: skip
    return Battery(name="x", bus="el", **{**base, **more})


FUELS: dict[str, Any] = {"a": ("fuel", None, None), "c": ("fuel", None, None), "co2": ("co2", None, None)}
FAULTS += [
    ("a plant that makes more than it burns", "make more energy than is burnt",
     plant(heat="b", heat_efficiency=share(0.8)), FUELS),
    ("heat of a plant that goes nowhere", "is given, but no bus of heat", plant(heat_efficiency=share(0.3)),
     FUELS),
    ("one fuel named twice", "is the bus of the first fuel", two_fuels(second="a"), FUELS),
    ("a least share above the largest", "is more than share",
     two_fuels(share=per(0.2, ONE), least_share=per(0.3, ONE)), FUELS),
    ("a fuel made from itself", "is the bus of what is treated", upgrade(to="a"), FUELS),
    ("electricity from nowhere", "is given, but no bus of electricity",
     upgrade(electricity_use=share(0.1)), FUELS),
    ("CO2 that goes nowhere", "is given, but no bus of co2", upgrade(co2_share=Quantity(0.1, T / MWH)),
     FUELS),
    ("capture without its heat", "is given, but no bus of heat", catcher(heat_use=Quantity(1.0, MWH / T)),
     FUELS),
    ("stored heat", "is given for a bus of heat", sell("b", stored=share(1.0)), {"b": HOT}),
    ("cells that live longer than they last", "is longer than its cells last",
     cells(calendar_fade=Quantity(0.05, ONE / YEAR)), {}),
    ("fade by cycles that nobody limits", "is given, but no largest cycles a year",
     cells(cycle_fade=share(0.001)), {}),
]  # fmt: skip
SOUND_MOLECULES = [
    plant(heat="b", heat_efficiency=share(0.5)), two_fuels(share=per(0.3, ONE), least_share=per(0.3, ONE)),
    upgrade(), catcher(), sell("co2", stored=share(1.0)), cells(cycles=share(300), cycle_fade=share(3e-5)),
]  # fmt: skip
SOUND = [*SOUND_MOLECULES, heat_user(8), machine(), lift(source="a"), valve(), plates(), flue(), turbine(),
         screw(), led(after="y"), stops(8760), batch()]  # fmt: skip


@pytest.mark.parametrize(("words", "component", "buses"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_what_cannot_be_is_said_in_words(words: str, component: Component, buses: dict[str, Any]):
    assert words in said(component, **buses)


@pytest.mark.parametrize("component", SOUND, ids=lambda c: c.kind)
def test_what_can_be_is_not_spoken_of(component: Component):
    if component in SOUND_MOLECULES:
        assert said(component, **{**FUELS, "b": HOT, **EL}) == ""
        return
    cooling = ("cooling", 7.0, None)
    b = {"heat_demand": ("steam", None, 8.0), "chiller": cooling, "compressor": ("compressed_air", None, 8.0),
         "heat_exchanger": WARM, "industrial_heat_pump": HOT, "waste_heat": HOT}  # fmt: skip
    a = WARM if component.kind == "industrial_heat_pump" else HOT
    others = [other(), LOAD] if component.kind == "measure" else [LOAD]
    assert said(component, *others, a=a, b=b.get(component.kind, HOT), hp=HP, lp=LP, **EL) == ""


def test_enthalpies_are_those_of_the_steam_tables():
    """IAPWS-95 at 40 bar, 400 degC: 3214.5 kJ/kg; dry steam of 5 bar: 2748.1; water at 100 degC: 419.1."""
    from parkzero.language.steam import expanded, steam, vapour_pressure, water

    inlet = steam(40.0, 400.0)
    assert inlet.enthalpy == pytest.approx(3214.5, abs=0.2)
    assert inlet.entropy == pytest.approx(6.7714, abs=2e-3)
    assert steam(5.0).enthalpy == steam(5.0, 100.0).enthalpy == pytest.approx(2748.1, abs=0.2)
    assert water(100.0) == pytest.approx(419.1, abs=0.2)
    assert vapour_pressure(100.0) == pytest.approx(1.0142, abs=1e-3)
    assert expanded(inlet, 5.0, 0.8) == pytest.approx(2824.7, abs=0.5)  # h2s = 2727.2 by the tables


# ------------------------------------------------------------------------------------------- wear


def test_cycles_are_counted_by_rainflow():
    """The example of ASTM E1049-85: halves of 3, 4, 8, 9, 8 and 6, and one whole of 4."""
    history = np.array([-2.0, 1, -3, 5, -1, 3, -4, 4, -2])
    assert full_cycles(history) == (pytest.approx((3 + 4 + 8 + 9 + 8 + 6) / 2 + 4), 9.0)


def test_a_plan_tells_what_it_wears():
    """1 MWh filled and emptied once a day, ten days a year: ten full cycles, of twenty that were reckoned."""
    cell = battery(
        energy=stands(1, MWH), cycles=share(20), cycle_fade=share(0.001),
        calendar_fade=Quantity(0.01, ONE / YEAR),
    )  # fmt: skip
    study = compose(load(0, 1), grid(20, 100), cell)
    study = dataclasses.replace(study, timeline=RealDays(study.timeline.calendar, scale=10.0))
    (row,) = results_of(monolith(study)).wear().iter_rows(named=True)
    assert row == {
        "year": 2025, "asset": "battery", "cycles": pytest.approx(10), "deepest": pytest.approx(1.0),
        "allowed": 20.0, "by_age": 0.01, "by_cycles": pytest.approx(0.01), "planned": pytest.approx(0.03),
    }  # fmt: skip


def test_a_battery_that_does_not_stand_wears_nothing():
    study = compose(load(1), grid(20), battery(energy=new(1e6, MWH), power=new(1e6)))
    assert results_of(monolith(study)).wear().height == 0
