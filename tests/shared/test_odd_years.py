"""Two measured years with a trap each, found, refused, mended by name and planned from the command line.

A sector of ELMAS stops a day before its year does; a profile of SimBench changes its clock for summer time.
Run with PARKZERO_SHARED naming the folder that holds ``data/``.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parkzero.cli import main
from parkzero.results import load
from tests.bills import Rates, bill_of

pytestmark = pytest.mark.shared

ONE_PART = Rates("1833", "3398", "1190")  # Decision 1279/QĐ-BCT, manufacturing, 22 to under 110 kV [VND/kWh]

PARK = """
format = 2
name = "Measured elsewhere"
[park]
currency = "VND"
calendar_year = {year}
step = "{step} min"
[years]
milestones = [2025]
[money]
discount_rate = "8 %"
[tenants.plant]
name = "Plant"
[buses.electricity]
carrier = "electricity"
tenant = "plant"
[assets.load]
kind = "electricity_demand"
owner = "plant"
bus = "electricity"
load = {{ file = "load.csv", column = "{column}", unit = "{unit}", year = {year}{mend} }}
[assets.grid]
kind = "grid"
owner = "plant"
bus = "electricity"
price = {{ tariff = "manufacturing.22_110kV", schedule = "legacy" }}
emission_factor = {{ book = "grid_ef.path.plan_5y_late" }}
[assets.battery]
kind = "battery"
owner = "plant"
bus = "electricity"
power.capex = "2 MVND/kW"
energy.capex = "2 MVND/kWh"
efficiency_in = "95 %"
efficiency_out = "95 %"
lifetime = "15 years"
power.max = "1 MW"
energy.max = "2 MWh"
"""


@dataclass(frozen=True)
class Odd:
    """A measured year: its file, how it is read, the mend, what must be told of it, its steps."""

    file: str
    column: str
    unit: str
    year: int
    step: int
    mend: str
    told: tuple[str, ...]
    steps: int


ODD = {
    "elmas": Odd(
        "elmas_18_clusters_france_2018_hourly_kW.csv.gz", "1", "kW", 2018, 60,
        'mend = { year_end = "repeat_week" }',
        ("stops before the end of its year", "24 steps", "repeat_week"), 8760,
    ),
    "simbench": Odd(
        "simbench_1.6.3_industrial_commercial_profiles_2016_15min_pu.csv.gz", "G3-H_pload", "2 MW", 2016, 30,
        'mend = { dst = "standard" }',
        ("1 hour skipped, 1 hour met twice", "line 8266", "line 29098"), 17_568,
    ),
}  # fmt: skip


@pytest.fixture(params=list(ODD))
def odd(request) -> Odd:
    return ODD[request.param]


def written(shared: Path, folder: Path, odd: Odd, mended: bool) -> Path:
    folder.mkdir()
    packed = shared / "data" / "load" / odd.file
    (folder / "load.csv").write_bytes(gzip.decompress(packed.read_bytes()))
    mend = f", {odd.mend}" if mended else ""
    asked = {"year": odd.year, "step": odd.step, "column": odd.column, "unit": odd.unit}
    (folder / "park.toml").write_text(PARK.format(mend=mend, **asked), encoding="utf-8")
    return folder


def test_the_trap_is_found_and_refused(shared, odd, tmp_path, capsys):
    folder = written(shared, tmp_path / "park", odd, mended=False)
    assert main(["check", str(folder), "--json"]) == 2
    told = json.dumps(json.loads(capsys.readouterr().out)["faults"], ensure_ascii=False)
    for words in odd.told:
        assert words in told


@pytest.mark.slow
def test_named_the_mend_is_done_told_and_planned(shared, odd, tmp_path):
    folder, out = written(shared, tmp_path / "park", odd, mended=True), tmp_path / "run"
    assert main(["plan", str(folder), "--out", str(out), "--quiet"]) == 0
    results = load(out)
    assert results.summary["status"] == "optimal"
    assert results.summary["audit_ok"]
    assert any("[mended]" in w for w in results.summary["warnings"])
    flows = results.frame("flows", 2025)
    assert flows.height == odd.steps
    drawn = -results.frame("injections", 2025)["electricity|load"].to_numpy()
    assert np.isfinite(drawn).all()
    assert drawn.min() > 0
    energy = results.ledger.filter(pl.col("account") == "energy")["amount"].sum()
    assert energy == pytest.approx(float(bill_of(flows, "grid.import", 2025, ONE_PART, 30).energy), rel=1e-6)
