"""What a study without a plan can reach: the lowest cap, the missing megawatts and their hour, what would do.

For a limit that is missed, the reduced problem of its year is solved for the least excess. Mean days are a
relaxation, so that no plan can beat what they give; its prices say which limits on what may be built or
imported stand in the way. What is missing in an hour is taken from the plan, which pays far more for it than
for any plant.
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from parkzero.explain.conflict_words import LANGS, number, say
from parkzero.explain.rows import MONTHS
from parkzero.language.accounts import Account, accounts
from parkzero.language.block import MOST, integrate
from parkzero.language.component import OFFSETS, kinds
from parkzero.language.ledger import Entry
from parkzero.lp.model import dotted
from parkzero.lp.solver import Options, Problem, Solution, solve
from parkzero.planning.assemble import Built, Design, build_year, stack
from parkzero.planning.plan import SLACK_TOLERANCE, Operated, Plan
from parkzero.study.study import Study
from parkzero.texts import Lang
from parkzero.timeline import Timeline
from parkzero.units import FloatArray

FULL_STEPS = 400  # calendars of at most this many steps are solved in full
_MOST_HELPS, _MOST_SOURCES, _MOST_MISSES = 3, 4, 6
_NOTICED = 1e-6
_APART = 0.01  # above this share the plan's excess and the least one are told as a range


@dataclass(frozen=True, slots=True)
class Help:
    """What stands in the way, and what more of it would take off.

    Attributes:
        asset: whose limit it is.
        name: of the size or rule.
        now: its limit.
        unit: of the limit.
        worth: what one unit more takes off what is missed [unit of the miss].
    """

    asset: str
    name: str
    now: float
    unit: str
    worth: float


@dataclass(frozen=True, slots=True)
class Miss:
    """What cannot be reached in a year, and what can.

    Attributes:
        year: milestone year.
        asset: policy that is missed, or demand that is short.
        kind: of that component.
        unit: "t", "MWh", or "MW" (or the carrier's own) for what is short in an hour.
        limit: what the policy asks for; None for a demand.
        least: what no plan gets below of what is missing.
        planned: what is missing in the plan that was found; None without a plan.
        share: highest share that can be reached, for a policy that asks for one.
        bus: where it is short.
        moment: start of the step of the largest shortage, as in "2030-01-02T18:00".
        energy: energy that is short over the year [MWh].
        sources: what still emits, the largest first [t].
        helps: limits that stand in the way.
    """

    year: int
    asset: str
    kind: str
    unit: str
    limit: float | None
    least: float | None
    planned: float | None = None
    share: float | None = None
    bus: str = ""
    moment: str = ""
    energy: float = 0.0
    sources: tuple[tuple[str, float], ...] = ()
    helps: tuple[Help, ...] = field(default=())

    def told(self, study: Study, lang: Lang) -> list[str]:
        """The sentences a person needs, the first of which says what cannot be."""
        lines = [_headline(self, lang)]
        if self.sources:
            named = ", ".join(
                say(lang, "reach_source", asset=a, amount=_plain(lang, v, 4)) for a, v in self.sources
            )
            lines.append(say(lang, "reach_sources", named=named))
        ways = [*_own_ways(self, study, lang), *(_help(self, h, lang) for h in self.helps)]
        if ways:
            lines.append(say(lang, "reach_ways", ways="; ".join(ways)))
        return lines

    def values(self) -> dict[str, object]:
        """The figures, for programs."""
        named = {n: getattr(self, n) for n in ("year", "asset", "kind", "unit", "limit", "least", "planned")}
        return {
            **named, "reachable_share": self.share, "bus": self.bus, "moment": self.moment,
            "energy_mwh": self.energy, "helps": [asdict(h) for h in self.helps],
            "sources": [{"asset": a, "emissions_t": v} for a, v in self.sources],
        }  # fmt: skip


def reach(study: Study, plan: Plan | None = None, seconds: float = 20.0) -> list[Miss]:
    """What a study cannot reach, the worst year of each policy and demand first.

    Args:
        study: the study.
        plan: the plan that leaves something unserved or in excess; None where none was sought.
        seconds: time limit [s].
    """
    ends = time.monotonic() + seconds
    if plan is not None:
        found = [m for operated in plan.years for m in _planned(plan, operated)]
    else:
        found = list(_unplanned(study, ends))
    worst = sorted(found, key=lambda m: -max(m.planned or 0.0, m.least or 0.0))
    kept: dict[str, Miss] = {}
    for miss in worst:
        kept.setdefault(miss.asset, miss)
    chosen = list(kept.values())[:_MOST_MISSES]
    return [_bounded(study, m, ends) if time.monotonic() < ends else m for m in chosen]


def _planned(plan: Plan, operated: Operated) -> Iterator[Miss]:
    """What a plan misses in one of its years."""
    built, study = operated.built, plan.study
    for entry in built.context.ledger.under(Account.SLACK):
        block = built.context.model.operation.blocks[dotted(entry.asset, entry.label)]
        values = operated.values[block.inside]
        if not len(values) or values.max() <= SLACK_TOLERANCE:
            continue
        component = next(c for c in study.components if c.name == entry.asset)
        if not entry.hourly:
            yield Miss(built.year, entry.asset, component.kind, str(block.unit), _limit(built, entry.asset),
                       None, float(values[0]))  # fmt: skip
            continue
        timeline, step = built.context.timeline, int(np.argmax(values))
        energy = float(values @ (timeline.weights * timeline.hours))
        moment = f"{built.year}{str(timeline.own.starts[step].astype('datetime64[m]'))[4:]}"
        bus = entry.bus or str(getattr(component, "bus", ""))
        yield Miss(
            built.year, entry.asset, component.kind, str(block.unit), None, None, float(values.max()),
            bus=bus, moment=moment, energy=energy,
        )  # fmt: skip


def _unplanned(study: Study, ends: float) -> Iterator[Miss]:
    """What no plan can reach, year by year on mean days, where no plan was sought."""
    for year in study.milestones.years:
        if time.monotonic() > ends:
            return
        built, design = build_year(study, year, _reduced(study))
        amounts = _amounts(built)
        solution = _least(built, design, amounts, {entry.asset for entry, _ in amounts})
        if solution is None:
            continue
        values = solution.values[len(design.lower) :]
        for entry, weights in amounts:
            block = built.context.model.operation.blocks[dotted(entry.asset, entry.label)]
            missing = float(weights @ values[block.inside])
            if missing > SLACK_TOLERANCE:
                component = next(c for c in study.components if c.name == entry.asset)
                unit = _over_hours(str(block.unit)) if entry.hourly else str(block.unit)
                bus = entry.bus or str(getattr(component, "bus", "")) if entry.hourly else ""
                yield Miss(
                    year, entry.asset, component.kind, unit, _limit(built, entry.asset), missing, bus=bus
                )


def _reduced(study: Study) -> Timeline:
    days = study.timeline.calendar.days
    small = study.timeline.steps <= FULL_STEPS
    return study.timeline if small or days == 1 else study.timeline.grouped(np.zeros(days, dtype=np.int32))


def _limit(built: Built, asset: str) -> float | None:
    """What a policy allows in the year, where that is a number of its own."""
    for limit in built.context.ledger.limits:
        if limit.asset == asset and limit.limit is not None and not limit.limit.terms:
            return float(np.ravel(limit.limit.constant)[0])
    return None


def _amounts(built: Built) -> list[tuple[Entry, FloatArray]]:
    """What may be missed, and how much of it one unit of each of its columns is over the year."""
    timeline, found = built.context.timeline, []
    for entry in built.context.ledger.under(Account.SLACK):
        block = built.context.model.operation.blocks[dotted(entry.asset, entry.label)]
        weights = timeline.weights * timeline.hours if entry.hourly else np.ones(block.count)
        found.append((entry, np.asarray(weights, dtype=np.float64)))
    return found


def _least(
    built: Built, design: Design, amounts: list[tuple[Entry, FloatArray]], asked: set[str]
) -> Solution | None:
    """The least of what some assets miss in the year while all else is kept; None where it cannot be."""
    problem = stack(design, [built])
    cost, upper = np.zeros_like(problem.cost), problem.upper.copy()
    offset = len(design.lower)
    for entry, weights in amounts:
        block = built.context.model.operation.blocks[dotted(entry.asset, entry.label)]
        if entry.asset in asked:
            cost[offset:][block.inside] = weights
        else:
            upper[offset:][block.inside] = 0.0
    bare = replace(problem, cost=cost, upper=upper, whole=np.zeros_like(problem.whole), constant=0.0)
    solution = solve(bare, Options(crossover=True))
    return solution if solution.status == "optimal" else None


def _bounded(study: Study, miss: Miss, ends: float) -> Miss:
    """A miss with the least that can be missed, what still emits, and what stands in the way."""
    built, design = build_year(study, miss.year, _reduced(study))
    solution = _least(built, design, _amounts(built), {miss.asset})
    if solution is None or time.monotonic() > ends:
        return miss
    sizes, values = np.split(solution.values, [len(design.lower)])
    hourly = bool(miss.bus)
    least = None if miss.moment else max(solution.objective, 0.0)
    return replace(
        miss,
        least=least,
        share=_share(study, built, miss, sizes, values),
        sources=() if hourly or miss.unit != "t" else _sources(built, sizes, values),
        helps=_helps(
            stack(design, [built]), design, built, solution, study.milestones.years.index(miss.year)
        ),
    )


def _share(study: Study, built: Built, miss: Miss, sizes: FloatArray, values: FloatArray) -> float | None:
    """The highest share of a policy that asks for one."""
    asked = getattr(next(c for c in study.components if c.name == miss.asset), "share", None)
    for limit in built.context.ledger.limits:
        if limit.asset == miss.asset and limit.least and limit.limit is not None and asked is not None:
            wanted = float(np.ravel(limit.limit.value(sizes, values))[0])
            kept = float(np.ravel(limit.value.value(sizes, values))[0])
            return float(asked.at(miss.year).value) * kept / wanted if wanted > 0 else None
    return None


def _sources(built: Built, sizes: FloatArray, values: FloatArray) -> tuple[tuple[str, float], ...]:
    """What still emits at the lowest that can be reached [t]."""
    total: dict[str, float] = {}
    for entry in built.context.ledger.under(*(a for a in accounts("emission") if a.counts)):
        expr = integrate(entry.expr, built.context.timeline) if entry.hourly else entry.expr
        total[entry.asset] = total.get(entry.asset, 0.0) + float(np.ravel(expr.value(sizes, values))[0])
    held = sorted(((a, v) for a, v in total.items() if v > 0.5), key=lambda p: -p[1])
    return tuple(held[:_MOST_SOURCES])


def _helps(problem: Problem, design: Design, built: Built, solution: Solution, at: int) -> tuple[Help, ...]:
    """Limits on what may be built, may stand, or may pass, by what one unit more takes off."""
    found = [*_of_sizes(problem, design, solution, at), *_of_rules(design, built, solution)]
    best: dict[tuple[str, str], Help] = {}
    for one in sorted(found, key=lambda h: -h.worth):
        best.setdefault((one.asset, one.name), one)
    return tuple(best.values())[:_MOST_HELPS]


def _of_sizes(problem: Problem, design: Design, solution: Solution, at: int) -> Iterator[Help]:
    """What may be built or stand in the year whose place among the milestones is ``at``."""
    for cohorts in design.cohorts.values():
        asset, name, unit = cohorts.asset, cohorts.name, str(cohorts.unit)
        block = design.block(cohorts)
        reduced, upper = solution.reduced[block.inside], problem.upper[block.inside]
        if reduced[at] < -_NOTICED and np.isfinite(upper[at]):
            now = float(upper[at]) * cohorts.unit_size
            yield Help(asset, name, now, unit, -float(reduced[at]) / cohorts.unit_size)
        for rows in design.matrix.rows:
            if rows.asset == asset and rows.name == f"{name}.{MOST}":
                duals, high = solution.duals[rows.inside], design.matrix.high[rows.inside]
                if duals[at] < -_NOTICED:
                    yield Help(asset, name, float(high[at]), unit, -float(duals[at]))


def _of_rules(design: Design, built: Built, solution: Solution) -> Iterator[Help]:
    first = len(design.matrix.low)
    for rows in built.matrix.rows:
        if not rows.name.endswith(("limit", "mass")) or rows.defines:
            continue
        duals, high = solution.duals[first:][rows.inside], built.matrix.high[rows.inside]
        taken = -float(duals[duals < 0].sum())
        if taken > _NOTICED and np.isfinite(high).all():
            yield Help(rows.asset, rows.name, float(high.max()), str(rows.unit), taken)


def _headline(miss: Miss, lang: Lang) -> str:
    year, asset = miss.year, miss.asset
    if miss.bus:
        if miss.moment:
            return say(lang, "reach_short", amount=_plain(lang, miss.planned or 0.0, 4), bus=miss.bus,
                       moment=_moment(miss.moment, lang), energy=_plain(lang, miss.energy, 4),
                       unit=miss.unit, of=_over_hours(miss.unit))  # fmt: skip
        return say(
            lang,
            "reach_short_year",
            energy=_plain(lang, miss.least or 0.0, 4),
            bus=miss.bus,
            year=year,
            of=miss.unit,
        )
    kind = kinds()[miss.kind]
    who = f"{kind.vi if lang == 'vi' else kind.en} '{asset}'"
    if miss.share is not None:
        reached = _plain(lang, 100 * miss.share, 3)
        return say(lang, "reach_share", who=who, year=year, share=reached)
    amounts = _range(miss, lang)
    if miss.limit is None:
        return say(lang, "reach_over", who=who, year=year, amount=amounts, unit=miss.unit)
    limit = _plain(lang, miss.limit, 6)
    return say(lang, "reach_cap", who=who, year=year, limit=limit, unit=miss.unit, lowest=amounts)


def _over_hours(rate: str) -> str:
    """The unit of an amount that a rate brings over hours: MW over hours are MWh."""
    return rate.removesuffix("/h") if rate.endswith("/h") else f"{rate}h"


def _moment(start: str, lang: Lang) -> str:
    """A time in words: 18:00 on 2 Jan 2030."""
    day = dt.datetime.fromisoformat(start)
    if lang == "vi":
        return f"{day:%H:%M} ngày {day:%d/%m/%Y}"
    return f"{day:%H:%M} on {day.day} {MONTHS[day.month - 1]} {day.year}"


def _plain(lang: Lang, value: float, figures: int = 4) -> str:
    """A number to some figures, large ones in full."""
    digits = figures - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return number(lang, round(value, digits), 12)


def _range(miss: Miss, lang: Lang) -> str:
    """The lowest that can be reached: a number, or between what no plan beats and what the plan reaches."""
    base = miss.limit or 0.0
    low, high = miss.least, miss.planned
    if low is None or high is None:
        return _plain(lang, base + (low if low is not None else high or 0.0), 6)
    if high <= low * (1 + _APART) + 1e-6:
        return _plain(lang, base + high, 6)
    return say(lang, "reach_between", low=_plain(lang, base + low, 4), high=_plain(lang, base + high, 4))


def _own_ways(miss: Miss, study: Study, lang: Lang) -> list[str]:
    """What the policy itself may become, and offsets for the rest."""
    if miss.unit != "t" or miss.limit is None:
        return []
    amount = max(miss.planned or 0.0, miss.least or 0.0)
    ways = [say(lang, "reach_raise", limit=_plain(lang, miss.limit + amount, 6), asset=miss.asset)]
    has = any(OFFSETS in c.traits for c in study.components)
    key = "reach_more_offsets" if has else "reach_offsets"
    return [*ways, say(lang, key, amount=_plain(lang, amount, 6))]


def _help(miss: Miss, one: Help, lang: Lang) -> str:
    unit = _over_hours(miss.unit) if miss.moment else miss.unit
    return say(
        lang, "reach_help", asset=one.asset, name=one.name, now=_plain(lang, one.now, 4), unit=one.unit,
        worth=_plain(lang, one.worth, 3), of=unit,
    )  # fmt: skip


def told_in(study: Study, misses: list[Miss]) -> Mapping[Lang, list[str]]:
    """All sentences in each language."""
    return {lang: [line for miss in misses for line in miss.told(study, lang)] for lang in LANGS}
