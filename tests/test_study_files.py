"""Folder, workbook and schema say the same; older formats are brought forward."""

from __future__ import annotations

import dataclasses
import json
import shutil
import tomllib
from pathlib import Path

import jsonschema
import numpy as np
import openpyxl
import pytest

from parkzero import study
from parkzero.components import ByYear, Profile, Size, kinds
from parkzero.errors import StudyError
from parkzero.language.fields import SHARED, described
from parkzero.study import Study
from parkzero.study.migrate import MIGRATIONS
from parkzero.study.toml_text import inline, to_toml
from parkzero.units import Quantity

SMALL = Path(__file__).parent / "data" / "small_park"
FORMAT_1 = SMALL.parent / "format_1.toml"
"""The small park as format 1 wrote it."""
METERED = '{ file = "load.csv", column = "kW", growth = "3 %" }'


def plain(value: object) -> object:
    """A field in a form that compares by value."""
    if isinstance(value, Profile):
        years = {y: v.tobytes() for y, v in value.years.items()}
        return value.values.tobytes(), value.unit, plain(value.factor), years
    if isinstance(value, ByYear):
        return value.years, value.values, value.unit, value.steps
    if isinstance(value, Size):
        return tuple(plain(getattr(value, f.name)) for f in dataclasses.fields(value))
    return (value.value, value.unit) if isinstance(value, Quantity) else value


def content(found: Study) -> dict[str, object]:
    """All that a plan depends on; components by name, because a workbook sorts them by kind."""
    components = {
        c.name: (c.kind, {f.name: plain(getattr(c, f.name)) for f in dataclasses.fields(c)})
        for c in found.components
    }
    return {
        "components": components, "milestones": found.milestones, "timeline": found.timeline,
        "buses": found.buses,
        "tenants": found.tenants, "penalties": found.penalties, "currency": found.currency,
        "name": found.name,
        "warnings": found.warnings, "base_year": found.base_year, "synthetic": found.synthetic,
    }  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Study:
    return study.read(SMALL)


