"""Fleets of a plan: a replay of every trip of every day, and what its tables say.

What the replay finds becomes a tighter limit of the study that is planned again: a larger reserve of the
vehicles that were late or fell below theirs, a smaller share of a step for chargers that could not give what
was planned.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

from parkzero.fleet.duty import Duty, Group
from parkzero.fleet.replay import Depot, Event, Team, coverage
from parkzero.fleet.timetable import DAY
from parkzero.language.component import CHARGES, DRIVES, Component
from parkzero.language.site import Site
from parkzero.planning.plan import Operated, Plan
from parkzero.results import frames
from parkzero.results.prices import prices_of
from parkzero.study.study import Study
from parkzero.texts import Text, say
from parkzero.units import FloatArray

PLUGS: Final = "plugs"
"""Trait of vehicles that are charged at a plug."""
ROUNDS: Final = 6
"""Times that a plan is made anew at most before what a replay still finds is told as it is."""
_FOUND: Final = {"late": ("late",), "breaches": ("breach",), "uncovered": ("uncovered", "clash")}
_MORE: Final = 1.05
_LEAST: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Driven:
    """What one fleet did in one year of a replay.

    Attributes:
        year, fleet: which.
        vehicles: that drive.
        trips: driven in the calendar.
        km: driven, empty runs included.
        events: what went wrong.
    """

    year: int
    fleet: str
    vehicles: int
    trips: int
    km: float
    events: tuple[Event, ...] = ()

    def count(self, *kinds: str) -> int:
        """How often something of some kinds went wrong."""
        return sum(e.kind in kinds for e in self.events)

    def worst(self, kind: str) -> float:
        """The worst of a kind."""
        return max((e.amount for e in self.events if e.kind == kind), default=0.0)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A plan driven.

    Attributes:
        driven: by year and fleet.
        rounds: plans that were made, this one included.
        of: who does each duty: (year, asset, duty) to places of vehicles.
    """

    driven: tuple[Driven, ...] = ()
    rounds: int = 1
    of: Mapping[tuple[int, str, str], tuple[int, ...]] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether no vehicle was late or below its reserve, and every trip was driven once."""
        return not any(d.count("late", "breach", "uncovered", "clash") for d in self.driven)


def left(driven: Replayed | None) -> list[Text]:
    """What a replay still found when no more plans were made."""
    if driven is None or driven.clean:
        return []
    counts = {k: sum(d.count(*kinds) for d in driven.driven) for k, kinds in _FOUND.items()}
    return [
        say(
            "driven again, {late} departures are late, {breaches} times a pack falls below its reserve and"
            " {uncovered} trips are not driven, after {rounds} plans: more chargers, spare vehicles or"
            " margins (late, early, use_margin) help",
            rounds=driven.rounds, **counts,
        )
    ]  # fmt: skip


def fleets(study: Study) -> list[Any]:
    """The fleets of a study."""
    return [c for c in study.components if DRIVES in c.traits]


def replay(plan: Plan) -> Replayed:
    """Drive every trip of every day of every milestone year with the vehicles and chargers of a plan."""
    study, found, who = plan.study, list[Driven](), dict[tuple[int, str, str], tuple[int, ...]]()
    alone = {c.name: _alone(c.duty) for c in fleets(study)}
    for operated in plan.years:
        teams, members = _teams(plan, operated, alone)
        who |= members
        plugs = [
            c.plugs(round(_value(plan, operated, f"{c.name}.number.standing")))
            for c in _having(study, CHARGES)
        ]
        events = Depot(teams, plugs, study.timeline.calendar.minutes).drive() if teams else []
        names = {c.name for c in plugs}
        for one in fleets(study):
            duty: Duty = one.duty
            driving = [
                v
                for (y, a, _), m in members.items()
                if y == operated.built.year and _fleet_of(study, a) == one.name
                for v in m
            ]
            trips, wrong = coverage(duty, driving)
            own = {t.name for t in teams if t.duty is duty}
            mine = [e for e in events if e.team in own or e.team in names]
            km = sum(leg.km for v in driving for leg in duty.legs(v))
            found.append(Driven(operated.built.year, one.name, len(driving), trips, km, (*wrong, *mine)))
    return Replayed(tuple(found), of=who)


def _alone(duty: Duty) -> dict[int, Group]:
    return {v: duty.alone(v) for v in range(len(duty.vehicles))}


def _kinds(study: Study, fleet: str) -> list[Any]:
    """The kinds of vehicles of a fleet."""
    return [c for c in study.components if getattr(c, "fleet", None) == fleet]


def _having(study: Study, trait: str) -> list[Any]:
    return [c for c in study.components if trait in c.traits]


def _fleet_of(study: Study, asset: str) -> str:
    return str(next(getattr(c, "fleet", "") for c in study.components if c.name == asset))


def _value(plan: Plan, operated: Operated, name: str) -> float:
    """A yearly variable of a year, or what the design decides for it; zero where there is none."""
    operation = operated.built.context.model.operation
    if name in operation.blocks:
        return float(operation.expr(name).value(plan.sizes, operated.values)[0])
    decided = next((block for block in plan.design.columns if block.dotted == name), None)
    if decided is None:
        return 0.0
    return float(plan.sizes[decided.start + plan.study.milestones.years.index(operated.built.year)])


def _flow(plan: Plan, operated: Operated, name: str) -> FloatArray:
    operation = operated.built.context.model.operation
    return operation.expr(name).value(plan.sizes, operated.values)


def _teams(
    plan: Plan, operated: Operated, alone: Mapping[str, Mapping[int, Group]]
) -> tuple[list[Team], dict[tuple[int, str, str], tuple[int, ...]]]:
    """The battery vehicles of each duty, and who drives each duty, whichever the kind."""
    study, year, site = plan.study, operated.built.year, plan.study.site
    teams, who = list[Team](), dict[tuple[int, str, str], tuple[int, ...]]()
    for one in fleets(study):
        kinds = _kinds(study, one.name)
        for group in one.duty.groups:
            counts = {k.name: round(_value(plan, operated, f"{k.name}.{group.name}.drives")) for k in kinds}
            for kind in kinds:
                members = shared_out(group.vehicles, counts)[kind.name]
                who[year, kind.name, group.name] = members
                if members and PLUGS in kind.traits:
                    teams.append(_team(plan, operated, kind, group, members, site, alone[one.name]))
    return teams, {key: members for key, members in who.items() if members}


def _team(
    plan: Plan,
    operated: Operated,
    kind: Any,  # noqa: ANN401  kinds differ
    group: Group,
    members: tuple[int, ...],
    site: Site,
    alone: Mapping[int, Group],
) -> Team:
    names = [c.name for c, _ in kind.chargers(site, group)]
    flows = {c: _flow(plan, operated, f"{kind.name}.{group.name}.{c}.charge") for c in names}
    back = (
        {c: _flow(plan, operated, f"{kind.name}.{group.name}.{c}.discharge") for c in names}
        if kind.v2g
        else {}
    )
    held = _flow(plan, operated, f"{kind.name}.{group.name}.stored")
    duty: Duty = kind.duty(site)
    use = np.stack([kind.driving(site, alone[v]) for v in members])
    begins = float(held[-1])
    if kind.start_level is not None:
        begins = kind.full * float(kind.start_level.value) * len(members)
    return Team(
        f"{kind.name}.{group.name}",
        duty,
        members,
        kind.battery(),
        use,
        flows,
        back,
        begins,
    )


def shared_out(vehicles: Sequence[int], counts: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Which vehicles of a duty are of which kind: long and short ones evenly among all kinds."""
    found: dict[str, list[int]] = {name: [] for name in counts}
    total = sum(counts.values())
    for place, vehicle in enumerate(vehicles[:total], 1):
        behind = {n: c * place / total - len(found[n]) for n, c in counts.items() if len(found[n]) < c}
        found[max(behind, key=lambda n: behind[n])].append(vehicle)
    return {name: tuple(own) for name, own in found.items()}


