"""The manual's page on results names every table, column, check and status, and none that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from parkzero.planning.monolith import monolith
from parkzero.results import results_of, save
from parkzero.results.results import TABLES
from tests.results_cases import ageing_study


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "results.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory):
    return save(results_of(monolith(ageing_study())), tmp_path_factory.mktemp("docs") / "run")


def rows(page: str, heading: str) -> dict[str, str]:
    """First and second cell of each row of the table under a heading."""
    part = page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = [
        [c.strip() for c in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| ")
    ]
    return {row[0].strip("`"): row[1] for row in cells[1:]}


def test_every_table_and_column_is_described(page, stored):
    described = rows(page, "Tables")
    assert set(described) == set(TABLES) == set(stored.tables)
    for name, text in described.items():
        plain = re.sub(r"\[[^\]]*\]", "", re.sub(r"\([^)]*(\[[^\]]*\])?[^)]*\)", "", text))
        assert [word.strip() for word in plain.split(",")] == stored.tables[name].columns, name


def test_every_check_is_described(page, stored):
    described = {check.strip() for row in rows(page, "Audit") for check in row.split(",")}
    assert set(stored.audit["check"]) == described


def test_every_status_is_described(page):
    assert set(rows(page, "Status")) == {"optimal", "stopped", "infeasible"}
