"""Certified planning: whatever a study holds, the proof holds; however a search ends, it says so.

The parks here have tariffs of a day, sun of a season and loads of a week, at random, so that mean days are
worth something. Their optimum is found a second time as one problem, which knows nothing of bounds or cuts.
"""

from __future__ import annotations

import dataclasses
import io
import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import highspy
import numpy as np
import pytest

from parkzero.components import (
    Battery,
    ByYear,
    Component,
    ElectricityDemand,
    EmissionBudget,
    EmissionCap,
    Grid,
    Offset,
    Profile,
    RenewableShare,
    Size,
    Solar,
    Wind,
)
from parkzero.errors import SolverError, StoppedError
from parkzero.language.block import Penalties
from parkzero.lp import anew, proximal, session, solver
from parkzero.lp.solver import Options, Solution
from parkzero.planning import certify, master, workers
from parkzero.planning.again.checkpoint import load_checkpoint
from parkzero.planning.assemble import Built, build_year
from parkzero.planning.bounds import Evaluated
from parkzero.planning.certify import certified
from parkzero.planning.master import Bounded, Master
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import Plan, Step, slack_of
from parkzero.planning.search import Search
from parkzero.search_file import seal
from parkzero.study import Study
from parkzero.timeline import Calendar, IntArray, MeanDays, RealDays
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, FloatArray, Quantity, T
from tests.cases.harness import EXACT, compose, days, grid, load, mw, mwh, path, per, share, steps
from tests.cases.storage import BURN

ONE_PROBLEM = Options(method="ipx", crossover=False, threads=1)
GAP = 1e-3
CLOSE = 1e-6


@dataclasses.dataclass(frozen=True)
class Weather:
    """Random days that resemble one another, and a source of random numbers."""

    calendar: Calendar
    random: np.random.Generator

    @property
    def hour(self) -> FloatArray:
        """Hour of each step of a day."""
        return np.arange(self.calendar.per_day) * self.calendar.hours

    def over(self, days: FloatArray, within: FloatArray, noise: float = 0.05) -> FloatArray:
        """A factor for each day times a shape within the day, with noise."""
        shape = np.outer(days, within)
        return np.ravel(shape * self.random.uniform(1 - noise, 1 + noise, shape.shape))

    def sun(self) -> FloatArray:
        """Bright and dull days."""
        bright = self.random.choice([0.2, 0.6, 0.9], self.calendar.days)
        return self.over(bright, np.clip(np.sin((self.hour - 6) * np.pi / 12), 0, 1)).clip(0, 1)

    def wind(self) -> FloatArray:
        """Spells of some days."""
        spell = np.repeat(self.random.uniform(0.05, 0.9, self.calendar.days // 4 + 1), 4)
        return self.over(spell[: self.calendar.days], np.ones(self.calendar.per_day), 0.3).clip(0, 1)

    def work(self, peak: float) -> FloatArray:
        """Work by day, less on Sundays."""
        days = np.where(self.calendar.weekdays == 6, 0.5, self.random.uniform(0.9, 1.0, self.calendar.days))
        return peak * self.over(days, 0.4 + 0.6 * ((self.hour >= 7) & (self.hour < 19)))

    def tariff(self) -> FloatArray:
        """Three prices, no peak hours on Sundays."""
        dear = (self.hour >= 9.5) & (self.hour < 11.5) | (self.hour >= 17) & (self.hour < 20)
        price = np.where(self.hour < 4, 45.0, np.where(dear, 130.0, 70.0))
        week = np.where(self.calendar.weekdays[:, None] == 6, np.minimum(price, 70.0), price)
        return np.ravel(week)


def park(
    *more: Component,
    days: int = 14,
    minutes: int = 60,
    years: tuple[int, ...] = (2025, 2030),
    seed: int = 0,
    connection: dict[str, Any] | None = None,
    without: frozenset[str] = frozenset(),
    scale: float | None = None,
) -> Study:
    """A park of 10 MW that may build sun and a battery beside its grid connection."""
    calendar = Calendar(2025, minutes, days)
    weather = Weather(calendar, np.random.default_rng(seed))
    life = {"lifetime": Quantity(20.0, YEAR), "fixed_om": share_path(0.02)}
    parts: list[Component] = [
        ElectricityDemand(
            name="load", bus="el", load=Profile(weather.work(10), MW, path(ONE, y2025=1.0, y2050=1.5))
        ),
        Grid(
            name="grid",
            bus="el",
            price=Profile(weather.tariff(), MONEY / MWH, path(ONE, y2025=1.0, y2050=1.3)),
            emission_factor=path(T / MWH, y2025=0.7, y2050=0.3),
            **(connection or {}),
        ),
        Solar(
            name="pv",
            bus="el",
            output=Profile(weather.sun()),
            power=Size(capex=path(MONEY / MW, y2025=650e3, y2050=400e3), max=mw(25), **life),
        ),
        Battery(
            name="battery",
            bus="el",
            efficiency_in=share(0.95),
            efficiency_out=share(0.95),
            power=Size(capex=per(60e3, MONEY / MW), **life),
            energy=Size(capex=path(MONEY / MWH, y2025=160e3, y2050=80e3), max=mwh(60), **life),
        ),
    ]
    timeline = RealDays(calendar, scale=365 / calendar.days if scale is None else scale)
    kept = [p for p in (*parts, *more) if p.name not in without]
    return compose(*kept, timeline=timeline, years=years, rate=0.07, last=5.0)


def share_path(value: float) -> ByYear:
    """A share that is the same in all years."""
    return per(value, ONE)


def turbines(days: int = 14, minutes: int = 60, **size: Any) -> Wind:
    """Wind power at the spells of another random year."""
    weather = Weather(Calendar(2025, minutes, days), np.random.default_rng(7))
    usual = {"capex": per(1.1e6, MONEY / MW), "max": mw(14)}
    return Wind(
        name="wind", bus="el", output=Profile(weather.wind()), power=dear(years=25, **{**usual, **size})
    )


def dear(capex: ByYear, years: float = 20.0, **more: Any) -> Size:
    """What may be built at an investment, for some years."""
    return Size(capex=capex, lifetime=Quantity(years, YEAR), **more)


PEAKS = {"demand_charge": per(6000.0, MONEY / MW)}
SELL = {"export_limit": per(5.0, MW), "export_price": per(45.0, MONEY / MWH)}


def cap(tonnes: float) -> EmissionCap:
    """A cap that begins to bind in 2030."""
    return EmissionCap(name="cap", limit=path(T, y2025=40e3, y2030=tonnes))


OFFSET = Offset(name="offset", price=per(60.0, MONEY / T), share=per(0.2, ONE), mass=per(4e3, T))

STUDIES: dict[str, Callable[[], Study]] = {
    "a park": park,
    "peaks billed by the month": lambda: park(days=60, years=(2025,), connection=PEAKS),
    "a ratchet across months": lambda: park(
        days=60, years=(2025,), connection={**PEAKS, "ratchet": share(0.8)}
    ),
    "a cap on each year": lambda: park(cap(16e3)),
    "a budget over all years": lambda: park(
        EmissionBudget(name="budget", budget=Quantity(170e3, T))
    ),
    "export up to a share": lambda: park(connection={**SELL, "export_share": per(0.1, ONE)}),
    "export of what is bought": lambda: park(connection={**SELL, "export_own_only": False}),
    "offsets beside a cap": lambda: park(
        cap(14e3), OFFSET
    ),
    "a renewable share": lambda: park(RenewableShare(name="green", share=path(ONE, y2025=0.2, y2030=0.5))),
    "storage across days": lambda: park(
        turbines(),
        Battery(
            name="cavern", bus="el", efficiency_in=share(0.7), efficiency_out=share(0.6),
            power=dear(per(100e3, MONEY / MW), 25), energy=dear(per(500.0, MONEY / MWH), 25),
        ),
        cap(16e3),
    ),
    "whole turbines": lambda: park(turbines(unit=Quantity(4.2, MW)), years=(2025,)),
    "at least six megawatts of wind, or none": lambda: park(turbines(min=mw(6)), years=(2025,)),
    "one day only": lambda: park(days=1),
    "one year only": lambda: park(years=(2025,)),
    "ten days that are the whole year": lambda: park(days=10, scale=1.0),
    "steps of a quarter of an hour": lambda: park(days=7, minutes=15, years=(2025,)),
    "half-hours": lambda: park(days=10, minutes=30, years=(2025,)),
}  # fmt: skip


@pytest.mark.parametrize("name", STUDIES)
def test_the_optimum_lies_between_the_bounds_and_the_gap_is_as_asked(name: str):
    study = STUDIES[name]()
    best = monolith(study, ONE_PROBLEM)
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=3)
    assert best.status == plan.status == "optimal"
    assert plan.gap <= GAP
    assert_between(plan, best.objective)
    assert_closing(plan.history)


def test_days_are_told_apart_where_whole_units_are_built():
    """The small problem then has whole numbers and no duals; first_days asks for groups within classes."""
    study = STUDIES["whole turbines"]()
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=8)
    assert plan.status == "optimal"
    assert_between(plan, monolith(study, ONE_PROBLEM).objective)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_parks_with_everything_keep_their_proof(seed: int):
    """Caps, peaks, export, offsets, wind and three milestones together, over two months."""
    rng = np.random.default_rng(seed)
    study = park(
        turbines(days=45),
        cap(float(rng.uniform(10e3, 20e3))),
        OFFSET,
        RenewableShare(name="green", share=path(ONE, y2025=0.1, y2030=float(rng.uniform(0.1, 0.5)))),
        EmissionBudget(name="budget", budget=Quantity(float(rng.uniform(150e3, 400e3)), T)),
        days=45,
        years=(2025, 2030)[: int(rng.integers(1, 3))],
        seed=seed,
        connection={**PEAKS, **SELL, "ratchet": share(0.5), "export_share": per(0.2, ONE)},
    )
    best = monolith(study, ONE_PROBLEM)
    plan = certified(study, gap=GAP, workers=1, small=0)
    assert_between(plan, best.objective)
    assert_closing(plan.history)
    assert plan.gap <= GAP
    assert plan.status == best.status


