"""The tables of a PyPSA network, gathered row by row and written as PyPSA's folder of CSV files.

Snapshots are always pairs of (milestone year, step), so that discounting and retirement are PyPSA's own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.study.study import Study
from parkzero.texts import say
from parkzero.units import FloatArray

Value = float | int | str | bool | FloatArray
WRITTEN_FOR = "1.4.0"
README = """This folder is a PyPSA network, written by ParkZero from the study "{name}".

    import pypsa
    n = pypsa.Network("{folder}")
    n.optimize(multi_investment_periods=True, include_objective_constant=False)

Money is in {currency}. n.objective is the discounted cost of the plan that ParkZero minimises.

What one asset of ParkZero has become: one asset for each year of building ("pv.2030"), and one for what
stands already ("pv.existing"). ParkZero lets the vintages of an asset share their operation; here they share
a bus where it matters (a battery's cells, a heat store), so the optimum is the same.
Unserved demand and excess emissions, which ParkZero prices in order to explain an impossible study, do not
exist here: an impossible study is infeasible.
"""


@dataclass(slots=True)
class Sheets:
    """Static attributes and series by PyPSA's lists ("generators", "links", …).

    Attributes:
        study: what is being written.
        static: list name to asset to attribute to value.
        series: (list name, attribute) to asset to values over all snapshots [years x steps].
    """

    study: Study
    static: dict[str, dict[str, dict[str, Value]]] = field(default_factory=dict)
    series: dict[tuple[str, str], dict[str, FloatArray]] = field(default_factory=dict)

    def add(self, sheet: str, name: str, **attributes: Value) -> None:
        """Add an asset; an array that does not vary is written as a number."""
        row = self.static.setdefault(sheet, {}).setdefault(name, {})
        for key, value in attributes.items():
            if isinstance(value, np.ndarray):
                if (value == value[0]).all():
                    row[key] = float(value[0])
                else:
                    self.series.setdefault((sheet, key), {})[name] = value
            else:
                row[key] = value

    def write(self, folder: Path) -> None:
        """Write the folder; it appears when it is complete.

        Raises:
            StudyError: when something stands in the way of the folder.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise StudyError(
                [
                    Fault(
                        Place(str(folder)), say("is not empty"), hint=say("name a folder that does not exist")
                    )
                ]
            )
        if not folder.parent.is_dir():
            raise StudyError(
                [Fault(Place(str(folder.parent)), say("is no folder"), hint=say("create it first"))]
            )
        partial = Path(tempfile.mkdtemp(prefix=f"{folder.name}.partial-", dir=folder.parent))
        try:
            self._write_into(partial, folder.name)
            if folder.exists():
                folder.rmdir()
            os.replace(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _write_into(self, folder: Path, name: str) -> None:
        study = self.study
        readme = README.format(name=study.name, folder=name, currency=study.currency)
        (folder / "README.txt").write_text(readme, encoding="utf-8")
        pl.DataFrame({"name": [study.name], "pypsa_version": [WRITTEN_FOR]}).write_csv(folder / "network.csv")
        snapshots(study).write_csv(folder / "snapshots.csv")
        milestones = study.milestones
        pl.DataFrame(
            {
                "period": list(milestones.years),
                "objective": list(milestones.weights),
                "years": list(milestones.spans),
            }
        ).write_csv(folder / "investment_periods.csv")
        for sheet, rows in self.static.items():
            framed(rows).write_csv(folder / f"{sheet}.csv")
        count = len(milestones.years) * study.timeline.steps
        for (sheet, attribute), columns in self.series.items():
            frame = pl.DataFrame({"snapshot": np.arange(count), **columns})
            frame.write_csv(folder / f"{sheet}-{attribute}.csv")


def framed(rows: Mapping[str, Mapping[str, Value]]) -> pl.DataFrame:
    """Rows by name as a table whose missing cells are empty (PyPSA then takes its default)."""
    keys = list(dict.fromkeys(key for row in rows.values() for key in row))
    columns = {key: [row.get(key) for row in rows.values()] for key in keys}
    return pl.DataFrame({"name": list(rows), **columns}, strict=False)


def snapshots(study: Study) -> pl.DataFrame:
    """Year, step and the weights of each snapshot."""
    timeline, years = study.timeline, study.milestones.years
    weight = np.tile(timeline.weights * timeline.hours, len(years))
    return pl.DataFrame(
        {
            "snapshot_number": np.arange(len(weight)),
            "period": np.repeat(years, timeline.steps),
            "timestep": np.tile(timeline.calendar.starts.astype("datetime64[ms]"), len(years)),
            "objective": weight,
            "stores": np.full(len(weight), timeline.hours),
            "generators": weight,
        }
    )
