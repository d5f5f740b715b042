"""Drives a scenario in SpiceEV with one of its strategies, or by a plan from outside; for peer_spice_ev.py.

Usage: ``python benchmarks/spice_ev_drive.py CLONE SCENARIO STRATEGY [PLAN]``, with a Python that has SpiceEV,
or needs only the clone. PLAN is a JSON file of powers [kW]: ``stations`` and ``batteries``, by name and by
minute. Printed is JSON: powers of the grid connectors [kW], their prices, every departure from a charging
station with the state of charge, and the states at the end.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import types
import warnings
from pathlib import Path
from typing import Any


def planned(strategy: Any, plan: dict[str, dict[str, dict[str, float]]]) -> type:  # noqa: ANN401  a module of theirs
    """A strategy of SpiceEV's own kind that charges what a plan says."""

    class Planned(strategy.Strategy):  # type: ignore[misc,name-defined]
        def __init__(self, components: Any, start_time: Any, **options: Any) -> None:  # noqa: ANN401
            super().__init__(components, start_time, **options)
            self.description, self.minute = "planned", -1

        def step(self) -> dict[str, Any]:
            self.minute += 1
            now, world, commands = str(self.minute), self.world_state, {}
            for vehicle in world.vehicles.values():
                name = vehicle.connected_charging_station
                power = plan["stations"].get(name or "", {}).get(now, 0.0)
                if power > 0:
                    gives = vehicle.battery.load(self.interval, target_power=power)["avg_power"]
                    station = world.charging_stations[name]
                    commands[name] = world.grid_connectors[station.parent].add_load(name, gives)
            for name, battery in world.batteries.items():
                power = plan["batteries"].get(name, {}).get(now, 0.0)
                if power > 0:
                    power = battery.load(self.interval, target_power=power)["avg_power"]
                elif power < 0:
                    power = -battery.unload(self.interval, target_power=-power)["avg_power"]
                world.grid_connectors[battery.parent].add_load(name, power)
            return {"current_time": self.current_time, "commands": commands}

    return Planned


def watched(strategy: Any) -> list[tuple[str, str, str, float, float]]:  # noqa: ANN401  a module of theirs
    """Note every departure: time, vehicle, station, state of charge, and what was desired."""
    seen: list[tuple[str, str, str, float, float]] = []
    original, first = strategy.Strategy.step, list[Any]()

    def step(self: Any, event_list: Any = ()) -> None:  # noqa: ANN401
        first.append(self)  # others are looks ahead, and parts that a strategy hands on
        if self is not first[0]:
            return original(self, list(event_list))
        vehicles = self.world_state.vehicles
        before = {
            k: (v.connected_charging_station, v.battery.soc, v.desired_soc)
            for k, v in vehicles.items()
            if v.connected_charging_station
        }
        original(self, list(event_list))
        for name, (station, held, desired) in before.items():
            if vehicles[name].connected_charging_station != station:
                seen.append((self.current_time.isoformat(), name, station, held, desired))
        return None

    strategy.Strategy.step = step
    return seen


def main(clone: str, path: str, name: str, plan: str = "") -> None:
    """Run it and print what came of it."""
    sys.path.insert(0, clone)
    from spice_ev import scenario as scenarios
    from spice_ev import strategy

    seen = watched(strategy)
    if plan:
        module = types.ModuleType("spice_ev.strategies.planned")
        told = json.loads(Path(plan).read_text("utf-8"))
        module.Planned = planned(strategy, told)  # type: ignore[attr-defined]
        sys.modules[module.__name__] = module
    # As in SpiceEV's own test of this scenario; the windows are those of its examples.
    options: dict[str, Any] = {"margin": 1, "ALLOW_NEGATIVE_SOC": True}
    if name == "peak_load_window":
        options["time_windows"] = str(Path(clone) / "examples/data/time_windows.json")
    source = Path(clone) / path
    case = scenarios.Scenario(json.loads(source.read_text("utf-8")), str(source.parent))
    said = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(said):
        warnings.simplefilter("ignore")
        case.run(name, options)
    if case.step_i < case.n_intervals:
        raise SystemExit(said.getvalue().strip()[-400:])
    world = case.strat.world_state
    found = {
        "load": case.totalLoad, "price": case.prices, "departures": seen,
        "ends": {k: v.battery.soc for k, v in world.vehicles.items()},
        "below_zero": sum(map(len, case.negative_soc_tracker.values())),
    }  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
