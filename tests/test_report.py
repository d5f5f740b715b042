"""The report: what it says, in which language, how it draws, and that hostile names stay names."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import math
import re
import string
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import numpy as np
import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from parkzero.charts.palette import INK, SOFT, inked, lighter, rgb
from parkzero.errors import StudyError
from parkzero.language.accounts import accounts
from parkzero.language.carriers import CARRIERS
from parkzero.language.component import kinds
from parkzero.planning.monolith import monolith
from parkzero.report import write_excel, write_report
from parkzero.report.balance import Injections, Steps, injections
from parkzero.report.facts import Drawn, Facts, facts_of, heading
from parkzero.report.html import page, policy
from parkzero.report.investment import invested
from parkzero.report.markup import data_island, shown, table, tag
from parkzero.report.numbers import figure, money, number, price, residual
from parkzero.report.sections.emissions import avoided
from parkzero.report.sections.energy import diagram
from parkzero.report.sections.hours import chosen_weeks
from parkzero.report.sections.limits import rule_name, spelled
from parkzero.report.sections.proof import closing
from parkzero.report.sections.standing import gap_text
from parkzero.report.words import Both, both, say
from parkzero.results import frames
from parkzero.results.extract import results_of
from parkzero.results.results import Results
from parkzero.study.understood import Fact
from parkzero.texts import say as text_of
from parkzero.texts.catalogue import catalogue_files, entries
from tests.report_cases import COST, HOSTILE, SHORT, UNDERSTOOD, YEARS, built, made
from tests.results_cases import cap, grid, load, plain_study, solar, study_of


class Page(HTMLParser):
    """A page taken apart: elements with their attributes, and the text that each language shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {"vi": [], "en": []}
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.open: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag not in {"meta", "br", "img"}:
            self.open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        opened, _ = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] in {"script", "style"}:
            if self.open[-1][0] == "script":
                self.scripts.append((self.open[-1][1], data))
            return
        langs = [a["lang"] for _, a in self.open if a.get("class") == "l"]
        for lang, found in self.texts.items():
            if not langs or langs[-1] == lang:
                found.append(data)

    def of(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag == name]

    def text(self, lang: str) -> str:
        return " ".join(self.texts[lang])


@pytest.fixture(scope="module")
def proven() -> Results:
    return made(days=28)


@pytest.fixture(scope="module")
def opened(proven: Results) -> Page:
    return Page(page(proven))


# --------------------------------------------------------------------------------------------- words


def texts(lang: Literal["vi", "en"]) -> dict[str, str]:
    return next(entries(file) for file in catalogue_files(lang) if file.name.startswith("report."))


def test_both_languages_have_the_same_texts():
    assert texts("vi").keys() == texts("en").keys()
    assert len(texts("vi")) > 250


def test_both_languages_fill_the_same_placeholders():
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [key for key, text in texts("vi").items() if names(text) != names(texts("en")[key])] == []


def test_vietnamese_texts_are_translated():
    """A text that reads alike in both languages is a unit or empty, not a forgotten translation."""
    alike = {key for key, text in texts("vi").items() if text == texts("en")[key]}
    assert alike <= {"unit.t", "money.one.other"}
    plain = {k for k, v in texts("vi").items() if v.isascii() and len(v) > 12}
    assert plain == set()


def words_of(text: str) -> set[str]:
    return {w.lower() for w in re.findall(r"[^\W\d_]{3,}", text)}


def test_no_english_is_left_in_the_vietnamese_page(proven: Results, opened: Page):
    """Words that only English texts hold appear in the Vietnamese page only where data brought them."""
    english = words_of(" ".join(texts("en").values())) - words_of(" ".join(texts("vi").values()))
    assert len(english) > 300
    data = words_of(json.dumps(proven.summary, ensure_ascii=False))
    for name, held in proven.tables.items():
        data |= words_of(" ".join([name, *held.columns])) | {"hourly", "injections", "flows"}
        for column in held.select(pl.col(pl.String)).iter_columns():
            data |= words_of(" ".join(column.drop_nulls().to_list()))
    assert words_of(opened.text("vi")) & english - data - {"english"} == set()


def test_the_search_for_english_would_find_it(proven: Results):
    text = page(proven).replace(">Dòng tiền<", ">Cash flow<")
    assert "cash" in words_of(Page(text).text("vi"))


def test_no_vietnamese_is_left_in_the_english_page(proven: Results):
    """Without Vietnamese names in the data, the English page holds no Vietnamese letter."""
    results = made(name="Steel", title="Park", synthetic="weather made from monthly means")
    plain = results.tables["assumptions"].filter(pl.col("file") != "park.xlsx")
    named = [("t1", "Steel", "", 1900, 2200), ("t2", "Textile", "", 1900, 2200)]
    tenants = frames.table(frames.TENANTS, named)
    results = replace(results, tables={**results.tables, "assumptions": plain, "tenants": tenants})
    shown_text = Page(page(results, "en")).text("en").replace("Tiếng Việt", "")
    assert set(re.findall(r"\w*[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]\w*", shown_text)) == set()


