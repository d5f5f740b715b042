"""Which matches together: no source gives more than it has, and no heat flows up.

Symbols:
    x           heat of a piece of a source to a piece of a sink, or flow of a pair [MW, m3/h, t/h]
    b           what a pair saves a year per rate [money]

Rules:
    source      sum of x over its pairs <= its rate; of each piece, its heat
    sink        likewise
    order       heat goes from a piece to one that is at most as hot, both shifted

Pieces are streams cut at all temperatures at which any of them begins or ends, so that what is recovered is
at most the pinch target of the same streams. Costs of a pair are spread evenly over its largest rate.

Source: Papoulias and Grossmann, Computers and Chemical Engineering 7 (1983): transshipment, forbidden pairs.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import optimize, sparse

from parkzero.cash.split import EXACT, Split, in_core, least_core, sampled, shapley
from parkzero.eip.offers import THERMAL, Offer
from parkzero.units import FloatArray

MOST_PAIRS = 2000
"""Pairs that are weighed together; the best by rank of a large park."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an offer between two shifted temperatures; one without temperatures is whole."""

    offer: int
    high: float
    low: float
    rate: float


def chosen(offers: Sequence[Offer], matches: pl.DataFrame) -> pl.DataFrame:
    """Matches that together save most, each with the share of its rate that is used.

    Pairs whose money is not known are weighed by their energy or amount, after all whose money is.

    Returns:
        The matches with ``share`` above zero, scaled to it, in the order of their rank.
    """
    kept = matches.filter(pl.col("benefit").is_null() | (pl.col("benefit") > 0)).head(MOST_PAIRS)
    if kept.is_empty():
        return matches.clear().with_columns(share=pl.lit(0.0))
    shares = _shares(offers, kept, _worth(kept))
    scaled = kept.with_columns(share=pl.Series(shares)).filter(pl.col("share") > 1e-6)
    amounts = ("rate", "amount", "energy_mwh", "water_m3", "material_t", "tco2e", "saving", "link_cost",
               "capex", "benefit")  # fmt: skip
    return scaled.with_columns([pl.col(name) * pl.col("share") for name in amounts])


def _worth(kept: pl.DataFrame) -> FloatArray:
    """What each pair is worth per rate; where money is unknown, a little for its amount."""
    rate, benefit = kept["rate"].to_numpy(), kept["benefit"].cast(pl.Float64).to_numpy()
    known = np.isfinite(np.asarray(benefit, dtype=float))
    money = np.where(known, np.nan_to_num(np.asarray(benefit, dtype=float)), 0.0) / rate
    small = 1e-6 * max(1.0, float(money.max(initial=0.0)))
    return np.where(known, money, small)


def _shares(offers: Sequence[Offer], kept: pl.DataFrame, worth: FloatArray) -> FloatArray:
    pieces, columns = _columns(offers, kept)
    pairs = np.array([c[0] for c in columns])
    rows = np.concatenate([[c[1] for c in columns], [c[2] for c in columns]])
    wide = np.tile(np.arange(len(columns)), 2)
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, wide)), shape=(len(pieces), len(columns)))
    most = sparse.csr_matrix(
        (np.ones(len(columns)), (pairs, np.arange(len(columns)))), shape=(kept.height, len(columns))
    )
    limit = np.concatenate([[p.rate for p in pieces], kept["rate"].to_numpy()])
    rules: Any = sparse.vstack([matrix, most]).tocsc()  # scipy's types know no sparse rules
    found = optimize.linprog(-worth[pairs], A_ub=rules, b_ub=limit, bounds=(0.0, None), method="highs")
    assert found.x is not None  # nothing flowing is always possible
    flows = np.bincount(pairs, weights=found.x, minlength=kept.height).astype(float)
    shares: FloatArray = flows / kept["rate"].to_numpy().astype(float)
    return shares


