"""Caps, budgets, prices, offsets and shares on paper."""

from __future__ import annotations

from typing import Any

from parkzero.components import (
    CarbonPrice,
    EmissionBudget,
    EmissionCap,
    GreenAttributes,
    Offset,
    RenewableShare,
)
from parkzero.units import MONEY, MW, MWH, ONE, Quantity, T
from tests.cases.electric import sun
from tests.cases.harness import PENALTY, case, fuel, grid, load, path, per, stands, warmth
from tests.cases.heat import burner, kettle
from tests.cases.kinds.private_wire import wire

# Dirty power at 10 with 0.5 t a MWh, or clean sun that costs 50 a MWh to run.
DIRTY = grid(10, emission_factor=per(0.5, T / MWH))
CLEAN = sun(9, 1, variable_om=per(50, MONEY / MWH))
SMOKE = (warmth(1), fuel(10, factor=1.0), burner(), kettle())


def cap(tonnes: float, **more: Any) -> EmissionCap:
    """A cap on each year's net emissions."""
    return EmissionCap(**{"name": "cap", "limit": per(tonnes, T), **more})


def tax(price: float, **more: Any) -> CarbonPrice:
    """A price on each tonne."""
    return CarbonPrice(name="tax", price=per(price, MONEY / T), **more)


def offsets(price: float, **more: Any) -> Offset:
    """Offsets at a price."""
    return Offset(name="offsets", price=per(price, MONEY / T), **more)


EMISSION_CAP = [
    case(
        "0.5 t allow 1 of 2 MWh from the grid; the sun gives the other",
        10 + 50,
        load(2),
        DIRTY,
        CLEAN,
        cap(0.5),
    ),
    case(
        "the base is told for whoever reads: a limit that was a change from it is tonnes by now",
        10 + 50,
        load(2),
        DIRTY,
        CLEAN,
        cap(0.5, base=Quantity(1.0, T)),
    ),
    case("a cap above what is emitted changes nothing", 2 * 10, load(2), DIRTY, CLEAN, cap(1.1)),
    case(
        "a cap that nothing can meet is exceeded at the penalty",
        2 * 10 + 0.5 * PENALTY,
        load(2),
        DIRTY,
        cap(0.5),
    ),
    case(
        "a cap on scope 1 leaves the grid alone: heat turns to dirty electricity",
        1 * 20,
        *SMOKE,
        grid(20, emission_factor=per(2.0, T / MWH)),
        cap(0, scopes="1"),
    ),
    case(
        "a cap on scope 2 leaves the burner alone",
        1 * 10,
        *SMOKE,
        grid(5, emission_factor=per(2.0, T / MWH)),
        cap(0, scopes="2"),
    ),
    case(
        "the cap holds in the years that it covers",
        (2 * 10) + (10 + 50) + (10 + 50),
        load(2),
        DIRTY,
        CLEAN,
        cap(0, limit=path(T, y2026=0.5, y2027=0.5)),
        years=(2025, 2026, 2027),
    ),
    case(
        "scopes 1 and 2 count together: 0.5 t of smoke and 0.5 t of power are 0.5 t too much",
        10 + 10 + 0.5 * PENALTY,
        warmth(1),
        fuel(10, factor=0.5),
        burner(),
        load(1),
        DIRTY,
        cap(0.5),
    ),
]

# In 2025 the sun costs 20 to run, in 2026 50; the grid 10 with 1 t a MWh.
YEARLY = (
    load(1),
    grid(10, emission_factor=per(1.0, T / MWH)),
    sun(9, 1, variable_om=path(MONEY / MWH, y2025=20.0, y2026=50.0)),
)

EMISSION_BUDGET = [
    case(
        "one tonne for both years is spent where avoiding it is dearer",
        20 + 10,
        *YEARLY,
        EmissionBudget(name="budget", budget=Quantity(1.0, T)),
        years=(2025, 2026),
    ),
    case(
        "a budget above what is emitted changes nothing",
        10 + 10,
        *YEARLY,
        EmissionBudget(name="budget", budget=Quantity(2.5, T)),
        years=(2025, 2026),
    ),
    case(
        "a milestone that stands for two years spends a tonne on half a MWh in each",
        2 * (0.5 * 10 + 0.5 * 20),
        *YEARLY,
        EmissionBudget(name="budget", budget=Quantity(1.0, T)),
        last=2,
    ),
    case(
        "a budget that nothing can meet is exceeded at the penalty",
        10 + 0.5 * PENALTY,
        load(1),
        DIRTY,
        EmissionBudget(name="budget", budget=Quantity(0.0, T)),
    ),
]

