"""Books: dated, cited reference data with confidence.

Every value says from when to when it holds, which document states it, how that document stands, and how
surely it was seen. A new decree is a new row, never a change of code.
"""

from __future__ import annotations

from parkzero.books.entry import (
    CONFIDENCES,
    STANDINGS,
    BookError,
    Confidence,
    Dated,
    Entry,
    Standing,
    State,
    Statement,
)
from parkzero.books.fuels import GWP_SETS, biogenic, emission_factor, fuel_price, fuels
from parkzero.books.library import Library, entries, find, shipped, statement
from parkzero.books.paths import path, trace
from parkzero.books.schedule import (
    BLOCKS,
    NORMAL,
    OFFPEAK,
    PEAK,
    Schedule,
    TimeBlock,
    schedule,
    schedules,
    schedules_in_words,
)
from parkzero.books.table import Table, Technology, table, tables, technologies, technology
from parkzero.books.tariffs import Tariff, tariff, tariff_classes

__all__ = [
    "BLOCKS",
    "CONFIDENCES",
    "GWP_SETS",
    "NORMAL",
    "OFFPEAK",
    "PEAK",
    "STANDINGS",
    "BookError",
    "Confidence",
    "Dated",
    "Entry",
    "Library",
    "Schedule",
    "Standing",
    "State",
    "Statement",
    "Table",
    "Tariff",
    "Technology",
    "TimeBlock",
    "biogenic",
    "emission_factor",
    "entries",
    "find",
    "fuel_price",
    "fuels",
    "path",
    "schedule",
    "schedules",
    "schedules_in_words",
    "shipped",
    "statement",
    "table",
    "tables",
    "tariff",
    "tariff_classes",
    "technologies",
    "technology",
    "trace",
]
