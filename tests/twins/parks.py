"""The twin parks composed from ParkZero's records; their twins in PyPSA stand beside them."""

from __future__ import annotations

from parkzero.components import (
    Battery,
    ByYear,
    CarbonPrice,
    ElectricBoiler,
    ElectricityDemand,
    EmissionBudget,
    EmissionCap,
    Feeder,
    Fuel,
    FuelBoiler,
    Grid,
    HeatDemand,
    HeatPump,
    Offset,
    Profile,
    RenewableShare,
    Size,
    Solar,
    ThermalStore,
    Wind,
    constant,
)
from parkzero.language.block import Penalties
from parkzero.study import Bus, Study, Tenant, milestones
from parkzero.timeline import part_of_year
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, H, Quantity, T
from tests.twins import series

PRICE, PER_MW, PER_MWH, PER_TONNE = MONEY / MWH, MONEY / MW, MONEY / MWH, MONEY / T
PENALTIES = Penalties(unserved=20_000.0, excess=20_000.0)


def power(value):
    return Quantity(value, MW)


def energy(value):
    return Quantity(value, MWH)


def life(years, om=0.0):
    return {"lifetime": Quantity(float(years), YEAR), "fixed_om": constant(om)}


def per_mw(first, last, until):
    return ByYear((2025, until), (first, last), PER_MW)


def per_mwh(first, last, until):
    return ByYear((2025, until), (first, last), PER_MWH)


def park_a() -> Study:
    """Tariffs, feeders and owners: everything that a grid connection may bill, two tenants."""
    s = series.park_a()
    growth = ByYear((2025, 2030), (1.0, 1.25))
    tariff = Profile(s["price"], PRICE, years={2030: s["price_2030"]})
    components = (
        ElectricityDemand(name="t1.load", owner="t1", bus="t1.el", load=Profile(s["load_1"], MW, growth)),
        ElectricityDemand(name="t2.load", owner="t2", bus="t2.el", load=Profile(s["load_2"], MW, growth)),
        HeatDemand(name="t1.process", owner="t1", bus="t1.heat", load=Profile(s["heat_1"], MW)),
        Grid(
            name="grid",
            bus="park.el",
            price=tariff,
            import_limit=constant(14.0, MW),
            export_limit=constant(1.0, MW),
            export_price=ByYear((2025, 2030), (80.0, 60.0), PRICE),
            demand_charge=per_mw(9000.0, 9800.0, 2030),
            demand_minutes=60,
            ratchet=Quantity(0.97),
            power_factor=ByYear((2025, 2030), (0.85, 0.93)),
            emission_factor=constant(0.6, T / MWH),
        ),
        Solar(
            name="pv",
            bus="park.el",
            output=Profile(s["sun"]),
            variable_om=constant(1.0, PRICE),
            power=Size(
                capex=per_mw(650e3, 560e3, 2030),
                max=power(4.0),
                existing=power(2.0),
                existing_until=2030,
                **life(25, 0.02),
            ),
        ),
        Grid(
            name="t2.grid",
            owner="t2",
            bus="t2.el",
            price=Profile(s["price_2"], PRICE),
            import_limit=constant(1.2, MW),
            export_limit=ByYear((2025, 2030), (1.5, 1.0), MW),
            export_price=constant(105.0, PRICE),
            export_share=constant(0.15),
            demand_charge=constant(4000.0, PER_MW),
            demand_minutes=30,
            emission_factor=constant(0.6, T / MWH),
        ),
        Solar(
            name="t2.pv",
            owner="t2",
            bus="t2.el",
            output=Profile(s["sun"]),
            power=Size(capex=constant(600e3, PER_MW), max_each=power(1.5), **life(20, 0.015)),
        ),
        Feeder(
            name="t1.line",
            owner="t1",
            source="park.el",
            to="t1.el",
            loss=Quantity(0.02),
            wheeling=constant(3.0, PRICE),
            power=Size(capex=constant(90e3, PER_MW), existing=power(4.0), **life(30, 0.01)),
        ),
        Feeder(
            name="t2.line",
            owner="t2",
            source="park.el",
            to="t2.el",
            loss=Quantity(0.01),
            power=Size(capex=constant(60e3, PER_MW), **life(30)),
        ),
        ElectricBoiler(
            name="t1.electric_boiler",
            owner="t1",
            source="t1.el",
            to="t1.heat",
            rated="heat",
            efficiency=Quantity(0.98),
            variable_om=constant(0.4, PRICE),
            power=Size(capex=constant(110e3, PER_MW), **life(18, 0.02)),
        ),
        FuelBoiler(
            name="t1.gas_boiler",
            owner="t1",
            source="gas",
            to="t1.heat",
            rated="input",
            efficiency=Quantity(0.9),
            power=Size(
                capex=constant(80e3, PER_MW), existing=power(3.0), existing_until=2030, **life(20, 0.02)
            ),
        ),
        Fuel(
            name="gas",
            bus="gas",
            price=ByYear((2025, 2030), (52.0, 58.0), PRICE),
            limit=constant(2.7, MW),
            emission_factor=constant(0.202, T / MWH),
        ),
        ThermalStore(
            name="t1.tank",
            owner="t1",
            bus="t1.heat",
            loss=Quantity(0.01, ONE / H),
            rate=Quantity(0.2, ONE / H),
            energy=Size(capex=constant(12e3, PER_MWH), **life(25)),
        ),
        Battery(
            name="t2.battery",
            owner="t2",
            bus="t2.el",
            efficiency_in=Quantity(0.96),
            efficiency_out=Quantity(0.94),
            loss=Quantity(0.0005, ONE / H),
            discharge_cost=constant(0.7, PRICE),
            power=Size(
                capex=constant(60e3, PER_MW), existing=power(0.4), existing_until=2030, **life(12, 0.01)
            ),
            energy=Size(
                capex=per_mwh(110e3, 90e3, 2030), existing=energy(0.8), existing_until=2030, **life(12, 0.01)
            ),
        ),
        CarbonPrice(name="carbon", price=ByYear((2030, 2035), (15.0, 20.0), PER_TONNE), scopes="2"),
    )
    buses = (Bus("park.el", "electricity"), Bus("t1.el", "electricity", owner="t1"),
             Bus("t2.el", "electricity", owner="t2"), Bus("t1.heat", "heat", 150.0, "t1"),
             Bus("gas", "fuel"))  # fmt: skip
    return Study(
        "Twin A", "USD", milestones((2025, 2030), 0.07), part_of_year(2025, series.DAYS_A, 30), components,
        {b.name: b for b in buses}, {t: Tenant(t, t) for t in ("t1", "t2")}, PENALTIES,
    )  # fmt: skip