def little_park(folder: Path) -> Path:
    """The small park without its meter file, whose thousands of rows take long to write as cells."""
    shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns("load.csv"))
    text = (folder / "park.toml").read_text(encoding="utf-8")
    assert METERED in text
    (folder / "park.toml").write_text(text.replace(METERED, '{ value = "1 MW" }'), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def little_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("little")
    return study.to_workbook(little_park(folder / "park"), folder / "park.xlsx")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study.to_workbook(SMALL, tmp_path_factory.mktemp("book") / "park.xlsx")


# ------------------------------------------------------------------------------------- round trips


def test_a_workbook_reads_as_the_folder_it_was_written_from(small: Study, workbook: Path) -> None:
    assert content(study.read(workbook)) == content(small)


def test_a_folder_reads_as_the_workbook_it_was_written_from(
    small: Study, workbook: Path, tmp_path: Path
) -> None:
    folder = study.to_folder(workbook, tmp_path / "again")
    assert {p.name for p in folder.iterdir()} == {"park.toml", "load.csv", "bills.csv", "normals.csv"}
    assert content(study.read(folder)) == content(small)


def test_a_tree_reads_as_it_was_written(small: Study, tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "park")
    tree = tomllib.loads((SMALL / "park.toml").read_text(encoding="utf-8"))
    study.write(tree, tmp_path / "park")
    assert tomllib.loads((tmp_path / "park" / "park.toml").read_text(encoding="utf-8")) == tree
    assert content(study.read(tmp_path / "park" / "park.toml")) == content(small)


def test_text_of_every_kind_survives_toml() -> None:
    tree = {
        "a": {
            "b c": ['"', "\\", "\n\t\x7f", "Dệt — 漢"],
            "n": [1, -2.5, 1e-9, True, {"2025": "1 MW"}],
            "e": {},
        }
    }
    assert tomllib.loads(to_toml(tree)) == tree
    with pytest.raises(StudyError, match="cannot stand in a study file"):
        inline(float("nan"))


def test_texts_that_look_like_formulas_or_tables_survive_a_workbook(tmp_path: Path) -> None:
    little_park(tmp_path / "park")
    file = tmp_path / "park" / "park.toml"
    notes = ("=1+1", "{x", "[y", '"z"', " padded ", "'quoted")
    text = file.read_text(encoding="utf-8").replace(
        '26000 VND", source = "made up"', '26000 VND", source = "=SUM(A1)"'
    )
    text = text.replace('trade = "textiles"', "trade = " + inline(" | ".join(notes)))
    for i, (asset, note) in enumerate(
        zip(("det_load", "bess", "tie", "lpg", "det_pv", "det_boiler"), notes, strict=True)
    ):
        assert i >= 0
        text = text.replace(f"[assets.{asset}]", f"[assets.{asset}]\nnote = {inline(note)}")
    file.write_text(text, encoding="utf-8")
    found = study.read(study.to_workbook(tmp_path / "park", tmp_path / "park.xlsx"))
    assert content(found) == content(study.read(tmp_path / "park"))
    assert {c.note for c in found.components} >= set(notes)


def test_a_parquet_file_becomes_a_sheet_of_values(tmp_path: Path) -> None:
    import polars as pl

    shutil.copytree(SMALL, tmp_path / "park")
    folder = tmp_path / "park"
    frame = pl.read_csv(folder / "load.csv", try_parse_dates=True)
    frame.write_parquet(folder / "load.parquet")
    (folder / "load.csv").unlink()
    file = folder / "park.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("load.csv", "load.parquet"), encoding="utf-8")
    before, after = study.read(folder), study.read(study.to_workbook(folder, tmp_path / "park.xlsx"))
    load = [next(c for c in s.components if c.name == "det_load").load.values for s in (before, after)]
    np.testing.assert_array_equal(*load)


def test_values_of_a_workbook_name_their_cells(little_book: Path) -> None:
    place = study.read(little_book).sources["assets.det_pv.power.max"].place
    sheet = openpyxl.load_workbook(little_book)[place.sheet]
    assert (place.file, place.sheet) == ("park.xlsx", "solar")
    assert sheet[place.cell].value == "2 MW"


def edited(source: Path, target: Path, sheet: str, cell: str, value: object) -> Path:
    book = openpyxl.load_workbook(source)
    book[sheet][cell] = value
    book.save(target)
    return target


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "what", "at"),
    [
        ("park", "B1", None, "is missing", ""),
        ("solar", "A2", "bess", "is a name met twice", "A2"),
        ("solar", "B1", "ownr", "unknown field", "B2"),
        ("solar", "C2", "{2025 = ", "not readable as a table", "C2"),
        ("solar", "C2", "=1+1", "is a formula", "C2"),
        ("rates", "A3", "yesterday", "is not a date", "A3"),
        ("buses", "A3", "det.electricity", "is a name met twice", "A3"),
        ("buses", "H2", "x", "column without a heading", "H2"),
        ("normals.csv", "B3", "hot", "is not a number", "B3"),
        ("bills.csv", "B3", -5, "is no amount", ""),
    ],
)
def test_faults_of_a_workbook_name_sheet_and_cell(
    sheet: str, cell: str, value: object, what: str, at: str, little_book: Path, tmp_path: Path
) -> None:
    if (sheet, cell) == ("park", "B1"):
        book = openpyxl.load_workbook(little_book)
        book["park"]["A2"], book["park"]["B2"] = None, None
        book.save(tmp_path / "park.xlsx")
    else:
        edited(little_book, tmp_path / "park.xlsx", sheet, cell, value)
    with pytest.raises(StudyError) as caught:
        study.read(tmp_path / "park.xlsx")
    fitting = [f for f in caught.value.faults if what in f.what]
    assert fitting, str(caught.value)
    assert fitting[0].where.file == "park.xlsx"
    assert not at or (fitting[0].where.sheet, fitting[0].where.cell) == (sheet, at)


