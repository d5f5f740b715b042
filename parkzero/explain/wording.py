"""Rules in the user's nouns: who must do what, with the numbers, instead of the name of a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.components import ElectricityDemand, HeatDemand
from parkzero.explain.conflict_words import both, either, kind, number, say, says
from parkzero.explain.rows import bounds_text
from parkzero.language.block import MOST
from parkzero.language.component import Component
from parkzero.language.fields import ByYear
from parkzero.lp.expr import Each
from parkzero.lp.model import Columns, Tagged
from parkzero.planning.assemble import BALANCE, Built, Design
from parkzero.study.study import Study
from parkzero.texts import Lang

Demand = (ElectricityDemand, HeatDemand)


@dataclass(frozen=True, slots=True)
class Told:
    """What is needed to tell a rule in words.

    Attributes:
        study: the study.
        built: the year in which the rule stands.
        lang: language.
        moment: real step in which the conflict stands, where it stands in one.
        moment_text: the step in words.
    """

    study: Study
    built: Built
    lang: Lang = "en"
    moment: int | None = None
    moment_text: str = ""

    def component(self, name: str) -> Component | None:
        """The component of that name."""
        return next((c for c in self.study.components if c.name == name), None)

    def noun(self, component: Component) -> str:
        """A component by kind and name, such as ``fuel boiler 't1.boiler'``."""
        return f"{kind(self.lang, component.kind)} '{component.name}'"

    def of_owner(self, owner: str) -> str:
        """`` of tenant t1 (its name)``; empty for the park."""
        if not owner:
            return ""
        tenant = self.study.tenants.get(owner)
        name = f" ({tenant.name})" if tenant and tenant.name != owner else ""
        return say(self.lang, "of_owner", owner=owner) + name

    def amount(self, value: float, unit: str) -> str:
        """A number with its unit."""
        return f"{number(self.lang, value)} {unit}"


def sentence(told: Told, rule: Tagged, rows: np.ndarray) -> str:
    """A rule of one year in words; ``rows`` are its rows that matter."""
    if rule.name == BALANCE and rule.asset in told.study.buses:
        return balance_sentence(told, rule.asset)
    component = told.component(rule.asset)
    if component is None:
        return f"{rule.dotted} ({told.built.year})"
    return policy_sentence(told, component, rule.name, rows) or asset_sentence(told, component, rule, rows)


def policy_sentence(told: Told, component: Component, rule: str, rows: np.ndarray) -> str:
    """A policy's rule in words; empty for other components."""
    year, asset, lang = told.built.year, component.name, told.lang
    if component.kind == "emission_cap":
        high = told.amount(_bounds(told.built, rows)[1], "t")
        return say(lang, "cap", asset=asset, amount=high, year=year, sources=_sources(told, rows))
    if component.kind == "emission_budget":
        return say(lang, "budget_year", asset=asset, year=year, sources=_sources(told, rows))
    if component.kind == "renewable_share":
        share = getattr(component, "share", None)
        asked = number(lang, float(share.at(year).value) * 100, 3) + "%" if isinstance(share, ByYear) else "–"
        made = either(lang, sources_of_share(told))
        source = say(lang, "share_from", made=made) if made else say(lang, "share_none")
        return say(lang, "share", asset=asset, share=asked, year=year, source=source)
    if component.kind == "offset" and rule == "limit":
        return say(lang, "offset_share", asset=asset, year=year)
    return ""


def asset_sentence(told: Told, component: Component, rule: Tagged, rows: np.ndarray) -> str:
    """An asset's rule in words."""
    low, high = _bounds(told.built, rows)
    given = bool(np.isfinite(high) and high) or bool(np.isfinite(low) and low) or rule.name.endswith("limit")
    bound = _limit(told, low, high, str(rule.unit)) if given else say(told.lang, "its_limit")
    words = says(told.lang, rule.name, bound)
    who = told.noun(component) + told.of_owner(component.owner)
    return say(told.lang, "rule", who=who, words=words, year=told.built.year)


def balance_sentence(told: Told, bus: str) -> str:
    """What a bus must serve, and what can serve it."""
    lang = told.lang
    demands = [c for c in told.study.components if isinstance(c, Demand) and c.bus == bus]
    only = either(lang, [told.noun(c) for c in suppliers(told, bus)])
    if not demands:
        takers = both(lang, [told.noun(c) for c in suppliers(told, bus, takers=True)])
        return say(
            lang,
            "passed_on",
            bus=bus,
            takers=takers or say(lang, "nobody"),
            only=only or say(lang, "nowhere"),
        )
    must = both(lang, [_demand(told, d) for d in demands])
    return say(lang, "served" if only else "unserved", must=must, bus=bus, only=only)


