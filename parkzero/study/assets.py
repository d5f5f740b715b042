"""Assets and policies: read field by field as the registry of components describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parkzero.errors import did_you_mean
from parkzero.language.carriers import CARRIERS
from parkzero.language.component import LOST, Component, kinds
from parkzero.language.fields import SHARED, Field, Size, described, size_fields
from parkzero.study import technology, values
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.fuel_values import from_fuel
from parkzero.study.half_read import half_read
from parkzero.study.paths import by_year, factor
from parkzero.study.profiles import SERIES_KEYS, profile
from parkzero.study.relative import is_relative, relative
from parkzero.study.sections import actor_of, one_of, owner_of, tables
from parkzero.study.tariff_series import charge_of_tariff
from parkzero.study.trip_table import trips
from parkzero.study.uses import uses
from parkzero.study.values import booked, spelled
from parkzero.texts import NOTHING, Text, either, say
from parkzero.units import MONEY, MW, Quantity

_WITH_UNIT = ("quantity", "by_year", "profile")


def components(context: Context, tree: Tree) -> list[Component]:
    """Read assets and policies."""
    made: list[Component] = []
    seen: dict[str, str] = {}
    known = kinds()
    for package, why in LOST.items():
        context.desk.warn(
            say(
                "the package of kinds {package} cannot be loaded, and is left out: {why}",
                package=package,
                why=why,
            )
        )
    for section in ("assets", "policies"):
        for name, table in tables(context, tree, section):
            if name in seen:
                context.desk.fault(
                    (section, name),
                    say("has a name that is used under [{section}] too", section=seen[name]),
                    name,
                )
                context.half[name] = None
                continue
            seen[name] = section
            one = _component(context, (section, name), table, known)
            if one is not None:
                made.append(one)
            else:
                context.half.setdefault(name, None)
    return made


def _component(
    context: Context, path: Path, table: Tree, known: Mapping[str, type[Component]]
) -> Component | None:
    desk = context.desk
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in known:
        what = say("is missing") if kind is None else say("is not a kind of component")
        hint = did_you_mean(kind, known) if isinstance(kind, str) else NOTHING
        needs = say("one of {names}", names=list(known))
        if LOST:
            needs = say(
                "one of {names}; the package {package} could not be loaded",
                names=list(known),
                package=list(LOST),
            )
        desk.fault((*path, "kind"), what, "" if kind is None else kind, needs, hint)
        return None
    cls = known[kind]
    is_policy = cls.group == "policy"
    if is_policy != (path[0] == "policies"):
        right = "policies" if is_policy else "assets"
        desk.fault(
            path,
            say("is a {kind}, which belongs under [{right}]", kind=kind, right=right),
            needs=say("[{right}.{name}]", right=right, name=path[1]),
        )
    filled = technology.filled(context, path, table, kind)
    if filled is None:
        return None
    table, fields = filled, described(cls)
    before = len(desk.faults)
    shared = _shared_fields(fields)
    desk.known(path, table, ("kind", *fields, *shared))
    made: dict[str, Any] = {}
    of_all = {name: field_value(context, (*path, name), table[name], spec, table, fields)
              for name, spec in shared.items() if name in table}  # fmt: skip
    for name, written in fields.items():
        spec = _in_its_unit(context, written, fields, table)
        if name in table and spec.kind == "size":
            made[name] = size(context, (*path, name), table[name], spec, of_all)
        elif name in table:
            made[name] = field_value(context, (*path, name), table[name], spec, table, fields)
        elif spec.required:
            desk.fault((*path, name), say("is missing"), needs=_needed(context, spec))
    if len(desk.faults) > before or any(v is None for v in made.values()):
        strange = not table.keys() <= {"kind", *fields, *shared}
        context.half[path[1]] = half_read(cls, path[1], made, table, strange)
        return None
    return cls(name=path[1], **made)


def _shared_fields(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Fields of sizes that may be given once on the asset; upkeep then as a share."""
    if not any(spec.kind == "size" for spec in fields.values()):
        return {}
    return {name: spec for name, spec in size_fields(MW).items() if name in SHARED and name not in fields}


