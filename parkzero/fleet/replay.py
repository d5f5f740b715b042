"""Replay: every vehicle drives every trip of every day, by itself, with the chargers that there are.

It knows no model. It takes the vehicles one by one, the timetable by the minute and the chargers as things
that hold so many vehicles, and does what a depot would do with a plan: each vehicle is to get its part of
what the plan charges in a step, the most urgent first, and what it could not get in the step it gets after it
while it stands. What it finds:

    late        a vehicle may not leave in time, because it lacks energy for what it drives until it is
                plugged in again; told is by how many minutes, at its own power
    breach      a pack falls below its reserve on the road
    short       a step in which chargers could not give what was planned
    uncovered   a trip that nobody drives, or that two drive
    clash       a vehicle that would be in two places

Time goes in slots of five minutes, within which a vehicle drives before it charges. What is less than
``TOLERANCE`` is the solver's rounding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from parkzero.fleet.duty import Duty, spread
from parkzero.fleet.timetable import DAY
from parkzero.units import FloatArray

Flags = npt.NDArray[np.bool_]

SLOT = 5
"""Minutes of a slot."""
TOLERANCE = 5e-5
"""Energy of a pack that is rounding [MWh]."""
WARM_UP = 4
"""Days before the calendar that are driven first, so that it begins as it ends."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The battery of a vehicle.

    Attributes:
        full: energy when it is full, at the end of its life [MWh].
        reserve: what it must keep [MWh].
        power: largest charging power at the plug [MW].
        efficiency: from the plug into the pack.
        taper_from, taper_to: share of full from which it charges slower, and of the power when full.
    """

    full: float
    reserve: float
    power: float
    efficiency: float = 1.0
    taper_from: float = 1.0
    taper_to: float = 1.0

    def most(self, held: FloatArray) -> FloatArray:
        """Largest power at which it is charged at some levels [MW]."""
        if self.taper_from >= 1:
            return np.full(len(held), self.power)
        gone = np.clip((held / self.full - self.taper_from) / (1 - self.taper_from), 0, 1)
        found: FloatArray = self.power * (1 - (1 - self.taper_to) * gone)
        return found


@dataclass(frozen=True, slots=True)
class Plugs:
    """The chargers of one power at a place.

    Attributes:
        name: of the chargers.
        place: where they stand.
        number: how many there are.
        power: of each [MW].
        holds: vehicles that one can hold.
    """

    name: str
    place: str
    number: int
    power: float
    holds: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """Vehicles of one kind that do one duty.

    Attributes:
        name: of the kind and the duty.
        vehicles: places of the vehicles in the duty.
        pack: their battery.
        use: what each takes in each step while it drives [MW], shape [vehicles, steps].
        charge: what the plan charges them in each step at their plugs [MW], by charger.
        discharge: the same for what they give.
        begins: what they hold together before the first step [MWh].
    """

    name: str
    duty: Duty
    vehicles: tuple[int, ...]
    pack: Pack
    use: FloatArray
    charge: Mapping[str, FloatArray]
    discharge: Mapping[str, FloatArray] = field(default_factory=dict)
    begins: float = 0.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that went wrong.

    Attributes:
        kind: "late", "breach", "short", "uncovered", "clash".
        team: which vehicles, or the chargers.
        vehicle: place in the duty; -1 where it is no vehicle.
        minute: of the calendar.
        amount: minutes for "late", else energy [MWh] or a number of trips.
        energy: that was missing [MWh].
        share: for "short", the share that was given of what was planned.
    """

    kind: str
    team: str
    vehicle: int
    minute: int
    amount: float
    energy: float = 0.0
    share: float = 1.0


def coverage(duty: Duty, driving: Sequence[int]) -> tuple[int, list[Event]]:
    """How many trips are driven in the calendar, and those that nobody or two drive, or two places at once.

    Args:
        duty: the duties of a fleet.
        driving: places of the vehicles that drive.
    """
    events, table = list[Event](), duty.table
    driven: Counter[tuple[int, int]] = Counter()
    for v in driving:
        at = -DAY
        for day, block in enumerate(duty.days(v)):
            for leg in block.legs if block is not None else ():
                if day * DAY + leg.start < at:
                    events.append(Event("clash", "", v, day * DAY + leg.start, 1.0))
                at = day * DAY + leg.end
                if leg.trip >= 0:
                    driven[day, leg.trip] += 1
    wanted = {(day, trip) for day, p in enumerate(table.days) for trip in table.patterns[p]}
    for day, trip in sorted(wanted ^ set(driven) | {key for key, times in driven.items() if times > 1}):
        events.append(Event("uncovered", table.trips[trip].id, -1, day * DAY + table.trips[trip].start, 1.0))
    return len(wanted & set(driven)), events


