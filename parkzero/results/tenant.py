"""A tenant's own view of a run: its figures and the park's totals, nothing of anybody else's.

Rules:
    own         rows, series and sentences about the tenant's own assets and buses
    common      what is nobody's: years, accounts, the bounds of the search, policies of the park
    totals      sums over all owners, only where at least three owners stand behind them: of fewer, the total
                less the tenant's own would tell what another one pays
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.results.results import Hours, Kind, Results
from parkzero.texts import listed, say

LEAST_OWNERS: Final = 3
_COMMON = ("years", "accounts", "origins", "history")
_OF_OWNER = ("ledger", "sizes", "reference", "reference_sizes")
_OF_ASSET = ("builds", "binding", "components", "rates", "rules")
_TOTALS = (
    "objective",
    "lower_bound",
    "cost",
    "emissions_t",
    "renewable_share",
    "reference",
    "savings",
    "npv",
    "payback",
)


@dataclass(frozen=True, slots=True)
class OwnHours:
    """Hourly tables with the series of some assets and buses alone.

    Attributes:
        whole: where all series come from.
        assets, buses: the tenant's own.
    """

    whole: Hours
    assets: frozenset[str]
    buses: frozenset[str]

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        """Hourly values of one year."""
        frame = self.whole.frame(kind, year)
        return frame.select([c for c in frame.columns if c == "start" or self._own(kind, c)])

    def _own(self, kind: Kind, column: str) -> bool:
        if kind == "prices":
            return column in self.buses
        if kind == "injections":
            bus, _, asset = column.rpartition("|")
            return asset in self.assets and bus in self.buses
        return any(column.startswith(f"{asset}.") for asset in self.assets)


def of_tenant(results: Results, tenant: str) -> Results:
    """The run as one tenant may see it.

    Raises:
        StudyError: when the run has no such tenant.
    """
    known = results.tenants["id"].to_list()
    if tenant not in known:
        needs, hint = say("one of {names}", names=listed(known)), did_you_mean(tenant, known)
        fault = Fault(Place(field="--tenant"), say("is not a tenant of the run"), tenant, needs, hint)
        raise StudyError([fault], say("The command"))
    components = results.components
    own = frozenset(components.filter(pl.col("owner").fill_null("") == tenant)["asset"].to_list())
    buses = frozenset(results.buses.filter(pl.col("owner").fill_null("") == tenant)["bus"].to_list())
    tables = {name: table.clear() for name, table in results.tables.items()}
    tables |= {name: results.tables[name] for name in _COMMON}
    for name in _OF_OWNER:
        tables[name] = results.tables[name].filter(pl.col("owner").fill_null("") == tenant)
    for name in _OF_ASSET:
        tables[name] = results.tables[name].filter(pl.col("asset").is_in(list(own)))
    tables["buses"] = results.buses.filter(pl.col("bus").is_in(list(buses)))
    tables["prices_mean"] = results.prices_mean.filter(pl.col("bus").is_in(list(buses)))
    strangers = [t for t in known if t != tenant]
    tables["actors"] = results.tables["actors"].filter(~pl.col("actor").is_in(strangers))
    tables["tenants"] = results.tenants.filter(pl.col("id") == tenant)
    tables["assumptions"] = results.assumptions.filter(_own_rows(tenant, own, buses))
    totals = _owners(results) >= LEAST_OWNERS
    shown = [tenant, "*"] if totals else [tenant]
    for name in ("savings", "savings_yearly"):
        tables[name] = results.tables[name].filter(pl.col("owner").is_in(shown))
    tables["bills"] = results.tables["bills"].filter(pl.col("tenant") == tenant)
    tables["audit"] = results.audit.with_columns(pl.lit("").alias("detail"))
    summary = _summary(results, tenant, own, tables["assumptions"]["synthetic"].to_list(), totals)
    return Results(summary, tables, OwnHours(results.hours, own, buses), _study(results, tenant, own, buses))


def _own_rows(tenant: str, own: frozenset[str], buses: frozenset[str]) -> pl.Expr:
    """Which assumptions are of the tenant's own, or of nobody's."""
    names = {"assets": own, "policies": own, "buses": buses, "tenants": {tenant}}
    section, name = pl.col("section"), pl.col("name")
    mine = [(section == of) & name.is_in(list(held)) for of, held in names.items()]
    return pl.any_horizontal(~section.is_in(list(names)), *mine)


def _told_of_own(path: str, own: frozenset[str]) -> bool:
    """Whether what was understood of a field is of the tenant's own, or of nobody's."""
    section, _, rest = path.partition(".")
    if section in ("assets", "policies", "buses", "tenants"):
        return any(rest == asset or rest.startswith(f"{asset}.") for asset in own)
    return True


def _owners(results: Results) -> int:
    return len({o or "" for o in results.ledger["owner"].to_list()})


def _summary(
    results: Results, tenant: str, own: frozenset[str], synthetic: list[str], totals: bool
) -> dict[str, Any]:
    others = {a for a in results.components["asset"].to_list() if a not in own}
    others |= {t for t in results.tenants["id"].to_list() if t != tenant}
    others |= {n for i, n in results.tenants.select("id", "name").iter_rows() if i != tenant}
    kept = {k: v for k, v in results.summary.items() if totals or k not in _TOTALS}
    for key in ("objective", "lower_bound"):
        kept.setdefault(key, None)
    # A sentence is kept only where it speaks of the tenant's own and of nobody else.
    mine = {*own, tenant, *(n for i, n in results.tenants.select("id", "name").iter_rows() if i == tenant)}
    for key in ("warnings", "unserved", "missed", "reach", "reach_vi", "conflict", "conflict_vi"):
        if isinstance(kept.get(key), list):
            kept[key] = [s for s in kept[key] if _names(s, mine) and not _names(s, others)]
    if isinstance(kept.get("bills"), dict):
        kept["bills"] = {**kept["bills"], **_own_bills(kept["bills"], tenant)}
    kept["synthetic"] = list(dict.fromkeys(str(s) for s in synthetic if s))
    name = dict(results.tenants.select("id", "name").iter_rows())[tenant] or tenant
    return {
        **kept,
        "tenant": tenant,
        "tenant_name": name,
        "totals": totals,
        "name": f"{kept['name']} · {name}",
    }


def _own_bills(bills: Mapping[str, Any], tenant: str) -> dict[str, Any]:
    """What was found about the tenant's own bills."""
    own: dict[str, Any] = {"tenants": [t for t in bills["tenants"] if t["tenant"] == tenant]}
    for key in ("warnings", "warnings_vi", "warned"):
        own[key] = [text for text, who in zip(bills[key], bills["warned"], strict=True) if who == tenant]
    return own


def _names(item: object, others: set[str]) -> bool:
    """Whether a sentence or a row speaks of anybody else."""
    text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False, default=str)
    return any(other in text for other in others)


def _study(results: Results, tenant: str, own: frozenset[str], buses: frozenset[str]) -> Mapping[str, Any]:
    whole = dict(results.study)
    for key, names in (("components", own), ("buses", buses), ("tenants", frozenset({tenant}))):
        table = whole.get(key)
        if isinstance(table, dict):
            whole[key] = {name: value for name, value in table.items() if name in names}
    whole["understood"] = [f for f in whole.get("understood") or () if _told_of_own(str(f.get("path")), own)]
    return whole
