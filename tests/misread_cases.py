"""Inputs that went wrong in ParkZero 0.1, made small: what each is, what 0.1 made of it, and what is right.

``python tests/misread_cases.py`` prints what is made of each now, beside what 0.1 made of it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from parkzero import study
from parkzero.errors import StudyError
from parkzero.series import Mend, Metered, read_meter
from parkzero.study import to_workbook

BASE = Path(__file__).parent / "data" / "misread"
HOUR = dt.timedelta(hours=1)
USUAL = ("is in format 1", "only the first 14", "gwp is not named")  # warnings of every case


@dataclass(frozen=True)
class Case:
    """One input and what is right.

    Attributes:
        name: as the folder of the case was called.
        kind: of the fault.
        before: what 0.1 made of it.
        make: writes it into a folder and returns what is to be read.
        refused: words of the one fault that is right; empty where it is to be read.
        warned: words of a warning that is right.
        figures: what is read, by field path and name of the figure.
        meter: options of ``read_meter`` where the case is a lone file; None where it is a study.
        faults: how many faults are right.
    """

    name: str
    kind: str
    before: str
    make: Callable[[Path], Path]
    refused: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    meter: Mapping[str, object] | None = None
    faults: int = 1


# --------------------------------------------------------------------------------------- parts of the inputs


def load_of(moment: dt.datetime) -> float:
    """A load that is another one when the year is turned, shifted or read backwards [kW]."""
    hours = (moment - dt.datetime(moment.year, 1, 1)) // HOUR
    return round((300 if moment.month >= 7 else 100) + 10 * math.sin(hours), 4)


def office(moment: dt.datetime) -> float:
    """A load with days and weeks, as the offices of meters' makers show it [kW]."""
    hour = moment.hour + moment.minute / 60
    weekday = 20.0 * (moment.weekday() < 5)
    return round(100 - 50 * math.cos(2 * math.pi * (hour - 3) / 24) + weekday, 4)


