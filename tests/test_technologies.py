"""Technologies as data: the catalogue fills what a study leaves out, and says what it cannot."""

from __future__ import annotations

import json

import pytest

from parkzero.books.catalogue import catalogue, listed
from parkzero.books.entry import BookError
from parkzero.cli import main
from parkzero.errors import StudyError
from parkzero.language.component import kinds
from parkzero.language.fields import described, size_fields
from parkzero.study import read
from parkzero.units import MW

STUDY = """
format = 1
name = "Technologies"
[park]
currency = "EUR"
calendar_year = 2025
[years]
milestones = {years}
[money]
discount_rate = "8 %"
base_year = 2025
[buses.el]
carrier = "electricity"
[buses.h2]
carrier = "hydrogen"
[buses.gas]
carrier = "fuel"
[buses.heat]
carrier = "heat"
temperature = "150 degC"
[assets.users]
kind = "demand"
bus = "h2"
load = "0.01 t/h"
[assets.warmth]
kind = "heat_demand"
bus = "heat"
load = "1 MW"
[assets.grid]
kind = "grid"
bus = "el"
price = "100 EUR/MWh"
emission_factor = "0.5 t/MWh"
[assets.gas]
kind = "fuel"
bus = "gas"
price = "30 EUR/MWh"
emission_factor = "0.2 t/MWh"
[assets.electrolyser]
kind = "electrolyser"
technology = "{technology}"
source = "el"
to = "h2"
{more}
[assets.chp]
kind = "chp"
technology = "chp.gas"
fuel = "gas"
bus = "el"
heat = "heat"
power = {{ max = "5 MW" }}
"""


def studied(tmp_path, technology="electrolyser.grid", more="", years="[2025, 2030]"):
    (tmp_path / "park.toml").write_text(
        STUDY.format(technology=technology, more=more, years=years), encoding="utf-8"
    )
    return read(tmp_path)


def asset(study, name):
    return next(c for c in study.components if c.name == name)


def test_what_is_left_out_comes_from_the_catalogue(tmp_path):
    """2,263.2 EUR/kW in 2025, and 33.33 MWh/t over 58.74 %."""
    found = asset(studied(tmp_path), "electrolyser")
    assert found.power.capex.at(2025).value == pytest.approx(2263.2023e3)
    assert found.power.capex.at(2030).value == pytest.approx(1886.0019e3)
    assert found.power.lifetime.value == 25
    assert found.use.value == pytest.approx(33.33 / 0.5874, rel=1e-5)
    assert found.technology == "electrolyser.grid"


def test_what_is_written_wins_field_by_field(tmp_path):
    more = 'use = "60 MWh/t"\npower = { capex = "1000 EUR/kW", max = "3 MW" }'
    found = asset(studied(tmp_path, more=more), "electrolyser")
    assert found.use.value == 60
    assert found.power.capex.at(2030).value == pytest.approx(1e6)
    assert found.power.max.value == 3
    assert found.power.lifetime.value == 25  # still from the catalogue


def test_the_report_can_tell_which_is_which(tmp_path):
    study = studied(tmp_path, more='use = "60 MWh/t"')
    filled, own = study.sources["assets.chp.variable_om"], study.sources["assets.electrolyser.use"]
    assert "Danish Energy Agency" in filled.citation
    assert (filled.confidence, own.confidence, own.citation) == ("S", "", "")
    assert asset(study, "chp").power.max.value == 5
    assert asset(study, "chp").mode == "extraction"


@pytest.mark.parametrize(
    ("technology", "years", "said"),
    [
        ("electrolyser.gird", "[2025, 2030]", "is not a technology of the catalogue"),
        ("battery.lfp", "[2025, 2030]", "is a technology of kind battery"),
        ("electrolyser.grid", "[2025, 2055]", "has no values for 2055"),
    ],
)
def test_one_fault_for_what_the_catalogue_does_not_have(tmp_path, technology, years, said):
    with pytest.raises(StudyError) as caught:
        studied(tmp_path, technology, years=years)
    about = [f for f in caught.value.faults if "electrolyser" in f.where.field]
    assert [f.what for f in about] == [said]
    assert about[0].where.field == "assets.electrolyser.technology"


def test_the_years_are_told_and_may_be_held(tmp_path):
    with pytest.raises(StudyError, match="2025–2050"):
        studied(tmp_path, years="[2025, 2055]")
    text = "technology_hold = true"
    with pytest.raises(StudyError) as caught:  # the first CHP plant does not hold
        studied(tmp_path, more=text, years="[2025, 2055]")
    assert {f.where.field for f in caught.value.faults} == {"assets.chp.technology"}


def test_holding_no_technology_is_refused(tmp_path):
    """An option that would do nothing is never dropped."""
    text = STUDY.format(technology="electrolyser.grid", more="", years="[2025, 2030]")
    text = text.replace('technology = "chp.gas"', "technology_hold = true")
    (tmp_path / "park.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read(tmp_path)
    assert [(f.where.field, f.what) for f in caught.value.faults] == [("assets.chp.technology", "is missing")]


def test_every_technology_fills_fields_that_its_kind_has():
    """A catalogue that names a field of no kind would fail only when somebody asks for it."""
    for one in catalogue().values():
        fields = described(kinds()[one.kind])
        assert one.fields, one.name
        for filled in one.fields:
            name, _, inner = filled.field.partition(".")
            assert name in fields, (one.name, filled.field)
            assert not inner or fields[name].kind == "size", filled.field
            assert not inner or inner in size_fields(MW), filled.field
            assert filled.literal or filled.entries(), (one.name, filled.key)
        assert one.en
        assert one.vi
        assert one.years[0] <= one.years[1]


def test_a_tank_for_hydrogen_costs_millions_a_tonne_and_is_no_fault(tmp_path):
    """68.13 EUR/kWh are 2.27 million a tonne at 33.33 MWh/t: dear, but what tanks cost."""
    tank = '[assets.tank]\nkind = "store"\ntechnology = "store.hydrogen_tank"\nbus = "h2"'
    found = asset(studied(tmp_path, more=tank), "tank")
    assert found.amount.capex.at(2025).value == pytest.approx(68.1294 * 33330, rel=1e-6)


def test_a_near_miss_is_named():
    with pytest.raises(BookError, match=r"battery\.lfp"):
        listed("batery.lfp")


def test_the_command_lists_and_shows(capsys):
    assert main(["technologies", "--kind", "battery", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["name"] for one in found} == {n for n in catalogue() if n.startswith("battery.")}
    assert main(["technologies", "battery.lfp", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "power.capex" in shown
    assert "Danish Energy Agency" in shown
    assert main(["technologies", "batery.lfp"]) == 2
    assert "battery.lfp" in capsys.readouterr().err
    assert main(["technologies", "--kind", "batery"]) == 2