def tightened(study: Study, found: Replayed) -> Study:
    """The study with tighter limits where a replay found something."""
    reserve: dict[tuple[str, str], float] = defaultdict(float)
    share: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)
    minutes = study.timeline.calendar.minutes
    for driven in found.driven:
        for event in driven.events:
            if event.kind in ("late", "breach"):
                asset, _, duty = event.team.rpartition(".")
                reserve[asset, duty] = max(reserve[asset, duty], event.energy)
            elif event.kind == "short":
                share[event.team][driven.year, event.minute // minutes] = event.share
    changed = []
    for c in study.components:
        more: dict[str, Any] = {}
        if PLUGS in c.traits:
            old: Mapping[str, float] = getattr(c, "tighter", {})
            new = {
                d: old.get(d, 0.0) + _MORE * kwh + _LEAST for (a, d), kwh in reserve.items() if a == c.name
            }
            more = {"tighter": {**old, **new}} if new else {}
        elif c.name in share:
            kept: Mapping[tuple[int, int], float] = getattr(c, "narrower", {})
            less = {key: kept.get(key, 1.0) * part * 0.98 for key, part in share[c.name].items()}
            more = {"narrower": {**kept, **less}}
        changed.append(dataclasses.replace(c, **more) if more else c)
    return dataclasses.replace(study, components=tuple(changed))


def tables(plan: Plan, found: Replayed | None) -> dict[str, pl.DataFrame]:
    """The tables of fleets; empty ones where a study has none."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "fleet_replay": [], "fleet_events": [], "fleet_duties": [],
        "fleet_windows": [], "fleet_exhaust": [], "fleet_costs": [],
    }  # fmt: skip
    if not all(operated.built.context.timeline.complete for operated in plan.years):
        return {name: frames.table(frames.SCHEMAS[name], []) for name in rows}
    done = found if found is not None else (replay(plan) if fleets(plan.study) else Replayed())
    starts = plan.study.timeline.calendar.dates
    for d in done.driven:
        rows["fleet_replay"].append(
            (d.year, d.fleet, d.vehicles, d.trips, d.km, d.count("late"), d.worst("late"), d.count("breach"),
             d.worst("breach") * 1000, d.count("uncovered", "clash"), d.count("short"), done.rounds)
        )  # fmt: skip
        for e in d.events[:1000]:
            day = str(starts[min(max(e.minute // 1440, 0), len(starts) - 1)])
            clock = f"{e.minute % 1440 // 60:02d}:{e.minute % 60:02d}"
            amount = e.amount if e.kind == "late" else e.amount * 1000
            rows["fleet_events"].append(
                (d.year, d.fleet, e.kind, e.team, e.vehicle, f"{day} {clock}", float(amount))
            )
    for operated in plan.years:
        _duties(plan, operated, rows)
    for one in fleets(plan.study):
        rows["fleet_windows"] += _windows(one.name, one.duty)
    return {name: frames.table(frames.SCHEMAS[name], made) for name, made in rows.items()}


def _windows(fleet: str, duty: Duty) -> list[tuple[Any, ...]]:
    """When the first vehicle of each duty drives and stands on its usual day."""
    rows: list[tuple[Any, ...]] = []
    for group in duty.groups:
        first = group.vehicles[0]
        days = [d for d, p in enumerate(duty.table.days) if duty.vehicles[first][p] is not None]
        often = [duty.table.days.count(duty.table.days[d]) for d in days]
        if not days:
            continue
        day = days[often.index(max(often))] * DAY
        spans = [("stands", s.place, s.start - day, s.end - day) for s in duty.stays(first)]
        spans += [("drives", "", leg.start - day, leg.end - day) for leg in duty.legs(first)]
        kept = [(w, p, max(a, 0) / 60, min(b, DAY) / 60) for w, p, a, b in spans if b > 0 and a < DAY]
        rows += [(fleet, group.name, *span) for span in sorted(kept, key=lambda span: span[2])]
    return rows


def _duties(plan: Plan, operated: Operated, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Who does which duty, the exhaust by route and school, and what a kilometre costs."""
    study, year = plan.study, operated.built.year
    scale = study.timeline.scale
    for one in fleets(study):
        kinds = _kinds(study, one.name)
        exhaust: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * 4)
        driven: dict[str, float] = defaultdict(float)
        for group in one.duty.groups:
            routes = sorted({route for route, _ in group.km_by if route})
            for kind in kinds:
                count = round(_value(plan, operated, f"{kind.name}.{group.name}.drives"))
                if not count:
                    continue
                share = count / len(group.vehicles) * scale
                km = sum(group.km_by.values()) * share
                driven[kind.name] += km
                rows["fleet_duties"].append(
                    (year, one.name, group.name, ", ".join(routes), kind.name, count, len(group.vehicles), km)
                )
                for key, there in group.km_by.items():
                    sums = exhaust[key]
                    sums[0] += there * share
                    sums[1] += there * share * (PLUGS in kind.traits)
                    sums[2] += there * share * float(kind.nox.at(year).value) * 1e9
                    sums[3] += there * share * float(kind.pm25.at(year).value) * 1e9
        for (route, school), (km, plugged, nox, pm25) in sorted(exhaust.items()):
            rows["fleet_exhaust"].append((year, one.name, route, school, km, plugged, nox / 1e3, pm25 / 1e3))
        for kind in kinds:
            if driven[kind.name] > 0:
                rows["fleet_costs"].append(_costs(plan, operated, one.name, kind, driven[kind.name]))


