"""Studies: what a plan is made from, read from a folder or a workbook, or composed in code."""

from parkzero.study.migrate import FORMAT
from parkzero.study.read import read
from parkzero.study.schema import schema
from parkzero.study.study import Bus, Source, Study, Tenant, horizon
from parkzero.study.write import to_folder, to_workbook, write

__all__ = [
    "FORMAT",
    "Bus",
    "Source",
    "Study",
    "Tenant",
    "horizon",
    "read",
    "schema",
    "to_folder",
    "to_workbook",
    "write",
]
