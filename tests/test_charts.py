"""The one means of drawing: what is drawn stands where its value says, in both languages, and names stay names."""

from __future__ import annotations

import json
import math
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero.charts import (
    NARROW,
    About,
    Band,
    Bar,
    Branch,
    Chart,
    Curve,
    Layer,
    Limit,
    Link,
    Measure,
    Node,
    Place,
    Point,
    Step,
    Swing,
    Task,
    abatement,
    closing_gap,
    composite,
    duration,
    fan,
    frontier,
    grand_composite,
    grouped_bars,
    heat_map,
    line_chart,
    network,
    ranked,
    sankey,
    scatter,
    schedule,
    stacked_bars,
    tornado,
    waterfall,
    week,
)
from parkzero.charts.curves import gaps, implied_prices
from parkzero.charts.draw import shortened
from parkzero.charts.flows import Box as FlowBox
from parkzero.charts.flows import _places as places_of_name
from parkzero.charts.flows import _room_below as room_below
from parkzero.charts.hours import by_day, picture
from parkzero.charts.numbers import ticks, written
from parkzero.charts.palette import spare
from parkzero.charts.placing import _box as name_box
from parkzero.charts.placing import beside
from parkzero.charts.words import BETWEEN, clean
from parkzero.texts import Both
from tests.report_cases import HOSTILE
from tools.make_chart_gallery import KINDS, gallery, page

ABOUT = About(Both("Tiêu đề", "Title"), Both("tỷ đồng", "billion VND"), Both("sổ cái", "ledger"))
NAN = math.nan
GALLERY = gallery()


@dataclass(frozen=True)
class Mark:
    """Something drawn: what it tells, and the box that it fills [px]."""

    told: str
    x: float
    x2: float
    y: float
    y2: float
    colour: str


def drawn(chart: Chart) -> tuple[list[Mark], list[tuple[str, float, float]]]:
    """Marks and texts of a chart's plot, read back from its SVG."""
    marks: list[Mark] = []
    texts: list[tuple[str, float, float]] = []
    read(ElementTree.fromstring(str(chart.inline())), 0.0, 0.0, marks, texts)
    return marks, texts


def read(
    node: ElementTree.Element, x: float, y: float, marks: list[Mark], texts: list[tuple[str, float, float]]
) -> None:
    moved = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", node.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    if node.tag == "text":
        said = [s.text or "" for s in node if s.get("lang") == "en"] or [node.text or ""]
        texts.append((said[0], x, y))
    if node.get("class") == "m":
        box = x, x, y, y
        if rect := re.match(r"M([-\d.]+),([-\d.]+)h([-\d.]+)v([-\d.]+)", node.get("d", "")):
            left, top, wide, tall = map(float, rect.groups())
            box = x + left, x + left + wide, y + top, y + top + tall
        elif node.tag == "line":
            box = x, x + float(node.get("x2", 0)), y, y + float(node.get("y2", 0))
        marks.append(Mark(node.get("data-en", ""), *box, node.get("fill", "") or ""))
    for child in node:
        read(child, x, y, marks, texts)


def plane(chart: Chart) -> tuple[list[float], list[float]]:
    """Ranges of the values along and upwards."""
    encoding = chart.bare(390)["encoding"]
    return encoding["x"]["scale"]["domain"], encoding["y"]["scale"]["domain"]


def at(chart: Chart, x: float, y: float) -> tuple[float, float]:
    """The values at a place of the drawing."""
    spec = chart.bare(390)
    (left, right), (low, high) = plane(chart)
    across = left + (x - spec["padding"]["left"]) / spec["width"] * (right - left)
    return across, high - (y - spec["padding"]["top"]) / spec["height"] * (high - low)


def values(chart: Chart) -> dict[str, tuple[float, float, float, float]]:
    """By what a mark tells: left, right, upper and lower value of its box."""
    found = {}
    for mark in drawn(chart)[0]:
        left, top = at(chart, mark.x, mark.y)
        right, bottom = at(chart, mark.x2, mark.y2)
        found[mark.told] = (left, right, top, bottom)
    return found


def close(*wanted: float, by: float) -> object:
    return pytest.approx(wanted, abs=by)


# ------------------------------------------------------------------------------- every kind of chart


