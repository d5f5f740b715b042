"""The report in a real browser: languages, charts, the pointer, a phone's width, paper."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from parkzero.report import write_report
from parkzero.report.words import say
from tests.report_cases import HOSTILE, SHORT, made

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser


def resize(browser: Chrome, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def complaints(browser: Chrome) -> list[str]:
    return [str(entry["message"]) for entry in browser.get_log("browser")]


def run(browser: Chrome, script: str, *given: Any) -> Any:
    return browser.execute_script(script, *given)


def visible(browser: Chrome) -> str:
    return str(run(browser, "return document.body.innerText"))


@pytest.fixture
def opened(browser: Chrome, tmp_path: Path) -> Chrome:
    path = write_report(made(days=28), tmp_path / "report.html")
    browser.get(path.as_uri())
    return browser


def test_the_page_opens_without_complaint_and_fetches_nothing(opened: Chrome):
    assert complaints(opened) == []
    fetched = run(opened, "return performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in fetched if not name.startswith("data:")] == []
    assert run(opened, "return document.documentElement.lang") == "vi"


def test_the_language_switch_changes_all_words(opened: Chrome):
    said = {
        lang: [
            say(f"section.{n}.title").of(lang) for n in ("pathway", "costs", "emissions", "limits", "audit")
        ]
        for lang in ("vi", "en")
    }
    text = visible(opened)
    assert all(title in text for title in said["vi"])
    assert not any(title in text for title in said["en"])
    run(opened, "document.querySelector('[data-speak=en]').click()")
    text = visible(opened)
    assert all(title in text for title in said["en"])
    assert not any(title in text for title in said["vi"])
    assert run(opened, "return document.documentElement.lang") == "en"
    assert run(opened, "return document.title").startswith(say("page.title").en)
    assert run(opened, "return document.querySelector('nav').ariaLabel") == say("page.contents").en
    pressed = run(opened, "return [...document.querySelectorAll('[data-speak]')].map(b => b.ariaPressed)")
    assert pressed == ["false", "true"]
    assert complaints(opened) == []


def test_every_chart_is_drawn_and_the_keyboard_reaches_all(opened: Chrome):
    """Every drawing that can be seen has some size and holds marks; none is empty."""
    found = run(
        opened,
        """
        return [...document.querySelectorAll('figure')].filter(f => f.offsetParent).map(f => {
          const drawn = [...f.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width > 0);
          const box = drawn.length ? drawn[0].getBoundingClientRect() : {width: 0, height: 0};
          const marks = drawn.length ? drawn[0].querySelectorAll('rect, path, image, circle').length : 0;
          return [f.id, drawn.length, box.width, box.height, marks];
        })""",
    )
    assert len(found) > 20
    wrong = [f for f in found if f[1] != 1 or f[2] < 250 or f[3] < 120 or f[4] < 2]
    assert wrong == []
    loaded = opened.execute_async_script("""
        const done = arguments[0];
        const found = [...document.querySelectorAll('.panel:not([hidden]) image')]
          .map(i => i.getAttribute('href'));
        Promise.all(found.map(href => { const i = new Image(); i.src = href;
          return i.decode().then(() => [i.naturalWidth, i.naturalHeight]); }))
          .then(done, e => done(String(e)));""")
    assert loaded == [[28, 24], [1, 64]] * (len(loaded) // 2)  # a year and its scale
    assert len(loaded) >= 8
    reached = run(
        opened,
        """
        return [...document.querySelectorAll('button, summary, a[href], [tabindex="0"]')]
          .filter(e => e.offsetParent && e.tabIndex >= 0).map(e => e.tagName)""",
    )
    assert {"BUTTON", "SUMMARY", "A", "DIV"} <= set(reached)


def move_to(browser: Chrome, query: str, across: float = 0.5) -> str:
    """Put the pointer over the first visible match and return what is said."""
    point = run(
        browser,
        """
        const e = [...document.querySelectorAll(arguments[0])].find(e => e.getBoundingClientRect().width > 0);
        e.scrollIntoView({block: 'center', behavior: 'instant'}); const b = e.getBoundingClientRect();
        return [b.left + b.width * arguments[1], b.top + b.height / 2];""",
        query,
        across,
    )
    browser.execute_async_script("setTimeout(arguments[0], 150)")
    event = {"type": "mouseMoved", "x": point[0], "y": point[1]}
    browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)
    browser.execute_cdp_cmd("Input.dispatchMouseEvent", {**event, "x": point[0] + 1})
    browser.execute_async_script("setTimeout(arguments[0], 150)")
    return str(
        run(
            browser,
            "const t = document.getElementById('tip');"
            "return getComputedStyle(t).display === 'none' ? '' : t.innerText",
        )
    )


def test_the_pointer_is_told_the_value_in_the_language_of_the_page(opened: Chrome):
    assert "Điện mặt trời: " in move_to(opened, "#power-standing .m")
    run(opened, "document.querySelector('[data-speak=en]').click()")
    assert "Photovoltaics: " in move_to(opened, "#power-standing .m")


def test_the_pointer_reads_a_week_and_years_can_be_picked(opened: Chrome):
    said = move_to(opened, "#week-electricity-typical-2050 .pointed", 0.31)
    assert "Phụ tải điện" in said
    assert "MW" in said
    assert any(day in said for day in ("T2", "T3", "T4"))
    assert complaints(opened) == []

    def shown() -> list[str]:
        return list(
            run(
                opened,
                "return [...document.querySelectorAll('.panel')].filter(p => p.offsetParent)"
                ".map(p => p.dataset.year)",
            )
        )

    assert shown() == ["2050"]
    run(opened, "document.querySelector('[data-pick=\"2030\"]').click()")
    assert shown() == ["2030"]


def test_nothing_sticks_out_overlaps_or_is_too_small(opened: Chrome):
    """At a phone's, a tablet's and a desk's width, in both languages, with everything unfolded."""
    for width in (360, 768, 1280):
        resize(opened, width)
        assert covered_names(opened) == []
        assert small_letters(opened) == []
        for lang in ("vi", "en"):
            run(opened, f"document.querySelector('[data-speak={lang}]').click()")
            run(opened, "for (const d of document.querySelectorAll('details')) d.open = true")
            seen = run(opened, "return [document.documentElement.scrollWidth, innerWidth]")
            assert seen[0] <= width
            assert seen[1] == width


