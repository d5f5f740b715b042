"""Measured series: the traps known to be in them are found, and their known figures come out.

Run with PARKZERO_SHARED naming the folder that holds ``data/``.
"""

from __future__ import annotations

import numpy as np
import pytest

from parkzero.errors import StudyError
from parkzero.series import Mend, PvPlant, closure, pv_capacity_factor, read_epw, read_meter, sample

pytestmark = pytest.mark.shared

STEEL = "load/uci_steel_daewoo_gwangyang_2018_15min.csv.gz"
ELMAS = "load/elmas_18_clusters_france_2018_hourly_kW.csv.gz"
SIMBENCH = "load/simbench_1.6.3_industrial_commercial_profiles_2016_15min_pu.csv.gz"
NOI_BAI = "weather/VNM_NVN_Hanoi-Noi.Bai.Intl.AP.488200_TMYx.2009-2023.epw.gz"
COMPRESSORS = "ghg/measur_compressors_1min_example.csv.gz"


@pytest.fixture(scope="module")
def data(shared):
    return shared / "data"


def found(series):
    return {f.kind: f for f in series.findings}


def test_the_steel_plant_has_365_midnights_under_the_wrong_date(data):
    with pytest.raises(StudyError) as raised:
        read_meter(data / STEEL)
    assert len(raised.value.faults) == 1
    fault = raised.value.faults[0]
    assert "365 rows at 00:00" in fault.what
    assert fault.where.line == 97
    assert "Mend(midnight='move')" in fault.hint


def test_the_steel_plant_used_959_6_mwh_with_a_peak_of_628_7_kw(data):
    steel = read_meter(
        data / STEEL, reactive="Lagging_Current_Reactive.Power_kVarh", mend=Mend(midnight="move")
    )
    assert steel.require_complete().energy == pytest.approx(959.6, abs=0.05)
    assert steel.peak * 1000 == pytest.approx(628.7, abs=0.05)
    assert (len(steel.power), steel.step_minutes) == (35_040, 15)
    assert steel.start == np.datetime64("2018-01-01T00:00")
    assert steel.reactive is not None
    assert np.isfinite(steel.reactive).all()
    assert {"label_end", "midnight"} <= set(found(steel))


def test_elmas_ends_a_day_early(data):
    with pytest.raises(StudyError, match="no unit"):
        read_meter(data / ELMAS, column="1")
    sector = read_meter(data / ELMAS, column="1", unit="kW")
    assert (len(sector.power), sector.missing) == (8760, 24)
    assert "2018-12-31 00:00" in found(sector)["year_end"].what
    with pytest.raises(StudyError, match="repeat_week"):
        sector.require_complete()
    mended = read_meter(
        data / ELMAS, column="1", unit="kW", mend=Mend(year_end="repeat_week")
    ).require_complete()
    assert mended.power[-24:] == pytest.approx(mended.power[-24 - 168 : -168])


def test_simbench_changes_the_clock(data):
    with pytest.raises(StudyError) as raised:
        read_meter(data / SIMBENCH, column="G3-H_pload", unit="2 MW")
    assert [f.where.line for f in raised.value.faults] == [8266]
    assert "29098" in raised.value.faults[0].got
    winter = read_meter(data / SIMBENCH, column="G3-H_pload", unit="2 MW", mend=Mend(dst="standard"))
    assert (len(winter.require_complete().power), winter.peak) == (35_136, 2.0)
    wall = read_meter(data / SIMBENCH, column="G3-H_pload", unit="2 MW", mend=Mend(dst="wall"))
    assert wall.missing == 4


def test_compressors_are_averaged_over_irregular_rows(data):
    how = {"column": "Compressor A1 (kW)", "step_minutes": 15, "label": "start"}
    mend = Mend(irregular="average", duplicates="mean", order="sort", negative="keep", text="missing")
    series = read_meter(data / COMPRESSORS, mend=mend, **how)
    assert 0 < np.nanmean(series.power) < 1
    assert series.step_minutes == 15


def test_noi_bai_gets_1353_kwh_and_closes_with_the_sun_at_the_start_of_the_hour(data):
    weather = read_epw(data / NOI_BAI)
    assert weather.ghi.sum() / 1000 == pytest.approx(1353, abs=0.5)
    assert weather.wind_speed.mean() == pytest.approx(2.76, abs=0.005)
    assert weather.sun_at == "start"
    errors = closure(weather)
    assert errors["start"] < 10 < 20 < errors["middle"] < errors["end"]
    half_hours = sample(weather, 30)
    assert half_hours.ghi.reshape(-1, 2).mean(axis=1) == pytest.approx(weather.ghi, abs=1e-9)
    assert 1000 < pv_capacity_factor(weather, PvPlant()).sum() < 1150
