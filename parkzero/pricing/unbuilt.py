"""Why something is not built: how much cheaper it would have to be.

Reduced costs do not say it: where a size and all its flows are zero, duals are not unique. So the asset is
priced on its own. At the plan's prices for everything that it takes, gives and emits, it is operated for the
most revenue that one unit of its yearly cost can earn; the share that is missing is the discount needed.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from parkzero.errors import SolverError
from parkzero.lp.solver import Options, Problem, solve
from parkzero.planning.plan import Operated, Plan
from parkzero.units import FloatArray

# Standing below this counts as not built [MW or MWh].
UNBUILT = 1e-3
# Assets are priced in the order of the study until their problems have had this many rows, some twenty
# seconds' worth; counting rows, and not time, keeps results equal from run to run.
MOST_ROWS = 1_500_000


def cheaper_of(plan: Plan) -> dict[str, float]:
    """For each asset that is not built: the share by which its cost would have to fall, 0 to 1.

    Assets that no year allows are left out, and those for which there was no time.
    """
    sizes: dict[str, list[int]] = {}
    for cohorts in plan.design.cohorts.values():
        block = plan.design.block(cohorts)
        columns = list(range(block.start, block.start + block.count))
        if not cohorts.existing:
            sizes.setdefault(cohorts.asset, []).extend(columns)
    cost = np.sum([o.built.matrix.design_cost for o in plan.years], axis=0)
    result, left = {}, MOST_ROWS
    for asset, columns in sizes.items():
        free = [j for j in columns if plan.design.upper[j] > 0 and cost[j] > 0]
        if not free or plan.sizes[columns].max() > UNBUILT:
            continue
        left -= sum(len(_own(o, [asset])[0]) for o in plan.years)
        if left < 0:
            break
        priced = _priced(plan, asset, np.array(free), cost)
        if priced is not None:
            result[asset] = priced
    return result


def _priced(plan: Plan, asset: str, design: np.ndarray, cost: FloatArray) -> float | None:
    parts, costs, lows, highs, lowers, uppers = [], [], [], [], [], []
    for operated in plan.years:
        rows, cols = _own(operated, [asset, *_partners(plan, operated, asset)])
        matrix = operated.built.matrix
        if not np.isfinite(operated.duals).all():
            return None
        parts.append((matrix.design[rows][:, design], matrix.operation[rows][:, cols]))
        others = operated.duals.copy()
        others[rows] = 0.0
        costs.append((matrix.cost - matrix.operation.T @ others)[cols])
        lows.append(matrix.low[rows])
        highs.append(matrix.high[rows])
        lowers.append(matrix.lower[cols])
        uppers.append(matrix.upper[cols])
    unit = float(cost[design].max())
    top = sparse.hstack(
        [sparse.csr_array(cost[design][None, :] / unit), *(_empty(1, p[1].shape[1]) for p in parts)]
    )
    left = sparse.vstack([p[0] for p in parts])
    body = sparse.hstack([left, sparse.block_diag([p[1] for p in parts])])
    zeros = np.zeros(len(design))
    problem = Problem(
        sparse.csr_array(sparse.vstack([top, body], format="csr")),
        np.concatenate([zeros, *costs]) / unit,
        np.concatenate([[1.0], *lows]),
        np.concatenate([[1.0], *highs]),
        np.concatenate([zeros, *lowers]),
        np.concatenate([zeros + np.inf, *uppers]),
        np.zeros(len(design) + sum(len(c) for c in costs), dtype=bool),
    )
    try:
        solution = solve(problem, Options(seconds=30.0))
    except SolverError:
        return None
    return float(np.clip(1.0 + solution.objective, 0.0, 1.0)) if solution.status == "optimal" else None


def _partners(plan: Plan, operated: Operated, asset: str) -> list[str]:
    """Buses at which nothing flows and whose price is therefore not known, and what could supply them."""
    sized = {c.asset for c in plan.design.cohorts.values()}
    found = []
    for bus, parts in operated.built.context.injections.items():
        if asset not in {name for name, _ in parts}:
            continue
        if all(np.abs(expr.value(plan.sizes, operated.values)).max() < UNBUILT for _, expr in parts):
            found += [bus, *(name for name, _ in parts if name not in sized)]
    return found


def _own(operated: Operated, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns that belong to these assets and buses alone."""
    matrix = operated.built.matrix
    rows = [np.arange(b.start, b.start + b.count) for b in matrix.rows if b.asset in names]
    cols = [np.arange(b.start, b.start + b.count) for b in matrix.columns if b.asset in names]
    none = np.zeros(0, dtype=int)
    return np.concatenate([none, *rows]), np.concatenate([none, *cols])


def _empty(rows: int, columns: int) -> sparse.csr_array:
    return sparse.csr_array((rows, columns))