@dataclass(slots=True)
class _State:
    """All vehicles side by side while time goes on."""

    held: FloatArray
    owed: FloatArray  # by vehicle and charger: planned for earlier steps, not yet given [MWh]


class Depot:
    """All battery vehicles and chargers that stand in each other's way, over one year's calendar."""

    def __init__(self, teams: Sequence[Team], plugs: Sequence[Plugs], minutes: int) -> None:
        self.teams, self.plugs, self.minutes = list(teams), list(plugs), minutes
        self.team = np.concatenate([np.full(len(t.vehicles), i) for i, t in enumerate(teams)]).astype(int)
        self.vehicle = np.concatenate([np.array(t.vehicles, dtype=int) for t in teams])
        self.days = len(teams[0].duty.table.days)
        self.slots = self.days * DAY // SLOT
        self.per_step = minutes // SLOT
        packs = [teams[i].pack for i in self.team]
        self.full = np.array([p.full for p in packs])
        self.reserve = np.array([p.reserve for p in packs])
        self.efficiency = np.array([p.efficiency for p in packs])
        self.fleet_power = np.array([p.power for p in packs])
        self.use = np.concatenate([self._slots(t) for t in teams]) if teams else np.zeros((0, 0))
        self.here = (
            np.stack([self._here(c.place) for c in self.plugs])
            if plugs
            else np.zeros((0, len(packs), self.slots))
        )
        self.needs, self.leaves = self._needs()

    def _slots(self, team: Team) -> FloatArray:
        """What each vehicle takes in each slot [MWh]: that of a step where its legs lie in the step."""
        length, found = self.days * DAY, []
        for row, v in enumerate(team.vehicles):
            legs = team.duty.legs(v)
            road = spread(legs, [1.0] * len(legs), length).reshape(-1, SLOT).sum(axis=1)
            per_step = road.reshape(-1, self.per_step).sum(axis=1)
            energy = team.use[row] * self.minutes / 60
            rate = np.divide(energy, per_step, out=np.zeros_like(energy), where=per_step > 0)
            found.append(road * np.repeat(rate, self.per_step))
        return np.array(found).reshape(len(team.vehicles), self.slots)

    def _here(self, place: str) -> FloatArray:
        """Share of each slot in which each vehicle is plugged in at a place, shape [vehicles, slots]."""
        found = []
        for i, v in zip(self.team, self.vehicle, strict=True):
            stays = [s for s in self.teams[i].duty.stays(int(v)) if s.place == place]
            minute = spread(stays, [1.0] * len(stays), self.days * DAY)
            found.append(minute.reshape(-1, SLOT).mean(axis=1))
        return np.array(found).reshape(len(self.team), self.slots)

    def _needs(self) -> tuple[FloatArray, Flags]:
        """In each slot what is driven until a vehicle is plugged in again [MWh], and whether it sets out."""
        plugged = (self.here > 0).any(axis=0) if len(self.here) else np.zeros(self.use.shape, bool)
        twice = np.concatenate([self.use, self.use], axis=1)  # the calendar is a circle
        rest = np.zeros((len(twice), 2 * self.slots + 1))
        rest[:, :-1] = np.cumsum(twice[:, ::-1], axis=1)[:, ::-1]
        place = np.where(
            np.concatenate([plugged, plugged], axis=1), np.arange(2 * self.slots), 2 * self.slots - 1
        )
        following = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1][:, : self.slots]
        needs = rest[:, : self.slots] - np.take_along_axis(rest, following + 1, axis=1)
        driven = self.use > 0
        return needs, driven & ~plugged & np.roll(plugged | ~driven, 1, axis=1)

    def drive(self) -> list[Event]:
        """Drive the calendar, after some days to warm up."""
        events: list[Event] = []
        starts = np.concatenate(
            [np.full(len(t.vehicles), t.begins / max(len(t.vehicles), 1)) for t in self.teams]
        )
        state = _State(np.minimum(starts, self.full), np.zeros((len(self.team), len(self.plugs))))
        steps = self.slots // self.per_step
        warm = min(WARM_UP * DAY // self.minutes, steps)
        for step in range(steps - warm, steps):
            self._step(state, step, [])
        for step in range(steps):
            self._step(state, step, events)
        return events

    def _step(self, state: _State, step: int, events: list[Event]) -> None:
        first, last = step * self.per_step, (step + 1) * self.per_step
        use = self.use[:, first:last]
        asked = self._asked(state, step, use.sum(axis=1))
        if not asked.any() and not state.owed.any():
            if use.any():
                for slot in range(self.per_step):
                    self._road(state, first + slot, use[:, slot], events)
            return
        state.owed += asked
        for slot in range(self.per_step):
            self._road(state, first + slot, use[:, slot], events)
            self._charge(state, first + slot, last)
        self._short(state, step, asked, events)

    def _asked(self, state: _State, step: int, used: FloatArray) -> FloatArray:
        """What each vehicle is to get in a step [MWh at the plug] by charger, by what its pack lacks."""
        asked = np.zeros((len(self.team), len(self.plugs)))
        for i, team in enumerate(self.teams):
            rows = np.flatnonzero(self.team == i)
            lacks = np.maximum(self.full[rows] - state.held[rows] + used[rows], 0.0)
            parts = lacks / lacks.sum() if lacks.sum() > 1e-12 else np.full(len(rows), 1 / max(len(rows), 1))
            for j, plugs in enumerate(self.plugs):
                planned = team.charge.get(plugs.name)
                given = team.discharge.get(plugs.name)
                if planned is not None and planned[step] > 1e-12:
                    asked[rows, j] += planned[step] * self.minutes / 60 * parts
                if given is not None and given[step] > 1e-12:
                    state.held[rows] -= given[step] * self.minutes / 60 * parts / self.efficiency[rows]
        return asked

    def _road(self, state: _State, slot: int, use: FloatArray, events: list[Event]) -> None:
        """Vehicles leave and drive; what one lacks when it leaves it waits for."""
        for row in np.flatnonzero(self.leaves[:, slot]):
            missing = self.needs[row, slot] + self.reserve[row] - state.held[row]
            if missing > TOLERANCE:
                late = missing / self.efficiency[row] / max(self.fleet_power[row], 1e-9) * 60
                team = self.teams[self.team[row]]
                events.append(
                    Event("late", team.name, int(self.vehicle[row]), slot * SLOT, float(late), float(missing))
                )
                state.held[row] += missing
        state.held -= use
        for row in np.flatnonzero((use > 0) & (state.held < self.reserve - TOLERANCE)):
            missing = float(self.reserve[row] - state.held[row])
            team = self.teams[self.team[row]]
            events.append(Event("breach", team.name, int(self.vehicle[row]), slot * SLOT, missing, missing))
            state.held[row] = self.reserve[row]

    def _charge(self, state: _State, slot: int, end: int) -> None:
        """One slot at the chargers: the most urgent first, no more vehicles and power than there can be."""
        hours = SLOT / 60
        busy = np.zeros(len(self.team))
        for j, plugs in enumerate(self.plugs):
            here = self.here[j, :, slot]
            rows = np.flatnonzero((state.owed[:, j] > 1e-12) & (here > 0))
            if not len(rows):
                continue
            most = np.minimum(self._most(state, rows), plugs.power)
            left = np.maximum(self.here[j, rows, slot:end].sum(axis=1), 1e-9) * hours * most
            order = rows[np.argsort(-state.owed[rows, j] / left, kind="stable")]
            power = dict(zip(rows.tolist(), most.tolist(), strict=True))
            room, time = plugs.number * plugs.power * hours, plugs.number * plugs.holds * 1.0
            for row in order.tolist():
                if room <= 1e-12 or time <= 1e-9:
                    break
                share = min(here[row] - busy[row], time)
                hold = (self.full[row] - state.held[row]) / self.efficiency[row]
                gives = min(power[row] * share * hours, state.owed[row, j], room, max(hold, 0.0))
                if gives <= 0:
                    continue
                taken = gives / (power[row] * hours)
                state.held[row] += gives * self.efficiency[row]
                state.owed[row, j] -= gives
                busy[row] += taken
                room -= gives
                time -= taken

    def _most(self, state: _State, rows: npt.NDArray[np.intp]) -> FloatArray:
        found = np.zeros(len(rows))
        for i in np.unique(self.team[rows]):
            of = self.team[rows] == i
            found[of] = self.teams[i].pack.most(state.held[rows][of])
        return found

    def _short(self, state: _State, step: int, asked: FloatArray, events: list[Event]) -> None:
        """What the chargers could not give; it is given later while a vehicle stands, else it is gone."""
        full = (self.full - state.held) <= TOLERANCE
        state.owed[full] = 0.0
        state.owed[state.owed < TOLERANCE] = 0.0
        for j, plugs in enumerate(self.plugs):
            short, total = float(state.owed[:, j].sum()), float(asked[:, j].sum())
            if short > TOLERANCE and total > TOLERANCE:
                share = max(0.0, 1 - short / total)
                events.append(Event("short", plugs.name, -1, step * self.minutes, short, short, share))
            nxt = (step + 1) * self.per_step % self.slots
            state.owed[self.here[j, :, nxt] <= 0, j] = 0.0
