"""What a measure really earns, side by side: energy, allowances, border adjustment, scope 2, credits.

The columns are not added up: they are of different money, for different actors, and some exclude one another.
Solar power lowers neither the duty of the emission trading, which counts direct emissions, nor the border
adjustment of a steel maker.

Symbols:
    p[b,t]      price of a bus in a step [money/MWh]
    q[a,b,t]    what a measure gives to a bus, negative where it takes [MW]
    E1[o]       direct emissions of an owner, in the reference and in the plan [t]
    f           emissions of a megawatt-hour bought in the year [t/MWh]

Rules:
    energy      sum over buses and steps of p q hours
    direct      E1 of the reference less E1 of the plan, to an owner's measures by the heat that they give
    electricity sum over electric buses of q hours, times f
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import polars as pl

from parkzero.books import BookError, Entry, Statement
from parkzero.books.library import shelf, shipped
from parkzero.results import Results

Verdict = Literal["attributes", "quota", "none"]
_LEAST: Final = 1e-6
_RENEWABLE: Final = ("solar", "wind", "hydro", "biomass", "biogas", "renewable_fuels")
INCENTIVES: Final = {
    "solar": ("cit.re_generation.rate", "cit.re_generation.holiday", "rooftop.surplus_sale_cap"),
    "wind": ("cit.re_generation.rate", "cit.re_generation.holiday"),
    "battery": ("depreciation.bess",),
}
"""Rows of the books that favour a kind."""


@dataclass(frozen=True, slots=True)
class Earned:
    """What the measures of one kind earn in a year.

    Attributes:
        kind: of the measures; empty of direct emissions that no measure accounts for.
        energy: value of what they give less what they take, at the plan's prices [money].
        direct: direct emissions avoided [t]; None without a reference.
        ets: value of that under the emission trading, for a facility with a quota [VND]; None without a
            price.
        cbam: value of that under the border adjustment, if all goods are exported to the EU [EUR].
        electricity: emissions of electricity avoided, by location [t].
        attributes: renewable electricity that may serve one claim [MWh].
        verdict: whether credits may be asked for: for attributes that serve no other claim, for direct
            reductions where there is no quota, or for none.
        incentives: rows that favour the kind in the year.
    """

    kind: str
    energy: float
    direct: float | None
    ets: float | None
    cbam: float | None
    electricity: float
    attributes: float
    verdict: Verdict
    incentives: tuple[Entry, ...]

    @property
    def electric_only(self) -> bool:
        """Whether it avoids emissions of electricity alone: neither duty nor border adjustment falls."""
        return self.attributes > 0 and not self.direct


@dataclass(frozen=True, slots=True)
class Earnings:
    """What all measures earn in a year.

    Attributes:
        year: milestone year.
        rows: by kind, most energy first.
        ets_price: last price of an allowance [VND/t].
        cbam_price: last price of a certificate [EUR/t].
        rules: that only direct emissions count, and for which goods electricity does.
    """

    year: int
    rows: tuple[Earned, ...]
    ets_price: Entry
    cbam_price: Entry
    rules: tuple[Statement, Statement]


def earnings(results: Results, year: int | None = None) -> Earnings:
    """What the measures of a plan earn.

    Args:
        results: of the plan.
        year: milestone year; the last one by default.
    """
    chosen = results.year_list[-1] if year is None else year
    ets, cbam = shelf("carbon_rules").series("ets.price")[-1], shelf("cbam").series("cbam.price")[-1]
    measures = _measures(results, chosen)
    given = _given(results, chosen, measures)
    direct = _direct(results, chosen, measures, given)
    factor = _factor(results, chosen)
    clean = _clean(results, chosen)
    kinds = list(dict.fromkeys(kind for kind, _ in measures.values()))
    rows = [
        _earned(
            kind,
            [a for a, (k, _) in measures.items() if k == kind],
            given,
            direct,
            factor,
            clean,
            chosen,
            (ets, cbam),
        )
        for kind in kinds
    ]
    rows.sort(key=lambda row: -row.energy)
    if direct is not None and abs(direct.get("", 0.0)) > _LEAST:
        rows.append(
            Earned("", 0.0, direct[""], direct[""] * ets.value, direct[""] * cbam.value, 0.0, 0.0, "none", ())
        )
    statements = shipped().statements
    return Earnings(
        chosen, tuple(rows), ets, cbam, (statements["ets.scope"][-1], statements["cbam.scope"][-1])
    )


def _earned(
    kind: str,
    assets: list[str],
    given: Mapping[str, tuple[float, float, float]],
    direct: Mapping[str, float] | None,
    factor: float,
    clean: Mapping[str, float],
    year: int,
    prices: tuple[Entry, Entry],
) -> Earned:
    energy, electricity = (sum(given[a][i] for a in assets) for i in (0, 1))
    tonnes = None if direct is None else sum(direct.get(a, 0.0) for a in assets)
    attributes = sum(clean.get(a, 0.0) for a in assets)
    verdict: Verdict = "attributes" if attributes > 0 else "quota" if tonnes else "none"
    return Earned(
        kind,
        energy,
        tonnes,
        None if tonnes is None else tonnes * prices[0].value,
        None if tonnes is None else tonnes * prices[1].value,
        electricity * factor,
        attributes,
        verdict,
        tuple(_incentives(kind, year)),
    )


def _measures(results: Results, year: int) -> dict[str, tuple[str, str]]:
    """Kind and owner of each asset of which the plan has built something by a year."""
    sizes = results.sizes.filter((pl.col("year") <= year) & (pl.col("built") > _LEAST))
    rows = sizes.select("asset", "kind", "owner").unique(maintain_order=True).iter_rows()
    return {asset: (kind, owner or "") for asset, kind, owner in rows}


def _given(
    results: Results, year: int, measures: Mapping[str, object]
) -> dict[str, tuple[float, float, float]]:
    """Value [money], electricity and heat [MWh] of each measure, less what it takes of the first two."""
    span = results.years.filter(pl.col("year") == year)
    hours = float(span["hours"][0]) * float(span["scale"][0])
    carriers = dict(zip(results.buses["bus"], results.buses["carrier"], strict=True))
    flows, prices = results.frame("injections", year), results.frame("prices", year)
    found = {asset: [0.0, 0.0, 0.0] for asset in measures}
    for column in flows.columns:
        bus, _, asset = column.partition("|")
        if asset not in found:
            continue
        rate = flows[column].to_numpy() * hours
        if bus in prices.columns:
            found[asset][0] += float(np.dot(rate, prices[bus].to_numpy()))
        carrier = carriers.get(bus, "")
        if carrier == "electricity":
            found[asset][1] += float(rate.sum())
        elif carrier != "fuel":
            found[asset][2] += float(np.maximum(rate, 0.0).sum())
    return {asset: (v[0], v[1], v[2]) for asset, v in found.items()}


def _direct(
    results: Results,
    year: int,
    measures: Mapping[str, tuple[str, str]],
    given: Mapping[str, tuple[float, float, float]],
) -> dict[str, float] | None:
    """Direct emissions that each measure avoids [t], and under "" those that none accounts for."""
    reference = results.tables["reference"]
    if reference.is_empty():
        return None
    fossil = _fossil(results)
    avoided = _scope1(reference, year)
    for owner, tonnes in _scope1(results.ledger, year).items():
        avoided[owner] = avoided.get(owner, 0.0) - tonnes
    found = {"": 0.0}
    for owner, tonnes in avoided.items():
        own = {
            a: given[a][2]
            for a, (_, o) in measures.items()
            if o == owner and a not in fossil and given[a][2] > 0
        }
        whole = sum(own.values())
        if whole <= 0:
            found[""] += tonnes
            continue
        for asset, heat in own.items():
            found[asset] = found.get(asset, 0.0) + tonnes * heat / whole
    return found


def _scope1(ledger: pl.DataFrame, year: int) -> dict[str, float]:
    rows = ledger.filter((pl.col("year") == year) & (pl.col("account") == "scope1"))
    sums = rows.group_by("owner", maintain_order=True).agg(pl.col("amount").sum())
    return {owner or "": float(tonnes) for owner, tonnes in sums.iter_rows()}


def _fossil(results: Results) -> set[str]:
    """Assets that burn what is fossil."""
    table, origins = results.components, results.tables["origins"]
    families = dict(zip(origins["origin"], origins["family"], strict=True))
    if "made_from" not in table.columns:
        return set()
    return {
        a
        for a, o in zip(table["asset"], table["made_from"], strict=True)
        if families.get(o or "") == "fossil"
    }


def _factor(results: Results, year: int) -> float:
    """Emissions of a megawatt-hour bought in a year [t/MWh]; 0 where none is bought."""
    own = results.ledger.filter(pl.col("year") == year)
    emitted, bought = (
        float(own.filter(pl.col("account") == a)["amount"].sum()) for a in ("scope2", "imported")
    )
    return emitted / bought if bought > 0 else 0.0


def _clean(results: Results, year: int) -> dict[str, float]:
    """Renewable electricity by asset [MWh]."""
    rows = results.ledger.filter(
        (pl.col("year") == year) & (pl.col("account") == "generated") & pl.col("made_from").is_in(_RENEWABLE)
    )
    return {a: float(mwh) for a, mwh in rows.group_by("asset").agg(pl.col("amount").sum()).iter_rows()}


def _incentives(kind: str, year: int) -> list[Entry]:
    """Rows that favour a kind and hold in a year."""
    found = []
    for key in INCENTIVES.get(kind, ()):
        try:
            found.append(shelf("rules").find(key, date(year, 1, 1)))
        except BookError:
            continue
    return found
