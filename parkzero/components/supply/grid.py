"""Grid connection: a metered point with a dated tariff.

Symbols:
    i, e        import and export [MW]
    m[b]        highest mean of the import in billing month b [MW]
    M[b]        peak that is billed [MW]
    g           renewable generation of the same owner [MW]

Rules:
    import_limit    i[t] <= limit
    export_limit    e[t] <= limit
    peak.measured   i[t] <= m[b]          (over the metering interval; only with a demand charge)
    billed          M[b] >= m[b]
    ratchet         M[b] >= ratchet * m[b']  for all months b'   (only with a ratchet)
    own_surplus     e[t] <= g[t]          (what is bought is not sold back)
    export_share    sum e <= share * sum g

The power-factor rule raises the energy bill by (threshold / power factor - 1) where the power factor is below
the threshold. The power factor is measured data, so the surcharge is linear in the import.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Finding, Site
from parkzero.language.statement import METERED, Statement
from parkzero.lp.expr import Expr
from parkzero.lp.model import rows_of
from parkzero.texts import say
from parkzero.timeline import MONTHS, Calendar
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
    demand_charge: f.ByYear | None = f.by_year(MONEY / MW, "price of each month's billed peak", default=None)
    demand_minutes: int = f.integer("metering interval of the peak [min]", least=15, most=60, default=30)
    ratchet: Quantity | None = f.quantity(
        ONE, "least billed peak as a share of the year's highest", most=1, default=None
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
        if self.demand_charge is not None:
            self._bill_peaks(lp, bought, lp.at(self.demand_charge))

    def _bill_peaks(self, lp: Block, bought: Expr, price: Quantity) -> None:
        measured = lp.peak("peak", bought, self.demand_minutes)
        billed = lp.monthly("billed", MW)
        lp.rule("billed", billed >= measured)
        if self.ratchet is not None:
            share = self.ratchet
            months = range(measured.rows)
            for month in months:
                one = rows_of(measured, np.array([month], dtype=np.int32))
                lp.rule(f"ratchet.{month + 1}", billed >= one * share)
        owed = lp.measured("peak")
        if self.ratchet is not None:
            owed = np.maximum(owed, float(self.ratchet.value) * owed.max(initial=0.0))
        bills = lp.months(np.ones(12))
        charge = (billed.total(bills, MW) - Quantity(float(owed @ bills), MW)) * price
        lp.book(Account.DEMAND_CHARGE, charge, bus=self.bus)

    def statement(self, imported: FloatArray, calendar: Calendar, year: int) -> Statement:
        """What the connection is billed for an import [MW], shape [steps]; the rules above, reckoned."""
        months = np.repeat(calendar.day_months, calendar.per_day)
        price = np.asarray(self.price.at(year).value, dtype=np.float64)
        factor = self.power_factor
        surcharge = 0.0 if factor is None else surcharge_of(factor.at(year), self.power_factor_threshold)
        energy: FloatArray = np.bincount(months, price * imported * calendar.hours, MONTHS).astype(np.float64)
        window = max(1, self.demand_minutes // calendar.minutes)
        means = imported.reshape(-1, window).mean(axis=1)
        peak = np.zeros(MONTHS)
        np.maximum.at(peak, months[::window], means)
        billed: FloatArray = peak
        if self.ratchet is not None:
            billed = np.where(peak > 0, np.maximum(peak, float(self.ratchet.value) * peak.max()), 0.0)
        charge = 0.0 if self.demand_charge is None else float(self.demand_charge.at(year).value)
        return Statement(energy, energy * surcharge, billed * charge, peak, price * (1 + surcharge), charge)

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
