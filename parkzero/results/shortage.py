"""What is unserved or in excess, with place and time, in the user's nouns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from parkzero.language.accounts import Account
from parkzero.language.component import Component
from parkzero.language.ledger import Entry
from parkzero.lp.model import dotted
from parkzero.planning.plan import SLACK_TOLERANCE, Operated, Plan
from parkzero.texts import Both, say
from parkzero.units import H, Quantity

# A run shorter than this, in the unit of its bus, is the solver's noise.
LEAST = 1e-4
MOST = 100
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def unserved_of(plan: Plan) -> list[dict[str, Any]]:
    """Shortages and excesses of all years, the largest first, at most 100."""
    found = [
        row
        for operated in plan.years
        for entry in operated.built.context.ledger.under(Account.SLACK)
        for row in _entry(plan, operated, entry)
    ]
    return sorted(found, key=lambda row: -float(row["amount"]))[:MOST]


def _entry(plan: Plan, operated: Operated, entry: Entry) -> Iterator[dict[str, Any]]:
    component = next(c for c in plan.study.components if c.name == entry.asset)
    context = operated.built.context
    block = context.model.operation.blocks[dotted(entry.asset, entry.label)]
    values = operated.values[block.inside]
    if not entry.hourly:
        amount = float(values[0])
        if amount > SLACK_TOLERANCE:
            least = any(limit.least for limit in context.ledger.limits if limit.asset == entry.asset)
            yield _excess(operated.built.year, component, amount, str(block.unit), least)
        return
    timeline = context.timeline
    total = float(values @ (timeline.weights * timeline.hours))
    if total <= SLACK_TOLERANCE:
        return
    starts = timeline.own.starts.astype("datetime64[s]")
    for first, last in runs(values > LEAST):
        span = starts[first].item(), starts[last].item() + timedelta(hours=timeline.hours)
        run = values[first : last + 1]
        short = (
            Quantity(float(run.max()), block.unit),
            Quantity(float(run.sum()) * timeline.hours, block.unit * H),
        )
        yield _short(plan, operated.built.year, component, entry, span, *short)


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _short(
    plan: Plan, year: int, component: Component, entry: Entry, span: tuple[datetime, datetime],
    most: Quantity, total: Quantity,
) -> dict[str, Any]:  # fmt: skip
    bus = entry.bus or str(getattr(component, "bus", ""))
    owner = entry.owner or (plan.study.buses[bus].owner if bus in plan.study.buses else "")
    tenant = plan.study.tenants.get(owner)
    named = f"{owner} ({tenant.name})" if tenant and tenant.name != owner else owner
    who = say("Tenant {named}", named=named) if owner else say("The park ({asset})", asset=entry.asset)
    when = Both(f"{span_vi(*span)}/{year}", f"{span_text(*span)}, {year}")
    amount, unit = float(most.value), str(most.unit)
    short = say("{who} at bus {bus} is {amount} short on {when}", who=who, bus=bus, when=when,
                amount=_amount(amount, unit))  # fmt: skip
    return {
        "year": year, "asset": entry.asset, "owner": owner, "bus": bus, "amount": amount, "unit": unit,
        "total": float(total.value), "total_unit": str(total.unit), "start": span[0].isoformat(),
        "end": span[1].isoformat(), "text": short.of("en"), "text_vi": short.of("vi"),
    }  # fmt: skip


def _excess(year: int, component: Component, amount: float, unit: str, least: bool) -> dict[str, Any]:
    what = Both(*(text[:1].upper() + text[1:] for text in (component.vi, component.en)))
    given = {"what": what, "asset": component.name, "amount": _amount(amount, unit), "year": year}
    told = (
        say("{what} '{asset}' misses its target by {amount} in {year}", **given)
        if least
        else say("{what} '{asset}' is exceeded by {amount} in {year}", **given)
    )
    return {
        "year": year, "asset": component.name, "owner": component.owner, "bus": "", "amount": amount,
        "unit": unit, "total": amount, "total_unit": unit, "start": "", "end": "", "text": told.of("en"),
        "text_vi": told.of("vi"),
    }  # fmt: skip


def _amount(value: float, unit: str) -> Both:
    return Both(f"{number_vi(value)} {unit}", f"{number(value)} {unit}")


def span_text(begun: datetime, ended: datetime) -> str:
    """A span of time such as ``14 Mar 18:00–19:00``."""
    first = f"{begun.day} {MONTHS[begun.month - 1]} {begun:%H:%M}"
    midnight = ended.hour == 0 and ended.minute == 0 and (ended - begun) <= timedelta(days=1)
    if begun.date() == ended.date() or (midnight and (ended - timedelta(minutes=1)).date() == begun.date()):
        return f"{first}–{'24:00' if midnight else f'{ended:%H:%M}'}"
    return f"{first} – {ended.day} {MONTHS[ended.month - 1]} {ended:%H:%M}"


def span_vi(begun: datetime, ended: datetime) -> str:
    """The span in Vietnamese, such as ``18:00–19:00 ngày 14/03``."""
    one_day = (ended - timedelta(minutes=1)).date() == begun.date()
    if one_day:
        shown = "24:00" if ended.date() != begun.date() else f"{ended:%H:%M}"
        return f"{begun:%H:%M}–{shown} ngày {begun:%d/%m}"
    return f"{begun:%H:%M} ngày {begun:%d/%m} – {ended:%H:%M} ngày {ended:%d/%m}"


def number_vi(value: float) -> str:
    """The number as Vietnamese writes it."""
    return number(value).translate(str.maketrans(",.", ".,"))


def number(value: float) -> str:
    """A number to three figures, large ones in full."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
