"""The command compare: what differs between runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from parkzero.cli.screen import console, plain
from parkzero.cli.speech import LangOption
from parkzero.results.compare import GROUPS, Comparison
from parkzero.texts import Lang, spoken

MOST = 25
_LONG = 40


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("compare")(compare)


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Two runs or more, as parkzero plan --out wrote them.")],
    html: Annotated[Path | None, typer.Option(help="Write a page.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Compare runs: what differs in their studies, sizes, cost, emissions and savings.

    Examples:
        parkzero compare out/base out/cheap-batteries

        parkzero compare out/a out/b out/c --html compare.html --xlsx compare.xlsx
    """
    from parkzero.report.comparison import write_comparison, write_comparison_workbook
    from parkzero.results import load
    from parkzero.results.compare import compare as compared

    told = spoken()
    found = compared({name: load(path) for name, path in zip(_names(runs), runs, strict=True)})
    if html is not None:
        write_comparison(found, html, told)
    if xlsx is not None:
        write_comparison_workbook(found, xlsx, told)
    if as_json:
        print(json.dumps(plain_of(found), ensure_ascii=False, indent=2))
    else:
        console().print(_shown(found, told))


def _names(runs: list[Path]) -> list[str]:
    """A short name for each run: its folder's, or its whole path where two are alike."""
    short = [path.resolve().name for path in runs]
    return [name if short.count(name) == 1 else str(path) for name, path in zip(short, runs, strict=True)]


def plain_of(found: Comparison) -> dict[str, Any]:
    """A comparison as JSON."""
    return {
        "runs": list(found.names),
        "notes": [note.of("en") for note in found.notes],
        "notes_vi": [note.of("vi") for note in found.notes],
        "differences": [
            {"group": d.group, "what": d.what, "year": d.year or None, "unit": d.unit,
             "values": list(d.values), "source": d.source}
            for d in found.differences
        ],
    }  # fmt: skip


def _shown(found: Comparison, lang: Lang) -> RenderableType:
    from parkzero.report.comparison import name_of, scale_of, shown
    from parkzero.report.words import say

    parts: list[RenderableType] = [Text(plain(note.of(lang)), style="yellow") for note in found.notes]
    for group in GROUPS:
        rows = found.of(group)
        if not rows:
            continue
        table = Table(
            show_edge=False, pad_edge=False, title=say(f"compare.{group}").of(lang), title_justify="left"
        )
        table.add_column("", overflow="fold")
        for name in found.names:
            table.add_column(plain(name), justify="right", overflow="fold")
        for row in rows[:MOST]:
            scale = scale_of(row)
            unit = f" [{scale.unit.of(lang)}]" if scale.unit.en else ""
            values = (Text(plain(shown(v, scale).of(lang))[:_LONG]) for v in row.values)
            table.add_row(Text(plain(name_of(found, row).of(lang) + unit)), *values)
        parts.append(table)
        if len(rows) > MOST:
            parts.append(Text(say("compare.more", count=str(len(rows) - MOST)).of(lang), style="dim"))
    if not found.differences:
        parts.append(Text(say("compare.same").of(lang)))
    return Group(*parts)
