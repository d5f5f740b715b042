"""Draws the gallery of charts in the manual: ``.venv/bin/python tools/make_chart_gallery.py``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from parkzero.charts import (
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
    Phrase,
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
from parkzero.charts.words import told
from parkzero.texts import Both

SOLAR, WIND = Both("Điện mặt trời", "Solar"), Both("Điện gió", "Wind")
GRID, LOAD = Both("Điện lưới", "Grid"), Both("Phụ tải", "Demand")
BATTERY = Both("Pin lưu trữ", "Battery")
MONEY = Both("tỷ đồng/năm", "billion VND/year")
TONNES = Both("nghìn t CO₂/năm", "kt CO₂/year")
PER_TONNE = Both("nghìn đồng/t CO₂", "thousand VND/t CO₂")
YEARS = ("2025", "2030", "2035", "2040", "2045", "2050")
DAYS = tuple(
    Both(vi, en)
    for vi, en in zip(
        ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        strict=True,
    )
)


def about(vi: str, en: str, unit: Both | str) -> About:
    """What a chart of the gallery says of itself."""
    return About(
        Both(vi, en), unit, Both("ví dụ của sách hướng dẫn", "example of the manual"), synthetic=True
    )


def by_year() -> dict[str, Chart]:
    """Charts over milestone years."""
    capex = Layer(Both("Chi phí đầu tư", "Investment"), "#0072b2", (120.0, 180, 240, 260, 255, 250))
    energy = Layer(Both("Mua điện", "Energy bought"), "#e69f00", (410.0, 330, 240, 160, 110, 90))
    sold = Layer(Both("Bán điện", "Energy sold"), "#44aa99", (0.0, -12, -30, -42, -50, -55))
    cap = Limit(Both("Trần ngân sách", "Budget"), (None, 540.0, 500.0, 470.0, 440.0, 420.0))
    levels = {0.05: 1500, 0.25: 1700, 0.5: 1850, 0.75: 2050, 0.95: 2400}
    spread = {q: [1850 + (v - 1850) * i / 5 + 40 * i for i in range(6)] for q, v in levels.items()}
    steps = [
        Step(Both("Hiện nay", "Today"), 820.0, total=True),
        Step(Both("Hiệu suất năng lượng", "Energy efficiency"), -140.0),
        Step(Both("Điện mặt trời mái nhà", "Rooftop solar"), -210.0),
        Step(Both("Tăng trưởng sản xuất", "Growth of production"), 95.0),
        Step(Both("Năm 2035", "In 2035"), 565.0, total=True),
    ]
    return {
        "stacked": stacked_bars(about("Chi phí theo khoản mục", "Cost by account", MONEY), YEARS, [capex, energy, sold], [cap], Both("Tổng", "Total")),
        "grouped": grouped_bars(about("Công suất lắp mới", "Capacity built", "MW"), YEARS, [Layer(SOLAR, "#e69f00", (12.0, 16, 20, 8, 4, 2)), Layer(WIND, "#56b4e9", (0.0, 10, 25, 25, 10, 5))]),
        "fan": fan(about("Giá điện trong 500 kịch bản", "Electricity price in 500 scenarios", Both("đồng/kWh", "VND/kWh")), Both("Giá điện", "Electricity price"), "#0072b2", spread, [float(y) for y in YEARS]),
        "waterfall": waterfall(about("Chi phí năng lượng đổi vì đâu", "What changes the cost of energy", MONEY), steps),
    }  # fmt: skip


def hourly() -> dict[str, Chart]:
    """Charts over hours."""
    rng = np.random.default_rng(4)
    hour, day = np.arange(8760) % 24, np.arange(8760) // 24
    sun = np.clip(np.sin(np.pi * (hour - 5.5) / 13), 0, 1) * np.repeat(rng.uniform(0.4, 1, 365), 24) * 30
    load = 24 + 9 * np.sin(np.pi * (hour - 6) / 14).clip(0) + 3 * np.cos(2 * np.pi * (day - 190) / 365)
    part = slice(168 * 22, 168 * 23)
    solar, used = sun[part], load[part]
    store = np.minimum(np.maximum(solar - 14, 0), 8)
    given = np.where((hour[part] >= 18) & (hour[part] < 22), 7.0, 0.0)
    bought = np.maximum(used + store - solar - given, 0)
    bands = [
        Band(GRID, "#6b7785", bought), Band(SOLAR, "#e69f00", solar), Band(BATTERY, "#aa4499", given),
        Band(LOAD, "#332288", -used), Band(Both("Pin nạp", "Battery charging"), "#ffb2fc", -store),
    ]  # fmt: skip
    measured = [(float(h), float(v)) for h, v in enumerate(load[:48])]
    measured = [(h, float("nan") if 18 <= h < 26 else v) for h, v in measured]
    firsts = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30])
    shift = [(f"{Both('Xe nâng', 'Forklift').vi} {k}", f"Forklift {k}", k) for k in range(1, 5)]
    tasks = [
        task
        for vi, en, k in shift
        for task in (
            Task(Both(vi, en), 6.0 + k / 2, 11.0 + k / 2, Both("Chạy", "Driving"), "#0072b2"),
            Task(Both(vi, en), 11.0 + k / 2, 13.0 + k / 2, Both("Sạc", "Charging"), "#e69f00"),
            Task(Both(vi, en), 13.5 + k / 2, 20.0, Both("Chạy", "Driving"), "#0072b2"),
        )
    ]
    hours = Both("giờ trong ngày", "hour of the day")
    return {
        "week": week(about("Tuần điển hình năm 2035", "Typical week of 2035", "MW"), bands, DAYS),
        "gaps": line_chart(about("Phụ tải đo được", "Measured load", "MW"), [Curve(LOAD, "#332288", tuple(measured), dotted=False)], Both("giờ", "hour"), since=0.0),
        "duration": duration(about("Đường thời gian duy trì", "Duration curves", "MW"), [(LOAD, "#332288", load), (Both("Sau điện mặt trời", "Net of solar"), "#d55e00", load - sun)]),
        "heat": heat_map(about("Điện mặt trời từng giờ", "Solar by hour", "MW"), sun, 24, [(int(f), i + 1) for i, f in enumerate(firsts)]),
        "schedule": schedule(about("Một ngày của đội xe", "A fleet's day", hours), tasks, 6.0, 20.0),
    }  # fmt: skip


def flows() -> dict[str, Chart]:
    """Sankey and network."""
    nodes = [
        Node("grid", GRID, "#6b7785", 0), Node("sun", SOLAR, "#e69f00", 0), Node("gas", Both("Khí tự nhiên", "Natural gas"), "#3b3b3b", 0),
        Node("power", Both("Điện", "Electricity"), "#ddcc77", 1), Node("pump", Both("Bơm nhiệt", "Heat pump"), "#009e73", 2), Node("heat", Both("Nhiệt", "Heat"), "#cc6677", 3),
        Node("use", Both("Nhu cầu điện", "Electricity demand"), "#332288", 4), Node("steam", Both("Nhu cầu nhiệt", "Heat demand"), "#aa4499", 4), Node("loss", Both("Tổn thất", "Losses"), "#c9ced6", 4),
    ]  # fmt: skip
    links = [
        Link("grid", "power", 160.0), Link("sun", "power", 95.0), Link("gas", "heat", 60.0), Link("power", "pump", 35.0), Link("pump", "heat", 35.0),
        Link("power", "use", 212.0, True), Link("power", "loss", 8.0, True), Link("heat", "steam", 90.0, True), Link("heat", "loss", 5.0, True),
    ]  # fmt: skip
    places = [
        Place("s", Both("Trạm 110 kV", "110 kV substation"), 0.0, 0.0), Place("a", "RMU 1", 620.0, 240.0), Place("b", "RMU 2", 1180.0, 160.0),
        Place("c", Both("Nhà máy thép", "Steel mill"), 1400.0, -360.0), Place("d", Both("Dệt nhuộm", "Textiles"), 640.0, -420.0),
    ]  # fmt: skip
    branches = [Branch("L1", "s", "a", 0.45), Branch("L2", "a", "b", 0.72), Branch("L3", "b", "c", 1.12), Branch("L4", "s", "d", 0.88), Branch("L5", "d", "c", 0.3)]  # fmt: skip
    return {
        "sankey": sankey(about("Năng lượng từ nguồn đến nơi dùng, 2035", "Energy from source to use, 2035", Both("GWh/năm", "GWh/year")), nodes, links),
        "network": network(about("Mức mang tải lưới trung áp", "Loading of the medium-voltage grid", Both("% dòng định mức", "% of rating")), places, branches),
    }  # fmt: skip


def choices() -> dict[str, Chart]:
    """Charts for decisions."""
    measures = [
        Measure(Both("Đèn LED", "LED lighting"), 3.2, -850.0), Measure(Both("Biến tần động cơ", "Variable-speed drives"), 6.5, -420.0), Measure(Both("Thu hồi nhiệt thải", "Waste heat recovery"), 11.0, -90.0),
        Measure(SOLAR, 18.0, 40.0), Measure(Both("Bơm nhiệt", "Heat pumps"), 9.0, 520.0), Measure(Both("Hydro xanh", "Green hydrogen"), 4.5, 2300.0),
    ]  # fmt: skip
    points = [
        Point(c, v, f"−{s} %")
        for c, v, s in [
            (100.0, 610.0, 0),
            (70.0, 622.0, 30),
            (50.0, 645.0, 50),
            (30.0, 690.0, 70),
            (10.0, 790.0, 90),
        ]
    ]
    swings = [
        Swing(Both("Giá điện", "Electricity price"), 540.0, 735.0),
        Swing(Both("Suất đầu tư pin", "Battery cost"), 610.0, 655.0),
        Swing(Both("Lãi suất", "Interest rate"), 590.0, 688.0),
        Swing(Both("Tăng trưởng nhu cầu", "Growth of demand"), 575.0, 702.0),
    ]
    upper = Curve(
        Both("Phương án tốt nhất", "Best plan found"),
        "",
        ((5.0, 720.0), (20.0, 690.0), (60.0, 668.0), (150.0, 662.0), (240.0, 662.0)),
    )
    lower = Curve(
        Both("Cận dưới", "Lower bound"),
        "",
        ((2.0, 600.0), (30.0, 641.0), (90.0, 655.0), (200.0, 659.5), (240.0, 659.5)),
    )
    rng = np.random.default_rng(2)
    cloud = [
        (
            SOLAR,
            "#e69f00",
            [Point(float(x), float(9 + 0.8 * x + rng.normal(0, 1.2))) for x in rng.uniform(2, 20, 40)],
        ),
        (
            WIND,
            "#0072b2",
            [Point(float(x), float(4 + 1.3 * x + rng.normal(0, 1.5))) for x in rng.uniform(2, 20, 40)],
        ),
    ]
    heat, degrees = Both("công suất nhiệt (MW)", "heat flow (MW)"), "°C"
    runs = [
        Bar(Both("Một bài toán", "One problem"), 1820.0, "#9aa5ab"),
        Bar(Both("Có chứng nhận", "Certified"), 5.3, "#1f6f8b"),
    ]
    return {
        "ranked": ranked(about("Thời gian tính", "Time of planning", Both("giây", "seconds")), runs, decades=True),
        "abatement": abatement(about("Đường chi phí giảm phát thải biên", "Marginal abatement cost curve", PER_TONNE), measures, Both("nghìn t CO₂/năm", "kt CO₂/year")),
        "frontier": frontier(about("Chi phí và phát thải", "Cost against carbon", MONEY), points, TONNES, PER_TONNE, 1000.0),
        "tornado": tornado(about("Giả thiết nào ảnh hưởng nhất", "Which assumptions matter", MONEY), 640.0, swings),
        "gap": closing_gap(about("Khoảng cách khép lại", "The gap closes", MONEY), upper, lower, Both("giây", "seconds")),
        "scatter": scatter(about("Sản lượng và tốc độ", "Output and resource", "MWh"), cloud, Phrase(Both("Tài nguyên", "Resource"), " (kWh/m²)")),
        "composite": composite(about("Đường tổng hợp", "Composite curves", degrees), [(0.0, 60.0), (2.0, 80.0), (7.5, 150.0), (8.3, 170.0)], [(1.0, 20.0), (3.3, 80.0), (9.0, 135.0)], heat),
        "grand": grand_composite(about("Đường tổng hợp lớn", "Grand composite curve", degrees), [(1.2, 165.0), (2.0, 145.0), (0.8, 100.0), (0.0, 85.0), (1.6, 75.0), (0.6, 35.0), (1.0, 25.0)], heat),
    }  # fmt: skip


def gallery() -> dict[str, Chart]:
    """Every kind of chart, by name."""
    return {**by_year(), **hourly(), **flows(), **choices()}


HEAD = """# Charts

