"""Discovery: which source may serve which sink, and why each of the others may not.

Rules, in this order; the first that does not hold is the one reason:
    legal_class     the receiver's licence covers the legal class of a waste
    temperature     hottest of the source >= coldest of the sink, both shifted by their contributions
    quality         water at least as good as needed, after treatment where the source offers it
    specification   every limit of the sink is stated by the source and kept
    hours           hours of the year in which both are there >= the least overlap
    distance        between the tenants <= the longest for the medium
    amount          what can flow > the least

What can flow between a hot and a cold stream is their pinch target; between others the smaller of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from parkzero.eip.costs import LinkCosts, yearly_link_cost
from parkzero.eip.hours import hours_together
from parkzero.eip.offers import (
    BASE_UNITS,
    CLASS_RANK,
    GROUPS,
    LICENCES,
    QUALITIES,
    THERMAL,
    Limit,
    Offer,
    keeps,
)  # fmt: skip
from parkzero.units import FloatArray

RULES = ("legal_class", "temperature", "quality", "specification", "hours", "distance", "amount")
Bools = npt.NDArray[np.bool_]
Positions = Mapping[str, tuple[float, float]]
LONGEST: dict[str, float] = {
    "heat": 3.0,
    "steam": 3.0,
    "cooling": 3.0,
    "water": 10.0,
    "co2": 10.0,
    "material": 100.0,
}
"""Longest distances asked about unless a study says otherwise [km]: rules of thumb, from memory (M)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What discovery holds to.

    Attributes:
        least_hours: least overlap in a year [h].
        longest: longest distance by medium [km]; a medium that is not named has no limit.
        least: least rate by medium, in its base unit.
        costs: of links; unknown parts leave money unknown.
    """

    least_hours: float = 500.0
    longest: Mapping[str, float] = field(default_factory=lambda: dict(LONGEST))
    least: Mapping[str, float] = field(default_factory=dict)
    costs: LinkCosts = field(default_factory=LinkCosts)


@dataclass(frozen=True, slots=True)
class Found:
    """What discovery finds.

    Attributes:
        matches: feasible pairs, best first.
        refused: all other pairs of the same medium, each with its rule, what was got and what it needs.
    """

    matches: pl.DataFrame
    refused: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Between:
    """Distances between tenants [km], by coordinates or as given."""

    index: Mapping[str, int]
    km: FloatArray

    def of(self, rows: Sequence[Offer], columns: Sequence[Offer]) -> FloatArray:
        """Distances of some offers to others, shape [n, m] [km]."""
        a, b = [self.index[o.tenant] for o in rows], [self.index[o.tenant] for o in columns]
        return self.km[np.ix_(a, b)]


def distances(positions: Positions, given: Mapping[tuple[str, str], float] | None = None) -> Between:
    """Distances of tenants: as given, else along straight lines between coordinates in km."""
    names = list(positions)
    index = {name: i for i, name in enumerate(names)}
    at = np.array([positions[n] for n in names]).reshape(-1, 2)
    km = np.hypot(at[:, None, 0] - at[None, :, 0], at[:, None, 1] - at[None, :, 1])
    np.fill_diagonal(km, 0.0)
    for (a, b), length in (given or {}).items():
        km[index[a], index[b]] = km[index[b], index[a]] = length
    return Between(index, km)


def discover(offers: Sequence[Offer], between: Between, settings: Settings | None = None) -> Found:
    """Every pair of a source and a sink of one kind and of two tenants, with its reason where refused."""
    asked = settings or Settings()
    matches, refused = [], []
    for group in dict.fromkeys(GROUPS.values()):
        sources = [o for o in offers if o.side == "source" and GROUPS[o.medium] == group]
        sinks = [o for o in offers if o.side == "sink" and GROUPS[o.medium] == group]
        for material in sorted({o.material for o in sources} & {o.material for o in sinks}):
            a, b = ([o for o in some if o.material == material] for some in (sources, sinks))
            found = _group(a, b, between, asked)
            matches.append(found.matches)
            refused.append(found.refused)
    joined = pl.concat(matches) if matches else pl.DataFrame(schema=MATCHES)
    ranked = joined.sort(
        ["benefit", "tco2e", "energy_mwh", "amount", "source", "sink"],
        descending=[True, True, True, True, False, False], nulls_last=True,
    )  # fmt: skip
    ranked = ranked.with_columns(rank=pl.int_range(1, ranked.height + 1, dtype=pl.Int64))
    return Found(ranked, pl.concat(refused) if refused else pl.DataFrame(schema=REFUSED))


MATCHES: dict[str, pl.DataType] = {
    "rank": pl.Int64(), "source": pl.String(), "sink": pl.String(), "from": pl.String(), "to": pl.String(),
    "medium": pl.String(), "rate": pl.Float64(), "unit": pl.String(), "hours": pl.Float64(),
    "amount": pl.Float64(), "energy_mwh": pl.Float64(), "water_m3": pl.Float64(), "material_t": pl.Float64(),
    "tco2e": pl.Float64(), "km": pl.Float64(), "capex": pl.Float64(), "link_cost": pl.Float64(),
    "saving": pl.Float64(), "benefit": pl.Float64(), "price_low": pl.Float64(), "price_high": pl.Float64(),
}  # fmt: skip
REFUSED: dict[str, pl.DataType] = {
    "source": pl.String(), "sink": pl.String(), "medium": pl.String(), "rule": pl.String(),
    "got": pl.String(), "needs": pl.String(),
}  # fmt: skip


def _group(sources: Sequence[Offer], sinks: Sequence[Offer], between: Between, asked: Settings) -> Found:
    """One medium: all rules over all pairs at once."""
    shape = len(sources), len(sinks)
    thermal = sources[0].thermal
    rate = exchanged(sources, sinks) if thermal else _smaller(sources, sinks)
    medium = sinks[0].medium
    hours = hours_together(
        np.array([o.week for o in sources]), np.array([o.months for o in sources]),
        np.array([o.week for o in sinks]), np.array([o.months for o in sinks]),
    )  # fmt: skip
    km = between.of(sources, sinks)
    least = asked.least.get(medium, 0.0)
    longest = np.array([asked.longest.get(o.medium, np.inf) for o in sinks])[None, :] + np.zeros(shape)
    spec, worst = _specification(sources, sinks)
    hot, cold = _ends(sources, sinks) if thermal else (np.zeros(shape), np.zeros(shape))
    bad = np.stack([
        _classes(sources)[:, None] > _licences(sinks)[None, :], hot < cold,
        _best(sources)[:, None] < _qualities(sinks)[None, :], ~spec,
        hours < asked.least_hours, km > longest, rate <= least,
    ])  # fmt: skip
    apart = np.array([o.tenant for o in sources])[:, None] != np.array([o.tenant for o in sinks])[None, :]
    fails = bad.any(axis=0)
    first = np.where(fails, bad.argmax(axis=0), -1)
    numbers = {1: (hot, cold), 4: (hours, asked.least_hours + np.zeros(shape)), 5: (km, longest),
               6: (rate, least + np.zeros(shape))}  # fmt: skip
    refused = _refusals(sources, sinks, np.where(apart, first, -1), numbers, worst)
    return Found(_accepted(sources, sinks, ~fails & apart, rate, hours, km, asked), refused)


def _smaller(sources: Sequence[Offer], sinks: Sequence[Offer]) -> FloatArray:
    a, b = (np.array([o.rate for o in some], dtype=float) for some in (sources, sinks))
    smaller: FloatArray = np.minimum(a[:, None], b[None, :])
    return smaller


def _classes(sources: Sequence[Offer]) -> npt.NDArray[np.int64]:
    return np.array([CLASS_RANK[o.legal_class] for o in sources])


def _licences(sinks: Sequence[Offer]) -> npt.NDArray[np.int64]:
    return np.array([LICENCES.index(o.licence) for o in sinks])


def _best(sources: Sequence[Offer]) -> npt.NDArray[np.int64]:
    """Rank of the quality that a source reaches; one without a quality meets those without."""
    return np.array([QUALITIES.index(_reached(o)) if _reached(o) else -1 for o in sources])


def _reached(o: Offer) -> str:
    return o.treated_to or o.quality


def _qualities(sinks: Sequence[Offer]) -> npt.NDArray[np.int64]:
    return np.array([QUALITIES.index(o.quality) if o.quality else -1 for o in sinks])


def _shifted(some: Sequence[Offer]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Upper and lower shifted temperature and heat of offers."""
    sign = np.array([1.0 if o.hot else -1.0 for o in some])
    ends = np.array([(o.supply, o.target) for o in some]).reshape(-1, 2)
    ends = ends - (sign * np.array([o.contribution for o in some]))[:, None]
    return ends.max(axis=1), ends.min(axis=1), np.array([o.rate for o in some])


