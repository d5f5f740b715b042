"""Why a study cannot be planned: the smallest conflict, in the user's nouns.

The model of one or all years is built with everything that a valid plan leaves at zero (unserved demand,
excess over a limit) fixed at zero. The day of the worst shortage stands alone beside the mean of all others,
which loses nothing of that day; where only limits over the year are missed, mean days do: what cannot hold on
average cannot hold at all, and the problem is small. HiGHS's IIS is then shrunk to the fewest rules.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from parkzero import texts
from parkzero.errors import InfeasibleError
from parkzero.explain.conflict_words import LANGS, say
from parkzero.explain.rows import when_text
from parkzero.explain.wording import Told, design_sentence, sentence
from parkzero.language.accounts import Account
from parkzero.language.component import POLICY
from parkzero.lp.expr import Each
from parkzero.lp.iis import NONE, Conflict, Groups, conflict
from parkzero.lp.model import Columns, Rows, dotted
from parkzero.lp.solver import Problem
from parkzero.planning.assemble import Built, Design, build_year, stack
from parkzero.planning.plan import Plan
from parkzero.study.study import Study
from parkzero.texts import Lang
from parkzero.timeline import Timeline

# Calendars of at most this many days are also tried in full.
FULL_DAYS = 62
LEAST_MW = 1e-4


@dataclass(frozen=True, slots=True)
class Explanation:
    """Rules that cannot hold together.

    Attributes:
        told: each rule in words, by language.
        names: their names in the model, with the year.
        smallest: whether no rule can be left out.
    """

    told: Mapping[Lang, tuple[str, ...]]
    names: tuple[str, ...]
    smallest: bool

    @property
    def rules(self) -> tuple[str, ...]:
        """Each rule in English."""
        return self.told["en"]

    @property
    def title(self) -> str:
        """What the rules are, in English, as the head of a list."""
        return self.lines("en")[0]

    def lines(self, lang: Lang) -> list[str]:
        """Head and rules in a language."""
        alone = len(self.told[lang]) == 1
        key = "title_one" if alone else "title_smallest" if self.smallest else "title"
        return [say(lang, key), *self.told[lang]]


@dataclass(frozen=True, slots=True)
class _Case:
    """A reduced problem in which a conflict is looked for."""

    years: tuple[int, ...]
    timeline: Timeline
    day: int | None = None


def explain_infeasible(study: Study, plan: Plan | None = None, seconds: float = 45.0) -> Explanation | None:
    """The smallest conflict of a study that no plan satisfies.

    Args:
        study: the study.
        plan: the plan that leaves something unserved or in excess; names the years and days to look at.
        seconds: time limit [s].

    Returns:
        The conflict, or None where none was found in the reduced problems.
    """
    ends = time.monotonic() + seconds
    for case in _cases(study, plan):
        left = ends - time.monotonic()
        if left <= 0:
            return None
        found = _look(study, case, left)
        if found is not None:
            return found
    return None


def contradiction(study: Study) -> InfeasibleError:
    """The error for limits that contradict one another, so that even unserved demand is no way out."""
    told = explain_infeasible(study)
    if told is None:
        return InfeasibleError(texts.say("The limits of the study contradict one another"))
    return InfeasibleError(told.title, told.rules)


def _cases(study: Study, plan: Plan | None) -> Iterator[_Case]:
    """Reduced problems from the smallest to the largest."""
    timeline, years = study.timeline, study.milestones.years
    days = timeline.calendar.days
    single = timeline if days == 1 else timeline.grouped(np.zeros(days, dtype=np.int32))
    short = shortages(plan) if plan is not None else []
    for year, day in short[:3]:
        if days > 1 and day is not None:
            groups = np.zeros(days, dtype=np.int32)
            groups[day] = 1
            yield _Case((year,), timeline.grouped(groups), day)
    for year in dict.fromkeys([*(y for y, _ in short), *years]):
        yield _Case((year,), single)
    if len(years) > 1:
        yield _Case(years, single)
    if days <= FULL_DAYS:
        yield _Case(years, timeline)


def shortages(plan: Plan) -> list[tuple[int, int | None]]:
    """Year and day of each year's worst shortage, the worst first; no day for an excess over the year."""
    found: list[tuple[float, int, int | None]] = []
    for operated in plan.years:
        blocks = operated.built.context.model.operation.blocks
        for entry in operated.built.context.ledger.under(Account.SLACK):
            block = blocks[dotted(entry.asset, entry.label)]
            values = operated.values[block.inside]
            if not len(values) or values.max() <= LEAST_MW:
                continue
            day = int(np.argmax(values)) // plan.study.timeline.calendar.per_day if entry.hourly else None
            found.append((float(values.max()), operated.built.year, day))
    return [(year, day) for _, year, day in sorted(found, key=lambda f: -f[0])]


