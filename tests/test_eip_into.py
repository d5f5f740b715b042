"""Chosen links in a plan: never dearer than without, nothing counted twice, the old supply stands by."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import parkzero
from parkzero.eip.into import stops_of, write_into
from parkzero.eip.offers import Offer
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


MORE = """format = 2
name = "Vapour, cold and a bottler"
[park]
currency = "USD"
calendar_year = 2025
step = "60 min"
leap_day = "drop"
days = 14
[years]
milestones = [2025]
[money]
discount_rate = "8 %"
[tenants.brewer]
name = "Brewer"
[tenants.bottler]
name = "Bottler"
[buses."brewer.heat"]
carrier = "heat"
temperature = "90 degC"
tenant = "brewer"
[buses."brewer.gas"]
carrier = "fuel"
tenant = "brewer"
[buses."bottler.cold"]
carrier = "cooling"
temperature = "17 degC"
tenant = "bottler"
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
[assets.chilled]
kind = "demand"
owner = "bottler"
bus = "bottler.cold"
load = { value = "0.5 MW" }
[assets.bought]
kind = "purchase"
owner = "bottler"
bus = "bottler.cold"
price = "60 USD/MWh"
"""
LATENT = """id,tenant,side,medium,amount,unit,supply_degC,target_degC,hours,reliability_percent,cost_now,bus
vapour,forge,source,heat,1,MW,110,110,24/7,{0},,
wort,brewer,sink,heat,1,MW,20,85,24/7,,40,brewer.heat
spare,forge,source,cooling,0.4,MW,6,12,24/7,,,
bottles,bottler,sink,cooling,0.5,MW,20,14,24/7,,60,bottler.cold
"""


def more_park(tmp_path: Path, reliability: float = 100.0, loss: float = 0.0) -> tuple[Path, object]:
    folder, asked = tmp_path / "park", tmp_path / "asked"
    for path in (folder, asked):
        path.mkdir()
    (folder / "park.toml").write_text(MORE, encoding="utf-8")
    (asked / "streams.csv").write_text(LATENT.format(reliability), encoding="utf-8")
    tenants = "id,name,x_km,y_km\nforge,Forge,0,0\nbrewer,Brewer,1,0\nbottler,Bottler,1,0\n"
    (asked / "tenants.csv").write_text(tenants, encoding="utf-8")
    prices = "pipe_heat,1\nexchanger_heat,1000\npipe_cooling,1\nexchanger_cooling,1000\n"
    (asked / "settings.csv").write_text(f"key,value\n{prices}loss_heat,{loss}\n", encoding="utf-8")
    return folder, symbiosis(read_site(asked))


def booked(folder: Path, **sums: str) -> dict[str, float]:
    """Amounts of an account by asset, and megawatts that stand."""
    results = parkzero.plan(parkzero.read(folder), method="monolith", gap=1e-7, reference=False).results
    supplied = (
        results.ledger.filter(pl.col("account") == "heat_generated")
        .group_by("asset")
        .agg(pl.col("amount").sum())
    )
    stands = results.sizes.group_by("asset").agg(pl.col("standing").sum())
    return {
        **{f"{a} heat": v for a, v in supplied.iter_rows()},
        **{f"{a} MW": v for a, v in stands.iter_rows()},
        "cost": results.summary["objective"],
    }


def test_vapour_and_cold_become_candidates_and_the_pipe_loses_on_its_way(tmp_path):
    """1 MW of vapour at 110 degC for a bus of 90 is hot enough as a whole; 10 % are lost on a kilometre."""
    folder, found = more_park(tmp_path, loss=10)
    without = booked(folder)
    written = write_into(found, folder)
    assert set(written.assets) == {"symbiosis_vapour_wort", "symbiosis_spare_bottles"}
    assert not written.left
    made = booked(folder)
    assert made["symbiosis_vapour_wort heat"] == pytest.approx(0.9 * 8760, rel=1e-6)
    assert made["boiler heat"] == pytest.approx(0.1 * 8760, rel=1e-6)
    assert made["cost"] < without["cost"]
    assets = tomllib.loads((folder / "park.toml").read_text(encoding="utf-8"))["assets"]
    assert assets["symbiosis_spare_bottles"]["kind"] == "purchase"
    assert "MWh" in assets["symbiosis_spare_bottles"]["price"]
    lost, whole = found.picked, symbiosis_of_no_loss(tmp_path)
    sink = pl.col("sink") == "wort"
    assert lost.filter(sink)["energy_mwh"][0] == pytest.approx(0.9 * whole.filter(sink)["energy_mwh"][0])


def symbiosis_of_no_loss(tmp_path: Path) -> pl.DataFrame:
    other = tmp_path / "whole"
    other.mkdir()
    return more_park(other)[1].picked


def test_the_old_supply_stands_for_the_days_on_which_a_partner_stops(tmp_path):
    """Always there: no boiler is kept. There on 13 of 14 days: its megawatt stays and burns on that day."""
    always, sure = more_park(tmp_path)
    write_into(sure, always)
    other = tmp_path / "other"
    other.mkdir()
    seldom, stops = more_park(other, reliability=100 * (1 - 1 / 14))
    write_into(stops, seldom)
    kept, gone = booked(seldom), booked(always)
    assert gone.get("boiler MW", 0.0) == pytest.approx(0.0, abs=1e-6)
    assert kept["boiler MW"] == pytest.approx(1.0)
    assert kept["boiler heat"] == pytest.approx(8760 / 14, rel=1e-6)
    assert "stops on" in (seldom / "park.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("share", "count"), [(1.0, 0), (0.95, 16), (0.999, 1), (0.5, 157)])
def test_a_partner_stops_on_its_own_days_spread_over_the_year(share, count):
    site_week = np.zeros((7, 24), dtype=bool)
    site_week[:6, 6:22] = True  # Monday to Saturday; 2025 begins on a Wednesday
    offer = Offer(
        "a", "t", "source", "heat", 1.0, site_week.ravel(), np.ones(12, dtype=bool), reliability=share
    )
    days = stops_of(offer, 2)
    assert len(days) == len(set(days.tolist())) == count
    assert not ((2 + days) % 7 == 6).any()
    if count > 1:
        assert np.diff(days).max() <= 2 * 365 / count + 2
