"""Tornado: the value of a case where each input is low and where it is high, all others as they are.

Inputs that scale an account of cost keep the plan that stands: what a better plan would answer is not in
them, and the tornado says so. A term (a rate, a share) changes no plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parkzero.cash.flows import npv
from parkzero.finance.statement import Statement, insiders, known_of, statement
from parkzero.finance.terms import Case, Input, of_document, with_term


@dataclass(frozen=True, slots=True)
class Swung:
    """One input.

    Attributes:
        name: of the input.
        low, high: what it is there.
        at_low, at_high: value of the case there [money].
        replanned: whether the plan was sought anew.
    """

    name: str
    low: float
    high: float
    at_low: float
    at_high: float
    replanned: bool = False

    @property
    def width(self) -> float:
        """How far apart both values are [money]."""
        return abs(self.at_high - self.at_low)


def value_of(found: Statement) -> float:
    """Value of the case at the start [money]: of the projects' equity, or of all within the plan."""
    flows = [made.equity for made in found.projects.values()] or [found.cash(a) for a in insiders(found)]
    total = np.sum(flows, axis=0)
    return npv(found.discount, total.tolist())


def tornado(found: Statement) -> tuple[Swung, ...]:
    """All inputs that the terms name, the widest first."""
    if found.case is None:
        return ()
    swings = [swung(found, found.case, one) for one in found.case.inputs]
    return tuple(sorted(swings, key=lambda s: -s.width))


def swung(found: Statement, case: Case, one: Input) -> Swung:
    """One input at both ends, with the plan as it stands."""
    ends = []
    for value in (one.low, one.high):
        if one.account:
            again = statement(found.results, case, {one.account: 1 + value})
        else:
            changed = of_document(with_term(case.document, one.term, value), known_of(found.results))
            again = statement(found.results, changed)
        ends.append(value_of(again))
    return Swung(one.name, one.low, one.high, ends[0], ends[1])
