"""The manual's pages about studies are true: their blocks are read, and their messages are those shown."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from parkzero import cli, study
from parkzero.components import kinds
from parkzero.language.fields import SHARED, described

SMALL = Path(__file__).parent / "data" / "small_park"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def test_the_blocks_of_the_page_are_a_study(root: Path, tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path / "park")
    text = "\n".join(blocks(root / "docs" / "study.md", "toml"))
    (tmp_path / "park" / "park.toml").write_text(text, encoding="utf-8")
    found = study.read(tmp_path / "park")
    assert len(found.components) == 10
    for path in re.findall(
        r'study\.sources\["(.*?)"\]', (root / "docs" / "study.md").read_text(encoding="utf-8")
    ):
        assert path in found.sources


def test_the_forms_in_the_tables_are_toml_with_known_keys(root: Path) -> None:
    text = (root / "docs" / "study.md").read_text(encoding="utf-8")
    forms = re.findall(r"^\| `(\{.*?\})` \|", text, re.MULTILINE)
    assert len(forms) >= 12
    definitions = study.schema()["$defs"]
    known = {k for form in definitions["series"]["oneOf"] for k in form["properties"]}
    known |= {k for name in ("years", "growth", "book", "fuel") for k in definitions[name]["properties"]}
    for form in forms:
        assert all(k in known or k.isdigit() for k in tomllib.loads(f"x = {form}")["x"]), form


def test_the_faults_shown_are_those_of_the_study_shown(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    page = root / "docs" / "errors.md"
    (tmp_path / "park.toml").write_text(blocks(page, "toml")[0], encoding="utf-8")
    assert cli.main(["check", str(tmp_path)]) == 2
    shown = [line.rstrip() for line in capsys.readouterr().err.strip().splitlines()]
    assert shown == blocks(page, "text")[0].splitlines()


def test_pages_name_only_fields_that_exist(root: Path) -> None:
    fields = {*SHARED, *(name for cls in kinds().values() for name in described(cls))}
    for block in blocks(root / "docs" / "study.md", "toml"):
        for section in ("assets", "policies"):
            for table in tomllib.loads(block).get(section, {}).values():
                assert set(table) <= fields | {"kind"}
