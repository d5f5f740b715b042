"""Offers: what a tenant gives away or needs, of heat, cooling, water, carbon dioxide and materials.

A source gives, a sink takes. Rates are in MW for heat, steam and cooling, m3/h for water, t/h for carbon
dioxide and materials. What may go to whom is asked in a fixed order: first the law, then temperature,
quality, specification, hours, distance and amount.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from parkzero.eip.hours import MONTH_DAYS, WEEK, Mask
from parkzero.eip.streams import ABSOLUTE_ZERO, Stream
from parkzero.errors import Fault, Place
from parkzero.texts import say

Side = Literal["source", "sink"]
MEDIA = ("heat", "steam", "cooling", "water", "co2", "material")
THERMAL = ("heat", "steam", "cooling")
GROUPS = {"heat": "heat", "steam": "heat", "cooling": "cooling", "water": "water", "co2": "co2",
          "material": "material"}  # fmt: skip
BASE_UNITS = {"heat": "MW", "steam": "MW", "cooling": "MW", "water": "m3/h", "co2": "t/h", "material": "t/h"}
QUALITIES = ("wastewater", "raw", "reused", "clean", "pure")
"""Water from the worst to the best."""
CLASSES = ("product", "by_product", "ordinary", "controlled", "hazardous")
LICENCES = ("none", "controlled", "hazardous")
"""Which wastes a receiver may take beyond ordinary ones."""
CLASS_RANK = {"product": 0, "by_product": 0, "ordinary": 0, "controlled": 1, "hazardous": 2}
_LIMIT = re.compile(r"\s*([^<>=;]+?)\s*(<=|>=|=)\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\S*)\s*")
_CODE = re.compile(r"(EU|VN)\s+(\d\d)\s?(\d\d)\s?(\d\d)\s*(\*|NH|KS|TT-R|TT)?")


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure of a specification: what is there (``=``), or what may be (``<=``, ``>=``)."""

    name: str
    sign: str
    value: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.value:g}{' ' + self.unit if self.unit else ''}"


def limits_of(text: str) -> tuple[Limit, ...]:
    """A specification such as ``COD<=100 mg/L; pH>=6``.

    Raises:
        ValueError: with the part that is not understood.
    """
    found = []
    for part in text.split(";"):
        if not part.strip():
            continue
        match = _LIMIT.fullmatch(part)
        if match is None:
            raise ValueError(part.strip())
        found.append(Limit(match[1].strip().lower(), match[2], float(match[3]), match[4]))
    return tuple(found)


def class_of_code(code: str) -> str | None:
    """Legal class that a waste code states; None where it states none.

    An asterisk of the European list and NH of Viet Nam's (Circular 02/2022/TT-BTNMT) mark hazardous waste, KS
    waste that is controlled until an analysis clears it, TT and TT-R ordinary industrial waste.

    Raises:
        ValueError: when it is no code of either list.
    """
    match = _CODE.fullmatch(code.strip())
    mark = match[5] if match else None
    if match is None or (match[1] == "VN") != (mark in ("NH", "KS", "TT", "TT-R")):
        raise ValueError(code)
    marked = {"*": "hazardous", "NH": "hazardous", "KS": "controlled", "TT": "ordinary", "TT-R": "ordinary"}
    return marked.get(mark or "")


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """One source or sink.

    Attributes:
        key: unique name.
        tenant: whose it is.
        side, medium: what it is; steam is told apart from heat by its name alone.
        rate: what flows while it is there [MW, m3/h, t/h].
        supply, target: temperatures [degC]; NaN where it has none.
        contribution: its part of the least temperature difference [K].
        vent: whether a source need not be cooled.
        quality: of water, one of ``QUALITIES``.
        treated_to: what a source may be treated to; empty where it is given as it is.
        material: name of a material, in small letters.
        waste_code, legal_class: of a material.
        licence: what a receiver may take.
        limits: its specification.
        week, months: when it is there.
        reliability: share of these hours in which it really is.
        cost_now: of getting rid of it, or of being supplied, today [money/MWh, /m3, /t]; None if unknown.
        treatment_cost: of turning it into ``treated_to`` [money/m3].
        emissions: what today's supply of a sink, or disposal of a source, emits [tCO2e per MWh, m3 or t].
        bus: its bus in a study.
        confidence: how surely it is known.
        place: where it was read.
    """

    key: str
    tenant: str
    side: Side
    medium: str
    rate: float
    week: Mask
    months: Mask
    name: str = ""
    supply: float = float("nan")
    target: float = float("nan")
    contribution: float = 5.0
    vent: bool = False
    quality: str = ""
    treated_to: str = ""
    material: str = ""
    waste_code: str = ""
    legal_class: str = "product"
    licence: str = "none"
    limits: tuple[Limit, ...] = ()
    reliability: float = 1.0
    cost_now: float | None = None
    treatment_cost: float | None = None
    emissions: float | None = None
    bus: str = ""
    confidence: str = "M"
    place: Place = field(default_factory=Place)

    @property
    def thermal(self) -> bool:
        """Whether it is heat that goes to or fro."""
        return self.medium in THERMAL

    @property
    def hot(self) -> bool:
        """Whether it gives heat: a source of heat, or a sink of cooling."""
        return (self.side == "source") == (self.medium != "cooling")

    @property
    def hours(self) -> float:
        """Hours of a year in which it is there [h]."""
        return float(self.week.sum() * (self.months * MONTH_DAYS).sum() / 7.0)

    def stream(self) -> Stream:
        """As a stream of pinch analysis."""
        side: Literal["hot", "cold"] = "hot" if self.hot else "cold"
        return Stream(
            self.key, side, self.supply, self.target, self.rate, self.contribution,
            self.vent and side == "hot", self.tenant, self.tenant,
        )  # fmt: skip


