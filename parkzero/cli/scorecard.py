"""The command scorecard: criteria of eco-industrial parks, from what is entered and what a plan computes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text as Shown

from parkzero.cli.plan_words import number
from parkzero.cli.screen import console, plain
from parkzero.cli.speech import LangOption
from parkzero.eip import frameworks as known
from parkzero.eip.frameworks import Framework, said_test
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Lang, say, spoken

if TYPE_CHECKING:
    from parkzero.eip.scorecard import Scorecard

DEFAULT = ("vn_decree_35", "vn_form_a5", "eip_framework_v2")

InventoryOption = Annotated[
    Path | None, typer.Option(help="Activities of an inventory, as evidence: workbook, folder or CSV file.")
]


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("scorecard")(scorecard)


def scorecard(
    source: Annotated[
        Path | None,
        typer.Argument(help="Folder of a run, or a file of answers (.csv, .xlsx).", metavar="RUN|FILE"),
    ] = None,
    framework: Annotated[
        list[str] | None, typer.Option(help="A framework by name, or a CSV file of one; may be given again.")
    ] = None,
    answers: Annotated[Path | None, typer.Option(help="File of answers beside a run.")] = None,
    symbiosis: Annotated[Path | None, typer.Option(help="Questionnaire of the symbiosis.")] = None,
    inventory: InventoryOption = None,
    year: Annotated[
        int | None, typer.Option(help="Milestone year; the first after today by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the page, the application file and JSON.")
    ] = None,
    template: Annotated[Path | None, typer.Option(help="Write an empty file of answers (.csv) here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Hold a park against the criteria of eco-industrial parks: what is met, planned, short or unknown.

    Examples:
        parkzero scorecard --template answers.csv

        parkzero scorecard out/my-park --answers answers.csv --symbiosis streams.xlsx --out out/scorecard
    """
    from parkzero.eip.scorecard import plain as as_plain

    told = spoken()
    chosen = [known.framework(name) for name in framework or DEFAULT]
    if template is not None:
        _write_template(template, chosen, told)
        print(template)
    if source is None:
        if template is None:
            needs = say("a run or a file of answers, or --template FILE.csv")
            raise StudyError(
                [Fault(Place(field="RUN|FILE"), say("is missing"), needs=needs)], say("The command")
            )
        return
    name, currency, cards = scored(source, chosen, answers, symbiosis, year, inventory)
    if out is not None:
        from parkzero.report.pages import write_application, write_scorecard

        out.mkdir(parents=True, exist_ok=True)
        write_scorecard(cards, name, currency, out / "scorecard.html", told)
        text = json.dumps(as_plain(cards, currency), ensure_ascii=False, indent=1)
        (out / "scorecard.json").write_text(text, encoding="utf-8")
        for card in cards:
            for kind in ("html", "docx"):
                write_application(card, name, out / f"application_{card.framework.name}.{kind}", told)
    if as_json:
        print(json.dumps(as_plain(cards, currency), ensure_ascii=False, indent=2))
        return
    for card in cards:
        _show(card, told)
    if out is not None:
        print(out / "scorecard.html")


def scored(
    source: Path,
    chosen: Sequence[Framework],
    answers: Path | None,
    symbiosis: Path | None,
    year: int | None,
    inventory: Path | None = None,
) -> tuple[str, str, list[Scorecard]]:
    """Scorecards of a run or of answers alone: the park's name, its currency, a card for each framework."""
    from parkzero.eip.measured import of_plan, of_symbiosis
    from parkzero.eip.questionnaire import read_site
    from parkzero.eip.scorecard import read_answers, score
    from parkzero.eip.symbiosis import symbiosis as analysed
    from parkzero.results import load

    measured = {}
    name, currency = source.stem, "VND"
    if source.is_dir():
        results = load(source)
        name, currency = str(results.summary.get("name") or source.name), str(results.summary["currency"])
        years = results.year_list
        asked = year if year is not None else years[min(1, len(years) - 1)]
        if asked not in years:
            needs = say("one of {names}", names=[str(y) for y in years])
            raise StudyError(
                [Fault(Place(field="--year"), say("is no milestone"), str(asked), needs)], say("The command")
            )
        measured.update(of_plan(results, asked))
    else:
        answers = source
    if symbiosis is not None:
        measured.update(of_symbiosis(analysed(read_site(symbiosis))))
    if inventory is not None:
        from parkzero.eip.measured import of_inventory
        from parkzero.inventory import calculate, read_given

        measured.update(of_inventory(calculate(read_given(inventory))))
    entered = read_answers(answers, chosen)
    return name, currency, [score(one, entered, measured) for one in chosen]


def _write_template(path: Path, chosen: Sequence[Framework], lang: Lang) -> None:
    """An empty file of answers; each criterion stands in its note."""
    from parkzero.eip.scorecard import ANSWERS

    if path.exists():
        raise StudyError(
            [Fault(Place(file=str(path)), say("is there already"), hint=say("name another file"))],
            say("The template"),
        )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ANSWERS)
    for one in chosen:
        for c in one.criteria:
            writer.writerow([one.name, c.key, "", "", "", "", "", c.text.of(lang)])
    path.write_text(text.getvalue(), encoding="utf-8")


def _show(card: Scorecard, lang: Lang) -> None:
    from parkzero.eip.scorecard import STATES
    from parkzero.report.scorecard import SIGNS, name_of

    out = console()
    counts = "  ".join(f"{SIGNS[s]} {say(f'score.state.{s}').of(lang)} {card.count(s)}" for s in STATES)
    out.print(Shown(f"{name_of(card.framework.name).of(lang)}: {counts}", style="bold"))
    table = Table(show_edge=False, pad_edge=False, show_header=False)
    for s in card.scored:
        if s.state == "unknown":
            continue
        value = "" if s.value is None else number(s.value, lang, 1)
        flag = "" if not s.criterion.unverified else f" [{say('score.unverified').of(lang)}]"
        table.add_row(
            SIGNS[s.state], s.criterion.key, Shown(plain(s.criterion.text.of(lang) + flag)), value,
            said_test(s.criterion).of(lang),
        )  # fmt: skip
    out.print(table)
