"""Why a study has no plan, what a rule says, and what an unbuilt asset lacks, in hand-made cases."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import sparse

from parkzero.components import (
    Demand,
    EmissionBudget,
    Fuel,
    FuelBoiler,
    HeatDemand,
    Profile,
    RenewableShare,
    constant,
)
from parkzero.errors import InfeasibleError, StudyError
from parkzero.explain.infeasible import explain_infeasible
from parkzero.explain.reach import reach, told_in
from parkzero.explain.rows import row_of, text_of
from parkzero.language.site import Bus
from parkzero.lp.iis import NONE, Groups, conflict, irreducible
from parkzero.lp.solver import Problem
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import Plan
from parkzero.pricing.unbuilt import cheaper_of
from parkzero.results import Results
from parkzero.results.planned import plan, planned
from parkzero.results.reasons import reasons
from parkzero.results.stored_rows import stored_row
from parkzero.units import MONEY, MW, MWH, H, Quantity, T
from tests.cases.harness import compose, steps
from tests.cases.harness import grid as harness_grid
from tests.cases.harness import load as harness_load
from tests.results_cases import (
    cap,
    flat,
    grid,
    load,
    plain_study,
    short_study,
    sizes,
    solar,
    steam_study,
    study_of,
)


def told_of(found: Plan) -> Results:
    """Results of a plan, priced."""
    return planned(found).results


def problem(rows: list[list[float]], low: list[float], high: list[float], upper: list[float]) -> Problem:
    count = len(upper)
    return Problem(
        sparse.csr_array(np.array(rows, dtype=float)), np.ones(count), np.array(low), np.array(high),
        np.zeros(count), np.array(upper), np.zeros(count, dtype=bool),
    )  # fmt: skip


INF = np.inf
# x <= 2; x >= 3 or, without it, x + y >= 9 with y <= 5; y >= 1 is never in the way.
ROWS = [[1, 0], [1, 0], [1, 1], [0, 1]]
LOW, HIGH = [-INF, 3, 9, 1], [2, INF, INF, INF]


def groups(columns: tuple[int, ...] = (NONE, NONE), order: tuple[int, ...] = (0, 1, 2, 3)) -> Groups:
    return Groups(np.arange(4, dtype=np.int32), np.array(columns, dtype=np.int32), order)


def test_solver_names_the_rows_that_contradict():
    found = irreducible(problem(ROWS[:2], LOW[:2], HIGH[:2], [INF, INF]), 5.0)
    assert found.tolist() == [0, 1]


def test_nothing_is_left_out_of_a_smallest_conflict_and_nothing_is_too_much():
    found = conflict(problem(ROWS, LOW, HIGH, [INF, INF]), groups())
    assert found is not None
    assert set(found.groups) == {0, 1}
    assert found.smallest


def test_bounds_of_columns_take_part():
    """x <= 2 and y <= 5 cannot give 9; the bound of y is group 4."""
    high = [2, INF, INF, INF]
    low = [-INF, -INF, 9, 1]
    found = conflict(problem(ROWS, low, high, [INF, 5]), groups((NONE, 4), (0, 1, 2, 3, 4)))
    assert found is not None
    assert set(found.groups) == {0, 2, 4}


def test_what_can_be_satisfied_has_no_conflict():
    assert conflict(problem(ROWS, LOW, [4, INF, INF, INF], [INF, INF]), groups()) is None


def test_order_decides_which_of_two_conflicts_remains():
    """x <= 2 contradicts x >= 3, and x <= 1 contradicts it too: what is tried last remains."""
    rows, low, high = [[1, 0], [1, 0], [1, 0], [0, 1]], [-INF, 3, -INF, 1], [2, INF, 1, INF]
    for order, kept in (((2, 0, 1, 3), {0, 1}), ((0, 2, 1, 3), {1, 2})):
        trial = problem(rows, low, high, [INF, INF])
        found = conflict(trial, groups(order=order))
        assert found is not None
        assert set(found.groups) == kept or len(irreducible(trial, 5.0)) < 3


def test_no_time_still_gives_a_conflict():
    found = conflict(problem(ROWS, LOW, HIGH, [INF, INF]), groups(), seconds=0.0)
    assert found is not None
    assert set(found.groups) >= {0, 1}
    assert not found.smallest


def test_impossible_cap_is_explained_by_what_must_be_served_and_what_can_serve_it():
    told = explain_infeasible(steam_study(0.0))
    assert told is not None
    assert told.smallest
    assert set(told.names) == {"t1.steam.balance (2030)", "t1.gas.balance (2030)", "cap.cap (2030)"}
    text = "\n".join(told.rules)
    assert "Emission cap 'cap' allows at most 0 t in 2030 ('t1.natural_gas' emits 0.2 t/MWh)" in text
    assert (
        "The heat demand 't1.steam_demand' of tenant t1 (Tenant One) of 78.8 GWh in 2030, at most 9 MW"
        in text
    )
    assert "can only come from fuel boiler 't1.gas_boiler'" in text


def test_short_hour_is_named_with_its_time():
    """The plan leaves 0.8 MW unserved in one hour of the second day; on the mean day it is 0.4 MW."""
    study = short_study()
    told = explain_infeasible(study, monolith(study))
    assert told is not None
    assert set(told.names) == {"t1.grid.import_limit (2030)", "t1.electricity.balance (2030)"}
    text = "\n".join(told.rules)
    assert "imports at most 10 MW" in text
    assert "of 10.8 MW on 2 Jan 18:00–19:00, 2030" in text


def test_limit_of_the_roof_takes_part():
    """Without import 10 MW must come from photovoltaics that give a quarter of 20 MW at most."""
    told = explain_infeasible(study_of(load(), grid(import_limit=constant(0.0, MW)), solar()))
    assert told is not None
    text = "\n".join(told.rules)
    assert "At most 20 MW of 't1.pv' (power) may be built in 2030" in text
    assert "Photovoltaics 't1.pv' of tenant t1 (Tenant One) gives no more than the weather allows" in text
    assert "imports at most 0 MW" in text


def told_first(study, plan=None) -> list[str]:
    return told_in(study, reach(study, plan))["en"]


@pytest.mark.parametrize("sought", [True, False], ids=["after a plan", "before any"])
def test_first_the_lowest_cap_that_can_be_reached_and_what_would_reach_it(sought):
    """9 MW of steam at 90 % burn 87,600 MWh of gas, 0.2 t each: 17,520 t whatever is built."""
    study = steam_study(0.0)
    first, remains, ways = told_first(study, monolith(study) if sought else None)
    assert first == "In 2030 no plan emits less than 17,520 t; emission cap 'cap' allows 0 t."
    assert remains == "What still emits then: 't1.natural_gas' 17,520 t."
    assert "a limit of 'cap' of 17,520 t" in ways
    assert "offsets for 17,520 t a year" in ways


def test_a_larger_roof_is_named_with_what_it_takes_off():
    """10 MW at 0.5 t/MWh emit 43,800 t; a MW of sun gives 2,190 MWh, 20 MW may be built: 21,900 t remain."""
    study = study_of(load(), grid(), solar(), cap(1000.0))
    (miss,) = reach(study, monolith(study))
    assert miss.limit + miss.least == pytest.approx(21_900, rel=1e-6)
    assert [(h.asset, h.name, h.now) for h in miss.helps] == [("t1.pv", "power", 20.0)]
    assert miss.helps[0].worth == pytest.approx(0.25 * 8760 * 0.5)


def test_first_the_missing_power_and_its_hour():
    """The grid brings 10 MW; at 18:00 on the second of two days 10.8 are asked for, on 182.5 days."""
    study = short_study()
    first, ways = told_first(study, monolith(study))
    assert "At bus t1.electricity 0.8 MW are missing at 18:00 on 2 Jan 2030" in first
    assert "over that year 146 MWh are" in first
    assert "more of 't1.grid' (import_limit) than 10 MW: each MW more takes off 182 MWh" in ways
    assert "lúc 18:00 ngày 02/01/2030" in told_in(study, reach(study, monolith(study)))["vi"][0]


def test_the_highest_share_that_can_be_reached_is_told():
    """20 MW of sun give 43,800 of the 87,600 MWh that are consumed: one half."""
    study = study_of(load(), grid(), solar(), RenewableShare(name="green", share=constant(0.9)))
    assert "the highest share that can be reached is 50%" in told_first(study)[0]


def test_conflicts_are_told_in_both_languages():
    told = explain_infeasible(steam_study(0.0))
    assert told is not None
    assert len(told.told["vi"]) == len(told.told["en"])
    text = "\n".join(told.lines("vi"))
    assert (
        "Trần phát thải 'cap' cho phép không quá 0 t (năm 2030) ('t1.natural_gas' phát thải 0,2 t/MWh)"
        in text
    )
    assert "chỉ có thể lấy từ lò hơi đốt nhiên liệu 't1.gas_boiler'" in text


def test_share_without_any_source_cannot_be_kept_alone():
    share = RenewableShare(name="green", share=constant(0.3))
    told = explain_infeasible(study_of(load(), grid(), share))
    assert told is not None
    assert told.title == "This cannot be kept, whatever is built:"
    assert told.rules == (
        "Renewable share 'green' asks for 30% of the electricity consumed in 2030; "
        "nothing in the study generates any",
    )


def test_share_names_what_could_give_it_and_a_budget_its_part_of_the_year():
    """Photovoltaics of 20 MW give half of what is consumed; the gas boiler emits 17,520 t a year."""
    share = RenewableShare(name="green", share=constant(0.95))
    told = explain_infeasible(study_of(load(), grid(), solar(), share))
    assert told is not None
    asked = "Renewable share 'green' asks for 95% of the electricity consumed in 2030; "
    assert asked + "it can only come from photovoltaics 't1.pv'" in told.rules
    study = steam_study(0.0)
    kept = tuple(c for c in study.components if c.name != "cap")
    budget = EmissionBudget(name="all", budget=Quantity(5.0, T))
    told = explain_infeasible(dataclasses.replace(study, components=(*kept, budget)))
    assert told is not None
    assert "Emission budget 'all' allows 5 t over all years" in told.rules
    assert any(
        "'all' allows no more than the year's part in 2030 ('t1.natural_gas' emits 0.2 t/MWh)" in rule
        for rule in told.rules
    )


def test_a_demand_of_another_carrier_is_told_in_its_unit():
    """0.3 t/h of hydrogen are needed in three hours of the day, and nothing feeds the bus."""
    need = Demand(name="need", bus="h2", load=Profile(steps(0.3, 0.3, 0.3), T / H))
    study = compose(harness_load(0.0), harness_grid(20), need)
    study = dataclasses.replace(study, buses={**study.buses, "h2": Bus("h2", "hydrogen")})
    told = explain_infeasible(study)
    assert told is not None
    assert told.rules == (
        "The demand 'need' of 0.3 t/h on 1 Jan 00:00–01:00, 2025 at bus h2 has no supply at all",
    )


@pytest.mark.parametrize("study", [plain_study, lambda: steam_study(20_000.0)])
def test_possible_studies_have_no_conflict(study):
    assert explain_infeasible(study()) is None


def test_striking_any_rule_of_a_conflict_makes_the_study_possible():
    """The smallest conflict of the steam study needs the cap: with a loose one there is a plan."""
    study = steam_study(0.0)
    without = dataclasses.replace(study, components=tuple(c for c in study.components if c.name != "cap"))
    assert explain_infeasible(without) is None


@pytest.mark.parametrize("method", ["certified", "monolith"])
def test_limits_that_contradict_one_another_are_named(method: str):
    """5 MW exist where at most 4 MW may stand: no shortage can mend it."""
    study = study_of(
        load(),
        grid(),
        solar(max=Quantity(4.0, MW), existing=Quantity(5.0, MW), existing_until=2050),
    )
    with pytest.raises(InfeasibleError, match=r"'t1.pv' \(power\) may stand in 2030") as caught:
        plan(study, method=method)
    assert len(caught.value.conflict) == 1


def test_row_of_a_study_reads_like_the_rule():
    lines = text_of(row_of(plain_study(), "t1.pv.weather", step="2030-01-02 18:00"))
    assert lines[0] == "t1.pv.weather [MW], 2 Jan 18:00–19:00, 2030"
    assert [line.split() for line in lines[1:]] == [
        ["-", "0.25", "x", "t1.pv.power.standing"],
        ["+", "1", "x", "t1.pv.output"],
        ["<=", "0", "MW"],
    ]


def test_row_over_the_year_sums_its_steps():
    """Half a tonne per megawatt-hour, and each of 48 hours stands for 182.5: 91.25 t per megawatt."""
    lines = text_of(row_of(plain_study(), "cap.cap"))
    assert "91.25" in lines[1]
    assert "t1.grid.import, summed over 48 steps" in lines[1]
    assert lines[-1].strip() == "<= 30,000 t"


def test_stored_row_has_the_numbers_of_the_plan():
    results = told_of(monolith(plain_study()))
    row = stored_row(results, "t1.pv.weather", step="01-02 18:00")
    assert {p.name: p.value for p in row.pieces} == pytest.approx(
        {"t1.pv.power.standing": 20.0, "t1.pv.output": 5.0}, abs=1e-3
    )
    assert text_of(row)[-1].endswith("it binds")
    loose = stored_row(results, "cap.cap")
    assert loose.activity == pytest.approx(21_900, rel=1e-4)
    assert text_of(loose)[-1].endswith("to spare")


@pytest.mark.parametrize(
    ("name", "year", "step", "needed"),
    [
        ("t1.pv.wether", None, "", "Did you mean t1.pv.weather"),
        ("nothing", None, "", "there is no rule"),
        ("t1.pv.weather", 2031, "", "is no milestone year"),
        ("t1.pv.weather", 2030, "2030-03-14 18:00", "is no step of the year"),
        ("t1.pv.weather", 2030, "18:00", "is no step of the year"),
        ("t1.pv.weather", 2030, "2030-01-01 18:30", "is no step of the year"),
    ],
)
def test_wrong_questions_are_answered(name, year, step, needed):
    with pytest.raises(StudyError, match=needed):
        row_of(plain_study(), name, year, step)
    with pytest.raises(StudyError, match=needed):
        stored_row(told_of(monolith(plain_study())), name, year, step)


def dear_solar(cost: float):
    return study_of(load(), grid(), solar(capex=constant(cost, MONEY / MW)), cap(1e9))


def test_unbuilt_asset_needs_to_be_cheaper_by_what_its_output_does_not_earn():
    """A megawatt earns 219,000 USD a year and costs 1/20 of 10 M USD: 500,000. It lacks 56.2 %."""
    results = told_of(monolith(dear_solar(10e6)))
    share = results.builds["cheaper"][0]
    assert share == pytest.approx(1 - 219_000 / 500_000, abs=1e-4)
    assert "  t1.pv: needs to be 56% cheaper" in reasons(results)


@pytest.mark.parametrize(("factor", "built"), [(0.99, True), (1.01, False)])
def test_discount_is_what_it_takes(factor: float, built: bool):
    share = told_of(monolith(dear_solar(10e6))).builds["cheaper"][0]
    again = told_of(monolith(dear_solar(10e6 * (1 - share) * factor)))
    assert (again.sizes["built"][0] > 1) is built


def oil_study():
    """Two boilers may serve 9 MW of steam: one burns gas at 45, the other oil at 60 on a bus that stays idle.

    Steam is worth (45 + a gas boiler's yearly 4,000 / 8,760) / 0.9 at most; a megawatt of oil boiler gives
    0.9 MW of steam for 60 USD/MWh, which no discount on the boiler makes good.
    """
    fields = {
        "owner": "t1", "to": "t1.steam", "rated": "input", "efficiency": Quantity(0.9),
        "power": sizes(capex=constant(80e3, MONEY / MW), max=None),
    }  # fmt: skip
    study = study_of(
        HeatDemand(name="t1.steam_demand", owner="t1", bus="t1.steam", load=Profile(flat(9.0), MW)),
        FuelBoiler(name="t1.gas_boiler", source="t1.gas", **fields),
        FuelBoiler(name="t1.oil_boiler", source="t1.electricity", **fields),
        Fuel(name="gas", bus="t1.gas", price=constant(45.0, MONEY / MWH),
             emission_factor=constant(0.2, T / MWH)),
        Fuel(name="oil", bus="t1.electricity", price=constant(60.0, MONEY / MWH),
             emission_factor=constant(0.3, T / MWH)),
    )  # fmt: skip
    return study


def test_unbuilt_asset_behind_an_idle_bus_is_priced_with_its_supply():
    lines = reasons(told_of(monolith(oil_study())))
    assert "  t1.oil_boiler: would not be built even if it cost nothing" in lines


@pytest.mark.parametrize("price", [0.0, 45.0, 60.0])
def test_what_an_unbuilt_asset_lacks_does_not_rest_on_a_price_that_nobody_pays(price: float):
    """Nothing flows at the bus of the oil: any price from zero to that of oil is a dual of it."""
    found = monolith(oil_study())
    (operated,) = found.years
    duals = operated.duals.copy()
    (idle,) = (b for b in operated.built.matrix.rows if b.dotted == "t1.electricity.balance")
    timeline = operated.built.context.timeline
    duals[idle.inside] = price * timeline.weights * timeline.hours * operated.built.weight
    told = dataclasses.replace(found, years=(dataclasses.replace(operated, duals=duals),))
    assert cheaper_of(told)["t1.oil_boiler"] == pytest.approx(1.0)


def test_reasons_name_what_binds_and_what_costs():
    lines = reasons(told_of(monolith(plain_study())))
    text = "\n".join(lines)
    assert "t1.pv.power.max in 2030: one MW more would save 169,000 USD a year" in text
    assert "t1.grid, Electricity bought: 4,380,000 USD (81.4%)" in text
    assert "t1.pv (power): 20 MW in 2030; held by its limit" in text


def test_reasons_of_an_infeasible_run_say_what_is_missing():
    results = told_of(monolith(short_study()))
    lines = reasons(results)
    assert lines[0].startswith("There is no plan")
    assert any("0.8 MW short on 2 Jan 18:00–19:00, 2030" in line for line in lines)
    assert not any("cheaper" in line for line in lines)
