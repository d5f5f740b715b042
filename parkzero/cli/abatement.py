"""The command abatement: the frontier of cost and carbon, and what each measure adds, all from plans."""

from __future__ import annotations

import dataclasses
import json
import math
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from parkzero.abatement.bars import ORDERS, Bars
from parkzero.abatement.frontier import Frontier
from parkzero.cli.plan import JsonOption, StudyArgument, Watch, as_text_or_json, check_options
from parkzero.cli.plan_words import number
from parkzero.cli.screen import console
from parkzero.cli.speech import LangOption, hear
from parkzero.errors import Fault, Place, StudyError
from parkzero.report.abatement import Found
from parkzero.report.numbers import money
from parkzero.study.study import Study
from parkzero.texts import Both, Lang, data, listed, say

GAP = 0.005


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("abatement")(abatement)


def abatement(
    study: StudyArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the page, the workbook and the figures.")],
    caps: Annotated[int, typer.Option(help="Caps of the frontier; 0 for none.", min=0, max=40)] = 10,
    deepest: Annotated[
        float | None,
        typer.Option(help="Share of today's free emissions that the last cap leaves; the study's own caps."),
    ] = None,
    measures: Annotated[
        str,
        typer.Option(help="Kinds, assets or NAME=A+B, by commas; - for no bars. What the last plan builds."),
    ] = "",
    price: Annotated[
        float | None,
        typer.Option(help="Price of a tonne for the bars, in the study's money; that of the last cap."),
    ] = None,
    years: Annotated[str, typer.Option(help="Milestones to plan, by commas; all by default.")] = "",
    gap: Annotated[float, typer.Option(help="Stop when proven within this share of the best plan.")] = GAP,
    orders: Annotated[int, typer.Option(help="Random orders, with more than six measures.", min=4)] = ORDERS,
    workers: Annotated[int | None, typer.Option(help="Years planned side by side.", min=1)] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say what carbon costs to avoid: a frontier of plans under caps, and bars that sum to what they do.

    Examples:
        parkzero abatement my-park --out out/abatement

        parkzero abatement my-park --out out/abatement --measures solar,wind,battery,heat_pump
    """
    with as_text_or_json(as_json):
        check_options(gap, None)
        _run(study, out, caps, deepest, measures, price, years, gap, orders, workers, as_json)


def _run(
    path: Path, out: Path, caps: int, deepest: float | None, measures: str, price: float | None, years: str,
    gap: float, orders: int, workers: int | None, as_json: bool,
) -> None:  # fmt: skip
    from parkzero.abatement.bars import bars
    from parkzero.abatement.frontier import frontier
    from parkzero.abatement.measures import measures_of, usual
    from parkzero.abatement.points import Planner
    from parkzero.report.abatement import write_abatement, write_abatement_workbook
    from parkzero.study.reader import read

    study = read(path)
    told = hear(study.language)
    study = milestones_of(study, years)
    require(study, caps, deepest, measures, price)
    named = measures_of(study, measures) if measures not in ("", "-") else None
    with Watch(told, as_json) as watch, tempfile.TemporaryDirectory(prefix="parkzero-") as folder:
        planner = Planner(Path(folder), gap, watch.step, workers, watch.say)
        line = frontier(study, planner, caps, deepest) if caps else None
        chosen, worth = named, price
        if line is not None and line.caps:
            worth = line.price if price is None else price
            if measures == "":
                chosen = usual(study, line.caps[-1].point)
        made = None
        if chosen and worth is not None:
            made = bars(study, chosen, worth, planner, orders)
    kinds = {c.kind: Both(c.vi, c.en) for c in study.components}
    found = Found(
        study.name, study.currency, gap, study.milestones.years, bool(study.synthetic), line, made, kinds
    )
    out.mkdir(parents=True, exist_ok=True)
    written = [
        write_abatement(found, out / "abatement.html", told),
        write_abatement_workbook(found, out / "abatement.xlsx", told),
    ]
    text = json.dumps(plain_of(found), ensure_ascii=False, indent=2)
    (out / "abatement.json").write_text(text + "\n", encoding="utf-8")
    if as_json:
        print(text)
        return
    _show(found, told)
    for one in written:
        console().print(Text(say("Wrote {path}", path=one).of(told)))


def milestones_of(study: Study, years: str) -> Study:
    """The study planned for the milestones named, all of them where none is.

    Raises:
        StudyError: when one is none of its own.
    """
    from parkzero.study.change import at_years

    if not years:
        return study
    asked = [part.strip() for part in years.split(",") if part.strip()]
    known = [str(y) for y in study.milestones.years]
    if strange := [y for y in asked if y not in known]:
        fault = Fault(Place(field="--years"), say("is no milestone of the study"), strange[0], listed(known))
        raise StudyError([fault], say("The command"))
    return at_years(study, tuple(int(y) for y in asked))


def require(study: Study, caps: int, deepest: float | None, measures: str, price: float | None) -> None:
    """Refuse what would fail after an hour of planning.

    Raises:
        StudyError: with all of it.
    """
    from parkzero.study.change import limits_of

    faults = []
    if caps and deepest is None and not limits_of(study):
        faults.append(
            Fault(Place(field="--deepest"), say("is missing: the study has no yearly cap on both scopes"),
                  needs=say("what the last cap leaves of the free emissions, 0 to 1"))
        )  # fmt: skip
    if deepest is not None and not 0 <= deepest < 1:
        faults.append(Fault(Place(field="--deepest"), say("is no share"), str(deepest), say("0 to 1")))
    if not caps and measures != "-" and (price is None or measures == ""):
        faults.append(
            Fault(Place(field="--price"), say("is missing: without caps nothing says what a tonne is worth"),
                  needs=say("--price and --measures"))
        )  # fmt: skip
    if price is not None and not (math.isfinite(price) and price >= 0):
        faults.append(Fault(Place(field="--price"), say("is no price"), str(price), data(study.currency)))
    if faults:
        raise StudyError(faults, say("The command"))


def plain_of(found: Found) -> dict[str, Any]:
    """What was found, as JSON."""
    line, made = found.frontier, found.bars
    told: dict[str, Any] = _finite({
        "name": found.name, "currency": found.currency, "gap": found.gap, "years": list(found.years),
        "frontier": None if line is None else {
            "free": dataclasses.asdict(line.free), "caps": [dataclasses.asdict(c) for c in line.caps],
            "beyond": list(line.beyond),
        },
        "bars": None if made is None else {
            "price": made.price, "exact": made.exact, "plans": made.plans, "tonnes": made.tonnes,
            "cost": made.cost, "measures": [dataclasses.asdict(b) for b in made.bars],
        },
    })  # fmt: skip
    return told


def _finite(value: Any) -> Any:  # noqa: ANN401  a JSON tree
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _show(found: Found, lang: Lang) -> None:
    if found.frontier is not None:
        _show_frontier(found, found.frontier, lang)
    if found.bars is not None:
        _show_bars(found, found.bars, lang)


def _headed(key: str, lang: Lang, unit: Both | None = None) -> str:
    """A heading with its unit."""
    return say(f"abatement.{key}").of(lang) + (f" [{unit.of(lang)}]" if unit is not None else "")


def _show_frontier(found: Found, line: Frontier, lang: Lang) -> None:
    points = [line.free, *(c.point for c in line.caps)]
    scale = money(found.currency, max(abs(p.cost) for p in points))
    each = found.each(max((c.price or 0.0 for c in line.caps), default=1.0))
    table = Table(show_edge=False, pad_edge=False)
    for key, unit in (("cap", None), ("tonnes", None), ("cost", scale.unit), ("next", each.unit)):
        table.add_column(Text(_headed(key, lang, unit)), justify="right")
    names = [say("abatement.free").of(lang), *(f"{c.share:.0%}" for c in line.caps)]
    prices = [None, *(c.price for c in line.caps)]
    for name, point, price in zip(names, points, prices, strict=True):
        worth = "–" if price is None else each.show(price, 4).of(lang)
        table.add_row(name, number(point.tonnes, lang), scale.show(point.cost, 5).of(lang), worth)
    console().print(table)
    if line.beyond:
        shares = ", ".join(f"{s:.0%}" for s in line.beyond)
        console().print(Text(say("abatement.beyond", shares=shares).of(lang)))


def _show_bars(found: Found, made: Bars, lang: Lang) -> None:
    scale = money(found.currency, max(abs(b.cost) for b in made.bars))
    table = Table(show_edge=False, pad_edge=False)
    for key, unit in (("measure", None), ("avoided", None), ("cost", scale.unit), ("alone", None)):
        table.add_column(Text(_headed(key, lang, unit)), justify="left" if key == "measure" else "right")
    for b in made.bars:
        alone = number(b.alone_tonnes, lang) if math.isfinite(b.alone_tonnes) else "–"
        name = found.kinds.get(b.name, Both(b.name, b.name)).of(lang)
        table.add_row(Text(name), number(b.tonnes, lang), scale.show(b.cost, 4).of(lang), alone)
    console().print(table)
