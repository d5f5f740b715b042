"""Pictures of symbiosis: composites, grand composite, map and Sankey."""

from __future__ import annotations

from math import isfinite

from parkzero.charts import (
    About,
    Branch,
    Chart,
    Link,
    Node,
    Place,
    composite,
    grand_composite,
    network,
    sankey,
)  # fmt: skip
from parkzero.charts.palette import spare
from parkzero.eip import pinch
from parkzero.eip.symbiosis import Symbiosis
from parkzero.texts import Text, data, say

COLOURS = {"heat": "#cc6677", "steam": "#d55e00", "cooling": "#56b4e9", "water": "#0072b2", "co2": "#3b3b3b",
           "material": "#999933"}  # fmt: skip
_MW = say("eip.heat_mw")
_DEGREES = "°C"


def composites(s: Symbiosis, period: str) -> tuple[Chart, Chart]:
    """Composite curves and the grand composite curve of a period."""
    streams, found = s.streams[period], s.targets[period]
    sides = {side: pinch.composite(streams, side) for side in ("hot", "cold")}
    hot, cold = sides["hot"], sides["cold"]
    away = found.cooling + found.vented
    about = About(say("eip.composite_title"), _DEGREES, _source(s))
    pairs = (
        [(float(h), float(t)) for h, t in zip(*hot, strict=True)],
        [(float(h) + away, float(t)) for h, t in zip(*cold, strict=True)],
    )
    grand = [(float(f), float(t)) for f, t in zip(found.flows, found.levels, strict=True)]
    second = About(say("eip.grand_title"), _DEGREES, _source(s))
    return composite(about, *pairs, _MW), grand_composite(second, grand, _MW)


def symbiosis_map(s: Symbiosis) -> Chart | None:
    """Tenants where they stand and the chosen links; coloured by the share of the source that is used.

    Who gave no coordinates stands on no map; None where that leaves no link.
    """
    names = {t.key: t.name for t in s.site.tenants}
    places = [Place(t.key, t.name, t.x, t.y) for t in s.site.tenants if isfinite(t.x + t.y)]
    known = {p.key for p in places}
    rates = {o.key: o.rate for o in s.site.offers}
    branches = [
        Branch(say("eip.link", medium=say(f"eip.medium.{r['medium']}"), start=names[r["from"]],
                   end=names[r["to"]]), r["from"], r["to"], r["rate"] / rates[r["source"]])
        for r in s.picked.iter_rows(named=True)
        if {r["from"], r["to"]} <= known
    ]  # fmt: skip
    if not branches:
        return None
    return network(About(say("eip.map_title"), "%", _source(s)), places, branches)


def exchanges(s: Symbiosis, thermal: bool) -> Chart:
    """Who gives whom how much in a year: energy, or else water and materials in tonnes."""
    names = {t.key: t.name for t in s.site.tenants}
    nodes: dict[str, Node] = {}
    links = []
    order = {t.key: i for i, t in enumerate(s.site.tenants)}
    for r in s.picked.iter_rows(named=True):
        if (r["energy_mwh"] > 0) != thermal:
            continue
        start, end = f"out.{r['from']}", f"in.{r['to']}"
        middle = f"medium.{r['medium']}"
        nodes[start] = Node(start, names[r["from"]], spare(order[r["from"]]), 0)
        nodes[middle] = Node(middle, say(f"eip.medium.{r['medium']}"), COLOURS[r["medium"]], 1)
        nodes[end] = Node(end, names[r["to"]], spare(order[r["to"]]), 2)
        links += [Link(start, middle, r["amount"]), Link(middle, end, r["amount"], from_target=False)]
    title = say("eip.sankey_energy") if thermal else say("eip.sankey_mass")
    unit = say("eip.mwh_year") if thermal else say("eip.t_year")
    return sankey(About(title, unit, _source(s)), list(nodes.values()), links)


def _source(s: Symbiosis) -> Text:
    return say("eip.chart_source", name=data(s.site.name))
