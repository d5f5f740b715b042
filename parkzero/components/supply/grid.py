"""Grid connection: a metered point with a dated tariff.

Symbols:
    i, e        import and export [MW]
    m[b]        highest mean of the import in billing month b [MW]
    h           highest of these that all months remember [MW]
    u[b]        what is billed of a month above its own highest mean [MW]
    x[k, b]     what is billed of a month above tier k [MW]
    k[t]        whether a step counts for the peak of the system (0 or 1)
    c[b]        highest mean of what counts of the import in billing month b [MW]
    g           renewable generation of the same owner [MW]

Rules:
    import_limit          i[t] <= limit
    export_limit          e[t] <= limit
    peak.measured         i[t] <= m[b]       (over the metering interval; only with a demand charge)
    peak.mean             i[t] <= the mean of m[b] over the months b of a mean day
    highest               h >= m[b]          (only with a ratchet)
    ratchet               m[b] + u[b] >= ratchet * h, or of each m[b'] that b looks back on
    tier_2                x[2, b] >= m[b] + u[b] - tier 2
    tier_3                x[3, b] >= m[b] + u[b] - tier 3
    coincident.measured   k[t] i[t] <= c[b]  (over the metering interval)
    coincident.mean       k[t] i[t] <= the mean of c[b] over the months b of a mean day
    own_surplus           e[t] <= g[t]       (what is bought is not sold back)
    export_share          sum e <= share * sum g

The power-factor rule raises the energy bill by (threshold / power factor - 1) where the power factor is below
the threshold. The power factor is measured data, so the surcharge is linear in the import.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.language.statement import METERED, Statement
from parkzero.lp.expr import Expr, add_all
from parkzero.lp.model import rows_of
from parkzero.texts import say
from parkzero.timeline import MONTHS, Calendar, IntArray
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, Quantity, T


@component("grid", vi="điểm đấu nối lưới", en="grid connection", group="power", colour="#6b7785",
           traits=METERED, usual={"emission_factor": ("grid_ef.official", 3.0)})  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Grid(Component):
    """A metered connection to the public grid (or to the park's own utility) with its tariff."""

    bus: str = f.bus("electricity", "bus that it feeds", gives=True)
    price: f.Profile = f.profile(MONEY / MWH, "price of each step's import", least=-1e12)
    import_limit: f.ByYear | None = f.by_year(MW, "largest import", default=None)
    export_limit: f.ByYear = f.by_year(MW, "largest export; zero forbids it", default=f.constant(0.0, MW))
    export_price: f.ByYear | f.Profile = f.by_year(
        MONEY / MWH, "price paid for export", least=-1e12, or_series=True,
        default=f.constant(0.0, MONEY / MWH),
    )  # fmt: skip
    export_share: f.ByYear | None = f.by_year(
        ONE, "largest yearly export as a share of own renewable generation", most=1, default=None
    )
    export_own_only: bool = f.flag("export no more in a step than is generated in it", default=True)
    demand_charge: f.ByYear | f.Profile | None = f.by_year(
        MONEY / MW, "price of each month's billed peak; a series has one value for each month",
        or_series=True, default=None,
    )  # fmt: skip
    demand_minutes: int = f.integer("metering interval of the peak [min]", least=15, most=60, default=30)
    demand_tier_2: Quantity | None = f.quantity(
        MW, "power above which the second price holds for the billed peak", default=None
    )
    demand_charge_2: f.ByYear | f.Profile | None = f.by_year(
        MONEY / MW, "price of the billed peak above that; never below the first", or_series=True, default=None
    )
    demand_tier_3: Quantity | None = f.quantity(
        MW, "power above which the third price holds for the billed peak", default=None
    )
    demand_charge_3: f.ByYear | f.Profile | None = f.by_year(
        MONEY / MW,
        "price of the billed peak above that; never below the second",
        or_series=True,
        default=None,
    )
    ratchet: Quantity | None = f.quantity(
        ONE, "least billed peak as a share of the highest peak that the month remembers", most=1, default=None
    )
    ratchet_months: f.Profile | None = f.profile(
        ONE, "months whose peaks are remembered: 1, others 0; else all", most=1, default=None
    )
    ratchet_lookback: int = f.integer(
        "months that a month looks back on; 0 for the whole year", least=0, most=12, default=0
    )
    coincident_charge: f.ByYear | f.Profile | None = f.by_year(
        MONEY / MW, "price of each month's highest import in the hours that are counted for it",
        or_series=True, default=None,
    )  # fmt: skip
    coincident_hours: f.Profile | None = f.profile(
        ONE, "hours in which the import counts for that: 1, others 0", most=1, default=None
    )
    power_factor: f.ByYear | None = f.by_year(
        ONE, "measured power factor of the import", least=0.1, most=1, default=None
    )
    power_factor_threshold: Quantity = f.quantity(
        ONE, "power factor below which the bill rises", most=1, default=Quantity(0.9)
    )
    emission_factor: f.ByYear = f.by_year(T / MWH, "emissions of the grid's electricity (scope 2)")

    def check(self, site: Site) -> Iterator[Finding]:
        """A two-part tariff has two parts; what is exported should not be worth more than what is bought."""
        yield from self._check_charges(site)
        price = site.written.get(self.name, {}).get("price")
        if isinstance(price, dict) and price.get("two_part") is True and self.demand_charge is None:
            hint = say('demand_charge = {{tariff = "{tariff}"}}', tariff=price.get("tariff"))
            yield Finding("demand_charge", say("is missing beside a two-part tariff"), hint=hint)
        for year in site.years:
            if not float(self.export_limit.at(year).value):
                continue
            prices, sold = (np.asarray(p.at(year).value) for p in (self.price, self.export_price))
            at = int(np.argmax(sold - prices))
            paid, least = float(sold if sold.ndim == 0 else sold[at]), float(prices[at])
            if paid > least:
                what = say(
                    "in {year} export is paid {paid:g} {currency}/MWh, more than the cheapest import costs"
                    " ({least:g}): importing and exporting at once would pay",
                    year=year,
                    paid=paid,
                    currency=site.currency,
                    least=least,
                )
                yield Finding("", what, grave=False)
                return

    def _check_charges(self, site: Site) -> Iterator[Finding]:
        """Tiers need a first price and rise; what refines something needs it to be there."""
        needs = {
            "demand_charge_2": "demand_tier_2", "demand_tier_2": "demand_charge_2",
            "demand_charge_3": "demand_tier_3", "demand_tier_3": "demand_charge_3",
            "coincident_charge": "coincident_hours", "coincident_hours": "coincident_charge",
            "ratchet": "demand_charge", "ratchet_months": "ratchet", "ratchet_lookback": "ratchet",
        }  # fmt: skip
        needs_first = {"demand_charge_2": "demand_charge", "demand_charge_3": "demand_charge_2"}
        for name, other in (*needs.items(), *needs_first.items()):
            if getattr(self, name) and getattr(self, other) is None:
                yield Finding(other, say("is missing beside {name}", name=name))
        starts = [float(tier.value) for tier in self._tiers]
        if starts != sorted(set(starts)):
            yield Finding(
                "demand_tier_3",
                say("is not above demand_tier_2"),
                needs=say("more than {mw:g} MW", mw=starts[0]),
            )
        for year in site.years:
            charges = (self.demand_charge, self.demand_charge_2, self.demand_charge_3)
            prices = [np.asarray(c.at(year).value) for c in charges if c is not None]
            for tier, (one, next_) in enumerate(pairwise(prices), start=2):
                if np.any(next_ < one):
                    what = say(
                        "is below the price of the tier before it in {year}: the charge would not be"
                        " convex, and no plan could be proven",
                        year=year,
                    )
                    yield Finding(
                        f"demand_charge_{tier}", what, needs=say("prices that rise from tier to tier")
                    )
                    return

    def build(self, lp: Block) -> None:
        """Say the connection's flows, limits, injection and bookings."""
        bought, sold = lp.flow("import"), lp.flow("export")
        if self.import_limit is not None:
            lp.rule("import_limit", bought <= lp.at(self.import_limit))
        lp.rule("export_limit", sold <= lp.at(self.export_limit))
        lp.inject(self.bus, bought - sold)

        cost = lp.series(self.price).times(bought)
        lp.book(Account.ENERGY, cost, bus=self.bus)
        if self.power_factor is not None:
            surcharge = surcharge_of(lp.at(self.power_factor), self.power_factor_threshold)
            lp.book(Account.POWER_FACTOR, cost * surcharge, bus=self.bus)
        lp.book(Account.EXPORT, -lp.priced(sold, self.export_price), bus=self.bus)
        lp.book(Account.SCOPE2, bought * lp.at(self.emission_factor), bus=self.bus)
        lp.book(Account.IMPORTED, bought, bus=self.bus, made_from="grid")
        lp.book(Account.EXPORTED, sold, bus=self.bus)
        self._bill_peaks(lp, bought)

    def _bill_peaks(self, lp: Block, bought: Expr) -> None:
        """Charge the months' highest import, and that in the hours of the system's peak."""
        bills = lp.months(np.ones(MONTHS))
        if self.demand_charge is not None:
            peak = lp.peak("peak", bought, self.demand_minutes)
            owed = self._owed(
                lp.measured("peak"), lp.context.timeline.months, calendar_of(lp), lp.context.year
            )
            cost = self._cost_of(lp, peak) - Quantity(float(owed @ bills), MONEY)
            lp.book(Account.DEMAND_CHARGE, cost, bus=self.bus)
        if self.coincident_charge is not None and self.coincident_hours is not None:
            counted = lp.series(self.coincident_hours).times(bought)
            peak = lp.peak("coincident", counted, self.demand_minutes)
            prices = lp.months(self._by_month(self.coincident_charge, calendar_of(lp), lp.context.year))
            owed = lp.measured("coincident")
            cost = peak.total(prices, MONEY) - Quantity(float(owed @ prices), MONEY)
            lp.book(Account.DEMAND_CHARGE, cost, "coincident", bus=self.bus)

    def _cost_of(self, lp: Block, peak: Expr) -> Expr:
        """What the months' peaks cost: each at its price, what is above a tier at more."""
        first, *others = (lp.months(price) for price in self._prices(calendar_of(lp), lp.context.year))
        parts, steps = [peak.total(first, MONEY)], np.diff([first, *others], axis=0)
        tiers = list(enumerate(zip(self._tiers, steps, strict=True), start=2))
        if self.ratchet is None:
            for tier, (start, extra) in tiers:
                above = lp.monthly(f"tier_{tier}", MW)
                lp.rule(f"tier_{tier}", above >= peak - start)
                parts.append(above.total(extra, MONEY))
            return add_all(parts, 1, MONEY)
        numbers = lp.context.timeline.months.tolist()
        peaks = {month: rows_of(peak, np.array([i], dtype=np.int32)) for i, month in enumerate(numbers)}
        more = self._ratcheted(lp, peaks, self.ratchet)
        for i, month in enumerate(numbers):
            parts.append(more[month] * Quantity(float(first[i]), MONEY / MW))
            for tier, (start, extra) in tiers:
                name = f"tier_{tier}.{month + 1}"
                above = lp.yearly(name, MW)
                lp.rule(name, above >= peaks[month] + more[month] - start)
                parts.append(above * Quantity(float(extra[i]), MONEY / MW))
        return add_all(parts, 1, MONEY)

    def _ratcheted(self, lp: Block, peaks: dict[int, Expr], share: Quantity) -> dict[int, Expr]:
        """What is billed of each month above its own peak, since others were higher."""
        sets = {m: sorted(self._remembered(m, calendar_of(lp), lp.context.year) & set(peaks)) for m in peaks}
        highest = None
        if len({tuple(months) for months in sets.values()}) == 1:
            # What all months remember is known by one column: fewer rows than one for each pair.
            highest = lp.yearly("highest", MW)
            for month in next(iter(sets.values())):
                lp.rule(f"highest.{month + 1}", highest >= peaks[month])
        more = {month: lp.yearly(f"more.{month + 1}", MW) for month in peaks}
        for month, remembered in sets.items():
            billed = peaks[month] + more[month]
            if highest is not None:
                lp.rule(f"ratchet.{month + 1}", billed >= highest * share)
                continue
            for other in remembered:
                if other != month:
                    lp.rule(f"ratchet.{month + 1}.{other + 1}", billed >= peaks[other] * share)
        return more

    def _remembered(self, month: int, calendar: Calendar, year: int) -> set[int]:
        """Months of whose peaks a month pays a share, 0 to 11; the year is a circle."""
        back = {(month - i) % MONTHS for i in range(min(self.ratchet_lookback or MONTHS, MONTHS - 1) + 1)}
        if self.ratchet_months is None:
            return back
        return back & set(np.flatnonzero(self._by_month(self.ratchet_months, calendar, year)).tolist())

    def _by_month(self, value: f.ByYear | f.Profile, calendar: Calendar, year: int) -> FloatArray:
        """A value of each month, shape [12]; of a series, which may not change within a month."""
        raw = np.asarray(value.at(year).value, dtype=np.float64)
        if raw.ndim == 0:
            return np.full(MONTHS, float(raw))
        months = np.repeat(calendar.day_months, calendar.per_day)
        found = np.zeros(MONTHS)
        found[months] = raw
        if (found[months] != raw).any():
            at = str(calendar.starts[int(np.argmax(found[months] != raw))])[:7]
            fault = Fault(
                Place(field=self.name), say("changes within a month"), at, say("one value for each month")
            )
            raise StudyError([fault])
        return found

    @property
    def _tiers(self) -> list[Quantity]:
        """Power above which the second and the third price hold."""
        return [tier for tier in (self.demand_tier_2, self.demand_tier_3) if tier is not None]

    def _prices(self, calendar: Calendar, year: int) -> list[FloatArray]:
        """Prices of the tiers in each month [money/MW], each of shape [12]."""
        charges = (self.demand_charge, self.demand_charge_2, self.demand_charge_3)
        return [self._by_month(charge, calendar, year) for charge in charges if charge is not None]

    def _owed(self, peaks: FloatArray, months: IntArray, calendar: Calendar, year: int) -> FloatArray:
        """What is owed for peaks of some months [money], shape [months]; the rules above, reckoned."""
        billed, of = peaks.copy(), dict(zip(months.tolist(), peaks.tolist(), strict=True))
        if self.ratchet is not None:
            for i, month in enumerate(months.tolist()):
                known = [of[m] for m in self._remembered(month, calendar, year) if m in of]
                billed[i] = max(billed[i], float(self.ratchet.value) * max(known, default=0.0))
        first, *others = (price[months] for price in self._prices(calendar, year))
        owed: FloatArray = billed * first
        for start, price, below in zip(self._tiers, others, [first, *others], strict=False):
            owed = owed + np.maximum(billed - float(start.value), 0.0) * (price - below)
        return owed

    def _measured(self, imported: FloatArray, calendar: Calendar) -> FloatArray:
        """Highest mean of each month over the metering interval [MW], shape [12]."""
        window = max(1, self.demand_minutes // calendar.minutes)
        months = np.repeat(calendar.day_months, calendar.per_day)[::window]
        peak = np.zeros(MONTHS)
        np.maximum.at(peak, months, imported.reshape(-1, window).mean(axis=1))
        return peak

    def statement(self, imported: FloatArray, calendar: Calendar, year: int) -> Statement:
        """What the connection is billed for an import [MW], shape [steps]; the rules above, reckoned."""
        of_step = np.repeat(calendar.day_months, calendar.per_day)
        price = np.asarray(self.price.at(year).value, dtype=np.float64)
        factor = self.power_factor
        surcharge = 0.0 if factor is None else surcharge_of(factor.at(year), self.power_factor_threshold)
        spent = price * imported * calendar.hours
        energy: FloatArray = np.bincount(of_step, spent, MONTHS).astype(np.float64)
        peak, months = self._measured(imported, calendar), np.unique(calendar.day_months)
        demand, charge = np.zeros(MONTHS), np.zeros(MONTHS)
        if self.demand_charge is not None:
            demand[months] = self._owed(peak[months], months, calendar, year)
            charge = demand_price(peak, self._tiers, self._prices(calendar, year))
        if self.coincident_charge is not None and self.coincident_hours is not None:
            counted = self._measured(imported * self.coincident_hours.at(year).value, calendar)
            demand += counted * self._by_month(self.coincident_charge, calendar, year)
        return Statement(energy, energy * surcharge, demand, peak, price * (1 + surcharge), charge)

    def settle(self, lp: Block) -> None:
        """Tie the export to what the owner generates."""
        if max(self.export_limit.values) == 0:
            return
        sold = lp.booked(Account.EXPORTED, asset=self.name)
        made = lp.renewable(owner=self.owner)
        if self.export_own_only:
            lp.rule("own_surplus", sold <= made)
        if self.export_share is not None:
            share = lp.total(made) * lp.at(self.export_share)
            lp.limit("export_share", lp.total(sold), share, "energy")


def surcharge_of(power_factor: Quantity, threshold: Quantity) -> float:
    """Share by which a power factor below the threshold raises the energy bill.

    Source: Circular 15/2014/TT-BCT, k = threshold / cos phi - 1.
    """
    return max(0.0, float(threshold.value) / float(power_factor.value) - 1.0)


def calendar_of(lp: Block) -> Calendar:
    """The real steps behind what a block is built on."""
    return lp.context.timeline.calendar


def demand_price(peak: FloatArray, tiers: list[Quantity], prices: list[FloatArray]) -> FloatArray:
    """Price of a month's last MW [money/MW], shape [12]; ``prices`` holds that of each tier."""
    place = sum((peak > float(start.value)).astype(int) for start in tiers)
    found: FloatArray = np.choose(place, prices)
    return found
