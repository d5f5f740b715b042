"""What a link between two tenants costs: pipe by distance, exchanger by rate, treatment and trucks by amount.

Defaults are rows of the books, all orders of magnitude from memory (M); what a park gives wins. Where a part
is not known, money is not known: nothing is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from parkzero.books import find
from parkzero.eip.offers import Offer

_DAY = date(2025, 7, 1)
BOOK_PIPES = {
    "heat": "tech.other.steam_network.investment", "steam": "tech.other.steam_network.investment",
    "cooling": "tech.other.chilled_water_network.investment",
}  # fmt: skip
BOOK_EXCHANGER = "ee.waste_heat_recovery_process.capex"
BOOK_RATE = "finance.discount_owner"


@dataclass(frozen=True, slots=True)
class LinkCosts:
    """Costs of links in one currency.

    Attributes:
        pipe: by medium [money/m].
        exchanger: by medium [money/MW].
        truck: of a material [money/t/km].
        loss: share of what flows that a pipe loses in a kilometre, by medium [1/km]; none where not given.
        backup: of keeping today's supply ready, by medium [money/MW/year]; not counted where not given.
        upkeep: share of the investment a year.
        rate, life: to spread the investment over years [1, years].
        rows: keys of the books from which any of it comes.
    """

    pipe: Mapping[str, float] = field(default_factory=dict)
    exchanger: Mapping[str, float] = field(default_factory=dict)
    truck: float | None = None
    loss: Mapping[str, float] = field(default_factory=dict)
    backup: Mapping[str, float] = field(default_factory=dict)
    upkeep: float = 0.02
    rate: float = 0.08
    life: float = 20.0
    rows: tuple[str, ...] = ()

    def arriving(self, medium: str, km: float) -> float:
        """Share of what is given away that arrives after some kilometres of pipe [1]."""
        return max(0.0, 1.0 - self.loss.get(medium, 0.0) * km)


def book_costs(per_usd: float, given: Mapping[str, float]) -> LinkCosts:
    """Costs from the books where a park gives none.

    Args:
        per_usd: money of the park for a dollar.
        given: ``pipe_<medium>``, ``exchanger_<medium>``, ``loss_<medium>`` [%/km], ``backup_<medium>``,
            ``truck``, ``upkeep``, ``rate``, ``life``.
    """
    rows: list[str] = []

    def one(name: str, key: str, factor: float) -> float | None:
        if name in given:
            return given[name]
        rows.append(key)
        return find(key, _DAY).value * factor

    pipe = {m: given[f"pipe_{m}"] for m in ("water", "co2") if f"pipe_{m}" in given}
    exchanger = {}
    for medium, key in BOOK_PIPES.items():
        if (cost := one(f"pipe_{medium}", key, per_usd)) is not None:
            pipe[medium] = cost
        if (cost := one(f"exchanger_{medium}", BOOK_EXCHANGER, 1000.0 * per_usd)) is not None:
            exchanger[medium] = cost
    rate = one("rate", BOOK_RATE, 0.01)
    loss = {k.removeprefix("loss_"): v / 100 for k, v in given.items() if k.startswith("loss_")}
    backup = {k.removeprefix("backup_"): v for k, v in given.items() if k.startswith("backup_")}
    return LinkCosts(
        pipe, exchanger, given.get("truck"), loss, backup,
        given.get("upkeep", 0.02), 0.08 if rate is None else rate, given.get("life", 20.0),
        tuple(dict.fromkeys(rows)),
    )  # fmt: skip


def annuity(rate: float, years: float) -> float:
    """Share of an investment that is paid each year."""
    return 1.0 / years if rate == 0 else rate / (1.0 - (1.0 + rate) ** -years)


def yearly_link_cost(
    a: Offer, b: Offer, rate: float, amount: float, km: float, costs: LinkCosts
) -> tuple[float | None, float | None]:
    """Investment and yearly cost of a link [money, money/year]; None where a part is not known.

    Args:
        a: the source.
        b: the sink.
        rate: what flows [MW, m3/h, t/h].
        amount: in a year.
        km: distance [km].
        costs: of links.
    """
    if b.medium == "material":
        if costs.truck is None:
            return 0.0, None
        return 0.0, costs.truck * amount * km
    pipe = costs.pipe.get(b.medium)
    if pipe is None:
        return None, None
    capex = 1000.0 * km * pipe + rate * costs.exchanger.get(b.medium, 0.0)
    yearly = capex * (annuity(costs.rate, costs.life) + costs.upkeep)
    yearly += rate * costs.arriving(b.medium, km) * costs.backup.get(b.medium, 0.0)
    if a.treated_to and a.treated_to != a.quality:
        if a.treatment_cost is None:
            return capex, None
        yearly += amount * a.treatment_cost
    return capex, yearly
