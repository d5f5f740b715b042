"""What the plan saves against keeping today's plant: figures first, then by owner and by technology."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
from markupsafe import Markup

from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import Scale, figure, money, number, percent, price
from parkzero.report.sections.parts import note, section
from parkzero.report.words import Both, say
from parkzero.results.case import has_reference

ALL = "*"


def case(facts: Facts) -> Markup | None:
    """The case for the plan; nothing where it was planned without a reference."""
    if not has_reference(facts.results) or facts.results.tables["savings"].is_empty():
        return None
    rows = {row["owner"]: row for row in facts.results.tables["savings"].iter_rows(named=True)}
    # In a tenant's own report its case comes first; the park's is a row of the table, where it may be known.
    whole = rows.get(facts.summary.get("tenant") or ALL)
    if whole is None:
        return None
    cards = tag("div", *_cards(facts, whole), class_="cards")
    missing = float((facts.summary.get("reference") or {}).get("unserved_mwh", 0.0))
    parts: list[Child] = [cards, note(say("case.note", rate=percent(float(facts.results.study["rate"]))))]
    if len(whole["irrs"]) > 1:
        parts.append(note(say("case.several", rates=_several(whole["irrs"]))))
    if missing > 1e-3:
        parts.append(tag("p", tag("strong", say("case.unserved", amount=figure(missing)))))
    if len(rows) > 2 or (len(rows) == 2 and whole["owner"] != ALL):
        parts += [tag("h3", say("case.by_owner")), _owners(facts, rows)]
    if not facts.results.tables["technologies"].is_empty():
        parts += [tag("h3", say("case.by_technology")), _technologies(facts)]
    return section("case", *parts)


def _several(rates: list[float]) -> Both:
    told = percent(rates[0])
    for rate in rates[1:]:
        told = told + ", " + percent(rate)
    return told


def _cards(facts: Facts, whole: dict[str, Any]) -> list[Markup]:
    scale = money(facts.currency, max(abs(whole["npv"]), abs(whole["investment"])))
    yearly = _yearly(facts, whole["owner"])
    first, last = facts.years[0], facts.years[-1]
    steps = money(facts.currency, max((abs(v) for v in yearly.values()), default=0.0))
    saved = steps.full(yearly.get(first, 0.0), 3)
    if len(yearly) > 1:
        saved = saved + " → " + steps.full(yearly.get(last, 0.0), 3)
    offset = whole["net_tonnes"] - whole["tonnes"]
    cards = [
        _card(say("case.npv"), scale.full(whole["npv"], 4), say("case.npv_more")),
        _card(say("case.investment"), scale.full(whole["investment"], 4), say("case.investment_more")),
        _card(
            say("case.payback"),
            _years(whole["payback"]),
            say("case.payback_more", years=_years(whole["discounted_payback"])),
        ),
        _card(say("case.irr"), _irr(whole["irrs"]), say("case.irr_more")),
        _card(
            say("case.yearly"),
            saved,
            say("case.yearly_more", years=f"{first} → {last}" if last > first else str(first)),
        ),
        _card(
            say("case.tonnes"),
            figure(whole["tonnes"]) + Both(" tấn CO₂tđ", " t CO₂e"),
            say("case.tonnes_more", offsets=figure(offset)),
        ),
    ]
    if whole["tonne"] is not None:
        each = money(facts.currency, abs(whole["tonne"]))
        cards.append(
            _card(
                say("case.tonne"), each.full(whole["tonne"], 3) + Both("/tấn", "/t"), say("case.tonne_more")
            )
        )
    return cards


def _card(name: Both, value: Both, more: Both) -> Markup:
    return tag(
        "div", tag("h3", name), tag("p", value, class_="value"), tag("p", more, class_="soft"), class_="card"
    )


def _years(value: float | None) -> Both:
    if value is None or not math.isfinite(value):
        return say("case.never")
    return number(value, 1) + Both(" năm", " years")


def _irr(rates: list[float]) -> Both:
    if not rates:
        return say("case.no_irr")
    if len(rates) == 1 and rates[0] > 1:  # next to nothing is paid first, or money comes before it goes
        return say("case.irr_little", rate=percent(rates[0]))
    return percent(rates[0]) if len(rates) == 1 else say("case.irrs", count=str(len(rates)))


def _yearly(facts: Facts, owner: str) -> dict[int, float]:
    rows = facts.results.tables["savings_yearly"].filter(pl.col("owner") == owner)
    return {int(y): float(s) for y, s in rows.select("year", "saving").iter_rows()}


def _owners(facts: Facts, rows: dict[str, dict[str, Any]]) -> Markup:
    scale = money(facts.currency, max(abs(r["npv"]) for r in rows.values()))
    head: list[Both | str] = [
        say("word.owner"),
        say("case.investment"),
        say("case.npv"),
        say("case.payback"),
        say("case.irr"),
        say("case.tonnes") + Both(" [tấn CO₂tđ]", " [t CO₂e]"),
    ]
    told: list[list[Child]] = [[facts.owner(o), *_row(r, scale)] for o, r in rows.items() if o != ALL]
    if ALL in rows:
        told.append([say("word.sum"), *_row(rows[ALL], scale)])
    return table(head, told, caption=scale.unit)


def _row(row: dict[str, Any], scale: Scale) -> list[Child]:
    return [
        figure(row["investment"] * scale.factor, 4),
        figure(row["npv"] * scale.factor, 4),
        _years(row["payback"]),
        _irr(row["irrs"]),
        figure(row["tonnes"], 4),
    ]


def _technologies(facts: Facts) -> Markup:
    rows = facts.results.tables["technologies"].sort("investment", descending=True)
    scale = money(facts.currency, max(rows["investment"].abs().to_list()))
    per = price(facts.currency)
    told: list[list[Child]] = [
        [
            facts.technology_name(r["kind"]),
            figure(r["investment"] * scale.factor, 4),
            figure(r["levelised"] * per.factor, 4) if r["levelised"] is not None else "–",
        ]
        for r in rows.iter_rows(named=True)
    ]
    head: list[Both | str] = [
        say("word.technology"),
        say("case.investment") + " [" + scale.unit + "]",
        say("case.levelised") + " [" + per.unit + "]",
    ]
    return table(head, told)
