"""ParkZero and independent PyPSA code plan the same parks: cost and sizes agree.

Together the parks hold every component. Series come from one file of NumPy; everything else is written twice.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from parkzero.bench.cases import reference_study
from parkzero.components import kinds
from parkzero.planning.monolith import monolith
from tests.cases.harness import optimum
from tests.twins import parks
from tests.twins.levers import TWINS, turbine_ways
from tests.twins.series import LEVERS

ELSEWHERE = ("networks", "mobility")
HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parent.parent / "benchmarks" / "twin_reference.py"

# Sizes that have no near-equal alternative, by ParkZero's and by the twin's name.
SIZES = {
    "park_a": {
        "pv.power[2030]": "pv 2030",
        "t2.pv.power[2025]": "pv2 2025",
        "t1.line.power[2025]": "line1 2025",
        "t2.battery.power[2025]": "charger 2025",
        "t2.line.power[2025]": "line2 2025",
        "t1.electric_boiler.power[2025]": ("electric_boiler 2025", 0.98),
    },
    "park_b": {
        "pv.power[2025]": "pv 2025",
        "wind.power[2030]": "wind 2030",
        "battery.energy[2040]": "cells 2040",
        "heat_pump.power[2040]": "heat_pump 2040",
        "biomass_boiler.power[2040]": "biomass_boiler 2040",
        "electric_boiler.power[2025]": "electric_boiler 2025",
    },
    "park_d": {"battery.energy[2030]": "cells", "battery.power[2030]": "charger"},
}


def pypsa(python: Path, script: Path, *arguments: str) -> dict:
    """Run a twin in its own environment and read its answer."""
    call = [str(python), str(script), *arguments]
    done = subprocess.run(call, capture_output=True, encoding="utf-8", check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["status"] == ["ok", "optimal"]
    return answer


@pytest.mark.twin
@pytest.mark.parametrize("park", ["park_a", "park_b", "park_d"])
def test_cost_and_sizes_agree_with_pypsa(park: str, twin_python: Path):
    plan = monolith(getattr(parks, park)())
    assert plan.status == "optimal"
    twin = pypsa(twin_python, HERE / f"{park}.py")
    assert plan.objective == pytest.approx(twin["objective"], rel=1e-6)
    sizes = dict(zip(plan.design.names, plan.sizes, strict=True))
    for ours, named in SIZES[park].items():
        name, factor = named if isinstance(named, tuple) else (named, 1.0)
        assert sizes[ours] == pytest.approx(twin["sizes"][name] * factor, rel=1e-3, abs=1e-3), ours


@pytest.mark.twin
@pytest.mark.parametrize("park", LEVERS)
def test_levers_agree_with_pypsa(park: str, twin_python: Path):
    ways = map(str, turbine_ways()) if park == "heat_and_cold" else ()
    twin = pypsa(twin_python, HERE / "park_levers.py", park, "1", *ways)
    study, _ = TWINS[park](1)
    assert optimum(study) == pytest.approx(twin["objective"], rel=1e-6)


@pytest.mark.twin
@pytest.mark.slow
def test_reference_pathway_agrees_with_pypsa(twin_python: Path):
    """Six years of 30 days each: the same optimum by two codes, and the one that is known."""
    plan = monolith(reference_study(30))
    twin = pypsa(twin_python, REFERENCE, "--days", "30")
    assert plan.objective == pytest.approx(417_505_883.6, rel=1e-6)
    assert twin["objective"] == pytest.approx(417_505_883.6, rel=1e-6)


@pytest.mark.twin
@pytest.mark.parametrize("extra", [[], ["--direct"]])
def test_reference_year_agrees_with_pypsa(twin_python: Path, extra: list[str]):
    """One year alone: heat stores behind links and heat stores on the bus are the same in PyPSA."""
    plan = monolith(reference_study(5, (2050,)))
    twin = pypsa(twin_python, REFERENCE, "--days", "5", "--years", "2050", *extra)
    assert plan.objective == pytest.approx(twin["objective"], rel=1e-6)


def test_the_parks_hold_every_component():
    """Each kind stands in a park that PyPSA builds too, or beside a problem written by hand.

    Pipes and wires with losses of their own, and vehicles, are left to the tests of their themes.
    """
    held = {type(c).kind for park in (parks.park_a, parks.park_b, parks.park_d) for c in park().components}
    held |= {type(c).kind for twin in TWINS.values() for c in twin(1)[0].components}
    elsewhere = {name for name, kind in kinds().items() if kind.__module__.split(".")[2] in ELSEWHERE}
    assert set(kinds()) - elsewhere <= held


def test_the_parks_limits_bind():
    """A twin says something about a rule only where the rule costs something."""
    plan = monolith(parks.park_b())
    rows = {"budget.budget", "offset.limit", "offset.mass", "share.share", "cap.cap", "biomass.yearly"}
    binding = {
        r.dotted
        for year in plan.years
        for r in year.built.matrix.rows
        if r.dotted in rows and abs(year.duals[r.start]) > 0.1
    }
    assert binding == rows
