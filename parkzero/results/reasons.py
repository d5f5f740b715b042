"""Why a plan is as it is: what binds, what it costs most, and why something is or is not built."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from parkzero.results.reason_words import number, say
from parkzero.results.results import Results
from parkzero.texts import Lang

UNBUILT = 1e-3
MOST = 8


def reasons(results: Results, lang: Lang = "en") -> list[str]:
    """Everything that ``parkzero explain DIR`` says, as lines."""
    teller = Teller(results, lang)
    if results.summary["status"] == "infeasible":
        return [teller.headline(), *teller.shortages()]
    lines = [teller.headline()]
    if results.summary["method"] == "certified":
        lines.append(say(lang, "savings"))
    for title, part in (
        ("binds", teller.binding()),
        ("costs", teller.costs()),
        ("built", teller.built()),
        ("unbuilt", teller.unbuilt()),
    ):
        lines += ["", say(lang, title), *(f"  {line}" for line in part or [say(lang, "nothing")])]
    return lines


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the reasons of a run in a language."""

    results: Results
    lang: Lang

    def headline(self) -> str:
        """Status and proven gap in a sentence."""
        summary = self.results.summary
        status, gap = say(self.lang, str(summary["status"])), summary["gap"]
        if summary["status"] == "infeasible" or gap is None:
            return status + "."
        share = number(self.lang, f"{max(gap, 1e-5):.3%}")
        return say(
            self.lang, "gap", status=status, share=share, amount=self.money(gap * abs(summary["objective"]))
        )

    def shortages(self) -> list[str]:
        """What is short or in excess, and the rules that cannot hold together."""
        summary, text = self.results.summary, "text" if self.lang == "en" else "text_vi"
        rows = summary["unserved"]
        first = [str(line) for line in summary.get("reach" if self.lang == "en" else "reach_vi") or []]
        lines = [
            "",
            *first,
            *([""] if first else []),
            say(self.lang, "missing"),
            *(f"  {row[text]}" for row in rows[:MOST]),
        ]
        if len(rows) > MOST:
            lines.append("  " + say(self.lang, "more", count=len(rows) - MOST))
        conflict = summary.get("conflict" if self.lang == "en" else "conflict_vi") or []
        if conflict:
            lines += ["", *(line if i == 0 else f"  {i}. {line}" for i, line in enumerate(conflict))]
        return lines

    def binding(self) -> list[str]:
        """Limits with what one unit of loosening would save a year; those of policies first."""
        policies = self.results.policies
        tight = policies.filter(pl.col("binds")).sort("price", descending=True).head(MOST)
        lines = [
            say(self.lang, "policy", policy=row["policy"], year=row["year"], unit=row["unit"],
                limit=number(self.lang, f"{row['limit']:,.6g}"), amount=self.money(row["price"]))
            for row in tight.iter_rows(named=True)
        ]  # fmt: skip
        limits = (
            self.results.binding.filter(~pl.col("sized") & ~pl.col("asset").is_in(set(policies["policy"])))
            .sort("worth", descending=True)
            .unique(["asset", "rule"], keep="first", maintain_order=True)
        )
        for row in limits.head(MOST).iter_rows(named=True):
            count = number(self.lang, f"{row['steps']:,}")
            steps = say(self.lang, "steps", count=count) if row["steps"] > 1 else ""
            name, amount = f"{row['asset']}.{row['rule']}", self.money(row["worth"])
            lines.append(
                say(
                    self.lang,
                    "rule",
                    name=name,
                    year=row["year"],
                    steps=steps,
                    unit=row["unit"],
                    amount=amount,
                )
            )
        return lines

    def costs(self) -> list[str]:
        """Bookings that cost most over the whole plan."""
        frame = (
            self.results.ledger.filter(pl.col("account").is_in(self.results.under("cost")))
            .join(self.results.years.select("year", "weight"), on="year")
            .group_by("asset", "account")
            .agg((pl.col("amount") * pl.col("weight")).sum().alias("total"))
            .sort("total", descending=True)
        )
        whole = abs(float(self.results.summary["objective"])) or 1.0
        names = dict(self.results.accounts.select("account", self.lang).iter_rows())
        return [
            f"{row['asset']}, {names[row['account']]}: {self.money(row['total'])} "
            + number(self.lang, f"({row['total'] / whole:.1%})")
            for row in frame.head(MOST).iter_rows(named=True)
            if row["total"] > 1e-6 * whole
        ]

    def built(self) -> list[str]:
        """Sizes that are built, and those that would be built further if they could."""
        lines = []
        for (asset, size), part in self.results.builds.group_by(["asset", "size"], maintain_order=True):
            rows = part.filter(pl.col("built") > UNBUILT)
            amounts = ", ".join(
                say(
                    self.lang,
                    "amount_in",
                    amount=number(self.lang, f"{r['built']:,.4g}"),
                    unit=r["unit"],
                    year=r["year"],
                )
                for r in rows.iter_rows(named=True)
            )
            if amounts:
                lines.append(f"{asset} ({size}): {amounts}{self.held(rows)}")
        return lines

    def held(self, rows: pl.DataFrame) -> str:
        """What one unit more would save, where the limit holds it back."""
        full = pl.col("most").is_not_null() & (pl.col("built") > pl.col("most") * 0.9999)
        best = rows.filter(full & (pl.col("reduced") < 0)).sort("reduced").head(1)
        if best.is_empty():
            return ""
        row = best.row(0, named=True)
        return say(self.lang, "held", unit=row["unit"], year=row["year"], amount=self.money(-row["reduced"]))

    def unbuilt(self) -> list[str]:
        """Assets that are not built, with how much cheaper they would have to be."""
        standing = dict(self.results.sizes.group_by("asset").agg(pl.col("standing").max()).iter_rows())
        return [
            f"{asset}: {self.cheaper(part['cheaper'][0])}"
            for (asset,), part in self.results.builds.group_by(["asset"], maintain_order=True)
            if standing.get(asset, 0.0) <= UNBUILT
        ]

    def cheaper(self, share: float | None) -> str:
        """How much cheaper an asset would have to be."""
        if share is None:
            return say(self.lang, "not_priced")
        if share >= 1 - 1e-6:
            return say(self.lang, "never")
        if share < 5e-4:
            return say(self.lang, "equal")
        return say(
            self.lang, "cheaper", share=number(self.lang, f"{share:.1%}" if share < 0.1 else f"{share:.0%}")
        )

    def money(self, amount: float) -> str:
        """An amount in the study's currency."""
        text = f"{amount:,.4g}" if abs(amount) < 1e4 else f"{amount:,.0f}"
        return f"{number(self.lang, text)} {self.results.summary['currency']}"
