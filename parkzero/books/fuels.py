"""Fuels: emission factors per energy with a chosen set of warming potentials, and prices per energy.

All energies are net calorific values.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from parkzero.books.entry import BookError, Entry
from parkzero.books.library import Library, find, shelf
from parkzero.errors import did_you_mean
from parkzero.texts import say

Factors = Literal["statutory", "ipcc"]

GWP_SETS = ("AR4", "AR5", "AR6")
_T_MWH_PER_KG_TJ = 3.6e-6  # 1 TJ is 1/0.0036 MWh, 1 kg is 0.001 t
_MWH_PER_MMBTU = 0.29307107
_CO2_ENDS = (["ipcc", "co2"], ["ipcc", "co2_biogenic"], ["vn2626", "co2"])


def fuels() -> tuple[str, ...]:
    """Names of the fuels that have emission factors."""
    parts = [key.split(".") for key in shelf("fuels").by_key if key.startswith("fuel.")]
    return tuple(dict.fromkeys(p[1] for p in parts if len(p) == 4 and p[2:] in _CO2_ENDS))


def biogenic(fuel: str) -> bool:
    """Whether the CO2 of a fuel's combustion is biogenic, to be reported apart.

    Raises:
        BookError: if the fuel is not known.
    """
    _require_fuel(fuel)
    return f"fuel.{fuel}.ipcc.co2_biogenic" in shelf("fuels").by_key


def _require_fuel(fuel: str) -> None:
    known = fuels()
    if fuel not in known:
        hint = f"{did_you_mean(fuel, known)} The books hold {', '.join(known)}".strip()
        raise BookError(
            say("the books have no emission factors of a fuel {fuel!r}. {hint}", fuel=fuel, hint=hint)
        )


def _latest(books: Library, *keys: str, on: date | None = None) -> Entry:
    """The entry on a day, or the newest, of the first of the keys that the books hold then."""
    for key in keys:
        for entry in reversed(books.by_key.get(key, ())):
            if on is None or entry.covers(on):
                return entry
    return books.series(keys[-1])[-1] if on is None else books.find(keys[-1], on)


def emission_factor(
    fuel: str, gwp: str = "AR5", factors: Factors = "statutory", on: date | None = None
) -> tuple[float, float, tuple[Entry, ...]]:
    """Emissions of burning a fuel in industry, per energy.

    CH4 takes the warming potential without the CO2 into which it turns, because the CO2 factor already
    counts all carbon of the fuel as CO2.

    Args:
        fuel: one of :func:`fuels`.
        gwp: set of warming potentials; the Viet Nam inventory rules allow AR4 and AR5.
        factors: ``statutory`` takes Decision 2626/QĐ-BTNMT where it is known and else the IPCC defaults;
            ``ipcc`` takes the IPCC defaults throughout.
        on: the day whose factors count; the newest ones where none is given. Before 10 October 2022, when
            the Decision was issued, ``statutory`` takes the IPCC defaults.

    Returns:
        What counts towards the inventory: fossil CO2 with CH4 and N2O [tCO2e/MWh]; biogenic CO2, to be
        reported apart [tCO2/MWh]; and the entries used.

    Raises:
        BookError: if the fuel, the set of warming potentials or the choice of factors is not known.
    """
    _require_fuel(fuel)
    if gwp not in GWP_SETS:
        raise BookError(
            say(
                "the books have no warming potentials {gwp!r}; they hold {names}",
                gwp=gwp,
                names=", ".join(GWP_SETS),
            )
        )
    if factors not in ("statutory", "ipcc"):
        raise BookError(say("factors {factors!r} are not known; choose statutory or ipcc", factors=factors))
    books = shelf("fuels")
    sources = ("vn2626", "ipcc") if factors == "statutory" else ("ipcc",)
    is_biogenic = biogenic(fuel)
    co2, ch4, n2o = (
        _latest(books, *(f"fuel.{fuel}.{source}.{gas}" for source in sources), on=on)
        for gas in ("co2_biogenic" if is_biogenic else "co2", "ch4", "n2o")
    )
    stem = f"gwp100.{gwp.lower()}"
    ch4_gwp = _latest(books, f"{stem}.ch4_nonfossil", f"{stem}.ch4")
    n2o_gwp = _latest(books, f"{stem}.n2o")
    other = ch4.value * ch4_gwp.value + n2o.value * n2o_gwp.value
    fossil = other if is_biogenic else co2.value + other
    stored = co2.value if is_biogenic else 0.0
    return fossil * _T_MWH_PER_KG_TJ, stored * _T_MWH_PER_KG_TJ, (co2, ch4, n2o, ch4_gwp, n2o_gwp)


def fuel_price(fuel: str, on: date) -> tuple[float, str, tuple[Entry, ...]]:
    """Price of a fuel per energy.

    Prices per mass or volume are turned with the fuel's net calorific value in the books. Prices per
    MMBtu are taken as they are: their source does not say whether gross or net.

    Args:
        fuel: name of a fuel with a price, such as ``lpg`` or ``coal_5a``.
        on: the day.

    Returns:
        Price in money of the currency per energy [currency/MWh], the currency, and the entries used.

    Raises:
        BookError: if the fuel has no price, or none on that day.
    """
    price = find(f"fuel.{fuel}.price", on)
    currency, per = price.unit.split("/")
    if per == "MMBtu":
        return price.value / _MWH_PER_MMBTU, currency, (price,)
    books = shelf("fuels")
    heat = _latest(books, f"fuel.{fuel}.ncv", f"fuel.{fuel}.ipcc.ncv")
    mwh_per_t = heat.value / 3.6  # 1 MJ/kg is 1 GJ/t, 1 MWh is 3.6 GJ
    if per == "t" and currency == "MVND":
        return price.value * 1e6 / mwh_per_t, "VND", (price, heat)
    if per == "L":
        density = _latest(books, f"fuel.{fuel}.density")
        return price.value / (mwh_per_t * density.value / 1000), currency, (price, heat, density)
    raise BookError(
        say(
            "the price of {fuel} is in {unit}, which cannot be turned into a price per energy",
            fuel=fuel,
            unit=price.unit,
        )
    )