def _in_its_unit(context: Context, spec: Field, fields: Mapping[str, Field], table: Tree) -> Field:
    """The field in the unit of the carrier that it follows."""
    rate = context.rate_of(table.get(spec.of, "")) if spec.of in fields else None
    return spec if rate is None else spec.in_rate(rate)


def _needed(context: Context, spec: Field) -> Text:
    if spec.kind == "size":
        return say("{doc}: a table with capex and lifetime, or with existing", doc=say(spec.doc))
    if spec.kind in _WITH_UNIT:
        return say("{doc} [{unit}]", doc=say(spec.doc), unit=spelled(spec.unit, context.money))
    return say(spec.doc)


def field_value(
    context: Context, path: Path, value: object, spec: Field, table: Tree, fields: Mapping[str, Field]
) -> object:
    """The value of a field, as its component holds it; None after a fault was noted."""
    desk = context.desk
    match spec.kind:
        case "quantity":
            return _quantity(context, path, value, spec)
        case "by_year":
            return _by_year(context, path, value, spec, table)
        case "profile":
            sinks = [s for name, o in fields.items() if o.gives and isinstance(s := table.get(name, ""), str)]
            return profile(context, path, value, spec, sinks[0] if sinks else "")
        case "bus":
            return _bus(context, path, value, spec)
        case "asset":
            return _asset(context, path, value, spec)
        case "integer":
            return values.integer(desk, path, value, spec)
        case "flag":
            return values.flag(desk, path, value)
        case "choice":
            return values.word(desk, path, value, spec.choices)
        case "size":
            return size(context, path, value, spec, {})
        case "actor":
            return owner_of(context, path, value) if path[-1] == "owner" else actor_of(context, path, value)
        case "uses":
            return uses(context, path, value, spec, table, fields)
        case "trips":
            return trips(context, path, value)
        case "text":
            return values.text(desk, path, value)


def _by_year(context: Context, path: Path, value: object, spec: Field, table: Tree) -> object:
    if spec.relative and is_relative(value):
        return relative(context, path, value, spec, table)
    charge = isinstance(value, dict) and "tariff" in value and spec.unit == MONEY / MW
    if spec.or_series and isinstance(value, dict) and not charge and not SERIES_KEYS.isdisjoint(value):
        return profile(context, path, value, spec)
    if isinstance(value, dict) and "tariff" in value:
        return charge_of_tariff(context, path, value, spec)
    if isinstance(value, dict) and "fuel" in value:
        return from_fuel(context, path, value, spec)
    return by_year(context.desk, path, value, spec, context.years, context.money)


def _quantity(context: Context, path: Path, value: object, spec: Field) -> Quantity | None:
    desk = context.desk
    if isinstance(value, dict):
        if "book" not in value:
            desk.fault(path, say("is not a single value"), value, say("a number with a unit, or {book = …}"))
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
    desk, carriers = context.desk, either(spec.carriers) or say("any carrier")
    fitting = [b.name for b in context.buses.values() if spec.takes_carrier(b.carrier, CARRIERS)]
    if not isinstance(value, str) or value not in context.bus_names:
        if value == "" and not spec.required:
            return ""
        hint = did_you_mean(value, context.bus_names) if isinstance(value, str) else NOTHING
        needs = one_of(fitting) or say("a bus of {carriers}", carriers=carriers)
        desk.fault(path, say("is not a bus of the study"), value, needs, hint)
        return None
    bus = context.buses.get(value)
    if bus is not None and bus.name not in fitting:
        needs = say("a bus of {carriers}", carriers=carriers)
        if fitting:
            needs = say("a bus of {carriers}: {names}", carriers=carriers, names=fitting[:12])
        desk.fault(path, say("is a bus of {carrier}", carrier=bus.carrier), value, needs)
        return None
    return value


