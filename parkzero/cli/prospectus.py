"""The command prospectus: the park in some pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from parkzero.cli.speech import LangOption
from parkzero.texts import spoken


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("prospectus")(prospectus)


def prospectus(
    run: Annotated[Path, typer.Argument(help="Folder of a run, as parkzero plan --out wrote it.")],
    symbiosis: Annotated[Path | None, typer.Option(help="Questionnaire of the symbiosis.")] = None,
    answers: Annotated[Path | None, typer.Option(help="File of answers for the scorecards.")] = None,
    own: Annotated[
        Path | None, typer.Option(help="CSV of the city's own targets: id, measure, year, value, document.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File to write, .html or .docx; RUN-prospectus.html beside the run without it."),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Write the park's prospectus: some pages for an investor or an authority, made to be printed.

    Examples:
        parkzero prospectus out/my-park --symbiosis streams.xlsx --answers answers.csv
    """
    from parkzero.benefits.summary import benefits
    from parkzero.eip.commitments import hold, read_commitments, shipped
    from parkzero.eip.frameworks import framework
    from parkzero.eip.measured import of_plan, of_symbiosis
    from parkzero.eip.questionnaire import read_site
    from parkzero.eip.scorecard import read_answers, score
    from parkzero.eip.symbiosis import symbiosis as analysed
    from parkzero.report.prospectus import write_prospectus
    from parkzero.results import load

    results = load(run)
    years = results.year_list
    site = analysed(read_site(symbiosis)) if symbiosis is not None else None
    measured = of_plan(results, years[min(1, len(years) - 1)])
    if site is not None:
        measured.update(of_symbiosis(site))
    known = [framework(name) for name in ("vn_decree_35", "vn_form_a5", "eip_framework_v2")]
    entered = read_answers(answers, known)
    cards = [score(one, entered, measured) for one in known]
    held = hold(results, (*shipped(), *(read_commitments(own) if own else ())))
    goal = out if out is not None else run.resolve().with_name(f"{run.resolve().name}-prospectus.html")
    if not goal.suffix:
        goal = goal.with_suffix(".html")  # a page that opens
    print(write_prospectus(results, cards, held, benefits(results), site, goal, spoken()))
