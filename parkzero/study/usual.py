"""What is usual, from the books: values outside a range are told with the range and its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from parkzero.books import BookError, Entry, entries
from parkzero.books.catalogue import catalogue
from parkzero.language.component import POLICY, Component
from parkzero.language.fields import Field, described
from parkzero.language.values import ByYear
from parkzero.study.plausible import usual_rate
from parkzero.study.understood import Fact
from parkzero.texts import Text, say
from parkzero.units import FARAD, MONEY, MWH, OHM, ONE, YEAR, M, Quantity, T, Unit, parse, spell

_WIDE = 2.0  # how far beyond the books' lowest and highest value a price or lifetime is still usual
_SPREAD = 4.0  # the same for shares of upkeep, which the books give for few kinds of plant
_DISCOUNT = ("finance.discount_offtaker", "finance.discount_owner")
_UPKEEP = tuple(
    f"tech.dea.{name}.FOM"
    for name in ("battery_power", "pv_ground", "pv_rooftop_commercial", "wind_onshore", "gas_boiler_steam")
)
_OF_A_SIZE = ("capex", "lifetime", "fixed_om")
_MOST_EMITTED = 3.0  # [t/MWh] of all loads: three times what the dirtiest plant emits for electricity
_TARIFFS = "tariff.manufacturing"
_GRID = "grid_ef"
_VIET_NAM = ((8.0, 24.0), (102.0, 110.0))  # degrees north and east, islands left aside


@dataclass(frozen=True, slots=True)
class Usual:
    """A usual range in a unit, and where it is from."""

    least: float
    most: float
    unit: Unit
    source: str


@lru_cache(maxsize=256)  # a park asks the same of each of its plants
def of_books(keys: tuple[str, ...], unit: Unit, usd: float, wide: float = _WIDE) -> Usual | None:
    """The range of the values that the books hold under these keys, made wider; None where there are none."""
    rates = {c: usual_rate(c) / usual_rate("USD") * usd for c in ("VND", "USD", "EUR")}
    found: list[tuple[float, Entry]] = []
    for key in keys:
        try:
            held = entries(key)
        except BookError:
            continue
        for entry in held:
            written = re.sub(r"/year$", "", entry.pint_unit)
            written += "/piece" if "piece" in str(unit) and "/" not in written else ""
            try:
                found.append((float(parse(f"1 {written}", unit, rates).value) * float(entry.value), entry))
            except ValueError:
                continue
    if not found:
        return None
    low, high = min(v for v, _ in found), max(v for v, _ in found)
    source = next(e for v, e in found if v == high)
    return Usual(low / wide, high * wide, unit, (source.document.split(";")[0] or source.key)[:80])


def doubts(
    components: Iterable[Component],
    facts: Iterable[Fact],
    years: tuple[int, ...],
    usd: float,
    discount: float,
) -> list[Text]:
    """What lies outside what is usual."""
    told: list[Text] = []
    components, facts = tuple(components), tuple(facts)
    rate = of_books(_DISCOUNT, ONE, usd, 2.5)
    if rate is not None and not rate.least <= discount <= rate.most:
        told.append(_doubt("money.discount_rate", discount, rate, usd))
    for component in components:
        told += _of_fields(component, years, usd)
    return told + _of_facts(facts, usd) + _loose_caps(components, facts, years)


def _loose_caps(components: Iterable[Component], facts: Iterable[Fact], years: tuple[int, ...]) -> list[Text]:
    """Caps on emissions that no plan of such loads could ever reach."""
    energy = sum(e for f in facts if isinstance(e := f.values.get("energy_GWh"), float))
    most, told = _MOST_EMITTED * 1000 * energy, []
    for component in components:
        limit = getattr(component, "limit", None)
        if component.group != POLICY or not isinstance(limit, ByYear) or limit.unit != T or not energy:
            continue
        loose = [(float(limit.at(y).value), y) for y in years if limit.covers(y)]
        if loose and max(loose)[0] > most:
            value, year = max(loose)
            told.append(
                say(
                    "{path}: {value:,.6g} t in {year} limits nothing:"
                    " all loads at {each:g} t/MWh emit {most:,.4g} t",
                    path=f"policies.{component.name}.limit", value=value, year=str(year), each=_MOST_EMITTED,
                    most=most,
                )
            )  # fmt: skip
    return told


def _of_fields(component: Component, years: tuple[int, ...], usd: float) -> list[Text]:
    """What lies outside what the books hold of a kind, or outside what the kind itself says is usual."""
    told: list[Text] = []
    for name, spec in described(type(component)).items():
        for field in [f"{name}.{part}" for part in _OF_A_SIZE] if spec.kind == "size" else [name]:
            own, wide = component.usual.get(field, ("", _WIDE))
            keys = tuple(own.split())
            if field.endswith(".fixed_om"):
                keys, wide = _UPKEEP, _SPREAD
            elif spec.kind == "size":
                keys += _catalogued(component.kind, field)
            told += _outside(component, field, keys, wide, years, usd)
        value = getattr(component, name)
        if spec.usual and isinstance(value, Quantity):
            told += _unlikely(component, name, float(value.value), spec)
    return told


@lru_cache(maxsize=256)
def _catalogued(kind: str, field: str) -> tuple[str, ...]:
    """Keys of the books that fill a field of a kind's technologies."""
    filled = (f for one in catalogue().values() if one.kind == kind for f in one.fields)
    return tuple(dict.fromkeys(f.key for f in filled if f.field == field and f.key))


