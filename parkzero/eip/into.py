"""Chosen matches as candidate assets of a study: what a plan may build, hour by hour, beside all else.

Heat, also latent, becomes ``waste_heat`` of the sink's tenant, at the stream's temperatures and hours; its
investment is that of pipe and exchanger. Water becomes ``treatment`` between two buses of the study, or a
``purchase``; cooling, carbon dioxide and materials become a ``purchase`` at the middle of the price range.
What a pipe loses on its way does not arrive. A source that serves several sinks is shared out in proportion,
so that none is counted twice.

A partner that is there in 95 % of its hours stops on whole days, spread over the year, in which the link
gives nothing: today's supply, which stays in the study, must then carry all, and plan and ledger hold what it
costs to keep it. Nothing that stands in the study is changed: a plan is free not to build, so that no cost
can rise.
"""

from __future__ import annotations

import csv
import io
import math
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from parkzero.eip.hours import WEEK
from parkzero.eip.offers import Offer
from parkzero.eip.symbiosis import Symbiosis
from parkzero.errors import Fault, Place, StudyError
from parkzero.study.toml_text import to_toml
from parkzero.study.writer import replace_file
from parkzero.texts import Text, data, listed, say
from parkzero.units import FloatArray

SERIES = "symbiosis.csv"
GAS = ("hydrogen", "co2", "product")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written into a study.

    Attributes:
        assets: names of the new assets.
        left: links that could not be, each with its reason.
    """

    assets: tuple[str, ...]
    left: tuple[tuple[str, Text], ...]


def write_into(found: Symbiosis, study: Path) -> Written:
    """Add chosen matches to the park.toml of a study, and their hours beside it.

    Raises:
        StudyError: when the study is no folder with a park.toml, has another currency, holds such assets
            already, or cannot be written.
    """
    path = study / "park.toml" if study.is_dir() else study
    if path.suffix != ".toml" or not path.is_file():
        hint = say("parkzero convert turns a workbook into a folder")
        told = Fault(Place(file=str(study)), say("is no folder with a park.toml"), hint=hint)
        raise StudyError([told], title=say("The study"))
    text = path.read_text(encoding="utf-8")
    tree = tomllib.loads(text)
    faults = _faults(found, tree, path)
    if faults:
        raise StudyError(faults, title=data(path.name))
    maker = _Maker(found, tree)
    for row in found.picked.iter_rows(named=True):
        maker.link(row)
    if maker.assets:
        if maker.columns:
            replace_file(path.with_name(SERIES), _csv(maker.columns))
        head = f"\n\n# {'-' * 20} symbiosis: {found.site.name}\n"
        replace_file(path, text.rstrip("\n") + head + to_toml({"assets": maker.assets}))
    return Written(tuple(maker.assets), tuple(maker.left))


def _faults(found: Symbiosis, tree: dict[str, Any], path: Path) -> list[Fault]:
    faults = []
    currency = str(tree.get("park", {}).get("currency", ""))
    if currency != found.site.currency:
        needs = say("the currency of the study")
        where = Place(file=path.name, field="park.currency")
        faults.append(Fault(where, say("differs from the questionnaire's"), currency, needs))
    there = [a for a in tree.get("assets", {}) if a.startswith("symbiosis_")]
    if there:
        hint = say("remove them, or name another study")
        faults.append(
            Fault(Place(file=path.name), say("holds links of a symbiosis already"), listed(there), hint=hint)
        )
    buses = tree.get("buses", {})
    for offer in found.site.offers:
        if offer.bus and offer.bus not in buses:
            faults.append(Fault(offer.place, say("names a bus that the study does not have"), offer.bus))
    return faults


class _Maker:
    """Turns matches into assets, and notes what cannot be."""

    def __init__(self, found: Symbiosis, tree: dict[str, Any]) -> None:
        self.site, self.tree = found.site, tree
        self.offers = {o.key: o for o in found.site.offers}
        self.used: dict[str, float] = {}
        for source, rate in found.picked.select("source", "rate").iter_rows():
            self.used[source] = self.used.get(source, 0.0) + rate
        self.assets: dict[str, Any] = {}
        self.columns: dict[str, FloatArray] = {}
        self.left: list[tuple[str, Text]] = []

    def link(self, row: dict[str, Any]) -> None:
        """One match."""
        a, b = self.offers[row["source"]], self.offers[row["sink"]]
        name = f"symbiosis_{a.key}_{b.key}"
        bus = self.tree.get("buses", {}).get(b.bus) if b.bus else None
        if bus is None:
            self.left.append((name, say("its sink names no bus of the study")))
        elif b.medium in ("heat", "steam"):
            self.heat(name, row, a, b, bus)
        elif b.medium == "cooling":
            self.cooling(name, row, a, b, bus)
        elif b.medium == "water":
            self.water(name, row, a, b)
        else:
            self.bought(name, row, a, b)

    def heat(self, name: str, row: dict[str, Any], a: Offer, b: Offer, bus: dict[str, Any]) -> None:
        needed = _degrees(bus.get("temperature"))
        gap = a.contribution + b.contribution
        if bus.get("carrier") != "heat" or needed is None:
            self.left.append((name, say("its bus is no bus of heat with a temperature")))
            return
        if a.supply <= needed + gap:
            what = say(
                "its bus is at {bus:g} degC, too hot for a source at {source:g} degC: give the sink a bus of"
                " its own",
                bus=needed,
                source=a.supply,
            )
            self.left.append((name, what))
            return
        share = row["rate"] / self.used[a.key]
        here = self.arriving(row, b)
        self.columns[name] = self.there(a) * a.rate * share * here
        money, power = self.site.currency, row["rate"] * here
        self.assets[name] = self.owned(b, {
            "kind": "waste_heat", "to": b.bus,
            "available": {"file": SERIES, "column": name, "unit": "MW"},
            "temperature": f"{_number(a.supply)} degC", "coldest": f"{_number(a.target)} degC",
            "approach": f"{_number(gap)} degC",
            "power": {"capex": f"{row['capex'] / power:.0f} {money}/MW", "max": f"{_number(power)} MW",
                      "lifetime": f"{_number(self.site.settings.costs.life)} years"},
            "fixed_om": f"{_number(100 * self.site.settings.costs.upkeep)} %",
            "note": self.note(row, a),
        })  # fmt: skip

    def cooling(self, name: str, row: dict[str, Any], a: Offer, b: Offer, bus: dict[str, Any]) -> None:
        """Cold, bought of the neighbour as far as it is cold enough."""
        needed, gap = _degrees(bus.get("temperature")), a.contribution + b.contribution
        if bus.get("carrier") != "cooling":
            self.left.append((name, say("its bus is no bus of cooling")))
        elif needed is not None and a.supply + gap > needed:
            what = say(
                "its bus is at {bus:g} degC, too cold for a source at {source:g} degC: give the sink a bus"
                " of its own",
                bus=needed, source=a.supply,
            )  # fmt: skip
            self.left.append((name, what))
        else:
            self.bought(name, row, a, b)

    def arriving(self, row: dict[str, Any], b: Offer) -> float:
        """Share of what the source gives that arrives."""
        return self.site.settings.costs.arriving(b.medium, row["km"])

    def water(self, name: str, row: dict[str, Any], a: Offer, b: Offer) -> None:
        money = self.site.currency
        if a.bus and row["capex"] is not None:
            asset = {
                "kind": "treatment", "source": a.bus, "to": b.bus,
                "recovery": f"{_number(100 * self.arriving(row, b))} %",
                "capacity": {"capex": f"{row['capex'] / row['rate']:.0f} {money}/(m^3/h)",
                             "max": f"{_number(row['rate'])} m^3/h",
                             "lifetime": f"{_number(self.site.settings.costs.life)} years"},
                "note": self.note(row, a),
            }  # fmt: skip
            if a.treatment_cost is not None:
                asset["variable_om"] = f"{_number(a.treatment_cost)} {money}/m^3"
            self.assets[name] = self.owned(b, asset)
            return
        self.bought(name, row, a, b)

    def bought(self, name: str, row: dict[str, Any], a: Offer, b: Offer) -> None:
        if row["price_low"] is None or row["price_high"] is None:
            self.left.append((name, say("no price is known for it")))
            return
        unit = {"water": "m^3", "cooling": "MWh"}.get(b.medium, "t")
        rate = "MW" if unit == "MWh" else f"{unit}/h"
        price = max(0.0, (row["price_low"] + row["price_high"]) / 2)
        self.columns[name] = self.there(a) * row["rate"] * self.arriving(row, b)
        self.assets[name] = self.owned(b, {
            "kind": "purchase", "bus": b.bus, "price": f"{_number(price)} {self.site.currency}/{unit}",
            "available": {"file": SERIES, "column": name, "unit": rate},
            "yearly_limit": f"{_number(row['amount'])} {unit}", "note": self.note(row, a),
        })  # fmt: skip

    def owned(self, b: Offer, asset: dict[str, Any]) -> dict[str, Any]:
        if b.tenant in self.tree.get("tenants", {}):
            asset = {**asset, "owner": b.tenant}
        milestones = self.tree.get("years", {}).get("milestones", [])
        # The first of several milestones is today, as it stands.
        return {**asset, "first_year": milestones[0] + 1} if len(milestones) > 1 else asset

    def note(self, row: dict[str, Any], a: Offer) -> str:
        stops = stops_of(a)
        return (
            f"symbiosis {row['source']} -> {row['sink']}, {row['km']:.2f} km; price that serves both "
            f"{row['price_low'] or 0:.0f} to {row['price_high'] or 0:.0f} {self.site.currency}; "
            f"{f'stops on {len(stops)} days a year; ' if len(stops) else ''}questionnaire {self.site.name}"
        )

    def there(self, a: Offer) -> FloatArray:
        """Where a stream is there, for each step of the study's calendar year."""
        park = self.tree.get("park", {})
        year, minutes = int(park.get("calendar_year", 2025)), int(str(park.get("step", "60 min")).split()[0])
        start = date(year, 1, 1)
        days = 365
        hour = np.arange(days * 24 * 60 // minutes) * minutes // 60
        week = a.week[(24 * start.weekday() + hour) % WEEK]
        ends = np.cumsum([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
        month = np.searchsorted(ends, hour // 24, side="right")
        there: FloatArray = (week & a.months[month]).astype(float)
        there[np.isin(hour // 24, stops_of(a, start.weekday()))] = 0.0
        return there


def stops_of(a: Offer, first: int = 0) -> npt.NDArray[np.int64]:
    """Days of a year on which a partner stops, by its reliability: whole days, spread evenly over its own.

    Args:
        a: its stream.
        first: day of the week on which the year begins, 0 on Monday.
    """
    days = np.arange(365)
    ends = np.cumsum([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    month = np.searchsorted(ends, days, side="right")
    works: npt.NDArray[np.bool_] = np.max(a.week.reshape(7, 24), axis=1)
    own = days[works[(first + days) % 7] & a.months[month]]
    count = min(len(own), math.ceil((1.0 - a.reliability) * len(own) - 1e-9))
    chosen: npt.NDArray[np.int64] = own[((np.arange(count) + 0.5) * len(own) / max(count, 1)).astype(int)]
    return chosen


def _number(value: float) -> str:
    """A number as files hold it: never with three decimals, which read as thousands too."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def _degrees(text: object) -> float | None:
    try:
        return float(str(text).replace("degC", "").strip())
    except ValueError:
        return None


def _csv(columns: dict[str, FloatArray]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*([f"{v:.6f}" for v in c] for c in columns.values()), strict=True))
    return text.getvalue()