def assert_between(plan: Plan, best: float) -> None:
    """The lower bound is no higher than the optimum, and the plan costs no less."""
    assert plan.lower_bound <= best + CLOSE * abs(best)
    assert plan.objective >= best - CLOSE * abs(best)


def assert_closing(history: tuple[Step, ...] | list[Step]) -> None:
    """Lower bounds never fall, upper bounds never rise, time goes on."""
    assert len(history) >= 2
    for before, after in itertools.pairwise(history):
        assert after.lower >= before.lower
        assert after.upper <= before.upper
        assert after.seconds >= before.seconds


# ------------------------------------------------------------------- switches, prices and penalties


def test_a_switch_in_an_hour_closes_the_gap_where_nothing_is_gained_by_burning():
    study = park(cells(exclusive=True), days=4, years=(2025,), without=frozenset({"battery"}))
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=2)
    assert plan.status == "optimal"
    assert_between(plan, monolith(study, EXACT).objective)


def cells(power: float = 60e3, energy: float = 160e3, **more: Any) -> Battery:
    """A battery whose power has a largest value, as a switch asks."""
    base = {
        "name": "cells", "bus": "el", "efficiency_in": share(0.95), "efficiency_out": share(0.95),
        "power": dear(per(power, MONEY / MW), max=mw(8)),
        "energy": dear(per(energy, MONEY / MWH), max=mwh(20)),
    }  # fmt: skip
    return Battery(**{**base, **more})


def test_a_switch_that_matters_may_leave_the_gap_open_and_says_so():
    """Paid 10 to draw in six hours, cells that burn would draw in all of them; relaxed, they do.

    With its only day a group of its own there is nothing to refine, so the search ends of itself.
    """
    study = compose(
        load(raw=np.ones(24)),
        grid(raw=steps(*[-10.0] * 6, rest=40.0)),
        cells(1.0, 1.0, exclusive=True, **BURN),
    )
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=1)
    assert plan.status == "stopped"
    assert plan.gap > GAP
    assert "nothing is left to refine" in plan.history[-1].text
    assert_between(plan, monolith(study, EXACT).objective)


def one_peak(price: float) -> Study:
    """One hour of the fortnight asks for 3 MW more than the connection gives."""
    raw = np.full(14 * 24, 5.0)
    raw[3 * 24 + 9] = 10.0
    study = compose(
        load(raw=raw), grid(raw=np.full(len(raw), 50.0), import_limit=per(7.0, MW)), cells(),
        timeline=RealDays(Calendar(2025, 60, 14), scale=365 / 14), years=(2025, 2030), last=5.0,
    )  # fmt: skip
    return dataclasses.replace(study, penalties=Penalties(unserved=price, excess=price))


def test_what_a_near_best_plan_leaves_unserved_is_served_at_a_higher_price(deeds: list[str]):
    """3 MWh unserved 26 times a year cost 12,000 at 150; cells for them cost four times that."""
    study = one_peak(150.0)
    assert monolith(study, ONE_PROBLEM).status == "infeasible"
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=3)
    assert "asked harder" in deeds
    assert plan.status == "optimal"
    assert plan.gap <= GAP
    assert unserved(plan) <= 0.1
    # What serves everything at the least cost does so at any price that is high enough.
    best = monolith(one_peak(1e5), ONE_PROBLEM)
    assert best.status == "optimal"
    assert_between(plan, best.objective)
    assert plan.study.penalties == study.penalties