def span(first: str, hours: int = 8760, minutes: int = 60) -> list[dt.datetime]:
    start = dt.datetime.fromisoformat(first)
    return [start + dt.timedelta(minutes=minutes * i) for i in range(hours * 60 // minutes)]


def rows(pairs: Iterable[tuple[object, object]], head: str, sep: str = ",") -> str:
    return "\n".join([head, *(f"{a}{sep}{b}" for a, b in pairs)]) + "\n"


def unix(moment: dt.datetime) -> int:
    return int((moment - dt.datetime(1970, 1, 1)).total_seconds())


CASE = """format = 1
name = "Case"
[park]
currency = "USD"
calendar_year = {year}
step = "60 min"
latitude = 20.8
longitude = 106.6
{days}
[years]
milestones = [{year}, 2030]
last_span = 5
[money]
discount_rate = "8 %"
base_year = 2025
rates = [{{ on = "2025-06-30", from = "VND", value = "0.00004 USD" }}, {{ on = "2025-06-30", from = "EUR", value = "1.1 USD" }}]

[planning]
unserved_price = "{unserved}"
excess_price = "2000 USD/tCO2"
[buses.el]
carrier = "electricity"
[assets.load]
kind = "electricity_demand"
bus = "el"
load = {load}
[assets.grid]
kind = "grid"
bus = "el"
price = {price}
emission_factor = "0.6 tCO2/MWh"
"""


def alone(
    text: str = "",
    load: str = '{ file = "l.csv", column = "kW" }',
    price: str = '"100 USD/MWh"',
    unserved: str = "10000 USD/MWh",
    file: str = "l.csv",
    year: int = 2025,
    more: str = "",
) -> Callable[[Path], Path]:
    """A park of one load, with one file."""

    def make(folder: Path) -> Path:
        park = CASE.format(
            load=load, price=price, unserved=unserved, year=year, days="days = 14" * bool(more)
        )
        (folder / "park.toml").write_text(park + more, encoding="utf-8")
        if text:
            (folder / file).write_text(text, encoding="utf-8")
        return folder

    return make


def lone(text: str, name: str = "m.csv") -> Callable[[Path], Path]:
    """One file of a meter."""

    def make(folder: Path) -> Path:
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return make


def steel(first: str = "2025-01-01T00:30", head: str = "Công suất tác dụng (kW)", one: str = "") -> str:
    """A meter of half hours whose stamps name the end: one row twice, six missing, decimal commas."""
    lines = [f"{t:%d/%m/%Y %H:%M};{10 * office(t):.1f}".replace(".", ",") for t in span(first, minutes=30)]
    if one:
        lines[0] = lines[0].split(";")[0] + ";" + one
    lines[5001:5001] = [lines[5000]]
    del lines[6404:6410]
    return "\n".join([f"Thời gian;{head}", *lines]) + "\n"


def park(
    *changes: tuple[str, str],
    files: Mapping[str, str] = MappingProxyType({}),
    whole: bool = False,
    sun: bool = False,
) -> Callable[[Path], Path]:
    """The park of three tenants with some text changed; the steel mill's meter, and weather, only where the case is about them."""

    meter = re.compile(r'\{ file = "steel.csv".*\}')
    sky = re.compile(r"\{ weather = .*\}")

    def make(folder: Path) -> Path:
        shutil.copytree(BASE, folder, dirs_exist_ok=True)
        text = (folder / "park.toml").read_text(encoding="utf-8")
        text = text if "steel.csv" in files else meter.sub('"4.4 MW"', text)
        text = text if sun else sky.sub("0.15", text)
        for old, new in (*changes, *((("days = 14\n", ""),) if whole else ())):
            assert old in text, old
            text = text.replace(old, new)
        (folder / "park.toml").write_text(text, encoding="utf-8")
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
        return folder

    return make


def bills(*changes: tuple[str, str]) -> dict[str, str]:
    text = (BASE / "bills_garment.csv").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return {"bills_garment.csv": text}


def book(change: Callable[[object], None]) -> Callable[[Path], Path]:
    """The park as one workbook, changed as a person changes it."""

    def make(folder: Path) -> Path:
        import openpyxl

        park()(folder / "as_folder")
        path = folder / "park.xlsx"
        to_workbook(folder / "as_folder", path)
        opened = openpyxl.load_workbook(path)
        change(opened)
        opened.save(path)
        return path

    return make


def set_cells(sheet: str, **cells: object) -> Callable[[object], None]:
    def change(opened: object) -> None:
        for cell, value in cells.items():
            opened[sheet][cell] = value  # type: ignore[index]

    return change


def extra_sheet(opened: object) -> None:
    opened.create_sheet("Ghi chú")["A1"] = "ghi chú của tôi"  # type: ignore[attr-defined]


def extra_column(opened: object) -> None:
    sheet = opened["solar"]  # type: ignore[index]
    last = sheet.max_column + 1
    sheet.cell(1, last, "Ghi chú")
    sheet.cell(2, last, "mái A")


def fifteen(opened: object) -> None:
    sheet = opened["park"]  # type: ignore[index]
    row = next(r for r in range(1, 40) if sheet.cell(r, 1).value == "money.discount_rate")
    sheet.cell(row, 2, 15)


def merged(opened: object) -> None:
    opened["bills_garment.csv"].merge_cells("B3:B5")  # type: ignore[index]


# ------------------------------------------------------------------------------------------------- the cases

YEAR = span("2025-01-01")
TRUTH = {
    "assets.load.load energy_GWh": sum(load_of(t) for t in YEAR) / 1e6,
    "assets.load.load peak_MW": 0.30999,
}
KW = [(t, load_of(t)) for t in YEAR]
JULY = [(t, load_of(t)) for t in span("2024-07-01")]
BACK = list(reversed(KW))
OFFICE = [(t, office(t)) for t in span("2023-01-01")]
OFFICE_GWH = sum(v for _, v in OFFICE) / 1e6
MEGA = '{ file = "l.csv", column = "kW", mend = { year_end = "turn" } }'


def count_up(first: float = 37_823.0) -> list[tuple[int, float]]:
    held, total = [], first
    for moment, power in KW:
        held.append((unix(moment), round(total, 4)))
        total += power
    return [*held, (unix(YEAR[-1] + HOUR), round(total, 4))]


def register(hours: int, first: int, at: int, reading: int | None, on: bool = False) -> str:
    """A register that counts 1 kWh an hour; reading ``at`` is another, once or from then on."""
    values = [first + i for i in range(hours)]
    if reading is not None and on:
        values[at:] = [reading + i for i in range(hours - at)]
    elif reading is not None:
        values[at] = reading
    return rows(
        zip((f"{t:%Y-%m-%d %H:%M}" for t in span("2025-01-01", hours)), values, strict=True), "time,total_kWh"
    )


def quarter(at: int, low: float = 0.0, leap: float = 0.0) -> str:
    """A register of quarter hours over 2023, with one bad reading, or another meter from then on."""
    total, held = 13_423.7, []
    moments = span("2023-01-01", minutes=15)
    for i, moment in enumerate([*moments, moments[-1] + dt.timedelta(minutes=15)]):
        shown = total + (leap if i >= at else 0.0)
        held.append((f"{moment:%Y-%m-%d %H:%M}", f"{low if i == at and not leap else shown:.3f}"))
        total += office(moment) / 4
    return rows(held, "time,total_kWh")


def gap_and_double() -> str:
    held = [
        (f"{t:%Y-%m-%d %H:%M}", v)
        for t, v in KW
        if not dt.datetime(2025, 3, 25, 8) <= t < dt.datetime(2025, 3, 26, 8)
    ]
    again = [p for p in held if "2025-07-27 08:00" <= p[0] < "2025-07-28 08:00"]
    at = held.index(again[-1]) + 1
    return rows(held[:at] + again + held[at:], "Time,kW")


def summer_prices() -> str:
    """Prices by the clock of central Europe: an hour skipped in March, one met twice in October."""
    held = []
    for i, t in enumerate(YEAR):
        t += HOUR if dt.datetime(2025, 3, 30, 2) <= t < dt.datetime(2025, 10, 26, 2) else 0 * HOUR
        held.append((f"{t:%d.%m.%Y %H:%M}", -20.5 if i % 24 == 13 else 80 + i % 17))
    return rows(held, "time,price")


def mixed_intervals(unit: str, energy: bool = False) -> str:
    early = [(t, office(t) * 1000) for t in span("2023-01-01", 24 * 181)]
    late = [(t, office(t) * (500 if energy else 1000)) for t in span("2023-07-01", 24 * 184, 30)]
    return rows(
        ((f"{t.isoformat()}+01:00", f"{v:.0f}") for t, v in early + late), f"Horodate;Valeur ({unit})", ";"
    )


def nem12() -> str:
    days = [
        f"300,{day:%Y%m%d},"
        + ",".join(f"{office(day + i * HOUR / 2) / 2:.4f}" for i in range(48))
        + ",A,,,20230126,"
        for day in span("2023-01-01")[::24]
    ]
    return (
        "\n".join(["100,NEM12,202301260000,A,B", "200,NMI0000001,E1,E1,E1,,METER1,KWH,30,", *days, "900"])
        + "\n"
    )


def matrix() -> str:
    head = "Date," + ",".join(f"{h}:00" for h in range(1, 25))
    days = [
        f"{day:%Y-%m-%d}," + ",".join(f"{office(day + h * HOUR):.1f}" for h in range(24))
        for day in span("2023-01-01")[::24]
    ]
    return "\n".join([head, *days]) + "\n"


def seconds(unit: str) -> str:
    per = 0.25 if unit == "kWh" else 1.0
    held = []
    for i, t in enumerate(span("2017-01-01", minutes=15)):
        shown = t - dt.timedelta(seconds=1) if i % 3 == 1 else t
        held.append((f"{shown:%Y-%m-%d %H:%M:%S}", round(per * office(t), 4)))
    return rows(held, f"Time,{unit}")


def offsets() -> str:
    held = [f"M1,{office(t)},{t}-05:00,{t + HOUR}-05:00" for t in span("2021-01-01")]
    return "\n".join(["Label,Readings kWh,Start Timestamp,End Timestamp", *held]) + "\n"


def titled(*titles: str) -> str:
    return (
        "\n".join(titles)
        + "\n"
        + rows(((f"{t:%d/%m/%Y %H:%M}", office(t)) for t in YEAR), "Thời gian,Công suất (kW)")
    )


def unit_file(unit: str) -> str:
    return rows(
        ((f"{t:%Y-%m-%d %H:%M}", round(10 * office(t), 1)) for t, _ in OFFICE), f"Time,Value [{unit}]"
    )


PREAMBLE = "Identifiant PRM;Type de donnees;Unite;Pas en minutes\nXXX;Courbe de charge;W;\n"
ENEDIS = PREAMBLE + rows(
    ((f"{t.isoformat()}+01:00", f"{1000 * office(t):.0f}") for t in span("2023-01-01", minutes=30)),
    "Horodate;Valeur",
    ";",
)
GREEN = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry><content><IntervalBlock
 xmlns="http://naesb.org/espi"><interval><duration>86400</duration><start>1356998400</start></interval>
</IntervalBlock></content></entry></feed>"""
TIME = "a time column that is not understood"
REGISTER = "a jump of a register is believed"
MEND = "the mend that is offered makes it worse"
TRADE = "files that the trade uses"
NUMBER = "a number that reads two ways"
ODD = "implausible, accepted"
PLACE = "the message points elsewhere"
ONE_WAY = "said one way, done another"
LOAD = "assets.load.load"
SUN = """
[assets.pv]
kind = "solar"
bus = "el"
output = 0.15
capex = "600 USD/kW"
lifetime = "25 years"
"""


def _times() -> Iterator[Case]:
    wrong = "the year read backwards, or begun in July"
    yield Case("epoch-register", TIME, "5,963,783 MWh, no word",
               alone(rows(count_up(), "start,total_kWh"), '{ file = "l.csv", column = "total_kWh", cumulative = true }'),
               ("'start' holds Unix seconds (first 1735689600)", "utc_offset_hours"))  # fmt: skip
    yield Case("epoch-register, mended", TIME, "5,963,783 MWh, no word",
               alone(rows(count_up(), "start,total_kWh"),
                     '{ file = "l.csv", column = "total_kWh", cumulative = true, mend = { utc_offset_hours = 0 } }'),
               figures=TRUTH)  # fmt: skip
    yield Case("unread-times-epoch", TIME, wrong, alone(rows(((unix(t), v) for t, v in JULY), "Time,kW")),
               ("'Time' holds Unix seconds (first 1719792000)",))  # fmt: skip
    serial = [(f"{(t - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1):.6f}", v) for t, v in JULY]
    yield Case(
        "unread-times-serial", TIME, wrong, alone(rows(serial, "Time,kW")), ("runs from 2024-07-01", "turn")
    )
    for name, form in (("vi", "%H:%M %d/%m/%Y"), ("us-long", "%b %d %Y %I:%M %p"), ("ymdh", "%Y-%m-%d-%H")):
        yield Case(f"newest-first-{name}", TIME, wrong, alone(rows(((t.strftime(form), v) for t, v in BACK), "Time,kW")),
                   warned=("from the newest row to the oldest",), figures=TRUTH)  # fmt: skip
    mtu = [(f"{t:%d.%m.%Y %H:%M} - {t + HOUR:%d.%m.%Y %H:%M}", load_of(t)) for t in span("2024-01-01", 8784)]
    yield Case("leap-8784-mtu", TIME, "2024 taken for 2025", alone(rows(mtu, "MTU,kW")),
               ("has no row in 2025", "values are of 2024", "year=2024"))  # fmt: skip
    yield Case("gap-and-double-iso", TIME, "shifted by a day", alone(gap_and_double()),
               ("24 steps in 1 gaps have no row", "from 2025-03-25 08:00"), faults=2)  # fmt: skip
    iso = rows(((f"{t:%Y-%m-%d %H:%M:%S}", v) for t, v in JULY), "Time,kW")
    yield Case(
        "july-to-june-hint",
        MEND,
        "26 weeks made of one",
        alone(iso),
        ("4416 steps of 2025 are missing", "turn"),
    )
    yield Case("july-to-june-hint, mended", MEND, "26 weeks made of one", alone(iso, MEGA), figures=TRUTH)
    yield Case(
        "july-to-june-year",
        MEND,
        "26 weeks made of one",
        alone(iso, year=2024),
        ("of 2024 are missing", "turn"),
    )
    yield Case("enedis mixedk", MEND, "1,497.6 MWh", lone(mixed_intervals("Wh", energy=True)),
               figures={"energy": 1000.8}, meter={})  # fmt: skip
    yield Case(
        "enedis mixed", MEND, "not read", lone(mixed_intervals("W")), figures={"energy": 1000.8}, meter={}
    )
    yield Case("enedis e", MEND, "not read", lone(ENEDIS), ("has no unit", "unit='kW'"), meter={})
    yield Case(
        "enedis e, unit named",
        MEND,
        "not read",
        lone(ENEDIS),
        figures={"energy": 1000.8},
        meter={"unit": "W"},
    )


def _registers() -> Iterator[Case]:
    yield Case("jump", REGISTER, "900 MWh of one reading", lone(register(72, 1000, 30, 901_030, on=True)),
               ("leaps 1 times", "line 32"), meter={})  # fmt: skip
    for name, first in (("blip", 13_000), ("blip95", 95_000)):
        text = register(72, first, 30, 0)
        yield Case(name, REGISTER, "a fall and a rise both counted", lone(text), ("fall or leap and come back", "line 32"),
                   meter={})  # fmt: skip
        yield Case(f"{name}, mended", REGISTER, "a fall and a rise both counted", lone(text), figures={"energy": 0.071},
                   meter={"mend": Mend(reset="missing", fill="interpolate")})  # fmt: skip
    how = '{ file = "l.csv", column = "total_kWh", year = 2023, mend = { reset = "missing", fill = "interpolate" } }'
    yield Case("study-blip", REGISTER, "counted, no word", alone(quarter(5000), how),
               warned=("they are bad readings", "kWh in doubt"), figures={f"{LOAD} energy_GWh": OFFICE_GWH})  # fmt: skip
    yield Case("study-exch-high", REGISTER, "5 GWh of one reading",
               alone(quarter(20_000, leap=5e6), '{ file = "l.csv", column = "total_kWh", year = 2023 }'),
               ("was the meter exchanged?", "kWh in doubt"))  # fmt: skip


def _trade() -> Iterator[Case]:
    energy = {"energy": 1000.8}
    yield Case(
        "watt MJ", MEND, "unit='kW' offered", lone(unit_file("MJ")), figures={"energy": 2780.0}, meter={}
    )
    yield Case(
        "watt kcal/h",
        MEND,
        "unit='kW' offered",
        lone(unit_file("kcal/h")),
        figures={"energy": 11.63042},
        meter={},
    )
    yield Case("watt W", MEND, "read", lone(unit_file("W")), figures={"energy": 10.008}, meter={})
    yield Case("watt Wh", MEND, "read", lone(unit_file("Wh")), figures={"energy": 10.008}, meter={})
    yield Case(
        "watt kVA",
        MEND,
        "unit='kW' offered",
        lone(unit_file("kVA")),
        ("apparent power", "power factor"),
        meter={},
    )
    yield Case(
        "watt kvarh", MEND, "unit='kW' offered", lone(unit_file("kvarh")), ("is a reactive power",), meter={}
    )
    yield Case("watt GWh", MEND, "10,008 TWh, no word",
               alone(unit_file("GWh"), '{ file = "l.csv", column = "Value [GWh]", year = 2023 }'),
               ("more than any company draws", "unit right?"))  # fmt: skip
    yield Case(
        "green-button-xml", TRADE, "a header but no rows", lone(GREEN, "g.xml"), ("Green Button",), meter={}
    )
    yield Case("nem12", TRADE, "wrong number of fields", lone(nem12()), figures=energy, meter={})
    yield Case("matrix-day-rows", TRADE, "not read", lone(matrix()), ("has no unit", "unit='kW'"), meter={})
    yield Case("matrix-day-rows, unit named", TRADE, "not read", lone(matrix()), figures={"energy": 1000.77},
               meter={"unit": "kW"})  # fmt: skip
    yield Case("offset-stamps", TRADE, "not read", lone(offsets()), figures={"energy": 1001.28}, meter={})
    for name, titles in (
        ("pad1", ("Báo cáo phụ tải năm 2025,",)),
        ("pad2", ("Báo cáo phụ tải năm 2025,", ",")),
        ("nopad", ("Báo cáo phụ tải năm 2025",)),
        ("quoted", ('"Name: A B",', '"Rate: DR",')),
    ):
        yield Case(f"padded-title-rows {name}", TRADE, 'columns named "column 2"', lone(titled(*titles)),
                   figures={"energy": 1001.28}, meter={})  # fmt: skip
    for unit in ("kW", "kWh"):
        yield Case(f"seconds-59 {unit}", TRADE, "refused, and its own hint as well", lone(seconds(unit)), figures=energy,
                   meter={})  # fmt: skip
    prices = '{{ file = "p.csv", column = "price", unit = "EUR/MWh"{mend} }}'
    dear = alone(summer_prices(), '"1 MW"', prices.format(mend=""), file="p.csv")
    yield Case(
        "entsoe-prices3",
        TRADE,
        "not read",
        dear,
        ("summer time: 1 hour skipped, 1 hour met twice", "standard"),
    )
    mended = prices.format(mend=', mend = { dst = "standard" }')
    yield Case("entsoe-prices3, mended", TRADE, "not read", alone(summer_prices(), '"1 MW"', mended, file="p.csv"),
               figures={"assets.grid.price least_per_kWh": -20.5 * 1.1 / 1000})  # fmt: skip
    windows = alone(load='{ file = "data\\\\l.csv", column = "kW" }')
    yield Case("windows-path", TRADE, "not there", windows, ("use / between folders", "write 'data/l.csv'"))


def _numbers() -> Iterator[Case]:
    garment = 'load = { value = "2.5 MW", shifts'
    yield Case("vn_thousands_rate", NUMBER, "26.3 VND, optimal", park(('"26300 VND"', '"26.300 VND"')),
               ("reads two ways", "26300 or 26.3"))  # fmt: skip
    yield Case(
        "vn_cap",
        NUMBER,
        "29.777 t",
        park(('"29777 tCO2"', '"29.777 tCO2"')),
        ("reads two ways", "29777 tCO2"),
    )
    yield Case("vn_decimal", NUMBER, "not a number", park((garment, garment.replace("2.5", "2,5"))),
               ("has a decimal comma", "write '2.5 MW'"))  # fmt: skip
    yield Case("eff_88", NUMBER, "accepted", park(('efficiency = "88 %"', "efficiency = 88")),
               ("8,800 %", "write '88 %'"))  # fmt: skip
    yield Case(
        "disc_9", NUMBER, "accepted", park(('discount_rate = "9 %"', "discount_rate = 9")), ("900 %", "'9 %'")
    )
    yield Case("x_pct15", NUMBER, "accepted", book(fifteen), ("sheet park, cell B", "1,500 %", "'15 %'"))
    share = (
        "[tenants.sea]",
        '[policies.re]\nkind = "renewable_share"\nshare = { 2030 = 30, 2050 = 60 }\n[tenants.sea]',
    )
    yield Case("share_sum", NUMBER, "accepted", park(share), ("3,000 %", "'30 %'"), faults=2)
    yield Case("lifetime_25", NUMBER, "a stub of a sentence",
               park(('lifetime = "25 years"\npower_max', 'lifetime = 25\npower_max')), ("has no unit", "25 years"))  # fmt: skip
    yield Case("fom_1", ODD, "100 % a year, no word",
               park(('fixed_om = "2 %/year"\nlifetime = "20 years"', 'fixed_om = 1\nlifetime = "20 years"')),
               ("100 %", "'1 %'"))  # fmt: skip


def _implausible() -> Iterator[Case]:
    mwh = bills(("Bình thường (kWh)", "Bình thường (MWh)"), ("Cao điểm (kWh)", "Cao điểm (MWh)"),
                ("Thấp điểm (kWh)", "Thấp điểm (MWh)"))  # fmt: skip
    yield Case("bill_mwh", ODD, "8,695 GWh, no word", park(files=mwh),
               ("bills_garment.csv, line", "more than any company uses", "unit in the header"))  # fmt: skip
    yield Case("bill_mixed", ODD, "a digit too many, no word", park(files=bills(("\n1,436968,", "\n1,4369680,"))),
               ("bills_garment.csv, line 2", "month 1", "digit too many"))  # fmt: skip
    meter = "steel.csv"
    spiked = park(files={meter: steel(one="610160000")})
    yield Case(
        "spike", ODD, "610 GW, no word", spiked, ("steel.csv, line 2", "more than five times", "in doubt")
    )
    yield Case("kwh_hdr", ODD, "twice the load, no word", park(files={meter: steel(head="Điện năng (kWh)")}),
               warned=("steel.csv",), figures={"assets.steel_load.load energy_GWh": 2 * 10 * 1001.28 / 1000})  # fmt: skip
    yield Case("latlon2", ODD, "a place in the sea off Namibia, no word",
               park(("latitude = 20.8\nlongitude = 106.75", "latitude = -20.8\nlongitude = 6.75"), sun=True),
               ("clear sky", "is not in Viet Nam"))  # fmt: skip
    yield Case("sunday_off", ODD, "Sundays rebuilt, no word", park(whole=True), warned=("Sunday",))
    for name, price in (("huge-unserved-price", "1e12 USD/MWh"), ("bigM-1e12-2000", "1e12 USD/MWh")):
        yield Case(name, ODD, "exit 1, audit failed", alone(load='"1 MW"', unserved=price, more=SUN),
                   ("more than any price that is paid", "up to 100000 USD/MWh"))  # fmt: skip


def _places() -> Iterator[Case]:
    bill = "bills_garment.csv"
    yield Case(
        "b7", PLACE, "A7 and A9", book(set_cells(bill, C7="abc", D9="xyz")), ("cell C7", "'abc'"), faults=2
    )
    yield Case("x_err", PLACE, "another cell", book(set_cells(bill, B2="#REF!")), ("cell B2", "#REF!"))
    yield Case("merged cells", PLACE, "holds no value", book(merged), ("cell B4", "B3:B5"))
    yield Case("bill_pmax", PLACE, "24 faults at one line", park(files=_with_power(200)),
               ("bills_garment.csv, line 2", "cực đại", "at least 1,400 kW"))  # fmt: skip
    yield Case("x_datetext", PLACE, "another sheet", book(set_cells("rates", A2="31/12/2025")),
               ("sheet rates, cell A2", "write 2025-12-31"))  # fmt: skip
    wrong = park(
        ('{ 2025 = "600 USD/kW", 2050 = "400 USD/kW" }', '{ 2025 = "600 USD/kWh", 2050 = "400 USD/kW" }')
    )
    yield Case(
        "wrong_unit",
        PLACE,
        "four knock-ons",
        wrong,
        ("capex.2025", "USD/kWh, which cannot be turned into VND/MW"),
    )
    yield Case("dup_asset", PLACE, "a parser's words",
               park(("[assets.gas]", '[assets.gar_heat]\nkind="heat_demand"\n[assets.gas]')), ("written twice",))  # fmt: skip
    yield Case("year24b", PLACE, "half hours of 2024 as gaps", park(files={"steel.csv": steel("2024-01-01T00:30")}),
               ("values are of 2024", "year=2024"))  # fmt: skip
    yield Case(
        "na", PLACE, "no line", park(files={"steel.csv": steel(one="#N/A")}), ("steel.csv, line 2", "#N/A")
    )
    yield Case("x_extra", PLACE, "a fault", book(extra_sheet), warned=("Ghi chú is taken for notes",))
    yield Case(
        "x_extracol", PLACE, "a fault", book(extra_column), warned=("column Ghi chú is taken for notes",)
    )
    yield Case("cap_interpolated", ONE_WAY, "the manual said that it does not apply", park(whole=True),
               figures={"policies.target.limit 2035": 29777 * 0.75, "policies.target.limit 2040": 29777 * 0.5})  # fmt: skip


def _with_power(kw: int) -> dict[str, str]:
    lines = (BASE / "bills_garment.csv").read_text(encoding="utf-8").splitlines()
    held = [f"{line},{kw}" if i else f"{line},Công suất cực đại (kW)" for i, line in enumerate(lines)]
    return {"bills_garment.csv": "\n".join(held) + "\n"}


def cases() -> list[Case]:
    """All of them."""
    return [*_times(), *_registers(), *_trade(), *_numbers(), *_implausible(), *_places()]


# ---------------------------------------------------------------------------------------------- what is made


@dataclass(frozen=True)
class Found:
    """What was made of a case: faults, or warnings and figures."""

    faults: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


def made(case: Case, folder: Path) -> Found:
    path = case.make(folder)
    try:
        if case.meter is not None:
            return _metered(read_meter(path, **case.meter))  # type: ignore[arg-type]
        read = study.read(path)
    except StudyError as error:
        return Found(tuple(str(f) for f in error.faults))
    warnings = [str(w) for w in read.warnings if not any(u in str(w) for u in USUAL)]
    figures = {
        f"{f.path} {n}": v for f in read.understood for n, v in f.values.items() if isinstance(v, float)
    }
    return Found((), (*warnings, *(f"{f.path}: {f.told}" for f in read.understood)), figures)


def _metered(read: Metered) -> Found:
    return Found((), tuple(str(f) for f in read.findings), {"energy": read.energy})


def table() -> None:
    """Print what was made of each case before, and what is made of it now."""
    for case in cases():
        with tempfile.TemporaryDirectory() as folder:
            found = made(case, Path(folder))
        now = f"refused: {found.faults[0]}" if found.faults else "read"
        if not found.faults:
            figures = ", ".join(f"{k} {found.figures.get(k, math.nan):.6g}" for k in case.figures)
            told = [t for t in found.told if any(w in t for w in case.warned)][:1]
            now = "; ".join(["read", *([figures] if figures else []), *told])
        print(f"| {case.name} | {case.kind} | {case.before} | {' '.join(now.split())} |")


if __name__ == "__main__":
    table()
