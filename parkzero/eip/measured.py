"""What a plan or a questionnaire can compute of a criterion, each with the rows it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from parkzero.eip.symbiosis import Symbiosis
from parkzero.inventory.calculate import Inventory
from parkzero.inventory.reading import QUALITY
from parkzero.inventory.toe import energy_toe
from parkzero.results.results import Results
from parkzero.texts import NOTHING, Text, say


@dataclass(frozen=True, slots=True)
class Option:
    """A way to come nearer: what it adds in the criterion's unit, and what it costs [money]."""

    name: str
    gain: float
    cost: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A computed value.

    Attributes:
        value: in the unit of the criterion; yes is 1.
        rows: where it comes from: table and rows of a run, or of the symbiosis.
        year: of the plan; None for a questionnaire.
        later: the value in all years of the plan.
        options: what would bring it nearer, each as a whole.
        price: of one unit more [money/year], by ``way``; None where none is known.
        way: kind of technology that gives it.
        evidence: what shows it, where it is no plan but has happened.
    """

    value: float
    rows: tuple[str, ...]
    year: int | None = None
    later: Mapping[int, float] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    price: float | None = None
    way: str = ""
    evidence: Text = NOTHING


USED = ("generated", "imported", "exported", "fuel_used")
RENEWABLE_KINDS = ("solar", "wind")


def of_plan(results: Results, year: int) -> dict[str, Measured]:
    """What a plan computes for a year: the renewable share of energy, and targets for greenhouse gases."""
    found: dict[str, Measured] = {}
    shares = {y: _energies(results, y) for y in results.year_list}
    later = {y: 100 * green / whole for y, (green, whole) in shares.items() if whole > 0}
    if year in later:
        rows = [f"ledger:{year}:{a}" for a in USED]
        way, price = _cheapest_renewable(results)
        if price is not None:
            price *= shares[year][1] / 100
            rows.append(f"technologies:{way}")
        found["renewable_share"] = Measured(later[year], tuple(rows), year, later, (), price, way)
    caps = results.policies.filter(pl.col("kind").is_in(["emission_cap", "emission_budget"]))
    if caps["year"].n_unique() >= 2:
        rows = [f"policies:{y}:{p}" for y, p in caps.select("year", "policy").iter_rows()]
        found["ghg_targets"] = Measured(1.0, tuple(rows), year)
    return found


def _cheapest_renewable(results: Results) -> tuple[str, float | None]:
    """The renewable source that costs least per energy in the plan [money/MWh]; nothing where it has none."""
    table = results.tables["technologies"].filter(pl.col("kind").is_in(RENEWABLE_KINDS))
    known = table.drop_nulls("levelised").sort("levelised").select("kind", "levelised").rows()
    return (str(known[0][0]), float(known[0][1])) if known else ("", None)


def _energies(results: Results, year: int) -> tuple[float, float]:
    """Renewable electricity generated and fuel used, and all electricity and fuel used, in a year [MWh].

    What is bought from the grid is of its own family, and not counted as renewable.
    """
    family = dict(results.tables["origins"].select("origin", "family").iter_rows())
    rows = results.ledger.filter((pl.col("year") == year) & pl.col("account").is_in(USED))
    green = whole = 0.0
    for account, made_from, amount in rows.select("account", "made_from", "amount").iter_rows():
        whole += -amount if account == "exported" else amount
        if account in ("generated", "fuel_used") and family.get(made_from) == "renewable":
            green += amount
    return min(green, whole), whole


def of_inventory(inventory: Inventory) -> dict[str, Measured]:
    """What an inventory of meters and bills shows: energy under metering, greenhouse gases that fall.

    It has happened, so that it counts as evidence. Of emissions nothing is said unless two years are there
    and the later is below the earlier: whether that is enough reduction, no wording says.
    """
    given, years = inventory.given, inventory.years
    measured = given.activities.filter(pl.col("quality") == QUALITY["measured"])
    whole = energy_toe(given)
    metered = energy_toe(dataclasses.replace(given, activities=measured))
    found: dict[str, Measured] = {}
    sums = [sum(v for (_, year), v in of.items() if year == years[-1]) for of in (metered, whole)]
    if sums[1] > 0:
        share = 100 * sums[0] / sums[1]
        told = say(
            "inventory {name}, {year}: {share:.1f} % of {toe:,.0f} TOE measured by meters",
            name=given.name, year=str(years[-1]), share=share, toe=sums[1],
        )  # fmt: skip
        row = f"inventory:{years[-1]}:activities"
        found["energy_metered"] = Measured(share, (row,), years[-1], evidence=told)
    first, last = (inventory.total(year=year) for year in (years[0], years[-1]))
    if len(years) > 1 and last < first:
        told = say(
            "inventory {name}: {first:,.0f} tCO2e in {start}, {last:,.0f} in {end}",
            name=given.name, first=first, start=str(years[0]), last=last, end=str(years[-1]),
        )  # fmt: skip
        rows = tuple(f"inventory:{year}:total" for year in years)
        found["ghg_targets"] = Measured(1.0, rows, years[-1], evidence=told)
    return found


def of_symbiosis(s: Symbiosis) -> dict[str, Measured]:
    """What chosen links compute: their number, firms that take part, water and waste that is reused."""
    linked = {*s.picked["from"].to_list(), *s.picked["to"].to_list()}
    links = tuple(f"symbiosis.chosen:{a}→{b}" for a, b in s.picked.select("source", "sink").iter_rows())
    spare = s.found.matches.join(s.picked.select("source", "sink"), on=["source", "sink"], how="anti")
    more = tuple(
        Option(f"{a} → {b}", 1.0, max(0.0, -benefit))
        for a, b, benefit in spare.select("source", "sink", "benefit").drop_nulls().head(15).iter_rows()
    )
    found = {
        "symbiosis_links": Measured(float(s.picked.height), links, options=more),
        "symbiosis_firms": Measured(100 * len(linked) / max(len(s.site.tenants), 1), links),
    }
    if s.targets:
        found["heat_targets"] = Measured(1.0, tuple(f"symbiosis.periods:{p}" for p in s.targets))
    waste = {o.key: o.rate * o.hours for o in s.site.offers if o.side == "source" and o.medium == "material"}
    water = {
        o.key: o.rate * o.hours for o in s.site.offers
        if o.side == "source" and o.medium == "water" and o.quality == "wastewater"
    }  # fmt: skip
    for name, all_ in (("waste_reused", waste), ("wastewater_reused", water)):
        used = s.picked.filter(pl.col("source").is_in(list(all_)))
        rows = tuple(f"symbiosis.chosen:{a}→{b}" for a, b in used.select("source", "sink").iter_rows())
        if all_:
            found[name] = Measured(100 * float(used["amount"].sum()) / sum(all_.values()), rows)
    return found
