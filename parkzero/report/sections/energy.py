"""Energy from source to use: one Sankey diagram for each milestone year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from parkzero.charts import Link, Node, sankey
from parkzero.charts.palette import AMBIENT, EXPORT, LOSS
from parkzero.report.balance import Injections
from parkzero.report.facts import Drawn, Facts
from parkzero.report.numbers import Scale
from parkzero.report.sections.parts import figure, grid, said_of, section
from parkzero.report.words import both, say

_ENERGY = "MW"  # what flows in other units is no energy, and not in the diagram
_CONNECTION = "connection"
_DEMAND = "demand"
_LAST = 99
_LEAST = 1e-6
_SEEN = 1e-4

Sides = dict[str, tuple[float, float]]
"""By carrier: energy given and taken [MWh]."""


def energy(facts: Facts, years: Iterable[tuple[int, Injections]]) -> Markup:
    """Sankey diagrams of all milestone years."""
    tiles = []
    for year, found in years:
        nodes, links = diagram(found)
        largest = max((k.amount for k in links), default=0.0)
        links = [k for k in links if k.amount > _SEEN * largest]
        total = sum(k.amount for k in links if not k.source.startswith(("carrier", "by")))
        scale = Scale(1e-3, both("GWh")) if total >= 5_000 else Scale(1.0, both("MWh"))
        unit = scale.unit + say("unit.per_year")
        about = said_of(facts, say("energy.chart", year=str(year)), unit, "hourly/injections")
        shown = [replace(k, amount=k.amount * scale.factor) for k in links]
        tiles.append(figure(facts, f"energy-{year}", sankey(about, nodes, shown)))
    return section("energy", grid(*tiles))


def diagram(found: Injections) -> tuple[list[Node], list[Link]]:
    """Nodes and links of a year; what a converter or store loses is a link to the losses.

    A technology that only gives is a source, one that only takes is a use, one that takes from one carrier
    and gives to another is a converter. What a store or a line takes and gives back cancels out.
    """
    groups = _groups(found)
    drawing = _Drawing(found, _levels(groups))
    for group, sides in groups.items():
        for carrier in sides:
            drawing.carrier(carrier)
        if _CONNECTION in found.drawn(group).traits:
            drawing.connection(group, sides)
        elif _converts(sides):
            drawing.converter(group, sides)
        else:
            for carrier, (out, into) in sides.items():
                drawing.single(group, carrier, out, into)
    order = sorted(drawing.nodes.values(), key=lambda n: (n.column, n.key == "use-loss"))
    return order, drawing.links


def _converts(sides: Sides) -> bool:
    """Whether something is made of one carrier from another."""
    nets = [out - into for out, into in sides.values()]
    return len(sides) > 1 and min(nets) < -_LEAST and max(nets) > _LEAST


def _levels(groups: dict[str, Sides]) -> dict[str, int]:
    """How many conversions lie before each carrier; carriers that are made of one another share a level."""
    made = [
        ({c for c, (o, i) in sides.items() if i > o}, {c for c, (o, i) in sides.items() if o > i})
        for sides in groups.values()
        if _converts(sides)
    ]
    level = {carrier: 0 for sides in groups.values() for carrier in sides}
    for _ in level:
        for sources, products in made:
            for carrier in products - sources:
                behind = max(level[source] for source in sources) + 1
                if not _reaches(made, carrier, sources):
                    level[carrier] = max(level[carrier], behind)
    return level


def _reaches(made: list[tuple[set[str], set[str]]], carrier: str, goals: set[str]) -> bool:
    """Whether one of some carriers can be made from a carrier."""
    seen, new = {carrier}, {carrier}
    while new:
        new = {c for sources, products in made if sources & new for c in products} - seen
        seen |= new
    return bool(seen & goals)


@dataclass(slots=True)
class _Drawing:
    """Nodes and links while they are gathered."""

    found: Injections
    levels: dict[str, int]
    nodes: dict[str, Node] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def node(self, key: str, drawn: Drawn, column: int) -> str:
        self.nodes.setdefault(key, Node(key, drawn.name, drawn.colour, column))
        return key

    def of(self, side: str, group: str, column: int) -> str:
        return self.node(f"{side}-{group}", self.found.drawn(group), column)

    def carrier(self, carrier: str) -> str:
        return self.node(f"carrier-{carrier}", self.found.carrier(carrier), 1 + 2 * self.levels[carrier])

    def loss(self) -> str:
        return self.node("use-loss", Drawn(say("energy.loss"), LOSS), _LAST)

    def link(self, source: str, target: str, amount: float) -> None:
        if amount > _LEAST:
            self.links.append(Link(source, target, amount, source.startswith("carrier")))

    def connection(self, group: str, sides: Sides) -> None:
        for carrier, (out, into) in sides.items():
            sold = self.node("use-export", Drawn(say("energy.export"), EXPORT), _LAST)
            self.link(self.of("source", group, 0), f"carrier-{carrier}", out)
            self.link(f"carrier-{carrier}", sold, into)

    def single(self, group: str, carrier: str, out: float, into: float) -> None:
        place = f"carrier-{carrier}"
        if into <= out:
            self.link(self.of("source", group, 0), place, out - into)
        elif out > _LEAST and self.found.drawn(group).group != _DEMAND:
            self.link(place, self.loss(), into - out)
        else:
            self.link(place, self.of("use", group, _LAST), into - out)

    def converter(self, group: str, sides: Sides) -> None:
        by = self.of("by", group, 2 + 2 * min(self.levels[c] for c, (o, i) in sides.items() if i > o))
        for carrier, (out, into) in sides.items():
            self.link(f"carrier-{carrier}", by, into - out)
            self.link(by, f"carrier-{carrier}", out - into)
        gained = sum(out - into for out, into in sides.values())
        self.link(self.node("source-ambient", Drawn(say("energy.ambient"), AMBIENT), 0), by, gained)
        self.link(by, self.loss(), -gained)


def _groups(found: Injections) -> dict[str, Sides]:
    """By technology and carrier: energy given and taken [MWh]."""
    groups: dict[str, Sides] = {}
    for carrier, group in found.given:
        if found.carrier(carrier).rate != _ENERGY:
            continue
        out, into = (found.steps.total(side[carrier, group]) for side in (found.given, found.taken))
        if max(out, into) > _LEAST:
            groups.setdefault(group, {})[carrier] = (out, into)
    return groups
