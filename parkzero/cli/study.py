"""Commands about studies: check, components, init."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from parkzero.cli.screen import console, plain, say_error, show_warnings
from parkzero.cli.speech import LangOption, hear
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.language.component import Component, kinds
from parkzero.language.fields import Field, described
from parkzero.study import Study, read, schema, to_folder, to_workbook
from parkzero.study.json_schema import component_schema, describe, first_line
from parkzero.texts import Text as Words
from parkzero.texts import data, either, in_words, say, spoken

EXAMPLE = "hai_phong"
StudyPath = Annotated[
    Path, typer.Argument(help="Folder with park.toml, that file, or an .xlsx workbook.", metavar="STUDY")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("init")(init)
    app.command("check")(check)
    app.command("convert")(convert)
    app.command("components")(components)


def check(study: StudyPath, as_json: AsJson = False, lang: LangOption = None) -> None:
    """Read a study and show every fault at once: where, what is wrong, how to mend it. Writes nothing.

    Examples:
        parkzero check my-park

        parkzero check my-park.xlsx --json
    """
    try:
        found = read(study)
    except StudyError as error:
        hear(error.language)
        if not as_json:
            raise
        print(
            json.dumps(
                {"ok": False, "faults": [_fault(f) for f in error.faults]}, ensure_ascii=False, indent=2
            )
        )
        raise typer.Exit(error.exit_code) from None
    hear(found.language)
    if as_json:
        print(
            json.dumps(
                {"ok": True, "warnings": [in_words(w, spoken()) for w in found.warnings], **_summary(found)},
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    _show(found)


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        **dataclasses.asdict(fault.where),
        **{name: in_words(getattr(fault, name), spoken()) for name in ("what", "got", "needs", "hint")},
    }


def _summary(study: Study) -> dict[str, Any]:
    return {
        "name": study.name,
        "currency": study.currency,
        "milestones": list(study.milestones.years),
        "steps": study.timeline.steps,
        "step_minutes": study.timeline.calendar.minutes,
        "discount_rate": study.milestones.rate,
        "tenants": sorted(study.tenants),
        "buses": sorted(study.buses),
        "components": {c.name: c.kind for c in study.components},
        "synthetic": study.synthetic,
        "understood": [
            {"path": f.path, "told": in_words(f.told, spoken()), **f.values} for f in study.understood
        ],
    }


def _show(study: Study) -> None:
    out, lang = console(), spoken()
    years = study.milestones.years
    facts = say(
        "{assets} assets and policies, {tenants} tenants, {buses} buses, {years} milestone years ({span}),"
        " {steps:,} steps of {minutes} minutes, {currency} of {base}",
        assets=len(study.components),
        tenants=len(study.tenants),
        buses=len(study.buses),
        years=len(years),
        span=f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]),
        steps=study.timeline.steps,
        minutes=study.timeline.calendar.minutes,
        currency=study.currency,
        base=study.base_year,
    )
    out.print(Text(say("No faults. ").of(lang), style="bold green") + Text(plain(study.name), style="bold"))
    out.print(facts.of(lang))
    show_warnings(study.warnings)
    _show_understood(study)
    reasons: dict[str, list[str]] = {}
    for path, why in study.synthetic.items():
        reasons.setdefault(in_words(why, lang), []).append(path)
    for why_told, paths in reasons.items():
        told = say("not measured, {why}: {paths}", why=why_told, paths=paths).of(lang)
        out.print(Text("~ ", style="cyan") + Text(plain(told)))


def _show_understood(study: Study) -> None:
    """The figures by which an author recognises what was read."""
    table = Table(show_edge=False, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for fact in study.understood:
        table.add_row(plain(fact.path), plain(fact.told.of(spoken())))
    console().print(table)


def components(
    kind: Annotated[str, typer.Argument(help="Show the fields of this kind.", metavar="[KIND]")] = "",
    as_json: AsJson = False,
    lang: LangOption = None,
) -> None:
    """List the kinds of components that a study may hold, or the fields of one.

    Examples:
        parkzero components

        parkzero components battery

        parkzero components --json > park.schema.json     (JSON Schema of park.toml, for editors)
    """
    known = kinds()
    if kind and kind not in known:
        what, needs = say("is not a kind of component"), say("one of {names}", names=list(known))
        fault = Fault(Place(field="KIND"), what, kind, needs, did_you_mean(kind, known))
        raise StudyError([fault], title=say("The command"))
    if as_json:
        print(json.dumps(component_schema(kind) if kind else schema(), ensure_ascii=False, indent=2))
    elif kind:
        _show_kind(known[kind])
    else:
        _show_kinds(known)


def _show_kinds(known: dict[str, type[Component]]) -> None:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(say("screen.kind").of(spoken()), no_wrap=True, style="bold")
    table.add_column(say("what it is").of(spoken()))
    for name, cls in known.items():
        table.add_row(name, Text(say(first_line(cls)).of(spoken())))
    console().print(table)


def _show_kind(cls: type[Component]) -> None:
    out = console()
    out.print(Text(f"{cls.kind}: {say(first_line(cls)).of(spoken())}", style="bold"))
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(say("screen.field").of(spoken()), no_wrap=True, style="bold")
    table.add_column(say("screen.form").of(spoken()), no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column(say("what it is").of(spoken()))
    for name, spec in described(cls).items():
        needed = say("screen.needed").of(spoken()) if spec.required else ""
        table.add_row(name, _form(spec), needed, Text(describe(spec, spoken())))
    out.print(table)


def _which(names: Sequence[str]) -> Words:
    """One of some names, or any."""
    return either(map(data, filter(None, names))) or say("form.any")


def _form(spec: Field) -> str:
    names = {
        "by_year": say("form.path_or_series" if spec.or_series else "form.path"),
        "profile": say("form.series"),
        "quantity": say("form.value"),
        "bus": say("form.bus", which=_which(spec.carriers)),
        "asset": say("form.asset", which=_which(spec.kinds or (spec.trait,))),
        "size": say("form.table"),
        "uses": say("form.table"),
        "trips": say("form.table"),
        "text": say("form.text"),
        "flag": say("form.flag"),
        "actor": say("form.actor"),
        "integer": say("form.integer"),
    }
    told = names.get(spec.kind, data(spec.kind))
    return " | ".join(spec.choices) if spec.kind == "choice" else told.of(spoken())


def init(
    folder: Annotated[
        Path, typer.Argument(help="Folder to make; it must be empty or not there yet.", metavar="DIR")
    ],
    workbook: Annotated[
        bool,
        typer.Option(
            "--workbook", help="Make one workbook in the folder instead of park.toml and CSV files."
        ),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Make a folder with an example study to start from.

    Examples:
        parkzero init my-park

        parkzero init my-park --workbook
    """
    source = examples() / EXAMPLE
    if not source.joinpath("park.toml").is_file():
        say_error(say("This installation of ParkZero holds no example study.").of(spoken()))
        raise typer.Exit(1)
    refuse_full(folder)
    with resources.as_file(source) as example:
        if workbook:
            to_workbook(example, folder / "park.xlsx")
        else:
            shutil.copytree(
                example, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.py")
            )
    made = folder / "park.xlsx" if workbook else folder
    console().print(Text(say("Made {path}. Next: parkzero check {path}", path=made).of(spoken())))


