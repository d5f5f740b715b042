"""Battery vehicles: whole numbers of them, charged while they stand where there are chargers.

Symbols:
    N           standing vehicles, in whole numbers
    n           vehicles that do a duty, v those of today that were sold
    E           what a pack holds at its end of life, of what is usable [MWh], R what is kept in reserve
    r           mean of the duty's vehicles over the longest of them
    s           energy in the packs of a duty at the end of the step [MWh]
    e           what one vehicle takes while it drives [MW], with air conditioning by temperature
    c, d        charging and discharging at the plug [MW], each by charger
    w           share of the step in which the vehicles are plugged in
    p           lower of the power of the charger and of the vehicle [MW]

Rules:
    enough      sum of n + v <= N
    sold        v of a year >= v of the one before, and none is sold that has retired   (only with a resale)
    balance     s[t] = s[t-1] + h (eta c[t] - d[t] / eta - e[t] n)
    full        s[t] <= E n
    reserve     s[t] >= (E - r (E - R)) n
    ahead       s[t-1] >= (E - r (E - R)) n + h e[t] n      (where it drives before it is plugged in)
    after       s[t] + h e[t] n <= E n                      (where it drives after it was plugged in)
    charging    c[t] + d[t] <= w[t] p r n           (for each charger; q p in the hour in which it leaves)
    plugged     sum of (c[t] + d[t]) / p <= w[t] r n    (only where several chargers stand at a place)
    taper       sum of c[t] + p k s[t] / E <= p (q r + k) n, k = (1 - q) / (1 - f)      (only with a taper)

With a taper the power falls from a share ``f`` of full to its share ``q`` when full. A duty is planned as
one: its packs lack energy in proportion to what each has driven, so that the longest of them keeps its
reserve where ``r`` says so. What an order within the step could break is taken from the safe side;
``parkzero.fleet.replay`` drives every vehicle by the minute and lists what still breaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from parkzero.components.mobility import NOX, PM25, PRICES, Vehicle, shape
from parkzero.fleet.duty import Group, lowest
from parkzero.fleet.replay import Pack
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.lp.expr import Each, Expr, add_all
from parkzero.texts import Text, say
from parkzero.units import CELSIUS, MONEY, MW, MWH, ONE, PIECE, FloatArray, M, Quantity, T

_NONE = Quantity(0.0, MW / CELSIUS)
_PER_KELVIN = (0.0, 2e-3)  # a coach in the sun takes some tenths of a kilowatt for each degree
BUS = "fleet.vn.bus12m_ev"


@component(
    "battery_vehicle", vi="xe điện", en="battery vehicles", group="demand", colour="#44aa77", traits="plugs",
    usual={
        "vehicles.capex": (PRICES, 8.0), "pack": (f"{BUS}.battery fleet.esb.typeA.battery", 4.0),
        "use": (f"{BUS}.use fleet.vn.car_ev.use fleet.vn.port_tractor_ev.use", 1.5),
        "power_max": ("fleet.vn.charger_depot_power", 10.0), "nox": (NOX, 4.0), "pm25": (PM25, 30.0),
    },
    words={
        "enough": ("không dùng quá số xe hiện có", "drives with the vehicles that there are"),
        "sold": ("xe đã bán thì không còn", "has no vehicle that was sold"),
        "full": ("không sạc quá dung lượng pin", "charges no more than its packs hold"),
        "reserve": ("giữ mức pin dự trữ", "keeps its reserve"),
        "ahead": ("đủ pin trước khi chạy", "has what it needs before it drives"),
        "after": ("không sạc trước quá dung lượng", "charges no more ahead than its packs hold"),
        "charging": ("chỉ sạc khi cắm điện", "charges while it is plugged in"),
        "plugged": ("mỗi xe chỉ cắm một trụ", "is plugged into one charger at a time"),
        "taper": ("sạc chậm dần khi gần đầy", "charges slower when nearly full"),
        "balance": ("năng lượng trong pin", "what its packs hold"),
        "charge": ("sạc", "charging"), "discharge": ("phát lên lưới", "discharging"),
        "stored": ("năng lượng trong pin", "energy in its packs"),
    },
)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class BatteryVehicle(Vehicle):
    """Vehicles with a battery."""

    pack: Quantity = f.quantity(MWH, "energy of a new pack", above=0)
    usable: Quantity = f.quantity(
        ONE, "share of it that may be used", most=1, above=0, usual=(0.7, 1.0), default=Quantity(1.0)
    )
    end_of_life: Quantity = f.quantity(
        ONE, "share of a new pack that is left when it is replaced", most=1, above=0, usual=(0.6, 0.9)
    )
    reserve: Quantity = f.quantity(
        ONE, "share of the usable energy that is never driven", most=0.9, default=Quantity(0.0)
    )
    use: Quantity = f.quantity(MWH / M, "electricity per distance, from the pack", above=0)
    load_use: Quantity = f.quantity(
        MWH / M / T, "more per distance for each tonne of load", default=Quantity(0.0, MWH / M / T)
    )
    seat_use: Quantity = f.quantity(
        MWH / M, "more per distance for each passenger", default=Quantity(0.0, MWH / M)
    )
    cooling: Quantity = f.quantity(
        MW / CELSIUS, "air conditioning per degree above cool_from", usual=_PER_KELVIN, default=_NONE
    )
    cool_from: Quantity = f.quantity(
        CELSIUS, "temperature above which it is cooled", default=Quantity(24.0, CELSIUS)
    )
    heating: Quantity = f.quantity(
        MW / CELSIUS, "heating per degree below heat_from", usual=_PER_KELVIN, default=_NONE
    )
    heat_from: Quantity = f.quantity(
        CELSIUS, "temperature below which it is heated", default=Quantity(15.0, CELSIUS)
    )
    power_max: Quantity = f.quantity(MW, "largest power at which a pack is charged", above=0)
    efficiency: Quantity = f.efficiency(
        "from the plug into the pack", usual=(0.8, 1.0), default=Quantity(1.0)
    )
    taper_from: Quantity = f.quantity(
        ONE, "share of full from which it charges slower", most=1, default=Quantity(1.0)
    )
    taper_to: Quantity = f.quantity(
        ONE, "share of the power that is left when it is full", most=1, above=0, default=Quantity(0.1)
    )
    v2g: bool = f.flag("whether it may discharge into its chargers", default=False)
    discharge_cost: f.ByYear = f.by_year(
        MONEY / MWH, "wear per energy discharged at the plug", default=f.constant(0.0, MONEY / MWH)
    )
    start_level: Quantity | None = f.start_level()
    end_level: Quantity | None = f.end_level()
    tighter: Mapping[str, float] = field(default_factory=dict)

    @property
    def full(self) -> float:
        """What a pack holds at its end of life, of what is usable [MWh]."""
        return float(self.pack.value) * float(self.usable.value) * float(self.end_of_life.value)

    @property
    def slowest(self) -> float:
        """Share of its power that is left when it is full."""
        return float(self.taper_to.value) if float(self.taper_from.value) < 1 else 1.0

    def floor(self, group: Group) -> float:
        """What the mean vehicle of a duty must keep so that the longest keeps its reserve [MWh]."""
        free = self.full * (1 - float(self.reserve.value)) - self.tighter.get(group.name, 0.0)
        return self.full - group.spread * max(free, 0.0)

    def battery(self) -> Pack:
        """Its battery, for a replay."""
        return Pack(
            self.full, self.full * float(self.reserve.value), float(self.power_max.value),
            float(self.efficiency.value), float(self.taper_from.value), float(self.taper_to.value),
        )  # fmt: skip

    def driving(self, site: Site, group: Group) -> FloatArray:
        """What one vehicle takes while it drives, in each real step [MW]."""
        hours = 24.0 * len(self.duty(site).table.days) / len(group.km)
        margin = 1 + float(self.use_margin.value)
        return (
            self.drawn(group, (self.use, self.load_use, self.seat_use), hours)
            + self.comfort(site) * group.hours / hours * margin
        )

    def comfort(self, site: Site) -> FloatArray | float:
        """Power of air conditioning and heating in each real step [MW]."""
        profile = getattr(site.assets[self.fleet], "temperature", None)
        if profile is None:
            return 0.0
        air = np.asarray(profile.values, dtype=np.float64)
        hot = np.maximum(air - float(self.cool_from.value), 0.0) * float(self.cooling.value)
        cold = np.maximum(float(self.heat_from.value) - air, 0.0) * float(self.heating.value)
        found: FloatArray = hot + cold
        return found

    def chargers(self, site: Site, group: Group) -> list[tuple[Any, FloatArray]]:
        """Chargers where a duty's vehicles stand, with the share of each step in which they can be used."""
        found = [a for a in site.assets.values() if "charges" in a.traits]
        return [(a, group.plugged[a.place]) for a in found if a.place in group.plugged]  # type: ignore[attr-defined]  # the trait says so

    def places(self, site: Site, place: str) -> list[tuple[str, FloatArray]]:
        """Duties of this kind whose vehicles stand at a place, for its chargers."""
        return [
            (g.name, g.plugged[place])
            for g in self.duty(site).groups
            if place in g.plugged and self.unable(site, g) is None
        ]

    def build(self, lp: Block) -> None:
        """Say who drives, and how they are charged."""
        site = lp.context.site
        able = self.drives(lp)
        for group in self.duty(site).groups:
            if group.name in able:
                self._charged(lp, group, able[group.name])

    def _charged(self, lp: Block, group: Group, count: Expr) -> None:
        """The packs of a duty, charged where they stand."""
        site, each = lp.context.site, MWH / PIECE
        full = count * Quantity(self.full, each)
        floor = count * Quantity(self.floor(group), each)
        used = shape(self.driving(site, group), lp, MW / PIECE).times(count)
        chargers = self.chargers(site, group)
        turn = lp.turn(full, self.start_level, self.end_level, "")
        stored = lp.level(f"{group.name}.stored", turn=turn)
        flows = [(lp.flow(f"{group.name}.{c.name}.charge"), c, plugged) for c, plugged in chargers]
        back = [lp.flow(f"{group.name}.{c.name}.discharge") if self.v2g else None for c, _ in chargers]
        steps = lp.context.timeline.steps
        charge = add_all([c for c, _, _ in flows], steps, MW, Each.STEP)
        discharge = add_all([d for d in back if d is not None], steps, MW, Each.STEP)
        gained = charge * self.efficiency - discharge / self.efficiency - used
        lp.rule(f"{group.name}.balance", stored.end == stored.before + gained * lp.step)
        lp.rule(f"{group.name}.full", stored.everywhere <= full)
        lp.rule(f"{group.name}.reserve", stored.everywhere >= floor)
        if group.ahead.any():
            first = shape(self.driving(site, group) * group.ahead, lp, MW / PIECE).times(count)
            lp.rule(f"{group.name}.ahead", stored.before >= first * lp.step + floor)
        if group.after.any():
            last = shape(self.driving(site, group) * group.after, lp, MW / PIECE).times(count)
            lp.rule(f"{group.name}.after", stored.end + last * lp.step <= full)
        at: dict[str, list[Expr]] = {}
        for (flow, charger, plugged), gives in zip(flows, back, strict=True):
            both = flow if gives is None else flow + gives
            most = min(float(charger.power.value), float(self.power_max.value))
            # About to leave it is nearly full: what a taper leaves then is all that is sure.
            left = np.where(group.after, self.slowest, 1.0)
            room = shape(plugged * most * group.spread * left, lp, MW / PIECE).times(count)
            lp.rule(f"{group.name}.{charger.name}.charging", both <= room)
            at.setdefault(charger.place, []).append(both / Quantity(most, MW / PIECE))
        for place, parts in at.items():
            if len(parts) > 1:
                there = shape(group.plugged[place] * group.spread, lp).times(count)
                lp.rule(f"{group.name}.{place}.plugged", add_all(parts, steps, PIECE, Each.STEP) <= there)
        if float(self.taper_from.value) < 1 and flows:
            self._taper(lp, group, charge, stored.end, count)
        if self.v2g and max(self.discharge_cost.values) > 0:
            lp.book(Account.VARIABLE_OM, discharge * lp.at(self.discharge_cost))

    def _taper(self, lp: Block, group: Group, charge: Expr, stored: Expr, count: Expr) -> None:
        start, left = float(self.taper_from.value), float(self.taper_to.value)
        most = float(self.power_max.value)
        fall = (1 - left) / (1 - start)
        # What one pack lacks is at most 1 / (n r) of what all lack: so much of the rest is sure to be left.
        room = count * Quantity(most * (left * group.spread + fall), MW / PIECE)
        lp.rule(f"{group.name}.taper", charge + stored * Quantity(most * fall / self.full, MW / MWH) <= room)

    def unable(self, site: Site, group: Group) -> Text | None:
        """A pack that does not last, however it is charged; worked out once."""
        kept: dict[str, Text | None] = self.__dict__.setdefault("_unable", {})
        if group.name not in kept:
            kept[group.name] = self._lasts(site, group)
        return kept[group.name]

    def _lasts(self, site: Site, group: Group) -> Text | None:
        hours = 24.0 * len(self.duty(site).table.days) / len(group.km)
        chargers = self.chargers(site, group)
        use = self.driving(site, group) * hours / group.spread
        if not chargers or not any(plugged.any() for _, plugged in chargers):
            if not use.any():
                return None
            return say("it has no time, or no place, to charge")
        gain = np.zeros(len(use))
        places: dict[str, float] = {}
        for charger, _ in chargers:
            most = min(float(charger.power.value), float(self.power_max.value))
            places[charger.place] = max(places.get(charger.place, 0.0), most)
        for place, most in places.items():
            gain = gain + group.plugged[place] * most * hours * float(self.efficiency.value)
        least = lowest(use, gain, self.full)
        needed = self.full * float(self.reserve.value)
        if least >= needed - 1e-9:
            return None
        if least == -np.inf:
            return say("it drives more than it can charge")
        have, lack = self.full * 1000 - needed * 1000, (self.full - least) * 1000
        return say(
            "at the end of its life its pack gives {have:.4g} kWh, the duty takes {lack:.4g} kWh",
            have=have,
            lack=lack,
        )

    def check(self, site: Site) -> Iterator[Finding]:
        """What it cannot drive is told."""
        yield from super().check(site)
        if float(self.taper_from.value) < 1 and float(self.taper_to.value) >= 1:
            yield Finding("taper_to", say("does not fall"), str(self.taper_to), say("less than 100 %"))
