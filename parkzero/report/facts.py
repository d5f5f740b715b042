"""What the report reads of the results, checked once: standing, names, owners and notes."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from parkzero import texts
from parkzero.charts.palette import SOFT
from parkzero.errors import Fault, Place, StudyError
from parkzero.report.words import Both, both, remarks, say, told
from parkzero.results.labels import called, labels_of
from parkzero.results.results import Kind, Results
from parkzero.units import FloatArray

Standing = Literal["proven", "stopped", "infeasible"]
_STATUS: Final = ("optimal", "stopped", "infeasible")
_MADE: Final = "made_from."
_UNTOLD: Final = "other"


@dataclass(frozen=True, slots=True)
class Account:
    """Where bookings go: its name, its colour, what it counts and what it belongs to."""

    name: Both
    colour: str
    family: str
    group: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A kind of assets, what a fuel is made from, or a carrier, as it is drawn.

    Attributes:
        name: its name, as a heading has it.
        colour: its colour.
        group: where its kind says that it belongs: power, heat, storage, network, demand and so on.
        traits: what its kind says of it, such as "demand" or "connection".
        rate, amount: of a carrier, the units of what flows and of what has flowed.
    """

    name: Both
    colour: str = SOFT
    group: str = ""
    traits: frozenset[str] = frozenset()
    rate: str = "MW"
    amount: str = "MWh"