def _costs(plan: Plan, operated: Operated, fleet: str, kind: Any, km: float) -> tuple[Any, ...]:  # noqa: ANN401  kinds differ
    """What the vehicles of a kind cost in a year, its part of the chargers and its energy included."""
    own = _booked(plan, operated, kind.name)
    timeline = operated.built.context.timeline
    hours = timeline.weights * timeline.hours
    prices = prices_of(operated, list(plan.study.buses))
    energy = chargers = amount = 0.0
    site = plan.study.site
    for (bus, asset), drawn in _drawn(plan, operated, kind, site).items():
        price = prices[bus]
        if not np.isfinite(price).all() or not price.any():  # there was no time to find it
            price = np.full(len(drawn), _mean_price(plan, operated, bus))
        energy += float((drawn * price) @ hours)
        amount += float(drawn @ hours)
        if asset:
            whole = sum(
                float(d @ hours)
                for k in _having(plan.study, PLUGS)
                for (_, c), d in _drawn(plan, operated, k, site).items()
                if c == asset
            )
            chargers += _booked(plan, operated, asset)["capital"] * float(drawn @ hours) / max(whole, 1e-9)
    vehicles = _value(plan, operated, f"{kind.name}.vehicles.standing")
    total = own["capital"] + own["running"] + energy + chargers
    return (
        operated.built.year,
        fleet,
        kind.name,
        PLUGS in kind.traits,
        vehicles,
        km,
        amount,
        own["capital"],
        own["running"],
        chargers,
        energy,
        total / km,
    )


