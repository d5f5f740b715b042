"""A number as people write it in front of a unit: read where it reads one way, else refused with both.

A dot or a comma before exactly three digits stands between thousands in Viet Nam, before decimals elsewhere.
Where a factor of a thousand would pass unseen, such a number is no number.
"""

from __future__ import annotations

import math
import re

from parkzero.texts import Text, say

# Nothing is tried twice, so that no text takes longer than its length.
_NUMBER = re.compile(
    r"(?P<number>[+-]?(?:\d[\d_]*+(?:[ \u00a0\u202f\u2009]\d{3}(?!\d))*+(?:[.,]\d++)*+[.,]?+|[.,]\d++)"
    r"(?:[eE][+-]?\d++)?+)\s*+(?P<unit>.*)",
    re.DOTALL,
)
_LONGEST = 300
_OPEN = re.compile(r"^[+-]?(?!0)\d{1,3}[.,]\d{3}$")
_LARGEST = 1e15


def split_number(text: str) -> tuple[str, str] | None:
    """The number and the unit in ``text`` as written; None where it begins with no number."""
    match = _NUMBER.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    return (match["number"], match["unit"]) if match else None


def to_float(written: str, unit: str, strict: bool) -> float:
    """The value of a written number.

    Args:
        written: the number.
        unit: the unit behind it, for messages.
        strict: whether a dot before exactly three digits is refused, as for money, energy and mass.

    Raises:
        ValueError: with a sentence that says how it may be read and how to write it.
    """
    plain = re.sub(r"[_ \u00a0\u202f\u2009]", "", written)
    body, _, exponent = plain.lower().partition("e")
    tail = f" {unit}" if unit else ""
    if "," in body or (strict and not exponent and _OPEN.match(body)) or body.count(".") > 1:
        raise ValueError(_why(body, exponent, tail, strict))
    number = float(plain)
    if not math.isfinite(number) or abs(number) > _LARGEST:
        raise ValueError(say("is too large to be real"))
    return number


def _why(body: str, exponent: str, tail: str, strict: bool) -> Text:
    marks = [c for c in body if c in ".,"]
    bare = re.sub(r"[.,]", "", body)
    if _OPEN.match(body) and not exponent:
        whole, part = re.split(r"[.,]", body)
        thousand, decimal = whole + part, f"{whole}.{part.rstrip('0') or '0'}"
        shown = f"{whole}.{part}0" if strict else f"{whole}.{part}"
        return say(
            "reads two ways, {thousand} or {decimal}: write '{first}' or '{second}'",
            thousand=thousand, decimal=decimal, first=thousand + tail, second=shown + tail,
        )  # fmt: skip
    if len(marks) == 1 and marks[0] == ",":
        right = body.replace(",", ".") + (f"e{exponent}" if exponent else "")
        return say("has a decimal comma: write '{right}'", right=right + tail)
    last = marks[-1]
    if marks.count(last) == 1:  # marks of two kinds: the last one is the decimal sign
        whole, part = body.rsplit(last, 1)
        right = re.sub(r"[.,]", "", whole) + "." + part
        return say("has marks between thousands: write '{right}'", right=right + tail)
    return say("has marks between thousands: write '{right}'", right=bare + tail)