@pytest.mark.parametrize("name", GALLERY)
def test_every_kind_has_both_languages_unit_source_and_says_what_is_synthetic(name: str):
    chart = GALLERY[name]
    for lang, source, made in (("vi", "Nguồn: ", "DỮ LIỆU TỔNG HỢP"), ("en", "Source: ", "SYNTHETIC DATA")):
        text = chart.svg(lang)
        said = "".join(ElementTree.fromstring(text).itertext())
        assert source in said
        assert made in said
        assert chart.about.title.of(lang) in said
        unit = chart.about.unit if isinstance(chart.about.unit, str) else chart.about.unit.of(lang)
        assert unit in said
        assert unit in chart.alt(lang)
        assert chart.alt(lang) in said
        assert BETWEEN not in text
        assert "<text" in text  # letters, not outlines
        assert "NaN" not in text
        assert "undefined" not in said
        rows = chart.table(lang)
        assert len(rows) > 1
        assert {len(row) for row in rows} == {len(chart.head)}
    assert chart.svg("vi") != chart.svg("en")


@pytest.mark.parametrize("name", GALLERY)
def test_a_page_holds_every_text_in_both_languages(name: str):
    markup = str(GALLERY[name].inline())
    assert BETWEEN not in markup
    assert markup.count('class="l" lang="vi"') == markup.count('class="l" lang="en"')
    ElementTree.fromstring(markup)


@pytest.mark.parametrize("name", ["stacked", "heat", "sankey"])
def test_a_picture_is_a_png_of_the_width_asked_for(name: str):
    content = GALLERY[name].png("vi", 360, 2.0)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    wide, tall = struct.unpack(">II", content[16:24])
    assert 700 <= wide <= 760
    assert tall > 200


def test_pictures_need_no_installed_font_and_no_letter_that_the_bundled_one_lacks(
    monkeypatch: pytest.MonkeyPatch,
):
    """Liberation Sans comes with the renderer; it has all of Vietnamese, but no subscripts."""
    asked: list[str] = []
    monkeypatch.setattr("vl_convert.vegalite_to_png", lambda text, **_: asked.append(text) or b"")
    GALLERY["frontier"].png("vi")
    spec = json.loads(asked[0])
    assert spec["config"]["font"] == "Liberation Sans"
    assert spec["encoding"]["x"]["axis"]["title"] == "nghìn t CO2/năm"
    assert "2082" not in asked[0]
    assert "CO₂" in GALLERY["frontier"].svg("vi")


def test_specifications_are_plain_json_that_names_its_schema():
    for chart in GALLERY.values():
        spec = json.loads(json.dumps(chart.spec("vi"), allow_nan=False))
        assert spec["$schema"].endswith("/vega-lite/v5.json")
        assert "http" not in json.dumps({k: v for k, v in spec.items() if k != "$schema"})


def test_a_notebook_shows_the_chart_live_or_drawn_or_in_words():
    shown = GALLERY["frontier"]._repr_mimebundle_(include=None, exclude=None)
    assert shown["application/vnd.vegalite.v5+json"]["$schema"].endswith("/vega-lite/v5.json")
    assert "Cost against carbon" in shown["image/svg+xml"]
    assert shown["text/plain"].startswith("Cost against carbon (billion VND/year)")


def test_long_names_of_a_legend_are_broken_into_lines_and_stay_whole():
    name = "a name that is by far too long for the width of a telephone, whoever holds it " * 2
    drawing = ElementTree.fromstring(
        grouped_bars(ABOUT, ["x"], [Layer(name, "#111111", (4.0,))]).svg("en", 360)
    )
    lines = [t.text or "" for t in drawing.iter() if t.tag.endswith("tspan")]
    assert len(lines) > 2
    assert " ".join(lines).split() == name.split()


def test_text_of_charts_is_dark_and_colours_differ():
    for chart in GALLERY.values():
        named = [key.colour for key in chart.keys]
        same = {k.colour for k in chart.keys}
        assert len(same) == len(named)


# -------------------------------------------------------------------------------------- hand-checked


def test_stacked_bars_stand_on_each_other_and_hang_below_zero():
    """2030: 30 on 10, and −5 below zero; the limit at 50; the ring at 35."""
    layers = [
        Layer("a", "#111111", (20.0, 10.0)),
        Layer("b", "#222222", (0.0, 30.0)),
        Layer("c", "#333333", (0.0, -5.0)),
    ]
    chart = stacked_bars(ABOUT, ["2025", "2030"], layers, [Limit("cap", (None, 50.0))], "net")
    found = values(chart)
    assert set(found) == {
        "2025 · a: 20.0 billion VND", "2030 · a: 10.0 billion VND", "2030 · b: 30.0 billion VND", "2030 · c: −5.00 billion VND",
        "2030 · cap: 50.0 billion VND", "2025 · net: 20.0 billion VND", "2030 · net: 35.0 billion VND",
    }  # fmt: skip
    assert found["2030 · a: 10.0 billion VND"][2:] == close(10.0, 0.0, by=0.05)
    assert found["2030 · b: 30.0 billion VND"][2:] == close(40.0, 10.0, by=0.05)
    assert found["2030 · c: −5.00 billion VND"][2:] == close(0.0, -5.0, by=0.05)
    assert found["2030 · cap: 50.0 billion VND"][2] == pytest.approx(50.0, abs=0.05)
    assert found["2030 · net: 35.0 billion VND"][:3] == close(1.5, 1.5, 35.0, by=0.05)
    assert found["2025 · a: 20.0 billion VND"][:2] == close(0.5 - 64 / 330, 0.5 + 64 / 330, by=0.01)


