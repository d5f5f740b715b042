"""Yearly factors of series: growth rates, or factors given outright."""

from __future__ import annotations

from parkzero.language.fields import ByYear, Field, constant
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.paths import by_year, compounded, growth_rates
from parkzero.texts import say
from parkzero.units import ONE

_FACTOR = Field("by_year", "factor", ONE, 0.0, 1000.0)


def yearly_factor(context: Context, path: Path, table: Tree, rate_key: str) -> ByYear | None:
    """The factor of a series in each milestone year; 1 in all years where the table gives none.

    Growth and escalation both count from ``context.years.origin``, in which the factor is 1.

    Args:
        context: the study being read.
        path: of the series.
        table: the series as written; ``rate_key`` holds rates per year, ``factor`` a path of factors.
        rate_key: "growth" or "escalation".
    """
    desk, milestones = context.desk, context.years.milestones
    if rate_key in table and "factor" in table:
        desk.fault(
            (*path, "factor"), say("is given beside {rate_key}", rate_key=rate_key), needs=say("one of them")
        )
        return None
    if "factor" in table:
        return by_year(desk, (*path, "factor"), table["factor"], _FACTOR, context.years, context.money)
    if rate_key not in table:
        return constant(1.0)
    where, written = (*path, rate_key), table[rate_key]
    if isinstance(written, dict) and set(written) == {"growth"}:
        where, written = (*where, "growth"), written["growth"]
    since = context.years.origin
    rates = growth_rates(desk, where, written, context.money, since)
    if rates is None:
        return None
    context.source(where, written)
    factors = tuple(compounded(rates, since, year) for year in milestones)
    if max(factors) > 1000:
        desk.fault(where, say("grows more than a thousandfold"), written)
        return None
    told = say("{key} counts from {since}: {first:.4g} times in {year}, {last:.4g} in {end}",
               key=rate_key, since=str(since), first=factors[0], year=str(milestones[0]), last=factors[-1],
               end=str(milestones[-1]))  # fmt: skip
    desk.note(path, told)
    return ByYear(milestones, factors)
