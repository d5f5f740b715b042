"""Emission factors of an activity in the order that the rule asks for: site, national, IPCC.

Circular 38/2023/TT-BCT: first a factor of the facility that was approved, then Decision 2626/QĐ-BTNMT, then
the IPCC's defaults. A factor that does not hold in the year of the activity is refused, never stretched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from parkzero.books import Entry
from parkzero.books.library import shelf
from parkzero.errors import did_you_mean
from parkzero.inventory.sources import Source
from parkzero.texts import NOTHING, Text, data, joined, listed, say

Tier = Literal["site", "national", "official", "ipcc", "other", "plan"]

GAS_BOUNDS: Final = {"co2": (10_000.0, 300_000.0), "ch4": (0.0, 3_000.0), "n2o": (0.0, 100.0)}
"""What a factor per energy of fuel may be [kg/TJ]; outside it is a slip of units."""
GRID_MOST: Final = 2.0  # t/MWh; lignite without any other plant stays below
GRID_LEAST: Final = 0.001  # t/MWh, of what is not zero; no grid is cleaner: less is a slip of units
NCV_BOUNDS: Final = (0.5, 145.0)  # MJ/kg; blast furnace gas to hydrogen
PROVISIONAL_YEARS: Final = 3
KG_PER_TJ: Final = 3.6e-6  # of t/MWh
LATENT: Final = 2.443  # MJ to evaporate a kilogram of water at 25 degC
_C_TO_CO2: Final = 44 / 12
_N_TO_N2O: Final = 44 / 28
_C_TO_CH4: Final = 16 / 12

ROAD: Final = {
    "diesel": "diesel",
    "diesel_road": "diesel",
    "petrol": "motor_gasoline",
    "petrol_road": "motor_gasoline",
    "gasoline": "motor_gasoline",
    "cng": "natural_gas",
    "cng_road": "natural_gas",
    "lpg": "lpg",
}
_ROAD_FACTORS: Final = {"diesel": "diesel_road", "motor_gasoline": "petrol_road", "natural_gas": "cng_road"}


class FactorFault(Exception):
    """What is wrong with a factor or its choice, for whoever knows the place."""

    def __init__(self, what: Text, got: str = "", needs: Text = NOTHING, hint: Text = NOTHING) -> None:
        super().__init__(what)
        self.what, self.got, self.needs, self.hint = what, got, needs, hint


@dataclass(frozen=True, slots=True)
class Part:
    """One gas of an activity.

    Attributes:
        gas: its id in the books, or ``co2e``.
        per_unit: t of gas per unit of the amount, in the units of ``sources.DIMENSIONS``.
        factor: key of the factor; rows of one key err together.
        tier: where in the order of factors it stands.
        document: what states it.
        vintage: the days on which it holds, in words.
        confidence: P, S, D or M; empty of a site's own.
        spread: half of its 95 % range as a share of it; NaN where nothing states it.
        biogenic: whether it is told beside the scopes.
        fossil: whether its carbon is fossil.
        provisional: whether it stands in for one that is not published yet.
        heat: key of the heating value that it was multiplied with; empty of none.
        heat_spread: half of that one's 95 % range as a share of it.
    """

    gas: str
    per_unit: float
    factor: str
    tier: Tier
    document: str
    vintage: str
    confidence: str = ""
    spread: float = math.nan
    biogenic: bool = False
    fossil: bool = True
    provisional: bool = False
    heat: str = ""
    heat_spread: float = 0.0


@dataclass(frozen=True, slots=True)
class SiteFactor:
    """A factor that the user gives, in units of ``per``.

    Attributes:
        facility: whose it is; empty of all.
        source, item: what it is for; an empty item of all items.
        gas: a gas, ``co2e`` (then with its set of potentials) or ``ncv``.
        value: t per unit of ``dimension``; of ``ncv`` MJ/kg.
        dimension: of the amount below the line.
        currency: of money below the line.
        valid_from, valid_to: the days on which it holds.
        document: what states it.
        approved: whether the authority approved it, so that it goes before the national ones.
        gwp: set of potentials of ``co2e``.
        spread: half of the 95 % range as a share of it.
    """

    facility: str
    source: str
    item: str
    gas: str
    value: float
    dimension: str
    currency: str
    valid_from: date | None
    valid_to: date | None
    document: str
    approved: bool
    gwp: str
    spread: float
    place: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """An activity without its amount: what its factors depend on.

    Attributes:
        facility: only where the site has factors of its own.
        source: kind of source.
        item: what of it.
        dimension: of the amount.
        currency: of an amount of money.
        year: calendar year.
        heating_value: of the certificate [MJ/kg]; NaN where none is given.
        basis: of the heating value or the energy: ``net`` or ``gross``, ``as_received`` or ``dry``.
        moisture: of the fuel as received [1].
        density: [kg/L].
        enthalpy: of steam [kJ/kg].
        efficiency: of the boiler behind bought heat [1].
    """

    facility: str
    source: str
    item: str
    dimension: str
    currency: str
    year: int
    heating_value: float = math.nan
    basis: str = ""
    moisture: float = math.nan
    density: float = math.nan
    enthalpy: float = math.nan
    efficiency: float = math.nan


@dataclass(frozen=True, slots=True)
class Factors:
    """Where factors come from.

    Attributes:
        sources: kinds of sources.
        site: the user's own.
        gwp: set of potentials of the inventory.
        grid: key of the grid's factor.
    """

    sources: dict[str, Source]
    site: Sequence[SiteFactor] = ()
    gwp: str = "AR5"
    grid: str = "grid_ef.official"
    _own: dict[tuple[str, str], list[SiteFactor]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for own in self.site:
            self._own.setdefault((own.source, own.item), []).append(own)

    def has_own(self, facility: str, source: str, item: str) -> bool:
        """Whether a facility has a factor of its own for this."""
        return any(
            o.facility == facility for key in ((source, item), (source, "")) for o in self._own.get(key, ())
        )

    def parts(self, spec: Spec) -> list[Part]:
        """The gases of an activity.

        Raises:
            FactorFault: when a factor lacks, does not hold in the year, or cannot be.
        """
        own = self._site(spec)
        direct = [part for site in own if site.gas != "ncv" for part in self._given(spec, site)]
        items = self.sources[spec.source].items
        if direct and (
            items == "given" or {p.gas for p in direct} >= {"co2"} or any(p.gas == "co2e" for p in direct)
        ):
            return direct
        found = {
            "fuel": self._fuel,
            "road": self._road,
            "process": _process,
            "gas": _gas,
            "wastewater": _wastewater,
            "nitrogen": _nitrogen,
            "compost": _compost,
            "incineration": _incineration,
            "landfill": _landfill,
            "grid": self._grid,
            "losses": self._losses,
            "heat": self._heat,
            "given": _needs_own,
        }[items](spec)
        gases = {part.gas for part in direct}
        return [*direct, *(part for part in found if part.gas not in gases)]

    # ------------------------------------------------------------------------------------ a site's own

    def _site(self, spec: Spec) -> list[SiteFactor]:
        held = [*self._own.get((spec.source, spec.item), ()), *self._own.get((spec.source, ""), ())]
        held = [site for site in held if site.facility in ("", spec.facility)]
        if not held:
            return []
        day = date(spec.year, 12, 31)
        valid = [s for s in held if _covers(s, spec.year)]
        if not valid:
            raise FactorFault(
                say("has a factor that does not hold in {year}", year=spec.year),
                held[0].document,
                say("one that holds on {day}", day=day),
                say("Circular 38/2023/TT-BCT: the factor of the year that is counted"),
            )
        best: dict[str, SiteFactor] = {}
        for site in sorted(valid, key=lambda s: (not s.facility, not s.item)):
            best.setdefault(site.gas, site)
        items = self.sources[spec.source].items
        return [s for s in best.values() if s.approved or items == "given" or s.gas == "ncv"]

    def _given(self, spec: Spec, site: SiteFactor) -> list[Part]:
        if site.gas == "co2e" and site.gwp != self.gwp:
            raise FactorFault(
                say(
                    "mixes warming potentials: the factor is of {own}, the statement of {other}",
                    own=site.gwp or "?",
                    other=self.gwp,
                ),
                site.document,
                say("one set throughout"),
                say(
                    "GHG Protocol Scope 2 and Circular 38/2023/TT-BCT: one set of potentials; give"
                    " the gases apart"
                ),
            )
        if site.currency != spec.currency:
            raise FactorFault(
                say(
                    "is in {own}, its factor in {other}", own=spec.currency or "?", other=site.currency or "?"
                ),
                site.document,
                say("both in one money"),
            )
        scale, heat, heat_spread = 1.0, "", 0.0
        if site.dimension != spec.dimension:
            if site.dimension != "energy" or self.sources[spec.source].items not in ("fuel", "road"):
                raise FactorFault(
                    say("is in {own}, its factor per {other}", own=spec.dimension, other=site.dimension),
                    site.document,
                    say("both in one dimension"),
                )
            scale, heat, heat_spread = self.energy(spec, ROAD.get(spec.item, spec.item))
        vintage = " – ".join(str(d or "…") for d in (site.valid_from, site.valid_to))
        name = f"site:{site.facility or '*'}:{site.source}:{site.item or '*'}:{site.gas}"
        return [
            Part(
                site.gas,
                site.value * scale,
                name,
                "site",
                site.document,
                vintage,
                "",
                site.spread,
                heat=heat,
                heat_spread=heat_spread,
            )
        ]

    # ------------------------------------------------------------------------------------------- fuels

    def energy(self, spec: Spec, fuel: str) -> tuple[float, str, float]:
        """MWh (net) per unit of the amount, the key of the heating value, and its spread.

        Raises:
            FactorFault: when the heating value is gross, dry against a wet mass, or cannot be.
        """
        if spec.dimension == "energy":
            if spec.basis.startswith("gross"):
                raise FactorFault(
                    say("is gross (higher) energy"),
                    spec.basis,
                    say("net calorific energy"),
                    say("Decision 2626 and IPCC 2006 vol. 2 ch. 1.4.1: factors are per net calorific value"),
                )
            return 1.0, "", 0.0
        if spec.dimension == "volume" and fuel == "natural_gas" and math.isnan(spec.density):
            row = _latest("fuel.natural_gas.ncv_volume")
            return row.value / 3.6 / 1000, row.key, math.nan  # MJ/m³ to MWh/m³
        heat, key, spread = self._heating(spec, fuel)
        per_kg = heat / 3.6  # MWh/t
        if spec.dimension == "mass":
            return per_kg, key, spread
        density = spec.density
        if math.isnan(density):
            row_of = shelf("fuels").by_key.get(f"fuel.{fuel}.density")
            if row_of is None:
                raise FactorFault(
                    say("is a volume, and the books hold no density of {fuel}", fuel=fuel),
                    "",
                    say("its density, such as 0.74 kg/L"),
                    say("fill the column density, or give the mass"),
                )
            density = row_of[-1].value
        return per_kg * density, key, spread  # kg/L is t/m³

    def _heating(self, spec: Spec, fuel: str) -> tuple[float, str, float]:
        own = next((s for s in self._site(spec) if s.gas == "ncv"), None)
        if math.isnan(spec.heating_value) and own is None:
            rows = shelf("fuels")
            row = next(
                (
                    rows.by_key[k][-1]
                    for k in (f"fuel.{fuel}.ipcc.ncv", f"fuel.{fuel}.ncv")
                    if k in rows.by_key
                ),
                None,
            )
            if row is None:
                raise FactorFault(
                    say("has no heating value in the books"),
                    fuel,
                    say("the heating value of its certificate [MJ/kg]"),
                    say("fill the column heating_value"),
                )
            return row.value, row.key, _half(row.key)
        given = own.value if own is not None and math.isnan(spec.heating_value) else spec.heating_value
        if not NCV_BOUNDS[0] <= given <= NCV_BOUNDS[1]:
            raise FactorFault(
                say("has a heating value that cannot be"),
                f"{given:g} MJ/kg",
                say("{low:g} to {high:g} MJ/kg", low=NCV_BOUNDS[0], high=NCV_BOUNDS[1]),
            )
        return as_received(given, spec.basis, spec.moisture), f"certificate:{given:g}", 0.0

    def _fuel(self, spec: Spec) -> list[Part]:
        return self._burnt(spec, spec.item, spec.item)

    def _road(self, spec: Spec) -> list[Part]:
        fuel = ROAD.get(spec.item)
        if fuel is None:
            raise FactorFault(
                say("is no fuel of vehicles that the books hold"),
                spec.item,
                listed(["diesel", "petrol", "cng", "lpg"]),
                did_you_mean(spec.item, ROAD),
            )
        return self._burnt(spec, fuel, _ROAD_FACTORS.get(fuel, fuel))

    def _burnt(self, spec: Spec, fuel: str, factors_of: str) -> list[Part]:
        rows = shelf("fuels")
        known = sorted({k.split(".")[1] for k in rows.by_key if ".co2" in k})
        if f"fuel.{fuel}.ipcc.co2" not in rows.by_key and f"fuel.{fuel}.ipcc.co2_biogenic" not in rows.by_key:
            raise FactorFault(
                say("is no fuel with factors in the books"),
                spec.item,
                NOTHING,
                did_you_mean(spec.item, known) or data("parkzero books fuel"),
            )
        biogenic = f"fuel.{fuel}.ipcc.co2_biogenic" in rows.by_key
        scale, heat, heat_spread = self.energy(spec, fuel)
        found = []
        for gas in ("co2_biogenic" if biogenic else "co2", "ch4", "n2o"):
            names = [
                f"fuel.{name}.{s}.{gas}"
                for s in ("vn2626", "ipcc")
                for name in dict.fromkeys((factors_of, fuel))
            ]
            row = _on(names, spec.year)
            plain = "co2" if gas == "co2_biogenic" else gas
            spread = _half(f"fuel.{fuel}.ipcc.carbon_content") if plain == "co2" else math.nan
            found.append(
                Part(
                    plain,
                    row.value * KG_PER_TJ * scale,
                    row.key,
                    "national" if ".vn2626." in row.key else "ipcc",
                    row.source,
                    row.validity,
                    row.confidence,
                    spread,
                    biogenic=biogenic and plain == "co2",
                    fossil=not biogenic,
                    heat=heat,
                    heat_spread=heat_spread,
                )
            )
        return found

    # ------------------------------------------------------------------------------- electricity and heat

    def _grid(self, spec: Spec) -> list[Part]:
        row, provisional = grid_factor(self.grid, spec.year)
        return [
            Part(
                _grid_gas(row),
                row.value,
                f"{row.key}@{row.valid_from:%Y}" if row.valid_from else row.key,
                "official" if row.standing == "official" else "other",
                row.source,
                row.validity,
                row.confidence,
                provisional=provisional,
            )
        ]

    def _losses(self, spec: Spec) -> list[Part]:
        row, provisional = grid_factor(self.grid, spec.year)
        loss = _latest("grid.transmission_distribution_loss")
        share = loss.value / 100
        return [
            Part(
                _grid_gas(row),
                row.value * share / (1 - share),
                loss.key,
                "other",
                f"{loss.source}; {row.source}",
                loss.validity,
                loss.confidence,
                provisional=provisional,
            )
        ]

    def _heat(self, spec: Spec) -> list[Part]:
        """Heat of a boiler: fuel per heat is 1 / efficiency (Circular 38/2023 Annex II.2.4, first issue)."""
        if math.isnan(spec.efficiency):
            raise FactorFault(
                say("has neither a supplier's factor nor the boiler's efficiency"),
                spec.item,
                say(
                    "a factor in the sheet factors, or fuel as item and the columns efficiency and,"
                    " per tonne, enthalpy"
                ),
            )
        if not 0.2 <= spec.efficiency <= 1.1:
            raise FactorFault(
                say("has an efficiency that cannot be"),
                f"{spec.efficiency:g}",
                say("20 % to 110 % of the net heating value"),
            )
        per = 1.0
        if spec.dimension == "mass":
            if not 1_500 <= spec.enthalpy <= 4_500:
                raise FactorFault(
                    say("has no enthalpy of the steam that can be"),
                    f"{spec.enthalpy:g}",
                    say("1,500 to 4,500 kJ/kg"),
                )
            per = spec.enthalpy / 3600  # kJ/kg to MWh/t
        fuel = Spec(spec.facility, "stationary", spec.item, "energy", "", spec.year)
        return [
            Part(
                p.gas,
                p.per_unit * per / spec.efficiency,
                p.factor,
                p.tier,
                p.document,
                p.vintage,
                p.confidence,
                p.spread,
                p.biogenic,
                p.fossil,
            )
            for p in self._fuel(fuel)
        ]


def grid_factor(key: str, year: int) -> tuple[Entry, bool]:
    """The grid's factor of a year, and whether an earlier one stands in until it is published.

    Raises:
        FactorFault: when there is none, nor one of the three years before.
    """
    held = shelf("grid_factors").by_key.get(key)
    if held is None:
        raise FactorFault(
            say("is no factor of a grid in the books"), key, NOTHING, data("parkzero books grid_ef")
        )
    day = date(year, 12, 31)
    for row in held:
        if row.covers(day):
            return row, False
    before = [r for r in held if r.valid_to is not None and r.valid_to < day]
    if not before or year - before[-1].valid_to.year > PROVISIONAL_YEARS:  # type: ignore[union-attr]
        raise FactorFault(
            say(
                "has no factor of the grid in {year}, nor in the {count} years before",
                year=year,
                count=PROVISIONAL_YEARS,
            ),
            key,
            say("a factor of the year"),
            say("name a path, such as grid = grid_ef.path.plan_5y_late, or give a factor of your own"),
        )
    return before[-1], True


def as_received(value: float, basis: str, moisture: float) -> float:
    """Net heating value of a fuel as it is burnt [MJ/kg].

    Args:
        value: of the certificate [MJ/kg].
        basis: ``net`` or ``net_as_received``, ``net_dry``; gross values are refused.
        moisture: water as a share of the fuel as received.

    Raises:
        FactorFault: when the basis is not said or not known, or a dry value comes without moisture.
    """
    rule = say(
        "IPCC 2006 vol. 2 ch. 1.4.1: net calorific value of the fuel as it is burnt; dry values need"
        " the moisture"
    )
    if basis in ("net", "net_as_received"):
        return value
    if basis == "net_dry":
        if not 0 <= moisture < 1:
            raise FactorFault(
                say("has a heating value of the dry fuel, but no moisture"),
                basis,
                say("moisture as received, such as 12 %"),
                rule,
            )
        return value * (1 - moisture) - LATENT * moisture
    raise FactorFault(
        say("has a heating value whose basis is not usable")
        if basis
        else say("has a heating value without its basis"),
        basis,
        listed(["net_as_received", "net_dry"]),
        rule,
    )


# ------------------------------------------------------------------------------------- what needs one row


def _grid_gas(row: Entry) -> str:
    """An official factor counts CO2 alone; paths count all gases."""
    return "co2" if row.unit.startswith("tCO2/") else "co2e"


def _latest(key: str) -> Entry:
    table = {"fuel": "fuels", "process": "processes", "waste": "processes", "grid": "grid_factors"}
    return shelf(table[key.split(".")[0]]).by_key[key][-1]


def _on(keys: Sequence[str], year: int) -> Entry:
    """The first of some keys that holds in a year."""
    rows, day = shelf("fuels").by_key, date(year, 12, 31)
    for key in keys:
        for row in rows.get(key, ()):
            if row.covers(day):
                return row
    raise FactorFault(say("has no factor that holds in {year}", year=year), ", ".join(keys))


def _half(key: str) -> float:
    """Half of the 95 % range of a row that has ``_min`` and ``_max`` beside it, as a share; else NaN."""
    rows = shelf("fuels").by_key
    if f"{key}_min" not in rows or f"{key}_max" not in rows:
        return math.nan
    middle, low, high = (rows[k][-1].value for k in (key, f"{key}_min", f"{key}_max"))
    return max(middle - low, high - middle) / middle


def _covers(site: SiteFactor, year: int) -> bool:
    first, last = site.valid_from or date.min, site.valid_to or date.max
    return first <= date(year, 12, 31) and last >= date(year, 1, 1)


def _one(
    gas: str, per_unit: float, rows: Sequence[Entry], biogenic: bool = False, fossil: bool = True
) -> Part:
    main = rows[0]
    weakest = max((r.confidence for r in rows), key="PSDM".index)
    return Part(
        gas,
        per_unit,
        main.key,
        "ipcc" if main.standing == "official" else "other",
        main.source,
        main.validity,
        weakest,
        biogenic=biogenic,
        fossil=fossil,
    )


def _row(stem: str, item: str) -> Entry:
    rows = shelf("processes").by_key
    key = f"{stem}.{item}"
    if key not in rows:
        names = [k.removeprefix(f"{stem}.") for k in rows if k.startswith(f"{stem}.")]
        raise FactorFault(say("is not in the books"), item, listed(names[:12]), did_you_mean(item, names))
    return rows[key][-1]


def _process(spec: Spec) -> list[Part]:
    row = _row("process", spec.item)
    return [_one("co2", row.value, [row])]


def _gas(spec: Spec) -> list[Part]:
    """A gas stands for itself; the calculation turns blends into components."""
    return [
        Part(
            spec.item, 1.0, f"mass:{spec.item}", "ipcc", "IPCC 2006 vol. 3 ch. 7, mass balance", "", "P", 0.0
        )
    ]


def _wastewater(spec: Spec) -> list[Part]:
    most, share = _row("waste.ww", "B0_cod"), _row("waste.ww.mcf", spec.item)
    return [_one("ch4", most.value * share.value, [share, most], fossil=False)]


def _nitrogen(spec: Spec) -> list[Part]:
    row = _row("waste.ww", {"plant": "n2o_plant_2019", "effluent": "n2o_effluent"}.get(spec.item, spec.item))
    return [_one("n2o", row.value * _N_TO_N2O, [row], fossil=False)]


def _compost(spec: Spec) -> list[Part]:
    ch4, n2o = _row("waste.compost", "ch4"), _row("waste.compost", "n2o")
    return [
        _one("ch4", ch4.value / 1000, [ch4], fossil=False),
        _one("n2o", n2o.value / 1000, [n2o], fossil=False),
    ]


def _incineration(spec: Spec) -> list[Part]:
    carbon, n2o = (
        _row("waste.incineration", f"{name}_{spec.item or 'msw'}") for name in ("fossil_carbon", "n2o")
    )
    return [_one("co2", carbon.value * _C_TO_CO2, [carbon]), _one("n2o", n2o.value / 1e6, [n2o])]


def _landfill(spec: Spec) -> list[Part]:
    """All methane that the waste will give (IPCC 2006 vol. 5 eq. 3.2, no decay in time), less oxidation."""
    carbon = _row("waste.swds.doc", spec.item)
    rows = [
        carbon,
        *(_row("waste.swds", n) for n in ("docf", "mcf.managed_anaerobic", "F_ch4", "oxidation_covered")),
    ]
    doc, docf, mcf, share, oxidised = (r.value for r in rows)
    return [_one("ch4", doc * docf * mcf * share * _C_TO_CH4 * (1 - oxidised), rows, fossil=False)]


def _needs_own(spec: Spec) -> list[Part]:
    raise FactorFault(
        say("has no factor: the books hold none for it"),
        joined([spec.source, spec.item], " "),
        say(
            "a row in the sheet factors: source {source}, item, gas (co2e), value, unit (such as kg/t), gwp,"
            " document",
            source=spec.source,
        ),
        say("ask the supplier, or take a published one; nothing is filled in"),
    )
