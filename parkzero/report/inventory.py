"""The statement of an inventory: its tables and charts, as Form 06 asks for them and beyond."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from parkzero.books.vietnamese import cited
from parkzero.carbon.earnings import earnings
from parkzero.charts import About, Layer, ranked, stacked_bars
from parkzero.charts.bars import Bar, visible
from parkzero.inventory.allocation import METHOD_WORDS
from parkzero.inventory.sources import words_of
from parkzero.inventory.statement import Statement
from parkzero.inventory.uncertainty import Uncertainty
from parkzero.report.document import Cell, Document, Drawing, Table
from parkzero.report.facts import Facts
from parkzero.report.numbers import number
from parkzero.report.words import Both, both, say
from parkzero.results import Results

COLOURS = {1: "#3b3b3b", 2: "#e69f00", 3: "#56b4e9"}
_QUALITY = ("unsaid", "measured", "invoiced", "calculated", "estimated", "assumed")
MOST_BARS = 12


def document_of(statement: Statement, results: Results | None = None) -> Document:
    """The statement as tables and charts.

    Args:
        statement: the statement.
        results: of the plan that it was made from, for the measures of its mitigation plan.
    """
    inventory = statement.inventory
    years = ", ".join(str(y) for y in inventory.years)
    gwp = inventory.gwp.words
    subtitle = say("statement.subtitle", name=inventory.given.name, years=years, gwp=gwp.both())
    parts: list[Table | Drawing] = [
        _by_scope(statement),
        _categories(statement),
        *_ranked(statement),
        *_law(statement),
        _summary(statement),
        *_by_place(statement),
        _gases(statement),
        _activities(statement),
        _factors(statement),
        *_market(statement),
        *_allocated(statement),
        _uncertainty(statement),
        _quality(statement),
        *_base(statement),
        *_restated(statement),
        *(_mitigation(results) if results is not None else ()),
    ]
    return Document(say("statement.title"), subtitle, list(inventory.notes), parts)


def _head(*names: str) -> list[Both | str]:
    return [say(f"statement.{name}") for name in names]


def _name(statement: Statement, facility: str) -> str:
    return str((statement.inventory.facilities.get(facility) or {}).get("name") or facility)


def _law(statement: Statement) -> list[Table]:
    """Where each facility stands in law, and what it owes."""
    rows: list[list[Cell]] = []
    for standing in statement.standings:
        first, *others = (sentence.both() for sentence in standing.sentences)
        told = first
        for more in others:
            told = told + ". " + more
        rows.append([_name(statement, standing.facility), told])
    if not rows:
        return []
    day = Both(f"{statement.day:%d/%m/%Y}", statement.day.isoformat())
    return [Table("law", say("statement.law_on", day=day), _head("facility", "what"), rows, 2)]


COLUMNS = ("scope1", "scope2", "market", "scope3")


def consolidated(statement: Statement, column: str = "", name: str = "") -> list[dict[str, Any]]:
    """Sums by year of all facilities, or of those of a park or zone: each tonne once.

    What a utility passes on within the group stands in its own scope 1 and 2, so that the takers' share of it
    is left out of the sum of scope 2.
    """
    inventory = statement.inventory
    inside = {
        f for f in statement.summary["facility"]
        if not column or str((inventory.facilities.get(f) or {}).get(column) or "") == name
    }  # fmt: skip
    found = []
    for year in inventory.years:
        own = statement.summary.filter((pl.col("year") == year) & pl.col("facility").is_in(list(inside)))
        sums = {c: float(own[c].sum()) for c in own.columns if own.schema[c] == pl.Float64}
        twice = [
            a for a in statement.allocated
            if a.year == year and a.passed_on and {a.utility, a.taker} <= inside
        ]  # fmt: skip
        sums["scope2"] -= math.fsum(a.co2e for a in twice)
        sums["market"] -= math.fsum(a.market for a in twice)
        sums["shared"] -= math.fsum(a.co2e for a in twice)
        found.append({**sums, "year": year})
    return found


def _summary(statement: Statement) -> Table:
    told = [{**row, "name": _name(statement, row["facility"])} for row in statement.summary.to_dicts()]
    if len(statement.inventory.facilities or told) > 1:
        told += [{**row, "name": say("word.sum")} for row in consolidated(statement)]
    shared = ("shared", "passed_on") if any(a.passed_on for a in statement.allocated) else ()
    last = ("biogenic", "outside", "toe", *shared)
    rows: list[list[Cell]] = [
        [
            row["name"], row["year"], *(row[c] for c in COLUMNS), row["scope1"] + row["scope2"],
            *(row[c] for c in last),
        ]
        for row in told
    ]  # fmt: skip
    head = _head("facility", "year", *COLUMNS, "both", *last)
    note = say("statement.shared_note") if shared else say("statement.summary_note")
    return Table("summary", say("statement.summary"), head, rows, 1, note, 5)


def _by_scope(statement: Statement) -> Drawing:
    years = statement.inventory.years
    layers = []
    for scope, colour in COLOURS.items():
        values = tuple(statement.inventory.total(year=y, scope=scope) for y in years)
        layers.append(Layer(say(f"statement.scope{scope}"), colour, values))
    about = About(say("statement.by_scope"), say("statement.tonnes"), say("statement.chart_source"))
    return Drawing("scopes", stacked_bars(about, [str(y) for y in years], visible(layers)))


def _by_place(statement: Statement) -> list[Table]:
    """Emissions by park and zone, where facilities say theirs."""
    found = []
    for column in ("park", "zone"):
        names = sorted({str(f.get(column) or "") for f in statement.inventory.facilities.values()})
        if not any(names):
            continue
        rows: list[list[Cell]] = [
            [name or say("statement.nowhere"), row["year"], *(row[c] for c in COLUMNS), row["biogenic"]]
            for name in names
            for row in consolidated(statement, column, name)
        ]
        head = _head(column, "year", *COLUMNS, "biogenic")
        found.append(Table(column, say(f"statement.by_{column}"), head, rows, 1, None, 5))
    return found


def _categories(statement: Statement) -> Table:
    """Emissions by scope and kind of source, a column for each year, with the sums of scopes."""
    years = statement.inventory.years
    rows: list[list[Cell]] = []
    lines = statement.inventory.by("scope", "category", "source", "year")
    for of, part in lines.group_by(["scope", "category", "source"], maintain_order=True):
        amounts = dict(part.select("year", "co2e").iter_rows())
        rows.append([
            int(str(of[0])), say(f"category.{of[1]}"), words_of(str(of[2])),
            *(float(amounts.get(y, 0.0)) for y in years),
        ])  # fmt: skip
    sums = {row["year"]: row for row in consolidated(statement)}
    totals = (("scope1",), ("scope2",), ("scope1", "scope2"), ("market",), ("scope3",))
    for parts in totals:
        name = say("statement.both") if len(parts) > 1 else say(f"statement.{parts[0]}")
        rows.append([say("word.sum"), name, "", *(sum(sums[y][p] for p in parts) for y in years)])
    head = [*_head("scope", "category", "source"), *(str(y) for y in years)]
    return Table("categories", say("statement.categories"), head, rows, 3, say("statement.in_tonnes"), 5)


def _ranked(statement: Statement) -> list[Drawing]:
    last = statement.inventory.years[-1]
    rows = statement.inventory.by("source", "scope", "year").filter(
        (pl.col("year") == last) & (pl.col("co2e") > 0)
    )
    bars = [
        Bar(words_of(r["source"]), r["co2e"], COLOURS[r["scope"]])
        for r in rows.sort("co2e", descending=True).head(MOST_BARS).iter_rows(named=True)
    ]
    if not bars:
        return []
    about = About(
        say("statement.largest", year=str(last)), say("statement.tonnes"), say("statement.chart_source")
    )
    return [Drawing("largest", ranked(about, bars))]


def _gases(statement: Statement) -> Table:
    lines = statement.inventory.lines
    sums = lines.group_by("gas", "gwp", "year", "biogenic").agg(pl.col("mass").sum(), pl.col("co2e").sum())
    rows: list[list[Cell]] = [
        [_gas(r["gas"], r["biogenic"]), r["year"], r["mass"], r["gwp"], 0.0 if r["biogenic"] else r["co2e"]]
        for r in sums.sort("year", "gas", "biogenic").iter_rows(named=True)
    ]
    return Table("gases", say("statement.gases"), _head("gas", "year", "mass", "gwp", "co2e"), rows)


def _gas(gas: str, biogenic: bool) -> Both | str:
    names = {"co2": "CO₂", "ch4": "CH₄", "n2o": "N₂O", "sf6": "SF₆", "nf3": "NF₃", "co2e": "CO₂e"}
    name = names.get(gas, gas.upper().replace("_", "-"))
    return say("statement.gas_biogenic", gas=name) if biogenic else name


def _activities(statement: Statement) -> Table:
    lines = statement.inventory.lines.unique("place", maintain_order=True)
    keys = ["facility", "year", "source", "item", "unit", "quality", "evidence"]
    sums = lines.group_by(keys, maintain_order=True).agg(pl.col("written").sum())
    rows: list[list[Cell]] = [
        [
            _name(statement, r["facility"]),
            words_of(r["source"]),
            r["item"],
            r["year"],
            r["written"],
            r["unit"],
            say(f"quality.{_QUALITY[r['quality'] or 0]}"),
            r["evidence"],
        ]
        for r in sums.iter_rows(named=True)
    ]
    head = _head("facility", "source", "item", "year", "amount", "unit", "quality", "evidence")
    return Table("activities", say("statement.activities"), head, rows, 3)


def _factors(statement: Statement) -> Table:
    keys = [
        "source",
        "item",
        "gas",
        "factor",
        "per_unit",
        "gwp",
        "tier",
        "document",
        "vintage",
        "confidence",
        "provisional",
    ]
    rows: list[list[Cell]] = []
    for r in statement.inventory.lines.select(keys).unique(maintain_order=True).iter_rows(named=True):
        tier = say(f"tier.{r['tier']}")
        rows.append(
            [
                words_of(r["source"]),
                r["item"],
                _gas(r["gas"], False),
                r["factor"],
                say("statement.provisional", tier=tier) if r["provisional"] else tier,
                cited(r["document"]),
                r["vintage"],
                r["confidence"],
                r["per_unit"],
                r["gwp"],
            ]
        )
    head = _head(
        "source", "item", "gas", "factor", "tier", "document", "vintage", "confidence", "per_unit", "gwp"
    )
    return Table("factors", say("statement.factors"), head, rows, 8, say("statement.factors_note"))


def _market(statement: Statement) -> list[Table]:
    rows: list[list[Cell]] = [
        [
            _name(statement, r["facility"]),
            r["year"],
            say(f"instrument.{r['kind'].replace('-', '')}"),
            r["certificate"],
            r["mwh"],
            r["factor"],
            r["co2e"],
        ]
        for r in statement.inventory.market.rows.iter_rows(named=True)
    ]
    if not rows:
        return []
    note = None if statement.inventory.market.residual_known else say("statement.no_residual")
    head = _head("facility", "year", "instrument", "certificate", "mwh", "grid_factor", "co2e")
    return [Table("market", say("statement.market_title"), head, rows, 1, note)]


def _allocated(statement: Statement) -> list[Table]:
    if not statement.allocated:
        return []
    rows: list[list[Cell]] = [
        [
            _name(statement, a.utility),
            a.year,
            METHOD_WORDS[a.method],
            a.formula,
            _name(statement, a.taker),
            say(f"product.{a.product}"),
            a.amount,
            a.co2e,
        ]
        for a in statement.allocated
    ]
    head = _head("utility", "year", "method", "formula", "taker", "product", "amount", "co2e")
    return [Table("allocated", say("statement.allocated"), head, rows, 4, say("statement.allocated_note"))]


def _uncertainty(statement: Statement) -> Table:
    rows: list[list[Cell]] = []
    for year, scope, u in statement.uncertainties:
        name = say("word.sum") if scope == 0 else say(f"statement.scope{scope}")
        rows.append(
            [
                name,
                year,
                u.total,
                _said(u) * 100,
                (u.independent if u.unstated < 1 else math.nan) * 100,
                u.low,
                u.high,
                u.draws,
                u.unstated * 100,
            ]
        )
    head = _head("scope", "year", "co2e", "half_range", "independent", "low", "high", "draws", "unstated")
    return Table(
        "uncertainty", say("statement.uncertainty"), head, rows, 1, say("statement.uncertainty_note"), 4
    )


def _said(u: Uncertainty) -> float:
    """Half range as a share; NaN where nothing states one."""
    return u.half_range if u.unstated < 1 else math.nan


def _quality(statement: Statement) -> Table:
    rows: list[list[Cell]] = [
        [r["year"], say(f"quality.{_QUALITY[r['quality'] or 0]}"), r["co2e"], r["share"] * 100]
        for r in statement.quality.iter_rows(named=True)
    ]
    return Table(
        "quality", say("statement.quality_title"), _head("year", "quality", "co2e", "share"), rows, 2
    )


def _base(statement: Statement) -> list[Table]:
    base = statement.base
    if base is None:
        return []
    rows: list[list[Cell]] = [
        [say("statement.base_reported"), base.year, base.reported],
        [say("statement.base_effects", threshold=f"{base.threshold * 100:g}"), base.year, base.effects],
        [
            say("statement.base_recalculated") if base.recalculated else say("statement.base_kept"),
            base.year,
            base.amount,
        ],
    ]
    for year in statement.inventory.years:
        change = base.change(statement.inventory.total(year=year)) * 100
        rows.append([say("statement.base_change"), year, change])
    log: list[list[Cell]] = [
        [str(c["day"] or ""), c["facility"], say(f"change.{c['kind']}"), c["reason"], c["effect"]]
        for c in base.log
    ]
    tables = [Table("base", say("statement.base"), _head("what", "year", "amount"), rows)]
    if log:
        head = _head("day", "facility", "what", "reason", "co2e")
        tables.append(Table("log", say("statement.log"), head, log, 4))
    return tables


def _restated(statement: Statement) -> list[Table]:
    if not statement.restated:
        return []
    rows: list[list[Cell]] = [
        [
            _name(statement, r.facility),
            r.year,
            r.scope,
            r.factor,
            say("statement.was_provisional") if r.provisional else "",
            r.before,
            r.after,
            r.after - r.before,
        ]
        for r in statement.restated
    ]
    head = _head("facility", "year", "scope", "factor", "why", "before", "after", "change")
    return [Table("restated", say("statement.restated"), head, rows, 5)]


def _mitigation(results: Results) -> list[Table]:
    """Measures of a plan by milestone year and what they avoid: mitigation plan and yearly report alike."""
    facts, rows = Facts(results), list[list[Cell]]()
    built = results.sizes.filter(pl.col("built") > 0)
    for year in results.year_list:
        for row in earnings(results, year).rows:
            own = built.filter((pl.col("kind") == row.kind) & (pl.col("year") == year))
            sums = own.group_by("unit", maintain_order=True).agg(pl.col("built").sum()).iter_rows()
            sizes = [number(amount, 1) + f" {unit}" for unit, amount in sums]
            told = Both(", ".join(s.vi for s in sizes), ", ".join(s.en for s in sizes)) if sizes else "–"
            name = facts.technology_name(row.kind) if row.kind else say("earnings.unattributed")
            rows.append(
                [year, name, told, row.direct, row.electricity, (row.direct or 0.0) + row.electricity]
            )
    if not rows:
        return []
    head = _head("year", "measure", "built", "direct", "indirect", "avoided")
    return [
        Table("mitigation", say("statement.mitigation"), head, rows, 3, say("statement.mitigation_note"), 5)
    ]


def plain_of(statement: Statement) -> dict[str, Any]:
    """The statement as JSON."""
    inventory = statement.inventory
    rows: Sequence[Mapping[str, Any]] = (
        inventory.lines.group_by("facility", "year", "scope", "factor")
        .agg(
            pl.col("co2e").filter(~pl.col("biogenic") & ~pl.col("outside")).sum(), pl.col("provisional").any()
        )
        .sort("facility", "year", "scope", "factor")
        .to_dicts()
    )
    return {
        "name": inventory.given.name,
        "gwp": inventory.gwp.name,
        "methane": inventory.gwp.methane,
        "grid": inventory.grid,
        "on": statement.day.isoformat(),
        "years": inventory.years,
        "facilities": statement.summary.to_dicts(),
        "categories": inventory.by("scope", "category", "source", "year").to_dicts(),
        "gases": inventory.lines.group_by("gas", "year", "biogenic")
        .agg(pl.col("mass", "co2e").sum())
        .sort("year", "gas", "biogenic")
        .to_dicts(),
        "market": inventory.market.rows.to_dicts(),
        **_more(statement),
        "factors": rows,
        "notes": [both(n.both()).en for n in inventory.notes],
        "notes_vi": [both(n.both()).vi for n in inventory.notes],
    }


def _more(statement: Statement) -> dict[str, Any]:
    """What is said beside the figures."""
    return {
        "allocated": [
            {
                "utility": a.utility,
                "year": a.year,
                "method": a.method,
                "formula": a.formula,
                "taker": a.taker,
                "product": a.product,
                "amount": a.amount,
                "share": a.share,
                "co2e": a.co2e,
                "market": a.market,
            }
            for a in statement.allocated
        ],
        "uncertainty": [
            {
                "year": y,
                "scope": s,
                "total": u.total,
                "half_range": u.half_range,
                "low": _finite(u.low),
                "high": _finite(u.high),
                "draws": u.draws,
                "unstated": u.unstated,
            }
            for y, s, u in statement.uncertainties
        ],
        "law": [
            {
                "facility": s.facility,
                "listed": s.listed,
                "list": s.list_rule.document,
                "due": [
                    {"kind": d.kind, "due": d.due.isoformat(), "years": list(d.years), "form": d.form}
                    for d in s.duties
                ],
                "says": [t.of("en") for t in s.sentences],
                "says_vi": [t.of("vi") for t in s.sentences],
            }
            for s in statement.standings
        ],
        "restated": [
            {
                "facility": r.facility,
                "year": r.year,
                "scope": r.scope,
                "factor": r.factor,
                "before": r.before,
                "after": r.after,
                "provisional": r.provisional,
            }
            for r in statement.restated
        ],
    }


def _finite(value: float) -> float | None:
    return value if value == value else None