def examples() -> Traversable:
    """The studies that ship with ParkZero."""
    return resources.files("parkzero") / "examples"


def refuse_full(folder: Path) -> None:
    """Raise ``StudyError`` unless the folder is empty or not there yet.

    Raises:
        StudyError: so that nothing is overwritten.
    """
    if not folder.exists():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        what = say("is not empty") if folder.is_dir() else say("is a file")
        fault = Fault(Place(field="DIR"), what, str(folder), say("a folder that is empty or not there yet"),
                      say("another name, so that nothing of yours is overwritten"))  # fmt: skip
        raise StudyError([fault], title=say("The command"))


def convert(
    study: StudyPath,
    target: Annotated[Path, typer.Argument(help="A .xlsx file, or a folder that is empty or not there yet.")],
    lang: LangOption = None,
) -> None:
    """Turn a folder into one workbook, or a workbook into a folder, without a difference.

    Examples:
        parkzero convert my-park my-park.xlsx

        parkzero convert my-park.xlsx my-park
    """
    if target.suffix.lower() == ".xlsx":
        if target.exists():
            fault = Fault(Place(field="TARGET"), say("is there already"), str(target), say("a new name"))
            raise StudyError([fault], title=say("The command"))
        to_workbook(study, target)
    else:
        refuse_full(target)
        to_folder(study, target)
    console().print(Text(say("Made {path}.", path=target).of(spoken())))
