"""The network of a plan as a page and a workbook: what a park hands to its utility."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from markupsafe import Markup
from openpyxl import Workbook

from parkzero.network.hosting import MOST
from parkzero.network.interconnection import Connection, first_full
from parkzero.network.pictures import loading_map
from parkzero.network.told import Network
from parkzero.report.excel import Value, cell_of, heading_of, saved
from parkzero.report.html import framed, speakers, write_safely
from parkzero.report.markup import Child, details, table, tag
from parkzero.report.numbers import figure, money, number, percent
from parkzero.report.sections.parts import legend, pair
from parkzero.report.words import Both, Lang, both, say


def write_network(found: Network, path: Path, lang: Lang = "vi") -> Path:
    """Write the page as one self-contained HTML file.

    Raises:
        StudyError: when it cannot be written.
    """
    write_safely(path, network_page(found, lang).encode("utf-8"))
    return path


def network_page(n: Network, lang: Lang = "vi") -> str:
    """The page."""
    title = say("network.title")
    inner = tag("div", speakers(lang), tag("h1", title), tag("p", n.name, class_="soft"), class_="inner")
    parts = [_verdict(n), _maps(n), _connection(n), _rooms(n), _breaches(n), _branches(n), _nodes(n)]
    return framed(title, [tag("header", inner), tag("main", *parts)], lang)


def _verdict(n: Network) -> Markup:
    bus, year, start = n.checked.error_at
    held = not n.checked.breaches
    hours, count = number(n.checked.checked, 0), str(len(n.checked.breaches))
    told = say("network.held", hours=hours) if held else say("network.broken", hours=hours, count=count)
    error = say("network.error", error=number(n.checked.error, 5), bus=bus, year=str(year), start=start)
    losses: list[list[Child]] = [
        [str(year), figure(planned), figure(flowed)] for year, (planned, flowed) in n.checked.losses.items()
    ]
    head = [say("network.column.year"), say("network.column.planned"), say("network.column.flowed")]
    rounds = [_round_table(n)] if len(n.rounds) > 1 else []
    banner = tag("section", tag("p", told), class_="banner " + ("optimal" if held else "stopped"))
    return tag(
        "section", banner, tag("p", error), *rounds, tag("h3", say("network.losses")), table(head, losses)
    )


def _round_table(n: Network) -> Markup:
    scale = money(n.currency, max(r.objective for r in n.rounds))
    rows: list[list[Child]] = [
        [str(i + 1), scale.show(r.objective), str(r.breaches), str(r.limits)] for i, r in enumerate(n.rounds)
    ]
    head = _head(("round", "objective", "breaches", "limits"), scale.unit)
    return tag(
        "div", tag("h3", say("network.rounds")), tag("p", say("network.rounds_note")), table(head, rows)
    )


def _maps(n: Network) -> Markup:
    years = [y.year for y in n.checked.years]
    charts = [loading_map(n.checked, year, n.name) for year in dict.fromkeys((years[0], years[-1]))]
    figures = [
        tag("figure", tag("h3", pair(c.about.title), " (", pair(c.about.unit), ")"), c.inline(860),
            legend(c.keys), class_="wide")
        for c in charts
    ]  # fmt: skip
    return tag("section", tag("h2", say("network.map")), *figures)


COLUMNS = ("year", "branch", "rating", "firm", "peak", "peak_at", "factor", "back", "loading", "room",
           "flexible", "worth", "cost", "first")  # fmt: skip
ROOM = ("node", "year", "load", "flexible_load", "plant", "flexible_plant", "by", "first", "price",
        "network")  # fmt: skip
NODES = ("node", "year", "low", "high", "lowest", "highest", "apart", "most")
PRICED = ("worth", "cost", "price", "network", "objective")


def _connection(n: Network) -> Markup:
    own = [c for c in n.connections if c.branch in n.at_root]
    note = tag("p", say("network.connection_note", share=percent(n.flexible)), class_="soft")
    return tag("section", tag("h2", say("network.connection")), note, _connections(n, own))


def _connections(n: Network, own: Sequence[Connection]) -> Markup:
    first = first_full(n.connections)
    known = [v for c in n.connections for v in (c.worth, c.cost) if v is not None and math.isfinite(v)]
    scale = money(n.currency, max(known, default=1.0))
    rows: list[list[Child]] = [
        [str(c.year), c.branch, figure(c.rating), figure(c.firm), figure(c.peak), c.peak_at, figure(c.factor),
         figure(c.back), percent(c.loading), _most(c.room), _most(c.flexible), scale.show(c.worth),
         "–" if c.cost is None else scale.show(c.cost), str(first[c.branch] or "–")]
        for c in own
    ]  # fmt: skip
    return table(_head(COLUMNS, scale.unit), rows, text_columns=2)


def _head(columns: Sequence[str], unit: Both) -> list[Both]:
    return [
        say(f"network.column.{c}", unit=unit) if c in PRICED else say(f"network.column.{c}") for c in columns
    ]


def _most(room: float) -> Child:
    return say("network.no_limit") if room >= MOST else figure(room)


def _rooms(n: Network) -> Markup:
    scale = money(n.currency, max((abs(r.price) for r in n.rooms if math.isfinite(r.price)), default=1.0))
    rows: list[list[Child]] = [
        [r.bus, str(r.year), _most(r.load), _most(r.flexible_load), _most(r.plant), _most(r.flexible_plant),
         r.by or "–", str(n.congested[r.bus] or "–"), scale.show(r.price), scale.show(r.network)]
        for r in sorted(n.rooms, key=lambda r: (n.order.index(r.bus), r.year))
    ]  # fmt: skip
    note = tag("p", say("network.room_note", share=percent(n.flexible)), class_="soft")
    return tag("section", tag("h2", say("network.room")), note,
               table(_head(ROOM, scale.unit), rows, text_columns=1))  # fmt: skip


def _breaches(n: Network) -> Markup | None:
    if not n.checked.breaches:
        return None
    rows: list[list[Child]] = [
        [
            say(f"network.what.{b.what}"),
            b.of,
            str(b.year),
            number(b.limit, 4),
            number(b.worst, 4),
            str(b.hours),
            b.start,
        ]
        for b in n.checked.breaches
    ]
    head = [say(f"network.column.{c}") for c in ("what", "of", "year", "limit", "worst", "hours", "when")]
    return tag("section", tag("h2", say("network.breaches")), table(head, rows, text_columns=2))


def _branches(n: Network) -> Markup:
    return tag(
        "section",
        tag("h2", say("network.branches")),
        details(say("network.show"), _connections(n, n.connections)),
    )


def _nodes(n: Network) -> Markup:
    rows: list[list[Child]] = [
        [r["node"], str(r["year"]), number(r["low"], 3), number(r["high"], 3), number(r["lowest"], 4),
         number(r["highest"], 4), number(r["error"], 5), figure(r["most"])]
        for r in n.checked.node_table().sort("node", "year").iter_rows(named=True) if r["low"] > 0
    ]  # fmt: skip
    head = [say(f"network.column.{c}") for c in NODES]
    return tag(
        "section",
        tag("h2", say("network.nodes")),
        details(say("network.show"), table(head, rows, text_columns=1)),
    )


def write_network_workbook(n: Network, path: Path | str, lang: Lang = "vi") -> Path:
    """Write the network as a workbook: interconnection, room, breaches, voltages.

    Raises:
        StudyError: when it cannot be written.
    """
    book, first = Workbook(write_only=True), first_full(n.connections)
    _sheet(book, say("network.connection"), COLUMNS, [
        (c.year, c.branch, c.rating, c.firm, c.peak, c.peak_at, c.factor, c.back, c.loading, _cell(c.room),
         _cell(c.flexible), _known(c.worth), c.cost, first[c.branch])
        for c in n.connections
    ], n.currency, lang)  # fmt: skip
    _sheet(book, say("network.room"), ROOM, [
        (r.bus, r.year, _cell(r.load), _cell(r.flexible_load), _cell(r.plant), _cell(r.flexible_plant), r.by,
         n.congested[r.bus], _known(r.price), _known(r.network))
        for r in n.rooms
    ], n.currency, lang)  # fmt: skip
    _sheet(book, say("network.breaches"), ("what", "of", "year", "limit", "worst", "hours", "when"), [
        (say(f"network.what.{b.what}").of(lang), b.of, b.year, b.limit, b.worst, b.hours, b.start)
        for b in n.checked.breaches
    ], n.currency, lang)  # fmt: skip
    _sheet(book, say("network.nodes"), NODES, [
        (r["node"], r["year"], r["low"], r["high"], r["lowest"], r["highest"], r["error"], r["most"])
        for r in n.checked.node_table().iter_rows(named=True) if r["low"] > 0
    ], n.currency, lang)  # fmt: skip
    return saved(book, Path(path))


def _cell(room: float) -> Value:
    return None if room >= MOST else room


def _known(value: float) -> Value:
    return value if math.isfinite(value) else None


def _sheet(
    book: Workbook,
    title: Both,
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    unit: str,
    lang: Lang,
) -> None:
    sheet = book.create_sheet(title.of(lang)[:31])
    sheet.append([heading_of(sheet, heading.of(lang)) for heading in _head(columns, both(unit))])
    for row in rows:
        sheet.append([cell_of(sheet, value) for value in row])
