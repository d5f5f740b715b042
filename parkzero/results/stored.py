"""One year of a run as numbers: what the audit recomputes everything from.

Knows tables and the timeline only. Nothing of the model is imported here or in the checks, so that the audit
would notice a model that reports something else than it stores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from parkzero.timeline import Calendar, RealDays

FloatArray = npt.NDArray[np.float64]
Row = dict[str, Any]
Kind = Literal["flows", "injections", "prices", "rates"]


class Stored(Protocol):
    """What is read of results here."""

    @property
    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` holds."""
        ...

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """Every table by name."""
        ...

    @property
    def study(self) -> Mapping[str, Any]:
        """The study in words."""
        ...

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of one year."""
        ...


@dataclass(frozen=True, slots=True)
class YearNumbers:
    """Stored numbers of one milestone year.

    Attributes:
        year: the year.
        hours: real hours that each step stands for [h].
        steps: number of steps.
        flows, series: hourly values and coefficients by name, each of shape [steps].
        sizes: built amounts by ``asset.size[year]`` [MW or MWh].
        variables: other columns by name.
        before: the step whose end each step begins with, as the timeline says, shape [steps].
    """

    year: int
    hours: float
    steps: int
    flows: Mapping[str, FloatArray]
    series: Mapping[str, FloatArray]
    sizes: Mapping[str, float]
    variables: Mapping[str, float]
    before: npt.NDArray[np.int32]

    def coefficient(self, row: Row) -> float | FloatArray:
        """The coefficient of a row of ``rates`` or ``rules``: a number or shape [steps]."""
        return self.series[row["series"]] if row["series"] else float(row["scalar"])

    def term(self, row: Row) -> float | FloatArray:
        """Coefficient times what it stands before: a number or shape [steps].

        Raises:
            LookupError: when what it names is not stored.
        """
        coefficient, of = self.coefficient(row), row["of"]
        if of == "flow":
            return coefficient * self.flows[row["flow"]]
        if of == "before":
            return coefficient * self.flows[row["flow"]][self.before]
        if of == "size":
            return coefficient * self.sizes[row["flow"]]
        if of == "variable":
            return coefficient * self.variables[row["flow"]]
        return coefficient

    def amount(self, row: Row) -> float:
        """What a row of ``rates`` adds to its account in the year."""
        value = self.term(row)
        if row["of"] in ("flow", "one"):
            spread = np.broadcast_to(np.asarray(value), (self.steps,))
            return float(spread.sum() * self.hours)
        return float(value)


def year_numbers(results: Stored, year: int) -> YearNumbers:
    """Stored numbers of one milestone year."""
    row = results.tables["years"].filter(pl.col("year") == year).row(0, named=True)
    flows = _arrays(results.frame("flows", year))
    sizes = {
        f"{r['asset']}.{r['size']}[{r['year']}]": float(r["built"])
        for r in results.tables["sizes"].iter_rows(named=True)
    }
    kept = results.tables["variables"].filter(pl.col("year").is_in([0, year]))
    variables = dict(zip(kept["name"], kept["value"], strict=True))
    steps = results.frame("flows", year).height
    return YearNumbers(
        year,
        float(row["hours"] * row["scale"]),
        steps,
        flows,
        _arrays(results.frame("rates", year)),
        sizes,
        variables,
        RealDays(Calendar(**results.study["calendar"])).before,
    )


def _arrays(frame: pl.DataFrame) -> dict[str, FloatArray]:
    return {name: frame[name].to_numpy() for name in frame.columns if name != "start"}


def grouped(frame: pl.DataFrame, keys: list[str]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows of a table by their keys, in the order in which the keys appear."""
    for key, part in frame.group_by(keys, maintain_order=True):
        yield tuple(str(k) for k in key), list(part.iter_rows(named=True))
