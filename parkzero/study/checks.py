"""Checks over several fields and components, over those fields that alone are right.

What a kind knows of itself it checks itself (``Component.check``); here stands what follows from the roles of
its buses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from parkzero.language.component import DEMAND, DRIVES, Component, kinds
from parkzero.language.fields import described
from parkzero.language.site import Site
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.half_read import Unread
from parkzero.texts import Text, either, listed, say

_MOST_NAMED = 8


def check(context: Context, components: Iterable[Component], tree: Tree) -> None:
    """Note what does not go together, as far as it needs only fields that could be read."""
    made = {c.name: c for c in components}
    site = Site(
        context.buses, made, context.years.milestones, context.carriers, context.money.currency,
        {name: _table(tree, _path(one, tree)) for name, one in made.items()},
    )  # fmt: skip
    for component in made.values():
        with suppress(Unread):
            _own(context, component, site, _path(component, tree))
    _demand(context, made.values())
    with suppress(Unread):
        _roles(context, made.values())


def _own(context: Context, component: Component, site: Site, path: Path) -> None:
    """Note what a component finds of itself and of what stands around it."""
    for found in component.check(site):
        where = (*path, *found.field.split(".")) if found.field else path
        if found.grave:
            context.desk.fault(where, found.what, found.got, found.needs, found.hint)
        else:
            context.desk.warn(say("{path}: {what}", path=".".join(where), what=found.what))


def _path(component: Component, tree: Tree) -> Path:
    return ("assets" if component.name in (tree.get("assets") or {}) else "policies", component.name)


def _table(tree: Tree, path: Path) -> Tree:
    found = tree[path[0]][path[1]]
    return found if isinstance(found, dict) else {}


def _demand(context: Context, components: Iterable[Component]) -> None:
    if not any({DEMAND, DRIVES} & c.traits for c in components):
        known = [name for name, cls in kinds().items() if DEMAND in cls.traits]
        needs = say("at least one asset of kind {names}", names=either(known))
        context.desk.fault(("assets",), say("holds no demand, so there is nothing to plan"), needs=needs)


def _roles(context: Context, components: Iterable[Component]) -> None:
    """Every bus that something draws from must have something that feeds it."""
    gives: dict[str, list[str]] = {}
    takes: dict[str, list[str]] = {}
    stores: dict[str, list[str]] = {}
    for component in components:
        for name, spec in described(type(component)).items():
            bus = getattr(component, name) if spec.kind == "bus" else ""
            for role, found in ((spec.gives, gives), (spec.takes, takes), (spec.stores, stores)):
                if bus and role:
                    found.setdefault(bus, []).append(component.name)
    for bus, record in context.buses.items():
        if bus in takes and bus not in gives:
            what = say("has nothing that feeds it, but {named} draws from it", named=_named(takes[bus]))
            needs = say("an asset that feeds {bus}: {names}", bus=bus, names=either(feeders(record.carrier)))
            context.desk.fault(("buses", bus), what, needs=needs)
        elif bus in gives and bus not in takes:
            context.desk.warn(
                say(
                    "buses.{bus}: nothing draws from it, though {named} feeds it",
                    bus=bus,
                    named=_named(gives[bus]),
                )
            )
        elif bus not in takes:
            what = say("buses.{bus}: nothing is connected to it", bus=bus)
            if bus in stores:
                named = _named(stores[bus])
                what = say("buses.{bus}: nothing is connected to it but {named}", bus=bus, named=named)
            context.desk.warn(what)


def _named(assets: list[str]) -> Text:
    shown = listed(dict.fromkeys(assets[:_MOST_NAMED]))
    if len(assets) <= _MOST_NAMED:
        return shown
    return say("{names} and {count} more", names=shown, count=len(assets) - _MOST_NAMED)


def feeders(carrier: str) -> Iterator[str]:
    """Kinds that can feed a bus of a carrier."""
    for kind, cls in kinds().items():
        specs = described(cls).values()
        if any(s.gives and s.kind == "bus" and (not s.carriers or carrier in s.carriers) for s in specs):
            yield kind
