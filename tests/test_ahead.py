"""Some days ahead of what was measured: hand-solved cases, and a week rolled against the week at once."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from parkzero.components import Component, Profile
from parkzero.errors import StudyError
from parkzero.planning.ahead import operate_ahead
from parkzero.planning.assemble import build_year
from parkzero.planning.plan import Operated
from parkzero.report.html import page
from parkzero.results import Results
from parkzero.results.auditor import audit
from parkzero.results.planned import planned
from parkzero.results.store import save
from parkzero.study import Study, milestones
from parkzero.timeline import Ahead, Calendar, RealDays, Stock
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, T
from tests.cases.electric import sun
from tests.cases.harness import EXACT, compose, fuel, grid, load, new, per, share, warmth
from tests.cases.heat import burner
from tests.cases.policies import cap
from tests.cases.storage import cells

DAYS = 10


def ahead(study: Study, first: int = 5, days: int = 2, **known: Any) -> tuple[Operated, float]:
    """Operation of some days of the study's calendar."""
    calendar = study.timeline.calendar
    _, design = build_year(study, 2025, study.timeline)
    found = operate_ahead(
        study, 2025, Ahead(calendar, first, days, **known), np.zeros(len(design.lower)), EXACT
    )
    return found.years[0], found.objective


def of(*components: Component) -> Study:
    return compose(*components, timeline=RealDays(Calendar(2025, 60, DAYS), 365 / DAYS))


def hours(**at: float) -> FloatArray:
    """Values of the calendar's hours: nothing but at d6h18, the 19th hour of the seventh day."""
    values = np.zeros(DAYS * 24)
    for when, value in at.items():
        day, hour = when[1:].split("h")
        values[int(day) * 24 + int(hour)] = value
    return values


def loads(**at: float) -> Any:
    return dataclasses.replace(load(0), load=Profile(hours(**at), MW))


def flow(operated: Operated, name: str) -> FloatArray:
    block = operated.built.context.model.operation.blocks[name]
    return operated.values[block.start : block.start + block.count]


# ------------------------------------------------------------------------------- worked out by hand


def test_two_days_with_a_measured_charge_and_a_billed_peak():
    """1 MWh was measured in the battery, 2 MW of peak were billed at 100 a MW; energy costs 20.

    5 MW are asked at 18:00 of the second day, once, and nothing else. The battery gives its 1 MWh; it can buy
    more beforehand, up to its 3 MWh, without a new peak: 2 MWh at 20. So 3 MW come from the battery and 2 MW
    from the grid: 4 MWh bought are 80, and the peak stays as billed. Loads of other days are not asked.
    """
    parts = (
        loads(d6h18=5, d1h3=9, d8h3=9),
        grid(20, raw=np.full(DAYS * 24, 20.0), demand_charge=per(100, MONEY / MW), demand_minutes=60),
        cells(3, 3),
    )
    known = {"stocks": {"battery.stored": Stock(1.0)}, "peaks": {"grid.peak": {1: 2.0}}}
    operated, cost = ahead(of(*parts), **known)
    assert cost == pytest.approx(80)
    assert flow(operated, "grid.peak") == pytest.approx([2])
    assert flow(operated, "grid.import")[42] == pytest.approx(2)
    # Had the battery been empty, a third MWh could be bought beforehand, so it only costs the energy.
    empty = {**known, "stocks": {"battery.stored": Stock(0.0)}}
    assert ahead(of(*parts), **empty)[1] == pytest.approx(100)
    # Had only 1 MW been billed, the second MW of peak is paid: 100 more.
    billed = {**known, "peaks": {"grid.peak": {1: 1.0}}}
    assert ahead(of(*parts), **billed)[1] == pytest.approx(180)


def test_what_is_stored_at_the_end_counts_at_its_worth():
    """1 MWh is measured, and 1 MWh asked. At a worth of 30 the grid's 20 are cheaper; at 10 the store."""
    parts = (loads(d5h3=1), grid(20, raw=np.full(DAYS * 24, 20.0)), cells(1, 1))
    kept, cost = ahead(of(*parts), stocks={"battery.stored": Stock(1.0, value=30.0)})
    assert cost == pytest.approx(20)
    assert flow(kept, "battery.stored")[47] == pytest.approx(1)
    used, cost = ahead(of(*parts), stocks={"battery.stored": Stock(1.0, value=10.0)})
    assert cost == pytest.approx(10)  # the MWh taken from the store
    assert flow(used, "battery.stored")[47] == pytest.approx(0)
    assert ahead(of(*parts), stocks={"battery.stored": Stock(1.0)})[1] == pytest.approx(0)
    assert ahead(of(*parts), stocks={"battery.stored": Stock(1.0, least=1.0)})[1] == pytest.approx(20)


