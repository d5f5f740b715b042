"""Distribution: voltages, reactive power and its charge in a network of lines and transformers.

Symbols:
    p, q        active and reactive power at the middle of a branch, away from the root [MW, Mvar]
    l           copper losses of the branch [MW]
    v           square of a node's voltage [pu^2]; at the root it is given
    n           what a branch without load does to the voltage
    r, x        impedance of what stands of a branch already, or of one unit, per unit on one MVA
    u           import that is charged for its reactive power [MW]

Rules:
    charged.1   u[t] >= threshold (i[t] cos a + q_root[t] sin a) - i[t]    at the angle a of the threshold
    charged.2   the same 8 deg beyond it
    charged.3   the same 20 deg beyond it

Of every branch, in the branch's own name, it says:

    reactive: q[t] = reactive power drawn below - compensation + x/r l[t] - charging of cables
    tilted: s[t] >= (f[t] + b[t]) cos a + q[t] sin a for some angles a
    voltage: v[t] = n^2 v_before[t] - 2 (r p[t] + x q[t]) + change by tapping under load

Per unit is of a node's nominal voltage V: n = (1 + tap) low / high V_before / V for a transformer, whose taps
are on the side of its source and leave its impedance behind them alone; 1 for a line.

This is the distribution flow of a tree, linear in the squares of voltages: losses are in it (each branch's
are taken half at either end, and p and q are those of its middle), their rise at low voltage is not. It is
checked against alternating current in every hour by ``parkzero network``. More units than stand already lower
the impedance; the plan does not reckon with that, which is on the safe side.

The surcharge is that of a power factor below the threshold, ``threshold / power factor - 1`` of the price. It
is reckoned by the hour; the law nets each month, so that a bill is never higher.

Source: Baran, Wu, IEEE Trans. Power Delivery 4 (1989) 725; Circular 15/2014/TT-BCT for the surcharge.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parkzero.components.networks import BRANCH, NODE, ROOT, Reached, tree
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.language.statement import METERED
from parkzero.lp.expr import Each, Expr, add_all
from parkzero.texts import listed, say
from parkzero.units import KV, MONEY, MVAR, MW, MWH, ONE, Quantity

ANGLES = (15.0, 30.0, -15.0, -30.0)
"""Directions in which apparent power is exact, beside that of active power [deg]."""
BEYOND = (0.0, 8.0, 20.0)
"""Angles beyond that of the threshold at which the surcharge is exact [deg]."""
_PER_MW = ONE / MW


@dataclass
class _Year:
    """One network in one year while its rules are said."""

    lp: Block
    nodes: dict[str, Any]
    drawn: dict[str, list[Expr]] = field(default_factory=dict)

    def below(self, bus: str) -> Expr:
        """Reactive power that goes into a bus [MW]."""
        return add_all(self.drawn.get(bus, []), self.lp.context.timeline.steps, MW, Each.STEP)


@component(
    "distribution", vi="lưới phân phối", en="distribution network", group="network", colour="#44505f",
    traits=ROOT,
    words={
        "charged": ("điện mua chịu tiền công suất phản kháng", "import charged for its reactive power"),
        "reactive": ("cân bằng công suất phản kháng", "balance of reactive power"),
        "voltage": ("sụt áp", "voltage drop"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Distribution(Component):
    """A tree of lines and transformers with voltages and reactive power."""

    bus: str = f.bus("electricity", "bus from which it is fed: where its voltage is held", stores=True)
    voltage: Quantity = f.quantity(
        ONE, "voltage held there, per unit", least=0.8, most=1.2, default=Quantity(1.0)
    )
    nominal: Quantity = f.quantity(KV, "nominal voltage there", above=0)
    surcharge_price: f.ByYear | None = f.by_year(
        MONEY / MWH, "mean price of the import on which a low power factor is charged", default=None
    )
    power_factor_threshold: Quantity = f.quantity(
        ONE, "power factor below which it is charged", above=0, most=1, default=Quantity(0.9)
    )

    def build(self, lp: Block) -> None:
        """Nothing of its own: it is settled when all branches are built."""

    def settle(self, lp: Block) -> None:
        """Say reactive flows, apparent powers and voltages, from the ends to the root and back."""
        reached, _ = tree(self.bus, [b for b in lp.others(BRANCH) if lp.is_there(b.name)])
        nodes = {getattr(n, "bus", ""): n for n in lp.others(NODE)}
        year = _Year(lp, nodes)
        for one in reached:
            year.drawn[one.bus] = self._drawn(lp, one.bus, nodes.get(one.bus))
        flows: dict[str, Expr] = {}
        for one in reversed(reached[1:]):
            flows[one.bus] = self._reactive(year, one)
        squares = {self.bus: lp.constant(Quantity(float(self.voltage.value) ** 2))}
        levels = _levels(float(self.nominal.value), reached, nodes)
        for one in reached[1:]:
            if one.parent in squares and one.bus in nodes:
                squares[one.bus] = self._voltage(lp, one, flows[one.bus], squares[one.parent], nodes, levels)
        if self.surcharge_price is not None:
            self._charge(lp, year.below(self.bus))

    def _drawn(self, lp: Block, bus: str, node: Any) -> list[Expr]:  # noqa: ANN401  another kind's record
        """Reactive power that is drawn at a bus, less what is compensated."""
        if node is None or not lp.is_there(node.name):
            return []
        parts = [lp.injected(name, bus) * -node.tangent for name in _takers(lp, bus)] if node.tangent else []
        if node.compensation is not None:
            parts.append(lp.of_others(node.name, "given") * Quantity(-1.0, MW / MVAR))
        return parts

    def _reactive(self, year: _Year, one: Reached) -> Expr:
        """The reactive flow of the branch that leads to a node, and apparent power with it."""
        branch, lp = one.branch, year.lp.on_behalf_of(one.branch.name)
        rating, lost = lp.of_others(branch.name, "capacity"), lp.of_others(branch.name, "lost")
        end = lost * (0.5 * branch.reactive_part())
        charging = getattr(branch, "charging", None)
        if charging is not None and charging():
            end = end + (rating * (-0.5 * charging())).spread(end.rows, Each.STEP)
        flow = lp.flow("reactive", MW, lower=-math.inf)
        lp.rule("reactive", flow == year.below(one.bus) + end, defines=True)
        there = flow + end
        magnetising = getattr(branch, "magnetising", None)
        if magnetising is not None and magnetising():
            there = there + (rating * magnetising()).spread(there.rows, Each.STEP)
        year.drawn.setdefault(one.parent, []).append(there)
        active = lp.of_others(branch.name, "forward") + lp.of_others(branch.name, "back")
        apparent = lp.of_others(branch.name, "apparent")
        for i, angle in enumerate(ANGLES):
            a = math.radians(angle)
            least = active * math.cos(a) + flow * math.sin(a)
            lp.rule(f"tilted.{i + 1}", apparent >= least, defines=True)
        return flow

    def _voltage(
        self, year_lp: Block, one: Reached, flow: Expr, before: Expr, nodes: dict[str, Any],
        levels: dict[str, float],
    ) -> Expr:  # fmt: skip
        """The square of a node's voltage, from that of the node before it."""
        branch, node, lp = one.branch, nodes[one.bus], year_lp.on_behalf_of(one.branch.name)
        scale = (_rated(branch)[1] / levels[one.bus]) ** 2
        r, x = (scale * part for part in branch.drop(lp.existing("capacity")))
        sign = 1.0 if one.forward else -1.0
        active = (lp.of_others(branch.name, "forward") - lp.of_others(branch.name, "back")) * sign
        drop = active * Quantity(2 * r, _PER_MW) + flow * Quantity(2 * x, _PER_MW)
        found = before.spread(drop.rows, Each.STEP) * _ratio(one, levels) ** 2 - drop
        tapping = _share(branch, "tap_range")
        if tapping > 0:
            found = found + lp.flow("tapped", ONE, 4 * tapping) - 2 * tapping
        square = lp.of_others(node.name, "voltage") + float(node.voltage_min.value) ** 2
        lp.rule("voltage", square == found, defines=True)
        return square

    def _charge(self, lp: Block, reactive: Expr) -> None:
        """Charge the import whose power factor is low."""
        if self.surcharge_price is None:
            return
        metered = [a.name for a in lp.others(METERED) if getattr(a, "bus", "") == self.bus]
        imported = add_all(
            [lp.booked(Account.IMPORTED, asset=a) for a in metered], reactive.rows, MW, Each.STEP
        )
        charged, threshold = lp.flow("charged"), float(self.power_factor_threshold.value)
        for i, beyond in enumerate(BEYOND):
            a = math.acos(threshold) + math.radians(beyond)
            low = imported * (threshold * math.cos(a) - 1) + reactive * (threshold * math.sin(a))
            lp.rule(f"charged.{i + 1}", charged >= low)
        lp.book(Account.POWER_FACTOR, charged * lp.at(self.surcharge_price), bus=self.bus)

    def check(self, site: Site) -> Iterator[Finding]:
        """It is a tree: every branch and node is reached once, from one source, at one nominal voltage."""
        branches = [a for a in site.assets.values() if BRANCH in a.traits]
        nodes = {getattr(a, "bus", ""): a for a in site.assets.values() if NODE in a.traits}
        reached, loops = tree(self.bus, branches)
        buses = {one.bus for one in reached}
        for branch in loops:
            what = say("{branch} closes a loop: the flow is that of a tree", branch=branch.name)
            hint = say("leave out the branch at which the ring is open")
            yield Finding("bus", what, hint=hint)
        yield from self._apart(site, buses, branches, nodes)
        yield from self._fed_twice(site, buses)
        for one in reached[1:]:
            if one.bus not in nodes:
                needs = say("a grid_node for each bus that the network reaches")
                yield Finding("bus", say("reaches a bus that is no node"), one.bus, needs)
        if not loops:
            yield from self._voltages(reached, nodes)

    def _apart(
        self, site: Site, buses: set[str], branches: list[Any], nodes: dict[str, Any]
    ) -> Iterator[Finding]:
        """Islands: what no network reaches; told once, by the first of them."""
        roots = [a for a in site.assets.values() if ROOT in a.traits]
        if roots and roots[0].name != self.name:
            return
        found = set(buses)
        for other in roots[1:]:
            found |= {one.bus for one in tree(getattr(other, "bus", ""), branches)[0]}
        lost = [b.name for b in branches if b.source not in found]
        lost += [n.name for bus, n in nodes.items() if bus not in found]
        if lost:
            needs = say("a branch to each of them from {bus}", bus=self.bus)
            yield Finding("bus", say("does not reach an island: {names}", names=listed(lost)), needs=needs)

    def _fed_twice(self, site: Site, buses: set[str]) -> Iterator[Finding]:
        for asset in site.assets.values():
            bus = getattr(asset, "bus", "")
            if bus not in buses or asset.name == self.name or (METERED in asset.traits and bus == self.bus):
                continue
            if METERED in asset.traits or ROOT in asset.traits:
                what = say("has a second source, {asset} at {bus}", asset=asset.name, bus=bus)
                yield Finding("bus", what, needs=say("one slack node: one place that holds the voltage"))

    def _voltages(self, reached: list[Reached], nodes: dict[str, Any]) -> Iterator[Finding]:
        """Nominal voltages agree, and without load every node's voltage is within its band."""
        level = _levels(float(self.nominal.value), reached, nodes)
        square = {self.bus: (float(self.voltage.value), 0.0)}
        for one in reached[1:]:
            branch = one.branch
            stepped = hasattr(branch, "high")
            if stepped and not one.forward:
                needs = say("its source on the side of {bus}", bus=self.bus)
                yield Finding(
                    "bus", say("{branch} stands the wrong way round", branch=branch.name), needs=needs
                )
            ratio = _ratio(one, level)
            for rated, here in zip(_rated(branch), (level[one.parent], level[one.bus]), strict=True):
                if abs(rated / here - 1) > 0.15:
                    ratio = 1.0  # told here, and not by the voltages that follow
                    what = say("{branch} is made for {rated:g} kV, but stands at {here:g} kV",
                               branch=branch.name, rated=rated, here=here)  # fmt: skip
                    yield Finding("bus", what)
                    break
            volts, play = square[one.parent]
            volts, play = volts * ratio, play + _share(branch, "tap_range")
            square[one.bus] = (volts, play)
            node = nodes.get(one.bus)
            if node is None:
                continue
            low, high = float(node.voltage_min.value), float(node.voltage_max.value)
            if volts + play < low or volts - play > high:
                what = say("without any load {bus} has a voltage of {volts:.3f}", bus=one.bus, volts=volts)
                yield Finding("voltage", what, needs=say("{low:g} to {high:g}", low=low, high=high))


