"""Steam turbine: electricity from the fall of steam between headers; back-pressure, extraction, condensing.

Symbols:
    P           standing power [MW of electricity]
    b, e, c     steam taken for the exhaust header, for the extraction header, for the condenser [MW]
    w, y        electricity, and steam given on, per steam taken on a way

Rules:
    capacity    w_b b[t] + w_e e[t] + w_c c[t] <= P
    extraction  e[t] <= share (b[t] + e[t] + c[t])      (only with a share below one)

A header's state is fixed, so each way through the turbine has a fixed drop of enthalpy, and all is linear in
the steam. With h of the inlet, h' after the isentropic efficiency and h_w of the condensate (all in kJ/kg),
``w = eta (h - h') / (h - h_w)`` and ``y = (h' - h_w) / (h - h_w)``: nothing is lost but in generator and
condenser. Steam is counted as what it gives up on its way to condensate; enthalpies are CoolProp's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.origins import origins
from parkzero.language.site import Bus, Finding, Site
from parkzero.language.steam import boiling, expanded, of_header, steam, vapour_pressure, water
from parkzero.lp.expr import Expr
from parkzero.texts import say
from parkzero.units import CELSIUS, MONEY, MW, MWH, ONE, Quantity

_SLACK = 1e-6  # [kJ/kg]
LEAST, CRITICAL, HOTTEST = 0.02, 220.0, 700.0
"""Pressures [bar] and the temperature [degC] between which headers of steam are told."""


@component(
    "steam_turbine", vi="tua-bin hơi", en="steam turbine", group="power", colour="#882255",
    words={
        "exhausted": ("hơi qua phần đối áp", "steam to the exhaust"),
        "extracted": ("hơi trích", "steam extracted"),
        "condensed": ("hơi ngưng", "steam condensed"),
        "extraction": ("không trích quá tỷ lệ cho phép", "extracts no more than its share"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class SteamTurbine(Component):
    """Electricity from the fall of steam between headers."""

    source: str = f.bus("steam", "header that it takes steam from", takes=True)
    bus: str = f.bus("electricity", "bus that takes the electricity", gives=True)
    to: str | None = f.bus("steam", "header that takes its exhaust (back-pressure)", gives=True, default=None)
    extraction: str | None = f.bus(
        "steam", "header that takes steam from between its stages", gives=True, default=None
    )
    condenser: Quantity | None = f.quantity(
        CELSIUS, "temperature of its condenser, where the rest condenses", most=100, above=1, default=None
    )
    extraction_share: Quantity = f.quantity(
        ONE, "largest share of the steam that may be extracted", most=1, default=Quantity(1.0)
    )
    condensate: Quantity = f.quantity(
        CELSIUS, "temperature of the condensate that comes back", above=1, most=250
    )
    efficiency: Quantity = f.efficiency("isentropic efficiency of its stages", usual=(0.4, 0.92))
    generator: Quantity = f.efficiency("electricity per work of the shaft", usual=(0.9, 1.0))
    power: f.Size = f.size(MW, "electric power")
    made_from: str = f.choice(
        ("", *(o.id for o in origins() if o.fuel)),
        "what its steam is made from, where that is known",
        default="",
    )
    variable_om: f.ByYear = f.by_year(
        MONEY / MWH, "cost per electricity made", default=f.constant(0.0, MONEY / MWH)
    )

    def build(self, lp: Block) -> None:
        """Say the turbine's size, flows, rules, injections and bookings."""
        power, inlet = lp.size("power", self.power), lp.bus(self.source)
        taken: Expr | None = None
        made: Expr | None = None
        extracted: Expr | None = None
        for name, header in (("exhausted", self.to), ("extracted", self.extraction)):
            if header:
                flow = lp.flow(name)
                work, given = self.way(inlet, lp.bus(header).pressure or 0.0)
                lp.inject(header, flow * given)
                taken = flow if taken is None else taken + flow
                made = flow * work if made is None else made + flow * work
                extracted = flow if name == "extracted" else extracted
        if self.condenser is not None:
            flow = lp.flow("condensed")
            work, _ = self.way(inlet, vapour_pressure(float(self.condenser.value)))
            taken = flow if taken is None else taken + flow
            made = flow * work if made is None else made + flow * work
        if taken is None or made is None:
            return  # check refuses a turbine that leads nowhere
        lp.rule("capacity", made <= power)
        if extracted is not None and float(self.extraction_share.value) < 1:
            lp.rule("extraction", extracted <= taken * self.extraction_share)
        lp.inject(self.source, -taken)
        lp.inject(self.bus, made)
        origin = self.made_from or lp.made_from(self.source)
        lp.book(Account.GENERATED, made, bus=self.bus, made_from=origin)
        lp.book(Account.VARIABLE_OM, made * lp.at(self.variable_om), bus=self.bus)

    def way(self, inlet: Bus, pressure: float) -> tuple[float, float]:
        """Electricity and steam given on per steam taken, on the way to a pressure [bar]."""
        begins, back = of_header(inlet), water(float(self.condensate.value))
        after = expanded(begins, pressure, float(self.efficiency.value))
        whole = begins.enthalpy - back
        return float(self.generator.value) * (begins.enthalpy - after) / whole, (after - back) / whole

    def check(self, site: Site) -> Iterator[Finding]:
        """It leads somewhere, each header is lower than the one before, and its steam is hot enough."""
        if not (self.to or self.extraction or self.condenser is not None):
            yield Finding(
                "to",
                say("is missing, and so are extraction and condenser"),
                needs=say("where its steam goes on to"),
            )
        inlet = site.buses.get(self.source)
        if inlet is None or inlet.pressure is None:
            return
        faults = list(self._states(site))
        if faults:
            yield from faults
            return
        for field in ("to", "extraction"):
            header = site.buses.get(getattr(self, field) or "")
            if header is not None and header.pressure is not None:
                yield from self._lower(field, inlet, header)
        middle, last = site.buses.get(self.extraction or ""), site.buses.get(self.to or "")
        if middle is not None and last is not None and (middle.pressure or 0) <= (last.pressure or 0):
            yield Finding(
                "extraction",
                say("has no higher pressure than its exhaust"),
                say("{pressure:g} bar", pressure=middle.pressure),
                say("above {pressure:g} bar", pressure=last.pressure),
            )

    def _states(self, site: Site) -> Iterator[Finding]:
        """Every header holds steam, and the condensate is colder than any of it."""
        coldest = 1e3 if self.condenser is None else float(self.condenser.value)
        for field in ("source", "to", "extraction"):
            bus = site.buses.get(getattr(self, field) or "")
            if bus is None or bus.pressure is None:
                continue
            if not LEAST < bus.pressure < CRITICAL:
                needs = say("{low:g} to {high:g} bar", low=LEAST, high=CRITICAL)
                yield Finding(
                    field, say("has no steam"), say("{pressure:g} bar", pressure=bus.pressure), needs
                )
                continue
            boils = boiling(bus.pressure)
            coldest = min(coldest, boils)
            if bus.temperature is not None and not boils - 0.5 <= bus.temperature <= HOTTEST:
                needs = say("{low:g} to {high:g} degC", low=round(boils, 1), high=HOTTEST)
                got = say("{temperature:g} degC", temperature=bus.temperature)
                yield Finding(field, say("has no steam"), got, needs)
        if float(self.condensate.value) >= coldest + 1e-9:
            yield Finding(
                "condensate",
                say("is hotter than the coldest steam that it comes from"),
                say("{temperature:g} degC", temperature=float(self.condensate.value)),
                say("at most {hottest:g} degC", hottest=round(coldest, 1)),
            )

    def _lower(self, field: str, inlet: Bus, header: Bus) -> Iterator[Finding]:
        assert inlet.pressure is not None
        assert header.pressure is not None
        if header.pressure >= inlet.pressure:
            yield Finding(
                field,
                say("has no lower pressure than its source"),
                say("{pressure:g} bar", pressure=header.pressure),
                say("below {pressure:g} bar", pressure=inlet.pressure),
            )
        elif header.temperature is not None:
            after = expanded(of_header(inlet), header.pressure, float(self.efficiency.value))
            if after < steam(header.pressure, header.temperature).enthalpy - _SLACK:
                yield Finding(
                    field,
                    say("is hotter than the steam that the turbine gives"),
                    say("{temperature:g} degC", temperature=header.temperature),
                    say("a header without a temperature has saturated steam"),
                )
