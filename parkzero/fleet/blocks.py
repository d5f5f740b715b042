"""Blocks: which trips one vehicle drives on a day, with the fewest vehicles that can drive them all.

Two trips may follow one another in a vehicle where there is time to turn round and for the empty run between
them, straight or by way of the depot. The fewest vehicles are then the trips less the most such links of
which no two begin or end in the same trip (a largest matching); a vertex cover of the same size proves that
there are no more (König). Among all largest matchings the one with the fewest empty kilometres is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csgraph

from parkzero.fleet.timetable import DAY, Run, Timetable, clock
from parkzero.texts import NOTHING, Text, say

HOME = "home"
"""Where a vehicle sleeps that its driver takes home."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a fleet drives between its trips.

    Attributes:
        depot: place from which vehicles set out.
        turn_round: least time between two trips [min].
        wait: longest time that a vehicle waits away from the depot where it could go there [min].
        home: empty run from where it sleeps to its first trip, and back; None where it sleeps in the depot.
        plug: time that plugging in, or unplugging, takes [min].
        late: how much later than told a vehicle may arrive [min].
        early: how much sooner than told it may have to leave [min].
    """

    depot: str = "depot"
    turn_round: int = 0
    wait: int = 60
    home: Run | None = None
    plug: int = 0
    late: int = 0
    early: int = 0


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a block that is driven; ``trip`` is a place in the timetable, -1 for an empty run."""

    start: int
    end: int
    km: float
    trip: int = -1


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in which a vehicle stands at a place."""

    start: int
    end: int
    place: str


@dataclass(frozen=True, slots=True)
class Block:
    """What one vehicle does on a day, from leaving where it sleeps to coming back."""

    legs: tuple[Leg, ...]
    stays: tuple[Stay, ...]
    vehicle: str = ""

    @property
    def start(self) -> int:
        """When it sets out [min after midnight]."""
        return self.legs[0].start

    @property
    def end(self) -> int:
        """When it is back."""
        return self.legs[-1].end

    @property
    def km(self) -> float:
        """Length with empty runs [km]."""
        return sum(leg.km for leg in self.legs)

    @property
    def spells(self) -> tuple[tuple[float, int], ...]:
        """Kilometres and minutes on the road between its stays."""
        found, ends = [], [*(stay.start for stay in self.stays), self.end]
        for begin, end in zip([self.start, *ends], ends, strict=False):
            legs = [leg for leg in self.legs if begin <= leg.start and leg.end <= end]
            found.append((sum(leg.km for leg in legs), sum(leg.end - leg.start for leg in legs)))
        return tuple(found)

    @property
    def trips(self) -> tuple[int, ...]:
        """Its trips, as places in the timetable."""
        return tuple(leg.trip for leg in self.legs if leg.trip >= 0)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What of a timetable no vehicle can do."""

    what: Text
    got: str = ""
    needs: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of each pattern of days.

    Attributes:
        of: blocks of each pattern.
        wrong: what cannot be driven as told; no plan is made while there is any.
    """

    of: tuple[tuple[Block, ...], ...]
    wrong: tuple[Wrong, ...] = ()

    @property
    def vehicles(self) -> int:
        """Vehicles that the day with the most blocks needs."""
        return max((len(blocks) for blocks in self.of), default=0)


def blocks_of(table: Timetable, ways: Ways) -> Blocks:
    """The blocks of a timetable: as told where its trips name vehicles, else with the fewest vehicles."""
    wrong: dict[tuple[str, str], Wrong] = {}
    for trip in table.trips:
        for one, other in ((ways.depot, trip.origin), (trip.destination, ways.depot)):
            if ways.home is None and table.run(one, other) is None:
                note(
                    wrong,
                    say("has no empty run from {start} to {end}", start=one, end=other),
                    "",
                    say("its km and minutes"),
                )
    if wrong:
        return Blocks(((),) * len(table.patterns), tuple(wrong.values()))
    made = []
    for pattern in table.patterns:
        told = [i for i in pattern if table.trips[i].vehicle]
        chains = _as_told(table, told, ways, wrong)
        free = [i for i in pattern if not table.trips[i].vehicle]
        names = [table.trips[chain[0]].vehicle for chain in chains]
        chains += fewest(table, free, ways)
        names += [""] * (len(chains) - len(names))
        made.append(
            tuple(_block(table, chain, ways, name) for chain, name in zip(chains, names, strict=True))
        )
    return Blocks(tuple(made), tuple(wrong.values()))


def note(wrong: dict[tuple[str, str], Wrong], what: Text, got: str = "", needs: Text = NOTHING) -> None:
    """Note once what is wrong."""
    wrong.setdefault((str(what), got), Wrong(what, got, needs))


def link(table: Timetable, a: int, b: int, ways: Ways) -> Run | None:
    """The empty run with which one vehicle drives trip ``b`` after trip ``a``; None where it cannot."""
    one, other = table.trips[a], table.trips[b]
    gap = other.start - one.end
    straight = table.run(one.destination, other.origin)
    if straight is not None and straight.minutes + ways.turn_round <= gap:
        return straight
    return None


def _by_depot(table: Timetable, a: int, b: int, ways: Ways) -> tuple[Run, Run] | None:
    """Both empty runs of a way by the depot, where there is time for it."""
    one, other = table.trips[a], table.trips[b]
    there, back = table.run(one.destination, ways.depot), table.run(ways.depot, other.origin)
    if there is None or back is None:
        return None
    return (there, back) if there.minutes + back.minutes + ways.turn_round <= other.start - one.end else None


def fewest(table: Timetable, trips: Sequence[int], ways: Ways) -> list[list[int]]:
    """Chains of trips, as few as there can be."""
    count = len(trips)
    cost, big = np.zeros((count, count)), 1e6
    for i, a in enumerate(trips):
        for j, b in enumerate(trips):
            if i == j or table.trips[b].start < table.trips[a].end:
                continue
            run, via = link(table, a, b, ways), _by_depot(table, a, b, ways)
            if run is not None or via is not None:
                km = run.km if run is not None else via[0].km + via[1].km if via is not None else 0.0
                wait = table.trips[b].start - table.trips[a].end
                cost[i, j] = -big + km + 1e-6 * wait
    rows, cols = linear_sum_assignment(cost)
    after = {int(i): int(j) for i, j in zip(rows, cols, strict=True) if cost[i, j] < 0}
    begins = sorted(set(range(count)) - set(after.values()), key=lambda i: table.trips[trips[i]].start)
    chains = []
    for i in begins:
        chain = [i]
        while chain[-1] in after:
            chain.append(after[chain[-1]])
        chains.append([trips[k] for k in chain])
    return chains


def cover(table: Timetable, trips: Sequence[int], ways: Ways) -> int:
    """Size of a vertex cover of all links: no more trips than that can follow another, whatever is chosen.

    With the trips less the chains it is the proof that there are no fewer chains.
    """
    links = np.array(
        [[i != j and table.trips[b].start >= table.trips[a].end
          and (link(table, a, b, ways) is not None or _by_depot(table, a, b, ways) is not None)
          for j, b in enumerate(trips)] for i, a in enumerate(trips)], dtype=np.int8,
    ).reshape(len(trips), len(trips))  # fmt: skip
    match = csgraph.maximum_bipartite_matching(sparse.csr_array(links), perm_type="column")
    reached_left = {i for i in range(len(trips)) if match[i] < 0}
    reached_right: set[int] = set()
    back = {int(j): i for i, j in enumerate(match) if j >= 0}
    todo = list(reached_left)
    while todo:
        i = todo.pop()
        for j in np.flatnonzero(links[i]):
            if int(j) not in reached_right:
                reached_right.add(int(j))
                if int(j) in back and back[int(j)] not in reached_left:
                    reached_left.add(back[int(j)])
                    todo.append(back[int(j)])
    chosen_left = set(range(len(trips))) - reached_left
    assert all(
        i in chosen_left or int(j) in reached_right
        for i in range(len(trips))
        for j in np.flatnonzero(links[i])
    )
    return len(chosen_left) + len(reached_right)


def _as_told(
    table: Timetable, trips: Sequence[int], ways: Ways, wrong: dict[tuple[str, str], Wrong]
) -> list[list[int]]:
    """The trips of each vehicle in order, where the timetable names vehicles; what clashes is noted."""
    chains: dict[str, list[int]] = {}
    for i in sorted(trips, key=lambda i: (table.trips[i].start, table.trips[i].end)):
        chains.setdefault(table.trips[i].vehicle, []).append(i)
    for vehicle, chain in chains.items():
        for a, b in itertools.pairwise(chain):
            one, other = table.trips[a], table.trips[b]
            got = f"{one.id} {clock(one.start)}-{clock(one.end)}, {other.id} {clock(other.start)}"
            if other.start < one.end:
                note(wrong, say("has overlapping trips in the block of {vehicle}", vehicle=vehicle), got)
            elif link(table, a, b, ways) is None and _by_depot(table, a, b, ways) is None:
                what = say("has {vehicle} in two places", vehicle=vehicle)
                got = f"{one.destination} {clock(one.end)}, {other.origin} {clock(other.start)}"
                note(wrong, what, got, say("time to turn round, and a known empty run"))
    return list(chains.values())


def _block(table: Timetable, chain: Sequence[int], ways: Ways, vehicle: str) -> Block:
    """The legs and stays of a chain of trips."""
    first, last = table.trips[chain[0]], table.trips[chain[-1]]
    out = ways.home or table.run(ways.depot, first.origin)
    back = ways.home or table.run(last.destination, ways.depot)
    legs, stays = list[Leg](), list[Stay]()
    if out is not None and out.minutes:
        legs.append(Leg(first.start - out.minutes, first.start, out.km))
    for a, b in zip(chain, [*chain[1:], -1], strict=True):
        one = table.trips[a]
        legs.append(Leg(one.start, one.end, one.km, a))
        if b >= 0:
            more, stay = _between(table, a, b, ways)
            legs += more
            stays += stay
    if back is not None and back.minutes:
        legs.append(Leg(last.end, last.end + back.minutes, back.km))
    return Block(tuple(legs), tuple(stays), vehicle)


def _between(table: Timetable, a: int, b: int, ways: Ways) -> tuple[list[Leg], list[Stay]]:
    """What a vehicle does between two trips: it waits, or goes to the depot for a long wait."""
    one, other = table.trips[a], table.trips[b]
    run, via = link(table, a, b, ways), _by_depot(table, a, b, ways)
    if via is not None and (run is None or other.start - one.end - run.minutes > ways.wait):
        there, back = via
        arrive, leave = one.end + there.minutes, other.start - back.minutes
        legs = [Leg(one.end, arrive, there.km)] if there.minutes else []
        legs += [Leg(leave, other.start, back.km)] if back.minutes else []
        return legs, [Stay(arrive, leave, ways.depot)]
    if run is None:
        return [], []
    leave = other.start - run.minutes
    legs = [Leg(leave, other.start, run.km)] if run.minutes else []
    return legs, [Stay(one.end, leave, one.destination)]


def nights(per_day: Sequence[Block | None], ways: Ways) -> list[Stay]:
    """The stays where a vehicle sleeps, over the days of a calendar that closes to a circle.

    Args:
        per_day: its block on each day, None where it has none.
        ways: of the fleet.

    Returns:
        Stays in minutes of the calendar, the one across its end cut in two; a negative stay where a block
        begins before the one before it has ended.
    """
    place, length = HOME if ways.home else ways.depot, len(per_day) * DAY
    at = [(d * DAY + b.start, d * DAY + b.end) for d, b in enumerate(per_day) if b is not None]
    if not at:
        return [Stay(0, length, place)]
    found = [Stay(end, start, place) for (_, end), (start, _) in itertools.pairwise(at)]
    first, last = at[0][0], at[-1][1]
    if last > length:
        return [*found, Stay(last - length, first, place)]
    if first < 0:
        return [*found, Stay(last, length + first, place)]
    return [Stay(0, first, place), *found, Stay(last, length, place)]
