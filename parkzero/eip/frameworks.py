"""Frameworks of criteria as data: each a CSV file, shipped or a user's own.

A row names its criterion in both languages, how it is tested, and its source. With ``book`` the threshold,
unit, dates, document and confidence are those of that row of the books, so that each stands once; what the
file itself gives wins. A criterion without a source is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Literal

from parkzero.books import Entry, Statement
from parkzero.books.library import entries, shelf
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.tables import read_csv_safely
from parkzero.texts import Both, Text, data, known, listed, say

Test = Literal[">=", "<=", "yes", "report"]
TESTS = (">=", "<=", "yes", "report")
GROUPS = ("management", "environment", "social", "economic")
COLUMNS = (
    "id", "group", "kind", "test", "threshold", "unit", "book", "measure", "en", "vi", "evidence_en",
    "evidence_vi", "valid_from", "valid_to", "document", "article", "seen_in", "confidence", "note",
    "note_vi",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion.

    Attributes:
        key: its id.
        group: one of ``GROUPS``.
        kind: prerequisite or indicator.
        test: how a value is held against the threshold; ``report`` asks for a value alone.
        threshold: None where the wording names none.
        unit: of value and threshold.
        text, evidence: in both languages.
        measure: what a plan or a questionnaire can compute of it; empty where nothing.
        valid_from, valid_to: when it holds.
        source: document and article.
        confidence: P, S, D or M.
        row: key of the books it rests on; empty where the file states it.
        note: what a user must know besides.
    """

    key: str
    group: str
    kind: str
    test: Test
    threshold: float | None
    unit: str
    text: Both
    evidence: Both
    measure: str
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: str
    row: str
    note: Both

    @property
    def unverified(self) -> bool:
        """Whether its wording was never seen in the document itself or a secondary source."""
        return self.confidence == "M"


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework: its name and criteria."""

    name: str
    criteria: tuple[Criterion, ...]


def frameworks() -> tuple[str, ...]:
    """Names of the shipped frameworks."""
    folder = resources.files("parkzero.eip").joinpath("data", "frameworks")
    return tuple(sorted(f.name.removesuffix(".csv") for f in folder.iterdir() if f.name.endswith(".csv")))


def framework(name: str) -> Framework:
    """A framework by its name, or a file of one's own.

    Raises:
        StudyError: when there is none, or with every fault of the file.
    """
    if name in frameworks():
        with resources.as_file(resources.files("parkzero.eip").joinpath("data", "frameworks")) as folder:
            return _read(folder / f"{name}.csv")
    if not Path(name).is_file():
        known = frameworks()
        told = Fault(
            Place(field="--framework"), say("is no framework and no file"), name, listed(known),
            did_you_mean(name, known),
        )  # fmt: skip
        raise StudyError([told], title=say("The command"))
    return _read(Path(name))


def _read(path: Path) -> Framework:
    table = read_csv_safely(path)
    faults: list[Fault] = []
    missing = [c for c in ("id", "test", "en") if c not in table.columns]
    unknown = [c for c in table.columns if c not in COLUMNS]
    for column, what in ((missing, say("lacks a column")), (unknown, say("is no column of a framework"))):
        faults += [Fault(Place(file=path.name, field=c), what, needs=listed(COLUMNS)) for c in column]
    found: dict[str, Criterion] = {}
    if not faults:
        for line, *values in zip(table.lines, *table.columns.values(), strict=True):
            row = {**dict.fromkeys(COLUMNS, ""), **dict(zip(table.columns, values, strict=True))}
            place = Place(file=path.name, line=line, field=row["id"])
            criterion = _criterion(row, place, faults)
            if row["id"] in found or not row["id"]:
                needs = say("an id of its own")
                faults.append(Fault(place, say("is missing, or another criterion's"), row["id"], needs))
            found[row["id"]] = criterion
    if faults:
        raise StudyError(faults, title=data(path.name))
    return Framework(path.stem, tuple(found.values()))


def _criterion(row: dict[str, str], place: Place, faults: list[Fault]) -> Criterion:
    held = newest(row["book"]) if row["book"] else None
    if row["book"] and held is None:
        faults.append(Fault(place, say("names a row that the books do not hold"), row["book"]))
    document = row["document"] or (held.source if held else "")
    if not document:
        hint = say("name the document, or the row of the books in book")
        faults.append(
            Fault(place, say("is a criterion without a source"), needs=say("a document"), hint=hint)
        )
    threshold = _threshold(row, held, place, faults)
    if row["test"] not in TESTS:
        faults.append(Fault(place, say("has a test that is not known"), row["test"], listed(TESTS)))
    days = [_day(row[c], place, faults) for c in ("valid_from", "valid_to")]
    said = _words(row, held)
    test: Test = "yes"
    for one in (">=", "<=", "report"):
        test = one if row["test"] == one else test
    return Criterion(
        row["id"], row["group"] or GROUPS[0], row["kind"] or "indicator", test, threshold,
        row["unit"] or (held.unit if isinstance(held, Entry) else ""), said,
        Both(row["evidence_vi"] or row["evidence_en"], row["evidence_en"]), row["measure"],
        days[0] or (held.valid_from if held else None), days[1] or (held.valid_to if held else None),
        ", ".join(p for p in (document, row["article"]) if p),
        row["confidence"] or (held.confidence if held else "S"), row["book"],
        Both(row["note_vi"], row["note"] or (held.note if held else "")),
    )  # fmt: skip


def newest(key: str) -> Entry | Statement | None:
    """The newest row of the books under a key, a number or a statement; None where there is none."""
    numbers = [e for e in entries(key) if e.key == key]
    if numbers:
        return numbers[-1]
    return next(iter(reversed(shelf("statements").statements.get(key, ()))), None)


def _threshold(
    row: dict[str, str], held: Entry | Statement | None, place: Place, faults: list[Fault]
) -> float | None:
    if row["threshold"]:
        try:
            return float(row["threshold"])
        except ValueError:
            faults.append(
                Fault(place, say("has a threshold that is no number"), row["threshold"], say("a number"))
            )
            return None
    return held.value if isinstance(held, Entry) else None


def _words(row: dict[str, str], held: Entry | Statement | None) -> Both:
    """The criterion's wording: the file's, else the statement's."""
    if isinstance(held, Statement) and not row["en"]:
        return Both(held.said("vi"), held.text)
    return Both(row["vi"] or row["en"], row["en"])


def _day(text: str, place: Place, faults: list[Fault]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(Fault(place, say("is not a date"), text, say("YYYY-MM-DD or nothing")))
        return None


def said_test(c: Criterion) -> Text:
    """A test in words: at least 25 %, yes, to be reported."""
    if c.test == "yes":
        return say("eip.test.yes")
    if c.test == "report":
        return say("eip.test.report")
    if c.threshold is None:
        return say("eip.test.stated")
    key = "eip.test.least" if c.test == ">=" else "eip.test.most"
    return say(f"{key}", value=f"{c.threshold:g}", unit=unit_of(c))


def unit_of(c: Criterion) -> Both:
    """The unit of a criterion in words; nothing for a mere number."""
    if c.unit in ("", "1"):
        return Both("", "")
    word = c.unit.replace("1/", "per_")
    return known(f"eip.unit.{word}", c.unit)
