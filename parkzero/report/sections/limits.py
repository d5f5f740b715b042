"""What holds the plan back, and what loosening it would save."""

from __future__ import annotations

import math

import polars as pl
from markupsafe import Markup

from parkzero.report.cobenefits import unit_name
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, details, table
from parkzero.report.numbers import cleared, money, number
from parkzero.report.numbers import figure as shown
from parkzero.report.sections.parts import empty, labels, note, section
from parkzero.report.words import Both, both, known, say


def limits(facts: Facts) -> Markup:
    """Policies by year, and the rules that cost most."""
    policies, binding = facts.results.policies, facts.results.binding
    parts: list[Child] = [labels(facts)]
    parts.append(_policies(facts, policies) if policies.height else empty("limits.no_policy"))
    binding = binding.filter(pl.col("worth") > 0)
    outer = binding.filter(~pl.col("sized").fill_null(False))
    inner = binding.filter(pl.col("sized").fill_null(False))
    if outer.height:
        parts += [_binding(facts, outer, say("limits.binding")), note(say("limits.note"))]
    elif not inner.height:
        parts.append(empty("limits.nothing"))
    if inner.height:
        parts.append(details(say("limits.sized_more"), _binding(facts, inner, say("limits.sized"))))
    if facts.marginal and (binding.height or policies.height):
        parts.append(note(say("limits.marginal")))
    return section("limits", *parts)


def _amount(value: float | None) -> Both:
    return both("–") if value is None or not math.isfinite(value) else shown(value, 4)


def _cleared(value: float | None, limit: float | None) -> float | None:
    """What is reached, without what rounding leaves beside its limit."""
    return None if value is None else cleared(value, max(abs(limit or 0.0), 1.0))


def _saved(facts: Facts, value: float | None, unit: str) -> Both:
    if value is None or not math.isfinite(value) or value <= 0:
        return both("–")
    return money(facts.currency, value).full(value) + "/" + unit_name(unit)


def _policies(facts: Facts, rows: pl.DataFrame) -> Markup:
    head = ["policy", "year", "limit", "value", "unit", "binds", "saves"]
    body: list[list[Child]] = [
        [
            _policy(facts, r["kind"], r["policy"]),
            str(r["year"]),
            _amount(r["limit"]),
            _amount(_cleared(r["value"], r["limit"])),
            unit_name(r["unit"]),
            say("word.yes") if r["binds"] else say("word.no"),
            _saved(facts, r["price"] if r["binds"] else None, r["unit"]),
        ]
        for r in rows.sort("policy", "year").iter_rows(named=True)
    ]
    return table([say(f"word.{h}") for h in head], body, caption=say("limits.policies"))


def _policy(facts: Facts, kind: str, policy: str) -> Both:
    """A policy by its label; else its kind with its id."""
    return facts.labels.get(policy) or facts.technology_name(kind) + f" ({policy})"


def rule_name(facts: Facts, asset: str, rule: str) -> Both:
    """A rule by its common name; else in the words of the asset's kind, or as it is written."""
    base = rule.split(".")[-1] if rule.split(".")[-1].isalpha() else rule.split(".")[0]
    common = known(f"rule.{rule}", "")
    own = facts.word(asset, rule)
    if common.en or own is None:
        return common if common.en else known(f"rule.{base}", rule)
    limit = say("conflict.its_limit")
    return Both(own.vi.replace("{bound}", limit.vi), own.en.replace("{bound}", limit.en))


def spelled(years: list[int], milestones: list[int]) -> str:
    """Years in a row of milestones as 2030–2050, others one by one."""
    runs: list[list[int]] = []
    for year in years:
        place = milestones.index(year) if year in milestones else -1
        if runs and place > 0 and runs[-1][-1] == milestones[place - 1]:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


def _binding(facts: Facts, rows: pl.DataFrame, caption: Both) -> Markup:
    """One line for each rule, over all years in which it binds."""
    head = ["asset", "rule", "worth", "year", "steps"]
    merged = (
        rows.group_by("asset", "rule", "unit", maintain_order=True)
        .agg(pl.col("year").unique().sort(), pl.col("steps").max(), pl.col("worth").max())
        .sort("worth", descending=True, maintain_order=True)
    )
    body: list[list[Child]] = [
        [
            facts.asset(r["asset"]),
            rule_name(facts, r["asset"], r["rule"]),
            _saved(facts, r["worth"], r["unit"]),
            spelled(r["year"], facts.years),
            number(float(r["steps"] or 0), 0),
        ]
        for r in merged.iter_rows(named=True)
    ]
    return table([say(f"word.{h}") for h in head], body, text_columns=2, caption=caption)
