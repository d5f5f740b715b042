"""Which columns of a meter file hold time, power and reactive power, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parkzero.errors import Fault, Place, did_you_mean
from parkzero.series.stamps import looks_like_stamp, looks_like_time
from parkzero.tables import TextTable
from parkzero.units import MVAR, MW, H, Unit, convert, parse

_UNIT = re.compile(r"(?<![a-z])([kmg]?)(wh|w|varh|var)(?![a-z])")
_PLAIN_UNIT = re.compile(r"(?:[\d._]+\s*)?[A-Za-z]{1,8}(?:\*h)?")
_SPELLING = {"wh": "Wh", "w": "W", "varh": "varh", "var": "var"}


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit of a column: factor to MW or MWh (Mvar or Mvarh), whether it is energy, the text."""

    factor: float
    energy: bool
    text: str


def unit_in_header(name: str) -> str:
    """The unit written in a column's name ("Usage_kWh" holds kWh), or an empty text."""
    match = _UNIT.search(name.lower().replace("_", " "))
    if match is None:
        return ""
    prefix, body = match.groups()
    return (prefix if prefix == "k" else prefix.upper()) + _SPELLING[body]


def find_times(table: TextTable) -> tuple[tuple[str, ...], list[str], list[Fault]]:
    """The columns that hold the time, and the stamps: one column, or a date and a time beside it."""
    names = list(table.columns)
    for i, name in enumerate(names):
        sample = [t for t in table.columns[name][:200] if t]
        if not sample or sum(map(looks_like_stamp, sample)) < 0.5 * len(sample):
            continue
        stamps = list(table.columns[name])
        if ":" in sample[0] or i + 1 == len(names):
            return (name,), stamps, []
        beside = names[i + 1]
        times = [t for t in table.columns[beside][:200] if t]
        if times and all(map(looks_like_time, times)):
            return (
                (name, beside),
                [f"{a} {b}" for a, b in zip(stamps, table.columns[beside], strict=True)],
                [],
            )
        return (name,), stamps, []
    fault = Fault(
        Place(file=table.file), "has no column of times", f"columns {_some(names)}", "date and time"
    )
    return (), [], [fault]


def choose_column(
    table: TextTable, asked: str | None, times: Sequence[str], kind: str
) -> tuple[str, list[Fault]]:
    """The column to read: the one asked for, the only one, or the only one in a unit of its kind."""
    names = [n for n in table.columns if n not in times]
    if asked is not None:
        if asked in names:
            return asked, []
        hint = did_you_mean(asked, names)
        return "", [
            Fault(Place(file=table.file), "has no such column", asked[:60], f"one of {_some(names)}", hint)
        ]
    own = [n for n in names if unit_in_header(n).endswith(("W", "Wh"))]
    if len(own) == 1:
        return own[0], []
    if len(names) == 1:
        return names[0], []
    what = f"has several columns that may hold {kind}" if names else "has no column of values"
    return "", [Fault(Place(file=table.file), what, _some(names), hint="name it: column='...'")]


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(n[:40] for n in names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")


def find_measure(column: str, asked: str | None, file: str, base: Unit = MW) -> tuple[Measure, list[Fault]]:
    """The unit of a column: the one asked for, else the one in its header; both must agree in kind.

    "2 MW" reads a column given per unit of 2 MW.
    """
    written = unit_in_header(column)
    text = asked or written
    place = Place(file=file, field=column)
    plain = "kvar, kvarh, Mvar" if base == MVAR else "kW, kWh, MW, MWh, or '2 MW' for per unit of 2 MW"
    readable = re.sub(r"(?i)var\s*h$", "var*h", text.strip())  # pint knows kWh, but not kvarh
    if not text:
        return Measure(1.0, False, ""), [Fault(place, "has no unit", needs=plain, hint="name it: unit='kW'")]
    if not _PLAIN_UNIT.fullmatch(readable):  # powers of powers in a unit could be computed for ever
        wrong = Fault(place, "has a unit that is no power or energy", text[:40], plain)
        return Measure(1.0, False, text), [wrong]
    for energy, unit in ((False, base), (True, base * H)):
        try:
            known = parse(readable, unit).value if readable[:1].isdigit() else convert(readable, unit)[0]
        except ValueError:
            continue
        if written and energy != written.endswith("h") and asked:
            what = f"is headed in {written} but asked for in {asked}"
            return Measure(1.0, False, text), [
                Fault(place, what, hint="correct the unit asked for or the header")
            ]
        return Measure(float(known), energy, text.strip()), []
    return Measure(1.0, False, text), [
        Fault(place, "has a unit that is no power or energy", text[:40], plain)
    ]