CARBON_PRICE = [
    case(
        "at 60 a tonne, 0.5 t a MWh, the grid still costs less than the sun",
        2 * (10 + 30),
        load(2),
        DIRTY,
        CLEAN,
        tax(60),
    ),
    case("at 100 a tonne the sun costs less than the grid", 2 * 50, load(2), DIRTY, CLEAN, tax(100)),
    case("a price on scope 1 leaves the grid alone", 2 * 10, load(2), DIRTY, CLEAN, tax(100, scopes="1")),
    case("a price on scope 2 leaves the burner alone", 1 * 10, *SMOKE, grid(20), tax(100, scopes="2")),
    case(
        "the price is paid in the years that it covers",
        10 + (10 + 40),
        load(1),
        DIRTY,
        CarbonPrice(name="tax", price=path(MONEY / T, y2026=80.0, y2027=80.0)),
        years=(2025, 2026),
    ),
    case("offsets do not lower what the tax takes", 2 * 10 + 1 * 60, load(2), DIRTY, tax(60), offsets(1)),
]

OFFSET = [
    case(
        "a tonne costs 30 less than avoiding it: offset all above the cap",
        2 * 10 + 0.5 * 30,
        load(2),
        DIRTY,
        CLEAN,
        cap(0.5),
        offsets(30),
    ),
    case("at 100 a tonne avoiding (80) is cheaper", 10 + 50, load(2), DIRTY, CLEAN, cap(0.5), offsets(100)),
    case(
        "at most a quarter of the gross 1 t: gross - gross/4 <= 0.5 leaves 2/3 t gross",
        4 / 3 * 10 + 2 / 3 * 50 + 1 / 6 * 30,
        load(2),
        DIRTY,
        CLEAN,
        cap(0.5),
        offsets(30, share=per(0.25, ONE)),
    ),
    case(
        "at most 0.2 t in a year: 0.7 t gross",
        1.4 * 10 + 0.6 * 50 + 0.2 * 30,
        load(2),
        DIRTY,
        CLEAN,
        cap(0.5),
        offsets(30, mass=per(0.2, T)),
    ),
]

RENEWABLE_SHARE = [
    case(
        "a quarter of what is consumed must come from the sun",
        1.5 * 10 + 0.5 * 50,
        load(2),
        DIRTY,
        CLEAN,
        RenewableShare(name="green", share=per(0.25, ONE)),
    ),
    case(
        "power for heat counts as consumed: 1 of 4 MWh",
        3 * 10 + 1 * 50,
        load(2),
        warmth(2),
        kettle(),
        DIRTY,
        CLEAN,
        RenewableShare(name="green", share=per(0.25, ONE)),
    ),
    case(
        "what is sold does not count: the sun sells 1 MWh, and must still serve half of the load",
        1 * 10 + 1 * 12 + 1 * (12 - 30),
        load(2),
        sun(2, 1, variable_om=per(12, MONEY / MWH)),
        grid(10, export_price=per(30, MONEY / MWH), export_limit=per(1, MW)),
        RenewableShare(name="green", share=per(0.5, ONE)),
    ),
    case(
        "the share holds in the years that it covers",
        2 * 10 + 2 * 50,
        load(2),
        DIRTY,
        CLEAN,
        RenewableShare(name="green", share=path(ONE, y2026=1.0, y2027=1.0)),
        years=(2025, 2026),
    ),
    case(
        "a contract's attributes count where it is said so: 1 of 2 MWh at 40 instead of 10",
        1 * 10 + 1 * 40,
        load(2),
        DIRTY,
        RenewableShare(name="green", share=per(0.5, ONE), counts="attributes"),
        wire(power=stands(4.0), settlement="as_consumed"),
    ),
    case(
        "and what is sold of them does not: the wire brings 2 MWh, and 1 of their attributes is kept",
        2 * 40 - 1 * 35,
        load(2),
        DIRTY,
        RenewableShare(name="green", share=per(0.5, ONE), counts="attributes"),
        GreenAttributes(name="account", price=per(35, MONEY / MWH)),
        wire(power=stands(4.0), settlement="as_consumed"),
    ),
    case(
        "a share that nothing can meet is missed at the penalty",
        2 * 10 + 1 * PENALTY,
        load(2),
        DIRTY,
        RenewableShare(name="green", share=per(0.5, ONE)),
    ),
]
