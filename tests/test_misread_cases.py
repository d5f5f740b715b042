"""Every input that went wrong before is read right, or refused in the right place with one fault."""

from __future__ import annotations

import pytest

from tests.misread_cases import BASE, Case, cases, made, park

#: Files of a whole year take half a second each: one of each kind by default, all with ``slow``.
LONG = (
    "epoch-register, mended", "unread", "newest-first-us", "newest-first-ymdh", "leap-8784",
    "july-to-june-hint",
    "enedis", "study-exch", "watt W", "watt kcal", "watt MJ", "offset-stamps", "padded-title-rows pad2",
    "padded-title-rows nopad", "padded-title-rows quoted", "seconds-59 kWh", "entsoe-prices3, mended",
    "kwh_hdr", "year24b", "na", "x_extracol", "x_datetext", "matrix-day-rows, unit",
)  # fmt: skip


def _marked(case: Case):
    long = case.name.startswith(LONG)
    return pytest.param(case, id=case.name, marks=[pytest.mark.slow] if long else [])


@pytest.mark.parametrize("case", [_marked(c) for c in cases()])
def test_an_input_that_went_wrong_is_read_right_or_refused_clearly(case: Case, tmp_path):
    found = made(case, tmp_path)
    if case.refused:
        assert found.faults, f"read without a word: {found.told}"
        assert len(found.faults) == case.faults, found.faults
        assert all(word in found.faults[0] for word in case.refused), found.faults[0]
        return
    assert not found.faults
    for word in case.warned:
        assert any(word in told for told in found.told), found.told
    for name, value in case.figures.items():
        assert found.figures[name] == pytest.approx(value, rel=2e-4), name


def test_the_park_of_the_cases_has_no_fault_and_no_word_of_what_is_usual(tmp_path):
    assert (BASE / "park.toml").is_file()
    whole = Case("base", "", "", park())
    found = made(whole, tmp_path)
    assert not found.faults
    assert not [t for t in found.told if "usual" in t or "digit" in t or "than most" in t]
