"""A bus scenario of SpiceEV (github.com/rl-institut/spice_ev): its strategies beside plans of ParkZero.

Usage: ``python benchmarks/peer_spice_ev.py CLONE [PYTHON] [SECONDS]``, for a clone with its files (not bare),
a Python that has SpiceEV (this one by default, which needs only the clone), and the most processor time for a
strategy (600 s). Scenario, price sheet and time windows are read from the clone at run time; nothing is kept.

The scenario: two days by the minute, 23 buses on the road, a charging station for each bus at each place,
nine grid connections, a building, two stationary batteries. Every pack is to be full when a bus leaves.

One rule prices all rows, SpiceEV's and ParkZero's, from the powers that SpiceEV's own simulator reports:

* energy at the scenario's price of the connection and the minute, and the commodity charge of SpiceEV's
  price sheet (medium voltage, below 2,500 h/a);
* the highest mean of a quarter-hour of each connection at the sheet's capacity charge, two days of 365.
  SpiceEV itself bills the highest step; meters, and ParkZero, go by quarter-hours. They begin with the
  scenario;
* what packs lack of full at the end, at the connection's cheapest price and without a peak: this favours
  strategies that end with less. ParkZero's plans must end full.

ParkZero's plans are charged in SpiceEV's simulator, by the minute, and count as what it says of them.

*As desired*: each stay at a station is a window in which a pack must be filled, as far as its power can. The
language knows no desired state of charge at a departure, so each stay is written as a fleet of its own whose
pack is just what the stay must bring. *Trips only*: each bus is a fleet, its pack may run down to the last
and must be full only at the end: what the wish to leave full each time costs.

What the language cannot say is taken from the hard side: within a quarter-hour the power of a plan is one
mean; the last minute of a stay that the end of the scenario cuts off is not used; what buses use is rounded
up to 2.5 Wh. Powers by state of charge are left out: a station's 100 kW are always the lower.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parkzero.planning.api import plan
from parkzero.planning.plan import Plan
from parkzero.study import read

SCENARIO = "tests/test_data/input_test_strategies/bus_scenario_D.json"
SHEET = "examples/data/price_sheet.json"
STRATEGIES = ("greedy", "balanced", "distributed", "peak_load_window", "flex_window", "schedule",
              "balanced_market", "peak_shaving")  # fmt: skip
QUARTER, DAY, ROOM = 15, 1440, 2e-3
"""Minutes of a quarter-hour and a day; what a pack may lack of what it can have, of full: SpiceEV's stations
give nothing below 10 kW, so that the last minute's rest stays away."""
EFFICIENCY = 0.95  # SpiceEV's default of a vehicle and of a stationary battery
Series = np.ndarray


@dataclass
class Stay:
    """A bus at a station: minutes, what it used before and is to get [kWh]; ``since`` when it drove."""

    bus: str
    station: str
    start: int
    end: int
    used: float
    since: int
    need: float = 0.0


