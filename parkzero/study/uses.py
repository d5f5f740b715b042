"""What units of several assets take of a limit that they share: ``uses = { pv = "6 m2/kW" }``."""

from __future__ import annotations

from collections.abc import Mapping

from parkzero.errors import did_you_mean
from parkzero.language.component import kinds
from parkzero.language.fields import Field, described
from parkzero.study import values
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.sections import one_of
from parkzero.texts import NOTHING, say
from parkzero.units import Quantity, Unit


def uses(
    context: Context, path: Path, value: object, spec: Field, table: Tree, fields: Mapping[str, Field]
) -> dict[str, Quantity] | None:
    """What a unit of each size takes, by ``asset.size``; None after a fault was noted."""
    desk, before = context.desk, len(context.desk.faults)
    limited = [fields[name].unit for name in spec.limits if name in table]
    entries = desk.table(path, value)
    if not limited or not entries:
        needs = say("one of {names}", names=spec.limits)
        desk.fault(path[:-1] if not limited else path, say("limits nothing"), needs=needs)
        return None
    found: dict[str, Quantity] = {}
    for name, written in entries.items():
        for size, unit, one in _sizes(context, (*path, name), name, written):
            where = (*path, name, size) if isinstance(written, dict) else (*path, name)
            read = values.quantity(desk, where, one, limited[0] / unit, context.money)
            wanted = Field("quantity", spec.doc, limited[0] / unit, 0.0)
            if read is not None and values.in_range(desk, where, read, wanted, one):
                context.source(where, one)
                found[f"{name}.{size}"] = Quantity(read, limited[0] / unit)
    return found if len(desk.faults) == before else None


def _sizes(context: Context, path: Path, name: str, written: object) -> list[tuple[str, Unit, object]]:
    """The sizes of an asset that are named, each with its unit and what is written for it."""
    desk, assets = context.desk, context.desk.document.tree.get("assets")
    listed = assets if isinstance(assets, dict) else {}
    table = listed.get(name)
    kind = kinds().get(str(table.get("kind"))) if isinstance(table, dict) else None
    if kind is None or not isinstance(table, dict):
        hint = NOTHING if name in listed else did_you_mean(name, listed)
        desk.fault(path, say("is not an asset of the study"), name, one_of(listed), hint)
        return []
    specs = described(kind)
    known = {n: s for n, s in specs.items() if s.kind == "size" and (s.required or n in table)}
    if not known:
        desk.fault(path, say("has no size"), name, say("an asset that may be built"))
        return []
    if not isinstance(written, dict) and len(known) > 1:
        hint = say("{name} = {{ {size} = … }}", name=name, size=next(iter(known)))
        desk.fault(path, say("has several sizes"), written, one_of(known), hint)
        return []
    given = written if isinstance(written, dict) else {next(iter(known)): written}
    found = []
    for size, one in given.items():
        if size not in known:
            desk.fault((*path, size), say("is no size of {asset}", asset=name), size, one_of(known))
            continue
        rate = context.rate_of(table.get(known[size].of, "")) if known[size].of else None
        found.append((size, known[size].unit if rate is None else known[size].unit.for_rate(rate), one))
    return found
