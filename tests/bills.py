"""An electricity bill by plain arithmetic: a loop over steps, a calendar and decimal numbers.

It shares no code with ParkZero: equal results mean that both are right, or that two people erred alike.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

PIECE = 15  # minutes; every boundary of every schedule lies on a multiple of it


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of a tariff as printed [VND/kWh]."""

    normal: str
    peak: str
    offpeak: str


@dataclass(frozen=True, slots=True)
class HandBill:
    """A year's bill: energy by block [kWh], its cost [VND], highest mean power of each month [kW]."""

    kwh: dict[str, Decimal]
    energy: Decimal
    peaks: dict[int, Decimal]


def block_legacy(at: dt.datetime) -> str:
    """Circular 16/2014/TT-BCT: peak 09:30-11:30 and 17:00-20:00 but on Sundays, off-peak 22:00-04:00."""
    clock = at.hour * 60 + at.minute
    if clock >= 22 * 60 or clock < 4 * 60:
        return "offpeak"
    sunday = at.weekday() == 6
    busy = 9 * 60 + 30 <= clock < 11 * 60 + 30 or 17 * 60 <= clock < 20 * 60
    return "peak" if busy and not sunday else "normal"


def block_963(at: dt.datetime) -> str:
    """Decision 963/QĐ-BCT: peak 17:30-22:30 but on Sundays, off-peak 00:00-06:00."""
    clock = at.hour * 60 + at.minute
    if clock < 6 * 60:
        return "offpeak"
    return "peak" if 17 * 60 + 30 <= clock < 22 * 60 + 30 and at.weekday() != 6 else "normal"


def block_of(at: dt.datetime, year: int) -> str:
    """The block of a time whose day and month lie in ``year``; weekdays are those of the series."""
    new = (year, at.month, at.day) >= (2026, 4, 22)
    return block_963(at) if new else block_legacy(at)


def bill_of(flows: pl.DataFrame, column: str, year: int, rates: Rates, interval: int) -> HandBill:
    """The bill of a stored year.

    Args:
        flows: hourly table with ``start`` and the import [MW].
        column: the import.
        year: year whose hours count.
        rates: of the tariff.
        interval: over which the meter takes means for the peak [min].
    """
    starts: list[dt.datetime] = flows["start"].to_list()
    step = int((starts[1] - starts[0]).total_seconds()) // 60
    price = {"normal": Decimal(rates.normal), "peak": Decimal(rates.peak), "offpeak": Decimal(rates.offpeak)}
    kwh = dict.fromkeys(price, Decimal(0))
    means: dict[dt.datetime, list[Decimal]] = {}
    for at, power in zip(starts, flows[column].to_list(), strict=True):
        kilowatts = Decimal(power) * 1000
        for piece in range(0, step, PIECE):
            kwh[block_of(at + dt.timedelta(minutes=piece), year)] += kilowatts * PIECE / 60
        begin = at - dt.timedelta(minutes=(at.hour * 60 + at.minute) % interval)
        means.setdefault(begin, []).append(kilowatts)
    peaks: dict[int, Decimal] = {}
    for begin, powers in means.items():
        peaks[begin.month] = max(peaks.get(begin.month, Decimal(0)), sum(powers, Decimal(0)) / len(powers))
    energy = sum((kwh[block] * price[block] for block in price), Decimal(0))
    return HandBill(kwh, energy, peaks)
