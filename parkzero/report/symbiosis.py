"""Symbiosis as a page: targets with their curves, the network, fair shares, what fails, what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from parkzero.books.vietnamese import cited
from parkzero.eip.pictures import composites, exchanges, symbiosis_map
from parkzero.eip.symbiosis import Symbiosis
from parkzero.report.html import framed, speakers, write_safely
from parkzero.report.markup import Child, details, table, tag
from parkzero.report.numbers import Scale, figure, money, number, percent, price
from parkzero.report.sections.parts import stated
from parkzero.report.words import Both, Lang, both, known, say

MOST = 200
_RATES = {"m3/h": "water", "t/h": "mass", "%/year": "share"}
_EACH = {"m3/h": Both("m³", "m³"), "t/h": Both("tấn", "t")}


def write_symbiosis(found: Symbiosis, path: Path, lang: Lang = "vi") -> Path:
    """Write the page as one self-contained HTML file.

    Raises:
        StudyError: when it cannot be written.
    """
    write_safely(path, symbiosis_page(found, lang).encode("utf-8"))
    return path


def symbiosis_page(s: Symbiosis, lang: Lang = "vi") -> str:
    """The page."""
    title = say("eip.title")
    inner = tag("div", speakers(lang), tag("h1", title), tag("p", s.site.name, class_="soft"), class_="inner")
    parts = [_targets(s), _network(s), _shares(s), _leaving(s), _matches(s), _refused(s), _rows(s)]
    return framed(title, [tag("header", inner), tag("main", *parts)], lang)


def _targets(s: Symbiosis) -> Markup | None:
    if not s.targets:
        return None
    rows: list[list[Child]] = []
    for period, t in s.targets.items():
        pinches = ["–".join(f"{v:g}" for v in dict.fromkeys(reversed(p))) for p in t.pinches]
        amounts = (s.hours[period], t.heating, t.cooling, t.recovery, t.vented)
        rows.append([period, *(figure(v) for v in amounts), "; ".join(pinches) or "–"])
    columns = ("period", "hours", "heating", "cooling", "recovery", "vented", "pinch")
    head = [say(f"eip.column.{c}") for c in columns]
    told = say("eip.targets_note", target=figure(s.target_mwh),
               found=figure(float(s.picked["energy_mwh"].sum())))  # fmt: skip
    curves = [stated(c) for c in composites(s, next(iter(s.targets)))]
    return tag("section", tag("h2", say("eip.targets")), tag("p", told), table(head, rows), *curves)


def _network(s: Symbiosis) -> Markup:
    if s.picked.is_empty():
        return tag("section", tag("h2", say("eip.network")), tag("p", say("eip.none")))
    note = tag("p", say("eip.network_note"), class_="soft")
    return tag("section", tag("h2", say("eip.network")), note, _links(s, s.picked), *pictures(s))


def pictures(s: Symbiosis) -> list[Markup]:
    """The map and who gives whom what; nothing where no link is chosen."""
    if s.picked.is_empty():
        return []
    drawn = symbiosis_map(s)
    charts = [] if drawn is None else [stated(drawn)]
    for thermal in (True, False):
        if s.picked.filter((pl.col("energy_mwh") > 0) == thermal).height:
            charts.append(stated(exchanges(s, thermal)))
    return charts


def _links(s: Symbiosis, links: pl.DataFrame) -> Markup:
    names = {t.key: t.name for t in s.site.tenants}
    scale = money(s.site.currency, _most(links, "saving", "capex"))
    rows: list[list[Child]] = []
    for r in links.head(MOST).iter_rows(named=True):
        rows.append([
            _end(r["source"], names[r["from"]]), _end(r["sink"], names[r["to"]]),
            say(f"eip.medium.{r['medium']}"), figure(r["rate"]) + " " + unit_of(r["unit"]),
            _yearly(r), _known(r["tco2e"]), figure(r["km"], 2),
            _money(scale, r["capex"]), _money(scale, r["benefit"]), _range(s.site.currency, r),
        ])  # fmt: skip
    columns = ("source", "sink", "medium", "rate", "amount", "tco2e", "km", "capex", "benefit", "price")
    head = [say(f"eip.column.{c}", unit=scale.unit) if c in ("capex", "benefit") else say(f"eip.column.{c}")
            for c in columns]  # fmt: skip
    return table(head, rows, text_columns=3)


def _yearly(r: dict[str, Any]) -> Child:
    """What arrives in a year, in the unit of its medium."""
    for name, unit in (
        ("energy_mwh", both("MWh")),
        ("water_m3", both("m³")),
        ("material_t", Both("tấn", "t")),
    ):
        if r[name]:
            return figure(r[name]) + " " + unit
    return "0"


def _end(stream: str, tenant: str) -> Markup:
    """Whose stream it is, and which."""
    return tag("span", tenant, tag("br"), tag("small", stream))


def unit_of(unit: str) -> Both:
    """A rate's unit in words."""
    return known(f"eip.rate.{_RATES.get(unit, 'same')}", unit)