def park_b() -> Study:
    """Heat, fuels, lifetimes and policies over four milestone years."""
    s, years = series.park_b(), (2025, 2030, 2040, 2045)
    more, warmer = ByYear((2025, 2045), (1.0, 1.6)), ByYear((2025, 2045), (1.0, 1.4))
    components = (
        ElectricityDemand(name="load", bus="el", load=Profile(s["load"], MW, more)),
        HeatDemand(name="process", bus="heat", load=Profile(s["heat"], MW, warmer)),
        Grid(
            name="grid",
            bus="el",
            price=Profile(s["price"], PRICE, ByYear((2025, 2045), (1.0, 1.3))),
            import_limit=constant(40.0, MW),
            emission_factor=ByYear((2025, 2045), (0.66, 0.16), T / MWH),
        ),
        HeatPump(
            name="heat_pump",
            source="el",
            to="heat",
            rated="heat",
            cop=Profile(s["cop"]),
            variable_om=constant(0.8, PRICE),
            power=Size(capex=per_mw(420e3, 340e3, 2045), max_each=power(4.0), **life(15, 0.02)),
        ),
        ElectricBoiler(
            name="electric_boiler",
            source="el",
            to="heat",
            rated="input",
            efficiency=Quantity(0.97),
            power=Size(capex=constant(100e3, PER_MW), **life(20, 0.01)),
        ),
        FuelBoiler(
            name="coal_boiler",
            source="coal",
            to="heat",
            rated="heat",
            efficiency=Quantity(0.82),
            variable_om=constant(1.5, PRICE),
            power=Size(
                capex=constant(150e3, PER_MW),
                max=power(12.0),
                existing=power(7.0),
                existing_until=2040,
                lifetime=Quantity(20.0, YEAR),
                fixed_om=ByYear((2025, 2045), (0.02, 0.04)),
            ),
        ),
        FuelBoiler(
            name="biomass_boiler",
            source="biomass",
            to="heat",
            rated="input",
            efficiency=Quantity(0.85),
            power=Size(capex=constant(210e3, PER_MW), **life(20, 0.03)),
        ),
        Fuel(
            name="coal", bus="coal", price=per_mwh(17.0, 20.0, 2045), emission_factor=constant(0.34, T / MWH)
        ),
        Fuel(
            name="biomass",
            bus="biomass",
            price=constant(31.0, PRICE),
            emission_factor=constant(0.004, T / MWH),
            biogenic_factor=constant(0.4, T / MWH),
            yearly_limit=constant(20e3, MWH),
        ),
        Solar(
            name="pv",
            bus="el",
            output=Profile(s["sun"]),
            power=Size(capex=per_mw(640e3, 400e3, 2045), max=power(22.0), **life(12, 0.02)),
        ),
        Wind(
            name="wind",
            bus="el",
            output=Profile(s["wind"]),
            variable_om=constant(2.0, PRICE),
            power=Size(
                capex=per_mw(1500e3, 1200e3, 2045),
                existing=power(3.0),
                max=power(14.0),
                existing_until=2040,
                first_year=2030,
                **life(25, 0.02),
            ),
        ),
        Battery(
            name="battery",
            bus="el",
            efficiency_in=Quantity(0.95),
            efficiency_out=Quantity(0.97),
            loss=Quantity(0.001, ONE / H),
            discharge_cost=constant(0.5, PRICE),
            power=Size(
                capex=per_mw(110e3, 70e3, 2045),
                existing=power(1.0),
                max=power(8.0),
                existing_until=2030,
                **life(8, 0.015),
            ),
            energy=Size(
                capex=per_mwh(150e3, 70e3, 2045),
                existing=energy(2.0),
                max_each=energy(18.0),
                existing_until=2030,
                **life(8, 0.015),
            ),
        ),
        ThermalStore(
            name="store",
            bus="heat",
            loss=Quantity(0.008, ONE / H),
            energy=Size(capex=constant(20e3, PER_MWH), max=energy(30.0), **life(15, 0.01)),
        ),
        EmissionCap(name="cap", limit=ByYear((2030, 2045), (58e3, 12e3), T)),
        EmissionBudget(name="budget", budget=Quantity(790e3, T)),
        CarbonPrice(name="carbon", price=ByYear((2030, 2045), (8.0, 30.0), PER_TONNE), scopes="1"),
        Offset(
            name="offset",
            price=ByYear((2025, 2045), (14.0, 10.0), PER_TONNE),
            share=constant(0.1),
            mass=constant(1_500.0, T),
        ),
        RenewableShare(name="share", share=ByYear((2025, 2040), (0.5, 0.45))),
    )
    buses = (
        Bus("el", "electricity"),
        Bus("heat", "heat", 110.0),
        Bus("coal", "fuel"),
        Bus("biomass", "fuel"),
    )
    return Study(
        "Twin B", "USD", milestones(years, 0.06), part_of_year(2025, series.DAYS_B), components,
        {b.name: b for b in buses}, {}, PENALTIES,
    )  # fmt: skip


