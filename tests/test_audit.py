"""The audit passes what was stored, and notices every kind of tampering."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from benchmarks.reference import reference_study
from parkzero.planning.monolith import monolith
from parkzero.results import audit, results_of, save
from parkzero.results.auditor import AuditError, failed

YEAR = 2030


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit") / "run"
    save(results_of(monolith(reference_study(days=2, years=(2025, YEAR)))), folder)
    return folder


def table(name: str, change: pl.Expr) -> Callable[[Path], None]:
    """Change one column of a stored table."""
    return parquet(f"tables/{name}.parquet", change)


def hourly(kind: str, change: pl.Expr) -> Callable[[Path], None]:
    return parquet(f"hourly/{kind}/{YEAR}.parquet", change)


def parquet(path: str, change: pl.Expr) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        frame = pl.read_parquet(folder / path)
        changed = frame.with_columns(change)
        assert not changed.equals(frame), "the tampering changed nothing"
        changed.write_parquet(folder / path)

    return tamper


def summary(key: str, factor: float, year: str = "") -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        path = folder / "summary.json"
        read = json.loads(path.read_text(encoding="utf-8"))
        if year:
            read[key][year] *= factor
        else:
            read[key] = read[key] * factor + (factor - 1)
        path.write_text(json.dumps(read), encoding="utf-8")

    return tamper


def one(column: str, change: pl.Expr, **where: object) -> pl.Expr:
    """Change a column in the rows where others have given values."""
    chosen = pl.all_horizontal([pl.col(k) == v for k, v in where.items()])
    return pl.when(chosen).then(change).otherwise(pl.col(column)).alias(column)


def bump(column: str, by: float = 1.0) -> pl.Expr:
    """Raise the third step of an hourly column."""
    return (
        pl.when(pl.int_range(pl.len()) == 2).then(pl.col(column) + by).otherwise(pl.col(column)).alias(column)
    )


def dropped(folder: Path) -> None:
    path = folder / "hourly" / "flows" / f"{YEAR}.parquet"
    pl.read_parquet(path).drop("grid.import").write_parquet(path)


def row_dropped(folder: Path) -> None:
    path = folder / "tables" / "ledger.parquet"
    pl.read_parquet(path).filter(pl.col("account") != "energy").write_parquet(path)


def unserved_added(folder: Path) -> None:
    path = folder / "tables" / "ledger.parquet"
    frame = pl.read_parquet(path)
    row = frame.head(1).with_columns(
        pl.lit("unserved").alias("account"), pl.lit(5.0).alias("amount"), pl.lit(YEAR, pl.Int32).alias("year")
    )
    pl.concat([frame, row]).write_parquet(path)


AMOUNT = pl.col("amount") * 1.001
TAMPERINGS = {
    "an injection": ("bus balance", hourly("injections", bump("el|grid"))),
    "an injection that is no number": ("bus balance", hourly("injections", bump("el|grid", float("nan")))),
    "a flow, in money": ("money", hourly("flows", bump("grid.import"))),
    "a flow, in emissions": ("emissions", hourly("flows", bump("grid.import"))),
    "a flow, in a balance": ("limits in each step", hourly("flows", bump("grid.import"))),
    "a flow above its standing size": ("limits in each step", hourly("flows", bump("pv.output", 500.0))),
    "a conversion": ("limits in each step", hourly("flows", bump("heat_pump.heat"))),
    "a stored level": ("storage", hourly("flows", bump("battery.stored"))),
    "a flow that is no number": ("money", hourly("flows", bump("grid.import", float("nan")))),
    "a cost": ("money", table("ledger", one("amount", AMOUNT, account="energy", year=YEAR))),
    "an investment": ("money", table("ledger", one("amount", AMOUNT, account="capex", asset="pv"))),
    "an emission": ("emissions", table("ledger", one("amount", AMOUNT, account="scope2", year=YEAR))),
    "an energy": ("energy", table("ledger", one("amount", AMOUNT, account="consumed", asset="load"))),
    "a missing booking": ("money", row_dropped),
    "a rate": ("emissions", table("rates", one("scalar", pl.col("scalar") * 1.01, account="scope2"))),
    "an hourly rate": ("money", hourly("rates", (pl.selectors.float() * 1.01))),
    "what stands": (
        "sizes",
        table("sizes", one("standing", pl.col("standing") + 0.5, asset="pv", year=YEAR)),
    ),
    "what was built": ("sizes", table("sizes", one("built", pl.col("built") + 0.5, asset="pv", year=2025))),
    "what retired": ("sizes", table("sizes", one("retired", pl.col("retired") + 0.5, asset="pv", year=YEAR))),
    "what existed": ("sizes", table("sizes", one("existing", pl.col("existing") + 0.5, asset="pv"))),
    "a standing column": (
        "limits of the year",
        table("variables", one("value", pl.col("value") + 1.0, name="pv.power.standing", year=YEAR)),
    ),
    "a cap": (
        "limits of the year",
        table("rules", one("scalar", pl.col("scalar") * 0.5, asset="cap", of="high")),
    ),
    "a weight": ("objective", table("years", one("weight", pl.col("weight") * 1.01, year=YEAR))),
    "a price": ("prices", table("prices_mean", one("mean", pl.col("mean") + 1.0, bus="el"))),
    "an hourly price": ("prices", hourly("prices", bump("el"))),
    "unserved energy": ("unserved", unserved_added),
    "the objective": ("objective", summary("objective", 1.0001)),
    "the summary's cost": ("summary cost", summary("cost", 1.0001, "2030")),
    "the summary's emissions": ("summary emissions_t", summary("emissions_t", 1.0001, "2025")),
    "the gap": ("gap", summary("gap", 1.1)),
    "the lower bound": ("gap", summary("lower_bound", 0.9)),
    "a missing flow": ("stored numbers", dropped),
}


def test_a_stored_run_passes(stored: Path):
    findings = audit(stored)
    assert findings["ok"].all(), failed(findings)
    assert set(findings["check"]) >= {check for check, _ in TAMPERINGS.values()} - {"stored numbers"}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_noticed(stored: Path, tmp_path: Path, what: str):
    check, tamper = TAMPERINGS[what]
    shutil.copytree(stored, tmp_path / "run")
    tamper(tmp_path / "run")
    findings = failed(audit(tmp_path / "run"))
    assert check in set(findings["check"])
    assert check in str(AuditError(findings))


def test_what_flows_both_ways_is_reported_and_allowed(stored: Path):
    findings = audit(stored).filter(pl.col("check").str.ends_with("at once"))
    assert findings["ok"].all()
    assert set(findings["unit"]) == {"MWh"}


def test_the_audit_knows_nothing_of_the_model(root: Path):
    """It reads tables alone: a model that reports something else than it stores would be noticed."""
    allowed = ("parkzero.results", "parkzero.errors", "parkzero.texts", "parkzero.timeline")
    for name in ("auditor", "checks", "stored", "store", "results", "frames"):
        tree = ast.parse((root / "parkzero" / "results" / f"{name}.py").read_text(encoding="utf-8"))
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        for module in modules:
            if module.startswith("parkzero"):
                assert module.startswith(allowed), f"{name} imports {module}"
