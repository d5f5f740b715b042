"""Command bench: the reference case here and in PyPSA, in one run."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from parkzero.cli.screen import console
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import say

QUICK, FULL = 30, 365


class Twin(StrEnum):
    """Whether PyPSA runs too."""

    AUTO = "auto"
    SKIP = "skip"
    REQUIRE = "require"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("bench")(bench)


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="30 days a year instead of 365.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Also half-hours, one year alone, growth.")] = False,
    growth: Annotated[bool, typer.Option("--growth", help="Only time over tenants and over years.")] = False,
    charges: Annotated[bool, typer.Option("--charges", help="Only parks with demand charges.")] = False,
    twin: Annotated[Twin, typer.Option(help="PyPSA: if it is there, never, or as a must.")] = Twin.AUTO,
    days: Annotated[int, typer.Option(min=0, max=365, help="Days of each year; 0: 30 or 365.")] = 0,
    tenants: Annotated[str, typer.Option(help="Park sizes for the growth curve.")] = "1,2,5,10,20",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures to a file.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Folder for pictures (SVG).")] = None,
) -> None:
    """Compare planning with PyPSA in one run: seconds, memory, and the proven gap.

    Every measurement runs in a process of its own. The reference case at full size takes PyPSA about half an
    hour on two cores; --quick takes a minute or two. PyPSA needs an environment of its own (make twin-env).

    Examples:
        parkzero bench --quick

        parkzero bench --full --twin require --json bench.json --picture docs/pictures

        parkzero bench --growth --days 30 --tenants 1,2,5

        parkzero bench --charges --tenants 1,3
    """
    from parkzero.bench import Bench, run  # starts nothing until asked, but loads the solver

    if quick and full:
        place = Place(field="--quick and --full")
        raise StudyError(
            [Fault(place, say("contradict each other"), hint=say("name one of them"))], say("The command")
        )
    for path in (json_file.parent if json_file else None, picture):
        if path is not None and not path.is_dir():
            raise StudyError(
                [Fault(Place(str(path)), say("is no folder"), hint=say("create it first"))],
                say("The command"),
            )
    size = days or (QUICK if quick else FULL)
    curves, parts = growth or full, growth or charges
    plan = Bench(
        days=size,
        reference=not parts,
        twin=twin.value,
        monolith=quick,
        extras=full,
        tenants=counts(tenants) if curves else (),
        year_counts=(1, 2, 3, 4, 5, 6) if curves else (),
        charged=(0, *counts(tenants)) if charges else (),
    )
    out = console()
    result = run(plan, lambda words: out.print(words, style="dim", markup=False))
    _show(result, not parts, json_file, picture)


def _show(result: dict[str, Any], whole: bool, json_file: Path | None, picture: Path | None) -> None:
    """Print what was measured, and write it where that was asked."""
    out = console()
    if whole:
        out.print(table(result))
        for words in summary(result):
            out.print(words, markup=False)
    for point in result["growth"]:
        out.print(grown(point), markup=False)
    if result["charges"]:
        out.print(charged_table(result["charges"]))
    if json_file is not None:
        json_file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        out.print(f"Wrote {json_file}", markup=False)
    if picture is not None:
        draw(result, picture)
        out.print(f"Pictures are in {picture}", markup=False)


def counts(text: str) -> tuple[int, ...]:
    """Ascending numbers from a list such as "1,2,5".

    Raises:
        StudyError: when the list holds anything else, or a number outside 1 to 200.
    """
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and 1 <= int(word[:4]) <= 200 for word in words):
        fault = Fault(
            Place(field="--tenants"),
            say("is no list of numbers"),
            text[:60],
            say("numbers from 1 to 200 as 1,2,5"),
        )
        raise StudyError([fault], say("The command"))
    return tuple(sorted({int(word) for word in words}))


def table(result: dict[str, Any]) -> Table:
    """The runs of the reference case."""
    case = result["case"]
    made = Table(title=f"Reference pathway, {len(case['years'])} years of {case['days']} days", expand=False)
    made.add_column("run")
    for name in ("seconds", "memory MB", "largest MB", "gap", "cost", "columns"):
        made.add_column(name, justify="right")
    for line in result["runs"].values():
        made.add_row(
            line["name"],
            f"{line['seconds']:,.1f}",
            f"{line['peak_mb']:,.0f}",
            f"{line['largest_mb']:,.0f}",
            "" if line["gap"] is None else f"{line['gap']:.3%}",
            "" if line["objective"] is None else f"{line['objective']:,.0f}",
            "" if line["columns"] is None else f"{line['columns']:,}",
        )
    return made


def summary(result: dict[str, Any]) -> list[str]:
    """What the runs say together, in words."""
    words = []
    if result["ratio_assembly_time"]:
        words.append(
            f"Assembly: {result['ratio_assembly_time']:,.1f} times faster than PyPSA, with "
            f"1/{result['ratio_assembly_memory']:,.1f} of its memory."
        )
    if result["ratio_time"]:
        times, coarse = result["ratio_time"], result["ratio_time_at_0.2%"]
        memory, largest = result["ratio_memory"], result["ratio_memory_largest_process"]
        words.append(
            f"Planning to a proven gap of {result['gap']:.3%}: {times:,.1f} times faster than PyPSA "
            f"(asked for 0.2%: {coarse:,.1f} times), with 1/{memory:,.1f} of its memory, "
            f"in one process (largest process 1/{largest:,.1f})."
        )
        if result["ratio_time_two_workers"]:
            words.append(
                f"With two workers: {result['ratio_time_two_workers']:,.1f} times faster, with "
                f"1/{result['ratio_memory_two_workers']:,.1f} of its memory."
            )
        verdict = "lies between the bounds" if result["agrees"] else "DOES NOT LIE between the bounds"
        words.append(f"PyPSA's optimum {verdict} of every certified plan.")
    machine, versions = result["machine"], result["versions"]
    words.append(
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB; "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
    )
    return words


def grown(point: dict[str, Any]) -> str:
    """One point of a growth curve in words."""
    return (
        f"{point['count']:>3} {point['axis']:<8} {point['seconds']:>9,.1f} s {point['peak_mb']:>8,.0f} MB  "
        f"gap {point['gap']:.3%}  {point['columns']:>12,} columns"
    )


def charged_table(points: list[dict[str, Any]]) -> Table:
    """Parks without and with demand charges, and what PyPSA on typical days makes of them."""
    made = Table(title="Demand charges, a meter for each tenant", expand=False)
    made.add_column("tenants", justify="right")
    made.add_column("run")
    names = (
        "seconds",
        "processor seconds",
        "of no charge",
        "memory MB",
        "gap",
        "cost",
        "promised",
        "dearer by",
    )
    for name in (*names, "of it penalty", "status"):
        made.add_column(name, justify="right")
    free = 1.0
    for point in points:
        free = point["cpu_seconds"] if point["name"] == "no demand charge" else free
        true = point.get("dearer") is not None
        made.add_row(
            str(point["count"] or "reference"),
            point["name"],
            f"{point['seconds']:,.1f}",
            f"{point['cpu_seconds']:,.1f}",
            f"{point['cpu_seconds'] / free:.1f}",
            f"{point['peak_mb']:,.0f}",
            "" if point.get("gap") is None else f"{point['gap']:.3%}",
            "" if point.get("objective") is None else f"{point['objective']:,.0f}",
            "" if point.get("promised") is None else f"{point['promised']:,.0f}",
            "{:.2%} to {:.2%}".format(*point["dearer"]) if true else "",
            f"{point['penalty'] / point['objective']:.2%}" if true else "",
            point["status"],
        )
    return made


def draw(result: dict[str, Any], folder: Path) -> None:
    """Write the pictures that the result has figures for."""
    from parkzero.bench.picture import growth, memory, seconds
    from parkzero.texts import Both

    days, points = result["case"]["days"], result["growth"]
    parks = Both(f"Khu có nhiều doanh nghiệp, {days} ngày/năm", f"Park of many tenants, {days} days a year")
    pathway = Both(f"Lộ trình tham chiếu, {days} ngày/năm", f"Reference pathway, {days} days a year")
    charts = {
        "bench.svg": seconds(result) if result["runs"] else None,
        "bench-memory.svg": memory(result) if result["runs"] else None,
        "bench-tenants.svg": growth(points, "tenants", parks),
        "bench-years.svg": growth(points, "years", pathway),
    }
    for name, chart in charts.items():
        if chart is not None:
            (folder / name).write_text(chart.svg("en", 560), encoding="utf-8")
