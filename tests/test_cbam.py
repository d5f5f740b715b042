"""The border adjustment: worked examples, dated factors, precursors, and what may not be mixed."""

from __future__ import annotations

import json
import math

import pytest

from parkzero.carbon.cbam import (
    Precursor,
    Product,
    bill,
    cost,
    default_value,
    embedded,
    factor,
    markup,
    route_of,
)
from parkzero.carbon.cbam_file import read_export
from parkzero.cli import main
from parkzero.errors import StudyError
from parkzero.report.cbam import _of_amounts, document_of, plain_of
from parkzero.report.document import page_of, workbook_of


def steel(**more: object) -> Product:
    given = {"name": "hrc", "cn": "7208", "category": "iron_steel", "basis": "actual", "produced": 100.0, "exported": 10.0,
             "direct": 200.0, "benchmark": 1.37, "column": "A"}  # fmt: skip
    return Product(**{**given, **more})  # type: ignore[arg-type]


def refused(product: Product, year: int = 2026) -> str:
    with pytest.raises(StudyError) as caught:
        embedded(product, {product.name: product}, year)
    return str(caught.value)


def test_hot_rolled_coil_of_india_by_the_draft():
    """Worked example 25: (4.27 - 1.53 x 0.975) x 80 = 222.26."""
    assert cost(4.27, 1.53, 0.975, 80.0) == pytest.approx(222.26, abs=0.005)


@pytest.mark.parametrize(("benchmark", "expected"), [(1.530, 82.387), (1.370, 94.143)])
def test_hot_rolled_coil_of_viet_nam_in_2026(benchmark, expected):
    """Worked example 26: default 2.35 x 1.10 at 75.36 EUR/t, draft and final benchmark."""
    product = steel(basis="default", column="B", benchmark=benchmark)
    one = bill(product, {}, 2026, 75.36)
    assert one.see == pytest.approx(2.585)
    assert one.free == pytest.approx(benchmark * 0.975)
    assert one.per_tonne == pytest.approx(expected, abs=5e-4)
    assert one.total == pytest.approx(10 * expected, abs=5e-3)


def test_precursors_add_up_in_emissions_and_in_free_allocation():
    """Worked example 28: 0.10 + 1.05 x 1.90 = 2.095; the allocation likewise, never the last step alone."""
    crude = Precursor("crude steel", 1.05, direct=1.90, benchmark=1.288)
    found = embedded(steel(direct=10.0, benchmark=0.05, precursors=(crude,)), {}, 2026)
    assert found.counted == pytest.approx(2.095)
    assert found.allocation == pytest.approx(0.05 + 1.05 * 1.288)


def test_a_precursor_of_ones_own_is_the_product_itself():
    crude = steel(name="crude", cn="7206", direct=190.0, benchmark=1.288)
    coil = steel(direct=10.0, benchmark=0.05, precursors=(Precursor("crude", 1.05),))
    found = embedded(coil, {"crude": crude, "hrc": coil}, 2026)
    assert (found.counted, found.allocation) == pytest.approx((2.095, 0.05 + 1.05 * 1.288))
    half = steel(name="crude", cn="7206", basis="default", column="B", benchmark=1.288)
    mixed = embedded(coil, {"crude": half, "hrc": coil}, 2026)
    assert mixed.by_default == pytest.approx(1.05 * 2.33 * 1.1 / (0.1 + 1.05 * 2.33 * 1.1))


@pytest.mark.parametrize(
    ("key", "cn", "category", "year", "benchmark", "expected"),
    [
        ("VN.semis_HRC_bars_wire_7207_7208_7213_7214_7217", "7208", "iron_steel", 2026, 1.37, 94.143),
        ("VN.semis_HRC_bars_wire_7207_7208_7213_7214_7217", "7208", "iron_steel", 2027, 1.37, 114.434),
        ("VN.semis_HRC_bars_wire_7207_7208_7213_7214_7217", "7208", "iron_steel", 2030, 1.37, 177.0546),
        ("VN.semis_HRC_bars_wire_7207_7208_7213_7214_7217", "7208", "iron_steel", 2034, 1.37, 230.225),
        ("VN.CRC_coated_7209_7212", "7209", "iron_steel", 2026, 1.458, 89.3355),
        ("VN.aluminium_profiles_tubes_structures", "7604", "aluminium", 2026, 1.4, 66.2414),
        ("VN.urea_310210_total", "310210", "fertiliser", 2028, 1.5, 83.220),
    ],
)
def test_other_goods_and_years_by_hand(key, cn, category, year, benchmark, expected):
    """(default x (1 + mark-up) - free share x benchmark) x 75.36; 2034 nothing is free: 2.35 x 1.3 x 75.36 = 230.225."""
    product = steel(
        cn=cn,
        category=category,
        basis="default",
        column="B",
        benchmark=benchmark,
        default_key=key,
        produced=0.0,
    )
    assert bill(product, {}, year, 75.36).per_tonne == pytest.approx(expected, abs=5e-4)


