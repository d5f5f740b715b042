"""Emissions of a shared utility to its products and to those who take them; what is given away sums exactly.

Two formulas are called "efficiency method": that of the GHG Protocol and that of oemof. They give opposite
answers, so that every result names its formula. A utility that takes from another passes on what it gets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, Literal

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Both, listed, say

Method = Literal["meter", "energy", "exergy", "ghgp_efficiency", "oemof_iea", "oemof_efficiency"]
FORMULAS: Final[dict[str, str]] = {
    "meter": "E_i = E m_i / sum(m)",
    "energy": "E_H = E H / (H + P)",
    "exergy": "E_H = E c H / (c H + P), c = 1 - T0 / T",
    "ghgp_efficiency": "E_H = E (H / e_H) / (H / e_H + P / e_P)",
    "oemof_iea": "E_P = E e_P / (e_P + e_H)",
    "oemof_efficiency": "E_P = E e_H / (e_P + e_H)",
}
"""What each method computes; H heat, P power, m what was metered, e efficiencies, T in kelvin."""
REFERENCE: Final = {"electricity": 0.35, "heat": 0.80}
"""Efficiencies of the GHG Protocol's CHP tool, version 1.0, where the user gives none."""
AMBIENT: Final = 25.0  # degC
KELVIN: Final = 273.15


@dataclass(frozen=True, slots=True)
class Output:
    """What a utility gives to one taker.

    Attributes:
        taker: who takes it.
        product: electricity, heat or other.
        amount: of it, in one unit for each product [MWh].
        reference: efficiency of separate generation; of oemof's formulas the plant's own [1].
        temperature: of heat [degC].
        ambient: of the surroundings, for exergy [degC].
    """

    taker: str
    product: str
    amount: float
    reference: float = math.nan
    temperature: float = math.nan
    ambient: float = AMBIENT


def allocate(total: float, method: str, outputs: Sequence[Output]) -> list[float]:
    """Shares of a total, in the order of the outputs; they sum to it exactly but for the last digit.

    Args:
        total: emissions of the utility [tCO2e].
        method: one of ``FORMULAS``.
        outputs: what it gives to whom.

    Raises:
        StudyError: when the method is not known, nothing is given, or a value that it needs lacks.
    """
    faults = _faults(method, outputs)
    if faults:
        raise StudyError(faults, say("The allocation"))
    weights = [_weight(method, output, outputs) for output in outputs]
    whole = math.fsum(weights)
    if not whole > 0:
        raise StudyError(
            [Fault(Place(), say("gives nothing to anybody"), f"{whole:g}")], say("The allocation")
        )
    shares = [total * weight / whole for weight in weights]
    largest = max(range(len(shares)), key=lambda i: abs(shares[i]))
    shares[largest] = total - math.fsum(s for i, s in enumerate(shares) if i != largest)
    return shares


def _faults(method: str, outputs: Sequence[Output]) -> list[Fault]:
    if method not in FORMULAS:
        return [Fault(Place(field="method"), say("is not known"), method, listed(FORMULAS))]
    faults = []
    for output in outputs:
        place = Place(field=output.taker)
        if not output.amount >= 0:
            faults.append(
                Fault(place, say("is negative or no number"), f"{output.amount:g}", say("0 or more"))
            )
        if method == "exergy" and output.product == "heat" and not output.temperature > output.ambient:
            faults.append(
                Fault(
                    place,
                    say("needs the temperature of its heat"),
                    f"{output.temperature:g}",
                    say("above {ambient:g} degC", ambient=output.ambient),
                )
            )
        if method.startswith("oemof") and not 0 < output.reference <= 1:
            faults.append(
                Fault(place, say("needs the plant's efficiency of the product"), f"{output.reference:g}")
            )
        if not math.isnan(output.reference) and not 0 < output.reference <= 1:
            faults.append(Fault(place, say("has an efficiency that cannot be"), f"{output.reference:g}"))
    return faults


def _weight(method: str, output: Output, outputs: Sequence[Output]) -> float:
    if method in ("meter", "energy"):
        return output.amount
    if method == "exergy":
        carnot = (
            1 - (output.ambient + KELVIN) / (output.temperature + KELVIN) if output.product == "heat" else 1.0
        )
        return output.amount * carnot
    if method == "ghgp_efficiency":
        reference = output.reference
        return output.amount / (REFERENCE.get(output.product, 1.0) if math.isnan(reference) else reference)
    efficiency = {o.product: o.reference for o in outputs}
    other = efficiency.get("heat" if output.product == "electricity" else "electricity", 0.0)
    of_product = efficiency[output.product] if method == "oemof_iea" else other
    amount = math.fsum(o.amount for o in outputs if o.product == output.product)
    return of_product * (output.amount / amount if amount else 0.0)