class Case:
    """What the scenario says."""

    def __init__(self, clone: Path) -> None:
        told = json.loads((clone / SCENARIO).read_text("utf-8"))
        parts, events = told["components"], told["events"]
        self.begin = dt.datetime.fromisoformat(told["scenario"]["start_time"])
        self.minutes = int(told["scenario"]["n_intervals"])
        self.connectors = list(parts["grid_connectors"])
        self.limit = {k: float(v["max_power"]) for k, v in parts["grid_connectors"].items()}
        self.stations = parts["charging_stations"]
        self.batteries = parts["batteries"]
        self.pack = {
            name: float(parts["vehicle_types"][v["vehicle_type"]]["capacity"])
            for name, v in parts["vehicles"].items()
        }
        self.price = {
            k: np.full(self.minutes, v["cost"]["value"]) for k, v in parts["grid_connectors"].items()
        }
        for signal in sorted(events["grid_operator_signals"], key=lambda s: s["start_time"]):
            self.price[signal["grid_connector_id"]][self.minute(signal["start_time"]) :] = signal["cost"][
                "value"
            ]
        sheet = json.loads((clone / SHEET).read_text("utf-8"))["default_grid_operator"]["grid_fee"]["RLM"]
        self.energy_fee = sheet["<2500_h/a"]["commodity_charge_ct/kWh"]["MV"] / 100
        self.peak_fee = sheet["<2500_h/a"]["capacity_charge_EUR/kW*a"]["MV"]
        self.load = self._load(clone, events["fixed_load"])
        self.stays = self._stays(events["vehicle_events"])

    def minute(self, written: str) -> int:
        """Minutes since the scenario begins."""
        return int((dt.datetime.fromisoformat(written) - self.begin).total_seconds() // 60)

    def _load(self, clone: Path, loads: dict[str, Any]) -> dict[str, Series]:
        found = {}
        for told in loads.values():
            with ((clone / SCENARIO).parent / told["csv_file"]).open(encoding="utf-8") as file:
                values = [float(row[told["column"]]) * told["factor"] for row in csv.DictReader(file)]
            wide = np.repeat(values, round(told["step_duration_s"] / 60))[: self.minutes]
            found[told["grid_connector_id"]] = np.pad(wide, (0, self.minutes - len(wide)))
        return found

    def _stays(self, events: list[dict[str, Any]]) -> list[Stay]:
        """The stays of each bus, in order, with what it used before each."""
        found, open_, used, left = [], dict[str, Stay](), defaultdict[str, float](float), dict[str, int]()
        for event in sorted(events, key=lambda e: e["start_time"]):  # stable: as told within a minute
            bus, now, more = event["vehicle_id"], self.minute(event["start_time"]), event["update"]
            if now >= self.minutes:
                break
            if event["event_type"] == "departure":
                if bus in open_:
                    open_.pop(bus).end, left[bus] = now, now
                continue
            used[bus] -= more["soc_delta"] * self.pack[bus]
            if more["connected_charging_station"]:
                since = left.get(bus, 0)
                stay = Stay(bus, more["connected_charging_station"], now, self.minutes, used.pop(bus), since)
                open_[bus] = stay
                found.append(stay)
        lacks = defaultdict[str, float](float)
        for stay in found:
            lacks[stay.bus] += stay.used
            stay.need = min(lacks[stay.bus], self.power(stay) * EFFICIENCY * (stay.end - stay.start) / 60)
            lacks[stay.bus] -= stay.need
        return [stay for stay in found if stay.need > 1e-9]

    def power(self, stay: Stay) -> float:
        """Power of a station [kW]."""
        return float(self.stations[stay.station]["max_power"])

    def at(self, station: str) -> int:
        """Its connection, by number."""
        return self.connectors.index(self.stations[station]["parent"])

    def desired(self) -> dict[tuple[str, int], float]:
        """What a pack can hold at most, of full, when it leaves: by bus and minute."""
        lacks, found = defaultdict[str, float](float), {}
        for stay in self.stays:
            lacks[stay.bus] += stay.used - stay.need
            found[stay.bus, stay.end] = 1 - lacks[stay.bus] / self.pack[stay.bus]
        return found


@dataclass
class Row:
    """A row of the table.

    Attributes:
        name: strategy or plan.
        energy: from the grid [kWh].
        peak: sum of the connections' highest quarter-hours [kW].
        cost: by the one rule [EUR].
        short: departures with less than the pack could have had.
        missing: what packs lack of full at the end, at the plug [kWh].
    """

    name: str
    energy: float
    peak: float
    cost: float
    short: int
    missing: float

    def __str__(self) -> str:
        return (
            f"{self.name:<28}{self.energy:>10.1f}{self.peak:>10.1f}{self.cost:>10.2f}"
            f"{self.short:>8d}{self.missing:>10.1f}"
        )


def priced(case: Case, name: str, found: dict[str, Any]) -> Row:
    """A run of SpiceEV's simulator by the one rule."""
    energy = peak = cost = 0.0
    for connector in case.connectors:
        power = np.maximum(np.array(found["load"][connector]), 0.0)
        highest = float(power.reshape(-1, QUARTER).mean(axis=1).max())
        energy += float(power.sum()) / 60
        peak += highest
        cost += float(power @ (case.price[connector] + case.energy_fee)) / 60
        cost += highest * case.peak_fee * case.minutes / DAY / 365
    last = {stay.bus: stay for stay in case.stays}
    missing = 0.0
    for bus, stay in last.items():
        lacks = (1 - found["ends"][bus]) * case.pack[bus] / EFFICIENCY
        missing += lacks
        price = case.price[case.connectors[case.at(stay.station)]]
        cost += lacks * float(price.min() + case.energy_fee)
    wanted = case.desired()
    short = sum(
        held < wanted.get((bus, case.minute(when)), 1.0) - ROOM
        for when, bus, _, held, _ in found["departures"]
    )
    return Row(name, energy, peak, cost, short, missing)


def driven(python: str, clone: Path, strategy: str, seconds: int, path: str = "") -> dict[str, Any]:
    """Run SpiceEV's simulator."""
    script = Path(__file__).with_name("spice_ev_drive.py")
    done = subprocess.run(
        [python, str(script), str(clone), SCENARIO, strategy, *([path] if path else [])],
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5)),
    )  # fmt: skip
    if done.returncode < 0:
        raise RuntimeError(f"no end within {seconds} s of a processor")
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise RuntimeError(said[-1] if said else "no answer")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def table(name: str, **fields: object) -> list[str]:
    """A table of TOML; what is a ``Raw`` is TOML already."""
    lines = [f"[{name}]"]
    for key, value in fields.items():
        lines.append(f"{key} = {value if isinstance(value, Raw) else json.dumps(value, ensure_ascii=False)}")
    return lines


