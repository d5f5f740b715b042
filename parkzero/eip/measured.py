"""What a plan or a questionnaire can compute of a criterion, each with the rows it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from parkzero.eip.symbiosis import Symbiosis
from parkzero.results.results import Results


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
    """

    value: float
    rows: tuple[str, ...]
    year: int | None = None
    later: Mapping[int, float] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    price: float | None = None
    way: str = ""


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