def _asset(context: Context, path: Path, value: object, spec: Field) -> str | None:
    """The name of an asset that exists, of a kind that fits; empty where it may be left out."""
    desk, known = context.desk, kinds()
    sections = [desk.document.tree.get(section) for section in ("assets", "policies")]
    tables = [pair for s in sections if isinstance(s, dict) for pair in s.items()]
    listed_as = {name: table.get("kind") for name, table in tables if isinstance(table, dict)}
    fitting = [name for name, kind in listed_as.items() if fits(spec, known.get(str(kind)))]
    needs = one_of(fitting) or say("an asset of kind {kinds}", kinds=either(spec.kinds) or spec.trait)
    if value == "" and not spec.required:
        return ""
    if not isinstance(value, str) or value not in listed_as:
        hint = did_you_mean(value, listed_as) if isinstance(value, str) else NOTHING
        desk.fault(path, say("is not an asset of the study"), value, needs, hint)
        return None
    kind = listed_as[value]
    if isinstance(kind, str) and kind in known and value not in fitting:
        desk.fault(path, say("is an asset of kind {kind}", kind=kind), value, needs)
        return None
    return value


def fits(spec: Field, kind: type[Component] | None) -> bool:
    """Whether a field may name an asset of that kind."""
    if kind is None:
        return False
    return not (spec.kinds or spec.trait) or kind.kind in spec.kinds or spec.trait in kind.traits


def size(
    context: Context, path: Path, value: object, spec: Field, shared: Mapping[str, object]
) -> Size | None:
    """A size; what it does not say itself and the asset says for all of its sizes is taken from there."""
    desk = context.desk
    table = desk.table(path, value)
    fields = size_fields(spec.unit)
    desk.known(path, table, fields)
    if not isinstance(value, dict):
        return None
    before, made = len(desk.faults), {k: v for k, v in shared.items() if k not in table}
    _missing(context, path, {**table, **made})
    for name, field in fields.items():
        if name in table:
            read = _upkeep(context, field, table[name])
            made[name] = field_value(context, (*path, name), table[name], read, table, fields)
    if len(desk.faults) > before or any(v is None for v in made.values()):
        return None
    if not _fits_itself(context, path, made):
        return None
    if "capex" not in made:
        what = say("{path}: has no capex, so nothing is built beyond what stands", path=".".join(path))
        desk.warn(what)
    return Size(**made)  # type: ignore[arg-type]  # as its fields say


def _upkeep(context: Context, spec: Field, value: object) -> Field:
    """The field in the unit in which it was written: a share of the investment, or money per unit."""
    if spec.or_unit is None or not in_money(value, context):
        return spec
    return Field(spec.kind, spec.doc, spec.or_unit, 0.0, required=False)


def in_money(value: object, context: Context) -> bool:
    """Whether a value, or any value of a table, is written in money."""
    if isinstance(value, dict):
        if "book" in value:
            return values.booked_in_money(value["book"], context.years.milestones)
        return any(in_money(inner, context) for inner in value.values())
    return isinstance(value, str) and values.names_currency(value)


def _missing(context: Context, path: Path, given: Mapping[str, object]) -> None:
    """What a size cannot do without: something stands, or something may be built and lives so long."""
    if "capex" not in given and "existing" not in given:
        needs = say("the investment per unit; or existing, where nothing is built beyond what stands")
        context.desk.fault((*path, "capex"), say("is missing"), needs=needs)
    elif "capex" in given and "lifetime" not in given:
        needs = say("the years from building to retirement")
        context.desk.fault((*path, "lifetime"), say("is missing"), needs=needs)


def _fits_itself(context: Context, path: Path, made: Mapping[str, object]) -> bool:
    """Whether what stands, and the least, fit in what may stand."""
    before = len(context.desk.faults)
    if "min" in made and not {"max", "max_each"} & set(made):
        needs = say("the largest that may stand")
        context.desk.fault((*path, "max"), say("is missing beside min"), needs=needs)
    for less, more in (("existing", "max"), ("min", "max"), ("min", "max_each")):
        small, large = made.get(less), made.get(more)
        if isinstance(small, Quantity) and isinstance(large, Quantity) and small.value > large.value:
            what = say("is more than {limit}", limit=more)
            context.desk.fault((*path, less), what, str(small), say("at most {most}", most=large))
    return len(context.desk.faults) == before
