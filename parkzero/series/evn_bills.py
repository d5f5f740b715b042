"""EVN's own layout of bills: a row for each register (bộ chỉ số) of a month, turned into a row a month.

The bill lists "Bộ CS, Chỉ số mới, Chỉ số cũ, HS nhân, ĐN tiêu thụ, …, ĐN thực tế", its electronic form BCS,
CHISO_MOI, CHISO_CU, HSNHAN, DIEN_TTHU; registers are BT (normal), CD (peak), TD (off-peak), SG (their sum)
and VC (reactive). Energies are in kWh, those of VC in kvarh. (new - old) x multiplier must be what was used.
"""

from __future__ import annotations

from parkzero.errors import Fault, Place
from parkzero.series.figures import find_decimal, to_number
from parkzero.series.plain_words import plain_words
from parkzero.tables import CellValue
from parkzero.texts import say

Headers = list[tuple[Place, str]]
Rows = list[list[tuple[Place, CellValue | None]]]
#: The first name that fits a header decides; what was really used stands before what the meter counted.
_NAMES = {
    "month": ("thang", "ky hoa don", "ky"),
    "register": ("bo cs", "bo chi so", "bcs"),
    "used": ("dn thuc te", "dien nang thuc te", "dn tieu thu", "dien tthu", "dien nang tieu thu"),
    "new": ("chi so moi", "chiso moi", "cs moi"),
    "old": ("chi so cu", "chiso cu", "cs cu"),
    "times": ("hs nhan", "hsnhan", "he so nhan"),
}
_WIDE = {
    "bt": "Bình thường (kWh)", "cd": "Cao điểm (kWh)", "td": "Thấp điểm (kWh)", "sg": "Tổng (kWh)",
    "vc": "Phản kháng (kvarh)",
}  # fmt: skip
_OFF = 1.0  # [kWh] what rounding may leave between readings and use


def is_evn(headers: Headers) -> bool:
    """Whether a table lists registers as EVN does."""
    found = _columns(headers)
    return "register" in found and "used" in found


def a_row_a_month(headers: Headers, rows: Rows, file: str) -> tuple[Headers, Rows, list[Fault]]:
    """The table with a row for each month and a column for each register; each value keeps its place."""
    at = _columns(headers)
    if "month" not in at:
        what = say("is an EVN bill of one month: it has no column of months")
        needs = say("twelve bills below one another, with a column Tháng")
        return headers, [], [Fault(Place(file=file), what, needs=needs)]
    months: dict[str, dict[str, tuple[Place, CellValue | None]]] = {}
    places: dict[str, tuple[Place, CellValue | None]] = {}
    faults: list[Fault] = []
    for row in rows:
        code = plain_words(str(row[at["register"]][1] or "")).replace(" ", "")
        if not code:
            continue
        if code not in _WIDE:
            place, got = row[at["register"]]
            what = say("is no register of three-rate bills")
            faults.append(Fault(place, what, str(got)[:20], say("BT, CD, TD, SG or VC")))
            continue
        where, month = row[at["month"]]
        key = str(month)
        places.setdefault(key, (where, month))
        if code in months.setdefault(key, {}):
            what = say("lists a register twice in one month")
            faults.append(Fault(row[at["register"]][0], what, code.upper(), say("one row for each")))
        months[key][code] = row[at["used"]]
        faults += _readings(row, at)
    known = [code for code in _WIDE if any(code in held for held in months.values())]
    head = (places[next(iter(places))][0] if places else Place(file=file), "Tháng")
    wide = [[places[key], *(held.get(code, (places[key][0], None)) for code in known)]
            for key, held in months.items()]  # fmt: skip
    return [head, *((head[0], _WIDE[code]) for code in known)], wide, faults


def _columns(headers: Headers) -> dict[str, int]:
    plain = [plain_words(text.replace("_", " ")) for _, text in headers]
    found: dict[str, int] = {}
    for name, words in _NAMES.items():
        for word in words:
            place = next(
                (i for i, text in enumerate(plain) if text == word or text.startswith(f"{word} ")), None
            )
            if place is not None:
                found[name] = place
                break
    return found


def _readings(row: list[tuple[Place, CellValue | None]], at: dict[str, int]) -> list[Fault]:
    """The fault of a register whose readings do not give what it says was used."""
    if not {"new", "old", "times"} <= at.keys():
        return []
    numbers = [_number(row[at[name]][1]) for name in ("new", "old", "times", "used")]
    if any(n is None for n in numbers):
        return []
    new, old, times, used = (float(n or 0.0) for n in numbers)
    if new < old or abs((new - old) * times - used) <= max(_OFF * max(times, 1.0), 0.005 * abs(used)):
        return []  # a meter that was exchanged counts down, and what was used stands in the bill
    got = f"({new:g} - {old:g}) x {times:g} = {(new - old) * times:g}, {used:g} kWh"
    what = say("is not what its readings and its multiplier give")
    return [Fault(row[at["used"]][0], what, got, hint=say("correct the row, or leave the readings out"))]


def _number(value: CellValue | None) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    text = str(value).replace(" ", "")
    return to_number(text, find_decimal([text]) or ".")[0]
