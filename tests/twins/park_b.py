"""Twin B in PyPSA: heat, fuels, lifetimes and policies over four milestone years."""

from __future__ import annotations

import numpy as np
import series

from tools import annuity, by_step, finish, network, of_year, standing

YEARS, SPANS, RATE = (2025, 2030, 2040, 2045), (5, 10, 5, 5), 0.06
SCALE = 365 / series.DAYS_B
S = series.park_b()
STEPS = len(S["load"])


def at(year, first, last, start=2025, end=2045):
    return first + (last - first) * (year - start) / (end - start)


def alive(built, life):
    return [y for y in YEARS if built <= y < built + life]


def build():
    n = network(YEARS, SPANS, RATE, STEPS, 1.0, SCALE)
    for bus in ("el", "heat", "coal", "biomass", "cells"):
        n.add("Bus", bus)
    n.add("Load", "load", bus="el", p_set=by_step(n, [S["load"] * at(y, 1.0, 1.6) for y in YEARS]))
    n.add("Load", "process", bus="heat", p_set=by_step(n, [S["heat"] * at(y, 1.0, 1.4) for y in YEARS]))
    price = by_step(n, [S["price"] * at(y, 1.0, 1.3) for y in YEARS])
    n.add("Generator", "grid", bus="el", p_nom=40.0, marginal_cost=price)
    # The price of carbon on coal and on the little that biomass emits, from 2030.
    carbon = {y: at(y, 8.0, 30.0, 2030) if y >= 2030 else 0.0 for y in YEARS}
    coal = by_step(n, [np.full(STEPS, at(y, 17.0, 20.0) + carbon[y] * 0.34) for y in YEARS])
    biomass = by_step(n, [np.full(STEPS, 31.0 + carbon[y] * 0.004) for y in YEARS])
    n.add("Generator", "coal", bus="coal", p_nom=100.0, marginal_cost=coal)
    n.add("Generator", "biomass", bus="biomass", p_nom=100.0, marginal_cost=biomass)
    constant = existing(n)
    for year in YEARS:
        cohort(n, year)
    return n, constant


def existing(n):
    """Equipment of old; its upkeep is paid while it stands, whatever is planned."""
    eta = 0.82
    n.add(
        "Link",
        "coal boiler old",
        bus0="coal",
        bus1="heat",
        p_nom=7.0 / eta,
        efficiency=eta,
        marginal_cost=1.5 * eta,
        **standing(2040),
    )
    n.add(
        "Generator",
        "wind old",
        bus="el",
        p_nom=3.0,
        marginal_cost=2.0,
        p_max_pu=by_step(n, [S["wind"]] * 4),
        **standing(2040),
    )
    n.add(
        "Store",
        "cells old",
        bus="cells",
        e_nom=2.0,
        e_cyclic=True,
        e_cyclic_per_period=True,
        standing_loss=0.001,
        **standing(2030),
    )
    n.add("Link", "charger old", bus0="el", bus1="cells", p_nom=1.0, efficiency=0.95, **standing(2030))
    n.add(
        "Link",
        "discharger old",
        bus0="cells",
        bus1="el",
        p_nom=1.0 / 0.97,
        efficiency=0.97,
        marginal_cost=0.5 * 0.97,
        **standing(2030),
    )
    weight = dict(zip(YEARS, n.investment_period_weightings["objective"], strict=True))
    upkeep = 0.0
    for y in YEARS:
        if y < 2040:
            upkeep += weight[y] * (7.0 * 150e3 * at(y, 0.02, 0.04) + 3.0 * 1500e3 * 0.02)
        if y < 2030:
            upkeep += weight[y] * 0.015 * (1.0 * 110e3 + 2.0 * 150e3)
    return upkeep


