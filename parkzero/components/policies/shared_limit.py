"""Shared limit: land, a roof or a connection that several assets take from together.

Symbols:
    P[i]        standing size of each asset
    u[i]        what a unit of it takes

Rules:
    limit       sum of u[i] P[i] <= area or power, in each milestone year that it covers

It is a rule of the design, as the largest size of one asset is: no plan, nor any trial, stands above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parkzero.components.policies import Policy
from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.language.values import Size
from parkzero.texts import say
from parkzero.units import M2, MW, Quantity


@component("shared_limit", vi="giới hạn dùng chung", en="shared limit", group="policy", colour="#ddaa33")
@dataclass(frozen=True, kw_only=True)
class SharedLimit(Policy):
    """A limit that several assets share: an area, or a power."""

    area: f.ByYear | None = f.by_year(M2, "land or roof that there is", partial=True, default=None)
    power: f.ByYear | None = f.by_year(MW, "power that there may be together", partial=True, default=None)
    uses: Mapping[str, Quantity] = f.uses("what a unit of each asset takes", of="area power")

    def settle(self, lp: Block) -> None:
        """Limit what stands together."""
        most = self.area if self.area is not None else self.power
        if most is not None:
            lp.stands_together("limit", self.uses, most)

    def check(self, site: Site) -> Iterator[Finding]:
        """One limit, sizes that exist, and room for what stands already."""
        given = [most for most in (self.area, self.power) if most is not None]
        if len(given) != 1:
            yield Finding(
                "area" if not given else "power",
                say("is missing") if not given else say("is given beside area"),
                needs=say("either an area or a power"),
            )
            return
        most, stands = given[0], dict.fromkeys(site.years, 0.0)
        for key, use in self.uses.items():
            name, _, size_name = key.rpartition(".")
            size = getattr(site.assets.get(name), size_name, None)
            if not isinstance(size, Size):
                yield Finding("uses", say("names a size that does not exist"), key)
            elif size.existing is not None:
                for year in site.years:
                    kept = float(size.existing.value) if year < size.existing_until else 0.0
                    stands[year] += kept * float(use.value)
        for year, taken in stands.items():
            if most.covers(year) and taken > float(most.at(year).value) * (1 + 1e-9):
                what = say("is less than what stands already takes in {year}", year=str(year))
                needs = say("at least {least:g}", least=taken)
                yield Finding("area" if self.area else "power", what, str(most.at(year)), needs)
                return
