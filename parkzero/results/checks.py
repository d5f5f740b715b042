"""The single checks of the audit; each recomputes one thing from stored numbers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parkzero.results.results import Results
from parkzero.results.stored import FloatArray, Row, YearNumbers, grouped
from parkzero.texts import NOTHING, Both, Text, data, joined, say

# Arithmetic on the same numbers must agree to ARITHMETIC; what a solver leaves open may be OPTIMISED,
# relative to the size of what is added up.
ARITHMETIC = 1e-7
OPTIMISED = 1e-5
UNSERVED_MWH = 1e-2
PAIRS = (("import", "export"), ("charge", "discharge"), ("forward", "back"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the audit.

    Attributes:
        check: what was checked.
        year: milestone year; None for the whole plan.
        residual: largest deviation found, in ``unit``.
        unit: its unit.
        tolerance: largest deviation allowed.
        detail: where the largest deviation stands.
    """

    check: str
    year: int | None
    residual: float
    unit: str
    tolerance: float
    detail: Text = NOTHING

    @property
    def ok(self) -> bool:
        """Whether the deviation is allowed; one that is no number is not."""
        return self.residual <= self.tolerance


class Worst:
    """The deviation that is largest relative to what is allowed."""

    def __init__(self, check: str, year: int | None, unit: str, least: float) -> None:
        self.finding = Finding(check, year, 0.0, unit, least)
        self.ratio = -1.0

    def add(self, residual: float, tolerance: float, detail: Text, unit: str = "") -> None:
        """Keep a deviation if it is the worst so far; one that is no number is the worst of all."""
        ratio = residual / tolerance if np.isfinite(residual) else np.inf
        if ratio > self.ratio:
            self.ratio = ratio
            kept = residual if np.isfinite(residual) else np.inf
            old = self.finding
            self.finding = Finding(old.check, old.year, kept, unit or old.unit, tolerance, detail)


def balances(results: Results, numbers: YearNumbers) -> Finding:
    """The injections into every bus sum to nothing in every step [MW]."""
    worst = Worst("bus balance", numbers.year, "MW", OPTIMISED)
    frame = results.frame("injections", numbers.year)
    parts: dict[str, list[str]] = {bus: [] for bus in results.buses["bus"]}
    for name in frame.columns:
        if name != "start":
            parts[name.split("|", 1)[0]].append(name)
    for bus, names in parts.items():
        values = [frame[name].to_numpy() for name in names] or [np.zeros(1)]
        total = np.abs(np.sum(values, axis=0))
        size = max(1.0, float(np.max([np.abs(v).max() for v in values])))
        at = int(np.argmax(np.where(np.isnan(total), np.inf, total)))
        worst.add(float(total[at]), OPTIMISED * size, say("bus {bus}, step {step}", bus=bus, step=at + 1))
    return worst.finding


def accounts(results: Results, numbers: YearNumbers) -> list[Finding]:
    """Every account recomputed as the sum over steps of rate times flow, compared with the ledger."""
    year = numbers.year
    keys = ["asset", "account", "label", "entry"]
    made = {
        key: sum((numbers.amount(row) for row in rows), 0.0)
        for key, rows in grouped(results.tables["rates"].filter(pl.col("year") == year), keys)
    }
    booked = {
        key: sum((float(row["amount"]) for row in rows), 0.0)
        for key, rows in grouped(results.ledger.filter(pl.col("year") == year), keys)
    }
    currency = str(results.summary["currency"])
    families = dict(results.accounts.select("account", "family").iter_rows())
    unknown = sorted({key[1] for key in {**made, **booked}} - set(families))
    if unknown:
        raise LookupError(f"no account is called {', '.join(unknown)}")
    words = dict(results.accounts.select("account", "vi").iter_rows())
    units = {"money": currency, "emissions": "t", "energy": "MWh", "amounts": ""}
    checks = {"cost": "money", "emission": "emissions", "energy": "energy"}
    return [
        _compared(
            check, year, unit, made, booked,
            [key for key in {**made, **booked} if checks.get(families[key[1]], "amounts") == check],
            words,
        )
        for check, unit in units.items()
    ]  # fmt: skip


