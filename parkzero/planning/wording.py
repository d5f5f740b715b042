"""Rules in the user's nouns: who must do what, with the numbers, instead of the name of a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.components.demand import ElectricityDemand, HeatDemand
from parkzero.language.component import Component
from parkzero.language.fields import ByYear
from parkzero.language.ledger import Account
from parkzero.planning.assemble import BALANCE, Built, Design
from parkzero.planning.conflict_words import Lang, both, either, kind, number, say, says
from parkzero.planning.rows import bounds_text
from parkzero.study.study import Study

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


def sentence(told: Told, name: str, rows: np.ndarray) -> str:
    """A rule of one year in words; ``rows`` are its rows that matter."""
    asset, rule = split(told.study, name)
    if rule == BALANCE and asset in told.study.buses:
        return balance_sentence(told, asset)
    component = told.component(asset)
    if component is None:
        return f"{name} ({told.built.year})"
    return policy_sentence(told, component, rule, rows) or asset_sentence(told, component, name, rule, rows)


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


def asset_sentence(told: Told, component: Component, name: str, rule: str, rows: np.ndarray) -> str:
    """An asset's rule in words."""
    low, high = _bounds(told.built, rows)
    has_limit = bool(np.isfinite(high) and high) or bool(np.isfinite(low) and low) or rule.endswith("limit")
    bound = _limit(told, low, high, _unit(told.built, name)) if has_limit else say(told.lang, "its_limit")
    words = says(told.lang, rule, bound)
    who = told.noun(component) + told.of_owner(component.owner)
    return say(told.lang, "rule", who=who, words=words, year=told.built.year)


def split(study: Study, name: str) -> tuple[str, str]:
    """Asset or bus, and the rule within it."""
    known = {c.name for c in study.components} | set(study.buses)
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        if ".".join(parts[:cut]) in known:
            return ".".join(parts[:cut]), ".".join(parts[cut:])
    return name, ""


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
    assets = {entry.asset for entry in told.built.context.ledger.under(Account.RENEWABLE)}
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
        if not chosen.any() or block.count != timeline.steps:
            continue
        factor = float(coefs[chosen].sum() / (timeline.weights * timeline.hours).sum())
        asset, _ = split(told.study, block.name)
        if factor > 0:
            parts.append(say(told.lang, "emits", asset=asset, factor=number(told.lang, factor, 3)))
    return f" ({', '.join(parts[:5])})" if parts else ""


def _bounds(built: Built, rows: np.ndarray) -> tuple[float, float]:
    return float(built.matrix.low[rows].max()), float(built.matrix.high[rows].min())


def _unit(built: Built, name: str) -> str:
    return next((str(b.unit) for b in built.matrix.rows if b.name == name), "")


def _limit(told: Told, low: float, high: float, unit: str) -> str:
    if low == high or np.isfinite(low):
        return bounds_text(low, high, unit)
    return say(told.lang, "at_most", amount=told.amount(high, unit))


def _energy(lang: Lang, mwh: float) -> str:
    return f"{number(lang, mwh / 1000, 3)} GWh" if abs(mwh) >= 1000 else f"{number(lang, mwh, 3)} MWh"


def design_sentence(study: Study, design: Design, name: str, lang: Lang) -> str:
    """A limit on what may be built or stand, in words."""
    if "[" in name:
        key, year = name[: name.rindex("[")], name[name.rindex("[") + 1 : -1]
        cohorts = design.cohorts.get(key)
        most = float(design.upper[design.names.index(name)])
        if cohorts is None:
            return say(lang, "other_limit", name=name, amount=number(lang, most))
        given = {"asset": cohorts.asset, "size": cohorts.name, "year": year}
        amount = f"{number(lang, most * cohorts.unit_size)} {cohorts.unit}"
        return say(lang, "most_built" if most else "none_built", amount=amount, **given)
    block = next(b for b in design.matrix.rows if b.name == name)
    amount = f"{number(lang, float(design.matrix.high[block.start]))} {block.unit}"
    if name.endswith(".total"):
        return say(lang, "budget", asset=split(study, name)[0], amount=amount)
    key, _, year = name.rpartition(".most.")
    cohorts = design.cohorts.get(key)
    if cohorts is None:
        return say(lang, "other_limit", name=name, amount=amount)
    return say(lang, "most_standing", amount=amount, asset=cohorts.asset, size=cohorts.name, year=year)
