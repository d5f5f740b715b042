"""Bills from a CSV file or an Excel sheet, with headers in Vietnamese or English.

One row a month: month, energy in normal, peak and off-peak hours, and where known the highest power and
the reactive energy. Energies need their unit in the header, as in "Cao điểm (kWh)".
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.series.beside import names_factor
from parkzero.series.bills import BLOCKS, Bill
from parkzero.series.evn_bills import Headers, Rows, a_row_a_month, is_evn
from parkzero.series.figures import NO_VALUE, find_decimal, to_number
from parkzero.series.plain_words import plain_words
from parkzero.tables import CellValue, open_workbook_safely, read_csv_safely
from parkzero.texts import say

# The first that occurs in a header decides, so off-peak stands before peak, reactive before power.
_NAMES = (
    ("month", ("thang", "month", "ky hoa don")),
    ("kvarh", ("phan khang", "kvarh", "reactive")),
    ("max_kw", ("cong suat", "max kw", "pmax", "demand", "peak power", "cuc dai")),
    ("offpeak", ("thap diem", "off peak", "offpeak", "night")),
    ("peak", ("cao diem", "peak")),
    ("normal", ("binh thuong", "normal", "standard")),
    ("total", ("tong", "total", "dien nang", "energy", "san luong")),
)
# What EVN writes on its bills, as words of their own.
_SHORT = {"bt": "normal", "cd": "peak", "td": "offpeak"}
_MANY = re.compile(r"\b(1 ?000|nghin|ngan|thousand|trieu|million) [kmg]?wh?\b")
_READING = ("chi so", "reading", "index")
# Headings in money: whether the tax is in it decides first, then whether it is the tax.
_MONEY = (
    ("cost", ("chua thue", "truoc thue", "chua gom", "chua vat", "before vat", "excl", "without vat")),
    ("gross", ("sau thue", "gom thue", "ca thue", "incl", "with vat", "tong cong", "thanh toan", "payable")),
    ("vat", ("thue", "gtgt", "vat")),
)
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_MONEY_UNITS = (
    (("ty dong", "bn vnd", "billion vnd"), 1e9), (("trieu dong", "mvnd", "million vnd"), 1e6),
    (("nghin dong", "ngan dong", "kvnd", "thousand vnd"), 1e3), (("vnd", "dong"), 1.0),
)  # fmt: skip
MONEY = ("cost", "vat", "gross")
LOAD = ("month", "normal", "peak", "offpeak", "max_kw", "kvarh")
"""What a load is made from; what a bill says beside it is left aside then."""
_UNITS = {"gwh": 1e6, "mwh": 1e3, "kwh": 1.0}
_POWER = {"mw": 1e3, "kw": 1.0}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_ROUNDED, _OFF_TOTAL = 2.0, 0.001  # [kWh] and share by which a total may differ from its registers
_SHEETS = ("hoa don", "bills", "bill")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file of bills: what it holds, the factor to kWh, kW or VND, its cells."""

    name: str
    factor: float
    values: tuple[tuple[Place, CellValue | None], ...]


