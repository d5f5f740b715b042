"""The measurements of ``parkzero bench``, one after the other in one run, and what they say together."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Literal

from parkzero import texts
from parkzero.bench import twin as pypsa
from parkzero.bench.cases import YEARS, Charge
from parkzero.bench.machine import machine, versions
from parkzero.bench.measure import Measured, measure
from parkzero.bench.worker import Job
from parkzero.errors import StudyError

TwinMode = Literal["auto", "skip", "require"]
Say = Callable[[str], None]
GAPS = (0.002, 0.001)
FULL_DAYS = 365
# One worker answers for both time and memory; two are faster and take more memory.
TWO = ", two workers"
# A solver's own tolerance: how far two optimal objectives may lie apart.
AGREE = 1e-5


@dataclass(frozen=True, slots=True)
class Bench:
    """What to measure.

    Attributes:
        days: days of each milestone year.
        reference: whether the reference case is measured (else the growth curves alone).
        years: milestone years.
        twin: whether PyPSA runs too: where it is there, never, or as a must.
        monolith: whether the reference is solved as one problem too.
        extras: half-hours and one year alone.
        tenants: park sizes of the growth curve; none leaves it out.
        year_counts: numbers of milestone years of the growth curve.
        growth_gap: gap asked for in the growth curve of tenants, and with charges.
        charged: park sizes that are planned without and with demand charges, and on typical days.
    """

    days: int = FULL_DAYS
    reference: bool = True
    years: tuple[int, ...] = YEARS
    twin: TwinMode = "auto"
    monolith: bool = False
    extras: bool = False
    tenants: tuple[int, ...] = ()
    year_counts: tuple[int, ...] = ()
    growth_gap: float = 0.01
    charged: tuple[int, ...] = ()


# Demand charges of the rows with them: a charge near that of the two-part tariff proposed in Viet Nam.
CHARGES = {
    "no demand charge": None,
    "demand charge": Charge(9_000.0, own_meters=True),
    "demand charge, ratchet 80 %": Charge(9_000.0, 0.8, own_meters=True),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what ran, and how it went."""

    name: str
    seconds: float
    peak_mb: float
    largest_mb: float
    objective: float | None
    gap: float | None
    columns: int | None
    versions: dict[str, str]


def run(plan: Bench, say: Say) -> dict[str, Any]:
    """Measure everything that the plan names.

    Args:
        plan: what to measure.
        say: told what runs next.

    Returns:
        The result as it is written to JSON.

    Raises:
        StudyError: when the twin must run and is not there.
        MeasurementError: when a measured process fails.
    """
    wanted = plan.reference and plan.twin != "skip"
    faults = pypsa.missing() if wanted else []
    if faults and plan.twin == "require":
        raise StudyError(faults, texts.say("The PyPSA twin"))
    with_twin = wanted and not faults
    if faults:
        say("Without PyPSA: " + "; ".join(map(str, faults)))
    lines = dict(_reference(plan, with_twin, say)) if plan.reference else {}
    result: dict[str, Any] = {
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "case": {"name": "reference", "days": plan.days, "years": list(plan.years), "minutes": 60},
        "machine": machine(),
        "versions": versions() | {k: v for line in lines.values() for k, v in line.versions.items()},
        "runs": {name: asdict(line) for name, line in lines.items()},
        "growth": [dict(point) for point in _growth(plan, say)],
        "charges": [dict(point) for point in _charges(plan, say)],
    }
    return {**result, **ratios(lines)}


def _reference(plan: Bench, with_twin: bool, say: Say) -> Iterator[tuple[str, Line]]:
    job = Job("assemble", days=plan.days, years=plan.years)
    yield _line("assembly", _told(say, "assembly to solver arrays, ParkZero", partial(measure, job)))
    if with_twin:
        made = _told(say, "assembly, PyPSA", partial(pypsa.twin, plan.days, plan.years, "assemble"))
        yield _line("assembly, PyPSA", made)
    for gap in GAPS:
        for workers, suffix in ((1, ""), (2, TWO)):
            planned = replace(job, what="certified", gap=gap, workers=workers)
            name = f"certified {gap:.1%}{suffix}"
            yield _line(name, _told(say, name, partial(measure, planned)))
    if plan.monolith:
        yield _line("one LP", _told(say, "one LP", partial(measure, replace(job, what="monolith"))))
    if plan.extras:
        yield from _extras(job, say)
    if with_twin:
        made = _told(say, "PyPSA with HiPO, end to end", partial(pypsa.twin, plan.days, plan.years, "solve"))
        yield _line("PyPSA", made)


def _extras(job: Job, say: Say) -> Iterator[tuple[str, Line]]:
    half = replace(job, what="certified", minutes=30)
    yield _line("certified 0.1%, half-hours", _told(say, "half-hours", partial(measure, half)))
    alone = replace(job, years=(2050,))
    for what in ("certified", "monolith"):
        one = replace(alone, what=what)
        yield _line(f"2050 alone, {what}", _told(say, f"2050 alone, {what}", partial(measure, one)))


