"""One small study for each lever: read from its folder, planned whole, drawn."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from parkzero.lp.fold import folded
from parkzero.lp.windows import Ordered
from parkzero.planning.api import plan
from parkzero.planning.assemble import fixed
from parkzero.planning.bounds import clock_of
from parkzero.planning.monolith import monolith
from parkzero.study import read
from tests.cases.harness import years_of
from tools.make_lever_gallery import STUDIES, levers, picture, planned

LEVERS = {
    "batch_load", "carbon_capture", "chiller", "compressor", "curtailable_load", "dual_fuel_boiler",
    "fuel_upgrading", "green_attributes", "grid_dppa", "heat_exchanger", "industrial_heat_pump", "let_down",
    "measure", "power_plant", "private_wire", "sale", "steam_turbine", "supply_contract", "waste_heat",
}  # fmt: skip


@pytest.mark.parametrize("name", levers())
def test_a_lever_is_read_planned_and_drawn(name: str, root: Path):
    study, made = planned(name)
    assert made.status == "optimal"
    chart = picture(name, study, made)
    assert len(chart.keys) >= 2
    drawn = (root / "docs" / "images" / "levers" / f"{name}.svg").read_text(encoding="utf-8")
    assert study.name in drawn
    assert f"images/levers/{name}.svg" in (root / "docs" / "levers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", levers())
def test_a_lever_leaves_the_year_to_windows(name: str):
    """A column of the year in rows of its hours ties all of them: such a year is solved at once."""
    study = read(STUDIES / name)
    design, years = years_of(study, study.timeline)
    for built in years:
        form = folded(fixed(built, np.minimum(design.upper, 1.0)))
        assert Ordered(form.small, clock_of(built).of(form.free, form.live)).fits


@pytest.mark.slow
@pytest.mark.parametrize("name", levers())
def test_a_certified_plan_encloses_the_one_problem_for_all(name: str, tmp_path: Path):
    """Ten weeks of three years, in windows where they fit: bound and plan on both sides of the optimum."""
    copied = tmp_path / name
    shutil.copytree(STUDIES / name, copied)
    park = copied / "park.toml"
    text = park.read_text(encoding="utf-8").replace("days = 3", "days = 70")
    text = text.replace("milestones = [2025]", "milestones = [2025, 2030, 2035]")
    text = text.replace("technology = ", "technology_hold = true\ntechnology = ")
    park.write_text(text.replace('"auto" }', '"auto", escalation = "2 %" }'), encoding="utf-8")
    study = read(copied)
    best, found = monolith(study).objective, plan(study, gap=0.005, workers=1)
    assert found.status == "optimal"
    assert found.lower_bound <= best * (1 + 1e-7)
    assert best <= found.objective * (1 + 1e-6)
    assert found.gap <= 0.005


def test_the_gallery_holds_every_lever(root: Path):
    texts = [p.read_text(encoding="utf-8") for p in (root / "examples" / "levers").glob("*/park.toml")]
    assert [kind for kind in sorted(LEVERS) if not any(f'kind = "{kind}"' in text for text in texts)] == []
