"""The commands benefits and commitments: what a plan gives beside money, and what it keeps of promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text as Shown

from parkzero.cli.plan_words import number
from parkzero.cli.screen import console
from parkzero.cli.speech import LangOption
from parkzero.texts import say, spoken


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command("benefits")(benefits)
    app.command("commitments")(commitments)


def benefits(
    run: Annotated[Path, typer.Argument(help="Folder of a run, as parkzero plan --out wrote it.")],
    damages: Annotated[
        Path | None,
        typer.Option(help="CSV of costs of pollutants: pollutant, value, currency, document, date."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Show a plan's co-benefits by year: air, water, jobs, wages and land, with their sources.

    Examples:
        parkzero benefits out/my-park

        parkzero benefits out/my-park --html benefits.html
    """
    from parkzero.benefits.summary import benefits as found_in
    from parkzero.benefits.summary import plain, read_damages
    from parkzero.results import load

    told = spoken()
    results = load(run)
    found = found_in(results, read_damages(damages) if damages else ())
    years = results.year_list
    if html is not None:
        from parkzero.report.cobenefits import benefits_part, kinds_of, owners
        from parkzero.report.pages import write_page
        from parkzero.report.words import say as both_of

        part = benefits_part(found, years, owners(results.tenants), kinds_of(results))
        write_page(both_of("benefit.title"), [part], str(results.summary.get("name")), html, told)
    if as_json:
        print(json.dumps(plain(found, years), ensure_ascii=False, indent=2))
        return
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("")
    for year in years:
        table.add_column(str(year), justify="right")
    for what, unit in found.lines.select("what", "unit").unique(maintain_order=True).iter_rows():
        name = Shown(f"{say(f'benefit.{what}').of(told)} [{say(f'benefit.unit.{unit}').of(told)}]")
        table.add_row(name, *(number(found.total(what, y), told, 1) for y in years))
    console().print(table)


def commitments(
    run: Annotated[Path, typer.Argument(help="Folder of a run, as parkzero plan --out wrote it.")],
    own: Annotated[
        Path | None, typer.Option(help="CSV of the city's own targets: id, measure, year, value, document.")
    ] = None,
    support_rate: Annotated[
        float | None,
        typer.Option(help="Real rate of concessional finance in percent a year, for targets with support."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Hold a plan against commitments: COP26, NDC, PDP8, COP28, the city; what is missing and what it costs.

    Examples:
        parkzero commitments out/my-park

        parkzero commitments out/my-park --own city.csv --support-rate 2
    """
    from parkzero.eip.commitments import MEASURES, hold, plain, read_commitments, shipped
    from parkzero.report.cobenefits import unit_name
    from parkzero.results import load

    told = spoken()
    results = load(run)
    promised = (*shipped(), *(read_commitments(own) if own else ()))
    held = hold(results, promised, None if support_rate is None else support_rate / 100)
    if html is not None:
        from parkzero.report.cobenefits import commitments_part
        from parkzero.report.pages import write_page
        from parkzero.report.words import say as both_of

        part = commitments_part(held, results)
        write_page(both_of("commitment.title"), [part], str(results.summary.get("name")), html, told)
    if as_json:
        print(json.dumps(plain(held), ensure_ascii=False, indent=2))
        return
    table = Table(show_edge=False, pad_edge=False)
    for name in ("promise", "year", "state", "value", "target", "missing"):
        table.add_column(say(f"commitment.column.{name}").of(told))
    for h in held:
        state = "unknown" if h.kept is None else "kept" if h.kept else "missed"
        last = h.steps[-1] if h.steps else None
        unit = MEASURES[h.commitment.measure]
        cells = [
            f"{number(v, told, 1)} {unit_name(unit).of(told)}"
            for v in ((last.value, last.target) if last else ())
        ] or ["–", "–"]
        missing = f"{number(last.missing, told, 0)} {unit_name(last.unit).of(told)}" if last else "–"
        table.add_row(
            Shown(h.commitment.text.of(told)),
            str(h.commitment.year),
            say(f"commitment.{state}").of(told),
            *cells,
            missing,
        )
    console().print(table)