def test_a_sheet_of_no_known_name_gets_a_hint(little_book: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(little_book)
    book["solar"].title = "solr"
    book.save(tmp_path / "park.xlsx")
    with pytest.raises(StudyError) as caught:
        study.read(tmp_path / "park.xlsx")
    assert [(f.where.sheet, f.hint) for f in caught.value.faults] == [("solr", "Did you mean solar?")]


def test_nothing_is_overwritten(little_book: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="is not empty"):
        study.to_folder(little_book, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_bad_value_in_a_meter_sheet_names_its_cell(workbook: Path, tmp_path: Path) -> None:
    edited(workbook, tmp_path / "park.xlsx", "load.csv", "B100", -4)
    with pytest.raises(StudyError) as caught:
        study.read(tmp_path / "park.xlsx")
    (fault,) = caught.value.faults
    assert (fault.where.file, fault.where.sheet, fault.where.cell) == ("park.xlsx", "load.csv", "B100")
    assert "negative" in fault.what


# ------------------------------------------------------------------------------------- formats


def test_format_0_is_brought_forward_with_a_note(small: Study, tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "park")
    file = tmp_path / "park" / "park.toml"
    text = FORMAT_1.read_text(encoding="utf-8").replace("format = 1", "format = 0")
    text = text.replace("[assets.", "[asset.")
    file.write_text(text.replace("[tenants.", "[tenant."), encoding="utf-8")
    found = study.read(tmp_path / "park")
    notes = [w for w in found.warnings if "format 0" in w]
    assert notes == [
        "park.toml is in format 0: [asset] is now called [assets]",
        "park.toml is in format 0: [tenant] is now called [tenants]",
    ]
    assert content(found)["components"] == content(small)["components"]
    assert found.sources["assets.det_pv.power.capex"].place.line > 0


def test_format_1_is_brought_forward_and_every_fault_points_to_the_line_as_it_was_written(
    small: Study, tmp_path: Path
) -> None:
    shutil.copytree(SMALL, tmp_path / "park")
    file, text = tmp_path / "park" / "park.toml", FORMAT_1.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    found = study.read(tmp_path / "park")
    assert content(found)["components"] == content(small)["components"]
    (note,) = [w for w in found.warnings if "format 1" in w]
    assert "capex_energy → energy.capex" in note
    for old, new, field in (
        ('power_max = "2 MW"', 'power_max = "2 MWh"', "assets.det_pv.power.max"),
        ('capex_power = "100 USD/kW"', "capex_power = { 2025 = 1 }", "assets.bess.power.capex.2025"),
        ('power_existing = "1.5 MW"', 'unit_size = "x"', "assets.det_boiler.power.unit"),
    ):
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(StudyError) as caught:
            study.read(tmp_path / "park")
        fault = next(f for f in caught.value.faults if f.where.field == field)
        assert file.read_text(encoding="utf-8").splitlines()[fault.where.line - 1] == new


RENAMED = (("capex", "power.capex"), ("power_max", "power.max"), ("power_existing", "power.existing"))


def test_a_workbook_of_format_1_is_read_cell_by_cell(tmp_path: Path, little_book: Path) -> None:
    book = openpyxl.load_workbook(little_book)
    book["park"]["B2"] = 1
    sheet = book["solar"]
    heads = {str(c.value): c for c in sheet[1]}
    for old, new in RENAMED:
        for name, cell in heads.items():
            if name.startswith(new) and not name.startswith(f"{new}_"):
                cell.value = name.replace(new, old)
    where = heads["power.max"].coordinate
    book.save(tmp_path / "old.xlsx")
    assert (
        content(study.read(tmp_path / "old.xlsx"))["components"]
        == content(study.read(little_book))["components"]
    )
    sheet[where.replace("1", "2")] = "2 MWh"
    book.save(tmp_path / "old.xlsx")
    with pytest.raises(StudyError) as caught:
        study.read(tmp_path / "old.xlsx")
    (fault,) = caught.value.faults
    assert (fault.where.sheet, fault.where.cell) == ("solar", where.replace("1", "2"))
    assert fault.where.field == "assets.det_pv.power.max"


def test_every_older_format_has_its_step() -> None:
    assert sorted(MIGRATIONS) == list(range(study.FORMAT))


# ------------------------------------------------------------------------------------- schema


@pytest.fixture(scope="module")
def schema() -> dict[str, object]:
    made = study.schema()
    jsonschema.Draft202012Validator.check_schema(made)
    return json.loads(json.dumps(made))


def tree() -> dict[str, object]:
    return tomllib.loads((SMALL / "park.toml").read_text(encoding="utf-8"))


def test_the_small_park_fits_the_schema(schema: dict[str, object]) -> None:
    jsonschema.validate(tree(), schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("section", "name", "key", "value"),
    [
        ("assets", "det_pv", "capx", "1 USD/kW"),
        ("assets", "det_pv", "kind", "solr"),
        ("assets", "det_pv", "power", 650),
        ("assets", "det_pv", "first_year", "2030"),
        ("assets", "det_load", "load", {"fil": "x.csv"}),
        ("assets", "det_grid", "price", {"tariff": "x", "column": "y"}),
        ("policies", "cap", "limit", {"now": "1 t"}),
        ("buses", "gas", "carrier", 7),
        ("buses", "gas", "presure", "8 bar"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(
    section: str, name: str, key: str, value: object, schema: dict[str, object]
) -> None:
    wrong = tree()
    wrong[section][name][key] = value  # type: ignore[index]
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(wrong))


def test_the_schema_holds_every_field_of_every_kind(schema: dict[str, object]) -> None:
    for name, cls in kinds().items():
        form = schema["$defs"][f"kind.{name}"]  # type: ignore[index]
        own = ["kind", *described(cls)]
        shared = SHARED if any(spec.kind == "size" for spec in described(cls).values()) else ()
        assert set(form["properties"]) == {*own, *shared}
        assert form["required"] == ["kind", *(f for f, spec in described(cls).items() if spec.required)]