def test_terms_of_the_field_stand_in_the_vietnamese_page(opened: Page):
    text = opened.text("vi").lower()
    for term in (
        "lộ trình",
        "phát thải phạm vi 1",
        "phát thải phạm vi 2",
        "công suất",
        "điện mặt trời",
        "pin lưu trữ",
        "bơm nhiệt",
        "khoảng cách tối ưu đã chứng minh",
    ):
        assert term in text
    assert say("rule.ratchet").vi == "mức sàn của công suất tính tiền"


def test_placeholders_take_data_as_data():
    """A name that looks like a placeholder is not filled again."""
    assert say("energy.export").vi == "Bán lên lưới"
    assert say("owner.others", count="{count}").en == "{count} other owners"
    with pytest.raises(KeyError):
        say("owner.others")


def test_unknown_kinds_keep_their_name(facts: Facts):
    assert facts.technology_name("fusion_reactor") == both("fusion_reactor")
    assert rule_name(facts, "fusion", "spin.up").vi == "spin.up"
    assert rule_name(facts, "grid", "peak.measured").vi == "công suất cực đại đo được trong tháng"
    assert rule_name(facts, "grid", "ratchet.3").en == "least billed peak demand"


# ------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (1_234_567.0, 0, "1.234.567", "1,234,567"),
        (-0.04, 1, "0,0", "0.0"),
        (-1234.5, 1, "−1.234,5", "−1,234.5"),
        (math.nan, 1, "–", "–"),
        (math.inf, 1, "–", "–"),
    ],
)
def test_numbers_read_as_each_language_writes_them(value: float, decimals: int, vi: str, en: str):
    assert number(value, decimals) == Both(vi, en)


@given(st.floats(-9e14, 9e14), st.integers(0, 6))
def test_both_languages_write_the_same_number(value: float, decimals: int):
    told = number(value, decimals)
    english = told.en.replace(",", "").replace("−", "-")
    vietnamese = told.vi.replace(".", "").replace(",", ".").replace("−", "-")
    assert float(english) == float(vietnamese) == pytest.approx(value, abs=0.51 * 10**-decimals, rel=1e-12)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_breaks_the_page(value: float):
    for told in (figure(value), residual(value), gap_text(value), money("VND", value).full(value)):
        assert told.vi
        assert "nan" not in told.vi.lower()
        assert "inf" not in told.vi.lower()


@pytest.mark.parametrize(
    ("currency", "value", "vi", "en"),
    [
        ("VND", 5.72e9, "5,72\u00a0tỷ đồng", "5.72\u00a0billion VND"),
        ("VND", 3.1e6, "3,10\u00a0triệu đồng", "3.10\u00a0million VND"),
        ("VND", 7.1e12, "7.100\u00a0tỷ đồng", "7,100\u00a0billion VND"),
        ("VND", 250.0, "250\u00a0đồng", "250\u00a0VND"),
        ("USD", 436_539_222.6, "437\u00a0triệu USD", "437\u00a0million USD"),
        ("EUR", 12.0, "12,0\u00a0EUR", "12.0\u00a0EUR"),
    ],
)
def test_money_is_told_in_its_usual_scale(currency: str, value: float, vi: str, en: str):
    assert money(currency, value).full(value) == Both(vi, en)


def test_energy_in_dong_is_priced_by_the_kilowatt_hour():
    """1,833,000 VND/MWh is what a Vietnamese bill calls 1.833 đồng/kWh."""
    assert price("VND").full(1_833_000.0, 4) == Both("1.833\u00a0đồng/kWh", "1,833\u00a0VND/kWh")
    assert price("USD").full(72.0) == Both("72,0\u00a0USD/MWh", "72.0\u00a0USD/MWh")


@pytest.mark.parametrize(
    ("gap", "en"),
    [
        (0.0, "0.00\u00a0%"),
        (0.00081, "0.081\u00a0%"),
        (0.000801, "0.081\u00a0%"),
        (0.0400001, "4.01\u00a0%"),
        (math.inf, "–"),
    ],
)
def test_a_gap_is_never_rounded_down(gap: float, en: str):
    """What is said to be proven must not be more than was proven."""
    assert gap_text(gap).en == en


@given(st.floats(0, 1))
def test_a_gap_shown_is_no_smaller_than_the_gap(gap: float):
    assert float(gap_text(gap).en.split("\u00a0")[0]) >= gap * 100 * (1 - 1e-6)


# ------------------------------------------------------------------------------------------ standing


PROVEN = Both(*(say("standing.proven_title", gap="§").of(lang).partition("§")[0] for lang in ("vi", "en")))
"""How the title of a proven plan begins, in both languages."""


def test_a_proven_plan_says_so(opened: Page):
    assert PROVEN.vi in opened.text("vi")
    assert PROVEN.en in opened.text("en")
    assert [s for s in opened.of("section") if "proven" in s.get("class", "")]


