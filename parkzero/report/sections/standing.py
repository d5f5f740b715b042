"""What the report says first: whether there is a plan, how near to the best it is, and its key figures."""

from __future__ import annotations

import math

import polars as pl
from markupsafe import Markup

from parkzero.charts.numbers import decimals_for
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, paragraphs, tag
from parkzero.report.numbers import cleared, figure, money, number, percent
from parkzero.report.words import Both, both, counted, remarks, say
from parkzero.results.labels import counted_in, part_days

_GAP_MOST = 10.0
_LEAST_T = 1e-3  # a kilogram: what rounding leaves of no emissions is less
_CARDS = 5


def gap_text(gap: float) -> Both:
    """A gap in percent, rounded upwards so that it never claims too much."""
    if not math.isfinite(gap):
        return both("–")
    if gap > _GAP_MOST:
        return "> " + percent(_GAP_MOST)
    share = max(gap, 0.0) * 100
    decimals = min(max(decimals_for(share, 2), 2), 6) if share else 2
    step = 10.0**-decimals
    steps = max(math.ceil(share / step - 1e-9), 1) if share else 0
    return number(steps * step, decimals) + "\u00a0%"


def banner(facts: Facts) -> Markup:
    """The standing of the plan in words."""
    gap, tolerance = facts.number("gap"), facts.number("tolerance")
    scale = money(facts.currency, facts.number("objective"))
    given = {
        "gap": gap_text(gap),
        "tolerance": gap_text(tolerance),
        "cost": scale.full(facts.number("objective"), 4),
        "bound": scale.full(facts.number("lower_bound"), 4),
        "most": money(facts.currency, gap * facts.number("objective")).full(
            gap * facts.number("objective"), 2
        )
        if math.isfinite(gap)
        else both("–"),
    }
    kind = facts.standing
    if kind == "stopped" and not math.isfinite(gap):
        kind_key = "standing.stopped_without_bound"
    else:
        kind_key = f"standing.{kind}"
    title = (
        say(f"standing.{kind}_title", gap=gap_text(gap))
        if kind == "proven"
        else say(f"standing.{kind}_title")
    )
    head = tag("h2", title, id="standing-title")
    parts: list[Child] = [head, tag("p", say(kind_key, **given))]
    if part := part_days(facts.results):
        parts.append(tag("p", tag("strong", say("standing.part_year", days=str(part)))))
    if facts.audit_failed:
        parts.append(tag("p", tag("strong", counted("audit.failed", facts.audit_failed))))
    elif kind != "infeasible" and facts.results.audit.height:
        parts.append(tag("p", counted("standing.audited", facts.results.audit.height)))
    if doubts := remarks(facts.summary.get("bills") or {}, "warnings"):
        parts.append(tag("ul", *(tag("li", tag("strong", text)) for text in doubts)))
    if facts.synthetic:
        parts.append(tag("p", tag("strong", say("label.synthetic")), ". ", say("standing.synthetic")))
    worst = "infeasible" if facts.audit_failed and kind == "proven" else kind
    return tag(
        "section",
        *parts,
        class_=f"banner {worst}",
        id="standing",
        aria_labelledby="standing-title",
        role="status" if kind == "proven" else "alert",
    )


def key_figures(facts: Facts) -> Markup:
    """The figures that a reader asks for first."""
    first, last = str(facts.years[0]), str(facts.years[-1])
    cards = [
        _cost(facts),
        _emissions(facts, first, last),
        _renewables(facts, first, last),
        *_built(facts, last),
    ]
    head = tag("h2", say("section.figures.title"), id="figures-title")
    return tag(
        "section", head, tag("div", *cards, class_="cards"), id="figures", aria_labelledby="figures-title"
    )


def _card(name: Both, value: Both, more: Both) -> Markup:
    return tag(
        "div", tag("h3", name), tag("p", value, class_="value"), tag("p", more, class_="soft"), class_="card"
    )


