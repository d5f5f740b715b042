"""Buses, tenants, assets and policies: read field by field as the registry of components describes them."""

from __future__ import annotations

from typing import Any

from parkzero.components.policy import Policy
from parkzero.errors import did_you_mean
from parkzero.language.component import Component, kinds
from parkzero.language.fields import Field, described
from parkzero.study import values
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.fuel_values import from_fuel
from parkzero.study.paths import by_year, factor
from parkzero.study.profiles import profile
from parkzero.study.study import Bus, Tenant
from parkzero.study.tariff_series import charge_of_tariff
from parkzero.study.values import booked, spelled
from parkzero.units import CELSIUS, Quantity

CARRIERS = ("electricity", "heat", "fuel")
_MOST = 5000


def tenants(context: Context, tree: Tree) -> None:
    """Read the tenants into the context."""
    desk = context.desk
    for id_, table in _tables(context, tree, "tenants"):
        path = ("tenants", id_)
        desk.known(path, table, ("name", "trade"))
        name = values.text(desk, (*path, "name"), table.get("name", id_), 200)
        trade = values.text(desk, (*path, "trade"), table.get("trade", ""), 200)
        context.tenants[id_] = Tenant(id_, name or id_, trade or "")


def _tables(context: Context, tree: Tree, section: str, dots: bool = False) -> list[tuple[str, Tree]]:
    """The tables of a section with usable names."""
    desk = context.desk
    whole = desk.table((section,), tree.get(section, {}))
    if len(whole) > _MOST:
        desk.fault((section,), "has too many entries", len(whole), f"at most {_MOST}")
        return []
    found = []
    for name, value in whole.items():
        usable = values.plain_name(desk, (section, name), name, dots)
        table = desk.table((section, name), value)
        if usable and isinstance(value, dict):
            found.append((name, table))
    return found


def buses(context: Context, tree: Tree) -> None:
    """Read the buses into the context."""
    desk = context.desk
    context.bus_names = frozenset(desk.table(("buses",), tree.get("buses")))
    for name, table in _tables(context, tree, "buses", dots=True):
        path = ("buses", name)
        desk.known(path, table, ("carrier", "temperature", "tenant"))
        if "carrier" not in table:
            desk.fault((*path, "carrier"), "is missing", needs=f"one of {', '.join(CARRIERS)}")
            continue
        carrier = values.word(desk, (*path, "carrier"), table["carrier"], CARRIERS)
        tenant = tenant_of(context, (*path, "tenant"), table.get("tenant", ""))
        temperature = _temperature(context, path, table, carrier)
        if carrier is not None:
            context.buses[name] = Bus(name, carrier, temperature, tenant or "")


def _temperature(context: Context, path: Path, table: Tree, carrier: str | None) -> float | None:
    desk, where = context.desk, (*path, "temperature")
    if "temperature" not in table:
        if carrier == "heat":
            desk.fault(where, "is missing", needs="the temperature of the heat, such as '170 degC'")
        return None
    if carrier not in ("heat", None):
        desk.fault(where, f"is given for a bus of {carrier}", table["temperature"], "no temperature")
        return None
    read = values.quantity(desk, where, table["temperature"], CELSIUS, context.money)
    spec = Field("quantity", "temperature", CELSIUS, -50, 2000)
    if read is None or not values.in_range(desk, where, read, spec, table["temperature"]):
        return None
    return read


def tenant_of(context: Context, path: Path, value: object) -> str | None:
    """A tenant that exists, or none."""
    if value == "":
        return ""
    known = context.desk.table(("tenants",), context.desk.document.tree.get("tenants", {}))
    if isinstance(value, str) and value in known:
        return value
    hint = did_you_mean(value, known) if isinstance(value, str) else ""
    context.desk.fault(path, "is not a tenant of the study", value, _listed(known), hint)
    return None


def _listed(names: Any) -> str:  # noqa: ANN401  any collection of names
    shown = list(names)[:12]
    return f"one of {', '.join(shown)}" if shown else ""


def components(context: Context, tree: Tree) -> list[Component]:
    """Read assets and policies."""
    made: list[Component] = []
    seen: dict[str, str] = {}
    for section in ("assets", "policies"):
        for name, table in _tables(context, tree, section):
            if name in seen:
                context.desk.fault((section, name), f"has a name that is used under [{seen[name]}] too", name)
                continue
            seen[name] = section
            one = _component(context, (section, name), table)
            if one is not None:
                made.append(one)
    return made


