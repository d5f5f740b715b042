"""The command technologies: the dated, cited catalogue from which a study may fill a kind's fields."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from parkzero.books.catalogue import Listed, catalogue, listed
from parkzero.books.entry import Entry
from parkzero.books.paths import trace
from parkzero.cli.plan_words import number
from parkzero.cli.screen import console
from parkzero.cli.speech import LangOption
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.texts import Lang, say, spoken
from parkzero.texts import listed as listed_names

YEARS = (2025, 2030, 2040, 2050)
HEADS = {
    "name": ("tên", "name"), "what": ("là gì", "what it is"), "years": ("năm", "years"),
    "lacks": ("hồ sơ phải cho", "the study must give"), "field": ("trường", "field"),
    "unit": ("đơn vị", "unit"), "confidence": ("tin cậy", "conf."), "source": ("nguồn", "source"),
}  # fmt: skip
USE = {
    "vi": 'Trong hồ sơ: technology = "{name}" dưới [assets.…]; giá trị tự viết luôn được ưu tiên.',
    "en": 'In a study: technology = "{name}" under [assets.…]; what you write yourself always wins.',
}


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command("technologies")(technologies)


def technologies(
    name: Annotated[str, typer.Argument(help="Show the values of this one.", metavar="[NAME]")] = "",
    kind: Annotated[str, typer.Option(help="Only those of this kind of component.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: LangOption = None,
) -> None:
    """List the catalogue of technologies, or the dated, cited values of one.

    Examples:
        parkzero technologies

        parkzero technologies --kind battery

        parkzero technologies battery.lfp
    """
    known = catalogue()
    chosen = [one for one in known.values() if kind in ("", one.kind)]
    faults = []
    if name and name not in known:
        what, needs = (
            say("is not a technology of the catalogue"),
            say("one of {names}", names=listed_names(known)),
        )
        faults.append(Fault(Place(field="NAME"), what, name, needs, did_you_mean(name, known)))
    if not chosen:
        kinds = sorted({one.kind for one in known.values()})
        what, needs = say("has no technologies"), say("one of {names}", names=listed_names(kinds))
        faults.append(Fault(Place(field="--kind"), what, kind, needs, did_you_mean(kind, kinds)))
    if faults:
        raise StudyError(faults, title=say("The command"))
    told = spoken()
    if as_json:
        print(json.dumps([_plain(listed(name))] if name else [_plain(one) for one in chosen],
                         ensure_ascii=False, indent=2))  # fmt: skip
    elif name:
        _show_one(listed(name), told)
    else:
        _show_all(chosen, told)


def _head(key: str, lang: Lang) -> str:
    return HEADS[key][0 if lang == "vi" else 1]


def _show_all(chosen: list[Listed], lang: Lang) -> None:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(_head("name", lang), no_wrap=True, style="bold")
    for key in ("what", "years", "lacks"):
        table.add_column(_head(key, lang), no_wrap=key == "years")
    for one in chosen:
        first, last = one.years
        years = f"{first}–{last}" if last > first else str(first)
        table.add_row(one.name, Text(one.vi if lang == "vi" else one.en), years, Text(one.lacks))
    console().print(table)


def _show_one(one: Listed, lang: Lang) -> None:
    out = console()
    out.print(Text(f"{one.name}: {one.vi if lang == 'vi' else one.en}", style="bold"))
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(_head("field", lang), no_wrap=True, style="bold")
    table.add_column(_head("unit", lang))
    for year in YEARS:
        table.add_column(str(year), justify="right", no_wrap=True)
    table.add_column(_head("confidence", lang))
    sources: dict[str, None] = {}
    for row in _plain(one)["fields"]:
        values = row.get("values", {})
        cells = [
            number(values[y], lang, _decimals(values[y])) if y in values else "–" for y in map(str, YEARS)
        ]
        table.add_row(
            row["field"], Text(row.get("unit") or row.get("literal", "")), *cells, row.get("confidence", "")
        )
        sources.update(dict.fromkeys(row.get("sources", ())))
    out.print(table)
    for source in sources:
        out.print(Text(f"{_head('source', lang)}: {source}", style="dim"))
    if one.lacks:
        out.print(Text(f"{_head('lacks', lang)}: {one.lacks}", style="yellow"))
    out.print(Text(USE[lang].format(name=one.name)))


def _decimals(value: float) -> int:
    return 0 if abs(value) >= 100 else 2 if abs(value) >= 1 else 4


def _source(entry: Entry) -> str:
    """The document and where it was seen; the year of a file's name is in its dates already."""
    seen = entry.seen_in.split(" commit")[0].rstrip(",").replace(str(entry.valid_from)[:4], "YEAR")
    return f"{entry.document} ({seen})" if seen else entry.document


def _plain(one: Listed) -> dict[str, Any]:
    """A technology as JSON: each field with its values, confidence and sources."""
    fields: list[dict[str, Any]] = []
    for filled in one.fields:
        if filled.literal:
            fields.append({"field": filled.field, "literal": filled.literal})
            continue
        entries = filled.entries()
        dated = [e for e in entries if e.valid_from is not None]
        first, last = (dated[0].valid_from, dated[-1].valid_from) if dated else (None, None)
        inside = [y for y in YEARS if first is None or last is None or first.year <= y <= last.year]
        values = trace(filled.key, inside, hold=True)[0] if inside else ()
        fields.append({
            "field": filled.field, "key": filled.key, "unit": entries[0].unit,
            "values": {str(y): float(v) for y, v in zip(inside, values, strict=True)},
            "confidence": "".join(sorted({e.confidence for e in entries})),
            "sources": list(dict.fromkeys(_source(e) for e in entries)),
        })  # fmt: skip
    return {"name": one.name, "kind": one.kind, "en": one.en, "vi": one.vi, "years": list(one.years),
            "lacks": one.lacks, "fields": fields}  # fmt: skip
