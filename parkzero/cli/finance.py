"""The command finance: who pays whom year by year, with debt, tax, incentives, a tornado and a fair split."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from parkzero.cli.plan import JsonOption, RunArgument, Watch, as_text_or_json, check_options, print_json
from parkzero.cli.plan_summary import money
from parkzero.cli.plan_words import number, share
from parkzero.cli.screen import console, plain
from parkzero.cli.speech import LangOption, hear
from parkzero.errors import Fault, Place, StudyError
from parkzero.finance.statement import Statement
from parkzero.finance.terms import Case
from parkzero.finance.tornado import Swung
from parkzero.results.results import Results
from parkzero.texts import Lang, data, in_words, say

GAP = 0.005


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("finance")(finance)


def finance(
    run: RunArgument,
    terms: Annotated[
        Path | None,
        typer.Option(help="File of terms: debt, tax, incentives. Without it a template is written."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the case; RUN-finance.")] = None,
    study: Annotated[
        Path | None,
        typer.Option(help="The study behind the run: plans anew with grants and at the ends of the tornado."),
    ] = None,
    gap: Annotated[float, typer.Option(help="Gap of plans sought anew.")] = GAP,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say who pays whom year by year, and what each project earns with its debt, tax and incentives.

    Examples:
        parkzero finance out/my-park

        parkzero finance out/my-park --terms terms.toml

        parkzero finance out/my-park --terms terms.toml --study my-park
    """
    with as_text_or_json(as_json):
        check_options(gap, None)
        _finance(run, terms, out or Path(f"{os.path.abspath(run)}-finance"), study, gap, as_json)


def _finance(run: Path, terms: Path | None, out: Path, study: Path | None, gap: float, as_json: bool) -> None:
    from parkzero.finance.statement import known_of, statement
    from parkzero.finance.template import template
    from parkzero.finance.terms import read
    from parkzero.finance.tornado import tornado
    from parkzero.report.finance import write_finance
    from parkzero.report.finance_excel import write_finance_workbook
    from parkzero.results import load

    results = load(run)
    told = hear(results.summary.get("language"))
    case = None if terms is None else read(terms, known_of(results))
    if study is None and case is not None and case.game is not None and case.game.planned:
        what = say("asks plans what each group gains, and there is no study")
        fault = Fault(Place(field="split.plans"), what, needs=data("--study"))
        raise StudyError([fault], say("The command"))
    if study is not None and case is None:
        fault = Fault(
            Place(field="--study"), say("plans anew for terms, and there are none"), needs=data("--terms")
        )
        raise StudyError([fault], say("The command"))
    if study is not None and case is not None:
        found, swings = _again(study, case, gap, told, as_json)
    else:
        found = statement(results, case)
        swings = tornado(found)
    out.mkdir(parents=True, exist_ok=True)
    written = [
        write_finance(found, swings, out / "finance.html", told),
        write_finance_workbook(found, swings, out / "finance.xlsx", told),
    ]
    if terms is None and not (out / "terms.toml").exists():
        (out / "terms.toml").write_text(template(str(results.summary["name"]), known_of(results)), "utf-8")
        written.append(out / "terms.toml")
    if as_json:
        print_json(plain_of(found, swings))
        return
    _show(found, swings, results, told)
    for path in written:
        console().print(Text(say("Wrote {path}", path=path).of(told)))


def _again(
    study: Path, case: Case, gap: float, lang: Lang, quiet: bool
) -> tuple[Statement, tuple[Swung, ...]]:
    """The case with its plans sought anew."""
    from parkzero.finance.again import Again
    from parkzero.study.reader import read

    with Watch(lang, quiet) as watch, tempfile.TemporaryDirectory(prefix="parkzero-") as folder:
        again = Again(read(study), case, Path(folder), gap, watch.say)
        found, swings = again.base(), again.tornado()
        if case.game is not None and case.game.planned and found.case is not None:
            whole = dataclasses.replace(found.case, game=again.game(case.game))
            found = dataclasses.replace(found, case=whole)
        return found, swings


def plain_of(found: Statement, swings: tuple[Swung, ...]) -> dict[str, Any]:
    """A case as JSON."""
    from parkzero.finance import payments as p
    from parkzero.finance.project import worth
    from parkzero.finance.statement import checks, shared

    game = None if found.case is None or found.case.game is None else shared(found.case.game)
    return {
        "currency": found.results.summary["currency"], "nominal": found.case is not None,
        "discount_rate": found.discount, "first_year": found.results.year_list[0],
        "checks": checks(found),
        "actors": {a: found.cash(a).tolist() for a in p.actors(found.payments)},
        "projects": {
            actor: {
                "equity": made.equity.tolist(), "whole": made.whole.tolist(), "tax": made.tax.tolist(),
                "drawn": made.drawn.tolist(), "service": made.service.tolist(),
                "cover": [None if c != c else float(c) for c in made.cover],
                "npv": worth(made.equity, found.discount).npv,
                "irrs": list(worth(made.equity, found.discount).irrs),
                "project_irrs": list(worth(made.whole, found.discount).irrs),
            }
            for actor, made in found.projects.items()
        },
        "tornado": [
            {"input": s.name, "low": s.low, "high": s.high, "at_low": s.at_low, "at_high": s.at_high,
             "replanned": s.replanned}
            for s in swings
        ],
        "split": None if game is None else {
            "shapley": dict(game.shapley.shares), "stable": game.stable, "least_core": dict(game.core.shares),
            "excess": game.core.excess, "nash": dict(game.nash),
        },
        "notes": [in_words(n, "en") for n in found.notes],
        "notes_vi": [in_words(n, "vi") for n in found.notes],
    }  # fmt: skip


def _show(found: Statement, swings: tuple[Swung, ...], results: Results, lang: Lang) -> None:
    from parkzero.cash.flows import npv
    from parkzero.finance import payments as p
    from parkzero.report.facts import facts_of
    from parkzero.report.sections.actors import name_of

    facts, out = facts_of(results), console()
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(say("finance.column.actor").of(lang), overflow="fold")
    table.add_column(say("finance.column.value").of(lang), justify="right", no_wrap=True)
    for actor in p.actors(found.payments):
        value = npv(found.discount, found.cash(actor).tolist())
        table.add_row(Text(plain(name_of(facts, actor).of(lang))), money(value, results, lang))
    out.print(table)
    for actor, made in found.projects.items():
        out.print(Text(_project_line(found, actor, lang)))
        cover = [float(c) for c in made.cover if c == c]
        if cover:
            out.print(
                Text("  " + say("lowest cover ratio {least}", least=number(min(cover), lang, 3)).of(lang))
            )
    for s in swings:
        ends = f"{money(s.at_low, results, lang)} … {money(s.at_high, results, lang)}"
        out.print(Text(f"  {s.name}: {ends}"))
    for n in found.notes:
        out.print(Text(plain(in_words(n, lang)), style="dim"))


def _project_line(found: Statement, actor: str, lang: Lang) -> str:
    from parkzero.finance.project import worth
    from parkzero.report.facts import facts_of
    from parkzero.report.sections.actors import name_of

    told = worth(found.projects[actor].equity, found.discount)
    rates = ", ".join(share(rate, lang, 2) for rate in told.irrs) or "–"
    return say(
        "{actor}: equity worth {npv}, rates of return {rates}",
        actor=name_of(facts_of(found.results), actor), npv=money(told.npv, found.results, lang), rates=rates,
    ).of(lang)  # fmt: skip