def test_what_is_left_of_a_years_fuel_is_all_there_is():
    """6 MWh of heat are asked, 4 MWh of fuel are left at 10: the other 2 MWh cannot be served."""
    heat = dataclasses.replace(warmth(0), load=Profile(hours(d5h0=3, d6h9=3), MW))
    parts = (heat, fuel(10, yearly_limit=per(99, MWH)), burner(9, 1.0))
    operated, _ = ahead(of(*parts), rest={"fuel.yearly": 4.0})
    assert flow(operated, "warmth.unserved").sum() == pytest.approx(2)
    assert flow(ahead(of(*parts), rest={"fuel.yearly": 6.0})[0], "warmth.unserved").sum() == pytest.approx(0)


def test_what_is_left_of_a_cap_moves_the_choice():
    """8 MWh are asked of a grid at 10 with 0.5 t/MWh, or at 90 without; 3 t are left: 6 and 2 MWh."""
    values = np.full(DAYS * 24, 10.0)
    dirty = grid(10, raw=values, emission_factor=per(0.5, T / MWH))
    clean = grid(90, raw=values + 80, name="clean")
    study = of(loads(d5h0=4, d6h0=4), dirty, clean, cap(1e6))
    assert ahead(study, rest={"cap.cap": 3.0})[1] == pytest.approx(60 + 180)
    assert ahead(study, rest={"cap.cap": 9.0})[1] == pytest.approx(80)


def test_what_is_left_of_a_share_goes_on_moving():
    """Half of what the sun makes may be sold. Of 10 MWh so far 4 are sold: 1 more, and half of the next 6.

    Of these 6 MWh 2 are used, so that 4 are left to be sold, which is what may be.
    """
    parts = (
        sun(6, raw=hours(d5h12=1.0)),
        loads(d5h12=2.0),
        grid(raw=np.full(DAYS * 24, 50.0), export_limit=per(9, MW), export_price=per(20, MONEY / MWH),
             export_share=per(0.5, ONE)),
    )  # fmt: skip
    operated, _ = ahead(of(*parts), rest={"grid.export_share": 1.0})
    assert flow(operated, "grid.export").sum() == pytest.approx(4)


def test_a_ratchet_remembers_months_gone_by():
    """8 MW were measured in an earlier month, and half of them are billed at least: 4 MW are owed already."""
    calendar = Calendar(2025, 60, 60)
    values = np.zeros(60 * 24)
    values[40 * 24] = 5.0
    study = compose(
        dataclasses.replace(load(0), load=Profile(values, MW)),
        grid(raw=np.zeros(60 * 24), demand_charge=per(100, MONEY / MW), ratchet=share(0.5)),
        timeline=RealDays(calendar, 365 / 60),
    )
    known = {"peaks": {"grid.peak": {1: 8.0, 2: 0.0}}}
    assert ahead(study, 40, 1, **known)[1] == pytest.approx(100)  # from 4 to 5 MW
    known = {"peaks": {"grid.peak": {1: 2.0, 2: 0.0}}}
    assert ahead(study, 40, 1, **known)[1] == pytest.approx(400)  # from 1 to 5 MW


def test_equipment_is_paid_whatever_is_done_with_it():
    study = of(loads(), grid(20, raw=np.full(DAYS * 24, 20.0)))
    operated, cost = ahead(study, days=1)
    assert cost == 0
    booked = {e.account.id for e in operated.built.context.ledger.entries}
    assert not booked & {"capex", "fixed_om"}


def test_all_that_was_not_told_is_asked_for_at_once():
    study = of(
        loads(d5h0=1),
        grid(raw=np.full(DAYS * 24, 50.0), demand_charge=per(100, MONEY / MW)),
        cells(1, 1),
        cap(100),
    )
    with pytest.raises(StudyError) as told:
        ahead(study)
    fields = {fault.where.field for fault in told.value.faults}
    assert fields == {"battery.stored", "grid.peak", "cap.cap"}
    # On the first day of a month nothing has been measured of its peak.
    with pytest.raises(StudyError) as told:
        ahead(study, first=0)
    assert "grid.peak" not in {fault.where.field for fault in told.value.faults}


# ------------------------------------------------------------------------------------- results