def read_bills(path: Path | str, sheet: str | None = None) -> tuple[Bill, ...]:
    """Read twelve bills.

    Args:
        path: CSV file or .xlsx workbook.
        sheet: sheet of a workbook; the only one, or the one named "Hóa đơn" or "Bills", when None.

    Returns:
        The bills in order of months.

    Raises:
        StudyError: with every fault found, each with its cell or line.
    """
    file = Path(path).name
    faults: list[Fault] = []
    headers, rows = opened(path, file, sheet)
    if is_evn(headers):
        headers, rows, faults = a_row_a_month(headers, rows, file)
        if faults:
            raise StudyError(faults, title=file)
    columns = columns_of(headers, rows, file, faults, (*LOAD, *_totals(headers)))
    months = months_of(columns.get("month"), faults)
    numbers = {name: numbers_of(column, faults) for name, column in columns.items() if name != "month"}
    bills = []
    for i, (place, month) in enumerate(months):
        row = {name: values[i] for name, values in numbers.items()}
        for name in ("normal", "peak", "offpeak"):
            if name in row and row[name] is None:
                where = columns[name].values[i][0]
                faults.append(
                    Fault(where, say("holds no value"), needs=say("the energy, 0 where none was used"))
                )
        if month and all(row.get(name) is not None for name in ("normal", "peak", "offpeak")):
            energy = [float(row[name] or 0.0) for name in ("normal", "peak", "offpeak")]
            places = {name: column.values[i][0] for name, column in columns.items()}
            faults += _off_total(places, row.get("total"), energy)
            year = year_of(columns["month"].values[i][1])
            more = row.get("max_kw"), row.get("kvarh"), year
            bills.append(Bill(month, energy[0], energy[1], energy[2], *more, places=places))
        if month and [m for _, m in months[:i]].count(month):
            faults.append(Fault(place, say("names a month twice"), str(month), say("one row for each month")))
    found = {month for _, month in months}
    absent = [str(m) for m in range(1, 13) if m not in found]
    if absent and "month" in columns:
        faults.append(
            Fault(Place(file=file), say("has no bill for months"), ", ".join(absent), say("twelve months"))
        )
    if faults:
        raise StudyError(faults, title=file)
    return tuple(sorted(bills, key=lambda bill: bill.month))


def _totals(headers: Headers) -> tuple[str, ...]:
    """The column of totals of energy, where there is one that is plain to tell."""
    found = [header for _, header in headers if kind_of(header) == "total"]
    return ("total",) if len(found) == 1 and _factor("total", found[0]) is not None else ()


def _off_total(places: Mapping[str, Place], total: float | None, energy: Sequence[float]) -> list[Fault]:
    """A total that its registers do not add up to."""
    parts = sum(energy)
    if total is None or abs(total - parts) <= max(_ROUNDED, _OFF_TOTAL * max(total, parts)):
        return []
    got = say("{total:,.6g} kWh, the registers add up to {parts:,.6g} kWh", total=total, parts=parts)
    hint = say("correct the register or the total, or leave the column of totals out")
    return [Fault(places["total"], say("is not the sum of its registers"), got, hint=hint)]


def unused_columns(path: Path | str) -> tuple[str, ...]:
    """Headings of a text file of bills from which nothing is read.

    Raises:
        StudyError: when the file cannot be opened.
    """
    headers, _ = _from_text(path, Path(path).name)
    used = (*LOAD, *_totals(headers))
    return () if is_evn(headers) else tuple(h for _, h in headers if h.strip() and kind_of(h) not in used)


def opened(path: Path | str, file: str, sheet: str | None = None) -> tuple[Headers, Rows]:
    """Headers and rows of a file of bills, each with its place."""
    if Path(path).suffix.lower() in (".xlsx", ".xlsm"):
        return _from_workbook(path, file, sheet)
    return _from_text(path, file)


def _from_text(path: Path | str, file: str) -> tuple[Headers, Rows]:
    table = read_csv_safely(path)
    headers = [(Place(file=file, field=name), name) for name in table.columns]
    rows: Rows = [
        [(Place(file=file, line=line, field=name), column[i]) for name, column in table.columns.items()]
        for i, line in enumerate(table.lines)
    ]
    return headers, rows


def _from_workbook(path: Path | str, file: str, sheet: str | None) -> tuple[Headers, Rows]:
    book = open_workbook_safely(path)
    chosen = sheet if sheet is not None else _only_sheet(tuple(book))
    if chosen is None or chosen not in book:
        hint = did_you_mean(str(chosen), book)
        names = ", ".join(name[:40] for name in book)
        raise StudyError(
            [
                Fault(
                    Place(file=file),
                    say("has no sheet of bills that can be told"),
                    str(sheet or ""),
                    say("one of {names}", names=names),
                    hint or say("name it: sheet='...'"),
                )
            ],
            title=file,
        )
    cells = book[chosen]
    top = next((i for i, row in enumerate(cells) if any(kind_of(str(c.value)) == "month" for c in row)), None)
    if top is None:
        needs = say("a header row with Tháng, Bình thường, Cao điểm, Thấp điểm")
        raise StudyError(
            [Fault(Place(file=file, sheet=chosen), say("has no header of bills"), needs=needs)], title=file
        )
    headers = [(Place(file=file, sheet=chosen, cell=c.ref), str(c.value)) for c in cells[top]]
    width = [c.column for c in cells[top]]
    rows: Rows = []
    for row in cells[top + 1 :]:
        held = {c.column: c for c in row}
        number = row[0].row
        places = [re.sub(r"\d+$", str(number), place.cell) for place, _ in headers]
        rows.append(
            [
                (
                    Place(file=file, sheet=chosen, cell=places[i]),
                    held[column].value if column in held else None,
                )
                for i, column in enumerate(width)
            ]
        )
    return headers, rows


