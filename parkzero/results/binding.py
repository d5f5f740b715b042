"""What binds: rules that hold the plan back, and what loosening them would save."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from parkzero.language.accounts import Account
from parkzero.language.component import Component
from parkzero.language.fields import Size
from parkzero.lp.expr import Each
from parkzero.lp.model import Rows, dotted
from parkzero.planning.plan import Operated, Plan
from parkzero.results import frames
from parkzero.results.sizes import builds_of
from parkzero.units import FloatArray

# A row binds when its slack is this small relative to its bound, and its dual this large relative to the
# largest.
SLACK = 1e-5
DUAL = 1e-7
# A size below this stands for nothing built [MW or MWh].
UNBUILT = 1e-3


def binding_of(plan: Plan) -> pl.DataFrame:
    """Inequalities that bind, with the saving of one year when all their steps are loosened by one unit.

    ``sized`` marks rules that give way when more is built, or when a higher peak is billed; rules of what is
    not built at all are left out, and so is what only defines a flow: nobody can loosen that.
    """
    rows: list[tuple[Any, ...]] = []
    for operated in plan.years:
        matrix = operated.built.matrix
        activity = matrix.operation @ operated.values + matrix.design @ plan.sizes
        sized, moved = _by_sizes(operated)
        least = DUAL * float(np.max(np.abs(np.nan_to_num(operated.duals)), initial=0.0))
        for block in matrix.rows:
            found = None if block.defines else _binds(operated, block, activity, least)
            if found is None:
                continue
            inside = block.inside
            moves = bool(sized[inside].any())
            if moves and moved[inside].max() < UNBUILT and _no_bound(operated, inside):
                continue
            rows.append((operated.built.year, block.asset, block.name, str(block.unit), *found, moves))
    rows += _limits(plan)
    return frames.table(frames.BINDING, rows).sort("year", "worth", descending=[False, True])


def _by_sizes(operated: Operated) -> tuple[FloatArray, FloatArray]:
    """Coefficients on standing sizes and billed peaks, and what these add up to; both of shape [rows]."""
    matrix = operated.built.matrix
    context = operated.built.context
    slack = {dotted(entry.asset, entry.label) for entry in context.ledger.under(Account.SLACK)}
    mask = np.zeros(matrix.operation.shape[1])
    for block in matrix.columns:
        if block.each not in (Each.STEP, Each.LEVEL) and block.dotted not in slack:
            mask[block.inside] = 1.0
    size = abs(matrix.operation)
    return size @ mask, size @ (mask * np.abs(operated.values))


def _no_bound(operated: Operated, rows: slice) -> bool:
    """Whether the rule's own bounds are zero: all that it allows comes from sizes."""
    low, high = operated.built.matrix.low[rows], operated.built.matrix.high[rows]
    return not (np.where(np.isfinite(low), low, 0.0).any() or np.where(np.isfinite(high), high, 0.0).any())


def _binds(operated: Operated, block: Rows, activity: FloatArray, least: float) -> tuple[int, float] | None:
    rows = block.inside
    low, high = operated.built.matrix.low[rows], operated.built.matrix.high[rows]
    open_rows = low < high
    duals = np.where(open_rows, np.nan_to_num(operated.duals[rows]), 0.0)
    slack = np.minimum(activity[rows] - low, high - activity[rows])
    bound = np.where(np.isfinite(high), high, np.where(np.isfinite(low), low, 0.0))
    tight = slack <= SLACK * np.maximum(1.0, np.abs(bound))
    binds = tight & (np.abs(duals) > least) & open_rows
    if not binds.any():
        return None
    return int(binds.sum()), float(np.abs(duals[binds]).sum()) / operated.built.weight


def _limits(plan: Plan) -> list[tuple[Any, ...]]:
    """Limits on what may be built, spread over the discounted years of the plan."""
    years = sum(operated.built.weight for operated in plan.years)
    parts = {component.name: component for component in plan.study.components}
    found = builds_of(plan).filter(
        pl.col("most").is_not_null()
        & (pl.col("most") > 0)
        & (pl.col("built") >= pl.col("most") * (1 - 1e-4))
        & (pl.col("reduced") < -DUAL * pl.col("cost").abs())
    )
    return [
        (row["year"], row["asset"], _limit_of(parts[row["asset"]], row["size"]), row["unit"], 1,
         -row["reduced"] / years, False)
        for row in found.iter_rows(named=True)
    ]  # fmt: skip


def _limit_of(component: Component, size: str) -> str:
    """The field behind the limit of what one year may build: the tighter of the two there are."""
    record = getattr(component, size, None)
    most, each = (record.max, record.max_each) if isinstance(record, Size) else (None, None)
    ruled = each is not None and (most is None or float(each.value) <= float(most.value))
    return f"{size}.max_each" if ruled else f"{size}.max"
