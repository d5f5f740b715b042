"""The command inventory: a greenhouse gas inventory from a workbook, a study or a run."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from parkzero.cli.books import _day as day_of
from parkzero.cli.screen import console
from parkzero.cli.speech import LangOption
from parkzero.errors import Fault, Place, StudyError
from parkzero.inventory.calculate import Inventory
from parkzero.inventory.statement import Statement
from parkzero.results.results import Results
from parkzero.texts import NOTHING, Lang, Text, say, spoken

TemplateOption = Annotated[
    Path | None,
    typer.Option(help="Write an empty workbook to fill, with an example row."),
]
FacilityOption = Annotated[
    str | None,
    typer.Option(help="Only this facility, with its share of the utilities that it takes from."),
]
BeforeOption = Annotated[
    Path | None,
    typer.Option(help="An earlier inventory.json: says what is restated."),
]


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("inventory")(inventory)


def inventory(
    source: Annotated[
        Path | None,
        typer.Argument(help="Workbook, folder of CSV files or CSV file of activities; or a study; or a run."),
    ] = None,
    template: TemplateOption = None,
    year: Annotated[list[int] | None, typer.Option(help="Only this year; may be given again.")] = None,
    gwp: Annotated[str | None, typer.Option(help="Warming potentials: AR4, AR5 or AR6.")] = None,
    methane: Annotated[
        str | None, typer.Option(help="general, or by_origin: fossil methane counts more (AR5, AR6).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for inventory.html, inventory.xlsx and inventory.json.")
    ] = None,
    form: Annotated[
        bool, typer.Option("--form06", help="Require all years of the statement that is due.")
    ] = False,
    on: Annotated[
        str, typer.Option("--on", help="Day whose law counts; today without it.", metavar="DATE")
    ] = "",
    draws: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Draws of the Monte Carlo; 0 for none.")
    ] = 10_000,
    facility: FacilityOption = None,
    before: BeforeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Count greenhouse gases of a facility, a park or a zone; from a workbook, a study, or a year of a plan.

    Examples:
        parkzero inventory --template activities.xlsx      a workbook to fill

        parkzero inventory activities.xlsx --gwp AR5 --out out/inventory

        parkzero inventory out/my-park --year 2030         a year of a finished plan
    """
    from parkzero.inventory.statement import statement_of
    from parkzero.report.inventory import plain_of

    told = spoken()
    if template is not None:
        _make_template(template, told)
        return
    if source is None:
        needs = say("a file, a study or a run; or --template FILE.xlsx")
        raise StudyError([Fault(Place(), say("names nothing to count"), "", needs)], say("The inventory"))
    results = _run(source)
    found = _read(source, gwp, methane, year) if results is None else _of_run(results, gwp, methane, year)
    day = day_of(on) if on else date.today()
    earlier = _earlier(before)
    statement = statement_of(found, day, draws=draws, form=form, before=earlier, facility=facility)
    if out is not None:
        _write(statement, results, out, told, quiet=as_json)
    if as_json:
        print(json.dumps(plain_of(statement), ensure_ascii=False, indent=2))
    else:
        from parkzero.cli.inventory_summary import show

        show(statement, told, out is not None)


def _write(statement: Statement, results: Results | None, out: Path, lang: Lang, *, quiet: bool) -> None:
    from parkzero.report.document import write_document
    from parkzero.report.inventory import document_of, plain_of

    folder = _folder(out)
    written = write_document(document_of(statement, results), folder, "inventory", lang)
    written.append(_write_json(folder / "inventory.json", plain_of(statement)))
    for path in written if not quiet else ():
        console().print(say("Wrote {path}", path=path).of(lang))


def _run(source: Path) -> Results | None:
    """The results of a run; None of what is none."""
    from parkzero.results import load

    return load(source) if (source / "summary.json").exists() else None


def _of_run(results: Results, gwp: str | None, methane: str | None, years: list[int] | None) -> Inventory:
    from parkzero.inventory.from_results import inventory_of

    _require_none(gwp, methane)
    return inventory_of(results, years)


def _require_none(gwp: str | None, methane: str | None) -> None:
    """Refuse another set of potentials for what is counted already."""
    if gwp or methane:
        hint = say("leave it out; the study says which set its factors take")
        what = say("cannot be chosen for a study or a run: its bookings hold one set already")
        fault = Fault(Place(field="--gwp" if gwp else "--methane"), what, gwp or methane or "", NOTHING, hint)
        raise StudyError([fault], say("The inventory"))


def _read(source: Path, gwp: str | None, methane: str | None, years: list[int] | None) -> Inventory:
    from parkzero.inventory import calculate, read_given

    if source.name == "park.toml" or (source / "park.toml").exists():
        _require_none(gwp, methane)
        from parkzero.inventory.from_study import inventory_of_study
        from parkzero.study import read

        return inventory_of_study(read(source))
    return calculate(read_given(source), gwp, methane=methane, years=years)


def _make_template(path: Path, lang: Lang) -> None:
    from parkzero.inventory import template

    write_template(path, template(lang), say("The inventory"), lang)


def write_template(path: Path, content: bytes, what: Text, lang: Lang) -> None:
    """Write a workbook to fill where nothing stands yet."""
    from parkzero.report.html import write_safely

    if path.exists():
        needs = say("another name, so that nothing of yours is overwritten")
        raise StudyError([Fault(Place(str(path)), say("is there already"), "", needs)], what)
    write_safely(path, content)
    console().print(say("Made {path}.", path=path).of(lang))


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fault = Fault(Place(str(path)), say("cannot be written"), error.strerror or "")
        raise StudyError([fault], say("The inventory")) from None
    return path


def _write_json(path: Path, value: dict[str, Any]) -> Path:
    from parkzero.report.html import write_safely

    write_safely(
        path, (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")
    )
    return path


def _earlier(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fault = Fault(Place(str(path)), say("cannot be read"), str(error)[:80], say("an inventory.json"))
        raise StudyError([fault], say("The inventory")) from None
    if not isinstance(value, dict) or not isinstance(value.get("factors"), list):
        raise StudyError([Fault(Place(str(path)), say("is no earlier inventory"))], say("The inventory"))
    return value