@dataclass(frozen=True, slots=True)
class Allocated:
    """What a taker gets of a utility's emissions.

    Attributes:
        utility, year: whose emissions.
        method, formula: how.
        taker, product, amount: who takes what.
        share: of the utility's emissions [1].
        co2e: of scope 1 and 2 by location [tCO2e].
        market: of scope 1 and 2 by the market [tCO2e].
    """

    utility: str
    year: int
    method: str
    formula: str
    taker: str
    product: str
    amount: float
    share: float
    co2e: float
    market: float

    @property
    def passed_on(self) -> bool:
        """Whether it leaves the utility: what it takes itself stays its own."""
        return self.taker != self.utility


Key = tuple[str, int]
Rows = Sequence[Mapping[str, Any]]


def allocations(
    shared: Rows, total_of: Mapping[Key, float], market_of: Mapping[Key, float] | None = None
) -> list[Allocated]:
    """Emissions of all shared utilities to those who take from them, suppliers before those they supply.

    Args:
        shared: rows with utility, year, method, product, facility, amount, reference, temperature.
        total_of: emissions of a facility in a year, scopes 1 and 2 by location [tCO2e].
        market_of: the same by the market; as by location where none is given.

    Raises:
        StudyError: with all faults: two methods for one utility and year, utilities that supply one another,
            emissions of none.
    """
    groups: dict[Key, list[Mapping[str, Any]]] = {}
    for row in shared:
        groups.setdefault((row["utility"], row["year"]), []).append(row)
    faults = [fault for rows in groups.values() for fault in _mixed(rows)]
    order = _in_order(groups, faults)
    if faults:
        raise StudyError(faults, say("The allocation"))
    whole, market = dict(total_of), dict(total_of if market_of is None else market_of)
    found: list[Allocated] = []
    for key in order:
        given = _given_away(key, groups[key], whole, market, faults)
        found += given
        for one in given:
            if one.passed_on:
                to = (one.taker, one.year)
                whole[to] = whole.get(to, 0.0) + one.co2e
                market[to] = market.get(to, 0.0) + one.market
    if faults:
        raise StudyError(faults, say("The allocation"))
    return found


def _mixed(rows: Rows) -> list[Fault]:
    methods = sorted({str(row["method"]) for row in rows})
    if len(methods) == 1:
        return []
    hint = say("the formulas differ; a mixed sum gives away more or less than there is")
    what = say("names two methods for one utility")
    return [Fault(rows[0]["place"], what, ", ".join(methods), say("one method"), hint)]


def _in_order(groups: Mapping[Key, Rows], faults: list[Fault]) -> list[Key]:
    """Utilities of each year, each after those that it takes from."""
    takes: dict[Key, list[Key]] = {key: [] for key in groups}
    for (utility, year), rows in groups.items():
        for row in rows:
            taker = (str(row["facility"]), year)
            if taker in takes and taker[0] != utility:
                takes[taker].append((utility, year))
    try:
        return list(TopologicalSorter(takes).static_order())
    except CycleError as error:
        ring = [str(utility) for utility, _ in error.args[1]]
        place = groups[error.args[1][0]][0]["place"]
        what, hint = say("takes from itself by way of others"), say("leave out the smaller of the two flows")
        faults.append(Fault(place, what, " < ".join(ring), say("utilities in an order"), hint))
        return []


def _given_away(
    key: Key, rows: Rows, whole: Mapping[Key, float], market: Mapping[Key, float], faults: list[Fault]
) -> list[Allocated]:
    (utility, year), method = key, str(rows[0]["method"])
    if key not in whole:
        faults.append(Fault(rows[0]["place"], say("has no emissions in {year}", year=year), utility))
        return []
    outputs = [
        Output(
            str(r["facility"]),
            str(r["product"]),
            r["amount"],
            r["reference"],
            r["temperature"],
            r.get("ambient", AMBIENT),
        )
        for r in rows
    ]
    try:
        shares, emitted, by_market = (
            allocate(total, method, outputs) for total in (1.0, whole[key], market.get(key, whole[key]))
        )
    except StudyError as error:
        faults += [Fault(rows[0]["place"], f.what, f.got, f.needs, f.hint) for f in error.faults]
        return []
    return [
        Allocated(utility, year, method, FORMULAS[method], o.taker, o.product, o.amount, share, t, m)
        for o, share, t, m in zip(outputs, shares, emitted, by_market, strict=True)
    ]


METHOD_WORDS: Final = {
    "meter": Both("theo công tơ", "by meter"),
    "energy": Both("theo năng lượng", "by energy"),
    "exergy": Both("theo exergy", "by exergy"),
    "ghgp_efficiency": Both("theo hiệu suất (GHG Protocol)", "by efficiency (GHG Protocol)"),
    "oemof_iea": Both("IEA (oemof)", "IEA (oemof)"),
    "oemof_efficiency": Both("theo hiệu suất (oemof)", "by efficiency (oemof)"),
}
