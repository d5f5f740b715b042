"""The summary: what a reader wants to know first, as plain JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import Any

import numpy as np
import polars as pl

from parkzero.language.accounts import Account, accounts
from parkzero.language.origins import origins as known_origins
from parkzero.planning.plan import Plan
from parkzero.results.results import FORMAT
from parkzero.results.shortage import unserved_of
from parkzero.texts import Text, in_words, say


def summary_of(plan: Plan, ledger: pl.DataFrame, doubts: Sequence[Text] = ()) -> dict[str, Any]:
    """What ``summary.json`` holds, before the audit has been added.

    Args:
        plan: the plan.
        ledger: its bookings.
        doubts: what is true of the plan and hardly meant; it stands before the warnings of the study.
    """
    warnings = [*doubts, *plan.study.warnings]
    finite = np.isfinite(plan.lower_bound)
    study, notes = plan.study, synthetic_notes(plan)
    return {
        "format": FORMAT,
        "parkzero_version": version(),
        "name": study.name,
        "language": study.language,
        "status": plan.status,
        "proven": plan.status == "optimal",
        "method": plan.method,
        "objective": plan.objective,
        "lower_bound": plan.lower_bound if finite else None,
        "gap": plan.gap if np.isfinite(plan.gap) else None,
        "tolerance": plan.tolerance,
        "currency": study.currency,
        "seconds": plan.seconds,
        "peak_memory_mb": plan.peak_memory_mb,
        "solver": plan.solver,
        "years": [operated.built.year for operated in plan.years],
        "cost": _by_year(plan, ledger, [a.id for a in accounts("cost")]),
        "emissions_t": _by_year(plan, ledger, [a.id for a in accounts() if a.counts]),
        "renewable_share": renewable_share(plan, ledger),
        "unserved_mwh": float(sum(_by_year(plan, ledger, [Account.UNSERVED.id]).values())),
        "unserved": unserved_of(plan) if plan.status == "infeasible" else [],
        "synthetic": notes,
        "synthetic_vi": [note.of("vi") for note in notes],
        "warnings": warnings,
        "warnings_vi": [in_words(warning, "vi") for warning in warnings],
        "audit": {},
        "audit_ok": None,
    }


def _by_year(plan: Plan, ledger: pl.DataFrame, under: list[str]) -> dict[str, float]:
    kept = ledger.filter(pl.col("account").is_in(under)).group_by("year").agg(pl.col("amount").sum())
    found = dict(kept.iter_rows())
    return {str(year): float(found.get(year, 0.0)) for year in (o.built.year for o in plan.years)}


def renewable_share(plan: Plan, ledger: pl.DataFrame) -> dict[str, float]:
    """Own renewable electricity that is not exported as a share of what is consumed, by year."""
    origins = [o.id for o in known_origins() if o.family == "renewable"]
    made = _by_year(plan, ledger.filter(pl.col("made_from").is_in(origins)), [Account.GENERATED.id])
    sold = _by_year(plan, ledger, [Account.EXPORTED.id])
    used = _by_year(plan, ledger, [Account.CONSUMED.id])
    return {y: max(made[y] - sold[y], 0.0) / used[y] if used[y] > 0 else 0.0 for y in made}


def synthetic_notes(plan: Plan) -> list[Text]:
    """Why values are synthetic, each reason once with the number of fields."""
    reasons: dict[Text, list[str]] = {}
    for path, why in plan.study.synthetic.items():
        reasons.setdefault(why, []).append(path)
    shown = {why: ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "") for why, paths in reasons.items()}
    return [say("{why} ({paths})", why=why, paths=paths) for why, paths in shown.items()]


def version() -> str:
    """Installed version of ParkZero; empty in an uninstalled checkout."""
    try:
        return metadata.version("parkzero")
    except metadata.PackageNotFoundError:
        return ""
