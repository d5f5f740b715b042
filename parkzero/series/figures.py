"""Numbers written as people write them: decimal commas, thousands marks, Excel errors, no value.

Whether ``1,234`` is a thousand or a little more than one is decided by the whole column, and asked
when the column does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from parkzero.errors import Fault, Place
from parkzero.series.findings import Finding
from parkzero.texts import say
from parkzero.units import FloatArray

Decimal = Literal["auto", ".", ","]
EXCEL_ERRORS = frozenset(
    {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
NO_VALUE = frozenset({"", "nan", "null", "none", "na", "n/a", "-", "--", "nil", "."})
_MARKED = 50
LARGEST = 1e12
_SPACES = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'\u2019](?=\d{3})")
_PLAIN = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
_THOUSANDS = {mark: re.compile(rf"^[+-]?[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+$") for mark in ".,"}
_GROUPED = {
    ".": re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"),
    ",": re.compile(r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$"),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """A column of numbers: values (n,) with NaN where there is none, and what was found."""

    values: FloatArray
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]


def find_decimal(texts: Sequence[str]) -> str | None:
    """The decimal sign that the column uses, or None when it does not tell.

    Two kinds of mark in one number tell which comes last; one mark tells unless every number has it
    exactly once, before three digits, and no number starts with zero.
    """
    signs: set[str] = set()
    open_marks: set[str] = set()
    for text in set(texts):
        if "," in text and "." in text:
            signs.add("," if text.rfind(",") > text.rfind(".") else ".")
            continue
        for mark, other in ((",", "."), (".", ",")):
            if mark in text:
                if text.count(mark) > 1:
                    signs.add(other)
                elif _THOUSANDS[mark].match(text):
                    open_marks.add(mark)
                else:
                    signs.add(mark)
    if not signs and not open_marks:
        return "."
    if not signs and len(open_marks) == 1 and _settled(texts):
        return "," if "." in open_marks else "."
    return next(iter(signs)) if len(signs) == 1 else None


def _settled(texts: Sequence[str]) -> bool:
    """Whether marks before three digits stand between thousands: numbers below a thousand have none.

    Fifty numbers with decimals would not all have three of them while others have none.
    """
    marked = sum("," in t or "." in t for t in texts)
    return marked >= _MARKED and any(len(t.lstrip("+-")) <= 3 and t.lstrip("+-") != "0" for t in texts)


def parse_column(
    texts: Sequence[str], lines: Sequence[int], file: str, name: str, decimal: Decimal = "auto"
) -> Figures:
    """Turn a column of text into numbers.

    Args:
        texts: the fields.
        lines: line of each field.
        file: name of the file, for faults.
        name: name of the column.
        decimal: decimal sign, or "auto" to find it.

    Returns:
        Values in the column's own unit, findings, and faults that no mend can cure.
    """
    clean = [t if t.isascii() and " " not in t and "'" not in t else _SPACES.sub("", t) for t in texts]
    numeric = [t for t in clean if t and t.lower() not in NO_VALUE and t[0] != "#"]
    sign = (
        find_decimal([t for t in numeric if re.fullmatch(r"[+-]?[\d.,]+", t)])
        if decimal == "auto"
        else decimal
    )
    if sign is None:
        line, shown = next(
            ((n, t) for n, t in zip(lines, clean, strict=True) if "," in t or "." in t), (0, "")
        )
        needs = say("a decimal sign that the column makes clear")
        fault = Fault(
            Place(file=file, line=line, field=name),
            say("may be read with a decimal point or a decimal comma"),
            shown,
            needs,
            say("name it: decimal='.' or decimal=','"),
        )
        return Figures(np.full(len(texts), np.nan), (), (fault,))
    return _read(clean, lines, sign, any(a != b for a, b in zip(clean, texts, strict=True)))


def _read(clean: Sequence[str], lines: Sequence[int], sign: str, spaced: bool) -> Figures:
    values = np.full(len(clean), np.nan)
    errors: list[int] = []
    empty: list[int] = []
    wrong: list[int] = []
    grouped = 0
    for i, text in enumerate(clean):
        if text.lower() in NO_VALUE:
            empty.append(i)
        elif text.upper() in EXCEL_ERRORS:
            errors.append(i)
        else:
            number, was_grouped = to_number(text, sign)
            grouped += was_grouped
            if number is None:
                wrong.append(i)
            else:
                values[i] = number
    findings = []
    if sign == "," and any("," in t for t in clean[:5000]):
        findings.append(Finding("decimal_comma", "note", len(clean), say("numbers use a decimal comma")))
    if grouped or spaced:
        findings.append(
            Finding("thousands", "note", max(grouped, 1), say("numbers use a mark between thousands"))
        )
    for kind, rows, what in (
        (
            "excel_error",
            errors,
            say("{count} fields hold an Excel error instead of a value", count=len(errors)),
        ),
        ("no_value", empty, say("{count} fields hold no value", count=len(empty))),
    ):
        if rows:
            findings.append(
                Finding(
                    kind,
                    "missing",
                    len(rows),
                    what,
                    _examples(rows, lines, clean),
                    FILL,
                )
            )
    if wrong:
        findings.append(
            Finding(
                "text",
                "fault",
                len(wrong),
                say("{count} fields are no number", count=len(wrong)),
                _examples(wrong, lines, clean),
                say("correct them, or Mend(text='missing')"),
            )
        )
    return Figures(values, tuple(findings), ())


FILL = say("Mend(fill='interpolate') or Mend(fill='same_weekday')")


def _examples(rows: Sequence[int], lines: Sequence[int], texts: Sequence[str]) -> tuple[tuple[int, str], ...]:
    return tuple((lines[i], repr(texts[i][:40])) for i in rows[:3])


def to_number(text: str, sign: str) -> tuple[float | None, bool]:
    """Return the number written in ``text`` with this decimal sign, and whether thousands were marked."""
    if sign == "." and text.isascii() and text.isdigit() and len(text) < 12:
        return float(text), False
    grouped = bool(_GROUPED[sign].match(text))
    plain = text.replace("," if sign == "." else ".", "") if grouped else text
    if sign == ",":
        if not grouped and "." in plain:
            return None, False
        plain = plain.replace(",", ".", 1)
    if len(plain) > 60 or not _PLAIN.match(plain) or not plain.isascii():
        return None, False
    number = float(plain)
    return (number if abs(number) <= LARGEST else None), grouped
