"""Twin A in PyPSA: two grid connections with their tariffs, feeders, and who owns what."""

from __future__ import annotations

import numpy as np
import series
import xarray as xr

from tools import annuity, by_step, finish, network, of_year, standing

YEARS, SPANS, RATE = (2025, 2030), (5, 5), 0.07
SCALE, STEP = 365 / series.DAYS_A, 0.5
BILLS = 12 / 2  # days of two months stand for a year of twelve bills
S = series.park_a()
STEPS = len(S["load_1"])
GROWTH = {2025: 1.0, 2030: 1.25}
TARIFF = {2025: S["price"], 2030: S["price_2030"]}
# A power factor of 0.85 below 0.9 raises the energy bill; 0.93 does not.
SURCHARGE = {2025: 0.9 / 0.85, 2030: 1.0}
CARBON = {2025: 0.0, 2030: 15.0}
JANUARY = 31 * 48


def build():
    n = network(YEARS, SPANS, RATE, STEPS, STEP, SCALE)
    for bus in ("park", "el1", "el2", "heat1", "gas", "cells", "tank"):
        n.add("Bus", bus)
    n.add("Load", "load1", bus="el1", p_set=by_step(n, [S["load_1"] * GROWTH[y] for y in YEARS]))
    n.add("Load", "load2", bus="el2", p_set=by_step(n, [S["load_2"] * GROWTH[y] for y in YEARS]))
    n.add("Load", "heat1", bus="heat1", p_set=by_step(n, [S["heat_1"]] * 2))
    supply(n)
    upkeep = existing(n)
    for year in YEARS:
        cohort(n, year)
    return n, upkeep


def supply(n):
    paid = by_step(n, [TARIFF[y] * SURCHARGE[y] + CARBON[y] * 0.6 for y in YEARS])
    paid_2 = by_step(n, [S["price_2"] + CARBON[y] * 0.6 for y in YEARS])
    earned = by_step(n, [np.full(STEPS, p) for p in (80.0, 60.0)])
    allowed_2 = by_step(n, [np.full(STEPS, -p) for p in (1.5, 1.0)])
    n.add("Generator", "grid", bus="park", p_nom=14.0, marginal_cost=paid)
    n.add("Generator", "export", bus="park", p_nom=1.0, p_min_pu=-1.0, p_max_pu=0.0, marginal_cost=earned)
    n.add("Generator", "grid2", bus="el2", p_nom=1.2, marginal_cost=paid_2)
    n.add("Generator", "export2", bus="el2", p_nom=1.0, p_min_pu=allowed_2, p_max_pu=0.0, marginal_cost=105.0)
    n.add(
        "Generator",
        "gas",
        bus="gas",
        p_nom=2.7,
        marginal_cost=by_step(n, [np.full(STEPS, p) for p in (52.0, 58.0)]),
    )


def existing(n):
    """Equipment of old; its upkeep is paid while it stands, whatever is planned."""
    n.add(
        "Generator",
        "pv old",
        bus="park",
        p_nom=2.0,
        p_max_pu=by_step(n, [S["sun"]] * 2),
        marginal_cost=1.0,
        **standing(2030),
    )
    n.add("Link", "line1 old", bus0="park", bus1="el1", p_nom=4.0, efficiency=0.98, marginal_cost=3.0)
    n.add("Link", "line1 back old", bus0="el1", bus1="park", p_nom=4.0, efficiency=0.98, marginal_cost=3.0)
    n.add("Link", "gas boiler old", bus0="gas", bus1="heat1", p_nom=3.0, efficiency=0.9, **standing(2030))
    kept = (1 - 0.0005 * STEP) ** (1 / STEP)
    n.add(
        "Store",
        "cells old",
        bus="cells",
        e_nom=0.8,
        e_cyclic=True,
        e_cyclic_per_period=True,
        standing_loss=1 - kept,
        **standing(2030),
    )
    n.add("Link", "charger old", bus0="el2", bus1="cells", p_nom=0.4, efficiency=0.96, **standing(2030))
    n.add(
        "Link",
        "discharger old",
        bus0="cells",
        bus1="el2",
        p_nom=0.4 / 0.94,
        efficiency=0.94,
        marginal_cost=0.7 * 0.94,
        **standing(2030),
    )
    first, second = n.investment_period_weightings["objective"]
    once = 2.0 * 650e3 * 0.02 + 3.0 * 80e3 * 0.02 + 0.01 * (0.4 * 60e3 + 0.8 * 110e3)
    return first * once + (first + second) * 4.0 * 90e3 * 0.01


