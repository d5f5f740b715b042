"""The workbook that an exporter fills: a sheet for each table, with its columns and rows that calculate."""

from __future__ import annotations

from typing import Final

from parkzero.carbon.cbam import CATEGORIES
from parkzero.carbon.cbam_file import COLUMNS, INSTALLATION
from parkzero.inventory.reading import COLUMNS as INVENTORY
from parkzero.inventory.template import begun, content_of
from parkzero.texts import Lang, Text, listed, say

_EXAMPLE: Final = say("example: replace this row")
EXAMPLES: Final[dict[str, tuple[dict[str, object], ...]]] = {
    "products": (
        {"product": "p1", "cn": "7308", "category": "iron_steel", "basis": "default", "produced": 1000,
         "exported": 100, "benchmark_key": "coated", "default_key": "VN.structures_7308", "note": _EXAMPLE},
        {"product": "p2", "cn": "7208", "category": "iron_steel", "basis": "actual", "produced": 1000,
         "exported": 100, "direct": 1900, "electricity": 200, "benchmark_key": "hot_rolled",
         "note": _EXAMPLE},
    ),
    "routes": ({"product": "p1", "route": "BF_BOF", "tonnes": 1000},
               {"product": "p2", "route": "BF_BOF", "tonnes": 1000}),
}  # fmt: skip
"""Amounts are invented; benchmarks and defaults are rows of the books."""


def template(lang: Lang = "vi") -> bytes:
    """The workbook to fill, with an example that calculates.

    Args:
        lang: language of what is explained; columns and ids are the same in both.
    """
    columns = {name: COLUMNS[name] for name in ("products", "precursors", "routes", "installation")}
    rows = {name: [[row.get(c) for c in columns[name]] for row in told] for name, told in EXAMPLES.items()}
    rows["installation"] = [[key] for key in INSTALLATION]
    return content_of(begun(_explained(), columns, rows, lang))


def _explained() -> list[Text]:
    return [
        say("products: a row for each product. produced and exported in t, direct emissions in t CO₂e and"
            " electricity in MWh of the year, paid in EUR/t."),
        say("category: {categories}; basis: actual for metered emissions, default for those of the books.",
            categories=listed(CATEGORIES)),
        say("benchmark_key and default_key name rows of the books: parkzero books cbam. A benchmark of your"
            " own stands in benchmark [t/t] with its column: A for actual, B for default emissions."),
        say("precursors: tonnes for each tonne of product; what the supplier reports, or the name of a"
            " product above."),
        say("routes: crude steel by route in t; that of more than half of the mass counts."),
        say("Instead of direct and electricity, add the sheets of an inventory and attribution (product,"
            " facility, share): {sheets}.", sheets=listed(INVENTORY)),
    ]  # fmt: skip
