"""All that a questionnaire leads to: targets, matches, the best network, fair shares, what fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from parkzero.eip.matching import Found, discover
from parkzero.eip.network import Fair, chosen, fair, leaving, recovered
from parkzero.eip.offers import periods_of
from parkzero.eip.pinch import Targets, by_period
from parkzero.eip.questionnaire import Site
from parkzero.eip.streams import Stream


@dataclass(frozen=True, slots=True)
class Symbiosis:
    """What a site can exchange.

    Attributes:
        site: the questionnaire.
        streams, hours: thermal streams and hours [h] of each period, longest first.
        targets: of each period.
        found: matches and refusals.
        picked: matches that together save most, scaled to what is used.
        fair: how the gain may be split; None where no money is known.
        leaving: what fails if a tenant leaves.
    """

    site: Site
    streams: Mapping[str, list[Stream]]
    hours: Mapping[str, float]
    targets: Mapping[str, Targets]
    found: Found
    picked: pl.DataFrame
    fair: Fair | None
    leaving: pl.DataFrame

    @property
    def target_mwh(self) -> float:
        """Heat that could be recovered in a year at most [MWh]: the targets of all periods."""
        return sum(self.targets[p].recovery * self.hours[p] for p in self.targets)

    @property
    def rows(self) -> tuple[str, ...]:
        """Keys of the books on which figures rest."""
        return self.site.settings.costs.rows


def symbiosis(site: Site) -> Symbiosis:
    """Analyse a questionnaire.

    Raises:
        StudyError: with every fault of every stream.
    """
    streams, hours = periods_of(site.offers)
    targets = by_period(streams, hours) if streams else {}
    found = discover(site.offers, site.between, site.settings)
    picked = chosen(site.offers, found.matches)
    return Symbiosis(
        site, streams, hours, targets, found, picked, fair(site.offers, found.matches),
        leaving(site.offers, found.matches, picked),
    )  # fmt: skip


def plain(s: Symbiosis) -> dict[str, Any]:
    """The analysis as JSON; every refusal with its reason, every figure with the rows it rests on."""
    return {
        "name": s.site.name,
        "currency": s.site.currency,
        "periods": [
            {"period": p, "hours": s.hours[p], "streams": len(s.streams[p]), "heating_mw": t.heating,
             "cooling_mw": t.cooling, "recovery_mw": t.recovery, "vented_mw": t.vented,
             "pinches_degc": [list(r) for r in t.pinches]}
            for p, t in s.targets.items()
        ],
        "target_mwh": s.target_mwh,
        "recovered_mw": recovered(s.picked),
        "matches": s.found.matches.to_dicts(),
        "chosen": s.picked.to_dicts(),
        "refused": s.found.refused.to_dicts(),
        "fair": None if s.fair is None else {
            "shapley": dict(s.fair.split.shares), "errors": dict(s.fair.split.errors),
            "in_core": s.fair.inside, "least_core_excess": s.fair.excess,
            "least_core": None if s.fair.best is None else dict(s.fair.best),
        },
        "leaving": s.leaving.to_dicts(),
        "rows": list(s.rows),
    }  # fmt: skip
