"""A park with every kind, eight tenants, six milestone years in hours: its gap, time and memory.

    python -m benchmarks.every_kind                            # all of it, to a gap of 1 %
    python -m benchmarks.every_kind --days 28                  # the first days, weighted to a year
    python -m benchmarks.every_kind --without batch_load chp   # what do these cost?

The tenants are those of ``parkzero.bench.cases.tenants_study``; each has a theme of its own besides. All
series are synthetic. Lines with losses, pipes and vehicles have studies of their own.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import parkzero.components as c
from parkzero.bench.cases import GAS_FACTOR, YEARS, constant, falling, size, tenants_study
from parkzero.bench.synthetic import reference_series
from parkzero.language.component import Component
from parkzero.language.fields import ByYear, Profile, Size
from parkzero.planning.api import plan
from parkzero.planning.plan import Step
from parkzero.study import Bus, Study
from parkzero.units import CELSIUS, M2, M3, MONEY, MW, MWH, ONE, YEAR, FloatArray, H, Quantity, T, Unit

TENANTS = 8
PRICE, TONNE = MONEY / MWH, MONEY / T


def share(value: float) -> Quantity:
    """A ratio."""
    return Quantity(value, ONE)


def cost(value: float, unit: Unit = PRICE) -> ByYear:
    """A price, the same in all years."""
    return constant(value, unit)


def power(capex: float, most: float, years: float = 20) -> Size:
    """A size in MW with its investment [money/MW]."""
    return size(falling(capex, 0.1), years, max=Quantity(most, MW))


def of(tenant: int, what: str) -> dict[str, str]:
    """Name and owner of an asset."""
    return {"name": f"t{tenant}.{what}", "owner": f"t{tenant}"}


Theme = Callable[["Site"], None]


class Site:
    """What is added to the park: series, buses, components."""

    def __init__(self, hours: int) -> None:
        rng = np.random.default_rng(5)
        self.raw: dict[str, FloatArray] = reference_series(hours)
        hour = np.arange(hours)
        self.outside = (
            24 + 6 * np.cos(2 * np.pi * (hour / 24 - 200) / 365) + 4 * np.sin(np.pi * (hour % 24 - 9) / 12)
        )
        self.work = np.where((hour % 24 >= 7) & (hour % 24 < 19), 1.0, 0.3) * (1 + rng.normal(0, 0.03, hours))
        self.flat = np.ones(hours)
        self.market = np.maximum(0.0, self.raw["price"] * (0.7 + rng.normal(0, 0.05, hours)))
        self.buses: list[Bus] = []
        self.parts: list[Component] = []

    def bus(
        self, tenant: int, name: str, carrier: str, degrees: float | None = None, bar: float | None = None
    ) -> str:
        """A bus of a tenant; its name."""
        self.buses.append(Bus(f"t{tenant}.{name}", carrier, degrees, f"t{tenant}", bar))
        return f"t{tenant}.{name}"


def steam(site: Site) -> None:
    """Headers at two pressures, waste heat and what lifts it."""
    hp, lp, low = (site.bus(1, "hp", "steam", 420.0, 40.0), site.bus(1, "lp", "steam", None, 4.0),
                   site.bus(1, "low", "heat", 60.0))  # fmt: skip
    wood = site.bus(1, "wood", "fuel")
    site.parts += [
        c.Fuel(**of(1, "wood"), bus=wood, price=cost(28), emission_factor=cost(0.01, T / MWH),
               limit=cost(12, MW), made_from="biomass"),
        c.FuelBoiler(**of(1, "hp_boiler"), source=wood, to=hp, efficiency=share(0.86),
                     power=power(300e3, 12)),
        c.SteamTurbine(**of(1, "turbine"), source=hp, bus="t1.el", to=lp, condensate=Quantity(90.0, CELSIUS),
                       efficiency=share(0.75), generator=share(0.96), power=power(700e3, 4)),
        c.LetDown(**of(1, "valve"), source=hp, to=lp, power=Size(existing=Quantity(12.0, MW))),
        c.HeatDemand(**of(1, "dryers"), bus=lp, load=Profile(4 * site.work, MW)),
        c.WasteHeat(**of(1, "flue"), to=low, available=Profile(1.5 * site.work, MW),
                    temperature=Quantity(160.0, CELSIUS), coldest=Quantity(40.0, CELSIUS),
                    approach=Quantity(10.0, CELSIUS), power=power(200e3, 3)),
        c.IndustrialHeatPump(**of(1, "lift"), electricity="t1.el", to="t1.heat", source=low,
                             carnot_share=share(0.5), power=power(500e3, 5)),
        c.HeatExchanger(**of(1, "plates"), source="t1.heat", to=low, approach=Quantity(5.0, CELSIUS),
                        power=power(30e3, 3)),
        c.HeatDemand(**of(1, "washing"), bus=low, load=Profile(0.8 * site.work, MW)),
    ]  # fmt: skip


def cold(site: Site) -> None:
    """Cold from electricity in the weather, and from heat."""
    bus = site.bus(2, "cold", "cooling", 6.0)
    site.parts += [
        c.Demand(**of(2, "halls"), bus=bus, load=Profile(1.5 * site.work, MW)),
        c.Chiller(**of(2, "chiller"), electricity="t2.el", to=bus, outdoor=Profile(site.outside, CELSIUS),
                  carnot_share=share(0.45), approach=Quantity(4.0, CELSIUS), power=power(230e3, 4)),
        c.AbsorptionChiller(**of(2, "absorber"), source="t2.heat", to=bus, cop=share(0.7),
                            power=power(400e3, 2)),
        c.ThermalStore(**of(2, "ice"), bus=bus, loss=Quantity(0.01, ONE / H),
                       energy=size(constant(22e3, MONEY / MWH), 20, max=Quantity(15.0, MWH))),
    ]  # fmt: skip


def demand_side(site: Site) -> None:
    """What saves, what stops, what waits, and compressed air."""
    air = site.bus(3, "air", "compressed_air", None, 8.0)
    use = {"demand": "t3.load", "end_use": "drives", "share": share(0.4)}
    site.parts += [
        c.Compressor(**of(3, "screw"), electricity="t3.el", to=air, use=Quantity(1.1e-4, MWH / M3),
                     power=power(300e3, 1), heat="t3.heat", heat_share=share(0.6)),
        c.Demand(**of(3, "tools"), bus=air, load=Profile(2500 * site.work, M3 / H)),
        c.Measure(**of(3, "fans"), saving=share(0.2), extent=power(110e3, 5), **use),
        c.Measure(**of(3, "motors"), saving=share(0.04), extent=power(60e3, 5), after="t3.fans", **use),
        c.CurtailableLoad(**of(3, "stops"), demand="t3.load", share=share(0.1), price=cost(150),
                          hours=Quantity(60.0, H)),
        c.BatchLoad(**of(4, "ovens"), bus="t4.el", load=Profile(0.6 * site.work, MW),
                    deadline=Quantity(8.0, H), power=Quantity(1.5, MW)),
    ]  # fmt: skip


def contracts(site: Site) -> None:
    """A wire, a grid DPPA, a leased roof with its attributes."""
    far: dict[str, Any] = {"emission_factor": cost(0.0, T / MWH), "settlement": "as_produced"}
    free: dict[str, Any] = {"capex": cost(0.0, MONEY / MW), "lifetime": Quantity(20.0, YEAR)}
    site.parts += [
        c.PrivateWire(**of(4, "wire"), bus="t4.el", payee="supplier", output=Profile(site.raw["pv"]),
                      strike=cost(58), made_from="solar", loss=share(0.02), fee=cost(3),
                      power=Size(**free, max=Quantity(4.0, MW)), **far),
        c.GridDppa(**of(5, "dppa"), bus="t5.el", payee="supplier", output=Profile(site.raw["wind"]),
                   strike=cost(60), market=Profile(site.market, PRICE), made_from="wind", k=share(1.02),
                   loss_factor=share(1.02), service_fee=cost(8), clearing_fee=cost(3),
                   power=Size(**free, max=Quantity(4.0, MW)), **far),
        c.Solar(name="t5.leased", owner="t6", bus="t5.el", output=Profile(site.raw["pv"]),
                power=power(600e3, 2, 25)),
        c.SupplyContract(**of(5, "lease"), asset="t5.leased", bus="t5.el", payee="t6",
                         price=Profile(70 * site.flat, PRICE), attributes=True),
        c.GreenAttributes(**of(5, "attributes"), price=cost(2)),
    ]  # fmt: skip


def molecules(site: Site) -> None:
    """Hydrogen, water, goods."""
    h2, raw = site.bus(6, "h2", "hydrogen"), site.bus(6, "raw", "raw_water")
    clean, goods = site.bus(6, "clean", "clean_water"), site.bus(6, "goods", "product")
    flow = size(constant(300e3, MONEY / (T / H)), 20, max=Quantity(1.5, T / H))
    site.parts += [
        c.Electrolyser(**of(6, "stack"), source="t6.el", to=h2, use=Quantity(53.0, MWH / T), water=clean,
                       water_use=Quantity(10.0, M3 / T), power=power(900e3, 4)),
        c.Store(**of(6, "tank"), bus=h2, source="t6.el", use=Quantity(1.5, MWH / T),
                amount=size(constant(500e3, MONEY / T), 25, max=Quantity(1.0, T))),
        c.Purchase(**of(6, "trailer"), bus=h2, price=Profile(5500 * site.flat, TONNE)),
        c.Demand(**of(6, "furnace"), bus=h2, load=Profile(0.02 * site.work, T / H)),
        c.PowerPlant(**of(6, "cell"), source=h2, bus="t6.el", efficiency=share(0.5), power=power(900e3, 1)),
        c.Purchase(**of(6, "mains"), bus=raw, price=Profile(0.4 * site.flat, MONEY / M3)),
        c.Treatment(**of(6, "membranes"), source=raw, to=clean, recovery=share(0.75), electricity="t6.el",
                    electricity_use=Quantity(0.002, MWH / M3),
                    capacity=size(constant(2e3, MONEY / (M3 / H)), 15, max=Quantity(50.0, M3 / H))),
        c.Process(**of(6, "line"), to=goods, capacity=flow, electricity="t6.el",
                  electricity_use=Quantity(0.6, MWH / T), water=clean, water_use=Quantity(2.0, M3 / T)),
        c.Store(**of(6, "stock"), bus=goods,
                amount=size(constant(2e3, MONEY / T), 25, max=Quantity(40.0, T))),
        c.Delivery(**of(6, "orders"), bus=goods, plan=Profile(0.5 * site.work, T / H),
                   gate=Quantity(2.0, T / H)),
    ]  # fmt: skip


def fuels(site: Site) -> None:
    """Biogas and biomethane, two fuels in a boiler, cogeneration, capture and storage."""
    raw, pure, gas = site.bus(7, "raw", "fuel"), site.bus(7, "pure", "fuel"), site.bus(7, "gas", "fuel")
    co2 = site.bus(7, "co2", "co2")
    site.parts += [
        c.Fuel(**of(7, "digester"), bus=raw, price=cost(30), emission_factor=cost(0.0, T / MWH),
               limit=cost(4, MW), made_from="biogas"),
        c.Fuel(**of(7, "gas"), bus=gas, price=cost(45), emission_factor=cost(GAS_FACTOR, T / MWH)),
        c.FuelUpgrading(**of(7, "upgrade"), source=raw, to=pure, recovery=share(0.96), electricity="t7.el",
                        electricity_use=share(0.05), capacity=power(250e3, 4)),
        c.DualFuelBoiler(**of(7, "dual"), source=gas, second=pure, to="t7.heat", efficiency=share(0.9),
                         share=cost(0.8, ONE), power=power(90e3, 8)),
        c.Chp(**of(7, "engine"), fuel=gas, bus="t7.el", heat="t7.heat", efficiency=share(0.4),
              heat_efficiency=share(0.42), vent=True, power=power(700e3, 3)),
        c.ElectricBoiler(**of(7, "kettle"), source="t7.el", to="t7.heat", efficiency=share(0.98),
                         power=power(110e3, 8)),
        c.CarbonCapture(**of(7, "capture"), stack="t7.gas", rate=share(0.9), to=co2, electricity="t7.el",
                        electricity_use=Quantity(0.15, MWH / T),
                        capacity=size(constant(2e6, MONEY / (T / H)), 20, max=Quantity(3.0, T / H))),
        c.Sale(**of(7, "storage"), bus=co2, price=Profile(0 * site.flat, TONNE), stored=share(1.0),
               transport=cost(40, TONNE)),
    ]  # fmt: skip


def rest(site: Site) -> None:
    """Wind, cells that fade, and all policies but the cap."""
    site.parts += [
        c.Wind(**of(8, "wind"), bus="t8.el", output=Profile(site.raw["wind"]), power=power(1400e3, 5, 25)),
        c.Battery(**of(8, "fading"), bus="t8.el", efficiency_in=share(0.95), efficiency_out=share(0.95),
                  calendar_fade=Quantity(0.01, ONE / YEAR), cycles=share(300), cycle_fade=share(2e-5),
                  power=power(100e3, 4, 15),
                  energy=size(falling(180e3, 0.5, MONEY / MWH), 15, max=Quantity(20.0, MWH))),
        c.CarbonPrice(name="tax", price=ByYear((2025, 2050), (5.0, 60.0), TONNE), scopes="1"),
        c.EmissionBudget(name="budget", budget=Quantity(3e6, T)),
        c.Offset(name="offsets", price=cost(120, TONNE), mass=cost(20_000, T)),
        c.RenewableShare(name="green", share=ByYear((2035, 2050), (0.15, 0.2), ONE), counts="attributes"),
        c.Incentive(name="support", asset="t8.wind", per_energy=cost(3)),
        c.InvestmentLimit(name="purse", limit=cost(150e6, MONEY)),
        c.SharedLimit(name="land", area=cost(120_000, M2), uses={"t8.wind.power": Quantity(2_000.0, M2 / MW),
                                                                "t8.pv.power": Quantity(8_000.0, M2 / MW)}),
    ]  # fmt: skip


THEMES = (steam, cold, demand_side, contracts, molecules, fuels, rest)


def every_kind(days: int = 365, years: tuple[int, ...] = YEARS, themes: Sequence[Theme] = THEMES) -> Study:
    """The study, or one of some themes only."""
    base, site = tenants_study(TENANTS, days, years), Site(days * 24)
    for theme in themes:
        theme(site)
    buses = base.buses | {bus.name: bus for bus in site.buses}
    return dataclasses.replace(
        base, name="A park with every kind (synthetic series)", buses=buses,
        components=(*base.components, *site.parts),
    )  # fmt: skip


def _told(step: Step) -> None:
    print(f"{step.seconds:7.1f} s {step.lower:.6g} {step.upper:.6g} {step.gap:8.3%} {step.text}", flush=True)


def main() -> None:
    """Plan it, and print what it took as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--years", type=int, nargs="+", default=YEARS)
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--time-limit", type=float)
    parser.add_argument("--without", nargs="*", default=[])
    given = parser.parse_args()
    study = every_kind(given.days, tuple(given.years))
    kept = tuple(part for part in study.components if part.kind not in given.without)
    study = dataclasses.replace(study, components=kept)
    began = time.perf_counter()
    made = plan(study, gap=given.gap, time_limit=given.time_limit, progress=_told)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {
        "kinds": len({part.kind for part in study.components}), "assets": len(study.components),
        "status": made.status, "gap": made.gap, "seconds": time.perf_counter() - began,
        "processor_seconds": sum(u.ru_utime + u.ru_stime for u in used),
        "peak_mb": sum(u.ru_maxrss for u in used) / 1024,
    }  # fmt: skip
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
