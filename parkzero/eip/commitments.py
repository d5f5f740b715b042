"""Commitments: a plan's pathway against what the country, the world and the city promise, year by year.

Measures:
    net_zero                    net emissions, at most a straight line from the first year to nothing
    below_reference             net emissions, at most the reference's less a share
    below_first_year            net emissions, at most the first year's less a share
    net_emissions               net emissions [t], at most a value
    renewable_electricity       renewable electricity of one's own of all that is used [%], at least
    renewable_capacity_factor   standing renewable power against the first year's, at least
    efficiency_rate             yearly fall of energy used for the same service [%], at least

What is missing is told in tonnes, megawatt-hours or megawatts, and what it would cost at prices of the plan
itself: a tonne at the study's price of offsets, or at the price of its cap where that binds; a megawatt-hour
at the levelised cost of its cheapest renewable source. Where the plan knows no price, no cost is told.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl

from parkzero.books import Entry
from parkzero.eip.costs import annuity
from parkzero.eip.frameworks import newest
from parkzero.eip.measured import _cheapest_renewable
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.results.results import Results
from parkzero.tables import read_csv_safely
from parkzero.texts import Both, data, listed, say

MEASURES = {
    "net_zero": "t", "below_reference": "t", "below_first_year": "t", "net_emissions": "t",
    "renewable_electricity": "%", "renewable_capacity_factor": "1", "efficiency_rate": "%/year",
}  # fmt: skip
COLUMNS = (
    "id", "measure", "year", "book", "value", "support", "en", "vi", "document", "confidence", "note",
    "note_vi",
)  # fmt: skip
AT_MOST = ("net_zero", "below_reference", "below_first_year", "net_emissions")


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise: what is measured, by when, how much, and who says so."""

    key: str
    measure: str
    year: int
    value: float
    support: bool
    text: Both
    source: str
    row: str
    confidence: str
    note: Both


