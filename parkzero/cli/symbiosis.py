"""The command symbiosis: what tenants can give one another, from a questionnaire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text as Shown

from parkzero.cli.plan_words import number
from parkzero.cli.screen import console, plain
from parkzero.cli.speech import LangOption
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Lang, say, spoken

if TYPE_CHECKING:
    from parkzero.eip.symbiosis import Symbiosis

MOST = 20


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("symbiosis")(symbiosis)


def symbiosis(
    file: Annotated[
        Path | None, typer.Argument(help="Questionnaire: a workbook, a folder of CSV files, or streams.csv.")
    ] = None,
    template: Annotated[Path | None, typer.Option(help="Write the empty questionnaire here.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the page and its tables.")] = None,
    into: Annotated[
        Path | None, typer.Option(help="Study (a folder) that takes the chosen links as candidates.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Find what tenants can give one another: heat, cooling, water, CO2, by-products and wastes.

    Examples:
        parkzero symbiosis --template streams.xlsx

        parkzero symbiosis streams.xlsx --out out/symbiosis

        parkzero symbiosis streams.xlsx --into my-park
    """
    from parkzero.eip.questionnaire import read_site
    from parkzero.eip.symbiosis import plain as as_plain
    from parkzero.eip.symbiosis import symbiosis as analysed
    from parkzero.eip.template import write_template

    told = spoken()
    if template is not None:
        print(write_template(template, told))
    if file is None:
        if template is None:
            needs = say("a questionnaire, or --template FILE.xlsx")
            raise StudyError([Fault(Place(field="FILE"), say("is missing"), needs=needs)], say("The command"))
        return
    found = analysed(read_site(file))
    if out is not None:
        from parkzero.report.symbiosis import write_symbiosis

        out.mkdir(parents=True, exist_ok=True)
        write_symbiosis(found, out / "symbiosis.html", told)
        text = json.dumps(as_plain(found), ensure_ascii=False, indent=1)
        (out / "symbiosis.json").write_text(text, encoding="utf-8")
        found.found.matches.write_csv(out / "matches.csv")
        found.found.refused.write_csv(out / "refused.csv")
    if into is not None:
        _put_into(found, into, told)
    if as_json:
        print(json.dumps(as_plain(found), ensure_ascii=False, indent=2))
    else:
        _show(found, told)
        if out is not None:
            print(out / "symbiosis.html")


def _put_into(found: Symbiosis, into: Path, lang: Lang) -> None:
    from parkzero.eip.into import write_into

    written = write_into(found, into)
    out = console()
    for name in written.assets:
        out.print(Shown(say("{name} is a candidate of the study now", name=name).of(lang)))
    for name, why in written.left:
        out.print(Shown(say("{name} stays out: {why}", name=name, why=why).of(lang), style="yellow"))


def _show(found: Symbiosis, lang: Lang) -> None:
    out = console()
    for period, t in found.targets.items():
        line = say(
            "{period}: {hours:,.0f} h a year, heating {heating:.2f} MW, cooling {cooling:.2f} MW, recovery"
            " {recovery:.2f} MW at best",
            period=period, hours=found.hours[period], heating=t.heating, cooling=t.cooling,
            recovery=t.recovery,
        )  # fmt: skip
        out.print(Shown(line.of(lang)))
    from parkzero.report.symbiosis import unit_of

    table = Table(show_edge=False, pad_edge=False)
    money = "đồng" if lang == "vi" and found.site.currency == "VND" else found.site.currency
    for name in ("way", "medium", "rate", "energy", "water", "tco2e", "gain"):
        head = say("eip.column.gain", money=money) if name == "gain" else say(f"eip.column.{name}")
        table.add_column(head.of(lang), justify="left" if name in ("way", "medium") else "right")
    for r in found.picked.head(MOST).iter_rows(named=True):
        table.add_row(
            plain(f"{r['source']} → {r['sink']}"), say(f"eip.medium.{r['medium']}").of(lang),
            f"{number(r['rate'], lang, 2)} {unit_of(r['unit']).of(lang)}", number(r["energy_mwh"], lang, 0),
            number(r["water_m3"], lang, 0), "?" if r["tco2e"] is None else number(r["tco2e"], lang, 0),
            "?" if r["benefit"] is None else number(r["benefit"] / 1e6, lang, 0),
        )  # fmt: skip
    out.print(table)
    whole = say(
        "{matches:,} pairs are possible, {chosen} are chosen together, {refused:,} are refused with a reason"
        " each; they recover {share:.0f} % of the target of heat",
        matches=found.found.matches.height, chosen=found.picked.height, refused=found.found.refused.height,
        share=100 * float(found.picked["energy_mwh"].sum()) / max(found.target_mwh, 1e-9),
    )  # fmt: skip
    out.print(Shown(whole.of(lang)))
