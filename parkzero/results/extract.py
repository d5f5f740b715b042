"""From a plan to results: every table from the ledger, the rules and the duals of the plan."""

from __future__ import annotations

import polars as pl

from parkzero.planning.netted import netted
from parkzero.planning.plan import Plan
from parkzero.results import fleets, frames
from parkzero.results.base_year import with_bills
from parkzero.results.binding import binding_of
from parkzero.results.case import with_case
from parkzero.results.coefficients import SeriesStore, places_of, rates_of, rules_of
from parkzero.results.described import assumptions_of, buses_of, components_of, study_of, tenants_of
from parkzero.results.hours import PlanHours
from parkzero.results.money import accounts_of, actors_of, ledger_of, origins_of, variables_of
from parkzero.results.not_meant import not_meant
from parkzero.results.policies import policies_of
from parkzero.results.prices import prices_mean_of
from parkzero.results.results import Results
from parkzero.results.sizes import builds_of, sizes_of
from parkzero.results.summary import summary_of
from parkzero.texts import in_words
from parkzero.units import FloatArray


def results_of(plan: Plan, reference: Plan | None = None, driven: fleets.Replayed | None = None) -> Results:
    """The results of a plan; nothing is solved or written, and the audit has not been made.

    What nobody has asked for yet stays open: prices of years that go on as in an earlier plan, and how much
    cheaper the unbuilt would have to be. ``parkzero.pricing`` finds both.

    Of days ahead the tables are of those days alone, and what only whole years have stays empty: savings,
    bills that were paid, and drives of fleets.

    Args:
        plan: the plan.
        reference: today's plant kept in kind, operated by ``parkzero.planning.reference``; without it nothing
            is said of savings.
        driven: the plan's fleets, driven; they are driven here where nobody has done it.
    """
    plan = netted(plan)
    timeline = plan.years[0].built.context.timeline
    kinds = {c.name: c.kind for c in plan.study.components}
    ledger = ledger_of(plan, kinds)
    rates, rules, series = _coefficients(plan)
    tables = {
        "years": _years(plan),
        "sizes": sizes_of(plan, kinds),
        "builds": builds_of(plan),
        "accounts": accounts_of(plan.study.currency),
        "actors": actors_of(plan.study.everyone),
        "origins": origins_of(),
        "ledger": ledger,
        "prices_mean": prices_mean_of(plan),
        "policies": policies_of(plan),
        "binding": binding_of(plan),
        "assumptions": assumptions_of(plan.study),
        "components": components_of(plan.study),
        "buses": buses_of(plan.study),
        "tenants": tenants_of(plan.study),
        "history": _history(plan),
        "audit": frames.table(frames.AUDIT, []),
        "rates": rates,
        "rules": rules,
        "variables": variables_of(plan),
        "reference": frames.table(frames.LEDGER, []) if reference is None else ledger_of(reference, kinds),
        "reference_sizes": frames.table(frames.SIZES, [])
        if reference is None
        else sizes_of(reference, kinds),
        "savings": frames.table(frames.SAVINGS, []),
        "savings_yearly": frames.table(frames.SAVINGS_YEARLY, []),
        "technologies": frames.table(frames.TECHNOLOGIES, []),
        "bills": frames.table(frames.BILLS, []),
        **fleets.tables(plan, driven),
    }
    doubts = [*not_meant(plan, tables["sizes"], ledger), *fleets.left(driven)]
    summary, study = summary_of(plan, ledger, doubts), study_of(plan.study, timeline.own)
    found = Results(summary, tables, PlanHours(plan, series), study)
    if not timeline.complete:
        return found
    found = with_bills(found, plan.study, reference)
    return found if reference is None or plan.status == "infeasible" else with_case(found, reference)


def _coefficients(plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame, dict[int, dict[str, FloatArray]]]:
    rates, rules, series = [], [], {}
    for operated in plan.years:
        store, places = SeriesStore(), places_of(plan, operated)
        rates += rates_of(operated, places, store)
        rules += rules_of(operated, places, store)
        series[operated.built.year] = store.series
    return frames.table(frames.RATES, rates), frames.table(frames.RULES, rules), series


def _years(plan: Plan) -> pl.DataFrame:
    spans = dict(zip(plan.study.milestones.years, plan.study.milestones.spans, strict=True))
    rows = []
    for built in (operated.built for operated in plan.years):
        timeline = built.context.timeline
        # Days ahead are no milestone that stands for years: they occur once.
        span = spans[built.year] if timeline.complete else 1.0
        rows.append((built.year, span, built.weight, timeline.hours, timeline.scale))
    return frames.table(frames.YEARS, rows)


def _history(plan: Plan) -> pl.DataFrame:
    return frames.table(
        frames.HISTORY,
        [(s.seconds, s.lower, s.upper, s.gap, s.text, in_words(s.text, "vi")) for s in plan.history],
    )
