"""The steel plant's base year beside bills reckoned apart: a loop, a calendar, and the rates as printed."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from decimal import Decimal

import polars as pl
import pytest

import parkzero
from parkzero.study import read
from tests.bills import block_of

pytestmark = pytest.mark.shared

METER = "load/uci_steel_daewoo_gwangyang_2018_15min.csv.gz"
# Decision 1279/QĐ-BCT, manufacturing from 22 to under 110 kV, in force from 10 May 2025 [VND/kWh].
RATES = {"normal": Decimal(1833), "peak": Decimal(3398), "offpeak": Decimal(1190)}
PARK = """
format = 2
name = "Steel and its bills"
[park]
currency = "VND"
calendar_year = 2018
step = "15 min"
[years]
milestones = [2025]
[money]
discount_rate = "8 %"
base_year = 2025
[tenants.steel]
name = "Steel"
paid = { bills = "paid.csv", year = 2025, vat = "8 %" }
[buses.electricity]
carrier = "electricity"
tenant = "steel"
[assets.load]
kind = "electricity_demand"
owner = "steel"
bus = "electricity"
load = { file = "steel.csv", column = "Usage_kWh", year = 2018, mend = { midnight = "move" } }
[assets.grid]
kind = "grid"
owner = "steel"
bus = "electricity"
price = { tariff = "manufacturing.22_110kV", schedule = "auto" }
demand_minutes = 30
emission_factor = "0.66 tCO2/MWh"
"""


def test_the_base_year_is_the_bill_reckoned_apart(shared, tmp_path):
    text = gzip.decompress((shared / "data" / METER).read_bytes())
    (tmp_path / "steel.csv").write_bytes(text)
    (tmp_path / "park.toml").write_text(PARK, encoding="utf-8")
    rows = list(csv.DictReader(text.decode("utf-8-sig").splitlines()))
    kwh = {(m, b): Decimal(0) for m in range(1, 13) for b in RATES}
    halves: dict[tuple[int, int], Decimal] = {}
    for n, row in enumerate(rows):  # row n is quarter hour n of the year, whatever its stamp says
        at = dt.datetime(2018, 1, 1) + dt.timedelta(minutes=15 * n)
        energy = Decimal(row["Usage_kWh"])
        kwh[at.month, block_of(at, 2025)] += energy
        halves[at.month, n // 2] = halves.get((at.month, n // 2), Decimal(0)) + energy
    cost = {m: sum(kwh[m, b] * RATES[b] for b in RATES) for m in range(1, 13)}
    peak = {m: 2 * max(v for (month, _), v in halves.items() if month == m) for m in range(1, 13)}
    energy_head = "Tháng,Bình thường (kWh),Cao điểm (kWh),Thấp điểm (kWh)"
    head = f"{energy_head},Tiền trước thuế (VND),Thuế GTGT (VND),Công suất cực đại (kW)"
    lines = [
        ",".join(str(v) for v in (m, *(kwh[m, b] for b in RATES), cost[m], cost[m] * 8 / 100, peak[m]))
        for m in range(1, 13)
    ]
    (tmp_path / "paid.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")

    results = parkzero.plan(read(tmp_path), method="monolith", gap=1e-6).results
    found = results.tables["bills"].sort("month")
    assert found.height == 12
    for name in ("normal", "peak", "offpeak", "kwh", "cost", "vat", "kw"):
        model, paid = found[f"model_{name}"].to_list(), found[f"paid_{name}"].to_list()
        assert model == pytest.approx(paid, rel=1e-6), name
    by_hand = [float(cost[m]) for m in range(1, 13)]
    assert found["model_cost"].to_list() == pytest.approx(by_hand, rel=1e-6)
    booked = results.tables["reference"].filter(pl.col("account") == "energy")["amount"].sum()
    assert booked == pytest.approx(float(sum(cost.values())), rel=1e-6)
    # Until 9 May 2025 other rates were in force: the bills above are at those of now, and that is told.
    (told,) = results.summary["bills"]["tenants"]
    assert told["share"] == pytest.approx(0, abs=1e-6)
    assert told["parts"]["tariff"] == pytest.approx(-told["parts"]["prices"], rel=1e-4)