def _component(context: Context, path: Path, table: Tree) -> Component | None:
    desk, known = context.desk, kinds()
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in known:
        what = "is missing" if kind is None else "is not a kind of component"
        hint = did_you_mean(kind, known) if isinstance(kind, str) else ""
        desk.fault((*path, "kind"), what, "" if kind is None else kind, f"one of {', '.join(known)}", hint)
        return None
    cls = known[kind]
    is_policy = issubclass(cls, Policy)
    if is_policy != (path[0] == "policies"):
        right = "policies" if is_policy else "assets"
        desk.fault(path, f"is a {kind}, which belongs under [{right}]", needs=f"[{right}.{path[1]}]")
    fields = described(cls)
    before = len(desk.faults)
    desk.known(path, table, ("kind", *fields))
    made: dict[str, Any] = {}
    for name, spec in fields.items():
        if name in table:
            made[name] = field_value(context, (*path, name), table[name], spec, table)
        elif spec.required:
            desk.fault((*path, name), "is missing", needs=_needed(context, spec))
    if len(desk.faults) > before or any(v is None for v in made.values()):
        return None
    return cls(name=path[1], **made)


def _needed(context: Context, spec: Field) -> str:
    unit = (
        f" [{spelled(spec.unit, context.money)}]" if spec.kind in ("quantity", "by_year", "profile") else ""
    )
    return spec.doc + unit


def field_value(context: Context, path: Path, value: object, spec: Field, table: Tree) -> object:
    """The value of a field, as its component holds it; None after a fault was noted."""
    desk = context.desk
    match spec.kind:
        case "quantity":
            return _quantity(context, path, value, spec)
        case "by_year":
            if isinstance(value, dict) and "tariff" in value:
                return charge_of_tariff(context, path, value, spec)
            if isinstance(value, dict) and "fuel" in value:
                return from_fuel(context, path, value, spec)
            return by_year(desk, path, value, spec, context.years, context.money)
        case "profile":
            return profile(context, path, value, spec, str(table.get("to", "")))
        case "bus":
            return _bus(context, path, value, spec)
        case "integer":
            return values.integer(desk, path, value, spec)
        case "flag":
            return values.flag(desk, path, value)
        case "choice":
            return values.word(desk, path, value, spec.choices)
        case "text":
            return tenant_of(context, path, value) if path[-1] == "owner" else values.text(desk, path, value)


def _quantity(context: Context, path: Path, value: object, spec: Field) -> Quantity | None:
    desk = context.desk
    if isinstance(value, dict):
        if "book" not in value:
            desk.fault(path, "is not a single value", value, "a number with a unit, or {book = …}")
            return None
        desk.known(path, value, ("book", "scale", "hold"))
        hold = values.flag(desk, (*path, "hold"), value.get("hold", True))
        share = factor(desk, path, value)
        found = booked(
            desk, path, value["book"], context.years.milestones[:1], spec.unit, context.money, bool(hold)
        )
        if found is None or share is None or hold is None:
            return None
        read = found[0][0] * share
        context.source(path, value, found[1])
    else:
        plain = values.quantity(desk, path, value, spec.unit, context.money)
        if plain is None:
            return None
        read = plain
        context.source(path, value)
    return Quantity(read, spec.unit) if values.in_range(desk, path, read, spec, value) else None


def _bus(context: Context, path: Path, value: object, spec: Field) -> str | None:
    desk = context.desk
    if not isinstance(value, str) or value not in context.bus_names:
        fitting = [b.name for b in context.buses.values() if b.carrier == spec.carrier]
        hint = did_you_mean(value, context.bus_names) if isinstance(value, str) else ""
        desk.fault(
            path, "is not a bus of the study", value, _listed(fitting) or f"a bus of {spec.carrier}", hint
        )
        return None
    bus = context.buses.get(value)
    if bus is not None and spec.carrier and bus.carrier != spec.carrier:
        fitting = [b.name for b in context.buses.values() if b.carrier == spec.carrier]
        needs = f"a bus of {spec.carrier}" + (f": {', '.join(fitting[:12])}" if fitting else "")
        desk.fault(path, f"is a bus of {bus.carrier}", value, needs)
        return None
    return value
