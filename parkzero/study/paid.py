"""Bills that a tenant has paid, as a study names them, and the model's base year in the same rows.

    [tenants.plant]
    paid = { bills = "paid.csv", year = 2025 }

Rules:
    year        bills are of the first milestone year, or of the calendar year behind the series; of no other
    model       the connection's import in the first milestone year with what stands today, by its own tariff
    registers   by the hours in force in the year of the bills, or those of a named schedule
    vat         what the books hold for each month, or one rate that is given
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from parkzero.books import BookError, find
from parkzero.language.component import DEMAND, Component
from parkzero.language.fields import Profile, described
from parkzero.language.statement import METERED, Connection
from parkzero.series.paid_bills import MonthModel, Paid, PaidBill, explained, read_paid, share_of
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.options import Options
from parkzero.study.sections import one_of
from parkzero.study.tariff_series import block_shares, rates_by_day, schedule_of
from parkzero.texts import Both, Text, say
from parkzero.timeline import MONTHS, Calendar
from parkzero.units import ONE, FloatArray

PAID_KEYS = ("bills", "year", "connection", "warn", "vat", "schedule")
WARN = 0.02
_KILO = 1000.0
_SHORTEST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days that a month has at least where it is there as a whole."""


@dataclass(frozen=True, slots=True)
class Row:
    """A month's bill beside the model's, and what explains the difference [money]."""

    bill: PaidBill
    model: MonthModel
    vat: float | None
    parts: Mapping[str, float]


def paid_bills(context: Context, tree: Tree, components: Iterable[Component]) -> tuple[Paid, ...]:
    """Read what the tenants paid; after the assets."""
    made = {c.name: c for c in components}
    found = []
    for id_, table in context.desk.table(("tenants",), tree.get("tenants", {})).items():
        written = table.get("paid") if isinstance(table, dict) else None
        if written is None or id_ not in context.tenants:
            continue
        several = written if isinstance(written, list) else [written]
        for i, one in enumerate(several):
            path = ("tenants", id_, "paid", *((str(i),) if isinstance(written, list) else ()))
            paid = _paid(context, path, id_, one, made)
            if paid is not None:
                found.append(paid)
    return tuple(found)


def _paid(
    context: Context, path: Path, tenant: str, written: object, made: Mapping[str, Component]
) -> Paid | None:
    desk = context.desk
    table = desk.table(path, written)
    desk.known(path, table, PAID_KEYS)
    if not isinstance(written, dict):
        return None
    options = Options(context, path, table)
    connection = _connection(context, path, tenant, table, made)
    warn, rate = options.number("warn", ONE, WARN, 0, 1), options.number("vat", ONE, None, 0, 1)
    said = options.year("year", None)
    if "bills" not in table:
        options.miss("bills", say("a file of bills"))
    if connection is None or not options.ok:
        return None
    name = table["bills"]
    key = ("paid", str(name))
    read = context.opened((*path, "bills"), key, lambda: read_paid(context.files.table(name)))
    year = None if read is None else _year(context, path, said, read[0])
    price = _price_table(context, connection.name)
    plan = schedule_of(context, (*path, "schedule"), table.get("schedule", price.get("schedule", "auto")))
    if read is None or year is None or plan is None:
        return None
    calendar = context.clock.timeline.calendar
    shares = block_shares(context, path, calendar, plan, year)
    worth = dict(context.money.rates or {}).get("VND")
    if worth is None:
        desk.fault(path, say("is in VND, for which [money] gives no rate"))
    if shares is None or worth is None:
        return None
    context.source(path, table)
    in_force, rates = _rates(context, connection, price, shares, year, worth)
    vat = np.full(MONTHS, rate) if rate is not None else _vat(year)
    growth = 1.0 if year == context.years.milestones[0] else _growth(context, connection, made.values())
    return Paid(
        tenant, connection.name, year, read[1], WARN if warn is None else warn, vat, shares, in_force, rates,
        growth, worth, _name(context, tenant),
    )  # fmt: skip


def _name(context: Context, tenant: str) -> Both:
    found = context.tenants[tenant]
    return Both(found.name, found.name_en or found.name)


def _connection(
    context: Context, path: Path, tenant: str, table: Tree, made: Mapping[str, Component]
) -> Connection | None:
    """The metered asset whose bills these are: the tenant's only one, or the one that is named."""
    own = {n: c for n, c in made.items() if METERED in c.traits and c.owner == tenant}
    where, name = (*path, "connection"), table.get("connection")
    if name is None and len(own) == 1:
        name = next(iter(own))
    if isinstance(name, str) and name in own:
        found = own[name]
        return found if isinstance(found, Connection) else None
    if context.desk.faults and not own:
        return None  # the connection may be among what has a fault
    if name is None:
        what = say("is missing: the tenant has several connections") if own else say("is missing")
    else:
        what = say("is no metered connection of the tenant")
    context.desk.fault(where, what, name or "", one_of(own) or say("a grid connection that the tenant owns"))
    return None