def suppliers(told: Told, bus: str, takers: bool = False) -> list[Component]:
    """Components that can inject into a bus (or take from it), demands and shortfalls left aside."""
    lower, upper = told.built.context.model.operation.bounds()
    found = {}
    for asset, expr in told.built.context.injections.get(bus, []):
        component = told.component(asset)
        if component is None or isinstance(component, Demand):
            continue
        wanted = [t for t in expr.terms if ((t.values() < 0) if takers else (t.values() > 0)).any()]
        if any((upper[t.cols] > 0).any() or (lower[t.cols] < 0).any() for t in wanted):
            found[asset] = component
    return list(found.values())


def sources_of_share(told: Told) -> list[str]:
    """What generates renewable electricity in this year."""
    assets = {entry.asset for entry in told.built.context.ledger.renewable()}
    return [told.noun(c) for c in told.study.components if c.name in assets]


def _demand(told: Told, demand: ElectricityDemand | HeatDemand) -> str:
    raw = np.asarray(demand.load.at(told.built.year).value, dtype=np.float64)
    timeline, lang = told.study.timeline, told.lang
    if told.moment is not None:
        power = number(lang, float(raw[told.moment]), 4)
        amount = say(lang, "at_moment", power=power, moment=told.moment_text)
    else:
        energy = _energy(lang, float(raw.sum() * timeline.hours * timeline.scale))
        power = number(lang, float(raw.max()), 4)
        amount = say(lang, "in_year", energy=energy, year=told.built.year, power=power)
    return say(lang, demand.kind, name=demand.name, who=told.of_owner(demand.owner), amount=amount)


def _sources(told: Told, rows: np.ndarray) -> str:
    """What emits, with its factor, for the row of an emission limit."""
    matrix, timeline = told.built.matrix, told.built.context.timeline
    row = int(rows[0])
    inside = slice(matrix.operation.indptr[row], matrix.operation.indptr[row + 1])
    cols, coefs = matrix.operation.indices[inside], matrix.operation.data[inside]
    parts = []
    for block in matrix.columns:
        chosen = (cols >= block.start) & (cols < block.start + block.count)
        if not chosen.any() or block.each is not Each.STEP:
            continue
        factor = float(coefs[chosen].sum() / (timeline.weights * timeline.hours).sum())
        if factor > 0:
            parts.append(say(told.lang, "emits", asset=block.asset, factor=number(told.lang, factor, 3)))
    return f" ({', '.join(parts[:5])})" if parts else ""


def _bounds(built: Built, rows: np.ndarray) -> tuple[float, float]:
    return float(built.matrix.low[rows].max()), float(built.matrix.high[rows].min())


def _limit(told: Told, low: float, high: float, unit: str) -> str:
    if low == high or np.isfinite(low):
        return bounds_text(low, high, unit)
    return say(told.lang, "at_most", amount=told.amount(high, unit))


def _energy(lang: Lang, mwh: float) -> str:
    return f"{number(lang, mwh / 1000, 3)} GWh" if abs(mwh) >= 1000 else f"{number(lang, mwh, 3)} MWh"


def design_sentence(study: Study, design: Design, limit: Tagged, index: int, lang: Lang) -> str:
    """A limit on what may be built or stand, in words: ``index`` is its place in the block."""
    at, year = limit.start + index, study.horizon.years[index]
    if isinstance(limit, Columns):
        most = float(design.upper[at])
        cohorts = design.cohorts.get(limit.dotted)
        if cohorts is None:
            return say(lang, "other_limit", name=f"{limit.dotted}[{year}]", amount=number(lang, most))
        amount = f"{number(lang, most * cohorts.unit_size)} {cohorts.unit}"
        key = "most_built" if most else "none_built"
        return say(lang, key, amount=amount, asset=cohorts.asset, size=cohorts.name, year=year)
    amount = f"{number(lang, float(design.matrix.high[at]))} {limit.unit}"
    if limit.each is Each.ONCE:
        return say(lang, "budget", asset=limit.asset, amount=amount)
    sized = (
        c for c in design.cohorts.values() if c.asset == limit.asset and limit.name == f"{c.name}.{MOST}"
    )
    cohorts = next(sized, None)
    if cohorts is None:
        return say(lang, "other_limit", name=f"{limit.dotted}[{year}]", amount=amount)
    return say(lang, "most_standing", amount=amount, asset=cohorts.asset, size=cohorts.name, year=year)
