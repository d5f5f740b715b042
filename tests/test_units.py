"""Units: exponents inside, text at the border; nothing is taken for what it does not say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from parkzero import units as border
from parkzero.components import kinds
from parkzero.errors import UnitError
from parkzero.language.fields import described
from parkzero.units import (
    CELSIUS,
    DEGREE,
    MONEY,
    MVAR,
    MW,
    MWH,
    ONE,
    YEAR,
    H,
    M,
    Quantity,
    T,
    Unit,
    as_quantity,
    convert,
    example,
    parse,
    registry,
    spell,
)

RATES = {"VND": 1.0, "USD": 25_000.0, "EUR": 28_000.0}
# Every unit that a field of a component asks for.
ASKED = sorted(
    {meta.unit for cls in kinds().values() for meta in described(cls).values()} | {CELSIUS, DEGREE, M, MVAR},
    key=str,
)


# ------------------------------------------------------------------------------------------ inside


def test_units_multiply_and_divide_by_their_exponents():
    assert MW * H == MWH
    assert MONEY / MWH * MWH == MONEY
    assert ONE / H * H == ONE
    assert (MONEY / MW).money == 1


def test_units_are_spelled_as_people_write_them():
    shown = {
        MWH: "MWh",
        MONEY / MWH: "money/MWh",
        T / MWH: "t/MWh",
        ONE / H: "1/h",
        ONE: "1",
        M * M: "m²",
        MW / H: "MW/h",
    }
    assert {unit: str(unit) for unit in shown} == shown


units = st.lists(st.integers(-2, 2), min_size=11, max_size=11).map(lambda p: Unit(tuple(p)))


@given(a=units, b=units)
def test_dividing_undoes_multiplying(a: Unit, b: Unit):
    assert a * b / b == a
    assert a / b == ONE / (b / a)


@given(a=units, b=units, x=st.floats(-1e6, 1e6), y=st.floats(-1e6, 1e6))
def test_only_equal_units_add(a: Unit, b: Unit, x: float, y: float):
    left, right = Quantity(x, a), Quantity(y, b)
    product = left * right
    assert product.unit == a * b
    assert product.value == x * y
    if a == b:
        assert (left + right).value == x + y
        assert (left - right).value == x - y
    else:
        for combine in (lambda: left + right, lambda: left - right):
            with pytest.raises(UnitError, match="their units differ"):
                combine()


def test_numbers_without_a_unit_are_dimensionless():
    assert (1.0 - Quantity(0.2)).value == pytest.approx(0.8)
    assert (1 + Quantity(0.2)).unit == ONE
    assert (2.0 / Quantity(4.0, H)).unit == ONE / H
    assert (Quantity(4.0, H) / 2).value == 2
    assert as_quantity(3).value == 3.0
    with pytest.raises(UnitError):
        1.0 - Quantity(0.2, H)


def test_the_root_of_an_efficiency_and_of_nothing_else():
    assert Quantity(0.81).sqrt().value == pytest.approx(0.9)
    assert Quantity(np.array([0.81, 0.25])).sqrt().value == pytest.approx(np.array([0.9, 0.5]))
    with pytest.raises(UnitError):
        Quantity(4.0, MW).sqrt()


def test_quantities_show_their_unit():
    assert str(Quantity(2.5, MONEY / MWH)) == "2.5 money/MWh"
    assert str(Quantity(0.5)) == "0.5"
    assert str(Quantity(np.ones(2), MW)) == "series MW"


# -------------------------------------------------------------------------------------- the border


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("10 MW", MW, 10),
        ("650 kW", MW, 0.65),
        ("2.5 GWh", MWH, 2500),
        ("1_833 VND/kWh", MONEY / MWH, 1_833_000),
        ("12 USD/MWh", MONEY / MWH, 12 * 25_000),
        ("650 USD/kW", MONEY / MW, 650 * 1000 * 25_000),
        ("650 USD/kWp", MONEY / MW, 650 * 1000 * 25_000),
        ("0.65 MUSD/MW", MONEY / MW, 0.65e6 * 25_000),
        ("2 kVND/kWh", MONEY / MWH, 2e6),
        ("50 EUR/t", MONEY / T, 50 * 28_000),
        ("50 EUR/tCO2e", MONEY / T, 50 * 28_000),
        ("0.66 tCO2/MWh", T / MWH, 0.66),
        ("660 kgCO2/MWh", T / MWH, 0.66),
        ("56.1 kg/GJ", T / MWH, 56.1e-3 * 3.6),
        ("90 %", ONE, 0.9),
        ("0.9", ONE, 0.9),
        ("0.5 %/h", ONE / H, 0.005),
        ("12 %/day", ONE / H, 0.005),
        ("25 years", YEAR, 25),
        ("25 a", YEAR, 25),
        ("170 degC", CELSIUS, 170),
        ("300 K", CELSIUS, 26.85),
        ("170 °C", CELSIUS, 170),
        ("21 deg", DEGREE, 21),
        ("10 m", M, 10),
        ("3 Mvar", MVAR, 3),
        ("-5 USD/MWh", MONEY / MWH, -125_000),
        ("1e3 kW", MW, 1),
        ("  10   MW ", MW, 10),
        (".5 MW", MW, 0.5),
        ("10MW", MW, 10),
        ("1 000 MW", MW, 1000),
        ("2.500 MW", MW, 2.5),
        ("0.125 tCO2/MWh", T / MWH, 0.125),
        ("26.3000 USD/t", MONEY / T, 26.3 * 25_000),
        ("7 MWth", MW, 7),
    ],
)
def test_text_is_read_as_people_write_it(text: str, unit: Unit, value: float):
    found = parse(text, unit, RATES)
    assert found.unit == unit
    assert found.value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("10", MW, "has no unit; write it out, e.g. 10 MW"),
        ("10 MWh", MW, "cannot be turned into MW"),
        ("10 MW", MWH, "cannot be turned into MWh"),
        ("10 USD", MONEY / MWH, "cannot be turned into VND/MWh"),
        ("10 MW", ONE, "cannot be turned into %"),
        ("10 USD", ONE, "cannot be turned into %"),
        ("10 USD/MW/EUR", MONEY / MW, "cannot be turned into"),
        ("10 JPY/MWh", MONEY / MWH, "not known"),
        ("10 MX", MW, "not known"),
        ("ten MW", MW, "is not a number with a unit"),
        ("", MW, "is not a number with a unit"),
        ("MW", MW, "is not a number with a unit"),
        ("nan MW", MW, "is not a number"),
        ("inf MW", MW, "is not a number"),
        ("1e999 MW", MW, "too large"),
        ("1e16 MW", MW, "too large"),
        ("10,5 MW", MW, "has a decimal comma: write '10.5 MW'"),
        ("26.300 VND/kWh", MONEY / MWH, "reads two ways, 26300 or 26.3: write '26300 VND/kWh' or '26.3000"),
        ("26,300 VND/kWh", MONEY / MWH, "reads two ways"),
        ("29.777 tCO2", T, "reads two ways"),
        ("2.500 kW", MW, "reads two ways"),
        ("2,500 MW", MW, "reads two ways, 2500 or 2.5: write '2500 MW' or '2.500 MW'"),
        ("1,234.5 MWh", MWH, "marks between thousands: write '1234.5 MWh'"),
        ("1.234,5 MWh", MWH, "marks between thousands: write '1234.5 MWh'"),
        ("1.234.567 VND", MONEY, "marks between thousands: write '1234567 VND'"),
        ("1 00 MW", MW, "not known"),
        ("10 MW; import os", MW, "not known"),
        ("10 MW**9999999", MW, "not known"),
        ("10 (MW", MW, "not known"),
        ("30 degree", ONE, "cannot be turned into %"),
        ("1 rad", ONE, "cannot be turned into %"),
        ("10 MW 5", MW, "not known"),
    ],
)
def test_what_is_not_that_unit_is_refused_with_a_mend(text: str, unit: Unit, says: str):
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        parse(text, unit, RATES)


def test_a_currency_without_a_rate_is_refused():
    with pytest.raises(ValueError, match=r"is in EUR, for which \[money\] gives no rate"):
        parse("10 EUR/MWh", MONEY / MWH, {"VND": 1.0})
    with pytest.raises(ValueError, match="gives no rate"):
        parse("10 VND/MWh", MONEY / MWH)


@pytest.mark.parametrize("unit", ASKED, ids=str)
@given(value=st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-9))
@settings(max_examples=25)
def test_what_is_spelled_is_read_back(unit: Unit, value: float):
    percent = 100 if unit == ONE else 1
    found = parse(f"{value!r} {spell(unit)}", unit, RATES).value
    assert found * percent == pytest.approx(value, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("unit", ASKED, ids=str)
def test_examples_in_messages_can_be_used(unit: Unit):
    assert math.isfinite(float(parse(example(unit).strip("'"), unit, RATES).value))


SCALES = ["", "k", "M", "G"]


@settings(max_examples=100)
@given(a=st.sampled_from(SCALES), b=st.sampled_from(SCALES), value=st.floats(0, 1e6))
def test_prefixes_convert_exactly(a: str, b: str, value: float):
    ratio = 1000.0 ** (SCALES.index(b) - SCALES.index(a))
    left = parse(f"{value!r} {b}W", MW).value
    right = parse(f"{value!r} {a}W", MW).value
    assert left == pytest.approx(right * ratio, rel=1e-12)


@settings(max_examples=100)
@given(value=st.floats(-1e6, 1e6), rate=st.floats(1e-3, 1e6))
def test_money_converts_at_its_rate(value: float, rate: float):
    assume(len(repr(value).partition(".")[2]) != 3)  # 1.125 reads two ways, and is refused
    found = parse(f"{value!r} EUR/kWh", MONEY / MWH, {"EUR": rate})
    assert found.value == pytest.approx(value * 1000 * rate, rel=1e-12)


@settings(max_examples=300)
@given(text=st.text(max_size=40))
def test_any_text_is_read_or_refused_in_a_sentence(text: str):
    for unit in (MW, MONEY / MWH, ONE, CELSIUS):
        try:
            found = parse(text, unit, RATES)
        except ValueError as error:
            assert str(error).split()[0] in {"is", "has", "cannot"}  # noqa: PT017  # either outcome is right
        else:
            assert math.isfinite(float(found.value))


PIECES = ["MW", "h", "USD", "*", "/", "**", "(", ")", "2", "99", " ", "k", "%", "°C", "e", "_"]


@settings(max_examples=200)
@given(parts=st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_arithmetic_of_units_is_read_or_refused(parts: list[str]):
    text = "".join(parts)
    assume(text)
    try:
        factor, offset, _ = convert(text.strip(), MW)
    except ValueError as error:
        assert "cannot be turned into" in str(error) or "not known" in str(error)  # noqa: PT017  # either is right
    else:
        assert math.isfinite(factor)
        assert math.isfinite(offset)


def test_currencies_do_not_convert_into_one_another_by_themselves():
    with pytest.raises(Exception, match="Cannot convert"):
        registry().Quantity(1, "USD").to("VND")


TOWERS = [
    "10**10**10", "1 10**10**10", "degC**9**9**9", "(degC**9)**9**9", "((((min**9)**9)**9)**9)**9",
    "min⁹⁹⁹⁹⁹⁹⁹⁹⁹", "min**9²²²²²²²²", "m²²²²²²²²²", "m^9^9^9", "min**99999999999", "9**9**9*min", "(9**9)**9",
    "m**(9**9**9)", "m** 9 ** 9 ** 9", "min**1e9**9", "m ³³³³³³³³³³", "(m)²²²²²²²²²²²", "m**٩٩٩٩٩٩٩٩٩",
]  # fmt: skip


@pytest.mark.parametrize("text", TOWERS)
def test_no_tower_of_powers_is_computed(text: str):
    """Each of them would keep pint busy for ever, whatever unit is asked for."""
    for unit in (CELSIUS, MW, ONE, MONEY / MWH):
        with pytest.raises(ValueError, match=r"not known|cannot be turned into"):
            convert(text, unit)
        with pytest.raises(ValueError, match=r"not known|cannot be turned into"):
            parse(f"1 {text}", unit, RATES)


@pytest.mark.parametrize(
    "text", ["1" * 250 + "\nx", "1" * 100_000 + "\nx", "_1" * 90_000, " " * 99_999 + "1"]
)
def test_no_number_takes_longer_than_its_length(text: str):
    with pytest.raises(ValueError, match=r"not a number|not known|too large"):
        parse(text, MW)


DENSE = ["**9", "^9", "²", "³", "⁹", "(", ")", "min", "°C", "*", "/", "9", "1", "e9", " ", "**", "-", "."]


@settings(max_examples=500, deadline=None)
@given(parts=st.lists(st.sampled_from(DENSE), max_size=25), unit=st.sampled_from([CELSIUS, MW, ONE]))
def test_any_powers_are_read_or_refused(parts: list[str], unit: Unit):
    try:
        factor, offset, _ = convert("".join(parts).strip(), unit)
    except ValueError as error:
        assert "cannot be turned into" in str(error) or "not known" in str(error)  # noqa: PT017  # either is right
    else:
        assert math.isfinite(factor)
        assert math.isfinite(offset)


def test_plain_units_are_what_pint_makes_of_them():
    """All pairs of plain units that fit a unit of the fields: the short way gives what pint gives."""
    single = [MW, MWH, MONEY, T, H, ONE, YEAR, CELSIUS, DEGREE, M]
    wanted = [*single, MONEY / MW, MONEY / MWH, MONEY / T, T / MWH, ONE / H]
    below = ("kW", "MW", "kWh", "MWh", "t", "kg", "h", "hour", "TJ", "MMBtu")
    names = [*border._PLAIN, *(f"{a}/{b}" for a in border._PLAIN for b in below)]
    seen = 0
    for name in names:
        for unit in wanted:
            plain = border._plainly(name, unit)
            if plain is not None:
                factor, offset, currency = border._convert(name, unit)
                assert plain[0] == pytest.approx(factor, rel=1e-12), name
                assert (plain[1], plain[2]) == (offset, currency), name
                seen += 1
    assert seen > 90
