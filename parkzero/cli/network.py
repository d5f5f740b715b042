"""The command network: a plan's electric network under alternating current, and what a utility is handed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text as Shown

from parkzero.cli.plan_words import number
from parkzero.cli.screen import console, plain
from parkzero.cli.speech import LangOption, hear
from parkzero.errors import Fault, Place, StudyError
from parkzero.planning.api import GAP
from parkzero.texts import Lang, say, spoken

if TYPE_CHECKING:
    from parkzero.network.tighten import Round
    from parkzero.network.told import Network


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("network")(network)


def network(
    what: Annotated[
        Path,
        typer.Argument(help="Run to check, study to plan until it holds, or folder of tables with --into."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the page, the workbook and network.json.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(help="Study (a folder) that takes nodes.csv, lines.csv and transformers.csv."),
    ] = None,
    gap: Annotated[float, typer.Option(help="Stop when proven within this share of the best plan.")] = GAP,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """Check every hour of a plan's network under alternating current; plan again until it holds.

    Examples:
        parkzero network out/my-park --out out/network

        parkzero network my-park --out out/network

        parkzero network grid-tables --into my-park
    """
    if into is not None:
        _put(what, into, spoken())
        return
    found = _found(what, out, gap, as_json)
    told = spoken()
    if out is not None:
        _write(found, out, told)
    if as_json:
        from parkzero.network.told import plain as as_plain

        print(json.dumps([as_plain(n) for n in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            _show(one, told)
        if out is not None:
            print(out / "network.html")
    if any(n.checked.breaches for n in found):
        raise typer.Exit(3)


def _put(folder: Path, into: Path, lang: Lang) -> None:
    from parkzero.network.tables import read_tables, title_of, write_grid

    grid = read_tables(folder)
    names = write_grid(grid, into)
    console().print(Shown(title_of(grid).of(lang)))
    print(" ".join(names))


def _found(what: Path, out: Path | None, gap: float, quiet: bool) -> list[Network]:
    from parkzero.network.told import networks
    from parkzero.results import load
    from parkzero.results.reading import is_run

    if is_run(what):
        return networks(load(what), _limits(what))
    from parkzero.network.flow import library
    from parkzero.network.tighten import planned_to_hold
    from parkzero.results import check_target, save
    from parkzero.results.planned import plan
    from parkzero.study.reader import read

    if not 0 < gap < 1:
        needs, hint = say("a number above 0 and below 1"), say("--gap 0.001")
        told = Fault(Place(field="--gap"), say("is no share"), str(gap), needs, hint)
        raise StudyError([told], title=say("The command"))
    library()
    study = read(what)
    hear(study.language)
    if out is not None:
        check_target(out / "run")

    def watch(made: Round) -> None:
        if not quiet:
            _told(made, spoken())

    rounds = planned_to_hold(study, lambda asked: plan(asked, gap=gap, reference=False), watch)
    results = rounds[-1].plan.results
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        save(results, out / "run")
    return networks(results, rounds=rounds)


def _limits(run: Path) -> dict[str, float]:
    """The limits of the study whose plan within tighter ones is this run, from what was told of it beside it.

    Raises:
        StudyError: when that cannot be read.
    """
    beside = run.parent / "network.json"
    if not beside.is_file():
        return {}
    try:
        told = json.loads(beside.read_text(encoding="utf-8"))
        if any(one.get("run") != _digest(run) for one in told):
            return {}  # of another run: this one was planned within the study's own limits, or is newer
        return {key: float(limit) for one in told for key, limit in one["limits"].items()}
    except (ValueError, TypeError, AttributeError, KeyError) as broken:
        what, needs = say("is not what was told of this run"), say("what parkzero network wrote beside it")
        hint = say("move it away, or plan again")
        raise StudyError([Fault(Place(str(beside)), what, str(broken)[:60], needs, hint)]) from None


def _digest(run: Path) -> str:
    """What tells one run from all others."""
    return hashlib.sha256((run / "manifest.json").read_bytes()).hexdigest()


def _told(made: Round, lang: Lang) -> None:
    line = say(
        "planned with {limits} limits tightened: {breaches} limits broken under alternating current, largest"
        " voltage error {error:.5f} per unit",
        limits=len(made.limits), breaches=made.breaches, error=max(c.error for c in made.checked),
    )  # fmt: skip
    console().print(Shown(line.of(lang)))


def _write(found: list[Network], out: Path, lang: Lang) -> None:
    from parkzero.network.told import plain as as_plain
    from parkzero.report.network import write_network, write_network_workbook
    from parkzero.study.writer import replace_file

    out.mkdir(parents=True, exist_ok=True)
    for i, one in enumerate(found):
        name = "network" if i == 0 else f"network_{one.checked.grid.name}"
        write_network(one, out / f"{name}.html", lang)
        write_network_workbook(one, out / f"{name}.xlsx", lang)
    run = out / "run"
    own = {"run": _digest(run)} if run.is_dir() else {}
    text = json.dumps([as_plain(n) | own for n in found], ensure_ascii=False, indent=1)
    replace_file(out / "network.json", text)


def _show(n: Network, lang: Lang) -> None:
    from parkzero.network.hosting import MOST
    from parkzero.network.interconnection import first_full

    out, first = console(), first_full(n.connections)
    checked = n.checked
    head = say(
        "{network}: {flows:,} flows, {breaches} limits broken; largest voltage error of the plan {error:.5f}"
        " per unit at {bus}",
        network=checked.grid.name, flows=checked.checked, breaches=len(checked.breaches), error=checked.error,
        bus=checked.error_at[0],
    )  # fmt: skip
    out.print(Shown(head.of(lang)))
    table = Table(show_edge=False, pad_edge=False)
    for name in ("branch", "year", "rating", "peak", "loading", "room", "flexible", "first"):
        side: Literal["left", "right"] = "left" if name == "branch" else "right"
        table.add_column(say(f"network.column.{name}").of(lang), justify=side)
    for c in n.connections:
        room = ["–" if v >= MOST else number(v, lang, 2) for v in (c.room, c.flexible)]
        table.add_row(
            plain(c.branch), str(c.year), number(c.rating, lang, 1), number(c.peak, lang, 2),
            f"{number(100 * c.loading, lang, 0)} %", *room, str(first[c.branch] or "–"),
        )  # fmt: skip
    out.print(table)
    for b in checked.breaches[:10]:
        line = say(
            "{what}: {of} in {year}: {worst:.4f} against {limit:.4f}, {hours} steps, worst {start}",
            what=say(f"network.what.{b.what}"), of=b.of, year=str(b.year), worst=b.worst, limit=b.limit,
            hours=b.hours, start=b.start,
        )  # fmt: skip
        out.print(Shown(line.of(lang), style="red"))