@dataclass(frozen=True)
class Facts:
    """Results with what the report asks of them time and again."""

    results: Results

    @property
    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` holds."""
        return self.results.summary

    @property
    def name(self) -> str:
        """Title of the study."""
        return str(self.summary.get("name") or self.results.study.get("name") or "ParkZero")

    @property
    def currency(self) -> str:
        """Currency of all money."""
        return str(self.summary["currency"])

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """Every account by its word, in the order of a stack from the bottom up."""
        table = self.results.accounts.to_dicts()
        return {
            row["account"]: Account(
                Both(row["vi"], row["en"]), row["colour"] or SOFT, row["family"], row["group"]
            )
            for row in table
        }

    def account(self, name: str) -> Account:
        """An account by its word; one that the table lacks reads as it is written."""
        return self.accounts.get(name) or Account(both(name), SOFT, "", "")

    @cached_property
    def costs(self) -> list[str]:
        """Accounts of cost; the price of shortfalls is no cost of a plan."""
        return [k for k, a in self.accounts.items() if a.family == "cost" and a.group != "penalty"]

    @cached_property
    def years(self) -> list[int]:
        """Milestone years."""
        return self.results.year_list

    @cached_property
    def weights(self) -> FloatArray:
        """Discounted years for which each milestone stands, shape [years]."""
        return self.results.years["weight"].to_numpy()

    def number(self, key: str) -> float:
        """A number of the summary; NaN where it is missing."""
        value = self.summary.get(key)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan

    @cached_property
    def standing(self) -> Standing:
        """How far the plan may be trusted; "optimal" counts only where gap and bounds bear it out."""
        status = self.summary.get("status")
        if status == "infeasible":
            return "infeasible"
        gap, tolerance = self.number("gap"), self.number("tolerance")
        proven = status == "optimal" and 0 <= gap <= tolerance * (1 + 1e-9) + 1e-12
        return "proven" if proven else "stopped"

    @property
    def marginal(self) -> bool:
        """Whether prices and savings come from operating the plan's sizes, not from one problem for all."""
        return self.summary.get("method") == "certified"

    @cached_property
    def audit_failed(self) -> int:
        """Checks of the audit that do not hold."""
        return int(self.results.audit.filter(~pl.col("ok").fill_null(False)).height)

    @cached_property
    def synthetic(self) -> list[Both]:
        """Why and where series are synthetic, each reason once."""
        noted = remarks(self.summary, "synthetic")
        rows = self.results.assumptions.filter(pl.col("synthetic").fill_null("") != "")
        return noted or list(dict.fromkeys(told(row, "synthetic") for row in rows.to_dicts()))

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Kind of each asset."""
        table = self.results.components
        return dict(zip(table["asset"], table["kind"], strict=True))

    @cached_property
    def labels(self) -> dict[str, Both]:
        """What people call those assets that have a label."""
        return labels_of(self.results)

    def asset(self, asset: str) -> Both:
        """What people call an asset; its id where it has no label."""
        return called(self.labels, asset)

    @cached_property
    def tenants(self) -> dict[str, str]:
        """Name of each tenant by id."""
        table = self.results.tenants
        return {i: n or i for i, n in zip(table["id"], table["name"], strict=True)}

    def owner(self, owner: str | None) -> Both:
        """Name of an owner; the park where nobody is named."""
        if not owner:
            return say("owner.park")
        actors = self.results.tables["actors"]
        found = actors.filter(pl.col("actor") == owner).head(1).to_dicts()
        return Both(found[0]["vi"], found[0]["en"]) if found else both(self.tenants.get(owner, owner))

    @cached_property
    def carriers(self) -> dict[str, str]:
        """Carrier of each bus."""
        table = self.results.buses
        return dict(zip(table["bus"], table["carrier"], strict=True))

    @cached_property
    def _places(self) -> dict[str, Both]:
        rows = self.results.buses.to_dicts()
        of_owner = Counter((r["owner"], r["carrier"]) for r in rows)
        return {
            r["bus"]: self.owner(r["owner"]) if r["owner"] and of_owner[r["owner"], r["carrier"]] == 1
            else both(r["bus"])
            for r in rows
        }  # fmt: skip

    def place(self, bus: str) -> Both:
        """Whose bus of its carrier it is; its id where it is nobody's, or one of several."""
        return self._places.get(bus) or both(bus)

    @cached_property
    def carrier_of(self) -> dict[str, Drawn]:
        """Each carrier that some bus has, by its word."""
        rows = self.results.buses.to_dicts()
        return {
            r["carrier"]: Drawn(
                heading(r["vi"], r["en"] or r["carrier"]), r["colour"] or SOFT,
                rate=r["rate"] or "MW", amount=r["amount"] or "MWh",
            )
            for r in rows
        }  # fmt: skip

    @cached_property
    def technologies(self) -> dict[str, Drawn]:
        """How groups of assets are drawn: kinds, and what fuels are made from."""
        found = {
            r["kind"]: Drawn(
                heading(r["vi"], r["en"] or r["kind"]), r["colour"] or SOFT, r["group"] or "",
                frozenset((r["traits"] or "").split()),
            )
            for r in self.results.components.to_dicts()
        }  # fmt: skip
        for r in self.results.tables["origins"].to_dicts():
            found[_MADE + r["origin"]] = Drawn(heading(r["vi"], r["en"]), r["colour"], "fuel")
        return found

    def drawn(self, technology: str) -> Drawn:
        """How a group of assets is drawn; one that the results lack reads as it is written."""
        return self.technologies.get(technology) or Drawn(both(technology))

    def technology_name(self, kind: str) -> Both:
        """The name of a kind of assets, or of what a fuel is made from."""
        return self.drawn(kind).name

    @cached_property
    def _groups(self) -> dict[str, str]:
        table = self.results.components
        return {
            asset: kind if not origin or origin == _UNTOLD else _MADE + origin
            for asset, kind, origin in zip(table["asset"], table["kind"], table["made_from"], strict=True)
        }

    def technology(self, asset: str) -> str:
        """The group under which an asset is drawn: its kind; of a fuel, what that is made from."""
        return self._groups.get(asset, asset)

    @cached_property
    def _words(self) -> dict[str, dict[str, list[str]]]:
        table = self.results.components
        return {a: json.loads(w) if w else {} for a, w in zip(table["asset"], table["words"], strict=True)}

    def word(self, asset: str, name: str) -> Both | None:
        """What the kind of an asset calls a flow, size or rule; None where the common words hold."""
        pair = self._words.get(asset, {}).get(name)
        return None if pair is None else Both(*pair)

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of a year."""
        return self.results.frame(kind, year)

    def by_year(self, *accounts: str, owner: str | None = None) -> FloatArray:
        """What is booked under some accounts in each year, shape [years]."""
        wanted = pl.col("account").is_in(list(accounts))
        return self._sums(wanted if owner is None else wanted & (pl.col("owner").fill_null("") == owner))

    def _sums(self, wanted: pl.Expr) -> FloatArray:
        """Sum of some bookings in each year, shape [years]."""
        rows = self.results.ledger.filter(wanted)
        sums = dict(rows.group_by("year").agg(pl.col("amount").sum()).iter_rows())
        return np.array([float(sums.get(year, 0.0)) for year in self.years])

    @cached_property
    def renewable(self) -> FloatArray:
        """Electricity generated from what is renewable in each year [MWh], shape [years]."""
        return self._sums(self._generated)

    @property
    def _generated(self) -> pl.Expr:
        """Bookings of electricity that is generated from what is renewable."""
        origins = self.results.tables["origins"].filter(pl.col("family") == "renewable")["origin"]
        return (pl.col("account") == "generated") & pl.col("made_from").is_in(origins.to_list())

    @cached_property
    def renewable_assets(self) -> frozenset[str]:
        """Assets that generate electricity from what is renewable."""
        return frozenset(self.results.ledger.filter(self._generated)["asset"].to_list())

    @cached_property
    def cost(self) -> FloatArray:
        """Cost of one typical year of each milestone [money], shape [years]."""
        return self.by_year(*self.costs)

    @cached_property
    def owners(self) -> list[str]:
        """Owners that have bookings of cost, the park first."""
        rows = self.results.ledger.filter(pl.col("account").is_in(self.costs))
        return sorted(set(rows["owner"].fill_null("").to_list()))


def facts_of(results: Results) -> Facts:
    """Check what no report can do without.

    Raises:
        StudyError: when status, currency or years are missing.
    """
    faults = []
    summary = results.summary
    place = Place(file="summary.json")
    if summary.get("status") not in _STATUS:
        faults.append(
            Fault(
                place,
                texts.say("has no known status"),
                repr(summary.get("status"))[:60],
                texts.listed(_STATUS),
                texts.say("plan again"),
            )
        )
    if not summary.get("currency"):
        faults.append(
            Fault(
                place,
                texts.say("names no currency"),
                "",
                texts.say("VND, USD or EUR"),
                texts.say("plan again"),
            )
        )
    if results.years.is_empty():
        faults.append(
            Fault(
                Place(file="tables/years.parquet"),
                texts.say("holds no milestone year"),
                "",
                texts.say("a year"),
                texts.say("plan again"),
            )
        )
    if faults:
        raise StudyError(faults, texts.say("The results"))
    return Facts(results)


def heading(vi: str | None, en: str) -> Both:
    """A name that is written as within a sentence, as a heading has it."""
    return Both(*(text[:1].upper() + text[1:] for text in (vi or en, en)))