def test_a_sum_with_a_missing_part_is_not_drawn():
    layers = [Layer("a", "#111111", (20.0, NAN)), Layer("b", "#222222", (-5.0, -5.0))]
    found = values(stacked_bars(ABOUT, ["2025", "2030"], layers, net="net"))
    assert [t for t in found if "net" in t] == ["2025 · net: 15.0 billion VND"]


def test_grouped_bars_stand_beside_each_other():
    found = values(
        grouped_bars(ABOUT, ["x"], [Layer("a", "#111111", (4.0,)), Layer("b", "#222222", (-2.0,))])
    )
    assert found["x · a: 4.00 billion VND"] == close(0.1, 0.5, 4.0, 0.0, by=0.02)
    assert found["x · b: −2.00 billion VND"] == close(0.5, 0.9, 0.0, -2.0, by=0.02)


def test_a_waterfall_goes_on_where_the_last_step_ended():
    """100, then −30 from 100 to 70, then +10 to 80, then the total of 80 from zero."""
    steps = [Step("now", 100.0, True), Step("less", -30.0), Step("more", 10.0), Step("then", 80.0, True)]
    found = values(waterfall(ABOUT, steps))
    assert found["now: 100 billion VND"][:2] == close(0.0, 100.0, by=0.3)
    assert found["less: −30.0 billion VND"][:2] == close(70.0, 100.0, by=0.3)
    assert found["more: 10.0 billion VND"][:2] == close(70.0, 80.0, by=0.3)
    assert found["then: 80.0 billion VND"][:2] == close(0.0, 80.0, by=0.3)


def test_two_dozen_members_of_a_list_have_a_colour_each():
    """Seven tenants, park, utility, suppliers, state, bank and the rest of the world are thirteen."""
    assert len({spare(i) for i in range(24)}) == 24


def test_abatement_bars_are_as_wide_as_what_they_abate_and_the_cheapest_comes_first():
    measures = [
        Measure("dear", 1.0, 90.0),
        Measure("cheap", 3.0, -20.0),
        Measure("none", 0.0, 5.0),
        Measure("?", 2.0, NAN),
    ]
    chart = abatement(ABOUT, measures, "t")
    found = values(chart)
    assert found["cheap: −20.0 billion VND · 3.00 t"] == close(0.0, 3.0, 0.0, -20.0, by=0.6)
    assert found["dear: 90.0 billion VND · 1.00 t"] == close(3.0, 4.0, 90.0, 0.0, by=0.6)
    assert len(found) == 2
    assert {row[0] for row in chart.table("en")[1:]} == {"dear", "cheap", "none", "?"}


def test_a_ranking_in_decades_starts_at_the_power_of_ten_below_and_leaves_out_what_has_no_logarithm():
    """0.5, 5 and 500 on decades from 0.1: bars to 10 to the -0.3, 0.7 and 2.7."""
    bars = [
        Bar("a", 0.5, "#111111"),
        Bar("b", 5.0, "#222222"),
        Bar("c", 500.0, "#333333"),
        Bar("none", 0.0, "#444444"),
    ]
    chart = ranked(ABOUT, bars, decades=True)
    found = values(chart)
    assert plane(chart)[0] == [-1.0, 3.0]
    assert found["a: 0.500 billion VND"][:2] == close(-1.0, math.log10(0.5), by=0.01)
    assert found["c: 500 billion VND"][:2] == close(-1.0, math.log10(500), by=0.01)
    assert len(found) == 3
    plain = values(ranked(ABOUT, [Bar("up", 4.0, "#111111"), Bar("down", -2.0, "#222222")]))
    assert plain["up: 4.00 billion VND"][:2] == close(0.0, 4.0, by=0.05)
    assert plain["down: −2.00 billion VND"][:2] == close(-2.0, 0.0, by=0.05)


def test_names_of_points_that_would_touch_are_left_out_the_last_kept():
    points = ((0.0, 1.0), (1.0, 1.1), (20.0, 9.0))
    chart = line_chart(ABOUT, [Curve("a", "#111111", points, names=("first", "second", "third"))])
    said = {t for t, _, _ in drawn(chart)[1]}
    assert {"second", "third"} <= said
    assert "first" not in said