def cohort(n, year):
    def new(price, life, om):
        """Yearly cost while it stands; where upkeep changes over the years, its weighted mean."""
        weight = dict(zip(YEARS, n.investment_period_weightings["objective"], strict=True))
        seen = alive(year, life)
        share = sum(weight[y] * om(y) for y in seen) / sum(weight[y] for y in seen)
        return {"capital_cost": price * (annuity(RATE, life) + share), "lifetime": life, "build_year": year}

    def power(price, life, om):
        return {"p_nom_extendable": True, **new(price, life, om)}

    def store(price, life, om):
        return {
            "e_nom_extendable": True,
            "e_cyclic": True,
            "e_cyclic_per_period": True,
            **new(price, life, om),
        }

    cop = by_step(n, [S["cop"]] * 4)
    n.add(
        "Link",
        f"heat_pump {year}",
        bus0="el",
        bus1="heat",
        efficiency=cop,
        p_max_pu=1 / cop,
        p_nom_max=4.0,
        marginal_cost=0.8 * cop,
        **power(at(year, 420e3, 340e3), 15, lambda y: 0.02),
    )
    n.add(
        "Link",
        f"electric_boiler {year}",
        bus0="el",
        bus1="heat",
        efficiency=0.97,
        **power(100e3, 20, lambda y: 0.01),
    )
    # Rated by its heat: the price of a MW of heat, times heat per fuel, is the price of a MW of fuel.
    n.add(
        "Link",
        f"coal_boiler {year}",
        bus0="coal",
        bus1="heat",
        efficiency=0.82,
        marginal_cost=1.5 * 0.82,
        **power(150e3 * 0.82, 20, lambda y: at(y, 0.02, 0.04)),
    )
    n.add(
        "Link",
        f"biomass_boiler {year}",
        bus0="biomass",
        bus1="heat",
        efficiency=0.85,
        **power(210e3, 20, lambda y: 0.03),
    )
    n.add(
        "Generator",
        f"pv {year}",
        bus="el",
        p_max_pu=by_step(n, [S["sun"]] * 4),
        **power(at(year, 640e3, 400e3), 12, lambda y: 0.02),
    )
    if year >= 2030:
        n.add(
            "Generator",
            f"wind {year}",
            bus="el",
            p_max_pu=by_step(n, [S["wind"]] * 4),
            marginal_cost=2.0,
            **power(at(year, 1500e3, 1200e3), 25, lambda y: 0.02),
        )
    n.add(
        "Store",
        f"cells {year}",
        bus="cells",
        standing_loss=0.001,
        e_nom_max=18.0,
        **store(at(year, 150e3, 70e3), 8, lambda y: 0.015),
    )
    n.add(
        "Link",
        f"charger {year}",
        bus0="el",
        bus1="cells",
        efficiency=0.95,
        **power(at(year, 110e3, 70e3), 8, lambda y: 0.015),
    )
    n.add(
        "Link",
        f"discharger {year}",
        bus0="cells",
        bus1="el",
        efficiency=0.97,
        marginal_cost=0.5 * 0.97,
        **power(0.0, 8, lambda y: 0.0),
    )
    n.add("Store", f"store {year}", bus="heat", standing_loss=0.008, **store(20e3, 15, lambda y: 0.01))


def rules(n, m):
    """Standing limits, one power rating of the battery, and the policies."""
    links, plants, stores = m["Link-p_nom"], m["Generator-p_nom"], m["Store-e_nom"]

    def stands(size, name, life, year, first=2025):
        return sum(
            size.sel(name=f"{name} {v}", drop=True) for v in YEARS if v >= first and v <= year < v + life
        )

    for v in YEARS:
        one = links.sel(name=f"charger {v}", drop=True) - 0.97 * links.sel(name=f"discharger {v}", drop=True)
        m.add_constraints(one == 0, name=f"one rating {v}")
    for y in YEARS:
        m.add_constraints(
            0.82 * stands(links, "coal_boiler", 20, y) <= 12 - (7 if y < 2040 else 0), name=f"coal {y}"
        )
        m.add_constraints(1.0 * stands(plants, "pv", 12, y) <= 22, name=f"pv {y}")
        if y >= 2030:
            m.add_constraints(
                1.0 * stands(plants, "wind", 25, y, 2030) <= 14 - (3 if y < 2040 else 0), name=f"wind {y}"
            )
        m.add_constraints(
            1.0 * stands(links, "charger", 8, y) <= 8 - (1 if y < 2030 else 0), name=f"battery {y}"
        )
        m.add_constraints(1.0 * stands(stores, "store", 15, y) <= 30, name=f"store {y}")
    policies(n, m)


def policies(n, m):
    """Offsets and net emissions of each year as variables of their own."""
    weight = dict(zip(YEARS, n.investment_period_weightings["objective"], strict=True))
    over_years = 0
    for y in YEARS:
        bought = of_year(n, "Generator-p", "grid", y).sum() * SCALE
        coal = of_year(n, "Generator-p", "coal", y).sum() * SCALE
        biomass = of_year(n, "Generator-p", "biomass", y).sum() * SCALE
        gross = bought * at(y, 0.66, 0.16) + coal * 0.34 + biomass * 0.004
        offsets = m.add_variables(lower=0, upper=1500, name=f"offsets {y}")
        m.add_constraints(offsets - 0.1 * gross <= 0, name=f"offset share {y}")
        m.objective = m.objective + offsets * (weight[y] * at(y, 14.0, 10.0))
        m.add_constraints(biomass <= 20e3, name=f"biomass {y}")
        if y >= 2030:
            m.add_constraints(gross - offsets <= at(y, 58e3, 12e3, 2030), name=f"cap {y}")
        over_years = over_years + (gross - offsets) * dict(zip(YEARS, SPANS, strict=True))[y]
        if y <= 2040:
            share(n, m, y, at(y, 0.5, 0.45, 2025, 2040))
    m.add_constraints(over_years <= 790e3, name="budget")


def share(n, m, y, least):
    """Own renewable electricity as a share of what demand, heat pump and electric boiler use."""
    own = [g for g in n.generators.index if g.startswith(("pv", "wind")) and lives(n.generators, g, y)]
    users = [
        k for k in n.links.index if k.startswith(("heat_pump", "electric_boiler")) and lives(n.links, k, y)
    ]
    made = sum(of_year(n, "Generator-p", g, y).sum() for g in own)
    used = sum(of_year(n, "Link-p", k, y).sum() for k in users)
    load = float((S["load"] * at(y, 1.0, 1.6)).sum())
    m.add_constraints(made - least * used >= least * load, name=f"share {y}")


def lives(table, name, year):
    return table.build_year[name] <= year < table.build_year[name] + table.lifetime[name]


if __name__ == "__main__":
    made, upkeep = build()
    finish(made, rules, upkeep)