def park_d() -> Study:
    """Whole units, and a battery that may not charge and discharge at once although prices are negative."""
    s = series.park_d()
    components = (
        ElectricityDemand(name="load", bus="el", load=Profile(s["load"], MW)),
        HeatDemand(name="process", bus="heat", load=Profile(s["heat"], MW)),
        Grid(
            name="grid",
            bus="el",
            price=Profile(s["price"], PRICE),
            import_limit=constant(9.0, MW),
            emission_factor=constant(0.6, T / MWH),
        ),
        Solar(
            name="pv",
            bus="el",
            output=Profile(s["sun"]),
            power=Size(
                capex=constant(420e3, PER_MW), unit=Quantity(1.5, MW), max=power(5.0), **life(25, 0.02)
            ),
        ),
        ElectricBoiler(
            name="boiler",
            source="el",
            to="heat",
            rated="heat",
            efficiency=Quantity(0.95),
            power=Size(capex=constant(60e3, PER_MW), unit=Quantity(0.8, MW), **life(20)),
        ),
        Battery(
            name="battery",
            bus="el",
            efficiency_in=Quantity(0.9),
            efficiency_out=Quantity(0.9),
            exclusive=True,
            power=Size(capex=constant(60e3, PER_MW), max=power(3.0), **life(10)),
            energy=Size(capex=constant(80e3, PER_MWH), **life(10)),
        ),
    )
    buses = (Bus("el", "electricity"), Bus("heat", "heat", 110.0))
    return Study(
        "Twin D", "USD", milestones((2030,), 0.08), part_of_year(2025, series.DAYS_D), components,
        {b.name: b for b in buses}, {}, PENALTIES,
    )  # fmt: skip
