"""What is true of a plan and yet hardly meant: told, so that a person looks before money is spent.

Limits here are rules of thumb, named in each sentence; none is a law or a fact about a product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parkzero.language.component import Component
from parkzero.language.statement import METERED
from parkzero.language.values import ByYear, Size
from parkzero.lp.model import dotted
from parkzero.planning.netted import INTO, OUT_OF, both_ways
from parkzero.planning.plan import Operated, Plan
from parkzero.texts import Both, Text, counted, say
from parkzero.units import FloatArray

LEAST_BOTH = 1e-3  # [MW] at once in one step
SHARE_BOTH = 0.001  # of what is charged over the year
PEAK = 1.1  # import peak over that of the first year from which it is told
FASTEST = 2.0  # power over energy of a battery [1/h]; larger ones serve frequency, not hours
SMALL = 0.01  # [MW or MWh] no plant of an industrial park is sold smaller
SMALL_SHARE = 0.0005  # of the largest size of its kind in the study
_MOST = 8


def not_meant(plan: Plan, sizes: pl.DataFrame, ledger: pl.DataFrame) -> list[Text]:
    """What a reader of the plan should look at, each matter once, with its worst year."""
    if plan.status == "infeasible":
        return []
    if not all(operated.built.context.timeline.complete for operated in plan.years):
        return list(_both_at_once(plan))  # days ahead build nothing
    return [
        *_both_at_once(plan),
        *_import_peaks(plan),
        *_rates(plan, sizes),
        *_too_small(plan, sizes, ledger),
    ]


@dataclass(frozen=True, slots=True)
class _Flows:
    """Flows of one operated year by asset and name [MW]."""

    operated: Operated

    def __call__(self, asset: str, name: str) -> FloatArray | None:
        block = self.operated.built.context.model.operation.blocks.get(dotted(asset, name))
        return None if block is None else self.operated.values[block.inside]

    @property
    def weights(self) -> FloatArray:
        """Hours of the year for which each step stands."""
        timeline = self.operated.built.context.timeline
        return timeline.weights * timeline.hours


def _called(component: Component) -> Both:
    """An asset's label with its id, by which it is found in the study."""
    vi, en = component.label, component.label_en
    name = Both(vi or en or component.name, en or vi or component.name)
    return name + (f" ({component.name})" if vi or en else "")


def _both_at_once(plan: Plan) -> Iterator[Text]:
    for component in filter(both_ways, plan.study.components):
        worst, at = 0.0, 0
        for operated in plan.years:
            flows = _Flows(operated)
            into, out_of = flows(component.name, INTO), flows(component.name, OUT_OF)
            if into is None or out_of is None:
                continue
            both = np.minimum(into, out_of)
            energy, charged = float(both @ flows.weights), float(into @ flows.weights)
            if both.max(initial=0.0) > LEAST_BOTH and energy > max(SHARE_BOTH * charged, worst):
                worst, at = energy, operated.built.year
        if worst:
            hint = say("exclusive = true forbids it") if hasattr(component, "exclusive") else ""
            yield say(
                "'{asset}' charges and discharges at once in {year}, {energy:,.4g} MWh in all: with losses on"
                " the way it gets rid of energy, which pays where prices are below zero or a limit asks"
                " for it. Is that meant? {hint}",
                asset=_called(component), year=str(at), energy=worst, hint=hint,
            )  # fmt: skip


def _import_peaks(plan: Plan) -> Iterator[Text]:
    """Imports that stores raise above the peak of the first year, where no limit is set."""
    stores = [c for c in plan.study.components if both_ways(c)]
    found: list[tuple[float, Text]] = []
    for component in plan.study.components:
        if METERED not in component.traits or getattr(component, "import_limit", None) is not None:
            continue
        imports = [(o, _Flows(o)(component.name, "import")) for o in plan.years]
        peaks = [float(values.max(initial=0.0)) if values is not None else 0.0 for _, values in imports]
        top = int(np.argmax(peaks))
        values = imports[top][1]
        if values is None or not peaks[0] or peaks[top] <= PEAK * peaks[0]:
            continue
        step, flows = int(np.argmax(values)), _Flows(plan.years[top])
        bus = getattr(component, "bus", "")
        beside = [flows(s.name, INTO) for s in stores if getattr(s, "bus", None) == bus]
        charging = sum(float(v[step]) for v in beside if v is not None)
        if charging <= LEAST_BOTH:
            continue
        years = plan.study.milestones.years
        told = say(
            "'{asset}' has no import_limit: in {year} it imports {peak:,.4g} MW at most"
            " ({first}: {today:,.4g} MW), {charging:,.4g} MW of them to charge stores. Does the connection"
            " carry that? import_limit = \"{today:,.4g} MW\" holds it to today's",
            asset=_called(component), year=str(years[top]), peak=peaks[top], first=str(years[0]),
            today=peaks[0], charging=charging,
        )  # fmt: skip
        found.append((peaks[top] / peaks[0], told))
    yield from (told for _, told in sorted(found, key=lambda f: -f[0])[:_MOST])


