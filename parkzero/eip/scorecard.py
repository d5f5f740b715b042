"""Scorecards: criteria against what a park enters with evidence, and what a plan or a questionnaire computes.

What is entered is met or not met. What is computed from a plan or from chosen links is not yet real: it is
planned, or short. What nobody says is unknown, never assumed.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from parkzero.eip.frameworks import Criterion, Framework
from parkzero.eip.measured import Measured, Option
from parkzero.errors import Fault, Place, StudyError
from parkzero.tables import open_workbook_safely, read_csv_safely
from parkzero.texts import Text, data, listed, say
from parkzero.written_numbers import to_float

State = Literal["met", "planned", "short", "unknown"]
STATES: tuple[State, ...] = ("met", "planned", "short", "unknown")
YES, NO = ("yes", "có", "true", "1"), ("no", "không", "false", "0")
ANSWERS = ("framework", "id", "value", "threshold", "evidence", "date", "by", "note")
OPTIONS = ("framework", "id", "option", "gain", "cost", "note")
EXACT = 15


@dataclass(frozen=True, slots=True)
class Answer:
    """What is entered for a criterion: a number or yes (1) and no (0), with its evidence."""

    value: float | None
    threshold: float | None
    evidence: str
    day: str
    by: str


@dataclass(frozen=True, slots=True)
class Answers:
    """All that is entered, by (framework, id)."""

    answers: Mapping[tuple[str, str], Answer]
    options: Mapping[tuple[str, str], tuple[Option, ...]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion with its value and state.

    Attributes:
        criterion: the criterion.
        state: met, planned, short or unknown.
        value, threshold: in the criterion's unit; None where there is none.
        gap: what is missing; None where nothing is, or it is not a number.
        evidence, day, by: as entered.
        computed: what was computed, with its rows; None where nothing can be.
        closing: cheapest options that close the gap, with their sum; None where none does or none is given.
        cost: of them [money].
    """

    criterion: Criterion
    state: State
    value: float | None
    threshold: float | None
    gap: float | None
    evidence: str | Text
    day: str
    by: str
    computed: Measured | None
    closing: tuple[str, ...] | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A framework with all of its criteria scored."""

    framework: Framework
    scored: tuple[Scored, ...]

    def count(self, state: State) -> int:
        """Criteria in a state."""
        return sum(s.state == state for s in self.scored)


def score(framework: Framework, answers: Answers, measured: Mapping[str, Measured]) -> Scorecard:
    """Every criterion of a framework with its state."""
    return Scorecard(
        framework, tuple(_scored(framework.name, c, answers, measured) for c in framework.criteria)
    )


def _scored(name: str, c: Criterion, answers: Answers, measured: Mapping[str, Measured]) -> Scored:
    entered = answers.answers.get((name, c.key))
    computed = measured.get(c.measure) if c.measure else None
    threshold = c.threshold
    if entered is not None and entered.threshold is not None:
        threshold = entered.threshold
    real = entered is not None and entered.value is not None
    value = entered.value if entered is not None and real else computed.value if computed else None
    if value is None or (c.test in (">=", "<=") and threshold is None):
        state: State = "unknown"
        gap = None
    else:
        gap = _gap(c, value, threshold)
        happened = real or bool(computed and computed.evidence)
        state = "short" if gap > 0 else "met" if happened else "planned"
    closing, cost = _closing(gap, answers.options.get((name, c.key), ()), computed)
    evidence: str | Text = ""
    day = by = ""
    if entered is not None and (real or entered.evidence):
        evidence, day, by = entered.evidence, entered.day, entered.by
    elif computed is not None:
        evidence = computed.evidence
    return Scored(c, state, value, threshold, gap or None, evidence, day, by, computed, closing, cost)


def _closing(
    gap: float | None, entered: Sequence[Option], computed: Measured | None
) -> tuple[tuple[str, ...] | None, float | None]:
    """The cheapest way to close a gap, with its cost: options, or more of what a plan knows the price of."""
    if not gap:
        return None, None
    found = cheapest(gap, (*entered, *(computed.options if computed else ())))
    price = computed.price * gap if computed and computed.price is not None else None
    whole = sum(o.cost for o in found) if found is not None else None
    if price is not None and computed is not None and (whole is None or price < whole):
        return (computed.way,), price
    return (None, None) if found is None else (tuple(o.name for o in found), whole)


def _gap(c: Criterion, value: float, threshold: float | None) -> float:
    if c.test == "report":
        return 0.0
    if c.test == "yes":
        return 0.0 if value >= 1.0 else 1.0
    assert threshold is not None
    return max(0.0, threshold - value if c.test == ">=" else value - threshold)


def cheapest(gap: float, options: Sequence[Option]) -> tuple[Option, ...] | None:
    """The cheapest set of options whose gains reach a gap; None where all together do not.

    All sets are asked up to fifteen options; with more, the fifteen that gain most per cost.
    """
    some = sorted(options, key=lambda o: o.cost / o.gain if o.gain > 0 else float("inf"))[:EXACT]
    sets = (
        chosen for size in range(1, len(some) + 1) for chosen in itertools.combinations(some, size)
        if sum(o.gain for o in chosen) >= gap - 1e-9
    )  # fmt: skip
    return min(sets, key=lambda chosen: (sum(o.cost for o in chosen), len(chosen)), default=None)


def read_answers(path: Path | None, known: Sequence[Framework]) -> Answers:
    """Read what a park enters: a CSV file of answers with ``options.csv`` beside it, or a workbook of both.

    Raises:
        StudyError: with every fault.
    """
    if path is None:
        return Answers({}, {})
    faults: list[Fault] = []
    criteria = {(f.name, c.key): c for f in known for c in f.criteria}
    tables = _tables(path)
    answers: dict[tuple[str, str], Answer] = {}
    options: dict[tuple[str, str], tuple[Option, ...]] = {}
    for name, allowed in (("answers", ANSWERS), ("options", OPTIONS)):
        for place, row in tables.get(name, ()):
            for stray in [h for h in row if h not in allowed]:
                faults.append(Fault(place, say("is no column of the sheet"), stray, listed(allowed)))
            of = str(row.get("framework", "")).strip(), str(row.get("id", "")).strip()
            if of not in criteria:
                needs = listed(f.name for f in known)
                faults.append(Fault(place, say("is no criterion of these frameworks"), " ".join(of), needs))
            elif name == "answers":
                answers[of] = _answer(criteria[of], row, place, faults)
            else:
                gain, cost = (_number(row.get(c), place, faults, c) for c in ("gain", "cost"))
                one = Option(str(row.get("option", "")), gain or 0.0, cost or 0.0)
                options[of] = (*options.get(of, ()), one)
    if faults:
        raise StudyError(faults, title=data(path.name))
    return Answers(answers, options)


def _tables(path: Path) -> dict[str, list[tuple[Place, dict[str, Any]]]]:
    found: dict[str, list[tuple[Place, dict[str, Any]]]] = {}
    if path.suffix.lower() == ".xlsx":
        for name, rows in open_workbook_safely(path).items():
            heads = {c.column: str(c.value).strip() for c in rows[0]} if rows else {}
            found[name.lower()] = [
                (
                    Place(file=path.name, sheet=name, line=r[0].row),
                    {heads.get(c.column, ""): c.value for c in r},
                )
                for r in rows[1:]
            ]  # fmt: skip
        return found
    for name, file in (("answers", path), ("options", path.parent / "options.csv")):
        if name == "answers" or file.is_file():
            table = read_csv_safely(file)
            heads_ = list(table.columns)
            found[name] = [
                (Place(file=file.name, line=line), {h: v for h, v in zip(heads_, row, strict=True) if v})
                for line, row in zip(table.lines, zip(*table.columns.values(), strict=True), strict=True)
            ]
    return found


def _answer(c: Criterion, row: Mapping[str, Any], place: Place, faults: list[Fault]) -> Answer:
    written = row.get("value")
    word = str(written).strip().lower() if written is not None else ""
    value: float | None
    if c.test == "yes" and word:
        value = 1.0 if word in YES else 0.0
        if word not in (*YES, *NO):
            faults.append(Fault(place, say("is neither yes nor no"), word, say("yes or no")))
    else:
        value = _number(written, place, faults, "value")
    if value is not None and c.unit == "%" and not 0 <= value <= 100:
        faults.append(Fault(place, say("is no percentage"), f"{value:g}", say("0 to 100 %")))
    evidence = str(row.get("evidence", "")).strip()
    if value is not None and not evidence:
        hint = say("name the document that shows it")
        faults.append(Fault(place, say("has a value without evidence"), word, say("evidence"), hint))
    day = row.get("date", "")
    threshold = _number(row.get("threshold"), place, faults, "threshold")
    when = day.isoformat()[:10] if isinstance(day, date) else str(day)
    return Answer(value, threshold, evidence, when, str(row.get("by", "")))


def _number(value: Any, place: Place, faults: list[Fault], column: str) -> float | None:  # noqa: ANN401
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return to_float(str(value).strip(), "", strict=False)
    except ValueError:
        where = Place(place.file, place.sheet, place.cell, place.line, column)
        faults.append(Fault(where, say("is no number"), str(value), say("a number")))
        return None


def plain(cards: Sequence[Scorecard], currency: str) -> list[dict[str, Any]]:
    """Scorecards as JSON; every criterion with its source, and every computed value with its rows."""
    return [
        {
            "framework": card.framework.name,
            "counts": {state: card.count(state) for state in STATES},
            "criteria": [_plain(s, currency) for s in card.scored],
        }
        for card in cards
    ]


def _plain(s: Scored, currency: str) -> dict[str, Any]:
    c = s.criterion
    return {
        "id": c.key, "group": c.group, "kind": c.kind, "en": c.text.en, "vi": c.text.vi, "test": c.test,
        "threshold": s.threshold, "unit": c.unit, "state": s.state, "value": s.value, "gap": s.gap,
        "evidence": s.evidence, "date": s.day, "by": s.by, "needed_evidence": c.evidence.en,
        "source": c.source, "confidence": c.confidence, "unverified": c.unverified, "note": c.note.en,
        "valid_from": None if c.valid_from is None else c.valid_from.isoformat(),
        "valid_to": None if c.valid_to is None else c.valid_to.isoformat(), "row": c.row or None,
        "computed": None if s.computed is None else {"value": s.computed.value, "rows": list(s.computed.rows),
                                                     "year": s.computed.year, "later": s.computed.later},
        "closing": None if s.closing is None else list(s.closing), "cost": s.cost, "currency": currency,
    }  # fmt: skip