def _only_sheet(names: Sequence[str]) -> str | None:
    named = [name for name in names if plain_words(name) in _SHEETS]
    return names[0] if len(names) == 1 else (named[0] if len(named) == 1 else None)


def kind_of(header: str) -> str:
    """What a column of a bill holds, by its heading; empty where that is not told."""
    plain = plain_words(header)
    # "đồng" is money only as the unit: "Công suất hợp đồng (kW)" is not.
    units = plain_words(" ".join(_IN_BRACKETS.findall(header))).split()
    if "dong" in units or any(word.endswith("vnd") for word in plain.split()):
        return next((name for name, words in _MONEY if any(word in plain for word in words)), "cost")
    found = next((name for name, words in _NAMES if any(word in plain for word in words)), "")
    short = [_SHORT[word] for word in plain.split() if word in _SHORT]
    return short[0] if len(short) == 1 and found in ("", "total") else found


def columns_of(
    headers: Headers,
    rows: Rows,
    file: str,
    faults: list[Fault],
    wanted: Sequence[str] = LOAD,
    needed: Sequence[str] = ("month", *BLOCKS),
) -> dict[str, Column]:
    """The columns of some kinds, each with what makes its numbers kWh, kW or VND.

    Args:
        headers: with their places.
        rows: of the file.
        file: its name, for faults.
        faults: takes what is wrong: a kind twice, no unit, a needed kind missing.
        wanted: kinds that are read; others are left aside.
        needed: kinds without which nothing can be read.
    """
    columns: dict[str, Column] = {}
    used = [row for row in rows if any(value not in (None, "") for _, value in row)]
    for i, (place, header) in enumerate(headers):
        kind = kind_of(header)
        if kind not in wanted:
            continue
        if kind in BLOCKS and any(word in plain_words(header) for word in _READING):
            what, needs = say("is a register's reading"), say("the energy of each month")
            hint = say("write the difference of two readings, times the meter's factor")
            faults.append(Fault(place, what, header[:60], needs, hint))
        if kind in columns:
            needs = say("one for {kind}", kind=say(f"bill_column.{kind}"))
            faults.append(Fault(place, say("is a second column of the same kind"), header[:60], needs))
            continue
        factor = _factor(kind, header)
        if factor is None:
            faults.append(_without_unit(place, kind, header))
            factor = 1.0
        columns[kind] = Column(kind, factor, tuple(row[i] for row in used))
    faults += _multiplied(headers, used) if any(kind in columns for kind in BLOCKS) else []
    for kind in needed:
        if kind not in columns:
            words = next(words for name, words in _NAMES if name == kind)
            seen = ", ".join(text[:30] for _, text in headers[:10])
            what = say("has no column for {kind}", kind=say(f"bill_column.{kind}"))
            needs = say("a header such as {words}", words=words[0])
            faults.append(Fault(Place(file=file), what, seen, needs))
    return columns


def _multiplied(headers: Headers, rows: Rows) -> list[Fault]:
    """A factor beside the energies, which may or may not be in them."""
    for i, (place, header) in enumerate(headers):
        told = [str(row[i][1]).strip() for row in rows if row[i][1] not in (None, "")]
        if names_factor(header) and any(t not in ("1", "1.0", "1,0") for t in told):
            what = say("names a factor, which may or may not be in the energies")
            hint = say("write the energies that were billed, and leave the column out")
            return [Fault(place, what, told[0][:20], say("energies with it, in kWh"), hint)]
    return []