def unserved(plan: Plan) -> float:
    """Largest shortfall of the plan in a year [MWh or t]."""
    return max(slack_of(year, plan.sizes) for year in plan.years)


HOPELESS: dict[str, Callable[[], Study]] = {
    "a load that nothing can serve": lambda: park(connection={"import_limit": per(2.0, MW)}, days=5),
    "a cap that nothing can meet": lambda: park(cap(1e3), days=5),
    "a budget that nothing can meet": lambda: park(
        EmissionBudget(name="budget", budget=Quantity(50e3, T)), days=5
    ),
    "a renewable share that nothing can meet": lambda: park(
        RenewableShare(name="green", share=per(0.99, ONE)), days=5
    ),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_a_study_without_a_plan_is_told_at_the_price_that_was_asked(name: str):
    study = HOPELESS[name]()
    best = monolith(study, ONE_PROBLEM)
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=3)
    assert best.status == plan.status == "infeasible"
    assert plan.gap <= GAP
    assert unserved(plan) > 1
    assert_between(plan, best.objective)


@pytest.mark.parametrize("holds", [True, False])
def test_a_price_at_which_no_solver_ends_leaves_the_plan_at_the_one_that_was_asked(
    holds: bool, monkeypatch: pytest.MonkeyPatch
):
    """Whether all can be served is then unknown: stopped. A bound that does not hold is not passed over."""
    study = HOPELESS["a load that nothing can serve"]()
    real = certify.Rounds.close

    def close(rounds: certify.Rounds) -> bool:
        if rounds.search.study is study:
            return real(rounds)
        rounds.search.lower, rounds.search.upper = (1.0, 2.0) if holds else (2.0, 1.0)
        raise SolverError("no method found an answer")

    monkeypatch.setattr(certify.Rounds, "close", close)
    if not holds:
        with pytest.raises(SolverError):
            certified(study, gap=GAP, workers=1, small=0, first_days=3)
        return
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=3)
    assert plan.status == "stopped"
    assert_between(plan, monolith(study, ONE_PROBLEM).objective)


# ------------------------------------------------------------------------------------ false bounds


_averaged = MeanDays.averaged


