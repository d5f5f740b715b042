"""Settings that defeat their own purpose: each is allowed, and hardly ever meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from parkzero.language.block import Penalties
from parkzero.language.component import POLICY, Component
from parkzero.language.values import ByYear, Size
from parkzero.study.understood import Fact
from parkzero.texts import Text, say
from parkzero.units import MONEY, MW, MWH, T, Unit

_LEAST_EXCESS = 50.0  # [USD/t] for which caps are met rather than exceeded: most measures cost less
_LEAST_EMITTED = 0.002  # [t/MWh] of all loads; a cap below it that is not zero was meant in a larger unit
_CHEAPEST: dict[Unit, float] = {MONEY / MW: 100.0, MONEY / MWH: 20.0}
"""A price [USD] below which nothing of its kind was ever sold; a tank of hot water costs some thousands."""
_FAR = 5  # [years] between the year of prices and the first one planned


def defeated(
    components: Sequence[Component],
    facts: Iterable[Fact],
    years: Sequence[int],
    penalties: Penalties,
    usd: float,
    base_year: int,
) -> Iterator[Text]:
    """Say what would not do what it is there for.

    Args:
        components: of the study.
        facts: what was understood of its series.
        years: milestone years.
        penalties: prices of what is not served and of what exceeds a cap.
        usd: worth of one USD in the study's currency.
        base_year: year in whose money prices are.
    """
    facts = tuple(facts)
    dearest = max((m for f in facts if isinstance(m := f.values.get("mean_per_kWh"), float)), default=0.0)
    if penalties.unserved <= 1000 * dearest:
        yield say(
            "planning.unserved_price: {price:,.0f} a MWh is less than energy costs ({dearest:,.0f}):"
            " leaving demand unserved would be cheaper than serving it",
            price=penalties.unserved, dearest=1000 * dearest,
        )  # fmt: skip
    caps = [c for c in components if c.group == POLICY and _tonnes(c)]
    if caps and penalties.excess < _LEAST_EXCESS * usd:
        yield say(
            "planning.excess_price: {price:,.4g} USD a tonne is so low that a cap would be exceeded rather"
            " than met (from {least:g} USD)",
            price=penalties.excess / usd, least=_LEAST_EXCESS,
        )  # fmt: skip
    energy = 1000 * sum(e for f in facts if isinstance(e := f.values.get("energy_GWh"), float))
    for cap in caps:
        yield from _odd_cap(cap, years, energy)
    for component in components:
        yield from _gone(component, years[0])
        yield from _free(component, years[0], usd)
    if abs(base_year - years[0]) > _FAR:
        yield say(
            "money.base_year: {base} is {count} years from {first}, the first year planned: all prices are in"
            " money of {base}",
            base=str(base_year), count=abs(base_year - years[0]), first=str(years[0]),
        )  # fmt: skip


def _tonnes(component: Component) -> ByYear | None:
    limit = getattr(component, "limit", None)
    return limit if isinstance(limit, ByYear) and limit.unit == T else None


def _odd_cap(cap: Component, years: Sequence[int], energy: float) -> Iterator[Text]:
    """A limit on emissions that grows, or that is a trace of what any load emits."""
    limit = _tonnes(cap)
    held = [(y, float(limit.at(y).value)) for y in years if limit and limit.covers(y)]
    grown = next(((a, b) for a, b in pairwise(held) if b[1] > a[1] * (1 + 1e-9)), None)
    if grown is not None:
        yield say(
            "policies.{name}.limit rises, from {less:,.6g} t in {first} to {more:,.6g} t in {then}",
            name=cap.name, less=grown[0][1], first=str(grown[0][0]), more=grown[1][1], then=str(grown[1][0]),
        )  # fmt: skip
    trace = next(((y, v) for y, v in held if 0 < v < _LEAST_EMITTED * energy), None)
    if trace is not None:
        yield say(
            "policies.{name}.limit: {value:,.6g} t in {year} is next to nothing for loads of {energy:,.4g}"
            " GWh: is the unit right?",
            name=cap.name, value=trace[1], year=str(trace[0]), energy=energy / 1000,
        )  # fmt: skip


def _gone(component: Component, first: int) -> Iterator[Text]:
    """What exists, but no longer in the first year."""
    sizes = {n: getattr(component, n) for n in type(component).__dataclass_fields__}
    for name, size in sizes.items():
        if not isinstance(size, Size) or size.existing is None or size.existing_until > first:
            continue
        yield say(
            "assets.{name}.{size}.existing_until: {until} is not after {first}, the first year planned: what"
            " exists is not counted",
            name=component.name, size=name, until=str(size.existing_until), first=str(first),
        )  # fmt: skip


def _free(component: Component, first: int, usd: float) -> Iterator[Text]:
    """What costs next to nothing, yet something: hardly in the unit that was meant."""
    for name in type(component).__dataclass_fields__:
        size = getattr(component, name)
        capex = size.capex if isinstance(size, Size) else None
        least = _CHEAPEST.get(capex.unit, 0.0) * usd if capex is not None else 0.0
        if capex is None or not capex.covers(first) or not 0 < float(capex.at(first).value) < least:
            continue
        yield say(
            "assets.{name}.{size}.capex: {price:,.4g} USD for a MW or MWh is next to nothing: is the unit"
            " right?",
            name=component.name, size=name, price=float(capex.at(first).value) / usd,
        )  # fmt: skip
