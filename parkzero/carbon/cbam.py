"""The EU's border adjustment for a product: what is embedded in it, what is free, and what a tonne costs.

Cost of a tonne = (SEE - factor x CSCF x SEFA) x price - carbon price paid, at least 0 (Regulation (EU)
2023/956 and its implementing regulations). SEE, the specific embedded emissions, and SEFA, the embedded free
allocation, are both summed over the precursors. Emissions and benchmarks are both actual (column A) or both
default (column B).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from parkzero.books import BookError, Entry
from parkzero.books.library import shelf
from parkzero.carbon.rules import quoted
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import NOTHING, Text, listed, say

Basis = Literal["actual", "default"]
CATEGORIES: Final = ("iron_steel", "aluminium", "fertiliser", "cement", "hydrogen")
INDIRECT: Final = ("fertiliser", "cement")
"""Goods whose indirect emissions count (Regulation (EU) 2023/956, Annex II leaves the others out)."""
COLUMN: Final = {"actual": "A", "default": "B"}
YEARS: Final = tuple(range(2026, 2035))


@dataclass(frozen=True, slots=True)
class Precursor:
    """What goes into a tonne of a product.

    Attributes:
        name: a product of the same file, or a name of the supplier's.
        tonnes: per tonne of the product [t/t].
        direct, indirect: embedded in it [t/t]; NaN where it is a product of the same file.
        benchmark: its own embedded free allocation [t/t]; NaN likewise.
        basis: of both.
    """

    name: str
    tonnes: float
    direct: float = math.nan
    indirect: float = 0.0
    benchmark: float = math.nan
    basis: Basis = "actual"


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is exported.

    Attributes:
        name: its id.
        cn: its CN code.
        category: one of ``CATEGORIES``.
        basis: actual or default.
        produced: in the year [t].
        exported: to the EU in the year [t].
        direct: direct emissions attributed to its process [t].
        electricity: used by its process [MWh].
        electricity_factor: of it [t/MWh].
        benchmark: of its process (column A) or of the whole product (column B) [t/t].
        column: A or B; empty where its source does not say.
        benchmark_key: row of the books that it was taken from.
        default_key: row of the default value; empty to find it by the CN code.
        precursors: what goes into it.
        routes: crude steel by route [t].
        paid: carbon price paid at home [money/t of product].
        where: its place, for messages.
    """

    name: str
    cn: str
    category: str
    basis: Basis
    produced: float
    exported: float
    direct: float = 0.0
    electricity: float = 0.0
    electricity_factor: float = math.nan
    benchmark: float = math.nan
    column: str = ""
    benchmark_key: str = ""
    default_key: str = ""
    precursors: tuple[Precursor, ...] = ()
    routes: Mapping[str, float] = field(default_factory=dict)
    paid: float = 0.0
    where: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Embedded:
    """What is embedded in a tonne.

    Attributes:
        direct, indirect: specific emissions [t/t].
        counted: what the bill counts [t/t].
        allocation: embedded free allocation, before factor and CSCF [t/t].
        by_default: share of the counted emissions that rests on default values.
        route: production route; empty where none matters.
        sources: rows of the books that were used.
    """

    direct: float
    indirect: float
    counted: float
    allocation: float
    by_default: float
    route: str
    sources: tuple[Entry, ...]


def factor(year: int) -> Entry:
    """Share of the benchmark that is still free in a year [%]."""
    return shelf("cbam").find("cbam.free_allocation_factor", date(year, 12, 31))


def markup(category: str, year: int) -> Entry:
    """Mark-up on default values in a year [%]: by year, of fertilisers flat."""
    key = "cbam.markup.fertiliser" if category == "fertiliser" else "cbam.default_markup"
    return shelf("cbam").find(key, date(year, 12, 31))