def test_a_tornado_has_the_widest_on_top_and_both_sides_from_the_base():
    found = values(
        tornado(
            ABOUT, 100.0, [Swing("small", 95.0, 104.0), Swing("wide", 80.0, 130.0), Swing("half", NAN, 110.0)]
        )
    )
    wide_low, wide_high = (
        found["wide · Assumption low: 80.0 billion VND"],
        found["wide · Assumption high: 130 billion VND"],
    )
    assert wide_low[:2] == close(80.0, 100.0, by=0.3)
    assert wide_high[:2] == close(100.0, 130.0, by=0.3)
    assert wide_high[2] > found["small · Assumption high: 104 billion VND"][2]
    assert [t for t in found if t.startswith("half")] == ["half · Assumption high: 110 billion VND"]


def test_lines_break_where_values_are_missing_and_the_gap_is_hatched():
    curve = Curve("load", "#332288", ((0.0, 5.0), (1.0, 6.0), (2.0, NAN), (3.0, 8.0), (4.0, 9.0)))
    chart = line_chart(ABOUT, [curve], "h", since=0.0)
    assert gaps([curve]) == [(1.0, 3.0)]
    assert len(drawn(chart)[0]) == 4
    assert [at(chart, m.x, m.y)[1] for m in drawn(chart)[0]] == close(5.0, 6.0, 8.0, 9.0, by=0.05)
    paths = re.findall(r'<path d="(M[^"]*)" stroke="#332288"', str(chart.inline()))
    assert len(paths) == 2  # one on each side of the gap
    assert str(chart.inline()).count('stroke="#aab3bf"') == 6
    assert any(key.name == "no data" for key in chart.keys)
    assert chart.table("en")[3] == ["2.000", "–"]


def test_a_fan_needs_pairs_around_the_half():
    shares = {0.1: [1.0, 2.0], 0.5: [2.0, 4.0], 0.9: [3.0, 8.0]}
    chart = fan(ABOUT, "price", "#0072b2", shares, [2025.0, 2030.0])
    (edge,) = [layer for layer in chart.bare(390)["layer"] if layer["mark"]["type"] == "area"]
    assert [(r["x"], r["y2"], r["y"]) for r in edge["data"]["values"]] == [
        (2025.0, 1.0, 3.0),
        (2030.0, 2.0, 8.0),
    ]
    for bad in ({0.1: [1.0], 0.5: [2.0]}, {0.1: [1.0], 0.9: [2.0]}, {0.5: [2.0], 0.9: [2.0]}):
        with pytest.raises(ValueError, match="pairs around it"):
            fan(ABOUT, "price", "#0072b2", bad, [2025.0])


def test_a_duration_curve_falls_and_keeps_both_ends():
    values_ = np.array([3.0, 9.0, NAN, 1.0, 5.0])
    layer = duration(ABOUT, [("load", "#332288", values_)]).bare(390)["layer"][0]
    points = [(r["x"], r["y"]) for r in layer["data"]["values"]]
    assert points == [(0.0, 9.0), (pytest.approx(100 / 3), 5.0), (pytest.approx(200 / 3), 3.0), (100.0, 1.0)]
    many = duration(ABOUT, [("load", "#332288", np.arange(8760.0))]).bare(390)["layer"][0]["data"]["values"]
    assert len(many) == 300
    assert (many[0]["y"], many[-1]["y"]) == (8759.0, 0.0)


def test_bounds_hold_until_a_better_one_is_found():
    upper, lower = Curve("up", "", ((1.0, 9.0), (5.0, 8.0))), Curve("low", "", ((0.0, 6.0), (5.0, 7.9)))
    layers = closing_gap(ABOUT, upper, lower, "s").bare(390)["layer"]
    assert [layer["mark"]["interpolate"] for layer in layers if layer["mark"]["type"] == "line"] == [
        "step-after"
    ] * 2


def test_a_week_is_stacked_from_zero_outwards():
    bands = [
        Band("a", "#111111", np.array([2.0, 3.0])),
        Band("b", "#222222", np.array([1.0, NAN])),
        Band("c", "#333333", np.array([-4.0, -1.0])),
    ]
    layer = week(ABOUT, bands, ["Mon"]).bare(390)["layer"][0]
    rows = {(int(r["k"][0]), r["x"]): (r["y2"], r["y"]) for r in layer["data"]["values"]}
    assert rows == {
        (0, 0.5): (0.0, 2.0), (0, 1.5): (0.0, 3.0), (1, 0.5): (2.0, 3.0), (1, 1.5): (3.0, 3.0), (2, 0.5): (0.0, -4.0), (2, 1.5): (0.0, -1.0),
    }  # fmt: skip


