"""The exporter's sheet of the border adjustment: products, bill, years, precursors, official fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from parkzero import books, texts
from parkzero.books.vietnamese import cited
from parkzero.carbon.cbam import (
    INDIRECT,
    YEARS,
    Bill,
    Embedded,
    Product,
    bill,
    embedded,
    factor,
    markup,
    price_now,
)
from parkzero.carbon.cbam_file import Export
from parkzero.charts import About, Layer, grouped_bars
from parkzero.report.document import Cell, Document, Drawing, Table
from parkzero.report.words import Both, say
from parkzero.texts import Text

_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")
MOST_DRAWN = 4
FAR = 10.0
"""Times a benchmark, or a part of it, beyond which metered emissions are hardly meant so."""


def document_of(export: Export, year: int, prices: Sequence[float], cscf: float = 1.0) -> Document:
    """The sheet of an exporter.

    Args:
        export: what the exporter gave.
        year: of the communication.
        prices: scenarios of the certificate's price [EUR/t]; the first one counts for the bill.
        cscf: cross-sectoral correction factor.
    """
    found = {name: embedded(p, export.products, year) for name, p in export.products.items()}
    subtitle = say("cbam.subtitle", name=export.name, year=str(year))
    parts: list[Table | Drawing] = [
        _bills(export, found, year, prices[0], cscf),
        *_years(export, prices, cscf),
        *_precursors(export),
        _communication(export, found, year),
        _sources(found, year),
    ]
    return Document(say("cbam.title"), subtitle, notes_of(export, found, year, prices), parts)


def notes_of(export: Export, found: dict[str, Embedded], year: int, prices: Sequence[float]) -> list[Text]:
    """What a reader must know first."""
    scope = books.statement("cbam.scope", date(year, 12, 31))
    notes: list[Text] = []
    for name, product in export.products.items():
        if product.category not in INDIRECT:
            notes.append(
                texts.say(
                    "{name}: electricity does not count for {category} ({document}): solar power, a DPPA or"
                    " certificates do not lower this bill",
                    name=name,
                    category=_category(product.category),
                    document=cited(scope.document),
                )
            )
        elif product.electricity and product.electricity_factor != product.electricity_factor:
            notes.append(
                texts.say(
                    "{name}: electricity takes the default factor of Viet Nam; check the annex in force",
                    name=name,
                )
            )
        notes += _of_benchmark(product) + _of_amounts(product, found[name])
        if found[name].by_default > 0 and product.basis == "actual":
            notes.append(
                texts.say(
                    "{name}: {share:.0f} % of its emissions are default values",
                    name=name,
                    share=found[name].by_default * 100,
                )
            )
    exported = sum(p.exported for p in export.products.values() if p.category != "hydrogen")
    least = books.find("cbam.de_minimis", date(year, 12, 31))
    if 0 < exported < least.value:
        notes.append(
            texts.say(
                "Below {least:g} t a year for one importer nothing is due ({document})",
                least=least.value,
                document=cited(least.document),
            )
        )
    row = price_now()
    if prices[0] == row.value:
        notes.append(
            texts.say(
                "Price: {price:g} EUR/t, {document}; later quarters are not in the books",
                price=row.value,
                document=cited(row.document),
            )
        )
    return list(dict.fromkeys(notes))


def _of_benchmark(product: Product) -> list[Text]:
    """What a benchmark of the books leaves open: its column, and whether it holds the precursors."""
    if not product.benchmark_key:
        return []
    notes = []
    if not product.column:
        notes.append(
            texts.say("{name}: the source of its benchmark does not say column A or B", name=product.name)
        )
    if product.precursors:
        notes.append(
            texts.say(
                "{name}: a benchmark of the books may be that of the whole product; with precursors,"
                " whose allocation is added, it would count twice: give that of the process alone",
                name=product.name,
            )
        )
    return notes


def _of_amounts(product: Product, embedded_in: Embedded) -> list[Text]:
    """Amounts that are possible, and hardly meant: more exported than made, a tonne that is a kilotonne."""
    notes = []
    if product.exported > product.produced:
        what = texts.say(
            "{name}: exports {exported:,.6g} t of {produced:,.6g} t that were produced in the year; the rest"
            " must come from stock",
            name=product.name, exported=product.exported, produced=product.produced,
        )  # fmt: skip
        notes.append(what)
    norm, own = embedded_in.allocation, embedded_in.direct
    if product.basis == "actual" and norm > 0 and not norm / FAR <= own <= norm * FAR:
        what = texts.say(
            "{name}: {direct:.3g} t of direct emissions for each tonne are far from the benchmark of"
            " {benchmark:.3g}: is direct in t, and produced too?",
            name=product.name, direct=own, benchmark=norm,
        )  # fmt: skip
        notes.append(what)
    return notes


def _category(category: str) -> Both:
    return say(f"cbam.category.{category}")


def _head(*names: str) -> list[Both | str]:
    return [say(f"cbam.{name}") for name in names]


def _bills(export: Export, found: dict[str, Embedded], year: int, price: float, cscf: float) -> Table:
    rows: list[list[Cell]] = []
    for name, product in export.products.items():
        one, e = bill(product, export.products, year, price, cscf), found[name]
        rows.append(
            [
                name,
                product.cn,
                _category(product.category),
                say(f"cbam.basis.{product.basis}"),
                e.route or "–",
                e.direct,
                e.indirect,
                e.counted,
                e.allocation,
                factor(year).value,
                one.free,
                price,
                product.paid,
                one.per_tonne,
                product.exported,
                one.total,
            ]
        )
    head = _head(
        "product",
        "cn",
        "good",
        "basis_is",
        "route",
        "direct",
        "indirect",
        "counted",
        "allocation",
        "factor",
        "free",
        "price",
        "paid",
        "per_tonne",
        "exported",
        "total",
    )
    return Table("bill", say("cbam.bill", year=str(year)), head, rows, 5, say("cbam.formula"), 4)


def _years(export: Export, prices: Sequence[float], cscf: float) -> list[Table | Drawing]:
    parts: list[Table | Drawing] = []
    rows: list[list[Cell]] = []
    for number, (name, product) in enumerate(export.products.items()):
        layers = []
        for i, price in enumerate(prices):
            bills = [bill(product, export.products, year, price, cscf) for year in YEARS]
            rows.append([name, price, *(b.per_tonne for b in bills)])
            layers.append(
                Layer(
                    Both(f"{price:g} EUR/tấn".replace(".", ","), f"{price:g} EUR/t"),
                    _COLOURS[i % len(_COLOURS)],
                    tuple(b.per_tonne for b in bills),
                )
            )
        if number < MOST_DRAWN:
            about = About(
                say("cbam.by_year", name=name),
                say("cbam.per_tonne"),
                say("cbam.chart_source", name=export.name),
            )
            parts.append(Drawing(f"years{number}", grouped_bars(about, [str(y) for y in YEARS], layers)))
    head: list[Both | str] = [say("cbam.product"), say("cbam.price"), *(str(year) for year in YEARS)]
    return [Table("years", say("cbam.years"), head, rows, 1, say("cbam.years_note"), 5), *parts]


def _precursors(export: Export) -> list[Table]:
    rows: list[list[Cell]] = [
        [
            p.name,
            one.name,
            one.tonnes,
            *(None if v != v else v for v in (one.direct, one.indirect, one.benchmark)),
            say(f"cbam.basis.{one.basis}"),
        ]
        for p in export.products.values()
        for one in p.precursors
    ]
    if not rows:
        return []
    return [
        Table(
            "precursors",
            say("cbam.precursors"),
            _head("product", "precursor", "tonnes", "direct", "indirect", "allocation", "basis_is"),
            rows,
            2,
        )
    ]


def _communication(export: Export, found: dict[str, Embedded], year: int) -> Table:
    """The fields of the Commission's communication template, one column for each product."""
    told = export.installation
    names = list(export.products)
    first, last = told.get("period_from", f"{year}-01-01"), told.get("period_to", f"{year}-12-31")
    fixed = {
        "installation": told.get("name", ""),
        "address": told.get("address", ""),
        "city": told.get("city", ""),
        "country": told.get("country", ""),
        "unlocode": told.get("unlocode", ""),
        "coordinates": " ".join(filter(None, (told.get("latitude"), told.get("longitude")))),
        "period": f"{first} – {last}",
    }
    rows: list[list[Cell]] = [
        [say(f"cbam.field.{key}"), *([value or None] * len(names))] for key, value in fixed.items()
    ]
    products = list(export.products.values())
    by_product: dict[str, list[Cell]] = {
        "good": [_category(p.category) for p in products],
        "cn": [p.cn for p in products],
        "route": [found[n].route or None for n in names],
        "produced": [p.produced for p in products],
        "direct": [found[n].direct for n in names],
        "indirect": [found[n].indirect for n in names],
        "by_default": [found[n].by_default * 100 for n in names],
        "electricity": [p.electricity / p.produced if p.produced else None for p in products],
        "electricity_factor": [
            None if p.electricity_factor != p.electricity_factor else p.electricity_factor for p in products
        ],
        "allocation": [found[n].allocation for n in names],
        "paid": [p.paid for p in products],
        "scrap": [None] * len(names),
        "alloys": [None] * len(names),
    }
    rows += [[say(f"cbam.field.{key}"), *cells] for key, cells in by_product.items()]
    return Table(
        "communication",
        say("cbam.communication"),
        [say("cbam.field.name"), *names],
        rows,
        1,
        say("cbam.communication_note"),
        6,
    )