def _year(context: Context, path: Path, said: int | None, named: int) -> int | None:
    """The year of the bills, where it is one that the model can be held against."""
    desk, first, calendar = context.desk, context.years.milestones[0], context.clock.year
    if said and named and said != named:
        desk.fault((*path, "year"), say("is not the year in the file"), said, say("{year}", year=named))
        return None
    year = said or named
    if not year:
        needs = say("year = {first}, or months such as 01/{first}", first=first)
        desk.fault(
            (*path, "year"), say("is missing: the file does not say of which year its bills are"), needs=needs
        )
        return None
    if year not in (first, calendar):
        allowed = str(first) if first == calendar else f"{first}, {calendar}"
        what = say("holds bills of another year than the base year")
        hint = say("give the bills of that year, or plan from {year} on", year=year)
        desk.fault((*path, "bills"), what, year, say("bills of {years}", years=allowed), hint)
        return None
    return year


def _price_table(context: Context, asset: str) -> Tree:
    """The price of a connection as it was written; empty where it is no table."""
    written = context.desk.document.tree.get("assets", {})[asset].get("price")
    return written if isinstance(written, dict) else {}


def _rates(
    context: Context, connection: Connection, price: Tree, shares: FloatArray, year: int, worth: float
) -> tuple[FloatArray | None, FloatArray | None]:
    """Rates in force on each day of the bills' year, and the model's own; None where there are none."""
    if "tariff" not in price:
        return None, None
    calendar = context.clock.timeline.calendar
    two_part = price.get("two_part") is True
    in_force = rates_by_day(str(price["tariff"]), calendar, year, two_part) * worth
    steps = connection.statement(np.ones(calendar.steps), calendar, context.years.milestones[0]).price / _KILO
    found: FloatArray = np.linalg.lstsq(shares, steps, rcond=None)[0].astype(np.float64)
    close = np.allclose(shares @ found, steps, rtol=1e-9)
    return in_force, found if close else None


def _vat(year: int) -> FloatArray:
    """The rate that the books hold for the middle of each month; NaN where they hold none."""
    rates = np.full(MONTHS, np.nan)
    for month in range(MONTHS):
        try:
            rates[month] = find("tariff.vat", dt.date(year, month + 1, 15)).value / 100
        except BookError:
            continue
    return rates


def _growth(context: Context, connection: Connection, components: Iterable[Component]) -> float:
    """Growth of the loads on a connection's bus from the year of the series to the first milestone."""
    first = context.years.milestones[0]
    before = after = 0.0
    for profile in (p for c in components for p in _loads(c, connection.bus)):
        before += float(np.sum(profile.values))
        after += float(np.sum(profile.at(first).value))
    return after / before if before > 0 else 1.0


def _loads(component: Component, bus: str) -> list[Profile]:
    """The series that a demand draws from a bus."""
    fields = described(type(component))
    on_bus = any(getattr(component, n) == bus for n, s in fields.items() if s.kind == "bus" and s.takes)
    if DEMAND not in component.traits or not on_bus:
        return []
    found = (getattr(component, n) for n, s in fields.items() if s.kind == "profile")
    return [p for p in found if isinstance(p, Profile)]


def import_without_solving(
    paid: Paid, components: Iterable[Component], years: tuple[int, ...]
) -> FloatArray | None:
    """The connection's import [MW] where nothing but fixed demands stands beside it; None elsewhere."""
    everything = list(components)
    connection = next(c for c in everything if c.name == paid.connection)
    bus, total = getattr(connection, "bus"), np.zeros(len(paid.shares))  # noqa: B009  a field of its kind
    for component in everything:
        if component is connection or not _stands_at(component, bus, years[0]):
            continue
        loads = _loads(component, bus)
        if not loads:
            return None
        total += sum(np.asarray(p.at(years[0]).value, dtype=np.float64) for p in loads)
    return total


def _stands_at(component: Component, bus: str, year: int) -> bool:
    """Whether something touches a bus today: what is not built yet does not."""
    fields = described(type(component))
    if not any(getattr(component, n) == bus for n, s in fields.items() if s.kind == "bus"):
        return False
    sizes = [getattr(component, n) for n, s in fields.items() if s.kind == "size"]
    if not sizes:
        return True
    stands = [
        s.existing for s in sizes if s is not None and s.existing is not None and year < s.existing_until
    ]
    return any(float(e.value) > 0 for e in stands)