def _without_unit(place: Place, kind: str, header: str) -> Fault:
    power = kind == "max_kw"
    hint = say("{header} (kW)", header=header[:40]) if power else say("{header} (kWh)", header=header[:40])
    needs = say("kW or MW") if power else say("kWh, MWh or GWh")
    return Fault(place, say("has no unit in its header"), header[:60], needs, hint)


def _factor(kind: str, header: str) -> float | None:
    if kind == "month":
        return 1.0
    plain = plain_words(header)
    if kind in MONEY:
        return next(factor for words, factor in _MONEY_UNITS if any(word in plain for word in words))
    words = plain.split()
    if kind == "kvarh":
        return 1e3 if "mvarh" in words else 1.0 if "kvarh" in words else None
    known = _POWER if kind == "max_kw" else _UNITS
    many = _MANY.search(plain)
    times = 1.0 if many is None else 1e6 if many[1] in ("trieu", "million") else 1e3
    return next((known[word] * times for word in words if word in known), None)


def months_of(column: Column | None, faults: list[Fault]) -> list[tuple[Place, int]]:
    """The month of each row with its place; 0 where a cell names none, which is a fault."""
    if column is None:
        return []
    months = []
    for place, value in column.values:
        month = _month(value)
        if not month:
            faults.append(Fault(place, say("is no month"), repr(value)[:40], say("1 to 12, or 01/2025")))
        months.append((place, month))
    return months


def _month(value: CellValue | None) -> int:
    """The month that a cell names, or 0."""
    if isinstance(value, (dt.datetime, dt.date)):
        return value.month
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if value in range(1, 13) else 0
    text = plain_words(str(value or ""))
    for pattern in (
        r"(?:thang|month|t|m)? ?(\d{1,2})",
        r"(?:thang|t)? ?(\d{1,2}) (?:nam )?(?:\d{4})",
        r"\d{4} (\d{1,2})",
    ):
        match = re.fullmatch(pattern, text)
        if match:
            return int(match.group(1)) if 1 <= int(match.group(1)) <= 12 else 0
    match = re.fullmatch(r"([a-z]+)(?: \d{2}(?:\d{2})?)?", text)
    word = match.group(1) if match else ""
    return next((i for i, name in enumerate(_MONTHS, start=1) if word in (name, name[:3])), 0)


def year_of(value: CellValue | None) -> int:
    """The year that a cell of the column of months names, or 0."""
    if isinstance(value, (dt.datetime, dt.date)):
        return value.year
    found = re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", str(value or ""))
    return int(found[0]) if len(found) == 1 else 0


def numbers_of(column: Column, faults: list[Fault]) -> list[float | None]:
    """The column's numbers in kWh, kW or kvarh; None where a cell is empty or wrong."""
    texts = [str(v).replace(" ", "").replace("\u00a0", "") for _, v in column.values if isinstance(v, str)]
    sign = find_decimal([t for t in texts if re.fullmatch(r"[+-]?[\d.,]+", t)])
    numbers: list[float | None] = []
    asked = False
    for place, value in column.values:
        number: float | None = None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            number = float(value)
        elif value is not None and str(value).strip().lower() not in NO_VALUE:
            if sign is None:
                what = say("may be read with a decimal point or a decimal comma")
                faults += (
                    []
                    if asked
                    else [Fault(place, what, str(value)[:40], hint=say("write it without thousands marks"))]
                )
                asked = True
                numbers.append(0.0)
                continue
            number = to_number(str(value).replace(" ", "").replace("\u00a0", ""), sign)[0]
            number = math.nan if number is None else number
        if number is not None and not (math.isfinite(number) and number >= 0):
            faults.append(
                Fault(
                    place,
                    say("is no amount of energy or power"),
                    repr(value)[:40],
                    say("a number of at least 0"),
                )
            )
            number = 0.0
        numbers.append(None if number is None else number * column.factor)
    return numbers
