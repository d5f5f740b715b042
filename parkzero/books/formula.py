"""Formulas of derived rows: arithmetic on numbers and on other rows, read without running any code.

``'pdp8.power_emissions' / 'pdp8.generation_and_import.high'`` takes the values of two rows on the day on
which the derived row begins; ``'market.fmp_mean@2025-07-01'`` takes that of another day. Besides the four
operations there are ``round_to(value, step)``, ``mean(...)``, ``min(...)``, ``root(value)`` and
``geometric(year, value, …)``,
which joins anchors by constant rates of change and is read at the row's own year.
"""

from __future__ import annotations

import ast
import math
import operator
from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from statistics import fmean

from parkzero.books.entry import BookError
from parkzero.texts import say

Find = Callable[[str, date], float]

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_CALLS = ("round_to", "mean", "min", "root", "geometric")
_LONGEST = 2000


def evaluate(formula: str, on: date, find: Find) -> float:
    """Value of a formula.

    Args:
        formula: as the module says.
        on: the day on which the rows that it names are read; its year is that of ``geometric``.
        find: value of a row by key and day.

    Raises:
        BookError: if the formula is none, or names a row that there is not.
    """
    try:
        if len(formula) > _LONGEST:
            raise ValueError("too long")
        return _value(ast.parse(formula, mode="eval").body, on, find)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, OverflowError, IndexError) as error:
        raise BookError(
            say("the formula {formula!r} cannot be read: {error}", formula=formula[:80], error=error)
        ) from None


def _value(node: ast.expr, on: date, find: Find) -> float:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            key, _, day = node.value.partition("@")
            return find(key, date.fromisoformat(day) if day else on)
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left, on, find), _value(node.right, on, find))
    # The name is looked at before anything that is given to it.
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _CALLS
        and node.args
        and not node.keywords
    ):
        return _call(node.func.id, [_value(argument, on, find) for argument in node.args], on)
    raise ValueError(f"{ast.unparse(node)[:40]} is no part of a formula")


def _call(name: str, given: list[float], on: date) -> float:
    if name == "mean":
        return fmean(given)
    if name == "min":
        return min(given)
    if name == "root" and len(given) == 1:
        return math.sqrt(given[0])
    if name == "round_to" and len(given) == 2:
        return round(given[0] / given[1]) * given[1]
    if name == "geometric" and len(given) >= 4 and len(given) % 2 == 0:
        return _geometric(given[::2], given[1::2], float(on.year))
    raise ValueError(f"{name} with {len(given)} values is not known")


def _geometric(years: list[float], values: list[float], year: float) -> float:
    """Value at a year on constant rates of change between anchors, which must enclose the year."""
    if not years[0] <= year <= years[-1] or years != sorted(set(years)) or min(values) <= 0:
        raise ValueError(f"the anchors {years} do not enclose {year:g}")
    i = min(bisect_right(years, year), len(years) - 1) - 1
    part = (year - years[i]) / (years[i + 1] - years[i])
    return float(values[i] * (values[i + 1] / values[i]) ** part)
