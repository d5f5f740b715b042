"""Bills that were paid: what a tenant can hold beside the model's base year, month by month.

One row a month, from a CSV file or an Excel sheet: energy by register or in total, money before VAT, VAT or
both together, the highest power. Whatever a file does not hold stays open and is compared with nothing.

Symbols:
    p, m        energy of a register, paid and in the model [kWh]
    f, r        its rate, of the tariff in force in the month and of the model [money/kWh]
    d           paid less the model's, before VAT [money]

Rules of what explains d, one after the other, so that all parts add up to it:
    growth      (m / g - m) r                   where the bills are of the year before growth g
    own         generation that the model holds, as far as the bill shows more energy than the model, at r
    energy      what is left of (p - m) r
    tariff      p (f - r)                       where the books hold the tariff in force
    power       (highest power paid - the model's) times the charge
    rounding    what is left, where that is below half a unit of each printed figure
    prices      what is left where energy and power are known: other prices than those of the tariff
    rest        what is left elsewhere
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.bill_files import MONEY, Column, columns_of, months_of, numbers_of, opened, year_of
from parkzero.series.bills import BLOCKS
from parkzero.texts import Both, say
from parkzero.units import FloatArray

KINDS = ("month", *BLOCKS, "total", "max_kw", *MONEY)
PARTS = ("growth", "own", "energy", "tariff", "power", "prices", "rounding", "rest")
HALF = 0.5  # a printed figure is its whole units; what is behind them is at most half of one
ALIKE = 1e-6


@dataclass(frozen=True, slots=True)
class PaidBill:
    """One monthly bill as paid.

    Attributes:
        month: 1 to 12.
        registers: energy in normal, peak and off-peak hours [kWh]; None where the bill does not split it.
        kwh: energy [kWh].
        cost: before VAT [VND].
        vat: VAT [VND].
        max_kw: highest power [kW].
    """

    month: int
    registers: tuple[float, float, float] | None = None
    kwh: float | None = None
    cost: float | None = None
    vat: float | None = None
    max_kw: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MonthModel:
    """The same month in the model.

    Attributes:
        registers: energy in normal, peak and off-peak hours [kWh], shape [3].
        rates: of each register [money/kWh], shape [3].
        cost: before VAT [money].
        max_kw: highest power [kW].
        charge: of the highest power [money/kW]; 0 without one.
        in_force: rates of the tariff in force in the month [money/kWh], shape [3]; None where not known.
        own: own generation used [kWh].
        growth: factor since the year of the bills; 1 where they are of the model's year.
    """

    registers: FloatArray
    rates: FloatArray
    cost: float
    max_kw: float
    charge: float = 0.0
    in_force: FloatArray | None = None
    own: float = 0.0
    growth: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Paid:
    """A connection's paid bills with what is needed to say the model's year in the same rows.

    Attributes:
        tenant: who paid.
        connection: the metered asset.
        year: of the bills.
        bills: as paid.
        warn: difference from which it is a warning [share].
        vat: rate of each month, shape [12]; NaN where nobody knows it.
        shares: of each step in normal, peak and off-peak hours, shape [steps, 3].
        in_force: rates of the tariff in force [money/kWh], shape [days, 3]; None where there is none.
        rates: the model's own [money/kWh], shape [3]; None where its price is not from a tariff.
        growth: of the load since the year of the bills.
        worth: of one VND in the study's money.
        name: what people call the tenant.
    """

    tenant: str
    connection: str
    year: int
    bills: tuple[PaidBill, ...]
    warn: float
    vat: FloatArray
    shares: FloatArray
    in_force: FloatArray | None = None
    rates: FloatArray | None = None
    growth: float = 1.0
    worth: float = 1.0
    name: Both | None = None


def read_paid(path: Path | str, sheet: str | None = None) -> tuple[int, tuple[PaidBill, ...]]:
    """Read paid bills.

    Returns:
        Their year, 0 where the file does not name it, and the bills in order of months.

    Raises:
        StudyError: with every fault found, each with its cell or line.
    """
    file = Path(path).name
    faults: list[Fault] = []
    headers, rows = opened(path, file, sheet)
    columns = columns_of(headers, rows, file, faults, KINDS, ("month",))
    months = months_of(columns.get("month"), faults)
    numbers = {name: numbers_of(column, faults) for name, column in columns.items() if name != "month"}
    if "month" in columns and not numbers.keys() - {"max_kw"}:
        needs = say("energy in kWh or money in VND")
        faults.append(
            Fault(Place(file=file), say("holds bills without energy and without money"), needs=needs)
        )
    found: dict[int, PaidBill] = {}
    for i, (place, month) in enumerate(months):
        if month in found:
            faults.append(Fault(place, say("names a month twice"), str(month), say("one row for each month")))
        found[month] = _bill(month, {name: values[i] for name, values in numbers.items()}, place, faults)
    year = _one_year(columns.get("month"), faults)
    if not months and not faults:
        faults.append(Fault(Place(file=file), say("holds no bill")))
    if faults:
        raise StudyError(faults, title=file)
    return year, tuple(found[month] for month in sorted(found))


def _one_year(column: Column | None, faults: list[Fault]) -> int:
    """The year that all months name; 0 where none does."""
    named = [(place, year_of(value)) for place, value in (column.values if column else ())]
    years = sorted({year for _, year in named if year})
    if len(years) > 1:
        where = next(place for place, year in named if year == years[1])
        got = ", ".join(map(str, years))
        faults.append(Fault(where, say("holds bills of several years"), got, say("bills of one year")))
    return years[0] if years else 0


def _bill(month: int, row: Mapping[str, float | None], place: Place, faults: list[Fault]) -> PaidBill:
    given = [row.get(name) for name in BLOCKS]
    known = [kwh for kwh in given if kwh is not None]
    registers = (known[0], known[1], known[2]) if len(known) == len(BLOCKS) else None
    if known and registers is None:
        faults.append(
            Fault(
                place, say("gives some registers and not others"), needs=say("all three, or the total alone")
            )
        )
    kwh, summed = row.get("total"), sum(known)
    if registers is not None and kwh is not None and abs(kwh - summed) > 3 * HALF + ALIKE * summed:
        what = say("is not the sum of its registers")
        faults.append(Fault(place, what, f"{kwh:,.6g} kWh", say("{summed:,.6g} kWh", summed=summed)))
    cost, vat, gross = (row.get(name) for name in MONEY)
    if cost is None and gross is not None and vat is not None:
        cost = gross - vat
    elif vat is None and gross is not None and cost is not None:
        vat = gross - cost
    elif None not in (cost, vat, gross) and abs(_plain(cost) + _plain(vat) - _plain(gross)) > 3 * HALF:
        got, needs = f"{gross:,.0f}", say("{sum:,.0f} VND", sum=_plain(cost) + _plain(vat))
        faults.append(Fault(place, say("is not the amount before VAT and the VAT together"), got, needs))
    elif gross is not None and cost is None:
        needs = say("the amount before VAT, or the VAT, beside it")
        faults.append(Fault(place, say("gives money with VAT alone"), f"{gross:,.0f}", needs))
    return PaidBill(month, registers, summed if registers is not None else kwh, cost, vat, row.get("max_kw"))


def _plain(value: float | None) -> float:
    return 0.0 if value is None else value


def explained(paid: PaidBill, model: MonthModel, worth: float = 1.0) -> dict[str, float]:
    """What makes a bill differ from the model's, before VAT [money]; empty where it names no money.

    Args:
        paid: the bill.
        model: the same month in the model.
        worth: of one VND in the study's money.
    """
    if paid.cost is None:
        return {}
    difference, parts = paid.cost * worth - model.cost, dict.fromkeys(PARTS, 0.0)
    grown = model.registers / model.growth
    parts["growth"] = float((grown - model.registers) @ model.rates)
    registers = _registers(paid, grown)
    if registers is not None:
        more = registers - grown
        total = float(more.sum())
        own = min(max(total, 0.0), model.own) / total if total > 0 else 0.0
        parts["own"] = float(more @ model.rates) * own
        parts["energy"] = float(more @ model.rates) - parts["own"]
    if model.in_force is not None:
        paid_kwh = grown if registers is None else registers
        parts["tariff"] = float(paid_kwh @ (model.in_force - model.rates))
    if paid.max_kw is not None:
        parts["power"] = (paid.max_kw - model.max_kw) * model.charge
    rest = difference - sum(parts.values())
    rates = model.rates if model.in_force is None else model.in_force
    rounded = abs(rest) <= HALF * (worth * (len(BLOCKS) + 1) + float(np.abs(rates).sum()) + model.charge)
    told = registers is not None and (paid.max_kw is not None or not model.charge)
    parts["rounding" if rounded else "prices" if told else "rest"] = rest
    return parts


def _registers(paid: PaidBill, like: FloatArray) -> FloatArray | None:
    """Energy by register; a total alone is split as the model's."""
    if paid.registers is not None:
        return np.array(paid.registers)
    if paid.kwh is None or like.sum() <= 0:
        return None
    return like * (paid.kwh / float(like.sum()))


def share_of(paid: float, model: float) -> float:
    """How far the model is from what was paid, as a share of that."""
    return abs(paid - model) / abs(paid) if paid else float(bool(model))