def default_value(product: Product, year: int) -> tuple[float, tuple[Entry, ...]]:
    """Default embedded emissions of a product with the mark-up of the year [t/t], and the rows used.

    Raises:
        StudyError: when the books hold no default for it, or several.
    """
    rows = {k: v for k, v in shelf("cbam").by_key.items() if k.startswith("cbam.default.")}
    if product.default_key:
        keys = [k for k in rows if k in (product.default_key, f"cbam.default.{product.default_key}")]
    else:
        keys = [k for k in rows if any(_covers(part, product.cn) for part in k.rsplit(".", 1)[-1].split("_"))]
    if len(keys) != 1:
        what = say("has several default values") if keys else say("has no default value in the books")
        needs = listed([k.removeprefix("cbam.default.") for k in keys or rows][:12])
        raise _wrong(
            product,
            "default_key",
            what,
            product.default_key or product.cn,
            needs,
            say("name it in the column default_key"),
        )
    row, more = rows[keys[0]][-1], markup(product.category, year)
    return row.value * (1 + more.value / 100), (row, more)


def _covers(part: str, cn: str) -> bool:
    return part.isdecimal() and len(part) >= 4 and cn.replace(" ", "").startswith(part)


def route_of(product: Product) -> str:
    """The route by which more than half of the crude steel came; empty where none is told.

    Raises:
        StudyError: when no route has more than half.
    """
    whole = math.fsum(product.routes.values())
    if whole <= 0:
        return ""
    route, most = max(product.routes.items(), key=lambda pair: pair[1])
    if most * 2 <= whole:
        told = ", ".join(f"{name} {mass:g} t" for name, mass in product.routes.items())
        rule = quoted("cbam.benchmark.columns", date(2026, 12, 31))
        raise _wrong(product, "route", say("has no route of more than half of its mass"), told, hint=rule)
    return route


def benchmark_of(product: Product, route: str) -> tuple[float, tuple[Entry, ...]]:
    """Benchmark of a product [t/t] and the row that it came from.

    Raises:
        StudyError: when none is given, or a default one goes with actual emissions.
    """
    if product.column and product.column != COLUMN[product.basis]:
        rule = quoted("cbam.sefa", date(2026, 12, 31))
        what = (
            say("sets actual emissions against a default benchmark")
            if product.basis == "actual"
            else say("sets default emissions against an actual benchmark")
        )
        raise _wrong(
            product, "column", what, product.column, say("column {name}", name=COLUMN[product.basis]), rule
        )
    if not math.isnan(product.benchmark):
        return product.benchmark, ()
    if not product.benchmark_key:
        raise _wrong(
            product,
            "benchmark",
            say("is empty"),
            "",
            say("a benchmark [t/t] with its column, or a row of the books as benchmark_key"),
        )
    key = (
        product.benchmark_key
        if product.benchmark_key.startswith("cbam.")
        else f"cbam.benchmark.{product.benchmark_key}"
    )
    key = f"{key}.{route}" if route and f"{key}.{route}" in shelf("cbam").by_key else key
    try:
        row = shelf("cbam").series(key)[-1]
    except BookError:
        names = [
            k.removeprefix("cbam.benchmark.") for k in shelf("cbam").by_key if k.startswith("cbam.benchmark.")
        ]
        raise _wrong(product, "benchmark_key", say("is not in the books"), key, listed(names)) from None
    return row.value, (row,)


def embedded(
    product: Product, products: Mapping[str, Product], year: int, path: Sequence[str] = ()
) -> Embedded:
    """What is embedded in a tonne of a product.

    Args:
        product: the product.
        products: all of the file, by id, for precursors of one's own.
        year: calendar year.
        path: products on the way here, so that a circle is found.

    Raises:
        StudyError: when something lacks, or cannot be.
    """
    _require_possible(product, path)
    route = route_of(product)
    own, rows = benchmark_of(product, route)
    if product.basis == "default":
        value, used = default_value(product, year)
        return Embedded(value, 0.0, value, own, 1.0, route, (*used, *rows))
    direct = product.direct / product.produced
    indirect = _electricity(product) / product.produced
    counts, allocation, by_default = product.category in INDIRECT, own, 0.0
    for one in product.precursors:
        inner = products.get(one.name)
        if inner is not None:
            part = embedded(inner, products, year, (*path, product.name))
            values = part.direct, part.indirect, part.allocation, part.by_default * part.counted
            rows = (*rows, *part.sources)
        else:
            _require_known(product, one)
            counted = one.direct + (one.indirect if counts else 0.0)
            values = one.direct, one.indirect, one.benchmark, counted if one.basis == "default" else 0.0
        direct += one.tonnes * values[0]
        indirect += one.tonnes * values[1]
        allocation += one.tonnes * values[2]
        by_default += one.tonnes * values[3]
    counted = direct + (indirect if counts else 0.0)
    return Embedded(
        direct, indirect, counted, allocation, by_default / counted if counted else 0.0, route, rows
    )


