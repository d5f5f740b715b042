"""Batches: work that comes as a load, and must be done by a deadline, in any of the hours until then.

Symbols:
    L           work as it comes [MW]
    x           work done [MW]
    w           work that waits at the end of a step [MWh]
    m           work put off until later [MW]
    u           work that is never done, zero in every valid plan
    D           deadline, in steps after it came

Rules:
    balance     w[t] = w[t-1] + h (L[t] - x[t] - u[t])
    deadline    w[t] <= h (L[t] + ... + L[t-D+1])
    power       x[t] <= P in the hours of work, else 0
    later       m[t] >= L[t] - x[t]     (only where putting off costs)

What waits is never older than the deadline: the oldest is done first. Days follow one another, so a batch of
the evening may be done in the morning.
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
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH, FloatArray, H, Quantity


@component(
    "batch_load", vi="phụ tải theo mẻ", en="batch load", group="demand", colour="#661100", traits="demand",
    words={
        "done": ("mẻ đang chạy", "work done"),
        "waiting": ("mẻ đang chờ", "work that waits"),
        "later": ("mẻ lùi giờ", "work put off"),
        "deadline": ("xong trước hạn", "does its work by the deadline"),
        "power": ("không vượt công suất trong giờ làm việc", "works within its power and hours"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class BatchLoad(Component):
    """Work that may wait until its deadline."""

    bus: str = f.bus("electricity", "bus that it draws from", takes=True)
    load: f.Profile = f.profile(MW, "work as it comes: the load if it were done at once")
    deadline: Quantity = f.quantity(H, "hours after which work must be done at the latest", most=336)
    power: Quantity = f.quantity(MW, "largest power at which it is done", above=0)
    begins: int = f.integer("hour of the day from which it may be done", least=0, most=23, default=0)
    ends: int = f.integer("hour of the day until which it may be done", least=1, most=24, default=24)
    cost: f.ByYear = f.by_year(MONEY / MWH, "cost per energy put off", default=f.constant(0.0, MONEY / MWH))

    def build(self, lp: Block) -> None:
        """Say what is done when, and what waits."""
        if not np.any(self.load.at(lp.context.year).value):
            return  # a year without work: what cannot wait would have prices that mean nothing
        done, missing, waiting = lp.flow("done"), lp.unserved(self.bus), lp.level("waiting")
        load = lp.series(self.load).expr()
        lp.rule("balance", waiting.end == waiting.before + (load - done - missing) * lp.step)
        year, hours = lp.context.year, float(lp.step.value)
        recent = self.recent(np.asarray(self.load.at(year).value), hours)
        lp.rule("deadline", waiting.end <= lp.series(f.Profile(recent, MWH)).expr())
        lp.rule("power", done <= lp.series(f.Profile(self.open(hours, len(recent)), MW)).expr())
        if max(self.cost.values) > 0:
            later = lp.flow("later")
            lp.rule("later", later >= load - done)
            lp.book(Account.VARIABLE_OM, later * lp.at(self.cost), bus=self.bus)
        lp.inject(self.bus, -done)
        lp.book(Account.CONSUMED, done, bus=self.bus)
        lp.book(Account.UNSERVED, missing, bus=self.bus)

    def recent(self, load: FloatArray, hours: float) -> FloatArray:
        """Work that came within the deadline before the end of each step [MWh], the year a circle."""
        steps = int(float(self.deadline.value) / hours + 1e-9)
        found = np.zeros_like(load)
        for back in range(steps):
            found += np.roll(load, back)
        return found * hours

    def open(self, hours: float, steps: int) -> FloatArray:
        """Power at which it may be done in each step [MW]."""
        at = (np.arange(steps) * hours) % 24
        return np.where((at >= self.begins) & (at < self.ends), float(self.power.value), 0.0)

    def check(self, site: Site) -> Iterator[Finding]:
        """Its day has hours, and its power is enough for its work."""
        if self.ends <= self.begins:
            what = say("is no later than it begins")
            yield Finding("ends", what, str(self.ends), say("more than {begins}", begins=self.begins))
            return
        for year in site.years:
            mean = float(np.mean(self.load.at(year).value))
            able = float(self.power.value) * (self.ends - self.begins) / 24
            if mean > able * (1 + 1e-9):
                got = say("{power:.3g} MW on average", power=able)
                needs = say("at least {power:.3g} MW on average, in {year}", power=mean, year=year)
                yield Finding("power", say("is too little for its work in these hours"), got, needs)
                return
