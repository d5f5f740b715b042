"""Rules in the user's nouns: who must do what, with the numbers, instead of the name of a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.explain.conflict_words import both, either, number, say, says
from parkzero.explain.rows import bounds_text
from parkzero.language.accounts import Account
from parkzero.language.block import MOST
from parkzero.language.component import DEMAND, Component
from parkzero.language.fields import ByYear, Profile, described
from parkzero.language.ledger import Limit
from parkzero.lp.expr import Each
from parkzero.lp.model import Columns, Tagged, dotted
from parkzero.planning.assemble import BALANCE, Built, Design
from parkzero.study.study import Study
from parkzero.texts import Both, Lang
from parkzero.units import ONE, FloatArray, H, Quantity, Unit


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
        return f"{Both(component.vi, component.en).of(self.lang)} '{component.name}'"

    def of_owner(self, owner: str) -> str:
        """`` of tenant t1 (its name)``; empty for the park."""
        if not owner:
            return ""
        tenant = self.study.tenants.get(owner)
        name = f" ({tenant.name})" if tenant and tenant.name != owner else ""
        return say(self.lang, "of_owner", owner=owner) + name

    def amount(self, value: float, unit: str, figures: int = 6) -> str:
        """A number with its unit."""
        return f"{number(self.lang, value, figures)} {unit}"


def sentence(told: Told, rule: Tagged, rows: np.ndarray) -> str:
    """A rule of one year in words; ``rows`` are its rows that matter."""
    if rule.name == BALANCE and rule.asset in told.study.buses:
        return balance_sentence(told, rule.asset)
    component = told.component(rule.asset)
    if component is None:
        return f"{rule.dotted} ({told.built.year})"
    return asset_sentence(told, component, rule, rows)


def asset_sentence(told: Told, component: Component, rule: Tagged, rows: np.ndarray) -> str:
    """A rule of an asset or policy in words; of a limit on the year, with what it is that reaches it."""
    low, high = _bounds(told.built, rows)
    limits = told.built.context.ledger.limits
    limit = next((t for t in limits if (t.asset, t.rule) == (rule.asset, rule.name)), None)
    given = bool(np.isfinite(high) and high) or bool(np.isfinite(low) and low)
    given = given or limit is not None or rule.name.endswith("limit")
    bound = _limit(told, low, high, str(rule.unit)) if given else say(told.lang, "its_limit")
    who = told.noun(component) + told.of_owner(component.owner)
    said = component.words.get(rule.name) or component.words.get(rule.name.rpartition(".")[2])
    words = says(told.lang, said, rule.name, bound, _numbers(told, component))
    sentence = say(told.lang, "rule", who=who, words=words, year=told.built.year)
    return sentence + (_reached(told, limit, rule, rows) if limit is not None else "")


def _numbers(told: Told, component: Component) -> dict[str, str]:
    """The component's own numbers in this year by field, which the words of its rules may name."""
    found, year = {}, told.built.year
    for name, about in described(type(component)).items():
        value = getattr(component, name)
        if isinstance(value, ByYear):
            value = value.at(year) if value.covers(year) else None
        if isinstance(value, Quantity) and np.ndim(value.value) == 0:
            plain = float(value.value)
            share = f"{number(told.lang, plain * 100, 3)}%"
            found[name] = share if about.unit == ONE else told.amount(plain, str(about.unit))
    return found


def balance_sentence(told: Told, bus: str) -> str:
    """What a bus must serve, and what can serve it."""
    lang = told.lang
    needed = needs(told, bus)
    only = either(lang, [told.noun(c) for c in suppliers(told, bus)])
    if not needed:
        takers = both(lang, [told.noun(c) for c in suppliers(told, bus, takers=True)])
        return say(
            lang,
            "passed_on",
            bus=bus,
            takers=takers or say(lang, "nobody"),
            only=only or say(lang, "nowhere"),
        )
    must = both(lang, [_need(told, bus, component, load) for component, load in needed])
    return say(lang, "served" if only else "unserved", must=must, bus=bus, only=only)


def suppliers(told: Told, bus: str, takers: bool = False) -> list[Component]:
    """Components that can inject into a bus (or take from it), demands and shortfalls left aside."""
    lower, upper = told.built.context.model.operation.bounds()
    found = {}
    for asset, expr in told.built.context.injections.get(bus, []):
        component = told.component(asset)
        if component is None or DEMAND in component.traits:
            continue
        wanted = [t for t in expr.terms if ((t.values() < 0) if takers else (t.values() > 0)).any()]
        if any((upper[t.cols] > 0).any() or (lower[t.cols] < 0).any() for t in wanted):
            found[asset] = component
    return list(found.values())


