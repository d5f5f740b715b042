"""The page and the workbook of an abatement study: frontier, bars that sum, the classical chart beside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from parkzero.abatement.bars import Bar, Bars
from parkzero.abatement.frontier import Frontier
from parkzero.abatement.points import Point
from parkzero.charts import About, Chart, Measure
from parkzero.charts import Point as Mark
from parkzero.charts import abatement as drawn_bars
from parkzero.charts import frontier as drawn_frontier
from parkzero.report.excel import Value, cell_of, heading_of, saved
from parkzero.report.html import framed, speakers, write_safely
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import Scale, beside, figure, money, percent
from parkzero.report.sections.parts import note, stated
from parkzero.report.words import Both, Lang, both, say


class Found:
    """What an abatement study found."""

    def __init__(
        self, name: str, currency: str, gap: float, years: Sequence[int], synthetic: bool,
        frontier: Frontier | None, bars: Bars | None, kinds: Mapping[str, Both] | None = None,
    ) -> None:  # fmt: skip
        self.kinds = kinds or {}
        self.name, self.currency, self.gap, self.years = name, currency, gap, years
        self.synthetic, self.frontier, self.bars = synthetic, frontier, bars

    def each(self, largest: float) -> Scale:
        """The scale of money a tonne."""
        scale = money(self.currency, largest)
        return Scale(scale.factor, scale.unit + Both("/tấn", "/t"))


def write_abatement(found: Found, path: Path | str, lang: Lang = "vi") -> Path:
    """Write the page as one self-contained HTML file.

    Raises:
        StudyError: when it cannot be written.
    """
    goal = Path(path)
    write_safely(goal, abatement_page(found, lang).encode("utf-8"))
    return goal


def abatement_page(found: Found, lang: Lang = "vi") -> str:
    """The page."""
    title = say("abatement.title")
    years = ", ".join(str(y) for y in found.years)
    told = say("abatement.proven", gap=percent(found.gap), years=years)
    head = tag("h1", title + f" · {found.name}")
    header = tag("header", tag("div", speakers(lang), head, tag("p", told, class_="soft"), class_="inner"))
    parts: list[Child] = []
    if found.frontier is not None:
        parts.append(_frontier(found, found.frontier))
    if found.bars is not None:
        parts += [_bars(found, found.bars), _classical(found, found.bars)]
    return framed(title + f" · {found.name}", [header, tag("main", *parts)], lang)


def _section(name: str, title: Both, *children: Child) -> Markup:
    head = tag("h2", title, id=f"{name}-title")
    return tag("section", head, *children, id=name, aria_labelledby=f"{name}-title")


def _figure(found: Found, name: str, chart: Chart) -> Markup:
    """A chart with its legend and numbers, and whether it rests on synthetic series."""
    label = (
        tag("p", tag("strong", say("label.synthetic")), class_="label synthetic") if found.synthetic else None
    )
    return stated(chart, name, label)


def _frontier(found: Found, line: Frontier) -> Markup:
    plans = [(0.0, line.free), *((c.share, c.point) for c in line.caps)]
    scale = money(found.currency, max(abs(p.cost) for _, p in plans))
    about = About(say("abatement.frontier"), scale.unit, say("abatement.source"), found.synthetic)
    marks = [
        Mark(p.tonnes, p.cost * scale.factor, say("abatement.free") if share == 0 else percent(share, 2))
        for share, p in plans
    ]
    known = [abs(c.price if c.price is not None else c.slope or 0.0) for c in line.caps] or [1.0]
    each = found.each(max(known))
    chart = drawn_frontier(about, marks, say("abatement.tonnes"), each.unit, each.factor / scale.factor)
    unit = " [" + each.unit + "]"
    head = [say("abatement.cap"), say("abatement.tonnes"), say("abatement.cost") + " [" + scale.unit + "]",
            say("abatement.lower_bound") + " [" + scale.unit + "]", say("abatement.next") + unit,
            say("abatement.mean") + unit]  # fmt: skip
    rows: list[list[Child]] = [[say("abatement.free"), figure(line.free.tonnes, 6),
                                *_enclosed(line.free, scale), "–", "–"]]  # fmt: skip
    for c in line.caps:
        told = [figure(v * each.factor, 4) if v is not None else both("–") for v in (c.price, c.slope)]
        rows.append([percent(c.share, 2), figure(c.point.tonnes, 6), *_enclosed(c.point, scale), *told])
    parts: list[Child] = [
        _figure(found, "frontier-chart", chart),
        table(head, rows),
        note(say("abatement.frontier_note")),
        note(say("abatement.doubt_note")),
    ]
    if line.beyond:
        shares = ", ".join(f"{s:.0%}" for s in line.beyond)
        parts.append(note(say("abatement.beyond", shares=shares)))
    return _section("frontier", say("abatement.frontier_title"), *parts)


def _enclosed(plan: Point, scale: Scale) -> list[Child]:
    """What a plan costs, and what the best one costs at least."""
    return [figure(v * scale.factor, 5) for v in (plan.cost, plan.cost - plan.doubt)]


def _named(found: Found, bar: Bar) -> Both:
    """A measure's name: that of its kind, where it is one."""
    return found.kinds.get(bar.name, both(bar.name))


