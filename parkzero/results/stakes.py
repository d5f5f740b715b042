"""What hangs on a value: how much the least cost would move if it were wrong, read from a finished plan.

At an optimum a small change of a price or a cost moves the least total cost by what the plan pays at that
price (the envelope theorem), so that nothing is planned anew: a capital cost that is 10 % higher costs 10 %
of the capital paid, and an emission factor 10 % of its emissions at what a tonne costs. It is the first step
of a change; a large one moves the plan itself, and then costs less.

Of what the plan does not build, nothing is paid; there the table ``builds`` says how much cheaper it would
have to be (from reduced costs).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from parkzero.results.results import Results

UNSURE = ("M", "S", "D")
"""Marks of values that nobody has seen in the document itself, the least sure first."""

_OF_ASSETS = ("assets", "policies")
# Accounts that a field's price is paid in; of capital, which part of the asset.
_OF_A_SIZE = ("capex", "fixed_om", "lifetime")
_PAID = {
    "capex": ("capex",),
    "fixed_om": ("fixed_om",),
    "variable_om": ("variable_om",),
    "export_price": ("export",),
    "demand_charge": ("demand_charge",),
    "price": ("energy", "fuel", "offset", "carbon"),
}
# Fields that scale energy, and the accounts of that energy in order: of an efficiency what goes in, and where
# that is another asset's, what comes out.
_ENERGY = {
    "efficiency": (("consumed", "fuel_used"), ("generated", "heat_generated")),
    "cop": (("consumed",),),
    "load": (("consumed", "heat_supplied"),),
    "output": (("generated", "heat_generated"),),
}
_BUILT = 1e-6  # below this nothing stands [MW or MWh]


@dataclass(frozen=True, slots=True)
class Stake:
    """A value from the books, and what hangs on it.

    Attributes:
        path: the field, such as ``assets.pv.capex``.
        field: the field alone, such as ``capex``.
        value: as it is written in the study.
        taken: what it is taken from and by which name, such as ``book`` and ``tech.dea.pv_ground.lifetime``.
        citation: where it comes from.
        confidence: S, D or M.
        moved: by how much the discounted least cost moves for each unit of relative change [money]; a tenth
            of it for 10 %. None where it does not follow from the tables.
        cheaper: the share by which an asset that is not built would have to be cheaper; None otherwise.
    """

    path: str
    field: str
    value: str
    taken: tuple[str, str]
    citation: str
    confidence: str
    moved: float | None
    cheaper: float | None


@dataclass(slots=True)
class Source:
    """All values that rest on one row, technology or tariff of the books.

    Attributes:
        subject: what they were taken from, such as ``tech.dea.pv_ground``.
        confidence: S, D or M.
        stakes: the values.
    """

    subject: str
    confidence: str
    stakes: list[Stake] = field(default_factory=list)

    @property
    def citation(self) -> str:
        """The source of the value on which most hangs."""
        return max(self.stakes, key=lambda stake: stake.moved or 0.0).citation

    @property
    def moved(self) -> float | None:
        """What hangs on all of them together [money]; None where it is known of none."""
        known = [stake.moved for stake in self.stakes if stake.moved is not None]
        return math.fsum(known) if known else None

    @property
    def cheaper(self) -> float | None:
        """The least share by which something unbuilt would have to be cheaper."""
        return min((s.cheaper for s in self.stakes if s.cheaper is not None), default=None)


def sources_by_stake(results: Results) -> list[Source]:
    """Sources that nobody has seen in the document, in order of how much the least cost hangs on them."""
    grouped: dict[tuple[str, str], Source] = {}
    for stake in stakes(results):
        key = _subject(stake), stake.confidence
        grouped.setdefault(key, Source(*key)).stakes.append(stake)
    return sorted(grouped.values(), key=_order)


def _subject(stake: Stake) -> str:
    """What of the books a value was taken from: a technology, a key, a tariff, a fuel's price or factors."""
    form, name = stake.taken
    if not form:
        return stake.citation
    if form == "book":
        return ".".join(name.split(".")[:3]) if name.startswith("tech.") else name
    return f"{form}.{name}" + (".factors" if "factor" in stake.field else "")


def _order(source: Source) -> tuple[float, float, int, str]:
    moved = source.moved or 0.0
    unbuilt = math.inf if source.cheaper is None else source.cheaper
    return -moved, unbuilt, UNSURE.index(source.confidence), source.subject


