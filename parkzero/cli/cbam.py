"""The command cbam: what the EU's border adjustment asks of an exporter's products."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from parkzero.cli.plan_words import number
from parkzero.cli.screen import console, plain, show_warnings
from parkzero.cli.speech import LangOption
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import say, spoken


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("cbam")(cbam)


def cbam(
    source: Annotated[Path | None, typer.Argument(help="Workbook or folder with the sheet products.")] = None,
    template: Annotated[
        Path | None, typer.Option(help="Write an empty workbook to fill, with an example row.")
    ] = None,
    year: Annotated[int, typer.Option(min=2026, max=2034, help="Year of the exports.")] = 2026,
    price: Annotated[
        list[float] | None, typer.Option(min=0, help="Price of a certificate in EUR/t; may be given again.")
    ] = None,
    gwp: Annotated[str | None, typer.Option(help="Warming potentials: AR4, AR5 or AR6.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for cbam.html, cbam.xlsx and cbam.json.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Tell what is embedded in exported products and what the EU's border adjustment costs.

    Examples:
        parkzero cbam --template exports.xlsx      a workbook to fill

        parkzero cbam exports.xlsx --year 2026

        parkzero cbam exports.xlsx --price 75.36 --price 100 --out out/cbam
    """
    from parkzero.carbon.cbam import price_now
    from parkzero.carbon.cbam_file import read_export
    from parkzero.report.cbam import document_of, plain_of
    from parkzero.report.document import write_document

    told = spoken()
    if template is not None:
        from parkzero.carbon.cbam_template import template as made
        from parkzero.cli.inventory import write_template

        write_template(template, made(told), say("The border adjustment"), told)
    if source is None:
        if template is not None:
            return
        needs = say("a workbook or a folder with the sheet products; or --template FILE.xlsx")
        raise StudyError([Fault(Place(), say("is missing"), "", needs)], say("The border adjustment"))
    export = read_export(source, year, gwp)
    cscf = _cscf(export.installation.get("cscf", "1"), export.name)
    prices = price or [price_now().value]
    found = plain_of(export, year, prices, cscf)
    if out is not None:
        from parkzero.cli.inventory import _folder, _write_json

        folder = _folder(out)
        written = write_document(document_of(export, year, prices, cscf), folder, "cbam", told)
        written.append(_write_json(folder / "cbam.json", found))
        for path in written if not as_json else ():
            console().print(say("Wrote {path}", path=path).of(told))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    show_warnings(found["notes_vi" if told == "vi" else "notes"])
    _show(found)


def _cscf(text: str, file: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        fault = Fault(
            Place(file, "installation", field="cscf"),
            say("is outside what it may be"),
            text,
            say("{low:g} to {high:g}", low=0.0, high=1.0),
        )
        raise StudyError([fault], say("The border adjustment"))
    return value


def _show(found: dict[str, list[dict[str, object]]]) -> None:
    from parkzero.report.words import say as word

    told, table = spoken(), Table(show_edge=False, pad_edge=False)
    for name in (
        "product",
        "route",
        "direct",
        "indirect",
        "counted",
        "allocation",
        "price",
        "per_tonne",
        "total",
    ):
        right = "left" if name in ("product", "route") else "right"
        head = word(f"cbam.{name}").of(told).replace(" (", "\n(")
        table.add_column(head, justify=right, overflow="fold")  # type: ignore[arg-type]
    for product in found["products"]:
        bills = product["bills"]
        assert isinstance(bills, list)
        first = {b["price"]: b for b in reversed(bills) if b["year"] == found["year"]}
        for bill in reversed(list(first.values())):
            numbers = [
                product["direct"],
                product["indirect"],
                product["counted"],
                product["allocation"],
                bill["price"],
                bill["per_tonne"],
            ]
            cells = [number(float(str(n)), told, 3) for n in numbers]
            table.add_row(
                plain(str(product["product"])),
                Text(str(product["route"]) or "–"),
                *cells,
                number(bill["total"], told, 0),
            )
    console().print(table)
