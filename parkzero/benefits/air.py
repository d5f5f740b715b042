"""Air: sulphur dioxide, nitrogen oxides and fine dust avoided, at the site and at power stations.

Rules:
    burnt       fuel of the plan and of the reference, times the factor of its class of fuel
    bought      electricity imported less exported, times the factor of the national grid
    avoided     reference - plan

Factors of boilers are Tier 1 defaults of the EMEP/EEA guidebook without filters; that of the grid is of its
dated year and held. Fuels whose class is not known are left out and named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from parkzero.benefits.lines import Line, least_sure
from parkzero.books import Entry
from parkzero.books.library import entries
from parkzero.results.results import Results

GJ_PER_MWH = 3.6
POLLUTANTS = {"SO2": ("SOx", "SO2"), "NOx": ("NOx", "NOx"), "PM2.5": ("PM2_5", "PM2_5")}
"""Each with its name in the rows of boilers and in those of the grid."""
CLASSES = {
    "solid": "anthracite coal coking_coal other_bituminous_coal sub_bituminous_coal lignite patent_fuel"
             " brown_coal_briquettes coke gas_coke coke_oven_lignite_coke petroleum_coke",
    "liquid": "diesel diesel_road oil residual_oil fuel_oil other_kerosene jet_kerosene naphtha petrol_road",
    "gaseous": "natural_gas lpg cng lng refinery_gas ethane coke_oven_gas gas_works_gas biogas landfill_gas"
               " sludge_gas natural_gas_liquids",
    "biomass": "wood woodchip biomass other_solid_biomass charcoal rice_husk msw_wood",
}  # fmt: skip
_CLASS_OF = {fuel: name for name, fuels in CLASSES.items() for fuel in fuels.split()}


@dataclass(frozen=True, slots=True)
class Burnt:
    """Fuel used by an asset in a year, in the plan and in the reference [MWh]."""

    year: int
    owner: str
    asset: str
    plan: float
    reference: float


def class_of(results: Results, asset: str) -> str | None:
    """Class of the fuel of an asset: by its name in the study, else by what it is made from."""
    told = results.assumptions.filter(
        (pl.col("section") == "assets") & (pl.col("name") == asset)
        & (pl.col("field") == "emission_factor") & (pl.col("form") == "fuel")
    )["entry"].to_list()  # fmt: skip
    if told:
        return _CLASS_OF.get(told[0])
    made = results.ledger.filter((pl.col("asset") == asset) & (pl.col("account") == "fuel_used"))["made_from"]
    return next((_CLASS_OF[m] for m in made.to_list() if m in _CLASS_OF), None)


def fuel_burnt(results: Results) -> list[Burnt]:
    """Fuel of each asset and year, in the plan and in the reference."""
    keys = ["year", "owner", "asset"]
    plan, reference = (_sums(t, "fuel_used", keys) for t in (results.ledger, results.tables["reference"]))
    both = plan.join(reference, on=keys, how="full", coalesce=True, suffix="_reference").fill_null(0.0)
    return [Burnt(int(y), o or "", a, p, r) for y, o, a, p, r in both.sort(keys).iter_rows()]


def _sums(ledger: pl.DataFrame, account: str, keys: list[str]) -> pl.DataFrame:
    held = ledger.filter(pl.col("account") == account)
    return held.group_by(keys).agg(pl.col("amount").sum())


def unknown_fuels(results: Results) -> list[str]:
    """Assets whose fuel has no class: what they emit is not counted."""
    return sorted({b.asset for b in fuel_burnt(results) if class_of(results, b.asset) is None})


def air(results: Results) -> Iterator[Line]:
    """Pollutants avoided [t/year], by year, owner and technology."""
    classes: dict[str, str | None] = {}
    for b in fuel_burnt(results):
        name = classes.setdefault(b.asset, class_of(results, b.asset))
        for what, (row, _) in POLLUTANTS.items():
            if name is not None and (factor := _newest(f"air.boiler_{name}.{row}")) is not None:
                tonnes = (b.reference - b.plan) * GJ_PER_MWH * factor.value * 1e-6
                rows = (factor.key, f"ledger:{b.year}:{b.asset}", f"reference:{b.year}:{b.asset}")
                yield Line(b.year, b.owner, f"fuel.{name}", what, "site", tonnes, tonnes, tonnes, "t", rows,
                           least_sure([factor]))  # fmt: skip
    yield from _grid(results)


def bought(results: Results) -> Iterator[tuple[int, str, float]]:
    """Electricity imported less exported that the plan avoids, by year and owner [MWh]."""
    keys = ["year", "owner"]
    sums = {}
    for name, ledger in (("plan", results.ledger), ("reference", results.tables["reference"])):
        net = ledger.filter(pl.col("account").is_in(["imported", "exported"])).with_columns(
            pl.when(pl.col("account") == "exported").then(-pl.col("amount")).otherwise(pl.col("amount"))
        )
        sums[name] = net.group_by(keys).agg(pl.col("amount").sum())
    both = sums["plan"].join(sums["reference"], on=keys, how="full", coalesce=True, suffix="_reference")
    for year, owner, plan, reference in both.fill_null(0.0).sort(keys).iter_rows():
        yield int(year), owner or "", reference - plan


def _grid(results: Results) -> Iterator[Line]:
    for year, owner, avoided in bought(results):
        for what, (_, row) in POLLUTANTS.items():
            factor = _newest(f"air.grid_vn.{row}")
            if factor is not None:
                tonnes = avoided * factor.value * 1e-3  # g/kWh is kg/MWh
                rows = (factor.key, f"ledger:{year}:imported", f"reference:{year}:imported")
                yield Line(year, owner, "grid", what, "power_stations", tonnes, tonnes, tonnes, "t", rows,
                           least_sure([factor]))  # fmt: skip


def _newest(key: str) -> Entry | None:
    held = [e for e in entries(key) if e.key == key]
    return held[-1] if held else None