def _share(branch: Any, name: str) -> float:  # noqa: ANN401  a line has no taps
    found = getattr(branch, name, None)
    return 0.0 if found is None else float(found.value)


def _rated(branch: Any) -> tuple[float, float]:  # noqa: ANN401  another kind's record
    """Voltages for which a branch is made, before and behind it [kV]."""
    sides = ("high", "low") if hasattr(branch, "high") else ("voltage", "voltage")
    return float(getattr(branch, sides[0]).value), float(getattr(branch, sides[1]).value)


def _levels(root: float, reached: list[Reached], nodes: dict[str, Any]) -> dict[str, float]:
    """Nominal voltage of each bus [kV]: its node's own, or that of what leads there."""
    found = {reached[0].bus: root}
    for one in reached[1:]:
        own = getattr(nodes.get(one.bus), "nominal", None)
        other = _rated(one.branch)[1] if hasattr(one.branch, "high") else found[one.parent]
        found[one.bus] = other if own is None else float(own.value)
    return found


def _ratio(one: Reached, levels: dict[str, float]) -> float:
    """What a branch without load does to the voltage per unit."""
    high, low = _rated(one.branch)
    return (1 + _share(one.branch, "tap")) * low / high * levels[one.parent] / levels[one.bus]


def _takers(lp: Block, bus: str) -> list[str]:
    """Assets that only draw from a bus: loads, heat pumps, chillers, electric boilers."""
    found = []
    for asset in lp.context.site.assets.values():
        specs = [
            spec
            for name, spec in f.described(type(asset)).items()
            if spec.kind == "bus" and getattr(asset, name) == bus
        ]
        if any(s.takes for s in specs) and not any(s.gives or s.stores for s in specs):
            found.append(asset.name)
    return found
