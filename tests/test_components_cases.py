"""Every component against optima worked out on paper, and every rule of every component bites."""

from __future__ import annotations

from functools import lru_cache

import pytest

from parkzero.components import kinds
from parkzero.language.fields import Size, described, size_fields
from parkzero.units import MW
from tests.cases.harness import Case, optimum, rules_of
from tests.cases.paper import CASES, PAPER


@pytest.mark.parametrize("case", CASES, ids=str)
def test_optimum_is_what_arithmetic_says(case: Case):
    assert optimum(case.study, case.timeline) == pytest.approx(case.cost, rel=1e-7, abs=1e-6)


def test_every_kind_has_cases():
    assert set(kinds()) <= set(PAPER)


@lru_cache(maxsize=1)
def holders() -> dict[tuple[str, str], list[Case]]:
    """The cases whose model has a rule, by kind and rule; read off the models, not typed."""
    found: dict[tuple[str, str], list[Case]] = {}
    for case in CASES:
        for name, kind in rules_of(case.study, case.timeline):
            found.setdefault((kind, name), []).append(case)
    return found


def rule_of(key: tuple[str, str]) -> tuple[str, str]:
    """Kind and rule without the asset and the number of a product."""
    kind, name = key
    if kind == "timeline":
        return kind, name.rpartition(".")[2]
    return kind, name.partition(".")[2]


# Enclosures on mean days are struck one by one in tests/test_bounds.py.
ENCLOSED = {("timeline", f"{part}_{side}") for part in ("full", "part") for side in ("low", "high")}
RULES = sorted({rule_of(key) for key in holders()} - ENCLOSED)


@pytest.mark.parametrize(("kind", "rule"), RULES, ids=[f"{kind}: {rule}" for kind, rule in RULES])
def test_every_rule_bites(kind: str, rule: str):
    """Strike the rule: some case must then cost something else."""
    for key, cases in holders().items():
        if rule_of(key) == (kind, rule):
            for case in cases:
                if optimum(case.study, case.timeline, without=key[1]) != pytest.approx(
                    case.cost, rel=1e-6, abs=1e-6
                ):
                    return
    pytest.fail(f"no case notices when {kind} loses its rule {rule}")


def used(kind: str) -> set[str]:
    """Fields of a kind that some case sets to something other than the default."""
    cls = kinds()[kind]
    return {
        name
        for case in CASES
        for component in case.study.components
        if type(component) is cls
        for name, meta in described(cls).items()
        if meta.required or getattr(component, name) is not cls.__dataclass_fields__[name].default
    }


# Words for people; no model reads them.
# Owner and payee are told in tests/test_actors.py, technologies in tests/test_technologies.py.
SILENT = {"label", "label_en", "note", "owner", "payee", "technology", "technology_hold"}


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_option_is_used_by_some_case(kind: str):
    """A new option, and with it a rule that only exists with it, needs a case."""
    fields = set(described(kinds()[kind])) - SILENT
    unused = fields - used(kind)
    assert not unused, f"{kind} has options that no case uses: {sorted(unused)}"


def test_every_option_of_a_size_is_used_by_some_case():
    sizes = [
        getattr(c, name)
        for case in CASES
        for c in case.study.components
        for name, meta in described(type(c)).items()
        if meta.kind == "size" and getattr(c, name) is not None
    ]
    usual = Size()
    used = {name for name in size_fields(MW) for size in sizes if getattr(size, name) != getattr(usual, name)}
    # What can be bought is told in the report (tests/test_said.py); no model reads it.
    assert used == set(size_fields(MW)) - {"module"}
