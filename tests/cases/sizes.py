"""Cohorts, lifetimes, upkeep and what stands already, on paper; photovoltaics stand for all that is built."""

from __future__ import annotations

from typing import Any

from parkzero.components import ByYear, Size
from parkzero.units import MONEY, MW, ONE, YEAR, Quantity
from tests.cases.electric import sun
from tests.cases.harness import case, grid, load, mw, new, path, per, stands


def dear(capex: ByYear | float, years: float = 10.0, **more: Any) -> Size:
    """What may be built at an investment, for some years."""
    cost = per(capex, MONEY / MW) if isinstance(capex, float) else capex
    return Size(capex=cost, lifetime=Quantity(years, YEAR), **more)


TWO_DECADES = {"years": (2025, 2035), "last": 10.0}
# 1 MW of load; the grid costs 20 an hour that matters.
NEED = (load(1), grid(20))

SIZES = [
    case(
        "built once for 20 years: 10 + 10 years at 1/20 of 160",
        20 * 8,
        *NEED,
        sun(dear(160.0, 20), 1),
        **TWO_DECADES,
    ),
    case(
        "after 10 years it is gone and is built again, now for half",
        10 * 8 + 10 * 4,
        *NEED,
        sun(dear(path(MONEY / MW, y2025=80.0, y2035=40.0)), 1),
        **TWO_DECADES,
    ),
    case(
        "it stands in the last year of its life, not in the year after",
        5 * 8 + 5 * 8 + 5 * 20,
        *NEED,
        sun(dear(path(MONEY / MW, y2025=80.0, y2030=9e3, y2035=9e3)), 1),
        years=(2025, 2030, 2035),
        last=5,
    ),
    case(
        "too dear today, worth it in ten years",
        10 * 20 + 10 * 4,
        *NEED,
        sun(dear(path(MONEY / MW, y2025=9e3, y2035=40.0)), 1),
        **TWO_DECADES,
    ),
    case(
        "it may not be built before 2030",
        10 * 20 + 10 * 8,
        *NEED,
        sun(new(8, first_year=2030), 1),
        **TWO_DECADES,
    ),
    case(
        "a price that begins when it may first be built is enough",
        10 * 20 + 10 * 4,
        *NEED,
        sun(dear(path(MONEY / MW, y2030=40.0, y2040=40.0), first_year=2030), 1),
        **TWO_DECADES,
    ),
    case(
        "what stands serves until it retires",
        10 * 0 + 10 * 20,
        *NEED,
        sun(stands(1, capex=per(9e3, MONEY / MW), existing_until=2035), 1),
        **TWO_DECADES,
    ),
    case(
        "what stands needs upkeep: 10 % of today's investment",
        10 * 5,
        *NEED,
        sun(stands(1, capex=per(50, MONEY / MW), fixed_om=per(0.1, ONE)), 1),
        last=10,
    ),
    case(
        "what has retired needs none",
        10 * 5 + 10 * 20,
        *NEED,
        sun(stands(1, capex=per(5000, MONEY / MW), fixed_om=per(0.001, ONE), existing_until=2035), 1),
        **TWO_DECADES,
    ),
    case(
        "two milestones of at most 0.5 MW each: half of the load first, then all",
        10 * (0.5 * 8 + 0.5 * 20) + 10 * 8,
        *NEED,
        sun(dear(160.0, 20, max_each=mw(0.5)), 1),
        **TWO_DECADES,
    ),
    case(
        "over both milestones no more than 0.75 MW may stand",
        10 * (0.5 * 8 + 0.5 * 20) + 10 * (0.75 * 8 + 0.25 * 20),
        *NEED,
        sun(dear(160.0, 20, max_each=mw(0.5), max=mw(0.75)), 1),
        **TWO_DECADES,
    ),
    case(
        "a plant of less than 2 MW is not to be had: 1 MW of use pays for 2",
        20,
        *NEED,
        sun(new(12, min=mw(2), max=mw(5)), 1),
    ),
    case(
        "at 8 a MW even 2 MW for 1 MW of load are worth it; the least is built and no more",
        2 * 8,
        *NEED,
        sun(new(8, min=mw(2), max=mw(5)), 1),
    ),
    case(
        "units of 0.6 MW, at least 1 MW of them: two are built",
        1.2 * 8,
        *NEED,
        sun(new(8, unit=mw(0.6), min=mw(1), max=mw(5)), 1),
    ),
    case(
        "at 100 % a life of two years pays back with 4/3 of the investment a year",
        (1 + 0.5) * (4 / 3) * 6,
        load(1),
        grid(20),
        sun(dear(6.0, 2), 1),
        rate=1.0,
        last=2,
    ),
]
