"""What was found in a series, and the mends a caller may name.

A reader never mends on its own. It reports findings: a ``note`` tells how something was read, a
``fault`` must be mended by name before the rows can be placed, and ``missing`` leaves NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import NOTHING, Text, joined, say, spoken

Severity = Literal["note", "fault", "missing"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing seen in a series.

    Attributes:
        kind: short name, such as "duplicates" or "midnight".
        severity: "note" (how it was read), "fault" (must be mended by name) or "missing" (NaN).
        count: how many rows or steps it concerns.
        what: what was seen, as a sentence.
        examples: first places, as (line, text).
        mend: what the caller would name to mend it; empty when nothing needs mending.
        mended: True when the caller named the mend and it was done.
    """

    kind: str
    severity: Severity
    count: int
    what: Text
    examples: tuple[tuple[int, str], ...] = ()
    mend: Text = NOTHING
    mended: bool = False

    def __str__(self) -> str:
        return self.text().of(spoken())

    def text(self) -> Text:
        """The finding in a sentence, with its first places."""
        seen = self.seen()
        parts: list[str] = [self.what, *([say(" ({seen})", seen=seen)] if seen else [])]
        return joined(parts + ([say(" [mended]")] if self.mended else []), "")

    def seen(self) -> Text:
        """The first places in words."""
        places = (
            say("line {number}: {text}", number=n, text=text) if n else text for n, text in self.examples
        )
        return joined(places, "; ")

    def as_fault(self, file: str) -> Fault:
        """This finding as a fault of ``file``."""
        line = self.examples[0][0] if self.examples else 0
        return Fault(Place(file=file, line=line), self.what, self.seen(), hint=self.mend)


@dataclass(frozen=True, slots=True)
class Mend:
    """The mends that a caller allows; each is named, none is a default.

    Attributes:
        midnight: "move" gives the 00:00 row that carries the previous day's date its own day.
        dst: "standard" turns the clock back to winter time, no row lost; "wall" keeps the wall clock:
            the hour that is skipped in spring stays missing, the hour met twice in autumn is averaged.
        duplicates: which row of one stamp counts.
        order: "sort" allows rows that do not follow in time.
        irregular: "average" puts rows that stand off the grid into the step they fall in.
        fill: "interpolate" (straight line; for registers the energy of the gap is kept),
            "same_weekday" (the nearest week that has the step), "zero".
        max_gap_hours: longest run that ``fill`` may close [h].
        negative: "keep" (export), "zero" or "missing".
        text: "missing" treats text that is no number as no value.
        reset: "missing" leaves the step in which a register was exchanged without a value, and leaves out
            readings that fall or leap and come back.
        spike: "keep" or "missing", for steps that carry more than the connection or far more than all others.
        year_end: "repeat_week" fills days missing at the start or end of the year from a week away;
            "turn" puts the months of a year that begins in another month (July to June) where they belong.
        max_filled: largest share of a year's steps that ``fill`` and "repeat_week" may make up.
        drop_leap_day: True removes 29 February.
        utc_offset_hours: local offset of stamps given in UTC [h].
    """

    midnight: Literal["move"] | None = None
    dst: Literal["standard", "wall"] | None = None
    duplicates: Literal["first", "last", "mean"] | None = None
    order: Literal["sort"] | None = None
    irregular: Literal["average"] | None = None
    fill: Literal["interpolate", "same_weekday", "zero"] | None = None
    max_gap_hours: float = 6.0
    negative: Literal["keep", "zero", "missing"] | None = None
    text: Literal["missing"] | None = None
    reset: Literal["missing"] | None = None
    spike: Literal["keep", "missing"] | None = None
    year_end: Literal["repeat_week", "turn"] | None = None
    max_filled: float = 0.02
    drop_leap_day: bool = False
    utc_offset_hours: float | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that are no hours, or no share."""
        faults = [
            Fault(
                Place(field=name), say("is no number of hours"), str(value), say("0 to {most:g}", most=most)
            )
            for name, value, most in (
                ("max_gap_hours", self.max_gap_hours, 8784.0),
                ("utc_offset_hours", abs(self.utc_offset_hours or 0.0), 14.0),
            )
            if not math.isfinite(value) or not 0 <= value <= most
        ]
        if not 0 <= self.max_filled <= 1:
            place = Place(field="max_filled")
            faults.append(
                Fault(
                    place,
                    say("is no share of a year"),
                    str(self.max_filled)[:20],
                    say("0 to 1, such as 0.05"),
                )
            )
        if faults:
            raise StudyError(faults, title=say("The mend"))


_MENDED_BY = {
    "midnight": "midnight",
    "dst": "dst",
    "duplicates": "duplicates",
    "unsorted": "order",
    "irregular": "irregular",
    "negative": "negative",
    "text": "text",
    "reset": "reset",
    "jump": "reset",
    "blip": "reset",
    "spike": "spike",
    "year_end": "year_end",
    "utc": "utc_offset_hours",
    "gap": "fill",
    "no_value": "fill",
    "excel_error": "fill",
}


def assume(mend: Mend) -> Mend:
    """The mends named, and one for each fault of the clock that is not.

    Reading goes on with these so that all faults of a file are found at once; what was only assumed is
    still raised, so no value read with it leaves the reader.
    """
    return replace(
        mend,
        midnight="move",
        order="sort",
        text="missing",
        reset="missing",
        dst=mend.dst or "standard",
        duplicates=mend.duplicates or "first",
        negative=mend.negative or "keep",
        utc_offset_hours=mend.utc_offset_hours or 0.0,
    )


def mark_mended(findings: Iterable[Finding], mend: Mend) -> tuple[Finding, ...]:
    """The findings, each marked when the caller named its mend."""
    return tuple(
        replace(f, mended=True)
        if f.kind in _MENDED_BY and getattr(mend, _MENDED_BY[f.kind]) is not None
        else f
        for f in findings
    )


def raise_unmended(
    file: str, findings: Iterable[Finding], severities: tuple[Severity, ...] = ("fault",)
) -> None:
    """Raise one ``StudyError`` with every finding of these severities that was not mended."""
    faults = [f.as_fault(file) for f in findings if f.severity in severities and not f.mended]
    if faults:
        raise StudyError(faults, title=file or say("The series"))
