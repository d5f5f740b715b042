"""Base year, recalculated when the structure changes, and what a later statement restates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import say


@dataclass(frozen=True, slots=True)
class BaseYear:
    """A base year and what changed since.

    Attributes:
        year: the base year.
        reported: its emissions as counted now [tCO2e].
        effects: sum of all changes that belong into it [tCO2e].
        recalculated: whether they pass the threshold, so that they count.
        amount: its emissions to compare with [tCO2e].
        threshold: share above which it is recalculated.
        log: all changes, in order of their day.
    """

    year: int
    reported: float
    effects: float
    recalculated: bool
    amount: float
    threshold: float
    log: tuple[Mapping[str, Any], ...]

    def change(self, emissions: float) -> float:
        """Change of a year's emissions against the base year, as a share."""
        return emissions / self.amount - 1 if self.amount else 0.0


def base_year(
    year: int, reported: float, changes: Sequence[Mapping[str, Any]], threshold: float | None
) -> BaseYear:
    """The base year, recalculated where changes pass the threshold (GHG Protocol Corporate Standard ch. 5).

    Args:
        year: the base year.
        reported: its emissions [tCO2e].
        changes: with day, facility, year, effect [tCO2e], reason and kind.
        threshold: share of the base year above which it is recalculated; the user's own.

    Raises:
        StudyError: when there are changes and no threshold: the standard asks for one, and it is not ours to
            choose.
    """
    own = sorted((c for c in changes if c["year"] == year), key=lambda c: str(c["day"]))
    if own and threshold is None:
        fault = Fault(
            Place(field="threshold"),
            say("is missing"),
            "",
            say("the share from which the base year is recalculated, such as 0.05"),
            say("GHG Protocol Corporate Standard ch. 5: choose it and keep to it"),
        )
        raise StudyError([fault], say("The inventory"))
    effects = sum(c["effect"] for c in own)
    limit = threshold or 0.0
    counts = bool(own) and reported != 0 and abs(effects) / abs(reported) >= limit
    return BaseYear(
        year, reported, effects, counts, reported + effects if counts else reported, limit, tuple(own)
    )


@dataclass(frozen=True, slots=True)
class Restated:
    """What differs from an earlier statement.

    Attributes:
        facility, year, scope, factor: of which lines.
        before, after: emissions then and now [tCO2e].
        provisional: whether the earlier factor stood in for one to come.
    """

    facility: str
    year: int
    scope: int
    factor: str
    before: float
    after: float
    provisional: bool


def restated(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Restated]:
    """Differences of two statements by facility, year, scope and factor.

    Args:
        before: rows with facility, year, scope, factor, co2e and provisional.
        after: the same of the later one.
    """
    keys = ("facility", "year", "scope", "factor")
    then = {tuple(row[k] for k in keys): row for row in before}
    now = {tuple(row[k] for k in keys): row for row in after}
    found = []
    for key in sorted({*then, *now}, key=str):
        old, new = then.get(key), now.get(key)
        one, two = (float(row["co2e"]) if row else 0.0 for row in (old, new))
        if abs(one - two) > 1e-9 * max(abs(one), abs(two), 1.0):
            facility, year, scope, factor = key
            stood_in = bool(old and old["provisional"])
            found.append(Restated(facility, year, scope, factor, one, two, stood_in))
    return found
