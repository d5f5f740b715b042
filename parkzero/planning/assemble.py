"""Assembly: from a study to the arrays of each year, over one shared design.

Every year is built from the same components on whatever timeline is asked for. The design columns (what may
be built, and how budgets over all years are shared out) have the same order in every build, so that years can
be built apart, in other processes, and put together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from parkzero.errors import StudyError, UnitError
from parkzero.language.block import Block, Cohorts, Shared, Year, integrate
from parkzero.language.component import POLICY, TARGET, Component
from parkzero.language.ledger import Entry
from parkzero.lp.expr import DESIGN, OPERATION, Each, add_all
from parkzero.lp.limits import standing
from parkzero.lp.model import Columns, Matrix, Model, Space
from parkzero.lp.solver import Problem
from parkzero.study.study import Study
from parkzero.timeline import Timeline
from parkzero.units import FloatArray, Quantity

BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Built:
    """One year as arrays, with what is needed to read a solution.

    Attributes:
        year: the operating year.
        context: ledger, injections and flows by name.
        matrix: rows and columns, with the year's discounted cost.
        weight: discounted years that it stands for.
    """

    year: int
    context: Year
    matrix: Matrix
    weight: float


@dataclass(frozen=True, slots=True)
class Design:
    """The design as arrays: ``low <= rows @ x <= high``, ``lower <= x <= upper``.

    Attributes:
        columns: its blocks of columns, each with one column for every milestone year.
        names: name of each column, such as "pv.power[2030]".
        cohorts: what each size may build.
    """

    matrix: Matrix
    lower: FloatArray
    upper: FloatArray
    whole: npt.NDArray[np.bool_]
    columns: tuple[Columns, ...]
    names: tuple[str, ...]
    cohorts: dict[str, Cohorts]

    def block(self, cohorts: Cohorts) -> Columns:
        """The columns of a size."""
        return next(block for block in self.columns if block.dotted == cohorts.builds)


def build_year(
    study: Study, year: int, timeline: Timeline, strike: Callable[[Model], None] | None = None
) -> tuple[Built, Design]:
    """Build one year on a timeline, and the design that it shares with all years.

    Args:
        study: the study.
        year: a milestone year.
        timeline: the study's own timeline, mean days of it, or some days ahead.
        strike: for tests: removes rules before the model is flattened.

    Raises:
        StudyError: where the timeline does not know what was there before its first step.
        StopAsked: when no time is left, or somebody asked to stop.
    """
    shared = Shared(study.milestones, study.penalties, Model(Space(DESIGN)))
    context = Year(year, timeline, Model(shared.design.design), site=study.site)
    # Whoever is not there in the year says the same sizes of the design, and nothing else that counts.
    context.absent = Year(year, timeline, Model(shared.design.design), site=study.site)
    context.absent.absent = context
    blocks = []
    for component in study.components:
        stays = study.stays(component)
        seen = context if stays[0] <= year < stays[1] else context.absent
        if seen is not context:
            context.gone.add(component.name)
        blocks.append(
            (component, Block(shared, seen, component.name, component.owner, component.payee, stays))
        )
    for component, block in blocks:
        standing().left()
        component.build(block)
    for component, block in sorted(blocks, key=lambda pair: _late(pair[0])):
        component.settle(block)
    for bus in study.buses:
        parts = [expr for _, expr in context.injections.get(bus, [])]
        rate = context.site.rate(bus)
        total = add_all(parts, timeline.steps, rate, Each.STEP)
        context.model.rule(BALANCE, total == Quantity(0.0, rate), asset=bus)
    missing = set(context.injections) - set(study.buses)
    if missing:
        raise UnitError(f"no bus is called {', '.join(sorted(missing))}")
    if context.unknown:
        raise StudyError(context.unknown.values())
    if strike is not None:
        strike(context.model)
    # What lies ahead is no milestone that stands for years.
    weight = study.milestones.weights[study.milestones.years.index(year)] if timeline.complete else 1.0
    matrix = priced(context.model.flatten(), list(context.ledger.of("cost")), timeline, weight)
    return Built(year, context, matrix, weight), design_of(shared)


def _late(component: Component) -> int:
    """Policies settle after all assets, and targets after policies: each is about what others have booked."""
    return (component.group == POLICY) + (TARGET in component.traits)


def priced(matrix: Matrix, entries: list[Entry], timeline: Timeline, weight: float) -> Matrix:
    """The matrix with the cost of its columns: the ledger's costs times the year's weight."""
    cost = np.zeros(matrix.operation.shape[1])
    design = np.zeros(matrix.design.shape[1])
    constant = 0.0
    for entry in entries:
        total = integrate(entry.expr, timeline) if entry.hourly else entry.expr
        constant += float(np.ravel(total.constant)[0]) * weight
        for term in total.terms:
            goal = cost if term.stage == OPERATION else design
            np.add.at(goal, term.cols, term.values() * weight)
    return replace(matrix, cost=cost, design_cost=design, constant=constant)


def design_of(shared: Shared) -> Design:
    """The design's rows, bounds and names."""
    space = shared.design.design
    lower, upper = space.bounds()
    years = shared.milestones.years
    blocks = tuple(space.blocks.values())
    names = tuple(f"{b.dotted}[{years[i]}]" for b in blocks for i in range(b.count))
    return Design(shared.design.flatten(), lower, upper, space.integrality(), blocks, names, shared.cohorts)


