"""Duties: what each vehicle does over the whole calendar, and vehicles that are alike taken together.

A vehicle has the longest block of each day that is still free, so that long blocks are always driven by the
same vehicles. Vehicles whose blocks begin, end and measure alike make a group, which a model may decide about
as one: ``spread`` says how far the longest of them goes beyond their mean.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parkzero.fleet.blocks import Block, Blocks, Leg, Stay, Ways, Wrong, blocks_of, nights, note
from parkzero.fleet.timetable import DAY, Timetable
from parkzero.texts import say
from parkzero.units import FloatArray

ALIKE_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Alike:
    """When vehicles are planned as one: by how much their kilometres and their times may differ."""

    km: float = 0.15
    minutes: int = ALIKE_MINUTES


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Vehicles that are alike, as means of one vehicle over the steps of the calendar.

    Attributes:
        name: within its fleet.
        vehicles: places of its vehicles.
        km: driven in each step, empty runs included [km].
        hours: time on the road in each step [h].
        tonne_km, seat_km: load [t km] and passengers [km], as driven.
        plugged: by place, the share of each step in which all of its vehicles can be plugged in.
        ahead: steps in which one is driven before it is plugged in.
        after: steps in which one is driven after it was plugged in.
        spread: mean of its vehicles over the longest of them, in the spell in which they differ most.
        km_by: kilometres in the calendar by route and school [km], of all its vehicles together.
    """

    name: str
    vehicles: tuple[int, ...]
    km: FloatArray
    hours: FloatArray
    tonne_km: FloatArray
    seat_km: FloatArray
    plugged: dict[str, FloatArray]
    ahead: npt.NDArray[np.bool_]
    after: npt.NDArray[np.bool_]
    spread: float
    km_by: dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True, eq=False)
class Duty:
    """What the vehicles of a fleet do.

    Attributes:
        blocks: of each pattern of days.
        vehicles: for each vehicle its block on each pattern, None where it has none.
        groups: the vehicles that are alike.
        wrong: what no vehicle can do.
        patterns: pattern of each day of the calendar.
        ways: how the fleet drives.
    """

    table: Timetable
    ways: Ways
    blocks: Blocks
    vehicles: tuple[tuple[Block | None, ...], ...]
    groups: tuple[Group, ...]
    wrong: tuple[Wrong, ...]

    def days(self, vehicle: int) -> list[Block | None]:
        """The block of a vehicle on each day of the calendar."""
        return [self.vehicles[vehicle][p] for p in self.table.days]

    def legs(self, vehicle: int) -> list[Leg]:
        """All that a vehicle drives, in minutes of the calendar (the first may begin before it)."""
        found = []
        for day, block in enumerate(self.days(vehicle)):
            for leg in block.legs if block is not None else ():
                found.append(Leg(leg.start + day * DAY, leg.end + day * DAY, leg.km, leg.trip))
        return found

    def alone(self, vehicle: int) -> Group:
        """One vehicle as a group of its own."""
        return _group(self, str(vehicle), (vehicle,), self.table.minutes)

    def stays(self, vehicle: int, margins: bool = True) -> list[Stay]:
        """When a vehicle can be plugged in, and where, in minutes of the calendar.

        Args:
            vehicle: which.
            margins: whether it comes late, and must be ready early, by the margins of the fleet.
        """
        days, ways = self.days(vehicle), self.ways
        told = nights(days, ways)
        for day, block in enumerate(days):
            shift = day * DAY
            told += [Stay(s.start + shift, s.end + shift, s.place) for s in (block.stays if block else ())]
        late, early = (ways.late, ways.early) if margins else (0, 0)
        whole = not any(days)
        found = []
        for stay in sorted(told, key=lambda s: s.start):
            start = stay.start + (0 if whole or stay.start == 0 else ways.plug + late)
            end = stay.end - (0 if whole or stay.end == len(days) * DAY else ways.plug + early)
            if end > start:
                found.append(Stay(start, end, stay.place))
        return found


