"""Rules in the user's nouns: who must do what, with the numbers, instead of the name of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkzero.components.component import Component
from parkzero.components.demand import ElectricityDemand, HeatDemand
from parkzero.components.fields import ByYear
from parkzero.components.ledger import Account
from parkzero.plan.assemble import BALANCE, Built
from parkzero.plan.rows import bounds_text
from parkzero.study.study import Study
from parkzero.units import Quantity

Demand = (ElectricityDemand, HeatDemand)

# What a rule says, by its name within the asset; {bound} is its limit where it has one of its own.
WORDS: Mapping[str, str] = {
    "import_limit": "imports {bound}",
    "export_limit": "exports {bound}",
    "own_surplus": "exports no more than its owner generates in the same step",
    "export_share": "exports no more than its share of its owner's yearly generation",
    "limit": "supplies {bound}",
    "yearly": "supplies {bound} a year",
    "weather": "gives no more than the weather allows",
    "capacity": "gives no more than the power that stands",
    "conversion": "turns its input into heat at its efficiency",
    "balance": "holds only what was charged before",
    "charging": "charges no faster than the power that stands",
    "discharging": "discharges no faster than the power that stands",
    "filling": "holds no more than the energy that stands",
    "forward": "sends no more than the power that stands",
    "back": "sends back no more than the power that stands",
    "mass": "buys {bound}",
}

KINDS: Mapping[str, str] = {"grid": "grid connection", "fuel": "fuel supply", "solar": "photovoltaics"}


@dataclass(frozen=True, slots=True)
class Told:
    """What is needed to tell a rule in words."""

    study: Study
    built: Built
    moment: int | None = None
    moment_text: str = ""

    def component(self, name: str) -> Component | None:
        """The component of that name."""
        return next((c for c in self.study.components if c.name == name), None)


def noun(component: Component) -> str:
    """A component by kind and name, such as ``gas boiler 't1.boiler'``."""
    return f"{KINDS.get(component.kind, component.kind.replace('_', ' '))} '{component.name}'"


def of_owner(study: Study, owner: str) -> str:
    """`` of tenant t1 (its name)``; empty for the park."""
    if not owner:
        return ""
    tenant = study.tenants.get(owner)
    return f" of tenant {owner}" + (f" ({tenant.name})" if tenant and tenant.name != owner else "")


def sentence(told: Told, name: str, rows: np.ndarray) -> str:
    """A rule of one year in words; ``rows`` are its rows that matter."""
    asset, rule = split(told.study, name)
    if rule == BALANCE and asset in told.study.buses:
        return balance_sentence(told, asset)
    component = told.component(asset)
    if component is None:
        return f"{name} in {told.built.year}"
    low, high = _bounds(told.built, rows)
    year = told.built.year
    if component.kind == "emission_cap":
        return f"Emission cap '{asset}' allows {_amount(high, 't')} in {year}{_sources(told, rows)}"
    if component.kind == "emission_budget":
        return f"Emission budget '{asset}' gives {year} its part{_sources(told, rows)}"
    if component.kind == "renewable_share":
        share = getattr(component, "share", None)
        told_share = f"{float(share.at(year).value):.0%} " if isinstance(share, ByYear) else ""
        made = " or ".join(sources_of_share(told))
        from_what = f"; it can only come from {made}" if made else "; nothing in the study generates any"
        return (
            f"Renewable share '{asset}' asks for {told_share}of the electricity consumed in {year}{from_what}"
        )
    if component.kind == "offset" and rule == "limit":
        return f"Offset '{asset}' buys no more than its share of the gross emissions of {year}"
    words = WORDS.get(rule, f"keeps its rule '{rule}'")
    has_limit = bool(np.isfinite(high) and high) or bool(np.isfinite(low) and low) or rule.endswith("limit")
    bound = _limit(low, high, str(_unit(told.built, name))) if has_limit else "no more than its limit"
    start = noun(component)
    text = f"{start[0].upper()}{start[1:]}{of_owner(told.study, component.owner)} {words.format(bound=bound)}"
    return f"{text} in {year}"


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
    demands = [c for c in told.study.components if isinstance(c, Demand) and c.bus == bus]
    served = [_demand(told, d) for d in demands]
    sources = [noun(c) for c in suppliers(told, bus)]
    only = " or ".join(sources)
    if not served:
        takers = [noun(c) for c in suppliers(told, bus, takers=True)]
        return (
            f"At bus {bus}, what {' and '.join(takers) or 'nobody'} takes must come from {only or 'nowhere'}"
        )
    must = " and ".join(served)
    return (
        f"{must} at bus {bus} can only come from {only}"
        if only
        else f"{must} at bus {bus} has no supply at all"
    )


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
    return [noun(c) for c in told.study.components if c.name in assets]


def _demand(told: Told, demand: ElectricityDemand | HeatDemand) -> str:
    raw = np.asarray(demand.load.at(told.built.year).value, dtype=np.float64)
    timeline = told.study.timeline
    kind = "electricity demand" if isinstance(demand, ElectricityDemand) else "heat demand"
    who = of_owner(told.study, demand.owner)
    if told.moment is not None:
        amount = f"{raw[told.moment]:.4g} MW on {told.moment_text}"
    else:
        energy = float(raw.sum() * timeline.hours * timeline.scale)
        amount = f"{_energy(energy)} in {told.built.year}, at most {raw.max():.4g} MW"
    return f"the {kind} '{demand.name}'{who} of {amount}"


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
            parts.append(f"'{asset}' emits {factor:.3g} t/MWh")
    return f" ({', '.join(parts[:5])})" if parts else ""


def _bounds(built: Built, rows: np.ndarray) -> tuple[float, float]:
    return float(built.matrix.low[rows].max()), float(built.matrix.high[rows].min())


def _unit(built: Built, name: str) -> str:
    return next((str(b.unit) for b in built.matrix.rows if b.name == name), "")


def _limit(low: float, high: float, unit: str) -> str:
    if low == high or np.isfinite(low):
        return bounds_text(low, high, unit)
    return f"at most {_amount(high, unit)}"


def _amount(value: float, unit: str) -> str:
    return f"{Quantity(value + 0.0).value:,.6g} {unit}"


def _energy(mwh: float) -> str:
    return f"{mwh / 1000:,.3g} GWh" if abs(mwh) >= 1000 else f"{mwh:,.3g} MWh"
