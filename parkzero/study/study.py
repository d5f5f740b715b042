"""A validated study: everything that a plan is made from, frozen.

Readers make it from a folder or a workbook; it can also be composed in code from the same records. What has
not happened yet: no model exists, nothing has been averaged, no year has been chosen.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from parkzero.errors import Place
from parkzero.language.actors import USUAL, Actor
from parkzero.language.block import ALWAYS, Milestones, Penalties, Stay
from parkzero.language.carriers import CARRIERS, Carrier
from parkzero.language.component import Component
from parkzero.language.fields import described
from parkzero.language.site import Bus, Site
from parkzero.language.values import FIRST_YEAR, LAST_YEAR
from parkzero.series.paid_bills import Paid
from parkzero.study.understood import Fact
from parkzero.texts import NOTHING, Text
from parkzero.timeline import RealDays


@dataclass(frozen=True, slots=True)
class Tenant:
    """A company in the park.

    Attributes:
        id: short name used in files.
        name: name shown.
        name_en: the same in English, where that differs.
        trade: what it makes.
        first_year: first year in which it is there.
        until: first year in which it is there no more.
    """

    id: str
    name: str
    trade: str = ""
    name_en: str = ""
    first_year: int = FIRST_YEAR
    until: int = LAST_YEAR


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from.

    Attributes:
        place: file, sheet, cell, field.
        text: the value as it was written.
        citation: document behind it, where one was named.
        confidence: P seen in the document, S in the press or an open file, D derived, M memory; empty for the
            user's own data.
        synthetic: why the value is synthetic; empty when it is not.
        keys: the keys under which it stands, such as assets, bess, power, capex.
        taken: what it is taken from and by which name there, such as book and
            tech.dea.pv_ground.lifetime; empty for what the study states itself.
    """

    place: Place
    text: str = ""
    citation: str = ""
    confidence: str = ""
    synthetic: Text = NOTHING
    keys: tuple[str, ...] = ()
    taken: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Study:
    """What a plan is made from.

    Attributes:
        name: title of the study.
        currency: "VND", "USD" or "EUR"; all money inside is in it.
        milestones: milestone years, discount rate, weights.
        timeline: the real steps of the calendar year behind all series.
        components: assets and policies.
        buses: by name.
        tenants: by id.
        penalties: prices of what a valid plan must not contain.
        sources: where values came from, by field path such as "assets.bess.power.capex".
        warnings: what a reader should know although it is no fault.
        base_year: year in whose money all prices are.
        folder: where it was read from, for messages only.
        understood: figures of its series, patterns and paths, for its author to recognise.
        language: in which it asks to be spoken of, "vi" or "en"; empty where it does not say.
        carriers: by name, those of the study's own included.
        actors: those whom the study names beside the usual ones, by id.
        paid: bills that tenants have paid, against which the model's first year is held.
    """

    name: str
    currency: str
    milestones: Milestones
    timeline: RealDays
    components: tuple[Component, ...]
    buses: Mapping[str, Bus]
    tenants: Mapping[str, Tenant]
    penalties: Penalties
    sources: Mapping[str, Source] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()
    base_year: int = 2025
    folder: str = ""
    understood: tuple[Fact, ...] = ()
    language: str = ""
    carriers: Mapping[str, Carrier] = field(default_factory=lambda: CARRIERS)

    @property
    def site(self) -> Site:
        """What stands around each component."""
        assets = {c.name: c for c in self.components}
        actors = {actor.id: actor for actor in self.everyone}
        return Site(self.buses, assets, self.milestones.years, self.carriers, self.currency, actors=actors)

    actors: Mapping[str, Actor] = field(default_factory=dict)
    paid: tuple[Paid, ...] = ()

    def stays(self, component: Component) -> Stay:
        """First year in which a component is there, and the first in which it is there no more.

        It comes and goes with its owner, and with the assets that it names. A policy is always there.
        """
        if component.group == "policy" or all(
            (t.first_year, t.until) == ALWAYS for t in self.tenants.values()
        ):
            return ALWAYS
        found, others = {component.name: component}, {c.name: c for c in self.components}
        asked = [component]
        while asked:
            one = asked.pop()
            named = (getattr(one, n) for n, s in described(type(one)).items() if s.kind == "asset")
            new = [others[name] for name in named if name in others and name not in found]
            found |= {c.name: c for c in new}
            asked += new
        tenants = [self.tenants[c.owner] for c in found.values() if c.owner in self.tenants]
        begin = max((t.first_year for t in tenants), default=ALWAYS[0])
        return begin, min((t.until for t in tenants), default=ALWAYS[1])

    @property
    def everyone(self) -> tuple[Actor, ...]:
        """All who pay or are paid: the usual actors, those whom the study names, and the tenants."""
        tenants = (Actor(t.id, "tenant", t.name_en or t.name, t.name) for t in self.tenants.values())
        return (*USUAL.values(), *self.actors.values(), *tenants)

    @property
    def synthetic(self) -> dict[str, Text]:
        """Fields whose values are synthetic, with the reason."""
        return {path: source.synthetic for path, source in self.sources.items() if source.synthetic}


def milestones(years: tuple[int, ...], rate: float, last: float = 0.0) -> Milestones:
    """Milestone years, each standing for the years until the next one.

    Costs of a milestone year count ``sum of (1 + rate)^-(year - first + k)`` over its years k = 0, 1, …

    Args:
        years: ascending milestone years.
        rate: real discount rate per year.
        last: years for which the last milestone stands; as many as the one before by default, and one year
            where a single year is planned.

    Raises:
        ValueError: when the years do not ascend or the rate is -1 or less.
    """
    if list(years) != sorted(set(years)) or not years:
        raise ValueError("milestone years must ascend without repetition")
    if rate <= -1:
        raise ValueError("the discount rate must be above -100 %")
    gaps = [float(b - a) for a, b in itertools.pairwise(years)]
    spans = [*gaps, last or (gaps[-1] if gaps else 1.0)]
    weights = tuple(
        sum((1 + rate) ** -(y - years[0] + k) for k in range(round(span)))
        for y, span in zip(years, spans, strict=True)
    )
    return Milestones(years, rate, tuple(spans), weights)
