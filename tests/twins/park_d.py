"""Twin D in PyPSA: whole units, and a battery that charges or discharges but never both."""

from __future__ import annotations

import pandas as pd
import pypsa
import series

from tools import annuity, finish, of_year

SCALE, RATE = 365 / series.DAYS_D, 0.08
S = series.park_d()


def build():
    n = pypsa.Network()
    n.set_snapshots(pd.date_range("2030-01-01", periods=len(S["load"]), freq="h"))
    n.snapshot_weightings["objective"] = SCALE
    n.snapshot_weightings["generators"] = SCALE
    hourly = {k: pd.Series(v, index=n.snapshots) for k, v in S.items()}
    for bus in ("el", "heat", "cells"):
        n.add("Bus", bus)
    n.add("Load", "load", bus="el", p_set=hourly["load"])
    n.add("Load", "heat", bus="heat", p_set=hourly["heat"])
    n.add("Generator", "grid", bus="el", p_nom=9.0, marginal_cost=hourly["price"])
    n.add(
        "Generator",
        "pv",
        bus="el",
        p_max_pu=hourly["sun"],
        p_nom_extendable=True,
        p_nom_mod=1.5,
        p_nom_max=5.0,
        capital_cost=420e3 * (annuity(RATE, 25) + 0.02),
    )
    # Modules of 0.8 MW of heat, told by their input.
    n.add(
        "Link",
        "boiler",
        bus0="el",
        bus1="heat",
        efficiency=0.95,
        p_nom_extendable=True,
        p_nom_mod=0.8 / 0.95,
        capital_cost=60e3 * 0.95 * annuity(RATE, 20),
    )
    n.add(
        "Store",
        "cells",
        bus="cells",
        e_nom_extendable=True,
        e_cyclic=True,
        capital_cost=80e3 * annuity(RATE, 10),
    )
    n.add(
        "Link",
        "charger",
        bus0="el",
        bus1="cells",
        efficiency=0.9,
        p_nom_extendable=True,
        p_nom_max=3.0,
        capital_cost=60e3 * annuity(RATE, 10),
    )
    n.add("Link", "discharger", bus0="cells", bus1="el", efficiency=0.9, p_nom_extendable=True)
    return n


def rules(n, m):
    """One rating for both ways, and a switch for each step."""
    size = m["Link-p_nom"]
    one = size.sel(name="charger", drop=True) - 0.9 * size.sel(name="discharger", drop=True)
    m.add_constraints(one == 0, name="one rating")
    charges = m.add_variables(binary=True, coords=[n.snapshots], name="charges")
    m.add_constraints(of_year(n, "Link-p", "charger", 0) - 3.0 * charges <= 0, name="only charging")
    m.add_constraints(
        0.9 * of_year(n, "Link-p", "discharger", 0) + 3.0 * charges <= 3.0, name="only discharging"
    )


if __name__ == "__main__":
    finish(build(), rules, whole=True)