def _most(links: pl.DataFrame, *names: str) -> float:
    return max((abs(v) for n in names for v in links[n].drop_nulls().to_list()), default=1.0)


def _known(value: float | None) -> Child:
    return "?" if value is None else figure(value)


def _money(scale: Scale, value: float | None) -> Child:
    return "?" if value is None else scale.show(value)


def whole(years: float) -> Both:
    """Years without decimals where there are none."""
    return number(years, 0 if years == round(years) else 1)


def _range(currency: str, r: dict[str, Any]) -> Child:
    """The prices at which both sides gain, with their unit: each medium has its own."""
    low, high = r["price_low"], r["price_high"]
    if low is None or high is None:
        return "?"
    if low > high:
        return say("eip.no_price")
    scale = (
        price(currency, "MWh")
        if r["unit"] == "MW"
        else Scale(1.0, price(currency, "").unit + _EACH[r["unit"]])
    )
    return scale.show(low) + " – " + scale.full(high)


def _shares(s: Symbiosis) -> Markup | None:
    if s.fair is None:
        return None
    names = {t.key: t.name for t in s.site.tenants}
    scale = money(s.site.currency, max(abs(v) for v in s.fair.split.shares.values()))
    rows: list[list[Child]] = [
        [names[k], scale.show(v), "–" if s.fair.best is None else scale.show(s.fair.best[k])]
        for k, v in s.fair.split.shares.items()
    ]
    head = [say("eip.column.tenant"), say("eip.column.shapley", unit=scale.unit),
            say("eip.column.least_core", unit=scale.unit)]  # fmt: skip
    if s.fair.inside is None:
        told = say("eip.core_unknown")
    elif s.fair.inside:
        told = say("eip.core_inside")
    elif s.fair.excess is not None and s.fair.excess <= 1e-9 * max(
        abs(v) for v in s.fair.split.shares.values()
    ):
        told = say("eip.core_elsewhere")
    else:
        told = say("eip.core_outside", excess=scale.full(max(s.fair.excess or 0.0, 0.0)))
    return tag("section", tag("h2", say("eip.shares")), tag("p", told), table(head, rows))


def _leaving(s: Symbiosis) -> Markup | None:
    if s.leaving.is_empty():
        return None
    names = {t.key: t.name for t in s.site.tenants}
    scale = money(s.site.currency, _most(s.leaving, "benefit"))
    rows: list[list[Child]] = [
        [names[r["tenant"]], ", ".join(names[p] for p in r["partners"].split(", ") if p), f"{r['links']}",
         figure(r["energy_mwh"]), figure(r["water_m3"]), figure(r["material_t"]), scale.show(r["benefit"]),
         scale.show(r["lost"])]
        for r in s.leaving.iter_rows(named=True)
    ]  # fmt: skip
    columns = ("leaver", "partners", "links", "energy", "water", "material", "gone", "lost")
    head = [say(f"eip.column.{c}", unit=scale.unit) if c in ("gone", "lost") else say(f"eip.column.{c}")
            for c in columns]  # fmt: skip
    note = tag("p", say("eip.leaving_note"), class_="soft")
    return tag("section", tag("h2", say("eip.leaving")), note, table(head, rows, text_columns=2))


def _matches(s: Symbiosis) -> Markup:
    heading = say("eip.matches", count=str(s.found.matches.height))
    return tag("section", tag("h2", heading), details(say("eip.show"), _links(s, s.found.matches)))


def _refused(s: Symbiosis) -> Markup:
    counts = s.found.refused["rule"].value_counts(sort=True)
    summary: list[list[Child]] = [
        [say(f"eip.rule.{r['rule']}"), f"{r['count']}"] for r in counts.iter_rows(named=True)
    ]
    rows: list[list[Child]] = [
        [r["source"], r["sink"], say(f"eip.rule.{r['rule']}"), _short(r["got"]) or "–", _short(r["needs"])]
        for r in s.found.refused.head(MOST).iter_rows(named=True)
    ]
    head = [say(f"eip.column.{c}") for c in ("source", "sink", "reason", "got", "needs")]
    first = table([say("eip.column.reason"), say("eip.column.pairs")], summary)
    whole = details(say("eip.show"), table(head, rows, text_columns=5))
    heading = say("eip.refused", count=str(s.found.refused.height))
    return tag("section", tag("h2", heading), tag("p", say("eip.refused_note")), first, whole)


def _short(text: str) -> Child:
    try:
        return figure(float(text))
    except ValueError:
        return text


def _rows(s: Symbiosis) -> Markup:
    from datetime import date

    from parkzero.books import find

    rows: list[list[Child]] = []
    for key in s.rows:
        e = find(key, date(2025, 7, 1))
        rows.append([key, figure(e.value) + " " + unit_of(e.unit), cited(e.source), e.confidence])
    head = [say(f"eip.column.{c}") for c in ("row", "value", "document", "confidence")]
    share = percent(s.site.settings.costs.rate)
    told = say("eip.rows_note", rate=share, years=whole(s.site.settings.costs.life))
    return tag("section", tag("h2", say("eip.rows")), tag("p", told), table(head, rows, text_columns=4))