def as_if_loads(timeline: MeanDays, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Averages a price as if it were a load: the bound is then none."""
    mean, _, _ = _averaged(timeline, raw)
    return mean, mean, mean


def swings() -> Study:
    """Much load on cheap days, little on dear ones: the mean price times the mean load is too much."""
    odd = np.repeat(np.arange(20) % 2 == 1, 24)
    raw = np.where(odd, 10.0, 1.0)
    # No two days agree, so that nothing keeps them in classes of their own.
    price = np.where(odd, 20.0, 200.0) + np.repeat(np.linspace(0, 1, 20), 24)
    study = park(days=20, years=(2025,), without=frozenset({"load", "grid"}))
    return dataclasses.replace(
        study,
        components=(load(raw=raw), grid(raw=price), *study.components),
    )


def test_a_bound_above_a_plans_cost_is_an_alarm_never_a_result(monkeypatch: pytest.MonkeyPatch):
    study = swings()
    honest = certified(study, gap=GAP, workers=1, small=0, first_days=1)
    assert_between(honest, monolith(study, ONE_PROBLEM).objective)
    monkeypatch.setattr(MeanDays, "averaged", as_if_loads)
    with pytest.raises(SolverError, match="a bound does not hold"):
        certified(study, gap=GAP, workers=1, small=0, first_days=1)


def test_a_false_bound_that_comes_after_the_plan_is_an_alarm_too(monkeypatch: pytest.MonkeyPatch):
    honest, calls = Master.solve, []

    def false(master: Master) -> Bounded:
        calls.append(honest(master))
        return dataclasses.replace(calls[-1], bound=calls[-1].bound * (1.0 if len(calls) < 3 else 1.1))

    monkeypatch.setattr(Master, "solve", false)
    monkeypatch.setattr(certify, "LADDER", ())
    with pytest.raises(SolverError, match="a bound does not hold"):
        certified(park(), gap=1e-6, workers=1, small=0, first_days=3)
    assert len(calls) == 3


# ------------------------------------------------------------------------- one process and several


def closing(study: Study, workers: int = 1, **more: Any) -> Plan:
    """A search of many rounds."""
    return certified(study, **{"gap": 1e-5, "workers": workers, "small": 0, "first_days": 3, **more})


def test_one_process_and_several_find_the_same_plan_and_find_it_again():
    study = park(days=8, years=(2025, 2030, 2040))
    plans = [closing(study, workers, gap=GAP) for workers in (1, 1, 2, 3)]
    for plan in plans[1:]:
        assert plan.status == "optimal"
        assert plan.sizes == pytest.approx(plans[0].sizes, rel=1e-9, abs=1e-9)
        assert plan.objective == pytest.approx(plans[0].objective, rel=1e-9)
        assert plan.lower_bound == pytest.approx(plans[0].lower_bound, rel=1e-9)
        assert [s.text for s in plan.history] == [s.text for s in plans[0].history]
        assert [year.built.year for year in plan.years] == [2025, 2030, 2040]
        for found, first in zip(plan.years, plans[0].years, strict=True):
            assert found.values == pytest.approx(first.values, rel=1e-9, abs=1e-9)
            assert found.duals == pytest.approx(first.duals, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("processors", "found"), [(None, 1), (1, 1), (2, 1), (4, 2), (16, 4)])
def test_large_years_are_operated_by_half_as_many_processes_as_processors(
    processors: int | None, found: int, monkeypatch: pytest.MonkeyPatch
):
    first, _ = build_year(park(), 2025, park().timeline)
    monkeypatch.setattr(certify.os, "cpu_count", lambda: processors)
    assert certify.side_by_side(first, 4) == 4
    monkeypatch.setattr(certify, "LARGE_YEAR", 10)
    assert certify.side_by_side(first, 4) == found


@pytest.mark.parametrize(
    ("limit", "value", "count", "threads"),
    [
        ("MOST_THREADS", 2, 2, True),
        ("MOST_THREADS", 2, 3, False),
        ("MOST_KEPT", 10, 2, False),
    ],
)
def test_two_who_operate_small_years_in_windows_are_threads_and_all_others_processes(
    limit: str, value: Any, count: int, threads: bool, monkeypatch: pytest.MonkeyPatch
):
    first, _ = build_year(park(), 2025, park().timeline)
    monkeypatch.setattr(certify, limit, value)
    assert certify.as_threads(first, count) == threads


def test_a_large_park_is_bounded_by_an_interior_point_and_keeps_its_proof(
    monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    """Where the small problem counts as large it is solved from nothing each time, without a look ahead."""
    monkeypatch.setattr(master, "SIMPLEX_SIZES", 0)
    solved: list[str] = []
    real = anew.solve_long

    def noted(*asked: Any) -> Solution:
        found = real(*asked)
        solved.append(found.ran)
        return found

    monkeypatch.setattr(anew, "solve_long", noted)
    study = park(days=10)
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=3)
    assert plan.status == "optimal"
    assert_between(plan, monolith(study, ONE_PROBLEM).objective)
    assert "looked ahead" not in deeds
    assert solved
    assert set(solved) == {proximal.METHOD}
    assert plan.solver.endswith(proximal.version())


def test_short_trials_are_mended_and_years_that_lack_nothing_are_not_solved_again(
    monkeypatch: pytest.MonkeyPatch, deeds: list[str]
):
    """No two hours agree, so that every mean day is calmer than the days behind it."""
    raw = np.random.default_rng(0).uniform(5.0, 7.5, 14 * 24)
    study = dataclasses.replace(one_peak(1e5), components=(load(raw=raw), *one_peak(1e5).components[1:]))
    asked: list[int] = []
    real = workers.evaluate

    def counted(built: Built, *others: Any) -> Evaluated:
        asked.append(built.year)
        return real(built, *others)

    monkeypatch.setattr(workers, "evaluate", counted)
    plan = certified(study, gap=0.05, workers=1, small=0, first_days=2)
    assert plan.status == "optimal"
    assert "mended" in deeds
    assert deeds.count("operated") == 2
    assert asked == [2025, 2030]
    assert_between(plan, monolith(study, ONE_PROBLEM).objective)


def test_more_workers_than_years_are_not_started():
    with certify.crew(park(years=(2025,)), workers=16) as team:
        assert not team._executors


# ------------------------------------------------------------------------------ killed and resumed

KILLED = """
import multiprocessing, pathlib, sys, time
from tests.test_certify import closing, park

texts = []

def wait(step):
    texts.append(step.text)
    if texts.count("operating every step of every year") == 8:
        print(*[p.pid for p in multiprocessing.active_children()], flush=True)
        time.sleep(600)

if __name__ == "__main__":
    closing(park(), workers=int(sys.argv[2]), progress=wait, resume=pathlib.Path(sys.argv[1]))
"""


def killed(checkpoint: Path, workers: int, root: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """Kill a search in another process once it has kept its state; what it started may still run."""
    script = checkpoint.with_name("search.py")
    script.write_text(KILLED, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(checkpoint), str(workers)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    helpers = [int(pid) for pid in process.stdout.readline().split()]
    assert process.poll() is None, "the search ended before it was killed"
    process.kill()
    process.wait()
    return process, helpers


# A battery of the script's own: helpers must know it, and so must run the script. It asks for its own name.
OWN = """
import dataclasses
from parkzero.components import Battery
from tests.test_certify import closing, park

class Own(Battery):
    pass

def owned(component):
    fields = {f.name: getattr(component, f.name) for f in dataclasses.fields(component)}
    return Own(**fields) if isinstance(component, Battery) else component

if __name__ == "__main__":
    study = dataclasses.replace(park(), components=tuple(owned(c) for c in park().components))
    assert any(type(c) is Own for c in study.components)
    print(closing(study, workers=3).status)
"""
PLAIN = """
from tests.test_certify import closing, park
print(closing(park(), workers=3).status)
"""


@pytest.mark.parametrize(
    "script", [PLAIN, OWN], ids=["without asking for its name", "with its own component"]
)
def test_a_script_plans_in_several_processes(script: str, tmp_path: Path, root: Path):
    path = tmp_path / "script.py"
    path.write_text(script, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(path)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ran.stdout.split(), ran.returncode) == (["optimal"], 0), ran.stderr


def test_a_killed_search_goes_on_to_the_same_plan(tmp_path: Path, root: Path, deeds: list[str]):
    checkpoint = tmp_path / "search.npz"
    process, _ = killed(checkpoint, 1, root)
    process.communicate()
    whole = closing(park())
    trials = deeds.count("operated")
    deeds.clear()
    resumed = closing(park(), resume=checkpoint)
    assert deeds[0] == "went on"
    assert deeds.count("operated") < trials
    assert resumed.status == whole.status == "optimal"
    assert resumed.objective == pytest.approx(whole.objective, rel=1e-5)
    assert_between(resumed, monolith(park(), EXACT).objective)
    assert_closing(resumed.history)


def evaluations(plan: Plan) -> int:
    """How many trial plans a search operated."""
    return sum(step.text == "operated every year" for step in plan.history)


def test_workers_end_with_the_process_that_started_them(tmp_path: Path, root: Path):
    """They hold its output open, so it ends only when the last of them does."""
    process, helpers = killed(tmp_path / "search.npz", 3, root)
    assert helpers
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        for pid in helpers:
            os.kill(pid, signal.SIGTERM)
        process.communicate(timeout=20)
        pytest.fail("workers outlived the search")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a finished search of the park."""
    path = tmp_path_factory.mktemp("search") / "search.npz"
    certified(park(), gap=GAP, workers=1, small=0, first_days=3, resume=path)
    return path


def test_a_finished_search_is_not_searched_again(kept: Path):
    plan = certified(park(), gap=GAP, workers=1, small=0, resume=kept)
    assert plan.status == "optimal"
    assert evaluations(plan) == 1


def changed(kept: Path, **arrays: Any) -> bytes:
    """A checkpoint with other arrays; None leaves one out."""
    with np.load(kept) as archive:
        content = {**{name: archive[name] for name in archive.files}, **arrays}
    file = io.BytesIO()
    np.savez(file, **{name: array for name, array in content.items() if array is not None})
    seal(file)
    return file.getvalue()


def plain_array() -> bytes:
    """A NumPy file that is no archive."""
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "random bytes": lambda kept: np.random.default_rng(0).bytes(5000),
    "a pickled object": lambda kept: changed(kept, names=np.array([{"a": 1}], dtype=object)),
    "sizes of another park": lambda kept: changed(kept, names=np.array(["boiler.power[2025]"] * 6)),
    "sizes that are no numbers": lambda kept: changed(kept, sizes=np.full(6, np.nan)),
    "too few sizes": lambda kept: changed(kept, sizes=np.zeros(5)),
    "an array missing": lambda kept: changed(kept, hard=None),
    "three upper bounds": lambda kept: changed(kept, upper=np.zeros(3)),
    "a count that is no number": lambda kept: changed(kept, count=np.array(np.nan)),
    "features of other days": lambda kept: changed(kept, features=np.zeros((3, 4))),
}
NONSENSE: dict[str, Callable[[Path], bytes]] = {
    "nothing": lambda kept: b"",
    "half of it": lambda kept: kept.read_bytes()[: kept.stat().st_size // 2],
    "the head of an archive": lambda kept: b"PK\x03\x04" + bytes(100),
    "a single array": lambda kept: plain_array(),
    "an upper bound that is no number": lambda kept: changed(kept, upper=np.array(np.nan)),
    "an infinite upper bound": lambda kept: changed(kept, upper=np.array(np.inf)),
    "duals that are no numbers": lambda kept: filled(kept, "duals", np.nan),
    "infinite duals": lambda kept: filled(kept, "duals", np.inf),
    "huge duals": lambda kept: filled(kept, "duals", 1e300),
    "duals of nothing": lambda kept: filled(kept, "duals", 0.0),
    "more duals than rows": lambda kept: filled(kept, "duals", 0.0, more=3),
    "rows below nothing": lambda kept: filled(kept, "dual_rows", -1),
    "rows of other years": lambda kept: filled(kept, "dual_rows", 1),
    "trials that are no numbers": lambda kept: filled(kept, "trial_sizes", np.nan),
    "trials of other sizes": lambda kept: filled(kept, "trial_sizes", 0.0, more=3),
    "a basis of other numbers": lambda kept: filled(kept, "basis_rows", 99),
    "a basis of other rows": lambda kept: filled(kept, "basis_rows", 1, more=3),
    "a basis where nothing is basic": lambda kept: filled(kept, "basis_columns", 0),
    "groups with a hole": lambda kept: filled(kept, "grouping", 5),
    "features that are no table": lambda kept: changed(kept, features=np.array(1.0)),
    "features that are no numbers": lambda kept: filled(kept, "features", np.nan),
    "days that do not exist": lambda kept: changed(kept, hard=np.array([[2025, 0, 10**6]])),
    "days of other years": lambda kept: changed(kept, hard=np.array([[1999, 0, 0]])),
    "days of nobody": lambda kept: changed(kept, hard=np.array([[2025, 99, 0]])),
    "hard days in a row": lambda kept: changed(kept, hard=np.zeros(3, dtype=np.int32)),
    "sizes below nothing": lambda kept: filled(kept, "sizes", -1.0),
    "sizes above what may stand": lambda kept: filled(kept, "sizes", 1e3),
    "sizes in words": lambda kept: changed(kept, sizes=np.full(6, "big")),
    "sizes in a table": lambda kept: changed(kept, sizes=np.zeros((6, 1))),
}


def filled(kept: Path, name: str, value: float, more: int = 0) -> bytes:
    """A checkpoint of which one array has that value everywhere, in some more columns if asked."""
    with np.load(kept) as archive:
        shape = list(archive[name].shape)
        kind = archive[name].dtype
    shape[-1] += more
    return changed(kept, **{name: np.full(shape, value, dtype=kind)})


@pytest.mark.parametrize(
    "content",
    [
        lambda kept: changed(kept, names=np.array(["boiler.power[2025]"] * 6)),
        lambda kept: changed(kept, proof_duals=None),  # what an earlier version did not keep yet
    ],
    ids=["of another park", "of an earlier version"],
)
def test_a_search_that_is_not_used_is_told_in_both_languages(content, kept: Path, tmp_path: Path, caplog):
    study, path = park(), tmp_path / "search.npz"
    path.write_bytes(content(kept))
    _, design = build_year(study, 2025, study.timeline)
    assert load_checkpoint(path, study, design) is None
    assert load_checkpoint(tmp_path / "none.npz", study, design) is None
    (record,) = caplog.records  # nothing is said where there is no file
    assert f"{path} is of another study or version: it is not used" in record.msg.of("en")
    assert f"{path} thuộc một hồ sơ tính toán khác hoặc phiên bản khác: không được dùng" in record.msg.of(
        "vi"
    )
    caplog.clear()
    path.write_bytes(kept.read_bytes())
    assert load_checkpoint(path, study, design) is not None
    assert not caplog.records


@pytest.mark.parametrize("name", HOSTILE)
def test_a_torn_or_foreign_checkpoint_is_as_good_as_none(name: str, kept: Path, tmp_path: Path):
    study, path = park(), tmp_path / "search.npz"
    content = HOSTILE[name](kept)
    path.write_bytes(content)
    _, design = build_year(study, 2025, study.timeline)
    assert load_checkpoint(path, study, design) is None
    path.write_bytes(content)  # what is damaged was set aside
    assert_harmless(study, path)


@pytest.mark.parametrize(
    "name",
    [*NONSENSE],
)
def test_a_checkpoint_that_makes_no_sense_does_no_harm(name: str, kept: Path, tmp_path: Path):
    path = tmp_path / "search.npz"
    path.write_bytes(NONSENSE[name](kept))
    assert_harmless(park(), path)


def assert_harmless(study: Study, path: Path) -> None:
    """The plan is as good as without the checkpoint, and a whole one stands in its place.

    What was damaged lies beside it, unchanged.
    """
    before = path.read_bytes()
    plan = certified(study, gap=GAP, workers=1, small=0, first_days=3, resume=path)
    assert plan.status == "optimal"
    assert plan.gap <= GAP
    assert_between(plan, monolith(study, ONE_PROBLEM).objective)
    assert load_checkpoint(path, study, plan.design) is not None
    aside = [p for p in path.parent.iterdir() if p != path]
    assert all(p.read_bytes() == before for p in aside)
    assert all(p.name.startswith(f"{path.name}.damaged-") for p in aside)


# --------------------------------------------------------------------------------- similar studies


def with_prices(study: Study, factor: float) -> Study:
    """The same park with other prices of electricity."""
    parts = tuple(
        dataclasses.replace(c, price=Profile(c.price.values * factor, MONEY / MWH, c.price.factor))
        if isinstance(c, Grid)
        else c
        for c in study.components
    )
    return dataclasses.replace(study, components=parts)


def test_a_similar_study_starts_ahead_and_ends_the_same(tmp_path: Path):
    study = park(turbines(days=20), days=20, connection=SELL)
    path = tmp_path / "search.npz"
    closing(study, gap=GAP, resume=path)
    dearer = with_prices(study, 1.05)
    anew, ahead = closing(dearer, gap=GAP), closing(dearer, gap=GAP, resume=path)
    assert ahead.status == anew.status == "optimal"
    assert len(ahead.history) < len(anew.history)
    assert ahead.history[0].lower == -np.inf  # another study's bound proves nothing here
    assert ahead.objective == pytest.approx(anew.objective, rel=2 * GAP)
    assert_between(ahead, monolith(dearer, ONE_PROBLEM).objective)


def roofed(plant: Component, most: float) -> Component:
    """The plant with room for so much."""
    return dataclasses.replace(plant, power=dataclasses.replace(plant.power, max=mw(most)))


def test_sizes_of_a_similar_study_that_this_one_forbids_are_not_tried(kept: Path, tmp_path: Path):
    """Eighteen MW of sun stood; now there is room for ten."""
    study = park()
    parts = [roofed(c, 10) if c.name == "pv" else c for c in study.components]
    smaller = dataclasses.replace(study, components=tuple(parts))
    path = tmp_path / "search.npz"
    path.write_bytes(kept.read_bytes())
    plan = certified(smaller, gap=GAP, workers=1, small=0, resume=path)
    assert plan.sizes[:2].sum() <= 10 + 1e-6
    assert_between(plan, monolith(smaller, ONE_PROBLEM).objective)


def test_parts_of_a_unit_are_not_tried_where_only_whole_ones_are_built(tmp_path: Path):
    """Turbines of any size stood in the earlier study; its 7.1 MW are no number of turbines of one."""
    path = tmp_path / "search.npz"
    earlier = closing(park(turbines(capex=per(2.2e6, MONEY / MW)), years=(2025,)), gap=GAP, resume=path)
    none = {"trial_sizes": np.zeros((0, len(earlier.sizes))), "dual_rows": np.zeros(0, dtype=np.int64)}
    path.write_bytes(changed(path, **none, duals=np.zeros(0)))
    study = park(turbines(unit=mw(1), capex=per(2.2e6, MONEY / MW)), years=(2025,))
    plan = certified(study, gap=GAP, workers=1, small=0, resume=path)
    units = plan.sizes[plan.design.whole]
    assert plan.status == "optimal"
    assert units == pytest.approx(np.round(units))
    assert_between(plan, monolith(study, ONE_PROBLEM).objective)


# ----------------------------------------------------------------------------- stopped by somebody


class Interrupt:
    """Presses Ctrl-C once, at the first step with these words."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.pressed = False
        self.steps: list[Step] = []

    def __call__(self, step: Step) -> None:
        self.steps.append(step)
        if self.words in step.text and not self.pressed:
            self.pressed = True
            raise KeyboardInterrupt


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_ctrl_c_gives_the_best_plan_so_far_with_its_proven_gap(workers: int):
    interrupt = Interrupt("operated every year")
    plan = closing(park(), workers, progress=interrupt)
    assert plan.status == "stopped"
    assert 1e-5 < plan.gap < 1
    assert evaluations(plan) == 1
    assert interrupt.steps[-1].text == plan.history[-1].text == "stopped by the user"
    assert_between(plan, monolith(park(), ONE_PROBLEM).objective)


def helps() -> bool:
    """Whether this thread helps the one that searches."""
    return threading.current_thread().name.startswith("ThreadPool")


def test_ctrl_c_while_a_thread_operates_waits_for_nobody(monkeypatch: pytest.MonkeyPatch):
    """The thread ends its year by itself; the plan that was there is given at once, with its gap."""
    operate = workers.Yard.operate
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()
    steps: list[Step] = []

    def operated(self: workers.Yard, *given: Any) -> Evaluated:
        if any(step.text == "operated every year" for step in steps):
            if not helps():
                assert begun.wait(30)
                raise KeyboardInterrupt
            begun.set()
            may_end.wait(10)
            ended.set()
        return operate(self, *given)

    monkeypatch.setattr(workers.Yard, "operate", operated)
    try:
        plan = closing(park(), 2, progress=steps.append)
        assert not ended.is_set()
    finally:
        may_end.set()
    assert plan.status == "stopped"
    assert evaluations(plan) == 1
    assert_between(plan, monolith(park(), ONE_PROBLEM).objective)


def test_ctrl_c_before_any_plan_says_so():
    with pytest.raises(StoppedError, match="before any plan"):
        closing(park(), progress=Interrupt("first look"))


@pytest.mark.parametrize("later", [0, 1, 2])
def test_ctrl_c_while_asking_again_gives_the_plan_that_was_there(later: int):
    steps: list[Step] = []

    def press(step: Step) -> None:
        steps.append(step)
        if "asking again" in steps[max(len(steps) - 1 - later, 0)].text:
            raise KeyboardInterrupt

    try:
        plan = certified(one_peak(150.0), gap=GAP, workers=1, small=0, first_days=3, progress=press)
    except KeyboardInterrupt:  # would end the tests, too
        pytest.fail("the plan is lost")
    assert plan.status == "stopped"
    assert unserved(plan) > 1
    assert_between(plan, monolith(one_peak(150.0), ONE_PROBLEM).objective)


@pytest.mark.parametrize("helpers", [1, 2, 3])
def test_who_asks_to_stop_gets_the_best_plan_so_far_with_its_proven_gap(helpers: int):
    """A web page or another thread asks as Ctrl-C does, with a function."""
    steps: list[Step] = []
    stop = lambda: any(step.text == "operated every year" for step in steps)  # noqa: E731
    plan = closing(park(), helpers, progress=steps.append, stop=stop)
    assert plan.status == "stopped"
    assert evaluations(plan) == 1
    assert 1e-5 < plan.gap < 1
    assert_between(plan, monolith(park(), ONE_PROBLEM).objective)


def test_who_asks_to_stop_is_heard_between_two_years(monkeypatch: pytest.MonkeyPatch):
    """The years that are left are not operated."""
    done: list[int] = []
    operate = workers.Yard.operate

    def operated(self: workers.Yard, year: int, *given: Any) -> Evaluated:
        done.append(year)
        return operate(self, year, *given)

    monkeypatch.setattr(workers.Yard, "operate", operated)
    with pytest.raises(StoppedError, match="before any plan"):
        closing(park(), 1, stop=lambda: bool(done))
    assert len(done) == 1


def test_who_asks_to_stop_waits_for_no_helper(monkeypatch: pytest.MonkeyPatch):
    """A year that somebody else is at work on ends by itself."""
    operate, may_end, ended = workers.Yard.operate, threading.Event(), threading.Event()
    asked: list[bool] = []

    def operated(self: workers.Yard, *given: Any) -> Evaluated:
        if helps():
            asked.append(True)
            may_end.wait(10)
            ended.set()
        return operate(self, *given)

    monkeypatch.setattr(workers.Yard, "operate", operated)
    try:
        with pytest.raises(StoppedError, match="before any plan"):
            closing(park(), 2, stop=lambda: bool(asked))
        assert not ended.is_set()
    finally:
        may_end.set()


def test_years_may_be_operated_elsewhere():
    """Whoever keeps the protocol of a team may operate them."""
    elsewhere: list[int] = []

    class Elsewhere:
        peak_memory_mb = 7.0

        def __init__(self, study: Study, years: Any, **_: Any) -> None:
            self.crew = workers.Crew(study, 1e-4, (), years)

        def operate(self, *given: Any) -> list[Evaluated]:
            elsewhere.append(len(given))
            return self.crew.operate(*given)

        def solve(self, problems: Any, options: Any) -> Any:
            return self.crew.solve(problems, options)

    plan = closing(park(), hire=lambda study, **given: nullcontext(Elsewhere(study, **given)))
    assert plan.status == "optimal"
    assert len(elsewhere) == evaluations(plan)
    assert_between(plan, monolith(park(), ONE_PROBLEM).objective)


def test_an_interrupted_search_goes_on(tmp_path: Path):
    path = tmp_path / "search.npz"
    stopped = closing(park(), progress=Second("operated every year"), resume=path)
    assert stopped.status == "stopped"
    plan = closing(park(), resume=path)
    assert plan.status == "optimal"
    assert plan.history[1].lower >= stopped.history[0].lower
    assert plan.objective == pytest.approx(closing(park()).objective, rel=1e-5)


class Second(Interrupt):
    """Presses Ctrl-C at the second such step."""

    def __call__(self, step: Step) -> None:
        earlier = sum(self.words in s.text for s in self.steps)
        if earlier:
            super().__call__(step)
        else:
            self.steps.append(step)


def test_when_time_is_up_the_best_plan_so_far_is_given(monkeypatch: pytest.MonkeyPatch):
    clock = Clock()
    monkeypatch.setattr(certify.time, "perf_counter", clock)

    def slow(step: Step) -> None:
        clock.now += 100.0 * (step.text == "operated every year")

    plan = closing(park(), progress=slow, time_limit=150.0)
    assert plan.status == "stopped"
    assert plan.history[-1].text == "time is up"
    assert evaluations(plan) == 2
    assert plan.gap > 1e-5
    assert_between(plan, monolith(park(), ONE_PROBLEM).objective)


class Clock:
    """Time that only passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_no_time_at_all_is_no_plan():
    with pytest.raises(StoppedError, match="before any plan"):
        closing(park(), time_limit=0.0)


# -------------------------------------------------------------------------------- injected endings


class Lying:
    """HiGHS that ends otherwise than it did."""

    def __init__(self, status: highspy.HighsModelStatus, spoil: Callable[[FloatArray], FloatArray]) -> None:
        self._highs = _honest()
        self._status = status
        self._spoil = spoil

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)

    def getModelStatus(self) -> highspy.HighsModelStatus:
        return self._status

    def getSolution(self) -> Any:
        found = self._highs.getSolution()
        found.col_value = list(self._spoil(np.asarray(found.col_value)))
        return found


