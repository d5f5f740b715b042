"""The pages of components say what the components do: fields from the registry, rules from the models."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest

from parkzero.components import kinds
from parkzero.language import block
from parkzero.language.fields import described
from tests.cases.harness import rules_of
from tests.cases.paper import CASES
from tools import make_component_pages as maker


@lru_cache(maxsize=1)
def all_built() -> dict[str, set[str]]:
    """Rules by kind that some model really has, without the asset's name and without counters."""
    found: dict[str, set[str]] = {}
    for case in CASES:
        for name, kind in rules_of(case.study, case.timeline):
            rule = re.sub(
                r"^(ratchet|highest|tier_\d)\.[\d.]+$|(\.most)\.\d{4}$", r"\1\2", name.partition(".")[2]
            )
            rule = re.sub(r"^g\d+\.(?:.*\.)?", "", rule)  # of a fleet's duty, at a charger
            found.setdefault(kind, set()).add(rule)
    return found


def built(kind: str) -> set[str]:
    """Rules of a kind."""
    return all_built().get(kind, set())


def generic() -> set[str]:
    """Rules of all sizes and levels, as the block's own docstring names them."""
    return set(maker.rules(maker.sections(block.__doc__ or "")["Rules"]))


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_docstring_names_exactly_the_rules_that_are_built(kind: str):
    said = set(maker.rules(maker.sections_of(kinds()[kind]).get("Rules", "")))
    own = {name for name in built(kind) if name in said or name.rpartition(".")[2] not in generic()}
    assert said == own


def test_the_block_names_the_rules_of_all_sizes_and_levels():
    ends = {name.rpartition(".")[2] for kind in kinds() for name in built(kind) if "." in name}
    assert generic() <= ends
    known = {"standing", "most", "least", "nothing", "circle", "closing", "end", "pace", "usable"}
    assert generic() == known


def test_pages_are_up_to_date(root: Path):
    """After a change: python -m tools.make_component_pages."""
    folder = root / "docs" / "components"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert written == maker.pages()


def test_the_check_tells_a_stale_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(maker, "FOLDER", tmp_path / "components")
    assert maker.main(["--check"]) == 1
    assert maker.main([]) == 0
    assert maker.main(["--check"]) == 0
    (tmp_path / "components" / "wind.md").write_text("old", encoding="utf-8")
    capsys.readouterr()
    assert maker.main(["--check"]) == 1
    assert capsys.readouterr().out == "wind.md\n"


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_page_names_every_field(kind: str):
    text = maker.pages()[f"{kind}.md"]
    for name, meta in described(kinds()[kind]).items():
        assert f"| `{name}` | {meta.doc} |" in text


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_field_is_described_in_a_sentence_of_its_own(kind: str):
    docs = [meta.doc for meta in described(kinds()[kind]).values()]
    assert all(len(doc) > 8 and not doc.endswith(".") for doc in docs)
    assert len(set(docs)) == len(docs)


def test_a_rule_that_nobody_builds_would_be_noticed():
    said = maker.rules("forward     f[t] <= P\nsideways    f[t] >= P")
    assert set(said) - built("feeder") == {"sideways"}