def duty_of(table: Timetable, ways: Ways, minutes: int, alike: Alike = Alike()) -> Duty:
    """The duties of a fleet on the steps of its calendar.

    Args:
        table: the timetable.
        ways: how it drives.
        minutes: length of a step [min].
        alike: when vehicles are planned as one.
    """
    blocks = blocks_of(table, ways)
    wrong = {(str(w.what), w.got): w for w in blocks.wrong}
    vehicles = _vehicles(blocks)
    duty = Duty(table, ways, blocks, vehicles, (), ())
    for v in range(len(vehicles)):
        for stay in nights(duty.days(v), ways):
            if stay.end < stay.start:
                what = say("has no night: a block begins before that of the day before has ended")
                names = {table.trips[i].route for block in vehicles[v] if block for i in block.trips}
                note(wrong, what, ", ".join(sorted(names))[:60])
    groups = () if wrong else tuple(
        _group(duty, f"g{i + 1}", members, minutes) for i, members in enumerate(_alike(vehicles, alike))
    )  # fmt: skip
    return Duty(table, ways, blocks, vehicles, groups, tuple(wrong.values()))


def _vehicles(blocks: Blocks) -> tuple[tuple[Block | None, ...], ...]:
    """The block of each vehicle on each pattern: a vehicle that is named its own, else by length."""
    named = sorted({b.vehicle for of in blocks.of for b in of if b.vehicle})
    free = [sorted((b for b in of if not b.vehicle), key=lambda b: (-b.km, b.start)) for of in blocks.of]
    more = max((len(of) for of in free), default=0)
    own = [tuple(next((b for b in of if b.vehicle == name), None) for of in blocks.of) for name in named]
    return (*own, *(tuple(of[i] if i < len(of) else None for of in free) for i in range(more)))


def _alike(vehicles: Sequence[tuple[Block | None, ...]], alike: Alike) -> list[tuple[int, ...]]:
    """Places of the vehicles of each group; each is alike the first of its group."""
    found: list[list[int]] = []
    for i in sorted(range(len(vehicles)), key=lambda i: _sort(vehicles[i])):
        for group in found:
            if _same(vehicles[group[0]], vehicles[i], alike):
                group.append(i)
                break
        else:
            found.append([i])
    return [tuple(sorted(group)) for group in found]


def _sort(vehicle: tuple[Block | None, ...]) -> tuple[float, ...]:
    return tuple(-b.km if b is not None else 0.0 for b in vehicle)


def _same(one: tuple[Block | None, ...], other: tuple[Block | None, ...], alike: Alike) -> bool:
    for a, b in zip(one, other, strict=True):
        if (a is None) != (b is None):
            return False
        if a is None or b is None:
            continue
        if len(a.stays) != len(b.stays):
            return False
        if any(abs(s - t) > alike.km * max(s, t) for (s, _), (t, _) in zip(a.spells, b.spells, strict=True)):
            return False
        times = [(a.start, b.start), (a.end, b.end)]
        times += [
            t for s, u in zip(a.stays, b.stays, strict=True) for t in ((s.start, u.start), (s.end, u.end))
        ]
        if any(abs(s - t) > alike.minutes for s, t in times):
            return False
        if any(s.place != u.place for s, u in zip(a.stays, b.stays, strict=True)):
            return False
    return True


