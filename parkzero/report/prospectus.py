"""The park's prospectus: some pages for an investor or an authority, printed from one HTML file.

It says nothing that the run, the questionnaire or the answers do not say: figures name their tables, plans
are called plans, synthetic series synthetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from markupsafe import Markup

from parkzero.benefits.summary import Benefits
from parkzero.charts import About, Layer, stacked_bars
from parkzero.eip.commitments import Held, net
from parkzero.eip.measured import _energies
from parkzero.eip.scorecard import STATES, Scorecard
from parkzero.eip.symbiosis import Symbiosis
from parkzero.report.cobenefits import benefits_table, commitments_part, kinds_of
from parkzero.report.facts import Facts, facts_of
from parkzero.report.markup import Child, table, tag
from parkzero.report.numbers import cleared, figure, money, percent
from parkzero.report.pages import write_page
from parkzero.report.scorecard import SIGNS, name_of
from parkzero.report.sections.confirm import documents
from parkzero.report.sections.parts import stated
from parkzero.report.symbiosis import pictures
from parkzero.report.words import Both, Lang, both, say
from parkzero.results.case import has_reference
from parkzero.results.results import Results


def write_prospectus(
    results: Results, cards: Sequence[Scorecard], held: Sequence[Held], found: Benefits,
    site: Symbiosis | None, path: Path, lang: Lang,
) -> Path:  # fmt: skip
    """Write the prospectus.

    Args:
        results: the run.
        cards: scorecards of the park.
        held: the run against commitments.
        found: co-benefits of the run.
        site: symbiosis, where there is a questionnaire.
        path: the file: a page, or a document where it ends with .docx.
        lang: language of the document, or shown first by the page, which holds both.

    Raises:
        StudyError: when it cannot be written.
    """
    facts = facts_of(results)
    title = say("prospectus.title")
    note = tag("p", say("prospectus.benefits_note"))
    parts: list[Child] = [
        _first(facts), _built(facts), sheet("prospectus.commitments", commitments_part(held, results)),
        sheet("prospectus.benefits", benefits_table(found, facts.years), note),
        _symbiosis(site) if site is not None else None, _criteria(cards), _rests(facts),
    ]  # fmt: skip
    return write_page(title, parts, facts.name, path, lang, title + f" · {facts.name}")


TONNES = Both(" tấn CO₂tđ", " t CO₂e")


def sheet(key: str, *children: Child) -> Markup:
    """A part that begins on a page of its own when printed."""
    return tag("section", tag("h2", say(key)), *children, class_="sheet")


def _first(facts: Facts) -> Markup:
    """Figures first: what it costs, what it saves, what becomes of emissions and energy."""
    results, years = facts.results, facts.years
    first, last = years[0], years[-1]
    cards: list[Child] = []
    if has_reference(results):
        whole = results.tables["savings"].filter(pl.col("owner") == "*")
        if whole.height:
            row = whole.row(0, named=True)
            scale = money(facts.currency, max(abs(row["investment"]), abs(row["npv"])))
            cards += [_card("prospectus.investment", scale.full(row["investment"])),
                      _card("prospectus.npv", scale.full(row["npv"]))]  # fmt: skip
            if row["payback"] is not None:
                cards.append(_card("prospectus.payback", figure(row["payback"]) + say("prospectus.years")))
    cards.append(
        _card("prospectus.net", figure(net(results, first)) + " → " + figure(net(results, last)) + TONNES)
    )
    shares = [(g / w if w > 0 else 0.0) for g, w in (_energies(results, y) for y in (first, last))]
    cards.append(_card("prospectus.renewable", percent(shares[0]) + " → " + percent(shares[1])))
    gap = facts.summary.get("gap")
    if gap is not None:
        cards.append(_card("prospectus.gap", percent(float(gap))))
    told = say("prospectus.intro", first=str(first), last=str(last), tenants=str(len(facts.tenants)))
    warning = [tag("p", tag("strong", say("prospectus.synthetic")))] if facts.synthetic else []
    state = (
        []
        if facts.standing == "proven"
        else [tag("p", tag("strong", say(f"standing.{facts.standing}_title")))]
    )
    return tag("section", tag("p", told), *state, *warning, tag("div", *cards, class_="cards"))


def _card(key: str, value: Both | str) -> Markup:
    return tag("div", tag("p", say(key), class_="soft"), tag("p", tag("strong", value)), class_="card")


def _built(facts: Facts) -> Markup:
    """What stands in each milestone, and emissions by scope."""
    kinds = kinds_of(facts.results)
    table_ = facts.results.sizes.filter(pl.col("size").is_in(["power", "energy", "capacity", "volume"]))
    sums = table_.group_by("kind", "size", "unit", "year").agg(pl.col("standing").sum())
    rows: list[list[Child]] = []
    for of, part in sums.sort("kind", "size").group_by(["kind", "size", "unit"], maintain_order=True):
        kind, _, unit = (str(k) for k in of)
        by_year = dict(part.select("year", "standing").iter_rows())
        largest = max(by_year.values(), default=0.0)
        if largest > 1e-3:
            rows.append(
                [
                    kinds.get(kind) or both(kind),
                    unit,
                    *(figure(cleared(by_year.get(y, 0.0), largest, 1e-4)) for y in facts.years),
                ]
            )
    head: list[Both | str] = [say("benefit.technology"), say("word.unit"), *(str(y) for y in facts.years)]
    layers = [
        Layer(
            facts.account(a).name,
            facts.account(a).colour,
            tuple(float(v) * sign / 1e3 for v in facts.by_year(a)),
        )
        for a, sign in (("scope1", 1.0), ("scope2", 1.0), ("offset_mass", -1.0))
    ]
    chart = stacked_bars(
        About(say("prospectus.emissions"), say("unit.kt"), say("label.of_table", table="ledger")),
        [str(y) for y in facts.years],
        layers,
    )
    return sheet("prospectus.built", table(head, rows, text_columns=2), stated(chart))


def _symbiosis(site: Symbiosis) -> Markup:
    note = tag("p", say("prospectus.symbiosis_note", links=str(site.picked.height),
                        heat=figure(float(site.picked["energy_mwh"].sum())),
                        water=figure(float(site.picked["water_m3"].sum())),
                        waste=figure(float(site.picked["material_t"].sum()))))  # fmt: skip
    return sheet("eip.title", note, *pictures(site))


def _criteria(cards: Sequence[Scorecard]) -> Markup:
    rows: list[list[Child]] = [[name_of(c.framework.name), *(f"{c.count(s)}" for s in STATES)] for c in cards]
    head: list[Both | str] = [
        say("score.framework_head"),
        *(tag("span", f"{SIGNS[s]} ", say(f"score.state.{s}")) for s in STATES),
    ]
    short: list[Child] = [
        tag("li", tag("strong", f"{s.criterion.key} "), s.criterion.text)
        for c in cards for s in c.scored if s.state == "short"
    ]  # fmt: skip
    gaps = [tag("h3", say("prospectus.short")), tag("ul", *short)] if short else []
    return sheet(
        "score.title", table(head, rows), tag("p", say("score.unverified_note"), class_="soft"), *gaps
    )


def _rests(facts: Facts) -> Markup:
    """What it all rests on: documents with their confidence, and how a plan is proven."""
    held = facts.results.assumptions.filter(pl.col("citation") != "")
    counts: dict[tuple[Both, str], int] = {}
    for citation, confidence in held.select("citation", "confidence").iter_rows():
        key = documents(citation), str(confidence)
        counts[key] = counts.get(key, 0) + 1
    most = sorted(counts.items(), key=lambda pair: -pair[1])[:25]
    rows: list[list[Child]] = [[document, f"{count}", confidence] for (document, confidence), count in most]
    head: list[Both | str] = [
        say("eip.column.document"),
        say("prospectus.values"),
        say("eip.column.confidence"),
    ]
    return sheet("prospectus.rests", tag("p", say("prospectus.rests_note")), table(head, rows))
