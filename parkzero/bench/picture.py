"""Pictures of a benchmark: runs on a logarithmic scale, and growth over tenants and years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parkzero.charts import About, Bar, Chart, Curve, Phrase, line_chart, ranked
from parkzero.charts.numbers import Number
from parkzero.texts import Both

BLUE, GREY = "#1f6f8b", "#9aa5ab"
SOURCE = "parkzero bench"
SECONDS = Both("giây", "seconds")
_AXES = {
    "tenants": Both("số doanh nghiệp", "number of tenants"),
    "years": Both("số năm mốc", "number of milestone years"),
}
_MEASURED = Both("đo được, với khoảng cách đã chứng minh", "measured, with the proven gap")
_STEADY = Both("tỷ lệ thuận", "proportional")


def seconds(result: dict[str, Any]) -> Chart:
    """Seconds of every run of the reference case."""
    return _runs(
        result,
        "seconds",
        Both("Thời gian tính lộ trình tham chiếu", "Time for the reference pathway"),
        SECONDS,
    )


def memory(result: dict[str, Any]) -> Chart:
    """Peak memory of every run of the reference case."""
    title = Both("Bộ nhớ cho lộ trình tham chiếu", "Memory for the reference pathway")
    return _runs(result, "peak_mb", title, "MB")


def _runs(result: dict[str, Any], key: str, title: Both, unit: Both | str) -> Chart:
    """Bars of one measure; PyPSA's are grey."""
    case = result["case"]
    years, days = len(case["years"]), case["days"]
    size = Both(f", {years} năm × {days} ngày", f", {years} years of {days} days")
    bars = [Bar(name, float(v), GREY if "PyPSA" in name else BLUE) for name, v in result[key].items()]
    return ranked(About(Phrase(title, size), unit, SOURCE), bars, decades=True)


def growth(points: Sequence[dict[str, Any]], axis: str, title: Both) -> Chart | None:
    """Seconds over a count, with proportional growth from the first point; None where there are no points."""
    chosen = sorted((p for p in points if p["axis"] == axis), key=lambda p: p["count"])
    if not chosen:
        return None
    first, last = chosen[0], chosen[-1]
    places = tuple((float(p["count"]), float(p["seconds"])) for p in chosen)
    names = tuple(Phrase(Number(p["seconds"]), " s; ", Number(100 * p["gap"], 1), " %") for p in chosen)
    most = float(last["count"])
    steady = ((0.0, 0.0), (most, first["seconds"] * most / first["count"]))
    lines = [
        Curve(_STEADY, GREY, steady, shape="dash", dotted=False),
        Curve(_MEASURED, BLUE, places, names=names),
    ]
    marks = [x for x, _ in places]
    return line_chart(About(title, SECONDS, SOURCE), lines, _AXES[axis], marks=marks)