def unpacked(content: bytes) -> np.ndarray:
    """Levels of a palette picture."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    at_, parts = 8, {}
    while at_ < len(content):
        (length,) = struct.unpack(">I", content[at_ : at_ + 4])
        kind = content[at_ + 4 : at_ + 8]
        parts[kind] = parts.get(kind, b"") + content[at_ + 8 : at_ + 8 + length]
        at_ += length + 12
    wide, tall = struct.unpack(">II", parts[b"IHDR"][:8])
    return np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(tall, wide + 1)[:, 1:]


def levels_of(chart: Chart) -> np.ndarray:
    import base64

    link, _scale = re.findall(r'href="data:image/png;base64,([^"]+)"', str(chart.inline()))
    return unpacked(base64.b64decode(link))


def test_a_heat_map_puts_days_along_and_hours_down():
    """Two days: noon of the first is the highest, midnight of the second the lowest, one hour is missing."""
    values_ = np.full(48, 5.0)
    values_[12], values_[24], values_[30] = 10.0, 0.0, NAN
    chart = heat_map(ABOUT, values_, 24, [(0, 1)])
    levels = levels_of(chart)
    assert levels.shape == (24, 2)
    assert (levels[12, 0], levels[0, 1], levels[5, 0], levels[6, 1]) == (254, 0, 127, 255)
    hours = {t: y for t, x, y in drawn(chart)[1] if x < 34}
    assert hours["0"] < hours["6"] < hours["12"] < hours["18"] < hours["24"]  # as the picture runs


def test_quarter_hours_are_averaged_to_hours():
    assert by_day(np.arange(96.0), 96)[:, 0].tolist() == [1.5 + 4 * k for k in range(24)]


def test_the_picture_holds_the_levels_it_was_given():
    levels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(unpacked(picture(levels, np.zeros((16, 3), np.uint8))), levels)


def test_a_schedule_places_tasks_by_the_clock():
    tasks = [Task("truck 1", 6.5, 9.0, "drive", "#0072b2"), Task("truck 2", 8.0, 8.0, "none", "#e69f00")]
    found = values(schedule(ABOUT, tasks, 6.0, 12.0))
    assert list(found) == ["truck 1 · drive: 06:30–09:00"]
    assert found["truck 1 · drive: 06:30–09:00"][:2] == close(6.5, 9.0, by=0.02)


def test_ribbons_are_as_wide_as_what_they_carry():
    """100 in, 75 to one and 25 to the other: three quarters of the node's height, and a quarter."""
    nodes = [
        Node("s", "in", "#111111", 0),
        Node("a", "a", "#222222", 1),
        Node("b", "b", "#333333", 1),
        Node("z", "unused", "#444444", 1),
    ]
    chart = sankey(ABOUT, nodes, [Link("s", "a", 75.0), Link("s", "b", 25.0), Link("s", "z", 0.0)])
    boxes = {m.told: m.y2 - m.y for m in drawn(chart)[0] if m.x2 > m.x}
    full = boxes["in: 100 billion VND"]
    assert boxes["a: 75.0 billion VND"] == pytest.approx(0.75 * full, abs=0.2)
    assert boxes["b: 25.0 billion VND"] == pytest.approx(0.25 * full, abs=0.2)
    ribbons = next(layer for layer in chart.bare(390)["layer"] if layer["mark"]["type"] == "area")
    thick = {r["t"].split(BETWEEN)[-1]: r["y"] - r["y2"] for r in ribbons["data"]["values"]}
    assert thick["in → a: 75.0 billion VND"] == pytest.approx(0.75 * full, abs=0.2)
    assert not any("unused" in t for t in thick)


def test_a_network_is_drawn_in_one_scale_and_the_overloaded_line_is_dashed():
    places = [Place("a", "A", 0.0, 0.0), Place("b", "B", 100.0, 0.0), Place("c", "C", 0.0, 50.0)]
    chart = network(
        ABOUT, places, [Branch("ab", "a", "b", 1.2), Branch("ac", "a", "c", 0.4), Branch("bc", "b", "c", NAN)]
    )
    found = {m.told: m for m in drawn(chart)[0]}
    along, up = found["B"].x - found["A"].x, found["A"].y - found["C"].y
    assert along == pytest.approx(2 * up, abs=0.3)
    assert "ab: 120 %" in found
    assert "bc: – %" in found
    assert str(chart.inline()).count("stroke-dasharray") == 1
    assert len(chart.keys) == 3
    with pytest.raises(KeyError):
        network(ABOUT, places, [Branch("ax", "a", "x", 0.1)])