def cohort(n, year):
    def new(price, life, om=0.0):
        return {
            "p_nom_extendable": True,
            "capital_cost": price * (annuity(RATE, life) + om),
            "lifetime": life,
            "build_year": year,
        }

    def store(price, life, om=0.0):
        cost = new(price, life, om)
        del cost["p_nom_extendable"]
        return {"e_nom_extendable": True, "e_cyclic": True, "e_cyclic_per_period": True, **cost}

    late = year == 2030
    shine = by_step(n, [S["sun"]] * 2)
    n.add(
        "Generator",
        f"pv {year}",
        bus="park",
        p_max_pu=shine,
        marginal_cost=1.0,
        **new(560e3 if late else 650e3, 25, 0.02),
    )
    n.add("Generator", f"pv2 {year}", bus="el2", p_max_pu=shine, p_nom_max=1.5, **new(600e3, 20, 0.015))
    # A line's price stands on its way out; the way back is tied to it below.
    n.add(
        "Link",
        f"line1 {year}",
        bus0="park",
        bus1="el1",
        efficiency=0.98,
        marginal_cost=3.0,
        **new(90e3, 30, 0.01),
    )
    n.add(
        "Link",
        f"line1 back {year}",
        bus0="el1",
        bus1="park",
        efficiency=0.98,
        marginal_cost=3.0,
        **new(0.0, 30),
    )
    n.add("Link", f"line2 {year}", bus0="park", bus1="el2", efficiency=0.99, **new(60e3, 30))
    n.add("Link", f"line2 back {year}", bus0="el2", bus1="park", efficiency=0.99, **new(0.0, 30))
    n.add(
        "Link",
        f"electric_boiler {year}",
        bus0="el1",
        bus1="heat1",
        efficiency=0.98,
        marginal_cost=0.4 * 0.98,
        **new(110e3 * 0.98, 18, 0.02),
    )
    n.add("Link", f"gas_boiler {year}", bus0="gas", bus1="heat1", efficiency=0.9, **new(80e3, 20, 0.02))
    # Losses are given for a step of half an hour; PyPSA compounds them by the hour.
    kept, warm = (1 - 0.0005 * STEP) ** (1 / STEP), (1 - 0.01 * STEP) ** (1 / STEP)
    n.add(
        "Store",
        f"cells {year}",
        bus="cells",
        standing_loss=1 - kept,
        **store(90e3 if late else 110e3, 12, 0.01),
    )
    n.add("Link", f"charger {year}", bus0="el2", bus1="cells", efficiency=0.96, **new(60e3, 12, 0.01))
    n.add(
        "Link",
        f"discharger {year}",
        bus0="cells",
        bus1="el2",
        efficiency=0.94,
        marginal_cost=0.7 * 0.94,
        **new(0.0, 12),
    )
    n.add("Store", f"tank {year}", bus="tank", standing_loss=1 - warm, **store(12e3, 25))
    n.add("Link", f"tank in {year}", bus0="heat1", bus1="tank", **new(0.0, 25))
    n.add("Link", f"tank out {year}", bus0="tank", bus1="heat1", **new(0.0, 25))


def rules(n, m):
    """Sizes that belong together, what may stand, what may be sold, and what peaks cost."""
    links, plants, stores = m["Link-p_nom"], m["Generator-p_nom"], m["Store-e_nom"]
    for v in YEARS:

        def link(what, year=v):
            return links.sel(name=f"{what} {year}", drop=True)

        m.add_constraints(link("line1") - link("line1 back") == 0, name=f"line 1 {v}")
        m.add_constraints(link("line2") - link("line2 back") == 0, name=f"line 2 {v}")
        m.add_constraints(link("charger") - 0.94 * link("discharger") == 0, name=f"one rating {v}")
        tank = stores.sel(name=f"tank {v}", drop=True)
        m.add_constraints(link("tank in") - 0.2 * tank == 0, name=f"tank in {v}")
        m.add_constraints(link("tank out") - 0.2 * tank == 0, name=f"tank out {v}")
    pv = [plants.sel(name=f"pv {v}", drop=True) for v in YEARS]
    m.add_constraints(1.0 * pv[0] <= 2.0, name="pv 2025")
    m.add_constraints(pv[0] + pv[1] <= 4.0, name="pv 2030")
    weights = n.investment_period_weightings["objective"]
    for y in YEARS:
        sales(n, m, y)
        demand_charges(n, m, y, float(weights[y]))


def sales(n, m, y):
    """No more is sold in a step than the owner generates; tenant 2 sells at most 15 % of it."""
    seen = [v for v in YEARS if v <= y]
    own = sum(of_year(n, "Generator-p", f"pv {v}", y) for v in seen)
    if y < 2030:
        own = own + of_year(n, "Generator-p", "pv old", y)
    own_2 = sum(1.0 * of_year(n, "Generator-p", f"pv2 {v}", y) for v in seen)
    sold, sold_2 = (of_year(n, "Generator-p", name, y) for name in ("export", "export2"))
    m.add_constraints(own + sold >= 0, name=f"own surplus {y}")
    m.add_constraints(own_2 + sold_2 >= 0, name=f"own surplus 2 {y}")
    m.add_constraints(0.15 * own_2.sum() + sold_2.sum() >= 0, name=f"export share {y}")


def demand_charges(n, m, y, weight):
    """Hourly means for the park with a ratchet of 97 %, half-hours for tenant 2 without one."""
    price = {2025: 9000.0, 2030: 9800.0}[y]
    billed = [m.add_variables(lower=0, name=f"billed {y} {b}") for b in (1, 2)]
    peaks = [m.add_variables(lower=0, name=f"peak {y} {b}") for b in (1, 2)]
    peaks_2 = [m.add_variables(lower=0, name=f"peak 2 {y} {b}") for b in (1, 2)]
    bought, bought_2 = (of_year(n, "Generator-p", name, y) for name in ("grid", "grid2"))
    for month, part in enumerate((slice(0, JANUARY), slice(JANUARY, STEPS))):
        flow = bought.isel(timestep=part)
        hour = xr.DataArray(
            np.arange(flow.sizes["timestep"]) // 2,
            dims="timestep",
            coords={"timestep": flow.coords["timestep"]},
            name="hour",
        )
        mean = (0.5 * flow).groupby(hour).sum()
        m.add_constraints(mean - peaks[month] <= 0, name=f"measured {y} {month}")
        m.add_constraints(bought_2.isel(timestep=part) - peaks_2[month] <= 0, name=f"measured 2 {y} {month}")
        m.add_constraints(billed[month] - peaks[month] >= 0, name=f"billed {y} {month}")
        for other, peak in enumerate(peaks):
            m.add_constraints(billed[month] - 0.97 * peak >= 0, name=f"ratchet {y} {month} {other}")
        m.objective = m.objective + (billed[month] * price + peaks_2[month] * 4000.0) * (weight * BILLS)


if __name__ == "__main__":
    made, upkeep = build()
    finish(made, rules, upkeep)