def _compared(
    check: str, year: int, unit: str, made: Mapping[tuple[str, ...], float],
    booked: Mapping[tuple[str, ...], float], keys: list[tuple[str, ...]], words: Mapping[str, str],
) -> Finding:  # fmt: skip
    size = max(1.0, sum(abs(booked.get(key, 0.0)) for key in keys))
    worst = Worst(check, year, unit, ARITHMETIC * size)
    for key in keys:
        asset, account, label, _ = key
        off = abs(made.get(key, 0.0) - booked.get(key, 0.0))
        told = Both(vi=words.get(account, account), en=account)
        where = say("{asset}, {account} ({label})", asset=asset, account=told, label=label)
        worst.add(off, ARITHMETIC * size, joined([asset, told]) if label == account else where)
    return worst.finding


def rules(results: Results, numbers: YearNumbers) -> list[Finding]:
    """Every stored rule holds: limits against standing sizes, storage from step to step, yearly limits."""
    frame = results.tables["rules"].filter(pl.col("year") == numbers.year)
    storage = Worst("storage", numbers.year, "MWh", OPTIMISED)
    limits = Worst("limits in each step", numbers.year, "MW", OPTIMISED)
    yearly = Worst("limits of the year", numbers.year, "t", OPTIMISED)
    skipped = 0
    for (asset, rule), rows in grouped(frame, ["asset", "rule"]):
        kinds = {row["of"] for row in rows}
        if "other" in kinds:
            skipped += 1
            continue
        worst = yearly if rows[0]["each"] == "year" else storage if "before" in kinds else limits
        off, size = violation(rows, numbers)
        worst.add(off, OPTIMISED * size, data(f"{asset}.{rule}"), str(rows[0]["unit"]))
    findings = [storage.finding, limits.finding, yearly.finding]
    if skipped:
        findings.append(
            Finding("rules not recomputed", numbers.year, float(skipped), "", np.inf, say("windowed peaks"))
        )
    return findings


def violation(rows: list[Row], numbers: YearNumbers) -> tuple[float, float]:
    """Largest violation of one rule, and the size of what is added up where it stands."""
    steps = 1 if rows[0]["each"] == "year" else numbers.steps
    activity, size = np.zeros(steps), np.ones(steps)
    low, high = np.full(steps, -np.inf), np.full(steps, np.inf)
    for row in rows:
        if row["of"] in ("low", "high"):
            bound = np.broadcast_to(np.asarray(numbers.coefficient(row)), (steps,))
            low, high = (bound, high) if row["of"] == "low" else (low, bound)
            continue
        value = _over(row, numbers, steps)
        activity = activity + value
        size = size + np.abs(value)
    size = np.maximum(size, np.where(np.isfinite(high), np.abs(high), 1.0))
    off = np.maximum(np.maximum(low - activity, activity - high), 0.0)
    at = int(np.argmax(np.where(np.isnan(off), np.inf, off / size)))
    return float(off[at]), float(size[at])


def _over(row: Row, numbers: YearNumbers, steps: int) -> FloatArray:
    """A term of a rule over its rows: a flow in a rule over the year is summed over the hours."""
    if steps == 1 and row["of"] in ("flow", "one"):
        return np.array([numbers.amount(row)])
    return np.array(np.broadcast_to(np.asarray(numbers.term(row)), (steps,)), dtype=np.float64)


def standing(results: Results) -> list[Finding]:
    """What stands is what was built and is still alive, and what existed; what went is what is missing."""
    findings = []
    years = sorted({*results.year_list, *results.sizes["year"]})
    parts = list(grouped(results.sizes, ["asset", "size"]))
    for i, year in enumerate(years):
        worst = Worst("sizes", year, "MW", ARITHMETIC)
        for (asset, size), rows in parts:
            at = {int(r["year"]): r for r in rows}
            kept = [v for v in years if at[year]["there"] and v <= year < v + float(at[v]["lifetime"])]
            alive = sum(float(at[v]["built"]) for v in kept)
            off = abs(float(at[year]["standing"]) - alive - float(at[year]["existing"]))
            before = float(at[years[i - 1]]["standing"]) if i else 0.0
            gone = (
                max(before + float(at[year]["built"]) - alive - float(at[year]["existing"]), 0.0)
                if i
                else 0.0
            )
            off = max(off, abs(float(at[year]["retired"]) - gone))
            worst.add(off, ARITHMETIC * max(1.0, alive), data(f"{asset}.{size}"), str(rows[0]["unit"]))
        findings.append(worst.finding)
    return findings


