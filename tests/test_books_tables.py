"""Tables of the books for readers: what holds on a day, and technologies by name."""

from __future__ import annotations

from datetime import date

import pytest

from parkzero import books
from parkzero.books import BookError


def test_the_tables_together_hold_every_row_once() -> None:
    assert sum(len(books.table(name)) for name in books.tables()) == len(books.entries(""))


def test_a_table_on_a_day_holds_what_is_valid_then() -> None:
    rules = books.table("rules")
    before, after = date(2026, 6, 25), date(2026, 6, 26)
    assert rules.on(before, "rooftop")["rooftop.surplus_sale_cap"].value == 20
    assert rules.on(after, "rooftop")["rooftop.surplus_sale_cap"].value == 50
    assert rules.find("rooftop.surplus_sale_cap", after).value == 50
    assert "rooftop.surplus_sale_cap" not in rules.on(date(2020, 1, 1))
    assert set(rules.on(after)) <= set(rules.keys)


@pytest.mark.parametrize(
    ("name", "words"),
    [("technologys", "Did you mean technologies"), ("nonsense", "There are tariffs, ")],
)
def test_an_unknown_table_says_which_there_are(name: str, words: str) -> None:
    with pytest.raises(BookError, match=words):
        books.table(name)


def test_a_technology_gives_its_parameters_by_year() -> None:
    battery = books.technology("dea.battery_energy")
    assert battery.parameters == ("investment", "lifetime")
    value, used = battery.at("investment", 2027.5)
    assert value == pytest.approx((250.0283 + 189.861) / 2)  # half way between 2025 and 2030
    assert [entry.valid_from for entry in used] == [date(2025, 1, 1), date(2030, 1, 1)]
    assert {entry.unit for entry in used} == {"EUR2025/kWh"}
    assert battery.at("investment", 2060, hold=True)[0] == 100.2787
    with pytest.raises(BookError, match="2025 to 2050, not for 2060"):
        battery.at("investment", 2060)


def test_bounds_are_parameters_of_the_technology_that_they_bound() -> None:
    roof = books.technology("vn_market.pv_rooftop_ci")
    assert roof.parameters == ("investment.high", "investment.low")
    assert roof.at("investment.low", 2026)[0] == 11


def test_every_technology_row_belongs_to_one_technology() -> None:
    keys = {f"tech.{name}.{p}" for name in books.technologies() for p in books.technology(name).parameters}
    assert keys == set(books.table("technologies").keys)


def test_names_that_do_not_exist_say_what_may_be_meant() -> None:
    with pytest.raises(BookError, match=r"Did you mean dea\.battery_energy"):
        books.technology("dea.batery_energy")
    with pytest.raises(BookError, match="It has FOM, VOM, investment, lifetime"):
        books.technology("dea.wind_onshore").at("price", 2030)


def test_figures_of_the_pacific_northwest_laboratory_do_not_pass_for_danish_ones() -> None:
    for entry in books.entries("tech.dea"):
        assert "Viswanathan" not in entry.document, entry.key
    assert {e.document.split(",")[0] for e in books.entries("tech.pnnl")} == {"Viswanathan et al. 2022"}


def test_battery_costs_of_the_catalogue_are_three_alternatives_of_2050() -> None:
    battery = books.technology("vn_catalogue.battery")
    for ending, power, energy in (("low", 157, 140), ("middle", 200, 160), ("high", 264, 172)):
        assert battery.at(f"power_investment.{ending}", 2050)[0] == power
        assert battery.at(f"energy_investment.{ending}", 2050)[0] == energy
    with pytest.raises(BookError, match="not for 2025"):
        battery.at("power_investment.high", 2025)