_honest = solver.quiet
ENDING = highspy.HighsModelStatus


def moved(values: FloatArray) -> FloatArray:
    """Other values, which break most rules."""
    return values + 1.0


def same(values: FloatArray) -> FloatArray:
    """The values that were found."""
    return values


def lie(monkeypatch: pytest.MonkeyPatch, which: Callable[[int], bool], *ending: Any) -> list[bool]:
    """Let some solves lie; returns which did."""
    told: list[bool] = []

    def quiet() -> Any:
        told.append(which(len(told)))
        return Lying(*ending) if told[-1] else _honest()

    monkeypatch.setattr(solver, "quiet", quiet)
    monkeypatch.setattr(session, "quiet", quiet)
    return told


ENDINGS = {
    "unknown": (ENDING.kUnknown, moved),
    "out of time": (ENDING.kTimeLimit, same),
    "out of steps": (ENDING.kIterationLimit, moved),
    "a solver's error": (ENDING.kSolveError, moved),
    "interrupted": (ENDING.kInterrupt, moved),
    "optimal, but not so": (ENDING.kOptimal, moved),
    "infeasible": (ENDING.kInfeasible, same),
    "unbounded": (ENDING.kUnbounded, same),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_no_other_ending_passes_for_an_optimum(name: str, monkeypatch: pytest.MonkeyPatch):
    lie(monkeypatch, lambda count: True, *ENDINGS[name])
    with pytest.raises(SolverError):
        closing(park(days=3))


@pytest.mark.parametrize("name", ENDINGS)
@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_one_false_ending_stops_the_search_or_changes_nothing(
    name: str, first: int, monkeypatch: pytest.MonkeyPatch
):
    """The first look, a year, or a later one ends badly: another method steps in, or there is no plan."""
    best = monolith(park(days=3), EXACT).objective
    told = lie(monkeypatch, lambda count: count == first, *ENDINGS[name])
    try:
        plan = closing(park(days=3))
    except SolverError:
        assert any(told)
        return
    assert any(told)
    assert plan.status == "optimal"
    assert plan.gap <= 1e-5
    assert_between(plan, best)


def test_an_unknown_ending_whose_duals_prove_it_optimal_is_taken(monkeypatch: pytest.MonkeyPatch):
    best = monolith(park(days=3), EXACT).objective
    lie(monkeypatch, lambda count: True, ENDING.kUnknown, same)
    plan = closing(park(days=3))
    assert plan.status == "optimal"
    assert_between(plan, best)


# ------------------------------------------------------------------------------ rules of the search itself


def test_a_row_that_does_not_bind_keeps_the_last_price_that_it_had():
    """A cap that a trial meets with ease says nothing of what it is worth where it binds."""
    study = park()
    first, design = build_year(study, study.milestones.years[0], study.timeline)
    search = certify._begin(study, first, design, GAP, 3, 0.0, None)
    search._priced(2025, {"cap.cap": -3.0, "share.share": 0.0})
    search._priced(2025, {"cap.cap": 0.0, "share.share": 2.0, "new.row": 0.0})
    assert search.totals == {2025: {"cap.cap": -3.0, "share.share": 2.0, "new.row": 0.0}}


@pytest.mark.parametrize(
    ("harder", "closed", "just_mended", "mends"),
    [
        (True, False, False, True),
        (False, True, False, True),
        (False, True, True, False),
        (False, False, False, False),
    ],
)
def test_a_plan_near_enough_that_is_short_is_mended_once(
    harder: bool, closed: bool, just_mended: bool, mends: bool, monkeypatch: pytest.MonkeyPatch
):
    """So is one that finds hard days; one that is far from the best waits for the next bound."""
    asked: list[FloatArray] = []

    def mending(search: Search, trial: FloatArray, years: list[Evaluated], far: bool) -> FloatArray:
        asked.append(trial)
        assert far == (not just_mended)  # a mended one that is far is not mended again for being better
        return trial

    monkeypatch.setattr(certify, "_mended", mending)
    search = SimpleNamespace(
        say=lambda text: None, totals={}, seen={}, upper=2.0, lower=1.0, done=False, closed=closed,
        took_years=lambda trial, years: harder,
    )  # fmt: skip
    team = SimpleNamespace(operate=lambda *given: [])
    earlier = SimpleNamespace(operated=lambda: {}, pending=False, keep=lambda search, ended: None)
    rounds = certify.Rounds(search, team, earlier, mended_now=just_mended)
    found = rounds._operate(np.zeros(1))
    assert (found is not None) == bool(asked) == mends
    assert rounds.patience == certify.PATIENCE - int(closed and just_mended)


@pytest.mark.parametrize("closed", [True, False])
def test_a_bound_that_closes_the_gap_of_a_plan_that_is_short_has_it_mended(
    closed: bool, monkeypatch: pytest.MonkeyPatch
):
    """Another trial costs more, and what it would take to serve all waits for the bound after that."""
    best, small = np.array([2.0]), np.array([1.0])
    monkeypatch.setattr(
        certify, "_mended", lambda search, sizes, years: sizes + 1 if years == ["its"] else None
    )
    monkeypatch.setattr(certify, "_next_sizes", lambda search, bounded, stale: bounded.sizes)
    search = SimpleNamespace(
        took=lambda bounded: None, exhausted=lambda *given: False, say=lambda text: None, best=["its"],
        lower=1.0, upper=1.001, done=False, closed=closed, sizes=best, refine=lambda times: None,
    )  # fmt: skip
    lower = SimpleNamespace(solve=lambda: SimpleNamespace(sizes=small), basis=None, large=True)
    earlier = SimpleNamespace(
        bounds=lambda *given: False, master=lambda search: lower, file=None, guessed=lambda master: None,
        asked=None, known=True,
    )  # fmt: skip
    rounds = certify.Rounds(search, SimpleNamespace(solve=None), earlier)
    assert rounds._bound() == (best + 1 if closed else small)


@pytest.mark.parametrize(
    ("tried", "large", "known", "tolerance", "more"),
    [
        (True, True, False, certify.WIDE_GAP, [certify.DEAR_GROWTH]),
        (True, True, False, certify.WIDE_GAP / 2, []),  # cuts on the same days do more
        (False, True, False, certify.WIDE_GAP, []),
        (True, False, False, certify.WIDE_GAP, []),
        (True, True, True, certify.WIDE_GAP, []),  # an earlier search knows which days tell
    ],
)
def test_after_a_trial_a_large_bound_is_on_more_mean_days_and_what_it_chooses_is_made_to_serve(
    tried: bool, large: bool, known: bool, tolerance: float, more: list[float],
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    """It begins from nothing each time, so that more days cost little more."""
    asked: list[float] = []
    monkeypatch.setattr(certify, "_next_sizes", lambda search, bounded, stale: bounded.sizes)
    monkeypatch.setattr(certify, "_serving", lambda search, sizes: sizes + 1)
    search = SimpleNamespace(
        took=lambda bounded: None, exhausted=lambda *given: False, say=lambda text: None, best=[], lower=1.0,
        upper=2.0, done=False, closed=False, refine=asked.append, trials=["one"] if tried else [],
        proof="one" if large else None, tolerance=tolerance,
    )  # fmt: skip
    lower = SimpleNamespace(solve=lambda: SimpleNamespace(sizes=np.ones(1)), basis=None, large=large)
    earlier = SimpleNamespace(
        bounds=lambda *given: False, master=lambda search: lower, file=None, guessed=lambda master: None,
        asked=None, known=known,
    )  # fmt: skip
    rounds = certify.Rounds(search, SimpleNamespace(solve=None), earlier)
    rounds._bound()
    found = rounds._bound()
    assert asked == more
    assert found == (2.0 if large and not known else 1.0)


@pytest.mark.parametrize("serves", [True, False])
def test_sizes_are_made_to_serve_known_hard_days_and_the_busiest_ones(
    serves: bool, monkeypatch: pytest.MonkeyPatch
):
    """The second day is hard already, the first is the busiest; where nothing serves them, sizes stay."""
    asked: list[dict[str, list[int]]] = []

    def mending(
        study: Study, design: object, sizes: FloatArray, hard: dict[int, dict[str, IntArray]], reach: int
    ) -> tuple[FloatArray, float] | None:
        asked.append({owner: days.tolist() for owner, days in hard[2025].items()})
        assert reach == certify.BUSY
        return (sizes + 1, 0.0) if serves else None

    monkeypatch.setattr(certify, "mended", mending)
    study = compose(
        load(raw=np.append(np.full(24, 3.0), np.full(24, 2.0))), grid(raw=np.ones(48)), timeline=days(2)
    )
    first, design = build_year(study, 2025, study.timeline)
    search = certify._begin(study, first, design, GAP, 1, 0.0, None)
    search.hard = {2025: {"": np.array([1], dtype=np.int32)}}
    assert certify._serving(search, np.ones(1)) == (2.0 if serves else 1.0)
    assert asked == [{"": [0, 1]}]


def test_what_only_a_bound_is_asked_of_may_leave_something_unserved():
    """Nobody can serve this load: a plan asks for it at higher prices, a bound does not."""
    study = compose(load(10, 10))
    said: dict[bool, list[str]] = {}
    for bounds in (False, True):
        heard = said.setdefault(bounds, [])

        def heard_of(step: Step, heard: list[str] = heard) -> None:
            heard.append(step.text.of("en"))

        found = certified(study, 0.1, 1, small=0, progress=heard_of, bounds=bounds)
        assert found.status == ("optimal" if bounds else "infeasible")
    again = "something is still unserved: asking again at a higher price for it"
    assert [again in heard for heard in said.values()] == [True, False]


@pytest.mark.parametrize(
    ("far", "dear", "tolerance", "more", "worth"),
    [
        (False, True, 0.002, 1.0, False),
        (True, False, 0.002, 1.0, False),
        (True, True, 0.002, 1.0, True),
        (True, True, 0.002, 9.9, True),
        (True, True, 0.002, 10.1, False),  # no better than what there is
        (True, True, 0.01, 7.0, True),  # three quarters of the gap are left
        (True, True, 0.01, 8.0, False),
        (False, False, 0.012, 1.0, True),  # near enough in any case
    ],
)
def test_a_mending_that_is_far_is_worth_its_operation_where_bounds_are_dear(
    far: bool, dear: bool, tolerance: float, more: float, worth: bool, monkeypatch: pytest.MonkeyPatch
):
    """A plan of 110 with its penalty of 10, above a bound of 100, costs 100 and what mending adds."""
    search = SimpleNamespace(
        design=SimpleNamespace(whole=np.zeros(1, dtype=bool)), study=None, hard={}, lower=100.0, upper=110.0,
        tolerance=tolerance, proof="one" if dear else None, say=lambda _: None,
    )  # fmt: skip
    monkeypatch.setattr(certify, "mended", lambda *_: (np.array([5.0]), more))
    years = [SimpleNamespace(hard={"load": [0]}, cost=110.0, penalty=10.0)]
    assert (certify._mended(search, np.array([4.0]), years, far) is not None) == worth