def _bars(found: Found, bars: Bars) -> Markup:
    each = found.each(max((abs(b.each) for b in bars.bars if math.isfinite(b.each)), default=1.0))
    scale = money(found.currency, max(abs(bars.cost), *(abs(b.cost) for b in bars.bars)))
    about = About(say("abatement.bars"), each.unit, say("abatement.source"), found.synthetic)
    drawn = [Measure(_named(found, b), b.tonnes, b.each * each.factor) for b in bars.bars]
    chart = drawn_bars(about, drawn, say("abatement.avoided"), as_given=True)
    unit, a_tonne = " [" + scale.unit + "]", " [" + each.unit + "]"
    head = [say("abatement.measure"), say("abatement.avoided"), say("abatement.cost") + unit,
            say("abatement.each") + a_tonne, say("abatement.doubt") + unit]  # fmt: skip
    rows: list[list[Child]] = [[_named(found, b), *_figures(b, scale, each)] for b in bars.bars]
    rows.append([say("word.sum"), figure(bars.tonnes, 6), figure(bars.cost * scale.factor, 5), "", ""])
    price = figure(bars.price * each.factor, 4) + " " + each.unit
    how = say("abatement.exact" if bars.exact else "abatement.sampled", plans=str(bars.plans), price=price)
    return _section(
        "bars", say("abatement.bars_title"), _figure(found, "bars-chart", chart), table(head, rows),
        note(how), note(say("abatement.order")),
    )  # fmt: skip


def _figures(bar: Bar, scale: Scale, each: Scale) -> list[Both]:
    tonnes, cost = figure(bar.tonnes, 5), figure(bar.cost * scale.factor, 4)
    if bar.tonnes_error or bar.cost_error:
        tonnes = tonnes + " ± " + figure(bar.tonnes_error, 2)
        cost = cost + " ± " + figure(bar.cost_error * scale.factor, 2)
    told = figure(bar.each * each.factor, 4) if math.isfinite(bar.each) else both("–")
    return [tonnes, cost, told, figure(bar.doubt * scale.factor, 2)]


def _classical(found: Found, bars: Bars) -> Markup | None:
    known = [b for b in bars.bars if math.isfinite(b.alone_tonnes)]
    if not known:
        return None
    each = found.each(max((abs(b.alone_each) for b in known if math.isfinite(b.alone_each)), default=1.0))
    about = About(say("abatement.classical"), each.unit, say("abatement.source"), found.synthetic)
    drawn = [Measure(_named(found, b), b.alone_tonnes, b.alone_each * each.factor) for b in known]
    chart = drawn_bars(about, drawn, say("abatement.avoided"))
    largest = max(
        abs(v) for b in known for v in (b.alone_tonnes, b.tonnes, b.last_tonnes) if math.isfinite(v)
    )
    head = [say("abatement.measure"), say("abatement.alone"), say("abatement.shared"), say("abatement.last")]
    rows: list[list[Child]] = [
        [_named(found, b), *(beside(v, largest, 5) for v in (b.alone_tonnes, b.tonnes, b.last_tonnes))]
        for b in known
    ]
    alone = sum(b.alone_tonnes for b in known)
    rows.append([say("word.sum"), beside(alone, largest, 5), beside(bars.tonnes, largest, 5), ""])
    share = percent(alone / bars.tonnes, 3) if bars.tonnes > 0 else both("–")
    apart = max(known, key=lambda b: abs(b.alone_tonnes - b.tonnes))
    why = say(
        "abatement.why", share=share, measure=_named(found, apart), alone=figure(apart.alone_tonnes, 4),
        shared=figure(apart.tonnes, 4),
    )  # fmt: skip
    return _section(
        "classical", say("abatement.classical_title"), _figure(found, "classical-chart", chart),
        table(head, rows), note(why),
    )  # fmt: skip


def write_abatement_workbook(found: Found, path: Path | str, lang: Lang = "vi") -> Path:
    """Write the figures as a workbook.

    Raises:
        StudyError: when it cannot be written.
    """
    book = Workbook(write_only=True)
    if found.frontier is not None:
        free, caps = found.frontier.free, found.frontier.caps
        plans: list[Sequence[Value]] = [
            (0.0, free.tonnes, free.cost, free.lower_bound, None, None, free.seconds)
        ]
        plans += [
            (c.share, c.point.tonnes, c.point.cost, c.point.lower_bound, c.price, c.slope, c.point.seconds)
            for c in caps
        ]
        columns = ("cap", "tonnes", "cost", "lower_bound", "next", "mean", "seconds")
        _sheet(book, say("abatement.frontier_title").of(lang), columns, plans, lang)
    if found.bars is not None:
        rows = [
            (_named(found, b).of(lang), b.tonnes, b.tonnes_error, b.cost, b.cost_error, b.doubt,
             b.alone_tonnes, b.alone_cost, b.last_tonnes, b.last_cost)
            for b in found.bars.bars
        ]  # fmt: skip
        heads = ("measure", "avoided", "avoided_error", "cost", "cost_error", "doubt", "alone", "alone_cost",
                 "last", "last_cost")  # fmt: skip
        _sheet(book, say("abatement.bars_title").of(lang), heads, rows, lang)
    return saved(book, Path(path))


def _sheet(
    book: Workbook, title: str, heads: Sequence[str], rows: Sequence[Sequence[Value]], lang: Lang
) -> None:
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "B2"
    for i in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(i)].width = 26
    sheet.append([heading_of(sheet, say(f"abatement.{head}").of(lang)) for head in heads])
    for row in rows:
        plain = [None if isinstance(v, float) and not math.isfinite(v) else v for v in row]
        sheet.append([cell_of(sheet, value, "#,##0.00####") for value in plain])