def small_letters(browser: Chrome) -> Any:
    """Letters in drawings that are less than 10 px high once the drawing has been scaled to the screen."""
    return run(
        browser,
        """
        return [...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().width > 0)
          .map(t => [t.textContent, parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a])
          .filter(t => t[1] < 10)""",
    )


def covered_names(browser: Chrome) -> Any:
    """Names in the energy flows that cover one another."""
    return run(
        browser,
        """
        const found = [];
        for (const svg of document.querySelectorAll('#energy svg')) {
          const boxes = [...svg.querySelectorAll('text')]
            .map(t => [t.textContent, t.getBoundingClientRect()]);
          boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
            const over = Math.min(p.right, q.right) - Math.max(p.left, q.left);
            const deep = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
            if (over > 4 && deep > 6) found.push([a, b, over, deep]);
          }));
        }
        return found""",
    )


def test_hostile_names_do_nothing_and_no_other_script_runs(browser: Chrome, tmp_path: Path):
    results = made(name=HOSTILE, title=HOSTILE, synthetic=HOSTILE, days=7, years=(2025, 2030))
    browser.get(write_report(results, tmp_path / "report.html").as_uri())
    for lang in ("en", "vi"):
        run(browser, f"document.querySelector('[data-speak={lang}]').click()")
        assert "window.hacked=1" in run(browser, "return document.title")
    move_to(browser, "#cost-owner .m")
    assert run(browser, "return window.hacked === undefined")
    assert run(browser, "return document.images.length") == 0
    assert complaints(browser) == []
    run(
        browser,
        "const s = document.createElement('script'); s.textContent = 'window.hacked = 1';"
        "document.body.append(s)",
    )
    assert run(browser, "return window.hacked === undefined")


def test_an_infeasible_study_opens_and_shows_who_is_short(browser: Chrome, tmp_path: Path):
    browser.get(write_report(made("infeasible", None, unserved=SHORT), tmp_path / "r.html").as_uri())
    resize(browser, 360)
    text = visible(browser)
    assert "Thép Hải Phòng" in text
    assert say("standing.infeasible_title").vi in text
    assert run(browser, "return document.documentElement.scrollWidth") <= 360
    assert complaints(browser) == []


def test_paper_holds_what_is_folded_away(opened: Chrome):
    """Printing unfolds the tables of sources and leaves the page as it was."""
    before = run(opened, "return document.querySelectorAll('main details[open]').length")
    run(opened, "dispatchEvent(new Event('beforeprint'))")
    assert run(opened, "return document.querySelectorAll('main details:not([open])').length") == 0
    run(opened, "dispatchEvent(new Event('afterprint'))")
    assert run(opened, "return document.querySelectorAll('main details[open]').length") == before
    printed = opened.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert base64.b64decode(printed["data"])[:5] == b"%PDF-"
    assert json.dumps(complaints(opened)) == "[]"
