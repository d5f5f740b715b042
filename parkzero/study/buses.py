"""Carriers of a study's own, and buses: each with what its carrier must tell of it."""

from __future__ import annotations

import re

from parkzero.language.carriers import CARRIERS, RATES, Carrier, Told
from parkzero.language.fields import Field
from parkzero.language.site import Bus
from parkzero.study import values
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.sections import tables, tenant_of
from parkzero.texts import say
from parkzero.units import BAR, CELSIUS, PRESSURE, Unit

CARRIER_KEYS = ("unit", "name", "temperature", "pressure", "unserved", "unserved_price", "colour")
BUS_KEYS = ("carrier", "temperature", "pressure", "tenant")
TOLD = ("no", "may", "needed")
_SPELLED = {**RATES, "m3/h": RATES["m³/h"]}
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


def carriers(context: Context, tree: Tree) -> None:
    """Read the study's own carriers into the context."""
    desk = context.desk
    context.carriers = dict(CARRIERS)
    for name, table in tables(context, tree, "carriers"):
        path = ("carriers", name)
        desk.known(path, table, CARRIER_KEYS)
        if name in CARRIERS:
            desk.fault(path, say("is a carrier that ParkZero has already"), name, say("a name of its own"))
            continue
        if "unit" not in table:
            needs = say("the unit in which it flows: {names}", names=", ".join(RATES))
            desk.fault((*path, "unit"), say("is missing"), needs=needs, hint=say('unit = "t/h"'))
            continue
        unit = values.word(desk, (*path, "unit"), table["unit"], tuple(_SPELLED))
        made = None if unit is None else _carrier(context, path, table, _SPELLED[unit])
        if made is not None:
            context.carriers[name] = made


def _carrier(context: Context, path: Path, table: Tree, rate: Unit) -> Carrier | None:
    desk, before = context.desk, len(context.desk.faults)
    name = values.text(desk, (*path, "name"), table.get("name", path[-1]), 60) or path[-1]
    warm, pressed = (_may_tell(context, (*path, k), table.get(k, "may")) for k in ("temperature", "pressure"))
    unserved = values.flag(desk, (*path, "unserved"), table.get("unserved", True))
    colour = str(table.get("colour", "#777777"))
    if not _COLOUR.match(colour):
        desk.fault((*path, "colour"), say("is no colour"), table["colour"], say("such as '#117733'"))
    made = Carrier(path[-1], rate, name, name, colour.lower(), warm, pressed, bool(unserved))
    if "unserved_price" in table:
        spec = Field("quantity", "", made.price, above=0.0)
        where, written = (*path, "unserved_price"), table["unserved_price"]
        price = values.quantity(desk, where, written, made.price, context.money)
        if price is not None and values.in_range(desk, where, price, spec, written):
            context.shortage[path[-1]] = price
    return made if len(desk.faults) == before else None


def _may_tell(context: Context, path: Path, value: object) -> Told:
    word = values.word(context.desk, path, value, TOLD)
    return "needed" if word == "needed" else "may" if word == "may" else "no"


def buses(context: Context, tree: Tree) -> None:
    """Read the buses into the context."""
    desk = context.desk
    context.bus_names = frozenset(desk.table(("buses",), tree.get("buses")))
    own = desk.table(("carriers",), tree.get("carriers", {}))
    known = tuple(dict.fromkeys((*context.carriers, *own)))
    for name, table in tables(context, tree, "buses", dots=True):
        path = ("buses", name)
        desk.known(path, table, BUS_KEYS)
        if "carrier" not in table:
            desk.fault(
                (*path, "carrier"), say("is missing"), needs=say("one of {names}", names=", ".join(known))
            )
            continue
        word = values.word(desk, (*path, "carrier"), table["carrier"], known)
        tenant = tenant_of(context, (*path, "tenant"), table.get("tenant", ""))
        carrier = context.carriers.get(word or "")
        if carrier is None:
            continue  # an own carrier that has a fault, or none at all: said already
        temperature = _told(context, (*path, "temperature"), table, carrier)
        pressure = _told(context, (*path, "pressure"), table, carrier)
        context.buses[name] = Bus(name, carrier.name, temperature, tenant or "", pressure)


def _told(context: Context, path: Path, table: Tree, carrier: Carrier) -> float | None:
    """Temperature [degC] or pressure [bar] of a bus, as its carrier needs it."""
    desk, what = context.desk, path[-1]
    told = carrier.temperature if what == "temperature" else carrier.pressure
    example = "170 degC" if what == "temperature" else "8 bar"
    if what not in table:
        if told == "needed":
            desk.fault(
                path,
                say("is missing"),
                needs=say(
                    "the {quantity} of the {carrier}, such as '{example}'",
                    quantity=say(f"quantity.{what}"),
                    carrier=carrier.name,
                    example=example,
                ),
            )
        return None
    if told == "no":
        desk.fault(
            path,
            say("is given for a bus of {carrier}", carrier=carrier.name),
            table[what],
            say("no {quantity}", quantity=say(f"quantity.{what}")),
        )
        return None
    unit, scale = (CELSIUS, 1.0) if what == "temperature" else (PRESSURE, BAR)
    low, high = (-100.0, 2000.0) if what == "temperature" else (0.0, 1000.0)
    read = values.quantity(desk, path, table[what], unit, context.money)
    if read is None:
        return None
    if not low <= read / scale <= high:
        desk.fault(
            path,
            say("lies outside what is sensible"),
            table[what],
            say("{low:g} to {high:g}", low=low, high=high),
        )
        return None
    return read / scale
