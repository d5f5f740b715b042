"""The general part of a study: calendar, milestone years, money and prices of planning."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from parkzero.language.block import Milestones, Penalties
from parkzero.language.fields import Field
from parkzero.study.clock import Clock
from parkzero.study.desk import Desk
from parkzero.study.document import Path, Tree
from parkzero.study.plausible import doubtful_rates, usd_worth, usual_rate
from parkzero.study.study import milestones
from parkzero.study.values import (
    Money,
    date,
    in_range,
    integer,
    number,
    quantity,
    step_minutes,
    text,
    word,
    year_number,
)
from parkzero.texts import LANGS, say
from parkzero.timeline import NEW_YEAR, Calendar
from parkzero.units import CURRENCIES, DEGREE, MONEY, MWH, ONE, T, Unit

PARK_KEYS = (
    "currency", "calendar_year", "year_begins", "step", "leap_day", "latitude", "longitude", "days",
)  # fmt: skip
YEARS_KEYS = ("milestones", "last_span")
MONEY_KEYS = ("discount_rate", "basis", "inflation", "base_year", "rates", "rate_date")
PLANNING_KEYS = ("unserved_price", "excess_price")
_USUAL_PENALTY = {"VND": 250e6, "USD": 10_000.0, "EUR": 10_000.0}
_MOST_MILESTONES = 40


@dataclass(frozen=True, slots=True)
class Settings:
    """The general part of a study."""

    name: str
    clock: Clock
    money: Money
    milestones: Milestones
    penalties: Penalties
    latitude: float | None
    longitude: float | None
    language: str = ""


def settings(desk: Desk) -> Settings:
    """Read what is no bus, tenant, asset or policy; what has faults is replaced so that reading can go on."""
    tree = desk.document.tree
    name = text(desk, ("name",), tree.get("name", ""), 200) if "name" in tree else ""
    if not name:
        desk.fault(("name",), say("is missing"), needs=say("the title of the study"))
    language = word(desk, ("language",), tree.get("language", ""), ("", *LANGS)) or ""
    park = desk.table(("park",), tree.get("park"))
    desk.known(("park",), park, PARK_KEYS)
    currency = word(desk, ("park", "currency"), park.get("currency", "VND"), CURRENCIES) or "VND"
    money = _money(desk, desk.table(("money",), tree.get("money")), currency)
    years = _milestones(desk, desk.table(("years",), tree.get("years")), money.discount)
    clock = _clock(desk, park, years)
    return Settings(
        name or "", clock, money, years, _penalties(desk, tree, money),
        _degrees(desk, park, "latitude", 90), _degrees(desk, park, "longitude", 180), language,
    )  # fmt: skip


def _clock(desk: Desk, park: Tree, years: Milestones) -> Clock:
    spec = Field("integer", "", least=1990, most=2100)
    year = integer(desk, ("park", "calendar_year"), park.get("calendar_year", years.years[0]), spec) or 2025
    minutes = step_minutes(desk, ("park", "step"), park.get("step", "60 min")) or 60
    kept = word(desk, ("park", "leap_day"), park.get("leap_day", "keep"), ("keep", "drop")) != "drop"
    first = _first(desk, park, year)
    whole = Clock(year, minutes, kept, first=first)
    days = integer(
        desk, ("park", "days"), park.get("days", 0), Field("integer", "", least=0, most=whole.year_days)
    )
    if days:
        desk.warn(
            say(
                "only the first {count} of {days} days are planned, weighted so that they stand for the year",
                count=days,
                days=whole.year_days,
            )
        )
    planned = 0 if days in (None, whole.year_days) else int(days or 0)
    return Clock(year, minutes, kept, planned, first)


def _first(desk: Desk, park: Tree, year: int) -> str:
    """The month and day with which the study's year begins; 1 January after a fault."""
    path = ("park", "year_begins")
    written = park.get(path[1], NEW_YEAR)
    try:
        Calendar(year, first=written if isinstance(written, str) else "")
    except ValueError:
        desk.fault(path, say("is no day of the year"), written, say("month and day, such as '07-01'"))
        return NEW_YEAR
    if written != NEW_YEAR:
        desk.warn(
            say(
                "the year begins on {day}: days before it are those of {next}, and take the values of their "
                "dates; series that were measured in {year} from January on have their weekdays there",
                day=written, next=str(year + 1), year=str(year),
            )
        )  # fmt: skip
    return str(written)