def _columns(offers: Sequence[Offer], kept: pl.DataFrame) -> tuple[list[Piece], list[tuple[int, int, int]]]:
    """Pieces, and pairs of pieces (match, from, to) between which something may go."""
    index = {o.key: i for i, o in enumerate(offers)}
    pairs = [(index[a], index[b]) for a, b in kept.select("source", "sink").iter_rows()]
    used = sorted({i for pair in pairs for i in pair})
    pieces: list[Piece] = []
    of: dict[int, list[int]] = {}
    levels = _levels([offers[i] for i in used if offers[i].thermal])
    for i in used:
        parts = _pieces(i, offers[i], levels)
        of[i] = list(range(len(pieces), len(pieces) + len(parts)))
        pieces += parts
    columns = []
    for k, (a, b) in enumerate(pairs):
        hot, cold = (a, b) if not offers[a].thermal or offers[a].hot else (b, a)
        for p in of[hot]:
            for q in of[cold]:
                if not offers[a].thermal or (
                    pieces[p].low >= pieces[q].low and pieces[p].high >= pieces[q].high
                ):
                    columns.append((k, p, q))
    return pieces, columns


def _levels(some: Sequence[Offer]) -> FloatArray:
    ends = [t - (o.contribution if o.hot else -o.contribution) for o in some for t in (o.supply, o.target)]
    return np.unique(np.array(ends))


def _pieces(i: int, o: Offer, levels: FloatArray) -> list[Piece]:
    if not o.thermal:
        return [Piece(i, 0.0, 0.0, o.rate)]
    shift = -o.contribution if o.hot else o.contribution
    low, high = sorted((o.supply + shift, o.target + shift))
    if low == high:
        return [Piece(i, high, low, o.rate)]
    cuts = levels[(levels >= low) & (levels <= high)]
    return [
        Piece(i, float(b), float(a), o.rate * float(b - a) / (high - low))
        for a, b in itertools.pairwise(cuts)
    ]


def recovered(picked: pl.DataFrame) -> float:
    """Heat that chosen matches pass on [MW]."""
    return float(picked.filter(pl.col("medium").is_in(THERMAL))["rate"].sum())


@dataclass(frozen=True, slots=True)
class Fair:
    """How the gain of a network may be split.

    Attributes:
        split: the Shapley value, sampled where there are more than twelve tenants.
        inside: whether no group does better alone; None where there are too many to ask.
        excess: what the most wronged group lacks at best; None likewise.
        best: a split in the least core; None likewise.
    """

    split: Split
    inside: bool | None
    excess: float | None
    best: Mapping[str, float] | None


def fair(offers: Sequence[Offer], matches: pl.DataFrame) -> Fair | None:
    """Shares of the tenants in what the best network saves; None where no match with known money is."""
    money = matches.filter(pl.col("benefit") > 0)
    picked = chosen(offers, money)
    players = sorted({*picked["from"].to_list(), *picked["to"].to_list()})
    if len(players) < 2:
        return None
    known: dict[frozenset[str], float] = {}

    def worth(group: frozenset[str]) -> float:
        if group not in known:
            inside = money.filter(pl.col("from").is_in(list(group)) & pl.col("to").is_in(list(group)))
            known[group] = float(chosen(offers, inside)["benefit"].sum()) if inside.height else 0.0
        return known[group]

    if len(players) > EXACT:
        return Fair(sampled(players, worth, 40), None, None, None)
    split = shapley(players, worth)
    core = least_core(players, worth)
    return Fair(split, in_core(players, worth, split.shares), core.excess, core.shares)


def leaving(offers: Sequence[Offer], matches: pl.DataFrame, picked: pl.DataFrame) -> pl.DataFrame:
    """What fails if one tenant leaves: links lost, what they gave, and what the others can find instead."""
    whole = float(picked["benefit"].sum())
    rows = []
    for tenant in sorted({*picked["from"].to_list(), *picked["to"].to_list()}):
        gone = picked.filter((pl.col("from") == tenant) | (pl.col("to") == tenant))
        rest = chosen(offers, matches.filter((pl.col("from") != tenant) & (pl.col("to") != tenant)))
        others = sorted({*gone["from"].to_list(), *gone["to"].to_list()} - {tenant})
        rows.append({
            "tenant": tenant, "links": gone.height, "partners": ", ".join(others),
            "energy_mwh": float(gone["energy_mwh"].sum()), "water_m3": float(gone["water_m3"].sum()),
            "material_t": float(gone["material_t"].sum()), "benefit": float(gone["benefit"].sum()),
            "lost": whole - float(rest["benefit"].sum()),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=LEAVING)


LEAVING: dict[str, pl.DataType] = {
    "tenant": pl.String(), "links": pl.Int64(), "partners": pl.String(), "energy_mwh": pl.Float64(),
    "water_m3": pl.Float64(), "material_t": pl.Float64(), "benefit": pl.Float64(), "lost": pl.Float64(),
}  # fmt: skip
