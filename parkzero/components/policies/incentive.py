"""Incentive: what the state pays to the owner of an asset, for energy, for power, or once for what is built.

Symbols:
    g           energy generated [MW]
    P           standing power [MW]
    x[v]        power built in milestone year v [MW]

It books a cost below zero to the owner, in the years that each rate covers:
    per energy  - rate g
    per power   - rate P, each year
    grant       - rate x[v], once; spread over the life of what is built, as its investment is

A rate below zero is a fee that the owner pays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.components.policies import Policy
from parkzero.errors import Fault, Place, StudyError
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.language.values import Size
from parkzero.texts import say
from parkzero.units import MONEY, MW, MWH

GENERATED = {"electricity": Account.GENERATED, "heat": Account.HEAT_GENERATED}
FREE = -1e12


@component("incentive", vi="ưu đãi", en="incentive", group="policy", colour="#44bb99")
@dataclass(frozen=True, kw_only=True)
class Incentive(Policy):
    """What the state pays to the owner of an asset, in dated years."""

    asset: str = f.asset("", "asset whose owner is paid")
    energy: str = f.choice(tuple(GENERATED), "energy that counts", default="electricity")
    per_energy: f.ByYear | None = f.by_year(
        MONEY / MWH, "for each unit of energy generated", least=FREE, partial=True, default=None
    )
    per_power: f.ByYear | None = f.by_year(
        MONEY / MW, "each year for each unit of power that stands", least=FREE, partial=True, default=None
    )
    grant: f.ByYear | None = f.by_year(
        MONEY / MW, "once for each unit of power that a year builds", least=FREE, partial=True, default=None
    )

    def settle(self, lp: Block) -> None:
        """Book what is paid."""
        if not lp.is_there(self.asset):
            return
        owner = lp.other(self.asset).owner
        if self.per_energy is not None and lp.covered(self.per_energy):
            account = GENERATED[self.energy]
            if not lp.books(account, self.asset):
                what = say("pays for energy that {asset} does not generate", asset=self.asset)
                raise StudyError([Fault(Place(field=f"{self.name}.per_energy"), what, self.energy)])
            made = lp.booked(account, asset=self.asset)
            lp.book(Account.INCENTIVE, made * -lp.at(self.per_energy), "per_energy", owner=owner)
        if self.per_power is not None and lp.covered(self.per_power) and lp.complete:
            stands = lp.of_others(self.asset, "power")
            lp.book(Account.INCENTIVE, stands * -lp.at(self.per_power), "per_power", owner=owner)
        if self.grant is not None and lp.complete:
            once = lp.once_per_unit(self.asset, "power", self.grant)
            lp.book(Account.INCENTIVE, -once, "grant", owner=owner)

    def check(self, site: Site) -> Iterator[Finding]:
        """Something is paid, and the asset has the power that it is paid for."""
        rates = {"per_energy": self.per_energy, "per_power": self.per_power, "grant": self.grant}
        if not any(rates.values()):
            yield Finding("per_energy", say("is missing"), needs=say("one of {names}", names=list(rates)))
        size = getattr(site.assets.get(self.asset), "power", None)
        fits = isinstance(size, Size) and size.fits(MW)
        for name in ("per_power", "grant"):
            if rates[name] is not None and not fits:
                what = say("counts power, but {asset} has no size in MW", asset=self.asset)
                yield Finding(name, what)
