"""Plans of changed studies as cost and carbon, each beginning where the search of a like one ended."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from parkzero.errors import InfeasibleError, StoppedError
from parkzero.planning.api import plan as planned
from parkzero.planning.plan import Plan, Progress
from parkzero.results.money import accounts_of, ledger_of
from parkzero.results.policies import policies_of
from parkzero.search_file import read_arrays, write_arrays
from parkzero.study.change import CAP, PRICE
from parkzero.study.study import Study
from parkzero.texts import say


@dataclass(frozen=True, slots=True)
class Point:
    """A plan in figures.

    Attributes:
        cost: discounted, without the price that the question put on carbon [money].
        tonnes: net emissions over all years that the milestones stand for [t].
        by_year: net emissions of each milestone year [t].
        objective, lower_bound: of the plan, that price included [money].
        prices: what a tonne more would save, by year, where a cap binds [money/t]; empty where not known.
        built: kinds of which something was built.
        feasible: whether it leaves nothing unserved and keeps its caps.
        seconds: taken [s].
    """

    cost: float
    tonnes: float
    by_year: Mapping[int, float]
    objective: float
    lower_bound: float
    prices: Mapping[int, float]
    built: tuple[str, ...]
    feasible: bool
    seconds: float

    @property
    def doubt(self) -> float:
        """How much less the best plan may cost, that price included [money]."""
        return max(self.objective - self.lower_bound, 0.0)


NOWHERE = Point(float("nan"), float("nan"), {}, float("nan"), float("nan"), {}, (), False, 0.0)


@dataclass(slots=True)
class Planner:
    """Plans studies one after another; each begins where the search that it names ended.

    Attributes:
        folder: where searches are kept.
        gap: relative gap at which to stop.
        progress: told of bounds as they close.
        workers: years operated side by side.
        said: told what is planned next.
        kept: the search of each plan, by name.
    """

    folder: Path
    gap: float
    progress: Progress | None = None
    workers: int | None = None
    said: Callable[[str], None] = lambda _: None
    kept: dict[str, Path] = field(default_factory=dict)
    last: Plan | None = None

    def plan(
        self, study: Study, name: str, like: str = "", towards: tuple[str, float] | None = None
    ) -> Point:
        """Plan a study, beginning where the search of ``like`` ended.

        Args:
            study: what is asked.
            name: of the plan.
            like: name of an earlier one.
            towards: another one, and how much of the way from the sizes of ``like`` to its own is gone before
                anything is operated; not where units are whole.

        Raises:
            StoppedError: when somebody stopped it, or its gap does not close.
        """
        self.said(name)
        path = self.folder / f"search-{len(self.kept)}.npz"
        path.unlink(missing_ok=True)  # of a plan that there was none of: nothing begins there
        if like in self.kept and self.kept[like].exists():
            other, share = towards or ("", 0.0)
            if other in self.kept and self.last is not None and not self.last.design.whole.any():
                mixed(self.kept[like], self.kept[other], share, path)
            else:
                shutil.copyfile(self.kept[like], path)
        try:
            found = planned(study, gap=self.gap, workers=self.workers, progress=self.progress, resume=path)
        except InfeasibleError:
            return NOWHERE
        if found.status == "stopped":  # neither a figure, nor a reason to begin the next one
            raise StoppedError(say("stopped before {name} was planned to the gap asked for", name=name))
        self.kept[name], self.last = path, found
        return point_of(found)


def mixed(one: Path, other: Path, share: float, goal: Path) -> None:
    """Copy a search file with sizes that lie between its own and those of another one of the same design."""
    arrays, towards = read_arrays(one), read_arrays(other)
    arrays["sizes"] += share * (towards["sizes"] - arrays["sizes"])
    # Each search asks for more mean days than the one that it begins with; a row of them need not.
    arrays["count"] = np.minimum(arrays["count"], towards["count"])
    write_arrays(goal, arrays)


def point_of(plan: Plan) -> Point:
    """A plan in figures."""
    study, horizon = plan.study, plan.study.milestones
    accounts = accounts_of(study.currency)
    counted = accounts.filter((pl.col("family") == "emission") & pl.col("scope").is_in(["1", "2"]))["account"]
    ledger = ledger_of(plan, {c.name: c.kind for c in study.components})
    weights = dict(zip(horizon.years, horizon.weights, strict=True))
    spans = dict(zip(horizon.years, horizon.spans, strict=True))
    by_year = dict.fromkeys(horizon.years, 0.0)
    charged = 0.0
    for year, asset, account, amount in ledger.select("year", "asset", "account", "amount").iter_rows():
        if account in set(counted):
            by_year[year] += amount
        elif account == "offset_mass":
            by_year[year] -= amount
        elif account == "carbon" and asset == PRICE:
            charged += amount * weights[year]
    policies = policies_of(plan).filter((pl.col("policy") == CAP) & pl.col("binds"))
    kinds = {f"{c.name}.": c.kind for c in study.components}
    built = {
        kinds[name.split(".")[0] + "."]
        for name, size in zip(plan.design.names, plan.sizes, strict=True)
        if size > 1e-3 and name.split(".")[0] + "." in kinds
    }
    return Point(
        plan.objective - charged, sum(spans[y] * t for y, t in by_year.items()), by_year, plan.objective,
        plan.lower_bound, dict(policies.select("year", "price").iter_rows()), tuple(sorted(built)),
        plan.status != "infeasible", plan.seconds,
    )  # fmt: skip