def test_negative_production_is_refused_with_the_formula(tmp_path, capsys):
    table = PRODUCTS.replace("bar,7214,iron_steel,actual,1000", "bar,7214,iron_steel,actual,-1000")
    folder(tmp_path, products=table, activities=ACTIVITIES)
    (tmp_path / "settings.csv").write_text("key,value\ngwp,AR5\n", encoding="utf-8")
    assert main(["cbam", str(tmp_path), "--year", "2026", "--lang", "en"]) == 2
    told = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert "is not above 0" in told
    assert "2025/2620" in told.replace(" ", "")


def test_the_mark_up_of_fertilisers_is_flat():
    """Worked example 29: 2.43 x 1.01 = 2.4543 in 2026, 2027 and 2028."""
    urea = steel(
        name="urea",
        cn="310210",
        category="fertiliser",
        basis="default",
        column="B",
        default_key="VN.urea_310210_total",
    )
    for year in (2026, 2027, 2028):
        assert default_value(urea, year)[0] == pytest.approx(2.4543)
    assert [markup("iron_steel", y).value for y in (2026, 2027, 2028, 2034)] == [10, 20, 30, 30]


def test_the_free_share_is_the_directives_and_not_the_one_that_circulates():
    """1 - 0.485, 1 - 0.61, 1 - 0.735 in 2030 to 2032; a wrong path gives 0.4875, 0.71, 0.8775."""
    path = [97.5, 95, 90, 77.5, 51.5, 39, 26.5, 14, 0]
    assert [factor(year).value for year in range(2026, 2035)] == path


def test_the_route_is_that_of_more_than_half_of_the_mass():
    product = steel(
        routes={"BF_BOF": 60.0, "scrap_EAF": 40.0}, benchmark=math.nan, benchmark_key="hot_rolled", column=""
    )
    assert route_of(product) == "BF_BOF"
    assert embedded(product, {}, 2026).allocation == 1.37
    other = steel(
        routes={"BF_BOF": 40.0, "scrap_EAF": 60.0}, benchmark=math.nan, benchmark_key="hot_rolled", column=""
    )
    assert embedded(other, {}, 2026).allocation == 0.072
    told = refused(steel(routes={"BF_BOF": 50.0, "scrap_EAF": 50.0}))
    assert "more than half" in told
    assert "eurometal" in told


def test_electricity_counts_for_cement_and_fertilisers_alone():
    for category, counts in (
        ("iron_steel", False),
        ("aluminium", False),
        ("hydrogen", False),
        ("cement", True),
        ("fertiliser", True),
    ):
        found = embedded(steel(category=category, electricity=50.0, electricity_factor=0.6), {}, 2026)
        assert found.indirect == pytest.approx(0.3)
        assert found.counted == pytest.approx(2.3 if counts else 2.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"column": "B"}, "actual emissions against a default benchmark"),
        ({"basis": "default"}, "default emissions against an actual benchmark"),
        ({"produced": 0.0}, "no tonne to embed"),
        ({"produced": -5.0}, "no tonne to embed"),
        ({"exported": 101.0}, "more than was produced"),
        ({"direct": -1.0}, "negative"),
        ({"category": "plastic"}, "is not known"),
        ({"benchmark": math.nan}, "benchmark: is empty"),
        ({"benchmark": math.nan, "benchmark_key": "cardboard"}, "is not in the books"),
        ({"precursors": (Precursor("hrc", 1.0),)}, "goes into itself"),
        ({"precursors": (Precursor("slab", 1.0),)}, "lacks what its supplier must tell"),
        ({"basis": "default", "column": "B", "cn": "9999"}, "no default value"),
    ],
)
def test_what_may_not_be_is_refused(change, words):
    assert words in refused(steel(**change))


def test_actual_against_default_quotes_the_rule():
    told = refused(steel(column="B"))
    assert "both actual or both default" in told


PRODUCTS = (
    "product,cn,category,basis,produced,exported,direct,electricity,benchmark,column,benchmark_key,default_key\n"
    "coil,7208,iron_steel,default,,500,,,,,hot_rolled.BF_BOF,\n"
    "bar,7214,iron_steel,actual,1000,200,,,0.066,A,,\n"
)
ACTIVITIES = "facility,year,source,item,amount,unit\nmill,2026,stationary,natural_gas,1000,MWh\nmill,2026,electricity,,500,MWh\n"


