"""What each component books, in hand-worked studies: money, energy and tonnes, account by account.

A booking that no optimum depends on (biogenic CO2, say) would otherwise vanish unnoticed.
"""

from __future__ import annotations

import pytest

from parkzero.language.accounts import Account as A
from parkzero.language.block import integrate
from parkzero.planning.assemble import build_year
from parkzero.planning.monolith import monolith
from parkzero.study import Study
from parkzero.units import MONEY, MW, MWH, ONE, T
from tests.cases.electric import breeze, line, sun
from tests.cases.harness import (
    EXACT,
    PENALTY,
    Case,
    compose,
    fuel,
    grid,
    load,
    new,
    per,
    share,
    stands,
    warmth,
)
from tests.cases.heat import burner, kettle, pump
from tests.cases.paper import CASES, MODULES
from tests.cases.policies import cap, offsets, tax
from tests.cases.storage import battery, store

# Each booking by asset and account, with the total of the year; what is not named must be nothing.
BOOKED: list[tuple[str, Study, dict[tuple[str, A], float]]] = [
    (
        "2 of 3 MW from the sun at 3 a MWh, 1 from the grid at 20 with 0.5 t; 0.5 MWh unserved later",
        compose(
            load(3, 1.5),
            sun(2, 1, variable_om=per(3, MONEY / MWH)),
            grid(20, 30, emission_factor=per(0.5, T / MWH), import_limit=per(1, MW)),
        ),
        {
            ("load", A.CONSUMED): 4,
            ("load", A.UNSERVED): 0.5,
            ("load", A.SLACK): 0.5 * PENALTY,
            ("pv", A.GENERATED): 2,
            ("pv", A.VARIABLE_OM): 6,
            ("grid", A.IMPORTED): 2,
            ("grid", A.ENERGY): 20 + 30,
            ("grid", A.SCOPE2): 1,
        },
    ),
    (
        "wind sells 2 of 3 MWh at 5; a peak of 0.5 MW; a power factor of 0.6 adds half to the bill",
        compose(
            load(1, 0.5),
            breeze(3, 1, variable_om=per(2, MONEY / MWH)),
            grid(
                20,
                20,
                export_limit=per(9, MW),
                export_price=per(5, MONEY / MWH),
                power_factor=per(0.6, ONE),
                demand_charge=per(100, MONEY / MW),
            ),
        ),
        {
            ("load", A.CONSUMED): 1.5,
            ("wind", A.GENERATED): 3,
            ("wind", A.VARIABLE_OM): 6,
            ("grid", A.IMPORTED): 0.5,
            ("grid", A.EXPORTED): 2,
            ("grid", A.ENERGY): 10,
            ("grid", A.POWER_FACTOR): 5,
            ("grid", A.EXPORT): -10,
            ("grid", A.DEMAND_CHARGE): 50,
        },
    ),
    (
        "2 MW of heat from 2.5 MW of fuel at 10 with 0.2 t and 0.4 t biogenic; half a MWh of heat is missing",
        compose(
            warmth(2.5),
            fuel(10, factor=0.2, biogenic_factor=per(0.4, T / MWH)),
            burner(2, 0.8, variable_om=per(1, MONEY / MWH)),
        ),
        {
            ("warmth", A.HEAT_SUPPLIED): 2,
            ("warmth", A.UNSERVED): 0.5,
            ("warmth", A.SLACK): 0.5 * PENALTY,
            ("fuel", A.FUEL): 25,
            ("fuel", A.FUEL_USED): 2.5,
            ("fuel", A.SCOPE1): 0.5,
            ("fuel", A.BIOGENIC): 1,
            ("burner", A.VARIABLE_OM): 2,
            ("burner", A.HEAT_GENERATED): 2,
        },
    ),
    (
        "a heat pump of 1 MW makes 4 of 5 MW of heat, a kettle the fifth from 1.25 MW",
        compose(
            warmth(5),
            grid(20),
            pump(1, 4.0, rated="input", variable_om=per(2, MONEY / MWH)),
            kettle(9, 0.8, variable_om=per(3, MONEY / MWH)),
        ),
        {
            ("warmth", A.HEAT_SUPPLIED): 5,
            ("grid", A.IMPORTED): 2.25,
            ("grid", A.ENERGY): 45,
            ("pump", A.CONSUMED): 1,
            ("pump", A.VARIABLE_OM): 8,
            ("pump", A.HEAT_GENERATED): 4,
            ("kettle", A.CONSUMED): 1.25,
            ("kettle", A.VARIABLE_OM): 3,
            ("kettle", A.HEAT_GENERATED): 1,
        },
    ),
    (
        "a battery of 1 MW and 1 MWh for 3 and 4 a year with a tenth of the investment as upkeep",
        compose(
            load(0, 1),
            grid(20, 100),
            battery(
                power=new(3, fixed_om=per(0.1, ONE)),
                energy=new(4, MWH, fixed_om=per(0.1, ONE)),
                discharge_cost=per(5, MONEY / MWH),
            ),
        ),
        {
            ("load", A.CONSUMED): 1,
            ("grid", A.IMPORTED): 1,
            ("grid", A.ENERGY): 20,
            ("battery", A.VARIABLE_OM): 5,
            ("battery", A.CAPEX): 7,
            ("battery", A.FIXED_OM): 7,
        },
    ),
    (
        "1 MWh of store for 4 a year, 2 MW of line at 2 a MWh with a fifth lost, 1 MW of pump for 5",
        compose(
            warmth(0, 1),
            grid(20, 100, bus="far"),
            line(10, loss=share(0.2), wheeling=per(2, MONEY / MWH)),
            pump(new(5), cop=2.0),
            store(new(4, MWH), discharge_cost=per(3, MONEY / MWH)),
        ),
        {
            ("warmth", A.HEAT_SUPPLIED): 1,
            ("pump", A.CONSUMED): 0.5,
            ("pump", A.CAPEX): 5,
            ("pump", A.HEAT_GENERATED): 1,
            ("line", A.VARIABLE_OM): 0.625 * 2,
            ("store", A.CAPEX): 4,
            ("store", A.VARIABLE_OM): 3,
            ("grid", A.IMPORTED): 0.625,
            ("grid", A.ENERGY): 0.625 * 20,
        },
    ),
    (
        "1 t of power: 0.2 t offset at 30, 0.1 t above the cap, and 60 a tonne on all of it",
        compose(
            load(2),
            grid(10, emission_factor=per(0.5, T / MWH)),
            cap(0.7),
            tax(60),
            offsets(30, mass=per(0.2, T)),
        ),
        {
            ("load", A.CONSUMED): 2,
            ("grid", A.IMPORTED): 2,
            ("grid", A.ENERGY): 20,
            ("grid", A.SCOPE2): 1,
            ("offsets", A.OFFSET): 6,
            ("offsets", A.OFFSET_MASS): 0.2,
            ("tax", A.CARBON): 60,
            ("cap", A.SLACK): 0.1 * PENALTY,
        },
    ),
    (
        "what stands and is not used still needs its upkeep",
        compose(
            load(1),
            grid(20),
            sun(stands(2, capex=per(50, MONEY / MW), fixed_om=per(0.1, ONE)), 0),
            battery(power=stands(3, capex=per(10, MONEY / MW), fixed_om=per(0.1, ONE))),
        ),
        {
            ("load", A.CONSUMED): 1,
            ("grid", A.IMPORTED): 1,
            ("grid", A.ENERGY): 20,
            ("pv", A.FIXED_OM): 10,
            ("battery", A.FIXED_OM): 3,
        },
    ),
]


