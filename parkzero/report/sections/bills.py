"""The model's base year beside the bills that were paid: by tenant, by month, and what explains the rest."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import Scale, figure, money, number, percent
from parkzero.report.sections.parts import note, section
from parkzero.report.words import Both, both, say
from parkzero.series.paid_bills import PARTS

_REGISTERS = ("normal", "peak", "offpeak")
_LEAST = 1e-9


def bills(facts: Facts) -> Markup | None:
    """Both sides; nothing where no tenant stated a bill."""
    rows = facts.results.tables["bills"]
    if rows.is_empty():
        return None
    found = facts.summary["bills"]
    largest = max((float(t["paid_cost"] or 0.0) for t in found["tenants"]), default=0.0)
    scale = money(facts.currency, largest)
    parts: list[Child] = [_tenants(facts, found["tenants"], scale)]
    explained = [t for t in found["tenants"] if t["parts"]]
    if explained:
        parts += [tag("h3", say("bills.why")), _why(facts, explained, scale)]
    parts.append(note(say("bills.note", year=str(found["year"]))))
    for tenant in found["tenants"]:
        own = rows.filter(
            (pl.col("tenant") == tenant["tenant"]) & (pl.col("connection") == tenant["connection"])
        )
        title = facts.owner(tenant["tenant"]) + " · " + say("bills.months")
        parts.append(tag("details", tag("summary", title), _months(own, scale)))
    return section("bills", *parts)


def _tenants(facts: Facts, tenants: list[dict[str, Any]], scale: Scale) -> Markup:
    head: list[Both | str] = [
        say("word.owner"),
        say("bills.year"),
        say("bills.paid") + " [MWh]",
        say("bills.model") + " [MWh]",
        say("bills.paid_cost") + " [" + scale.unit + "]",
        say("bills.model_cost") + " [" + scale.unit + "]",
        say("bills.paid_vat") + " [" + scale.unit + "]",
        say("bills.model_vat") + " [" + scale.unit + "]",
        say("bills.difference"),
    ]
    told: list[list[Child]] = [
        [
            facts.owner(str(t["tenant"])),
            str(t["year"]),
            _shown(t["paid_kwh"], 1e-3),
            _shown(t["model_kwh"], 1e-3),
            *(
                _shown(t[f"{side}_{name}"], scale.factor)
                for name in ("cost", "vat")
                for side in ("paid", "model")
            ),
            _share(t),
        ]
        for t in tenants
    ]
    return table(head, told)


def _share(tenant: dict[str, Any]) -> Child:
    share = tenant["share"]
    if share is None:
        return "–"
    shown = percent(share if share > _LEAST else 0.0)
    return tag("strong", shown) if share > tenant["warn"] else shown


def _why(facts: Facts, tenants: list[dict[str, Any]], scale: Scale) -> Markup:
    """What makes the bill differ from the model, in money before VAT; parts that nobody has are left out."""
    used = [p for p in PARTS if any(abs(t["parts"][p]) * scale.factor >= 1e-4 for t in tenants)]
    head: list[Both | str] = [scale.unit, *(say(f"bills.part.{p}") for p in used), say("word.sum")]
    told: list[list[Child]] = [
        [
            facts.owner(str(t["tenant"])),
            *(_shown(t["parts"][p], scale.factor) for p in used),
            _shown(sum(t["parts"].values()), scale.factor),
        ]
        for t in tenants
    ]
    return table(head, told)


def _months(rows: pl.DataFrame, scale: Scale) -> Markup:
    """Each month, paid and reckoned beside one another; columns that no bill fills are left out."""
    names = [n for n in (*_REGISTERS, "kwh", "cost", "vat", "kw") if rows[f"paid_{n}"].is_not_null().any()]
    head: list[Both | str] = [say("bills.month")]
    for name in names:
        unit: Both | str = {"kw": "kW"}.get(name, scale.unit if name in ("cost", "vat") else "MWh")
        head += [
            say(f"bills.column.{name}") + " · " + say(f"bills.side.{s}") + " [" + unit + "]"
            for s in ("paid", "model")
        ]
    told: list[list[Child]] = []
    for row in rows.sort("month").iter_rows(named=True):
        line: list[Child] = [number(row["month"], 0)]
        for name in names:
            factor = {"kw": 1.0}.get(name, scale.factor if name in ("cost", "vat") else 1e-3)
            line += [_shown(row[f"{side}_{name}"], factor) for side in ("paid", "model")]
        told.append(line)
    return table(head, told)


def _shown(value: float | None, factor: float) -> Both:
    return both("–") if value is None else figure(value * factor, 5)
