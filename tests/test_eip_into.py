"""Chosen links in a plan: never dearer than without, nothing counted twice, the old supply stands by."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import parkzero
from parkzero.eip.into import write_into
from parkzero.eip.questionnaire import read_site
from parkzero.eip.symbiosis import symbiosis
from parkzero.errors import StudyError

PARK = """
format = 2
name = "A boiler and a neighbour"
[park]
currency = "USD"
calendar_year = 2025
step = "60 min"
leap_day = "drop"
days = 7
[years]
milestones = [2025]
[money]
discount_rate = "8 %"
[tenants.brewer]
name = "Brewer"
[buses."brewer.heat"]
carrier = "heat"
temperature = "80 degC"
tenant = "brewer"
[buses."brewer.gas"]
carrier = "fuel"
tenant = "brewer"
[assets.demand]
kind = "heat_demand"
owner = "brewer"
bus = "brewer.heat"
load = { value = "1 MW" }
[assets.gas]
kind = "fuel"
owner = "brewer"
bus = "brewer.gas"
price = "40 USD/MWh"
emission_factor = "0.2 t/MWh"
[assets.boiler]
kind = "fuel_boiler"
owner = "brewer"
source = "brewer.gas"
to = "brewer.heat"
efficiency = "100 %"
power.capex = "50 kUSD/MW"
lifetime = "20 years"
"""

STREAMS = """id,tenant,side,medium,amount,unit,supply_degC,target_degC,hours,cost_now,bus
flue,forge,source,heat,0.6,MW,300,100,Mon-Fri 06:00-22:00,,
wort,brewer,sink,heat,1,MW,20,75,24/7,40,brewer.heat
far,brewer,sink,heat,0.2,MW,20,60,24/7,60,
"""


def park(tmp_path: Path, capex: float = 20.0) -> tuple[Path, object]:
    folder, asked = tmp_path / "park", tmp_path / "questionnaire"
    for path in (folder, asked):
        path.mkdir()
    (folder / "park.toml").write_text(PARK, encoding="utf-8")
    (asked / "streams.csv").write_text(STREAMS, encoding="utf-8")
    tenants = "id,name,x_km,y_km\nforge,Forge,0,0\nbrewer,Brewer,0.1,0\n"
    (asked / "tenants.csv").write_text(tenants, encoding="utf-8")
    (asked / "settings.csv").write_text(
        f"key,value\npipe_heat,{capex}\nexchanger_heat,1000\n", encoding="utf-8"
    )
    return folder, symbiosis(read_site(asked))


def cost(folder: Path) -> float:
    return parkzero.plan(parkzero.read(folder), method="monolith", gap=1e-7, reference=False).results.summary[
        "objective"
    ]


def test_a_link_lowers_the_cost_and_a_dear_one_leaves_it(tmp_path):
    """0.6 MW in 80 of 168 hours at 40 a MWh; a pipe that would cost 10,000 a metre is not built."""
    folder, found = park(tmp_path)
    before = cost(folder)
    written = write_into(found, folder)
    assert written.assets == ("symbiosis_flue_wort",)
    ((name, why),) = written.left
    assert name == "symbiosis_flue_far"
    assert "names no bus" in why
    after = cost(folder)
    saved = 0.4 * 80 / 168 * 8760 * 40  # 0.2 MW go to the other sink, which has no bus
    assert 0.5 * saved < before - after < saved
    text = (folder / "park.toml").read_text(encoding="utf-8")
    (asset,) = (a for n, a in tomllib.loads(text)["assets"].items() if n.startswith("symbiosis"))
    dear = text.replace(asset["power"]["capex"], "5e7 USD/MW")
    (folder / "park.toml").write_text(dear, encoding="utf-8")
    assert cost(folder) == pytest.approx(before, rel=1e-6)


def test_a_source_that_serves_two_is_never_counted_twice(tmp_path):
    folder, found = park(tmp_path)
    write_into(found, folder)
    columns = (folder / "symbiosis.csv").read_text(encoding="utf-8").splitlines()
    assert len(columns) == 8761
    used = found.picked.filter(found.picked["source"] == "flue")["rate"].sum()
    for line in columns[1:200]:
        assert sum(map(float, line.split(","))) <= 0.6 + 1e-6
    assert used <= 0.6 + 1e-9
    with pytest.raises(StudyError) as caught:  # a second time would count it again
        write_into(found, folder)
    (fault,) = caught.value.faults
    assert "holds links of a symbiosis already" in fault.what


def test_another_currency_or_an_unknown_bus_is_refused_before_anything_is_written(tmp_path):
    folder, found = park(tmp_path)
    text = (folder / "park.toml").read_text(encoding="utf-8")
    (folder / "park.toml").write_text(
        text.replace('"USD"', '"EUR"').replace("brewer.heat", "b.h"), encoding="utf-8"
    )
    with pytest.raises(StudyError) as caught:
        write_into(found, folder)
    assert len(caught.value.faults) == 2
    assert not (folder / "symbiosis.csv").exists()
