"""Water: consumed at power stations for what is bought; withdrawn and reused on the site where it has buses.

A plan that buys less electricity leaves water at power stations; photovoltaics need a little for cleaning.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from parkzero.benefits.air import _newest, bought
from parkzero.benefits.lines import Line
from parkzero.results.results import Results

WATERS = ("raw_water", "clean_water", "pure_water", "reused_water", "wastewater")


def water(results: Results) -> Iterator[Line]:
    """Water saved, withdrawn and reused [m3/year]."""
    factor, cleaning = _newest("water.grid_vn"), _newest("water.consumption.pv")
    if factor is not None:
        for year, owner, avoided in bought(results):
            rows = (factor.key, f"ledger:{year}:imported", f"reference:{year}:imported")
            amount = avoided * factor.value  # L/kWh is m3/MWh
            yield _line(year, owner, "grid", "water_saved", "power_stations", amount, rows, factor.confidence)
    if cleaning is not None:
        suns = results.ledger.filter((pl.col("account") == "generated") & (pl.col("made_from") == "solar"))
        sums = suns.group_by("year", "owner").agg(pl.col("amount").sum()).sort("year")
        for year, owner, mwh in sums.iter_rows():
            of = cleaning.key, f"ledger:{year}:generated:solar"
            amount = -mwh * cleaning.value
            yield _line(
                int(year), owner or "", "solar", "water_saved", "site", amount, of, cleaning.confidence
            )
    yield from _on_site(results)


def _line(
    year: int, owner: str, kind: str, what: str, place: str, amount: float, rows: tuple[str, ...], sure: str
) -> Line:
    return Line(year, owner, kind, what, place, amount, amount, amount, "m3", rows, sure)


def _on_site(results: Results) -> Iterator[Line]:
    """What is bought into, and what is treated into, the water buses of the study."""
    carriers = dict(results.buses.select("bus", "carrier").iter_rows())
    waters = {bus for bus, carrier in carriers.items() if carrier in WATERS}
    if not waters:
        return
    owners = {a: (o or "", k) for a, o, k in results.components.select("asset", "owner", "kind").iter_rows()}
    for year in results.year_list:
        frame = results.frame("injections", year)
        scale = results.years.filter(pl.col("year") == year).row(0, named=True)
        hours = float(scale["hours"] * scale["scale"])
        for name in frame.columns:
            asset, _, bus = name.partition("@")
            kind = owners.get(asset, ("", ""))[1]
            if bus not in waters or kind not in ("purchase", "treatment"):
                continue
            amount = float(frame[name].clip(lower_bound=0.0).sum()) * hours
            reused = kind == "treatment" and carriers[bus] == "reused_water"
            if kind == "purchase" or reused:
                what = "water_reused" if reused else "water_withdrawn"
                rows = (f"injections:{year}:{name}",)
                yield _line(year, owners[asset][0], kind, what, "site", amount, rows, "D")