One room draws for report, tables, documents and notebooks: `parkzero.charts`. A function takes plain data, texts in both languages, units
and a source, and returns a `Chart`:

```python
from parkzero.charts import About, Layer, stacked_bars
from parkzero.texts import Both

about = About(
    Both("Chi phí", "Cost"), Both("tỷ đồng", "billion VND"), Both("sổ cái", "ledger"), synthetic=True
)
chart = stacked_bars(about, ["2025", "2030"], [Layer(Both("Điện", "Electricity"), "#e69f00", (410.0, 330.0))])

chart.svg("vi")  # a file with real text, as wide as it is given room; screen readers get title and words
chart.png("en")  # a picture for Word and PowerPoint
chart.spec("vi")  # Vega-Lite as a plain dict: live in a page with Vega-Embed, in Jupyter, in an editor
chart.table("vi")  # the data as rows of text
chart.alt("en")  # the chart in words; a notebook shows a chart by itself, live where it knows Vega-Lite
chart.inline(390)  # the plot in both languages for a page that holds title, legend and source itself
```

Every chart carries its unit and its source, and says where its data are synthetic. What is missing is left out and never drawn as zero; lines
break there, and the gap is hatched. Numbers read `1.234,5` in Vietnamese and `1,234.5` in English. Widths from 360 to some 900 px
are laid out anew, so letters keep their size. Colours are told apart with any colour vision and on paper; no chart speaks by colour alone.
Names are data: they are escaped in drawings, specifications and expressions. `vl-convert` draws, in the process, without a browser, a network
or installed fonts; why, is told in [decision {number}](decisions/{page}).

The gallery is drawn by `tools/make_chart_gallery.py` from made-up data.
"""


def page(charts: dict[str, Chart]) -> str:
    """The page of the manual."""
    parts = [HEAD.format(number="0023", page="0023-charts-are-vega-lite.md")]
    for name, chart in charts.items():
        title = told(chart.about.title, "en")
        parts.append(f"## {title}\n\n`{KINDS.get(name, name)}`\n\n![{title}](images/charts/{name}.svg)\n")
    return "\n".join(parts)


KINDS = {
    "stacked": "stacked_bars", "grouped": "grouped_bars", "gaps": "line_chart", "heat": "heat_map", "gap": "closing_gap", "grand": "grand_composite",
}  # fmt: skip


def main(docs: Path) -> None:
    """Write each chart in English as SVG, and the page that shows them."""
    (docs / "images" / "charts").mkdir(parents=True, exist_ok=True)
    for name, chart in gallery().items():
        (docs / "images" / "charts" / f"{name}.svg").write_text(chart.svg("en", 520), encoding="utf-8")
    (docs / "charts.md").write_text(page(gallery()), encoding="utf-8")


if __name__ == "__main__":
    main(Path(__file__).resolve().parent.parent / "docs")
