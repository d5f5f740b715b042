"""Networks: what carries energy from one bus to another. Here stands what power lines and transformers share.

Symbols:
    S           standing rating [MW, as MVA]
    f, b        power sent forward and back, at the middle of the branch [MW]
    s           apparent power [MW, as MVA]
    l           copper losses [MW]
    k           copper losses at full load, as a share of the rating

Rules:
    power       s[t] >= f[t] + b[t]
    capacity    s[t] <= loading S + over[t]
    copper.i    l[t] >= k (2 u s[t] - u^2 S)    for some loadings u

The losses of a branch are k s^2 / S, whether one unit stands or several side by side. That is convex in s and
S together, and the rows are its tangents: exact at the loadings u, between them below the truth by at most
``(u' - u)^2 / 4`` of the losses at full load. Half of the losses are taken at each end, so that f - b is what
flows at the middle. A ``distribution`` adds reactive power and voltages; without one, s is the active power.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import Component
from parkzero.language.site import Asset, Finding, Site
from parkzero.lp.expr import Expr
from parkzero.texts import say
from parkzero.units import MW, ONE, Quantity

BRANCH, NODE, ROOT = "branch", "node", "root"
"""Traits: what joins two nodes, what says of a bus that it is a node, what makes a network of them."""

TANGENTS = (0.2, 0.5, 0.85)
"""Loadings at which the losses are exact."""

WORDS = {
    "apparent": ("công suất biểu kiến", "apparent power"),
    "lost": ("tổn thất đồng", "copper losses"),
    "over": ("quá tải", "overload"),
    "power": (
        "công suất biểu kiến không nhỏ hơn công suất tác dụng",
        "apparent power is at least the active power",
    ),
    "capacity": ("không vượt công suất hiện có", "carries no more than the rating that stands"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Branch(Component):
    """What joins two nodes of a network of electricity."""

    source: str = f.bus("electricity", "bus at one end", gives=True, takes=True)
    to: str = f.bus("electricity", "bus at the other end", gives=True, takes=True)
    capacity: f.Size = f.size(MW, "rating that it carries [MVA]; `unit` is one circuit or one transformer")
    loading: Quantity = f.quantity(
        ONE, "share of the rating that may be used", above=0, most=1.5, default=Quantity(1.0)
    )

    @abstractmethod
    def copper(self) -> float:
        """Copper losses at full load, as a share of the rating."""

    @abstractmethod
    def reactive_part(self) -> float:
        """Reactive losses for a megawatt of copper losses."""

    @abstractmethod
    def drop(self, stands: float) -> tuple[float, float]:
        """Resistance and reactance per unit on one MVA, where so much stands [MVA]; 0: one unit."""

    def check(self, site: Site) -> Iterator[Finding]:
        """Its ends are two buses, and it has an impedance."""
        if self.source == self.to:
            yield Finding("to", say("is the bus at which it begins"), self.to, say("another bus"))

    def build(self, lp: Block) -> None:
        """Say the branch's size, flows, rules and injections."""
        rating = lp.size("capacity", self.capacity)
        forward, back, apparent, lost = (lp.flow(n) for n in ("forward", "back", "apparent", "lost"))
        over = lp.shortfall("over", MW, lp.penalties.unserved)
        lp.rule("power", apparent >= forward + back, defines=True)
        lp.rule("capacity", apparent <= rating * self.loading + over)
        for i, u in enumerate(TANGENTS):
            least = (apparent * (2 * u) - rating * u**2) * self.copper()
            lp.rule(f"copper.{i + 1}", lost >= least, defines=True)
        lp.inject(self.source, back - forward - lost * 0.5)
        lp.inject(self.to, forward - back - lost * 0.5)
        self.idle(lp, rating)

    def idle(self, lp: Block, rating: Expr) -> None:
        """Say what it takes without any load."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A node of a tree.

    Attributes:
        bus: its bus.
        parent: bus before it; empty for the root.
        branch: what joins both; None for the root.
        forward: whether the branch's own direction leads here.
    """

    bus: str
    parent: str
    branch: Any
    forward: bool


def tree(root: str, branches: list[Any]) -> tuple[list[Reached], list[Asset]]:
    """The nodes that branches reach from a bus, parents first, and the branches that would close a loop."""
    at: dict[str, list[Any]] = {}
    for branch in branches:
        for bus in dict.fromkeys((branch.source, branch.to)):
            at.setdefault(bus, []).append(branch)
    found, used, loops = [Reached(root, "", None, True)], set[str](), []
    seen = {root}
    for node in found:  # grows while it is walked
        for branch in at.get(node.bus, []):
            if branch.name in used:
                continue
            used.add(branch.name)
            other = branch.to if branch.source == node.bus else branch.source
            if other in seen:
                loops.append(branch)
                continue
            seen.add(other)
            found.append(Reached(other, node.bus, branch, branch.source == node.bus))
    return found, loops
