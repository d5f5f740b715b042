"""Limits as a change from a base that the study states: ``limit = "-30 %"``, ``base = "12000 tCO2"``."""

from __future__ import annotations

import re
from dataclasses import replace

from parkzero.language.fields import ByYear, Field
from parkzero.study import values
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.paths import by_year
from parkzero.texts import say
from parkzero.units import ONE

_SHARE = re.compile(r"^\s*([+\-\u2212]?)\s*\d[\d.,]*\s*%\s*$")


def is_relative(value: object) -> bool:
    """Whether a value, or a value of some year, is written in percent."""
    written = value.values() if isinstance(value, dict) else (value,)
    return any(isinstance(one, str) and _SHARE.match(one) for one in written)


def relative(context: Context, path: Path, value: object, spec: Field, table: Tree) -> ByYear | None:
    """The path that a change from the base makes; None after a fault was noted."""
    desk, base_path = context.desk, (*path[:-1], spec.relative)
    if spec.relative not in table:
        what = say("is missing, but {field} is a change from it", field=path[-1])
        needs = say("the amount of the base year")
        desk.fault(base_path, what, needs=needs, hint=say('{base} = "12000 t"', base=spec.relative))
        return None
    for year, one in value.items() if isinstance(value, dict) else ((None, value),):
        found = _SHARE.match(one) if isinstance(one, str) else None
        if year != "how" and (found is None or not found[1]):
            where = path if year is None else (*path, str(year))
            needs = say("a change with its sign, such as -30 %, in every year")
            desk.fault(where, say("does not say whether it is a change from the base"), one, needs)
            return None
    base = values.quantity(desk, base_path, table[spec.relative], spec.unit, context.money)
    change = by_year(
        desk, path, value, replace(spec, unit=ONE, least=-1.0, most=10.0), context.years, context.money
    )
    if base is None or change is None:
        return None
    return ByYear(change.years, tuple(base * (1 + v) for v in change.values), spec.unit, change.steps)
