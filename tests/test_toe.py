"""Tonnes of oil equivalent in a table of energy: two amounts bear the name, so that neither is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkzero.errors import StudyError
from parkzero.series import read_meter
from parkzero.texts import in_words


def table(tmp_path: Path, heading: str) -> Path:
    path = tmp_path / "energy.csv"
    rows = "".join(
        f"2025-01-{1 + h // 24:02d} {h % 24:02d}:00,{(100 + 7 * h % 24) / 1000}\n" for h in range(72)
    )
    path.write_text(f"start,{heading}\n{rows}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("heading", "oil", "power"),
    [
        ("Energy (TOE)", "11.63 MWh", "6.48 MWh"),
        ("Năng lượng (toe)", "11.63 MWh", "6.48 MWh"),
        ("Energy (kTOE)", "11.63 GWh", "6.48 GWh"),
        ("Energy [ktoe]", "11.63 GWh", "6.48 GWh"),
    ],
)
def test_the_name_alone_is_refused_and_both_amounts_are_told(tmp_path, heading, oil, power):
    """A thousand tonnes of oil are 11.63 GWh: a hint in MWh would be a thousandth of it."""
    with pytest.raises(StudyError) as caught:
        read_meter(table(tmp_path, heading), label="start")
    (fault,) = caught.value.faults
    for lang in ("vi", "en"):
        assert f"unit='{oil}'" in in_words(fault.hint, lang)
        assert f"unit='{power}'" in in_words(fault.hint, lang)


@pytest.mark.parametrize(
    ("unit", "each"), [("11.63 MWh", 11.63), ("6.48 MWh", 6.48), ("11.63 GWh", 11_630.0)]
)
def test_the_amount_that_is_named_is_taken(tmp_path, unit, each):
    """0.1 TOE in an hour are 1.163 MW as the heat of oil, and 0.648 MW as electricity of the table."""
    power = read_meter(table(tmp_path, "Energy (TOE)"), unit=unit, label="start").power
    assert power[0] == pytest.approx(0.1 * each)
    assert power.mean() == pytest.approx(sum(100 + 7 * h % 24 for h in range(72)) / 72 / 1000 * each)
