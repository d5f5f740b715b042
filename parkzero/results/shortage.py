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

# A run shorter than this many megawatts is the solver's noise.
LEAST_MW = 1e-4
MOST = 100
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

POLICIES_VI = {
    "emission_cap": "Trần phát thải", "emission_budget": "Ngân sách phát thải",
    "renewable_share": "Tỷ lệ năng lượng tái tạo",
}  # fmt: skip


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
    block = operated.built.context.model.operation.blocks[dotted(entry.asset, entry.label)]
    values = operated.values[block.inside]
    if not entry.hourly:
        amount = float(values[0])
        if amount > SLACK_TOLERANCE:
            yield _excess(operated.built.year, component, entry, amount, str(block.unit))
        return
    timeline = operated.built.context.timeline
    total = float(values @ (timeline.weights * timeline.hours))
    if total <= SLACK_TOLERANCE:
        return
    starts = timeline.calendar.starts.astype("datetime64[s]")
    for first, last in runs(values > LEAST_MW):
        begun = starts[first].item()
        ended = starts[last].item() + timedelta(hours=timeline.hours)
        most = float(values[first : last + 1].max())
        energy = float(values[first : last + 1].sum() * timeline.hours)
        yield _short(plan, operated.built.year, component, entry, begun, ended, most, energy)


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _short(
    plan: Plan, year: int, component: Component, entry: Entry, begun: datetime, ended: datetime, most: float,
    energy: float,
) -> dict[str, Any]:  # fmt: skip
    bus = str(getattr(component, "bus", ""))
    owner = entry.owner or (plan.study.buses[bus].owner if bus in plan.study.buses else "")
    tenant = plan.study.tenants.get(owner)
    named = f"{owner} ({tenant.name})" if tenant and tenant.name != owner else owner
    who = f"Tenant {named}" if owner else f"The park ({entry.asset})"
    when = span_text(begun, ended)
    text = f"{who} at bus {bus} is {number(most)} MW short on {when}, {year}"
    who_vi = f"Doanh nghiệp {named}" if owner else f"Khu công nghiệp ({entry.asset})"
    text_vi = f"{who_vi} tại nút {bus} thiếu {number_vi(most)} MW lúc {span_vi(begun, ended)}/{year}"
    return {
        "year": year, "asset": entry.asset, "owner": owner, "bus": bus, "amount": most, "unit": "MW",
        "energy_mwh": energy, "start": begun.isoformat(), "end": ended.isoformat(), "text": text,
        "text_vi": text_vi,
    }  # fmt: skip


def _excess(year: int, component: Component, entry: Entry, amount: float, unit: str) -> dict[str, Any]:
    words = "misses its target" if entry.label == "short" else "is exceeded"
    kind = component.kind.replace("_", " ").capitalize()
    words_vi = "không đạt mục tiêu, thiếu" if entry.label == "short" else "bị vượt"
    what_vi = POLICIES_VI.get(component.kind, kind)
    return {
        "year": year, "asset": entry.asset, "owner": entry.owner, "bus": "", "amount": amount, "unit": unit,
        "energy_mwh": 0.0, "start": "", "end": "",
        "text": f"{kind} '{entry.asset}' {words} by {number(amount)} {unit} in {year}",
        "text_vi": f"{what_vi} '{entry.asset}' {words_vi} {number_vi(amount)} {unit} trong năm {year}",
    }  # fmt: skip


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
