"""Faults of a study: each is found, placed, and comes with what would be right; all come at once."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from parkzero import study
from parkzero.errors import Fault, StudyError
from parkzero.study.files import unsafe

TINY = """
format = 2
name = "Tiny"
[park]
currency = "USD"
calendar_year = 2025
days = 2
[years]
milestones = [2025, 2030]
last_span = 5
[money]
discount_rate = "8 %"
base_year = 2025
rates = [{ on = "2025-06-30", from = "VND", value = "0.00004 USD" }]
[tenants.t1]
name = "One"
[buses."t1.el"]
carrier = "electricity"
tenant = "t1"
[buses.steam]
carrier = "heat"
temperature = "90 degC"
[assets.load]
kind = "electricity_demand"
owner = "t1"
bus = "t1.el"
load = "2 MW"
[assets.heat]
kind = "heat_demand"
bus = "steam"
load = "1 MW"
[assets.grid]
kind = "grid"
bus = "t1.el"
price = "70 USD/MWh"
emission_factor = "0.6 tCO2/MWh"
[assets.pv]
kind = "solar"
bus = "t1.el"
output = 0.2
power.capex = "650 USD/kW"
lifetime = "25 years"
[assets.hp]
kind = "heat_pump"
source = "t1.el"
to = "steam"
cop = 3
power.capex = "700 USD/kW"
lifetime = "20 years"
[policies.cap]
kind = "emission_cap"
limit = { 2030 = "15000 tCO2" }
"""


def put(folder: Path, *edits: tuple[str, str]) -> Path:
    """The tiny study with some lines replaced."""
    text = TINY
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    folder.mkdir(exist_ok=True)
    (folder / "park.toml").write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path, *edits: tuple[str, str]) -> tuple[Fault, ...]:
    with pytest.raises(StudyError) as caught:
        study.read(put(folder, *edits))
    assert caught.value.exit_code == 2
    return caught.value.faults


def test_the_tiny_study_has_no_fault(tmp_path: Path) -> None:
    assert len(study.read(put(tmp_path)).components) == 6


LOAD, PRICE, CAPEX, COP = 'load = "2 MW"', 'price = "70 USD/MWh"', 'power.capex = "650 USD/kW"', "cop = 3"
CAPX = 'power.capx = "650 USD/kW"'
RATE = 'rates = [{ on = "2025-06-30", from = "VND", value = "0.00004 USD" }]'
CAP = 'limit = { 2030 = "15000 tCO2" }'

# (what is wrong, line struck, line put in its place, field, words of the fault, words of its mend)
CASES = [
    ("missing unit", CAPEX, 'power.capex = "650"', "assets.pv.power.capex", "has no unit", "650 USD/MW"),
    ("missing unit of a plain number", LOAD, "load = 10", "assets.load.load", "has no unit", "'10 MW'"),
    ("wrong unit", LOAD, 'load = "2 MWh"', "assets.load.load", "cannot be turned into MW", ""),
    ("unknown unit", LOAD, 'load = "2 parsnips"', "assets.load.load", "unit that is not known", ""),
    ("nan", "output = 0.2", "output = nan", "assets.pv.output", "is not a number (nan)", ""),
    ("inf", "output = 0.2", "output = inf", "assets.pv.output", "too large", ""),
    ("huge", LOAD, 'load = "1e300 MW"', "assets.load.load", "too large", ""),
    ("negative series", LOAD, 'load = "-2 MW"', "assets.load.load", "outside its limits", "at least 0 MW"),
    (
        "negative quantity",
        'lifetime = "25 years"',
        'lifetime = "-25 years"',
        "assets.pv.lifetime",
        "must be more",
        "",
    ),
    ("efficiency zero", COP, "cop = 0", "assets.hp.cop", "outside its limits", "more than 0 %"),
    ("share over 100 %", CAPEX, CAPEX + '\nfixed_om = "120 %"', "assets.pv.fixed_om", "at most 100 %", ""),
    (
        "unknown field",
        CAPEX,
        CAPX,
        "assets.pv.power.capx",
        "unknown field",
        "Did you mean capex?",
    ),
    (
        "its missing twin",
        CAPEX,
        CAPX,
        "assets.pv.power.capex",
        "is missing",
        "investment",
    ),
    (
        "unknown kind",
        'kind = "solar"',
        'kind = "solr"',
        "assets.pv.kind",
        "not a kind",
        "Did you mean solar?",
    ),
    (
        "unknown bus",
        'source = "t1.el"',
        'source = "t1.ell"',
        "assets.hp.source",
        "not a bus",
        "Did you mean t1.el?",
    ),
    ("unknown tenant", 'owner = "t1"', 'owner = "t2"', "assets.load.owner", "not a tenant", "one of t1"),
    ("unknown section", "[policies.cap]", "[policy.cap]", "policy", "unknown field", "policies"),
    (
        "wrong carrier",
        'to = "steam"',
        'to = "t1.el"',
        "assets.hp.to",
        "is a bus of electricity",
        "bus of heat or steam: steam",
    ),
    ("a policy among assets", "[policies.cap]", "[assets.cap]", "assets.cap", "belongs under [policies]", ""),
    (
        "negative cap",
        CAP,
        'limit = { 2030 = "-1 tCO2" }',
        "policies.cap.limit.2030",
        "is negative",
        "at least 0 t",
    ),
    (
        "path stops early",
        CAPEX,
        'power.capex = { 2025 = "650 USD/kW", 2028 = "600 USD/kW" }',
        "assets.pv.power.capex",
        "does not cover all milestone years",
        "2030",
    ),
    (
        "path of one year",
        CAPEX,
        'power.capex = { 2025 = "650 USD/kW" }',
        "assets.pv.power.capex",
        "is given for 2025 only",
        "'650 USD/kW' alone",
    ),
    (
        "path of no year",
        CAPEX,
        'power.capex = { now = "650 USD/kW" }',
        "assets.pv.power.capex.now",
        "neither a year",
        "",
    ),
    (
        "growth as a factor",
        LOAD,
        'load = { value = "2 MW", growth = 1.3 }',
        "assets.load.load.growth",
        "not a growth rate",
        "under factor",
    ),
    (
        "growth leaves years out",
        LOAD,
        'load = { value = "2 MW", growth = { 2028 = "2 %" } }',
        "assets.load.load.growth",
        "leaves years without",
        "a rate for 2025",
    ),
    (
        "more stands than may",
        CAPEX,
        CAPEX + '\npower.max = "1 MW"\npower.existing = "2 MW"',
        "assets.pv.power.existing",
        "more than max",
        "at most 1 MW",
    ),
    (
        "milestones fall",
        "milestones = [2025, 2030]",
        "milestones = [2030, 2025]",
        "years.milestones",
        "do not rise",
        "",
    ),
    ("no milestones", "milestones = [2025, 2030]", "", "years.milestones", "is missing", ""),
    ("step of 20 minutes", "days = 2", 'step = "20 min"', "park.step", "not a step", "'30 min'"),
    ("too many days", "days = 2", "days = 400", "park.days", "must be at most 365", ""),
    (
        "currency unknown",
        'currency = "USD"',
        'currency = "USS"',
        "park.currency",
        "not one of",
        "Did you mean USD?",
    ),
    (
        "no rate of a currency",
        CAPEX,
        'power.capex = "650 EUR/kW"',
        "assets.pv.power.capex",
        "in EUR, for which [money] gives no",
        "",
    ),
    (
        "two rates of one day",
        RATE,
        RATE.replace("}]", '}, { on = 2025-06-30, from = "VND", value = "0.00005 USD" }]'),
        "money.rates.1",
        "second rate",
        "one rate for each day",
    ),
    (
        "rate of tomorrow",
        RATE,
        RATE.replace("2025-06-30", "2026-06-30"),
        "money.rates.0",
        "no rate of VND up to 2025-12-31",
        "rate_date",
    ),
    ("no such date", RATE, RATE.replace("2025-06-30", "2025-02-30"), "money.rates.0.on", "is not a date", ""),
    (
        "nominal without inflation",
        'discount_rate = "8 %"',
        'discount_rate = "8 %"\nbasis = "nominal"',
        "money.inflation",
        "is missing",
        "basis is nominal",
    ),
    (
        "tariff unknown",
        PRICE,
        'price = { tariff = "manufacturing.22_110kv" }',
        "assets.grid.price.tariff",
        "not one of the choices",
        "Did you mean manufacturing.22_110kV?",
    ),
    (
        "tariff not valid",
        PRICE,
        'price = { tariff = "manufacturing.22_110kV", on = "2019-05-01" }',
        "assets.grid.price",
        "is not valid on 2019-05-01",
        "from 2025-05-10",
    ),
    (
        "two-part without its charge",
        PRICE,
        'price = { tariff = "manufacturing.22_110kV", two_part = true, on = "2025-11-01" }',
        "assets.grid.demand_charge",
        "missing beside a two-part tariff",
        "demand_charge = {tariff",
    ),
    (
        "book key unknown",
        CAPEX,
        'power.capex = { book = "tech.dea.pv_grund.investment" }',
        "assets.pv.power.capex",
        "not in the books",
        "tech.dea.pv_ground.investment",
    ),
    (
        "book of another unit",
        CAPEX,
        'power.capex = { book = "grid_ef.path.plan_5y_late" }',
        "assets.pv.power.capex",
        "cannot be turned",
        "",
    ),
    (
        "heat pump colder than its bus",
        COP,
        'cop = { model = "cop", source = "20 degC", sink = "60 degC", carnot_share = 0.5 }',
        "assets.hp.cop.sink",
        "colder than the bus",
        "at least 90 degC",
    ),
    (
        "heat pump too hot",
        COP,
        'cop = { model = "cop", source = "90 degC", sink = "260 degC", carnot_share = 0.5 }',
        "assets.hp.cop.sink",
        "no temperature that a heat pump delivers",
        "electric boiler",
    ),
    (
        "source warmer than sink",
        COP,
        'cop = { model = "cop", source = "95 degC", carnot_share = 0.5 }',
        "assets.hp.cop",
        "no warmer than its source",
        "",
    ),
    (
        "heat without temperature",
        'temperature = "90 degC"',
        "",
        "buses.steam.temperature",
        "is missing",
        "170 degC",
    ),
    (
        "a name with a dot",
        "[assets.pv]",
        '[assets."p.v"]',
        "assets.p.v",
        "name that cannot be used",
        "no dots",
    ),
    (
        "flag in quotation marks",
        CAPEX,
        CAPEX + "\nnote = 5\nfirst_year = 1.5",
        "assets.pv.first_year",
        "not a whole",
        "",
    ),
    (
        "feeder to itself",
        "[policies.cap]",
        '[assets.f]\nkind = "feeder"\nsource = "t1.el"\nto = "t1.el"\n'
        'power.capex = "1 USD/MW"\nlifetime = "9 years"\n[policies.cap]',
        "assets.f.to",
        "bus at which the feeder begins",
        "",
    ),
    (
        "format of tomorrow",
        "format = 2",
        "format = 3",
        "format",
        "newer than this version",
        "update ParkZero",
    ),
    ("no format", "format = 2", "", "format", "is missing", "format = 2"),
    ("not TOML", "days = 2", "days = = 2", "", "is not valid TOML", ""),
    ("a name used twice", "[assets.pv]", "[assets.grid]", "", "is written twice", "another name"),
    (
        "an asset's name for a policy",
        "[policies.cap]",
        "[policies.pv]",
        "policies.pv",
        "is used under [assets]",
        "",
    ),
    ("no title", 'name = "Tiny"', "", "name", "is missing", "title"),
]


@pytest.mark.parametrize(
    ("old", "new", "field", "what", "mend"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_each_fault_is_found_placed_and_mended(
    old: str, new: str, field: str, what: str, mend: str, tmp_path: Path
) -> None:
    found = faults_of(tmp_path, (old, new))
    fitting = [f for f in found if f.where.field == field and what in f.what]
    assert fitting, "\n".join(map(str, found))
    assert mend in f"{fitting[0].needs} {fitting[0].hint}"
    assert fitting[0].where.file == "park.toml"


def test_a_fault_names_its_line(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, (CAPEX, 'power.capex = "650 USD"'))
    assert TINY.splitlines()[fault.where.line - 1] == CAPEX


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    edits = (
        (CAPEX, "power.capex = 1"),
        (LOAD, 'load = "x"'),
        ('kind = "heat_pump"', 'kind = "pump"'),
        ("days = 2", "days = -1"),
    )
    found = faults_of(tmp_path, *edits)
    assert {f.where.field for f in found} == {
        "assets.pv.power.capex",
        "assets.load.load",
        "assets.hp.kind",
        "park.days",
    }


def test_a_bus_that_nothing_feeds_is_a_fault(tmp_path: Path) -> None:
    text = TINY[: TINY.index("[assets.hp]")] + TINY[TINY.index("[policies.cap]") :]
    (tmp_path / "park.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        study.read(tmp_path)
    (fault,) = caught.value.faults
    assert (fault.where.field, fault.what) == (
        "buses.steam",
        "has nothing that feeds it, but heat draws from it",
    )
    assert "heat_pump" in fault.needs


def test_a_study_without_demand_has_nothing_to_plan(tmp_path: Path) -> None:
    text = TINY[: TINY.index("[assets.load]")] + TINY[TINY.index("[assets.grid]") :]
    (tmp_path / "park.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="holds no demand"):
        study.read(tmp_path)


def test_export_dearer_than_import_is_warned_of(tmp_path: Path) -> None:
    made = study.read(put(tmp_path, (PRICE, PRICE + '\nexport_limit = "1 MW"\nexport_price = "71 USD/MWh"')))
    assert any("importing and exporting at once would pay" in w for w in made.warnings)


def test_a_bus_that_nothing_uses_is_warned_of(tmp_path: Path) -> None:
    made = study.read(put(tmp_path, ("[assets.load]", '[buses.idle]\ncarrier = "fuel"\n[assets.load]')))
    assert "buses.idle: nothing is connected to it" in made.warnings


# ------------------------------------------------------------------------------------- files


def hours(count: int, first: str = "2025-01-01T00:00") -> list[str]:
    import numpy as np

    starts = np.datetime64(first) + np.arange(count) * np.timedelta64(1, "h")
    return [str(s).replace("T", " ") for s in starts]


def meter(folder: Path, rows: list[str], heading: str = "time,kW", name: str = "load.csv") -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")


FILE = (LOAD, 'load = { file = "load.csv" }')


def test_gaps_nan_and_negative_values_of_a_file_are_refused_with_line_and_mend(tmp_path: Path) -> None:
    rows = [f"{t},900" for t in hours(8760)]
    rows[100], rows[200], rows[300:303] = rows[100].replace("900", "NaN"), rows[200].replace("900", "-4"), []
    meter(tmp_path, rows)
    found = faults_of(tmp_path, FILE)
    text = "\n".join(map(str, found))
    assert "negative" in text
    assert 'mend = {negative = "keep"}' in text
    assert {f.where.file for f in found} == {"load.csv"}
    assert all(f.where.field.startswith("assets.load.load") for f in found)
    assert [f.where.line for f in found if "negative" in f.what] == [202]
    assert {f.where.line for f in found} >= {102, 202, 301}
    found = faults_of(tmp_path, (LOAD, 'load = { file = "load.csv", mend = { negative = "zero" } }'))
    assert {f.where.line for f in found} >= {102, 301}
    mended = 'load = { file = "load.csv", mend = { negative = "zero", fill = "interpolate" } }'
    made = study.read(put(tmp_path, (LOAD, mended)))
    assert any("[mended]" in w for w in made.warnings)


def test_a_column_of_the_wrong_kind_is_refused(tmp_path: Path) -> None:
    meter(tmp_path, [f"{t},21.5,900" for t in hours(8760)], "time,degC,kW")
    text = str(faults_of(tmp_path, (LOAD, 'load = { file = "load.csv", column = "degC" }'))[0])
    assert "has no unit" in text
    text = str(faults_of(tmp_path, (LOAD, 'load = { file = "load.csv", column = "KW" }'))[0])
    assert "no such column" in text
    assert "kW" in text


def test_swapped_columns_of_time_and_power_are_refused(tmp_path: Path) -> None:
    meter(tmp_path, [f"{t},900" for t in hours(8760)], "kW,time")
    assert faults_of(tmp_path, FILE)


def test_half_a_year_is_no_year(tmp_path: Path) -> None:
    meter(tmp_path, [f"{t},900" for t in hours(4000)])
    assert any("stops before the end" in f.what for f in faults_of(tmp_path, FILE))


def test_values_without_times_must_be_a_whole_year(tmp_path: Path) -> None:
    meter(tmp_path, ["0.5"] * 8759, "MW")
    (fault,) = faults_of(tmp_path, FILE)
    assert "wrong length" in fault.what
    assert fault.got == "8759 values"
    meter(tmp_path, ["0.5"] * 8760, "MW")
    assert study.read(put(tmp_path, FILE)).components[0].load.values.tolist() == [0.5] * 48


def test_a_file_of_another_year_says_so(tmp_path: Path) -> None:
    meter(tmp_path, [f"{t},900" for t in hours(8760, "2023-01-01T00:00")])
    assert any("no row in 2025" in f.what for f in faults_of(tmp_path, FILE))
    made = study.read(put(tmp_path, (LOAD, 'load = { file = "load.csv", year = 2023 }')))
    assert any("values of 2023 stand for 2025" in w for w in made.warnings)


def test_a_mend_that_is_none_gets_a_hint(tmp_path: Path) -> None:
    meter(tmp_path, [f"{t},900" for t in hours(8760)])
    found = faults_of(
        tmp_path, (LOAD, 'load = { file = "load.csv", mend = { fil = "interpolate", dst = "winter" } }')
    )
    assert {(f.where.field, f.hint or f.needs) for f in found} == {
        ("assets.load.load.mend.fil", "Did you mean fill?"),
        ("assets.load.load.mend.dst", "one of standard, wall"),
    }


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("load.csv", b"PK\x03\x04rest", "is an Excel workbook or zip archive"),
        ("load.csv", b"\xd0\xcf\x11\xe0rest", "is an old Excel"),
        ("load.csv", bytes(range(256)) * 4, "NUL"),
        ("load.csv", b"", "is empty"),
        ("load.parquet", b"time,kW\n", "is not a readable Parquet file"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(name: str, content: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    (fault,) = faults_of(tmp_path, (LOAD, f'load = {{ file = "{name}" }}'))
    assert what in fault.what
    assert fault.where.file == name


OUTSIDE = [
    "../x.csv",
    "a/../../x.csv",
    "/etc/passwd",
    "~/x.csv",
    "C:/x.csv",
    "c:x.csv",
    "//server/share/x.csv",
    "CON",
    "sub/nul.csv",
    "x.csv:stream",
    "a\\\\..\\\\x.csv",
    "\\\\\\\\server\\\\x.csv",
    "x\\u0000.csv",
    "",
    "  ",
    "x" * 300,
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_path_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("time,kW\n", encoding="utf-8")
    (fault,) = faults_of(tmp_path / "park", (LOAD, f'load = {{ file = "{name}" }}'))
    assert fault.where.field == "assets.load.load"
    assert unsafe(name.encode().decode("unicode_escape"))


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on Windows")
def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    meter(tmp_path, [f"{t},900" for t in hours(8760)], name="secret.csv")
    (tmp_path / "park").mkdir()
    (tmp_path / "park" / "load.csv").symlink_to(tmp_path / "secret.csv")
    (fault,) = faults_of(tmp_path / "park", FILE)
    assert fault.what == "leads out of the study's folder"


def test_a_file_that_is_not_there_gets_a_hint(tmp_path: Path) -> None:
    meter(tmp_path, [f"{t},900" for t in hours(10)], name="laod.csv")
    (fault,) = faults_of(tmp_path, FILE)
    assert (fault.what, fault.hint) == ("is not there", "Did you mean laod.csv?")


# ------------------------------------------------------------------------------------- bombs


def test_toml_that_is_too_large_deep_or_long_is_refused(tmp_path: Path) -> None:
    for text, what in (
        ("x = " + "[" * 5000, "nests values deeper"),
        ("x = " + "{a = " * 20 + "1" + "}" * 20, "nests values deeper"),
        (".".join(["a"] * 40) + " = 1", "nests keys deeper"),
        ("#" * 2_000_001, "is too large"),
        ("x = 1" + "0" * 5000, "is not valid TOML"),
    ):
        (tmp_path / "park.toml").write_text(text, encoding="utf-8")
        with pytest.raises(StudyError, match=what):
            study.read(tmp_path)


def test_endless_text_costs_no_time(tmp_path: Path) -> None:
    """Searching these without a limit takes minutes: each space could be the one that ends the number."""
    spaces = " " * 900_000
    found = faults_of(tmp_path, (LOAD, f'load = "2{spaces}x"'), (PRICE, f"price{spaces}= 1"))
    assert {(f.where.field, f.what) for f in found} == {
        ("assets.load.load", "is too long for a number with a unit"),
        ("assets.grid.price", "has no unit"),
    }


def test_many_unknown_fields_are_one_fault(tmp_path: Path) -> None:
    many = "\n".join(f"capx{i} = 1" for i in range(20_000))
    (fault,) = faults_of(tmp_path, (CAPEX, f"{CAPEX}\n{many}"))
    assert fault.what == "has 20000 unknown fields"


def test_a_workbook_bomb_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "park.xlsx"
    openpyxl.Workbook().save(file)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"0" * 50_000_000)
    with pytest.raises(StudyError, match="unpacks to more than a study needs"):
        study.read(file)


def test_a_path_that_is_no_study_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x", encoding="utf-8")
    for path, what in (
        (tmp_path / "nowhere", "is not there"),
        (tmp_path, "is not there"),
        (tmp_path / "x.txt", "neither park.toml nor a workbook"),
    ):
        with pytest.raises(StudyError, match=what):
            study.read(path)