def _mean_price(plan: Plan, operated: Operated, bus: str) -> float:
    """What is paid for a unit that is drawn from a bus, on the mean of the year [money]."""
    context = operated.built.context
    hours = context.timeline.weights * context.timeline.hours
    paid = sum(
        float(e.expr.value(plan.sizes, operated.values) @ hours)
        for e in context.ledger.of("cost")
        if e.bus == bus and e.hourly and e.account.group in ("bought", "sold")
    )
    parts = [expr.value(plan.sizes, operated.values) for _, expr in context.injections.get(bus, [])]
    drawn = -sum(float(np.minimum(part, 0) @ hours) for part in parts)
    return paid / max(drawn, 1e-9)


def _booked(plan: Plan, operated: Operated, asset: str) -> dict[str, float]:
    """What an asset pays itself in a year for having and for maintaining it [money]."""
    found = {"capital": 0.0, "running": 0.0}
    for entry in operated.built.context.ledger.of("cost"):
        if entry.asset == asset and entry.account.group in ("investment", "running") and not entry.hourly:
            part = "capital" if entry.account.id in ("capex", "fixed_om") else "running"
            found[part] += float(entry.expr.value(plan.sizes, operated.values)[0])
    return found


def _drawn(plan: Plan, operated: Operated, kind: Component, site: Site) -> dict[tuple[str, str], FloatArray]:
    """What vehicles of a kind draw from buses in each step, by bus and charger [rate of the bus]."""
    found: dict[tuple[str, str], FloatArray] = {}
    if PLUGS not in kind.traits:
        source = str(getattr(kind, "source", ""))
        return {(source, ""): _flow(plan, operated, f"{kind.name}.fuel")}
    one: Any = kind
    for group in one.duty(site).groups:
        if one.unable(site, group) is not None:
            continue
        for charger, _ in one.chargers(site, group):
            key = (charger.bus, charger.name)
            flow = _flow(plan, operated, f"{one.name}.{group.name}.{charger.name}.charge") / float(
                charger.efficiency.value
            )
            if one.v2g:
                flow = flow - _flow(
                    plan, operated, f"{one.name}.{group.name}.{charger.name}.discharge"
                ) * float(charger.efficiency.value)
            found[key] = found[key] + flow if key in found else flow
    return found
