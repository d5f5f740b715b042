"""What is usual, from the books: values outside a range are told with the range and its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from parkzero.books import BookError, Entry, entries
from parkzero.language.component import Component
from parkzero.language.values import ByYear
from parkzero.study.plausible import usual_rate
from parkzero.study.understood import Fact
from parkzero.texts import Text, say
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, Quantity, T, Unit, parse, spell

_WIDE = 2.0  # how far beyond the books' lowest and highest value a price or lifetime is still usual
_SPREAD = 4.0  # the same for shares of upkeep, which the books give for few kinds of plant
_PV = ("tech.dea.pv_rooftop_commercial", "tech.dea.pv_ground", "tech.nrel.pv_commercial")
_BOILER = tuple(
    f"tech.dea.{name}"
    for name in ("gas_boiler_steam", "biomass_boiler_steam", "direct_firing_gas", "direct_firing_solid")
)
_PUMP = ("tech.dea.heat_pump_excess_heat", "tech.dea.heat_pump_high_temp", "tech.dea.heat_pump_medium_temp")
_COMMON = (("power.capex", "investment"), ("power.lifetime", "lifetime"))
#: Keys of the books for a field of a kind.
_KEYS: dict[tuple[str, str], tuple[str, ...]] = {
    **{("solar", f): tuple(f"{k}.{b}" for k in _PV) for f, b in _COMMON},
    ("wind", "power.capex"): ("tech.dea.wind_onshore.investment", "tech.nrel.wind_onshore.investment"),
    ("wind", "power.lifetime"): ("tech.dea.wind_onshore.lifetime",),
    ("battery", "power.capex"): ("tech.dea.battery_power.investment",),
    ("battery", "energy.capex"): ("tech.dea.battery_energy.investment",),
    ("battery", "power.lifetime"): ("tech.dea.battery_power.lifetime",),
    ("battery", "energy.lifetime"): ("tech.dea.battery_energy.lifetime",),
    ("electric_boiler", "power.capex"): ("tech.dea.electric_boiler_steam.investment",),
    ("electric_boiler", "power.lifetime"): ("tech.dea.electric_boiler_steam.lifetime",),
    **{("fuel_boiler", f): tuple(f"{k}.{b}" for k in _BOILER) for f, b in _COMMON},
    **{("heat_pump", f): tuple(f"{k}.{b}" for k in _PUMP) for f, b in _COMMON},
}  # fmt: skip
_CO2 = ("anthracite", "natural_gas", "diesel_oil", "biogas", "bitumen")
#: Keys, unit and width of paths that are no plant's: what is burnt, bought and emitted.
_PATHS: dict[tuple[str, str], tuple[tuple[str, ...], Unit, float]] = {
    ("grid", "emission_factor"): (("grid_ef.official",), T / MWH, 3.0),
    ("fuel", "emission_factor"): (tuple(f"fuel.{n}.ipcc.co2" for n in _CO2), T / MWH, 1.6),
    ("fuel", "price"): (("fuel.cng.price", "fuel.lng_imported.price"), MONEY / MWH, 6.0),
    ("offset", "price"): (("ets.price", "cbam.price"), MONEY / T, 2.5),
    ("carbon_price", "price"): (("ets.price", "cbam.price"), MONEY / T, 2.5),
}
_DISCOUNT = ("finance.discount_offtaker", "finance.discount_owner")
_UPKEEP = tuple(
    f"tech.dea.{name}.FOM"
    for name in ("battery_power", "pv_ground", "pv_rooftop_commercial", "wind_onshore", "gas_boiler_steam")
)
_TARIFFS = "tariff.manufacturing"
_GRID = "grid_ef"
#: Least efficiency that any plant of its kind has; below it a per cent was lost.
_LEAST_EFFICIENCY = {"battery": 0.6, "electric_boiler": 0.8, "fuel_boiler": 0.4}
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
            written = re.sub(r"/year$", "", entry.plain_unit)
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
    rate = of_books(_DISCOUNT, ONE, usd, 2.5)
    if rate is not None and not rate.least <= discount <= rate.most:
        told.append(_doubt("money.discount_rate", discount, rate, usd))
    for component in components:
        for size, unit in (("power", MW), ("energy", MWH)):
            told += _of_field(component, f"{size}.capex", MONEY / unit, years, usd)
            told += _of_field(component, f"{size}.lifetime", YEAR, years, usd)
            told += _of_field(component, f"{size}.fixed_om", ONE, years, usd)
        told += _efficiency(component)
        for (kind, name), (keys, unit, wide) in _PATHS.items():
            if component.kind == kind:
                at = (
                    years[:1] if kind == "grid" else years
                )  # the grid of later years may be as clean as it likes
                told += _outside(component, name, unit, keys, wide, at, usd)
    return told + _of_facts(facts, usd)


def _of_field(component: Component, name: str, unit: Unit, years: tuple[int, ...], usd: float) -> list[Text]:
    upkeep = name.endswith(".fixed_om")
    keys = _UPKEEP if upkeep else _KEYS.get((component.kind, name), ())
    return _outside(component, name, unit, keys, _SPREAD if upkeep else _WIDE, years, usd)


def _outside(
    component: Component,
    name: str,
    unit: Unit,
    keys: tuple[str, ...],
    wide: float,
    years: tuple[int, ...],
    usd: float,
) -> list[Text]:
    value: object = component
    for part in name.split("."):
        value = getattr(value, part, None)
    usual = of_books(keys, unit, usd, wide) if keys else None
    if usual is None or not isinstance(value, ByYear | Quantity) or value.unit != unit:
        return []
    at = [float(value.at(y).value) for y in years if value.covers(y)] if isinstance(value, ByYear) else []
    amounts = at or ([float(value.value)] if isinstance(value, Quantity) else [])
    # Of what grew lately, only traces of methane and nitrous oxide count: far below any fossil fuel.
    trace = usual.least / 10 if unit == T / MWH else 0.0
    odd = [v for v in amounts if v > trace and not usual.least <= v <= usual.most]
    group = "policies" if component.group == "policy" else "assets"
    return [_doubt(f"{group}.{component.name}.{name}", odd[0], usual, usd)] if odd else []


def _doubt(path: str, value: float, usual: Usual, usd: float) -> Text:
    if usual.unit == ONE:
        value, low, high, unit = value * 100, usual.least * 100, usual.most * 100, "%"
    elif usual.unit.money:
        per = spell(usual.unit).removeprefix("VND")
        value, low, high, unit = value / usd, usual.least / usd, usual.most / usd, f"USD{per}"
    else:
        low, high, unit = usual.least, usual.most, "years" if usual.unit == YEAR else spell(usual.unit)
    return say(
        "{path}: {value:,.4g} {unit} lies outside the usual {low:,.3g} to {high:,.3g} (books: {source})",
        path=path, value=value, unit=unit, low=low, high=high, source=usual.source,
    )  # fmt: skip


def _efficiency(component: Component) -> list[Text]:
    least = _LEAST_EFFICIENCY.get(component.kind)
    told = []
    for name in ("efficiency", "efficiency_in", "efficiency_out"):
        value = getattr(component, name, None)
        if least and isinstance(value, Quantity) and float(value.value) < least:
            told.append(
                say(
                    "{path}: an efficiency of {value:.1%} is below {least:.0%}, the least of its kind",
                    path=f"assets.{component.name}.{name}",
                    value=float(value.value),
                    least=least,
                )
            )
    return told


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