def _growth(plan: Bench, say: Say) -> Iterator[dict[str, Any]]:
    for count in plan.tenants:
        job = Job("certified", count, plan.days, plan.years, gap=plan.growth_gap)
        yield _point("tenants", count, job, _told(say, f"{count} tenants", partial(measure, job)))
    for count in plan.year_counts:
        job = Job("certified", days=plan.days, years=plan.years[:count])
        yield _point("years", count, job, _told(say, f"{count} milestone years", partial(measure, job)))


def _charges(plan: Bench, say: Say) -> Iterator[dict[str, Any]]:
    """Parks without and with demand charges, each tenant with a meter of its own; then on typical days."""
    for count in plan.charged:
        bound = 0.0
        for name, charge in CHARGES.items():
            job = Job("certified", count, plan.days, plan.years, gap=plan.growth_gap, charge=charge)
            made = _told(say, f"{count} tenants, {name}", partial(measure, job))
            bound = float(made.answer["lower_bound"])
            yield _charged(count, name, made) | {"dearer": None}
        job = replace(job, what="typical")
        name = f"12 typical days, {name}"
        made = _told(say, f"{count} tenants, {name}", partial(measure, job))
        # At most by so much it is dearer than the cheapest plan.
        yield _charged(count, name, made) | {"dearer": made.answer["cost"] / bound - 1}


def _charged(count: int, name: str, made: Measured) -> dict[str, Any]:
    told = {key: made.answer[key] for key in ("cpu_seconds", "gap", "status", "objective")}
    return {"count": count, "name": name, "seconds": made.seconds, "peak_mb": made.peak_mb, **told}


def _point(axis: str, count: int, job: Job, made: Measured) -> dict[str, Any]:
    return {
        "axis": axis, "count": count, "days": job.days, "asked_gap": job.gap, "seconds": made.seconds,
        "peak_mb": made.peak_mb, "gap": made.answer["gap"], "columns": made.answer["columns"],
        "status": made.answer["status"],
    }  # fmt: skip


def _told(say: Say, text: str, act: Callable[[], Measured]) -> Measured:
    say(text)
    made = act()
    say(f"  {made.seconds:,.1f} s, {made.peak_mb:,.0f} MB")
    return made


def _line(name: str, made: Measured) -> tuple[str, Line]:
    answer = made.answer
    columns = answer.get("columns", answer.get("variables"))
    told = {name: str(version) for name, version in answer.get("versions", {}).items()}
    objective, gap = answer.get("objective"), answer.get("gap")
    return name, Line(name, made.seconds, made.peak_mb, made.largest_mb, objective, gap, columns, told)


def ratios(lines: dict[str, Line]) -> dict[str, Any]:
    """What the lines say together; None where a side is missing."""
    ours, theirs = lines.get("certified 0.1%"), lines.get("PyPSA")
    two = lines.get(f"certified 0.1%{TWO}")
    built, theirs_built = lines.get("assembly"), lines.get("assembly, PyPSA")
    coarse = lines.get("certified 0.2%")
    return {
        "gap": ours.gap if ours else None,
        "seconds": {name: line.seconds for name, line in lines.items()},
        "peak_mb": {name: line.peak_mb for name, line in lines.items()},
        "ratio_time": over(theirs, ours, "seconds"),
        "ratio_time_at_0.2%": over(theirs, coarse, "seconds"),
        "ratio_memory": over(theirs, ours, "peak_mb"),
        "ratio_time_two_workers": over(theirs, two, "seconds"),
        "ratio_memory_two_workers": over(theirs, two, "peak_mb"),
        "ratio_memory_largest_process": over(theirs, ours, "largest_mb"),
        "ratio_assembly_time": over(theirs_built, built, "seconds"),
        "ratio_assembly_memory": over(theirs_built, built, "peak_mb"),
        "agrees": agrees(list(lines.values())),
    }


def over(theirs: Line | None, ours: Line | None, what: str) -> float | None:
    """How many times ours goes into theirs."""
    if theirs is None or ours is None or not getattr(ours, what):
        return None
    return float(getattr(theirs, what) / getattr(ours, what))


def agrees(lines: Sequence[Line]) -> bool | None:
    """Whether PyPSA's optimum lies between every certified plan's bounds; None without PyPSA."""
    theirs = next((line.objective for line in lines if line.name == "PyPSA"), None)
    if theirs is None:
        return None
    slack = AGREE * abs(theirs)
    return all(
        line.objective * (1 - line.gap) - slack <= theirs <= line.objective + slack
        for line in lines
        if line.name.startswith("certified")
        and "half" not in line.name
        and line.objective is not None
        and line.gap is not None
    )