def booked(study: Study) -> dict[tuple[str, A], float]:
    """Totals of a study's only year by asset and account."""
    plan = monolith(study, EXACT)
    (operated,) = plan.years
    context = operated.built.context
    totals: dict[tuple[str, A], float] = {}
    for entry in context.ledger.entries:
        amount = integrate(entry.expr, context.timeline) if entry.hourly else entry.expr
        value = float(amount.value(plan.sizes, operated.values)[0])
        totals[entry.asset, entry.account] = totals.get((entry.asset, entry.account), 0.0) + value
    return totals


BOOKED += [booked for module in MODULES.values() for booked in module.BOOKED]


@pytest.mark.parametrize(
    ("study", "wanted"), [(s, w) for _, s, w in BOOKED], ids=[why for why, _, _ in BOOKED]
)
def test_bookings_are_what_arithmetic_says(study: Study, wanted: dict[tuple[str, A], float]):
    found = {key: value for key, value in booked(study).items() if abs(value) > 1e-7}
    assert found == pytest.approx(wanted)


def bookings_of(study: Study) -> set[tuple[str, A]]:
    """Kinds and accounts of a study's bookings."""
    kinds = {c.name: c.kind for c in study.components}
    built, _ = build_year(study, study.milestones.years[0], study.timeline)
    return {(kinds[e.asset], e.account) for e in built.context.ledger.entries}


def test_every_booking_of_every_kind_is_worked_out_somewhere():
    """Which bookings there are is read off the models of all cases on paper."""
    made: set[tuple[str, A]] = set()
    cases: list[Case] = CASES
    for case in cases:
        made |= bookings_of(case.study)
    shown = set()
    for _, study, wanted in BOOKED:
        kinds = {c.name: c.kind for c in study.components}
        shown |= {(kinds[asset], account) for asset, account in wanted}
    # Investment and upkeep are booked by one method for all sizes; shortfalls by one for all limits.
    shared = {A.CAPEX, A.FIXED_OM, A.SLACK}
    assert {pair for pair in made - shown if pair[1] not in shared} == set()