def folder(tmp_path, **tables: str):
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_direct_emissions_come_from_the_same_activities_as_the_inventory(tmp_path):
    """1,000 MWh of gas are 3.6 TJ: 201.96 t CO2, 3.6 kg CH4 and 0.36 kg N2O; half of it is the bar's."""
    where = folder(tmp_path, products=PRODUCTS, activities=ACTIVITIES, attribution="product,facility,share\nbar,mill,0.5\n",
                   installation="key,value\nname,Mill\ngwp,AR5\n")  # fmt: skip
    export = read_export(where, 2026)
    expected = (201.96 + 0.0036 * 28 + 0.00036 * 265) / 2
    assert export.products["bar"].direct == pytest.approx(expected)
    assert export.products["bar"].electricity == pytest.approx(250)
    told = plain_of(export, 2026, [75.36])
    assert any("do not lower this bill" in note for note in told["notes"])
    assert any("does not say column A or B" in note for note in told["notes"])
    document = document_of(export, 2026, [75.36, 100.0])
    for lang in ("vi", "en"):
        assert "CBAM" in page_of(document, lang)
        assert workbook_of(document, lang)[:2] == b"PK"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"attribution": "product,facility,share\nbar,mill,0.6\nbar,mill,0.6\n"}, "gives away more"),
        ({"attribution": "product,facility,share\nbar,other,0.6\n"}, "has no activities"),
        ({"attribution": "product,facility,share\nbrr,mill,0.6\n"}, "names no product"),
        (
            {"precursors": "product,precursor,tonnes,direct,benchmark\nbar,billet,-1,2,1\n"},
            "outside what it may be",
        ),
        ({"products": PRODUCTS.replace("iron_steel", "steel")}, "is not known"),
    ],
)
def test_faults_of_a_file_are_told_where_they_stand(tmp_path, tables, words):
    base = {"products": PRODUCTS, "activities": ACTIVITIES, "installation": "key,value\ngwp,AR5\n"}
    with pytest.raises(StudyError) as caught:
        read_export(folder(tmp_path, **{**base, **tables}), 2026)
    assert words in str(caught.value)


def test_the_command_writes_page_workbook_and_json(tmp_path, capsys):
    where = folder(tmp_path, products=PRODUCTS.replace("bar,", "bar,").replace(",,,0.066", ",180,,0.066"))
    assert (
        main(
            [
                "cbam",
                str(where),
                "--price",
                "75.36",
                "--price",
                "100",
                "--out",
                str(tmp_path / "out"),
                "--lang",
                "vi",
            ]
        )
        == 0
    )
    told = capsys.readouterr().out
    assert "94,143" in told
    assert "không làm giảm" in " ".join(told.split())
    plain = json.loads((tmp_path / "out" / "cbam.json").read_text(encoding="utf-8"))
    assert plain["products"][0]["bills"][0]["per_tonne"] == pytest.approx(94.143, abs=5e-4)
    assert main(["cbam", str(where), "--year", "2026", "--json", "--lang", "en"]) == 0
    assert json.loads(capsys.readouterr().out)["year"] == 2026


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_template_calculates_and_overwrites_nothing(tmp_path, capsys, lang):
    path = tmp_path / "exports.xlsx"
    assert main(["cbam", "--template", str(path), "--lang", lang]) == 0
    export = read_export(path, 2026)
    assert set(export.products) == {"p1", "p2"}
    told = plain_of(export, 2026, [75.36])
    assert all(product["bills"] for product in told["products"])
    assert not any("count twice" in note for note in told["notes"])
    assert main(["cbam", "--template", str(path), "--lang", lang]) == 2
    assert main(["cbam", "--lang", lang]) == 2
    assert "--template" in capsys.readouterr().err


def test_a_benchmark_of_the_books_beside_precursors_is_said(tmp_path):
    """What the press prints may hold the precursors already; their own allocation comes on top."""
    more = "product,precursor,tonnes,direct,indirect,benchmark\ncoil2,slab,1.02,1.9,0.1,1.3\n"
    rows = PRODUCTS + "coil2,7209,iron_steel,actual,100,10,15,,,,cold_rolled.BF_BOF,\n"
    notes = plain_of(read_export(folder(tmp_path, products=rows, precursors=more), 2026), 2026, [75.36])[
        "notes"
    ]
    assert [n for n in notes if "count twice" in n and n.startswith("coil2")]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"exported": 100.5, "basis": "default", "column": "B"}, "must come from stock"),  # metered: refused
        ({"exported": 100.0}, ""),
        ({"direct": 0.2}, "is direct in t"),  # kilotonnes: 0.002 t of steel's 1.37
        ({"direct": 2000.0}, "is direct in t"),
        ({"direct": 14.0}, ""),
        ({"direct": 0.2, "basis": "default", "column": "B"}, ""),  # defaults are not metered
    ],
)
def test_amounts_that_are_hardly_meant_are_told(changed, told):
    """100 t of coil with 200 t of emissions; a tonne taken for a kilotonne cost nothing, without a word."""
    product = steel(**changed)
    notes = _of_amounts(product, embedded(product, {}, 2026))
    assert [told in note for note in notes] == ([True] if told else [])
    assert all(note.of("vi") != note.of("en") for note in notes)