def rows_of(
    paid: Paid, connection: Connection, imported: FloatArray, calendar: Calendar, year: int,
    own: FloatArray | None = None,
) -> list[Row]:  # fmt: skip
    """Each whole month's bill beside the model's.

    Args:
        paid: the bills.
        connection: what is billed.
        imported: in each step of the year [MW].
        calendar: the steps.
        year: the model's year.
        own: own generation used in each month [kWh], shape [12].
    """
    statement = connection.statement(imported, calendar, year)
    months = np.repeat(calendar.day_months, calendar.per_day)
    kwh = imported * calendar.hours * _KILO
    by_month = partial(np.bincount, months, minlength=MONTHS)
    registers = np.stack([by_month(weights=kwh * paid.shares[:, b]) for b in range(3)], axis=1)
    spent = np.stack([by_month(weights=kwh * paid.shares[:, b] * statement.price) for b in range(3)], axis=1)
    whole = np.bincount(calendar.day_months, minlength=MONTHS) >= np.array(_SHORTEST)
    with np.errstate(divide="ignore", invalid="ignore"):
        weighted = np.where(registers > 0, spent / registers / _KILO, 0.0)
    rows = []
    for bill in (b for b in paid.bills if whole[b.month - 1]):
        m = bill.month - 1
        model = MonthModel(
            registers[m], weighted[m] if paid.rates is None else paid.rates, float(statement.cost[m]),
            float(statement.peak[m]) * _KILO, float(statement.charge[m]) / _KILO,
            _in_force(paid, kwh, months == m, calendar), 0.0 if own is None else float(own[m]), paid.growth,
        )  # fmt: skip
        vat = None if np.isnan(paid.vat[m]) else float(statement.cost[m] * paid.vat[m])
        rows.append(Row(bill, model, vat, explained(bill, model, paid.worth)))
    return rows


def _in_force(
    paid: Paid, kwh: FloatArray, inside: np.typing.NDArray[np.bool_], calendar: Calendar
) -> FloatArray | None:
    """A month's rates in force, its days weighted by what is used in them; None where a day has none."""
    if paid.in_force is None:
        return None
    days = np.repeat(np.arange(calendar.days), calendar.per_day)[inside]
    rates, used = paid.in_force[days], kwh[inside, None] * paid.shares[inside]
    if np.isnan(rates).any():
        return None
    total = used.sum(axis=0)
    weighted = (rates * used).sum(axis=0)
    found: FloatArray = np.where(total > 0, weighted / np.where(total > 0, total, 1.0), rates.mean(axis=0))
    return found


def doubts(paid: Paid, rows: list[Row]) -> list[Text]:
    """Differences beyond the stated share: of the year, and of months but for another tariff."""
    months, what = _pairs(paid, rows)
    if not months:
        return []
    paid_sum, model_sum = sum(p for _, p, _, _ in months), sum(m for _, _, m, _ in months)
    of_year, left = share_of(paid_sum, model_sum), share_of(paid_sum, model_sum + sum(t for *_, t in months))
    month, worst = max(((n, share_of(p, m + told)) for n, p, m, told in months), key=lambda found: found[1])
    given = {
        "tenant": paid.name or paid.tenant,
        "what": what,
        "warn": paid.warn,
        "month": month,
        "worst": worst,
    }
    if of_year > paid.warn:
        return [
            say(
                "{tenant}: the model's base year differs from the bills paid by {share:.1%} of {what}, more"
                " than {warn:.1%}; by {left:.1%} if the tariffs in force in each month are allowed for, then"
                " most in month {month} ({worst:.1%})",
                share=of_year, left=left, **given,
            )
        ]  # fmt: skip
    if worst > paid.warn:
        return [
            say(
                "{tenant}: in month {month} the model differs from the bill paid by {worst:.1%} of {what},"
                " more than {warn:.1%}, though the year as a whole does not",
                **given,
            )
        ]  # fmt: skip
    return []


def _pairs(paid: Paid, rows: list[Row]) -> tuple[list[tuple[int, float, float, float]], Text]:
    """Month, what was paid, the model's, and what another tariff explains; in money, else in energy."""
    money = [
        (r.bill.month, r.bill.cost * paid.worth, r.model.cost, r.parts["tariff"])
        for r in rows
        if r.bill.cost is not None
    ]
    if money:
        return money, say("the money before VAT")
    energy = [
        (r.bill.month, r.bill.kwh, float(r.model.registers.sum()), 0.0)
        for r in rows
        if r.bill.kwh is not None
    ]
    return energy, say("the energy")
