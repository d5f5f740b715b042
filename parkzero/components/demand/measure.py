"""Efficiency measure: less of an end use, for an investment, a share of it rolled out at a time.

Symbols:
    L, E        load of the demand; highest power of the end use: its share of the load's peak [MW, t/h, m3/h]
    X           end use that has the measure [MW of its highest power, or t/h, m3/h]
    O           part of it that also has the measure before it [the same]
    s, s'       saving, and that of what the measure before it leaves
    z           saved [the same]
    m           what is forced and missing, zero in every valid plan

Rules:
    whole       X <= E
    forced      X + m >= forced E                   (only in the years that it covers)
    apart       O >= X + X_before - E               (only after another)
    within      O <= X                              (only after another)
    both        O <= X_before                       (only after another)
    exclusive   sum of X over a group <= E          (said by the first of its group)

Saved is ``z[t] = L[t] / max L (s (X - O) + s' (1 - s_before) O)``. Which of the machines have which measure
is free: measures are put apart as long as there is room, so the overlap is what cannot be kept apart, and
nothing is multiplied. The design decides it with the sizes: hours alone are left to operation. Each measure
stands in a chain after one other at most. The end use has the shape of its demand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.lp.expr import Expr
from parkzero.texts import Text, say
from parkzero.units import MONEY, MW, ONE, YEAR, Quantity

_BOOKS = {"electricity": Account.CONSUMED, "heat": Account.HEAT_SUPPLIED, "steam": Account.HEAT_SUPPLIED}
_SLACK = 1e-9
_HOURS = 1e3
"""What is forced and missing costs, in hours of as much unserved."""


@component(
    "measure", vi="biện pháp tiết kiệm năng lượng", en="efficiency measure", group="demand", colour="#117733",
    words={
        "extent": ("phần áp dụng", "what has it"),
        "overlap": ("phần áp dụng cả hai", "what has both"),
        "whole": ("không áp dụng quá toàn bộ nhu cầu", "is applied to no more than its end use"),
        "exclusive": ("loại trừ biện pháp cùng nhóm", "leaves out what has another of its group"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Measure(Component):
    """Less of an end use, for an investment."""

    demand: str = f.asset("", "the demand whose end use it saves", trait="demand")
    end_use: str = f.text("what is saved, such as lighting; measures of the same name share it")
    share: Quantity = f.quantity(ONE, "share of the demand that is this end use", above=0, most=1)
    saving: Quantity = f.quantity(ONE, "share of the end use that it saves")
    extent: f.Size = f.size(MW, "how much of the end use has it, of its highest power", of="demand")
    rollout: Quantity | None = f.quantity(
        MW / YEAR, "largest roll-out a year, of the end use's highest power", above=0, of="demand",
        default=None,
    )  # fmt: skip
    forced: f.ByYear | None = f.by_year(
        ONE, "share of the end use that must have it", most=1, partial=True, default=None
    )
    exclusive: str = f.text("group of measures of which each machine has one at most", default="")
    after: str = f.asset("measure", "measure of the same end use that it comes after", default="")
    saving_after: Quantity | None = f.quantity(
        ONE, "share that it saves of what the one before leaves, where that differs from its saving", most=1,
        default=None,
    )  # fmt: skip

    def build(self, lp: Block) -> None:
        """Say how much has it, and what that saves."""
        bus = lp.of(self.demand, "bus")
        rate = lp.rate(bus)
        extent, whole = lp.size("extent", self.extent, rate), self.whole(lp)
        lp.rule("whole", extent <= whole)
        if self.rollout is not None:
            lp.pace("extent", self.rollout)
        if self.forced is not None and lp.covered(self.forced):
            # Nothing less in a valid plan; today's plant, and a trial on the way, may lack it at a price.
            missing = lp.yearly("missing", rate)
            short = lp.penalties.unserved * lp.context.site.carrier(bus).shortage * _HOURS
            lp.book(Account.SLACK, missing * Quantity(short, MONEY / rate), "missing")
            lp.rule("forced", extent + missing >= whole * lp.at(self.forced))
        saved = extent * self.saving
        if self.after:
            most = max(float(self.whole(lp, year).value) for year in lp.shared.milestones.years)
            both = lp.decided("overlap", rate, most, whole=False)
            left = 1.0 - float(lp.of(self.after, "saving").value)
            saved += both * (float((self.saving_after or self.saving).value) * left)
            saved += both * (-self.saving)
        self._give(lp, saved)

    def whole(self, lp: Block, year: int | None = None) -> Quantity:
        """Highest power of the end use in this year, or another."""
        load = lp.of(self.demand, "load").at(year or lp.context.year)
        return Quantity(float(np.max(load.value)) * float(self.share.value), load.unit)

    def _give(self, lp: Block, saved: Expr) -> None:
        raw = lp.of(self.demand, "load").at(lp.context.year)
        peak = float(np.max(raw.value))
        shape = f.Profile(np.asarray(raw.value) / peak if peak > 0 else np.zeros_like(raw.value), ONE)
        bus = lp.of(self.demand, "bus")
        less = lp.series(shape).times(saved)
        lp.inject(bus, less)
        account = _BOOKS.get(lp.bus(bus).carrier)
        if account is not None:
            lp.book(account, -less, bus=bus)

    def settle(self, lp: Block) -> None:
        """Say what it has in common with other measures, once all are built."""
        extent = lp.of_others(self.name, "extent")
        if self.after:
            self._overlap(lp)
        group = self.group_of(lp.context.site)
        if len(group) > 1 and group[0].name == self.name:
            together = extent
            for other in group[1:]:
                together += lp.of_others(other.name, "extent")
            lp.rule("exclusive", together <= self.whole(lp))

    def _overlap(self, lp: Block) -> None:
        """What has both measures: no more than either has, and what cannot be kept apart."""

        def both(year: int) -> Expr:
            return lp.decided_in(year, "overlap")

        def own(year: int) -> Expr:
            return lp.standing("extent", year)

        def before(year: int) -> Expr:
            return lp.standing("extent", year, self.after)

        lp.rule_of_design("within", lambda y: own(y) - both(y))
        lp.rule_of_design("both", lambda y: before(y) - both(y))
        lp.rule_of_design("apart", lambda y: both(y) - own(y) - before(y) + self.whole(lp, y))

    def same_use(self, site: Site) -> list[Measure]:
        """The measures of the same end use, itself among them, by name."""
        found = (a for a in site.assets.values() if isinstance(a, Measure))
        same = [a for a in found if (a.demand, a.end_use) == (self.demand, self.end_use)]
        return sorted(same, key=lambda one: one.name)

    def group_of(self, site: Site) -> list[Measure]:
        """The measures of its group, itself among them, by name; none without a group."""
        return [a for a in self.same_use(site) if self.exclusive and a.exclusive == self.exclusive]

    def check(self, site: Site) -> Iterator[Finding]:
        """It saves no more than there is, alone and with others, and its order and group make sense."""
        if float(self.saving.value) > 1:
            got = f"{float(self.saving.value):.0%}"
            yield Finding("saving", say("saves more than its end use"), got, say("at most 100 %"))
        yield from self._chain(site)
        yield from self._with_others(site)

    def _chain(self, site: Site) -> Iterator[Finding]:
        before = site.assets.get(self.after) if self.after else None
        if self.saving_after is not None and not self.after:
            yield Finding("saving_after", say("is given, but no measure that it comes after"))
        if isinstance(before, Measure):
            if (before.demand, before.end_use) != (self.demand, self.end_use):
                needs = say("a measure of the same demand and end use")
                yield Finding("after", say("is a measure of another end use"), self.after, needs)
            seen, one = {self.name}, before
            while isinstance(one, Measure) and one.name not in seen:
                seen.add(one.name)
                one = site.assets.get(one.after)  # type: ignore[assignment]  # a loop ends at what is none
            if isinstance(one, Measure):
                yield Finding("after", say("comes after itself"), self.after)

    def _with_others(self, site: Site) -> Iterator[Finding]:
        same = self.same_use(site)
        if not same or same[0].name != self.name:
            return  # told once, by the first of them
        for other in same[1:]:
            if float(other.share.value) != float(self.share.value):
                what: Text = say("is another share of the same end use than that of {name}", name=other.name)
                yield Finding("share", what, str(self.share), say("{limit}", limit=str(other.share)))
        alone = [m for m in same if not m.exclusive and not m.after]
        total = sum(float(m.saving.value) for m in alone)
        if len(alone) > 1 and total > 1 + _SLACK:
            what = say(
                "saves, together with {names}, more than its end use", names=[m.name for m in alone[1:]]
            )
            yield Finding(
                "saving", what, f"{total:.0%}", hint=say("say which comes after which, under after")
            )
        for name in dict.fromkeys(m.exclusive for m in same if m.exclusive):
            group = [m for m in same if m.exclusive == name]
            yield from self._both_forced(group, site.years)

    @staticmethod
    def _both_forced(group: list[Measure], years: tuple[int, ...]) -> Iterator[Finding]:
        for year in years:
            forced = [m for m in group if m.forced is not None and m.forced.covers(year)]
            asked = sum(float(m.forced.at(year).value) for m in forced if m.forced is not None)
            if asked > 1 + _SLACK:
                names = [m.name for m in forced]
                what = say(
                    "two exclusive measures are both forced in {year}: {names}", year=year, names=names
                )
                yield Finding("forced", what, f"{asked:.0%}", say("at most 100 % together"))
                return
