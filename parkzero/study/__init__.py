"""Studies: what a plan is made from, read from a folder or a workbook, or composed in code."""

from parkzero.study.read import read
from parkzero.study.study import Bus, Source, Study, Tenant, horizon

__all__ = ["Bus", "Source", "Study", "Tenant", "horizon", "read"]
