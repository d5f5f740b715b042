"""What takers get of shared utilities, as lines of their own: scope 2, gas by gas, from the utility's meters.

A line that is received is a line of the utility times its share, so that gases, factors and uncertainty come
along and what is given away sums exactly. In the inventory of all facilities each tonne stands once, where it
is emitted; that of one facility holds what it receives.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import polars as pl

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.inventory.allocation import Allocated
from parkzero.inventory.calculate import Inventory
from parkzero.inventory.scope2 import Market
from parkzero.inventory.sources import SHARED
from parkzero.texts import listed, say


def received(inventory: Inventory, allocated: Sequence[Allocated]) -> pl.DataFrame:
    """Lines of all takers, of the years of an inventory.

    Args:
        inventory: of all facilities.
        allocated: what is given away, suppliers first.
    """
    emitted = inventory.lines.filter(pl.col("scope") < 3)
    held = emitted.clear()
    for one in allocated:
        if one.passed_on:
            own, got = (
                lines.filter((pl.col("facility") == one.utility) & (pl.col("year") == one.year))
                for lines in (emitted, held)
            )
            held = pl.concat([held, _share(pl.concat([own, got]), one)])
    return held


def _share(lines: pl.DataFrame, one: Allocated) -> pl.DataFrame:
    scaled = [pl.col(name) * one.share for name in ("amount", "written", "mass", "co2e")]
    about = {"facility": one.taker, "source": SHARED.name, "category": SHARED.category, "item": one.utility}
    return lines.with_columns(
        *scaled,
        pl.lit(SHARED.scope).cast(pl.Int8).alias("scope"),
        *(pl.lit(value).alias(name) for name, value in about.items()),
    )


def of_facility(inventory: Inventory, allocated: Sequence[Allocated], facility: str) -> Inventory:
    """The inventory of one facility, with its share of the utilities that it takes from.

    Args:
        inventory: of all facilities.
        allocated: what is given away.
        facility: whose.

    Raises:
        StudyError: when nothing is known of it.
    """
    own = pl.col("facility") == facility
    lines = pl.concat([inventory.lines, received(inventory, allocated)]).filter(own)
    if lines.is_empty():
        names = sorted({*inventory.lines["facility"], *(one.taker for one in allocated)})
        fault = Fault(
            Place(inventory.given.name, field="--facility"), say("has no activities"), facility,
            listed(names[:12]), did_you_mean(facility, names),
        )  # fmt: skip
        raise StudyError([fault], say("The inventory"))
    given, market = inventory.given, inventory.market
    return dataclasses.replace(
        inventory,
        given=dataclasses.replace(given, activities=given.activities.filter(own)),
        lines=lines,
        market=Market(market.rows.filter(own), market.residual_known, market.notes),
        facilities={name: row for name, row in inventory.facilities.items() if name == facility},
    )
