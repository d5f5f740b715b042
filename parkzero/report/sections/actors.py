"""Cash flow by actor: who pays and who is paid, year by year, from the one ledger."""

from __future__ import annotations

import polars as pl
from markupsafe import Markup

from parkzero.cash.flows import npv
from parkzero.charts import Layer, stacked_bars
from parkzero.charts.bars import visible
from parkzero.charts.palette import spare
from parkzero.finance import payments as p
from parkzero.finance.statement import Statement, insiders
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import beside, money, percent
from parkzero.report.sections.parts import figure, note, said_of, section
from parkzero.report.words import Both, known, say


def actors(facts: Facts) -> Markup | None:
    """The section of the report: money of the base year, nobody borrows; nothing without a discount rate."""
    if "rate" not in facts.results.study or facts.results.tables["actors"].is_empty():
        return None
    found = Statement(facts.results, None, p.payments_of(facts.results), {}, (), ())
    if found.payments.is_empty():
        return None
    rate = percent(found.discount)
    return section("actors", chart(facts, found), totals(facts, found), note(say("actors.note", rate=rate)))


def name_of(facts: Facts, actor: str) -> Both:
    """An actor's name; a lender has the name that the terms give it."""
    return facts.owner("" if actor == p.PARK else actor)


def item_name(facts: Facts, item: str) -> Both:
    """What was paid for, in words."""
    return facts.account(item).name if item in facts.accounts else known(f"item.{item}", item)


def yearly(found: Statement) -> dict[str, list[float]]:
    """Cash of each actor by calendar year [money]: what is paid at a year's start counts to that year."""
    first, length = found.results.year_list[0], found.length
    early = pl.col("item").is_in([p.INVESTMENT, "loan"])
    year = first + pl.when(early).then(pl.col("time")).otherwise(pl.col("time") - 1)
    table_ = p.by_item(found.payments).with_columns(
        year.clip(lower_bound=first, upper_bound=first + length - 1).alias("year")
    )
    sums = table_.group_by("actor", "year").agg(pl.col("amount").sum())
    held = {(a, y): v for a, y, v in sums.iter_rows()}
    return {
        actor: [float(held.get((actor, first + k), 0.0)) for k in range(length)]
        for actor in p.actors(found.payments)
    }


def chart(facts: Facts, found: Statement, name: str = "actors-years") -> Markup:
    """Columns of cash by actor: above zero who is paid, below who pays."""
    flows = yearly(found)
    largest = max((abs(v) for values in flows.values() for v in values), default=0.0)
    scale = money(facts.currency, largest)
    layers = [
        Layer(name_of(facts, actor), spare(i), tuple(v * scale.factor for v in values))
        for i, (actor, values) in enumerate(flows.items())
    ]
    first = facts.years[0]
    years = [first + k for k in range(found.length)]
    about = said_of(facts, say("actors.chart"), scale.unit, "ledger, sizes")
    drawn = stacked_bars(
        about, [str(y) for y in years], visible(layers), shown=[y in facts.years for y in years]
    )
    return figure(facts, name, drawn, wide=True)


def totals(facts: Facts, found: Statement) -> Markup:
    """Present value by actor and item, told as the plan's cost is; columns add up to zero over all."""
    rate = found.discount
    items = list(dict.fromkeys([*facts.costs, *found.payments["item"].to_list()]))
    items = [i for i in items if i in set(found.payments["item"])]
    values: dict[str, list[float]] = {}
    for actor in [*insiders(found), *(a for a in p.actors(found.payments) if a not in insiders(found))]:
        flows = [p.cash(found.payments, actor, found.length, [item]) for item in items]
        values[actor] = [npv(rate, flow.tolist()) * (1 + rate) for flow in flows]
    largest = max((abs(v) for row in values.values() for v in row), default=0.0)
    scale = money(facts.currency, largest)
    rows: list[list[Child]] = [
        [name_of(facts, actor), *(beside(v * scale.factor, largest * scale.factor) for v in (*row, sum(row)))]
        for actor, row in values.items()
    ]
    ours = [sum(values[a][k] for a in insiders(found)) for k in range(len(items))]
    whole = [beside(v * scale.factor, largest * scale.factor) for v in (*ours, sum(ours))]
    rows.append([say("actors.system"), *whole])
    head = [say("word.owner"), *(item_name(facts, item) for item in items), say("word.sum")]
    return tag("h3", say("actors.table")) + table(head, rows, caption=scale.unit)
