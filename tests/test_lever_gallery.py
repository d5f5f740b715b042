"""One small study for each lever: read from its folder, planned whole, drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.make_lever_gallery import levers, picture, planned

LEVERS = {
    "batch_load", "carbon_capture", "chiller", "compressor", "curtailable_load", "dual_fuel_boiler",
    "fuel_upgrading", "green_attributes", "grid_dppa", "heat_exchanger", "industrial_heat_pump", "let_down",
    "measure", "power_plant", "private_wire", "sale", "steam_turbine", "supply_contract", "waste_heat",
}  # fmt: skip


@pytest.mark.parametrize("name", levers())
def test_a_lever_is_read_planned_and_drawn(name: str, root: Path):
    study, plan = planned(name)
    assert plan.status == "optimal"
    chart = picture(name, study, plan)
    assert len(chart.keys) >= 2
    drawn = (root / "docs" / "images" / "levers" / f"{name}.svg").read_text(encoding="utf-8")
    assert study.name in drawn
    assert f"images/levers/{name}.svg" in (root / "docs" / "levers.md").read_text(encoding="utf-8")


def test_the_gallery_holds_every_lever(root: Path):
    texts = [p.read_text(encoding="utf-8") for p in (root / "examples" / "levers").glob("*/park.toml")]
    assert [kind for kind in sorted(LEVERS) if not any(f'kind = "{kind}"' in text for text in texts)] == []