def test_names_of_a_map_stay_on_a_phone():
    """A long name at the left begins at its place, at the right it ends there; elsewhere it is centred."""
    long = "A company with a long name"
    places = [Place("a", long, 0.0, 0.0), Place("b", "B", 50.0, 9.0), Place("c", long, 100.0, 5.0)]
    chart = network(ABOUT, places, [Branch("ab", "a", "b", 0.2)])
    anchors = re.findall(r'text-anchor="(\w+)"', str(chart.inline(NARROW)))
    assert {*anchors} == {"start", "middle", "end"}


def test_names_of_a_map_cover_neither_one_another_nor_a_point():
    """The seven places of the example with their long names, on a phone: centred, four of them would touch."""
    at = {
        "dye": (2, 3),
        "mould": (9, 2),
        "zinc": (5, 8),
        "chips": (14, 7),
        "box": (11, 12),
        "beer": (1, 11),
        "park": (7, 15),
    }
    spots = {k: (61 + 18 * x, 297 - 18 * y) for k, (x, y) in at.items()}
    widths = dict.fromkeys(at, 170.0) | {"beer": 230.0}
    drawn_ = [(spots["dye"], spots[k]) for k in ("beer", "zinc", "box", "chips", "mould")]
    stands = beside(widths, spots, drawn_, (390.0, 320.0))
    boxes = {k: name_box(stands[k], spots[k], widths[k]) for k in at}
    for k, (left, right, top, bottom) in boxes.items():
        assert 0 <= left < right <= 390
        assert 0 <= top < bottom <= 320
        for other, (x, y) in spots.items():
            assert other == k or not (left <= x <= right and top <= y <= bottom), (k, other)
        for other, two in boxes.items():
            apart = right <= two[0] or two[1] <= left or bottom <= two[2] or two[3] <= top
            assert other == k or apart, (k, other)
    assert beside({"a": 50.0}, {"a": (9.0, 9.0)}, [((NAN, NAN), (1.0, 1.0))], (390.0, 320.0))


def test_a_name_stands_under_its_node_only_where_no_other_begins():
    """Under a node and right above the next one it would be read as that one's name."""
    node = FlowBox(Node("a", "a name", "#111111", 0), 2.0, 40.0, 30.0)
    near = FlowBox(Node("b", "another", "#222222", 0), 2.0, 94.0, 30.0)
    under = 40.0 + 30.0 + 13.0
    bases = {base for _, base, _, _ in places_of_name(node, 80.0, room_below(node, [node, near]))}
    assert under not in bases
    assert under in {b for _, b, _, _ in places_of_name(node, 80.0, room_below(node, [node]))}


def test_years_below_columns_do_not_touch_on_a_phone():
    layers = [Layer("a", "#111111", tuple(float(i) for i in range(9)))]
    nine = grouped_bars(ABOUT, [str(2026 + i) for i in range(9)], layers)
    assert nine.bare(NARROW)["encoding"]["x"]["axis"]["values"] == [0.5, 2.5, 4.5, 6.5, 8.5]
    assert len(nine.bare(860)["encoding"]["x"]["axis"]["values"]) == 9
    named = grouped_bars(ABOUT, [f"tenant {i}" for i in range(9)], layers)
    assert len(named.bare(NARROW)["encoding"]["x"]["axis"]["values"]) == 9


def test_numbers_of_an_axis_find_room_and_long_names_of_bars_too():
    wide = stacked_bars(ABOUT, ["2025"], [Layer("a", "#111111", (94_325.0,))])
    small = stacked_bars(ABOUT, ["2025"], [Layer("a", "#111111", (94.0,))])
    assert small.bare(NARROW)["padding"]["left"] == 50
    assert wide.bare(NARROW)["padding"]["left"] >= 7 * 7 + 12  # 100,000 has seven signs
    assert wide.plot(NARROW)[0] == wide.bare(NARROW)["padding"]["left"]
    bars = [
        Bar("Fuel burnt in boilers and furnaces of the park", 2271.0, "#111111"),
        Bar("Short", 2.0, "#222222"),
    ]
    said = [r["s"] for m in ranked(ABOUT, bars).spec("en", NARROW)["layer"] if m["mark"]["type"] == "text"
            for r in m["data"]["values"]]  # fmt: skip
    assert "Fuel burnt in boilers and furnaces of the park: 2,271" in said
    assert "Short: 2.00 billion VND" in said


