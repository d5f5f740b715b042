"""The report as one HTML file that needs nothing else: both languages, all charts, all tables."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from parkzero import texts
from parkzero.errors import Fault, Place, StudyError
from parkzero.report.balance import injections
from parkzero.report.facts import Facts, facts_of
from parkzero.report.markup import Child, clean, tag
from parkzero.report.sections.actors import actors
from parkzero.report.sections.bills import bills
from parkzero.report.sections.case import case
from parkzero.report.sections.cash import cash
from parkzero.report.sections.confirm import confirm
from parkzero.report.sections.costs import costs
from parkzero.report.sections.earnings import earned
from parkzero.report.sections.emissions import emissions
from parkzero.report.sections.energy import energy
from parkzero.report.sections.fleets import fleets
from parkzero.report.sections.hours import hours
from parkzero.report.sections.limits import limits
from parkzero.report.sections.park import cobenefits, commitments, scorecard
from parkzero.report.sections.pathway import pathway
from parkzero.report.sections.peaks import peaks, purchases
from parkzero.report.sections.prices import prices
from parkzero.report.sections.proof import audit, closing, reading
from parkzero.report.sections.shortfall import shortfall
from parkzero.report.sections.sources import sources
from parkzero.report.sections.standing import banner, key_figures
from parkzero.report.sections.understood import understood
from parkzero.report.words import LANGS, Both, Lang, say
from parkzero.results.results import Results
from parkzero.texts import NOTHING

_NAMES = {"vi": "Tiếng Việt", "en": "English"}


def write_report(results: Results, path: Path | str, lang: Lang = "vi") -> Path:
    """Write the report of a run as one self-contained HTML file.

    A study without a solution gives a page that says what is short; a plan that is not proven to its
    tolerance says so on every chart.

    Args:
        results: the results of a run.
        path: the file to write; replaced only when the whole page has been made.
        lang: language shown first, "vi" or "en"; the page holds both.

    Returns:
        The file.

    Raises:
        StudyError: when the results lack what no report can do without, or the file cannot be written.
    """
    goal = Path(path)
    write_safely(goal, page(results, lang).encode("utf-8"))
    return goal


def write_safely(goal: Path, content: bytes) -> None:
    """Write a file beside its place and put it there in one step.

    Raises:
        StudyError: when it cannot be written.
    """
    beside = goal.with_name(f"{goal.name}.partial-{secrets.token_hex(4)}")
    try:
        beside.write_bytes(content)
        os.replace(beside, goal)
    except OSError as fault:
        beside.unlink(missing_ok=True)
        problem = Fault(
            Place(file=str(goal)),
            texts.say("cannot be written"),
            fault.strerror or str(fault),
            NOTHING,
            texts.say("close it where it is open, or name another file"),
        )
        raise StudyError([problem], texts.say("The report")) from fault


def page(results: Results, lang: Lang = "vi") -> str:
    """The whole page.

    Raises:
        StudyError: when the results lack what no report can do without.
        ValueError: for another language.
    """
    if lang not in LANGS:
        raise ValueError(f"the report speaks {' and '.join(LANGS)}, not {lang}")
    facts = facts_of(results)
    sections = _sections(facts)
    body: list[Child] = [
        tag("a", say("page.skip"), class_="skip", href="#standing"),
        _header(facts, lang, [name for name, _ in sections]),
        tag("main", *(part for _, part in sections)),
        tag("footer", tag("p", say("page.footer", version=str(facts.summary.get("parkzero_version") or "")))),
    ]
    return framed(say("page.title") + f" · {facts.name}", body, lang)


def framed(title: Both, body: Sequence[Child], lang: Lang) -> str:
    """A page with its head, style and script around a body."""
    script = asset("report.js")
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content="ParkZero"),
        tag("title", clean(title.of(lang))),
        tag("style", Markup(asset("report.css"))),
    ]
    whole = [*body, tag("div", id="tip", role="tooltip"), tag("script", Markup(script))]
    html = tag(
        "html",
        tag("head", *head),
        tag("body", *whole),
        lang=lang,
        data_title_vi=title.vi,
        data_title_en=title.en,
    )
    return f"<!DOCTYPE html>\n{html}\n"


@lru_cache(maxsize=4)
def asset(name: str) -> str:
    """The text of a file that ships with the report."""
    return (files("parkzero.report") / "assets" / name).read_text(encoding="utf-8")


def policy(script: str) -> str:
    """A content security policy under which only our own script runs and nothing is fetched."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _sections(facts: Facts) -> list[tuple[str, Child]]:
    """The page's sections with the names by which its contents link them; none of a plan without one."""
    shown: list[tuple[str, Child]] = [("", banner(facts))]
    if facts.standing == "infeasible":
        return [
            *shown,
            ("shortfall", shortfall(facts)),
            ("understood", understood(facts)),
            ("sources", sources(facts)),
            ("audit", audit(facts)),
        ]
    years = [(year, injections(facts, year)) for year in facts.years]
    shown += [
        ("figures", key_figures(facts)),
        ("case", case(facts)),
        ("bills", bills(facts)),
        ("pathway", pathway(facts)),
        ("purchases", purchases(facts)),
        ("peaks", peaks(facts)),
        ("costs", costs(facts)),
        ("cash", cash(facts)),
        ("actors", actors(facts)),
        ("fleets", fleets(facts)),
        ("emissions", emissions(facts)),
        ("earnings", earned(facts)),
        ("cobenefits", cobenefits(facts)),
        ("commitments", commitments(facts)),
        ("scorecard", scorecard(facts)),
        ("energy", energy(facts, years)),
        ("hours", hours(facts, years)),
        ("limits", limits(facts)),
        ("prices", prices(facts)),
        ("confirm", confirm(facts)),
        ("understood", understood(facts)),
        ("sources", sources(facts)),
        ("audit", audit(facts)),
        ("closing", closing(facts)),
        ("reading", reading(facts)),
    ]
    return [(name, part) for name, part in shown if part is not None]


def speakers(lang: Lang) -> Markup:
    """Buttons that choose the language of a page."""
    buttons = [
        tag(
            "button",
            _NAMES[name],
            type="button",
            data_speak=name,
            lang=name,
            aria_pressed="true" if name == lang else "false",
        )
        for name in LANGS
    ]
    return tag("div", *buttons, class_="bar", role="group", **named(say("page.language"), lang))


def _header(facts: Facts, lang: Lang, links: Sequence[str]) -> Markup:
    items = [tag("li", tag("a", say(f"section.{name}.title"), href=f"#{name}")) for name in links if name]
    contents = tag(
        "nav",
        tag("details", tag("summary", say("page.contents")), tag("ul", *items)),
        **named(say("page.contents"), lang),
    )
    heading = tag("h1", facts.name)
    inner = tag(
        "div", speakers(lang), heading, tag("p", _subtitle(facts), class_="soft"), contents, class_="inner"
    )
    return tag("header", inner)


def _subtitle(facts: Facts) -> Both:
    base = facts.results.study.get("base_year")
    key = "page.subtitle" if base else "page.subtitle_plain"
    if len(facts.years) == 1:
        key += "_one"
    given = {"first": str(facts.years[0]), "last": str(facts.years[-1]), "currency": facts.currency}
    return say(key, **given, base=str(base or ""))


def named(text: Both, lang: Lang) -> dict[str, Any]:
    """A name for screen readers that follows the language."""
    return {"aria_label": text.of(lang), "data_label_vi": text.vi, "data_label_en": text.en}