def _look(study: Study, case: _Case, seconds: float) -> Explanation | None:
    pairs = [build_year(study, year, case.timeline) for year in case.years]
    builts, design = [built for built, _ in pairs], pairs[0][1]
    problem = _without_shortfall(stack(design, builts), design, builts)
    limits, groups = _groups(study, problem, design, builts)
    found = conflict(problem, groups, seconds)
    return None if found is None else _told(study, case, design, builts, limits, groups, found)


def _without_shortfall(problem: Problem, design: Design, builts: Sequence[Built]) -> Problem:
    upper = problem.upper.copy()
    offset = len(design.lower)
    for built in builts:
        blocks = built.context.model.operation.blocks
        for entry in built.context.ledger.under(Account.SLACK):
            block = blocks[dotted(entry.asset, entry.label)]
            upper[offset:][block.inside] = 0.0
        offset += built.matrix.operation.shape[1]
    return replace(problem, upper=upper)


@dataclass(frozen=True, slots=True)
class _Limit:
    """What may be in question: a rule of a year, or one limit of the design.

    Attributes:
        block: rows of a year, or rows or columns of the design.
        position: place of the year among those looked at; None for the design.
        index: which of the block's columns or rows in the design.
    """

    block: Rows | Columns
    position: int | None = None
    index: int = 0


def _groups(
    study: Study, problem: Problem, design: Design, builts: Sequence[Built]
) -> tuple[list[_Limit], Groups]:
    """Groups of rows and of limits on what is built; policies are tried last, so that they remain."""
    rows = np.full(len(problem.low), NONE, dtype=np.int32)
    columns = np.full(len(problem.cost), NONE, dtype=np.int32)
    limits: list[_Limit] = []

    def limit(block: Rows | Columns, position: int | None = None, index: int = 0) -> int:
        limits.append(_Limit(block, position, index))
        return len(limits) - 1

    for block in design.matrix.rows:
        rows[block.inside] = [limit(block, index=i) for i in range(block.count)]
    for sizes in design.columns:
        for i in np.flatnonzero(np.isfinite(design.upper[sizes.inside])):
            columns[sizes.start + i] = limit(sizes, index=int(i))
    start = len(design.matrix.low)
    for position, built in enumerate(builts):
        for block in built.matrix.rows:
            if not block.defines:  # what only defines what others speak of is never in question
                rows[start:][block.inside] = limit(block, position)
        start += len(built.matrix.low)
    policies = {c.name for c in study.components if c.group == POLICY}
    order = sorted(range(len(limits)), key=lambda g: (limits[g].block.asset in policies, g))
    return limits, Groups(rows, columns, tuple(order))


def _told(
    study: Study, case: _Case, design: Design, builts: Sequence[Built], limits: Sequence[_Limit],
    groups: Groups, found: Conflict,
) -> Explanation:  # fmt: skip
    moment, text = _moment(study, case, design, builts, found)
    firsts = np.cumsum([len(design.matrix.low), *(len(b.matrix.low) for b in builts)])
    told: dict[Lang, tuple[str, ...]] = {}
    order = sorted(found.groups, key=lambda g: limits[g].position is None)
    for lang in LANGS:
        sentences = []
        for group in order:
            limit = limits[group]
            if limit.position is None:
                words = design_sentence(study, design, limit.block, limit.index, lang)
            else:
                rows = found.rows[groups.rows[found.rows] == group] - firsts[limit.position]
                words = sentence(Told(study, builts[limit.position], lang, moment, text), limit.block, rows)
            sentences.append(words[0].upper() + words[1:])
        told[lang] = tuple(dict.fromkeys(sentences))
    labels = [_label(limits[g], study.milestones.years, builts) for g in order]
    return Explanation(told, tuple(labels), found.smallest)


def _label(limit: _Limit, years: Sequence[int], builts: Sequence[Built]) -> str:
    """What is in question, with its year, by its name in the model."""
    name = limit.block.dotted
    if limit.position is not None:
        return f"{name} ({builts[limit.position].year})"
    return name if limit.block.each is Each.ONCE else f"{name}[{years[limit.index]}]"


def _moment(
    study: Study, case: _Case, design: Design, builts: Sequence[Built], found: Conflict
) -> tuple[int | None, str]:
    """The real step in which the conflict stands, where it stands in one step of one day."""
    if len(builts) != 1 or (case.day is None and case.timeline.starts):
        return None, ""
    calendar, steps = study.timeline.calendar, set()
    for block in builts[0].matrix.rows:
        if block.each is not Each.STEP:
            continue
        rows = found.rows - len(design.matrix.low) - block.start
        steps |= set(rows[(rows >= 0) & (rows < block.count)].tolist())
    if len(steps) != 1:
        return None, ""
    step = steps.pop()
    if case.day is not None:
        if step < calendar.per_day:
            return None, ""
        step = case.day * calendar.per_day + step - calendar.per_day
    return step, when_text(calendar, step, builts[0].year)
