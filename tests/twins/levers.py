"""Parks of levers with random series of three days; beside each the same problem, written by hand.

The hand-written problem knows none of ParkZero's code; ``park_levers.py`` builds the same parks in PyPSA.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from CoolProp.CoolProp import PropsSI

from parkzero.components import (
    AbsorptionChiller,
    BatchLoad,
    Battery,
    CarbonCapture,
    CarbonPrice,
    Chiller,
    Chp,
    Component,
    Compressor,
    CurtailableLoad,
    Delivery,
    Demand,
    DualFuelBoiler,
    Electrolyser,
    FuelUpgrading,
    GreenAttributes,
    GridDppa,
    HeatDemand,
    HeatExchanger,
    Incentive,
    IndustrialHeatPump,
    InvestmentLimit,
    LetDown,
    Measure,
    PowerPlant,
    PrivateWire,
    Process,
    Profile,
    Purchase,
    Sale,
    SharedLimit,
    Size,
    SteamTurbine,
    Store,
    SupplyContract,
    ThermalStore,
    Treatment,
    WasteHeat,
    Wind,
)
from parkzero.study import Study
from parkzero.units import CELSIUS, M2, M3, MONEY, MW, MWH, ONE, YEAR, H, Quantity, T
from tests.cases.electric import line, sun
from tests.cases.harness import compose, days, fuel, grid, load, mw, new, per, share, stands
from tests.cases.heat import burner, kettle
from tests.cases.kinds.waste_heat import degrees
from tests.twins import series
from tests.twins.plain import Plain

STEPS = series.STEPS_L
Twin = Callable[[int], tuple[Study, Plain]]


def turbine_ways() -> tuple[float, float, float]:
    """Of the turbine below per steam: work and exhaust at 4 bar, work into the condenser."""
    inlet = PropsSI("H", "P", 40e5, "T", 693.15, "Water")
    entropy = PropsSI("S", "P", 40e5, "T", 693.15, "Water")
    back = PropsSI("H", "T", 363.15, "Q", 0, "Water")

    def way(pascal: float) -> tuple[float, float]:
        drop = 0.75 * (inlet - PropsSI("H", "P", pascal, "S", entropy, "Water"))
        return 0.96 * drop / (inlet - back), (inlet - drop - back) / (inlet - back)

    (work, given), (cold_work, _) = way(4e5), way(PropsSI("P", "T", 318.15, "Q", 1, "Water"))
    return work, given, cold_work


def heat_and_cold(seed: int) -> tuple[Study, Plain]:
    """Steam at two pressures, waste heat, lifted heat, stored cold, compressed air whose heat is used."""
    s, out = series.levers("heat_and_cold", seed), degrees
    el, price, steam, hot, warm = s["el"], s["price"], s["steam"], s["hot"], s["warm"]
    cold, air, stream, outside = s["cold"], s["air"], s["stream"], s["outside"]
    parts: list[Component] = [
        load(raw=el), grid(raw=price), fuel(30), burner(new(3), 0.9, to="hp"),
        SteamTurbine(name="turbine", source="hp", bus="el", to="lp", condenser=out(45), condensate=out(90),
                     efficiency=share(0.75), generator=share(0.96), power=new(20)),
        LetDown(name="valve", source="hp", to="lp", power=stands(50)),
        HeatDemand(name="steam", bus="lp", load=Profile(steam, MW)),
        HeatDemand(name="hot", bus="heat", load=Profile(hot, MW)),
        HeatDemand(name="warm", bus="low", load=Profile(warm, MW)),
        kettle(100),
        WasteHeat(name="flue", to="low", available=Profile(stream, MW), temperature=out(160),
                  coldest=out(40), approach=out(5), power=new(1)),
        IndustrialHeatPump(name="lift", electricity="el", to="heat", source="low", carnot_share=share(0.5),
                           power=new(30)),
        HeatExchanger(name="plates", source="heat", to="low", approach=out(5), loss=share(0.05),
                      power=new(2)),
        Chiller(name="machine", electricity="el", to="cold", outdoor=Profile(outside, CELSIUS),
                carnot_share=share(0.4), approach=out(4), power=new(9)),
        ThermalStore(name="tank", bus="cold", energy=new(1.5, MWH), loss=Quantity(0.02, ONE / H)),
        Demand(name="halls", bus="cold", load=Profile(cold, MW)),
        Compressor(name="screw", electricity="el", to="air", use=Quantity(1.1e-4, MWH / M3), power=new(5),
                   heat="low", heat_share=share(0.7)),
        Demand(name="tools", bus="air", load=Profile(air, M3 / H)),
    ]  # fmt: skip
    study = compose(
        *parts, timeline=days(3),
        carriers={"hp": "steam", "lp": "steam", "heat": "heat", "low": "heat", "cold": "cooling",
                  "air": "compressed_air", "el": "electricity"},
        states={"hp": (420.0, 40.0), "lp": (None, 4.0), "heat": (100.0, None), "low": (60.0, None),
                "cold": (7.0, None), "air": (None, 8.0)},
    )  # fmt: skip

    work, given, cold_work = turbine_ways()
    lift = 0.5 * (100 + 273.15) / 40
    cooling = np.minimum(0.4 * (3 + 273.15) / (outside + 4 - 3), 10)

    lp = Plain()
    bought, burnt = lp.flow(STEPS, price), lp.flow(STEPS, 30)
    through, condensed, down = (lp.flow(STEPS) for _ in range(3))
    kettle_in, saved, lifting, passed = lp.flow(STEPS), lp.flow(STEPS), lp.flow(STEPS), lp.flow(STEPS)
    chilling, filled, taken, squeezed, used = (lp.flow(STEPS) for _ in range(5))
    held = lp.flow(STEPS)
    sizes = [lp.flow(1, cost) for cost in (3, 20, 1, 30, 2, 9, 1.5, 5)]
    boiler, turbine, flue, pump, plates, machine, tank, screw = sizes
    lp.equal([(burnt, 0.9), (through, -1), (condensed, -1), (down, -1)])
    lp.equal([(through, given), (down, 1)], steam)
    lp.equal([(kettle_in, 1), (lifting, lift), (passed, -1)], hot)
    lp.equal([(saved, 1), (lifting, 1 - lift), (passed, 0.95), (used, 1)], warm)
    lp.below([(used, 1), (squeezed, -0.7)])
    lp.equal([(chilling, cooling), (taken, 1), (filled, -1)], cold)
    lp.equal([(squeezed, 1 / 1.1e-4)], air)
    draws: list[tuple[np.ndarray, object]] = [
        (kettle_in, -1), (lifting, -1), (chilling, -1), (squeezed, -1), (bought, 1),
    ]  # fmt: skip
    lp.equal([*draws, (through, work), (condensed, cold_work)], el)
    lp.equal([(held, 1), (np.roll(held, 1), -0.98), (filled, -1), (taken, 1)])
    lp.below([(burnt, 0.9), (boiler, -1)])
    lp.below([(through, work), (condensed, cold_work), (turbine, -1)])
    lp.below([(down, 1)], 50)
    lp.below([(kettle_in, 1)], 100)
    lp.below([(saved, 1)], stream * (160 - 65) / 120)
    lp.below([(saved, 1), (flue, -1)])
    lp.below([(lifting, lift), (pump, -1)])
    lp.below([(passed, 1), (plates, -1)])
    lp.below([(chilling, cooling), (machine, -1)])
    lp.below([(held, 1), (tank, -1)])
    lp.below([(squeezed, 1), (screw, -1)])
    return study, lp


def demand_side(seed: int) -> tuple[Study, Plain]:
    """Measures that exclude or follow one another, batches that wait up to five hours, interruptions."""
    s = series.levers("demand_side", seed)
    el, price, work = s["el"], s["price"], s["work"]
    use = {"demand": "load", "end_use": "drives", "share": share(0.4)}
    study = compose(
        load(raw=el), grid(raw=price),
        Measure(name="fans", saving=share(0.3), extent=new(900), exclusive="drives", **use),
        Measure(name="servo", saving=share(0.4), extent=new(2200, max=mw(2.5)), exclusive="drives", **use),
        Measure(name="motors", saving=share(0.1), extent=new(200), after="fans", **use),
        BatchLoad(name="batch", bus="el", load=Profile(work, MW), deadline=Quantity(5.0, H), power=mw(3),
                  begins=4, ends=22, cost=per(3, MONEY / MWH)),
        CurtailableLoad(name="stops", demand="load", share=share(0.25), price=per(120, MONEY / MWH),
                        hours=Quantity(5.0, H)),
        timeline=days(3),
    )  # fmt: skip

    lp, whole, shape = Plain(), 0.4 * el.max(), el / el.max()
    bought, done, waiting, later = lp.flow(STEPS, price), lp.flow(STEPS), lp.flow(STEPS), lp.flow(STEPS, 3)
    never, stopped, short = lp.flow(STEPS, 1e4), lp.flow(STEPS, 120, 0.25 * el), lp.flow(STEPS, 1e4)
    fans, servo, motors, both = lp.flow(1, 900), lp.flow(1, 2200, 2.5), lp.flow(1, 200), lp.flow(1)
    saved: list[tuple[np.ndarray, object]] = [
        (fans, 0.3 * shape), (servo, 0.4 * shape), (motors, 0.1 * shape), (both, (0.1 * 0.7 - 0.1) * shape),
    ]  # fmt: skip
    lp.equal([(bought, 1), (done, -1), (stopped, 1), (short, 1), *saved], el)
    lp.below([(fans, 1), (servo, 1)], whole)
    lp.below([(motors, 1)], whole)
    lp.below([(fans, 1), (motors, 1), (both, -1)], whole)
    lp.below([(both, 1), (fans, -1)])
    lp.below([(both, 1), (motors, -1)])
    lp.equal([(waiting, 1), (np.roll(waiting, 1), -1), (done, 1), (never, 1)], work)
    lp.below([(waiting, 1)], sum(np.roll(work, back) for back in range(5)))
    clock = np.arange(STEPS) % 24
    lp.below([(done, 1)], np.where((clock >= 4) & (clock < 22), 3.0, 0.0))
    lp.below([(done, -1), (later, -1)], -work)
    lp.total_below([(stopped, 1)], 5 * 0.25 * el.max())
    return study, lp


def contracts(seed: int) -> tuple[Study, Plain]:
    """A wire, grid DPPAs of each settlement, a roof of others, a feeder that resells, attributes sold."""
    s = series.levers("contracts", seed)
    el, far, price, roof = s["el"], s["far"], s["price"], s["roof"]
    sunny, windy, market = s["sunny"], s["windy"], s["market"]
    dppa: dict[str, Any] = {
        "bus": "el", "strike": per(65, MONEY / MWH), "made_from": "wind", "emission_factor": per(0, T / MWH),
        "market": Profile(market, MONEY / MWH), "k": share(1.02), "loss_factor": share(1.01),
        "service_fee": per(8, MONEY / MWH), "clearing_fee": per(3, MONEY / MWH),
    }  # fmt: skip
    wind = {"output": Profile(windy, ONE)}
    study = compose(
        load(raw=el), load(raw=far, name="tenant", bus="far"), grid(raw=price),
        line(5, source="el", to="far"), sun(3, name="roof", raw=roof),
        PrivateWire(name="wire", bus="el", power=new(0, max=mw(6)), output=Profile(sunny, ONE),
                    strike=per(70, MONEY / MWH), settlement="as_produced", made_from="solar",
                    emission_factor=per(0, T / MWH), loss=share(0.03), fee=per(4, MONEY / MWH),
                    wire="utility"),
        GridDppa(name="made", power=new(0, max=mw(4)), settlement="as_produced", tax=share(0.02),
                 **wind, **dppa),
        GridDppa(name="used", power=stands(1), settlement="as_consumed", **wind, **dppa),
        GridDppa(name="flat", power=new(0, max=mw(1)), settlement="baseload", **dppa),
        SupplyContract(name="theirs", asset="roof", bus="el", price=Profile(market / 2 + 30, MONEY / MWH),
                       payee="supplier", tax=share(0.05)),
        SupplyContract(name="resale", asset="line", bus="far", price=Profile(price * 1.2, MONEY / MWH),
                       owner="a", payee="park"),
        GreenAttributes(name="green", price=per(6, MONEY / MWH)),
        timeline=days(3),
    )  # fmt: skip

    lp = Plain()
    energy, fees, green = market * 1.02 * 1.01, 8 + 3, 6
    bought, sent = lp.flow(STEPS, price), lp.flow(STEPS, 0, 5)
    taken = lp.flow(STEPS, 4 - 0.97 * green)
    made, used = (
        lp.flow(STEPS, 1.02 * (energy + fees) - green),
        lp.flow(STEPS, energy + fees + 65 - market - green, windy),
    )
    flat = lp.flow(STEPS, energy + fees - green)
    own = lp.flow(STEPS, (market / 2 + 30) * 1.05 - green, 3 * roof)
    wire = lp.flow(1, float(np.sum(sunny * 70)), 6)
    plant = lp.flow(1, 1.02 * float(np.sum((65 - market) * windy)), 4)
    base = lp.flow(1, float(np.sum(65 - market)), 1)
    brought: list[tuple[np.ndarray, object]] = [(taken, 0.97), (made, 1), (used, 1), (flat, 1), (own, 1)]
    lp.equal([(bought, 1), (sent, -1), *brought], el)
    lp.equal([(sent, 1)], far)
    lp.below([(taken, 1), (wire, -sunny)])
    lp.below([(made, 1), (plant, -windy)])
    lp.below([(flat, 1), (base, -1)])
    return study, lp


def molecules(seed: int) -> tuple[Study, Plain]:
    """A plant on biogas, a fuel cell, biomethane, two fuels in one boiler, CO2 caught and stored."""
    s = series.levers("molecules", seed)
    el, price, hot, h2 = s["el"], s["price"], s["hot"], s["h2"]
    study = compose(
        load(raw=el), grid(raw=price), HeatDemand(name="hot", bus="heat", load=Profile(hot, MW)),
        fuel(20, name="digester", bus="raw", limit=per(8, MW), made_from="biogas",
             biogenic_factor=per(0.3, T / MWH)),
        fuel(55, name="gas", bus="gas", factor=0.2),
        PowerPlant(name="engine", source="raw", bus="el", power=new(25), efficiency=share(0.38),
                   heat="heat", heat_efficiency=share(0.42), ramp=Quantity(0.5, ONE / H),
                   least=share(0.1), variable_om=per(4, MONEY / MWH), hours=Quantity(60.0, H)),
        PowerPlant(name="cell", source="h2", bus="el", power=new(10), efficiency=share(0.5)),
        Purchase(name="maker", bus="h2", price=Profile(h2, MONEY / T)),
        FuelUpgrading(name="upgrade", source="raw", to="pure", capacity=new(6), recovery=share(0.96),
                      electricity="el", electricity_use=share(0.05), co2="co2",
                      co2_share=Quantity(0.15, T / MWH)),
        DualFuelBoiler(name="boiler", source="gas", second="pure", to="heat", power=new(4),
                       efficiency=share(0.9), share=per(0.6, ONE), least_share=per(0.1, ONE)),
        CarbonCapture(name="capture", stack="gas", rate=share(0.9), share=share(0.8), to="co2",
                      capacity=new(300, T / H), electricity="el", electricity_use=Quantity(0.15, MWH / T),
                      heat="heat", heat_use=Quantity(0.7, MWH / T)),
        Sale(name="storage", bus="co2", price=Profile(np.zeros(STEPS), MONEY / T), stored=share(1.0),
             transport=per(35, MONEY / T)),
        CarbonPrice(name="tax", price=per(150, MONEY / T)),
        timeline=days(3),
        carriers={"raw": "fuel", "pure": "fuel", "gas": "fuel", "h2": "hydrogen", "co2": "co2",
                  "heat": "heat", "el": "electricity"},
    )  # fmt: skip

    lp = Plain()
    bought, raw, gas = lp.flow(STEPS, price), lp.flow(STEPS, 20, 8), lp.flow(STEPS, 55 + 0.2 * 150)
    engine, heat, cell = lp.flow(STEPS, 4), lp.flow(STEPS), lp.flow(STEPS, h2 / 33.33 / 0.5)
    taken, pure, caught = lp.flow(STEPS), lp.flow(STEPS), lp.flow(STEPS)
    stored = lp.flow(STEPS, 35 - 150)
    machine, fuel_cell, plant, boiler, tower = (lp.flow(1, cost) for cost in (25, 10, 6, 4, 300))
    lp.equal([(bought, 1), (engine, 1), (cell, 1), (taken, -0.05), (caught, -0.15)], el)
    lp.equal([(raw, 1), (engine, -1 / 0.38), (taken, -1)])
    lp.equal([(taken, 0.96), (pure, -1)])
    lp.equal([(heat, 1), (gas, 0.9), (pure, 0.9), (caught, -0.7)], hot)
    lp.equal([(taken, 0.15), (caught, 1), (stored, -1)])
    lp.below([(engine, 1), (machine, -1)])
    lp.below([(engine, -1), (machine, 0.1)])
    for one, other in ((engine, np.roll(engine, 1)), (np.roll(engine, 1), engine)):
        lp.below([(one, 1), (other, -1), (machine, -0.5)])
    lp.total_below([(engine, 1), (machine, -60)], 0.0)
    lp.below([(heat, 1), (engine, -0.42 / 0.38)])
    lp.below([(cell, 1), (fuel_cell, -1)])
    lp.below([(taken, 1), (plant, -1)])
    lp.below([(gas, 0.9), (pure, 0.9), (boiler, -1)])
    lp.below([(pure, 0.4), (gas, -0.6)])
    lp.below([(pure, -0.9), (gas, 0.1)])
    lp.below([(caught, 1), (tower, -1)])
    lp.below([(caught, 1), (gas, -0.9 * 0.8 * 0.2)])
    return study, lp


def goods(seed: int) -> tuple[Study, Plain]:
    """Cogeneration of both modes, cold from heat, hydrogen kept, water cleaned, goods made for each day.

    Photovoltaics and wind share their land and an investment limit, and are paid for by the state.
    """
    s = series.levers("goods", seed)
    flat, days_of = np.ones(STEPS), np.arange(STEPS) // 24
    study = compose(
        load(raw=s["el"]), grid(raw=s["price"]), fuel(35), fuel(28, name="wood", bus="wood"),
        HeatDemand(name="hot", bus="heat", load=Profile(s["hot"], MW)),
        Chp(name="extraction", fuel="gas", bus="el", heat="heat", mode="extraction", power=new(12),
            efficiency=share(0.45), heat_efficiency=share(0.3), power_loss=share(0.15),
            variable_om=per(3, MONEY / MWH)),
        Chp(name="back", fuel="wood", bus="el", heat="heat", power=new(80), efficiency=share(0.2),
            heat_efficiency=share(0.6), vent=True),
        AbsorptionChiller(name="absorber", source="heat", to="cold", power=new(6), cop=share(0.7),
                          electricity="el", electricity_use=share(0.02), variable_om=per(1, MONEY / MWH)),
        Demand(name="halls", bus="cold", load=Profile(s["cold"], MW)),
        Electrolyser(name="stack", source="el", to="h2", power=new(40), use=Quantity(52.0, MWH / T),
                     water="clean", water_use=Quantity(10.0, M3 / T), heat="heat", heat_share=share(0.1),
                     variable_om=per(20, MONEY / T)),
        Store(name="tank", bus="h2", amount=new(90, T), loss=Quantity(0.001, ONE / H),
              rate=Quantity(0.3, ONE / H), source="el", use=Quantity(2.0, MWH / T)),
        Demand(name="users", bus="h2", load=Profile(s["h2"], T / H)),
        Purchase(name="trailer", bus="h2", price=Profile(4600 * flat, MONEY / T),
                 limit=per(0.02, T / H)),
        Treatment(name="membranes", source="raw", to="clean", capacity=new(2, M3 / H), recovery=share(0.7),
                  electricity="el", electricity_use=Quantity(0.004, MWH / M3)),
        Purchase(name="mains", bus="raw", price=Profile(0.5 * flat, MONEY / M3),
                 yearly_limit=per(500, M3)),
        Process(name="line", to="goods", capacity=new(200, T / H), electricity="el",
                electricity_use=Quantity(0.8, MWH / T), heat="heat", heat_use=Quantity(0.5, MWH / T),
                cooling="cold", cooling_use=Quantity(0.2, MWH / T), water="clean",
                water_use=Quantity(3.0, M3 / T), least=share(0.2), ramp=Quantity(0.4, ONE / H),
                variable_om=per(2, MONEY / T)),
        Store(name="stock", bus="goods", amount=new(0.5, T)),
        Delivery(name="orders", bus="goods", plan=Profile(s["due"], T / H), gate=Quantity(1.5, T / H)),
        sun(new(300), raw=s["sun"]), Wind(name="wind", bus="el", output=Profile(s["wind"], ONE),
                                          power=new(400)),
        SharedLimit(name="land", area=per(5, M2), uses={"pv.power": Quantity(2.0, M2 / MW),
                                                        "wind.power": Quantity(1.0, M2 / MW)}),
        InvestmentLimit(name="purse", limit=per(16_000, MONEY)),
        Incentive(name="support", asset="wind", per_energy=per(2, MONEY / MWH),
                  per_power=per(3, MONEY / MW), grant=per(40, MONEY / MW)),
        timeline=days(3),
        carriers={"h2": "hydrogen", "raw": "raw_water", "clean": "clean_water", "goods": "product",
                  "cold": "cooling", "heat": "heat", "el": "electricity", "wood": "fuel", "gas": "fuel"},
    )  # fmt: skip

    lp = Plain()
    bought, gas, wood = lp.flow(STEPS, s["price"]), lp.flow(STEPS, 35 + 3 * 0.45), lp.flow(STEPS, 28)
    drawn, given, cooled = lp.flow(STEPS, -3 * 0.15), lp.flow(STEPS), lp.flow(STEPS, 1)
    split, filled, taken = lp.flow(STEPS, 20 / 52), lp.flow(STEPS), lp.flow(STEPS)
    held, trailer, water = lp.flow(STEPS), lp.flow(STEPS, 4600, 0.02), lp.flow(STEPS, 0.5)
    made, put, got, stock = lp.flow(STEPS, 2), lp.flow(STEPS), lp.flow(STEPS), lp.flow(STEPS)
    left, shone, blown = lp.flow(STEPS, 0, 1.5), lp.flow(STEPS), lp.flow(STEPS, -2)
    sizes = [lp.flow(1, c) for c in (12, 80, 6, 40, 90, 2, 200, 0.5, 300, 400 - 3 - 4)]
    extraction, back, absorber, stack, tank, membranes, line_, shelf, pv, wind = sizes
    lp.equal([(bought, 1), (gas, 0.45), (drawn, -0.15), (wood, 0.2), (cooled, -0.02), (split, -1),
              (filled, -2), (water, -0.004), (made, -0.8), (shone, 1), (blown, 1)], s["el"])  # fmt: skip
    lp.equal([(drawn, 1), (given, 1), (cooled, -1 / 0.7), (split, 0.1), (made, -0.5)], s["hot"])
    lp.equal([(cooled, 1), (made, -0.2)], s["cold"])
    lp.equal([(split, 1 / 52), (trailer, 1), (taken, 1), (filled, -1)], s["h2"])
    lp.equal([(water, 0.7), (split, -10 / 52), (made, -3)])
    lp.equal([(made, 1), (got, 1), (put, -1), (left, -1)])
    lp.equal([(held, 1), (np.roll(held, 1), -0.999), (filled, -1), (taken, 1)])
    lp.equal([(stock, 1), (np.roll(stock, 1), -1), (put, -1), (got, 1)])
    for day in range(3):
        due = float(s["due"][days_of == day].sum())
        lp.equal([(left[hour : hour + 1], 1) for hour in np.flatnonzero(days_of == day)], due)
    lp.below([(gas, 0.45), (extraction, -1)])
    lp.below([(drawn, 1), (gas, -0.3)])
    lp.below([(wood, 0.2), (back, -1)])
    lp.below([(given, 1), (wood, -0.6)])
    lp.below([(cooled, 1), (absorber, -1)])
    lp.below([(split, 1), (stack, -1)])
    lp.below([(held, 1), (tank, -1)])
    lp.below([(filled, 1), (tank, -0.3)])
    lp.below([(taken, 1), (tank, -0.3)])
    lp.below([(water, 1), (membranes, -1)])
    lp.total_below([(water, 1)], 500)
    lp.below([(made, 1), (line_, -1)])
    lp.below([(made, -1), (line_, 0.2)])
    for one, other in ((made, np.roll(made, 1)), (np.roll(made, 1), made)):
        lp.below([(one, 1), (other, -1), (line_, -0.4)])
    lp.below([(stock, 1), (shelf, -1)])
    lp.below([(shone, 1), (pv, -s["sun"])])
    lp.below([(blown, 1), (wind, -s["wind"])])
    lp.below([(pv, 2), (wind, 1)], 5)
    lp.below([(extraction, 120), (back, 800), (absorber, 60), (stack, 400), (tank, 900), (membranes, 20),
              (line_, 2000), (shelf, 5), (pv, 3000), (wind, 4000)], 16_000)  # fmt: skip
    return study, lp


def fading(seed: int) -> tuple[Study, Plain]:
    """Cells that fade, some of which stand already, built in three years that stand for five each."""
    s = series.levers("demand_side", seed)
    years, fade = (2025, 2030, 2035), 0.01 + 200 * 2e-5
    ends = {"existing": Quantity(1.0, MWH), "existing_until": 2035}
    life = Quantity(10.0, YEAR)
    study = compose(
        load(raw=s["el"]), grid(raw=s["price"]),
        Battery(name="battery", bus="el", efficiency_in=share(0.95), efficiency_out=share(0.9),
                power=Size(capex=per(800, MONEY / MW), lifetime=life),
                energy=Size(capex=per(1500, MONEY / MWH), lifetime=life, **ends),
                calendar_fade=Quantity(0.01, ONE / YEAR), cycle_fade=share(2e-5), cycles=share(200)),
        timeline=days(3), years=years, rate=0.05, last=5.0,
    )  # fmt: skip

    lp, annuity = Plain(), 0.05 / (1 - 1.05**-10)
    inverters, cells = [lp.flow(1) for _ in years], [lp.flow(1) for _ in years]
    for at, year in enumerate(years):
        worth = sum(1.05 ** -(5 * at + k) for k in range(5))
        there = [v for v, built in enumerate(years) if built <= year < built + 10]
        for v in there:
            lp.costs[int(inverters[v][0])] = lp.costs[int(inverters[v][0])] + worth * 800 * annuity
            lp.costs[int(cells[v][0])] = lp.costs[int(cells[v][0])] + worth * 1500 * annuity
        bought = lp.flow(STEPS, worth * s["price"])
        charged, emptied, held = lp.flow(STEPS), lp.flow(STEPS), lp.flow(STEPS)
        lp.equal([(bought, 1), (charged, -1), (emptied, 1)], s["el"])
        lp.equal([(held, 1), (np.roll(held, 1), -1), (charged, -0.95), (emptied, 1 / 0.9)])
        powers: list[tuple[np.ndarray, object]] = [(inverters[v], -1) for v in there]
        lp.below([(charged, 1), *powers])
        lp.below([(emptied, 1), *powers])
        # Halfway through its five years: two years after the milestone, and five more for each one before.
        old = 1.0 - fade * (5 * at + 2) if year < 2035 else 0.0
        left: list[tuple[np.ndarray, object]] = [(cells[v], fade * (5 * (at - v) + 2) - 1) for v in there]
        lp.below([(held, 1), *left], old)
        stand: list[tuple[np.ndarray, object]] = [(cells[v], -200) for v in there]
        lp.total_below([(charged, 1), *stand], 200 * 1.0 if year < 2035 else 0.0)
    return study, lp


TWINS: dict[str, Twin] = {
    "heat_and_cold": heat_and_cold,
    "demand_side": demand_side,
    "contracts": contracts,
    "molecules": molecules,
    "goods": goods,
    "fading": fading,
}
