"""No reader knows a kind by name: what it must know of one, the kind says and the results hold."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from parkzero.components import kinds

ROOMS = ("study", "report", "results", "explain", "planning", "charts", "pricing", "lp", "network")
#: Words that are also something else, with what they are there: (file or room, word) to the reason.
OTHERWISE = {
    ("charts", "offset"): "a channel of Vega-Lite",
    ("charts", "grid"): "lines behind a chart",
    ("report/inventory.py", "grid"): "a key of its figures",
    ("report/sections/parts.py", "grid"): "a class of the page's style",
    **{
        ("study/change.py", word): "it writes changes into a study in the words of study files"
        for word in ("carbon_price", "emission_cap", "grid", "incentive", "offset", "purchase")
    },
    **{
        ("network/tables.py", word): "it writes a grid into a study in the words of study files"
        for word in ("distribution", "grid_node", "power_line", "transformer")
    },
    ("network/flow.py", "transformer"): "a component of power-grid-model",
    ("results/fleets.py", "fleet"): "a field of vehicles",
    ("results/frames.py", "fleet"): "a heading of tables",
    ("report/sections/fleets.py", "fleet"): "a heading of tables",
    ("report", "measure"): "a heading of tables",
    ("report", "fuel"): "the group of what is drawn by what it is made from",
    ("report", "demand"): "a group of kinds",
    ("results/stakes.py", "fuel"): "an account",
    ("results/stakes.py", "offset"): "an account",
    ("results/summary.py", "renewable_share"): "a figure of the summary",
    ("results/tenant.py", "renewable_share"): "a figure of the summary",
    ("study", "fuel"): "a value from the books: {fuel = …}",
    ("study/file_series.py", "offset"): "a note on a moved clock",
    ("study/json_schema.py", "wind"): "a model of weather",
    ("study/weather_series.py", "wind"): "a model of weather",
}


def quoted(package: Path) -> set[tuple[str, str]]:
    """Every quoted id of a kind in the rooms, with the file."""
    ids, found = set(kinds()), set()
    for path in (path for room in ROOMS for path in sorted((package / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in ids:
                found.add((path.relative_to(package).as_posix(), node.value))
    return found


@pytest.fixture(scope="module")
def found(root: Path) -> set[tuple[str, str]]:
    return quoted(root / "parkzero")


def allowed(file: str, word: str) -> tuple[str, str] | None:
    """The exception under which a word stands in a file."""
    return next(
        (k for k in OTHERWISE if k[1] == word and (file == k[0] or file.startswith(f"{k[0]}/"))), None
    )


def test_no_reader_quotes_a_kind(found):
    assert sorted((file, word) for file, word in found if allowed(file, word) is None) == []


def test_every_exception_is_needed(found):
    assert set(OTHERWISE) == {allowed(file, word) for file, word in found} - {None}


def test_a_quoted_kind_is_found(tmp_path: Path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "one.py").write_text("if kind == 'battery': pass", encoding="utf-8")
    (tmp_path / "planning").mkdir()
    (tmp_path / "planning" / "two.py").write_text("CAPS = {'emission_cap'}", encoding="utf-8")
    assert quoted(tmp_path) == {("report/one.py", "battery"), ("planning/two.py", "emission_cap")}


def test_no_reader_imports_a_kind(root: Path):
    """The classes themselves are known to the translation and the benchmarks alone."""
    for path in (p for room in ROOMS for p in (root / "parkzero" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("parkzero.components"), path
