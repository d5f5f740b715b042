"""Properties of random studies: the audit passes, the ledger sums to the objective, conflicts are found."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings

from parkzero.explain.infeasible import explain_infeasible
from parkzero.planning.monolith import monolith
from parkzero.results import load, results_of, save
from parkzero.results.auditor import failed
from tests.cases.strategies import studies


@settings(max_examples=12)
@given(study=studies(days=2, years=2))
def test_every_run_passes_its_audit_and_sums_to_its_objective(study):
    plan = monolith(study)
    results = results_of(plan)
    with tempfile.TemporaryDirectory() as folder:
        stored = save(results, Path(folder) / "run")
        assert failed(stored.audit).is_empty()
        again = load(Path(folder) / "run")
        assert again.sizes.equals(results.sizes)
        assert again.ledger.equals(results.ledger)
    costs = results.ledger.filter(pl.col("account").is_in(results.under("cost"))).join(
        results.years, on="year"
    )
    total = float((costs["amount"] * costs["weight"]).sum())
    assert total == pytest.approx(plan.objective, rel=1e-6, abs=1e-3)


@settings(max_examples=12)
@given(study=studies(days=2, years=2))
def test_a_study_has_a_conflict_exactly_when_its_plan_leaves_something_short(study):
    plan = monolith(study)
    told = explain_infeasible(study, plan)
    assert (told is not None) is (plan.status == "infeasible")
    assert told is None or (told.smallest and len(told.rules) > 0)