def stakes(results: Results) -> list[Stake]:
    """What hangs on each value of the study that comes from the books and was not seen in the document."""
    booked = results.assumptions.filter(pl.col("confidence").is_in(UNSURE) & (pl.col("citation") != ""))
    paid = _Paid(results)
    found = []
    for row in booked.to_dicts():
        # The capital of a size stands within the size; a lifetime alone is that of all sizes.
        part, field = (row["field"], row["inner"]) if row["inner"] in _OF_A_SIZE else ("", row["field"])
        sums = paid.of(row["name"], part, field) if row["section"] in _OF_ASSETS else (None, None)
        taken = row["form"], row["entry"]
        found.append(
            Stake(row["path"], field, row["value"], taken, row["citation"], row["confidence"], *sums)
        )
    return found


class _Paid:
    """What a plan pays, by asset and account, discounted."""

    def __init__(self, results: Results) -> None:
        weights = dict(results.years.select("year", "weight").iter_rows())
        self._rows = [
            {**row, "amount": row["amount"] * weights.get(row["year"], 0.0)}
            for row in results.ledger.to_dicts()
            if row["amount"] is not None
        ]
        self._results = results
        self._assets = set(results.components["asset"].to_list())
        self._scopes = {r["account"]: r["scope"] for r in results.accounts.to_dicts()}
        self._prices = {
            (r["year"], r["bus"]): r["mean"] for r in results.prices_mean.to_dicts() if r["mean"] is not None
        }
        self._tonne = _price_of_a_tonne(results)

    def of(self, asset: str, part: str, name: str) -> tuple[float | None, float | None]:
        """What moves with a field, and how much cheaper an unbuilt asset would have to be.

        Args:
            asset: the asset or policy.
            part: of a size's field, the size; empty otherwise.
            name: the field.
        """
        if asset not in self._assets:
            return None, None
        own = [row for row in self._rows if row["asset"] == asset and part in ("", row["label"])]
        if name in _PAID:
            moved = _sum(row["amount"] for row in own if row["account"] in _PAID[name])
            return moved, self._cheaper(asset, part) if name == "capex" else None
        if name == "emission_factor":
            return _sum(self._emitted(row) for row in own), None
        if name == "lifetime":
            capital = _sum(row["amount"] for row in own if row["account"] == "capex")
            return capital * self._by_life(asset), None
        for start, accounts in _ENERGY.items():
            if name.startswith(start):
                sums = [_sum(self._energy(row) for row in own if row["account"] in part) for part in accounts]
                return next((found for found in sums if found), 0.0), None
        return None, None

    def _by_life(self, asset: str) -> float:
        """By how much yearly capital falls for each unit of relative change of the lifetime."""
        lives = self._results.sizes.filter(pl.col("asset") == asset)["lifetime"].drop_nulls()
        rate = float(self._results.study.get("rate") or 0.0)
        if not lives.len():
            return 0.0
        years = float(lives[0])
        worth = (1 + rate) ** -years
        return years * math.log1p(rate) * worth / (1 - worth) if rate > 0 else 1.0

    def _emitted(self, row: dict[str, object]) -> float:
        """What the emissions of a booking cost, at the price of a tonne in its year."""
        scope = self._scopes.get(str(row["account"]), "")
        return (
            float(str(row["amount"])) * self._tonne.get((int(str(row["year"])), scope), 0.0) if scope else 0.0
        )

    def _energy(self, row: dict[str, object]) -> float:
        """What the energy of a booking is worth at the mean price of its bus."""
        price = self._prices.get((int(str(row["year"])), str(row["bus"])))
        return 0.0 if price is None or row["unit"] != "MWh" else float(str(row["amount"])) * price

    def _cheaper(self, asset: str, part: str) -> float | None:
        rows = self._results.builds.filter(pl.col("asset") == asset)
        if part:
            rows = rows.filter(pl.col("size") == part)
        if not rows.height or float(rows["built"].fill_null(0.0).max() or 0.0) > _BUILT:  # type: ignore[arg-type]
            return None
        known = rows["cheaper"].drop_nulls()
        return float(known.min()) if known.len() else None  # type: ignore[arg-type]


def _sum(amounts: Iterable[float]) -> float:
    return abs(math.fsum(amounts))


def _price_of_a_tonne(results: Results) -> dict[tuple[int, str], float]:
    """What a tonne costs by year and scope: prices that are paid, and what caps make it worth [money/t]."""
    told = {row["asset"]: row["fields"] for row in results.components.to_dicts()}
    prices: dict[tuple[int, str], float] = {}
    for row in results.policies.to_dicts():
        if row["unit"] != "t" or not row["price"]:
            continue
        fields = json.loads(told.get(row["policy"]) or "{}")
        counted = str(fields.get("scopes") or "12")
        for scope in "123":
            if scope in counted:
                prices[row["year"], scope] = prices.get((row["year"], scope), 0.0) + float(row["price"])
    return prices
