"""The levers' parks in PyPSA: links with several buses, generators for contracts and measures, stores.

    python park_levers.py goods 1 [work given condensing]

What a turbine makes of steam comes from the steam tables, which PyPSA's environment does not have.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pypsa
import series

from tools import finish

STEPS = series.STEPS_L


def empty(*buses):
    n = pypsa.Network()
    n.set_snapshots(pd.date_range("2025-01-01", periods=STEPS, freq="h"))
    for bus in buses:
        n.add("Bus", bus)
    return n


def at(n, values):
    return pd.Series(np.broadcast_to(np.asarray(values, dtype=float), STEPS), index=n.snapshots)


def load(n, bus, values):
    n.add("Load", f"load {bus}", bus=bus, p_set=at(n, values))


def source(n, name, bus, cost=0.0, most=1e5, shape=1.0, size=None, **more):
    """Of a fixed power, or of a size that costs so much; ``shape`` is what it may give of it."""
    given = {"p_nom": most} if size is None else {"p_nom_extendable": True, "capital_cost": size}
    n.add("Generator", name, bus=bus, marginal_cost=at(n, cost), p_max_pu=at(n, shape), **given, **more)


def sink(n, name, bus, earned=0.0):
    """What leaves a bus: ``earned`` for a unit of it, or thrown away."""
    n.add("Generator", name, bus=bus, p_nom=1e5, p_min_pu=-1.0, p_max_pu=0.0, marginal_cost=earned)


def link(n, name, source, to, factor=1.0, size=None, most=1e5, cost=0.0, also=(), **more):
    """Told by what it takes; ``also`` are further buses with what they get of a unit taken."""
    given = {"p_nom": most} if size is None else {"p_nom_extendable": True, "capital_cost": size}
    for number, (bus, share) in enumerate(also, start=2):
        given |= {f"bus{number}": bus, f"efficiency{number}": share}
    n.add(
        "Link", name, bus0=source, bus1=to, efficiency=at(n, factor), marginal_cost=cost, **given, **more
    )  # fmt: skip


def store(n, name, bus, size, loss=0.0):
    n.add(
        "Store", name, bus=bus, e_nom_extendable=True, e_cyclic=True, capital_cost=size, standing_loss=loss
    )  # fmt: skip


def flow(m, name, kind="Link"):
    return m[f"{kind}-p"].sel(name=name, drop=True)


def size(m, name, kind="Link"):
    return m[f"{kind}-p_nom"].sel(name=name, drop=True)


def together(m, name, cost, expression):
    """One size for the flows of several links."""
    column = m.add_variables(lower=0, name=name)
    m.add_constraints(expression - column <= 0, name=f"{name} holds")
    m.objective = m.objective + cost * column
    return column


def heat_and_cold(s, work, given, condensing):
    n = empty("el", "gas", "hp", "lp", "heat", "low", "cold", "air", "flue", "machine", "warm air")
    users = {"el": "el", "lp": "steam", "heat": "hot", "low": "warm", "cold": "cold", "air": "air"}
    for bus, key in users.items():
        load(n, bus, s[key])
    source(n, "grid", "el", s["price"])
    source(n, "gas", "gas", 30)
    link(n, "burner", "gas", "hp", 0.9, size=3 * 0.9)
    link(n, "back pressure", "hp", "el", work, also=[("lp", given)])
    link(n, "condensing", "hp", "el", condensing)
    link(n, "valve", "hp", "lp", most=50)
    link(n, "kettle", "el", "heat", most=100)
    source(n, "flue", "flue", most=1, shape=s["stream"] * (160 - 65) / 120)
    link(n, "recovery", "flue", "low", size=1)
    lift = 0.5 * (100 + 273.15) / 40
    link(n, "lift", "el", "heat", lift, size=30 * lift, also=[("low", 1 - lift)])
    link(n, "plates", "heat", "low", 0.95, size=2)
    cop = np.minimum(0.4 * (3 + 273.15) / (s["outside"] + 4 - 3), 10)
    link(n, "compressor", "el", "machine", cop)
    link(n, "chiller", "machine", "cold", size=9)
    store(n, "tank", "cold", 1.5, loss=0.02)
    link(n, "screw", "el", "air", 1 / 1.1e-4, size=5, also=[("warm air", 0.7)])
    link(n, "air heat", "warm air", "low")
    sink(n, "air heat lost", "warm air")

    def rules(n, m):
        made = work * flow(m, "back pressure") + condensing * flow(m, "condensing")
        together(m, "turbine", 20, made)

    return n, rules


def demand_side(s):
    n = empty("el", "work")
    el = s["el"]
    load(n, "el", el)
    source(n, "grid", "el", s["price"])
    source(n, "missing", "el", 1e4)
    source(n, "never", "work", 1e4)
    source(n, "stops", "el", 120, most=1, shape=0.25 * el, e_sum_max=5 * 0.25 * el.max())
    whole, shape = 0.4 * el.max(), el / el.max()
    both = (0.1 * 0.7 - 0.1) * shape
    for name, saved, cost, most in (
        ("fans", 0.3 * shape, 900, whole), ("servo", 0.4 * shape, 2200, 2.5),
        ("motors", 0.1 * shape, 200, whole), ("both", both, 0, whole),
    ):  # fmt: skip
        source(n, name, "el", shape=saved, size=cost, p_min_pu=at(n, saved), p_nom_max=most)
    load(n, "work", s["work"])
    clock = np.arange(STEPS) % 24
    link(n, "done", "el", "work", most=3, p_max_pu=at(n, (clock >= 4) & (clock < 22)))
    # What waits is owed to the bus: a store below zero, never by more than came within five hours.
    recent = sum(np.roll(s["work"], back) for back in range(5))
    n.add(
        "Store", "waiting", bus="work", e_nom=1.0, e_min_pu=at(n, -recent), e_max_pu=0.0, e_cyclic=True
    )  # fmt: skip

    def rules(n, m):
        fans, servo, motors, overlap = (size(m, k, "Generator") for k in ("fans", "servo", "motors", "both"))
        m.add_constraints(fans + servo <= whole, name="exclusive")
        m.add_constraints(fans + motors - overlap <= whole, name="apart")
        m.add_constraints(overlap - fans <= 0, name="within fans")
        m.add_constraints(overlap - motors <= 0, name="within motors")
        later = m.add_variables(lower=0, coords=[n.snapshots], name="later")
        m.add_constraints(flow(m, "done") + later >= at(n, s["work"]), name="later told")
        m.objective = m.objective + (3 * later).sum()

    return n, rules


def contracts(s):
    n = empty("el", "far", "wire")
    load(n, "el", s["el"])
    load(n, "far", s["far"])
    source(n, "grid", "el", s["price"])
    market, fees, green = s["market"], 8 + 3, 6
    energy = market * 1.02 * 1.01
    source(n, "wire", "wire", size=float(np.sum(70 * s["sunny"])), shape=s["sunny"], p_nom_max=6)
    link(n, "from wire", "wire", "el", 0.97, cost=4 - 0.97 * green)
    apart = 65 - market
    source(n, "made", "el", 1.02 * (energy + fees) - green, shape=s["windy"],
           size=1.02 * float(np.sum(apart * s["windy"])), p_nom_max=4)  # fmt: skip
    source(n, "used", "el", energy + fees + apart - green, most=1, shape=s["windy"])
    source(n, "flat", "el", energy + fees - green, size=float(np.sum(apart)), p_nom_max=1)
    source(n, "roof", "el", (market / 2 + 30) * 1.05 - green, most=3, shape=s["roof"])
    link(n, "line", "el", "far", most=5)
    return n, lambda n, m: None


def molecules(s):
    n = empty("el", "heat", "raw", "pure", "gas", "h2", "co2", "engine heat")
    load(n, "el", s["el"])
    load(n, "heat", s["hot"])
    source(n, "grid", "el", s["price"])
    source(n, "digester", "raw", 20, most=8)
    source(n, "gas", "gas", 55 + 0.2 * 150)
    source(n, "maker", "h2", s["h2"])
    link(n, "engine", "raw", "el", 0.38, size=25 * 0.38, cost=4 * 0.38, also=[("engine heat", 0.42)],
         p_min_pu=0.1)  # fmt: skip
    link(n, "engine heat", "engine heat", "heat")
    sink(n, "engine heat lost", "engine heat")
    link(n, "cell", "h2", "el", 33.33 * 0.5, size=10 * 33.33 * 0.5)
    link(n, "upgrade", "raw", "pure", 0.96, size=6, also=[("el", -0.05), ("co2", 0.15)])
    link(n, "first fuel", "gas", "heat", 0.9)
    link(n, "second fuel", "pure", "heat", 0.9)
    link(n, "capture", "el", "co2", 1 / 0.15, size=300 / 0.15, also=[("heat", -0.7 / 0.15)])
    sink(n, "storage", "co2", 150 - 35)

    def rules(n, m):
        engine, first, second = (flow(m, k) for k in ("engine", "first fuel", "second fuel"))
        together(m, "boiler", 4, 0.9 * (first + second))
        m.add_constraints(0.4 * second - 0.6 * first <= 0, name="most of the second")
        m.add_constraints(0.9 * second - 0.1 * first >= 0, name="least of the second")
        before, rated = engine.roll(snapshot=1), 0.5 * size(m, "engine")
        m.add_constraints(engine - before - rated <= 0, name="faster")
        m.add_constraints(before - engine - rated <= 0, name="slower")
        m.add_constraints(engine.sum() - 60 * size(m, "engine") <= 0, name="hours")
        caught = (1 / 0.15) * flow(m, "capture")
        m.add_constraints(caught - 0.9 * 0.8 * 0.2 * first <= 0, name="stack")

    return n, rules


def goods(s):
    n = empty("el", "heat", "cold", "gas", "wood", "h2", "tank", "raw", "clean", "goods", "left", "back heat")
    load(n, "el", s["el"])
    load(n, "heat", s["hot"])
    load(n, "cold", s["cold"])
    load(n, "h2", s["h2"])
    source(n, "grid", "el", s["price"])
    source(n, "gas", "gas", 35)
    source(n, "wood", "wood", 28)
    link(n, "extraction", "gas", "el", 0.45, size=12 * 0.45, cost=3 * 0.45)
    link(n, "drawn", "el", "heat", 1 / 0.15, cost=-3)
    link(n, "back", "wood", "el", 0.2, size=80 * 0.2, also=[("back heat", 0.6)])
    link(n, "back heat", "back heat", "heat")
    sink(n, "back heat lost", "back heat")
    link(n, "absorber", "heat", "cold", 0.7, size=6 * 0.7, cost=0.7, also=[("el", -0.02 * 0.7)])
    link(n, "stack", "el", "h2", 1 / 52, size=40, cost=20 / 52, also=[("clean", -10 / 52), ("heat", 0.1)])
    link(n, "tank in", "h2", "tank", also=[("el", -2.0)])
    link(n, "tank out", "tank", "h2")
    store(n, "tank", "tank", 90, loss=0.001)
    source(n, "trailer", "h2", 4600, most=0.02)
    link(n, "membranes", "raw", "clean", 0.7, size=2, also=[("el", -0.004)])
    source(n, "mains", "raw", 0.5, e_sum_max=500)
    inputs = [("heat", -0.5 / 0.8), ("cold", -0.2 / 0.8), ("clean", -3 / 0.8)]
    link(n, "line", "el", "goods", 1 / 0.8, size=200 / 0.8, cost=2 / 0.8, also=inputs, p_min_pu=0.2)
    store(n, "stock", "goods", 0.5)
    n.add("Generator", "orders", bus="goods", p_nom=1.5, p_min_pu=-1.0, p_max_pu=0.0)
    source(n, "pv", "el", size=300, shape=s["sun"])
    source(n, "wind", "el", -2, size=400 - 3 - 4, shape=s["wind"])

    def rules(n, m):
        drawn, burnt = flow(m, "drawn"), flow(m, "extraction")
        m.add_constraints(drawn / 0.15 - 0.3 * burnt <= 0, name="extracted")
        tank = m["Store-e_nom"].sel(name="tank", drop=True)
        for way in ("tank in", "tank out"):
            m.add_constraints(flow(m, way) - 0.3 * tank <= 0, name=f"rate {way}")
        made = flow(m, "line")
        before, rated = made.roll(snapshot=1), 0.4 * size(m, "line")
        m.add_constraints(made - before - rated <= 0, name="faster")
        m.add_constraints(before - made - rated <= 0, name="slower")
        left = -1.0 * flow(m, "orders", "Generator")
        for day in range(3):
            within = slice(24 * day, 24 * day + 24)
            due = float(s["due"][within].sum())
            m.add_constraints(left.isel(snapshot=within).sum() == due, name=f"due {day}")
        pv, wind = size(m, "pv", "Generator"), size(m, "wind", "Generator")
        m.add_constraints(2.0 * pv + wind <= 5, name="land")
        stock = m["Store-e_nom"].sel(name="stock", drop=True)
        spent = 3000 * pv + 4000 * wind + 900 * tank + 5 * stock + 120 * 0.45 * size(m, "extraction")
        spent = spent + 800 * 0.2 * size(m, "back") + 60 * 0.7 * size(m, "absorber")
        spent = spent + 400 * size(m, "stack") + 20 * size(m, "membranes")
        m.add_constraints(spent + 2000 / 0.8 * size(m, "line") <= 16_000, name="purse")

    return n, rules


PARKS = {f.__name__: f for f in (heat_and_cold, demand_side, contracts, molecules, goods)}


if __name__ == "__main__":
    park, seed, ways = sys.argv[1], int(sys.argv[2]), map(float, sys.argv[3:])
    finish(*PARKS[park](series.levers(park, seed), *ways))
