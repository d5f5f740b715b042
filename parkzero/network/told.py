"""A network told whole: checked, with its room and its connections, and the rounds that led there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from parkzero.network.check import Checked, check
from parkzero.network.grid import Grid
from parkzero.network.hosting import FLEXIBLE, Room, congested, rooms
from parkzero.network.interconnection import Connection, connections, first_full
from parkzero.network.tighten import Round
from parkzero.results.results import Results


@dataclass(frozen=True, slots=True)
class Tried:
    """A round as figures: cost of its plan [money], limits broken, limits tightened before it."""

    objective: float
    breaches: int
    limits: int


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """All that is told of a network.

    Attributes:
        name: of the run's study.
        currency: of its money.
        checked: every hour under alternating current.
        rooms: of every node and year.
        congested: first year in which a node has no firm room for a load; None where it always has.
        connections: of every branch and year.
        rounds: plans that were made until it held; empty where a run was only checked.
        flexible: share of the hours in which what is flexible stands back.
    """

    name: str
    currency: str
    checked: Checked
    rooms: Sequence[Room]
    congested: Mapping[str, int | None]
    connections: Sequence[Connection]
    rounds: Sequence[Tried]
    flexible: float = FLEXIBLE

    @property
    def order(self) -> list[str]:
        """Buses, the root first."""
        return list(self.checked.grid.nodes)

    @property
    def at_root(self) -> set[str]:
        """Branches that begin at the root."""
        return {b.name for b in self.checked.grid.branches if b.start == self.checked.grid.root}


def networks(
    results: Results, allowed: Mapping[str, float] | None = None, rounds: Sequence[Round] = ()
) -> list[Network]:
    """All networks of a run, checked and told.

    Args:
        results: the run.
        allowed: the study's own limits, where the run was planned within tighter ones.
        rounds: plans that led to it.

    Raises:
        StudyError: when the run has no network, or power-grid-model is not installed.
    """
    made = rounds[-1].checked if rounds else check(results, allowed)
    return [_told(results, checked, rounds) for checked in made]


def _told(results: Results, checked: Checked, rounds: Sequence[Round]) -> Network:
    row = results.years.row(0, named=True)
    found = rooms(checked, float(row["hours"] * row["scale"]))
    tried = [Tried(r.plan.objective, r.breaches, len(r.limits)) for r in rounds]
    return Network(
        str(results.study["name"]), str(results.study["currency"]), checked, found, congested(found),
        connections(results, checked, found), tried,
    )  # fmt: skip


def plain(n: Network) -> dict[str, Any]:
    """A network as JSON."""
    first = first_full(n.connections)
    return {
        "network": n.checked.grid.name,
        "flows": n.checked.checked,
        "breaches": [asdict(b) for b in n.checked.breaches],
        "largest_voltage_error": n.checked.error,
        "at": dict(zip(("node", "year", "start"), n.checked.error_at, strict=True)),
        "losses_mwh": {str(y): {"planned": a, "flowed": b} for y, (a, b) in n.checked.losses.items()},
        "rounds": [asdict(r) for r in n.rounds],
        "connections": [_known(asdict(c)) | {"first_full": first[c.branch]} for c in n.connections],
        "room": [_known(asdict(r)) | {"first_congested": n.congested[r.bus]} for r in n.rooms],
        "limits": _limits(n.checked.grid),
    }


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """A row with nothing for what is no number, which JSON has no word for."""
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}


def _limits(grid: Grid) -> dict[str, float]:
    """The limits that count: of branches by name, of nodes by bus.low and bus.high."""
    nodes = {f"{n.bus}.{k}": v for n in grid.nodes.values() for k, v in (("low", n.low), ("high", n.high))}
    return {b.name: b.loading for b in grid.branches} | nodes
