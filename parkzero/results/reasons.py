"""Why a plan is as it is: what binds, what it costs most, and why something is or is not built."""

from __future__ import annotations

import polars as pl

from parkzero.results.checks import COSTS
from parkzero.results.results import Results

UNBUILT = 1e-3
MOST = 8
STATUS = {
    "optimal": "The plan is optimal within its tolerance",
    "stopped": "The search was stopped: this is the best plan so far, not proven to its tolerance",
    "infeasible": "There is no plan: something stays unserved or in excess",
}


def reasons(results: Results) -> list[str]:
    """Everything that ``parkzero explain DIR`` says, as lines."""
    lines = [headline(results)]
    if results.summary["status"] == "infeasible":
        return [*lines, *shortages(results)]
    if results.summary["method"] == "certified":
        lines.append("Savings are those of the first unit at the plan's sizes.")
    for title, part in (
        ("What binds", binding(results)),
        ("What costs most (over the whole plan, discounted)", costs(results)),
        ("What is built", built(results)),
        ("What is not built", unbuilt(results)),
    ):
        lines += ["", title, *(f"  {line}" for line in part or ["nothing"])]
    return lines


def headline(results: Results) -> str:
    """Status and proven gap in a sentence."""
    summary = results.summary
    text = STATUS[str(summary["status"])]
    gap = summary["gap"]
    if summary["status"] == "infeasible" or gap is None:
        return text + "."
    share = f"{gap:.3%}" if gap >= 5e-6 else "0.001%"
    return (
        f"{text}: at most {share} ({money(gap * abs(summary['objective']), results)}) dearer than the best."
    )


def shortages(results: Results) -> list[str]:
    """What is short or in excess, and the rules that cannot hold together."""
    lines = ["", "What is missing"]
    rows = results.summary["unserved"]
    lines += [f"  {row['text']}" for row in rows[:MOST]]
    if len(rows) > MOST:
        lines.append(f"  and {len(rows) - MOST} more in summary.json")
    conflict = results.summary.get("conflict") or []
    if conflict:
        lines += ["", *(line if i == 0 else f"  {line}" for i, line in enumerate(conflict))]
    return lines


def binding(results: Results) -> list[str]:
    """Limits with what one unit of loosening would save a year; those of the study before those of sizes."""
    policies = results.policies.filter(pl.col("binds")).sort("price", descending=True)
    lines = [
        f"{row['policy']} in {row['year']}: limit {row['limit']:,.6g} {row['unit']}; "
        f"one {row['unit']} more would save {money(row['price'], results)} a year"
        for row in policies.head(MOST).iter_rows(named=True)
    ]
    named = set(results.policies["policy"])
    limits = results.binding.filter(~pl.col("sized") & ~pl.col("asset").is_in(named)).sort(
        "worth", descending=True
    )
    for row in (
        limits.unique(["asset", "rule"], keep="first", maintain_order=True).head(MOST).iter_rows(named=True)
    ):
        steps = f" in {row['steps']:,} steps" if row["steps"] > 1 else ""
        lines.append(
            f"{row['asset']}.{row['rule']} in {row['year']}{steps}: "
            f"one {row['unit']} more would save {money(row['worth'], results)} a year"
        )
    return lines


def costs(results: Results) -> list[str]:
    """Bookings that cost most over the whole plan."""
    weights = results.years.select("year", "weight")
    frame = (
        results.ledger.filter(pl.col("account").is_in(sorted(COSTS)))
        .join(weights, on="year")
        .with_columns((pl.col("amount") * pl.col("weight")).alias("total"))
        .group_by("asset", "account")
        .agg(pl.col("total").sum())
        .sort("total", descending=True)
    )
    whole = abs(float(results.summary["objective"])) or 1.0
    return [
        f"{row['asset']}, {row['account'].replace('_', ' ')}: {money(row['total'], results)} "
        f"({row['total'] / whole:.1%})"
        for row in frame.head(MOST).iter_rows(named=True)
        if row["total"] > 1e-6 * whole
    ]


def built(results: Results) -> list[str]:
    """Sizes that are built, and those that would be built further if they could."""
    lines = []
    for (asset, size), part in results.builds.group_by(["asset", "size"], maintain_order=True):
        rows = part.filter(pl.col("built") > UNBUILT)
        if rows.is_empty():
            continue
        amounts = ", ".join(
            f"{r['built']:,.4g} {r['unit']} in {r['year']}" for r in rows.iter_rows(named=True)
        )
        held = rows.filter(
            pl.col("most").is_not_null()
            & (pl.col("built") > pl.col("most") * 0.9999)
            & (pl.col("reduced") < 0)
        )
        best = held.sort("reduced").head(1)
        more = ""
        if not best.is_empty():
            row = best.row(0, named=True)
            saved = money(-row["reduced"], results)
            more = f"; held by its limit, one {row['unit']} more in {row['year']} would save {saved}"
        lines.append(f"{asset} ({size}): {amounts}{more}")
    return lines


def unbuilt(results: Results) -> list[str]:
    """Assets that are not built, with how much cheaper they would have to be."""
    lines = []
    for (asset,), part in results.builds.group_by(["asset"], maintain_order=True):
        standing = results.sizes.filter(pl.col("asset") == asset)["standing"].max()
        if part["built"].max() > UNBUILT or standing > UNBUILT:  # type: ignore[operator]  # columns of numbers
            continue
        lines.append(f"{asset}: {cheaper_text(part['cheaper'][0])}")
    return lines


def cheaper_text(share: float | None) -> str:
    """How much cheaper an asset would have to be."""
    if share is None:
        return "may not be built in any year, or was not priced"
    if share >= 1 - 1e-6:
        return "would not be built even if it cost nothing"
    if share < 5e-4:
        return "is as good as what is built instead"
    return f"needs to be {share:.1%} cheaper" if share < 0.1 else f"needs to be {share:.0%} cheaper"


def money(amount: float, results: Results) -> str:
    """An amount in the study's currency."""
    return (
        f"{amount:,.4g} {results.summary['currency']}"
        if abs(amount) < 1e4
        else f"{amount:,.0f} {results.summary['currency']}"
    )
