"""Fuel supply: a fuel bought at a price, with its emissions.

Symbols:
    q           fuel bought [MW, lower heating value]

Rules:
    limit       q[t] <= limit
    yearly      sum q <= yearly limit
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.origins import OTHER, origins
from parkzero.units import MONEY, MW, MWH, T


@component(
    "fuel", vi="nguồn nhiên liệu", en="fuel supply", group="molecules", colour="#3b3b3b",
    usual={
        "price": ("fuel.cng.price fuel.lng_imported.price", 6.0),
        "emission_factor": (
            "fuel.anthracite.ipcc.co2 fuel.natural_gas.ipcc.co2 fuel.diesel_oil.ipcc.co2"
            " fuel.biogas.ipcc.co2 fuel.bitumen.ipcc.co2", 1.6,
        ),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Fuel(Component):
    """A fuel that can be bought: gas, coal, oil, biomass, biogas."""

    bus: str = f.bus("fuel", "bus that it feeds", gives=True)
    price: f.ByYear | f.Profile = f.by_year(
        MONEY / MWH, "price per energy (lower heating value)", or_series=True
    )
    emission_factor: f.ByYear = f.by_year(T / MWH, "fossil CO2e per energy burnt (scope 1)")
    biogenic_factor: f.ByYear = f.by_year(
        T / MWH,
        "biogenic CO2 per energy burnt, reported outside the scopes",
        default=f.constant(0.0, T / MWH),
    )
    made_from: str = f.choice(
        ("", *(o.id for o in origins() if o.fuel)),
        "what it is made from; by default what its emission factors tell: fossil, or biomass",
        default="",
    )
    limit: f.ByYear | None = f.by_year(MW, "largest supply", default=None)
    yearly_limit: f.ByYear | None = f.by_year(MWH, "largest supply in a year", default=None)

    @property
    def origin(self) -> str:
        """What it is made from: as it is said, else as its emission factors tell."""
        if self.made_from:
            return self.made_from
        if max(self.emission_factor.values) > max(self.biogenic_factor.values):
            return "fossil_fuels"
        return "biomass" if max(self.biogenic_factor.values) > 0 else OTHER

    def makes(self) -> Mapping[str, str]:
        """Its bus holds what it is made from."""
        return {self.bus: self.origin}

    def build(self, lp: Block) -> None:
        """Say the supply's flow, limits, injection and bookings."""
        bought = lp.flow("supply")
        if self.limit is not None:
            lp.rule("limit", bought <= lp.at(self.limit))
        if self.yearly_limit is not None:
            lp.limit("yearly", lp.total(bought), lp.at(self.yearly_limit), "energy")
        lp.inject(self.bus, bought)
        lp.book(Account.FUEL, lp.priced(bought, self.price), bus=self.bus, made_from=self.origin)
        lp.book(Account.SCOPE1, bought * lp.at(self.emission_factor), bus=self.bus)
        lp.book(Account.BIOGENIC, bought * lp.at(self.biogenic_factor), bus=self.bus)
        lp.book(Account.FUEL_USED, bought, bus=self.bus, made_from=self.origin)
