"""The summary that follows a run in the terminal; it fits 100 columns."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from parkzero.cli.plan_words import gap_text, number, say, share, small
from parkzero.results.labels import called, counted_in, labels_of, part_days
from parkzero.results.results import Results
from parkzero.texts import Lang

WIDTH = 100
MOST = 6
REPORTS = ("report.html", "report.xlsx")
SCALES = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))
SCALES_VI = ((1e9, "tỷ"), (1e6, "triệu"), (1e3, "nghìn"))


def show(results: Results, folder: Path, console: Console, lang: Lang) -> None:
    """Print the summary of a run."""
    console.print(summary(results, folder, lang), width=min(WIDTH, console.width), highlight=False)


def summary(results: Results, folder: Path, lang: Lang) -> RenderableType:
    """The summary: status, years, what binds, audit, labels and where everything lies."""
    from parkzero.report.words import remarks  # the report is loaded only when something is shown

    found = results.summary
    parts: list[RenderableType] = [headline(results, lang)]
    if found["status"] == "infeasible":
        parts += [Text(""), *missing(results, lang)]
    else:
        parts += [
            *savings(results, lang),
            *bills(results, lang),
            years(results, lang),
            *net(results, lang),
            *binding(results, lang),
        ]
        parts += audited(results, lang)
    notes = remarks(found, "synthetic")
    if notes:
        told = "; ".join(note.of(lang) for note in notes[:4])
        parts.append(Text(say("synthetic", lang, notes=told), style="yellow"))
    for remark in remarks(found, "warnings")[:MOST]:
        parts.append(Text(say("warning", lang, text=remark.of(lang)), style="yellow"))
    reports = [path for name in REPORTS if (path := folder / name).exists()]
    parts += [Text(say("report", lang, path=path)) for path in reports] or [
        Text(say("folder", lang, path=folder))
    ]
    return Group(*parts)


def savings(results: Results, lang: Lang) -> list[RenderableType]:
    """What the plan saves against keeping today's plant, in a line; nothing where that was not reckoned."""
    if "savings" not in results.summary:
        return []
    found, payback = results.summary, results.summary["payback"]
    told = {
        "npv": money(found["npv"], results, lang),
        "investment": money(found["savings"]["investment"], results, lang),
        "payback": say("never", lang) if payback is None else say("years", lang, n=number(payback, lang, 1)),
        "tonnes": number(found["savings"]["tonnes"], lang),
    }
    lines: list[RenderableType] = [Text(say("savings", lang, **told))]
    missing = float(found["reference"]["unserved_mwh"])
    if missing > 1e-3:
        told_missing = say("today_short", lang, amount=number(missing, lang))
        lines.append(Text(told_missing, style="yellow"))
    return lines


def bills(results: Results, lang: Lang) -> list[RenderableType]:
    """How near the base year is to the bills that were paid, in a line; nothing where nobody stated any."""
    tenants = (results.summary.get("bills") or {}).get("tenants", [])
    shares = [t["share"] for t in tenants if t["share"] is not None]
    if not shares:
        return []
    return [Text(say("bills", lang, count=len(shares), share=share(max(shares), lang)))]


def headline(results: Results, lang: Lang) -> Text:
    """Name, status, cost and gap."""
    found = results.summary
    status = str(found["status"])
    style = {"optimal": "bold green", "stopped": "bold yellow"}.get(status, "bold red")
    text = Text(f"{found['name']}\n", style="bold")
    text.append(say(status, lang, tolerance=share(found["tolerance"], lang, 4)), style=style)
    if status != "infeasible":
        text.append("\n" + say("objective", lang, cost=money(found["objective"], results, lang)) + "; ")
        text.append(say("gap", lang, gap=gap_text(found["gap"], lang)))
    if days := part_days(results):
        text.append("\n" + say("part_year", lang, days=days), style="yellow")
    memory, seconds = number(found["peak_memory_mb"], lang), number(found["seconds"], lang, 1)
    text.append("\n" + say("took", lang, seconds=seconds, memory=memory, solver=found["solver"]), style="dim")
    return text


def years(results: Results, lang: Lang) -> Table:
    """One line for each milestone year."""
    labels, bought = labels_of(results), offsets(results)
    table = Table(box=None, pad_edge=False, header_style="bold", width=WIDTH)
    table.add_column(say("year", lang), no_wrap=True)
    table.add_column(say("built", lang), justify="right", no_wrap=True)
    table.add_column(say("largest", lang), overflow="ellipsis", no_wrap=True, ratio=1)
    for key in ("cost", "emissions", "renewable"):
        table.add_column(say(key, lang), justify="right", no_wrap=True)
    for year in results.year_list:
        built = results.sizes.filter((pl.col("year") == year) & (pl.col("built") > 1e-3)).sort(
            "built", descending=True
        )
        total = float(built.filter(pl.col("unit") == "MW")["built"].sum())
        largest = ", ".join(
            f"{called(labels, r['asset']).of(lang)}"
            f" {number(r['built'], lang, int(r['unit'] != 'piece'))} {counted_in(r['unit']).of(lang)}"
            for r in built.head(4).iter_rows(named=True)
        )
        table.add_row(
            str(year),
            number(total, lang, 1),
            escape(largest) or "–",
            money(results.summary["cost"][str(year)], results, lang),
            number(results.summary["emissions_t"][str(year)] - bought.get(year, 0.0), lang),
            share(results.summary["renewable_share"][str(year)], lang),
        )
    return table