@dataclass(frozen=True, slots=True)
class Step:
    """A year of the pathway against a commitment.

    Attributes:
        year: milestone.
        due: whether the commitment holds in the year itself; before, it is the way to it.
        value, target: in the measure's unit.
        missing: what is lacking in ``unit``: t, MWh or MW; zero where nothing is.
        cost: of closing it for the year [money]; None where the plan knows no price.
        price_row: what the price comes from.
        rows: of the run.
    """

    year: int
    due: bool
    value: float
    target: float
    missing: float
    unit: str
    cost: float | None
    price_row: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A commitment with its steps; none where the run cannot say.

    Attributes:
        commitment: the promise.
        steps: of all milestones to its year.
        kept: in its year; None where it cannot be said.
        support_saving: what concessional finance of the plan's investment would save [money/year].
    """

    commitment: Commitment
    steps: tuple[Step, ...]
    kept: bool | None
    support_saving: float | None


def shipped() -> tuple[Commitment, ...]:
    """The commitments that ship; values from the books."""
    text = resources.files("parkzero.eip").joinpath("data", "commitments.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        held = newest_in(row["book"], int(row["year"]))
        value = float(row["value"]) if row["value"] else held.value if isinstance(held, Entry) else 0.0
        found.append(Commitment(
            row["id"], row["measure"], int(row["year"]), value, row["support"] == "yes",
            Both(row["vi"], row["en"]), held.source if held else "", row["book"],
            held.confidence if held else "M", Both(row["note_vi"], row["note"]),
        ))  # fmt: skip
    return tuple(found)


def newest_in(key: str, year: int) -> Any:  # noqa: ANN401
    """The row of a key that holds in a year, else the newest."""
    from parkzero.books.library import entries

    rows = [e for e in entries(key) if e.key == key]
    inside = [e for e in rows if e.valid_from and e.valid_from.year == year]
    return inside[-1] if inside else newest(key)


def read_commitments(path: Path) -> tuple[Commitment, ...]:
    """A city's or a company's own commitments from a CSV file; each needs its document.

    Raises:
        StudyError: with every fault.
    """
    table = read_csv_safely(path)
    faults: list[Fault] = []
    for column in ("id", "measure", "year", "value", "document"):
        if column not in table.columns:
            faults.append(
                Fault(Place(file=path.name, field=column), say("lacks a column"), needs=listed(COLUMNS))
            )
    if faults:
        raise StudyError(faults, title=data(path.name))
    found = []
    for line, *cells in zip(table.lines, *table.columns.values(), strict=True):
        row = {**dict.fromkeys(COLUMNS, ""), **dict(zip(table.columns, cells, strict=True))}
        place = Place(file=path.name, line=line, field=row["id"])
        if row["measure"] not in MEASURES:
            hint = did_you_mean(row["measure"], MEASURES)
            faults.append(
                Fault(place, say("has a measure that is not known"), row["measure"], listed(MEASURES), hint)
            )
        if not row["document"]:
            faults.append(Fault(place, say("is a commitment without a source"), needs=say("a document")))
        if not (row["year"].isdigit() and _float(row["value"])):
            got = f"{row['year']}, {row['value']}"
            faults.append(Fault(place, say("has a year or a value that is no number"), got, say("a number")))
            continue
        en = row["en"] or row["id"]
        found.append(Commitment(
            row["id"], row["measure"], int(row["year"]), float(row["value"]), row["support"] == "yes",
            Both(row["vi"] or en, en), row["document"], "", row["confidence"] or "S",
            Both(row["note_vi"] or row["note"], row["note"]),
        ))  # fmt: skip
    if faults:
        raise StudyError(faults, title=data(path.name))
    return tuple(found)


def _float(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def hold(
    results: Results, commitments: Sequence[Commitment], support_rate: float | None = None
) -> tuple[Held, ...]:
    """A run against commitments.

    Args:
        results: the run.
        commitments: what is promised.
        support_rate: real rate of concessional finance, for those with international support.
    """
    return tuple(_held(results, c, support_rate) for c in commitments)


def _held(results: Results, c: Commitment, support_rate: float | None) -> Held:
    years = [y for y in results.year_list if y <= c.year]
    # Between milestones a plan stands as at the last one; a promise of a year that is none is asked there.
    asked = [*years, *([c.year] if years and years[-1] != c.year else [])]
    steps = []
    for year in asked:
        milestone = max(y for y in years if y <= year)
        if (step := _step(results, c, year, milestone)) is not None:
            steps.append(step)
    kept = steps[-1].missing <= 1e-6 * max(1.0, abs(steps[-1].target)) if steps else None
    saving = _support(results, support_rate) if c.support and support_rate is not None else None
    return Held(c, tuple(steps), kept, saving)


def _step(results: Results, c: Commitment, year: int, milestone: int) -> Step | None:
    first = results.year_list[0]
    if c.measure in AT_MOST:
        value, rows = net(results, milestone), (f"ledger:{milestone}:scope1,scope2,offset_mass",)
        target = _most(results, c, year, milestone, first)
        if target is None:
            return None
        missing = max(0.0, value - target)
        # What rounding leaves beside today's emissions is nothing.
        missing = missing if missing > 1e-6 * max(1.0, net(results, first)) else 0.0
        price, row = _tonne(results, milestone)
        cost = None if price is None else missing * price
        return Step(year, year == c.year, value, target, missing, "t", cost, row, rows)
    if c.measure == "renewable_electricity":
        green, used = _electricity(results, milestone)
        if used <= 0:
            return None
        missing = max(0.0, c.value / 100 * used - green)
        way, price = _cheapest_renewable(results)
        return Step(year, year == c.year, 100 * green / used, c.value, missing, "MWh",
                    None if price is None else missing * price, f"technologies:{way}" if way else "",
                    (f"ledger:{milestone}:generated,imported,exported",))  # fmt: skip
    if c.measure == "renewable_capacity_factor":
        now, then = (_renewable_power(results, y) for y in (milestone, first))
        if then <= 0:
            return None
        return Step(year, year == c.year, now / then, c.value, max(0.0, c.value * then - now), "MW", None, "",
                    (f"sizes:{milestone}:solar,wind", f"sizes:{first}:solar,wind"))  # fmt: skip
    return _efficiency(results, c, year, milestone, first)


def _most(results: Results, c: Commitment, year: int, milestone: int, first: int) -> float | None:
    """Most net emissions that a commitment leaves in a year [t]."""
    if c.measure == "net_zero":
        return net(results, first) * max(0.0, (c.year - year) / (c.year - first)) if c.year > first else 0.0
    if c.measure == "below_reference":
        reference = results.tables["reference"]
        if reference.is_empty():
            return None
        whole = _sum(reference, milestone, "scope1", "scope2")
        return whole * (1 - c.value / 100) if year == c.year else whole
    if c.measure == "below_first_year":
        return net(results, first) * (1 - c.value / 100 * (year - first) / max(c.year - first, 1))
    return c.value if year == c.year else math.inf


def _efficiency(results: Results, c: Commitment, year: int, milestone: int, first: int) -> Step | None:
    if milestone == first:
        return None
    use, before = _intensity(results, milestone), _intensity(results, first)
    if use is None or before is None:
        return None
    rate = 100 * (1 - (use[0] / before[0]) ** (1 / (milestone - first)))
    allowed = before[0] * (1 - c.value / 100) ** (milestone - first) * use[1]
    missing = max(0.0, use[0] * use[1] - allowed)
    rows = tuple(
        f"ledger:{y}:generated,imported,exported,fuel_used,consumed,heat_supplied" for y in (first, milestone)
    )
    return Step(year, year == c.year, rate, c.value, missing, "MWh", None, "", rows)


def net(results: Results, year: int) -> float:
    """Net emissions of a year: scope 1 and 2 less offsets [t]."""
    return _sum(results.ledger, year, "scope1", "scope2") - _sum(results.ledger, year, "offset_mass")


def _sum(ledger: pl.DataFrame, year: int, *accounts: str) -> float:
    held = ledger.filter((pl.col("year") == year) & pl.col("account").is_in(list(accounts)))
    return float(held["amount"].sum())


def _electricity(results: Results, year: int) -> tuple[float, float]:
    """Renewable electricity generated, and electricity used [MWh]."""
    family = dict(results.tables["origins"].select("origin", "family").iter_rows())
    made = results.ledger.filter((pl.col("year") == year) & (pl.col("account") == "generated"))
    green = sum(a for m, a in made.select("made_from", "amount").iter_rows() if family.get(m) == "renewable")
    used = _sum(results.ledger, year, "generated", "imported") - _sum(results.ledger, year, "exported")
    return float(green), used


def _renewable_power(results: Results, year: int) -> float:
    held = results.sizes.filter(
        (pl.col("year") == year) & (pl.col("size") == "power") & pl.col("kind").is_in(["solar", "wind"])
    )
    return float(held["standing"].sum())


def _intensity(results: Results, year: int) -> tuple[float, float] | None:
    """Energy used per service, and the service: electricity demanded and heat supplied [1, MWh]."""
    used = _sum(results.ledger, year, "generated", "imported", "fuel_used") - _sum(
        results.ledger, year, "exported"
    )
    demanded = results.ledger.filter(
        (pl.col("year") == year)
        & (pl.col("kind") == "electricity_demand")
        & (pl.col("account") == "consumed")
    )
    service = float(demanded["amount"].sum()) + _sum(results.ledger, year, "heat_supplied")
    return (used / service, service) if service > 0 and used > 0 else None


def _tonne(results: Results, year: int) -> tuple[float | None, str]:
    """What a tonne less would cost in a year [money/t]: an offset, or the price of a cap that binds."""
    for asset, fields in (
        results.components.filter(pl.col("kind") == "offset").select("asset", "fields").iter_rows()
    ):
        price = json.loads(fields).get("price", {})
        by_year = {int(y): float(v) for y, v in price.get("years", {}).items()}
        if by_year or "value" in price:
            near = max((y for y in by_year if y <= year), default=min(by_year, default=0))
            return (by_year[near] if by_year else float(price["value"])), f"components:{asset}"
    binds = results.policies.filter(
        (pl.col("year") == year) & (pl.col("kind") == "emission_cap") & pl.col("binds")
    )
    if binds.height:
        row = binds.row(0, named=True)
        return float(row["price"]), f"policies:{year}:{row['policy']}"
    return None, ""


def _support(results: Results, rate: float) -> float | None:
    """What concessional finance of all investment saves a year, over twenty years [money/year]."""
    whole = results.tables["savings"].filter(pl.col("owner") == "*")
    if whole.is_empty():
        return None
    money, own = float(whole["investment"][0]), float(results.study["rate"])
    return money * (annuity(own, 20.0) - annuity(rate, 20.0))


def plain(held: Sequence[Held]) -> list[dict[str, Any]]:
    """Commitments as JSON; each with its row, and each step with the rows of the run."""
    return [
        {
            "id": h.commitment.key, "en": h.commitment.text.en, "vi": h.commitment.text.vi,
            "measure": h.commitment.measure, "unit": MEASURES[h.commitment.measure],
            "year": h.commitment.year,
            "value": h.commitment.value, "support": h.commitment.support, "source": h.commitment.source,
            "row": h.commitment.row or None, "confidence": h.commitment.confidence,
            "note": h.commitment.note.en,
            "kept": h.kept, "support_saving": h.support_saving,
            "steps": [
                {"year": s.year, "due": s.due, "value": s.value,
                 "target": s.target if math.isfinite(s.target) else None, "missing": s.missing,
                 "unit": s.unit, "cost": s.cost, "price_row": s.price_row or None, "rows": list(s.rows)}
                for s in h.steps
            ],
        }
        for h in held
    ]  # fmt: skip
