"""Twelve monthly bills turned into a series that reproduces every register of every bill.

Each step carries its shares of the blocks normal, peak and off-peak, given by the caller. Within a
month the shape of the shift pattern is scaled for each block, ``power = min(cap, shape x product of
factor^share)``, until the energy of each block equals its register. Where every step lies in one block
this is one factor for each block; where steps straddle a block's edge it is iterative proportional
fitting, the series nearest to the shape in relative entropy (Csiszár 1975).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.findings import Finding
from parkzero.series.shifts import ShiftPattern, load_shape
from parkzero.texts import data, say
from parkzero.units import FloatArray

BLOCKS = ("normal", "peak", "offpeak")
TOLERANCE = 1e-10
_SWEEPS = 2000
_LARGEST_KWH = 1e10


@dataclass(frozen=True, slots=True)
class Bill:
    """One monthly bill.

    Attributes:
        month: calendar month, 1 to 12.
        normal_kwh: energy in normal hours [kWh].
        peak_kwh: energy in peak hours [kWh].
        offpeak_kwh: energy in off-peak hours [kWh].
        max_kw: highest power billed [kW], an upper bound of the series.
        kvarh: reactive energy [kvarh].
        year: calendar year that the bill names; 0 where it names none.
        places: where it was written, by column ("month", "normal", "max_kw", …); empty where it was not read.
    """

    month: int
    normal_kwh: float
    peak_kwh: float
    offpeak_kwh: float
    max_kw: float | None = None
    kvarh: float | None = None
    year: int = 0
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    def place(self, column: str, name: str = "") -> Place:
        """Where a column of it stands; by month and name where it was not read from a file."""
        return self.places.get(column) or Place(field=f"month {self.month} {name or column}".rstrip())

    @property
    def registers(self) -> tuple[float, float, float]:
        """Energy by block, in the order of ``BLOCKS`` [kWh]."""
        return self.normal_kwh, self.peak_kwh, self.offpeak_kwh


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A series rebuilt from bills; it is a reconstruction, not a measurement.

    Attributes:
        power: mean power of each step [MW], (n,).
        year: calendar year, from 1 January 00:00.
        step_minutes: length of a step [min].
        findings: what was done beside scaling the shape.
        reactive: mean reactive power [Mvar], (n,), when bills give kvarh.
        synthetic: always True.
    """

    power: FloatArray
    year: int
    step_minutes: int
    findings: tuple[Finding, ...]
    reactive: FloatArray | None = None
    synthetic: bool = True


def rebuild(
    bills: Sequence[Bill],
    pattern: ShiftPattern,
    year: int,
    shares: FloatArray,
    step_minutes: int = 30,
    *,
    leap_day: bool = True,
) -> Profile:
    """Rebuild the series of a year from its bills.

    Args:
        bills: one for each month, in any order.
        pattern: how the tenant works.
        year: calendar year.
        shares: share of each step in normal, peak and off-peak hours, (n, 3), rows sum to 1.
        step_minutes: step [min]: 15, 30 or 60.
        leap_day: False leaves 29 February out; February's bill then falls on 28 days.

    Returns:
        The profile; every register of every month is met to 1e-9.

    Raises:
        StudyError: with every fault: bills missing or impossible, shares that do not fit the year.
    """
    faults = [*_check_bills(bills), *_check_shares(shares, year, step_minutes, leap_day)]
    if not faults:
        faults += _above_power(bills, np.asarray(shares, float), year, step_minutes, leap_day)
    if faults:
        raise StudyError(faults, title=say("The bills"))
    shape = load_shape(pattern, year, step_minutes, leap_day=leap_day)
    months = _month_of_step(year, step_minutes, leap_day)
    hours = step_minutes / 60
    power = np.zeros(len(shape))
    any_reactive = any(bill.kvarh is not None for bill in bills)
    reactive = np.full(len(shape), np.nan) if any_reactive else None
    findings: list[Finding] = []
    for bill in sorted(bills, key=lambda b: b.month):
        steps = np.flatnonzero(months == bill.month)
        fitted, more, wrong = fit_month(bill, shape[steps], np.asarray(shares, float)[steps], hours)
        findings += more
        faults += wrong
        power[steps] = fitted / 1000
        if reactive is not None:
            reactive[steps] = _reactive(bill, fitted, hours) / 1000
    if faults:
        raise StudyError(faults, title=say("The bills"))
    return Profile(power, year, step_minutes, tuple(findings), reactive)


def _month_of_step(year: int, step_minutes: int, leap_day: bool) -> np.typing.NDArray[np.int64]:
    begin, end = np.datetime64(f"{year}-01-01", "m"), np.datetime64(f"{year + 1}-01-01", "m")
    stamps = np.arange(begin, end, np.timedelta64(step_minutes, "m"))
    months = np.asarray(stamps.astype("datetime64[M]").astype(np.int64) % 12 + 1)
    per_day = 1440 // step_minutes
    is_leap = len(months) == 366 * per_day
    return np.delete(months, slice(59 * per_day, 60 * per_day)) if is_leap and not leap_day else months