def _ends(sources: Sequence[Offer], sinks: Sequence[Offer]) -> tuple[FloatArray, FloatArray]:
    """Hottest shifted temperature of what gives heat and coldest of what takes it, by pair."""
    (up_a, low_a, _), (up_b, low_b, _) = _shifted(sources), _shifted(sinks)
    shape = np.zeros((len(sources), len(sinks)))
    if sources[0].hot:
        return up_a[:, None] + shape, low_b[None, :] + shape
    return up_b[None, :] + shape, low_a[:, None] + shape


def exchanged(sources: Sequence[Offer], sinks: Sequence[Offer]) -> FloatArray:
    """Heat that each pair of streams can exchange, shape [n, m] [MW]: the pinch target of the two alone."""
    flip = not sources[0].hot
    hots, colds = (sinks, sources) if flip else (sources, sinks)
    (hu, hl, hq), (cu, cl, cq) = _shifted(hots), _shifted(colds)
    a, b, heat = hu[:, None], hl[:, None], hq[:, None]
    c, d, need = cu[None, :], cl[None, :], cq[None, :]
    lack = np.zeros((len(hots), len(colds)))
    for level in (a, b, c, d):
        for reached in (False, True):  # before and after what is latent at the level
            lack = np.maximum(lack, _above(c, d, need, level, reached) - _above(a, b, heat, level, reached))
    found = np.maximum(need - lack, 0.0)
    found = np.where(found <= 1e-9 * np.maximum(heat, need), 0.0, found)
    return found.T if flip else found