def results(study: Study, year: int = 2025, sizes: FloatArray | None = None, **known: Any) -> Results:
    """Results of two days ahead, from the sixth of the calendar."""
    _, design = build_year(study, year, study.timeline)
    built = np.zeros(len(design.lower)) if sizes is None else sizes
    days = Ahead(study.timeline.calendar, 5, 2, **known)
    return planned(operate_ahead(study, year, days, built, EXACT)).results


def booked(found: Results) -> dict[tuple[str, str], float]:
    return {(a, k): v for a, k, v in found.ledger.select("asset", "account", "amount").iter_rows()}


def two_days(**worth: float) -> tuple[Study, dict[str, Any]]:
    """1 MWh in the battery, 1 MW billed at 100 a MW, energy at 20; 5 MW are asked once on the second day."""
    parts = (
        loads(d6h18=5, d1h3=9, d8h3=9),
        grid(20, raw=np.full(DAYS * 24, 20.0), demand_charge=per(100, MONEY / MW), demand_minutes=60,
             emission_factor=per(0.5, T / MWH)),
        cells(3, 3),
    )  # fmt: skip
    known = {"stocks": {"battery.stored": Stock(1.0, **worth)}, "peaks": {"grid.peak": {1: 1.0}}}
    return of(*parts), known


def test_results_of_two_days_are_those_of_two_days(tmp_path: Path):
    """4 MWh are bought for 80, a second MW of peak costs 100, and the battery's 1 MWh, worth 7, is gone."""
    study, known = two_days(value=7.0)
    found = results(study, **known)
    assert found.years.row(0) == (2025, 1.0, 1.0, 1.0, 1.0)  # once, in steps of an hour
    assert booked(found) == pytest.approx({
        ("load", "consumed"): 5, ("grid", "energy"): 80, ("grid", "imported"): 4, ("grid", "scope2"): 2,
        ("grid", "demand_charge"): 100, ("battery", "stock"): 7,
    })  # fmt: skip
    assert found.summary["objective"] == pytest.approx(187)
    assert found.summary["cost"] == {"2025": pytest.approx(187)}
    assert found.summary["emissions_t"] == {"2025": pytest.approx(2)}
    flows = found.frame("flows", 2025)
    assert (str(flows["start"][0]), flows.height) == ("2025-01-06 00:00:00", 48)
    assert flows["battery.stored"][42 - 1 : 43].to_list() == pytest.approx([3, 0])  # full before the load
    assert flows["grid.import"][42] == pytest.approx(2)
    hourly = found.hourly("energy", "park")
    assert hourly.sizes["start"] == 48
    assert float(hourly.sum()) == pytest.approx(80)
    assert found.by_actor()["amount"].sum() == pytest.approx(0, abs=1e-9)
    # The last MWh of the load is bought at once, with its peak; what is left at the end is worth 7.
    prices = found.frame("prices", 2025)["el"]
    assert (prices[42], prices[47]) == pytest.approx((120, 7))
    stored = save(found, tmp_path / "run")
    assert stored.audit["ok"].all()
    assert stored.audit.filter(pl.col("check") == "storage")["tolerance"].item() > 0
    assert stored.frame("flows", 2025).equals(flows)


def test_the_audit_knows_what_was_measured_before_the_first_step():
    """Were 2 MWh said to have been measured, or kept at the end, the balance of the store would not close."""
    study, known = two_days()
    found = results(study, **known)
    assert audit(found)["ok"].all()
    started = pl.when(pl.col("name") == "battery.stored[0]").then(2.0).otherwise(pl.col("value"))
    table = found.tables["variables"].with_columns(started.alias("value"))
    wrong = dataclasses.replace(found, tables={**found.tables, "variables": table})
    assert audit(wrong).filter(~pl.col("ok"))["check"].to_list() == ["storage"]


def test_what_is_short_ahead_is_told_with_its_day_and_hour():
    """The grid gives 1 MW and the empty battery as much as was bought before: 5 - 1 - 3 MWh are missing."""
    parts = (
        loads(d6h18=5),
        grid(20, raw=np.full(DAYS * 24, 20.0), import_limit=per(1, MW)),
        cells(3, 3),
    )
    found = results(of(*parts), stocks={"battery.stored": Stock(0.0)})
    assert found.summary["status"] == "infeasible"
    (short,) = found.summary["unserved"]
    assert short["amount"] == pytest.approx(1)
    assert short["start"] == "2025-01-07T18:00:00"
    assert audit(found)["ok"].all()