class Raw(str):
    """TOML that is written as it is."""

    __slots__ = ()


def existing(amount: float, unit: str) -> Raw:
    """What stands and is all there is."""
    return Raw(f'{{ existing = "{amount!r} {unit}" }}')


@dataclass
class Job:
    """A fleet of one vehicle.

    Attributes:
        name: of it.
        pack: what it holds [kWh].
        depot: where it stands before and after.
        per: what a kilometre takes [kWh].
        trips: start and end [min], places, and length [km].
        stays: at stations, for which it stands.
        full: whether it begins and ends full; else it only begins as it ends.
    """

    name: str
    pack: float
    depot: str
    per: float
    trips: list[tuple[int, int, str, str, float]]
    stays: list[Stay]
    full: bool


def windows(case: Case) -> list[Job]:
    """Each stay by itself: all that its pack holds is driven off in a quarter-hour before it, or after it."""
    jobs = []
    for i, stay in enumerate(case.stays):
        here, end = f"c{case.at(stay.station)}", min(stay.end, case.minutes - 1)
        before, after = (stay.start - 1) // QUARTER * QUARTER, (end // QUARTER + 1) * QUARTER
        if before >= QUARTER:
            trips = [
                (before - QUARTER, before, "depot", "away", 1.0),
                (before, stay.start, "away", here, 0.0),
                (end, end + 1, here, "depot", 0.0),
            ]
        else:
            trips = [
                (stay.start - 1, stay.start, "depot", here, 0.0),
                (end, after, here, "away", 0.0),
                (after, after + QUARTER, "away", "depot", 1.0),
            ]
        need = math.floor(stay.need * 1e6) / 1e6  # what a full stay just brings must not be rounded up
        jobs.append(Job(f"w{i}", need, "depot", need, trips, [stay], full=False))
    return jobs


def buses(case: Case) -> list[Job]:
    """Each bus with its stays, from full to full; it begins where it ends."""
    jobs, per = [], 0.25  # so that lengths of ten metres are 2.5 Wh, rounded up
    for i, bus in enumerate(dict.fromkeys(stay.bus for stay in case.stays)):
        stays = [stay for stay in case.stays if stay.bus == bus]
        depot = f"c{case.at(stays[-1].station)}"
        places = [f"c{case.at(stay.station)}" for stay in stays]
        trips = [
            (since, stay.start, a, b, math.ceil(stay.used / per * 100) / 100)
            for since, stay, a, b in zip(
                [0, *(s.end for s in stays)], stays, [depot, *places], places, strict=False
            )
        ]
        jobs.append(Job(f"b{i}", case.pack[bus], depot, per, trips, stays, full=True))
    return jobs