def _above(up: FloatArray, low: FloatArray, heat: FloatArray, level: FloatArray, reached: bool) -> FloatArray:
    """Heat of streams above a level; that of latent ones at the level only once it is reached."""
    span = up - low
    share = np.clip((up - level) / np.where(span > 0, span, 1.0), 0.0, 1.0)
    latent = (up >= level) if reached else (up > level)
    found: FloatArray = heat * np.where(span > 0, share, latent)
    return found


def _specification(sources: Sequence[Offer], sinks: Sequence[Offer]) -> tuple[Bools, npt.NDArray[np.int64]]:
    """Whether each pair keeps every limit of the sink, and which limit is the first that it does not keep."""
    shape = len(sources), len(sinks)
    worst = np.full(shape, -1)
    stated = [{limit.name: limit for limit in o.limits} for o in sources]
    for j, sink in enumerate(sinks):
        for k, limit in reversed(list(enumerate(sink.limits))):
            kept = np.array([_keeps(known.get(limit.name), limit) for known in stated])
            worst[~kept, j] = k
    return worst < 0, worst


def _keeps(stated: Limit | None, limit: Limit) -> bool:
    return stated is not None and stated.unit == limit.unit and keeps(stated.value, limit)


Numbers = Mapping[int, tuple[FloatArray, FloatArray]]