def _group(duty: Duty, name: str, members: tuple[int, ...], minutes: int) -> Group:
    length = len(duty.table.days) * DAY
    sums = np.zeros((4, length))
    driven = np.zeros(length, bool)
    plugged: dict[str, npt.NDArray[np.bool_]] = {}
    by: dict[tuple[str, str], float] = defaultdict(float)
    for v in members:
        legs = duty.legs(v)
        road = spread(legs, [1 / 60] * len(legs), length)
        driven |= road > 0
        trips = [duty.table.trips[leg.trip] if leg.trip >= 0 else None for leg in legs]
        sums[0] += spread(legs, [leg.km / max(leg.end - leg.start, 1) for leg in legs], length)
        sums[1] += road
        for row, amounts in (
            (2, [t.load if t else 0.0 for t in trips]),
            (3, [t.passengers if t else 0.0 for t in trips]),
        ):
            if any(amounts):
                rates = [
                    a * leg.km / max(leg.end - leg.start, 1) for a, leg in zip(amounts, legs, strict=True)
                ]
                sums[row] += spread(legs, rates, length)
        for leg, trip in zip(legs, trips, strict=True):
            by[(trip.route, trip.school) if trip else ("", "")] += leg.km
        places: dict[str, npt.NDArray[np.bool_]] = {}
        for stay in duty.stays(v):
            here = places.setdefault(stay.place, np.zeros(length, bool))
            fill(here, stay.start, stay.end)
        plugged = {p: plugged[p] & here for p, here in places.items() if p in plugged} if plugged else places
    steps = [row.reshape(-1, minutes).sum(axis=1) / len(members) for row in sums]
    shares = {p: here.reshape(-1, minutes).mean(axis=1) for p, here in plugged.items()}
    ahead, after = _order(driven, np.any(list(plugged.values()), axis=0) if plugged else ~driven, minutes)
    patterns = range(len(duty.blocks.of))
    widest = _spread([[b for v in members if (b := duty.vehicles[v][p])] for p in patterns])
    path, hours, tonnes, seats = steps
    return Group(name, members, path, hours, tonnes, seats, shares, ahead, after, widest, dict(by))


def _spread(patterns: Sequence[Sequence[Block]]) -> float:
    """Mean over the longest, of kilometres or minutes, in the spell in which they differ most."""
    shares = [1.0]
    for blocks in patterns:
        for spells in zip(*(block.spells for block in blocks), strict=True):
            for amounts in zip(*spells, strict=True):
                if max(amounts) > 0:
                    shares.append(sum(amounts) / len(amounts) / max(amounts))
    return min(shares)


def spread(legs: Sequence[Leg] | Sequence[Stay], rates: Sequence[float], length: int) -> FloatArray:
    """What legs do in each minute of a calendar that closes to a circle, shape [length]."""
    change = np.zeros(length + 1)
    starts = np.array([leg.start for leg in legs], dtype=np.int64)
    ends = np.array([leg.end for leg in legs], dtype=np.int64)
    rate = np.asarray(rates, dtype=np.float64)
    found = np.zeros(length)
    for turn in (-length, 0, length):
        a, b = np.clip(starts + turn, 0, length), np.clip(ends + turn, 0, length)
        kept = b > a
        np.add.at(change, a[kept], rate[kept])
        np.add.at(change, b[kept], -rate[kept])
    found = np.cumsum(change)[:length]
    found[np.abs(found) < 1e-12] = 0.0
    return found


def fill(here: npt.NDArray[np.bool_], start: int, end: int) -> None:
    """Mark some minutes of a calendar that closes to a circle."""
    length = len(here)
    for turn in (-length, 0, length):
        here[max(start + turn, 0) : max(min(end + turn, length), 0)] = True


def _order(
    driven: npt.NDArray[np.bool_], plugged: npt.NDArray[np.bool_], minutes: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Steps in which something is driven before it is plugged in, and after."""
    drive, plug = driven.reshape(-1, minutes), plugged.reshape(-1, minutes)
    both = drive.any(axis=1) & plug.any(axis=1)
    first = (drive.argmax(axis=1), plug.argmax(axis=1))
    last = (minutes - 1 - drive[:, ::-1].argmax(axis=1), minutes - 1 - plug[:, ::-1].argmax(axis=1))
    return both & (first[0] < last[1]), both & (first[1] < last[0])


def lowest(use: FloatArray, gain: FloatArray, full: float) -> float:
    """Least that a pack holds which is charged whenever it can, over a calendar that closes to a circle.

    What a step uses is taken before what it gains, so that the order within the step does not matter.

    Args:
        use: taken in each step [MWh].
        gain: most that can be charged in each step [MWh].
        full: what the pack holds when it is full [MWh].

    Returns:
        Least stored energy [MWh]; minus infinity where it falls from turn to turn.
    """
    held, least = full, full
    for turn in range(3):
        begun, least = held, full
        for used, gained in zip(use.tolist(), gain.tolist(), strict=True):
            held -= used
            least = min(least, held)
            held = min(full, held + gained)
        if turn and held >= begun - 1e-12:
            return least
    return -math.inf