def _cost(facts: Facts) -> Markup:
    total = facts.number("objective")
    span = counted("figures.cost_more", round(float(facts.results.years["span"].sum()))) + _part(facts)
    return _card(say("figures.cost"), money(facts.currency, total).full(total, 4), span)


def _part(facts: Facts) -> Both:
    """That the plan rests on a part of each year, where it does."""
    days = part_days(facts.results)
    return say("figures.part_year", days=str(days)) if days else both("")


def _emissions(facts: Facts, first: str, last: str) -> Markup:
    gross = facts.by_year("scope1", "scope2")
    largest = max(float(gross.max(initial=0.0)), _LEAST_T / 1e-6)
    sums = [cleared(float(v), largest) for v in gross - facts.by_year("offset_mass")]
    if len(sums) < 2 or sums[0] <= 0:
        return _card(
            say("figures.emissions", year=last),
            figure(sums[-1]) + Both(" tấn CO₂tđ", " t CO₂e"),
            say("figures.net") + _offsets(facts, last),
        )
    cut = cleared(1 - sums[-1] / sums[0], 1.0)
    value = from_to(figure(sums[0]), figure(sums[-1])) + Both(" tấn", " t")
    more = (
        say("figures.emissions_same", first=first, last=last)
        if cut == 0
        else say(
            "figures.emissions_cut" if cut >= 0 else "figures.emissions_rise",
            first=first,
            last=last,
            share=percent(abs(cut)),
        )
    )
    return _card(say("figures.emissions_both"), value, more + _offsets(facts, last))


def _offsets(facts: Facts, last: str) -> Both:
    """What of the net emissions of the last year is bought as offsets; nothing where none is."""
    bought = float(facts.by_year("offset_mass")[-1])
    if bought <= _LEAST_T:
        return both("")
    gross = float(facts.by_year("scope1", "scope2")[-1])
    return say("figures.offsets", year=last, gross=figure(gross), bought=figure(bought))


def _renewables(facts: Facts, first: str, last: str) -> Markup:
    made = facts.renewable - facts.by_year("exported")
    used = facts.by_year("consumed")
    shares = [
        cleared(max(float(m), 0.0) / float(u), 1.0) if u > 0 else 0.0 for m, u in zip(made, used, strict=True)
    ]
    more = say("figures.renewables_more", years=first if first == last else f"{first} → {last}")
    return _card(say("figures.renewables"), from_to(percent(shares[0]), percent(shares[-1])), more)


def from_to(first: Both, last: Both) -> Both:
    """What it was and what it becomes; one figure where both read alike."""
    return first if first == last else first + " → " + last


def _built(facts: Facts, last: str) -> list[Markup]:
    """What stands in the last year of the technologies in which the plan invests most."""
    amount = pl.col("amount").sum()
    paid = facts.results.ledger.filter(pl.col("account") == "capex").group_by("kind").agg(amount)
    most = paid.filter(pl.col("amount") > 0).sort("amount", "kind", descending=[True, False])["kind"]
    stands = facts.results.sizes.filter((pl.col("year") == facts.years[-1]) & (pl.col("standing") > 1e-3))
    cards = []
    for kind in [kind for kind in most if kind in set(stands["kind"].to_list())][:_CARDS]:
        sums = stands.filter(pl.col("kind") == kind).group_by("unit").agg(pl.col("standing").sum())
        values = [_amount(float(v), unit) for unit, v in sums.sort("unit").iter_rows()]
        value = values[0] if len(values) == 1 else values[0] + " / " + values[1]
        cards.append(_card(facts.technology_name(kind), value, say("figures.standing", year=last)))
    return cards


def _amount(value: float, unit: str) -> Both:
    """A size with its unit; what is counted has no decimals."""
    return (number(value, 0) if unit == "piece" else figure(value)) + " " + counted_in(unit)


def nothing_proven(facts: Facts) -> Markup:
    """A line under the title of every page that holds no proven plan."""
    return paragraphs(None if facts.standing == "proven" else say(f"standing.{facts.standing}_title"))