def _refusals(
    sources: Sequence[Offer], sinks: Sequence[Offer], first: npt.NDArray[np.int64], numbers: Numbers,
    worst: npt.NDArray[np.int64],
) -> pl.DataFrame:  # fmt: skip
    i, j = np.nonzero(first >= 0)
    rule = first[i, j]
    got, needs = np.full(len(i), "", dtype=object), np.full(len(i), "", dtype=object)
    for k, (a, b) in numbers.items():
        at = np.nonzero(rule == k)[0]
        got[at] = [repr(v) for v in a[i[at], j[at]].tolist()]
        needs[at] = [repr(v) for v in b[i[at], j[at]].tolist()]
    for n in np.nonzero(rule == 0)[0].tolist():
        got[n], needs[n] = sources[i[n]].legal_class, sinks[j[n]].licence
    for n in np.nonzero(rule == 2)[0].tolist():
        got[n], needs[n] = _reached(sources[i[n]]) or QUALITIES[0], sinks[j[n]].quality
    for n in np.nonzero(rule == 3)[0].tolist():
        limit = sinks[j[n]].limits[worst[i[n], j[n]]]
        known = {one.name: one for one in sources[i[n]].limits}
        got[n], needs[n] = str(known.get(limit.name) or ""), str(limit)
    names = np.array([o.key for o in sources], dtype=object), np.array([o.key for o in sinks], dtype=object)
    media = np.array([o.medium for o in sinks], dtype=object)
    return pl.DataFrame(
        {"source": names[0][i].tolist(), "sink": names[1][j].tolist(), "medium": media[j].tolist(),
         "rule": [RULES[k] for k in rule], "got": got.tolist(), "needs": needs.tolist()},
        schema=REFUSED,
    )  # fmt: skip


def _accepted(
    sources: Sequence[Offer], sinks: Sequence[Offer], kept: Bools, rate: FloatArray, hours: FloatArray,
    km: FloatArray, asked: Settings,
) -> pl.DataFrame:  # fmt: skip
    rows = []
    for i, j in np.argwhere(kept).tolist():
        a, b = sources[i], sinks[j]
        rows.append(_row(a, b, float(rate[i, j]), float(hours[i, j]), float(km[i, j]), asked.costs))
    return pl.DataFrame(rows, schema=MATCHES, orient="row")


def _row(a: Offer, b: Offer, rate: float, hours: float, km: float, costs: LinkCosts) -> dict[str, object]:
    """One match: what arrives in a year, what it saves, and the prices between which both gain."""
    given = rate * hours * min(a.reliability, b.reliability)
    amount = given * costs.arriving(b.medium, km)
    capex, link = yearly_link_cost(a, b, rate, given, km, costs)
    saving = given * (a.cost_now or 0.0) + amount * b.cost_now if b.cost_now is not None else None
    benefit = saving - link if saving is not None and link is not None else None
    low = None if link is None or not amount else (link - given * (a.cost_now or 0.0)) / amount
    avoided = [amount_ * e for amount_, e in ((given, a.emissions), (amount, b.emissions)) if e is not None]
    thermal = b.medium in THERMAL
    return {
        "rank": 0, "source": a.key, "sink": b.key, "from": a.tenant, "to": b.tenant, "medium": b.medium,
        "rate": rate, "unit": BASE_UNITS[b.medium], "hours": hours, "amount": amount,
        "energy_mwh": amount if thermal else 0.0, "water_m3": amount if b.medium == "water" else 0.0,
        "material_t": amount if b.medium in ("co2", "material") else 0.0,
        "tco2e": sum(avoided) if avoided else None, "km": km, "capex": capex, "link_cost": link,
        "saving": saving, "benefit": benefit, "price_low": low, "price_high": b.cost_now,
    }  # fmt: skip