def faults_of_offers(offers: Sequence[Offer]) -> list[Fault]:
    """What is wrong with offers, beyond what streams say of themselves; all of it at once."""
    found: list[Fault] = []
    for o in offers:
        if o.thermal:
            found += _temperatures(o)
        if not o.rate > 0 or not np.isfinite(o.rate):
            needs = say("more than nothing")
            found.append(Fault(o.place, say("has no amount"), f"{o.rate:g} {BASE_UNITS[o.medium]}", needs))
        if not 0 < o.reliability <= 1:
            found.append(
                Fault(
                    o.place,
                    say("has a reliability that is no share"),
                    f"{o.reliability:g}",
                    say("0 to 100 %"),
                )
            )
        if o.medium == "material":
            found += _material(o)
    return found


def _temperatures(o: Offer) -> list[Fault]:
    if not (np.isfinite(o.supply) and np.isfinite(o.target)):
        needs = say("both temperatures in degC; equal ones where it is latent")
        return [Fault(o.place, say("has no supply or target temperature"), needs=needs)]
    low = min(o.supply, o.target)
    if low < ABSOLUTE_ZERO:
        what, needs = (
            say("is colder than absolute zero"),
            say("{absolute_zero} degC or more", absolute_zero=ABSOLUTE_ZERO),
        )
        return [Fault(o.place, what, say("{low:g} degC", low=low), needs)]
    got = say("{supply:g} to {target:g} degC", supply=o.supply, target=o.target)
    if o.hot and o.target > o.supply:
        hint = say("call it a sink, or turn its temperatures")
        return [Fault(o.place, say("is hot, but is heated"), got, say("a hot stream that cools"), hint)]
    if not o.hot and o.target < o.supply:
        hint = say("call it a source, or turn its temperatures")
        return [Fault(o.place, say("is cold, but is cooled"), got, say("a cold stream that is warmed"), hint)]
    if o.contribution < 0:
        needs = say("0 K or more")
        return [
            Fault(o.place, say("has a negative temperature contribution"), f"{o.contribution:g} K", needs)
        ]
    return []


def _material(o: Offer) -> list[Fault]:
    if not o.material:
        return [Fault(o.place, say("does not say which material it is"), needs=say("a name in material"))]
    if not o.waste_code:
        return []
    try:
        stated = class_of_code(o.waste_code)
    except ValueError:
        needs = say("a code such as EU 10 02 07* or VN 05 02 07 NH")
        return [Fault(o.place, say("has no waste code of either list"), o.waste_code, needs)]
    if stated is None:
        return []
    if CLASS_RANK[stated] > CLASS_RANK[o.legal_class]:
        what = say("is {stated} waste by its code, but is offered as {offered}",
                   stated=say(f"eip.class.{stated}"), offered=say(f"eip.class.{o.legal_class}"))  # fmt: skip
        hint = say("give its legal class as the code states it; only a licensed receiver may take it")
        return [Fault(o.place, what, o.waste_code, say("the class of the code"), hint)]
    return []


def streams_of(offers: Sequence[Offer]) -> list[Stream]:
    """The thermal offers as streams."""
    return [o.stream() for o in offers if o.thermal]


def periods_of(offers: Sequence[Offer]) -> tuple[dict[str, list[Stream]], dict[str, float]]:
    """Streams of each time in which the same ones are there, and its hours [h].

    Returns:
        Streams and hours by period; times without any stream are left out.
    """
    thermal = [o for o in offers if o.thermal]
    if not thermal:
        return {}, {}
    weeks, months = np.array([o.week for o in thermal]), np.array([o.months for o in thermal])
    there = (weeks[:, None, :] & months[:, :, None]).reshape(len(thermal), -1)
    hours = np.repeat(MONTH_DAYS / 7.0, WEEK)
    kinds, which = np.unique(there, axis=1, return_inverse=True)
    spans = np.bincount(which.ravel(), weights=hours)
    order = np.argsort(-spans, kind="stable")
    streams: dict[str, list[Stream]] = {}
    lengths: dict[str, float] = {}
    for k in order:
        if kinds[:, k].any():
            name = f"p{len(streams) + 1}"
            streams[name] = [o.stream() for o, on in zip(thermal, kinds[:, k], strict=True) if on]
            lengths[name] = float(spans[k])
    return streams, lengths


def permitted(rule: str, got: str, needs: str) -> bool:
    """Whether a rule of discovery holds, from what was got and what it needs: every refusal by itself.

    Raises:
        ValueError: for a rule that there is not.
    """
    if rule == "legal_class":
        return CLASS_RANK[got] <= LICENCES.index(needs)
    if rule == "quality":
        return QUALITIES.index(got) >= QUALITIES.index(needs)
    if rule == "specification":
        (limit,) = limits_of(needs)
        values = limits_of(got)
        return bool(values) and values[0].unit == limit.unit and keeps(values[0].value, limit)
    if rule in ("temperature", "hours"):
        return float(got) >= float(needs)
    if rule == "distance":
        return float(got) <= float(needs)
    if rule == "amount":
        return float(got) > float(needs)
    raise ValueError(rule)


def keeps(value: float, limit: Limit) -> bool:
    """Whether a value keeps a limit."""
    return value <= limit.value if limit.sign == "<=" else value >= limit.value if limit.sign == ">=" else (
        value == limit.value
    )  # fmt: skip