def test_the_implied_price_is_what_the_last_tonne_costs():
    """From 100 t at 10 to 60 t at 30: 20 for 40 t, or 0.5 a tonne."""
    points = [Point(100.0, 10.0, "now"), Point(60.0, 30.0, "less"), Point(60.0, 31.0, "same")]
    assert implied_prices(points[:2]) == [0.5]
    assert math.isnan(implied_prices(points[1:])[0])
    chart = frontier(ABOUT, points[:2], "t", "VND/t")
    assert "0.500" in [t for t, _, _ in drawn(chart)[1]]
    now = next(m for m in drawn(chart)[0] if m.told.startswith("now"))
    assert at(chart, now.x, now.y) == close(100.0, 10.0, by=0.2)


def test_points_of_a_scatter_stand_at_their_values_and_what_is_none_is_told_in_the_table():
    chart = scatter(ABOUT, [("g", "#0072b2", [Point(1.0, 5.0), Point(NAN, 2.0), Point(3.0, -1.0)])], "x")
    assert [at(chart, m.x, m.y) for m in drawn(chart)[0]] == [
        close(1.0, 5.0, by=0.05),
        close(3.0, -1.0, by=0.05),
    ]
    assert len(chart.rows) == 3


def test_composites_keep_their_corners_and_the_pinch_is_marked():
    chart = composite(ABOUT, [(0.0, 60.0), (4.0, 170.0)], [(1.0, 20.0), (5.0, 135.0)], "MW")
    assert [at(chart, m.x, m.y) for m in drawn(chart)[0]] == [
        close(0.0, 60.0, by=0.4), close(4.0, 170.0, by=0.4), close(1.0, 20.0, by=0.4), close(5.0, 135.0, by=0.4),
    ]  # fmt: skip
    grand = grand_composite(ABOUT, [(1.0, 160.0), (0.0, 90.0), (2.0, 30.0), (NAN, 10.0)], "MW")
    assert [at(grand, m.x, m.y) for m in drawn(grand)[0]] == [
        close(1.0, 160.0, by=0.4), close(0.0, 90.0, by=0.4), close(2.0, 30.0, by=0.4),
    ]  # fmt: skip
    (level,) = [layer for layer in grand.bare(390)["layer"] if layer["mark"]["type"] == "rule"]
    assert [r["y"] for r in level["data"]["values"]] == [90.0]


# ------------------------------------------------------------------- little, nothing, and hostile


def bare_minimum(name: Both | str, value: float) -> list[Chart]:
    """Every kind with one value."""
    one = Curve(name, "#0072b2", ((2025.0, value),))
    return [
        stacked_bars(ABOUT, [name], [Layer(name, "#0072b2", (value,))], [Limit(name, (value,))], name),
        grouped_bars(ABOUT, [name], [Layer(name, "#0072b2", (value,))]),
        waterfall(ABOUT, [Step(name, value)]),
        abatement(ABOUT, [Measure(name, abs(value), value)], name),
        tornado(ABOUT, 0.0, [Swing(name, value, value)]),
        ranked(ABOUT, [Bar(name, value, "#0072b2")], decades=True),
        line_chart(ABOUT, [one], name),
        line_chart(ABOUT, [one], marks=[2025.0]),
        fan(ABOUT, name, "#0072b2", {0.5: [value]}, [2025.0]),
        duration(ABOUT, [(name, "#0072b2", np.array([value]))]),
        closing_gap(ABOUT, one, one, name),
        week(ABOUT, [Band(name, "#0072b2", np.full(24, value))], [name]),
        heat_map(ABOUT, np.full(24, value), 24, [(0, 1)]),
        schedule(ABOUT, [Task(name, 1.0, value, name, "#0072b2")]),
        sankey(
            ABOUT, [Node("a", name, "#0072b2", 0), Node("b", name, "#0072b2", 1)], [Link("a", "b", value)]
        ),
        network(
            ABOUT, [Place("a", name, 0.0, 0.0), Place("b", name, 1.0, 1.0)], [Branch(name, "a", "b", value)]
        ),
        frontier(ABOUT, [Point(value, value, name)], name, name),
        scatter(ABOUT, [(name, "#0072b2", [Point(value, value, name)])], name),
        composite(ABOUT, [(0.0, value)], [(1.0, value)], name),
        grand_composite(ABOUT, [(value, value)], name),
    ]


def nothing() -> list[Chart]:
    """Every kind without data."""
    none = Curve("a", "#0072b2", ())
    return [
        stacked_bars(ABOUT, [], []), grouped_bars(ABOUT, [], []), waterfall(ABOUT, []), abatement(ABOUT, [], "t"),
        tornado(ABOUT, 0.0, []), ranked(ABOUT, [], decades=True), line_chart(ABOUT, []), line_chart(ABOUT, [none], marks=[]), fan(ABOUT, "a", "#0072b2", {0.5: []}, []),
        duration(ABOUT, [("a", "#0072b2", np.array([]))]), closing_gap(ABOUT, none, none, "s"), week(ABOUT, [], []),
        heat_map(ABOUT, np.array([]), 24, []), schedule(ABOUT, []), sankey(ABOUT, [], []), network(ABOUT, [], []),
        frontier(ABOUT, [], "t", "VND/t"), scatter(ABOUT, [], "x"), composite(ABOUT, [], [], "MW"), grand_composite(ABOUT, [], "MW"),
    ]  # fmt: skip


