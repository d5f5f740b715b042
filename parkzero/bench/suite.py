"""The measurements of ``parkzero bench``, one after the other in one run, and what they say together."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from parkzero import texts
from parkzero.bench import twin as pypsa
from parkzero.bench.cases import YEARS, Charge
from parkzero.bench.machine import machine, versions
from parkzero.bench.measure import Measured, measure
from parkzero.bench.typical import SIZES, hand_over
from parkzero.bench.worker import Job
from parkzero.errors import StudyError

TwinMode = Literal["auto", "skip", "require"]
Say = Callable[[str], None]
GAPS = (0.002, 0.001)
FULL_DAYS = 365
# One worker answers for both time and memory; two are faster and take more memory.
TWO = ", two workers"
ON_DAYS = "PyPSA on 12 typical days"
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
        charged: park sizes that are planned without and with demand charges, each on typical days too; 0 is
            the reference.
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
    with_twin = plan.reference and _there(plan, pypsa.SCRIPT, say)
    with_days = bool(plan.charged) and _there(plan, pypsa.TYPICAL, say)
    lines = dict(_reference(plan, with_twin, say)) if plan.reference else {}
    charges = [dict(point) for point in _charges(plan, with_days, say)]
    told = [line.versions for line in lines.values()] + [point.get("versions", {}) for point in charges]
    result: dict[str, Any] = {
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "case": {"name": "reference", "days": plan.days, "years": list(plan.years), "minutes": 60},
        "machine": machine(),
        "versions": versions() | {k: v for known in told for k, v in known.items()},
        "runs": {name: asdict(line) for name, line in lines.items()},
        "growth": [dict(point) for point in _growth(plan, say)],
        "charges": charges,
    }
    return {**result, **ratios(lines)}


def _there(plan: Bench, script: Path, say: Say) -> bool:
    """Whether PyPSA runs too; says what it lacks.

    Raises:
        StudyError: when it must run and cannot.
    """
    faults = [] if plan.twin == "skip" else pypsa.missing(script)
    if faults and plan.twin == "require":
        raise StudyError(faults, texts.say("The PyPSA twin"))
    if faults:
        say("Without PyPSA: " + "; ".join(map(str, faults)))
    return plan.twin != "skip" and not faults


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


def _charges(plan: Bench, with_days: bool, say: Say) -> Iterator[dict[str, Any]]:
    """Parks without and with demand charges, a meter for each tenant; the same studies on typical days."""
    for count in plan.charged:
        for name, charge in CHARGES.items():
            job = Job("certified", count, plan.days, plan.years, gap=plan.growth_gap, charge=charge)
            made = _told(say, f"{_park(count)}, {name}", partial(measure, job))
            facts = {key: made.answer[key] for key in ("gap", "status", "objective", "lower_bound")}
            yield _row(count, name, made) | facts
            if with_days:
                yield from _on_typical_days(job, name, made.answer, say)


def _on_typical_days(job: Job, name: str, plan: dict[str, Any], say: Say) -> Iterator[dict[str, Any]]:
    """The same study by PyPSA on typical days, its sizes operated in every step; nothing where it cannot.

    ``dearer`` holds by how much the sizes are dearer than the certified plan (below zero where they are
    cheaper), and than its lower bound: than the cheapest plan at most.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        try:
            hand_over(job.study(), folder)
        except StudyError as refused:
            say(f"  not on typical days: {refused}")
            return
        made = _told(say, f"{_park(job.tenants)}, {name}, {ON_DAYS}", partial(pypsa.typical, folder))
        facts = {key: made.answer[key] for key in ("typical_days", "parts", "versions", "status")}
        row = _row(job.tenants, f"{name}, {ON_DAYS}", made) | facts | {"promised": made.answer["objective"]}
        if made.answer["status"] == "optimal":
            operate = replace(job, what="operate", sizes=str(folder / SIZES))
            true = _told(say, "  its sizes operated in every step", partial(measure, operate))
            row |= {key: true.answer[key] for key in ("status", "objective", "penalty", "unserved")}
            bounds = (plan["objective"], plan["lower_bound"])
            row |= {"operating_seconds": true.seconds, "dearer": [row["objective"] / b - 1 for b in bounds]}
    yield row


def _park(count: int) -> str:
    return f"{count} tenants" if count else "reference"


def _row(count: int, name: str, made: Measured) -> dict[str, Any]:
    cpu = made.answer["cpu_seconds"]
    return {
        "count": count,
        "name": name,
        "seconds": made.seconds,
        "cpu_seconds": cpu,
        "peak_mb": made.peak_mb,
    }


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