def _electricity(product: Product) -> float:
    """Indirect emissions of a process [t]."""
    if product.electricity == 0:
        return 0.0
    if math.isnan(product.electricity_factor):
        row = shelf("cbam").by_key["cbam.indirect_ef.VN.default"][-1]
        return product.electricity * row.value
    return product.electricity * product.electricity_factor


def _require_possible(product: Product, path: Sequence[str]) -> None:
    if product.name in path:
        raise _wrong(product, "precursor", say("goes into itself"), " → ".join([*path, product.name]))
    if product.category not in CATEGORIES:
        raise _wrong(product, "category", say("is not known"), product.category, listed(CATEGORIES))
    if product.basis == "actual" and not product.produced > 0:
        raise _wrong(
            product,
            "produced",
            say("is not above 0: there is no tonne to embed emissions in"),
            f"{product.produced:g}",
            say("more than 0 t"),
            quoted("cbam.formula", date(2026, 12, 31)),
        )
    for name, value in (
        ("exported", product.exported),
        ("direct", product.direct),
        ("electricity", product.electricity),
        ("paid", product.paid),
    ):
        if not value >= 0:
            raise _wrong(product, name, say("is negative or no number"), f"{value:g}", say("0 or more"))
    if product.basis == "actual" and product.exported > product.produced:
        raise _wrong(
            product,
            "exported",
            say("is more than was produced"),
            f"{product.exported:g} t",
            say("at most {most:g}", most=product.produced),
        )


def _require_known(product: Product, one: Precursor) -> None:
    lacks = [name for name in ("direct", "benchmark") if math.isnan(getattr(one, name))]
    if lacks or not one.tonnes >= 0:
        rule = quoted("cbam.sefa", date(2026, 12, 31))
        raise _wrong(
            product,
            "precursor",
            say("lacks what its supplier must tell"),
            f"{one.name}: {', '.join(lacks) or one.tonnes}",
            say("its embedded emissions and its embedded free allocation [t/t]"),
            rule,
        )


def _wrong(
    product: Product, name: str, what: Text, got: str = "", needs: Text = NOTHING, hint: Text = NOTHING
) -> StudyError:
    place = Place(
        product.where.file,
        product.where.sheet,
        product.where.cell,
        product.where.line,
        f"{product.name}.{name}",
    )
    return StudyError([Fault(place, what, got, needs, hint)], say("The border adjustment"))


@dataclass(frozen=True, slots=True)
class Bill:
    """What a tonne costs in a year.

    Attributes:
        year: calendar year.
        price: of a certificate [EUR/t].
        see: counted emissions [t/t].
        free: embedded free allocation that is still free [t/t].
        per_tonne: cost of a tonne [EUR/t].
        total: of what is exported [EUR].
    """

    year: int
    price: float
    see: float
    free: float
    per_tonne: float
    total: float


def cost(
    see: float, allocation: float, share: float, price: float, paid: float = 0.0, cscf: float = 1.0
) -> float:
    """Cost of a tonne of product [EUR/t].

    Args:
        see: counted embedded emissions [t/t].
        allocation: embedded free allocation [t/t].
        share: of it that is still free.
        price: of a certificate [EUR/t].
        paid: carbon price paid at home [EUR/t of product].
        cscf: cross-sectoral correction factor.
    """
    return max(0.0, max(0.0, see - share * cscf * allocation) * price - paid)


def bill(
    product: Product, products: Mapping[str, Product], year: int, price: float, cscf: float = 1.0
) -> Bill:
    """What a product costs in a year at a price."""
    found = embedded(product, products, year)
    share = factor(year).value / 100
    per_tonne = cost(found.counted, found.allocation, share, price, product.paid, cscf)
    free = share * cscf * found.allocation
    return Bill(year, price, found.counted, free, per_tonne, per_tonne * product.exported)


def price_now() -> Entry:
    """The last published price of a certificate [EUR/t]."""
    return shelf("cbam").series("cbam.price")[-1]
