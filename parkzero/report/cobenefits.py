"""Co-benefits and commitments as parts of a page: in the report, in the prospectus, and on their own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import polars as pl
from markupsafe import Markup

from parkzero.benefits.summary import Benefits
from parkzero.books.vietnamese import cited
from parkzero.charts import About, Chart, Curve, Layer, grouped_bars, line_chart
from parkzero.eip.commitments import AT_MOST, MEASURES, Held, Step
from parkzero.report.markup import Child, details, table, tag
from parkzero.report.numbers import cleared, figure, money
from parkzero.report.sections.parts import stated
from parkzero.report.words import Both, both, known, say
from parkzero.results.results import Results

SHOWN = ("SO2", "NOx", "PM2.5", "water_saved", "water_withdrawn", "water_reused", "jobs_construction",
         "jobs_manufacturing", "jobs_operation", "wages", "land")  # fmt: skip
_COLOURS = {"SO2": "#e69f00", "NOx": "#0072b2", "PM2.5": "#3b3b3b"}
_LINES = ("#d55e00", "#009e73", "#aa4499", "#0072b2", "#999933", "#882255")


def benefits_part(
    found: Benefits, years: Sequence[int], names: Mapping[str, str], kinds: Mapping[str, Both]
) -> Markup:
    """What a plan gives beside money and carbon: by year, owner and technology, with its rows."""
    held = set(found.lines["what"].unique().to_list())
    parts: list[Child] = [benefits_table(found, years)]
    air = [w for w in _COLOURS if w in held]
    if air:
        layers = [
            Layer(say(f"benefit.{w}"), _COLOURS[w], tuple(found.total(w, y) for y in years)) for w in air
        ]
        about = About(say("benefit.air_chart"), say("benefit.unit.t"), say("benefit.air_source"))
        parts.append(stated(grouped_bars(about, [str(y) for y in years], layers)))
    if not found.damages:
        parts.append(tag("p", say("benefit.no_money"), class_="soft"))
    if found.unknown:
        parts.append(tag("p", say("benefit.not_counted", names=", ".join(found.unknown))))
    parts += [details(say("benefit.by_owner"), _by_owner(found, years, names, kinds)), _sources(found)]
    return tag("div", *parts)


def benefits_table(found: Benefits, years: Sequence[int]) -> Markup:
    """Sums of all co-benefits by year."""
    units = dict(found.lines.select("what", "unit").unique().iter_rows())
    held = [w for w in SHOWN if w in units]
    rows: list[list[Child]] = [
        [
            say(f"benefit.{w}"),
            known(f"benefit.unit.{units[w]}", units[w]),
            *_cleared([found.total(w, y) for y in years]),
        ]
        for w in held
    ]
    for currency in dict.fromkeys(d.currency for d in found.damages):
        scale = money(currency, max(abs(found.worth(y).get(currency, 0.0)) for y in years))
        worth = [scale.show(found.worth(y).get(currency, 0.0)) for y in years]
        rows.append([say("benefit.worth"), scale.unit, *worth])
    head: list[Both | str] = [say("benefit.what"), say("word.unit"), *(str(y) for y in years)]
    return table(head, rows, text_columns=2)


def _cleared(values: Sequence[float]) -> list[Child]:
    """Figures of a row, without what rounding leaves beside the largest."""
    largest = max((abs(v) for v in values), default=0.0)
    return [figure(cleared(v, largest)) for v in values]


def _by_owner(
    found: Benefits, years: Sequence[int], names: Mapping[str, str], kinds: Mapping[str, Both]
) -> Markup:
    sums = found.lines.group_by("what", "owner", "kind", "place", "unit", "year").agg(
        pl.col("low").sum(), pl.col("amount").sum(), pl.col("high").sum(), pl.col("confidence").max()
    )
    rows: list[list[Child]] = []
    for of, part in sums.sort("what", "owner", "kind").group_by(
        ["what", "owner", "kind", "place", "unit"], maintain_order=True
    ):
        what, owner, kind, place, unit = (str(k) for k in of)
        amounts = {int(r["year"]): r for r in part.iter_rows(named=True)}
        name = names.get(owner, owner) if owner else say("benefit.park")
        cells = [_span(amounts.get(y)) for y in years]
        rows.append([say(f"benefit.{what}"), name, kind_name(kind, kinds), say(f"benefit.place.{place}"),
                     known(f"benefit.unit.{unit}", unit), *cells])  # fmt: skip
    head: list[Both | str] = [
        say("benefit.what"), say("benefit.owner"), say("benefit.technology"), say("benefit.where"),
        say("word.unit"), *(str(y) for y in years),
    ]  # fmt: skip
    return table(head, rows, text_columns=5)


def _span(row: dict[str, float] | None) -> Child:
    if row is None:
        return "–"
    if row["high"] - row["low"] > 1e-9:
        return figure(row["low"]) + " – " + figure(row["high"])
    return figure(row["amount"])


def kind_name(kind: str, kinds: Mapping[str, Both]) -> Both:
    """A technology in words: of a fuel, what is burnt."""
    if kind.startswith("fuel."):
        return say("benefit.fuel", name=say(f"benefit.class.{kind.removeprefix('fuel.')}"))
    return kinds.get(kind) or both(kind)


def kinds_of(results: Results) -> dict[str, Both]:
    """Names of the kinds of a run."""
    rows = results.components.select("kind", "vi", "en").unique("kind").iter_rows()
    return {str(kind): Both(str(vi or en or kind), str(en or kind)) for kind, vi, en in rows}


def _sources(found: Benefits) -> Markup:
    from parkzero.eip.frameworks import newest

    keys = sorted({k for rows in found.lines["rows"].to_list() for k in rows if ":" not in k})
    rows: list[list[Child]] = []
    for key in keys:
        e = newest(key)
        value = f"{getattr(e, 'value', ''):g} {getattr(e, 'unit', '')}" if e is not None else ""
        rows.append(
            [key, value, cited(e.source) if e else "", e.confidence if e else "", e.scope if e else ""]
        )
    columns = ("row", "value", "document", "confidence")
    head = [*(say(f"eip.column.{c}") for c in columns), say("benefit.scope")]
    return details(say("benefit.sources"), table(head, rows, text_columns=5))


def commitments_part(held: Sequence[Held], results: Results) -> Markup:
    """A pathway against each commitment, year by year: kept or not, what is missing, what it would cost."""
    currency, named = str(results.summary["currency"]), _priced_by(results)
    parts: list[Child] = []
    chart = _chart(held)
    if chart is not None:
        parts.append(stated(chart))
    rows: list[list[Child]] = []
    for h in held:
        state = "unknown" if h.kept is None else "kept" if h.kept else "missed"
        last = h.steps[-1] if h.steps else None
        rows.append([
            tag("span", h.commitment.text, _support_note(h), tag("br"), _source(h)), f"{h.commitment.year}",
            say(f"commitment.{state}"), _value(h, last, "value"), _value(h, last, "target"),
            _missing(last), _cost(last, currency, named),
        ])  # fmt: skip
    columns = ("promise", "year", "state", "value", "target", "missing", "cost")
    parts.append(table([say(f"commitment.column.{c}") for c in columns], rows, text_columns=3))
    parts.append(tag("p", say("commitment.note"), class_="soft"))
    savings = [h for h in held if h.support_saving is not None]
    if savings:
        amount = savings[0].support_saving or 0.0
        parts.append(tag("p", say("commitment.support", amount=money(currency, amount).full(amount))))
    parts.append(details(say("commitment.steps"), _steps(held, currency, named)))
    return tag("div", *parts)


def _chart(held: Sequence[Held]) -> Chart | None:
    emitted = [h for h in held if h.commitment.measure in AT_MOST and h.steps]
    if not emitted:
        return None
    points = sorted({(float(s.year), s.value / 1e3) for h in emitted for s in h.steps})
    curves = [Curve(say("commitment.pathway"), "#1b2430", tuple(points))]
    for h, colour in zip(emitted, _LINES, strict=False):
        way = tuple((float(s.year), s.target / 1e3) for s in h.steps if math.isfinite(s.target))
        curves.append(Curve(h.commitment.text, colour, way, shape="dash"))
    years = sorted({x for c in curves for x, _ in c.points})
    about = About(say("commitment.chart"), say("unit.kt"), say("label.of_table", table="ledger"))
    return line_chart(about, curves, marks=years)


def _value(h: Held, step: Step | None, name: str) -> Child:
    if step is None:
        return "–"
    value = getattr(step, name)
    unit = MEASURES[h.commitment.measure]
    if not math.isfinite(value):
        return "–"
    return figure(value) + " " + unit_name(unit)


def _word(unit: str) -> str:
    return {"t": "tonnes", "%/year": "rate", "1": "times"}.get(unit, "same")


def _missing(step: Step | None) -> Child:
    if step is None:
        return "–"
    return figure(step.missing) + " " + unit_name(step.unit) if step.missing > 0 else "0"


def unit_name(unit: str) -> Both:
    """A unit of a commitment in words: tonnes are tấn in Vietnamese."""
    return known(f"commitment.unit.{_word(unit)}", unit)


def _priced_by(results: Results) -> dict[str, Both]:
    """What a price comes from, in words: the technology, or the kind of the asset."""
    rows = results.components.select("asset", "kind", "vi", "en").iter_rows()
    names = {
        str(asset): (str(kind), Both(str(vi or en or kind), str(en or kind))) for asset, kind, vi, en in rows
    }
    return {f"components:{asset}": name for asset, (_, name) in names.items()} | {
        f"technologies:{kind}": name for kind, name in names.values()
    }


def _cost(step: Step | None, currency: str, named: Mapping[str, Both]) -> Child:
    if step is None or step.missing <= 0:
        return "–"
    if step.cost is None:
        return say("commitment.no_price")
    return tag(
        "span",
        money(currency, step.cost).full(step.cost),
        tag("small", " (", named.get(step.price_row, both(step.price_row)), ")"),
    )


def _source(h: Held) -> Markup:
    c = h.commitment
    note = Both(f" · {c.note.vi}" if c.note.vi else "", f" · {c.note.en}" if c.note.en else "")
    return tag("small", cited(c.source), f" · {c.confidence}" + (f" · {c.row}" if c.row else ""), note)


def _support_note(h: Held) -> Markup | None:
    return tag("small", " (", say("commitment.with_support"), ")") if h.commitment.support else None


def _steps(held: Sequence[Held], currency: str, named: Mapping[str, Both]) -> Markup:
    rows: list[list[Child]] = [
        [h.commitment.text, f"{s.year}", _value(h, s, "value"), _value(h, s, "target"), _missing(s),
         _cost(s, currency, named), ", ".join(s.rows)]
        for h in held for s in h.steps
    ]  # fmt: skip
    columns = ("promise", "year", "value", "target", "missing", "cost", "rows")
    return table([say(f"commitment.column.{c}") for c in columns], rows, text_columns=2, text_last=1)


def owners(tenants: pl.DataFrame) -> dict[str, str]:
    """Names of the tenants."""
    return {str(i): str(n) for i, n in tenants.select("id", "name").iter_rows()}
