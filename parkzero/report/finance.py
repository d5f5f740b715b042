"""The page of a finance case: cash by actor, each project with its debt and tax, tornado, fair split."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from markupsafe import Markup

from parkzero.cash.flows import npv
from parkzero.charts import Layer, Step, Swing, stacked_bars, waterfall
from parkzero.charts import tornado as drawn_tornado
from parkzero.charts.bars import visible
from parkzero.charts.palette import spare
from parkzero.finance.project import Project, Worth, worth
from parkzero.finance.statement import Shared, Statement, checks, shared
from parkzero.finance.tornado import Swung, value_of
from parkzero.report.facts import Facts, facts_of
from parkzero.report.html import framed, speakers, write_safely
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import beside, money, number, percent, residual
from parkzero.report.numbers import figure as told_figure
from parkzero.report.sections import actors
from parkzero.report.sections.parts import figure, note, said_of
from parkzero.report.words import Both, Lang, both, say
from parkzero.texts import Text
from parkzero.units import FloatArray

_PARTS = ("saving", "incentives", "vat", "tax", "investment", "residual", "drawn", "service")


def write_finance(found: Statement, swings: Sequence[Swung], path: Path | str, lang: Lang = "vi") -> Path:
    """Write a finance case as one self-contained HTML file.

    Raises:
        StudyError: when it cannot be written.
    """
    goal = Path(path)
    write_safely(goal, finance_page(found, swings, lang).encode("utf-8"))
    return goal


def finance_page(found: Statement, swings: Sequence[Swung], lang: Lang = "vi") -> str:
    """The page."""
    facts = facts_of(found.results)
    title = say("finance.title")
    heading = tag("h1", title + f" · {facts.name}")
    kind = say("finance.nominal" if found.case else "finance.real", rate=percent(found.discount))
    header = tag("header", tag("div", speakers(lang), heading, tag("p", kind, class_="soft"), class_="inner"))
    parts: list[Child] = [
        _section(
            "actors", say("section.actors.title"), actors.chart(facts, found), actors.totals(facts, found)
        )
    ]
    parts += [_project(facts, made, found.discount) for made in found.projects.values()]
    if swings:
        parts.append(_tornado(facts, found, swings))
    if found.case is not None and found.case.game is not None:
        parts.append(_split(shared(found.case.game)))
    parts += [_notes(found), _checks(found)]
    return framed(title + f" · {facts.name}", [header, tag("main", *parts)], lang)


def _section(name: str, title: Both, *children: Child) -> Markup:
    return tag(
        "section", tag("h2", title, id=f"{name}-title"), *children, id=name, aria_labelledby=f"{name}-title"
    )


def _project(facts: Facts, made: Project, rate: float) -> Markup:
    name = f"project-{made.actor}"
    title = say("finance.project", actor=actors.name_of(facts, made.actor))
    equity, whole = worth(made.equity, rate), worth(made.whole, rate)
    cards = tag("div", *_cards(facts, made, equity, whole), class_="cards")
    parts: list[Child] = [cards]
    if len(equity.irrs) > 1:
        told = percent(equity.irrs[0])
        for one in equity.irrs[1:]:
            told = told + ", " + percent(one)
        parts.append(note(say("finance.several", rates=told)))
    parts += [_waterfall(facts, made, rate, name), _years(facts, made, name)]
    return _section(name, title, *parts)


def _cards(facts: Facts, made: Project, equity: Worth, whole: Worth) -> list[Markup]:
    scale = money(facts.currency, max(abs(equity.npv), abs(whole.npv), float(made.drawn.sum())))
    cover = made.cover[np.isfinite(made.cover)]
    least = told_figure(float(cover.min()), 4) if len(cover) else both("–")
    own, all_ = (say("finance.irrs", rates=_rates(w.irrs)) for w in (equity, whole))
    again = say("case.payback_more", years=_time(equity.discounted_payback))
    return [
        _card(say("finance.equity"), scale.full(equity.npv, 4), own),
        _card(say("finance.whole"), scale.full(whole.npv, 4), all_),
        _card(say("case.payback"), _time(equity.payback), again),
        _card(say("finance.debt"), scale.full(float(made.drawn.sum()), 4), say("finance.cover", least=least)),
        _card(say("finance.tax"), scale.full(float(made.tax.sum()), 4), say("finance.tax_more")),
    ]


def _card(name: Both, value: Both, more: Both) -> Markup:
    parts = [tag("h3", name), tag("p", value, class_="value"), tag("p", more, class_="soft")]
    return tag("div", *parts, class_="card")


def _rates(rates: Sequence[float]) -> Both:
    if not rates:
        return say("case.no_irr")
    return percent(rates[0]) if len(rates) == 1 else say("case.irrs", count=str(len(rates)))


def _time(value: float | None) -> Both:
    if value is None or not math.isfinite(value):
        return say("case.never")
    return number(value, 1) + Both(" năm", " years")


def _signed(made: Project, part: str) -> FloatArray:
    sign = -1.0 if part in ("tax", "investment", "service") else 1.0
    values: FloatArray = sign * np.asarray(getattr(made, part))
    return values


def _waterfall(facts: Facts, made: Project, rate: float, name: str) -> Markup:
    worths = {part: npv(rate, _signed(made, part).tolist()) for part in _PARTS}
    total = npv(rate, made.equity.tolist())
    scale = money(facts.currency, max(abs(v) for v in (*worths.values(), total)))
    steps = [Step(say(f"finance.part.{part}"), v * scale.factor) for part, v in worths.items() if v]
    steps.append(Step(say("finance.equity"), total * scale.factor, total=True))
    about = said_of(facts, say("finance.waterfall"), scale.unit, "ledger, terms")
    return figure(facts, f"{name}-value", waterfall(about, steps))


def _years(facts: Facts, made: Project, name: str) -> Markup:
    """Cash by time: columns of the parts, with what is left for those who own as rings."""
    flows = {part: _signed(made, part) for part in _PARTS}
    largest = max(float(np.abs(flow).max()) for flow in flows.values())
    scale = money(facts.currency, largest)
    layers = [
        Layer(say(f"finance.part.{part}"), spare(i), tuple(float(v) * scale.factor for v in flow))
        for i, (part, flow) in enumerate(flows.items())
    ]
    times = range(len(made.equity))
    about = said_of(facts, say("finance.years", first=str(facts.years[0])), scale.unit, "ledger, terms")
    drawn = stacked_bars(
        about, [str(t) for t in times], visible(layers), net=say("finance.equity_cash"),
        shown=[t % 5 == 0 for t in times],
    )  # fmt: skip
    parts = [say(f"finance.part.{part}") for part in _PARTS]
    head = [say("finance.time"), *parts, say("finance.equity_cash"), say("finance.dscr")]
    most = largest * scale.factor
    rows: list[list[Child]] = [
        [str(t), *(beside(float(flow[t]) * scale.factor, most) for flow in flows.values()),
         beside(float(made.equity[t]) * scale.factor, most),
         told_figure(float(made.cover[t]), 4) if np.isfinite(made.cover[t]) else "–"]
        for t in times
    ]  # fmt: skip
    return figure(facts, f"{name}-years", drawn, numbers=table(head, rows), wide=True)


def _tornado(facts: Facts, found: Statement, swings: Sequence[Swung]) -> Markup:
    base = value_of(found)
    scale = money(facts.currency, max(abs(base), *(max(abs(s.at_low), abs(s.at_high)) for s in swings)))
    about = said_of(facts, say("finance.tornado"), scale.unit, "ledger, terms")
    bars = [
        Swing(
            both(s.name) + " (" + _end(found, s, s.low) + " … " + _end(found, s, s.high) + ")",
            s.at_low * scale.factor, s.at_high * scale.factor,
        )
        for s in swings
    ]  # fmt: skip
    drawn = figure(facts, "tornado-chart", drawn_tornado(about, base * scale.factor, bars))
    anew = ", ".join(s.name for s in swings if s.replanned)
    told = [note(say("finance.replanned", names=anew))] if anew else []
    told += [note(say("finance.plan_kept"))] if not all(s.replanned for s in swings) else []
    return _section("tornado", say("finance.tornado_title"), drawn, *told)


def _end(found: Statement, swing: Swung, value: float) -> Both:
    """What an input is at one end: a change, a rate or a share in percent, all else as it is."""
    inputs = found.case.inputs if found.case is not None else ()
    if any(one.name == swing.name and one.account for one in inputs):
        return ("+" if value > 0 else "") + percent(value, 3)
    return percent(value, 3) if max(abs(swing.low), abs(swing.high)) <= 1 else told_figure(value, 3)


def _split(found: Shared) -> Markup:
    players = list(found.shapley.shares)
    head = [say("finance.player"), say("finance.shapley"), say("finance.core"), say("finance.nash"),
            say("finance.alone")]  # fmt: skip
    values = [(found.shapley.shares[x], found.core.shares[x], found.nash[x], found.alone[x]) for x in players]
    largest = max((abs(v) for row in values for v in row), default=0.0)
    rows: list[list[Child]] = [
        [x, *(beside(v, largest) for v in row)] for x, row in zip(players, values, strict=True)
    ]
    stable = say("finance.stable" if found.stable else "finance.unstable")
    core = say("finance.core_empty" if found.core.excess > 1e-9 else "finance.core_there")
    return _section("split", say("finance.split"), table(head, rows), note(stable), note(core))


def _notes(found: Statement) -> Markup | None:
    if not found.notes:
        return None
    items = [tag("li", n.both() if isinstance(n, Text) else n) for n in found.notes]
    return _section("notes", say("finance.notes"), tag("ul", *items))


def _checks(found: Statement) -> Markup:
    items = [
        tag("li", say(f"finance.check.{key.replace(' ', '_')}"), ": ", residual(value))
        for key, value in checks(found).items()
    ]
    return _section("checks", say("finance.checks"), tag("ul", *items))
