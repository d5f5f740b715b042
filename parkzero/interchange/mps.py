"""The one problem behind a study as an MPS file, with readable names.

A column is called ``asset.flow[year,step]``, a size ``asset.size[year]`` after the year of building, a row
``asset.rule[year,step]``; steps count from 0, and where a rule has one row a year the step is left out.

Costs stand in a unit of money in which they are of a size that solvers like: in a currency of which a day's
energy costs millions, HiGHS' own interior point finds no optimum of the same problem.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.interchange.mps_file import write_mps as write_problem
from parkzero.lp.expr import Each
from parkzero.lp.model import Columns, Rows
from parkzero.lp.solver import Problem
from parkzero.planning.assemble import Design, build_year, stack
from parkzero.planning.plan import Plan
from parkzero.study.study import Study
from parkzero.texts import say

# Costs of this size are neither near a solver's tolerances nor far above its other numbers.
LARGEST = 1e3


def write_mps(what: Study | Plan, path: Path) -> str:
    """Write the problem of a study, or of the study that a plan answers, at full resolution.

    Args:
        what: a study or a plan.
        path: a file that ends in ``.mps`` or ``.mps.gz``.

    Returns:
        The unit of its objective, such as ``1e6 VND``; the file says it as well.

    Raises:
        StudyError: when the name of the file ends otherwise or its folder does not exist.
        SolverError: when the solver does not write the file.
    """
    if not path.name.lower().endswith((".mps", ".mps.gz")):
        raise StudyError(
            [
                Fault(
                    Place(str(path)),
                    say("is no name for an MPS file"),
                    needs=say("an end in .mps or .mps.gz"),
                )
            ]
        )
    if not path.parent.is_dir():
        raise StudyError([Fault(Place(str(path.parent)), say("is no folder"), hint=say("create it first"))])
    study = what.study if isinstance(what, Plan) else what
    problem, columns, rows = named_problem(study)
    factor = money_unit(problem)
    unit = f"{factor:.0e} {study.currency}".replace("e+0", "e").replace("1e0 ", "")
    note = f"The objective is in {unit}: real money, discounted, of all years that the plan stands for."
    in_unit = replace(problem, cost=problem.cost / factor, constant=problem.constant / factor)
    write_problem(in_unit, columns, rows, path, note)
    return unit


def money_unit(problem: Problem) -> float:
    """The power of ten of one or more in which the largest cost is near a thousand."""
    largest = float(np.abs(problem.cost).max(initial=0.0))
    return 10.0 ** max(0, round(math.log10(max(largest, 1.0) / LARGEST)))


def named_problem(study: Study) -> tuple[Problem, list[str], list[str]]:
    """The problem of all years together, with the names of its columns and rows."""
    pairs = [build_year(study, year, study.timeline) for year in study.milestones.years]
    years, design = [built for built, _ in pairs], pairs[0][1]
    columns = list(design.names)
    rows = list(spelled_limits(design, study.milestones.years))
    for built in years:
        columns += spelled(built.matrix.columns, built.year)
        rows += spelled(built.matrix.rows, built.year)
    return stack(design, years), columns, rows


def spelled(blocks: Iterable[Columns | Rows], year: int) -> Iterable[str]:
    """The name of each column or row of a year."""
    for block in blocks:
        if block.each is Each.YEAR:
            yield f"{block.dotted}[{year}]"
        else:
            yield from (f"{block.dotted}[{year},{i}]" for i in range(block.count))


def spelled_limits(design: Design, years: Sequence[int]) -> Iterable[str]:
    """The name of each row of the design."""
    for block in design.matrix.rows:
        if block.each is Each.ONCE:
            yield block.dotted
        else:
            yield from (f"{block.dotted}[{year}]" for year in years)