def offsets(results: Results) -> dict[int, float]:
    """Tonnes that offsets take off in each year."""
    rows = results.ledger.filter(pl.col("account") == "offset_mass").group_by("year")
    return {int(year): float(mass) for year, mass in rows.agg(pl.col("amount").sum()).iter_rows()}


def net(results: Results, lang: Lang) -> list[RenderableType]:
    """What stands before offsets, beside what is net, in the years that buy any."""
    told = [
        say(
            "net_year", lang, year=year, bought=number(mass, lang),
            gross=number(results.summary["emissions_t"][str(year)], lang),
        )
        for year, mass in sorted(offsets(results).items())
        if mass > 1e-3
    ]  # fmt: skip
    return [Text(say("net_of", lang, years="; ".join(told)), style="dim")] if told else []


def binding(results: Results, lang: Lang) -> list[RenderableType]:
    """The limits that cost most, policies among them."""
    from parkzero.report.facts import Facts
    from parkzero.report.sections.limits import rule_name

    labels, facts = labels_of(results), Facts(results)
    rows: list[tuple[float, str]] = []
    seen: set[tuple[str, str]] = set()
    for row in results.policies.filter(pl.col("binds")).iter_rows(named=True):
        rows.append(
            (
                row["price"],
                f"{called(labels, row['policy']).of(lang)} {row['year']}:"
                f" {money(row['price'], results, lang)}/{row['unit']}",
            )
        )
    named = set(results.policies["policy"])
    limits = results.binding.filter(~pl.col("sized") & ~pl.col("asset").is_in(named))
    for row in limits.sort("worth", descending=True).iter_rows(named=True):
        if (row["asset"], row["rule"]) in seen:
            continue
        seen.add((row["asset"], row["rule"]))
        worth = money(row["worth"], results, lang)
        name = called(labels, row["asset"]).of(lang)
        rule = rule_name(facts, row["asset"], row["rule"]).of(lang)
        rows.append((row["worth"], f"{name}, {rule}, {row['year']}: {worth}/{row['unit']}"))
    lines = [text for _, text in sorted(rows, key=lambda r: -r[0])[:MOST]] or [say("nothing", lang)]
    told = [Text("\n" + say("binds", lang), style="bold"), *(Text(f"  {line}") for line in lines)]
    if rows and results.summary["method"] == "certified":
        told.append(Text("  " + say("marginal", lang), style="dim"))
    return [*told]


def missing(results: Results, lang: Lang) -> list[RenderableType]:
    """What is short or in excess, and the rules that cannot hold together."""
    rows = results.summary["unserved"]
    first = results.summary.get("reach" if lang == "en" else "reach_vi") or []
    lines: list[RenderableType] = [Text(str(line), style="bold") for line in first]
    lines.append(Text(("\n" if first else "") + say("missing", lang), style="bold"))
    lines += [Text(f"  {row['text' if lang == 'en' else 'text_vi']}") for row in rows[:MOST]]
    if len(rows) > MOST:
        lines.append(Text("  " + say("more", lang, count=len(rows) - MOST)))
    for i, line in enumerate(results.summary.get("conflict" if lang == "en" else "conflict_vi") or []):
        lines.append(Text(f"\n{line}", style="bold") if i == 0 else item(i, line))
    return lines


def item(number: int, text: str) -> Table:
    """A numbered line whose further lines stand under its text."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(f"  {number}."), Text(text))
    return table


def audited(results: Results, lang: Lang) -> list[RenderableType]:
    """The audit in a line."""
    worst = results.summary["audit"]
    balance, off = (small(worst.get(key, 0.0), lang) for key in ("bus balance", "money"))
    currency = results.summary["currency"]
    text = say("audit", lang, count=results.audit.height, balance=balance, money=f"{off} {currency}")
    return [Text("\n" + text, style="dim")]


def money(amount: float, results: Results, lang: Lang) -> str:
    """An amount in the study's currency, in billions, millions or thousands."""
    currency = str(results.summary["currency"])
    currency = "đồng" if lang == "vi" and currency == "VND" else currency
    for factor, word in SCALES_VI if lang == "vi" else SCALES:
        if abs(amount) >= factor:
            return (
                f"{number(amount / factor, lang, 1 if abs(amount) >= 100 * factor else 2)} {word} {currency}"
            )
    return f"{number(amount, lang, 2)} {currency}"
