"""Emissions of a shared utility to its products and to those who take them; what is given away sums exactly.

Two formulas are called "efficiency method": that of the GHG Protocol and that of oemof. They give opposite
answers, so that every result names its formula.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
AMBIENT: Final = 298.15  # K


@dataclass(frozen=True, slots=True)
class Output:
    """What a utility gives to one taker.

    Attributes:
        taker: who takes it.
        product: electricity, heat or other.
        amount: of it, in one unit for each product [MWh].
        reference: efficiency of separate generation; of oemof's formulas the plant's own [1].
        temperature: of heat [degC].
    """

    taker: str
    product: str
    amount: float
    reference: float = math.nan
    temperature: float = math.nan


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
        if method == "exergy" and output.product == "heat" and not output.temperature > AMBIENT - 273.15:
            faults.append(
                Fault(
                    place,
                    say("needs the temperature of its heat"),
                    f"{output.temperature:g}",
                    say("above 25 degC"),
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
        carnot = 1 - AMBIENT / (output.temperature + 273.15) if output.product == "heat" else 1.0
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
        co2e: of it [tCO2e].
    """

    utility: str
    year: int
    method: str
    formula: str
    taker: str
    product: str
    amount: float
    co2e: float


def allocations(
    shared: Sequence[Mapping[str, Any]], total_of: Mapping[tuple[str, int], float]
) -> list[Allocated]:
    """Emissions of all shared utilities to those who take from them.

    Args:
        shared: rows with utility, year, method, product, facility, amount, reference, temperature.
        total_of: emissions of a facility in a year [tCO2e].

    Raises:
        StudyError: with all faults; also where two methods are named for one utility and year.
    """
    groups: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in shared:
        groups.setdefault((row["utility"], row["year"]), []).append(row)
    faults: list[Fault] = []
    found: list[Allocated] = []
    for (utility, year), rows in groups.items():
        methods = sorted({str(row["method"]) for row in rows})
        if len(methods) > 1:
            faults.append(
                Fault(
                    rows[0]["place"],
                    say("names two methods for one utility"),
                    ", ".join(methods),
                    say("one method"),
                    say("the formulas differ; a mixed sum gives away more or less than there is"),
                )
            )
            continue
        if (utility, year) not in total_of:
            faults.append(Fault(rows[0]["place"], say("has no emissions in {year}", year=year), utility))
            continue
        outputs = [
            Output(str(r["facility"]), str(r["product"]), r["amount"], r["reference"], r["temperature"])
            for r in rows
        ]
        try:
            shares = allocate(total_of[utility, year], methods[0], outputs)
        except StudyError as error:
            faults += [Fault(rows[0]["place"], f.what, f.got, f.needs, f.hint) for f in error.faults]
            continue
        found += [
            Allocated(utility, year, methods[0], FORMULAS[methods[0]], o.taker, o.product, o.amount, s)
            for o, s in zip(outputs, shares, strict=True)
        ]
    if faults:
        raise StudyError(faults, say("The allocation"))
    return found


METHOD_WORDS: Final = {
    "meter": Both("theo công tơ", "by meter"),
    "energy": Both("theo năng lượng", "by energy"),
    "exergy": Both("theo exergy", "by exergy"),
    "ghgp_efficiency": Both("theo hiệu suất (GHG Protocol)", "by efficiency (GHG Protocol)"),
    "oemof_iea": Both("IEA (oemof)", "IEA (oemof)"),
    "oemof_efficiency": Both("theo hiệu suất (oemof)", "by efficiency (oemof)"),
}
