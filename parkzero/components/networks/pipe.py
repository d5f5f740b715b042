"""Pipe: steam, hot or chilled water, water, gas or carbon dioxide, by length and diameter.

Symbols:
    L           length that is laid [m]
    C           what one pipe carries at its largest velocity [MW, t/h, m3/h]
    q, a        what is sent, and what arrives
    w           heat lost by a metre [MW/m]
    u           what is missing to keep it warm, zero in every valid plan

Rules:
    capacity    q[t] <= C L / length
    arrives     a[t] + w L = (1 - leak) q[t] + u[t]

A pipe is laid whole or not at all. Each diameter of a table of standard diameters is a pipe of its own, with
its price for a metre; of several candidates between the same buses the plan chooses. Where C is not given it
is that of the diameter: area times velocity times density, and for heat times what a tonne gives up on the
way to the return. A warm pipe loses w = heat_loss |temperature - ground| in every step, whatever flows.

Source: Darcy-Weisbach, dp = friction length / diameter * density velocity^2 / 2, for the pressure at its end.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.language import fields as f
from parkzero.language import steam
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import Component, component
from parkzero.language.site import Bus, Finding, Site
from parkzero.texts import say
from parkzero.units import CELSIUS, M3, MW, ONE, H, M, Quantity, T

WARM = ("heat", "steam", "cooling")
WATERS = ("raw_water", "clean_water", "pure_water", "reused_water", "wastewater")
CARRIERS = " ".join((*WARM, *WATERS, "co2", "hydrogen", "compressed_air", "fuel"))


@component(
    "pipe", vi="đường ống", en="pipe", group="network", colour="#661100",
    words={
        "sent": ("lượng đưa vào ống", "what is sent"),
        "arrived": ("lượng đến nơi", "what arrives"),
        "arrives": ("đến nơi bằng lượng đưa vào trừ tổn thất", "what arrives is what is sent less losses"),
        "capacity": ("không vượt khả năng tải của ống đã đặt", "carries no more than the pipe that is laid"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Pipe(Component):
    """A pipe of one diameter from one bus to another."""

    source: str = f.bus(CARRIERS, "bus at its beginning", takes=True)
    to: str = f.bus(CARRIERS, "bus of the same carrier at its end", gives=True)
    length: Quantity = f.quantity(M, "length of the pipe", above=0, usual=(2.0, 30_000.0))
    laid: f.Size = f.size(M, "length laid: one pipe is its whole length")
    capacity: Quantity | None = f.quantity(
        MW, "what one pipe carries; else from diameter and velocity", above=0, of="source", default=None
    )
    diameter: Quantity | None = f.quantity(
        M, "inner diameter", above=0, most=5, usual=(0.008, 2.0), default=None
    )
    velocity: Quantity | None = f.quantity(M / H, "largest velocity", above=0, default=None)
    density: Quantity | None = f.quantity(
        T / M3, "density of a gas or of carbon dioxide in it", above=0, default=None
    )
    return_temperature: Quantity | None = f.quantity(
        CELSIUS, "temperature at which water or condensate comes back", default=None
    )
    heat_loss: Quantity = f.quantity(
        MW / M / CELSIUS, "heat lost by a metre for each degree above (or below) the ground",
        default=Quantity(0.0, MW / M / CELSIUS),
    )  # fmt: skip
    ground: Quantity | None = f.quantity(
        CELSIUS, "temperature around the pipe", least=-60, most=80, default=None
    )
    leak: Quantity = f.quantity(ONE, "share of what is sent that is lost", most=0.5, default=Quantity(0.0))
    friction: Quantity | None = f.quantity(
        ONE, "Darcy's friction factor, for the pressure at its end", above=0, most=0.2, default=None
    )
    electricity: str = f.bus("electricity", "bus from which it is pumped", takes=True, default="")
    pumping: Quantity = f.quantity(
        ONE, "electricity for what is sent", of="source", per=True, default=Quantity(0.0)
    )

    def build(self, lp: Block) -> None:
        """Say the pipe's size, flows, rules and injections."""
        laid, flow = lp.size("laid", self._whole(), M), lp.rate(self.source)
        sent, arrived = lp.flow("sent", flow), lp.flow("arrived", flow)
        carries = Quantity(self.carries(lp.bus(self.source)) / float(self.length.value), flow / M)
        lost = Quantity(self.lost(lp.bus(self.source)), flow / M)
        lp.rule("capacity", sent <= laid * carries)
        if float(lost.value) > 0:
            missing = lp.unserved(self.to)
            lp.rule("arrives", arrived + laid * lost == sent * (1.0 - self.leak) + missing)
        else:
            lp.rule("arrives", arrived == sent * (1.0 - self.leak))
        lp.inject(self.source, -sent)
        lp.inject(self.to, arrived)
        if self.electricity:
            pumped = sent * self.pumping
            lp.inject(self.electricity, -pumped)
            lp.book(Account.CONSUMED, pumped, bus=self.electricity)

    def _whole(self) -> f.Size:
        """The size in whole pipes; one of them, unless it says more."""
        kept = 0.0 if self.laid.existing is None else float(self.laid.existing.value)
        most = self.laid.max or Quantity(max(kept, float(self.length.value)), M)
        return dataclasses.replace(self.laid, unit=self.length, max=most)

    def carries(self, bus: Bus) -> float:
        """What one pipe carries, in the unit of the carrier."""
        if self.capacity is not None:
            return float(self.capacity.value)
        volume = _value(self.velocity) * math.pi / 4 * _value(self.diameter) ** 2
        if bus.carrier in WATERS:
            return volume
        if bus.carrier not in WARM:
            return volume * _value(self.density)
        back = _value(self.return_temperature)
        if bus.carrier == "steam":
            tonnes, begins = volume * self._density(bus), steam.of_header(bus).enthalpy
        else:
            tonnes, begins = volume * self._density(bus), steam.water(bus.temperature or 0.0)
        return tonnes * abs(begins - steam.water(back)) / 3600

    def _density(self, bus: Bus) -> float:
        """Density of what flows [t/m3]."""
        if self.density is not None:
            return float(self.density.value)
        if bus.carrier == "steam" and bus.pressure is not None:
            return steam.density(bus.pressure, bus.temperature)
        return steam.water_density(bus.temperature if bus.temperature is not None else 20.0)

    def lost(self, bus: Bus) -> float:
        """Heat lost by a metre [MW/m]."""
        if self.ground is None or bus.carrier not in WARM:
            return 0.0
        return float(self.heat_loss.value) * abs(self._degrees(bus) - float(self.ground.value))

    @staticmethod
    def _degrees(bus: Bus) -> float:
        if bus.temperature is None and bus.pressure is not None:
            return steam.boiling(bus.pressure)
        return bus.temperature or 0.0

    def pressure_drop(self, bus: Bus) -> float | None:
        """What it takes off the pressure at its largest velocity [bar]; None where that is not known."""
        if self.friction is None or self.velocity is None or self.diameter is None:
            return None
        if bus.carrier in ("co2", "hydrogen", "compressed_air", "fuel") and self.density is None:
            return None
        speed, kilograms = float(self.velocity.value) / 3600, 1e3 * self._density(bus)
        slim = float(self.length.value) / float(self.diameter.value)
        return float(self.friction.value) * slim * kilograms * speed**2 / 2 / 1e5

    def check(self, site: Site) -> Iterator[Finding]:
        """It carries one carrier, no warmer at its end than at its beginning, and says how much."""
        begin, end = site.buses.get(self.source), site.buses.get(self.to)
        if begin is None or end is None:
            return
        if self.source == self.to:
            yield Finding("to", say("is the bus at which it begins"), self.to, say("another bus"))
        if begin.carrier != end.carrier:
            yield Finding("to", say("is a bus of {carrier}", carrier=end.carrier), self.to,
                          say("a bus of {carrier}", carrier=begin.carrier))  # fmt: skip
            return
        yield from self._states(begin, end)
        yield from self._measures(begin)
        if self.laid.unit is not None:
            yield Finding("laid.unit", say("is the pipe's length anyway"), needs=say("length alone"))
        if bool(self.electricity) != (float(self.pumping.value) > 0):
            missing = "pumping" if self.electricity else "electricity"
            yield Finding(missing, say("is missing"), needs=say("electricity and pumping together"))

    def _states(self, begin: Bus, end: Bus) -> Iterator[Finding]:
        if begin.temperature is not None and end.temperature is not None:
            colder = begin.carrier == "cooling"
            apart = (begin.temperature - end.temperature) if colder else (end.temperature - begin.temperature)
            if apart > 0:
                what = say("is a pipe colder than its source") if colder else say(
                    "is a pipe hotter than its source"
                )  # fmt: skip
                needs = say("at least {least:g} degC", least=begin.temperature) if colder else say(
                    "at most {hottest:g} degC", hottest=begin.temperature
                )  # fmt: skip
                yield Finding("to", what, say("{temperature:g} degC", temperature=end.temperature), needs)
        if begin.pressure is not None and end.pressure is not None:
            drop = self.pressure_drop(begin) or 0.0
            if end.pressure > begin.pressure - drop + 1e-9:
                what = say("has a higher pressure than arrives")
                needs = say("at most {pressure:g} bar", pressure=round(begin.pressure - drop, 3))
                yield Finding("to", what, say("{pressure:g} bar", pressure=end.pressure), needs)

    def _measures(self, begin: Bus) -> Iterator[Finding]:
        if float(self.heat_loss.value) > 0 and self.ground is None:
            yield Finding(
                "ground", say("is missing beside heat_loss"), needs=say("the temperature around it")
            )
        if float(self.heat_loss.value) > 0 and begin.carrier not in WARM:
            yield Finding("heat_loss", say("is given for what carries no heat"), begin.carrier)
        if self.capacity is not None:
            return
        needed = ["diameter", "velocity"]
        if begin.carrier in WARM:
            needed.append("return_temperature")
        elif begin.carrier in ("fuel", "compressed_air"):
            needed = ["capacity"]
        elif begin.carrier not in WATERS:
            needed.append("density")
        for name in needed:
            if getattr(self, name) is None:
                yield Finding(
                    name, say("is missing: it tells what the pipe carries"), needs=say("it, or capacity")
                )


def _value(quantity: Quantity | None) -> float:
    return 0.0 if quantity is None else float(quantity.value)
