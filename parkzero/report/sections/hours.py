"""Hours of a year: heat maps of load, import, generation and storage, a typical week and the hardest one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from parkzero.charts import Band, heat_map, week
from parkzero.charts.palette import taken as taken_colour
from parkzero.charts.palette import technology
from parkzero.charts.words import Words, told
from parkzero.report.balance import Injections, Steps
from parkzero.report.facts import Facts, technology_name
from parkzero.report.markup import data_island, table, tag
from parkzero.report.numbers import beside
from parkzero.report.sections.parts import figure, grid, pair, said_of, section
from parkzero.report.words import Both, both, known, say
from parkzero.units import FloatArray

_STORED = ("battery", "thermal_store")
_RENEWABLE = ("solar", "wind")
_OUTWARDS = (
    "grid",
    "wind",
    "solar",
    "battery",
    "heat_pump",
    "electric_boiler",
    "fuel_boiler",
    "thermal_store",
)
_WEEK = 7
_LEAST = 1e-3  # a kilowatt: what a solver leaves of nothing is less


@dataclass(frozen=True, slots=True)
class Weeks:
    """First day of the typical and of the hardest week, counted from the first day of the year."""

    typical: int
    hardest: int
    length: int


def hours(facts: Facts, years: Iterable[tuple[int, Injections]]) -> Markup:
    """A panel for each milestone year, of which one is shown; the last year to begin with."""
    panels = []
    last = facts.years[-1]
    for year, found in years:
        inner = [_maps(facts, year, found), *_weeks(facts, year, found)]
        panels.append(tag("div", *inner, class_="panel", data_year=year, hidden=year != last))
    buttons = [
        tag("button", str(y), type="button", data_pick=y, aria_pressed="true" if y == last else "false")
        for y in facts.years
    ]
    bar = tag("div", tag("span", say("hours.year")), *buttons, class_="picker", role="group")
    return section("hours", bar, *panels)


def _months(steps: Steps) -> list[tuple[int, int]]:
    """First day and number of each month that the steps cover."""
    days = steps.starts[:: steps.per_day][: steps.days].astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    firsts = [0, *(np.flatnonzero(np.diff(months)) + 1).tolist()] if len(months) else []
    return [(int(i), int(months[i])) for i in firsts]


def _maps(facts: Facts, year: int, found: Injections) -> Markup:
    steps = found.steps
    draws: list[tuple[str, FloatArray, Both]] = []
    electricity = {group: (given, taken) for group, given, taken in found.of("electricity")}
    nothing = np.zeros(len(steps.starts))
    used = [taken for g, (_, taken) in electricity.items() if g not in ("grid", "feeder", *_STORED)]
    rates = {"load": np.sum(used, axis=0) if used else nothing}
    for name, group in (("import", "grid"), ("solar", "solar"), ("wind", "wind")):
        rates[name] = electricity.get(group, (nothing, nothing))[0]
    for name, values in rates.items():
        if float(np.max(values, initial=0.0)) > _LEAST:
            draws.append((name, values, both("MW")))
    draws += [
        (kind, level, both("MWh")) for kind in _STORED if (level := _level(facts, year, kind)) is not None
    ]
    months = _months(steps)
    tiles = [
        figure(
            facts,
            f"map-{name}-{year}",
            heat_map(
                said_of(
                    facts,
                    say(f"hours.map.{name}", year=str(year)),
                    unit,
                    "hourly/flows" if unit.en == "MWh" else "hourly/injections",
                ),
                values,
                steps.per_day,
                months,
            ),
        )
        for name, values, unit in draws
    ]
    return grid(*tiles)


def _level(facts: Facts, year: int, kind: str) -> FloatArray | None:
    """Energy stored in all assets of a kind, shape [steps]; None where nothing is stored."""
    assets = [f"{a}.stored" for a, k in facts.kinds.items() if k == kind]
    frame = facts.frame("flows", year)
    parts = [frame[a].to_numpy() for a in assets if a in frame.columns]
    if not parts:
        return None
    level: FloatArray = np.sum(parts, axis=0)
    return level if float(level.max(initial=0.0)) > _LEAST else None


def chosen_weeks(found: Injections) -> Weeks:
    """The week nearest to the mean week, and the one in which least renewable power meets most demand.

    Weeks start on a Monday where the year holds a whole one. "Nearest" compares demand and renewable
    generation hour by hour with the mean of all weeks.
    """
    steps = found.steps
    days = steps.starts[:: steps.per_day][: steps.days].astype("datetime64[D]")
    length = min(_WEEK, steps.days)
    first = int(np.argmax((days.astype(int) + 3) % 7 == 0)) if steps.days >= 2 * _WEEK - 1 else 0
    count = max(1, (steps.days - first) // length)
    series = {g: given - taken for g, given, taken in found.of("electricity")}
    zero = np.zeros(len(steps.starts))
    made = sum((series.get(g, zero) for g in _RENEWABLE), zero)
    used = -sum((v for g, v in series.items() if g.endswith("_demand")), zero)

    def cut(values: FloatArray) -> FloatArray:
        per = length * steps.per_day
        start = first * steps.per_day
        return values[start : start + count * per].reshape(count, per)

    far = sum(((w - w.mean(axis=0)) ** 2).sum(axis=1) for w in (cut(made), cut(used)))
    short = cut(used - made).sum(axis=1)
    return Weeks(first + length * int(np.argmin(far)), first + length * int(np.argmax(short)), length)


def bands(found: Injections, carrier: str, first: int, length: int) -> list[Band]:
    """What each technology gives and takes in the days from ``first`` on, from zero outwards."""
    per = found.steps.per_day
    part = slice(first * per, (first + length) * per)
    order = {group: i for i, group in enumerate(_OUTWARDS)}
    given, taken = [], []
    for group, out, into in sorted(found.of(carrier), key=lambda g: order.get(g[0], len(order))):
        if group == "feeder":
            continue
        up, down = out[part], into[part]
        if up.max(initial=0.0) > _LEAST:
            given.append(Band(technology_name(group), technology(group), up))
        if down.max(initial=0.0) > _LEAST:
            name = known(f"hours.takes.{group}", "")
            name = name if name.vi else technology_name(group)
            taken.append(Band(name, taken_colour(group), -down))
    taken.sort(key=lambda b: -float(-b.values.sum()))
    return [*given, *taken]


def _weeks(facts: Facts, year: int, found: Injections) -> list[Markup]:
    picked = chosen_weeks(found)
    figures = []
    for carrier in ("electricity", "heat"):
        weeks = {"typical": picked.typical, "hardest": picked.hardest}
        if picked.typical == picked.hardest:
            del weeks["typical"]
        for name, first in weeks.items():
            shown = bands(found, carrier, first, picked.length)
            if shown:
                figures.append(
                    _week(facts, year, found.steps, f"{carrier}-{name}", shown, first, picked.length)
                )
    return figures


def _week(
    facts: Facts, year: int, steps: Steps, name: str, shown: list[Band], first: int, length: int
) -> Markup:
    begin = steps.starts[first * steps.per_day].astype("datetime64[D]")
    weekday = int((begin.astype(int) + 3) % 7)
    days = weekday_names(weekday, length, [say(f"weekday.{k}") for k in range(7)])
    key = f"week-{name}-{year}"
    times = [
        days[t // steps.per_day] + " " + clock(t % steps.per_day * steps.hours)
        for t in range(length * steps.per_day)
    ]
    date = str(begin)
    title = say(
        f"hours.week.{name.replace('-', '_')}",
        year=str(year),
        date=Both(f"{date[8:10]}/{date[5:7]}", f"{date[8:10]} {_MONTHS[int(date[5:7]) - 1]}"),
    )
    about = said_of(facts, title, both("MW"), "hourly/injections")
    numbers = _totals(shown, steps)
    chart = figure(facts, key, week(about, shown, days), numbers=numbers, wide=True, pointed=key)
    return chart + data_island(key, week_data(shown, times, both("MW")))


def _totals(shown: Sequence[Band], steps: Steps) -> Markup:
    """Energy and peak of each band; its hours are told under the pointer."""
    sums = [float(np.abs(band.values).sum()) * steps.hours for band in shown]
    peaks = [float(np.abs(band.values).max(initial=0.0)) for band in shown]
    rows = [
        [pair(band.name), beside(e, max(sums)), beside(p, max(peaks))]
        for band, e, p in zip(shown, sums, peaks, strict=True)
    ]
    return table([both(""), both("MWh"), say("word.high") + " (MW)"], rows)


def week_data(bands: Sequence[Band], times: Sequence[Both], unit: Both) -> dict[str, object]:
    """What the script shows under the pointer: times, and each band's name, colour and rounded values."""

    def texts(words: Words) -> list[str]:
        return [told(words, "vi"), told(words, "en")]

    return {
        "unit": texts(unit),
        "times": [texts(t) for t in times],
        "bands": [
            [*texts(b.name), b.colour, [float(f"{v:.3g}") for v in np.nan_to_num(b.values)]] for b in bands
        ],
    }


def weekday_names(first: int, count: int, names: Sequence[Both]) -> list[Both]:
    """Names of ``count`` days from the weekday ``first`` (Monday 0) on."""
    return [names[(first + k) % 7] for k in range(count)]


def clock(hour: float) -> str:
    """An hour of the day as 13:30."""
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