def _check_bills(bills: Sequence[Bill]) -> list[Fault]:
    faults = []
    months = [bill.month for bill in bills]
    absent = [m for m in range(1, 13) if m not in months]
    twice = sorted({m for m in months if months.count(m) > 1})
    if absent:
        faults.append(
            Fault(Place(field="month"), say("is missing"), ", ".join(map(str, absent)), say("twelve bills"))
        )
    if twice:
        faults.append(
            Fault(
                Place(field="month"),
                say("has two bills"),
                ", ".join(map(str, twice)),
                say("one for each month"),
            )
        )
    for bill in bills:
        if bill.month not in range(1, 13):
            faults.append(
                Fault(Place(field="month"), say("is no month"), str(bill.month)[:20], say("1 to 12"))
            )
        named = dict(zip((f"{b}_kwh" for b in BLOCKS), bill.registers, strict=True)) | {
            k: v for k, v in (("max_kw", bill.max_kw), ("kvarh", bill.kvarh)) if v is not None
        }
        for name, value in named.items():
            if not math.isfinite(value) or not 0 <= value <= _LARGEST_KWH:
                place = bill.place(name.removesuffix("_kwh"), name)
                faults.append(
                    Fault(
                        place,
                        say("is no amount"),
                        f"{value:g}",
                        say("0 to {largest_kwh:g}", largest_kwh=_LARGEST_KWH),
                    )
                )
    return faults


def _check_shares(shares: FloatArray, year: int, step_minutes: int, leap_day: bool) -> list[Fault]:
    if step_minutes not in (15, 30, 60):
        return [
            Fault(Place(field="step_minutes"), say("is no step"), str(step_minutes)[:20], say("15, 30 or 60"))
        ]
    if not 1990 <= year <= 2100:
        return [
            Fault(Place(field="year"), say("is outside the calendar"), str(year)[:20], say("1990 to 2100"))
        ]
    needed = (len(_month_of_step(year, step_minutes, leap_day)), len(BLOCKS))
    found = np.asarray(shares, dtype=float)
    if found.shape != needed:
        return [Fault(Place(field="shares"), say("do not fit the year"), str(found.shape), data(needed))]
    valid = np.isfinite(found).all() and bool((found >= 0).all())
    if not valid or np.abs(found.sum(axis=1) - 1).max() > 1e-9:
        return [
            Fault(
                Place(field="shares"),
                say("are no shares"),
                needs=say("each step's shares of 0 to 1 that sum to 1"),
            )
        ]
    return []


def fit_month(
    bill: Bill, shape: FloatArray, shares: FloatArray, hours: float
) -> tuple[FloatArray, list[Finding], list[Fault]]:
    """Scale a month's shape until each block's energy equals its register.

    Args:
        bill: registers and highest power.
        shape: shape of the month's steps, (n,), not negative.
        shares: share of each step in each block, (n, 3).
        hours: length of a step [h].

    Returns:
        Power (n,) [kW], findings and faults.
    """
    targets = np.array(bill.registers)
    cap = math.inf if bill.max_kw is None else bill.max_kw
    faults = _impossible(bill, shares, hours)
    if faults:
        return np.zeros(len(shape)), [], faults
    allowed = np.asarray(
        ~(shares[:, targets <= 0] > 0).any(axis=1)
    )  # a register of zero leaves its steps dark
    base = np.where(allowed, shape, 0.0)
    base, findings = _give_room(bill, base, shares, allowed, hours, cap)
    power, error = _fit(base, shares, targets, hours, cap)
    if error > TOLERANCE:
        place = bill.places.get("month") or Place(field=f"month {bill.month}")
        what = say(
            "has registers that no series of this step can meet, because steps straddle the edges of blocks"
        )
        return (
            power,
            findings,
            [
                Fault(
                    place,
                    what,
                    say("{error:.1%} off", error=error),
                    hint=say("use steps of 30 minutes or less"),
                )
            ],
        )
    return power, findings, []


def _above_power(
    bills: Sequence[Bill], shares: FloatArray, year: int, step_minutes: int, leap_day: bool
) -> list[Fault]:
    """Bills whose energy needs more than their highest power: one fault, however many months have it."""
    months, hours = _month_of_step(year, step_minutes, leap_day), step_minutes / 60
    over: list[tuple[Bill, float, float]] = []
    for bill in bills:
        open_hours = shares[months == bill.month].sum(axis=0) * hours
        with np.errstate(divide="ignore", invalid="ignore"):
            needed = np.where(open_hours > 0, np.array(bill.registers) / open_hours, 0.0)
        if bill.max_kw is not None and needed.max() > bill.max_kw * (1 + 1e-12):
            over.append((bill, bill.max_kw, float(needed.max())))
    if not over:
        return []
    bill, most, needed_kw = max(over, key=lambda o: o[2] / max(o[1], 1e-9))
    what = say("is below the mean power of the energy in the same bill (so in {count} of the bills)",
               count=len(over))  # fmt: skip
    needs = say("at least {needed:,.6g} kW in month {month}", needed=needed_kw, month=bill.month)
    hint = say("check the unit of the highest power, or leave the column out")
    return [Fault(bill.place("max_kw"), what, f"{most:g} kW", needs, hint)]


