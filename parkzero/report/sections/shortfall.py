"""Where a study cannot be satisfied: what is short, whose it is, when and by how much."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from markupsafe import Markup

from parkzero.charts import Layer, stacked_bars
from parkzero.charts.palette import UNSERVED, spare
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import figure as shown
from parkzero.report.sections.parts import empty, figure, pair, said_of, section
from parkzero.report.words import Both, both, say

_MOST = 100


def shortfall(facts: Facts) -> Markup:
    """The list of shortages, largest first, and unserved energy by year."""
    rows = [row for row in facts.summary.get("unserved") or () if isinstance(row, dict)]
    parts: list[Child] = [tag("p", line, class_="reach") for line in _told(facts, "reach")]
    parts += [_chart(facts)] if _unserved(facts).any() else []
    if rows:
        parts.append(_table(facts, rows[:_MOST]))
    else:
        parts.append(empty("shortfall.not_said"))
    head, *rules = _told(facts, "conflict") or [both("")]
    if rules:
        parts += [tag("p", head), tag("ol", *(tag("li", rule) for rule in rules))]
    parts.append(tag("p", say("shortfall.advice"), class_="note"))
    return section("shortfall", *parts)


def _told(facts: Facts, key: str) -> list[Both]:
    """Sentences of the summary in both languages: what can be reached, and the rules behind it."""
    found = [facts.summary.get(name) or () for name in (key, f"{key}_vi")]
    return [Both(str(vi), str(en)) for en, vi in zip(*found, strict=False)]


def _unserved(facts: Facts) -> np.ndarray:
    return facts.by_year("unserved")


def _chart(facts: Facts) -> Markup:
    rows = facts.results.ledger.filter((pl.col("account") == "unserved") & (pl.col("amount") > 1e-6))
    names = [str(y) for y in facts.years]
    assets = dict.fromkeys(rows.sort("amount", descending=True)["asset"].to_list())
    layers = []
    for i, asset in enumerate(list(assets)[:8]):
        own = dict(
            rows.filter(pl.col("asset") == asset).group_by("year").agg(pl.col("amount").sum()).iter_rows()
        )
        colour = UNSERVED if i == 0 else spare(i)
        layers.append(Layer(facts.asset(asset), colour, tuple(float(own.get(y, 0.0)) for y in facts.years)))
    numbers = table(
        [say("word.asset"), *names], [[pair(k.name), *(shown(v) for v in k.values)] for k in layers]
    )
    about = said_of(facts, say("shortfall.chart"), both("MWh"), "ledger")
    return figure(facts, "unserved", stacked_bars(about, names, layers), numbers=numbers)


def _table(facts: Facts, rows: list[dict[str, Any]]) -> Markup:
    head = [say(f"word.{h}") for h in ("who", "where", "what", "year", "when", "amount")]
    body: list[list[Child]] = []
    for row in rows:
        when = span(str(row.get("start") or ""), str(row.get("end") or ""))
        amount = shown(float(row.get("amount") or 0.0)) + f" {row.get('unit') or ''}"
        body.append(
            [
                facts.owner(str(row.get("owner") or "")),
                str(row.get("bus") or "–"),
                _what(facts, row),
                str(row.get("year") or "–"),
                when,
                amount,
            ]
        )
    return table(head, body, text_columns=5, caption=say("shortfall.table"))


def _what(facts: Facts, row: dict[str, Any]) -> Both:
    asset = str(row.get("asset") or "")
    return facts.labels.get(asset) or facts.technology_name(facts.kinds.get(asset, "")) + f" ({asset})"


def span(start: str, end: str) -> Both:
    """A span of time in both languages: 14/03 18:00–19:00."""
    try:
        begun, ended = datetime.fromisoformat(start), datetime.fromisoformat(end)
    except ValueError:
        return both("–")
    return Both(_when(begun, ended, "{:%d/%m %H:%M}"), _when(begun, ended, "{:%d-%b %H:%M}"))


def _when(begun: datetime, ended: datetime, form: str) -> str:
    last = f"{ended:%H:%M}" if begun.date() == ended.date() else form.format(ended)
    return f"{form.format(begun)}–{last}"