def _degrees(desk: Desk, park: Tree, name: str, most: float) -> float | None:
    if name not in park:
        return None
    written = park[name]
    plain = number(written)  # an angle on the map is the one number that is always in degrees
    read = plain if plain is not None else quantity(desk, ("park", name), written, DEGREE, Money())
    if read is None or not in_range(
        desk, ("park", name), read, Field("quantity", "", DEGREE, -most, most), written
    ):
        return None
    return read


def _milestones(desk: Desk, table: Tree, rate: float) -> Milestones:
    desk.known(("years",), table, YEARS_KEYS)
    path = ("years", "milestones")
    written = table.get("milestones")
    fallback = milestones((2025,), rate)
    if not isinstance(written, list) or not written or len(written) > _MOST_MILESTONES:
        what = say("is missing") if written is None else say("is not a list of years")
        desk.fault(
            path,
            what,
            "" if written is None else written,
            say("[2025, 2030, 2050], at most {most_milestones}", most_milestones=_MOST_MILESTONES),
        )
        return fallback
    years = [year_number(y) for y in written]
    if None in years:
        desk.fault(path, say("holds what is no year"), written, say("years such as 2030"))
        return fallback
    known = [y for y in years if y is not None]
    if known != sorted(set(known)):
        desk.fault(
            path,
            say("do not rise"),
            written,
            say("each year later than the one before"),
            say("{sorted}", sorted=sorted(set(known))),
        )
        return fallback
    spec = Field("integer", "", least=1, most=100)
    span = integer(desk, ("years", "last_span"), table["last_span"], spec) if "last_span" in table else 0
    return milestones(tuple(known), rate, float(span or 0))


def _money(desk: Desk, table: Tree, currency: str) -> Money:
    desk.known(("money",), table, MONEY_KEYS)
    spec = Field("integer", "", least=1990, most=2100)
    base_year = integer(desk, ("money", "base_year"), table.get("base_year", 2025), spec) or 2025
    basis = word(desk, ("money", "basis"), table.get("basis", "real"), ("real", "nominal")) or "real"
    if "discount_rate" not in table:
        desk.fault(("money", "discount_rate"), say("is missing"), needs=say("a rate per year, such as '8 %'"))
    rate = _share(desk, ("money", "discount_rate"), table.get("discount_rate", "8 %"), 1.0)
    if basis == "nominal" and "inflation" not in table:
        desk.fault(
            ("money", "inflation"),
            say("is missing"),
            needs=say("a rate per year, because the basis is nominal"),
        )
    inflation = _share(desk, ("money", "inflation"), table.get("inflation", 0), 1.0)
    real = (1 + rate) / (1 + inflation) - 1 if basis == "nominal" else rate
    if basis == "nominal":
        desk.warn(
            say("the nominal discount rate of {rate:.3%} is a real one of {real:.3%}", rate=rate, real=real)
        )
    desk.source(("money", "discount_rate"), table.get("discount_rate"))
    day = date(desk, ("money", "rate_date"), table["rate_date"]) if "rate_date" in table else None
    # A date that is none is one fault; rates are then taken as they come.
    counts = day or (dt.date.max if "rate_date" in table else dt.date(base_year, 12, 31))
    rates = _rates(desk, table, currency, counts)
    desk.usd = usd_worth(currency, rates)
    for other, what in doubtful_rates(currency, rates):
        index = next((i for i, r in enumerate(_written_rates(table)) if other in str(r)), 0)
        desk.fault(("money", "rates", str(index), "value"), *what)
    for one in _written_rates(table):  # a rate with a fault is one fault, not one for each price in its money
        if isinstance(one, dict) and one.get("from") in CURRENCIES and desk.faults:
            rates.setdefault(str(one["from"]), usual_rate(str(one["from"])) / usual_rate(currency))
    return Money(currency, rates, base_year, inflation, basis == "nominal", real, day)


def _written_rates(table: Tree) -> list[object]:
    written = table.get("rates", [])
    return written if isinstance(written, list) else []


def _share(desk: Desk, path: Path, written: object, most: float) -> float:
    read = quantity(desk, path, written, ONE, Money())
    spec = Field("quantity", path[-1], ONE, 0, most)
    if read is None or not in_range(desk, path, read, spec, written):
        return 0.0
    return read


