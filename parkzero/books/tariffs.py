"""Retail tariffs of Viet Nam: energy rates by time of use, and the two-part pilot with a capacity charge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from parkzero.books.entry import BookError, Entry
from parkzero.books.library import find, shelf
from parkzero.books.schedule import BLOCKS
from parkzero.errors import did_you_mean
from parkzero.texts import say

FloatArray = npt.NDArray[np.float64]

_PILOT = "tariff_two_part_pilot"
# The pilot's rates are given by voltage level with the levels of the manufacturing class.
_PILOT_CLASS = "manufacturing"


@dataclass(frozen=True, slots=True)
class Tariff:
    """Rates of one customer class on one voltage level, excluding VAT.

    Attributes:
        name: class and voltage level, such as ``manufacturing.22_110kV``.
        voltage: the voltage level alone.
        valid_from: first day on which all the rates hold.
        valid_to: last day on which they do; None while no end is known.
        rates: energy rate in each block, by ``normal``, ``peak`` and ``offpeak`` [VND/kWh].
        capacity_charge: charge for the month's highest demand [VND/kW-month]; None for one-part tariffs.
        entries: the entries of the books used.
    """

    name: str
    voltage: str
    valid_from: date | None
    valid_to: date | None
    rates: Mapping[str, float] = field(hash=False)
    capacity_charge: float | None
    entries: tuple[Entry, ...]

    @property
    def rate_array(self) -> FloatArray:
        """Rates in the order of the schedule's blocks: normal, peak, off-peak, shape (3,) [VND/kWh]."""
        return np.array([self.rates[block] for block in BLOCKS])

    def price(self, shares: FloatArray) -> FloatArray:
        """Mean energy rate of each step.

        Args:
            shares: share of each step's time in each block, shape (n, 3), as ``Schedule.shares`` gives it.

        Returns:
            Rates of shape (n,) [VND/kWh].
        """
        return np.asarray(shares, dtype=np.float64) @ self.rate_array


def tariff_classes() -> tuple[str, ...]:
    """Names of all customer classes with their voltage levels, such as ``manufacturing.22_110kV``."""
    ends = [key.split(".") for key in shelf("tariffs").by_key if key.startswith("tariff.")]
    return tuple(f"{p[1]}.{p[2]}" for p in ends if len(p) == 4 and p[3] == "normal")


def tariff(class_name: str, on: date, two_part: bool = False) -> Tariff:
    """The tariff of a customer class that is valid on a day.

    Args:
        class_name: one of :func:`tariff_classes`.
        on: the day.
        two_part: the two-part pilot (capacity and energy) instead of the one-part tariff; known for the
            voltage levels of manufacturing.

    Raises:
        BookError: if the class is not known, has no two-part pilot, or has no rates on that day; the
            message says which dates exist.
    """
    known = tariff_classes()
    if class_name not in known:
        hint = did_you_mean(class_name, known) or say("The books hold {names}", names=list(known))
        raise BookError(
            say("the books have no tariff class {class_name!r}. {hint}", class_name=class_name, hint=hint)
        )
    kind, voltage = class_name.split(".")
    if two_part and kind != _PILOT_CLASS:
        raise BookError(
            say(
                "the two-part pilot gives no rates for {kind}; it has them for {pilot_class} only",
                kind=kind,
                pilot_class=_PILOT_CLASS,
            )
        )
    stem = f"{_PILOT}.{voltage}.energy" if two_part else f"tariff.{class_name}"
    used = [find(f"{stem}.{block}", on) for block in BLOCKS]
    rates = {block: entry.value for block, entry in zip(BLOCKS, used, strict=True)}
    capacity = None
    if two_part:
        used.append(find(f"{_PILOT}.{voltage}.capacity", on))
        capacity = used[-1].value
    starts = [entry.valid_from for entry in used if entry.valid_from is not None]
    ends = [entry.valid_to for entry in used if entry.valid_to is not None]
    return Tariff(
        name=class_name,
        voltage=voltage,
        valid_from=max(starts, default=None),
        valid_to=min(ends, default=None),
        rates=rates,
        capacity_charge=capacity,
        entries=tuple(used),
    )
