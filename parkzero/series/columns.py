"""Which columns of a meter file hold time, power and reactive power, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parkzero.errors import Fault, Place, did_you_mean
from parkzero.series.time_columns import some
from parkzero.tables import TextTable
from parkzero.texts import NOTHING, Text, data, say
from parkzero.units import MVAR, MW, H, Unit, convert, parse

_UNIT = re.compile(
    r"(?<![a-zà-ỹ])(?:"
    r"(?P<w>[kmgt]?w)(?P<wh>(?P<dot>[ .·*x-]?)h(?![a-z0-9]))?(?P<per>/h(?![a-z]))?"
    r"|(?P<var>[kmg]?var(?:h|[.·* ]h)?)|(?P<va>[kmg]va)h?"
    r"|(?P<heat>[kmgt]j|[kmg]cal|mmbtu|btu)(?P<rate>/h|/s)?|(?P<toe>k?toe))(?![a-zà-ỹ])"
)
_MANY = re.compile(r"(?:1[., ]?000(?:[., ]?000)?|10\^?[3³6]|nghìn|ngàn|thousand|triệu|million)\s*[x*×]?\s*$")
_BRACKET = re.compile(r"[\[(]([^\])]{1,20})[\])]\s*$")
_PLAIN_UNIT = re.compile(r"(?:[\d._]+\s*)?[A-Za-z]{1,8}(?:\*h|/h|/s)?")
_PREFIX = {"k": "k", "m": "M", "g": "G", "t": "T", "": ""}
_FREE = say("kW, kWh, MW, MWh, MJ, GJ, kcal, or '2 MW' for per unit of 2 MW")
_APPARENT = say("unit='0.9 kW' where the power factor is 0.9")


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
    if match["w"]:
        unit = _PREFIX[match["w"][:-1]] + "W"
        if match["wh"]:
            return unit if match["per"] else unit + "h"  # kWh/h is a mean power
        return unit + ("/h" if match["per"] else "")
    if match["var"]:
        prefix, hours = match["var"].split("var")
        return _PREFIX[prefix] + ("varh" if hours else "var")
    if match["va"]:
        return _PREFIX[match["va"][0]] + "VA"
    if match["toe"]:
        return match["toe"].replace("toe", "TOE")
    heat = match["heat"]
    unit = (
        heat.upper() if heat.endswith("btu") else _PREFIX[heat[0]] + (heat[1:] if heat[1:] == "cal" else "J")
    )
    return unit + (match["rate"] or "")


def _times_many(name: str) -> str:
    """What stands before the unit of a header and multiplies it, as "1000" or "nghìn"."""
    low = name.lower().replace("_", " ")
    match = _UNIT.search(low)
    many = _MANY.search(low[: match.start()]) if match else None
    return many[0].strip() if many else ""


def choose_column(
    table: TextTable, asked: str | None, times: Sequence[str], kind: Text
) -> tuple[str, list[Fault]]:
    """The column to read: the one asked for, the only one, or the only one in a unit of its kind."""
    names = [n for n in table.columns if n not in times]
    if asked is not None:
        if asked in names:
            return asked, []
        hint = did_you_mean(asked, names)
        return "", [
            Fault(
                Place(file=table.file),
                say("has no such column"),
                asked[:60],
                say("one of {names}", names=some(names)),
                hint,
            )
        ]
    own = [n for n in names if (u := unit_in_header(n)) and "var" not in u and "VA" not in u]
    if len(own) == 1:
        return own[0], []
    if len(names) == 1:
        return names[0], []
    what = (
        say("has several columns that may hold {kind}", kind=kind)
        if names
        else say("has no column of values")
    )
    return "", [Fault(Place(file=table.file), what, some(names), hint=say("name it: column='...'"))]


def find_measure(column: str, asked: str | None, file: str, base: Unit = MW) -> tuple[Measure, list[Fault]]:
    """The unit of a column: the one asked for, else the one in its header; both must agree in kind.

    "2 MW" reads a column given per unit of 2 MW.
    """
    written = unit_in_header(column)
    text = (asked or written).strip()
    place = Place(file=file, field=column)
    wrong = _refused(column, written, text, asked, base)
    if wrong is not None:
        what, got, needs, hint = wrong
        return Measure(1.0, False, text), [Fault(place, what, got, needs, hint)]
    readable = re.sub(r"(?i)var\s*h$", "var*h", text)  # pint knows kWh, but not kvarh
    for energy, unit in ((False, base), (True, base * H)):
        try:
            known = parse(readable, unit).value if readable[:1].isdigit() else convert(readable, unit)[0]
        except ValueError:
            continue
        if written and asked and energy != _is_energy(written):
            what = say("is headed in {written} but asked for in {asked}", written=written, asked=asked)
            hint = say("correct the unit asked for or the header")
            return Measure(1.0, False, text), [Fault(place, what, hint=hint)]
        return Measure(float(known), energy, text), []
    plain = say("kvar, kvarh, Mvar") if base == MVAR else _FREE
    return Measure(1.0, False, text), [
        Fault(place, say("has a unit that is no power or energy"), text[:40], plain)
    ]


def _is_energy(unit: str) -> bool:
    return "/" not in unit and not unit.endswith(("W", "var", "VA"))


def _refused(
    column: str, written: str, text: str, asked: str | None, base: Unit
) -> tuple[Text, str, Text, Text] | None:
    """Why a unit cannot be read without a word of the user's: what, got, needs, hint."""
    many = "" if asked else _times_many(column)
    apparent = say("is an apparent power, which is no active power without a power factor")
    if base == MW and (text.endswith("VA") or (written.endswith("VA") and not text[:1].isdigit())):
        return apparent, text, data("kW"), _APPARENT
    if base == MW and "var" in text:
        what = say("is a reactive power, not an active one")
        return what, text, _FREE, say("name the column of active power")
    if text.endswith("W/h"):
        return (
            say("has a unit that is neither power nor energy"),
            text,
            say("kW or kWh"),
            say("name it: unit='kWh', or 'kW'"),
        )
    if text.upper().endswith("TOE") and not text[:1].isdigit():
        what = say("is in tonnes of oil equivalent, which stand for two amounts of energy")
        big = "G" if text.upper() == "KTOE" else "M"  # a thousand TOE are as many GWh as one is MWh
        hint = say(
            "unit='11.63 {big}Wh' for the heat of oil, unit='6.48 {big}Wh' for electricity at 0.1543 TOE/MWh",
            big=big,
        )
        return (
            what,
            text,
            say("MWh (the table 3505/BCT-KHCN of 2011 counts 0.1543 TOE for 1 MWh of electricity)"),
            hint,
        )
    if many:
        what = say("is headed in {many} {written}", many=many, written=written)
        return what, column[:60], _FREE, say("unit='1000 {written}' if that is meant", written=written)
    if not text:
        bracket = _BRACKET.search(column)
        plain = say("kvar, kvarh, Mvar") if base == MVAR else _FREE
        if bracket and re.search(r"[A-Za-z]", bracket[1]):
            return say("has a unit that is not known"), bracket[1], plain, say("name it: unit='...'")
        hint = say("name it: unit='kW', 'kWh' or another, as the meter's papers say")
        return say("has no unit"), "", plain, hint
    if not _PLAIN_UNIT.fullmatch(re.sub(r"(?i)var\s*h$", "var*h", text)):
        # powers of powers in a unit could be computed for ever
        return say("has a unit that is no power or energy"), text[:40], _FREE, NOTHING
    return None
