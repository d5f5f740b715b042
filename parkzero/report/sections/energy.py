"""Energy from source to use: one Sankey diagram for each milestone year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from parkzero.charts import Link, Node, sankey
from parkzero.charts.palette import technology
from parkzero.report.balance import Injections
from parkzero.report.facts import Facts, technology_name
from parkzero.report.numbers import Scale
from parkzero.report.sections.parts import figure, grid, said_of, section
from parkzero.report.words import both, known, say

_COLUMNS = {"fuel": 1, "electricity": 1, "heat": 3}
_DEMANDS = {"electricity_demand", "heat_demand"}
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
    drawing = _Drawing()
    for group, sides in _groups(found).items():
        for carrier in sides:
            drawing.node(f"carrier-{carrier}", carrier, _COLUMNS.get(carrier, 3))
        if group == "grid":
            drawing.connection(sides)
        elif len(sides) > 1:
            drawing.converter(group, sides)
        else:
            ((carrier, (out, into)),) = sides.items()
            drawing.single(group, carrier, out, into)
    order = sorted(drawing.nodes.values(), key=lambda n: (n.column, n.key == "use-loss"))
    return order, drawing.links


@dataclass(slots=True)
class _Drawing:
    """Nodes and links while they are gathered."""

    nodes: dict[str, Node] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def node(self, key: str, kind: str, column: int) -> str:
        name = known(f"carrier.{kind}", kind) if key.startswith("carrier") else technology_name(kind)
        self.nodes.setdefault(key, Node(key, name, technology(kind), column))
        return key

    def link(self, source: str, target: str, amount: float) -> None:
        if amount > _LEAST:
            self.links.append(Link(source, target, amount, source.startswith("carrier")))

    def connection(self, sides: Sides) -> None:
        for carrier, (out, into) in sides.items():
            self.link(self.node("source-grid", "grid", 0), f"carrier-{carrier}", out)
            self.link(f"carrier-{carrier}", self.node("use-export", "export", 4), into)

    def single(self, group: str, carrier: str, out: float, into: float) -> None:
        place = f"carrier-{carrier}"
        if into <= out:
            self.link(self.node(f"source-{group}", group, 0), place, out - into)
        elif out > _LEAST and group not in _DEMANDS:
            self.link(place, self.node("use-loss", "loss", 4), into - out)
        else:
            self.link(place, self.node(f"use-{group}", group, 4), into - out)

    def converter(self, group: str, sides: Sides) -> None:
        by = self.node(f"by-{group}", group, 2)
        for carrier, (out, into) in sides.items():
            self.link(f"carrier-{carrier}", by, into - out)
            self.link(by, f"carrier-{carrier}", out - into)
        gained = sum(out - into for out, into in sides.values())
        self.link(self.node("source-ambient", "ambient", 0), by, gained)
        self.link(by, self.node("use-loss", "loss", 4), -gained)


def _groups(found: Injections) -> dict[str, Sides]:
    """By technology and carrier: energy given and taken [MWh]."""
    groups: dict[str, Sides] = {}
    for carrier, group in found.given:
        out, into = (found.steps.total(side[carrier, group]) for side in (found.given, found.taken))
        if max(out, into) > _LEAST:
            groups.setdefault(group, {})[carrier] = (out, into)
    return groups
