"""What the PyPSA twins share: an empty network over milestone years, and the answer as JSON."""

from __future__ import annotations

import json
import logging
import warnings

import numpy as np
import pandas as pd
import pypsa


def network(years, spans, rate, steps, hours, scale):
    """A network whose snapshots are (year, step), each year weighted with its discounted years."""
    n = pypsa.Network()
    times = pd.date_range("2025-01-01", periods=steps, freq=pd.Timedelta(hours=hours))
    n.set_snapshots(pd.MultiIndex.from_product([years, times], names=["period", "timestep"]))
    n.investment_periods = list(years)
    n.investment_period_weightings["years"] = list(spans)
    n.investment_period_weightings["objective"] = discounted(years, spans, rate)
    n.snapshot_weightings["objective"] = hours * scale
    n.snapshot_weightings["generators"] = hours * scale
    n.snapshot_weightings["stores"] = hours
    return n


def discounted(years, spans, rate):
    return [
        sum((1 + rate) ** -(y - years[0] + k) for k in range(span))
        for y, span in zip(years, spans, strict=True)
    ]


def by_step(n, per_year):
    """One array for each year, one after the other, as a series over the snapshots."""
    return pd.Series(np.concatenate(per_year), index=n.snapshots)


def annuity(rate, life):
    return rate * (1 + rate) ** life / ((1 + rate) ** life - 1)


def standing(until):
    """What stands already and retires in a year."""
    return {"build_year": 2000, "lifetime": until - 2000}


def finish(n, extra, constant=0.0, whole=False):
    """Build, add the rules that PyPSA has no word for, solve, and print the answer."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    n.optimize.create_model(multi_investment_periods=n.has_periods, include_objective_constant=False)
    extra(n, n.model)
    options = {} if whole else {"solver": "ipx", "run_crossover": "on"}
    status = n.model.solve("highs", io_api="direct", output_flag=False, mip_rel_gap=1e-9, **options)
    sizes = {
        str(name): float(value)
        for variable in ("Generator-p_nom", "Link-p_nom", "Store-e_nom", "StorageUnit-p_nom")
        if variable in n.model.variables
        for name, value in n.model[variable].solution.to_series().items()
    }
    answer = {
        "status": list(map(str, status)),
        "objective": float(n.model.objective.value) + constant,
        "sizes": sizes,
    }
    print(json.dumps(answer))


def of_year(n, variable, name, year):
    """One asset's flow in one year (all of it where years are not told apart)."""
    flow = n.model[variable].sel(name=name, drop=True)
    return flow.sel(period=year) if n.has_periods else flow
