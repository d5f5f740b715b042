"""How sure the figures are: the audit of the stored tables, and how the proven gap closed."""

from __future__ import annotations

import numpy as np
import polars as pl
from markupsafe import Markup

from parkzero import texts
from parkzero.charts import Curve, closing_gap
from parkzero.charts.palette import LOWER, UPPER
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, details, paragraphs, table, tag
from parkzero.report.numbers import Scale, figure, money, percent, residual
from parkzero.report.sections.parts import empty, said_of, section
from parkzero.report.sections.parts import figure as chart
from parkzero.report.words import Both, both, counted, known, say, told

_ENDED = texts.say("final bounds")


def audit(facts: Facts) -> Markup:
    """The largest residual of each check, and every one of them folded away."""
    rows = facts.results.audit
    if rows.is_empty():
        return section("audit", empty("audit.none"))
    worst = (
        rows.with_columns(pl.col("residual").abs().alias("size"))
        .sort("size", descending=True, nulls_last=True)
        .group_by("check", maintain_order=True)
        .first()
        .sort("check")
    )
    verdict = counted("audit.failed", facts.audit_failed) if facts.audit_failed else say("audit.held")
    kind = "verdict bad" if facts.audit_failed else "verdict good"
    return section(
        "audit",
        tag("p", verdict, class_=kind),
        _table(facts, worst, say("audit.worst")),
        details(counted("audit.all", rows.height), _table(facts, rows.head(2000), say("audit.each"))),
    )


def _table(facts: Facts, rows: pl.DataFrame, caption: Both) -> Markup:
    head = [say(f"word.{h}") for h in ("check", "verdict", "detail", "year", "residual", "tolerance", "unit")]
    body: list[list[Child]] = []
    for r in rows.iter_rows(named=True):
        fine = say("word.holds") if r["ok"] else say("word.fails")
        mark = tag("strong", fine, class_="good" if r["ok"] else "bad")
        year = str(r["year"]) if r["year"] else "–"
        body.append(
            [
                known(f"check.{r['check'].replace(' ', '_')}", r["check"]),
                mark,
                told(r, "detail"),
                year,
                residual(float(r["residual"] if r["residual"] is not None else np.nan)),
                residual(float(r["tolerance"] or 0.0)),
                str(r["unit"] or ""),
            ]
        )
    return table(head, body, text_columns=3, caption=caption)


def closing(facts: Facts) -> Markup:
    """Both bounds over the time of the search."""
    rows = ended(facts)
    scale = money(facts.currency, facts.number("objective"))
    upper = Curve(say("closing.upper"), UPPER, _points(rows, "upper", scale))
    lower = Curve(say("closing.lower"), LOWER, _points(rows, "lower", scale))
    said = say(
        "closing.words",
        method=known(f"method.{facts.summary.get('method')}", str(facts.summary.get("method") or "–")),
        solver=str(facts.summary.get("solver") or "–"),
        seconds=figure(facts.number("seconds")),
        memory=figure(facts.number("peak_memory_mb")),
    )
    parts: list[Child] = [tag("p", said)]
    if len(upper.points) > 1 and len(lower.points) > 1:
        about = said_of(facts, say("closing.chart"), scale.unit, "history", proof=True)
        drawn = closing_gap(about, upper, lower, say("axis.seconds"))
        parts.append(chart(facts, "closing-chart", drawn, numbers=_steps(rows, scale), wide=True, proof=True))
    else:
        parts.append(empty("closing.at_once"))
    return section("closing", *parts)


def ended(facts: Facts) -> pl.DataFrame:
    """The steps of the search, ending at the bounds that are claimed.

    A search may end between two steps, by a last lower bound that closes the gap.
    """
    rows = facts.results.history
    lower, upper = facts.number("lower_bound"), facts.number("objective")
    if rows.is_empty() or not (np.isfinite(lower) and np.isfinite(upper)):
        return rows
    last = rows.row(-1, named=True)
    if last["lower"] == lower and last["upper"] == upper:
        return rows
    seconds = max(float(np.nan_to_num(facts.number("seconds"))), float(last["seconds"]))
    end = {"seconds": seconds, "lower": lower, "upper": upper, "gap": facts.number("gap"), "text": _ENDED,
           "text_vi": _ENDED.of("vi")}  # fmt: skip
    return pl.concat([rows, pl.DataFrame([end], schema=rows.schema)])


def _points(rows: pl.DataFrame, side: str, scale: Scale) -> tuple[tuple[float, float], ...]:
    kept = rows.filter(
        pl.col(side).is_finite() & pl.col("seconds").is_finite() & (pl.col(side).abs() < 1e300)
    )
    return tuple((float(s), float(v) * scale.factor) for s, v in kept.select("seconds", side).iter_rows())


def _steps(rows: pl.DataFrame, scale: Scale) -> Markup:
    head = [
        say("word.step"),
        say("axis.seconds"),
        say("closing.lower"),
        say("closing.upper"),
        say("word.gap"),
    ]
    body = [
        [
            told(r, "text"),
            figure(r["seconds"]),
            scale.show(r["lower"], 6),
            scale.show(r["upper"], 6),
            percent(r["gap"], 3) if r["gap"] is not None and np.isfinite(r["gap"]) else both("–"),
        ]
        for r in rows.iter_rows(named=True)
    ]
    return table(head, body)


def reading(facts: Facts) -> Markup:
    """How to read the report, in a few sentences."""
    keys = ("gap", "year", "cost", "price", "foresight", "marks", "files")
    years = counted("reading.year", len(facts.years))
    items = [tag("li", years if k == "year" else say(f"reading.{k}")) for k in keys]
    return section("reading", tag("ul", *items), paragraphs(say("reading.end")))
