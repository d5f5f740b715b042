"""Hours of a year: heat maps of load, import, generation and storage, a typical week and the hardest one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from parkzero.charts import Band, heat_map, week
from parkzero.charts.palette import lighter
from parkzero.charts.words import Words, told
from parkzero.report.balance import ELECTRICITY, Injections, Steps
from parkzero.report.facts import Drawn, Facts
from parkzero.report.markup import data_island, table, tag
from parkzero.report.numbers import beside
from parkzero.report.sections.parts import figure, grid, pair, said_of, section
from parkzero.report.words import Both, both, say
from parkzero.units import FloatArray

_CONNECTION = "connection"
_OUTWARDS = ("contract", "power", "fuel", "molecules", "heat", "cold", "demand", "storage")
"""Groups in the order in which they are stacked, from zero outwards; connections stand before them all."""
_HELD = ("demand", "storage")
_NETWORK = "network"
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
    """Load, import, each source of electricity, and what each kind of store holds."""
    tiles = []
    for key, title, values in _electricity(found):
        about = said_of(facts, title + f", {year}", both("MW"), "hourly/injections")
        tiles.append((key, about, values))
    for key, title, unit, values in _levels(facts, year, found):
        about = said_of(facts, title + f", {year}", both(unit), "hourly/flows")
        tiles.append((key, about, values))
    steps, months = found.steps, _months(found.steps)
    return grid(
        *(
            figure(facts, f"map-{key}-{year}", heat_map(about, values, steps.per_day, months))
            for key, about, values in tiles
            if float(np.max(values, initial=0.0)) > _LEAST
        )
    )


def _electricity(found: Injections) -> list[tuple[str, Both, FloatArray]]:
    """What is used and bought of electricity, and what each source that only makes electricity gives."""
    used, bought = np.zeros(len(found.steps.starts)), np.zeros(len(found.steps.starts))
    sources = []
    for group, given, taken in found.of(ELECTRICITY):
        drawn = found.drawn(group)
        if _CONNECTION in drawn.traits:
            bought = bought + given
        elif drawn.group not in (_NETWORK, "storage"):
            used = used + taken
            alone = all(kind != group or carrier == ELECTRICITY for carrier, kind in found.given)
            if alone and not taken.any():
                sources.append((group, say("hours.map.source", name=drawn.name), given))
    return [("load", say("hours.map.load"), used), ("import", say("hours.map.import"), bought), *sources]


def _levels(facts: Facts, year: int, found: Injections) -> list[tuple[str, Both, str, FloatArray]]:
    """What all assets of a kind hold, by kind and unit."""
    frame = facts.frame("flows", year)
    sums: dict[tuple[str, str], FloatArray] = {}
    for asset, kind in facts.kinds.items():
        if (name := f"{asset}.stored") in frame.columns:
            key = kind, found.holds.get(asset, "MWh")
            sums[key] = sums.get(key, 0.0) + frame[name].to_numpy()
    return [
        (kind if unit == "MWh" else f"{kind}-{unit}",
         say("hours.map.stored", name=found.drawn(kind).name), unit, level)
        for (kind, unit), level in sums.items()
    ]  # fmt: skip


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
    made, used = found.renewable, np.zeros(len(steps.starts))
    for group, given, taken in found.of(ELECTRICITY):
        if found.drawn(group).group == "demand":
            used = used + taken - given

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
    given, taken = [], []

    def outwards(row: tuple[str, FloatArray, FloatArray]) -> tuple[int, str]:
        drawn = found.drawn(row[0])
        place = _OUTWARDS.index(drawn.group) if drawn.group in _OUTWARDS else len(_OUTWARDS)
        return (-1 if _CONNECTION in drawn.traits else place), row[0]

    for group, out, into in sorted(found.of(carrier), key=outwards):
        drawn = found.drawn(group)
        if drawn.group == _NETWORK:
            continue
        up, down = out[part], into[part]
        if up.max(initial=0.0) > _LEAST:
            given.append(Band(drawn.name, drawn.colour, up))
        if down.max(initial=0.0) > _LEAST:
            colour = lighter(drawn.colour) if out.max(initial=0.0) > _LEAST else drawn.colour
            taken.append(Band(_taken(drawn), colour, -down))
    taken.sort(key=lambda b: -float(-b.values.sum()))
    return [*given, *taken]


def _taken(drawn: Drawn) -> Both:
    """What a technology takes, in words: it is charged, or sells."""
    if _CONNECTION in drawn.traits:
        return say("energy.export")
    return say("hours.charging", name=drawn.name) if drawn.group == "storage" else drawn.name


def _weeks(facts: Facts, year: int, found: Injections) -> list[Markup]:
    picked = chosen_weeks(found)
    figures = []
    held = {c for c, group in found.given if found.drawn(group).group in _HELD}
    for carrier in (c for c in found.carriers if c in held):
        weeks = {"typical": picked.typical, "hardest": picked.hardest}
        if picked.typical == picked.hardest:
            del weeks["typical"]
        for name, first in weeks.items():
            shown = bands(found, carrier, first, picked.length)
            if shown:
                figures.append(_week(facts, year, found, carrier, name, shown, first, picked.length))
    return figures


def _week(
    facts: Facts, year: int, found: Injections, carrier: str, name: str, shown: list[Band], first: int,
    length: int,
) -> Markup:  # fmt: skip
    steps, drawn = found.steps, found.carrier(carrier)
    begin = steps.starts[first * steps.per_day].astype("datetime64[D]")
    weekday = int((begin.astype(int) + 3) % 7)
    days = weekday_names(weekday, length, [say(f"weekday.{k}") for k in range(7)])
    key = f"week-{carrier}-{name}-{year}"
    times = [
        days[t // steps.per_day] + " " + clock(t % steps.per_day * steps.hours)
        for t in range(length * steps.per_day)
    ]
    date = str(begin)
    title = say(
        f"hours.week.{name}",
        name=drawn.name,
        year=str(year),
        date=Both(f"{date[8:10]}/{date[5:7]}", f"{date[8:10]} {_MONTHS[int(date[5:7]) - 1]}"),
    )
    about = said_of(facts, title, both(drawn.rate), "hourly/injections")
    numbers = _totals(shown, steps, drawn)
    chart = figure(facts, key, week(about, shown, days), numbers=numbers, wide=True, pointed=key)
    return chart + data_island(key, week_data(shown, times, both(drawn.rate)))


def _totals(shown: Sequence[Band], steps: Steps, drawn: Drawn) -> Markup:
    """Total and peak of each band; its hours are told under the pointer."""
    sums = [float(np.abs(band.values).sum()) * steps.hours for band in shown]
    peaks = [float(np.abs(band.values).max(initial=0.0)) for band in shown]
    rows = [
        [pair(band.name), beside(e, max(sums)), beside(p, max(peaks))]
        for band, e, p in zip(shown, sums, peaks, strict=True)
    ]
    return table([both(""), both(drawn.amount), say("word.high") + f" ({drawn.rate})"], rows)


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