@dataclass(frozen=True, slots=True)
class _Rate:
    """One unit of ``of`` is worth ``value`` of ``currency`` from a day on."""

    on: dt.date
    of: str
    value: float
    currency: str
    index: int


def _rates(desk: Desk, table: Tree, currency: str, day: dt.date) -> dict[str, float]:
    """Value of one unit of each currency in the study's, from the newest rates of the day that counts."""
    rates = _read_rates(desk, table.get("rates", []), currency)
    worth = {currency: 1.0}
    for other in (c for c in CURRENCIES if c != currency):
        listed = sorted((r for r in rates if other in (r.of, r.currency)), key=lambda r: r.on)
        held = [r for r in listed if r.on <= day]
        if listed and not held:
            got = ", ".join(str(r.on) for r in listed[:6])
            hint = say(
                'add an earlier rate, or name the day that counts: rate_date = "{day:%Y-%m-%d}"',
                day=listed[0].on,
            )
            desk.fault(
                ("money", "rates", str(listed[0].index)),
                say("gives no rate of {other} up to {day}", other=other, day=day),
                got,
                hint=hint,
            )
            worth[other] = 1.0
        elif held:
            newest = held[-1]
            worth[other] = newest.value if newest.of == other else 1 / newest.value
            path = ("money", "rates", str(newest.index))
            desk.source(path, f"1 {newest.of} = {newest.value:g} {newest.currency}, {newest.on}")
    return worth


def _read_rates(desk: Desk, written: object, currency: str) -> list[_Rate]:
    path = ("money", "rates")
    if not isinstance(written, list) or len(written) > 1000:
        desk.fault(
            path,
            say("is not a list of rates"),
            written,
            say('[{on = "2025-06-30", from = "USD", value = "26000 VND"}]'),
        )
        return []
    rates: list[_Rate] = []
    for index, one in enumerate(written):
        read = _read_rate(desk, (*path, str(index)), one, currency, index)
        if read is None:
            continue
        if any((r.on, {r.of, r.currency}) == (read.on, {read.of, read.currency}) for r in rates):
            what = say(
                "is a second rate of {of} and {currency} on {on}",
                of=read.of,
                currency=read.currency,
                on=read.on,
            )
            desk.fault((*path, str(index)), what, needs=say("one rate for each day"))
            continue
        rates.append(read)
    return rates


def _read_rate(desk: Desk, path: Path, one: object, currency: str, index: int) -> _Rate | None:
    table = desk.table(path, one)
    desk.known(path, table, ("on", "from", "value", "source"))
    on = date(desk, (*path, "on"), table.get("on"))
    of = word(desk, (*path, "from"), table.get("from"), CURRENCIES)
    written = table.get("value")
    named = [c for c in CURRENCIES if isinstance(written, str) and written.strip().endswith(c)]
    if not named:
        desk.fault(
            (*path, "value"),
            say("is not an amount of money"),
            written,
            say("such as '26300 {currency}'", currency=currency),
        )
        return None
    if "source" in table:
        text(desk, (*path, "source"), table["source"], 300)
    value = quantity(desk, (*path, "value"), written, MONEY, Money(rates={named[0]: 1.0}))
    if on is None or of is None or value is None:
        return None
    if named[0] == of or currency not in (named[0], of):
        desk.fault(
            path,
            say("does not tie a currency to the study's"),
            say("{of} in {named}", of=of, named=named[0]),
            say("a rate in {currency}", currency=currency),
        )
        return None
    if not 1e-9 <= value <= 1e9:
        desk.fault((*path, "value"), say("is not a rate"), written, say("more than 0"))
        return None
    return _Rate(on, of, value, named[0], index)


def _penalties(desk: Desk, tree: Tree, money: Money) -> Penalties:
    table = desk.table(("planning",), tree.get("planning", {}))
    desk.known(("planning",), table, PLANNING_KEYS)
    usual = _USUAL_PENALTY[money.currency]

    def price(name: str, unit: Unit) -> float:
        path = ("planning", name)
        if name not in table:
            return usual
        read = quantity(desk, path, table[name], unit, money)
        spec = Field("quantity", name, unit, above=0.0)
        return read if read is not None and in_range(desk, path, read, spec, table[name]) else usual

    return Penalties(price("unserved_price", MONEY / MWH), price("excess_price", MONEY / T))