def stack(design: Design, years: list[Built]) -> Problem:
    """Design and years as one problem: columns are the design, then each year's operation."""
    low, high = [design.matrix.low], [design.matrix.high]
    width = sum(y.matrix.operation.shape[1] for y in years) + len(design.lower)
    offset = len(design.lower)
    parts = [shifted(design.matrix.design, None, 0, width)]
    for built in years:
        matrix = built.matrix
        parts.append(shifted(matrix.design, matrix.operation, offset, width))
        low.append(matrix.low)
        high.append(matrix.high)
        offset += matrix.operation.shape[1]
    return Problem(
        matrix=stacked(parts, width),
        cost=np.concatenate([sum_of([y.matrix.design_cost for y in years]), *[y.matrix.cost for y in years]]),
        low=np.concatenate(low),
        high=np.concatenate(high),
        lower=np.concatenate([design.lower, *[y.matrix.lower for y in years]]),
        upper=np.concatenate([design.upper, *[y.matrix.upper for y in years]]),
        whole=np.concatenate([design.whole, *[y.matrix.whole for y in years]]),
        constant=float(sum(y.matrix.constant for y in years)),
    )


def sum_of(parts: list[FloatArray]) -> FloatArray:
    """Element-wise sum of arrays of one shape."""
    total: FloatArray = np.sum(parts, axis=0)
    return total


def shifted(
    left: sparse.csr_array, right: sparse.csr_array | None, offset: int, width: int
) -> sparse.csr_array:
    """``left`` at column 0 and ``right`` at column ``offset`` of a matrix ``width`` columns wide."""
    if right is None:
        return sparse.csr_array((left.data, left.indices, left.indptr), shape=(left.shape[0], width))
    gap = sparse.csr_array((left.shape[0], offset - left.shape[1]))
    end = sparse.csr_array((left.shape[0], width - offset - right.shape[1]))
    return sparse.csr_array(sparse.hstack([left, gap, right, end], format="csr"))


def stacked(parts: list[sparse.csr_array], width: int) -> sparse.csr_array:
    """Matrices of one width below one another."""
    return sparse.csr_array(sparse.vstack(parts, format="csr")) if parts else sparse.csr_array((0, width))


def fixed(built: Built, sizes: FloatArray) -> Problem:
    """The year with given sizes: only right-hand sides know about them."""
    matrix = built.matrix
    moved = matrix.design @ sizes
    return Problem(
        matrix.operation,
        matrix.cost,
        matrix.low - moved,
        matrix.high - moved,
        matrix.lower,
        matrix.upper,
        matrix.whole,
        matrix.constant + float(matrix.design_cost @ sizes),
    )
