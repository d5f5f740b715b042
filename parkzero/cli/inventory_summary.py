"""What the command inventory shows: a short table, who is concerned by the law, and where the rest stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from rich.table import Table
from rich.text import Text as Shown

from parkzero.cli.plan_words import number
from parkzero.cli.screen import console, plain, show_warnings
from parkzero.inventory.law import Standing
from parkzero.inventory.sources import words_of
from parkzero.inventory.statement import Statement
from parkzero.report.inventory import consolidated
from parkzero.report.words import say as word
from parkzero.texts import Lang, Text, counted, listed, say

YEARS = 6
FACILITIES = 12
SOURCES = 12
FEW = 3


def show(statement: Statement, lang: Lang, files: bool) -> None:
    """Show a statement.

    Args:
        statement: what was counted.
        lang: language.
        files: whether page and workbook were written.
    """
    inventory = statement.inventory
    out = console()
    years = inventory.years[:: max(1, -(-len(inventory.years) // YEARS))]
    title = say(
        "{name}: emissions in tCO2e; warming potentials: {gwp}",
        name=inventory.given.name, gwp=inventory.gwp.words,
    )  # fmt: skip
    out.print(Shown(plain(title.of(lang)), style="bold"))
    out.print(_sources(statement, years, lang))
    if statement.summary["facility"].n_unique() > 1:
        out.print(Shown(""))
        out.print(_facilities(statement, years[-1], lang))
    out.print(Shown(""))
    for line in (*_uncertain(statement, years), *_law(statement)):
        out.print(Shown(plain(line.of(lang))))
    show_warnings(inventory.notes)
    if not files:
        out.print(Shown(say("Factors, gases, evidence: --out FOLDER writes page and workbook").of(lang)))


def _sources(statement: Statement, years: Sequence[int], lang: Lang) -> Table:
    """Emissions by scope and kind of source, with sums; scope 2 by the market and biogenic CO2 below."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(word("statement.source").of(lang), overflow="fold")
    for year in years:
        table.add_column(str(year), justify="right")
    sums = {row["year"]: row for row in consolidated(statement)}
    digits = _digits(max(row["scope1"] + row["scope2"] + row["scope3"] for row in sums.values()))
    rows = statement.inventory.by("scope", "source", "year")
    for scope in (1, 2, 3):
        own = rows.filter(pl.col("scope") == scope)
        held = own.group_by("source").agg(pl.col("co2e").sum()).sort("co2e", descending=True)
        for source in held.filter(pl.col("co2e") != 0)["source"].head(SOURCES):
            of = dict(own.filter(pl.col("source") == source).select("year", "co2e").iter_rows())
            name = f"  {words_of(source).of(lang)}"
            table.add_row(name, *(number(of.get(y, 0.0), lang, digits) for y in years), style="dim")
        if scope < 3 or held.height:
            name = word(f"statement.scope{scope}").of(lang)
            table.add_row(name, *(number(sums[y][f"scope{scope}"], lang, digits) for y in years))
    for name in ("both", "market", "biogenic", "outside"):
        parts = ("scope1", "scope2") if name == "both" else (name,)
        amounts = [sum(float(sums[y][part]) for part in parts) for y in years]
        if any(amounts) or name == "both":
            style = "bold" if name == "both" else None
            cells = (number(a, lang, digits) for a in amounts)
            table.add_row(word(f"statement.{name}").of(lang), *cells, style=style)
    return table


def _facilities(statement: Statement, year: int, lang: Lang) -> Table:
    """Scopes of the largest facilities in one year."""
    own = statement.summary.filter(pl.col("year") == year).with_columns(
        both=pl.col("scope1") + pl.col("scope2")
    )
    columns = ["scope1", "scope2", "both"]
    if own["shared"].sum() > 0:
        columns.append("shared")
    table = Table(show_edge=False, pad_edge=False)
    digits = _digits(float(own["both"].max() or 0.0))  # type: ignore[arg-type]
    table.add_column(f"{word('statement.facility').of(lang)}, {year}", overflow="fold")
    for name in columns:
        table.add_column(word(f"statement.{name}").of(lang), justify="right")
    ranked = own.sort("both", "facility", descending=[True, False])
    for row in ranked.head(FACILITIES).iter_rows(named=True):
        name = plain(_named(statement, row["facility"]))
        table.add_row(name, *(number(row[c], lang, digits) for c in columns))
    if ranked.height > FACILITIES:
        rest = ranked.tail(-FACILITIES)
        told = counted("{count} more", rest.height, one="1 more").of(lang)
        table.add_row(told, *(number(float(rest[c].sum()), lang, digits) for c in columns), style="dim")
    return table


def _digits(largest: float) -> int:
    """Decimals with which a table of this size tells at least four digits of its largest."""
    return next((digits for digits, limit in enumerate((1000, 100, 10)) if largest >= limit), 3)


def _named(statement: Statement, facility: str) -> str:
    about: Any = statement.inventory.facilities.get(facility) or {}
    return str(about.get("name") or facility)


def _uncertain(statement: Statement, years: Sequence[int]) -> list[Text]:
    """How uncertain the totals are, where anything states a range."""
    found = []
    stated = [(y, u) for y, scope, u in statement.uncertainties if scope == 0 and u.unstated < 1]
    for year, u in stated:
        if year in years:
            found.append(say(
                "{year}: {total:,.1f} tCO2e, ± {half:.1f} % (95 %); {unstated:.0f} % of it without a"
                " stated range",
                year=str(year), total=u.total, half=u.half_range * 100, unstated=u.unstated * 100,
            ))  # fmt: skip
    return found or [say("No activity or factor states a range of uncertainty")]


def _law(statement: Statement) -> list[Text]:
    """Where facilities stand in law: each in full where there are few, by groups where there are more."""
    standings = statement.standings
    if len(standings) <= FEW:
        return [
            say("{facility}: {told}", facility=_named(statement, s.facility), told=told)
            for s in standings for told in s.sentences
        ]  # fmt: skip
    document = standings[0].list_rule.document.split(" (")[0]
    groups: list[tuple[Text, list[Standing]]] = [
        (say("On the list of {document}", document=document), [s for s in standings if s.listed]),
        (
            say("Over a threshold, so that the next list may name them"),
            [s for s in standings if s.over and not s.listed],
        ),
        (
            say("Not said whether on the list of {document}: look it up", document=document),
            [s for s in standings if s.listed is None and not s.over],
        ),
    ]
    found = [
        say("{group}: {names}", group=group, names=listed(_names(statement, held)))
        for group, held in groups if held
    ]  # fmt: skip
    due = sorted({duty.due: duty for s in standings for duty in s.duties}.items())
    return [*found, *(duty.text() for _, duty in due[:FEW])]


def _names(statement: Statement, held: Sequence[Standing]) -> list[str | Text]:
    names: list[str | Text] = [_named(statement, s.facility) for s in held[:FACILITIES]]
    more = len(held) - FACILITIES
    return [*names, counted("{count} more", more, one="1 more")] if more > 0 else names
