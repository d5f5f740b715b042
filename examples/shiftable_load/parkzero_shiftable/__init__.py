"""Shiftable load: a part of an electricity demand that may move within its day.

Symbols:
    L           load of the demand [MW]
    o, i        load taken out of a step, and put into one [MW]
    M           largest load that may be put in at once [MW]

Rules:
    out         o[t] <= share L[t]
    into        i[t] <= M
    each_day    sum of i over a day = sum of o over it
"""

from __future__ import annotations

from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.units import MONEY, MW, MWH, ONE


@component(
    "shiftable_load", vi="phụ tải dịch chuyển được", en="shiftable load", group="demand", colour="#88ccee",
    words={
        "out": ("chỉ bớt phần tải cho phép dịch chuyển", "takes out no more than may move"),
        "into": ("không dồn quá mức cho phép", "puts in no more than it may at once"),
        "each_day": ("trả lại trong cùng ngày", "gives back within the day what it took out"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class ShiftableLoad(Component):
    """A part of an electricity demand that may move within its day."""

    demand: str = f.asset("electricity_demand", "the demand whose load may move")
    bus: str = f.bus("electricity", "bus of that demand", gives=True, takes=True)
    share: f.Quantity = f.quantity(ONE, "share of its load that may move", most=1)
    most: f.Quantity = f.quantity(MW, "largest load that may be put in at once")
    cost: f.ByYear = f.by_year(MONEY / MWH, "cost per energy moved", default=f.constant(0.0, MONEY / MWH))

    def build(self, lp: Block) -> None:
        """Say what may move, and that each day gets back what was taken."""
        taken, put = lp.flow("out"), lp.flow("into")
        load = lp.series(lp.of(self.demand, "load"))
        lp.rule("out", taken <= (load * self.share).expr())
        lp.rule("into", put <= self.most)
        lp.rule("each_day", lp.by_day(put) == lp.by_day(taken))
        lp.inject(self.bus, taken - put)
        lp.book(Account.VARIABLE_OM, put * lp.at(self.cost), bus=self.bus)