def test_what_is_left_of_a_cap_stands_among_the_policies():
    """Of 8 MWh 6 come at 0.5 t/MWh, as 3 t are left; the dear 2 MWh cost 80 more each, 160 a tonne."""
    values = np.full(DAYS * 24, 10.0)
    dirty = grid(10, raw=values, emission_factor=per(0.5, T / MWH))
    study = of(loads(d5h0=4, d6h0=4), dirty, grid(90, raw=values + 80, name="clean"), cap(1e6))
    found = results(study, rest={"cap.cap": 3.0})
    (row,) = found.policies.to_dicts()
    assert (row["limit"], row["value"], row["price"]) == pytest.approx((3, 3, 160))
    assert row["binds"]
    assert audit(found)["ok"].all()


def test_days_of_a_later_milestone_stand_on_what_was_built_before():
    """Of 2025's 2 MW of sun nothing is paid ahead in 2030; it lowers what is bought from 5 to 3 MWh."""
    light = hours(d6h18=1.0)
    parts = (loads(d6h18=5), grid(20, raw=np.full(DAYS * 24, 20.0)), sun(new(50), raw=light))
    timeline = RealDays(Calendar(2025, 60, DAYS), 365 / DAYS)
    study = dataclasses.replace(
        compose(*parts, timeline=timeline), milestones=milestones((2025, 2030), 0.0, last=5)
    )
    _, design = build_year(study, 2030, timeline)
    sizes = np.array([2.0 if name == "pv.power[2025]" else 0.0 for name in design.names])
    assert sizes.sum() == 2
    found = results(study, 2030, sizes)
    assert booked(found)["grid", "energy"] == pytest.approx(60)
    assert found.summary["objective"] == pytest.approx(60)
    assert (found.year_list, found.summary["years"]) == ([2030], [2030])
    standing = found.sizes.filter(pl.col("year") == 2030)["standing"].to_list()
    assert standing == pytest.approx([2])
    assert audit(found)["ok"].all()


def test_the_report_of_days_ahead_says_what_it_is():
    study, known = two_days(value=7.0)
    told = page(results(study, **known))
    assert "operation of some days ahead of what was measured" in told


# -------------------------------------------------------------------------------------- rolled


def week() -> Study:
    """Ten days: prices by hour, a load, sun, a battery of four hours and a demand charge."""
    random, hour = np.random.default_rng(5), np.arange(DAYS * 24) % 24
    price = np.where((hour >= 17) & (hour < 22), 140.0, np.where(hour < 5, 50.0, 90.0))
    day = np.repeat(random.uniform(0.4, 1.0, DAYS), 24)
    light = np.clip(np.sin((hour - 6) / 12 * np.pi), 0, 1) * day
    asked = 6 + 3 * np.sin((hour - 8) / 24 * 2 * np.pi) + random.uniform(0, 1, DAYS * 24)
    return of(
        dataclasses.replace(load(0), load=Profile(asked, MW)),
        sun(5, raw=light),
        grid(raw=price, demand_charge=per(1000, MONEY / MW), demand_minutes=60),
        cells(3, 12),
    )


def cost_of(energy: float, peak: float) -> float:
    return energy + 1000 * peak


def test_a_week_rolled_in_48_hour_steps_costs_at_most_a_hundredth_more_than_at_once():
    """Each day looks 48 hours ahead, with perfect foresight, and does the first 24 of them."""
    study, first, many = week(), 2, 7
    price = next(c for c in study.components if c.name == "grid").price.values
    known = {"peaks": {"grid.peak": {1: 7.0}}}
    whole, cost = ahead(study, first, many, stocks={"battery.stored": Stock(6.0, value=80.0)}, **known)
    at_once = flow(whole, "grid.import") @ price[first * 24 : (first + many) * 24]
    at_once = cost_of(float(at_once), float(flow(whole, "grid.peak")[0]) - 7) + 80 * (
        6 - flow(whole, "battery.stored")[many * 24 - 1]
    )
    assert at_once == pytest.approx(cost)
    charge, peak, energy = 6.0, 7.0, 0.0
    for day in range(first, first + many):
        days = min(2, first + many - day)
        known = {"peaks": {"grid.peak": {1: peak}}, "stocks": {"battery.stored": Stock(charge, value=80.0)}}
        operated, _ = ahead(study, day, days, **known)
        bought = flow(operated, "grid.import")[:24]
        energy += float(bought @ price[day * 24 : day * 24 + 24])
        peak = max(peak, float(bought.max()))
        charge = float(flow(operated, "battery.stored")[23])
    rolled = cost_of(energy, peak - 7) + 80 * (6 - charge)
    assert cost - 1e-6 <= rolled <= 1.01 * cost
