"""What stands beside the column that is read and changes its meaning: a meter's name, a factor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place
from parkzero.series.time_columns import some
from parkzero.tables import TextTable
from parkzero.texts import say

_MANY = 0.3  # share of rows that repeat a stamp, from which a file is thought to hold several meters
_METERS = 50  # most meters that a column tells apart
_FACTOR = re.compile(
    r"(?i)h([eệ] s[oố]|s)( nh[aâ]n| tu| ti|$)|multiplier|multiplication"
    r"|(transformer|ct|pt|vt|meter) ?(ratio|factor)|^(ct|ratio|factor|t[yỷỉ] s[oố])( .*)?$"
)


def names_factor(header: str) -> bool:
    """Whether a heading names a meter's factor: hệ số nhân, multiplier, CT ratio."""
    return bool(_FACTOR.search(header.replace("_", " ").strip()))


def told_apart(table: TextTable, name: str, times: Sequence[str], stamps: npt.NDArray[Any]) -> list[Fault]:
    """Refuse a file in which another column tells meters apart: their rows are no doubles of each other."""
    unique, which = np.unique(stamps, return_inverse=True)
    if len(stamps) - len(unique) < _MANY * len(stamps):
        return []
    for other in (n for n in table.columns if n != name and n not in times):
        meters, whose = np.unique(np.array(table.columns[other], dtype=str), return_inverse=True)
        if not 2 <= len(meters) <= _METERS:
            continue
        if len(np.unique(which * len(meters) + whose)) == len(stamps):
            what = say(
                "holds several meters in one column; column {column!r} tells them apart", column=other[:60]
            )
            hint = say("write a file for each meter, or one with the sum of those that are meant")
            return [Fault(Place(file=table.file, field=name), what, some(list(meters)), hint=hint)]
    return []


def multiplied(table: TextTable, name: str, times: Sequence[str]) -> list[Fault]:
    """Refuse a column without a named unit beside which a factor stands: readings may be without it."""
    for other in (n for n in table.columns if n != name and n not in times):
        if not names_factor(other):
            continue
        found = sorted({t.strip() for t in table.columns[other]} - {"", "1", "1.0", "1,0"})
        if not found or not re.match(r"\d", found[0]):
            continue
        what = say(
            "stands beside a factor, {column!r}, which may or may not be in its values", column=other[:60]
        )
        hint = say(
            "unit='{factor} kWh' if the values are to be multiplied, unit='kWh' if they are already",
            factor=found[0][:12],
        )
        return [Fault(Place(file=table.file, field=name), what, some(found), say("a word of yours"), hint)]
    return []
