"""``technology = "battery.lfp"``: fields that a study leaves out are filled from the dated catalogue.

What is written wins, field by field, also within a size. Each value that is filled in is read as if the study
had written ``{ book = … }`` there, so that its document, its confidence and the warnings are the same.
"""

from __future__ import annotations

from typing import Any

from parkzero.books.catalogue import Listed, catalogue, listed
from parkzero.books.entry import BookError
from parkzero.errors import did_you_mean
from parkzero.language.fields import SHARED
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.texts import NOTHING, data, say
from parkzero.texts import listed as listed_names

NAME = "technology"
HOLD = "technology_hold"


def filled(context: Context, path: Path, table: Tree, kind: str) -> Tree | None:
    """The table with what its technology fills in; None after a fault.

    ``technology_hold = true`` keeps the nearest year's values where the catalogue has none.
    """
    if NAME not in table:
        if HOLD not in table:
            return table
        # Holding the values of no technology would be dropped without a word.
        known = say("one of {names}", names=listed_names(catalogue()))
        context.desk.fault((*path, NAME), say("is missing"), needs=known)
        return None
    hold = table.get(HOLD) is True
    technology = _asked(context, (*path, NAME), table[NAME], kind, hold)
    if technology is None:
        return None
    whole: dict[str, Any] = dict(table)
    for field in technology.fields:
        value: object = field.literal or {"book": field.key, **({"hold": True} if hold else {})}
        name, _, inner = field.field.partition(".")
        if not inner:
            whole.setdefault(name, value)
        elif isinstance(whole.get(name, {}), dict) and not (inner in SHARED and inner in table):
            whole[name] = {inner: value, **whole.get(name, {})}
    return whole


def _asked(context: Context, path: Path, value: object, kind: str, hold: bool) -> Listed | None:
    """The technology meant; None after a fault."""
    desk = context.desk
    fitting = [name for name, one in catalogue().items() if one.kind == kind]
    needs = (
        say("one of {names}", names=listed_names(fitting)) if fitting else say("no technology: there is none")
    )
    try:
        technology = listed(value if isinstance(value, str) else "")
    except BookError:
        hint = did_you_mean(value, catalogue()) if isinstance(value, str) else NOTHING
        desk.fault(path, say("is not a technology of the catalogue"), value, needs, hint)
        return None
    if technology.kind != kind:
        desk.fault(path, say("is a technology of kind {kind}", kind=data(technology.kind)), value, needs)
        return None
    first, last = technology.years
    beyond = [year for year in context.years.milestones if not first <= year <= last]
    if beyond and not hold:
        years = f"{first}–{last}" if first < last else str(first)
        hint = say("give its costs yourself, or hold the nearest year's with technology_hold = true")
        told = data(", ".join(map(str, beyond)))
        desk.fault(path, say("has no values for {years}", years=told), technology.name,
                   say("years within {years}", years=data(years)), hint)  # fmt: skip
        return None
    return technology