def _impossible(bill: Bill, shares: FloatArray, hours: float) -> list[Fault]:
    faults = []
    for b, (block, energy) in enumerate(zip(BLOCKS, bill.registers, strict=True)):
        open_hours = float(shares[:, b].sum()) * hours
        place = bill.place(block, f"{block}_kwh")
        if energy > 0 and open_hours <= 0:
            faults.append(
                Fault(
                    place, say("has energy but the month has no such hours"), f"{energy:g} kWh", say("0 kWh")
                )
            )
    return faults


def _give_room(
    bill: Bill,
    base: FloatArray,
    shares: FloatArray,
    allowed: np.typing.NDArray[np.bool_],
    hours: float,
    cap: float,
) -> tuple[FloatArray, list[Finding]]:
    """Where the shape leaves a block dark, or too dark for its register below the cap, spread it evenly."""
    findings = []
    base = base.copy()
    for b, (block, energy) in enumerate(zip(BLOCKS, bill.registers, strict=True)):
        inside = (shares[:, b] > 0) & allowed
        lit = inside & (base > 0)
        room = cap * float(shares[lit, b].sum()) * hours if lit.any() else 0.0
        if energy > 0 and inside.any() and (not lit.any() or energy > room * (1 - 1e-12)):
            level = float(base[lit].mean()) if lit.any() else 1.0
            base[inside] = level
            why = say("its worked hours cannot hold it below the cap")
            if not lit.any():
                why = say("none of its hours is worked")
            what = say(
                "month {month}: {energy:g} kWh in {block} hours are spread evenly, because {why}",
                month=bill.month,
                energy=energy,
                block=say(f"block.{block}"),
                why=why,
            )
            findings.append(Finding("spread", "note", int(inside.sum()), what))
    return base, findings


def _fit(
    base: FloatArray, shares: FloatArray, targets: FloatArray, hours: float, cap: float
) -> tuple[FloatArray, float]:
    """Iterative proportional fitting with a cap; returns power [kW] and the largest relative error."""
    live = [b for b in range(len(targets)) if targets[b] > 0]
    with np.errstate(divide="ignore"):
        log_base = np.log(base)
    factor = np.zeros(len(targets))
    power = np.zeros(len(base))
    error = math.inf
    for sweep in range(_SWEEPS if len(live) else 1):
        for b in live:
            inside = (shares[:, b] > 0) & np.isfinite(log_base)
            level = log_base[inside] + shares[inside] @ factor - shares[inside, b] * factor[b]
            factor[b] = _solve_factor(level, shares[inside, b], targets[b] / hours, cap)
        power = np.minimum(cap, np.exp(np.clip(log_base + shares @ factor, -700, 700)))
        power[base <= 0] = 0.0
        met = shares.T @ power * hours
        last, error = error, float(np.max(np.abs(met[live] - targets[live]) / targets[live], initial=0.0))
        exact = error <= 1e-12 or (error <= TOLERANCE and error > 0.5 * last)
        if exact or (sweep > 60 and error > 0.99 * last):
            break
    return power, error


def _solve_factor(level: FloatArray, share: FloatArray, total: float, cap: float) -> float:
    """Find x with ``sum share min(cap, exp(level + share x)) = total`` by safeguarded Newton steps."""
    if not len(level):
        return 0.0
    low = high = (math.log(total) - math.log(float(share.sum())) - float(level.max())) / float(share.max())
    top = math.log(cap) if math.isfinite(cap) and cap > 0 else math.inf

    def gap(x: float) -> tuple[float, float]:
        power = np.exp(np.minimum(level + share * x, min(top, 700.0)))
        free = level + share * x < top
        return float(share @ power) - total, float((share * share)[free] @ power[free])

    width = 1.0
    while gap(low)[0] > 0 and width < 1e6:
        low, width = low - width, width * 2
    width = 1.0
    while gap(high)[0] < 0 and width < 1e6:
        high, width = high + width, width * 2
    x = high
    for _ in range(200):
        value, slope = gap(x)
        if value == 0.0:
            return x
        low, high = (x, high) if value < 0 else (low, x)
        step = x - value / slope if slope > 0 else math.nan
        following = step if low < step < high else 0.5 * (low + high)
        if abs(following - x) <= 1e-15 * max(1.0, abs(x)):
            return following
        x = following
    return x


def _reactive(bill: Bill, power: FloatArray, hours: float) -> FloatArray:
    """Reactive power at the month's mean power factor [kvar]; NaN where the bill has none."""
    if bill.kvarh is None:
        return np.full(len(power), np.nan)
    energy = float(power.sum()) * hours
    if energy <= 0:
        return np.full(len(power), bill.kvarh / (len(power) * hours))
    return power * (bill.kvarh / energy)