def _sources(found: dict[str, Embedded], year: int) -> Table:
    entries = {e.key: e for one in found.values() for e in one.sources}
    more = [factor(year), markup("iron_steel", year)]
    rows: list[list[Cell]] = [
        [e.key, cited(e.source), e.validity, e.confidence, e.unit, e.value]
        for e in [*entries.values(), *(m for m in more if m.key not in entries)]
    ]
    return Table(
        "sources",
        say("cbam.sources"),
        _head("key", "document", "validity", "confidence", "unit", "value"),
        rows,
        5,
    )


def plain_of(export: Export, year: int, prices: Sequence[float], cscf: float = 1.0) -> dict[str, Any]:
    """The sheet as JSON."""
    found = {name: embedded(p, export.products, year) for name, p in export.products.items()}
    notes = notes_of(export, found, year, prices)

    def told(one: Bill) -> dict[str, float]:
        return {
            "year": one.year,
            "price": one.price,
            "see": one.see,
            "free": one.free,
            "per_tonne": one.per_tonne,
            "total": one.total,
        }

    return {
        "name": export.name,
        "year": year,
        "products": [
            {
                "product": name,
                "cn": p.cn,
                "category": p.category,
                "basis": p.basis,
                "route": found[name].route,
                "direct": found[name].direct,
                "indirect": found[name].indirect,
                "counted": found[name].counted,
                "allocation": found[name].allocation,
                "by_default": found[name].by_default,
                "bills": [
                    told(bill(p, export.products, y, price, cscf))
                    for price in prices
                    for y in YEARS
                    if y >= year
                ],
            }
            for name, p in export.products.items()
        ],
        "notes": [note.of("en") for note in notes],
        "notes_vi": [note.of("vi") for note in notes],
    }