def _unlikely(component: Component, name: str, value: float, spec: Field) -> list[Text]:
    low, high = spec.usual or (0.0, 0.0)
    if low <= value <= high:
        return []
    scale, unit = _read_as(spec.unit)
    return [
        say(
            "{path}: {value:,.4g} {unit} lies outside the {low:,.3g} to {high:,.3g} usual of its kind",
            path=f"{_group(component)}.{component.name}.{name}", value=value * scale, unit=unit,
            low=low * scale, high=high * scale,
        )
    ]  # fmt: skip


def _read_as(unit: Unit) -> tuple[float, str]:
    """By how much values are multiplied, and the unit in which people know them."""
    known = {
        ONE: (100.0, "%"), YEAR: (1.0, "years"), MWH / M: (1e6, "kWh/km"), T / M: (1e9, "g/km"),
        OHM / M: (1e3, "ohm/km"), FARAD / M: (3.6e15, "nF/km"),
    }  # fmt: skip
    return known.get(unit, (1.0, spell(unit)))


def _group(component: Component) -> str:
    return "policies" if component.group == POLICY else "assets"


def _outside(
    component: Component, name: str, keys: tuple[str, ...], wide: float, years: tuple[int, ...], usd: float
) -> list[Text]:  # fmt: skip
    value: object = component
    for part in name.split("."):
        value = getattr(value, part, None)
    if not keys or not isinstance(value, ByYear | Quantity):
        return []
    usual = of_books(keys, value.unit, usd, wide)
    if usual is None:
        return []
    emits = value.unit == T / MWH
    if isinstance(value, ByYear):
        # What is emitted in later years may be as little as it likes.
        amounts = [float(value.at(y).value) for y in (years[:1] if emits else years) if value.covers(y)]
    else:
        amounts = [float(value.value)]
    # Of what grew lately, only traces of methane and nitrous oxide count: far below any fossil fuel. The
    # grid's factor is never so small, unless it is none.
    trace = usual.least / 10 if emits and not keys[0].startswith(_GRID) else 0.0
    odd = [v for v in amounts if v > trace and not usual.least <= v <= usual.most]
    return [_doubt(f"{_group(component)}.{component.name}.{name}", odd[0], usual, usd)] if odd else []


def _doubt(path: str, value: float, usual: Usual, usd: float) -> Text:
    if usual.unit == ONE:
        value, low, high, unit = value * 100, usual.least * 100, usual.most * 100, "%"
    elif usual.unit.money:
        per = spell(usual.unit).removeprefix("VND")
        value, low, high, unit = value / usd, usual.least / usd, usual.most / usd, f"USD{per}"
    else:
        scale, unit = _read_as(usual.unit)
        value, low, high = value * scale, usual.least * scale, usual.most * scale
    return say(
        "{path}: {value:,.4g} {unit} lies outside the usual {low:,.3g} to {high:,.3g} (books: {source})",
        path=path, value=value, unit=unit, low=low, high=high, source=usual.source,
    )  # fmt: skip


def _of_facts(facts: Iterable[Fact], usd: float) -> list[Text]:
    told = []
    tariff = of_books((_TARIFFS,), MONEY / MWH, usd, 2.5)
    for fact in facts:
        figures: Mapping[str, float | str] = fact.values
        mean = figures.get("mean_per_kWh")
        if isinstance(mean, float) and tariff and not tariff.least <= mean * 1000 <= tariff.most:
            told.append(_doubt(fact.path, mean * 1000, tariff, usd))
        sun = figures.get("yield_kWh_per_kW")
        if isinstance(sun, float) and not 500 <= sun <= 6000:
            told.append(
                say(
                    "{path}: {sun:,.0f} kWh per kW a year is what no place yields (500 to 6,000)",
                    path=fact.path,
                    sun=sun,
                )
            )
        cop = figures.get("mean")
        if fact.path.endswith(".cop") and isinstance(cop, float) and cop < 1:
            told.append(
                say("{path}: a heat pump gives less heat than it takes ({cop:.2g})", path=fact.path, cop=cop)
            )
        peak, factor = figures.get("peak_MW"), figures.get("load_factor")
        if isinstance(peak, float) and peak > 200:
            told.append(
                say(
                    "{path}: a peak of {peak:,.4g} MW is more than most companies draw (up to 200 MW)",
                    path=fact.path,
                    peak=peak,
                )
            )
        if isinstance(factor, float) and 0 < factor < 0.08:
            told.append(
                say(
                    "{path}: a load factor of {factor:.1%} is lower than that of a factory (from 8 %)",
                    path=fact.path,
                    factor=factor,
                )
            )
    return told


def far_from_viet_nam(latitude: float | None, longitude: float | None, currency: str) -> list[Text]:
    """A park whose money is VND and whose place is elsewhere."""
    if currency != "VND" or latitude is None or longitude is None:
        return []
    inside = all(a <= x <= b for x, (a, b) in zip((latitude, longitude), _VIET_NAM, strict=True))
    if inside:
        return []
    return [
        say(
            "park.latitude, park.longitude: {place} is not in Viet Nam (8 to 24 north, 102 to 110 east)",
            place=f"{latitude:g}, {longitude:g}",
        )
    ]