def needs(told: Told, bus: str) -> list[tuple[Component, FloatArray]]:
    """Demands at a bus with what each takes in every step whatever is decided, in the unit of the bus."""
    found = []
    for asset, expr in told.built.context.injections.get(bus, []):
        component = told.component(asset)
        if component is not None and DEMAND in component.traits:
            found.append((component, -np.broadcast_to(expr.constant, (expr.rows,))))
    return found


def _need(told: Told, bus: str, component: Component, load: FloatArray) -> str:
    """What a demand takes: in the moment of the conflict, else in the year."""
    lang, carrier = told.lang, told.built.context.site.carrier(bus)
    rate, timeline = str(carrier.rate), told.built.context.timeline
    profile = getattr(component, "load", None)  # in real steps, where those of the problem are mean days
    if isinstance(profile, Profile):
        load, timeline = np.asarray(profile.at(told.built.year).value, dtype=np.float64), told.study.timeline
    if told.moment is not None and len(load) > told.moment:
        power = told.amount(float(load[told.moment]), rate, 4)
        amount = say(lang, "at_moment", power=power, moment=told.moment_text)
    else:
        whole = _energy(lang, float((load * timeline.weights).sum() * timeline.hours), str(carrier.amount))
        power = told.amount(float(load.max()), rate, 4)
        amount = say(lang, "in_year", energy=whole, year=told.built.year, power=power)
    return say(lang, "need", what=told.noun(component), who=told.of_owner(component.owner), amount=amount)


def _reached(told: Told, limit: Limit, rule: Tagged, rows: np.ndarray) -> str:
    """What emits towards a limit on emissions, with its factor; of a least amount, what can give it."""
    timeline, matrix, row = told.built.context.timeline, told.built.matrix, int(rows[0])
    inside = slice(matrix.operation.indptr[row], matrix.operation.indptr[row + 1])
    cols, coefs = matrix.operation.indices[inside], matrix.operation.data[inside]
    slack = {dotted(e.asset, e.label) for e in told.built.context.ledger.under(Account.SLACK)}
    factors: dict[str, tuple[float, Unit]] = {}
    for block in matrix.columns:
        chosen = (cols >= block.start) & (cols < block.start + block.count)
        total = float(coefs[chosen].sum())
        if total > 0 and block.each is Each.STEP and block.dotted not in slack:
            factors[block.asset] = (total / float((timeline.weights * timeline.hours).sum()), block.unit * H)
    if limit.least:
        made = either(told.lang, [told.noun(c) for c in told.study.components if c.name in factors])
        return "; " + (say(told.lang, "share_from", made=made) if made else say(told.lang, "share_none"))
    if limit.family != "emission" or not factors:
        return ""
    parts = [
        say(told.lang, "emits", asset=asset, factor=told.amount(factor, str(rule.unit / unit), 3))
        for asset, (factor, unit) in factors.items()
    ]
    return f" ({', '.join(parts[:5])})"


def _bounds(built: Built, rows: np.ndarray) -> tuple[float, float]:
    return float(built.matrix.low[rows].max()), float(built.matrix.high[rows].min())


def _limit(told: Told, low: float, high: float, unit: str) -> str:
    if low == high or np.isfinite(low):
        return bounds_text(low, high, unit)
    return say(told.lang, "at_most", amount=told.amount(high, unit))


def _energy(lang: Lang, amount: float, unit: str) -> str:
    large = unit == "MWh" and abs(amount) >= 1000
    return f"{number(lang, amount / 1000, 3)} GWh" if large else f"{number(lang, amount, 3)} {unit}"


def design_sentence(study: Study, design: Design, limit: Tagged, index: int, lang: Lang) -> str:
    """A limit on what may be built or stand, in words: ``index`` is its place in the block."""
    at, year = limit.start + index, study.milestones.years[index]
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
        owner = next(c for c in study.components if c.name == limit.asset)
        noun = Both(owner.vi, owner.en).of(lang)
        return say(lang, "budget", noun=noun, asset=limit.asset, amount=amount)
    sized = (
        c for c in design.cohorts.values() if c.asset == limit.asset and limit.name == f"{c.name}.{MOST}"
    )
    cohorts = next(sized, None)
    if cohorts is None:
        return say(lang, "other_limit", name=f"{limit.dotted}[{year}]", amount=amount)
    return say(lang, "most_standing", amount=amount, asset=cohorts.asset, size=cohorts.name, year=year)