@pytest.mark.parametrize(
    ("status", "gap"),
    [
        ("stopped", 0.04),
        ("stopped", None),
        ("optimal", 0.04),
        ("optimal", None),
        ("optimal", math.nan),
        ("optimal", -1.0),
    ],
)
@pytest.mark.usefixtures("undrawn")
def test_what_is_not_proven_is_never_shown_as_proven(status: str, gap: float | None):
    """Even where the status claims an optimum, gap and tolerance decide."""
    seen = Page(page(made(status, gap, days=7, years=(2025, 2030))))
    assert PROVEN.vi not in seen.text("vi")
    assert say("standing.stopped_title").vi in seen.text("vi")
    figures = len(seen.of("figure"))
    said = [p for p in seen.of("p") if p.get("class") == "label stopped"]
    closing = sum(f["id"] == "closing-chart" for f in seen.of("figure"))
    assert figures - closing <= len(said)


@pytest.mark.usefixtures("undrawn")
def test_an_infeasible_study_gives_no_plan_but_what_is_short():
    seen = Page(page(made("infeasible", None, unserved=SHORT)))
    ids = {s.get("id") for s in seen.of("section")}
    assert ids == {"standing", "shortfall", "understood", "sources", "audit"}
    text = seen.text("vi")
    assert "Thép Hải Phòng" in text
    assert "14/03 18:00–20:00" in text
    assert "0,800 MW" in text
    assert not [d for d in seen.of("div") if d.get("class") in ("card", "cards")]
    assert say("standing.infeasible_title").vi in text


@pytest.mark.usefixtures("undrawn")
def test_a_failed_audit_turns_the_banner_and_is_said_first():
    results = made(days=7, years=(2025, 2030))
    audit = results.audit.with_columns(ok=pl.col("check") != "money")
    seen = Page(page(replace(results, tables={**results.tables, "audit": audit})))
    assert seen.text("vi").count(say("audit.failed", count="2").vi) == 2
    assert not [s for s in seen.of("section") if "proven" in s.get("class", "")]


def test_results_without_a_status_are_refused_with_all_faults():
    results = made(days=7, years=(2025,))
    broken = replace(
        results, summary={"status": "fine"}, tables={**results.tables, "years": results.years.head(0)}
    )
    with pytest.raises(StudyError) as caught:
        page(broken)
    assert len(caught.value.faults) == 3


# ------------------------------------------------------------------------------- charts, labels, page


def test_every_section_is_there_and_linked(opened: Page):
    ids = [s["id"] for s in opened.of("section")]
    assert ids == [
        "standing",
        "figures",
        "pathway",
        "peaks",
        "costs",
        "cash",
        "actors",
        "emissions",
        "earnings",
        "energy",
        "hours",
        "limits",
        "prices",
        "confirm",
        "understood",
        "sources",
        "audit",
        "closing",
        "reading",
    ]
    links = [a["href"] for a in opened.of("a")]
    assert set(links) == {f"#{i}" for i in ids}


def test_every_chart_has_unit_source_and_name(proven: Results):
    text = page(proven)
    figures = re.findall(r"<figure .*?</figure>", text, re.DOTALL)
    assert len(figures) > 60
    for drawn in figures:
        assert 'class="source"' in drawn
        assert re.search(r'<figcaption id="([^"]+)-c">.*?\(.+?\)', drawn, re.DOTALL)
        assert re.search(r'role="img" aria-labelledby="[^"]+-c"', drawn)


def test_synthetic_series_are_said_on_every_chart_they_reach(opened: Page):
    said = [p for p in opened.of("p") if p.get("class") == "label synthetic"]
    reached = [f for f in opened.of("figure") if f["id"] != "closing-chart"]
    assert len(said) >= len(reached) > 60
    assert "thời tiết dựng từ trung bình tháng (assets.pv.output)" in opened.text("vi")


@pytest.mark.usefixtures("undrawn")
def test_measured_series_are_not_called_synthetic():
    seen = Page(page(made(days=7, years=(2025, 2030), synthetic="")))
    assert not [e for _, e in seen.elements if "synthetic" in e.get("class", "")]
    assert say("label.synthetic").vi not in seen.text("vi")


def test_ids_are_unique_and_names_lead_somewhere(opened: Page):
    ids = [a["id"] for _, a in opened.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in opened.elements if "aria-labelledby" in a} <= set(ids)


def test_each_year_of_hours_has_a_button_and_a_panel(opened: Page):
    picks = [b["data-pick"] for b in opened.of("button") if "data-pick" in b]
    panels = [d["data-year"] for d in opened.of("div") if d.get("class") == "panel"]
    assert picks == panels == [str(y) for y in YEARS]
    assert sum("hidden" not in d for d in opened.of("div") if d.get("class") == "panel") == 1