def objective(results: Results) -> Finding:
    """The objective is the sum over the years of weight times cost."""
    cost = booked_by_year(results, results.under("cost"))
    weights = dict(zip(results.years["year"], results.years["weight"], strict=True))
    total = sum(float(weights[year]) * cost.get(year, 0.0) for year in results.year_list)
    size = max(1.0, sum(float(weights[y]) * abs(c) for y, c in cost.items()))
    off = abs(total - float(results.summary["objective"]))
    unit = str(results.summary["currency"])
    return Finding(
        "objective",
        None,
        _number(off),
        unit,
        1e-6 * size,
        say("sum of weight times cost {total:,.1f}", total=total),
    )


def booked_by_year(results: Results, accounts: list[str]) -> dict[int, float]:
    """Sum of some accounts by year."""
    kept = results.ledger.filter(pl.col("account").is_in(accounts))
    return {int(y): float(a) for y, a in kept.group_by("year").agg(pl.col("amount").sum()).iter_rows()}


def summary(results: Results) -> list[Finding]:
    """The summary's costs and emissions by year are those of the ledger, and its gap that of its bounds."""
    findings = []
    for key, accounts, unit in (
        ("cost", results.under("cost"), str(results.summary["currency"])),
        ("emissions_t", results.counted, "t"),
    ):
        ledger = booked_by_year(results, accounts)
        worst = Worst(f"summary {key}", None, unit, ARITHMETIC)
        for year, value in results.summary[key].items():
            booked = ledger.get(int(year), 0.0)
            worst.add(abs(float(value) - booked), ARITHMETIC * max(1.0, abs(booked)), data(year))
        findings.append(worst.finding)
    return [*findings, _gap(results)]


def _gap(results: Results) -> Finding:
    lower, upper, gap = (results.summary[k] for k in ("lower_bound", "objective", "gap"))
    if lower is None or gap is None:
        proven = results.summary["status"] == "optimal"
        return Finding("gap", None, float(proven), "", 0.0, say("no lower bound is known"))
    off = abs(max(0.0, (upper - lower) / max(abs(upper), 1e-9)) - gap)
    unproven = results.summary["status"] == "optimal" and gap > max(results.summary["tolerance"], OPTIMISED)
    detail = say("the gap is larger than the tolerance of a plan called optimal") if unproven else NOTHING
    return Finding("gap", None, _number(max(off, gap if unproven else 0.0)), "", 1e-9, detail)


def unserved(results: Results, year: int) -> Finding:
    """Nothing is unserved or in excess in a plan that is called one."""
    kept = results.ledger.filter((pl.col("year") == year) & pl.col("account").is_in(["unserved", "slack"]))
    found = float(kept.filter(pl.col("account") == "unserved")["amount"].sum())
    claimed = results.summary["status"] == "infeasible"
    detail = say("the summary says so") if claimed else NOTHING
    return Finding("unserved", year, _number(abs(found)), "MWh", np.inf if claimed else UNSERVED_MWH, detail)


def prices(results: Results, year: int) -> Finding:
    """Mean prices are the means of the hourly ones."""
    frame = results.frame("prices", year)
    worst = Worst("prices", year, f"{results.summary['currency']}/MWh", ARITHMETIC)
    for row in results.prices_mean.filter(pl.col("year") == year).iter_rows(named=True):
        values = frame[row["bus"]].to_numpy()
        off = max(
            abs(values.mean() - row["mean"]), abs(values.min() - row["low"]), abs(values.max() - row["high"])
        )
        worst.add(
            float(off), ARITHMETIC * max(1.0, float(np.abs(values).max())), say("bus {bus}", bus=row["bus"])
        )
    return worst.finding


def at_once(results: Results, numbers: YearNumbers) -> list[Finding]:
    """Energy that flows both ways in the same step: allowed where prices pay for it, and reported [MWh]."""
    findings, assets = [], results.components["asset"].to_list()
    for one, other in PAIRS:
        total, where = 0.0, NOTHING
        for asset in assets:
            flow, opposite = (numbers.flows.get(f"{asset}.{name}") for name in (one, other))
            if flow is None or opposite is None:
                continue
            both = float(np.minimum(flow, opposite).clip(min=0.0).sum() * numbers.hours)
            total, where = total + both, data(asset) if both > 1e-3 else where
        findings.append(Finding(f"{one} and {other} at once", numbers.year, total, "MWh", np.inf, where))
    return findings


def _number(value: float) -> float:
    return value if np.isfinite(value) else float("inf")
