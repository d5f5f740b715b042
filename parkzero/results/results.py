"""Results: what a plan says, as tables and hourly cubes, apart from the model that it came from.

Results come either from a plan in memory or from a stored run; readers cannot tell the difference. Tables are
small and held; hours are large and fetched year by year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl
import xarray as xr

from parkzero.results import booked, wear
from parkzero.results.stored import Kind as Kind

KINDS: tuple[Kind, ...] = ("flows", "injections", "prices", "rates")
TABLES = (
    "years", "sizes", "builds", "accounts", "actors", "origins", "ledger", "prices_mean", "policies",
    "binding", "assumptions", "components", "buses", "tenants", "history", "audit", "rates",
    "rules", "variables", "reference", "reference_sizes", "savings", "savings_yearly", "technologies",
    "bills", "fleet_replay", "fleet_events", "fleet_duties", "fleet_windows",
    "fleet_exhaust", "fleet_costs",
)  # fmt: skip
FORMAT = 5


class Hours(Protocol):
    """Where hourly values come from."""

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of one year: ``start`` and one column for each series."""
        ...


@dataclass(frozen=True, slots=True)
class Results:
    """What a plan says.

    Attributes:
        summary: what ``summary.json`` holds: status, objective, bounds, gap, audit and more.
        tables: every table by name; the properties below name the usual ones.
        hours: source of hourly values.
        study: the study in words, as ``study.json`` holds it.
    """

    summary: dict[str, Any]
    tables: Mapping[str, pl.DataFrame]
    hours: Hours
    study: Mapping[str, Any]

    @property
    def years(self) -> pl.DataFrame:
        """Milestone years: year, span, weight [discounted years], hours [h], scale."""
        return self.tables["years"]

    @property
    def sizes(self) -> pl.DataFrame:
        """What is built and stands of every size in every milestone year [MW or MWh]."""
        return self.tables["sizes"]

    @property
    def builds(self) -> pl.DataFrame:
        """For every size and year of building: what one more unit would cost the plan [money/unit]."""
        return self.tables["builds"]

    @property
    def accounts(self) -> pl.DataFrame:
        """Where bookings go: unit, family, scope, group, colour and words of each account."""
        return self.tables["accounts"]

    def under(self, *families: str) -> list[str]:
        """Accounts of some families, in the order in which stacks are drawn."""
        return self.accounts.filter(pl.col("family").is_in(families))["account"].to_list()

    @property
    def counted(self) -> list[str]:
        """Accounts of emissions that count: scope 1 and 2."""
        kept = self.accounts.filter((pl.col("family") == "emission") & pl.col("scope").is_in(["1", "2"]))
        return kept["account"].to_list()

    @property
    def ledger(self) -> pl.DataFrame:
        """One row for each booking: amounts of one typical year [money, t or MWh]."""
        return self.tables["ledger"]

    @property
    def prices_mean(self) -> pl.DataFrame:
        """Mean, lowest and highest price of each bus [money/MWh]."""
        return self.tables["prices_mean"]

    @property
    def policies(self) -> pl.DataFrame:
        """Limits on the year: limit, value, what one unit of loosening saves a year."""
        return self.tables["policies"]

    @property
    def binding(self) -> pl.DataFrame:
        """Rules that hold the plan back, with what loosening every step by one unit saves a year."""
        return self.tables["binding"]

    @property
    def assumptions(self) -> pl.DataFrame:
        """Where every value came from, with its keys apart, and what of the books it names."""
        return self.tables["assumptions"]

    @property
    def components(self) -> pl.DataFrame:
        """Assets and policies with their fields as JSON text."""
        return self.tables["components"]

    @property
    def buses(self) -> pl.DataFrame:
        """Buses with carrier, temperature [degC] and owner."""
        return self.tables["buses"]

    @property
    def tenants(self) -> pl.DataFrame:
        """Tenants with name and trade."""
        return self.tables["tenants"]

    @property
    def history(self) -> pl.DataFrame:
        """Bounds as they closed [money] over seconds [s]."""
        return self.tables["history"]

    @property
    def audit(self) -> pl.DataFrame:
        """Residuals of the audit of the stored tables; empty until results are stored."""
        return self.tables["audit"]

    @property
    def year_list(self) -> list[int]:
        """Milestone years, ascending."""
        return [int(year) for year in self.years["year"]]

    def hourly(
        self,
        account: str,
        actor: str | None = None,
        *,
        made_from: str | Sequence[str] | None = None,
        years: Sequence[int] | None = None,
    ) -> xr.DataArray:
        """What is booked under an account in each step, as a rate [account unit / h] over (year, start).

        What is booked once for a month or the year, such as capex or a demand charge, has no hour and is not
        in it.

        Args:
            account: such as "energy", "scope2" or "generated"; ``accounts`` lists them.
            actor: only what this actor pays, less what it is paid; ``tables["actors"]`` lists them.
            made_from: only what is made from this origin, such as "solar", or this family: "renewable",
                "fossil", "bought"; or from any of several. ``tables["origins"]`` lists them.
            years: milestone years; all by default.

        Raises:
            StudyError: when there is no such account, actor or origin.
        """
        return booked.hourly(self, account, actor, made_from=made_from, years=years)

    def by_actor(self) -> pl.DataFrame:
        """What each actor pays in each year, less what it is paid [money]: actor, role, account, amount.

        Over all actors it adds up to zero; over those within the plan, to its cost.
        """
        return booked.by_actor(self)

    def wear(self) -> pl.DataFrame:
        """Cycles of every battery in the plan's own hours, by rainflow, against those that it was sized for.

        Columns: year, asset, cycles (full ones in the year), deepest (swing, as a share of what stands),
        allowed (cycles a year), by_age and by_cycles (shares of the energy lost in the year), planned (the
        share that its sizes reckon with; by_age + by_cycles is no more where the plan is on the safe side).
        """
        return wear.wear(self)

    @property
    def dataset(self) -> xr.Dataset:
        """All hours of all years: flows, injections and prices over (year, start, name).

        Built when asked for and not kept; ``cube`` fetches less.
        """
        names: dict[Kind, str] = {"flows": "flow", "injections": "injection", "prices": "bus"}
        return xr.Dataset({kind: self.cube(kind).rename(name=name) for kind, name in names.items()})

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of one year: ``start`` and one column for each series."""
        return self.hours.frame(kind, year)

    def cube(
        self, kind: Kind, years: list[int] | None = None, names: list[str] | None = None
    ) -> xr.DataArray:
        """Hourly values as an array over (year, start, name).

        Args:
            kind: flows [MW or MWh], injections [MW], prices [money/MWh] or rates.
            years: milestone years; all by default.
            names: series; all by default. A series that a year lacks is zero there.
        """
        chosen = years or self.year_list
        frames = [self.frame(kind, year) for year in chosen]
        found = names or list(dict.fromkeys(n for f in frames for n in f.columns if n != "start"))
        values = np.zeros((len(chosen), frames[0].height, len(found)))
        for i, frame in enumerate(frames):
            for j, name in enumerate(found):
                if name in frame.columns:
                    values[i, :, j] = frame[name].to_numpy()
        coords = {"year": chosen, "start": frames[0]["start"].to_numpy(), "name": found}
        return xr.DataArray(values, coords=coords, dims=("year", "start", "name"), name=kind)