NO_RATE: Final = object()  # of a kind that has no ratio of power to energy


def _rates(plan: Plan, sizes: pl.DataFrame) -> Iterator[Text]:
    """Batteries whose power is out of proportion to what they hold."""
    for component in plan.study.components:
        if getattr(component, "rate_max", NO_RATE) is not None:
            continue
        stand = {
            name: sizes.filter((pl.col("asset") == component.name) & (pl.col("size") == name)).sort("year")
            for name in ("power", "energy")
        }
        pairs = zip(
            stand["power"]["standing"], stand["energy"]["standing"], stand["power"]["year"], strict=True
        )
        rates = [(p / e, y) for p, e, y in pairs if e > SMALL and p > FASTEST * e]
        if not rates:
            continue
        rate, year = max(rates)
        yield say(
            "'{asset}' is built for {rate:.3g} times its energy an hour in {year}, faster than"
            " {most:g}{free}: rate_max = \"1 1/h\" sets a largest ratio of power to energy",
            asset=_called(component), rate=float(rate), year=str(year), most=FASTEST,
            free=say(", because its power costs nothing") if _free(component) else "",
        )  # fmt: skip


def _free(component: Component) -> bool:
    power = getattr(component, "power", None)
    capex = power.capex if isinstance(power, Size) else None
    return isinstance(capex, ByYear) and not np.any(capex.values)


def _too_small(plan: Plan, sizes: pl.DataFrame, ledger: pl.DataFrame) -> Iterator[Text]:
    """Sizes that nobody sells so small, with what they cost, in one sentence.

    What stands in its largest year decides: a trace in a year before the real purchase is no purchase.
    """
    built = sizes.filter((pl.col("built").max() > 1e-6).over("asset", "size"))
    if built.is_empty():
        return
    most, largest = pl.col("standing").max().over("asset", "size"), pl.col("standing").max().over("size")
    small = built.filter((pl.col("standing") == most) & ((most < SMALL) | (most < SMALL_SHARE * largest)))
    small = small.filter(~pl.col("asset").is_in(_whole(plan)))
    if small.is_empty():
        return
    costs = ledger.filter((pl.col("account") == "capex") & pl.col("asset").is_in(small["asset"].to_list()))
    paid = float(costs["amount"].sum() or 0.0)
    first = small.unique(["asset", "size"], keep="first", maintain_order=True)
    called = {c.name: _called(c) for c in plan.study.components}
    names = [
        say(
            "'{asset}' {size:,.2g} {unit}", asset=called.get(r["asset"], r["asset"]),
            size=float(r["standing"]), unit=r["unit"],
        )
        for r in first.head(_MOST).iter_rows(named=True)
    ]  # fmt: skip
    yield counted(
        "{count} sizes are too small to buy, under {least:g} MW or MWh or a two-thousandth of the largest:"
        " {names}. They cost {paid:,.4g} {currency} in all years shown; a least size (power.min) leaves them"
        " out or builds them whole",
        first.height, one="1 size is too small to buy, under {least:g} MW or MWh or a two-thousandth of the"
        " largest: {names}. It costs {paid:,.4g} {currency} in all years shown; a least size (power.min)"
        " leaves it out or builds it whole",
        least=SMALL, names=names, paid=paid, currency=plan.study.currency,
    )  # fmt: skip


def _whole(plan: Plan) -> list[str]:
    """Assets with a least size or whole units: what they build is as small as the study allows."""
    return [
        c.name
        for c in plan.study.components
        for size in (getattr(c, "power", None), getattr(c, "energy", None))
        if isinstance(size, Size) and (size.min is not None or size.unit is not None)
    ]