@pytest.mark.parametrize("k", range(20))
def test_empty_data_give_an_empty_plot_and_no_error(k: int):
    assert len(nothing()) == 20
    chart = nothing()[k]
    assert drawn(chart)[0] == []
    assert "NaN" not in chart.svg("vi")
    assert chart.alt("vi")
    assert len(chart.table("vi")) == 1 + len(chart.rows)


@pytest.mark.parametrize("value", [3.0, -3.0, 0.0, NAN, math.inf, -math.inf, 1e300, 1e-300])
def test_one_value_of_any_kind_is_drawn_or_left_out(value: float):
    for chart in bare_minimum("a", value):
        text = str(chart.inline())
        assert not re.search(r"NaN|Infinity|undefined", text)
        ElementTree.fromstring(text)


@pytest.mark.parametrize(
    "name",
    [
        HOSTILE,
        "]]>\"';alert(1)//",
        "\\u0027+x+'",
        "{{x}} ${y} %s",
        "\x00\x1f\ud800\ufffe" + BETWEEN,
        "\u202eabc",
    ],
)
def test_hostile_names_stay_names(name: str):
    """In a page, in a file, in the specification's expressions, and they neither stop nor leave the renderer."""
    for chart in bare_minimum(name, 3.0)[:: 1 if name == HOSTILE else 5]:
        markup = str(chart.inline())
        tree = ElementTree.fromstring(markup)
        assert {e.tag for e in tree.iter()} <= {"svg", "g", "path", "line", "text", "tspan", "image", "rect"}
        assert not [a for e in tree.iter() for a in e.attrib if a.lower().startswith("on")]
        file = ElementTree.fromstring(chart.svg("en"))
        assert not [
            e for e in file.iter() if e.tag.rpartition("}")[2] in ("script", "img", "foreignObject", "a")
        ]
    below = {t for t, x, y in drawn(bare_minimum(name, 3.0)[0])[1] if y > 230 and x > 100}
    assert below <= {clean(name)}


@settings(max_examples=8)
@given(st.text(max_size=30))
def test_any_name_is_drawn_as_it_is(name: str):
    chart = stacked_bars(ABOUT, [name], [Layer(name, "#0072b2", (1.0,))])
    told = [m.told for m in drawn(chart)[0]]
    assert [" ".join(t.split()) for t in told] == [
        " ".join((clean(name) + " · " + clean(name) + ": 1.00 billion VND").split())
    ]


# ------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (-0.04, 1, "0,0", "0.0"),
        (-1e16, 0, "−1,0×10¹⁶", "−1.0×10¹⁶"),
        (NAN, 2, "–", "–"),
    ],
)
def test_numbers_read_as_each_language_writes_them(value: float, decimals: int, vi: str, en: str):
    assert (written(value, decimals, "vi"), written(value, decimals, "en")) == (vi, en)


@given(st.floats(-1e12, 1e12), st.floats(0, 1e12))
def test_ticks_are_few_round_and_reach_both_ends(low: float, span: float):
    marks = ticks(low, low + span)
    assert 2 <= len(marks) <= 9
    assert marks[0] <= low + 1e-6 * max(abs(low), 1) * (1 + span)
    assert marks[-1] >= low + span - 1e-6 * max(abs(low + span), 1)
    steps = np.diff(marks)
    assert np.allclose(steps, steps[0], rtol=1e-6)


def test_coordinates_are_shortened_to_a_tenth():
    assert shortened("M12.345,0.04L-3.96,1e-7h5v2.0") == "M12.3,0L-4,0h5v2"


def test_the_gallery_of_the_manual_shows_every_kind(root: Path):
    """Each function of the room stands in the gallery, and the page is the one that the tool writes."""
    from parkzero import charts

    written_page = (root / "docs" / "charts.md").read_text(encoding="utf-8")
    assert written_page == page(GALLERY)
    kinds = {name for name in charts.__all__ if name[0].islower()}
    named = {KINDS.get(name, name) for name in GALLERY}
    assert kinds == {"grand_composite" if n == "grand" else n for n in named}
    assert all((root / "docs" / "images" / "charts" / f"{name}.svg").is_file() for name in GALLERY)
