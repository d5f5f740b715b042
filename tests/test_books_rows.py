"""All rows of the books together: dates, documents, units, ranges and formulas."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

import pytest

from parkzero import books
from parkzero.books import BookError, Entry, Library
from parkzero.books.formula import evaluate
from parkzero.books.library import TABLES, read_shipped
from parkzero.books.rows import read_rows
from parkzero.units import registry

EVERY = [*books.entries(""), *books.shipped().all_statements("")]
# What a document must not be named by: none of these can be fetched and read.
VAGUE = re.compile(
    r"\b(press|common|memory|various|github|newspapers?|digests?|settlement notes|transcriptions?)\b"
    r"|price-implementation",
    re.IGNORECASE,
)
# Gaps that the books know of and say.
GAPS = {"fuel.diesel.price"}


def written(name: str) -> dict[tuple[str, str], str]:
    """Values as they stand in the file of a table, by key and start."""
    return {
        (row["key"], row["valid_from"]): row["value"]
        for _, row in read_rows(f"{name}.csv", read_shipped(f"{name}.csv"))[0]
    }


@pytest.mark.parametrize("name", [name for name in TABLES if name != "statements"])
def test_a_table_holds_the_keys_that_begin_as_it_says(name: str) -> None:
    assert {key.split(".")[0] for key in books.table(name).keys} == set(TABLES[name])


def test_no_document_is_named_by_what_nobody_can_fetch() -> None:
    for row in EVERY:
        assert not VAGUE.search(row.document), (row.key, row.document)
        assert not VAGUE.search(row.article), (row.key, row.article)


def test_a_law_is_named_by_its_number_or_is_said_to_be_unknown() -> None:
    for row in EVERY:
        if row.standing == "law" and row.document:
            assert re.search(r"\d+/|\d{4}", row.document), (row.key, row.document)
        if not row.document:
            assert row.seen_in, row.key
            assert row.confidence != "P", row.key


def test_what_was_seen_in_the_document_names_it() -> None:
    assert all(row.document for row in EVERY if row.confidence == "P")


def test_no_table_has_a_column_that_says_in_force() -> None:
    for name in TABLES:
        head = read_shipped(f"{name}.csv").splitlines()[0]
        assert "status" not in head.split(",")
        assert "in_force" not in read_shipped(f"{name}.csv")


def test_a_row_is_in_force_on_its_days_and_no_other() -> None:
    one = timedelta(days=1)
    for row in EVERY:
        inside = row.valid_from or row.valid_to or date(2026, 1, 1)
        expected = "in_force" if row.standing in ("law", "official") else row.standing
        assert row.state(inside) == expected
        if row.valid_to is not None:
            assert row.state(row.valid_to + one) == "ended", row.key
        if row.valid_from is not None:
            assert row.state(row.valid_from - one) == "upcoming", row.key


def test_dates_do_not_overlap_nor_reverse_and_law_has_no_gaps() -> None:
    shipped = books.shipped()
    for held in (*shipped.by_key.values(), *shipped.statements.values()):
        for before, after in itertools.pairwise(held):
            assert before.valid_to is not None, before.key
            assert after.valid_from is not None, after.key
            assert before.valid_to < after.valid_from, before.key
            touching = after.valid_from - before.valid_to == timedelta(days=1)
            if before.standing == after.standing == "law" and before.key.split(".")[0] in (
                "tariff",
                "rooftop",
            ):
                assert touching, before.key
    price = shipped.by_key["fuel.diesel.price"]
    gaps = {
        a.key
        for a, b in itertools.pairwise(price)
        if (b.valid_from or date.max) - (a.valid_to or date.min) > timedelta(days=1)
    }
    assert gaps == GAPS


def test_every_unit_is_known() -> None:
    known = registry()
    for unit in {entry.pint_unit for entry in books.entries("")}:
        known.parse_units(unit.replace("%", "percent") if unit != "1" else "")
    assert registry().Quantity(1, "MMBtu").to("MWh").magnitude == pytest.approx(0.29307107, rel=1e-6)


@pytest.mark.parametrize(
    ("unit", "read"),
    [
        ("EUR2025/vehicle", "EUR/piece"),
        ("job/MW", "1/MW"),
        ("job*year/MW", "year/MW"),
        ("L/100km", "cL/km"),
        ("USD2019/kW", "USD/kW"),
    ],
)
def test_units_are_read_without_price_year_and_without_what_is_counted(unit: str, read: str) -> None:
    entry = Entry(key="a.b", value=1, unit=unit, valid_from=None, valid_to=None, scope="x", document="D 1")
    assert entry.pint_unit == read


def test_values_lie_in_the_range_of_their_kind() -> None:
    signed = ("green_growth.", "climate.", "site.")
    for entry in books.entries(""):
        assert entry.value >= 0 or entry.key.startswith(signed), entry.key
        if entry.unit == "%" and "tariff_structure" not in entry.key:
            assert entry.value <= 100, entry.key
        if entry.unit == "%/year" and entry.key.endswith(".FOM"):
            assert entry.value < 10, entry.key
        if (
            entry.key.startswith("tech.")
            and "efficiency" in entry.key.rsplit(".", 1)[-1]
            and entry.unit == "1"
        ):
            assert entry.value <= (6 if "heat_pump" in entry.key else 1), entry.key
        if entry.key.endswith((".investment", ".lifetime")):
            assert entry.value > 0, entry.key
        if entry.key.startswith("grid_ef."):
            assert entry.value < 1, entry.key


def test_low_stands_below_high() -> None:
    by_key = books.shipped().by_key
    for key, held in by_key.items():
        for low, high in ((".low", ".high"), ("_min", "_max")):
            if key.endswith(low) and key.removesuffix(low) + high in by_key:
                tops = by_key[key.removesuffix(low) + high]
                assert [e.value for e in held] <= [e.value for e in tops], key


def test_every_derived_row_follows_from_its_formula() -> None:
    """To the last digit that is written; catalogue values were divided by 1.15, and their notes say so."""
    shipped, checked = books.shipped(), 0
    digits = {pair: value for name in TABLES if name != "statements" for pair, value in written(name).items()}
    for entry in books.entries(""):
        computed = shipped.recomputed(entry)
        if computed is None:
            assert entry.confidence != "D" or entry.key.startswith("tech.vn_catalogue"), entry.key
            continue
        text = digits[entry.key, entry.valid_from.isoformat() if entry.valid_from else ""]
        half = 0.5 * 10.0 ** -len(text.partition(".")[2])
        assert abs(computed - entry.value) <= half * (1 + 1e-9), (entry.key, entry.value, computed)
        checked += 1
    assert checked > 190


def test_the_recommended_grid_path_follows_from_its_own_words() -> None:
    """0.67 in 2024; the level of 2030 five years late: half of it, 0.335, in 2035; 0.08 in 2050."""
    values = books.path("grid_ef.path.plan_5y_late", [2025, 2030, 2034, 2035, 2043])
    for value, year in zip(values, (2025, 2030, 2034, 2035), strict=False):
        assert value == pytest.approx(0.67 * 0.5 ** ((year - 2024) / 11), abs=5e-5)
    assert values[-1] == pytest.approx(0.335 * (0.08 / 0.335) ** (8 / 15), abs=5e-5)


# --------------------------------------------------------------------------------- the formula language


def found(key: str, on: date) -> float:
    return {"a.b": 2.0, "c.d": float(on.year)}[key]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("'a.b' * 3", 6.0),
        ("'c.d'", 2030.0),
        ("'c.d@2024-05-01'", 2024.0),
        ("round_to(12345, 100)", 12300.0),
        ("mean(1, 2, 6)", 3.0),
        ("min(4, 'a.b')", 2.0),
        ("geometric(2020, 1, 2040, 4)", 2.0),  # half way: the root of four
        ("geometric(2020, 1, 2030, 3, 2040, 5)", 3.0),
    ],
)
def test_formulas(formula: str, value: float) -> None:
    assert evaluate(formula, date(2030, 1, 1), found) == pytest.approx(value)


@pytest.mark.parametrize(
    "formula",
    [
        "", "1 +", "__import__('os')", "a.b", "'a.b'.upper()", "[1, 2]", "1 if 1 else 2", "2 ** 9", "1 / 0",
        "geometric(2020, 1, 2025, 2)", "geometric(2040, 1, 2020, 2)", "geometric(2020, 1, 2040)", "mean()",
        "round_to(1, 0)", "True", "max(1, 2)", "'a.b@soon'", "1" + "+1" * 5000, "mean(*'ab')", "lambda: 1",
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(BookError, match="cannot be read"):
        evaluate(formula, date(2030, 1, 1), found)


def test_a_formula_that_names_no_row_says_so() -> None:
    head = "key,value,unit,valid_from,valid_to,scope,document,standing,confidence,formula\n"
    mine = Library.read({"mine.csv": head + "a.b,1,kg,,,x,D 1,law,D,'a.c' * 2\n"})
    with pytest.raises(BookError, match=r"Did you mean a\.b"):
        mine.recomputed(mine.find("a.b", date(2025, 1, 1)))


def test_rules_in_words_read_in_vietnamese() -> None:
    """Names, dates and numbers of documents need none; a rule of the law has its own."""
    scope = books.statement("ets.scope", date(2026, 1, 1))
    assert scope.said("vi") == "chỉ phát thải trực tiếp"
    assert scope.said("en") == "direct emissions only"
    told = [
        s
        for s in books.shipped().all_statements("")
        if s.key.split(".")[0] in ("ghg", "ets", "dppa", "eip", "rooftop")
    ]
    bare = [s.key for s in told if not s.text_vi and not re.fullmatch(r"[\d.\-]+", s.text)]
    assert not bare