def write(case: Case, jobs: list[Job], folder: Path) -> None:
    """The scenario as a study; its two days stand for the year."""
    days = case.minutes // DAY
    text = ["format = 2", 'name = "SpiceEV"']
    text += table("park", currency="EUR", calendar_year=2018, step=f"{QUARTER} min", days=days)
    text += [*table("years", milestones=[2018]), *table("money", discount_rate=0)]
    text += table("planning", unserved_price="50000 EUR/MWh")
    columns: dict[str, Series] = {}
    for i, name in enumerate(case.connectors):
        text += table(f"buses.c{i}", carrier="electricity")
        columns[f"price {i}"] = case.price[name] + case.energy_fee
        # A peak of the year is one that every month pays a twelfth of.
        text += table(
            f"assets.grid{i}", kind="grid", bus=f"c{i}", price=column(f"price {i}", "EUR/kWh"),
            import_limit=f"{case.limit[name]!r} kW", demand_charge=f"{case.peak_fee / 12!r} EUR/kW",
            ratchet="100 %", demand_minutes=QUARTER, emission_factor="0 t/MWh",
        )  # fmt: skip
        if name in case.load:
            columns[f"load {i}"] = case.load[name]
            text += table(
                f"assets.building{i}", kind="electricity_demand", bus=f"c{i}", load=column(f"load {i}", "kW")
            )
    for name, told in case.batteries.items():
        power = min(p for _, p in told["charging_curve"])
        text += table(
            f"assets.{name}", kind="battery", bus=f"c{case.connectors.index(told['parent'])}",
            power=existing(power, "kW"), energy=existing(told["capacity"], "kWh"),
            efficiency_in=EFFICIENCY, efficiency_out=EFFICIENCY, start_level=told.get("soc", 0.0),
        )  # fmt: skip
    for i in {case.at(stay.station) for job in jobs for stay in job.stays}:
        # As many as there are jobs: each vehicle has a station of its own.
        station = next(s for s, told in case.stations.items() if case.at(s) == i)
        power = f"{case.stations[station]['max_power']!r} kW"
        number = existing(float(len(jobs)), "piece")
        text += table(
            f"assets.chargers{i}", kind="charger", bus=f"c{i}", place=f"c{i}", power=power, number=number
        )
    for job in jobs:
        text += _fleet(case, job, folder)
    _series(columns, folder)
    (folder / "park.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


def column(name: str, unit: str) -> Raw:
    """A series of the file."""
    return Raw(f'{{ file = "series.csv", column = "{name}", unit = "{unit}" }}')


def _series(columns: dict[str, Series], folder: Path) -> None:
    """Quarter-hours of a year, of which the days of the scenario are planned."""
    means = {k: v.reshape(-1, QUARTER).mean(axis=1) for k, v in columns.items()}
    stamps = np.datetime64("2018-01-01T00:00") + np.arange(365 * DAY // QUARTER) * np.timedelta64(
        QUARTER, "m"
    )
    lines = [",".join(["time", *means])]
    for i, stamp in enumerate(stamps):
        values = (repr(float(v[i % len(v)])) for v in means.values())
        lines.append(",".join([str(stamp).replace("T", " "), *values]))
    (folder / "series.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _fleet(case: Case, job: Job, folder: Path) -> list[str]:
    """A fleet of one vehicle."""
    # All on the first day of the calendar, which is New Year and a holiday, or on the second, a Tuesday.
    day, shift = ("holiday", 0) if job.trips[0][0] < DAY else ("tue", DAY)
    rows = ["trip,route,days,start,end,km,from,to,vehicle"]
    for i, (start, end, origin, to, km) in enumerate(job.trips):
        a, b = (f"{(m - shift) // 60}:{(m - shift) % 60:02d}" for m in (start, end))
        rows.append(f"{i},{job.name},{day},{a},{b},{km:.2f},{origin},{to},{job.name}")
    _write(folder / f"{job.name}.csv", rows)
    trips = f'file = "{job.name}.csv"'
    if places := {place for _, _, a, b, _ in job.trips for place in (a, b)} - {job.depot}:
        # Nobody has time to go by the depot: these runs are only asked for.
        runs = ["from,to,km,minutes", *(f"{job.depot},{place},0,1440" for place in sorted(places))]
        _write(folder / f"{job.name}_runs.csv", runs)
        trips += f', runs = "{job.name}_runs.csv"'
    levels = {"start_level": 1.0, "end_level": 1.0} if job.full else {}
    return [
        *table(f"assets.{job.name}", kind="fleet", trips=Raw(f"{{ {trips} }}"), depot=job.depot, wait="24 h"),
        *table(
            f"assets.{job.name}v", kind="battery_vehicle", fleet=job.name, pack=f"{job.pack:.6f} kWh",
            end_of_life=1.0, use=f"{job.per:.6f} kWh/km", power_max=f"{case.power(job.stays[0])!r} kW",
            efficiency=EFFICIENCY, vehicles=existing(1.0, "piece"), **levels,
        ),
    ]  # fmt: skip


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def flow(made: Plan, name: str) -> Series:
    """A flow of a plan in each quarter-hour [kW]."""
    operated = made.years[0]
    found = operated.built.context.model.operation.expr(name).value(made.sizes, operated.values)
    return np.asarray(found) * 1000


def powers(case: Case, jobs: list[Job], made: Plan) -> dict[str, dict[str, dict[str, float]]]:
    """A plan by the minute, as ``spice_ev_drive.py`` reads it [kW]."""
    stations: dict[str, dict[str, float]] = defaultdict(dict)
    for job in jobs:
        for place in {case.at(stay.station) for stay in job.stays}:
            power = flow(made, f"{job.name}v.g1.chargers{place}.charge")
            for quarter in range(case.minutes // QUARTER):
                begin, end = quarter * QUARTER, (quarter + 1) * QUARTER
                energy = float(power[quarter]) * QUARTER  # [kW min]
                there = [
                    (stay.station, minute)
                    for stay in job.stays
                    if case.at(stay.station) == place
                    for minute in range(max(stay.start, begin), min(stay.end, end))
                ]
                if energy < 1e-9 or not there:
                    continue
                # A station gives no less than its least power: fewer minutes then.
                least = float(case.stations[there[0][0]]["min_power"])
                count = min(len(there), max(1, int(energy / least)))
                for station, minute in there[:count]:
                    stations[station][str(minute)] = energy / count
    batteries: dict[str, dict[str, float]] = {}
    for name, told in case.batteries.items():
        taken = np.copy(case.load.get(told["parent"], np.zeros(case.minutes)))
        for station, given in stations.items():
            if case.stations[station]["parent"] == told["parent"]:
                taken[[int(minute) for minute in given]] += list(given.values())
        most = min(power for _, power in told["charging_curve"])
        power = np.repeat(flow(made, f"{name}.charge"), QUARTER)
        for quarter, gives in enumerate(flow(made, f"{name}.discharge")):
            part = slice(quarter * QUARTER, (quarter + 1) * QUARTER)
            power[part] -= levelled(taken[part], float(gives) * QUARTER, most)
        batteries[name] = {str(minute): float(p) for minute, p in enumerate(power)}
    return {"stations": stations, "batteries": batteries}


def levelled(taken: Series, energy: float, most: float) -> Series:
    """What a battery gives in each minute of a quarter-hour, never more than is taken just then [kW]."""
    low, high = 0.0, most
    for _ in range(60):
        level = (low + high) / 2
        low, high = (level, high) if np.minimum(taken, level).sum() < energy else (low, level)
    return np.minimum(taken, high)


def planned(case: Case, name: str, jobs: list[Job], python: str, clone: Path) -> list[str]:
    """A row of ParkZero's plan as SpiceEV's simulator drives it, with the plan's own cost and bound."""
    with tempfile.TemporaryDirectory() as folder:
        write(case, jobs, Path(folder))
        made = plan(read(folder), method="monolith")
        path = Path(folder) / "powers.json"
        path.write_text(json.dumps(powers(case, jobs, made)), encoding="utf-8")
        row = priced(case, name, driven(python, clone, "planned", 600, str(path)))
    days = case.minutes / DAY / 365
    return [
        str(row),
        f"{'':<28}the plan's own cost {made.objective * days:.4f}, bound {made.lower_bound * days:.4f}",
    ]


def main(clone: str, python: str = sys.executable, seconds: str = "600") -> None:
    """Print the table."""
    case = Case(Path(clone))
    print(f"{len(case.stays)} stays at stations, {sum(stay.need for stay in case.stays):.1f} kWh into packs")
    print(f"{'':<28}{'kWh':>10}{'peaks kW':>10}{'EUR':>10}{'short':>8}{'lack kWh':>10}")
    for name in STRATEGIES:
        try:
            print(priced(case, name, driven(python, Path(clone), name, int(seconds))), flush=True)
        except RuntimeError as error:
            print(f"{name:<28}{str(error)[:80]}", flush=True)
    for name, jobs in (("ParkZero, as desired", windows(case)), ("ParkZero, trips only", buses(case))):
        print(*planned(case, name, jobs, python, Path(clone)), sep="\n", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