def test_the_page_needs_nothing_else_and_stays_small(tmp_path: Path):
    """A full year of hours for six milestones: no address to fetch from, and small enough for a phone."""
    path = write_report(made(days=365), tmp_path / "report.html")
    assert path.stat().st_size < 3_000_000
    text = path.read_text(encoding="utf-8")
    seen = Page(text)
    sources = [a.get("src") or a.get("href") or "" for _, a in seen.elements]
    assert [s for s in sources if s and not s.startswith(("#", "data:image/png;base64,"))] == []
    assert not re.search(r"url\(|@import|https?://", text)


def test_only_our_script_may_run(opened: Page):
    held = [m["content"] for m in opened.of("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    run = [text for given, text in opened.scripts if given.get("type") != "application/json"]
    assert len(held) == len(run) == 1
    digest = base64.b64encode(hashlib.sha256(run[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in held[0] == policy(run[0])
    assert "default-src 'none'" in held[0]


@pytest.mark.usefixtures("undrawn")
def test_lang_says_which_language_is_first():
    results = made(days=7, years=(2025,))
    for lang in ("vi", "en"):
        assert f'<html lang="{lang}"' in page(results, lang)[:100]
    with pytest.raises(ValueError, match="vi and en"):
        page(results, "fr")  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------- hostile names


def test_hostile_names_stay_names():
    """Markup in a study's title, a tenant, an assumption, an asset or a file name is shown, not obeyed."""
    results = made(name=HOSTILE, title=HOSTILE, synthetic=HOSTILE, days=7, years=(2025, 2030))
    renamed = {}
    for name, held in results.tables.items():
        column = next((c for c in ("rule", "check", "citation", "text") if c in held.columns), None)
        renamed[name] = held.with_columns(pl.lit(HOSTILE).alias(column)) if column else held
    summary = {**results.summary, "solver": HOSTILE, "warnings": [HOSTILE], "parkzero_version": HOSTILE}
    seen = Page(page(replace(results, tables=renamed, summary=summary)))
    assert len([1 for given, _ in seen.scripts if given.get("type") != "application/json"]) == 1
    assert not seen.of("img")
    assert not [a for _, a in seen.elements if any(k.startswith("on") for k in a)]
    assert seen.text("vi").count(HOSTILE) >= 8


def test_hostile_names_in_an_infeasible_study():
    rows = [{**SHORT[0], "asset": HOSTILE, "owner": HOSTILE, "bus": HOSTILE, "start": HOSTILE}]
    seen = Page(page(made("infeasible", None, unserved=rows, title=HOSTILE)))
    assert not seen.of("img")
    assert seen.text("vi").count(HOSTILE) >= 4


def test_data_for_the_script_cannot_end_its_element():
    island = str(data_island("x", {"a": "</script><!--", "b": [1.5]}))
    assert island.count("<") == 2
    assert json.loads(re.sub(r"^<script[^>]*>|</script>$", "", island)) == {"a": "</script><!--", "b": [1.5]}


@given(st.text())
def test_any_text_is_escaped_and_can_be_written(text: str):
    for markup in (tag("p", text), tag("p", title=text), tag("text", Both(text, "x")), shown(text)):
        inner = re.sub(r'^<p title="|^<p>|</p>$|"></p>$|</?tspan[^>]*>|</?text>', "", markup)
        assert "<" not in inner
        str(markup).encode("utf-8")


def test_a_cell_that_is_markup_stays_and_a_cell_that_is_text_is_escaped():
    told = table(["a", "b"], [[Markup("<b>x</b>"), "<b>y</b>"]])
    assert "<b>x</b>" in told
    assert "&lt;b&gt;y&lt;/b&gt;" in told


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e308])
def test_numbers_that_are_none_do_not_reach_a_drawing(bad: float):
    results = made(days=7, years=(2025, 2030, 2035))
    broken = {
        "sizes": results.sizes.with_columns(standing=pl.lit(bad)),
        "policies": results.policies.with_columns(limit=pl.lit(bad), price=pl.lit(bad)),
        "prices_mean": results.prices_mean.with_columns(mean=pl.lit(bad)),
        "history": results.history.with_columns(upper=pl.lit(bad)),
        "audit": results.audit.with_columns(residual=pl.lit(bad)),
    }
    text = page(replace(results, tables={**results.tables, **broken}))
    drawings = " ".join(re.findall(r"<svg .*?</svg>", text, re.DOTALL))
    assert not re.search(r' (?:d|r|[xy][12]?|c[xy]|width|height)="[^"]*(?:nan|inf)', drawings)
    assert max(map(len, re.findall(r"\d+", drawings))) < 20


@pytest.mark.usefixtures("undrawn")
def test_empty_tables_give_a_page_all_the_same():
    results = made(days=7, years=(2025, 2030))
    kept = ("years", "ledger", "components", "buses", "tenants")
    empty = {name: held if name in kept else held.head(0) for name, held in results.tables.items()}
    seen = Page(page(replace(results, tables=empty)))
    assert say("pathway.nothing").vi in seen.text("vi")
    assert say("limits.nothing").vi in seen.text("vi")
    assert say("audit.none").vi in seen.text("vi")


# ------------------------------------------------------------------------------------------- drawing


def test_runs_of_milestones_are_spelled_as_spans():
    assert spelled([2030, 2035, 2045], list(YEARS)) == "2030–2035, 2045"
    assert spelled([2050], list(YEARS)) == "2050"


def simulated(colour: str, kind: str) -> np.ndarray:
    """A colour as seen with full protanopia or deuteranopia, in CIELAB (Machado et al. 2009)."""
    tables = {
        "normal": np.eye(3),
        "protan": np.array(
            [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ]
        ),
        "deutan": np.array(
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        ),
    }
    srgb = np.array(rgb(colour)) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(tables[kind] @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    f = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


KIND = {kind: cls.colour for kind, cls in kinds().items()}
BOTH_WAYS = ("grid", "battery", "thermal_store")
TAKEN = [lighter(KIND[kind]) for kind in BOTH_WAYS]
ACCOUNT = {account.id: account.colour for account in accounts()}
STACKS = {
    "supply": [KIND[k] for k in ("grid", "solar", "wind", "battery")],
    "heat": [KIND[k] for k in ("heat_pump", "electric_boiler", "fuel_boiler", "thermal_store")],
    "cost": [ACCOUNT[k] for k in ("capex", "fixed_om", "energy", "demand_charge", "fuel")],
    "scopes": [ACCOUNT[k] for k in ("scope1", "scope2", "offset_mass")],
    "bounds": ["#0072b2", "#d55e00"],
    "both ways": [c for k in BOTH_WAYS for c in (KIND[k], lighter(KIND[k]))],
    "used": [*TAKEN, KIND["electricity_demand"], KIND["heat_pump"]],
}


@pytest.mark.parametrize("kind", ["normal", "protan", "deutan"])
@pytest.mark.parametrize("stack", STACKS)
def test_colours_of_a_stack_are_told_apart_with_any_colour_vision(stack: str, kind: str):
    pairs = itertools.combinations(STACKS[stack], 2)
    near = [(a, b) for a, b in pairs if np.linalg.norm(simulated(a, kind) - simulated(b, kind)) < 12]
    assert near == []


@pytest.mark.parametrize("colour", [INK, SOFT, "#005a8c", "#0b6b3a", "#a3261a"])
def test_texts_are_dark_enough_on_white(colour: str):
    """Contrast of at least 4.5 to 1 (WCAG 2.2, AA)."""
    srgb = np.array(rgb(colour)) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (float(linear @ [0.2126, 0.7152, 0.0722]) + 0.05) >= 4.5


# ---------------------------------------------------------------------------------- figures behind it


@pytest.fixture(scope="module")
def facts(proven: Results) -> Facts:
    return facts_of(proven)


def test_the_closing_of_the_bounds_is_drawn_from_the_first_second(facts: Facts):
    """Nothing was known before 8 s, and that was waited for, too."""
    later = facts.results.history.with_columns(pl.col("seconds") + 8.0)
    results = replace(facts.results, tables={**facts.results.tables, "history": later})
    marks = [p for p in Page(str(closing(Facts(results)))).of("path") if p.get("class") == "m"]
    first = re.match(r"translate\(([\d.]+),", marks[0]["transform"])
    assert first is not None
    assert float(first[1]) > 20  # from the left edge of the plot


def test_investment_is_what_was_built_times_its_price(facts: Facts):
    """The ledger holds annuities of pooled cohorts; the payments come back from them exactly."""
    paid = invested(facts)
    for asset, (cost, _) in COST.items():
        times = 26_000.0 * (5.0 if asset == "battery" else 1.0)  # power and four hours of energy
        for i, year in enumerate(YEARS):
            got = paid.filter((pl.col("asset") == asset) & (pl.col("year") == year))["amount"].sum()
            assert got == pytest.approx(built(asset, i, 6) * cost * times, rel=1e-9, abs=1e-3)


def test_costs_of_the_years_add_up_to_the_objective(facts: Facts):
    assert float(facts.cost @ facts.weights) == pytest.approx(facts.number("objective"), rel=1e-12)


def test_costs_of_the_owners_add_up_to_the_cost(facts: Facts):
    parts = sum(facts.by_year(*facts.costs, owner=o)[0] for o in facts.owners)
    assert parts == pytest.approx(facts.by_year(*facts.costs)[0])


@pytest.mark.usefixtures("undrawn")
def test_many_owners_are_drawn_as_ten_and_the_others_and_all_stand_in_the_table():
    results = made(days=7, years=(2025, 2030))
    many = [f"Tenant {k:02d}" for k in range(14)]
    copies = [results.ledger.with_columns(owner=pl.lit(f"t{k}")) for k in range(14)]
    tenants = pl.DataFrame({"id": [f"t{k}" for k in range(14)], "name": many, "trade": [""] * 14})
    nobody = results.tables["actors"].clear()
    tables = {**results.tables, "ledger": pl.concat(copies), "tenants": tenants, "actors": nobody}
    text = page(replace(results, tables=tables), "en")
    drawn = re.search(r'<figure [^>]*id="cost-owner">.*?</figure>', text, re.DOTALL).group(0)  # type: ignore[union-attr]
    assert drawn.count('class="swatch"') == 11
    assert "4 other owners" in drawn
    assert all(drawn.count(f'scope="row" class="t">{name}<') == 1 for name in many)


def test_energy_is_conserved_at_every_carrier_and_converter(facts: Facts):
    nodes, links = diagram(injections(facts, 2040))
    inner = [n.key for n in nodes if n.column in (1, 2, 3)]
    assert len(inner) >= 3
    for key in inner:
        into = sum(k.amount for k in links if k.target == key)
        out = sum(k.amount for k in links if k.source == key)
        assert into == pytest.approx(out, rel=1e-6), key


def test_what_is_avoided_and_what_is_left_add_up_to_the_reference():
    """Demand doubles, 100 MWh are imported at half of 0.6 t/MWh: of 120 t, 30 stay and 30 are the grid's."""
    rows = [
        (2025, "load", "", "electricity_demand", "consumed", "", 100.0, "MWh"),
        (2025, "grid", "", "grid", "imported", "", 100.0, "MWh"),
        (2025, "grid", "", "grid", "scope2", "", 60.0, "t"),
        (2030, "load", "", "electricity_demand", "consumed", "", 200.0, "MWh"),
        (2030, "grid", "", "grid", "imported", "", 100.0, "MWh"),
        (2030, "grid", "", "grid", "scope2", "", 30.0, "t"),
        (2030, "heat_pump", "", "heat_pump", "consumed", "", 900.0, "MWh"),
    ]
    results = made(days=7, years=(2025, 2030))
    ledger = frames.table(frames.LEDGER, [(*row, "", "", "", "", 0) for row in rows])
    parts = avoided(facts_of(replace(results, tables={**results.tables, "ledger": ledger})))
    assert parts is not None
    assert {k: v.tolist() for k, v in parts.items()} == {
        "scope1": [0.0, 0.0],
        "scope2": [60.0, 30.0],
        "by_grid": [0.0, 30.0],
        "by_park": [0.0, 60.0],
    }


def flows(given: dict[tuple[str, str], list[float]], taken: dict[tuple[str, str], list[float]]) -> Injections:
    def arrays(side: dict[tuple[str, str], list[float]]) -> dict[tuple[str, str], np.ndarray]:
        return {k: np.array(side.get(k, [0.0] * 24)) for k in {**given, **taken}}

    starts = np.datetime64("2025-01-01T00", "h") + np.arange(24)
    return injected(Steps(starts, 1.0, 365.0), arrays(given), arrays(taken))


def injected(
    steps: Steps, given: dict[tuple[str, str], np.ndarray], taken: dict[tuple[str, str], np.ndarray]
):
    """Injections with the words of the kinds; the sun is what is renewable."""
    drawn = {k: Drawn(heading(c.vi, c.en), c.colour, c.group, c.traits) for k, c in kinds().items()}
    carriers = {
        name: Drawn(heading(c.vi, c.en), c.colour, rate=str(c.rate), amount=str(c.amount))
        for name, c in CARRIERS.items()
    }
    sun = given.get(("electricity", "solar"), np.zeros(len(steps.starts)))
    return Injections(steps, given, taken, sun, drawn, carriers, {})


def test_a_heat_pump_draws_ambient_heat_and_a_battery_loses_some():
    """1 MW in, 3 MW of heat out: 2 MW come from outside. The battery takes 2 MWh a day and gives 1."""
    given = {
        ("electricity", "grid"): [1.0] * 24,
        ("heat", "heat_pump"): [3.0] * 24,
        ("electricity", "battery"): [0.0] * 23 + [1.0],
    }
    taken = {
        ("electricity", "heat_pump"): [1.0] * 24,
        ("heat", "heat_demand"): [3.0] * 24,
        ("electricity", "battery"): [1.0, 1.0] + [0.0] * 22,
    }
    _, links = diagram(flows(given, taken))
    found = {(k.source, k.target): k.amount for k in links}
    year = 365.0
    assert found["source-ambient", "by-heat_pump"] == pytest.approx(2 * 24 * year)
    assert found["carrier-electricity", "use-loss"] == pytest.approx(1 * year)
    assert found["source-grid", "carrier-electricity"] == pytest.approx(24 * year)
    assert ("carrier-electricity", "use-battery") not in found


def test_a_fuel_is_drawn_as_what_it_is_made_from(facts: Facts):
    """Its origin decides, not what it books: biomass with traces of methane in scope 1 is no fossil fuel."""
    assert facts.drawn(facts.technology("natural_gas")).name.en == "Natural gas"
    parts = facts.results.components
    for origin, name in (("biomass", "Sinh khối"), ("", "Nguồn nhiên liệu"), ("other", "Nguồn nhiên liệu")):
        told = parts.with_columns(
            made_from=pl.when(pl.col("asset") == "natural_gas").then(pl.lit(origin)).otherwise("made_from")
        )
        other = Facts(replace(facts.results, tables={**facts.results.tables, "components": told}))
        assert other.drawn(other.technology("natural_gas")).name.vi == name


def test_energy_passes_from_fuel_to_electricity_to_heat():
    """A cogeneration plant makes electricity that a heat pump uses: three carriers beside one another."""
    ones = [1.0] * 24
    given = {("fuel", "fuel"): ones, ("electricity", "chp"): ones, ("heat", "heat_pump"): ones}
    taken = {("fuel", "chp"): ones, ("electricity", "heat_pump"): ones, ("heat", "heat_demand"): ones}
    nodes, links = diagram(flows(given, taken))
    column = {node.key: node.column for node in nodes}
    assert all(column[link.source] < column[link.target] for link in links)
    assert [column[f"carrier-{c}"] for c in ("fuel", "electricity", "heat")] == [1, 3, 5]


def test_what_is_made_of_one_another_stands_side_by_side():
    ones = [1.0] * 24
    given = {("heat", "heat_pump"): ones, ("electricity", "chp"): ones}
    taken = {("electricity", "heat_pump"): ones, ("heat", "chp"): ones}
    nodes, _ = diagram(flows(given, taken))
    assert {node.column for node in nodes if node.key.startswith("carrier")} == {1}


def test_what_is_no_energy_is_not_among_the_flows_of_energy():
    """An electrolyser takes 50 MW for a tonne of hydrogen an hour: in the diagram it is a use."""
    ones = [1.0] * 24
    given = {("electricity", "grid"): [50.0] * 24, ("hydrogen", "electrolyser"): ones}
    taken = {("electricity", "electrolyser"): [50.0] * 24, ("hydrogen", "demand"): ones}
    nodes, links = diagram(flows(given, taken))
    assert not any("hydrogen" in node.key for node in nodes)
    assert {(link.source, link.target) for link in links} == {
        ("source-grid", "carrier-electricity"),
        ("carrier-electricity", "use-electrolyser"),
    }


@pytest.mark.parametrize("carrier", CARRIERS)
def test_lines_of_every_carrier_are_seen_on_white(carrier: str):
    """Contrast of about 3 to 1 at least (WCAG 2.2 for drawings)."""
    srgb = np.array(rgb(inked(CARRIERS[carrier].colour))) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (float(linear @ [0.2126, 0.7152, 0.0722]) + 0.05) >= 2.95


def test_the_hardest_week_is_the_dark_one_and_the_typical_one_is_like_the_others():
    """Six weeks from a Monday: the fourth without sun, the sixth with twice the load of the others."""
    days = 42
    starts = np.datetime64("2024-01-01T00", "h") + np.arange(days * 24)  # a Monday
    sun, used = np.ones(days * 24), np.full(days * 24, 2.0)
    sun[3 * 168 : 4 * 168] = 0.0
    key, demand = ("electricity", "solar"), ("electricity", "electricity_demand")
    zero = np.zeros(days * 24)
    found = injected(Steps(starts, 1.0, 1.0), {key: sun, demand: zero}, {key: zero, demand: used})
    picked = chosen_weeks(found)
    assert (picked.hardest, picked.length) == (21, 7)
    assert picked.typical == 0
    used[5 * 168 :] = 4.0
    assert chosen_weeks(found).hardest == 35


@pytest.mark.usefixtures("undrawn")
def test_a_real_plan_is_reported_with_its_own_figures(tmp_path: Path):
    """10 MW of load for a year at 100 USD/MWh of which photovoltaics may take 5 MW."""
    results = results_of(monolith(study_of(load(), grid(), solar(), cap(1e6))))
    seen = Page(write_report(results, tmp_path / "r.html", "en").read_text(encoding="utf-8"))
    text = seen.text("en")
    assert PROVEN.en in text
    objective = money("USD", results.summary["objective"]).full(results.summary["objective"], 4)
    assert objective.en in text
    assert "Tenant One" in text
    assert "50.0\u00a0%" in text.replace("50\u00a0%", "50.0\u00a0%")  # 5 of 10 MW are solar
    write_excel(results, tmp_path / "r.xlsx", "en")


@pytest.mark.usefixtures("undrawn")
def test_a_real_infeasible_study_says_who_is_short():
    from parkzero.components import constant
    from parkzero.units import MW

    results = results_of(monolith(study_of(load(), grid(import_limit=constant(9.2, MW)))))
    seen = Page(page(results, "en"))
    text = seen.text("en")
    assert say("standing.infeasible_title").en in text
    assert "Tenant One" in text
    assert "0.800 MW" in text
    assert [s["id"] for s in seen.of("section")] == [
        "standing",
        "shortfall",
        "understood",
        "sources",
        "audit",
    ]
    assert [f["id"] for f in seen.of("figure")] == ["unserved"]


# --------------------------------------------------------------------------------------------- files


@pytest.mark.usefixtures("undrawn")
def test_a_report_is_replaced_only_when_the_new_one_is_whole(tmp_path: Path):
    path = tmp_path / "report.html"
    path.write_text("the old one", encoding="utf-8")
    results = made(days=7, years=(2025, 2030))
    with pytest.raises(StudyError):
        write_report(replace(results, summary={}), path)
    assert path.read_text(encoding="utf-8") == "the old one"
    write_report(results, path)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("write", [write_report, write_excel])
def test_a_place_that_cannot_be_written_is_a_fault_with_a_mend(write, tmp_path: Path):
    with pytest.raises(StudyError, match="cannot be written"):
        write(made(days=7, years=(2025,)), tmp_path / "missing" / "report")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StudyError, match="cannot be written"):
        write(made(days=7, years=(2025,)), tmp_path / "folder")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


FORMULAS = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"]


def test_the_workbook_holds_no_formula(tmp_path: Path):
    results = made(name=FORMULAS[0], title=FORMULAS[5], days=7, years=(2025, 2030))
    rows = results.assumptions.head(1)
    more = pl.concat([rows.with_columns(value=pl.lit(f), citation=pl.lit(f)) for f in FORMULAS])
    path = write_excel(replace(results, tables={**results.tables, "assumptions": more}), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert [c.coordinate for c in cells if c.data_type == "f"] == []
    kept = [c for c in cells if isinstance(c.value, str) and c.value.strip().startswith(("=", "+", "-", "@"))]
    assert len(kept) >= 2 * len(FORMULAS)
    assert all(c.quotePrefix for c in kept)


def test_the_workbook_has_its_sheets_headings_and_numbers(tmp_path: Path):
    results = made(days=7)
    book = openpyxl.load_workbook(write_excel(results, tmp_path / "r.xlsx"))
    assert book.sheetnames == [
        "Tóm tắt",
        "Công suất",
        "Sổ cái",
        "Chính sách",
        "Giả định",
        "Tự kiểm tra",
        "Công suất nhận cực đại",
        "Biện pháp đem lại gì",
    ]
    sheet = book["Sổ cái"]
    assert [c.value for c in sheet[1]][:3] == ["Năm", "Thiết bị", "Chủ sở hữu"]
    assert sheet.max_row == results.ledger.height + 1
    amounts = [row[6].value for row in sheet.iter_rows(min_row=2)]
    assert sum(amounts) == pytest.approx(results.ledger["amount"].sum())
    assert sheet["G2"].number_format.startswith("#,##0")
    assert {row[2].value for row in sheet.iter_rows(min_row=2)} >= {
        "Thép Hải Phòng",
        "Khu công nghiệp (chung)",
    }
    summary = {row[0].value: row[1].value for row in book["Tóm tắt"].iter_rows()}
    assert summary[say("excel.row.objective").vi] == pytest.approx(results.summary["objective"])
    english = openpyxl.load_workbook(write_excel(results, tmp_path / "r.xlsx", "en"))
    assert english.sheetnames == [
        "Summary",
        "Sizes",
        "Ledger",
        "Policies",
        "Assumptions",
        "Audit",
        "Peak import",
        "What measures earn",
    ]


def test_the_workbook_of_an_infeasible_study_holds_no_plan(tmp_path: Path):
    book = openpyxl.load_workbook(write_excel(made("infeasible", None), tmp_path / "r.xlsx", "en"))
    assert book.sheetnames == ["Summary", "Assumptions", "Audit"]
    names = [row[0].value for row in book["Summary"].iter_rows()]
    assert "Total cost, discounted to the first year" not in names
    assert book["Summary"]["B2"].value == say("standing.infeasible_title").en


def test_cells_hold_what_excel_can_hold(tmp_path: Path):
    """Control characters, texts beyond a cell's length and numbers that are none would make Excel refuse."""
    results = made(name="a\x00b\x0bc" + "x" * 40_000, days=7, years=(2025,))
    ledger = results.ledger.with_columns(amount=pl.lit(math.nan))
    path = write_excel(replace(results, tables={**results.tables, "ledger": ledger}), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(path)
    owners = {row[2].value for row in book["Sổ cái"].iter_rows(min_row=2)}
    assert max(len(o) for o in owners) == 32_000
    assert {row[6].value for row in book["Sổ cái"].iter_rows(min_row=2)} == {None}


def test_the_page_of_what_was_understood_is_that_of_check():
    text = page(made())
    for row in UNDERSTOOD:
        assert row["en"] in text
        assert row["vi"] in text
    assert text.index('id="understood"') < text.index('id="sources"')


def test_a_real_run_tells_what_was_understood_and_its_doubts():
    """Patterns, energy and years of a policy, and the warnings of the study, in both languages."""
    both_ways = Both("10 MW lúc trưa", "10 MW at noon")
    fact = Fact("assets.t1.load.load", text_of("{told}", told=both_ways), {"peak_MW": 10.0})
    results = results_of(monolith(replace(plain_study(), understood=(fact,))))
    text = page(results)
    assert "10 MW at noon" in text
    assert "10 MW lúc trưa" in text
    assert "a warning" in text
